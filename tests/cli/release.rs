//! `onair release` to a folder, from the first to the last.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::show::{TestShow, audio};

/// After every episode's date.
const NOW: &str = "2021-03-01T00:00:00Z";

fn three() -> TestShow {
    let show = TestShow::new();
    (1..=3).for_each(|number| show.with_audio(number, 150 + 10 * number as usize, &[]));
    show
}

fn published() -> TestShow {
    let show = three();
    assert_eq!(show.onair(&["release", "--now", NOW]).code, 0);
    show
}

/// What is for listeners: onair's own records hold the time of day.
fn public(show: &TestShow) -> BTreeMap<String, Vec<u8>> {
    let mut tree = show.tree("public");
    tree.retain(|name, _| !name.starts_with("public/.onair/"));
    tree
}

/// The names of what differs, each with `+`, `-` or `~`.
fn changes(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let marked = names.into_iter().filter_map(|name| match (before.get(name), after.get(name)) {
        (Some(old), Some(new)) if old == new => None,
        (Some(_), Some(_)) => Some(format!("~ {name}")),
        (None, _) => Some(format!("+ {name}")),
        (_, None) => Some(format!("- {name}")),
    });
    marked.collect()
}

fn edit(show: &TestShow, number: u32, from: &str, to: &str) {
    let path = format!("episodes/episode_{number:03}.md");
    let text = show.read(&path);
    assert!(text.contains(from));
    show.write(&path, &text.replace(from, to));
}

#[test]
fn the_first_release_and_then_nothing_to_do() {
    let show = three();
    insta::assert_snapshot!(
        "dry_run",
        show.onair(&["release", "--dry-run", "--now", NOW]).outline()
    );
    assert!(!show.path("public").exists(), "a dry run writes nothing");
    insta::assert_snapshot!("first", show.onair(&["release", "--now", NOW]).outline());
    for number in 1..=3 {
        let media = fs::read(show.path(&format!("public/media/{number:03}.mp3"))).unwrap();
        assert!(media.starts_with(b"ID3"));
        assert!(media.ends_with(&audio(number, 150 + 10 * number as usize)));
        let host = fs::read(show.path(&format!("audio/{number:03}.mp3"))).unwrap();
        assert_eq!(host, audio(number, 150 + 10 * number as usize), "the host's file is untouched");
    }
    let before = show.tree("public");
    insta::assert_snapshot!("nothing", show.onair(&["release", "--now", NOW]).outline());
    assert_eq!(show.tree("public"), before);
}

