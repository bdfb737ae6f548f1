use super::*;
use crate::audio::tag::picture::tests::PNG;
use crate::audio::tag::{TagSpec, Version, render};
use crate::audio::testing::{id3v1, id3v2_of};

/// A frame of ID3v2.3.
fn frame(id: &str, body: &[u8]) -> Vec<u8> {
    [id.as_bytes(), &u32::try_from(body.len()).unwrap().to_be_bytes(), &[0, 0], body].concat()
}

fn text(id: &str, text: &str) -> Vec<u8> {
    frame(id, &[b"\0", text.as_bytes()].concat())
}

fn chapter(id: &str, start: u32, end: u32, frames: &[Vec<u8>]) -> Vec<u8> {
    let times = [start, end, u32::MAX, u32::MAX].map(u32::to_be_bytes).concat();
    frame("CHAP", &[id.as_bytes(), &[0], &times, &frames.concat()].concat())
}

fn read(frames: &[Vec<u8>]) -> Contents {
    Contents::read(&id3v2_of(3, 0, &frames.concat()), b"")
}

#[test]
fn a_tag_says_what_an_episode_needs() {
    let link = frame("WXXX", b"\0chapter url\0https://a.example/");
    let image = frame("APIC", &[b"\0image/png\0\0\0", PNG].concat());
    let contents = read(&[
        text("TIT2", " Title "),
        text("TPE1", "Ada"),
        text("TPE2", "Network"),
        text("TALB", "Show"),
        text("TRCK", "12/40"),
        text("TYER", "2024"),
        text("TDAT", "3101"),
        text("TIME", "0730"),
        frame("COMM", b"\0engiTunNORM\0 0001"),
        frame("COMM", b"\0eng\0About it"),
        frame("APIC", &[b"\0image/png\0\x03\0", PNG].concat()),
        chapter("b", 60_000, 90_000, &[text("TIT2", "Two"), link, image]),
        chapter("a", 0, 60_000, &[text("TIT2", "One")]),
        chapter("c", 90_000, 0, &[frame("WOAF", b"https://b.example/")]),
    ]);
    let Contents { chapters, cover, .. } = &contents;
    assert_eq!(contents.title.as_deref(), Some("Title"));
    assert_eq!(contents.artist.as_deref(), Some("Ada"));
    assert_eq!((contents.album.as_deref(), contents.track), (Some("Show"), Some(12)));
    assert_eq!(contents.date.as_deref(), Some("2024-01-31T07:30"));
    assert_eq!(contents.description.as_deref(), Some("About it"));
    assert_eq!(cover.as_ref().map(Picture::mime), Some("image/png"));
    let shown: Vec<_> = chapters
        .iter()
        .map(|chapter| {
            let end = chapter.end.map(|end| end.as_secs());
            let url = chapter.url.as_deref().unwrap_or_default();
            (chapter.start.as_secs(), end, chapter.title.as_str(), url, chapter.image.is_some())
        })
        .collect();
    assert_eq!(
        shown,
        [
            (0, Some(60), "One", "", false),
            (60, Some(90), "Two", "https://a.example/", true),
            (90, None, "", "https://b.example/", false),
        ]
    );
}

#[test]
fn the_date_of_release_comes_before_that_of_recording() {
    let date = |frames: &[Vec<u8>]| read(frames).date;
    let recorded = text("TDRC", "2024-01-30");
    assert_eq!(date(std::slice::from_ref(&recorded)).as_deref(), Some("2024-01-30"));
    assert_eq!(
        date(&[recorded, text("TDRL", "2024-02-01T07:00:00")]).as_deref(),
        Some("2024-02-01T07:00:00")
    );
    assert_eq!(date(&[text("TYER", "2024"), text("TDAT", "x")]).as_deref(), Some("2024"));
    assert_eq!(date(&[text("TDAT", "3101")]), None);
}

