//! Ctrl-C, and the signal by which systems and CI runs end a process.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::bucket::{Stage, sound};
use crate::memory_s3::{Asked, Fault};
use crate::show::Ran;

/// Waits for what must happen soon.
fn soon(what: &str, happened: impl Fn() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} did not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
}

/// A release that hangs at the request that `hangs` chooses.
fn hanging(stage: &Stage, hangs: impl Fn(&Asked) -> bool + Send + 'static) -> Child {
    let (reached, at) = std::sync::mpsc::channel();
    stage.server.fail(move |asked| {
        if !hangs(asked) {
            return Fault::None;
        }
        let _ = reached.send(());
        Fault::Silence
    });
    let mut command = stage.command(&["release"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    at.recv_timeout(Duration::from_secs(60)).unwrap();
    child
}

fn is_write(asked: &Asked, key: &str) -> bool {
    asked.operation() == "PutObject" && asked.key.contains(key)
}

#[test]
fn nothing_is_written_by_what_is_stopped_while_it_reads() {
    let stage = Stage::new(sound);
    let child = hanging(&stage, |asked| asked.operation() == "GetObject");
    signal(&child, "-INT");
    let ran = ended(&stage, child);
    assert_eq!(ran.code, 130, "{}", ran.said());
    insta::assert_snapshot!("reading", ran.stderr);
    assert_eq!(stage.server.keys(), [""; 0]);
}

fn ended(stage: &Stage, child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap_or(-1);
    stage.tidy(Ran { code, stdout: text(output.stdout), stderr: text(output.stderr) })
}

#[test]
fn a_release_that_is_stopped_changes_no_feed_and_goes_on_the_next_time() {
    for name in ["-INT", "-TERM"] {
        let stage = Stage::new(sound);
        let child = hanging(&stage, |asked| is_write(asked, "media/002"));
        soon("the other file", || stage.server.object("pod/media/001.mp3").is_some());
        signal(&child, name);
        let ran = ended(&stage, child);
        assert_eq!(ran.code, 130, "{}", ran.said());
        insta::assert_snapshot!("stopped", ran.stderr);
        assert!(stage.server.object("pod/podcasts/feed.xml").is_none());
        stage.server.heal();
        let ran = stage.run(&["release"]);
        assert_eq!(ran.code, 0, "{}", ran.said());
        assert!(!ran.stdout.contains("media/001.mp3"), "it is not sent again: {}", ran.said());
    }
}

#[test]
fn a_feed_that_is_being_published_is_finished_unless_somebody_insists() {
    // The first says what is about to be written, the second what was.
    let manifests = std::sync::atomic::AtomicUsize::new(0);
    let is_manifest = move |asked: &Asked| {
        is_write(asked, "manifest.json")
            && manifests.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0
    };
    let stage = Stage::new(sound);
    let mut child = hanging(&stage, is_manifest);
    signal(&child, "-INT");
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "it goes on");
    signal(&child, "-INT");
    let ran = ended(&stage, child);
    assert_eq!(ran.code, 130, "{}", ran.said());
    insta::assert_snapshot!("insisted", ran.stderr);
    assert!(stage.server.object("pod/podcasts/feed.xml").is_some());
    stage.server.heal();
    let ran = stage.run(&["release"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(stage.run(&["release"]).stdout.starts_with("Nothing to do"));
}
