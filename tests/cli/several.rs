//! All shows of a repository with one command.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::show::{SETTINGS, TestShow};

/// A repository with a show that has an error, one that is sound, and one that cannot be read; and with a
/// folder that git ignores.
fn repository() -> TestShow {
    let home = TestShow::new();
    for number in [1, 2] {
        home.with_audio(number, 40 + number as usize, &[]);
    }
    let files: Vec<_> = ["episodes", "audio", "img"].iter().map(|it| home.tree(it)).collect();
    for show in ["shows/tide", "shows/wind", "_site/tide"] {
        for (path, bytes) in files.iter().flatten() {
            let path = home.path(&format!("{show}/{path}"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        home.write(&format!("{show}/onair.toml"), SETTINGS);
    }
    for folder in ["episodes", "audio", "img"] {
        fs::remove_dir_all(home.path(folder)).unwrap();
    }
    fs::remove_file(home.path("onair.toml")).unwrap();
    let episode = "shows/tide/episodes/episode_002.md";
    let text = home.read(episode);
    let size = text.lines().find(|line| line.starts_with("size: ")).unwrap();
    home.write(episode, &text.replace(size, "size: 5 bytes"));
    fs::create_dir(home.path("shows/broken")).unwrap();
    home.write("shows/broken/onair.toml", "[show\n");
    home.write(".gitignore", "_site\npublic\n");
    let git = Command::new("git").args(["init", "-q"]).current_dir(home.root()).status();
    assert!(git.unwrap().success());
    home
}

/// What is sound, made so.
fn mend(home: &TestShow) {
    home.write("shows/broken/onair.toml", SETTINGS);
    for folder in ["episodes", "img"] {
        fs::create_dir(home.path(&format!("shows/broken/{folder}"))).unwrap();
    }
    fs::copy(home.path("shows/tide/img/artwork.png"), home.path("shows/broken/img/artwork.png"))
        .unwrap();
    let ran = home.onair(&["check", "--all-shows", "--fix"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_show_is_checked_and_none_hides_another() {
    let home = repository();
    let ran = home.onair(&["check", "--all-shows"]);
    insta::assert_snapshot!("check_all_shows", ran.said());
    // Quiet says what is wrong alone, and still whose it is.
    let ran = home.onair(&["check", "--all-shows", "-q"]);
    assert!(ran.stdout.contains("--> shows/tide/episodes/episode_002.md:"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("Checked") && ran.stderr.contains("shows/broken: "));
    // From any folder of the repository, whatever the environment names.
    let mut below = home.command(&["check", "--all-shows", "--format", "json"]);
    below.env("ONAIR_SHOW", "nowhere").current_dir(home.path("shows/wind/audio"));
    let ran = home.run(&mut below);
    let names: Vec<Value> = json(&ran.stdout)["shows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["show"].clone())
        .collect();
    assert_eq!(names, ["shows/broken", "shows/tide", "shows/wind"]);
}

#[test]
fn programs_get_one_document() {
    let home = repository();
    let ran = home.onair(&["check", "--all-shows", "--format", "json"]);
    let value = json(&ran.stdout);
    assert_eq!((&value["version"], &value["command"]), (&1.into(), &"check".into()));
    let [broken, tide, wind] = &value["shows"].as_array().unwrap()[..] else { panic!("{value}") };
    assert_eq!((&broken["exitCode"], &broken["error"]["class"]), (&2.into(), &"usage".into()));
    assert_eq!((&tide["exitCode"], &tide["summary"]["errors"]), (&1.into(), &1.into()));
    assert_eq!((&wind["exitCode"], &wind["findings"]), (&0.into(), &Value::Array(Vec::new())));
    assert_eq!(ran.code, 2, "the gravest");

    let ran = home.onair(&["check", "--all-shows", "--format", "sarif"]);
    let value = json(&ran.stdout);
    let [run] = &value["runs"].as_array().unwrap()[..] else { panic!("{value}") };
    let place = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, "shows/tide/episodes/episode_002.md");
    assert!(run["tool"]["driver"]["rules"].as_array().is_some_and(|rules| rules.len() > 50));

    // Where there is no answer at all, that is the document.
    let outside = tempfile::tempdir().unwrap();
    let mut nowhere = home.command(&["check", "--all-shows", "--format", "json"]);
    let ran = home.run(nowhere.current_dir(outside.path()).env("GIT_CEILING_DIRECTORIES", "/"));
    assert_eq!((ran.code, &json(&ran.stdout)["error"]["class"]), (2, &"usage".into()));
}

#[test]
fn every_show_is_released_to_its_own_target() {
    let home = repository();
    let now = ["--now", "2021-03-01T00:00:00Z"];
    let release =
        |words: &[&str]| home.onair(&[&["release", "--all-shows"], words, &now[..]].concat());
    let ran = release(&["--dry-run"]);
    assert_eq!((ran.code, home.path("shows/wind/public").exists()), (2, false), "{}", ran.said());
    let ran = release(&[]);
    insta::assert_snapshot!("release_all_shows", ran.outline());
    assert!(home.path("shows/wind/public/podcasts/feed.xml").exists());
    assert!(!home.path("shows/tide/public").exists() && !home.path("_site/tide/public").exists());

    mend(&home);
    let ran = release(&["--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let value = json(&ran.stdout);
    let numbers: Vec<&Value> =
        value["shows"].as_array().unwrap().iter().map(|it| &it["release"]).collect();
    assert_eq!(numbers, [&1.into(), &1.into(), &Value::Null]);
    assert!(release(&[]).stdout.ends_with("\n3 shows: all is well\n"));
}

#[test]
fn a_job_gets_sums_and_a_summary_by_show() {
    let home = repository();
    mend(&home);
    let (summary, output) = (home.path("summary"), home.path("output"));
    let root = home.root().to_str().unwrap();
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_WORKSPACE", root),
        ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
        ("GITHUB_OUTPUT", output.to_str().unwrap()),
    ];
    let words = ["release", "--all-shows", "--format", "github", "--now", "2021-03-01T00:00:00Z"];
    let ran = home.onair_in(&words, &variables);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let text = home.read("summary");
    let headings: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    let published = "## onair: release 1 is published";
    let expected = [
        "# shows&#47;broken",
        published,
        "# shows&#47;tide",
        published,
        "# shows&#47;wind",
        published,
    ];
    assert_eq!(headings, expected);
    let output = home.read("output");
    assert_eq!(output.lines().rfind(|line| line.starts_with("released=")), Some("released=3"));
    let plans: Vec<u64> = output
        .lines()
        .filter_map(|line| line.strip_prefix("plan="))
        .map(|number| number.parse().unwrap())
        .collect();
    assert!(plans.len() == 3 && plans[2] > plans[1] && plans[1] > plans[0], "{plans:?}");
}

#[test]
fn the_action_takes_one_show_or_all() {
    let home = repository();
    let bin = home.path("temp/onair");
    fs::create_dir_all(&bin).unwrap();
    let onair = home.command(&[]);
    std::os::unix::fs::symlink(onair.get_program(), bin.join("onair")).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/.github/actions/onair/run.sh");
    let step = |show: &str, command: &str| {
        let mut bash = Command::new("bash");
        bash.arg(script).current_dir(home.root()).env_clear();
        bash.envs(onair.get_envs().filter_map(|(name, value)| Some((name, value?))));
        bash.env("RUNNER_TEMP", home.path("temp"));
        bash.env("SHOW", show).env("TARGET", "").env("COMMAND", command);
        home.run(&mut bash)
    };
    let ran = step("all", "check");
    assert!(ran.code == 2 && ran.stderr.contains("3 shows, 2 failed"), "{}", ran.said());
    let log = json(&home.read("temp/onair.sarif"));
    assert_eq!(log["runs"].as_array().map(Vec::len), Some(1));
    let ran = step("shows/wind", "check");
    assert!(ran.code == 0 && !ran.stderr.contains("shows/tide"), "{}", ran.said());
    for command in ["plan", "release"] {
        let ran = step("all", command);
        assert!(ran.stderr.contains("3 shows, 2 failed"), "{}", ran.said());
        assert_eq!(home.path("shows/wind/public").exists(), command == "release");
    }
}

#[test]
fn what_is_of_one_show_is_refused_for_all() {
    let home = repository();
    let mut said = String::new();
    for words in [
        &["new", "x.mp3"][..],
        &["preview"],
        &["explain"],
        &["check", "1"],
        &["release", "--retag", "1"],
        &["release", "--allow", "duplicate"],
        &["release", "--target", "out"],
        &["doctor", "--print-policy"],
        &["check", "--show", "shows/tide"],
    ] {
        let ran = home.onair(&[words, &["--all-shows"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words:?}");
        said.push_str(&ran.stderr);
    }
    for show in ["broken", "tide", "wind"] {
        fs::remove_file(home.path(&format!("shows/{show}/onair.toml"))).unwrap();
    }
    said.push_str(&home.onair(&["check", "--all-shows"]).stderr);
    fs::remove_dir_all(home.path(".git")).unwrap();
    let mut command = home.command(&["check", "--all-shows"]);
    command.env("GIT_CEILING_DIRECTORIES", home.root().parent().unwrap());
    said.push_str(&home.run(&mut command).stderr);
    insta::assert_snapshot!("all_shows_refused", said);
}
