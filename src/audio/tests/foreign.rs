//! Files that are no MP3.

use super::*;
use crate::audio::LfsPointer;
use crate::audio::testing::{Noise, id3v2};
use crate::model::hash::Sha256;

#[test]
fn an_empty_file_is_empty() {
    assert_eq!(probe_bytes(b"", Depth::HashFile).content, Content::Empty);
}

#[test]
fn servers_answers_are_named() {
    for page in [
        "<!DOCTYPE html>\n<html>",
        "  <HTML><head>",
        "\u{FEFF}<!doctype HTML>",
        "<?xml version=\"1.0\"?><html>",
    ] {
        assert_eq!(foreign(page.as_bytes()), Foreign::Html, "{page}");
    }
    for xml in
        ["<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "<Error>", "<rss>"]
    {
        assert_eq!(foreign(xml.as_bytes()), Foreign::Xml, "{xml}");
    }
    for json in ["{\"message\": \"Not Found\"}", "\n[1, 2]"] {
        assert_eq!(foreign(json.as_bytes()), Foreign::Json, "{json}");
    }
    assert_eq!(foreign("Zugriff verweigert: müssen Sie sich anmelden?".as_bytes()), Foreign::Text);
    assert_eq!(foreign("é".repeat(1000).as_bytes()), Foreign::Text, "cut within a letter");
}

#[test]
fn pointers_say_what_they_stand_for() {
    let oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
    let text =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 112899891\n");
    let pointer = LfsPointer { oid: oid.parse().unwrap(), size: 112_899_891 };
    assert_eq!(foreign(text.as_bytes()), Foreign::GitLfsPointer(pointer));
    let broken = text.replace("sha256:4d", "sha256:");
    assert_eq!(foreign(broken.as_bytes()), Foreign::Text);
    let annex = b"/annex/objects/SHA256E-s112899891--4d7a.mp3\n";
    assert_eq!(foreign(annex), Foreign::GitAnnexPointer);
}

#[test]
fn containers_are_known_by_their_first_bytes() {
    let noise = Noise(1).bytes(3000);
    let cases: [(&[u8], Foreign); 15] = [
        (b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0", Foreign::Wav),
        (b"RIFF\0\0\0\0WAVEfmt \x1E\0\0\0\x55\0", Foreign::Mp3InWav),
        (b"RIFF\0\0\0\0AVI LIST", Foreign::Riff),
        (b"FORM\0\0\0\0AIFFCOMM", Foreign::Aiff),
        (b"OggS\0\x02", Foreign::Ogg),
        (b"fLaC\0\0\0\x22", Foreign::Flac),
        (b"\0\0\0\x1CftypM4A ", Foreign::Mp4),
        (b"\x1A\x45\xDF\xA3", Foreign::Matroska),
        (b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", Foreign::WindowsMedia),
        (b"PK\x03\x04", Foreign::Zip),
        (b"%PDF-1.7", Foreign::Pdf),
        (b"\xFF\xD8\xFF\xE0", Foreign::Picture),
        (b"ADIF", Foreign::Aac),
        (b"TTA1\x01\0", Foreign::OtherMedia),
        (&[&[0x47][..], &[7; 187]].concat().repeat(3), Foreign::OtherMedia),
    ];
    for (magic, expected) in cases {
        // Frames behind the magic do not make it an MP3; nor does a tag in front of it.
        let bytes = [magic, &noise, &FRAME.stream(20)].concat();
        assert_eq!(foreign(&bytes), expected);
        assert_eq!(foreign(&[&id3v2(3, b"title", 20)[..], &bytes].concat()), expected);
    }
}

#[test]
fn other_mpeg_audio_is_told_from_layer_iii() {
    let frames = |header: &[u8], length: usize, count| {
        let mut noise = Noise(length as u64);
        let frame = |_| [header, &noise.bytes(length - header.len())].concat();
        (0..count).flat_map(frame).collect::<Vec<u8>>()
    };
    let layer_ii = frames(&[0xFF, 0xFD, 0xA4, 0x00], 576, 20);
    let layer_i = frames(&[0xFF, 0xFF, 0xC4, 0x00], 384, 20);
    // 13 bits of length: 371.
    let aac = frames(&[0xFF, 0xF1, 0x50, 0x80, 0x2E, 0x7F, 0xFC], 371, 20);
    for (bytes, expected) in
        [(layer_ii, Foreign::LayerII), (layer_i, Foreign::LayerI), (aac, Foreign::Aac)]
    {
        assert_eq!(foreign(&bytes), expected);
        assert_eq!(foreign(&[&id3v2(4, b"title", 20)[..], &bytes].concat()), expected);
        assert_eq!(foreign(&[&Noise(2).bytes(5000)[..], &bytes].concat()), expected);
    }
}

#[test]
fn data_without_audio_is_told() {
    assert_eq!(foreign(&vec![0; 100_000]), Foreign::Zeros);
    assert_eq!(foreign(&Noise(77).bytes(100_000)), Foreign::Unknown);
    assert_eq!(foreign(&[0xFF; 100_000]), Foreign::Unknown);
    assert_eq!(foreign(&FRAME.stream(1)[..400]), Foreign::Unknown, "not one whole frame");
}

#[test]
fn every_kind_has_words_and_a_way_out() {
    for foreign in [Foreign::Html, Foreign::Aac, Foreign::Zeros, Foreign::OnlyTags, Foreign::Zip] {
        assert!(!foreign.to_string().is_empty() && !foreign.hint().ends_with('.'));
    }
}

#[test]
fn a_foreign_file_has_a_hash_if_asked() {
    let page = b"<html>";
    let probe: Probe = probe_bytes(page, Depth::HashFile);
    assert_eq!(probe.sha256, Some(Sha256::of(page)));
}
