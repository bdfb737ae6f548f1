//! The true peak: how far the wave goes between its samples (ITU-R BS.1770-4, annex 2).
//!
//! The wave is worked out at several points between two samples, by a windowed sinc over 32 of them.
//! A point can be no larger than the largest samples around it, each times the most that any point
//! makes of it. So where that cannot beat the peak so far, which is nearly everywhere, no point is
//! worked out, and no result changes.

use std::f64::consts::PI;

use wide::f32x4;

/// Samples that one point between two of them is worked out from.
const TAPS: usize = 32;
/// Points of one kind that are worked out in a row, and samples that one largest stands for.
const RUN: usize = 4;
/// Such stretches of samples that the points of a run are worked out from.
const AROUND: usize = TAPS / RUN + 1;

/// The loudest point so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Top {
    /// As a factor of full scale.
    pub(super) value: f32,
    /// The sample in front of it, counted from the first one fed.
    pub(super) at: u64,
}

/// Watches one channel.
#[derive(Debug, Clone)]
pub(super) struct TruePeak {
    /// For each point between two samples, what each of the samples around weighs.
    weights: Vec<[f32; TAPS]>,
    /// The most that a point of a run takes of the largest sample in each stretch around it.
    shares: [f32; AROUND],
    /// The last samples of what was fed before, then those fed now.
    samples: Vec<f32>,
    fed: u64,
    pub(super) top: Top,
}

impl TruePeak {
    /// For samples at `rate` hertz: four points a sample from 32 kHz on, as the recommendation has
    /// it at 48 kHz, and eight below.
    pub(super) fn new(rate: u32) -> Self {
        let points = if rate >= 32_000 { 4_u32 } else { 8 };
        let weights: Vec<_> =
            (1..points).map(|p| weights(f64::from(p) / f64::from(points))).collect();
        let shares = shares(&weights);
        Self { weights, shares, samples: vec![0.0; TAPS], fed: 0, top: Top::default() }
    }

    /// Takes samples that stand in front of the first one to look at.
    pub(super) fn seed(&mut self, samples: impl Iterator<Item = f32>) {
        self.samples.extend(samples);
        let surplus = self.samples.len() - TAPS;
        self.samples.drain(..surplus);
    }

    /// Takes the next samples. The last 16 of them are looked at with those that follow.
    pub(super) fn feed(&mut self, samples: impl Iterator<Item = f32>) {
        self.samples.extend(samples);
        let new = self.samples.len() - TAPS;
        let runs = new.div_ceil(RUN);
        // Filled up, so that the last run has what it looks at.
        self.samples.resize(TAPS + runs * RUN, 0.0);
        let (stretches, _) = self.samples.as_chunks::<RUN>();
        let largest: Vec<f32> = stretches.iter().map(|stretch| largest(stretch)).collect();
        let mut most = vec![0.0_f32; runs];
        for (around, share) in self.shares.iter().enumerate() {
            for (most, largest) in most.iter_mut().zip(&largest[around..]) {
                *most += share * largest;
            }
        }
        for (run, most) in most.into_iter().enumerate() {
            if most > self.top.value {
                let from = run * RUN;
                self.look(from, RUN.min(new - from));
            }
        }
        self.fed += new as u64;
        self.samples.truncate(TAPS + new);
        self.samples.drain(..new);
    }

    /// Looks at the points behind `count` samples, the first of them in the middle of those at `from`.
    fn look(&mut self, from: usize, count: usize) {
        let window: &[f32] = &self.samples[from..from + TAPS + RUN];
        let note = |index: usize, value: f32, top: &mut Top| {
            if value > top.value {
                // Half of the taps lie ahead.
                let at = (self.fed + (from + index) as u64).saturating_sub(TAPS as u64 / 2);
                *top = Top { value, at };
            }
        };
        let mut top = self.top;
        for (index, sample) in window[TAPS / 2..][..count].iter().enumerate() {
            note(index, sample.abs(), &mut top);
        }
        for weights in &self.weights {
            let points = points(window, weights);
            if largest(&points) > top.value {
                for (index, point) in points[..count].iter().enumerate() {
                    note(index, point.abs(), &mut top);
                }
            }
        }
        self.top = top;
    }

    /// Says that no more samples follow. Between the last 16 no point can be worked out.
    pub(super) fn finish(&mut self) {
        let last = TAPS / 2;
        for (index, sample) in self.samples[TAPS - last..].iter().enumerate() {
            if sample.abs() > self.top.value {
                let at = (self.fed + index as u64).saturating_sub(last as u64);
                self.top = Top { value: sample.abs(), at };
            }
        }
    }
}

/// The points of one kind behind [`RUN`] samples in a row.
fn points(window: &[f32], weights: &[f32; TAPS]) -> [f32; RUN] {
    let around = window[1..].array_windows::<RUN>().copied().map(f32x4::from);
    let points = weights
        .iter()
        .zip(around)
        .fold(f32x4::ZERO, |sum, (weight, around)| around.mul_add(f32x4::splat(*weight), sum));
    points.to_array()
}

fn largest(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |most, sample| most.max(sample.abs()))
}

