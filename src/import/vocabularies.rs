//! The vocabularies of feeds, by the addresses of their namespaces and the prefixes that everybody gives
//! them.

use std::borrow::Cow;

/// Vocabularies by the address of their namespace, as [`bare`] has it. Feeds in use spell some with other
/// letters, with another scheme, or with an older address.
const VOCABULARIES: [(&str, &str); 17] = [
    ("itunes.com/dtds/podcast-1.0.dtd", "itunes"),
    ("podcastindex.org/namespace/1.0", "podcast"),
    ("github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md", "podcast"),
    ("w3.org/2005/atom", "atom"),
    ("w3.org/1999/02/22-rdf-syntax-ns#", "rdf"),
    ("w3.org/1999/xhtml", "xhtml"),
    ("purl.org/rss/1.0/modules/content", "content"),
    ("purl.org/syndication/history/1.0", "fh"),
    ("purl.oclc.org/net/rss_2.0/enc#", "enc"),
    ("podlove.org/simple-chapters", "psc"),
    ("google.com/schemas/play-podcasts/1.0", "googleplay"),
    ("google.com/schemas/play-podcasts/1.0/play-podcasts.xsd", "googleplay"),
    ("search.yahoo.com/mrss", "media"),
    ("purl.org/dc/elements/1.1", "dc"),
    ("wellformedweb.org/commentapi", "wfw"),
    ("purl.org/rss/1.0/modules/syndication", "sy"),
    ("rssnamespace.org/feedburner/ext/1.0", "feedburner"),
];
/// The addresses of those that a release uses itself, or a side file may, exactly as their owners write them.
const ADDRESSES: [(&str, &str); 12] = [
    ("itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("podcast", "https://podcastindex.org/namespace/1.0"),
    ("atom", "http://www.w3.org/2005/Atom"),
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("fh", "http://purl.org/syndication/history/1.0"),
    ("xhtml", "http://www.w3.org/1999/xhtml"),
    ("psc", "http://podlove.org/simple-chapters"),
    ("googleplay", "http://www.google.com/schemas/play-podcasts/1.0"),
    ("media", "http://search.yahoo.com/mrss/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("wfw", "http://wellformedweb.org/CommentAPI/"),
    ("sy", "http://purl.org/rss/1.0/modules/syndication/"),
];
/// How the address of a vocabulary starts that a feed uses without declaring it.
pub const UNDECLARED: &str = "urn:undeclared:";
/// Declarations of one feed that are in force at once.
const MAX_DECLARED: usize = 1000;

/// The address of a vocabulary that has one alone, by its prefix.
pub fn address_of(prefix: &str) -> Option<&'static str> {
    let own = ["itunes", "podcast", "content", "fh", "atom"].contains(&prefix);
    known_address(prefix).filter(|_| own)
}

fn known_address(prefix: &str) -> Option<&'static str> {
    ADDRESSES.iter().find(|(known, _)| *known == prefix).map(|(_, address)| *address)
}

/// An address without what feeds write differently.
fn bare(address: &str) -> String {
    let address = address.trim().to_ascii_lowercase();
    let rest = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    rest.trim_end_matches('/').to_owned()
}

/// What prefixes mean at a place of a feed.
#[derive(Debug, Default)]
pub struct Scope {
    /// Prefix, the name that everybody gives it, address, and the depth of the element that declares it.
    declared: Vec<(String, String, String, usize)>,
    /// Addresses that were declared without a prefix.
    unnamed: Vec<String>,
}

impl Scope {
    /// An element at this depth declares a prefix.
    pub fn declare(&mut self, prefix: &str, address: &str, depth: usize) {
        if self.declared.len() < MAX_DECLARED {
            let bare = bare(address);
            let known = VOCABULARIES.iter().find(|(known, _)| *known == bare);
            let name = known.map_or(prefix, |(_, name)| name);
            self.declared.push((prefix.to_owned(), name.to_owned(), address.to_owned(), depth));
        }
    }

    /// An element within the feed declares a vocabulary for itself, without a prefix: it is given one, or
    /// it would be taken for an element of RSS.
    pub fn declare_own(&mut self, address: &str, depth: usize) {
        let bare = bare(address);
        if bare.is_empty() || VOCABULARIES.iter().any(|(known, _)| *known == bare) {
            return self.declare("", address, depth);
        }
        let known = self.unnamed.iter().position(|known| known == address);
        let at = known.unwrap_or(self.unnamed.len());
        if self.declared.len() < MAX_DECLARED && at < MAX_DECLARED {
            if known.is_none() {
                self.unnamed.push(address.to_owned());
            }
            let name = format!("own{}", at + 1);
            self.declared.push((String::new(), name, address.to_owned(), depth));
        }
    }

    /// Elements deeper than this are closed.
    pub fn leave(&mut self, depth: usize) {
        while self.declared.last().is_some_and(|(.., declared)| *declared > depth) {
            self.declared.pop();
        }
    }

    /// The usual prefix of a vocabulary and its address; nothing for RSS's own.
    pub fn vocabulary<'a>(&'a self, prefix: &'a str) -> Option<(&'a str, Cow<'a, str>)> {
        let found = self.declared.iter().rev().find(|(declared, ..)| declared == prefix);
        match found {
            Some((_, name, address, _)) => {
                Some((name.as_str(), address.into())).filter(|(name, _)| !name.is_empty())
            }
            None if prefix.is_empty() || prefix == "xml" => None,
            None => {
                let made_up = || Cow::from(format!("{UNDECLARED}{prefix}"));
                Some((prefix, known_address(prefix).map_or_else(made_up, Cow::from)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vocabularies_are_known_however_their_address_is_spelt() {
        let mut scope = Scope::default();
        for address in [
            "http://www.itunes.com/dtds/podcast-1.0.dtd",
            "https://www.itunes.com/dtds/podcast-1.0.dtd",
            "http://www.iTunes.com/DTDs/Podcast-1.0.dtd",
            "http://itunes.com/dtds/podcast-1.0.dtd/",
        ] {
            scope.declare("it", address, 1);
            assert_eq!(scope.vocabulary("it"), Some(("itunes", address.into())));
            scope.leave(0);
        }
        scope.declare("", "http://purl.org/rss/1.0/", 1);
        scope.declare("x", "urn:x", 2);
        scope.declare("x", "urn:y", 3);
        assert_eq!(scope.vocabulary("x"), Some(("x", "urn:y".into())));
        scope.leave(2);
        assert_eq!(
            (scope.vocabulary("x"), scope.vocabulary("")),
            (Some(("x", "urn:x".into())), None)
        );
        scope.leave(1);
        assert_eq!(scope.vocabulary("x"), Some(("x", "urn:undeclared:x".into())));
        assert_eq!(scope.vocabulary("media").unwrap().1, "http://search.yahoo.com/mrss/");
    }
}
