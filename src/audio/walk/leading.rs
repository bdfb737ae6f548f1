//! The tags in front of the audio, and between audio that was joined.
//!
//! A tag is skipped by its size field, but that field may lie. So the frames inside an ID3v2 tag
//! are stepped over on the way, which costs nothing: where they are followed by MPEG audio before
//! the tag should be over, or reach beyond its end, the size is wrong.

use super::sync::Sync;
use super::window::{Seen, Window};
use crate::audio::tag_kind::{
    APE_EDGE, ApeEdge, FoundTag, ID3_HEADER, Id3Header, TagKind, tag_opening, unsync,
};

/// A tag being stepped through. All offsets are in bytes from the file's start.
#[derive(Debug)]
pub(super) struct Inside {
    kind: TagKind,
    start: u64,
    /// Where the tag says it ends.
    end: u64,
    /// The tag spells its size as a plain number.
    pub(super) misspelt: bool,
    content: Content,
}

/// What is expected next within a tag.
#[derive(Debug)]
enum Content {
    /// What stands in front of the frames.
    ExtendedHeader,
    /// Frames that cannot be told apart, for bytes were put in between: no frame of audio is like them.
    Unsynchronised,
    /// An ID3v2 frame.
    Frames,
    /// Zeros up to the end.
    Padding,
    /// Nothing that could be checked.
    Opaque,
    /// A frame has reached beyond the tag's end.
    Overrun,
}

/// How a tag turned out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) tag: FoundTag,
    /// Bytes that the tag says it has.
    pub(super) stated: u64,
    /// Whether there is reason to believe that it is longer than that.
    pub(super) overrun: bool,
}

/// The tag that opens at offset `at`, if one does.
pub(super) fn open(window: &Window<'_>, at: u64) -> Seen<Option<Inside>> {
    let Seen::Now(bytes) = window.take(window.index(at), APE_EDGE) else { return Seen::Later };
    if let Some(header) = Id3Header::parse(bytes) {
        return Seen::Now(Some(Inside::id3(header, at)));
    }
    let ape = ApeEdge::parse(bytes).filter(|edge| edge.is_header);
    Seen::Now(ape.map(|header| Inside {
        kind: TagKind::Ape,
        start: at,
        end: at.saturating_add(header.size + APE_EDGE as u64),
        misspelt: false,
        content: Content::Opaque,
    }))
}

/// The largest tag between frames that is believed: what a tag of ours may have at most, too.
const LARGEST: u64 = 32 << 20;

/// The tag that opens at offset `at`, where a frame could be as well: one that has a size, and whose
/// first bytes are such as only a tag has.
pub(super) fn between(window: &Window<'_>, at: u64) -> Seen<Option<Inside>> {
    let Seen::Now(bytes) = window.take(window.index(at), 2 * ID3_HEADER) else {
        return Seen::Later;
    };
    if bytes.starts_with(b"ID3") {
        let header = Id3Header::parse(bytes)
            .filter(|header| header.is_plausible(&bytes[ID3_HEADER.min(bytes.len())..]));
        let small = header.filter(|header| header.total <= LARGEST);
        return Seen::Now(small.map(|header| Inside::id3(header, at)));
    }
    if !bytes.starts_with(b"APETAGEX") {
        return Seen::Now(None);
    }
    match open(window, at) {
        Seen::Later => Seen::Later,
        Seen::Now(tag) => Seen::Now(tag.filter(|tag| tag.end - tag.start <= LARGEST)),
    }
}

/// The tag that opens at offset `at` and is known by its end, as those at a file's end are: ID3v1 by
/// its length, Lyrics3 by its last bytes.
pub(super) fn short(window: &Window<'_>, at: u64) -> Seen<Option<Inside>> {
    let Seen::Now(bytes) = window.take(window.index(at), LYRICS_MOST) else { return Seen::Later };
    let (kind, length) = match tag_opening(bytes) {
        Some(kind @ TagKind::Id3v1) => (kind, 128),
        Some(kind @ TagKind::EnhancedId3v1) => (kind, 227),
        Some(kind @ TagKind::Lyrics3) => {
            let end = [&b"LYRICS200"[..], b"LYRICSEND"];
            let end = end.iter().filter_map(|end| memchr::memmem::find(bytes, end)).min();
            let Some(end) = end else { return Seen::Now(None) };
            (kind, end + 9)
        }
        _ => return Seen::Now(None),
    };
    let end = at + length as u64;
    let content = Content::Opaque;
    let fits = length <= bytes.len();
    Seen::Now(fits.then_some(Inside { kind, start: at, end, misspelt: false, content }))
}

