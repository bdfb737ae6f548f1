//! What a job of GitHub Actions is told: annotations, its summary, numbers for later steps.

use std::fs;

use super::show::TestShow;

/// As GitHub's runner judges a line.
fn is_command(line: &str) -> bool {
    line.trim_start().starts_with("::") || line.contains("##[")
}

/// Runs onair as a step of a job: what it says, its summary and its outputs.
fn step(show: &TestShow, arguments: &[&str]) -> (super::show::Ran, String, String) {
    let root = show.root().to_str().unwrap();
    let (summary, output) = (show.path("step-summary"), show.path("step-output"));
    show.write("step-summary", "There before.\n");
    show.write("step-output", "");
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_WORKSPACE", root),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "ann/tide"),
        ("GITHUB_SHA", "c0ffee"),
        ("GITHUB_RUN_ID", "7"),
        ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
        ("GITHUB_OUTPUT", output.to_str().unwrap()),
    ];
    let ran = show.onair_in(&[arguments, &["--format", "github"]].concat(), &variables);
    let summary = show.read("step-summary");
    let summary = summary.strip_prefix("There before.\n").unwrap().to_owned();
    (ran, summary, show.read("step-output"))
}

#[test]
fn a_release_is_summed_up() {
    let show = TestShow::new();
    show.with_audio(1, 200, &[]);
    let now = ["--now", "2021-03-01T00:00:00Z"];
    let (_, summary, output) = step(&show, &[&["release", "--dry-run"], &now[..]].concat());
    assert!(summary.starts_with("## onair: what a release would publish\n"), "{summary}");
    assert!(summary.contains("| audio file | <code>media&#47;001&#46;mp3</code> | new |"));
    let steps: usize =
        output.lines().find_map(|line| line.strip_prefix("plan=")).unwrap().parse().unwrap();
    assert!(steps > 5 && !output.contains("released"), "{output}");

    let (ran, summary, output) = step(&show, &[&["release"], &now[..]].concat());
    assert_eq!(ran.code, 0);
    assert!(summary.starts_with("## onair: release 1 is published\n"), "{summary}");
    assert!(
        summary.contains("[media&#47;001&#46;mp3](https://show.example/media/001.mp3)"),
        "{summary}"
    );
    assert!(output.contains("released=1\n"), "{output}");
    assert!(
        show.read("public/.onair/manifest.json")
            .contains("https://github.com/ann/tide/actions/runs/7")
    );

    let (_, summary, output) = step(&show, &[&["release"], &now[..]].concat());
    assert!(summary.starts_with("## onair: nothing to publish\n"), "{summary}");
    assert!(output.contains("plan=0\n") && !output.contains("released"), "{output}");
}

#[test]
fn a_refusal_stands_on_its_file_and_in_the_summary() {
    let show = TestShow::new();
    show.with_audio(1, 200, &[]);
    assert_eq!(show.onair(&["release"]).code, 0);
    let text = show.read("episodes/episode_001.md");
    show.write("episodes/episode_001.md", &text.replace("---\n\n", "guid: another\n---\n\n"));
    let (ran, summary, _) = step(&show, &["release"]);
    assert_eq!(ran.code, 4, "{}", ran.said());
    assert!(
        ran.stdout.starts_with("::error file=episodes/episode_001.md,title=guard::"),
        "{}",
        ran.said()
    );
    assert!(summary.contains("**Stopped:** episodes&#47;episode&#95;001&#46;md"), "{summary}");
    assert!(summary.contains("--allow guid-change"), "{summary}");
    // One cause, one annotation; what closes the report is a line of the log and of the summary.
    let errors: Vec<&str> = ran.stdout.lines().filter(|it| it.starts_with("::error")).collect();
    assert_eq!(errors.len(), 1, "{}", ran.said());
    assert_eq!(summary.matches("**Stopped:**").count(), 1, "{summary}");
    assert!(summary.ends_with("\nstopped by 1 guard&#58; nothing was published\n"), "{summary}");
    assert!(ran.said().contains("\nstopped by 1 guard: nothing was published"), "{}", ran.said());
}

#[test]
fn what_no_report_names_has_an_annotation() {
    let show = TestShow::new();
    show.with_audio(1, 200, &[]);
    fs::remove_file(show.path("audio/001.mp3")).unwrap();
    let (ran, summary, _) = step(&show, &["listen", "1"]);
    assert_eq!(ran.code, 1, "{}", ran.said());
    let errors: Vec<&str> = ran.stdout.lines().filter(|it| it.starts_with("::error")).collect();
    assert_eq!(errors.len(), 1, "{}", ran.said());
    assert_eq!(summary.matches("**Stopped:**").count(), 1, "{summary}");
}

#[test]
fn places_are_named_from_the_repository_s_root() {
    let show = TestShow::new();
    fs::create_dir_all(show.path("tide/episodes")).unwrap();
    show.write("tide/onair.toml", &show.read("onair.toml"));
    show.write("tide/episodes/1.md", "---\ntitle: 5\ndate: 2022-01-01\n---\n");
    let (ran, summary, _) = step(&show, &["check", "--show", "tide"]);
    assert!(ran.stdout.contains("::error file=tide/episodes/1.md,"), "{}", ran.stdout);
    assert!(
        summary.contains("](https://github.com/ann/tide/blob/c0ffee/tide/episodes/1.md#L1)"),
        "{summary}"
    );
}

#[test]
fn a_strangers_text_is_no_command_and_no_markup() {
    let show = TestShow::new();
    let evil = "title: \"::set-output name=released::9\\n::add-mask::a\\r##[add-path]/tmp <script>x</script> $(id) `id` ]]> | b\"";
    show.with_audio(1, 200, &[evil, "\"##[set-output name=plan;]\": x", "mood: x"]);
    let fine = |line: &str| {
        ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start))
            && !line.contains("##[")
    };
    for arguments in [&["check"][..], &["release", "--dry-run"], &["release"]] {
        let (ran, summary, output) = step(&show, arguments);
        for line in ran.stdout.split(['\n', '\r']).chain(ran.stderr.split(['\n', '\r'])) {
            assert!(!is_command(line) || fine(line), "{line}");
        }
        assert!(!summary.contains("<script") && !summary.contains("::"), "{summary}");
        assert!(
            output.lines().all(|line| line
                .split_once('=')
                .is_some_and(|(_, value)| value.parse::<u32>().is_ok())),
            "{output}"
        );
    }
    // Nor where another format goes to the same log.
    for format in ["human", "json", "sarif"] {
        let ran =
            show.onair_in(&["check", "-v", "--format", format], &[("GITHUB_ACTIONS", "true")]);
        assert!(ran.said().contains("set-output name=plan"), "{}", ran.said());
        assert!(!ran.said().split(['\n', '\r']).any(is_command), "{}", ran.said());
    }
}
