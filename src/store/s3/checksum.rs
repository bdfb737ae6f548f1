//! The checksum that goes along with bytes, for the store to verify.

use std::io;

use aws_smithy_types::base64;
use crc_fast::CrcAlgorithm::Crc64Nvme;
use md5::Digest as _;

use crate::store::source::Slice;

/// A checksum of one body or of one part.
///
/// CRC-64/NVME is what Amazon computes of every object anyway and the only kind that can be had of
/// a whole object sent in parts (S3 user guide, "Checking object integrity"); R2, MinIO and
/// SeaweedFS verify it too. Some stores refuse the header; all of them verify `Content-MD5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sums {
    /// CRC-64/NVME.
    Crc(u64),
    /// MD5.
    Md5([u8; 16]),
}

impl Sums {
    /// The checksum of `bytes`.
    pub(super) fn of(bytes: &[u8], md5_only: bool) -> Self {
        if md5_only {
            Self::Md5(md5::Md5::digest(bytes).into())
        } else {
            Self::Crc(crc_fast::checksum(Crc64Nvme, bytes))
        }
    }

    /// The checksum of a part. Blocks.
    pub(super) fn of_slice(slice: &Slice, md5_only: bool) -> io::Result<Self> {
        if !md5_only {
            return Ok(Self::Crc(slice.crc64_nvme));
        }
        let (mut md5, mut crc, mut at) = (md5::Md5::new(), crc_fast::Digest::new(Crc64Nvme), 0);
        while at < slice.len() {
            let piece = slice.piece(at)?;
            md5.update(&piece);
            crc.update(&piece);
            at += piece.len() as u64;
        }
        match crc.finalize() == slice.crc64_nvme {
            true => Ok(Self::Md5(md5.finalize().into())),
            false => Err(io::Error::other("it changed while it was being sent")),
        }
    }

    /// The value of `x-amz-checksum-crc64nvme`.
    pub(super) fn crc64_nvme(self) -> Option<String> {
        match self {
            Self::Crc(crc) => Some(encode(crc)),
            Self::Md5(_) => None,
        }
    }

    /// The value of `Content-MD5`.
    pub(super) fn content_md5(self) -> Option<String> {
        match self {
            Self::Crc(_) => None,
            Self::Md5(md5) => Some(base64::encode(md5)),
        }
    }

    /// Whether a part that the store lists has these bytes, as far as its checksum or, failing
    /// that, its ETag can tell.
    pub(super) fn matches(self, crc64_nvme: Option<&str>, etag: Option<&str>) -> bool {
        match self {
            Self::Crc(crc) => crc64_nvme == Some(encode(crc).as_str()),
            Self::Md5(md5) => {
                let hex: String = md5.iter().map(|byte| format!("{byte:02x}")).collect();
                etag.is_some_and(|etag| etag.trim_matches('"') == hex)
            }
        }
    }
}

/// The checksum of a whole, of the checksums and lengths of its parts in order; `None` unless all
/// parts have one.
pub(super) fn whole(parts: impl IntoIterator<Item = (Sums, u64)>) -> Option<String> {
    let mut crc = crc_fast::checksum(Crc64Nvme, b"");
    for (sums, len) in parts {
        let Sums::Crc(next) = sums else { return None };
        crc = crc_fast::checksum_combine(Crc64Nvme, crc, next, len);
    }
    Some(encode(crc))
}

fn encode(crc: u64) -> String {
    base64::encode(crc.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        // "123456789": the check value of CRC-64/NVME is ae8b14860a799888.
        let crc = Sums::of(b"123456789", false);
        assert_eq!(crc, Sums::Crc(0xae8b_1486_0a79_9888));
        assert_eq!(crc.crc64_nvme().as_deref(), Some("rosUhgp5mIg="));
        assert_eq!(crc.content_md5(), None);
        // RFC 1321, A.5: MD5 of "abc".
        let md5 = Sums::of(b"abc", true);
        assert_eq!(md5.content_md5().as_deref(), Some("kAFQmDzST7DWlj99KOF/cg=="));
        assert!(md5.matches(None, Some("\"900150983cd24fb0d6963f7d28e17f72\"")));
        assert!(!md5.matches(None, Some("\"900150983cd24fb0d6963f7d28e17f73\"")));
    }

    proptest::proptest! {
        #[test]
        fn the_whole_is_the_sum_of_its_parts(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..3000),
            part in 1_usize..1000,
        ) {
            let parts = bytes.chunks(part).map(|part| (Sums::of(part, false), part.len() as u64));
            proptest::prop_assert_eq!(whole(parts), Sums::of(&bytes, false).crc64_nvme());
        }
    }
}
