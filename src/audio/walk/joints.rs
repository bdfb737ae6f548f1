//! Where something else sets in: a stream, a header frame, a gap, and what is noted there.

use std::ops::Range;

use super::header_frame::{FirstFrame, Lone};
use super::leading::Ended;
use super::seeking::Seeking;
use super::sync::Stream;
use super::window::{Window, word};
use super::{State, Walker};
use crate::audio::damage::{Damage, Filler, Harm, Place};
use crate::audio::header::Header;
use crate::audio::time::PlayTime;
use crate::audio::xing::Claims;

impl Walker {
    /// Looks at what only some frames have: the first one's reach, a check sum, a header frame's
    /// mark.
    #[cold]
    pub(super) fn look_at(&mut self, header: u32, window: &Window<'_>, frame: Range<usize>) {
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

    /// Ends the search for a frame here, where something is found, and takes note of the bytes that
    /// were searched.
    pub(super) fn settle(&mut self) {
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
    pub(super) fn gap(&mut self, range: Range<u64>, filler: Filler) {
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
    pub(super) fn lock(&mut self, window: &Window<'_>, stream: Stream) {
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
    pub(super) fn pass_header_frame(&mut self, lone: Lone) {
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
}
