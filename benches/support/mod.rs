//! A show in memory, of as many episodes as wanted, with notes of the length that a host writes.
#![allow(dead_code, reason = "each benchmark uses its part")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::fmt::Write as _;

use onair::model::audio::PublishedAudio;
use onair::model::chapter::Chapter;
use onair::model::hash::Sha256;
use onair::model::object::Key;
use onair::show::{Episode, Settings, Source};
use onair::site::{EpisodeIn, Inputs, Templates};

const SETTINGS: &str = include_str!("../show.toml");

pub fn settings() -> Source {
    Source::new("onair.toml", SETTINGS)
}

/// The file of an episode.
pub fn text(number: u32) -> Source {
    // One a day, so that ten thousand stay in the past.
    let date = jiff::civil::date(1995, 1, 1).saturating_add(jiff::Span::new().days(number));
    let (minutes, seconds) = (30 + number % 20, number * 7 % 60);
    let bytes = u64::from(minutes * 60 + seconds) * 16_000 + u64::from(number % 1000);
    let mut text = format!(
        "---\nlayout: podcast\ntitle: \"What we heard on day {number}\"\n\
         subtitle: \"Guests, tools and trade\"\n\
         description: \"A talk about day {number}: what was built, what broke & what was learnt.\"\n\
         guest: \"<a href='https://guest{number}.example'>Guest {number}</a>, engineer\"\n\
         episode: {number}\nduration: \"00:{minutes}:{seconds:02}\"\nsize: {bytes}\n\
         file: {number}.mp3\ndate: {date} 07:00:00\nauthor: Ada Quay\ncategory: podcasts\n\
         appleEpisodeId: {}\n---\n\n## Notes\n\n",
        1_000_000_000_000_u64 + u64::from(number)
    );
    for line in 0..9 {
        writeln!(
            text,
            "- {line:02}:30 - [A thing that was spoken of](https://things.example/{number}/{line}), \
             with **a word** on why it matters to those who were there"
        )
        .unwrap();
    }
    Source::new(format!("episodes/episode_{number:05}.md"), text)
}

pub fn episodes(count: u32) -> Vec<Episode> {
    (1..=count).map(|number| Episode::parse(text(number)).expect("an episode")).collect()
}

/// All that an edition is made from; the audio is published already.
pub fn inputs<'a>(settings: &'a Settings, episodes: &'a [Episode]) -> Inputs<'a> {
    Inputs {
        show: settings,
        episodes: episodes.iter().map(given).collect(),
        assets: Vec::new(),
        gallery: Default::default(),
        templates: Templates::default(),
        extra: onair::site::extra::Extra::default(),
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        keep: Default::default(),
    }
}

fn given(episode: &Episode) -> EpisodeIn<'_> {
    let file = episode.file.value().expect("a file");
    let start = |at: u64| std::time::Duration::from_secs(at * 300);
    let chapter = |at: u64| Chapter::new(start(at), format!("Part {at}"));
    EpisodeIn {
        episode,
        audio: PublishedAudio {
            key: Key::new(format!("audio/{}", file.as_str())).expect("a key"),
            bytes: *episode.size.value().expect("a size"),
            milliseconds: 1_800_000,
            gapless_milliseconds: None,
            tag_sha256: Sha256::of(file.as_str().as_bytes()),
            payload_sha256: Sha256::of(episode.source.path.as_bytes()),
            frames_sha256: None,
            source_bytes: None,
            source_sha256: None,
            waveform: None,
            tag_texts: None,
        },
        object: None,
        chapters: (0..5).map(chapter).collect(),
        tag_chapters: Vec::new(),
        transcripts: Vec::new(),
        card: None,
    }
}
