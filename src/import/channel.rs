//! What a feed says of the show, as `onair.toml`.

use std::fmt::Write as _;

use super::draft::{Draft, Person};
use super::item;
use super::namespace::{self, Form};
use super::options::Options;
use super::place::place;
use super::report::{Level, Report};
use super::section::Section;
use super::unread_elements::{Parts, called, one_line};
use super::write::cut;
use super::xml::Element;
use super::{EXTRA, dates, html, json};
use crate::show::edit::quoted;
use crate::show::guid::of_address;
use crate::show::languages::language_of;
use crate::show::namespace::SHOW_KEYS;
use crate::show::settings::{FILE, is_medium};

/// Where the artwork goes; its ending is fixed once its bytes are seen.
pub const ARTWORK: &str = "img/artwork";
/// Where a release goes until its host says otherwise.
pub const TARGET: &str =
    "\n[target]\nurl = \"public\"                      # a directory, or s3://bucket/prefix\n";
const MAX_DESCRIPTION: usize = 4000;
const MAX_LINE: usize = 1000;
/// What a release writes anew.
const MADE_ANEW: [&str; 13] = [
    "media:content",
    "item",
    "podcast:medium",
    "atom:id",
    "generator",
    "lastBuildDate",
    "pubDate",
    "docs",
    "image",
    "atom:link",
    "fh:archive",
    "fh:complete",
    "xhtml:div",
];

/// What links lead to that a feed has of its own: itself, and its other pages (RFC 5005).
const OF_FEED: [&str; 8] =
    ["self", "first", "last", "next", "previous", "prev-archive", "next-archive", "current"];

/// A show's settings, and what else the channel says.
#[derive(Debug)]
pub struct Head {
    pub title: String,
    /// `onair.toml`
    pub settings: String,
    pub explicit: bool,
    /// The artwork's address, and its place.
    pub artwork: Option<(String, String)>,
    /// The feed's own address, if it is known.
    pub address: Option<String>,
    /// What the channel links to, whoever's it is.
    pub link: Option<String>,
    /// What has no key of its own.
    pub extra: Vec<Element>,
}

