//! Transcripts: WebVTT, SubRip and the podcast namespace's JSON, read so that a page can show them.
//!
//! Sources: W3C WebVTT; the de-facto SubRip form; podcast namespace, "Transcripts".

use std::fmt;

use bytes::Bytes;
use serde::Deserialize;

use crate::show::Source;

/// The form of a transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// WebVTT, `.vtt`.
    WebVtt,
    /// SubRip, `.srt`.
    SubRip,
    /// The podcast namespace's JSON, `.json`.
    Json,
}

impl Format {
    /// The form that a path's ending names.
    pub fn of_path(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "vtt" => Some(Self::WebVtt),
            "srt" => Some(Self::SubRip),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The type in the feed, without parameters.
    pub fn mime(self) -> &'static str {
        match self {
            Self::WebVtt => "text/vtt",
            Self::SubRip => "application/x-subrip",
            Self::Json => "application/json",
        }
    }

    /// The `Content-Type` it is served with.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::WebVtt => "text/vtt; charset=utf-8",
            Self::SubRip => "application/x-subrip; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// The ending of its file.
    pub fn ending(self) -> &'static str {
        match self {
            Self::WebVtt => "vtt",
            Self::SubRip => "srt",
            Self::Json => "json",
        }
    }
}

/// What is said from one moment to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// When it starts, in milliseconds.
    pub start: u64,
    /// When it ends, in milliseconds.
    pub end: u64,
    /// Who says it, where the transcript tells.
    pub speaker: Option<String>,
    /// The words, on one line.
    pub text: String,
}

/// A transcript that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptFile {
    /// Its form.
    pub format: Format,
    /// Its bytes as the host gave them, which are also what is published.
    pub bytes: Bytes,
    /// What it says; never empty.
    pub cues: Vec<Cue>,
}

/// Why a transcript cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what was expected.
    pub reason: String,
}

impl std::error::Error for TranscriptError {}

impl fmt::Display for TranscriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl TranscriptFile {
    /// Reads a transcript; its path's ending tells its form.
    ///
    /// # Errors
    /// [`TranscriptError`] names the first line that makes no sense.
    pub fn parse(source: &Source) -> Result<Self, TranscriptError> {
        let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
        let wrong = |line, reason: &str| TranscriptError { line, reason: reason.to_owned() };
        let format = Format::of_path(&source.path)
            .ok_or_else(|| wrong(1, "a transcript is a .vtt, .srt or .json file"))?;
        let cues = match format {
            Format::WebVtt if !text.starts_with("WEBVTT") => {
                return Err(wrong(1, "a WebVTT file starts with `WEBVTT`"));
            }
            Format::WebVtt | Format::SubRip => timed_text(text)?,
            Format::Json => json(text)?,
        };
        if cues.is_empty() {
            return Err(wrong(1, "nothing is said in this transcript"));
        }
        Ok(Self { format, bytes: Bytes::copy_from_slice(source.text.as_bytes()), cues })
    }

    /// When the last words end, in milliseconds: not after the audio.
    pub fn end(&self) -> u64 {
        self.cues.iter().map(|cue| cue.end).max().unwrap_or(0)
    }
}

/// WebVTT and SubRip: blocks of lines, one of which has the times.
fn timed_text(text: &str) -> Result<Vec<Cue>, TranscriptError> {
    let mut cues = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        let Some((start, rest)) = line.split_once("-->") else { continue };
        let rest = rest.trim_start();
        let end = rest.split_whitespace().next().unwrap_or_default();
        let read = |text: &str| {
            time(text.trim()).ok_or_else(|| TranscriptError {
                line: at + 1,
                reason: format!("`{}` is not a time, as in 00:01:02.500", text.trim()),
            })
        };
        let (start, end) = (read(start)?, read(end)?);
        if end < start {
            let reason = "the words end before they start".to_owned();
            return Err(TranscriptError { line: at + 1, reason });
        }
        let mut words = String::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            words.push_str(line);
            words.push('\n');
        }
        let voice = voice(&words);
        let words = super::text::from_clean_html(&words);
        let (speaker, words) = match voice {
            Some(voice) => (Some(voice), words),
            None => named(&words),
        };
        push(&mut cues, Cue { start, end, speaker, text: words });
    }
    Ok(cues)
}

