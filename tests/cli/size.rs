//! `size` is a fact: no move of a host's that leaves the MP3 alone changes what is said of it.

use std::fs;

use super::show::{SETTINGS, TestShow, audio};

/// Published, with the size that the file has.
fn published() -> TestShow {
    let show = TestShow::new();
    show.with_audio(1, 200, &[]);
    show.with_audio(2, 300, &[]);
    assert_eq!(show.onair(&["release"]).code, 0);
    show
}

/// All that judge the show say that its sizes are right.
#[track_caller]
fn all_agree(show: &TestShow) {
    let audio = show.path("audio");
    for there in [true, false] {
        if !there {
            fs::rename(&audio, show.path("elsewhere")).unwrap();
        }
        for command in [&["check"][..], &["check", "--fix", "--dry-run"], &["release", "--dry-run"]]
        {
            let ran = show.onair(command);
            let found = ran.stdout.contains("audio-") || ran.stdout.contains("+size:");
            assert!(ran.code == 0 && !found, "{command:?}, audio {there}: {}", ran.said());
        }
    }
    fs::rename(show.path("elsewhere"), &audio).unwrap();
}

#[test]
fn another_cover_changes_no_verdict() {
    let show = published();
    let mut cover = fs::read(show.path("img/artwork.png")).unwrap();
    cover.extend([7; 9000]);
    fs::write(show.path("img/artwork.png"), cover).unwrap();
    all_agree(&show);
}

#[test]
fn texts_chapters_and_tag_settings_change_no_verdict() {
    let show = published();
    let text = show.read("episodes/episode_002.md");
    let notes = "Notes that are longer than a padded tag has room for. ".repeat(200);
    let chapters = "chapters:\n  - { start: \"00:00:00\", title: \"Start\" }\n---\n\n";
    let longer = text.replace("---\n\nNotes.", &format!("{chapters}{notes}"));
    assert_ne!(text, longer);
    show.write("episodes/episode_002.md", &longer);
    all_agree(&show);
    show.write("onair.toml", &format!("{SETTINGS}\n[tags]\nversion = \"2.4\"\n"));
    all_agree(&show);
}

#[test]
fn a_new_episode_checks_clean_whatever_its_host_then_writes() {
    let show = TestShow::new();
    let recording = show.path("take.mp3");
    fs::write(&recording, audio(1, 200)).unwrap();
    assert_eq!(show.onair(&["new", "take.mp3"]).code, 0);
    let text = show.read("episodes/episode_001.md");
    assert!(text.contains(&format!("\nsize: {}\n", audio(1, 200).len())), "{text}");
    let written = text.replace("Notes, in Markdown.", &"The notes of it. ".repeat(500));
    show.write("episodes/episode_001.md", &written);
    let ran = show.onair(&["check"]);
    assert!(ran.code == 0 && !ran.stdout.contains("audio-size"), "{}", ran.said());
}

#[test]
fn the_length_that_was_published_is_right_too() {
    let show = published();
    let length = show.tree("public")["public/media/002.mp3"].len();
    let text = show.read("episodes/episode_002.md");
    let size = format!("size: {}", audio(2, 300).len());
    assert!(text.contains(&size));
    show.write("episodes/episode_002.md", &text.replace(&size, &format!("size: {length}")));
    all_agree(&show);
    // Of other audio it is not.
    show.audio(2, &audio(9, 300));
    let ran = show.onair(&["check"]);
    assert!(ran.code == 1 && ran.stdout.contains("audio-size"), "{}", ran.said());
}
