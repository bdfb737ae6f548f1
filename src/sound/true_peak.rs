//! The true peak: how far the wave goes between its samples (ITU-R BS.1770-4, annex 2).
//!
//! The wave is worked out at several points between two samples, by a windowed sinc over 32 of them.
//! Most of a recording is far below its peak, and no point between samples can be larger than the
//! samples around it times a known factor. So what cannot beat the peak so far is left out, which
//! changes no result.

use std::f64::consts::PI;

/// Samples that one point between two of them is worked out from.
const TAPS: usize = 32;
/// Points of one kind that are worked out in a row.
const RUN: usize = 16;

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
    /// The most that a point can be, as a factor of the largest sample around it.
    reach: f32,
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
        let total = |weights: &[f32; TAPS]| weights.iter().map(|w| w.abs()).sum::<f32>();
        let reach = weights.iter().map(total).fold(1.0, f32::max);
        Self { weights, reach, samples: vec![0.0; TAPS], fed: 0, top: Top::default() }
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
        let mut before = [largest(&self.samples[..RUN]), largest(&self.samples[RUN..2 * RUN])];
        for run in 0..runs {
            let from = run * RUN;
            let last = largest(&self.samples[from + TAPS..][..RUN]);
            let around = before[0].max(before[1]).max(last);
            before = [before[1], last];
            if around * self.reach > self.top.value {
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
            let mut points = [0.0_f32; RUN];
            for (tap, weight) in weights.iter().enumerate() {
                for (point, sample) in points.iter_mut().zip(&window[tap + 1..]) {
                    *point += weight * sample;
                }
            }
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

fn largest(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |most, sample| most.max(sample.abs()))
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
    fn leaving_out_changes_nothing() {
        let mut noise = crate::audio::testing::Noise(5);
        let samples: Vec<f32> = (0..9000)
            .map(|n| ((noise.number() % 2001) as f32 / 1000.0 - 1.0) * ((n / 100 % 7) as f32 / 7.0))
            .collect();
        let weights = TruePeak::new(44_100).weights;
        let mut most = largest(&samples);
        for window in samples.windows(TAPS) {
            for weights in &weights {
                let point: f32 = window.iter().zip(weights).map(|(s, w)| s * w).sum();
                most = most.max(point.abs());
            }
        }
        assert!((peak(44_100, &samples).value - most).abs() < 1e-4);
    }
}
