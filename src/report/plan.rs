//! A plan, and what came of it, as a person and a program read it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{bytes, counted};
use crate::model::object::{Key, Kind, Object};
use crate::model::tag_texts::NAMES;
use crate::plan::{EpisodeName, Moved, OldTag, Plan, Reason};
use crate::release::Receipt;

/// How many pages that move or leave, and MP3s with old tags, are told by name.
const NAMED: usize = 3;

/// How much of a plan to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Every object by its key.
    All,
    /// Audio and feed by their keys; of the rest, how many.
    Large,
}

/// Whether a person wants to know of each.
pub fn is_large(kind: Kind) -> bool {
    matches!(kind, Kind::Audio | Kind::Feed)
}

/// What a release to `target` would do, or a `dry` run only tells, line by line.
pub fn plan_lines(plan: &Plan, target: &str, dry: bool, detail: Detail) -> Vec<String> {
    if let Some(number) = plan.holds {
        return vec![format!(
            "Nothing to do: release {} is a rollback, and the show has not changed since; \
             `onair release --allow undo-rollback` publishes it all the same",
            number.0
        )];
    }
    if plan.nothing_to_do() {
        let objects = counted(plan.unchanged.len() + 1, "object");
        return vec![format!("Nothing to do: {target} is up to date ({objects})")];
    }
    let verb = if dry { "Would publish" } else { "Publishing" };
    let mut lines = vec![format!("{verb} to {target}")];
    let mut small: BTreeMap<(Kind, Reason), usize> = BTreeMap::new();
    for (object, reason) in plan.steps() {
        if is_large(object.kind) || detail == Detail::All {
            lines.push(format!("  + {} ({reason}, {})", object.key, bytes(object.body.len())));
        } else {
            *small.entry((object.kind, reason)).or_default() += 1;
        }
    }
    for ((kind, reason), count) in small {
        lines.push(format!("  + {} ({reason})", counted(count, kind.as_str())));
    }
    lines.extend(moved_lines(plan.moved()));
    if !plan.leaves.is_empty() {
        let count = counted(plan.leaves.len(), "object");
        let named = some_of(plan.leaves.keys());
        lines.push(format!("To be taken away: {count} that the show no longer has ({named})"));
    }
    if !plan.strays.is_empty() {
        let objects = counted(plan.strays.len(), "object");
        lines.push(format!("To be taken back: {objects} that no release names any more"));
    }
    if !plan.not_kept.is_empty() {
        let objects = counted(plan.not_kept.len(), "object");
        let named = some_of(plan.not_kept.iter());
        lines.push(format!("Not kept, and not brought back: {objects} ({named})"));
    }
    lines.extend(old_tag_lines(&plan.old_tags));
    for left in &plan.left {
        let keys: Vec<&str> = left.keys.iter().map(Key::as_str).collect();
        lines.push(format!("Left public: of episode {}, {}", left.episode, keys.join(", ")));
    }
    if !plan.left.is_empty() {
        let numbers: Vec<&str> = plan.left.iter().map(|left| left.episode.as_str()).collect();
        lines.push(format!("  `onair unpublish {}` removes them", numbers.join(" ")));
    }
    lines.push(format!("Feed: {}", plan.diff));
    lines.push(format!(
        "Plan: {} to send, {}, {} unchanged",
        counted(plan.steps().count(), "object"),
        bytes(plan.bytes()),
        plan.unchanged.len()
    ));
    lines
}

/// The first of these by name.
fn some_of<'a>(keys: impl ExactSizeIterator<Item = &'a Key>) -> String {
    let more = if keys.len() > NAMED { ", …" } else { "" };
    let named: Vec<&str> = keys.take(NAMED).map(Key::as_str).collect();
    format!("{}{more}", named.join(", "))
}

