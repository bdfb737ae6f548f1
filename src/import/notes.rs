//! Notes of a feed, HTML, as the Markdown of an episode's file.
//!
//! HTML is legal in Markdown, so that it stays as it is: as one block, which Markdown ends at the first
//! blank line and reads nothing in. Cleaning it is the page's business, and the feed's.

/// Tags at whose start Markdown begins a block of HTML that lasts to the next blank line (CommonMark
/// 0.31, section 4.6, start condition 6).
const BLOCKS: [&str; 17] = [
    "p",
    "ul",
    "ol",
    "div",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "dl",
    "hr",
    "section",
    "article",
    "details",
];
/// Tags that a description may have.
const LINE_TAGS: [&str; 7] = ["a", "b", "br", "code", "em", "i", "strong"];
const ENTITIES: [(&str, &str); 7] = [
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("hellip", "…"),
    ("amp", "&"),
];

/// HTML as the notes of an episode; a text without markup as the paragraphs that it has.
pub fn body(html: &str) -> String {
    let html = html.replace("\r\n", "\n").replace('\r', "\n");
    let html = html.trim();
    if !has_markup(html) {
        // Indented lines would be code.
        return html.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    }
    let mut out = String::with_capacity(html.len());
    let preformatted = html.to_ascii_lowercase().contains("<pre");
    for line in html.lines() {
        if !line.trim().is_empty() {
            out.push_str(line.trim_end());
            out.push('\n');
        } else if preformatted && out.pop().is_some() {
            // A blank line of preformatted text, and white space anywhere else.
            out.push_str("&#10;\n");
        }
    }
    let out = out.trim_end().replace("</p><p", "</p>\n<p").replace("</li><li", "</li>\n<li");
    if starts_block(&out) { out } else { format!("<div>\n{out}\n</div>") }
}

fn starts_block(html: &str) -> bool {
    let Some(rest) = html.strip_prefix('<') else { return false };
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let name = rest[..end].to_ascii_lowercase();
    BLOCKS.contains(&name.as_str()) && rest[end..].starts_with(['>', ' ', '\n'])
}

/// Whether a text has tags in it.
pub fn has_markup(text: &str) -> bool {
    let Some(last) = text.rfind('>') else { return false };
    text[..last].match_indices('<').any(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('/');
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!')
    })
}

/// Whether HTML is more than a line of text: a description may be a line, with links in it.
pub fn has_blocks(html: &str) -> bool {
    let html = html.to_ascii_lowercase();
    BLOCKS.iter().chain(&["img", "pre", "br"]).any(|tag| {
        html.match_indices(&format!("<{tag}"))
            .any(|(at, found)| html[at + found.len()..].starts_with(['>', ' ', '/', '\n']))
    })
}

/// The words of HTML on one line, to compare: markup dropped, the usual references read.
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
                // Tags such as <b> part no words.
                if !LINE_TAGS.contains(&tag_name(tag)) || tag_name(tag) == "br" {
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
    for (name, c) in ENTITIES {
        text = text.replace(&format!("&{name};"), c);
    }
    text = text.replace("&#39;", "'").replace('\u{a0}', " ");
    super::unread_elements::one_line(&text)
}

/// The words of HTML without any white space, of which tags make more or less.
pub fn squeezed(html: &str) -> String {
    words(html).split_whitespace().collect()
}

/// The name of the tag that follows a `<`.
fn tag_name(tag: &str) -> &str {
    let name = tag.trim_start_matches('/');
    &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())]
}

/// Takes a first paragraph that says what `words`, HTML too, says off: what it has inside, and the rest.
pub fn without_first<'a>(html: &'a str, words: &str) -> Option<(&'a str, &'a str)> {
    let inside = html.trim_start().strip_prefix("<p>")?;
    let (paragraph, rest) = inside.split_once("</p>")?;
    let is_line = paragraph.split('<').skip(1).all(|tag| LINE_TAGS.contains(&tag_name(tag)));
    (is_line && squeezed(paragraph) == squeezed(words))
        .then_some((paragraph.trim(), rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_one_block_of_markdown() {
        assert_eq!(
            body("<p>a</p><p>b</p>\r\n\r\n  <ul>\n\n<li>c</li></ul>"),
            "<p>a</p>\n<p>b</p>\n  <ul>\n<li>c</li></ul>"
        );
        assert_eq!(body("a <b>b</b>\n\n* c"), "<div>\na <b>b</b>\n* c\n</div>");
        assert_eq!(body("<pre>a\n\n  b</pre>"), "<div>\n<pre>a&#10;\n  b</pre>\n</div>");
        assert_eq!(body("<param>\nx"), "<div>\n<param>\nx\n</div>");
    }

    #[test]
    fn a_text_without_markup_keeps_its_paragraphs() {
        assert_eq!(body("3 < 4\n\n    and more\n"), "3 < 4\n\nand more");
    }

    #[test]
    fn words_are_what_a_listener_reads() {
        assert_eq!(words("<p>a&nbsp;&amp; <a href='x'>b</a></p>\n 1 < 2"), "a & b 1 < 2");
        assert!(
            has_blocks("a<br/>b")
                && has_blocks("<P class=x>")
                && !has_blocks("<b>a</b> <a href=x>")
        );
        assert_eq!(
            without_first("<p>a <i>b</i></p>\n<p>c</p>", "a b"),
            Some(("a <i>b</i>", "<p>c</p>"))
        );
        assert_eq!(without_first("<p>a</p>", "b"), None);
        assert_eq!(without_first("<p>a <img src=b></p>", "a"), None);
    }
}
