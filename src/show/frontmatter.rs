//! The YAML between the two `---` lines at the head of an episode: its keys, their values, and where
//! each stands.
//!
//! Values come from `serde_yaml`; places come from the events of `saphyr-parser`, which are read
//! first and refuse what a front matter has no use for (anchors, aliases, tags, deep nesting,
//! duplicate keys) before any value is built, so that a hostile file costs nothing.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};
use serde_yaml::Value;

use super::source::Span;

/// More than any host writes; a larger front matter is refused unread.
pub const MAX_BYTES: usize = 64 * 1024;
const MAX_DEPTH: usize = 8;
/// More quoted texts of several lines than a front matter has.
const MAX_HIDDEN: usize = 16;

/// One key of the front matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// What `serde_yaml` makes of the value.
    pub value: Value,
    /// Where the value stands, quotes included; empty and right behind the colon for no value.
    pub span: Span,
    /// The scalar's own text, without quotes; `None` for a list or mapping.
    pub text: Option<String>,
    /// Whether `text` stands in the file letter for letter (no escapes, no folding), and from where.
    pub verbatim: Option<usize>,
}

/// An episode file, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontMatter {
    /// Its keys, in the host's order.
    pub fields: Vec<Field>,
    /// Where the notes stand: all behind the closing `---`.
    pub notes: Span,
}

/// Why a file has no front matter that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrontMatterError {
    /// The first line is not `---`.
    #[error("the front matter has no opening `---`")]
    NoOpening {
        /// Where the fence belongs, if the file goes on like a front matter.
        insert_at: Option<usize>,
    },
    /// No later line is `---`.
    #[error("the front matter has no closing `---`")]
    NoClosing {
        /// The opening fence.
        opening: Span,
    },
    /// Larger than [`MAX_BYTES`].
    #[error("the front matter is {bytes} bytes long; the limit is {MAX_BYTES}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The opening fence.
        opening: Span,
    },
    /// The YAML cannot be read.
    #[error("{reason}")]
    Yaml {
        /// Where reading stopped.
        span: Span,
        /// What is wrong.
        reason: String,
        /// How to mend it.
        help: Option<String>,
    },
    /// The same key stands there twice.
    #[error("the key `{key}` stands here twice")]
    Duplicate {
        /// The key.
        key: String,
        /// Where it stands first.
        first: Span,
        /// Where it stands again.
        again: Span,
    },
}

/// Takes an episode file apart.
///
/// # Errors
/// [`FrontMatterError`] says what is wrong and where.
pub fn parse(text: &str) -> Result<FrontMatter, FrontMatterError> {
    let (yaml, notes) = split(text)?;
    let fields = fields(&text[yaml.clone()], yaml.start)?;
    Ok(FrontMatter { fields, notes })
}

/// The byte ranges of the YAML and of the notes.
fn split(text: &str) -> Result<(Span, Span), FrontMatterError> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let first_end = line_end(text, start);
    if text[start..first_end].trim_end() != "---" {
        let looks_like_yaml = text[start..first_end].split_once(':').is_some_and(|(key, _)| {
            !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        });
        return Err(FrontMatterError::NoOpening { insert_at: looks_like_yaml.then_some(start) });
    }
    let opening = start..start + 3;
    let yaml_start = first_end;
    let mut at = yaml_start;
    while at < text.len() {
        let end = line_end(text, at);
        if text[at..end].trim_end() == "---" {
            let bytes = at - yaml_start;
            if bytes > MAX_BYTES {
                return Err(FrontMatterError::TooLarge { bytes, opening });
            }
            return Ok((yaml_start..at, end..text.len()));
        }
        at = end;
    }
    Err(FrontMatterError::NoClosing { opening })
}

/// The offset just behind the line that starts at `at`, its line break included.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |found| at + found + 1)
}

