//! Podcasting 2.0 chapters, version 1.2: `application/json+chapters`.
//!
//! Source: Podcast Namespace, "JSON Chapters Format". Entries with `"toc": false` stand in no list of
//! chapters, but are published for their pictures and links.

use serde_json::Value;

use super::{Fault, Read, all, image, time, title, url};
use crate::model::chapter::{Chapter, Details, Location};
use crate::show::source::Span;

const EXPECTED: &str = r#"{"version": "1.2.0", "chapters": [{"startTime": 135, "title": "…"}]}"#;

#[derive(serde::Deserialize)]
struct File {
    chapters: Vec<Value>,
}

pub(super) fn read(text: &str) -> Read {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let file: File = serde_json::from_str(&text[start..]).map_err(|error| {
        let at = offset(text, error.line(), error.column());
        vec![Fault::new(message(&error), EXPECTED).at(at..at)]
    })?;
    let mut spans = element_spans(text);
    if spans.len() != file.chapters.len() {
        spans = vec![0..text.len(); file.chapters.len()];
    }
    let entries = file.chapters.iter().zip(spans);
    all(entries.map(|(entry, span)| match chapter(entry) {
        Ok(value) => Ok(crate::show::Located { value, span }),
        Err(fault) => Err(fault.at(span)),
    }))
}

fn chapter(entry: &Value) -> Result<Chapter, Fault> {
    let text = |key: &str| match entry.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.trim().is_empty())),
        Some(_) => Err(Fault::new(format!("`{key}` is not text"), EXPECTED)),
    };
    let time = |key: &str| match entry.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => time::seconds(number.as_f64().unwrap_or(f64::NAN)).map(Some),
        // Some write a text, of seconds or as a clock shows them.
        Some(Value::String(text)) => time::whole(text).map(Some),
        Some(_) => Err(Fault::new(format!("`{key}` is not a time"), SECONDS)),
    };
    let Some(start) = time("startTime")? else {
        return Err(Fault::new("the chapter has no `startTime`", SECONDS));
    };
    let hidden = entry.get("toc") == Some(&Value::Bool(false));
    let title = match text("title")? {
        None if hidden => String::new(),
        given => title(given.unwrap_or_default())?,
    };
    let end = time("endTime")?.filter(|&end| end > start);
    Ok(Chapter {
        start,
        title,
        url: text("url")?.map(url).transpose()?,
        image: text("img")?.map(image).transpose()?,
        details: Details { end, hidden, location: entry.get("location").and_then(location) },
    })
}

/// A place of which name and coordinates are known.
fn location(value: &Value) -> Option<Location> {
    let text = |key: &str| {
        let text = value.get(key)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    Some(Location { name: text("name")?, geo: text("geo")?, osm: text("osm") })
}

const SECONDS: &str = "seconds, as in \"startTime\": 135.5";

/// The parser's words without its place, which is told otherwise.
fn message(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    format!("this is not a chapter file: {}", words.strip_suffix(&place).unwrap_or(&words))
}

/// The byte offset of a line and column (in bytes), both counted from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    text.floor_char_boundary(start + column.saturating_sub(1))
}

/// Where each object of the top-level list `chapters` stands. The text is known to be JSON.
fn element_spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut depth = 0_usize;
    let mut key = 0..0;
    let mut inside = false;
    let mut start = 0;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => {
                let mut end = at;
                while let Some((next, byte)) = bytes.next() {
                    end = next;
                    match byte {
                        b'\\' => drop(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
                if depth == 1 {
                    key = at + 1..end;
                }
            }
            b'{' | b'[' => {
                if depth == 1 {
                    inside = byte == b'[' && &text[key.clone()] == "chapters";
                } else if depth == 2 {
                    start = at;
                }
                depth += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 2 && inside && byte == b'}' {
                    spans.push(start..at + 1);
                }
            }
            _ => {}
        }
    }
    spans
}
