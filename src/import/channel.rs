//! What a feed says of the show, as `onair.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::ZonedDateTime;

use super::item::{self, Draft, Person};
use super::media::{self, Media};
use super::options::Options;
use super::report::{Level, Report};
use super::unread_elements::{Parts, leave_attributes, one_line};
use super::write::cut;
use super::xml::Element;
use super::{dates, names, notes};
use crate::show::edit::quoted;
use crate::show::guid::of_address;
use crate::show::is_inside;
use crate::show::settings::FILE;

/// Where the artwork goes; its ending is mended once its bytes are seen.
pub const ARTWORK: &str = "img/artwork";
/// Where a show stands that does not say it.
pub const NOWHERE: &str = "https://show.example";
/// Where a release goes until its host says otherwise.
pub const TARGET: &str =
    "\n[target]\nurl = \"public\"                      # a directory, or s3://bucket/prefix\n";
const MAX_DESCRIPTION: usize = 4000;
const MAX_LINE: usize = 1000;

/// What a release writes anew.
const MADE_ANEW: [&str; 9] = [
    "generator",
    "lastBuildDate",
    "pubDate",
    "docs",
    "image",
    "itunes:summary",
    "atom:link",
    "fh:archive",
    "fh:complete",
];

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
}

/// Reads the channel. `parts` are without the items.
pub fn read(
    parts: &mut Parts<'_>,
    options: &Options<'_>,
    drafts: &[Draft],
    report: &mut Report,
) -> Head {
    let links = parts.all("atom:link");
    let linked = |wanted: &str| {
        let link = links.iter().find(|link| link.attribute("rel") == Some(wanted))?;
        link.attribute("href").filter(|url| item::is_web(url)).map(str::to_owned)
    };
    let address = linked("self").or_else(|| options.address.map(str::to_owned));
    let mut show = Section::new("show");
    let title = parts.line("title").or_else(|| parts.line("itunes:title"));
    let title = title.unwrap_or_else(|| missing("title", "My show", report));
    let (title, _) = cut(&title, MAX_LINE);
    show.text("title", title);
    show.maybe("subtitle", parts.line("itunes:subtitle"));
    let description = description(parts, report);
    show.text("description", &description);
    let (owner, email) = owner(parts, report);
    let author = parts.line("itunes:author").or_else(|| parts.line("googleplay:author"));
    let author =
        author.or_else(|| owner.clone()).unwrap_or_else(|| missing("author", title, report));
    show.text("author", &author);
    let language = parts.line("language").or_else(|| parts.line("dc:language"));
    let language = language.unwrap_or_else(|| missing("language", "en", report));
    show.text("language", &language);
    zone(&mut show, &language, drafts, report);
    show.line("category", &categories(parts, report));
    let artwork = artwork(parts, options.artwork, report);
    let ending = artwork.as_ref().map_or("jpg", |(_, ending)| ending);
    let path = format!("{ARTWORK}.{ending}");
    show.text("artwork", &path);
    if parts.text("itunes:type").is_some_and(|kind| kind.eq_ignore_ascii_case("serial")) {
        show.text("type", "serial");
    }
    let explicit = parts.text("itunes:explicit").and_then(item::truth).unwrap_or(false);
    if explicit {
        show.line("explicit", "true");
    }
    show.maybe("copyright", parts.line("copyright"));
    apple(parts, &mut show, report);
    guid(parts, &mut show, address.as_deref(), report);
    if let Some(locked) = parts.take("podcast:locked") {
        leave_attributes(Level::Show, locked, &["owner"], report);
        if item::truth(&locked.text) == Some(false) {
            show.line("locked", "false");
        }
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
        leave_attributes(Level::Show, frequency, &[], report);
        show.maybe("update-frequency", Some(one_line(&frequency.text)));
    }
    let all = item::persons(parts, Level::Show, report);
    let (hosts, others): (Vec<Person>, Vec<Person>) =
        all.into_iter().partition(|person| person.role == "host");
    for other in &others {
        report.left(Level::Show, &format!("podcast:person ({})", other.role));
    }
    let mut settings =
        format!("# A show that onair publishes. Every key: docs/settings.md\n\n{}", show.text);
    for host in &hosts {
        let mut section = Section::new("[show.hosts]");
        section.text("name", &host.name);
        section.maybe("link", host.link.clone());
        section.maybe("image", host.image.clone());
        let _ = write!(settings, "\n{}", section.text);
    }
    if let Some(email) = email {
        let mut section = Section::new("show.owner");
        section.text("name", owner.as_deref().unwrap_or(&author));
        section.text("email", &email);
        let _ = write!(settings, "\n{}", section.text);
    }
    place(parts, &mut settings, options, address.as_deref(), drafts, report);
    if let Some(new) = parts.text("itunes:new-feed-url") {
        report.remark(
            "feed",
            format!("this feed has moved to {new}: import that one if it is still public"),
        );
    }
    if parts.text("podcast:medium").is_some_and(|medium| medium != "podcast") {
        report.left(Level::Show, "podcast:medium (other than podcast)");
    }
    parts.made_anew(&MADE_ANEW);
    Head {
        title: title.to_owned(),
        settings,
        explicit,
        artwork: artwork.map(|(url, _)| (url, path)),
        address,
    }
}

