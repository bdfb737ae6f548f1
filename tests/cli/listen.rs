//! Listening, as a host sees it. The tone has -14.0 LUFS and -12.4 dBTP, as ffmpeg measures it.

use super::bucket::{Stage, sound};
use super::show::{SETTINGS, TestShow, front_matter};

const TONE: &[u8] = include_bytes!("../../src/sound/fixtures/tone.mp3");

/// A show of one episode, which is a tone, with these lines in `[sound]`.
fn show(sound: &str) -> TestShow {
    let show = TestShow::new();
    let settings =
        SETTINGS.replace("[sound]\nlisten = \"never\"\n", &format!("[sound]\n{sound}\n"));
    show.write("onair.toml", &settings);
    show.audio(1, TONE);
    show.episode(1, &[]);
    show.fix(1);
    show
}

#[test]
fn a_check_that_listens() {
    let show = show("loudness = -20");
    assert!(!show.check().contains("sound-"));
    let said = show.onair(&["check", "--listen"]);
    assert_eq!(said.code, 0);
    assert!(said.stdout.contains("Listened to 1 recording (16.5 kB) in"), "{}", said.said());
    let said = show.onair(&["-q", "check", "--listen"]);
    insta::assert_snapshot!(said.stdout);
    let always = self::show("loudness = -20\nlisten = \"check\"");
    assert_eq!(always.onair(&["-q", "check"]).stdout, said.stdout);
}

#[test]
fn what_is_as_it_should_be_is_not_spoken_of() {
    let said = show("").onair(&["-q", "check", "--listen"]);
    assert_eq!((said.code, said.stdout.as_str()), (0, ""));
}

#[test]
fn an_allowance_is_not_useless_because_nobody_listened() {
    let show = show("loudness = -20");
    let allowed = format!(
        "{}\n[[allow]]\nrule = \"sound-loudness\"\nepisode = \"episode_001.md\"\nreason = \"loud\"\n",
        show.read("onair.toml")
    );
    show.write("onair.toml", &allowed);
    for arguments in [&["-q", "check"][..], &["-q", "check", "--listen"]] {
        assert_eq!(show.onair(arguments).stdout, "", "{arguments:?}");
    }
    show.write("onair.toml", &allowed.replace("loudness = -20", "loudness = -14"));
    assert!(show.onair(&["check", "--listen"]).stdout.contains("unused-allowance"));
}

#[test]
fn a_release_listens_to_what_is_new() {
    let show = show("loudness = -20");
    let first = show.onair(&["release"]);
    assert_eq!(first.code, 0, "{}", first.said());
    assert!(first.stdout.contains("sound-loudness"), "{}", first.said());
    let second = show.onair(&["release"]);
    assert!(!second.said().contains("sound-") && !second.said().contains("Listened"));
    let never = self::show("loudness = -20\nlisten = \"never\"").onair(&["release"]);
    assert!(!never.said().contains("sound-") && !never.said().contains("Listened"));
}

#[test]
fn what_was_heard_is_remembered() {
    let show = show("loudness = -20");
    let cache = show.path("cache").display().to_string();
    let run = || show.onair_in(&["check", "--listen"], &[("ONAIR_CACHE_DIR", cache.as_str())]);
    let (first, second) = (run(), run());
    assert!(first.stdout.contains("Listened to 1 recording"));
    assert!(!second.stdout.contains("Listened"), "{}", second.said());
    assert!(second.stdout.contains("sound-loudness"));
    // Another name and another tag are the same recording.
    std::fs::rename(show.path("audio/001.mp3"), show.path("audio/002.mp3")).unwrap();
    std::fs::remove_file(show.path("episodes/episode_001.md")).unwrap();
    show.write(
        "episodes/episode_002.md",
        &front_matter(2, &["duration: \"00:00:02\"", "size: 16508"]),
    );
    let third = run();
    assert!(!third.stdout.contains("Listened") && third.stdout.contains("sound-loudness"));
}

