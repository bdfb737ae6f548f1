//! The filter that makes levels of what ears hear (ITU-R BS.1770-4, annex 1): a shelf that stands for
//! the head, then a high pass.
//!
//! The recommendation lists coefficients for 48 kHz alone. They are those of two analogue filters
//! under the bilinear transform; from these filters' own frequency, gain and quality follow the
//! coefficients at every rate.

use std::f64::consts::PI;

/// Of the shelf: Hz, dB, quality.
const SHELF: (f64, f64, f64) =
    (1_681.974_450_955_533, 3.999_843_853_973_347, 0.707_175_236_955_419_6);
/// Of the high pass: Hz, quality.
const HIGH_PASS: (f64, f64) = (38.135_470_876_024_44, 0.500_327_037_323_877_3);
/// How the shelf's gain is spread over its middle; makes the listed numbers come out.
const MIDDLE: f64 = 0.499_666_774_154_541_6;

/// Both filters in a row, for two channels side by side.
#[derive(Debug, Clone)]
pub(super) struct KWeighting {
    /// Of the shelf: what stands before x, x one back, x two back, y one back, y two back.
    shelf: [f64; 5],
    /// Of the high pass: what stands before y one back, y two back. Before x it is 1, -2, 1.
    high_pass: [f64; 2],
    /// x, shelf's y, high pass's y; each one back and two back.
    state: [[f64; 2]; 6],
}

impl KWeighting {
    /// For samples at `rate` hertz.
    pub(super) fn new(rate: u32) -> Self {
        let rate = f64::from(rate);
        let (hertz, gain, quality) = SHELF;
        let k = (PI * hertz / rate).tan();
        let high = 10_f64.powf(gain / 20.0);
        let middle = high.powf(MIDDLE);
        let norm = 1.0 + k / quality + k * k;
        let shelf = [
            (high + middle * k / quality + k * k) / norm,
            2.0 * (k * k - high) / norm,
            (high - middle * k / quality + k * k) / norm,
            2.0 * (k * k - 1.0) / norm,
            (1.0 - k / quality + k * k) / norm,
        ];
        let (hertz, quality) = HIGH_PASS;
        let k = (PI * hertz / rate).tan();
        let norm = 1.0 + k / quality + k * k;
        let high_pass = [2.0 * (k * k - 1.0) / norm, (1.0 - k / quality + k * k) / norm];
        Self { shelf, high_pass, state: [[0.0; 2]; 6] }
    }

    /// Filters `frames`, and adds up the squares of each channel.
    pub(super) fn squares(&mut self, frames: &[[f32; 2]]) -> [f64; 2] {
        let [b0, b1, b2, a1, a2] = self.shelf;
        let [c1, c2] = self.high_pass;
        let [mut x1, mut x2, mut y1, mut y2, mut z1, mut z2] = self.state;
        let mut sum = [0.0; 2];
        for frame in frames {
            let x = frame.map(f64::from);
            let mut y = [0.0; 2];
            let mut z = [0.0; 2];
            for c in 0..2 {
                // The newest value joins last: what waits for it is one product and one sum.
                y[c] = (b0 * x[c] + b1 * x1[c] + b2 * x2[c] - a2 * y2[c]) - a1 * y1[c];
                z[c] = (y[c] - 2.0 * y1[c] + y2[c] - c2 * z2[c]) - c1 * z1[c];
                sum[c] += z[c] * z[c];
            }
            (x2, x1) = (x1, x);
            (y2, y1) = (y1, y);
            (z2, z1) = (z1, z);
        }
        self.state = [x1, x2, y1, y2, z1, z2];
        // What fades away in silence would end in numbers that processors are slow at.
        self.state.as_flattened_mut().iter_mut().filter(|s| s.abs() < 1e-30).for_each(|s| *s = 0.0);
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coefficients_of_the_recommendation_come_out() {
        let filter = KWeighting::new(48_000);
        let listed = [
            1.535_124_859_586_97,
            -2.691_696_189_406_38,
            1.198_392_810_852_85,
            -1.690_659_293_182_41,
            0.732_480_774_215_85,
        ];
        for (ours, listed) in filter.shelf.iter().zip(listed) {
            assert!((ours - listed).abs() < 1e-8, "{ours} {listed}");
        }
        for (ours, listed) in
            filter.high_pass.iter().zip([-1.990_047_454_833_98, 0.990_072_250_366_21])
        {
            assert!((ours - listed).abs() < 1e-8, "{ours} {listed}");
        }
    }

    #[test]
    fn silence_comes_to_rest() {
        let mut filter = KWeighting::new(8_000);
        filter.squares(&[[1.0, -1.0]; 800]);
        (0..200).for_each(|_| {
            filter.squares(&[[0.0; 2]; 800]);
        });
        assert_eq!(filter.state, [[0.0; 2]; 6]);
    }
}
