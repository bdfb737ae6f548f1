//! JSON Feed (version 1.1) with attachments, as the RSS that a podcast's feed is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::element::{Bases, Channel, Element, See};
use super::tree::{MAX_HERE, MAX_TEXT};
use super::write::cut;
use super::{ImportError, html};

/// The type of such a feed (JSON Feed 1.1, "Suggestions for publishers").
pub const TYPE: &str = "application/feed+json";
/// What is read of a feed and of its items, or written anew.
const KEYS: [&str; 13] = [
    "version",
    "title",
    "description",
    "home_page_url",
    "feed_url",
    "next_url",
    "icon",
    "favicon",
    "language",
    "expired",
    "authors",
    "author",
    "items",
];
const KEYS_OF_ITEM: [&str; 13] = [
    "id",
    "title",
    "url",
    "summary",
    "content_html",
    "content_text",
    "date_published",
    "date_modified",
    "authors",
    "author",
    "image",
    "tags",
    "attachments",
];
/// Of more keys than these that are not read, nothing is said.
const MAX_UNREAD: usize = 100;
/// A feed of this form is read whole, and takes several times its length.
const MAX_BYTES: usize = 32 * 1024 * 1024;

fn element(name: &str, text: impl Into<String>) -> Element {
    Element { name: name.to_owned(), text: text.into().trim().to_owned(), ..Element::default() }
}

fn with(name: &str, attributes: &[(&str, &str)]) -> Element {
    let attributes =
        attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Element { name: name.to_owned(), attributes: attributes.collect(), ..Element::default() }
}