/// `<v Anne Martin>` (WebVTT, "cue voice span").
fn voice(words: &str) -> Option<String> {
    let tag = words.trim_start().strip_prefix("<v")?;
    let (tag, _) = tag.split_once('>')?;
    let name = tag.split_once(char::is_whitespace)?.1;
    Some(super::text::one_line(name)).filter(|name| !name.is_empty())
}

/// `Anne Martin: Bonjour`, the podcast namespace's way of naming speakers in SubRip.
fn named(words: &str) -> (Option<String>, String) {
    if let Some((name, rest)) = words.split_once(": ") {
        let few = name.split_whitespace().count() <= 4;
        let capitals = name.split_whitespace().all(|word| word.starts_with(char::is_uppercase));
        if few && capitals && !name.contains(['.', ',', '?', '!']) && !name.is_empty() {
            return (Some(name.to_owned()), rest.trim().to_owned());
        }
    }
    (None, words.to_owned())
}

/// `HH:MM:SS.mmm`, `MM:SS.mmm`, and SubRip's comma.
fn time(text: &str) -> Option<u64> {
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len())
        || !parts.iter().all(|part| digits(part) && part.len() <= 4)
        || !digits(fraction)
        || fraction.len() > 3
    {
        return None;
    }
    let seconds =
        parts.iter().try_fold(0_u64, |sum, part| Some(sum * 60 + part.parse::<u64>().ok()?))?;
    let millis: u64 = format!("{fraction:0<3}").parse().ok()?;
    Some(seconds * 1000 + millis)
}

#[derive(Deserialize)]
struct JsonTranscript {
    segments: Vec<JsonSegment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonSegment {
    speaker: Option<String>,
    start_time: f64,
    end_time: Option<f64>,
    body: String,
}

fn json(text: &str) -> Result<Vec<Cue>, TranscriptError> {
    let transcript: JsonTranscript =
        serde_json::from_str(text).map_err(|error| TranscriptError {
            line: error.line().max(1),
            reason: format!("this is not a transcript: {error}"),
        })?;
    let mut cues = Vec::new();
    for segment in transcript.segments {
        let start = millis(segment.start_time);
        let end = segment.end_time.map_or(start, millis).max(start);
        let speaker = segment.speaker.map(|name| super::text::one_line(&name));
        let speaker = speaker.filter(|name| !name.is_empty());
        push(&mut cues, Cue { start, end, speaker, text: super::text::one_line(&segment.body) });
    }
    Ok(cues)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and no audio is that long"
)]
fn millis(seconds: f64) -> u64 {
    (seconds * 1000.0).round() as u64
}

fn push(cues: &mut Vec<Cue>, cue: Cue) {
    if !cue.text.is_empty() {
        cues.push(cue);
    }
}

/// What one speaker says in one go, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// When it starts, in whole seconds.
    pub start: u64,
    /// Who speaks, where that changes.
    pub speaker: Option<String>,
    /// The words.
    pub text: String,
}

