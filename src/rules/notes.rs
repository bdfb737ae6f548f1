//! What stands in notes and was not meant to be read.

use super::direction::turned;
use super::finding::Finding;
use super::registry::{self as rule, Severity};
use super::shorten::shorten;
use super::text::malformed_value;
use crate::show::files::is_address;
use crate::show::html_depth::{DEEPEST, is_too_deep, is_too_dense};
use crate::show::{Episode, Given, Settings, Span, chapters, notes};

/// Signs of other programs' templates: how they start and end, and whose they are.
const TEMPLATES: [(&str, &str, &str); 6] = [
    ("{{<", ">}}", "a Hugo shortcode"),
    ("{{%", "%}}", "a Hugo shortcode"),
    ("{%", "%}", "a Liquid or Nunjucks tag"),
    ("{{", "}}", "a template's variable"),
    ("{:", "}", "a kramdown attribute"),
    ("{#", "}", "a heading's id"),
];

/// The rules of what an episode says.
pub fn episode(settings: &Settings, episode: &Episode, findings: &mut Vec<Finding>) {
    if !settings.show.chapters_from_notes && matches!(episode.chapters, Given::Missing) {
        findings.extend(unused_chapters(episode));
    }
    for (key, fault) in &episode.namespace_faults {
        findings.push(malformed_value(episode, key, fault));
    }
    if let Some(fault) = episode.block.malformed() {
        findings.push(malformed_value(episode, "block", fault));
    }
    let texts = [&episode.description, &episode.subtitle, &episode.guest];
    let values = texts.into_iter().filter_map(|text| text.located());
    for (text, span) in values.chain([(episode.notes_text().to_owned(), episode.notes.clone())]) {
        if text.contains('<') && is_too_dense(&text) {
            let message = "so many signs such as `&` stand in one piece of this HTML that it would be \
                           shown as it stands";
            let first = span.start..span.end.min(span.start + 1);
            findings.push(
                Finding::at(&rule::HTML_DEPTH, &episode.source, first, message)
                    .expected("paragraphs of less than some ten thousand bytes")
                    .help("part it with `<p>`, or write Markdown"),
            );
        } else if is_too_deep(&text) {
            let message = "this HTML is nested too deep, and would be shown as it stands";
            let first = span.start..span.end.min(span.start + 1);
            findings.push(
                Finding::at(&rule::HTML_DEPTH, &episode.source, first, message)
                    .expected(format!("at most {DEEPEST} elements inside one another"))
                    .help("close what you open, or write Markdown"),
            );
        }
    }
    let (source, notes) = (&episode.source, &episode.notes);
    findings.extend(
        turned(source, 0..notes.start, true)
            .or_else(|| turned(source, notes.start..source.text.len(), false)),
    );
    for (span, whose) in left_over(&episode.source.text, &episode.notes) {
        findings.push(template(episode, span, whose));
    }
    let html = match episode.notes_text().contains('<') {
        true => notes::html(episode.notes_text()),
        false => Vec::new(),
    };
    findings.extend(unknown_tags(episode, &html));
    findings.extend(embeds(episode, &html));
    findings.extend(lost_links(episode));
    if let Given::Good(description) = &episode.description {
        // Front matter is YAML, where a description may be written with escapes: its place is enough.
        if let Some((_, whose)) =
            left_over(&description.value, &(0..description.value.len())).first()
        {
            findings.push(template(episode, description.span.clone(), whose));
        }
    }
}

