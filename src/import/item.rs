//! An item of a feed, as what an episode's file says.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use super::draft::{Draft, Person, TranscriptLink};
use super::namespace::{self, Form};
use super::report::{Level, Report};
use super::unread_elements::{Parts, leave_attributes, one_line};
use super::write::cut;
use super::xml::Element;
use super::{dates, html, media};
use crate::model::audio::MP3_TYPE;
use crate::model::chapter::clock;
use crate::show::addresses::web_address;
use crate::show::edit::quoted;
use crate::show::episode::EpisodeType;
use crate::show::namespace::EPISODE_KEYS;
use crate::show::playing_time::any_duration;
use crate::show::values;
use crate::site::extra::TITLE;

/// The longest guid and address that are taken over: they cannot be cut.
const MAX_IDENTITY: usize = 2000;
const MAX_CHAPTERS: usize = 30_000;
const MAX_PERSONS: usize = 50;
const MAX_TRANSCRIPTS: usize = 20;

/// The persons of a channel or an item.
pub fn persons(
    parts: &mut Parts<'_>,
    wanted: impl Fn(&Element) -> bool,
    base: Option<&str>,
    level: Level,
    report: &mut Report,
) -> Vec<Person> {
    let mut persons = Vec::new();
    for element in parts.all("podcast:person", wanted) {
        let name: String = one_line(&element.text).chars().take(128).collect();
        if name.is_empty() || persons.len() == MAX_PERSONS {
            report.left(level, "podcast:person");
            continue;
        }
        let mut web = |name: &str| {
            let given = element.attribute(name)?;
            let below = if given.starts_with('/') { base } else { None };
            let whole = Some(address(&absolute(given, below))).filter(|url| is_web(url));
            if whole.is_none() {
                report.left(level, &format!("podcast:person {name}= (no address)"));
            }
            whole
        };
        let (link, image) = (web("href"), web("img"));
        let role = element.attribute("role").unwrap_or("host").to_lowercase();
        leave_attributes(level, element, &["role", "href", "img"], report);
        persons.push(Person { name, role: role.chars().take(64).collect(), link, image });
    }
    persons
}

/// Whether this is an address of the web that a front matter can hold.
pub fn is_web(url: &str) -> bool {
    url.len() <= MAX_IDENTITY && web_address(url).is_ok()
}

/// Yes or no, as feeds have said it over the years.
pub fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "yes" | "true" | "explicit" => Some(true),
        "no" | "false" | "clean" => Some(false),
        _ => None,
    }
}

/// Reads an item; nothing if it is not an episode, and then the report says so.
pub fn read(item: &Element, base: Option<&str>, report: &mut Report) -> Option<Draft> {
    let mut parts = Parts::new(Level::Episode, item);
    let mut draft = Draft::default();
    let title = parts.plain("title");
    let apple_title = parts.take("itunes:title");
    let apple = apple_title.map(|title| html::read(&one_line(&title.text)).into_owned());
    draft.title = draft.kept(title.or_else(|| apple.clone()), "title").unwrap_or_default();
    let name = match draft.title.as_str() {
        "" => "an item without a title".to_owned(),
        title => format!("“{}”", cut(title, 80).0),
    };
    let Some(enclosure) = enclosure(&mut parts) else {
        report.remark("feed", NO_ENCLOSURE, name);
        return None;
    };
    let enclosure = enclosure.as_ref();
    let given = enclosure.attribute("url").unwrap_or_default();
    draft.enclosure = address(&absolute(given, base));
    if given != draft.enclosure && is_web(&draft.enclosure) {
        draft.remarks.push((MADE_WHOLE, given.to_owned()));
    }
    // `34,123,456` means one number.
    let length = |text: &str| match values::size(text) {
        Err(trouble) => trouble.meant.and_then(|meant| values::size(&meant).ok()),
        bytes => bytes.ok(),
    };
    draft.bytes = enclosure.attribute("length").and_then(length);
    draft.mime = mime(enclosure);
    // What names no type at all is taken for what podcasts are.
    draft.is_mp3 = is_mp3(enclosure) || draft.mime == MP3_TYPE;
    let of_mp3 = [MP3_TYPE, "audio/mp3"];
    if draft.is_mp3 && !of_mp3.contains(&draft.mime.as_str()) {
        draft.remarks.push(("MP3s of another type in the feed are audio/mpeg", draft.mime.clone()));
    }
    identity(&mut parts, &mut draft);
    let what = if !is_web(&draft.enclosure) {
        Some(format!("has an enclosure whose address is none: {}", cut(&draft.enclosure, 100).0))
    } else if draft.guid.len() > MAX_IDENTITY {
        Some(format!("has a guid of {} bytes", draft.guid.len()))
    } else if !draft.is_mp3 && draft.mime.starts_with("image/") {
        Some(format!("is a picture ({})", draft.mime))
    } else {
        None
    };
    if let Some(what) = what {
        report.left(Level::Episode, "item (no player can play it)");
        report.remark("feed", NOT_PLAYED, format!("{name} {what}"));
        return None;
    }
    if let (Some(element), Some(apple)) = (apple_title, apple)
        && apple != draft.title
    {
        draft.extra.extend([title_element(&draft.title), element.clone()]);
        report.kept(Level::Episode, "itunes:title");
    }
    numbers(&mut parts, &mut draft, report);
    when(&mut parts, &mut draft);
    let author = parts
        .plain("itunes:author")
        .or_else(|| rss_author(&mut parts, report))
        .or_else(|| parts.plain("dc:creator"));
    draft.author = draft.kept(author, "author");
    draft.subtitle = parts.plain("itunes:subtitle");
    let subtitle = draft.subtitle.take();
    draft.subtitle = draft.kept(subtitle, "subtitle");
    draft.raw = ["description", "content:encoded", "itunes:summary"]
        .map(|name| parts.text(name).unwrap_or_default().to_owned());
    draft.link = parts.text("link").map(|link| absolute(link, base));
    draft.persons = persons(&mut parts, |_| true, base, Level::Episode, report);
    draft.image = image(&mut parts).map(|url| absolute(url, base)).filter(|url| is_web(url));
    apple_id(&mut parts, &mut draft);
    // To Apple, nothing but `Yes` has an effect: what else there is stays as it is, and has none.
    draft.block = parts.first("itunes:block", |it| it.text == "Yes").is_some();
    same_audio(&mut parts, &mut draft, base, report);
    draft.namespace = namespace::take(&mut parts, &EPISODE_KEYS, Form::Yaml);
    beside(&mut parts, &mut draft, report);
    draft.extra.extend(parts.finish(report));
    Some(draft)
}

