//! Playing times in the words of hosts and of feeds: what can mean one time alone is read as it.

use super::trouble::{Trouble, is_quote, stray};

/// Hours, minutes, seconds as hosts write them.
const UNITS: [(u64, &[&str]); 3] = [
    (
        3600,
        &[
            "h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heure", "heures",
            "hora", "horas",
        ],
    ),
    (
        60,
        &["m", "mn", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos", "′", "'"],
    ),
    (
        1,
        &[
            "s", "sec", "secs", "second", "seconds", "sek", "sekunden", "seconde", "secondes",
            "segundos", "″", "\"",
        ],
    ),
];

/// A `duration`: `HH:MM:SS`, `MM:SS` or seconds. Gives whole seconds.
///
/// # Errors
/// [`Trouble`] if the text is no such time.
pub fn duration(text: &str) -> Result<u64, Trouble> {
    let bare = text.trim_matches(|c: char| is_quote(c) || c.is_whitespace());
    read_duration(text).map_err(|mut trouble| {
        // A fraction of a second is less than what is shown; but `58.48` may be minutes.
        let is_fine = |whole: &str| {
            whole.contains(':') || whole.parse().is_ok_and(|seconds: u64| seconds >= 600)
        };
        let whole = bare
            .split_once('.')
            .filter(|(whole, part)| part.bytes().all(|b| b.is_ascii_digit()) && is_fine(whole));
        let bare = whole.map_or(bare, |(whole, _)| whole);
        trouble.meant = match read_duration(bare) {
            Ok(_) if bare != text => Some(bare.to_owned()),
            _ if text.contains(|c: char| c.is_alphabetic() || matches!(c, '′' | '″')) => {
                any_duration(text).map(hh_mm_ss)
            }
            _ => None,
        };
        trouble
    })
}

fn read_duration(text: &str) -> Result<u64, Trouble> {
    if let Some(trouble) = stray(text, ":", "a time") {
        return Err(trouble);
    }
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 || parts.iter().any(|part| part.is_empty() || part.len() > 6) {
        return Err(Trouble::whole(text, "this is not a time"));
    }
    let mut seconds = 0_u64;
    for (place, part) in parts.iter().enumerate() {
        let number: u64 = part.parse().map_err(|_| Trouble::whole(text, "this is not a time"))?;
        if place > 0 && (number > 59 || part.len() != 2) {
            let at = part.as_ptr() as usize - text.as_ptr() as usize;
            let reason = format!("minutes and seconds have two digits and go to 59, not `{part}`");
            return Err(Trouble { culprit: at..at + part.len(), reason, meant: None });
        }
        seconds = seconds * 60 + number;
    }
    Ok(seconds)
}

/// An episode's `duration`, which is more than no time.
///
/// # Errors
/// [`Trouble`] if the text is no such time.
pub fn playing_time(text: &str) -> Result<u64, Trouble> {
    let read = duration(text).map_err(|mut trouble| {
        // No time is not what was meant.
        trouble.meant = trouble.meant.filter(|meant| read_duration(meant) != Ok(0));
        trouble
    });
    match read? {
        0 => Err(Trouble::whole(text, "an episode plays longer than that")),
        seconds => Ok(seconds),
    }
}

/// Whole seconds as `HH:MM:SS`.
pub fn hh_mm_ss(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Whole seconds: `58m48s`, `1h 02`, `58 min`, `PT58M48S` (ISO 8601), `1:2:3`, `0:62:03`, `58:48.5`, and
/// all that a front matter may have. Nothing where it could be another time, such as `3,723` or `1:02 h`.
pub fn any_duration(text: &str) -> Option<u64> {
    let bare =
        text.trim_matches(|c: char| c.is_whitespace() || (is_quote(c) && c != '″' && c != '′'));
    if bare.len() > 60 {
        return None;
    }
    in_colons(bare).or_else(|| in_units(&bare.to_lowercase()))
}

/// Parts with colons between them, or seconds alone.
fn in_colons(text: &str) -> Option<u64> {
    let (clock, unit) = match text.split_once(' ') {
        Some((clock, unit)) => (clock, unit.trim()),
        None => (text, ""),
    };
    let parts = clock.matches(':').count() + 1;
    let fits = match unit.to_lowercase().trim_end_matches('.') {
        "" => true,
        "min" | "mins" | "minutes" | "minuten" => parts == 2,
        "h" | "std" | "hours" | "heures" => parts == 3,
        _ => false,
    };
    // A fraction of a second is less than what is shown.
    let marks: &[char] = if parts > 1 { &['.', ','] } else { &['.'] };
    let (whole, fraction) = clock.split_once(marks).unwrap_or((clock, ""));
    if !fits || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Ok(seconds) = read_duration(whole) {
        return Some(seconds);
    }
    let all: Option<Vec<u64>> = whole
        .split(':')
        .map(|part| part.parse().ok().filter(|_| part.len() < 7 && !part.starts_with('+')))
        .collect();
    let all = all?;
    let zeros = all.iter().take_while(|part| **part == 0).count();
    // What comes first may be any number.
    let rest = &all[zeros.min(all.len() - 1)..];
    let fits = rest.len() <= 3 && rest.iter().skip(1).all(|part| *part < 60);
    fits.then(|| rest.iter().fold(0, |seconds, part| seconds * 60 + part))
}

/// Numbers with units, the largest first; the unit of the last may go without saying (`1h02`).
fn in_units(text: &str) -> Option<u64> {
    let mut rest = text.strip_prefix("pt").unwrap_or(text);
    let (mut seconds, mut last) = (0_u64, u64::MAX);
    let mut units = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().ok().filter(|_| digits < 7)?;
        rest = rest[digits..].trim_start();
        let length =
            rest.find(|c: char| c.is_ascii_digit() || c.is_whitespace()).unwrap_or(rest.len());
        let word = rest[..length].trim_end_matches(['.', ',']);
        rest = rest[length..].trim_start();
        rest = ["and ", "und ", "et "].iter().find_map(|it| rest.strip_prefix(it)).unwrap_or(rest);
        let unit = match word {
            "" if rest.is_empty() && last == 3600 => 60,
            "" if rest.is_empty() && last == 60 => 1,
            word => UNITS.iter().find(|(_, words)| words.contains(&word))?.0,
        };
        // A smaller unit never fills a larger one.
        if unit >= last || (last != u64::MAX && number * unit >= last) {
            return None;
        }
        seconds += number.checked_mul(unit)?;
        last = unit;
        units += 1;
    }
    (units > 0).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::trouble::said;

    #[test]
    fn durations() {
        assert_eq!(duration("00:58:48"), Ok(3528));
        assert_eq!(duration("58:48"), Ok(3528));
        assert_eq!(duration("3528"), Ok(3528));
        let typographic = "“00:33:05\"";
        assert_eq!(
            said(duration(typographic), typographic),
            r#"[“] a typographic quote `“` (U+201C) is not part of a time -> Some("00:33:05")"#
        );
        assert_eq!(
            said(duration("00:61:00"), "00:61:00"),
            "[61] minutes and seconds have two digits and go to 59, not `61` -> None"
        );
        assert_eq!(
            said(duration("58 min"), "58 min"),
            r#"[min] the word `min` is not part of a time -> Some("00:58:00")"#
        );
        for bad in ["", ":", "1:2:3:4", "1:2", "9999999"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert_eq!((duration("00:00:00"), playing_time("00:00:01")), (Ok(0), Ok(1)));
        assert!(playing_time("00:00:00").is_err());
        assert_eq!(playing_time("“00:00:00”").unwrap_err().meant, None);
        assert_eq!(duration("00:58:48.25").unwrap_err().meant.as_deref(), Some("00:58:48"));
        let meant = |text: &str| duration(text).unwrap_err().meant;
        assert_eq!(meant("3528.4").as_deref(), Some("3528"));
        assert_eq!((meant("58.48"), meant("“58.48”"), meant("599.9")), (None, None, None));
    }

    #[test]
    fn times_in_other_words() {
        for text in [
            "58m48s",
            "58 min 48 s",
            "58min 48sec.",
            "PT58M48S",
            "58:48 min",
            "58m48",
            "“58:48”",
            "0:58:48",
            "00:00:58:48",
            "3528",
            "3528.9",
            "58:48,25",
            "58 minutes and 48 seconds",
            "58′48″",
            "00:3528",
            "0:58:48 h",
        ] {
            assert_eq!(any_duration(text), Some(3528), "{text}");
        }
        assert_eq!(any_duration("1h 02m"), Some(3720));
        assert_eq!(any_duration("1h02"), Some(3720));
        assert_eq!(any_duration("2 Std. 5 Min."), Some(7500));
        assert_eq!((any_duration("1:2:3"), any_duration("0:62:03")), (Some(3723), Some(3723)));
        assert_eq!((any_duration("100:00"), any_duration("58 min")), (Some(6000), Some(3480)));
    }

    #[test]
    fn what_may_be_another_time_is_none() {
        for text in [
            "",
            "abc",
            "-5",
            "3,723",
            "1:02 h",
            "01:02:03:04",
            "NaN",
            "5 48",
            "1m2h",
            "1m75s",
            "58 x",
            "1:75:00",
            "pt",
            "1e3",
            "+1:+2",
            "5.5 h",
            "12 345",
        ] {
            assert_eq!(any_duration(text), None, "{text}");
        }
    }
}
