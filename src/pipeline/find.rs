//! Which show is meant where none is named: the nearest, from this folder upwards, as git finds its own.

use std::fs;
use std::path::{Path, PathBuf};

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
