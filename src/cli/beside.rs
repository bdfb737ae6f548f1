//! The files that an episode names beside its MP3: transcript and pictures.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::kept::Unusable;
use crate::report::printable;
use crate::rules::{Finding, registry};
use crate::show::{Episode, Given, Located, Show, is_inside, read};
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
        at(format!(
            "{path} ends at {}, the audio at {}",
            crate::model::chapter::clock(end),
            crate::model::chapter::clock(audio)
        ))
        .help("is it the transcript of another episode, or of another cut?"),
    )
}

/// Findings for pictures that are named and not there; each picture once.
pub fn pictures(show: &Show, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for episode in &show.episodes {
        for given in [&episode.background, &episode.social_background, &episode.image] {
            let Given::Good(Located { value, span }) = given else { continue };
            let path = value.trim_start_matches('/');
            if !is_inside(path) || !seen.insert(path.to_owned()) {
                continue;
            }
            if let Err(trouble) = read::resolve(&show.root, path) {
                findings.push(
                    Finding::at(
                        &registry::PICTURE_MISSING,
                        &episode.source,
                        span.clone(),
                        format!("the picture {path}: {trouble}"),
                    )
                    .help("said once, for the first episode that names it"),
                );
            }
        }
    }
}
