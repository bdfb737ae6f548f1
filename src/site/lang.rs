//! The words that pages use, and dates, times and sizes as people of a language write them.
//!
//! Each language is a file in `languages/`, of the same keys as English. A host may change any of
//! them, and add more for templates of its own (`[site.words]`).

use std::collections::BTreeMap;

use jiff::civil::Date;

/// The languages that pages speak, with their words.
const LANGUAGES: [(&str, &str); 12] = [
    ("en", include_str!("languages/en.toml")),
    ("fr", include_str!("languages/fr.toml")),
    ("de", include_str!("languages/de.toml")),
    ("es", include_str!("languages/es.toml")),
    ("it", include_str!("languages/it.toml")),
    ("pt", include_str!("languages/pt.toml")),
    ("nl", include_str!("languages/nl.toml")),
    ("ja", include_str!("languages/ja.toml")),
    ("zh", include_str!("languages/zh.toml")),
    ("zh-hant", include_str!("languages/zh-hant.toml")),
    ("ar", include_str!("languages/ar.toml")),
    ("he", include_str!("languages/he.toml")),
];

/// Languages of scripts that run from right to left (ISO 639), spoken by onair or not.
const RIGHT_TO_LEFT: [&str; 12] =
    ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"];
/// Scripts that run so (ISO 15924), which a code may name: `az-Arab`.
const RIGHT_TO_LEFT_SCRIPTS: [&str; 7] = ["adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"];

/// How lines of the language of this code run: `ltr` or `rtl`, as HTML's `dir` has it.
pub fn direction(code: &str) -> &'static str {
    let script = code
        .split(['-', '_'])
        .skip(1)
        .take_while(|part| part.len() > 1)
        .find(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let turned = match script {
        Some(script) => RIGHT_TO_LEFT_SCRIPTS.contains(&script.to_lowercase().as_str()),
        None => RIGHT_TO_LEFT.contains(&primary(code).as_str()),
    };
    if turned { "rtl" } else { "ltr" }
}

/// `pt` of `pt-BR`.
pub fn primary(code: &str) -> String {
    code.split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

/// Whether Chinese of this code is written in traditional characters.
fn is_traditional(code: &str) -> bool {
    let parts = || code.split(['-', '_']).skip(1).map(str::to_lowercase);
    let simplified = parts().any(|part| part == "hans");
    !simplified && parts().any(|part| matches!(part.as_str(), "hant" | "tw" | "hk" | "mo"))
}

/// A language that pages speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// Of the words: `en` where the show's language has none.
    code: &'static str,
    /// How pages run, which the show's language decides.
    direction: &'static str,
    words: BTreeMap<String, String>,
}

impl Language {
    /// The language of a show whose `language` is this ISO 639 code, with the host's own words.
    pub fn of(code: &str, own_words: &BTreeMap<String, String>) -> Self {
        let direction = direction(code);
        let own = match primary(code) {
            own if own == "zh" && is_traditional(code) => "zh-hant".to_owned(),
            own => own,
        };
        let (code, text) = LANGUAGES.iter().find(|(code, _)| *code == own).unwrap_or(&LANGUAGES[0]);
        // The tests hold that every file can be read.
        let mut words: BTreeMap<String, String> = toml::from_str(text).unwrap_or_default();
        words.extend(own_words.iter().map(|(name, word)| (name.clone(), word.clone())));
        Self { code, direction, words }
    }

    /// Its words by name; a template has them as `t`.
    pub fn words(&self) -> &BTreeMap<String, String> {
        &self.words
    }

    /// One of its words; nothing is said where there is none of that name.
    pub fn word(&self, name: &str) -> &str {
        self.words.get(name).map_or("", String::as_str)
    }

