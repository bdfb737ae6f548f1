//! Transcripts in all the forms that hosts have them, read so that a page can show them.
//!
//! Sources: W3C WebVTT; the de-facto SubRip form; podcast namespace, "Transcripts". WebVTT, SubRip, the
//! namespace's JSON and plain text are published as they stand; HTML once it has passed the sanitiser;
//! the JSON of Whisper and Amazon Transcribe, which no podcast app reads, as WebVTT.

mod html;
mod json;
mod speakers;
mod write;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::show::html_depth::is_too_deep;
use crate::show::source::{UNFINISHED_MERGE, unfinished_merge};
use crate::show::{Source, cues};

/// The form of a transcript as it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// WebVTT, `.vtt`.
    WebVtt,
    /// SubRip, `.srt`.
    SubRip,
    /// The podcast namespace's JSON, `.json`.
    Json,
    /// HTML, `.html`.
    Html,
    /// Plain text, `.txt`.
    Plain,
}

impl Format {
    /// The form that a path's ending names.
    pub fn of_path(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "vtt" => Some(Self::WebVtt),
            "srt" => Some(Self::SubRip),
            "json" => Some(Self::Json),
            "html" | "htm" => Some(Self::Html),
            "txt" | "text" => Some(Self::Plain),
            _ => None,
        }
    }

    /// The type in the feed, without parameters.
    pub fn mime(self) -> &'static str {
        match self {
            Self::WebVtt => "text/vtt",
            Self::SubRip => "application/x-subrip",
            Self::Json => "application/json",
            Self::Html => "text/html",
            Self::Plain => "text/plain",
        }
    }

    /// The `Content-Type` it is served with.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::WebVtt => "text/vtt; charset=utf-8",
            Self::SubRip => "application/x-subrip; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Plain => "text/plain; charset=utf-8",
        }
    }

    /// The ending of its file.
    pub fn ending(self) -> &'static str {
        match self {
            Self::WebVtt => "vtt",
            Self::SubRip => "srt",
            Self::Json => "json",
            Self::Html => "html",
            Self::Plain => "txt",
        }
    }
}

/// A transcript of an episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    /// What was read.
    pub file: Arc<TranscriptFile>,
    /// Its language, where that is not the show's.
    pub language: Option<String>,
    /// Whether it is made to be shown as the audio plays.
    pub captions: bool,
}

impl From<TranscriptFile> for Transcript {
    fn from(file: TranscriptFile) -> Self {
        Self { file: Arc::new(file), language: None, captions: false }
    }
}

impl Transcript {
    /// The bytes to publish, of a show in this language.
    pub fn published(&self, show_language: &str) -> Bytes {
        match self.file.format {
            Format::Html => {
                let code = self.language.as_deref().unwrap_or(show_language);
                html::in_language(&self.file.bytes, code).into()
            }
            _ => self.file.bytes.clone(),
        }
    }
}

/// Which of an episode's transcripts a page shows: one with times, in the show's language if there is
/// such a one.
pub fn shown(transcripts: &[Transcript], language: &str) -> Option<usize> {
    let timed = |at: &usize| !transcripts[*at].file.cues.is_empty();
    let own = |at: &usize| {
        let given = transcripts[*at].language.as_deref().unwrap_or(language);
        given.eq_ignore_ascii_case(language)
    };
    let all = || (0..transcripts.len()).filter(timed);
    all().find(own).or_else(|| all().next()).or_else(|| (!transcripts.is_empty()).then_some(0))
}

