//! The four bytes that open every MPEG audio frame of Layer III.
//!
//! Bit by bit, from the left (ISO/IEC 11172-3 section 2.4.1.3; 13818-3 for the low sample rates;
//! MPEG-2.5 is the Fraunhofer extension that clears the twelfth sync bit):
//!
//! | bits | meaning                                            |
//! |------|----------------------------------------------------|
//! | 11   | sync, all ones                                     |
//! | 2    | version: 11 MPEG-1, 10 MPEG-2, 00 MPEG-2.5          |
//! | 2    | layer: 01 Layer III                                |
//! | 1    | 0 if a 16-bit CRC follows the header               |
//! | 4    | bit rate index: 0 is free format, 15 is forbidden  |
//! | 2    | sample rate index: 3 is reserved                   |
//! | 1    | padding: one more byte                             |
//! | 1    | private                                            |
//! | 2    | channel mode: 11 is mono                           |
//! | 6    | mode extension, copyright, original, emphasis      |

use std::fmt;

use serde::{Deserialize, Serialize};

/// The edition of MPEG audio that a stream follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Version {
    /// MPEG-1: 32, 44.1 and 48 kHz.
    #[serde(rename = "MPEG-1")]
    Mpeg1,
    /// MPEG-2: 16, 22.05 and 24 kHz.
    #[serde(rename = "MPEG-2")]
    Mpeg2,
    /// MPEG-2.5: 8, 11.025 and 12 kHz.
    #[serde(rename = "MPEG-2.5")]
    Mpeg25,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mpeg1 => "MPEG-1",
            Self::Mpeg2 => "MPEG-2",
            Self::Mpeg25 => "MPEG-2.5",
        })
    }
}

/// How a frame's channels are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channels {
    /// Two channels, each coded by itself.
    Stereo,
    /// Two channels that may share what they have in common.
    JointStereo,
    /// Two unrelated channels.
    Dual,
    /// One channel.
    Mono,
}

impl Channels {
    /// Number of channels that play.
    pub fn count(self) -> u8 {
        if self == Self::Mono { 1 } else { 2 }
    }
}

impl fmt::Display for Channels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stereo => "stereo",
            Self::JointStereo => "joint stereo",
            Self::Dual => "dual channel",
            Self::Mono => "mono",
        })
    }
}

/// A valid header of a Layer III frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header(u32);

/// Sync, version, layer and sample rate: what no frame of one stream may change.
const STREAM: u32 = 0xFFFE_0C00;
/// The channel mode bits; all set means mono.
const MONO: u32 = 0x0000_00C0;

/// Longest free-format frame that is believed: 640 kbit/s (what encoders offer at most) at 8 kHz.
pub(super) const FREE_MAX: usize = 72 * 640 / 8 + 1;

