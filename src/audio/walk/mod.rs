//! The walk: from frame to frame, and what to make of bytes that are none.
//!
//! A frame is counted once the next header is seen where its own says the next frame starts (or the
//! audio ends there). Where it is not, the stream is searched for from the frame in doubt on: a
//! frame whose header was damaged announces a wrong length, and the true next frame may well start
//! before that. Nothing in front of the position is ever looked at again, and [`window::REACH`]
//! bounds how far the walk looks ahead, so a caller keeps no more bytes than that.

mod found;
mod header_frame;
mod joints;
mod leading;
mod seeking;
mod sync;
mod tally;
pub(super) mod window;

use self::found::Found;
pub(super) use self::found::{Audio, Checksums, Walked};
use self::header_frame::Lone;
pub(super) use self::header_frame::{FirstFrame, HeaderFrame};
use self::leading::{Ended, Inside};
use self::seeking::{Hit, Seeking, Suspect};
use self::sync::{Stream, Sync};
pub use self::tally::BitRate;
use self::tally::{Run, Tally};
use self::window::{Seen, Window, word};
use super::damage::{Damage, Filler, Harm, Place};
use super::foreign::{self, Foreign};
use super::tag_kind::{FoundTag, OPENING};
use super::time::PlayTime;
use super::xing;

/// Walks the frames of a file's leading tags and audio.
#[derive(Debug)]
pub(super) struct Walker {
    /// Offset of the first byte that is not decided yet.
    at: u64,
    state: State,
    sync: Sync,
    stream: Option<Stream>,
    /// What a header frame announces behind which no frame follows.
    lone: Option<Stream>,
    run: Run,
    tally: Tally,
    found: Found,
    /// The last leading tag, if it seems longer than it says.
    loose_tag: Option<Ended>,
    /// The payload's first bytes, in case that they are not audio.
    head: Vec<u8>,
}

#[derive(Debug)]
enum State {
    /// Between leading tags, or at their end.
    Boundary,
    /// In a leading tag.
    InTag(Inside),
    /// At the payload's first byte.
    Opening,
    /// Looking for a frame.
    Seeking(Seeking),
    /// At a frame's header.
    Locked,
    /// In a tag between frames, or behind them.
    Between(Inside),
    /// In a file that is not an MP3.
    Ignoring(Foreign),
}

/// The header bit that is clear where a check sum follows.
const PROTECTION: u32 = 0x0001_0000;

/// Whether to step on.
enum Flow {
    Go,
    /// Not before more bytes are in view.
    Wait,
}

impl Walker {
    pub(super) fn new() -> Self {
        Self {
            at: 0,
            state: State::Boundary,
            sync: Sync::new(),
            stream: None,
            lone: None,
            run: Run::default(),
            tally: Tally::default(),
            found: Found::default(),
            loose_tag: None,
            head: Vec::new(),
        }
    }

    /// Offset of the first byte that is not decided yet: what comes before is not needed any more.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// Where the payload starts, once that is known.
    pub(super) fn payload_start(&self) -> Option<u64> {
        self.found.start
    }

    /// The header frames seen so far, the first [`header_frame::MOST`] of them.
    pub(super) fn headers(&self) -> &[HeaderFrame] {
        self.found.headers.seen()
    }

    /// Frames that play, counted so far.
    fn frames(&self) -> u64 {
        self.tally.frames + self.run.frames
    }

    /// Walks up to offset `limit`, or until more bytes must be in view.
    ///
    /// The window holds the byte at [`Walker::position`], unless that lies beyond it.
    pub(super) fn run(&mut self, window: &Window<'_>, limit: u64) {
        let limit = limit.min(window.end());
        while self.at < limit {
            if let Flow::Wait = self.step(window, limit) {
                return;
            }
        }
    }

