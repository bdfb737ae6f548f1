//! `check`: every finding of a show, and the fixing of what needs no second look.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::ears::{Listening, Watch, listen_to};
use super::evidence::{self, AudioEvidence, is_absent, is_doubtful};
use super::fix::{self, Fixed};
use super::locate::{Located, locate};
use super::{Checkout, Error, Options, target, trial};
use crate::audio::Depth;
use crate::rules::sound::Ears;
use crate::rules::{self, Evidence, Facts, Finding};
use crate::show::sound_settings::Listen;
use crate::show::{Episode, Show, files, layout};

/// What is asked of a check.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// Only these episodes: numbers, or names of files; all of them if there are none.
    pub episodes: Vec<String>,
    /// Listen to the audio of these episodes, too.
    pub listen: bool,
    /// Fix what needs no second look, and write it.
    pub fix: Fixing,
    /// The present instant.
    pub now: Timestamp,
}

/// Whether to fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixing {
    /// No.
    Off,
    /// Yes, but write nothing.
    DryRun,
    /// Yes.
    On,
}

/// What came of a check.
#[derive(Debug)]
pub struct Checked {
    /// The show, fixed where that was asked for.
    pub checkout: Checkout,
    /// What is known of its audio, and what proves it.
    pub located: Located,
    /// What is wrong with the episodes that were asked for.
    pub findings: Vec<Finding>,
    /// What was fixed.
    pub fixed: Option<Fixed>,
    /// What is worth knowing of how the target was asked.
    pub notes: Vec<String>,
}

/// Checks the show.
///
/// The target is asked only where the folder alone cannot tell: for audio that is not at hand, and for
/// a `size` that is not the file's but may be that of the audio as published.
///
/// # Errors
/// If the show cannot be read, an episode that was named is not there, or a fixed file cannot be
/// written.
pub async fn check(
    options: &Options,
    asked: &CheckOptions,
    watch: &dyn Watch,
) -> Result<Checked, Error> {
    let mut checkout = Checkout::load(&options.root)?;
    let wanted = select(&checkout.show, &asked.episodes)?;
    let looked = evidence::look(&checkout, Depth::Walk);
    let (located, mut notes) = ask_if_needed(options, &checkout, looked).await;
    let is_wanted = |episode: &Episode| wanted.is_empty() || wanted.contains(&episode.source.path);
    let Listening { ears, notes: unheard } =
        match asked.listen || checkout.show.settings.sound.listen == Listen::Check {
            true => listen_to(&checkout, &located.evidence, is_wanted, watch),
            false => Listening::default(),
        };
    notes.extend(unheard);
    let mut findings = find(&checkout, &located.evidence, &ears, asked.now);
    let mut fixed = None;
    if asked.fix != Fixing::Off {
        let done = fix::fix(&mut checkout, &wanted, findings, |checkout| {
            find(checkout, &located.evidence, &ears, asked.now)
        });
        if asked.fix == Fixing::On {
            done.write(&options.root)?;
        }
        findings = done.left.clone();
        fixed = Some(done);
    }
    // It is written beside no episode, and what breaks an episode's rules has no pages.
    findings.extend(trial::trial(&checkout, asked.now));
    if !wanted.is_empty() {
        let files = files_of(&checkout.show, &located.evidence, &wanted);
        findings.retain(|finding| files.contains(&finding.path));
    }
    Ok(Checked { checkout, located, findings, fixed, notes })
}

/// Lets the target speak where that is needed. If it cannot be asked, that audio is missing.
async fn ask_if_needed(
    options: &Options,
    checkout: &Checkout,
    mut looked: AudioEvidence,
) -> (Located, Vec<String>) {
    let episodes = &checkout.show.episodes;
    let known = |path: &str| looked.get(path);
    let doubtful: Vec<&str> = episodes
        .iter()
        .filter(|it| known(&it.source.path).is_some_and(|evidence| is_doubtful(it, evidence)))
        .map(|it| it.source.path.as_str())
        .collect();
    if doubtful.is_empty() && !looked.values().any(is_absent) {
        return (Located { evidence: looked, ..Located::default() }, Vec::new());
    }
    // Only the audio itself tells whether it is what was published.
    let deeper = evidence::look_at(checkout, Depth::Hash, |episode| {
        doubtful.contains(&episode.source.path.as_str())
    });
    looked.extend(deeper);
    let mut notes = Vec::new();
    let answered = async {
        let seen = target::see(options, &checkout.show.settings).await?;
        notes.extend(seen.note);
        locate(checkout, looked.clone(), seen.published.record.as_ref(), &seen.target, |_| false)
            .await
    };
    match answered.await {
        Ok(located) => (located, notes),
        Err(error) => {
            notes.push(format!("The target cannot be asked: {}", error.message));
            (Located { evidence: looked, ..Located::default() }, notes)
        }
    }
}