/// What the points of a run can take of each stretch of samples around it, from the first one that they
/// look at; a sample itself counts as a point.
fn shares(weights: &[[f32; TAPS]]) -> [f32; AROUND] {
    // More than sums in another order can differ by.
    const ROUNDING: f32 = 1.000_1;
    let mut shares = [0.0_f32; AROUND];
    shares[TAPS / 2 / RUN] = ROUNDING;
    for weights in weights {
        for point in 0..RUN {
            let mut taken = [0.0_f32; AROUND];
            for (tap, weight) in weights.iter().enumerate() {
                taken[(point + 1 + tap) / RUN] += weight.abs() * ROUNDING;
            }
            for (share, taken) in shares.iter_mut().zip(taken) {
                *share = share.max(taken);
            }
        }
    }
    shares
}

/// What the samples around weigh at a point that lies this part of the way from one to the next.
#[expect(clippy::cast_possible_truncation, reason = "f32 is the samples' own precision")]
fn weights(part: f64) -> [f32; TAPS] {
    let half = TAPS as f64 / 2.0;
    let raw: [f64; TAPS] = std::array::from_fn(|tap| {
        let x = tap as f64 - (half - 1.0) - part;
        let sinc = if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
        sinc * kaiser(x / half)
    });
    // A constant stays what it is.
    let sum: f64 = raw.iter().sum();
    raw.map(|weight| (weight / sum) as f32)
}

/// Kaiser's window, with a shape of 7, at -1..=1.
fn kaiser(x: f64) -> f64 {
    const SHAPE: f64 = 7.0;
    bessel(SHAPE * (1.0 - x * x).max(0.0).sqrt()) / bessel(SHAPE)
}

/// The modified Bessel function of the first kind and order zero.
fn bessel(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "signals are made up")]
mod tests {
    use super::*;

    fn peak(rate: u32, samples: &[f32]) -> Top {
        let mut peak = TruePeak::new(rate);
        samples.chunks(1000).for_each(|chunk| peak.feed(chunk.iter().copied()));
        peak.finish();
        peak.top
    }

    /// A tone at half of full scale, that fades in and out: an edge has a peak of its own.
    fn tone(per_sample: f64, phase: f64, count: u32) -> Vec<f32> {
        let wave = |n: u32| (2.0 * PI * per_sample * f64::from(n) + phase).sin();
        let fade = |n: u32| (f64::from(n.min(count - n)) / 500.0).min(1.0);
        (0..count).map(|n| (0.5 * fade(n) * wave(n)) as f32).collect()
    }

    #[test]
    fn a_wave_that_no_sample_meets_is_seen() {
        // A quarter of the rate, sampled 45 degrees off its peaks: 3 dB hide between the samples
        // (EBU Tech 3341, test case 16 and those behind it).
        let samples = tone(0.25, PI / 4.0, 4000);
        assert!(largest(&samples) < 0.36);
        assert!((peak(48_000, &samples).value - 0.5).abs() < 0.01);
        for (part, phase) in [(1.0 / 6.0, 1.0), (0.01, 0.3), (0.35, 0.2)] {
            let value = peak(44_100, &tone(part, phase, 6000)).value;
            assert!((value - 0.5).abs() < 0.012, "{part}: {value}");
        }
    }

    #[test]
    fn it_says_where() {
        let mut samples = vec![0.0; 5000];
        samples[3210] = -0.7;
        assert_eq!(peak(44_100, &samples), Top { value: 0.7, at: 3210 });
        samples[4999] = 0.8;
        assert_eq!(peak(22_050, &samples), Top { value: 0.8, at: 4999 });
    }

    #[test]
    fn a_point_that_takes_all_it_can_is_not_left_out() {
        let all = TruePeak::new(44_100).weights;
        for (weights, lead) in all.iter().flat_map(|weights| (0..RUN).map(move |n| (weights, n))) {
            // All samples around pull one way. In front stands one that is hardly smaller than that.
            let mut samples = vec![0.0; 300];
            for (sample, weight) in samples[200 + lead..].iter_mut().zip(weights) {
                *sample = 0.3_f32.copysign(*weight);
            }
            let most = every_point(&samples);
            samples[100] = 0.99 * most;
            let top = peak(44_100, &samples);
            assert!((top.value - most).abs() < 1e-5, "{} is not {most}", top.value);
        }
    }

    /// The largest sample or point, with none left out.
    fn every_point(samples: &[f32]) -> f32 {
        let weights = TruePeak::new(44_100).weights;
        let point = |window: &[f32], weights: &[f32]| -> f32 {
            window.iter().zip(weights).map(|(sample, weight)| sample * weight).sum()
        };
        let points = samples
            .windows(TAPS)
            .flat_map(|window| weights.iter().map(move |weights| point(window, weights).abs()));
        points.fold(largest(samples), f32::max)
    }

    #[test]
    fn leaving_out_changes_nothing() {
        let mut noise = crate::audio::testing::Noise(5);
        let samples: Vec<f32> = (0..9000)
            .map(|n| ((noise.number() % 2001) as f32 / 1000.0 - 1.0) * ((n / 100 % 7) as f32 / 7.0))
            .collect();
        assert!((peak(44_100, &samples).value - every_point(&samples)).abs() < 1e-4);
    }
}
