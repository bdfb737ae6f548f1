//! What is published: an object under a key, and where its bytes come from.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::model::hash::Sha256;
use crate::model::rendered_tag::RenderedTag;
use crate::model::shelf::{Shelf, Shelved};

/// Where an object stands below the target's root: `podcasts/feed.xml`.
///
/// Always relative, with `/` between its parts, none of which is empty, `.` or `..`, so that no key
/// can leave the target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

/// Why a text is no [`Key`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a key inside the target")]
pub struct BadKey(String);

/// S3 allows 1,024 bytes (Amazon S3 user guide, "Object key naming guidelines"); a prefix needs room.
const MAX_KEY: usize = 900;

/// Below this stands what onair remembers in a target.
const STATE: &str = ".onair/";

impl Key {
    /// The key that `text` names.
    ///
    /// # Errors
    /// [`BadKey`] if `text` is absolute, empty, too long, leaves the target or holds a control
    /// character or backslash.
    pub fn new(text: impl Into<String>) -> Result<Self, BadKey> {
        let text = text.into();
        let sound = text.len() <= MAX_KEY
            && !text.contains(|c: char| c == '\\' || c.is_control())
            && text.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if sound { Ok(Self(text)) } else { Err(BadKey(text)) }
    }

    /// The key of something that onair remembers in the target, below `.onair/`.
    ///
    /// `name` is onair's own, never a host's, and a sound key.
    pub(crate) fn state(name: fmt::Arguments<'_>) -> Self {
        Self(format!("{STATE}{name}"))
    }

    /// Whether this is onair's own and no part of the show.
    pub fn is_state(&self) -> bool {
        self.0.starts_with(STATE)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Key {
    type Error = BadKey;
    fn try_from(text: String) -> Result<Self, BadKey> {
        Self::new(text)
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

/// What an object is to a listener, in the order in which a release sends them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An episode's tagged MP3.
    Audio,
    /// Artwork, social cards, chapter pictures.
    Image,
    /// A chapter list, `application/json+chapters`.
    Chapters,
    /// A transcript in a format that a podcast player reads.
    Transcript,
    /// Style sheets, scripts, the search index.
    Asset,
    /// An HTML page, and the sitemap.
    Page,
    /// The RSS feed and its archive pages: the last thing a listener gets to see.
    Feed,
    /// What onair remembers in the target, under `.onair/`: for the next release, not for listeners.
    State,
}

impl Kind {
    /// What a person calls one of these.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "audio file",
            Self::Image => "image",
            Self::Chapters => "chapter list",
            Self::Transcript => "transcript",
            Self::Asset => "asset",
            Self::Page => "page",
            Self::Feed => "feed",
            Self::State => "record",
        }
    }

    /// Whether it belongs to the site: what the show no longer has leaves with the next release. Everything else
    /// stays for players that have an older feed.
    pub fn is_of_the_site(self) -> bool {
        matches!(self, Self::Asset | Self::Page | Self::Feed)
    }

    /// The `Cache-Control` an object of this kind is served with.
    ///
    /// Audio and images never change under their keys; a feed must be fresh within minutes of a release.
    pub fn cache_control(self) -> &'static str {
        match self {
            Self::Audio | Self::Image => "public, max-age=31536000, immutable",
            Self::Chapters | Self::Transcript | Self::Asset => "public, max-age=3600",
            Self::Page => "public, max-age=600",
            Self::Feed => "public, max-age=300",
            Self::State => "no-store",
        }
    }
}

/// Where an object's bytes come from when they are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Bytes in memory: a page, a feed, a small image.
    Bytes(Bytes),
    /// Bytes that were rendered and put aside.
    Shelved(Shelved),
    /// So many bytes that the target has already: nobody needs them.
    Standing(u64),
    /// A new ID3 tag in front of an untouched range of a host's file: never a second copy.
    Tagged {
        /// The rendered tag. (Most objects are none of these: the box keeps them small.)
        tag: Box<RenderedTag>,
        /// The host's file.
        file: PathBuf,
        /// The payload within `file`, in bytes.
        payload: Range<u64>,
    },
}

impl Body {
    /// Bytes that will be sent.
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Shelved(shelved) => shelved.len() as u64,
            Self::Standing(bytes) => *bytes,
            Self::Tagged { tag, payload, .. } => tag.len() as u64 + (payload.end - payload.start),
        }
    }

    /// Its bytes in one piece, which a tagged file's are not. May read the disk.
    ///
    /// # Errors
    /// If they are not at hand, or the disk fails.
    pub fn whole(&self) -> io::Result<Bytes> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::Shelved(shelved) => shelved.read().map(Bytes::from),
            Self::Standing(_) | Self::Tagged { .. } => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Whether nothing would be sent.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What two objects must share to be the same bytes.
///
/// A tagged file's tag and payload are hashed apart: one pass over the payload serves every tag that
/// may stand in front of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Digest {
    /// Of all the object's bytes.
    Whole {
        /// SHA-256 of the object.
        sha256: Sha256,
    },
    /// Of a tagged file's two parts.
    Tagged {
        /// SHA-256 of the ID3 tag in front.
        tag_sha256: Sha256,
        /// SHA-256 of the payload behind it.
        payload_sha256: Sha256,
    },
}

impl Digest {
    /// The digest as an object's user metadata, by which [`Digest::agrees_with`] knows it again.
    pub fn metadata(&self) -> Vec<(&'static str, Sha256)> {
        match *self {
            Self::Whole { sha256 } => vec![("sha256", sha256)],
            Self::Tagged { tag_sha256, payload_sha256 } => {
                vec![("tag-sha256", tag_sha256), ("payload-sha256", payload_sha256)]
            }
        }
    }

