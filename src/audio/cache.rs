//! What was found out about files before, so that a file that is still the same is not read again.
//!
//! A file counts as the same while its length, times and inode are. The time of the last change of
//! its inode (`ctime`) is among them, which no program can set back: a file that was written over in
//! place under its old length and time of modification is a new one here. Clocks are coarse, so what
//! was touched a moment before it was probed is not noted at all.
//!
//! An answer from here never differs from a new probe of the same bytes: what was found out at a
//! greater depth than is asked for is left out, and nothing is taken over from other code than this
//! ([`EDITION`]). What is sent is hashed again on its way, whatever a cache says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::mp3::{Content, Depth, Probe};

/// The code that the findings are of.
const EDITION: &str = concat!(env!("CARGO_PKG_VERSION"), "-", env!("ONAIR_AUDIO_CODE"));

/// Files younger than this are not noted: some file systems keep time in steps of two seconds.
const SETTLED: Duration = Duration::from_secs(3);

/// Files smaller than this many bytes are not noted: they are probed as fast as looked up.
pub const WORTH: u64 = 1 << 20;

/// By what a file is known to be the same, short of reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    bytes: u64,
    inode: u64,
    /// When the bytes were last changed, in seconds and nanoseconds since 1970.
    modified: (i64, i64),
    /// When anything about the file was last changed, likewise.
    changed: (i64, i64),
}

impl Identity {
    /// That of a file.
    pub fn of(metadata: &Metadata) -> Self {
        Self {
            bytes: metadata.len(),
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// The file's length in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether a later change would show.
    fn is_settled(&self, now: SystemTime) -> bool {
        let latest = i64::try_from(
            now.checked_sub(SETTLED)
                .and_then(|then| then.duration_since(SystemTime::UNIX_EPOCH).ok())
                .map_or(0, |since| since.as_secs()),
        );
        latest.is_ok_and(|latest| self.modified.0 < latest && self.changed.0 < latest)
    }
}

/// What is known of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    identity: Identity,
    depth: Depth,
    probe: Probe,
}

/// What is known of a show's files, by their paths below the show's folder.
#[derive(Debug, Default)]
pub struct Cache {
    files: BTreeMap<String, Entry>,
    changed: bool,
}

#[derive(Serialize)]
struct Kept<'a> {
    edition: &'a str,
    files: &'a BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Found {
    files: BTreeMap<String, Entry>,
}

impl Cache {
    /// The cache that `json` holds; an empty one if it cannot be read, or is of other code.
    pub fn parse(json: &[u8]) -> Self {
        // The edition is looked at first: only its own code knows the rest.
        let ours = format!("{{\"edition\":\"{EDITION}\"");
        let found = json.starts_with(ours.as_bytes()).then(|| serde_json::from_slice(json));
        match found {
            Some(Ok(Found { files })) => Self { files, changed: false },
            _ => Self::default(),
        }
    }

    /// The cache as it is kept, if there is anything new to keep.
    pub fn to_json(&self) -> Option<Vec<u8>> {
        if !self.changed {
            return None;
        }
        serde_json::to_vec(&Kept { edition: EDITION, files: &self.files }).ok()
    }

    /// What a probe of this depth would find, if the file is known.
    pub fn probe(&self, path: &str, identity: &Identity, depth: Depth) -> Option<Probe> {
        let entry = self.entry(path, identity)?;
        (entry.depth >= depth).then(|| at_depth(entry.probe.clone(), depth))
    }

    /// Notes what a probe found, if the file is worth it and has settled.
    pub fn note_probe(
        &mut self,
        path: &str,
        identity: Identity,
        depth: Depth,
        probe: &Probe,
        now: SystemTime,
    ) {
        if identity.bytes < WORTH || !identity.is_settled(now) {
            self.changed |= self.files.remove(path).is_some();
            return;
        }
        let entry = Entry { identity, depth, probe: probe.clone() };
        self.files.insert(path.to_owned(), entry);
        self.changed = true;
    }

    /// Forgets all files but these.
    pub fn retain(&mut self, paths: &BTreeSet<String>) {
        let before = self.files.len();
        self.files.retain(|path, _| paths.contains(path));
        self.changed |= self.files.len() != before;
    }

    fn entry(&self, path: &str, identity: &Identity) -> Option<&Entry> {
        self.files.get(path).filter(|entry| entry.identity == *identity)
    }
}