#[test]
fn one_episode_in_full() {
    let show = show("");
    let said = show.onair(&["-q", "listen", "1", "--svg", "wave.svg"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    insta::assert_snapshot!(said.stdout);
    assert!(show.read("wave.svg").starts_with("<svg "));
    // The same file by its path, with no show around it.
    let elsewhere = show.onair(&["-q", "listen", "--show", "nowhere", "audio/001.mp3"]);
    assert_eq!(elsewhere.code, 0, "{}", elsewhere.stderr);
    let without_episode = said.stdout.replace(" (episodes/episode_001.md)", "");
    assert!(without_episode.starts_with(&elsewhere.stdout), "{}", elsewhere.stdout);
}

#[test]
fn for_programs() {
    let said = show("").onair(&["listen", "1", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let recording = &value["recordings"][0];
    assert_eq!(value["command"], "listen");
    assert_eq!(recording["path"], "audio/001.mp3");
    assert_eq!(
        (&recording["kbits"], &recording["sound"]["milliseconds"]),
        (&64.into(), &2000.into())
    );
    let level = |value: &serde_json::Value| value.as_f64().unwrap();
    assert!((level(&recording["sound"]["loudness"]["integrated"]) + 14.0).abs() < 0.1);
    assert!((level(&recording["sound"]["peak"]["truePeak"]) + 12.4).abs() < 0.1);
}

#[test]
fn what_cannot_be_listened_to_is_said() {
    let show = show("");
    show.episode(2, &[]);
    let said = show.onair(&["listen", "2"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("there is no MP3 at hand"), "{}", said.stderr);
    show.write("page.mp3", "<!DOCTYPE html><title>404</title>");
    let said = show.onair(&["listen", "page.mp3"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("page.mp3 is an HTML page"), "{}", said.stderr);
    assert_eq!(show.onair(&["listen", "9"]).code, 2);
}

fn waveform(show: &TestShow) -> Option<String> {
    let page = show.read("public/podcasts/episode_001/index.html");
    let (_, behind) = page.split_once("data-peaks=\"")?;
    Some(behind.split('"').next()?.to_owned())
}

#[test]
fn a_waveform_that_is_known_stays_on_the_page_without_the_audio() {
    let show = show("");
    assert_eq!(show.onair(&["release"]).code, 0);
    let first = waveform(&show).unwrap();
    assert!(first.len() >= 16 && first.contains('z'), "{first}");
    // A checkout without audio, on a machine that remembers nothing, as a runner's is.
    std::fs::remove_dir_all(show.path("audio")).unwrap();
    let before = show.tree("public");
    let again = show.onair(&["release"]);
    assert_eq!(again.code, 0, "{}", again.said());
    assert_eq!(show.tree("public"), before, "{}", again.said());
    let page = show.read("episodes/episode_001.md");
    show.write("episodes/episode_001.md", &format!("{page}\nMore words.\n"));
    assert_eq!(show.onair(&["release"]).code, 0);
    assert!(show.read("public/podcasts/episode_001/index.html").contains("More words."));
    assert_eq!(waveform(&show), Some(first));
}

#[test]
fn audio_that_is_sent_ahead_takes_its_waveform_along() {
    let stage = Stage::new(sound);
    let show = &stage.show;
    show.audio(1, TONE);
    show.fix(1);
    let cache = show.path("cache");
    for arguments in [&["check", "--listen"][..], &["upload", "1"]] {
        let mut command = stage.command(arguments);
        let said = show.run(command.env("ONAIR_CACHE_DIR", &cache));
        assert_eq!(said.code, 0, "{}", said.said());
    }
    std::fs::remove_file(show.path("audio/001.mp3")).unwrap();
    let said = stage.run(&["release"]);
    assert_eq!(said.code, 0, "{}", said.said());
    let page = stage.server.object("pod/podcasts/episode_001/index.html").unwrap();
    assert!(String::from_utf8_lossy(&page.bytes).contains("data-peaks=\""));
}
