//! The comparisons behind the guards: what is public against what would be.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::companions;
use super::document::{Document, Line};
use super::feed::{Documents, FeedDiff, Unreadable};
use super::guard::{Allow, EpisodeName, Guard, GuardKind, Overrides};
use crate::model::audio::stands_elsewhere;
use crate::model::hash::Sha256;
use crate::model::object::{Digest, Key, Kind};
use crate::model::waiting::Waiting;
use crate::site::edition::{Edition, EditionEpisode, EpisodeNumber, Guid};
use crate::store::published::{Published, Standing};
use crate::store::record::{LIMIT, Record, Revision};

/// The media type of every enclosure: onair publishes MP3 and nothing else.
pub(super) const MP3: &str = "audio/mpeg";

/// Everything that is refused, each with what would permit it. `feeds` are the one that is public and
/// the one that will be; nothing if they are the same.
///
/// Whether two episodes share a number is not judged here: two seasons may each have a first episode,
/// and the rules that know seasons have spoken before.
pub(super) fn refusals(
    edition: &Edition,
    published: &Published,
    feeds: Option<(Option<&Document>, &Result<Documents<'_>, Unreadable<'_>>)>,
    allow: &Overrides,
) -> Vec<Guard> {
    let mut guards = Vec::new();
    target(edition, published, allow, &mut guards);
    duplicates(edition, allow, &mut guards);
    if let Some((before, after)) = feeds {
        match after {
            Err(bad) => guards.push(unreadable(bad)),
            Ok(feed) => {
                guards.extend(disagreements(edition, feed));
                // Who replaces a stranger's feed has said so, and an import tells what does not come along.
                if let Some(before) = before.filter(|_| published.standing != Standing::Foreign) {
                    guards.extend(show_guid(before, &feed.feed.1, allow));
                    guards.extend(companions::lost(&edition.episodes, before, feed, allow));
                }
            }
        }
        let known = known(published, before);
        identities(edition, &known, before, allow, &mut guards);
    }
    if let Some(record) = &published.record {
        audio(edition, record, allow, &mut guards);
        dates(edition, record, allow, &mut guards);
    }
    guards
}

fn refuse(
    kind: GuardKind,
    what: impl Into<String>,
    expected: impl Into<String>,
    found: impl Into<String>,
    allow: Option<Allow>,
) -> Guard {
    Guard {
        kind,
        episode: None,
        source: None,
        what: what.into(),
        expected: expected.into(),
        found: found.into(),
        allow,
    }
}

fn of_episode(mut guard: Guard, name: &str, source: Option<&str>) -> Guard {
    guard.episode = Some(name.to_owned());
    guard.source = source.map(str::to_owned);
    guard
}

/// What concerns the target as a whole.
fn target(edition: &Edition, published: &Published, allow: &Overrides, guards: &mut Vec<Guard>) {
    if published.standing == Standing::Foreign && !allow.contains(&Allow::ForeignFeed) {
        let expected = match &published.record {
            Some(record) => format!("the feed of release {}", record.number),
            None => "no feed".to_owned(),
        };
        let key = &edition.feed.key;
        let copied = published.record.is_none() && published.is_by_onair();
        let (what, expected, found) = match copied {
            true => (
                format!("onair wrote `{key}`, but the record of that release is missing"),
                "it in `.onair/`".to_owned(),
                "none: where this is a copy, copy the folder `.onair/`, too",
            ),
            false => (
                format!("`{key}` was not written by onair"),
                expected,
                "a feed that no release put there",
            ),
        };
        guards.push(refuse(
            GuardKind::FeedForeign,
            what,
            expected,
            found,
            Some(Allow::ForeignFeed),
        ));
    }
    if !published.foreign.is_empty() && !allow.contains(&Allow::ForeignPages) {
        let named: Vec<String> = published.foreign.iter().map(|key| format!("`{key}`")).collect();
        guards.push(refuse(
            GuardKind::PagesForeign,
            "pages that no release of onair's put there would be replaced, and so may others",
            "nothing there, or what a release has written",
            named.join(", "),
            Some(Allow::ForeignPages),
        ));
    }
    let bytes = edition.feed.body.len();
    if bytes > LIMIT {
        // It would be public, and no later release could read it.
        let what = format!("`{}` would be too long", edition.feed.key);
        let expected = format!(
            "{LIMIT} bytes at most (`feed-limit` in onair.toml moves older episodes to archive pages)"
        );
        let found = format!("{bytes} bytes");
        guards.push(refuse(GuardKind::FeedInvalid, what, expected, found, None));
    }
    let Some(record) = &published.record else { return };
    if record.feed.key != edition.feed.key && !allow.contains(&Allow::FeedMove) {
        let what = "the feed would move, and its subscribers stay behind";
        let (expected, found) =
            (format!("`{}`", record.feed.key), format!("`{}`", edition.feed.key));
        guards.push(refuse(GuardKind::FeedMoved, what, expected, found, Some(Allow::FeedMove)));
    }
    let (theirs, ours) = (record.by.onair.as_str(), env!("CARGO_PKG_VERSION"));
    if numbers(theirs) > numbers(ours) && !allow.contains(&Allow::OlderTool) {
        let what = format!("release {} was made by a later onair", record.number);
        let expected = format!("onair {theirs} or later");
        let allow = Some(Allow::OlderTool);
        guards.push(refuse(GuardKind::OlderTool, what, expected, format!("onair {ours}"), allow));
    }
}

