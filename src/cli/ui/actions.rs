//! The edge to GitHub Actions: the files that a step may write to, and where the repository stands.
//!
//! Only `--format github` writes there.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::gather::Gather;
use super::term::Term;
use crate::cli::args::Format;
use crate::report::summary::LIMIT;

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether the output is a log of GitHub's runner, which takes lines for commands.
pub fn is_runner() -> bool {
    var("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// The address of this very run.
pub fn run_url() -> Option<String> {
    Some(format!("{}/actions/runs/{}", repository()?, var("GITHUB_RUN_ID")?))
}

fn repository() -> Option<String> {
    Some(format!("{}/{}", var("GITHUB_SERVER_URL")?, var("GITHUB_REPOSITORY")?))
}

/// Where the checked-out commit's files are shown.
pub fn blobs() -> Option<String> {
    Some(format!("{}/blob/{}/", repository()?, var("GITHUB_SHA")?))
}

/// The show's folder below the repository's root: `shows/tide/`, or nothing.
pub fn folder(root: &Path, term: &Term) -> String {
    let inside = || {
        let workspace = fs::canonicalize(var("GITHUB_WORKSPACE")?).ok()?;
        let root = fs::canonicalize(root).ok()?;
        let inside = root.strip_prefix(workspace).ok()?.to_str()?.to_owned();
        (!inside.is_empty()).then(|| format!("{inside}/"))
    };
    let show = || term.gather().and_then(Gather::show).filter(|show| show != ".");
    inside().or_else(|| Some(format!("{}/", show()?))).unwrap_or_default()
}

/// Adds to the job's summary what `write` makes of the room that is left there.
pub fn summarise(term: &Term, write: impl FnOnce(usize) -> String) {
    let Some(path) = file("GITHUB_STEP_SUMMARY", term) else { return };
    let there = fs::metadata(&path).map_or(0, |metadata| metadata.len());
    let room = LIMIT.saturating_sub(usize::try_from(there).unwrap_or(LIMIT));
    append(&path, &write(room), term);
}

/// Hands a number to later steps; of several shows, their sum. No text: a stranger's could hold lines of its own.
pub fn output(name: &'static str, number: u64, term: &Term) {
    if let Some(path) = file("GITHUB_OUTPUT", term) {
        let number = term.gather().map_or(number, |gather| gather.number(name, number));
        append(&path, &format!("{name}={number}\n"), term);
    }
}

fn file(name: &str, term: &Term) -> Option<PathBuf> {
    (term.format() == Format::Github).then(|| var(name)).flatten().map(PathBuf::from)
}

fn append(path: &Path, text: &str, term: &Term) {
    let written = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    if let Err(error) = written {
        term.say(&format!("{} cannot be written: {error}", path.display()));
    }
}
