//! Addresses of pages as other generators write them, read as site paths.

use percent_encoding::percent_decode_str;

use super::given;
use super::is_inside;
use super::keys::Fields;
use super::source::{Given, Located, Malformed};
use super::trouble::Trouble;
use super::yaml::Content;

/// What a folder's address leads to.
pub(super) const INDEX: &str = "index.html";

/// The site path that an address of a page names, as other generators write it: `/podcasts/109/`,
/// `podcasts/109.html`, its letters encoded or not. Nothing if it leaves the site or is no page's.
pub fn of_link(link: &str) -> Option<String> {
    let decoded = percent_decode_str(link.trim()).decode_utf8().ok()?;
    let path = decoded.trim_start_matches('/');
    let path = match path.rsplit('/').next() {
        Some("") => format!("{path}{INDEX}"),
        Some(last) if last.ends_with(".html") || last.ends_with(".htm") => path.to_owned(),
        _ => format!("{path}/{INDEX}"),
    };
    let plain = !path.contains(['?', '#', '%']) && !path.starts_with('.');
    (plain && is_inside(&path)).then_some(path)
}

const EXPECTED: &str = "the address of a page below the site's, as in /podcasts/109/";

fn link(text: &str) -> Result<String, Trouble> {
    of_link(text).ok_or_else(|| Trouble::whole(text, "this is not a page of the site"))
}

/// `permalink`: the page's own site path. One with another generator's placeholders is that
/// generator's to fill in, and `false` is not an address.
pub(super) fn permalink(keys: &Fields) -> Given<String> {
    let Some(field) = keys.named("permalink") else { return Given::Missing };
    let text = field.text().unwrap_or_default();
    if text.contains([':', '{']) || matches!(text, "true" | "false") {
        return Given::Missing;
    }
    given::scalar(field, EXPECTED, link)
}

/// `aliases`: one site path, or a list of them, at which the page stood before.
pub(super) fn aliases(keys: &Fields) -> Given<Vec<String>> {
    let Some(field) = keys.get("aliases") else { return Given::Missing };
    let Content::List(_) = &field.node.content else {
        return match given::scalar(field, EXPECTED, link) {
            Given::Good(one) => Given::Good(Located { value: vec![one.value], span: one.span }),
            Given::Bad(malformed) => Given::Bad(malformed),
            Given::Empty(span) => Given::Empty(span),
            Given::Missing => Given::Missing,
        };
    };
    let span = field.span();
    let value = field.value();
    let entries = value.as_sequence().into_iter().flatten();
    match entries.map(|entry| of_link(entry.as_str()?)).collect() {
        Some(value) => Given::Good(Located { value, span }),
        None => Given::Bad(Box::new(Malformed {
            culprit: span.clone(),
            span,
            reason: "an entry of this list is not a page of the site".to_owned(),
            expected: EXPECTED,
            meant: None,
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_leaves_the_site() {
        for link in [
            "../x/",
            "/a/../../x",
            "a//b",
            "",
            "/",
            "..",
            "/.onair/lock.html",
            "a\\b",
            "https://a.example/",
        ] {
            let path = of_link(link);
            assert!(path.is_none() || path.as_deref() == Some(INDEX), "{link}: {path:?}");
        }
        assert_eq!(of_link("/a/b").as_deref(), Some("a/b/index.html"));
    }

    #[test]
    fn an_address_may_be_written_as_a_browser_gives_it() {
        assert_eq!(of_link("/2026/%C3%A9t%C3%A9/").as_deref(), Some("2026/été/index.html"));
        for link in ["/50%/", "/%FF/", "/a/%2e%2e/b/", "/a%2F%2Fb/", "/a%3Fb/", "/a%00/", "/a%5Cb/"]
        {
            assert_eq!(of_link(link), None, "{link}");
        }
    }
}
