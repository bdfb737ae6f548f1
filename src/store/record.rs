//! What a release leaves behind for the next one: its complete record.
//!
//! Records stand in the target as `.onair/releases/NNNNNN.json`, one a release, and never change.
//! `.onair/manifest.json` is a copy of the current one. Beside them, under the name of its hash,
//! stands every feed that was published: a rollback needs it, and two releases that race for a number
//! cannot mix up theirs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::hash::Sha256;
use crate::model::object::{Digest, Key, Kind, Object};
use crate::site::edition::{EditionEpisode, Guid};
use crate::store::packed::{pack_json, unpack};
use crate::store::{Expected, Version};

/// The form of the records that this onair writes. A later one is refused, not guessed at.
const FORM: u32 = 1;

/// A release's place in the order of releases; the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReleaseNumber(pub u32);

impl ReleaseNumber {
    /// The number of a target's first release.
    pub const FIRST: Self = Self(1);

    /// The number after this one.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Where this release's record stands.
    pub fn key(self) -> Key {
        Key::state(format_args!("releases/{self}.json"))
    }

    /// The release whose record stands at `key`.
    pub fn of_key(key: &Key) -> Option<Self> {
        let digits = key.as_str().strip_prefix(RELEASES)?.strip_suffix(".json")?;
        digits.parse().ok().map(Self).filter(|number| number.key() == *key)
    }
}

impl fmt::Display for ReleaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

/// Below this stand the records.
pub const RELEASES: &str = ".onair/releases/";

/// Below this stand the feeds that were published.
pub const FEEDS: &str = ".onair/feeds/";

/// Below this stand pages, chapters and the like that were replaced.
pub const KEPT: &str = ".onair/kept/";

/// Where the copy of a replaced object with this hash stands.
pub fn kept_key(object: &Sha256) -> Key {
    Key::state(format_args!("kept/{object}"))
}

/// More bytes than any feed or record of a show should ever need.
pub const LIMIT: u64 = 64 << 20;

/// Where the current record's copy stands.
pub fn manifest_key() -> Key {
    Key::state(format_args!("manifest.json"))
}

/// Where the copy of the feed with this hash stands.
pub fn feed_copy_key(feed: &Sha256) -> Key {
    Key::state(format_args!("feeds/{feed}.xml"))
}

/// An object as a release left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// What it is.
    pub kind: Kind,
    /// Identity of its bytes.
    pub digest: Digest,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its `Content-Type`.
    pub content_type: String,
    /// Its `Cache-Control`.
    pub cache_control: String,
    /// What the store called this content.
    pub version: Version,
}

impl Recorded {
    /// What is recorded of an object that the store calls `version`.
    pub fn of(object: &Object, version: Version) -> Self {
        Self {
            kind: object.kind,
            digest: object.digest.clone(),
            bytes: object.body.len(),
            content_type: object.content_type.to_owned(),
            cache_control: object.kind.cache_control().to_owned(),
            version,
        }
    }

    /// What `key` should hold if this is still true.
    pub fn expected<'a>(&'a self, key: &'a Key) -> Expected<'a> {
        Expected {
            key,
            bytes: self.bytes,
            digest: &self.digest,
            content_type: &self.content_type,
            cache_control: Some(&self.cache_control),
        }
    }
}

/// The feed of a release. The record is written before the feed is, so it knows no version of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedFeed {
    /// Where listeners get it.
    pub key: Key,
    /// Its hash, which is also its copy's name.
    pub sha256: Sha256,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its `Content-Type`.
    pub content_type: String,
}

/// Who made a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// In words that a host understands: a CI run's address, or what `ONAIR_WHO` says.
    pub who: String,
    /// The version of onair.
    pub onair: String,
    /// Random, a new one for each run: by it a run knows its own writing again.
    pub run: String,
}

/// The commit that a show was released from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Its hash.
    pub commit: String,
    /// When it was committed, RFC 3339.
    pub time: String,
}

/// All that a release put in the target, whether it sent it or found it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The record's form.
    pub version: u32,
    /// The release.
    pub number: ReleaseNumber,
    /// The release it was planned against.
    pub parent: Option<ReleaseNumber>,
    /// When it was made.
    #[serde(with = "timestamp")]
    pub created: Timestamp,
    /// Who made it.
    pub by: Author,
    /// The commit that it was made from, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// Its feed.
    pub feed: RecordedFeed,
    /// After a rollback: what the show then made, which is not to be published until it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Sha256>,
    /// Its episodes, newest first.
    pub episodes: Vec<EditionEpisode>,
    /// Where pages and their players stood before, each with the guid of its episode: a redirect stands there, unless
    /// the episode is gone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub moved: BTreeMap<Key, Guid>,
    /// Where pages stood of episodes that are gone: a page that says so stands there.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub gone: BTreeSet<Key>,
    /// Where the home page stands, and where it stood: from there, redirects lead to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub homes: Vec<Key>,
    /// Everything else, under its key.
    pub objects: BTreeMap<Key, Recorded>,
}

