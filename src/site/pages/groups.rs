//! Episodes gathered by topic, guest and season, each with a page of its own; and those that have
//! most in common.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::search::{fold, is_vowel_sign};
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
        let mut topics = Gathered::new("topics", |name| slug(name).unwrap_or_default());
        let mut guests = Gathered::new("guests", identity);
        let mut seasons: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut of_item = Vec::new();
        let tags = items.iter().rev().filter_map(|item| item.entry.given.episode.tags.value());
        topics.name_addresses(tags.flatten().map(String::as_str));
        let credits = items.iter().rev().flat_map(|item| &item.credits);
        guests.name_addresses(credits.filter(|it| it.role == "guest").map(|it| it.name.as_str()));
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
    /// What tells a name from others.
    identity: fn(&str) -> String,
    groups: Vec<Group>,
    by_name: HashMap<String, Named>,
}

/// What belongs to a name.
struct Named {
    /// Its part of an address.
    slug: String,
    /// The place of its group, once there is one.
    at: Option<usize>,
}

impl Gathered {
    fn new(folder: &'static str, identity: fn(&str) -> String) -> Self {
        Self { folder, identity, groups: Vec::new(), by_name: HashMap::new() }
    }

    /// Gives each name an address: the first one of several its own, the others a number.
    fn name_addresses<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        let (mut taken, mut numbers) = (HashSet::new(), HashMap::new());
        for name in names {
            let Some(slug) = slug(name) else { continue };
            let Entry::Vacant(entry) = self.by_name.entry((self.identity)(name)) else { continue };
            let number = numbers.entry(slug.clone()).or_insert(0);
            let slug = loop {
                *number += 1;
                let own = if *number == 1 { slug.clone() } else { format!("{slug}-{number}") };
                if taken.insert(own.clone()) {
                    break own;
                }
            };
            entry.insert(Named { slug, at: None });
        }
    }

    /// Puts an item into the group of a name; nothing for a name that has no address.
    fn add(&mut self, name: &str, link: Option<&str>, item: usize) -> Option<usize> {
        let Named { slug, at } = self.by_name.get_mut(&(self.identity)(name))?;
        let at = *at.get_or_insert_with(|| {
            self.groups.push(Group {
                name: name.to_owned(),
                path: format!("{}/{slug}/index.html", self.folder),
                link: None,
                items: Vec::new(),
            });
            self.groups.len() - 1
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

/// What tells a name from others: `Hùng` is not `Hưng`, but capitals, signs around it and what is not always
/// written (points of Hebrew, vowel signs of Arabic) tell nothing.
fn identity(name: &str) -> String {
    spelled(&name.to_lowercase().nfkc().filter(|&c| !is_vowel_sign(c)).collect::<String>())
}

/// A name as a part of an address, which a browser shows as it is typed: without accents.
fn slug(name: &str) -> Option<String> {
    /// Object keys end at 1,024 bytes.
    const LONGEST: usize = 80;
    let slug: String = spelled(&fold(name)).chars().take(LONGEST).collect();
    (!slug.is_empty()).then_some(slug)
}

/// Letters and digits of any script, with hyphens between. Signs by which names differ are spelled (`C`, `C++`,
/// `C#`), and of a name of pictures alone it is their numbers.
fn spelled(name: &str) -> String {
    let mut spelled = String::new();
    for c in name.chars() {
        let behind_word = spelled.ends_with(|c: char| !c.is_whitespace());
        match c {
            '+' if behind_word => spelled.push_str("-plus"),
            '#' | '♯' if behind_word => spelled.push_str("-sharp"),
            c => spelled.push(c),
        }
    }
    if !spelled.contains(char::is_alphanumeric) {
        let signs = spelled.chars().filter(|c| !c.is_ascii() && !c.is_whitespace());
        spelled = signs.map(|c| format!("{:x} ", u32::from(c))).collect();
    }
    // Marks of Thai or Devanagari are letters of their own; those that dress up a picture are none.
    let mark = |c: char| {
        is_combining_mark(c) && !matches!(c, '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}')
    };
    let words = spelled.split(|c: char| !c.is_alphanumeric() && !mark(c));
    let words = words.map(|word| word.trim_start_matches(mark)).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_neither_capitals_nor_accents() {
        assert_eq!(slug("Zoé de la Tour"), slug("zoe de la tour "));
        assert_eq!(slug("C++ & Rust!").as_deref(), Some("c-plus-plus-rust"));
        assert_eq!(slug("#podcast"), slug("Podcast!"));
        let languages = ["C", "C++", "C#"].map(|name| slug(name).unwrap());
        assert_eq!(languages, ["c", "c-plus-plus", "c-sharp"]);
        assert_eq!(slug("🎙🌊").as_deref(), Some("1f399-1f30a"));
        assert_eq!(slug("港町").as_deref(), Some("港町"));
        assert_eq!(slug("ป้า โต๊ะ").as_deref(), Some("ป้า-โต๊ะ"));
        assert_eq!(slug("../.."), None);
    }

    #[test]
    fn names_that_differ_are_two_though_their_addresses_would_be_one() {
        // Newest first.
        let names =
            ["Nguyễn Văn Hưng", "nguyễn  Văn HÙNG", "Nguyễn Văn Hùng", "#Hưng!", "Hưng", "?"];
        let mut gathered = Gathered::new("guests", identity);
        gathered.name_addresses(names.iter().rev().copied());
        let at: Vec<_> =
            names.iter().enumerate().map(|(item, name)| gathered.add(name, None, item)).collect();
        assert_eq!(at, [Some(0), Some(1), Some(1), Some(2), Some(2), None]);
        let said: Vec<_> = gathered.groups.iter().map(|it| (&*it.name, &*it.path)).collect();
        assert_eq!(
            said,
            [
                ("Nguyễn Văn Hưng", "guests/nguyen-van-hung-2/index.html"),
                ("nguyễn  Văn HÙNG", "guests/nguyen-van-hung/index.html"),
                ("#Hưng!", "guests/hung/index.html"),
            ]
        );
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