/// A section of `onair.toml`.
pub struct Section {
    /// Its text so far.
    pub text: String,
}

impl Section {
    /// An empty one.
    pub fn new(name: &str) -> Self {
        Self { text: format!("[{name}]\n") }
    }

    /// Whether it has no key yet.
    fn is_empty(&self) -> bool {
        self.text.lines().count() < 2
    }

    /// A key with a value of TOML.
    pub fn line(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.text, "{key} = {value}");
    }

    /// A key with a text.
    pub fn text(&mut self, key: &str, value: &str) {
        self.line(key, &quoted(value));
    }

    /// A key with a text, if there is one.
    pub fn maybe(&mut self, key: &str, value: Option<String>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.text(key, cut(&value, MAX_LINE).0);
        }
    }
}

fn missing(key: &str, instead: &str, report: &mut Report) -> String {
    report.remark(FILE, format!("the feed gives no {key}: `{instead}` was written"));
    instead.to_owned()
}

fn description(parts: &mut Parts<'_>, report: &mut Report) -> String {
    let text = parts.text("description").or_else(|| parts.text("itunes:summary"));
    let words = text.map(notes::words).filter(|words| !words.is_empty());
    let words = words.unwrap_or_else(|| missing("description", "What the show is about", report));
    let (kept, cut_off) = cut(&words, MAX_DESCRIPTION);
    if cut_off {
        report.remark(FILE, format!("the description was cut at {MAX_DESCRIPTION} bytes"));
    }
    kept.to_owned()
}

/// Name and e-mail of the owner.
fn owner(parts: &mut Parts<'_>, report: &mut Report) -> (Option<String>, Option<String>) {
    let Some(owner) = parts.take("itunes:owner") else { return (None, None) };
    let mut inside = Parts::new(Level::Show, owner);
    let found = (inside.line("itunes:name"), inside.line("itunes:email"));
    inside.finish(report);
    found
}

fn zone(show: &mut Section, language: &str, drafts: &[Draft], report: &mut Report) {
    let dates: Vec<ZonedDateTime> = drafts.iter().filter_map(|draft| draft.date.clone()).collect();
    match dates::zone(language, &dates) {
        Some("UTC") => {}
        Some(zone) => {
            show.text("time-zone", zone);
            report.remark(FILE, format!("time-zone: {zone} is the first zone that fits all dates"));
        }
        None => report.remark(
            FILE,
            "time-zone: no zone fits all dates; write yours, or dates without an offset are in UTC",
        ),
    }
}

fn categories(parts: &mut Parts<'_>, report: &mut Report) -> String {
    let mut paths: Vec<String> = Vec::new();
    for category in parts.all("itunes:category") {
        let name =
            |element: &Element| element.attribute("text").map(|text| quoted(&one_line(text)));
        let Some(top) = name(category) else { continue };
        let mut children = category.children.iter().filter_map(name).peekable();
        if children.peek().is_none() {
            paths.push(format!("[{top}]"));
        }
        paths.extend(children.map(|child| format!("[{top}, {child}]")));
    }
    // Other vocabularies' categories are words of their own.
    match paths.len() {
        0 => format!("[{}]", quoted(&missing("category", "Arts", report))),
        1 => paths.concat(),
        _ => format!("[{}]", paths.join(", ")),
    }
}

/// The artwork's address and the ending of its file.
fn artwork(
    parts: &mut Parts<'_>,
    seen: Option<&'static str>,
    report: &mut Report,
) -> Option<(String, &'static str)> {
    let image = item::image(parts);
    let rss = parts.take("image").and_then(|image| {
        let url = image.children.iter().find(|child| child.name == "url")?;
        Some(url.text.as_str())
    });
    let Some(url) = image.or(rss).filter(|url| item::is_web(url)) else {
        report.remark(FILE, "the feed names no artwork");
        return None;
    };
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let guessed = if path.ends_with(".png") { "png" } else { "jpg" };
    Some((url.to_owned(), seen.unwrap_or(guessed)))
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
        (None, None) => report.remark(
            FILE,
            "guid: the feed says neither its podcast:guid nor its own address; give the address to `onair import` in place of the file",
        ),
    }
}

