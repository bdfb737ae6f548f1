//! Dates of a feed as a front matter has them, and the zone that a show's clocks must be in.
//!
//! Feeds write dates in more ways than RFC 2822 has. What can mean one instant alone is read; an
//! abbreviation of a zone that several zones have is no such thing, and neither is `03/09/2019`.

use jiff::civil::{Date as Day, DateTime, Time};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp, ZonedDateTime};

use super::report::Report;
use crate::show::date::offset_text;
use crate::show::settings::FILE;

/// Before it, there were no podcasts: such a date is what software writes that knows none.
const FIRST_YEAR: i16 = 1993;
/// The zones that feeds name by letters, in minutes from UTC (RFC 2822, section 4.3, and those of
/// which there is but one). `IST` is that of three countries, and not among them.
const NAMED: [(&str, i32); 41] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("ut", 0),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("cest", 120),
    ("mez", 60),
    ("mesz", 120),
    ("met", 60),
    ("mest", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("sast", 120),
    ("wat", 60),
    ("cat", 120),
    ("eat", 180),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("nst", -210),
    ("ndt", -150),
    ("jst", 540),
    ("kst", 540),
    ("hkt", 480),
    ("sgt", 480),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
];
/// Months by how their names start in the languages that feeds are written in.
const MONTHS: [(&str, i8); 54] = [
    ("янв", 1),
    ("фев", 2),
    ("мар", 3),
    ("апр", 4),
    ("май", 5),
    ("мая", 5),
    ("июн", 6),
    ("июл", 7),
    ("авг", 8),
    ("сен", 9),
    ("окт", 10),
    ("ноя", 11),
    ("дек", 12),
    ("jan", 1),
    ("ene", 1),
    ("gen", 1),
    ("janv", 1),
    ("feb", 2),
    ("fév", 2),
    ("fev", 2),
    ("mar", 3),
    ("mär", 3),
    ("mrt", 3),
    ("maa", 3),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("may", 5),
    ("mai", 5),
    ("mei", 5),
    ("mag", 5),
    ("maj", 5),
    ("jun", 6),
    ("juin", 6),
    ("giu", 6),
    ("jul", 7),
    ("juil", 7),
    ("lug", 7),
    ("aug", 8),
    ("aoû", 8),
    ("aou", 8),
    ("ago", 8),
    ("sep", 9),
    ("set", 9),
    ("oct", 10),
    ("okt", 10),
    ("out", 10),
    ("ott", 10),
    ("nov", 11),
    ("dec", 12),
    ("déc", 12),
    ("dez", 12),
    ("dic", 12),
    ("des", 12),
];
/// Zones to try, in the order in which podcasts come from them.
const ZONES: [&str; 20] = [
    "UTC",
    "Europe/London",
    "Europe/Paris",
    "Europe/Helsinki",
    "Europe/Moscow",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Dubai",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Australia/Sydney",
    "Australia/Brisbane",
    "Pacific/Auckland",
];
/// The zones of languages that are mostly spoken in one, before the others.
const HOMES: [(&str, &str); 8] = [
    ("de", "Europe/Berlin"),
    ("es", "Europe/Madrid"),
    ("it", "Europe/Rome"),
    ("nl", "Europe/Amsterdam"),
    ("sv", "Europe/Stockholm"),
    ("da", "Europe/Copenhagen"),
    ("pl", "Europe/Warsaw"),
    ("pt-br", "America/Sao_Paulo"),
];

/// A date as a feed has it.
#[derive(Debug, Clone, PartialEq)]
pub enum Date {
    /// With its offset.
    Zoned(ZonedDateTime),
    /// Without one that is known: by the show's own clocks.
    Local(DateTime),
}

impl Date {
    /// As a front matter has it.
    pub fn written(&self) -> String {
        match self {
            Self::Zoned(date) => {
                format!("{} {}", date.strftime("%Y-%m-%d %H:%M:%S"), offset_text(date.offset()))
            }
            Self::Local(date) => date.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        }
    }

