//! A feed's XML as a tree: what a stranger's server sends is small in every direction or is refused, and
//! no entity is ever looked up.
//!
//! And with patience: apps read feeds that are not well-formed, so their hosts do not know it. What can
//! mean one thing alone is read as that, and said.

use std::collections::BTreeMap;

use quick_xml::XmlVersion;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::element::{Bases, Element, See};
use super::vocabularies::{Scope, UNDECLARED};
use super::write::cut;
use super::{ImportError, atom, html};
use crate::show::words::legal_in_xml;
use crate::site::text::escape;

/// Feeds are flat: an element deeper than this belongs to no podcast.
const MAX_DEPTH: usize = 24;
/// Elements and attributes of a whole feed.
const MAX_PARTS: usize = 8_000_000;
/// Vocabularies of one feed.
const MAX_NAMESPACES: usize = 100;
/// Elements of an item, and of the show beside its items.
pub const MAX_HERE: usize = 10_000;
/// The longest text: an episode's file holds less.
pub const MAX_TEXT: usize = 1024 * 1024;
/// What stands in one start tag.
pub const MAX_TAG: usize = 64 * 1024;
/// Attributes of one element: each is compared with those before it.
const MAX_ATTRIBUTES: usize = 100;
/// Elements whose content is HTML: where it stands there as elements, it is their text.
const TEXTS: [&str; 10] = [
    "description",
    "content:encoded",
    "itunes:summary",
    "itunes:subtitle",
    "title",
    "atom:content",
    "atom:summary",
    "atom:title",
    "atom:subtitle",
    "xhtml:body",
];
/// Tags of HTML that have no end.
const VOID: [&str; 5] = ["br", "hr", "img", "wbr", "input"];

/// What is said of a page in a feed's place.
pub fn html_page() -> ImportError {
    ImportError::new("this is an HTML page, not a feed")
        .help("give the address of the feed itself; its page may name it")
}

/// An element that is not closed yet.
struct Open {
    element: Element,
    /// Its name as it is written.
    raw: String,
    /// Whether its text went on.
    is_cut: bool,
}

/// A feed as it is read.
pub struct Tree<'a, 'b> {
    text: &'a str,
    /// Where the reader began.
    start: usize,
    reader: Reader<&'a [u8]>,
    parts: usize,
    of_show: usize,
    of_item: usize,
    open: Vec<Open>,
    /// Elements of HTML that are not closed yet in the text that is open.
    inline: Vec<String>,
    scope: Scope,
    /// The addresses of vocabularies, by the prefixes that names have here.
    pub namespaces: BTreeMap<String, String>,
    pub items: usize,
    bases: Bases,
    /// What was not well-formed: how often, and the first.
    pub faults: usize,
    pub fault: Option<String>,
    /// The texts that were cut: how many, and where the first is.
    pub cuts: usize,
    pub cut: Option<String>,
    see: &'a mut See<'b>,
}

impl<'a, 'b> Tree<'a, 'b> {
    /// A reader of what stands behind `start`; each item is given to `see`.
    pub fn new(text: &'a str, start: usize, see: &'a mut See<'b>) -> Self {
        let mut reader = Reader::from_str(&text[start..]);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        Self {
            text,
            start,
            reader,
            parts: 0,
            of_show: 0,
            of_item: 0,
            open: Vec::new(),
            inline: Vec::new(),
            scope: Scope::default(),
            namespaces: BTreeMap::new(),
            items: 0,
            bases: Bases::default(),
            faults: 0,
            fault: None,
            cuts: 0,
            cut: None,
            see,
        }
    }

    fn wrong(&self, reason: impl Into<String>) -> ImportError {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let at = at.saturating_add(self.start).min(self.text.len());
        ImportError::at(&self.text.as_bytes()[..at], reason)
    }

    fn odd(&mut self, what: impl FnOnce() -> String) {
        self.faults += 1;
        if self.fault.is_none() {
            self.fault = Some(self.wrong(what()).to_string());
        }
    }

