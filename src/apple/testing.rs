//! Episodes for tests, ours and Apple's: number 7 has the guid `007.mp3` and the id 1007.

use super::lookup::AppleEpisode;
use crate::show::settings::FILE;
use crate::show::{Episode, Settings, Show, Source};

/// A show at show.example, with the Apple id 42.
pub(crate) const SETTINGS: &str = r#"[show]
title = "A"
description = "B"
author = "C"
language = "fr"
time-zone = "Europe/Paris"
category = ["News", "Tech News"]
artwork = "img/artwork.png"
apple-id = 42
apple-country = "fr"
[site]
url = "https://show.example/web"
"#;

pub(crate) fn settings() -> Settings {
    Settings::parse(&Source::new(FILE, SETTINGS)).unwrap()
}

/// The text of an episode's file; no line for the id if there is none.
pub(crate) fn text(number: u32, apple_id: &str) -> String {
    let id = match apple_id {
        "" => String::new(),
        id => format!("appleEpisodeId: {id}\n"),
    };
    format!(
        "---\ntitle: Titre de l'épisode\nepisode: {number}\nduration: 00:30:00\nfile: {number:03}.mp3\ndate: 2022-05-27 07:00:00 +0200\n{id}---\nNotes\n"
    )
}

/// An episode of ours.
pub(crate) fn episode(number: u32, apple_id: &str) -> Episode {
    let path = format!("episodes/episode_{number:03}.md");
    Episode::parse(Source::new(path, text(number, apple_id))).unwrap()
}

/// The same episode as Apple knows it.
pub(crate) fn apple_episode(number: u32) -> AppleEpisode {
    AppleEpisode {
        id: 1000 + u64::from(number),
        guid: Some(format!("{number:03}.mp3")),
        url: Some(format!("https://op3.dev/e/show.example/media/{number:03}.mp3")),
        title: Some("Titre de l'épisode".to_owned()),
        released: Some("2022-05-27T05:00:00Z".parse().unwrap()),
        milliseconds: Some(1_801_000),
    }
}

/// A show of these episodes: number and id.
pub(crate) fn show(episodes: &[(u32, &str)]) -> Show {
    Show {
        root: "show".into(),
        settings: settings(),
        settings_source: Source::new(FILE, SETTINGS),
        episodes: episodes.iter().map(|(number, id)| episode(*number, id)).collect(),
        unreadable: Vec::new(),
        others: Vec::new(),
    }
}
