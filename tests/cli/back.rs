//! `onair rollback`, `onair prune` and `onair doctor` on a folder.

use super::bucket::NOW;
use super::show::TestShow;

/// Two releases: two episodes, then a third one and other audio for the second.
fn two_releases() -> TestShow {
    let show = TestShow::new();
    (1..=2).for_each(|number| show.with_audio(number, 150 + 10 * number as usize, &[]));
    assert_eq!(show.onair(&["release", "--now", NOW]).code, 0);
    show.with_audio(3, 190, &[]);
    show.with_audio(2, 300, &[]);
    let ran = show.onair(&["release", "--now", NOW, "--allow", "audio-change:2"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    show
}

fn feed(show: &TestShow) -> String {
    show.read("public/podcasts/feed.xml")
}

/// Times and makers differ from run to run.
fn steady(text: &str) -> String {
    let lines = text.lines().map(|line| match (line.find(" (20"), line.rfind(", ")) {
        (Some(from), Some(to)) if line.contains("release ") => {
            format!("{} ([WHEN], [WHO]{}", &line[..from], &line[to..])
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_rollback_puts_an_earlier_feed_back() {
    let show = two_releases();
    let second = feed(&show);
    insta::assert_snapshot!("list", steady(&show.onair(&["rollback", "--list"]).said()));
    let dry = show.onair(&["rollback", "--dry-run"]);
    assert_eq!(feed(&show), second, "a dry run changes nothing");
    insta::assert_snapshot!("rollback_dry", steady(&dry.outline()));
    insta::assert_snapshot!("rollback", steady(&show.onair(&["rollback"]).outline()));
    assert!(!feed(&show).contains("003.mp3"));
    assert!(show.path("public/media/003.mp3").exists(), "a rollback deletes nothing");
    let again = show.onair(&["rollback", "1"]);
    assert!(again.stdout.contains("Nothing to do"), "{}", again.said());
    let forth = show.onair(&["rollback", "2", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&forth.stdout).unwrap();
    assert_eq!((&json["command"], &json["release"]), (&"rollback".into(), &4.into()));
    assert_eq!(feed(&show), second);
    let none = show.onair(&["rollback", "9"]);
    assert_eq!(none.code, 2);
    insta::assert_snapshot!("rollback_none", none.stderr);
    let listed = show.onair(&["rollback", "--list", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(json["releases"].as_array().unwrap().len(), 4);
    assert_eq!(
        (&json["releases"][0]["number"], &json["releases"][0]["current"]),
        (&4.into(), &true.into())
    );
}

#[test]
fn there_is_no_way_back_from_the_first_release() {
    let show = TestShow::new();
    show.with_audio(1, 150, &[]);
    let nothing = show.onair(&["rollback"]);
    assert_eq!(nothing.code, 2, "{}", nothing.said());
    assert_eq!(show.onair(&["release", "--now", NOW]).code, 0);
    insta::assert_snapshot!("rollback_first", show.onair(&["rollback"]).said());
}

#[test]
fn a_prune_shows_first_and_removes_only_when_told() {
    let show = two_releases();
    let before = show.tree("public");
    insta::assert_snapshot!("prune_nothing", show.onair(&["prune"]).said());
    let arguments = ["prune", "--keep", "1"];
    insta::assert_snapshot!("prune_shown", show.onair(&arguments).outline());
    assert_eq!(show.tree("public"), before, "nobody said yes");
    for number in 1..=4 {
        show.write(&format!("public/media/stray-{number}.mp3"), "");
    }
    let ran = show.onair(&arguments);
    assert!(ran.stdout.contains("4 objects that no release has named"), "{}", ran.said());
    assert!(ran.stdout.contains("  media/stray-3.mp3"), "{}", ran.said());
    assert!(ran.stdout.contains("  and 1 more: -v names them"), "{}", ran.said());
    let ran = show.onair(&[&arguments[..], &["-v"]].concat());
    assert!(ran.stdout.contains("  media/stray-4.mp3"), "{}", ran.said());
    let few = show.onair(&["prune", "--keep", "1", "--yes", "--most", "0"]);
    assert_eq!(few.code, 4, "{}", few.said());
    insta::assert_snapshot!("prune_too_many", few.stderr);
    assert!(show.path("public/media/002.mp3").exists());
    let ran = show.onair(&["prune", "--keep", "1", "--yes", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&json["removed"], &json["kept"]), (&true.into(), &serde_json::json!([2])));
    assert_eq!(json["objects"][0]["key"], "media/002.mp3");
    assert_eq!(json["unknown_objects"][3]["key"], "media/stray-4.mp3");
    assert!(!show.path("public/media/002.mp3").exists());
    assert_eq!(show.onair(&["release", "--now", NOW]).stdout.lines().count(), 1);
    insta::assert_snapshot!("prune_nothing_there", TestShow::new().onair(&["prune"]).said());
}

#[test]
fn the_doctor_examines_a_folder() {
    let show = TestShow::new();
    let settings = show.read("onair.toml").replace("https://show.example", "http://127.0.0.1:1");
    show.write("onair.toml", &settings);
    show.with_audio(1, 150, &[]);
    insta::assert_snapshot!("doctor_no_folder", show.onair(&["doctor"]).said());
    assert!(!show.path("public").exists(), "it makes nothing");
    assert_eq!(show.onair(&["release", "--now", NOW]).code, 0);
    let before = show.tree("public");
    insta::assert_snapshot!("doctor_folder", show.onair(&["doctor"]).said());
    assert_eq!(show.tree("public"), before, "nothing is left behind");
    show.write("file", "");
    let ran = show.onair(&["doctor", "--target", "file"]);
    assert_eq!(ran.code, 3);
    insta::assert_snapshot!("doctor_file", ran.said());
}
