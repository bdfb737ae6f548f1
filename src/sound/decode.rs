//! From bytes to samples: the frames of an MP3, one after another.

use std::io::{self, Read};

use nanomp3_core::{DecodeError, Decoder, FrameInfo, MAX_SAMPLES_PER_FRAME};

/// Bytes that the decoder must see to believe a frame, as its documentation asks.
const AHEAD: usize = 16 << 10;
const PIECE: usize = 64 << 10;
/// No encoder writes what is so many times full scale.
const LOUDEST: f32 = 64.0;

/// One frame, decoded.
pub(super) struct Frame<'a> {
    /// Samples in -1.0..=1.0 or somewhat beyond, interleaved.
    pub(super) samples: &'a [f32],
    /// One or two.
    pub(super) channels: u8,
    /// Whether the frame could not be decoded; its samples are silence then.
    pub(super) is_lost: bool,
}

/// Decodes what `source` delivers.
pub(super) struct Frames<R> {
    source: R,
    decoder: Decoder,
    bytes: Vec<u8>,
    used: usize,
    at_end: bool,
    samples: Box<[f32; MAX_SAMPLES_PER_FRAME]>,
}

impl<R: Read> Frames<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            decoder: Decoder::new(),
            bytes: Vec::with_capacity(PIECE),
            used: 0,
            at_end: false,
            samples: Box::new([0.0; MAX_SAMPLES_PER_FRAME]),
        }
    }

    /// The next frame; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Frame<'_>>> {
        loop {
            self.fill()?;
            if self.used == self.bytes.len() {
                return Ok(None);
            }
            let (consumed, decoded) =
                self.decoder.decode(&self.bytes[self.used..], &mut self.samples[..]);
            if consumed == 0 {
                return Ok(None);
            }
            self.used += consumed;
            let (info, is_lost) = match decoded {
                Ok(info) => (info, false),
                Err(DecodeError::NoFrame) => continue,
                Err(error) => match error.frame_info() {
                    Some(info) => (*info, true),
                    None => continue,
                },
            };
            return Ok(Some(self.frame(info, is_lost)));
        }
    }

    fn frame(&mut self, info: FrameInfo, is_lost: bool) -> Frame<'_> {
        let channels = info.channels.num();
        let count = match is_lost {
            // MPEG-1 has two granules of 576 samples a frame, MPEG-2 and 2.5 have one.
            true if info.sample_rate >= 32_000 => 1152,
            true => 576,
            false => info.samples_produced,
        };
        let samples = &mut self.samples[..count * usize::from(channels)];
        // Bytes that are no sound may come out as anything, or as no number.
        let is_lost = is_lost || !samples.iter().all(|sample| sample.abs() < LOUDEST);
        if is_lost {
            samples.fill(0.0);
        }
        Frame { samples, channels, is_lost }
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.at_end || self.bytes.len() - self.used >= AHEAD {
            return Ok(());
        }
        self.bytes.drain(..self.used);
        self.used = 0;
        let free = (PIECE - self.bytes.len()) as u64;
        let read = self.source.by_ref().take(free).read_to_end(&mut self.bytes)?;
        self.at_end = (read as u64) < free;
        Ok(())
    }
}
