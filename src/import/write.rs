//! Texts as an import writes them.

/// At most `limit` bytes of `text`, and whether something was cut off.
pub fn cut(text: &str, limit: usize) -> (&str, bool) {
    if text.len() <= limit {
        return (text, false);
    }
    (text[..text.floor_char_boundary(limit)].trim_end(), true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::edit::quoted;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_read_back(text in any::<String>(), odd in "[\"\\\\\u{85}\u{2028}\u{feff}\r\n\t #:'{}]{0,8}") {
            let text: String =
                format!("{odd}{text}").chars().filter(|&c| crate::show::words::legal_in_xml(c)).collect();
            let matter = format!("---\na: {}\n---\n", quoted(&text));
            let read = crate::show::frontmatter::parse(&matter).unwrap();
            prop_assert_eq!(read.fields[0].text(), Some(text.as_str()));
            let table: toml::Table = toml::from_str(&format!("a = {}", quoted(&text))).unwrap();
            prop_assert_eq!(table["a"].as_str(), Some(text.as_str()));
            let (cut, _) = cut(&text, 7);
            prop_assert!(cut.len() <= 7 && text.starts_with(cut));
        }
    }
}