/// A list of chapters in the notes that nobody reads: three or more times that rise from 0:00, as
/// hosts paste them under a video.
fn unused_chapters(episode: &Episode) -> Option<Finding> {
    let notes = episode.notes_text();
    if !notes.contains("0:00") {
        return None;
    }
    let list = chapters::in_notes(&episode.source.text, &episode.notes).ok()?;
    let rises = list.windows(2).all(|pair| pair[0].value.start < pair[1].value.start);
    let first =
        list.first().filter(|first| first.value.start.is_zero() && list.len() >= 3 && rises)?;
    let message =
        format!("the notes hold a list of {} chapters, which players do not see", list.len());
    let mut finding = Finding::at(&rule::CHAPTERS, &episode.source, first.span.clone(), message)
        .help("set `chapters-from-notes = true` in [show], or write them under `chapters:`");
    finding.severity = Severity::Note;
    Some(finding)
}

/// Links and pictures of the notes at addresses that no page may hold. One finding shows the first, and how many
/// there are.
fn lost_links(episode: &Episode) -> Option<Finding> {
    const WEB: &[&str] = &["http", "https"];
    /// In bytes, and its colon.
    const LONGEST_SCHEME: usize = 32;
    let scheme = |url: &str| Some(url.split_once(':')?.0.to_ascii_lowercase());
    let is_lost = |url: &str, open: &[&str]| {
        is_address(url) && scheme(url).is_some_and(|scheme| !open.contains(&scheme.as_str()))
    };
    let (text, notes) = (&episode.source.text, &episode.notes);
    let links = notes::links(text, notes, |url| !is_lost(url, &["http", "https", "mailto", "tel"]));
    // Nearly all pictures are files, and need not be read once more.
    let markdown = episode.notes_text();
    let may_be = |(at, _)| {
        let url: &str = &markdown[at + 2..];
        is_lost(&url[..url.floor_char_boundary(LONGEST_SCHEME)], WEB)
    };
    let pictures = match markdown.match_indices("](").any(may_be) {
        true => notes::pictures(text, notes),
        false => Vec::new(),
    };
    let pictures = pictures.into_iter().filter(|picture| is_lost(&picture.value, WEB));
    let mut lost: Vec<_> = links.into_iter().map(|link| (link, "link")).collect();
    lost.extend(pictures.map(|picture| (picture, "picture")));
    lost.sort_by_key(|(lost, _)| lost.span.start);
    let (first, what) = lost.first()?;
    let more = first_of(lost.len());
    let scheme = shorten(&scheme(&first.value)?);
    let message = format!(
        "`{scheme}:` is no address that pages and players open: the {what} is left out{more}"
    );
    let finding = Finding::at(&rule::TEXT_LOST, &episode.source, first.span.clone(), message);
    Some(finding.help("write it as text, or give an address that starts with `https://`"))
}

/// What stands in angle brackets and is no HTML, such as `Vec<T>`: browsers take it for an element, and show
/// nothing. One finding shows the first, and how many there are.
fn unknown_tags(episode: &Episode, html: &[(String, Span)]) -> Option<Finding> {
    // Within drawings and formulas there are others.
    let plain =
        |text: &str| !["<svg", "<math", "<script", "<style"].iter().any(|it| text.contains(it));
    let html = if plain(episode.notes_text()) { html } else { &[] };
    let in_notes = html.iter().map(|(html, span)| {
        let place = episode.notes.start + span.start..episode.notes.start + span.end;
        (unknown_names(html), place, true)
    });
    let lines = [&episode.description, &episode.guest].into_iter().filter_map(|it| it.located());
    let lines = lines.filter(|(text, _)| plain(text));
    let lines = lines.map(|(text, span)| (unknown_names(&text), span, false));
    let found: Vec<_> = lines.chain(in_notes).filter(|(names, ..)| !names.is_empty()).collect();
    let (names, span, is_markdown) = found.first()?;
    let (name, mut span) = (names.first()?, span.clone());
    if let Some(at) = episode.source.text[span.clone()].find(name).filter(|_| *is_markdown) {
        span = span.start + at..span.start + at + name.len();
    }
    let more = first_of(found.iter().map(|(names, ..)| names.len()).sum());
    let name = shorten(name);
    let message = format!("`{name}>` is read as HTML and left out{more}");
    let reference = format!("`&lt;{}&gt;`", name.trim_start_matches('<'));
    let help = match is_markdown {
        true => format!("write it as code, between backticks, or {reference}"),
        false => format!("write {reference}"),
    };
    Some(Finding::at(&rule::TEXT_LOST, &episode.source, span, message).help(help))
}