/// Cues are a few words each; a page shows paragraphs: a new one for a new speaker, and at the end
/// of a sentence when half a minute has passed.
pub fn paragraphs(cues: &[Cue]) -> Vec<Paragraph> {
    const LONG: u64 = 30_000;
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut speaker: Option<&str> = None;
    let mut begun = 0;
    for cue in cues {
        let changed = cue.speaker.is_some() && cue.speaker.as_deref() != speaker;
        let ended = |text: &str| text.ends_with(['.', '?', '!', '…', '»', '"']);
        match paragraphs.last_mut() {
            Some(last)
                if !changed
                    && (cue.start < begun + LONG
                        || !ended(&last.text) && cue.start < begun + 3 * LONG) =>
            {
                // Words that roll over from cue to cue are not said twice.
                if !last.text.ends_with(&cue.text) {
                    last.text.push(' ');
                    last.text.push_str(&cue.text);
                }
            }
            _ => {
                begun = cue.start;
                paragraphs.push(Paragraph {
                    start: cue.start / 1000,
                    speaker: cue.speaker.clone().filter(|_| changed),
                    text: cue.text.clone(),
                });
            }
        }
        if changed {
            speaker = cue.speaker.as_deref();
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(path: &str, text: &str) -> Result<TranscriptFile, TranscriptError> {
        TranscriptFile::parse(&Source::new(path, text))
    }

    fn said(file: &TranscriptFile) -> String {
        let line = |cue: &Cue| {
            format!(
                "{}-{} {}: {}",
                cue.start,
                cue.end,
                cue.speaker.as_deref().unwrap_or("?"),
                cue.text
            )
        };
        file.cues.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn webvtt() {
        let text = "WEBVTT\n\nNOTE a remark\n\n1\n00:01.000 --> 00:02.500 align:start\n\
            <v.loud Anne Martin>Bonjour\nà &amp; tous</v>\n\n01:00:00.000 --> 01:00:01.000\n<i>Fin</i>\n";
        insta::assert_snapshot!(said(&parse("a.vtt", text).unwrap()), @r"
        1000-2500 Anne Martin: Bonjour à & tous
        3600000-3601000 ?: Fin
        ");
    }

    #[test]
    fn subrip() {
        let text = "\u{feff}1\r\n00:00:01,000 --> 00:00:02,500\r\nAnne: Bonjour\r\nà tous\r\n\r\n2\r\n\
            00:00:03,000 --> 00:00:04,000\r\nVoici ce que je dis: rien\r\n";
        insta::assert_snapshot!(said(&parse("a.srt", text).unwrap()), @r"
        1000-2500 Anne: Bonjour à tous
        3000-4000 ?: Voici ce que je dis: rien
        ");
    }

    #[test]
    fn json_of_the_podcast_namespace() {
        let text = r#"{"version":"1.0.0","segments":[
            {"speaker":"Anne","startTime":0.5,"endTime":0.75,"body":"Je"},
            {"startTime":1,"body":"dis"}]}"#;
        let file = parse("a.json", text).unwrap();
        assert_eq!(said(&file), "500-750 Anne: Je\n1000-1000 ?: dis");
        assert_eq!(file.end(), 1000);
    }

    #[test]
    fn what_is_wrong_has_a_line() {
        let wrong = |path, text| parse(path, text).unwrap_err().to_string();
        assert_eq!(wrong("a.vtt", "hello"), "line 1: a WebVTT file starts with `WEBVTT`");
        assert_eq!(
            wrong("a.srt", "1\n00:00:01 --> soon\nx\n"),
            "line 2: `soon` is not a time, as in 00:01:02.500"
        );
        assert_eq!(
            wrong("a.srt", "1\n00:00:09,000 --> 00:00:01,000\nx\n"),
            "line 2: the words end before they start"
        );
        assert_eq!(wrong("a.srt", ""), "line 1: nothing is said in this transcript");
        assert!(wrong("a.json", "{\n\"a\": }").starts_with("line 2: this is not a transcript"));
    }

    #[test]
    fn paragraphs_follow_speakers_and_sentences() {
        let cue = |start: u64, speaker: Option<&str>, text: &str| Cue {
            start: start * 1000,
            end: start * 1000,
            speaker: speaker.map(str::to_owned),
            text: text.to_owned(),
        };
        let cues = [
            cue(0, Some("A"), "un"),
            cue(5, Some("A"), "deux"),
            cue(40, Some("A"), "trois."),
            cue(41, Some("A"), "quatre"),
            cue(42, Some("B"), "cinq"),
        ];
        let shown: Vec<String> = paragraphs(&cues)
            .iter()
            .map(|p| format!("{} {:?} {}", p.start, p.speaker.as_deref(), p.text))
            .collect();
        assert_eq!(
            shown,
            ["0 Some(\"A\") un deux trois.", "41 None quatre", "42 Some(\"B\") cinq"]
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "(WEBVTT\n)?([0-9:.,]{0,12}( --> |\n)|<v|>|\\PC|\n){0,30}") {
            for path in ["a.vtt", "a.srt", "a.json"] {
                if let Ok(file) = parse(path, &text) { prop_assert!(file.cues.iter().all(|cue| cue.start <= cue.end)); }
            }
        }
    }
}
