//! An episode's MP3 at hand, and what is published of it: a tag and its frames, or the file as it is.

use std::path::PathBuf;

use super::load::{Checkout, resolve};
use super::{Error, tag};
use crate::audio::{Content, Depth, Mp3, PlayTime, Probe, probe_file};
use crate::model::audio::{MP3_TYPE, PublishedAudio};
use crate::model::hash::Sha256;
use crate::model::object::{Body, Key, Kind, Object};
use crate::rules::Evidence;
use crate::show::{Episode, enclosure};
use crate::store::audio::metadata;

/// An MP3 at hand.
pub struct Local<'a> {
    /// Where it is.
    pub file: PathBuf,
    /// As a host knows it, below the show's folder.
    path: &'a str,
    probe: &'a Probe,
    mp3: &'a Mp3,
}

impl<'a> Local<'a> {
    /// The file that was probed, if it is an MP3.
    ///
    /// # Errors
    /// If it is no longer there.
    pub fn of(checkout: &Checkout, evidence: &'a Evidence) -> Result<Option<Self>, Error> {
        let Evidence::Probed { path, probe, .. } = evidence else { return Ok(None) };
        let Content::Mp3(mp3) = &probe.content else { return Ok(None) };
        let file = resolve(&checkout.show, path)
            .map_err(|trouble| Error::usage(format!("{path}: {trouble}")))?;
        Ok(Some(Self { file, path, probe, mp3 }))
    }

    fn failed(&self, reason: String) -> Error {
        Error::usage(format!("{}: {reason}", self.path))
    }

    /// What is published of it where no tag is written; nothing if not all of it was hashed.
    pub fn as_it_is(&self, key: Key) -> Option<PublishedAudio> {
        let Self { probe, mp3, .. } = self;
        Some(PublishedAudio {
            key,
            bytes: probe.bytes,
            milliseconds: mp3.time.milliseconds(),
            gapless_milliseconds: mp3.gapless_time.map(PlayTime::milliseconds),
            tag_sha256: Sha256::of(b""),
            payload_sha256: probe.sha256?,
            frames_sha256: Some(mp3.payload_sha256?),
            source_bytes: Some(probe.bytes),
            source_sha256: probe.sha256,
            waveform: None,
            tag_texts: None,
        })
    }
}

/// Audio that is to be sent to `key`, with a tag where the settings want one.
///
/// # Errors
/// If the file cannot be read, or no tag can hold what the episode says.
pub fn new_audio(
    checkout: &Checkout,
    episode: &Episode,
    local: &Local<'_>,
    key: Key,
) -> Result<(PublishedAudio, Object), Error> {
    match enclosure::takes_tag(&checkout.show.settings, episode) {
        true => tagged_audio(checkout, episode, local, key),
        false => as_it_is(local, key),
    }
}

/// The file at hand, byte for byte.
///
/// # Errors
/// If the file cannot be read.
pub fn as_it_is(local: &Local<'_>, key: Key) -> Result<(PublishedAudio, Object), Error> {
    let audio = match local.as_it_is(key.clone()) {
        Some(audio) => audio,
        // The settings write tags by now, and no release looked so deep.
        None => {
            let probe = probe_file(&local.file, Depth::HashFile);
            let probe = probe.map_err(|error| local.failed(error.to_string()))?;
            let hashed = Local { probe: &probe, file: local.file.clone(), ..*local };
            hashed
                .as_it_is(key)
                .ok_or_else(|| local.failed("the audio was not hashed".to_owned()))?
        }
    };
    let (file, payload) = (local.file.clone(), 0..audio.bytes);
    let object = object(&audio, Body::Tagged { tag: Box::default(), file, payload });
    Ok((audio, object))
}

/// The audio at hand behind the tag that front matter and settings give it.
///
/// # Errors
/// If the file cannot be read, or no tag can hold what the episode says.
pub fn tagged_audio(
    checkout: &Checkout,
    episode: &Episode,
    local: &Local<'_>,
    key: Key,
) -> Result<(PublishedAudio, Object), Error> {
    let Local { file, probe, mp3, .. } = local;
    let payload_sha256 =
        mp3.payload_sha256.ok_or_else(|| local.failed("the audio was not hashed".to_owned()))?;
    let tag = tag::render(checkout, episode, file, mp3).map_err(|reason| local.failed(reason))?;
    let tag_sha256 = tag.sha256().map_err(|error| local.failed(error.to_string()))?;
    let tag = Box::new(tag);
    let body = Body::Tagged { tag, file: file.clone(), payload: mp3.payload.clone() };
    let audio = PublishedAudio {
        key: key.clone(),
        bytes: body.len(),
        milliseconds: mp3.time.milliseconds(),
        gapless_milliseconds: mp3.gapless_time.map(PlayTime::milliseconds),
        tag_sha256,
        payload_sha256,
        frames_sha256: None,
        source_bytes: Some(probe.bytes),
        source_sha256: probe.sha256,
        waveform: None,
        tag_texts: Some(tag::texts(checkout, episode)),
    };
    let object = object(&audio, body);
    Ok((audio, object))
}

fn object(audio: &PublishedAudio, body: Body) -> Object {
    Object {
        key: audio.key.clone(),
        kind: Kind::Audio,
        content_type: MP3_TYPE,
        digest: audio.digest(),
        body,
        metadata: metadata(audio),
        redirect: None,
    }
}
