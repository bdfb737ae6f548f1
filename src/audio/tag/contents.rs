//! What an MP3 says of itself: the one reading of its tags that every stage shares.
//!
//! Read as leniently as `existing` reads frames; of several frames that say the same, the first
//! counts. ID3v1 is listened to only where no ID3v2 tag speaks: it cuts every text at 30 bytes.

use std::time::Duration;

use id3::frame::{Content, PictureType};

use super::existing::{self, MOST_FRAMES};
use super::keep::decoded;
use super::{MAX_CHAPTERS, Picture};

/// What the tags of an MP3 say. Texts are trimmed and never empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents {
    /// The title (`TIT2`).
    pub title: Option<String>,
    /// The subtitle (`TIT3`).
    pub subtitle: Option<String>,
    /// Who speaks (`TPE1`, else `TPE2`); several are joined by commas.
    pub artist: Option<String>,
    /// The show (`TALB`).
    pub album: Option<String>,
    /// The episode's number (`TRCK`).
    pub track: Option<u32>,
    /// When it came out, as it is written: `2024-01-31`, `2024-01-31T07:00`, `2024` (`TDRL`, `TDRC`,
    /// or `TYER`, `TDAT` and `TIME`).
    pub date: Option<String>,
    /// What it is about (`TDES`, else `COMM` without a description, else `USLT`).
    pub description: Option<String>,
    /// The cover (`APIC`): the front cover, else the first picture of no stated kind.
    pub cover: Option<Picture>,
    /// The chapters (`CHAP`), in the order of their starts.
    pub chapters: Vec<HeldChapter>,
}

/// A chapter as an MP3 holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldChapter {
    /// Where it begins.
    pub start: Duration,
    /// Where it says it ends, if that is behind its start.
    pub end: Option<Duration>,
    /// Its title (`TIT2` within); empty if it has none.
    pub title: String,
    /// A page about it (`WXXX` within, else any other link).
    pub url: Option<String>,
    /// Its picture (`APIC` within).
    pub image: Option<Picture>,
}

impl HeldChapter {
    /// Whether it has a name that could be shown.
    pub fn has_title(&self) -> bool {
        !self.title.trim().is_empty()
    }
}

impl Contents {
    /// What the ID3v2 tags in `leading` say, the bytes in front of the payload, and where they say
    /// nothing, the ID3v1 tag in `trailing`, the bytes behind it.
    pub fn read(leading: &[u8], trailing: &[u8]) -> Self {
        let mut contents = Self::default();
        let mut found = Found::default();
        for frame in existing::frames(leading) {
            let id = name(&frame.id);
            if let Some(content) = decoded(&frame) {
                contents.take(id, content, &mut found);
            }
        }
        contents.artist = contents.artist.or(found.album_artist);
        contents.date = found.released.or(found.recorded).or_else(|| found.parts.date());
        contents.description = contents.description.or(found.comment).or(found.lyrics);
        contents.cover = found.front.or(found.other);
        contents.chapters.sort_by_key(|chapter| chapter.start);
        contents.fill_in(trailing);
        contents
    }

    /// Whether the MP3 has more chapters than its table of contents can list.
    pub fn has_too_many_chapters(&self) -> bool {
        self.chapters.len() > MAX_CHAPTERS
    }

    fn take(&mut self, id: &str, content: Content, found: &mut Found) {
        let text = |slot: &mut Option<String>, text: &str| {
            if slot.is_none() {
                *slot = trimmed(text);
            }
        };
        match (id, content) {
            ("TIT2", Content::Text(value)) => text(&mut self.title, &value),
            ("TIT3", Content::Text(value)) => text(&mut self.subtitle, &value),
            ("TPE1", Content::Text(value)) => text(&mut self.artist, &value),
            ("TPE2", Content::Text(value)) => text(&mut found.album_artist, &value),
            ("TALB", Content::Text(value)) => text(&mut self.album, &value),
            ("TRCK", Content::Text(value)) => {
                // Writers end a text with a NUL, or do not.
                let number = value.split(['/', '\0']).next();
                let number = number.and_then(|number| number.trim().parse().ok());
                self.track = self.track.or(number);
            }
            ("TDRL", Content::Text(value)) => text(&mut found.released, &value),
            ("TDRC", Content::Text(value)) => text(&mut found.recorded, &value),
            ("TYER", Content::Text(value)) => text(&mut found.parts.year, &value),
            ("TDAT", Content::Text(value)) => text(&mut found.parts.day, &value),
            ("TIME", Content::Text(value)) => text(&mut found.parts.time, &value),
            ("TDES", Content::Text(value)) => text(&mut self.description, &value),
            ("COMM", Content::Comment(comment)) if comment.description.trim().is_empty() => {
                text(&mut found.comment, &comment.text);
            }
            ("USLT", Content::Lyrics(lyrics)) => text(&mut found.lyrics, &lyrics.text),
            ("APIC", Content::Picture(picture)) => {
                let slot = match picture.picture_type {
                    PictureType::CoverFront => &mut found.front,
                    PictureType::Other => &mut found.other,
                    _ => return,
                };
                if slot.is_none() {
                    *slot = Picture::new(picture.data).ok();
                }
            }
            ("CHAP", Content::Chapter(chapter)) if self.chapters.len() < MOST_FRAMES => {
                self.chapters.push(held(&chapter));
            }
            _ => {}
        }
    }

