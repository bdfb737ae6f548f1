//! From what a show has become and what is published of it to the steps that lead there.
//!
//! [`plan`] is a pure function. A dry run prints its [`Plan`]; a release carries out the very same.
//!
//! # Audio keys are written once
//!
//! Between the moment an enclosure's bytes change and the moment the new feed stands, the old feed
//! would promise a length that is no longer true; and a release that was thought dead may still put a
//! feed that it verified an hour ago. No order of steps cures that. So what stands under an audio key
//! never changes, not even before a feed has named it: an episode keeps the tag and length it was
//! published with as long as its payload is the same, and truly other audio, where a host permits it,
//! takes another key (`media/109-1a2b3c4d.mp3`). The plan refuses, without any override, a step that
//! would write other bytes under a published audio key, and the release stops at a key that turns out
//! to be taken. With that, an enclosure that was once verified stays true whatever happens later.

mod cause;
mod checks;
mod companions;
mod document;
mod feed;
mod guard;
mod moved;
mod old_tags;
pub mod placement;
mod rollback;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

pub use cause::{Cause, causes};
use document::Document;
use feed::Documents;
pub use feed::{Changed, FeedDiff, ItemName};
pub use guard::{ALLOW, Allow, BadAllow, EpisodeName, Guard, GuardKind, Overrides};
use moved::Before;
pub use moved::{Moved, leads_to};
pub use old_tags::OldTag;
pub use rollback::{Restored, documents, rollback};

use crate::model::audio::PublishedAudio;
use crate::model::hash::Sha256;
use crate::model::object::{Body, Digest, Key, Kind, Object};
use crate::model::waiting::Waiting;
use crate::site::edition::{Edition, EditionEpisode, EpisodePage, Guid};
use crate::store::begun::{Begun, BegunObject, Stray};
use crate::store::published::{Published, Standing};
use crate::store::record::{Author, Record, Recorded, RecordedFeed, ReleaseNumber, Revision};
use crate::store::{Condition, Expected, Version};

/// Why an object is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Nothing was published there.
    New,
    /// Other bytes were published there.
    Content,
    /// The same bytes were published there with another type or caching.
    Headers,
    /// What was published there is gone, or somebody else has changed it.
    Missing,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "new",
            Self::Content => "content changed",
            Self::Headers => "type or caching changed",
            Self::Missing => "gone or changed in the target",
        })
    }
}

/// An object to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The object.
    pub object: Object,
    /// Why it is sent.
    pub reason: Reason,
    /// What the plan saw at its key.
    pub condition: Condition,
    /// The hash of what it replaces, where a rollback may want that back.
    pub replaces: Option<Sha256>,
}

/// Audio that is not at hand, and that no record knows or somebody found gone: the target must prove
/// that it holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The episode's source file.
    pub source: String,
    /// Where its audio must stand.
    pub key: Key,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its identity.
    pub digest: Digest,
}

impl Proof {
    /// What the key must hold.
    pub fn expected(&self) -> Expected<'_> {
        Expected {
            key: &self.key,
            bytes: self.bytes,
            digest: &self.digest,
            content_type: checks::MP3,
            cache_control: None,
        }
    }
}

/// What the plan was made against; a release stops if the target has moved on since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// How feed and record stood to each other.
    pub standing: Standing,
    /// The record that was current.
    pub record: Option<Record>,
    /// Which manifest was read.
    pub manifest: Option<Version>,
    /// Which feed was read.
    pub feed: Option<Version>,
    /// What a release that was cut off was about to write.
    pub begun: Begun,
}

impl Base {
    /// Whether the public feed is not onair's.
    pub fn is_foreign(&self) -> bool {
        self.standing == Standing::Foreign
    }

    /// Whether the feed is of a later release than the manifest.
    pub fn is_behind(&self) -> bool {
        self.standing == Standing::ManifestBehind
    }
}

