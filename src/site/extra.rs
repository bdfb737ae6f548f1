//! Elements of a feed that onair has no key for: `site.extra` names a small feed of them, which is put
//! back into the one that is published, episodes by their guids.

use std::collections::{BTreeMap, HashMap};

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use rss::extension::{Extension, ExtensionMap};

/// What a release writes of its own, and nothing else may say.
pub const NEVER: [&str; 29] = [
    "title",
    "link",
    "description",
    "item",
    "guid",
    "enclosure",
    "pubDate",
    "image",
    "language",
    "copyright",
    "generator",
    "lastBuildDate",
    "content:encoded",
    "itunes:author",
    "itunes:category",
    "itunes:duration",
    "itunes:episode",
    "itunes:episodeType",
    "itunes:explicit",
    "itunes:image",
    "itunes:new-feed-url",
    "itunes:owner",
    "itunes:season",
    "itunes:subtitle",
    "itunes:type",
    "atom:link",
    "podcast:guid",
    "podcast:locked",
    "xhtml:div",
];
/// What tells for how long an `itunes:title` counts: it is never put back itself.
pub const TITLE: &str = "title";
/// What takes the place of what a release would write.
const INSTEAD: [&str; 4] =
    ["itunes:title", "itunes:summary", "podcast:medium", "podcast:updateFrequency"];
/// What a release writes if it has it: then that alone counts.
const ONLY_ELSE: [&str; 13] = [
    "podcast:transcript",
    "podcast:chapters",
    "psc:chapters",
    "podcast:trailer",
    "podcast:soundbite",
    "podcast:socialInteract",
    "podcast:license",
    "podcast:location",
    "podcast:alternateEnclosure",
    "podcast:value",
    "podcast:chat",
    "podcast:podroll",
    "podcast:publisher",
];
/// Deeper elements belong to no feed.
const MAX_DEPTH: usize = 24;

/// The elements of a side file.
#[derive(Debug, Default)]
pub struct Extra {
    /// Addresses of vocabularies by prefix.
    pub namespaces: BTreeMap<String, String>,
    channel: Vec<Extension>,
    items: HashMap<String, Vec<Extension>>,
}

