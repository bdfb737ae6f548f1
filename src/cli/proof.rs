//! Where each episode's audio is had from, and by what it is proved: the file at hand, a Git LFS
//! pointer, the target's record, or what the object in the target says of itself.
//!
//! A checkout without audio releases what was published before, or sent ahead with `onair upload`. An
//! audio key is written once, so audio that finds its key taken by other audio goes beside it, under a
//! name that its payload's hash marks; both names are looked at.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::gather::Gathered;
use super::target::{self, Target};
use super::term::Term;
use super::{Exit, Failure};
use crate::audio::{Content, Foreign, Probe};
use crate::model::hash::Sha256;
use crate::model::object::Key;
use crate::release::Limits;
use crate::rules::Evidence;
use crate::show::values::AudioName;
use crate::show::{Episode, enclosure};
use crate::site::AudioFacts;
use crate::site::edition::EditionEpisode;
use crate::store::record::Record;
use crate::store::{Head, StoreError};

/// An episode's audio as it stands in the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub key: Key,
    /// Bytes as published.
    pub bytes: u64,
    pub milliseconds: u64,
    pub tag_sha256: Sha256,
    pub payload_sha256: Sha256,
    /// Bytes of the host's file that it was made from, where anybody noted it.
    pub source_bytes: Option<u64>,
    /// SHA-256 of that file, by which Git LFS knows it.
    pub source_sha256: Option<Sha256>,
}

/// Where an episode's audio stands, or is to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It stands in the target already.
    There(Known),
    /// It is at hand, and is to be sent there.
    Free(Key),
}

/// By what an episode's audio is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// A Git LFS pointer stands in the audio's place.
    pointer: bool,
    by: By,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    File,
    Record,
    Object(Key),
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pointer {
            f.write_str("its Git LFS pointer and ")?;
        }
        match &self.by {
            By::File => f.write_str("the file at hand"),
            By::Record => f.write_str("the target's record"),
            By::Object(key) => write!(f, "what stands at `{key}` in the target"),
        }
    }
}

/// What an episode's audio must be, as far as the checkout tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The file is at hand, and has this payload.
    Payload(Sha256),
    /// A Git LFS pointer names the file.
    Source(Sha256),
    /// Nothing but the front matter's `size`.
    Size(Option<u64>),
}