/// Bytes within which the end of a Lyrics3 tag is looked for.
const LYRICS_MOST: usize = 8 << 10;

impl Inside {
    fn id3(header: Id3Header, at: u64) -> Self {
        let content = match (header.major, header.has_extended_header()) {
            (2, true) => Content::Opaque,
            (2 | 3, _) if header.is_unsynchronised() => Content::Unsynchronised,
            (_, true) => Content::ExtendedHeader,
            (_, false) => Content::Frames,
        };
        Self {
            kind: TagKind::Id3v2(header.major),
            start: at,
            end: at.saturating_add(header.total),
            misspelt: !header.syncsafe,
            content,
        }
    }

    /// Where it starts.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// Where its contents start.
    pub(super) fn contents(&self) -> u64 {
        self.end.min(self.start + ID3_HEADER as u64)
    }

    pub(super) fn kind(&self) -> TagKind {
        self.kind
    }

    /// Steps on from offset `at`, which it moves; says when the tag is over.
    pub(super) fn step(
        &mut self,
        window: &Window<'_>,
        at: &mut u64,
        sync: &mut Sync,
    ) -> Seen<Option<Ended>> {
        if *at >= self.end {
            return self.check_end(window, at);
        }
        match self.content {
            Content::Opaque | Content::Overrun => {
                *at = self.end;
                Seen::Now(None)
            }
            Content::ExtendedHeader => self.extended_header(window, at),
            Content::Unsynchronised => self.unsynchronised(window, at, sync),
            Content::Frames => self.frame(window, at, sync),
            Content::Padding => {
                let index = window.index(*at);
                let left = usize::try_from(self.end - *at).unwrap_or(usize::MAX);
                let padding = &window.bytes[index..];
                let padding = &padding[..padding.len().min(left)];
                let zeros = leading_zeros(padding);
                *at += zeros as u64;
                if zeros == padding.len() { Seen::Now(None) } else { self.stray(window, at, sync) }
            }
        }
    }

    fn extended_header(&mut self, window: &Window<'_>, at: &mut u64) -> Seen<Option<Ended>> {
        let Seen::Now(bytes) = window.take(window.index(*at), ID3_HEADER) else {
            return Seen::Later;
        };
        // Some taggers set the flag and write no such header.
        let length = match (frame_length(self.kind, bytes), bytes.first_chunk::<4>()) {
            (None, Some(size)) if self.kind == TagKind::Id3v2(4) => unsync(*size).into(),
            (None, Some(size)) => u64::from(u32::from_be_bytes(*size)) + 4,
            _ => 0,
        };
        if *at + length > self.end {
            self.content = Content::Opaque;
        } else {
            self.content = Content::Frames;
            *at += length;
        }
        Seen::Now(None)
    }

    /// Up to the next byte that could open a frame of audio: no true tag of this kind holds one
    /// (ID3v2.3.0, section 5), and a stream of them is the audio itself.
    fn unsynchronised(
        &mut self,
        window: &Window<'_>,
        at: &mut u64,
        sync: &mut Sync,
    ) -> Seen<Option<Ended>> {
        let left = usize::try_from(self.end - *at).unwrap_or(usize::MAX);
        let bytes = &window.bytes[window.index(*at)..];
        let bytes = &bytes[..bytes.len().min(left)];
        let Some(found) = memchr::memchr(0xFF, bytes) else {
            *at += bytes.len() as u64;
            return Seen::Now(None);
        };
        *at += found as u64;
        match sync.stream_at(window, window.index(*at), None) {
            Seen::Later => Seen::Later,
            Seen::Now(None) => {
                *at += 1;
                Seen::Now(None)
            }
            Seen::Now(Some(_)) => Seen::Now(Some(self.ended(*at, false))),
        }
    }

