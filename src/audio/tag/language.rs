//! Languages as ID3 wants them: three letters of ISO 639-2.

use std::fmt;

/// A language code of ISO 639-2/T, such as `fra` (ID3v2.3.0, section 4.2.1, `TLAN`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Language([u8; 3]);

impl Language {
    /// ID3's own code for a language that is not known (ID3v2.4.0 structure, section 4).
    pub const UNKNOWN: Self = Self(*b"XXX");

    /// The language that a tag such as `fr`, `fr-CA`, `pt_BR` or `fra` names (RFC 5646: the first
    /// part is the language).
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        if !primary.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        if let Ok(three) = <[u8; 3]>::try_from(primary.as_bytes()) {
            return Some(Self(three));
        }
        let three = isolang::Language::from_639_1(&primary)?.to_639_3();
        three.as_bytes().try_into().ok().map(Self)
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_become_three_letters() {
        for (tag, three) in [
            ("fr", "fra"),
            ("fr-CA", "fra"),
            ("FR_fr", "fra"),
            ("en", "eng"),
            ("de-AT", "deu"),
            ("zh-Hans", "zho"),
            ("zu", "zul"),
            ("aa", "aar"),
            ("gsw", "gsw"),
        ] {
            assert_eq!(Language::from_tag(tag).unwrap().as_str(), three, "{tag}");
        }
        for bad in ["", "f", "français", "xx", "é", "1234", "--"] {
            assert_eq!(Language::from_tag(bad), None, "{bad}");
        }
    }
}
