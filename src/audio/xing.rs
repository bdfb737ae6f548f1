//! What the header in the first frame claims about the rest of the file.
//!
//! Encoders put a frame that plays silence in front and write a table of contents into it, for
//! players that cannot walk the whole file. There are two kinds:
//!
//! * Xing (variable bit rate) or Info (constant), behind the side information: the mark, 4 bytes of
//!   flags, then as flagged the number of frames (4 bytes, the header frame not counted), the
//!   number of bytes (4, the header frame counted), a seek table (100), a quality (4). LAME and
//!   libavformat go on with 36 bytes: encoder (9), revision, low pass, replay gain (8), flags, bit
//!   rate, encoder delay and padding (12 bits each), …, length of the music in bytes from this
//!   frame on (4), CRC-16 of the music behind this frame (2), CRC-16 of this tag (2).
//!   (Xing's SDK header; "Mp3 Info Tag revision 1" of the LAME project.)
//! * VBRI (Fraunhofer), always 32 bytes behind the frame header: the mark, version, delay, quality
//!   (2 each), bytes (4), frames (4), then a seek table.
//!
//! Nothing here is trusted: players show it, so it is compared with what is there.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::header::Header;

/// Which kind of header made the claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// `Xing`: the encoder says the bit rate varies.
    Xing,
    /// `Info`: the encoder says the bit rate is constant.
    Info,
    /// `VBRI`: by Fraunhofer's encoder.
    Vbri,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Xing => "Xing",
            Self::Info => "Info",
            Self::Vbri => "VBRI",
        })
    }
}

/// What a header frame claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Which kind of header.
    pub kind: Kind,
    /// Frames behind the header frame. Unfinished files have a zero here, which promises nothing.
    pub frames: Option<u64>,
    /// Bytes from the header frame on.
    pub bytes: Option<u64>,
    /// The encoder's name, such as `LAME3.100` or `Lavf`.
    pub encoder: Option<String>,
    /// What LAME and libavformat add.
    pub lame: Option<Lame>,
}

/// The part of an Info or Xing header that LAME introduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lame {
    /// Samples of silence that the encoder put in front.
    pub delay: u32,
    /// Samples of silence that the encoder put behind, to fill the last frame.
    pub padding: u32,
    /// Bytes from the header frame to the end of the audio; `None` if left zero.
    pub music_bytes: Option<u64>,
    /// CRC-16 (ARC) of the audio behind the header frame; `None` if there is no length for it.
    pub music_crc: Option<u16>,
    /// Whether the CRC-16 of this header itself holds.
    pub own_crc_holds: bool,
}

/// Frames of other kinds with such a header in them are told from audio by these marks.
const XING: [u8; 4] = *b"Xing";
const INFO: [u8; 4] = *b"Info";

impl Claims {
    /// Frames that the header promises.
    pub fn promised(&self) -> Option<u64> {
        self.frames.filter(|frames| *frames > 0)
    }

    /// Bytes from the header frame to the end of the audio that the header promises.
    pub fn promised_bytes(&self) -> Option<u64> {
        self.lame.and_then(|lame| lame.music_bytes).or(self.bytes)
    }

    /// Reads the header in `frame`, whose first four bytes are `header`. The frame may be cut off.
    pub(super) fn read(header: Header, frame: &[u8]) -> Option<Self> {
        // By the book the mark stands behind CRC and side information; some encoders forget the CRC.
        let side = 4 + header.side_info();
        let places = if header.has_crc() { [side + 2, side] } else { [side, side] };
        places.iter().find_map(|&at| xing(frame, at)).or_else(|| vbri(frame))
    }

    /// Whether `frame` is a Xing or Info header frame: the mark behind side information that says
    /// nothing (real audio could spell the mark by chance).
    pub(super) fn is_header_frame(header: Header, frame: &[u8]) -> bool {
        let at = mark_offset(header);
        let silent =
            frame.get(at - header.side_info()..at).is_some_and(|side| side.iter().all(|b| *b == 0));
        silent && frame.get(at..at + 4).is_some_and(|mark| mark == XING || mark == INFO)
    }

    /// What the header frame claims that opens `bytes`, where no other frame need follow it.
    pub(super) fn alone(header: Header, frame: &[u8]) -> Option<Self> {
        // Silence in front of the mark, whichever it is and wherever it stands.
        let silent = |to: usize| frame.get(6..to).is_some_and(|side| side.iter().all(|b| *b == 0));
        let claims = Self::read(header, frame)?;
        let least = if claims.kind == Kind::Vbri { 36 } else { 4 + header.side_info() };
        silent(least).then_some(claims)
    }
}

