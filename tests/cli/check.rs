//! What went wrong in a real show over six years, case by case, as `onair check` tells it.

use super::show::{TestShow, audio, front_matter};

/// Five sound episodes, the third with these changes.
fn third(changes: &[&str]) -> String {
    let show = TestShow::without_audio();
    show.five_episodes();
    show.episode(3, changes);
    show.check()
}

macro_rules! case {
    ($name:ident, $said:expr) => {
        #[test]
        fn $name() {
            insta::assert_snapshot!($said);
        }
    };
}

case!(sound, third(&[]));
case!(typographic_quote_in_a_duration, third(&["duration: “00:28:03\""]));
case!(size_with_a_unit, third(&["size: 53857000 bytes"]));
case!(size_with_thin_spaces, third(&["size: 53\u{2009}857\u{2009}000"]));
case!(size_zero, third(&["size: 0"]));
case!(size_with_a_digit_lost, third(&["size: 5385700"]));
case!(size_copied_from_another_episode, third(&["size: 51905000"]));
case!(size_and_duration_of_different_cuts, third(&["duration: \"00:27:43\""]));
case!(size_and_duration_copied, third(&["size: 51905000", "duration: \"00:27:02\""]));
case!(file_of_another_episode, third(&["file: 002.mp3"]));
case!(file_999, third(&["file: 999.mp3"]));
case!(number_of_another_episode, third(&["episode: 2"]));
case!(date_with_a_slip_of_the_keyboard, third(&["date: 2021-02-03 &8:30:00 +0100"]));
case!(date_with_a_digit_missing, third(&["date: 2021-02-3"]));
case!(offset_with_the_wrong_sign, third(&["date: 2021-02-03 07:00:00 -0100"]));
case!(offset_of_summer_in_winter, third(&["date: 2021-02-03 07:00:00 +0200"]));
case!(year_of_another_episode, third(&["date: 2020-02-03 07:00:00 +0100"]));
case!(month_of_another_episode, third(&["date: 2021-03-03 07:00:00 +0100"]));
case!(guid_of_another_episode, third(&["guid: 002.mp3"]));
case!(misspelt_key, third(&["appleEpisodId: 1000564197449"]));
case!(title_that_repeats, third(&["title: \"#3 - Test Show: Title three\""]));
case!(html_in_a_path, third(&["file: ../../etc/passwd"]));
case!(transcript_missing, third(&["transcript: transcripts/003.vtt"]));
case!(pictures_missing, third(&["background: /img/gone.png", "social-background: img/gone.png"]));
case!(transcript_outside, third(&["transcript: ../../etc/passwd"]));

#[test]
fn the_same_apple_id_in_every_episode() {
    let show = TestShow::without_audio();
    (1..=3).for_each(|number| show.episode(number, &["appleEpisodeId: 1000564197449"]));
    insta::assert_snapshot!(show.check());
}

#[test]
fn no_opening_fence() {
    let show = TestShow::without_audio();
    show.five_episodes();
    show.write("episodes/episode_003.md", front_matter(3, &[]).trim_start_matches("---\n"));
    insta::assert_snapshot!(show.check());
}

#[test]
fn robust_reading() {
    let show = TestShow::without_audio();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(show.path(&format!("episodes/{name}.md")), bytes).unwrap()
    };
    file("bom_crlf", format!("\u{feff}{}", front_matter(1, &[]).replace('\n', "\r\n")).as_bytes());
    file("no_close", b"---\ntitle: a\n");
    file("tab", b"---\n\ttitle: a\n---\n");
    file("twice", b"---\ntitle: a\ntitle: b\n---\n");
    file("bomb", b"---\na: &a [x, x]\nb: [*a, *a]\n---\n");
    file("nul", b"---\ntitle: \0\n---\n");
    file("latin1", b"---\ntitle: caf\xe9\n---\n");
    file("utf16", b"\xff\xfe-\0-\0-\0\n\0");
    file("utf16-unmarked", b"\0-\0-\0-\0\n");
    file("large", format!("---\na: {}\n---\n", "x".repeat(10_000_000)).as_bytes());
    file("empty", b"");
    std::fs::create_dir(show.path("episodes/folder.md")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", show.path("episodes/out.md")).unwrap();
    std::os::unix::fs::symlink("gone", show.path("episodes/dangling.md")).unwrap();
    insta::assert_snapshot!(show.check());
}

#[test]
fn a_transcript_of_no_known_form() {
    let show = TestShow::without_audio();
    show.episode(1, &["transcript: 001.vtt"]);
    show.write("001.vtt", "Hello.\n");
    insta::assert_snapshot!(show.check());
}

#[test]
fn a_transcript_beside_its_episode_is_no_file_to_pass_over() {
    let show = TestShow::without_audio();
    show.episode(1, &["transcript: t.html"]);
    for name in ["t", "other"] {
        show.write(&format!("episodes/{name}.html"), "<cite>Ada</cite><p>Hello</p>");
    }
    let said = show.onair(&["check", "-v"]).said();
    assert!(said.contains("episodes/other.html") && !said.contains("episodes/t.html"), "{said}");
}

