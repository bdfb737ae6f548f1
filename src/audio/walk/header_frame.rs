//! Header frames: those in front that tell of the whole file, and those where files were joined.

use std::ops::Range;

use super::window::{Seen, Window, word};
use crate::audio::header::Header;
use crate::audio::tag_kind::OPENING;
use crate::audio::xing::Claims;

/// How many header frames are listened to: more than anybody joins by hand, and few enough that a
/// hostile file cannot make each of them cost a check sum over the whole.
pub(in crate::audio) const MOST: usize = 16;

/// The first frame that plays, of a file or behind a header frame.
#[derive(Debug, Clone, Copy)]
pub(in crate::audio) struct FirstFrame {
    pub(in crate::audio) at: u64,
    /// Bytes before it that its sound starts at.
    pub(in crate::audio) reaches_back: u64,
    /// Its bit rate in kbit/s.
    pub(in crate::audio) kbps: u32,
}

/// A header frame, and what was counted up to it.
#[derive(Debug, Clone)]
pub(in crate::audio) struct HeaderFrame {
    /// Where it stands, in bytes from the file's start.
    pub(in crate::audio) range: Range<u64>,
    pub(in crate::audio) header: Header,
    pub(in crate::audio) claims: Claims,
    /// Frames that play before it.
    pub(in crate::audio) before: u64,
    /// The same with itself, if it is played like any other.
    pub(in crate::audio) after: u64,
    /// The first frame behind it.
    pub(in crate::audio) first: Option<FirstFrame>,
}

/// The header frames that were seen.
#[derive(Debug, Default)]
pub(super) struct Headers(Vec<HeaderFrame>);

impl Headers {
    pub(super) fn push(
        &mut self,
        at: u64,
        bytes: usize,
        header: Header,
        claims: Claims,
        before: u64,
        after: u64,
    ) {
        if self.0.len() < MOST {
            let range = at..at + bytes as u64;
            self.0.push(HeaderFrame { range, header, claims, before, after, first: None });
        }
    }

    /// The frame that comes first behind the last one.
    pub(super) fn starts_with(&mut self, first: FirstFrame) {
        if let Some(last) = self.0.last_mut() {
            last.first.get_or_insert(first);
        }
    }

    pub(super) fn seen(&self) -> &[HeaderFrame] {
        &self.0
    }

    pub(super) fn into_seen(self) -> Vec<HeaderFrame> {
        self.0
    }
}

/// A header frame that needs no frame behind it to be believed: its mark stands behind silence, at
/// the place that its header tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lone {
    pub(super) header: Header,
    pub(super) claims: Claims,
    /// Bytes of it that are there.
    pub(super) bytes: usize,
    /// Bytes that it should have, if the file ends before them.
    pub(super) cut: Option<u64>,
}

impl Lone {
    /// The one at index `at`, if there is one.
    pub(super) fn at(window: &Window<'_>, at: usize) -> Seen<Option<Self>> {
        let Seen::Now(bytes) = window.take(at, 4) else { return Seen::Later };
        let Some(header) = word(bytes, 0).and_then(Header::parse) else { return Seen::Now(None) };
        if header.is_free_format() {
            return Seen::Now(None);
        }
        let length = usize::from(header.lengths()[header.rate_index()]) + header.padding();
        // What is behind it must be in view, too.
        let Seen::Now(bytes) = window.take(at, length + OPENING) else { return Seen::Later };
        let frame = bytes.get(..length).unwrap_or(bytes);
        let lone = Claims::alone(header, frame).map(|claims| Self {
            header,
            claims,
            bytes: frame.len(),
            cut: (frame.len() < length).then_some(length as u64),
        });
        Seen::Now(lone)
    }
}
