//! What a feed says of the show, as `onair.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::item::{self, Draft, Person};
use super::media::{self, Media};
use super::options::Options;
use super::report::{Level, Report};
use super::unread_elements::{Parts, one_line};
use super::write::cut;
use super::xml::Element;
use super::{EXTRA, dates, html, names};
use crate::show::edit::quoted;
use crate::show::guid::of_address;
use crate::show::is_inside;
use crate::show::settings::{FILE, is_medium};

/// Where the artwork goes; its ending is mended once its bytes are seen.
pub const ARTWORK: &str = "img/artwork";
/// Where a show stands that does not say it: a name that no server has (RFC 2606).
pub const NOWHERE: &str = "https://your-site.invalid";
/// Where a release goes until its host says otherwise.
pub const TARGET: &str =
    "\n[target]\nurl = \"public\"                      # a directory, or s3://bucket/prefix\n";
const MAX_DESCRIPTION: usize = 4000;
const MAX_LINE: usize = 1000;
/// Where shows are listed, talked of or hosted: a page there is nobody's own site.
const PLATFORMS: [&str; 62] = [
    "twitter.com",
    "x.com",
    "facebook.com",
    "instagram.com",
    "youtube.com",
    "youtu.be",
    "tiktok.com",
    "linkedin.com",
    "threads.net",
    "mastodon.social",
    "bsky.app",
    "reddit.com",
    "discord.gg",
    "t.me",
    "linktr.ee",
    "patreon.com",
    "ko-fi.com",
    "substack.com",
    "medium.com",
    "tumblr.com",
    "apple.com",
    "spotify.com",
    "google.com",
    "amazon.com",
    "audible.com",
    "deezer.com",
    "stitcher.com",
    "overcast.fm",
    "pocketcasts.com",
    "podchaser.com",
    "iheart.com",
    "tunein.com",
    "libsyn.com",
    "libsynpro.com",
    "megaphone.fm",
    "acast.com",
    "art19.com",
    "buzzsprout.com",
    "fireside.fm",
    "transistor.fm",
    "anchor.fm",
    "podbean.com",
    "soundcloud.com",
    "simplecast.com",
    "captivate.fm",
    "spreaker.com",
    "rss.com",
    "castos.com",
    "blubrry.com",
    "blubrry.net",
    "omny.fm",
    "omnycontent.com",
    "audioboom.com",
    "podigee.io",
    "redcircle.com",
    "pinecast.com",
    "podomatic.com",
    "zencast.fm",
    "ivoox.com",
    "ausha.co",
    "feedburner.com",
    "simplecast.fm",
];

