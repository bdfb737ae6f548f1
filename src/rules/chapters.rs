//! Chapters as the host wrote them, against each other and the audio.

use std::time::Duration;

use super::finding::Finding;
use super::registry as rule;
use super::severity::Severity;
use super::shorten::shorten;
use crate::model::chapter::Chapter;
use crate::show::{Located, Malformed, Source, chapters};

/// The finding for a chapter that cannot be read.
pub fn malformed(source: &Source, malformed: &Malformed) -> Finding {
    Finding::at(&rule::CHAPTERS, source, malformed.culprit.clone(), malformed.reason.clone())
        .found(shorten(source.text.get(malformed.span.clone()).unwrap_or_default()))
        .expected(malformed.expected)
}

/// What the whole list shows; `duration` is the audio's, where it is known.
pub fn judge(
    source: &Source,
    list: &[Located<Chapter>],
    duration: Option<Duration>,
    findings: &mut Vec<Finding>,
) {
    let values: Vec<Chapter> = list.iter().map(|chapter| chapter.value.clone()).collect();
    for problem in chapters::check(&values, duration) {
        let span = list.get(problem.chapter).map_or(0..0, |chapter| chapter.span.clone());
        let mut finding = Finding::at(&rule::CHAPTERS, source, span, problem.kind.to_string())
            .help(problem.kind.help());
        if problem.kind.is_advice() {
            finding.severity = Severity::Note;
        }
        findings.push(finding);
    }
}

/// The list as it is published: in order, within the audio, one chapter to a start, the first at zero.
pub fn publishable(
    list: &[Located<Chapter>],
    duration: Option<Duration>,
    intro: &str,
) -> Vec<Chapter> {
    let mut values: Vec<Chapter> = list.iter().map(|chapter| chapter.value.clone()).collect();
    values.retain(|chapter| duration.is_none_or(|end| chapter.start < end));
    values.sort_by_key(|chapter| chapter.start);
    values.dedup_by_key(|chapter| chapter.start);
    values.truncate(254);
    chapters::from_zero(values, intro)
}
