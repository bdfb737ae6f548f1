//! Two feeds side by side: what a listener will find new, changed or gone.
//!
//! This reads the bytes that are, or will be, public. It takes nobody's word for what they hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rss::{Channel, Item};

use crate::model::object::{Key, Kind, Object};
use crate::site::edition::Edition;

/// What an edition's feed is made of: the public feed, and the archive pages it leads to.
#[derive(Debug)]
pub(super) struct Documents<'a> {
    pub(super) feed: (&'a Key, Channel),
    pub(super) archives: Vec<(&'a Key, Channel)>,
}

/// A document that is no feed.
#[derive(Debug)]
pub(super) struct Unreadable<'a> {
    pub(super) key: &'a Key,
    pub(super) reason: String,
}

impl<'a> Documents<'a> {
    /// Reads the documents as a podcast app would.
    pub(super) fn of(edition: &'a Edition) -> Result<Self, Unreadable<'a>> {
        let archives = edition.objects.iter().filter(|object| object.kind == Kind::Feed);
        Ok(Self {
            feed: read(&edition.feed)?,
            archives: archives.map(read).collect::<Result<_, _>>()?,
        })
    }

    /// Every document, the public feed first.
    pub(super) fn all(&self) -> impl Iterator<Item = &(&'a Key, Channel)> {
        std::iter::once(&self.feed).chain(&self.archives)
    }
}

fn read(object: &Object) -> Result<(&Key, Channel), Unreadable<'_>> {
    let unreadable = |reason| Unreadable { key: &object.key, reason };
    let bytes = object.body.whole().map_err(|error| unreadable(error.to_string()))?;
    let text =
        std::str::from_utf8(&bytes).map_err(|error| unreadable(format!("not UTF-8: {error}")))?;
    // XML 1.0, section 2.2 "Characters"; the reader would let them pass.
    let illegal = |c: &char| matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}');
    if let Some(c) = text.chars().find(illegal) {
        return Err(unreadable(format!("U+{:04X}, which XML does not allow", u32::from(c))));
    }
    let channel =
        Channel::read_from(text.as_bytes()).map_err(|error| unreadable(error.to_string()))?;
    Ok((&object.key, channel))
}

/// An item as a host speaks of it: `#109`, or its title where it has no number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemName(pub String);

impl ItemName {
    fn of(item: &Item) -> Self {
        let number = item.itunes_ext().and_then(|itunes| itunes.episode());
        Self(match (number, item.title()) {
            (Some(number), _) => format!("#{number}"),
            // A feed that is not ours may hold anything, and this is shown on a terminal.
            (None, Some(title)) => format!("“{}”", title.replace(char::is_control, " ")),
            (None, None) => {
                identity(item).map_or_else(|| "an item without title".into(), String::from)
            }
        })
    }
}

impl fmt::Display for ItemName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An item whose content differs between two feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The item.
    pub item: ItemName,
    /// What differs, in the words of RSS: `title`, `length`, `pubDate`, …
    pub fields: Vec<&'static str>,
}

/// What a release does to the public feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedDiff {
    /// Items that were not there before.
    pub new: Vec<ItemName>,
    /// Items that are no longer there.
    pub removed: Vec<ItemName>,
    /// Items that were there and differ.
    pub changed: Vec<Changed>,
    /// How many of the changed have another guid: to every podcast app, another episode.
    pub guids_changed: usize,
    /// What differs in what the feed says of the show.
    pub show: Vec<&'static str>,
}

impl FeedDiff {
    /// Compares the feed that is public, if any, with the one that will be.
    ///
    /// An item that goes to an archive page is not removed.
    pub(super) fn between(old: Option<&Channel>, new: &Documents<'_>) -> Self {
        let archived = new.archives.iter().flat_map(|(_, page)| page.items());
        let archived: BTreeSet<&str> = archived.filter_map(identity).collect();
        let mut diff = Self::of_channels(old, &new.feed.1);
        if let Some(old) = old {
            let still_there = old
                .items()
                .iter()
                .filter(|item| identity(item).is_some_and(|id| archived.contains(id)));
            let still_there: BTreeSet<ItemName> = still_there.map(ItemName::of).collect();
            diff.removed.retain(|item| !still_there.contains(item));
        }
        diff
    }

