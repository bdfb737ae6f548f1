//! What YAML leaves out of a front matter, or other readers of it take otherwise: meaning that is lost in
//! silence on the way to an episode's values.

use super::addresses::{is_web_address, web_address_of};
use super::keys::{Fields, OWN};
use super::source::Span;
use super::yaml::{Content, Node, Scalar, Style};

/// Keys whose values are texts that listeners read.
const TEXTS: [&str; 10] = [
    "title",
    "subtitle",
    "description",
    "guest",
    "guests",
    "persons",
    "links",
    "author",
    "category",
    "tags",
];

/// A place where a file says another thing than its values do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A comment right behind a text without quotes, or in its place, which may have been meant as text.
    Comment {
        /// The key.
        key: &'static str,
        /// The text that is left of it; empty for none.
        text: String,
        /// Where that stands.
        span: Span,
        /// The comment.
        comment: Span,
    },
    /// A number with a `#` in front of it, which makes a comment of it.
    NumberSign {
        /// The key.
        key: &'static str,
        /// The comment.
        comment: Span,
    },
    /// A key that has become part of the text before it.
    Swallowed {
        /// The key whose text it is now.
        key: &'static str,
        /// The name of the lost one.
        name: Span,
    },
    /// A line of text in brackets, which make a list of it: its parts are published without them.
    Brackets {
        /// The key.
        key: &'static str,
        /// Where it stands, with the brackets.
        span: Span,
    },
    /// A link that is no address of the web: it is left out.
    NotWeb {
        /// The key.
        key: &'static str,
        /// Where it stands.
        span: Span,
        /// What is likely meant.
        meant: Option<String>,
    },
    /// A plain number that starts with 0: octal to readers of YAML 1.1.
    Octal {
        /// The key.
        key: &'static str,
        /// The number.
        text: String,
        /// Where it stands.
        span: Span,
    },
    /// A plain playing time: a number of base 60 to readers of YAML 1.1.
    Sexagesimal {
        /// The playing time.
        text: String,
        /// Where it stands.
        span: Span,
    },
    /// A plain date without an offset, which YAML's own timestamps have in UTC.
    NoOffset,
    /// A line break within the title, which is a line of text.
    TitleBreak,
}

/// All of them in the front matter of a file with this text.
pub(super) fn of(fields: &Fields, source: &str) -> Box<[Reading]> {
    let mut found = Vec::new();
    for key in TEXTS {
        let Some(field) = fields.get(key) else { continue };
        // There may be thousands of tags, all in one line.
        if key == "tags" && field.node.scalar().is_none() {
            continue;
        }
        for (span, scalar) in field.node.scalars() {
            found.extend(comment(source, key, span, scalar));
            swallowed(source, fields, key, span, scalar, &mut found);
        }
    }
    for key in ["episode", "season"] {
        let scalar = fields.get(key).and_then(|field| Some((field.span(), field.node.scalar()?)));
        if let Some((span, scalar)) = scalar
            && let Some(Reading::Comment { text, comment, .. }) =
                comment(source, key, &span, scalar)
            && text.is_empty()
            && source[comment.clone()].trim_start_matches('#').trim().parse::<u32>().is_ok()
        {
            found.push(Reading::NumberSign { key, comment });
        }
    }
    for key in ["title", "subtitle"] {
        let list = fields.get(key).filter(|field| matches!(field.node.content, Content::List(_)));
        let spans =
            list.map(|field| field.span()).filter(|span| source[span.clone()].starts_with('['));
        found.extend(spans.map(|span| Reading::Brackets { key, span }));
    }
    for key in ["guests", "persons", "links"] {
        let Some(field) = fields.get(key) else { continue };
        let alone = match &field.node.content {
            Content::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&field.node),
        };
        let links = alone.iter().flat_map(|entry| match &entry.content {
            Content::Scalar(_) if key == "links" => vec![entry],
            _ => ["link", "url", "href"].iter().filter_map(|name| entry.get(name)).collect(),
        });
        found.extend(links.filter_map(|node| not_web(key, node)));
    }
    numbers(fields, &mut found);
    found.into()
}

fn not_web(key: &'static str, node: &Node) -> Option<Reading> {
    let text = node.text()?.trim();
    if text.is_empty() || is_web_address(text) {
        return None;
    }
    Some(Reading::NotWeb { key, span: node.span.clone(), meant: web_address_of(text) })
}

fn comment(source: &str, key: &'static str, span: &Span, scalar: &Scalar) -> Option<Reading> {
    let behind = &source[span.end..];
    let line = behind.split(['\n', '\r']).next().unwrap_or_default();
    let lost = line.trim();
    let is_text = scalar.style == Style::Plain && scalar.verbatim.is_some();
    let from = span.end + line.len() - line.trim_start().len();
    (is_text && lost.starts_with('#')).then(|| Reading::Comment {
        key,
        text: scalar.text.clone(),
        span: span.clone(),
        comment: from..from + lost.len(),
    })
}

fn swallowed(
    source: &str,
    fields: &Fields,
    key: &'static str,
    span: &Span,
    scalar: &Scalar,
    found: &mut Vec<Reading>,
) {
    let mut at = span.start;
    for line in source[span.clone()].split_inclusive(['\n', '\r']) {
        let indent = line.len() - line.trim_start().len();
        let start = at + indent;
        at += line.len();
        let Some((name, _)) = line.trim_start().split_once(':') else { continue };
        let name = name.trim_end().trim_matches(['"', '\'']);
        let first = start == span.start + indent && scalar.style != Style::Block;
        if !first && OWN.contains(&name) && fields.get(name).is_none() {
            found.push(Reading::Swallowed { key, name: start..start + name.len() });
        }
    }
}

fn numbers(fields: &Fields, found: &mut Vec<Reading>) {
    let plain = |key: &str| {
        let field = fields.get(key)?;
        let scalar = field.node.scalar()?;
        (scalar.style == Style::Plain && scalar.tag.is_none())
            .then(|| (scalar.text.as_str(), field.span()))
    };
    for key in ["episode", "season", "size"] {
        let Some((text, span)) = plain(key) else { continue };
        let digits = text.trim_start_matches('0');
        if digits.len() < text.len() && digits.len() > 1 && text.bytes().all(|b| b.is_ascii_digit())
        {
            found.push(Reading::Octal { key, text: text.to_owned(), span });
        }
    }
    if let Some((text, span)) = plain("duration")
        && text.contains(':')
        && text.starts_with(|c: char| c.is_ascii_digit() && c != '0')
    {
        found.push(Reading::Sexagesimal { text: text.to_owned(), span });
    }
    let date = fields.get("date").and_then(|field| field.node.scalar());
    if date.is_some_and(|date| date.style == Style::Plain && date.text.len() > 10) {
        found.push(Reading::NoOffset);
    }
    let title = fields.get("title").and_then(|field| field.node.scalar());
    if title.is_some_and(|title| title.text.trim().contains(['\n', '\r'])) {
        found.push(Reading::TitleBreak);
    }
}
