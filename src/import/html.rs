//! HTML of a feed, as a tree of what a page may hold, and what it says.

use std::borrow::Cow;

use crate::site::html::clean::{self, Clean, PAGE};
use crate::site::references::read_references;

/// Tags by which a text is known to be HTML: what else stands in angle brackets is text.
const TAGS: [&str; 64] = [
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "blockquote",
    "body",
    "br",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "script",
    "section",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];
/// Tags that part no words and end no line.
const INLINE: [&str; 23] = [
    "a", "abbr", "b", "cite", "code", "del", "em", "font", "i", "iframe", "img", "ins", "kbd",
    "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "audio",
];
/// Deeper HTML is left as it is, and so is what has more elements.
const MAX_DEPTH: usize = 60;
const MAX_ELEMENTS: usize = 20_000;

/// A piece of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A text, its references read.
    Text(String),
    /// An element: its name, its address (`href` or `src`), its words in the picture's place or the first
    /// number of a list, and what stands in it.
    Element { name: String, address: Option<String>, alt: Option<String>, children: Vec<Node> },
}

/// The names of the tags that stand in a text, in order, in small letters.
pub fn tags(text: &str) -> impl Iterator<Item = &'static str> {
    // Behind the last bracket is no tag: nothing is looked for there again and again.
    let end = text.rfind('>').unwrap_or(0);
    text[..end].match_indices('<').filter_map(move |(at, _)| {
        let rest = text[at + 1..].strip_prefix('/').unwrap_or(&text[at + 1..]);
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let behind = rest[length..].chars().next().unwrap_or('>');
        let known = TAGS.iter().find(|tag| tag.eq_ignore_ascii_case(&rest[..length]))?;
        matches!(behind, '>' | '/' | ' ' | '\n' | '\r' | '\t').then_some(*known)
    })
}

/// Whether a text is HTML.
pub fn is_html(text: &str) -> bool {
    text.contains('<') && tags(text).next().is_some()
}

/// As much of a text is given to the sanitiser at a time, in bytes: it takes more than twice as long for
/// twice as many references.
const PIECE: usize = 4096;

/// A plain text with every character reference of HTML in it read, that is, `&…;`.
pub fn read(text: &str) -> Cow<'_, str> {
    let is_reference = |at: usize| {
        let rest = &text[at + 1..];
        let end = rest.bytes().take(33).position(|byte| byte == b';');
        end.is_some_and(|end| {
            let name = rest[..end].strip_prefix('#').unwrap_or(&rest[..end]);
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    if !text.match_indices('&').any(|(at, _)| is_reference(at)) {
        return text.into();
    }
    let mut said = String::with_capacity(text.len());
    let mut html = String::with_capacity(2 * PIECE);
    for (at, c) in text.char_indices() {
        // No reference goes on behind these.
        if html.len() > PIECE && matches!(c, ' ' | '\n' | '&') {
            said.push_str(&read_references(&Clean::of(&html, &PAGE, &|_| None)));
            html.clear();
        }
        match c {
            '&' if !is_reference(at) => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            c => html.push(c),
        }
    }
    said.push_str(&read_references(&Clean::of(&html, &PAGE, &|_| None)));
    said.into()
}

/// A text as its writer meant it: HTML that was escaped once too often is HTML.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if is_html(text) || !text.contains("&lt;") {
        return text.into();
    }
    let read = read(text);
    // An opening tag alone may be what the text is about.
    if is_html(&read) && (read.contains("</") || tags(&read).any(|tag| tag == "br")) {
        return read.into_owned().into();
    }
    text.into()
}

/// What a text embeds and no notes hold: the address of each, or its tag where it has none.
pub fn embedded(html: &str) -> impl Iterator<Item = &str> {
    const TAGS: [&str; 5] = ["iframe", "video", "audio", "embed", "object"];
    html.match_indices('<').filter_map(|(at, _)| {
        // No tag is longer: nothing is looked for again and again.
        let rest = &html[at + 1..html.floor_char_boundary(at + 2000)];
        let name = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric())?];
        TAGS.iter().find(|tag| tag.eq_ignore_ascii_case(name))?;
        let tag = &rest[..rest.find('>')?];
        let source = tag.split_once(" src=").and_then(|(_, source)| {
            source.trim_start_matches(['"', '\'']).split(['"', '\'', ' ']).next()
        });
        Some(source.unwrap_or(name))
    })
}

