//! What an episode's own words must be: files that read, keys that are known and there, values that
//! mean something.

use super::finding::Finding;
use super::reading;
use super::registry::{self as rule, Severity};
use super::shorten::shorten;
use crate::show::edit::Edit;
use crate::show::episode::EpisodeType;
use crate::show::frontmatter::FrontMatterError;
use crate::show::keys::own;
use crate::show::read::{FileTrouble, UnreadableReason};
use crate::show::set_key::set_value;
use crate::show::settings::ShowKind;
use crate::show::source::{UNFINISHED_MERGE, unfinished_merge};
use crate::show::{Episode, Given, Malformed, Settings, Source, Span, Unreadable};

/// Apple's limit on a description, in bytes.
pub(super) const MAX_DESCRIPTION: usize = 4000;
/// Apple's limit on other values, in characters.
const MAX_VALUE: usize = 255;

/// What git could not merge, and nobody has since.
pub fn merge(source: &Source) -> Option<Finding> {
    let span = unfinished_merge(&source.text)?;
    Some(Finding::at(&rule::MERGE, source, span, UNFINISHED_MERGE).help(
        "keep what belongs there, take out the lines of `<<<<<<<`, `=======` and `>>>>>>>`, and commit",
    ))
}

/// A file that is not an episode.
pub fn unreadable(file: &Unreadable) -> Finding {
    let source = &file.source;
    if let Some(finding) = merge(source) {
        return finding;
    }
    match &file.reason {
        UnreadableReason::File(trouble) => {
            let finding =
                Finding::on_file(&rule::UNREADABLE_FILE, &source.path, trouble.to_string());
            match trouble {
                FileTrouble::Name => finding.help("give the file another name"),
                _ => finding.expected("a UTF-8 text file in the show's folder"),
            }
        }
        UnreadableReason::FrontMatter(error) => front_matter(source, error),
    }
}

fn front_matter(source: &Source, error: &FrontMatterError) -> Finding {
    let finding = |span: Span| Finding::at(&rule::FRONT_MATTER, source, span, error.to_string());
    let line_break = if source.text.contains("\r\n") { "\r\n" } else { "\n" };
    match error {
        FrontMatterError::NoOpening { insert_at: Some(at) } => {
            let end =
                source.text[*at..].find(['\r', '\n']).map_or(source.text.len(), |len| at + len);
            finding(*at..end)
                .expected("`---` alone on the first line")
                .help("put a line `---` before this one")
                .suggest(*at..*at, format!("---{line_break}"))
        }
        FrontMatterError::NoOpening { insert_at: None } => finding(0..0)
            .expected("`---` alone on the first line, then one `key: value` to a line")
            .help("start the file with the front matter, or move it out of the folder of episodes"),
        FrontMatterError::NoClosing { opening } => finding(opening.clone())
            .expected("a second line `---` between the keys and the notes")
            .help("put a line `---` before the notes"),
        FrontMatterError::OddFence { span } => finding(span.clone())
            .expected("`---`: three hyphens, alone on their line")
            .help("write `---` here")
            .suggest(span.clone(), "---"),
        FrontMatterError::Language { opening, .. } => finding(opening.clone())
            .expected("YAML between two lines `---`")
            .help("write each `key = value` as `key: value`, and `---` in place of the lines around them"),
        FrontMatterError::TooLarge { opening, .. } => {
            finding(opening.clone()).help("keep long texts in the notes, behind the closing `---`")
        }
        FrontMatterError::Yaml { span, help, .. } => {
            let finding = finding(span.clone());
            match help {
                Some(help) => finding.help(help),
                None => finding.expected("one `key: value` to a line"),
            }
        }
        FrontMatterError::Duplicate { key, first, again } => finding(again.clone())
            .help(format!("keep one `{key}` and take the other out"))
            .related(source, first.clone(), "it stands here first"),
    }
}

