//! What hosts write as Markdown or HTML, made safe: front matter and notes may be a stranger's.
//!
//! There is an allow-list for notes, and one for single lines. Nothing that runs, and no address but of
//! the web, of mail or of a telephone, comes through. HTML that a host wrote is read as browsers read
//! it (`ammonia`); Markdown alone is written by a writer that can write nothing else than the list, in a
//! fraction of the time. What comes of either is [`Clean`], and the feed's narrower list is a matter of
//! leaving tags out.

mod apple;
pub mod clean;
mod markdown;

use std::borrow::Cow;
use std::time::Duration;

pub use apple::description;
pub use clean::Clean;
use clean::{LINE, PAGE};
pub use markdown::portable;

use super::references::replaced;

/// Makes an address of a relative link, or nothing if it leads nowhere.
pub type Resolve<'a> = dyn Fn(&str) -> Option<String> + Send + Sync + 'a;

/// Sorted. Apple shows p, ol, ul, li and a (podcast RSS requirements, "content:encoded"); other players a
/// few more, and headings become bold paragraphs.
const FEED_TAGS: [&str; 20] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
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

/// Renders Markdown notes; `resolve` makes addresses of relative links. Time codes before `end`
/// become links that seek, to `#t=` and seconds; none does without it.
pub fn notes(markdown: &str, end: Option<Duration>, resolve: &Resolve<'_>) -> Notes {
    let page = with_lazy_images(markdown::render(markdown, end, resolve));
    Notes { text: super::text::from_clean_html(&spelled_out(&page)), page }
}

/// Without what no page may hold; with line ends as a browser reads them.
fn prepared(markdown: &str) -> Cow<'_, str> {
    match super::text::legal(markdown) {
        text if text.contains('\r') => text.replace("\r\n", "\n").replace('\r', "\n").into(),
        text => text,
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
    let lines = blocks_parted(spelled_out(page_html));
    let mut html = clean::rewrite(
        &lines,
        |tag| FEED_TAGS.binary_search(&tag).is_ok().then_some(tag),
        |tag, name, value| match (tag, name) {
            ("a", "href") if value.starts_with("tel:") => None,
            ("a", "href") | ("img", "src") => clean::resolved(value, resolve),
            ("a", "rel") | ("img", "alt") | ("ol", "start") => Some(Cow::Borrowed(value)),
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
    const BOXES: [&str; 13] = [
        "address",
        "article",
        "aside",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "hr",
        "section",
        "summary",
    ];
    if !BOXES.iter().any(|tag| html.contains(&format!("<{tag}>"))) {
        return html;
    }
    let mut text = html.replace("<hr>\n", "\n");
    for tag in BOXES {
        text = text.replace(&format!("<{tag}>"), " ").replace(&format!("</{tag}>"), " ");
    }
    Cow::Owned(text)
}

/// What few players show as a page does, in plain signs: quotations, readings beside characters, tables.
fn spelled_out(html: &str) -> Cow<'_, str> {
    if !html.contains(" dir=\"") {
        return in_plain_signs(html);
    }
    // Where a text runs says nothing in signs.
    let attribute = |_: &str, name: &str, value| (name != "dir").then_some(Cow::Borrowed(value));
    Cow::Owned(in_plain_signs(&clean::rewrite(html, Some, attribute)).into_owned())
}

fn in_plain_signs(html: &str) -> Cow<'_, str> {
    const QUOTES: [(&str, &str); 2] = [("<q>", "“"), ("</q>", "”")];
    const READINGS: [(&str, &str); 2] = [("<rt>", " ("), ("</rt>", ")")];
    let mut html = replaced(html, &QUOTES);
    // A host may have put brackets there.
    if !html.contains("<rp>") && html.contains("<rt>") {
        html = Cow::Owned(replaced(&html, &READINGS).into_owned());
    }
    let lines = match tables_as_lines(&html) {
        Cow::Owned(lines) => Some(lines),
        Cow::Borrowed(_) => None,
    };
    lines.map_or(html, Cow::Owned)
}

