//! Files that carry the name of an MP3 and are something else.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::walk::window::{Seen, Window};
use crate::model::hash::Sha256;

/// What a file is that is not an MP3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Foreign {
    /// A web page, most often an error or a log-in.
    Html,
    /// XML, most often a storage service's error, or a feed.
    Xml,
    /// JSON, most often a service's error.
    Json,
    /// Plain text.
    Text,
    /// A Git LFS pointer in place of the file it stands for.
    GitLfsPointer(LfsPointer),
    /// A git-annex pointer in place of the file it stands for.
    GitAnnexPointer,
    /// AAC audio (ADTS or ADIF).
    Aac,
    /// MP4: M4A audio, or video.
    Mp4,
    /// Sound in a WAV file.
    Wav,
    /// An MP3 wrapped into a WAV file.
    Mp3InWav,
    /// Another RIFF file, such as AVI.
    Riff,
    /// AIFF audio.
    Aiff,
    /// Ogg: Vorbis or Opus.
    Ogg,
    /// FLAC audio.
    Flac,
    /// MPEG audio of Layer I.
    LayerI,
    /// MPEG audio of Layer II.
    LayerII,
    /// Matroska or WebM.
    Matroska,
    /// Windows Media.
    WindowsMedia,
    /// Audio or video of some other format.
    OtherMedia,
    /// A ZIP archive.
    Zip,
    /// gzip-compressed data.
    Gzip,
    /// A PDF document.
    Pdf,
    /// A picture.
    Picture,
    /// Nothing but zero bytes.
    Zeros,
    /// Metadata tags, and no audio between them.
    OnlyTags,
    /// Data in which no MPEG audio is found.
    Unknown,
}

/// What stands in a Git LFS pointer (Git LFS specification, "The Pointer").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LfsPointer {
    /// SHA-256 of the file it stands for.
    pub oid: Sha256,
    /// Bytes of the file it stands for.
    pub size: u64,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Html => "an HTML page",
            Self::Xml => "an XML document",
            Self::Json => "JSON data",
            Self::Text => "plain text",
            Self::GitLfsPointer(_) => "a Git LFS pointer",
            Self::GitAnnexPointer => "a git-annex pointer",
            Self::Aac => "AAC audio",
            Self::Mp4 => "an MP4 file (M4A audio or video)",
            Self::Wav => "a WAV file",
            Self::Mp3InWav => "an MP3 inside a WAV file",
            Self::Riff => "a RIFF file such as AVI",
            Self::Aiff => "an AIFF file",
            Self::Ogg => "an Ogg file (Vorbis or Opus)",
            Self::Flac => "a FLAC file",
            Self::LayerI => "MPEG audio of Layer I",
            Self::LayerII => "MPEG audio of Layer II (MP2)",
            Self::Matroska => "a Matroska or WebM file",
            Self::WindowsMedia => "a Windows Media file",
            Self::OtherMedia => "audio or video of another format",
            Self::Zip => "a ZIP archive",
            Self::Gzip => "gzip-compressed data",
            Self::Pdf => "a PDF document",
            Self::Picture => "a picture",
            Self::Zeros => "nothing but zero bytes",
            Self::OnlyTags => "metadata tags without any audio",
            Self::Unknown => "data without any MPEG audio",
        })
    }
}

impl Foreign {
    /// What a host can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Html | Self::Xml | Self::Json | Self::Text => {
                "download the audio again: this is a server's answer, not the file"
            }
            Self::GitLfsPointer(_) => {
                "run `git lfs pull` to fetch the audio it stands for; where that is not at hand, as in a \
                 workflow, send it ahead with `onair upload` from where it is"
            }
            Self::GitAnnexPointer => "run `git annex get` to fetch the audio it stands for",
            Self::Mp3InWav => {
                "take the MP3 out without encoding it anew: `ffmpeg -i IN -c copy -f mp3 OUT.mp3`"
            }
            Self::Zip | Self::Gzip => "unpack it: the MP3 may be inside",
            Self::Zeros => "fetch the audio again: the download or copy never wrote its contents",
            Self::OnlyTags | Self::Pdf | Self::Picture | Self::Unknown => {
                "export the episode from the audio editor again, as MP3"
            }
            Self::Aac
            | Self::Mp4
            | Self::Wav
            | Self::Riff
            | Self::Aiff
            | Self::Ogg
            | Self::Flac
            | Self::LayerI
            | Self::LayerII
            | Self::Matroska
            | Self::WindowsMedia
            | Self::OtherMedia => "export it as MP3: renaming a file does not convert it",
        }
    }
}

