//! The ID3v2 tag in front of an episode's audio: rendered in memory, never edited in place.
//!
//! [`render`] is a pure function from what the show says ([`TagSpec`]) and what the file already
//! carries to the whole tag as bytes. What is published is that tag followed by the payload, a byte
//! range of the host's file that stays as it is; tags behind the payload (ID3v1, APEv2, Lyrics3) are
//! outside it, so that they never contradict the new one.
//!
//! - A field that is given replaces every frame that says the same thing; a field left out keeps what
//!   the file says. Frames that we do not manage are kept byte for byte (see `keep`).
//! - ID3v2.3 with UTF-16 text unless the show asks for 2.4: `FFmpeg` misreads sub-frames of 2.4
//!   chapters, down to losing all chapters when one has a picture.
//! - Padded to whole blocks of 4 KiB, so that a small edit leaves the published size as it is.
//! - Deterministic and idempotent: the same inputs give the same bytes, and rendering over a tag of
//!   ours gives that tag again.

mod contents;
mod describe;
mod existing;
mod frames;
mod ids;
mod keep;
mod language;
mod picture;
mod spec;
mod utf16;
mod write;

use std::time::Duration;

pub use contents::{Contents, HeldChapter};
pub use describe::{Line, describe};
pub use language::Language;
pub use picture::{Picture, PictureError};
pub use spec::{TagChapter, TagSpec, Version};
pub use write::{Source, WriteError, Written, existing_tag, held_contents, write_in_place};

use id3::Encoder;

use crate::model::chapter::clock;

/// The most bytes a tag may have, read or written: 32 MiB.
///
/// The format ends at 256 MiB (ID3v2.3.0, section 3.1: 28 bits); players give up long before.
pub const MAX_BYTES: usize = 32 << 20;

/// The most chapters a table of contents can list (ID3v2 Chapter Frame Addendum 1.0, section 3.2: the
/// entry count is one byte).
pub const MAX_CHAPTERS: usize = 255;

const HEADER: usize = 10;

/// Why a tag cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum TagError {
    /// The tag would not be read by players, or not fit the format.
    #[error("the tag would take {bytes} bytes, more than the {MAX_BYTES} a tag may have")]
    TooLarge {
        /// Bytes it would take.
        bytes: u64,
    },
    /// More chapters than a table of contents can list.
    #[error("{count} chapters, but a tag can list {MAX_CHAPTERS} at most")]
    TooManyChapters {
        /// Chapters given.
        count: usize,
    },
    /// A chapter starts at or before the one in front of it.
    #[error("chapter {number} starts at {}, not after the chapter before it", clock(*start))]
    ChapterOrder {
        /// The chapter's number, counted from 1.
        number: usize,
        /// Where it starts.
        start: Duration,
    },
    /// A chapter starts where the audio is over.
    #[error("chapter {number} starts at {}, but the audio ends at {}", clock(*start), clock(*duration))]
    ChapterPastEnd {
        /// The chapter's number, counted from 1.
        number: usize,
        /// Where it starts.
        start: Duration,
        /// Where the audio ends.
        duration: Duration,
    },
    /// Longer than the 49 days that a chapter's 32-bit milliseconds can hold.
    #[error("audio of {} is longer than the times of chapters can say", clock(*.0))]
    TooLong(Duration),
    /// The encoder refused a frame.
    #[error("the tag cannot be encoded: {0}")]
    Encode(#[from] id3::Error),
}

/// A tag takes up whole blocks of this many bytes, filled with padding (ID3v2.3.0, section 3.1), so
/// that a small edit, to a title say, leaves the published size as it is.
const BLOCK: usize = 4096;

/// Padding that even a tag which would fill its blocks has, in bytes.
const LEAST_PADDING: usize = 256;

/// Renders the whole ID3v2 tag that belongs in front of the payload.
///
/// `existing` is what stands in front of the payload now: one tag, several, damaged ones, junk, or
/// nothing. It is read leniently and never fails; what cannot be read is left out.
///
/// # Errors
/// [`TagError`] if a chapter is out of place or the tag would be larger than [`MAX_BYTES`].
pub fn render(spec: &TagSpec, existing: &[u8]) -> Result<Vec<u8>, TagError> {
    let managed = frames::of(spec)?;
    let kept = keep::frames(spec, &managed, existing);

    let mut tag = Vec::new();
    Encoder::new().version(spec.version.into()).encode(&managed, &mut tag)?;
    for frame in &kept {
        frame.write_to(&mut tag);
    }
    if tag.len() > MAX_BYTES {
        return Err(TagError::TooLarge { bytes: tag.len() as u64 });
    }
    if tag.len() == HEADER {
        // A tag must contain a frame (ID3v2.3.0, section 3.1).
        return Ok(Vec::new());
    }
    tag.resize((tag.len() + LEAST_PADDING).next_multiple_of(BLOCK), 0);
    let size = u32::try_from(tag.len() - HEADER).unwrap_or(u32::MAX);
    tag[6..HEADER].copy_from_slice(&existing::to_synchsafe(size));
    Ok(tag)
}

#[cfg(test)]
mod tests;
