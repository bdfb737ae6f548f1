//! The folder of a podcast's site generator (Jekyll, Octopod, Toucan, Hugo, Eleventy, Castanet) as a show:
//! its episodes stay as they are, byte for byte, where their front matter is one that onair reads.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use serde_yaml::Value;

use super::channel::ARTWORK;
use super::names::{self, Names};
use super::options::Options;
use super::report::Report;
use super::site_config::SiteConfig;
use super::site_settings::site_settings;
use super::{EpisodeFile, Import, ImportError, dates, permalinks};
use crate::model::slug::slug;
use crate::report::counted;
use crate::show::edit::{self, Edit};
use crate::show::episode::Person;
use crate::show::read::EPISODES;
use crate::show::settings::{FILE, Settings};
use crate::show::{Episode, Given, Source, files};

/// Folders of what generators write, or what is not theirs.
pub const NOT_LOOKED_INTO: [&str; 9] =
    ["node_modules", "_site", "public", "dist", "vendor", "output", "docs", "themes", "_layouts"];
/// Keys by which other dialects name an episode's audio, its time and its length.
const OTHER_AUDIO: [&str; 12] = [
    "audio",
    "audio_file",
    "audio_url",
    "audio_file_path",
    "podcast_file",
    "podcast_link",
    "podcast_url",
    "mp3",
    "media",
    "file_name",
    "enclosure_url",
    "podcast",
];
const OTHER_TIME: [&str; 4] = ["podcast_duration", "audio_duration", "length", "itunes_duration"];
const OTHER_LENGTH: [&str; 4] = ["podcast_bytes", "audio_bytes", "filesize", "audio_file_size"];

/// Makes a show of the files of a generator's folder; of `posts`, those with audio are episodes.
///
/// # Errors
/// [`ImportError`] if its settings cannot be read, or none of its files is an episode.
pub fn of_folder(
    config: Option<&Source>,
    posts: &[Source],
    options: &Options<'_>,
) -> Result<Import, ImportError> {
    let mut report = Report::default();
    let site = config.map_or(Ok(SiteConfig::default()), SiteConfig::read)?;
    let permalink = site.permalink();
    let zone = site.text(&["timezone"]).and_then(|zone| TimeZone::get(&zone).ok());
    let mut taken = Names::default();
    let mut unread = Vec::new();
    let mut drafts = 0;
    let mut others = 0;
    let mut episodes: Vec<EpisodeFile> = Vec::new();
    for post in posts {
        match episode(post, permalink.as_deref(), zone.as_ref(), &mut taken, &mut report) {
            Outcome::Episode(file, draft) => {
                drafts += usize::from(draft);
                episodes.push(file);
            }
            Outcome::Other => others += 1,
            Outcome::Unread => unread.push(post.path.as_str()),
        }
    }
    if episodes.is_empty() {
        let looked = format!("{} looked at", counted(posts.len(), "file"));
        return Err(ImportError::new(format!("no file in this folder is an episode; {looked}")).help(
            "an episode is a Markdown file whose front matter names its MP3 with `file`, or as its generator has it",
        ));
    }
    report.fact(counted(episodes.len(), "episode"));
    if drafts > 0 {
        report.fact(format!(
            "{} a draft: `draft: true` holds it back",
            if drafts == 1 {
                "1 of them is".to_owned()
            } else {
                format!("{drafts} of them are each")
            }
        ));
    }
    if others > 0 {
        report.fact(format!(
            "{} left where {}",
            if others == 1 {
                "1 file names no audio and is".to_owned()
            } else {
                format!("{others} files name no audio and are")
            },
            if others == 1 { "it is" } else { "they are" }
        ));
    }
    if let Some(first) = unread.first() {
        report.decide(
            format!("{} could not be read, such as {first}", counted(unread.len(), "file")),
            "fix the front matter and import again, or copy them by hand: only the others came",
        );
    }
    let config_name = config.map_or("the folder", |config| config.path.as_str());
    let (title, settings, artwork) =
        site_settings(&site, config_name, &dates_of(&episodes), options, &mut report);
    Settings::parse(&Source::new(FILE, settings.as_str())).map_err(|error| {
        ImportError::new(format!("no settings can be made of {config_name}: {}", error.reason))
    })?;
    report.next = vec![
        "put the MP3s that the episodes name into audio/".to_owned(),
        format!("put the artwork{} at {ARTWORK}.jpg", artwork.map(|it| format!(" ({it})")).unwrap_or_default()),
        "run `onair check`".to_owned(),
        "run `onair release --dry-run` with the --target that has the present feed: it says which guids and addresses it would change; `guid` and `enclosure` keep them"
            .to_owned(),
    ];
    Ok(Import { title, settings, episodes, artwork: None, further: None, extra: None, report })
}

