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
                .path(printable(&finding.path))
                .annotation(AnnotationKind::Primary.span(span).label(label));
            for related in finding.related.iter().filter(|related| related.path == finding.path) {
                snippet = snippet.annotation(
                    AnnotationKind::Context
                        .span(related.span.clone())
                        .label(printable(&related.label)),
                );
            }
            title.element(snippet)
        }
        _ => {
            let group = title.element(Origin::path(printable(&finding.path)));
            match label {
                Some(label) => group.element(Level::NOTE.message(label)),
                None => group,
            }
        }
    };
    for related in finding.related.iter().filter(|related| related.path != finding.path) {
        if let Some(source) = sources.get(&related.path) {
            group = group.element(
                Snippet::source(&*source.text).path(printable(&related.path)).annotation(
                    AnnotationKind::Context
                        .span(related.span.clone())
                        .label(printable(&related.label)),
                ),
            );
        }
    }
    match &finding.help {
        Some(help) => group.element(Level::HELP.message(printable(help))),
        None => group,
    }
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
}