/// The rules of one episode's text, whatever the others say.
pub fn episode(settings: &Settings, episode: &Episode, findings: &mut Vec<Finding>) {
    let source = &episode.source;
    for unknown in &episode.unknown {
        let again = own(&unknown.key);
        let message = match again {
            Some(own) => format!("`{}` is `{own}` again, and does nothing", shorten(&unknown.key)),
            None => format!("onair does not know the key `{}`", shorten(&unknown.key)),
        };
        let finding = Finding::at(&rule::UNKNOWN_KEY, source, unknown.span.clone(), message);
        findings.push(match unknown.nearest {
            _ if again.is_some() => finding.help("leave one of the two"),
            Some(nearest) => finding
                .help(format!("did you mean `{nearest}`?"))
                .suggest(unknown.span.clone(), nearest),
            None => finding.help("it is kept, and does nothing; take it out, or set `unknown-key = \"off\"` in [rules]"),
        });
    }
    let head = head(episode);
    let mut required = |key: &str, missing: bool, span: Option<Span>, expected: &str| {
        if missing {
            let (verb, span) = match span {
                Some(span) => ("is empty", at_key(episode, key).unwrap_or(span)),
                None => ("is not there", head.clone()),
            };
            findings.push(
                Finding::at(&rule::MISSING_KEY, source, span, format!("`{key}` {verb}"))
                    .expected(expected),
            );
        }
    };
    required("title", is_missing(&episode.title), episode.title.span(), "the episode's title");
    let elsewhere = !is_missing(&episode.enclosure);
    required(
        "file",
        is_missing(&episode.file) && (!elsewhere || is_missing(&episode.guid)),
        episode.file.span(),
        match elsewhere {
            true => "the MP3's name, which is the guid, too; or `guid`, for audio elsewhere",
            false => "the name of an MP3 in the audio folder, as in 109.mp3",
        },
    );
    required(
        "date",
        is_missing(&episode.date),
        episode.date.span(),
        "YYYY-MM-DD HH:MM:SS +HHMM, as in 2022-05-27 07:00:00 +0200",
    );

    let values: [(&str, Option<&Malformed>); 30] = [
        ("slug", episode.page.malformed()),
        ("permalink", episode.permalink.malformed()),
        ("aliases", episode.aliases.malformed()),
        ("title", episode.title.malformed()),
        ("subtitle", episode.subtitle.malformed()),
        ("description", episode.description.malformed()),
        ("guest", episode.guest.malformed()),
        ("guests", episode.guests.malformed()),
        ("persons", episode.persons.malformed()),
        ("links", episode.links.malformed()),
        ("tags", episode.tags.malformed()),
        ("episode", episode.number.malformed()),
        ("season", episode.season.malformed()),
        ("episodeType", episode.episode_type.malformed()),
        ("explicit", episode.explicit.malformed()),
        ("file", episode.file.malformed()),
        ("date", episode.date.malformed()),
        ("author", episode.author.malformed()),
        ("appleEpisodeId", episode.apple_id.malformed()),
        ("guid", episode.guid.malformed()),
        ("guidIsPermaLink", episode.guid_is_permalink.malformed()),
        ("enclosure", episode.enclosure.malformed()),
        ("enclosureType", episode.enclosure_type.malformed()),
        ("chapters", episode.chapters.malformed()),
        ("transcript", episode.transcripts.malformed()),
        ("draft", episode.draft.malformed()),
        ("category", episode.category.malformed()),
        ("image", episode.image.malformed()),
        ("background", episode.background.malformed()),
        ("social-background", episode.social_background.malformed()),
    ];
    let fields = std::cell::LazyCell::new(|| episode.fields());
    for (key, malformed) in values {
        let Some(malformed) = malformed else { continue };
        // Another generator's key is called as it stands there.
        let key = fields.get(key).map_or(key, |field| &field.key);
        findings.push(malformed_value(episode, key, malformed));
    }
    findings.extend(merge(source));
    reading::episode(episode, findings);
    texts(settings, episode, findings);
    numbers(settings, episode, &head, findings);
}

/// The finding for a value that means nothing.
pub fn malformed_value(episode: &Episode, key: &str, malformed: &Malformed) -> Finding {
    let source = &episode.source;
    let written = &source.text[malformed.span.clone()];
    let place = if malformed.culprit.is_empty() {
        malformed.span.clone()
    } else {
        malformed.culprit.clone()
    };
    let finding = Finding::at(
        &rule::MALFORMED_VALUE,
        source,
        place,
        format!("`{key}`: {}", malformed.reason),
    )
    .found(shorten(written))
    .expected(malformed.expected);
    let meant = malformed.meant.as_ref();
    match meant.and_then(|meant| set_value(episode, &malformed.span, meant)) {
        Some(Edit { span, replacement }) => {
            finding.help(format!("write `{}`", shorten(&replacement))).fix(span, replacement)
        }
        None => finding,
    }
}

