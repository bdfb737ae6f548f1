//! An episode's notes: the Markdown that they are written in, and the pictures that they name.

use comrak::nodes::{NodeValue, Sourcepos};
use comrak::{Arena, Options, parse_document};

use super::source::{Located, Span};

/// How notes are read: CommonMark with tables, footnotes, bare addresses as links, and text struck
/// out by two tildes.
///
/// One tilde alone is a sign like any other (`9~12時` is a span of time): what stands between two of
/// them is read as a subscript here, so that it is not struck out, and is shown with its tildes.
pub fn dialect() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.subscript = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options
}

/// The addresses of the pictures that notes name, as they are written; the notes stand at `notes` of
/// an episode's file.
pub fn pictures(text: &str, notes: &Span) -> Vec<Located<String>> {
    let markdown = &text[notes.clone()];
    if !markdown.contains("![") && !contains_tag(markdown) {
        return Vec::new();
    }
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &dialect());
    let lines = line_starts(markdown);
    let mut found = Vec::new();
    for node in root.descendants() {
        let data = node.data();
        let mut add = |url: String| {
            let whole = span(markdown, &lines, data.sourcepos);
            // The address itself, where it stands there letter for letter.
            let at = markdown[whole.clone()].find(&url).map(|at| whole.start + at);
            let span = at.map_or(whole, |at| at..at + url.len());
            let span = notes.start + span.start..notes.start + span.end;
            found.push(Located { value: url, span });
        };
        match &data.value {
            NodeValue::Image(link) if !link.url.is_empty() => add(link.url.clone()),
            NodeValue::HtmlBlock(html) => sources(&html.literal).for_each(add),
            NodeValue::HtmlInline(html) => sources(html).for_each(add),
            _ => {}
        }
    }
    found
}

/// Where code stands in Markdown: blocks, and spans within a line.
pub fn code(markdown: &str) -> Vec<Span> {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &dialect());
    let lines = line_starts(markdown);
    let is_code = |value: &NodeValue| matches!(value, NodeValue::Code(_) | NodeValue::CodeBlock(_));
    root.descendants()
        .filter(|node| is_code(&node.data().value))
        .map(|node| span(markdown, &lines, node.data().sourcepos))
        .collect()
}

fn contains_tag(text: &str) -> bool {
    tags(text).next().is_some()
}

/// What stands behind each `<img`.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.match_indices('<').filter_map(|(at, _)| {
        let rest = &html[at + 1..];
        let (name, behind) = rest.split_at_checked(3)?;
        (name.eq_ignore_ascii_case("img") && behind.starts_with(|c: char| c.is_ascii_whitespace()))
            .then_some(behind)
    })
}

/// The `src` of every `<img>` of a piece of HTML.
fn sources(html: &str) -> impl Iterator<Item = String> {
    tags(html).filter_map(|tag| {
        let mut rest = tag;
        loop {
            rest = rest.trim_start();
            let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>'))?;
            let (name, behind) = rest.split_at(end);
            let behind = behind.trim_start();
            let Some(value) = behind.strip_prefix('=').map(str::trim_start) else {
                // An attribute without a value, or the end of the tag.
                if name.is_empty() {
                    return None;
                }
                rest = behind;
                continue;
            };
            let (value, behind) = match value.chars().next()? {
                quote @ ('"' | '\'') => value[1..].split_once(quote)?,
                _ => value.split_at(
                    value
                        .find(|c: char| c.is_ascii_whitespace() || c == '>')
                        .unwrap_or(value.len()),
                ),
            };
            if name.eq_ignore_ascii_case("src") {
                return Some(value.replace("&amp;", "&")).filter(|value| !value.is_empty());
            }
            rest = behind;
        }
    })
}

/// Where each line starts. Lines as CommonMark has them (section 2.1): ended by `\n`, `\r\n` or `\r`.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends =
        |&at: &usize| bytes[at] == b'\n' || bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
    std::iter::once(0).chain((0..bytes.len()).filter(ends).map(|at| at + 1)).collect()
}

/// The bytes of a place that comrak tells in lines and columns, both from 1, the end included.
fn span(text: &str, lines: &[usize], place: Sourcepos) -> Span {
    let byte = |line: usize, column: usize| {
        let start = lines.get(line.saturating_sub(1)).copied().unwrap_or(text.len());
        let mut at = (start + column).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = byte(place.start.line, place.start.column.saturating_sub(1));
    start..byte(place.end.line, place.end.column).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(markdown: &str) -> Vec<String> {
        let text = format!("---\n---\n{markdown}");
        pictures(&text, &(8..text.len()))
            .into_iter()
            .map(|found| format!("{} @ {}", found.value, &text[found.span]))
            .collect()
    }

    #[test]
    fn pictures_of_every_form_are_found_where_they_stand() {
        assert_eq!(
            named("é ![a](/img/a.jpg \"T\") [![b](b.png)](c)\n\n![c][r]\n\n[r]: c.gif\n"),
            ["/img/a.jpg @ /img/a.jpg", "b.png @ b.png", "c.gif @ ![c][r]"]
        );
        assert_eq!(
            named(
                "<figure>\n<IMG alt='x > y' src='d.jpg?a&amp;b'>\n</figure>\n\nA <img hidden src=e.png> <img>"
            ),
            [
                "d.jpg?a&b @ <figure>\n<IMG alt='x > y' src='d.jpg?a&amp;b'>\n</figure>",
                "e.png @ e.png"
            ]
        );
        assert!(named("`![a](/img/a.jpg)` and <imgs src=\"a\">").is_empty());
    }

    proptest! {
        #[test]
        fn every_place_is_within_the_notes(markdown in "(!\\[a\\]\\(x|\\)|<img |src=|['\"é>]|\r|\n|> |- |`| ){0,25}") {
            let text = format!("é{markdown}");
            for found in pictures(&text, &(2..text.len())) {
                prop_assert!(text.get(found.span).is_some());
            }
        }
    }
}
