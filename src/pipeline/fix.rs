//! Fixes in the episodes' files what a finding says how to fix, and keeps every other byte.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use similar::TextDiff;

use super::{Checkout, Error};
use crate::rules::Finding;
use crate::show::Source;
use crate::show::edit::{self, Edit};
use crate::show::write::write_text;

/// Fixing one finding can bring another to light; no chain is longer than this.
const ROUNDS: usize = 4;

/// What was fixed.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// Episodes' files with their new text.
    pub files: Vec<(String, String)>,
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
    /// If a file cannot be written; those before it have been.
    pub fn write(&self, root: &Path) -> Result<(), Error> {
        self.files.iter().try_for_each(|(path, text)| write_episode(root, path, text))
    }
}

/// Gives an episode's file another text.
///
/// # Errors
/// If it cannot be written; then it is as it was.
pub fn write_episode(root: &Path, path: &str, text: &str) -> Result<(), Error> {
    write_text(&root.join(path), text)
        .map_err(|error| Error::disk(format!("{path} cannot be written"), &error))
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
        let mut changed = BTreeMap::new();
        for episode in &checkout.show.episodes {
            let source = &episode.source;
            let Some(fixes) = fixes.get(source.path.as_str()) else { continue };
            let text = edit::apply(&source.text, fixes);
            if let Ok(fixed) = episode.with_text(text) {
                edits += fixes.len();
                before.entry(source.path.clone()).or_insert_with(|| source.text.clone());
                changed.insert(source.path.clone(), fixed);
            }
        }
        if changed.is_empty() {
            break;
        }
        checkout.replace(changed);
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
        files.push((path.clone(), text.to_string()));
    }
    Fixed { files, edits, diff, left: findings }
}
