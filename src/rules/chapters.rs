//! Chapters as the host wrote them, against each other and the audio.

use std::time::Duration;

use super::direction::turned;
use super::finding::Finding;
use super::registry::{self as rule, Severity};
use super::shorten::shorten;
use crate::audio::Mp3;
use crate::audio::tag::MAX_CHAPTERS;
use crate::model::chapter::{Chapter, clock};
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

/// A note where chapters that are left to the MP3's tag start after the end of its audio: players show
/// them, while feed and page do not.
pub fn of_tag(path: &str, mp3: &Mp3) -> Option<Finding> {
    let end = Duration::from_millis(mp3.time.milliseconds());
    let starts = mp3.chapters.iter().map(|chapter| Duration::from_millis(chapter.start_ms));
    let mut late = starts.filter(|start| *start >= end);
    let (first, end) = (clock(late.next()?), clock(end));
    let mut message =
        format!("a chapter in its tag starts at {first}, but the audio ends at {end}");
    match late.count() {
        0 => {}
        more => message.push_str(&format!(" ({more} more like this)")),
    }
    let help = "correct it where the MP3 was made, or write `chapters` in the front matter: they replace the tag's";
    let mut finding = Finding::on_file(&rule::CHAPTERS, path, message).help(help);
    finding.severity = Severity::Note;
    Some(finding)
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
    use crate::audio::testing::FRAME;
    use crate::audio::{Content, Depth, probe_bytes};
    use crate::model::chapter::TagChapter;

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
    fn chapters_of_a_tag_after_the_end_are_said() {
        let bytes = FRAME.stream(1000);
        let Content::Mp3(mut mp3) = probe_bytes(&bytes, Depth::Walk).content else { panic!() };
        let mut said = |starts: &[u64]| {
            let held = |start_ms: &u64| TagChapter {
                start_ms: *start_ms,
                title: "A".to_owned(),
                url: None,
            };
            mp3.chapters = starts.iter().map(held).collect();
            of_tag("a.mp3", &mp3).map(|finding| finding.message)
        };
        assert_eq!(said(&[0, 26_000]), None);
        insta::assert_snapshot!(said(&[0, 30_000]).unwrap(), @"a chapter in its tag starts at 00:30, but the audio ends at 00:26.122");
        assert!(said(&[0, 30_000, 40_000]).unwrap().ends_with(" (1 more like this)"));
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
