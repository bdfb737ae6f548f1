//! What a host must know of an import: what could not be taken over, what to look at, what to do next.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::report::printable;

/// Of more remarks alike, or more elements, the rest is counted.
const SHOWN: usize = 20;

/// Where an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// In what the feed says of the show.
    Show,
    /// In an episode.
    Episode,
}

/// All that there is to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    left: BTreeMap<(Level, String), usize>,
    remarks: Vec<(String, String)>,
    /// What to do next, in order.
    pub next: Vec<String>,
}

impl Report {
    /// Something has no place in a show.
    pub fn left(&mut self, level: Level, what: &str) {
        // A hostile feed may have any number of names.
        if self.left.len() < 1000 || self.left.contains_key(&(level, what.to_owned())) {
            *self.left.entry((level, what.to_owned())).or_default() += 1;
        }
    }

    /// Something in the file at `path` wants a look.
    pub fn remark(&mut self, path: &str, what: impl Into<String>) {
        self.remarks.push((path.to_owned(), what.into()));
    }

    /// Remarks so far.
    pub fn remarks(&self) -> &[(String, String)] {
        &self.remarks
    }

    /// Everything as a person reads it, or of many things alike the first; nothing for nothing.
    pub fn text(&self, all: bool) -> String {
        let shown = if all { usize::MAX } else { SHOWN };
        let mut out = String::new();
        if !self.left.is_empty() {
            out.push_str("\nNot taken over:\n");
            let width = self.left.keys().map(|(_, what)| what.chars().count().min(60)).max();
            for ((level, what), count) in self.left.iter().take(shown) {
                let (what, width) = (printable(super::write::cut(what, 60).0), width.unwrap_or(0));
                let place = match (level, count) {
                    (Level::Show, 1) => "of the show".to_owned(),
                    (Level::Show, _) => format!("of the show, {count} times"),
                    (Level::Episode, _) => format!("{count} in episodes"),
                };
                let _ = writeln!(out, "  {what:width$}  {place}");
            }
            more(&mut out, self.left.len(), shown);
        }
        if !self.remarks.is_empty() {
            out.push_str("\nTo look at:\n");
            for (path, what) in self.remarks.iter().take(shown) {
                let _ = writeln!(out, "  {}: {}", printable(path), printable(what));
            }
            more(&mut out, self.remarks.len(), shown);
        }
        if !self.next.is_empty() {
            out.push_str("\nNext:\n");
            for (step, what) in self.next.iter().enumerate() {
                let _ = writeln!(out, "  {}. {}", step + 1, printable(what));
            }
        }
        out
    }
}

fn more(out: &mut String, all: usize, shown: usize) {
    if let Some(more) = all.checked_sub(shown).filter(|more| *more > 0) {
        let _ = writeln!(out, "  … and {more} more (--verbose lists all)");
    }
}