/// What a file is.
enum Outcome {
    /// An episode, and whether it is a draft.
    Episode(EpisodeFile, bool),
    /// Something else.
    Other,
    /// Something whose front matter cannot be read.
    Unread,
}

fn episode(
    post: &Source,
    permalink: Option<&str>,
    zone: Option<&TimeZone>,
    taken: &mut Names,
    report: &mut Report,
) -> Outcome {
    let parts: Vec<&str> = post.path.split('/').collect();
    let name = parts.last().copied().unwrap_or_default();
    let bare = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // A folder of its own gives its name.
    let stem = match (bare, parts.len()) {
        ("index" | "_index", 2..) => parts[parts.len() - 2],
        _ => bare,
    };
    const BROKEN: &str = "files whose front matter cannot be read";
    let mut text = match as_yaml(&post.text) {
        None => post.text.to_string(),
        Some(Ok(text)) => text,
        Some(Err(reason)) => {
            report.remark(&post.path, BROKEN, reason);
            return Outcome::Unread;
        }
    };
    if !text.trim_start_matches('\u{feff}').starts_with("---") {
        // A readme, or notes. What looks like a front matter without its first line is a mistake.
        return if text.contains("\n---") && text.contains("file:") {
            Outcome::Unread
        } else {
            Outcome::Other
        };
    }
    let mut read = Episode::parse(Source::new(post.path.as_str(), text.as_str()));
    if text.contains("!!") && read.as_ref().map_or(true, |episode| !is_sound(episode)) {
        // Tags of YAML's core schema say what the value would be read as anyway.
        text = without_tags(&text);
        read = Episode::parse(Source::new(post.path.as_str(), text.as_str()));
    }
    let episode = match read {
        Ok(episode) => episode,
        Err(error) => {
            report.remark(&post.path, BROKEN, error.to_string());
            return Outcome::Unread;
        }
    };
    if let Some(bad) = episode.file.malformed() {
        report.remark(&post.path, "what names its audio names no MP3", bad.reason.clone());
    }
    let mut lines = String::new();
    if matches!(episode.file, Given::Missing) {
        let Some(address) = audio(&episode) else { return Outcome::Other };
        let file = names::audio_stem(&format!("x/{address}")).map(|stem| format!("{stem}.mp3"));
        let Some(file) = file else {
            report.remark(&post.path, "audio that is not MP3 has no place: left out", address);
            return Outcome::Unread;
        };
        lines.push_str(&format!("file: {file}\n"));
        if address.contains("://") {
            lines.push_str(&format!("enclosure: {}\n", edit::quoted(&address)));
        }
        let other = |key: &str, keys: &[&str]| {
            let field = keys.iter().find_map(|key| episode.field(key))?;
            Some(format!("{key}: {}\n", edit::quoted(field.text()?)))
        };
        if matches!(episode.duration, Given::Missing) {
            lines.extend(other("duration", &OTHER_TIME));
        }
        if matches!(episode.size, Given::Missing) {
            lines.extend(other("size", &OTHER_LENGTH).map(|line| line.replace('"', "")));
        }
    }
    if matches!(episode.date, Given::Missing)
        && let Some(date) = name.get(..10).filter(|date| crate::show::date::date(date).is_ok())
    {
        // Jekyll takes it from the file's name.
        lines.push_str(&format!("date: {date}\n"));
        report.remark(&post.path, "its date was taken from its name", date);
    }
    if matches!(episode.number, Given::Missing | Given::Empty(_))
        && let Some(number) = number_in(stem)
    {
        if matches!(episode.number, Given::Missing) {
            lines.push_str(&format!("episode: {number}\n"));
        }
        report.remark(&post.path, "numbers were taken from names", number.to_string());
    }
    let says_no = |key: &str| {
        let field = episode.field(key);
        let text = field.as_ref().and_then(|field| field.text()).unwrap_or_default();
        matches!(text.trim().to_ascii_lowercase().as_str(), "false" | "no")
    };
    let hidden = says_no("published") || says_no("isPublished") || parts.contains(&"_drafts");
    if hidden && !episode.is_draft() {
        lines.push_str("draft: true\n");
    }
    if parts.contains(&"_posts") && !hidden && episode.field("permalink").is_none() {
        match permalinks::old_page(permalink.unwrap_or("date"), &parts, &episode, zone) {
            // A second list would take the place of the first.
            Some(page) if matches!(episode.aliases, Given::Missing) => {
                lines.push_str(&format!("aliases: [{}]\n", edit::quoted(&page)));
            }
            Some(page) if leads_on(&episode, &page) => {}
            Some(page) => {
                report.remark(&post.path, "an old page leads on only if `aliases` has it", page)
            }
            None => report.remark(&post.path, "where an old page stood is not known", bare),
        }
    }
    let at = text.find('\n').map_or(text.len(), |at| at + 1);
    let mut edits = vec![Edit { span: at..at, replacement: lines }];
    if let Some(guests) = episode.field("guests").filter(|_| names_guests_by_id(&episode)) {
        let kind = "guests by ids alone were left out: write `guests` with their names";
        let ids = episode.guests.value().into_iter().flatten().map(|guest| guest.name.as_str());
        report.remark(&post.path, kind, ids.collect::<Vec<_>>().join(", "));
        edits.push(edit::without(&text, &guests));
    }
    text = edit::apply(&text, &edits);
    let slug = names::is_plain(stem).then(|| stem.to_owned()).or_else(|| slug(stem));
    let slug = taken.take(slug.into_iter().chain(["episode".to_owned()]), "");
    // What has a folder of its own for its pictures keeps one.
    let names_beside = files::of_episode(&episode)
        .iter()
        .any(|named| !named.name.starts_with('/') && !files::is_address(&named.name));
    let is_bundle = bare == "index" && parts.len() > 1 && names_beside;
    let path = match is_bundle {
        true => format!("{EPISODES}/{slug}/index.md"),
        false => format!("{EPISODES}/{slug}.md"),
    };
    let guid = Episode::parse(Source::new(path.as_str(), text.as_str()));
    let guid = guid.ok().and_then(|episode| episode.effective_guid().map(str::to_owned));
    let draft = hidden || episode.is_draft();
    let file = EpisodeFile {
        path,
        text,
        guid: guid.unwrap_or_default(),
        audio: None,
        bytes: None,
        from: Some(post.path.clone()),
        beside: Vec::new(),
    };
    Outcome::Episode(file, draft)
}

