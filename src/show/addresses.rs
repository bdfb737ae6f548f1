//! Paths and addresses that an episode names.

use super::trouble::{Trouble, name_of};

/// The name of a page: what stands for itself in an address.
///
/// # Errors
/// [`Trouble`] names the first character that does not.
pub fn page_name(text: &str) -> Result<String, Trouble> {
    let name = text.trim_matches('/');
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    if name.is_empty() || name.starts_with('.') || name.len() > 200 {
        return Err(Trouble::whole(text, "this cannot be the name of a page"));
    }
    match text
        .char_indices()
        .find(|&(at, c)| !plain(c) && !(c == '/' && (at == 0 || at + 1 == text.len())))
    {
        None => Ok(name.to_owned()),
        Some((at, c)) => Err(Trouble {
            culprit: at..at + c.len_utf8(),
            reason: format!("{} does not belong in a page's name", name_of(c)),
            meant: None,
        }),
    }
}

/// Whether a text begins as an address of the web does, whatever follows.
pub fn has_web_scheme(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The address that a browser opens for a text, if it is one of the web.
pub fn web_url(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

/// Whether a text is an address that a browser opens.
pub fn is_web_address(text: &str) -> bool {
    web_url(text).is_some()
}

/// The address that a text without a scheme likely means: `www.show.example`.
pub fn web_address_of(text: &str) -> Option<String> {
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let top = host.rsplit_once('.').map_or("", |(_, top)| top);
    let is_host = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let is_top = top.len() > 1 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    Some(format!("https://{text}")).filter(|url| is_host && is_top && is_web_address(url))
}

/// An address as it may stand in a feed.
///
/// # Errors
/// [`Trouble`] if it is none, or holds what does not belong there.
pub fn web_address(text: &str) -> Result<String, Trouble> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
        let reason = "an address starts with `https://` and a server's name".to_owned();
        return Err(Trouble { culprit: 0..text.len(), reason, meant: None });
    }
    let stray = |c: char| !c.is_ascii_graphic() || matches!(c, '"' | '<' | '>');
    match text.char_indices().find(|&(_, c)| stray(c)) {
        None => Ok(text.to_owned()),
        Some((at, c)) => Err(Trouble {
            culprit: at..at + c.len_utf8(),
            reason: format!("{} does not belong in an address", name_of(c)),
            meant: None,
        }),
    }
}

/// What is to be said of a path as Windows writes it.
pub const BACKSLASH: &str = "the parts of a path are parted by `/`, not by `\\`";

/// A path that stays inside the show's folder; `/img/x.jpg` and `./img/x.jpg` mean `img/x.jpg`.
///
/// # Errors
/// [`Trouble`] if it leaves the folder.
pub fn inside(text: &str) -> Result<String, Trouble> {
    let path = text.strip_prefix("./").or_else(|| text.strip_prefix('/')).unwrap_or(text);
    if super::is_inside(path) {
        return Ok(path.to_owned());
    }
    let (reason, meant) = if has_web_scheme(text) {
        ("this is an address: a file of the show belongs here", None)
    } else if text.contains('\\') {
        let meant = inside(&text.replace('\\', "/")).ok();
        (BACKSLASH, meant)
    } else if text.contains(':') {
        ("a path with `:` cannot be read on every system: give the file another name", None)
    } else {
        ("this path leaves the show's folder", None)
    };
    Err(Trouble { culprit: 0..text.len(), reason: reason.to_owned(), meant })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_start_at_the_show_and_stay_there() {
        assert_eq!(inside("/transcripts/1.vtt").as_deref(), Ok("transcripts/1.vtt"));
        assert_eq!(inside("./1.vtt").as_deref(), Ok("1.vtt"));
        assert!(
            inside("//1.vtt").is_err()
                && inside("/../1.vtt").is_err()
                && inside("../1.vtt").is_err()
        );
        assert_eq!(page_name("/ep-1/").as_deref(), Ok("ep-1"));
        assert!(page_name("a/b").is_err() && page_name("..").is_err() && page_name("").is_err());
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_reader(text in "\\PC{0,30}") {
            for trouble in [page_name(&text).err(), web_address(&text).err(), inside(&text).err()].into_iter().flatten() {
                prop_assert!(text.get(trouble.culprit).is_some());
            }
        }
    }
}
