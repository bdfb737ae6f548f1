//! Playing time, exact at every sample rate that MPEG audio knows.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A playing time.
///
/// Counted in ticks of 1/14,112,000 s, the least common multiple of all nine sample rates of
/// MPEG-1, -2 and -2.5, so that adding up streams of different rates rounds nothing.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct PlayTime(u64);

const TICKS: u64 = 14_112_000;

impl PlayTime {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// The time that `samples` take at `rate` hertz (one of MPEG audio's rates, else rounded down).
    pub fn of(samples: u64, rate: u32) -> Self {
        let per_sample = TICKS.checked_div(u64::from(rate)).unwrap_or(0);
        Self(samples.saturating_mul(per_sample))
    }

    /// The time in milliseconds, rounded to the nearest.
    pub fn milliseconds(self) -> u64 {
        let tick = TICKS / 1000;
        (self.0 + tick / 2) / tick
    }

    /// The time in seconds, rounded to the nearest.
    pub fn seconds(self) -> u64 {
        (self.0 + TICKS / 2) / TICKS
    }

    /// What is left when `other` is taken off; zero at least.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The time that `bytes` take at `rate` bit/s; none at no rate.
    pub(super) fn of_bytes(bytes: u64, rate: u64) -> Self {
        let ticks = u128::from(bytes) * 8 * u128::from(TICKS);
        let ticks = ticks.checked_div(u128::from(rate)).unwrap_or(0);
        Self(u64::try_from(ticks).unwrap_or(u64::MAX))
    }

    /// Mean bit rate in bit/s of `bytes` that play for this time; zero for no time.
    pub(super) fn bits_per_second(self, bytes: u64) -> u64 {
        let bits = u128::from(bytes) * 8 * u128::from(TICKS);
        let time = u128::from(self.0);
        u64::try_from((bits + time / 2).checked_div(time).unwrap_or(0)).unwrap_or(u64::MAX)
    }
}

impl std::ops::Add for PlayTime {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::AddAssign for PlayTime {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// Rounded down to the nanosecond.
impl From<PlayTime> for Duration {
    fn from(time: PlayTime) -> Self {
        let whole = Self::from_secs(time.0 / TICKS);
        whole + Self::from_nanos((time.0 % TICKS) * 1_000_000_000 / TICKS)
    }
}

/// `0:58:48.013`: hours, minutes, seconds, milliseconds.
impl fmt::Display for PlayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.milliseconds();
        let (s, ms) = (ms / 1000, ms % 1000);
        write!(f, "{}:{:02}:{:02}.{ms:03}", s / 3600, s / 60 % 60, s % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_divides_the_tick_exactly() {
        for rate in [44100, 48000, 32000, 22050, 24000, 16000, 11025, 12000, 8000] {
            assert_eq!(TICKS % u64::from(rate), 0, "{rate}");
            assert_eq!(PlayTime::of(u64::from(rate) * 7, rate).milliseconds(), 7000);
        }
    }

    #[test]
    fn rounding_is_to_the_nearest() {
        let time = PlayTime::of(1152, 44100); // 26.122449 ms
        assert_eq!(time.milliseconds(), 26);
        assert_eq!(Duration::from(time).as_nanos(), 26_122_448);
        assert_eq!(PlayTime::of(44099, 44100).milliseconds(), 1000);
        assert_eq!(PlayTime::of(22050, 44100).seconds(), 1);
    }

    #[test]
    fn it_reads_like_a_clock() {
        assert_eq!(PlayTime::of(44100 * 3528, 44100).to_string(), "0:58:48.000");
        assert_eq!(PlayTime::of(48000 * 36_001, 48000).to_string(), "10:00:01.000");
    }

    #[test]
    fn a_century_of_audio_is_still_exact() {
        let seconds = 100 * 365 * 24 * 3600;
        assert_eq!(PlayTime::of(seconds * 48000, 48000).milliseconds(), seconds * 1000);
        assert_eq!(PlayTime::of(u64::MAX, 8000) + PlayTime::of(1, 8000), PlayTime(u64::MAX));
    }
}
