//! Listening to a file: the one place of this stage that reads.
//!
//! A file is cut into stretches of half a minute, which all cores decode side by side. A decoder that
//! sets in at a frame needs those before it: frames borrow bytes from earlier ones, and each wave
//! fades into the next. So every stretch starts some frames early, and is the same to the last bit as
//! if the file had been decoded in one go. The stretches do not depend on the number of cores.
//!
//! Where a file's frames do not follow one another to the end, it is decoded in one go.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rayon::prelude::*;

use super::decode::{Frame, Frames};
use super::measures::{Faults, Sound, Stretch};
use super::meter::{Meter, Part};
use crate::audio::{FrameIndex, Mp3, PlayTime};

/// Seconds that one core decodes at a time.
const STRETCH: u64 = 30;
/// A decoder by itself stands on its own feet after so many frames.
const WARM: u64 = FrameIndex::EVERY;
/// Longer recordings, in seconds, are not listened to: what is kept of them would grow too large.
const LONGEST: u64 = 48 * 3600;
/// Samples that every decoder is late by (the encoder's delay is counted without them).
const DECODER_DELAY: u64 = 529;

/// Listens to the MP3 at `path`, of which `mp3` is what a probe found.
///
/// `heard` is told of bytes as they are done with, by several threads.
///
/// # Errors
/// Those of opening and reading; [`io::ErrorKind::Unsupported`] for a recording that is longer than
/// two days.
pub fn listen_file(
    path: impl AsRef<Path>,
    mp3: &Mp3,
    heard: &(dyn Fn(u64) + Sync),
) -> io::Result<Sound> {
    if mp3.time.seconds() > LONGEST {
        let message = "it is longer than two days, which is more than onair listens to";
        return Err(io::Error::new(io::ErrorKind::Unsupported, message));
    }
    let file = File::open(path)?;
    let plan = Plan::new(mp3);
    let parts: Vec<(Part, Faults)> = match FrameIndex::read(&file, mp3)? {
        Some(index) => plan
            .stretches(&index)
            .into_par_iter()
            .with_max_len(1)
            .map(|stretch| plan.listen(&file, &stretch, heard))
            .collect::<io::Result<_>>()?,
        None => vec![plan.listen_through(&file, heard)?],
    };
    let mut whole = Part::default();
    let mut faults = Faults::default();
    for (part, more) in parts {
        whole.append(&part);
        faults.append(more);
    }
    let time = PlayTime::of(whole.frames, plan.rate);
    Ok(Sound::new(&whole, faults, time, plan.rate, plan.channels))
}

/// Listens to samples that are decoded already: left and right (the same of one channel), at `rate`
/// hertz.
pub fn listen_to(rate: u32, channels: u8, frames: &[[f32; 2]]) -> Sound {
    let mut meter = Meter::new(rate, channels);
    meter.feed(frames);
    let part = meter.finish();
    let time = PlayTime::of(part.frames, rate);
    Sound::new(&part, Faults::default(), time, rate, channels)
}

/// What of a file is to be heard.
struct Plan {
    rate: u32,
    channels: u8,
    /// The file's bytes from its first frame to its last.
    bytes: Range<u64>,
    /// Whether the first frame is a header frame, which plays nothing.
    has_header_frame: bool,
    /// Samples that are heard, of those that the frames hold.
    samples: Range<u64>,
}

/// A stretch that is decoded by itself.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    /// Where its decoder sets in.
    offset: u64,
    /// The sample that this frame starts with.
    at: u64,
    /// Samples to measure.
    samples: Range<u64>,
    /// Bytes that this is about.
    bytes: u64,
    is_last: bool,
}

impl Plan {
    fn new(mp3: &Mp3) -> Self {
        // What LAME and libavformat say of their own silence; players leave it out, if it is true.
        let lame = mp3.claims.as_ref().and_then(|claims| Some((claims.lame?, claims.frames?)));
        let (front, back) = match lame {
            Some((lame, frames)) if frames == mp3.frames && lame.delay > 0 => (
                u64::from(lame.delay) + DECODER_DELAY,
                u64::from(lame.padding).saturating_sub(DECODER_DELAY),
            ),
            _ => (0, 0),
        };
        let front = front.min(mp3.samples);
        Self {
            rate: mp3.format.sample_rate,
            channels: mp3.format.channels.count(),
            bytes: mp3.audio.clone(),
            has_header_frame: mp3.claims.is_some(),
            samples: front..mp3.samples.saturating_sub(back).max(front),
        }
    }

    fn stretches(&self, index: &FrameIndex) -> Vec<Piece> {
        let length = STRETCH * u64::from(self.rate);
        let count = (self.samples.end - self.samples.start).div_ceil(length).max(1);
        let every = FrameIndex::EVERY * u64::from(index.samples);
        let place = |sample: u64| {
            let mark = usize::try_from(sample / every).unwrap_or(usize::MAX);
            index.offsets.get(mark).copied().unwrap_or(self.bytes.end)
        };
        let piece = |n: u64| {
            let start = self.samples.start + n * length;
            let end = (start + length).min(self.samples.end);
            let mark = (start / every).saturating_sub(WARM.div_ceil(FrameIndex::EVERY));
            Piece {
                offset: place(mark * every),
                at: mark * every,
                samples: start..end,
                bytes: place(end).saturating_sub(place(start)),
                is_last: n + 1 == count,
            }
        };
        (0..count).map(piece).collect()
    }