/// The name in RSS's own element, which has a mail address and the name behind it in brackets; what names
/// nobody stays in the feed as it is.
fn rss_author(parts: &mut Parts<'_>, report: &mut Report) -> Option<String> {
    let is_mail = |word: &&str| word.trim_matches(['<', '>', '(', ')']).find('@') > Some(0);
    let name = |text: &str| {
        let text = one_line(&html::read(text));
        let (mail, name): (Vec<&str>, Vec<&str>) = text.split(' ').partition(is_mail);
        let name = name.join(" ");
        let in_brackets = name.strip_prefix('(').and_then(|name| name.strip_suffix(')'));
        let name = in_brackets.filter(|_| !mail.is_empty()).unwrap_or(&name).to_owned();
        Some((name, mail.is_empty())).filter(|(name, _)| !name.is_empty())
    };
    let author = parts.first("author", |author| name(&author.text).is_some())?;
    let (name, is_all) = name(&author.text)?;
    if !is_all {
        report.left(Level::Episode, "author (the mail address in it)");
    }
    Some(name)
}

/// What an `itunes:title` stands beside: it counts until this is corrected.
pub fn title_element(title: &str) -> Element {
    Element { name: TITLE.to_owned(), text: title.to_owned(), ..Element::default() }
}

/// Takes away what names the enclosure's audio once more, which would name the old host's for ever.
fn same_audio(parts: &mut Parts<'_>, draft: &mut Draft, base: Option<&str>, report: &mut Report) {
    let enclosure = media::untracked(&draft.enclosure);
    let is_enclosure = |url: &str| media::untracked(&address(&absolute(url, base))) == enclosure;
    let is_same = |it: &Element| it.attribute("url").is_some_and(is_enclosure);
    let is_content = |it: &Element| it.name == "media:content";
    for element in parts.all("media:content", is_same) {
        for child in element.children.iter().filter(|child| child.text != draft.title) {
            report.left(Level::Episode, &format!("{} (in media:content)", child.name));
        }
    }
    parts.all("feedburner:origEnclosureLink", |it| is_enclosure(&it.text));
    let is_only_same = |it: &Element| {
        let mut sources = it.children.iter().filter(|it| it.name == "podcast:source").peekable();
        let is_same = |it: &Element| it.attribute("uri").is_some_and(is_enclosure);
        sources.peek().is_some() && sources.all(is_same)
    };
    for _ in parts.all("podcast:alternateEnclosure", is_only_same) {
        report.left(Level::Episode, "podcast:alternateEnclosure (the enclosure once more)");
    }
    let has_same = |it: &Element| it.children.iter().any(|it| is_content(it) && is_same(it));
    for group in parts.all("media:group", has_same) {
        let mut group = group.clone();
        group.children.retain(|it| !(is_content(it) && is_same(it)));
        if group.children.iter().any(is_content) {
            report.left(Level::Episode, "media:content of the enclosure (in media:group)");
            report.kept(Level::Episode, &group.name);
            draft.extra.push(group);
        } else {
            for child in group.children.iter().filter(|child| child.text != draft.title) {
                report.left(Level::Episode, &format!("{} (in media:group)", child.name));
            }
        }
    }
}

