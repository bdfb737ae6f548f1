//! What is wrong with an MP3's audio, told in one line each.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::header::Format;
use super::tag_kind::TagKind;
use super::time::PlayTime;
use super::xing::Kind as ClaimsKind;

/// How far a fault reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Harm {
    /// Every player skips it; nothing is heard or missed.
    Untidy,
    /// All audio is there, but some players show a wrong time, seek wrongly, click or stop.
    Misleading,
    /// Audio may be missing, and nothing in the file tells whether it is.
    Doubtful,
    /// Audio is missing or not what the encoder wrote.
    Lost,
}

/// Where bytes that are not audio stand.
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

/// What bytes that are not audio hold.
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
        /// How long so many bytes play at the file's mean bit rate.
        time: PlayTime,
        /// How far it reaches, as the rest of the file tells.
        harm: Harm,
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
    /// A first frame whose sound starts before it, in frames that are not there
    /// (`main_data_begin`, ISO/IEC 11172-3 section 2.4.2.7).
    CutHead {
        /// Where the frame starts.
        at: u64,
        /// Bytes that it needs from before it.
        bytes: u64,
        /// Whether the header counts what is there: then the cut was made before it was written.
        counted: bool,
    },
    /// A header frame promises more audio than there is: some was cut off or out.
    Short {
        /// Which header promises it.
        header: ClaimsKind,
        /// What the header promises beyond what is there.
        missing: Amount,
    },
    /// The header in the first frame counts other frames than there are.
    Miscount {
        /// Which header counts.
        header: ClaimsKind,
        /// Frames that the header counts.
        promised: u64,
        /// Frames that are there.
        found: u64,
        /// The time that players show who trust the header.
        shown: PlayTime,
        /// What shows that the header is wrong and the audio is not.
        proof: Option<Proof>,
    },
    /// Nothing that players could use counts the frames.
    Uncounted {
        /// The header that should, if there is one.
        header: Option<ClaimsKind>,
        /// Whether the header counts none, and does not just leave the count out.
        zero: bool,
        /// The time that players show: from the first frame's bit rate where that changes.
        shown: PlayTime,
    },
    /// The header counts frames of more than one length.
    Mistimed {
        /// The time that players show, who take all frames to be like the first.
        shown: PlayTime,
    },
    /// The bytes of the audio are not those of which the encoder noted the check sum.
    Altered {
        /// CRC-16 that the encoder noted.
        noted: u16,
        /// CRC-16 of what is there.
        found: u16,
        /// Whether the header, in which it is noted, was changed too, while all it counts is there:
        /// the audio may well be whole.
        header_changed: bool,
    },
    /// Frames that carry a check sum of their own, and it does not hold.
    FrameChecksum {
        /// The first of them.
        at: u64,
        /// How many there are.
        wrong: u64,
        /// How many frames carry one.
        checked: u64,
        /// Whether all the audio is proved whole all the same.
        proved: bool,
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

/// What shows that audio is whole although its header says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The encoder's check sum of the audio holds.
    CheckSum,
    /// The bytes are as many as the same header says, and frame follows frame.
    Bytes,
}

/// Audio that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amount {
    /// Frames promised and found.
    Frames {
        /// Frames that the header counts.
        promised: u64,
        /// Frames that are there.
        found: u64,
        /// How long the promised frames play.
        promised_time: PlayTime,
        /// How long the frames play that are there.
        found_time: PlayTime,
    },
    /// Bytes promised and found, from the header frame to the end of the audio.
    Bytes {
        /// Bytes that the header counts.
        promised: u64,
        /// Bytes that are there.
        found: u64,
        /// How long those that are missing play at the file's mean bit rate.
        time: PlayTime,
    },
}

impl Amount {
    /// How long the audio plays that is missing, as near as can be told.
    pub fn time(self) -> PlayTime {
        match self {
            Self::Frames { promised_time, found_time, .. } => {
                promised_time.saturating_sub(found_time)
            }
            Self::Bytes { time, .. } => time,
        }
    }
}

impl Damage {
    /// How far this reaches.
    pub fn harm(&self) -> Harm {
        match self {
            Self::Gap { harm, .. } => *harm,
            Self::CutFrame { .. } | Self::Short { .. } => Harm::Lost,
            Self::CutHead { counted: false, .. } => Harm::Doubtful,
            Self::CutHead { counted: true, .. } => Harm::Untidy,
            Self::Altered { header_changed: false, .. } => Harm::Lost,
            Self::Altered { header_changed: true, .. } => Harm::Misleading,
            Self::FrameChecksum { wrong, checked, proved, .. } => {
                // Where most are wrong, the encoder never wrote them right.
                if *proved || wrong * 2 > *checked { Harm::Untidy } else { Harm::Lost }
            }
            Self::Miscount { .. }
            | Self::Uncounted { .. }
            | Self::Mistimed { .. }
            | Self::FormatChange { .. }
            | Self::SecondHeader { .. }
            | Self::TagSize { .. } => Harm::Misleading,
            Self::TagSizeSpelling { .. } => Harm::Untidy,
        }
    }

