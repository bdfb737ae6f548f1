//! `upload`: sends audio, checked and tagged, ahead of the release that will name it. That release
//! then needs no audio, only the proof that it is there.

use std::collections::HashSet;

use jiff::Timestamp;

use super::check::{files_of, find, select};
use super::evidence;
use super::local::{self, Local};
use super::locate::{Located, locate, renew};
use super::target::{self, Seen, Target};
use super::waveforms::Waveforms;
use super::{Checkout, Class, Error, Options};
use crate::model::object::{Key, Object};
use crate::plan::placement::Placement;
use crate::release::{self, Delivery, Run};
use crate::rules::sound::Ears;
use crate::rules::{Finding, Severity};
use crate::show::{Episode, waiting};
use crate::store::published::Standing;

/// Audio that is to be sent, or what keeps it from being.
pub struct Prepared {
    /// The show.
    pub checkout: Checkout,
    /// Where its audio stands.
    pub located: Located,
    /// Where it goes.
    pub target: Target,
    /// What is wrong with these episodes at error level; what is wrong elsewhere is for the release
    /// to say.
    pub findings: Vec<Finding>,
    /// What is to be done; empty if there are findings.
    pub jobs: Vec<Job>,
}

/// An episode's audio, and what of it must be sent.
pub struct Job {
    /// The episode's file.
    pub episode: String,
    /// Where the audio stands in the target.
    pub key: Key,
    /// Nothing if it is there already.
    pub object: Option<Object>,
}

/// Checks the audio of these episodes, and tags it in memory. Nothing is sent.
///
/// # Errors
/// If the show or the target cannot be read, an episode is not there or a draft, or has no audio.
pub async fn prepare(
    options: &Options,
    episodes: &[String],
    now: Timestamp,
) -> Result<Prepared, Error> {
    let checkout = Checkout::load(&options.root)?;
    let wanted = select(&checkout.show, episodes)?;
    let is_wanted = |episode: &&Episode| wanted.contains(&episode.source.path);
    let all = &checkout.show.episodes;
    if let Some(draft) = all.iter().find(|episode| episode.is_draft() && is_wanted(episode)) {
        return Err(Error::usage(format!("{} is a draft", draft.source.path)).help(
            "a draft is not checked, and what is not checked is not sent: take `draft` out",
        ));
    }
    let depth = evidence::release_depth(&checkout);
    let looked = evidence::look_at(&checkout, depth, |episode| is_wanted(&episode));
    let Seen { target, published, .. } = target::read(options, &checkout.show.settings).await?;
    let waits = |episode: &Episode| waiting::waits(&checkout.show.settings, episode, now);
    let record = published.record.as_ref();
    let mut located = locate(&checkout, looked, record, &target, waits).await?;
    if published.standing != Standing::Foreign {
        let guids = record.iter().flat_map(|record| &record.episodes);
        let guids: HashSet<&str> = guids.map(|known| known.guid.0.as_str()).collect();
        let named = |guid: &str| guids.contains(guid);
        let unnamed = all.iter().filter(|it| !it.effective_guid().is_some_and(named));
        renew(&checkout, &mut located, &target, unnamed).await?;
    }
    let findings = errors(&checkout, &located, &wanted, now);
    let jobs = if findings.is_empty() {
        let wanted = all.iter().filter(is_wanted);
        wanted.map(|episode| job(&checkout, &located, episode)).collect::<Result<_, _>>()?
    } else {
        Vec::new()
    };
    Ok(Prepared { checkout, located, target, findings, jobs })
}

fn errors(
    checkout: &Checkout,
    located: &Located,
    wanted: &[String],
    now: Timestamp,
) -> Vec<Finding> {
    let files = files_of(&checkout.show, &located.evidence, wanted);
    let mut findings = find(checkout, &located.evidence, &Ears::new(), now);
    findings.retain(|it| it.severity == Severity::Error && files.contains(&it.path));
    findings
}

fn job(checkout: &Checkout, located: &Located, episode: &Episode) -> Result<Job, Error> {
    let path = &episode.source.path;
    let nothing = || Error::new(Class::Findings, format!("{path}: there is no audio to send"));
    let (key, object) = match (located.placements.get(path), located.evidence.get(path)) {
        (Some(Placement::Standing(audio)), _) => (audio.key.clone(), None),
        (Some(Placement::Free(key)), Some(evidence)) => {
            let local = Local::of(checkout, evidence)?.ok_or_else(nothing)?;
            let (audio, object) = local::new_audio(checkout, episode, &local, key.clone())?;
            let (audio, object) = Waveforms::default().add(audio, Some(object));
            (audio.key, object)
        }
        _ => return Err(nothing()),
    };
    Ok(Job { episode: path.clone(), key, object })
}

/// Sends what must be sent; returns how many files it sent.
///
/// # Errors
/// Why it stopped; what was sent until then stays, and is not sent again.
pub async fn carry_out(jobs: &[Job], run: &Run<'_>) -> Result<usize, Error> {
    let mut sent = 0;
    for object in jobs.iter().filter_map(|job| job.object.as_ref()) {
        if release::send_ahead(object, run).await.map_err(target::stopped)? == Delivery::Sent {
            sent += 1;
        }
    }
    Ok(sent)
}
