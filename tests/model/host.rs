//! A host at work on a small show.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use onair::audio::testing::{FRAME, Noise};
use onair::pipeline::release::{Preparation, ReleaseOptions, carry_out, prepare};
use onair::pipeline::{Options, rollback, upload};
use onair::plan::{Overrides, Plan};
use onair::release::{Cancel, Event, Owner, Reporter, Run};

/// When all of it happens.
pub const NOW: &str = "2022-06-01T12:00:00Z";

const SETTINGS: &str = r#"[show]
title = "Tides"
description = "What the sea brings."
author = "Ada"
language = "fr"
time-zone = "Europe/Paris"
category = "Arts"
artwork = "img/artwork.png"

[show.owner]
name = "Ada"
email = "ada@show.example"

[sound]
listen = "never"
[site]
url = "https://show.example"
cards = false
"#;

/// A PNG of 1400 x 1400 pixels, as far as it is looked at, with bytes of its own.
fn picture(kind: u8) -> Vec<u8> {
    let mut bytes =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\x78\0\0\x05\x78\x08\x02\0\0\0\0\0\0\0".to_vec();
    let data = 300 + 1000 * u32::from(kind % 5);
    bytes.extend(data.to_be_bytes());
    bytes.extend(b"IDAT");
    bytes.extend(std::iter::repeat_n(kind, data as usize + 4));
    bytes.extend(b"\0\0\0\0IEND\0\0\0\0");
    bytes
}

/// A tag of ID3v2.3 with a chapter, as audio editors write one: shorter than a frame of audio.
fn chapter_tag(title: &str) -> Vec<u8> {
    let frame = |id: &str, body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [id.as_bytes(), &length, &[0, 0], body].concat()
    };
    let text = frame("TIT2", &[&[0], title.as_bytes()].concat());
    let times = [0_u32, 2000, u32::MAX, u32::MAX].map(u32::to_be_bytes).concat();
    let chapter = frame("CHAP", &[b"ch0\0", times.as_slice(), &text].concat());
    let length = u8::try_from(chapter.len()).unwrap();
    assert!(length < 128, "a length of one digit");
    [b"ID3\x03\0\0\0\0\0".as_slice(), &[length], &chapter].concat()
}

/// One episode as its host thinks of it.
#[derive(Debug, Clone)]
struct Episode {
    number: u32,
    slug: String,
    title: String,
    notes: String,
    day: u32,
    size: u64,
    seconds: u64,
    chapters: Option<u32>,
    transcript: bool,
    draft: bool,
}

/// A host, and the show on their disk.
pub struct Host {
    folder: tempfile::TempDir,
    seed: u64,
    dice: u64,
    episodes: Vec<Episode>,
    description: String,
    tags: Option<&'static str>,
    moves: Vec<String>,
    /// Releases that came to their end.
    pub released: usize,
    /// Whether the last move was such a release.
    pub just_released: bool,
}

impl Host {
    pub fn new(seed: u64) -> Self {
        let memory = Path::new("/dev/shm");
        let folder =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let mut host = Self {
            folder: folder.unwrap(),
            seed,
            dice: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            episodes: Vec::new(),
            description: "What the sea brings.".to_owned(),
            tags: None,
            moves: Vec::new(),
            released: 0,
            just_released: false,
        };
        for folder in ["show/episodes", "show/audio", "show/img", "show/transcripts"] {
            fs::create_dir_all(host.folder.path().join(folder)).unwrap();
        }
        fs::write(host.show().join("img/artwork.png"), picture(1)).unwrap();
        host.write_settings();
        host.new_episode();
        host.new_episode();
        host
    }

    pub fn show(&self) -> PathBuf {
        self.folder.path().join("show")
    }

    pub fn target(&self) -> PathBuf {
        self.folder.path().join("target")
    }

    /// A fresh clone without audio.
    pub fn clone_without_audio(&self) -> PathBuf {
        let clone = self.folder.path().join("clone");
        let _ = fs::remove_dir_all(&clone);
        for folder in ["episodes", "img", "transcripts"] {
            fs::create_dir_all(clone.join(folder)).unwrap();
            for entry in fs::read_dir(self.show().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                fs::copy(&path, clone.join(folder).join(path.file_name().unwrap())).unwrap();
            }
        }
        fs::copy(self.show().join("onair.toml"), clone.join("onair.toml")).unwrap();
        clone
    }

