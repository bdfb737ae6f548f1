//! A feed's texts as the Markdown of an episode's notes.
//!
//! HTML becomes Markdown where nothing is lost by it: what a page makes of the Markdown must say the
//! same, word for word and link for link. Else it stays HTML, which is legal in Markdown. A plain text
//! keeps its lines, and no character of it is read as markup.

use std::fmt::Write as _;

use super::html::{self, Node, Said};
use crate::show::addresses::has_web_scheme;
use crate::site::html::{Clean, Resolve, notes};

/// Longer texts stay HTML: to prove that Markdown says the same takes hundreds of times their length.
const MAX_PROVEN: usize = 128 * 1024;

/// HTML, or a plain text, as notes. `resolve` makes absolute addresses.
pub fn of(text: &str, resolve: &Resolve<'_>) -> String {
    let text = html::unescaped(text);
    if !html::is_html(&text) {
        return of_plain(&html::read(&text));
    }
    let clean = html::clean(&html::with_breaks(&text), resolve);
    let tree = html::tree(&clean).filter(|_| clean.len() <= MAX_PROVEN);
    let Some(tree) = tree else { return block(&clean) };
    let markdown = blocks(&tree).map(|blocks| blocks.join("\n\n"));
    match markdown {
        Some(markdown) if says(&markdown) == Some(html::said(&tree)) => markdown,
        _ => block(&clean),
    }
}

/// What a page makes of Markdown says.
fn says(markdown: &str) -> Option<Said> {
    let page = notes(markdown, None, &|link| Some(link.to_owned())).page;
    Some(html::said(&html::tree(&page)?))
}

/// Clean HTML as one block, which Markdown ends at the first blank line and reads nothing in.
fn block(clean: &Clean) -> String {
    let mut out = String::with_capacity(clean.len() + 16);
    let preformatted = clean.contains("<pre");
    for line in clean.lines() {
        if !line.trim().is_empty() {
            let line = if preformatted { line } else { line.trim() };
            out.push_str(line);
            out.push('\n');
        } else if preformatted && out.pop().is_some() {
            // A blank line of preformatted text, and white space anywhere else.
            out.push_str("&#10;\n");
        }
    }
    let out = out.trim_end().replace("</p><p", "</p>\n<p").replace("</li><li", "</li>\n<li");
    let starts =
        ["<p>", "<ul>", "<ol>", "<div>", "<h2>", "<h3>", "<table>", "<blockquote>", "<dl>"];
    match starts.iter().any(|start| out.starts_with(start)) {
        true => out,
        false => format!("<div>\n{out}\n</div>"),
    }
}

/// A plain text as paragraphs that keep their lines.
fn of_plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut paragraphs: Vec<Vec<&str>> = vec![Vec::new()];
    for line in text.lines().map(str::trim) {
        match (line.is_empty(), paragraphs.last_mut()) {
            (false, Some(paragraph)) => paragraph.push(line),
            (true, Some(paragraph)) if !paragraph.is_empty() => paragraphs.push(Vec::new()),
            _ => {}
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let escaped = |line: &&str| escaped(line, true);
    let markdown: Vec<String> = paragraphs
        .iter()
        .map(|lines| lines.iter().map(escaped).collect::<Vec<_>>().join("\\\n"))
        .collect();
    let markdown = markdown.join("\n\n");
    // Where no sign is one of Markdown's, there is nothing to prove.
    let plain = |c: char| c.is_alphanumeric() || c.is_whitespace() || ",.;!?'’“”()".contains(c);
    let lines: Vec<Vec<&str>> = paragraphs;
    if lines.iter().flatten().all(|line| line.chars().all(plain) && !starts_list(line)) {
        return markdown;
    }
    let nodes: Vec<Node> = lines.iter().map(|lines| paragraph(lines)).collect();
    if markdown.len() <= MAX_PROVEN && says(&markdown) == Some(html::said(&nodes)) {
        return markdown;
    }
    let html: Vec<String> = lines
        .iter()
        .map(|lines| {
            let lines: Vec<String> =
                lines.iter().map(|line| crate::site::text::escape(line)).collect();
            format!("<p>{}</p>", lines.join("<br>\n"))
        })
        .collect();
    html.join("\n")
}

fn paragraph(lines: &[&str]) -> Node {
    let element = |name: &str, children| Node::Element {
        name: name.to_owned(),
        address: None,
        alt: None,
        children,
    };
    let mut children = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            children.push(element("br", Vec::new()));
        }
        children.push(Node::Text((*line).to_owned()));
    }
    element("p", children)
}

