//! Dates of a feed as a front matter has them, and the zone that a show's clocks must be in.

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use crate::show::date::{self, offset_text};

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

/// A `pubDate` (RFC 2822; some feeds have RFC 3339), with its offset.
pub fn read(text: &str) -> Option<ZonedDateTime> {
    const PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let text = text.trim();
    PARSER.parse_zoned_datetime(text).ok().or_else(|| {
        let at: Timestamp = text.parse().ok()?;
        let offset = jiff::fmt::temporal::DateTimeParser::new().parse_pieces(text).ok()?;
        let offset = offset.to_numeric_offset().unwrap_or(jiff::tz::Offset::UTC);
        Some(at.to_zoned_datetime(TimeZone::fixed(offset)))
    })
}

/// A date as a front matter has it, or nothing if it cannot stand there.
pub fn written(date: &ZonedDateTime) -> Option<String> {
    let text = format!("{} {}", date.strftime("%Y-%m-%d %H:%M:%S"), offset_text(date.offset()));
    date::date(&text).is_ok().then_some(text)
}

/// The zone whose clocks show all of these dates, if one does.
pub fn zone(language: &str, dates: &[ZonedDateTime]) -> Option<&'static str> {
    let home = HOMES.iter().filter(|(start, _)| language.to_lowercase().starts_with(start));
    let fits = |name: &&str| {
        let zone = TimeZone::get(name).ok()?;
        dates.iter().all(|date| zone.to_offset(date.timestamp()) == date.offset()).then_some(())
    };
    // Dates in UTC tell nothing of the zone that they were written in.
    let utc = std::iter::once("UTC");
    utc.chain(home.map(|(_, zone)| *zone)).chain(ZONES).find(|name| fits(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<String> {
        written(&read(text)?)
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
    fn the_zone_is_one_that_all_dates_fit() {
        let zone = |language: &str, dates: &[&str]| {
            super::zone(language, &dates.iter().filter_map(|date| read(date)).collect::<Vec<_>>())
        };
        let (summer, winter) = ("27 May 2022 07:00:00 +0200", "27 Jan 2022 07:00:00 +0100");
        assert_eq!(zone("fr", &[summer, winter]), Some("Europe/Paris"));
        assert_eq!(zone("de-at", &[summer, winter]), Some("Europe/Berlin"));
        assert_eq!(
            zone("de", &["27 May 2022 07:00:00 GMT", "27 Jan 2022 07:00:00 +0000"]),
            Some("UTC")
        );
        assert_eq!(zone("en", &["27 May 2022 07:00:00 -0400"]), Some("America/New_York"));
        assert_eq!(zone("en", &[summer, "27 Jan 2022 07:00:00 -0800"]), None);
    }
}