fn fields(yaml: &str, base: usize) -> Result<Vec<Field>, FrontMatterError> {
    let places = places_leniently(yaml, base)?;
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let values: serde_yaml::Mapping = serde_yaml::from_str(yaml).map_err(|error| {
        let at = error.location().map_or(0, |place| place.index()).min(yaml.len());
        FrontMatterError::Yaml {
            span: base + floor(yaml, at)..base + floor(yaml, at),
            reason: format!("the front matter is not YAML: {error}"),
            help: None,
        }
    })?;
    Ok(places
        .into_iter()
        .map(|place| {
            let value = values.get(place.key.as_str()).cloned().unwrap_or(Value::Null);
            let verbatim = place.text.as_ref().and_then(|text| {
                let from = place.span.start + usize::from(place.quoted);
                let slice = yaml.get(from - base..from - base + text.len())?;
                (slice == text).then_some(from)
            });
            let Place { key, key_span, span, text, .. } = place;
            // Where both have a text, `serde_yaml` decides; numbers and dates keep their spelling.
            let text = value.as_str().map(str::to_owned).or(text);
            Field { key, key_span, value, span, text, verbatim }
        })
        .collect())
}

struct Place {
    key: String,
    key_span: Span,
    span: Span,
    text: Option<String>,
    quoted: bool,
}

/// [`places`], past one habit: YAML 1.2 wants the further lines of a quoted text indented, hosts and
/// most readers (libyaml, and so `serde_yaml`) do not care. Line breaks within such a text are
/// hidden from the events' reader; places stay the same, and the value comes from elsewhere.
fn places_leniently(yaml: &str, base: usize) -> Result<Vec<Place>, FrontMatterError> {
    let refused = match places(yaml, base) {
        Ok(places) => return Ok(places),
        Err(refused) => refused,
    };
    let mut hidden = yaml.to_owned();
    for _ in 0..MAX_HIDDEN {
        let error = match places(&hidden, base) {
            Ok(places) => return Ok(places),
            Err(error) => error,
        };
        let FrontMatterError::Yaml { span, .. } = &error else { return Err(error) };
        let from = span.start - base;
        let Some(len) =
            hidden.get(from..).filter(|rest| rest.starts_with(['"', '\''])).and_then(closing_quote)
        else {
            return Err(refused);
        };
        let text = hidden[from..from + len].replace(['\n', '\r'], " ");
        if text == hidden[from..from + len] {
            return Err(refused);
        }
        hidden.replace_range(from..from + len, &text);
    }
    Err(refused)
}

/// Walks the YAML's events: where every top-level key and value stands.
fn places(yaml: &str, base: usize) -> Result<Vec<Place>, FrontMatterError> {
    let offsets = Offsets::new(yaml, base);
    let refuse = |span: Span, reason: &str, help: Option<&str>| FrontMatterError::Yaml {
        span,
        reason: reason.to_owned(),
        help: help.map(str::to_owned),
    };
    let mut places: Vec<Place> = Vec::new();
    let mut key: Option<(String, Span)> = None;
    let mut depth = 0_usize;
    let mut nested_from = 0_usize;
    for event in Parser::new_from_str(yaml) {
        let (event, at) = event.map_err(|error| offsets.error(yaml, &error))?;
        let span = offsets.byte(at.start.index())..offsets.byte(at.end.index());
        match event {
            Event::Alias(_) => {
                return Err(refuse(
                    span,
                    "YAML aliases (`*name`) are not read here",
                    Some("write the value out"),
                ));
            }
            Event::Scalar(_, _, anchor, ref tag) if anchor != 0 || tag.is_some() => {
                return Err(refuse(
                    span,
                    "YAML anchors and tags (`&name`, `!tag`) are not read here",
                    Some("put quotes around the value if the `&` or `!` is part of it"),
                ));
            }
            Event::Scalar(text, style, ..) if depth == 1 => match key.take() {
                None => {
                    if let Some(earlier) = places.iter().find(|place| place.key == text) {
                        return Err(FrontMatterError::Duplicate {
                            key: text.into_owned(),
                            first: earlier.key_span.clone(),
                            again: span,
                        });
                    }
                    key = Some((text.into_owned(), span));
                }
                Some((key, key_span)) => {
                    let quoted =
                        matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
                    let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                    let empty = text.is_empty() && !quoted && !block;
                    let span = if empty {
                        behind_colon(yaml, base, &key_span)
                    } else {
                        scalar(yaml, base, span, style, &text)
                    };
                    places.push(Place {
                        key,
                        key_span,
                        span,
                        text: Some(text.into_owned()),
                        quoted,
                    });
                }
            },
            Event::Scalar(..) if depth == 0 => {
                return Err(refuse(
                    trim(yaml, base, span),
                    "the front matter is a text, not keys with values",
                    Some("write one `key: value` to a line"),
                ));
            }
            Event::SequenceStart(anchor, ref tag) | Event::MappingStart(anchor, ref tag) => {
                if anchor != 0 || tag.is_some() {
                    return Err(refuse(
                        span,
                        "YAML anchors and tags (`&name`, `!tag`) are not read here",
                        Some("write the value out"),
                    ));
                }
                if depth == 0 && matches!(event, Event::SequenceStart(..)) {
                    return Err(refuse(
                        span,
                        "the front matter is a list, not keys with values",
                        Some("write one `key: value` to a line"),
                    ));
                }
                if depth == 1 && key.is_none() {
                    return Err(refuse(span, "a list or mapping cannot be a key", None));
                }
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(refuse(span, "the front matter is nested too deeply", None));
                }
                if depth == 2 {
                    nested_from = span.start;
                }
            }
            Event::SequenceEnd | Event::MappingEnd => {
                depth = depth.saturating_sub(1);
                if depth == 1
                    && let Some((key, key_span)) = key.take()
                {
                    let span = trim(yaml, base, nested_from..span.end.max(nested_from));
                    places.push(Place { key, key_span, span, text: None, quoted: false });
                }
            }
            _ => {}
        }
    }
    Ok(places)
}

