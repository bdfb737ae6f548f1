//! What `onair apple sync` tells a person, and what it tells a program.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::lookup::Heard;
use super::matching::{Outcome, Refusal, Row};
use super::sync::Report;
use crate::report::json::answer;
use crate::report::{counted, printable};

/// A report as a person reads it.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// The report.
    pub report: &'a Report,
    /// Whether to list also what needs nobody's attention.
    pub all: bool,
}

impl Outcome {
    /// The outcome in one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Found { .. } => "found",
            Self::Right { .. } => "right",
            Self::Wrong { .. } => "wrong",
            Self::Misplaced { .. } => "misplaced",
            Self::Refused { .. } => "refused",
            Self::Suggested { .. } => "suggested",
            Self::Unlisted => "unlisted",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Apple's id for the episode, or what may be it.
    fn id(&self) -> Option<u64> {
        match self {
            Self::Found { id }
            | Self::Right { id }
            | Self::Wrong { id, .. }
            | Self::Suggested { id } => Some(*id),
            Self::Refused { why: Refusal::Taken { id, .. } | Refusal::Layout { id } } => Some(*id),
            _ => None,
        }
    }

    /// What the front matter has, where that is not Apple's id.
    fn has(&self) -> Option<String> {
        match self {
            Self::Wrong { has, .. } => Some(has.clone()),
            Self::Misplaced { has, .. } => Some(has.to_string()),
            Self::Unknown { has } => has.map(|has| has.to_string()),
            _ => None,
        }
    }

    /// What there is to say of it.
    fn detail(&self) -> Option<String> {
        match self {
            Self::Wrong { has, .. } => Some(format!("the file has {has}")),
            Self::Misplaced { has, owner } => {
                Some(format!("the file has {has}, the id of {owner}"))
            }
            Self::Refused { why } => Some(why.to_string()),
            Self::Suggested { .. } => Some(
                "the same file's name, or the same title, day and playing time: is it this one?"
                    .into(),
            ),
            Self::Unknown { has: Some(has) } => Some(format!("the file has {has}, and keeps it")),
            _ => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { by, .. } => write!(f, "{by} has this id"),
            Self::ManyGuids { id } => write!(f, "Apple gives {id} for several guids"),
            Self::ManyIds { ids } => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                write!(f, "Apple gives several ids: {}", ids.join(", "))
            }
            Self::Layout { .. } => f.write_str("appleEpisodeId is not on a line of its own"),
        }
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Episodes(1) => f.write_str("1 episode"),
            Self::Episodes(count) if self.is_full() => {
                write!(f, "{count} episodes, as many as Apple names: older ones are unknown")
            }
            Self::Episodes(count) => write!(f, "{count} episodes"),
            Self::Silence => f.write_str("nothing, which is what Apple says to who asks too often"),
            Self::Refused(status) => write!(f, "refused with status {status}: asked too often"),
            Self::Failed(reason) => f.write_str(reason),
        }
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.report;
        for (from, heard) in &report.heard {
            writeln!(f, "Apple ({from}): {heard}")?;
        }
        writeln!(f)?;
        let quiet = |row: &&Row| {
            self.all || !matches!(row.outcome, Outcome::Right { .. } | Outcome::Unknown { .. })
        };
        let cells: Vec<[String; 5]> = report.rows.iter().filter(quiet).map(cells).collect();
        let width = |column: usize| {
            cells.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
        };
        let widths = [width(0), width(1), width(2)];
        for [label, word, id, title, detail] in &cells {
            let [first, second, third] = widths;
            let line = format!("  {label:first$}  {word:second$}  {id:>third$}  {title}");
            writeln!(f, "{}", line.trim_end())?;
            if !detail.is_empty() {
                writeln!(f, "  {:first$}  {:second$}  {:third$}  └ {detail}", "", "", "")?;
            }
        }
        if !cells.is_empty() {
            writeln!(f)?;
        }
        writeln!(f, "{}", summary(report))?;
        if report.unreadable > 0 {
            writeln!(
                f,
                "{} cannot be read; `onair check` says why",
                counted(report.unreadable, "more file")
            )?;
        }
        let ids = counted(report.changes.len(), "id");
        match (report.written, report.changes.len()) {
            (_, 0) => Ok(()),
            (0, _) => writeln!(f, "`onair apple sync --write` writes {ids}"),
            (written, _) => writeln!(f, "Wrote {}", counted(written, "id")),
        }
    }
}

/// `382 episodes: 190 right, 3 found, 2 wrong`
fn summary(report: &Report) -> String {
    let said: Vec<String> =
        counts(report).iter().map(|(word, count)| format!("{count} {word}")).collect();
    let episodes = counted(report.rows.len(), "episode");
    if said.is_empty() { episodes } else { format!("{episodes}: {}", said.join(", ")) }
}

