//! `onair check`: every finding of a show, and with `--fix` the mending of what can be mended.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use similar::TextDiff;

use super::args::{Check, Format, Global};
use super::gather::{self, Gathered};
use super::term::Term;
use super::{Exit, Failure, Outcome};
use crate::audio::Depth;
use crate::report::{Counts, Sources, counted, github, human, json, sarif};
use crate::rules::{self, Facts, Finding, Severity};
use crate::show::edit::{self, Edit};
use crate::show::{Episode, Show};

/// Mending one finding can bring another to light; no chain is longer than this.
const ROUNDS: usize = 4;

pub fn run(global: &Global, args: &Check, term: &Term) -> Outcome {
    let mut gathered = gather::gather(gather::show(global)?, Depth::Walk);
    let mut findings = find(&mut gathered);
    if args.fix {
        let mended = mend(&mut gathered, &args.episodes, findings)?;
        if args.dry_run {
            term.data(&mended.diff);
            return Ok(Exit::Fine);
        }
        mended.write(&gathered.show.root)?;
        if mended.edits > 0 {
            term.say(&format!(
                "Mended {} in {}",
                counted(mended.edits, "value"),
                counted(mended.files.len(), "file")
            ));
        }
        findings = mended.left;
    }
    if !args.episodes.is_empty() {
        let wanted = select(&gathered.show, &args.episodes)?;
        findings.retain(|finding| wanted.contains(&finding.path));
    }
    report(&findings, &gathered, term);
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

/// All findings of a gathered show.
pub fn find(gathered: &mut Gathered) -> Vec<Finding> {
    rules::check(Facts {
        show: &gathered.show,
        audio: &gathered.audio,
        unused_audio: &gathered.unused_audio,
        artwork: &gathered.artwork,
        others: gathered.others.clone(),
        now: jiff::Timestamp::now(),
    })
}

/// Prints findings in the form that was asked for.
pub fn report(findings: &[Finding], gathered: &Gathered, term: &Term) {
    let show = &gathered.show;
    let mut sources = Sources::of(show);
    sources.add(gathered.chapters.values().map(|written| &written.source));
    match term.format() {
        Format::Human => {
            let shown: Vec<Finding> = findings
                .iter()
                .filter(|finding| term.verbose() || finding.severity > Severity::Note)
                .cloned()
                .collect();
            term.data(&human::render(&shown, &sources, term.colour()));
            let counts = Counts::of(findings);
            let episodes = counted(show.episodes.len() + show.unreadable.len(), "episode");
            term.say(&format!("Checked {episodes}: {counts}"));
            if counts.fixable > 0 {
                term.say(&format!("`onair check --fix` mends {} of these", counts.fixable));
            }
        }
        Format::Json => term.data(&format!("{:#}\n", json::value("check", findings, &sources))),
        Format::Github => term.data(&github::render(findings, &sources)),
        Format::Sarif => term.data(&format!("{:#}\n", sarif::value(findings, &sources))),
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

/// What `--fix` comes to.
struct Mended {
    files: Vec<(String, String)>,
    edits: usize,
    diff: String,
    left: Vec<Finding>,
}

impl Mended {
    /// Writes every changed file whole: a new file beside it, then one rename.
    fn write(&self, root: &Path) -> Result<(), Failure> {
        for (path, text) in &self.files {
            write_text(&root.join(path), text).map_err(|error| {
                Failure::new(Exit::Usage, format!("{path} cannot be written: {error}"))
            })?;
        }
        Ok(())
    }
}

/// Replaces a text file in one step, keeping its permissions.
pub fn write_text(path: &Path, text: &str) -> std::io::Result<()> {
    let path = path.canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(std::fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

/// Applies all safe fixes to the episodes in memory, until there is none left.
fn mend(
    gathered: &mut Gathered,
    names: &[String],
    mut findings: Vec<Finding>,
) -> Result<Mended, Failure> {
    let wanted = select(&gathered.show, names)?;
    let before: Vec<(String, std::sync::Arc<str>)> = gathered
        .show
        .episodes
        .iter()
        .map(|episode| (episode.source.path.clone(), episode.source.text.clone()))
        .collect();
    let mut edits = 0;
    for _ in 0..ROUNDS {
        let mut changed = BTreeSet::new();
        for episode in &mut gathered.show.episodes {
            if !wanted.is_empty() && !wanted.contains(&episode.source.path) {
                continue;
            }
            let fixes: Vec<Edit> = findings
                .iter()
                .filter(|finding| finding.path == episode.source.path)
                .filter_map(|finding| finding.fix.as_ref().filter(|fix| fix.safe))
                .map(|fix| fix.edit.clone())
                .collect();
            if fixes.is_empty() {
                continue;
            }
            let text = edit::apply(&episode.source.text, &fixes);
            let source = crate::show::Source::new(episode.source.path.clone(), text);
            if let Ok(mended) = Episode::parse(source) {
                edits += fixes.len();
                *episode = mended;
                changed.insert(episode.source.path.clone());
            }
        }
        if changed.is_empty() {
            break;
        }
        gathered.refresh(&changed);
        findings = find(gathered);
    }
    let mut files = Vec::new();
    let mut diff = String::new();
    for (path, old) in before {
        let Some(episode) =
            gathered.show.episodes.iter().find(|episode| episode.source.path == path)
        else {
            continue;
        };
        let new = &episode.source.text;
        if *new != old {
            diff.push_str(
                &TextDiff::from_lines(&*old, &**new)
                    .unified_diff()
                    .header(&format!("a/{path}"), &format!("b/{path}"))
                    .to_string(),
            );
            files.push((path, new.to_string()));
        }
    }
    Ok(Mended { files, edits, diff, left: findings })
}
