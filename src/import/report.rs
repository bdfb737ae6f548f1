//! What a host must know of an import: what came, what is to be decided, what could not be taken over,
//! what to do next. A page of it is said; all of it stands in a file of the show.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::write::cut;
use crate::report::{counted, printable};

/// The file that has all of it, in the show's folder.
pub const FILE: &str = "import-report.md";
/// Lines of the page's parts, so that all of it is thirty at most.
const SHOWN_DECISIONS: usize = 7;
const SHOWN_LOST: usize = 5;
const SHOWN_REMARKS: usize = 5;
/// How many names of kept elements a line has.
const SHOWN_KEPT: usize = 6;
const WIDTH: usize = 150;
/// What a host is to do stands there whole, unless a stranger's address in it is endless.
const STEP: usize = 500;
/// Lines of the file, of which a hostile feed may want any number.
const MAX_REMARKS: usize = 200_000;

/// Elements that money or rights hang on, and who may see the show, before all others.
const WEIGHTY: [&str; 9] = [
    "podcast:value",
    "podcast:license",
    "itunes:block",
    "podcast:block",
    "itunes:complete",
    "podcast:locked",
    "enclosure",
    "podcast:alternateEnclosure",
    "podcast:funding",
];

/// Where an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// In what the feed says of the show.
    Show,
    /// In an episode.
    Episode,
}

/// Something that only the host can decide.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Decision {
    what: String,
    how: String,
}

/// Something seen in several files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Remark {
    count: usize,
    /// The first: its file, and what is in it.
    example: (String, String),
}

/// All that there is to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    facts: Vec<String>,
    decisions: Vec<Decision>,
    left: BTreeMap<(Level, String), usize>,
    kept: BTreeMap<(Level, String), usize>,
    remarks: BTreeMap<String, Remark>,
    all: Vec<(String, String)>,
    /// What to do next, in order.
    pub next: Vec<String>,
}

fn count(map: &mut BTreeMap<(Level, String), usize>, level: Level, what: &str) {
    // A hostile feed may have any number of names.
    if map.len() < 1000 || map.contains_key(&(level, what.to_owned())) {
        *map.entry((level, what.to_owned())).or_default() += 1;
    }
}

impl Report {
    /// What came.
    pub fn fact(&mut self, what: impl Into<String>) {
        self.facts.push(what.into());
    }

    /// Something that the host must decide before the show is whole.
    pub fn decide(&mut self, what: impl Into<String>, how: impl Into<String>) {
        self.decisions.push(Decision { what: what.into(), how: how.into() });
    }

    /// Whether something is still to be decided.
    pub fn is_open(&self) -> bool {
        !self.decisions.is_empty()
    }

    /// Something has no place in a show.
    pub fn left(&mut self, level: Level, what: &str) {
        count(&mut self.left, level, what);
    }

    /// Something stays in the feed as it is, without being a key of the show.
    pub fn kept(&mut self, level: Level, what: &str) {
        count(&mut self.kept, level, what);
    }

    /// So many of what was to stay in the feed do not, and some of these are lost.
    pub fn not_kept(&mut self, level: Level, what: &str, all: usize, lost: usize) {
        let key = (level, what.to_owned());
        if let Some(kept) = self.kept.get_mut(&key) {
            *kept = kept.saturating_sub(all);
            if *kept == 0 {
                self.kept.remove(&key);
            }
        }
        (0..lost).for_each(|_| {
            self.left(level, &format!("{what} (in another form than the one that came)"))
        });
    }

    /// Something of this kind in the file at `path` wants a look.
    pub fn remark(&mut self, path: &str, kind: impl Into<String>, detail: impl Into<String>) {
        let (kind, detail) = (kind.into(), detail.into());
        if self.all.len() < MAX_REMARKS {
            let colon = if detail.is_empty() { "" } else { ": " };
            self.all.push((path.to_owned(), format!("{kind}{colon}{detail}")));
        }
        let remark = self.remarks.entry(kind).or_default();
        if remark.count == 0 {
            remark.example = (path.to_owned(), detail);
        }
        remark.count += 1;
    }

    /// Something in the file at `path` that only the report's file names.
    pub fn note(&mut self, path: &str, what: &str) {
        if self.all.len() < MAX_REMARKS {
            self.all.push((path.to_owned(), what.to_owned()));
        }
    }

    /// How many times something of this kind was remarked.
    pub fn remarked(&self, kind: &str) -> usize {
        self.remarks.get(kind).map_or(0, |remark| remark.count)
    }

