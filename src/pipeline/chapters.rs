//! Reads an episode's chapters from wherever the host wrote them, or else from its MP3's tag.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::audio::tag::{MAX_CHAPTERS, held_contents};
use crate::model::chapter::{Chapter, TagChapter};
use crate::rules::pictures::{Looks, instead};
use crate::rules::text::merge;
use crate::rules::{Finding, Severity, chapters as judge, registry};
use crate::show::addresses::has_web_scheme;
use crate::show::chapters::{self, Format};
use crate::show::episode::ChaptersGiven;
use crate::show::read::{self, FileTrouble};
use crate::show::source::{UNFINISHED_MERGE, unfinished_merge};
use crate::show::{Episode, Given, Located, Malformed, Show, Source, files};

/// The longest title of a tag's chapter that is shown, in characters.
const MAX_TITLE: usize = 255;
/// The longest address of a tag's chapter that is shown, in bytes.
const MAX_URL: usize = 2000;

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
    /// There is no chapter in the file that the episode names.
    Empty {
        /// Its path.
        path: String,
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
            Self::Unusable { .. } | Self::Empty { .. } => None,
        }
    }
}

/// What came of chapter files that were read: any number of episodes may name the same.
pub type Known = HashMap<String, Arc<ChaptersRead>>;

/// The chapters of an episode; nothing if it has none.
pub fn read(show: &Show, episode: &Episode, known: &mut Known) -> Option<Arc<ChaptersRead>> {
    let own = &episode.source;
    let read = match &episode.chapters {
        Given::Good(Located { value: ChaptersGiven::List(value), span }) => {
            let read = chapters::in_front_matter(value, &own.text, span);
            chapters_of(show, own.clone(), read)
        }
        Given::Good(Located { value: ChaptersGiven::File(path), .. }) => {
            let candidates = files::candidates(path, &own.path);
            let found = files::first_there(&show.root, &candidates);
            if let Some(read) = found.as_ref().ok().and_then(|found| known.get(*found)) {
                return Some(Arc::clone(read));
            }
            let path = path.clone();
            let read = match (Format::of(&path), found) {
                (None, _) => ChaptersRead::Unusable { path, trouble: None },
                (_, Err(trouble)) => ChaptersRead::Unusable { path, trouble: Some(trouble) },
                (Some(format), Ok(found)) => match read::read_other_text(&show.root, found) {
                    Ok(source) => {
                        let read = match unfinished_merge(&source.text) {
                            Some(span) => {
                                let expected = Format::EXPECTED;
                                Err(vec![Malformed::whole(span, UNFINISHED_MERGE, expected)])
                            }
                            None => Format::of_text(format, &source.text).read(&source.text),
                        };
                        chapters_of(show, source, read).unwrap_or(ChaptersRead::Empty { path })
                    }
                    Err(trouble) => ChaptersRead::Unusable { path, trouble: Some(trouble) },
                },
            };
            let read = Arc::new(read);
            if let Some(source) = read.source() {
                known.insert(source.path.clone(), Arc::clone(&read));
            }
            return Some(read);
        }
        _ if show.settings.show.chapters_from_notes => {
            chapters_of(show, own.clone(), chapters::in_notes(&own.text, &episode.notes))
        }
        _ => return None,
    };
    read.map(Arc::new)
}

/// What was read of this text; nothing if there is no chapter in it.
fn chapters_of(
    show: &Show,
    source: Source,
    read: Result<Vec<Located<Chapter>>, Vec<Malformed>>,
) -> Option<ChaptersRead> {
    match read {
        Ok(list) if list.is_empty() => None,
        Ok(mut list) => {
            for chapter in &mut list {
                let image = chapter.value.image.as_mut().filter(|image| !files::is_address(image));
                let Some(image) = image else { continue };
                // A name that may mean several files means the one that is there.
                let candidates = files::candidates(image, &source.path);
                if let Ok(path) = files::first_there(&show.root, &candidates) {
                    path.clone_into(image);
                }
            }
            Some(ChaptersRead::Written(Written { source, list }))
        }
        Err(faults) => Some(ChaptersRead::Malformed { source, faults }),
    }
}