/// Whether an old page's address is one of an episode's aliases already.
fn leads_on(episode: &Episode, page: &str) -> bool {
    let path = crate::show::path_of_link(page);
    let aliases = episode.aliases.value().into_iter().flatten();
    aliases.into_iter().any(|alias| path.as_ref().is_some_and(|path| path == alias))
}

/// Whether guests are Castanet's: names of their pages' files, as its `hosts` are.
fn names_guests_by_id(episode: &Episode) -> bool {
    let is_id =
        |guest: &Person| guest.link.is_none() && !guest.name.chars().any(char::is_uppercase);
    episode.field("podcast_file").is_some()
        && episode.guests.value().is_some_and(|guests| guests.iter().all(is_id))
}

/// Whether the values that a tag may stand before are read.
fn is_sound(episode: &Episode) -> bool {
    episode.number.malformed().is_none()
        && episode.size.malformed().is_none()
        && episode.duration.malformed().is_none()
        && episode.date.malformed().is_none()
        && episode.title.malformed().is_none()
}

/// The number that a name gives: `346`, `episode_346`, `ep-12`.
fn number_in(stem: &str) -> Option<u32> {
    let lower = stem.to_ascii_lowercase();
    let rest = ["episode", "ep", "e", "podcast"].iter().find_map(|word| lower.strip_prefix(word));
    let digits = rest.unwrap_or(&lower).trim_start_matches(['-', '_', ' ']);
    let number = digits.parse().ok()?;
    (digits.len() < 6 && digits.bytes().all(|byte| byte.is_ascii_digit()) && number > 0)
        .then_some(number)
}

