//! `onair tag`.

use serde_json::json;
use similar::{ChangeTag, TextDiff};

use super::args::{Format, Global, Tag};
use super::ui::term::Term;
use super::{Exit, Outcome};
use crate::audio::tag::{Line, Written};
use crate::pipeline::Error;
use crate::pipeline::tag_files::{Job, Prepared, prepare};
use crate::report::{self, counted};
use crate::rules::registry::AUDIO_SIZE;

pub fn run(global: &Global, args: &Tag, term: &Term) -> Outcome {
    let options = global.options();
    let mut prepared = prepare(&options, &args.episodes, args.dry_run)?;
    if args.dry_run {
        preview(&prepared.jobs, term);
        return finish(&prepared.refused, term);
    }
    let mut done = Vec::new();
    for job in &prepared.jobs {
        match job.write() {
            Ok(written) => {
                say(job, written, term);
                done.push((job.episode.clone(), job.path.clone(), written, job.bytes()));
            }
            Err(error) => prepared.refused.push(error),
        }
    }
    let changed = done.iter().filter(|(_, _, written, _)| *written != Written::Unchanged).count();
    let Prepared { ref refused, .. } = prepared;
    let refused = refused.clone();
    let fixed = if args.fix && !done.is_empty() {
        let episodes: Vec<_> = done.iter().map(|(episode, ..)| episode.clone()).collect();
        Some(prepared.fix(&episodes, &options)?)
    } else {
        None
    };
    if term.format() == Format::Json {
        let files: Vec<_> = done
            .iter()
            .map(|(episode, file, written, bytes)| {
                let changed = *written != Written::Unchanged;
                json!({ "episode": episode, "file": file, "changed": changed, "bytes": bytes })
            })
            .collect();
        let mended = fixed.as_ref().map_or(0, |fixed| fixed.edits);
        term.answer("tag", json!({ "dryRun": false, "files": files, "mended": mended }));
    } else if !done.is_empty() {
        let (files, same) =
            (counted(changed, "file"), format!("{} unchanged", done.len() - changed));
        term.say(&format!("Tagged {files}, {same}"));
    }
    let unset = fixed.iter().flat_map(|fixed| &fixed.left);
    for finding in unset.filter(|finding| finding.rule.id == AUDIO_SIZE.id) {
        term.say(&format!(
            "{}: `size` was not set, because its audio is damaged: `onair check` says how",
            finding.path
        ));
    }
    if let Some(fixed) = fixed.filter(|fixed| fixed.edits > 0) {
        let (values, files) = (counted(fixed.edits, "value"), counted(fixed.files.len(), "file"));
        term.say(&format!("Fixed {values} in {files}"));
    }
    finish(&refused, term)
}

fn say(job: &Job, written: Written, term: &Term) {
    match written {
        Written::Replaced { bytes } => {
            term.say(&format!("  {} tagged ({})", job.path, report::bytes(bytes)));
        }
        Written::Unchanged if term.verbose() => term.say(&format!("  {} unchanged", job.path)),
        Written::Unchanged => {}
    }
}

/// Says what could not be tagged, and ends with the gravest class of these.
fn finish(refused: &[Error], term: &Term) -> Outcome {
    for error in refused {
        term.failure(&error.message, error.help.as_deref());
    }
    match refused.iter().map(|error| error.class).max() {
        None => Ok(Exit::Fine),
        Some(class) => {
            let files = counted(refused.len(), "file");
            Err(Error::new(class, format!("{files} could not be tagged")))
        }
    }
}

/// What each MP3 says, and what it would say.
fn preview(jobs: &[Job], term: &Term) {
    let described = jobs.iter().map(|job| (job, job.says(), job.would_say()));
    if term.format() == Format::Json {
        let lines = |lines: &[Line]| -> Vec<_> {
            lines.iter().map(|line| json!({ "id": line.id, "text": line.text })).collect()
        };
        let files: Vec<_> = described
            .map(|(job, is, would)| {
                json!({ "episode": job.episode, "file": job.path, "bytes": job.bytes(), "is": lines(&is), "wouldBe": lines(&would) })
            })
            .collect();
        term.answer("tag", json!({ "dryRun": true, "files": files }));
        return;
    }
    for (job, is, would) in described {
        let text = |lines: &[Line]| -> String {
            lines.iter().map(|line| format!("{} {}\n", line.id, line.text)).collect()
        };
        let (is, would) = (text(&is), text(&would));
        let diff = TextDiff::from_lines(&is, &would);
        term.data(&format!("{} ({})\n", job.path, job.episode));
        for change in diff.iter_all_changes() {
            let mark = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            term.data(&format!("{mark} {change}"));
        }
    }
}