fn starts_list(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < line.len() && rest.starts_with(['.', ')'])
}

/// What stands behind an address in a sentence.
const ENDS_OF_SENTENCES: [char; 11] = ['.', ',', ';', ':', '!', '?', '\'', '’', '”', '»', '…'];

/// A text in which Markdown reads no markup; `at_start` if a line starts with it.
fn escaped(text: &str, at_start: bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    if at_start {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if starts_list(text) {
            out.push_str(&text[..digits]);
            out.push('\\');
            rest = &text[digits..];
        } else if text.starts_with(['#', '-', '+', '=', '>', ':', '|', '~']) {
            out.push('\\');
            let first = text.chars().next().map_or(0, char::len_utf8);
            out.push_str(&text[..first]);
            rest = &text[first..];
        }
    }
    let mut before = ' ';
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        let behind = &rest[at + c.len_utf8()..];
        // An address is a link as it stands.
        if c == 'h' && !before.is_alphanumeric() && has_web_scheme(&rest[at..]) {
            let end = rest[at..]
                .find(|c: char| c.is_whitespace() || "<>()[]`\\*~|\"".contains(c))
                .map_or(rest.len(), |end| at + end);
            let whole = &rest[at..end];
            // The end of a sentence is none of its address.
            let address = whole.trim_end_matches(ENDS_OF_SENTENCES);
            let end = at + address.len();
            // At a line's end, the sign of a break would be taken for a part of it.
            out.push_str(&if end == rest.len() || address.len() < whole.len() {
                format!("<{address}>")
            } else {
                address.to_owned()
            });
            before = 'x';
            chars = rest[end..].char_indices();
            rest = &rest[end..];
            continue;
        }
        let special = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '~' => true,
            '_' => {
                let after = behind.chars().next().unwrap_or(' ');
                !(before.is_alphanumeric() && after.is_alphanumeric())
            }
            '&' => behind.starts_with(|c: char| c == '#' || c.is_ascii_alphabetic()),
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

/// The blocks of Markdown that nodes become; nothing if one of them has no Markdown.
fn blocks(nodes: &[Node]) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let mut line = Vec::new();
    for node in nodes {
        match node {
            Node::Element { name, .. } if html::is_block(name) => {
                flush(&mut line, &mut out)?;
                element(node, &mut out)?;
            }
            other => line.push(other),
        }
    }
    flush(&mut line, &mut out)?;
    Some(out)
}

/// Writes what stands between two blocks; two line breaks part paragraphs.
fn flush(line: &mut Vec<&Node>, out: &mut Vec<String>) -> Option<()> {
    let text = inline(line.iter().copied())?;
    line.clear();
    let mut lines: Vec<&str> = Vec::new();
    let mut paragraph = |lines: &mut Vec<&str>| {
        if !lines.is_empty() {
            let text: Vec<String> = lines.iter().map(|line| at_line_start(line)).collect();
            out.push(text.join("\\\n"));
            lines.clear();
        }
    };
    for line in text.split('\n').map(str::trim) {
        match line.is_empty() {
            true => paragraph(&mut lines),
            false => lines.push(line),
        }
    }
    paragraph(&mut lines);
    Some(())
}

