//! Notes as HTML: comrak reads them, and what is written here can only be what a page may hold.
//!
//! All goes through [`Writer`], which knows no way to write a tag, an attribute or an address that is
//! not on the sanitiser's list, and escapes every text. Only where a host wrote HTML into the notes is
//! that written as it stands; then the whole passes the sanitiser.

use std::time::Duration;

use ammonia::Url;
use comrak::arena_tree::NodeEdge;
use comrak::nodes::{AstNode, ListType, NodeHtmlBlock, NodeValue, TableAlignment};
use comrak::{Arena, format_commonmark, parse_document};
use url::ParseError;

use super::clean::{Clean, PAGE, Writer};
use super::{Resolve, prepared};
use crate::show::chapters::times_of_line;
use crate::show::notes::dialect;
use crate::site::lang;
use crate::site::references::read_references;
use crate::site::text::escape;

/// Renders notes. Time codes before `end` become links that seek; none without it.
pub fn render(markdown: &str, end: Option<Duration>, resolve: &Resolve<'_>) -> Clean {
    let arena = Arena::new();
    let markdown = prepared(markdown);
    let root = parse_document(&arena, &markdown, &dialect());
    let raw = root.descendants().any(|node| {
        let value = &node.data().value;
        matches!(value, NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_) | NodeValue::Raw(_))
    });
    level_headings(root);
    let writer = if raw { Writer::draft() } else { Writer::new(resolve) };
    let mut page = Page { writer, end, at_line_start: false, in_link: 0, footnotes: 0, depth: 0 };
    page.node(root);
    match raw {
        true => Clean::of(page.writer.as_draft(), &PAGE, resolve),
        false => page.writer.finish(),
    }
}

/// Notes as Markdown for a reader elsewhere: whole addresses, nothing that a host meant for nobody (comments,
/// and definitions that no link names). What holds none of that stays as the host wrote it.
pub fn portable(markdown: &str, resolve: &Resolve<'_>) -> String {
    let arena = Arena::new();
    let markdown = prepared(markdown);
    let root = parse_document(&arena, &markdown, &dialect());
    let mut changed = markdown.contains("]:");
    let mut empty = Vec::new();
    for node in root.descendants() {
        match &mut node.data_mut().value {
            NodeValue::Link(link) | NodeValue::Image(link) => {
                if let Some(url) = whole(&link.url, resolve) {
                    link.url = url;
                    changed = true;
                }
            }
            NodeValue::HtmlBlock(NodeHtmlBlock { literal: html, .. })
            | NodeValue::HtmlInline(html) => {
                if html.contains("<!--") {
                    *html = without_comments(html);
                    changed = true;
                }
                if let Some(whole) = with_whole_addresses(html, resolve) {
                    *html = whole;
                    changed = true;
                }
                if html.trim().is_empty() {
                    empty.push(node);
                }
            }
            _ => {}
        }
    }
    if !changed {
        return markdown.into_owned();
    }
    empty.into_iter().for_each(|node| node.detach());
    let mut out = String::new();
    // Writing to memory does not fail.
    match format_commonmark(root, &dialect(), &mut out) {
        Ok(()) => out,
        Err(_) => String::new(),
    }
}

/// The whole address of a relative one.
fn whole(url: &str, resolve: &Resolve<'_>) -> Option<String> {
    match Url::parse(url) {
        Err(ParseError::RelativeUrlWithoutBase) => resolve(url),
        _ => None,
    }
}

/// HTML with whole addresses in quotes in place of relative ones; nothing if it has none.
fn with_whole_addresses(html: &str, resolve: &Resolve<'_>) -> Option<String> {
    let (mut out, mut from, mut past) = (String::new(), 0, 0);
    for (at, sign) in
        html.match_indices(['"', '\'']).filter(|(at, _)| html[..*at].trim_end().ends_with('='))
    {
        let name = html[..at].trim_end().trim_end_matches('=').trim_end().as_bytes();
        let is_address = |it: &&str| {
            let start = name.len().checked_sub(it.len() + 1);
            start.is_some_and(|start| {
                name[start].is_ascii_whitespace()
                    && name[start + 1..].eq_ignore_ascii_case(it.as_bytes())
            })
        };
        if at < past {
            continue;
        }
        let Some((value, _)) = html[at + 1..].split_once(sign) else { break };
        // What stands in a value is none of the tag's.
        past = at + 1 + value.len() + sign.len();
        if !["src", "href"].iter().any(is_address) {
            continue;
        }
        if let Some(url) = whole(&read_references(value), resolve) {
            out.push_str(&html[from..=at]);
            out.push_str(&escape(&url));
            from = at + 1 + value.len();
        }
    }
    out.push_str(&html[from..]);
    (from > 0).then_some(out)
}

