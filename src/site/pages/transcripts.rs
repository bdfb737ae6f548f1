//! Transcripts as pages show them: paragraphs, in which each cue can be marked as it is said.

use serde::Serialize;

use super::search::gap;
use crate::site::lang;
use crate::site::transcript::Cue;

/// What one speaker says in one go.
#[derive(Debug, Serialize)]
pub(super) struct Paragraph {
    /// When it starts, as a media fragment has it.
    seconds: String,
    clock: String,
    /// Who speaks, where that changes.
    speaker: Option<String>,
    /// All of the words.
    text: String,
    cues: Vec<Said>,
}

impl Paragraph {
    /// The speaker, where that changes, and the words.
    pub(super) fn line(&self) -> String {
        match &self.speaker {
            Some(speaker) => format!("{speaker}: {}", self.text),
            None => self.text.clone(),
        }
    }
}

/// A cue of a paragraph.
#[derive(Debug, Serialize)]
struct Said {
    seconds: String,
    /// What parts it from the words before it: a space, or nothing in scripts without spaces.
    gap: &'static str,
    text: String,
}

/// Cues are a few words each; a page shows paragraphs: a new one for a new speaker, and at the end of
/// a sentence when half a minute has passed.
pub(super) fn paragraphs(cues: &[Cue]) -> Vec<Paragraph> {
    const LONG: u64 = 30_000;
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut speaker: Option<&str> = None;
    let mut begun = 0;
    for cue in cues {
        let changed = cue.speaker.is_some() && cue.speaker.as_deref() != speaker;
        let ended =
            |text: &str| text.ends_with(['.', '?', '!', '…', '»', '"', '。', '？', '！', '؟', '।']);
        let said = |gap| Said { seconds: lang::fragment(cue.start), gap, text: cue.text.clone() };
        match paragraphs.last_mut() {
            Some(last)
                if !changed
                    && (cue.start < begun + LONG
                        || !ended(&last.text) && cue.start < begun + 3 * LONG) =>
            {
                // Words that roll over from cue to cue are not said twice.
                if !last.text.ends_with(&cue.text) {
                    let gap = gap(&last.text, &cue.text);
                    last.text.push_str(gap);
                    last.text.push_str(&cue.text);
                    last.cues.push(said(gap));
                }
            }
            _ => {
                begun = cue.start;
                paragraphs.push(Paragraph {
                    seconds: lang::fragment(cue.start),
                    clock: lang::clock(cue.start / 1000),
                    speaker: cue.speaker.clone().filter(|_| changed),
                    text: cue.text.clone(),
                    cues: vec![said(" ")],
                });
            }
        }
        if changed {
            speaker = cue.speaker.as_deref();
        }
    }
    // Two lines of one moment would be one place on the page.
    paragraphs.dedup_by(|next, last| {
        let same = next.seconds == last.seconds;
        if same {
            let who = next.speaker.take().map(|name| format!("{name}: ")).unwrap_or_default();
            let gap = if who.is_empty() { gap(&last.text, &next.text) } else { " " };
            last.text.push_str(&format!("{gap}{who}{}", next.text));
            if let Some(first) = next.cues.first_mut() {
                first.gap = gap;
                first.text.insert_str(0, &who);
            }
            last.cues.append(&mut next.cues);
        }
        same
    });
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_follow_speakers_and_sentences_and_keep_their_cues() {
        let cue = |start: u64, speaker: Option<&str>, text: &str| Cue {
            start,
            end: start,
            speaker: speaker.map(str::to_owned),
            text: text.to_owned(),
        };
        let cues = [
            cue(0, Some("A"), "un"),
            cue(5_200, Some("A"), "deux"),
            cue(5_900, Some("A"), "deux"),
            cue(40_000, Some("A"), "trois."),
            cue(41_000, Some("A"), "quatre"),
            cue(42_500, Some("B"), "cinq"),
            cue(42_500, Some("C"), "six"),
        ];
        let unspaced = [cue(0, None, "東京の"), cue(9, None, "港"), cue(12, None, "FM")];
        let [paragraph] = &paragraphs(&unspaced)[..] else { panic!() };
        assert_eq!(paragraph.text, "東京の港 FM");
        assert_eq!(paragraph.cues.iter().map(|cue| cue.gap).collect::<Vec<_>>(), [" ", "", " "]);
        let shown: Vec<String> = paragraphs(&cues)
            .iter()
            .map(|p| {
                let cues: Vec<String> =
                    p.cues.iter().map(|cue| format!("{} {}", cue.seconds, cue.text)).collect();
                format!("{} {:?} {}", p.clock, p.speaker.as_deref(), cues.join("/"))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "0:00 Some(\"A\") 0 un/5.2 deux/40 trois.",
                "0:41 None 41 quatre",
                "0:42 Some(\"B\") 42.5 cinq/42.5 C: six"
            ]
        );
    }
}
