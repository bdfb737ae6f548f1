//! From what is wrong with an MP3's audio to findings.

use super::finding::Finding;
use super::registry::{self as rule, Rule, Severity};
use crate::audio::{BitRate, ClaimsKind, Damage, Harm, Mp3, Proof};

/// The rules that only an MP3 at hand can break.
pub(super) fn rules() -> [&'static Rule; 3] {
    [&rule::AUDIO_DAMAGED, &rule::AUDIO_HEADER, &rule::AUDIO_UNPLAYABLE]
}

/// Adds a finding for everything wrong with the audio at `path`.
pub(super) fn judge(path: &str, mp3: &Mp3, findings: &mut Vec<Finding>) {
    unplayable(path, mp3, findings);
    let mut worst = Severity::Note;
    for damage in mp3.damage.iter() {
        let mut finding = Finding::on_file(rule_of(damage), path, damage.to_string());
        finding.severity = severity(damage);
        worst = worst.max(finding.severity);
        if let (true, Some(promised)) = (tells_time(damage), mp3.promised_time()) {
            finding = finding.expected(format!(
                "{promised} of sound; the frames that are there play {}",
                mp3.time
            ));
        }
        findings.push(finding.help(help(damage, mp3)));
    }
    if mp3.damage.left_out() > 0 {
        let message = format!("{} more faults like these", mp3.damage.left_out());
        let mut finding = Finding::on_file(&rule::AUDIO_DAMAGED, path, message);
        finding.severity = worst;
        findings.push(finding);
    }
}

/// Makes no fix safe beside audio that is or may be missing: what the rest measures is not what
/// should be written down.
pub(super) fn hold_fixes_back(mp3: &Mp3, findings: &mut [Finding]) {
    if mp3.damage.iter().all(|damage| damage.harm() < Harm::Doubtful) && plays(mp3) {
        return;
    }
    for finding in findings {
        if let Some(fix) = &mut finding.fix {
            fix.safe = false;
            finding.help = Some("fix the audio first: its damage is reported too".to_owned());
        }
    }
}

fn rule_of(damage: &Damage) -> &'static Rule {
    match (damage.harm(), damage) {
        (Harm::Lost | Harm::Doubtful, _) => &rule::AUDIO_DAMAGED,
        (
            Harm::Misleading,
            Damage::FormatChange { .. } | Damage::SecondHeader { .. } | Damage::Altered { .. },
        ) => &rule::AUDIO_DAMAGED,
        (Harm::Misleading | Harm::Untidy, _) => &rule::AUDIO_HEADER,
    }
}

fn severity(damage: &Damage) -> Severity {
    match damage.harm() {
        Harm::Lost => Severity::Error,
        Harm::Doubtful | Harm::Misleading => Severity::Warning,
        Harm::Untidy => Severity::Note,
    }
}

/// Whether a finding should say both how long the frames play and how long they should.
fn tells_time(damage: &Damage) -> bool {
    matches!(damage, Damage::Short { .. } | Damage::Gap { harm: Harm::Lost, .. })
}

fn help(damage: &Damage, mp3: &Mp3) -> String {
    const ANEW: &str = "`ffmpeg -i OLD.mp3 -c copy NEW.mp3` writes a header that is right";
    match damage {
        Damage::Miscount { proof: Some(Proof::CheckSum), .. } => {
            format!("the audio is whole, and needs no other copy: {ANEW}")
        }
        Damage::Miscount { .. } | Damage::Uncounted { .. } | Damage::Mistimed { .. } => {
            let vbri = matches!(damage, Damage::Miscount { header: ClaimsKind::Vbri, .. });
            let or = if vbri { "export it again, or let it be: " } else { "export it again, or: " };
            format!("{or}{ANEW}")
        }
        Damage::CutHead { counted: false, .. } => {
            "look whether its beginning is missing; a copy or export made in one go starts clean"
                .to_owned()
        }
        Damage::Gap { harm: Harm::Misleading, .. } if mp3.proved_intact => {
            "the audio is whole; these bytes can go".to_owned()
        }
        Damage::Short { .. } if is_gapless(mp3) => format!(
            "copy the file again from where it was made, or export it again; if you cut it on purpose, {ANEW}"
        ),
        _ => match damage.harm() {
            Harm::Lost => "copy the file again from where it was made, or export it again",
            Harm::Doubtful => {
                "listen whether anything is missing there; copy the file again, or export it again"
            }
            _ => "export the episode again in one go; every player then agrees on its time",
        }
        .to_owned(),
    }
}