#[test]
fn the_json_of_a_release() {
    let show = three();
    let json = |arguments: &[&str]| -> serde_json::Value {
        let ran = show.onair(&[&["release", "--format", "json", "--now", NOW], arguments].concat());
        serde_json::from_str(&ran.stdout).unwrap()
    };
    let (dry, first, nothing) = (json(&["--dry-run"]), json(&[]), json(&[]));
    assert_eq!((&dry["dryRun"], &dry["release"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(dry["steps"][0]["kind"], "audio");
    assert_eq!(dry["steps"], first["steps"], "a dry run shows what is then done");
    assert_eq!(
        (&first["release"], &first["sent"]),
        (&1.into(), &first["steps"].as_array().unwrap().len().into())
    );
    assert_eq!(
        (&nothing["release"], &nothing["steps"]),
        (&serde_json::Value::Null, &serde_json::json!([]))
    );
    edit(&show, 2, "\nfile:", "\nguid: other\nfile:");
    let refused = json(&[]);
    assert_eq!(refused["guards"][0]["kind"], "guid-changed");
    assert_eq!(refused["guards"][0]["allow"], "guid-change:2");
}

#[test]
fn an_edited_page_and_a_new_episode_send_no_audio_again() {
    let show = published();
    let before = public(&show);
    edit(&show, 2, "\nNotes.", "\nOther notes.");
    insta::assert_snapshot!("edited", show.onair(&["release", "--now", NOW]).outline());
    let after = public(&show);
    insta::assert_snapshot!("edited_files", changes(&before, &after).join("\n"));

    show.with_audio(4, 190, &[]);
    insta::assert_snapshot!("new", show.onair(&["release", "--now", NOW]).outline());
    let media = |tree: &BTreeMap<String, Vec<u8>>| -> Vec<String> {
        tree.keys().filter(|name| name.contains("/media/")).cloned().collect()
    };
    assert_eq!(media(&public(&show)).len(), media(&after).len() + 1);
}

#[test]
fn a_scheduled_episode_comes_due() {
    let show = three();
    let early = "2021-02-02T12:00:00Z";
    let ran = show.onair(&["release", "--now", early]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(!show.read("public/podcasts/feed.xml").contains("003.mp3"));
    assert!(!show.path("public/media/003.mp3").exists(), "nothing of it is public");
    let ran = show.onair(&["release", "--now", early]);
    assert!(ran.stdout.starts_with("Nothing to do"), "{}", ran.said());
    insta::assert_snapshot!("due", show.onair(&["release", "--now", NOW]).outline());
    assert!(show.read("public/podcasts/feed.xml").contains("003.mp3"));
}

#[test]
fn the_same_show_gives_the_same_bytes() {
    assert_eq!(public(&published()), public(&published()));
}

/// Refused, with the target as it was; then done, with what permits it.
fn guarded(show: &TestShow, allow: &[&str]) -> String {
    let before = show.tree("public");
    let refused = show.onair(&["release", "--now", NOW]);
    assert_eq!(refused.code, 4, "{}", refused.said());
    assert_eq!(show.tree("public"), before, "a refusal writes nothing");
    let mut arguments = vec!["release", "--now", NOW];
    allow.iter().for_each(|allow| arguments.extend(["--allow", allow]));
    let ran = show.onair(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.said());
    refused.said()
}

#[test]
fn a_published_guid_is_guarded() {
    let show = published();
    edit(&show, 2, "\nfile:", "\nguid: other\nfile:");
    insta::assert_snapshot!(guarded(&show, &["guid-change:2"]));
}

#[test]
fn published_audio_is_guarded_and_its_bytes_stay() {
    let show = published();
    let before = public(&show);
    show.audio(2, &audio(8, 200));
    show.fix(2);
    insta::assert_snapshot!(guarded(&show, &["audio-change:2"]));
    let after = public(&show);
    assert_eq!(after["public/media/002.mp3"], before["public/media/002.mp3"]);
    let beside = after.keys().find(|name| name.starts_with("public/media/002-")).unwrap();
    assert!(after[beside].ends_with(&audio(8, 200)));
    assert!(show.read("public/podcasts/feed.xml").contains(&beside["public/".len()..]));
}

#[test]
fn a_tag_that_would_be_another_one_is_no_other_audio() {
    let show = published();
    let before = public(&show);
    edit(&show, 2, "Title three", "A better title");
    assert_eq!(show.onair(&["tag", "--fix"]).code, 0);
    let ran = show.onair(&["release", "--now", NOW]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert_eq!(public(&show)["public/media/002.mp3"], before["public/media/002.mp3"]);
}

#[test]
fn an_episode_that_would_leave_the_feed_is_guarded() {
    let show = published();
    fs::remove_file(show.path("episodes/episode_003.md")).unwrap();
    insta::assert_snapshot!(guarded(&show, &["removal:3"]));
    assert!(show.path("public/media/003.mp3").exists(), "a release deletes nothing");
}

#[test]
fn a_feed_of_another_tool_is_guarded() {
    let show = three();
    fs::create_dir_all(show.path("public/podcasts")).unwrap();
    show.write("public/podcasts/feed.xml", "<rss version=\"2.0\"><channel><title>a</title><link>b</link><description>c</description></channel></rss>");
    insta::assert_snapshot!(guarded(&show, &["foreign-feed"]));
}

#[test]
fn pages_of_another_site_are_guarded() {
    let show = three();
    fs::create_dir_all(show.path("public")).unwrap();
    show.write("public/index.html", "<h1>My company</h1>");
    insta::assert_snapshot!(guarded(&show, &["foreign-pages"]));
}

#[test]
fn an_unknown_permission_is_wrong_use() {
    let ran = published().onair(&["release", "--allow", "audio-change"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr);
}

#[test]
fn a_wrong_size_stops_everything() {
    let show = published();
    let before = show.tree("public");
    show.with_audio(4, 190, &[]);
    edit(&show, 4, "size: ", "size: 9");
    let ran = show.onair(&["release", "--now", NOW]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.said());
    assert_eq!(show.tree("public"), before);
}

#[test]
fn a_target_that_cannot_be_written_is_said() {
    let show = three();
    fs::write(show.path("public"), b"a file where a folder should be").unwrap();
    let ran = show.onair(&["release", "--now", NOW]);
    assert_eq!(ran.code, 3, "{}", ran.said());
    insta::assert_snapshot!("file", ran.stderr);
    let ran = show.onair(&["release", "--target", "gopher://x"]);
    assert_eq!((ran.code, ran.stderr.contains("`gopher` is not a target")), (2, true));

    let show = published();
    show.with_audio(4, 190, &[]);
    let closed = fs::Permissions::from_mode(0o555);
    fs::set_permissions(show.path("public"), closed.clone()).unwrap();
    if fs::File::create(show.path("public/probe")).is_err() {
        let ran = show.onair(&["release", "--now", NOW]);
        assert_eq!(ran.code, 3, "{}", ran.said());
    }
    fs::set_permissions(show.path("public"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn what_was_taken_away_comes_back_with_repair() {
    let show = published();
    let before = public(&show);
    fs::remove_file(show.path("public/media/002.mp3")).unwrap();
    fs::write(show.path("public/podcasts/episode_001/index.html"), b"not ours").unwrap();
    let ran = show.onair(&["release", "--now", NOW, "--repair"]);
    insta::assert_snapshot!(ran.outline());
    assert_eq!(public(&show), before);

    fs::remove_file(show.path("public/media/002.mp3")).unwrap();
    fs::remove_file(show.path("audio/002.mp3")).unwrap();
    let ran = show.onair(&["release", "--now", NOW, "--repair"]);
    assert_eq!(ran.code, 4, "{}", ran.said());
    assert!(ran.stderr.contains("nothing stands at `media/002.mp3`"), "{}", ran.said());
}

#[test]
fn an_empty_target_is_not_the_show_s_own_folder() {
    let show = three();
    let before = show.tree("");
    let ran = show.onair(&["release", "--now", NOW, "--target", ""]);
    assert_eq!(ran.code, 2, "{}", ran.said());
    assert!(ran.stderr.contains("the target is empty"), "{}", ran.stderr);
    assert_eq!(show.tree("").keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
}
