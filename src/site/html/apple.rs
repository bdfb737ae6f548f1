//! Notes as a feed's `description`: the HTML that Apple Podcasts shows there, within its limit.
//!
//! Apple reads p, ol, ul, li, a and line breaks (podcast RSS requirements, "description"). Blocks of any
//! other kind become paragraphs, so that no two words run together.

use super::Resolve;
use super::clean::{self, Clean, Tag};

const ELLIPSIS: &str = "…";
/// What an ellipsis takes that stands alone.
const ELLIPSIS_BLOCK: usize = ELLIPSIS.len() + "<p></p>".len();
/// Longer words are cut: some scripts have no spaces.
const LONG_WORD: usize = 100;
/// Tags that part no words.
const WITHIN: [&str; 23] = [
    "abbr", "b", "bdi", "cite", "code", "del", "em", "i", "img", "ins", "kbd", "mark", "q", "rp",
    "rt", "ruby", "s", "small", "strong", "sub", "sup", "time", "u",
];

/// The HTML of `clean` in at most `limit` bytes; what does not fit is cut off behind a word.
pub fn description(clean: &Clean, resolve: &Resolve<'_>, limit: usize) -> String {
    let mut writer = Writer { out: String::new(), open: Vec::new(), gap: false, pre: 0, limit };
    let lines = super::spelled_out(clean);
    let mut parts = clean::parts(&lines);
    let whole = parts.all(|(text, tag)| {
        writer
            .text(text)
            .and_then(|()| tag.map_or(Some(()), |tag| writer.tag(&tag, resolve)))
            .is_some()
    });
    writer.finish(whole)
}

/// Every step is nothing where its outcome did not fit.
struct Writer {
    out: String,
    /// Tags to be closed, the innermost last.
    open: Vec<&'static str>,
    /// Whether white space stands before what comes next.
    gap: bool,
    /// How many `pre` are open.
    pre: usize,
    limit: usize,
}

impl Writer {
    /// How many more bytes fit, if all that is open is to be closed, and `more`.
    fn room(&self, more: &[&str]) -> usize {
        let closing: usize = self.open.iter().chain(more).map(|tag| tag.len() + "</>".len()).sum();
        self.limit.saturating_sub(self.out.len() + closing + ELLIPSIS_BLOCK)
    }

    fn push(&mut self, text: &str) -> Option<()> {
        let fits = text.len() <= self.room(&[]);
        if fits {
            self.out.push_str(text);
        }
        fits.then_some(())
    }

    fn start(&mut self, tag: &'static str, attributes: &str) -> Option<()> {
        let text = format!("<{tag}{attributes}>");
        let fits = text.len() <= self.room(&[tag]);
        if fits {
            self.out.push_str(&text);
            self.open.push(tag);
        }
        fits.then_some(())
    }

    fn text(&mut self, text: &str) -> Option<()> {
        for (line, piece) in text.split('\n').enumerate() {
            if line > 0 && self.pre > 0 && self.is_in_block() {
                self.line_break()?;
            }
            self.gap |= line > 0 || piece.starts_with(char::is_whitespace);
            for word in piece.split_whitespace() {
                self.begin_words()?;
                if word.len() > self.room(&[]) {
                    self.part_of(word);
                    return None;
                }
                self.out.push_str(word);
                self.gap = true;
            }
            self.gap &= piece.is_empty() || piece.ends_with(char::is_whitespace);
        }
        Some(())
    }

    /// What fits of a long word, no character reference cut through.
    fn part_of(&mut self, word: &str) {
        let mut end = word.floor_char_boundary(self.room(&[]));
        if let Some(open) = word[..end].rfind('&')
            && !word[open..end].contains(';')
        {
            end = open;
        }
        if word.len() > LONG_WORD {
            self.out.push_str(&word[..end]);
        }
    }

    /// Opens a paragraph if words cannot stand here, and writes the space in front of them.
    fn begin_words(&mut self) -> Option<()> {
        if !self.is_in_block() {
            self.start("p", "")?;
        } else if self.gap && !self.is_at_start() {
            self.push(" ")?;
        }
        self.gap = false;
        Some(())
    }

    /// Whether words may stand here.
    fn is_in_block(&self) -> bool {
        self.open.iter().any(|tag| matches!(*tag, "p" | "li"))
    }

    /// Whether a block or a line has just begun.
    fn is_at_start(&self) -> bool {
        ["<p>", "<li>", "<br>", "</ul>", "</ol>"].iter().any(|end| self.out.ends_with(end))
    }

    fn line_break(&mut self) -> Option<()> {
        self.gap = false;
        if self.is_at_start() && self.pre == 0 { Some(()) } else { self.push("<br>") }
    }

    /// Closes the innermost of these that is open, with what is open in it.
    fn close(&mut self, tag: &str) {
        let Some(at) = self.open.iter().rposition(|open| *open == tag) else { return };
        while self.open.len() > at {
            let Some(tag) = self.open.pop() else { break };
            // A block in which nothing came to stand says nothing.
            match self.out.strip_suffix(&format!("<{tag}>")).map(str::len) {
                Some(before) => self.out.truncate(before),
                None => {
                    while let Some(before) = self.out.strip_suffix("<br>").map(str::len) {
                        self.out.truncate(before);
                    }
                    self.out.push_str(&format!("</{tag}>"));
                }
            }
        }
        self.gap = true;
    }

