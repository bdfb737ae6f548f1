//! Whom onair asks: nobody on this machine or its network unless somebody named them, and in tests
//! nobody beyond this machine.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::bucket::NOW;
use crate::show::TestShow;
use crate::web::Web;

/// A feed with one item, and what goes with it.
fn feed(audio: &str, transcript: &str) -> String {
    format!(
        r#"<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>
        <title>Theirs</title><link>https://their.example/</link><description>A show.</description>
        <item><title>One</title><guid>one</guid><pubDate>Mon, 04 Jan 2021 06:00:00 +0000</pubDate>
        <enclosure url="{audio}" length="1000" type="audio/mpeg"/>
        <podcast:transcript url="{transcript}" type="text/vtt"/></item></channel></rss>"#
    )
}

#[test]
fn a_feed_sends_import_nowhere_that_nobody_named() {
    let secret =
        Web::start(|_| (200, Vec::new(), b"WEBVTT\n\n00:00.000 --> 00:01.000\nsecret\n".to_vec()));
    let inner = secret.url();
    let theirs = Web::start(move |asked| match asked.path.as_str() {
        "/feed.xml" => {
            let host = &asked.headers["host"];
            let body = feed(&format!("{inner}/1.mp3"), &format!("http://{host}/moved.vtt"));
            (200, Vec::new(), body.into_bytes())
        }
        "/moved.vtt" => (302, vec![("Location", format!("{inner}/secret"))], Vec::new()),
        _ => (404, Vec::new(), Vec::new()),
    });
    let show = TestShow::new();
    let address = format!("{}/feed.xml", theirs.url());
    let ran = show.onair(&["import", &address, "--download", "--show", "copy"]);
    assert_eq!(ran.code, 3, "{}", ran.said());
    assert_eq!(ran.stderr.matches("is on this machine itself").count(), 2, "{}", ran.said());
    assert!(secret.asked().is_empty());
    assert!(!show.path("copy/transcripts/one.vtt").exists());

    show.onair(&["import", &address, "--download", "--allow-private", "--show", "other"]);
    assert!(!secret.asked().is_empty(), "this test would see it");
}

#[test]
fn servers_that_give_nothing_are_not_asked_for_ever() {
    let gone = Web::start(|_| (503, Vec::new(), Vec::new()));
    let inner = gone.url();
    let items: String = (0..30)
        .map(|at| {
            let item = feed(&format!("{inner}/{at}.mp3"), &format!("{inner}/{at}.vtt"));
            let (from, to) = (item.find("<item>").unwrap(), item.find("</channel>").unwrap());
            item[from..to].replace("one", &format!("g{at}"))
        })
        .collect();
    let body = feed("", "").replace("</channel>", &format!("{items}</channel>"));
    let theirs = Web::start(move |_| (200, Vec::new(), body.clone().into_bytes()));
    let show = TestShow::new();
    let address = format!("{}/feed.xml", theirs.url());
    let mut command =
        show.command(&["import", &address, "--download", "--allow-private", "--show", "copy"]);
    let begun = Instant::now();
    // The audio is another matter: each file of it may take hours.
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !gone.seen().iter().any(|asked| asked.path.ends_with(".mp3")) {
        assert!(begun.elapsed() < Duration::from_secs(40), "{} asked", gone.seen().len());
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let texts = gone.asked().iter().filter(|asked| asked.path.ends_with(".vtt")).count();
    assert_eq!(texts, 8, "three times for the first, once for five more");
}

#[test]
fn a_pull_requests_settings_send_no_dry_run_to_this_machine() {
    let secret = Web::start(|_| (200, Vec::new(), b"secret".to_vec()));
    let show = TestShow::new();
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .arg("-C")
            .arg(show.root())
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@show.example"])
            .args(arguments)
            .output();
        assert!(output.unwrap().status.success());
    };
    let settings = format!("{}\n[target]\nurl = \"s3://show\"\n", show.read("onair.toml"));
    show.write("onair.toml", &settings);
    show.with_audio(1, 100, &[]);
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message=ours"]);
    show.write("onair.toml", &settings.replace("https://show.example", &secret.url()));
    let dry = ["release", "--dry-run", "--now", NOW];
    let ran = show.onair_in(&dry, &[("HOME", "/nonexistent")]);
    assert!(ran.stdout.contains("is on this machine itself"), "{}", ran.said());
    assert!(secret.asked().is_empty());
    // Once it is the main branch's, it is asked.
    git(&["commit", "--quiet", "--all", "--message=ours too"]);
    show.onair_in(&dry, &[("HOME", "/nonexistent")]);
    assert!(!secret.asked().is_empty());
}

#[test]
fn tests_contact_nothing_but_this_machine() {
    // Every run of the binary goes through one function, which says so to the binary.
    let mut runs = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let names = ["CARGO_BIN_EXE", "cargo_bin("];
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let found = names.iter().filter(|it| text.contains(**it));
                runs.extend(found.filter(|_| name != "network.rs").map(|_| name.clone()));
            }
        }
    }
    assert_eq!(runs, ["show.rs"], "all run the binary as `TestShow` does");
    // And the binary heeds it, names and addresses alike, at once.
    let show = TestShow::new();
    let begun = Instant::now();
    for url in ["https://public.example/feed.xml", "http://93.184.215.14/feed.xml"] {
        let ran = show.onair(&["import", url, "--show", "copy"]);
        assert_eq!(ran.code, 3, "{}", ran.said());
    }
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("AWS_REGION", "eu-central-1"),
    ];
    let ran = show.onair_in(&["doctor", "--target", "s3://show"], &keys);
    assert!(ran.said().contains("ONAIR_ONLY_LOOPBACK"), "{}", ran.said());
    assert!(begun.elapsed() < Duration::from_secs(10));
}
