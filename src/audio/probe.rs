//! The probe: what a file is, found in one pass over its bytes.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::bounded_list::Listing;
use super::damage::{Amount, Damage, Harm};
use super::foreign::Foreign;
use super::header::Format;
use super::tag_kind::FoundTag;
use super::time::PlayTime;
use super::trailing::Trailing;
use super::walk::window::{REACH, Window};
use super::walk::{Audio, BitRate, Walked, Walker};
use super::xing::Claims;
use crate::model::hash::Sha256;

/// How much a probe does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// Walks the frames. Costs little more than reading the file.
    Walk,
    /// Also takes the SHA-256 of the payload, which costs ten times as much.
    Hash,
    /// Also takes the SHA-256 of the whole file, as Git LFS knows it. Doubles the cost again where
    /// the file has tags; without tags, payload and file are the same.
    HashFile,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, at [`Depth::HashFile`].
    pub sha256: Option<Sha256>,
    /// What it holds.
    pub content: Content,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// MPEG audio, Layer III, whole or damaged.
    Mp3(Box<Mp3>),
    /// Something else.
    Foreign(Foreign),
    /// No bytes at all.
    Empty,
}

/// An MP3, by its frames.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mp3 {
    /// The bytes between the leading and the trailing tags: what stays the same when a file is
    /// tagged anew, and what is published behind our own tag.
    pub payload: Range<u64>,
    /// SHA-256 of the payload, at [`Depth::Hash`] and deeper.
    pub payload_sha256: Option<Sha256>,
    /// From the first byte of the first frame to the last byte of the last whole one.
    pub audio: Range<u64>,
    /// Format of the first frame. Where it changes later, [`Mp3::damage`] says so.
    pub format: Format,
    /// Whole frames that play: without the header frame, and without a last one that is cut off.
    pub frames: u64,
    /// Samples per channel of these frames.
    pub samples: u64,
    /// How long these frames play. This, and no header's claim, is the file's time.
    pub time: PlayTime,
    /// How long they play in a player that leaves out the silence that the encoder says it put in
    /// front and behind; `None` if it does not say.
    pub gapless_time: Option<PlayTime>,
    /// Bit rate in kbit/s.
    pub bit_rate: BitRate,
    /// What the first frame claims, if it is a header frame.
    pub claims: Option<Claims>,
    /// The encoder's check sum of its audio is there, and holds.
    pub proved_intact: bool,
    /// The tags in front of the payload and behind it, in the file's order.
    pub tags: Listing<FoundTag>,
    /// What is wrong with the audio.
    pub damage: Listing<Damage>,
}

impl Mp3 {
    /// Whether `milliseconds` are, within a second, how long the file plays, with or without the
    /// encoder's silence.
    pub fn plays_for(&self, milliseconds: u64) -> bool {
        let near = |time: PlayTime| time.milliseconds().abs_diff(milliseconds) <= 1000;
        near(self.time) || self.gapless_time.is_some_and(near)
    }
}

/// Probes a file whose bytes are pushed in, in chunks of any size.
///
/// ```
/// use onair::audio::{Content, Depth, Foreign, Prober};
///
/// let mut prober = Prober::new(Depth::Walk);
/// b"<!DOCTYPE html><title>404</title>".chunks(7).for_each(|chunk| prober.feed(chunk));
/// assert_eq!(prober.finish().content, Content::Foreign(Foreign::Html));
/// ```
///
/// The tags at the file's end are known by their last bytes, so whoever can read a file's end finds
/// them first (see [`find_trailing`](super::find_trailing)) and says with
/// [`Prober::payload_ends`] when all bytes before them have been fed. Memory stays below 100 KiB,
/// whatever the bytes are.
#[derive(Debug)]
pub struct Prober {
    walker: Walker,
    /// Bytes that the walk has not decided about yet.
    carry: Vec<u8>,
    /// Bytes fed so far.
    fed: u64,
    /// Bytes that the walk has decided about, and that are hashed.
    seen: u64,
    hash: Option<sha2::Sha256>,
    whole: Whole,
    music: Option<Music>,
    /// Set once all of the payload has been fed.
    trailing: Option<Trailing>,
}

/// How the whole file's hash is had.
#[derive(Debug)]
enum Whole {
    Unasked,
    /// Nothing is hashed yet, or the payload starts with the file: then its hash serves for both.
    Shared,
    Apart(sha2::Sha256),
}

