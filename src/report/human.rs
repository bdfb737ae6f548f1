//! Findings for a person at a terminal: the line, a caret under what is wrong, and the way out.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Sources, printable};
use crate::rules::{Finding, Severity};

/// All findings, one block each.
pub fn render(findings: &[Finding], sources: &Sources<'_>, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for finding in findings {
        out.push_str(&renderer.render(&[group(finding, sources)]));
        out.push_str("\n\n");
    }
    out
}

fn group<'a>(finding: &'a Finding, sources: &Sources<'a>) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(printable(&finding.message)).id(finding.rule.id);
    let label = match (&finding.found, &finding.expected) {
        (_, Some(expected)) => Some(format!("expected {}", printable(expected))),
        (Some(found), None) => Some(format!("found {}", printable(found))),
        (None, None) => None,
    };
    let mut group = match (finding.span.clone(), sources.get(&finding.path)) {
        (Some(span), Some(source)) => {
            let mut snippet = Snippet::source(&*source.text)
                .path(finding.path.as_str())
                .annotation(AnnotationKind::Primary.span(span).label(label));
            for related in finding.related.iter().filter(|related| related.path == finding.path) {
                snippet = snippet.annotation(
                    AnnotationKind::Context
                        .span(related.span.clone())
                        .label(related.label.as_str()),
                );
            }
            title.element(snippet)
        }
        _ => {
            let group = title.element(Origin::path(finding.path.as_str()));
            match label {
                Some(label) => group.element(Level::NOTE.message(label)),
                None => group,
            }
        }
    };
    for related in finding.related.iter().filter(|related| related.path != finding.path) {
        if let Some(source) = sources.get(&related.path) {
            group = group.element(
                Snippet::source(&*source.text).path(related.path.as_str()).annotation(
                    AnnotationKind::Context
                        .span(related.span.clone())
                        .label(related.label.as_str()),
                ),
            );
        }
    }
    match &finding.help {
        Some(help) => group.element(Level::HELP.message(printable(help))),
        None => group,
    }
}
