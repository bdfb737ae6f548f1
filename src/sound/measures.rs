//! What was heard: the measures of a whole recording.

use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use super::loudness;
use super::meter::{Block, Part};
use crate::audio::PlayTime;

/// Softer than this many dBFS is silence.
pub const SILENCE: f64 = -60.0;
/// Points of the waveform, at most.
pub const WAVEFORM: usize = 400;
/// Points of the curve of loudness, at most.
pub const CURVE: usize = 600;
/// Spans of damage that are told one by one.
const FAULTS: usize = 16;

/// A recording as it sounds. Levels are in dB of full scale (dBFS, dBTP) or LUFS, times in
/// milliseconds from the start; a level of `None` is silence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sound {
    /// Playing time as decoded, without the encoder's own silence in front and behind.
    pub milliseconds: u64,
    /// In hertz.
    pub sample_rate: u32,
    /// One or two.
    pub channels: u8,
    /// How loud.
    pub loudness: Loudness,
    /// The highest points.
    pub peak: Peak,
    /// Where nothing is heard.
    pub silence: Silence,
    /// How the channels are.
    pub balance: Balance,
    /// The highest frequency in hertz that is there; `None` if nothing is loud enough to say.
    pub bandwidth: Option<u32>,
    /// The level, in dBFS, that one tenth of the recording is below, silence left out.
    pub noise_floor: Option<f64>,
    /// Stretches that could not be decoded.
    pub faults: Vec<Stretch>,
    /// How many more of these there are.
    pub more_faults: u64,
    /// The largest sample of each of up to 400 equal parts; 255 is full scale.
    #[serde(with = "super::hex")]
    pub waveform: Vec<u8>,
    /// What the recording is known again by.
    pub fingerprint: Fingerprint,
}

/// Loudness by EBU R 128.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Loudness {
    /// Of the whole, in LUFS.
    pub integrated: Option<f64>,
    /// What is softer than this many LUFS had no part in it.
    pub threshold: Option<f64>,
    /// From the soft parts to the loud ones, in LU.
    pub range: Option<f64>,
    /// The loudest 0.4 s, in LUFS.
    pub momentary: Option<f64>,
    /// The loudest 3 s, in LUFS.
    pub short_term: Option<f64>,
    /// Of each of up to 600 equal parts (3 s around its middle, or the part if that is longer).
    pub curve: Vec<Option<f64>>,
}

/// The highest points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Peak {
    /// The true peak, in dBTP.
    pub true_peak: Option<f64>,
    /// The tenth of a second that it is in.
    pub at: u64,
    /// The largest sample, in dBFS.
    pub sample: Option<f64>,
    /// Runs of three or more samples at full scale.
    pub clipped: u64,
    /// The first of them.
    pub first_clipped: Option<u64>,
    /// Samples in the longest of them.
    pub longest_clipped: u32,
}

/// Where nothing is heard, to a tenth of a second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// How long, before the first sound.
    pub head: u64,
    /// How long, behind the last sound.
    pub tail: u64,
    /// The longest between two sounds.
    pub inside: Option<Stretch>,
}

/// How the channels are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Balance {
    /// Mean level of each channel, in dBFS.
    pub levels: Vec<Option<f64>>,
    /// The mean of each channel's samples, as a factor of full scale: zero where all is well.
    pub offsets: Vec<f64>,
    /// Of left and right: 1 where they are the same, -1 where they cancel each other out.
    pub correlation: Option<f64>,
    /// How much softer the difference of left and right is than their sum, in dB; `None` where there
    /// is no difference.
    pub side: Option<f64>,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Its start.
    pub from: u64,
    /// Its end.
    pub to: u64,
}

impl Stretch {
    /// How long it is.
    pub fn length(self) -> u64 {
        self.to.saturating_sub(self.from)
    }
}

/// Stretches that could not be decoded, in order; those that touch are one.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    first: Vec<Stretch>,
    more: u64,
    last: Option<Stretch>,
}

impl Faults {
    pub(super) fn push(&mut self, stretch: Stretch) {
        if let Some(last) = self.first.last_mut()
            && self.more == 0
            && stretch.from <= last.to + 100
        {
            last.to = stretch.to;
        } else if let Some(last) = &mut self.last
            && stretch.from <= last.to + 100
        {
            last.to = stretch.to;
        } else if self.first.len() < FAULTS {
            self.first.push(stretch);
        } else {
            self.more += 1;
            self.last = Some(stretch);
        }
    }

    pub(super) fn append(&mut self, next: Self) {
        next.first.into_iter().for_each(|stretch| self.push(stretch));
        self.more += next.more;
        self.last = next.last.or(self.last);
    }
}

