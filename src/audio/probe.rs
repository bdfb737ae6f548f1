//! The probe: what a file is, found in one pass over its bytes.

use sha2::Digest as _;

use super::evidence;
use super::mp3::{Content, Depth, Probe};
use super::music::Music;
use super::trailing::Trailing;
use super::walk::window::{REACH, Window};
use super::walk::{Walked, Walker};
use crate::model::hash::Sha256;

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

/// How the whole file's hash is computed.
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
