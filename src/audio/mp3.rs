//! What a file is, as a probe finds it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::bounded_list::Listing;
use super::damage::{Damage, Harm};
use super::foreign::Foreign;
use super::header::Format;
use super::tag_kind::FoundTag;
use super::time::PlayTime;
use super::walk::BitRate;
use super::xing::Claims;
use crate::model::chapter::TagChapter;
use crate::model::hash::Sha256;

/// How much a probe does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// Walks the frames. Costs little more than reading the file.
    Walk,
    /// Also takes the SHA-256 of the payload, which costs ten times as much.
    Hash,
    /// Also takes the SHA-256 of the whole file, as Git LFS knows it. Doubles the cost again where
    /// the file has tags; without tags, payload and file are the same.
    HashFile,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, at [`Depth::HashFile`].
    pub sha256: Option<Sha256>,
    /// What it holds.
    pub content: Content,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// MPEG audio, Layer III, whole or damaged.
    Mp3(Box<Mp3>),
    /// Something else.
    Foreign(Foreign),
    /// No bytes at all.
    Empty,
}

/// An MP3, by its frames.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mp3 {
    /// The bytes between the leading and the trailing tags: what stays the same when a file is
    /// tagged anew, and what is published behind our own tag.
    pub payload: Range<u64>,
    /// SHA-256 of the payload, at [`Depth::Hash`] and deeper.
    pub payload_sha256: Option<Sha256>,
    /// From the first byte of the first frame to the last byte of the last whole one.
    pub audio: Range<u64>,
    /// Format of the first frame. Where it changes later, [`Mp3::damage`] says so.
    pub format: Format,
    /// Whole frames that play: without the header frame, and without a last one that is cut off.
    pub frames: u64,
    /// Samples per channel of these frames.
    pub samples: u64,
    /// How long these frames play. This, and no header's claim, is the file's time.
    pub time: PlayTime,
    /// How long they play in a player that leaves out the silence that the encoder says it put in
    /// front and behind; `None` if it does not say.
    pub gapless_time: Option<PlayTime>,
    /// Bit rate in kbit/s.
    pub bit_rate: BitRate,
    /// What the first frame claims, if it is a header frame.
    pub claims: Option<Claims>,
    /// The encoder's check sum of its audio is there, and holds.
    pub proved_intact: bool,
    /// The chapters that its tag holds, where somebody has read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chapters: Vec<TagChapter>,
    /// The tags in front of the payload and behind it, in the file's order.
    pub tags: Listing<FoundTag>,
    /// What is wrong with the audio.
    pub damage: Listing<Damage>,
}

impl Mp3 {
    /// Whether audio is missing for certain, or not what the encoder wrote.
    pub fn has_lost(&self) -> bool {
        self.damage.iter().any(|damage| damage.harm() == Harm::Lost)
    }

    /// How long the file would play with what is missing: as its headers promise, else by the length
    /// of the gaps in it. `None` if nothing is missing, or nobody can tell how much.
    pub fn promised_time(&self) -> Option<PlayTime> {
        let short = |damage: &&Damage| matches!(damage, Damage::Short { .. });
        let told = self.damage.iter().any(|damage| short(&damage));
        let missing = self
            .damage
            .iter()
            .filter(|damage| !told || short(damage))
            .fold(PlayTime::ZERO, |sum, damage| sum + damage.lost_time());
        (missing > PlayTime::ZERO).then(|| self.time + missing)
    }

    /// Whether `milliseconds` are, within a second, how long the file plays, with or without the
    /// encoder's silence.
    pub fn plays_for(&self, milliseconds: u64) -> bool {
        let near = |time: PlayTime| time.milliseconds().abs_diff(milliseconds) <= 1000;
        near(self.time) || self.gapless_time.is_some_and(near)
    }
}