#[test]
fn id3v1_speaks_only_where_nothing_else_does() {
    let mut old = id3v1();
    old[3..38].copy_from_slice(b"Old title\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0J\xF6rg\0");
    old[93..97].copy_from_slice(b"1999");
    let contents = Contents::read(b"", &old);
    assert_eq!(contents.title.as_deref(), Some("Old title"));
    assert_eq!(
        (contents.artist.as_deref(), contents.date.as_deref()),
        (Some("Jörg"), Some("1999"))
    );
    let both = Contents::read(&id3v2_of(3, 0, &text("TIT2", "New")), &old);
    assert_eq!((both.title.as_deref(), both.artist.as_deref()), (Some("New"), Some("Jörg")));
}

#[test]
fn version_2_2_is_understood_too() {
    let tag = id3v2_of(2, 0, b"TT2\0\0\x06\0TitleTP1\0\0\x04\0AdaTDS\0\0\x06\0About");
    let contents = Contents::read(&tag, b"");
    assert_eq!(contents.title.as_deref(), Some("Title"));
    assert_eq!(contents.artist.as_deref(), Some("Ada"));
    assert_eq!(contents.description.as_deref(), Some("About"));
}

#[test]
fn nonsense_says_nothing() {
    for bytes in [&b""[..], b"ID3", &[0xFF; 300], &id3v2_of(3, 0, &[0; 50])] {
        assert_eq!(Contents::read(bytes, bytes), Contents::default());
    }
}

#[test]
fn more_chapters_than_can_be_listed_are_all_read_and_said() {
    let many = |count: u32| {
        let chapters: Vec<_> = (0..count)
            .map(|at| chapter(&format!("c{at}"), at * 1000, at * 1000 + 1000, &[]))
            .collect();
        read(&chapters)
    };
    assert_eq!((many(255).chapters.len(), many(255).has_too_many_chapters()), (255, false));
    assert_eq!((many(300).chapters.len(), many(300).has_too_many_chapters()), (300, true));
}

#[test]
fn a_number_may_end_with_a_nul() {
    for (written, number) in [("3\0", Some(3)), ("3/12\0", Some(3)), (" 3 ", Some(3)), ("A", None)]
    {
        assert_eq!(read(&[text("TRCK", written)]).track, number, "{written:?}");
    }
}

/// The standard has no chapter within a chapter: each level would take a piece of the stack.
#[test]
fn chapters_within_chapters_are_left_out_however_deep() {
    let mut deep = Vec::new();
    // From within to without, each followed by its head, the whole in reverse.
    for level in (0..100_000_u32).rev() {
        let head = [b"CHAP", &(18 + 28 * level).to_be_bytes()[..], b"\0\0c\0"].concat();
        deep.extend([&head[..], &[0; 16]].concat());
    }
    let tag = id3v2_of(3, 0, &[deep, text("TIT2", "Title")].concat());
    let contents = Contents::read(&tag, b"");
    assert_eq!((contents.chapters.len(), contents.title.as_deref()), (1, Some("Title")));
    let spec = TagSpec { version: Version::V24, ..TagSpec::default() };
    assert!(render(&spec, &tag).unwrap().len() < 8192);
}

#[test]
fn of_many_frames_within_a_chapter_the_first_are_read() {
    let within = text("TXXX", "\0").repeat(100_000);
    let contents = read(&[chapter("a", 0, 9, &[text("TIT2", "One"), within])]);
    assert_eq!(contents.chapters[0].title, "One");
    let tag = id3v2_of(3, 0, &chapter("a", 0, 9, &[text("TXXX", "\0").repeat(99)]));
    assert_eq!(decoded(&existing::frames(&tag)[0]).unwrap().chapter().unwrap().frames.len(), 64);
}

#[test]
fn texts_of_windows_are_read_and_control_characters_are_not() {
    let title = |bytes: &[u8]| read(&[frame("TIT2", &[b"\0", bytes].concat())]).title;
    assert_eq!(
        title(b"It\x92s \x93caf\xE9\x94 \x96 a\x07b\x81").as_deref(),
        Some("It’s “café” – ab")
    );
    assert_eq!(title(b"\x07").as_deref(), None);
    let mut old = id3v1();
    old[3..8].copy_from_slice(b"It\x92s\0");
    assert_eq!(Contents::read(b"", &old).title.as_deref(), Some("It’s"));
}