/// HTML without the players of the audio at this address, which WordPress puts into notes, with a comment
/// for old browsers before the first: what stands in one is for browsers that play nothing.
pub fn without_player(html: &str, address: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    while let Some((inside, behind)) = rest.split_once("</audio>") {
        let end = match inside.rfind("<audio").filter(|at| inside[*at..].contains(address)) {
            Some(at) => {
                let before = inside[..at].trim_end().strip_suffix("-->");
                before.and_then(|before| before.rfind("<!--")).unwrap_or(at)
            }
            None => rest.len() - behind.len(),
        };
        out.push_str(&rest[..end]);
        rest = behind;
    }
    out + rest
}

/// A plain text as HTML of the same lines.
pub fn of_text(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    let lines = crate::site::text::escape(text).replace("\r\n", "\n").replace('\n', "<br>\n");
    format!("<p>{lines}</p>")
}

/// HTML whose lines end where its text's lines do, for it has tags within lines only.
pub fn with_breaks(html: &str) -> Cow<'_, str> {
    match html.trim().contains('\n') && tags(html).all(|tag| INLINE.contains(&tag)) {
        true => html.trim().replace("\r\n", "\n").replace('\n', "<br>\n").into(),
        false => html.into(),
    }
}

/// What a page may hold of HTML, with addresses made absolute by `resolve`.
pub fn clean(html: &str, resolve: &crate::site::html::Resolve<'_>) -> Clean {
    Clean::of(html, &PAGE, resolve)
}

/// An element that is not closed yet: name, address, words in a picture's place, what stands in it.
type Open = (String, Option<String>, Option<String>, Vec<Node>);

/// The tree of clean HTML; nothing if it is deeper than any notes are, or larger.
pub fn tree(html: &Clean) -> Option<Vec<Node>> {
    if html.matches('<').take(2 * MAX_ELEMENTS + 1).count() > 2 * MAX_ELEMENTS {
        return None;
    }
    let mut open: Vec<Open> = Vec::new();
    let mut top = Vec::new();
    for (text, tag) in clean::parts(html) {
        let here = open.last_mut().map_or(&mut top, |element| &mut element.3);
        if !text.is_empty() {
            here.push(Node::Text(read_references(text).into_owned()));
        }
        let Some(tag) = tag else { continue };
        if tag.closing {
            if let Some((name, address, alt, children)) = open.pop() {
                let here = open.last_mut().map_or(&mut top, |element| &mut element.3);
                here.push(Node::Element { name, address, alt, children });
            }
            continue;
        }
        let (mut address, mut alt) = (None, None);
        tag.each_attribute(|name, value| match name {
            "href" | "src" => address = Some(read_references(value).into_owned()),
            "alt" | "start" => alt = Some(read_references(value).into_owned()),
            _ => {}
        });
        let name = tag.name.to_owned();
        if matches!(tag.name, "br" | "hr" | "img") {
            here.push(Node::Element { name, address, alt, children: Vec::new() });
        } else if open.len() == MAX_DEPTH {
            return None;
        } else {
            open.push((name, address, alt, Vec::new()));
        }
    }
    open.is_empty().then_some(top)
}

/// Whether an element ends the line before it.
pub fn is_block(name: &str) -> bool {
    !INLINE.contains(&name) && name != "br"
}

/// What HTML says: its text with a line for a block, and in what its words stand (links, lists,
/// emphasis), in order. Two pieces that agree in both read the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    pub marks: Vec<(String, String)>,
}

