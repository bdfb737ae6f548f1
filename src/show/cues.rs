//! The cues of WebVTT and SubRip: what is written between one time and another. Chapters and
//! transcripts are both read here, so that they agree on the same file.
//!
//! Sources: W3C WebVTT, section 4 and 6; the de-facto SubRip form. A cue is a line of two times and the
//! lines behind it; what stands between cues (numbers, names, notes, style sheets) is not read.

use std::time::Duration;

use super::source::{Malformed, Span};

/// What a line of times looks like.
const TIMING: &str = "a line of start and end, as in 00:02:15.000 --> 00:05:00.000";

/// A cue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedCue<'a> {
    /// When it starts.
    pub start: Duration,
    /// When it ends; not before it starts.
    pub end: Duration,
    /// Its lines as they stand, tags and all.
    pub lines: Vec<&'a str>,
    /// Where its line of times stands.
    pub span: Span,
}

/// The cues of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cues<'a> {
    /// In the order written.
    pub cues: Vec<TimedCue<'a>>,
    /// Where text stands that has no times: players do not show it.
    pub stray: Vec<Span>,
    /// Lines of times that make no sense.
    pub faults: Vec<Malformed>,
}

/// Whether a text begins as WebVTT must.
pub fn is_webvtt(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rest = text.strip_prefix("WEBVTT");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']))
}

/// Whether every cue's times are as WebVTT has them (W3C WebVTT, section 4.1, "WebVTT timestamp"): a browser
/// leaves out what has a comma, or no fraction.
pub fn has_webvtt_times(text: &str) -> bool {
    lines(text).all(|(_, line)| has_times(line, &['.'], true))
}

/// The first line of times that is not as SubRip has them, with hours and milliseconds; readers take a point
/// for the comma.
pub fn not_subrip_times(text: &str) -> Option<Span> {
    lines(text).find(|(_, line)| !has_times(line, &[',', '.'], false)).map(|(span, _)| span)
}

/// Whether a line, if it is one of times, has them to the millisecond behind one of these signs.
fn has_times(line: &str, signs: &[char], short: bool) -> bool {
    let digits = |part: &str, count: usize| {
        part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_time = |time: &str| {
        let Some((whole, fraction)) = time.split_once(signs) else { return false };
        let parts: Vec<&str> = whole.split(':').collect();
        let hours = if parts.len() == 3 { parts[0].len() >= 2 } else { short };
        let rest = &parts[parts.len().saturating_sub(2)..];
        digits(fraction, 3) && hours && rest.iter().all(|part| digits(part, 2))
    };
    line.split_once("-->").is_none_or(|(start, rest)| {
        is_time(start.trim()) && is_time(rest.split_whitespace().next().unwrap_or_default())
    })
}

/// Reads the cues of WebVTT or SubRip.
pub fn read(text: &str) -> Cues<'_> {
    let mut found = Cues::default();
    let mut block: Vec<(Span, &str)> = Vec::new();
    // The header of WebVTT goes to the first empty line, or to the first cue.
    let mut header = is_webvtt(text);
    for (span, line) in lines(text) {
        if !line.trim().is_empty() {
            block.push((span, line));
            continue;
        }
        take(&mut block, &mut header, &mut found);
    }
    take(&mut block, &mut header, &mut found);
    found
}

/// Reads the lines between two empty ones.
fn take<'a>(block: &mut Vec<(Span, &'a str)>, header: &mut bool, found: &mut Cues<'a>) {
    let lines = std::mem::take(block);
    if lines.is_empty() {
        return;
    }
    let times: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].1.contains("-->")).collect();
    let Some(&first) = times.first() else {
        let word = lines[0].1.split([' ', '\t']).next().unwrap_or_default();
        if !std::mem::take(header) && !matches!(word, "NOTE" | "STYLE" | "REGION") {
            let (from, to) = (lines[0].0.start, lines[lines.len() - 1].0.end);
            // A number alone is a cue's, whose words are missing.
            if !lines.iter().all(|(_, line)| is_number(line)) {
                found.stray.push(from..to);
            }
        }
        return;
    };
    *header = false;
    debug_assert!(first < lines.len());
    for (nth, &at) in times.iter().enumerate() {
        let next = times.get(nth + 1).copied().unwrap_or(lines.len());
        // Where no empty line stands between two cues, the number of the second is no words of the first.
        let numbered = next < lines.len() && next > at + 1 && is_number(lines[next - 1].1);
        let words = &lines[at + 1..if numbered { next - 1 } else { next }];
        let (span, line) = &lines[at];
        match timing(line) {
            Ok((start, end)) => found.cues.push(TimedCue {
                start,
                end,
                lines: words.iter().map(|(_, line)| *line).collect(),
                span: span.clone(),
            }),
            Err(reason) => found.faults.push(Malformed {
                span: span.clone(),
                culprit: span.clone(),
                reason,
                expected: TIMING,
                meant: None,
            }),
        }
    }
}

fn is_number(line: &str) -> bool {
    line.trim().bytes().all(|byte| byte.is_ascii_digit())
}

/// `00:00:01.000 --> 00:00:02.500 align:start`
fn timing(line: &str) -> Result<(Duration, Duration), String> {
    let (start, rest) = line.split_once("-->").unwrap_or((line, ""));
    let end = rest.split_whitespace().next().unwrap_or_default();
    let (start, end) = (clock(start.trim())?, clock(end)?);
    if end < start {
        return Err("the words end before they start".to_owned());
    }
    Ok((start, end))
}