/// A row of a table as a paragraph, its cells apart, for no player shows tables.
fn tables_as_lines(html: &str) -> Cow<'_, str> {
    if !html.contains("<table") {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len());
    // How many tables and cells enclose what comes next, and cells of the row so far.
    let (mut tables, mut cells, mut before) = (0_usize, 0_usize, 0_usize);
    for (text, tag) in clean::parts(html) {
        // Between cells there is nothing but white space.
        if tables == 0 || cells > 0 {
            out.push_str(text);
        }
        let Some(tag) = tag else { break };
        match (tag.name, tag.closing) {
            ("table", false) => tables += 1,
            ("table", true) => tables = tables.saturating_sub(1),
            ("thead" | "tbody", _) => {}
            ("caption", false) => {
                cells += 1;
                out.push_str("<p>");
            }
            ("caption", true) => {
                cells = cells.saturating_sub(1);
                out.push_str("</p>\n");
            }
            ("tr", false) => {
                before = 0;
                out.push_str("<p>");
            }
            ("tr", true) => out.push_str("</p>\n"),
            ("td" | "th", false) => {
                if before > 0 {
                    out.push_str(" | ");
                }
                before += 1;
                cells += 1;
                if tag.name == "th" {
                    out.push_str("<strong>");
                }
            }
            ("td" | "th", true) => {
                cells = cells.saturating_sub(1);
                if tag.name == "th" {
                    out.push_str("</strong>");
                }
            }
            _ => out.push_str(tag.text),
        }
    }
    Cow::Owned(out)
}

