//! An episode's notes: the Markdown that they are written in, and the pictures and files that they name.

use comrak::nodes::{NodeHtmlBlock, NodeValue, Sourcepos};
use comrak::{Arena, Options, parse_document};

use super::source::{Located, Span};

/// How notes are read: CommonMark with tables, footnotes, bare addresses as links, text struck out by two
/// tildes, and stress in scripts without spaces (`**「強調」**です`).
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
    options.extension.cjk_friendly_emphasis = true;
    options
}

/// The addresses of the pictures that notes name, as they are written; the notes stand at `notes` of
/// an episode's file.
pub fn pictures(text: &str, notes: &Span) -> Vec<Located<String>> {
    let markdown = &text[notes.clone()];
    if !markdown.contains("![") && !contains_tag(markdown) {
        return Vec::new();
    }
    named(markdown, notes, |value, whole, found| match value {
        NodeValue::Image(link) if !link.url.is_empty() => {
            found.push((link.url.clone(), at_end(markdown, whole(), &link.url)));
        }
        NodeValue::HtmlBlock(NodeHtmlBlock { literal: html, .. }) | NodeValue::HtmlInline(html) => {
            let whole = whole();
            // What stands before a line of a list or a quotation is no part of the HTML.
            let mut start = whole.start;
            for (at, url) in sources(html) {
                let from = (start + at).min(whole.end);
                let to = (from + url.len() + NEAR).min(whole.end);
                let there = find_in(markdown, from..to, &url);
                if let Some(there) = &there {
                    start = there.start - at;
                }
                found.push((url, there.unwrap_or_else(|| whole.clone())));
            }
        }
        _ => {}
    })
}

/// The links of notes that may name a file: neither an address, as `is_address` tells, nor a place of the
/// page itself. Links in HTML are not read.
pub fn links(text: &str, notes: &Span, is_address: impl Fn(&str) -> bool) -> Vec<Located<String>> {
    let markdown = &text[notes.clone()];
    let may_be = |url: &str| !url.is_empty() && !url.starts_with(['#', '?']) && !is_address(url);
    let inline = |(at, _)| {
        let url = &markdown[at + 2..];
        // What it is stands at its start; nothing may end it before the text does.
        let url = url[..url.floor_char_boundary(NEAR)].trim_start_matches([' ', '<']);
        may_be(url.split([')', '>', ' ', '\n']).next().unwrap_or_default())
    };
    if !markdown.contains("]:") && !markdown.match_indices("](").any(inline) {
        return Vec::new();
    }
    named(markdown, notes, |value, whole, found| {
        if let NodeValue::Link(link) = value
            && may_be(&link.url)
        {
            found.push((link.url.clone(), at_end(markdown, whole(), &link.url)));
        }
    })
}

/// What `take` finds in the Markdown of notes, of each node and the place of it.
fn named(
    markdown: &str,
    notes: &Span,
    take: impl Fn(&NodeValue, &dyn Fn() -> Span, &mut Vec<(String, Span)>),
) -> Vec<Located<String>> {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &dialect());
    let lines = line_starts(markdown);
    let mut found = Vec::new();
    for node in root.descendants() {
        let data = node.data();
        take(&data.value, &|| span(markdown, &lines, data.sourcepos), &mut found);
    }
    let place = |span: Span| notes.start + span.start..notes.start + span.end;
    found.into_iter().map(|(value, span)| Located { value, span: place(span) }).collect()
}

/// Where the address of a link or picture stands: at its end, for it may enclose others.
fn at_end(markdown: &str, whole: Span, url: &str) -> Span {
    let from = whole.end.saturating_sub(url.len() + NEAR).max(whole.start);
    find_in(markdown, from..whole.end, url).unwrap_or(whole)
}

/// An address is looked for so many bytes around the place where it should stand: notes may name
/// thousands that stand there in other letters.
const NEAR: usize = 512;

