//! From what is wrong with an MP3's audio to findings.

use super::finding::Finding;
use super::registry::{self as rule, Rule};
use super::severity::Severity;
use crate::audio::{BitRate, ClaimsKind, Damage, Harm, Mp3, Proof};

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
            finding.help = Some("mend the audio first: its damage is reported too".to_owned());
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
#[path = "damage_tests.rs"]
mod tests;
