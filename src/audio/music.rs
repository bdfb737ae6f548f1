//! The check sum over the audio that an encoder notes in its header frame: CRC-16/ARC of as many
//! bytes behind the header frame as it says ("Mp3 Info Tag revision 1" of the LAME project).

use std::ops::Range;

use super::walk::HeaderFrame;
use super::walk::window::Window;

/// A check sum that is being taken.
#[derive(Debug)]
pub(super) struct Music {
    /// Which header frame notes it.
    header: usize,
    range: Range<u64>,
    noted: u16,
    crc: crc_fast::Digest,
}

/// A check sum beside the one that the encoder noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum {
    /// Which header frame notes it.
    pub(super) header: usize,
    pub(super) noted: u16,
    pub(super) found: u16,
}

impl Sum {
    pub(super) fn holds(&self) -> bool {
        self.noted == self.found
    }
}

impl Music {
    /// What to check, if the encoder noted a check sum in this header frame.
    pub(super) fn of(header: usize, frame: &HeaderFrame) -> Option<Self> {
        let lame = frame.claims.lame?;
        let end = frame.range.start.saturating_add(lame.music_bytes?);
        let range = frame.range.end..end;
        let crc = crc_fast::Digest::new(crc_fast::CrcAlgorithm::Crc16Arc);
        (range.start < range.end).then_some(Self { header, range, noted: lame.music_crc?, crc })
    }

    /// Takes what the window's bytes from `fresh` up to `done` add.
    pub(super) fn update(&mut self, window: &Window<'_>, fresh: usize, done: usize) {
        let from = window.index(self.range.start).clamp(fresh, done);
        let to = window.index(self.range.end).clamp(from, done);
        self.crc.update(&window.bytes[from..to]);
    }

    /// The check sum, if all its bytes were there.
    pub(super) fn finish(self, end: u64) -> Option<Sum> {
        let found = u16::try_from(self.crc.finalize()).unwrap_or(0);
        let Self { header, noted, .. } = self;
        (self.range.end <= end).then_some(Sum { header, noted, found })
    }
}