/// Reads the channel. `parts` are without the items.
pub fn read(
    parts: &mut Parts<'_>,
    options: &Options<'_>,
    drafts: &[Draft],
    report: &mut Report,
) -> Head {
    let links = parts.all("atom:link", |_| true);
    let linked = |wanted: &str| {
        let link = links.iter().find(|link| link.attribute("rel") == Some(wanted))?;
        link.attribute("href").filter(|url| item::is_web(url)).map(str::to_owned)
    };
    let address = linked("self").or_else(|| options.address.map(str::to_owned));
    let mut show = Section::new("show");
    let title = parts.plain("title").or_else(|| parts.plain("itunes:title"));
    let title = title.unwrap_or_else(|| left_open("title", "the feed", report));
    let (title, _) = cut(&title, MAX_LINE);
    show.text("title", title);
    show.maybe("subtitle", parts.plain("itunes:subtitle"));
    let mut extra = Vec::new();
    let apple_title = parts.take("itunes:title");
    if let Some(apple) = apple_title.filter(|it| html::read(&one_line(&it.text)) != title) {
        extra.extend([item::title_element(title), apple.clone()]);
        report.kept(Level::Show, "itunes:title");
    }
    let description = description(parts, &mut extra, report);
    show.text("description", &description);
    let (owner, email) = owner(parts);
    let author = parts.plain("itunes:author").or_else(|| {
        let google = parts.see("googleplay:author", |it| !it.text.is_empty())?;
        Some(one_line(&google.text))
    });
    let author = author
        .or_else(|| owner.clone())
        .unwrap_or_else(|| author_instead(title, "the feed", report));
    show.text("author", &author);
    let language = parts.line("language").or_else(|| parts.line("dc:language"));
    let language = language_or_open(language, "the feed", report);
    show.text("language", &language);
    zone(&mut show, &language, options.zone, drafts, report);
    show.line("category", &categories(parts, report));
    let artwork = artwork(parts, options, report);
    let ending = artwork.as_ref().map_or("jpg", |(_, ending)| ending);
    let path = format!("{ARTWORK}.{ending}");
    show.text("artwork", &path);
    match parts.text("itunes:type").map(str::to_ascii_lowercase).as_deref() {
        Some("serial") => show.text("type", "serial"),
        None | Some("episodic") => {}
        Some(_) => report.left(Level::Show, "itunes:type (unknown value)"),
    }
    let explicit = explicit_or_open(parts.text("itunes:explicit"), "the feed", report);
    if explicit {
        show.line("explicit", "true");
    }
    show.maybe("copyright", parts.plain("copyright"));
    for (key, name) in [("block", "itunes:block"), ("complete", "itunes:complete")] {
        // To Apple, nothing but `Yes` has an effect.
        if parts.first(name, |it| it.text == "Yes").is_some() {
            show.line(key, "true");
        }
    }
    if let Some(medium) = parts.take("podcast:medium").filter(|medium| medium.text != "podcast") {
        match is_medium(&medium.text) {
            true => show.text("medium", &medium.text),
            false => {
                extra.push(medium.clone());
                report.kept(Level::Show, "podcast:medium");
            }
        }
    }
    apple(parts, &mut show, report);
    guid(parts, &mut show, address.as_deref(), report);
    // What the feed does not lock stays so (podcast namespace, "locked").
    let locked = parts.take("podcast:locked");
    if locked.and_then(|locked| item::truth(&locked.text)) != Some(true) {
        show.line("locked", "false");
    }
    if let Some(funding) =
        parts.first("podcast:funding", |funding| funding.attribute("url").is_some())
    {
        let url = quoted(funding.attribute("url").unwrap_or_default());
        let words = match one_line(&funding.text) {
            words if words.is_empty() => title.to_owned(),
            words => words,
        };
        show.line("funding", &format!("{{ url = {url}, text = {} }}", quoted(&words)));
    }
    if let Some(frequency) = parts.take("podcast:updateFrequency") {
        if !frequency.attributes.is_empty() {
            extra.push(frequency.clone());
            report.kept(Level::Show, "podcast:updateFrequency");
        }
        show.maybe("update-frequency", Some(one_line(&frequency.text)));
    }
    for (key, value) in namespace::take(parts, &SHOW_KEYS, Form::Toml) {
        show.line(key, &value);
    }
    // Only hosts are the settings'; whoever else takes part stays in the feed.
    let is_host = |person: &Element| {
        person.attribute("role").is_none_or(|role| role.eq_ignore_ascii_case("host"))
    };
    let hosts: Vec<Person> = item::persons(parts, is_host, address.as_deref(), Level::Show, report);
    let mut settings =
        format!("# A show that onair publishes. Every key: docs/settings.md\n\n{}", show.text);
    for host in &hosts {
        let mut section = Section::new("[show.hosts]");
        section.text("name", &host.name);
        section.maybe("link", host.link.clone());
        section.maybe("image", host.image.clone());
        let _ = write!(settings, "\n{}", section.text);
    }
    if email.is_none() && owner.as_ref().is_some_and(|owner| *owner != author) {
        report.left(Level::Show, "itunes:owner (a name without a mail address)");
    }
    if let Some(email) = email {
        let mut section = Section::new("show.owner");
        section.text("name", owner.as_deref().unwrap_or(&author));
        section.text("email", &email);
        let _ = write!(settings, "\n{}", section.text);
    }
    let link = parts.text("link").map(|link| match link.starts_with('/') {
        true => site_of(&item::absolute(link, address.as_deref())),
        false => site_of(link),
    });
    let is_json = |link: &&Element| link.attribute("type") == Some(json::TYPE);
    let is_rss = !links.iter().any(is_json);
    if !is_rss {
        report.remark(FILE, "a JSON Feed came", "the feed that a release writes is RSS");
    }
    place(link.as_deref(), &mut settings, options, (address.as_deref(), is_rss), drafts, report);
    settings.push_str(&tags(drafts.iter().filter_map(|draft| draft.date.as_ref()), options.now));
    settings.push_str(TARGET);
    if let Some(new) = parts.text("itunes:new-feed-url") {
        let own = address.as_deref().or(options.address);
        // Some feeds name themselves.
        if own.is_some_and(|own| !same_address(own, new)) || own.is_none() {
            report.decide(
                format!("the feed says that it has moved to {new}"),
                "import that one, if it is public: `onair import` its address",
            );
        }
    }
    for link in links {
        match link.attribute("rel") {
            Some("hub") => report.left(Level::Show, "atom:link (the old host's hub)"),
            Some("alternate") if !is_feed(link) => {}
            Some(rel) if !OF_FEED.contains(&rel) => report.left(Level::Show, &called(link)),
            _ => {}
        }
    }
    // What only the old host can answer for.
    for _ in parts.all("cloud", |_| true) {
        report.left(Level::Show, "cloud (the old host's)");
    }
    parts.made_anew(&MADE_ANEW);
    Head {
        title: title.to_owned(),
        settings,
        explicit,
        artwork: artwork.map(|(url, _)| (url, path)),
        address,
        link,
        extra,
    }
}

