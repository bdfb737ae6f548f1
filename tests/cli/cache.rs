//! What is remembered of audio: used while a file is the same, and never against the truth.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::show::{Ran, TestShow};

struct Remembering {
    show: TestShow,
    cache: tempfile::TempDir,
}

impl Remembering {
    fn new() -> Self {
        let show = TestShow::new();
        show.with_audio(1, 3000, &[]);
        Self { show, cache: tempfile::tempdir().unwrap() }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let cache = self.cache.path().to_str().unwrap();
        self.show.onair_in(arguments, &[("ONAIR_CACHE_DIR", cache)])
    }

    fn file(&self) -> Option<PathBuf> {
        let mut files = fs::read_dir(self.cache.path()).unwrap();
        files.next().map(|entry| entry.unwrap().path())
    }

    /// Puts one text for another in what is remembered.
    fn forge(&self, old: &str, new: &str) {
        let file = self.file().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{text}");
        fs::write(file, text.replace(old, new)).unwrap();
    }

    fn settle(&self) {
        std::thread::sleep(Duration::from_millis(4100));
    }
}

#[test]
fn audio_is_remembered_while_it_is_the_same_file() {
    let all = Remembering::new();
    let fresh = all.run(&["check"]).said();
    assert!(fresh.ends_with("exit code 0\n"), "{fresh}");
    let kept = |all: &Remembering| fs::read_to_string(all.file().unwrap()).unwrap();
    assert!(all.file().is_none_or(|_| !kept(&all).contains("001.mp3")), "written a moment ago");

    all.settle();
    assert_eq!(all.run(&["check"]).said(), fresh);
    assert!(kept(&all).contains("audio/001.mp3"));
    assert_eq!(all.run(&["check"]).said(), fresh);

    // It is used: what is forged into it is believed.
    all.forge("\"frames\":3000", "\"frames\":1");
    let forged = all.file().unwrap();
    let lie = fs::read_to_string(&forged).unwrap();
    assert_eq!(all.run(&["check"]).code, 0);
    assert_eq!(kept(&all), lie, "nothing was found out anew");

    // It is not used for another file under the same name, length and time of modification.
    let audio = all.show.path("audio/001.mp3");
    let modified = fs::metadata(&audio).unwrap().modified().unwrap();
    let mut bytes = fs::read(&audio).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 5000].fill(0);
    fs::write(&audio, bytes).unwrap();
    File::options().write(true).open(&audio).unwrap().set_modified(modified).unwrap();
    let damaged = all.run(&["check"]);
    assert!(damaged.stdout.contains("audio-damaged"), "{}", damaged.said());

    // Nonsense, and a folder that is none, are no cache and no trouble.
    fs::write(forged, "nonsense").unwrap();
    assert_eq!(all.run(&["check"]).said(), damaged.said());
    let nowhere = [("ONAIR_CACHE_DIR", "/dev/null/cache")];
    assert_eq!(all.show.onair_in(&["check"], &nowhere).said(), damaged.said());
}

#[test]
fn a_hash_that_is_not_the_files_is_never_published() {
    let all = Remembering::new();
    all.settle();
    assert_eq!(all.run(&["release", "--dry-run"]).code, 0);
    let text = fs::read_to_string(all.file().unwrap()).unwrap();
    let (_, after) = text.split_once("\"payload_sha256\":\"").unwrap();
    all.forge(&after[..64], &"ab".repeat(32));
    let ran = all.run(&["release"]);
    assert_eq!(ran.code, 3, "{}", ran.said());
    assert!(ran.stderr.contains("it changed while it was being sent"), "{}", ran.stderr);
    assert!(!all.show.path("public/podcasts/feed.xml").exists());
    // Touched, it is looked at again.
    File::options()
        .write(true)
        .open(all.show.path("audio/001.mp3"))
        .unwrap()
        .set_modified(SystemTime::now())
        .unwrap();
    assert_eq!(all.run(&["release"]).code, 0);
}