/// See [`Said`].
pub fn said(nodes: &[Node]) -> Said {
    let mut said = Said::default();
    walk(nodes, &mut said, false);
    let text = said.text.trim_end().len();
    said.text.truncate(text);
    said
}

fn walk(nodes: &[Node], said: &mut Said, pre: bool) {
    for node in nodes {
        match node {
            Node::Text(text) => {
                for c in text.chars() {
                    match c {
                        '\n' if pre => gap(&mut said.text, '\n'),
                        c if c.is_whitespace() => gap(&mut said.text, ' '),
                        c => said.text.push(c),
                    }
                }
            }
            Node::Element { name, address, alt, children } => {
                let block = is_block(name) || name == "br";
                if block {
                    gap(&mut said.text, '\n');
                }
                let from = said.text.len();
                walk(children, said, pre || name == "pre");
                if block && name != "br" {
                    gap(&mut said.text, '\n');
                }
                let inside = said.text[from.min(said.text.len())..].trim();
                let kind = match name.as_str() {
                    "b" => "strong",
                    "i" => "em",
                    "del" => "s",
                    "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "h",
                    // What parts lines is in the text already.
                    "p" | "div" | "br" | "section" | "article" | "aside" | "address" | "code"
                    | "figure" | "figcaption" => {
                        continue;
                    }
                    other => other,
                };
                let target = address.as_deref().unwrap_or_default();
                if name == "img" {
                    said.marks.push((format!("img {target}"), alt.clone().unwrap_or_default()));
                } else if name == "a" && (target.is_empty() || is_itself(inside, target)) {
                    // A bare address becomes a link of its own.
                } else if !inside.is_empty() {
                    let inside = inside.split_whitespace().collect();
                    said.marks.push((format!("{kind} {target}"), inside));
                }
            }
        }
    }
}

/// Whether a link says but its own address.
pub fn is_itself(text: &str, address: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim();
        let text = text.strip_prefix("mailto:").unwrap_or(text);
        let text =
            text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
        text.trim_end_matches('/').to_owned()
    };
    bare(text) == bare(address)
}

/// White space, of which a line's end counts more than a space.
fn gap(text: &mut String, kind: char) {
    match text.chars().next_back() {
        None | Some('\n') => {}
        Some(' ') if kind == '\n' => {
            text.pop();
            text.push('\n');
        }
        Some(' ') => {}
        Some(_) => text.push(kind),
    }
}

/// A text's letters and digits, by which two texts are compared: addresses, which some texts have in
/// brackets and others in links, are no part of it.
pub fn letters(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let at =
            ["https://", "http://", "www.", "mailto:"].iter().filter_map(|start| word.find(start));
        at.min().map_or(word, |at| &word[..at])
    });
    words
        .flat_map(str::chars)
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// A text's lines without its markup, links with their addresses behind them in brackets.
pub fn lines(html: &str) -> String {
    let html = unescaped(html);
    if !is_html(&html) {
        let text = read(&html).replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        return lines.join("\n").trim().to_owned();
    }
    let clean = clean(&with_breaks(&html), &|link| Some(link.to_owned()));
    let Some(tree) = tree(&clean) else { return crate::site::text::lines_of_clean_html(&clean) };
    let mut out = String::new();
    plain(&tree, &mut out);
    out.trim().to_owned()
}

fn plain(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => {
                for c in text.chars() {
                    match c.is_whitespace() {
                        true if out.is_empty() || out.ends_with([' ', '\n']) => {}
                        true => out.push(' '),
                        false => out.push(c),
                    }
                }
            }
            Node::Element { name, address, children, .. } => {
                let ends = match name.as_str() {
                    "br" | "li" | "tr" | "dt" | "dd" | "ul" | "ol" => "\n",
                    "td" | "th" => " ",
                    name if is_block(name) => "\n\n",
                    _ => "",
                };
                let end = |out: &mut String| {
                    if ends.is_empty() || out.is_empty() {
                        return;
                    }
                    let bare = out.trim_end_matches(' ').len();
                    out.truncate(bare);
                    let there = out.len() - out.trim_end_matches('\n').len();
                    out.extend(ends.chars().skip(if name == "br" { 0 } else { there }));
                };
                if name != "br" {
                    end(out);
                }
                let from = out.len();
                if name == "li" {
                    out.push_str("- ");
                }
                plain(children, out);
                if let (true, Some(address)) = (name == "a", address) {
                    let inside = out[from..].to_owned();
                    if !is_itself(&inside, address) && !inside.trim().is_empty() {
                        let bare = out.trim_end().len();
                        out.truncate(bare);
                        out.push_str(&format!(" ({address})"));
                        out.push_str(if inside.ends_with(' ') { " " } else { "" });
                    }
                }
                end(out);
            }
        }
    }
}

