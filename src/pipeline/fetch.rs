//! Fetches what an imported feed names: artwork, audio, transcripts, chapters. What is there already
//! stays; what comes is looked at before it takes its place.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::download;
use crate::http::Client;
use crate::import::{EpisodeFile, Fetch, Import};
use crate::report::{self, counted, printable};
use crate::rules::pictures::MAX_PICTURE;
use crate::show::files::picture_kind;
use crate::show::read::{self, FileTrouble};
use crate::show::write::write_new;
use crate::show::{Episode, Show, is_inside};

/// How often a server is asked that does not answer.
const TRIES: u32 = 3;
/// So many files that did not come, one after another, and no more are asked for.
const MAX_VAIN: usize = 6;

/// What to do where files did not come.
pub const AGAIN: &str = "run the same again: what is there stays, the rest is fetched";

/// Who is told how fetching proceeds.
pub trait FetchWatch: Sync {
    /// A line worth knowing.
    fn say(&self, line: &str);
    /// What could not be fetched, and what to do about it.
    fn failed(&self, message: &str, help: &str);
    /// A bar for a file of so many bytes, if it is known how many.
    fn bar(&self, _name: &str, _bytes: Option<u64>) -> ProgressBar {
        ProgressBar::hidden()
    }
}

/// An MP3 that is to be at hand.
#[derive(Debug, Clone)]
pub struct WantedAudio {
    /// Its address.
    pub url: String,
    /// Its place below the show's folder.
    pub path: String,
    /// The bytes that the feed states.
    pub stated: Option<u64>,
}

/// The episodes of a show that is there, by their guids.
struct Own<'a>(HashMap<&'a str, Vec<&'a Episode>>);

impl<'a> Own<'a> {
    fn of(show: &'a Show) -> Self {
        let mut all: HashMap<&str, Vec<&Episode>> = HashMap::new();
        for episode in &show.episodes {
            if let Some(guid) = episode.effective_guid() {
                all.entry(guid).or_default().push(episode);
            }
        }
        Self(all)
    }

    /// The one that an imported one is: of several of its guid, that with its address.
    fn episode(&self, imported: &EpisodeFile) -> Option<&'a Episode> {
        let all = self.0.get(imported.guid.as_str())?;
        let url = imported.audio.as_ref().map(|audio| &audio.url);
        let same = all.iter().find(|it| url.is_some() && it.enclosure.value() == url);
        same.or(all.first()).copied()
    }
}

/// Fetches into a show's folder.
pub struct Fetcher<'a> {
    client: &'a Client,
    root: &'a Path,
    watch: &'a dyn FetchWatch,
    artwork: Option<Vec<u8>>,
    lacks_artwork: bool,
    failed: Vec<String>,
    /// Files of late that no server would give.
    vain: usize,
    /// When no more is asked for.
    until: Instant,
    fetched: usize,
    there: usize,
    bytes: u64,
    /// Files that are not as long as the feed says.
    other_length: usize,
}

impl<'a> Fetcher<'a> {
    pub fn new(client: &'a Client, root: &'a Path, watch: &'a dyn FetchWatch) -> Self {
        Self {
            client,
            root,
            watch,
            artwork: None,
            lacks_artwork: false,
            failed: Vec::new(),
            vain: 0,
            until: Instant::now() + download::WHOLE,
            fetched: 0,
            there: 0,
            bytes: 0,
            other_length: 0,
        }
    }

