//! What a release refuses to do, and the one word that makes it do it all the same.
//!
//! Podcast apps know an episode by its guid and keep what they once downloaded: a guid that changes
//! is a new episode to every listener, and audio that changes under its address is heard in two
//! versions, or cut off in mid-download. So a release compares what it would publish with what is
//! public, before it writes anything.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::site::edition::{EditionEpisode, EpisodeNumber, Guid};

/// What was about to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuardKind {
    /// A published episode would get another guid, or another `isPermaLink`.
    GuidChanged,
    /// The show would get another `podcast:guid`.
    ShowGuidChanged,
    /// A published episode would leave the feed.
    EpisodeRemoved,
    /// A published episode's enclosure would get another address.
    AddressChanged,
    /// A published episode would get other audio.
    AudioChanged,
    /// A published episode would get the recording that is public as another one.
    RecordingMoved,
    /// A published episode would lose its chapters, or a transcript.
    CompanionRemoved,
    /// A published episode would come out at another instant.
    DateChanged,
    /// A published audio object would be overwritten. Nothing permits this.
    AudioOverwritten,
    /// The feed would have fewer items.
    FeedShrinks,
    /// Two episodes, or two objects, would share what must be theirs alone.
    Duplicate,
    /// The feed would be invalid, or would not say what the release says it does.
    FeedInvalid,
    /// The public feed is not the one that onair put there.
    FeedForeign,
    /// Somebody else's pages stand in the target.
    PagesForeign,
    /// The feed would move to another address.
    FeedMoved,
    /// The last release was made by a later version of onair.
    OlderTool,
    /// This checkout does not contain what was released last, and would take it back.
    OlderCheckout,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Guard {
    /// What was about to go wrong.
    pub kind: GuardKind,
    /// The episode it concerns, as a host speaks of it.
    pub episode: Option<String>,
    /// Its source file below the show's folder, where it still has one.
    pub source: Option<String>,
    /// The matter in one line.
    pub what: String,
    /// What is published, or must be.
    pub expected: String,
    /// What this release would make of it.
    pub found: String,
    /// What permits it, if anything does.
    pub allow: Option<Allow>,
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.what, self.expected, self.found)
    }
}

/// An episode named on the command line, by number or guid.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EpisodeName(pub String);

impl EpisodeName {
    /// In a permission: every episode that it concerns.
    pub const ALL: &str = "all";

    /// How to name an episode: by its number if it has one.
    pub fn of(guid: &Guid, number: Option<EpisodeNumber>) -> Self {
        Self(number.map_or_else(|| guid.0.clone(), |number| number.to_string()))
    }
}

/// Permission for one thing that a release refuses to do: `--allow audio-change:109`.
///
/// What touches an episode names it, or says `all`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Allow {
    /// This episode may change its guid.
    GuidChange(EpisodeName),
    /// The show may get another `podcast:guid`.
    ShowGuidChange,
    /// This episode may leave the feed.
    Removal(EpisodeName),
    /// This episode may get other audio, under another address.
    AudioChange(EpisodeName),
    /// This episode may lose its chapters or a transcript.
    CompanionRemoval(EpisodeName),
    /// [`GuardKind::DateChanged`] for one episode.
    DateChange(EpisodeName),
    /// Episodes may keep their audio under other addresses.
    AddressChange,
    /// The feed may have fewer items.
    FeedShrink,
    /// Two episodes may share an Apple id.
    Duplicate,
    /// A feed that onair did not write may be replaced.
    ForeignFeed,
    /// Pages that onair did not write may be replaced.
    ForeignPages,
    /// The feed may move to another address.
    FeedMove,
    /// The last release may have been made by a later onair.
    OlderTool,
    /// What was released last, and is not in this checkout, may be taken back.
    OlderCheckout,
    /// What a rollback took back may be published again.
    UndoRollback,
}

/// Every permission with its name and, for the help text, its meaning.
pub const ALLOW: &[(&str, &str)] = &[
    (
        "guid-change:EPISODES",
        "let published episodes (`109`, `s2e3`, `1,2`, or `all`) change their guids",
    ),
    ("show-guid-change", "let the show get another podcast:guid"),
    ("removal:EPISODES", "let published episodes leave the feed"),
    ("audio-change:EPISODES", "let published episodes get other audio, under new addresses"),
    ("companion-removal:EPISODES", "let published episodes lose their chapters or a transcript"),
    ("date-change:EPISODES", "let published episodes get other dates"),
    ("address-change", "let published audio be named at other addresses"),
    ("feed-shrink", "let the feed lose items that cannot be told apart"),
    ("duplicate", "let two episodes share an Apple id"),
    ("foreign-feed", "replace a feed that onair did not write"),
    ("foreign-pages", "replace pages of another site that stand in the target"),
    ("feed-move", "let the feed move to another address"),
    ("older-tool", "release over the work of a later version of onair"),
    ("undo-rollback", "publish what a rollback took back, though the show has not changed"),
    ("older-checkout", "take back what was released from a commit that this checkout lacks"),
];

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GuidChange(episode) => write!(f, "guid-change:{}", episode.0),
            Self::Removal(episode) => write!(f, "removal:{}", episode.0),
            Self::AudioChange(episode) => write!(f, "audio-change:{}", episode.0),
            Self::CompanionRemoval(episode) => write!(f, "companion-removal:{}", episode.0),
            Self::DateChange(episode) => write!(f, "date-change:{}", episode.0),
            Self::ShowGuidChange => f.write_str("show-guid-change"),
            Self::AddressChange => f.write_str("address-change"),
            Self::FeedShrink => f.write_str("feed-shrink"),
            Self::Duplicate => f.write_str("duplicate"),
            Self::ForeignFeed => f.write_str("foreign-feed"),
            Self::ForeignPages => f.write_str("foreign-pages"),
            Self::FeedMove => f.write_str("feed-move"),
            Self::OlderTool => f.write_str("older-tool"),
            Self::UndoRollback => f.write_str("undo-rollback"),
            Self::OlderCheckout => f.write_str("older-checkout"),
        }
    }
}

