//! Where a show is to stand: its site, its pages, its audio.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::draft::Draft;
use super::media::{self, Media};
use super::options::Options;
use super::report::Report;
use super::section::Section;
use super::{item, names};
use crate::show::edit::quoted;
use crate::show::placeholder::NOWHERE;
use crate::show::settings::FILE;
use crate::show::{is_inside, path_of_link};
use percent_encoding::percent_decode_str;

/// Where shows are listed, talked of or hosted, at a page or at a name below: nobody's own site, for nobody
/// can put a feed there. (Where one can, as at github.io, a name is a site of one's own.)
const PLATFORMS: [&str; 96] = [
    // Where shows are talked of, and listed.
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
    // Hosting companies.
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
    "zencastr.com",
    "riverside.fm",
    "letscast.fm",
    "firstory.me",
    "firstory.io",
    "podcastics.com",
    "podcloud.fr",
    "hearthis.at",
    "hubhopper.com",
    "audiomeans.fr",
    "sounder.fm",
    "archive.org",
    "typlog.io",
    "mave.digital",
    "podcaster.de",
    "podspot.de",
    "justcast.com",
    "podiant.co",
    "pinecast.co",
    "zencast.website",
    "castopod.com",
    "rssblue.com",
    "podhome.fm",
    "blogtalkradio.com",
    "hipcast.com",
    // Sites and blogs from a kit, at names below it.
    "podpage.com",
    "podcastpage.io",
    "wordpress.com",
    "blogspot.com",
    "squarespace.com",
    "weebly.com",
    "wixsite.com",
    "webflow.io",
    "ghost.io",
];

/// `[site]` and `[media]`: where pages, feed and audio are to stand. `address` is the feed's; what is no RSS
/// has no place for the feed that a release writes.
pub fn place(
    link: Option<&str>,
    settings: &mut String,
    options: &Options<'_>,
    (address, is_rss): (Option<&str>, bool),
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
                        "the show's site is not known: {link} may be a platform's, or a hosting company's"
                    ),
                    None => "the show's site is not known: the feed does not say it".to_owned(),
                },
                format!("import with --url, or write `site.url` in {FILE}"),
            );
            (NOWHERE.to_owned(), None)
        }
        _ => site(given, address, options.url.is_some()),
    };
    if given.is_none() && server.is_some() {
        report.decide(
            format!("the feed names no site: {url}, which has the feed, stands there"),
            "import with --url if that is a hosting company's",
        );
    }
    let feed = feed.filter(|_| is_rss);
    if options.url.is_none() && own.is_some() && feed.is_none() {
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
        let mut written = |section: &mut Section| {
            section.text("url", &own);
            report.fact(format!(
                "New audio is to stand at {own}, where most of it is: `media.url` in {FILE}"
            ));
        };
        // Audio that stays where it is keeps its address; what is new has a folder of its own.
        match media::path(&own, &url) {
            _ if !options.download => {}
            // Where audio goes unless the settings say otherwise.
            Some(_) if own == format!("{}/media/", url.trim_end_matches('/')) => {}
            Some(path) if is_inside(&path) => {
                written(&mut section);
                section.text("path", &path);
            }
            // The site's root is no folder for audio; what stands there keeps its address.
            Some(_) => {}
            None => written(&mut section),
        }
        if let Some(tracking) = tracking {
            section.line("tracking", &format!("[{}]", quoted(&tracking)));
        }
        if !section.is_empty() {
            let _ = write!(settings, "\n{}", section.text);
        }
    }
}

/// Whether what a feed links to is the show's own site: a platform's page is not, and a page deep in a site
/// may be one at a hosting company unless the feed stands below it.
fn is_own(link: &str, address: Option<&str>) -> bool {
    let path = link.splitn(4, '/').nth(3).unwrap_or_default().trim_end_matches('/');
    let is_below = |address| {
        let rest = bare(address)?.strip_prefix(bare(link)?.trim_end_matches('/'))?;
        rest.starts_with('/').then_some(())
    };
    is_site(link) && !is_platform(link) && (path.is_empty() || address.and_then(is_below).is_some())
}

/// An address without what servers do not tell apart.
fn bare(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    Some(rest.strip_prefix("www.").unwrap_or(rest))
}

