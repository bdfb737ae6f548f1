//! A tagged file read front to back, in parts, and proved unchanged at the end; and parts of it read once
//! more as they are sent, so that none is ever held in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use crc_fast::CrcAlgorithm::Crc64Nvme;
use sha2::Digest as _;

use crate::model::hash::Sha256;
use crate::model::object::{Digest, Object};
use crate::model::rendered_tag::RenderedTag;
use crate::store::StoreError;

/// What tells whether a file is still the same, short of reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(metadata: &std::fs::Metadata) -> Self {
        Self { bytes: metadata.len(), modified: metadata.modified().ok() }
    }
}

/// A tag, the range of a file that follows it, and what both must turn out to be.
#[derive(Debug, Clone)]
pub(super) struct Tagged {
    pub(super) tag: RenderedTag,
    pub(super) path: PathBuf,
    pub(super) payload: Range<u64>,
    pub(super) promised: Digest,
}

/// The rest of a tagged body: what has not been read yet, and the hash of what has.
#[derive(Debug)]
pub(super) struct Source {
    path: PathBuf,
    file: Arc<File>,
    stamp: Stamp,
    tag: RenderedTag,
    payload: Range<u64>,
    /// Bytes of tag and payload together that have been read.
    at: u64,
    hasher: sha2::Sha256,
    promised: Digest,
}

impl Source {
    /// Opens the file of a tagged body that must turn out to be what `promised` says. Blocks.
    pub(super) fn open(tagged: Tagged) -> Result<Self, StoreError> {
        let Tagged { tag, path, payload, promised } = tagged;
        let open = || {
            let mut file = File::open(&path)?;
            let stamp = Stamp::of(&file.metadata()?);
            file.seek(SeekFrom::Start(payload.start))?;
            Ok((Arc::new(file), stamp))
        };
        let (file, stamp) = open().map_err(|error| unreadable(&path, &error))?;
        if stamp.bytes < payload.end {
            return Err(changed(&path));
        }
        let hasher = sha2::Sha256::new();
        Ok(Self { path, file, stamp, tag, payload, at: 0, hasher, promised })
    }

    /// Bytes of tag and payload that have not been read yet.
    pub(super) fn left(&self) -> u64 {
        self.tag.len() as u64 + (self.payload.end - self.payload.start) - self.at
    }

    /// The next part, of `most` bytes or what is left. Blocks.
    pub(super) fn read(&mut self, most: u64) -> Result<Bytes, StoreError> {
        let len = most.min(self.left());
        let mut bytes = Vec::with_capacity(index(len));
        let copied = self.tag.copy(index(self.at), index(len), &mut bytes);
        let of_tag = copied.map_err(|error| unreadable(&self.path, &error))?;
        let from_file = len - of_tag as u64;
        let read = (&*self.file)
            .take(from_file)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(&self.path, &error))?;
        if read as u64 != from_file {
            return Err(changed(&self.path));
        }
        match self.promised {
            Digest::Whole { .. } => self.hasher.update(&bytes),
            Digest::Tagged { .. } => self.hasher.update(&bytes[of_tag..]),
        }
        self.at += len;
        Ok(Bytes::from(bytes))
    }

    /// Reads the next part, of `most` bytes or what is left, and lets go of it: it is read again when it is
    /// sent. Blocks.
    pub(super) fn pass(&mut self, most: u64) -> Result<Slice, StoreError> {
        let mut crc = crc_fast::Digest::new(Crc64Nvme);
        let range = self.at..self.at + most.min(self.left());
        while self.at < range.end {
            let bytes = self.read((range.end - self.at).min(PIECE as u64))?;
            crc.update(&bytes);
        }
        Ok(Slice {
            path: self.path.clone(),
            file: Arc::clone(&self.file),
            stamp: self.stamp,
            tag: self.tag.clone(),
            start: self.payload.start,
            range,
            crc64_nvme: crc.finalize(),
        })
    }

    /// Proves, once all is read, that it was what the object promises. Blocks.
    pub(super) fn finish(self) -> Result<(), StoreError> {
        let promised = match self.promised {
            Digest::Whole { sha256 } => sha256,
            Digest::Tagged { payload_sha256, .. } => payload_sha256,
        };
        if Sha256::from_bytes(self.hasher.finalize().into()) == promised {
            unchanged(&self.path, self.stamp)
        } else {
            Err(changed(&self.path))
        }
    }
}

/// As much of a slice is read at a time: little enough for a bar to move smoothly on a slow line.
pub(super) const PIECE: usize = 64 * 1024;

/// A part of tag and payload that was read, and can be read again.
#[derive(Debug, Clone)]
pub(super) struct Slice {
    path: PathBuf,
    file: Arc<File>,
    stamp: Stamp,
    tag: RenderedTag,
    /// Where the payload begins in the file.
    start: u64,
    /// Of tag and payload together.
    range: Range<u64>,
    /// The checksum of its bytes when they were read first.
    pub(super) crc64_nvme: u64,
}

impl Slice {
    /// Its length in bytes.
    pub(super) fn len(&self) -> u64 {
        self.range.end - self.range.start
    }