/// Whether a number, read big-endian, spells a Xing or Info mark.
#[inline]
pub(super) fn is_mark(word: u32) -> bool {
    word == u32::from_be_bytes(XING) || word == u32::from_be_bytes(INFO)
}

/// Where a Xing or Info mark stands in a frame with this header.
pub(super) fn mark_offset(header: Header) -> usize {
    4 + if header.has_crc() { 2 } else { 0 } + header.side_info()
}

/// Reads big-endian fields one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number<const N: usize>(&mut self) -> Option<u32> {
        Some(self.take(N)?.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
    }
}

fn claim(number: u32) -> Option<u64> {
    (number > 0).then_some(u64::from(number))
}

fn xing(frame: &[u8], at: usize) -> Option<Claims> {
    let mut fields = Fields(frame.get(at..)?);
    let kind = match fields.take(4)? {
        mark if mark == XING => Kind::Xing,
        mark if mark == INFO => Kind::Info,
        _ => return None,
    };
    let flags = fields.number::<4>()?;
    let mut claims = Claims { kind, frames: None, bytes: None, encoder: None, lame: None };
    if flags & 1 != 0 {
        claims.frames = fields.number::<4>().map(u64::from);
    }
    if flags & 2 != 0 {
        claims.bytes = fields.number::<4>().and_then(claim);
    }
    let table = if flags & 4 != 0 { 100 } else { 0 };
    let quality = if flags & 8 != 0 { 4 } else { 0 };
    if fields.take(table + quality).is_none() {
        return Some(claims);
    }
    let tag_end = frame.len() - fields.0.len();
    if let Some(encoder) = encoder(fields.0) {
        claims.lame = lame(&encoder, frame, tag_end);
        claims.encoder = Some(encoder);
    }
    Some(claims)
}

/// The encoder's name: printable, and only such names as are known to be written here.
fn encoder(rest: &[u8]) -> Option<String> {
    let name = rest.get(..9)?;
    let name: String = name
        .iter()
        .take_while(|byte| byte.is_ascii_graphic() || **byte == b' ')
        .map(|&b| char::from(b))
        .collect();
    let name = name.trim_end();
    let known = ["LAME", "L3.99", "Lavf", "Lavc", "GOGO"];
    known.iter().any(|known| name.starts_with(known)).then(|| name.to_owned())
}

/// Reads the 36 bytes at `at`, which start with the encoder's name.
fn lame(encoder: &str, frame: &[u8], at: usize) -> Option<Lame> {
    // LAME up to 3.8x left only its name here.
    if encoder.starts_with("LAME3.8") || encoder.starts_with("GOGO") {
        return None;
    }
    let mut fields = Fields(frame.get(at..at + 36)?);
    fields.take(21)?;
    let silence = fields.number::<3>()?;
    fields.take(4)?;
    let music_bytes = claim(fields.number::<4>()?);
    let music_crc = u16::try_from(fields.number::<2>()?).ok();
    let own_crc = fields.number::<2>()?;
    let crc = |bytes: &[u8]| crc_fast::checksum(crc_fast::CrcAlgorithm::Crc16Arc, bytes);
    // libavcodec always takes 190 bytes, which is right for MPEG-1 stereo only: elsewhere they
    // reach beyond this field, which was zero at that time, and even beyond the frame.
    let mut first = frame[..at + 34].to_vec();
    first.resize(at + 36, 0);
    first.extend(&frame[at + 36..]);
    first.resize(190, 0);
    let founds = [crc(&frame[..at + 34]), crc(&first)];
    Some(Lame {
        delay: silence >> 12,
        padding: silence & 0xFFF,
        music_bytes,
        music_crc: music_bytes.and(music_crc),
        own_crc_holds: founds.contains(&own_crc.into()),
    })
}

fn vbri(frame: &[u8]) -> Option<Claims> {
    let mut fields = Fields(frame.get(36..)?);
    if fields.take(4)? != b"VBRI" {
        return None;
    }
    fields.take(6)?;
    let bytes = claim(fields.number::<4>()?);
    let frames = fields.number::<4>().map(u64::from);
    Some(Claims { kind: Kind::Vbri, frames, bytes, encoder: None, lame: None })
}
