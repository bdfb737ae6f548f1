//! What accompanies a published episode stays with it: a release that would drop chapters or
//! transcripts is refused. As a rule their file was moved, or no longer reads.

use std::collections::BTreeMap;

use rss::{Channel, Item};

use super::feed::Documents;
use super::guard::{Allow, EpisodeName, Guard, GuardKind, Overrides};
use crate::site::edition::{EditionEpisode, Guid};

/// The feed's elements that are counted, and what a host calls them.
const COMPANIONS: [(&str, &str); 2] = [("chapters", "chapters"), ("transcript", "transcripts")];

/// A refusal for every listed episode that had more chapter files or transcripts in the feed that is
/// public than it would have.
pub(super) fn lost(
    episodes: &[EditionEpisode],
    before: &Channel,
    after: &Documents<'_>,
    allow: &Overrides,
) -> Vec<Guard> {
    let guid = |item: &'_ Item| item.guid().map(|guid| guid.value().to_owned());
    let old: BTreeMap<String, &Item> =
        before.items().iter().filter_map(|item| Some((guid(item)?, item))).collect();
    let listed: BTreeMap<&str, &EditionEpisode> =
        episodes.iter().map(|episode| (episode.guid.0.as_str(), episode)).collect();
    let mut guards = Vec::new();
    for new in after.all().flat_map(|(_, document)| document.items()) {
        let Some(guid) = guid(new) else { continue };
        let (Some(old), Some(episode)) = (old.get(&guid), listed.get(guid.as_str())) else {
            continue;
        };
        let guid = Guid(guid);
        for (element, word) in COMPANIONS {
            let (had, has) = (count(old, element), count(new, element));
            if has >= had || allow.names(Allow::CompanionRemoval, &guid, episode.number) {
                continue;
            }
            let name = EpisodeName::of(&guid, episode.number);
            guards.push(Guard {
                kind: GuardKind::CompanionRemoved,
                episode: Some(name.0.clone()),
                source: Some(episode.source.clone()),
                what: format!("episode {} would lose its published {word}", name.0),
                expected: format!("{had}, as the feed has now"),
                found: if has == 0 { "none".to_owned() } else { has.to_string() },
                allow: Some(Allow::CompanionRemoval(name)),
            });
        }
    }
    guards
}

fn count(item: &Item, element: &str) -> usize {
    item.extensions().get("podcast").and_then(|all| all.get(element)).map_or(0, Vec::len)
}
