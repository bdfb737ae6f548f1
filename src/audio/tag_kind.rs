//! The metadata tags that stand around and inside a file's audio: what they are and where.
//!
//! Only their borders matter here; what an ID3 tag says is read elsewhere.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A kind of metadata tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TagKind {
    /// ID3v2 of this major version (2, 3 or 4).
    Id3v2(u8),
    /// The 128 bytes of ID3v1.
    Id3v1,
    /// The 227 bytes in front of an ID3v1 tag that lengthen its fields.
    EnhancedId3v1,
    /// APE tag, version 1 or 2.
    Ape,
    /// Lyrics3, version 1 or 2.
    Lyrics3,
}

impl TagKind {
    /// The tag with its article: `an ID3v1 tag`.
    pub(super) fn with_article(self) -> String {
        let article = if self == Self::Lyrics3 { "a" } else { "an" };
        format!("{article} {self}")
    }
}

impl fmt::Display for TagKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id3v2(major) => write!(f, "ID3v2.{major} tag"),
            Self::Id3v1 => f.write_str("ID3v1 tag"),
            Self::EnhancedId3v1 => f.write_str("enhanced ID3v1 tag"),
            Self::Ape => f.write_str("APE tag"),
            Self::Lyrics3 => f.write_str("Lyrics3 tag"),
        }
    }
}

/// A tag and the bytes it takes up, header and footer included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundTag {
    /// What it is.
    pub kind: TagKind,
    /// Where it is, in bytes from the file's start.
    pub range: Range<u64>,
}

/// The header that opens an ID3v2 tag (ID3v2.4.0 structure, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id3Header {
    /// 2, 3 or 4.
    pub(super) major: u8,
    flags: u8,
    /// Bytes of the whole tag: header, body and footer.
    pub(super) total: u64,
    /// Whether the size is spelt as the standard wants: four times seven bits.
    pub(super) syncsafe: bool,
}

/// Bytes of an ID3v2 header, and of its footer.
pub(super) const ID3_HEADER: usize = 10;

impl Id3Header {
    /// Reads an ID3v2 header. A size that is not syncsafe is taken as a plain number, which is what
    /// the writers that make this mistake mean.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let &[b'I', b'D', b'3', major @ 2..=4, revision, flags, a, b, c, d, ..] = bytes else {
            return None;
        };
        if revision == 0xFF {
            return None;
        }
        let size = [a, b, c, d];
        let syncsafe = size.iter().all(|byte| byte & 0x80 == 0);
        let body = if syncsafe { unsync(size) } else { u32::from_be_bytes(size) };
        let footer = major == 4 && flags & 0x10 != 0;
        let total = u64::from(body) + 10 + if footer { 10 } else { 0 };
        Some(Self { major, flags, total, syncsafe })
    }

    /// Whether zero bytes were put between all false syncs, so that sizes inside mean other bytes.
    pub(super) fn is_unsynchronised(self) -> bool {
        self.flags & 0x80 != 0
    }

    /// Whether the tag could stand anywhere: no flag is set that nobody defined, the size is spelt as
    /// it should be, and `contents` begin with a frame's id or with padding.
    pub(super) fn is_plausible(self, contents: &[u8]) -> bool {
        let id = contents.get(..if self.major == 2 { 3 } else { 4 }).unwrap_or_default();
        let frame = id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let padding = id.iter().all(|byte| *byte == 0);
        let skipped = self.has_extended_header() || self.is_unsynchronised();
        self.syncsafe && self.flags & 0x0F == 0 && (frame || padding || skipped)
    }

    /// Whether something other than frames comes first.
    pub(super) fn has_extended_header(self) -> bool {
        self.flags & 0x40 != 0
    }
}

/// A number spelt in four times seven bits (ID3v2.4.0 structure, section 6.2).
pub(super) fn unsync(size: [u8; 4]) -> u32 {
    size.iter().fold(0, |sum, byte| sum << 7 | u32::from(byte & 0x7F))
}

/// Bytes of an APE tag's header, and of its footer.
pub(super) const APE_EDGE: usize = 32;

/// The header or footer of an APE tag (both have the same fields).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ApeEdge {
    /// Bytes of the items and the footer, header left out.
    pub(super) size: u64,
    /// Whether the tag has a header.
    pub(super) has_header: bool,
    /// Whether this is the header.
    pub(super) is_header: bool,
}

impl ApeEdge {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let edge: &[u8; APE_EDGE] = bytes.first_chunk()?;
        let number =
            |at: usize| u32::from_le_bytes([edge[at], edge[at + 1], edge[at + 2], edge[at + 3]]);
        let (version, size, flags) = (number(8), number(12), number(20));
        let sound = edge.starts_with(b"APETAGEX") && matches!(version, 1000 | 2000) && size >= 32;
        // Version 1 has no header and its flags mean nothing.
        let flags = if version == 2000 { flags } else { 0 };
        sound.then_some(Self {
            size: u64::from(size),
            has_header: flags >> 31 == 1,
            is_header: flags >> 29 & 1 == 1,
        })
    }
}

/// The tag that starts at `bytes`, by its first bytes alone.
pub(super) fn tag_opening(bytes: &[u8]) -> Option<TagKind> {
    if let Some(header) = Id3Header::parse(bytes) {
        Some(TagKind::Id3v2(header.major))
    } else if bytes.starts_with(b"APETAGEX") {
        Some(TagKind::Ape)
    } else if bytes.starts_with(b"LYRICSBEGIN") {
        Some(TagKind::Lyrics3)
    } else if bytes.starts_with(b"TAG+") {
        Some(TagKind::EnhancedId3v1)
    } else if bytes.starts_with(b"TAG") {
        Some(TagKind::Id3v1)
    } else {
        None
    }
}

/// Enough bytes for [`tag_opening`].
pub(super) const OPENING: usize = 11;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id3_size_is_four_times_seven_bits() {
        let header = Id3Header::parse(b"ID3\x03\x00\x00\x00\x00\x02\x01").unwrap();
        assert_eq!((header.major, header.total, header.syncsafe), (3, 10 + 257, true));
        let footer = Id3Header::parse(b"ID3\x04\x00\x10\x00\x00\x00\x05").unwrap();
        assert_eq!(footer.total, 25);
        let plain = Id3Header::parse(b"ID3\x04\x00\x00\x00\x00\x00\x80").unwrap();
        assert_eq!((plain.total, plain.syncsafe), (138, false));
    }

    #[test]
    fn what_is_no_id3_header_is_refused() {
        for bad in [&b"ID3\x05\x00\x00\x00\x00\x00\x00"[..], b"ID3\x03\xFF\x00\0\0\0\0", b"ID3\x03"]
        {
            assert_eq!(Id3Header::parse(bad), None);
        }
    }
}