/// Notes as plain lines, for readers that know no HTML.
pub fn lines(markdown: &str) -> String {
    let page = markdown::render(markdown, None, &|_| None);
    super::text::lines_of_clean_html(&spelled_out(&page))
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
    fn a_feed_parts_the_words_that_boxes_part() {
        let html = "<dl><dt>a</dt><dd>b</dd></dl>c<hr>d<figure><figcaption>e</figcaption></figure><ol start=\"3\"><li>f</li></ol>";
        let fed = feed(&blocks(html), &none);
        assert_eq!(
            fed.split_whitespace().collect::<Vec<_>>(),
            ["a", "b", "c", "d", "e", "<ol", "start=\"3\"><li>f</li></ol>"]
        );
        let turned = r#"<div dir="rtl">a</div><div dir="rtl">b</div> <q dir="rtl">c</q>"#;
        let fed = feed(&blocks(turned), &none);
        assert_eq!(fed.split_whitespace().collect::<Vec<_>>(), ["a", "b", "“c”"]);
    }

    #[test]
    fn a_reference_without_semicolon_is_one_where_its_name_ends() {
        for (written, shown) in [
            ("Copyright &copy 2020", "Copyright © 2020"),
            ("?a=1&region=eu&copy=2", "?a=1&amp;region=eu&amp;copy=2"),
            ("R&D &amp; &eacute &#169 &x;", "R&amp;D &amp; é © &amp;x;"),
        ] {
            assert_eq!(&*blocks(&format!("<p>{written}</p>")), format!("<p>{shown}</p>"));
        }
    }

    #[test]
    fn notes_keep_their_structure_and_lose_what_runs() {
        let markdown = "#### Liens\n\n- [un](https://a.example) <b onclick=x>deux</b>\n\n\
            <script>alert(1)</script>\n\n[x](javascript:alert(1)) ![](/i.png)\n\n## Fin\n";
        let notes = notes(markdown, None, &|link| Some(format!("../..{link}")));
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
        let page = notes("| a | b |\n|---|--:|\n| c | d |\n", None, &none).page;
        assert!(page.contains("<td align=\"right\">d</td>"), "{page}");
        let lines: Vec<String> =
            feed(&page, &none).split("</p>").map(crate::site::text::from_clean_html).collect();
        assert_eq!(lines, ["a | b", "c | d", ""]);
    }

    #[test]
    fn footnotes_stand_at_the_end_and_a_single_tilde_strikes_nothing_out() {
        let notes = notes(
            "A[^1] b[^long] c[^1]\n\n9~12時、13~18時 ~~gone~~\n\n[^1]: One *x*.\n\
             [^long]: Two.\n\n    More.\n[^unused]: Three.\n",
            None,
            &|link| Some(link.to_owned()),
        );
        insta::assert_snapshot!(&*notes.page, @r##"
        <p>A<sup><a href="#fn-1" id="fnref-1" rel="noopener">[1]</a></sup> b<sup><a href="#fn-2" id="fnref-2" rel="noopener">[2]</a></sup> c<sup><a href="#fn-1" id="fnref-1-2" rel="noopener">[1]</a></sup></p>
        <p>9~12時、13~18時 <del>gone</del></p>
        <hr>
        <ol>
        <li id="fn-1">
        <p>One <em>x</em>.</p>
        </li>
        <li id="fn-2">
        <p>Two.</p>
        <p>More.</p>
        </li>
        </ol>
        "##);
        insta::assert_snapshot!(
            feed(&notes.page, &|link| Some(format!("https://s.example/1/{link}"))),
            @r#"
            <p>A<a href="https://s.example/1/#fn-1" rel="noopener">[1]</a> b<a href="https://s.example/1/#fn-2" rel="noopener">[2]</a> c<a href="https://s.example/1/#fn-1" rel="noopener">[1]</a></p>
            <p>9~12時、13~18時 <del>gone</del></p>

            <ol>
            <li>
            <p>One <em>x</em>.</p>
            </li>
            <li>
            <p>Two.</p>
            <p>More.</p>
            </li>
            </ol>
            "#
        );
        // The same if the host wrote HTML as well.
        let mixed =
            super::notes("A[^1] ~b~ <b>c</b>\n\n[^1]: One.\n", None, &|link| Some(link.to_owned()));
        insta::assert_snapshot!(&*mixed.page, @r##"
        <p>A<sup><a href="#fn-1" id="fnref-1" rel="noopener">[1]</a></sup> ~b~ <b>c</b></p>
        <hr>
        <ol>
        <li id="fn-1">
        <p>One.</p>
        </li>
        </ol>
        "##);
    }

    #[test]
    fn what_is_nested_without_end_keeps_its_words() {
        for deep in ["> ", "*a _b ", "- ", "![", "[~"] {
            let text = format!("{}end", deep.repeat(20_000));
            assert!(notes(&text, None, &none).text.ends_with("end"), "{deep}");
        }
    }

    #[test]
    fn time_codes_are_links_that_seek() {
        let end = Some(Duration::from_secs(4000));
        let notes = notes(
            "- 00:00 Hello at 18:30\n- あ（0:03）\n- **1:02:15** – [news](https://a.example)\n- [12:05](https://b.example)\n\
             - 2:00:00 later than the end\n\nAsked (03:20) and [04:10], but 7:00 or 1 or `05:00`.  \n\
             06:00: last\n",
            end,
            &|link| Some(link.to_owned()),
        );
        insta::assert_snapshot!(&*notes.page, @r##"
        <ul>
        <li><a href="#t=0" rel="noopener">00:00</a> Hello at 18:30</li>
        <li>あ（<a href="#t=3" rel="noopener">0:03</a>）</li>
        <li><strong><a href="#t=3735" rel="noopener">1:02:15</a></strong> – <a href="https://a.example" rel="noopener">news</a></li>
        <li><a href="https://b.example" rel="noopener">12:05</a></li>
        <li>2:00:00 later than the end</li>
        </ul>
        <p>Asked (<a href="#t=200" rel="noopener">03:20</a>) and [<a href="#t=250" rel="noopener">04:10</a>], but 7:00 or 1 or <code>05:00</code>.<br>
        <a href="#t=360" rel="noopener">06:00</a>: last</p>
        "##);
    }

    #[test]
    fn html_in_notes_has_words_as_well() {
        let text = |markdown: &str| notes(markdown, None, &none).text;
        assert_eq!(
            text("<p>a</p><p>b <b>c</b>d</p>\n<ul><li>e</li><li>f</li></ul>\n\n*g*"),
            "a b cd e f g"
        );
        assert_eq!(
            text(
                "<h3>a</h3><blockquote>b</blockquote><table><tr><td>c</td><td>d</td></tr></table>"
            ),
            "a b c | d"
        );
    }

    #[test]
    fn headings_leave_no_level_out() {
        let html = notes("# a\n\n### b\n\n###### c\n\n## d\n", None, &none).page;
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

    #[test]
    fn what_pages_once_had_keeps_its_words_apart() {
        let page = |markdown: &str| notes(markdown, None, &none).page;
        assert_eq!(
            page("<h1>Links</h1>a <center>mid</center>word").trim(),
            "<h2>Links</h2>a <div>mid</div>word"
        );
        assert_eq!(page("<p dir=\"rtl\">ا</p>").trim(), "<p dir=\"rtl\">ا</p>");
        let ruby = "<p><ruby>漢字<rt>かんじ</rt></ruby>の</p>";
        assert_eq!(page(ruby).trim(), ruby);
        assert_eq!(feed(&page(ruby), &none).trim(), "<p>漢字 (かんじ)の</p>");
        assert_eq!(notes(ruby, None, &none).text, "漢字 (かんじ)の");
        let ruby = "<ruby>漢<rp>（</rp><rt>かん</rt><rp>）</rp></ruby>";
        assert_eq!(feed(&page(ruby), &none).trim(), "<p>漢（かん）</p>");
        assert_eq!(feed(&page("<p>He said <q>no</q>.</p>"), &none).trim(), "<p>He said “no”.</p>");
        let table =
            "<table><caption>All <b>of</b> it</caption><tr><td>a</td><td>b</td></tr></table>";
        assert!(page(table).contains("<caption>All <b>of</b> it</caption>"));
        assert_eq!(feed(&page(table), &none).trim(), "<p>All <b>of</b> it</p>\n<p>a | b</p>");
    }

    #[test]
    fn words_without_spaces_may_be_stressed() {
        let page = notes("これは**「強調」**です。*a*b **c**\n", None, &none).page;
        assert_eq!(
            page.trim(),
            "<p>これは<strong>「強調」</strong>です。<em>a</em>b <strong>c</strong></p>"
        );
    }

    #[test]
    fn an_address_in_a_text_is_shown_letter_for_letter() {
        let text = "https://a.example/?a=1&region=eu&currency=EUR&lt=3 R&D &eacute; &#65;&#x42; &";
        let read = |html: &str| crate::site::text::from_clean_html(html);
        let seen = "https://a.example/?a=1&region=eu&currency=EUR&lt=3 R&D é AB &";
        assert_eq!(read(&inline(text, &none)), seen);
        assert_eq!(read(&blocks(text)), seen);
        assert_eq!(read(&notes(&format!("<p>{text}</p>"), None, &none).page), seen);
    }

    proptest! {
        /// What the writer writes, the sanitiser leaves as it is, reading it as browsers do.
        #[test]
        fn the_sanitiser_finds_nothing_to_do(text in "(#{1,4} |- |1[.] |7[.] |> |```\n|`|\
            [*]{1,2}|~{1,2}|!?\\[x\\]\\(|/y\\)|https://a[.]example/?|javascript:|data:|tel:1|mailto:x|\
            www[.]a[.]example|a@b[.]example|\\[|\\]|  - |\r|\u{1}|\\| a \\|\n\\|--:\\|\n|&lt;|&#60;|&quot;|\
            \\[\\^1\\]:? ?|\\(?0:02\\)? |\\\\|[\"'&()é\u{a0} x=>]|\n){0,25}") {
            let resolve = |link: &str| (link != "/y").then(|| format!("../{link}?a&b"));
            let page = markdown::render(&text, Some(Duration::from_secs(9)), &resolve);
            prop_assert_eq!(PAGE.clean(&page).to_string(), &*page);
        }

        #[test]
        fn nothing_runs(text in "(<script>|</script>|<svg/onload=|<img src=x onerror=|javascript:|\
            <a href='|<iframe |<style>|-->|[\"'<>&`()\\[\\]! x=]|\n){0,20}") {
            let (page, line) = (notes(&text, None, &none).page, inline(&text, &none));
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