    /// Takes from an ID3v1 tag (128 bytes: `TAG`, title, artist, album of 30 each, year of 4,
    /// comment of 30, genre) what nothing else has said.
    fn fill_in(&mut self, trailing: &[u8]) {
        let tag = trailing.len().checked_sub(128).map(|at| &trailing[at..]);
        let Some(tag) = tag.filter(|tag| tag.starts_with(b"TAG")) else { return };
        let text = |range: std::ops::Range<usize>| {
            let bytes = tag[range].split(|byte| *byte == 0).next().unwrap_or_default();
            let text = match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
            };
            trimmed(&text)
        };
        self.title = self.title.take().or_else(|| text(3..33));
        self.artist = self.artist.take().or_else(|| text(33..63));
        self.album = self.album.take().or_else(|| text(63..93));
        let is_year = |year: &String| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        self.date = self.date.take().or_else(|| text(93..97).filter(is_year));
    }
}

/// What counts only if nothing better is said.
#[derive(Default)]
struct Found {
    album_artist: Option<String>,
    released: Option<String>,
    recorded: Option<String>,
    parts: DateParts,
    comment: Option<String>,
    lyrics: Option<String>,
    front: Option<Picture>,
    other: Option<Picture>,
}

/// A date in the pieces of ID3v2.3 (section 4.2.1): YYYY, DDMM, HHMM.
#[derive(Default)]
struct DateParts {
    year: Option<String>,
    day: Option<String>,
    time: Option<String>,
}

impl DateParts {
    fn date(&self) -> Option<String> {
        let year = self.year.as_deref()?;
        let halves = |text: &Option<String>| -> Option<(String, String)> {
            let text = text.as_deref().filter(|text| text.len() == 4)?;
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| (text[..2].to_owned(), text[2..].to_owned()))
        };
        let Some((day, month)) = halves(&self.day) else { return Some(year.to_owned()) };
        Some(match halves(&self.time) {
            Some((hour, minute)) => format!("{year}-{month}-{day}T{hour}:{minute}"),
            None => format!("{year}-{month}-{day}"),
        })
    }
}

fn held(chapter: &id3::frame::Chapter) -> HeldChapter {
    let (mut title, mut named, mut other, mut image) = (None, None, None, None);
    for frame in &chapter.frames {
        match frame.content() {
            Content::Text(text) if name(frame.id()) == "TIT2" && title.is_none() => {
                title = trimmed(text);
            }
            Content::ExtendedLink(link) if named.is_none() => named = trimmed(&link.link),
            Content::Link(link) if other.is_none() => other = trimmed(link),
            Content::Picture(picture) if image.is_none() => {
                image = Picture::new(picture.data.clone()).ok();
            }
            _ => {}
        }
    }
    let (start, end) = (chapter.start_time, chapter.end_time);
    HeldChapter {
        start: Duration::from_millis(start.into()),
        end: (end > start && end < u32::MAX).then(|| Duration::from_millis(end.into())),
        title: title.unwrap_or_default(),
        url: named.or(other),
        image,
    }
}

/// The text without control characters and the space around it; several values, with NULs between
/// them, are joined by commas.
fn trimmed(text: &str) -> Option<String> {
    let values =
        text.split('\0').map(|value| value.chars().filter_map(readable).collect::<String>());
    let values = values.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let text = values.collect::<Vec<_>>().join(", ");
    (!text.is_empty()).then_some(text)
}

/// The character that is meant: taggers write Windows-1252 where the standard has ISO-8859-1.
fn readable(c: char) -> Option<char> {
    let c = match u8::try_from(u32::from(c)) {
        Ok(byte @ 0x80..=0x9F) => {
            let byte = [byte];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
            text.chars().next()?
        }
        _ => c,
    };
    (!c.is_control() || matches!(c, '\n' | '\r' | '\t')).then_some(c)
}

/// A frame's id as ID3v2.3 has it.
fn name(id: &str) -> &str {
    super::ids::renamed(id).unwrap_or(id)
}

#[cfg(test)]
mod tests;
