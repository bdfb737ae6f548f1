//! The walk: from frame to frame, and what to make of bytes that are none.
//!
//! A frame is counted once the next header is seen where its own says the next frame starts (or the
//! audio ends there). Where it is not, the stream is searched for from the frame in doubt on: a
//! frame whose header was damaged announces a wrong length, and the true next frame may well start
//! before that. Nothing in front of the position is ever looked at again, and [`window::REACH`]
//! bounds how far the walk looks ahead, so a caller keeps no more bytes than that.

mod header_frame;
mod leading;
mod seeking;
mod sync;
mod tally;
pub(super) mod window;

use std::ops::Range;

pub(super) use self::header_frame::HeaderFrame;
use self::header_frame::{Headers, Lone};
use self::leading::{Ended, Inside};
use self::seeking::{Hit, Seeking, Suspect};
use self::sync::{Stream, Sync};
pub use self::tally::BitRate;
use self::tally::{Run, Tally};
use self::window::{Seen, Window, word};
use super::bounded_list::Listing;
use super::damage::{Damage, Filler, Harm, Place};
use super::foreign::{self, Foreign};
use super::header::{Format, Header};
use super::tag_kind::{FoundTag, OPENING};
use super::time::PlayTime;
use super::xing::{self, Claims};

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
    /// The payload's first bytes, in case that they are no audio.
    head: Vec<u8>,
}

/// What the walk has come upon.
#[derive(Debug, Default)]
struct Found {
    start: Option<u64>,
    tags: Listing<FoundTag>,
    faults: Faults,
    format: Option<Format>,
    frames_start: u64,
    frames_end: u64,
    headers: Headers,
    first: Option<FirstFrame>,
    /// The next frame is the first one, of the file or behind a header frame.
    awaits_first: bool,
    checksums: Checksums,
}

/// Faults, of which the gravest are kept however many others come before them.
#[derive(Debug, Default)]
struct Faults {
    lost: Listing<Damage>,
    others: Listing<Damage>,
}

impl Faults {
    fn push(&mut self, damage: Damage) {
        let list = if damage.harm() == Harm::Lost { &mut self.lost } else { &mut self.others };
        list.push(damage);
    }

    /// All that are kept, in the file's order, and the number of all.
    fn sorted(self) -> Listing<Damage> {
        let count = self.lost.count + self.others.count;
        let mut first: Vec<_> = self.lost.first.into_iter().chain(self.others.first).collect();
        first.sort_by_key(|damage| damage.offset());
        Listing { first, count }
    }
}

/// The first frame that plays, of a file or behind a header frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct FirstFrame {
    pub(super) at: u64,
    /// Bytes before it that its sound starts at.
    pub(super) reaches_back: u64,
    /// Its bit rate in kbit/s.
    pub(super) kbps: u32,
}

/// The frames' own check sums.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Checksums {
    pub(super) checked: u64,
    pub(super) wrong: u64,
    /// Where the first frame stands whose check sum does not hold.
    pub(super) first: u64,
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
    /// In a file that is no MP3.
    Ignoring(Foreign),
}

/// Everything that the walk finds out.
#[derive(Debug)]
pub(super) enum Walked {
    Audio(Box<Audio>),
    Foreign(Foreign),
}

/// What is known of the audio once all of it was walked.
#[derive(Debug)]
pub(super) struct Audio {
    pub(super) start: u64,
    pub(super) tags: Listing<FoundTag>,
    pub(super) damage: Listing<Damage>,
    pub(super) format: Format,
    pub(super) frames_start: u64,
    pub(super) frames_end: u64,
    pub(super) frames: u64,
    pub(super) samples: u64,
    pub(super) time: PlayTime,
    pub(super) bit_rate: BitRate,
    /// Mean bit rate in bit/s.
    pub(super) bits_per_second: u64,
    pub(super) headers: Vec<HeaderFrame>,
    pub(super) first: Option<FirstFrame>,
    pub(super) checksums: Checksums,
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

