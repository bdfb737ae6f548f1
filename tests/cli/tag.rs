//! `onair tag`: what it writes, what it leaves alone, and what it refuses.

use std::os::unix::fs::MetadataExt as _;

use super::show::{TestShow, audio};

fn two() -> TestShow {
    let show = TestShow::new();
    show.with_audio(1, 200, &[]);
    show.with_audio(2, 300, &[]);
    show
}

#[test]
fn a_tag_is_written_once_and_no_byte_of_the_audio_changes() {
    let show = two();
    let notes = |text: String| text.split_once("---\n\n").unwrap().1.to_owned();
    let before = show.read("episodes/episode_001.md");
    let ran = show.onair(&["tag", "--fix", "-v"]);
    insta::assert_snapshot!(ran.said());
    for (number, frames) in [(1, 200), (2, 300)] {
        let tagged = std::fs::read(show.path(&format!("audio/{number:03}.mp3"))).unwrap();
        assert!(tagged.starts_with(b"ID3\x03"));
        assert!(tagged.ends_with(&audio(number, frames)));
    }
    assert_eq!(show.onair(&["check", "--max-warnings", "0"]).code, 0);
    assert_eq!(notes(show.read("episodes/episode_001.md")), notes(before));

    let tree = (show.tree("audio"), show.tree("episodes"));
    let inode = std::fs::metadata(show.path("audio/001.mp3")).unwrap().ino();
    let again = show.onair(&["tag", "--fix", "-v"]);
    insta::assert_snapshot!(again.said());
    assert_eq!((show.tree("audio"), show.tree("episodes")), tree);
    assert_eq!(std::fs::metadata(show.path("audio/001.mp3")).unwrap().ino(), inode);
}

#[test]
fn fix_sets_the_size_that_the_tagged_file_has() {
    let show = two();
    show.write(
        "episodes/episode_002.md",
        &show
            .read("episodes/episode_002.md")
            .replace("duration: \"00:00:08\"", "duration: \"00:00:28\"   # about")
            .replace("size: ", "size: 1"),
    );
    let sizes = |show: &TestShow| {
        let file = std::fs::metadata(show.path("audio/002.mp3")).unwrap().len();
        (show.read("episodes/episode_002.md"), format!("\nsize: {file}\n"))
    };
    show.onair(&["tag", "2"]);
    let (text, size) = sizes(&show);
    assert!(!text.contains(&size), "without --fix the front matter stays");
    show.onair(&["tag", "2", "--fix"]);
    let (text, size) = sizes(&show);
    assert!(text.contains(&size), "{text}");
    assert!(text.contains("duration: \"00:00:08\"   # about"), "{text}");
    assert!(!std::fs::read(show.path("audio/001.mp3")).unwrap().starts_with(b"ID3"));
}

#[test]
fn a_size_that_is_not_set_beside_damaged_audio_is_named() {
    let show = two();
    let mut bytes = audio(1, 200);
    bytes[40_000..45_000].fill(0);
    show.audio(1, &bytes);
    let before = show.read("episodes/episode_001.md");
    let ran = show.onair(&["tag", "--fix"]);
    let said = "episodes/episode_001.md: `size` was not set";
    assert_eq!(ran.stdout.matches("was not set").count(), 1, "{}", ran.said());
    assert!(ran.stdout.contains(said), "{}", ran.said());
    assert_eq!(show.read("episodes/episode_001.md"), before);
}

#[test]
fn a_dry_run_shows_what_is_and_what_would_be() {
    let show = two();
    let old = onair::audio::testing::id3v2(3, b"An old title", 5);
    let v1 = [&b"TAG"[..], &[b'x'; 125]].concat();
    show.audio(1, &[&old[..], &audio(1, 200), &v1].concat());
    let before = show.tree("audio");
    let ran = show.onair(&["tag", "--dry-run", "--fix", "1"]);
    insta::assert_snapshot!(ran.said());
    assert_eq!(show.tree("audio"), before);
    let json = show.onair(&["tag", "--dry-run", "1", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["files"][0]["is"][0]["text"], "An old title");
    assert_eq!(json["files"][0]["wouldBe"][0]["text"], "Title two");
}

#[test]
fn no_chapters_takes_those_of_the_mp3_out_and_a_file_that_is_missing_does_not() {
    let show = two();
    let times = [0, 1000, u32::MAX, u32::MAX].map(u32::to_be_bytes).concat();
    let chapter = [b"CHAP\0\0\0\x12\0\0a\0", &times[..]].concat();
    let old = onair::audio::testing::id3v2_of(3, 0, &chapter);
    show.audio(1, &[&old[..], &audio(1, 200)].concat());
    for (chapters, out) in
        [("mood: good", false), ("chapters: gone.txt", false), ("chapters: []", true)]
    {
        show.episode(1, &[chapters]);
        let said = show.onair(&["tag", "--dry-run", "1"]).stdout;
        assert_eq!(said.contains("- CHAP a"), out, "{chapters}: {said}");
    }
}

#[test]
fn what_cannot_be_tagged_is_said_and_the_rest_is_done() {
    let show = two();
    show.episode(3, &[]);
    show.episode(4, &["file: 002.mp3"]);
    show.episode(5, &[]);
    show.audio(5, b"<!DOCTYPE html><title>404</title>");
    let ran = show.onair(&["tag"]);
    insta::assert_snapshot!(ran.said());
    assert_eq!(std::fs::read(show.path("audio/002.mp3")).unwrap(), audio(2, 300));
    let named = show.onair(&["tag", "3"]);
    assert_eq!((named.code, named.stderr.contains("there is no audio/003.mp3")), (1, true));
    assert_eq!(show.onair(&["tag", "9"]).code, 2);
}
