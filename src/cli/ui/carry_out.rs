//! A plan as a person and a program see it, and the carrying out of it with progress and Ctrl-C.

use std::path::Path;

use jiff::Timestamp;
use serde_json::json;

use super::actions;
use super::findings::report;
use super::progress::Progress;
use super::stop::Stop;
use super::term::Term;
use crate::cli::args::Format;
use crate::model::checkup::Check;
use crate::model::object::Key;
use crate::pipeline::locate::Located;
use crate::pipeline::target::Target;
use crate::pipeline::{Checkout, Class, Error, Options, post_release, release};
use crate::plan::{self, Guard, Plan};
use crate::release::{Cancel, Owner, Receipt, Run};
use crate::report::checkup::{self, After};
use crate::report::github::{Annotation, annotate};
use crate::report::plan::{Detail, plan_json, plan_lines, receipt_lines};
use crate::report::{Counts, counted, summary};
use crate::rules::{Finding, Severity};
use crate::show::Settings;
use crate::store::Store;

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
    /// What is removed from the target afterwards, with its length in bytes.
    pub removes: &'a [(Key, u64)],
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
        self.show(plan, term);
        self.execute(plan, options, target, settings, term).await
    }

    /// Prints the plan.
    pub fn show(&self, plan: &Plan, term: &Term) {
        // In a job's log stands what its summary may have no room for.
        let detail = match term.verbose() || term.format() == Format::Github {
            true => Detail::All,
            false => Detail::Large,
        };
        plan_lines(plan, self.target, self.dry, detail).iter().for_each(|line| term.say(line));
    }

    /// Carries out a plan that was shown.
    pub async fn execute(
        &self,
        plan: &Plan,
        options: &Options,
        target: &Target,
        settings: &Settings,
        term: &Term,
    ) -> Result<Option<Receipt>, Error> {
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
            receipt_lines(&receipt, &settings.feed_url()).iter().for_each(|line| term.say(line));
            let after =
                post_release::after(options, target, settings, plan, &receipt, Timestamp::now());
            tokio::select! {
                found = after => checks = found,
                () = stop.wished() => term.warning("the checks after the release were skipped", None),
            }
            say_afterwards(&checks, term);
            Some(receipt)
        };
        if term.format() == Format::Json {
            let mut body = plan_json(plan, self.target, receipt.as_ref());
            body["afterwards"] = json!(receipt.as_ref().map(|_| &checks));
            if !self.removes.is_empty() {
                let removed = self.removes.iter();
                body["removes"] =
                    removed.map(|(key, bytes)| json!({ "key": key, "bytes": bytes })).collect();
            }
            term.answer(self.command, body);
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

/// Warns of a bucket that keeps what was removed.
pub fn say_of_versions(store: &dyn Store, term: &Term) {
    if store.keeps_versions() {
        let help = "give the bucket a lifecycle rule that expires noncurrent versions";
        term.warning("the bucket keeps what was removed, as old versions", Some(help));
    }
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

/// Who makes the release, as records and locks name it. Everybody may read them: they name a person or a
/// machine only where that is wanted.
fn who() -> String {
    let wanted = std::env::var("ONAIR_WHO").ok().filter(|name| !name.trim().is_empty());
    wanted.or_else(actions::run_url).unwrap_or_else(|| "onair, run by hand".to_owned())
}

/// Reports the findings at error level, for which nothing was `done`: published, or sent.
pub fn stopped_by(
    findings: Vec<Finding>,
    checkout: &Checkout,
    command: &str,
    done: &str,
    term: &Term,
) -> Error {
    let mut wrong = findings;
    wrong.retain(|finding| finding.severity == Severity::Error);
    report(command, &wrong, checkout, term);
    let counts = Counts { errors: wrong.len(), ..Counts::default() };
    Error::new(Class::Findings, format!("{counts}: nothing was {done}")).reported()
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
            let folder = actions::folder(self.root, term);
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
        .reported()
    }
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
    let feed_url = settings.feed_url();
    let said = summary::Plan::of(plan, receipt, name, &feed_url, |key| settings.public_url(key));
    let said = summary::Plan { note, ..said };
    actions::summarise(term, |room| summary::plan(&said, room));
    actions::output("plan", said.sent.len() as u64, term);
    if let Some(number) = receipt.and_then(|receipt| receipt.number) {
        // Of several shows: how many have a new release.
        let said = if term.gather().is_some() { 1 } else { number.0.into() };
        actions::output("released", said, term);
    }
}

/// Tells a person how the target looks afterwards.
pub fn say_afterwards(checks: &[Check], term: &Term) {
    if term.format() == Format::Json {
        return;
    }
    for said in checkup::afterwards(checks) {
        match said {
            After::Line(line) => term.say(&line),
            After::Warning { text, help } => term.warning(&text, help.as_deref()),
        }
    }
}
