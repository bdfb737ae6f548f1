//! Where an edition goes: a directory or an S3 bucket, behind one small trait.

pub mod audio;
pub mod begun;
pub mod dir;
pub mod memory;
pub mod packed;
pub mod published;
pub mod record;
pub mod s3;
mod source;

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::model::object::{Digest, Key, Object};

/// What a store calls this very content of an object: an ETag, or its like. Opaque.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub String);

/// What must be true of a key for a write to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    Always,
    /// Nothing stands at the key (`If-None-Match: *`).
    Absent,
    /// This content stands at the key (`If-Match`).
    Is(Version),
}

/// An object as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its bytes.
    pub bytes: Bytes,
    /// Which content that was.
    pub version: Version,
}

/// What a store says of an object without giving its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Length in bytes.
    pub bytes: u64,
    /// Which content it is.
    pub version: Version,
    /// `Content-Type`, as the store will serve it; none if the store does not know.
    pub content_type: Option<String>,
    /// `Cache-Control`, as the store will serve it; none if the store does not know.
    pub cache_control: Option<String>,
    /// User metadata, names in lower case.
    pub metadata: BTreeMap<String, String>,
}

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it stands.
    pub key: Key,
    /// Length in bytes.
    pub bytes: u64,
    /// Which content it is, where a listing tells.
    pub version: Option<Version>,
}

/// Questions to a store at a time, where no release sets the pace.
pub const QUESTIONS: usize = 16;

/// From so many keys on, one listing costs less than a question for each.
pub const WORTH_LISTING: usize = 8;

/// What a key should hold, for [`Store::compare`].
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Where.
    pub key: &'a Key,
    /// Length in bytes.
    pub bytes: u64,
    /// Identity of the bytes.
    pub digest: &'a Digest,
    /// `Content-Type`.
    pub content_type: &'a str,
    /// `Cache-Control`, where it matters.
    pub cache_control: Option<&'a str>,
}

impl<'a> Expected<'a> {
    /// What an object's key should hold once it is sent.
    pub fn of(object: &'a Object) -> Self {
        Self {
            key: &object.key,
            bytes: object.body.len(),
            digest: &object.digest,
            content_type: object.content_type,
            cache_control: Some(object.kind.cache_control()),
        }
    }

    /// Judges what stands there, given whether its bytes have the expected digest.
    pub fn judge(&self, head: Head, same_digest: bool) -> Found {
        let differs = |found: &Option<String>, expected: Option<&str>| {
            found.as_deref().zip(expected).is_some_and(|(found, expected)| found != expected)
        };
        if head.bytes != self.bytes || !same_digest {
            Found::Other(head)
        } else if differs(&head.content_type, Some(self.content_type))
            || differs(&head.cache_control, self.cache_control)
        {
            Found::OtherHeaders(head)
        } else {
            Found::Same(head)
        }
    }
}

/// What stands at a key, beside what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// What was expected.
    Same(Head),
    /// The expected bytes, served with another type or caching.
    OtherHeaders(Head),
    /// Other bytes, or bytes of which the store cannot say what they are.
    Other(Head),
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The condition of a write did not hold: somebody else wrote there.
    #[error("`{key}` was changed by somebody else")]
    Precondition {
        /// The key in question.
        key: Key,
    },
    /// An object is larger than the reader is willing to hold in memory.
    #[error("`{key}` is larger than {limit} bytes")]
    TooLarge {
        /// The key in question.
        key: Key,
        /// The reader's limit in bytes.
        limit: u64,
    },
    /// A host's file changed or vanished while it was being sent.
    #[error("{path}: {reason}")]
    Source {
        /// The host's file.
        path: std::path::PathBuf,
        /// What happened to it.
        reason: String,
    },
    /// The store cannot be reached, refuses, or fails.
    #[error("{message}")]
    Failed {
        /// What failed and why, in one line.
        message: String,
        /// What the host can do about it.
        help: Option<String>,
        /// Whether the same call may succeed later.
        transient: bool,
    },
}