    /// Reads all of it: the root, without the items.
    ///
    /// # Errors
    /// [`ImportError`] with the place.
    pub fn read(&mut self) -> Result<Element, ImportError> {
        loop {
            let event = self.reader.read_event().map_err(|error| self.wrong(error.to_string()))?;
            match event {
                Event::Start(tag) => self.begin(&tag)?,
                Event::End(tag) => {
                    if let Some(root) = self.end(tag.name().as_ref())? {
                        return Ok(root);
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
                        None => self.add_raw(&format!("&{name};")),
                    }
                }
                Event::DocType(kind) => {
                    // Names of HTML's letters are known without it (`<!ENTITY % HTMLlat1 …>`).
                    let entities = kind
                        .match_indices("<!ENTITY")
                        .any(|(at, mark)| !kind[at + mark.len()..].trim_start().starts_with('%'));
                    if entities {
                        return Err(self
                            .wrong("a document type declares entities here, which no feed needs")
                            .help("entities of a document type are a way to attack a reader: none is read"));
                    }
                }
                Event::Eof => return Err(self.wrong("the feed ends in the middle of an element")),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn begin(&mut self, tag: &BytesStart<'_>) -> Result<(), ImportError> {
        if tag.attributes_raw().len() > MAX_TAG {
            return Err(self.wrong("this tag is longer than any in a feed"));
        }
        self.parts += 1;
        if self.open.len() + self.inline.len() == MAX_DEPTH {
            return Err(self.wrong("elements stand deeper here than in any feed"));
        }
        let qualified = tag.name();
        let raw: &str = qualified.as_ref();
        let mut attributes: Vec<(String, String)> = Vec::new();
        let depth = self.open.len() + 1;
        for attribute in tag.html_attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.wrong(error.to_string()))?;
            self.parts += 1;
            let (name, value) = (attribute.key.as_ref(), self.value(&attribute));
            if name == "xmlns" || name.starts_with("xmlns:") {
                let is_part = depth < 3 || matches!(raw, "channel" | "item");
                match name.strip_prefix("xmlns:") {
                    _ if !self.inline.is_empty() => {}
                    None if !is_part => self.scope.declare_own(&value, depth),
                    prefix => self.scope.declare(prefix.unwrap_or(""), &value, depth),
                }
            } else if attributes.iter().any(|(known, _)| known == name) {
                self.odd(|| format!("`{name}` stands twice in this tag"));
            } else if attributes.len() == MAX_ATTRIBUTES {
                return Err(self.wrong("there are more attributes here than in any feed"));
            } else {
                attributes.push((name.to_owned(), value));
            }
        }
        if self.parts > MAX_PARTS {
            return Err(self.wrong("there are more elements than in any feed"));
        }
        if self.is_in_text() {
            let local = raw.rsplit(':').next().unwrap_or(raw);
            let mut start = format!("<{local}");
            for (name, value) in &attributes {
                start.push_str(&format!(" {name}=\"{}\"", escape(value)));
            }
            start.push('>');
            self.add_raw(&start);
            self.inline.push(raw.to_owned());
            return Ok(());
        }
        let name = self.name(raw);
        if self.open.is_empty() {
            match name.as_str() {
                "rss" | "rdf:RDF" | "atom:feed" | "opml" => {}
                other
                    if other
                        .rsplit(':')
                        .next()
                        .is_some_and(|it| it.eq_ignore_ascii_case("html")) =>
                {
                    return Err(html_page());
                }
                other => {
                    let other: String = other.chars().take(40).collect();
                    return Err(ImportError::new(format!(
                        "this is not an RSS feed: it starts with <{other}>"
                    )));
                }
            }
        }
        self.count(&name)?;
        let element = Element { name, attributes, ..Element::default() };
        self.open.push(Open { element, raw: raw.to_owned(), is_cut: false });
        Ok(())
    }

    /// Counts an element that begins.
    fn count(&mut self, name: &str) -> Result<(), ImportError> {
        let mut around = self.open.iter().map(|open| open.element.name.as_str());
        let mut parent = around.next();
        let mut in_item = false;
        for inner in around {
            in_item |= parent.is_some_and(|parent| is_item(inner, parent));
            parent = Some(inner);
        }
        if !in_item && parent.is_some_and(|parent| is_item(name, parent)) {
            self.of_item = 0;
            return Ok(());
        }
        let here = if in_item { &mut self.of_item } else { &mut self.of_show };
        *here += 1;
        if *here > MAX_HERE {
            return Err(self.wrong("there are more elements here than in any feed"));
        }
        Ok(())
    }

    /// Closes what this end tag means; the root, if that is closed.
    fn end(&mut self, raw: &str) -> Result<Option<Element>, ImportError> {
        if !self.inline.is_empty() {
            let at = self.inline.iter().rposition(|open| open == raw);
            let closes_text = self.open.last().is_some_and(|open| open.raw == raw);
            let keep = match at {
                Some(at) => at,
                None if closes_text => 0,
                None => {
                    self.odd(|| format!("`</{raw}>` ends what never began"));
                    return Ok(None);
                }
            };
            if at.is_none() || keep + 1 < self.inline.len() {
                let open = self.inline.last().cloned().unwrap_or_default();
                self.odd(|| format!("`</{raw}>` stands where `</{open}>` belongs"));
            }
            while self.inline.len() > keep {
                let raw = self.inline.pop().unwrap_or_default();
                let local = raw.rsplit(':').next().unwrap_or(&raw);
                if !VOID.contains(&local) {
                    self.add_raw(&format!("</{local}>"));
                }
            }
            if at.is_some() {
                return Ok(None);
            }
        }
        let Some(at) = self.open.iter().rposition(|open| open.raw == raw) else {
            self.odd(|| format!("`</{raw}>` ends what never began"));
            return Ok(None);
        };
        if at + 1 < self.open.len() {
            let open = self.open.last().map(|open| open.raw.clone()).unwrap_or_default();
            self.odd(|| format!("`</{raw}>` stands where `</{open}>` belongs"));
        }
        while self.open.len() > at {
            if let Some(root) = self.close()? {
                return Ok(Some(root));
            }
        }
        Ok(None)
    }

    fn close(&mut self) -> Result<Option<Element>, ImportError> {
        let Some(Open { mut element, .. }) = self.open.pop() else { return Ok(None) };
        self.scope.leave(self.open.len());
        tidy(&mut element.text);
        let Some(parent) = self.open.last_mut().map(|open| &mut open.element) else {
            return Ok(Some(element));
        };
        match (element.name.as_str(), parent.name.as_str()) {
            ("atom:link", "channel" | "atom:feed") if element.attribute("rel") == Some("self") => {
                self.bases.own = element.attribute("href").map(str::to_owned);
            }
            ("link", "channel") => self.bases.page = Some(element.text.clone()),
            _ => {}
        }
        if !is_item(&element.name, &parent.name) {
            parent.children.push(element);
            return Ok(None);
        }
        if element.name == "atom:entry" {
            element = atom::item(element);
        }
        self.items += 1;
        let outer = self.open.iter().rev();
        self.bases.given =
            outer.filter_map(|open| open.element.attribute("xml:base")).next().map(str::to_owned);
        (self.see)(element, &self.bases)?;
        Ok(None)
    }

    /// Whether a text is open that HTML goes into.
    fn is_in_text(&self) -> bool {
        self.open.last().is_some_and(|open| TEXTS.contains(&open.element.name.as_str()))
    }

    fn add(&mut self, text: &str) {
        match self.inline.is_empty() {
            true => self.add_raw(text),
            // Between tags of HTML, a text is HTML again.
            false => self.add_raw(&escape(text)),
        }
    }

    fn add_raw(&mut self, text: &str) {
        let Some(open) = self.open.last_mut().filter(|open| !open.is_cut) else { return };
        let there = &mut open.element.text;
        let (kept, is_cut) = cut(text, MAX_TEXT - there.len());
        there.push_str(kept);
        if is_cut {
            open.is_cut = true;
            self.cuts += 1;
            if self.cut.is_none() {
                self.cut = Some(self.wrong("at 1 MiB").to_string());
            }
        }
    }

    /// What an attribute says. A bare `&`, as in many addresses, is one.
    fn value(&mut self, attribute: &Attribute<'_>) -> String {
        let value = match attribute.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => value,
            Err(_) => html::read(&attribute.value).into_owned().into(),
        };
        value.chars().filter(|&c| legal_in_xml(c)).collect()
    }

    /// The name that everybody gives an element of its vocabulary.
    fn name(&mut self, raw: &str) -> String {
        let (prefix, local) = raw.split_once(':').unwrap_or(("", raw));
        let Some((known, address)) = self.scope.vocabulary(prefix) else { return raw.to_owned() };
        let name = format!("{known}:{local}");
        if !self.namespaces.contains_key(known) && self.namespaces.len() < MAX_NAMESPACES {
            let is_declared = !address.starts_with(UNDECLARED);
            self.namespaces.insert(known.to_owned(), address.into_owned());
            if !is_declared {
                self.odd(|| format!("the prefix of <{raw}> is declared nowhere"));
            }
        }
        name
    }
}

/// Whether an element of a feed is an item of it.
fn is_item(name: &str, parent: &str) -> bool {
    matches!((name, parent), ("item", "channel" | "rdf:RDF" | "rss") | ("atom:entry", "atom:feed"))
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
