//! The probe: what a file is, found in one pass over its bytes.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::bounded_list::Listing;
use super::damage::{Damage, Harm};
use super::evidence;
use super::foreign::Foreign;
use super::header::Format;
use super::music::Music;
use super::tag_kind::FoundTag;
use super::time::PlayTime;
use super::trailing::Trailing;
use super::walk::window::{REACH, Window};
use super::walk::{BitRate, Walked, Walker};
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
    /// Whether audio is missing for certain, or not what the encoder wrote.
    pub fn has_lost(&self) -> bool {
        self.damage.iter().any(|damage| damage.harm() == Harm::Lost)
    }

    /// How long the file would play with what is missing: as its headers promise, else by the length
    /// of the gaps in it. `None` if nothing is missing, or nobody can tell how much.
    pub fn promised_time(&self) -> Option<PlayTime> {
        let short = |damage: &&Damage| matches!(damage, Damage::Short { .. });
        let told = self.damage.iter().any(|damage| short(&damage));
        let missing = self
            .damage
            .iter()
            .filter(|damage| !told || short(damage))
            .fold(PlayTime::ZERO, |sum, damage| sum + damage.lost_time());
        (missing > PlayTime::ZERO).then(|| self.time + missing)
    }

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
    /// The check sums of audio that encoders noted, one a header frame.
    musics: Vec<Music>,
    /// Header frames that were asked for theirs.
    asked: usize,
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
            musics: Vec::new(),
            asked: 0,
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
                let mut mp3 = evidence::judge(*audio, self.fed, trailing, self.musics);
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
        for (index, header) in self.walker.headers().iter().enumerate().skip(self.asked) {
            self.musics.extend(Music::of(index, header));
            self.asked = index + 1;
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
        for music in &mut self.musics {
            music.update(window, fresh, done);
        }
        done
    }
}
