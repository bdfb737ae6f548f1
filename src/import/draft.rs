//! An episode as its file says it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::write::cut;
use super::xml::Element;
use super::{dates, html, media, texts};
use crate::show::edit::quoted;
use crate::show::episode::EpisodeType;
use crate::show::values::hh_mm_ss;

const MAX_LINE: usize = 1000;
/// What fits into an episode's file beside its front matter.
const MAX_NOTES: usize = 900_000;
const SUMMARY: &str = "itunes:summary";

/// What an item says.
#[derive(Debug, Default)]
pub struct Draft {
    pub title: String,
    pub subtitle: Option<String>,
    /// `description`, `content:encoded`, `itunes:summary`: as the feed has them, until they are settled.
    pub raw: [String; 3],
    pub description: Option<String>,
    pub notes: String,
    pub number: Option<u32>,
    pub season: Option<u32>,
    pub kind: Option<EpisodeType>,
    pub explicit: Option<bool>,
    pub seconds: Option<u64>,
    pub bytes: Option<u64>,
    pub date: Option<dates::Date>,
    pub author: Option<String>,
    pub guid: String,
    pub permalink: bool,
    /// The enclosure's address, to the letter.
    pub enclosure: String,
    /// Whether that is an MP3.
    pub is_mp3: bool,
    /// Its type, as the feed has it.
    pub mime: String,
    /// What has no key of its own.
    pub extra: Vec<Element>,
    pub link: Option<String>,
    pub persons: Vec<Person>,
    pub apple_id: Option<u64>,
    /// Keys of the podcast namespace, with their values.
    pub namespace: Vec<(&'static str, String)>,
    /// Whether directories are to leave it out.
    pub block: bool,
    /// One for each language.
    pub transcripts: Vec<TranscriptLink>,
    pub chapters: Option<String>,
    pub chapter_list: String,
    pub image: Option<String>,
    /// The ending that its bytes ask for, where they were looked at.
    pub image_ending: Option<&'static str>,
    /// What to tell of its file: of what kind it is, and what there is.
    pub remarks: Vec<(&'static str, String)>,
}

/// A `podcast:transcript` that can be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptLink {
    /// Its address.
    pub url: String,
    /// The ending of its file.
    pub ending: &'static str,
    /// Its language, if the feed gives one.
    pub language: Option<String>,
    /// Whether it is timed to be shown.
    pub captions: bool,
}

/// What an episode's file names beside its audio.
#[derive(Debug, Default)]
pub struct Beside {
    /// Transcripts that are fetched: each with its place.
    pub transcripts: Vec<(TranscriptLink, String)>,
    /// The place of its chapters, if they are fetched.
    pub chapters: Option<String>,
    /// The place of its own artwork, if that is fetched.
    pub image: Option<String>,
    /// Where its page stood.
    pub alias: Option<String>,
}

/// A `podcast:person`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub role: String,
    pub link: Option<String>,
    pub image: Option<String>,
}

impl Draft {
    /// A line, cut to what a front matter can hold.
    pub fn kept(&mut self, line: Option<String>, what: &str) -> Option<String> {
        let line = line?;
        let (kept, cut_off) = cut(&line, MAX_LINE);
        if cut_off {
            self.remarks.push((
                "lines that no app shows whole were cut",
                format!("its {what}, at {MAX_LINE} bytes"),
            ));
        }
        Some(kept.to_owned())
    }

    /// Decides what the description is and what the notes, with addresses below the episode's old page or
    /// `site`; the report is told afterwards, by [`own_summary`](Self::own_summary). `is_own` says whether
    /// onair wrote the feed.
    pub fn settle(&mut self, site: Option<&str>, is_own: bool) {
        let base = self.link.as_deref().or(site).and_then(|base| url::Url::parse(base).ok());
        let resolve = |link: &str| match &base {
            Some(base) => base.join(link).ok().map(Into::into),
            None => Some(link.to_owned()),
        };
        let [description, content, summary] = std::mem::take(&mut self.raw);
        let audio = media::untracked(&self.enclosure);
        // What an MP3's name is followed by tells no file of its own.
        let path = audio.split('?').next().filter(|path| path.ends_with(".mp3"));
        let [description, content] =
            [description, content].map(|text| html::without_player(&text, path.unwrap_or(&audio)));
        let texts = [&description, &content].map(|text| html::unescaped(text));
        let embedded: BTreeSet<&str> = texts.iter().flat_map(|text| html::embedded(text)).collect();
        if let Some(first) = embedded.first() {
            let more = match embedded.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            let kind = "players in notes do not come: link to what they show";
            self.remarks.push((kind, format!("{}{more}", cut(first, 200).0)));
        }
        let settled = texts::settle(
            &texts::Given {
                title: &self.title,
                subtitle: self.subtitle.as_deref().unwrap_or_default(),
                description: &description,
                content: &content,
                summary: &summary,
                is_own,
            },
            &resolve,
        );
        self.description = settled.description;
        let (notes, cut_off) = cut(&settled.notes, MAX_NOTES);
        if cut_off {
            self.remarks.push((
                "notes longer than a file can hold were cut",
                format!("at {MAX_NOTES} bytes"),
            ));
        }
        self.notes = notes.to_owned();
        if settled.summary {
            self.extra.push(Element {
                name: SUMMARY.to_owned(),
                text: summary,
                ..Element::default()
            });
        }
        if self.title.is_empty() {
            // An item must have one.
            let words = html::words(&description);
            let words = words.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
            self.title =
                if words.is_empty() { "Untitled".to_owned() } else { cut(&words, 80).0.to_owned() };
            self.remarks.push(("episodes without a title were given one", self.title.clone()));
        }
    }

