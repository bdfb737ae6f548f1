//! Bytes where a frame should be and none is, and the search for the next one.

use super::header_frame::Lone;
use super::leading::{self, Inside, leading_zeros};
use super::sync::{Stream, Sync};
use super::tally::Run;
use super::window::{Seen, Window};
use crate::audio::damage::Filler;
use crate::audio::foreign::{self, Foreign};
use crate::audio::tag_kind::{OPENING, tag_opening};

/// What a search ends with.
#[derive(Debug)]
pub(super) enum Hit {
    Stream(Stream),
    /// A header frame behind which no stream goes on.
    Header(Box<Lone>),
    /// A tag, which is to be skipped by its size.
    Tag(Inside),
    /// The file is not an MP3.
    Foreign(Foreign),
}

/// The search for the next stream.
#[derive(Debug)]
pub(super) struct Seeking {
    /// Where a frame should have started.
    gap: u64,
    filler: Option<Filler>,
    /// How far zeros reach from `gap` on.
    zeros_to: u64,
    /// The frame whose header led to `gap`.
    suspect: Option<Suspect>,
    tried_gap: bool,
}

/// A frame that is not followed by another where its header says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Suspect {
    pub(super) at: u64,
    pub(super) header: u32,
    pub(super) length: usize,
}

impl Seeking {
    /// No frame is known to start at offset `gap`, to which `suspect` led.
    pub(super) fn new(gap: u64, suspect: Option<Suspect>) -> Self {
        Self { gap, filler: None, zeros_to: gap, suspect, tried_gap: false }
    }

    /// Whether nothing but zeros stands between the gap's start and offset `end`.
    pub(super) fn is_zero_up_to(&self, end: u64) -> bool {
        self.zeros_to == end
    }

    /// Searches up to offset `limit` and moves `at` along: to the stream that is found, or to where
    /// the search must go on. `known` is the stream before the gap.
    pub(super) fn search(
        &mut self,
        window: &Window<'_>,
        at: &mut u64,
        limit: u64,
        sync: &mut Sync,
        known: Option<&Stream>,
    ) -> Seen<Option<Hit>> {
        // Most often another stream or a tag sets in right where a frame should have.
        if !self.tried_gap {
            match self.at_gap(window, sync, known) {
                Seen::Later => return Seen::Later,
                Seen::Now(None) => self.tried_gap = true,
                Seen::Now(Some(hit)) => {
                    *at = self.gap;
                    return Seen::Now(Some(hit));
                }
            }
        }
        let from = window.index(*at);
        let limit = window.index(limit);
        let mut index = from;
        let mut hit = Seen::Now(None);
        while let Some(skip) = memchr::memchr3(0xFF, b'I', b'A', &window.bytes[index..limit]) {
            index += skip;
            hit = hit_at(window, index, sync, known);
            if !matches!(hit, Seen::Now(None)) {
                break;
            }
            index += 1;
        }
        if matches!(hit, Seen::Now(None)) {
            index = limit;
        }
        self.see(window, from, index);
        *at = window.offset(index);
        hit
    }

    /// What begins where the gap does, if it is none.
    fn at_gap(
        &mut self,
        window: &Window<'_>,
        sync: &mut Sync,
        known: Option<&Stream>,
    ) -> Seen<Option<Hit>> {
        let index = window.index(self.gap);
        match window.take(index, OPENING) {
            Seen::Later => return Seen::Later,
            Seen::Now(opening) => self.filler = tag_opening(opening).map(Filler::Tag),
        }
        match sync.stream_at(window, index, known) {
            Seen::Later => return Seen::Later,
            Seen::Now(Some(stream)) => return Seen::Now(Some(Hit::Stream(stream))),
            Seen::Now(None) => {}
        }
        match leading::short(window, self.gap) {
            Seen::Later => return Seen::Later,
            Seen::Now(Some(tag)) if known.is_some() => return Seen::Now(Some(Hit::Tag(tag))),
            Seen::Now(_) => {}
        }
        hit_at(window, index, sync, known)
    }

    /// Takes note of the bytes between two indices, which were searched.
    fn see(&mut self, window: &Window<'_>, from: usize, to: usize) {
        let from = from.max(window.index(self.zeros_to));
        if self.zeros_to >= window.base && from < to {
            self.zeros_to += leading_zeros(&window.bytes[from..to]) as u64;
        }
    }

    /// Where the frame in doubt ends, if it proves whole with the next one at offset `next`.
    pub(super) fn frame_end(&self, next: u64) -> Option<u64> {
        self.suspect.filter(|_| next >= self.gap).map(|_| self.gap)
    }

    /// The next frame starts at offset `next` (or the audio ends there): counts the frame in doubt
    /// if it was whole, and returns where the gap starts and what it holds.
    pub(super) fn settle(&self, next: u64, run: &mut Run) -> (u64, Filler) {
        let zeros = self.zeros_to - self.gap;
        let filler =
            self.filler.unwrap_or(if zeros >= 16 { Filler::Zeros(zeros) } else { Filler::Data });
        match self.suspect {
            Some(suspect) if next < self.gap => (suspect.at, Filler::Data),
            Some(suspect) => {
                run.count(suspect.header, suspect.length);
                (self.gap, filler)
            }
            None => (self.gap, filler),
        }
    }
}

/// What begins at `index`.
fn hit_at(
    window: &Window<'_>,
    index: usize,
    sync: &mut Sync,
    known: Option<&Stream>,
) -> Seen<Option<Hit>> {
    if window.bytes.get(index) != Some(&0xFF) {
        return match leading::between(window, window.offset(index)) {
            Seen::Later => Seen::Later,
            Seen::Now(tag) => Seen::Now(tag.map(Hit::Tag)),
        };
    }
    match sync.stream_at(window, index, known) {
        Seen::Later => return Seen::Later,
        Seen::Now(Some(stream)) => return Seen::Now(Some(Hit::Stream(stream))),
        Seen::Now(None) => {}
    }
    match Lone::at(window, index) {
        Seen::Later => return Seen::Later,
        Seen::Now(Some(lone)) => return Seen::Now(Some(Hit::Header(Box::new(lone)))),
        Seen::Now(None) => {}
    }
    // Once there is MPEG audio, other audio is but a gap in it.
    if known.is_some() {
        return Seen::Now(None);
    }
    match foreign::other_audio(window, index) {
        Seen::Later => Seen::Later,
        Seen::Now(foreign) => Seen::Now(foreign.map(Hit::Foreign)),
    }
}
