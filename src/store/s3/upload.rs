//! An upload in parts, as the store and the notes know it.

use std::sync::atomic::AtomicBool;

use super::checksum::Sums;

/// An upload in parts that was begun.
#[derive(Debug)]
pub(super) struct Upload {
    full: String,
    id: String,
    pub(super) noted: AtomicBool,
}

impl Upload {
    pub(super) fn new(full: String, id: String) -> Self {
        Self { full, id, noted: AtomicBool::new(false) }
    }

    /// The key in the bucket.
    pub(super) fn full(&self) -> &str {
        &self.full
    }

    /// The store's name for this upload.
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

/// A part that the store holds of a cut-off upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) bytes: u64,
    pub(super) etag: Option<String>,
    pub(super) crc64_nvme: Option<String>,
}

impl Held {
    /// Whether these are its bytes, as its checksum tells or, without one, its ETag, which is the
    /// MD5 of a part.
    pub(super) fn is(&self, bytes: &[u8]) -> bool {
        self.bytes == bytes.len() as u64
            && Sums::of(bytes, self.crc64_nvme.is_none())
                .matches(self.crc64_nvme.as_deref(), self.etag.as_deref())
    }
}