/// The audio that another dialect names: an address or a path.
fn audio(episode: &Episode) -> Option<String> {
    let is_audio = |text: &str| {
        let path = text.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        [".mp3", ".m4a", ".ogg", ".opus", ".wav"].iter().any(|ending| path.ends_with(ending))
    };
    OTHER_AUDIO.iter().find_map(|key| {
        let value = episode.field(key)?.value();
        let texts: Vec<&str> = match &value {
            Value::Mapping(map) => map.values().filter_map(Value::as_str).collect(),
            value => value.as_str().into_iter().collect(),
        };
        let mp3 = texts.iter().find(|text| text.to_ascii_lowercase().contains(".mp3"));
        mp3.or_else(|| texts.iter().find(|text| is_audio(text)))
            .map(|text| (*text).trim().to_owned())
    })
}

/// A front matter without the tags of YAML's core schema (YAML 1.2.2, section 10.3).
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" {
            inside = !inside && out.is_empty();
        }
        let tag = ["!!int ", "!!float ", "!!bool ", "!!null ", "!!timestamp ", "!!str "]
            .iter()
            .find(|tag| inside && line.contains(&format!(": {tag}")));
        let Some(tag) = tag else {
            out.push_str(line);
            continue;
        };
        let (key, value) = line.split_once(tag).unwrap_or((line, ""));
        let bare = value.trim();
        // A number in quotes is a number here.
        let bare = match *tag {
            "!!str " => bare,
            _ => bare.trim_matches(['"', '\'']),
        };
        out.push_str(&format!("{key}{bare}\n"));
    }
    out
}

/// A front matter of TOML or JSON, as Hugo may have it, as one of YAML; nothing for any other text.
fn as_yaml(text: &str) -> Option<Result<String, String>> {
    let text = text.trim_start_matches('\u{feff}');
    let (first, rest) = text.split_once('\n')?;
    let read = if first.trim_end() == "+++" {
        of_toml(rest)
    } else if text.strip_prefix('{')?.trim_start().starts_with('"') {
        of_json(text)
    } else {
        return None;
    };
    Some(read.map(|(entries, notes)| {
        let entries: String =
            entries.iter().map(|(key, value)| format!("{}: {value}\n", as_key(key))).collect();
        let notes = notes.split_once('\n').map_or("", |(_, notes)| notes);
        format!("---\n{entries}---\n{notes}")
    }))
}

/// Keys with their values on a line each, and what stands behind them.
type Matter<'a> = (Vec<(String, String)>, &'a str);

fn of_toml(text: &str) -> Result<Matter<'_>, String> {
    let (matter, notes) = text.split_once("\n+++").ok_or("no `+++` ends its front matter")?;
    let matter = matter.trim_end_matches('\r');
    let table: toml::Table = toml::from_str(matter).map_err(|error| error.message().to_owned())?;
    Ok((table.into_iter().map(|(key, value)| (key, on_a_line(&value))).collect(), notes))
}

fn of_json(text: &str) -> Result<Matter<'_>, String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    let first: Option<Result<serde_json::Map<String, serde_json::Value>, _>> = values.next();
    let map = first.ok_or("there is nothing in it")?.map_err(|error| error.to_string())?;
    let notes = &text[values.byte_offset()..];
    Ok((map.into_iter().map(|(key, value)| (key, value.to_string())).collect(), notes))
}

/// A key as it needs to be written.
fn as_key(key: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphabetic() || b"-_".contains(&byte);
    match !key.is_empty() && key.bytes().all(is_plain) && !key.starts_with('-') {
        true => key.into(),
        false => edit::quoted(key).into(),
    }
}