/// What plays or draws something in the notes, and is in no page and no feed: an `iframe` of another site, say. One
/// finding shows the first, and how many there are.
fn embeds(episode: &Episode, html: &[(String, Span)]) -> Option<Finding> {
    let markdown = episode.notes_text();
    let is_embed = |tag: &String| EMBEDS.contains(&&*tag[1..].to_ascii_lowercase());
    let embeds = |html: &str| tags(html).into_iter().filter(is_embed).collect::<Vec<_>>();
    let found = html.iter().map(|(html, span)| (embeds(html), span));
    let found: Vec<_> = found.filter(|(tags, _)| !tags.is_empty()).collect();
    let &(ref tags, span) = found.first()?;
    let tag = tags.first()?;
    let at = episode.notes.start + span.start + markdown[span.clone()].find(&**tag).unwrap_or(0);
    let more = first_of(found.iter().map(|(tags, _)| tags.len()).sum());
    let message = format!("`{tag}>` is left out of page and feed{more}");
    let finding = Finding::at(&rule::TEXT_LOST, &episode.source, at..at + tag.len(), message);
    Some(finding.help("link to what it shows"))
}

/// What is said beside the first of so many.
fn first_of(all: usize) -> String {
    if all == 1 { String::new() } else { format!(", the first of {all}") }
}

/// Elements that a page could only show with another's code, or that no app shows.
const EMBEDS: [&str; 9] =
    ["applet", "audio", "canvas", "embed", "iframe", "object", "script", "svg", "video"];

/// The starts of tags in HTML that no element has: `<T`.
fn unknown_names(html: &str) -> Vec<String> {
    let mut names = tags(html);
    names.retain(|tag| {
        let name = tag[1..].to_ascii_lowercase();
        !ELEMENTS.split_whitespace().any(|known| known == name)
    });
    names
}

/// The starts of tags in HTML: `<a`.
fn tags(html: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if rest.starts_with("<!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end..]);
            continue;
        }
        let end = rest[1..].find(|c: char| c.is_whitespace() || "/><".contains(c));
        let (tag, behind) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        rest = behind;
        // Word and its like write elements with a colon, which hold nothing.
        if tag[1..].starts_with(|c: char| c.is_ascii_alphabetic()) && !tag.contains(':') {
            names.push(tag.to_owned());
        }
    }
    names
}

/// Elements of HTML, today's and those that old pages have.
const ELEMENTS: &str = "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound \
    big blink blockquote body br button canvas caption center cite code col colgroup data datalist dd del \
    details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 \
    h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd label legend li link \
    listing main map mark marquee menu menuitem meta meter nav nobr noembed noframes noscript object ol \
    optgroup option output p param picture plaintext pre progress q rb rp rt rtc ruby s samp search section \
    select slot small source span strike strong sub summary sup table tbody td template textarea tfoot th \
    thead time title tr track tt u ul var video wbr xmp";

fn template(episode: &Episode, span: Span, whose: &str) -> Finding {
    let written = shorten(&episode.source.text[span.clone()]);
    Finding::at(
        &rule::TEMPLATE_SYNTAX,
        &episode.source,
        span,
        format!("this is {whose}, which onair does not fill in"),
    )
    .found(written)
    .help("take it out, or write what it stood for: listeners read it as it stands")
}

