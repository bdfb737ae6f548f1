//! The tags at a file's end, found from the end backwards.
//!
//! Each of them is known by its last bytes and says there how long it is, so that the end of the
//! audio is known before the audio is read: ID3v1 (the last 128 bytes start with `TAG`), the
//! enhanced ID3v1 in front of it (`TAG+`, 227 bytes), APE tags (a footer of 32 bytes), Lyrics3
//! (`LYRICS200` after a size, or `LYRICSEND`) and an appended ID3v2.4 tag (`3DI`, ID3v2.4.0
//! structure section 3.4). A tag is believed only if it also starts the way it should.

use std::ops::Range;

use super::tag_kind::{APE_EDGE, ApeEdge, FoundTag, ID3_HEADER, Id3Header, TagKind};

/// The tags at a file's end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trailing {
    /// The tags in the order in which they stand in the file.
    pub tags: Vec<FoundTag>,
    /// Where the first of them starts, in bytes: the end of the audio.
    pub start: u64,
    /// The whole file's length in bytes.
    pub file_bytes: u64,
}

/// More tags than anybody writes; a file made of nothing else must not fill the memory.
const MOST: usize = 32;

/// Lyrics3 version 1 holds at most 5,100 bytes of text between its two marks.
const LYRICS3_V1: usize = 11 + 5100 + 9;

/// Finds the tags at the end of a file of `len` bytes.
///
/// `look` fills a slice with the bytes from an offset on and says whether it could; offsets are
/// never beyond `len`.
///
/// # Errors
/// Those of `look`.
pub fn find_trailing<E>(
    len: u64,
    mut look: impl FnMut(u64, &mut [u8]) -> Result<bool, E>,
) -> Result<Trailing, E> {
    let mut found = Trailing { tags: Vec::new(), start: len, file_bytes: len };
    while found.tags.len() < MOST {
        let after_id3v1 = found.tags.last().is_some_and(|tag| tag.kind == TagKind::Id3v1);
        let Some(tag) = last_tag(found.start, after_id3v1, &mut look)? else { break };
        found.start = tag.range.start;
        found.tags.push(tag);
    }
    found.tags.reverse();
    Ok(found)
}

/// The tag that ends at `end`.
fn last_tag<E>(
    end: u64,
    before_id3v1: bool,
    look: &mut impl FnMut(u64, &mut [u8]) -> Result<bool, E>,
) -> Result<Option<FoundTag>, E> {
    let mut tail = [0; 227];
    let room = tail.len().min(usize::try_from(end).unwrap_or(usize::MAX));
    let tail = &mut tail[227 - room..];
    if !look(end - room as u64, tail)? {
        return Ok(None);
    }
    let from_end = |bytes: usize| tail.len().checked_sub(bytes).map_or(&[][..], |at| &tail[at..]);
    let whole = |kind, bytes: u64| Some(FoundTag { kind, range: end - bytes..end });

    if from_end(128).starts_with(b"TAG") {
        return Ok(whole(TagKind::Id3v1, 128));
    }
    if before_id3v1 && from_end(227).starts_with(b"TAG+") {
        return Ok(whole(TagKind::EnhancedId3v1, 227));
    }
    if let Some(footer) = ApeEdge::parse(from_end(APE_EDGE)).filter(|edge| !edge.is_header) {
        return ape(end, footer, look);
    }
    if from_end(9) == b"LYRICS200" {
        return lyrics3(end, from_end(15), look);
    }
    if from_end(9) == b"LYRICSEND" {
        return old_lyrics3(end, look);
    }
    if from_end(ID3_HEADER).starts_with(b"3DI") {
        return appended_id3(end, from_end(ID3_HEADER), look);
    }
    Ok(None)
}

/// The range of `bytes` that ends at `end`, if it fits and starts with `opening`.
fn opens_with<E>(
    end: u64,
    bytes: u64,
    opening: &[u8],
    look: &mut impl FnMut(u64, &mut [u8]) -> Result<bool, E>,
) -> Result<Option<Range<u64>>, E> {
    let mut seen = [0; 11];
    let seen = &mut seen[..opening.len()];
    let Some(start) = end.checked_sub(bytes) else { return Ok(None) };
    let fits = bytes >= opening.len() as u64;
    Ok((fits && look(start, seen)? && seen == opening).then_some(start..end))
}