    /// Looks at what only some frames have: the first one's reach, a check sum, a header frame's
    /// mark.
    #[cold]
    fn look_at(&mut self, header: u32, window: &Window<'_>, frame: Range<usize>) {
        let at = window.offset(frame.start);
        let bytes = &window.bytes[frame];
        let Some(header) = Header::parse(header) else { return };
        if Claims::is_header_frame(header, bytes) {
            self.found.faults.push(Damage::SecondHeader { at });
            if let Some(claims) = Claims::read(header, bytes) {
                let before = self.frames();
                self.found.headers.push(at, bytes.len(), header, claims, before, before + 1);
                self.found.awaits_first = true;
            }
            return;
        }
        if std::mem::take(&mut self.found.awaits_first)
            && let Some(reaches_back) = header.reaches_back(bytes)
        {
            let kbps = self.stream.map_or(0, |stream| stream.kbps(header.rate_index()));
            let first = FirstFrame { at, reaches_back, kbps };
            self.found.first.get_or_insert(first);
            self.found.headers.starts_with(first);
        }
        if header.has_crc() {
            self.found.checksums.checked += 1;
            if !header.crc_holds(bytes) {
                if self.found.checksums.wrong == 0 {
                    self.found.checksums.first = at;
                }
                self.found.checksums.wrong += 1;
            }
        }
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

    /// Ends the search for a frame here, where something is found, and takes note of the bytes that
    /// were searched.
    fn settle(&mut self) {
        let State::Seeking(seeking) = &self.state else { return };
        let (from, filler) = seeking.settle(self.at, &mut self.run);
        if let Some(end) = seeking.frame_end(self.at) {
            self.found.frames_end = end;
        }
        if from == self.at {
            return;
        }
        match self.loose_tag.take() {
            Some(Ended { tag, stated, .. }) => {
                let actual = self.at - tag.range.start;
                self.found.faults.push(Damage::TagSize { at: tag.range.start, stated, actual });
                self.found.start = Some(self.at);
            }
            None => self.gap(from..self.at, filler),
        }
    }

    /// Takes note of bytes that are no frames. How far they reach is told once all is known.
    fn gap(&mut self, range: Range<u64>, filler: Filler) {
        let place = if self.stream.is_some() { Place::Middle } else { Place::Front };
        let harm = match (place, filler) {
            (Place::Middle, Filler::Tag(_)) => Harm::Misleading,
            (Place::Middle, _) => Harm::Lost,
            _ => Harm::Untidy,
        };
        let (at, bytes) = (range.start, range.end - range.start);
        let time = PlayTime::ZERO;
        self.found.faults.push(Damage::Gap { at, bytes, place, filler, time, harm });
    }

    /// Takes up `stream`, which begins here.
    fn lock(&mut self, window: &Window<'_>, stream: Stream) {
        self.settle();
        let at = self.at;
        self.state = State::Locked;
        let format = stream.header.format();
        match &self.stream {
            Some(before) => {
                let from = before.header.format();
                if !before.header.continues(stream.header.bits()) {
                    self.found.faults.push(Damage::FormatChange { at, from, to: format });
                }
                self.tally.add(before, std::mem::take(&mut self.run));
            }
            None => {
                self.found.format = Some(format);
                self.found.awaits_first = true;
                if self.lone.is_none() {
                    self.found.frames_start = at;
                }
                self.found.frames_end = at;
                self.read_header_frame(window, stream);
            }
        }
        self.stream = Some(stream);
    }

    /// Reads the header frame, if the first frame is one, and steps over it: it plays nothing.
    fn read_header_frame(&mut self, window: &Window<'_>, stream: Stream) {
        let index = window.index(self.at);
        let length = word(window.bytes, index).and_then(|header| stream.length(header));
        let frame = length.and_then(|length| window.bytes.get(index..index + length));
        let Some(frame) = frame else { return };
        if let Some(claims) = Claims::read(stream.header, frame) {
            self.found.headers.push(self.at, frame.len(), stream.header, claims, 0, 0);
            self.at += frame.len() as u64;
            self.found.frames_end = self.at;
        }
    }

    /// Steps over a header frame behind which no frame follows; the next one is searched for.
    fn pass_header_frame(&mut self, lone: Lone) {
        let frames = self.frames();
        self.found.headers.push(self.at, lone.bytes, lone.header, lone.claims, frames, frames);
        self.found.awaits_first = true;
        if self.stream.is_none() && self.lone.is_none() {
            self.found.start.get_or_insert(self.at);
            self.found.frames_start = self.at;
            self.found.format = Some(lone.header.format());
            self.lone = Some(Stream::regular(lone.header));
        }
        if let Some(need) = lone.cut {
            let have = lone.bytes as u64;
            self.found.faults.push(Damage::CutFrame { at: self.at, have, need });
        }
        self.at += lone.bytes as u64;
        if self.stream.is_none() {
            self.found.frames_end = self.at;
        }
        self.state = State::Seeking(Seeking::new(self.at, None));
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
                    self.found.faults.others.push_always(gap);
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
