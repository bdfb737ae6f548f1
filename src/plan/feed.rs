//! Two feeds side by side: what a listener will find new, changed or gone.
//!
//! This reads the bytes that are, or will be, public. It takes nobody's word for what they hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::document::{Document, ITEM, Line, SHOW};
use crate::model::object::{Key, Kind, Object};
use crate::site::edition::Edition;
use crate::store::record::Record;

/// What an edition's feed is made of: the public feed, and the archive pages it leads to.
#[derive(Debug)]
pub(super) struct Documents<'a> {
    pub(super) feed: (&'a Key, Document),
    pub(super) archives: Vec<(&'a Key, Document)>,
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
    pub(super) fn all(&self) -> impl Iterator<Item = &(&'a Key, Document)> {
        std::iter::once(&self.feed).chain(&self.archives)
    }
}

fn read(object: &Object) -> Result<(&Key, Document), Unreadable<'_>> {
    let unreadable = |reason| Unreadable { key: &object.key, reason };
    let bytes = object.body.whole().map_err(|error| unreadable(error.to_string()))?;
    let text =
        std::str::from_utf8(&bytes).map_err(|error| unreadable(format!("not UTF-8: {error}")))?;
    // XML 1.0, section 2.2 "Characters"; the reader would let them pass.
    let illegal = |c: &char| matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}');
    if let Some(c) = text.chars().find(illegal) {
        return Err(unreadable(format!("U+{:04X}, which XML does not allow", u32::from(c))));
    }
    Ok((&object.key, Document::read(text.as_bytes()).map_err(unreadable)?))
}

/// An item as a host speaks of it: `#109`, or its title where it has no number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemName(pub String);

impl ItemName {
    fn of(item: &Line) -> Self {
        Self(match (&item.number, &item.title) {
            (Some(number), _) => format!("#{number}"),
            // A feed that is not ours may hold anything, and this is shown on a terminal.
            (None, Some(title)) => format!("“{}”", title.replace(char::is_control, " ")),
            (None, None) => {
                item.identity().map_or_else(|| "an item without title".into(), String::from)
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
    /// Its guid, or its audio's address if it has none.
    pub identity: Option<String>,
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
    /// How many items go from the feed to its archive pages.
    pub archived: usize,
    /// How many come back from there.
    pub from_archive: usize,
    /// How many archive pages are new or differ; which of their items do is not looked at.
    pub archive_pages: usize,
}

impl FeedDiff {
    /// Compares the feed that is public, if any, with the one that will be.
    ///
    /// An item that goes to an archive page is not removed, and one that comes from there is not new: the `record`
    /// knows it.
    pub(super) fn between(
        old: Option<&Document>,
        new: &Documents<'_>,
        record: Option<&Record>,
    ) -> Self {
        let known = record.into_iter().flat_map(Record::listed);
        let known: BTreeSet<&str> = known.map(|episode| episode.guid.0.as_str()).collect();
        let archived = new.archives.iter().flat_map(|(_, page)| &page.items);
        let archived: BTreeSet<&str> = archived.filter_map(Line::identity).collect();
        let mut diff = Self::of_documents(old, &new.feed.1, &known);
        if let Some(old) = old {
            let still_there = old
                .items
                .iter()
                .filter(|item| item.identity().is_some_and(|id| archived.contains(id)));
            let still_there: BTreeSet<ItemName> = still_there.map(ItemName::of).collect();
            let before = diff.removed.len();
            diff.removed.retain(|item| !still_there.contains(item));
            diff.archived = before - diff.removed.len();
        }
        diff
    }

    fn of_documents(old: Option<&Document>, new: &Document, known: &BTreeSet<&str>) -> Self {
        let Some(old) = old else {
            let new = new.items.iter().map(ItemName::of).collect();
            return Self { new, ..Self::default() };
        };
        let mut by_identity: BTreeMap<&str, (usize, &Line)> = BTreeMap::new();
        for (at, item) in old.items.iter().enumerate() {
            if let Some(id) = item.identity() {
                by_identity.entry(id).or_insert((at, item));
            }
        }
        let mut show = fields(SHOW.iter().map(|(name, _)| *name), &old.show, &new.show);
        if show.is_empty() && old.all != new.all {
            show.push("other elements");
        }
        let mut diff = Self { show, ..Self::default() };
        let (mut strangers, mut matched) = (Vec::new(), BTreeSet::new());
        for item in &new.items {
            match item.identity().and_then(|id| by_identity.get(id)) {
                Some((at, before)) => {
                    matched.insert(*at);
                    diff.compare(before, item);
                }
                None => strangers.push(item),
            }
        }
        let unmatched = old.items.iter().enumerate().filter(|(at, _)| !matched.contains(at));
        let mut unmatched: Vec<&Line> = unmatched.map(|(_, item)| item).collect();
        // The same audio under another guid: most likely the same episode.
        for item in strangers {
            let twin =
                unmatched.iter().position(|other| other.url.is_some() && other.url == item.url);
            match twin {
                Some(at) => {
                    diff.guids_changed += 1;
                    let before = unmatched.remove(at);
                    diff.compare(before, item);
                }
                None if item.guid.as_deref().is_some_and(|guid| known.contains(guid)) => {
                    diff.from_archive += 1;
                }
                None => diff.new.push(ItemName::of(item)),
            }
        }
        diff.removed = unmatched.into_iter().map(ItemName::of).collect();
        diff
    }

    fn compare(&mut self, before: &Line, after: &Line) {
        let names = ITEM.iter().map(|(name, _)| *name);
        let mut fields = fields(names, &before.fields, &after.fields);
        if fields.is_empty() && before.all != after.all {
            fields.push("other elements");
        }
        if !fields.is_empty() {
            let identity = after.identity().map(str::to_owned);
            self.changed.push(Changed { identity, item: ItemName::of(after), fields });
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
        if self.archived > 0 {
            write!(f, ", {} to archive pages", self.archived)?;
        }
        if self.from_archive > 0 {
            write!(f, ", {} from archive pages", self.from_archive)?;
        }
        if !self.show.is_empty() {
            write!(f, "; of the show: {}", self.show.join(", "))?;
        }
        match self.archive_pages {
            0 => {}
            1 => f.write_str("; 1 archive page changes")?,
            count => write!(f, "; {count} archive pages change")?,
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

fn fields<T: PartialEq>(
    names: impl Iterator<Item = &'static str>,
    before: &[T],
    after: &[T],
) -> Vec<&'static str> {
    let values = before.iter().zip(after);
    names.zip(values).filter(|(_, (before, after))| before != after).map(|(name, _)| name).collect()
}
