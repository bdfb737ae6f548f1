//! The ears of a check, a release and `listen`: recordings are decoded and measured, on all cores.
//!
//! What was heard is remembered by the payload's hash, in the folder of the other cache: see
//! [`super::cache`], whose promises hold here too.

use std::path::PathBuf;

use rayon::prelude::*;

use super::cache::{self, Cache};
use super::evidence::AudioEvidence;
use super::load::{Checkout, resolve};
use crate::audio::{BitRate, Content, Depth, Mp3, Probe};
use crate::model::hash::Sha256;
use crate::model::waveform::Waveform;
use crate::rules::Evidence;
use crate::rules::sound::{Ears, Heard};
use crate::show::{Episode, read};
use crate::sound::{Sound, listen_file};

/// A larger file holds nothing that was heard: a day of audio takes a tenth of it.
const MAX_BYTES: u64 = 4 << 20;

/// Is told how listening goes on.
pub trait Watch: Sync {
    /// So many recordings of so many bytes in all are decoded now; at least one.
    fn starts(&self, recordings: usize, bytes: u64);
    /// So many bytes more are done with.
    fn hears(&self, bytes: u64);
    /// All of them are.
    fn ends(&self);
}

/// Nobody watches.
impl Watch for () {
    fn starts(&self, _: usize, _: u64) {}
    fn hears(&self, _: u64) {}
    fn ends(&self) {}
}

/// What came of listening.
#[derive(Debug, Default)]
pub struct Listening {
    /// What was heard, by the episode file's path.
    pub ears: Ears,
    /// Why recordings could not be listened to.
    pub notes: Vec<String>,
}

/// Listens to the audio at hand of the episodes that are `asked` for, on all cores. Of the others, what
/// is remembered is there to be compared with.
pub fn listen_to(
    checkout: &Checkout,
    audio: &AudioEvidence,
    asked: impl Fn(&Episode) -> bool + Sync,
    watch: &dyn Watch,
) -> Listening {
    let show = &checkout.show;
    let at_hand = |episode: &&Episode| {
        matches!(
            audio.get(&episode.source.path),
            Some(Evidence::Probed { probe: Probe { content: Content::Mp3(_), .. }, .. })
        )
    };
    let episodes: Vec<&Episode> =
        show.episodes.iter().filter(|it| !it.is_draft()).filter(at_hand).collect();
    if !episodes.iter().any(|episode| asked(episode)) {
        return Listening::default();
    }
    let cache = Cache::open(show);
    let known = episodes.par_iter().with_max_len(1).filter_map(|episode| {
        let Some(Evidence::Probed { path, probe, .. }) = audio.get(&episode.source.path) else {
            return None;
        };
        let file = resolve(show, path).ok()?;
        let is_asked = asked(episode);
        let probe = match hash_of(probe) {
            Some(_) => probe.clone(),
            // To take the hash costs a reading; of the others, that is too much.
            None if is_asked => cache.probe(path, &file, Depth::Hash).ok()?,
            None => cache.remembered(path, &file, Depth::Hash)?,
        };
        Some(Recording {
            key: episode.source.path.clone(),
            path: path.clone(),
            file,
            probe,
            is_asked,
        })
    });
    let recordings: Vec<Recording> = known.collect();
    cache.keep(&checkout.audio_paths());
    hear(recordings, watch)
}

/// A file, and what is known of it so far.
#[derive(Debug)]
pub struct Recording {
    /// What it is known by in [`Ears`].
    pub key: String,
    /// As it is shown.
    pub path: String,
    /// Where it is.
    pub file: PathBuf,
    /// An MP3, with the hash of its payload.
    pub probe: Probe,
    /// Whether to decode it, where it is not remembered.
    pub is_asked: bool,
}

fn hash_of(probe: &Probe) -> Option<Sha256> {
    match &probe.content {
        Content::Mp3(mp3) => mp3.payload_sha256,
        _ => None,
    }
}

fn kbits(mp3: &Mp3) -> u32 {
    match mp3.bit_rate {
        BitRate::Constant(kbits) | BitRate::Variable { mean: kbits, .. } | BitRate::Free(kbits) => {
            kbits
        }
    }
}

/// Listens to these.
pub fn hear(recordings: Vec<Recording>, watch: &dyn Watch) -> Listening {
    let remembered: Vec<_> =
        recordings.into_par_iter().map(|it| (hash_of(&it.probe).and_then(remember), it)).collect();
    let new = |(sound, it): &&(Option<Sound>, Recording)| sound.is_none() && it.is_asked;
    let (count, bytes) = remembered
        .iter()
        .filter(new)
        .fold((0, 0), |(count, bytes), (_, it)| (count + 1, bytes + it.probe.bytes));
    if count > 0 {
        watch.starts(count, bytes);
    }
    let heard: Vec<(String, Result<Option<Heard>, String>)> = remembered
        .into_par_iter()
        .with_max_len(1)
        .map(|(sound, it)| (it.key.clone(), hear_one(sound, it, watch)))
        .collect();
    if count > 0 {
        watch.ends();
    }
    let mut listening = Listening::default();
    for (key, heard) in heard {
        match heard {
            Ok(Some(heard)) => drop(listening.ears.insert(key, heard)),
            Ok(None) => {}
            Err(note) => listening.notes.push(note),
        }
    }
    listening
}

fn hear_one(
    sound: Option<Sound>,
    recording: Recording,
    watch: &dyn Watch,
) -> Result<Option<Heard>, String> {
    let Recording { path, file, probe, is_asked, .. } = recording;
    let Content::Mp3(mp3) = &probe.content else { return Ok(None) };
    let Some(payload) = mp3.payload_sha256 else { return Ok(None) };
    let sound = match sound {
        Some(sound) => sound,
        None if !is_asked => return Ok(None),
        None => {
            let before = cache::identity(&file);
            let sound = listen_file(&file, mp3, &|bytes| watch.hears(bytes))
                .map_err(|error| format!("{path} cannot be listened to: {error}"))?;
            // What changed meanwhile was another recording.
            if before.is_some() && before == cache::identity(&file) {
                keep(payload, &sound);
            }
            sound
        }
    };
    Ok(Some(Heard { path, payload, kbits: kbits(mp3), sound, is_asked }))
}

fn place(payload: Sha256) -> Option<PathBuf> {
    Some(cache::folder()?.join("sound").join(format!("{payload}.json")))
}

fn remember(payload: Sha256) -> Option<Sound> {
    let file = place(payload)?;
    let (folder, name) = (file.parent()?, file.file_name()?.to_str()?);
    Sound::of_kept(&read::read_bytes(folder, name, MAX_BYTES).ok()?, payload)
}

/// The waveform of what was once heard on this machine.
pub fn waveform(payload: Sha256) -> Option<Waveform> {
    Waveform::of(&remember(payload)?.waveform)
}

fn keep(payload: Sha256, sound: &Sound) {
    if let (Some(file), Some(json)) = (place(payload), sound.to_kept(payload)) {
        // What cannot be kept is found out again.
        let _ = cache::replace(&file, &json);
    }
}
