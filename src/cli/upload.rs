//! `onair upload`: sends audio, checked and tagged, ahead of the release that will name it. That
//! release then needs no audio, only the proof that it is there.

use jiff::Timestamp;
use serde_json::json;

use super::args::{Format, Global, Upload};
use super::edition::{self, Local};
use super::gather::{self, Gathered};
use super::proof::{self, Place};
use super::release::running;
use super::target::{self, Seen};
use super::term::Term;
use super::{Exit, Failure, Outcome, block_on, check, stop};
use crate::model::object::{Key, Object};
use crate::release::{self, Delivery};
use crate::report::{self, Counts, counted};
use crate::rules::{Evidence, Finding, Severity};
use crate::show::Episode;

pub fn run(global: &Global, args: &Upload, term: &Term) -> Outcome {
    block_on(upload(global, args, term))
}

async fn upload(global: &Global, args: &Upload, term: &Term) -> Outcome {
    stop::end_until_something_is_written(term);
    let show = gather::show(global)?;
    let wanted = check::select(&show, &args.episodes)?;
    let drafts = show.episodes.iter().filter(|episode| episode.is_draft());
    if let Some(draft) = drafts.into_iter().find(|episode| wanted.contains(&episode.source.path)) {
        return Err(Failure::new(Exit::Usage, format!("{} is a draft", draft.source.path)).help(
            "a draft is not checked, and what is not checked is not sent: take `draft` out",
        ));
    }
    let depth = gather::release_depth(&show);
    let mut gathered =
        gather::gather_only(show, depth, |episode| wanted.contains(&episode.source.path));
    let Seen { target, published, .. } = target::read(global, &gathered.show.settings).await?;
    let store = target.store.as_ref();
    proof::prove(&mut gathered, published.record.as_ref(), &target).await?;
    proof::say(&gathered, term);

    let wrong = errors(&gathered, &wanted);
    if !wrong.is_empty() {
        check::report("upload", &wrong, &gathered, term);
        let counts = Counts { errors: wrong.len(), ..Counts::default() };
        return Err(Failure::new(Exit::Findings, format!("{counts}: nothing was sent")));
    }

    let episodes = gathered.show.episodes.iter();
    let jobs = episodes
        .filter(|episode| wanted.contains(&episode.source.path))
        .map(|episode| Job::of(&gathered, episode))
        .collect::<Result<Vec<_>, _>>()?;
    let objects = || jobs.iter().filter_map(|job| job.object.as_ref());
    let bytes = objects().map(|object| object.body.len()).sum();
    let name = store.name();
    if args.dry_run {
        say(&jobs, &name, true, term);
        return Ok(Exit::Fine);
    }
    let mut sent = 0;
    running(store, bytes, term, async |run| {
        for object in objects() {
            if release::send_ahead(object, run).await? == Delivery::Sent {
                sent += 1;
            }
        }
        Ok(())
    })
    .await?;
    say(&jobs, &name, false, term);
    if term.format() == Format::Human {
        let there = jobs.len() - sent;
        let size = report::bytes(bytes);
        term.say(&format!("Sent {} ({size}), {there} there already", counted(sent, "file")));
    }
    Ok(Exit::Fine)
}

/// What stands in the way of these episodes; what is wrong elsewhere is for the release to say.
fn errors(gathered: &Gathered, wanted: &[String]) -> Vec<Finding> {
    let audio: Vec<&str> = gathered
        .audio
        .values()
        .filter_map(|evidence| match evidence {
            Evidence::Probed { path, .. } => Some(path.as_str()),
            _ => None,
        })
        .collect();
    let mut findings = check::find(gathered, Timestamp::now());
    findings.retain(|finding| {
        finding.severity == Severity::Error
            && (wanted.contains(&finding.path) || audio.contains(&finding.path.as_str()))
    });
    findings
}

/// An episode's audio, and what is to be sent of it.
struct Job<'a> {
    episode: &'a Episode,
    key: Key,
    /// Nothing if it is there already.
    object: Option<Object>,
}

impl<'a> Job<'a> {
    fn of(gathered: &Gathered, episode: &'a Episode) -> Result<Self, Failure> {
        let path = &episode.source.path;
        let nothing = || Failure::new(Exit::Findings, format!("{path}: there is no audio to send"));
        match (gathered.places.get(path), gathered.audio.get(path)) {
            (Some(Place::There(known)), _) => {
                Ok(Self { episode, key: known.key.clone(), object: None })
            }
            (Some(Place::Free(key)), Some(Evidence::Probed { path, probe, .. })) => {
                let local = Local::of(gathered, path, probe)?.ok_or_else(nothing)?;
                let audio = edition::new_audio(gathered, episode, &local, key.clone())?;
                Ok(Self { episode, key: audio.key, object: audio.object })
            }
            _ => Err(nothing()),
        }
    }
}

fn say(jobs: &[Job<'_>], name: &str, dry: bool, term: &Term) {
    if term.format() == Format::Json {
        let files: Vec<_> = jobs
            .iter()
            .map(|job| {
                let bytes = job.object.as_ref().map(|object| object.body.len());
                json!({ "episode": job.episode.source.path, "key": job.key, "there": bytes.is_none(), "bytes": bytes })
            })
            .collect();
        let value = json!({
            "version": report::json::VERSION,
            "command": "upload",
            "dryRun": dry,
            "target": name,
            "files": files,
        });
        term.json(&value);
        return;
    }
    for job in jobs {
        match &job.object {
            None => term.say(&format!("  {} is there already", job.key)),
            Some(object) if dry => {
                let size = report::bytes(object.body.len());
                term.say(&format!("  {} would be sent ({size})", job.key));
            }
            Some(_) => {}
        }
    }
}