/// Where a text stands in a part of another, letter for letter.
fn find_in(text: &str, part: Span, wanted: &str) -> Option<Span> {
    let at = memchr::memmem::find(&text.as_bytes()[part.clone()], wanted.as_bytes())?;
    Some(part.start + at..part.start + at + wanted.len())
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

/// The HTML in Markdown: what is written, and where.
pub fn html(markdown: &str) -> Vec<(String, Span)> {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &dialect());
    let lines = line_starts(markdown);
    let take = |node: comrak::Node<'_>| {
        let data = node.data();
        let (NodeValue::HtmlBlock(NodeHtmlBlock { literal: html, .. })
        | NodeValue::HtmlInline(html)) = &data.value
        else {
            return None;
        };
        Some((html.clone(), span(markdown, &lines, data.sourcepos)))
    };
    root.descendants().filter_map(take).collect()
}

fn contains_tag(text: &str) -> bool {
    tag(text, 0).is_some()
}

/// Where the attributes of the next `<img` start.
fn tag(html: &str, from: usize) -> Option<usize> {
    html[from..].match_indices('<').map(|(at, _)| from + at).find_map(|at| {
        let (name, behind) = html[at + 1..].split_at_checked(3)?;
        (name.eq_ignore_ascii_case("img") && behind.starts_with(|c: char| c.is_ascii_whitespace()))
            .then_some(at + 4)
    })
}

/// The `src` of every `<img>` of a piece of HTML, and where it stands there. A tag ends where the next one
/// is looked for: what is never closed is read once.
fn sources(html: &str) -> impl Iterator<Item = (usize, String)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = tag(html, from)?;
            let (end, source) = source(html, start);
            from = end;
            if source.is_some() {
                return source;
            }
        }
    })
}

/// The end of what was read of a tag's attributes, and its `src`.
fn source(html: &str, start: usize) -> (usize, Option<(usize, String)>) {
    let at = |rest: &str| html.len() - rest.len();
    let mut rest = &html[start..];
    loop {
        rest = rest.trim_start();
        let Some(end) = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>'))
        else {
            return (html.len(), None);
        };
        let (name, behind) = rest.split_at(end);
        let behind = behind.trim_start();
        let Some(value) = behind.strip_prefix('=').map(str::trim_start) else {
            // An attribute without a value, or the end of the tag.
            if name.is_empty() {
                return (at(behind), None);
            }
            rest = behind;
            continue;
        };
        let (value, behind) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => match value[1..].split_once(quote) {
                Some(parts) => parts,
                None => return (html.len(), None),
            },
            _ => value.split_at(
                value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len()),
            ),
        };
        if name.eq_ignore_ascii_case("src") {
            // A quote may stand behind it.
            let place = at(behind).saturating_sub(value.len() + 1);
            let url = value.replace("&amp;", "&");
            return (at(behind), Some((place, url)).filter(|(_, url)| !url.is_empty()));
        }
        rest = behind;
    }
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
        text.floor_char_boundary(start + column)
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

    #[test]
    fn links_that_may_name_a_file_are_found_where_they_stand() {
        let text = "---\n---\n[a](b.md#c) [d](https://x.example) [e](#f) `[g](h.md)` [i][r] <mailto:j@k.example>\n\n\
            [r]: <l m.pdf>\n";
        let found = links(text, &(8..text.len()), |url| url.contains(':'));
        let found: Vec<String> = found
            .into_iter()
            .map(|link| format!("{} @ {}", link.value, &text[link.span]))
            .collect();
        assert_eq!(found, ["b.md#c @ b.md#c", "l m.pdf @ [i][r]"]);
    }

    proptest! {
        #[test]
        fn every_place_is_within_the_notes(markdown in "(!?\\[a\\]\\(x|\\)|<img |src=|['\"é>]|\r|\n|> |- |`| ){0,25}") {
            let text = format!("é{markdown}");
            let notes = 2..text.len();
            for found in pictures(&text, &notes).into_iter().chain(links(&text, &notes, |_| false)) {
                prop_assert!(text.get(found.span).is_some());
            }
        }
    }
}