fn ape<E>(
    end: u64,
    footer: ApeEdge,
    look: &mut impl FnMut(u64, &mut [u8]) -> Result<bool, E>,
) -> Result<Option<FoundTag>, E> {
    let kind = TagKind::Ape;
    if footer.has_header
        && let Some(range) = opens_with(end, footer.size + APE_EDGE as u64, b"APETAGEX", look)?
    {
        return Ok(Some(FoundTag { kind, range }));
    }
    let Some(start) = end.checked_sub(footer.size) else { return Ok(None) };
    let mut opening = [0; APE_ITEM];
    let room = opening.len().min(usize::try_from(footer.size).unwrap_or(usize::MAX));
    let opening = &mut opening[..room];
    let begins = look(start, opening)? && starts_ape(opening, footer.size);
    Ok(begins.then_some(FoundTag { kind, range: start..end }))
}

/// The size of an APE item's value, its flags, the longest key, and the zero byte behind that.
const APE_ITEM: usize = 4 + 4 + 255 + 1;

/// Whether an APE tag of so many bytes, footer included, begins so: with an item that fits (APEv2, APE
/// Tag Item); with its footer if it has none, or with a header that its size counts in.
fn starts_ape(opening: &[u8], bytes: u64) -> bool {
    if let Some(edge) = ApeEdge::parse(opening) {
        return edge.size == bytes;
    }
    let Some((&value, rest)) = opening.split_first_chunk::<4>() else { return false };
    let key = rest.get(4..).unwrap_or_default();
    let length = key.iter().position(|byte| !(0x20..=0x7E).contains(byte)).unwrap_or(key.len());
    let item = 4 + 4 + length as u64 + 1 + u64::from(u32::from_le_bytes(value));
    (2..=255).contains(&length) && key.get(length) == Some(&0) && item + APE_EDGE as u64 <= bytes
}

fn lyrics3<E>(
    end: u64,
    tail: &[u8],
    look: &mut impl FnMut(u64, &mut [u8]) -> Result<bool, E>,
) -> Result<Option<FoundTag>, E> {
    let digits = tail.get(..6).and_then(|digits| std::str::from_utf8(digits).ok());
    let Some(size) = digits.and_then(|digits| digits.parse::<u64>().ok()) else { return Ok(None) };
    let range = opens_with(end, size + 15, b"LYRICSBEGIN", look)?;
    Ok(range.map(|range| FoundTag { kind: TagKind::Lyrics3, range }))
}

fn old_lyrics3<E>(
    end: u64,
    look: &mut impl FnMut(u64, &mut [u8]) -> Result<bool, E>,
) -> Result<Option<FoundTag>, E> {
    let room = LYRICS3_V1.min(usize::try_from(end).unwrap_or(usize::MAX));
    let mut text = vec![0; room];
    let start = end - room as u64;
    if !look(start, &mut text)? {
        return Ok(None);
    }
    let at = memchr::memmem::rfind(&text, b"LYRICSBEGIN");
    Ok(at.map(|at| FoundTag { kind: TagKind::Lyrics3, range: start + at as u64..end }))
}

fn appended_id3<E>(
    end: u64,
    footer: &[u8],
    look: &mut impl FnMut(u64, &mut [u8]) -> Result<bool, E>,
) -> Result<Option<FoundTag>, E> {
    // A footer has the header's fields behind its own mark.
    let mut header = [0; ID3_HEADER];
    header.copy_from_slice(footer);
    header[..3].copy_from_slice(b"ID3");
    let Some(header) = Id3Header::parse(&header).filter(|header| header.syncsafe) else {
        return Ok(None);
    };
    let range = opens_with(end, header.total, b"ID3", look)?;
    Ok(range.map(|range| FoundTag { kind: TagKind::Id3v2(header.major), range }))
}