/// HTML as one line of it, with the tags that a description may have: line breaks part its blocks.
pub fn line(nodes: &[Node]) -> String {
    let mut out = String::new();
    line_into(nodes, &mut out);
    let mut out = out.trim().to_owned();
    while let Some(bare) = out.strip_suffix("<br>") {
        out = bare.trim_end().to_owned();
    }
    out
}

fn line_into(nodes: &[Node], out: &mut String) {
    let end = |out: &mut String, breaks: usize| {
        let bare = out.trim_end_matches(' ').len();
        out.truncate(bare);
        let there = out.len() - out.trim_end_matches("<br>").len();
        if !out.is_empty() {
            out.push_str(&"<br>".repeat(breaks.saturating_sub(there / 4)));
        }
    };
    for node in nodes {
        match node {
            Node::Text(text) => {
                for c in text.chars() {
                    match c {
                        c if c.is_whitespace() => {
                            if !out.is_empty()
                                && !out.ends_with([' ', '\n'])
                                && !out.ends_with("<br>")
                            {
                                out.push(' ');
                            }
                        }
                        '&' => out.push_str("&amp;"),
                        '<' => out.push_str("&lt;"),
                        '>' => out.push_str("&gt;"),
                        c => out.push(c),
                    }
                }
            }
            Node::Element { name, address, children, .. } => match name.as_str() {
                "br" => out.push_str("<br>"),
                "li" => {
                    end(out, 1);
                    out.push_str("• ");
                    line_into(children, out);
                    end(out, 1);
                }
                "a" if address.is_some() => {
                    let address = crate::site::text::escape(address.as_deref().unwrap_or_default());
                    out.push_str(&format!("<a href=\"{address}\">"));
                    line_into(children, out);
                    out.push_str("</a>");
                }
                "b" | "strong" | "i" | "em" | "code" => {
                    out.push_str(&format!("<{name}>"));
                    line_into(children, out);
                    out.push_str(&format!("</{name}>"));
                }
                name if is_block(name) => {
                    let breaks =
                        if matches!(name, "p" | "div" | "blockquote") || name.starts_with('h') {
                            2
                        } else {
                            1
                        };
                    end(
                        out,
                        if matches!(name, "ul" | "ol" | "tr" | "td" | "th") { 1 } else { breaks },
                    );
                    line_into(children, out);
                    end(out, breaks);
                }
                _ => line_into(children, out),
            },
        }
    }
}

/// The words of HTML on one line, to compare: markup dropped, references left as they are. Cheap, for it
/// is asked of every text.
pub fn words(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    // Behind the last bracket is no tag: nothing is looked for there again and again.
    let (mut rest, end) = html.split_at(html.rfind('>').map_or(0, |at| at + 1));
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        let tag = &rest[open + 1..];
        let is_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        match if is_tag { tag.find('>') } else { None } {
            Some(close) => {
                let name = tag.trim_start_matches('/');
                let name =
                    &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
                // Tags such as <b> part no words.
                if !INLINE.contains(&name.to_ascii_lowercase().as_str()) {
                    text.push(' ');
                }
                rest = &tag[close + 1..];
            }
            None => {
                text.push('<');
                rest = tag;
            }
        }
    }
    text.push_str(rest);
    text.push_str(end);
    read(&text).into_owned()
}
