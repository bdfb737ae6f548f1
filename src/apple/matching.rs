//! Episodes laid beside Apple's answers: which id is whose. Pure.
//!
//! An id is matched by guid, to the letter (as written, or resolved against the feed's address, as
//! some readers do with a guid that looks like a path); else by the name of the enclosure's file,
//! which no tracking prefix changes: where Apple has another guid, its title or day must be the same, too.
//! Never by title: titles repeat. A title with the same day and playing time, or the name of the file
//! alone, is a suggestion for a person, and nothing is written for it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::lookup::{Answers, AppleEpisode};
use crate::show::set_key::set_key;
use crate::show::{Episode, Given, Settings};

/// The key that holds the id.
pub const KEY: &str = "appleEpisodeId";

/// Playing times differ by rounding and by what a platform adds.
const SAME_TIME: u64 = 5_000;

/// What an episode's id is found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The episode has no id, and Apple names it.
    Found {
        /// Apple's id.
        id: u64,
    },
    /// The front matter has Apple's id.
    Right {
        /// The id.
        id: u64,
    },
    /// The front matter has something else than Apple's id.
    Wrong {
        /// What it has.
        has: String,
        /// Apple's id.
        id: u64,
    },
    /// The front matter has an id that Apple gives to another episode, and Apple does not name
    /// this one.
    Misplaced {
        /// The id.
        has: u64,
        /// The file of the episode that it belongs to.
        owner: String,
    },
    /// Apple names the episode, and still the id is not to be written.
    Refused {
        /// Why.
        why: Refusal,
    },
    /// An episode of Apple's looks like this one; a person has to say whether it is.
    Suggested {
        /// Its id.
        id: u64,
    },
    /// The episode has no id, and Apple does not list it though its list goes back that far.
    Unlisted,
    /// Apple's answers do not say.
    Unknown {
        /// The id that the front matter has, and keeps.
        has: Option<u64>,
    },
}

/// Why an id that Apple names is not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Another episode has the id, and would keep it.
    Taken {
        /// The id.
        id: u64,
        /// That episode's file.
        by: String,
    },
    /// Apple gives one id for several guids.
    ManyGuids {
        /// The id.
        id: u64,
    },
    /// The id cannot be put there as one line.
    Layout {
        /// The id.
        id: u64,
    },
    /// Apple gives several ids for this guid.
    ManyIds {
        /// The ids.
        ids: BTreeSet<u64>,
    },
}

/// An episode, and what is found of its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The episode's file.
    pub path: String,
    /// How a person calls it.
    pub label: String,
    /// Its title.
    pub title: String,
    /// When it was published, if its date can be read.
    pub published: Option<Timestamp>,
    /// What is found.
    pub outcome: Outcome,
}

impl Row {
    /// The id to write, if there is one.
    pub fn id_to_write(&self) -> Option<u64> {
        match self.outcome {
            Outcome::Found { id } | Outcome::Wrong { id, .. } => Some(id),
            _ => None,
        }
    }
}

/// Lays episodes beside answers. Drafts, and what is still to come and unknown to Apple, have no row.
pub fn compare(
    settings: &Settings,
    episodes: &[Episode],
    answers: &Answers,
    now: Timestamp,
) -> Vec<Row> {
    let zone = settings.zone();
    let ours: Vec<Ours<'_>> = episodes
        .iter()
        .filter(|episode| !episode.is_draft())
        .map(|episode| Ours::new(episode, &zone))
        .collect();
    let bases = bases(settings, answers);
    let theirs = Theirs::new(answers, &bases);
    let matches = theirs.match_all(&ours, &zone);
    let mut outcomes: Vec<Outcome> =
        ours.iter().zip(&matches).map(|(ours, ids)| theirs.judge(ours, ids)).collect();
    refuse_taken(&ours, &mut outcomes);
    let claimed: BTreeSet<u64> = matches.iter().flatten().copied().collect();
    let owners = owners(&ours, &outcomes);
    let reach = answers.reach();
    for (ours, outcome) in ours.iter().zip(&mut outcomes) {
        let Outcome::Unknown { has } = outcome else { continue };
        let listed = reach.is_none_or(|reach| ours.published.is_some_and(|at| at >= reach));
        let suggested = has.is_none().then(|| theirs.suggest(ours, &claimed, &zone)).flatten();
        if let Some((has, owner)) = has.and_then(|has| Some((has, owners.get(&has)?))) {
            *outcome = Outcome::Misplaced { has, owner: owner.clone() };
        } else if let Some(id) = suggested {
            *outcome = Outcome::Suggested { id };
        } else if has.is_none() && listed {
            *outcome = Outcome::Unlisted;
        }
    }
    ours.iter()
        .zip(outcomes)
        .filter(|(ours, outcome)| {
            let to_come = ours.published.is_some_and(|at| at > now);
            !(to_come
                && matches!(
                    outcome,
                    Outcome::Suggested { .. } | Outcome::Unlisted | Outcome::Unknown { .. }
                ))
        })
        .map(|(ours, outcome)| ours.row(outcome))
        .collect()
}

