//! `onair init` in an empty folder.

use std::fs;

use super::show::TestShow;

const ACTION: &str = "ann/onair/.github/actions/onair@0123456789abcdef0123456789abcdef01234567";

fn empty() -> TestShow {
    let show = TestShow::new();
    fs::remove_file(show.path("onair.toml")).unwrap();
    show
}

#[test]
fn a_new_show_lacks_nothing_but_its_artwork() {
    let show = empty();
    let ran = show.onair(&["init", "--title", "A \"new\" show", "--action", ACTION]);
    insta::assert_snapshot!("init", ran.said());
    let publish = show.read(".github/workflows/publish.yml");
    assert!(publish.contains(&format!("uses: {ACTION}\n")), "{publish}");
    let ran = show.onair(&["check", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let rules: Vec<_> =
        value["findings"].as_array().unwrap().iter().map(|it| &it["rule"]).collect();
    assert_eq!(rules, ["artwork"], "{}", ran.stdout);
}

#[test]
fn what_is_there_already_is_kept() {
    let show = empty();
    fs::create_dir_all(show.path(".github/workflows")).unwrap();
    show.write(".github/workflows/verify.yml", "mine");
    let ran = show.onair(&["init", "--action", ACTION]);
    assert!(ran.stdout.contains("Kept .github/workflows/verify.yml"), "{}", ran.said());
    assert_eq!(show.read(".github/workflows/verify.yml"), "mine");
    assert_eq!(show.onair(&["init"]).code, 2, "once is enough");
}

#[test]
fn an_action_that_somebody_could_move_is_refused() {
    let ran = empty().onair(&["init", "--action", "ann/onair/.github/actions/onair@main"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("all 40 digits of the commit"), "{}", ran.said());
}

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
