//! WebVTT files whose cues are chapters (W3C WebVTT, section 1.4 "Chapters" and section 6).
//!
//! A cue's start is the chapter's, its text the title; ends, identifiers and settings are not read.

use super::{Fault, Read, all, title};
use crate::model::chapter::Chapter;
use crate::show::cues::{self, TimedCue};
use crate::show::source::{Located, Malformed};

const TIMING: &str = "a line of start and end, as in 00:02:15.000 --> 00:05:00.000";

pub(super) fn read(text: &str) -> Read {
    if !cues::is_webvtt(text) {
        let end = text.find('\n').unwrap_or(text.len());
        let fault = Fault::new("this is not a WebVTT file", "WEBVTT as its first line");
        return Err(vec![fault.at(0..text[..end].trim_end().len())]);
    }
    let found = cues::read(text);
    let stray = |span| Fault::new("the cue has no times", TIMING).at(span);
    let mut entries: Vec<Result<Located<Chapter>, Malformed>> =
        found.faults.into_iter().chain(found.stray.into_iter().map(stray)).map(Err).collect();
    entries.extend(found.cues.into_iter().map(cue));
    let place = |entry: &Result<Located<Chapter>, Malformed>| match entry {
        Ok(chapter) => chapter.span.start,
        Err(fault) => fault.span.start,
    };
    entries.sort_by_key(place);
    all(entries)
}

fn cue(cue: TimedCue<'_>) -> Result<Located<Chapter>, Malformed> {
    let text: Vec<String> = cue.lines.iter().map(|line| cues::plain(line)).collect();
    match title(&text.join(" ")) {
        Ok(title) => Ok(Located { value: Chapter::new(cue.start, title), span: cue.span }),
        Err(fault) => Err(fault.at(cue.span)),
    }
}
