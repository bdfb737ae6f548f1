//! Which frequencies a recording holds: the mean of many short looks at it.

use std::f32::consts::PI;

use microfft::Complex32;
use microfft::complex::{cfft_512, cfft_1024, cfft_2048};

/// A look at what is softer than this (mean square) says nothing of the whole.
const LOUD_ENOUGH: f32 = 1e-5;

/// Power by frequency, of both channels together.
#[derive(Debug, Clone, Default)]
pub(super) struct Spectrum {
    /// In hertz, from one power to the next.
    step: f64,
    /// Sums of powers; a full-scale sine comes to about 1 a look.
    powers: Vec<f64>,
    looks: u32,
}

impl Spectrum {
    pub(super) fn new(rate: u32) -> Self {
        // The longest that fits into a tenth of a second.
        let size = match rate {
            20_480.. => 2048,
            10_240.. => 1024,
            _ => 512,
        };
        Self {
            step: f64::from(rate) / f64::from(size),
            powers: vec![0.0; size as usize / 2],
            looks: 0,
        }
    }

    /// Looks at the start of these frames, if they are loud and long enough.
    pub(super) fn look(&mut self, frames: &[[f32; 2]]) {
        let size = self.powers.len() * 2;
        let Some(frames) = frames.get(..size) else { return };
        let square: f32 = frames.as_flattened().iter().map(|sample| sample * sample).sum();
        if square / ((size * 2) as f32) < LOUD_ENOUGH {
            return;
        }
        // Left and right go through one transform, as the real and the imaginary part.
        let mut both = [Complex32::default(); 2048];
        for (n, (bin, frame)) in both.iter_mut().zip(frames).enumerate() {
            // Hann's window.
            let window = 0.5 - 0.5 * (2.0 * PI * n as f32 / size as f32).cos();
            *bin = Complex32::new(frame[0] * window, frame[1] * window);
        }
        let bins: &[Complex32] = match size {
            2048 => cfft_2048(&mut both),
            1024 => match both.first_chunk_mut() {
                Some(both) => cfft_1024(both),
                None => return,
            },
            _ => match both.first_chunk_mut() {
                Some(both) => cfft_512(both),
                None => return,
            },
        };
        let full = (size as f64 / 4.0).powi(2);
        for (k, power) in self.powers.iter_mut().enumerate() {
            let mirrored = bins[(size - k) % size];
            let (one, other) = (bins[k], mirrored);
            let sum = one.re * one.re + one.im * one.im + other.re * other.re + other.im * other.im;
            *power += f64::from(sum) / 2.0 / full;
        }
        self.looks += 1;
    }

    /// Adds the looks at another part of the same recording.
    pub(super) fn add(&mut self, other: &Self) {
        if other.looks == 0 {
            return;
        }
        if self.looks == 0 {
            self.clone_from(other);
        } else if self.powers.len() == other.powers.len() {
            self.powers.iter_mut().zip(&other.powers).for_each(|(sum, more)| *sum += more);
            self.looks += other.looks;
        }
    }

    /// Up to which frequency in hertz there is anything: above it, all is 90 dB below full scale.
    ///
    /// An encoder cuts off what it has no bits for, and what was cut off comes back by no later
    /// encoding. `None` if nothing was loud enough to say.
    pub(super) fn bandwidth(&self) -> Option<f64> {
        const FLOOR: f64 = 1e-10;
        let looks = f64::from(self.looks);
        let last = self.powers.iter().rposition(|power| *power > FLOOR * looks)?;
        (self.looks > 0).then(|| (last + 1) as f64 * self.step)
    }
}
