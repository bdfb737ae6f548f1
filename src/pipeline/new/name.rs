//! What an MP3's name tells, and the name under which it can be published.

use crate::model::slug::slug;
use crate::show::layout;
use crate::show::values::{self, AudioName};

/// Words that stand in front of an episode's number.
const WORDS: [&str; 9] = ["episode", "ep", "e", "folge", "nr", "no", "n", "épisode", "#"];

/// The season and the number that a file's name says, if it says one. `next` is the number that would
/// come next: where nothing else tells that a number at the start or the end is the episode's, it must
/// be this one.
pub fn numbers(stem: &str, next: u32) -> Option<(Option<u32>, u32)> {
    let stem = stem.trim().to_lowercase();
    let number =
        |text: &str| text.parse::<u32>().ok().filter(|number| (1..10_000).contains(number));
    if let Some(number) = number(&stem) {
        return Some((None, number));
    }
    let groups = groups(&stem);
    for pair in groups.windows(2) {
        let [(season, s), (episode, e)] = pair else { continue };
        let between = &stem[s.end..e.start];
        let before = stem[..s.start].trim_end_matches([' ', '-', '_', '.']);
        if matches!(between, "e" | "ep" | " e" | "-e" | "_e" | "x") && before.ends_with('s') {
            return Some((number(season), number(episode)?));
        }
    }
    let named = groups.iter().find_map(|(digits, place)| {
        let before = stem[..place.start].trim_end_matches([' ', '-', '_', '.', '#']);
        let hash = stem[..place.start].ends_with('#');
        let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        (hash || WORDS.contains(&word)).then(|| number(digits)).flatten()
    });
    // Numbers that a single sign joins are a date, or a version.
    let joined = groups.windows(2).any(|pair| pair[1].1.start - pair[0].1.end == 1);
    let at_an_end = groups.iter().filter(|_| !joined).find_map(|(digits, place)| {
        let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let alone = apart(stem[..place.start].chars().next_back())
            && apart(stem[place.end..].chars().next());
        let ends = place.start == 0 || place.end == stem.len();
        number(digits).filter(|number| alone && ends && *number == next)
    });
    named.or(at_an_end).map(|number| (None, number))
}

/// Runs of digits, with their places.
fn groups(text: &str) -> Vec<(&str, std::ops::Range<usize>)> {
    let mut groups = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, c.is_ascii_digit()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                groups.push((&text[from..at], from..at));
                start = None;
            }
            _ => {}
        }
    }
    groups
}

/// The name for an MP3 whose own makes no address: by its number where the show's files are called so
/// (`011`, or `ropes11`), else plain letters of its own. `known` are the show's, with their numbers.
pub fn good(stem: &str, number: u32, known: &[(u32, &str)]) -> String {
    let parts = |&(number, name): &(u32, &'_ str)| {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let head = stem.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = stem.len() - head.len();
        (layout::number(stem) == Some(number)).then(|| (head.to_owned(), digits))
    };
    let named: Vec<(String, usize)> = known.iter().filter_map(parts).collect();
    if let Some((head, width)) = named.last() {
        let alike = named.iter().filter(|(other, _)| other == head).count();
        // Three of one name are a habit, as they are to the rule `file-number`.
        if alike * 2 >= known.len() && (alike > 2 || head.is_empty()) {
            return format!("{head}{number:0width$}.mp3");
        }
    }
    // Its own number would be taken for the episode's.
    let fits = |slug: &String| {
        let own = layout::numbered(slug);
        own.is_none_or(|(word, own)| own == number || !word.is_empty())
    };
    match slug(stem).filter(fits) {
        Some(slug) if !known.is_empty() => format!("{slug}.mp3"),
        _ => format!("{number:03}.mp3"),
    }
}

/// A name that a host chose, with or without its ending.
pub fn chosen(text: &str) -> Result<AudioName, String> {
    let whole =
        if text.to_lowercase().ends_with(".mp3") { text.to_owned() } else { format!("{text}.mp3") };
    values::audio_name(&whole).map_err(|trouble| trouble.reason)
}

