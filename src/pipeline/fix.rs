//! Fixes in the episodes' files what a finding says how to fix, and keeps every other byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use similar::TextDiff;

use super::{Checkout, Error};
use crate::rules::Finding;
use crate::show::edit::Edit;
use crate::show::set_key::changed;
use crate::show::write::write_text;
use crate::show::{Episode, Source};

/// Fixing one finding can bring another to light; no chain is longer than this.
const ROUNDS: usize = 4;

/// What was fixed.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// Episodes' files with the text that was read, and their new one.
    pub files: Vec<(String, Arc<str>, Arc<str>)>,
    /// How many values were fixed.
    pub edits: usize,
    /// The same as a patch.
    pub diff: String,
    /// The findings that are left, of the texts as fixed.
    pub left: Vec<Finding>,
}

impl Fixed {
    /// Writes every changed file whole: a new file beside it, then one rename.
    ///
    /// # Errors
    /// As [`write_episode`]; the files before it have been written.
    pub fn write(&self, root: &Path) -> Result<(), Error> {
        self.files.iter().try_for_each(|(path, old, new)| write_episode(root, path, old, new))
    }
}

/// Gives an episode's file another text than the one that was read.
///
/// # Errors
/// If it cannot be written, or its host has changed it since; then it is as it was.
pub fn write_episode(root: &Path, path: &str, read: &str, text: &str) -> Result<(), Error> {
    let file = root.join(path);
    let failed = |error| Error::disk(format!("{path} cannot be written"), &error);
    if fs::read(&file).map_err(failed)? != read.as_bytes() {
        return Err(Error::usage(format!("{path} was changed meanwhile, and is left as it is"))
            .help("run the same again"));
    }
    write_text(&file, text).map_err(failed)
}

/// Applies all safe fixes to the episodes in memory, until there is none left.
///
/// `wanted` names the episodes' files, all of them if it names none. `find` judges the checkout as it
/// then stands, so that every finding is of the text that stands.
pub fn fix(
    checkout: &mut Checkout,
    wanted: &[String],
    mut findings: Vec<Finding>,
    find: impl Fn(&Checkout) -> Vec<Finding>,
) -> Fixed {
    let mut before: BTreeMap<String, Arc<str>> = BTreeMap::new();
    let mut edits = 0;
    for _ in 0..ROUNDS {
        let mut fixes: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
        for finding in &findings {
            let chosen = wanted.is_empty() || wanted.contains(&finding.path);
            if let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safe && chosen) {
                fixes.entry(&finding.path).or_default().push(fix.edit.clone());
            }
        }
        let mut new = BTreeMap::new();
        for episode in &checkout.show.episodes {
            let source = &episode.source;
            let Some(fixes) = fixes.get_mut(source.path.as_str()) else { continue };
            fixes.sort_by_key(|edit| (edit.span.start, edit.span.end));
            fixes.dedup();
            let mut fixed: Option<Episode> = None;
            // From the last on, so that the places of those before it stay.
            let mut end = source.text.len();
            for edit in fixes.iter().rev() {
                let of = fixed.as_ref().unwrap_or(episode);
                if edit.span.end <= end
                    && let Some(next) = changed(of, edit)
                {
                    edits += 1;
                    end = edit.span.start;
                    fixed = Some(next);
                }
            }
            if let Some(fixed) = fixed {
                before.entry(source.path.clone()).or_insert_with(|| source.text.clone());
                new.insert(source.path.clone(), fixed);
            }
        }
        if new.is_empty() {
            break;
        }
        checkout.replace(new);
        findings = find(checkout);
    }
    let mut files = Vec::new();
    let mut diff = String::new();
    for episode in &checkout.show.episodes {
        let Source { path, text, .. } = &episode.source;
        let Some(old) = before.get(path).filter(|old| *old != text) else { continue };
        diff.push_str(
            &TextDiff::from_lines(&**old, &**text)
                .unified_diff()
                .header(&format!("a/{path}"), &format!("b/{path}"))
                .to_string(),
        );
        files.push((path.clone(), old.clone(), text.clone()));
    }
    Fixed { files, edits, diff, left: findings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_host_saves_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("1.md");
        fs::write(&file, "old").unwrap();
        write_episode(folder.path(), "1.md", "old", "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        let error = write_episode(folder.path(), "1.md", "old", "newer").unwrap_err();
        assert_eq!(error.message, "1.md was changed meanwhile, and is left as it is");
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
    }
}
