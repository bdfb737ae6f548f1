//! The forms that programs read.

use super::show::TestShow;

fn faulty() -> TestShow {
    let show = TestShow::without_audio();
    show.five_episodes();
    show.episode(3, &["size: 53857000 bytes", "title: \"é%\\n::error::forged,a:b\"", "mood: x"]);
    show
}

#[test]
fn json() {
    let ran = faulty().onair(&["check", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    insta::assert_snapshot!(format!("{value:#}"));
    assert!(ran.stderr.is_empty());
}

#[test]
fn github() {
    let ran = faulty().onair(&["check", "--format", "github"]);
    insta::assert_snapshot!(ran.stdout);
    assert!(
        ran.stdout.lines().all(|line| line.starts_with("::")),
        "no line of its own from a title"
    );
}

#[test]
fn sarif() {
    let ran = faulty().onair(&["check", "--format", "sarif"]);
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(value["version"], "2.1.0");
    insta::assert_snapshot!(format!("{:#}", value["runs"][0]["results"]));
}

#[test]
fn explain() {
    let show = TestShow::new();
    insta::assert_snapshot!(show.onair(&["explain", "audio-size"]).stdout);
    let ran = show.onair(&["explain", "audio-siez"]);
    assert_eq!((ran.code, ran.stderr.contains("did you mean `audio-size`?")), (2, true));
}
