//! Times in notes that lead into the audio, with and without the player.

use crate::site::html::Clean;
use crate::site::html::clean::parts;

/// What a link starts with that seeks: notes have such links for the times in them.
const SEEKS: &str = "<a href=\"#t=";

/// Clean notes whose links that seek lead to the audio at `audio_url` (escaped), and tell the player
/// the second.
pub(super) fn linked(notes: &Clean, audio_url: &str) -> String {
    let mut out = String::with_capacity(notes.len() + 128);
    for (text, tag) in parts(notes) {
        out.push_str(text);
        let Some(tag) = tag else { break };
        let place = tag.text.strip_prefix(SEEKS).and_then(|rest| rest.split_once('"'));
        match place.filter(|(seconds, _)| is_number(seconds)) {
            Some((seconds, rest)) => out.push_str(&format!(
                "<a href=\"{audio_url}#t={seconds}\" data-t=\"{seconds}\"{rest}"
            )),
            None => out.push_str(tag.text),
        }
    }
    out
}

fn is_number(seconds: &str) -> bool {
    seconds.starts_with(|c: char| c.is_ascii_digit())
        && seconds.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn links(notes: &str) -> String {
        let notes = crate::site::html::notes(notes, Some(Duration::from_secs(3700)), &|link| {
            Some(link.to_owned())
        });
        linked(&notes.page, "X?a&amp;b").replace(" rel=\"noopener\"", "").trim().to_owned()
    }

    #[test]
    fn times_lead_into_the_audio_once_and_to_the_tenth() {
        assert_eq!(
            links("Asked (2:05), and [1:01:03.5]."),
            "<p>Asked (<a href=\"X?a&amp;b#t=125\" data-t=\"125\">2:05</a>), and \
             [<a href=\"X?a&amp;b#t=3663.5\" data-t=\"3663.5\">1:01:03.5</a>].</p>"
        );
        // A host's own link that seeks is one as well.
        assert_eq!(
            links("[the storm](#t=90)"),
            "<p><a href=\"X?a&amp;b#t=90\" data-t=\"90\">the storm</a></p>"
        );
    }

    #[test]
    fn other_times_and_links_stay() {
        for (notes, page) in [
            ("See you at 18:30", "<p>See you at 18:30</p>"),
            ("(`2:05`)", "<p>(<code>2:05</code>)</p>"),
            (
                "[2:05](https://a.example/#t=9)",
                "<p><a href=\"https://a.example/#t=9\">2:05</a></p>",
            ),
            ("[a](#t=b)", "<p><a href=\"#t=b\">a</a></p>"),
        ] {
            assert_eq!(links(notes), page);
        }
    }
}
