//! Where an episode's page stands: by its file's name or number, or as the front matter says.
//!
//! A *site path* is what stands behind the site's address: `podcasts/episode_109/index.html`.

use super::page_link::INDEX;
use super::settings::PageName;
use super::{Episode, Settings};

/// The site path of an episode's page: `permalink`, else the folder `slug` below `site.pages`, else
/// one that is named by `site.page-name`.
pub fn path(settings: &Settings, episode: &Episode) -> String {
    if let Some(permalink) = episode.permalink.value() {
        return permalink.clone();
    }
    let number = || match settings.site.page_name {
        PageName::File => None,
        PageName::Number => episode.number.value().map(ToString::to_string),
    };
    let own = episode.page.value().cloned().or_else(number);
    let name = own.unwrap_or_else(|| episode.slug.clone());
    format!("{}/{name}/{INDEX}", settings.site.pages.get_ref().trim_matches('/'))
}

/// Site paths of pages that every site has, and that are no episode's.
pub const OF_THE_SITE: [&str; 4] = [HOME, NOT_FOUND, ABOUT, ARCHIVE];
/// The show's own page.
pub const HOME: &str = INDEX;
/// The page for an address where nothing is.
pub const NOT_FOUND: &str = "404.html";
/// The page on the show and its people.
pub const ABOUT: &str = "about/index.html";
/// The page that leads to all years.
pub const ARCHIVE: &str = "archive/index.html";

/// The site path of a file beside a page: `podcasts/episode_109/chapters.json`.
pub fn beside(page: &str, name: &str) -> String {
    let folder = page.strip_suffix(INDEX).and_then(|path| path.strip_suffix('/'));
    let endings = [".html", ".htm"];
    let folder = folder.or_else(|| endings.iter().find_map(|ending| page.strip_suffix(ending)));
    let folder = folder.unwrap_or(page);
    match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

/// A site path as an address of this site ends: without `index.html` where the server adds it.
pub fn in_link<'a>(settings: &Settings, path: &'a str) -> &'a str {
    match path.strip_suffix(INDEX) {
        Some(folder)
            if !settings.site.index_html && (folder.is_empty() || folder.ends_with('/')) =>
        {
            folder
        }
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Source;
    use crate::show::settings::FILE;

    fn page(site: &str, front_matter: &str) -> String {
        let show = "[show]\ntitle = 'A'\ndescription = 'B'\nauthor = 'C'\nlanguage = 'fr'\ncategory = 'News'\nartwork = 'a.png'\n";
        let text = format!("{show}[site]\nurl = 'https://a.example'\n{site}\n");
        let settings = Settings::parse(&Source::new(FILE, text)).unwrap();
        let text = format!("---\nepisode: 9\n{front_matter}\n---\n");
        let episode = Episode::parse(Source::new("episodes/episode_009.md", text)).unwrap();
        let path = path(&settings, &episode);
        format!("{} {}", in_link(&settings, &path), beside(&path, "c.json"))
    }

    #[test]
    fn a_page_stands_where_the_host_says() {
        assert_eq!(page("", ""), "podcasts/episode_009/index.html podcasts/episode_009/c.json");
        assert_eq!(
            page("page-name = 'number'\nindex-html = false", ""),
            "podcasts/9/ podcasts/9/c.json"
        );
        assert_eq!(
            page("page-name = 'number'", "slug: a-tide"),
            "podcasts/a-tide/index.html podcasts/a-tide/c.json"
        );
        assert_eq!(page("index-html = false", "permalink: /x/9/"), "x/9/ x/9/c.json");
        assert_eq!(page("index-html = false", "permalink: /x/9.html"), "x/9.html x/9/c.json");
        assert_eq!(page("", "permalink: /x/9.htm"), "x/9.htm x/9/c.json");
        // What only its own generator can fill in.
        assert_eq!(page("", "permalink: /:title/"), page("", ""));
    }
}
