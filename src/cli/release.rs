//! `onair release`: check, read what is published, plan, print; then, unless it is a dry run, carry
//! out the very plan that was printed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::args::{Format, Global, Release};
use super::gather::Gathered;
use super::progress::Progress;
use super::target::Seen;
use super::term::Term;
use super::{Exit, Failure, Outcome, actions, block_on, check, edition, gather, proof, target};
use crate::object::Kind;
use crate::plan::{self, Allow, Guard, Overrides, Plan};
use crate::release::{self, Cancel, ErrorClass, Limits, Owner, Receipt, ReleaseError, Run};
use crate::report::github::{Annotation, annotate};
use crate::report::{self, Counts, counted, summary};
use crate::rules::Severity;
use crate::show::Settings;
use crate::store::Store;

pub fn run(global: &Global, args: &Release, term: &Term) -> Outcome {
    block_on(release(global, args, term))
}

async fn release(global: &Global, args: &Release, term: &Term) -> Outcome {
    let allow = overrides(&args.allow)?;
    let now = args.now.unwrap_or_else(Timestamp::now);
    let show = gather::show(global)?;
    let depth = gather::release_depth(&show);
    let mut gathered = gather::gather(show, depth);
    let settings = &gathered.show.settings;
    let seen = if args.dry_run {
        target::see(global, settings).await?
    } else {
        // Who is to write must have been trusted to.
        let target = target::open(global, settings).await?;
        let feed = target::feed_key(settings)?;
        let read = release::read_published(target.store.as_ref(), &feed).await;
        Seen { target, published: read.map_err(stopped)?, note: None, only_the_feed: false }
    };
    let Seen { target, mut published, note, only_the_feed } = seen;
    let store = target.store.as_ref();
    if let Some(note) = &note {
        term.say(note);
    }
    // Whose feed it is cannot be seen.
    let allow = if only_the_feed { allow.with(Allow::ForeignFeed) } else { allow };
    if args.repair {
        release::audit(store, &mut published, Limits::default().others)
            .await
            .map_err(target::failed)?;
    }
    proof::prove(&mut gathered, published.record.as_ref(), &target).await?;
    proof::say(&gathered, term);

    let findings = check::find(&gathered, now);
    let wrong: Vec<_> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
    if !wrong.is_empty() {
        check::report("release", &wrong, &gathered, term);
        let counts = Counts { errors: wrong.len(), ..Counts::default() };
        return Err(Failure::new(Exit::Findings, format!("{counts}: nothing was published")));
    }

    let edition = edition::build(&gathered, &published.missing, now)?;
    let plan = match plan::plan(edition, &published, &allow) {
        Ok(plan) => plan,
        Err(guards) => return Err(refused(&guards, &gathered, &store.name(), args.dry_run, term)),
    };
    say_plan(&plan, &store.name(), args.dry_run, term);
    let receipt = if args.dry_run {
        None
    } else if plan.nothing_to_do() {
        Some(Receipt { unchanged: plan.unchanged.len(), ..Receipt::default() })
    } else {
        let receipt = carry_out(&plan, store, term).await?;
        say_receipt(&receipt, &gathered.show.settings.feed_url(), term);
        Some(receipt)
    };
    if term.format() == Format::Json {
        let value = outcome_json(&plan, receipt.as_ref(), &store.name());
        term.data(&format!("{value:#}\n"));
    }
    let settings = &gathered.show.settings;
    summarise(&plan, receipt.as_ref(), settings, &store.name(), note, term);
    let counts = Counts::of(&findings);
    actions::output("findings", (counts.errors + counts.warnings) as u64, term);
    Ok(Exit::Fine)
}

async fn carry_out(plan: &Plan, store: &dyn Store, term: &Term) -> Result<Receipt, Failure> {
    running(store, plan.bytes(), term, async |run| release::execute(plan, run).await).await
}

