//! Reads an episode's chapters from wherever the host wrote them.

use crate::model::chapter::Chapter;
use crate::rules::{Finding, chapters as judge, registry};
use crate::show::chapters::{self, Format};
use crate::show::episode::ChaptersGiven;
use crate::show::{Episode, Given, Located, Show, Source, read};

/// An episode's chapters, and the text they stand in.
#[derive(Debug)]
pub struct Written {
    /// The episode's own file, or a chapter file.
    pub source: Source,
    /// In the order written.
    pub list: Vec<Located<Chapter>>,
}

/// The chapters of an episode, if it has any that can be read; findings for what cannot.
pub fn read(show: &Show, episode: &Episode, findings: &mut Vec<Finding>) -> Option<Written> {
    let own = &episode.source;
    let (source, read) = match &episode.chapters {
        Given::Good(Located { value: ChaptersGiven::List(value), span }) => {
            (own.clone(), chapters::in_front_matter(value, &own.text, span))
        }
        Given::Good(Located { value: ChaptersGiven::File(path), span }) => {
            let at = |message: String| Finding::at(&registry::CHAPTERS, own, span.clone(), message);
            let Some(format) = Format::of(path) else {
                findings.push(at(format!("{path} is no chapter file")).expected(Format::EXPECTED));
                return None;
            };
            match read::read_text(&show.root, path) {
                Ok(source) => {
                    let read = format.read(&source.text);
                    (source, read)
                }
                Err(trouble) => {
                    findings.push(at(format!("{path}: {trouble}")));
                    return None;
                }
            }
        }
        _ if show.settings.show.chapters_from_notes => {
            (own.clone(), chapters::in_notes(&own.text, &episode.notes))
        }
        _ => return None,
    };
    match read {
        Ok(list) => (!list.is_empty()).then_some(Written { source, list }),
        Err(faults) => {
            findings.extend(faults.iter().map(|fault| judge::malformed(&source, fault)));
            None
        }
    }
}