/// A line of Markdown whose start is no sign of a block.
fn at_line_start(line: &str) -> String {
    if starts_list(line) {
        let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        return format!("{}\\{}", &line[..digits], &line[digits..]);
    }
    match line.starts_with(['#', '-', '+', '=', '>', ':', '|']) {
        true => format!("\\{line}"),
        false => line.to_owned(),
    }
}

fn element(node: &Node, out: &mut Vec<String>) -> Option<()> {
    let Node::Element { name, alt, children, .. } = node else { return None };
    match name.as_str() {
        "p" | "div" | "section" | "article" | "aside" | "address" | "figure" | "figcaption" => {
            out.extend(blocks(children)?);
        }
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            let level: usize = name[1..].parse().ok()?;
            let text = inline(children.iter())?;
            let text = text.trim();
            if text.contains('\n') {
                return None;
            }
            if !text.is_empty() {
                // A closing run of `#` would be none of the text.
                let text = if text.ends_with('#') { format!("{text} #") } else { text.to_owned() };
                out.push(format!("{} {text}", "#".repeat(level)));
            }
        }
        "ul" | "ol" => {
            let mut items = Vec::new();
            for child in children {
                match child {
                    Node::Text(text) if text.trim().is_empty() => {}
                    Node::Element { name, children, .. } if name == "li" => {
                        items.push(blocks(children)?)
                    }
                    _ => return None,
                }
            }
            items.retain(|item| !item.is_empty());
            let mut list: Vec<String> = Vec::new();
            let first = alt.as_deref().and_then(|start| start.parse::<u16>().ok()).unwrap_or(1);
            for (at, item) in items.iter().enumerate() {
                let number = usize::from(first) + at;
                let mark = if name == "ul" { "- ".to_owned() } else { format!("{number}. ") };
                let indent = " ".repeat(mark.len());
                // A list in an entry follows its line at once.
                let is_list = |block: &String| block.starts_with("- ") || block.starts_with("1. ");
                let mut text = String::new();
                for (at, block) in item.iter().enumerate() {
                    if at > 0 {
                        text.push_str(if at == 1 && is_list(block) { "\n" } else { "\n\n" });
                    }
                    text.push_str(block);
                }
                let lines: Vec<String> = text
                    .lines()
                    .enumerate()
                    .map(|(at, line)| match (at, line.is_empty()) {
                        (0, _) => format!("{mark}{line}"),
                        (_, true) => String::new(),
                        _ => format!("{indent}{line}"),
                    })
                    .collect();
                list.push(lines.join("\n"));
            }
            if !list.is_empty() {
                // Two lists side by side would be one.
                if out.last().is_some_and(|before| match name.as_str() {
                    "ul" => before.starts_with("- "),
                    _ => starts_list(before),
                }) {
                    out.push("<!-- -->".to_owned());
                }
                out.push(list.join("\n"));
            }
        }
        "blockquote" => {
            let text = blocks(children)?.join("\n\n");
            let lines: Vec<String> =
                text.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
            if !lines.is_empty() {
                out.push(lines.join("\n"));
            }
        }
        "hr" => out.push("***".to_owned()),
        _ => return None,
    }
    Some(())
}

