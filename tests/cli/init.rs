//! `onair init` in an empty folder.

use std::fs;

use super::show::TestShow;

const ACTION: &str = "ann/onair/.github/actions/onair@0123456789abcdef0123456789abcdef01234567";

fn empty() -> TestShow {
    let show = TestShow::new();
    fs::remove_file(show.path("onair.toml")).unwrap();
    show
}

/// All that a show needs.
const ANSWERS: [&str; 16] = [
    "--title",
    "A \"new\" show",
    "--description",
    "What is new.",
    "--author",
    "Ada",
    "--email",
    "ada@new.example",
    "--language",
    "en",
    "--category",
    "news > tech news",
    "--url",
    "new.example",
    "--time-zone",
    "Europe/Paris",
];

fn with<'a>(words: &[&'a str]) -> Vec<&'a str> {
    ["init"].iter().chain(words).chain(&ANSWERS).copied().collect()
}

fn rules(show: &TestShow) -> Vec<String> {
    let ran = show.onair(&["check", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let findings = value["findings"].as_array().unwrap();
    findings.iter().map(|it| it["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_new_show_lacks_nothing_but_its_artwork() {
    let show = empty();
    let ran = show.onair(&with(&["--action", ACTION]));
    insta::assert_snapshot!("init", ran.said());
    insta::assert_snapshot!("init_settings", show.read("onair.toml"));
    let publish = show.read(".github/workflows/publish.yml");
    assert!(publish.contains(&format!("uses: {ACTION}\n")), "{publish}");
    assert_eq!(rules(&show), ["artwork"]);
}

#[test]
fn what_is_there_already_is_kept() {
    let show = empty();
    fs::create_dir_all(show.path(".github/workflows")).unwrap();
    show.write(".github/workflows/verify.yml", "mine");
    let ran = show.onair(&["init", "--action", ACTION]);
    assert!(ran.stdout.contains("Kept .github/workflows/verify.yml"), "{}", ran.said());
    assert_eq!(show.read(".github/workflows/verify.yml"), "mine");
}

#[test]
fn what_was_not_answered_stands_empty_until_it_is_and_nothing_is_released() {
    let show = empty();
    let ran = show.onair(&["init", "--title", "New"]);
    insta::assert_snapshot!("init_open", ran.said());
    let text = show.read("onair.toml");
    for made_up in ["Your name", "@", "example", "Arts"] {
        assert!(!text.contains(made_up), "{made_up} in {text}");
    }
    fs::copy(show.path("img/artwork.png"), show.path("img/artwork.jpg")).unwrap();
    show.write("onair.toml", &text.replace("artwork.jpg", "artwork.png"));
    show.with_open_audio(1);
    let ran = show.onair(&["release"]);
    assert_eq!((ran.code, show.path("public").exists()), (1, false));
    // How long listening took is the machine's to say.
    let said = ran.said();
    let (listened, findings) = said.split_once('\n').unwrap();
    assert!(listened.starts_with("Listened to 1 recording (16.7 kB) in "), "{listened}");
    insta::assert_snapshot!("init_open_release", findings);
    // Run again, it takes what is missing, and refuses what is there.
    let ran = show.onair(&["init", "--author", "Ada", "--title", "Newer"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!("init_stands", ran.said());
    let rest: Vec<&str> = ANSWERS[2..14].to_vec();
    let ran = show.onair(&["init"].into_iter().chain(rest).collect::<Vec<_>>());
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert_eq!(show.onair(&["release"]).code, 0, "{}", show.check());
    // And then it has nothing to add, but workflows and schemas if asked.
    let before = show.read("onair.toml");
    let ran = show.onair(&["init", "--schema", "--workflows", "--action", ACTION]);
    insta::assert_snapshot!("init_adds", ran.said());
    assert_eq!(show.read("onair.toml"), before);
    assert!(show.path(".onair/episode.schema.json").exists());
}

#[test]
fn a_wrong_answer_makes_no_show() {
    for words in [
        &["--email", "ada"][..],
        &["--url", "tides"],
        &["--category", "Tecnology"],
        &["--language", "Klingonese"],
        &["--time-zone", "Paris"],
        &["--target", "s3:/oops"],
    ] {
        let show = empty();
        let all: Vec<&str> = ["init"].iter().chain(words).copied().collect();
        let ran = show.onair(&all);
        assert_eq!((ran.code, show.path("onair.toml").exists()), (2, false), "{words:?}");
        assert!(ran.stderr.contains(words[0]), "{}", ran.stderr);
    }
}

#[test]
fn what_an_old_template_left_is_an_error_with_its_line() {
    let show = TestShow::new();
    let text = show.read("onair.toml");
    let old = text.replace("author = \"Ada\"", "author = \"Your name\"");
    let old = old.replace("ada@show.example", "podcast@show.example");
    show.write("onair.toml", &old.replace("https://show.example", "https://tide.fm"));
    show.episode(1, &[]);
    let notes = show.read("episodes/episode_001.md").replace("Notes.\n", "Notes, in Markdown.\n");
    show.write("episodes/episode_001.md", &notes);
    let said = show.check();
    let placeholders: String = said
        .split("\n\n")
        .filter(|it| it.contains("[placeholder]"))
        .collect::<Vec<_>>()
        .join("\n\n");
    insta::assert_snapshot!("placeholders", placeholders);
    // At the template's own address nobody is told anything yet.
    show.write("onair.toml", &old);
    let ran = show.onair(&["check", "-v"]);
    assert!(ran.stdout.contains("note[placeholder]"), "{}", ran.said());
    assert!(!ran.stdout.contains("error[placeholder]"), "{}", ran.said());
}

#[test]
fn an_action_that_somebody_could_move_is_refused() {
    let ran = empty().onair(&["init", "--action", "ann/onair/.github/actions/onair@main"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("all 40 digits of the commit"), "{}", ran.said());
}
