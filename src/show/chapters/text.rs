//! Chapters as lines of text, each with a time and a title:
//!
//! ```text
//! 00:00:00.000 Intro
//! 00:02:15.500 What is new <https://example.org/new>
//! ```
//!
//! That is what mp4chaps and Auphonic write; lists as people paste them under a video have bullets,
//! brackets or dashes. Matroska's tools write two lines a chapter (`CHAPTER01=`, `CHAPTER01NAME=`),
//! FFmpeg a file of sections. Which of them a text is, its first line tells; Audacity's labels have a
//! reader of their own.

use std::time::Duration;

use super::{Fault, Read, all, audacity, lines, time, title, url};
use crate::model::chapter::Chapter;
use crate::show::source::{Located, Malformed, Span};

const EXPECTED: &str = "a time and a title, as in 00:02:15.500 Title <https://…>";

/// What may stand between a time and its title.
const BETWEEN: [char; 11] = ['-', '–', '—', '−', '|', '·', '•', '=', '>', '→', ','];

pub(super) fn read(text: &str) -> Read {
    let told = |line: &str| !line.trim().is_empty() && !is_remark(line);
    let mut first = lines(text).map(|(_, line)| line).filter(|line| !line.trim().is_empty());
    let first_line = first.next().unwrap_or_default();
    if first_line.trim_start().starts_with(";FFMETADATA") {
        return sections(text);
    }
    let first_line = lines(text).map(|(_, line)| line).find(|line| told(line)).unwrap_or_default();
    if is_label(first_line) {
        return audacity::read(text);
    }
    if first_line.trim_start().starts_with("CHAPTER") && first_line.contains('=') {
        return pairs(text);
    }
    all(lines(text).filter(|(_, line)| told(line)).map(|(span, line)| match chapter(line) {
        Ok(value) => Ok(Located { value, span }),
        Err(fault) => Err(fault.at(span)),
    }))
}

/// A line that only a person reads.
fn is_remark(line: &str) -> bool {
    let line = line.trim_start();
    ["#", ";", "//"].iter().any(|mark| line.starts_with(mark))
}

/// Whether a line has Audacity's three columns, or looks as if it wanted to.
fn is_label(line: &str) -> bool {
    let mut columns = line.split('\t');
    let number = |column: Option<&str>| {
        column.is_some_and(|text| text.trim().replace(',', ".").parse::<f64>().is_ok())
    };
    line.starts_with('\\') || number(columns.next()) && number(columns.next())
}

/// A line's chapter.
pub(super) fn chapter(line: &str) -> Result<Chapter, Fault> {
    let line = line.trim().trim_start_matches(['*', '•', '·']).trim_start();
    let line = line.strip_prefix("- ").map_or(line, str::trim_start);
    let (inner, bracket) = super::notes::in_brackets(line);
    let none = || {
        let reason = format!("`{}` does not begin with a time", super::excerpt(line));
        Fault::new(reason, EXPECTED)
    };
    let code = time::read(inner)?.ok_or_else(none)?;
    let mut rest = &inner[code.len..];
    if let Some(bracket) = bracket {
        rest = rest.strip_prefix(bracket).ok_or_else(none)?;
    }
    // A span of time, as some write it: only its start counts.
    let end = rest.trim_start().strip_prefix(['-', '–']).map(str::trim_start);
    if let Some(end) = end.and_then(|end| {
        let code = time::read(end).ok()??;
        (code.parts > 1).then(|| &end[code.len..])
    }) {
        rest = end;
    }
    if rest.starts_with(char::is_alphanumeric) || code.parts == 1 && !rest.starts_with([' ', '\t'])
    {
        return Err(none());
    }
    let rest =
        rest.trim_start_matches(|c: char| c.is_whitespace() || c == ':' || BETWEEN.contains(&c));
    let (words, address) =
        match rest.trim_end().strip_suffix('>').and_then(|it| it.rsplit_once('<')) {
            Some((words, address)) if !address.contains(char::is_whitespace) => {
                (words, Some(address))
            }
            _ => (rest, None),
        };
    let address = address.map(url).transpose()?;
    Ok(Chapter { url: address, ..Chapter::new(code.time, title(words)?) })
}

/// `CHAPTER01=00:00:00.000`, then `CHAPTER01NAME=Intro` (mkvmerge, "simple chapter format").
fn pairs(text: &str) -> Read {
    const EXPECTED: &str = "CHAPTER01=00:00:00.000, then CHAPTER01NAME=Title";
    let mut found: Vec<Result<Located<Chapter>, Malformed>> = Vec::new();
    let mut start: Option<(Duration, Span)> = None;
    for (span, line) in lines(text).filter(|(_, line)| !line.trim().is_empty()) {
        let Some((key, value)) = line.split_once('=') else {
            found.push(Err(Fault::new("the line is neither time nor name", EXPECTED).at(span)));
            continue;
        };
        let key = key.trim();
        if key.contains("NAME") {
            let chapter = match start.take() {
                Some((start, place)) => title(value)
                    .map(|title| Located { value: Chapter::new(start, title), span: place }),
                None => Err(Fault::new("no time stands before this name", EXPECTED)),
            };
            found.push(chapter.map_err(|fault| fault.at(span)));
        } else {
            match time::whole(value) {
                Ok(time) => start = Some((time, span)),
                Err(fault) => found.push(Err(fault.at(span))),
            }
        }
    }
    if let Some((_, span)) = start {
        found.push(Err(Fault::new("the chapter has no name", EXPECTED).at(span)));
    }
    all(found)
}

/// FFmpeg's metadata file: `[CHAPTER]`, `TIMEBASE=1/1000`, `START=`, `title=` (ffmpeg-formats,
/// "Metadata").
fn sections(text: &str) -> Read {
    const EXPECTED: &str = "[CHAPTER], then START=… and title=…";
    struct Section {
        span: Span,
        base: (f64, f64),
        start: Option<f64>,
        title: String,
    }
    let chapter = |section: Section| {
        let read = || {
            let start =
                section.start.ok_or_else(|| Fault::new("the chapter has no START", EXPECTED))?;
            let start = time::seconds(start * section.base.0 / section.base.1)?;
            Ok(Chapter::new(start, title(&section.title)?))
        };
        match read() {
            Ok(value) => Ok(Located { value, span: section.span }),
            Err(fault) => Err(Fault::at(fault, section.span)),
        }
    };
    let mut sections: Vec<Section> = Vec::new();
    let mut inside = false;
    for (span, line) in lines(text) {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line.eq_ignore_ascii_case("[CHAPTER]");
            if inside {
                // Nanoseconds, unless a time base is given.
                sections.push(Section {
                    span,
                    base: (1.0, 1e9),
                    start: None,
                    title: String::new(),
                });
            }
            continue;
        }
        let Some((section, (key, value))) =
            sections.last_mut().filter(|_| inside).zip(line.split_once('='))
        else {
            continue;
        };
        match key.trim().to_ascii_lowercase().as_str() {
            "timebase" => {
                let parts = value.split_once('/');
                let parts =
                    parts.and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
                section.base = parts.unwrap_or(section.base);
            }
            "start" => section.start = value.trim().parse().ok(),
            "title" => section.title = unescaped(value),
            _ => {}
        }
    }
    all(sections.into_iter().map(chapter))
}

/// FFmpeg writes a backslash before `=`, `;`, `#` and `\`.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}
