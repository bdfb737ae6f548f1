//! Changes to the front matter of an episode's file that make one key say another thing, and are none if
//! anything else would read otherwise then.

use super::Episode;
use super::edit::{self, Edit, requote};
use super::frontmatter::line_end;
use super::source::Span;
use super::words::legal_in_xml;

/// The change that gives `key` the value: its old value replaced, an empty key filled, or a line added
/// at the end of the front matter.
///
/// Nothing if that cannot be done with all else left as it is: the value is a list, or a block of text,
/// or the front matter is not written one key to a line.
pub fn set_key(episode: &Episode, key: &str, value: &str) -> Option<Edit> {
    if let Some(field) = episode.field(key) {
        return set_value(episode, &field.span(), value);
    }
    let text = &*episode.source.text;
    let fence = closing_fence(text, episode.notes.start);
    let indent =
        episode.fields().all.first().map_or("", |field| {
            &text[line_start(text, field.key_span.start)..field.key_span.start]
        });
    let line_break = match &text[..fence] {
        before if before.ends_with("\r\n") => "\r\n",
        before if before.ends_with('\r') => "\r",
        _ => "\n",
    };
    let edit =
        Edit { span: fence..fence, replacement: format!("{indent}{key}: {value}{line_break}") };
    let after = changed(episode, &edit)?;
    (after.field(key)?.text() == Some(value)).then_some(edit)
}

/// The change that gives the one value that stands at `span` another text.
pub fn set_value(episode: &Episode, span: &Span, value: &str) -> Option<Edit> {
    let written = episode.source.text.get(span.clone())?;
    episode
        .fields()
        .all
        .iter()
        .flat_map(|field| field.node.scalars())
        .find(|(at, _)| *at == span)?;
    // What no feed can hold goes by itself: quotes, escapes and line breaks stay as the host chose them.
    let legal: String = written.chars().filter(|&c| legal_in_xml(c)).collect();
    // An empty place is right behind the colon.
    let space = if written.is_empty() { " " } else { "" };
    let again = format!("{space}{}", requote(written, value));
    (legal != written).then_some(legal).into_iter().chain([again]).find_map(|replacement| {
        let edit = Edit { span: span.clone(), replacement };
        let after = changed(episode, &edit)?;
        let place = place_of(&edit);
        let fields = after.fields();
        let mut values = fields.all.iter().flat_map(|field| field.node.scalars());
        let says = values
            .any(|(at, scalar)| is_within(at, &place) && scalar.text == value && !scalar.is_null());
        says.then_some(edit)
    })
}

/// The change that takes a key out, and the lines that it stands in.
pub fn remove_key(episode: &Episode, key: &str) -> Option<Edit> {
    let text = &*episode.source.text;
    let fields = episode.fields();
    let field = fields.all.iter().find(|field| field.key == key)?;
    let span = line_start(text, field.key_span.start)..line_end(text, field.span().end);
    let keys = fields.all.iter().filter(|field| span.contains(&field.key_span.start));
    let is_alone = keys.count() == 1;
    let edit = Edit { span, replacement: String::new() };
    (is_alone && changed(episode, &edit).is_some()).then_some(edit)
}

/// The episode with the change made; nothing if a value changes by it that does not stand there, or the
/// notes do.
pub fn changed(before: &Episode, edit: &Edit) -> Option<Episode> {
    let text = edit::apply(&before.source.text, std::slice::from_ref(edit));
    let after = before.with_text(text).ok()?;
    let is_kept = outside(before, &edit.span) == outside(&after, &place_of(edit))
        && before.notes_text() == after.notes_text();
    is_kept.then_some(after)
}

/// The values that do not stand within a place, each with its key.
fn outside(episode: &Episode, place: &Span) -> Vec<(String, String)> {
    let mut values = Vec::new();
    for field in episode.fields().all {
        let others = field.node.scalars().into_iter().filter(|(at, _)| !is_within(at, place));
        values.extend(others.map(|(_, scalar)| (field.key.clone(), scalar.text.clone())));
    }
    values
}

