//! The words of a text in the form in which an index and a query meet, in every script.
//!
//! `search.js` does the same to what a listener types: what changes here changes there.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word that is indexed, in characters.
const LONGEST: usize = 32;

/// A text without what people leave out when they type: capitals, accents of Latin, Greek and
/// Cyrillic, points of Hebrew and vowel signs of Arabic, widths. Marks that are letters of their own
/// (Thai, Devanagari, the voicing of kana) stay.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let bare = text.chars().flat_map(char::to_lowercase).nfkd().filter(|&c| !is_dropped(c));
    let mut plain = String::with_capacity(text.len());
    for c in bare {
        match c {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' => plain.push('d'),
            'ı' => plain.push('i'),
            'ς' => plain.push('σ'),
            'ى' => plain.push('ي'),
            'ة' => plain.push('ه'),
            c => plain.push(c),
        }
    }
    plain.nfkc().collect()
}

/// Marks that are left out when people type.
fn is_dropped(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}') || is_vowel_sign(c)
}

/// Points of Hebrew and vowel signs of Arabic, and what stretches a word there.
pub fn is_vowel_sign(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5c7}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Whether a script parts no words by spaces: Han, kana, Thai, Lao, Burmese, Khmer.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// What parts two pieces of a text that follow each other: nothing where neither side has spaces between
/// its words.
pub fn gap(before: &str, after: &str) -> &'static str {
    // Punctuation of East Asia, and full widths.
    let wide = |c: char| matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}');
    let closed = |c: Option<char>| c.is_some_and(|c| is_unspaced(c) || wide(c));
    if closed(before.chars().next_back()) && closed(after.chars().next()) { "" } else { " " }
}

/// Calls `see` with every word of a folded text, more than once if it comes again.
///
/// Where a script has no spaces, each two neighbouring signs are a word (a bigram), and the last of a
/// run alone is one too: so that every sign of it is found as the start of a word.
pub fn each_word(folded: &str, mut see: impl FnMut(&str)) {
    let is_word = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    for word in folded.split(|c| !is_word(c)).filter(|word| !word.is_empty()) {
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let unspaced = is_unspaced(first);
            let end = rest.find(|c| is_unspaced(c) != unspaced && !is_combining_mark(c));
            let (run, behind) = rest.split_at(end.unwrap_or(rest.len()));
            rest = behind;
            if unspaced {
                bigrams(run, &mut see);
            } else if run.len() > 1 || first.is_ascii_digit() || !first.is_ascii() {
                let end = run.char_indices().nth(LONGEST).map_or(run.len(), |(at, _)| at);
                see(&run[..end]);
                // The article is written as one with its word.
                if let Some(bare) = run[..end].strip_prefix("ال").filter(|bare| bare.len() > 4) {
                    see(bare);
                }
            }
        }
    }
}

/// Each sign with its marks, and the one behind it.
fn bigrams(run: &str, see: &mut impl FnMut(&str)) {
    let mut starts: Vec<usize> =
        run.char_indices().filter(|(_, c)| !is_combining_mark(*c)).map(|(at, _)| at).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    starts.push(run.len());
    for at in 0..starts.len() - 1 {
        let end = starts.get(at + 2).copied().unwrap_or(run.len());
        see(&run[starts[at]..end]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let mut words = Vec::new();
        each_word(&fold(text), |word| words.push(word.to_owned()));
        words.join(" ")
    }

    #[test]
    fn ten_scripts() {
        assert_eq!(words("L'Été à Ærø, a 2ème FOIS"), "ete aero 2eme fois");
        assert_eq!(words("Straße Łódź İzmir"), "strasse lodz izmir");
        assert_eq!(words("Ελληνικός Ἀθῆναι"), "ελληνικοσ αθηναι");
        assert_eq!(words("Маяк Ёлка"), "маяк елка");
        assert_eq!(words("東京の港"), "東京 京の の港 港");
        assert_eq!(words("ガイド入門2024"), "ガイ イド ド入 入門 門 2024");
        assert_eq!(words("ﾗｼﾞｵ ＡＢＣ"), "ラジ ジオ オ abc");
        assert_eq!(words("灯塔"), "灯塔 塔");
        assert_eq!(words("น้ำ"), "น้\u{e4d}\u{e32} \u{e32}");
        assert_eq!(words("등대 이야기"), "등대 이야기");
        assert_eq!(words("المنارة البَحر"), "المناره مناره البحر بحر");
        assert_eq!(words("מִגְדַּלּוֹר"), "מגדלור");
        assert_eq!(words("दीपस्तंभ"), "दीपस्तंभ");
    }

    #[test]
    fn a_space_parts_what_spaces_part() {
        assert_eq!(gap("東京の", "港"), "");
        assert_eq!(gap("ください。", "港"), "");
        assert_eq!(gap("ยินดี", "ต้อนรับ"), "");
        for (before, after) in [("東京", "FM"), ("등대", "이야기"), ("a", "b"), ("", "港")]
        {
            assert_eq!(gap(before, after), " ");
        }
    }

    #[test]
    fn a_long_run_of_letters_is_cut() {
        assert_eq!(words(&"é".repeat(100)).chars().count(), LONGEST);
    }
}