    pub fn options(&self, root: PathBuf) -> Options {
        Options { target: Some(self.target().display().to_string()), ..Options::at(root) }
    }

    /// What was done so far, for whoever reads a failure.
    pub fn story(&self) -> String {
        format!("seed {}: {}", self.seed, self.moves.join(", "))
    }

    fn roll(&mut self, sides: usize) -> usize {
        // xorshift64
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        usize::try_from(self.dice >> 33).unwrap() % sides
    }

    fn told(&mut self, what: impl Into<String>) {
        self.moves.push(what.into());
    }

    fn some_episode(&mut self) -> usize {
        let count = self.episodes.len();
        self.roll(count)
    }

    pub async fn make_a_move(&mut self) {
        self.just_released = false;
        let at = self.some_episode();
        let number = self.episodes[at].number;
        let roll = self.roll(24);
        match roll {
            0 | 1 => self.new_episode(),
            2 => {
                let longer = "a longer title ".repeat(self.roll(400));
                self.episodes[at].title = format!("Another title, {longer}").trim().to_owned();
                self.told(format!("title of {number}"));
            }
            3 => {
                let more = "More notes of the sea. ".repeat(1 + self.roll(300));
                self.episodes[at].notes = more;
                self.told(format!("notes of {number}"));
            }
            4 => {
                let kind = u8::try_from(self.roll(200)).unwrap();
                fs::write(self.show().join("img/artwork.png"), picture(kind)).unwrap();
                self.told("another cover");
            }
            5 => {
                self.episodes[at].chapters = Some(1 + u32::try_from(self.roll(3)).unwrap());
                self.told(format!("chapters of {number}"));
            }
            6 => {
                self.episodes[at].transcript = true;
                let text = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nThe sea.\n";
                let file = format!("transcripts/{number}.vtt");
                fs::write(self.show().join(file), text).unwrap();
                self.told(format!("transcript of {number}"));
            }
            7 => {
                self.episodes[at].day = 1 + u32::try_from(self.roll(28)).unwrap();
                self.told(format!("date of {number}"));
            }
            8 => {
                let _ = fs::remove_file(self.file(at));
                let again = self.roll(100);
                self.episodes[at].slug = format!("episode_{number:03}-{again}");
                self.told(format!("file of {number} renamed"));
            }
            9 | 10 => {
                self.export(at);
                if self.roll(2) == 0 {
                    self.measure(at);
                }
            }
            11 => {
                let _ = fs::remove_file(self.audio(at));
                self.told(format!("audio of {number} deleted"));
            }
            12 if self.episodes.len() > 2 => {
                let _ = fs::remove_file(self.file(at));
                self.episodes.remove(at);
                self.told(format!("{number} removed"));
            }
            13 => {
                self.episodes[at].draft ^= true;
                self.told(format!("draft of {number}: {}", self.episodes[at].draft));
            }
            14 => {
                let kinds = [
                    "version = \"2.3\"",
                    "version = \"2.4\"",
                    "write = false",
                    "after = \"2021-03-01\"",
                ];
                let tags = kinds[self.roll(kinds.len())];
                self.tags = Some(tags);
                self.told(format!("tags: {tags}"));
            }
            15 => {
                self.description = format!("What the sea brings, {} times.", self.roll(90));
                self.told("settings");
            }
            16..=18 => self.release(None).await,
            19 => {
                let cut = 1 + self.roll(12);
                self.release(Some(cut)).await;
            }
            20 => self.roll_back().await,
            21 => self.upload(number).await,
            22 if self.roll(2) == 0 => {
                self.measure(at);
                self.told(format!("{number} measured"));
            }
            22 => self.copy_length(at),
            _ => {
                // `check --fix`, as a host runs it.
                let options = self.options(self.show());
                let asked = onair::pipeline::check::CheckOptions {
                    episodes: Vec::new(),
                    listen: false,
                    fix: onair::pipeline::check::Fixing::On,
                    now: NOW.parse().unwrap(),
                };
                self.write();
                onair::pipeline::check::check(&options, &asked, &()).await.unwrap();
                self.learn();
                self.told("check --fix");
            }
        }
        self.write();
    }

