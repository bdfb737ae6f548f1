//! Findings in the form that was asked for.

use super::actions;
use super::term::Term;
use jiff::Timestamp;

use crate::cli::args::Format;
use crate::model::waiting::Waiting;
use crate::pipeline::Checkout;
use crate::report::{Counts, Sources, counted, github, human, json, sarif, summary};
use crate::rules::sound::is_of_sound;
use crate::rules::{Finding, Severity};

/// Prints findings; those that repeat are counted.
pub fn report(command: &str, findings: &[Finding], checkout: &Checkout, term: &Term) {
    let all = if command == "check" { "--all" } else { "onair check --all" };
    print(command, findings, checkout, all, term);
}

/// Prints every finding by itself, notes too.
pub fn report_all(command: &str, findings: &[Finding], checkout: &Checkout, term: &Term) {
    print(command, findings, checkout, "", term);
}

/// `all` is the command that shows all; empty if this one does.
fn print(command: &str, findings: &[Finding], checkout: &Checkout, all: &str, term: &Term) {
    let show = &checkout.show;
    let mut sources = Sources::of(show).below(actions::folder(&show.root, term));
    sources.add(checkout.side_sources());
    let counts = Counts::of(findings);
    let episodes = show.episodes.len() + show.unreadable.len();
    match term.format() {
        Format::Human => {
            let shown: Vec<Finding> = findings
                .iter()
                .filter(|finding| {
                    term.verbose() || all.is_empty() || finding.severity > Severity::Note
                })
                .cloned()
                .collect();
            let colour = term.colour();
            term.data(&match all {
                "" => human::render(&shown, &sources, colour),
                all => human::render_counted(&shown, &sources, colour, all),
            });
            let hidden = counts.notes > 0 && shown.len() < findings.len();
            let how = if hidden { " (`-v` shows notes)" } else { "" };
            term.say(&format!("Checked {}: {counts}{how}", counted(episodes, "episode")));
            if counts.fixable > 0 {
                term.say(&format!("`onair check --fix` fixes {} of these", counts.fixable));
            }
        }
        Format::Json => term.json(&json::value(command, findings, &sources)),
        Format::Github => {
            term.data(&match all {
                "" => github::render(findings, &sources),
                all => github::render_counted(findings, &sources, all),
            });
            term.say(&format!("Checked {}: {counts}", counted(episodes, "episode")));
            let blobs = actions::blobs();
            actions::summarise(term, |room| {
                summary::findings(command, episodes, findings, &sources, blobs.as_deref(), room)
            });
            actions::output("findings", (counts.errors + counts.warnings) as u64, term);
        }
        Format::Sarif => term.json(&sarif::value(findings, &sources)),
    }
}

/// Prints to a person what was heard of episodes that come out for the first time: later it is too late.
pub fn say_of_sound(findings: &[Finding], checkout: &Checkout, term: &Term) {
    let heard: Vec<Finding> = findings
        .iter()
        .filter(|it| is_of_sound(it) && it.severity > Severity::Note)
        .cloned()
        .collect();
    let sources = Sources::of(&checkout.show).below(actions::folder(&checkout.show.root, term));
    match term.format() {
        Format::Human => term.data(&human::render(&heard, &sources, term.colour())),
        Format::Github => term.data(&github::render(&heard, &sources)),
        Format::Json | Format::Sarif => {}
    }
}

/// Says which episodes wait for their date, the next one first.
pub fn say_waiting(waiting: &[Waiting], now: Timestamp, term: &Term) {
    for waiting in waiting {
        term.say(&waiting.line(now));
    }
}