/// `[site]` and `[media]`: where pages, feed and audio are to stand.
fn place(
    parts: &mut Parts<'_>,
    settings: &mut String,
    options: &Options<'_>,
    address: Option<&str>,
    drafts: &[Draft],
    report: &mut Report,
) {
    let link = parts.text("link").filter(|url| is_site(url));
    let given = options.url.or(link);
    let (url, feed) = site(given, options.url.is_some(), address);
    if given.is_none() && address.is_none() {
        report.remark(
            FILE,
            "site.url: the feed does not say where the show is; write your own address",
        );
    }
    let mut section = Section::new("site");
    section.text("url", &url);
    if let Some(feed) = feed.filter(|feed| feed != "podcasts/feed.xml") {
        section.text("feed", &feed);
    }
    if let Some(pages) = pages(&url, drafts).filter(|pages| pages != "podcasts") {
        section.text("pages", &pages);
    }
    let _ = write!(settings, "\n{}", section.text);
    let enclosures = drafts.iter().map(|draft| draft.enclosure.as_str());
    if let Some(Media { url: own, tracking }) =
        media::folder(enclosures, &url).filter(|media| is_site(&media.url))
    {
        let mut section = Section::new("media");
        match media::path(&own, &url) {
            // Where audio goes unless the settings say otherwise.
            Some(_) if own == format!("{}/media/", url.trim_end_matches('/')) => {}
            Some(path) if is_inside(&path) => {
                section.text("url", &own);
                section.text("path", &path);
            }
            // The site's root is no folder for audio; what stands there keeps its address.
            Some(_) => {}
            None => section.text("url", &own),
        }
        if let Some(tracking) = tracking {
            section.line("tracking", &format!("[{}]", quoted(&tracking)));
        }
        if !section.is_empty() {
            let _ = write!(settings, "\n{}", section.text);
        }
    }
    settings.push_str(TARGET);
}

/// Whether settings take this as an address to stand under.
pub fn is_site(url: &str) -> bool {
    item::is_web(url) && !url.contains(['?', '#'])
}

/// The site's address, and the feed's place below it if that is its own.
fn site(given: Option<&str>, chosen: bool, address: Option<&str>) -> (String, Option<String>) {
    let below = |site: &str| {
        let path = address?.strip_prefix(&format!("{site}/"))?;
        (is_inside(path) && !path.contains(['?', '#', '%'])).then(|| path.to_owned())
    };
    let Some(site) = given.map(|url| url.trim_end_matches('/').to_owned()) else {
        // The server that has the feed.
        let server = address
            .and_then(|url| Some(format!("{}{}", &url[..url.find("://")? + 3], media::host(url)?)));
        let server = server.filter(|url| is_site(url)).unwrap_or_else(|| NOWHERE.to_owned());
        let feed = below(&server);
        return (server, feed);
    };
    if let Some(feed) = below(&site) {
        return (site, Some(feed));
    }
    // A feed beside the site's folder: the server's root has both.
    let root =
        site.find("://").and_then(|at| Some(format!("{}{}", &site[..at + 3], media::host(&site)?)));
    if let (false, Some(root)) = (chosen, root)
        && let Some(feed) = below(&root)
    {
        return (root, Some(feed));
    }
    (site, None)
}

/// The folder below the site in which at least half of the pages stand.
fn pages(site: &str, drafts: &[Draft]) -> Option<String> {
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    for draft in drafts {
        if let Some((folder, _)) = draft.link.as_deref().and_then(|link| page(site, link)) {
            *folders.entry(folder.to_owned()).or_default() += 1;
        }
    }
    let (folder, count) = folders.into_iter().max_by_key(|(_, count)| *count)?;
    (count * 2 >= drafts.len() && is_inside(&folder)).then_some(folder)
}

/// The folder of an episode's page below the site, and the page's own, if it is as a release makes it.
pub fn page<'a>(site: &str, link: &'a str) -> Option<(&'a str, &'a str)> {
    let path = link.strip_prefix(site)?.strip_prefix('/')?;
    let path = path.strip_suffix("/index.html").or_else(|| path.strip_suffix('/'))?;
    let (folder, name) = path.rsplit_once('/')?;
    names::is_plain(name).then_some((folder, name))
}
