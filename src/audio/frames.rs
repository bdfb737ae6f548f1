//! Where the frames of a whole MP3 stand, so that a decoder can set in anywhere.

use std::io::{self, Read, Seek, SeekFrom};

use super::header::Header;
use super::mp3::Mp3;

/// Places of frames in a file whose frames follow one another without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameIndex {
    /// Offset in bytes of every [`FrameIndex::EVERY`]th frame, the header frame not counted.
    pub offsets: Vec<u64>,
    /// Samples per channel of each frame.
    pub samples: u32,
}

impl FrameIndex {
    /// Frames from one place to the next: 0.8 s at 44.1 kHz.
    pub const EVERY: u64 = 32;

    /// Finds the frames of `mp3` in its file.
    ///
    /// `None` if they are not what the probe counted, or have no length of their own (free format):
    /// only a decoder that goes from the first to the last finds its way then.
    ///
    /// # Errors
    /// Those of reading.
    pub fn read(mut source: impl Read + Seek, mp3: &Mp3) -> io::Result<Option<Self>> {
        const PIECE: u64 = 256 << 10;
        let mut piece = Vec::new();
        let mut base = mp3.audio.start;
        let mut at = base;
        let mut frames = 0;
        let mut offsets = Vec::new();
        let mut stream: Option<(Header, [u16; 16])> = None;
        let mut is_header_frame = mp3.claims.is_some();
        source.seek(SeekFrom::Start(base))?;
        while at < mp3.audio.end {
            let Some(word) = word(&piece, at - base) else {
                if mp3.audio.end - at < 4 {
                    return Ok(None);
                }
                source.seek(SeekFrom::Start(at))?;
                piece.clear();
                base = at;
                source.by_ref().take(PIECE.min(mp3.audio.end - at)).read_to_end(&mut piece)?;
                if piece.len() < 4 {
                    return Ok(None);
                }
                continue;
            };
            let Some(header) = Header::parse(word) else { return Ok(None) };
            let (first, lengths) = stream.get_or_insert_with(|| (header, header.lengths()));
            let length = lengths[header.rate_index()];
            if length == 0 || !first.continues(word) {
                return Ok(None);
            }
            if !std::mem::take(&mut is_header_frame) {
                if frames % Self::EVERY == 0 {
                    offsets.push(at);
                }
                frames += 1;
            }
            at += u64::from(length) + header.padding() as u64;
        }
        let samples = stream.map_or(0, |(header, _)| header.samples());
        let whole = at == mp3.audio.end && frames == mp3.frames && frames > 0;
        Ok(whole.then_some(Self { offsets, samples }))
    }
}

fn word(piece: &[u8], at: u64) -> Option<u32> {
    let at = usize::try_from(at).ok()?;
    piece.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::audio::testing::{FRAME, Frame};
    use crate::audio::{Content, Depth, probe_bytes};

    fn index(bytes: &[u8]) -> Option<FrameIndex> {
        let Content::Mp3(mp3) = probe_bytes(bytes, Depth::Walk).content else { return None };
        FrameIndex::read(Cursor::new(bytes), &mp3).unwrap()
    }

    #[test]
    fn every_thirty_second_frame_has_its_place() {
        let bytes = FRAME.silence().repeat(70);
        let length = FRAME.length() as u64;
        let found = index(&bytes).unwrap();
        assert_eq!(found.offsets, [0, 32 * length, 64 * length]);
        assert_eq!(found.samples, 1152);
        // Longer than a piece of reading.
        assert_eq!(index(&FRAME.silence().repeat(2000)).unwrap().offsets.len(), 63);
    }

    #[test]
    fn frames_with_something_between_have_none() {
        let mut bytes = FRAME.silence().repeat(40);
        bytes.extend([0; 700]);
        bytes.extend(FRAME.silence().repeat(40));
        assert_eq!(index(&bytes), None);
        let free = Frame { free: Some(500), ..FRAME };
        assert_eq!(index(&free.silence().repeat(40)), None);
        let mut bytes = FRAME.silence().repeat(40);
        bytes.extend(Frame { hertz: 48000, ..FRAME }.silence().repeat(40));
        assert_eq!(index(&bytes), None);
    }
}
