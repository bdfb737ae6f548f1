//! Podlove Simple Chapters: `<psc:chapter start="00:02:15.500" title="…" href="…" image="…"/>`.
//!
//! Source: Podlove Simple Chapters 1.2. Times are normal play times (RFC 2326, section 3.6): seconds, or
//! hours, minutes and seconds. No entity but XML's own is looked up.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::{Fault, Read, all, image, time, title, url};
use crate::model::chapter::Chapter;
use crate::show::source::{Located, Malformed, Span};

const EXPECTED: &str = "<psc:chapter start=\"00:02:15.500\" title=\"…\"/>";

pub(super) fn read(text: &str) -> Read {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut reader = Reader::from_str(&text[start..]);
    let mut found: Vec<Result<Located<Chapter>, Malformed>> = Vec::new();
    let place = |reader: &Reader<&[u8]>, from: u64| -> Span {
        let at = |position: u64| {
            usize::try_from(position).map_or(text.len(), |at| text.floor_char_boundary(start + at))
        };
        at(from)..at(reader.buffer_position()).max(at(from))
    };
    loop {
        let from = reader.buffer_position();
        let element = match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => element,
            Ok(Event::Eof) => break,
            Ok(_) => continue,
            Err(error) => {
                let span = place(&reader, reader.error_position());
                let fault = Fault::new(format!("this is not a chapter file: {error}"), EXPECTED);
                return Err(vec![fault.at(span)]);
            }
        };
        if element.local_name().as_ref() == "chapter" {
            let span = place(&reader, from);
            found.push(match chapter(&element) {
                Ok(value) => Ok(Located { value, span }),
                Err(fault) => Err(fault.at(span)),
            });
        }
    }
    if found.is_empty() {
        return Err(vec![Fault::new("there is no chapter in this file", EXPECTED).at(0..0)]);
    }
    all(found)
}

fn chapter(element: &BytesStart<'_>) -> Result<Chapter, Fault> {
    let text = |name: &str| -> Result<Option<String>, Fault> {
        let wrong = |error: String| Fault::new(format!("`{name}`: {error}"), EXPECTED);
        let attribute =
            element.try_get_attribute(name).map_err(|error| wrong(error.to_string()))?;
        let Some(attribute) = attribute else { return Ok(None) };
        let value = quick_xml::escape::unescape(&attribute.value);
        let value = value.map_err(|error| wrong(error.to_string()))?;
        Ok(Some(value.into_owned()).filter(|value| !value.trim().is_empty()))
    };
    let Some(start) = text("start")? else {
        return Err(Fault::new("the chapter has no `start`", EXPECTED));
    };
    let title = title(&text("title")?.unwrap_or_default())?;
    Ok(Chapter {
        url: text("href")?.as_deref().map(url).transpose()?,
        image: text("image")?.as_deref().map(image).transpose()?,
        ..Chapter::new(time::whole(&start)?, title)
    })
}
