//! Time codes, as people write them: `02:15`, `1:02:15.5`, `02'15"`, `1h02'15"`, `12m30s`.

use std::time::Duration;

use super::Fault;

/// What a time looks like.
pub(super) const EXPECTED: &str = "a time as in 02:15, 1:02:15 or 02'15\"";

/// Longer than any audio: hours above this are a slip.
const MAX_HOURS: u64 = 999;

/// A time code at the start of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TimeCode {
    pub(super) time: Duration,
    /// Bytes of the text that it takes.
    pub(super) len: usize,
    /// How many numbers it has: hours, minutes, seconds.
    pub(super) parts: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Hours,
    Minutes,
    Seconds,
}

/// Reads the time code that `text` starts with: `None` if it starts with something else.
///
/// A number alone is a time code of one part, in seconds.
pub(super) fn read(text: &str) -> Result<Option<TimeCode>, Fault> {
    let Some(first) = number(text) else { return Ok(None) };
    let rest = &text[first.len()..];
    if rest.starts_with(':') { colons(text) } else { marks(text) }
}

/// Reads a whole text as a time code of any number of parts.
pub(super) fn whole(text: &str) -> Result<Duration, Fault> {
    let text = text.trim();
    match read(text)? {
        Some(code) if code.len == text.len() => Ok(code.time),
        _ => Err(Fault::new(format!("`{}` is not a time", super::excerpt(text)), EXPECTED)),
    }
}

/// Seconds with or without a fraction, of a machine's making: `123.456789`.
pub(super) fn seconds(seconds: f64) -> Result<Duration, Fault> {
    let fault =
        || Fault::new(format!("{seconds} is not a time in seconds"), "seconds, as in 135.5");
    let time = Duration::try_from_secs_f64(seconds).map_err(|_| fault())?;
    if time > Duration::from_secs(MAX_HOURS * 3600) {
        return Err(fault());
    }
    // To the nearest millisecond.
    let nearest = (time + Duration::from_micros(500)).as_millis();
    u64::try_from(nearest).map(Duration::from_millis).map_err(|_| fault())
}

/// `MM:SS` or `H:MM:SS`, with a fraction of the seconds or without.
fn colons(text: &str) -> Result<Option<TimeCode>, Fault> {
    let mut numbers = Vec::new();
    let (mut at, mut has_frames) = (0, false);
    while let Some(digits) = number(&text[at..]) {
        numbers.push(digits);
        at += digits.len();
        // Editors of video put frames behind a semicolon (SMPTE ST 12-1).
        match text[at..].strip_prefix([':', ';']) {
            Some(rest) if number(rest).is_some() => {
                has_frames |= text[at..].starts_with(';');
                at += 1;
            }
            _ => break,
        }
    }
    if numbers.len() < 2 {
        return Ok(None);
    }
    if numbers.len() > 3 || has_frames {
        return Err(Fault::new(
            format!("`{}` has too many parts for a time", &text[..at]),
            EXPECTED,
        ));
    }
    for digits in &numbers[1..] {
        if digits.len() != 2 {
            let reason = format!("`{digits}` in `{}` has not two digits", &text[..at]);
            return Err(Fault::new(reason, EXPECTED));
        }
    }
    let fraction = fraction(&text[at..]);
    let units = [Unit::Hours, Unit::Minutes, Unit::Seconds];
    let values: Vec<_> = units[3 - numbers.len()..].iter().copied().zip(numbers).collect();
    total(&values, fraction, &text[..at + fraction.len()]).map(Some)
}

/// `02'15"`, `1h02'15"`, `12m30s`: each number with its unit; the last unit may be left out.
fn marks(text: &str) -> Result<Option<TimeCode>, Fault> {
    let mut values: Vec<(Unit, &str)> = Vec::new();
    let mut at = 0;
    let mut fraction_text = "";
    while let Some(digits) = number(&text[at..]) {
        let mut end = at + digits.len();
        let fraction = fraction(&text[end..]);
        let previous = values.last().map(|&(unit, _)| unit);
        let found = unit(&text[end + fraction.len()..], previous);
        let unit = match (found, previous) {
            (Some((unit, _)), _) => unit,
            (None, Some(Unit::Hours)) => Unit::Minutes,
            (None, Some(Unit::Minutes) | None) => Unit::Seconds,
            (None, Some(Unit::Seconds)) => break,
        };
        if previous.is_some_and(|previous| unit <= previous) {
            break;
        }
        if unit == Unit::Seconds {
            fraction_text = fraction;
            end += fraction.len();
        } else if !fraction.is_empty() {
            break;
        }
        end += found.map_or(0, |(_, len)| len);
        values.push((unit, digits));
        at = end;
        if found.is_none() {
            break;
        }
    }
    if values.is_empty() {
        return Ok(None);
    }
    total(&values, fraction_text, &text[..at]).map(Some)
}

