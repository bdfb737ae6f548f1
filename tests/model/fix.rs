//! Fixing random shows: no finding outlives the text that it is about.

use std::fs;

use onair::audio::testing::{FRAME, Noise};
use onair::pipeline::Options;
use onair::pipeline::check::{CheckOptions, Checked, Fixing, check};
use onair::report::{Sources, github, human, json, sarif};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Lines of front matter; many are wrong, and longer or shorter once they are fixed.
const LINES: [&str; 16] = [
    "size: 1",
    "size: \"50603073 bytes\"",
    "duration: “00:33:05\"",
    "duration: \"99:59:59\"",
    "date: 2021-02-1 7:00:00",
    "date: 2021-07-01 07:00:00 +0100",
    "transcript: nothere.vtt",
    "transcript: transcripts/long.vtt",
    "transcript: transcripts/broken.vtt",
    "chapters:\n  - { start: \"00:00:00\", title: \"A\" }\n  - { start: \"00:59:00\", title: \"B\" }",
    "chapters:\n  - { start: \"soon\", title: \"A\" }",
    "chapters: chapters/none.json",
    "background: img/nothere.jpg",
    "image: /img/nothere-either.png",
    "appleEpisodeId: \"1000564197449 \"",
    "guest: \"<a href='https://guest.example'>A guest</a>\"",
];

const SETTINGS: &str = r#"[show]
title = "Tides"
description = "What the sea brings."
author = "Ada"
language = "fr"
time-zone = "Europe/Paris"
category = "Arts"
artwork = "img/artwork.png"
chapters-from-notes = true

[sound]
listen = "never"
[site]
url = "https://show.example"
cards = false
"#;

fn lines() -> impl Strategy<Value = Vec<&'static str>> {
    let some = subsequence(LINES.to_vec(), 0..LINES.len()).prop_shuffle();
    // One line a key: two of the same are no front matter.
    some.prop_map(|lines| {
        let mut keys = std::collections::BTreeSet::new();
        lines.into_iter().filter(|line| keys.insert(line.split(':').next())).collect()
    })
}

fn notes() -> impl Strategy<Value = &'static str> {
    select(vec!["Notes.", "0:00 Start\n9:99 Wrong\n", "00:00 Start\n00:01 End\n", ""])
}

async fn checked(root: &std::path::Path, fix: Fixing) -> Checked {
    let options = Options::at(root);
    let now = "2022-06-01T12:00:00Z".parse().unwrap();
    let asked = CheckOptions { episodes: Vec::new(), listen: false, fix, now };
    check(&options, &asked, &()).await.unwrap()
}

/// All forms of a report: they look every place up in its text.
fn rendered(checked: &Checked) -> String {
    let mut sources = Sources::of(&checked.checkout.show);
    sources.add(checked.checkout.side_sources());
    let findings = &checked.findings;
    let _ = github::render(findings, &sources);
    let _ = sarif::value(findings, &sources);
    let _ = json::value("check", findings, &sources);
    human::render(findings, &sources, false)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_finding_is_of_the_text_that_stands(
        episodes in proptest::collection::vec((lines(), notes()), 1..4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for folder in ["episodes", "audio", "img", "transcripts"] {
            fs::create_dir(root.join(folder)).unwrap();
        }
        fs::write(root.join("onair.toml"), SETTINGS).unwrap();
        let long = "WEBVTT\n\n00:00:00.000 --> 01:00:00.000\nThe sea.\n";
        fs::write(root.join("transcripts/long.vtt"), long).unwrap();
        fs::write(root.join("transcripts/broken.vtt"), "no transcript").unwrap();
        for (at, (lines, notes)) in episodes.iter().enumerate() {
            let mut noise = Noise(at as u64 + 1);
            let audio: Vec<u8> = (0..90).flat_map(|_| FRAME.noise(&mut noise)).collect();
            fs::write(root.join(format!("audio/{at}.mp3")), audio).unwrap();
            let text = format!("---\ntitle: \"T{at}\"\nepisode: {at}\nfile: {at}.mp3\n{}\n---\n\n{notes}\n", lines.join("\n"));
            fs::write(root.join(format!("episodes/{at}.md")), text).unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let fixed = runtime.block_on(checked(root, Fixing::On));
        let again = runtime.block_on(checked(root, Fixing::Off));
        // What is said after a fix is what a new look at the files says.
        prop_assert_eq!(rendered(&fixed), rendered(&again));
    }
}
