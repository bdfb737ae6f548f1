//! From a checkout to the edition that is published: the edge that reads pictures and templates, and
//! renders the tags.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::evidence::AudioEvidence;
use super::local::{self, Local};
use super::locate::Located;
use super::memo::Memo;
use super::waveforms::Waveforms;
use super::{Checkout, Class, Error, artwork, cards, chapters, sidecars};
use crate::audio::{Content, Probe};
use crate::model::audio::PublishedAudio;
use crate::model::chapter::TagChapter;
use crate::model::hash::Sha256;
use crate::model::object::{Key, Kind, Object};
use crate::model::shelf::Shelf;
use crate::plan;
use crate::plan::placement::Placement;
use crate::rules::Evidence;
use crate::rules::pictures::MAX_PICTURE;
use crate::show::enclosure;
use crate::show::files::NamedFile;
use crate::show::{Episode, Show, read, waiting};
use crate::site::edition::Edition;
use crate::site::extra::Extra;
use crate::site::{self, AssetFile, EpisodeIn, Inputs, Keep, SiteError, Transcript};
use crate::store::published::Published;
use crate::store::record::Record;

/// The largest side file of the feed: that of a hundred thousand episodes.
const MAX_EXTRA: u64 = 256 * 1024 * 1024;

/// An episode's audio for an edition, and the object to send, where there is one.
pub type Audio = (PublishedAudio, Option<Object>);

/// What is known of a show beyond its checkout.
pub struct Known<'a> {
    /// Where its audio stands.
    pub located: &'a Located,
    /// What is published of it.
    pub published: &'a Published,
    /// The waveforms of its audio.
    pub waveforms: &'a Waveforms,
}

/// Renders the edition. Every episode must have passed the checks.
///
/// # Errors
/// If a file cannot be read, or a host's template is wrong.
pub fn build(checkout: &Checkout, known: &Known<'_>, now: Timestamp) -> Result<Edition, Error> {
    let Known { located, published, waveforms } = *known;
    let audio = |episode: &Episode| {
        let found = audio(checkout, located, episode, &published.missing)?;
        Ok(found.map(|(audio, object)| waveforms.add(audio, object)))
    };
    let tag_chapters = tag_chapters(checkout, &located.evidence, published.record.as_ref());
    let held = |path: &str| tag_chapters.get(path).map(|held| held.to_vec()).unwrap_or_default();
    assemble(checkout, &Memo::default(), Some(published), now, audio, held)
}

/// The chapters that tags hold, by the episode's file: those of the MP3 at hand, else those that the
/// record has.
fn tag_chapters<'a>(
    checkout: &'a Checkout,
    evidence: &'a AudioEvidence,
    record: Option<&'a Record>,
) -> HashMap<&'a str, &'a [TagChapter]> {
    let recorded: HashMap<&str, &[TagChapter]> = record
        .iter()
        .flat_map(|record| &record.episodes)
        .map(|known| (known.guid.0.as_str(), known.tag_chapters.as_slice()))
        .collect();
    let of = |episode: &'a Episode| match evidence.get(&episode.source.path)? {
        Evidence::Probed { probe: Probe { content: Content::Mp3(mp3), .. }, .. } => {
            Some(mp3.chapters.as_slice())
        }
        _ => recorded.get(episode.effective_guid()?).copied(),
    };
    let episodes = checkout.show.episodes.iter();
    episodes.filter_map(|it| Some((it.source.path.as_str(), of(it)?))).collect()
}

/// Renders the edition of the episodes that have audio, by what is known of it and of the chapters that
/// its tag holds. Cards are drawn only where they are to be published, which a preview's are not; and what
/// is to be published waits on a shelf, unless it is published already.
///
/// # Errors
/// As [`build`].
pub fn assemble(
    checkout: &Checkout,
    memo: &Memo,
    published: Option<&Published>,
    now: Timestamp,
    audio: impl Fn(&Episode) -> Result<Option<Audio>, Error>,
    held: impl Fn(&str) -> Vec<TagChapter>,
) -> Result<Edition, Error> {
    let show = &checkout.show;
    let shelf = tempfile::tempfile().ok().filter(|_| published.is_some()).map(Shelf::new);
    let stands = |object: &Object| published.is_some_and(|it| plan::stands(object, it));
    let keep = |object: Object| match &shelf {
        // The documents of the feed are read once more, to be compared.
        _ if object.kind != Kind::Feed && stands(&object) => object.standing(),
        Some(shelf) => object.shelved(shelf),
        None => object,
    };
    let audio =
        |episode: &Episode| Ok(audio(episode)?.map(|(audio, object)| (audio, object.map(keep))));
    let mut episodes = episodes(checkout, audio, held)?;
    let named = sidecars::named(show, &checkout.chapters);
    let assets: Vec<AssetFile> = pictures(&named, &show.root)
        .into_iter()
        .filter_map(|path| memo.picture(&show.root, &path, MAX_PICTURE))
        .collect();
    let gallery = artwork::gallery(&named, &show.root, &assets, memo);
    if let Some(published) = published {
        let mut cards = cards::cards(show, &named, &gallery, published, now, &keep);
        for given in &mut episodes {
            given.card = cards.remove(&given.episode.source.path);
        }
    }
    let (extra, templates) = (extra(show)?, checkout.templates.usable()?);
    let settings = &show.settings;
    let keep = Keep(&keep);
    let inputs = Inputs { show: settings, episodes, assets, gallery, templates, extra, now, keep };
    let edition = site::build(&inputs).map_err(|error| match error {
        SiteError::Template(_) => Error::new(Class::Findings, error.to_string())
            .help("`onair check` makes pages without pictures and waveforms: what a template does with these, only a release tries"),
        SiteError::Taken { .. } => Error::new(Class::Findings, error.to_string())
            .help("give the episode another `slug`, `permalink` or alias"),
        error => Error::usage(error.to_string()),
    })?;
    Ok(Edition { waiting: waiting::waiting(show, now), ..edition })
}

