//! An item of a feed, as what an episode's file says.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::ZonedDateTime;

use super::report::{Level, Report};
use super::unread_elements::{Parts, leave_attributes, one_line};
use super::write::cut;
use super::xml::Element;
use super::{dates, notes};
use crate::model::chapter::clock;
use crate::show::edit::quoted;
use crate::show::episode::EpisodeType;
use crate::show::values::{self, hh_mm_ss};

/// The longest guid and address that are taken over: they cannot be cut.
const MAX_IDENTITY: usize = 2000;
const MAX_LINE: usize = 1000;
const MAX_DESCRIPTION: usize = 4000;
/// A description is a line or two; a longer one is notes.
const MAX_SHORT: usize = 600;
/// What fits into an episode's file beside its front matter.
const MAX_NOTES: usize = 900_000;
const MAX_CHAPTERS: usize = 30_000;
const MAX_PERSONS: usize = 50;

/// What a release writes anew, from what is taken.
const MADE_ANEW: [&str; 2] = ["itunes:summary", "podcast:medium"];

/// What an item says.
#[derive(Debug, Default)]
pub struct Draft {
    pub title: String,
    subtitle: Option<String>,
    description: Option<String>,
    notes: String,
    pub number: Option<u32>,
    pub season: Option<u32>,
    kind: Option<EpisodeType>,
    pub explicit: Option<bool>,
    seconds: Option<u64>,
    pub bytes: Option<u64>,
    pub date: Option<ZonedDateTime>,
    author: Option<String>,
    pub guid: String,
    permalink: bool,
    /// The enclosure's address, to the letter.
    pub enclosure: String,
    /// Whether that is an MP3.
    pub is_mp3: bool,
    pub link: Option<String>,
    pub persons: Vec<Person>,
    apple_id: Option<u64>,
    /// Address and file ending.
    pub transcript: Option<(String, &'static str)>,
    pub chapters: Option<String>,
    chapter_list: String,
    pub image: Option<String>,
    /// What to tell of its file.
    pub remarks: Vec<String>,
}

/// A `podcast:person`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub role: String,
    pub link: Option<String>,
    pub image: Option<String>,
}

/// The persons of a channel or an item.
pub fn persons(parts: &mut Parts<'_>, level: Level, report: &mut Report) -> Vec<Person> {
    let mut persons = Vec::new();
    for element in parts.all("podcast:person") {
        let name: String = one_line(&element.text).chars().take(128).collect();
        if name.is_empty() || persons.len() == MAX_PERSONS {
            report.left(level, "podcast:person");
            continue;
        }
        let web = |name| element.attribute(name).filter(|url| is_web(url)).map(str::to_owned);
        let role = element.attribute("role").unwrap_or("host").to_lowercase();
        leave_attributes(level, element, &["role", "href", "img"], report);
        persons.push(Person {
            name,
            role: role.chars().take(64).collect(),
            link: web("href"),
            image: web("img"),
        });
    }
    persons
}

/// Whether this is an address of the web that a front matter can hold.
pub fn is_web(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    url.len() <= MAX_IDENTITY
        && host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
        && url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>'))
}

/// Yes or no, as feeds have said it over the years.
pub fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "yes" | "true" | "explicit" => Some(true),
        "no" | "false" | "clean" => Some(false),
        _ => None,
    }
}

