//! What the host's words for a size, a time, a date, a file or an id mean, and which character is in
//! the way when they mean nothing.

use std::ops::Range;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};

/// A value that could not be read: which characters of the text are in the way, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The characters in the way, as bytes of the text.
    pub culprit: Range<usize>,
    /// What is wrong with them.
    pub reason: String,
    /// What was surely meant.
    pub meant: Option<String>,
}

impl Trouble {
    fn whole(text: &str, reason: impl Into<String>) -> Self {
        Self { culprit: 0..text.len(), reason: reason.into(), meant: None }
    }
}

/// Names the first character that a value of digits and `allowed` cannot hold.
fn stray(text: &str, allowed: &str, kind: &str) -> Option<Trouble> {
    let (at, c) =
        text.char_indices().find(|&(_, c)| !c.is_ascii_digit() && !allowed.contains(c))?;
    // In `50603073 bytes` the word is what is wrong, not the space before it.
    let word = text[at..].trim_start_matches(' ');
    let at = if word.starts_with(char::is_alphabetic) { text.len() - word.len() } else { at };
    let letters = text[at..].find(|c: char| !c.is_alphabetic()).map_or(text.len(), |len| at + len);
    if letters > at {
        let word = &text[at..letters];
        let reason = format!("the word `{word}` is not part of {kind}");
        return Some(Trouble { culprit: at..letters, reason, meant: None });
    }
    let reason = format!("{} is not part of {kind}", name_of(c));
    Some(Trouble { culprit: at..at + c.len_utf8(), reason, meant: None })
}

/// A character as a person can tell it from its look-alikes.
pub fn name_of(c: char) -> String {
    let name = match c {
        ' ' => return "a space".to_owned(),
        '\t' => return "a tab".to_owned(),
        '\u{a0}' => "a no-break space",
        '\u{202f}' => "a narrow no-break space",
        '\u{2009}' => "a thin space",
        '\u{200b}' | '\u{feff}' => "an invisible space",
        '“' | '”' | '„' | '‘' | '’' | '«' | '»' => "a typographic quote",
        '\'' | '"' | '&' | '.' | ',' | ':' | '_' | '-' | '/' | '\\' => return format!("`{c}`"),
        _ if c.is_whitespace() => "an unusual space",
        _ if c.is_control() => "a control character",
        _ => "",
    };
    let code = format!("U+{:04X}", u32::from(c));
    match name {
        "" => format!("`{c}` ({code})"),
        _ if c.is_whitespace() || c.is_control() || c == '\u{200b}' => format!("{name} ({code})"),
        _ => format!("{name} `{c}` ({code})"),
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '”' | '„' | '‘' | '’' | '«' | '»' | '″' | '′')
}

