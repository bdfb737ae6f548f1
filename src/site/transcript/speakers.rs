//! Who speaks, in the ways that people and programs write it.

use crate::show::cues::plain;
use crate::site::text::one_line;

/// Words that stand before a colon or in brackets and name nobody, in lower case.
const NOBODY: [&str; 48] = [
    "applause",
    "applaudissements",
    "attention",
    "background noise",
    "beispiel",
    "bonus",
    "by the way",
    "chapitre",
    "chapter",
    "conclusion",
    "crosstalk",
    "exemple",
    "example",
    "fin",
    "gelächter",
    "hinweis",
    "im ernst",
    "inaudible",
    "indistinct",
    "info",
    "intro",
    "jingle",
    "laughing",
    "laughs",
    "laughter",
    "lachen",
    "mais",
    "music",
    "musik",
    "musique",
    "nb",
    "noise",
    "note",
    "notes",
    "outro",
    "pause",
    "ps",
    "question",
    "remark",
    "remarque",
    "réponse",
    "rires",
    "silence",
    "sound",
    "tip",
    "update",
    "warning",
    "answer",
];

/// The parts of a cue, each with who says it: one for each `<v Name>` (WebVTT, "cue voice span"), or
/// else the whole, with the name that it starts with, if it does.
pub(super) fn parts(lines: &[&str]) -> Vec<(Option<String>, String)> {
    let whole = lines.join("\n");
    if !whole.contains("<v") {
        // Two that speak in one cue have a line each, with a dash or a name before it.
        let named: Vec<_> = lines.iter().map(|line| named(&said(line))).collect();
        if lines.len() > 1 && named.iter().all(|(name, _)| name.is_some()) {
            return named;
        }
        return vec![self::named(&said(&whole))];
    }
    let mut parts = Vec::new();
    let mut rest = whole.as_str();
    let mut voice = None;
    loop {
        let next = next_voice(rest);
        let text = &rest[..next.as_ref().map_or(rest.len(), |(at, ..)| *at)];
        // Behind `</v>` nobody is named.
        for (number, text) in text.splitn(2, "</v>").enumerate() {
            let name = if number == 0 { voice.take() } else { None };
            let words = said(text);
            if !words.is_empty() {
                parts.push((name, words));
            }
        }
        let Some((_, name, behind)) = next else { return parts };
        voice = Some(name).filter(|name| !name.is_empty());
        rest = behind;
    }
}

/// Where the next `<v…>` starts, whose it is, and what stands behind it.
fn next_voice(text: &str) -> Option<(usize, String, &str)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find("<v")?;
        let tag = &text[at + 2..];
        if tag.starts_with(['.', ' ', '\t', '>', '\n']) {
            let end = tag.find('>')?;
            let name = tag[..end].split_once(char::is_whitespace).map_or("", |(_, name)| name);
            return Some((at, one_line(&plain(name)), &tag[end + 1..]));
        }
        from = at + 2;
    }
}

/// A piece of a cue as plain words on one line.
fn said(text: &str) -> String {
    one_line(&plain(text))
}

/// A text apart from the speaker that it starts with: `Ada: …`, `[Ada] …`, `>> ADA: …`, `(Ada): …`.
pub(super) fn named(words: &str) -> (Option<String>, String) {
    // Two arrows mark that another one speaks (the captions' convention); a dash as well.
    let bare = words.trim_start_matches(['>', '»']).trim_start();
    let marked = bare.len() < words.len();
    let bare = bare.strip_prefix("- ").unwrap_or(bare).trim_start();
    let bracketed = [('[', ']'), ('(', ')')].into_iter().find_map(|(open, close)| {
        let (name, rest) = bare.strip_prefix(open)?.split_once(close)?;
        let rest = rest.trim_start();
        // A remark in round brackets is a remark, unless it says that somebody speaks.
        let told = open == '[' || rest.starts_with(':');
        Some((name.trim(), rest.trim_start_matches(':').trim_start())).filter(|_| told)
    });
    let before_colon = || {
        let (name, rest) = bare.split_once(':')?;
        // `10:30`, `https://…`
        (rest.is_empty() || rest.starts_with(char::is_whitespace))
            .then(|| (name.trim(), rest.trim()))
    };
    match bracketed.or_else(before_colon) {
        Some((name, rest)) if is_name(name) && !rest.is_empty() => {
            (Some(name.to_owned()), rest.to_owned())
        }
        _ if marked => (None, bare.to_owned()),
        _ => (None, words.to_owned()),
    }
}

