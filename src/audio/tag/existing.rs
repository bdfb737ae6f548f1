//! Reading the tags that a file already carries, leniently.
//!
//! Only the outer structure is read here: where each frame begins and ends, its flags, its bytes. A
//! frame that makes no sense ends the reading of its tag, never that of the file; a size field in the
//! wrong notation (an old fault of popular taggers) is recognised by what follows it.

use std::borrow::Cow;

use super::HEADER;

/// The major version of an ID3v2 tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Major {
    V22,
    V23,
    V24,
}

/// A frame as it stands in a tag: its bytes without header, not yet understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawFrame<'a> {
    /// The version of the tag it stands in, which its flags and body follow.
    pub(super) version: Major,
    /// Three (2.2) or four capital letters and digits.
    pub(super) id: Cow<'a, str>,
    pub(super) flags: u16,
    pub(super) body: Cow<'a, [u8]>,
}

/// Frame flags of ID3v2.4.0 structure, section 4.1.
pub(super) mod v24 {
    pub(in super::super) const DISCARD_ON_TAG_ALTER: u16 = 0x4000;
    pub(in super::super) const COMPRESSED_OR_ENCRYPTED: u16 = 0x000c;
    pub(in super::super) const UNSYNCHRONISED: u16 = 0x0002;
    pub(in super::super) const FORMAT: u16 = 0x00ff;
}

/// Frame flags of ID3v2.3.0, section 3.3.1.
pub(super) mod v23 {
    pub(in super::super) const DISCARD_ON_TAG_ALTER: u16 = 0x8000;
    pub(in super::super) const COMPRESSED_OR_ENCRYPTED: u16 = 0x00c0;
    pub(in super::super) const FORMAT: u16 = 0x00ff;
}

impl RawFrame<'_> {
    /// The frame with bytes of its own.
    pub(super) fn into_owned<'b>(self) -> RawFrame<'b> {
        let Self { version, id, flags, body } = self;
        let (id, body) = (Cow::Owned(id.into_owned()), Cow::Owned(body.into_owned()));
        RawFrame { version, id, flags, body }
    }

    /// Bytes of its header.
    fn header_len(&self) -> usize {
        if self.version == Major::V22 { 6 } else { 10 }
    }

    /// Appends the frame with its header, as its own version writes it.
    pub(super) fn write_to(&self, tag: &mut Vec<u8>) {
        let size = u32::try_from(self.body.len()).unwrap_or(u32::MAX);
        tag.extend_from_slice(self.id.as_bytes());
        match self.version {
            Major::V22 => tag.extend_from_slice(&size.to_be_bytes()[1..]),
            Major::V23 => tag.extend_from_slice(&size.to_be_bytes()),
            Major::V24 => tag.extend_from_slice(&to_synchsafe(size)),
        }
        if self.version != Major::V22 {
            tag.extend_from_slice(&self.flags.to_be_bytes());
        }
        tag.extend_from_slice(&self.body);
    }

    /// Whether the frame's author wants it dropped when a program that does not know it writes the tag.
    pub(super) fn discard_on_tag_alter(&self) -> bool {
        match self.version {
            Major::V22 => false,
            Major::V23 => self.flags & v23::DISCARD_ON_TAG_ALTER != 0,
            Major::V24 => self.flags & v24::DISCARD_ON_TAG_ALTER != 0,
        }
    }

    /// Whether the body is not what the frame's id promises until it is unpacked.
    pub(super) fn is_packed(&self) -> bool {
        match self.version {
            Major::V22 => false,
            Major::V23 => self.flags & v23::COMPRESSED_OR_ENCRYPTED != 0,
            Major::V24 => self.flags & v24::COMPRESSED_OR_ENCRYPTED != 0,
        }
    }
}

/// The most frames that are read: a stranger's file of tiny ones must not cost minutes.
pub(super) const MOST_FRAMES: usize = 4_000;

/// The first [`MOST_FRAMES`] frames of all the ID3v2 tags in `bytes`, in order.
pub(super) fn frames(mut bytes: &[u8]) -> Vec<RawFrame<'_>> {
    let mut found = Vec::new();
    while found.len() < MOST_FRAMES
        && let Some(at) = bytes.windows(3).position(|window| window == b"ID3")
    {
        bytes = &bytes[at..];
        let Some(header) = Header::read(bytes) else {
            bytes = &bytes[3..];
            continue;
        };
        let rest = &bytes[HEADER..];
        let stated = header.size.min(rest.len());
        let body = &rest[..frames_end(&header, rest, stated).max(stated)];
        read_tag(&header, body, &mut found);
        bytes = &rest[body.len()..];
    }
    found
}

/// Where the frames of a tag end, which may be behind its stated end: then the size is wrong, which
/// the walk over the file has seen, too.
fn frames_end(header: &Header, rest: &[u8], stated: usize) -> usize {
    if header.unsynchronised && header.version != Major::V24 {
        return 0;
    }
    let start = extended_header(header, &rest[..stated]);
    let frames = all_frames_in(header.version, &rest[start..]).take(MOST_FRAMES);
    start + frames.map(|frame| frame.header_len() + frame.body.len()).sum::<usize>()
}

struct Header {
    version: Major,
    unsynchronised: bool,
    extended: bool,
    size: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let header: &[u8; HEADER] = bytes.first_chunk()?;
        let version = match header[3] {
            2 => Major::V22,
            3 => Major::V23,
            4 => Major::V24,
            _ => return None,
        };
        let flags = header[5];
        // Compression of a whole 2.2 tag was never defined (ID3v2.2.0, section 3.1).
        if header[4] == 0xff || (version == Major::V22 && flags & 0x40 != 0) {
            return None;
        }
        Some(Self {
            version,
            unsynchronised: flags & 0x80 != 0,
            extended: version != Major::V22 && flags & 0x40 != 0,
            size: size(*header.last_chunk()?, bytes.len() - HEADER)?,
        })
    }
}