    /// The next piece from `at` on; none at the end. What was just read comes from memory, as a rule.
    pub(super) fn piece(&self, at: u64) -> io::Result<Bytes> {
        let at = self.range.start + at;
        let len = index(self.range.end.saturating_sub(at)).min(PIECE);
        let mut bytes = Vec::with_capacity(len);
        let of_tag = self.tag.copy(index(at), len, &mut bytes)?;
        bytes.resize(len, 0);
        let at = self.start + (at + of_tag as u64).saturating_sub(self.tag.len() as u64);
        self.file.read_exact_at(&mut bytes[of_tag..], at)?;
        Ok(bytes.into())
    }

    /// Why it cannot be sent.
    pub(super) fn failed(&self, error: &io::Error) -> StoreError {
        unreadable(&self.path, error)
    }

    /// That its file is the one that was read. Blocks.
    pub(super) fn unchanged(&self) -> Result<(), StoreError> {
        unchanged(&self.path, self.stamp)
    }
}

fn unchanged(path: &Path, stamp: Stamp) -> Result<(), StoreError> {
    let now = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if Stamp::of(&now) == stamp { Ok(()) } else { Err(changed(path)) }
}

/// The bytes of an object that is no tagged file. Blocks.
pub(super) fn whole(object: &Object) -> Result<Bytes, StoreError> {
    object.body.whole().map_err(|error| unreadable(object.key.as_str().as_ref(), &error))
}

/// A length as an index; one that no memory could hold is beyond the end of every slice.
fn index(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

fn changed(path: &Path) -> StoreError {
    let reason = "it changed while it was being sent; nothing of it was published";
    StoreError::Source { path: path.to_owned(), reason: reason.to_owned() }
}

fn unreadable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Source { path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(path: &Path, tag: &'static [u8], payload: Range<u64>) -> Tagged {
        let bytes = std::fs::read(path).unwrap();
        let promised = Digest::Tagged {
            tag_sha256: Sha256::of(tag),
            payload_sha256: Sha256::of(&bytes[index(payload.start)..index(payload.end)]),
        };
        Tagged { tag: tag.to_vec().into(), path: path.to_owned(), payload, promised }
    }

    fn file() -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"oldtagPAYLOADtrailer").unwrap();
        file
    }

    #[test]
    fn parts_of_any_size_join_to_tag_and_payload() {
        let file = file();
        let tagged = tagged(file.path(), b"NEW", 6..13);
        for size in 1..12 {
            let mut source = Source::open(tagged.clone()).unwrap();
            let mut joined = Vec::new();
            while source.left() > 0 {
                let part = source.read(size).unwrap();
                assert!(part.len() as u64 <= size);
                joined.extend_from_slice(&part);
            }
            assert_eq!(joined, b"NEWPAYLOAD", "parts of {size}");
            source.finish().unwrap();
        }
    }

    #[test]
    fn a_part_is_read_again_as_it_was() {
        let file = file();
        let tagged = tagged(file.path(), b"NEW", 6..13);
        let seen = Source::open(tagged.clone()).unwrap().read(u64::MAX).unwrap();
        for size in 1..12 {
            let mut source = Source::open(tagged.clone()).unwrap();
            let mut again = Vec::new();
            while source.left() > 0 {
                let slice = source.pass(size).unwrap();
                let piece = slice.piece(0).unwrap();
                assert_eq!(slice.crc64_nvme, crc_fast::checksum(Crc64Nvme, &piece));
                assert_eq!(
                    (slice.len(), slice.piece(slice.len()).unwrap().len()),
                    (size.min(slice.len()), 0)
                );
                again.extend_from_slice(&piece);
                slice.unchanged().unwrap();
            }
            assert_eq!((&seen[..], &again[..]), (&b"NEWPAYLOAD"[..], &b"NEWPAYLOAD"[..]));
            source.finish().unwrap();
        }
    }

    #[test]
    fn a_file_that_changes_is_found_out() {
        let change = |how: &dyn Fn(&Path), first: u64| -> Result<(), StoreError> {
            let file = file();
            let tagged = tagged(file.path(), b"NEW", 6..13);
            let mut source = Source::open(tagged.clone()).unwrap();
            source.read(first)?;
            how(file.path());
            source.read(u64::MAX)?;
            source.finish()
        };
        let is_source =
            |result: Result<(), StoreError>| matches!(result, Err(StoreError::Source { .. }));
        assert!(change(&|_| (), 4).is_ok());
        // Other bytes of the same length, seen by the hash even where the clock is too coarse.
        assert!(is_source(change(
            &|path| std::fs::write(path, b"oldtagPAYLOAXtrailer").unwrap(),
            4
        )));
        assert!(is_source(change(&|path| std::fs::write(path, b"short").unwrap(), 4)));
        assert!(is_source(change(&|path| std::fs::remove_file(path).unwrap(), 4)));
        // All was read before the change: the time of change tells.
        let later = |path: &Path| {
            let file = File::options().write(true).open(path).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        };
        assert!(is_source(change(&later, 100)));
    }

    #[test]
    fn a_file_too_short_or_missing_is_refused_at_once() {
        let file = file();
        let tagged = tagged(file.path(), b"NEW", 6..13);
        std::fs::write(file.path(), b"short").unwrap();
        assert!(matches!(Source::open(tagged.clone()), Err(StoreError::Source { .. })));
        file.close().unwrap();
        assert!(matches!(Source::open(tagged.clone()), Err(StoreError::Source { .. })));
    }
}
