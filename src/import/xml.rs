//! A feed's XML as a tree, read with suspicion: what a stranger's server sends is small in every
//! direction or is refused, and no entity is ever looked up.

use std::collections::BTreeMap;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};
use quick_xml::reader::NsReader;

use super::ImportError;
pub use super::element::Element;
pub use super::encoding::MAX_BYTES;
use crate::show::words::legal_in_xml;

/// Feeds are flat: an element deeper than this belongs to no podcast.
const MAX_DEPTH: usize = 24;
/// Elements and attributes of a whole feed; fewer in tests, which would take long to go beyond it.
const MAX_PARTS: usize = if cfg!(test) { 100_000 } else { 8_000_000 };
/// Vocabularies of one feed.
const MAX_NAMESPACES: usize = 100;
/// What stands in one start tag.
const MAX_TAG: usize = 64 * 1024;

/// Vocabularies by the address of their namespace, in the name that everybody gives them. Feeds in
/// use spell some with other letters, or with an older address.
const VOCABULARIES: [(&str, &str); 14] = [
    ("http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"),
    ("https://podcastindex.org/namespace/1.0", "podcast"),
    ("https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md", "podcast"),
    ("http://www.w3.org/2005/atom", "atom"),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"),
    ("http://purl.org/rss/1.0/modules/content/", "content"),
    ("http://purl.org/syndication/history/1.0", "fh"),
    ("http://podlove.org/simple-chapters", "psc"),
    ("http://podlove.org/simple-chapters/", "psc"),
    ("http://www.google.com/schemas/play-podcasts/1.0", "googleplay"),
    ("http://search.yahoo.com/mrss/", "media"),
    ("http://purl.org/dc/elements/1.1/", "dc"),
    ("http://wellformedweb.org/commentapi/", "wfw"),
    ("http://purl.org/rss/1.0/modules/syndication/", "sy"),
];

/// The address of a vocabulary that a release uses itself, by its prefix.
pub fn address_of(prefix: &str) -> Option<&'static str> {
    if prefix == "atom" {
        return Some("http://www.w3.org/2005/Atom");
    }
    let own = ["itunes", "podcast", "content", "fh"].contains(&prefix);
    let found = VOCABULARIES.iter().find(|(_, known)| own && *known == prefix);
    found.map(|(address, _)| *address)
}

/// What a feed says of the show.
#[derive(Debug, Default)]
pub struct Channel {
    /// Its elements, without the items.
    pub element: Element,
    /// The addresses of the namespaces of elements, by the prefix that their names have here.
    pub namespaces: BTreeMap<String, String>,
    /// What is to be said of how it was read.
    pub remark: Option<String>,
}

/// Reads the `channel` of an RSS feed, its items among the other elements.
///
/// # Errors
/// [`ImportError`] with the place, if this is not a feed or more than a feed has.
pub fn channel(bytes: &[u8]) -> Result<Element, ImportError> {
    let mut items = Vec::new();
    let mut channel = read(bytes, &mut |item, _| {
        items.push(item);
        Ok(())
    })?;
    channel.element.children.append(&mut items);
    Ok(channel.element)
}

