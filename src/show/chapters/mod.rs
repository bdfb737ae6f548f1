//! Chapters as a host writes them: in the front matter, in a file of their own, or as time-coded lines
//! of the notes.
//!
//! Every reader here is a pure function from a file's text to chapters in the order written, each with
//! its place in that text, or to everything that is wrong, each with its place and what was expected.
//! What only the whole list shows (order, doubles, the audio's end) is [`check`]'s.
//!
//! Times have millisecond precision everywhere, since that is what an ID3 tag can hold.

mod audacity;
mod check;
mod json;
mod list;
mod notes;
mod psc;
mod text;
mod time;
mod webvtt;

use std::time::Duration;

pub use check::{Kind, Problem, check};
pub use list::in_front_matter;
pub use notes::{in_notes, times_of_line};

use super::cues::lines;
use super::source::{Located, Malformed, Span};
use crate::model::chapter::Chapter;

/// What reading a chapter list gives.
pub type Read = Result<Vec<Located<Chapter>>, Vec<Malformed>>;

/// A format of chapter files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Podcasting 2.0 chapters (`application/json+chapters`), `.json`.
    Json,
    /// A WebVTT file whose cues are chapters, `.vtt`.
    WebVtt,
    /// Lines of a time and a title (mp4chaps, Auphonic, Matroska, FFmpeg), or labels exported by
    /// Audacity, `.txt`.
    Text,
    /// Podlove Simple Chapters, `.psc` or `.xml`.
    Psc,
}

impl Format {
    /// What a path to a chapter file must end in.
    pub const EXPECTED: &str = "a .json (Podcasting 2.0), .vtt (WebVTT), .txt (a time and a title to a line, or Audacity \
         labels) or .psc (Podlove Simple Chapters) file";

    /// The format that a file's name promises.
    pub fn of(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "vtt" => Some(Self::WebVtt),
            "txt" | "text" | "chapters" | "chap" | "ffmeta" => Some(Self::Text),
            "psc" | "xml" => Some(Self::Psc),
            _ => None,
        }
    }

    /// Reads a chapter file of this format.
    ///
    /// # Errors
    /// Everything that is wrong with it, with places in `text`.
    pub fn read(self, text: &str) -> Read {
        match self {
            Self::Json => json::read(text),
            Self::WebVtt => webvtt::read(text),
            Self::Text => text::read(text),
            Self::Psc => psc::read(text),
        }
    }

    /// The format that a text surely has, or else the one that its file's name promises.
    pub fn of_text(named: Self, text: &str) -> Self {
        let start = text.trim_start_matches('\u{feff}').trim_start();
        match start {
            _ if start.starts_with('{') => Self::Json,
            _ if start.starts_with("WEBVTT") => Self::WebVtt,
            _ if start.starts_with('<') => Self::Psc,
            _ => named,
        }
    }
}

/// How much earlier than the first chapter's start the audio may begin without a chapter of its own.
const ALMOST_ZERO: Duration = Duration::from_secs(1);

/// The list as it is published: with a chapter at zero, since players show nothing, or the second
/// chapter's title, for the time before the first one.
///
/// If the first chapter starts within a second it is moved to zero; if it starts later a chapter called
/// `intro`, the episode's title, is put in front. An empty list stays empty. Tag, feed and page all get
/// the list from here, so that they agree.
pub fn from_zero(mut chapters: Vec<Chapter>, intro: &str) -> Vec<Chapter> {
    match chapters.iter_mut().find(|chapter| !chapter.details.hidden) {
        Some(first) if first.start <= ALMOST_ZERO => first.start = Duration::ZERO,
        Some(_) => {
            let title = intro.to_owned();
            chapters.insert(0, Chapter::new(Duration::ZERO, title));
        }
        None => {}
    }
    chapters
}

/// What is wrong with a value, for the reader to place.
struct Fault {
    reason: String,
    expected: &'static str,
}

impl Fault {
    fn new(reason: impl Into<String>, expected: &'static str) -> Self {
        Self { reason: reason.into(), expected }
    }

    fn at(self, span: Span) -> Malformed {
        let Self { reason, expected } = self;
        Malformed { culprit: span.clone(), span, reason, expected, meant: None }
    }
}

/// Whole seconds of a time as a clock shows it.
pub fn seconds_of(text: &str) -> Option<u64> {
    time::whole(text).ok().map(|time| time.as_secs())
}

/// A chapter's title on one line.
fn title(text: &str) -> Result<String, Fault> {
    let one_line = text.replace("\r\n", " ").replace(char::is_control, " ");
    let title = one_line.trim();
    if title.is_empty() {
        return Err(Fault::new("the chapter has no title", "a title for every chapter"));
    }
    Ok(title.to_owned())
}

/// A chapter's page.
fn url(text: &str) -> Result<String, Fault> {
    let url = text.trim();
    if is_web_address(url) {
        Ok(url.to_owned())
    } else {
        let reason = format!("`{}` is not a web address", excerpt(url));
        Err(Fault::new(reason, "an address that begins with https:// or http://"))
    }
}

/// A chapter's picture: an absolute address, or a path below the show's folder.
fn image(text: &str) -> Result<String, Fault> {
    let image = text.trim();
    let path = image.strip_prefix('/').unwrap_or(image);
    if is_web_address(image) {
        Ok(image.to_owned())
    } else if super::is_inside(path) {
        Ok(path.to_owned())
    } else {
        let reason = format!("`{}` is not a picture that can be published", excerpt(image));
        Err(Fault::new(
            reason,
            "the path of a JPEG or PNG in the show's folder, or its address, as in https://…",
        ))
    }
}

fn is_web_address(url: &str) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        let (start, rest) = url.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

/// So much of a value as a message can bear.
fn excerpt(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Chapters if all went well, else all faults.
fn all(entries: impl IntoIterator<Item = Result<Located<Chapter>, Malformed>>) -> Read {
    let mut chapters = Vec::new();
    let mut faults = Vec::new();
    for entry in entries {
        match entry {
            Ok(chapter) => chapters.push(chapter),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(chapters) } else { Err(faults) }
}

#[cfg(test)]
mod tests;
