//! What a pull request may bring: each attack ends in a finding, in bounded time.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::bucket::{Stage, sound};
use crate::show::{Ran, TestShow};

/// What `check` says of it, all of it. It must be done in a moment; a build for tests takes twenty seconds of
/// processor time for the worst, and other tests want the processor, too.
fn checked(show: &TestShow) -> Ran {
    let begun = Instant::now();
    let ran = show.onair(&["check", "--all"]);
    assert!(begun.elapsed() < Duration::from_secs(120), "{}", ran.said());
    assert!((0..=2).contains(&ran.code), "{}", ran.said());
    ran
}

/// A show with settings for a folder of templates and a cover.
fn show() -> TestShow {
    let show = TestShow::new();
    let settings = show.read("onair.toml");
    show.write(
        "onair.toml",
        &format!("{settings}templates = \"theme\"\n[tags]\ncover = \"img/cover.png\"\n"),
    );
    fs::create_dir(show.path("theme")).unwrap();
    fs::copy(show.path("img/artwork.png"), show.path("img/cover.png")).unwrap();
    fs::copy(show.path("img/artwork.png"), show.path("img/one.png")).unwrap();
    show.write("c.txt", "00:00:00 A\n00:00:01 B\n00:00:02 C\n");
    show.write("t.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nOh\n");
    show.with_audio(1, 100, &["chapters: c.txt", "transcript: t.vtt", "image: img/one.png"]);
    show
}

#[test]
fn a_pipe_a_device_or_a_link_is_a_finding_wherever_a_file_is_named() {
    type Make = fn(&TestShow, &str);
    let pipe: Make = |show, path| {
        assert!(Command::new("mkfifo").arg(show.path(path)).status().unwrap().success());
    };
    let kinds: [(&str, Make); 5] = [
        ("pipe", pipe),
        ("device", |show, path| symlink("/dev/zero", show.path(path)).unwrap()),
        ("folder", |show, path| fs::create_dir_all(show.path(path)).unwrap()),
        ("link to itself", |show, path| {
            symlink(path.rsplit('/').next().unwrap(), show.path(path)).unwrap();
        }),
        ("link out", |show, path| symlink("/etc/passwd", show.path(path)).unwrap()),
    ];
    for (kind, make) in kinds {
        for path in [
            "episodes/episode_002.md",
            "episodes/other.markdown",
            "audio/001.mp3",
            "img/artwork.png",
            "img/cover.png",
            "img/one.png",
            "c.txt",
            "t.vtt",
            "theme/index.html",
            "onair.toml",
        ] {
            // A folder in the folder of episodes holds episodes.
            if kind == "folder" && path.starts_with("episodes/") {
                continue;
            }
            let show = show();
            let _ = fs::remove_file(show.path(path));
            make(&show, path);
            let ran = checked(&show);
            let said = ran.said();
            assert!(said.contains(path.rsplit('/').next().unwrap()), "{kind} at {path}: {said}");
            let is_told =
                ["not a file", "leaves the show", "leads out", "Too many levels", "no such"];
            assert!(is_told.iter().any(|words| said.contains(words)), "{kind} at {path}: {said}");
        }
    }
}

#[test]
fn names_that_do_harm_are_findings_and_are_shown_without_it() {
    for name in ["a\nb.md", "a\u{1b}[31mb.md", "a:b.md", "a\\b.md"] {
        let show = TestShow::new();
        show.with_audio(1, 100, &[]);
        fs::copy(show.path("episodes/episode_001.md"), show.path(&format!("episodes/{name}")))
            .unwrap();
        let ran = checked(&show);
        assert!(ran.code == 1 && ran.stdout.contains("this name holds"), "{}", ran.said());
        assert!(!ran.said().contains('\u{1b}'), "{}", ran.said());
    }
    // The same file where case does not count.
    let show = TestShow::new();
    show.with_audio(1, 100, &[]);
    fs::copy(show.path("episodes/episode_001.md"), show.path("episodes/EPISODE_001.md")).unwrap();
    assert_eq!(checked(&show).code, 1);
}

