//! The checks: from a show and what its audio says to findings. Pure.
//!
//! One family of rules a file; [`registry`] holds every rule's id, weight and reason. [`check`] runs
//! them all, then lets the host's settings have their say.

pub mod audio;
mod bit_rate;
pub mod chapters;
mod damage;
mod dates;
mod direction;
pub mod finding;
mod habits;
pub mod notes;
pub mod picture;
pub mod pictures;
mod placeholder;
mod reading;
pub mod registry;
mod series;
mod shorten;
pub mod show;
pub mod sound;
pub mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use rayon::prelude::*;

pub use audio::Evidence;
pub use finding::{Finding, Fix, Related};
pub use registry::{RULES, Rule, Severity};

use crate::audio::Content;
use crate::show::read::{EPISODES, Other};
use crate::show::settings::{Allowance, RuleSetting};
use crate::show::{Episode, Given, Show, files, waiting};

/// All that the rules look at.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What the host wrote.
    pub show: &'a Show,
    /// What is known of each episode's audio, by the episode file's path.
    pub audio: &'a BTreeMap<String, Evidence>,
    /// MP3s in the audio folder that no episode names, as paths below the show's folder.
    pub unused_audio: &'a [String],
    /// The artwork.
    pub artwork: &'a show::Artwork,
    /// What was heard of audio, where somebody listened.
    pub heard: &'a sound::Ears,
    /// Findings of stages with a knowledge of their own: chapters, transcripts, pictures.
    pub others: Vec<Finding>,
    /// The present instant.
    pub now: Timestamp,
}

/// An episode as the rules on all episodes see it.
#[derive(Debug, Clone, Copy)]
struct Member<'a> {
    /// The episode.
    episode: &'a Episode,
    /// Whether the MP3, or the target's record of it, agrees with the front matter.
    proved: bool,
    /// Whether its audio stands outside of the target: all that is known of it is the front matter.
    elsewhere: bool,
}

/// So many episodes are judged before their findings are gathered.
const JUDGED_AT_ONCE: usize = 4096;

/// Every finding, sorted by file and place.
pub fn check(facts: Facts<'_>) -> Vec<Finding> {
    let Facts { show, audio, unused_audio, artwork, heard, others, now } = facts;
    let mut findings = others;
    show::settings(&show.settings, &show.settings_source, artwork, &mut findings);
    placeholder::settings(show, &mut findings);
    findings.extend(show.unreadable.iter().map(text::unreadable));
    findings.extend(show.others.iter().filter(nobody_names(show)).map(reading::other));
    reading::foreign(show.episodes.iter(), &mut findings);
    let in_small_letters = audio::in_small_letters(unused_audio);
    let judge = |episode| {
        let mut findings = Vec::new();
        text::episode(&show.settings, episode, &mut findings);
        notes::episode(&show.settings, episode, &mut findings);
        placeholder::episode(&show.settings, episode, &mut findings);
        let evidence = audio.get(&episode.source.path);
        let proved = audio::judge(episode, evidence, &mut findings) == audio::Verdict::Proved;
        audio::soundbites(episode, evidence, &mut findings);
        if let Some(Evidence::Probed { path, probe, .. }) = evidence
            && let Content::Mp3(mp3) = &probe.content
            && matches!(episode.chapters, Given::Missing | Given::Empty(_))
            && !show.settings.show.chapters_from_notes
        {
            findings.extend(chapters::of_tag(path, mp3));
        }
        if waiting::waits(&show.settings, episode, now) {
            audio::not_needed_yet(&mut findings);
        }
        if let Some(Evidence::Absent { path }) = evidence {
            audio::meant(path, &in_small_letters, &mut findings);
        }
        let elsewhere = matches!(evidence, Some(Evidence::Recorded(audio)) if audio.is_elsewhere());
        (findings, Member { episode, proved, elsewhere })
    };
    // A few thousand at a time: their lists of findings take more room than the findings.
    let mut members = Vec::with_capacity(show.episodes.len());
    for episodes in show.episodes.chunks(JUDGED_AT_ONCE) {
        let episodes = episodes.par_iter().filter(|episode| !episode.is_draft());
        for (found, member) in episodes.map(judge).collect::<Vec<_>>() {
            findings.extend(found);
            members.push(member);
        }
    }
    feed_weight(show, &mut findings);
    series::series(&show.settings, &members, now, &mut findings);
    findings.extend(unused_audio.iter().map(|path| audio::unused(path)));
    sound::judge(show, heard, &mut findings);
    with_settings(show, audio, heard, &mut findings);
    findings.sort_by(Finding::order);
    findings.shrink_to_fit();
    findings
}

/// Tells files that no episode names, as it does a transcript, from those that one does.
fn nobody_names(show: &Show) -> impl FnMut(&&Other) -> bool {
    let episodes = show.episodes.par_iter().filter(|_| !show.others.is_empty());
    let named = episodes.flat_map_iter(files::of_episode).flat_map_iter(|file| file.candidates);
    let named: BTreeSet<String> = named.collect();
    move |other| !named.contains(&other.path)
}