fn counts(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for row in &report.rows {
        *counts.entry(row.outcome.word()).or_default() += 1;
    }
    counts
}

fn cells(row: &Row) -> [String; 5] {
    [
        printable(&row.label),
        row.outcome.word().to_owned(),
        row.outcome.id().map(|id| id.to_string()).unwrap_or_default(),
        short(&printable(&row.title)),
        printable(&row.outcome.detail().unwrap_or_default()),
    ]
}

/// A title that leaves room on the line.
fn short(title: &str) -> String {
    const ROOM: usize = 50;
    if title.chars().count() <= ROOM {
        return title.to_owned();
    }
    let cut: String = title.chars().take(ROOM - 1).collect();
    format!("{}…", cut.trim_end())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'a> {
    storefronts: Vec<Storefront<'a>>,
    episodes: Vec<Entry<'a>>,
    summary: BTreeMap<&'static str, usize>,
    written: usize,
    findings: usize,
}

#[derive(Serialize)]
struct Storefront<'a> {
    from: &'a str,
    episodes: Option<usize>,
    trouble: Option<String>,
}

#[derive(Serialize)]
struct Entry<'a> {
    path: &'a str,
    title: &'a str,
    outcome: &'static str,
    id: Option<u64>,
    has: Option<String>,
    detail: Option<String>,
    /// Whether `--check` fails for it.
    finding: bool,
}

/// A report as one JSON value.
pub fn json(report: &Report) -> serde_json::Value {
    let storefronts = report.heard.iter().map(|(from, heard)| match heard {
        Heard::Episodes(count) => Storefront { from, episodes: Some(*count), trouble: None },
        other => Storefront { from, episodes: None, trouble: Some(other.to_string()) },
    });
    let episodes = report.rows.iter().map(|row| Entry {
        path: &row.path,
        title: &row.title,
        outcome: row.outcome.word(),
        id: row.outcome.id(),
        has: row.outcome.has(),
        detail: row.outcome.detail(),
        finding: report.is_finding(row),
    });
    let body = Json {
        storefronts: storefronts.collect(),
        episodes: episodes.collect(),
        summary: counts(report),
        written: report.written,
        findings: report.findings().count(),
    };
    answer("apple sync", body)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::apple::sync::Change;

    fn row(number: u32, outcome: Outcome) -> Row {
        Row {
            path: format!("episodes/episode_{number:03}.md"),
            label: format!("#{number}"),
            title: "Cassez votre \u{1b}[31minfra pour le fun, et ce que l'on en apprend après coup"
                .into(),
            published: None,
            outcome,
        }
    }

    fn report() -> Report {
        let other = "episodes/episode_009.md".to_owned();
        let refused = |why| Outcome::Refused { why };
        Report {
            heard: vec![
                ("fr".into(), Heard::Episodes(200)),
                ("us".into(), Heard::Silence),
                ("gb".into(), Heard::Failed("the server did not answer in time".into())),
            ],
            rows: vec![
                row(1, Outcome::Found { id: 1_000_564_197_449 }),
                row(2, Outcome::Right { id: 2 }),
                row(3, Outcome::Wrong { has: "77".into(), id: 1_000_564_197_448 }),
                row(4, Outcome::Misplaced { has: 5, owner: other.clone() }),
                row(5, refused(Refusal::Taken { id: 5, by: other })),
                row(6, refused(Refusal::ManyGuids { id: 6 })),
                row(7, refused(Refusal::ManyIds { ids: BTreeSet::from([7, 8]) })),
                row(8, refused(Refusal::Layout { id: 8 })),
                row(10, Outcome::Suggested { id: 10 }),
                row(11, Outcome::Unlisted),
                row(112, Outcome::Unknown { has: Some(12) }),
                row(113, Outcome::Unknown { has: None }),
            ],
            changes: vec![Change { path: String::new(), before: "".into(), text: String::new() }],
            written: 0,
            unreadable: 1,
            now: "2023-01-01T00:00:00Z".parse().unwrap(),
            days: 7,
        }
    }

    #[test]
    fn what_a_person_sees() {
        insta::assert_snapshot!(Table { report: &report(), all: false });
    }

    #[test]
    fn what_a_person_who_wants_all_sees() {
        let report = Report { written: 1, unreadable: 0, ..report() };
        insta::assert_snapshot!(Table { report: &report, all: true });
    }

    #[test]
    fn what_a_program_sees() {
        insta::assert_snapshot!(format!("{:#}", json(&report())));
    }
}
