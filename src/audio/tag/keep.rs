//! Which frames of an existing tag stay, and in what form.
//!
//! Kept: every frame that says nothing we say ourselves, byte for byte where the version stays the
//! same, otherwise converted (text into an encoding that the new version has, ids that were renamed).
//!
//! Left out:
//! - what a frame of ours now says, also in an older or newer version's frame (`TYER` and `TDRC`);
//! - what any new tag makes untrue: `TSIZ`, `TDTG`, `ASPI`, `SEEK`;
//! - what its author marked to be dropped when the tag is written by a program that does not know it
//!   (ID3v2.3.0, section 3.3.1);
//! - doubles: a second text frame of one id, a second frame of the same bytes;
//! - what the new version cannot hold: frames that are packed, encrypted or damaged, and only if the
//!   version changes.

use std::collections::HashSet;
use std::io::Cursor;

use id3::frame::{Content, PictureType};
use id3::{Frame, Tag, TagLike as _};

use super::existing::{self, Major, RawFrame, v23, v24};
use super::{TagSpec, Version};
use super::{ids, utf16};
use crate::model::hash::Sha256;

/// Frames that a new tag makes untrue: sizes and offsets of the file, the time of tagging.
const STALE: [&str; 4] = ["TSIZ", "TDTG", "ASPI", "SEEK"];

/// The most frames that are kept. Real tags have some dozens; it must leave room for ours below
/// [`existing::MOST_FRAMES`], or a second rendering would keep fewer.
const MOST_KEPT: usize = 2_000;

/// Ids that say one thing between them: if we write one, all of the others go.
const SYNONYMS: [&[&str]; 5] = [
    &["TYER", "TDAT", "TIME", "TRDA", "TDRC", "TDRL"],
    // And by what a name is sorted.
    &["TIT2", "TSOT"],
    &["TPE1", "TSOP"],
    &["TALB", "TSOA"],
    &["TPE2", "TSO2"],
];

/// The frames of `existing` that stay beside `managed`, which are those of `spec`.
pub(super) fn frames<'a>(spec: &TagSpec, managed: &Tag, existing: &'a [u8]) -> Vec<RawFrame<'a>> {
    let mut seen = HashSet::new();
    existing::frames(existing)
        .into_iter()
        .filter(|frame| !frame.discard_on_tag_alter())
        .filter_map(|frame| converted(frame, spec.version))
        .filter(|frame| spec.chapters.is_none() || !matches!(&*frame.id, "CTOC" | "CHAP"))
        .filter(|frame| !STALE.contains(&&*frame.id) && !replaced(managed, frame))
        .filter(|frame| seen.insert(identity(frame)))
        .take(MOST_KEPT)
        .collect()
}

/// Whether a frame of ours says what `frame` says.
fn replaced(managed: &Tag, frame: &RawFrame<'_>) -> bool {
    let id = &*frame.id;
    if let Some(synonyms) = SYNONYMS.iter().find(|ids| ids.contains(&id)) {
        return synonyms.iter().any(|id| managed.get(id).is_some());
    }
    if managed.get(id).is_none() {
        return false;
    }
    match id {
        // Comments with a description are other programs' notes to themselves (iTunNORM), except
        // those that tell what an ID3v1 tag behind the audio said.
        // In another language, they are somebody else's, too.
        "COMM" => match decoded(frame) {
            Some(Content::Comment(comment)) => {
                let ours = ["", "ID3v1 Comment", "ID3 v1 Comment"];
                ours.contains(&comment.description.trim()) && speaks(managed, &comment.lang)
            }
            _ => true,
        },
        "USLT" => match decoded(frame) {
            Some(Content::Lyrics(lyrics)) => {
                lyrics.description.trim().is_empty() && speaks(managed, &lyrics.lang)
            }
            _ => true,
        },
        // Pictures that are no cover stay: a logo, a portrait.
        "APIC" => !matches!(
            decoded(frame),
            Some(Content::Picture(picture))
                if !matches!(picture.picture_type, PictureType::CoverFront | PictureType::Other)
        ),
        _ => true,
    }
}

/// Whether a text in this language says what our own comment or notes say: one in their language, or
/// in none that is known.
fn speaks(managed: &Tag, language: &str) -> bool {
    let language = language.trim_matches(|c: char| c == '\0' || c == ' ').to_ascii_lowercase();
    let unknown = |language: &str| matches!(language, "" | "xxx" | "und");
    let ours = managed.comments().map(|comment| comment.lang.as_str());
    let mut ours = ours.chain(managed.lyrics().map(|lyrics| lyrics.lang.as_str()));
    let ours = ours.next().unwrap_or_default().to_ascii_lowercase();
    unknown(&language) || unknown(&ours) || language == ours
}

