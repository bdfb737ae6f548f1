//! `onair new`: from an MP3 to an episode's file.

use std::fs;

use super::show::{TestShow, audio};

#[test]
fn a_number_that_is_taken_copies_nothing() {
    let show = TestShow::new();
    show.with_audio(1, 40, &[]);
    fs::write(show.path("take.mp3"), super::show::audio(2, 50)).unwrap();
    let ran = show.onair(&["new", "take.mp3", "--episode", "1"]);
    assert_eq!(ran.code, 2, "{}", ran.said());
    assert!(ran.stderr.contains("episodes/episode_001.md is there already"), "{}", ran.stderr);
    assert!(!show.path("audio/take.mp3").exists());
    assert_eq!(show.onair(&["new", "take.mp3"]).code, 0);
    let ran = show.onair(&["new", "take.mp3"]);
    assert!(ran.stderr.contains("run `onair new ./audio/take.mp3`"), "{}", ran.stderr);
    let ran = show.onair(&["new", "audio/take.mp3"]);
    assert!(
        ran.stderr.contains("episodes/episode_002.md names take.mp3 already"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_new_episode_says_what_its_mp3_holds() {
    let show = TestShow::new();
    let chapters = "chapters:\n  - { start: \"00:00:00\", title: \"Ebb\" }\n  - { start: \"00:00:01.500\", title: \"Flood: a word\", url: \"https://a.example/flood\" }\n  - { start: \"00:00:03\", title: \"Slack\" }";
    show.with_audio(1, 200, &[chapters, "title: \"The tide\""]);
    assert_eq!(show.onair(&["tag", "1"]).code, 0);
    std::fs::rename(show.path("audio/001.mp3"), show.path("042.mp3")).unwrap();
    let ran = show.onair(&["new", "042.mp3"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let text = show.read("episodes/episode_042.md");
    for line in [
        "title: \"The tide\"",
        "episode: 42",
        "  - start: \"00:01.500\"",
        "    title: \"Flood: a word\"",
        "    url: \"https://a.example/flood\"",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} in\n{text}");
    }
    std::fs::remove_file(show.path("episodes/episode_001.md")).unwrap();
    let ran = show.onair(&["check"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
}

/// Days a week apart, the last of them long ago: the slot is the next Friday at seven.
fn weekly(show: &TestShow, count: u32) {
    for number in 1..=count {
        let day =
            jiff::civil::date(2021, 1, 1).checked_add(jiff::Span::new().weeks(number)).unwrap();
        show.with_audio(number, 40 + number as usize, &[&format!("date: {day} 07:00:00 +0100")]);
    }
}

fn line<'a>(text: &'a str, key: &str) -> &'a str {
    let start = format!("{key}: ");
    text.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default()
}

#[test]
fn a_name_that_makes_no_address_gets_a_good_one() {
    let show = TestShow::new();
    fs::write(show.path("My Episode (final) v2.mp3"), audio(1, 50)).unwrap();
    let ran = show.onair(&["new", "My Episode (final) v2.mp3", "--date", "2026-03-06 07:00"]);
    insta::assert_snapshot!("new_odd_name", ran.said());
    insta::assert_snapshot!("new_odd_name_file", show.read("episodes/episode_001.md"));
    let ran = show.onair(&["check"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    // In the audio folder it is renamed, and no copy is left behind.
    fs::write(show.path("audio/Été.mp3"), audio(2, 50)).unwrap();
    let ran = show.onair(&["new", "audio/Été.mp3", "--as", "ete"]);
    assert!(ran.stdout.contains("Renamed audio/Été.mp3 to audio/ete.mp3"), "{}", ran.said());
    assert!(show.path("audio/ete.mp3").exists() && !show.path("audio/Été.mp3").exists());
    // What is refused has copied nothing.
    fs::write(show.path("a b.mp3"), audio(3, 50)).unwrap();
    let ran = show.onair(&["new", "a b.mp3", "--as", "a b"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--as `a b`: a space does not belong"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(show.path("audio")).unwrap().count(), 2);
}

#[test]
fn a_name_is_one_that_the_checks_accept() {
    let show = TestShow::new();
    for number in 1..=4 {
        show.with_audio(number, 40 + number as usize, &[]);
        let path = format!("episodes/episode_00{number}.md");
        let named =
            show.read(&path).replace(&format!("00{number}.mp3"), &format!("tide-{number}.mp3"));
        show.write(&path, &named);
        fs::rename(
            show.path(&format!("audio/00{number}.mp3")),
            show.path(&format!("audio/tide-{number}.mp3")),
        )
        .unwrap();
    }
    fs::write(show.path("My Episode (final) 2.mp3"), audio(20, 90)).unwrap();
    let ran = show.onair(&["new", "My Episode (final) 2.mp3"]);
    assert!(ran.stdout.contains("audio/tide-5.mp3"), "{}", ran.said());
    // A version is no number.
    fs::write(show.path("harbour-v2.mp3"), audio(21, 95)).unwrap();
    let ran = show.onair(&["new", "harbour-v2.mp3"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let said = show.check();
    assert!(!said.contains("file-number"), "{said}");
    let path = "episodes/episode_003.md";
    show.write(path, &show.read(path).replace("episode: 3", "episode: 30"));
    assert!(show.check().contains("the MP3's name says 3, the episode's number is 30"));
}

#[test]
fn number_and_slot_follow_the_show() {
    let show = TestShow::new();
    weekly(&show, 9);
    fs::write(show.path("take.mp3"), audio(20, 90)).unwrap();
    let ran = show.onair(&["new", "take.mp3"]);
    let text = show.read("episodes/episode_010.md");
    assert!(ran.stdout.contains("07:00 (the show's next slot)"), "{}", ran.said());
    let date: jiff::civil::DateTime = line(&text, "date")[..19].parse().unwrap();
    assert_eq!((date.weekday(), date.hour()), (jiff::civil::Weekday::Friday, 7));
    // The name of the file says more than the order.
    fs::write(show.path("audio/109.mp3"), audio(21, 95)).unwrap();
    assert_eq!(show.onair(&["new", "audio/109.mp3", "--date", "2026-01-02"]).code, 0);
    assert_eq!(line(&show.read("episodes/episode_109.md"), "episode"), "109");
    let empty = TestShow::new();
    fs::write(empty.path("audio/109.mp3"), audio(22, 95)).unwrap();
    assert_eq!(empty.onair(&["new", "109.mp3"]).code, 0, "by its name alone");
    assert!(empty.path("episodes/episode_109.md").exists());
}

#[test]
fn a_season_begins_with_the_number_that_its_mp3_says() {
    let show = TestShow::new();
    for number in 1..=4 {
        show.with_audio(number, 40 + number as usize, &[]);
    }
    let made = |name: &str, seed: usize, more: &[&str]| {
        fs::write(show.path(&format!("audio/{name}")), audio(20, 90 + seed)).unwrap();
        let path = format!("audio/{name}");
        let ran = show.onair(&[&["new", &path, "--date", "2026-01-02 07:00"], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.said());
    };
    let numbers = |path: &str| {
        let text = show.read(path);
        format!("{} {}", line(&text, "season"), line(&text, "episode"))
    };
    // The name of the file is another's, of no season.
    made("s2e1.mp3", 1, &["--episode", "1"]);
    assert_eq!(numbers("episodes/s2e1.md"), "2 1");
    made("s2e2.mp3", 2, &[]);
    assert_eq!(numbers("episodes/s2e2.md"), "2 2");
    made("harbour.mp3", 3, &[]);
    assert_eq!(numbers("episodes/s2e3.md"), "2 3");
    made("s3e2.mp3", 4, &[]);
    assert_eq!(numbers("episodes/s3e2.md"), "3 2");
    made("light.mp3", 5, &["--season", "4"]);
    assert_eq!(numbers("episodes/s4e1.md"), "4 1");
    let said = show.check();
    assert!(!said.contains("source-number"), "{said}");
    fs::write(show.path("audio/ebb.mp3"), audio(20, 99)).unwrap();
    let ran = show.onair(&["new", "audio/ebb.mp3", "--season", "2", "--episode", "1"]);
    assert!(ran.stderr.contains("episodes/s2e1.md is there already"), "{}", ran.said());
    // A show that counts on.
    let show = TestShow::new();
    show.with_audio(1, 40, &["season: 1"]);
    show.with_audio(2, 41, &["season: 2"]);
    fs::write(show.path("audio/tide.mp3"), audio(20, 90)).unwrap();
    let ran = show.onair(&["new", "audio/tide.mp3", "--season", "3"]);
    let text = show.read("episodes/episode_003.md");
    assert_eq!((line(&text, "season"), line(&text, "episode")), ("3", "3"), "{}", ran.said());
}

#[test]
fn what_lies_beside_an_mp3_is_taken() {
    let show = TestShow::new();
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    put("012.mp3", &audio(1, 400));
    put("012.chapters.txt", b"00:00:00.000 Ebb\n00:00:05.000 Flood\n");
    put("012.vtt", b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n");
    put("012.srt", b"1\n00:00:00,000 --> 00:00:02,000\nHello.\n");
    put("012.json", br#"{"metadata": {"subtitle": "Of Auphonic"}, "chapters": []}"#);
    put("013.vtt", b"WEBVTT\n\n00:00.000 --> 00:02.000\nAnother's.\n");
    let mp3 = folder.path().join("012.mp3");
    let ran =
        show.onair(&["new", mp3.to_str().unwrap(), "--date", "2026-03-06", "--title", "Tide"]);
    let said = ran.said().replace(folder.path().to_str().unwrap(), "[FOLDER]");
    insta::assert_snapshot!("new_beside", said);
    let text = show.read("episodes/episode_012.md");
    assert_eq!(line(&text, "chapters"), "chapters/012.txt");
    assert_eq!(line(&text, "transcript"), "transcripts/012.vtt");
    assert_eq!(line(&text, "subtitle"), "\"Of Auphonic\"");
    assert_eq!(show.onair(&["check"]).code, 0, "{}", show.check());
    // What cannot be read is said, and left alone.
    put("014.mp3", &audio(2, 400));
    put("014-chapters.json", b"{\"chapters\": [{\"startTime\": \"x\"}]}");
    let mp3 = folder.path().join("014.mp3");
    let ran = show.onair(&["new", mp3.to_str().unwrap(), "--date", "2026-03-13"]);
    assert!(ran.stdout.contains("014-chapters.json was left alone: "), "{}", ran.said());
    assert_eq!(line(&show.read("episodes/episode_014.md"), "chapters"), "");
}

#[test]
fn what_is_no_mp3_is_said_with_the_way_on() {
    let show = TestShow::new();
    show.with_audio(1, 40, &[]);
    let wav = [b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".as_slice(), &[0; 64]].concat();
    fs::write(show.path("my take.wav"), wav).unwrap();
    fs::write(show.path("take.m4a"), b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0").unwrap();
    fs::write(show.path("page.mp3"), "<!doctype html><p>Log in").unwrap();
    fs::create_dir(show.path("takes")).unwrap();
    fs::write(show.path("takes/a b.mp3"), audio(2, 40)).unwrap();
    fs::create_dir(show.path("none")).unwrap();
    let mut said = String::new();
    for file in ["my take.wav", "take.m4a", "page.mp3", "takes", "none", "nothing.mp3"] {
        let ran = show.onair(&["new", file]);
        assert_eq!(ran.code, 2, "{file}");
        said.push_str(&ran.stderr);
    }
    let ran = show.onair(&["new", "takes/a b.mp3", "--edit"]);
    said.push_str(&ran.stderr);
    insta::assert_snapshot!("new_refused", said);
    assert_eq!(fs::read_dir(show.path("episodes")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(show.path("audio")).unwrap().count(), 1);
}

#[test]
fn the_editor_opens_what_was_made() {
    let show = TestShow::new();
    fs::write(show.path("007.mp3"), audio(1, 40)).unwrap();
    let ran =
        show.onair_in(&["new", "007.mp3", "--edit"], &[("EDITOR", "sed -i s/007.mp3/edited/")]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert_eq!(line(&show.read("episodes/episode_007.md"), "file"), "edited");
}

/// A frame of ID3v2.3.
fn frame(id: &str, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [id.as_bytes(), &length, &[0, 0], body].concat()
}

#[test]
fn chapters_keep_their_pictures_and_those_without_a_title_are_named() {
    let show = TestShow::new();
    let png = fs::read(show.path("img/artwork.png")).unwrap();
    let picture = frame("APIC", &[b"\0image/png\0\0\0", &png[..]].concat());
    let chapter = |start: u32, frames: &[Vec<u8>]| {
        let times = [start, start + 1000, u32::MAX, u32::MAX].map(u32::to_be_bytes).concat();
        frame("CHAP", &[format!("c{start}\0").as_bytes(), &times, &frames.concat()].concat())
    };
    let title = |title: &str| frame("TIT2", format!("\0{title}").as_bytes());
    let tag = [
        chapter(0, &[title("Ebb")]),
        chapter(1000, &[title("Flood"), picture.clone()]),
        chapter(2000, std::slice::from_ref(&picture)),
        chapter(3000, &[title("Slack"), picture.clone()]),
    ]
    .concat();
    let tag = onair::audio::testing::id3v2_of(3, 0, &tag);
    fs::write(show.path("007.mp3"), [tag, audio(1, 200)].concat()).unwrap();
    let ran = show.onair(&["new", "007.mp3", "--date", "2026-03-06"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(ran.stdout.contains("Chapters without a title are left out (1)"), "{}", ran.said());
    assert_eq!(ran.stdout.matches("Made img/007-2.png").count(), 1, "{}", ran.said());
    let text = show.read("episodes/episode_007.md");
    assert_eq!(text.matches("    image: img/007-2.png\n").count(), 2, "{text}");
    assert_eq!(text.matches("  - start: ").count(), 3, "{text}");
    assert_eq!(fs::read(show.path("img/007-2.png")).unwrap(), png);
    assert_eq!(show.onair(&["check"]).code, 0, "{}", show.check());
}
