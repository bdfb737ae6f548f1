//! A show in a temporary folder, and the binary run over it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use onair::audio::testing::{FRAME, Noise};

/// A show of three sound episodes, ready to be damaged.
pub struct TestShow {
    folder: tempfile::TempDir,
}

/// What a run of the binary came to.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The same, without what other parts decide: how large pages are, how many assets there are and
    /// what they are called. Lines that come in any order are sorted.
    pub fn outline(&self) -> String {
        let said = self.said();
        let ours = |line: &&str| !is_delivery(line) || line.contains(".mp3");
        let mut lines: Vec<String> = said.lines().filter(ours).map(without_amounts).collect();
        for run in lines.chunk_by_mut(|a, b| is_delivery(a) && is_delivery(b)) {
            run.sort();
        }
        lines.join("\n")
    }

    /// All that was said, and the exit code.
    pub fn said(&self) -> String {
        format!("{}{}exit code {}\n", self.stdout, self.stderr, self.code)
    }
}

pub const SETTINGS: &str = r#"[show]
title = "Test Show"
description = "A show for tests."
author = "Ada"
language = "fr"
time-zone = "Europe/Paris"
category = ["News", "Tech News"]
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

/// A PNG of 1400 x 1400 pixels, as far as it is looked at: nobody decodes it.
fn artwork() -> Vec<u8> {
    let mut png =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\x78\0\0\x05\x78\x08\x02\0\0\0\0\0\0\0".to_vec();
    png.extend(300_u32.to_be_bytes());
    png.extend(b"IDAT");
    png.extend([0; 304]);
    png.extend(b"\0\0\0\0IEND\0\0\0\0");
    png
}

impl TestShow {
    /// Settings and artwork, no episodes.
    pub fn new() -> Self {
        // In memory where that can be had: a release flushes every file to the disk.
        let memory = Path::new("/dev/shm");
        let folder =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let show = Self { folder: folder.unwrap() };
        for folder in ["episodes", "audio", "img"] {
            fs::create_dir(show.path(folder)).unwrap();
        }
        show.write("onair.toml", SETTINGS);
        fs::write(show.path("img/artwork.png"), artwork()).unwrap();
        show
    }

    /// The same, with rules set: `audio-missing = "off"`.
    pub fn with_rules(rules: &str) -> Self {
        let show = Self::new();
        show.write("onair.toml", &format!("{SETTINGS}\n[rules]\n{rules}\n"));
        show
    }

    /// A show that is judged without its audio.
    pub fn without_audio() -> Self {
        Self::with_rules("audio-missing = \"off\"")
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).unwrap();
    }

    /// The same in one step, as editors do it: nobody sees the file half-written.
    pub fn save(&self, path: &str, text: &str) {
        let path = self.path(path);
        let name = path.file_name().unwrap().to_str().unwrap();
        let new = path.with_file_name(format!(".{name}.new"));
        fs::write(&new, text).unwrap();
        fs::rename(new, path).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// A sound episode of this number, with `changes` made to its front matter: each is a line that
    /// takes the place of the one with the same key.
    pub fn episode(&self, number: u32, changes: &[&str]) {
        self.write(&format!("episodes/episode_{number:03}.md"), &front_matter(number, changes));
    }

    /// A sound episode with an MP3 of so many frames of 26 ms, and true about its size and time.
    pub fn with_audio(&self, number: u32, frames: usize, changes: &[&str]) {
        self.audio(number, &audio(number, frames));
        self.episode(number, changes);
        self.fix(number);
    }

    /// The same, in a show whose settings are not whole yet.
    pub fn with_open_audio(&self, number: u32) {
        self.audio(number, &audio(number, 40));
        let seconds = "duration: \"00:00:01\"";
        let size = format!("size: {}", audio(number, 40).len());
        self.episode(number, &[seconds, &size]);
    }

    /// The MP3 of an episode.
    pub fn audio(&self, number: u32, bytes: &[u8]) {
        fs::write(self.path(&format!("audio/{number:03}.mp3")), bytes).unwrap();
    }

    /// Lets `onair check --fix` make an episode's size and duration true.
    pub fn fix(&self, number: u32) {
        let ran = self.onair(&["check", "--fix", &number.to_string()]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    }

    /// Every file below a folder with its bytes.
    pub fn tree(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.root()).unwrap().display().to_string();
                    files.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    /// Five sound episodes of 256 kbit/s.
    pub fn five_episodes(&self) {
        (1..=5).for_each(|number| self.episode(number, &[]));
    }

    /// Runs the binary in the show's folder.
    pub fn onair(&self, arguments: &[&str]) -> Ran {
        self.run(&mut self.command(arguments))
    }

    /// The same, with more in its environment.
    pub fn onair_in(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        self.run(self.command(arguments).envs(environment.iter().copied()))
    }

    /// The binary, to be run in the show's folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onair"));
        command
            .args(arguments)
            .current_dir(self.root())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("COLUMNS", "100")
            // Nothing beyond this machine is asked, whatever a test does.
            .env("ONAIR_ONLY_LOOPBACK", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    /// Runs it.
    pub fn run(&self, command: &mut Command) -> Ran {
        let output: Output = command.output().unwrap();
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes).unwrap().replace(&self.root().display().to_string(), "[SHOW]")
        };
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// What `onair check` says, and its exit code.
    pub fn check(&self) -> String {
        self.onair(&["check"]).said()
    }
}

fn is_delivery(line: &str) -> bool {
    line.starts_with("  ") && line.contains(" sent (")
}

/// `21 objects` as `N objects`, `4.0 kB` as `N kB`.
fn without_amounts(line: &str) -> String {
    let units = ["kB", "B", "object", "objects", "asset", "assets", "page", "pages", "unchanged"];
    let indent = &line[..line.len() - line.trim_start().len()];
    let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    for at in 1..words.len() {
        let unit = words[at].trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        let is_amount = |c: char| c.is_ascii_digit() || matches!(c, '.' | '(');
        if units.contains(&unit.as_str()) && words[at - 1].chars().all(is_amount) {
            words[at - 1] = if words[at - 1].starts_with('(') { "(N" } else { "N" }.to_owned();
        }
    }
    format!("{indent}{}", words.join(" "))
}

/// An MP3 of so many frames of noise, the same for the same number.
pub fn audio(number: u32, frames: usize) -> Vec<u8> {
    let mut noise = Noise(u64::from(number) + 1);
    (0..frames).flat_map(|_| FRAME.noise(&mut noise)).collect()
}

/// The front matter of a sound episode: 256 kbit/s, a week apart, no two of the same length.
pub fn front_matter(number: u32, changes: &[&str]) -> String {
    let seconds = 1500 + number * 61;
    let mut lines = vec![
        "layout: podcast".to_owned(),
        format!(
            "title: \"Title {}\"",
            ["one", "two", "three", "four", "five", "six", "seven"][number as usize % 7]
        ),
        "description: \"What it is about.\"".to_owned(),
        format!("episode: {number}"),
        format!("duration: \"00:{:02}:{:02}\"", seconds / 60, seconds % 60),
        format!("size: {}", seconds * 32_000 + 1_000),
        format!("file: {number:03}.mp3"),
        format!("date: 2021-02-{:02} 07:00:00 +0100", number),
    ];
    for change in changes {
        let key = change.split(':').next().unwrap();
        match lines.iter_mut().find(|line| line.starts_with(&format!("{key}:"))) {
            Some(line) => *line = (*change).to_owned(),
            None => lines.push((*change).to_owned()),
        }
    }
    format!("---\n{}\n---\n\nNotes.\n", lines.join("\n"))
}
