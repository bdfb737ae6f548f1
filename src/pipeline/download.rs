//! Downloads MP3s: a few side by side, each gone on with where an earlier try ended, and looked at
//! before it takes its place.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::audio::{Content, Depth, probe_file};
use crate::http::{Client, HttpError, Response, Sink};

/// Longer than any episode: twelve hours at the best bit rate.
const MAX_AUDIO: u64 = 2 * 1024 * 1024 * 1024;
/// So many at a time: the old host is asked politely.
const AT_ONCE: usize = 3;
/// How often a server is asked that does not answer.
const TRIES: u32 = 4;
/// The longest that is waited because a server asks for it (`Retry-After`).
const MAX_WAIT: Duration = Duration::from_secs(120);
/// How long all of it may take.
pub(super) const WHOLE: Duration = Duration::from_secs(12 * 60 * 60);

/// An MP3 to fetch.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its address.
    pub url: String,
    /// The folder that it comes into.
    pub folder: PathBuf,
    /// Its name there.
    pub name: String,
}

/// Fetches all of these, and tells `done` of each in their order: its bytes, or why it did not come.
pub fn all(
    client: &Client,
    wanted: &[Wanted],
    bar: &ProgressBar,
    mut done: impl FnMut(usize, Result<u64, String>) + Send,
) {
    let until = Instant::now() + WHOLE;
    let next = AtomicUsize::new(0);
    // Those that wait for one before them to be told of.
    let told = Mutex::new((0, BTreeMap::new(), &mut done));
    scope(|scope| {
        for _ in 0..AT_ONCE.min(wanted.len()) {
            scope.spawn(|| {
                while let Some((at, one)) = Some(next.fetch_add(1, Ordering::Relaxed))
                    .and_then(|at| Some((at, wanted.get(at)?)))
                {
                    let outcome = fetch(client, one, until, bar);
                    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                    let (first, waiting, done) = &mut *told;
                    waiting.insert(at, outcome);
                    while let Some(outcome) = waiting.remove(first) {
                        done(*first, outcome);
                        *first += 1;
                    }
                }
            });
        }
    });
}

/// Fetches one, and makes sure that it is whole and an MP3.
fn fetch(
    client: &Client,
    wanted: &Wanted,
    until: Instant,
    bar: &ProgressBar,
) -> Result<u64, String> {
    // Beside its place, under a name that no check looks at and the next try uses again.
    let part = wanted.folder.join(format!(".{}.part", wanted.name));
    let bytes = ask(client, &wanted.url, &part, until, bar).inspect_err(|_| {
        if fs::metadata(&part).is_ok_and(|it| it.len() == 0) {
            forget(&part);
        }
    })?;
    let probe = probe_file(&part, Depth::Walk).map_err(|error| error.to_string())?;
    let fault = match probe.content {
        Content::Mp3(_) => None,
        Content::Empty => Some("nothing came".to_owned()),
        Content::Foreign(foreign) => Some(format!("the server sent {foreign}, not an MP3")),
    };
    if let Some(fault) = fault {
        forget(&part);
        return Err(fault);
    }
    let placed = fs::rename(&part, wanted.folder.join(&wanted.name));
    placed.map_err(|error| error.to_string())?;
    forget(&part);
    Ok(bytes)
}

/// Asks until all of it is there, a few times.
fn ask(
    client: &Client,
    url: &str,
    part: &Path,
    until: Instant,
    bar: &ProgressBar,
) -> Result<u64, String> {
    let mut tried = 0;
    loop {
        tried += 1;
        let mut out = Part::open(part, until, bar).map_err(|error| error.to_string())?;
        let resumed = out.resumed();
        let headers = [("Range", resumed.0.as_str()), ("If-Range", resumed.1.as_str())];
        let headers = if resumed.1.is_empty() { &headers[..0] } else { &headers[..] };
        let outcome = client.stream(url, headers, MAX_AUDIO, &mut out);
        let late = Instant::now() >= until;
        let (reason, wait) = match outcome {
            Ok(answer) if answer.is_success() => {
                out.file.sync_all().map_err(|error| error.to_string())?;
                return Ok(out.bytes);
            }
            Ok(answer) if answer.status == 416 => {
                // What was there is none of it.
                forget(part);
                (
                    "the server does not know the part that was there".to_owned(),
                    Some(Duration::ZERO),
                )
            }
            Ok(answer) => {
                let passing = answer.status == 429 || answer.status >= 500;
                (
                    format!("the server answers {}", answer.status),
                    passing.then(|| patience(&answer, tried)),
                )
            }
            Err(_) if late => ("the time limit for all downloads has passed".to_owned(), None),
            Err(HttpError::TooLarge { .. }) => {
                forget(part);
                ("it is larger than any episode".to_owned(), None)
            }
            Err(error) => {
                let wait = error.is_passing().then(|| Duration::from_secs(u64::from(tried)));
                (error.to_string(), wait)
            }
        };
        match wait {
            Some(wait) if tried < TRIES && !late && wait <= MAX_WAIT => sleep(wait),
            Some(wait) if wait > MAX_WAIT => {
                return Err(format!("{reason}, and asks to come back in {} s", wait.as_secs()));
            }
            _ => return Err(reason),
        }
    }
}

