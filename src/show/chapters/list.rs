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
use crate::model::chapter::{Chapter, Details};
use crate::show::source::{Located, Span};

const EXPECTED: &str = "a mapping with `start` and `title`, and `url` and `image` if you like";

/// Reads the list that stands at `span` of an episode's file, and whose meaning is `value`.
///
/// # Errors
/// Everything that is wrong with it, with places in `text`.
pub fn in_front_matter(value: &Value, text: &str, span: &Span) -> Read {
    let Value::Sequence(entries) = value else {
        return Err(vec![Fault::new("this is not a list", EXPECTED).at(span.clone())]);
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

/// What a key means: our own names, and those of other tools and of the JSON form.
fn meaning(key: &str) -> Option<&'static str> {
    Some(match key {
        "start" | "startTime" | "start_time" | "time" => "start",
        "title" | "name" => "title",
        "url" | "href" | "link" => "url",
        "image" | "img" => "image",
        "end" | "endTime" | "end_time" => "end",
        "toc" => "toc",
        _ => return None,
    })
}

fn chapter(entry: &Value) -> Result<Chapter, Fault> {
    let fields = match entry {
        Value::Mapping(fields) => fields,
        // `- 00:02:15 What is new`
        Value::String(line) => return super::text::chapter(line),
        _ => return Err(Fault::new("the entry is not a mapping", EXPECTED)),
    };
    // `- 00:02:15: What is new`
    if let (1, Some((Value::String(key), Value::String(words)))) =
        (fields.len(), fields.iter().next())
        && key.starts_with(|c: char| c.is_ascii_digit())
    {
        return Ok(Chapter::new(time::whole(key)?, title(words)?));
    }
    for key in fields.keys() {
        let key = key.as_str().unwrap_or("?");
        if meaning(key).is_none() {
            let reason = format!("a chapter has no `{}`", super::excerpt(key));
            return Err(Fault::new(reason, EXPECTED));
        }
    }
    let value = |wanted: &str| {
        let known = |key: &Value| key.as_str().and_then(meaning) == Some(wanted);
        fields.iter().find(|(key, _)| known(key)).map(|(_, value)| value)
    };
    let text = |key: &str| match value(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        // A title such as 1984 need not be quoted.
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(Fault::new(format!("`{key}` is not text"), EXPECTED)),
    };
    let start = match text("start")? {
        Some(start) => time::whole(&start)?,
        None => return Err(Fault::new("the chapter has no `start`", time::EXPECTED)),
    };
    let end = text("end")?.map(|end| time::whole(&end)).transpose()?;
    let hidden = value("toc") == Some(&Value::Bool(false));
    Ok(Chapter {
        start,
        title: title(&text("title")?.unwrap_or_default())?,
        url: text("url")?.as_deref().map(url).transpose()?,
        image: text("image")?.as_deref().map(image).transpose()?,
        details: Details { end: end.filter(|&end| end > start), hidden, location: None },
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
