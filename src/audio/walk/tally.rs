//! Adding up the frames.

use serde::{Deserialize, Serialize};

use super::sync::Stream;
use crate::audio::time::PlayTime;

/// A file's bit rate. In kbit/s, where 1 kbit is 1,000 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BitRate {
    /// Every frame has the same.
    Constant(u32),
    /// Frames differ.
    Variable {
        /// The frames' bytes by their time, rounded to the nearest.
        mean: u32,
        /// The lowest of any frame.
        min: u32,
        /// The highest of any frame.
        max: u32,
    },
    /// Every frame has the same, which is none of the standard's: few players manage that.
    Free(u32),
}

impl BitRate {
    /// The mean over the whole file, in kbit/s.
    pub fn mean(self) -> u32 {
        match self {
            Self::Constant(kbps) | Self::Free(kbps) => kbps,
            Self::Variable { mean, .. } => mean,
        }
    }
}

/// The frames of the current stream.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run {
    pub(super) frames: u64,
    pub(super) bytes: u64,
    /// One bit for each bit rate index that occurred.
    pub(super) indices: u16,
}

impl Run {
    #[inline]
    pub(super) fn count(&mut self, header: u32, length: usize) {
        self.frames += 1;
        self.bytes += length as u64;
        self.indices |= 1 << (header >> 12 & 15);
    }
}

/// The frames of all streams that are over.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) frames: u64,
    pub(super) samples: u64,
    pub(super) time: PlayTime,
    bytes: u64,
    rates: Option<(u32, u32)>,
    free: bool,
}

impl Tally {
    /// Adds the frames of `stream`.
    pub(super) fn add(&mut self, stream: &Stream, run: Run) {
        let samples = run.frames * u64::from(stream.header.samples());
        self.frames += run.frames;
        self.samples += samples;
        self.time += PlayTime::of(samples, stream.header.sample_rate());
        self.bytes += run.bytes;
        // A header frame alone still has a bit rate.
        let indices = if run.frames == 0 { 1 << stream.header.rate_index() } else { run.indices };
        if run.frames == 0 && self.rates.is_some() {
            return;
        }
        self.free |= stream.header.is_free_format();
        for kbps in
            (0..16).filter(|index| indices >> index & 1 == 1).map(|index| stream.kbps(index))
        {
            let (min, max) = self.rates.unwrap_or((kbps, kbps));
            self.rates = Some((min.min(kbps), max.max(kbps)));
        }
    }

    /// Mean bit rate in bit/s; that of the header frame where no frame plays.
    pub(super) fn bits_per_second(&self) -> u64 {
        match self.time.bits_per_second(self.bytes) {
            0 => u64::from(self.rates.unwrap_or_default().0) * 1000,
            mean => mean,
        }
    }

    pub(super) fn bit_rate(&self) -> BitRate {
        let (min, max) = self.rates.unwrap_or_default();
        if min < max {
            let mean = (self.time.bits_per_second(self.bytes) + 500) / 1000;
            return BitRate::Variable { mean: u32::try_from(mean).unwrap_or(u32::MAX), min, max };
        }
        if self.free { BitRate::Free(min) } else { BitRate::Constant(min) }
    }
}
