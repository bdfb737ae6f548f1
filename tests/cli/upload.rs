//! `onair upload`, and releases from a checkout that has no audio.

use std::fs;

use super::show::{TestShow, audio};

fn uploaded() -> TestShow {
    let show = TestShow::new();
    show.with_audio(1, 200, &[]);
    show.with_audio(2, 300, &[]);
    assert_eq!(show.onair(&["upload", "1", "2"]).code, 0);
    show
}

fn without_audio(show: &TestShow) {
    fs::remove_dir_all(show.path("audio")).unwrap();
}

#[test]
fn what_was_sent_ahead_is_released_without_any_audio() {
    let show = TestShow::new();
    show.with_audio(1, 200, &[]);
    show.with_audio(2, 300, &[]);
    insta::assert_snapshot!("dry", show.onair(&["upload", "2", "--dry-run"]).said());
    assert!(!show.path("public").exists(), "a dry run writes nothing");
    insta::assert_snapshot!("first", show.onair(&["upload", "2"]).said());
    let sent = show.tree("public");
    insta::assert_snapshot!("both", show.onair(&["upload", "1", "2", "-v"]).said());
    assert_eq!(show.tree("public")["public/media/002.mp3"], sent["public/media/002.mp3"]);
    assert!(sent["public/media/002.mp3"].ends_with(&audio(2, 300)));
    assert!(!show.path("public/podcasts/feed.xml").exists());

    without_audio(&show);
    let ran = show.onair(&["release", "-v"]);
    let proved: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("proved")).collect();
    insta::assert_snapshot!("release", proved.join("\n"));
    assert!(!ran.stdout.contains("/media/"), "{}", ran.said());
    let feed = show.read("public/podcasts/feed.xml");
    let length = sent["public/media/002.mp3"].len();
    assert!(feed.contains(&format!("/media/002.mp3\" length=\"{length}\"")), "{feed}");
    insta::assert_snapshot!("again", show.onair(&["release", "-v"]).outline());
}

/// A scheduled episode's MP3 stands where nobody guesses it, and is found there without any audio.
#[test]
fn what_is_sent_before_its_date_cannot_be_guessed() {
    let show = TestShow::new();
    show.with_audio(1, 200, &[]);
    show.with_audio(2, 300, &["date: 2039-02-02 07:00:00 +0100"]);
    assert_eq!(show.onair(&["release"]).code, 0);
    let names = || -> Vec<String> { show.tree("public/media").into_keys().collect() };
    assert_eq!(names(), ["public/media/001.mp3"]);
    assert_eq!(show.onair(&["upload", "2"]).code, 0);
    let [_, ahead] = &names()[..] else { panic!("{:?}", names()) };
    assert!(ahead.starts_with("public/media/002-"), "{ahead}");
    let again = show.onair(&["upload", "2"]);
    assert!(again.stdout.contains("is there already"), "{}", again.said());

    let due = [("ONAIR_NOW", "2039-03-01T00:00:00Z")];
    let at_hand = show.onair_in(&["release", "--dry-run"], &due);
    assert!(!at_hand.stdout.contains(".mp3"), "it is there: {}", at_hand.said());
    without_audio(&show);
    assert_eq!(show.onair(&["check"]).code, 0);
    let ran = show.onair_in(&["release"], &due);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let address = ahead.strip_prefix("public").unwrap();
    assert!(show.read("public/podcasts/feed.xml").contains(&format!("{address}\" length=")));
    assert_eq!(names().len(), 2);
}

#[test]
fn scheduled_audio_that_is_not_there_yet_is_a_warning() {
    let show = TestShow::new();
    show.with_audio(1, 200, &[]);
    show.episode(2, &["date: 2039-02-02 07:00:00 +0100"]);
    let early = show.onair(&["check"]);
    assert!(early.stdout.contains("warning[audio-missing]"), "{}", early.said());
    assert_eq!(show.onair(&["release"]).code, 0);
    let due = [("ONAIR_NOW", "2039-03-01T00:00:00Z")];
    let late = show.onair_in(&["release"], &due);
    assert!(late.stdout.contains("error[audio-missing]"), "{}", late.said());
    assert_eq!(late.code, 1);
}

#[test]
fn a_size_of_the_untagged_file_holds_without_it_once_it_is_recorded() {
    let show = TestShow::new();
    show.with_audio(1, 200, &[]);
    let untagged = audio(1, 200).len();
    show.episode(1, &[&format!("size: {untagged}"), "duration: \"00:00:05\""]);
    assert_eq!(show.onair(&["release"]).code, 0);
    without_audio(&show);
    let ran = show.onair(&["release"]);
    assert!(ran.stdout.starts_with("Nothing to do"), "{}", ran.said());
}