/// An episode of ours, as far as matching is concerned.
struct Ours<'a> {
    episode: &'a Episode,
    published: Option<Timestamp>,
}

impl<'a> Ours<'a> {
    fn new(episode: &'a Episode, zone: &TimeZone) -> Self {
        Self { episode, published: episode.date.value().map(|date| date.at(zone).timestamp()) }
    }

    fn has_title(&self, theirs: &AppleEpisode) -> bool {
        let title = self.episode.title.value().map(|title| plain(title));
        title.is_some() && theirs.title.as_deref().map(plain) == title
    }

    fn has_day(&self, theirs: &AppleEpisode, zone: &TimeZone) -> bool {
        let day = |at: Timestamp| at.to_zoned_datetime(zone.clone()).date();
        self.published.is_some() && theirs.released.map(day) == self.published.map(day)
    }

    fn id(&self) -> Option<u64> {
        self.episode.apple_id.value().copied()
    }

    fn path(&self) -> &str {
        &self.episode.source.path
    }

    fn row(&self, outcome: Outcome) -> Row {
        Row {
            path: self.path().to_owned(),
            label: self.episode.label(),
            title: self.episode.title.value().cloned().unwrap_or_default(),
            published: self.published,
            outcome,
        }
    }
}

/// Apple's episodes, by what they can be known by.
struct Theirs<'a> {
    bases: &'a [Url],
    all: Vec<&'a AppleEpisode>,
    by_guid: BTreeMap<String, BTreeSet<u64>>,
    /// Ids that are given for more than one guid.
    ambiguous: BTreeSet<u64>,
}

impl<'a> Theirs<'a> {
    fn new(answers: &'a Answers, bases: &'a [Url]) -> Self {
        let mut by_guid: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        let mut guids: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
        for episode in &answers.episodes {
            let Some(guid) = &episode.guid else { continue };
            let forms = forms(guid, bases);
            // A guid as written and the same resolved are one.
            if let Some(whole) = forms.last() {
                guids.entry(episode.id).or_default().insert(whole.clone());
            }
            for form in forms {
                by_guid.entry(form).or_default().insert(episode.id);
            }
        }
        let ambiguous =
            guids.iter().filter(|(_, guids)| guids.len() > 1).map(|(id, _)| *id).collect();
        Self { bases, all: answers.episodes.iter().collect(), by_guid, ambiguous }
    }

