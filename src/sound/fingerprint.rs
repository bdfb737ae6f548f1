//! What a recording is known again by, however it was encoded.
//!
//! Loudness goes up and down in its own way in every recording, and keeps doing so through another
//! bit rate, sample rate, gain or number of channels. A fingerprint holds one bit for each tenth of a
//! second: whether the 0.8 s from there on are louder than the 0.8 s before. (The idea of bits of
//! differences is that of Haitsma and Kalker, "A Highly Robust Audio Fingerprinting System", 2002,
//! where they are taken from many bands of frequencies. To tell whole episodes apart, which last
//! minutes, one band is enough.)

use serde::{Deserialize, Serialize};

use super::meter::Block;

/// Tenths of a second that are compared with as many before them.
const HALF: usize = 8;
/// A recording of fewer bits, or one that goes up and down less often, is too little to tell: by chance
/// alone, so few agree with some other's at one of the shifts.
const SHORTEST: usize = 600;
const FEWEST_TURNS: u32 = 60;
/// How far two starts may be apart, in tenths of a second.
const SHIFT: usize = 50;
/// Below this share of bits that agree, two recordings are different ones.
const ALIKE: f64 = 0.82;

/// A recording's fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(#[serde(with = "super::hex")] Vec<u8>);

impl Fingerprint {
    /// That of a recording.
    pub(super) fn of(blocks: &[Block]) -> Self {
        // A tenth of a dB louder is louder.
        const MORE: f64 = 1.023;
        let mut sums = vec![0.0; blocks.len() + 1];
        for (n, block) in blocks.iter().enumerate() {
            sums[n + 1] = sums[n] + f64::from(block.energy);
        }
        let mut bytes = Vec::with_capacity(blocks.len() / 8 + 1);
        for (n, window) in sums.windows(2 * HALF + 1).enumerate() {
            let (before, behind) = (window[HALF] - window[0], window[2 * HALF] - window[HALF]);
            if n % 8 == 0 {
                bytes.push(0);
            }
            if let Some(byte) = bytes.last_mut()
                && behind > before * MORE
            {
                *byte |= 1 << (n % 8);
            }
        }
        Self(bytes)
    }

    /// The share of bits that agree, at the shift at which most do; `None` if the two cannot be the
    /// same recording, since one is much longer, or cannot be told apart, since they are short or
    /// nothing happens in them.
    pub fn likeness(&self, other: &Self) -> Option<f64> {
        let (one, two) = (self.words(), other.words());
        let (shorter, longer) = (self.bits().min(other.bits()), self.bits().max(other.bits()));
        if shorter < SHORTEST || longer - shorter > longer / 10 + SHIFT {
            return None;
        }
        if [&one, &two].iter().any(|words| !is_lively(words)) {
            return None;
        }
        let shifts = (0..=SHIFT).flat_map(|shift| [(&one, &two, shift), (&two, &one, shift)]);
        // A glance at some of the words first: nearly all pairs and shifts end there.
        let glance = one.len().min(two.len()).div_ceil(64);
        let likely = shifts.filter(|(a, b, shift)| agreement(a, b, *shift, glance) > 0.6);
        likely.map(|(a, b, shift)| agreement(a, b, shift, 1)).reduce(f64::max)
    }

    /// Whether the two are the same recording.
    pub fn is_alike(&self, other: &Self) -> bool {
        self.likeness(other).is_some_and(|likeness| likeness >= ALIKE)
    }

    fn bits(&self) -> usize {
        self.0.len() * 8
    }

    fn words(&self) -> Vec<u64> {
        let word =
            |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        self.0.chunks(8).map(word).collect()
    }
}

/// Whether about half of the bits are ones, and they take turns, as in whatever goes up and down.
fn is_lively(words: &[u64]) -> bool {
    let ones: u64 = words.iter().map(|word| u64::from(word.count_ones())).sum();
    let share = ones as f64 / (words.len() as f64 * 64.0);
    let turns: u32 = words.iter().map(|word| (word ^ word >> 1).count_ones()).sum();
    (0.25..0.75).contains(&share) && turns >= FEWEST_TURNS
}

/// The share of bits that agree where `a` starts `shift` bits later, by every `step`th word.
fn agreement(a: &[u64], b: &[u64], shift: usize, step: usize) -> f64 {
    let shifted = a.windows(2).map(|pair| match shift % 64 {
        0 => pair[0],
        bits => pair[0] >> bits | pair[1] << (64 - bits),
    });
    let (same, all) = shifted
        .zip(b)
        .step_by(step.max(1))
        .fold((0, 0), |(same, all), (a, b)| (same + u64::from((a ^ b).count_zeros()), all + 64));
    if all == 0 { 0.0 } else { same as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::Noise;

    fn blocks(energies: &[f32]) -> Vec<Block> {
        energies.iter().map(|energy| Block { energy: *energy, level: 0.0, peak: 0.0 }).collect()
    }

    /// The loudness of something like speech over so many seconds: syllables of many levels.
    fn speech(seconds: usize, seed: u64) -> Vec<f32> {
        let mut levels = Noise(seed);
        let mut energies = Vec::new();
        while energies.len() < seconds * 10 {
            let length = usize::try_from(1 + levels.number() % 4).unwrap();
            let level = (levels.number() % 100) as f32 / 100.0;
            energies.extend(std::iter::repeat_n(level * level, length));
        }
        energies
    }

    fn print(energies: &[f32]) -> Fingerprint {
        Fingerprint::of(&blocks(energies))
    }

    #[test]
    fn a_recording_is_known_again() {
        let one = speech(90, 11);
        let known = print(&one);
        assert_eq!(known.likeness(&known), Some(1.0));
        // Softer, with some noise of another encoder, and a moment later that is no tenth of a second.
        let mut noise = Noise(3);
        let copy: Vec<f32> = one
            .windows(2)
            .map(|pair| (pair[0] * 0.6 + pair[1] * 0.4) * 0.1)
            .map(|energy| energy * (1.0 + (noise.number() % 100) as f32 / 1000.0))
            .collect();
        for delay in [0, 1, 12, 50] {
            let later = print(&[vec![0.0; delay], copy.clone()].concat());
            assert!(known.is_alike(&later), "{delay}: {:?}", known.likeness(&later));
            assert!(later.is_alike(&known));
        }
    }

    #[test]
    fn others_are_told_apart() {
        for seconds in [65, 120, 600] {
            let prints: Vec<_> = (1..30).map(|n| print(&speech(seconds, n * 97))).collect();
            for (n, one) in prints.iter().enumerate() {
                for other in &prints[..n] {
                    assert!(!one.is_alike(other), "{seconds} s: {:?}", one.likeness(other));
                }
            }
        }
    }

    #[test]
    fn what_tells_nothing_is_taken_for_nothing() {
        let (tone, other) = (print(&[0.1; 600]), print(&[0.2; 600]));
        assert_eq!(tone.likeness(&other), None);
        let short = print(&speech(50, 3));
        assert_eq!(short.likeness(&short), None);
        let (one, longer) = (print(&speech(90, 3)), print(&speech(180, 3)));
        assert_eq!(one.likeness(&longer), None);
    }
}