    fn file(&self, at: usize) -> PathBuf {
        self.show().join(format!("episodes/{}.md", self.episodes[at].slug))
    }

    fn audio(&self, at: usize) -> PathBuf {
        self.show().join(format!("audio/{:03}.mp3", self.episodes[at].number))
    }

    fn new_episode(&mut self) {
        let number = u32::try_from(self.moves.len() + self.episodes.len() + 1).unwrap();
        self.episodes.push(Episode {
            number,
            slug: format!("episode_{number:03}"),
            title: ["Ebb", "Flood", "Spring", "Neap"][number as usize % 4].to_owned(),
            notes: "Notes.".to_owned(),
            day: 1 + number % 28,
            size: 0,
            seconds: 0,
            chapters: None,
            transcript: false,
            draft: false,
        });
        let at = self.episodes.len() - 1;
        self.export(at);
        self.measure(at);
        self.told(format!("new episode {number}"));
        self.write();
    }

    /// The editor writes the MP3, with other sound than before.
    fn export(&mut self, at: usize) {
        let frames = 100 + self.roll(60);
        let mut noise = Noise(self.dice | 1);
        let audio: Vec<u8> = (0..frames).flat_map(|_| FRAME.noise(&mut noise)).collect();
        let (tag, what) = match self.roll(3) {
            0 => (chapter_tag(["Ebb", "Flood"][self.roll(2)]), " with a chapter"),
            _ => (Vec::new(), ""),
        };
        fs::write(self.audio(at), [tag, audio].concat()).unwrap();
        let number = self.episodes[at].number;
        self.told(format!("audio of {number} exported{what}"));
    }

    /// The host looks at the file in a file manager, and writes down what it says.
    fn measure(&mut self, at: usize) {
        let Ok(bytes) = fs::read(self.audio(at)) else { return };
        let frames = bytes.len() / FRAME.length();
        self.episodes[at].size = bytes.len() as u64;
        self.episodes[at].seconds = (frames as u64 * 1152 + 22_050) / 44_100;
    }

    /// The host writes down the length that the feed says.
    fn copy_length(&mut self, at: usize) {
        let feed = self.target().join("podcasts/feed.xml");
        let feed = fs::read_to_string(feed).unwrap_or_default();
        let number = self.episodes[at].number;
        let items = feed.split("<item>").skip(1);
        let guid = format!(">{number:03}.mp3</guid>");
        let item = items.into_iter().find(|item| item.contains(&guid));
        let length = item
            .and_then(|item| Some(item.split_once("length=\"")?.1.split_once('"')?.0.to_owned()));
        if let Some(length) = length {
            self.episodes[at].size = length.parse().unwrap();
            self.told(format!("length of {number} copied from the feed"));
        }
    }