/// A value that is longer than platforms take.
pub(super) fn too_long(source: &Source, span: Span, what: &str, value: &str) -> Option<Finding> {
    let length = value.chars().count();
    (length > MAX_VALUE).then(|| {
        let message = format!("{what} is {length} characters long");
        Finding::at(&rule::TEXT_TOO_LONG, source, span, message)
            .expected(format!("at most {MAX_VALUE} characters"))
    })
}

fn texts(settings: &Settings, episode: &Episode, findings: &mut Vec<Finding>) {
    let source = &episode.source;
    // Notes stand in for it.
    if is_missing(&episode.description) && episode.notes_text().trim().is_empty() {
        let span = at_key(episode, "description").unwrap_or_else(|| head(episode));
        findings.push(
            Finding::at(
                &rule::MISSING_DESCRIPTION,
                source,
                span,
                "the episode has neither description nor notes",
            )
            .help("say in a sentence or two what the episode is about"),
        );
    }
    if let Given::Good(text) = &episode.description
        && text.value.len() > MAX_DESCRIPTION
    {
        let message = format!("the description is {} bytes long", text.value.len());
        findings.push(
            Finding::at(&rule::TEXT_TOO_LONG, source, text.span.clone(), message)
                .expected(format!("at most {MAX_DESCRIPTION} bytes"))
                .help("move the rest to the notes"),
        );
    }
    for (key, text) in
        [("title", &episode.title), ("subtitle", &episode.subtitle), ("author", &episode.author)]
    {
        let Given::Good(text) = text else { continue };
        findings.extend(too_long(source, text.span.clone(), &format!("`{key}`"), &text.value));
    }
    if let Given::Good(title) = &episode.title {
        let show = settings.show.title.get_ref().trim().to_lowercase();
        let out = "apps show it beside the title: take it out";
        let number = || Some(number_in(&title.value, *episode.number.value()?));
        let repeats = if !show.is_empty() && has_words(&title.value.to_lowercase(), &show) {
            Some(("the title repeats the show's name", out))
        } else {
            match number().unwrap_or(NumberIn::No) {
                NumberIn::No => None,
                NumberIn::Part => Some(("the title repeats the episode's number", out)),
                NumberIn::All => Some((
                    "the title is only the episode's number",
                    "apps show that beside the title: write what the episode is about",
                )),
            }
        };
        if let Some((message, help)) = repeats {
            let span = title.span.clone();
            findings.push(Finding::at(&rule::TITLE_REPEATS, source, span, message).help(help));
        }
    }
}

/// Whether a text has these words, and not only as a part of longer ones; both in small letters.
fn has_words(text: &str, words: &str) -> bool {
    // Scripts that part no words by spaces have no small letters.
    let of_word = |c: char| c.is_lowercase() || c.is_ascii_digit();
    let goes_on = |next: Option<char>, edge: Option<char>| {
        next.is_some_and(of_word) && edge.is_some_and(of_word)
    };
    text.match_indices(words).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + words.len()..]);
        !goes_on(before.chars().next_back(), words.chars().next())
            && !goes_on(behind.chars().next(), words.chars().next_back())
    })
}

/// How much of a title is its episode's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NumberIn {
    No,
    Part,
    All,
}

/// Whether a title has its episode's number, marked as such: `#12`, `Ep. 12`, `12 -`.
fn number_in(title: &str, number: u32) -> NumberIn {
    const MARKS: [&str; 5] = ["episode", "épisode", "ep", "#", "n°"];
    let title = title.to_lowercase();
    let words: Vec<&str> = title
        .split(|c: char| {
            c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—' | '.' | ',' | '|' | '(' | ')')
        })
        .filter(|word| !word.is_empty())
        .collect();
    let digits = |word: &str| word.trim_start_matches('0').parse() == Ok(number);
    let marked = |word: &str| {
        ["#", "ep", "episode", "épisode", "e", "n°", "no"]
            .iter()
            .any(|mark| word.strip_prefix(mark).is_some_and(digits))
    };
    let pair = words.windows(2).any(|pair| MARKS.contains(&pair[0]) && digits(pair[1]));
    let leads = title
        .trim_start()
        .split_once([':', '-', '–', '—', '.', '|'])
        .is_some_and(|(lead, _)| digits(lead.trim()));
    let all = words.iter().all(|word| MARKS.contains(word) || digits(word) || marked(word));
    match pair || leads || words.iter().any(|word| marked(word)) {
        false => NumberIn::No,
        true if all => NumberIn::All,
        true => NumberIn::Part,
    }
}

