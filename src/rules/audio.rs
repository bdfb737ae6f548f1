//! What an episode says of its audio, against what the audio is.

use std::collections::HashMap;
use std::time::Duration;

use super::damage;
use super::finding::Finding;
use super::registry::{self as rule, Severity};
use super::shorten::shorten;
use super::text::{head, malformed_value};
use crate::audio::{BitRate, Content, Mp3, Probe};
use crate::model::audio::PublishedAudio;
use crate::show::edit::Edit;
use crate::show::read::FileTrouble;
use crate::show::set_key::set_key;
use crate::show::values::{AudioName, hh_mm_ss};
use crate::show::{Episode, Given};

/// What is known of an episode's audio, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// There is no such file, and the target knows of none.
    Absent {
        /// Where it was looked for, below the show's folder.
        path: String,
    },
    /// The file cannot be read.
    Unreadable {
        /// The file, below the show's folder.
        path: String,
        /// Why.
        trouble: FileTrouble,
    },
    /// The file itself.
    Probed {
        /// The file, below the show's folder.
        path: String,
        /// What it holds.
        probe: Probe,
        /// Bytes as published for the episode, where the target holds this very payload.
        published: Option<u64>,
    },
    /// What the target holds, or stands elsewhere, where the file is not at hand.
    Recorded(Box<PublishedAudio>),
}

impl Evidence {
    /// The file below the show's folder that it is of, or was looked for; nothing if it is known from
    /// the target alone.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Absent { path } | Self::Unreadable { path, .. } | Self::Probed { path, .. } => {
                Some(path)
            }
            Self::Recorded(_) => None,
        }
    }

    /// The playing time, where it is known.
    pub fn time(&self) -> Option<Duration> {
        match self {
            Self::Probed { probe: Probe { content: Content::Mp3(mp3), .. }, .. } => {
                Some(Duration::from_millis(mp3.time.milliseconds()))
            }
            Self::Recorded(audio) => audio.time(),
            _ => None,
        }
    }
}

/// Whether an episode's `size` and `duration` are known to be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They are.
    Proved,
    /// They are not, or nobody can tell.
    Open,
}

/// Judges an episode by what is known of its audio.
pub fn judge(
    episode: &Episode,
    evidence: Option<&Evidence>,
    findings: &mut Vec<Finding>,
) -> Verdict {
    let before = findings.len();
    let verdict = match evidence {
        Some(Evidence::Probed {
            path,
            probe: Probe { content: Content::Mp3(mp3), bytes, .. },
            published,
        }) => {
            damage::judge(path, mp3, findings);
            let measures = Measures::OfFile { bytes: *bytes, mp3, published: *published };
            size(episode, Some(&measures), findings);
            duration(episode, Some(&measures), findings);
            Verdict::Proved
        }
        // What stands elsewhere is what its host wrote of it.
        Some(Evidence::Recorded(audio)) if audio.is_elsewhere() => {
            for (key, malformed) in
                [("size", episode.size.malformed()), ("duration", episode.duration.malformed())]
            {
                findings.extend(malformed.map(|it| malformed_value(episode, key, it)));
            }
            if audio.bytes == 0 {
                findings.push(of_no_length(episode));
            }
            Verdict::Proved
        }
        Some(Evidence::Recorded(audio)) => {
            let measures = Measures::OfTarget(audio);
            size(episode, Some(&measures), findings);
            duration(episode, Some(&measures), findings);
            Verdict::Proved
        }
        other => {
            size(episode, None, findings);
            duration(episode, None, findings);
            findings.extend(other.and_then(|evidence| unusable(episode, evidence)));
            Verdict::Open
        }
    };
    if let Some(Evidence::Probed { probe: Probe { content: Content::Mp3(mp3), .. }, .. }) = evidence
    {
        damage::hold_fixes_back(mp3, &mut findings[before..]);
    }
    let wrong = findings[before..].iter().any(|finding| finding.severity == Severity::Error);
    if wrong { Verdict::Open } else { verdict }
}

/// Soundbites that end after the audio does.
pub fn soundbites(episode: &Episode, evidence: Option<&Evidence>, findings: &mut Vec<Finding>) {
    let Some(time) = evidence.and_then(Evidence::time) else { return };
    let bites = episode.namespace.iter().filter(|element| element.name == "podcast:soundbite");
    for bite in bites {
        let seconds = |name| {
            let value = bite.attributes.iter().find(|(given, _)| *given == name);
            value.and_then(|(_, value)| value.parse::<f64>().ok()).unwrap_or_default()
        };
        // The last second may be begun.
        if seconds("startTime") + seconds("duration") <= time.as_secs_f64() + 1.0 {
            continue;
        }
        let span = episode.field("soundbite").map_or_else(|| head(episode), |field| field.span());
        let message = format!(
            "the soundbite at {} s for {} s ends after the audio, which plays {}",
            seconds("startTime"),
            seconds("duration"),
            hh_mm_ss(time.as_secs())
        );
        findings.push(
            Finding::at(&rule::SOUNDBITE, &episode.source, span, message)
                .help("write a start and a length within the audio, in seconds or as HH:MM:SS"),
        );
    }
}

