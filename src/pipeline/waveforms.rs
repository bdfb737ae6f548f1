//! The waveforms of published audio. What the target knows comes first: a page is the same whichever
//! machine renders it, with the audio at hand or without.

use std::collections::HashMap;

use super::ears;
use crate::model::audio::PublishedAudio;
use crate::model::hash::Sha256;
use crate::model::object::Object;
use crate::model::waveform::Waveform;
use crate::rules::sound::Ears;
use crate::store::audio::metadata;
use crate::store::record::Record;

/// Waveforms by the hash of the audio's frames.
#[derive(Default)]
pub struct Waveforms(HashMap<Sha256, Waveform>);

impl Waveforms {
    /// Those that a target's record has, and those that were heard now.
    pub fn of(record: Option<&Record>, heard: Ears) -> Self {
        let heard = heard.into_values();
        let heard = heard.filter_map(|it| Some((it.payload, Waveform::of(&it.sound.waveform)?)));
        let episodes = record.into_iter().flat_map(|record| &record.episodes);
        let recorded =
            episodes.filter_map(|it| Some((it.audio.frames(), it.audio.waveform.clone()?)));
        Self(heard.chain(recorded).collect())
    }

    /// The audio with its waveform, where anybody has listened to it: this machine, too, remembers.
    pub fn add(
        &self,
        mut audio: PublishedAudio,
        object: Option<Object>,
    ) -> (PublishedAudio, Option<Object>) {
        if audio.waveform.is_none() && !audio.is_elsewhere() {
            let known = self.0.get(&audio.frames()).cloned();
            audio.waveform = known.or_else(|| ears::waveform(audio.frames()));
        }
        let object = object.map(|object| Object { metadata: metadata(&audio), ..object });
        (audio, object)
    }
}