/// An address that may be relative to `base`.
pub fn absolute(url: &str, base: Option<&str>) -> String {
    let is_whole = url.contains("://") || base.is_none() || url.is_empty();
    let base = base.filter(|_| !is_whole).and_then(|base| url::Url::parse(base).ok());
    base.and_then(|base| Some(base.join(url).ok()?.to_string())).unwrap_or_else(|| url.to_owned())
}

/// The type of an enclosure as the feed gives it, or as its address tells.
fn mime(enclosure: &Element) -> String {
    let given = enclosure.attribute("type").unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if given.contains('/')
        && given.len() <= 100
        && given.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return given;
    }
    let path = enclosure.attribute("url").unwrap_or_default().split(['?', '#']).next();
    let ending =
        path.unwrap_or_default().rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "m4a" | "m4b" => "audio/x-m4a",
        "aac" => "audio/aac",
        "ogg" | "oga" => "audio/ogg",
        "opus" => "audio/opus",
        "wav" => "audio/wav",
        "flac" => "audio/flac",
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "pdf" => "application/pdf",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        _ => MP3_TYPE,
    }
    .to_owned()
}

/// The artwork's address: Apple's element, or the podcast namespace's, which may say it once more.
pub fn image<'a>(parts: &mut Parts<'a>) -> Option<&'a str> {
    // Some write it as the text, or as RSS's own element has it.
    let itunes = parts.take("itunes:image").and_then(|image| {
        let attribute = image.attribute("href").or_else(|| image.attribute("url"));
        attribute.or_else(|| Some(image.text.as_str()).filter(|text| !text.is_empty()))
    });
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
pub fn address(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // A scheme is the same in capitals (RFC 3986, section 3.1).
    let scheme = text.find("://").filter(|at| *at < 6 && text.is_char_boundary(*at)).unwrap_or(0);
    out.push_str(&text[..scheme].to_ascii_lowercase());
    for c in text[scheme..].chars() {
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

/// The enclosure that a player takes: the first MP3, or the first audio, or the first at all. Where there
/// is none, what other vocabularies have in its place.
fn enclosure<'a>(parts: &mut Parts<'a>) -> Option<Cow<'a, Element>> {
    let is_media = |it: &Element| {
        let mime = it.attribute("type").unwrap_or_default();
        it.attribute("url").is_some() && (mime.starts_with("audio/") || mime.starts_with("video/"))
    };
    let found = parts
        .first("enclosure", is_mp3)
        .or_else(|| parts.first("enclosure", is_media))
        .or_else(|| parts.first("enclosure", |_| true));
    if let Some(found) = found {
        return Some(Cow::Borrowed(found));
    }
    // Media RSS, and RSS 1.0's module of enclosures.
    let other = parts.first("media:content", is_media).or_else(|| parts.take("enc:enclosure"))?;
    let mut enclosure = other.clone();
    for (name, _) in &mut enclosure.attributes {
        *name = match name.rsplit(':').next().unwrap_or_default() {
            "resource" => "url",
            "fileSize" => "length",
            other => other,
        }
        .to_owned();
    }
    Some(Cow::Owned(enclosure))
}

fn is_mp3(enclosure: &Element) -> bool {
    let url = enclosure.attribute("url").unwrap_or_default();
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let kind = enclosure.attribute("type").unwrap_or_default().to_ascii_lowercase();
    match kind.split(';').next().unwrap_or_default() {
        MP3_TYPE | "audio/mp3" | "audio/mpeg3" | "audio/x-mpeg" | "audio/x-mp3"
        | "audio/x-mpeg-3" | "audio/mpg" | "audio/x-mpg" => true,
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
            let kind =
                "the feed gives no guid: the enclosure's address was made the guid, as Apple does";
            draft.remarks.push((kind, String::new()));
        }
    }
}