/// The way from what is published to an edition, in the order in which a release walks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it was made against.
    pub base: Base,
    /// What must stand in the target already, before anything is sent.
    pub proofs: Vec<Proof>,
    /// Everything to be sent before the feed, audio first, pages last.
    pub sends: Vec<Step>,
    /// The feed.
    pub feed: Object,
    /// Why the feed is sent, if it is.
    pub feed_reason: Option<Reason>,
    /// What the release does to the feed.
    pub diff: FeedDiff,
    /// What stays as the last record has it.
    pub unchanged: BTreeMap<Key, Recorded>,
    /// Every episode of the edition.
    pub episodes: Vec<EditionEpisode>,
    /// What a release that was cut off has left and this edition does not want.
    pub strays: Vec<Stray>,
    /// What the last release made of the site and this one does not: guests' pages, archive pages of the feed. It is
    /// taken away once the feed stands; a rollback has a copy.
    pub leaves: BTreeMap<Key, Recorded>,
    /// What stays public of episodes that leave the feed.
    pub left: Vec<Left>,
    /// Audio that keeps the tag it was published with.
    pub old_tags: Vec<OldTag>,
    /// What waits for its date.
    pub waiting: Vec<Waiting>,
    /// What a rollback cannot bring back, since it is not kept any more.
    pub not_kept: Vec<Key>,
    /// The rollback that holds against this edition, if one does.
    pub holds: Option<ReleaseNumber>,
    /// What a rollback is to hold against.
    held: Option<Sha256>,
    /// The commit that the edition was made from.
    revision: Option<Revision>,
    /// Every place where a page stood before.
    before: Before,
    /// Whether a record of the outcome would say anything new.
    record_changes: bool,
}

/// Where an edition comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The commit, where there is one.
    pub revision: Option<Revision>,
    /// Whether that contains the commit that was last released, as far as anybody can tell.
    pub contained: bool,
}

impl Default for Source {
    fn default() -> Self {
        Self { revision: None, contained: true }
    }
}

/// As [`plan`], of an edition whose source is known: one that does not contain what was released last
/// would take that back.
///
/// # Errors
/// As [`plan`].
pub fn plan_from(
    source: Source,
    edition: Edition,
    published: &Published,
    allow: &Overrides,
) -> Result<Plan, Vec<Guard>> {
    let planned = plan(edition, published, allow);
    let released = published.record.as_ref().and_then(|record| record.revision.as_ref());
    let older = released.filter(|_| !source.contained && !allow.contains(&Allow::OlderCheckout));
    let guard =
        |released, change| checks::older_checkout(source.revision.as_ref(), released, change);
    match (planned, older) {
        // Whatever else is refused most likely comes of it.
        (Err(_), Some(released)) => Err(vec![guard(released, None)]),
        (Ok(plan), Some(released)) if plan.makes_release() => {
            Err(vec![guard(released, Some((plan.steps().count(), &plan.diff)))])
        }
        (Ok(plan), _) => Ok(Plan { revision: source.revision, ..plan }),
        (Err(guards), None) => Err(guards),
    }
}

/// Compares an edition with what is published.
///
/// # Errors
/// Every [`Guard`] that is not permitted by `allow`.
pub fn plan(
    mut edition: Edition,
    published: &Published,
    allow: &Overrides,
) -> Result<Plan, Vec<Guard>> {
    let before = moved::settle(&mut edition, published);
    if let Some(record) = &published.record
        && record.held.is_some()
        && !allow.contains(&Allow::UndoRollback)
    {
        let objects = edition.objects.iter().map(|object| (&object.key, object.digest.clone()));
        let audio = edition.episodes.iter().map(|it| (&it.audio.key, it.audio.digest()));
        let stays = edition.stays.iter().filter_map(|key| record.objects.get_key_value(key));
        let stays = stays.map(|(key, recorded)| (key, recorded.digest.clone()));
        let made = fingerprint(&edition.feed.digest, objects.chain(audio).chain(stays));
        if record.held == Some(made) {
            return Ok(held(edition, published, record));
        }
    }
    if is_public(&edition, published) {
        // It was read, judged and compared when it was published.
        let guards = checks::refusals(&edition, published, None, allow);
        return match guards.is_empty() {
            true => Ok(draw_up(edition, published, FeedDiff::default(), BTreeMap::new(), before)),
            false => Err(guards),
        };
    }
    let (public, after) = rayon::join(|| public_feed(published), || Documents::of(&edition));
    let guards = checks::refusals(&edition, published, Some((public.as_ref(), &after)), allow);
    let Ok(after) = after else { return Err(guards) };
    if !guards.is_empty() {
        return Err(guards);
    }
    let ours = published.record.as_ref().filter(|_| published.standing != Standing::Foreign);
    let diff = FeedDiff::between(public.as_ref(), &after, ours);
    Ok(draw_up(edition, published, diff, BTreeMap::new(), before))
}