/// Reads an item; nothing if it is no episode, and then the report says so.
pub fn read(item: &Element, report: &mut Report) -> Option<Draft> {
    let mut parts = Parts::new(Level::Episode, item);
    let mut draft = Draft::default();
    let title = parts.line("title");
    let apple_title = parts.line("itunes:title");
    draft.title = draft.kept(title.or_else(|| apple_title.clone()), "title").unwrap_or_default();
    let name = match draft.title.as_str() {
        "" => "an item without a title".to_owned(),
        title => format!("“{}”", cut(title, 80).0),
    };
    let Some(enclosure) = enclosure(&mut parts) else {
        report
            .remark("feed", format!("{name} has no enclosure: it is no episode, and was left out"));
        return None;
    };
    draft.enclosure = address(enclosure.attribute("url").unwrap_or_default());
    if enclosure.attribute("url") != Some(&draft.enclosure) {
        draft.remarks.push("its enclosure's address has letters that no address has: they were escaped, as players do".to_owned());
    }
    draft.bytes = enclosure.attribute("length").and_then(|text| values::size(text).ok());
    draft.is_mp3 = is_mp3(enclosure);
    identity(&mut parts, &mut draft);
    if draft.guid.len() > MAX_IDENTITY || !is_web(&draft.enclosure) {
        let what = if is_web(&draft.enclosure) {
            format!("has a guid of {} bytes", draft.guid.len())
        } else {
            format!("has an enclosure whose address is none: {}", cut(&draft.enclosure, 100).0)
        };
        report.remark("feed", format!("{name} {what}: it was left out"));
        return None;
    }
    if draft.title.is_empty() {
        draft.remarks.push("it has no title".to_owned());
    }
    if apple_title.is_some_and(|other| other != draft.title) {
        report.left(Level::Episode, "itunes:title (where it is not the title)");
    }
    numbers(&mut parts, &mut draft, report);
    when(&mut parts, &mut draft);
    let author = parts
        .line("itunes:author")
        .or_else(|| parts.line("author"))
        .or_else(|| parts.line("dc:creator"));
    draft.author = draft.kept(author, "author");
    texts(&mut parts, &mut draft);
    draft.link = parts.text("link").map(str::to_owned);
    draft.persons = persons(&mut parts, Level::Episode, report);
    draft.image = image(&mut parts).filter(|url| is_web(url)).map(str::to_owned);
    apple(&mut parts, &mut draft);
    beside(&mut parts, &mut draft, report);
    parts.made_anew(&MADE_ANEW);
    parts.finish(report);
    Some(draft)
}

/// The artwork's address: Apple's element, or the podcast namespace's, which may say it once more.
pub fn image<'a>(parts: &mut Parts<'a>) -> Option<&'a str> {
    let itunes = parts.take("itunes:image").and_then(|image| image.attribute("href"));
    let is_artwork = |image: &Element| match itunes {
        Some(known) => image.attribute("href") == Some(known),
        None => image.attribute("purpose").is_none_or(|purpose| {
            purpose.split_whitespace().any(|token| token.eq_ignore_ascii_case("artwork"))
        }),
    };
    let podcast = parts.first("podcast:image", is_artwork);
    itunes.or(podcast.and_then(|image| image.attribute("href")))
}

/// An address with what cannot stand in one escaped (RFC 3986, section 2.1).
fn address(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>') {
            out.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// The enclosure that a player takes: the first MP3, or the first at all.
fn enclosure<'a>(parts: &mut Parts<'a>) -> Option<&'a Element> {
    parts.first("enclosure", is_mp3).or_else(|| parts.first("enclosure", |_| true))
}

fn is_mp3(enclosure: &Element) -> bool {
    let url = enclosure.attribute("url").unwrap_or_default();
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let kind = enclosure.attribute("type").unwrap_or_default().to_ascii_lowercase();
    match kind.split(';').next().unwrap_or_default() {
        "audio/mpeg" | "audio/mp3" | "audio/mpeg3" | "audio/x-mpeg" | "audio/x-mp3" => true,
        _ => path.to_ascii_lowercase().ends_with(".mp3"),
    }
}

/// What makes it this episode to a podcast app (RSS 2.0: a guid is an address unless it says not).
fn identity(parts: &mut Parts<'_>, draft: &mut Draft) {
    match parts.take("guid").filter(|guid| !guid.text.is_empty()) {
        Some(guid) => {
            draft.guid.clone_from(&guid.text);
            draft.permalink = !guid
                .attribute("isPermaLink")
                .is_some_and(|text| text.eq_ignore_ascii_case("false"));
        }
        None => {
            // What Apple Podcasts does then.
            draft.guid.clone_from(&draft.enclosure);
            let remark = "the feed gives it no guid: its enclosure's address was made its guid";
            draft.remarks.push(remark.to_owned());
        }
    }
}