    fn frame(&mut self, window: &Window<'_>, at: &mut u64, sync: &mut Sync) -> Seen<Option<Ended>> {
        let Seen::Now(bytes) = window.take(window.index(*at), ID3_HEADER) else {
            return Seen::Later;
        };
        if bytes.first() == Some(&0) {
            self.content = Content::Padding;
            return Seen::Now(None);
        }
        let Some(length) = frame_length(self.kind, bytes) else {
            return self.stray(window, at, sync);
        };
        if *at + length > self.end {
            self.content = Content::Overrun;
        } else {
            *at += length;
        }
        Seen::Now(None)
    }

    /// At bytes that are neither a frame nor padding: either the audio starts here already, or
    /// nothing is known about the rest of the tag.
    fn stray(&mut self, window: &Window<'_>, at: &mut u64, sync: &mut Sync) -> Seen<Option<Ended>> {
        match sync.stream_at(window, window.index(*at), None) {
            Seen::Later => Seen::Later,
            Seen::Now(None) => {
                self.content = Content::Opaque;
                Seen::Now(None)
            }
            Seen::Now(Some(_)) => Seen::Now(Some(self.ended(*at, false))),
        }
    }

    /// At the end that the tag states: does it go on all the same?
    fn check_end(&self, window: &Window<'_>, at: &u64) -> Seen<Option<Ended>> {
        let Seen::Now(bytes) = window.take(window.index(*at), ID3_HEADER) else {
            return Seen::Later;
        };
        let goes_on = matches!(self.kind, TagKind::Id3v2(_)) && is_common_frame(bytes);
        let overrun = matches!(self.content, Content::Overrun);
        Seen::Now(Some(self.ended(*at, overrun || goes_on)))
    }

    fn ended(&self, end: u64, overrun: bool) -> Ended {
        let tag = FoundTag { kind: self.kind, range: self.start..end };
        Ended { tag, stated: self.end - self.start, overrun }
    }
}

/// Bytes of the ID3v2 frame that `bytes` open (ID3v2.2 section 3.2; 2.3 section 3.3; 2.4 section 4).
fn frame_length(kind: TagKind, bytes: &[u8]) -> Option<u64> {
    let bytes: &[u8; ID3_HEADER] = bytes.first_chunk()?;
    let id = if kind == TagKind::Id3v2(2) { &bytes[..3] } else { &bytes[..4] };
    let named = id[0].is_ascii_uppercase()
        && id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let size = [bytes[4], bytes[5], bytes[6], bytes[7]];
    let length = match kind {
        TagKind::Id3v2(2) => 6 + u64::from(u32::from_be_bytes([0, bytes[3], bytes[4], bytes[5]])),
        TagKind::Id3v2(3) => 10 + u64::from(u32::from_be_bytes(size)),
        // Some writers spell 2.4 sizes as plain numbers; such a tag is then not followed further.
        _ if size.iter().any(|byte| byte & 0x80 != 0) => return None,
        _ => 10 + u64::from(unsync(size)),
    };
    named.then_some(length)
}

/// Whether `bytes` open a frame that many tags hold. Other files' marks look like frames, too.
fn is_common_frame(bytes: &[u8]) -> bool {
    let common: [&[u8]; 16] = [
        b"TIT", b"TPE", b"TALB", b"TCON", b"TRCK", b"TYER", b"TDRC", b"TENC", b"TSSE", b"TXXX",
        b"TLEN", b"COMM", b"APIC", b"PRIV", b"CHAP", b"CTOC",
    ];
    common.iter().any(|id| bytes.starts_with(id))
}

/// How many zero bytes come first.
pub(super) fn leading_zeros(bytes: &[u8]) -> usize {
    const BLOCK: usize = 64;
    let zero = |block: &&[u8]| block.iter().fold(0, |any, byte| any | byte) == 0;
    let blocks = bytes.chunks_exact(BLOCK).take_while(zero).count() * BLOCK;
    blocks + bytes[blocks..].iter().take_while(|byte| **byte == 0).count()
}