impl StoreError {
    /// What the host can do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Failed { help, .. } => help.clone(),
            Self::Precondition { .. } => {
                Some("see who else writes to this target, then do this again".to_owned())
            }
            Self::Source { .. } => {
                Some("let the program that writes the file finish, then do this again".to_owned())
            }
            Self::TooLarge { key, .. } => {
                Some(format!("look what `{key}` is: nothing that large is read or written there"))
            }
        }
    }
}

/// Told of bytes as they are sent.
pub type Progress<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// A place where objects are published.
///
/// Every write is whole or not at all: a reader sees the old content or the new, never a part. What
/// is written has the digest that its [`Object`] promises, or the write fails with
/// [`StoreError::Source`]: a file that changes while it is sent publishes nothing. Whatever was
/// acknowledged is seen by the next read, from anywhere.
///
/// A write that fails with anything but [`StoreError::Source`] may have happened all the same (its
/// acknowledgement was lost, or a retry within the store met its own first try and reports
/// [`StoreError::Precondition`]); whoever calls looks before drawing conclusions.
#[async_trait]
pub trait Store: Send + Sync {
    /// The store as a host names it: `s3://bucket/prefix`, `public`.
    fn name(&self) -> String;

    /// How many writes are worth asking for at a time; those beyond what it does at once wait in it.
    fn at_once(&self) -> usize {
        16
    }

    /// Whether [`Condition`]s are honoured atomically. If not, they are checked just before a write.
    async fn conditional(&self) -> Result<bool, StoreError>;

    /// The object at `key`, if there is one and it is no larger than `limit` bytes.
    async fn read(&self, key: &Key, limit: u64) -> Result<Option<Stored>, StoreError>;

    /// What is known of the object at `key`, if there is one.
    async fn head(&self, key: &Key) -> Result<Option<Head>, StoreError>;

    /// Whether a key holds what is expected there, bytes included.
    ///
    /// As provided it trusts the digest in the object's metadata, where [`Store::put`] stores
    /// [`Object::user_metadata`]; a store that keeps no metadata reads the bytes instead.
    async fn compare(&self, expected: &Expected<'_>) -> Result<Found, StoreError> {
        Ok(match self.head(expected.key).await? {
            None => Found::Nothing,
            Some(head) => {
                let same = expected.digest.agrees_with(&head.metadata);
                expected.judge(head, same)
            }
        })
    }

    /// What is known of the object at `key`, if its bytes are those of the file at `path`, whatever
    /// its metadata say. A store that cannot tell says nothing.
    async fn is_file(&self, _key: &Key, _path: &Path) -> Result<Option<Head>, StoreError> {
        Ok(None)
    }

    /// Every object whose key starts with `prefix`, in order of key.
    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError>;

    /// Sends an object with its [`Object::user_metadata`], if `condition` holds.
    ///
    /// May be dropped half-way; then nothing is written, or all of it.
    async fn put(
        &self,
        object: &Object,
        condition: &Condition,
        progress: Progress<'_>,
    ) -> Result<Version, StoreError>;

    /// Removes the object at `key`, if `condition` holds. Nothing there is no error.
    async fn delete(&self, key: &Key, condition: &Condition) -> Result<(), StoreError>;

    /// By how much the store's clock is ahead of this machine's, as its last answer said.
    fn clock_ahead(&self) -> SignedDuration {
        SignedDuration::ZERO
    }

    /// Whether it was seen to keep what is removed or replaced, as a bucket with versioning does.
    fn keeps_versions(&self) -> bool {
        false
    }

    /// Looks for what writes that were cut off have left behind, for [`Store::tidy`] and [`Store::put`].
    async fn look_around(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Clears away what writes that were cut off have left behind, if the store knows of any.
    async fn tidy(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