/// Whether frame follows frame to the end, as in a file that was cut between two.
fn is_gapless(mp3: &Mp3) -> bool {
    let torn = |damage: &Damage| matches!(damage, Damage::Gap { .. } | Damage::CutFrame { .. });
    mp3.damage.left_out() == 0 && !mp3.damage.iter().any(torn)
}

/// Whether there is anything to hear.
fn plays(mp3: &Mp3) -> bool {
    mp3.time.seconds() > 0
}

/// Adds findings for audio that nobody could play.
fn unplayable(path: &str, mp3: &Mp3, findings: &mut Vec<Finding>) {
    let unplayable = |message: String| Finding::on_file(&rule::AUDIO_UNPLAYABLE, path, message);
    if !plays(mp3) {
        let message = match mp3.frames {
            0 => "there is no audio behind the header frame".to_owned(),
            1 => format!("there is one frame of audio, which plays {}", mp3.time),
            frames => format!("there are {frames} frames of audio, which play {}", mp3.time),
        };
        let finding = unplayable(message).expected("an episode");
        findings
            .push(finding.help("copy the file again from where it was made, or export it again"));
    }
    if let BitRate::Free(kbps) = mp3.bit_rate {
        findings.push(
            unplayable(format!("the audio is in free format, at {kbps} kbit/s"))
                .expected("a bit rate of the standard, such as 64 or 128 kbit/s")
                .help("export the episode again with a usual bit rate: hardly any player decodes free format"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::audio::testing::{FRAME, Frame, Noise};
    use crate::audio::{Depth, probe_bytes};
    use crate::rules::Finding;
    use crate::rules::audio::{self, Evidence};
    use crate::show::{Episode, Source};

    /// What is found of an episode that says these values of this audio: severity, rule, message.
    fn findings(size: &str, duration: &str, bytes: &[u8]) -> Vec<Finding> {
        let text = format!("---\nfile: 1.mp3\nsize: {size}\nduration: \"{duration}\"\n---\n");
        let episode = Episode::parse(Source::new("episodes/a.md", text)).unwrap();
        let probe = probe_bytes(bytes, Depth::Walk);
        let path = "audio/1.mp3".to_owned();
        let evidence = Evidence::Probed { path, probe, published: None };
        let mut findings = Vec::new();
        audio::judge(&episode, Some(&evidence), &mut findings);
        findings
    }

    fn shown(findings: &[Finding]) -> String {
        let line = |finding: &Finding| {
            let safe = finding
                .fix
                .as_ref()
                .map_or("", |fix| if fix.safe { " (safe fix)" } else { " (fix)" });
            format!(
                "{} {}: {}{safe}\n",
                finding.severity.as_str(),
                finding.rule.id,
                finding.message
            )
        };
        findings.iter().map(line).collect()
    }

    /// 26 s at 128 kbit/s.
    fn whole() -> Vec<u8> {
        FRAME.with_lame(&FRAME.stream(1000), 1000, 576, 1000)
    }

    #[test]
    fn audio_that_was_cut_between_frames_may_be_meant() {
        let help = |bytes: &[u8]| findings("1", "00:00:18", bytes)[0].help.clone().unwrap();
        assert!(help(&whole()[..417 * 701]).contains("cut it on purpose"));
        assert!(!help(&whole()[..417 * 701 - 9]).contains("cut it on purpose"));
    }

    #[test]
    fn a_whole_file_has_no_finding() {
        assert_eq!(shown(&findings("417417", "00:00:26", &whole())), "");
    }

    #[test]
    fn lost_audio_is_an_error_whatever_is_written_and_nothing_beside_it_is_safe() {
        let mut hole = whole();
        hole[417..417 * 301].fill(0);
        insta::assert_snapshot!(shown(&findings("1", "00:00:18", &hole)), @r"
        error audio-damaged: 125100 bytes before the first frame, at byte 417, are not audio (all zeros), the length of 0:00:07.837 of sound
        error audio-damaged: audio is missing: 700 frames are there, which play 0:00:18.286; the Info header promises 1000, which play 0:00:26.122
        error audio-size: 1.mp3 has 417417 bytes (fix)
        
");
        insta::assert_snapshot!(shown(&findings("417417", "00:00:26", &hole)), @r"
        error audio-damaged: 125100 bytes before the first frame, at byte 417, are not audio (all zeros), the length of 0:00:07.837 of sound
        error audio-damaged: audio is missing: 700 frames are there, which play 0:00:18.286; the Info header promises 1000, which play 0:00:26.122
        
");
        insta::assert_snapshot!(shown(&findings("417417", "00:00:40", &hole)), @r"
        error audio-damaged: 125100 bytes before the first frame, at byte 417, are not audio (all zeros), the length of 0:00:07.837 of sound
        error audio-damaged: audio is missing: 700 frames are there, which play 0:00:18.286; the Info header promises 1000, which play 0:00:26.122
        error audio-duration: 1.mp3 plays 00:00:18 (128 kbit/s) (fix)
        
");
        let expected = findings("1", "00:00:26", &hole)[0].expected.clone();
        insta::assert_snapshot!(expected.unwrap_or_default(), @r"0:00:26.122 of sound; the frames that are there play 0:00:18.286");
    }

    #[test]
    fn a_head_that_may_be_cut_holds_fixes_back_too() {
        let bytes = &FRAME.stream(1000)[417 * 100..];
        insta::assert_snapshot!(shown(&findings("1", "00:00:01", bytes)), @r"
        warning audio-damaged: the first frame, at byte 0, needs 126 bytes of sound from before it: the recording began earlier than the file
        error audio-size: 1.mp3 has 375300 bytes (fix)
        error audio-duration: 1.mp3 plays 00:00:24 (128 kbit/s) (fix)
        
");
    }

    #[test]
    fn joined_files_can_be_mended() {
        let bytes = whole().repeat(2);
        insta::assert_snapshot!(shown(&findings("1", "00:00:01", &bytes)), @r"
        warning audio-damaged: a second recording is joined on at byte 417417, with a header of its own
        warning audio-header: the Info header counts 1000 frames where there are 2001: players that trust it show 0:00:26.122
        error audio-size: 1.mp3 has 834834 bytes (safe fix)
        error audio-duration: 1.mp3 plays 00:00:52 (128 kbit/s) (safe fix)
        
");
    }

    #[test]
    fn a_header_that_lies_about_whole_audio_needs_no_other_copy() {
        let mut bytes = whole();
        let count = FRAME.mark_at() + 8;
        bytes[count..count + 4].copy_from_slice(&2000_u32.to_be_bytes());
        let found = findings("417417", "00:00:26", &bytes);
        insta::assert_snapshot!(shown(&found), @r"warning audio-header: the Info header is wrong: it counts 2000 frames, and the encoder's check sum proves that the 1000 there are all: players that trust it show 0:00:52.245");
        insta::assert_snapshot!(found[0].help.clone().unwrap_or_default(), @r"the audio is whole, and needs no other copy: `ffmpeg -i OLD.mp3 -c copy NEW.mp3` writes a header that is right");
    }

    #[test]
    fn what_nobody_could_play_is_an_error() {
        let free = Frame { free: Some(400), ..FRAME }.stream(1000);
        insta::assert_snapshot!(shown(&findings("400000", "00:00:26", &free)), @r"error audio-unplayable: the audio is in free format, at 123 kbit/s");
        let header = FRAME.xing(b"Info", None, None);
        insta::assert_snapshot!(shown(&findings("417", "00:00:01", &header)), @r"error audio-unplayable: there is no audio behind the header frame");
        insta::assert_snapshot!(shown(&findings("4170", "00:00:01", &FRAME.stream(10))), @r"error audio-unplayable: there are 10 frames of audio, which play 0:00:00.261");
    }

    #[test]
    fn many_warnings_make_no_error() {
        let one = FRAME.with_lame(&FRAME.stream(30), 30, 576, 1000);
        let found = findings("1", "00:00:01", &one.repeat(40));
        assert!(found.iter().any(|finding| finding.message.contains("more faults like these")));
        assert!(
            found
                .iter()
                .filter(|finding| finding.fix.is_none())
                .all(|finding| { finding.severity < crate::rules::Severity::Error })
        );
        let mut noise = Noise(3);
        let junk = [&noise.bytes(600)[..], &whole(), &noise.bytes(600)].concat();
        insta::assert_snapshot!(shown(&findings("418617", "00:00:26", &junk)), @r"
        warning audio-header: 600 bytes before the first frame, at byte 0, are not audio
        warning audio-header: 600 bytes after the last frame, at byte 418017, are not audio
        
");
    }
}
