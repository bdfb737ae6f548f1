//! Whether HTML can be read as browsers read it in a time that grows as it does.
//!
//! A parser looks through all elements that are open for nearly every tag, opens again what was left
//! open, and compares every attribute of a tag with every other: some of a stranger's 100,000 `<div>`
//! would keep it busy for minutes. Here, one pass over the text counts what may be open at most.
//!
//! Source: WHATWG HTML, section 13.2 "Parsing HTML documents". Where this knows less than a parser, it
//! takes more elements to be open than are.

use std::ops::ControlFlow;

/// How many elements may be open at a time. Pages that people write have some twenty.
pub const DEEPEST: usize = 200;
/// How many attributes a tag may have.
pub const MOST_ATTRIBUTES: usize = 100;

/// How many bytes html5ever's writer may look at in vain: some milliseconds. Forty thousand
/// bytes of French without a tag are less.
const MOST_LOOKED_AT: usize = 1 << 26;

/// Their end closes no more than themselves, and they close nothing.
const PHRASING: [&str; 45] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "nobr", "output", "q", "rp", "rt", "ruby", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "audio",
    "video", "canvas", "map", "meter", "progress", "picture", "slot",
];
/// A parser opens them again behind whatever closed them.
const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
const BLOCKS: [&str; 33] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "ul",
];
const VOID: [&str; 18] = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img",
    "input", "keygen", "link", "meta", "param", "source", "wbr",
];
/// What stands in them is text up to their own end.
const RAW: [&str; 9] =
    ["iframe", "noembed", "noframes", "plaintext", "script", "style", "textarea", "title", "xmp"];