/// The unit that a mark stands for, and the mark's length.
///
/// Two minute marks are one second mark (`02'15''`).
fn unit(text: &str, previous: Option<Unit>) -> Option<(Unit, usize)> {
    const WORDS: [(&str, Unit); 7] = [
        ("min", Unit::Minutes),
        ("mn", Unit::Minutes),
        ("sec", Unit::Seconds),
        ("h", Unit::Hours),
        ("H", Unit::Hours),
        ("m", Unit::Minutes),
        ("s", Unit::Seconds),
    ];
    let is_minute = |c: &char| matches!(c, '\'' | '’' | '′' | '‘' | '´' | '`');
    let mut chars = text.chars();
    let first = chars.next()?;
    if matches!(first, '"' | '”' | '″' | '“') {
        return Some((Unit::Seconds, first.len_utf8()));
    }
    if is_minute(&first) {
        return match chars.next().filter(is_minute) {
            Some(second) => Some((Unit::Seconds, first.len_utf8() + second.len_utf8())),
            // A single mark behind seconds is a slip for two.
            None if previous == Some(Unit::Minutes) => Some((Unit::Seconds, first.len_utf8())),
            None => Some((Unit::Minutes, first.len_utf8())),
        };
    }
    let &(word, unit) = WORDS.iter().find(|(word, _)| text.starts_with(word))?;
    // `2m` is two minutes, `2 metres` and `2mm` are not.
    let next = text[word.len()..].chars().next();
    next.is_none_or(|c| !c.is_alphabetic()).then_some((unit, word.len()))
}

fn total(values: &[(Unit, &str)], fraction: &str, text: &str) -> Result<TimeCode, Fault> {
    let mut time = Duration::ZERO;
    for (place, &(unit, digits)) in values.iter().enumerate() {
        let number: u64 = digits.parse().map_err(|_| too_late(text))?;
        let (most, seconds) = match unit {
            Unit::Hours => (MAX_HOURS, 3600),
            Unit::Minutes if place == 0 => (MAX_HOURS * 60, 60),
            Unit::Seconds if place == 0 => (MAX_HOURS * 3600, 1),
            Unit::Minutes => (59, 60),
            Unit::Seconds => (59, 1),
        };
        if number > most {
            return Err(if place == 0 {
                too_late(text)
            } else {
                let reason = format!("`{digits}` in `{text}`: minutes and seconds go to 59");
                Fault::new(reason, EXPECTED)
            });
        }
        time += Duration::from_secs(number * seconds);
    }
    let millis = fraction.get(1..).unwrap_or_default().bytes().chain(*b"000").take(3);
    let millis = millis.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    time += Duration::from_millis(millis);
    Ok(TimeCode { time, len: text.len(), parts: values.len() })
}

fn too_late(text: &str) -> Fault {
    Fault::new(format!("`{}` is later than any audio lasts", super::excerpt(text)), EXPECTED)
}

/// The digits that `text` starts with.
fn number(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some(&text[..end]).filter(|digits| !digits.is_empty())
}

/// The fraction that `text` starts with, its point or comma included; else nothing.
fn fraction(text: &str) -> &str {
    let Some(digits) = text.strip_prefix(['.', ',']).and_then(number) else { return "" };
    &text[..=digits.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::chapter::clock;

    fn shown(text: &str) -> String {
        match read(text) {
            Ok(None) => "no time".to_owned(),
            Ok(Some(code)) => format!("{} | {}", clock(code.time), &text[code.len..]),
            Err(fault) => fault.reason,
        }
    }

    #[test]
    fn every_way_to_write_a_time() {
        for (text, time) in [
            ("02:15 Title", "02:15 |  Title"),
            ("1:02:15.5", "1:02:15.500 | "),
            ("01:02:15,250 x", "1:02:15.250 |  x"),
            ("90:00", "1:30:00 | "),
            ("02'15\" - x", "02:15 |  - x"),
            ("02’15” x", "02:15 |  x"),
            ("02′15″", "02:15 | "),
            ("02'15'' x", "02:15 |  x"),
            ("2'15", "02:15 | "),
            ("1h02'15\"", "1:02:15 | "),
            ("1h02", "1:02:00 | "),
            ("1h02m15s.", "1:02:15 | ."),
            ("12m30s", "12:30 | "),
            ("5min", "05:00 | "),
            ("45s", "00:45 | "),
            ("135", "02:15 | "),
            ("135.5", "02:15.500 | "),
            ("02:15: x", "02:15 | : x"),
            ("02:15pm", "02:15 | pm"),
            ("2mm", "00:02 | mm"),
            ("", "no time"),
            ("a02:15", "no time"),
            ("02: 15", "no time"),
            ("02:75", "`75` in `02:75`: minutes and seconds go to 59"),
            ("1:75:00", "`75` in `1:75:00`: minutes and seconds go to 59"),
            ("1:2", "`2` in `1:2` has not two digits"),
            ("1:02:03:04", "`1:02:03:04` has too many parts for a time"),
            ("00:00:04;12 x", "`00:00:04;12` has too many parts for a time"),
            ("00:04;12 x", "`00:04;12` has too many parts for a time"),
            ("00:04; x", "00:04 | ; x"),
            ("02'75\"", "`75` in `02'75\"`: minutes and seconds go to 59"),
            ("1000:00:00", "`1000:00:00` is later than any audio lasts"),
            ("99999999999999999999:00", "`99999999999999999999:00` is later than any audio lasts"),
        ] {
            assert_eq!(shown(text), time, "{text}");
        }
    }

    #[test]
    fn seconds_are_taken_to_the_millisecond() {
        assert_eq!(seconds(1.2345).ok(), Some(Duration::from_millis(1235)));
        assert_eq!(seconds(0.0).ok(), Some(Duration::ZERO));
        for bad in [-0.1, f64::NAN, f64::INFINITY, 1e300, 4e6] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_time_is_read_as_it_is_shown(ms in 0..3_596_400_000_u64) {
            let time = Duration::from_millis(ms);
            prop_assert_eq!(whole(&clock(time)).ok(), Some(time));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9:'’\"”.,hms a]{0,12}") {
            if let Ok(Some(code)) = read(&text) {
                prop_assert!(text.is_char_boundary(code.len) && (1..=3).contains(&code.parts));
            }
        }
    }
}