/// How many of a file's first bytes are looked at.
pub(super) const HEAD: usize = 1024;

/// Formats whose first bytes leave no doubt, whatever follows.
pub(super) fn by_magic(head: &[u8]) -> Option<Foreign> {
    let at = |offset: usize, magic: &[u8]| {
        head.get(offset..).is_some_and(|rest| rest.starts_with(magic))
    };
    if at(0, b"RIFF") || at(0, b"RIFX") || at(0, b"RF64") {
        return Some(riff(head));
    }
    if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) {
        return Some(Foreign::Aiff);
    }
    let other = [
        &b"#!AMR"[..],
        b".snd",
        b"caff",
        b"FLV\x01",
        b"MPCK",
        b"MP+",
        b"MAC ",
        b"wvpk",
        b"TTA1",
        b".RMF",
        b"\x0B\x77",     // AC-3
        b"\0\0\x01\xBA", // MPEG programme stream
    ];
    if other.iter().any(|magic| at(0, magic)) || (0..3).all(|packet| at(188 * packet, b"\x47")) {
        return Some(Foreign::OtherMedia);
    }
    let marks: [(usize, &[u8], Foreign); 16] = [
        (0, b"OggS", Foreign::Ogg),
        (0, b"fLaC", Foreign::Flac),
        (4, b"ftyp", Foreign::Mp4),
        (4, b"moov", Foreign::Mp4),
        (4, b"mdat", Foreign::Mp4),
        (4, b"wide", Foreign::Mp4),
        (0, b"ADIF", Foreign::Aac),
        (0, b"\x1A\x45\xDF\xA3", Foreign::Matroska),
        (0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", Foreign::WindowsMedia),
        (0, b"PK\x03\x04", Foreign::Zip),
        (0, b"\x1F\x8B\x08", Foreign::Gzip),
        (0, b"%PDF-", Foreign::Pdf),
        (0, b"\x89PNG\r\n\x1A\n", Foreign::Picture),
        (0, b"\xFF\xD8\xFF", Foreign::Picture),
        (0, b"GIF87a", Foreign::Picture),
        (0, b"GIF89a", Foreign::Picture),
    ];
    marks.into_iter().find(|(offset, magic, _)| at(*offset, magic)).map(|(_, _, foreign)| foreign)
}

/// A WAV file whose format tag is 0x55 holds MPEG Layer III (RFC 2361, appendix A).
fn riff(head: &[u8]) -> Foreign {
    if head.get(8..12) != Some(b"WAVE") {
        return Foreign::Riff;
    }
    let tag = memchr::memmem::find(head, b"fmt ").and_then(|at| head.get(at + 8..at + 10));
    if tag == Some(&[0x55, 0]) { Foreign::Mp3InWav } else { Foreign::Wav }
}

/// What a file without MPEG audio is, by its first bytes.
pub(super) fn by_text(head: &[u8]) -> Foreign {
    if let Some(pointer) = lfs_pointer(head) {
        return Foreign::GitLfsPointer(pointer);
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let starts = |with: &[u8]| text.get(..with.len()).is_some_and(|s| s.eq_ignore_ascii_case(with));
    if starts(b"<!doctype html") || starts(b"<html") || starts(b"<head") || starts(b"<body") {
        return Foreign::Html;
    }
    if starts(b"<?xml") || starts(b"<rss") || starts(b"<error") || starts(b"<plist") {
        let html = memchr::memmem::find(text, b"<html").is_some();
        return if html { Foreign::Html } else { Foreign::Xml };
    }
    if !is_text(head) {
        return Foreign::Unknown;
    }
    if starts(b"/annex/objects/")
        || starts(b"../") && memchr::memmem::find(text, b"annex/objects").is_some()
    {
        return Foreign::GitAnnexPointer;
    }
    if starts(b"{") || starts(b"[") { Foreign::Json } else { Foreign::Text }
}

/// UTF-8 (cut anywhere) without control characters.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && text.chars().all(|c| !c.is_control() || c.is_ascii_whitespace())
}