/// The show's own guid is for life (podcast namespace 1.0, "guid"); it follows from the feed's address only where
/// it is not written.
fn show_guid(before: &Document, after: &Document, allow: &Overrides) -> Option<Guard> {
    let old = before.guid()?;
    let new = after.guid().unwrap_or_default();
    let refused = !new.eq_ignore_ascii_case(old) && !allow.contains(&Allow::ShowGuidChange);
    refused.then(|| {
        let what = "the show's podcast:guid would change: to directories, another show";
        let allow = Some(Allow::ShowGuidChange);
        refuse(GuardKind::ShowGuidChanged, what, format!("`{old}`"), format!("`{new}`"), allow)
    })
}

/// This checkout lacks what was released last.
pub(super) fn older_checkout(
    current: Option<&Revision>,
    released: &Revision,
    change: Option<(usize, &FeedDiff)>,
) -> Guard {
    let short = |commit: &str| commit.chars().take(10).collect::<String>();
    let day = |revision: &Revision| {
        let time = revision.time.get(..16).unwrap_or(&revision.time);
        format!("{} of {} UTC", short(&revision.commit), time.replace('T', " "))
    };
    let what =
        "this checkout does not contain the commit that was released last, and would take it back";
    let mut found = current.map_or_else(|| "none".to_owned(), day);
    if let Some((objects, diff)) = change {
        found.push_str(&format!("; {objects} objects would change ({diff})"));
    }
    let allow = Some(Allow::OlderCheckout);
    refuse(GuardKind::OlderCheckout, what, format!("commit {}", day(released)), found, allow)
}