    fn step(&mut self, window: &Window<'_>, limit: u64) -> Flow {
        match &mut self.state {
            State::Boundary => match leading::open(window, self.at) {
                Seen::Later => Flow::Wait,
                Seen::Now(None) => {
                    self.state = State::Opening;
                    Flow::Go
                }
                Seen::Now(Some(tag)) => {
                    if tag.misspelt {
                        self.found.faults.push(Damage::TagSizeSpelling { at: self.at });
                    }
                    self.at = tag.contents();
                    self.state = State::InTag(tag);
                    Flow::Go
                }
            },
            State::InTag(tag) => match tag.step(window, &mut self.at, &mut self.sync) {
                Seen::Later => Flow::Wait,
                Seen::Now(None) => Flow::Go,
                Seen::Now(Some(ended)) => {
                    self.end_tag(ended);
                    Flow::Go
                }
            },
            State::Opening => self.open(window),
            State::Seeking(_) => self.seek(window, limit),
            State::Locked => self.walk(window, limit),
            State::Between(tag) => match tag.step(window, &mut self.at, &mut self.sync) {
                Seen::Later => Flow::Wait,
                Seen::Now(None) => Flow::Go,
                Seen::Now(Some(ended)) => {
                    let FoundTag { kind, range } = ended.tag;
                    self.gap(range, Filler::Tag(kind));
                    self.state = State::Seeking(Seeking::new(self.at, None));
                    Flow::Go
                }
            },
            State::Ignoring(_) => {
                self.at = window.end();
                Flow::Go
            }
        }
    }

    fn end_tag(&mut self, ended: Ended) {
        self.found.tags.push(ended.tag.clone());
        let (tag, stated) = (&ended.tag.range, ended.stated);
        let actual = tag.end - tag.start;
        if actual < stated {
            self.found.faults.push(Damage::TagSize { at: tag.start, stated, actual });
        }
        self.loose_tag = ended.overrun.then_some(ended);
        self.state = State::Boundary;
    }

    /// At the payload's first byte: is it a frame, or another kind of file?
    fn open(&mut self, window: &Window<'_>) -> Flow {
        let index = window.index(self.at);
        let Seen::Now(head) = window.take(index, foreign::HEAD) else { return Flow::Wait };
        let stream = match self.sync.stream_at(window, index, None) {
            Seen::Later => return Flow::Wait,
            Seen::Now(stream) => stream,
        };
        let lone = match Lone::at(window, index) {
            Seen::Later => return Flow::Wait,
            Seen::Now(lone) => lone.filter(|_| stream.is_none()),
        };
        if stream.is_some() || lone.is_some() || self.loose_tag.is_none() {
            self.loose_tag = None;
            self.found.start = Some(self.at);
        }
        if let Some(stream) = stream {
            self.lock(window, stream);
        } else if let Some(lone) = lone {
            self.pass_header_frame(lone);
        } else if let Some(foreign) = foreign::by_magic(head).filter(|_| self.loose_tag.is_none()) {
            // Not behind a tag that goes on here: it may well hold a picture.
            self.state = State::Ignoring(foreign);
        } else {
            self.head = head.to_vec();
            self.state = State::Seeking(Seeking::new(self.at, None));
        }
        Flow::Go
    }

    /// Goes from header to header.
    fn walk(&mut self, window: &Window<'_>, limit: u64) -> Flow {
        let Some(stream) = self.stream else { return Flow::Wait };
        let bytes = window.bytes;
        let limit = window.index(limit);
        let mark = xing::mark_offset(stream.header);
        let mut at = window.index(self.at);
        let Seen::Now(opening) = window.take(at, OPENING) else { return Flow::Wait };
        let Some((mut header, mut length)) =
            word(opening, 0).and_then(|header| Some((header, stream.length(header)?)))
        else {
            self.state = State::Seeking(Seeking::new(self.at, None));
            return Flow::Go;
        };
        let mut run = self.run;
        let flow = loop {
            let next = at + length;
            let following = word(bytes, next);
            if let Some((following, next_length)) =
                following.and_then(|header| Some((header, stream.length(header)?)))
            {
                let special = header & PROTECTION == 0
                    || self.found.awaits_first
                    || word(bytes, at + mark).is_some_and(xing::is_mark);
                if special {
                    self.run = run;
                    self.look_at(header, window, at..next);
                }
                run.count(header, length);
                (at, header, length) = (next, following, next_length);
                if at >= limit {
                    break Flow::Go;
                }
                continue;
            }
            // No frame follows: the audio ends here, or goes on beyond a gap.
            if let Seen::Later = window.take(next, OPENING) {
                break Flow::Wait;
            }
            self.run = run;
            self.look_at(header, window, at..next.min(bytes.len()));
            if next == bytes.len() {
                run.count(header, length);
                at = next;
            } else if next > bytes.len() {
                self.found.faults.push(Damage::CutFrame {
                    at: window.offset(at),
                    have: (bytes.len() - at) as u64,
                    need: length as u64,
                });
                self.found.frames_end = window.offset(at);
                self.at = window.end();
                return Flow::Go;
            } else if stream.header.opens(&bytes[next..]) {
                // Only the first bytes of the next frame's header are left.
                run.count(header, length);
                self.run = run;
                let (at, have) = (window.offset(next), (bytes.len() - next) as u64);
                self.found.faults.push(Damage::CutFrame { at, have, need: length as u64 });
                self.found.frames_end = at;
                self.at = window.end();
                return Flow::Go;
            } else {
                let suspect = Suspect { at: window.offset(at), header, length };
                self.state = State::Seeking(Seeking::new(window.offset(next), Some(suspect)));
            }
            break Flow::Go;
        };
        self.run = run;
        self.found.frames_end = window.offset(at);
        // The frame in doubt is one already; the search goes on behind its first byte.
        let in_doubt = matches!(self.state, State::Seeking(_));
        self.at = self.found.frames_end + u64::from(in_doubt);
        flow
    }

