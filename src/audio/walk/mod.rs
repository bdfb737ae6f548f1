//! The walk: from frame to frame, and what to make of bytes that are none.
//!
//! A frame is counted once the next header is seen where its own says the next frame starts (or the
//! audio ends there). Where it is not, the stream is searched for from the frame in doubt on: a
//! frame whose header was damaged announces a wrong length, and the true next frame may well start
//! before that. Nothing in front of the position is ever looked at again, and [`window::REACH`]
//! bounds how far the walk looks ahead, so a caller keeps no more bytes than that.

mod leading;
mod seeking;
mod sync;
mod tally;
pub(super) mod window;

use self::leading::{Ended, Inside};
use self::seeking::{Hit, Seeking, Suspect};
use self::sync::{Stream, Sync};
pub use self::tally::BitRate;
use self::tally::{Run, Tally};
use self::window::{Seen, Window, word};
use super::bounded_list::Listing;
use super::damage::{Damage, Place};
use super::foreign::{self, Foreign};
use super::header::Format;
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
    damage: Listing<Damage>,
    format: Option<Format>,
    frames_start: u64,
    frames_end: u64,
    header_frame: Option<(u64, u64)>,
    claims: Option<Claims>,
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
    pub(super) header_frame: Option<(u64, u64)>,
    pub(super) claims: Option<Claims>,
}

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

    /// The header frame's end, and what it claims, once it was seen.
    pub(super) fn header_frame(&self) -> Option<((u64, u64), &Claims)> {
        self.found.header_frame.zip(self.found.claims.as_ref())
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
                        self.found.damage.push(Damage::TagSizeSpelling { at: self.at });
                    }
                    self.at = leading::contents(self.at);
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
            self.found.damage.push(Damage::TagSize { at: tag.start, stated, actual });
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
        if stream.is_some() || self.loose_tag.is_none() {
            self.loose_tag = None;
            self.found.start = Some(self.at);
        }
        if let Some(stream) = stream {
            self.lock(window, stream);
        } else if let Some(foreign) = foreign::by_magic(head).filter(|_| self.loose_tag.is_none()) {
            // Not behind a tag that goes on here: it may well hold a picture.
            self.state = State::Ignoring(foreign);
        } else {
            self.head = head.to_vec();
            self.state = State::Seeking(Seeking::new(self.at, head, None));
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
            self.state = State::Seeking(Seeking::new(self.at, opening, None));
            return Flow::Go;
        };
        let mut run = self.run;
        let flow = loop {
            let next = at + length;
            let following = word(bytes, next);
            if let Some((following, next_length)) =
                following.and_then(|header| Some((header, stream.length(header)?)))
            {
                if word(bytes, at + mark).is_some_and(xing::is_mark)
                    && Claims::is_header_frame(stream.header, &bytes[at..next])
                {
                    self.found.damage.push(Damage::SecondHeader { at: window.offset(at) });
                }
                run.count(header, length);
                (at, header, length) = (next, following, next_length);
                if at >= limit {
                    break Flow::Go;
                }
                continue;
            }
            // No frame follows: the audio ends here, or goes on beyond a gap.
            let Seen::Now(opening) = window.take(next, OPENING) else { break Flow::Wait };
            if next == bytes.len() {
                run.count(header, length);
                at = next;
            } else if next > bytes.len() {
                self.found.damage.push(Damage::CutFrame {
                    at: window.offset(at),
                    have: (bytes.len() - at) as u64,
                    need: length as u64,
                });
                self.found.frames_end = window.offset(at);
                self.run = run;
                self.at = window.end();
                return Flow::Go;
            } else {
                let suspect = Suspect { at: window.offset(at), header, length };
                let gap = window.offset(next);
                self.state = State::Seeking(Seeking::new(gap, opening, Some(suspect)));
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
        match seeking.search(window, &mut self.at, limit, &mut self.sync, self.stream.as_ref()) {
            Seen::Later => return Flow::Wait,
            Seen::Now(None) => {}
            Seen::Now(Some(Hit::Stream(stream))) => self.lock(window, stream),
            Seen::Now(Some(Hit::Foreign(foreign))) => self.state = State::Ignoring(foreign),
        }
        Flow::Go
    }

    /// Takes up `stream`, which begins here.
    fn lock(&mut self, window: &Window<'_>, stream: Stream) {
        let at = self.at;
        if let State::Seeking(seeking) = &self.state {
            let (from, filler) = seeking.settle(at, &mut self.run);
            let bytes = at - from;
            if bytes > 0 {
                match self.loose_tag.take() {
                    Some(Ended { tag, stated, .. }) => {
                        let actual = at - tag.range.start;
                        self.found.damage.push(Damage::TagSize {
                            at: tag.range.start,
                            stated,
                            actual,
                        });
                        self.found.start = Some(at);
                    }
                    None => {
                        let place =
                            if self.stream.is_some() { Place::Middle } else { Place::Front };
                        self.found.damage.push(Damage::Gap { at: from, bytes, place, filler });
                    }
                }
            }
        }
        self.state = State::Locked;
        let format = stream.header.format();
        match &self.stream {
            Some(before) => {
                let from = before.header.format();
                if !before.header.continues(stream.header.bits()) {
                    self.found.damage.push(Damage::FormatChange { at, from, to: format });
                }
                self.tally.add(before, std::mem::take(&mut self.run));
            }
            None => {
                self.found.format = Some(format);
                self.found.frames_start = at;
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
            let end = self.at + frame.len() as u64;
            self.found.header_frame = Some((self.at, end));
            self.found.claims = Some(claims);
            self.found.frames_end = end;
            self.at = end;
        }
    }

    /// What there was, once the window that ends with the audio was walked.
    pub(super) fn finish(mut self, end: u64) -> Walked {
        let mut all_zeros = false;
        match self.state {
            State::Ignoring(foreign) => return Walked::Foreign(foreign),
            State::Seeking(seeking) => {
                all_zeros = seeking.is_zero_up_to(end);
                let (from, filler) = seeking.settle(end, &mut self.run);
                let (bytes, place) = (end - from, Place::End);
                self.found.frames_end = from;
                self.found.damage.push(Damage::Gap { at: from, bytes, place, filler });
            }
            State::Boundary | State::InTag(_) | State::Opening | State::Locked => {}
        }
        let (Some(stream), Some(format)) = (self.stream, self.found.format) else {
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
            damage: self.found.damage,
            format,
            frames_start: self.found.frames_start,
            frames_end: self.found.frames_end,
            frames: self.tally.frames,
            samples: self.tally.samples,
            time: self.tally.time,
            bit_rate: self.tally.bit_rate(),
            header_frame: self.found.header_frame,
            claims: self.found.claims,
        }))
    }
}
