//! What onair remembers, packed where it is large: a record of 3,000 episodes is 6.6 MB of JSON, of which
//! gzip leaves a fifth. What is small stays readable.

use std::borrow::Cow;
use std::io::{self, BufWriter, Read as _, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;

use crate::model::hash::Sha256;

/// From so many bytes on, packing pays.
const LARGE: usize = 256 << 10;
/// More bytes than any record or feed unpacks to.
const LIMIT: u64 = 512 << 20;
/// How gzip begins (RFC 1952, section 2.3.1).
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The bytes as they are kept: the same for the same bytes.
pub fn pack(bytes: Bytes) -> Bytes {
    if bytes.len() < LARGE {
        return bytes;
    }
    let mut packed = Packing::new();
    // Writing to memory does not fail.
    match packed.write_all(&bytes).and_then(|()| packed.finish()) {
        Ok(packed) => packed.into(),
        Err(_) => bytes,
    }
}

/// A value's JSON as it is kept, which is never in memory as a whole if it is large.
pub fn pack_json(value: &impl Serialize) -> Bytes {
    let mut packed = BufWriter::with_capacity(64 << 10, Packing::new());
    // Serialising fails only on a map key that is not text or on failing I/O; here is neither.
    let written = serde_json::to_writer(&mut packed, value).is_ok();
    let packed = packed.into_inner().ok().filter(|_| written);
    packed.and_then(|packed| packed.finish().ok()).unwrap_or_default().into()
}

/// What a copy that is kept under its hash unpacks to, if it is that.
pub fn unpack_copy(copy: &[u8], hash: Sha256) -> Option<Bytes> {
    let bytes = unpack(copy).ok().filter(|bytes| Sha256::of(bytes) == hash)?;
    Some(bytes.into_owned().into())
}

/// Bytes that are packed from a certain length on.
enum Packing {
    Small(Vec<u8>),
    Large(GzEncoder<Vec<u8>>),
}

impl Packing {
    fn new() -> Self {
        Self::Small(Vec::new())
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Small(bytes) => Ok(bytes),
            Self::Large(packed) => packed.finish(),
        }
    }
}

impl Write for Packing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Small(small) if small.len() + bytes.len() < LARGE => small.write(bytes),
            Self::Small(small) => {
                let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
                packed.write_all(small)?;
                packed.write_all(bytes)?;
                *self = Self::Large(packed);
                Ok(bytes.len())
            }
            Self::Large(packed) => packed.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was packed, or the bytes themselves if nothing was.
///
/// # Errors
/// If they are packed and damaged, or unpack to far more than onair ever packs.
pub fn unpack(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if !bytes.starts_with(&MAGIC) {
        return Ok(bytes.into());
    }
    let mut unpacked = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(LIMIT + 1).read_to_end(&mut unpacked);
    match read.map_err(|error| error.to_string())? {
        length if length as u64 > LIMIT => Err(format!("it unpacks to more than {LIMIT} bytes")),
        _ => Ok(unpacked.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_large_is_packed_and_comes_back() {
        let small = Bytes::from_static(b"{}");
        assert_eq!(pack(small.clone()), small);
        assert_eq!(&*unpack(&small).unwrap(), b"{}");
        let large = Bytes::from("{\"a\": 1}".repeat(LARGE));
        let packed = pack(large.clone());
        assert!(packed.len() < large.len() / 20);
        assert_eq!(packed, pack(large.clone()), "the same bytes each time");
        assert_eq!(&*unpack(&packed).unwrap(), &large[..]);
        assert!(unpack(&packed[..packed.len() / 2]).is_err());
    }

    #[test]
    fn json_is_packed_as_it_is_written() {
        for count in [0, 10, 100_000] {
            let value: Vec<usize> = (0..count).collect();
            let (json, packed) = (serde_json::to_vec(&value).unwrap(), pack_json(&value));
            assert_eq!(&*unpack(&packed).unwrap(), &json[..]);
            assert_eq!(packed.len() < json.len(), count == 100_000);
        }
    }
}