    /// Fetches the artwork, to be written later; the ending that its format asks for.
    pub fn artwork(&mut self, url: &str) -> Option<&'static str> {
        let asked = self.ask(url, MAX_PICTURE);
        let ending = asked.as_deref().map(|bytes| match picture_kind(bytes)?.1 {
            ".jpg" => Some("jpg"),
            ".png" => Some("png"),
            _ => None,
        });
        let reason = match ending {
            Ok(Some(ending)) => {
                self.artwork = asked.ok();
                return Some(ending);
            }
            Ok(None) => "it is neither JPEG nor PNG",
            Err(reason) => reason,
        };
        self.failed.push(format!("the artwork: {reason} ({url})"));
        self.lacks_artwork = true;
        None
    }

    /// Fetches all that the import names. In a show that was there before, only what its episodes name:
    /// it knows them by their guids, and may have named their audio anew.
    pub fn all(&mut self, import: &Import, show: Option<&Show>) {
        let mut audio = Vec::new();
        let folder = show.map_or("audio", |show| show.settings.audio_folder());
        if let (Some(artwork), Some(bytes)) = (&import.artwork, self.artwork.take()) {
            let path = show.map_or(&artwork.to, |show| show.settings.show.artwork.get_ref());
            self.keep(path, &bytes);
        }
        let own = show.map(Own::of);
        for episode in &import.episodes {
            let own = own.as_ref().map(|own| own.episode(episode));
            for Fetch { url, to } in &episode.beside {
                let is_named =
                    own.is_none_or(|own| own.is_some_and(|own| own.source.text.contains(to)));
                if self.root.join(to).exists() || !is_named {
                    continue;
                }
                let limit = if to.starts_with("img/") { MAX_PICTURE } else { read::MAX_TEXT };
                match self.ask(url, limit) {
                    Ok(bytes) => self.keep(to, &bytes),
                    Err(reason) => self.failed.push(format!("{to}: {reason} ({url})")),
                }
            }
            let Some(Fetch { url, to }) = &episode.audio else { continue };
            let name = match own {
                None => to.as_str(),
                Some(own) => match own.and_then(|own| own.file.value()) {
                    Some(name) => name.as_str(),
                    None => continue,
                },
            };
            audio.push(WantedAudio {
                url: url.clone(),
                path: format!("{folder}/{name}"),
                stated: episode.bytes,
            });
        }
        self.audio(&audio);
        self.sum_up();
    }

    /// Fetches MP3s that are not there, and looks at each; the paths of those that are there now.
    pub fn audio(&mut self, wanted: &[WantedAudio]) -> Vec<String> {
        let mut there = Vec::new();
        let (mut jobs, mut of) = (Vec::new(), Vec::new());
        let mut places: HashMap<&str, &str> = HashMap::new();
        for one in wanted {
            if self.root.join(&one.path).exists() {
                self.there += 1;
                there.push(one.path.clone());
                continue;
            }
            let (folder, name) = one.path.rsplit_once('/').unwrap_or(("", &one.path));
            if let Some(url) = places.insert(one.path.as_str(), one.url.as_str()) {
                // The same once more, or another's place.
                if url != one.url {
                    self.failed.push(format!("{}: {url} is to come there, too", one.path));
                }
                continue;
            }
            match self.folder(folder) {
                Ok(folder) => {
                    let (url, name) = (one.url.clone(), name.to_owned());
                    jobs.push(download::Wanted { url, folder, name });
                    of.push(one);
                }
                Err(reason) => self.failed.push(format!("{}: {reason}", one.path)),
            }
        }
        let stated = of.iter().filter_map(|one| one.stated).fold(0, u64::saturating_add);
        let bar = self.watch.bar(&counted(jobs.len(), "MP3"), Some(stated));
        download::all(self.client, &jobs, &bar, |at, outcome| {
            let WantedAudio { path, stated, url } = of[at];
            match outcome {
                Ok(bytes) => {
                    self.fetched += 1;
                    self.bytes += bytes;
                    self.other_length += usize::from(stated.is_some_and(|stated| stated != bytes));
                    let size = report::bytes(bytes);
                    bar.suspend(|| self.watch.say(&format!("  {path} fetched ({size})")));
                    there.push(path.clone());
                }
                Err(reason) => self.failed.push(format!("{path}: {reason} ({url})")),
            }
        });
        bar.finish_and_clear();
        there
    }

    /// Writes the artwork that was fetched.
    pub fn keep_artwork(&mut self, import: &Import) {
        if let (Some(artwork), Some(bytes)) = (&import.artwork, self.artwork.take()) {
            self.keep(&artwork.to, &bytes);
        }
    }

    /// Writes a file that is not there.
    fn keep(&mut self, path: &str, bytes: &[u8]) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let written = self.folder(folder).and_then(|folder| {
            write_new(&folder.join(name), bytes).map_err(|error| error.to_string())
        });
        if let Err(reason) = written {
            self.failed.push(format!("{path}: {reason}"));
        }
    }

    /// The folder at `path` below the show's, made if it is not there; no link leads out of the show.
    fn folder(&self, path: &str) -> Result<PathBuf, String> {
        if path.is_empty() {
            return Ok(self.root.to_owned());
        }
        if !is_inside(path) {
            return Err("this leaves the show's folder".to_owned());
        }
        if let Err(FileTrouble::Missing) = read::resolve(self.root, path) {
            fs::create_dir_all(self.root.join(path)).map_err(|error| error.to_string())?;
        }
        read::resolve(self.root, path).map_err(|trouble| format!("{path}: {trouble}"))
    }

    /// Asks until there is an answer of success, a few times; only once after a file that did not come.
    fn ask(&mut self, url: &str, limit: u64) -> Result<Vec<u8>, String> {
        if self.vain == MAX_VAIN {
            return Err(format!("not asked for: the {MAX_VAIN} before it did not come"));
        }
        if Instant::now() > self.until {
            return Err("not asked for: the time limit for all downloads has passed".to_owned());
        }
        let tries = if self.vain == 0 { TRIES } else { 1 };
        let mut tried = 0;
        loop {
            tried += 1;
            let (reason, passing) = match self.client.get(url, limit) {
                Ok(answer) if answer.is_success() => {
                    self.vain = 0;
                    return Ok(answer.bytes);
                }
                Ok(answer) => (
                    format!("the server answers {}", answer.status),
                    answer.status == 429 || answer.status >= 500,
                ),
                Err(error) => (error.to_string(), error.is_passing()),
            };
            if !passing || tried == tries {
                self.vain = if passing { self.vain + 1 } else { 0 };
                return Err(reason);
            }
            sleep(Duration::from_secs(u64::from(tried)));
        }
    }

    /// Says what came.
    pub fn sum_up(&self) {
        self.watch.say(&format!(
            "Fetched {} ({}); {} there already",
            counted(self.fetched, "MP3"),
            report::bytes(self.bytes),
            self.there
        ));
        if self.other_length > 0 {
            self.watch.say(&format!(
                "{} not as long as the feed says: `onair check --fix` writes the true sizes",
                counted(self.other_length, "MP3")
            ));
        }
    }

    /// What could not be fetched, and why.
    pub fn failures(&self) -> &[String] {
        &self.failed
    }

    /// Whether the artwork is among it.
    pub fn lacks_artwork(&self) -> bool {
        self.lacks_artwork
    }

    /// Whether all that was asked for is there; says what is not, and what to do about it.
    pub fn is_complete(&self, help: &str) -> bool {
        if self.failed.is_empty() {
            return true;
        }
        let list: String =
            self.failed.iter().map(|what| format!("\n  {}", printable(what))).collect();
        self.watch.failed(
            &format!("{} could not be fetched{list}", counted(self.failed.len(), "file")),
            help,
        );
        false
    }
}
