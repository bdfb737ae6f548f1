//! A document of a feed as it is compared: its show, and of each item what tells it from others.
//!
//! It is read as a podcast app would, but some items at a time: a feed may have a hundred thousand, and
//! each takes a multiple of its text.

use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;
use rss::extension::Extension;
use rss::{Channel, Enclosure, Guid, Item};

/// Items that are read at a time.
const AT_ONCE: usize = 500;

/// What a feed says of its show, and its items.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The values of [`SHOW`].
    pub(super) show: Vec<Option<String>>,
    /// The hash of all that it says of the show, but for when it was made.
    pub(super) all: u64,
    /// In the feed's order.
    pub(super) items: Vec<Line>,
}

/// An item.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) guid: Option<String>,
    pub(super) permalink: bool,
    /// `itunes:episode`; with its season, as `s2e3`, where another item has the same number.
    pub(super) number: Option<String>,
    season: Option<String>,
    pub(super) title: Option<String>,
    /// The enclosure's address, length and type.
    pub(super) url: Option<String>,
    pub(super) length: String,
    pub(super) mime_type: String,
    /// How many chapter files it names, and how many transcripts.
    pub(super) companions: [usize; 2],
    /// Hashes of the values of [`ITEM`].
    pub(super) fields: [u64; ITEM.len()],
    /// The hash of all that it says.
    pub(super) all: u64,
}

impl Document {
    /// Reads a feed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut document = Self::read_items(bytes)?;
        let mut seen = HashSet::new();
        let numbers = document.items.iter().filter_map(|item| item.number.clone());
        let shared: HashSet<String> = numbers.filter(|it| !seen.insert(it.clone())).collect();
        for item in &mut document.items {
            if let (Some(number), Some(season)) = (&item.number, &item.season)
                && shared.contains(number)
            {
                item.number = Some(format!("s{season}e{number}"));
            }
        }
        Ok(document)
    }

    fn read_items(bytes: &[u8]) -> Result<Self, String> {
        // A stranger's may be in another encoding, which it names.
        let Ok(text) = std::str::from_utf8(bytes) else { return whole(bytes) };
        let Some(Pieces { before, items, behind }) = pieces(text) else { return whole(bytes) };
        // The channel without its items: what stands between them stays.
        let (mut channel, mut at) = (String::new(), 0);
        for item in &items {
            channel.push_str(&text[at..item.start]);
            at = item.end;
        }
        channel.push_str(&text[at..]);
        let mut document = whole(channel.as_bytes())?;
        for some in items.chunks(AT_ONCE) {
            let some = some.iter().map(|item| &text[item.clone()]);
            let some = std::iter::once(&text[..before]).chain(some);
            let some: String = some.chain(std::iter::once(&text[behind..])).collect();
            document.items.append(&mut whole(some.as_bytes())?.items);
        }
        Ok(document)
    }

    /// The show's own guid.
    pub(super) fn guid(&self) -> Option<&str> {
        let at = SHOW.iter().position(|(name, _)| *name == GUID)?;
        self.show.get(at)?.as_deref()
    }
}

fn whole(bytes: &[u8]) -> Result<Document, String> {
    let mut channel = Channel::read_from(bytes).map_err(|error| error.to_string())?;
    let items = std::mem::take(&mut channel.items).into_iter().map(Line::of).collect();
    let show = SHOW.iter().map(|(_, get)| get(&channel)).collect();
    (channel.last_build_date, channel.pub_date, channel.generator) = (None, None, None);
    let atom = channel.extensions.get_mut("atom").and_then(|atom| atom.get_mut("link"));
    if let Some(links) = atom {
        // Which archive pages there are follows from the items.
        let rel = |link: &Extension| link.attrs.get("rel").cloned().unwrap_or_default();
        links.retain(|link| !matches!(&*rel(link), "next" | "last" | "prev-archive"));
    }
    let all = hash_of(&channel);
    Ok(Document { show, all, items })
}

