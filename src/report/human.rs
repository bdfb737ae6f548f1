//! Findings for a person at a terminal: the line, a caret under what is wrong, and the way out.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::repeats::{PLACES, kinds};
use super::{Sources, printable};
use crate::rules::{Finding, Severity};

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
        out.push_str(&renderer.render(&[group]));
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

/// Adds a finding's place, and those that explain it.
fn place<'a>(
    group: Group<'a>,
    finding: &'a Finding,
    label: Option<String>,
    sources: &Sources<'a>,
) -> Group<'a> {
    let mut group = match (finding.span.clone(), sources.get(&finding.path)) {
        (Some(span), Some(source)) => {
            let mut snippet = Snippet::source(&*source.text)
                .path(printable(&sources.in_repository(&finding.path)))
                .annotation(AnnotationKind::Primary.span(span).label(label));
            for related in finding.related.iter().filter(|related| related.path == finding.path) {
                snippet = snippet.annotation(
                    AnnotationKind::Context
                        .span(related.span.clone())
                        .label(printable(&related.label)),
                );
            }
            group.element(snippet)
        }
        _ => {
            let group =
                group.element(Origin::path(printable(&sources.in_repository(&finding.path))));
            match label {
                Some(label) => group.element(Level::NOTE.message(label)),
                None => group,
            }
        }
    };
    for related in finding.related.iter().filter(|related| related.path != finding.path) {
        if let Some(source) = sources.get(&related.path) {
            group = group.element(
                Snippet::source(&*source.text)
                    .path(printable(&sources.in_repository(&related.path)))
                    .annotation(
                        AnnotationKind::Context
                            .span(related.span.clone())
                            .label(printable(&related.label)),
                    ),
            );
        }
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
