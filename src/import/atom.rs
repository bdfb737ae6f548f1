//! Atom feeds with enclosures (RFC 4287), as the RSS that a podcast's feed is; and lists of feeds.

use super::ImportError;
use super::element::Element;

/// Of more feeds in a list, the rest is counted.
const SHOWN: usize = 20;

fn element(name: &str, text: String) -> Element {
    Element { name: name.to_owned(), text, ..Element::default() }
}

/// What an Atom feed says of the show.
pub fn channel(feed: Element) -> Element {
    let mut channel = element("channel", String::new());
    if let Some(language) = feed.attribute("xml:lang") {
        channel.children.push(element("language", language.to_owned()));
    }
    channel.attributes = feed.attributes;
    for mut child in feed.children {
        let name = match child.name.as_str() {
            "atom:title" => "title",
            "atom:subtitle" => "description",
            "atom:rights" => "copyright",
            "atom:updated" => "lastBuildDate",
            "atom:generator" => "generator",
            "atom:link" if matches!(child.attribute("rel"), None | Some("alternate")) => {
                let href = child.attribute("href").unwrap_or_default().to_owned();
                channel.children.push(element("link", href));
                continue;
            }
            "atom:author" => {
                channel.children.push(element("itunes:author", name_in(&child)));
                if let Some(email) = child.children.iter().find(|it| it.name == "atom:email") {
                    let mut owner = element("itunes:owner", String::new());
                    owner.children.push(element("itunes:name", name_in(&child)));
                    owner.children.push(element("itunes:email", email.text.clone()));
                    channel.children.push(owner);
                }
                continue;
            }
            "atom:logo" => {
                let mut image = element("itunes:image", String::new());
                image.attributes.push(("href".to_owned(), child.text));
                channel.children.push(image);
                continue;
            }
            "atom:id" | "atom:icon" => continue,
            _ => {
                channel.children.push(child);
                continue;
            }
        };
        words_alone(name, &mut child);
        child.name = name.to_owned();
        child.attributes.clear();
        channel.children.push(child);
    }
    channel
}

fn name_in(person: &Element) -> String {
    let name = person.children.iter().find(|child| child.name == "atom:name");
    name.map(|name| name.text.clone()).unwrap_or_default()
}

/// An entry as an item.
pub fn item(entry: Element) -> Element {
    let mut item = element("item", String::new());
    let has_published = entry.children.iter().any(|child| child.name == "atom:published");
    item.attributes = entry.attributes;
    for mut child in entry.children {
        let name = match child.name.as_str() {
            "atom:title" => "title",
            "atom:summary" => "description",
            "atom:content" => "content:encoded",
            "atom:published" => "pubDate",
            "atom:updated" if !has_published => "pubDate",
            "atom:updated" => continue,
            "atom:id" => {
                let mut guid = element("guid", child.text);
                guid.attributes.push(("isPermaLink".to_owned(), "false".to_owned()));
                item.children.push(guid);
                continue;
            }
            "atom:author" => {
                item.children.push(element("itunes:author", name_in(&child)));
                continue;
            }
            "atom:link" => {
                let href = child.attribute("href").unwrap_or_default().to_owned();
                match child.attribute("rel") {
                    None | Some("alternate") => item.children.push(element("link", href)),
                    Some("enclosure") => {
                        for (name, _) in &mut child.attributes {
                            if name == "href" {
                                "url".clone_into(name);
                            }
                        }
                        child.attributes.retain(|(name, _)| name != "rel");
                        child.name = "enclosure".to_owned();
                        item.children.push(child);
                    }
                    _ => item.children.push(child),
                }
                continue;
            }
            _ => {
                item.children.push(child);
                continue;
            }
        };
        words_alone(name, &mut child);
        // Without markup, where it is said to be (RFC 4287, section 3.1.1.1).
        if matches!(name, "description" | "content:encoded")
            && child.attribute("type") == Some("text")
        {
            child.text = super::html::of_text(&child.text);
        }
        child.name = name.to_owned();
        child.attributes.clear();
        item.children.push(child);
    }
    item
}

/// A title may be HTML here (RFC 4287, section 3.1.1), and in RSS it is a text.
fn words_alone(name: &str, text: &mut Element) {
    if name == "title" && text.attribute("type").is_some_and(|kind| kind != "text") {
        text.text = super::html::words(&text.text);
    }
}

/// The feeds that a list names, to choose from.
pub fn opml(root: &Element) -> ImportError {
    let mut feeds = Vec::new();
    outlines(&root.children, &mut feeds);
    let more = match feeds.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("\nand {more} more"),
    };
    let list: Vec<String> = feeds
        .iter()
        .take(SHOWN)
        .map(|(url, title)| format!("onair import {url}    # {title}"))
        .collect();
    let message = format!(
        "this is a list of {} (OPML), not a feed",
        crate::report::counted(feeds.len(), "feed")
    );
    ImportError::new(message).help(match feeds.is_empty() {
        true => "give the address of a feed".to_owned(),
        false => {
            format!("import one of them, each into a folder of its own:\n{}{more}", list.join("\n"))
        }
    })
}

fn outlines(elements: &[Element], feeds: &mut Vec<(String, String)>) {
    for element in elements {
        if let Some(url) = element.attribute("xmlUrl").filter(|url| url.starts_with("http")) {
            let title = element.attribute("text").or_else(|| element.attribute("title"));
            let title = crate::report::printable(title.unwrap_or_default()).to_string();
            feeds.push((crate::report::printable(url), title));
        }
        outlines(&element.children, feeds);
    }
}