const MPEG1_KBPS: [u16; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_KBPS: [u16; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

impl Header {
    /// The header that `word` (big-endian) spells, if it is one.
    pub(super) fn parse(word: u32) -> Option<Self> {
        let sync = word >> 21 == 0x7FF;
        let version = word >> 19 & 3 != 1;
        let layer = word >> 17 & 3 == 1;
        let kbps = word >> 12 & 15 != 15;
        let rate = word >> 10 & 3 != 3;
        (sync && version && layer && kbps && rate).then_some(Self(word))
    }

    /// Whether `word` may follow in the same stream: same version, layer, sample rate, and both or
    /// neither mono. The bit rate, padding, joint stereo and the rest may change at each frame.
    #[inline]
    pub(super) fn continues(self, word: u32) -> bool {
        (self.0 ^ word) & STREAM == 0 && (self.0 & MONO == MONO) == (word & MONO == MONO)
    }

    /// Whether `rest`, fewer bytes than a header has, are the first ones of one that may follow.
    pub(super) fn opens(self, rest: &[u8]) -> bool {
        let differs = |(index, byte): (usize, &u8)| {
            let shift = 24 - 8 * index;
            ((self.0 ^ u32::from(*byte) << shift) & STREAM) >> shift & 0xFF != 0
        };
        (1..4).contains(&rest.len()) && !rest.iter().enumerate().any(differs)
    }

    pub(super) fn version(self) -> Version {
        match self.0 >> 19 & 3 {
            3 => Version::Mpeg1,
            2 => Version::Mpeg2,
            _ => Version::Mpeg25,
        }
    }

    /// Sample rate in Hz.
    pub(super) fn sample_rate(self) -> u32 {
        let base = match self.0 >> 10 & 3 {
            0 => 44100,
            1 => 48000,
            _ => 32000,
        };
        match self.version() {
            Version::Mpeg1 => base,
            Version::Mpeg2 => base / 2,
            Version::Mpeg25 => base / 4,
        }
    }

    pub(super) fn channels(self) -> Channels {
        match self.0 >> 6 & 3 {
            0 => Channels::Stereo,
            1 => Channels::JointStereo,
            2 => Channels::Dual,
            _ => Channels::Mono,
        }
    }

    /// Samples per channel that the frame plays.
    pub(super) fn samples(self) -> u32 {
        if self.version() == Version::Mpeg1 { 1152 } else { 576 }
    }

    /// Bit rates in kbit/s by index; 0 stands for free format.
    pub(super) fn rates(self) -> &'static [u16; 15] {
        if self.version() == Version::Mpeg1 { &MPEG1_KBPS } else { &MPEG2_KBPS }
    }

    pub(super) fn is_free_format(self) -> bool {
        self.rate_index() == 0
    }

    #[inline]
    pub(super) fn rate_index(self) -> usize {
        (self.0 >> 12 & 15) as usize
    }

    #[inline]
    pub(super) fn padding(self) -> usize {
        (self.0 >> 9 & 1) as usize
    }

    /// Whether a CRC of two bytes follows the header.
    pub(super) fn has_crc(self) -> bool {
        self.0 >> 16 & 1 == 0
    }

    /// Length in bytes of the side information behind header and CRC.
    pub(super) fn side_info(self) -> usize {
        match (self.version(), self.channels()) {
            (Version::Mpeg1, Channels::Mono) => 17,
            (Version::Mpeg1, _) => 32,
            (_, Channels::Mono) => 9,
            (_, _) => 17,
        }
    }

    /// Bytes before the frame that its sound starts at: `main_data_begin`, the first field of the
    /// side information (ISO/IEC 11172-3 section 2.4.1.7, nine bits; 13818-3, eight bits).
    pub(super) fn reaches_back(self, frame: &[u8]) -> Option<u64> {
        let at = 4 + if self.has_crc() { 2 } else { 0 };
        let (first, second) = (*frame.get(at)?, *frame.get(at + 1)?);
        let bytes = u64::from(first);
        let long = self.version() == Version::Mpeg1;
        Some(if long { bytes << 1 | u64::from(second >> 7) } else { bytes })
    }

    /// Whether the CRC behind the header holds: over the header's second half and the side
    /// information (ISO/IEC 11172-3 section 2.4.3.1).
    pub(super) fn crc_holds(self, frame: &[u8]) -> bool {
        let side = self.side_info();
        let mut covered = [0; 2 + 32];
        let (Some(end), Some(from), Some(noted)) =
            (frame.get(2..4), frame.get(6..6 + side), frame.get(4..6))
        else {
            return true;
        };
        covered[..2].copy_from_slice(end);
        covered[2..2 + side].copy_from_slice(from);
        let crc = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc16Cms, &covered[..2 + side]);
        crc == u64::from(noted[0]) << 8 | u64::from(noted[1])
    }

    /// Unpadded frame lengths of this header's stream by bit rate index; 0 where there is none.
    ///
    /// ISO/IEC 11172-3 section 2.4.3.1: a Layer III frame is samples / 8 × bit rate / sample rate
    /// bytes, rounded down, and one more if padded.
    pub(super) fn lengths(self) -> [u16; 16] {
        let mut lengths = [0; 16];
        for (length, &kbps) in lengths.iter_mut().zip(self.rates()) {
            let bytes = self.samples() / 8 * u32::from(kbps) * 1000 / self.sample_rate();
            *length = u16::try_from(bytes).unwrap_or(0);
        }
        lengths
    }

    /// The header as it stands in the file.
    pub(super) fn bits(self) -> u32 {
        self.0
    }

    pub(super) fn format(self) -> Format {
        Format {
            version: self.version(),
            sample_rate: self.sample_rate(),
            channels: self.channels(),
        }
    }
}

/// What a stream's frames have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// Edition of MPEG audio.
    pub version: Version,
    /// Sample rate in Hz.
    pub sample_rate: u32,
    /// How the channels are coded.
    pub channels: Channels,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Hz {}", self.sample_rate, self.channels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(word: u32) -> Header {
        Header::parse(word).unwrap()
    }

    fn length(word: u32) -> u16 {
        header(word).lengths()[header(word).rate_index()]
    }

    #[test]
    fn lengths_follow_the_standard() {
        // 144 * 128000 / 44100 = 417.96.
        assert_eq!(length(0xFFFB_9000), 417);
        // The longest regular frame: 320 kbit/s at 32 kHz.
        assert_eq!(length(0xFFFB_EA00), 1440);
        // MPEG-2.5, 8 kbit/s, 8 kHz, mono: 72 * 8000 / 8000.
        assert_eq!(length(0xFFE3_18C0), 72);
        // The shortest: MPEG-2, 8 kbit/s at 24 kHz.
        assert_eq!(length(0xFFF3_1400), 24);
        assert_eq!(length(0xFFFB_0000), 0);
    }

    #[test]
    fn what_is_no_layer_iii_header_is_refused() {
        for word in [
            0,
            0xFFFF_FFFF,
            0xFFEB_9000, // reserved version
            0xFFFD_9000, // Layer II
            0xFFFF_9000, // Layer I
            0xFFF9_9000, // no layer: ADTS
            0xFFFB_F000, // bit rate 15
            0xFFFB_9C00, // sample rate 3
            0xFFDB_9000, // no sync
        ] {
            assert_eq!(Header::parse(word), None, "{word:08x}");
        }
    }

    #[test]
    fn a_stream_keeps_version_rate_and_mononess() {
        let first = header(0xFFFB_9000);
        assert!(first.continues(0xFFFA_1264), "bit rate, CRC, joint stereo may change");
        for word in [0xFFF3_9000, 0xFFFB_9400, 0xFFFB_90C0] {
            assert!(!first.continues(word), "{word:08x}");
        }
    }

    #[test]
    fn formats_are_told_apart() {
        let format = header(0xFFE3_18C0).format();
        assert_eq!((format.version, format.sample_rate), (Version::Mpeg25, 8000));
        assert_eq!(format.to_string(), "8000 Hz mono");
        assert_eq!(header(0xFFF3_1440).format().sample_rate, 24000);
        assert_eq!(header(0xFFFB_9040).format().channels, Channels::JointStereo);
    }
}