impl Serialize for Allow {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl Allow {
    /// The episode that it is about.
    fn episode(&self) -> Option<&EpisodeName> {
        match self {
            Self::GuidChange(episode)
            | Self::Removal(episode)
            | Self::AudioChange(episode)
            | Self::CompanionRemoval(episode)
            | Self::DateChange(episode) => Some(episode),
            _ => None,
        }
    }

    /// Reads a permission that may name several episodes: `removal:1,2`.
    ///
    /// # Errors
    /// [`BadAllow`] if there is no such permission, or it names no episode and must.
    pub fn read(text: &str) -> Result<Vec<Self>, BadAllow> {
        let Some((name, episodes)) = text.split_once(':') else { return Ok(vec![text.parse()?]) };
        let parts = episodes.split(',').map(|episode| format!("{name}:{episode}").parse());
        let mut allowed = parts.collect::<Result<Vec<Self>, _>>()?;
        if allowed.len() > 1 {
            // A guid may hold a comma: `tag:example.org,2022:1`.
            allowed.push(text.parse()?);
        }
        Ok(allowed)
    }
}

/// A text that permits nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAllow {
    /// There is no such permission.
    #[error("nothing is called `{0}`; there are {names}", names = names())]
    Unknown(String),
    /// The permission needs an episode.
    #[error("`{0}` needs an episode's number or guid: `{0}:109`")]
    NoEpisode(String),
}

fn names() -> String {
    ALLOW.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

impl FromStr for Allow {
    type Err = BadAllow;
    fn from_str(text: &str) -> Result<Self, BadAllow> {
        let (name, episode) = match text.split_once(':') {
            Some((name, episode)) => (name, Some(episode.trim()).filter(|name| !name.is_empty())),
            None => (text, None),
        };
        let scoped = |of: fn(EpisodeName) -> Self| match episode {
            Some(episode) => Ok(of(EpisodeName(episode.to_owned()))),
            None => Err(BadAllow::NoEpisode(name.to_owned())),
        };
        match (name, episode) {
            ("guid-change", _) => scoped(Self::GuidChange),
            ("removal", _) => scoped(Self::Removal),
            ("audio-change", _) => scoped(Self::AudioChange),
            ("companion-removal", _) => scoped(Self::CompanionRemoval),
            ("date-change", _) => scoped(Self::DateChange),
            ("show-guid-change", None) => Ok(Self::ShowGuidChange),
            ("address-change", None) => Ok(Self::AddressChange),
            ("feed-shrink", None) => Ok(Self::FeedShrink),
            ("duplicate", None) => Ok(Self::Duplicate),
            ("foreign-feed", None) => Ok(Self::ForeignFeed),
            ("foreign-pages", None) => Ok(Self::ForeignPages),
            ("feed-move", None) => Ok(Self::FeedMove),
            ("older-tool", None) => Ok(Self::OlderTool),
            ("undo-rollback", None) => Ok(Self::UndoRollback),
            ("older-checkout", None) => Ok(Self::OlderCheckout),
            _ => Err(BadAllow::Unknown(text.to_owned())),
        }
    }
}

/// What a host permits in this run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides(BTreeSet<Allow>);

impl FromIterator<Allow> for Overrides {
    fn from_iter<T: IntoIterator<Item = Allow>>(allowed: T) -> Self {
        Self(allowed.into_iter().collect())
    }
}

impl Overrides {
    /// The same with one more permission.
    pub fn with(mut self, allow: Allow) -> Self {
        self.0.insert(allow);
        self
    }

    /// Whether this very permission was given.
    pub fn contains(&self, allow: &Allow) -> bool {
        self.0.contains(allow)
    }

    /// Permissions that name none of these episodes, which are those that are public.
    pub fn of_nobody(&self, episodes: &[EditionEpisode]) -> Vec<&Allow> {
        if self.0.iter().all(|allow| allow.episode().is_none()) {
            return Vec::new();
        }
        let guids = episodes.iter().map(|it| it.guid.0.clone());
        let numbers = episodes.iter().filter_map(|it| Some(it.number?.to_string()));
        let public: BTreeSet<String> = guids.chain(numbers).collect();
        // A guid may hold a comma: then its parts are no names.
        let named = self.0.iter().filter_map(Allow::episode);
        let whole: Vec<&str> = named
            .map(|name| name.0.as_str())
            .filter(|name| name.contains(',') && public.contains(*name))
            .collect();
        // The parts of a list are permissions of their own.
        let is_known = |name: &str| {
            name == EpisodeName::ALL
                || name.contains(',')
                || public.contains(name)
                || whole.iter().any(|whole| whole.split(',').any(|part| part.trim() == name))
        };
        let named = self
            .0
            .iter()
            .filter(|allow| allow.episode().is_some_and(|episode| !is_known(&episode.0)));
        named.collect()
    }

    /// Whether an episode was named, by number or guid, in a permission of this sort.
    pub(super) fn names(
        &self,
        of: fn(EpisodeName) -> Allow,
        guid: &Guid,
        number: Option<EpisodeNumber>,
    ) -> bool {
        self.contains(&of(EpisodeName(guid.0.clone())))
            || self.contains(&of(EpisodeName(EpisodeName::ALL.to_owned())))
            || number.is_some_and(|number| self.contains(&of(EpisodeName(number.to_string()))))
    }
}