    /// How its lines run: `ltr` or `rtl`, as HTML's `dir` has it.
    pub fn direction(&self) -> &'static str {
        self.direction
    }

    /// A day: `27 May 2022`, `27 mai 2022`.
    pub fn date(&self, date: Date) -> String {
        self.written("date", date)
    }

    /// A day of a known year: `27 May`.
    pub fn day(&self, date: Date) -> String {
        self.written("day", date)
    }

    fn written(&self, form: &str, date: Date) -> String {
        let month = usize::try_from(date.month() - 1).unwrap_or(0);
        let month = self.word("months").split(' ').nth(month).unwrap_or_default();
        let day = match (self.code, date.day()) {
            ("fr", 1) => "1er".to_owned(),
            (_, day) => day.to_string(),
        };
        let number = date.month().to_string();
        let year = date.year().to_string();
        self.filled(form, &[("d", &day), ("month", month), ("m", &number), ("y", &year)])
    }

    /// A word with values in place of its names in braces.
    fn filled(&self, name: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.word(name).to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }

    /// A playing time to the minute: `59 min`, `1 h 04 min`; nothing where it is not known.
    pub fn playing_time(&self, seconds: u64) -> String {
        let minutes = (seconds + 30) / 60;
        let (h, m) = ((minutes / 60).to_string(), (minutes % 60).to_string());
        let two = format!("{:02}", minutes % 60);
        let form = match (seconds, minutes) {
            (0, _) => return String::new(),
            (0..60, _) => return self.filled("seconds", &[("s", &seconds.to_string())]),
            (_, 0..60) => "minutes",
            _ if minutes.is_multiple_of(60) => "hours",
            _ => "hours_minutes",
        };
        self.filled(form, &[("h", &h), ("mm", &two), ("m", &m)])
    }

    /// A size in decimal units: `113 MB`, `4,2 Mo`; nothing where it is not known.
    pub fn size(&self, bytes: u64) -> String {
        let (unit, point) = (self.word("byte"), self.word("decimal"));
        let (scale, prefix) = match bytes {
            0 => return String::new(),
            1..1_000_000 => (1_000, "k"),
            1_000_000..1_000_000_000 => (1_000_000, "M"),
            _ => (1_000_000_000, "G"),
        };
        let tenths = (bytes.saturating_add(scale / 20)) / (scale / 10);
        match (tenths / 10, tenths % 10) {
            (whole, _) if whole >= 10 => {
                format!("{}\u{a0}{prefix}{unit}", (bytes + scale / 2) / scale)
            }
            (whole, 0) => format!("{whole}\u{a0}{prefix}{unit}"),
            (whole, tenth) => format!("{whole}{point}{tenth}\u{a0}{prefix}{unit}"),
        }
    }

    /// So many episodes: `1 episode`, `12 épisodes` (CLDR's plural rules, for whole numbers).
    pub fn episodes(&self, count: usize) -> String {
        let form = match (self.code, count) {
            (_, 1) | ("fr" | "pt", 0) => "count_one",
            ("ar" | "he", 2) => "count_two",
            ("ar", count) if (3..=10).contains(&(count % 100)) => "count_few",
            _ => "count_other",
        };
        self.filled(form, &[("n", &count.to_string())])
    }
}

