//! `onair release`: check, read what is published, plan, print; then, unless it is a dry run, carry
//! out the very plan that was printed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::args::{Format, Global, Release};
use super::progress::Progress;
use super::term::Term;
use super::{Exit, Failure, Outcome, check, edition, gather, target};
use crate::plan::{self, Allow, Guard, Overrides, Plan};
use crate::release::{self, Cancel, ErrorClass, Owner, Receipt, ReleaseError, Run};
use crate::report::{self, Counts, counted, json};
use crate::rules::Severity;
use crate::store::Store;

pub fn run(global: &Global, args: &Release, term: &Term) -> Outcome {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        Failure::new(Exit::Target, format!("no threads can be started: {error}"))
    })?;
    runtime.block_on(release(global, args, term))
}

async fn release(global: &Global, args: &Release, term: &Term) -> Outcome {
    let allow = overrides(&args.allow)?;
    let now = args.now.unwrap_or_else(Timestamp::now);
    let show = gather::show(global)?;
    let depth = gather::release_depth(&show);
    let mut gathered = gather::gather(show, depth);
    let feed = format!(
        "{}{}",
        gathered.show.settings.site_prefix(),
        gathered.show.settings.site.feed.get_ref()
    );
    let feed = crate::object::Key::new(feed)
        .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let store = target::open(global, &gathered.show.settings).await?;
    let mut published = release::read_published(store.as_ref(), &feed).await.map_err(stopped)?;
    if args.repair {
        release::audit(store.as_ref(), &mut published, run_limits().others)
            .await
            .map_err(target::failed)?;
    }
    gathered.prove(published.record.as_ref());

    let findings = check::find(&gathered);
    let wrong: Vec<_> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
    if !wrong.is_empty() {
        check::report(&wrong, &gathered, term);
        let counts = Counts { errors: wrong.len(), ..Counts::default() };
        return Err(Failure::new(Exit::Findings, format!("{counts}: nothing was published")));
    }

    let name = store.name();
    let mut taken = BTreeSet::new();
    let receipt = loop {
        let record = published.record.as_ref();
        let edition = edition::build(&gathered, record, &allow, &taken, now)?;
        let plan = match plan::plan(edition, &published, &allow) {
            Ok(plan) => plan,
            Err(guards) => return Err(refused(&guards, term)),
        };
        if term.format() == Format::Json && args.dry_run {
            term.data(&format!("{:#}\n", plan_json(&plan, &name)));
        } else if taken.is_empty() {
            say_plan(&plan, &name, args.dry_run, term);
        }
        if args.dry_run || plan.nothing_to_do() {
            return Ok(Exit::Fine);
        }
        match carry_out(&plan, store.as_ref(), term).await {
            Ok(receipt) => break receipt,
            // A release that was cut off left other audio there, which nobody knows of. It stays.
            Err(ReleaseError::Taken { key, .. }) if !taken.contains(&key) => {
                term.say(&format!("  {key} is taken; the audio goes beside it"));
                taken.insert(key);
            }
            Err(error) => return Err(stopped(error)),
        }
    };
    say_receipt(&receipt, &gathered.show.settings.feed_url(), term);
    Ok(Exit::Fine)
}

fn run_limits() -> release::Limits {
    release::Limits::default()
}

/// Carries the plan out, and stops between two steps when Ctrl-C is pressed.
pub async fn carry_out(
    plan: &Plan,
    store: &dyn Store,
    term: &Term,
) -> Result<Receipt, ReleaseError> {
    let owner = Owner::this_process(who());
    let cancel = Cancel::default();
    let progress = Progress::new(plan, term);
    let run = Run::new(store, &owner, &progress, &cancel);
    let work = release::execute(plan, &run);
    tokio::pin!(work);
    let outcome = loop {
        tokio::select! {
            outcome = &mut work => break outcome,
            Ok(()) = tokio::signal::ctrl_c(), if !cancel.is_cancelled() => cancel.cancel(),
        }
    };
    progress.finish();
    outcome
}