/// Where the channel's content begins, where each of its items stands, and where it ends.
struct Pieces {
    before: usize,
    items: Vec<Range<usize>>,
    behind: usize,
}

/// The pieces of a feed whose items stand in its channel; nothing if that is not to be seen.
fn pieces(text: &str) -> Option<Pieces> {
    let mut reader = Reader::from_str(text);
    let (mut before, mut items, mut start, mut depth) = (None, Vec::new(), 0, 0_u32);
    loop {
        let at = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let now = usize::try_from(reader.buffer_position()).ok()?;
        match event {
            Event::Start(element) => {
                match (depth, element.name().as_ref()) {
                    (0, "rss") | (3.., _) => {}
                    (1, "channel") if before.is_none() => before = Some(now),
                    (2, "item") => start = at,
                    (2, _) => start = usize::MAX,
                    _ => return None,
                }
                depth += 1;
            }
            Event::End(_) => {
                depth = depth.checked_sub(1)?;
                match depth {
                    2 if start != usize::MAX => items.push(start..now),
                    1 => return Some(Pieces { before: before?, items, behind: at }),
                    _ => {}
                }
            }
            Event::Empty(element) if depth == 2 && element.name().as_ref() == "item" => {
                return None;
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

impl Line {
    fn of(item: Item) -> Self {
        let count = |element: &str| {
            item.extensions().get("podcast").and_then(|all| all.get(element)).map_or(0, Vec::len)
        };
        let fields = ITEM.map(|(_, get)| hash(|hasher| get(&item).hash(hasher)));
        let all = hash_of(&item);
        let companions = COMPANIONS.map(|(element, _)| count(element));
        let enclosure = item.enclosure.unwrap_or_default();
        let (number, season) =
            item.itunes_ext.map(|itunes| (itunes.episode, itunes.season)).unwrap_or_default();
        let guid = item.guid;
        Self {
            permalink: guid.as_ref().is_none_or(Guid::is_permalink),
            guid: guid.map(|guid| guid.value),
            number,
            season,
            title: item.title,
            length: enclosure.length,
            mime_type: enclosure.mime_type,
            url: Some(enclosure.url).filter(|url| !url.is_empty()),
            companions,
            fields,
            all,
        }
    }

    /// What tells an item from the others: its guid, or its audio's address if it has none.
    pub(super) fn identity(&self) -> Option<&str> {
        self.guid.as_deref().or(self.url.as_deref())
    }
}

fn hash(what: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what(&mut hasher);
    hasher.finish()
}

/// Of all that something says.
fn hash_of(all: &impl fmt::Debug) -> u64 {
    hash(|hasher| {
        // Hashing does not fail.
        let _ = write!(Hashing(hasher), "{all:?}");
    })
}

struct Hashing<'a>(&'a mut DefaultHasher);

impl fmt::Write for Hashing<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// The elements that are counted, and what a host calls them.
pub(super) const COMPANIONS: [(&str, &str); 2] =
    [("chapters", "chapters"), ("transcript", "transcripts")];

type OfShow = (&'static str, fn(&Channel) -> Option<String>);
type OfItem = (&'static str, fn(&Item) -> Option<&str>);

pub(super) const SHOW: [OfShow; 15] = [
    ("title", |show| Some(show.title.clone())),
    ("link", |show| Some(show.link.clone())),
    ("description", |show| Some(show.description.clone())),
    ("language", |show| show.language.clone()),
    ("copyright", |show| show.copyright.clone()),
    ("image", |show| show.itunes_ext()?.image.clone()),
    ("author", |show| show.itunes_ext()?.author.clone()),
    ("explicit", |show| show.itunes_ext()?.explicit.clone()),
    ("category", |show| {
        let categories = &show.itunes_ext()?.categories;
        (!categories.is_empty()).then(|| format!("{categories:?}"))
    }),
    ("type", |show| show.itunes_ext()?.r#type.clone()),
    ("block", |show| show.itunes_ext()?.block.clone()),
    ("complete", |show| show.itunes_ext()?.complete.clone()),
    ("new-feed-url", |show| show.itunes_ext()?.new_feed_url.clone()),
    ("locked", |show| of_podcast(show, "locked")),
    (GUID, |show| of_podcast(show, "guid")),
];

const GUID: &str = "podcast:guid";

fn of_podcast(show: &Channel, element: &str) -> Option<String> {
    show.extensions().get("podcast")?.get(element)?.first()?.value.clone()
}

pub(super) const ITEM: [OfItem; 18] = [
    ("guid", |item| item.guid().map(Guid::value)),
    ("isPermaLink", |item| {
        item.guid().map(|guid| if guid.is_permalink() { "true" } else { "false" })
    }),
    ("title", Item::title),
    ("address", |item| item.enclosure().map(Enclosure::url)),
    ("length", |item| item.enclosure().map(Enclosure::length)),
    ("type", |item| item.enclosure().map(Enclosure::mime_type)),
    ("pubDate", Item::pub_date),
    ("duration", |item| item.itunes_ext()?.duration()),
    ("link", Item::link),
    ("subtitle", |item| item.itunes_ext()?.subtitle()),
    ("author", |item| item.itunes_ext()?.author()),
    ("description", Item::description),
    ("notes", Item::content),
    ("image", |item| item.itunes_ext()?.image()),
    ("episode", |item| item.itunes_ext()?.episode()),
    ("season", |item| item.itunes_ext()?.season()),
    ("episodeType", |item| item.itunes_ext()?.episode_type()),
    ("explicit", |item| item.itunes_ext()?.explicit()),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(items: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" xmlns:podcast=\"https://podcastindex.org/namespace/1.0\">\
             <channel><title>Show</title><image><url>u</url></image>{items}<link>l</link></channel></rss>\n"
        )
    }

    #[test]
    fn it_is_the_same_in_pieces_as_at_once() {
        let item = |at: usize| {
            format!(
                "<item><title>{at}</title><guid>g{at}</guid><description><![CDATA[</item>]]></description>\
                 <podcast:chapters url=\"c\"/><enclosure url=\"u{at}\" length=\"1\" type=\"t\"/></item>\n<!-- <item> -->"
            )
        };
        let text = feed(&(0..AT_ONCE + 2).map(item).collect::<String>());
        assert_eq!(pieces(&text).unwrap().items.len(), AT_ONCE + 2);
        let (pieces, whole) =
            (Document::read(text.as_bytes()).unwrap(), whole(text.as_bytes()).unwrap());
        assert_eq!(format!("{pieces:?}"), format!("{whole:?}"));
        assert_eq!(pieces.show[..2], [Some("Show".to_owned()), Some("l".to_owned())]);
        assert_eq!(pieces.items[1].companions, [1, 0]);
    }

    #[test]
    fn what_is_no_feed_of_items_is_read_at_once() {
        for text in ["<rss><channel><item></rss>", "<feed/>", "x", "<rss><item/></rss>"] {
            assert!(pieces(text).is_none(), "{text}");
            assert_eq!(
                Document::read(text.as_bytes()).is_err(),
                whole(text.as_bytes()).is_err(),
                "{text}"
            );
        }
        assert!(Document::read(feed("<item><title>1</title>").as_bytes()).is_err());
    }

    #[test]
    fn a_stranger_s_encoding_is_heeded() {
        let text = feed("<item><title>?</title></item>");
        let text = text.replace("1.0\"?", "1.0\" encoding=\"ISO-8859-1\"?");
        let at = text.find("?</title>").unwrap();
        let mut bytes = text.into_bytes();
        bytes[at] = 0xE9;
        let read = Document::read(&bytes).unwrap();
        assert_eq!(read.items[0].title.as_deref(), Some("é"));
    }
}