/// More items than some apps read, and more bytes.
const MANY: usize = 500;
const HEAVY: usize = 1_000_000;

/// A feed that lists everything grows; its texts are most of its weight.
fn feed_weight(show: &Show, findings: &mut Vec<Finding>) {
    let listed = || show.episodes.iter().filter(|episode| !episode.is_draft());
    let (count, bytes) = (listed().count(), listed().map(|it| it.source.text.len()).sum::<usize>());
    if show.settings.site.feed_limit.is_none() && (count > MANY || bytes > HEAVY) {
        let message = format!("the feed lists {count} episodes, with {} kB of text", bytes / 1000);
        findings.push(
            Finding::on_file(&registry::FEED_WEIGHT, &show.settings_source.path, message)
                .help("set `feed-limit` in [site]: older episodes go to archive pages of the feed"),
        );
    }
}

/// An episode's file as an allowance names it.
fn below_episodes(path: &str) -> Option<&str> {
    path.strip_prefix(EPISODES)?.strip_prefix('/')
}

/// The host's say: severities, and findings that are known and accepted.
fn with_settings(
    show: &Show,
    audio: &BTreeMap<String, Evidence>,
    heard: &sound::Ears,
    findings: &mut Vec<Finding>,
) {
    let settings = &show.settings;
    let source = &show.settings_source;
    let mut used = BTreeSet::new();
    let mut allowed: HashMap<(&str, &str), usize> = HashMap::new();
    for (at, allowance) in settings.allow.iter().enumerate() {
        let what = (allowance.rule.get_ref().as_str(), allowance.episode.get_ref().as_str());
        allowed.entry(what).or_insert(at);
    }
    // What is wrong with an MP3 is accepted for an episode that names it.
    let mut owners: HashMap<&str, Vec<&str>> = HashMap::new();
    for (episode, evidence) in audio.iter().filter(|_| !allowed.is_empty()) {
        if let Some(file) = evidence.path() {
            owners.entry(file).or_default().extend(below_episodes(episode));
        }
    }
    let set: HashMap<&str, &RuleSetting> =
        settings.rules.iter().map(|(id, set)| (id.get_ref().as_str(), set.get_ref())).collect();
    findings.retain_mut(|finding| {
        let theirs = owners.get(finding.path.as_str()).into_iter().flatten().copied();
        let mut episodes = below_episodes(&finding.path).into_iter().chain(theirs);
        if let Some(at) = episodes.find_map(|path| allowed.get(&(finding.rule.id, path))) {
            used.insert(*at);
            return false;
        }
        match set.get(finding.rule.id) {
            Some(RuleSetting::Off) => return false,
            Some(RuleSetting::Error) => finding.severity = Severity::Error,
            Some(RuleSetting::Warning) => finding.severity = Severity::Warning,
            Some(RuleSetting::Note) => finding.severity = Severity::Note,
            None => {}
        }
        true
    });
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let named = settings.rules.keys().chain(settings.allow.iter().map(|allowance| &allowance.rule));
    for id in named.filter(|id| !ids.contains(&id.get_ref().as_str())) {
        let message = format!("there is no rule `{}`", id.get_ref());
        let finding = Finding::at(&registry::UNKNOWN_RULE, source, id.span(), message);
        findings.push(match crate::show::words::nearest(id.get_ref(), &ids) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("`onair explain` lists all rules"),
        });
    }
    for (at, allowance) in settings.allow.iter().enumerate() {
        if !can_tell(allowance, audio, heard) {
            continue;
        }
        if !used.contains(&at) && ids.contains(&allowance.rule.get_ref().as_str()) {
            let message = format!(
                "nothing to allow: {} keeps `{}`",
                allowance.episode.get_ref(),
                allowance.rule.get_ref()
            );
            findings.push(
                Finding::at(&registry::UNUSED_ALLOWANCE, source, allowance.rule.span(), message)
                    .help("take this [[allow]] out"),
            );
        }
    }
}

/// Whether it is known that an allowance allows nothing: not where only listening can tell, or only an
/// MP3 that is not at hand.
fn can_tell(
    allowance: &Allowance,
    audio: &BTreeMap<String, Evidence>,
    heard: &sound::Ears,
) -> bool {
    let (rule, path) = (allowance.rule.get_ref(), allowance.episode.get_ref());
    let path = format!("{EPISODES}/{path}");
    if sound::RULES.iter().any(|by_ear| by_ear.id == rule) {
        return heard.get(&path).is_some_and(|heard| heard.is_asked);
    }
    let by_file = damage::rules().iter().any(|by_file| by_file.id == rule);
    !by_file || matches!(audio.get(&path), Some(Evidence::Probed { .. }))
}

#[cfg(test)]
mod tests;