    /// Whether user metadata says of an object that these are its bytes.
    pub fn agrees_with(&self, metadata: &BTreeMap<String, String>) -> bool {
        self.metadata().iter().all(|(name, hash)| {
            metadata.get(*name).and_then(|text| text.parse().ok()) == Some(*hash)
        })
    }

    /// Whether user metadata says of an object that these are not its bytes.
    pub fn contradicts(&self, metadata: &BTreeMap<String, String>) -> bool {
        self.metadata()
            .iter()
            .any(|(name, hash)| metadata.get(*name).is_some_and(|text| text.parse() != Ok(*hash)))
    }
}

/// The media types of what a release sends from memory.
const TYPES: [&str; 24] = [
    "text/html; charset=utf-8",
    "text/css; charset=utf-8",
    "text/javascript; charset=utf-8",
    "text/plain; charset=utf-8",
    "application/xml; charset=utf-8",
    "application/json; charset=utf-8",
    "application/rss+xml; charset=utf-8",
    "application/json+chapters",
    "application/json",
    "application/srt",
    "application/x-subrip",
    "text/vtt",
    "text/vtt; charset=utf-8",
    "application/x-subrip; charset=utf-8",
    "image/svg+xml",
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/avif",
    "application/feed+json; charset=utf-8",
    "application/gzip",
    "application/octet-stream",
    "text/markdown; charset=utf-8",
];

/// A recorded media type as an [`Object`] has it, if a release sends such.
pub fn known_type(text: &str) -> Option<&'static str> {
    // What tests release.
    const OTHERS: [&str; 2] = ["text/html", "text/css"];
    TYPES.iter().chain(&OTHERS).copied().find(|known| *known == text)
}

/// An object ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Where it goes.
    pub key: Key,
    /// What it is.
    pub kind: Kind,
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its identity.
    pub digest: Digest,
    /// Its bytes.
    pub body: Body,
    /// Further user metadata (lower-case ASCII names, ASCII values): `milliseconds`, …
    pub metadata: Arc<[(&'static str, String)]>,
    /// The address to which it leads on, if it is no page but a redirect.
    pub redirect: Option<String>,
}

impl Object {
    /// An object of bytes in memory, hashed here.
    pub fn in_memory(key: Key, kind: Kind, content_type: &'static str, bytes: Bytes) -> Self {
        let digest = Digest::Whole { sha256: Sha256::of(&bytes) };
        let body = Body::Bytes(bytes);
        Self { key, kind, content_type, digest, body, metadata: Arc::default(), redirect: None }
    }

    /// The same with its bytes on a shelf; what finds no place there stays in memory.
    pub fn shelved(mut self, shelf: &Shelf) -> Self {
        match &mut self.body {
            Body::Bytes(bytes) => {
                if let Some(shelved) = shelf.add(bytes) {
                    self.body = Body::Shelved(shelved);
                }
            }
            Body::Tagged { tag, .. } => tag.shelve(shelf),
            Body::Shelved(_) | Body::Standing(_) => {}
        }
        self
    }

    /// The same without its bytes, which the target has.
    pub fn standing(mut self) -> Self {
        self.body = Body::Standing(self.body.len());
        self
    }

    /// All the user metadata it is to be stored with: its own and its digest's.
    pub fn user_metadata(&self) -> BTreeMap<String, String> {
        let own = self.metadata.iter().cloned();
        let hashes =
            self.digest.metadata().into_iter().map(|(name, hash)| (name, hash.to_string()));
        own.chain(hashes).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_leaves_the_target() {
        for bad in ["", "/etc/passwd", "a//b", "../x", "a/../b", "a/.", "a\\b", "a\nb", "a/"] {
            assert!(Key::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Key::new("podcasts/épisode 1/index.html").unwrap().as_str().len(), 30);
    }

    #[test]
    fn metadata_knows_an_object_again() {
        let key = Key::new("a").unwrap();
        let object = Object::in_memory(key, Kind::Page, "text/html", Bytes::from_static(b"a"));
        assert!(object.digest.agrees_with(&object.user_metadata()));
        assert!(!object.digest.agrees_with(&BTreeMap::new()));
        let tagged =
            Digest::Tagged { tag_sha256: Sha256::of(b"t"), payload_sha256: Sha256::of(b"p") };
        assert!(!tagged.agrees_with(&object.user_metadata()));
    }

    #[test]
    fn an_object_is_the_same_on_a_shelf() {
        let page = Object::in_memory(
            Key::new("a").unwrap(),
            Kind::Page,
            "text/html",
            Bytes::from_static(b"page"),
        );
        let shelf = Shelf::new(tempfile::tempfile().unwrap());
        let shelved = page.clone().shelved(&shelf);
        assert!(matches!(shelved.body, Body::Shelved(_)));
        assert_eq!((shelved.body.len(), shelved.body.whole().unwrap()), (4, "page".into()));
        let standing = page.clone().standing();
        assert_eq!((standing.body.len(), standing.body.whole().is_err()), (4, true));
    }

    #[test]
    fn a_tagged_body_counts_tag_and_payload() {
        let body = Body::Tagged {
            tag: Box::new(b"ID3".to_vec().into()),
            file: "a.mp3".into(),
            payload: 10..25,
        };
        assert_eq!(body.len(), 18);
    }
}
