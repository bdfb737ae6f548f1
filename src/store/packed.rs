//! What onair remembers, packed where it is large: a record of 3,000 episodes is 6.6 MB of JSON, of which
//! gzip leaves a fifth. What is small stays readable.

use std::borrow::Cow;
use std::io::{Read as _, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

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
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    match packed.write_all(&bytes).and_then(|()| packed.finish()) {
        Ok(packed) => packed.into(),
        Err(_) => bytes,
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
}