    fn of_channels(old: Option<&Channel>, new: &Channel) -> Self {
        let Some(old) = old else {
            let new = new.items().iter().map(ItemName::of).collect();
            return Self { new, ..Self::default() };
        };
        let mut unmatched: Vec<&Item> = old.items().iter().collect();
        let mut by_identity: BTreeMap<&str, &Item> = BTreeMap::new();
        for item in old.items() {
            if let Some(id) = identity(item) {
                by_identity.entry(id).or_insert(item);
            }
        }
        let mut diff = Self { show: fields(SHOW, old, new), ..Self::default() };
        let mut strangers = Vec::new();
        for item in new.items() {
            match identity(item).and_then(|id| by_identity.get(id)) {
                Some(before) => {
                    unmatched.retain(|other| !std::ptr::eq(*other, *before));
                    diff.compare(before, item);
                }
                None => strangers.push(item),
            }
        }
        // The same audio under another guid: most likely the same episode.
        for item in strangers {
            let twin = unmatched
                .iter()
                .position(|other| address(other).is_some() && address(other) == address(item));
            match twin {
                Some(at) => {
                    diff.guids_changed += 1;
                    let before = unmatched.remove(at);
                    diff.compare(before, item);
                }
                None => diff.new.push(ItemName::of(item)),
            }
        }
        diff.removed = unmatched.into_iter().map(ItemName::of).collect();
        diff
    }

    fn compare(&mut self, before: &Item, after: &Item) {
        let mut fields = fields(ITEM, before, after);
        if fields.is_empty() && before != after {
            fields.push("other elements");
        }
        if !fields.is_empty() {
            self.changed.push(Changed { item: ItemName::of(after), fields });
        }
    }

    /// Whether no item and nothing of the show differs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// As many items are named in one line; the rest is counted.
const NAMED: usize = 6;

impl fmt::Display for FeedDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no item changes");
        }
        write!(f, "{} new", self.new.len())?;
        if !self.removed.is_empty() {
            let names: Vec<String> = self.removed.iter().map(ToString::to_string).collect();
            write!(f, ", {} removed: {}", names.len(), named(&names))?;
        }
        if !self.changed.is_empty() {
            let names: Vec<String> = self
                .changed
                .iter()
                .map(|changed| format!("{} {}", changed.item, changed.fields.join(" and ")))
                .collect();
            write!(f, ", {} changed: {}", names.len(), named(&names))?;
        }
        if !self.show.is_empty() {
            write!(f, "; of the show: {}", self.show.join(", "))?;
        }
        write!(f, "; {} guids changed", self.guids_changed)
    }
}

fn named(names: &[String]) -> String {
    let shown = names.len().min(NAMED);
    let mut text = names[..shown].join(", ");
    if names.len() > shown {
        text.push_str(&format!(" and {} more", names.len() - shown));
    }
    text
}

/// What tells an item from the others: its guid, or its audio's address if it has none.
pub(super) fn identity(item: &Item) -> Option<&str> {
    item.guid().map(rss::Guid::value).or_else(|| address(item))
}

fn address(item: &Item) -> Option<&str> {
    item.enclosure().map(rss::Enclosure::url)
}

type Field<T> = (&'static str, fn(&T) -> Option<&str>);

const SHOW: &[Field<Channel>] = &[
    ("title", |show| Some(show.title())),
    ("link", |show| Some(show.link())),
    ("description", |show| Some(show.description())),
    ("language", Channel::language),
    ("image", |show| show.itunes_ext()?.image()),
    ("author", |show| show.itunes_ext()?.author()),
    ("explicit", |show| show.itunes_ext()?.explicit()),
    ("category", |show| Some(show.itunes_ext()?.categories().first()?.text())),
];

const ITEM: &[Field<Item>] = &[
    ("guid", |item| item.guid().map(rss::Guid::value)),
    ("isPermaLink", |item| {
        item.guid().map(|guid| if guid.is_permalink() { "true" } else { "false" })
    }),
    ("title", Item::title),
    ("address", address),
    ("length", |item| item.enclosure().map(rss::Enclosure::length)),
    ("type", |item| item.enclosure().map(rss::Enclosure::mime_type)),
    ("pubDate", Item::pub_date),
    ("duration", |item| item.itunes_ext()?.duration()),
    ("link", Item::link),
    ("description", Item::description),
    ("notes", Item::content),
    ("image", |item| item.itunes_ext()?.image()),
    ("episode", |item| item.itunes_ext()?.episode()),
    ("season", |item| item.itunes_ext()?.season()),
    ("episodeType", |item| item.itunes_ext()?.episode_type()),
    ("explicit", |item| item.itunes_ext()?.explicit()),
];

fn fields<T>(of: &[Field<T>], before: &T, after: &T) -> Vec<&'static str> {
    of.iter().filter(|(_, get)| get(before) != get(after)).map(|(name, _)| *name).collect()
}
