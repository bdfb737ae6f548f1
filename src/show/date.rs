//! A publication date: what the host's words for it mean, and the instant.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};

use super::source::Span;
use super::trouble::{Trouble, name_of};

/// A publication date as the host wrote it: local time, and an offset if one was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenDate {
    /// Date and time of day.
    pub civil: DateTime,
    /// The offset from UTC, if it was written.
    pub offset: Option<Offset>,
}

impl WrittenDate {
    /// The instant meant, in the show's time zone where no offset was written.
    pub fn at(&self, zone: &TimeZone) -> ZonedDateTime {
        let timestamp = match self.offset {
            Some(offset) => offset.to_timestamp(self.civil),
            None => zone.to_ambiguous_timestamp(self.civil).compatible(),
        };
        let timestamp = timestamp.unwrap_or(Timestamp::MAX);
        timestamp.to_zoned_datetime(self.offset.map_or_else(|| zone.clone(), TimeZone::fixed))
    }

    /// The offset that clocks in `zone` show at this local time, where it is not the one written.
    pub fn better_offset(&self, zone: &TimeZone) -> Option<Offset> {
        let written = self.offset?;
        let ambiguous = zone.to_ambiguous_timestamp(self.civil).offset();
        let right = match ambiguous {
            jiff::tz::AmbiguousOffset::Unambiguous { offset } => offset,
            jiff::tz::AmbiguousOffset::Gap { after, before }
            | jiff::tz::AmbiguousOffset::Fold { before, after } => {
                if written == before || written == after {
                    return None;
                }
                after
            }
        };
        (right != written).then_some(right)
    }
}

/// An offset as a date in a front matter has it: `+0200`.
pub fn offset_text(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    format!("{sign}{:02}{:02}", seconds.abs() / 3600, seconds.abs() / 60 % 60)
}

/// Whether a text starts as a date does, with a year.
pub fn starts_as_one(text: &str) -> bool {
    text.len() > 4 && text.bytes().take(4).all(|b| b.is_ascii_digit()) && text[4..].starts_with('-')
}

/// A `date`: `YYYY-MM-DD HH:MM:SS +HHMM`; seconds, offset and time may be left out, and what YAML's
/// timestamps may have is read too (yaml.org/type/timestamp.html).
///
/// # Errors
/// [`Trouble`] names the part that is wrong.
pub fn date(text: &str) -> Result<WrittenDate, Trouble> {
    read(text).map_err(|mut trouble| {
        // As a mail or a feed has it: `Fri, 27 May 2022 07:00:00 +0200`.
        if let Ok(date) = jiff::fmt::rfc2822::parse(text.trim()) {
            if let Some(zone) = unknown_zone(text) {
                let name = &text[zone.clone()];
                let reason =
                    format!("the zone `{name}` is not known here: write its offset, as in `+0200`");
                return Trouble { culprit: zone, reason, meant: None };
            }
            let offset = offset_text(date.offset());
            trouble.meant = Some(format!("{} {offset}", date.strftime("%Y-%m-%d %H:%M:%S")));
        } else if trouble.meant.is_none() {
            trouble.meant = with_hyphens(text.trim());
        }
        trouble
    })
}

/// The zone that ends a mail's date by a name that RFC 2822 does not say the offset of: its readers take
/// it for UTC (section 4.3).
fn unknown_zone(text: &str) -> Option<Span> {
    const KNOWN: [&str; 12] =
        ["Z", "UT", "UTC", "GMT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"];
    // A comment may follow.
    let zoned = text.split('(').next().unwrap_or_default().trim_end();
    let start = zoned.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    let name = &zoned[start..];
    let is_known = name.is_empty() || KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name));
    (!is_known).then_some(start..zoned.len())
}

/// A date with its year first, whatever stands between its parts: no other order starts with a year.
fn with_hyphens(text: &str) -> Option<String> {
    let end = text.find([' ', 'T', 't']).unwrap_or(text.len());
    let (day, time) = text.split_at(end);
    let mark = day.chars().find(|c| !c.is_ascii_digit()).filter(|c| "/.-_".contains(*c))?;
    let parts: Vec<&str> = day.split(mark).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let is_date = year.len() == 4 && [month, day].iter().all(|it| (1..=2).contains(&it.len()));
    let meant = format!("{year}-{month:0>2}-{day:0>2}{time}");
    (is_date && read(&meant).is_ok()).then_some(meant)
}