    /// Its kind, as the feed has it.
    pub fn kind(&self) -> &'static str {
        self.kind.unwrap_or_default().as_str()
    }

    /// Whether the feed has a summary that says what nothing else says.
    pub fn own_summary(&self) -> bool {
        self.extra.iter().any(|element| element.name == SUMMARY)
    }

    /// The episode's file.
    pub fn text(
        &self,
        file: Option<&str>,
        enclosure: bool,
        explicit: bool,
        beside: &Beside,
    ) -> String {
        let mut out = String::from("---\n");
        let mut line = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                let space = if value.is_empty() { "" } else { " " };
                let _ = writeln!(out, "{key}:{space}{value}");
            }
        };
        let text = |text: &Option<String>| text.as_deref().map(quoted);
        line("title", Some(quoted(&self.title)));
        line("subtitle", text(&self.subtitle));
        line("description", text(&self.description));
        line("episode", self.number.map(|number| number.to_string()));
        line("season", self.season.map(|number| number.to_string()));
        line("episodeType", self.kind.map(|kind| kind.as_str().to_owned()));
        line(
            "explicit",
            self.explicit.filter(|given| *given != explicit).map(|given| given.to_string()),
        );
        line(
            "duration",
            Some(self.seconds.map_or_else(String::new, |seconds| quoted(&hh_mm_ss(seconds)))),
        );
        line("size", Some(self.bytes.map_or_else(String::new, |bytes| bytes.to_string())));
        line("file", file.map(str::to_owned));
        line("date", Some(self.date.as_ref().map(dates::Date::written).unwrap_or_default()));
        line("author", text(&self.author));
        line("guid", (file != Some(&self.guid)).then(|| quoted(&self.guid)));
        line("guidIsPermaLink", self.permalink.then(|| "true".to_owned()));
        line("enclosure", enclosure.then(|| quoted(&self.enclosure)));
        line("enclosureType", (!self.is_mp3).then(|| quoted(&self.mime)));
        line("image", beside.image.as_deref().map(quoted).or_else(|| text(&self.image)));
        line("appleEpisodeId", self.apple_id.map(|id| id.to_string()));
        line("block", self.block.then(|| "true".to_owned()));
        for (key, value) in &self.namespace {
            line(key, Some(value.clone()));
        }
        line("aliases", beside.alias.as_ref().map(|alias| format!("[{}]", quoted(alias))));
        match beside.transcripts.as_slice() {
            [(only, path)] if only.language.is_none() && !only.captions => {
                line("transcript", Some(quoted(path)));
            }
            all => {
                line("transcripts", (!all.is_empty()).then(String::new));
                for (transcript, path) in all {
                    let language = transcript.language.as_deref();
                    let language = language
                        .map_or_else(String::new, |it| format!("\n    language: {}", quoted(it)));
                    let rel = if transcript.captions { "\n    rel: captions" } else { "" };
                    line("  - file", Some(format!("{}{language}{rel}", quoted(path))));
                }
            }
        }
        line("chapters", beside.chapters.as_deref().map(quoted));
        if !self.chapter_list.is_empty() && beside.chapters.is_none() {
            let _ = write!(out, "chapters:\n{}", self.chapter_list);
        }
        if !self.persons.is_empty() {
            out.push_str("persons:\n");
        }
        for person in &self.persons {
            let _ = write!(
                out,
                "  - name: {}\n    role: {}\n",
                quoted(&person.name),
                quoted(&person.role)
            );
            for (key, value) in [("link", &person.link), ("image", &person.image)] {
                if let Some(value) = value {
                    let _ = writeln!(out, "    {key}: {}", quoted(value));
                }
            }
        }
        out.push_str("---\n");
        if !self.notes.is_empty() {
            let _ = write!(out, "\n{}\n", self.notes);
        }
        out
    }
}
