//! Chapters as a list in the front matter:
//!
//! ```yaml
//! chapters:
//!   - start: "02:15"
//!     title: What is new
//!     url: https://example.org/new
//!     image: img/new.jpg
//! ```

use saphyr_parser::{Event, Parser};
use serde_yaml::Value;

use super::{Fault, Read, all, image, time, title, url};
use crate::model::chapter::Chapter;
use crate::show::source::{Located, Span};

const EXPECTED: &str = "a mapping with `start` and `title`, and `url` and `image` if you like";

/// Reads the list that stands at `span` of an episode's file, and whose meaning is `value`.
///
/// # Errors
/// Everything that is wrong with it, with places in `text`.
pub fn in_front_matter(value: &Value, text: &str, span: &Span) -> Read {
    let Value::Sequence(entries) = value else {
        return Err(vec![Fault::new("this is no list", EXPECTED).at(span.clone())]);
    };
    let mut spans = entry_spans(text, span);
    if spans.len() != entries.len() {
        spans = vec![span.clone(); entries.len()];
    }
    all(entries.iter().zip(spans).map(|(entry, span)| match chapter(entry) {
        Ok(value) => Ok(Located { value, span }),
        Err(fault) => Err(fault.at(span)),
    }))
}

fn chapter(entry: &Value) -> Result<Chapter, Fault> {
    let Value::Mapping(fields) = entry else {
        return Err(Fault::new("the entry is no mapping", EXPECTED));
    };
    for key in fields.keys() {
        let key = key.as_str().unwrap_or("?");
        if !matches!(key, "start" | "title" | "url" | "image") {
            let reason = format!("a chapter has no `{}`", super::excerpt(key));
            return Err(Fault::new(reason, EXPECTED));
        }
    }
    let text = |key: &str| match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        // A title such as 1984 need not be quoted.
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(Fault::new(format!("`{key}` is no text"), EXPECTED)),
    };
    let start = match text("start")? {
        Some(start) => time::whole(&start)?,
        None => return Err(Fault::new("the chapter has no `start`", time::EXPECTED)),
    };
    Ok(Chapter {
        start,
        title: title(&text("title")?.unwrap_or_default())?,
        url: text("url")?.as_deref().map(url).transpose()?,
        image: text("image")?.as_deref().map(image).transpose()?,
    })
}

/// Where each entry of the list at `span` stands.
fn entry_spans(text: &str, span: &Span) -> Vec<Span> {
    let line = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    // A block list is read from the start of its first line, so that all its lines are indented
    // alike (and of an unindented one the parser gives the first entry's place, behind the dash).
    let block = text[line..span.start].chars().all(|c| c == ' ' || c == '-');
    let base = if block { line } else { span.start };
    let yaml = &text[base..span.end];
    let mut offsets: Vec<usize> = yaml.char_indices().map(|(at, _)| base + at).collect();
    offsets.push(span.end);
    let in_file = |index: usize| offsets.get(index).copied().unwrap_or(span.end);
    let mut spans = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for event in Parser::new_from_str(yaml) {
        let Ok((event, at)) = event else { return Vec::new() };
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if depth == 1 {
                    start = in_file(at.start.index());
                }
                depth += 1;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                depth = depth.saturating_sub(1);
                if depth == 1 {
                    let end = in_file(at.end.index()).max(start);
                    spans.push(start..start + text[start..end].trim_end().len());
                }
            }
            Event::Scalar(..) | Event::Alias(_) if depth == 1 => {
                spans.push(in_file(at.start.index())..in_file(at.end.index()));
            }
            _ => {}
        }
    }
    spans
}
