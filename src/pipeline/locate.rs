//! Asks the target where each episode's audio stands, and lets it speak for audio that is not at hand.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::evidence::AudioEvidence;
use super::local::{Local, tagged_audio};
use super::target::{self, Target};
use super::{Checkout, Error, tag};
use crate::audio::{Content, Foreign, LfsPointer, Probe};
use crate::model::audio::{MP3_TYPE, PublishedAudio};
use crate::model::hash::Sha256;
use crate::model::object::{Key, Kind};
use crate::plan::placement::{Ahead, By, Next, Placement, Proof, Question, Seen, Wanted};
use crate::rules::Evidence;
use crate::show::{Episode, enclosure};
use crate::store::audio::Found;
use crate::store::record::{Record, Recorded};
use crate::store::{Head, QUESTIONS, StoreError, WORTH_LISTING};

/// Where audio stands, and what is known of it with the target's word.
#[derive(Debug, Default)]
pub struct Located {
    /// What is known of each episode's audio, by the episode file's path.
    pub evidence: AudioEvidence,
    /// Where it stands or is to stand, likewise.
    pub placements: BTreeMap<String, Placement>,
    /// What proves it, likewise.
    pub proofs: BTreeMap<String, Proof>,
    /// What another program put into the target, and is the file at hand.
    pub adopted: BTreeMap<Key, Recorded>,
}

/// What an episode's audio must be; nothing where no place can be sought for it.
fn wanted(episode: &Episode, evidence: &Evidence) -> Option<Wanted> {
    match evidence {
        Evidence::Absent { .. } => Some(Wanted::Size(episode.size.value().copied())),
        // It may have been sent to the target, to where its address leads.
        Evidence::Recorded(audio) => Some(Wanted::Size(Some(audio.bytes))),
        Evidence::Probed { probe: Probe { content, .. }, .. } => match content {
            Content::Mp3(mp3) => mp3.payload_sha256.map(Wanted::Payload),
            Content::Foreign(Foreign::GitLfsPointer(pointer)) => Some(Wanted::Source(pointer.oid)),
            _ => None,
        },
        _ => None,
    }
}