#[test]
fn a_hidden_turn_of_direction_is_a_finding() {
    for line in [
        "title: \"One \u{202e}3pm.exe\"",
        "title: \"One \\u202E3pm.exe\"",
        "description: \"What \u{2066}it is about.\"",
        "author: \"A\\u202Eb\"",
        "description: What &#x2067;it is about.",
        "chapters: c.txt",
        "chapters: c.json",
        "tags: [settings]",
    ] {
        let show = TestShow::new();
        show.write("c.txt", "00:00:00 A\n00:00:01 B\u{202e}\n00:00:02 C\n");
        show.write(
            "c.json",
            r#"{"version":"1.2.0","chapters":[{"startTime":0,"title":"A\u202e"}]}"#,
        );
        if line.contains("settings") {
            let settings = show.read("onair.toml");
            show.write("onair.toml", &settings.replace("author = \"Ada", "author = \"\\u202eAda"));
        }
        show.with_audio(1, 100, &[line]);
        let ran = checked(&show);
        assert!(ran.stdout.contains("warning[text-direction]"), "{}", ran.said());
        assert!(!ran.said().contains(['\u{202e}', '\u{2066}']), "{}", ran.said());
        for format in ["json", "sarif", "github"] {
            let ran = show.onair(&["check", "--format", format]);
            assert!(!ran.said().contains(['\u{202e}', '\u{2066}']), "{format}: {}", ran.said());
        }
    }
}

#[test]
fn a_head_of_a_picture_is_no_picture() {
    let show = TestShow::new();
    show.with_audio(1, 100, &[]);
    let whole = fs::read(show.path("img/artwork.png")).unwrap();
    assert_eq!(checked(&show).code, 0);
    for (bytes, lack) in [
        (&whole[..33], "breaks off before its end"),
        (&whole[..200], "breaks off before its end"),
        (&[&whole[..33], b"\0\0\0\0IEND\0\0\0\0"].concat(), "holds no pixels"),
        (
            &[&whole[..33], b"\0\0\0\x01IDAT\0\0\0\0\0", b"\0\0\0\0IEND\0\0\0\0"].concat(),
            "holds far fewer pixels than it says",
        ),
        (
            &[&whole[..33], b"\0\0\0\x08acTL\0\0\0\x02\0\0\0\0\0\0\0\0", &whole[33..]].concat(),
            "is an animated PNG",
        ),
    ] {
        fs::write(show.path("img/artwork.png"), bytes).unwrap();
        let ran = checked(&show);
        assert!(ran.code == 1 && ran.stdout.contains(lack), "{lack}: {}", ran.said());
    }
}

#[test]
fn a_head_of_an_episode_s_picture_is_no_picture() {
    let show = TestShow::new();
    show.with_audio(1, 100, &["image: img/one.png"]);
    let whole = fs::read(show.path("img/artwork.png")).unwrap();
    let large =
        [&whole[..33], b"\0\x02\0\0IDAT", &[7; 0x2_0000], b"\0\0\0\0", b"\0\0\0\0IEND\0\0\0\0"]
            .concat();
    for (bytes, lack) in [
        (&whole[..], ""),
        (&large[..], ""),
        (&whole[..200], "the episode's artwork img/one.png breaks off before its end"),
        (&large[..0x1_8000], "the episode's artwork img/one.png breaks off before its end"),
    ] {
        fs::write(show.path("img/one.png"), bytes).unwrap();
        let ran = checked(&show);
        assert_eq!(ran.stdout.contains("[episode-artwork]"), !lack.is_empty(), "{}", ran.said());
        assert!(ran.stdout.contains(lack), "{lack}: {}", ran.said());
    }
}