/// A value as text: an id may be a number. Of notes that are longer, it is said that they were cut.
fn text(of: &Value, key: &str) -> Option<String> {
    match of.get(key)? {
        Value::String(text) => {
            Some(cut(text, MAX_TEXT).0.to_owned()).filter(|text| !text.trim().is_empty())
        }
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Reads it, item by item.
///
/// # Errors
/// If it is no such feed, or what `see` says.
pub fn read(json: &str, see: &mut See<'_>) -> Result<Channel, ImportError> {
    if json.len() > MAX_BYTES {
        return Err(ImportError::new(format!("this JSON feed is larger than {MAX_BYTES} bytes")));
    }
    let feed: Value = serde_json::from_str(json)
        .map_err(|error| ImportError::new(format!("this is JSON, and broken: {error}")))?;
    if !text(&feed, "version").is_some_and(|version| version.contains("jsonfeed.org/version/")) {
        return Err(ImportError::new("this is JSON, but no JSON Feed")
            .help("give the address of the show's RSS feed"));
    }
    let mut channel = element("channel", "");
    let mut put = |name: &str, key: &str| {
        if let Some(text) = text(&feed, key) {
            channel.children.push(element(name, text));
        }
    };
    put("title", "title");
    put("description", "description");
    put("link", "home_page_url");
    put("language", "language");
    if let Some(author) = author(&feed) {
        channel.children.push(element("itunes:author", author));
    }
    for (rel, key) in [("self", "feed_url"), ("next", "next_url")] {
        let url = text(&feed, key).unwrap_or_default();
        let attributes = [("rel", rel), ("type", TYPE), ("href", &url)];
        channel.children.push(with("atom:link", &attributes));
    }
    if let Some(url) = text(&feed, "icon").or_else(|| text(&feed, "favicon")) {
        channel.children.push(with("itunes:image", &[("href", &url)]));
    }
    if feed.get("expired") == Some(&Value::Bool(true)) {
        channel.children.push(element("itunes:complete", "Yes"));
    }
    let bases = Bases {
        own: text(&feed, "feed_url"),
        page: text(&feed, "home_page_url"),
        ..Bases::default()
    };
    let mut unread = BTreeSet::new();
    let mut look = |of: &Value, known: &[&str]| {
        let keys = of.as_object().into_iter().flat_map(|map| map.keys());
        for key in keys.filter(|key| !known.contains(&key.as_str())) {
            if unread.len() < MAX_UNREAD {
                unread.insert(cut(key, 80).0.to_owned());
            }
        }
    };
    look(&feed, &KEYS);
    for item in feed.get("items").and_then(Value::as_array).into_iter().flatten() {
        look(item, &KEYS_OF_ITEM);
        see(self::item(item), &bases)?;
    }
    let kind = "keys of a JSON Feed that a show has no place for were left out";
    let remarks = unread.into_iter().map(|key| (kind, key)).collect();
    let bytes = json.len() as u64;
    Ok(Channel { element: channel, namespaces: BTreeMap::new(), remarks, bytes })
}

/// What a list has, within reason.
fn some<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    of.get(key).and_then(Value::as_array).into_iter().flatten().take(MAX_HERE)
}

/// The first author's name: version 1 had but one.
fn author(of: &Value) -> Option<String> {
    let first = of.get("authors").and_then(|authors| authors.get(0));
    text(first.or_else(|| of.get("author"))?, "name")
}

fn item(given: &Value) -> Element {
    let mut item = element("item", "");
    let both = [
        ("title", "title"),
        ("link", "url"),
        ("description", "summary"),
        ("pubDate", "date_published"),
    ];
    for (name, key) in both {
        if let Some(text) = text(given, key) {
            item.children.push(element(name, text));
        }
    }
    let plain = || text(given, "content_text").map(|text| html::of_text(&text));
    if let Some(words) = text(given, "content_html").or_else(plain) {
        item.children.push(element("content:encoded", words));
    }
    if let Some(id) = text(given, "id") {
        let mut guid = element("guid", id);
        guid.attributes.push(("isPermaLink".to_owned(), "false".to_owned()));
        item.children.push(guid);
    }
    if let Some(author) = author(given) {
        item.children.push(element("itunes:author", author));
    }
    if let Some(url) = text(given, "image") {
        item.children.push(with("itunes:image", &[("href", &url)]));
    }
    for tag in some(given, "tags") {
        if let Value::String(tag) = tag {
            item.children.push(element("category", tag.as_str()));
        }
    }
    for file in some(given, "attachments") {
        let [url, mime, length] =
            ["url", "mime_type", "size_in_bytes"].map(|key| text(file, key).unwrap_or_default());
        let attributes = [("url", url.as_str()), ("type", &mime), ("length", &length)];
        item.children.push(with("enclosure", &attributes));
        if let Some(seconds) = text(file, "duration_in_seconds") {
            item.children.push(element("itunes:duration", seconds));
        }
    }
    item
}

#[cfg(test)]
mod tests {
    use crate::import::{Options, of_feed};

    #[test]
    fn a_json_feed_is_a_show() {
        let feed = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Buoys", "language": "da",
            "home_page_url": "https://buoys.example/", "feed_url": "https://buoys.example/feed.json",
            "icon": "https://buoys.example/i.png", "authors": [{"name": "Ib"}],
            "items": [{"id": 7, "title": "Red", "content_html": "<p>Why <b>red</b>?</p>", "tags": ["sea"], "_show": {"a": 1},
              "date_published": "2024-03-12T05:00:00+01:00", "attachments": [
                {"url": "https://buoys.example/7.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 1234567, "duration_in_seconds": 600}]}]}"#;
        let import = of_feed(feed.as_bytes(), &Options::default()).unwrap();
        assert_eq!(import.title, "Buoys");
        assert!(import.report.file("").contains("were left out: _show"));
        // What a release writes is no JSON, and stands elsewhere.
        assert!(!import.settings.contains("feed.json"), "{}", import.settings);
        assert!(import.report.file("").contains("JSON Feed"), "{}", import.report.file(""));
        insta::assert_snapshot!(import.episodes[0].text, @r#"
        ---
        title: "Red"
        duration: "00:10:00"
        size: 1234567
        file: 7.mp3
        date: 2024-03-12 05:00:00 +0100
        guid: "7"
        enclosure: "https://buoys.example/7.mp3"
        ---

        Why **red**?
        "#);
    }

    #[test]
    fn plain_text_is_no_html() {
        let text = |content: &str| {
            let feed = format!(
                r#"{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": 1, "title": "T",
                "content_text": {content:?}, "attachments": [{{"url": "https://a.example/1.mp3"}}]}}]}}"#
            );
            let import = of_feed(feed.as_bytes(), &Options::default()).unwrap();
            import.episodes[0].text.split_once("\n---\n").unwrap().1.trim().to_owned()
        };
        assert_eq!(
            text("Use <b> for bold,\nand &amp; for &.\n\nBye"),
            "Use \\<b> for bold,\\\nand \\&amp; for &.\n\nBye"
        );
    }

    #[test]
    fn other_json_is_none() {
        let said = |json: &str| of_feed(json.as_bytes(), &Options::default()).unwrap_err().reason;
        assert_eq!(said(r#"{"error": "not found"}"#), "this is JSON, but no JSON Feed");
        assert!(said("{").starts_with("this is JSON, and broken"));
    }
}