/// Finds out where the audio stands of every episode in `evidence`; `goes_ahead` says of which it is
/// being sent before its date.
///
/// # Errors
/// If the target cannot be asked.
pub async fn locate(
    checkout: &Checkout,
    mut evidence: AudioEvidence,
    record: Option<&Record>,
    target: &Target,
    goes_ahead: impl Fn(&Episode) -> bool,
) -> Result<Located, Error> {
    let settings = &checkout.show.settings;
    let recorded: HashMap<&str, &PublishedAudio> = record
        .iter()
        .flat_map(|record| &record.episodes)
        .map(|known| (known.guid.0.as_str(), &known.audio))
        .collect();
    let mut elsewhere = BTreeMap::new();
    for (path, evidence) in &evidence {
        if let Evidence::Recorded(audio) = evidence
            && audio.is_elsewhere()
        {
            elsewhere.insert(path.clone(), audio.clone());
        }
    }
    let question = |episode: &Episode| {
        let evidence = evidence.get(&episode.source.path);
        let known = episode.effective_guid().and_then(|guid| recorded.get(guid).copied());
        let ahead = match (goes_ahead(episode), record) {
            (true, _) => Ahead::Now,
            (false, Some(_)) => Ahead::Perhaps,
            (false, None) => Ahead::No,
        };
        question(checkout, episode, evidence?, known, ahead).transpose()
    };
    // In a target without a record all are asked for, as a rule in vain.
    let there = match record.is_none() && evidence.len() >= WORTH_LISTING {
        true => target.keys(&settings.media_prefix()).await,
        false => None,
    };
    let there = there.as_ref();
    // A show has thousands of episodes: a question is made when it is asked, and only answers are kept.
    let asked =
        checkout.show.episodes.iter().filter_map(|episode| Some((episode, question(episode)?)));
    let mut answers = stream::iter(asked)
        .map(async |(episode, question)| {
            let (question, file) = question?;
            let mut same = None;
            let answer = settle(&question, file.as_deref(), (target, there), &mut same).await?;
            let adopted = question.as_it_is.zip(same).map(|(audio, head)| adopted(&audio, head));
            let pointer = matches!(question.wanted, Wanted::Source(_));
            Ok::<_, Error>((&episode.source.path, pointer, answer, adopted))
        })
        .buffer_unordered(QUESTIONS);
    let (mut placements, mut proofs, mut all_adopted) =
        (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    while let Some((path, pointer, answer, adopted)) = answers.try_next().await? {
        all_adopted.extend(adopted);
        let standing = |answer: &Placement| match answer {
            Placement::Standing(audio) => !audio.is_elsewhere(),
            Placement::Free(_) => true,
        };
        let Some((placement, by)) = answer.filter(|(answer, _)| standing(answer)) else {
            continue;
        };
        elsewhere.remove(path);
        proofs.insert(path.clone(), Proof { pointer, by });
        placements.insert(path.clone(), placement);
    }
    drop(answers);
    for (path, placement) in &mut placements {
        if let (Placement::Standing(audio), Some(evidence)) = (placement, evidence.get_mut(path)) {
            speak(evidence, audio);
        }
    }
    for (path, audio) in elsewhere {
        proofs.insert(path.clone(), Proof { pointer: false, by: By::Address });
        placements.insert(path, Placement::Standing(*audio));
    }
    Ok(Located { evidence, placements, proofs, adopted: all_adopted })
}

/// Gives audio at hand that stands in the target with an older tag another place, which its tag of today and its
/// payload name: whether it did, or nothing if no MP3 is at hand that could be tagged so.
///
/// # Errors
/// If the file cannot be read, or the target not be asked.
pub async fn with_tag_of_today(
    checkout: &Checkout,
    located: &mut Located,
    target: &Target,
    episode: &Episode,
) -> Result<Option<bool>, Error> {
    let path = &episode.source.path;
    let evidence = located.evidence.get(path);
    let local = evidence.map(|it| Local::of(checkout, it)).transpose()?.flatten();
    let (Some(local), Some(file)) = (local, episode.file.value()) else { return Ok(None) };
    let key = |name: String| {
        let key = Key::new(format!("{}{name}", checkout.show.settings.media_prefix()));
        key.map_err(|error| Error::usage(error.to_string()))
    };
    let (audio, _) = tagged_audio(checkout, episode, &local, key(file.as_str().to_owned())?)?;
    let has_it = |other: &PublishedAudio| other.digest() == audio.digest();
    if matches!(located.placements.get(path), Some(Placement::Standing(old)) if has_it(old)) {
        return Ok(Some(false));
    }
    let both = format!("{} {}", audio.tag_sha256, audio.payload_sha256);
    let mark: String = Sha256::of(both.as_bytes()).to_string().chars().take(8).collect();
    let stem = file.as_str().rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
    let key = key(format!("{stem}-{mark}.mp3"))?;
    let (bytes, evidence) = (audio.bytes, located.evidence.get_mut(path));
    let (place, by) = match (target.identify(&key).await.map_err(target::failed)?, evidence) {
        (Found::Audio(mut there), Some(evidence)) if has_it(&there) => {
            speak(evidence, &mut there);
            (Placement::Standing(there), By::Object(key))
        }
        (_, Some(Evidence::Probed { published, .. })) => {
            *published = published.map(|_| bytes);
            (Placement::Free(key), By::File)
        }
        _ => (Placement::Free(key), By::File),
    };
    located.placements.insert(path.clone(), place);
    located.proofs.insert(path.clone(), Proof { pointer: false, by });
    Ok(Some(true))
}

/// Gives audio of these episodes that was sent, but that no feed has named yet, its tag of today. What has an
/// address of its own stays there.
///
/// # Errors
/// As [`with_tag_of_today`].
pub async fn renew(
    checkout: &Checkout,
    located: &mut Located,
    target: &Target,
    unnamed: impl Iterator<Item = &Episode>,
) -> Result<(), Error> {
    let takes_tag = |episode: &&Episode| {
        enclosure::takes_tag(&checkout.show.settings, episode)
            && episode.enclosure.value().is_none()
    };
    for episode in unnamed.filter(takes_tag) {
        if let Some(Placement::Standing(_)) = located.placements.get(&episode.source.path) {
            with_tag_of_today(checkout, located, target, episode).await?;
        }
    }
    Ok(())
}

/// What the target is to be asked of an episode's audio, and the file at hand that is sent as it is;
/// nothing where no place can be sought for it.
fn question(
    checkout: &Checkout,
    episode: &Episode,
    evidence: &Evidence,
    recorded: Option<&PublishedAudio>,
    ahead: Ahead,
) -> Result<Option<(Question, Option<PathBuf>)>, Error> {
    let settings = &checkout.show.settings;
    let place = enclosure::place(settings, episode);
    let (Some(wanted), Some(file), Some(place)) =
        (wanted(episode, evidence), episode.file.value(), place)
    else {
        return Ok(None);
    };
    let local = match enclosure::takes_tag(settings, episode) {
        true => None,
        false => Local::of(checkout, evidence)?,
    };
    let prefix = settings.media_prefix();
    let key = Key::new(format!("{prefix}{}", place.name)).ok();
    let as_it_is = key.and_then(|key| local.as_ref()?.as_it_is(key));
    // Audio that comes home finds no place taken.
    let comes_home = !is_elsewhere(evidence);
    let recorded = recorded.filter(|audio| !(comes_home && audio.is_elsewhere())).cloned();
    let name = place.name;
    // With the file at hand, it is sent with its tag of today.
    let at_hand = matches!(wanted, Wanted::Payload(_));
    let texts = (!at_hand && recorded.is_none()).then(|| tag::texts(checkout, episode));
    let question = Question {
        prefix,
        name,
        file: file.as_str().to_owned(),
        wanted,
        recorded,
        ahead,
        as_it_is,
        texts,
    };
    Ok(Some((question, local.map(|local| local.file))))
}

fn is_elsewhere(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Recorded(audio) if audio.is_elsewhere())
}

