//! Findings in the form that was asked for.

use super::actions;
use super::term::Term;
use crate::cli::args::Format;
use crate::pipeline::Checkout;
use crate::report::{Counts, Sources, counted, github, human, json, sarif, summary};
use crate::rules::{Finding, Severity};

/// Prints findings.
pub fn report(command: &str, findings: &[Finding], checkout: &Checkout, term: &Term) {
    let show = &checkout.show;
    let mut sources = Sources::of(show).below(actions::folder(&show.root));
    sources.add(checkout.chapter_sources());
    let counts = Counts::of(findings);
    let episodes = show.episodes.len() + show.unreadable.len();
    match term.format() {
        Format::Human => {
            let shown: Vec<Finding> = findings
                .iter()
                .filter(|finding| term.verbose() || finding.severity > Severity::Note)
                .cloned()
                .collect();
            term.data(&human::render(&shown, &sources, term.colour()));
            term.say(&format!("Checked {}: {counts}", counted(episodes, "episode")));
            if counts.fixable > 0 {
                term.say(&format!("`onair check --fix` mends {} of these", counts.fixable));
            }
        }
        Format::Json => term.json(&json::value(command, findings, &sources)),
        Format::Github => {
            term.data(&github::render(findings, &sources));
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