/// The check sum over the audio that the encoder vouches for.
#[derive(Debug)]
struct Music {
    range: Range<u64>,
    noted: u16,
    crc: crc_fast::Digest,
}

impl Prober {
    /// A prober that has seen nothing yet.
    pub fn new(depth: Depth) -> Self {
        Self {
            walker: Walker::new(),
            carry: Vec::new(),
            fed: 0,
            seen: 0,
            hash: (depth > Depth::Walk).then(sha2::Sha256::new),
            whole: if depth == Depth::HashFile { Whole::Shared } else { Whole::Unasked },
            music: None,
            trailing: None,
        }
    }

    /// Takes the next bytes of the file.
    ///
    /// Behind the payload's end they matter only to the whole file's hash, and need not be fed at
    /// other depths.
    pub fn feed(&mut self, chunk: &[u8]) {
        if self.trailing.is_some() {
            if let Whole::Apart(whole) = &mut self.whole {
                whole.update(chunk);
            }
            return;
        }
        let mut rest = chunk;
        while !self.carry.is_empty() && !rest.is_empty() {
            // As many bytes as the walk may need to decide about all that was carried over.
            let carried = self.carry.len();
            let more = rest.len().min(REACH);
            let base = self.fed - carried as u64;
            let mut carry = std::mem::take(&mut self.carry);
            carry.extend_from_slice(&rest[..more]);
            let done = self.advance(&Window { bytes: &carry, base, last: false }, self.fed);
            let used = if done < carried { more } else { done - carried };
            carry.drain(..done);
            carry.truncate(carried + used - done);
            self.carry = carry;
            self.fed += used as u64;
            rest = &rest[used..];
        }
        if !rest.is_empty() {
            let end = self.fed + rest.len() as u64;
            let done = self.advance(&Window { bytes: rest, base: self.fed, last: false }, end);
            self.carry.extend_from_slice(&rest[done..]);
            self.fed = end;
        }
    }

    /// Says that all of the payload has been fed, and what stands behind it.
    pub fn payload_ends(&mut self, trailing: Trailing) {
        if self.trailing.is_some() {
            return;
        }
        let carry = std::mem::take(&mut self.carry);
        let base = self.fed - carry.len() as u64;
        let window = Window { bytes: &carry, base, last: true };
        self.advance(&window, window.end());
        if let (Whole::Shared, Some(hash)) = (&self.whole, &self.hash) {
            self.whole = Whole::Apart(hash.clone());
        }
        self.trailing = Some(trailing);
    }

    /// What the file is. Unless [`Prober::payload_ends`] was called, the payload ends here.
    pub fn finish(mut self) -> Probe {
        self.payload_ends(Trailing { tags: Vec::new(), start: self.fed, file_bytes: self.fed });
        let trailing = self.trailing.unwrap_or_default();
        let bytes = trailing.file_bytes;
        let digest = |hash: sha2::Sha256| Sha256::from_bytes(hash.finalize().into());
        let content = match self.walker.finish(self.fed) {
            _ if bytes == 0 => Content::Empty,
            Walked::Foreign(foreign) => Content::Foreign(foreign),
            Walked::Audio(audio) => {
                let mut mp3 = judge(*audio, self.fed, trailing, self.music);
                mp3.payload_sha256 = self.hash.map(digest);
                Content::Mp3(Box::new(mp3))
            }
        };
        let sha256 = match self.whole {
            Whole::Apart(hash) => Some(digest(hash)),
            Whole::Unasked | Whole::Shared => None,
        };
        Probe { bytes, sha256, content }
    }

    /// Bytes kept back until it is decided what they are.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.carry.len()
    }

    /// Walks the window up to offset `limit`, hashes what that decides about, and returns how many
    /// of the window's bytes are done with.
    fn advance(&mut self, window: &Window<'_>, limit: u64) -> usize {
        self.walker.run(window, limit);
        if self.music.is_none() {
            self.music = self.walker.header_frame().and_then(Music::of);
        }
        let decided = window.index(self.walker.position()).min(window.bytes.len());
        let done = if window.last { window.bytes.len() } else { decided };
        let fresh = window.index(self.seen);
        self.seen = window.offset(done);
        let start = self.walker.payload_start();
        if let Whole::Shared = self.whole
            && start != Some(0)
            && done > 0
        {
            self.whole = Whole::Apart(sha2::Sha256::new());
        }
        if let Whole::Apart(whole) = &mut self.whole {
            whole.update(&window.bytes[fresh..done]);
        }
        if let (Some(hash), Some(start)) = (&mut self.hash, start) {
            hash.update(&window.bytes[window.index(start).clamp(fresh, done)..done]);
        }
        if let Some(music) = &mut self.music {
            let from = window.index(music.range.start).clamp(fresh, done);
            let to = window.index(music.range.end).clamp(from, done);
            music.crc.update(&window.bytes[from..to]);
        }
        done
    }
}