fn without_comments(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        out.push_str(before);
        // One that nobody closed hides all that follows.
        rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out
}

/// Shifts headings below the page's own and leaves no level out, as screen readers need it
/// (WCAG 2.2, technique H42).
fn level_headings<'a>(root: &'a AstNode<'a>) {
    let mut above: Vec<u8> = Vec::new();
    for node in root.descendants() {
        if let NodeValue::Heading(heading) = &mut node.data_mut().value {
            while above.last().is_some_and(|&level| level >= heading.level) {
                above.pop();
            }
            above.push(heading.level);
            heading.level = u8::try_from(above.len() + 1).unwrap_or(6).min(6);
        }
    }
}

struct Page<'r> {
    writer: Writer<'r>,
    end: Option<Duration>,
    /// Whether nothing stands before what comes next on its line.
    at_line_start: bool,
    /// How many links enclose what comes next.
    in_link: usize,
    /// Footnotes written.
    footnotes: u32,
    /// How many nodes enclose what comes next.
    depth: usize,
}

/// No text is nested deeper for a reader's sake; what is stands there as plain words.
const DEEPEST: usize = 60;

impl Page<'_> {
    fn children<'a>(&mut self, node: &'a AstNode<'a>) {
        if self.depth == DEEPEST {
            return self.writer.text(&plain(node));
        }
        self.depth += 1;
        for child in node.children() {
            self.node(child);
        }
        self.depth -= 1;
    }

    /// A block: on lines of its own.
    fn block<'a>(&mut self, tag: &'static str, node: &'a AstNode<'a>, apart: bool) {
        self.writer.new_line();
        self.writer.open(tag, &[]);
        if apart {
            self.writer.new_line();
        }
        self.at_line_start = true;
        self.children(node);
        if apart {
            self.writer.new_line();
        }
        self.writer.close(tag);
        self.writer.new_line();
    }

    fn inline<'a>(&mut self, tag: &'static str, node: &'a AstNode<'a>) {
        self.writer.open(tag, &[]);
        self.children(node);
        self.writer.close(tag);
    }

    fn node<'a>(&mut self, node: &'a AstNode<'a>) {
        let data = node.data();
        match &data.value {
            NodeValue::BlockQuote => self.block("blockquote", node, true),
            NodeValue::List(list) => {
                let start = list.start.to_string();
                let (tag, attributes) = match list.list_type {
                    ListType::Bullet => ("ul", None),
                    ListType::Ordered => {
                        ("ol", (list.start != 1).then_some(("start", start.as_str())))
                    }
                };
                self.writer.new_line();
                self.writer.open(tag, attributes.as_slice());
                self.writer.new_line();
                self.children(node);
                self.writer.close(tag);
                self.writer.new_line();
            }
            NodeValue::Item(_) => self.block("li", node, false),
            NodeValue::Paragraph if is_tight(node) => {
                self.at_line_start = true;
                if node.previous_sibling().is_some_and(is_paragraph) {
                    self.writer.text("\n");
                }
                self.children(node);
            }
            NodeValue::Paragraph => self.block("p", node, false),
            NodeValue::Heading(heading) => {
                const LEVELS: [&str; 5] = ["h2", "h3", "h4", "h5", "h6"];
                let level = usize::from(heading.level.saturating_sub(2)).min(LEVELS.len() - 1);
                self.block(LEVELS[level], node, false);
            }
            NodeValue::CodeBlock(code) => {
                self.writer.new_line();
                self.writer.open("pre", &[]);
                self.writer.open("code", &[]);
                self.writer.text(&code.literal);
                self.writer.close("code");
                self.writer.close("pre");
                self.writer.new_line();
            }
            NodeValue::ThematicBreak => {
                self.writer.new_line();
                self.writer.open("hr", &[]);
                self.writer.new_line();
            }
            NodeValue::Table(_) => self.table(node),
            NodeValue::FootnoteDefinition(_) => self.footnote(node),
            NodeValue::FootnoteReference(reference) => {
                let number = reference.ix.to_string();
                let target = format!("#fn-{number}");
                let id = match reference.ref_num {
                    0 | 1 => format!("fnref-{number}"),
                    again => format!("fnref-{number}-{again}"),
                };
                self.writer.open("sup", &[]);
                self.writer.open("a", &[("href", &target), ("id", &id)]);
                self.writer.text(&format!("[{number}]"));
                self.writer.close("a");
                self.writer.close("sup");
                self.at_line_start = false;
            }
            NodeValue::HtmlBlock(html) => {
                self.writer.new_line();
                self.writer.raw(&html.literal);
                self.writer.new_line();
            }
            NodeValue::HtmlInline(html) | NodeValue::Raw(html) => {
                self.writer.raw(html);
                self.at_line_start = html.to_ascii_lowercase().starts_with("<br");
            }
            NodeValue::Text(text) => self.text(text),
            NodeValue::Code(code) => {
                self.writer.open("code", &[]);
                self.writer.text(&code.literal);
                self.writer.close("code");
                self.at_line_start = false;
            }
            NodeValue::SoftBreak => {
                self.writer.text("\n");
                self.at_line_start = true;
            }
            NodeValue::LineBreak => {
                self.writer.open("br", &[]);
                self.writer.text("\n");
                self.at_line_start = true;
            }
            NodeValue::Emph => self.inline("em", node),
            NodeValue::Strong => self.inline("strong", node),
            NodeValue::Strikethrough => self.inline("del", node),
            // A single tilde is a tilde: see `dialect`.
            NodeValue::Subscript => {
                self.writer.text("~");
                self.children(node);
                self.writer.text("~");
            }
            NodeValue::Link(link) => {
                let attributes = [("href", link.url.as_str()), ("title", link.title.as_str())];
                let given = if link.title.is_empty() { 1 } else { 2 };
                self.writer.open("a", &attributes[..given]);
                self.in_link += 1;
                self.children(node);
                self.in_link -= 1;
                self.writer.close("a");
                self.at_line_start = false;
            }
            NodeValue::Image(link) => {
                let alt = plain(node);
                let attributes = [
                    ("src", link.url.as_str()),
                    ("alt", alt.as_str()),
                    ("title", link.title.as_str()),
                ];
                let given = if link.title.is_empty() { 2 } else { 3 };
                self.writer.open("img", &attributes[..given]);
                self.at_line_start = false;
            }
            _ => self.children(node),
        }
    }

    /// A text, its time codes as links: where one begins a line, and where it stands in brackets.
    fn text(&mut self, text: &str) {
        let at_line_start = std::mem::take(&mut self.at_line_start);
        let Some(end) = self.end.filter(|_| self.in_link == 0) else {
            return self.writer.text(text);
        };
        let mut at = 0;
        for (time, span) in times_of_line(text, at_line_start) {
            if time >= end {
                continue;
            }
            self.writer.text(&text[at..span.start]);
            let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
            let target = format!("#t={}", lang::fragment(time));
            self.writer.open("a", &[("href", &target)]);
            self.writer.text(&text[span.clone()]);
            self.writer.close("a");
            at = span.end;
        }
        self.writer.text(&text[at..]);
    }

    fn table<'a>(&mut self, node: &'a AstNode<'a>) {
        let NodeValue::Table(table) = &node.data().value else { return };
        self.writer.new_line();
        self.writer.open("table", &[]);
        let mut body = false;
        for row in node.children() {
            let header = matches!(row.data().value, NodeValue::TableRow(true));
            if header {
                self.writer.new_line();
                self.writer.open("thead", &[]);
            } else if !body {
                body = true;
                self.writer.new_line();
                self.writer.open("tbody", &[]);
            }
            self.writer.new_line();
            self.writer.open("tr", &[]);
            for (column, cell) in row.children().enumerate() {
                let align = match table.alignments.get(column) {
                    Some(TableAlignment::Left) => Some(("align", "left")),
                    Some(TableAlignment::Center) => Some(("align", "center")),
                    Some(TableAlignment::Right) => Some(("align", "right")),
                    _ => None,
                };
                let tag = if header { "th" } else { "td" };
                self.writer.new_line();
                self.writer.open(tag, align.as_slice());
                self.at_line_start = true;
                self.children(cell);
                self.writer.close(tag);
            }
            self.writer.new_line();
            self.writer.close("tr");
            if header {
                self.writer.new_line();
                self.writer.close("thead");
            }
        }
        if body {
            self.writer.new_line();
            self.writer.close("tbody");
        }
        self.writer.new_line();
        self.writer.close("table");
        self.writer.new_line();
    }

    /// Footnotes stand at the end, in the order in which they are named.
    fn footnote<'a>(&mut self, node: &'a AstNode<'a>) {
        let is_footnote =
            |node: &'a AstNode<'a>| matches!(node.data().value, NodeValue::FootnoteDefinition(_));
        if self.footnotes == 0 {
            self.writer.new_line();
            self.writer.open("hr", &[]);
        }
        // One that stands within another begins a list of its own.
        if !node.previous_sibling().is_some_and(is_footnote) {
            self.writer.new_line();
            self.writer.open("ol", &[]);
            self.writer.new_line();
        }
        self.footnotes += 1;
        let id = format!("fn-{}", self.footnotes);
        self.writer.open("li", &[("id", &id)]);
        self.children(node);
        self.writer.close("li");
        self.writer.new_line();
        if !node.next_sibling().is_some_and(is_footnote) {
            self.writer.close("ol");
            self.writer.new_line();
        }
    }
}

