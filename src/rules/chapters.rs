//! Chapters as the host wrote them, against each other and the audio.

use std::time::Duration;

use super::direction::turned;
use super::finding::Finding;
use super::registry::{self as rule, Severity};
use super::shorten::shorten;
use crate::audio::tag::MAX_CHAPTERS;
use crate::model::chapter::Chapter;
use crate::show::{Located, Malformed, Source, chapters};

/// So much is said of one list: any number of episodes may name the same, and each is judged.
const MOST_SAID: usize = 100;

/// The findings for chapters that cannot be read.
pub fn faults(source: &Source, faults: &[Malformed], said: bool, findings: &mut Vec<Finding>) {
    let of_lines = faults.iter().take(MOST_SAID).map(|fault| malformed(source, fault, said));
    findings.extend(of_lines.chain(unsaid(source, faults.len())));
}

/// That there is more to say of a list, of which there are `count` things to say.
fn unsaid(source: &Source, count: usize) -> Option<Finding> {
    let more = count.checked_sub(MOST_SAID).filter(|more| *more > 0)?;
    let message = format!("{more} more faults of these chapters are not shown");
    Some(Finding::on_file(&rule::CHAPTERS, &source.path, message))
}

/// The finding for a chapter that cannot be read. All chapters are lost by it, which is an error where
/// a host said that these are the chapters.
fn malformed(source: &Source, malformed: &Malformed, said: bool) -> Finding {
    let mut finding =
        Finding::at(&rule::CHAPTERS, source, malformed.culprit.clone(), malformed.reason.clone())
            .found(shorten(source.text.get(malformed.span.clone()).unwrap_or_default()))
            .expected(malformed.expected);
    if said {
        finding.severity = Severity::Error;
    }
    finding
}

/// What a file of chapters has hidden.
pub fn hidden(source: &Source) -> Option<Finding> {
    turned(source, 0..source.text.len(), source.path.ends_with(".json"))
}

/// What the whole list shows; `duration` is the audio's, where it is known.
pub fn judge(
    source: &Source,
    list: &[Located<Chapter>],
    duration: Option<Duration>,
    findings: &mut Vec<Finding>,
) {
    let values: Vec<Chapter> = list.iter().map(|chapter| chapter.value.clone()).collect();
    let problems = chapters::check(&values, duration);
    let unsaid = unsaid(source, problems.len());
    for problem in problems.into_iter().take(MOST_SAID) {
        let span = list.get(problem.chapter).map_or(0..0, |chapter| chapter.span.clone());
        let mut finding = Finding::at(&rule::CHAPTERS, source, span, problem.kind.to_string())
            .help(problem.kind.help());
        if problem.kind.is_advice() {
            finding.severity = Severity::Note;
        }
        findings.push(finding);
    }
    findings.extend(unsaid);
}

/// The list as it is published: in order, within the audio, one chapter to a start, the first at
/// zero, and no more than a tag can list.
pub fn publishable(
    mut values: Vec<Chapter>,
    duration: Option<Duration>,
    intro: &str,
) -> Vec<Chapter> {
    values.retain(|chapter| duration.is_none_or(|end| chapter.start < end));
    let key = |chapter: &Chapter| (chapter.start, chapter.details.hidden);
    values.sort_by_key(key);
    values.dedup_by_key(|chapter| key(chapter));
    let mut values = chapters::from_zero(values, intro);
    // What stands in no list takes no place in one.
    let mut listed = 0;
    values.retain(|chapter| {
        listed += usize::from(!chapter.details.hidden);
        chapter.details.hidden || listed <= MAX_CHAPTERS
    });
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of chapters that start at these seconds are published, and what is said of them.
    fn published(starts: std::ops::Range<u64>) -> (usize, Vec<String>) {
        let list: Vec<_> = starts
            .map(|second| {
                let start = Duration::from_secs(second);
                let title = second.to_string();
                Located { value: Chapter::new(start, title), span: 0..0 }
            })
            .collect();
        let mut findings = Vec::new();
        judge(&Source::new("episodes/a.md", ""), &list, None, &mut findings);
        let warnings = findings.iter().filter(|finding| finding.severity > Severity::Note);
        let messages = warnings.map(|finding| finding.message.clone()).collect();
        let values = list.into_iter().map(|chapter| chapter.value).collect();
        (publishable(values, None, "Intro").len(), messages)
    }

    #[test]
    fn no_chapter_is_left_out_unsaid() {
        assert_eq!(published(0..255), (255, vec![]));
        let said = |count| {
            vec![format!("there are {count} chapters, and only the first 255 are published")]
        };
        assert_eq!(published(0..256), (255, said(256)));
        assert_eq!(published(10..264), (255, vec![]));
        // With the one that is put in front.
        assert_eq!(published(10..265), (255, said(256)));
    }
}
