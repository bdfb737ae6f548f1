//! A show small enough to release ten thousand times.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use bytes::Bytes;
use onair::model::audio::PublishedAudio;
use onair::model::hash::Sha256;
use onair::model::object::{Body, Digest, Key, Kind, Object};
use onair::site::edition::{
    Edition, EditionEpisode, EnclosureUrl, EpisodeNumber, EpisodePage, Guid,
};
use onair::store::published::Published;

pub const BASE: &str = "https://example.org/";

pub fn feed_key() -> Key {
    Key::new("podcast.xml").unwrap()
}

#[derive(Debug, Clone)]
pub struct Episode {
    pub number: u32,
    pub title: String,
    pub payload: &'static str,
    pub listed: bool,
    /// The folder of its page.
    pub folder: String,
}

#[derive(Debug, Clone)]
pub struct Show {
    pub title: &'static str,
    pub cover: &'static str,
    pub style: &'static str,
    pub about: &'static str,
    /// Whose page there is.
    pub guest: Option<&'static str>,
    pub episodes: Vec<Episode>,
}

impl Show {
    /// A show with so many episodes.
    pub fn of(episodes: u32) -> Self {
        let (title, cover, style, about) = ("A show", "cover", "body {}", "About us");
        let mut show = Self { title, cover, style, about, guest: None, episodes: Vec::new() };
        (1..=episodes).for_each(|number| show.add(number, "frames of sound"));
        show
    }

    pub fn add(&mut self, number: u32, payload: &'static str) {
        let title = format!("Episode {number}");
        let folder = format!("episode_{number}");
        self.episodes.insert(0, Episode { number, title, payload, listed: true, folder });
    }

    pub fn episode(&mut self, number: u32) -> &mut Episode {
        self.episodes.iter_mut().find(|episode| episode.number == number).unwrap()
    }

    /// The show rendered, with the audio keys and tags it already has where that must be.
    pub fn edition(&self, published: &Published, taken: &BTreeSet<Key>) -> Edition {
        let mut objects = vec![
            object("cover.jpg", Kind::Image, "image/jpeg", self.cover),
            object("style.css", Kind::Asset, "text/css", self.style),
            object("about.html", Kind::Page, "text/html", self.about),
        ];
        let guest = self.guest.map(|it| (format!("guests/{it}/index.html"), it));
        objects.extend(guest.map(|(key, it)| object(&key, Kind::Page, "text/html", it)));
        let mut episodes = Vec::new();
        for episode in &self.episodes {
            let (described, audio) = episode.audio(published, taken);
            objects.extend(audio);
            let page = episode.page().key;
            objects.push(object(page.as_str(), Kind::Page, "text/html", &episode.title));
            episodes.push(described);
        }
        let feed =
            object(feed_key().as_str(), Kind::Feed, "application/rss+xml", &self.feed(&episodes));
        let gone = Some(Bytes::from_static(b"gone"));
        let (stays, tracking, waiting, home) = (BTreeSet::new(), String::new(), Vec::new(), None);
        Edition { objects, stays, feed, tracking, episodes, waiting, home, gone }
    }

    /// The feed, as small as it can be.
    pub fn feed(&self, episodes: &[EditionEpisode]) -> String {
        let mut items = String::new();
        for episode in episodes.iter().filter(|episode| episode.listed) {
            let EditionEpisode { guid, permalink, title, enclosure_url, audio, .. } = episode;
            let bytes = audio.bytes;
            let number = episode.number.unwrap();
            write!(
                items,
                r#"<item><title>{title}</title><itunes:episode>{number}</itunes:episode><guid isPermaLink="{permalink}">{guid}</guid><enclosure url="{enclosure_url}" length="{bytes}" type="audio/mpeg"/></item>"#
            )
            .unwrap();
        }
        let title = self.title;
        format!(
            r#"<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>{title}</title><link>{BASE}</link><description>d</description>{items}</channel></rss>"#
        )
    }
}

impl Episode {
    /// Where its page stands.
    pub fn page(&self) -> EpisodePage {
        let key = Key::new(format!("{}/index.html", self.folder)).unwrap();
        EpisodePage { url: format!("{BASE}{key}"), key }
    }

    fn audio(
        &self,
        published: &Published,
        taken: &BTreeSet<Key>,
    ) -> (EditionEpisode, Option<Object>) {
        let number = self.number;
        let guid = Guid(format!("{number}.mp3"));
        let payload_sha256 = Sha256::of(self.payload.as_bytes());
        let record = published.record.as_ref();
        let known = record.and_then(|record| {
            record.episodes.iter().find(|old| {
                old.guid == guid
                    && old.audio.payload_sha256 == payload_sha256
                    && record.objects.contains_key(&old.audio.key)
            })
        });
        if let Some(known) = known {
            let (title, listed) = (self.title.clone(), self.listed);
            let page = self.listed.then(|| self.page());
            return (EditionEpisode { title, listed, page, ..known.clone() }, None);
        }
        let tag = format!("ID3 {}", self.title);
        let tag_sha256 = Sha256::of(tag.as_bytes());
        let natural = Key::new(format!("media/{number}.mp3")).unwrap();
        let used = record.is_some_and(|record| record.objects.contains_key(&natural));
        let key = if used || taken.contains(&natural) {
            let suffix = &Sha256::of(format!("{tag}{}", self.payload).as_bytes()).to_string()[..8];
            Key::new(format!("media/{number}-{suffix}.mp3")).unwrap()
        } else {
            natural
        };
        let bytes = Bytes::from(format!("{tag}{}", self.payload));
        let described = EditionEpisode {
            mime_type: None,
            tag_chapters: Vec::new(),
            guid,
            permalink: false,
            number: Some(EpisodeNumber::Alone(number)),
            title: self.title.clone(),
            source: format!("episodes/{number}.md"),
            enclosure_url: EnclosureUrl(format!("{BASE}{key}")),
            audio: PublishedAudio {
                key: key.clone(),
                bytes: bytes.len() as u64,
                milliseconds: 1000,
                gapless_milliseconds: None,
                tag_sha256,
                payload_sha256,
                frames_sha256: None,
                source_bytes: None,
                source_sha256: None,
                waveform: None,
                tag_texts: None,
            },
            published: "2022-05-27T07:00:00+02:00".into(),
            apple_episode_id: None,
            listed: self.listed,
            page: self.listed.then(|| self.page()),
        };
        let object = Object {
            key,
            kind: Kind::Audio,
            content_type: "audio/mpeg",
            digest: Digest::Tagged { tag_sha256, payload_sha256 },
            body: Body::Bytes(bytes),
            metadata: Default::default(),
            redirect: None,
        };
        (described, Some(object))
    }
}

pub fn object(key: &str, kind: Kind, content_type: &'static str, text: &str) -> Object {
    Object::in_memory(
        Key::new(key).unwrap(),
        kind,
        content_type,
        Bytes::copy_from_slice(text.as_bytes()),
    )
}