#[test]
fn check_finds_what_is_wrong_with_templates_where_it_stands() {
    let show = show();
    assert_eq!(checked(&show).code, 0);
    for (text, place, reason) in [
        ("<p>\n{{ 1 + }}\n", "theme/404.html:2:1", "syntax error"),
        ("<p>\n\n{{ nobody.knows }}\n", "theme/404.html:3:1", "undefined value"),
        ("{{ \"%99999999999d\"|format(1) }}", "theme/404.html:1:1", "out of fuel"),
        ("{{ 'a'|indent(99999999999) }}", "theme/404.html:1:1", "out of fuel"),
        // minijinja 3.1 panics at these.
        ("{{ \"%(é)s\"|format(a=1) }}", "theme/404.html:1:1", "the template engine gave up"),
        ("{{ \"%.99999f\"|format(5) }}", "theme/404.html:1:1", "the template engine gave up"),
        (
            "\n{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
            "theme/404.html:2:1",
            "out of fuel",
        ),
    ] {
        show.write("theme/404.html", text);
        let ran = checked(&show);
        assert_eq!(ran.code, 1, "{}", ran.said());
        // On a busy machine the clock may be first.
        let late = ran.stdout.contains("is not done after");
        assert!(ran.stdout.contains("error[template]"), "{}", ran.said());
        assert!(ran.stdout.contains(reason) || late, "{}", ran.said());
        assert!(ran.stdout.contains(place) || late, "{place}: {}", ran.said());
        let ran = show.onair(&["release", "--dry-run"]);
        let late = ran.said().contains("is not done after");
        assert!(ran.code == 1 && (ran.said().contains(reason) || late), "{}", ran.said());
    }
    // A file that stands for nothing keeps no page from being tried.
    show.write("theme/mine.html", "Notes to myself.");
    show.write("theme/404.html", "<p>\n\n{{ nobody.knows }}\n");
    let ran = checked(&show);
    assert!(ran.code == 1 && ran.stdout.contains("theme/404.html:3:1"), "{}", ran.said());
    std::fs::remove_file(show.path("theme/mine.html")).unwrap();
    show.write("theme/404.html", "{% extends \"base.html\" %}\n{% block main %}{% endblock %}");
    let ran = checked(&show);
    assert!(ran.code == 1 && ran.stdout.contains("theme/404.html:2:1"), "{}", ran.said());
    assert!(ran.stdout.contains("no template above has a block `main`"), "{}", ran.said());
    assert!(ran.stdout.contains("there are: bar, content, head, scripts"), "{}", ran.said());
    assert_eq!(show.onair(&["release", "--dry-run"]).code, 1);
    show.write("theme/404.html", "<p>");
    show.write("theme/style.css", ":root{}\n<<<<<<< HEAD\n=======\n>>>>>>> x\n");
    let ran = checked(&show);
    assert!(ran.code == 1 && ran.stdout.contains("theme/style.css:2:1"), "{}", ran.said());
    assert!(ran.stdout.contains("error[unfinished-merge]"), "{}", ran.said());
    assert_eq!(show.onair(&["release", "--dry-run"]).code, 1);
    show.write("theme/style.css", "");
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(200_000), ")".repeat(200_000));
    show.write("theme/404.html", &deep);
    let ran = checked(&show);
    assert!(ran.code == 1 && ran.stdout.contains("more than 2000 bytes"), "{}", ran.said());
}

#[test]
fn a_template_that_takes_what_fuel_does_not_see_ends_alone() {
    let show = show();
    let repeated =
        format!("{{% set x = [\"{}\"] %}}{{{{ x * 9000000 ~ \"\" }}}}", "x".repeat(1500));
    let endless =
        "{% set x = [1] %}".to_owned() + &"{% set x = x + x %}".repeat(60) + "{{ x|length }}";
    for (text, reason) in
        [(repeated, "more than 1024 MiB of memory"), (endless, "not done after 10 seconds")]
    {
        show.write("theme/404.html", &text);
        let ran = checked(&show);
        assert!(ran.code == 1 && ran.stdout.contains("error[template]"), "{}", ran.said());
        assert!(ran.stdout.contains("theme/404.html:1:1"), "{}", ran.said());
        // On a busy machine the clock may be first.
        let late = ran.stdout.contains("not done after 10 seconds");
        assert!(ran.stdout.contains(reason) || late, "{}", ran.said());
    }
    // What is known beforehand is worked out when it is compiled: the file is named in which it stands.
    show.write("theme/404.html", "<p>{{ show.title }}</p>");
    let folded = format!("{{{{ [\"{}\"] * 9000000 ~ \"\" }}}}", "x".repeat(1500));
    show.write("theme/unused.html", &folded);
    let ran = checked(&show);
    assert!(ran.code == 1 && ran.stdout.contains("theme/unused.html:1:1"), "{}", ran.said());
    fs::remove_file(show.path("theme/unused.html")).unwrap();
    // As deep as brackets may stand, there is stack enough.
    let deep = format!("{{% set x = {}x{} %}}", "[".repeat(60), "]".repeat(60));
    show.write("theme/404.html", &format!("{{% set x = [] %}}{}{{{{ x }}}}", deep.repeat(900)));
    let ran = checked(&show);
    assert_eq!(ran.code, 0, "{}", ran.said());
}

