//! The one-line change that gives a key of an episode's front matter a value.

use super::Episode;
use super::edit::{self, Edit, requote};

/// The change that gives `key` the value: its old value replaced, an empty key filled, or a line added
/// at the end of the front matter.
///
/// Nothing if that cannot be done in one line with all else left as it is: the value is a list, or
/// stands over several lines, or the front matter is not written one key to a line.
pub fn set_key(episode: &Episode, key: &str, value: &str) -> Option<Edit> {
    let text = &*episode.source.text;
    let edit = match episode.field(key) {
        Some(field) => {
            let written = text.get(field.span())?;
            if written.contains('\n') || field.text().is_none() {
                return None;
            }
            // An empty place is right behind the colon.
            let space = if written.is_empty() { " " } else { "" };
            let replacement = format!("{space}{}", requote(written, value));
            Edit { span: field.span(), replacement }
        }
        None => {
            let fence = closing_fence(text, episode.notes.start);
            let indent = episode.fields().all.first().map_or("", |field| {
                let line = text[..field.key_span.start].rfind('\n').map_or(0, |at| at + 1);
                &text[line..field.key_span.start]
            });
            let line_break = if text[..fence].ends_with("\r\n") { "\r\n" } else { "\n" };
            let replacement = format!("{indent}{key}: {value}{line_break}");
            Edit { span: fence..fence, replacement }
        }
    };
    gives_only(episode, &edit, key, value).then_some(edit)
}

/// Where the line of the closing fence starts, which ends at `end`.
fn closing_fence(text: &str, end: usize) -> usize {
    let fence = text[..end].trim_end_matches(['\n', '\r']);
    fence.rfind('\n').map_or(0, |at| at + 1)
}

/// Whether the change gives the key this value, and leaves every other value and the notes as they are.
fn gives_only(before: &Episode, edit: &Edit, key: &str, value: &str) -> bool {
    let text = edit::apply(&before.source.text, std::slice::from_ref(edit));
    let Ok(after) = before.with_text(text) else {
        return false;
    };
    // The key may stand there under the name that another generator gives it.
    let field = before.field(key);
    let name = field.as_ref().map_or(key, |field| &field.key);
    let others = |episode: &Episode| {
        let fields = episode.fields();
        let fields = fields.all.iter().filter(|field| field.key != name);
        fields.map(|field| (field.key.clone(), field.value())).collect::<Vec<_>>()
    };
    after.field(key).is_some_and(|field| field.text() == Some(value))
        && others(before) == others(&after)
        && before.notes_text() == after.notes_text()
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
        assert_eq!(write("---\n{a: 1}\n---\n", 7), None);
        assert_eq!(
            write("---\n{appleEpisodeId: 1, a: 2}\n---\n", 7).unwrap(),
            "---\n{appleEpisodeId: 7, a: 2}\n---\n"
        );
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
