//! Reads an episode's chapters from wherever the host wrote them.

use std::time::Duration;

use crate::model::chapter::Chapter;
use crate::rules::{Finding, chapters as judge, registry};
use crate::show::chapters::{self, Format};
use crate::show::episode::ChaptersGiven;
use crate::show::read::{self, FileTrouble};
use crate::show::{Episode, Given, Located, Malformed, Show, Source};

/// An episode's chapters, and the text they stand in.
#[derive(Debug)]
pub struct Written {
    /// The episode's own file, or a chapter file.
    pub source: Source,
    /// In the order written; never empty.
    pub list: Vec<Located<Chapter>>,
}

/// What came of reading an episode's chapters.
#[derive(Debug)]
pub enum ChaptersRead {
    /// There are some.
    Written(Written),
    /// The text cannot be read as chapters.
    Malformed {
        /// The text.
        source: Source,
        /// Every line that is wrong.
        faults: Vec<Malformed>,
    },
    /// The file that the episode names cannot be used.
    Unusable {
        /// Its path.
        path: String,
        /// Why, unless it is no kind of chapter file.
        trouble: Option<FileTrouble>,
    },
}

impl ChaptersRead {
    /// The chapters, if they could be read.
    pub fn written(&self) -> Option<&Written> {
        match self {
            Self::Written(written) => Some(written),
            _ => None,
        }
    }

    /// The text that they stand in, if there is one.
    pub fn source(&self) -> Option<&Source> {
        match self {
            Self::Written(Written { source, .. }) | Self::Malformed { source, .. } => Some(source),
            Self::Unusable { .. } => None,
        }
    }
}

/// The chapters of an episode; nothing if it has none.
pub fn read(show: &Show, episode: &Episode) -> Option<ChaptersRead> {
    let own = &episode.source;
    let (source, read) = match &episode.chapters {
        Given::Good(Located { value: ChaptersGiven::List(value), span }) => {
            (own.clone(), chapters::in_front_matter(value, &own.text, span))
        }
        Given::Good(Located { value: ChaptersGiven::File(path), .. }) => {
            let unusable = |trouble| ChaptersRead::Unusable { path: path.clone(), trouble };
            let Some(format) = Format::of(path) else { return Some(unusable(None)) };
            match read::read_text(&show.root, path) {
                Ok(source) => {
                    let read = format.read(&source.text);
                    (source, read)
                }
                Err(trouble) => return Some(unusable(Some(trouble))),
            }
        }
        _ if show.settings.show.chapters_from_notes => {
            (own.clone(), chapters::in_notes(&own.text, &episode.notes))
        }
        _ => return None,
    };
    match read {
        Ok(list) => (!list.is_empty()).then_some(ChaptersRead::Written(Written { source, list })),
        Err(faults) => Some(ChaptersRead::Malformed { source, faults }),
    }
}

/// Findings of an episode's chapters; `time` is the audio's, where it is known.
pub fn findings(
    episode: &Episode,
    read: &ChaptersRead,
    time: Option<Duration>,
    findings: &mut Vec<Finding>,
) {
    match read {
        ChaptersRead::Written(written) => {
            judge::judge(&written.source, &written.list, time, findings);
        }
        ChaptersRead::Malformed { source, faults } => {
            findings.extend(faults.iter().map(|fault| judge::malformed(source, fault)));
        }
        ChaptersRead::Unusable { path, trouble } => {
            let Some(span) = episode.chapters.span() else { return };
            let at = |message| Finding::at(&registry::CHAPTERS, &episode.source, span, message);
            findings.push(match trouble {
                Some(trouble) => at(format!("{path}: {trouble}")),
                None => at(format!("{path} is no chapter file")).expected(Format::EXPECTED),
            });
        }
    }
}

/// An episode's chapters as tag, feed and page have them.
pub fn publishable(
    episode: &Episode,
    read: Option<&ChaptersRead>,
    duration: Duration,
) -> Vec<Chapter> {
    let Some(written) = read.and_then(ChaptersRead::written) else { return Vec::new() };
    let intro = episode.title.value().map_or("", String::as_str);
    judge::publishable(&written.list, Some(duration), intro)
}