fn numbers(parts: &mut Parts<'_>, draft: &mut Draft, report: &mut Report) {
    let mut number = |names: [&str; 2], what: &str, draft: &mut Draft| {
        let mut found = None;
        for name in names {
            let Some(element) = parts.take(name) else { continue };
            let read = values::positive(&element.text, what);
            let is_more = found.is_some() || !element.attributes.is_empty() || read.is_err();
            let is_kept = name.starts_with("podcast:") && is_more;
            if is_kept {
                // A season's name, how a number is shown, the same once more, or half a number.
                draft.extra.push(element.clone());
                report.kept(Level::Episode, name);
            } else {
                leave_attributes(Level::Episode, element, &[], report);
            }
            if element.text.is_empty() || found.is_some() {
                continue;
            }
            match read {
                Ok(number) => found = Some(number),
                Err(_) if is_kept => {}
                Err(trouble) => {
                    let kind = "season and episode numbers that cannot be read were left out";
                    draft.remarks.push((kind, format!("{name}: {}", trouble.reason)));
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
                report.left(Level::Episode, "itunes:episodeType (unknown value)");
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
        draft.seconds = any_duration(text).filter(|seconds| *seconds > 0);
        if draft.seconds.is_none() {
            let kind = "durations that cannot be read were left out";
            draft.remarks.push((kind, format!("`{}`", cut(text, 40).0)));
        }
    }
    let text = parts.text("pubDate").or_else(|| parts.text("dc:date"));
    draft.date = text.and_then(dates::read);
    if draft.date.is_none() {
        draft.remarks.push((
            NO_DATE,
            text.map_or_else(|| "none".to_owned(), |text| format!("`{}`", cut(text, 40).0)),
        ));
    }
}

/// Items that are posts of a blog.
pub const NO_ENCLOSURE: &str = "items without an enclosure are not episodes and were left out";
/// Items that are pictures, or lead nowhere. (Apple takes documents, and so do feeds.)
pub const NOT_PLAYED: &str = "items that no player can play were left out";
/// Addresses that are not to the letter the feed's.
pub const MADE_WHOLE: &str =
    "the enclosure's address was made whole, or its odd letters escaped, as players do";
/// Dates that cannot be read.
pub const NO_DATE: &str = "dates that do not name one instant were left out";

fn apple_id(parts: &mut Parts<'_>, draft: &mut Draft) {
    let is_apple = |element: &Element| element.attribute("platform") == Some("apple");
    if let Some(id) = parts.first("podcast:id", is_apple).and_then(|id| id.attribute("id")) {
        draft.apple_id = values::apple_id(id).ok();
    }
}

/// Transcript and chapters.
fn beside(parts: &mut Parts<'_>, draft: &mut Draft, report: &mut Report) {
    let forms: [(&str, &[&str]); 5] = [
        ("vtt", &["text/vtt"]),
        ("srt", &["application/x-subrip", "application/srt", "text/srt"]),
        ("json", &["application/json"]),
        ("html", &["text/html"]),
        ("txt", &["text/plain"]),
    ];
    for (ending, kinds) in forms {
        let fits = |element: &&Element| {
            let kind = element.attribute("type").unwrap_or_default().to_ascii_lowercase();
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kinds.contains(&kind) && element.attribute("url").is_some_and(is_web)
        };
        for element in parts.every("podcast:transcript").into_iter().filter(fits) {
            let language = element.attribute("language").map(str::to_owned);
            // Without a language it is the same in another form.
            let known = draft.transcripts.iter().any(|known| {
                known.language.is_none() || language.is_none() || known.language == language
            });
            if !known && draft.transcripts.len() < MAX_TRANSCRIPTS {
                draft.transcripts.push(TranscriptLink {
                    url: element.attribute("url").unwrap_or_default().to_owned(),
                    ending,
                    language,
                    captions: element.attribute("rel") == Some("captions"),
                });
            }
        }
    }
    // A language stands where the feed has it first.
    let all = parts.every("podcast:transcript");
    draft.transcripts.sort_by_cached_key(|transcript| {
        let language = transcript.language.as_deref();
        all.iter().position(|element| element.attribute("language") == language)
    });
    let fits = |element: &Element| element.attribute("url").is_some_and(is_web);
    let chapters = parts.see("podcast:chapters", fits);
    draft.chapters = chapters.and_then(|chapters| chapters.attribute("url")).map(str::to_owned);
    if let Some(list) = parts.take("psc:chapters") {
        draft.chapter_list = chapter_list(list, report);
        if draft.chapter_list.len() > MAX_CHAPTERS {
            draft.chapter_list.clear();
            report.left(Level::Episode, "psc:chapters (more than a front matter can hold)");
        }
    }
    if !draft.chapter_list.is_empty() {
        // A release writes a file of the list, and names it.
        draft.chapters = None;
        parts.made_anew(&["podcast:chapters"]);
    }
}

/// Podlove's simple chapters as the front matter has them.
fn chapter_list(list: &Element, report: &mut Report) -> String {
    let mut out = String::new();
    for chapter in list.children.iter().filter(|child| child.name == "psc:chapter") {
        let start = chapter.attribute("start").and_then(normal_play_time);
        let (Some(start), Some(title)) = (start, chapter.attribute("title")) else {
            report
                .left(Level::Episode, "psc:chapter (without a title, or a start that can be read)");
            continue;
        };
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
    let seconds = any_duration(whole)?;
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(Duration::from_secs(seconds) + Duration::from_millis(digits.parse().ok()?))
}