/// What a release writes anew.
const MADE_ANEW: [&str; 13] = [
    // What only the old host can answer for.
    "cloud",
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
    let title = title.unwrap_or_else(|| missing("title", "My show", report));
    let (title, _) = cut(&title, MAX_LINE);
    show.text("title", title);
    show.maybe("subtitle", parts.plain("itunes:subtitle"));
    let mut extra = Vec::new();
    let description = description(parts, &mut extra, report);
    show.text("description", &description);
    let (owner, email) = owner(parts);
    let author = parts.plain("itunes:author").or_else(|| parts.plain("googleplay:author"));
    let author =
        author.or_else(|| owner.clone()).unwrap_or_else(|| missing("author", title, report));
    show.text("author", &author);
    let language = parts.line("language").or_else(|| parts.line("dc:language"));
    let language = language.unwrap_or_else(|| missing("language", "en", report));
    show.text("language", &language);
    zone(&mut show, &language, options.zone, drafts, report);
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
    show.maybe("copyright", parts.plain("copyright"));
    for (key, name) in [("block", "itunes:block"), ("complete", "itunes:complete")] {
        // Apple heeds `Yes` alone, and so does everybody else.
        if parts.first(name, |it| item::truth(&it.text) == Some(true)).is_some() {
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
    // Only hosts are the settings'; whoever else takes part stays in the feed.
    let is_host = |person: &Element| {
        person.attribute("role").is_none_or(|role| role.eq_ignore_ascii_case("host"))
    };
    let hosts: Vec<Person> = item::persons(parts, is_host, Level::Show, report);
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
    let link = parts.text("link").map(str::to_owned);
    place(link.as_deref(), &mut settings, options, address.as_deref(), drafts, report);
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
        if matches!(link.attribute("rel"), Some("hub")) {
            report.left(Level::Show, "atom:link (the old host's hub)");
        }
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

/// Whether two addresses are one, but for what servers do not tell apart.
fn same_address(a: &str, b: &str) -> bool {
    let bare = |url: &str| {
        url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/').to_lowercase()
    };
    bare(a) == bare(b)
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
    report.remark(FILE, format!("the feed gives no {key}"), format!("`{instead}` was written"));
    instead.to_owned()
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
    let text = text.unwrap_or_else(|| missing("description", "What the show is about", report));
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
    for category in parts.all("itunes:category", |_| true) {
        let name = |element: &Element| {
            element.attribute("text").map(|text| quoted(&html::read(&one_line(text))))
        };
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
        report.decide(
            "the feed names no artwork",
            format!("put a picture of 1,400 to 3,000 pixels at {ARTWORK}.jpg"),
        );
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
        (None, None) => report.decide(
            "the feed says neither its podcast:guid nor its own address",
            "import it by its address, or write `guid` into [show]: it must not change",
        ),
    }
}

/// `[site]` and `[media]`: where pages, feed and audio are to stand.
fn place(
    link: Option<&str>,
    settings: &mut String,
    options: &Options<'_>,
    address: Option<&str>,
    drafts: &[Draft],
    report: &mut Report,
) {
    let own = link.filter(|url| is_own(url, address));
    let given = options.url.or(own);
    // The server that has the feed is the show's own where the show has its pages there, too.
    let server = address.filter(|_| link.is_none()).filter(|address| !is_platform(address));
    let (url, feed) = match (given, server) {
        (None, None) => {
            report.decide(
                match link {
                    Some(link) => format!(
                        "the show's site is not known: {link} is a platform's, or somebody else's"
                    ),
                    None => "the show's site is not known: the feed does not say it".to_owned(),
                },
                format!("import with --url, or write `site.url` in {FILE}"),
            );
            (NOWHERE.to_owned(), None)
        }
        _ => site(given, options.url.is_some(), address),
    };
    if options.url.is_none()
        && let Some(own) = own
        && !address.is_some_and(|address| shares_domain(own, address))
    {
        report.fact(format!("Pages, artwork and feed are to stand at {url}, the feed's link: --url names another address"));
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
        // Audio that stays where it is keeps its address; what is new has a folder of its own.
        match media::path(&own, &url) {
            _ if !options.download => {}
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
    let dates = drafts.iter().filter_map(|draft| draft.date.as_ref());
    settings.push_str(&tags(dates));
    settings.push_str(TARGET);
}

/// `[tags]` that leave alone what is published already: all up to the newest of these.
pub fn tags<'a>(dates: impl Iterator<Item = &'a dates::Date>) -> String {
    dates.max_by_key(|date| date.instant()).map_or_else(String::new, |newest| {
        format!(
            "\n[tags]\n# Up to here, MP3s are published as they are; tags begin with the next episode.\nafter = \"{}\"\n",
            newest.written()
        )
    })
}

/// The settings that name the side file, and rules that the feed does not keep to: what is public so is
/// no reason to stop.
pub fn completed(settings: &str, extra: bool, rules: &[&str]) -> String {
    let mut out = settings.to_owned();
    if extra {
        out = out.replacen("\n[site]\n", &format!("\n[site]\nextra = {}\n", quoted(EXTRA)), 1);
    }
    if !rules.is_empty() {
        out.push_str("\n# What the imported feed does not keep to.\n[rules]\n");
        for rule in rules {
            let _ = writeln!(out, "{rule} = \"warning\"");
        }
    }
    out
}

/// Whether what a feed links to is the show's own site: a platform's page is not, and neither is a page
/// deep in a site that has no part in the feed.
fn is_own(link: &str, address: Option<&str>) -> bool {
    let path = link.splitn(4, '/').nth(3).unwrap_or_default().trim_end_matches('/');
    is_site(link)
        && !is_platform(link)
        && (path.is_empty() || address.is_some_and(|address| shares_domain(link, address)))
}

fn is_platform(url: &str) -> bool {
    let host = media::host(url).unwrap_or_default().to_ascii_lowercase();
    PLATFORMS.iter().any(|platform| {
        host.strip_suffix(platform).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

fn shares_domain(a: &str, b: &str) -> bool {
    media::host(a).zip(media::host(b)).is_some_and(|(a, b)| media::same_site(a, b))
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