/// Lists the steps. `unchanged` holds recorded objects that stay though the edition lacks them.
fn draw_up(
    edition: Edition,
    published: &Published,
    mut diff: FeedDiff,
    mut unchanged: BTreeMap<Key, Recorded>,
    before: Before,
) -> Plan {
    let record = published.record.as_ref();
    let recorded = |key: &Key| record.and_then(|record| record.objects.get(key));
    let wanted: BTreeSet<&Key> = edition
        .objects
        .iter()
        .map(|object| &object.key)
        .chain(&edition.stays)
        .chain(edition.episodes.iter().map(|episode| &episode.audio.key))
        .collect();
    let strays = published.strays.iter().filter(|stray| !wanted.contains(&stray.key));
    let strays = strays.cloned().collect();
    let stays = edition.stays.iter().filter_map(|key| Some((key.clone(), recorded(key)?.clone())));
    unchanged.extend(stays);
    // What the target has already came without its bytes.
    let with_bytes = |object: &&Object| !matches!(object.body, Body::Standing(_));
    let mut sends = Vec::with_capacity(edition.objects.iter().filter(with_bytes).count());
    for object in by_kind(edition.objects) {
        let old = recorded(&object.key);
        match compare(&object, old, published.missing.contains(&object.key)) {
            Some((reason, condition)) => {
                unchanged.remove(&object.key);
                let replaces = old.filter(|_| reason == Reason::Content).and_then(replaced);
                sends.push(Step { object, reason, condition, replaces });
            }
            None => unchanged.extend(old.map(|old| (object.key, old.clone()))),
        }
    }

    let mut proofs = Vec::new();
    let at_hand: BTreeSet<&Key> = sends.iter().map(|step| &step.object.key).collect();
    let promised = edition.episodes.iter().filter(|episode| !episode.audio.is_elsewhere());
    for episode in promised.filter(|it| !at_hand.contains(&it.audio.key)) {
        let PublishedAudio { key, bytes, .. } = &episode.audio;
        let digest = episode.audio.digest();
        match recorded(key).or_else(|| published.adopted.get(key)) {
            Some(old)
                if old.digest == digest
                    && old.bytes == *bytes
                    && !published.missing.contains(key) =>
            {
                unchanged.insert(key.clone(), old.clone());
            }
            _ => proofs.push(Proof {
                source: episode.source.clone(),
                key: key.clone(),
                bytes: *bytes,
                digest,
            }),
        }
    }

    let changes = |step: &&Step| matches!(step.reason, Reason::New | Reason::Content);
    let archives = sends.iter().filter(|step| step.object.kind == Kind::Feed);
    diff.archive_pages = archives.filter(changes).count();
    let record_changes = record.is_none_or(|record| {
        record.episodes != edition.episodes
            || record.objects != unchanged
            || record.moved != before.redirects
            || record.gone != before.gone
            || record.homes != before.homes
    });
    let stands = sends.iter().map(|step| &step.object.key).chain(unchanged.keys());
    let stands: BTreeSet<&Key> = stands.chain([&edition.feed.key]).collect();
    let dropped = record.into_iter().flat_map(|record| &record.objects);
    let dropped = dropped.filter(|(key, it)| it.kind.is_of_the_site() && !stands.contains(key));
    // A feed that moves stays where it was, and names its archive pages.
    let moves = record.is_some_and(|record| record.feed.key != edition.feed.key);
    let dropped = dropped.filter(|(_, it)| !(moves && it.kind == Kind::Feed));
    let leaves: BTreeMap<Key, Recorded> =
        dropped.map(|(key, it)| (key.clone(), it.clone())).collect();
    let known = stands.into_iter().chain(leaves.keys()).collect();
    let left = left(record, &known, &edition.episodes);
    let sent: Vec<&Object> = sends.iter().map(|step| &step.object).collect();
    let of_another = FeedDiff::default();
    let ours = published.standing != Standing::Foreign;
    let since = if ours { &diff } else { &of_another };
    let old_tags = old_tags::old_tags(record, &edition.episodes, &sent, since);
    Plan {
        base: Base {
            standing: published.standing,
            record: published.record.clone(),
            manifest: published.manifest.clone(),
            feed: published.feed.as_ref().map(|feed| feed.version.clone()),
            begun: published.begun.clone(),
        },
        strays,
        proofs,
        feed_reason: feed_reason(&edition.feed, published),
        feed: edition.feed,
        diff,
        unchanged,
        episodes: edition.episodes,
        leaves,
        left,
        old_tags,
        waiting: edition.waiting,
        not_kept: Vec::new(),
        holds: None,
        held: None,
        revision: None,
        before,
        sends,
        record_changes,
    }
}

/// In the order in which a release sends them. Only their places are sorted: objects in a second list would take
/// megabytes of a large show.
fn by_kind(objects: Vec<Object>) -> impl Iterator<Item = Object> {
    let mut order: Vec<usize> = (0..objects.len()).collect();
    order.sort_by_key(|&at| objects[at].kind);
    let mut objects: Vec<Option<Object>> = objects.into_iter().map(Some).collect();
    order.into_iter().filter_map(move |at| objects[at].take())
}