/// The episodes that have audio, with all that belongs to them.
fn episodes(
    checkout: &Checkout,
    audio: impl Fn(&Episode) -> Result<Option<Audio>, Error>,
    held: impl Fn(&str) -> Vec<TagChapter>,
) -> Result<Vec<EpisodeIn<'_>>, Error> {
    let mut episodes = Vec::with_capacity(checkout.show.episodes.len());
    for episode in checkout.show.episodes.iter().filter(|episode| !episode.is_draft()) {
        let Some((audio, object)) = audio(episode)? else { continue };
        let time = audio.time();
        let path = &episode.source.path;
        let named = episode.transcripts.value().map(Vec::as_slice).unwrap_or_default();
        let read = checkout.transcripts.get(path).map(Vec::as_slice).unwrap_or_default();
        let transcripts = named.iter().zip(read).filter_map(|(given, read)| {
            Some(Transcript {
                file: Arc::clone(read.as_ref().ok()?),
                language: given.language.clone(),
                captions: given.captions,
            })
        });
        let written = checkout.chapters.get(path).map(Arc::as_ref);
        let tag_chapters = match chapters::are_left_to_the_tag(episode, written) {
            true => held(path),
            false => Vec::new(),
        };
        let chapters = match tag_chapters.is_empty() {
            true => chapters::publishable(episode, written, time),
            false => chapters::of_tag(episode, &tag_chapters, time),
        };
        episodes.push(EpisodeIn {
            episode,
            audio,
            object,
            chapters,
            tag_chapters,
            transcripts: transcripts.collect(),
            card: None,
        });
    }
    Ok(episodes)
}

/// Renders the edition by what the front matter says of audio, without pictures.
///
/// # Errors
/// As [`site::build`].
pub fn trial(checkout: &Checkout, now: Timestamp) -> Result<Edition, SiteError> {
    let audio = |episode: &Episode| Ok(as_written(checkout, episode).map(|audio| (audio, None)));
    let inputs = Inputs {
        show: &checkout.show.settings,
        episodes: episodes(checkout, audio, |_| Vec::new()).unwrap_or_default(),
        assets: Vec::new(),
        gallery: Default::default(),
        templates: checkout.templates.good.clone(),
        extra: Extra::default(),
        now,
        keep: Keep(&Object::standing),
    };
    site::build(&inputs)
}

/// What the front matter says of an episode's audio. Nothing that is shown tells of hashes.
pub fn as_written(checkout: &Checkout, episode: &Episode) -> Option<PublishedAudio> {
    let settings = &checkout.show.settings;
    let place = enclosure::place(settings, episode)?;
    let none = Sha256::of(b"");
    Some(PublishedAudio {
        key: Key::new(format!("{}{}", settings.media_prefix(), place.name)).ok()?,
        bytes: episode.size.value().copied().unwrap_or_default(),
        milliseconds: episode.duration.value().map_or(0, |seconds| seconds.saturating_mul(1000)),
        gapless_milliseconds: None,
        tag_sha256: none,
        payload_sha256: none,
        frames_sha256: None,
        source_bytes: None,
        source_sha256: None,
        waveform: None,
        tag_texts: None,
    })
}

/// The pictures that are published, as paths below the show's folder: those that the show names, and
/// its chapters. What only a draft names is not among them.
fn pictures(named: &[NamedFile<'_>], root: &Path) -> BTreeSet<String> {
    let published = named.iter().filter(|file| file.role.is_published());
    published.filter_map(|file| file.find(root).ok().map(str::to_owned)).collect()
}

/// What is published of an episode's audio: what stands there already where the payload is the same,
/// else the tag that front matter and settings give it.
fn audio(
    checkout: &Checkout,
    located: &Located,
    episode: &Episode,
    missing: &BTreeSet<Key>,
) -> Result<Option<Audio>, Error> {
    let path = &episode.source.path;
    let Some(placement) = located.placements.get(path) else { return Ok(None) };
    let evidence = located.evidence.get(path);
    let local = evidence.map(|it| Local::of(checkout, it)).transpose()?.flatten();
    Ok(match (placement, local) {
        (Placement::Standing(audio), Some(local)) if missing.contains(&audio.key) => {
            let key = audio.key.clone();
            let (made, object) = match audio.is_as_it_was() {
                true => local::as_it_is(&local, key)?,
                false => local::tagged_audio(checkout, episode, &local, key)?,
            };
            // Only the very bytes that the feed promises can take the place of what is gone.
            let same = made.digest() == audio.digest();
            Some(if same { (made, Some(object)) } else { (audio.clone(), None) })
        }
        (Placement::Standing(audio), _) => Some((audio.clone(), None)),
        (Placement::Free(key), Some(local)) => {
            let (audio, object) = local::new_audio(checkout, episode, &local, key.clone())?;
            Some((audio, Some(object)))
        }
        (Placement::Free(_), None) => None,
    })
}

/// The elements that are put back into the feed.
fn extra(show: &Show) -> Result<Extra, Error> {
    let Some(path) = &show.settings.site.extra else { return Ok(Extra::default()) };
    let path = path.get_ref();
    let failed = |reason: String| Error::usage(format!("{path}: {reason}"));
    let bytes = read::read_bytes(&show.root, path, MAX_EXTRA);
    let bytes = bytes.map_err(|trouble| failed(trouble.to_string()))?;
    Extra::parse(&String::from_utf8_lossy(&bytes)).map_err(failed)
}
