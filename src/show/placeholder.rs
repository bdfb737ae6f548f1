//! Words that templates leave for a host to replace.

/// What earlier forms of onair wrote into new settings.
const OF_SETTINGS: [&str; 3] =
    ["Your name", "podcast@show.example", "What the show is about, in a few sentences."];

/// What they wrote as an episode's notes.
pub const OF_NOTES: &str = "Notes, in Markdown.";

/// Where a show is to stand of which an import knows no site: a name that no server has (RFC 2606, section 2).
pub const NOWHERE: &str = "https://your-site.invalid";

/// Whether a setting still says what a template or an import said.
pub fn is_left(text: &str) -> bool {
    let text = text.trim().trim_end_matches('/');
    text == NOWHERE || OF_SETTINGS.contains(&text)
}

/// Whether a show is at an address that is nobody's yet: the template's own, or this machine. What is
/// released there is tried out, and seen by nobody else.
pub fn is_tried_out(url: &str) -> bool {
    url.trim_end_matches('/') == "https://show.example" || is_host(url, &["localhost", "127.0.0.1"])
}

/// Whether an address can never be public (RFC 2606, section 2).
pub fn is_example(url: &str) -> bool {
    is_host(url, &["localhost", "127.0.0.1", "example", "test", "invalid"])
}

/// Whether the host of an address is one of these, or lies below one.
fn is_host(url: &str, names: &[&str]) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    names.iter().any(|name| {
        host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Whether a setting says nothing of its own yet.
pub fn is_open(text: &str) -> bool {
    text.trim().is_empty() || is_left(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_somebody_s_or_nobody_s() {
        for (url, tried, example) in [
            ("https://show.example", true, true),
            ("https://show.example/", true, true),
            ("http://127.0.0.1:4000/second", true, true),
            ("http://localhost:8000", true, true),
            ("https://tide.example", false, true),
            ("https://show.example/web", false, true),
            ("https://tide.fm", false, false),
            ("https://myexample", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_tried_out(url), is_example(url)), (tried, example), "{url}");
        }
    }
}