/// `HH:MM:SS.mmm`, `MM:SS.mmm`, with SubRip's comma or without a fraction.
fn clock(text: &str) -> Result<Duration, String> {
    let shown = || text.chars().filter(|c| !c.is_control()).take(60).collect::<String>();
    let none = || format!("`{}` is not a time", shown());
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = whole.split(':').collect();
    if !(2..=3).contains(&parts.len())
        || !parts.iter().all(|part| digits(part) && part.len() <= 4)
        || !digits(fraction)
    {
        return Err(none());
    }
    let mut seconds = 0_u64;
    for (place, part) in parts.iter().enumerate() {
        let number: u64 = part.parse().map_err(|_| none())?;
        if number > 59 && (place > 0 || parts.len() == 2 && number > 999) {
            return Err(format!("`{part}` in `{}`: minutes and seconds go to 59", shown()));
        }
        seconds = seconds * 60 + number;
    }
    // To the millisecond.
    let millis = fraction.bytes().chain(*b"000").take(3);
    let millis = millis.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    Ok(Duration::from_secs(seconds) + Duration::from_millis(millis))
}

/// The lines of a text with their places, without their ends (`\n`, `\r\n` or `\r`) and without a
/// byte order mark.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (Span, &str)> {
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut done = at == text.len();
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let rest = &text[at..];
        let len = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let span = at..at + len;
        let ended = match &rest.as_bytes()[len..] {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
        at += len + ended;
        done = at == text.len();
        Some((span.clone(), &text[span]))
    })
}

/// A cue's text without its tags and with its character references resolved (section 6.4).
pub fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(behind) = rest.strip_prefix('<') {
            // A sign alone is no tag: `a < b`.
            let is_tag =
                behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.'));
            match rest.find('>').filter(|_| is_tag) {
                Some(end) => rest = &rest[end + 1..],
                None => {
                    text.push('<');
                    rest = behind;
                }
            }
            continue;
        }
        let known = [
            ("&amp;", "&"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&nbsp;", "\u{a0}"),
            ("&lrm;", ""),
            ("&rlm;", ""),
        ];
        let (name, meaning) =
            known.into_iter().find(|(name, _)| rest.starts_with(name)).unwrap_or(("&", "&"));
        text.push_str(meaning);
        rest = &rest[name.len()..];
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        let read = read(text);
        let cue =
            |cue: &TimedCue<'_>| format!("{:?}-{:?} {}\n", cue.start, cue.end, cue.lines.join("|"));
        let mut said: String = read.cues.iter().map(cue).collect();
        said.extend(read.stray.iter().map(|span| format!("stray: {:?}\n", &text[span.clone()])));
        said.extend(read.faults.iter().map(|fault| format!("{}\n", fault.reason)));
        said
    }

    #[test]
    fn cues_of_every_dialect() {
        insta::assert_snapshot!(shown("\u{feff}WEBVTT - title\r\nKind: captions\r\n\r\nNOTE a\r\nremark\r\n\r\n\
            id\r\n00:01.000 --> 00:02,5 align:start\r\nA\r\nB\r\n\r\nlost words\r\n\r\n\
            100:00:00.000 --> 100:00:01.000\r\nFin"), @r#"
            1s-2.5s A|B
            360000s-360001s Fin
            stray: "lost words"
            "#);
        insta::assert_snapshot!(shown("1\n00:00:01,000 --> 00:00:02,000\nNo empty line\n2\n00:00:03,000 --> 00:00:04,000\n1984\n\n3\n\n"), @r#"
        1s-2s No empty line
        3s-4s 1984
        "#);
        insta::assert_snapshot!(shown("WEBVTT\r\r00:00.000 --> 00:01.000\rOld\r"), @r#"0ns-1s Old"#);
        insta::assert_snapshot!(shown("00:09.000 --> 00:01.000\nx\n\n00:99.000 --> 00:01.000\n\nsoon --> later\n"), @r#"
        the words end before they start
        `99` in `00:99.000`: minutes and seconds go to 59
        `soon` is not a time
        "#);
    }

    #[test]
    fn times_that_subrip_does_not_have() {
        let odd = |line: &str| not_subrip_times(&format!("1\n{line}\nA\n")).is_some();
        assert!(!odd("00:00:01,000 --> 00:00:02.500 X1:0"));
        for line in
            ["00:00:01 --> 00:00:02", "00:01,000 --> 00:02,000", "00:00:01,00 --> 00:00:02,00"]
        {
            assert!(odd(line), "{line}");
        }
    }

    #[test]
    fn a_sign_is_no_tag() {
        assert_eq!(plain("<v Zoé>a</v> < b &amp;&lt;c> <i.x>d</i> e<"), "a < b &<c> d e<");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(WEBVTT|NOTE|[0-9:.,]{0,6}| --> |<v |>|\\PC|\r|\n|\r\n){0,40}") {
            let found = read(&text);
            for cue in &found.cues {
                prop_assert!(cue.start <= cue.end && text.get(cue.span.clone()).is_some());
            }
            let whole: String = lines(&text).map(|(_, line)| line).collect();
            prop_assert_eq!(whole, text.trim_start_matches('\u{feff}').replace(['\r', '\n'], ""));
        }
    }
}