/// What two frames share that say the same: text frames their id, others all they are.
fn identity(frame: &RawFrame<'_>) -> (String, Sha256) {
    let sole = frame.id.starts_with('T') && frame.id != "TXXX";
    let body: &[u8] = if sole { b"" } else { &frame.body };
    (frame.id.to_string(), Sha256::of(body))
}

/// The frame as `version` writes it.
fn converted(frame: RawFrame<'_>, version: Version) -> Option<RawFrame<'_>> {
    let structured = matches!(&*frame.id, "CHAP" | "CTOC");
    match (frame.version, version) {
        (Major::V23, Version::V23) | (Major::V24, Version::V24) => Some(frame),
        // Everything that 2.3 can say is good in 2.4, unless sizes stand within.
        (Major::V23, Version::V24) if !structured => {
            if frame.flags & v23::FORMAT != 0 {
                return None;
            }
            let id = match &*frame.id {
                "IPLS" => "TIPL".into(),
                "TORY" => "TDOR".into(),
                _ => frame.id,
            };
            // "Discard" and "read only" stand one bit lower.
            let flags = (frame.flags & 0x6000) >> 1;
            let frame = RawFrame { id, ..frame };
            let body = utf16::marked(&frame).body;
            Some(RawFrame { version: Major::V24, flags, body, ..frame })
        }
        _ => reencoded(&frame, version),
    }
}

/// The frame written anew by way of its meaning.
fn reencoded<'a>(frame: &RawFrame<'_>, version: Version) -> Option<RawFrame<'a>> {
    let meaning = decoded_frame(frame)?;
    let id = match (ids::renamed(&frame.id).unwrap_or(&frame.id), version) {
        ("TIPL" | "TMCL", Version::V23) => "IPLS",
        ("IPLS", Version::V24) => "TIPL",
        ("TDOR", Version::V23) => "TORY",
        ("TORY", Version::V24) => "TDOR",
        (id, _) => id,
    };
    let content = match meaning.content().clone() {
        Content::Text(text) if id == "TORY" => Content::Text(text.chars().take(4).collect()),
        // Up to 2.3, a slash tells values apart, and stands in names as well.
        Content::Text(text) if frame.version != Major::V24 && version == Version::V24 => {
            Content::Text(text.replace('\0', "/"))
        }
        // Texts with a description, too; other texts are joined as they are written.
        Content::ExtendedText(mut text) if version == Version::V23 => {
            text.value = text.value.trim_end_matches('\0').replace('\0', "/");
            Content::ExtendedText(text)
        }
        Content::Chapter(mut chapter) => {
            chapter.frames = chapter.frames.into_iter().map(|sub| sub.set_encoding(None)).collect();
            Content::Chapter(chapter)
        }
        Content::TableOfContents(mut toc) => {
            toc.frames = toc.frames.into_iter().map(|sub| sub.set_encoding(None)).collect();
            Content::TableOfContents(toc)
        }
        content => content,
    };
    let mut tag = Tag::new();
    tag.add_frame(Frame::with_content(id, content));
    let mut bytes = Vec::new();
    id3::Encoder::new().version(version.into()).encode(&tag, &mut bytes).ok()?;
    existing::frames(&bytes).pop().map(RawFrame::into_owned)
}

/// What the frame says, if it can be read.
pub(super) fn decoded(frame: &RawFrame<'_>) -> Option<Content> {
    decoded_frame(frame).map(|frame| frame.content().clone())
}

/// The frame read as the only one of a tag, so that a bad one spoils no other.
fn decoded_frame(frame: &RawFrame<'_>) -> Option<Frame> {
    // Unpacking could take any amount of memory.
    if frame.is_packed() || (frame.version == Major::V24 && frame.flags & v24::FORMAT & !1 != 0) {
        return None;
    }
    let major = match frame.version {
        Major::V22 => 2,
        Major::V23 => 3,
        Major::V24 => 4,
    };
    let mut bytes = vec![b'I', b'D', b'3', major, 0, 0, 0, 0, 0, 0];
    utf16::marked(frame).write_to(&mut bytes);
    let size = u32::try_from(bytes.len() - super::HEADER).ok()?;
    bytes[6..super::HEADER].copy_from_slice(&existing::to_synchsafe(size));
    let tag = Tag::read_from2(Cursor::new(bytes)).ok()?;
    tag.frames().next().cloned()
}