fn is_platform(url: &str) -> bool {
    let host = media::host(url).unwrap_or_default().to_ascii_lowercase();
    PLATFORMS.iter().any(|platform| {
        host.strip_suffix(platform).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

/// Whether settings take this as an address to stand under.
pub fn is_site(url: &str) -> bool {
    item::is_web(url) && !url.contains(['?', '#'])
}

/// The site's address, and the feed's place below it if that is its own. Where the host has not `asked` for
/// that very address, the feed's own says how it begins.
fn site(given: Option<&str>, address: Option<&str>, asked: bool) -> (String, Option<String>) {
    let below = |site: &str| {
        let path = bare(address?)?.strip_prefix(bare(site)?)?.strip_prefix('/')?;
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
    let feed = below(&site);
    let before =
        |feed: &String| Some(address?.strip_suffix(feed)?.trim_end_matches('/').to_owned());
    let public = feed.as_ref().filter(|_| !asked).and_then(before);
    (public.unwrap_or(site), feed)
}

/// The folder below the site in which at least half of the pages stand. One of a year's pages is not that
/// of the next year's: theirs keep their addresses as aliases.
fn pages(site: &str, drafts: &[Draft]) -> Option<String> {
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    for draft in drafts {
        if let Some((folder, _)) = draft.link.as_deref().and_then(|link| page(site, link)) {
            *folders.entry(folder.to_owned()).or_default() += 1;
        }
    }
    let (folder, count) = folders.into_iter().max_by_key(|(_, count)| *count)?;
    let is_date = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_lasting = !folder.split('/').any(is_date);
    (count * 2 >= drafts.len() && is_inside(&folder) && is_lasting).then_some(folder)
}

/// The folder of an episode's page below the site, and the page's own, if it is as a release makes it.
pub fn page<'a>(site: &str, link: &'a str) -> Option<(&'a str, &'a str)> {
    let path = bare(link)?.strip_prefix(bare(site)?)?.strip_prefix('/')?;
    let path = path.strip_suffix("/index.html").or_else(|| path.strip_suffix('/'))?;
    let (folder, name) = path.rsplit_once('/')?;
    names::is_plain(name).then_some((folder, name))
}

/// The site path of a page that stood on the show's own site, and its link as a front matter has it;
/// nothing for one that no file can stand for.
pub fn old_page(site: &str, link: &str) -> Option<(String, String)> {
    let (site, page) = (bare(site)?, bare(link)?);
    let below = page.strip_prefix(site.trim_end_matches('/'))?.strip_prefix('/')?;
    if below.contains(['?', '#']) {
        return None;
    }
    let below = percent_decode_str(below).decode_utf8().ok()?;
    // A file of another kind is no page.
    let last = below.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if last.contains('.') && !last.ends_with(".html") && !last.ends_with(".htm") {
        return None;
    }
    let path = path_of_link(&below).filter(|path| path != "index.html")?;
    Some((path, format!("/{below}")))
}

/// Whether a page stood on the show's own site where no file of a release can stand for it.
pub fn is_out_of_reach(site: &str, link: &str) -> bool {
    let below = |site: &str| {
        let page = bare(link)?.strip_prefix(bare(site)?.trim_end_matches('/'))?;
        page.strip_prefix('/').map(str::to_owned)
    };
    let Some(below) = below(site).filter(|_| old_page(site, link).is_none()) else { return false };
    let path = below.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_page = match last.rsplit_once('.') {
        Some((_, ending)) => ["php", "asp", "aspx", "jsp", "cgi", "htm", "html"].contains(&ending),
        None => true,
    };
    // A part of the site's own page is no page.
    is_page && below != "index.html" && !matches!(below.chars().next(), None | Some('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_at_a_host_is_no_site() {
        let show = "https://show.example/web/feed.xml";
        for (link, feed, own) in [
            ("https://show.example/", Some("https://feeds.host.example/1"), true),
            ("https://show.example/web", Some("https://www.show.example/web/feed.xml"), true),
            ("http://show.example/web/", Some(show), true),
            ("https://show.example/we", Some(show), false),
            ("https://host.example/show", Some("https://host.example/feeds/1"), false),
            ("https://host.example/show", Some("https://feeds.host.example/show/1"), false),
            ("https://www.bbc.co.uk/p", Some("https://feeds.other.co.uk/p/x"), false),
            ("https://show.example/web", None, false),
            ("https://harbour.firstory.io/", None, false),
            ("https://harbour.wordpress.com", Some("https://harbour.wordpress.com/feed/"), false),
            ("https://harbour.github.io/", None, true),
            ("https://open.firstory.me/user", Some("https://open.firstory.me/user/rss"), false),
        ] {
            assert_eq!(is_own(link, feed), own, "{link} {feed:?}");
        }
    }

    #[test]
    fn http_and_www_make_no_other_site() {
        let feed = Some("https://show.example/web/feed.xml");
        let own = ("https://show.example/web".to_owned(), Some("feed.xml".to_owned()));
        for link in
            ["http://show.example/web/", "https://www.show.example/web", "https://show.example/web"]
        {
            assert_eq!(site(Some(link), feed, false), own, "{link}");
        }
        let asked = |url: &str| site(Some(url), feed, true);
        let to = |url: &str, feed: Option<&str>| (url.to_owned(), feed.map(str::to_owned));
        assert_eq!(asked("https://new.example/web"), to("https://new.example/web", None));
        let www = "https://www.show.example/web";
        assert_eq!(asked(www), to(www, Some("feed.xml")));
        for page_of in
            ["http://show.example/web/episodes/a/", "https://www.show.example/web/episodes/a/"]
        {
            assert_eq!(page("https://show.example/web", page_of), Some(("episodes", "a")));
        }
    }

    #[test]
    fn a_page_of_the_show_s_own_site_has_a_path() {
        let of = |link: &str| old_page("https://show.example/web", link);
        let both = |path: &str, link: &str| Some((path.to_owned(), link.to_owned()));
        assert_eq!(
            of("http://www.show.example/web/2019/a/"),
            both("2019/a/index.html", "/2019/a/")
        );
        assert_eq!(of("https://show.example/web/a%20b"), both("a b/index.html", "/a b"));
        assert_eq!(of("https://show.example/web/a.html"), both("a.html", "/a.html"));
        for link in [
            "https://show.example/web/",
            "https://show.example/web/?p=1",
            "https://show.example/other/a",
            "https://old.example/web/a",
            "https://show.example/web/../x",
            "https://show.example/web/a.mp3",
            "a",
        ] {
            assert_eq!(of(link), None, "{link}");
        }
    }
}