#[test]
fn html_that_keeps_a_parser_busy_is_a_finding() {
    let show = TestShow::new();
    show.with_audio(1, 100, &[]);
    let text = show.read("episodes/episode_001.md");
    show.write("episodes/episode_001.md", &format!("{text}\n{}\n", "<div>".repeat(100_000)));
    let ran = checked(&show);
    assert!(ran.code == 1 && ran.stdout.contains("error[html-depth]"), "{}", ran.said());
    show.write("episodes/episode_001.md", &format!("{text}\n{}\n", "{{".repeat(200_000)));
    checked(&show);
}

#[test]
fn a_file_that_many_episodes_name_costs_little_more_than_one() {
    let lines = |line: fn(usize) -> String| (0..30_000).map(line).collect::<String>();
    for text in [lines(|at| format!("00:00:00 {at}\n")), lines(|at| format!("no time {at}\n"))] {
        let show = TestShow::without_audio();
        show.write("c.txt", &text);
        (1..=20).for_each(|number| show.episode(number, &["chapters: c.txt"]));
        let ran = checked(&show);
        assert!(ran.stdout.contains("more faults of these chapters are not shown"));
        assert!(ran.stdout.len() < 2_000_000, "{} bytes are said", ran.stdout.len());
    }
}

#[test]
fn many_links_to_one_large_file_are_one_file() {
    let show = TestShow::without_audio();
    show.episode(1, &[]);
    let text = show.read("episodes/episode_001.md");
    fs::create_dir(show.path("notes")).unwrap();
    show.write("notes/large.md", &format!("{text}{}", "A word and *one* more. ".repeat(40_000)));
    for at in 0..1000 {
        symlink("../notes/large.md", show.path(&format!("episodes/x{at}.md"))).unwrap();
    }
    let ran = checked(&show);
    assert!(ran.code == 1 && ran.stdout.contains("another link leads to already"), "{}", ran.code);
}

