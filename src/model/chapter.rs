//! A chapter of an episode, as every stage of the pipeline knows it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One chapter. Its end is the next chapter's start, or the end of the audio.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Chapter {
    /// Where the chapter begins, counted from the start of the audio.
    pub start: Duration,
    /// What a player shows; never empty.
    pub title: String,
    /// A page about the chapter (`http` or `https`).
    pub url: Option<String>,
    /// A picture for the chapter: a path inside the show's folder, or an absolute URL.
    pub image: Option<String>,
    /// What only a chapter file of the podcast namespace can say of it.
    pub details: Details,
}

/// What only a chapter file of the podcast namespace can say of a chapter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Details {
    /// Where the chapter ends, if that is not the next one's start.
    pub end: Option<Duration>,
    /// Whether it stands in no list (`"toc": false`): only its picture or link is shown as it plays.
    pub hidden: bool,
    /// The place that the chapter is about.
    pub location: Option<Location>,
}

/// A place, as the podcast namespace has it ("location").
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Location {
    /// As people call it.
    pub name: String,
    /// A geo URI (RFC 5870): `geo:48.86,2.35`.
    pub geo: String,
    /// An OpenStreetMap id: `R148838`.
    pub osm: Option<String>,
}

/// A chapter that the tag of an MP3 holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TagChapter {
    /// Where it begins, in milliseconds from the start of the audio.
    pub start_ms: u64,
    /// What a player shows; never empty.
    pub title: String,
    /// A page about it (`http` or `https`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl From<&TagChapter> for Chapter {
    fn from(held: &TagChapter) -> Self {
        let start = Duration::from_millis(held.start_ms);
        Self { url: held.url.clone(), ..Self::new(start, held.title.clone()) }
    }
}

impl Chapter {
    /// A chapter of this start and title.
    pub fn new(start: Duration, title: String) -> Self {
        Self { start, title, url: None, image: None, details: Details::default() }
    }
}

/// A time as a player shows it: `02:15`, `1:02:15`, with milliseconds only where there are any.
pub fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = match hours {
        0 => format!("{minutes:02}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    };
    match time.subsec_millis() {
        0 => {}
        milliseconds => text.push_str(&format!(".{milliseconds:03}")),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_on_a_player() {
        for (milliseconds, text) in
            [(0, "00:00"), (135_000, "02:15"), (3_735_000, "1:02:15"), (1, "00:00.001")]
        {
            assert_eq!(clock(Duration::from_millis(milliseconds)), text);
        }
    }
}