fn old_tag_lines(old_tags: &[OldTag]) -> Vec<String> {
    let (all, single): (Vec<&OldTag>, Vec<_>) =
        old_tags.iter().partition(|old| old.episode == EpisodeName::ALL);
    let mut lines = Vec::new();
    for OldTag { texts, .. } in all {
        lines.push(format!(
            "Tag: published MP3s keep the {} they were published with; `onair release --retag all` \
             publishes them anew",
            listed(texts)
        ));
    }
    if single.len() > NAMED {
        let has = |name: &&str| single.iter().any(|old| old.texts.contains(name));
        let texts: Vec<&str> = NAMES.into_iter().filter(has).collect();
        lines.push(format!(
            "Tag: {} MP3s keep texts they were published with ({}); `onair release --retag EPISODE` \
             publishes one anew, `--retag all` each",
            single.len(),
            texts.join(", ")
        ));
        return lines;
    }
    for OldTag { episode, texts } in single {
        lines.push(format!(
            "Tag: the MP3 of episode {episode} keeps the {} it was published with; \
             `onair release --retag {episode}` publishes it anew",
            listed(texts)
        ));
    }
    lines
}

/// Words as one reads them: `a, b and c`.
fn listed(words: &[&str]) -> String {
    match words {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => words.concat(),
    }
}

fn moved_lines(moved: &[Moved]) -> Vec<String> {
    let mut lines = Vec::new();
    if !moved.is_empty() {
        let pages = counted(moved.len(), "page");
        let redirects = match moved.iter().any(|it| it.shows.is_some()) {
            true => "a redirect stays at each old address that no other page takes",
            false => "a redirect stays at each old address",
        };
        lines.push(format!("Moved: {pages}; {redirects}"));
    }
    let say = |it: &Moved| match &it.shows {
        None => format!("  > {} now leads to {}", it.from, it.to),
        Some(other) => format!(
            "  > {} now shows episode {other}, and no longer episode {}: links to it lead astray",
            it.from, it.episode
        ),
    };
    lines.extend(moved.iter().take(NAMED).map(say));
    if moved.len() > NAMED {
        lines.push(format!("  > and {} more", moved.len() - NAMED));
    }
    lines
}

/// What a release has done, line by line; `feed` is the feed's address.
pub fn receipt_lines(receipt: &Receipt, feed: &str) -> Vec<String> {
    let number = receipt
        .number
        .map_or_else(|| "The manifest".to_owned(), |number| format!("Release {}", number.0));
    let objects = counted(receipt.sent, "object");
    let mut line = format!("{number} is published: {objects} sent ({})", bytes(receipt.bytes));
    if receipt.already_there > 0 {
        line.push_str(&format!(", {} there already", receipt.already_there));
    }
    let mut lines = vec![line];
    if receipt.feed_published {
        lines.push(format!("Feed: {feed}"));
    }
    lines
}

/// The plan, and what came of it, for a program; nothing came of a dry run.
pub fn plan_json(plan: &Plan, target: &str, receipt: Option<&Receipt>) -> Value {
    let step = |(object, reason): (&Object, Reason)| {
        json!({
            "key": object.key,
            "kind": object.kind,
            "reason": reason,
            "bytes": object.body.len(),
        })
    };
    let waiting =
        plan.waiting.iter().map(|it| json!({ "episode": it.label, "until": it.until.to_string() }));
    json!({
        "dryRun": receipt.is_none(),
        "target": target,
        "steps": plan.steps().map(step).collect::<Vec<_>>(),
        "bytes": plan.bytes(),
        "unchanged": plan.unchanged.len(),
        "feed": plan.diff.to_string(),
        "moved": plan.moved(),
        "leaves": plan.leaves.keys().collect::<Vec<_>>(),
        "left": plan.left,
        "oldTags": plan.old_tags,
        "waiting": waiting.collect::<Vec<_>>(),
        "release": receipt.and_then(|receipt| receipt.number),
        "sent": receipt.map(|receipt| receipt.sent),
        "sentBytes": receipt.map(|receipt| receipt.bytes),
        "alreadyThere": receipt.map(|receipt| receipt.already_there),
        "feedPublished": receipt.map(|receipt| receipt.feed_published),
    })
}
