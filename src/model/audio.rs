//! An episode's audio as the target holds it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::hash::Sha256;
use super::object::{Digest, Key};
use super::tag_texts::TagTexts;
use super::waveform::Waveform;

/// The media type of all audio that onair publishes (RFC 3003).
pub const MP3_TYPE: &str = "audio/mpeg";

/// An episode's audio as it stands, or will stand, in the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedAudio {
    /// Where its bytes stand in the target.
    #[serde(rename = "audio")]
    pub key: Key,
    /// The enclosure's length (tag and payload), in bytes.
    pub bytes: u64,
    /// The playing time of all frames, in milliseconds; 0 where nobody says it: see [`PublishedAudio::time`].
    pub milliseconds: u64,
    /// The playing time without the encoder's delay and padding, in milliseconds, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gapless_milliseconds: Option<u64>,
    /// SHA-256 of the published ID3 tag; of no bytes where the host's file was published as it is.
    pub tag_sha256: Sha256,
    /// SHA-256 of the payload: the frames, or all of a file that was published as it is.
    pub payload_sha256: Sha256,
    /// SHA-256 of the frames of a file that was published as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames_sha256: Option<Sha256>,
    /// Bytes of the host's file that it was made from, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_bytes: Option<u64>,
    /// SHA-256 of that file, by which a Git LFS pointer names it, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_sha256: Option<Sha256>,
    /// How loud it is from start to end, once somebody has listened to it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "Waveform::lenient"
    )]
    pub waveform: Option<Waveform>,
    /// What its tag says, where onair wrote it: only the object itself knows.
    #[serde(skip)]
    pub tag_texts: Option<TagTexts>,
}

/// What the keys of audio start with that stands at an address of its own, outside of the target: no
/// object has such a key.
const ELSEWHERE: &str = ".onair/elsewhere/";

/// Whether this is the key of audio that stands outside of the target.
pub fn stands_elsewhere(key: &Key) -> bool {
    key.as_str().starts_with(ELSEWHERE)
}

impl PublishedAudio {
    /// Audio that stands at an address outside of the target, and stays there: what is known of it is
    /// what its host wrote.
    pub fn elsewhere(url: &str, bytes: u64, milliseconds: u64) -> Option<Self> {
        let address = Sha256::of(url.as_bytes());
        Some(Self {
            key: Key::new(format!("{ELSEWHERE}{address}")).ok()?,
            bytes,
            milliseconds,
            gapless_milliseconds: None,
            tag_sha256: address,
            payload_sha256: address,
            frames_sha256: None,
            source_bytes: None,
            source_sha256: None,
            waveform: None,
            tag_texts: None,
        })
    }

    /// Whether it stands outside of the target.
    pub fn is_elsewhere(&self) -> bool {
        stands_elsewhere(&self.key)
    }

    /// What the object at the key consists of.
    pub fn digest(&self) -> Digest {
        Digest::Tagged { tag_sha256: self.tag_sha256, payload_sha256: self.payload_sha256 }
    }

    /// Whether it was published byte for byte as the host has it.
    pub fn is_as_it_was(&self) -> bool {
        self.frames_sha256.is_some()
    }

    /// SHA-256 of its frames.
    pub fn frames(&self) -> Sha256 {
        self.frames_sha256.unwrap_or(self.payload_sha256)
    }

    /// Whether its frames are those with this hash.
    pub fn has_frames(&self, frames: Sha256) -> bool {
        self.frames() == frames
    }

    /// Whether a front matter's `size` is one of its lengths: as published, or the host's own file's.
    pub fn has_size(&self, bytes: u64) -> bool {
        self.bytes == bytes || self.source_bytes == Some(bytes)
    }

    /// The playing time, where it is known.
    pub fn time(&self) -> Option<Duration> {
        (self.milliseconds > 0).then(|| Duration::from_millis(self.milliseconds))
    }

    /// Whether it plays for so many milliseconds, to the second, with or without the encoder's
    /// padding.
    pub fn plays_for(&self, milliseconds: u64) -> bool {
        let near = |time: u64| time.abs_diff(milliseconds) <= 1000;
        near(self.milliseconds) || self.gapless_milliseconds.is_some_and(near)
    }
}
