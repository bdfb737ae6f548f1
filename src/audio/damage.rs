//! What is wrong with an MP3's audio, told in one line each.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::header::Format;
use super::tag_kind::TagKind;
use super::time::PlayTime;

/// How far a fault reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Harm {
    /// Every player skips it; nothing is heard or missed.
    Untidy,
    /// All audio is there, but some players show a wrong time, seek wrongly, click or stop.
    Misleading,
    /// Audio is missing or not what the encoder wrote.
    Lost,
}

/// Where bytes that are no audio stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Before the first frame.
    Front,
    /// Between two frames.
    Middle,
    /// After the last frame.
    End,
}

/// What bytes that are no audio hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filler {
    /// A metadata tag comes first.
    Tag(TagKind),
    /// A run of this many zero bytes comes first (16 at least): a hole.
    Zeros(u64),
    /// Anything else.
    Data,
}

/// One thing wrong with a file's audio. Offsets are bytes from the file's start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[non_exhaustive]
pub enum Damage {
    /// Bytes where a frame should start, and none does.
    Gap {
        /// Where the frame should have started.
        at: u64,
        /// Bytes up to the next frame, or to the audio's end.
        bytes: u64,
        /// Whether frames stand before and after it.
        place: Place,
        /// What is there.
        filler: Filler,
    },
    /// The last frame is longer than what is left of the file.
    CutFrame {
        /// Where the frame starts.
        at: u64,
        /// Bytes of it that are there.
        have: u64,
        /// Bytes that its header announces.
        need: u64,
    },
    /// The header in the first frame promises more audio than there is: some was cut off or out.
    Short {
        /// What the header promises beyond what is there.
        missing: Amount,
    },
    /// There is more audio than the header in the first frame tells players.
    Surplus {
        /// Frames that the header counts.
        promised: u64,
        /// Frames that are there.
        found: u64,
        /// The time that players show who trust the header.
        shown: PlayTime,
    },
    /// The bytes of the audio are not those of which the encoder noted the check sum.
    Altered {
        /// CRC-16 that the encoder noted.
        noted: u16,
        /// CRC-16 of what is there.
        found: u16,
    },
    /// Another format sets in.
    FormatChange {
        /// The first frame of the new format.
        at: u64,
        /// Format before.
        from: Format,
        /// Format from here on.
        to: Format,
    },
    /// A header frame, which belongs in front, in the middle of the audio: two files were joined.
    SecondHeader {
        /// Where the header frame starts.
        at: u64,
    },
    /// An ID3v2 tag whose size field does not lead to its end.
    TagSize {
        /// Where the tag starts.
        at: u64,
        /// Bytes that the tag says it has.
        stated: u64,
        /// Bytes from the tag's start to the audio behind it.
        actual: u64,
    },
    /// An ID3v2 tag whose size is written as a plain number, not in sevens of bits.
    TagSizeSpelling {
        /// Where the tag starts.
        at: u64,
    },
}

/// Audio that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amount {
    /// Frames promised and found, and the time that is missing.
    Frames {
        /// Frames that the header counts.
        promised: u64,
        /// Frames that are there.
        found: u64,
        /// The time of those that are not.
        time: PlayTime,
    },
    /// Bytes promised and found, from the header frame to the end of the audio.
    Bytes {
        /// Bytes that the header counts.
        promised: u64,
        /// Bytes that are there.
        found: u64,
    },
}

/// Bytes of zeros at a file's end that no tool puts there on purpose.
const PADDING: u64 = 16 << 10;
/// Bytes beyond which players give up the search for a frame.
const FAR: u64 = 64 << 10;

impl Damage {
    /// How far this reaches.
    pub fn harm(&self) -> Harm {
        match self {
            Self::Gap { place: Place::Middle, filler: Filler::Tag(_), .. }
            | Self::Surplus { .. }
            | Self::FormatChange { .. }
            | Self::SecondHeader { .. }
            | Self::TagSize { .. } => Harm::Misleading,
            Self::Gap { place: Place::Middle, .. }
            | Self::CutFrame { .. }
            | Self::Short { .. }
            | Self::Altered { .. } => Harm::Lost,
            // Padding is short; long zeros at the end are a file that was never filled.
            Self::Gap { place: Place::End, filler: Filler::Zeros(_), bytes: PADDING.., .. } => {
                Harm::Lost
            }
            // Players search only so far for the first frame, and count what follows the last one.
            Self::Gap { bytes: FAR.., .. } => Harm::Misleading,
            Self::Gap { .. } | Self::TagSizeSpelling { .. } => Harm::Untidy,
        }
    }

    /// The byte in the file that it is about, where there is one.
    pub fn offset(&self) -> Option<u64> {
        match *self {
            Self::Gap { at, .. }
            | Self::CutFrame { at, .. }
            | Self::FormatChange { at, .. }
            | Self::SecondHeader { at }
            | Self::TagSize { at, .. }
            | Self::TagSizeSpelling { at } => Some(at),
            Self::Short { .. } | Self::Surplus { .. } | Self::Altered { .. } => None,
        }
    }
}

/// `417 bytes`, `1 byte`.
fn bytes(count: u64) -> String {
    format!("{count} {}", if count == 1 { "byte" } else { "bytes" })
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            &Self::Gap { at, bytes: length, place, filler } => gap(f, at, length, place, filler),
            Self::CutFrame { at, have, need } => {
                write!(
                    f,
                    "the last frame, at byte {at}, is cut off: {have} of its {need} bytes are there"
                )
            }
            Self::Short { missing: Amount::Frames { promised, found, time } } => write!(
                f,
                "audio is missing: the header promises {promised} frames, {found} are there, which is {time} less"
            ),
            Self::Short { missing: Amount::Bytes { promised, found } } => write!(
                f,
                "audio is missing: the header promises {}, {found} are there",
                bytes(*promised)
            ),
            Self::Surplus { promised, found, shown } => write!(
                f,
                "the header counts {promised} frames where there are {found}: players that trust it show {shown}"
            ),
            Self::Altered { noted, found } => write!(
                f,
                "the audio was changed after encoding: its check sum is {found:04x}, the encoder noted {noted:04x}"
            ),
            Self::FormatChange { at, from, to } => {
                write!(f, "the audio changes from {from} to {to} at byte {at}")
            }
            Self::SecondHeader { at } => {
                write!(f, "a second recording is joined on at byte {at}, with a header of its own")
            }
            Self::TagSize { at, stated, actual } => write!(
                f,
                "the ID3v2 tag at byte {at} says it has {}, but the audio starts {} after its start",
                bytes(*stated),
                bytes(*actual)
            ),
            Self::TagSizeSpelling { at } => {
                write!(
                    f,
                    "the ID3v2 tag at byte {at} spells its size as a plain number, which players misread"
                )
            }
        }
    }
}

fn gap(
    f: &mut fmt::Formatter<'_>,
    at: u64,
    length: u64,
    place: Place,
    filler: Filler,
) -> fmt::Result {
    let what = match filler {
        Filler::Tag(kind) => format!(" (they start with {})", kind.with_article()),
        Filler::Zeros(zeros) if zeros >= length => " (all zeros)".to_owned(),
        Filler::Zeros(zeros) => format!(" (the first {zeros} are zeros)"),
        Filler::Data => String::new(),
    };
    let length = bytes(length);
    match place {
        Place::Front => {
            write!(f, "{length} before the first frame, at byte {at}, are no audio{what}")
        }
        Place::Middle => write!(f, "a gap in the audio: {length} at byte {at} hold no frame{what}"),
        Place::End => write!(f, "{length} after the last frame, at byte {at}, are no audio{what}"),
    }
}