/// Why bytes are no record that this onair can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRecord {
    /// A later onair wrote it.
    #[error("it has form {found}, and this onair knows forms up to {FORM}")]
    Newer {
        /// The form it says it has.
        found: u32,
    },
    /// It is damaged.
    #[error("it is damaged: {0}")]
    Damaged(String),
}

impl Record {
    /// The form of a record made now.
    pub const FORM: u32 = FORM;

    /// Reads a record.
    ///
    /// # Errors
    /// [`BadRecord`] if it is damaged or was written in a later form.
    pub fn from_json(bytes: &[u8]) -> Result<Self, BadRecord> {
        #[derive(Deserialize)]
        struct Form {
            version: u32,
        }
        let damaged = |error: serde_json::Error| BadRecord::Damaged(error.to_string());
        let bytes = &unpack(bytes).map_err(BadRecord::Damaged)?;
        let record = serde_json::from_slice::<Self>(bytes).map_err(damaged);
        let form = match &record {
            Ok(record) => record.version,
            // A later one may lack what this one has.
            Err(_) => serde_json::from_slice::<Form>(bytes).map_err(damaged)?.version,
        };
        if form > FORM { Err(BadRecord::Newer { found: form }) } else { record }
    }

    /// Writes a record; the same record always gives the same bytes.
    pub fn to_json(&self) -> Bytes {
        pack_json(self)
    }

    /// Where the copy of its feed stands.
    pub fn feed_copy(&self) -> Key {
        feed_copy_key(&self.feed.sha256)
    }

    /// The episodes that its feed lists.
    pub fn listed(&self) -> impl Iterator<Item = &EditionEpisode> {
        self.episodes.iter().filter(|episode| episode.listed)
    }
}

/// RFC 3339, in UTC.
mod timestamp {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let page = Object::in_memory(
            Key::new("index.html").unwrap(),
            Kind::Page,
            "text/html",
            Bytes::from_static(b"<p>"),
        );
        Record {
            version: FORM,
            number: ReleaseNumber(12),
            parent: Some(ReleaseNumber(11)),
            created: "2022-05-27T05:00:00Z".parse().unwrap(),
            by: Author { who: "ann".into(), onair: "0.1.0".into(), run: "r".into() },
            revision: None,
            feed: RecordedFeed {
                key: Key::new("feed.xml").unwrap(),
                sha256: Sha256::of(b"<rss>"),
                bytes: 5,
                content_type: "application/rss+xml".into(),
            },
            held: None,
            episodes: vec![],
            moved: BTreeMap::new(),
            gone: BTreeSet::new(),
            homes: Vec::new(),
            objects: [(page.key.clone(), Recorded::of(&page, Version("v".into())))].into(),
        }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let record = record();
        let json = record.to_json();
        assert_eq!(Record::from_json(&json).as_ref(), Ok(&record));
        insta::assert_snapshot!(serde_json::to_string_pretty(&record).unwrap(), @r#"
        {
          "version": 1,
          "number": 12,
          "parent": 11,
          "created": "2022-05-27T05:00:00Z",
          "by": {
            "who": "ann",
            "onair": "0.1.0",
            "run": "r"
          },
          "feed": {
            "key": "feed.xml",
            "sha256": "057c225194122b1811d73b53d19d23624c5f5cf96773941eb1d313d2123ecfb0",
            "bytes": 5,
            "content_type": "application/rss+xml"
          },
          "episodes": [],
          "objects": {
            "index.html": {
              "kind": "page",
              "digest": {
                "sha256": "33f2799467177287a29260780a107ac98ea63dd6165f67fcc0d74767d0a82090"
              },
              "bytes": 3,
              "content_type": "text/html",
              "cache_control": "public, max-age=600",
              "version": "v"
            }
          }
        }
        "#);
    }

    #[test]
    fn a_later_form_is_refused_even_if_all_else_is_unknown() {
        let bad = Record::from_json(br#"{"version": 2, "numbers": []}"#).unwrap_err();
        assert_eq!(bad, BadRecord::Newer { found: 2 });
        assert!(matches!(Record::from_json(b"{\"versio"), Err(BadRecord::Damaged(_))));
    }

    #[test]
    fn a_number_is_its_key() {
        let number = ReleaseNumber(101);
        assert_eq!(number.key().as_str(), ".onair/releases/000101.json");
        assert_eq!(ReleaseNumber::of_key(&number.key()), Some(number));
        assert_eq!(ReleaseNumber(1_234_567).key().as_str(), ".onair/releases/1234567.json");
        for other in [".onair/releases/101.json", ".onair/releases/+00101.json", "000101.json"] {
            assert_eq!(ReleaseNumber::of_key(&Key::new(other).unwrap()), None, "{other}");
        }
    }
}