/// All findings of a show at this instant, from what was read, is known of its audio, and was heard.
pub fn find(
    checkout: &Checkout,
    audio: &AudioEvidence,
    ears: &Ears,
    now: Timestamp,
) -> Vec<Finding> {
    rules::check(Facts {
        show: &checkout.show,
        audio,
        unused_audio: &checkout.unused_audio,
        artwork: &checkout.artwork,
        heard: ears,
        others: checkout.side_findings(|path| audio.get(path).and_then(Evidence::time)),
        now,
    })
}

/// The files of the `wanted` episodes: their own, their audio, and those that they name.
pub fn files_of(show: &Show, audio: &AudioEvidence, wanted: &[String]) -> BTreeSet<String> {
    let heard = wanted.iter().filter_map(|path| audio.get(path)?.path());
    let episodes = show.episodes.iter().filter(|episode| wanted.contains(&episode.source.path));
    let named = episodes.flat_map(files::of_episode).flat_map(|file| file.candidates);
    wanted.iter().cloned().chain(heard.map(str::to_owned)).chain(named).collect()
}

/// The paths of the episodes that a host named by number (`109`, `s2e3`) or file name.
///
/// # Errors
/// If there is no such episode.
pub fn select(show: &Show, names: &[String]) -> Result<Vec<String>, Error> {
    let mut paths = Vec::new();
    for name in names {
        let found = found(show, name);
        if found.is_empty() {
            return Err(Error::usage(format!("there is no episode `{name}`")).help(
                "name an episode by its number, as in 109, or by its file, as in episode_109.md",
            ));
        }
        paths.extend(found);
    }
    Ok(paths)
}

/// The paths of the episodes that a name may mean.
pub fn found(show: &Show, name: &str) -> Vec<String> {
    let number: Option<u32> = name.trim_start_matches('#').parse().ok();
    let of_season = of_season(name);
    let found = show.episodes.iter().filter(|episode| {
        let path = &episode.source.path;
        let its = episode.number.value().copied();
        *name == episode.slug
            || is_at(path, name)
            || number.is_some() && its == number
            || of_season.is_some() && episode.season.value().copied().zip(its) == of_season
    });
    // A file that cannot be read has no number but the one in its name.
    let broken = show.unreadable.iter().map(|file| &file.source.path).filter(|path| {
        let slug = layout::slug(path);
        is_at(path, name) || slug == name || number.is_some() && layout::number(slug) == number
    });
    found.map(|episode| &episode.source.path).chain(broken).cloned().collect()
}

/// Makes sure that a name which was `found` means one episode: what is to be done cannot be taken back.
///
/// # Errors
/// If it may mean several.
pub fn only_one(name: &str, found: &[String]) -> Result<(), Error> {
    if found.len() < 2 {
        return Ok(());
    }
    let message = format!("`{name}` is more than one episode: {}", found.join(", "));
    let or_by_number = match of_season(name) {
        Some(_) => "",
        None => ", or by season and number, as in s2e3",
    };
    Err(Error::usage(message).help(format!("name one of them by its file{or_by_number}")))
}

/// Season and number of a name such as `s2e3`.
fn of_season(name: &str) -> Option<(u32, u32)> {
    let (season, number) = name.strip_prefix(['s', 'S'])?.split_once(['e', 'E'])?;
    Some((season.parse().ok()?, number.parse().ok()?))
}

/// Whether a path ends with what a host wrote of it.
fn is_at(path: &str, name: &str) -> bool {
    path == name || path.strip_suffix(name).is_some_and(|before| before.ends_with('/'))
}