/// A tag's size; some taggers spell it as a plain number, which is believed where that many bytes are
/// there.
fn size(field: [u8; 4], most: usize) -> Option<usize> {
    let plain = || usize::try_from(u32::from_be_bytes(field)).ok().filter(|size| *size <= most);
    from_synchsafe(field).or_else(plain)
}

fn read_tag<'a>(header: &Header, body: &'a [u8], found: &mut Vec<RawFrame<'a>>) {
    let most = MOST_FRAMES - found.len();
    match header.version {
        // Up to 2.3 the whole tag is unsynchronised at once, from 2.4 on each frame by itself.
        Major::V22 | Major::V23 if header.unsynchronised => {
            let plain = resynchronised(body);
            let start = extended_header(header, &plain);
            let frames = read_frames(header, &plain[start..]).take(most);
            found.extend(frames.map(|frame| RawFrame {
                id: Cow::Owned(frame.id.into_owned()),
                body: Cow::Owned(frame.body.into_owned()),
                ..frame
            }));
        }
        Major::V22 | Major::V23 => {
            let start = extended_header(header, body);
            found.extend(read_frames(header, &body[start..]).take(most));
        }
        Major::V24 => {
            let start = extended_header(header, body);
            let frames = read_frames(header, &body[start..]).take(most);
            found.extend(frames.map(|mut frame| {
                if header.unsynchronised || frame.flags & v24::UNSYNCHRONISED != 0 {
                    frame.flags &= !v24::UNSYNCHRONISED;
                    frame.body = Cow::Owned(resynchronised(&frame.body));
                }
                frame
            }));
        }
    }
}

/// Bytes of the extended header in front of the frames.
fn extended_header(header: &Header, body: &[u8]) -> usize {
    let Some(&field) = body.first_chunk::<4>().filter(|_| header.extended) else { return 0 };
    // Some taggers set the flag and write no such header.
    if is_id(field) {
        return 0;
    }
    let bytes = match header.version {
        Major::V24 => from_synchsafe(field),
        _ => u32::from_be_bytes(field).checked_add(4).and_then(|size| usize::try_from(size).ok()),
    };
    bytes.unwrap_or(0).min(body.len())
}

fn read_frames<'a>(header: &Header, body: &'a [u8]) -> impl Iterator<Item = RawFrame<'a>> {
    frames_in(header.version, body)
}

/// The frames that stand in `body`, a tag's or a chapter's.
pub(super) fn frames_in(version: Major, body: &[u8]) -> impl Iterator<Item = RawFrame<'_>> {
    all_frames_in(version, body).filter(|frame| !frame.body.is_empty())
}

/// The same with those that are empty.
fn all_frames_in(version: Major, body: &[u8]) -> impl Iterator<Item = RawFrame<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &body[at..];
        let (id_len, header_len) = if version == Major::V22 { (3, 6) } else { (4, 10) };
        let (head, rest) = rest.split_at_checked(header_len)?;
        let id = std::str::from_utf8(head.get(..id_len)?).ok().filter(|id| is_id(id.as_bytes()))?;
        let size = frame_size(version, head, rest)?;
        let flags = match version {
            Major::V22 => 0,
            _ => u16::from_be_bytes([head[8], head[9]]),
        };
        at += header_len + size;
        let body = Cow::Borrowed(&rest[..size]);
        Some(RawFrame { version, id: Cow::Borrowed(id), flags, body })
    })
}

/// A frame's size, read as its version writes it, or the other way if only that leads to a frame.
fn frame_size(version: Major, head: &[u8], rest: &[u8]) -> Option<usize> {
    if version == Major::V22 {
        let size = usize::from(head[3]) << 16 | usize::from(head[4]) << 8 | usize::from(head[5]);
        return Some(size).filter(|&size| size <= rest.len());
    }
    let field = [head[4], head[5], head[6], head[7]];
    let plain = usize::try_from(u32::from_be_bytes(field)).ok();
    let synchsafe = from_synchsafe(field);
    let (right, wrong) = match version {
        Major::V24 => (synchsafe, plain),
        _ => (plain, synchsafe),
    };
    let fits = |size: &usize| *size <= rest.len();
    let leads_on = |size: &usize| {
        rest.get(*size..).is_some_and(|next| {
            // The end, padding, or another frame.
            next.iter().take(4).all(|&byte| byte == 0) || next.get(..4).is_some_and(is_id)
        })
    };
    right.filter(leads_on).or(wrong.filter(leads_on)).or(right.filter(fits))
}

fn is_id(bytes: impl AsRef<[u8]>) -> bool {
    let bytes = bytes.as_ref();
    bytes.first().is_some_and(u8::is_ascii_uppercase)
        && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Undoes unsynchronisation: the zero after each 0xFF is taken out (ID3v2.3.0, section 5).
fn resynchronised(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut last = 0;
    for &byte in bytes {
        if !(last == 0xff && byte == 0) {
            plain.push(byte);
        }
        last = byte;
    }
    plain
}

/// 28 bits in four bytes with their top bits clear (ID3v2.3.0, section 3.1).
pub(super) fn to_synchsafe(size: u32) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (size >> shift).to_be_bytes()[3] & 0x7f)
}

fn from_synchsafe(field: [u8; 4]) -> Option<usize> {
    if field.iter().any(|&byte| byte >= 0x80) {
        return None;
    }
    Some(field.iter().fold(0, |size, &byte| size << 7 | usize::from(byte)))
}
