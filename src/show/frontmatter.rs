//! The YAML between the two `---` lines at the head of an episode: its keys, their values, and where
//! each stands.

use super::source::Span;
pub use super::yaml::Entry as Field;
use super::yaml::{self, Refusal};

/// More than any host writes; a larger front matter is refused unread.
pub const MAX_BYTES: usize = 64 * 1024;

/// An episode file, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontMatter {
    /// Its keys, in the host's order.
    pub fields: Vec<Field>,
    /// YAML's node properties that say nothing, which may have been meant as text.
    pub idle_properties: Vec<Span>,
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
    /// A line that was surely meant as a fence: `--`, `----`, or dashes of a word processor.
    #[error("this line is not `---`, which a front matter stands between")]
    OddFence {
        /// The line.
        span: Span,
    },
    /// No later line is `---`.
    #[error("the front matter has no closing `---`")]
    NoClosing {
        /// The opening fence.
        opening: Span,
    },
    /// Another language than YAML.
    #[error("this front matter is {language}")]
    Language {
        /// Its first line.
        opening: Span,
        /// What it is in.
        language: &'static str,
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
        /// How to fix it.
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

impl From<Refusal> for FrontMatterError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::At { span, reason, help } => Self::Yaml { span, reason, help },
            Refusal::Duplicate { key, first, again } => Self::Duplicate { key, first, again },
        }
    }
}

/// Takes an episode file apart.
///
/// # Errors
/// [`FrontMatterError`] says what is wrong and where.
pub fn parse(text: &str) -> Result<FrontMatter, FrontMatterError> {
    let (yaml, notes) = split(text)?;
    let document = yaml::read(&text[yaml.clone()], yaml.start)?;
    Ok(FrontMatter { fields: document.entries, idle_properties: document.idle_properties, notes })
}

/// The byte ranges of the YAML and of the notes.
fn split(text: &str) -> Result<(Span, Span), FrontMatterError> {
    let start = start(text);
    let first_end = line_end(text, start);
    let first = text[start..first_end].trim_end();
    if first != "---" {
        return Err(no_opening(text, start, first));
    }
    let opening = start..start + 3;
    let mut at = first_end;
    let mut odd = None;
    while at < text.len() {
        let end = line_end(text, at);
        let line = text[at..end].trim_end();
        // YAML's own end of a document is one here as well, as it is for Jekyll.
        if matches!(line, "---" | "...") {
            let bytes = at - first_end;
            if bytes > MAX_BYTES {
                return Err(FrontMatterError::TooLarge { bytes, opening });
            }
            return Ok((first_end..at, end..text.len()));
        }
        if odd.is_none() && is_odd_fence(line) {
            odd = Some(at..at + line.len());
        }
        at = end;
    }
    Err(match odd {
        Some(span) => FrontMatterError::OddFence { span },
        None => FrontMatterError::NoClosing { opening },
    })
}

/// Where the first line starts that is not empty, a byte order mark left out.
fn start(text: &str) -> usize {
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut at = bom;
    while at < text.len() {
        let end = line_end(text, at);
        if !text[at..end].trim().is_empty() {
            return at;
        }
        at = end;
    }
    bom
}

fn no_opening(text: &str, start: usize, first: &str) -> FrontMatterError {
    let opening = start..start + first.len();
    if first == "+++" {
        return FrontMatterError::Language { opening, language: "TOML" };
    }
    if first.starts_with('{') && !first.starts_with("{%") && !first.starts_with("{{") {
        return FrontMatterError::Language { opening, language: "JSON" };
    }
    if is_odd_fence(first) {
        return FrontMatterError::OddFence { span: opening };
    }
    let looks_like_yaml = first.split_once(':').is_some_and(|(key, _)| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    });
    let insert_at = (looks_like_yaml && !text.is_empty()).then_some(start);
    FrontMatterError::NoOpening { insert_at }
}

/// Whether a line is made of dashes alone, and yet is no `---`.
fn is_odd_fence(line: &str) -> bool {
    let dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let count = line.chars().count();
    let long = line.chars().any(|c| c != '-');
    line != "---" && line.chars().all(dash) && (count > 1 || long)
}

/// The offset just behind the line that starts at `at`, its line break included.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let Some(found) = text[at..].find(['\n', '\r']) else { return text.len() };
    let end = at + found + 1;
    if text.as_bytes()[end - 1] == b'\r' && text[end..].starts_with('\n') { end + 1 } else { end }
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
        assert_eq!(&text[field(&matter, "title").span()], "\"É: a\"");
        let verbatim = field(&matter, "title").node.scalar().unwrap().verbatim;
        assert_eq!(verbatim.map(|at| at as usize), text.find("É"));
        assert_eq!(&text[field(&matter, "size").span()], "12");
        assert_eq!(field(&matter, "size").value().as_u64(), Some(12));
        assert_eq!(&text[field(&matter, "date").span()], "2022-05-27 07:00:00 +0200");
        let guest = field(&matter, "guest");
        assert_eq!(
            (guest.span().start, guest.value().is_null()),
            (text.find("guest:").unwrap() + 6, true)
        );
        assert_eq!(&text[field(&matter, "guests").span()], "- name: A\r\n    link: b");
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
        for good in [
            "\n\n---\na: 1\n---\n",
            "--- \na: 1\n...\nn",
            "---\ra: 1\r---\rn",
            "---\r\na: 1\r\n---\r\n",
        ] {
            assert_eq!(field(&parse(good).unwrap(), "a").text(), Some("1"), "{good:?}");
        }
    }

    #[test]
    fn fences_that_were_meant_are_told_from_none() {
        for odd in
            ["--\na: 1\n---\n", "----\na: 1\n---\n", "—\na: 1\n---\n", "---\na: 1\n–––\nNotes\n"]
        {
            assert!(matches!(parse(odd), Err(FrontMatterError::OddFence { .. })), "{odd:?}");
        }
        for (text, language) in [("+++\na = 1\n+++\n", "TOML"), ("{\n\"a\": 1\n}\n", "JSON")] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.to_string(), format!("this front matter is {language}"));
        }
        assert!(matches!(parse("- a\n- b\n"), Err(FrontMatterError::NoOpening { .. })));
    }

    #[test]
    fn a_quoted_text_may_go_on_at_the_margin() {
        let text = "---\na: \"one\n\ntwo\"\nb: 1\n---\n";
        let matter = parse(text).unwrap();
        assert_eq!(field(&matter, "a").text(), Some("one\ntwo"));
        assert_eq!(&text[field(&matter, "b").span()], "1");
        assert!(parse("---\na: \"one\nb: 1\n---\n").is_err());
    }

    #[test]
    fn what_is_no_front_matter_is_refused() {
        let refused = |yaml: &str| {
            matches!(parse(&format!("---\n{yaml}\n---\n")), Err(FrontMatterError::Yaml { .. }))
        };
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
                    prop_assert!(text.get(field.span()).is_some());
                    prop_assert!(text.get(field.key_span.clone()).is_some());
                }
            }
        }
    }
}