/// What a probe of this depth would have found.
fn at_depth(mut probe: Probe, depth: Depth) -> Probe {
    if depth < Depth::HashFile {
        probe.sha256 = None;
    }
    if depth < Depth::Hash
        && let Content::Mp3(mp3) = &mut probe.content
    {
        mp3.payload_sha256 = None;
    }
    probe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::probe_bytes;
    use crate::audio::testing::{FRAME, id3v1};

    const DEPTHS: [Depth; 3] = [Depth::Walk, Depth::Hash, Depth::HashFile];

    fn identity() -> Identity {
        Identity { bytes: WORTH, inode: 7, modified: (1000, 5), changed: (1001, 5) }
    }

    fn after(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn mp3() -> Vec<u8> {
        [b"ID3\x03\0\0\0\0\0\x05title".to_vec(), FRAME.stream(9), id3v1()].concat()
    }

    /// A cache that went through its file once.
    fn with(depth: Depth, bytes: &[u8]) -> Cache {
        let mut cache = Cache::default();
        cache.note_probe("a.mp3", identity(), depth, &probe_bytes(bytes, depth), after(2000));
        Cache::parse(&cache.to_json().unwrap())
    }

    #[test]
    fn an_answer_is_what_a_new_probe_of_that_depth_says() {
        for bytes in [&mp3()[..], b"<!DOCTYPE html>", b"", &FRAME.stream(3)] {
            for known in DEPTHS {
                let cache = with(known, bytes);
                assert_eq!(cache.to_json(), None, "nothing new to keep");
                for asked in DEPTHS {
                    let answer = cache.probe("a.mp3", &identity(), asked);
                    let fresh = (asked <= known).then(|| probe_bytes(bytes, asked));
                    assert_eq!(answer, fresh, "{known:?} known, {asked:?} asked");
                }
            }
        }
    }

    #[test]
    fn any_other_identity_is_another_file() {
        let cache = with(Depth::Walk, &mp3());
        let other = [
            Identity { bytes: WORTH + 1, ..identity() },
            Identity { inode: 8, ..identity() },
            Identity { modified: (1000, 6), ..identity() },
            Identity { changed: (1001, 6), ..identity() },
        ];
        assert!(cache.probe("a.mp3", &identity(), Depth::Walk).is_some());
        for other in other {
            assert_eq!(cache.probe("a.mp3", &other, Depth::Walk), None, "{other:?}");
        }
        assert_eq!(cache.probe("b.mp3", &identity(), Depth::Walk), None);
    }

    #[test]
    fn what_was_touched_a_moment_ago_or_is_small_is_not_noted() {
        let probe = probe_bytes(&mp3(), Depth::Walk);
        let noted = |identity: Identity, now| {
            let mut cache = with(Depth::Walk, &mp3());
            cache.note_probe("a.mp3", identity, Depth::Walk, &probe, now);
            cache.probe("a.mp3", &identity, Depth::Walk).is_some()
        };
        assert!(noted(identity(), after(1005)));
        assert!(!noted(identity(), after(1004)));
        assert!(!noted(identity(), after(10)), "a clock that was set back");
        let touched = Identity { changed: (1900, 0), ..identity() };
        assert!(noted(touched, after(2000)));
        assert!(!noted(touched, after(1902)));
        assert!(!noted(Identity { bytes: WORTH - 1, ..identity() }, after(2000)));
    }

    #[test]
    fn nonsense_and_other_editions_are_no_cache() {
        let mut cache = Cache::default();
        cache.note_probe(
            "a.mp3",
            identity(),
            Depth::Walk,
            &probe_bytes(b"", Depth::Walk),
            after(2000),
        );
        let json = String::from_utf8(cache.to_json().unwrap()).unwrap();
        assert_eq!(Cache::parse(json.as_bytes()).files.len(), 1);
        let older = json.replacen(EDITION, "0.0.1-0123456789abcdef", 1);
        for other in [&older, &json[..json.len() - 1], "", "{}", "null"] {
            assert_eq!(Cache::parse(other.as_bytes()).files.len(), 0, "{other}");
        }
    }

    #[test]
    fn files_that_no_episode_names_are_forgotten() {
        let mut cache = with(Depth::Walk, &mp3());
        cache.retain(&BTreeSet::from(["a.mp3".to_owned()]));
        assert_eq!(cache.to_json(), None);
        cache.retain(&BTreeSet::new());
        assert_eq!(Cache::parse(&cache.to_json().unwrap()).files.len(), 0);
    }
}