/// A place in the audio: `58:48`, `1:02:03`.
pub fn clock(seconds: u64) -> String {
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// A playing time for machines (ISO 8601): `PT58M48S`; nothing where it is not known.
pub fn iso_duration(seconds: u64) -> Option<String> {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (seconds, hours) {
        (0, _) => None,
        (_, 0) => Some(format!("PT{minutes}M{rest}S")),
        _ => Some(format!("PT{hours}H{minutes}M{rest}S")),
    }
}

/// A place in the audio as a media fragment has it (Media Fragments URI 1.0, "Temporal Dimension"),
/// exact to the tenth of a second: `95`, `95.5`.
pub fn fragment(milliseconds: u64) -> String {
    let tenths = milliseconds / 100;
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        tenth => format!("{}.{tenth}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(code: &str) -> Language {
        Language::of(code, &BTreeMap::new())
    }

    #[test]
    fn every_language_has_every_word() {
        let english: BTreeMap<String, String> = toml::from_str(LANGUAGES[0].1).unwrap();
        for (code, text) in LANGUAGES {
            let words: BTreeMap<String, String> = toml::from_str(text).unwrap();
            assert!(english.keys().eq(words.keys()), "{code}");
            for (name, word) in &words {
                assert!(!word.trim().is_empty(), "{code}: {name}");
                let values = |word: &str| word.matches('{').count().min(1);
                let counted = name.starts_with("count_");
                assert!(counted || values(word) == values(&english[name]), "{code}: {name}");
            }
            assert_eq!(words["months"].split(' ').count(), 12, "{code}");
        }
    }

    #[test]
    fn days_are_written_as_people_do() {
        let date = jiff::civil::date(2022, 5, 27);
        let written = |code| language(code).date(date);
        assert_eq!(written("fr-FR"), "27 mai 2022");
        assert_eq!(written("en-us"), "27 May 2022");
        assert_eq!(written("de"), "27. Mai 2022");
        assert_eq!(written("pt-BR"), "27 de maio de 2022");
        assert_eq!(written("ja"), "2022年5月27日");
        assert_eq!(written("he"), "27 במאי 2022");
        assert_eq!(language("fr").date(jiff::civil::date(2020, 8, 1)), "1er août 2020");
        assert_eq!(written("sv"), "27 May 2022", "English where there are no words yet");
    }

    #[test]
    fn times() {
        assert_eq!((language("en").playing_time(0), language("en").size(0)), Default::default());
        let texts = [45, 3528, 3570, 3600, 7440].map(|s| language("en").playing_time(s));
        let texts = texts.map(|text| text.replace('\u{a0}', " "));
        assert_eq!(texts, ["45 s", "59 min", "1 h", "1 h", "2 h 04 min"]);
        assert_eq!(language("ja").playing_time(7440), "2時間4分");
        assert_eq!([clock(59), clock(3528), clock(3723)], ["0:59", "58:48", "1:02:03"]);
        let iso = [0, 3528, 3723].map(iso_duration);
        assert_eq!(iso, [None, Some("PT58M48S".to_owned()), Some("PT1H2M3S".to_owned())]);
        assert_eq!([fragment(95_000), fragment(95_560), fragment(0)], ["95", "95.5", "0"]);
    }

    #[test]
    fn sizes_and_counts() {
        let texts = [112_899_891, 4_249_999, 4_000_000, 9_960_000, 12_000, 1_500_000_000];
        let texts = texts.map(|bytes| language("fr").size(bytes).replace('\u{a0}', " "));
        assert_eq!(texts, ["113 Mo", "4,2 Mo", "4 Mo", "10 Mo", "12 ko", "1,5 Go"]);
        assert_eq!(language("en").size(4_200_000), "4.2\u{a0}MB");
        assert_eq!(language("fr").episodes(0), "0 épisode");
        assert_eq!(language("en").episodes(12), "12 episodes");
        let arabic = [1, 2, 3, 11, 103].map(|count| language("ar").episodes(count));
        assert_eq!(arabic, ["حلقة واحدة", "حلقتان", "3 حلقات", "11 حلقة", "103 حلقات"]);
    }

    #[test]
    fn a_host_s_words_come_first() {
        for code in ["sd", "ckb", "ks_IN", "az-Arab", "pa-arab-PK", "ur"] {
            assert_eq!(direction(code), "rtl", "{code}");
        }
        for code in ["az", "ks-Deva", "ur-Latn", "pa-IN", "en-x-arab"] {
            assert_eq!(direction(code), "ltr", "{code}");
        }
        for (code, word) in
            [("zh-TW", "嘉賓"), ("zh-Hant-CN", "嘉賓"), ("zh-Hans-HK", "嘉宾"), ("zh", "嘉宾")]
        {
            assert_eq!(language(code).word("guests"), word, "{code}");
        }
        let own = BTreeMap::from([("archive".to_owned(), "Vault".to_owned())]);
        let language = Language::of("sv", &own);
        assert_eq!((language.word("archive"), language.word("about")), ("Vault", "About"));
        assert_eq!(
            [language.direction(), super::tests::language("fa-IR").direction()],
            ["ltr", "rtl"]
        );
    }
}