/// One of an episode's transcripts for each of its languages, that of [`shown`] first: one with times
/// where there is such a one.
pub fn by_language(transcripts: &[Transcript], language: &str) -> Vec<usize> {
    let of = |at: usize| transcripts[at].language.as_deref().unwrap_or(language);
    let timed = |at: &usize| !transcripts[*at].file.cues.is_empty();
    let rest = || 0..transcripts.len();
    let mut chosen: Vec<usize> = Vec::new();
    let likeliest_first = shown(transcripts, language).into_iter();
    let likeliest_first = likeliest_first.chain(rest().filter(timed)).chain(rest());
    for at in likeliest_first {
        if !chosen.iter().any(|&other| of(other).eq_ignore_ascii_case(of(at))) {
            chosen.push(at);
        }
    }
    chosen
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
    /// The bytes that are published.
    pub bytes: Bytes,
    /// What it says; empty where it tells no times.
    pub cues: Vec<Cue>,
    /// What some players do not take of the bytes that are published.
    pub flaw: Option<TranscriptError>,
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
        if let Some(span) = unfinished_merge(&source.text) {
            let (line, _) = source.line_column(span.start);
            return Err(wrong(line, UNFINISHED_MERGE));
        }
        let mut format = Format::of_path(&source.path)
            .ok_or_else(|| wrong(1, "a transcript is a .vtt, .srt, .json, .html or .txt file"))?;
        // What a file holds counts for more than what it is called.
        if matches!(format, Format::SubRip | Format::Plain) && cues::is_webvtt(text) {
            format = Format::WebVtt;
        }
        let as_it_stands = || Bytes::copy_from_slice(source.text.as_bytes());
        let (bytes, cues) = match format {
            Format::WebVtt if !cues::is_webvtt(text) || !cues::has_webvtt_times(text) => {
                let cues = timed_text(source)?;
                if cues.is_empty() {
                    return Err(wrong(1, "a WebVTT file starts with `WEBVTT`, and has cues"));
                }
                // SubRip under another name, or times as SubRip has them: a browser would show nothing.
                (Bytes::from(write::webvtt(&cues)), cues)
            }
            Format::WebVtt | Format::SubRip => (as_it_stands(), timed_text(source)?),
            Format::Json => match json::read(text)? {
                (cues, true) => (as_it_stands(), cues),
                (cues, false) => {
                    format = Format::WebVtt;
                    (Bytes::from(write::webvtt(&cues)), cues)
                }
            },
            Format::Html if is_too_deep(text) => {
                return Err(wrong(1, "its elements are nested too deep for a page"));
            }
            Format::Html => {
                let (page, cues) = html::read(text);
                (Bytes::from(page), cues)
            }
            Format::Plain => (as_it_stands(), Vec::new()),
        };
        let silent = match format {
            Format::Plain => text.trim().is_empty(),
            Format::Html => bytes.is_empty(),
            _ => cues.is_empty(),
        };
        if silent {
            return Err(wrong(1, "nothing is said in this transcript"));
        }
        let odd = cues::not_subrip_times(&source.text).filter(|_| format == Format::SubRip);
        let flaw = odd.map(|span| {
            wrong(source.line_column(span.start).0, "SubRip has times as `00:02:15,000`")
        });
        Ok(Self { format, bytes, cues, flaw })
    }

    /// When the last words end, in milliseconds: not after the audio.
    pub fn end(&self) -> u64 {
        self.cues.iter().map(|cue| cue.end).max().unwrap_or(0)
    }
}

/// The cues of WebVTT and SubRip, one for each that speaks in them.
fn timed_text(source: &Source) -> Result<Vec<Cue>, TranscriptError> {
    let found = cues::read(&source.text);
    if let Some(fault) = found.faults.first() {
        let (line, _) = source.line_column(fault.span.start);
        return Err(TranscriptError { line, reason: fault.reason.clone() });
    }
    let mut cues = Vec::new();
    for cue in &found.cues {
        let (start, end) = (millis(cue.start), millis(cue.end));
        for (speaker, text) in speakers::parts(&cue.lines) {
            if !text.is_empty() {
                cues.push(Cue { start, end, speaker, text });
            }
        }
    }
    Ok(cues)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
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
        assert_eq!(
            wrong("a.vtt", "hello"),
            "line 1: a WebVTT file starts with `WEBVTT`, and has cues"
        );
        assert_eq!(wrong("a.srt", "1\n00:00:01 --> soon\nx\n"), "line 2: `soon` is not a time");
        assert_eq!(
            wrong("a.srt", "1\n00:00:09,000 --> 00:00:01,000\nx\n"),
            "line 2: the words end before they start"
        );
        assert_eq!(wrong("a.srt", ""), "line 1: nothing is said in this transcript");
        assert!(wrong("a.json", "{\n\"a\": }").starts_with("line 2: this is not a transcript"));
    }

    #[test]
    fn what_no_browser_would_read_is_written_anew() {
        let good = "WEBVTT\n\n00:00.000 --> 00:04.000 align:start\nHello\n";
        let bytes = |path, text: &str| parse(path, text).unwrap().bytes;
        assert_eq!(bytes("a.vtt", good), good.as_bytes());
        let plain = good
            .replace(" align:start", "")
            .replace(" 00:04", " 00:00:04")
            .replace("\n00:00", "\n00:00:00");
        for odd in [
            "WEBVTT\n\n00:00,000 --> 00:04,000\nHello\n",
            "WEBVTT\n\n00:00 --> 00:04\nHello\n",
            "1\n00:00:00,000 --> 00:00:04,000\nHello\n",
        ] {
            let file = parse("a.vtt", odd).unwrap();
            assert_eq!((file.format, &file.bytes[..]), (Format::WebVtt, plain.as_bytes()), "{odd}");
        }
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
