//! What an episode says of its audio, against what the audio is.

use std::time::Duration;

use super::finding::Finding;
use super::registry as rule;
use super::severity::Severity;
use super::text::{head, malformed_value, shorten};
use crate::audio::{BitRate, Content, Mp3, Probe};
use crate::audio::{Damage, Harm};
use crate::show::edit::requote;
use crate::show::read::FileTrouble;
use crate::show::values::{AudioName, hh_mm_ss};
use crate::show::{Episode, Given};

/// What is known of an episode's audio, and by what.
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
        /// Bytes of the file as it would be published now, with the tag, where that is known.
        published: Option<u64>,
        /// Bytes as published already, where the target's record knows this very payload.
        recorded: Option<u64>,
    },
    /// What the target holds, where the file is not at hand.
    Recorded {
        /// Bytes as published.
        bytes: u64,
        /// Bytes of the host's file, without the tag that is published, where that is known.
        source_bytes: Option<u64>,
        /// The playing time, in milliseconds.
        milliseconds: u64,
    },
}

impl Evidence {
    /// The playing time, where it is known.
    pub fn time(&self) -> Option<Duration> {
        match self {
            Self::Probed { probe: Probe { content: Content::Mp3(mp3), .. }, .. } => {
                Some(Duration::from_millis(mp3.time.milliseconds()))
            }
            Self::Recorded { milliseconds, .. } => Some(Duration::from_millis(*milliseconds)),
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
            recorded,
        }) => {
            damage(path, mp3, findings);
            let measures = Measures {
                bytes: *bytes,
                published: *published,
                recorded: *recorded,
                mp3: Some(mp3),
                milliseconds: mp3.time.milliseconds(),
            };
            size(episode, Some(&measures), findings);
            duration(episode, Some(&measures), findings);
            Verdict::Proved
        }
        Some(Evidence::Recorded { bytes, source_bytes, milliseconds }) => {
            let measures = Measures {
                bytes: source_bytes.unwrap_or(*bytes),
                published: Some(*bytes),
                recorded: None,
                mp3: None,
                milliseconds: *milliseconds,
            };
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
    let damaged = findings[before..].iter().any(|finding| finding.rule == &rule::AUDIO_DAMAGED);
    for finding in findings[before..].iter_mut().filter(|_| damaged) {
        // The values of a damaged file are not what should be written down.
        if let Some(fix) = &mut finding.fix {
            fix.safe = false;
            finding.help = Some("mend the audio first: its damage is reported too".to_owned());
        }
    }
    let wrong = findings[before..].iter().any(|finding| finding.severity == Severity::Error);
    if wrong { Verdict::Open } else { verdict }
}

/// The finding for audio that is not there, or is no MP3.
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
        Evidence::Recorded { .. } => return None,
    })
}

/// What the audio truly measures.
struct Measures<'a> {
    bytes: u64,
    published: Option<u64>,
    recorded: Option<u64>,
    mp3: Option<&'a Mp3>,
    milliseconds: u64,
}

impl Measures<'_> {
    fn size_holds(&self, size: u64) -> bool {
        size == self.bytes || [self.published, self.recorded].contains(&Some(size))
    }

    fn duration_holds(&self, seconds: u64) -> bool {
        let milliseconds = seconds.saturating_mul(1000);
        match self.mp3 {
            Some(mp3) => mp3.plays_for(milliseconds),
            None => self.milliseconds.abs_diff(milliseconds) <= 1000,
        }
    }

    /// The size as it will be published, in plain digits.
    fn size(&self) -> String {
        self.published.unwrap_or(self.bytes).to_string()
    }

    fn duration(&self) -> String {
        hh_mm_ss((self.milliseconds + 500) / 1000)
    }
}

