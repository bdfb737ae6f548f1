//! An upload in parts, as the store and the notes know it.

use std::sync::atomic::AtomicBool;

use super::checksum::Sums;
use crate::store::source::Slice;

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
    /// MD5 of a part. Blocks.
    pub(super) fn is(&self, slice: &Slice) -> bool {
        let same = |sums: Sums| sums.matches(self.crc64_nvme.as_deref(), self.etag.as_deref());
        self.bytes == slice.len()
            && Sums::of_slice(slice, self.crc64_nvme.is_none()).is_ok_and(same)
    }
}
