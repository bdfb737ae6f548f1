//! A tag in words, for a person who asks what a file says.

use std::time::Duration;

use id3::frame::Content;

use super::existing;
use super::keep::decoded;
use crate::model::chapter::clock;

/// A frame in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The frame's id: `TIT2`.
    pub id: String,
    /// What it says, without control characters, on one line; long texts are cut.
    pub text: String,
}

const LONGEST: usize = 200;

/// Every frame of the ID3v2 tags in `bytes`, in order. Damaged ones are named as such.
pub fn describe(bytes: &[u8]) -> Vec<Line> {
    existing::frames(bytes)
        .iter()
        .map(|frame| {
            let text = decoded(frame).map_or_else(
                || format!("{} bytes that cannot be read", frame.body.len()),
                |content| text(&content),
            );
            Line { id: frame.id.to_string(), text: printable(&text) }
        })
        .collect()
}

fn text(content: &Content) -> String {
    match content {
        // The values of a text are told apart by a slash in 2.3, by a NUL in 2.4.
        Content::Text(text) => text.replace('\0', "/"),
        // iTunes' WFED begins with an encoding, as texts do.
        Content::Link(link) => link.trim_start_matches('\0').to_owned(),
        Content::ExtendedText(text) => labelled(&text.description, &text.value),
        Content::ExtendedLink(link) => labelled(&link.description, &link.link),
        Content::Comment(comment) => labelled(&comment.description, &comment.text),
        Content::Lyrics(lyrics) => labelled(&lyrics.description, &lyrics.text),
        Content::Picture(picture) => {
            format!("{}, {}, {} bytes", picture.picture_type, picture.mime_type, picture.data.len())
        }
        Content::Chapter(chapter) => {
            let mut text = format!(
                "{} {}",
                chapter.element_id,
                clock(Duration::from_millis(chapter.start_time.into()))
            );
            for sub in &chapter.frames {
                text.push_str(" | ");
                text.push_str(&self::text(sub.content()));
            }
            text
        }
        Content::TableOfContents(toc) => format!("{} chapters", toc.elements.len()),
        Content::Private(private) => {
            format!("{}, {} bytes", private.owner_identifier, private.private_data.len())
        }
        Content::UniqueFileIdentifier(id) => {
            format!("{}, {} bytes", id.owner_identifier, id.identifier.len())
        }
        Content::EncapsulatedObject(object) => {
            format!("{}, {}, {} bytes", object.filename, object.mime_type, object.data.len())
        }
        Content::Unknown(unknown) => format!("{} bytes", unknown.data.len()),
        other => other.to_string(),
    }
}

fn labelled(label: &str, text: &str) -> String {
    if label.is_empty() { text.to_owned() } else { format!("{label}: {text}") }
}

/// Safe to print: what a stranger's file says must not steer a terminal.
fn printable(text: &str) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .take(LONGEST + 1)
        .collect();
    if line.chars().count() > LONGEST {
        line.pop();
        line.push('…');
    }
    line
}
