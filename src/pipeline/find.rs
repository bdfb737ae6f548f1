//! Which show is meant where none is named: the nearest, from this folder upwards, as git finds its own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Error;
use super::revision::git;
use crate::show::Show;
use crate::show::settings::FILE;

/// How far down shows are looked for that could be named instead.
const DEPTH: usize = 3;
/// How many of these are named.
const MOST: usize = 5;

/// The nearest folder with `onair.toml`, seen from the current one; the current one if there is none.
pub fn nearest() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let up = here.ancestors().position(|folder| folder.join(FILE).is_file());
    match up {
        None | Some(0) => PathBuf::from("."),
        Some(up) => std::iter::repeat_n("..", up).collect(),
    }
}

/// A show of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its folder as the repository calls it; `.` for its root.
    pub name: String,
    /// The same folder, seen from the current one.
    pub path: PathBuf,
}

/// Every show of the repository that the current folder is in, by their names: each `onair.toml` that git
/// knows, or would take.
///
/// # Errors
/// If git knows of no repository here, or the repository has no show.
pub fn all() -> Result<Vec<Found>, Error> {
    let here = Path::new(".");
    let top = git(here, &["rev-parse", "--show-cdup"]).map(|up| here.join(up.trim_end()));
    let list = |top: &PathBuf| {
        let files = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let wanted = [FILE.to_owned(), format!("*/{FILE}")];
        git(top, &[&files[..], &["--", &wanted[0], &wanted[1]]].concat())
    };
    let (Some(top), Some(listed)) = (&top, top.as_ref().and_then(list)) else {
        return Err(Error::usage("--all-shows needs a git repository, and git knows of none here")
            .help("run it in the repository, or name a show with --show"));
    };
    // A file in conflict is listed for each side.
    let names: BTreeSet<&str> = listed
        .split_terminator('\0')
        .filter(|path| top.join(path).is_file())
        .map(|path| path.rsplit_once('/').map_or(".", |(folder, _)| folder))
        .collect();
    if names.is_empty() {
        return Err(Error::usage(format!("no folder of this repository has {FILE}"))
            .help("make a show with `onair init`"));
    }
    let found = |name: &&str| Found { name: (*name).to_owned(), path: top.join(name) };
    Ok(names.iter().map(found).collect())
}

/// Shows below this folder, which could be named with `--show`.
pub fn below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let inside = fs::read_dir(&folder).into_iter().flatten().take(1_000);
        for path in inside.filter_map(|entry| Some(entry.ok()?.path())) {
            let hidden =
                path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
            if hidden || path.is_symlink() || !path.is_dir() {
                continue;
            }
            if path.join(FILE).is_file() {
                found.push(path.strip_prefix(".").unwrap_or(&path).display().to_string());
            } else if depth + 1 < DEPTH {
                folders.push((path, depth + 1));
            }
        }
    }
    found.sort();
    found.truncate(MOST);
    found
}

/// What the episodes of the nearest show can be called by: their numbers, and the names of their files.
pub fn episodes() -> Vec<String> {
    let Ok(show) = Show::read(&nearest()) else { return Vec::new() };
    let mut names: Vec<(u32, String)> = Vec::new();
    for episode in &show.episodes {
        let path = &episode.source.path;
        let number = episode.number.value().copied();
        names.extend(number.map(|number| (number, number.to_string())));
        names.push((u32::MAX, path.rsplit('/').next().unwrap_or(path).to_owned()));
    }
    names.sort();
    names.into_iter().map(|(_, name)| name).collect()
}