impl Extra {
    /// Reads a side file.
    ///
    /// # Errors
    /// What is wrong, and in which line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let mut extra = Self::default();
        // The elements that are open, the outermost first: rss, channel, item, and what is kept.
        let mut open: Vec<Extension> = Vec::new();
        let mut item: Option<(String, Vec<Extension>)> = None;
        let line = |at: u64| {
            let at = usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
            text.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 1
        };
        loop {
            let event = reader.read_event();
            let wrong =
                |reason: String| format!("line {}: {reason}", line(reader.buffer_position()));
            match event.map_err(|error| wrong(error.to_string()))? {
                Event::Start(tag) => {
                    let element = extra.element(&tag, open.is_empty()).map_err(wrong)?;
                    let place = ["rss", "channel"].get(open.len());
                    if place.is_some_and(|place| *place != element.name) {
                        return Err(wrong(format!(
                            "<{}> stands where <rss><channel> belongs",
                            element.name
                        )));
                    }
                    if open.len() == MAX_DEPTH {
                        return Err(wrong("elements stand deeper than in any feed".to_owned()));
                    }
                    if open.len() == 2 && element.name == "item" {
                        item = Some((String::new(), Vec::new()));
                    }
                    open.push(element);
                }
                Event::End(_) => {
                    let Some(element) = open.pop() else { continue };
                    match (open.len(), &mut item) {
                        (0 | 1, _) => {}
                        (2, item) if element.name == "item" => {
                            if let Some((guid, elements)) = item.take() {
                                extra.items.entry(guid).or_default().extend(elements);
                            }
                        }
                        (3, Some((guid, _))) if element.name == "guid" => {
                            *guid = element.value.unwrap_or_default().trim().to_owned();
                        }
                        (2, _) if may_stand(&element.name) => extra.channel.push(element),
                        (3, Some((_, elements))) if may_stand(&element.name) => {
                            elements.push(element);
                        }
                        (2, _) | (3, Some(_)) => {
                            let name = element.name;
                            return Err(wrong(format!(
                                "<{name}> is written by onair: take it out here"
                            )));
                        }
                        _ => {
                            if let Some(parent) = open.last_mut() {
                                let name = element.name.clone();
                                parent.children.entry(name).or_default().push(element);
                            }
                        }
                    }
                }
                Event::Text(text) => add(&mut open, &text.xml10_content()),
                Event::CData(text) => add(&mut open, &text.xml10_content()),
                Event::GeneralRef(name) => {
                    let c = name.resolve_char_ref().ok().flatten();
                    let name = name.into_inner();
                    let c = c.or(match &*name {
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "amp" => Some('&'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => None,
                    });
                    let Some(c) = c else {
                        return Err(wrong(format!("&{name}; means nothing in XML")));
                    };
                    add(&mut open, c.encode_utf8(&mut [0; 4]));
                }
                Event::DocType(_) => return Err(wrong("no document type belongs here".to_owned())),
                Event::Eof if open.is_empty() => return Ok(extra),
                Event::Eof => {
                    return Err(wrong("the file ends in the middle of an element".to_owned()));
                }
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn element(&mut self, tag: &BytesStart<'_>, is_root: bool) -> Result<Extension, String> {
        let mut element =
            Extension { name: tag.name().as_ref().to_owned(), ..Extension::default() };
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let name: &str = attribute.key.as_ref();
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| error.to_string())?;
            match name.strip_prefix("xmlns:") {
                Some(prefix) if is_root => {
                    self.namespaces.insert(prefix.to_owned(), value.into_owned());
                }
                Some(_) => return Err("vocabularies are declared at <rss> here".to_owned()),
                None if name == "xmlns" => {
                    return Err("every vocabulary has a prefix here".to_owned());
                }
                None => {
                    element.attrs.insert(name.to_owned(), value.into_owned());
                }
            }
        }
        let names = element.attrs.keys().chain([&element.name]);
        for name in names {
            if let Some((prefix, _)) = name.split_once(':')
                && prefix != "xml"
                && !self.namespaces.contains_key(prefix)
            {
                return Err(format!("the vocabulary of `{name}` is not declared at <rss>"));
            }
        }
        Ok(element)
    }

    /// Adds the channel's elements to what a release writes of it; whether one is a summary of its own.
    pub fn complete_channel(&self, title: &str, extensions: &mut ExtensionMap) -> bool {
        complete(&self.channel, title, extensions);
        self.channel.iter().any(|element| element.name == "itunes:summary")
    }

    /// Adds an episode's elements to what a release writes of it; whether one is a summary of its own.
    pub fn complete_item(&self, guid: &str, title: &str, extensions: &mut ExtensionMap) -> bool {
        let elements = self.items.get(guid).map_or(&[][..], Vec::as_slice);
        complete(elements, title, extensions);
        elements.iter().any(|element| element.name == "itunes:summary")
    }

    /// The guids that it names.
    pub fn guids(&self) -> impl Iterator<Item = &str> {
        self.items.keys().map(String::as_str)
    }
}

fn add(open: &mut [Extension], text: &str) {
    if let Some(element) = open.last_mut() {
        // White space between elements is not text.
        let value = element.value.get_or_insert_default();
        if !(value.is_empty() && text.trim().is_empty()) {
            value.push_str(text);
        }
    }
}

/// Whether a side file may have this element.
pub fn may_stand(name: &str) -> bool {
    name == TITLE || !NEVER.contains(&name)
}

fn complete(elements: &[Extension], title: &str, extensions: &mut ExtensionMap) {
    let there = |extensions: &ExtensionMap, name: &str| {
        let (vocabulary, _) = name.split_once(':').unwrap_or(("", name));
        extensions
            .get(vocabulary)
            .is_some_and(|map| map.get(name.rsplit(':').next().unwrap_or(name)).is_some())
    };
    let mut ours: Vec<&str> =
        ONLY_ELSE.into_iter().filter(|name| there(extensions, name)).collect();
    // A title that was corrected since is Apple's, too.
    let old = |element: &&Extension| element.name == TITLE;
    let is_present = |element: &Extension| element.value.as_deref().map(str::trim) == Some(title);
    if elements.iter().any(|it| old(&it)) && !elements.iter().filter(old).any(is_present) {
        ours.push("itunes:title");
    }
    for element in elements {
        let name = element.name.as_str();
        if name == TITLE || ours.contains(&name) {
            continue;
        }
        let (vocabulary, local) = name.split_once(':').unwrap_or(("", name));
        let all = extensions.entry(vocabulary.to_owned()).or_default();
        let same = all.entry(local.to_owned()).or_default();
        if INSTEAD.contains(&name) {
            same.clear();
        }
        let mut element = element.clone();
        // An empty text keeps the writer from putting a line break into an empty element.
        if element.children.is_empty() {
            element.value.get_or_insert_default();
        }
        same.push(element);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(inside: &str) -> String {
        Extra::parse(&format!("<rss xmlns:a='urn:a'>\n<channel>{inside}</channel></rss>"))
            .unwrap_err()
    }

    #[test]
    fn elements_are_read_for_show_and_episodes() {
        let text = "<?xml version='1.0'?><!-- x --><rss xmlns:a='urn:a' xmlns:podcast='urn:p'><channel>\n<a:b c='d &amp; e'>\n<a:f/>\n</a:b>\
            <ttl>60</ttl><podcast:medium>music</podcast:medium><item>\n<a:x>1 &lt; 2</a:x><guid> g </guid></item></channel></rss>";
        let extra = Extra::parse(text).unwrap();
        let mut map = ExtensionMap::new();
        let medium = Extension {
            name: "podcast:medium".into(),
            value: Some("podcast".into()),
            ..Extension::default()
        };
        map.entry("podcast".into()).or_default().insert("medium".into(), vec![medium]);
        extra.complete_channel("", &mut map);
        assert_eq!(map["podcast"]["medium"][0].value.as_deref(), Some("music"));
        assert_eq!(map["podcast"]["medium"].len(), 1);
        assert_eq!(map["a"]["b"][0].attrs["c"], "d & e");
        assert_eq!(map["a"]["b"][0].children["a:f"].len(), 1);
        assert_eq!(map[""]["ttl"][0].value.as_deref(), Some("60"));
        let mut map = ExtensionMap::new();
        assert!(!extra.complete_item("g", "", &mut map));
        assert_eq!(map["a"]["x"][0].value.as_deref(), Some("1 < 2"));
        assert_eq!(extra.guids().collect::<Vec<_>>(), ["g"]);
    }

    #[test]
    fn apple_s_title_counts_until_the_title_is_corrected() {
        let of = |old: &str, title: &str| {
            let text = format!(
                "<rss xmlns:itunes='urn:i'><channel><item><guid>1</guid>{old}<itunes:title>Short</itunes:title></item></channel></rss>"
            );
            let ours = Extension { value: Some(title.to_owned()), ..Extension::default() };
            let mut map = ExtensionMap::new();
            map.entry("itunes".into()).or_default().insert("title".into(), vec![ours]);
            Extra::parse(&text).unwrap().complete_item("1", title, &mut map);
            assert!(!map.contains_key(""), "{map:?}");
            map["itunes"]["title"][0].value.clone().unwrap()
        };
        assert_eq!(of("<title> 1: Long </title>", "1: Long"), "Short");
        assert_eq!(of("<title>1: Long</title>", "1: Right"), "1: Right");
        assert_eq!(of("", "1: Right"), "Short");
    }

    #[test]
    fn what_cannot_be_put_back_is_said_with_its_line() {
        assert_eq!(wrong("\n<b:c/>"), "line 3: the vocabulary of `b:c` is not declared at <rss>");
        assert_eq!(
            wrong("<item><guid>1</guid><enclosure/></item>"),
            "line 2: <enclosure> is written by onair: take it out here"
        );
        assert_eq!(wrong("&nbsp;"), "line 2: &nbsp; means nothing in XML");
        assert!(wrong("<a>").contains("line 2"));
        assert!(Extra::parse("<html/>").unwrap_err().contains("belongs"));
        assert!(Extra::parse("<!DOCTYPE a><rss/>").unwrap_err().contains("document type"));
        assert!(wrong(&"<a:b>".repeat(30)).contains("deeper"));
    }
}