    /// Looks for the next stream.
    fn seek(&mut self, window: &Window<'_>, limit: u64) -> Flow {
        let State::Seeking(seeking) = &mut self.state else { return Flow::Go };
        let known = self.stream.or(self.lone);
        match seeking.search(window, &mut self.at, limit, &mut self.sync, known.as_ref()) {
            Seen::Later => return Flow::Wait,
            Seen::Now(None) => {}
            Seen::Now(Some(Hit::Stream(stream))) => self.lock(window, stream),
            Seen::Now(Some(Hit::Header(lone))) => {
                self.settle();
                if self.stream.is_some() || self.lone.is_some() {
                    self.found.faults.push(Damage::SecondHeader { at: self.at });
                }
                self.pass_header_frame(*lone);
            }
            Seen::Now(Some(Hit::Tag(tag))) => {
                self.settle();
                self.at = tag.contents();
                self.state = State::Between(tag);
            }
            Seen::Now(Some(Hit::Foreign(foreign))) => self.state = State::Ignoring(foreign),
        }
        Flow::Go
    }

    /// What there was, once the window that ends with the audio was walked.
    pub(super) fn finish(mut self, end: u64) -> Walked {
        let mut all_zeros = false;
        match self.state {
            State::Ignoring(foreign) => return Walked::Foreign(foreign),
            State::Seeking(seeking) => {
                all_zeros = seeking.is_zero_up_to(end);
                let (from, filler) = seeking.settle(end, &mut self.run);
                if let Some(frame_end) = seeking.frame_end(end) {
                    self.found.frames_end = frame_end;
                }
                if from < end {
                    let (at, bytes, place) = (from, end - from, Place::End);
                    let (time, harm) = (PlayTime::ZERO, Harm::Untidy);
                    let gap = Damage::Gap { at, bytes, place, filler, time, harm };
                    self.found.faults.push_always(gap);
                }
            }
            State::Between(ref tag) => {
                let (range, filler) = (tag.start()..end, Filler::Tag(tag.kind()));
                self.gap(range, filler);
            }
            State::Boundary | State::InTag(_) | State::Opening | State::Locked => {}
        }
        let (Some(stream), Some(format)) = (self.stream.or(self.lone), self.found.format) else {
            return Walked::Foreign(match self.head.is_empty() {
                true => Foreign::OnlyTags,
                false if all_zeros => Foreign::Zeros,
                false => foreign::by_text(&self.head),
            });
        };
        self.tally.add(&stream, self.run);
        Walked::Audio(Box::new(Audio {
            start: self.found.start.unwrap_or(self.found.frames_start),
            tags: self.found.tags,
            damage: self.found.faults.sorted(),
            format,
            frames_start: self.found.frames_start,
            frames_end: self.found.frames_end,
            frames: self.tally.frames,
            samples: self.tally.samples,
            time: self.tally.time,
            bit_rate: self.tally.bit_rate(),
            bits_per_second: self.tally.bits_per_second(),
            headers: self.found.headers.into_seen(),
            first: self.found.first,
            checksums: self.found.checksums,
        }))
    }
}