/// A value of TOML as YAML has it within a line.
fn on_a_line(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => edit::quoted(text),
        toml::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(on_a_line).collect();
            format!("[{}]", items.join(", "))
        }
        toml::Value::Table(table) => {
            let entries = table.iter();
            let entries: Vec<String> = entries
                .map(|(key, value)| format!("{}: {}", as_key(key), on_a_line(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// The dates of what is published.
fn dates_of(episodes: &[EpisodeFile]) -> Vec<dates::Date> {
    episodes
        .iter()
        .filter_map(|file| Episode::parse(Source::new(file.path.as_str(), file.text.as_str())).ok())
        .filter(|episode| !episode.is_draft())
        .filter_map(|episode| {
            let date = episode.date.value()?;
            Some(match date.offset {
                Some(_) => dates::Date::Zoned(date.at(&jiff::tz::TimeZone::UTC)),
                None => dates::Date::Local(date.civil),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: &str = "---\nlayout: podcast\ntitle: A\nfile: 1.mp3\r\ndate: 2022-01-01 07:00:00 +0100\nmood: b\n---\nNotes\n\n";

    fn of(config: &str, posts: &[(&str, &str)]) -> Result<Import, ImportError> {
        let posts: Vec<Source> =
            posts.iter().map(|(path, text)| Source::new(*path, *text)).collect();
        of_folder(Some(&Source::new("_config.yml", config)), &posts, &Options::default())
    }

    #[test]
    fn what_onair_reads_stays_as_it_is() {
        let config = "title: Ondes\ndescription: 'a: b'\nurl: https://a.example\nbaseurl: /web\nauthor: {name: Ada, email: a@a.example}\nlang: fr_FR\ntimezone: Europe/Paris\nplugins: [x]\nmastodon: y\n";
        let posts = [
            ("_posts/2022-01-01-a.md", POST),
            ("episodes/b.md", "---\nfile: 2.mp3\ntitle: B\n---\n"),
            ("_posts/2022-01-03-c.md", "---\nfile: 3.mp3\ntitle: C\n---\n"),
            ("_posts/d.md", "---\naudio_file: /sound/4.mp3\n---\n"),
            ("_posts/e.md", "---\ntitle: a text\n---\n"),
            ("_posts/f.md", "file: no fence\n---\n"),
            ("README.md", "# A readme\n"),
        ];
        let import = of(config, &posts).unwrap();
        insta::assert_snapshot!(format!("{}\n{}", import.settings, import.report.file("T")));
        let files: Vec<(&str, &str)> =
            import.episodes.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
        assert_eq!(
            files,
            [
                (
                    "episodes/2022-01-01-a.md",
                    POST.replacen("---\n", "---\naliases: [\"/2022/01/01/a.html\"]\n", 1).as_str()
                ),
                ("episodes/b.md", posts[1].1),
                (
                    "episodes/2022-01-03-c.md",
                    "---\ndate: 2022-01-03\naliases: [\"/2022/01/03/c.html\"]\nfile: 3.mp3\ntitle: C\n---\n"
                ),
                ("episodes/d.md", "---\naudio_file: /sound/4.mp3\n---\n"),
            ]
        );
    }

    #[test]
    fn settings_may_start_as_a_yaml_document_does() {
        for start in ["---\n", "--- \r\n", "# Mine\n\n---\n", ""] {
            let config = format!("{start}title: Ondes\nlang: fr\n");
            let settings = of(&config, &[("episodes/a.md", POST)]).unwrap().settings;
            assert!(settings.contains("title = \"Ondes\""), "{start:?}: {settings}");
        }
    }

    #[test]
    fn the_folder_of_another_generator() {
        let config = "title: A blog\nurl: https://a.example\npodcast:\n  title: Ondes\n  language: fr\n  category: Technology / Tech News\n  \
            prefix: https://op3.dev/e/dts.podtrac.com/redirect.mp3/a.example/media/\n  zone: Europe/Paris\n";
        let posts = [
            // Toucan, its numbers tagged; a folder for an episode.
            (
                "contents/episodes/346/index.md",
                "---\n\"type\": post\ntitle: !!str \"A\"\n\"episode\": !!int \"346\"\nsize: !!int \"12\"\nfile: 346.mp3\npublication: 2024-01-01 07:00:00 +0100\n---\nN\n",
            ),
            // Hugo, Octopod, and a draft of Jekyll's.
            (
                "content/episodes/2.md",
                "+++\ntitle = \"B\"\ndate = 2024-07-01T07:00:00+02:00\npodcast_file = \"b.mp3\"\npodcast_bytes = 7\n+++\nN\n",
            ),
            (
                "_episodes/c.md",
                "---\ntitle: C\naudio: {m4a: c.m4a, mp3: 'https://old.example/c.mp3'}\n---\n",
            ),
            ("_drafts/d.md", "---\ntitle: D\nfile: d.mp3\n---\n"),
            ("_posts/e.md", "---\ntitle: E\nfile: e.mp3\npublished: false\n---\n"),
        ];
        let import = of(config, &posts).unwrap();
        let all: Vec<String> =
            import.episodes.iter().map(|file| format!("== {}\n{}", file.path, file.text)).collect();
        insta::assert_snapshot!(format!(
            "{}\n{}{}",
            import.settings,
            all.concat(),
            import.report.text()
        ));
        assert!(!import.report.is_open());
        for file in &import.episodes {
            let episode =
                Episode::parse(Source::new(file.path.as_str(), file.text.as_str())).unwrap();
            assert!(is_sound(&episode), "{}", file.text);
        }
    }

    #[test]
    fn a_front_matter_of_toml_or_json_comes_whole() {
        let toml = "+++\ntitle = 'A'\nfile = '1.mp3'\ndate = 2024-07-01T07:00:00+02:00\n[podcast]\nguid = 'x'\n[[chapters]]\nstart = '00:00'\ntitle = \"It's\"\n+++\nN\n";
        let json = "{\n  \"title\": \"A \\u00e9 {\",\n  \"file\": \"1.mp3\",\n  \"chapters\": [{\"start\": \"00:00\", \"title\": \"B\"}]\n}\n\nN\n";
        let crlf = toml.replace('\n', "\r\n");
        let text = |post: &str| of("", &[("a.md", post)]).unwrap().episodes[0].text.clone();
        insta::assert_snapshot!(text(toml), @r#"
        ---
        chapters: [{start: "00:00", title: "It's"}]
        date: 2024-07-01T07:00:00+02:00
        file: "1.mp3"
        podcast: {guid: "x"}
        title: "A"
        ---
        N
        "#);
        insta::assert_snapshot!(text(json), @r#"
        ---
        chapters: [{"start":"00:00","title":"B"}]
        file: "1.mp3"
        title: "A é {"
        ---

        N
        "#);
        assert_eq!(text(&crlf).replace("\r\n", "\n"), text(toml));
        for post in [toml, json] {
            let episode = Episode::parse(Source::new("a.md", text(post))).unwrap();
            assert!(episode.chapters.value().is_some() && is_sound(&episode), "{}", text(post));
        }
        // What is broken may be an episode.
        for broken in ["+++\ntitle = A\n+++\nN\n", "{ \"title\": \"A\n", "+++\ntitle = 'A'\n"] {
            let import = of("", &[("a.md", toml), ("b.md", broken)]).unwrap();
            assert!(import.report.text().contains("could not be read, such as b.md"), "{broken}");
        }
        let liquid = of("", &[("a.md", toml), ("b.md", "{% include a %}\n{{ b }}\n")]).unwrap();
        assert!(liquid.report.text().contains("1 file names no audio"));
    }

    #[test]
    fn settings_that_cannot_be_are_refused() {
        assert!(
            of("a: !secret x", &[("episodes/a.md", POST)]).unwrap_err().reason.contains("!secret")
        );
        assert!(of("title: A", &[]).unwrap_err().reason.contains("no file in this folder"));
        assert!(
            of("", &[("episodes/a.md", POST)])
                .unwrap()
                .settings
                .contains("https://your-site.invalid")
        );
    }
}
