//! Brings along what the episodes of a generator's folder name: pictures, transcripts, chapters. Audio is
//! not among it: it rarely lies in the folder, and nobody wants it twice.

use std::path::Path;

use crate::import::EpisodeFile;
use crate::model::hash::Sha256;
use crate::rules::pictures::MAX_PICTURE;
use crate::show::files::{self, NamedFile};
use crate::show::write::write_new;
use crate::show::{Episode, Source, is_inside, read};

/// Where generators keep what pages name (Jekyll, Hugo, Eleventy, Toucan).
const ROOTS: [&str; 9] =
    ["", "static/", "assets/", "contents/", "content/", "src/", "source/", "public/", "images/"];

/// What came, and what did not: each with the episode's file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// How many files.
    pub files: usize,
    /// Files that are named and were not found.
    pub missing: Vec<(String, String)>,
    /// Files in whose place there is another of that name.
    pub displaced: Vec<(String, String)>,
}

/// Copies from `old`, the generator's folder, into the show at `root`. Nothing is written over.
pub fn bring(old: &Path, root: &Path, episodes: &[EpisodeFile]) -> Brought {
    let mut brought = Brought::default();
    let of = |file: &EpisodeFile| {
        let source = Source::new(file.path.as_str(), file.text.as_str());
        Some((Episode::parse(source).ok()?, file.from.clone()?))
    };
    let all: Vec<(Episode, String)> = episodes.iter().filter_map(of).collect();
    let mut came = Vec::new();
    for (episode, from) in &all {
        for named in files::of_episode(episode) {
            let path = &episode.source.path;
            match meant(old, from, path, &named) {
                Some((to, bytes)) => {
                    let written = write_new(&root.join(to), &bytes);
                    brought.files += usize::from(written.is_ok_and(|is_new| is_new));
                    came.push((path, Sha256::of(&bytes), named));
                }
                None => brought.missing.push((path.clone(), named.name)),
            }
        }
    }
    // What came later may stand in the way of what came first.
    for (path, meant, named) in came {
        let here = named.find(root).and_then(|it| read::read_bytes(root, it, MAX_PICTURE));
        if !here.is_ok_and(|here| Sha256::of(&here) == meant) {
            brought.displaced.push((path.clone(), named.name));
        }
    }
    brought
}

/// Copies the site's artwork into the show as `to`, if it is what that name's ending says; whether it is there.
pub fn artwork(old: &Path, root: &Path, named: &str, to: &str) -> bool {
    let paths = ROOTS.iter().map(|start| format!("{start}{}", named.trim_start_matches('/')));
    let read = |path: String| read::read_bytes(old, &path, MAX_PICTURE).ok();
    let bytes = paths.filter(|path| is_inside(path)).find_map(read);
    let fits = |bytes: &Vec<u8>| {
        files::picture_kind(bytes).is_some_and(|(_, ending)| to.ends_with(ending))
    };
    bytes.filter(fits).is_some_and(|bytes| matches!(write_new(&root.join(to), &bytes), Ok(true)))
}

/// The file of the old folder that a name means, as its place in the show and its bytes: the first that is
/// there of those that its candidates may mean.
fn meant<'a>(
    old: &Path,
    from: &str,
    to: &str,
    named: &'a NamedFile<'_>,
) -> Option<(&'a str, Vec<u8>)> {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let (there, here) = (folder(from), format!("{}/", folder(to)));
    named.candidates.iter().filter(|path| is_inside(path)).find_map(|candidate| {
        // Beside the episode's own file, or below one of the usual folders.
        let beside = candidate.strip_prefix(&here).map(|rest| format!("{there}/{rest}"));
        let below = ROOTS.iter().map(|start| format!("{start}{candidate}"));
        beside.into_iter().chain(below).find_map(|path| {
            let bytes = read::read_bytes(old, path.trim_start_matches('/'), MAX_PICTURE).ok()?;
            Some((candidate.as_str(), bytes))
        })
    })
}
