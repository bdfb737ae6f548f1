//! Tags in front, behind and between.

use super::*;
use crate::audio::testing::{
    Noise, ape, ape_item, enhanced_id3v1, id3v1, id3v2, id3v2_of, lyrics3, old_lyrics3, syncsafe,
};
use crate::audio::{FoundTag, TagKind};

/// Where tags are, as kinds and lengths.
fn found(mp3: &Mp3) -> Vec<(TagKind, u64)> {
    mp3.tags.iter().map(|FoundTag { kind, range }| (*kind, range.end - range.start)).collect()
}

/// A picture as it may stand in a tag: full of bytes that look like frames' headers.
fn picture() -> Vec<u8> {
    let mut noise = Noise(5);
    (0..3000).flat_map(|_| [&FRAME.header()[..], &noise.bytes(9)].concat()).collect()
}

/// A picture as a JPEG file begins.
fn jpeg() -> Vec<u8> {
    [&[0xFF, 0xD8, 0xFF, 0xE0][..], &picture()].concat()
}

/// An ID3v2.3 frame.
fn id3_frame(id: &str, body: &[u8]) -> Vec<u8> {
    [id.as_bytes(), &u32::try_from(body.len()).unwrap().to_be_bytes(), &[0, 0], body].concat()
}

#[test]
fn tags_on_both_sides_leave_the_payload() {
    let (audio, item) = (FRAME.stream(50), ape_item("Title", b"Harbour"));
    for front in [vec![], id3v2(3, b"A", 0), id3v2(4, b"B", 100), ape(2, &item, true)] {
        let apes = [ape(2, &item, true), ape(2, &item, false), ape(2, b"", false)];
        for behind in [vec![], id3v1()].into_iter().chain(apes) {
            let mp3 = mp3(&[&front[..], &audio, &behind].concat());
            assert_sound(&mp3, 50);
            assert_eq!(mp3.payload, front.len() as u64..(front.len() + audio.len()) as u64);
            assert_eq!(mp3.audio, mp3.payload);
        }
    }
}

#[test]
fn all_trailing_tags_at_once_are_found_in_order() {
    let appended = id3v2_of(4, 0x10, &[0; 30]);
    let behind = [
        appended.clone(),
        ape(1, &ape_item("Title", b"old"), false),
        old_lyrics3(b"la la la"),
        ape(2, &[7; 400], true),
        lyrics3(b"LYR00003la."),
        enhanced_id3v1(),
        id3v1(),
    ]
    .concat();
    let audio = FRAME.stream(10);
    let mp3 = mp3(&[audio, behind].concat());
    assert_sound(&mp3, 10);
    assert_eq!(mp3.payload, 0..4170);
    assert_eq!(
        found(&mp3),
        [
            (TagKind::Id3v2(4), appended.len() as u64),
            (TagKind::Ape, 49),
            (TagKind::Lyrics3, 28),
            (TagKind::Ape, 464),
            (TagKind::Lyrics3, 37),
            (TagKind::EnhancedId3v1, 227),
            (TagKind::Id3v1, 128),
        ]
    );
}

#[test]
fn trailing_marks_without_a_tag_are_junk() {
    let audio = FRAME.stream(10);
    for mark in
        [&b"999999LYRICS200"[..], b"000001LYRICS200", b"LYRICSEND", b"3DI\x04\0\x10\0\0\0\x7F"]
    {
        let mp3 = mp3(&[&audio[..], mark].concat());
        assert_eq!(found(&mp3), []);
        assert_eq!(mp3.frames, 10);
        let line =
            format!("{} bytes after the last frame, at byte 4170, are not audio", mark.len());
        assert_eq!(told(&mp3), [line]);
    }
}

#[test]
fn several_leading_tags_are_all_skipped() {
    let tags =
        [id3v2(3, b"one", 10), id3v2_of(4, 0x10, &id3_frame("TIT2", b"\0x")), id3v2(4, b"two", 0)];
    let front = tags.concat();
    let mp3 = mp3(&[&front[..], &FRAME.stream(5)].concat());
    assert_sound(&mp3, 5);
    assert_eq!(found(&mp3).len(), 3);
    assert_eq!(mp3.payload.start, front.len() as u64);
}

#[test]
fn extended_headers_and_unsynchronisation_do_not_mislead() {
    let extended = [&[0, 0, 0, 6, 0, 0, 0, 0, 0, 0][..], &id3_frame("TIT2", b"\0title")].concat();
    for tag in [
        id3v2_of(3, 0x40, &extended),
        id3v2_of(3, 0x80, &[0xFF, 0, 0xE0, 1, 2, 3]),
        id3v2_of(2, 0, b"TT2\0\0\x02\0x"),
    ] {
        let mp3 = mp3(&[&tag[..], &FRAME.stream(5)].concat());
        assert_sound(&mp3, 5);
        assert_eq!(mp3.payload.start, tag.len() as u64);
    }
}

#[test]
fn pictures_full_of_false_syncs_are_no_audio() {
    let apic = id3_frame("APIC", &picture());
    let tag = id3v2_of(3, 0, &[apic, vec![0; 77]].concat());
    let mp3 = mp3(&[&tag[..], &FRAME.stream(5)].concat());
    assert_sound(&mp3, 5);
    assert_eq!(mp3.payload.start, tag.len() as u64);
}