fn numbers(settings: &Settings, episode: &Episode, head: &Span, findings: &mut Vec<Finding>) {
    let proper = matches!(episode.episode_type.value(), None | Some(EpisodeType::Full));
    if proper && is_missing(&episode.number) {
        let span = at_key(episode, "episode").unwrap_or_else(|| head.clone());
        let mut finding =
            Finding::at(&rule::MISSING_NUMBER, &episode.source, span, "the episode has no number")
                .expected("a whole number, as in 109")
                .help("add `episodeType: trailer` (or `bonus`) if it is not an episode proper");
        if settings.show.kind == ShowKind::Serial {
            finding.severity = Severity::Error;
            finding.message.push_str(", and a serial show is played in the order of its numbers");
        }
        findings.push(finding);
    }
}

fn is_missing<T>(given: &Given<T>) -> bool {
    matches!(given, Given::Missing | Given::Empty(_))
}

/// Where a key without value stands.
fn at_key(episode: &Episode, key: &str) -> Option<Span> {
    episode.field(key).map(|field| field.key_span)
}

/// The opening fence: where findings about what is not there are shown.
pub fn head(episode: &Episode) -> Span {
    let at = episode.source.text.find("---").unwrap_or(0);
    at..at + 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_within_a_word_is_not_repeated() {
        assert!(has_words("art: starting over", "art") && has_words("the art", "art"));
        assert!(!has_words("starting over, with hearts", "art"));
        assert!(has_words("c++ weekly!", "c++") && has_words("朝の港の番組", "港"));
    }

    #[test]
    fn numbers_in_titles_are_told_from_numbers_as_such() {
        for repeats in [
            "#12 Moving",
            "Episode 12: Moving",
            "Ep12 Moving",
            "Moving (Ep. 12)",
            "12 - Moving",
            "012: Moving",
        ] {
            assert_eq!(number_in(repeats, 12), NumberIn::Part, "{repeats}");
        }
        for fine in ["12 angry men", "Java 12", "Top 12: the best", "HTTP/2", "Episode one"] {
            assert_eq!(number_in(fine, 12), NumberIn::No, "{fine}");
        }
        for all in ["Episode 12", "#12", "Ep. 012", "12 - Episode 12"] {
            assert_eq!(number_in(all, 12), NumberIn::All, "{all}");
        }
    }

    #[test]
    fn a_serial_show_cannot_do_without_numbers() {
        let found = |kind: &str, line: &str| {
            let settings = Source::new(
                "onair.toml",
                format!(
                    "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
                     category = \"Arts\"\nartwork = \"a.png\"\ntype = \"{kind}\"\n\
                     [site]\nurl = \"https://s.example\"\n"
                ),
            );
            let text = format!("---\ntitle: T\nfile: 1.mp3\n{line}\n---\n");
            let mut findings = Vec::new();
            let read = Episode::parse(Source::new("episodes/a.md", text)).unwrap();
            episode(&Settings::parse(&settings).unwrap(), &read, &mut findings);
            let of_number = findings.iter().find(|found| found.rule == &rule::MISSING_NUMBER);
            of_number.map(|found| (found.severity, found.message.clone()))
        };
        let plain = "the episode has no number".to_owned();
        let serial = format!("{plain}, and a serial show is played in the order of its numbers");
        assert_eq!(found("episodic", "episode:"), Some((Severity::Warning, plain)));
        assert_eq!(found("serial", "episode:"), Some((Severity::Error, serial)));
        assert_eq!(found("serial", "episodeType: trailer"), None);
        assert_eq!(found("serial", "episode: 1"), None);
    }
}