/// The path of a new episode's file, as that of another is called, whose season and number are known:
/// `episodes/2024/109.md` for number 110 gives `episodes/2024/110.md`, and `s1e7.md` for the first of another
/// season `s2e1.md`.
pub fn episode_path(
    model: Option<(&str, Option<u32>, u32)>,
    season: Option<u32>,
    number: u32,
) -> String {
    let default = format!("episodes/episode_{number:03}.md");
    let Some((path, old_season, old)) = model else { return default };
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let (head, part, tail) = match folder.rsplit_once('/') {
        // `episodes/109/index.md`
        Some((above, own)) if file.starts_with("index.") => {
            (format!("{above}/"), own, format!("/{file}"))
        }
        _ => (format!("{folder}/"), file, String::new()),
    };
    let all = groups(part);
    let is = |at: usize, number: u32| all[at].0.parse() == Ok(number);
    // The new name up to the number, and where that one ends in the old name.
    let start = match (all.len(), old_season.zip(season)) {
        // Other digits may be a date, which is another day's.
        (1, _) if is(0, old) => {
            let (digits, place) = &all[0];
            let width = digits.len();
            Some((format!("{}{number:0width$}", &part[..place.start]), place.end))
        }
        (2, Some((before, season))) if is(0, before) && is(1, old) => {
            let [(first, at), (second, place)] = [&all[0], &all[1]];
            let (wide, width) = (first.len(), second.len());
            let (start, between) = (&part[..at.start], &part[at.end..place.start]);
            Some((format!("{start}{season:0wide$}{between}{number:0width$}"), place.end))
        }
        _ => None,
    };
    // What stands behind the number may be a title: not this one's.
    let plain = |behind: &str| behind.is_empty() || behind.starts_with('.');
    match start {
        Some((start, end)) if plain(&part[end..]) => format!("{head}{start}{}{tail}", &part[end..]),
        _ => default,
    }
}

/// The path of an episode whose name another season's has: `s2e1.md` beside it.
pub fn path_of_season(path: &str, season: u32, number: u32) -> String {
    let index = if layout::is_index(path) { &path[layout::folder(path).len()..] } else { ".md" };
    let folder = layout::folder(path.strip_suffix(index).unwrap_or(path));
    format!("{folder}/s{season}e{number}{index}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_number() {
        let told = [
            ("109", Some((None, 109))),
            ("007", Some((None, 7))),
            ("Episode 12 - the end", Some((None, 12))),
            ("tide_ep12_final2", Some((None, 12))),
            ("tide #12 (v3)", Some((None, 12))),
            ("S02E05 Harbour", Some((Some(2), 5))),
            ("show-s2e5", Some((Some(2), 5))),
            ("tide-6", Some((None, 6))),
            ("6 - Harbour", Some((None, 6))),
            ("My Episode (final) v2", None),
            ("Top 10", None),
            ("interview 2026-03-06", None),
            ("harbour", None),
            ("20260306", None),
            ("٣", None),
        ];
        for (stem, number) in told {
            assert_eq!(numbers(stem, 6), number, "{stem}");
        }
    }

    #[test]
    fn a_name_that_makes_no_address_gets_a_good_one() {
        assert_eq!(good("My Episode (final) v2", 12, &[]), "012.mp3");
        let known = [(10, "0010.mp3"), (11, "0011.mp3")];
        assert_eq!(good("My Episode (final) v2", 12, &known), "0012.mp3");
        let known = [(9, "ropes9.mp3"), (10, "ropes10.mp3"), (11, "ropes11.mp3")];
        assert_eq!(good("My Episode (final) v2", 12, &known), "ropes12.mp3");
        let known = [(1, "ebb.mp3"), (2, "flood.mp3"), (3, "1.mp3")];
        assert_eq!(good("Été à Brest", 12, &known), "ete-a-brest.mp3");
        assert_eq!(good("My Episode (final) v2", 12, &known), "my-episode-final-v2.mp3");
        assert_eq!(good("My Episode (2)", 12, &known), "012.mp3");
        assert_eq!(good("Fähre & Küste", 12, &known[..1]), "faehre-kueste.mp3");
        assert_eq!(good("…", 12, &known[..1]), "012.mp3");
        assert!(chosen("harbour").is_ok() && chosen("a b").is_err() && chosen("a/b.mp3").is_err());
    }

    #[test]
    fn a_new_episode_is_called_as_the_newest_is() {
        let path = |path, old| episode_path(Some((path, None, old)), None, 110);
        assert_eq!(episode_path(None, None, 1), "episodes/episode_001.md");
        assert_eq!(path("episodes/2024/109.markdown", 109), "episodes/2024/110.markdown");
        assert_eq!(path("episodes/0109/index.md", 109), "episodes/0110/index.md");
        assert_eq!(path("episodes/ep-109.md", 109), "episodes/ep-110.md");
        assert_eq!(path("episodes/2024-01-09-tide.md", 9), "episodes/episode_110.md");
        assert_eq!(path("episodes/109-the-harbour.md", 109), "episodes/episode_110.md");
        assert_eq!(path("episodes/harbour.md", 109), "episodes/episode_110.md");
        let path = |path| episode_path(Some((path, Some(2), 5)), Some(3), 1);
        assert_eq!(path("episodes/s2e5.md"), "episodes/s3e1.md");
        assert_eq!(path("episodes/tide-S02E05.md"), "episodes/tide-S03E01.md");
        assert_eq!(path("episodes/s2e05/index.md"), "episodes/s3e01/index.md");
        assert_eq!(path("episodes/s2e5-harbour.md"), "episodes/episode_001.md");
        assert_eq!(path("episodes/s2e9.md"), "episodes/episode_001.md");
        assert_eq!(path_of_season("episodes/episode_001.md", 3, 1), "episodes/s3e1.md");
        assert_eq!(path_of_season("episodes/1/index.md", 3, 1), "episodes/s3e1/index.md");
    }
}