#[test]
fn audio_that_is_exported_again_goes_beside_what_was_sent() {
    let show = uploaded();
    let first = show.tree("public/media");
    show.audio(2, &audio(7, 310));
    show.fix(2);
    let ran = show.onair(&["upload", "2"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let mut second = show.tree("public/media");
    let beside = second.keys().find(|name| name.starts_with("public/media/002-")).unwrap().clone();
    assert!(second.remove(&beside).unwrap().ends_with(&audio(7, 310)));
    assert_eq!(second, first, "what was sent stays as it is");

    without_audio(&show);
    let ran = show.onair(&["release", "-v"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(show.read("public/podcasts/feed.xml").contains(&beside["public/".len()..]));
}

#[test]
fn a_title_that_changes_after_the_upload_stands_in_the_tag_that_is_published() {
    let show = uploaded();
    let sent = show.tree("public/media");
    let text = show.read("episodes/episode_002.md").replace("Title three", "Another title");
    show.write("episodes/episode_002.md", &text);
    let ran = show.onair(&["release"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(!ran.stdout.contains("Tag:"), "{}", ran.said());
    let mut after = show.tree("public/media");
    let feed = show.read("public/podcasts/feed.xml");
    assert!(feed.contains("Another title") && feed.contains("/media/001.mp3\""), "{feed}");
    let second = after.keys().find(|name| name.starts_with("public/media/002-")).unwrap().clone();
    assert!(feed.contains(&second["public".len()..]), "{feed}");
    assert!(after.remove(&second).unwrap().ends_with(&audio(2, 300)));
    assert_eq!(after, sent, "what was sent stays as it is");
    assert!(show.onair(&["release"]).stdout.starts_with("Nothing to do"));
}

#[test]
fn without_audio_a_release_tells_what_is_old_in_a_tag_that_was_sent_ahead() {
    let show = uploaded();
    let path = "episodes/episode_002.md";
    let text = show.read(path).replace("Title three", "Another title");
    show.write(path, &(text + "\nMore notes.\n"));
    let away = show.path("away");
    fs::rename(show.path("audio"), &away).unwrap();
    let ran = show.onair(&["release", "--dry-run"]);
    let says = "Tag: the MP3 of episode 2 keeps the title and notes it was published with;";
    assert!(ran.stdout.contains(says), "{}", ran.said());
    // Sent ahead again, it has the tag of today, and that copy is taken.
    fs::rename(&away, show.path("audio")).unwrap();
    assert_eq!(show.onair(&["release", "--dry-run"]).code, 0);
    let again = show.onair(&["upload", "2"]);
    assert!(again.stdout.contains("Sent 1 file"), "{}", again.said());
    let again = show.onair(&["upload", "2"]);
    assert!(again.stdout.contains("is there already"), "{}", again.said());
    fs::rename(show.path("audio"), &away).unwrap();
    let ran = show.onair(&["release"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(!ran.stdout.contains("Tag:"), "{}", ran.said());
    assert!(show.read("public/podcasts/feed.xml").contains("/media/002-"));
}

#[test]
fn what_is_wrong_is_not_sent() {
    let show = TestShow::new();
    show.with_audio(1, 200, &[]);
    show.with_audio(2, 300, &[]);
    show.episode(3, &[]);
    show.episode(4, &["draft: true"]);
    let text = show.read("episodes/episode_001.md").replace("size: ", "size: 9");
    show.write("episodes/episode_001.md", &text);
    insta::assert_snapshot!("wrong_size", show.onair(&["upload", "1"]).said());
    insta::assert_snapshot!("absent", show.onair(&["upload", "3"]).said());
    insta::assert_snapshot!("draft", show.onair(&["upload", "4"]).said());
    assert!(!show.path("public").exists());
    // What is wrong elsewhere is for the release to say.
    assert_eq!(show.onair(&["upload", "2"]).code, 0);
    assert_eq!(show.onair(&["release"]).code, 1);
}

#[test]
fn a_pointer_of_git_lfs_is_proved_by_its_hash() {
    let show = TestShow::new();
    show.write(".gitattributes", "*.mp3 filter=lfs diff=lfs merge=lfs -text\n");
    show.with_audio(1, 200, &[]);
    show.with_audio(2, 300, &[]);
    assert_eq!(show.onair(&["release"]).code, 0);
    let pointer = |show: &TestShow, number: u32, bytes: &[u8]| {
        let (oid, size) = (onair::model::hash::Sha256::of(bytes), bytes.len());
        let version = "version https://git-lfs.github.com/spec/v1";
        show.audio(number, format!("{version}\noid sha256:{oid}\nsize {size}\n").as_bytes());
    };
    pointer(&show, 1, &audio(1, 200));
    let ran = show.onair(&["release", "-v"]);
    assert!(
        ran.stdout.contains(
            "episode_001.md: audio proved by its Git LFS pointer and the target's record"
        )
    );
    assert!(ran.stdout.contains("Nothing to do"), "{}", ran.said());
    pointer(&show, 1, &audio(9, 200));
    let ran = show.onair(&["release"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("a Git LFS pointer"), "{}", ran.said());
}
