//! An episode's chapters as a file of their own, for players that read `podcast:chapters`.
//!
//! Source: Podcast Namespace, "JSON Chapters Format", version 1.2.0.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::model::chapter::Chapter;

/// The file's media type.
pub const CONTENT_TYPE: &str = "application/json+chapters";

#[derive(Serialize)]
struct File<'a> {
    version: &'static str,
    chapters: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(serialize_with = "seconds")]
    start_time: Duration,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "end")]
    end_time: Option<Duration>,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    img: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    toc: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    name: &'a str,
    geo: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    osm: Option<&'a str>,
}

/// Those that stand in lists: all but the hidden ones.
pub fn listed(chapters: &[Chapter]) -> impl Iterator<Item = &Chapter> {
    chapters.iter().filter(|chapter| !chapter.details.hidden)
}

/// The chapter file, ended by a line break; the same chapters always give the same bytes.
///
/// `image_url` gives the public address of a chapter's picture; a picture that has none is left out.
pub fn json(chapters: &[Chapter], image_url: impl Fn(&str) -> Option<String>) -> String {
    let chapters = chapters
        .iter()
        .map(|chapter| Entry {
            start_time: chapter.start,
            title: &chapter.title,
            img: chapter.image.as_deref().and_then(&image_url),
            url: chapter.url.as_deref(),
            end_time: chapter.details.end,
            toc: chapter.details.hidden.then_some(false),
            location: chapter.details.location.as_ref().map(|place| Place {
                name: &place.name,
                geo: &place.geo,
                osm: place.osm.as_deref(),
            }),
        })
        .collect();
    // Only maps with odd keys and failing writers make serde_json fail: neither is here.
    let mut text =
        serde_json::to_string_pretty(&File { version: "1.2.0", chapters }).unwrap_or_default();
    text.push('\n');
    text
}

fn end<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    seconds(&time.unwrap_or_default(), serializer)
}

/// Seconds as a person would write them: `135`, `95.5`.
fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    if time.subsec_millis() == 0 {
        serializer.serialize_u64(time.as_secs())
    } else {
        serializer.serialize_f64(time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::model::chapter::{Details, Location};
    use crate::show::chapters::Format;

    #[test]
    fn a_chapter_file_is_read_back_as_it_was() {
        let chapter = |ms, title: &str, url: Option<&str>, image: Option<&str>| Chapter {
            start: Duration::from_millis(ms),
            title: title.to_owned(),
            url: url.map(str::to_owned),
            image: image.map(str::to_owned),
            details: Details::default(),
        };
        let mut chapters = [
            chapter(0, "Début \"é\" 🎙️", None, None),
            chapter(95_123, "Suite", Some("https://example.org/a?b=1&c"), Some("img/a.jpg")),
            chapter(3_600_000, "Fin", None, Some("missing.png")),
        ];
        let place = Location { name: "Paris".into(), geo: "geo:48.86,2.35".into(), osm: None };
        let end = Some(Duration::from_millis(96_500));
        chapters[1].details = Details { end, hidden: true, location: Some(place) };
        let public =
            |path: &str| path.strip_prefix("img").map(|path| format!("https://e.org{path}"));
        let text = json(&chapters, public);
        assert_snapshot!(text, @r#"
        {
          "version": "1.2.0",
          "chapters": [
            {
              "startTime": 0,
              "title": "Début \"é\" 🎙️"
            },
            {
              "startTime": 95.123,
              "endTime": 96.5,
              "title": "Suite",
              "img": "https://e.org/a.jpg",
              "url": "https://example.org/a?b=1&c",
              "toc": false,
              "location": {
                "name": "Paris",
                "geo": "geo:48.86,2.35"
              }
            },
            {
              "startTime": 3600,
              "title": "Fin"
            }
          ]
        }
        "#);
        let read = Format::Json.read(&text).unwrap();
        let images = [None, Some("https://e.org/a.jpg".to_owned()), None];
        for ((read, written), image) in read.into_iter().zip(chapters).zip(images) {
            assert_eq!(read.value, Chapter { image, ..written });
        }
    }
}
