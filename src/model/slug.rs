//! Names that are made of what a host or a stranger wrote: small letters of ASCII, digits and `-`, whatever the
//! script. A name is made once, with its file; what is written down somewhere stays as it is.

use unicode_normalization::UnicodeNormalization as _;

/// The longest name that is made.
pub const LONGEST: usize = 80;

/// A text as a name: `the-harbour-at-six`. Nothing if less than two letters or digits of it can stand there.
pub fn slug(text: &str) -> Option<String> {
    let mut slug = String::new();
    let mut part = |text: &str| {
        for c in text.chars() {
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.ends_with('-') && !slug.is_empty() && c != '\'' {
                slug.push('-');
            }
        }
        slug.len() < LONGEST
    };
    for c in text.nfc() {
        let goes_on = match c {
            c if c.is_ascii() => part(c.encode_utf8(&mut [0; 4])),
            '’' => true,
            // A picture has a name, which is none of the title.
            c if !c.is_alphanumeric() => part("-"),
            c => part(unaccented(c).or_else(|| deunicode::deunicode_char(c)).unwrap_or("-")),
        };
        if !goes_on {
            break;
        }
    }
    slug.truncate(LONGEST);
    let slug = slug.trim_end_matches('-').to_owned();
    (slug.chars().filter(char::is_ascii_alphanumeric).count() > 1).then_some(slug)
}

/// Letters of Europe without their accents.
fn unaccented(c: char) -> Option<&'static str> {
    Some(match c.to_lowercase().next()? {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ł' => "l",
        'ñ' | 'ń' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
        'ö' | 'œ' => "oe",
        'ś' | 'š' => "s",
        'ß' => "ss",
        'ù' | 'ú' | 'û' | 'ů' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_become_names() {
        for (text, name) in [
            ("The harbour at six", "the-harbour-at-six"),
            ("My Episode (final) v2", "my-episode-final-v2"),
            ("Tide's end, tide’s end", "tides-end-tides-end"),
            ("L’été à Nîmes: « 42 »!", "lete-a-nimes-42"),
            ("Große Fähre nach Küste und Öland", "grosse-faehre-nach-kueste-und-oeland"),
            ("Smørrebrød på Ærø, Łódź, İzmir", "smorrebrod-pa-aero-lodz-izmir"),
            ("../../etc/passwd", "etc-passwd"),
            ("第2回 東京の夜", "di-2hui-dong-jing-noye"),
            ("Выпуск №1: Начало", "vypusk-1-nachalo"),
        ] {
            assert_eq!(slug(text).as_deref(), Some(name), "{text}");
        }
        for none in ["🎙️ 🎧", "…", "", "a", "-é-"] {
            assert_eq!(slug(none), None, "{none}");
        }
        assert_eq!(slug(&"ab ".repeat(100)).map(|slug| slug.len()), Some(LONGEST));
    }

    #[test]
    fn a_letter_and_its_accent_are_one_letter() {
        // File systems of macOS hand names out in this form.
        assert_eq!(slug("u\u{308}ber de\u{301}cembre"), slug("über décembre"));
        assert_eq!(slug("über décembre").as_deref(), Some("ueber-decembre"));
    }

    proptest! {
        #[test]
        fn names_are_harmless_and_their_own_names(text in "\\PC{0,60}") {
            if let Some(name) = slug(&text) {
                let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                prop_assert!(name.chars().all(is_plain) && name.len() <= LONGEST, "{}", name);
                prop_assert!(!name.starts_with('-') && !name.ends_with('-') && !name.contains("--"));
                prop_assert_eq!(slug(&name), Some(name));
            }
        }
    }
}
