//! `onair prune`: shows what no recent release names, asks, and removes it.

use serde_json::json;

use super::args::{Format, Global, Prune};
use super::exit::unasked;
use super::ui::carry_out::{running, say_of_versions};
use super::ui::stop;
use super::ui::term::Term;
use super::{Exit, Outcome, block_on};
use crate::pipeline::prune::{Prepared, carry_out, prepare};
use crate::release;
use crate::report::{self, counted};

/// As many objects that are left alone are named.
const NAMED: usize = 3;

pub fn run(global: &Global, args: &Prune, term: &Term) -> Outcome {
    block_on(prune(global, args, term))
}

async fn prune(global: &Global, args: &Prune, term: &Term) -> Outcome {
    stop::end_until_something_is_written(term);
    let Prepared { target, plan } = prepare(&global.options(), args.keep).await?;
    let store = target.store.as_ref();
    let plan = match plan {
        Some(plan) => plan,
        None if term.format() == Format::Human => {
            term.say(&format!("Nothing is published in {} yet", store.name()));
            return Ok(Exit::Fine);
        }
        None => release::Prune::default(),
    };
    say_plan(&plan, &store.name(), term);
    let wanted = !plan.is_empty() && !args.dry_run;
    let question = format!("Remove {}?", counted(plan.objects.len() + plan.state.len(), "object"));
    // Too many: asking would be for nothing.
    let asked = wanted && !args.yes && plan.objects.len() <= args.most;
    let goes = wanted && (!asked || term.confirmed(&question));
    if goes {
        running(store, 0, term, async |run| carry_out(&plan, args.most, run).await).await?;
        let freed = if store.keeps_versions() { "" } else { " freed" };
        term.say(&format!("Removed: {}{freed}", report::bytes(plan.bytes())));
        say_of_versions(store, term);
    } else if !plan.is_empty() {
        term.say("Nothing was removed; `onair prune --yes` removes it.");
    }
    if term.format() == Format::Json {
        let listed = |group: &[crate::store::Listed]| -> Vec<_> {
            group.iter().map(|it| json!({ "key": it.key, "bytes": it.bytes })).collect()
        };
        let body = json!({
            "target": store.name(),
            "keep": args.keep,
            "kept": plan.kept,
            "objects": listed(&plan.objects),
            "records": listed(&plan.state),
            "bytes": plan.bytes(),
            "unknown": plan.unknown.len(),
            "unknown_objects": listed(&plan.unknown),
            "removed": goes,
        });
        term.answer("prune", body);
    }
    Ok(if asked && !goes { unasked(term) } else { Exit::Fine })
}

fn say_plan(plan: &release::Prune, name: &str, term: &Term) {
    let kept = counted(plan.kept.len(), "release");
    if plan.is_empty() {
        term.say(&format!("Nothing to remove from {name}: {kept} kept"));
    } else {
        term.say(&format!("No longer needed in {name} ({kept} kept)"));
        for it in &plan.objects {
            term.say(&format!("  - {} ({})", it.key, report::bytes(it.bytes)));
        }
        let bytes = plan.state.iter().map(|it| it.bytes).sum();
        if !plan.state.is_empty() {
            let records = counted(plan.state.len(), "record");
            term.say(&format!("  - {records} of earlier releases ({})", report::bytes(bytes)));
        }
    }
    if !plan.unknown.is_empty() {
        let unknown = counted(plan.unknown.len(), "object");
        term.say(&format!("{unknown} that no release has named: left alone"));
        let most = if term.verbose() { usize::MAX } else { NAMED };
        for it in plan.unknown.iter().take(most) {
            term.say(&format!("  {} ({})", it.key, report::bytes(it.bytes)));
        }
        if let Some(more) = plan.unknown.len().checked_sub(most).filter(|more| *more > 0) {
            term.say(&format!("  and {more} more: -v names them"));
        }
    }
}
