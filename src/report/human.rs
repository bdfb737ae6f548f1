//! Findings for a person at a terminal: the line, a caret under what is wrong, and the way out.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::repeats::{PLACES, kinds};
use super::{Sources, printable};
use crate::rules::{Finding, Related, Severity};
use crate::show::Span;

/// All findings, one block each.
pub fn render(findings: &[Finding], sources: &Sources<'_>, colour: bool) -> String {
    blocks(findings.iter().map(|finding| block(&[finding], 0, sources, "")), colour)
}

/// Errors first; findings of a kind as one block with a few places, and how many more there are.
///
/// `all` is the command that shows them all.
pub fn render_counted(
    findings: &[Finding],
    sources: &Sources<'_>,
    colour: bool,
    all: &str,
) -> String {
    let kinds = kinds(findings);
    let groups = kinds.iter().flat_map(|kind| match kind.len() {
        0..=PLACES => kind.iter().map(|finding| block(&[finding], 0, sources, all)).collect(),
        more => vec![block(&kind[..PLACES], more - PLACES, sources, all)],
    });
    blocks(groups, colour)
}

fn blocks<'a>(groups: impl Iterator<Item = Group<'a>>, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for group in groups {
        // Of control characters, the renderer shows those of ASCII as signs, and passes on the others.
        let block = renderer.render(&[group]);
        out.push_str(&block.replace(|c| matches!(c, '\u{80}'..='\u{9f}'), "\u{fffd}"));
        out.push_str("\n\n");
    }
    out
}

/// One block for findings of a kind: the first one's words, and every one's place.
fn block<'a>(findings: &[&'a Finding], more: usize, sources: &Sources<'a>, all: &str) -> Group<'a> {
    let [first, others @ ..] = findings else {
        return Group::with_title(Level::NOTE.primary_title(""));
    };
    let level = match first.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(printable(&first.message)).id(first.rule.id);
    let mut group = place(Group::with_title(title), first, label(first), sources);
    for other in others {
        let said = if other.message == first.message {
            label(other)
        } else {
            Some(printable(&other.message))
        };
        group = place(group, other, said, sources);
    }
    if let Some(help) = &first.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    match more {
        0 => group,
        more => group
            .element(Level::NOTE.message(format!("and {more} more like it (`{all}` shows them)"))),
    }
}

/// What is said at a finding's place.
fn label(finding: &Finding) -> Option<String> {
    match (&finding.found, &finding.expected) {
        (_, Some(expected)) => Some(format!("expected {}", printable(expected))),
        (Some(found), None) => Some(format!("found {}", printable(found))),
        (None, None) => None,
    }
}

/// The longest piece of a text that is shown around a finding, in bytes: what is longer hides what is
/// wrong, and thousands of findings in it would take long.
const SHOWN: usize = 4096;

/// The lines that hold a part of a text, as a piece of its own: from which byte on, and the part in it.
/// Of a part that is too long, its first line.
fn lines<'a>(
    sources: &Sources<'a>,
    path: &str,
    part: &Span,
) -> Option<(Snippet<'a, Annotation<'a>>, usize, Span)> {
    let (text, lines) = sources.lines(path)?;
    let mut part = part.clone();
    let (mut around, number) = lines.around(text, &part);
    if around.len() > SHOWN {
        part.end = part.start;
        around = lines.around(text, &part).0;
        part.end = around.end.max(part.start);
    }
    if around.len() > SHOWN {
        return None;
    }
    let from = around.start;
    let snippet = Snippet::source(&text[around])
        .line_start(number)
        .path(printable(&sources.in_repository(path)));
    Some((snippet, from, part.start - from..part.end - from))
}

/// Where a part of a text stands, without its line.
fn origin<'a>(sources: &Sources<'a>, path: &str, part: Option<&Span>) -> Origin<'a> {
    let origin = Origin::path(printable(&sources.in_repository(path)));
    match part.and_then(|part| sources.place_of(path, part)) {
        Some(place) => origin.line(place.start.0).char_column(place.start.1),
        None => origin,
    }
}