/// How long a server wants to be left alone (RFC 9110, section 10.2.3), in seconds.
fn patience(answer: &Response, tried: u32) -> Duration {
    let given = answer.header("retry-after").and_then(|text| text.trim().parse().ok());
    Duration::from_secs(given.unwrap_or(u64::from(tried)))
}

/// Beside a part, what tells whether the server still has the same (`ETag`, or `Last-Modified`).
fn note(part: &Path) -> PathBuf {
    let mut name = part.as_os_str().to_owned();
    name.push(".of");
    PathBuf::from(name)
}

fn forget(part: &Path) {
    let _ = fs::remove_file(part);
    let _ = fs::remove_file(note(part));
}

/// What has come of a file.
struct Part<'a> {
    path: &'a Path,
    file: File,
    bytes: u64,
    validator: String,
    until: Instant,
    bar: &'a ProgressBar,
    /// Whether what comes is worth keeping.
    keeps: bool,
}

impl<'a> Part<'a> {
    fn open(path: &'a Path, until: Instant, bar: &'a ProgressBar) -> io::Result<Self> {
        // A link that somebody put there is not written through.
        let is_file = |path: &Path| fs::symlink_metadata(path).is_ok_and(|it| it.is_file());
        let noted = note(path);
        let validator = match is_file(path) && is_file(&noted) {
            true => fs::read_to_string(&noted).unwrap_or_default(),
            false => String::new(),
        };
        if validator.is_empty() {
            forget(path);
        }
        let mut file =
            OpenOptions::new().create_new(validator.is_empty()).write(true).open(path)?;
        let bytes = file.seek(SeekFrom::End(0))?;
        Ok(Self { path, file, bytes, validator, until, bar, keeps: false })
    }

    /// The headers by which a server goes on (RFC 9110, sections 13.1.5 and 14.2); empty at the start.
    fn resumed(&self) -> (String, String) {
        match self.bytes {
            0 => (String::new(), String::new()),
            bytes => (format!("bytes={bytes}-"), self.validator.clone()),
        }
    }
}

impl Write for Part<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.keeps {
            return Ok(bytes.len());
        }
        if Instant::now() >= self.until {
            return Err(io::Error::other("the time limit for all downloads has passed"));
        }
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        self.bar.inc(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Sink for Part<'_> {
    fn begin(&mut self, head: &Response) -> io::Result<()> {
        self.keeps = head.is_success();
        if !self.keeps {
            return Ok(());
        }
        let goes_on = head.status == 206
            && head
                .header("content-range")
                .is_some_and(|range| range.starts_with(&format!("bytes {}-", self.bytes)));
        if head.status == 206 && !goes_on {
            return Err(io::Error::other("the server sent another part than was asked for"));
        }
        if goes_on {
            return Ok(());
        }
        self.bytes = 0;
        self.file.set_len(0)?;
        self.file.rewind()?;
        // A weak one promises no bytes.
        let strong = head.header("etag").filter(|tag| !tag.starts_with("W/"));
        let ranges = head.header("accept-ranges") != Some("none");
        let validator = strong.or_else(|| head.header("last-modified")).filter(|_| ranges);
        let _ = fs::remove_file(note(self.path));
        if let Some(validator) = validator {
            let mut file = File::create_new(note(self.path))?;
            file.write_all(validator.as_bytes())?;
        }
        Ok(())
    }
}
