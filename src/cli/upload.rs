//! `onair upload`.

use jiff::Timestamp;
use serde_json::json;

use super::args::{Format, Global, Upload};
use super::ui::carry_out::{running, say_proofs, stopped_by};
use super::ui::stop;
use super::ui::term::Term;
use super::{Exit, Outcome, block_on};
use crate::pipeline::upload::{Job, carry_out, prepare};
use crate::report::{self, counted};

pub fn run(global: &Global, args: &Upload, term: &Term) -> Outcome {
    block_on(upload(global, args, term))
}

async fn upload(global: &Global, args: &Upload, term: &Term) -> Outcome {
    stop::end_until_something_is_written(term);
    let prepared = prepare(&global.options(), &args.episodes, Timestamp::now()).await?;
    say_proofs(&prepared.checkout, &prepared.located, term);
    if !prepared.findings.is_empty() {
        return Err(stopped_by(prepared.findings, &prepared.checkout, "upload", "sent", term));
    }
    let jobs = &prepared.jobs;
    let store = prepared.target.store.as_ref();
    let name = store.name();
    if args.dry_run {
        say(jobs, &name, true, term);
        return Ok(Exit::Fine);
    }
    let objects = jobs.iter().filter_map(|job| job.object.as_ref());
    let bytes = objects.map(|object| object.body.len()).sum();
    let sent = running(store, bytes, term, async |run| carry_out(jobs, run).await).await?;
    say(jobs, &name, false, term);
    if term.format() == Format::Human {
        let there = jobs.len() - sent;
        let size = report::bytes(bytes);
        term.say(&format!("Sent {} ({size}), {there} there already", counted(sent, "file")));
    }
    Ok(Exit::Fine)
}

fn say(jobs: &[Job], name: &str, dry: bool, term: &Term) {
    if term.format() == Format::Json {
        let files: Vec<_> = jobs
            .iter()
            .map(|job| {
                let bytes = job.object.as_ref().map(|object| object.body.len());
                json!({ "episode": job.episode, "key": job.key, "there": bytes.is_none(), "bytes": bytes })
            })
            .collect();
        let body = json!({
            "dryRun": dry,
            "target": name,
            "files": files,
        });
        term.answer("upload", body);
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
