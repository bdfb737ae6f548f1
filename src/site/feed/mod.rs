//! The feed: RSS 2.0 with the vocabularies of Apple, of the podcast namespace, and of RFC 5005.
//!
//! Sources: Apple, "Podcast RSS feed requirements"; PSP-1 (Podcast Standards Project); the podcast
//! namespace 1.0; RFC 5005 for a feed whose older items stand in archive pages. What the `rss`
//! crate has no field for goes through its extension maps.

mod channel;
mod item;
mod view;

use std::collections::BTreeMap;

use bytes::Bytes;
use rayon::prelude::*;
use rss::Channel;
use rss::extension::{Extension, ExtensionMap};

use super::address::Addresses;
use super::extra::Extra;
use super::item::Item;
use super::lang::Language;
use super::people::Credit;
use super::{Keep, SiteError};
use crate::model::object::{Kind, Object};
use crate::show::Settings;
use crate::show::namespace::Element;
use crate::show::words::legal_in_xml;

/// The feed's `Content-Type`. Podcast platforms take any XML type; browsers show
/// `application/rss+xml` as source text and apply the style sheet to this one (RFC 7303).
pub const CONTENT_TYPE: &str = "application/xml; charset=utf-8";
/// The feed's `generator`.
pub const GENERATOR: &str = "onair";

/// What all documents of a feed share.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The settings.
    pub show: &'a Settings,
    /// Where everything stands.
    pub addresses: &'a Addresses,
    /// The language of its headings.
    pub language: &'a Language,
    /// The hosts.
    pub hosts: &'a [Credit],
    /// The site path of the style sheet that browsers show the feed with.
    pub style: &'a str,
    /// Elements that onair has no key for.
    pub extra: &'a Extra,
    /// Width and height of the show's own images, by their addresses.
    pub pixels: &'a BTreeMap<String, (usize, usize)>,
}