/// Inline Markdown, `\n` for a line break; nothing if there is a block in it.
fn inline<'a>(nodes: impl Iterator<Item = &'a Node>) -> Option<String> {
    let mut out = String::new();
    for node in nodes {
        match node {
            Node::Text(text) => {
                let mut words = String::with_capacity(text.len());
                for c in text.chars() {
                    match c.is_whitespace() && c != '\u{a0}' {
                        true if words.ends_with(' ') => {}
                        true => words.push(' '),
                        false => words.push(c),
                    }
                }
                out.push_str(&escaped(&words, false));
            }
            Node::Element { name, address, alt, children } => {
                let mark = match name.as_str() {
                    "br" => {
                        out.push('\n');
                        continue;
                    }
                    "img" => {
                        let alt = escaped(alt.as_deref().unwrap_or_default(), false);
                        let _ = write!(out, "![{alt}]({})", target(address.as_deref()?)?);
                        continue;
                    }
                    "a" => {
                        let inside = inline(children.iter())?;
                        link(&mut out, &inside, address.as_deref())?;
                        continue;
                    }
                    "strong" | "b" => "**",
                    "em" | "i" => "*",
                    "s" | "del" => "~~",
                    "code" => {
                        let [Node::Text(text)] = children.as_slice() else { return None };
                        if text.contains(['`', '\n']) || text.trim().is_empty() {
                            return None;
                        }
                        let _ = write!(out, "`{}`", text.trim());
                        continue;
                    }
                    name if html::is_block(name) => return None,
                    _ => "",
                };
                let inside = inline(children.iter())?;
                if inside.trim().is_empty() {
                    out.push_str(&inside);
                    continue;
                }
                // White space stands outside of its marks.
                let words = inside.trim_matches([' ', '\n']);
                let start = inside.len() - inside.trim_start_matches([' ', '\n']).len();
                let end = start + words.len();
                out.push_str(&inside[..start]);
                match mark {
                    "" => {
                        let _ = write!(out, "<{name}>{words}</{name}>");
                    }
                    // No emphasis goes beyond a paragraph.
                    mark => {
                        let lines: Vec<String> = words
                            .split('\n')
                            .map(|line| match line.trim() {
                                "" => String::new(),
                                line => format!("{mark}{line}{mark}"),
                            })
                            .collect();
                        out.push_str(&lines.join("\n"));
                    }
                }
                out.push_str(&inside[end..]);
            }
        }
    }
    Some(out)
}

fn link(out: &mut String, inside: &str, address: Option<&str>) -> Option<()> {
    let words = &without_links(inside.trim());
    let Some(address) = address.filter(|_| !words.is_empty()) else {
        out.push_str(inside);
        return Some(());
    };
    if words.contains('\n') {
        return None;
    }
    let start = inside.len() - inside.trim_start().len();
    let end = inside.trim_end().len();
    out.push_str(&inside[..start]);
    if words == address && address.starts_with("http") && !address.contains(['<', '>', ' ']) {
        let _ = write!(out, "<{address}>");
    } else {
        let _ = write!(out, "[{words}]({})", target(address)?);
    }
    out.push_str(&inside[end..]);
    Some(())
}

/// A link's words, in which an address is no link of its own.
fn without_links(words: &str) -> String {
    let mut parts = words.split("<http");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + "http" + &part.replacen('>', "", 1))
}