/// Whether a text can name a speaker: a few words, each with a capital or a number.
fn is_name(name: &str) -> bool {
    let mut words = name.split_whitespace();
    let capital = |word: &str| {
        let word = word.trim_start_matches(['(', '\'', '"']);
        word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
            // Names of languages without capitals.
            || word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
    };
    let particle = |word: &str| {
        matches!(
            word,
            "de" | "du"
                | "des"
                | "la"
                | "le"
                | "van"
                | "von"
                | "der"
                | "den"
                | "di"
                | "da"
                | "and"
                | "et"
                | "und"
                | "&"
        )
    };
    words
        .next()
        .is_some_and(|first| capital(first) && !first.starts_with(|c: char| c.is_ascii_digit()))
        && words.all(|word| capital(word) || particle(word))
        && name.split_whitespace().count() <= 5
        && name.chars().count() <= 60
        && !name.contains(['.', ',', '?', '!', ';', '"']) | is_initialled(name)
        && !NOBODY.contains(&name.to_lowercase().as_str())
}

/// `J. R. Hartley`, `Dr. Who`: points of abbreviations only.
fn is_initialled(name: &str) -> bool {
    !name.contains([',', '?', '!', ';', '"'])
        && name
            .split_whitespace()
            .all(|word| !word.contains('.') || word.trim_end_matches('.').chars().count() <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lines: &[&str]) -> String {
        let part = |(name, words): &(Option<String>, String)| {
            format!("{}: {words}", name.as_deref().unwrap_or("?"))
        };
        parts(lines).iter().map(part).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn voices_of_webvtt() {
        assert_eq!(
            shown(&["<v.loud Ada>Hello <i>there</i></v> <v Bob &amp; Co>Hi", "you</v>"]),
            "Ada: Hello there / Bob & Co: Hi you"
        );
        assert_eq!(shown(&["Before <v Ada>a</v> after"]), "?: Before / Ada: a / ?: after");
        assert_eq!(shown(&["<video> and <v>nobody"]), "?: and / ?: nobody");
        assert_eq!(shown(&["<v Ada"]), "?: <v Ada");
    }

    #[test]
    fn names_before_what_is_said() {
        for (line, said) in [
            ("Ada: Hello", "Ada: Hello"),
            ("[Ada] Hello", "Ada: Hello"),
            ("[Ada Lovelace]: Hello", "Ada Lovelace: Hello"),
            (">> ADA: Hello", "ADA: Hello"),
            (">> Hello", "?: Hello"),
            ("- Ada: Hello", "Ada: Hello"),
            ("(Ada): Hello", "Ada: Hello"),
            ("Speaker 1: Hello", "Speaker 1: Hello"),
            ("SPEAKER_00: Hello", "SPEAKER_00: Hello"),
            ("Dr. Who: Hello", "Dr. Who: Hello"),
            ("Zoé de la Tour: Oui", "Zoé de la Tour: Oui"),
            ("Note: Hello", "?: Note: Hello"),
            ("NB: Hello", "?: NB: Hello"),
            ("[Music] Hello", "?: [Music] Hello"),
            ("[music]", "?: [music]"),
            ("[Ada]", "?: [Ada]"),
            ("(Laughs) Hello", "?: (Laughs) Hello"),
            ("At 10:30 we met", "?: At 10:30 we met"),
            ("Voici ce que je dis: rien", "?: Voici ce que je dis: rien"),
            ("https://a.example", "?: https://a.example"),
        ] {
            assert_eq!(shown(&[line]), said, "{line}");
        }
        assert_eq!(shown(&["- Ada: Hello", "- Bob: Hi"]), "Ada: Hello / Bob: Hi");
        assert_eq!(shown(&["Ada: Hello", "and welcome"]), "Ada: Hello and welcome");
    }
}
