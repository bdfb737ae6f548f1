//! What the walk has come upon.

use super::header_frame::{FirstFrame, HeaderFrame, Headers};
use super::tally::BitRate;
use crate::audio::bounded_list::Listing;
use crate::audio::damage::{Damage, Harm};
use crate::audio::foreign::Foreign;
use crate::audio::header::Format;
use crate::audio::tag_kind::FoundTag;
use crate::audio::time::PlayTime;

/// Everything that the walk finds out.
#[derive(Debug)]
pub(in crate::audio) enum Walked {
    Audio(Box<Audio>),
    Foreign(Foreign),
}

/// What is known of the audio once all of it was walked.
#[derive(Debug)]
pub(in crate::audio) struct Audio {
    pub(in crate::audio) start: u64,
    pub(in crate::audio) tags: Listing<FoundTag>,
    pub(in crate::audio) damage: Listing<Damage>,
    pub(in crate::audio) format: Format,
    pub(in crate::audio) frames_start: u64,
    pub(in crate::audio) frames_end: u64,
    pub(in crate::audio) frames: u64,
    pub(in crate::audio) samples: u64,
    pub(in crate::audio) time: PlayTime,
    pub(in crate::audio) bit_rate: BitRate,
    /// Mean bit rate in bit/s.
    pub(in crate::audio) bits_per_second: u64,
    pub(in crate::audio) headers: Vec<HeaderFrame>,
    pub(in crate::audio) first: Option<FirstFrame>,
    pub(in crate::audio) checksums: Checksums,
}

/// What the walk has come upon.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) start: Option<u64>,
    pub(super) tags: Listing<FoundTag>,
    pub(super) faults: Faults,
    pub(super) format: Option<Format>,
    pub(super) frames_start: u64,
    pub(super) frames_end: u64,
    pub(super) headers: Headers,
    pub(super) first: Option<FirstFrame>,
    /// The next frame is the first one, of the file or behind a header frame.
    pub(super) awaits_first: bool,
    pub(super) checksums: Checksums,
}

/// Faults, of which the gravest are kept however many others come before them.
#[derive(Debug, Default)]
pub(super) struct Faults {
    lost: Listing<Damage>,
    others: Listing<Damage>,
}

impl Faults {
    pub(super) fn push(&mut self, damage: Damage) {
        let list = if damage.harm() == Harm::Lost { &mut self.lost } else { &mut self.others };
        list.push(damage);
    }

    /// Keeps the fault however many others there are.
    pub(super) fn push_always(&mut self, damage: Damage) {
        self.others.push_always(damage);
    }

    /// All that are kept, in the file's order, and the number of all.
    pub(super) fn sorted(self) -> Listing<Damage> {
        let count = self.lost.count + self.others.count;
        let mut first: Vec<_> = self.lost.first.into_iter().chain(self.others.first).collect();
        first.sort_by_key(|damage| damage.offset());
        Listing { first, count }
    }
}

/// The frames' own check sums.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::audio) struct Checksums {
    pub(in crate::audio) checked: u64,
    pub(in crate::audio) wrong: u64,
    /// Where the first frame stands whose check sum does not hold.
    pub(in crate::audio) first: u64,
}
