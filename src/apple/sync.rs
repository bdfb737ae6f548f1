//! `onair apple sync`, as far as it is pure: from a show and answers to a report and new texts.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::lookup::{self, Answers, BadAnswer, Country, Heard};
use super::matching::{KEY, Outcome, Row, compare};
use crate::http::{HttpError, Response};
use crate::show::set_key::set_key;
use crate::show::{Show, edit};

/// Where Apple's answers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The look-up service at this address, asked for these storefronts.
    Service {
        /// Its address: [`lookup::BASE_URL`], or a stand-in for it.
        base: String,
        /// The storefronts.
        countries: Vec<Country>,
    },
    /// An answer saved earlier: its name, and its bytes.
    Saved {
        /// How to call it.
        name: String,
        /// The JSON.
        bytes: Vec<u8>,
    },
}

/// Why nothing can be said of any id.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The settings do not name the show.
    #[error("onair.toml does not say which show this is at Apple Podcasts")]
    NoShowId,
    /// A saved answer is none.
    #[error("{name}: {bad}")]
    BadFile {
        /// The file.
        name: String,
        /// What is wrong.
        bad: BadAnswer,
    },
    /// No storefront answered: nothing is known, so nothing is compared.
    #[error("{}", nothing_heard(.0))]
    NothingHeard(Answers),
}

fn nothing_heard(answers: &Answers) -> String {
    let heard = answers.heard.iter().map(|(from, heard)| format!("\n  {from}: {heard}"));
    format!("Apple did not answer{}", heard.collect::<String>())
}

/// A file's new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The episode's file.
    pub path: String,
    /// The text that it was made from.
    pub before: Arc<str>,
    /// Its whole new text; one line differs.
    pub text: String,
}

/// What is found of every episode's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Who was asked, and what came of it.
    pub heard: Vec<(String, Heard)>,
    /// The episodes, in the order of their files.
    pub rows: Vec<Row>,
    /// The changes that put Apple's ids into the front matter.
    pub changes: Vec<Change>,
    /// How many of them have been made.
    pub written: usize,
    /// Episode files that cannot be read, and are not among the rows.
    pub unreadable: usize,
    /// The instant at which "too long ago" is judged.
    pub now: Timestamp,
    /// For how many days after publishing an id may be missing.
    pub days: u32,
}

/// The storefronts to ask unless told otherwise: the show's own, and two large ones that are often
/// ahead of it or behind.
pub fn storefronts(show: &Show) -> Vec<Country> {
    let own = show.settings.show.apple_country.get_ref().as_str();
    let mut countries: Vec<Country> = Vec::new();
    for country in [own, "us", "gb"].into_iter().filter_map(Country::new) {
        if !countries.contains(&country) {
            countries.push(country);
        }
    }
    countries
}

/// Compares a show's ids with Apple's. `fetch` is the network, `wait` lets time pass between calls;
/// nothing is written here.
///
/// # Errors
/// [`SyncError`] if nothing can be known. What is found wrong is no error.
pub fn sync(
    show: &Show,
    origin: Origin,
    days: u32,
    now: Timestamp,
    fetch: impl Fn(&str) -> Result<Response, HttpError>,
    wait: impl Fn(Duration),
) -> Result<Report, SyncError> {
    let id = *show.settings.show.apple_id.as_ref().ok_or(SyncError::NoShowId)?.get_ref();
    let answers = match origin {
        Origin::Service { base, countries } => lookup::ask(&base, id, &countries, fetch, wait),
        Origin::Saved { name, bytes } => {
            let mut answers = Answers::default();
            match lookup::parse(&bytes, id) {
                Ok(answer) => answers.unite(name, answer),
                Err(bad) => return Err(SyncError::BadFile { name, bad }),
            }
            answers
        }
    };
    if !answers.said_something() {
        return Err(SyncError::NothingHeard(answers));
    }
    let rows = compare(&show.settings, &show.episodes, &answers, now);
    let changes = rows.iter().filter_map(|row| change(show, row)).collect();
    let unreadable = show.unreadable.len();
    Ok(Report { heard: answers.heard, rows, changes, written: 0, unreadable, now, days })
}

fn change(show: &Show, row: &Row) -> Option<Change> {
    let id = row.id_to_write()?;
    let episode = show.episodes.iter().find(|episode| episode.source.path == row.path)?;
    let edit = set_key(episode, KEY, &id.to_string())?;
    let text = edit::apply(&episode.source.text, &[edit]);
    Some(Change { path: row.path.clone(), before: episode.source.text.clone(), text })
}

