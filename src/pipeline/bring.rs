//! Brings along what the episodes of a generator's folder name: pictures, transcripts, chapters. Audio is
//! not among it: it rarely lies in the folder, and nobody wants it twice.

use std::path::Path;

use crate::import::EpisodeFile;
use crate::rules::pictures::MAX_PICTURE;
use crate::show::files::{self, NamedFile};
use crate::show::write::write_new;
use crate::show::{Episode, Source, is_inside, read};

/// Where generators keep what pages name (Jekyll, Hugo, Eleventy, Toucan).
const ROOTS: [&str; 9] =
    ["", "static/", "assets/", "contents/", "content/", "src/", "source/", "public/", "images/"];

/// What came, and what did not.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// How many files.
    pub files: usize,
    /// Files that are named and were not found: each with the episode's file.
    pub missing: Vec<(String, String)>,
}

/// Copies from `old`, the generator's folder, into the show at `root`. Nothing is written over.
pub fn bring(old: &Path, root: &Path, episodes: &[EpisodeFile]) -> Brought {
    let mut brought = Brought::default();
    for file in episodes {
        let Some(from) = &file.from else { continue };
        let source = Source::new(file.path.as_str(), file.text.as_str());
        let Ok(episode) = Episode::parse(source) else { continue };
        for named in files::of_episode(&episode) {
            if files::is_address(&named.name) || named.find(root).is_ok() {
                continue;
            }
            match copy(old, root, from, &file.path, &named) {
                true => brought.files += 1,
                false => brought.missing.push((file.path.clone(), named.name)),
            }
        }
    }
    brought
}

/// Copies the first file of the old folder that one of the candidates may mean.
fn copy(old: &Path, root: &Path, from: &str, to: &str, named: &NamedFile<'_>) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let (there, here) = (folder(from), format!("{}/", folder(to)));
    for candidate in named.candidates.iter().filter(|path| is_inside(path)) {
        // Beside the episode's own file, or below one of the usual folders.
        let beside = candidate.strip_prefix(&here).map(|rest| format!("{there}/{rest}"));
        let below = ROOTS.iter().map(|start| format!("{start}{candidate}"));
        for path in beside.into_iter().chain(below) {
            let Ok(bytes) = read::read_bytes(old, path.trim_start_matches('/'), MAX_PICTURE) else {
                continue;
            };
            if write_new(&root.join(candidate), &bytes).is_ok_and(|is_new| is_new) {
                return true;
            }
        }
    }
    false
}
