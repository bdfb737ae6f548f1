//! Episodes gathered by topic, guest and season, each with a page of its own; and those that have
//! most in common.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::search::fold;
use crate::site::address::Addresses;
use crate::site::item::Item;

/// Episodes that have something in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// As hosts write it; the first spelling counts.
    pub name: String,
    /// The site path of its page.
    pub path: String,
    /// A page about it elsewhere (a guest's).
    pub link: Option<String>,
    /// Places in the list of items, newest first.
    pub items: Vec<usize>,
}

/// A link to a group's page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct GroupLink {
    name: String,
    path: String,
}

/// Everything by which episodes are gathered.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// By name.
    pub topics: Vec<Group>,
    /// By name.
    pub guests: Vec<Group>,
    /// From the newest.
    pub seasons: Vec<Group>,
    /// For each item, its topics and guests: places in the lists above.
    of_item: Vec<(Vec<usize>, Vec<usize>)>,
}

/// Related episodes that a page shows.
const RELATED: usize = 3;
/// A topic of more episodes than this relates only those next to each other.
const NEAR: usize = 60;

impl Groups {
    /// The groups of items that come newest first; `season` names one.
    pub(super) fn of(items: &[Item<'_>], season: impl Fn(u32) -> String) -> Self {
        let mut topics = Gathered::new("topics");
        let mut guests = Gathered::new("guests");
        let mut seasons: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut of_item = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let episode = item.entry.given.episode;
            let tags = episode.tags.value().map(Vec::as_slice).unwrap_or_default();
            let of_topics = tags.iter().filter_map(|tag| topics.add(tag, None, at)).collect();
            let persons = item.credits.iter().filter(|credit| credit.role == "guest");
            let of_guests = persons
                .filter_map(|guest| guests.add(&guest.name, guest.href.as_deref(), at))
                .collect();
            if let Some(&number) = episode.season.value() {
                seasons.entry(number).or_default().push(at);
            }
            of_item.push((of_topics, of_guests));
        }
        let seasons = seasons.into_iter().rev().map(|(number, items)| Group {
            name: season(number),
            path: season_path(number),
            link: None,
            items,
        });
        let seasons = seasons.collect();
        Self { topics: topics.groups, guests: guests.groups, seasons, of_item }
    }

    /// Links to an item's topics and guests.
    pub(super) fn links(
        &self,
        at: usize,
        addresses: &Addresses,
    ) -> (Vec<GroupLink>, Vec<GroupLink>) {
        let link = |group: &Group| GroupLink {
            name: group.name.clone(),
            path: addresses.link(&group.path),
        };
        let Some((topics, guests)) = self.of_item.get(at) else { return Default::default() };
        (
            topics.iter().map(|&at| link(&self.topics[at])).collect(),
            guests.iter().map(|&at| link(&self.guests[at])).collect(),
        )
    }

    /// The items that share most guests and topics with one; of equal ones, the nearest in time.
    pub(super) fn related(&self, at: usize) -> Vec<usize> {
        let Some((topics, guests)) = self.of_item.get(at) else { return Vec::new() };
        let topics = topics.iter().map(|&group| (&self.topics[group], 2));
        let guests = guests.iter().map(|&group| (&self.guests[group], 3));
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for (group, weight) in topics.chain(guests) {
            let here = group.items.partition_point(|&item| item < at);
            let near = here.saturating_sub(NEAR / 2)..(here + NEAR / 2).min(group.items.len());
            for &other in group.items[near].iter().filter(|&&other| other != at) {
                *shared.entry(other).or_default() += weight;
            }
        }
        let mut related: Vec<(usize, usize)> = shared.into_iter().collect();
        related.sort_unstable_by_key(|&(other, weight)| {
            (usize::MAX - weight, other.abs_diff(at), other)
        });
        related.into_iter().take(RELATED).map(|(other, _)| other).collect()
    }
}

/// The site path of a season's page.
pub(super) fn season_path(number: u32) -> String {
    format!("seasons/{number}/index.html")
}

struct Gathered {
    folder: &'static str,
    groups: Vec<Group>,
    by_name: HashMap<String, usize>,
}

impl Gathered {
    fn new(folder: &'static str) -> Self {
        Self { folder, groups: Vec::new(), by_name: HashMap::new() }
    }

    /// Puts an item into the group of a name; nothing for a name of which no address can be made.
    fn add(&mut self, name: &str, link: Option<&str>, item: usize) -> Option<usize> {
        let slug = slug(name)?;
        let (folder, next) = (self.folder, self.groups.len());
        let at = *self.by_name.entry(slug).or_insert_with_key(|slug| {
            self.groups.push(Group {
                name: name.to_owned(),
                path: format!("{folder}/{slug}/index.html"),
                link: None,
                items: Vec::new(),
            });
            next
        });
        let group = &mut self.groups[at];
        if group.items.last() == Some(&item) {
            return None;
        }
        group.items.push(item);
        group.link = group.link.take().or_else(|| link.map(str::to_owned));
        Some(at)
    }
}

/// A name as a part of an address: letters and digits of any script, with hyphens between. Signs by which
/// names differ are spelled (`C`, `C++`, `C#`), and of a name of pictures alone it is their numbers.
fn slug(name: &str) -> Option<String> {
    /// Object keys end at 1,024 bytes.
    const LONGEST: usize = 80;
    let mut folded = String::new();
    for c in fold(name).chars() {
        let behind_word = folded.ends_with(|c: char| !c.is_whitespace());
        match c {
            '+' if behind_word => folded.push_str("-plus"),
            '#' | '♯' if behind_word => folded.push_str("-sharp"),
            c => folded.push(c),
        }
    }
    if !folded.contains(char::is_alphanumeric) {
        let signs = folded.chars().filter(|c| !c.is_ascii() && !c.is_whitespace());
        folded = signs.map(|c| format!("{:x} ", u32::from(c))).collect();
    }
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(LONGEST).collect();
    (!slug.is_empty()).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_and_accents_are_one() {
        assert_eq!(slug("Zoé de la Tour"), slug("zoe de la tour "));
        assert_eq!(slug("C++ & Rust!").as_deref(), Some("c-plus-plus-rust"));
        assert_eq!(slug("#podcast"), slug("Podcast!"));
        let languages = ["C", "C++", "C#"].map(|name| slug(name).unwrap());
        assert_eq!(languages, ["c", "c-plus-plus", "c-sharp"]);
        assert_eq!(slug("🎙🌊").as_deref(), Some("1f399-1f30a"));
        assert_eq!(slug("港町").as_deref(), Some("港町"));
        assert_eq!(slug("../.."), None);
    }

    #[test]
    fn those_that_share_most_are_related_and_the_nearest_first() {
        let group = |items: &[usize]| Group {
            name: String::new(),
            path: String::new(),
            link: None,
            items: items.to_vec(),
        };
        let groups = Groups {
            topics: vec![group(&[0, 1, 2, 5]), group(&[2, 5])],
            guests: vec![group(&[2, 9])],
            seasons: Vec::new(),
            of_item: vec![(vec![0], vec![]), (vec![0], vec![]), (vec![0, 1], vec![0])],
        };
        assert_eq!(groups.related(2), [5, 9, 1]);
        assert_eq!(groups.related(0), [1, 2, 5]);
        assert!(groups.related(7).is_empty());
    }
}
