//! Writes the tag that a JSON file describes into an MP3: `tag_file AUDIO.mp3 TAG.json`.
//!
//! The smallest program around [`onair::audio::tag`]; `tests/interop/tags.sh` has other programs read
//! its output.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use onair::audio::tag::{
    self, Language, Picture, Source, TagChapter, TagSpec, Version, existing_tag, write_in_place,
};
use onair::audio::{Content, Depth, probe_file};
use onair::model::chapter::Chapter;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    version: Version,
    title: Option<String>,
    subtitle: Option<String>,
    artist: Option<String>,
    album: Option<String>,
    album_artist: Option<String>,
    track: Option<u32>,
    season: Option<u32>,
    released: Option<String>,
    genre: Option<String>,
    language: Option<String>,
    publisher: Option<String>,
    copyright: Option<String>,
    comment: Option<String>,
    notes: Option<String>,
    episode_url: Option<String>,
    show_url: Option<String>,
    feed_url: Option<String>,
    guid: Option<String>,
    description: Option<String>,
    category: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    cover: Option<String>,
    #[serde(default)]
    chapters: Vec<DescribedChapter>,
    duration_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedChapter {
    start_ms: u64,
    title: String,
    url: Option<String>,
    image: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args_os().skip(1);
    let (Some(audio), Some(json)) = (args.next(), args.next()) else {
        anyhow::bail!("usage: tag_file AUDIO.mp3 TAG.json");
    };
    let json = Path::new(&json);
    let described: Described = serde_json::from_slice(&std::fs::read(json)?)?;
    let spec = spec(described, json.parent().unwrap_or(Path::new("")))?;

    let Content::Mp3(mp3) = probe_file(&audio, Depth::Hash)?.content else {
        anyhow::bail!("this is no MP3");
    };
    let payload_sha256 = mp3.payload_sha256.context("the payload was not hashed")?;
    let source = Source { path: audio.into(), payload: mp3.payload, payload_sha256 };
    let tag = tag::render(&spec, &existing_tag(&source.path, &source.payload)?)?;
    write_in_place(&source, &tag)?;
    Ok(())
}

fn spec(described: Described, folder: &Path) -> anyhow::Result<TagSpec> {
    let picture = |path: &Option<String>| -> anyhow::Result<Option<Picture>> {
        let Some(path) = path else { return Ok(None) };
        Ok(Some(Picture::new(std::fs::read(folder.join(path))?)?))
    };
    let chapters = described.chapters.into_iter().map(|chapter| {
        let picture = picture(&chapter.image)?;
        let start = Duration::from_millis(chapter.start_ms);
        let DescribedChapter { title, url, image, .. } = chapter;
        Ok(TagChapter { chapter: Chapter { url, image, ..Chapter::new(start, title) }, picture })
    });
    Ok(TagSpec {
        version: described.version,
        title: described.title,
        subtitle: described.subtitle,
        artist: described.artist,
        album: described.album,
        album_artist: described.album_artist,
        track: described.track,
        season: described.season,
        released: described.released.map(|at| at.parse()).transpose()?,
        genre: described.genre,
        language: described.language.as_deref().and_then(Language::from_tag),
        publisher: described.publisher,
        copyright: described.copyright,
        comment: described.comment,
        notes: described.notes,
        episode_url: described.episode_url,
        show_url: described.show_url,
        feed_url: described.feed_url,
        guid: described.guid,
        description: described.description,
        category: described.category,
        keywords: described.keywords,
        podcast: true,
        cover: picture(&described.cover)?,
        chapters: Some(chapters.collect::<anyhow::Result<Vec<_>>>()?)
            .filter(|list| !list.is_empty()),
        duration: Duration::from_millis(described.duration_ms),
    })
}