/// What a channel links to as the site that is meant: without what a campaign counts by, and with the
/// scheme that some leave out.
fn site_of(link: &str) -> String {
    let bare = link.split(['?', '#']).next().unwrap_or_default();
    let host = bare.split('/').next().unwrap_or_default();
    match !bare.contains("://") && host.starts_with("www.") {
        true => format!("http://{bare}"),
        // The query may be all that tells a page.
        false if bare.matches('/').count() <= 3 && bare.ends_with('/') => bare.to_owned(),
        false => link.to_owned(),
    }
}

/// Whether a link leads to a feed: the show once more, in another form.
fn is_feed(link: &Element) -> bool {
    link.attribute("type").is_some_and(|kind| kind.ends_with("+xml") && !kind.contains("xhtml"))
}

/// Whether two addresses are one, but for what servers do not tell apart.
fn same_address(a: &str, b: &str) -> bool {
    let bare = |url: &str| {
        url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/').to_lowercase()
    };
    bare(a) == bare(b)
}

/// What `source` does not say, and nobody but the host knows: it stays empty, which no check lets pass.
pub(super) fn left_open(key: &str, source: &str, report: &mut Report) -> String {
    report.remark(FILE, format!("{source} gives no {key}"), format!("`{key}` is yours to write"));
    String::new()
}

/// The show's language; one that is no code is for the host to decide.
pub(super) fn language_or_open(given: Option<String>, source: &str, report: &mut Report) -> String {
    let Some(given) = given else { return instead("language", "en", source, report) };
    language_of(&given).unwrap_or_else(|| {
        let given = cut(&given, 40).0;
        report.decide(
            format!("the show's language is no code that directories know: `{given}`"),
            format!("write `language` in {FILE}, as in `fr` or `en-us`; `en` stands there"),
        );
        "en".to_owned()
    })
}

/// Whether the show is explicit; what is neither yes nor no is for the host to decide.
pub(super) fn explicit_or_open(given: Option<&str>, source: &str, report: &mut Report) -> bool {
    let explicit = given.and_then(item::truth);
    if let (Some(given), None) = (given, explicit) {
        report.decide(
            format!("`explicit` of {source} is neither yes nor no: `{}`", cut(given, 40).0),
            format!("write `explicit = true` into [show] of {FILE} if it is"),
        );
    }
    explicit.unwrap_or(false)
}

/// What is written where `source` does not say it.
pub(super) fn instead(key: &str, value: &str, source: &str, report: &mut Report) -> String {
    report.remark(FILE, format!("{source} gives no {key}"), format!("`{value}` was written"));
    value.to_owned()
}

/// A category where `source` names none: no feed is taken without.
pub(super) fn category_instead(source: &str, report: &mut Report) -> String {
    report.remark(
        FILE,
        format!("{source} gives no category"),
        "`Arts` was written: directories sort the show by it",
    );
    "Arts".to_owned()
}