fn lfs_pointer(head: &[u8]) -> Option<LfsPointer> {
    // A pointer is shorter than 1,024 bytes, and its first line is its version.
    let text = std::str::from_utf8(head).ok()?;
    let mut lines = text.lines();
    let version = lines.next()?.strip_prefix("version ")?;
    if !version.starts_with("https://git-lfs.github.com/")
        && !version.starts_with("http://git-media.io/")
    {
        return None;
    }
    let (mut oid, mut size) = (None, None);
    for line in lines {
        match line.split_once(' ')? {
            ("oid", value) => oid = value.strip_prefix("sha256:")?.parse().ok(),
            ("size", value) => size = value.parse().ok(),
            _ => {}
        }
    }
    Some(LfsPointer { oid: oid?, size: size? })
}

/// Longest AAC frame that is believed: above what eight channels may take.
const AAC_MAX: usize = 4096;

/// A frame of MPEG audio that is not Layer III: what it is, its length, and the bits that the next
/// frame's header shares with it.
fn other_frame(header: [u8; 6]) -> Option<(Foreign, usize, u32)> {
    let word = u32::from_be_bytes([header[0], header[1], header[2], header[3]]);
    if word >> 20 != 0xFFF {
        return None;
    }
    let layer = word >> 17 & 3;
    if layer == 0 {
        // ADTS (ISO/IEC 13818-7 section 6.2): the length is 13 bits across bytes 3 to 5.
        let length = usize::from(header[3] & 3) << 11
            | usize::from(header[4]) << 3
            | usize::from(header[5] >> 5);
        let sound = word >> 10 & 15 < 13 && (7..=AAC_MAX).contains(&length);
        return sound.then_some((Foreign::Aac, length, word & 0xFFFF_FFC0));
    }
    if layer == 1 {
        return None;
    }
    let mpeg1 = word >> 19 & 1 == 1;
    let rate = match word >> 10 & 3 {
        0 => 44100,
        1 => 48000,
        2 => 32000,
        _ => return None,
    };
    let rate: usize = if mpeg1 { rate } else { rate / 2 };
    const L1: [usize; 15] = [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
    const L2: [usize; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
    const LOW_L1: [usize; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
    const LOW_L2: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let table = match (layer, mpeg1) {
        (3, true) => L1,
        (3, false) => LOW_L1,
        (_, true) => L2,
        (_, false) => LOW_L2,
    };
    let kbps = *table.get((word >> 12 & 15) as usize).filter(|kbps| **kbps > 0)?;
    let padding = (word >> 9 & 1) as usize;
    let shared = word & 0xFFFE_0C00;
    Some(if layer == 3 {
        (Foreign::LayerI, (12 * kbps * 1000 / rate + padding) * 4, shared)
    } else {
        (Foreign::LayerII, 144 * kbps * 1000 / rate + padding, shared)
    })
}

/// Whether three frames of another kind of MPEG audio follow each other at `at`.
pub(super) fn other_audio(window: &Window<'_>, at: usize) -> Seen<Option<Foreign>> {
    let (mut next, mut first) = (at, None);
    for _ in 0..3 {
        let header = match window.take(next, 6) {
            Seen::Later => return Seen::Later,
            Seen::Now(header) => header,
        };
        let Some((kind, length, shared)) =
            header.first_chunk().and_then(|header| other_frame(*header))
        else {
            return Seen::Now(None);
        };
        if first.get_or_insert((kind.clone(), shared)) != &(kind, shared) {
            return Seen::Now(None);
        }
        next += length;
    }
    Seen::Now(first.map(|(kind, _)| kind))
}