fn is_within(span: &Span, place: &Span) -> bool {
    place.start <= span.start && span.end <= place.end
}

/// Where a change's new text stands afterwards.
fn place_of(edit: &Edit) -> Span {
    edit.span.start..edit.span.start + edit.replacement.len()
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |found| found + 1)
}

/// Where the line of the closing fence starts, which ends at `end`.
fn closing_fence(text: &str, end: usize) -> usize {
    line_start(text, text[..end].trim_end_matches(['\n', '\r']).len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::show::Source;

    const KEY: &str = "appleEpisodeId";

    fn edit(episode: &Episode, id: u64) -> Option<Edit> {
        set_key(episode, KEY, &id.to_string())
    }

    fn write(text: &str, id: u64) -> Option<String> {
        let episode = Episode::parse(Source::new("episodes/1.md", text)).unwrap();
        edit(&episode, id).map(|change| edit::apply(text, &[change]))
    }

    #[test]
    fn a_value_is_replaced_in_the_host_s_quotes() {
        let line = |before: &str| {
            let text = format!("---\ntitle: a\n{before}\nsize: 1\n---\nNotes");
            write(&text, 7).map(|after| after.lines().nth(2).unwrap().to_owned())
        };
        assert_eq!(line("appleEpisodeId: 123 # c").as_deref(), Some("appleEpisodeId: 7 # c"));
        assert_eq!(line("appleEpisodeId:  \"123\"").as_deref(), Some("appleEpisodeId:  \"7\""));
        assert_eq!(line("appleEpisodeId: ''").as_deref(), Some("appleEpisodeId: '7'"));
        assert_eq!(line("appleEpisodeId: null").as_deref(), Some("appleEpisodeId: 7"));
        assert_eq!(line("\"appleEpisodeId\": x").as_deref(), Some("\"appleEpisodeId\": 7"));
        assert_eq!(
            line("appleEpisodeId: https://a.example/?i=9").as_deref(),
            Some("appleEpisodeId: 7")
        );
    }

    #[test]
    fn an_empty_key_is_filled() {
        assert_eq!(
            write("---\r\nappleEpisodeId:  # later\r\na: 1\r\n---\r\n", 7).unwrap(),
            "---\r\nappleEpisodeId: 7  # later\r\na: 1\r\n---\r\n"
        );
        assert_eq!(write("---\nappleEpisodeId:\n---", 7).unwrap(), "---\nappleEpisodeId: 7\n---");
    }

    #[test]
    fn a_missing_key_becomes_a_line() {
        assert_eq!(
            write("---\r\ntitle: a\r\n---\r\nN\n---\n", 7).unwrap(),
            "---\r\ntitle: a\r\nappleEpisodeId: 7\r\n---\r\nN\n---\n"
        );
        assert_eq!(
            write("\u{feff}---\n  a: 1\n--- \n", 7).unwrap(),
            "\u{feff}---\n  a: 1\n  appleEpisodeId: 7\n--- \n"
        );
        assert_eq!(
            write("---\ra: 1\r---\rN\n", 7).unwrap(),
            "---\ra: 1\rappleEpisodeId: 7\r---\rN\n"
        );
        assert_eq!(write("---\n---", 7).unwrap(), "---\nappleEpisodeId: 7\n---");
        assert_eq!(
            write("---\na: |\n  text\n---\n", 7).unwrap(),
            "---\na: |\n  text\nappleEpisodeId: 7\n---\n"
        );
    }

    #[test]
    fn what_takes_more_than_one_line_is_left_to_the_host() {
        assert_eq!(write("---\nappleEpisodeId:\n  - 1\n---\n", 7), None);
        assert_eq!(write("---\nappleEpisodeId: [1]\n---\n", 7), None);
        assert_eq!(write("---\nappleEpisodeId: |\n  1\n---\n", 7), None);
        assert_eq!(
            write("---\nappleEpisodeId: >-\n  1\na: 2\n---\n", 7).unwrap(),
            "---\nappleEpisodeId: >-\n  7\na: 2\n---\n"
        );
        assert_eq!(write("---\n{a: 1}\n---\n", 7), None);
        assert_eq!(
            write("---\n{appleEpisodeId: 1, a: 2}\n---\n", 7).unwrap(),
            "---\n{appleEpisodeId: 7, a: 2}\n---\n"
        );
    }

    #[test]
    fn a_key_goes_with_its_lines_and_no_other() {
        let without = |text: &str| {
            let episode = Episode::parse(Source::new("episodes/1.md", text)).unwrap();
            remove_key(&episode, "x").map(|change| edit::apply(text, &[change]))
        };
        for lines in ["x: 1 # c\n", "x: >-\n  1\n", "x:\n  url: a\n  type: b\n", "x: {url: a}\n"] {
            let text = format!("---\na: 1\n{lines}b: 2\n---\nN\n");
            assert_eq!(without(&text).as_deref(), Some("---\na: 1\nb: 2\n---\nN\n"), "{lines}");
        }
        assert_eq!(without("---\rx: 1\ra: 2\r---\rN\n").unwrap(), "---\ra: 2\r---\rN\n");
        assert_eq!(without("---\n{x: 1, a: 2}\n---\n"), None);
        assert_eq!(without("---\nx: &b 1\na: *b\n---\n"), None);
    }

    proptest! {
        /// One line changes or is added, every other byte stays, and only this value differs.
        #[test]
        fn one_line_changes_and_no_other_byte(
            before in prop::collection::vec("[a-d]{1,3}: [a-zé\"'#0-9 :]{0,12}", 0..5),
            own in prop::option::of("appleEpisodeId: {0,2}([0-9]{0,13}|\"[0-9]{0,5}\"|[a-z]{1,5}) {0,2}(#c)?"),
            after in prop::collection::vec("[e-h]{1,3}: [a-zé\"'#0-9 :]{0,12}", 0..5),
            line_break in prop::sample::select(vec!["\n", "\r\n"]),
            notes in "[ -~é\n]{0,40}",
            id in 1_u64..u64::MAX,
        ) {
            let lines: Vec<String> = before.into_iter().chain(own).chain(after).collect();
            let mut text = format!("---{line_break}");
            for line in &lines {
                text.push_str(&format!("{line}{line_break}"));
            }
            text.push_str(&format!("---{line_break}{notes}"));
            let Ok(episode) = Episode::parse(Source::new("episodes/1.md", text.as_str())) else { return Ok(()) };
            // A quoted text of several lines may have swallowed the line.
            let had = episode.field(KEY).is_some();
            let Some(change) = edit(&episode, id) else { return Ok(()) };
            let written = edit::apply(&text, std::slice::from_ref(&change));

            let old: Vec<&str> = text.split_inclusive('\n').collect();
            let new: Vec<&str> = written.split_inclusive('\n').collect();
            let same_from_start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
            let same_from_end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
            prop_assert_eq!(new.len(), old.len() + usize::from(!had));
            prop_assert!(same_from_start + same_from_end >= old.len() - usize::from(had));

            let read = Episode::parse(Source::new("episodes/1.md", written)).unwrap();
            prop_assert_eq!(read.apple_id.value(), Some(&id));
            for field in &episode.fields().all {
                if field.key != KEY {
                    prop_assert_eq!(read.field(&field.key).unwrap().value(), field.value());
                }
            }
            // Writing the same id again changes nothing.
            let again = edit(&read, id).unwrap();
            prop_assert_eq!(&*edit::apply(&read.source.text, &[again]), &*read.source.text);
        }
    }
}