#[test]
fn a_size_field_that_is_too_small_is_named() {
    let apic = id3_frame("APIC", &jpeg());
    let whole = id3v2_of(3, 0, &apic);
    // Ten bytes end where the picture starts.
    for stated in [0, 4, 10, 100, apic.len() as u32 - 1] {
        let mut tag = whole.clone();
        tag[6..10].copy_from_slice(&syncsafe(stated));
        let mp3 = mp3(&[&tag[..], &FRAME.stream(20)].concat());
        assert_eq!(mp3.frames, 20, "{stated}");
        let line = format!(
            "the ID3v2 tag at byte 0 says it has {} bytes, but the audio starts {} bytes after its start",
            stated + 10,
            whole.len()
        );
        assert_eq!(told(&mp3), [line]);
        assert_eq!(mp3.payload.start, whole.len() as u64);
    }
}

#[test]
fn a_size_field_that_is_too_large_does_not_swallow_the_audio() {
    let title = id3_frame("TIT2", b"\0title");
    let extended = [&[0, 0, 0, 6, 0, 0, 0, 0, 0, 0][..], &title].concat();
    let extended_4 = [&[0, 0, 0, 6, 1, 0][..], &title].concat();
    let kinds = [(3, 0, &title), (3, 0x80, &title), (3, 0x40, &extended), (4, 0x40, &extended_4)];
    for (padding, (major, flags, body)) in
        [0, 50].into_iter().flat_map(|padding| kinds.map(|kind| (padding, kind)))
    {
        let tag = id3v2_of(major, flags, &[&body[..], &vec![0; padding]].concat());
        for excess in [1, 300, 100_000_000] {
            let mut lying = tag.clone();
            let stated = u32::try_from(tag.len()).unwrap() - 10 + excess;
            lying[6..10].copy_from_slice(&syncsafe(stated));
            let mp3 = mp3(&[&lying[..], &FRAME.stream(20)].concat());
            assert_eq!(mp3.frames, 20, "{flags:x} {padding} {excess}");
            assert_eq!(mp3.payload.start, tag.len() as u64);
            assert_eq!(mp3.damage.count, 1);
            assert!(told(&mp3)[0].starts_with("the ID3v2 tag at byte 0 says"), "{:?}", told(&mp3));
        }
    }
}

/// A footer's wrong size would take audio from the payload, and what it cuts is published no more.
#[test]
fn an_ape_footer_with_a_wrong_size_takes_no_audio() {
    let (audio, item) = (FRAME.stream(20), ape_item("Title", b"Harbour"));
    for (version, with_header) in [(1, false), (2, false), (2, true)] {
        let tag = ape(version, &item, with_header);
        let true_size = u32::try_from(item.len() + 32).unwrap();
        // So that the tag would begin at a frame, within one, and with the file.
        for size in [true_size + 417, true_size + 1000, true_size + 8340] {
            let mut lying = tag.clone();
            let at = lying.len() - 20;
            lying[at..at + 4].copy_from_slice(&size.to_le_bytes());
            let mp3 = mp3(&[&audio[..], &lying].concat());
            assert_eq!(mp3.frames, 20, "version {version}, {size} bytes");
            assert!(found(&mp3).is_empty(), "{:?}", found(&mp3));
            assert_eq!(mp3.payload, 0..(audio.len() + lying.len()) as u64);
        }
    }
}

#[test]
fn a_size_spelt_as_a_plain_number_is_understood_and_told() {
    let mut tag = id3v2_of(3, 0, &id3_frame("TIT2", &[b'x'; 190]));
    tag[6..10].copy_from_slice(&200_u32.to_be_bytes());
    let mp3 = mp3(&[&tag[..], &FRAME.stream(5)].concat());
    assert_eq!((mp3.frames, mp3.payload.start), (5, 210));
    assert_eq!(
        told(&mp3),
        ["the ID3v2 tag at byte 0 spells its size as a plain number, which players misread"]
    );
}

#[test]
fn zeros_between_tag_and_audio_are_told_and_stay_in_the_payload() {
    let tag = id3v2(3, b"title", 0);
    let mp3 = mp3(&[&tag[..], &[0; 700], &FRAME.stream(20)].concat());
    assert_eq!((mp3.frames, mp3.payload.start), (20, tag.len() as u64));
    assert_eq!(
        told(&mp3),
        ["700 bytes before the first frame, at byte 26, are not audio (all zeros)"]
    );
}

#[test]
fn one_byte_is_said_as_one() {
    let mp3 = mp3(&[b"\n", &FRAME.stream(20)[..]].concat());
    assert_eq!(told(&mp3), ["1 byte before the first frame, at byte 0, is not audio"]);
}

#[test]
fn a_tag_in_the_middle_is_told() {
    let (one, two) = (FRAME.stream(20), FRAME.stream(30));
    let tag = id3v2_of(3, 0, &id3_frame("APIC", &picture()));
    let mp3 = mp3(&[&one[..], &tag, &two].concat());
    assert_eq!(mp3.frames, 50);
    let line = format!(
        "a gap in the audio: {} bytes at byte 8340 hold no frame (they start with an ID3v2.3 tag)",
        tag.len()
    );
    assert_eq!(told(&mp3), [line]);
}

#[test]
fn a_file_of_tags_alone_says_so() {
    for bytes in
        [id3v2(3, b"title", 500), id3v1(), [id3v2(4, b"x", 0), ape(2, b"", true), id3v1()].concat()]
    {
        assert_eq!(foreign(&bytes), Foreign::OnlyTags);
    }
    // A tag that was cut off.
    assert_eq!(foreign(&id3v2(3, b"title", 500)[..300]), Foreign::OnlyTags);
}

#[test]
fn endless_tags_do_not_fill_the_memory() {
    let front = id3v2_of(3, 0, b"").repeat(10_000);
    let behind = id3v1().repeat(1_000);
    let mp3 = mp3(&[&front[..], &FRAME.stream(5), &behind].concat());
    assert_eq!((mp3.frames, mp3.tags.count), (5, 10_032));
    assert_eq!(mp3.tags.first.len(), 16);
}
