//! Shows that come from elsewhere: an RSS feed, or the folder of a site generator, as the files of a
//! show of onair's.
//!
//! Functions from bytes to values: nothing here reads or writes a file. What makes an episode the same
//! episode to a podcast app (its guid, that guid's `isPermaLink`, its enclosure's address) is kept to
//! the letter, so that no subscriber fetches anything twice. What has no place in a show of onair's is
//! counted and named, never dropped in silence.

mod atom;
mod channel;
mod dates;
mod draft;
mod element;
mod encoding;
mod extra;
mod feed;
pub mod feed_move;
pub mod folder;
mod html;
mod item;
mod json;
mod markdown;
pub mod media;
mod names;
mod namespace;
mod options;
mod permalinks;
mod place;
pub mod report;
mod section;
mod site_config;
mod site_settings;
mod texts;
mod tree;
mod unread_elements;
mod vocabularies;
mod write;
pub mod xml;

pub use feed::Pages;
#[cfg(any(test, feature = "testing"))]
pub use feed::of_feed;
pub use options::Options;
pub use place::is_site;
pub use site_config::CONFIGS;

use report::Report;

/// Where the elements stand that a show has no key for.
pub const EXTRA: &str = "feed-extra.xml";

/// A show, as files to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The show's name.
    pub title: String,
    /// `onair.toml`.
    pub settings: String,
    /// The side file of elements that have no key, if there are any: [`EXTRA`].
    pub extra: Option<String>,
    /// `episodes/`, in the order of the feed.
    pub episodes: Vec<EpisodeFile>,
    /// Where the artwork stands now, and the path that the settings give it.
    pub artwork: Option<Fetch>,
    /// The address of the feed's next page, if it is only a part.
    pub further: Option<String>,
    /// What a host must know.
    pub report: Report,
}

impl Import {
    /// What to call it.
    pub fn name(&self) -> &str {
        if self.title.is_empty() { "a show without a title" } else { &self.title }
    }
}

/// An episode's file, and what belongs beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpisodeFile {
    /// The path below the show's folder.
    pub path: String,
    /// Its text.
    pub text: String,
    /// The guid that the feed gives it.
    pub guid: String,
    /// Its audio: the address in the feed, and the name in the folder of audio.
    pub audio: Option<Fetch>,
    /// The length that the feed states, if it does.
    pub bytes: Option<u64>,
    /// The file of a generator's folder that it comes from.
    pub from: Option<String>,
    /// Transcript and chapters: their addresses, and their paths below the show's folder.
    pub beside: Vec<Fetch>,
}

/// Something that stands elsewhere, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// Its address.
    pub url: String,
    /// Its place.
    pub to: String,
}

/// Why nothing can be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", .place.map_or_else(String::new, |(line, column)| format!("line {line}, column {column}: ")))]
pub struct ImportError {
    /// Line and column, from 1.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub reason: String,
    /// How to fix it.
    pub help: Option<String>,
}

impl ImportError {
    fn new(reason: impl Into<String>) -> Self {
        Self { place: None, reason: reason.into(), help: None }
    }

    /// Behind the bytes `before`.
    fn at(before: &[u8], reason: impl Into<String>) -> Self {
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
        Self { place: Some((line, column)), ..Self::new(reason) }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

#[cfg(test)]
mod tests;