/// Reads a feed, item by item, so that a long one need not be held whole. Each comes with the address
/// that its relative addresses are below (XML Base), if the feed gives one.
///
/// # Errors
/// As [`channel`], and what `see` says.
pub fn read(bytes: &[u8], see: &mut See<'_>) -> Result<Channel, ImportError> {
    let bytes = super::encoding::unpacked(bytes)?;
    let (text, remark) = super::encoding::text(&bytes)?;
    let head = text.trim_start().get(..14).unwrap_or_default().to_ascii_lowercase();
    if head.starts_with("<html") || head == "<!doctype html" {
        return Err(ImportError::new("this is an HTML page, not a feed")
            .help("give the address of the feed itself; its page may name it"));
    }
    let mut reader = NsReader::from_str(&text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    let mut tree = Tree {
        text: &text,
        reader,
        parts: 0,
        open: Vec::new(),
        namespaces: BTreeMap::new(),
        items: 0,
        see,
    };
    let mut root = tree.read()?;
    let (namespaces, items) = (std::mem::take(&mut tree.namespaces), tree.items);
    let element = match root.name.as_str() {
        "rss" | "rdf:RDF" => match root.children.iter().position(|child| child.name == "channel") {
            Some(at) => root.children.swap_remove(at),
            None => return Err(ImportError::new("this RSS feed has no <channel>")),
        },
        "atom:feed"
            if items > 0 || root.children.iter().any(|child| child.name == "atom:title") =>
        {
            super::atom::channel(root)
        }
        "atom:feed" => return Err(ImportError::new("this Atom feed has no episode")),
        "opml" => return Err(super::atom::opml(&root)),
        other => {
            let other: String = other.chars().take(40).collect();
            return Err(ImportError::new(format!(
                "this is not an RSS feed: it starts with <{other}>"
            )));
        }
    };
    Ok(Channel { element, namespaces, remark })
}

/// What is done with an item.
pub type See<'a> = dyn FnMut(Element, Option<&str>) -> Result<(), ImportError> + 'a;

struct Tree<'a, 'b> {
    text: &'a str,
    reader: NsReader<&'a [u8]>,
    parts: usize,
    open: Vec<Element>,
    namespaces: BTreeMap<String, String>,
    items: usize,
    see: &'a mut See<'b>,
}

impl Tree<'_, '_> {
    fn wrong(&self, reason: impl Into<String>) -> ImportError {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        ImportError::at(&self.text.as_bytes()[..at.min(self.text.len())], reason)
    }

    fn read(&mut self) -> Result<Element, ImportError> {
        loop {
            let event = self.reader.read_event().map_err(|error| self.wrong(error.to_string()))?;
            match event {
                Event::Start(tag) => {
                    let element = self.element(&tag)?;
                    self.open.push(element);
                    if self.open.len() > MAX_DEPTH {
                        return Err(self.wrong("elements stand deeper here than in any feed"));
                    }
                }
                Event::End(_) => {
                    let Some(mut element) = self.open.pop() else {
                        return Err(self.wrong("an element ends that never began"));
                    };
                    tidy(&mut element.text);
                    let is_item = match (
                        element.name.as_str(),
                        self.open.last().map(|open| open.name.as_str()),
                    ) {
                        ("item", Some("channel" | "rdf:RDF")) => true,
                        ("atom:entry", Some("atom:feed")) => {
                            element = super::atom::item(element);
                            true
                        }
                        _ => false,
                    };
                    match self.open.last_mut() {
                        Some(_) if is_item => {
                            self.items += 1;
                            let outer = self.open.iter().rev();
                            let base = outer.filter_map(|open| open.attribute("xml:base")).next();
                            (self.see)(element, base)?;
                        }
                        Some(parent) => parent.children.push(element),
                        None => return Ok(element),
                    }
                }
                Event::Text(text) => self.add(&text.xml10_content()),
                Event::CData(text) => self.add(&text.xml10_content()),
                Event::GeneralRef(name) => {
                    let found = name.resolve_char_ref().ok().flatten();
                    let name = name.into_inner();
                    match found.or_else(|| predefined(&name)) {
                        Some(c) => self.add(c.encode_utf8(&mut [0; 4])),
                        // Such as `&nbsp;`, which XML knows only from a DTD: HTML will.
                        None => self.add(&format!("&{name};")),
                    }
                }
                Event::DocType(_) => {
                    return Err(self
                        .wrong("there is a document type (<!DOCTYPE …>) here, which no feed needs")
                        .help("entities of a document type are a way to attack a reader: none is read"));
                }
                Event::Eof => return Err(self.wrong("the feed ends in the middle of an element")),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }

    fn element(&mut self, tag: &BytesStart<'_>) -> Result<Element, ImportError> {
        if tag.attributes_raw().len() > MAX_TAG {
            return Err(self.wrong("this tag is longer than any in a feed"));
        }
        let mut attributes = Vec::new();
        self.parts += 1;
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.wrong(error.to_string()))?;
            let name = attribute.key.as_ref();
            self.parts += 1;
            if name == "xmlns" || name.starts_with("xmlns:") {
                continue;
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| self.wrong(error.to_string()))?;
            let value = value.chars().filter(|&c| legal_in_xml(c)).collect();
            attributes.push((name.to_owned(), value));
        }
        if self.parts > MAX_PARTS {
            return Err(self.wrong("there are more elements than in any feed"));
        }
        let name = self.name(tag.name());
        Ok(Element { name, attributes, ..Element::default() })
    }

    fn name(&mut self, name: QName<'_>) -> String {
        let (namespace, local) = self.reader.resolver().resolve_element(name);
        let local: &str = local.as_ref();
        let ResolveResult::Bound(namespace) = namespace else {
            return name.as_ref().to_owned();
        };
        let address = namespace.as_ref().to_ascii_lowercase();
        if let Some((_, prefix)) = VOCABULARIES.iter().find(|(known, _)| *known == address) {
            let name = format!("{prefix}:{local}");
            if !self.namespaces.contains_key(*prefix) {
                self.namespaces.insert((*prefix).to_owned(), namespace.as_ref().to_owned());
            }
            return name;
        }
        let name: &str = name.as_ref();
        if let Some((prefix, _)) = name.split_once(':')
            && !self.namespaces.contains_key(prefix)
            && self.namespaces.len() < MAX_NAMESPACES
        {
            self.namespaces.insert(prefix.to_owned(), namespace.as_ref().to_owned());
        }
        name.to_owned()
    }
}

/// Without white space around it, and without what XML cannot hold.
fn tidy(text: &mut String) {
    text.retain(legal_in_xml);
    let trimmed = text.trim();
    if trimmed.len() < text.len() {
        *text = trimmed.to_owned();
    }
}

/// The entities that every XML reader knows (XML 1.0, section 4.6).
fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(inside: &str) -> String {
        format!(
            "<?xml version='1.0'?>\n<rss xmlns:i='http://www.iTunes.com/DTDs/Podcast-1.0.dtd' version='2.0'>\
             <channel>{inside}</channel></rss>"
        )
    }

    fn said(text: &str) -> String {
        channel(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn texts_and_attributes_are_read_as_xml_means_them() {
        let text = feed(
            "<title> a &amp; b<![CDATA[ <c> ]]>&#233;&nbsp;d </title><i:image href=' x&amp;y '/><x:y xmlns:x='urn:z'/>",
        );
        let channel = channel(text.as_bytes()).unwrap();
        let [title, image, other] = channel.children.as_slice() else { panic!("{channel:?}") };
        assert_eq!((title.name.as_str(), title.text.as_str()), ("title", "a & b <c> é&nbsp;d"));
        assert_eq!((image.name.as_str(), image.attribute("href")), ("itunes:image", Some("x&y")));
        assert_eq!((other.name.as_str(), other.is_empty()), ("x:y", true));
    }

    #[test]
    fn what_is_no_feed_is_said() {
        assert_eq!(said("<!DOCTYPE HTML><html><p>"), "this is an HTML page, not a feed");
        assert_eq!(said("<svg/>"), "this is not an RSS feed: it starts with <svg>");
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom'/>";
        assert_eq!(said(atom), "this Atom feed has no episode");
        assert_eq!(said("<rss></rss>"), "this RSS feed has no <channel>");
        assert_eq!(
            said("<rss><channel>\n<item>"),
            "line 2, column 7: the feed ends in the middle of an element"
        );
        assert_eq!(said("{}"), "line 1, column 3: the feed ends in the middle of an element");
        assert!(
            said("<rss>\n<a></b></rss>").starts_with("line 2"),
            "{}",
            said("<rss>\n<a></b></rss>")
        );
    }

    #[test]
    fn bombs_are_refused() {
        let lol = "<!DOCTYPE lolz [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><rss><channel><title>&b;</title></channel></rss>";
        assert!(said(lol).contains("document type"), "{}", said(lol));
        let outside = "<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><rss/>";
        assert!(said(outside).contains("document type"));
        assert!(said(&feed(&"<a>".repeat(1000))).contains("deeper"));
        assert!(
            said(&feed(&format!("<a b='{}'/>", "x".repeat(MAX_TAG)))).contains("longer than any")
        );
        assert!(said(&feed(&"<a/>".repeat(MAX_PARTS))).contains("more elements"));
        // Without a document type, an entity is but a text.
        let text = channel(feed("<title>&b;</title>").as_bytes()).unwrap();
        assert_eq!(text.children[0].text, "&b;");
    }
}