/// Audio that is not there breaks no feed before the episode's date has come.
pub fn not_needed_yet(findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|it| it.rule == &rule::AUDIO_MISSING) {
        finding.severity = Severity::Warning;
        finding.help = Some(
            "put the MP3 there, or send it ahead with `onair upload`, before the episode's date: no \
             release from then on goes through without it"
                .to_owned(),
        );
    }
}

/// Audio that no episode names, by its path in small letters: on some disks these are capitals.
pub fn in_small_letters(unused: &[String]) -> HashMap<String, &str> {
    // The first of several counts.
    unused.iter().rev().map(|path| (path.to_ascii_lowercase(), path.as_str())).collect()
}

/// One of the `unused` may be the audio that is not there.
pub fn meant(path: &str, unused: &HashMap<String, &str>, findings: &mut [Finding]) {
    let Some(other) = unused.get(&path.to_ascii_lowercase()) else { return };
    for finding in findings.iter_mut().filter(|it| it.rule == &rule::AUDIO_MISSING) {
        finding.help = Some(format!("did you mean {other}? a capital is another letter"));
    }
}

/// The finding for audio that is not there, or is not an MP3.
fn unusable(episode: &Episode, evidence: &Evidence) -> Option<Finding> {
    let at_file = |rule, message: String| {
        Finding::at(
            rule,
            &episode.source,
            episode.file.span().unwrap_or_else(|| head(episode)),
            message,
        )
    };
    Some(match evidence {
        Evidence::Absent { path } => at_file(&rule::AUDIO_MISSING, format!("there is no {path}"))
            .help("put the MP3 there, or send it ahead with `onair upload`; `draft: true` holds the episode back"),
        Evidence::Unreadable { path, trouble } => at_file(&rule::AUDIO_MISSING, format!("{path} cannot be read: {trouble}"))
            .help("put the MP3 itself into the audio folder"),
        Evidence::Probed { path, probe, .. } => match &probe.content {
            Content::Empty => at_file(&rule::AUDIO_FOREIGN, format!("{path} is empty"))
                .expected("an MP3")
                .help("copy the file again from where it was made"),
            Content::Foreign(foreign) => at_file(&rule::AUDIO_FOREIGN, format!("{path} is {foreign}"))
                .expected("an MP3")
                .help(foreign.hint()),
            Content::Mp3(_) => return None,
        },
        Evidence::Recorded(_) => return None,
    })
}

/// What the audio truly measures, and by whose word.
enum Measures<'a> {
    /// The file at hand, and the bytes that were published of its payload.
    OfFile { bytes: u64, mp3: &'a Mp3, published: Option<u64> },
    /// The target alone.
    OfTarget(&'a PublishedAudio),
}

impl Measures<'_> {
    /// Whether `size` is true: the bytes of the host's file as it lies there, or the bytes that were
    /// published for the episode. No tag that would be made now has a part in it.
    fn size_holds(&self, size: u64) -> bool {
        match self {
            Self::OfFile { bytes, published, .. } => size == *bytes || *published == Some(size),
            Self::OfTarget(audio) => audio.has_size(size),
        }
    }

    fn duration_holds(&self, seconds: u64) -> bool {
        let milliseconds = seconds.saturating_mul(1000);
        match self {
            Self::OfFile { mp3, .. } => mp3.plays_for(milliseconds),
            Self::OfTarget(audio) => audio.plays_for(milliseconds),
        }
    }

    /// The size that belongs into the front matter: that of the host's file, where it is known.
    fn size(&self) -> u64 {
        match self {
            Self::OfFile { bytes, .. } => *bytes,
            Self::OfTarget(audio) => audio.source_bytes.unwrap_or(audio.bytes),
        }
    }

    /// Bytes as published, where they are others.
    fn published(&self) -> Option<u64> {
        let published = match self {
            Self::OfFile { published, .. } => *published,
            Self::OfTarget(audio) => Some(audio.bytes),
        };
        published.filter(|bytes| *bytes != self.size())
    }

    fn duration(&self) -> String {
        let milliseconds = match self {
            Self::OfFile { mp3, .. } => mp3.time.milliseconds(),
            Self::OfTarget(audio) => audio.milliseconds,
        };
        hh_mm_ss((milliseconds + 500) / 1000)
    }
}

fn size(episode: &Episode, measures: Option<&Measures<'_>>, findings: &mut Vec<Finding>) {
    let Given::Good(size) = &episode.size else {
        let truth = measures.map(|measures| measures.size().to_string());
        findings.extend(not_given(
            episode,
            "size",
            &episode.size,
            truth,
            "the MP3's size in bytes, as in 112899891",
        ));
        return;
    };
    let Some(measures) = measures.filter(|measures| !measures.size_holds(size.value)) else {
        return;
    };
    let name = episode.file.value().map_or("the audio", AudioName::as_str);
    let bytes = measures.size();
    let message = match measures.published() {
        Some(published) => {
            format!("{name} has {bytes} bytes ({published} as published, with its tag)")
        }
        None => format!("{name} has {bytes} bytes"),
    };
    findings.push(replace(
        episode,
        &rule::AUDIO_SIZE,
        "size",
        measures,
        bytes.to_string(),
        message,
    ));
}