/// The show's author where `source` names none: whoever is called as the show is.
pub(super) fn author_instead(title: &str, source: &str, report: &mut Report) -> String {
    if title.is_empty() {
        return left_open("author", source, report);
    }
    instead("author", title, source, report)
}

fn description(parts: &mut Parts<'_>, extra: &mut Vec<Element>, report: &mut Report) -> String {
    let (text, summary) = (parts.text("description"), parts.take("itunes:summary"));
    if let (Some(text), Some(summary)) = (text, summary) {
        let letters = |text: &str| html::letters(&html::words(&html::unescaped(text)));
        if !letters(text).contains(&letters(&summary.text)) {
            extra.push(summary.clone());
            report.kept(Level::Show, "itunes:summary");
        }
    }
    let text = text.or(summary.map(|summary| summary.text.as_str()));
    let text = text.map(html::lines).filter(|text| !text.is_empty());
    let text = text.unwrap_or_else(|| left_open("description", "the feed", report));
    let (kept, cut_off) = cut(&text, MAX_DESCRIPTION);
    if cut_off {
        let limit = format!("at {MAX_DESCRIPTION} bytes, Apple's limit");
        report.remark(FILE, "the show's description was cut", limit);
    }
    kept.to_owned()
}

/// Name and e-mail of the owner.
fn owner(parts: &mut Parts<'_>) -> (Option<String>, Option<String>) {
    let Some(owner) = parts.take("itunes:owner") else { return (None, None) };
    let mut inside = Parts::new(Level::Show, owner);
    (inside.plain("itunes:name"), inside.line("itunes:email"))
}

fn zone(
    show: &mut Section,
    language: &str,
    given: Option<&str>,
    drafts: &[Draft],
    report: &mut Report,
) {
    if let Some(zone) = given {
        show.text("time-zone", zone);
        return;
    }
    let dates: Vec<dates::Date> = drafts.iter().filter_map(|draft| draft.date.clone()).collect();
    show.maybe("time-zone", dates::settled(language, &dates, report));
}

fn categories(parts: &mut Parts<'_>, report: &mut Report) -> String {
    let mut paths: Vec<String> = Vec::new();
    let given = match parts.all("itunes:category", |_| true) {
        none if none.is_empty() => parts.every("googleplay:category"),
        given => given,
    };
    for category in given {
        let name = |element: &Element| {
            let given = element.attribute("text").unwrap_or(&element.text);
            Some(quoted(&html::read(&one_line(given)))).filter(|_| !given.is_empty())
        };
        let Some(top) = name(category) else { continue };
        let deeper = category.children.iter().map(|child| child.children.len()).sum::<usize>();
        for _ in 0..deeper {
            report.left(Level::Show, "itunes:category (below another's child)");
        }
        let mut children = category.children.iter().filter_map(name).peekable();
        if children.peek().is_none() {
            paths.push(format!("[{top}]"));
        }
        paths.extend(children.map(|child| format!("[{top}, {child}]")));
    }
    // Other vocabularies' categories are words of their own.
    match paths.len() {
        0 => format!("[{}]", quoted(&category_instead("the feed", report))),
        1 => paths.concat(),
        _ => format!("[{}]", paths.join(", ")),
    }
}

/// The address of a show's artwork; `asked` is the one that the feed was read from.
pub fn artwork_address(channel: &Element, asked: Option<&str>) -> Option<String> {
    address_of_artwork(&mut Parts::new(Level::Show, channel), asked)
}

fn address_of_artwork(parts: &mut Parts<'_>, asked: Option<&str>) -> Option<String> {
    let image = item::image(parts);
    let rss = parts.take("image").and_then(|image| {
        let url = image.children.iter().find(|child| child.name == "url")?;
        Some(url.text.as_str())
    });
    let google = parts.see("googleplay:image", |_| true).and_then(|image| image.attribute("href"));
    let own = parts.see("atom:link", |link| link.attribute("rel") == Some("self"));
    let page = parts.see("link", |link| !link.text.is_empty()).map(|link| link.text.as_str());
    let base = asked.or(own.and_then(|own| own.attribute("href"))).or(page);
    let all = [image, rss, google].into_iter().flatten();
    all.map(|url| item::address(&item::absolute(url, base))).find(|url| item::is_web(url))
}

