//! Where everything of a site stands: its key in the target, its address, and the way between pages.
//!
//! A *site path* is what stands behind the site's address: `podcasts/episode_109/index.html`.

use std::collections::BTreeMap;

use ammonia::Url;

use crate::model::object::{BadKey, Key};
use crate::show::addresses::has_web_scheme;
use crate::show::files::{candidates, join};
use crate::show::{Episode, Settings, in_address, page};

/// The site's addresses.
#[derive(Debug)]
pub struct Addresses {
    settings: Settings,
    site_url: String,
    prefix: String,
    feed: String,
    /// Files that a host's text may name (the show's images, and every page), each with the site path
    /// under which it is published.
    known: BTreeMap<String, String>,
}

/// Where a link of a host's text leads.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// To something of this site: its site path, and what stands behind it (`#…`, `?…`).
    Own(String),
    /// Elsewhere.
    Absolute(String),
}

impl Addresses {
    /// The addresses of a show that publishes these files, each under the site path that is given.
    pub fn new(settings: &Settings, known: BTreeMap<String, String>) -> Self {
        Self {
            settings: settings.clone(),
            site_url: settings.site_url(),
            prefix: settings.site_prefix(),
            feed: settings.site.feed.get_ref().clone(),
            known,
        }
    }

    /// The site path of an episode's page.
    pub fn page(&self, episode: &Episode) -> String {
        page::path(&self.settings, episode)
    }

    /// The site path of a file beside an episode's page.
    pub fn beside_page(&self, episode: &Episode, name: &str) -> String {
        page::beside(&self.page(episode), name)
    }

    /// A site path as links have it: escaped, and without `index.html` if the show's addresses go without.
    pub fn link(&self, path: &str) -> String {
        in_address(page::in_link(&self.settings, path))
    }

    /// The feed's site path.
    pub fn feed(&self) -> &str {
        &self.feed
    }

    /// The site path of an archive page of the feed: `podcasts/feed-archive-1.xml`.
    pub fn feed_archive(&self, number: usize) -> String {
        let stem = self.feed.strip_suffix(".xml").unwrap_or(&self.feed);
        format!("{stem}-archive-{number}.xml")
    }

    /// The key of a site path.
    ///
    /// # Errors
    /// [`BadKey`] if it is none.
    pub fn key(&self, path: &str) -> Result<Key, BadKey> {
        Key::new(format!("{}{path}", self.prefix))
    }

    /// The address of a site path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}", self.site_url, self.link(path))
    }

    /// The site's own address.
    pub fn site_url(&self) -> &str {
        &self.site_url
    }

    /// The way from a page up to the site's root: `../../`.
    pub fn root_from(path: &str) -> String {
        "../".repeat(path.matches('/').count())
    }

    /// The site's root for a page that is served at any address (404.html): `/web/`.
    pub fn absolute_root(&self) -> String {
        Url::parse(&self.site_url).map_or_else(|_| "/".to_owned(), |url| url.path().to_owned())
    }

    /// Where `link` leads, as the episode file `source` (`episodes/109.md`) has it, whose page is at
    /// the site path `page`.
    ///
    /// A path that names a file of the show (from its root, or from the episode's folder) is that
    /// file; any other link means what it would mean to a browser that shows the page.
    pub fn resolve(&self, link: &str, source: &str, page: &str) -> Option<Target> {
        let (path, tail) = link.split_at(link.find(['?', '#']).unwrap_or(link.len()));
        if path.is_empty() {
            return Some(Target::Absolute(link.to_owned()));
        }
        let page_of = || join("", &format!("{}/index.html", path.trim_matches('/')));
        let own = candidates(path, source).into_iter().find_map(|path| self.known.get(&path));
        let own = own.or_else(|| self.known.get(&page_of()?));
        if let Some(own) = own {
            return Some(Target::Own(format!("{}{tail}", self.link(own))));
        }
        let base = Url::parse(&self.url(page)).ok()?;
        base.join(link).ok().map(|url| Target::Absolute(url.into()))
    }

    /// The address of what a host names in the front matter or the settings (`source`): a file of
    /// the show, or an address.
    pub fn given(&self, text: &str, source: &str) -> Option<String> {
        if has_web_scheme(text) {
            return Url::parse(text).ok().map(Into::into);
        }
        let paths = candidates(text, source).into_iter();
        paths.into_iter().find_map(|path| self.known.get(&path)).map(|path| self.url(path))
    }

    /// The site path of the show's artwork.
    pub fn artwork<'a>(&'a self, show: &'a Settings) -> &'a str {
        let path = show.show.artwork.get_ref();
        self.known.get(path).unwrap_or(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::testing;

    fn addresses() -> Addresses {
        let known = [
            ("img/a b.png", "img/a b-12.png"),
            ("episodes/x.png", "episodes/x-34.png"),
            ("podcasts/episode_1/index.html", "podcasts/episode_1/index.html"),
        ];
        let known = known.into_iter().map(|(path, site)| (path.to_owned(), site.to_owned()));
        Addresses::new(&testing::settings(), known.collect())
    }

    fn resolve(link: &str) -> String {
        let page = "podcasts/episode_2/index.html";
        match addresses().resolve(link, "episodes/episode_2.md", page) {
            Some(Target::Own(path)) => format!("own {path}"),
            Some(Target::Absolute(url)) => url,
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn links_of_a_text_are_files_of_the_show_or_what_a_browser_makes_of_them() {
        assert_eq!(resolve("/img/a b.png"), "own img/a%20b-12.png");
        assert_eq!(resolve("../img/a b.png"), "own img/a%20b-12.png");
        assert_eq!(resolve("x.png"), "own episodes/x-34.png");
        assert_eq!(
            resolve("/podcasts/episode_1/#liens"),
            "own podcasts/episode_1/index.html#liens"
        );
        assert_eq!(resolve("/img/other.png"), "https://show.example/img/other.png");
        assert_eq!(resolve("//cdn.example/x"), "https://cdn.example/x");
        assert_eq!(resolve("../../../../etc/passwd"), "https://show.example/etc/passwd");
        assert_eq!(resolve("#t=3"), "#t=3");
    }

    #[test]
    fn addresses_are_escaped() {
        let addresses = addresses();
        assert_eq!(
            addresses.url("podcasts/à 1/index.html"),
            "https://show.example/web/podcasts/%C3%A0%201/index.html"
        );
        assert_eq!(addresses.key("a").unwrap().as_str(), "web/a");
        assert_eq!(addresses.absolute_root(), "/web/");
        assert_eq!(Addresses::root_from("podcasts/1/index.html"), "../../");
    }
}