#[test]
fn settings_that_go_on_for_long_cost_little_time() {
    let show = TestShow::without_audio();
    let keys: Vec<String> = (0..5000).map(|at| format!("k{at}: a")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    (1..=3).for_each(|number| show.episode(number, &keys));
    let settings = show.read("onair.toml");
    let (rules, rest) = settings.split_once("[rules]").unwrap();
    let allow =
        |at| format!("[[allow]]\nrule = \"unknown-key\"\nepisode = \"{at}\"\nreason = \"r\"\n");
    let allowed: String = (0..15_000).map(allow).collect();
    let unknown: String = (0..5_000).map(|at| format!("x{at} = \"off\"\n")).collect();
    show.write("onair.toml", &format!("{rules}[rules]{rest}{unknown}{allowed}"));
    let ran = checked(&show);
    assert!(ran.code == 1 && ran.stdout.contains("[unknown-rule]"), "{}", ran.code);

    let said = |more: &str| {
        show.write("onair.toml", &format!("{settings}{more}"));
        let ran = checked(&show);
        assert_eq!(ran.code, 2, "{}", ran.said());
        ran.said()
    };
    let hosts: String =
        (0..20_000).map(|at| format!("[[show.hosts]]\nname = \"{at}\"\n")).collect();
    assert!(said(&hosts).contains("`show.hosts` lists 20000; the limit is 100"));
    let links: String = (0..20_000).map(|at| format!("l{at} = \"https://a.example/\"\n")).collect();
    assert!(said(&format!("[show.links]\n{links}")).contains("`show.links` lists 20000"));
    for (line, told) in [
        ("feed-limit = 99999999999999999999", "feed-limit"),
        ("feed-limit = -1", "feed-limit"),
        ("pages = \"../..\"", "not a path inside"),
        ("pages = \"/etc\"", "not a path inside"),
        ("pages = \"a\\\\..\\\\b\"", "not a path inside"),
        ("pages = \"a\\u0000b\"", "not a path inside"),
        ("pages = \"a\\u001b[31m\"", "not a path inside"),
        ("templates = \"~/x/..\"", "not a path inside"),
        ("\u{1b}[31m = 1", "onair.toml"),
    ] {
        show.write("onair.toml", &settings.replace("[site]\n", &format!("[site]\n{line}\n")));
        let ran = checked(&show);
        assert!(ran.code == 2 && ran.said().contains(told), "{line}: {}", ran.said());
        assert!(!ran.said().contains(['\u{1b}', '\0']), "{line}: {}", ran.said());
    }
}

#[test]
fn a_file_with_a_second_name_outside_the_show_is_a_plain_file() {
    // No repository brings one, so whoever made it could read what it names.
    let show = TestShow::new();
    show.with_audio(1, 100, &[]);
    for path in ["episodes/episode_001.md", "audio/001.mp3"] {
        fs::rename(show.path(path), show.path("other")).unwrap();
        fs::hard_link(show.path("other"), show.path(path)).unwrap();
        let ran = checked(&show);
        assert_eq!(ran.code, 0, "{}", ran.said());
        fs::remove_file(show.path("other")).unwrap();
    }
}

/// What no output, and nothing that is published, may hold.
const CANARIES: [&str; 4] =
    ["canary-secret-key", "canary-session-token", "canary-password", "canary-podping"];

#[test]
fn no_secret_is_said_or_published() {
    let stage = Stage::new(sound);
    let secret = |command: &mut Command| {
        command
            .env("AWS_SESSION_TOKEN", CANARIES[1])
            .env("ONAIR_PODPING_TOKEN", CANARIES[3])
            .env("USER", "canary-user")
            .env("HOSTNAME", "canary-machine");
        stage.show.run(command)
    };
    let mut said = String::new();
    for arguments in [
        &["check"][..],
        &["doctor"],
        &["release", "--dry-run", "-v"],
        &["release", "-v"],
        &["release", "--repair", "--format", "json"],
        &["upload", "1"],
        &["rollback", "--list"],
        &["prune", "--dry-run"],
    ] {
        said.push_str(&secret(&mut stage.command(arguments)).said());
    }
    // A key that is refused, a store that is not there, a proxy and a store with a password.
    let with_password = "https://ann:canary-password@127.0.0.1:1";
    let mut commands = Vec::new();
    for (name, value) in [
        ("AWS_SECRET_ACCESS_KEY", CANARIES[0]),
        ("AWS_ENDPOINT_URL_S3", with_password),
        ("HTTPS_PROXY", with_password),
    ] {
        for arguments in [&["doctor"][..], &["release"], &["release", "--format", "json"]] {
            let mut command = stage.command(arguments);
            command.env(name, value);
            commands.push(command);
        }
    }
    for address in
        ["http://ann:canary-password@127.0.0.1:1/feed.xml", "https://a@127.0.0.1:1/canary-password"]
    {
        commands.push(stage.command(&["import", address, "--show", "copy"]));
    }
    let other = Stage::new(sound);
    let settings = other.show.read("onair.toml");
    other.show.write("onair.toml", &format!("{settings}endpoint = \"{with_password}\"\n"));
    for arguments in [&["doctor"][..], &["release", "--dry-run"], &["release"]] {
        commands.push(other.command(arguments));
    }
    // They wait for answers that never come: side by side.
    let secret = &secret;
    std::thread::scope(|scope| {
        let run = |mut command: Command| scope.spawn(move || secret(&mut command).said());
        for run in commands.into_iter().map(run).collect::<Vec<_>>() {
            said.push_str(&run.join().unwrap());
        }
    });
    let canaries = [CANARIES.as_slice(), &["canary-user", "canary-machine"]].concat();
    for canary in canaries {
        assert!(!said.contains(canary), "{canary}: {said}");
        for key in stage.server.keys() {
            let object = stage.server.object(&key).unwrap();
            let text = String::from_utf8_lossy(&object.bytes).into_owned();
            assert!(!text.contains(canary), "{canary} in {key}");
        }
    }
}
