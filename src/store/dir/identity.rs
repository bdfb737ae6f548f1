//! What tells one content of a file from another.
//!
//! A version decides whether a write may replace what stands there, so it must never be the same for
//! two contents. Size and times do not have that property: clocks are coarse, and a copy of the
//! target (a checkout, a restored backup) has other times for the same bytes. So a file's version is
//! its hash, as an ETag is at S3. Only for what is too large to be hashed at every glance, which is
//! audio, it is made of size, time and inode; audio keys are written once, so no condition ever
//! hangs on it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use sha2::Digest as _;

use super::sandbox::failed;
use crate::model::hash::Sha256;
use crate::model::object::Digest;
use crate::store::{StoreError, Version};

/// Files up to this size are known by their content; no page, feed or record is larger.
const HASHED: u64 = 16 << 20;

/// As much is read at a time.
const CHUNK: usize = 256 << 10;

/// A file's version. Blocks.
pub(super) fn version_of(mut file: &File, path: &Path) -> Result<Version, StoreError> {
    version(file, path, || {
        file.seek(SeekFrom::Start(0))?;
        hash(&mut file)
    })
}

/// A file's version, where its hash can be had more cheaply.
pub(super) fn version(
    file: &File,
    path: &Path,
    hash: impl FnOnce() -> io::Result<Sha256>,
) -> Result<Version, StoreError> {
    let version = || {
        let metadata = file.metadata()?;
        if metadata.len() <= HASHED {
            return Ok(Version(hash()?.to_string()));
        }
        let (bytes, inode) = (metadata.len(), metadata.ino());
        let (seconds, nanos) = (metadata.mtime(), metadata.mtime_nsec());
        Ok(Version(format!("{bytes:x}-{seconds:x}.{nanos:x}-{inode:x}")))
    };
    version().map_err(|error: io::Error| failed("read", path, &error))
}

/// Whether a file has the same bytes as the one at `path`.
pub(super) fn are_alike(file: File, path: &Path) -> io::Result<bool> {
    let other = File::open(path)?;
    if file.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut file, mut other) = (file, other);
    Ok(hash(&mut file)? == hash(&mut other)?)
}

/// The digest of bytes, of the same form as `like`.
pub(super) fn digest_of(bytes: &mut impl Read, like: &Digest) -> io::Result<Digest> {
    match like {
        Digest::Whole { .. } => Ok(Digest::Whole { sha256: hash(bytes)? }),
        // A host's own file as it is.
        Digest::Tagged { tag_sha256, .. } if *tag_sha256 == Sha256::of(b"") => {
            Ok(Digest::Tagged { tag_sha256: *tag_sha256, payload_sha256: hash(bytes)? })
        }
        Digest::Tagged { .. } => {
            let mut header = [0; 10];
            let got = read_up_to(bytes, &mut header)?;
            let start = &header[..got];
            let left = tag_length(&header).saturating_sub(got as u64);
            let (tag, payload): (&[u8], &[u8]) =
                if tag_length(&header) > 0 { (start, &[]) } else { (&[], start) };
            let tag_sha256 = hash(&mut tag.chain(bytes.by_ref().take(left)))?;
            Ok(Digest::Tagged { tag_sha256, payload_sha256: hash(&mut payload.chain(bytes))? })
        }
    }
}

/// The length of the ID3v2 tag that begins with this header; 0 if it is none.
///
/// ID3v2.4 structure, section 3.1: ten bytes, then as many as bytes 6 to 9 say, seven bits in each;
/// with flag 0x10 (2.4 only) ten more in a footer.
fn tag_length(header: &[u8; 10]) -> u64 {
    if !header.starts_with(b"ID3") {
        return 0;
    }
    let size = header[6..].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7F));
    let footer = if header[3] == 4 && header[5] & 0x10 != 0 { 10 } else { 0 };
    10 + size + footer
}

fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn hash(reader: &mut impl Read) -> io::Result<Sha256> {
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(Sha256::from_bytes(hasher.finalize().into())),
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_and_payload_are_told_apart() {
        let tagged = |tag: &[u8], payload: &[u8]| Digest::Tagged {
            tag_sha256: Sha256::of(tag),
            payload_sha256: Sha256::of(payload),
        };
        let like = tagged(b"tag", b"");
        let of = |bytes: &[u8]| digest_of(&mut &bytes[..], &like).unwrap();
        let tag = b"ID3\x03\0\0\0\0\x01\x00";
        let tag: Vec<u8> = tag.iter().copied().chain(std::iter::repeat_n(0, 128)).collect();
        assert_eq!(of(&[&tag[..], b"frames"].concat()), tagged(&tag, b"frames"));
        assert_eq!(of(b"frames that have no tag"), tagged(b"", b"frames that have no tag"));
        assert_eq!(of(b"short"), tagged(b"", b"short"));
        let as_it_is = digest_of(&mut &tag[..], &tagged(b"", b"")).unwrap();
        assert_eq!(as_it_is, tagged(b"", &tag));
        // Cut off within the tag: all of it is tag.
        assert_eq!(of(&tag[..50]), tagged(&tag[..50], b""));
        let footer = [&b"ID3\x04\0\x10\0\0\0\x00"[..], &b"3DI\x04\0\x10\0\0\0\x00"[..]].concat();
        assert_eq!(of(&[&footer[..], b"f"].concat()), tagged(&footer, b"f"));
    }
}