    /// The ids that Apple names for each of our episodes.
    fn match_all(&self, ours: &[Ours<'_>], zone: &TimeZone) -> Vec<BTreeSet<u64>> {
        let mut matches: Vec<BTreeSet<u64>> = ours
            .iter()
            .map(|ours| {
                let guid = ours.episode.effective_guid();
                guid.map(|guid| self.by_guid(guid)).unwrap_or_default()
            })
            .collect();
        let claimed: BTreeSet<u64> = matches.iter().flatten().copied().collect();
        let mut by_file: BTreeMap<String, Vec<&AppleEpisode>> = BTreeMap::new();
        for episode in self.all.iter().filter(|episode| !claimed.contains(&episode.id)) {
            if let Some(name) = episode.url.as_deref().and_then(file_name) {
                by_file.entry(name).or_default().push(episode);
            }
        }
        // A name that several have (`audio.mp3`) tells nothing.
        by_file.retain(|_, all| all.iter().all(|it| it.id == all[0].id));
        for (ours, ids) in ours.iter().zip(&mut matches) {
            if ids.is_empty()
                && let Some(file) = ours.episode.file.value()
                && let Some(found) = by_file.get(file.as_str())
                && found.iter().any(|theirs| {
                    theirs.guid.is_none() || ours.has_title(theirs) || ours.has_day(theirs, zone)
                })
            {
                ids.extend(found.iter().map(|theirs| theirs.id));
            }
        }
        matches
    }

    fn by_guid(&self, guid: &str) -> BTreeSet<u64> {
        // As written first: what it resolves to may be another episode's guid in full.
        forms(guid, self.bases)
            .iter()
            .find_map(|form| self.by_guid.get(form))
            .cloned()
            .unwrap_or_default()
    }

    fn judge(&self, ours: &Ours<'_>, ids: &BTreeSet<u64>) -> Outcome {
        let Some(&id) = ids.first() else { return Outcome::Unknown { has: ours.id() } };
        if let Some(has) = ours.id().filter(|has| ids.contains(has)) {
            return Outcome::Right { id: has };
        }
        if ids.len() > 1 {
            return Outcome::Refused { why: Refusal::ManyIds { ids: ids.clone() } };
        }
        if self.ambiguous.contains(&id) {
            return Outcome::Refused { why: Refusal::ManyGuids { id } };
        }
        if set_key(ours.episode, KEY, &id.to_string()).is_none() {
            return Outcome::Refused { why: Refusal::Layout { id } };
        }
        match &ours.episode.apple_id {
            Given::Missing | Given::Empty(_) => Outcome::Found { id },
            Given::Good(has) => Outcome::Wrong { has: has.value.to_string(), id },
            Given::Bad(bad) => Outcome::Wrong {
                has: ours.episode.source.text.get(bad.span.clone()).unwrap_or_default().to_owned(),
                id,
            },
        }
    }

    /// The one episode that nobody claims and that has this one's title, day and playing time, or the name
    /// of its file.
    fn suggest(&self, ours: &Ours<'_>, claimed: &BTreeSet<u64>, zone: &TimeZone) -> Option<u64> {
        let time = ours.episode.duration.value().and_then(|seconds| seconds.checked_mul(1000));
        let file = ours.episode.file.value().map(|file| file.as_str().to_owned());
        let alike = |episode: &&&AppleEpisode| {
            let times = episode.milliseconds.zip(time);
            let same_time = times.is_some_and(|(ms, time)| ms.abs_diff(time) <= SAME_TIME);
            let same_file = file.is_some() && episode.url.as_deref().and_then(file_name) == file;
            let is_alike = ours.has_title(episode) && ours.has_day(episode, zone) && same_time;
            (same_file || is_alike) && !claimed.contains(&episode.id)
        };
        let ids: BTreeSet<u64> = self.all.iter().filter(alike).map(|episode| episode.id).collect();
        (ids.len() == 1).then(|| ids.first().copied()).flatten()
    }
}

/// Refuses every id that another episode would have too once all is written. What is refused stays
/// as it is, which can bring another clash to light.
fn refuse_taken(ours: &[Ours<'_>], outcomes: &mut [Outcome]) {
    loop {
        let mut holders: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (at, (ours, outcome)) in ours.iter().zip(outcomes.iter()).enumerate() {
            let after = match *outcome {
                Outcome::Found { id } | Outcome::Wrong { id, .. } => Some(id),
                _ => ours.id(),
            };
            if let Some(id) = after {
                holders.entry(id).or_default().push(at);
            }
        }
        let mut refused = false;
        for (id, holders) in holders {
            for &at in holders.iter().filter(|_| holders.len() > 1) {
                if matches!(outcomes[at], Outcome::Found { .. } | Outcome::Wrong { .. })
                    && let Some(&other) = holders.iter().find(|&&other| other != at)
                {
                    let by = ours[other].path().to_owned();
                    outcomes[at] = Outcome::Refused { why: Refusal::Taken { id, by } };
                    refused = true;
                }
            }
        }
        if !refused {
            return;
        }
    }
}

/// Whose the ids are that Apple names for an episode of ours: the files, by id.
fn owners(ours: &[Ours<'_>], outcomes: &[Outcome]) -> BTreeMap<u64, String> {
    let id = |outcome: &Outcome| match outcome {
        Outcome::Found { id } | Outcome::Right { id } | Outcome::Wrong { id, .. } => Some(*id),
        Outcome::Refused { why: Refusal::Taken { id, .. } } => Some(*id),
        _ => None,
    };
    let owned = ours.iter().zip(outcomes);
    owned.filter_map(|(ours, outcome)| Some((id(outcome)?, ours.path().to_owned()))).collect()
}

/// The addresses that a relative guid may have been resolved against: ours, and the one that Apple
/// reads.
fn bases(settings: &Settings, answers: &Answers) -> Vec<Url> {
    let mut bases: Vec<Url> = Vec::new();
    let ours = settings.feed_url();
    for text in std::iter::once(&ours).chain(&answers.feed_urls) {
        if let Ok(url) = Url::parse(text)
            && !bases.contains(&url)
        {
            bases.push(url);
        }
    }
    bases
}

/// A guid as written, and what it resolves to; against our own feed's address last.
fn forms(guid: &str, bases: &[Url]) -> Vec<String> {
    let mut forms = vec![guid.trim().to_owned()];
    for base in bases.iter().rev() {
        if let Ok(url) = base.join(guid.trim())
            && !forms.contains(&url.to_string())
        {
            forms.push(url.to_string());
        }
    }
    forms
}

/// The last part of an address's path: tracking prefixes all stand before it.
fn file_name(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let name = path.rsplit('/').next()?;
    (!name.is_empty() && path.contains("://")).then(|| name.to_owned())
}

/// A title without what a platform changes in it: case and white space.
fn plain(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests;