/// A version's numbers, for comparison; what follows a `-` or `+` does not count.
fn numbers(version: &str) -> Vec<u64> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// What two episodes or objects must not share.
fn duplicates(edition: &Edition, allow: &Overrides, guards: &mut Vec<Guard>) {
    let mut seen: BTreeMap<(&str, Cow<'_, str>), &EditionEpisode> = BTreeMap::new();
    for episode in &edition.episodes {
        let apple = episode.apple_episode_id.filter(|_| !allow.contains(&Allow::Duplicate));
        // What another host serves, and several items have named for years, is no file of ours.
        let own = !episode.audio.is_elsewhere();
        let marks = [
            ("guid", Some(Cow::from(&episode.guid.0))),
            ("enclosure address", own.then(|| Cow::from(&episode.enclosure_url.0))),
            ("audio file", own.then(|| Cow::from(episode.audio.key.as_str()))),
            ("Apple episode id", apple.map(|id| Cow::from(id.to_string()))),
        ];
        for (what, mark) in marks {
            let Some(mark) = mark else { continue };
            if let Some(first) = seen.insert((what, mark.clone()), episode) {
                let allow = (what == "Apple episode id").then_some(Allow::Duplicate);
                let guard = refuse(
                    GuardKind::Duplicate,
                    format!("{} and {} share their {what}", first.source, episode.source),
                    format!("one {what} each"),
                    format!("`{mark}` in both"),
                    allow,
                );
                guards.push(of_episode(guard, &name(episode), Some(&episode.source)));
            }
        }
    }
    let mut keys = BTreeSet::from([&edition.feed.key]);
    for object in &edition.objects {
        let (what, expected) = match (object.key.is_state(), keys.insert(&object.key)) {
            (false, true) => continue,
            (true, _) => ("would stand where onair keeps its records", "another key"),
            (false, false) => ("would be written twice", "one object under a key"),
        };
        let what = format!("`{}` {what}", object.key);
        guards.push(refuse(GuardKind::Duplicate, what, expected, "this one", None));
    }
}

fn invalid(what: &str, expected: &str, found: &str) -> Guard {
    refuse(GuardKind::FeedInvalid, format!("{what} would be invalid"), expected, found, None)
}

pub(super) fn unreadable(bad: &Unreadable<'_>) -> Guard {
    invalid(&format!("`{}`", bad.key), "a feed that can be read", &bad.reason)
}

/// Where the rendered feed and the list of episodes tell different stories.
///
/// The feed is the promise and the list is what the release verifies: if they part, nothing is safe.
/// Every item of every document must be as its episode says, and every listed episode be in one.
pub(super) fn disagreements(edition: &Edition, documents: &Documents<'_>) -> Vec<Guard> {
    let mut guards = Vec::new();
    let listed = edition.episodes.iter().filter(|episode| episode.listed);
    let listed: BTreeMap<&str, &EditionEpisode> =
        listed.map(|episode| (episode.guid.0.as_str(), episode)).collect();
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for (key, document) in documents.all() {
        let mut here = BTreeSet::new();
        for item in &document.items {
            let guid = item.guid.as_deref().unwrap_or_default();
            let Some(episode) = listed.get(guid) else {
                let expected = "items of listed episodes only";
                guards.push(invalid(&format!("`{key}`"), expected, &format!("`{guid}`")));
                continue;
            };
            if !here.insert(guid) {
                guards.push(invalid(
                    &format!("`{key}`"),
                    "each guid once",
                    &format!("`{guid}` twice"),
                ));
            }
            let (promised, written) = (promised(episode), written(item));
            if written != promised {
                let what = format!("the item of episode {} in `{key}`", name(episode));
                let guard = invalid(&what, &promised, &written);
                guards.push(of_episode(guard, &name(episode), Some(&episode.source)));
            }
        }
        found.extend(here);
    }
    for (guid, episode) in listed {
        if !found.contains(guid) {
            let guard = invalid("the feed", &format!("an item `{guid}`"), "no such item");
            guards.push(of_episode(guard, &name(episode), Some(&episode.source)));
        }
    }
    guards
}

fn promised(episode: &EditionEpisode) -> String {
    let mime_type = episode.mime_type.as_deref().unwrap_or(MP3);
    let length = episode.audio.bytes.to_string();
    promise(episode.permalink, &episode.enclosure_url.0, &length, mime_type)
}

fn written(item: &Line) -> String {
    let url = item.url.as_deref().unwrap_or_default();
    promise(item.permalink, url, &item.length, &item.mime_type)
}

fn promise(permalink: bool, url: &str, length: &str, mime_type: &str) -> String {
    format!("isPermaLink=\"{permalink}\" url=\"{url}\" length=\"{length}\" type=\"{mime_type}\"")
}

/// A published item, from a record or, where onair did not write the feed, from the feed.
struct Known {
    guid: Guid,
    permalink: bool,
    number: Option<EpisodeNumber>,
    url: String,
    audio: Option<Key>,
    digest: Option<Digest>,
    source: Option<String>,
}

fn known(published: &Published, before: Option<&Document>) -> Vec<Known> {
    match (&published.record, before) {
        (_, Some(feed)) if published.standing == Standing::Foreign => {
            let items = feed.items.iter().filter_map(|item| {
                Some(Known {
                    guid: Guid(item.guid.clone()?),
                    permalink: item.permalink,
                    number: item
                        .number
                        .as_ref()
                        .and_then(|it| it.parse().ok())
                        .map(EpisodeNumber::Alone),
                    url: item.url.clone().unwrap_or_default(),
                    audio: None,
                    digest: None,
                    source: None,
                })
            });
            items.collect()
        }
        (Some(record), _) => {
            let episodes = record.listed().map(|episode| Known {
                guid: episode.guid.clone(),
                permalink: episode.permalink,
                number: episode.number,
                url: episode.enclosure_url.0.clone(),
                audio: Some(episode.audio.key.clone()),
                digest: Some(episode.audio.digest()),
                source: Some(episode.source.clone()),
            });
            episodes.collect()
        }
        (None, _) => Vec::new(),
    }
}

fn name(episode: &EditionEpisode) -> String {
    EpisodeName::of(&episode.guid, episode.number).0
}

/// Whether two addresses are one file's: either may have tracking prefixes in front of it, which are no part of
/// it. `tracking` are those of the new one.
fn same_address(old: &str, new: &str, tracking: &str) -> bool {
    let bare = |url| str::split_once(url, "://").map_or(url, |(_, rest)| rest);
    let (old, new) = (bare(old), bare(new.strip_prefix(tracking).unwrap_or(new)));
    let is_behind = |file: &str, whole: &str| {
        let before = whole.strip_suffix(file).filter(|_| !file.is_empty());
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    is_behind(new, old) || is_behind(old, new)
}

/// What every subscriber's app holds on to: guids, addresses, and that episodes stay.
fn identities(
    edition: &Edition,
    known: &[Known],
    before: Option<&Document>,
    allow: &Overrides,
    guards: &mut Vec<Guard>,
) {
    let known_guids: BTreeSet<&Guid> = known.iter().map(|known| &known.guid).collect();
    let now: BTreeMap<&Guid, &EditionEpisode> =
        edition.episodes.iter().rev().map(|new| (&new.guid, new)).collect();
    let mut gone = 0;
    for old in known {
        let name = EpisodeName::of(&old.guid, old.number);
        let new = now.get(&old.guid).copied();
        let renamed = || {
            let strangers = edition.episodes.iter().filter(|new| !known_guids.contains(&new.guid));
            strangers.into_iter().find(|new| same_episode(old, new))
        };
        let Some(new) = new.or_else(renamed).filter(|new| new.listed) else {
            gone += 1;
            if !allow.names(Allow::Removal, &old.guid, old.number) {
                let what = format!("episode {} would leave the feed", name.0);
                let waits = |it: &&Waiting| it.guid.as_ref() == Some(&old.guid.0);
                let found = match (new, edition.waiting.iter().find(waits)) {
                    (Some(new), _) => format!("it is not listed before {}", new.published),
                    (None, Some(waiting)) => format!("it waits until {}", waiting.date),
                    (None, None) => "no such episode".to_owned(),
                };
                let expected = format!("an item with guid `{}`", old.guid);
                let allow = Some(Allow::Removal(name.clone()));
                let guard = refuse(GuardKind::EpisodeRemoved, what, expected, found, allow);
                guards.push(of_episode(guard, &name.0, old.source.as_deref()));
            }
            continue;
        };
        let (guid, link) = ((&old.guid, &new.guid), (old.permalink, new.permalink));
        if (guid.0 != guid.1 || link.0 != link.1)
            && !allow.names(Allow::GuidChange, &old.guid, old.number)
        {
            let text = |guid: &Guid, link| format!("`{guid}` with isPermaLink=\"{link}\"");
            let guard = refuse(
                GuardKind::GuidChanged,
                format!("the published guid of episode {} would change", name.0),
                text(guid.0, link.0),
                text(guid.1, link.1),
                Some(Allow::GuidChange(name.clone())),
            );
            guards.push(of_episode(guard, &name.0, Some(&new.source)));
        }
        let moved = !same_address(&old.url, &new.enclosure_url.0, &edition.tracking);
        // Other audio has another address; that is told once.
        let other = old.digest.as_ref().is_some_and(|digest| *digest != new.audio.digest())
            && !old.audio.as_ref().is_some_and(stands_elsewhere);
        let allowed = allow.contains(&Allow::AddressChange)
            || allow.names(Allow::AudioChange, &old.guid, old.number);
        if moved && !other && !allowed {
            let guard = refuse(
                GuardKind::AddressChanged,
                format!("the published enclosure address of episode {} would change", name.0),
                &old.url,
                &new.enclosure_url.0,
                Some(Allow::AddressChange),
            );
            guards.push(of_episode(guard, &name.0, Some(&new.source)));
        }
    }
    let before = before.map_or(known.len(), |feed| feed.items.len());
    let after = edition.episodes.iter().filter(|episode| episode.listed).count();
    if after + gone < before && !allow.contains(&Allow::FeedShrink) {
        let (expected, found) = (format!("{before} items or more"), after.to_string());
        let what = "the feed would lose items";
        guards.push(refuse(GuardKind::FeedShrinks, what, expected, found, Some(Allow::FeedShrink)));
    }
}

/// Whether an episode with another guid is still the one that was published.
fn same_episode(old: &Known, new: &EditionEpisode) -> bool {
    new.enclosure_url.0 == old.url
        || old.audio.as_ref() == Some(&new.audio.key)
        || old.source.as_ref() == Some(&new.source)
        || (old.number.is_some() && old.number == new.number)
}

/// An episode that is out keeps its instant; that it is written with another offset is no change.
fn dates(edition: &Edition, record: &Record, allow: &Overrides, guards: &mut Vec<Guard>) {
    let known: BTreeMap<&Guid, &EditionEpisode> =
        record.listed().map(|episode| (&episode.guid, episode)).collect();
    for new in edition.episodes.iter().filter(|episode| episode.listed) {
        let Some(old) = known.get(&new.guid) else { continue };
        let instant = |episode: &EditionEpisode| episode.published.parse::<Timestamp>().ok();
        if old.published == new.published
            || instant(old) == instant(new)
            || allow.names(Allow::DateChange, &old.guid, old.number)
        {
            continue;
        }
        let guard = refuse(
            GuardKind::DateChanged,
            format!("the published date of episode {} would change", name(old)),
            old.published.clone(),
            new.published.clone(),
            Some(Allow::DateChange(EpisodeName::of(&old.guid, old.number))),
        );
        guards.push(of_episode(guard, &name(old), Some(&new.source)));
    }
}

/// What was published as an episode's audio stays as it is, and so does what stands under its key.
fn audio(edition: &Edition, record: &Record, allow: &Overrides, guards: &mut Vec<Guard>) {
    let known: BTreeMap<&Guid, &EditionEpisode> =
        record.listed().map(|episode| (&episode.guid, episode)).collect();
    let public_as: HashMap<Sha256, &Guid> =
        record.listed().map(|episode| (episode.audio.payload_sha256, &episode.guid)).collect();
    for new in &edition.episodes {
        let Some(old) = known.get(&new.guid) else { continue };
        // Of what an old host has, only the address is known; that it changes is a guard of its own.
        let comes_home = stands_elsewhere(&old.audio.key) && !new.audio.is_elsewhere();
        let unknown = old.audio.is_elsewhere() && old.audio.bytes == 0;
        let same = comes_home
            || unknown && old.audio.key == new.audio.key
            || old.audio.bytes == new.audio.bytes && old.audio.digest() == new.audio.digest();
        if !same && !allow.names(Allow::AudioChange, &old.guid, old.number) {
            let text = |episode: &EditionEpisode| {
                let hash = episode.audio.payload_sha256.to_string();
                let seconds = episode.audio.milliseconds / 1000;
                format!("{} bytes, {seconds} s, audio {}…", episode.audio.bytes, &hash[..12])
            };
            let public_as = public_as.get(&new.audio.payload_sha256);
            let (kind, found) = match public_as.filter(|guid| **guid != &old.guid) {
                Some(guid) => {
                    (GuardKind::RecordingMoved, format!("the recording that is public as `{guid}`"))
                }
                None => (GuardKind::AudioChanged, text(new)),
            };
            let guard = refuse(
                kind,
                format!("the published audio of episode {} would change", name(old)),
                text(old),
                found,
                Some(Allow::AudioChange(EpisodeName::of(&old.guid, old.number))),
            );
            guards.push(of_episode(guard, &name(old), Some(&new.source)));
        }
    }
    let claims =
        edition.episodes.iter().map(|episode| (&episode.audio.key, episode.audio.digest()));
    let objects = edition.objects.iter().map(|object| (&object.key, object.digest.clone()));
    let mut overwritten = BTreeSet::new();
    for (key, digest) in claims.chain(objects) {
        let Some(old) = record.objects.get(key).filter(|old| old.kind == Kind::Audio) else {
            continue;
        };
        if old.digest != digest && overwritten.insert(key) {
            guards.push(refuse(
                GuardKind::AudioOverwritten,
                format!("the published audio `{key}` would be overwritten"),
                "other content under another key",
                "other content under its key",
                None,
            ));
        }
    }
}
