//! A transcript as WebVTT, where the form that a host gave is one that no podcast app reads.

use std::fmt::Write as _;

use super::Cue;

/// The cues as WebVTT (W3C WebVTT, section 4); the same cues always give the same bytes.
pub(super) fn webvtt(cues: &[Cue]) -> String {
    let mut out = String::from("WEBVTT\n");
    for cue in cues {
        let _ = write!(out, "\n{} --> {}\n", clock(cue.start), clock(cue.end.max(cue.start + 1)));
        if let Some(speaker) = &cue.speaker {
            let _ = write!(out, "<v {}>", escaped(speaker));
        }
        let _ = writeln!(out, "{}", escaped(&cue.text));
    }
    out
}

fn clock(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    format!("{:02}:{:02}:{:02}.{rest:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// What would be a tag, a reference or a line of times in a cue.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