/// Whether more is open at a time, or more stands in one tag, than a person writes.
pub fn is_too_deep(html: &str) -> bool {
    // So few tags are nothing to a parser, and most texts have no more.
    if html.matches('<').take(DEEPEST + 1).count() <= DEEPEST && html.len() < 16 * 1024 {
        return false;
    }
    let mut open = Open::default();
    tags(html, |tag| match tag {
        Tag::Start { attributes, .. } if attributes > MOST_ATTRIBUTES => ControlFlow::Break(()),
        Tag::Start { name, .. } => {
            open.start(&name);
            if open.count() > DEEPEST { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
        Tag::End { name } => {
            open.end(&name);
            ControlFlow::Continue(())
        }
    })
    .is_break()
}

/// Whether HTML has so many signs that are written as references, and so few tags between them, that
/// writing it takes long: for each `&`, and each sign between U+0080 and U+00BF, html5ever's serializer
/// looks for the next `<` or `>` (0.40, `write_escaped`). Nobody writes so.
pub fn is_too_dense(html: &str) -> bool {
    // Of a text this short, all signs together are fewer.
    if html.len() < 4096 {
        return false;
    }
    let (mut looked_at, mut next) = (0_usize, html.len());
    for (at, byte) in html.bytes().enumerate().rev() {
        match byte {
            b'<' | b'>' => next = at,
            b'&' | 0xc2 => looked_at = looked_at.saturating_add(next - at),
            _ => {}
        }
    }
    looked_at > MOST_LOOKED_AT
}

/// The elements that may be open.
#[derive(Default)]
struct Open {
    names: Vec<String>,
    /// Those that are opened again; they close with their own end alone.
    formatting: Vec<String>,
}

impl Open {
    fn count(&self) -> usize {
        // What is opened again is so for every block.
        self.names.len() + 4 * self.formatting.len()
    }

    fn start(&mut self, name: &str) {
        if VOID.contains(&name) {
            return;
        }
        if FORMATTING.contains(&name) {
            self.formatting.push(name.to_owned());
            return;
        }
        // What the start of a like element closes.
        let (closed, through): (&[&str], fn(&str) -> bool) = match name {
            "p" => (&["p"], |it| PHRASING.contains(&it)),
            "li" => (&["li"], |it| PHRASING.contains(&it) || matches!(it, "p" | "div" | "address")),
            "dt" | "dd" => (&["dt", "dd"], |it| {
                PHRASING.contains(&it) || matches!(it, "p" | "div" | "address")
            }),
            "td" | "th" => (&["td", "th"], |it| PHRASING.contains(&it) || BLOCKS.contains(&it)),
            "tr" => (&["tr"], |it| {
                PHRASING.contains(&it) || BLOCKS.contains(&it) || matches!(it, "td" | "th")
            }),
            "option" => (&["option"], |_| false),
            _ => (&[], |_| false),
        };
        self.close(closed, through);
        self.names.push(name.to_owned());
    }

    fn end(&mut self, name: &str) {
        if FORMATTING.contains(&name) {
            if let Some(at) = self.formatting.iter().rposition(|open| open == name) {
                self.formatting.remove(at);
            }
            return;
        }
        let through: fn(&str) -> bool = match name {
            "table" => |it| it != "table" && it != "template",
            "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "caption" => {
                |it| it != "table" && it != "template"
            }
            "li" => {
                |it| PHRASING.contains(&it) || BLOCKS.contains(&it) && !matches!(it, "ol" | "ul")
            }
            name if BLOCKS.contains(&name) => |it| PHRASING.contains(&it) || BLOCKS.contains(&it),
            name if PHRASING.contains(&name) => |it| PHRASING.contains(&it),
            _ => |_| false,
        };
        self.close(&[name], through);
    }

    /// Closes the last element of these names, if nothing stands above it but what it passes through.
    fn close(&mut self, names: &[&str], through: fn(&str) -> bool) {
        for at in (0..self.names.len()).rev() {
            let open = self.names[at].as_str();
            if names.contains(&open) {
                return self.names.truncate(at);
            }
            if !through(open) {
                return;
            }
        }
    }
}

enum Tag {
    Start { name: String, attributes: usize },
    End { name: String },
}

/// Gives every tag of a text, as a tokenizer finds them.
fn tags(html: &str, mut see: impl FnMut(Tag) -> ControlFlow<()>) -> ControlFlow<()> {
    let bytes = html.as_bytes();
    let find = |from: usize, wanted: &str| html.get(from..)?.find(wanted).map(|at| from + at);
    // Ends that are nowhere ahead are not looked for again.
    let mut no_comment_end = false;
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'<', &bytes[at..]).map(|from| at + from) {
        let next = bytes.get(open + 1).copied().unwrap_or_default();
        if bytes[open..].starts_with(b"<!--") {
            let inner = open + 4;
            let end = if bytes[inner..].starts_with(b">") {
                Some(inner + 1)
            } else if bytes[inner..].starts_with(b"->") {
                Some(inner + 2)
            } else if no_comment_end {
                None
            } else {
                let ends =
                    [find(inner, "-->").map(|at| at + 3), find(inner, "--!>").map(|at| at + 4)];
                ends.into_iter().flatten().min()
            };
            no_comment_end |= end.is_none();
            let Some(end) = end else { break };
            at = end;
            continue;
        }
        let (is_end, first) = if next == b'/' { (true, open + 2) } else { (false, open + 1) };
        if !bytes.get(first).is_some_and(u8::is_ascii_alphabetic) {
            // A remark of an odd kind, or a plain character.
            at = match next {
                b'!' | b'?' | b'/' => match memchr::memchr(b'>', &bytes[open..]) {
                    Some(end) => open + end + 1,
                    None => break,
                },
                _ => open + 1,
            };
            continue;
        }
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
        let length = bytes[first..].iter().position(ends).unwrap_or(bytes.len() - first);
        let name = html[first..first + length].to_ascii_lowercase();
        let Some((attributes, end)) = attributes(bytes, first + length) else { break };
        at = end;
        if is_end {
            see(Tag::End { name })?;
        } else if RAW.contains(&name.as_str()) {
            let close = format!("</{name}");
            let is_close = |from: &usize| {
                let text = &bytes[*from..];
                text.len() >= close.len()
                    && text[..close.len()].eq_ignore_ascii_case(close.as_bytes())
            };
            let mut slashes = memchr::memmem::find_iter(&bytes[at..], "</").map(|from| at + from);
            let Some(end) = slashes.find(is_close) else { break };
            at = end;
        } else {
            see(Tag::Start { name, attributes })?;
        }
    }
    ControlFlow::Continue(())
}