/// What stays public of an episode that leaves the feed, until it is unpublished or pruned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The episode, as a host speaks of it.
    pub episode: String,
    /// Where its audio, page and what stands beside it are.
    pub keys: Vec<Key>,
}

/// What stays public of every episode that the record lists and these are without, but for what is `known`.
fn left(record: Option<&Record>, known: &BTreeSet<&Key>, now: &[EditionEpisode]) -> Vec<Left> {
    let Some(record) = record else { return Vec::new() };
    let stays: BTreeSet<&Guid> = now.iter().filter(|it| it.listed).map(|it| &it.guid).collect();
    let audio: BTreeSet<&Key> = now.iter().map(|it| &it.audio.key).collect();
    let gone = record.listed().filter(|old| !stays.contains(&old.guid));
    gone.filter(|old| !audio.contains(&old.audio.key))
        .map(|old| {
            let mut left = left_of(record, old);
            left.keys.retain(|key| !known.contains(key));
            left
        })
        .filter(|left| !left.keys.is_empty())
        .collect()
}

/// What a release has made public of an episode: its audio, unless that is elsewhere, its page and what
/// stands beside that.
pub fn left_of(record: &Record, episode: &EditionEpisode) -> Left {
    let page = moved::page_of(record, episode);
    let folder = page.as_ref().map(EpisodePage::folder);
    let of_it = |key: &&Key| folder.as_ref().is_some_and(|folder| key.as_str().starts_with(folder));
    let beside = record.objects.keys().filter(of_it);
    let audio = Some(episode.audio.key.clone()).filter(|_| !episode.audio.is_elsewhere());
    let keys = audio.into_iter().chain(beside.cloned()).collect();
    Left { episode: EpisodeName::of(&episode.guid, episode.number).0, keys }
}

/// Whether the public feed is the edition's to the byte, and our record promises the same of it.
fn is_public(edition: &Edition, published: &Published) -> bool {
    let Some(record) = &published.record else { return false };
    let recorded = |page: &Object| {
        record.objects.get(&page.key).is_some_and(|recorded| recorded.digest == page.digest)
    };
    published.standing == Standing::Current
        && record.feed.key == edition.feed.key
        && edition.feed.digest == (Digest::Whole { sha256: record.feed.sha256 })
        && record.episodes == edition.episodes
        && edition.objects.iter().filter(|object| object.kind == Kind::Feed).all(recorded)
}

/// The feed that is public, if it is one.
fn public_feed(published: &Published) -> Option<Document> {
    Document::read(&published.feed.as_ref()?.bytes).ok()
}

/// The hash of an object whose key is written again and again.
fn replaced(old: &Recorded) -> Option<Sha256> {
    match (old.kind, &old.digest) {
        (
            Kind::Chapters | Kind::Transcript | Kind::Asset | Kind::Page,
            Digest::Whole { sha256 },
        ) => Some(*sha256),
        _ => None,
    }
}

/// What a show makes, whatever it is made from: every key and its content.
fn fingerprint<'a>(feed: &Digest, objects: impl Iterator<Item = (&'a Key, Digest)>) -> Sha256 {
    let objects: BTreeMap<&Key, Digest> = objects.collect();
    Sha256::of_value(&(feed, objects))
}

/// The [`fingerprint`] of what a release published.
fn fingerprint_of(record: &Record) -> Sha256 {
    let feed = Digest::Whole { sha256: record.feed.sha256 };
    let objects = record.objects.iter().map(|(key, recorded)| (key, recorded.digest.clone()));
    fingerprint(&feed, objects)
}

/// Nothing is to be done: a rollback holds.
fn held(edition: Edition, published: &Published, record: &Record) -> Plan {
    let mut plan = draw_up(
        Edition { objects: Vec::new(), ..edition },
        &Published { strays: Vec::new(), ..published.clone() },
        FeedDiff::default(),
        record.objects.clone(),
        Before::of(Some(record)),
    );
    plan.proofs.clear();
    plan.left.clear();
    plan.old_tags.clear();
    plan.unchanged.clone_from(&record.objects);
    plan.episodes.clone_from(&record.episodes);
    plan.feed_reason = None;
    plan.record_changes = false;
    plan.holds = Some(record.number);
    plan
}

/// Whether an object needs no sending: it is published as it is.
pub fn stands(object: &Object, published: &Published) -> bool {
    let record = published.record.as_ref();
    let old = record.and_then(|record| record.objects.get(&object.key));
    compare(object, old, published.missing.contains(&object.key)).is_none()
}