fn read(text: &str) -> Result<WrittenDate, Trouble> {
    let mut cursor = Cursor { text, at: 0 };
    let year = cursor.digits(4, "the year", 0..=9999)?;
    cursor.punctuation("-", "the year")?;
    let month = cursor.digits(2, "the month", 1..=12)?;
    cursor.punctuation("-", "the month")?;
    let day = cursor.digits(2, "the day", 1..=31)?;
    let (mut hour, mut minute, mut second) = (0, 0, 0);
    let mut offset = None;
    if !cursor.done() {
        if !cursor.take("T") && !cursor.take("t") {
            cursor.spaces("the day")?;
        }
        hour = cursor.digits(2, "the hour", 0..=23)?;
        cursor.punctuation(":", "the hour")?;
        minute = cursor.digits(2, "the minutes", 0..=59)?;
        if cursor.take(":") {
            second = cursor.digits(2, "the seconds", 0..=59)?;
            cursor.fraction();
        }
        while cursor.take(" ") {}
        if !cursor.done() {
            offset = Some(cursor.offset()?);
        }
    }
    let civil = DateTime::new(
        year,
        narrow(month),
        narrow(day),
        narrow(hour),
        narrow(minute),
        narrow(second),
        0,
    )
    .map_err(|_| Trouble {
        culprit: 0..10,
        reason: format!("there is no day {day} in month {month} of {year}"),
        meant: None,
    })?;
    Ok(WrittenDate { civil, offset })
}