/// Who makes the release, as records and locks name it.
fn who() -> String {
    let var = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let (Some(server), Some(repository), Some(run)) =
        (var("GITHUB_SERVER_URL"), var("GITHUB_REPOSITORY"), var("GITHUB_RUN_ID"))
    {
        return format!("{server}/{repository}/actions/runs/{run}");
    }
    let user = var("USER").or_else(|| var("LOGNAME")).unwrap_or_else(|| "somebody".to_owned());
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .map(|name| name.trim().to_owned());
    match host.or_else(|| var("HOSTNAME")) {
        Some(host) => format!("{user}@{host}"),
        None => user,
    }
}

/// What a host permits with `--allow`.
pub fn overrides(given: &[String]) -> Result<Overrides, Failure> {
    given
        .iter()
        .map(|text| {
            text.parse::<Allow>()
                .map_err(|error| Failure::new(Exit::Usage, format!("--allow {text}: {error}")))
        })
        .collect()
}

/// Why a release stopped, with the exit code of its class.
pub fn stopped(error: ReleaseError) -> Failure {
    let exit = match error.class() {
        ErrorClass::Target => Exit::Target,
        ErrorClass::Stopped | ErrorClass::Host => Exit::Stopped,
    };
    let help = error.help();
    Failure { exit, message: error.to_string(), help }
}

fn refused(guards: &[Guard], term: &Term) -> Failure {
    for guard in guards {
        let place = guard.source.as_deref().or(guard.episode.as_deref()).unwrap_or("feed");
        term.failure(
            &format!("{place}: {guard}"),
            guard
                .allow
                .as_ref()
                .map(|allow| format!("if this is meant, release with --allow {allow}"))
                .as_deref(),
        );
    }
    Failure::new(
        Exit::Stopped,
        format!("stopped by {}: nothing was published", counted(guards.len(), "guard")),
    )
}

fn say_plan(plan: &Plan, name: &str, dry: bool, term: &Term) {
    if plan.nothing_to_do() {
        term.say(&format!(
            "Nothing to do: {name} is up to date ({})",
            counted(plan.unchanged.len() + 1, "object")
        ));
        return;
    }
    let verb = if dry { "Would publish" } else { "Publishing" };
    term.say(&format!("{verb} to {name}"));
    let mut small: BTreeMap<(crate::object::Kind, plan::Reason), usize> = BTreeMap::new();
    for (object, reason) in plan.steps() {
        let large = matches!(object.kind, crate::object::Kind::Audio | crate::object::Kind::Feed);
        if large || term.verbose() {
            term.say(&format!(
                "  + {} ({reason}, {})",
                object.key,
                report::bytes(object.body.len())
            ));
        } else {
            *small.entry((object.kind, reason)).or_default() += 1;
        }
    }
    for ((kind, reason), count) in small {
        term.say(&format!("  + {} ({reason})", counted(count, kind.as_str())));
    }
    term.say(&format!("Feed: {}", plan.diff));
    let steps = plan.steps().count();
    term.say(&format!(
        "Plan: {} to send, {}, {} unchanged",
        counted(steps, "object"),
        report::bytes(plan.bytes()),
        plan.unchanged.len()
    ));
}

fn plan_json(plan: &Plan, name: &str) -> serde_json::Value {
    let steps: Vec<_> = plan
        .steps()
        .map(|(object, reason)| serde_json::json!({ "key": object.key, "kind": object.kind, "reason": reason, "bytes": object.body.len() }))
        .collect();
    serde_json::json!({
        "version": json::VERSION,
        "command": "release",
        "dryRun": true,
        "target": name,
        "steps": steps,
        "bytes": plan.bytes(),
        "unchanged": plan.unchanged.len(),
        "feed": plan.diff.to_string(),
    })
}

fn say_receipt(receipt: &Receipt, feed: &str, term: &Term) {
    let number = receipt
        .number
        .map_or_else(|| "The manifest".to_owned(), |number| format!("Release {number}"));
    let mut line = format!(
        "{number} is published: {} sent ({})",
        counted(receipt.sent, "object"),
        report::bytes(receipt.bytes)
    );
    if receipt.already_there > 0 {
        line.push_str(&format!(", {} there already", receipt.already_there));
    }
    term.say(&line);
    if receipt.feed_published {
        term.say(&format!("Feed: {feed}"));
    }
}