/// Why an object must be sent, if it must, and what stands in its place.
fn compare(object: &Object, old: Option<&Recorded>, missing: bool) -> Option<(Reason, Condition)> {
    let Some(old) = old else { return Some((Reason::New, Condition::Absent)) };
    if missing {
        return Some((Reason::Missing, Condition::Absent));
    }
    // A hundred megabytes are not sent again for a rule on caching that has changed since.
    let caching = object.kind == Kind::Audio || old.cache_control == object.kind.cache_control();
    let reason = if old.digest != object.digest || old.bytes != object.body.len() {
        Reason::Content
    } else if old.content_type != object.content_type || !caching {
        Reason::Headers
    } else {
        return None;
    };
    Some((reason, Condition::Is(old.version.clone())))
}

fn feed_reason(feed: &Object, published: &Published) -> Option<Reason> {
    let record = published.record.as_ref();
    let moved = record.is_some_and(|record| record.feed.key != feed.key);
    let Some(public) = published.feed.as_ref().filter(|_| !moved) else {
        let gone = published.standing == Standing::FeedMissing && !moved;
        return Some(if gone { Reason::Missing } else { Reason::New });
    };
    let same_type = record.is_none_or(|record| record.feed.content_type == feed.content_type);
    if feed.digest != (Digest::Whole { sha256: Sha256::of(&public.bytes) }) {
        Some(Reason::Content)
    } else {
        (!same_type).then_some(Reason::Headers)
    }
}

impl Plan {
    /// Whether the target already holds the edition, and a record of it.
    pub fn nothing_to_do(&self) -> bool {
        !self.makes_release() && !self.manifest_is_behind()
    }

    /// Whether the manifest does not say what stands.
    fn manifest_is_behind(&self) -> bool {
        self.base.is_behind() || !self.base.begun.is_empty()
    }

    /// Whether a new release comes of it; if not, there may still be a manifest to set right.
    pub fn makes_release(&self) -> bool {
        self.record_changes
            || !self.sends.is_empty()
            || self.feed_reason.is_some()
            || self.base.is_foreign()
    }

    /// Every object to be sent with the reason why, in order; the feed comes last.
    pub fn steps(&self) -> impl Iterator<Item = (&Object, Reason)> {
        let sends = self.sends.iter().map(|step| (&step.object, step.reason));
        sends.chain(self.feed_reason.map(|reason| (&self.feed, reason)))
    }

    /// What is noted of all that leaves.
    pub fn leaving(&self) -> Begun {
        self.leaves.iter().map(|(key, it)| (key.clone(), BegunObject::leaving(it))).collect()
    }

    /// Pages that the release moves.
    pub fn moved(&self) -> &[Moved] {
        &self.before.moved
    }

    /// How many bytes will be sent.
    pub fn bytes(&self) -> u64 {
        self.steps().map(|(object, _)| object.body.len()).sum()
    }

    /// What must hold of the feed's key when the feed is put.
    pub fn feed_condition(&self) -> Condition {
        let moved =
            self.base.record.as_ref().is_some_and(|record| record.feed.key != self.feed.key);
        match &self.base.feed {
            Some(version) if !moved => Condition::Is(version.clone()),
            _ => Condition::Absent,
        }
    }

    /// The record of the release that carries this plan out.
    ///
    /// `sent` holds what was sent or proved, besides what is [`Plan::unchanged`].
    pub fn record(
        &self,
        number: ReleaseNumber,
        created: Timestamp,
        by: Author,
        mut sent: BTreeMap<Key, Recorded>,
    ) -> Record {
        let sha256 = match &self.feed.digest {
            Digest::Whole { sha256 } => *sha256,
            // A feed is text in memory; `plan` refuses any other.
            Digest::Tagged { payload_sha256, .. } => *payload_sha256,
        };
        let mut objects = self.unchanged.clone();
        // Not one by one: a first release has nothing else.
        objects.append(&mut sent);
        Record {
            version: Record::FORM,
            number,
            parent: self.base.record.as_ref().map(|record| record.number),
            created,
            by,
            revision: self.revision.clone(),
            held: self.held,
            feed: RecordedFeed {
                key: self.feed.key.clone(),
                sha256,
                bytes: self.feed.body.len(),
                content_type: self.feed.content_type.to_owned(),
            },
            episodes: self.episodes.clone(),
            moved: self.before.redirects.clone(),
            gone: self.before.gone.clone(),
            homes: self.before.homes.clone(),
            objects,
        }
    }
}
