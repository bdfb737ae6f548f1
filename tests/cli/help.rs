//! Every page of help.

use super::show::TestShow;

const COMMANDS: [&str; 18] = [
    "init",
    "import",
    "new",
    "check",
    "listen",
    "preview",
    "release",
    "upload",
    "tag",
    "apple",
    "apple sync",
    "rollback",
    "unpublish",
    "prune",
    "move",
    "doctor",
    "explain",
    "completions",
];

#[test]
fn every_page_of_help_fits_a_terminal_of_100_columns() {
    let show = TestShow::new();
    let mut pages = show.onair(&["--help"]).stdout;
    for command in COMMANDS.into_iter().chain(["man"]) {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let ran = show.onair(&words);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}");
        // What is the same everywhere is there once.
        let (own, global) = ran.stdout.split_once("Global options:").unwrap();
        let behind = global.split_once("Guards:").map(|(_, guards)| format!("\nGuards:{guards}"));
        let own = format!("{}{}", own, behind.unwrap_or_default()).trim_end().to_owned();
        pages.push_str(&format!("\n---- onair {command} --help\n{own}\n"));
        assert!(ran.stdout.contains("--format"), "{command} has the global options");
    }
    for line in pages.lines() {
        assert!(line.chars().count() < 100, "{line}");
    }
    insta::assert_snapshot!("help", pages);
}

#[test]
fn every_command_is_in_a_group() {
    let help = TestShow::new().onair(&["--help"]).stdout;
    for command in COMMANDS.into_iter().filter(|it| *it != "apple sync") {
        assert!(help.contains(&format!("\n  {command:<12} ")), "{command}");
    }
}

#[test]
fn what_a_command_cannot_answer_is_refused_in_the_same_words() {
    let show = TestShow::new();
    let mut said = String::new();
    for words in [
        &["doctor", "--format", "sarif"][..],
        &["import", "x.xml", "--format", "json"],
        &["move", "https://old.example/feed", "--format", "github"],
        &["man", "--format", "json"],
        &["release", "--format", "sarif"],
    ] {
        let ran = show.onair(words);
        assert_eq!(ran.code, 2);
        said.push_str(&ran.stderr);
    }
    insta::assert_snapshot!("formats_refused", said);
}

#[test]
fn an_error_is_an_answer_too() {
    let show = TestShow::new();
    for words in [
        &["doctor", "--format", "json", "--target", "s3:/oops"][..],
        &["new", "nothing.mp3", "--format", "json"],
        &["chek", "--format", "json"],
        &["check", "99", "--format=json"],
        &["release", "--allow", "nothing", "--format", "json"],
        &["explain", "audio-siez", "--format", "json"],
    ] {
        let ran = show.onair(words);
        assert_eq!(ran.code, 2, "{words:?}");
        let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((&value["version"], &value["error"]["class"]), (&1.into(), &"usage".into()));
        assert!(value["error"]["message"].as_str().is_some_and(|it| !it.is_empty()), "{value}");
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    }
    // Findings are an answer, and the only one.
    show.episode(1, &["size: 5 bytes"]);
    let ran = show.onair(&["release", "--format", "json"]);
    assert_eq!(ran.code, 1);
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(value["findings"].is_array());
}

#[test]
fn a_slip_in_a_target_makes_no_folder() {
    let show = TestShow::new();
    let mut said = String::new();
    for target in
        ["s3:/oops", "s3//oops", "https://oops.s3.amazonaws.com/web", "https://oops.example", ""]
    {
        for command in ["release", "doctor"] {
            let ran = show.onair(&[command, "--target", target]);
            assert_eq!(ran.code, 2, "{command} {target}");
            if command == "release" {
                said.push_str(&ran.stderr);
            }
        }
    }
    insta::assert_snapshot!("targets_refused", said);
    assert!(!show.path("s3:").exists() && !show.path("s3").exists());
}

#[test]
fn the_show_is_found_from_any_folder_of_its_own_and_a_target_is_where_one_types_it() {
    let show = TestShow::new();
    show.with_audio(1, 40, &[]);
    std::fs::create_dir_all(show.path("work/deep")).unwrap();
    let run =
        |folder: &str, words: &[&str]| show.run(show.command(words).current_dir(show.path(folder)));
    let ran = run("work/deep", &["check"]);
    assert_eq!((ran.code, ran.stdout.contains("Checked 1 episode")), (0, true), "{}", ran.said());
    assert_eq!(run("work", &["release", "--target", "out"]).code, 0);
    assert!(show.path("work/out/podcasts/feed.xml").exists());
    assert_eq!(run("work/deep", &["release"]).code, 0);
    assert!(show.path("public/podcasts/feed.xml").exists(), "the settings' target is the show's");
    let outside = tempfile::tempdir().unwrap();
    let ran = show.run(show.command(&["check"]).current_dir(outside.path()));
    assert_eq!(ran.code, 2);
    std::fs::create_dir_all(outside.path().join("shows/tide")).unwrap();
    std::fs::copy(show.path("onair.toml"), outside.path().join("shows/tide/onair.toml")).unwrap();
    let ran = show.run(show.command(&["check"]).current_dir(outside.path()));
    assert!(ran.stderr.contains("name a show with --show: shows/tide"), "{}", ran.stderr);
}

#[test]
fn completions_know_episodes_and_rules() {
    let show = TestShow::new();
    show.episode(7, &[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = show.onair(&["completions", shell]);
        assert_eq!((ran.code, ran.stdout.contains("COMPLETE")), (0, true), "{shell}");
    }
    let asks = |words: &[&str]| {
        let mut command = show.command(&["--", "onair"]);
        let at = words.len().to_string();
        command.args(words).env("COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", at);
        show.run(command.env("_CLAP_IFS", "\n")).stdout
    };
    let episodes = asks(&["check", ""]);
    assert!(episodes.lines().any(|it| it == "7"), "{episodes}");
    assert!(episodes.lines().any(|it| it == "episode_007.md"), "{episodes}");
    assert!(asks(&["explain", "audio-s"]).lines().any(|it| it == "audio-size"));
    // bash itself takes what is printed.
    let ran = show.onair(&["completions", "bash"]);
    show.write("completions.bash", &ran.stdout);
    let mut bash = std::process::Command::new("bash");
    bash.args(["--norc", "-c", "source completions.bash && complete -p onair"]);
    let ran = show.run(bash.current_dir(show.root()));
    assert!(ran.code == 0 && ran.stdout.contains("onair"), "{}", ran.said());
}

#[test]
fn every_command_has_a_page_of_the_manual() {
    let show = TestShow::new();
    assert_eq!(show.onair(&["man", "pages"]).code, 0);
    for page in ["onair.1", "onair-check.1", "onair-apple-sync.1", "onair-release.1"] {
        assert!(show.read(&format!("pages/{page}")).contains(".TH"), "{page}");
    }
}