    /// The page: thirty lines at most.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for fact in &self.facts {
            let _ = writeln!(out, "{}", line(fact));
        }
        if !self.kept.is_empty() {
            let all = weighed(&self.kept);
            let names: Vec<String> = all
                .iter()
                .take(SHOWN_KEPT)
                .map(|((_, name), count)| format!("{name} ({count})"))
                .collect();
            let more = all.len().saturating_sub(SHOWN_KEPT);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let kept = format!("Kept in the feed as it was: {}{more}", names.join(", "));
            let _ = writeln!(out, "{}", line(&kept));
        }
        if !self.decisions.is_empty() {
            out.push_str("\nTo decide:\n");
            for decision in self.decisions.iter().take(SHOWN_DECISIONS) {
                let (what, how) = (within(&decision.what, 110), within(&decision.how, 120));
                let _ = writeln!(out, "  {what}: {how}");
            }
            more(&mut out, self.decisions.len(), SHOWN_DECISIONS);
        }
        if !self.left.is_empty() {
            out.push_str("\nLost:\n");
            let all = weighed(&self.left);
            for ((level, what), count) in all.iter().take(SHOWN_LOST) {
                let _ = writeln!(out, "  {}", line(&lost(*level, what, **count)));
            }
            more(&mut out, all.len(), SHOWN_LOST);
        }
        if !self.remarks.is_empty() {
            out.push_str("\nTo look at:\n");
            let mut all: Vec<(&String, &Remark)> = self.remarks.iter().collect();
            all.sort_by_key(|(_, remark)| std::cmp::Reverse(remark.count));
            for (kind, remark) in all.iter().take(SHOWN_REMARKS) {
                let (path, detail) = &remark.example;
                let example = match (remark.count, detail.is_empty()) {
                    (1, true) => format!("{path}: {kind}"),
                    (1, false) => format!("{path}: {kind}: {detail}"),
                    (count, true) => format!("{count}×: {kind}; {path} is one"),
                    (count, false) => format!("{count}×: {kind}; {path} has {detail}"),
                };
                let _ = writeln!(out, "  {}", line(&example));
            }
            more(&mut out, all.len(), SHOWN_REMARKS);
        }
        if !self.next.is_empty() {
            out.push_str("\nNext:\n");
            for (step, what) in self.next.iter().enumerate() {
                let _ = writeln!(out, "  {}. {}", step + 1, within(what, STEP));
            }
        }
        out
    }

    /// All of it, as the file has it.
    pub fn file(&self, title: &str) -> String {
        let mut out = format!("# Import of “{}”\n", markdown(title));
        let mut part = |name: &str, lines: Vec<String>| {
            if !lines.is_empty() {
                let _ = write!(out, "\n## {name}\n\n");
                for line in lines {
                    let _ = writeln!(out, "- {}", markdown(&line));
                }
            }
        };
        part("What came", self.facts.clone());
        let decisions = self.decisions.iter();
        part("To decide", decisions.map(|one| format!("{}: {}", one.what, one.how)).collect());
        let lost = weighed(&self.left).into_iter();
        part("Lost", lost.map(|((level, what), count)| self::lost(*level, what, *count)).collect());
        let kept = weighed(&self.kept).into_iter();
        let kept = kept.map(|((level, what), count)| self::lost(*level, what, *count)).collect();
        part("Kept in the feed as it was", kept);
        let all = self.all.iter();
        part("To look at", all.map(|(path, what)| format!("{path}: {what}")).collect());
        part("Next", self.next.clone());
        out
    }
}

fn lost(level: Level, what: &str, count: usize) -> String {
    match (level, count) {
        (Level::Show, 1) => format!("{what}: of the show"),
        (Level::Show, _) => format!("{what}: of the show, {count} times"),
        (Level::Episode, _) => format!("{what}: {} in episodes", counted(count, "time")),
    }
}

/// What money or rights hang on first, then what there is most of.
fn weighed(map: &BTreeMap<(Level, String), usize>) -> Vec<(&(Level, String), &usize)> {
    let mut all: Vec<_> = map.iter().collect();
    all.sort_by_key(|((_, name), count)| {
        let name = name.split([' ', '(']).next().unwrap_or_default();
        let weight = WEIGHTY.iter().position(|weighty| *weighty == name).unwrap_or(WEIGHTY.len());
        (weight, std::cmp::Reverse(**count))
    });
    all
}

fn line(text: &str) -> String {
    within(text, WIDTH)
}

fn within(text: &str, width: usize) -> String {
    let text = printable(text);
    match cut(&text, width) {
        (_, false) => text,
        (kept, true) => format!("{kept}…"),
    }
}

/// A stranger's words without what Markdown would make of them.
fn markdown(text: &str) -> String {
    let text = printable(text).to_string();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '<' | '[' | ']' | '!' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn more(out: &mut String, all: usize, shown: usize) {
    if let Some(more) = all.checked_sub(shown).filter(|more| *more > 0) {
        let _ = writeln!(out, "  … and {more} more: {FILE}");
    }
}