    /// Takes over what a fix has written.
    fn learn(&mut self) {
        for at in 0..self.episodes.len() {
            let text = fs::read_to_string(self.file(at)).unwrap();
            let value = |key: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap();
                line.trim().trim_matches('"').to_owned()
            };
            self.episodes[at].size = value("size:").parse().unwrap();
            let time = value("duration:");
            let parts = time.split(':').map(|part| part.parse::<u64>().unwrap());
            self.episodes[at].seconds = parts.fold(0, |sum, part| sum * 60 + part);
        }
    }

    fn write_settings(&mut self) {
        let mut text = SETTINGS.replace("What the sea brings.", &self.description);
        if let Some(tags) = self.tags {
            text.push_str(&format!("\n[tags]\n{tags}\n"));
        }
        fs::write(self.show().join("onair.toml"), text).unwrap();
    }

    fn write(&mut self) {
        self.write_settings();
        for (at, episode) in self.episodes.iter().enumerate() {
            let Episode { number, title, notes, day, size, seconds, .. } = episode;
            let mut text = format!(
                "---\ntitle: \"{title}\"\ndescription: \"What it is about.\"\nepisode: {number}\n\
                 duration: \"00:{:02}:{:02}\"\nsize: {size}\nfile: {number:03}.mp3\n\
                 date: 2021-{:02}-{day:02} 07:00:00 +0100\n",
                seconds / 60,
                seconds % 60,
                1 + number % 3,
            );
            if episode.draft {
                text.push_str("draft: true\n");
            }
            if episode.transcript {
                text.push_str(&format!("transcript: transcripts/{number}.vtt\n"));
            }
            if let Some(count) = episode.chapters {
                text.push_str("chapters:\n");
                for chapter in 0..count {
                    text.push_str(&format!(
                        "  - {{ start: \"00:00:0{chapter}\", title: \"Wave {chapter}\" }}\n"
                    ));
                }
            }
            text.push_str(&format!("---\n\n{notes}\n"));
            fs::write(self.file(at), text).unwrap();
        }
    }

    /// Releases; where guards stand in the way, says that it is meant.
    async fn release(&mut self, cut: Option<usize>) {
        let options = self.options(self.show());
        let mut allow = Overrides::default();
        for _ in 0..6 {
            let now: Timestamp = NOW.parse().unwrap();
            let asked = ReleaseOptions {
                dry_run: false,
                repair: false,
                retag: Vec::new(),
                allow: allow.clone(),
                now,
            };
            let prepared = prepare(&options, &asked, &()).await.unwrap();
            match prepared.outcome {
                Preparation::Findings => return self.told("release, refused"),
                Preparation::Guards(guards) => {
                    let meant: Vec<_> = guards.iter().filter_map(|it| it.allow.clone()).collect();
                    if meant.is_empty() {
                        return self.told("release, guarded");
                    }
                    allow = meant.into_iter().fold(allow, Overrides::with);
                }
                Preparation::Plan(plan) => {
                    let target = prepared.target;
                    let done = self.carry_out(&plan, target.store.as_ref(), cut).await;
                    self.just_released = done;
                    self.released += usize::from(done);
                    return self.told(if done { "release" } else { "release, cut off" });
                }
            }
        }
        self.told("release, guarded again and again");
    }

    /// Carries a plan out, and dies at the `cut`th thing that is reported.
    async fn carry_out(
        &self,
        plan: &Plan,
        store: &dyn onair::store::Store,
        cut: Option<usize>,
    ) -> bool {
        let mut owner = Owner::this_process("ada".to_owned());
        if let Some(process) = owner.process.as_mut().filter(|_| cut.is_some()) {
            // Who dies here is nobody that lives.
            process.id = 0x7fff_ffff;
        }
        let (cancel, reporter) = (Cancel::default(), Counter::new(cut));
        let run = Run::new(store, &owner, &reporter, &cancel);
        let work = carry_out(plan, &run);
        tokio::select! {
            biased;
            () = reporter.reached.notified() => false,
            done = work => {
                done.unwrap_or_else(|error| panic!("{}: {error}", self.story()));
                true
            }
        }
    }

    async fn roll_back(&mut self) {
        let options = self.options(self.show());
        let Ok(prepared) = rollback::prepare(&options, None).await else {
            return self.told("no rollback");
        };
        let Ok(plan) = prepared.plan else { return self.told("rollback, guarded") };
        self.carry_out(&plan, prepared.target.store.as_ref(), None).await;
        self.told("rollback");
    }

    async fn upload(&mut self, number: u32) {
        let options = self.options(self.show());
        let Ok(prepared) =
            upload::prepare(&options, &[number.to_string()], NOW.parse().unwrap()).await
        else {
            return self.told("no upload");
        };
        let owner = Owner::this_process("ada".to_owned());
        let (cancel, reporter) = (Cancel::default(), Counter::new(None));
        let run = Run::new(prepared.target.store.as_ref(), &owner, &reporter, &cancel);
        upload::carry_out(&prepared.jobs, &run).await.unwrap();
        self.told(format!("upload of {number}"));
    }
}

/// Counts what is reported.
struct Counter {
    left: AtomicUsize,
    reached: tokio::sync::Notify,
}

impl Counter {
    fn new(cut: Option<usize>) -> Self {
        let left = AtomicUsize::new(cut.unwrap_or(usize::MAX));
        Self { left, reached: tokio::sync::Notify::new() }
    }
}

impl Reporter for Counter {
    fn event(&self, _: Event<'_>) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.reached.notify_one();
        }
    }
}