fn size(episode: &Episode, measures: Option<&Measures<'_>>, findings: &mut Vec<Finding>) {
    let truth = measures.map(Measures::size);
    let Given::Good(size) = &episode.size else {
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
    let message = match measures.published {
        Some(published) if published != measures.bytes => {
            format!("{name} has {} bytes ({published} as published, with its tag)", measures.bytes)
        }
        _ => format!("{name} has {} bytes", measures.bytes),
    };
    findings.push(replace(episode, &rule::AUDIO_SIZE, "size", &measures.size(), message));
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
    let name = episode.file.value().map_or("the audio", AudioName::as_str);
    let right = measures.duration();
    let rate = match measures.mp3.map(|mp3| mp3.bit_rate) {
        Some(BitRate::Constant(kbits)) => format!(" ({kbits} kbit/s)"),
        _ => String::new(),
    };
    let message = format!("{name} plays {right}{rate}");
    findings.push(replace(episode, &rule::AUDIO_DURATION, "duration", &right, message));
}

/// The finding for a value that differs from the truth, with the truth as its fix.
fn replace(
    episode: &Episode,
    rule: &'static super::Rule,
    key: &str,
    truth: &str,
    message: String,
) -> Finding {
    let span = episode.field(key).map_or_else(|| head(episode), |field| field.span.clone());
    let written = episode.source.text[span.clone()].to_owned();
    let replacement = requote(&written, truth);
    Finding::at(rule, &episode.source, span.clone(), message)
        .found(shorten(&written))
        .expected(truth)
        .help(format!("write `{key}: {replacement}`, or run `onair check --fix`"))
        .fix(span, replacement)
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
    let source = &episode.source;
    match given {
        Given::Good(_) => None,
        Given::Bad(malformed) => {
            let finding = malformed_value(source, key, malformed);
            Some(match truth {
                Some(truth) => {
                    let replacement = requote(&source.text[malformed.span.clone()], &truth);
                    finding
                        .help(format!("write `{replacement}`"))
                        .fix(malformed.span.clone(), replacement)
                }
                None => finding,
            })
        }
        Given::Empty(span) => {
            let place =
                episode.field(key).map_or_else(|| head(episode), |field| field.key_span.clone());
            let finding =
                Finding::at(&rule::MISSING_KEY, source, place, format!("`{key}` is empty"))
                    .expected(expected);
            Some(match truth {
                Some(truth)
                    if episode.field(key).is_some_and(|field| {
                        field.text.as_deref() == Some("") && span.is_empty()
                    }) =>
                {
                    finding
                        .help(format!("write `{key}: {truth}`"))
                        .fix(span.clone(), format!(" {truth}"))
                }
                _ => finding,
            })
        }
        Given::Missing => {
            let finding = Finding::at(
                &rule::MISSING_KEY,
                source,
                head(episode),
                format!("`{key}` is not there"),
            )
            .expected(expected);
            let behind = episode
                .file
                .span()
                .and_then(|span| Some(span.end + source.text[span.end..].find('\n')? + 1));
            Some(match (truth, behind) {
                (Some(truth), Some(at)) => {
                    let line_break =
                        if source.text[..at].ends_with("\r\n") { "\r\n" } else { "\n" };
                    finding
                        .help(format!("add `{key}: {truth}`"))
                        .fix(at..at, format!("{key}: {truth}{line_break}"))
                }
                _ => finding,
            })
        }
    }
}

fn damage(path: &str, mp3: &Mp3, findings: &mut Vec<Finding>) {
    for damage in mp3.damage.iter() {
        let (rule, severity) = match (damage.harm(), damage) {
            (Harm::Lost, _) => (&rule::AUDIO_DAMAGED, Severity::Error),
            (Harm::Misleading, Damage::FormatChange { .. } | Damage::SecondHeader { .. }) => {
                (&rule::AUDIO_DAMAGED, Severity::Warning)
            }
            (Harm::Misleading, _) => (&rule::AUDIO_HEADER, Severity::Warning),
            (Harm::Untidy, _) => (&rule::AUDIO_HEADER, Severity::Note),
        };
        let mut finding = Finding::on_file(rule, path, damage.to_string());
        finding.severity = severity;
        findings.push(match damage.harm() {
            Harm::Lost => {
                finding.help("copy the file again from where it was made, or export it again")
            }
            _ => finding
                .help("export the episode again in one go; every player then agrees on its time"),
        });
    }
    if mp3.damage.left_out() > 0 {
        let message = format!("{} more faults like these", mp3.damage.left_out());
        findings.push(Finding::on_file(&rule::AUDIO_DAMAGED, path, message));
    }
}

/// The finding for an MP3 that no episode names.
pub fn unused(path: &str) -> Finding {
    Finding::on_file(&rule::AUDIO_UNUSED, path, "no episode names this file")
        .help("`onair new` makes an episode of it")
}