/// A `duration`: `HH:MM:SS`, `MM:SS` or seconds. Gives whole seconds.
///
/// # Errors
/// [`Trouble`] if the text is no such time.
pub fn duration(text: &str) -> Result<u64, Trouble> {
    let bare = text.trim_matches(|c: char| is_quote(c) || c.is_whitespace());
    read_duration(text).map_err(|mut trouble| {
        if bare != text && read_duration(bare).is_ok() {
            trouble.meant = Some(bare.to_owned());
        }
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

/// Whole seconds as `HH:MM:SS`.
pub fn hh_mm_ss(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A `size` in bytes: digits, more than zero.
///
/// # Errors
/// [`Trouble`] if the text is no such number.
pub fn size(text: &str) -> Result<u64, Trouble> {
    if let Some(mut trouble) = stray(text, "", "a number of bytes") {
        trouble.meant = meant_size(text);
        return Err(trouble);
    }
    match text.parse::<u64>() {
        Ok(0) => Err(Trouble::whole(text, "an MP3 is more than 0 bytes long")),
        Ok(bytes) if bytes <= i64::MAX.unsigned_abs() => Ok(bytes),
        _ => Err(Trouble::whole(text, "no file is that large")),
    }
}

/// Digits behind which only a unit stands, or digits in groups of three.
fn meant_size(text: &str) -> Option<String> {
    let bare = text.trim_matches(|c: char| is_quote(c) || c.is_whitespace());
    let digits_end = bare.find(|c: char| c.is_alphabetic()).unwrap_or(bare.len());
    let (number, unit) = bare.split_at(digits_end);
    if !matches!(
        unit.to_ascii_lowercase().as_str(),
        "" | "b" | "byte" | "bytes" | "octet" | "octets" | "o"
    ) {
        return None;
    }
    let number = number.trim_end();
    let separator = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | '_' | '\'' | '’');
    let groups: Vec<&str> = number.split(separator).collect();
    let digits = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let grouped = groups.len() == 1
        || groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
    let joined = groups.concat();
    (grouped && groups.iter().all(digits) && size(&joined).is_ok()).then_some(joined)
}

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

/// A `date`: `YYYY-MM-DD HH:MM:SS +HHMM`; seconds, offset and time may be left out.
///
/// # Errors
/// [`Trouble`] names the part that is wrong.
pub fn date(text: &str) -> Result<WrittenDate, Trouble> {
    let mut cursor = Cursor { text, at: 0 };
    let year = cursor.digits(4, "the year", 0..=9999)?;
    cursor.punctuation("-", "the year")?;
    let month = cursor.digits(2, "the month", 1..=12)?;
    cursor.punctuation("-", "the month")?;
    let day = cursor.digits(2, "the day", 1..=31)?;
    let (mut hour, mut minute, mut second) = (0, 0, 0);
    let mut offset = None;
    if !cursor.done() {
        if !cursor.take("T") {
            cursor.spaces("the day")?;
        }
        hour = cursor.digits(2, "the hour", 0..=23)?;
        cursor.punctuation(":", "the hour")?;
        minute = cursor.digits(2, "the minutes", 0..=59)?;
        if cursor.take(":") {
            second = cursor.digits(2, "the seconds", 0..=59)?;
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

    fn spaces(&mut self, behind: &str) -> Result<(), Trouble> {
        if !self.take(" ") {
            return Err(self.unexpected(&format!("the space behind {behind}")));
        }
        while self.take(" ") {}
        Ok(())
    }

    fn offset(&mut self) -> Result<Offset, Trouble> {
        if self.take("Z") || self.take("UTC") {
            return if self.done() { Ok(Offset::UTC) } else { Err(self.unexpected("the end")) };
        }
        let sign: i32 = if self.take("+") {
            1
        } else if self.take("-") {
            -1
        } else {
            return Err(self.unexpected("the offset (`+0200`, or `Z`)"));
        };
        let rest = self.rest().replacen(':', "", 1);
        let parts = (rest.len() == 4 && rest.is_ascii())
            .then(|| Some((rest[..2].parse::<i32>().ok()?, rest[2..].parse::<i32>().ok()?)))
            .flatten()
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

/// The name of an episode's audio file within the audio folder; never a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AudioName(String);

impl AudioName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A `file`: the plain name of an MP3.
///
/// # Errors
/// [`Trouble`] if it is a path, or no MP3, or no name for a URL.
pub fn audio_name(text: &str) -> Result<AudioName, Trouble> {
    if let Some((at, c)) = text.char_indices().find(|(_, c)| matches!(c, '/' | '\\')) {
        let reason = "the name of a file in the audio folder is wanted, not a path".to_owned();
        let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let meant = (text.strip_prefix("audio/") == Some(name)).then(|| name.to_owned());
        return Err(Trouble { culprit: at..at + c.len_utf8(), reason, meant });
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if let Some((at, c)) = text.char_indices().find(|&(_, c)| !plain(c)) {
        let reason = format!("{} does not belong in an enclosure's URL", name_of(c));
        return Err(Trouble { culprit: at..at + c.len_utf8(), reason, meant: None });
    }
    if text.starts_with('.') || text.len() > 200 || !text.to_ascii_lowercase().ends_with(".mp3") {
        return Err(Trouble::whole(
            text,
            "an episode's file is an MP3, with a name that ends in .mp3",
        ));
    }
    Ok(AudioName(text.to_owned()))
}

/// An `appleEpisodeId`: the digits behind `?i=` in an episode's address at Apple Podcasts.
///
/// # Errors
/// [`Trouble`] if it is no such number.
pub fn apple_id(text: &str) -> Result<u64, Trouble> {
    read_apple_id(text).map_err(|mut trouble| {
        let behind = text.split(['?', '&']).find_map(|part| part.strip_prefix("i="));
        let bare = behind.unwrap_or(text).trim_matches(|c: char| is_quote(c) || c.is_whitespace());
        trouble.meant = read_apple_id(bare).is_ok().then(|| bare.to_owned());
        trouble
    })
}

fn read_apple_id(text: &str) -> Result<u64, Trouble> {
    if let Some(trouble) = stray(text, "", "an Apple episode id") {
        return Err(trouble);
    }
    match text.parse() {
        Ok(0) | Err(_) => Err(Trouble::whole(text, "this is not an id that Apple gives")),
        Ok(id) => Ok(id),
    }
}

/// A positive whole number that `what` names.
///
/// # Errors
/// [`Trouble`] if it is not one.
pub fn positive(text: &str, what: &str) -> Result<u32, Trouble> {
    if let Some(trouble) = stray(text, "", what) {
        return Err(trouble);
    }
    match text.parse() {
        Ok(0) | Err(_) => Err(Trouble::whole(text, format!("{what} is a whole number from 1"))),
        Ok(number) => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said<T: std::fmt::Debug>(result: Result<T, Trouble>, text: &str) -> String {
        let trouble = result.unwrap_err();
        format!("[{}] {} -> {:?}", &text[trouble.culprit], trouble.reason, trouble.meant)
    }

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
            "[min] the word `min` is not part of a time -> None"
        );
        for bad in ["", ":", "1:2:3:4", "1:2", "9999999"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size("112899891"), Ok(112_899_891));
        assert_eq!(
            said(size("50603073 bytes"), "50603073 bytes"),
            r#"[bytes] the word `bytes` is not part of a number of bytes -> Some("50603073")"#
        );
        let thin = "94\u{2009}829\u{2009}007";
        assert_eq!(
            said(size(thin), thin),
            "[\u{2009}] a thin space (U+2009) is not part of a number of bytes -> Some(\"94829007\")"
        );
        assert_eq!(
            said(size("94MB"), "94MB"),
            "[MB] the word `MB` is not part of a number of bytes -> None"
        );
        assert_eq!(
            said(size("12 34"), "12 34"),
            "[ ] a space is not part of a number of bytes -> None"
        );
        assert!(size("0").is_err() && size("99999999999999999999").is_err() && size("").is_err());
    }

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
            said(date("2021-02-01 07:00 +2"), "2021-02-01 07:00 +2"),
            "[+2] an offset is a sign and four digits, as in `+0200` -> None"
        );
        assert_eq!(
            said(date("2021-02-01 07"), "2021-02-01 07"),
            "[] the date ends where the `:` behind the hour belongs -> None"
        );
        assert!(date("9999-11-05 07:00:00 +0200").is_ok());
    }

    #[test]
    fn names_never_leave_the_folder() {
        assert_eq!(audio_name("109.mp3").unwrap().as_str(), "109.mp3");
        assert_eq!(audio_name("audio/109.mp3").unwrap_err().meant.as_deref(), Some("109.mp3"));
        for bad in ["../../etc/passwd", "..mp3", "a b.mp3", "é.mp3", "a.wav", ".mp3", "..\\a.mp3"]
        {
            let accepted = audio_name(bad);
            assert!(accepted.is_err(), "{bad}");
        }
    }

    #[test]
    fn apple_ids() {
        assert_eq!(apple_id("1000564197449"), Ok(1_000_564_197_449));
        let address = "https://podcasts.apple.com/fr/podcast/id1?i=1000564197449";
        assert_eq!(apple_id(address).unwrap_err().meant.as_deref(), Some("1000564197449"));
        assert!(apple_id("0").is_err());
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_reader(text in "\\PC{0,30}") {
            for trouble in [duration(&text).err(), size(&text).err(), date(&text).err(), apple_id(&text).err(),
                            audio_name(&text).err(), positive(&text, "a number").err()].into_iter().flatten() {
                prop_assert!(text.get(trouble.culprit).is_some());
            }
        }

        #[test]
        fn a_time_reads_back(seconds in 0_u64..360_000) {
            prop_assert_eq!(duration(&hh_mm_ss(seconds)), Ok(seconds));
        }

        #[test]
        fn what_was_meant_is_readable(text in "[“\"]?[0-9: \u{2009}]{1,12}[\"a-z]{0,6}") {
            if let Err(Trouble { meant: Some(meant), .. }) = size(&text) { prop_assert!(size(&meant).is_ok()); }
            if let Err(Trouble { meant: Some(meant), .. }) = duration(&text) { prop_assert!(duration(&meant).is_ok()); }
        }
    }
}
