//! What accompanies a published episode stays with it: a release that would drop chapters or
//! transcripts is refused. As a rule their file was moved, or no longer reads.

use std::collections::BTreeMap;

use super::document::{COMPANIONS, Document, Line};
use super::feed::Documents;
use super::guard::{Allow, EpisodeName, Guard, GuardKind, Overrides};
use crate::site::edition::{EditionEpisode, Guid};

/// A refusal for every listed episode that had more chapter files or transcripts in the feed that is
/// public than it would have.
pub(super) fn lost(
    episodes: &[EditionEpisode],
    before: &Document,
    after: &Documents<'_>,
    allow: &Overrides,
) -> Vec<Guard> {
    let old: BTreeMap<&str, &Line> =
        before.items.iter().filter_map(|item| Some((item.guid.as_deref()?, item))).collect();
    let listed: BTreeMap<&str, &EditionEpisode> =
        episodes.iter().map(|episode| (episode.guid.0.as_str(), episode)).collect();
    let mut guards = Vec::new();
    for new in after.all().flat_map(|(_, document)| &document.items) {
        let Some(guid) = new.guid.as_deref() else { continue };
        let (Some(old), Some(episode)) = (old.get(guid), listed.get(guid)) else { continue };
        let guid = Guid(guid.to_owned());
        let counts = old.companions.iter().zip(new.companions);
        for ((_, word), (&had, has)) in COMPANIONS.iter().zip(counts) {
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
