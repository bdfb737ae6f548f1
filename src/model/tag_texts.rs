//! What a published tag says, so briefly that an object's metadata have room for it.

use super::hash::Sha256;

/// What is told apart in a tag, as a host speaks of it.
pub const NAMES: [&str; 10] = [
    "title",
    "date",
    "number",
    "season",
    "author",
    "show's title",
    "description",
    "notes",
    "chapters",
    "cover",
];

/// Hexadecimal digits of each text's hash: a host is told of what is old, no more hangs on it.
const DIGITS: usize = 4;

/// The beginning of each text's hash, in the order of [`NAMES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagTexts(String);

impl TagTexts {
    /// Those with these hashes.
    pub fn of(hashes: [Sha256; NAMES.len()]) -> Self {
        let digits = |hash: Sha256| hash.to_string().chars().take(DIGITS).collect::<String>();
        Self(hashes.into_iter().map(digits).collect())
    }

    /// Those that `text` spells, if it does.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (digits && text.len() == DIGITS * NAMES.len()).then(|| Self(text.to_owned()))
    }

    /// Their digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What these say otherwise than `others`.
    pub fn differing(&self, others: &Self) -> Vec<&'static str> {
        let parts = |of: &Self| -> Vec<Vec<u8>> {
            of.0.as_bytes().chunks(DIGITS).map(<[u8]>::to_vec).collect()
        };
        let both = parts(self).into_iter().zip(parts(others));
        let named = NAMES.into_iter().zip(both);
        named.filter(|(_, (one, other))| one != other).map(|(name, _)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_tell_what_differs() {
        let hashes = |title: &str, notes: &str| {
            let mut all = [Sha256::of(b"same"); NAMES.len()];
            (all[0], all[7]) = (Sha256::of(title.as_bytes()), Sha256::of(notes.as_bytes()));
            TagTexts::of(all)
        };
        let (old, new) = (hashes("a", "x"), hashes("b", "y"));
        assert_eq!(TagTexts::parse(old.as_str()), Some(old.clone()));
        assert_eq!(old.differing(&new), ["title", "notes"]);
        assert_eq!(old.differing(&old), [""; 0]);
        assert_eq!(TagTexts::parse(&old.as_str()[1..]), None);
        assert_eq!(TagTexts::parse(&"ü".repeat(20)), None);
    }
}
