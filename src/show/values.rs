//! What the host's words for a size, a time, a file or an id mean, and which character is in
//! the way when they mean nothing.

use super::addresses::has_web_scheme;
pub use super::playing_time::{duration, hh_mm_ss, playing_time};
use super::trouble::{Trouble, is_quote, name_of, stray};

/// A `size` in bytes: digits, more than zero.
///
/// # Errors
/// [`Trouble`] if the text is no such number.
pub fn size(text: &str) -> Result<u64, Trouble> {
    if let Some(decimal) = in_decimal(text) {
        return size(&decimal).map_err(|trouble| Trouble::whole(text, trouble.reason));
    }
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

/// A number in YAML's other notations, `0x6d` and `0o155`, in plain digits (YAML 1.2.2, 10.3.2).
fn in_decimal(text: &str) -> Option<String> {
    let (digits, radix) = match text.get(..2)? {
        "0x" => (&text[2..], 16),
        "0o" => (&text[2..], 8),
        _ => return None,
    };
    let number = digits.starts_with(|c: char| c.is_digit(radix));
    u64::from_str_radix(digits, radix).ok().filter(|_| number).map(|number| number.to_string())
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
        let reason = match has_web_scheme(text) {
            true => {
                "an address belongs in `enclosure`; this is the name of the MP3 in the audio folder"
            }
            false => "the name of a file in the audio folder is wanted, not a path",
        };
        let reason = reason.to_owned();
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

/// The MP3's name in another generator's words: a path, or an address, that ends with it.
///
/// # Errors
/// [`Trouble`] if what it ends with is no such name.
pub fn audio_named(text: &str) -> Result<AudioName, Trouble> {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let from = path.rfind('/').map_or(0, |at| at + 1);
    audio_name(&path[from..]).map_err(|trouble| Trouble {
        culprit: from + trouble.culprit.start..from + trouble.culprit.end,
        ..trouble
    })
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
    if let Some(decimal) = in_decimal(text) {
        return positive(&decimal, what).map_err(|trouble| Trouble::whole(text, trouble.reason));
    }
    if let Some(trouble) = stray(text, "", what) {
        return Err(trouble);
    }
    match text.parse() {
        Ok(0) | Err(_) => Err(Trouble::whole(text, format!("{what} is a whole number from 1"))),
        Ok(number) => Ok(number),
    }
}

/// A media type (RFC 6838, section 4.2).
///
/// # Errors
/// [`Trouble`] if it is none.
pub fn media_type(text: &str) -> Result<String, Trouble> {
    let is_name = |name: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !name.is_empty() && name.bytes().all(plain)
    };
    match text.split_once('/') {
        Some((top, sub)) if is_name(top) && is_name(sub) => Ok(text.to_ascii_lowercase()),
        _ => Err(Trouble::whole(text, "this is no media type")),
    }
}

/// `true` or `false`, in the words of YAML 1.1 as well.
///
/// # Errors
/// [`Trouble`] if it is neither.
pub fn truth(text: &str) -> Result<bool, Trouble> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" | "1" => Ok(true),
        "false" | "no" | "off" | "n" | "0" => Ok(false),
        _ => Err(Trouble::whole(text, "this says neither yes nor no")),
    }
}

/// Whether an episode is explicit, in the words of Apple's older forms as well.
///
/// # Errors
/// [`Trouble`] if it says neither.
pub fn explicit(text: &str) -> Result<bool, Trouble> {
    match text.trim().to_ascii_lowercase().as_str() {
        "explicit" => Ok(true),
        "clean" => Ok(false),
        _ => truth(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::trouble::said;
    use proptest::prelude::*;

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
        assert_eq!((size("0x10"), size("0o20"), positive("0x6D", "n")), (Ok(16), Ok(16), Ok(109)));
        assert!(
            size("0x").is_err() && size("0x+1").is_err() && positive("0xfffffffffff", "n").is_err()
        );
        assert!(size("0").is_err() && size("99999999999999999999").is_err() && size("").is_err());
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
    fn words_of_other_writers() {
        assert_eq!(
            (truth("Yes"), truth("off"), explicit("clean"), explicit("explicit")),
            (Ok(true), Ok(false), Ok(false), Ok(true))
        );
        assert!(truth("clean").is_err() && truth("maybe").is_err());
        assert_eq!(audio_named("https://a.example/b/play.mp3?x=1").unwrap().as_str(), "play.mp3");
        assert_eq!(audio_named("2020/a b.mp3").unwrap_err().culprit, 6..7);
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
            for trouble in [duration(&text).err(), size(&text).err(), apple_id(&text).err(), audio_name(&text).err(),
                            audio_named(&text).err(), positive(&text, "a number").err()].into_iter().flatten() {
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