/// Adds a finding's place, and those that explain it.
fn place<'a>(
    mut group: Group<'a>,
    finding: &'a Finding,
    label: Option<String>,
    sources: &Sources<'a>,
) -> Group<'a> {
    let (path, related) = (&finding.path, finding.related.iter());
    let (mut near, mut far): (Vec<&Related>, Vec<&Related>) = match &finding.span {
        Some(span) => related
            .partition(|it| it.path == *path && it.span.start.abs_diff(span.start) < SHOWN / 2),
        None => (Vec::new(), related.collect()),
    };
    let shown = finding.span.as_ref().and_then(|span| {
        let all = near
            .iter()
            .fold(span.clone(), |all, it| all.start.min(it.span.start)..all.end.max(it.span.end));
        let together = lines(sources, path, &all).filter(|(.., part)| part.len() == all.len());
        match together {
            Some((snippet, from, _)) => Some((snippet, from, span.start - from..span.end - from)),
            None => {
                far.append(&mut near);
                lines(sources, path, span)
            }
        }
    });
    group = match shown {
        Some((mut snippet, from, part)) => {
            snippet = snippet.annotation(AnnotationKind::Primary.span(part).label(label));
            for it in near {
                let label = printable(&it.label);
                let part = it.span.start - from..it.span.end - from;
                snippet = snippet.annotation(AnnotationKind::Context.span(part).label(label));
            }
            group.element(snippet)
        }
        None => {
            let group = group.element(origin(sources, path, finding.span.as_ref()));
            match label {
                Some(label) => group.element(Level::NOTE.message(label)),
                None => group,
            }
        }
    };
    for related in far {
        let Some((snippet, _, span)) = lines(sources, &related.path, &related.span) else {
            continue;
        };
        let label = printable(&related.label);
        group = group.element(snippet.annotation(AnnotationKind::Context.span(span).label(label)));
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::registry;

    #[test]
    fn a_path_is_printed_without_its_control_characters() {
        let finding = Finding::on_file(&registry::TRANSCRIPT, "episodes/\u{1b}[31m.md", "x");
        let text = render(&[finding], &Sources::default(), false);
        assert!(text.contains("episodes/\u{fffd}[31m.md"), "{text}");
    }

    #[test]
    fn a_line_is_shown_without_its_control_characters() {
        let source = crate::show::Source::new("a.md", "a\u{1b}[1m\u{9b}1m\u{7f}\u{202e}é\n");
        let finding = Finding::at(&registry::TRANSCRIPT, &source, 0..1, "x");
        let text = render(&[finding], &Sources::one(&source), false);
        assert!(text.contains("\u{fffd}1m") && text.contains('é'), "{text}");
        assert!(!text.replace('\n', "").contains(crate::report::is_harmful), "{text}");
    }

    #[test]
    fn of_what_is_long_a_piece_or_the_place_is_shown() {
        let text = format!("{}\nshort\n{}\nlast\n", "a".repeat(SHOWN), "b\n".repeat(SHOWN));
        let source = crate::show::Source::new("a.md", text.as_str());
        let shown = |span: Span, related: Option<Span>| {
            let mut finding = Finding::at(&registry::TRANSCRIPT, &source, span, "x");
            finding.related.extend(related.map(|span| Related {
                path: source.path.clone(),
                span,
                label: "there".to_owned(),
            }));
            render(&[finding], &Sources::one(&source), false)
        };
        let text = shown(SHOWN - 2..SHOWN, None);
        assert!(text.contains("a.md:1:4095") && !text.contains("aaa"), "{text}");
        let text = shown(SHOWN + 1..source.text.len(), None);
        assert!(text.contains("a.md:2:1") && text.contains("2 | short"), "{text}");
        let last = source.text.len() - 5;
        let text = shown(SHOWN + 1..SHOWN + 3, Some(last..last + 4));
        assert!(text.contains("2 | short") && text.contains("4100 | last"), "{text}");
        assert!(text.contains("^^ ") || text.contains("^^\n"), "{text}");
    }

    #[test]
    fn findings_of_a_kind_are_one_block_with_a_few_places() {
        let source = crate::show::Source::new("episodes/1.md", "---\nsize: 12\n---\n");
        let finding = |rule, message: String| {
            crate::rules::Finding::at(rule, &source, 10..12, message).expected("another")
        };
        let mut findings: Vec<Finding> = (0..2)
            .map(|n| finding(&registry::UNKNOWN_KEY, format!("onair does not know the key `k{n}`")))
            .collect();
        findings.extend((0..273).map(|n| {
            finding(&registry::AUDIO_SIZE, format!("{n:03}.mp3 has {n} bytes")).help("look")
        }));
        let text = render_counted(&findings, &Sources::one(&source), false, "--all");
        insta::assert_snapshot!(text);
        assert_eq!(render(&findings, &Sources::one(&source), false).matches("error[").count(), 273);
    }
}
