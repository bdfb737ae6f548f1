//! Any fix fixes what it is for, and nothing else; what settings say too much of.

use proptest::prelude::*;

use super::pictures::Gone;
use super::{audio, show, text};
use crate::show::edit::{self, Edit};
use crate::show::read::FileTrouble;
use crate::show::settings::{FILE, Settings};
use crate::show::words::legal_in_xml;
use crate::show::{Episode, Source};

const SETTINGS: &str = "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
    time-zone = \"Europe/Paris\"\ncategory = \"Arts\"\nartwork = \"a.png\"\n[site]\nurl = \"https://s.example\"\n";

#[test]
fn what_the_show_says_of_itself_stays_within_what_platforms_show() {
    let said = |title: usize, author: usize| {
        let text = SETTINGS
            .replace("title = \"S\"", &format!("title = \"{}\"", "é".repeat(title)))
            .replace("author = \"A\"", &format!("author = \"{}\"", "é".repeat(author)));
        let source = Source::new(FILE, text);
        let mut findings = Vec::new();
        let artwork = Err(Gone { trouble: FileTrouble::Missing, near: None });
        show::settings(&Settings::parse(&source).unwrap(), &source, &artwork, &mut findings);
        findings.retain(|finding| finding.rule.id == "text-too-long");
        findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert!(said(255, 255).is_empty());
    assert_eq!(said(256, 1), ["the show's `title` is 256 characters long"]);
    assert_eq!(said(1, 300), ["the show's `author` is 300 characters long"]);
}

/// A value, and how a host may have got it wrong.
fn sizes() -> impl Strategy<Value = String> {
    let digits = 1_000_000_u64..200_000_000;
    let thousands = |size: u64, space: &str| {
        let text = size.to_string();
        let bytes: Vec<&str> = text
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|chunk| std::str::from_utf8(chunk).unwrap())
            .collect();
        bytes.join(space)
    };
    (digits, 0..6).prop_map(move |(size, slip)| match slip {
        0 => format!("{size} bytes"),
        1 => format!("“{size}”"),
        2 => thousands(size, "\u{2009}"),
        3 => thousands(size, "\u{202f}"),
        4 => format!("{size} octets"),
        _ => size.to_string(),
    })
}

fn durations() -> impl Strategy<Value = String> {
    (1_u64..20_000, 0..4).prop_map(|(seconds, slip)| {
        let time = crate::show::values::hh_mm_ss(seconds);
        match slip {
            0 => format!("“{time}\""),
            1 => format!("«\u{a0}{time}\u{a0}»"),
            2 => format!("’{time}’"),
            _ => time,
        }
    })
}

fn dates() -> impl Strategy<Value = String> {
    (2019..2027, 1..13, 1..29, 0..24, 0..2).prop_map(|(year, month, day, hour, slip)| match slip {
        0 => format!("{year}-{month:02}-{day} {hour}:00:00 +0100"),
        _ => format!("{year}-{month:02}-{day:02} {hour:02}:00:00 +0100"),
    })
}

/// How a host writes a value down.
fn written(value: &str, style: u8) -> String {
    match style {
        0 if edit::is_plain(value) || value.starts_with(['“', '«', '’']) => value.to_owned(),
        1 => format!("'{}'", value.replace('\'', "''")),
        _ => format!("\"{}\"", value.replace('"', "\\\"")),
    }
}

/// A text of several lines in one of YAML's styles, at times with characters that no feed can hold. One that stands
/// alone on a line of a block is left to the host.
fn long_text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "[a-zé]{1,5}",
        1 => Just("it's".to_owned()),
        1 => Just("“so”".to_owned()),
        1 => "[a-z]{1,3}[\u{b}\u{1}\u{fffe}]{1,2}[a-z]{0,3}",
    ];
    let lines = prop::collection::vec(prop::collection::vec(word, 1..4), 1..4);
    (lines, 0..6, prop_oneof![Just("\n  "), Just("\n\n  ")]).prop_map(|(lines, style, between)| {
        let lines: Vec<String> = lines.iter().map(|words| words.join(" ")).collect();
        let text = format!("a{}", lines.join(between));
        match style {
            0 => text,
            1 => format!("'{}'", text.replace('\'', "''")),
            2 => format!("\"{text}\""),
            3 => format!("|\n  {text}"),
            4 => format!(">-\n  {text}"),
            _ => format!(">+\n  {text}\n"),
        }
    })
}