    /// The instant, by UTC where no other clocks are known.
    pub fn instant(&self) -> Timestamp {
        match self {
            Self::Zoned(date) => date.timestamp(),
            Self::Local(date) => Offset::UTC.to_timestamp(*date).unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }

    fn year(&self) -> i16 {
        match self {
            Self::Zoned(date) => date.year(),
            Self::Local(date) => date.year(),
        }
    }
}

/// A `pubDate` (RFC 2822, or what feeds have in its place); nothing if it means no one instant.
pub fn read(text: &str) -> Option<Date> {
    const PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let text = text.trim();
    // The parser takes a name that it does not know for UTC.
    let strict = PARSER
        .parse_zoned_datetime(text)
        .ok()
        .filter(|_| text.ends_with(|c: char| c.is_ascii_digit()) || text.ends_with("GMT"))
        .map(Date::Zoned);
    let date = strict.or_else(|| of_iso(text)).or_else(|| of_words(text))?;
    (date.year() >= FIRST_YEAR && crate::show::date::date(&date.written()).is_ok()).then_some(date)
}

fn fixed(date: DateTime, offset: Offset) -> Option<Date> {
    Some(Date::Zoned(date.to_zoned_datetime(TimeZone::fixed(offset)).ok()?))
}

/// RFC 3339, a day alone, or seconds since 1970.
fn of_iso(text: &str) -> Option<Date> {
    if text.len() >= 9 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let at = Timestamp::from_second(text.parse().ok()?).ok()?;
        return Some(Date::Zoned(at.to_zoned_datetime(TimeZone::UTC)));
    }
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.get(4..5) != Some("-") {
        return None;
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        let offset = jiff::fmt::temporal::DateTimeParser::new().parse_pieces(text).ok()?;
        let offset = offset.to_numeric_offset().unwrap_or(Offset::UTC);
        return Some(Date::Zoned(at.to_zoned_datetime(TimeZone::fixed(offset))));
    }
    text.parse::<DateTime>().ok().map(Date::Local)
}

/// Words in about the order of RFC 2822: a day, a month's name, a year, a time, a zone.
fn of_words(text: &str) -> Option<Date> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split([' ', ',', '\t', '\n']).filter(|word| !word.is_empty()).collect();
    let (mut day, mut month, mut year) = (None, None, None);
    let mut time = None;
    let mut zone: Option<Offset> = None;
    let mut named: Option<TimeZone> = None;
    let mut noon = None;
    for (at, word) in words.iter().enumerate() {
        let word = word.trim_end_matches('.');
        let letters = word.starts_with(|c: char| c.is_alphabetic());
        if let Some(date) = whole_day(word) {
            (day, month, year) = (Some(date.day()), Some(date.month()), Some(date.year()));
        } else if word.contains(':') && !word.starts_with(['+', '-']) && !letters {
            time = Some(clock(word)?);
        } else if let Some(offset) = offset(word) {
            zone = Some(offset);
        } else if matches!(word, "am" | "pm" | "a.m" | "p.m") {
            noon = Some(word.starts_with('p'));
        } else if letters {
            let name = NAMED.iter().find(|(name, _)| *name == word).filter(|_| time.is_some());
            if let Some((_, minutes)) = name {
                zone = zone.or(Offset::from_seconds(minutes * 60).ok());
            } else if let Some(number) = self::month(word)
                .filter(|_| at > 0 || words.len() < 4 || !is_weekday_and_month(&words))
            {
                month = Some(number);
            } else if time.is_some() && at + 1 == words.len() {
                // Such as `EST5EDT`; a name that nobody knows leaves the date to the show's clocks.
                named = TimeZone::get(text.split_whitespace().next_back()?).ok();
            }
        } else if let digits = word.trim_end_matches(|c: char| c.is_alphabetic())
            && let Ok(number) = digits.parse::<i16>()
        {
            match (number, digits.len()) {
                (1..=31, 1..=2) if day.is_none() => day = i8::try_from(number).ok(),
                (_, 4) if year.is_none() => year = Some(number),
                (0..=69, 2) if year.is_none() => year = Some(number + 2000),
                (70..=99, 2) if year.is_none() => year = Some(number + 1900),
                (1..=31, _) if day.is_none() => day = i8::try_from(number).ok(),
                _ => return None,
            }
        } else if time.is_none() {
            return None;
        }
    }
    let (mut time, next_day) = time.unwrap_or((Time::midnight(), false));
    match noon {
        Some(true) if time.hour() < 12 => time = time.checked_add(Span::new().hours(12)).ok()?,
        Some(false) if time.hour() == 12 => time = time.checked_sub(Span::new().hours(12)).ok()?,
        _ => {}
    }
    let mut date = Day::new(year?, month?, day?).ok()?;
    if next_day {
        date = date.tomorrow().ok()?;
    }
    let date = date.to_datetime(time);
    match (zone, named) {
        (Some(offset), _) => fixed(date, offset),
        (None, Some(zone)) => {
            // A time that these clocks leave out is later on them.
            let date = date.to_zoned_datetime(zone).ok()?;
            fixed(date.datetime(), date.offset())
        }
        (None, None) => Some(Date::Local(date)),
    }
}

