//! Where a stream of frames begins.
//!
//! Two bytes of sync prove nothing: pictures and audio data are full of them. A stream is believed
//! where three headers follow each other at the distances that they themselves announce, and agree
//! in version, layer, sample rate and mono or not; in random bytes that happens once in 10^14.
//! Where the audio ends before a third header, frames that end exactly there will do.

use super::window::{Seen, Window, word};
use crate::audio::header::{FREE_MAX, Header};

/// A stream of frames: what they share, and how long each is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    /// The header of its first frame.
    pub(super) header: Header,
    /// Unpadded frame length by bit rate index, 0 for an index that the stream may not have.
    lengths: [u16; 16],
}

impl Stream {
    pub(super) fn regular(header: Header) -> Self {
        Self { header, lengths: header.lengths() }
    }

    fn free(header: Header, unpadded: usize) -> Self {
        let mut lengths = [0; 16];
        lengths[0] = u16::try_from(unpadded).unwrap_or(0);
        Self { header, lengths }
    }

    /// The length in bytes of the frame that `header` opens, if it is one of this stream.
    #[inline]
    pub(super) fn length(&self, header: u32) -> Option<usize> {
        let unpadded = self.lengths[(header >> 12 & 15) as usize];
        let continues = self.header.continues(header) && unpadded > 0;
        continues.then(|| usize::from(unpadded) + (header >> 9 & 1) as usize)
    }

    /// Bit rate in kbit/s of frames with this index, rounded to the nearest.
    pub(super) fn kbps(&self, index: usize) -> u32 {
        if !self.header.is_free_format() {
            return self.header.rates().get(index).copied().unwrap_or(0).into();
        }
        let bits = u64::from(self.lengths[0]) * 8 * u64::from(self.header.sample_rate());
        let per_kbit = u64::from(self.header.samples()) * 1000;
        u32::try_from((bits + per_kbit / 2) / per_kbit).unwrap_or(0)
    }
}

/// Looks for streams; holds what keeps hostile files from slowing it down.
#[derive(Debug)]
pub(super) struct Sync {
    /// How often free format may still be tried: only there is the next header searched for, not
    /// computed.
    free_tries: u8,
}

impl Sync {
    pub(super) fn new() -> Self {
        Self { free_tries: 64 }
    }

    /// The stream that begins at index `at`, if one does. It may be the `known` one, going on.
    pub(super) fn stream_at(
        &mut self,
        window: &Window<'_>,
        at: usize,
        known: Option<&Stream>,
    ) -> Seen<Option<Stream>> {
        let header = match window.take(at, 4) {
            Seen::Later => return Seen::Later,
            Seen::Now(bytes) => word(bytes, 0).and_then(Header::parse),
        };
        let Some(header) = header else { return Seen::Now(None) };
        let stream = match known {
            _ if !header.is_free_format() => Stream::regular(header),
            Some(known) if known.length(header.bits()).is_some() => *known,
            _ => return self.free_stream_at(window, at, header),
        };
        match holds(&stream, window, at) {
            Seen::Later => Seen::Later,
            Seen::Now(holds) => Seen::Now(holds.then_some(stream)),
        }
    }

    /// In free format the length of a frame is the distance to the next one (ISO/IEC 11172-3
    /// section 2.4.2.3), and the same for all of them but for the padding.
    fn free_stream_at(
        &mut self,
        window: &Window<'_>,
        at: usize,
        header: Header,
    ) -> Seen<Option<Stream>> {
        if self.free_tries == 0 {
            return Seen::Now(None);
        }
        let Seen::Now(bytes) = window.take(at, 2 * (FREE_MAX + 1) + 4) else { return Seen::Later };
        self.free_tries -= 1;
        let nearest = 4 + header.side_info();
        let farthest = bytes.len().min(FREE_MAX + 1 + 4);
        for next in memchr::memchr_iter(0xFF, bytes.get(nearest..farthest).unwrap_or_default()) {
            let next = nearest + next;
            let same = |word| header.continues(word) && word >> 12 & 15 == 0;
            if !word(bytes, next).is_some_and(same) {
                continue;
            }
            let stream = Stream::free(header, next - header.padding());
            if holds(&stream, window, at) == Seen::Now(true) {
                return Seen::Now(Some(stream));
            }
        }
        Seen::Now(None)
    }
}

/// Whether frames of `stream` follow each other from index `at` on.
fn holds(stream: &Stream, window: &Window<'_>, at: usize) -> Seen<bool> {
    let mut next = at;
    for frames in 0..3 {
        let Seen::Now(bytes) = window.take(next, 4) else { return Seen::Later };
        let Some(header) = word(bytes, 0) else {
            let ends_here = frames == 1 && next == window.bytes.len();
            return Seen::Now(ends_here || frames == 2);
        };
        let Some(length) = stream.length(header) else { return Seen::Now(false) };
        next += length;
    }
    Seen::Now(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{FRAME, Frame};

    fn found(sync: &mut Sync, bytes: &[u8], at: usize) -> bool {
        let window = Window { bytes, base: 0, last: true };
        matches!(sync.stream_at(&window, at, None), Seen::Now(Some(_)))
    }

    #[test]
    fn three_headers_make_a_stream() {
        let mut sync = Sync::new();
        let stream = FRAME.stream(3);
        assert!(found(&mut sync, &stream, 0));
        assert!(found(&mut sync, &stream[..417 * 2 + 4], 0));
        assert!(!found(&mut sync, &[&stream[..417 * 2], &[0; 9]].concat(), 0));
        assert!(!found(&mut sync, &[&stream[..417], &[0; 9]].concat(), 0));
    }

    #[test]
    fn at_the_end_fewer_do() {
        let mut sync = Sync::new();
        let stream = FRAME.stream(2);
        assert!(found(&mut sync, &stream, 0));
        assert!(found(&mut sync, &stream[..800], 0), "the second one is cut off");
        assert!(found(&mut sync, &stream, 417));
        assert!(!found(&mut sync, &stream[..400], 0));
    }

    /// Each try looks at thousands of bytes, and hostile bytes can ask for one at every fourth.
    #[test]
    fn free_format_is_tried_only_so_often() {
        let mut sync = Sync::new();
        let stream = Frame { free: Some(100), ..FRAME }.stream(5);
        let lonely = [&stream[..100], &[0; 8000]].concat();
        assert!(found(&mut sync, &stream, 0));
        (0..100).for_each(|_| assert!(!found(&mut sync, &lonely, 0)));
        assert!(!found(&mut sync, &stream, 0));
        assert!(found(&mut sync, &FRAME.stream(3), 0), "the standard's bit rates are not affected");
    }
}