impl Report {
    /// The rows that `--check` fails for.
    pub fn findings(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| self.is_finding(row))
    }

    /// Whether `--check` fails for a row: it is wrong, or has been missing too long. What has been
    /// written no longer counts.
    pub fn is_finding(&self, row: &Row) -> bool {
        let fixed = self.written > 0;
        match row.outcome {
            Outcome::Right { .. } | Outcome::Unknown { .. } => false,
            Outcome::Misplaced { .. } | Outcome::Refused { .. } => true,
            Outcome::Wrong { .. } => !fixed,
            Outcome::Found { .. } => !fixed && self.is_overdue(row),
            Outcome::Suggested { .. } | Outcome::Unlisted => self.is_overdue(row),
        }
    }

    /// Whether the episode has been out for longer than an id may be missing.
    fn is_overdue(&self, row: &Row) -> bool {
        let patience = SignedDuration::from_hours(24 * i64::from(self.days));
        row.published.is_none_or(|at| self.now.duration_since(at) > patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apple::testing::{self, show};

    fn saved(json: &str) -> Origin {
        Origin::Saved { name: "answer.json".to_owned(), bytes: json.as_bytes().to_vec() }
    }

    fn nobody(_: &str) -> Result<Response, HttpError> {
        Err(HttpError::HostNotFound)
    }

    fn run(show: &Show, origin: Origin, now: &str) -> Result<Report, SyncError> {
        sync(show, origin, 7, now.parse().unwrap(), nobody, |_| {})
    }

    fn answer(numbers: &[u32]) -> String {
        let episodes = numbers.iter().map(|number| {
            format!(
                r#"{{"wrapperType":"podcastEpisode","trackId":{},"episodeGuid":"{number:03}.mp3","collectionId":42}}"#,
                1000 + number
            )
        });
        format!(r#"{{"resultCount":1,"results":[{}]}}"#, episodes.collect::<Vec<_>>().join(","))
    }

    #[test]
    fn one_line_of_each_file_is_to_change() {
        let show = show(&[(1, ""), (2, "77"), (3, "1003")]);
        let report = run(&show, saved(&answer(&[1, 2, 3])), "2022-05-28T00:00:00Z").unwrap();
        let changed: Vec<(&str, &str)> = report
            .changes
            .iter()
            .map(|change| (change.path.as_str(), change.text.as_str()))
            .collect();
        let (first, second) = (testing::text(1, "1001"), testing::text(2, "1002"));
        assert_eq!(
            changed,
            [
                ("episodes/episode_001.md", first.as_str()),
                ("episodes/episode_002.md", second.as_str())
            ]
        );
    }

    #[test]
    fn what_is_wrong_counts_at_once_and_what_is_missing_after_some_days() {
        let show = show(&[(1, ""), (2, "77"), (3, "1003"), (4, "")]);
        let labels = |now: &str| {
            let report = run(&show, saved(&answer(&[1, 2, 3])), now).unwrap();
            report.findings().map(|row| row.label.clone()).collect::<Vec<_>>()
        };
        assert_eq!(labels("2022-05-28T00:00:00Z"), ["#2"]);
        assert_eq!(labels("2022-06-04T00:00:00Z"), ["#1", "#2", "#4"]);
        let mut report = run(&show, saved(&answer(&[1, 2, 3])), "2022-06-04T00:00:00Z").unwrap();
        report.written = report.changes.len();
        assert_eq!(report.findings().map(|row| row.label.as_str()).collect::<Vec<_>>(), ["#4"]);
    }

    #[test]
    fn without_an_answer_nothing_is_known() {
        let show = show(&[(1, "1001"), (2, "")]);
        let silent = run(&show, saved(r#"{"resultCount":0,"results":[]}"#), "2023-01-01T00:00:00Z");
        assert!(matches!(silent, Err(SyncError::NothingHeard(answers)) if answers.throttled()));
        let service =
            Origin::Service { base: "http://a.example".into(), countries: storefronts(&show) };
        let failed = run(&show, service, "2023-01-01T00:00:00Z");
        assert!(
            matches!(failed, Err(SyncError::NothingHeard(answers)) if answers.heard.len() == 3 && !answers.throttled())
        );
        let bad = run(&show, saved("<html>"), "2023-01-01T00:00:00Z").unwrap_err();
        assert!(bad.to_string().starts_with("answer.json: the answer is not JSON"));
    }

    #[test]
    fn the_own_storefront_comes_first_and_none_twice() {
        let codes: Vec<String> = storefronts(&show(&[])).iter().map(ToString::to_string).collect();
        assert_eq!(codes, ["fr", "us", "gb"]);
    }
}