/// Numbers of at most two digits, checked by their reader.
fn narrow(number: i16) -> i8 {
    i8::try_from(number).unwrap_or(i8::MAX)
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn done(&self) -> bool {
        self.at == self.text.len()
    }

    fn take(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        self.at += if found { what.len() } else { 0 };
        found
    }

    fn trouble(&self, reason: impl Into<String>) -> Trouble {
        let len = self.rest().chars().next().map_or(0, char::len_utf8);
        Trouble { culprit: self.at..self.at + len, reason: reason.into(), meant: None }
    }

    /// Names the character that stands where `wanted` belongs.
    fn unexpected(&self, wanted: &str) -> Trouble {
        match self.rest().chars().next() {
            Some(c) => self.trouble(format!("{} stands where {wanted} belongs", name_of(c))),
            None => self.trouble(format!("the date ends where {wanted} belongs")),
        }
    }

    fn digits(
        &mut self,
        count: usize,
        part: &str,
        range: std::ops::RangeInclusive<i16>,
    ) -> Result<i16, Trouble> {
        let len = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 {
            return Err(self.unexpected(part));
        }
        let (digits, culprit) = (self.rest()[..len].to_owned(), self.at..self.at + len);
        if len != count {
            let reason = format!("{part} has {count} digits, not `{digits}`");
            let padded = format!(
                "{}{digits:0>count$}{}",
                &self.text[..self.at],
                &self.text[self.at + len..]
            );
            // Another part may lack a digit too: what that one means is what all mean.
            let meant = (len < count && count == 2)
                .then(|| match date(&padded) {
                    Ok(_) => Some(padded),
                    Err(trouble) => trouble.meant,
                })
                .flatten();
            return Err(Trouble { culprit, reason, meant });
        }
        let number = digits.parse().unwrap_or(-1);
        if !range.contains(&number) {
            let reason =
                format!("{part} goes from {} to {}, not `{digits}`", range.start(), range.end());
            return Err(Trouble { culprit, reason, meant: None });
        }
        self.at += len;
        Ok(number)
    }

    fn punctuation(&mut self, wanted: &str, behind: &str) -> Result<(), Trouble> {
        if self.take(wanted) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("the `{wanted}` behind {behind}")))
        }
    }

    /// Passes over a fraction of a second, which no date of a feed has.
    fn fraction(&mut self) {
        let digits = self.rest().strip_prefix('.').unwrap_or_default();
        let len = digits.bytes().take_while(u8::is_ascii_digit).count();
        self.at += if len > 0 { 1 + len } else { 0 };
    }

    fn spaces(&mut self, behind: &str) -> Result<(), Trouble> {
        if !self.take(" ") {
            return Err(self.unexpected(&format!("the space behind {behind}")));
        }
        while self.take(" ") {}
        Ok(())
    }

    fn offset(&mut self) -> Result<Offset, Trouble> {
        if self.take("Z") || self.take("z") || self.take("UTC") || self.take("GMT") {
            return if self.done() { Ok(Offset::UTC) } else { Err(self.unexpected("the end")) };
        }
        let sign: i32 = if self.take("+") {
            1
        } else if self.take("-") {
            -1
        } else {
            return Err(self.unexpected("the offset (`+0200`, or `Z`)"));
        };
        let digits = |text: &str| {
            let plain = matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| text.parse::<i32>().ok()).flatten()
        };
        let rest = self.rest();
        let parts = match rest.split_once(':') {
            Some((hours, minutes)) if minutes.len() == 2 => Some((hours, minutes)),
            Some(_) => None,
            None if rest.len() == 4 => rest.split_at_checked(2),
            None => Some((rest, "00")),
        };
        let parts = parts
            .and_then(|(hours, minutes)| Some((digits(hours)?, digits(minutes)?)))
            .filter(|(hours, minutes)| *hours <= 14 && *minutes <= 59);
        let Some((hours, minutes)) = parts else {
            let culprit = self.at - 1..self.text.len();
            return Err(Trouble {
                culprit,
                reason: "an offset is a sign and four digits, as in `+0200`".into(),
                meant: None,
            });
        };
        self.at = self.text.len();
        Offset::from_seconds(sign * (hours * 3600 + minutes * 60))
            .map_err(|_| self.trouble("no zone is that far from UTC"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::trouble::said;

    #[test]
    fn dates() {
        let summer = date("2022-05-27 07:00:00 +0200").unwrap();
        let paris = TimeZone::get("Europe/Paris").unwrap();
        assert_eq!(summer.better_offset(&paris), None);
        assert_eq!(
            summer.at(&paris).timestamp(),
            date("2022-05-27T05:00Z").unwrap().at(&paris).timestamp()
        );
        assert_eq!(
            summer.at(&paris).timestamp(),
            date("2022-05-27 07:00").unwrap().at(&paris).timestamp()
        );
        let winter = date("2022-05-27 07:00:00 +0100").unwrap();
        assert_eq!(winter.better_offset(&paris).map(offset_text).as_deref(), Some("+0200"));
        let odd = "2020-12-17 &8:30:00";
        assert_eq!(said(date(odd), odd), "[&] `&` stands where the hour belongs -> None");
        assert_eq!(
            said(date("2021-02-5"), "2021-02-5"),
            r#"[5] the day has 2 digits, not `5` -> Some("2021-02-05")"#
        );
        assert_eq!(
            said(date("2021-02-30"), "2021-02-30"),
            "[2021-02-30] there is no day 30 in month 2 of 2021 -> None"
        );
        assert_eq!(
            said(date("2021-13-01"), "2021-13-01"),
            "[13] the month goes from 1 to 12, not `13` -> None"
        );
        assert_eq!(
            said(date("2021-02-01 07:00 +200"), "2021-02-01 07:00 +200"),
            "[+200] an offset is a sign and four digits, as in `+0200` -> None"
        );
        assert_eq!(
            said(date("2021-02-01 07"), "2021-02-01 07"),
            "[] the date ends where the `:` behind the hour belongs -> None"
        );
        assert!(date("9999-11-05 07:00:00 +0200").is_ok());
        let meant = |text: &str| date(text).unwrap_err().meant;
        assert_eq!(meant("2022/5/27 07:00").as_deref(), Some("2022-05-27 07:00"));
        assert_eq!(meant("2022.05.27").as_deref(), Some("2022-05-27"));
        // Day or month first: nobody knows.
        assert_eq!(
            (meant("05/06/2022"), meant("2022/13/01"), meant("22/05/06")),
            (None, None, None)
        );
    }

    #[test]
    fn forms_of_other_writers() {
        let instant = |text: &str| date(text).unwrap().at(&TimeZone::UTC).timestamp();
        let same = instant("2001-12-15 02:59:43 +0000");
        // The examples of yaml.org/type/timestamp.html.
        for text in [
            "2001-12-15T02:59:43.1Z",
            "2001-12-14t21:59:43.10-05:00",
            "2001-12-14 21:59:43.10 -5",
            "2001-12-15 2:59:43.10",
        ] {
            match date(text) {
                Ok(_) => assert_eq!(instant(text), same, "{text}"),
                Err(trouble) => {
                    assert_eq!(trouble.meant.as_deref(), Some("2001-12-15 02:59:43.10"), "{text}")
                }
            }
        }
        let mail = "Fri, 27 May 2022 07:00:00 +0200";
        assert_eq!(date(mail).unwrap_err().meant.as_deref(), Some("2022-05-27 07:00:00 +0200"));
        let meant = |zone: &str| {
            let text = format!("Fri, 06 Mar 2026 07:00:00 {zone}");
            date(&text).unwrap_err().meant
        };
        for (zone, offset) in [
            ("GMT", "+0000"),
            ("UT", "+0000"),
            ("Z", "+0000"),
            ("EST", "-0500"),
            ("PDT", "-0700"),
            ("-0330", "-0330"),
            ("+0100 (CET)", "+0100"),
        ] {
            assert_eq!(meant(zone), Some(format!("2026-03-06 07:00:00 {offset}")), "{zone}");
        }
        // A mail's reader takes these for UTC, which they are not.
        for zone in ["CET", "CEST", "BST", "JST", "NZDT", "A", "cet (Paris)"] {
            assert_eq!(meant(zone), None, "{zone}");
        }
        let zoned = "Fri, 06 Mar 2026 07:00:00 CET";
        assert_eq!(
            said(date(zoned), zoned),
            "[CET] the zone `CET` is not known here: write its offset, as in `+0200` -> None"
        );
        assert!(starts_as_one("2022-05-27") && !starts_as_one("false") && !starts_as_one("é22é-"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,30}") {
            if let Err(trouble) = date(&text) { proptest::prop_assert!(text.get(trouble.culprit).is_some()); }
        }
    }
}
