//! A little show for tests.

use bytes::Bytes;
use jiff::Timestamp;

use super::{EpisodeIn, Inputs, Templates};
use crate::model::audio::PublishedAudio;
use crate::model::chapter::Chapter;
use crate::model::hash::Sha256;
use crate::model::object::Key;
use crate::show::{Episode, Settings, Source};

pub(crate) const SETTINGS: &str = r#"
[show]
title = "Ondes & Marées"
subtitle = "La radio du large"
description = "Des histoires de mer, racontées par celles et ceux qui y vivent."
author = "Radio du Large"
owner = { name = "Radio du Large", email = "radio@show.example" }
language = "fr"
time-zone = "Europe/Paris"
category = [["Society & Culture", "Documentary"], ["Science"]]
artwork = "img/artwork.png"
apple-id = 1452118442
apple-country = "fr"
apple-verify = "abc-123"
update-frequency = "Une fois par mois"
funding = { url = "https://show.example/aider", text = "Aidez-nous" }
hosts = [{ name = "Maëlle Le Goff", link = "https://show.example/maelle" }]
[show.links]
spotify = "https://open.spotify.com/show/x"
[site]
url = "https://show.example/web"
path = "web"
"#;

pub(crate) fn settings() -> Settings {
    settings_from(SETTINGS)
}

pub(crate) fn settings_from(text: &str) -> Settings {
    Settings::parse(&Source::new("onair.toml", text)).expect("good settings")
}

/// An episode that came out in this month of 2024, on the third.
pub(crate) fn text(number: u32, month: u32) -> String {
    format!(
        "---\ntitle: \"La marée n° {number}\"\nsubtitle: \"Une histoire d'eau\"\n\
         description: \"Le flux & le reflux.\"\n\
         guest: \"<a href='https://www.linkedin.com/in/a/'>Anne Martin</a>, océanographe, <a href='https://acme.example'>Acme</a>\"\n\
         episode: {number}\nfile: {number}.mp3\ndate: 2024-{month:02}-03 07:00:00 +0200\n\
         author: Maëlle Le Goff\ntags: [mer]\nappleEpisodeId: {}\n---\n\n## Liens\n\n- [Le site](https://a.example)\n",
        1_000_000_000_000_u64 + u64::from(number)
    )
}

pub(crate) fn episode(path: &str, text: &str) -> Episode {
    Episode::parse(Source::new(path, text)).expect("good front matter")
}

pub(crate) fn episodes(count: u32) -> Vec<Episode> {
    (1..=count)
        .map(|number| episode(&format!("episodes/episode_{number}.md"), &text(number, number)))
        .collect()
}

pub(crate) fn given(episode: &Episode) -> EpisodeIn<'_> {
    let file = episode.file.value().map_or("x.mp3", |file| file.as_str());
    EpisodeIn {
        episode,
        audio: PublishedAudio {
            key: Key::new(format!("media/{file}")).expect("a key"),
            bytes: 1_234_567,
            milliseconds: 61_400,
            gapless_milliseconds: None,
            tag_sha256: Sha256::of(b"tag"),
            payload_sha256: Sha256::of(file.as_bytes()),
            frames_sha256: None,
            source_bytes: None,
            source_sha256: None,
            waveform: None,
            tag_texts: None,
        },
        object: None,
        chapters: Vec::new(),
        tag_chapters: Vec::new(),
        transcripts: Vec::new(),
        card: None,
    }
}

pub(crate) fn chapter(seconds: u64, title: &str) -> Chapter {
    let start = std::time::Duration::from_secs(seconds);
    Chapter::new(start, title.to_owned())
}

pub(crate) fn inputs<'a>(show: &'a Settings, episodes: &'a [Episode]) -> Inputs<'a> {
    Inputs {
        show,
        episodes: episodes.iter().map(given).collect(),
        assets: super::AssetFile::new("img/artwork.png", Bytes::from_static(b"png"))
            .into_iter()
            .collect(),
        gallery: super::artwork::Gallery::default(),
        templates: Templates::default(),
        extra: super::extra::Extra::default(),
        now: "2030-01-01T00:00:00Z".parse::<Timestamp>().expect("a time"),
        keep: super::Keep::default(),
    }
}