/// Where templates' signs stand in the Markdown at `span` of a text, those in code left out.
fn left_over(text: &str, span: &Span) -> Vec<(Span, &'static str)> {
    let markdown = &text[span.clone()];
    if !TEMPLATES.iter().any(|(open, ..)| markdown.contains(open)) {
        return Vec::new();
    }
    let code = notes::code(markdown);
    let mut ends = TEMPLATES.map(|(_, close, _)| Ahead::of(markdown, close));
    let mut lines = Ahead::of(markdown, "\n");
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(brace) = markdown[at..].find('{').map(|from| at + from) {
        let rest = &markdown[brace..];
        at = brace + 1;
        // Code stands in the order of the text.
        let before = code.partition_point(|code| code.start <= brace);
        if let Some(code) = code[..before].last().filter(|code| code.contains(&brace)) {
            at = code.end.max(at);
            continue;
        }
        for ((open, close, whose), ends) in TEMPLATES.iter().zip(&mut ends) {
            if !rest.starts_with(open) {
                continue;
            }
            // An attribute list stands on one line, and begins with a class, an id or a name.
            let kramdown = *open == "{:";
            let id = *open == "{#";
            let (start, end) = (brace + open.len(), ends.from(brace + open.len()));
            let most = if kramdown || id { lines.from(start) } else { brace + LONGEST };
            if end + close.len() > most.min(markdown.len()) {
                continue;
            }
            let inner = markdown[start..end].trim_start_matches(':').trim_start();
            if kramdown && !inner.starts_with(|c: char| c.is_alphabetic() || matches!(c, '.' | '#'))
            {
                continue;
            }
            // A line is looked back along once: for what ends it.
            let behind =
                &markdown[end + close.len()..most.min(markdown.len()).max(end + close.len())];
            if id
                && (inner.contains('{')
                    || !behind.trim_start().is_empty()
                    || !starts_heading(&markdown[..brace]))
            {
                continue;
            }
            at = end + close.len();
            found.push((span.start + brace..span.start + at, *whose));
            break;
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// Whether the last line of a text starts as a heading does.
fn starts_heading(text: &str) -> bool {
    text.rsplit('\n').next().unwrap_or_default().trim_start().starts_with('#')
}

/// Where a text stands next in another that is gone through once.
struct Ahead<'a> {
    text: &'a str,
    wanted: &'static str,
    next: Option<usize>,
}

impl<'a> Ahead<'a> {
    fn of(text: &'a str, wanted: &'static str) -> Self {
        Self { text, wanted, next: None }
    }

    /// The first place from `at` on, which never goes back; the text's end if there is none.
    fn from(&mut self, at: usize) -> usize {
        if self.next.is_none_or(|next| next < at) {
            let found = self.text[at..].find(self.wanted);
            self.next = Some(found.map_or(self.text.len(), |found| at + found));
        }
        self.next.unwrap_or(self.text.len())
    }
}

/// So many places of one episode show what is wrong with it.
const MOST: usize = 20;

/// No template's tag is longer, in bytes.
const LONGEST: usize = 2000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Source;
    use proptest::prelude::*;

    fn said(title: &str, notes: &str) -> String {
        let text = format!("---\ntitle: {title}\n---\n{notes}");
        let read = Episode::parse(Source::new("episodes/a.md", text)).unwrap();
        let mut findings = Vec::new();
        let settings = Source::new(
            "onair.toml",
            "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
             category = \"Arts\"\nartwork = \"a.png\"\n[site]\nurl = \"https://s.example\"\n",
        );
        episode(&Settings::parse(&settings).unwrap(), &read, &mut findings);
        let line = |finding: &Finding| {
            let span = finding.span.clone().unwrap();
            let (line, column) = read.source.line_column(span.start);
            let fix = finding.fix.as_ref().map_or("", |fix| fix.edit.replacement.as_str());
            let said = format!("{line}:{column} {}: {} {fix}", finding.rule.id, finding.message);
            format!("{}\n", said.trim_end())
        };
        findings.iter().map(line).collect()
    }

    #[test]
    fn templates_of_other_programs_are_found_where_they_stand() {
        let notes = "é {% include player.html %} and {{ site.url }}\n\n{: .note #a }\n\nText{:target=\"_blank\"}\n\
            {{< youtube id >}}\n{{% note %}}\n{::comment}\n\n`{% code %}` and `{{ x }}`\n\n```\n{{ in code }}\n```\n\n\
            Math {x} {:} {: } {{ open\n\n## Overview {#overview}\n\nA {#b}\n";
        insta::assert_snapshot!(said("T", notes), @r#"
        4:3 template-syntax: this is a Liquid or Nunjucks tag, which onair does not fill in
        4:33 template-syntax: this is a template's variable, which onair does not fill in
        6:1 template-syntax: this is a kramdown attribute, which onair does not fill in
        8:5 template-syntax: this is a kramdown attribute, which onair does not fill in
        9:1 template-syntax: this is a Hugo shortcode, which onair does not fill in
        10:1 template-syntax: this is a Hugo shortcode, which onair does not fill in
        11:1 template-syntax: this is a kramdown attribute, which onair does not fill in
        21:13 template-syntax: this is a heading's id, which onair does not fill in
        "#);
    }

    #[test]
    fn a_list_of_chapters_that_nobody_reads_is_said() {
        let list = "- 0:00 Hello\n- 1:15 News\n- 12:40 Questions\n";
        assert!(said("T", list).contains("chapters: the notes hold a list of 3 chapters"));
        for no_list in ["- 0:00 Hello\n- 1:15 News\n", "10:00 a\n\n11:00 b\n\n12:00 c\n"] {
            assert_eq!(said("T", no_list), "");
        }
    }

    #[test]
    fn a_link_that_is_left_out_is_said() {
        let fine = "[a](https://x.example) [b](mailto:j@k.example) [c](tel:+33) [d](e.md) [f](#g) ![h](i.png)\n\n\
            `[j](ftp://x)` <https://l.example>\n";
        assert_eq!(said("T", fine), "");
        insta::assert_snapshot!(said("T", "é [zap](lightning:lnurl1) [x](FTP://x.example)\n"), @"4:9 text-lost: `lightning:` is no address that pages and players open: the link is left out, the first of 2");
        insta::assert_snapshot!(said("T", "![p](data:image/png;base64,AA)\n"), @"4:6 text-lost: `data:` is no address that pages and players open: the picture is left out");
    }

    #[test]
    fn what_is_no_html_is_said_once() {
        let notes = "A `Vec<T>` of &lt;T&gt; and <b>x</b> <img src=a> 1 < 2 <https://a.example>\n\n\
            ```\nMap<K>\n```\n\n<!-- <T> -->\n<FONT>old</FONT><o:p></o:p>\n";
        assert_eq!(said("T", notes), "");
        insta::assert_snapshot!(said("T", "é <br> Vec<T> and\nssh <user-name>@host\n"), @"4:11 text-lost: `<T>` is read as HTML and left out, the first of 2");
        insta::assert_snapshot!(said("T\ndescription: a Map<K, V>", "Vec<T>\n"), @"3:14 text-lost: `<K,>` is read as HTML and left out, the first of 2");
    }

    #[test]
    fn what_plays_or_draws_is_said_to_be_left_out() {
        let notes = "`<iframe>`\n\n    <video>\n\nA <b>word</b>\n\n<IFRAME src=x></IFRAME>\n<p><svg><path/></svg>\n";
        insta::assert_snapshot!(said("T", notes), @"10:1 text-lost: `<IFRAME>` is left out of page and feed, the first of 2");
    }

    proptest! {
        #[test]
        fn every_place_is_in_the_text(text in "(\\{%|%\\}|\\{\\{|\\}\\}|\\{:|\\}|[`é .#a]|&amp;|&#x41;|\n|\r){0,30}") {
            for (span, _) in left_over(&text, &(0..text.len())) {
                prop_assert!(text.get(span).is_some());
            }
        }
    }
}
