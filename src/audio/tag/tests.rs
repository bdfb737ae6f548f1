#![expect(clippy::cast_possible_truncation, reason = "the numbers are the tests' own")]

use std::time::Duration;

use insta::assert_snapshot;
use jiff::civil::date;
use proptest::prelude::*;

use super::picture::tests::PNG;
use super::*;
use crate::audio::{Content, Depth, probe_bytes, testing};
use crate::model::chapter::Chapter;

fn chapter(seconds: u64, title: &str, url: Option<&str>) -> TagChapter {
    let url = url.map(str::to_owned);
    let start = Duration::from_secs(seconds);
    Chapter { url, ..Chapter::new(start, title.to_owned()) }.into()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn full(version: Version) -> TagSpec {
    let mut chapters = vec![
        chapter(0, "Générique", None),
        chapter(95, "🎙️ L’invitée", Some("https://example.org/été?a=1&b=2")),
        chapter(1_800, "Fin", None),
    ];
    chapters[1].picture = Picture::new(PNG).ok();
    TagSpec {
        version,
        title: text("L’été 🌞\0 à\r\nla plage"),
        subtitle: text("Sous-titre"),
        artist: text("Zoé AC/DC"),
        album: text("Le Café du Matin ☕"),
        album_artist: text("Radio Éole"),
        track: Some(42),
        season: Some(3),
        released: Some(date(2024, 1, 1).at(0, 30, 0, 0)),
        genre: text("Podcast"),
        language: Language::from_tag("fr-FR"),
        publisher: text("Éole"),
        copyright: text("2024 Éole"),
        comment: text("Une ligne\r\nUne autre"),
        notes: text("Notes 📝\n\n- premier\n- second\u{b}"),
        episode_url: text("https://example.org/42"),
        show_url: text("https://example.org/"),
        feed_url: text("https://example.org/feed.xml"),
        guid: text("42.mp3"),
        description: text("De quoi s’agit-il ?"),
        category: text("Arts"),
        keywords: vec!["café".to_owned(), "matin".to_owned()],
        podcast: true,
        cover: Picture::new(PNG).ok(),
        chapters: Some(chapters),
        duration: Duration::from_millis(3_600_500),
    }
}

fn shown(tag: &[u8]) -> String {
    describe(tag).iter().map(|line| format!("{} {}\n", line.id, line.text)).collect()
}

#[test]
fn a_full_tag_says_all_that_is_given() {
    let tag = render(&full(Version::V23), b"").unwrap();
    assert_eq!(tag[..6], *b"ID3\x03\0\0");
    assert_snapshot!(shown(&tag), @"
    TIT2 L’été 🌞  à la plage
    TIT3 Sous-titre
    TPE1 Zoé AC/DC
    TALB Le Café du Matin ☕
    TPE2 Radio Éole
    TRCK 42
    TPOS 3
    TYER 2024
    TDAT 0101
    TIME 0030
    TDRC 2024-01-01T00:30:00
    TDRL 2024-01-01T00:30:00
    TCON Podcast
    TLAN fra
    TLEN 3600500
    TPUB Éole
    TCOP 2024 Éole
    COMM Une ligne Une autre
    WOAF https://example.org/42
    WOAS https://example.org/
    PCST 4 bytes
    WFED https://example.org/feed.xml
    TGID 42.mp3
    TCAT Arts
    TKWD café,matin
    TDES De quoi s’agit-il ?
    USLT Notes 📝  - premier - second
    CTOC 3 chapters
    CHAP chp0 00:00 | Générique
    CHAP chp1 01:35 | 🎙️ L’invitée | chapter url: https://example.org/%C3%A9t%C3%A9?a=1&b=2 | Other, image/png, 67 bytes
    CHAP chp2 30:00 | Fin
    APIC Front cover, image/png, 67 bytes
    ");
}

#[test]
fn version_2_4_has_its_own_dates() {
    let tag = render(&full(Version::V24), b"").unwrap();
    assert_eq!(tag[..6], *b"ID3\x04\0\0");
    let ids: Vec<String> = describe(&tag).into_iter().map(|line| line.id).collect();
    assert!(ids.iter().any(|id| id == "TDRC"), "{ids:?}");
    assert!(!ids.iter().any(|id| id == "TYER" || id == "TDAT"), "{ids:?}");
}

#[test]
fn nothing_to_say_is_no_tag() {
    assert_eq!(render(&TagSpec::default(), b"").unwrap(), b"");
    assert_eq!(render(&TagSpec::default(), b"ID3\x03\0\0\0\0\0\x02\0\0").unwrap(), b"");
}

#[test]
fn chapters_out_of_place_are_refused() {
    let spec = |chapters, seconds| TagSpec {
        chapters: Some(chapters),
        duration: Duration::from_secs(seconds),
        ..TagSpec::default()
    };
    let error = |spec: &TagSpec| render(spec, b"").unwrap_err().to_string();
    let two = |a, b| vec![chapter(a, "A", None), chapter(b, "B", None)];
    assert_snapshot!(error(&spec(two(5, 5), 9)), @"chapter 2 starts at 00:05, not after the chapter before it");
    assert_snapshot!(error(&spec(two(5, 9), 9)), @"chapter 2 starts at 00:09, but the audio ends at 00:09");
    assert_snapshot!(error(&spec(two(5, 6), 0)), @"chapter 1 starts at 00:05, but the audio ends at 00:00");
    assert_snapshot!(error(&spec(two(5, 6), 5_000_000)), @"audio of 1388:53:20 is longer than the times of chapters can say");
    let many = (0..256).map(|at| chapter(at, "A", None)).collect();
    assert_snapshot!(error(&spec(many, 999)), @"256 chapters, but a tag can list 255 at most");
    let most = (0..255).map(|at| chapter(at, "A", None)).collect();
    let tag = render(&spec(most, 999), b"").unwrap();
    assert_eq!(describe(&tag).len(), 257);
}

/// A tag made of raw frames, as other programs write it.
fn foreign(version: u8, flags: u8, frames: &[(&str, u16, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (id, flags, content) in frames {
        let size = u32::try_from(content.len()).unwrap();
        body.extend_from_slice(id.as_bytes());
        match version {
            2 => body.extend_from_slice(&size.to_be_bytes()[1..]),
            3 => body.extend_from_slice(&size.to_be_bytes()),
            _ => body.extend_from_slice(&existing::to_synchsafe(size)),
        }
        if version > 2 {
            body.extend_from_slice(&flags.to_be_bytes());
        }
        body.extend_from_slice(content);
    }
    let mut tag = vec![b'I', b'D', b'3', version, 0, flags];
    tag.extend_from_slice(&existing::to_synchsafe(u32::try_from(body.len()).unwrap()));
    tag.extend_from_slice(&body);
    tag
}

fn titled(version: Version) -> TagSpec {
    TagSpec { version, title: text("Nouveau"), ..TagSpec::default() }
}

#[test]
fn frames_of_others_stay_and_ours_replace() {
    let old = foreign(
        3,
        0,
        &[
            ("TSSE", 0, b"\0LAME 3.100"),
            ("TIT2", 0, b"\0Ancien"),
            ("TIT2", 0, b"\0Plus ancien"),
            ("COMM", 0, b"\0engiTunSMPB\0 00000000 00000210"),
            ("COMM", 0, b"\0eng\0Vieux"),
            ("PRIV", 0, b"owner\0\x01\x02"),
            ("TYER", 0, b"\x001999"),
            ("TDTG", 0, b"\x001999"),
            ("ZZZZ", 0x8000, b"drop me"),
            ("ZZZZ", 0x2000, b"keep me"),
            ("TENC", 0, b"\0Host"),
            ("TENC", 0, b"\0Host again"),
        ],
    );
    let mut spec = titled(Version::V23);
    spec.comment = text("Neuf");
    assert_snapshot!(shown(&render(&spec, &old).unwrap()), @"
    TIT2 Nouveau
    COMM Neuf
    TSSE LAME 3.100
    COMM iTunSMPB:  00000000 00000210
    PRIV owner, 2 bytes
    TYER 1999
    ZZZZ 7 bytes
    TENC Host
    ");
    spec.released = Some(date(2024, 5, 6).at(7, 8, 9, 0));
    let tag = render(&spec, &old).unwrap();
    assert!(!shown(&tag).contains("1999"));
    // Byte for byte, flags too.
    assert!(tag.windows(17).any(|w| w == b"ZZZZ\0\0\0\x07\x20\0keep me"));
}

#[test]
fn fields_left_out_keep_what_the_file_says() {
    let old = render(&full(Version::V23), b"").unwrap();
    let new = shown(&render(&titled(Version::V23), &old).unwrap());
    for kept in ["TALB Le Café du Matin ☕", "CHAP chp1", "APIC Front cover", "TRCK 42"] {
        assert!(new.contains(kept), "{kept}: {new}");
    }
}

#[test]
fn old_chapters_go_when_new_ones_come() {
    let old = render(&full(Version::V23), b"").unwrap();
    let with = |chapters| {
        let duration = Duration::from_secs(9);
        let spec = TagSpec { chapters: Some(chapters), duration, ..TagSpec::default() };
        shown(&render(&spec, &old).unwrap())
    };
    let new = with(vec![chapter(0, "Seul", None)]);
    assert_eq!(new.matches("CHAP ").count(), 1, "{new}");
    let none = with(vec![]);
    assert!(none.contains("TIT2") && !none.contains("CHAP") && !none.contains("CTOC"), "{none}");
}

#[test]
fn text_of_another_version_is_converted() {
    let old = foreign(4, 0, &[
        ("TSSE", 0, "\x03Lavf é".as_bytes()),
        ("TXXX", 0, "\x03clé\0valeur 🎈".as_bytes()),
        ("TXXX", 0, b"\x03Moods\0Calm\0Light\0"),
        ("TDOR", 0, b"\x031998-03-04"),
        ("TIPL", 0, "\x03mix\0Zoé\0".as_bytes()),
        ("PRIV", 0, b"a\0\xff\x00\xff"),
        ("TMOO", 0, b"\x03bad \xff utf8"),
        ("CHAP", 0, b"c1\0\0\0\0\0\0\0\0\x09\xff\xff\xff\xff\xff\xff\xff\xffTIT2\0\0\0\x03\0\0\x03\xc3\xa9"),
    ]);
    let new = render(&titled(Version::V23), &old).unwrap();
    assert_snapshot!(shown(&new), @"
    TIT2 Nouveau
    TSSE Lavf é
    TXXX clé: valeur 🎈
    TXXX Moods: Calm/Light
    TORY 1998
    IPLS mix: Zoé
    PRIV a, 3 bytes
    CHAP c1 00:00 | é
    ");
    let back = render(&titled(Version::V24), &new).unwrap();
    assert_snapshot!(shown(&back), @"
    TIT2 Nouveau
    TSSE Lavf é
    TXXX clé: valeur 🎈
    TXXX Moods: Calm/Light
    TDOR 1998
    TIPL mix: Zoé
    PRIV a, 3 bytes
    CHAP c1 00:00 | é
    ");
}

#[test]
fn tags_of_version_2_2_are_converted() {
    let mut picture = b"\0PNG\x08\0".to_vec();
    picture.extend_from_slice(PNG);
    let old = foreign(
        2,
        0,
        &[
            ("TT2", 0, b"\0Old"),
            ("TEN", 0, b"\0Host"),
            ("PIC", 0, &picture),
            ("COM", 0, b"\0engiTunNORM\0 0000"),
            ("XYZ", 0, b"?"),
        ],
    );
    assert_snapshot!(shown(&render(&titled(Version::V23), &old).unwrap()), @"
    TIT2 Nouveau
    TENC Host
    APIC Artist, image/png, 67 bytes
    COMM iTunNORM:  0000
    ");
}

#[test]
fn faults_of_old_taggers_are_read() {
    // Two tags in a row, junk between, the second of a version whose sizes were written plainly.
    let long = [b"\0".as_slice(), &[b'x'; 200]].concat();
    let mut wrong = foreign(4, 0, &[("TENC", 0, &long), ("TSSE", 0, b"\0LAME")]);
    wrong[14..18].copy_from_slice(&201_u32.to_be_bytes());
    let mut old = foreign(3, 0, &[("TOWN", 0, b"\0Owner")]);
    old.extend_from_slice(b"\0\0junk ID3\xff\xff");
    old.extend_from_slice(&wrong);
    let new = shown(&render(&titled(Version::V24), &old).unwrap());
    assert!(
        new.contains("TOWN Owner") && new.contains("TSSE LAME") && new.contains("TENC xxx"),
        "{new}"
    );

    // The flag for an extended header without one; a real one; unsynchronisation; a footer.
    let plain = foreign(3, 0x40, &[("TENC", 0, b"\0Host")]);
    let mut real = foreign(3, 0x40, &[("TENC", 0, b"\0Host")]);
    real.splice(10..10, [0, 0, 0, 6, 0, 0, 0, 0, 0, 0]);
    real[9] += 10;
    let unsynchronised = foreign(3, 0x80, &[("TENC", 0, b"\0Host"), ("PRIV", 0, b"x\0\xff\0\xe0")]);
    let mut footer = foreign(4, 0x10, &[("TENC", 0, b"\0Host")]);
    footer.extend_from_slice(b"3DI\x04\0\x10\0\0\0\x0f");
    for old in [plain, real, footer] {
        let new = shown(&render(&titled(Version::V23), &old).unwrap());
        assert_eq!(new, "TIT2 Nouveau\nTENC Host\n");
    }
    let new = shown(&render(&titled(Version::V23), &unsynchronised).unwrap());
    assert_eq!(new, "TIT2 Nouveau\nTENC Host\n");
}

#[test]
fn what_a_stranger_wrote_cannot_steer_a_terminal() {
    let old = foreign(3, 0, &[("TENC", 0, b"\0\x1b[2Jgone\n::error::\x07")]);
    assert_eq!(shown(&old), "TENC  [2Jgone ::error:: \n");
}

#[test]
fn a_tag_has_a_largest_size() {
    let body = vec![7; MAX_BYTES];
    let old = foreign(3, 0, &[("PRIV", 0, &body)]);
    let error = render(&titled(Version::V23), &old).unwrap_err().to_string();
    assert_snapshot!(error, @"the tag would take 33554479 bytes, more than the 33554432 a tag may have");
}

#[test]
fn a_hostile_number_of_frames_costs_little_and_changes_nothing_later() {
    let bodies: Vec<[u8; 4]> = (0..100_000_u32).map(u32::to_be_bytes).collect();
    let frames: Vec<(&str, u16, &[u8])> =
        bodies.iter().map(|body| ("PRIV", 0, body.as_slice())).collect();
    let old = foreign(4, 0, &frames);
    for version in [Version::V23, Version::V24] {
        let once = render(&full(version), &old).unwrap();
        assert!(describe(&once).len() > 2_000);
        assert_eq!(render(&full(version), &once).unwrap(), once);
    }
}

/// Something like a tag: of any version, with frames that make sense or not, cut or not.
pub(super) fn any_existing() -> impl Strategy<Value = Vec<u8>> {
    let id = prop_oneof![
        prop::sample::select(vec![
            "TIT2", "TSSE", "TXXX", "COMM", "USLT", "APIC", "CHAP", "CTOC", "PRIV", "TYER", "TDRC",
            "WXXX", "WFED", "PCST", "GEOB", "SYLT", "TIPL", "IPLS", "MLLT", "TCOM", "POPM", "UFID",
            "TT2", "PIC", "COM", "TCO", "GRP1",
        ])
        .prop_map(str::to_owned),
        "[A-Z0-9]{3,4}",
    ];
    let body = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        // An encoding and text, so that much of it can be read.
        (0..4_u8, "[a-zé\u{0}🎈/]{0,12}").prop_map(|(encoding, text)| {
            let mut body = vec![encoding];
            match encoding {
                1 => body.extend_from_slice(b"\xff\xfe"),
                2 => {}
                _ => return [vec![encoding], text.into_bytes()].concat(),
            }
            body.extend(text.encode_utf16().flat_map(|unit| match encoding {
                1 => unit.to_le_bytes(),
                _ => unit.to_be_bytes(),
            }));
            body
        }),
    ];
    let flags = prop_oneof![4 => Just(0_u16), 1 => any::<u16>()];
    let tag = (
        2..=4_u8,
        prop_oneof![4 => Just(0_u8), 1 => any::<u8>()],
        prop::collection::vec((id, flags, body), 0..8),
    )
        .prop_map(|(version, flags, frames)| {
            let frames: Vec<(&str, u16, &[u8])> = frames
                .iter()
                .map(|(id, flags, body)| (id.as_str(), *flags, body.as_slice()))
                .collect();
            foreign(version, flags, &frames)
        });
    let junk = prop::collection::vec(any::<u8>(), 0..40);
    (prop::collection::vec(prop_oneof![3 => tag, 1 => junk], 0..3), 0..200_usize).prop_map(
        |(parts, cut)| {
            let mut bytes = parts.concat();
            if cut < 40 {
                bytes.truncate(bytes.len().saturating_sub(cut));
            }
            bytes
        },
    )
}

/// What follows the frames: nothing, or tags that other programs put there.
fn any_trailing() -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(vec![
        Vec::new(),
        testing::id3v1(),
        testing::ape(2000, b"", true),
        [testing::ape(2000, b"", true), testing::id3v1()].concat(),
        [testing::lyrics3(b"IND0000200"), testing::id3v1()].concat(),
    ])
}

proptest! {
    #[test]
    fn a_published_file_has_the_payload_of_its_source_and_one_tag(
        existing in any_existing(),
        trailing in any_trailing(),
        frames in 3..20_usize,
    ) {
        let stream = testing::FRAME.stream(frames);
        let source = [existing, stream, trailing].concat();
        let judged = |bytes: &[u8]| match probe_bytes(bytes, Depth::Hash).content {
            Content::Mp3(mp3) => Some(mp3),
            _ => None,
        };
        // A tag that was cut off swallows so short a stream.
        let mp3 = judged(&source);
        prop_assume!(mp3.is_some());
        let mp3 = mp3.unwrap();
        let range = |payload: &std::ops::Range<u64>| {
            usize::try_from(payload.start).unwrap()..usize::try_from(payload.end).unwrap()
        };
        let payload = range(&mp3.payload);
        let tag = render(&full(Version::V23), &source[..payload.start]).unwrap();

        let published = [&tag, &source[payload.clone()]].concat();
        let again = judged(&published).unwrap();
        prop_assert_eq!(&published[range(&again.audio)], &source[range(&mp3.audio)]);
        prop_assert_eq!((again.frames, again.time), (mp3.frames, mp3.time));
        // Junk in front of the frames may look like part of any tag that stands before it.
        if mp3.audio.start == mp3.payload.start {
            prop_assert_eq!(again.payload_sha256, mp3.payload_sha256);
            prop_assert_eq!(range(&again.payload), tag.len()..published.len());
        }
        prop_assert_eq!(render(&full(Version::V23), &published[..tag.len()]).unwrap(), tag);
    }

    #[test]
    fn any_existing_tag_is_read_and_a_second_rendering_changes_nothing(
        old in any_existing(),
        version in prop_oneof![Just(Version::V23), Just(Version::V24)],
        all in any::<bool>(),
    ) {
        let spec = if all { full(version) } else { titled(version) };
        let once = render(&spec, &old).unwrap();
        prop_assert_eq!(&render(&spec, &old).unwrap(), &once);
        prop_assert_eq!(&render(&spec, &once).unwrap(), &once);
        // What we say is said whatever stood there before.
        let said = describe(&once);
        for line in describe(&render(&spec, b"").unwrap()) {
            prop_assert!(said.contains(&line), "{:?} is missing", line);
        }
        describe(&old);
    }

    #[test]
    fn any_text_is_written(title in ".*", notes in "(?s).*", url in ".*") {
        let spec = TagSpec {
            title: Some(title.clone()),
            notes: Some(notes),
            episode_url: Some(url),
            ..TagSpec::default()
        };
        for version in [Version::V23, Version::V24] {
            let spec = TagSpec { version, ..spec.clone() };
            let tag = render(&spec, b"").unwrap();
            prop_assert_eq!(&render(&spec, &tag).unwrap(), &tag);
            if !title.contains(|c: char| c.is_control() || c.is_whitespace()) && !title.is_empty() {
                let read = id3::Tag::read_from2(std::io::Cursor::new(&tag)).unwrap();
                prop_assert_eq!(id3::TagLike::title(&read), Some(title.as_str()));
            }
        }
    }
}

/// A text frame without a byte order mark, as old taggers wrote it.
fn unmarked(id: &str, text: &str) -> Vec<u8> {
    let body: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [id.as_bytes(), &[0, 0, 0, body.len() as u8 + 1, 0, 0, 1], &body].concat()
}

#[test]
fn text_without_a_byte_order_mark_keeps_its_letters_in_any_conversion() {
    for major in [3, 4] {
        let old = testing::id3v2_of(major, 0, &unmarked("TCOM", "Anna Composer"));
        for version in [Version::V23, Version::V24] {
            let tag = render(&titled(version), &old).unwrap();
            assert!(shown(&tag).contains("TCOM Anna Composer"), "{major}: {}", shown(&tag));
        }
        assert_eq!(shown(&old), "TCOM Anna Composer\n");
    }
}

#[test]
fn lyrics_and_comments_of_another_language_or_description_are_kept() {
    let frame = |id: &str, body: &[u8]| {
        [id.as_bytes(), &(body.len() as u32).to_be_bytes(), &[0, 0], body].concat()
    };
    let old = [
        frame("COMM", b"\0fra\0stale"),
        frame("COMM", b"\0XXX\0of no language"),
        frame("COMM", b"\0deu\0German"),
        frame("COMM", b"\0frapart\0described"),
        frame("USLT", b"\0fra\0stale notes"),
        frame("USLT", b"\0eng\0English words"),
        frame("USLT", b"\0frapoem\0a poem"),
    ];
    for (major, version) in [(3, Version::V23), (3, Version::V24)] {
        let tag = render(&full(version), &testing::id3v2_of(major, 0, &old.concat())).unwrap();
        let shown = shown(&tag);
        for kept in
            ["COMM German", "COMM part: described", "USLT English words", "USLT poem: a poem"]
        {
            assert!(shown.contains(kept), "{kept} in {shown}");
        }
        for gone in ["stale", "of no language"] {
            assert!(!shown.contains(gone), "{gone} in {shown}");
        }
    }
}

#[test]
fn frames_of_2_2_are_mapped_not_dropped() {
    let old = [
        ("TSP", "Sort artist"),
        ("TSA", "Sort album"),
        ("TST", "Sort title"),
        ("TSC", "Sort composer"),
        ("TS2", "Sort album artist"),
        ("TCP", "1"),
        ("GP1", "Group"),
        ("TCM", "AC/DC"),
    ]
    .map(|(id, text)| [id.as_bytes(), &[0, 0, text.len() as u8 + 1, 0], text.as_bytes()].concat())
    .concat();
    let old = testing::id3v2_of(2, 0, &[&old[..], b"RVA\0\0\x04\x03\x10\x00\x01"].concat());
    for version in [Version::V23, Version::V24] {
        // The old order is that of the old title.
        assert!(!shown(&render(&titled(version), &old).unwrap()).contains("TSOT"));
        let spec = TagSpec { version, ..TagSpec::default() };
        let shown = shown(&render(&spec, &old).unwrap());
        for line in [
            "TSOP Sort artist",
            "TSOA Sort album",
            "TSOT Sort title",
            "TSOC Sort composer",
            "TSO2 Sort album artist",
            "TCMP 1",
            "GRP1 Group",
            "TCOM AC/DC",
            "RVAD 4 bytes",
        ] {
            assert!(shown.contains(line), "{line} in {shown}");
        }
    }
}

#[test]
fn people_and_their_parts_stay_in_either_version() {
    let people = b"\x03Guitar\0Ada\0Bass\0Bob";
    let frame = |id: &str| [id.as_bytes(), &[0, 0, 0, people.len() as u8, 0, 0], people].concat();
    let old = testing::id3v2_of(4, 0, &[frame("TMCL"), frame("TIPL")].concat());
    let kept = render(&titled(Version::V24), &old).unwrap();
    assert!(shown(&kept).contains("TMCL") && shown(&kept).contains("TIPL"), "{}", shown(&kept));
    let tag = render(&titled(Version::V23), &old).unwrap();
    assert_eq!(shown(&tag).matches("IPLS").count(), 1, "{}", shown(&tag));
    let back = render(&titled(Version::V24), &tag).unwrap();
    assert!(shown(&back).contains("TIPL"), "{}", shown(&back));
}

/// In either case the walk finds where the audio begins, and all in front of it is handed over here.
#[test]
fn a_tag_whose_size_is_a_plain_number_is_read_whole() {
    // One size that could not be four times seven bits, and one that could.
    for length in [200, 336 - 10 - 13] {
        let long = [b"\0".as_slice(), &vec![b'x'; length - 1]].concat();
        let mut old = foreign(3, 0, &[("TENC", 0, &long), ("TSSE", 0, b"\0LM")]);
        let size = (old.len() - HEADER) as u32;
        old[6..10].copy_from_slice(&size.to_be_bytes());
        old.extend(foreign(3, 0, &[("TOWN", 0, b"\0Owner")]));
        let shown = shown(&old);
        let ids: Vec<_> = shown.lines().map(|line| &line[..4]).collect();
        assert_eq!(ids, ["TENC", "TSSE", "TOWN"], "{size} bytes");
    }
}
