//! A plan as a person and a program see it, and the carrying out of it with progress and Ctrl-C.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::actions;
use super::progress::Progress;
use super::stop::Stop;
use super::term::Term;
use crate::cli::args::Format;
use crate::model::object::{Key, Kind};
use crate::pipeline::locate::Located;
use crate::pipeline::target::Target;
use crate::pipeline::{Checkout, Class, Error, Options, post_release, release};
use crate::plan::{self, Guard, Plan};
use crate::release::{Cancel, Owner, Receipt, Run};
use crate::report::github::{Annotation, annotate};
use crate::report::{self, counted, printable, summary};
use crate::rules::Severity;
use crate::show::Settings;
use crate::store::Store;
use crate::store::checkup::{Check, Outcome};

/// How many warnings of one kind are told one by one.
const TOLD: usize = 3;

/// With --verbose, says what proves each episode's audio.
pub fn say_proofs(checkout: &Checkout, located: &Located, term: &Term) {
    if !term.verbose() {
        return;
    }
    for episode in &checkout.show.episodes {
        if let Some(proof) = located.proofs.get(&episode.source.path) {
            term.say(&format!("{}: audio proved by {proof}", episode.source.path));
        }
    }
}

/// A command that carries a plan out.
#[derive(Debug)]
pub struct Named<'a> {
    pub command: &'a str,
    pub target: &'a str,
    pub dry: bool,
    /// The show's folder.
    pub root: &'a Path,
    /// How what is published was seen, where that is worth knowing.
    pub note: Option<String>,
}

impl Named<'_> {
    /// Prints the plan and, unless it is a dry run, carries it out; then what comes after a release.
    pub async fn carry_out(
        &self,
        plan: &Plan,
        options: &Options,
        target: &Target,
        settings: &Settings,
        term: &Term,
    ) -> Result<Option<Receipt>, Error> {
        say_plan(plan, self.target, self.dry, term);
        let mut checks = Vec::new();
        let receipt = if self.dry {
            None
        } else if plan.nothing_to_do() {
            Some(Receipt { unchanged: plan.unchanged.len(), ..Receipt::default() })
        } else {
            let store = target.store.as_ref();
            let mut stop = Stop::listen();
            let work = async |run: &Run<'_>| release::carry_out(plan, run).await;
            let receipt = running_until(&mut stop, store, plan.bytes(), term, work).await?;
            say_receipt(&receipt, &settings.feed_url(), term);
            tokio::select! {
                found = post_release::after(options, target, settings, plan, &receipt) => checks = found,
                () = stop.wished() => term.warning("what comes after a release was left out", None),
            }
            say_afterwards(&checks, term);
            Some(receipt)
        };
        if term.format() == Format::Json {
            term.answer(self.command, self.outcome_json(plan, receipt.as_ref(), &checks));
        }
        summarise(plan, receipt.as_ref(), settings, self.target, self.note.clone(), term);
        Ok(receipt)
    }
}

