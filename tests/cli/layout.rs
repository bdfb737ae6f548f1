//! Shows as other generators lay them out and write them.

use crate::show::{TestShow, audio};

/// An episode as a migration script wrote it: quoted keys, tags, a folder of its own.
const TAGGED: &str = r#"---
"layout": "episode"
"title": !!str "Harbour at noon"
"description": "About piece 4."
"episode": !!int "4"
"duration": "00:00:05"
"size": !!int "83500"
"file": "004.mp3"
"publication": "2022-04-01 07:00:00 +0200"
"author": "Ada"
"image": "cover.png"
"transcript": "talk.vtt"
"guests":
  - "name": "Noor Beacon"
    "link": "https://keepers.example/noor"
    "title": "lighthouse keeper"
"links":
  - "text": "The harbour"
    "link": "https://harbour.example"
---

Notes.
"#;

fn folder(show: &TestShow, path: &str) {
    std::fs::create_dir_all(show.path(path)).unwrap();
}

#[test]
fn a_show_of_another_dialect_is_checked_and_published() {
    let show = TestShow::new();
    (1..=3).for_each(|number| show.with_audio(number, 190 + number as usize * 7, &[]));
    folder(&show, "episodes/004");
    show.audio(4, &audio(4, 200));
    show.write("episodes/004/index.md", TAGGED);
    show.write("episodes/004/talk.vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n");
    std::fs::copy(show.path("img/artwork.png"), show.path("episodes/004/cover.png")).unwrap();
    show.fix(4);
    let fixed = show.read("episodes/004/index.md");
    assert!(fixed.contains("\"size\": !!int \""), "the tag stays: {fixed}");
    let checked = show.onair(&["check", "--format", "json"]);
    assert_eq!(checked.code, 0, "{}", checked.stdout);
    assert!(!checked.stdout.contains("episodes/004"), "{}", checked.stdout);
    let released = show.onair(&["release"]);
    assert_eq!(released.code, 0, "{}{}", released.stdout, released.stderr);
    let files = show.tree("public");
    let feed = files.iter().find(|(path, _)| path.ends_with("podcasts/feed.xml")).unwrap().1;
    let feed = String::from_utf8_lossy(feed);
    assert!(feed.contains("Harbour at noon") && feed.contains("/004.mp3"), "{feed}");
    assert!(feed.contains("Noor Beacon") && feed.contains("podcast:transcript"), "{feed}");
    let page = files.keys().find(|path| path.ends_with("podcasts/004/index.html"));
    assert!(page.is_some(), "{:?}", files.keys());
    assert!(files.keys().any(|path| path.contains("episodes/004/cover-")), "{:?}", files.keys());
}

#[test]
fn files_that_are_no_episodes_are_said_once() {
    let show = TestShow::without_audio();
    show.five_episodes();
    show.write("episodes/notes.md", "# To do\n\nCall Noor.\n");
    show.write("episodes/list.html", "---\nlayout: default\n---\n{% for post in site.posts %}\n");
    show.write("episodes/episode_006", &show.read("episodes/episode_005.md"));
    folder(&show, "episodes/2026");
    for (from, to) in [("001", "2026/ep.MD"), ("002", "2026/ep2.markdown")] {
        let text = show.read(&format!("episodes/episode_{from}.md"));
        std::fs::remove_file(show.path(&format!("episodes/episode_{from}.md"))).unwrap();
        show.write(&format!("episodes/{to}"), &text);
    }
    insta::assert_snapshot!(show.onair(&["check", "-v"]).said());
}

#[test]
fn what_another_generator_holds_back_is_not_published() {
    let show = TestShow::new();
    (1..=3).for_each(|number| show.with_audio(number, 190 + number as usize * 7, &[]));
    let text = show.read("episodes/episode_003.md");
    show.write("episodes/episode_003.md", &text.replacen("---\n", "---\npublished: false\n", 1));
    let released = show.onair(&["release"]);
    assert_eq!(released.code, 0, "{}{}", released.stdout, released.stderr);
    assert!(!show.tree("public").keys().any(|path| path.contains("003")));
}

#[test]
fn a_broken_file_is_found_by_its_number() {
    let show = TestShow::without_audio();
    show.five_episodes();
    let text = show.read("episodes/episode_003.md");
    show.write("episodes/episode_003.md", &text.replacen("title:", "title: a: b", 1));
    let ran = show.onair(&["check", "3"]);
    assert!(
        ran.code == 1 && ran.stdout.contains("error[front-matter]"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    let ran = show.onair(&["check", "episode_003"]);
    assert!(
        ran.code == 1 && ran.stdout.contains("error[front-matter]"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    assert_eq!(show.onair(&["check", "4"]).code, 0);
}

#[test]
fn findings_that_repeat_are_counted() {
    let show = TestShow::without_audio();
    (1..=9).for_each(|number| show.episode(number, &["mood: blue"]));
    let ran = show.onair(&["check"]);
    assert_eq!(ran.stdout.matches("warning[unknown-key]").count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("and 6 more like it (`--all` shows them)"), "{}", ran.stdout);
    let all = show.onair(&["check", "--all"]);
    assert_eq!(all.stdout.matches("warning[unknown-key]").count(), 9, "{}", all.stdout);
    let json = show.onair(&["check", "--format", "json"]);
    assert_eq!(json.stdout.matches("\"unknown-key\"").count(), 9, "{}", json.stdout);
}
