//! `--fix`: mends in the episodes' files what a finding says how to mend, and keeps every other byte.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use similar::TextDiff;

use super::gather::Gathered;
use super::term::Term;
use super::{Exit, Failure};
use crate::report::counted;
use crate::rules::Finding;
use crate::show::edit::{self, Edit};
use crate::show::{Episode, Source};

/// Mending one finding can bring another to light; no chain is longer than this.
const ROUNDS: usize = 4;

/// What `--fix` comes to.
pub struct Mended {
    /// Episodes' files with their new text.
    files: Vec<(String, String)>,
    /// How many values were mended.
    pub edits: usize,
    /// The same as a patch.
    pub diff: String,
    /// The findings that are left.
    pub left: Vec<Finding>,
}

impl Mended {
    /// Writes every changed file whole: a new file beside it, then one rename.
    pub fn write(&self, root: &Path) -> Result<(), Failure> {
        for (path, text) in &self.files {
            write_text(&root.join(path), text).map_err(|error| {
                Failure::new(Exit::Usage, format!("{path} cannot be written: {error}"))
            })?;
        }
        Ok(())
    }

    /// Says how much was mended, if anything was.
    pub fn say(&self, term: &Term) {
        if self.edits > 0 {
            term.say(&format!(
                "Mended {} in {}",
                counted(self.edits, "value"),
                counted(self.files.len(), "file")
            ));
        }
    }
}

/// Replaces a text file in one step, keeping its permissions.
pub fn write_text(path: &Path, text: &str) -> std::io::Result<()> {
    let path = path.canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(std::fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

/// Applies all safe fixes to the episodes in memory, until there is none left.
///
/// `wanted` names the episodes' files, all of them if it names none; `find` finds anew after a round.
pub fn mend(
    gathered: &mut Gathered,
    wanted: &[String],
    mut findings: Vec<Finding>,
    find: impl Fn(&Gathered) -> Vec<Finding>,
) -> Mended {
    let before: Vec<(String, Arc<str>)> = gathered
        .show
        .episodes
        .iter()
        .map(|episode| (episode.source.path.clone(), episode.source.text.clone()))
        .collect();
    let mut edits = 0;
    for _ in 0..ROUNDS {
        let mut changed = BTreeSet::new();
        for episode in &mut gathered.show.episodes {
            if !wanted.is_empty() && !wanted.contains(&episode.source.path) {
                continue;
            }
            let fixes: Vec<Edit> = findings
                .iter()
                .filter(|finding| finding.path == episode.source.path)
                .filter_map(|finding| finding.fix.as_ref().filter(|fix| fix.safe))
                .map(|fix| fix.edit.clone())
                .collect();
            if fixes.is_empty() {
                continue;
            }
            let text = edit::apply(&episode.source.text, &fixes);
            let source = Source::new(episode.source.path.clone(), text);
            if let Ok(mended) = Episode::parse(source) {
                edits += fixes.len();
                *episode = mended;
                changed.insert(episode.source.path.clone());
            }
        }
        if changed.is_empty() {
            break;
        }
        gathered.refresh(&changed);
        findings = find(gathered);
    }
    let mut files = Vec::new();
    let mut diff = String::new();
    for (path, old) in before {
        let Some(episode) =
            gathered.show.episodes.iter().find(|episode| episode.source.path == path)
        else {
            continue;
        };
        let new = &episode.source.text;
        if *new != old {
            diff.push_str(
                &TextDiff::from_lines(&*old, &**new)
                    .unified_diff()
                    .header(&format!("a/{path}"), &format!("b/{path}"))
                    .to_string(),
            );
            files.push((path, new.to_string()));
        }
    }
    Mended { files, edits, diff, left: findings }
}
