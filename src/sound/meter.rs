//! From samples to what is measured of them: tenths of a second, and sums over all.

use super::k_weighting::KWeighting;
use super::spectrum::Spectrum;
use super::true_peak::{Top, TruePeak};

/// Tenths of a second from one look at the frequencies to the next.
const LOOK_EVERY: u64 = 5;
/// Samples in a row at full scale that count as clipped: a wave that merely touches it has fewer.
const CLIPPED: u32 = 3;
/// Full scale, less the rounding of 16-bit samples.
const FULL: f32 = 32_767.0 / 32_768.0;

/// A tenth of a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Block {
    /// Mean square behind K-weighting, of all channels together.
    pub(super) energy: f32,
    /// Mean square of the louder channel.
    pub(super) level: f32,
    /// The largest sample, as a factor of full scale.
    pub(super) peak: f32,
}

/// Samples at full scale, three or more in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Clipped {
    pub(super) runs: u64,
    /// Samples in the longest run.
    pub(super) longest: u32,
    /// The tenth of a second of the first run.
    pub(super) first: Option<u64>,
}

/// All that is measured of a part of a recording, or of the whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub(super) blocks: Vec<Block>,
    /// Whether the last block is shorter than a tenth of a second.
    pub(super) ends_short: bool,
    /// Frames measured, in all.
    pub(super) frames: u64,
    /// Per channel: sum of samples, sum of squares.
    pub(super) sums: [f64; 2],
    pub(super) squares: [f64; 2],
    /// Of left times right, and of the square of half their difference and half their sum.
    pub(super) products: f64,
    pub(super) clipped: Clipped,
    /// The true peak, and the tenth of a second that it is in.
    pub(super) true_peak: Top,
    pub(super) spectrum: Spectrum,
}

impl Part {
    /// Joins on what was measured of the part that follows.
    pub(super) fn append(&mut self, next: &Self) {
        let blocks = self.blocks.len() as u64;
        self.blocks.extend(&next.blocks);
        self.ends_short = next.ends_short;
        self.frames += next.frames;
        for channel in 0..2 {
            self.sums[channel] += next.sums[channel];
            self.squares[channel] += next.squares[channel];
        }
        self.products += next.products;
        self.clipped = Clipped {
            runs: self.clipped.runs + next.clipped.runs,
            longest: self.clipped.longest.max(next.clipped.longest),
            first: self.clipped.first.or(next.clipped.first.map(|block| blocks + block)),
        };
        if next.true_peak.value > self.true_peak.value {
            self.true_peak = Top { value: next.true_peak.value, at: blocks + next.true_peak.at };
        }
        self.spectrum.add(&next.spectrum);
    }
}

/// Measures samples as they come.
#[derive(Debug)]
pub(super) struct Meter {
    rate: u32,
    channels: u8,
    weighting: KWeighting,
    peaks: Vec<TruePeak>,
    /// Frames of the block that is not full yet.
    block: Vec<[f32; 2]>,
    /// Samples in a row at full scale, per channel.
    clipping: [u32; 2],
    part: Part,
}

impl Meter {
    /// For one channel or two at `rate` hertz.
    pub(super) fn new(rate: u32, channels: u8) -> Self {
        let channels = channels.clamp(1, 2);
        Self {
            rate: rate.max(1),
            channels,
            weighting: KWeighting::new(rate.max(1)),
            peaks: vec![TruePeak::new(rate); usize::from(channels)],
            block: Vec::new(),
            clipping: [0; 2],
            part: Part { spectrum: Spectrum::new(rate), ..Part::default() },
        }
    }

    /// Takes frames that stand in front of the first one to measure, to settle on.
    pub(super) fn warm(&mut self, frames: &[[f32; 2]]) {
        self.weighting.squares(frames);
        for (channel, peak) in self.peaks.iter_mut().enumerate() {
            peak.seed(frames.iter().map(|frame| frame[channel]));
        }
        self.clip(frames);
        self.part.clipped = Clipped::default();
    }

