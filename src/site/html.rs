//! What hosts write as Markdown or HTML, made safe: front matter and notes may be a stranger's.
//!
//! Everything passes an allow-list once: one for notes, one for single lines. Nothing that runs, and no
//! address but of the web, of mail or of a telephone, comes through. HTML that a host wrote is read as
//! browsers read it (`ammonia`); what came of Markdown alone is plain enough to be read as it stands,
//! in a fifth of the time. What came through is [`Clean`], and the feed's narrower list is a matter of
//! leaving tags out.

mod apple;
pub mod clean;

use std::borrow::Cow;

pub use apple::description;
pub use clean::Clean;
use clean::{LINE, PAGE};
use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

/// Makes an address of a relative link, or nothing if it leads nowhere.
pub type Resolve<'a> = dyn Fn(&str) -> Option<String> + Send + Sync + 'a;

/// Sorted. Apple shows p, ol, ul, li and a (podcast RSS requirements, "content:encoded"); other players a
/// few more, and headings become bold paragraphs.
const FEED_TAGS: [&str; 19] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "ul",
];
/// An episode's notes in two of their forms; [`feed`] makes the third.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// For the page.
    pub page: Clean,
    /// As plain text, on one line.
    pub text: String,
}

/// Renders Markdown notes; `resolve` makes addresses of relative links.
pub fn notes(markdown: &str, resolve: &Resolve<'_>) -> Notes {
    let options = options();
    let arena = Arena::new();
    let markdown = prepared(markdown);
    let root = parse_document(&arena, &markdown, &options);
    level_headings(root);
    let mut html = String::new();
    if comrak::format_html(root, &options, &mut html).is_err() {
        // Writing to a String does not fail.
        html.clear();
    }
    let clean = match has_html(root) {
        true => Clean::of(&html, &PAGE, resolve),
        false => Clean::of_markdown(&html, resolve),
    };
    let page = with_lazy_images(clean);
    Notes { text: super::text::from_clean_html(&page), page }
}

/// Without what no page may hold; with line ends as a browser reads them.
fn prepared(markdown: &str) -> Cow<'_, str> {
    match super::text::legal(markdown) {
        text if text.contains('\r') => text.replace("\r\n", "\n").replace('\r', "\n").into(),
        text => text,
    }
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    // HTML is let through here and cleaned afterwards.
    options.render.r#unsafe = true;
    options
}

fn has_html<'a>(root: &'a AstNode<'a>) -> bool {
    root.descendants().any(|node| {
        let value = &node.data().value;
        matches!(value, NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_) | NodeValue::Raw(_))
    })
}