/// Does `work`, which sends so many bytes, and stops it where it may stop when somebody wishes it.
pub async fn running<T>(
    store: &dyn Store,
    bytes: u64,
    term: &Term,
    work: impl AsyncFnOnce(&Run<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    running_until(&mut Stop::listen(), store, bytes, term, work).await
}

async fn running_until<T>(
    stop: &mut Stop,
    store: &dyn Store,
    bytes: u64,
    term: &Term,
    work: impl AsyncFnOnce(&Run<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let owner = Owner::this_process(who());
    let cancel = Cancel::default();
    let progress = Progress::new(bytes, term);
    let run = Run::new(store, &owner, &progress, &cancel);
    let work = work(&run);
    tokio::pin!(work);
    let outcome = loop {
        tokio::select! {
            biased;
            outcome = &mut work => break outcome,
            () = stop.wished() => {
                if cancel.is_cancelled() {
                    let error = Error::new(Class::Interrupted, "stopped at once, half-way");
                    break Err(error.help("run the same command again: it finishes what was begun"));
                }
                cancel.cancel();
                progress.stopping();
            }
        }
    };
    progress.finish();
    outcome
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

impl Named<'_> {
    /// Says what the guards hold against it.
    pub fn refused(&self, guards: &[Guard], term: &Term) -> Error {
        if term.format() == Format::Json {
            let body = json!({
                "dryRun": self.dry,
                "target": self.target,
                "guards": guards,
                "causes": plan::causes(guards),
            });
            term.answer(self.command, body);
        }
        let causes = plan::causes(guards);
        if term.format() == Format::Github {
            let folder = actions::folder(self.root);
            let annotations = causes.iter().map(|cause| Annotation {
                severity: Severity::Error,
                path: cause.guards[0].source.as_ref().map(|path| format!("{folder}{path}")),
                place: None,
                title: "guard".to_owned(),
                text: format!("{cause}\nhelp: {}", cause.help()),
            });
            term.data(&annotate(annotations.collect()));
        }
        for cause in &causes {
            let (text, help) = (cause.to_string(), cause.help());
            if term.format() != Format::Github {
                term.failure(&text, Some(&help));
            }
            actions::summarise(term, |room| summary::failure(&text, Some(&help), room));
        }
        Error::new(
            Class::Stopped,
            format!("stopped by {}: nothing was published", counted(guards.len(), "guard")),
        )
    }

    /// The plan, and what came of it; nothing came of a dry run.
    fn outcome_json(
        &self,
        plan: &Plan,
        receipt: Option<&Receipt>,
        afterwards: &[Check],
    ) -> serde_json::Value {
        let steps: Vec<_> = plan
            .steps()
            .map(|(object, reason)| {
                json!({ "key": object.key, "kind": object.kind, "reason": reason, "bytes": object.body.len() })
            })
            .collect();
        json!({
            "dryRun": receipt.is_none(),
            "target": self.target,
            "steps": steps,
            "bytes": plan.bytes(),
            "unchanged": plan.unchanged.len(),
            "feed": plan.diff.to_string(),
            "moved": plan.moved,
            "left": plan.left,
            "oldTags": plan.old_tags,
            "waiting": plan.waiting.iter().map(|it| json!({"episode": it.label, "until": it.until.to_string()})).collect::<Vec<_>>(),
            "release": receipt.and_then(|receipt| receipt.number),
            "sent": receipt.map(|receipt| receipt.sent),
            "sentBytes": receipt.map(|receipt| receipt.bytes),
            "alreadyThere": receipt.map(|receipt| receipt.already_there),
            "feedPublished": receipt.map(|receipt| receipt.feed_published),
            "afterwards": receipt.map(|_| afterwards),
        })
    }
}

fn say_plan(plan: &Plan, name: &str, dry: bool, term: &Term) {
    if let Some(number) = plan.holds {
        term.say(&format!(
            "Nothing to do: release {} is a rollback, and the show has not changed since; \
             `onair release --allow undo-rollback` publishes it all the same",
            number.0
        ));
        return;
    }
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
    for line in moved(&plan.moved) {
        term.say(&line);
    }
    if !plan.strays.is_empty() {
        let objects = counted(plan.strays.len(), "object");
        term.say(&format!("Taken back: {objects} that a release that was cut off had sent"));
    }
    for old in &plan.old_tags {
        let (episode, texts) = (&old.episode, old.texts.join(" and "));
        term.say(&format!(
            "Tag: the MP3 of episode {episode} keeps the {texts} it was published with; \
             `onair release --retag {episode}` publishes it anew"
        ));
    }
    for left in &plan.left {
        let keys: Vec<&str> = left.keys.iter().map(Key::as_str).collect();
        let (episode, keys) = (&left.episode, keys.join(", "));
        term.say(&format!("Left public: of episode {episode}, {keys}"));
    }
    if !plan.left.is_empty() {
        term.say(
            "  `onair prune --keep 1` removes them once this is released, and with them all that a \
             rollback would need",
        );
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

/// Pages that move, the first few by name.
fn moved(moved: &[plan::Moved]) -> Vec<String> {
    const NAMED: usize = 3;
    let say = |it: &plan::Moved| format!("  > {} now leads to {}", it.from, it.to);
    let mut lines: Vec<String> = moved.iter().take(NAMED).map(say).collect();
    if !moved.is_empty() {
        let pages = counted(moved.len(), "page");
        lines.insert(0, format!("Moved: {pages}; a redirect stays at each old address"));
    }
    if moved.len() > NAMED {
        lines.push(format!("  > and {} more", moved.len() - NAMED));
    }
    lines
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

/// Tells a person: what is fine in one line, what is not as warnings, and the same thing not a
/// hundred times.
fn say_afterwards(checks: &[Check], term: &Term) {
    if term.format() == Format::Json {
        return;
    }
    let mut fine = 0;
    let mut told: Vec<(&str, usize)> = Vec::new();
    for check in checks {
        match &check.outcome {
            Outcome::Fine { seen } if check.name == "CloudFront" => {
                term.say(&format!("CloudFront: {seen}"));
            }
            Outcome::Fine { .. } => fine += 1,
            Outcome::Skipped { why } => {
                term.say(&format!("Not looked at: {}: {}", check.name, printable(why)));
            }
            Outcome::Weak { seen, fix } | Outcome::Broken { seen, fix } => {
                let times = match told.iter_mut().find(|(known, _)| *known == fix) {
                    Some((_, times)) => {
                        *times += 1;
                        *times
                    }
                    None => {
                        told.push((fix, 1));
                        1
                    }
                };
                if times <= TOLD {
                    let text = format!("{}: {}", printable(&check.name), printable(seen));
                    let help = Some(printable(fix)).filter(|_| times == 1);
                    term.warning(&text, help.as_deref());
                }
            }
        }
    }
    for (fix, times) in told.iter().filter(|(_, times)| *times > TOLD) {
        term.warning(&format!("{} more of the same: {}", times - TOLD, printable(fix)), None);
    }
    if fine > 0 {
        term.say(&format!(
            "New audio as the public gets it: {}",
            counted(fine, "check") + " passed"
        ));
    }
}