/// An address as Markdown has it in brackets.
fn target(address: &str) -> Option<String> {
    if address.contains(['<', '>', '\n', '\\']) {
        return None;
    }
    let plain = !address.is_empty() && !address.contains([' ', '(', ')', '*', '_', '&', '~']);
    let address = address.replace('&', "\\&");
    Some(if plain || !address.contains([' ', '(', ')']) { address } else { format!("<{address}>") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn md(text: &str) -> String {
        of(text, &|link| Some(link.to_owned()))
    }

    #[test]
    fn html_becomes_markdown_where_nothing_is_lost_by_it() {
        let html = "<div>Hi <b>there </b>&amp; you.</div><p>One<br />two</p>\n\n<h3>Links</h3><ul>\n<li><a href=\"https://a.example/?x=1&amp;y=2_3\">A site</a></li>\
            <li><p>b</p><ol><li>c</li></ol></li></ul><p>See https://a.example/x_y or <a href='https://b.example'>https://b.example</a>. 1 * 2 * 3</p>";
        assert_eq!(
            md(html),
            "Hi **there** & you.\n\nOne\\\ntwo\n\n### Links\n\n- [A site](https://a.example/?x=1\\&y=2_3)\n- b\n  1. c\n\n\
             See https://a.example/x_y or <https://b.example>. 1 \\* 2 \\* 3"
        );
        assert_eq!(md("a<br><br>b"), "a\n\nb");
        assert_eq!(
            md("<p>a</p><ol start='9'><li>b</li><li>c</li></ol><ol><li>d</li></ol>"),
            "a\n\n9. b\n10. c\n\n<!-- -->\n\n1. d"
        );
        assert_eq!(md("a <a href='https://x.example'>b</a>\nc"), "a [b](https://x.example)\\\nc");
        assert_eq!(md("<p># no heading</p><p>1. none</p>"), "\\# no heading\n\n1\\. none");
        // A sentence's end is no part of an address.
        assert_eq!(
            md(
                "<p>More at https://a.example/buoys.</p><p>“https://b.example/?” https://c.example/a.b, d</p>"
            ),
            "More at <https://a.example/buoys>.\n\n“<https://b.example/>?” <https://c.example/a.b>, d"
        );
        assert_eq!(
            md("<p>a</p><p><a href='https://a.example/'>See https://a.example/b.</a></p>"),
            "a\n\n[See https://a.example/b.](https://a.example/)"
        );
        // Twice escaped.
        assert_eq!(md("&lt;p&gt;a &amp;amp; b&lt;/p&gt;"), "a & b");
    }

    #[test]
    fn what_has_no_markdown_stays_html() {
        assert_eq!(
            md("<table><tr><td>a</td></tr></table>"),
            "<table><tbody><tr><td>a</td></tr></tbody></table>"
        );
        assert_eq!(md("<pre>a\n\n  b</pre>"), "<div>\n<pre>a&#10;\n  b</pre>\n</div>");
    }

    #[test]
    fn a_plain_text_keeps_its_lines_and_signs() {
        let text = "Intro &amp; more.\n\n  Tracks:\n00:00 Start\n01:20 First * song\n# 3 Third\n- Middle -\n*Turbo 84\nhttps://a.example/x_y_z\nBye <3\n";
        let notes = md(text);
        assert_eq!(
            notes,
            "Intro & more.\n\nTracks:\\\n00:00 Start\\\n01:20 First \\* song\\\n\\# 3 Third\\\n\\- Middle -\\\n\\*Turbo 84\\\n<https://a.example/x_y_z>\\\nBye \\<3"
        );
        let page = super::notes(&notes, None, &|_| None).page;
        assert_eq!(
            crate::site::text::lines_of_clean_html(&page),
            "Intro & more.\nTracks:\n00:00 Start\n01:20 First * song\n# 3 Third\n- Middle -\n*Turbo 84\nhttps://a.example/x_y_z\nBye <3"
        );
    }

    proptest! {
        #[test]
        fn a_page_says_what_the_feed_said(text in "(<p>|</p>|<ul>|<li>|</ul>|<ol>|<h[1-4]>|</h2>|<br>|<b>|</b>|<i>|</i>|<u>|\
            <a href='https://a\\.example/\\?a&b_\\(c\\)'>|</a>|<pre>|</pre>|<td>|<blockquote>|<hr>|<code>|</code>|<div>|</div>|- |\n\n|\n|> |[ab]{1,3} |\
            &lt;|&amp;|&rsquo;|[é<&*_#|~`=\\[\\]\\\\(). 1]|https://b\\.example/_x_){0,25}") {
            let same = |link: &str| Some(link.to_owned());
            let notes_of = md(&text);
            let page = super::notes(&notes_of, None, &same).page;
            let said = html::said(&html::tree(&page).unwrap());
            let before = match html::is_html(&html::unescaped(&text)) {
                true => html::said(&html::tree(&html::clean(&html::with_breaks(&html::unescaped(&text)), &same)).unwrap()).text,
                false => text_lines(&html::read(&text)),
            };
            prop_assert_eq!(said.text, before, "{}", notes_of);
        }
    }

    fn text_lines(text: &str) -> String {
        let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = text.lines().map(line).filter(|line| !line.is_empty()).collect();
        lines.join("\n")
    }
}
