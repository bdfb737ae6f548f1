//! Where a show's audio stands, as its enclosures' addresses tell: the folder that most share, and the
//! tracking prefixes before it.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// A folder of audio, as the settings have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// `media.url`
    pub url: String,
    /// `media.tracking`
    pub tracking: Option<String>,
}

/// The folder in which at least half of these files stand, if it is on the show's own site: any other
/// one is a host's that is moved away from, and no place for what is to come.
pub fn folder<'a>(enclosures: impl IntoIterator<Item = &'a str>, site: &str) -> Option<Media> {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    let mut all = 0;
    for url in enclosures {
        all += 1;
        if let Some(end) = url.split(['?', '#']).next().and_then(|path| path.rfind('/')) {
            *folders.entry(&url[..=end]).or_default() += 1;
        }
    }
    let (prefix, count) = folders.into_iter().max_by_key(|(_, count)| *count)?;
    let media = split(prefix)?;
    (count * 2 >= all && is_own(&media.url, site)).then_some(media)
}

/// Whether a folder of audio is on the show's own site.
pub fn is_own(folder: &str, site: &str) -> bool {
    let both = host(folder).zip(host(site));
    both.is_some_and(|(server, site)| is_of_site(server, site)) && is_encoded(folder)
}

/// Whether every `%` starts an encoded byte (RFC 3986, section 2.1): no key makes an address with another.
fn is_encoded(url: &str) -> bool {
    let two = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    url.split('%').skip(1).all(two)
}

/// An address's tracking prefixes, and what is behind them: trackers are named in the path before the
/// name of the server that has the file.
pub fn split(prefix: &str) -> Option<Media> {
    let scheme = prefix.find("://")? + 3;
    let mut at = scheme;
    let mut own = scheme;
    for part in prefix[scheme..].split('/') {
        if is_host(part) {
            own = at;
        }
        at += part.len() + 1;
    }
    let (tracking, bare) = prefix.split_at(own);
    if tracking.len() == scheme {
        return Some(Media { url: prefix.to_owned(), tracking: None });
    }
    Some(Media { url: format!("https://{bare}"), tracking: Some(tracking.to_owned()) })
}

/// Whether a part of a path is a server's name and not a file's.
fn is_host(part: &str) -> bool {
    let Some((name, top)) = part.rsplit_once('.') else { return false };
    let files = ["mp3", "m4a", "xml", "rss", "php", "html"];
    !name.is_empty()
        && (2..=24).contains(&top.len())
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !files.contains(&top)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}

/// The folder of a target that a folder of audio is, where the site's server has both: its path below
/// the site or, where it is not there, below the server's root.
pub fn path(folder: &str, site: &str) -> Option<String> {
    let behind = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_owned());
    let (folder, site) = (behind(folder)?, behind(site)?);
    let site = format!("{}/", site.trim_end_matches('/'));
    let path = folder.strip_prefix(&site).or_else(|| {
        let server = &site[..=site.find('/')?];
        folder.strip_prefix(server)
    })?;
    percent_decode_str(path.trim_end_matches('/')).decode_utf8().ok().map(Into::into)
}

/// The server that an address names.
pub fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())
}

/// Whether a server is the site's own, or one below it: two that share but the end of their names may be
/// anybody's (`a.co.uk`, `b.co.uk`).
fn is_of_site(server: &str, site: &str) -> bool {
    let (server, site) = (server.to_ascii_lowercase(), site.to_ascii_lowercase());
    let bare = |host| str::strip_prefix(host, "www.").unwrap_or(host).to_owned();
    let (server, site) = (bare(&server), bare(&site));
    server.strip_suffix(&site).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// An enclosure's address without trackers and scheme.
pub fn untracked(url: &str) -> String {
    let own = split(url).map_or_else(|| url.to_owned(), |media| media.url);
    own.split_once("://").map_or(own.clone(), |(_, rest)| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_that_most_share_is_the_show_s_if_it_is_on_its_site() {
        let prefix =
            "https://op3.dev/e/https://dts.podtrac.com/redirect.mp3/fr.show.example/media/";
        let urls: Vec<String> = (1..4).map(|number| format!("{prefix}{number}.mp3?a=/b")).collect();
        let urls = urls.iter().map(String::as_str).chain(["https://other.example/x.mp3"]);
        assert_eq!(
            folder(urls.clone(), "https://www.show.example/web"),
            Some(Media {
                url: "https://fr.show.example/media/".into(),
                tracking: Some("https://op3.dev/e/https://dts.podtrac.com/redirect.mp3/".into()),
            })
        );
        assert_eq!(folder(urls, "https://elsewhere.example"), None);
        for (server, site) in [
            ("cdn.podhost.co.uk", "https://myshow.co.uk/"),
            ("host.github.io", "https://show.github.io"),
            ("notshow.example", "https://show.example"),
        ] {
            assert_eq!(folder([&*format!("https://{server}/a/1.mp3")], site), None, "{server}");
        }
        assert_eq!(folder(["https://a.example/%/1.mp3"], "https://a.example"), None);
        assert!(folder(["https://a.example/%C3%A9/1.mp3"], "https://a.example").is_some());
        let plain = folder(["https://a.example/1.mp3"], "https://a.example");
        assert_eq!(plain, Some(Media { url: "https://a.example/".into(), tracking: None }));
        assert_eq!(
            folder(
                [
                    "https://a.example/1/a.mp3",
                    "https://a.example/2/a.mp3",
                    "https://a.example/3/a.mp3"
                ],
                "https://a.example"
            ),
            None
        );
        assert_eq!((folder(["x", ""], "y"), folder([], "y")), (None, None));
    }
}