fn duration(episode: &Episode, measures: Option<&Measures<'_>>, findings: &mut Vec<Finding>) {
    let truth = measures.map(Measures::duration);
    let Given::Good(duration) = &episode.duration else {
        findings.extend(not_given(
            episode,
            "duration",
            &episode.duration,
            truth,
            "the playing time as HH:MM:SS, as in 00:58:48",
        ));
        return;
    };
    let Some(measures) = measures.filter(|measures| !measures.duration_holds(duration.value))
    else {
        return;
    };
    // What the file would play if nothing of it were lost: the loss is the finding, not the time.
    if let Measures::OfFile { mp3, .. } = measures
        && let Some(promised) = mp3.promised_time()
        && promised.milliseconds().abs_diff(duration.value.saturating_mul(1000)) <= 1000
    {
        return;
    }
    let name = episode.file.value().map_or("the audio", AudioName::as_str);
    let right = measures.duration();
    let rate = match measures {
        Measures::OfFile { mp3: Mp3 { bit_rate: BitRate::Constant(kbits), .. }, .. } => {
            format!(" ({kbits} kbit/s)")
        }
        _ => String::new(),
    };
    let message = format!("{name} plays {right}{rate}");
    findings.push(replace(episode, &rule::AUDIO_DURATION, "duration", measures, right, message));
}

/// Audio elsewhere whose length nobody says: a feed says 0 then (RSS Best Practices Profile, enclosure).
fn of_no_length(episode: &Episode) -> Finding {
    let place = episode.field("size").map_or_else(|| head(episode), |field| field.key_span);
    let message = "the length of this audio is not known, and the feed says 0";
    // Only MP3s come home.
    let help = match episode.enclosure_type.value() {
        Some(_) => "write them as `size`",
        None => "write them as `size`, or bring the audio home with `onair rehost`",
    };
    let mut finding = Finding::at(&rule::MISSING_KEY, &episode.source, place, message)
        .expected("the bytes that its host serves")
        .help(help);
    finding.severity = Severity::Warning;
    finding
}

/// The finding for a value that differs from the truth, with the truth as its fix.
fn replace(
    episode: &Episode,
    rule: &'static super::Rule,
    key: &str,
    measures: &Measures<'_>,
    truth: String,
    message: String,
) -> Finding {
    let span = episode.field(key).map_or_else(|| head(episode), |field| field.span());
    let written = shorten(&episode.source.text[span.clone()]);
    let edit = set_key(episode, key, &truth);
    let help = match &edit {
        Some(Edit { replacement, .. }) => {
            format!("write `{key}: {}`, or run `onair check --fix`", replacement.trim_start())
        }
        None => format!("write `{key}: {truth}`"),
    };
    let finding = Finding::at(rule, &episode.source, span, message).found(written).expected(truth);
    let help = match measures {
        Measures::OfFile { .. } => help,
        // The front matter may speak of a newer file than the one that was published.
        Measures::OfTarget(_) => {
            format!("if it was exported anew, send it with `onair upload`; if not, {help}")
        }
    };
    with_fix(finding.help(help), edit)
}

fn with_fix(finding: Finding, edit: Option<Edit>) -> Finding {
    match edit {
        Some(edit) => finding.fix(edit.span, edit.replacement),
        None => finding,
    }
}

/// The finding for a size or duration that is not there or means nothing; the audio, where it is at
/// hand, says what belongs there.
fn not_given(
    episode: &Episode,
    key: &str,
    given: &Given<u64>,
    truth: Option<String>,
    expected: &str,
) -> Option<Finding> {
    let missing = |place, what: &str| {
        Finding::at(&rule::MISSING_KEY, &episode.source, place, format!("`{key}` is {what}"))
            .expected(expected)
    };
    let finding = match given {
        Given::Good(_) => return None,
        Given::Bad(malformed) => malformed_value(episode, key, malformed),
        Given::Empty(_) => {
            let place = episode.field(key).map_or_else(|| head(episode), |field| field.key_span);
            missing(place, "empty")
        }
        Given::Missing => missing(head(episode), "not there"),
    };
    let Some(truth) = truth else { return Some(finding) };
    let edit = set_key(episode, key, &truth);
    if edit.is_none() {
        return Some(finding);
    }
    let verb = if *given == Given::Missing { "add" } else { "write" };
    Some(with_fix(finding.help(format!("{verb} `{key}: {truth}`")), edit))
}

/// The finding for an MP3 that no episode names.
pub fn unused(path: &str) -> Finding {
    Finding::on_file(&rule::AUDIO_UNUSED, path, "no episode names this file")
        .help("`onair new` makes an episode of it")
}
