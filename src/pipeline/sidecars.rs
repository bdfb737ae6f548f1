//! Findings of the files that an episode names beside its MP3: transcripts and pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::memo::Unusable;
use crate::model::chapter::clock;
use crate::report::printable;
use crate::rules::{Finding, registry};
use crate::show::read::{self, FileTrouble};
use crate::show::{Episode, Given, Located, Show, is_inside};
use crate::site::TranscriptFile;

/// How much later than the audio a transcript's last words may end: a cue is often rounded up.
const LATE: Duration = Duration::from_secs(5);

/// The finding for a transcript that cannot be used, or that is not this episode's.
pub fn transcript(
    episode: &Episode,
    read: &Result<Arc<TranscriptFile>, Unusable>,
    time: Option<Duration>,
) -> Option<Finding> {
    let Given::Good(Located { value: path, span }) = &episode.transcript else { return None };
    let at = |message: String| {
        Finding::at(&registry::TRANSCRIPT, &episode.source, span.clone(), printable(&message))
    };
    let transcript = match read {
        Ok(transcript) => transcript,
        Err(Unusable::File(trouble)) => return Some(at(format!("{path}: {trouble}"))),
        Err(Unusable::Form(error)) => {
            return Some(
                at(format!("{path}: {error}")).expected("WebVTT, SubRip or podcast-namespace JSON"),
            );
        }
    };
    let end = Duration::from_millis(transcript.end());
    let audio = time.filter(|time| end > *time + LATE)?;
    Some(
        at(format!("{path} ends at {}, the audio at {}", clock(end), clock(audio)))
            .help("is it the transcript of another episode, or of another cut?"),
    )
}

/// The pictures that an episode names, as paths below the show's folder, and where each is named.
fn named(episode: &Episode) -> impl Iterator<Item = (&str, &Located<String>)> {
    let all = [&episode.background, &episode.social_background, &episode.image];
    all.into_iter().filter_map(|given| {
        let Given::Good(located) = given else { return None };
        let path = located.value.trim_start_matches('/');
        is_inside(path).then_some((path, located))
    })
}

/// Why pictures that episodes name cannot be had, by their paths.
pub fn missing_pictures(show: &Show) -> BTreeMap<String, FileTrouble> {
    let paths: BTreeSet<&str> =
        show.episodes.iter().flat_map(named).map(|(path, _)| path).collect();
    let trouble = |path: &str| Some((path.to_owned(), read::resolve(&show.root, path).err()?));
    paths.into_iter().filter_map(trouble).collect()
}

/// Findings for pictures that are named and not there; each picture once.
pub fn pictures(show: &Show, missing: &BTreeMap<String, FileTrouble>, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for episode in &show.episodes {
        for (path, located) in named(episode) {
            let Some(trouble) = missing.get(path).filter(|_| seen.insert(path)) else { continue };
            let message = format!("the picture {path}: {trouble}");
            let rule = &registry::PICTURE_MISSING;
            findings.push(
                Finding::at(rule, &episode.source, located.span.clone(), message)
                    .help("said once, for the first episode that names it"),
            );
        }
    }
}
