//! What of a release is looked at from outside, as a listener's app would.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::http::{Client, HttpError};
use crate::model::audio::MP3_TYPE;
use crate::model::checkup::Check;
use crate::model::object::{Key, Kind};
use crate::public::reach::{self, Public, Usage};
use crate::show::Settings;
use crate::site::edition::EditionEpisode;
use crate::store::record::{Record, Recorded};

/// How many are asked for at a time.
const AT_ONCE: usize = 8;

/// Something public, by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    name: String,
    url: String,
    bytes: Option<u64>,
    content_type: String,
    usage: Usage,
}

impl Wanted {
    fn borrowed(&self) -> Public<'_> {
        Public {
            name: &self.name,
            url: &self.url,
            bytes: self.bytes,
            content_type: &self.content_type,
            usage: self.usage,
        }
    }
}

/// An episode's audio, at its own address: behind a tracking prefix a look would count as a download.
pub fn audio(settings: &Settings, episode: &EditionEpisode) -> Wanted {
    let name = episode.number.map_or_else(|| episode.title.clone(), |it| format!("episode {it}"));
    Wanted {
        name: format!("audio of {name}"),
        url: settings.without_tracking(&episode.enclosure_url.0),
        bytes: Some(episode.audio.bytes),
        content_type: episode.mime_type.clone().unwrap_or_else(|| MP3_TYPE.to_owned()),
        usage: Usage::Played,
    }
}

/// One of each sort that a release has made public: the feed first, then the newest audio.
pub fn samples(settings: &Settings, record: &Record) -> Vec<Wanted> {
    let feed = Wanted {
        name: "feed".to_owned(),
        url: settings.feed_url(),
        // A cache may give the feed of some minutes ago, and may do so.
        bytes: None,
        content_type: record.feed.content_type.clone(),
        usage: Usage::Read,
    };
    let newest = record.listed().next().map(|episode| audio(settings, episode));
    let sorts = [
        (Kind::Page, "page", Usage::Read),
        (Kind::Chapters, "chapters", Usage::Scripted),
        (Kind::Transcript, "transcript", Usage::Scripted),
    ];
    let others = sorts.iter().filter_map(|(kind, name, usage)| {
        let is_sample = |(key, recorded): &(&Key, &Recorded)| {
            recorded.kind == *kind && (*kind != Kind::Page || key.as_str().ends_with("index.html"))
        };
        let (key, recorded) = record.objects.iter().find(is_sample)?;
        Some(Wanted {
            name: (*name).to_owned(),
            url: settings.public_url(key)?,
            bytes: None,
            content_type: recorded.content_type.clone(),
            usage: *usage,
        })
    });
    std::iter::once(feed).chain(newest).chain(others).collect()
}

/// Looks at all of them, unless the first cannot be reached at all. Blocks.
///
/// # Errors
/// Why the first cannot be reached: most often there is no way from here to the public address.
pub fn look(client: &Client, wanted: &[Wanted]) -> Result<Vec<Check>, HttpError> {
    if let Some(first) = wanted.first() {
        client.head(&first.url)?;
    }
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(wanted.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(wanted) = wanted.get(at) else { break };
                    let checks = reach::look(client, &wanted.borrowed());
                    if let Ok(mut found) = found.lock() {
                        found.push((at, checks));
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_by_key(|(at, _)| *at);
    Ok(found.into_iter().flat_map(|(_, checks)| checks).collect())
}
