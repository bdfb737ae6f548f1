//! A store that loses what it has confirmed.

use crate::bucket::{Stage, sound};
use crate::memory_s3::Fault;

/// Loses an episode's audio when a request is made that `when` chooses.
fn losing(stage: &Stage, when: fn(&crate::memory_s3::Asked) -> bool) {
    let server = stage.server.clone();
    stage.server.fail(move |asked| {
        if when(asked) {
            server.remove("pod/media/003.mp3");
        }
        Fault::None
    });
}

#[test]
fn audio_that_is_lost_before_the_feed_keeps_the_feed_as_it_is() {
    let stage = Stage::new(sound);
    assert_eq!(stage.run(&["release"]).code, 0);
    let before = stage.server.object("pod/podcasts/feed.xml").unwrap().bytes;
    stage.show.with_audio(3, 190, &[]);
    // Sent and acknowledged; gone when it is looked at.
    losing(&stage, |asked| asked.operation() == "PutObject" && asked.key.ends_with("index.html"));
    let ran = stage.run(&["release"]);
    assert_eq!(ran.code, 3, "{}", ran.said());
    assert!(ran.stderr.contains("`media/003.mp3` should be"), "{}", ran.said());
    assert!(ran.stderr.contains("help: release with --repair"), "{}", ran.said());
    assert_eq!(stage.server.object("pod/podcasts/feed.xml").unwrap().bytes, before);
    stage.server.heal();
    let again = stage.run(&["release"]);
    assert_eq!(again.code, 0, "{}", again.said());
    assert!(stage.server.object("pod/media/003.mp3").is_some(), "{}", again.said());
}

/// Nobody can keep a promise for a store that breaks it afterwards: it is noticed at once.
#[test]
fn audio_that_is_lost_after_it_was_looked_at_is_told_and_sent_again_by_a_repair() {
    let stage = Stage::new(sound);
    assert_eq!(stage.run(&["release"]).code, 0);
    stage.show.with_audio(3, 190, &[]);
    losing(&stage, |asked| asked.operation() == "PutObject" && asked.key.ends_with("feed.xml"));
    let ran = stage.run(&["release"]);
    let what = "warning: audio of episode 3: reachable: answered with 404\n  help: ";
    assert!(ran.stderr.contains(what), "{}", ran.said());
    assert!(ran.stderr.contains("`onair release --repair` sends it again"), "{}", ran.said());
    stage.server.heal();
    let doctor = stage.run(&["doctor"]);
    assert_eq!(doctor.code, 3, "{}", doctor.said());
    assert!(doctor.stdout.contains("`onair release --repair`"), "{}", doctor.said());
    let repaired = stage.run(&["release", "--repair"]);
    assert_eq!(repaired.code, 0, "{}", repaired.said());
    assert!(stage.server.object("pod/media/003.mp3").is_some(), "{}", repaired.said());
}