/// What stands in the target is what the rules judge `size` and `duration` by; what is at hand tells
/// of which file it was made.
fn speak(evidence: &mut Evidence, audio: &mut PublishedAudio) {
    match evidence {
        Evidence::Probed { probe, published, .. } if matches!(probe.content, Content::Mp3(_)) => {
            *published = Some(audio.bytes);
            // A checkout without audio is then asked for the size that this one was.
            let same = audio.source_bytes == Some(probe.bytes);
            audio.source_bytes = Some(probe.bytes);
            audio.source_sha256 = probe.sha256.or(audio.source_sha256.filter(|_| same));
        }
        Evidence::Probed { probe, .. } => {
            if let Content::Foreign(Foreign::GitLfsPointer(LfsPointer { size, .. })) = probe.content
            {
                audio.source_bytes = Some(size);
            }
            *evidence = Evidence::Recorded(Box::new(audio.clone()));
        }
        _ => *evidence = Evidence::Recorded(Box::new(audio.clone())),
    }
}

/// What a record has of audio that another program put into the target.
fn adopted(audio: &PublishedAudio, head: Head) -> (Key, Recorded) {
    let recorded = Recorded {
        kind: Kind::Audio,
        digest: audio.digest(),
        bytes: audio.bytes,
        content_type: MP3_TYPE.to_owned(),
        cache_control: head.cache_control.unwrap_or_default(),
        version: head.version,
    };
    (audio.key.clone(), recorded)
}

/// Asks until the answer is known. `there` are all keys at which audio may stand, `file` is the one at hand,
/// and `same` becomes what stands at its key, if that is the same.
async fn settle(
    question: &Question,
    file: Option<&Path>,
    (target, there): (&Target, Option<&BTreeSet<Key>>),
    same: &mut Option<Head>,
) -> Result<Option<(Placement, By)>, Error> {
    let mut seen = Seen::default();
    loop {
        match question.next(&seen).map_err(|error| Error::usage(error.to_string()))? {
            Next::Plain(key) if there.is_some_and(|there| !there.contains(&key)) => {
                seen.plain = Some(Found::Nothing);
            }
            Next::Plain(key) => {
                let marked = async {
                    Ok(match question.after_plain() {
                        Some(marked) => Some(target.identify(&marked).await?),
                        None => None,
                    })
                };
                let found = tokio::try_join!(target.identify(&key), marked);
                let (plain, marked) = found.map_err(target::failed)?;
                (seen.plain, seen.marked) = (Some(plain), marked);
            }
            Next::Whole(key) => {
                if let Some(file) = file {
                    let found = target.store.is_file(&key, file).await.map_err(target::failed)?;
                    // With another type, players would not take it for what it is.
                    let is_mp3 =
                        |head: &Head| head.content_type.as_deref().is_none_or(|it| it == MP3_TYPE);
                    *same = found.filter(is_mp3);
                }
                seen.same = Some(same.is_some());
            }
            Next::Marked(key) => {
                seen.marked = Some(target.identify(&key).await.map_err(target::failed)?);
            }
            Next::Beside(start) => {
                let found = beside(question, &start, target).await.map_err(target::failed)?;
                seen.beside = Some(found);
            }
            Next::Settled(answer) => return Ok(answer),
        }
    }
}

/// The audio that found its plain name taken.
async fn beside(
    question: &Question,
    start: &str,
    target: &Target,
) -> Result<Vec<PublishedAudio>, StoreError> {
    let mut found = Vec::new();
    for listed in target.store.list(start).await? {
        if question.is_beside(&listed.key)
            && let Found::Audio(audio) = target.identify(&listed.key).await?
        {
            found.push(audio);
        }
    }
    Ok(found)
}