fn numbers(parts: &mut Parts<'_>, draft: &mut Draft, report: &mut Report) {
    let mut number = |names: [&str; 2], what: &str, draft: &mut Draft| {
        let mut found = None;
        for name in names {
            let Some(element) = parts.take(name) else { continue };
            leave_attributes(Level::Episode, element, &[], report);
            if element.text.is_empty() || found.is_some() {
                continue;
            }
            match values::positive(&element.text, what) {
                Ok(number) => found = Some(number),
                Err(trouble) => {
                    draft.remarks.push(format!("{name} was left out: {}", trouble.reason))
                }
            }
        }
        found
    };
    draft.number = number(["itunes:episode", "podcast:episode"], "an episode number", draft);
    draft.season = number(["itunes:season", "podcast:season"], "a season number", draft);
    if let Some(text) = parts.text("itunes:episodeType") {
        draft.kind = match text.to_ascii_lowercase().as_str() {
            "full" => None,
            "trailer" => Some(EpisodeType::Trailer),
            "bonus" => Some(EpisodeType::Bonus),
            _ => {
                report.left(Level::Episode, "itunes:episodeType (of no known kind)");
                None
            }
        };
    }
    if let Some(text) = parts.text("itunes:explicit") {
        draft.explicit = truth(text);
        if draft.explicit.is_none() {
            report.left(Level::Episode, "itunes:explicit (neither yes nor no)");
        }
    }
}

fn when(parts: &mut Parts<'_>, draft: &mut Draft) {
    if let Some(text) = parts.text("itunes:duration") {
        // Some feeds have fractions of a second.
        let whole = text.split('.').next().unwrap_or_default();
        draft.seconds = values::duration(whole).ok();
        if draft.seconds.is_none() {
            draft.remarks.push(format!("`{}` is no duration", cut(text, 40).0));
        }
    }
    let text = parts.text("pubDate").or_else(|| parts.text("dc:date"));
    draft.date = text.and_then(dates::read).filter(|date| dates::written(date).is_some());
    if draft.date.is_none() {
        draft.remarks.push(match text {
            Some(text) => format!("`{}` is no date: write one", cut(text, 40).0),
            None => "the feed gives it no date: write one".to_owned(),
        });
    }
}

/// Which of an item's texts is the description and which the notes, so that the feed made of both has
/// all of them once.
fn texts(parts: &mut Parts<'_>, draft: &mut Draft) {
    draft.subtitle = parts.line("itunes:subtitle");
    let content = parts.text("content:encoded").unwrap_or_default();
    let short =
        parts.text("description").or_else(|| parts.text("itunes:summary")).unwrap_or_default();
    let words = notes::words(short);
    // Words that the feed has for want of others say nothing new.
    let repeats = words == draft.title || draft.subtitle.as_ref() == Some(&words);
    let (description, notes) = if content.is_empty() {
        match notes::has_blocks(short) || short.len() > MAX_SHORT {
            true => ("", short),
            false if repeats => ("", ""),
            false => (short, ""),
        }
    } else if let Some((paragraph, rest)) = notes::without_first(content, short) {
        (paragraph, rest)
    } else {
        let (all, start) = (notes::squeezed(content), notes::squeezed(short));
        match all.strip_prefix(start.trim_end_matches(['…', '.'])) {
            // The notes without their markup, or their start: a release makes the same of them.
            Some(_) => ("", content),
            None if repeats => ("", content),
            None => (short, content),
        }
    };
    let (description, cut_off) = cut(description, MAX_DESCRIPTION);
    if cut_off {
        draft.remarks.push(format!("its description was cut at {MAX_DESCRIPTION} bytes"));
    }
    draft.description = Some(one_line(description)).filter(|text| !text.is_empty());
    let (notes, cut_off) = cut(notes, MAX_NOTES);
    if cut_off {
        draft.remarks.push(format!("its notes were cut at {MAX_NOTES} bytes"));
    }
    draft.notes = notes::body(notes);
    let subtitle = draft.subtitle.take();
    draft.subtitle = draft.kept(subtitle, "subtitle");
}