proptest! {
    /// However the host wrote a text: what no feed can hold goes, and nothing else.
    #[test]
    fn a_fix_keeps_a_text_s_own_form(
        texts in prop::collection::vec(long_text(), 2..3), duration in durations(),
        style in 0_u8..6, line_break in prop::sample::select(vec!["\n", "\r\n", "\r"]),
    ) {
        let duration = match style {
            0 => format!("|\n  {duration}"),
            1 => format!(">-\n  {duration}"),
            _ => written(&duration, style - 2),
        };
        let text = format!(
            "---\ntitle: t\ndescription: {}\nexplicit: true\nduration: {duration}\nepisode: 1\nguest: {}\n---\n",
            texts[0], texts[1]
        );
        let text = format!("{}Notes: |\n  size: 12 bytes\n", text.replace('\n', line_break));
        let settings = Settings::parse(&Source::new(FILE, SETTINGS)).unwrap();
        let before = Episode::parse(Source::new("episodes/a.md", text.as_str())).unwrap();
        let mut findings = Vec::new();
        text::episode(&settings, &before, &mut findings);
        audio::judge(&before, None, &mut findings);
        let fixes = findings.into_iter().filter_map(|finding| finding.fix);
        let fixes: Vec<Edit> = fixes.filter(|fix| fix.safe).map(|fix| fix.edit).collect();
        let fixed = edit::apply(&text, &fixes);
        let after = Episode::parse(Source::new("episodes/a.md", fixed.as_str())).unwrap();

        let legal = |text: &str| text.chars().filter(|&c| legal_in_xml(c)).collect::<String>();
        prop_assert_eq!(before.fields().all.len(), after.fields().all.len());
        for (old, new) in before.fields().all.iter().zip(&after.fields().all) {
            prop_assert_eq!(&old.key, &new.key);
            match old.key.as_str() {
                "duration" if before.duration.value().is_none() => {}
                "description" | "guest" => prop_assert_eq!(
                    old.text().map(legal), new.text().map(str::to_owned), "{:?} became {:?}", text, fixed),
                _ => prop_assert_eq!(old.value(), new.value()),
            }
        }
        prop_assert!(style < 2 || after.duration.value().is_some(), "{}", fixed);
        prop_assert_eq!(before.notes_text(), after.notes_text());
    }

    #[test]
    fn a_fix_changes_its_own_value_alone(
        size in sizes(), duration in durations(), date in dates(),
        style in 0_u8..3, comment in prop_oneof![Just(""), Just("  # a: \"b\""), Just("   ")],
        line_break in prop_oneof![Just("\n"), Just("\r\n")], bom in any::<bool>(),
    ) {
        let lines = [
            "---".to_owned(),
            "title: 'é: “a”' # c".to_owned(),
            format!("size: {}{comment}", written(&size, style)),
            "mood:   odd".to_owned(),
            format!("duration: {}{comment}", written(&duration, style)),
            "file: 001.mp3".to_owned(),
            format!("date: {}{comment}", written(&date, style)),
            "---".to_owned(),
            "Notes: size: 12 bytes".to_owned(),
        ];
        let text = format!("{}{}", if bom { "\u{feff}" } else { "" }, lines.join(line_break));
        let settings = Settings::parse(&Source::new(FILE, SETTINGS)).unwrap();
        let before = Episode::parse(Source::new("episodes/a.md", text.as_str())).unwrap();
        let mut findings = Vec::new();
        text::episode(&settings, &before, &mut findings);
        audio::judge(&before, None, &mut findings);
        let fixes: Vec<Edit> = findings.iter()
            .filter_map(|finding| finding.fix.as_ref().filter(|fix| fix.safe))
            .map(|fix| fix.edit.clone())
            .collect();
        let fixed = edit::apply(&text, &fixes);
        let after = Episode::parse(Source::new("episodes/a.md", fixed.as_str())).unwrap();

        prop_assert!(after.size.value().is_some(), "{}", fixed);
        prop_assert!(after.duration.value().is_some(), "{}", fixed);
        prop_assert!(after.date.value().is_some(), "{}", fixed);
        for (old, new) in before.fields().all.iter().zip(&after.fields().all) {
            prop_assert_eq!(&old.key, &new.key);
            if !["size", "duration", "date"].contains(&&*old.key) {
                prop_assert_eq!(old.value(), new.value());
            }
        }
        prop_assert_eq!(before.notes_text(), after.notes_text());
        // Every byte outside the fixes is as it was: taking them back gives the old text.
        let unchanged = |text: &str, episode: &Episode| {
            let mut kept = text.to_owned();
            let mut spans: Vec<_> = ["size", "duration", "date"].iter().filter_map(|key| Some(episode.field(key)?.span())).collect();
            spans.sort_by_key(|span| std::cmp::Reverse(span.start));
            spans.into_iter().for_each(|span| kept.replace_range(span, ""));
            kept
        };
        prop_assert_eq!(unchanged(&text, &before), unchanged(&fixed, &after));
        // Fixing again finds nothing to fix.
        let mut again = Vec::new();
        text::episode(&settings, &after, &mut again);
        audio::judge(&after, None, &mut again);
        prop_assert!(again.iter().all(|finding| finding.fix.as_ref().is_none_or(|fix| !fix.safe)));
    }
}
