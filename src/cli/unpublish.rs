//! `onair unpublish`: says what goes, asks, and takes it away.

use jiff::Timestamp;

use super::args::{Global, Unpublish};
use super::exit::unasked;
use super::ui::carry_out::{Named, running, say_afterwards, say_of_versions, stopped_by};
use super::ui::listening::ListeningProgress;
use super::ui::stop;
use super::ui::term::Term;
use super::{Exit, Outcome, block_on};
use crate::pipeline::post_release::after_removal;
use crate::pipeline::release::Preparation;
use crate::pipeline::unpublish::{UnpublishOptions, prepare, remove, write_drafts};
use crate::report::{bytes, counted};

pub fn run(global: &Global, args: &Unpublish, term: &Term) -> Outcome {
    block_on(unpublish(global, args, term))
}

async fn unpublish(global: &Global, args: &Unpublish, term: &Term) -> Outcome {
    stop::end_until_something_is_written(term);
    let options = global.options();
    let asked = UnpublishOptions {
        episodes: args.episodes.clone(),
        keep_files: args.keep_files,
        dry_run: args.dry_run,
        now: args.now.unwrap_or_else(Timestamp::now),
    };
    let prepared = prepare(&options, &asked, &ListeningProgress::new(term)).await?;
    let (release, files) = (prepared.release, prepared.files);
    let name = release.target.store.name();
    let mut named = Named {
        command: "unpublish",
        target: &name,
        dry: true,
        root: &options.root,
        note: release.note,
        removes: &files,
    };
    let mut plan = match release.outcome {
        Preparation::Findings => {
            return Err(stopped_by(
                release.findings,
                &release.checkout,
                "unpublish",
                "published",
                term,
            ));
        }
        Preparation::Guards(guards) => return Err(named.refused(&guards, term)),
        Preparation::Plan(plan) => plan,
    };
    // What is removed is told below.
    plan.left.retain(|left| left.keys.iter().any(|key| files.iter().all(|(it, _)| it != key)));
    named.show(&plan, term);
    for path in prepared.drafts.keys() {
        term.say(&format!("To be written: `draft: true` in {path}"));
    }
    if !files.is_empty() {
        term.say("To be removed for good (a rollback cannot bring it back):");
    }
    for (key, length) in &files {
        term.say(&format!("  - {key} ({})", bytes(*length)));
    }
    let (target, settings) = (&release.target, &release.checkout.show.settings);
    if !args.dry_run && (args.yes || term.confirmed("Take it down?")) {
        named.dry = false;
        write_drafts(&options, &prepared.drafts)?;
        named.execute(&plan, &options, target, settings, term).await?;
        let store = target.store.as_ref();
        running(store, 0, term, async |run| remove(&files, run).await).await?;
        if !files.is_empty() {
            term.say(&format!("Removed: {}", counted(files.len(), "file")));
            say_of_versions(store, term);
        }
        let removed = files.iter().map(|(key, _)| key);
        let told = after_removal(&options, target, settings, removed, Timestamp::now()).await;
        say_afterwards(told.as_slice(), term);
        return Ok(Exit::Fine);
    }
    named.execute(&plan, &options, target, settings, term).await?;
    term.say("Nothing was taken down; `--yes` does it without a question.");
    Ok(if args.dry_run { Exit::Fine } else { unasked(term) })
}