/// The public feed, and the archive pages with the items that it does not list.
///
/// # Errors
/// [`SiteError`] if a document has no place in the target.
pub fn render(
    frame: Frame<'_>,
    items: &[Item<'_>],
    Keep(keep): Keep<'_>,
) -> Result<(Object, Vec<Object>), SiteError> {
    let limit = frame.show.site.feed_limit.map_or(items.len(), |limit| limit.get() as usize).max(1);
    let listed = &items[..limit.min(items.len())];
    // Pages are counted from the oldest item, so that a page once full stays as it is. All are
    // full: the last one repeats items of the feed where the numbers do not come out even.
    let pages = (items.len() - listed.len()).div_ceil(limit);
    let addresses = frame.addresses;
    let archived = (1..=pages)
        .map(|page| {
            let newest = items.len() - page * limit;
            let items = &items[newest..newest + limit];
            let path = addresses.feed_archive(page);
            let mut channel = channel::channel(frame, &path, items, items);
            put(&mut channel.extensions, extension("fh:archive", [], None));
            put(&mut channel.extensions, link("current", &addresses.url(addresses.feed())));
            if page > 1 {
                let previous = addresses.url(&addresses.feed_archive(page - 1));
                put(&mut channel.extensions, link("prev-archive", &previous));
            }
            document(frame, &path, &channel, items).map(keep)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut channel = channel::channel(frame, addresses.feed(), listed, items);
    view::add(frame, &mut channel);
    if let Some(hub) = &frame.show.site.hub {
        let attributes = [("rel", "hub"), ("href", hub.get_ref().as_str())];
        put(&mut channel.extensions, extension("atom:link", attributes, None));
    }
    if pages > 0 {
        let previous = addresses.url(&addresses.feed_archive(pages));
        put(&mut channel.extensions, link("prev-archive", &previous));
    }
    Ok((document(frame, addresses.feed(), &channel, listed)?, archived))
}

/// Items that are written at a time: each takes a multiple of its text.
const AT_ONCE: usize = 500;

/// How a channel ends, behind its items.
const END: &str = "  </channel>\n</rss>";

/// The document at `path`: a channel that has no items yet, and these.
fn document(
    frame: Frame<'_>,
    path: &str,
    channel: &Channel,
    items: &[Item<'_>],
) -> Result<Object, SiteError> {
    let xml = xml(channel)?;
    let body = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"utf-8\"?>").unwrap_or(&xml);
    let head = body.strip_suffix(END).ok_or_else(|| SiteError::Feed("it has no end".to_owned()))?;
    let style = format!("{}{}", Addresses::root_from(path), frame.style);
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    text.push_str(&format!("<?xml-stylesheet type=\"text/css\" href=\"{style}\"?>"));
    if !body.starts_with('\n') {
        text.push('\n');
    }
    // The one place that every text passes: what XML 1.0 cannot hold is not in the feed.
    let mut add = |body: &str| body.split(|c| !legal_in_xml(c)).for_each(|it| text.push_str(it));
    add(head);
    for some in items.chunks(AT_ONCE) {
        let items = some.par_iter().map(|item| item::item(frame, item)).collect();
        let xml = self::xml(&Channel { items, ..Channel::default() })?;
        let start = xml.find("    <item>").unwrap_or(xml.len());
        add(xml[start..].strip_suffix(END).unwrap_or_default());
    }
    add(END);
    text.push('\n');
    text.shrink_to_fit();
    let key = frame.addresses.key(path)?;
    Ok(Object::in_memory(key, Kind::Feed, CONTENT_TYPE, Bytes::from(text)))
}

fn xml(channel: &Channel) -> Result<String, SiteError> {
    let failed = |error: rss::Error| SiteError::Feed(error.to_string());
    let xml = channel.pretty_write_to(Vec::new(), b' ', 2).map_err(failed)?;
    String::from_utf8(xml).map_err(|error| SiteError::Feed(error.to_string()))
}

/// An element of a vocabulary that the `rss` crate has no field for.
fn extension<'a>(
    name: &str,
    attributes: impl IntoIterator<Item = (&'a str, &'a str)>,
    value: Option<&str>,
) -> Extension {
    Extension {
        name: name.to_owned(),
        // An empty text keeps the writer from putting a line break into an empty element.
        value: Some(value.unwrap_or_default().to_owned()),
        attrs: attributes.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
        children: BTreeMap::new(),
    }
}

/// An element that a host gave as it is.
fn given(element: &Element) -> Extension {
    let attributes = element.attributes.iter().map(|(name, value)| (*name, value.as_str()));
    let mut extension = extension(element.name, attributes, element.text.as_deref());
    for child in &element.children {
        let name = child.name.split_once(':').map_or(child.name, |(_, name)| name);
        extension.children.entry(name.to_owned()).or_default().push(given(child));
    }
    extension
}

/// Adds an element under its vocabulary and name.
fn put(map: &mut ExtensionMap, extension: Extension) {
    let (vocabulary, name) = extension.name.split_once(':').unwrap_or(("", &extension.name));
    let (vocabulary, name) = (vocabulary.to_owned(), name.to_owned());
    map.entry(vocabulary).or_default().entry(name).or_default().push(extension);
}

fn link(rel: &str, href: &str) -> Extension {
    let attributes = [("rel", rel), ("href", href), ("type", "application/rss+xml")];
    extension("atom:link", attributes, None)
}

/// `podcast:image` (podcast namespace, "image"): the artwork of a show or an episode once more, with
/// what an app needs to lay it out, and to tell it to who cannot see it.
///
/// Banners and cards are not among them: readers that overlook `purpose` would take them for artwork.
fn artwork(frame: Frame<'_>, url: &str, alt: &str) -> Extension {
    let (width, height) = match frame.pixels.get(url) {
        Some((width, height)) => (Some(width.to_string()), Some(height.to_string())),
        None => (None, None),
    };
    let mut attributes = vec![("href", url), ("alt", alt), ("purpose", "artwork")];
    attributes.extend(width.as_deref().map(|width| ("width", width)));
    attributes.extend(height.as_deref().map(|height| ("height", height)));
    extension("podcast:image", attributes, None)
}

/// `podcast:person` (podcast namespace, "person").
fn person(credit: &Credit) -> Extension {
    let mut attributes = vec![("role", credit.role.as_str())];
    attributes.extend(credit.group().map(|group| ("group", group)));
    attributes.extend(credit.href.as_deref().map(|href| ("href", href)));
    attributes.extend(credit.img.as_deref().map(|img| ("img", img)));
    extension("podcast:person", attributes, Some(&credit.name))
}

/// `itunes:explicit` as Apple wants it today.
fn truth(value: bool) -> String {
    if value { "true" } else { "false" }.to_owned()
}