/// Whether a paragraph stands in a list whose items have no empty lines between them.
fn is_tight<'a>(paragraph: &'a AstNode<'a>) -> bool {
    let list = paragraph.parent().and_then(|item| item.parent());
    list.is_some_and(|list| matches!(&list.data().value, NodeValue::List(list) if list.tight))
}

fn is_paragraph<'a>(node: &'a AstNode<'a>) -> bool {
    matches!(node.data().value, NodeValue::Paragraph)
}

/// The words of a node on one line: for a picture's `alt`, and for what is nested too deep.
fn plain<'a>(node: &'a AstNode<'a>) -> String {
    let mut out = String::new();
    for edge in node.traverse() {
        match edge {
            NodeEdge::Start(node) | NodeEdge::End(node)
                if matches!(node.data().value, NodeValue::Subscript) =>
            {
                out.push('~');
            }
            NodeEdge::Start(node) => match &node.data().value {
                NodeValue::Text(text) => out.push_str(text),
                NodeValue::Code(code) => out.push_str(&code.literal),
                NodeValue::SoftBreak | NodeValue::LineBreak => out.push(' '),
                _ => {}
            },
            NodeEdge::End(_) => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_for_nobody_is_left_out_and_addresses_are_whole() {
        let whole = |link: &str| Some(format!("https://s.example/{link}"));
        let notes = "<!-- secret -->\n\n[//]: # (remark)\n\nA <!-- b -->c_d, [e](x.md) ![f](i.png) [g][h] 9~12\n\
            `<!-- code -->`\n\n- j\n- <b>k</b>\n\n[h]: https://h.example\n\n<div>\n<!-- l\n-->m\n</div>\n\n<!-- n\n\no";
        insta::assert_snapshot!(portable(notes, &whole), @r"
        A c\_d, [e](https://s.example/x.md) ![f](https://s.example/i.png) [g](https://h.example) 9\~12
        `<!-- code -->`

        - j
        - <b>k</b>

        <div>
        m
        </div>
        ");
        let html = "<img alt=\"src='q'\" SRC = '../p.png?a&amp;b'> <a href=\"https://a.example\" title=\"x\">r</a> <a href=\"#s\">t</a>";
        insta::assert_snapshot!(portable(html, &whole), @r##"<img alt="src='q'" SRC = 'https://s.example/../p.png?a&amp;b'> <a href="https://a.example" title="x">r</a> <a href="https://s.example/#s">t</a>"##);
        let own = "* a\n* b [c](https://c.example)\n\n1) <b>d</b>";
        assert_eq!(portable(own, &whole), own);
    }
}