/// Does `work`, which sends so many bytes, and stops it where it may stop when Ctrl-C is pressed.
pub async fn running<T>(
    store: &dyn Store,
    bytes: u64,
    term: &Term,
    work: impl AsyncFnOnce(&Run<'_>) -> Result<T, ReleaseError>,
) -> Result<T, Failure> {
    let owner = Owner::this_process(who());
    let cancel = Cancel::default();
    let progress = Progress::new(bytes, term);
    let run = Run::new(store, &owner, &progress, &cancel);
    let work = work(&run);
    tokio::pin!(work);
    let outcome = loop {
        tokio::select! {
            outcome = &mut work => break outcome,
            Ok(()) = tokio::signal::ctrl_c(), if !cancel.is_cancelled() => cancel.cancel(),
        }
    };
    progress.finish();
    outcome.map_err(stopped)
}

/// Who makes the release, as records and locks name it.
fn who() -> String {
    let var = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(url) = actions::run_url() {
        return url;
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

fn refused(guards: &[Guard], gathered: &Gathered, name: &str, dry: bool, term: &Term) -> Failure {
    if term.format() == Format::Json {
        let value = json!({
            "version": report::json::VERSION,
            "command": "release",
            "dryRun": dry,
            "target": name,
            "guards": guards,
        });
        term.data(&format!("{value:#}\n"));
    }
    let said = guards.iter().map(|guard| {
        let allow = guard.allow.as_ref();
        let help = allow.map(|allow| format!("if this is meant, release with --allow {allow}"));
        let place = guard.source.as_deref().or(guard.episode.as_deref()).unwrap_or("feed");
        (guard, format!("{place}: {guard}"), help)
    });
    if term.format() == Format::Github {
        let folder = actions::folder(&gathered.show.root);
        let annotations = said.clone().map(|(guard, text, help)| Annotation {
            severity: Severity::Error,
            path: guard.source.as_ref().map(|path| format!("{folder}{path}")),
            place: None,
            title: "guard".to_owned(),
            text: help.map_or(text.clone(), |help| format!("{text}\nhelp: {help}")),
        });
        term.data(&annotate(annotations.collect()));
    }
    for (_, text, help) in said {
        if term.format() != Format::Github {
            term.failure(&text, help.as_deref());
        }
        actions::summarise(term, |room| summary::failure(&text, help.as_deref(), room));
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
    let mut small: BTreeMap<(Kind, plan::Reason), usize> = BTreeMap::new();
    for (object, reason) in plan.steps() {
        // In a job's log stands what its summary may have no room for.
        if is_large(object.kind) || term.verbose() || term.format() == Format::Github {
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

/// Whether a person wants to know of each.
fn is_large(kind: Kind) -> bool {
    matches!(kind, Kind::Audio | Kind::Feed)
}

/// The plan, and what came of it, for a job's summary and later steps.
fn summarise(
    plan: &Plan,
    receipt: Option<&Receipt>,
    settings: &Settings,
    name: &str,
    note: Option<String>,
    term: &Term,
) {
    let release = receipt.and_then(|receipt| receipt.number);
    let heading = match (receipt, release) {
        _ if plan.nothing_to_do() => "nothing to publish".to_owned(),
        (None, _) => "what a release would publish".to_owned(),
        (Some(_), Some(number)) => format!("release {} is published", number.0),
        (Some(_), None) => "the manifest is set right".to_owned(),
    };
    let sent = plan.steps().map(|(object, reason)| summary::Sent {
        kind: object.kind.as_str(),
        key: object.key.as_str(),
        reason: reason.to_string(),
        bytes: object.body.len(),
        url: receipt.and_then(|_| settings.public_url(&object.key)),
        large: is_large(object.kind),
    });
    let said = summary::Plan {
        heading,
        target: name,
        note,
        feed: plan.diff.to_string(),
        feed_url: &settings.feed_url(),
        sent: sent.collect(),
        unchanged: plan.unchanged.len(),
    };
    actions::summarise(term, |room| summary::plan(&said, room));
    actions::output("plan", said.sent.len() as u64, term);
    if let Some(number) = release {
        actions::output("released", number.0.into(), term);
    }
}

/// The plan, and what came of it; nothing came of a dry run.
fn outcome_json(plan: &Plan, receipt: Option<&Receipt>, name: &str) -> serde_json::Value {
    let steps: Vec<_> = plan
        .steps()
        .map(|(object, reason)| {
            json!({ "key": object.key, "kind": object.kind, "reason": reason, "bytes": object.body.len() })
        })
        .collect();
    json!({
        "version": report::json::VERSION,
        "command": "release",
        "dryRun": receipt.is_none(),
        "target": name,
        "steps": steps,
        "bytes": plan.bytes(),
        "unchanged": plan.unchanged.len(),
        "feed": plan.diff.to_string(),
        "release": receipt.and_then(|receipt| receipt.number),
        "sent": receipt.map(|receipt| receipt.sent),
        "sentBytes": receipt.map(|receipt| receipt.bytes),
        "alreadyThere": receipt.map(|receipt| receipt.already_there),
        "feedPublished": receipt.map(|receipt| receipt.feed_published),
    })
}

fn say_receipt(receipt: &Receipt, feed: &str, term: &Term) {
    let number = receipt
        .number
        .map_or_else(|| "The manifest".to_owned(), |number| format!("Release {}", number.0));
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
