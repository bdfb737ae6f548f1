//! The text of a new episode's file.

use std::iter;

use crate::audio::tag::HeldChapter;
use crate::model::chapter::clock;
use crate::show::addresses::has_web_scheme;
use crate::show::edit::quoted;

/// What a new episode's file says.
#[derive(Debug, Default)]
pub struct Template {
    pub title: String,
    pub subtitle: String,
    pub description: String,
    pub season: Option<u32>,
    pub number: u32,
    /// `HH:MM:SS`
    pub duration: String,
    /// In bytes.
    pub size: u64,
    pub file: String,
    pub date: String,
    pub author: String,
    /// The episode's own artwork.
    pub image: Option<String>,
    /// A chapter file; or else those that the MP3 holds.
    pub chapter_file: Option<String>,
    pub chapters: Vec<HeldChapter>,
    /// The picture of each chapter, as far as there are any.
    pub chapter_images: Vec<Option<String>>,
    pub transcript: Option<String>,
    /// A first line for editors.
    pub modeline: Option<String>,
}

impl Template {
    /// The file's text. What is left to write stands there empty, never with words to be replaced.
    pub fn text(&self) -> String {
        let line = |text: &str| quoted(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        let mut text = "---\n".to_owned();
        let mut put = |key: &str, value: &str| text.push_str(&format!("{key}: {value}\n"));
        if let Some(modeline) = &self.modeline {
            put(
                modeline.split_once(": ").map_or("", |(key, _)| key),
                modeline.split_once(": ").map_or("", |(_, value)| value),
            );
        }
        put("title", &line(&self.title));
        put("subtitle", &line(&self.subtitle));
        put("description", &line(&self.description));
        put("guest", "\"\"");
        if let Some(season) = self.season {
            put("season", &season.to_string());
        }
        put("episode", &self.number.to_string());
        put("duration", &format!("\"{}\"", self.duration));
        put("size", &self.size.to_string());
        put("file", &self.file);
        put("date", &self.date);
        if !self.author.trim().is_empty() {
            put("author", &line(&self.author));
        }
        for (key, path) in [
            ("image", &self.image),
            ("transcript", &self.transcript),
            ("chapters", &self.chapter_file),
        ] {
            if let Some(path) = path {
                put(key, path);
            }
        }
        if self.chapter_file.is_none() {
            self.chapters(&mut text);
        }
        text.push_str("---\n\n");
        text
    }

    /// What the MP3 holds is written down, so that page and feed have it in a checkout without audio.
    fn chapters(&self, text: &mut String) {
        let line = |text: &str| quoted(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        let images = self.chapter_images.iter().map(Option::as_ref).chain(iter::repeat(None));
        let named = self.chapters.iter().zip(images).filter(|(chapter, _)| chapter.has_title());
        for (at, (chapter, image)) in named.enumerate() {
            if at == 0 {
                text.push_str("chapters:\n");
            }
            let start = clock(chapter.start);
            text.push_str(&format!(
                "  - start: \"{start}\"\n    title: {}\n",
                line(&chapter.title)
            ));
            if let Some(url) = chapter.url.as_ref().filter(|url| has_web_scheme(url)) {
                text.push_str(&format!("    url: {}\n", line(url)));
            }
            if let Some(image) = image {
                text.push_str(&format!("    image: {image}\n"));
            }
        }
    }
}