/// A scalar's own span: the parser's may take in white space and a comment behind it.
fn scalar(yaml: &str, base: usize, span: Span, style: ScalarStyle, text: &str) -> Span {
    let from = &yaml[span.start - base..];
    let len = match style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => closing_quote(from),
        _ if from.starts_with(text) => Some(text.len()),
        _ => None,
    };
    match len {
        Some(len) => span.start..span.start + len,
        None => trim(yaml, base, span),
    }
}

/// The length of the quoted scalar that `text` starts with, quotes included.
fn closing_quote(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut rest = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = rest.next() {
        if c == '\\' && quote == '"' {
            rest.next();
        } else if c == quote {
            if quote == '\'' && rest.peek().is_some_and(|&(_, next)| next == '\'') {
                rest.next();
            } else {
                return Some(at + 1);
            }
        }
    }
    None
}

/// A value's span without the white space and comments that a parser's span may take in.
fn trim(yaml: &str, base: usize, span: Span) -> Span {
    let text = &yaml[span.start - base..span.end - base];
    span.start..span.start + text.trim_end().len()
}

/// The empty place right behind a key's colon, where a value would stand.
fn behind_colon(yaml: &str, base: usize, key: &Span) -> Span {
    let after = &yaml[key.end - base..];
    let at = key.end + after.find(':').map_or(0, |found| found + 1);
    at..at
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Turns a parser's character counts into byte offsets of the file.
struct Offsets {
    bytes: Vec<usize>,
    base: usize,
}

impl Offsets {
    fn new(yaml: &str, base: usize) -> Self {
        let bytes = yaml.char_indices().map(|(at, _)| at).chain([yaml.len()]).collect();
        Self { bytes, base }
    }

    fn byte(&self, character: usize) -> usize {
        self.base + self.bytes.get(character).or(self.bytes.last()).copied().unwrap_or(0)
    }

    fn error(&self, yaml: &str, error: &ScanError) -> FrontMatterError {
        let at = self.byte(error.marker().index());
        let line_start = yaml[..at - self.base].rfind('\n').map_or(0, |found| found + 1);
        let line = &yaml[line_start..line_end(yaml, line_start)];
        let help = if line.trim_start_matches(' ').starts_with('\t') {
            Some("indent with spaces: YAML does not allow tabs there")
        } else if line.matches(": ").count() > 1 {
            Some("put quotes around a value that holds `: `")
        } else if line.contains(['"', '\'']) {
            Some("look for a quote that is not closed, or that closes too early")
        } else {
            None
        };
        FrontMatterError::Yaml {
            span: at..at,
            reason: format!("the front matter is not YAML: {}", error.info()),
            help: help.map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field<'a>(matter: &'a FrontMatter, key: &str) -> &'a Field {
        matter.fields.iter().find(|field| field.key == key).unwrap()
    }

    #[test]
    fn values_and_places() {
        let text = "---\r\ntitle:  \"É: a\" # c\r\nsize: 12 \r\nguest:\r\ndate: 2022-05-27 07:00:00 +0200   \r\nguests:\r\n  - name: A\r\n    link: b\r\n---\r\nNotes";
        let matter = parse(text).unwrap();
        assert_eq!(&text[field(&matter, "title").span.clone()], "\"É: a\"");
        assert_eq!(field(&matter, "title").verbatim, text.find("É"));
        assert_eq!(&text[field(&matter, "size").span.clone()], "12");
        assert_eq!(field(&matter, "size").value.as_u64(), Some(12));
        assert_eq!(&text[field(&matter, "date").span.clone()], "2022-05-27 07:00:00 +0200");
        let guest = field(&matter, "guest");
        assert_eq!(
            (guest.span.start, guest.value.is_null()),
            (text.find("guest:").unwrap() + 6, true)
        );
        assert_eq!(&text[field(&matter, "guests").span.clone()], "- name: A\r\n    link: b");
        assert_eq!(&text[matter.notes.clone()], "Notes");
    }

    #[test]
    fn fences() {
        assert_eq!(
            parse("title: a\n---\n"),
            Err(FrontMatterError::NoOpening { insert_at: Some(0) })
        );
        assert_eq!(parse("Hello\n"), Err(FrontMatterError::NoOpening { insert_at: None }));
        assert_eq!(parse("---\ntitle: a\n"), Err(FrontMatterError::NoClosing { opening: 0..3 }));
        assert!(parse("\u{feff}---\ntitle: a\n---").unwrap().notes.is_empty());
        assert!(parse("---\n---\n").unwrap().fields.is_empty());
    }

    #[test]
    fn a_quoted_text_may_go_on_at_the_margin() {
        let text = "---\na: \"one\n\ntwo\"\nb: 1\n---\n";
        let matter = parse(text).unwrap();
        assert_eq!(field(&matter, "a").text.as_deref(), Some("one\ntwo"));
        assert_eq!(&text[field(&matter, "b").span.clone()], "1");
        assert!(parse("---\na: \"one\nb: 1\n---\n").is_err());
    }

    #[test]
    fn hostile_yaml_is_refused_before_it_is_built() {
        let refused = |yaml: &str| {
            matches!(parse(&format!("---\n{yaml}\n---\n")), Err(FrontMatterError::Yaml { .. }))
        };
        assert!(refused("a: &x [1]\nb: [*x, *x]"));
        assert!(refused("a: !!binary x"));
        assert!(refused("a: [[[[[[[[[[1]]]]]]]]]]"));
        assert!(refused("- a\n- b"));
        assert!(refused("just text"));
        assert!(refused("a: b: c"));
        assert!(refused("\ta: b"));
        assert!(refused("a: \"b"));
        assert!(matches!(parse("---\na: 1\na: 2\n---\n"), Err(FrontMatterError::Duplicate { .. })));
        let large = format!("---\na: {}\n---\n", "x".repeat(MAX_BYTES));
        assert!(matches!(parse(&large), Err(FrontMatterError::TooLarge { .. })));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(---\n)?[ -~é“\t\n:&*]{0,200}(\n---\n)?.{0,20}") {
            if let Ok(matter) = parse(&text) {
                for field in &matter.fields {
                    prop_assert!(text.get(field.span.clone()).is_some());
                    prop_assert!(text.get(field.key_span.clone()).is_some());
                }
            }
        }

        /// The two readers of YAML agree: what one calls a key's text is what the other calls its value.
        #[test]
        fn events_and_values_agree(key in "[a-z]{1,8}", value in "[a-zA-Zé\"'#0-9:.]{0,30}") {
            let text = format!("---\n{key}: {value}\nend: 1\n---\n");
            if let Ok(matter) = parse(&text) {
                let field = &matter.fields[0];
                if let (Some(text), Value::String(value)) = (&field.text, &field.value) {
                    prop_assert_eq!(text, value);
                }
            }
        }
    }
}