/// How many attributes stand from `at` on, and where their tag ends; nothing if it does not end.
fn attributes(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let skip = |mut at: usize, wanted: fn(&u8) -> bool| {
        while bytes.get(at).is_some_and(wanted) {
            at += 1;
        }
        at
    };
    let mut count = 0;
    loop {
        at = skip(at, |byte| byte.is_ascii_whitespace() || *byte == b'/');
        if *bytes.get(at)? == b'>' {
            return Some((count, at + 1));
        }
        count += 1;
        at = skip(at + 1, |byte| {
            !(byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'='))
        });
        let value = skip(at, u8::is_ascii_whitespace);
        if bytes.get(value) != Some(&b'=') {
            continue;
        }
        at = skip(value + 1, u8::is_ascii_whitespace);
        at = match bytes.get(at)? {
            quote @ (b'"' | b'\'') => at + 2 + memchr::memchr(*quote, &bytes[at + 1..])?,
            b'>' => at,
            _ => skip(at, |byte| !byte.is_ascii_whitespace() && *byte != b'>'),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_not_too_deep() {
        for html in [
            "<p>a<b>b</b>".repeat(2000),
            "<ul>".to_owned() + &"<li>a".repeat(2000),
            "<table><tr>".to_owned() + &"<td>a<td>b<tr>".repeat(2000),
            "<dl>".to_owned() + &"<dt>a<dd>b".repeat(2000),
            "<div><p>a <a href=\"x>y\">b</a><br></div>\n".repeat(2000),
            "<cite>A:</cite><time>0:01</time><p>a</p>".repeat(2000),
            "<!-- <div> -->".repeat(2000),
            "<script>'<div>'</script>".repeat(2000),
            "a < b <3 ".repeat(2000),
            "<svg><path d='x'/></svg>".repeat(10),
        ] {
            assert!(!is_too_deep(&html), "{}", &html[..60]);
        }
    }

    #[test]
    fn what_keeps_a_parser_busy_is_too_deep() {
        let many: String = (0..3000).map(|at| format!("x{at}=1 ")).collect();
        for html in [
            "<div>".repeat(3000),
            "<blockquote>".repeat(3000),
            "<ul><li>".repeat(3000),
            "<svg>".repeat(3000),
            "<b>".repeat(3000),
            "<p><b>".repeat(3000),
            "<a><div>".repeat(3000),
            // A parser knows better than to end an element through these.
            "<div><table><tr><td></div>".repeat(3000),
            "<div><textarea></div></textarea>".repeat(3000),
            "<div><svg><desc></div>".repeat(3000),
            "<!--><div>".repeat(3000),
            "<div><!--></div>-->".to_owned() + &"<div>".repeat(3000),
            "<div a='</div>'>".repeat(3000),
            "<div a=\"</div>\" b=</div>".repeat(3000),
            "<object></div><div>".repeat(3000),
            format!("<a {many}>"),
        ] {
            assert!(is_too_deep(&html), "{}", &html[..html.len().min(60)]);
        }
    }

    #[test]
    fn references_without_end_are_too_dense_and_what_people_write_is_not() {
        assert!(is_too_dense(&"&amp;".repeat(20_000)));
        assert!(is_too_dense(&("<b>a</b>".to_owned() + &"© ".repeat(50_000))));
        assert!(!is_too_dense(&"<p>Tom &amp; Jerry © them</p>".repeat(30_000)));
        assert!(!is_too_dense(&"Un café « à la » carte &amp; plus ".repeat(1_000)));
    }

    #[test]
    fn no_text_keeps_it_busy() {
        let begun = std::time::Instant::now();
        for unit in
            ["<", "<!--", "</", "<a ", "<a x=", "<a x='", "<script>", "<title></", "<?", "<a/"]
        {
            is_too_deep(&unit.repeat(1_000_000 / unit.len()));
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(20));
    }
}
