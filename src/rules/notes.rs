//! What stands in notes and was not meant to be read.

use super::direction::turned;
use super::finding::Finding;
use super::registry::{self as rule, Severity};
use super::shorten::shorten;
use super::text::malformed_value;
use crate::show::html_depth::{DEEPEST, is_too_deep, is_too_dense};
use crate::show::{Episode, Given, Settings, Span, chapters, notes};

/// Signs of other programs' templates: how they start and end, and whose they are.
const TEMPLATES: [(&str, &str, &str); 5] = [
    ("{{<", ">}}", "a Hugo shortcode"),
    ("{{%", "%}}", "a Hugo shortcode"),
    ("{%", "%}", "a Liquid or Nunjucks tag"),
    ("{{", "}}", "a template's variable"),
    ("{:", "}", "a kramdown attribute"),
];

/// The rules of what an episode says.
pub fn episode(settings: &Settings, episode: &Episode, findings: &mut Vec<Finding>) {
    if !settings.show.chapters_from_notes && matches!(episode.chapters, Given::Missing) {
        findings.extend(unused_chapters(episode));
    }
    for (key, fault) in &episode.namespace_faults {
        findings.push(malformed_value(&episode.source, key, fault));
    }
    if let Some(fault) = episode.block.malformed() {
        findings.push(malformed_value(&episode.source, "block", fault));
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
            let (start, end) = (brace + open.len(), ends.from(brace + open.len()));
            let most = if kramdown { lines.from(start) } else { brace + LONGEST };
            if end + close.len() > most.min(markdown.len()) {
                continue;
            }
            let inner = markdown[start..end].trim_start_matches(':').trim_start();
            if kramdown && !inner.starts_with(|c: char| c.is_alphabetic() || matches!(c, '.' | '#'))
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
            Math {x} {:} {: } {{ open\n";
        insta::assert_snapshot!(said("T", notes), @r#"
        4:3 template-syntax: this is a Liquid or Nunjucks tag, which onair does not fill in
        4:33 template-syntax: this is a template's variable, which onair does not fill in
        6:1 template-syntax: this is a kramdown attribute, which onair does not fill in
        8:5 template-syntax: this is a kramdown attribute, which onair does not fill in
        9:1 template-syntax: this is a Hugo shortcode, which onair does not fill in
        10:1 template-syntax: this is a Hugo shortcode, which onair does not fill in
        11:1 template-syntax: this is a kramdown attribute, which onair does not fill in
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

    proptest! {
        #[test]
        fn every_place_is_in_the_text(text in "(\\{%|%\\}|\\{\\{|\\}\\}|\\{:|\\}|[`é .#a]|&amp;|&#x41;|\n|\r){0,30}") {
            for (span, _) in left_over(&text, &(0..text.len())) {
                prop_assert!(text.get(span).is_some());
            }
        }
    }
}
