//! What an audio object says of itself in its metadata.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Head;
use crate::model::audio::PublishedAudio;
use crate::model::object::Key;
use crate::model::tag_texts::TagTexts;
use crate::model::waveform::Waveform;

/// What stands at an audio key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// Audio that onair sent.
    Audio(PublishedAudio),
    /// An object that does not say what it is.
    Other,
}

const MILLISECONDS: &str = "milliseconds";
const GAPLESS_MILLISECONDS: &str = "gapless-milliseconds";
const FRAMES_SHA256: &str = "frames-sha256";
const SOURCE_BYTES: &str = "source-bytes";
const SOURCE_SHA256: &str = "source-sha256";
const WAVEFORM: &str = "waveform";
const TAG_TEXTS: &str = "tag-texts";

/// The metadata that [`of_head`] reads; the digest's hashes are not here, the object adds them.
pub fn metadata(audio: &PublishedAudio) -> Arc<[(&'static str, String)]> {
    let given = [
        (MILLISECONDS, Some(audio.milliseconds.to_string())),
        (GAPLESS_MILLISECONDS, audio.gapless_milliseconds.map(|time| time.to_string())),
        (FRAMES_SHA256, audio.frames_sha256.map(|hash| hash.to_string())),
        (SOURCE_BYTES, audio.source_bytes.map(|bytes| bytes.to_string())),
        (SOURCE_SHA256, audio.source_sha256.map(|hash| hash.to_string())),
        (WAVEFORM, audio.waveform.as_ref().map(|waveform| waveform.as_str().to_owned())),
        (TAG_TEXTS, audio.tag_texts.as_ref().map(|texts| texts.as_str().to_owned())),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Adds what metadata say of the host's file and of the tag, if they are those of this very audio.
pub fn add_source(audio: &mut PublishedAudio, metadata: &BTreeMap<String, String>) {
    if audio.digest().agrees_with(metadata) {
        audio.source_bytes = number(metadata, SOURCE_BYTES);
        audio.source_sha256 = metadata.get(SOURCE_SHA256).and_then(|hash| hash.parse().ok());
        audio.tag_texts = texts(metadata);
    }
}

fn texts(metadata: &BTreeMap<String, String>) -> Option<TagTexts> {
    TagTexts::parse(metadata.get(TAG_TEXTS)?)
}

fn number(metadata: &BTreeMap<String, String>, name: &str) -> Option<u64> {
    metadata.get(name)?.parse().ok()
}

/// The audio that an object's metadata tells of, if onair sent it.
pub fn of_head(key: &Key, head: &Head) -> Option<PublishedAudio> {
    let hash = |name: &str| head.metadata.get(name)?.parse().ok();
    let number = |name: &str| number(&head.metadata, name);
    let audio = head.content_type.as_deref().is_none_or(|kind| kind == "audio/mpeg");
    audio.then_some(())?;
    Some(PublishedAudio {
        key: key.clone(),
        bytes: head.bytes,
        milliseconds: number(MILLISECONDS)?,
        gapless_milliseconds: number(GAPLESS_MILLISECONDS),
        tag_sha256: hash("tag-sha256")?,
        payload_sha256: hash("payload-sha256")?,
        frames_sha256: hash(FRAMES_SHA256),
        source_bytes: number(SOURCE_BYTES),
        source_sha256: hash(SOURCE_SHA256),
        waveform: head.metadata.get(WAVEFORM).and_then(|text| Waveform::parse(text)),
        tag_texts: texts(&head.metadata),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::hash::Sha256;
    use crate::model::object::{Body, Kind, Object};

    #[test]
    fn only_an_object_that_tells_all_is_known() {
        let audio = PublishedAudio {
            key: Key::new("media/1.mp3").unwrap(),
            bytes: 6,
            milliseconds: 61_000,
            gapless_milliseconds: Some(60_950),
            tag_sha256: Sha256::of(b"tag"),
            payload_sha256: Sha256::of(b"new"),
            frames_sha256: None,
            source_bytes: Some(5),
            source_sha256: Some(Sha256::of(b"IDnew")),
            waveform: Waveform::of(&[5, 255].repeat(20)),
            tag_texts: TagTexts::parse(&"0a1b".repeat(10)),
        };
        let object = Object {
            key: audio.key.clone(),
            kind: Kind::Audio,
            content_type: "audio/mpeg",
            digest: audio.digest(),
            body: Body::Bytes("tagnew".into()),
            metadata: metadata(&audio),
            redirect: None,
        };
        let head = Head {
            bytes: audio.bytes,
            version: crate::store::Version("v".into()),
            content_type: Some("audio/mpeg".into()),
            cache_control: None,
            metadata: object.user_metadata(),
        };
        assert_eq!(of_head(&audio.key, &head), Some(audio.clone()));
        let mut unhashed = head.clone();
        unhashed.metadata.remove("tag-sha256");
        assert_eq!(of_head(&audio.key, &unhashed), None);
        let typed = Head { content_type: Some("text/html".into()), ..head };
        assert_eq!(of_head(&audio.key, &typed), None);
    }
}
