//! `check` and `release --dry-run` without credentials: what is published is read from the public web.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::show::{Ran, TestShow};

const NOW: &str = "2021-03-01T00:00:00Z";

/// A web server that gives everybody the files of a folder, but for those that are `hidden`.
struct Web {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Web {
    fn serve(folder: PathBuf, hidden: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &folder, hidden, &log);
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.sort();
        asked
    }
}

fn answer(mut stream: TcpStream, folder: &Path, hidden: &str, log: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    lines.find(String::is_empty);
    let mut words = request.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    log.lock().unwrap().push(format!("{method} {path}"));
    let file = fs::read(folder.join(&path[1..])).ok();
    let file = file.filter(|_| hidden.is_empty() || !path.starts_with(hidden));
    let status = if file.is_some() { "200 OK" } else { "403 Forbidden" };
    let body = file.unwrap_or_default();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes());
    if method == "GET" {
        let _ = stream.write_all(&body);
    }
}

/// A show that is published in a folder, which a web server serves.
fn published(hidden: &'static str) -> (TestShow, Web) {
    let show = TestShow::new();
    let web = Web::serve(show.path("public"), hidden);
    show.write("onair.toml", &show.read("onair.toml").replace("https://show.example", &web.url));
    show.with_audio(1, 200, &[]);
    show.with_audio(2, 300, &[]);
    let ran = show.onair(&["release", "--now", NOW]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    web.asked();
    (show, web)
}

fn stranger(show: &TestShow, arguments: &[&str]) -> Ran {
    let arguments = [arguments, &["--target", "s3://bucket/pod"]].concat();
    show.onair_in(&arguments, &[("AWS_EC2_METADATA_DISABLED", "true"), ("HOME", "/nonexistent")])
}

#[test]
fn a_plan_is_true_without_credentials() {
    let (show, web) = published("");
    let before = show.tree("public");
    let ran = stranger(&show, &["release", "--dry-run", "--now", NOW]);
    assert!(ran.stdout.contains("There are no credentials for s3://bucket/pod (no source has any); what is published was read from http://127.0.0.1"), "{}", ran.said());
    assert!(ran.stdout.contains("Nothing to do: s3://bucket/pod is up to date"), "{}", ran.said());
    let asked = web.asked();
    assert_eq!(asked.len(), 2, "a manifest and a feed: {asked:?}");

    let text = show.read("episodes/episode_002.md").replace("Title three", "Another title");
    show.write("episodes/episode_002.md", &text);
    let ran = stranger(&show, &["release", "--dry-run", "--now", NOW]);
    assert!(ran.stdout.contains("+ podcasts/feed.xml (content changed"), "{}", ran.said());
    assert!(!ran.stdout.contains("+ media/"), "{}", ran.said());
    assert_eq!(show.tree("public"), before);

    // Guards, too, are those of what is published.
    show.write("episodes/episode_001.md", &text.replace("---\n\n", "draft: true\n---\n\n"));
    let ran = stranger(&show, &["release", "--dry-run", "--now", NOW]);
    assert_eq!(ran.code, 4, "{}", ran.said());
}

#[test]
fn a_checkout_without_audio_is_judged_without_credentials() {
    let (show, _web) = published("");
    fs::remove_dir_all(show.path("audio")).unwrap();
    let ran = stranger(&show, &["check"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let proved = "episodes/episode_002.md: audio proved by the target's record";
    assert!(ran.stdout.contains(proved), "{}", ran.said());
    assert_eq!(stranger(&show, &["release", "--dry-run", "--now", NOW]).code, 0);

    let text = show.read("episodes/episode_002.md").replace("size: ", "size: 1");
    show.write("episodes/episode_002.md", &text);
    let ran = stranger(&show, &["check"]);
    assert!(ran.code == 1 && ran.stdout.contains("audio-size"), "{}", ran.said());
    let ran = stranger(&show, &["check", "--fix"]);
    assert_eq!(ran.code, 0, "what the target says fixes it: {}", ran.said());
}

#[test]
fn records_that_are_private_leave_the_feed_to_compare_with() {
    let (show, _web) = published("/.onair/");
    let ran = stranger(&show, &["release", "--dry-run", "--now", NOW]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(ran.stdout.contains("every object counts as new"), "{}", ran.said());
    assert!(ran.stdout.contains("Feed: no item changes"), "{}", ran.said());

    let text = show.read("episodes/episode_001.md");
    show.write("episodes/episode_001.md", &text.replace("---\n\n", "guid: another\n---\n\n"));
    let ran = stranger(&show, &["release", "--dry-run", "--now", NOW]);
    assert!(ran.code == 4 && ran.stderr.contains("guid"), "{}", ran.said());
}

#[test]
fn what_cannot_be_seen_is_said() {
    let (show, web) = published("/");
    let ran = stranger(&show, &["release", "--dry-run", "--now", NOW]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(ran.stdout.contains("as if nothing were published at all"), "{}", ran.said());
    assert!(
        web.asked().iter().all(|asked| asked.starts_with("GET ") || asked.starts_with("HEAD "))
    );
    show.write("onair.toml", &show.read("onair.toml").replace(&web.url, "http://127.0.0.1:1"));
    let ran = stranger(&show, &["release", "--dry-run", "--now", NOW]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(ran.stdout.contains("no connection"), "{}", ran.said());

    // A release needs to be trusted.
    let ran = stranger(&show, &["release", "--now", NOW]);
    assert!(ran.code == 3, "{}", ran.said());
}