/// Findings of an episode's chapters; `time` is the audio's, where it is known.
pub fn findings(
    episode: &Episode,
    read: &ChaptersRead,
    time: Option<Duration>,
    looks: &Looks,
    findings: &mut Vec<Finding>,
) {
    // A host who names chapters wants them: without them nothing is published.
    let at = |message: String| {
        let span = episode.chapters.span().unwrap_or(0..0);
        let finding = Finding::at(&registry::CHAPTERS, &episode.source, span, message);
        Finding { severity: Severity::Error, ..finding }
    };
    findings.push(match read {
        ChaptersRead::Written(written) => {
            if written.source.path != episode.source.path {
                findings.extend(judge::hidden(&written.source));
            }
            return judge::judge(&written.source, &written.list, time, findings);
        }
        ChaptersRead::Malformed { source, faults } => {
            // An episode's own is told of already.
            let of_file = source.path != episode.source.path;
            if let Some(unmerged) = merge(source).filter(|_| of_file) {
                return findings.push(unmerged);
            }
            let said = episode.chapters.value().is_some();
            return judge::faults(source, faults, said, findings);
        }
        ChaptersRead::Empty { path } => at(format!("there is no chapter in {path}")),
        ChaptersRead::Unusable { path, trouble: Some(trouble) } => {
            let finding = at(format!("{path}: {trouble}"));
            match instead(looks, path, &episode.source, trouble) {
                Some(near) => finding.help(format!("did you mean {near}?")),
                None => finding,
            }
        }
        ChaptersRead::Unusable { path, trouble: None } => {
            at(format!("{path} is not a chapter file")).expected(Format::EXPECTED)
        }
    });
}

/// An episode's chapters as tag, feed and page have them.
pub fn publishable(
    episode: &Episode,
    read: Option<&ChaptersRead>,
    time: Option<Duration>,
) -> Vec<Chapter> {
    let written = read.and_then(ChaptersRead::written).map_or(&[][..], |written| &written.list);
    in_order(episode, written.iter().map(|it| it.value.clone()).collect(), time)
}

/// The chapters of a tag as feed and page have them.
pub fn of_tag(episode: &Episode, held: &[TagChapter], time: Option<Duration>) -> Vec<Chapter> {
    in_order(episode, held.iter().map(Chapter::from).collect(), time)
}

/// Whether the host leaves it to the MP3 which chapters an episode has: `chapters: []` says none.
pub fn are_left_to_the_tag(episode: &Episode, read: Option<&ChaptersRead>) -> bool {
    read.is_none() && matches!(episode.chapters, Given::Missing | Given::Empty(_))
}

fn in_order(episode: &Episode, chapters: Vec<Chapter>, time: Option<Duration>) -> Vec<Chapter> {
    let intro = episode.title.value().map_or("", String::as_str);
    judge::publishable(chapters, time, intro)
}

/// The chapters that the tag of the MP3 at `file` holds, as far as a page can show them.
pub fn in_tag(file: &Path, payload: &Range<u64>) -> Vec<TagChapter> {
    let Ok(contents) = held_contents(file, payload) else { return Vec::new() };
    let held = contents.chapters.into_iter().filter(|chapter| !chapter.title.is_empty());
    let is_web = |url: &String| url.len() <= MAX_URL && has_web_scheme(url);
    held.take(MAX_CHAPTERS)
        .map(|held| TagChapter {
            start_ms: u64::try_from(held.start.as_millis()).unwrap_or(u64::MAX),
            title: held.title.chars().take(MAX_TITLE).collect(),
            url: held.url.filter(is_web),
        })
        .collect()
}
