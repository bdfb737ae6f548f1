//! The traps of real-world MP3 files, each built byte by byte, and the verdict that is right.
#![expect(clippy::cast_possible_truncation, reason = "the numbers are the tests' own")]

mod evidence;
mod files;
mod foreign;
mod mutations;
mod properties;
mod real;
mod sound;
mod tags;
mod unsound;

use super::testing::{FRAME, Frame};
use super::{Content, Depth, Foreign, Mp3, Probe, probe_bytes};

/// What these bytes are, as an MP3.
fn mp3(bytes: &[u8]) -> Mp3 {
    match probe_bytes(bytes, Depth::Walk).content {
        Content::Mp3(mp3) => *mp3,
        other => panic!("no MP3: {other:?}"),
    }
}

/// What these bytes are that are no MP3.
fn foreign(bytes: &[u8]) -> Foreign {
    match probe_bytes(bytes, Depth::Walk).content {
        Content::Foreign(foreign) => foreign,
        other => panic!("not foreign: {other:?}"),
    }
}

/// The lines that tell what is wrong.
fn told(mp3: &Mp3) -> Vec<String> {
    mp3.damage.iter().map(ToString::to_string).collect()
}

/// Asserts that nothing is wrong, and that these many frames play.
#[track_caller]
fn assert_sound(mp3: &Mp3, frames: u64) {
    assert_eq!(told(mp3), [""; 0]);
    assert_eq!(mp3.frames, frames);
}

const OTHER_RATE: Frame = Frame { hertz: 48000, ..FRAME };
const MONO: Frame = Frame { mono: true, kbps: 64, ..FRAME };