/// The addresses of images in Markdown notes that are not absolute, without what stands behind `?`
/// or `#`.
pub fn images(markdown: &str) -> Vec<String> {
    if !markdown.contains("![") && !markdown.contains("<img") {
        return Vec::new();
    }
    // Rendering them is the one way to read them just as a page will have them.
    let found = std::sync::Mutex::new(Vec::new());
    let see = |link: &str| {
        let path = link.split(['?', '#']).next().unwrap_or_default();
        if super::image_type::image_type(path).is_some()
            && let Ok(mut found) = found.lock()
        {
            found.push(path.to_owned());
        }
        None
    };
    let _ = notes(markdown, &see);
    found.into_inner().unwrap_or_default()
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

fn with_lazy_images(clean: Clean) -> Clean {
    // An image without a text in its place is read out as its address.
    if !clean.contains("<img ") {
        return clean;
    }
    clean.with(|tag, attributes, out| {
        if tag == "img" {
            out.push_str(" loading=\"lazy\"");
            if !attributes.contains(" alt=\"") {
                out.push_str(" alt=\"\"");
            }
        }
    })
}

/// Clean HTML of a page or a line for `content:encoded`; `resolve` makes absolute addresses.
pub fn feed(page_html: &Clean, resolve: &Resolve<'_>) -> String {
    let lines = blocks_parted(tables_as_lines(page_html));
    let mut html = clean::rewrite(
        &lines,
        Cow::Borrowed,
        |tag| FEED_TAGS.binary_search(&tag).is_ok(),
        |tag, name, value| match (tag, name) {
            ("a", "href") if value.starts_with("tel:") => None,
            ("a", "href") | ("img", "src") => clean::resolved(value, resolve),
            ("a", "rel") | ("img", "alt") => Some(Cow::Borrowed(value)),
            _ => None,
        },
    );
    if html.contains("<h") {
        for level in 2..=6 {
            html = html.replace(&format!("<h{level}>"), "<p><strong>");
            html = html.replace(&format!("</h{level}>"), "</strong></p>");
        }
    }
    html
}

/// Boxes that no player shows, as the space that parts their words from others.
fn blocks_parted(html: Cow<'_, str>) -> Cow<'_, str> {
    const BOXES: [&str; 7] =
        ["address", "article", "aside", "details", "div", "section", "summary"];
    if !BOXES.iter().any(|tag| html.contains(&format!("<{tag}>"))) {
        return html;
    }
    let mut text = html.into_owned();
    for tag in BOXES {
        text = text.replace(&format!("<{tag}>"), " ").replace(&format!("</{tag}>"), " ");
    }
    Cow::Owned(text)
}

/// A row of a table as a paragraph, for no player shows tables.
fn tables_as_lines(html: &str) -> Cow<'_, str> {
    if !html.contains("<table") {
        return Cow::Borrowed(html);
    }
    let mut text = html.replace("<tr>", "<p>").replace("</tr>", "</p>");
    for (part, instead) in [("table", ""), ("thead", ""), ("tbody", ""), ("th", " "), ("td", " ")] {
        text = text.replace(&format!("<{part}>"), "").replace(&format!("</{part}>"), instead);
    }
    Cow::Owned(text)
}

/// HTML of several blocks that is no Markdown; its links are of no use.
pub fn blocks(html: &str) -> Clean {
    Clean::text(html).unwrap_or_else(|| Clean::of(html, &PAGE, &|_| None))
}

/// A line of HTML: a description, a guest.
pub fn inline(html: &str, resolve: &Resolve<'_>) -> Clean {
    Clean::text(html).unwrap_or_else(|| Clean::of(html, &LINE, resolve))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn notes_keep_their_structure_and_lose_what_runs() {
        let markdown = "#### Liens\n\n- [un](https://a.example) <b onclick=x>deux</b>\n\n\
            <script>alert(1)</script>\n\n[x](javascript:alert(1)) ![](/i.png)\n\n## Fin\n";
        let notes = notes(markdown, &|link| Some(format!("../..{link}")));
        insta::assert_snapshot!(&*notes.page, @r#"
        <h2>Liens</h2>
        <ul>
        <li><a href="https://a.example" rel="noopener">un</a> <b>deux</b></li>
        </ul>

        <p><a rel="noopener">x</a> <img src="../../i.png" alt="" loading="lazy"></p>
        <h2>Fin</h2>
        "#);
        assert_eq!(notes.text, "Liens un deux x Fin");
        insta::assert_snapshot!(feed(&notes.page, &|_| Some("https://s.example/i.png".into())), @r#"
        <p><strong>Liens</strong></p>
        <ul>
        <li><a href="https://a.example" rel="noopener">un</a> <b>deux</b></li>
        </ul>

        <p><a rel="noopener">x</a> <img src="https://s.example/i.png" alt=""></p>
        <p><strong>Fin</strong></p>
        "#);
    }

    #[test]
    fn a_table_is_read_line_by_line_in_a_player() {
        let page = notes("| a | b |\n|---|--:|\n| c | d |\n", &none).page;
        assert!(page.contains("<td align=\"right\">d</td>"), "{page}");
        let lines: Vec<String> =
            feed(&page, &none).split("</p>").map(crate::site::text::from_clean_html).collect();
        assert_eq!(lines, ["a b", "c d", ""]);
    }

    #[test]
    fn html_in_notes_has_words_as_well() {
        let text = |markdown: &str| notes(markdown, &none).text;
        assert_eq!(
            text("<p>a</p><p>b <b>c</b>d</p>\n<ul><li>e</li><li>f</li></ul>\n\n*g*"),
            "a b cd e f g"
        );
        assert_eq!(
            text(
                "<h3>a</h3><blockquote>b</blockquote><table><tr><td>c</td><td>d</td></tr></table>"
            ),
            "a b c d"
        );
    }

    #[test]
    fn headings_leave_no_level_out() {
        let html = notes("# a\n\n### b\n\n###### c\n\n## d\n", &none).page;
        assert_eq!(html.trim(), "<h2>a</h2>\n<h3>b</h3>\n<h4>c</h4>\n<h3>d</h3>");
    }

    #[test]
    fn a_line_keeps_links_only() {
        let line =
            "<a href='https://a.example/?a=1&b=2' onclick=x>A</a> &amp; <img src=x onerror=y>B";
        assert_eq!(
            &*inline(line, &none),
            r#"<a href="https://a.example/?a=1&amp;b=2" rel="noopener">A</a> &amp; B"#
        );
    }

    proptest! {
        /// Markdown alone is read as it stands: the sanitiser, which reads as browsers do, must see
        /// nothing else in it.
        #[test]
        fn the_short_way_leads_to_where_the_long_one_does(text in "(#{1,4} |- |1[.] |> |```\n|`|\
            [*]{1,2}|~~|!?\\[x\\]\\(|/y\\)|https://a[.]example/?|javascript:|data:|tel:1|mailto:x|\
            www[.]a[.]example|a@b[.]example|\\[|\\]|  - |\r|\u{1}|\\| a \\|\n\\|--:\\|\n|&lt;|&#60;|&quot;|\\\\|[\"'&()é\u{a0} x=>]|\n){0,25}") {
            let resolve = |link: &str| (link != "/y").then(|| format!("../{link}?a&b"));
            let options = options();
            let arena = Arena::new();
            let root = parse_document(&arena, &prepared(&text), &options);
            level_headings(root);
            let mut html = String::new();
            comrak::format_html(root, &options, &mut html).unwrap();
            if !has_html(root) {
                let long = Clean::of(&html, &PAGE, &resolve);
                let short = Clean::of_markdown(&html, &resolve);
                prop_assert_eq!(short, long, "{}", html);
            }
        }

        #[test]
        fn nothing_runs(text in "(<script>|</script>|<svg/onload=|<img src=x onerror=|javascript:|\
            <a href='|<iframe |<style>|-->|[\"'<>&`()\\[\\]! x=]|\n){0,20}") {
            let (page, line) = (notes(&text, &none).page, inline(&text, &none));
            let feeds = [feed(&page, &none), feed(&line, &none)];
            for html in feeds.iter().map(String::as_str).chain([&*page, &*line]) {
                let low = html.to_lowercase();
                for bad in ["<script", "<iframe", "<svg", "<style", "href=\"javascript:", "src=\"javascript:"] {
                    prop_assert!(!low.contains(bad), "{html}");
                }
                // Inside of a tag, no attribute of an event.
                for tag in low.split('<').skip(1).filter_map(|tag| tag.split_once('>')) {
                    let names: String = tag.0.split('"').step_by(2).collect();
                    prop_assert!(!names.contains(" on"), "{html}");
                }
            }
        }
    }
}