impl Wanted {
    fn of(episode: &Episode, evidence: &Evidence) -> Option<Self> {
        match evidence {
            Evidence::Absent { .. } => Some(Self::Size(episode.size.value().copied())),
            Evidence::Probed { probe: Probe { content, .. }, .. } => match content {
                Content::Mp3(mp3) => mp3.payload_sha256.map(Self::Payload),
                Content::Foreign(Foreign::GitLfsPointer(pointer)) => {
                    Some(Self::Source(pointer.oid))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn is(self, known: &Known) -> bool {
        match self {
            Self::Payload(payload) => known.payload_sha256 == payload,
            Self::Source(oid) => known.source_sha256 == Some(oid),
            Self::Size(size) => size
                .is_none_or(|size| [Some(known.bytes), known.source_bytes].contains(&Some(size))),
        }
    }
}

impl From<&EditionEpisode> for Known {
    fn from(recorded: &EditionEpisode) -> Self {
        Self {
            key: recorded.audio.clone(),
            bytes: recorded.bytes,
            milliseconds: recorded.milliseconds,
            tag_sha256: recorded.tag_sha256,
            payload_sha256: recorded.payload_sha256,
            source_bytes: recorded.source_bytes,
            source_sha256: recorded.source_sha256,
        }
    }
}

impl Known {
    /// The audio for an edition, with nothing to send.
    pub fn facts(&self) -> AudioFacts {
        AudioFacts {
            key: self.key.clone(),
            bytes: self.bytes,
            milliseconds: self.milliseconds,
            tag_sha256: self.tag_sha256,
            payload_sha256: self.payload_sha256,
            source_bytes: self.source_bytes,
            source_sha256: self.source_sha256,
            object: None,
        }
    }

    /// The audio that an object's own metadata tells of, if onair sent it.
    pub fn of_head(key: &Key, head: &Head) -> Option<Self> {
        let text = |name: &str| head.metadata.get(name);
        let hash = |name: &str| text(name)?.parse().ok();
        let number = |name: &str| text(name)?.parse().ok();
        let audio = head.content_type.as_deref().is_none_or(|kind| kind == "audio/mpeg");
        audio.then_some(())?;
        Some(Self {
            key: key.clone(),
            bytes: head.bytes,
            milliseconds: number(MILLISECONDS)?,
            tag_sha256: hash("tag-sha256")?,
            payload_sha256: hash("payload-sha256")?,
            source_bytes: number(SOURCE_BYTES),
            source_sha256: hash(SOURCE_SHA256),
        })
    }
}

const MILLISECONDS: &str = "milliseconds";
const SOURCE_BYTES: &str = "source-bytes";
const SOURCE_SHA256: &str = "source-sha256";

/// The metadata that [`Known::of_head`] reads, but for what an object's digest stands for.
pub fn metadata(audio: &AudioFacts) -> BTreeMap<String, String> {
    let given = [
        (MILLISECONDS, Some(audio.milliseconds.to_string())),
        (SOURCE_BYTES, audio.source_bytes.map(|bytes| bytes.to_string())),
        (SOURCE_SHA256, audio.source_sha256.map(|hash| hash.to_string())),
    ];
    let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    given.collect()
}

/// Finds out for every episode that was gathered where its audio stands, and lets that speak for
/// audio that is not at hand.
pub async fn prove(
    gathered: &mut Gathered,
    record: Option<&Record>,
    target: &Target,
) -> Result<(), Failure> {
    let recorded: HashMap<&str, &EditionEpisode> = record
        .iter()
        .flat_map(|record| &record.episodes)
        .map(|known| (known.guid.0.as_str(), known))
        .collect();
    let mut questions = Vec::new();
    for episode in &gathered.show.episodes {
        let evidence = gathered.audio.get(&episode.source.path);
        let wanted = evidence.and_then(|evidence| Wanted::of(episode, evidence));
        let place = enclosure::place(&gathered.show.settings, episode);
        let (Some(wanted), Some(file), Some(place)) = (wanted, episode.file.value(), place) else {
            continue;
        };
        let recorded = episode.effective_guid().and_then(|guid| recorded.get(guid).copied());
        questions.push(Question {
            episode: episode.source.path.clone(),
            prefix: gathered.show.settings.media_prefix(),
            name: place.name,
            file: file.clone(),
            wanted,
            recorded: recorded.map(Known::from),
        });
    }
    let at_once = Limits::default().others;
    let answers: Vec<_> = stream::iter(&questions)
        .map(async |question| Ok((question, question.settle(target).await?)))
        .buffer_unordered(at_once)
        .try_collect()
        .await?;
    for (question, answer) in answers {
        let Some((mut place, by)) = answer else { continue };
        if let Some(evidence) = gathered.audio.get_mut(&question.episode) {
            speak(evidence, &mut place);
        }
        let pointer = matches!(question.wanted, Wanted::Source(_));
        gathered.proofs.insert(question.episode.clone(), Proof { pointer, by });
        gathered.places.insert(question.episode.clone(), place);
    }
    Ok(())
}

/// What stands in the target is what the rules judge `size` and `duration` by; what is at hand tells
/// which file a Git LFS pointer will name.
fn speak(evidence: &mut Evidence, place: &mut Place) {
    let Place::There(known) = place else { return };
    match evidence {
        Evidence::Probed { probe, recorded, .. } if matches!(probe.content, Content::Mp3(_)) => {
            *recorded = Some(known.bytes);
            if probe.sha256.is_some() {
                known.source_bytes = Some(probe.bytes);
                known.source_sha256 = probe.sha256;
            }
        }
        _ => {
            *evidence = Evidence::Recorded {
                bytes: known.bytes,
                source_bytes: known.source_bytes,
                milliseconds: known.milliseconds,
            };
        }
    }
}

/// Says, to whom wants to know, by what each episode's audio is proved.
pub fn say(gathered: &Gathered, term: &Term) {
    if !term.verbose() {
        return;
    }
    for episode in &gathered.show.episodes {
        if let Some(proof) = gathered.proofs.get(&episode.source.path) {
            term.say(&format!("{}: audio proved by {proof}", episode.source.path));
        }
    }
}

/// Whether any audio is not at hand, or only as a Git LFS pointer.
pub fn is_absent(gathered: &Gathered) -> bool {
    gathered.audio.values().any(|evidence| match evidence {
        Evidence::Absent { .. } => true,
        Evidence::Probed { probe: Probe { content, .. }, .. } => {
            matches!(content, Content::Foreign(Foreign::GitLfsPointer(_)))
        }
        _ => false,
    })
}

/// Says by what audio is proved that is not at hand.
pub fn say_of_absent(gathered: &Gathered, term: &Term) {
    for (path, proof) in &gathered.proofs {
        let recorded = matches!(gathered.audio.get(path), Some(Evidence::Recorded { .. }));
        if recorded {
            term.say(&format!("{path}: audio proved by {proof}"));
        }
    }
}

/// Where one episode's audio stands.
#[derive(Debug)]
struct Question {
    /// The episode's file.
    episode: String,
    /// Of audio keys.
    prefix: String,
    /// Where the audio stands below it, if it is not taken.
    name: String,
    file: AudioName,
    wanted: Wanted,
    recorded: Option<Known>,
}

impl Question {
    async fn settle(&self, target: &Target) -> Result<Option<(Place, By)>, Failure> {
        let there = |known: Known, by: By| Ok(Some((Place::There(known), by)));
        if let Some(known) = self.recorded.as_ref().filter(|known| self.wanted.is(known)) {
            return there(known.clone(), By::Record);
        }
        let plain = self.key(None)?;
        let first = match self.recorded {
            // Published audio keeps its key, so this is other audio.
            Some(_) => None,
            None => Some(target.identify(&plain).await.map_err(target::failed)?),
        };
        if let Some(Found::Audio(known)) = &first
            && self.wanted.is(known)
        {
            return there(known.clone(), By::Object(plain));
        }
        if let Wanted::Payload(payload) = self.wanted {
            if matches!(first, Some(Found::Nothing)) {
                return Ok(Some((Place::Free(plain), By::File)));
            }
            let key = self.key(Some(payload))?;
            return match target.identify(&key).await.map_err(target::failed)? {
                Found::Audio(known) if self.wanted.is(&known) => there(known, By::Object(key)),
                _ => Ok(Some((Place::Free(key), By::File))),
            };
        }
        if !matches!(first, Some(Found::Nothing))
            && let Some(known) = self.beside(target).await.map_err(target::failed)?
        {
            let key = known.key.clone();
            return there(known, By::Object(key));
        }
        // Of audio that is not what the front matter says the rules will say so.
        match (self.wanted, &self.recorded, first) {
            (Wanted::Size(_), Some(known), _) => there(known.clone(), By::Record),
            (Wanted::Size(_), None, Some(Found::Audio(known))) => there(known, By::Object(plain)),
            _ => Ok(None),
        }
    }

    /// Looks among the audio that found its plain name taken.
    async fn beside(&self, target: &Target) -> Result<Option<Known>, StoreError> {
        let (stem, ending) = self.halves();
        let start = format!("{}{stem}-", self.prefix);
        for listed in target.store.list(&start).await? {
            let rest = listed.key.as_str().strip_prefix(&start);
            let mark = rest.and_then(|rest| rest.strip_suffix(&format!(".{ending}")));
            if !mark.is_some_and(is_mark) {
                continue;
            }
            if let Found::Audio(known) = target.identify(&listed.key).await?
                && self.wanted.is(&known)
            {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// Where the audio stands: under its file's name, or beside that if other audio has taken it.
    fn key(&self, beside: Option<Sha256>) -> Result<Key, Failure> {
        let text = match beside {
            None => format!("{}{}", self.prefix, self.name),
            Some(payload) => {
                let (stem, ending) = self.halves();
                let mark: String = payload.to_string().chars().take(MARK).collect();
                format!("{}{stem}-{mark}.{ending}", self.prefix)
            }
        };
        Key::new(text).map_err(|error| Failure::new(Exit::Usage, error.to_string()))
    }

    fn halves(&self) -> (&str, &str) {
        let name = self.file.as_str();
        name.rsplit_once('.').unwrap_or((name, "mp3"))
    }
}

/// As many hexadecimal digits of a payload's hash tell it from what has taken its plain name.
const MARK: usize = 8;

fn is_mark(text: &str) -> bool {
    text.len() == MARK && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What stands at an audio key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// Audio that onair sent.
    Audio(Known),
    /// Something that nobody can tell what it is.
    Other,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::object::{Body, Digest, Kind, Object};
    use crate::store::memory::MemoryStore;
    use crate::store::{Condition, Store as _};

    fn known(name: &str, payload: &str) -> Known {
        Known {
            key: Key::new(format!("media/{name}")).unwrap(),
            bytes: 3 + payload.len() as u64,
            milliseconds: 61_000,
            tag_sha256: Sha256::of(b"tag"),
            payload_sha256: Sha256::of(payload.as_bytes()),
            source_bytes: Some(2 + payload.len() as u64),
            source_sha256: Some(Sha256::of(format!("ID{payload}").as_bytes())),
        }
    }

    fn object(known: &Known, payload: &str) -> Object {
        let (tag_sha256, payload_sha256) = (known.tag_sha256, known.payload_sha256);
        Object {
            key: known.key.clone(),
            kind: Kind::Audio,
            content_type: "audio/mpeg",
            digest: Digest::Tagged { tag_sha256, payload_sha256 },
            body: Body::Bytes(format!("tag{payload}").into()),
            metadata: metadata(&known.facts()),
        }
    }

    fn marked(payload: &str) -> String {
        format!("1-{}.mp3", &Sha256::of(payload.as_bytes()).to_string()[..8])
    }

    /// What is settled where these stand in the target.
    fn settle(standing: &[(&str, &str)], wanted: Wanted, recorded: Option<Known>) -> String {
        let store = MemoryStore::default();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            for (name, payload) in standing {
                let object = object(&known(name, payload), payload);
                store.put(&object, &Condition::Absent, &|_| ()).await.unwrap();
            }
            let question = Question {
                episode: "episodes/1.md".into(),
                prefix: "media/".into(),
                name: "1.mp3".into(),
                file: crate::show::values::audio_name("1.mp3").unwrap(),
                wanted,
                recorded,
            };
            match question.settle(&Target::of(Arc::new(store))).await.unwrap() {
                None => "nothing".to_owned(),
                Some((Place::Free(key), _)) => format!("send to {key}"),
                Some((Place::There(known), by)) => {
                    format!("{} by {}", known.key, Proof { pointer: false, by })
                }
            }
        })
    }

    #[test]
    fn audio_at_hand_goes_where_no_other_audio_stands() {
        let wanted = Wanted::Payload(Sha256::of(b"new"));
        let beside = marked("new");
        assert_eq!(settle(&[], wanted, None), "send to media/1.mp3");
        assert_eq!(settle(&[("1.mp3", "old")], wanted, None), format!("send to media/{beside}"));
        assert_eq!(
            settle(&[("1.mp3", "new")], wanted, None),
            "media/1.mp3 by what stands at `media/1.mp3` in the target"
        );
        assert_eq!(
            settle(&[("1.mp3", "old"), (&beside, "new")], wanted, None),
            format!("media/{beside} by what stands at `media/{beside}` in the target")
        );
        let recorded = Some(known("1.mp3", "old"));
        assert_eq!(settle(&[], wanted, recorded), format!("send to media/{beside}"));
        let recorded = Some(known("1.mp3", "new"));
        assert_eq!(settle(&[], wanted, recorded), "media/1.mp3 by the target's record");
    }

    #[test]
    fn a_pointer_is_believed_only_where_its_hash_is_known() {
        let wanted = Wanted::Source(Sha256::of(b"IDnew"));
        let beside = marked("new");
        assert_eq!(settle(&[], wanted, None), "nothing");
        assert_eq!(settle(&[("1.mp3", "old")], wanted, None), "nothing");
        assert_eq!(settle(&[], wanted, Some(known("1.mp3", "old"))), "nothing");
        let unhashed = Known { source_sha256: None, ..known("1.mp3", "new") };
        assert_eq!(settle(&[], wanted, Some(unhashed)), "nothing");
        for recorded in [None, Some(known("1.mp3", "old"))] {
            let there = settle(&[("1.mp3", "old"), (&beside, "new")], wanted, recorded);
            assert!(there.starts_with(&format!("media/{beside} by what stands")), "{there}");
        }
    }

    #[test]
    fn without_any_file_the_size_decides_between_two() {
        let (old, new) = (known("1.mp3", "old"), known("1.mp3", "newer"));
        let beside = marked("newer");
        let both = [("1.mp3", "old"), (beside.as_str(), "newer")];
        for size in [new.bytes, new.source_bytes.unwrap()] {
            let there = settle(&both, Wanted::Size(Some(size)), None);
            assert!(there.starts_with(&format!("media/{beside}")), "{there}");
        }
        let there = settle(&both, Wanted::Size(Some(old.bytes)), None);
        assert!(there.starts_with("media/1.mp3"), "{there}");
        // A size that nothing has is for the rules to speak of.
        let there = settle(&both, Wanted::Size(Some(1)), Some(old.clone()));
        assert_eq!(there, "media/1.mp3 by the target's record");
        assert!(settle(&both, Wanted::Size(Some(1)), None).starts_with("media/1.mp3"));
        assert_eq!(settle(&[], Wanted::Size(Some(1)), None), "nothing");
    }

    #[test]
    fn only_an_object_that_tells_all_is_known() {
        let known = known("1.mp3", "new");
        let head = Head {
            bytes: known.bytes,
            version: crate::store::Version("v".into()),
            content_type: Some("audio/mpeg".into()),
            cache_control: None,
            metadata: object(&known, "new").user_metadata(),
        };
        assert_eq!(Known::of_head(&known.key, &head), Some(known.clone()));
        let mut unhashed = head.clone();
        unhashed.metadata.remove("tag-sha256");
        assert_eq!(Known::of_head(&known.key, &unhashed), None);
        let typed = Head { content_type: Some("text/html".into()), ..head };
        assert_eq!(Known::of_head(&known.key, &typed), None);
    }
}