impl Sound {
    /// What `part`, the whole of a recording, comes to.
    pub(super) fn new(
        part: &Part,
        faults: Faults,
        time: PlayTime,
        rate: u32,
        channels: u8,
    ) -> Self {
        let channels = channels.clamp(1, 2);
        let whole = &part.blocks[..part.blocks.len() - usize::from(part.ends_short)];
        let integrated = loudness::integrated(whole);
        let sample = part.blocks.iter().map(|block| block.peak).fold(0.0, f32::max);
        let milliseconds = time.milliseconds();
        let at = |block: u64| (block * 100).min(milliseconds);
        Self {
            milliseconds,
            sample_rate: rate,
            channels,
            loudness: Loudness {
                integrated: integrated.map(|(level, _)| hundredths(level)),
                threshold: integrated.map(|(_, gate)| hundredths(gate)),
                range: loudness::range(whole).map(hundredths),
                momentary: loudness::momentary(whole).map(hundredths),
                short_term: loudness::loudest(whole, loudness::SHORT_TERM).map(hundredths),
                curve: curve(whole),
            },
            peak: Peak {
                true_peak: decibels(part.true_peak.value.into()),
                at: at(part.true_peak.at),
                sample: decibels(sample.into()),
                clipped: part.clipped.runs,
                first_clipped: part.clipped.first.map(at),
                longest_clipped: part.clipped.longest,
            },
            silence: silence(&part.blocks, milliseconds),
            balance: balance(part, channels),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "in hertz"
            )]
            bandwidth: part.spectrum.bandwidth().map(|hertz| hertz.round() as u32),
            noise_floor: noise_floor(&part.blocks),
            faults: faults.first,
            more_faults: faults.more,
            waveform: waveform(&part.blocks),
            fingerprint: Fingerprint::of(&part.blocks),
        }
    }

    /// Whether nothing at all is heard.
    pub fn is_silent(&self) -> bool {
        self.silence.head >= self.milliseconds
    }
}

/// A factor of full scale in dB; `None` for silence.
fn decibels(factor: f64) -> Option<f64> {
    (factor > 0.0).then(|| hundredths(20.0 * factor.log10()))
}

/// A mean square in dB.
fn level(square: f64) -> Option<f64> {
    (square > 1e-15).then(|| hundredths(10.0 * square.log10()))
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn is_silent(block: &Block) -> bool {
    f64::from(block.level) < 10_f64.powf(SILENCE / 10.0)
}

fn silence(blocks: &[Block], end: u64) -> Silence {
    let at = |block: usize| (block as u64 * 100).min(end);
    let Some(first) = blocks.iter().position(|block| !is_silent(block)) else {
        return Silence { head: end, tail: end, inside: None };
    };
    let last = blocks.iter().rposition(|block| !is_silent(block)).unwrap_or(first);
    let mut longest: Option<Stretch> = None;
    let mut sound = first;
    for (index, _) in
        blocks.iter().enumerate().take(last + 1).filter(|(_, block)| !is_silent(block))
    {
        let stretch = Stretch { from: at(sound + 1), to: at(index) };
        if index > sound + 1 && longest.is_none_or(|longest| stretch.length() > longest.length()) {
            longest = Some(stretch);
        }
        sound = index;
    }
    Silence { head: at(first), tail: end - at(last + 1), inside: longest }
}

fn balance(part: &Part, channels: u8) -> Balance {
    let frames = part.frames.max(1) as f64;
    let [left, right] = part.squares;
    let all = usize::from(channels);
    let stereo = channels == 2;
    // Of half the difference and half the sum, times four.
    let (difference, sum) =
        (left + right - 2.0 * part.products, left + right + 2.0 * part.products);
    // What rounding leaves of two channels that are the same.
    let is_mono = difference <= (left + right) * 1e-12;
    let correlation = part.products / (left * right).sqrt();
    Balance {
        levels: part.squares.iter().take(all).map(|square| level(square / frames)).collect(),
        offsets: part.sums.iter().take(all).map(|sum| (sum / frames * 1e5).round() / 1e5).collect(),
        correlation: (stereo && correlation.is_finite())
            .then(|| (correlation * 1000.0).round() / 1000.0),
        side: (stereo && !is_mono && sum > 0.0)
            .then(|| hundredths(10.0 * (difference / sum).log10())),
    }
}

fn noise_floor(blocks: &[Block]) -> Option<f64> {
    let mut levels: Vec<f32> =
        blocks.iter().filter(|block| block.level > 1e-12).map(|block| block.level).collect();
    let tenth = levels.len() / 10;
    (!levels.is_empty())
        .then(|| *levels.select_nth_unstable_by(tenth, f32::total_cmp).1)
        .and_then(|square| level(square.into()))
}

/// Cuts `blocks` into up to `most` equal parts, of a block each at least.
fn parts(blocks: &[Block], most: usize) -> impl Iterator<Item = (usize, usize)> {
    let count = blocks.len().min(most);
    let length = blocks.len();
    (0..count).map(move |n| (n * length / count, (n + 1) * length / count))
}

fn waveform(blocks: &[Block]) -> Vec<u8> {
    let of = |(from, to): (usize, usize)| {
        let peak = blocks[from..to].iter().map(|block| block.peak).fold(0.0, f32::max);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let byte = (peak.min(1.0) * 255.0).round() as u8;
        byte
    };
    parts(blocks, WAVEFORM).map(of).collect()
}

fn curve(blocks: &[Block]) -> Vec<Option<f64>> {
    let of = |(from, to): (usize, usize)| {
        let missing = loudness::SHORT_TERM.saturating_sub(to - from);
        let from = from.saturating_sub(missing / 2);
        let to = (to + missing - missing / 2).min(blocks.len());
        let sum: f64 = blocks[from..to].iter().map(|block| f64::from(block.energy)).sum();
        let level = loudness::lufs(sum / (to - from) as f64);
        (level > -120.0).then(|| (level * 10.0).round() / 10.0)
    };
    parts(blocks, CURVE).map(of).collect()
}