    fn tag(&mut self, tag: &Tag<'_>, resolve: &Resolve<'_>) -> Option<()> {
        match (tag.name, tag.closing) {
            ("a", false) => return self.link(tag, resolve),
            ("a", true) => self.close_link(),
            ("br", _) if self.is_in_block() => return self.line_break(),
            ("ul", false) => return self.list("ul"),
            ("ol", false) => return self.list("ol"),
            (list @ ("ul" | "ol"), true) => self.close(list),
            ("li", false) => {
                self.close("p");
                if self.open.last() == Some(&"li") {
                    self.close("li");
                }
                // Outside of a list it is a paragraph.
                return self.start(if self.open.is_empty() { "p" } else { "li" }, "");
            }
            ("li", true) => {
                self.close(if self.open.contains(&"li") { "li" } else { "p" });
            }
            (name, _) if WITHIN.contains(&name) => {}
            (name, closing) => {
                if name == "pre" {
                    self.pre = if closing { self.pre.saturating_sub(1) } else { self.pre + 1 };
                }
                self.close("p");
                // Within a list's entry, blocks are parted by a space.
                self.gap = true;
            }
        }
        Some(())
    }

    fn list(&mut self, tag: &'static str) -> Option<()> {
        self.close("p");
        self.start(tag, "")
    }

    fn link(&mut self, tag: &Tag<'_>, resolve: &Resolve<'_>) -> Option<()> {
        let mut address = None;
        tag.each_attribute(|name, value| {
            if name == "href" && !value.starts_with("tel:") {
                address = clean::resolved(value, resolve);
            }
        });
        let Some(address) = address else { return Some(()) };
        self.begin_words()?;
        self.start("a", &format!(" href=\"{address}\""))
    }

    fn close_link(&mut self) {
        if self.open.last() != Some(&"a") {
            return;
        }
        self.open.pop();
        match self.out.rfind("<a href=\"").filter(|_| self.out.ends_with("\">")) {
            // Round no words, nobody can follow it.
            Some(at) => self.out.truncate(at),
            None => self.out.push_str("</a>"),
        }
    }

    fn finish(mut self, whole: bool) -> String {
        if !whole {
            let block = self.is_in_block();
            self.out.truncate(self.out.trim_end().len());
            self.out.push_str(if block { ELLIPSIS } else { "<p>…</p>" });
        }
        while let Some(tag) = self.open.first().copied() {
            self.close(tag);
        }
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::html::{inline, notes};
    use crate::site::text::from_clean_html;
    use proptest::prelude::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    fn of(markdown: &str, limit: usize) -> String {
        description(&notes(markdown, None, &none).page, &none, limit)
    }

    #[test]
    fn structure_that_apple_shows_stays_and_words_are_parted() {
        let markdown = "## Links\n\n- [A & B](https://a.example/?x=1&y=2), *new*\n  - two\n\n> said\n\n\
            one  \ntwo\n\n| a | b |\n|---|---|\n| c | d |\n\n![x](https://a.example/i.png)\n\n\
            <h2>X</h2>Y<div>Z</div>\n\n```\na\n  b\n```\n";
        assert_eq!(
            of(markdown, 4000),
            "<p>Links</p><ul><li><a href=\"https://a.example/?x=1&amp;y=2\">A &amp; B</a>, new<ul><li>two</li></ul></li></ul>\
             <p>said</p><p>one<br>two</p><p>a | b</p><p>c | d</p><p>X</p><p>Y</p><p>Z</p><p>a<br>b</p>"
        );
        assert_eq!(
            description(&inline("a<br>b <a href='x'>c</a>", &none), &none, 99),
            "<p>a<br>b c</p>"
        );
        assert_eq!(of("![x](https://a.example/i.png)", 4000), "");
        assert_eq!(of("", 4000), "");
    }

    #[test]
    fn a_long_one_is_cut_and_closed() {
        let long = of(&"- [word](https://a.example) & more\n".repeat(300), 4000);
        assert!(long.len() <= 4000 && long.len() > 3900, "{}", long.len());
        assert!(long.ends_with("…</li></ul>") || long.ends_with("</ul>"), "{}", &long[3900..]);
        let no_spaces = of(&"東京".repeat(2000), 4000);
        assert!(no_spaces.len() > 3900 && no_spaces.ends_with("…</p>"));
        assert_eq!(of("one two three four", 31), "<p>one two three…</p>");
    }

    proptest! {
        #[test]
        fn every_word_once_and_every_tag_closed(text in "(<p>|</p>|<ul>|<li>|</li>|</ul>|<h2>|</h2>|<br>|<b>|</b>|\
            <a href='https://a.example/\\?a&b'>|</a>|<pre>|</pre>|<td>|</table>|- |\n\n|\n|> |[ab]{1,3} |&lt;|&amp;|[é<&]){0,25}", limit in 60_usize..300) {
            let page = notes(&text, None, &none).page;
            let whole = description(&page, &none, 100_000);
            let (before, after) = (from_clean_html(&page), from_clean_html(&Clean::of(&whole, &clean::PAGE, &none)));
            prop_assert_eq!(before.split_whitespace().collect::<Vec<_>>(), after.split_whitespace().collect::<Vec<_>>());
            let cut = description(&page, &none, limit);
            prop_assert!(cut.len() <= limit, "{}", cut);
            for html in [whole, cut] {
                let mut open = Vec::new();
                for (_, tag) in clean::parts(&html) {
                    match tag {
                        Some(tag) if tag.name == "br" => {}
                        Some(tag) if tag.closing => prop_assert_eq!(open.pop(), Some(tag.name)),
                        Some(tag) => open.push(tag.name),
                        None => {}
                    }
                }
                prop_assert!(open.is_empty(), "{}", html);
            }
        }
    }
}