    /// Takes the next frames; of one channel, left and right are the same.
    pub(super) fn feed(&mut self, mut frames: &[[f32; 2]]) {
        while !frames.is_empty() {
            let number = self.part.blocks.len() as u64;
            // The end of a block by its number, so that no rounding adds up.
            let rate = u64::from(self.rate);
            let length = (number + 1) * rate / 10 - number * rate / 10;
            let length = usize::try_from(length).unwrap_or(1).max(1);
            let free = length - self.block.len();
            let (now, later) = frames.split_at(free.min(frames.len()));
            frames = later;
            if now.len() == length {
                self.measure(now);
                continue;
            }
            self.block.extend_from_slice(now);
            if self.block.len() == length {
                let block = std::mem::take(&mut self.block);
                self.measure(&block);
                self.block = block;
                self.block.clear();
            }
        }
    }

    /// What was measured, where another part follows.
    pub(super) fn pause(mut self) -> Part {
        if !self.block.is_empty() {
            let block = std::mem::take(&mut self.block);
            self.part.ends_short = true;
            self.measure(&block);
        }
        let rate = u64::from(self.rate);
        for Top { value, at } in self.peaks.iter().map(|peak| peak.top) {
            if value > self.part.true_peak.value {
                self.part.true_peak = Top { value, at: at * 10 / rate };
            }
        }
        self.part
    }

    /// What was measured, where nothing follows.
    pub(super) fn finish(mut self) -> Part {
        if !self.block.is_empty() {
            let block = std::mem::take(&mut self.block);
            self.part.ends_short = true;
            self.measure(&block);
        }
        self.peaks.iter_mut().for_each(TruePeak::finish);
        self.pause()
    }

    fn measure(&mut self, frames: &[[f32; 2]]) {
        let part = &mut self.part;
        let count = frames.len() as f64;
        let weighted = self.weighting.squares(frames);
        let energy = if self.channels == 1 { weighted[0] } else { weighted[0] + weighted[1] };
        let mut peak = [0.0_f32; 2];
        let mut sums = [0.0_f64; 2];
        let mut squares = [0.0_f64; 2];
        let mut product = 0.0;
        for frame in frames {
            let wide = frame.map(f64::from);
            for c in 0..2 {
                peak[c] = peak[c].max(frame[c].abs());
                sums[c] += wide[c];
                squares[c] += wide[c] * wide[c];
            }
            product += wide[0] * wide[1];
        }
        let peak = peak[0].max(peak[1]);
        for c in 0..2 {
            part.sums[c] += sums[c];
            part.squares[c] += squares[c];
        }
        part.products += product;
        part.frames += frames.len() as u64;
        if (part.blocks.len() as u64).is_multiple_of(LOOK_EVERY) {
            part.spectrum.look(frames);
        }
        for (channel, true_peak) in self.peaks.iter_mut().enumerate() {
            true_peak.feed(frames.iter().map(|frame| frame[channel]));
        }
        if peak >= FULL {
            self.clip(frames);
        } else {
            self.clipping = [0; 2];
        }
        #[expect(clippy::cast_possible_truncation, reason = "levels need no more precision")]
        self.part.blocks.push(Block {
            energy: (energy / count) as f32,
            level: (squares[0].max(squares[1]) / count) as f32,
            peak,
        });
    }

    /// Counts runs of samples at full scale; the block that they are in is not noted yet.
    fn clip(&mut self, frames: &[[f32; 2]]) {
        let clipped = &mut self.part.clipped;
        let here = self.part.blocks.len() as u64;
        for frame in frames {
            for (run, sample) in self.clipping.iter_mut().zip(frame).take(self.channels.into()) {
                *run = if sample.abs() >= FULL { *run + 1 } else { 0 };
                if *run == CLIPPED {
                    clipped.runs += 1;
                    clipped.first.get_or_insert(here);
                }
                if *run >= CLIPPED {
                    clipped.longest = clipped.longest.max(*run);
                }
            }
        }
    }
}