/// Whether a date starts with a day of the week that a month's name starts with, too (`Mar, 3 Sept`).
fn is_weekday_and_month(words: &[&str]) -> bool {
    words[1..].iter().any(|word| month(word.trim_end_matches('.')).is_some())
}

fn month(word: &str) -> Option<i8> {
    // The longer of two starts counts: `juil` is no `jui`.
    let starts = MONTHS.iter().filter(|(start, _)| word.starts_with(start));
    starts.max_by_key(|(start, _)| start.len()).map(|(_, number)| *number)
}

/// A day in one word, its month by number or by name: the year first, or dots behind day and month, or
/// numbers of which one alone can be the month.
fn whole_day(word: &str) -> Option<Day> {
    let parts: Vec<&str> =
        word.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let number = |text: &str| text.parse::<i16>().ok().filter(|_| text.len() <= 4);
    let small = |text: &str| text.parse::<i8>().ok().filter(|_| text.len() <= 2);
    let (year, month, day) = match (a.len(), c.len()) {
        (4, 1 | 2) => (number(a)?, small(b)?, small(c)?),
        (1 | 2, 4) => match (small(a)?, small(b)) {
            (day, None) => (number(c)?, month(b)?, day),
            (day, Some(month)) if word.contains('.') => (number(c)?, month, day),
            (day @ 13.., Some(month)) => (number(c)?, month, day),
            (month, Some(day @ 13..)) => (number(c)?, month, day),
            _ => return None,
        },
        _ => return None,
    };
    Day::new(year, month, day).ok()
}

/// `HH:MM`, `HH:MM:SS`, with a fraction or not; whether it is the end of its day, `24:00`.
fn clock(word: &str) -> Option<(Time, bool)> {
    let half = word.get(word.len().saturating_sub(2)..).unwrap_or_default();
    let word = word.trim_end_matches(|c: char| c.is_alphabetic());
    let whole = word.split('.').next()?;
    let mut parts = whole.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().map_or(Some(0), |second| second)?;
    if parts.next().is_some() {
        return None;
    }
    if (hour, minute, second) == (24, 0, 0) {
        return Some((Time::midnight(), true));
    }
    let hour = match (half, hour) {
        ("am", 12) => 0,
        ("pm", 0..12) => hour + 12,
        _ => hour,
    };
    // A leap second is the last of its minute to everybody else.
    Some((Time::new(hour, minute, second.min(59), 0).ok().filter(|_| second <= 60)?, false))
}

/// `+0200`, `+02:00`, `-5`, `GMT+2`.
fn offset(word: &str) -> Option<Offset> {
    let number = ["gmt", "utc"].iter().find_map(|name| word.strip_prefix(name)).unwrap_or(word);
    let (sign, digits) = match number.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let minutes = if digits.len() > 2 { number / 100 * 60 + number % 100 } else { number * 60 };
    Offset::from_seconds(sign * minutes * 60).ok()
}

/// The zone whose clocks show all of these dates, if one does; and whether their offsets tell it: dates
/// of one offset alone may be of many a zone.
pub fn zone(language: &str, dates: &[Date]) -> Option<(&'static str, bool)> {
    let zoned: Vec<&ZonedDateTime> = dates
        .iter()
        .filter_map(|date| match date {
            Date::Zoned(date) => Some(date),
            Date::Local(_) => None,
        })
        .collect();
    if zoned.is_empty() {
        return None;
    }
    let home = HOMES.iter().filter(|(start, _)| language.to_lowercase().starts_with(start));
    let fits = |name: &&str| {
        let zone = TimeZone::get(name).ok()?;
        zoned.iter().all(|date| zone.to_offset(date.timestamp()) == date.offset()).then_some(())
    };
    // Dates in UTC tell nothing of the zone that they were written in.
    let utc = std::iter::once("UTC");
    let found =
        utc.chain(home.map(|(_, zone)| *zone)).chain(ZONES).find(|name| fits(name).is_some())?;
    let varied = zoned.windows(2).any(|pair| pair[0].offset() != pair[1].offset());
    Some((found, varied))
}

