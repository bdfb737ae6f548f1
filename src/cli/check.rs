//! `onair check`: every finding of a show, and with `--fix` the mending of what can be mended.

use super::args::{Check, Format, Global};
use super::gather::{self, Gathered};
use super::mend;
use super::term::Term;
use super::{Exit, Failure, Outcome, actions, block_on, proof, target};
use crate::audio::Depth;
use crate::report::{Counts, Sources, counted, github, human, json, sarif, summary};
use crate::rules::{self, Facts, Finding, Severity};
use crate::show::Show;

pub fn run(global: &Global, args: &Check, term: &Term) -> Outcome {
    let mut gathered = gather::gather(gather::show(global)?, Depth::Walk);
    if proof::is_absent(&gathered) {
        ask_the_target(global, &mut gathered, term);
    }
    let now = jiff::Timestamp::now();
    let mut findings = find(&gathered, now);
    if args.fix {
        let wanted = select(&gathered.show, &args.episodes)?;
        let mended = mend::mend(&mut gathered, &wanted, findings, |gathered| find(gathered, now));
        if args.dry_run {
            term.data(&mended.diff);
            return Ok(Exit::Fine);
        }
        mended.write(&gathered.show.root)?;
        mended.say(term);
        findings = mended.left;
    }
    if !args.episodes.is_empty() {
        let wanted = select(&gathered.show, &args.episodes)?;
        findings.retain(|finding| wanted.contains(&finding.path));
    }
    report("check", &findings, &gathered, term);
    let counts = Counts::of(&findings);
    if counts.errors > 0 {
        return Ok(Exit::Findings);
    }
    match args.max_warnings {
        Some(most) if counts.warnings > most => Err(Failure::new(
            Exit::Findings,
            format!("{}, and at most {most} are allowed", counted(counts.warnings, "warning")),
        )),
        _ => Ok(Exit::Fine),
    }
}

/// Lets the target speak for audio that is not at hand. If it cannot be asked, that audio is missing.
fn ask_the_target(global: &Global, gathered: &mut Gathered, term: &Term) {
    let asked = block_on(async {
        let seen = target::see(global, &gathered.show.settings).await?;
        if let Some(note) = &seen.note {
            term.say(note);
        }
        proof::prove(gathered, seen.published.record.as_ref(), &seen.target).await
    });
    match asked {
        Ok(()) => proof::say_of_absent(gathered, term),
        Err(failure) => term.say(&format!("The target cannot be asked: {}", failure.message)),
    }
}

/// All findings of a gathered show at this instant.
pub fn find(gathered: &Gathered, now: jiff::Timestamp) -> Vec<Finding> {
    rules::check(Facts {
        show: &gathered.show,
        audio: &gathered.audio,
        unused_audio: &gathered.unused_audio,
        artwork: &gathered.artwork,
        others: gathered.others.clone(),
        now,
    })
}

/// Prints findings in the form that was asked for.
pub fn report(command: &str, findings: &[Finding], gathered: &Gathered, term: &Term) {
    let show = &gathered.show;
    let mut sources = Sources::of(show).below(actions::folder(&show.root));
    sources.add(gathered.chapters.values().map(|written| &written.source));
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

/// The paths of the episodes that a host named by number or file name.
pub fn select(show: &Show, names: &[String]) -> Result<Vec<String>, Failure> {
    let mut paths = Vec::new();
    for name in names {
        let number: Option<u32> = name.trim_start_matches('#').parse().ok();
        let found = show.episodes.iter().filter(|episode| {
            let path = &episode.source.path;
            *name == episode.slug
                || *path == *name
                || path.rsplit('/').next() == Some(name.as_str())
                || number.is_some() && episode.number.value().copied() == number
        });
        let before = paths.len();
        paths.extend(found.map(|episode| episode.source.path.clone()));
        paths.extend(
            show.unreadable
                .iter()
                .map(|file| file.source.path.clone())
                .filter(|path| path.ends_with(&format!("/{name}")) || path == name),
        );
        if paths.len() == before {
            return Err(Failure::new(Exit::Usage, format!("there is no episode `{name}`")).help(
                "name an episode by its number, as in 109, or by its file, as in episode_109.md",
            ));
        }
    }
    Ok(paths)
}