    /// Decodes and measures one stretch.
    fn listen(
        &self,
        file: &File,
        piece: &Piece,
        heard: &(dyn Fn(u64) + Sync),
    ) -> io::Result<(Part, Faults)> {
        let mut frames = Frames::new(Slice { file, at: piece.offset, end: self.bytes.end });
        let mut ear = Ear::new(self.rate, self.channels, self.samples.start, piece.at);
        while ear.at < piece.samples.end {
            let Some(frame) = frames.next()? else { break };
            ear.hear(&frame, &piece.samples);
        }
        heard(piece.bytes);
        Ok(ear.finish(piece.is_last))
    }

    /// Decodes and measures all, whatever is between the frames.
    fn listen_through(
        &self,
        file: &File,
        heard: &(dyn Fn(u64) + Sync),
    ) -> io::Result<(Part, Faults)> {
        let source =
            Told { source: Slice { file, at: self.bytes.start, end: self.bytes.end }, heard };
        let mut frames = Frames::new(source);
        if self.has_header_frame {
            frames.next()?;
        }
        let mut ear = Ear::new(self.rate, self.channels, self.samples.start, 0);
        while let Some(frame) = frames.next()? {
            ear.hear(&frame, &(self.samples.start..u64::MAX));
        }
        Ok(ear.finish(true))
    }
}

/// Hands frames to a meter, and knows where in the recording they are.
struct Ear {
    meter: Meter,
    rate: u32,
    channels: u8,
    /// The first sample of the recording that is heard.
    start: u64,
    /// The next sample.
    at: u64,
    frames: Vec<[f32; 2]>,
    faults: Faults,
    /// Whether a frame has been decoded: the first ones may borrow from others that are not there.
    is_running: bool,
}

impl Ear {
    fn new(rate: u32, channels: u8, start: u64, at: u64) -> Self {
        let meter = Meter::new(rate, channels);
        Self {
            meter,
            rate,
            channels,
            start,
            at,
            frames: Vec::new(),
            faults: Faults::default(),
            is_running: false,
        }
    }

    /// Measures what of this frame is within `range`; settles on what stands shortly before.
    fn hear(&mut self, frame: &Frame<'_>, range: &Range<u64>) {
        self.frames.clear();
        match frame.channels {
            1 => self.frames.extend(frame.samples.iter().map(|sample| [*sample; 2])),
            _ => self.frames.extend(frame.samples.as_chunks::<2>().0),
        }
        if self.channels == 1 && frame.channels == 2 {
            // Another format has set in, which the walk over the frames reports.
            self.frames.iter_mut().for_each(|frame| *frame = [(frame[0] + frame[1]) / 2.0; 2]);
        }
        let (from, to) = (self.at, self.at + self.frames.len() as u64);
        self.at = to;
        let index = |sample: u64| {
            usize::try_from(sample.clamp(from, to) - from).unwrap_or(self.frames.len())
        };
        let (start, end) = (index(range.start), index(range.end));
        if frame.is_lost && self.is_running && to > range.start {
            let time = |sample: u64| {
                PlayTime::of(sample.saturating_sub(self.start), self.rate).milliseconds()
            };
            self.faults.push(Stretch { from: time(from), to: time(to) });
        }
        self.is_running |= !frame.is_lost;
        // What stands before the range is silence of the encoder's at the very start, and a decoder
        // that is not warm yet elsewhere.
        if range.start > self.start && from + u64::from(self.rate) / 4 > range.start {
            self.meter.warm(&self.frames[..start]);
        }
        self.meter.feed(&self.frames[start..end]);
    }

    fn finish(self, is_last: bool) -> (Part, Faults) {
        let part = if is_last { self.meter.finish() } else { self.meter.pause() };
        (part, self.faults)
    }
}

/// Some of a file's bytes, read without moving anybody else's place in it.
struct Slice<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl Read for Slice<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = into.len().min(left);
        let read = self.file.read_at(&mut into[..most], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Tells of the bytes that are read.
struct Told<'a, R> {
    source: R,
    heard: &'a (dyn Fn(u64) + Sync),
}

impl<R: Read> Read for Told<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(into)?;
        (self.heard)(read as u64);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::audio::{Content, Depth, probe_bytes};

    /// Half a minute is decoded at a time, side by side: nobody can tell from what was heard.
    #[test]
    fn stretches_sound_as_if_heard_in_one_go() {
        let bytes = include_bytes!("fixtures/steps.mp3");
        let Content::Mp3(mp3) = probe_bytes(bytes, Depth::Walk).content else { panic!("an MP3") };
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let plan = Plan::new(&mp3);
        let index = FrameIndex::read(&file, &mp3).unwrap().unwrap();
        let pieces = plan.stretches(&index);
        assert_eq!(pieces.len(), 3);
        assert!(pieces[1].at < pieces[1].samples.start && pieces[2].is_last);
        let mut parts = Part::default();
        for piece in &pieces {
            parts.append(&plan.listen(&file, piece, &|_| ()).unwrap().0);
        }
        let (whole, _) = plan.listen_through(&file, &|_| ()).unwrap();
        assert_eq!(parts.blocks.len(), 640);
        for (n, (one, other)) in parts.blocks.iter().zip(&whole.blocks).enumerate() {
            assert_eq!((one.level, one.peak), (other.level, other.peak), "block {n}");
            assert!((one.energy - other.energy).abs() <= other.energy * 1e-5, "block {n}");
        }
        assert_eq!(parts.true_peak, whole.true_peak);
    }
}