/// The zone for these dates, and what is to be said of it. Offsets that change over the year tell it;
/// one offset alone may be of many a zone, and only the host knows of which.
pub fn settled(language: &str, dates: &[Date], report: &mut Report) -> Option<String> {
    let local = dates.iter().filter(|date| matches!(date, Date::Local(_))).count();
    let how = format!("import with --time-zone, or write `time-zone` in {FILE}");
    let one_offset = match zone(language, dates) {
        Some((zone, true)) => {
            report.fact(format!("Time zone {zone}, by the offsets of the dates over the year"));
            return Some(zone.to_owned());
        }
        Some(("UTC", _)) | None => None,
        Some((_, false)) => dates.iter().find_map(|date| match date {
            Date::Zoned(date) => Some(offset_text(date.offset())),
            Date::Local(_) => None,
        }),
    };
    match (local, one_offset) {
        (0, None) => {}
        (0, Some(offset)) => report.decide(
            format!("the show's time zone: all dates have {offset}, which many zones have"),
            how,
        ),
        (1, _) => report.decide("the show's time zone: 1 date has none that is known", how),
        _ => report
            .decide(format!("the show's time zone: {local} dates have none that is known"), how),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<String> {
        Some(read(text)?.written())
    }

    #[test]
    fn dates_keep_their_offset() {
        assert_eq!(
            said("Fri, 27 May 2022 07:00:00 +0200").as_deref(),
            Some("2022-05-27 07:00:00 +0200")
        );
        // A wrong day of the week changes nothing; old names of zones are known.
        assert_eq!(
            said("Mon, 27 May 2022 07:00:00 GMT").as_deref(),
            Some("2022-05-27 07:00:00 +0000")
        );
        assert_eq!(said("27 May 2022 07:00 EST").as_deref(), Some("2022-05-27 07:00:00 -0500"));
        assert_eq!(said("2022-05-27T07:00:00+02:00").as_deref(), Some("2022-05-27 07:00:00 +0200"));
        assert_eq!(said("2022-05-27T07:00:00Z").as_deref(), Some("2022-05-27 07:00:00 +0000"));
        assert_eq!((said("yesterday"), said("")), (None, None));
    }

    #[test]
    fn dates_are_read_as_feeds_write_them() {
        let same = "2019-09-03 10:00:00";
        for (text, offset) in [
            ("Tues, 3 Sept 2019 10:00:00 +0000", " +0000"),
            ("Tuesday, 03 September 2019 10:00:00 GMT", " +0000"),
            ("Tue, 03 Sep 2019 10:00:00", ""),
            ("Tue, 03 Sep 2019 10:00:00 PST", " -0800"),
            ("Tue, 03 Sep 2019 10:00:00 CET", " +0100"),
            ("Tue, 03 Sep 2019 10:00:00 CEST", " +0200"),
            ("Tue, 03 Sep 2019 10:00:00 BST", " +0100"),
            ("Tue, 03 Sep 2019 10:00:00 IST", ""),
            ("2019-09-03 10:00:00", ""),
            ("2019-09-03T10:00:00", ""),
            ("2019-09-03T10:00:00.000Z", " +0000"),
            ("Tue, 03 Sep 2019 10:00 GMT", " +0000"),
            ("Tue, 03 Sep 19 10:00:00 GMT", " +0000"),
            ("Mar, 03 sept. 2019 10:00:00 +0200", " +0200"),
            ("Di, 03 Sep 2019 10:00:00 +0200", " +0200"),
            ("Tue, 03 Sep 2019 10:00:00 +02:00", " +0200"),
            ("Tue, 03 Sep 2019 10:00:00 GMT+2", " +0200"),
            ("Tue, 03 Sep 2019 10:00:00 -0000", " +0000"),
            ("Tue,03 Sep 2019 10:00:00 GMT", " +0000"),
            ("1567504800", " +0000"),
            ("Tue Sep  3 10:00:00 2019", ""),
            ("Tue, 03 Sep 2019 10:00:00 EST5EDT", " -0400"),
            ("Tue, 03 Sep 2019 10:00:00 EDT", " -0400"),
            ("Tue, 03 Sep 2019 10:00:00 AM GMT", " +0000"),
            ("tue, 03 sep 2019 10:00:00 gmt", " +0000"),
        ] {
            assert_eq!(said(text), Some(format!("{same}{offset}")), "{text}");
        }
        let of = |text: &str| said(text).unwrap_or_default();
        assert_eq!(of("2019-09-03"), "2019-09-03 00:00:00");
        assert_eq!(of("Tue, 03 Sep 2019 24:00:00 GMT"), "2019-09-04 00:00:00 +0000");
        assert_eq!(of("Tue, 03 Sep 2019 10:00:60 GMT"), "2019-09-03 10:00:59 +0000");
        assert_eq!(of("Sun, 31 Mar 2024 02:30:00 Europe/Paris"), "2024-03-31 03:30:00 +0200");
        assert_eq!(of("Tue, 3 Sep 2019 9:00:00 NZDT"), "2019-09-03 09:00:00 +1300");
        assert_eq!(of("Tue, 3 Sep 2019 9:00:00 GMT"), "2019-09-03 09:00:00 +0000");
        assert_eq!(of("Jul 14, 2022 6:05 PM EDT"), "2022-07-14 18:05:00 -0400");
        assert_eq!(of("14 juillet 2022 06:05:00 +0200"), "2022-07-14 06:05:00 +0200");
        assert_eq!(of("Thu, 14-Jul-2022 06:05:00 GMT"), "2022-07-14 06:05:00 +0000");
        assert_eq!(of("Чт, 14 июл 2022 06:05:00 +0300"), "2022-07-14 06:05:00 +0300");
        for day in
            ["2022/07/14", "2022.7.14", "14.07.2022", "14/07/2022", "07/14/2022", "2022年7月14日"]
        {
            assert_eq!(of(day), "2022-07-14 00:00:00", "{day}");
        }
        for none in [
            "Tue, 31 Sep 2019 10:00:00 GMT",
            "03/09/2019",
            "Thu, 01 Jan 1970 00:00:00 +0000",
            "Mon, 01 Jan 0001 00:00:00 +0000",
            "Tue, 03 Sep 2019 25:00:00 GMT",
        ] {
            assert_eq!(said(none), None, "{none}");
        }
    }

    #[test]
    fn half_past_midnight_is_no_noon() {
        for (text, hour) in [
            ("12:30am", "00"),
            ("12:30 AM", "00"),
            ("12:30pm", "12"),
            ("1:30pm", "13"),
            ("11:30am", "11"),
        ] {
            let expected = format!("2020-01-05 {hour}:30:00");
            assert_eq!(said(&format!("Jan 5, 2020 {text}")), Some(expected), "{text}");
        }
        // An hour alone is no year.
        for text in ["March 5, 2016 10am", "Jan 5, 2020 12 pm", "Sat, 05 Mar 2016 10PM EST"] {
            assert_eq!(said(text), None, "{text}");
        }
    }

    #[test]
    fn the_zone_is_one_that_all_dates_fit() {
        let zone = |language: &str, dates: &[&str]| {
            super::zone(language, &dates.iter().filter_map(|date| read(date)).collect::<Vec<_>>())
        };
        let (summer, winter) = ("27 May 2022 07:00:00 +0200", "27 Jan 2022 07:00:00 +0100");
        assert_eq!(zone("fr", &[summer, winter]), Some(("Europe/Paris", true)));
        assert_eq!(zone("de-at", &[summer, winter]), Some(("Europe/Berlin", true)));
        assert_eq!(
            zone("de", &["27 May 2022 07:00:00 GMT", "27 Jan 2022 07:00:00 +0000"]),
            Some(("UTC", false))
        );
        let summer_alone = zone("en", &["27 May 2022 07:00:00 -0400"]);
        assert_eq!(summer_alone, Some(("America/New_York", false)));
        assert_eq!(zone("en", &[summer, "27 Jan 2022 07:00:00 -0800"]), None);
        assert_eq!(zone("en", &["2022-05-27 07:00:00"]), None);
    }
}