    /// The byte in the file that it is about, where there is one.
    pub fn offset(&self) -> Option<u64> {
        match *self {
            Self::Gap { at, .. }
            | Self::CutFrame { at, .. }
            | Self::CutHead { at, .. }
            | Self::FrameChecksum { at, .. }
            | Self::FormatChange { at, .. }
            | Self::SecondHeader { at }
            | Self::TagSize { at, .. }
            | Self::TagSizeSpelling { at } => Some(at),
            Self::Short { .. }
            | Self::Miscount { .. }
            | Self::Uncounted { .. }
            | Self::Mistimed { .. }
            | Self::Altered { .. } => None,
        }
    }

    /// How long the audio plays that is missing for this, as near as can be told.
    pub fn lost_time(&self) -> PlayTime {
        match self {
            Self::Short { missing, .. } => missing.time(),
            Self::Gap { time, harm: Harm::Lost, .. } => *time,
            _ => PlayTime::ZERO,
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
            &Self::Gap { at, bytes: length, place, filler, time, harm } => {
                let what = filled(filler, length);
                let (are, hold) = if length == 1 { ("is", "holds") } else { ("are", "hold") };
                let length = bytes(length);
                match place {
                    Place::Front => {
                        write!(
                            f,
                            "{length} before the first frame, at byte {at}, {are} not audio{what}"
                        )
                    }
                    Place::Middle => {
                        write!(f, "a gap in the audio: {length} at byte {at} {hold} no frame{what}")
                    }
                    Place::End => {
                        write!(
                            f,
                            "{length} after the last frame, at byte {at}, {are} not audio{what}"
                        )
                    }
                }?;
                match harm {
                    _ if time.milliseconds() < 100 => Ok(()),
                    Harm::Lost => write!(f, ", the length of {time} of sound"),
                    Harm::Doubtful => write!(
                        f,
                        ", the length of {time} of sound, and nothing tells whether there was any"
                    ),
                    Harm::Misleading | Harm::Untidy => Ok(()),
                }
            }
            Self::CutFrame { at, have, need } => {
                write!(
                    f,
                    "the last frame, at byte {at}, is cut off: {have} of its {need} bytes are there"
                )
            }
            Self::CutHead { at, bytes: length, .. } => write!(
                f,
                "the first frame, at byte {at}, needs {} of sound from before it: the recording began earlier than the file",
                bytes(*length)
            ),
            Self::Short {
                header,
                missing: Amount::Frames { promised, found, promised_time, found_time },
            } => write!(
                f,
                "audio is missing: {found} frames are there, which play {found_time}; the {header} header promises {promised}, which play {promised_time}"
            ),
            Self::Short { header, missing: Amount::Bytes { promised, found, time } } => write!(
                f,
                "audio is missing: {} are there; the {header} header promises {promised}, which is about {time} more",
                bytes(*found)
            ),
            Self::Miscount { header, promised, found, shown, proof } => {
                match proof {
                    None => write!(
                        f,
                        "the {header} header counts {promised} frames where there are {found}"
                    ),
                    Some(Proof::CheckSum) => write!(
                        f,
                        "the {header} header is wrong: it counts {promised} frames, and the encoder's check sum proves that the {found} there are all"
                    ),
                    Some(Proof::Bytes) => write!(
                        f,
                        "the {header} header is wrong: it counts {promised} frames, and the bytes it counts are all there, in {found} frames"
                    ),
                }?;
                write!(f, ": players that trust it show {shown}")
            }
            Self::Uncounted { header: None, shown, .. } => write!(
                f,
                "the bit rate changes, and no header counts the frames: players show {shown}"
            ),
            Self::Uncounted { header: Some(header), zero: false, shown } => write!(
                f,
                "the bit rate changes, and the {header} header does not count the frames: players show {shown}"
            ),
            Self::Uncounted { header: Some(header), zero: true, shown } => {
                write!(f, "the {header} header counts 0 frames: players that trust it show {shown}")
            }
            Self::Mistimed { shown } => write!(
                f,
                "the header's frames are of more than one sample rate: players that trust it show {shown}"
            ),
            Self::Altered { noted, found, header_changed: false } => write!(
                f,
                "the audio was changed after encoding: its check sum is {found:04x}, the encoder noted {noted:04x}"
            ),
            Self::Altered { noted, found, header_changed: true } => write!(
                f,
                "the header was changed after encoding, and maybe the audio: its check sum is {found:04x}, {noted:04x} is noted"
            ),
            Self::FrameChecksum { at, wrong, checked, .. } => write!(
                f,
                "the check sum of {wrong} of {checked} frames does not hold, first at byte {at}"
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

/// What bytes that are not audio hold, in brackets.
fn filled(filler: Filler, length: u64) -> String {
    match filler {
        Filler::Tag(kind) => format!(" (they start with {})", kind.with_article()),
        Filler::Zeros(zeros) if zeros >= length => " (all zeros)".to_owned(),
        Filler::Zeros(zeros) => format!(" (the first {zeros} are zeros)"),
        Filler::Data => String::new(),
    }
}