#[test]
fn a_transcript_without_milliseconds() {
    let show = TestShow::without_audio();
    show.episode(1, &["transcript: 001.srt"]);
    show.write("001.srt", "1\n00:00:00 --> 00:00:04\nHello.\n");
    insta::assert_snapshot!(show.check());
}

#[test]
fn links_to_files_that_nobody_gets() {
    let show = TestShow::without_audio();
    (1..=3).for_each(|number| show.episode(number, &[]));
    show.episode(2, &["draft: true"]);
    let path = "episodes/episode_003.md";
    let notes = "\n[a](episode_001.md#x) [b](episode_002.md) [c](episode_01.md) [d](../slides.pdf) [d](../slides.pdf)\n\
        [e](/audio/001.mp3) [f](/about/) [g](https://show.example/a.md) [h](img/gone.png) [i](#j)\n\
        [k](aws.sea.example/docs/) [l](www.sea.example) [m](ann@sea.example) [n](v1.2/x) [o](notes.pdf)\n\n\
        [j](/) [k](./) [l](/extra/) [m](../audio)\n";
    show.write(path, &(show.read(path) + notes));
    show.write("slides.pdf", "%PDF");
    show.write("audio/001.mp3", "");
    std::fs::create_dir(show.path("extra")).unwrap();
    insta::assert_snapshot!(show.check());
}

#[test]
fn settings_that_cannot_be() {
    let show = TestShow::new();
    show.write("onair.toml", &super::show::SETTINGS.replace("author", "autor"));
    let ran = show.onair(&["check"]);
    insta::assert_snapshot!(format!("{}{}exit code {}", ran.stdout, ran.stderr, ran.code));
    std::fs::remove_file(show.path("onair.toml")).unwrap();
    let ran = show.onair(&["check"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @r"
    error: there is no ./onair.toml
      help: run onair in the show's folder, name it with --show, or make one with `onair init`
    ");
}

#[test]
fn a_host_s_say() {
    let show = TestShow::with_rules(
        "audio-missing = \"off\"\nfile-number = \"warning\"\nnot-a-rule = \"off\"",
    );
    show.five_episodes();
    show.episode(3, &["file: 033.mp3", "date: 2021-02-03 07:00:00 +0200"]);
    let settings = show.read("onair.toml");
    show.write("onair.toml", &format!("{settings}\n[[allow]]\nrule = \"date-offset\"\nepisode = \"episode_003.md\"\nreason = \"recorded in Cairo\"\n\n[[allow]]\nrule = \"bit-rate\"\nepisode = \"episode_001.md\"\nreason = \"was so once\"\n"));
    insta::assert_snapshot!(show.check());
}

#[test]
fn what_is_wrong_with_an_mp3_can_be_accepted() {
    let show = TestShow::new();
    show.with_audio(1, 3000, &[]);
    let mut bytes = audio(1, 3000);
    bytes[40_000..45_000].fill(0);
    show.audio(1, &bytes);
    assert!(show.check().contains("audio-damaged"), "{}", show.check());
    let settings = show.read("onair.toml");
    show.write("onair.toml", &format!("{settings}\n[[allow]]\nrule = \"audio-damaged\"\nepisode = \"episode_001.md\"\nreason = \"meant\"\n"));
    let said = show.check();
    assert!(!said.contains("audio-damaged") && !said.contains("nothing to allow"), "{said}");
    // Elsewhere, where the MP3 is not.
    std::fs::remove_file(show.path("audio/001.mp3")).unwrap();
    assert!(!show.check().contains("nothing to allow"), "{}", show.check());
}

#[test]
fn one_episode_of_many() {
    let show = TestShow::new();
    show.five_episodes();
    let ran = show.onair(&["check", "3"]);
    assert!(
        ran.stdout.contains("audio/003.mp3") && !ran.stdout.contains("audio/002.mp3"),
        "{}",
        ran.stdout
    );
    assert_eq!(show.onair(&["check", "33"]).code, 2);
}

#[test]
fn too_many_warnings() {
    let show = TestShow::without_audio();
    show.episode(1, &["mood: good"]);
    assert_eq!(show.onair(&["check"]).code, 0);
    assert_eq!(show.onair(&["check", "--max-warnings", "1"]).code, 0);
    assert_eq!(show.onair(&["check", "--max-warnings", "0"]).code, 1);
}

#[test]
fn of_one_episode_its_audio_and_side_files_count() {
    let show = TestShow::new();
    show.with_audio(1, 3000, &[]);
    std::fs::create_dir(show.path("chapters")).unwrap();
    show.write("chapters/002.txt", "00:00 Start\n00:00 Start again\n");
    show.with_audio(2, 3000, &["chapters: chapters/002.txt"]);
    let mut bytes = audio(2, 3000);
    let middle = bytes.len() / 2;
    bytes[middle..middle + 5000].fill(0);
    show.audio(2, &bytes);
    let second = show.onair(&["check", "2"]);
    assert_eq!(second.code, 1, "{}", second.said());
    assert!(second.stdout.contains("--> audio/002.mp3"), "{}", second.said());
    assert!(second.stdout.contains("--> chapters/002.txt"), "{}", second.said());
    let first = show.onair(&["check", "1"]);
    assert_eq!(first.code, 0, "{}", first.said());
}
