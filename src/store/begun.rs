//! What a release was about to write when it began, and to take away when its feed stood: a note in the
//! manifest, gone once it is done.
//!
//! A release that is cut off leaves pages of which no record says so. The next one finds the note in
//! the manifest, which it reads anyway, and compares what is named there with what stands.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::model::object::{Digest, Key, Object};
use crate::store::packed::{pack_json, unpack};
use crate::store::record::{Record, Recorded};
use crate::store::{Expected, Version};

/// Objects that a release was about to write or to take away, by key.
pub type Begun = BTreeMap<Key, BegunObject>;

/// An object that a release was about to write, or to take away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BegunObject {
    /// Identity of its bytes.
    pub digest: Digest,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its `Content-Type`.
    pub content_type: String,
    /// Whether it was to be taken away: the show no longer had it, and a copy was kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaves: bool,
}

impl BegunObject {
    /// What is noted of an object.
    pub fn of(object: &Object) -> Self {
        Self {
            digest: object.digest.clone(),
            bytes: object.body.len(),
            content_type: object.content_type.to_owned(),
            leaves: false,
        }
    }

    /// What is noted of an object that leaves.
    pub fn leaving(recorded: &Recorded) -> Self {
        Self {
            digest: recorded.digest.clone(),
            bytes: recorded.bytes,
            content_type: recorded.content_type.clone(),
            leaves: true,
        }
    }

    /// What `key` holds if it was written.
    pub fn expected<'a>(&'a self, key: &'a Key) -> Expected<'a> {
        Expected {
            key,
            bytes: self.bytes,
            digest: &self.digest,
            content_type: &self.content_type,
            cache_control: None,
        }
    }
}

/// What a release that was cut off wrote and no release has named, or what the show no longer has: it is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// Where it stands.
    pub key: Key,
    /// What the store calls it.
    pub version: Version,
    /// Whether it is audio.
    pub is_audio: bool,
}

/// The manifest: the current record, and what a release has begun since.
pub fn manifest_json(record: Option<&Record>, begun: &Begun) -> Bytes {
    #[derive(Serialize)]
    struct Manifest<'a> {
        #[serde(flatten)]
        record: Option<&'a Record>,
        begun: &'a Begun,
    }
    match record {
        Some(record) if begun.is_empty() => record.to_json(),
        record => pack_json(&Manifest { record, begun }),
    }
}

/// What a manifest says was begun; nothing if it does not say so readably.
pub fn read_begun(manifest: &[u8]) -> Begun {
    #[derive(Deserialize)]
    struct Note {
        #[serde(default)]
        begun: Begun,
    }
    let note = unpack(manifest).ok().and_then(|json| serde_json::from_slice::<Note>(&json).ok());
    note.map(|note| note.begun).unwrap_or_default()
}