impl Music {
    /// What to check, if the encoder noted a check sum.
    fn of(((start, end), claims): ((u64, u64), &Claims)) -> Option<Self> {
        let lame = claims.lame?;
        let music_end = start.saturating_add(lame.music_bytes?);
        let crc = crc_fast::Digest::new(crc_fast::CrcAlgorithm::Crc16Arc);
        (music_end > end).then_some(Self { range: end..music_end, noted: lame.music_crc?, crc })
    }
}

/// Compares what there is with what the header frame claims.
fn judge(audio: Audio, payload_end: u64, trailing: Trailing, music: Option<Music>) -> Mp3 {
    let mut mp3 = Mp3 {
        payload: audio.start..payload_end,
        payload_sha256: None,
        audio: audio.frames_start..audio.frames_end,
        format: audio.format,
        frames: audio.frames,
        samples: audio.samples,
        time: audio.time,
        gapless_time: None,
        bit_rate: audio.bit_rate,
        claims: audio.claims,
        proved_intact: false,
        tags: audio.tags,
        damage: audio.damage,
    };
    trailing.tags.into_iter().for_each(|tag| mp3.tags.push(tag));
    if let (Some(claims), Some((header_start, _))) = (&mp3.claims, audio.header_frame)
        && let Some(damage) = broken_promise(&mp3, claims, payload_end - header_start)
    {
        mp3.damage.push_always(damage);
    }
    if let Some(lame) = mp3.claims.as_ref().and_then(|claims| Some((claims.lame?, claims.frames))) {
        let (lame, promised) = lame;
        // The silence behind is only there if the end is.
        let behind = if promised == Some(mp3.frames) { lame.padding } else { 0 };
        let silence = PlayTime::of(u64::from(lame.delay + behind), mp3.format.sample_rate);
        mp3.gapless_time = Some(mp3.time.saturating_sub(silence));
    }
    if let Some(music) = music.filter(|music| music.range.end <= payload_end) {
        let found = u16::try_from(music.crc.finalize()).unwrap_or(0);
        mp3.proved_intact = found == music.noted;
        let explained = mp3.damage.iter().any(|damage| damage.harm() == Harm::Lost);
        if !mp3.proved_intact && !explained {
            mp3.damage.push_always(Damage::Altered { noted: music.noted, found });
        }
    }
    mp3
}

/// How the frames differ from those that the header promises. One frame more or less is no fault:
/// some encoders count the header frame.
fn broken_promise(mp3: &Mp3, claims: &Claims, bytes: u64) -> Option<Damage> {
    let music_bytes = claims.lame.and_then(|lame| lame.music_bytes);
    let promised_bytes = music_bytes.or(claims.bytes).unwrap_or(0);
    let cut = mp3.damage.iter().any(|damage| matches!(damage, Damage::CutFrame { .. }));
    let found = mp3.frames;
    let samples = mp3.samples.checked_div(found).unwrap_or(1152);
    let time = |frames: u64| PlayTime::of(frames.saturating_mul(samples), mp3.format.sample_rate);
    match claims.frames {
        Some(promised) if promised > found => {
            let only_one = promised == found + 1;
            let fine = only_one && (cut || promised_bytes <= bytes);
            let time = time(promised - found);
            let missing = Amount::Frames { promised, found, time };
            (!fine).then_some(Damage::Short { missing })
        }
        Some(promised) if found > promised + 1 => {
            Some(Damage::Surplus { promised, found, shown: time(promised) })
        }
        Some(_) => None,
        None => music_bytes
            .filter(|promised| *promised > bytes)
            .map(|promised| Damage::Short { missing: Amount::Bytes { promised, found: bytes } }),
    }
}