fn apple(parts: &mut Parts<'_>, draft: &mut Draft) {
    let is_apple = |element: &Element| element.attribute("platform") == Some("apple");
    if let Some(id) = parts.first("podcast:id", is_apple).and_then(|id| id.attribute("id")) {
        draft.apple_id = values::apple_id(id).ok();
    }
}

/// Transcript and chapters.
fn beside(parts: &mut Parts<'_>, draft: &mut Draft, report: &mut Report) {
    let forms: [(&str, &[&str]); 3] = [
        ("vtt", &["text/vtt"]),
        ("srt", &["application/x-subrip", "application/srt", "text/srt"]),
        ("json", &["application/json"]),
    ];
    for (ending, kinds) in forms {
        let fits = |element: &Element| {
            let kind = element.attribute("type").unwrap_or_default().to_ascii_lowercase();
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kinds.contains(&kind) && element.attribute("url").is_some_and(is_web)
        };
        if let Some(element) = parts.first("podcast:transcript", fits) {
            leave_attributes(Level::Episode, element, &["url", "type", "language"], report);
            let url = element.attribute("url").unwrap_or_default();
            draft.transcript = Some((url.to_owned(), ending));
            break;
        }
    }
    let fits = |element: &Element| element.attribute("url").is_some_and(is_web);
    let chapters = parts.first("podcast:chapters", fits);
    draft.chapters = chapters.and_then(|chapters| chapters.attribute("url")).map(str::to_owned);
    if let Some(list) = parts.take("psc:chapters") {
        draft.chapter_list = chapter_list(list);
        if draft.chapter_list.len() > MAX_CHAPTERS {
            draft.chapter_list.clear();
            report.left(Level::Episode, "psc:chapters (more than a front matter can hold)");
        }
    }
}

/// Podlove's simple chapters as the front matter has them.
fn chapter_list(list: &Element) -> String {
    let mut out = String::new();
    for chapter in list.children.iter().filter(|child| child.name == "psc:chapter") {
        let start = chapter.attribute("start").and_then(normal_play_time);
        let (Some(start), Some(title)) = (start, chapter.attribute("title")) else { continue };
        let _ = write!(
            out,
            "  - start: {}\n    title: {}\n",
            quoted(&clock(start)),
            quoted(&one_line(title))
        );
        for (key, name) in [("url", "href"), ("image", "image")] {
            if let Some(url) = chapter.attribute(name).filter(|url| is_web(url)) {
                let _ = writeln!(out, "    {key}: {}", quoted(url));
            }
        }
    }
    out
}

/// `HH:MM:SS.mmm`, `MM:SS` or seconds (RFC 2326, section 3.6).
fn normal_play_time(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds = values::duration(whole).ok()?;
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(Duration::from_secs(seconds) + Duration::from_millis(digits.parse().ok()?))
}

impl Draft {
    /// A line, cut to what a front matter can hold.
    fn kept(&mut self, line: Option<String>, what: &str) -> Option<String> {
        let line = line?;
        let (kept, cut_off) = cut(&line, MAX_LINE);
        if cut_off {
            self.remarks.push(format!("its {what} was cut at {MAX_LINE} bytes"));
        }
        Some(kept.to_owned())
    }

    /// The episode's file.
    pub fn text(
        &self,
        file: Option<&str>,
        enclosure: bool,
        explicit: bool,
        beside: [Option<&str>; 2],
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
        line("date", Some(self.date.as_ref().and_then(dates::written).unwrap_or_default()));
        line("author", text(&self.author));
        line("guid", (file != Some(&self.guid)).then(|| quoted(&self.guid)));
        line("guidIsPermaLink", self.permalink.then(|| "true".to_owned()));
        line("enclosure", enclosure.then(|| quoted(&self.enclosure)));
        line("image", text(&self.image));
        line("appleEpisodeId", self.apple_id.map(|id| id.to_string()));
        line("transcript", beside[0].map(quoted));
        line("chapters", beside[1].map(quoted));
        line("draft", file.is_none().then(|| "true".to_owned()));
        if !self.chapter_list.is_empty() && beside[1].is_none() {
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
