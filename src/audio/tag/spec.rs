//! What a tag is to say, gathered from an episode's front matter and the show's settings.

use std::time::Duration;

use jiff::civil::DateTime;

use super::{Language, Picture};
use crate::model::chapter::Chapter;

/// The version of ID3v2 that is written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
pub enum Version {
    /// ID3v2.3 with UTF-16 text: the version that more readers get right.
    #[default]
    #[serde(rename = "2.3")]
    V23,
    /// ID3v2.4 with UTF-8 text.
    #[serde(rename = "2.4")]
    V24,
}

impl From<Version> for id3::Version {
    fn from(version: Version) -> Self {
        match version {
            Version::V23 => Self::Id3v23,
            Version::V24 => Self::Id3v24,
        }
    }
}

/// What a tag is to say. A field left out keeps what the file's own tag says of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TagSpec {
    /// The version to write.
    pub version: Version,
    /// The episode's title (`TIT2`).
    pub title: Option<String>,
    /// The episode's subtitle (`TIT3`).
    pub subtitle: Option<String>,
    /// Who speaks (`TPE1`).
    pub artist: Option<String>,
    /// The show's title (`TALB`).
    pub album: Option<String>,
    /// Who makes the show (`TPE2`).
    pub album_artist: Option<String>,
    /// The episode's number (`TRCK`).
    pub track: Option<u32>,
    /// The season's number (`TPOS`).
    pub season: Option<u32>,
    /// When the episode came out, as the show's own calendar and clock say it.
    ///
    /// Written as `TYER`, `TDAT` and `TIME` in version 2.3, and as `TDRC` and `TDRL` in both, which
    /// many readers know in 2.3 too. ID3v2.4 would have the latter in UTC, but readers show them as
    /// they stand: an episode of 1 January, 00:30 in Paris would move to the year before.
    pub released: Option<DateTime>,
    /// The genre (`TCON`): `Podcast`.
    pub genre: Option<String>,
    /// The language spoken (`TLAN`), which is also that of comment and notes.
    pub language: Option<Language>,
    /// The publisher (`TPUB`).
    pub publisher: Option<String>,
    /// The copyright line (`TCOP`), which should begin with a year.
    pub copyright: Option<String>,
    /// A comment (`COMM`); may have several lines.
    pub comment: Option<String>,
    /// The notes as plain text (`USLT`, which players show as lyrics); may have several lines.
    pub notes: Option<String>,
    /// The episode's page (`WOAF`, the official page of the audio file).
    pub episode_url: Option<String>,
    /// The show's page (`WOAS`, the official page of the audio's source).
    pub show_url: Option<String>,
    /// The feed's address (`WFED`).
    pub feed_url: Option<String>,
    /// The item's guid (`TGID`).
    pub guid: Option<String>,
    /// The episode's description (`TDES`); may have several lines.
    pub description: Option<String>,
    /// The show's category (`TCAT`).
    pub category: Option<String>,
    /// Key words (`TKWD`, joined by commas).
    pub keywords: Vec<String>,
    /// Whether the file is marked as a podcast's episode (`PCST`).
    pub podcast: bool,
    /// The cover (`APIC`, front cover).
    pub cover: Option<Picture>,
    /// The chapters (`CTOC` and `CHAP`), in order; an empty list takes those of the file's own tag out.
    pub chapters: Option<Vec<TagChapter>>,
    /// The playing time (`TLEN`), where the last chapter ends. Zero if it is not known.
    pub duration: Duration,
}

/// A chapter with its picture at hand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TagChapter {
    /// The chapter.
    pub chapter: Chapter,
    /// The bytes of the chapter's picture, if it has one that stands in the tag.
    pub picture: Option<Picture>,
}

impl From<Chapter> for TagChapter {
    fn from(chapter: Chapter) -> Self {
        Self { chapter, picture: None }
    }
}
