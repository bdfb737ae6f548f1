//! How an episode sounds: the decoded pass.
//!
//! [`crate::audio`] knows an MP3 by its frames; here its samples are heard. [`listen_file`] decodes a
//! file once, on all cores, and returns a [`Sound`]: loudness, peaks, silence, how the channels are,
//! and what the recording is known again by. Nothing here changes audio.
//!
//! * `decode` turns bytes into samples;
//! * `meter` turns samples into tenths of a second and sums, with `k_weighting`, `true_peak` and
//!   `spectrum` each one kind of look at them;
//! * `loudness`, `fingerprint` and `measures` make of these what is said of the whole;
//! * `read` is the only part that touches files.

mod cache;
mod decode;
mod describe;
mod fingerprint;
mod hex;
mod k_weighting;
mod loudness;
mod measures;
mod meter;
mod picture;
mod read;
mod remedy;
mod spectrum;
mod time_code;
mod true_peak;

pub use describe::describe;
pub use fingerprint::Fingerprint;
pub use measures::{Balance, CURVE, Loudness, Peak, SILENCE, Silence, Sound, Stretch, WAVEFORM};
pub use picture::picture;
pub use read::{listen_file, listen_to};
pub use remedy::loudnorm;
pub use time_code::time_code;

#[cfg(test)]
mod tests;