/// The artwork's address and the ending of its file.
fn artwork(
    parts: &mut Parts<'_>,
    options: &Options<'_>,
    report: &mut Report,
) -> Option<(String, &'static str)> {
    let Some(url) = address_of_artwork(parts, options.address) else {
        report.decide(
            "the feed names no artwork",
            format!("put a picture of 1,400 to 3,000 pixels at {ARTWORK}.jpg"),
        );
        return None;
    };
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let guessed = if path.ends_with(".png") { "png" } else { "jpg" };
    Some((url, options.artwork.unwrap_or(guessed)))
}

fn apple(parts: &mut Parts<'_>, show: &mut Section, report: &mut Report) {
    let is_apple = |element: &Element| element.attribute("platform") == Some("apple");
    if let Some(apple) = parts.first("podcast:id", is_apple) {
        let id =
            apple.attribute("id").and_then(|id| id.trim_start_matches("id").parse::<u64>().ok());
        match id.filter(|id| i64::try_from(*id).is_ok()) {
            Some(id) => show.line("apple-id", &id.to_string()),
            None => report.left(Level::Show, "podcast:id (no number)"),
        }
        let country = apple
            .attribute("url")
            .and_then(|url| url.split_once("://podcasts.apple.com/")?.1.split('/').next());
        let is_country =
            |country: &&str| country.len() == 2 && country.bytes().all(|b| b.is_ascii_lowercase());
        show.maybe("apple-country", country.filter(is_country).map(str::to_owned));
    }
    let verifies = |element: &Element| {
        element
            .attribute("purpose")
            .is_some_and(|purpose| purpose.eq_ignore_ascii_case("applepodcastsverify"))
    };
    if let Some(txt) = parts.first("podcast:txt", verifies) {
        show.maybe("apple-verify", Some(one_line(&txt.text)));
    }
}

/// The show's `podcast:guid`: what the feed says, or what its address makes it, for life.
fn guid(parts: &mut Parts<'_>, show: &mut Section, address: Option<&str>, report: &mut Report) {
    match (parts.line("podcast:guid"), address) {
        (Some(guid), _) => show.text("guid", &guid),
        (None, Some(address)) => show.text("guid", &of_address(address)),
        (None, None) => report.decide(
            "the feed says neither its podcast:guid nor its own address",
            "import it by its address, or write `guid` into [show]: it must not change",
        ),
    }
}

/// `[tags]` that leave alone what is published already: all up to the newest of these that is not to come.
pub fn tags<'a>(
    dates: impl Iterator<Item = &'a dates::Date>,
    now: Option<jiff::Timestamp>,
) -> String {
    let dates = dates.filter(|date| now.is_none_or(|now| date.instant() <= now));
    dates.max_by_key(|date| date.instant()).map_or_else(String::new, |newest| {
        format!(
            "\n[tags]\n# Up to here, MP3s are published as they are; tags begin with the next episode.\nafter = \"{}\"\n",
            newest.written()
        )
    })
}

/// The settings that name the side file, and rules that the feed does not keep to: what is public so is
/// no reason to stop.
pub fn completed(settings: &str, extra: bool, rules: &[(&str, &str)]) -> String {
    let mut out = settings.to_owned();
    if extra {
        out = out.replacen("\n[site]\n", &format!("\n[site]\nextra = {}\n", quoted(EXTRA)), 1);
    }
    if !rules.is_empty() {
        out.push_str("\n# What the imported feed does not keep to.\n[rules]\n");
        for (rule, severity) in rules {
            let _ = writeln!(out, "{rule} = \"{severity}\"");
        }
    }
    out
}
