//! The folder of a Jekyll podcast as a show: its episodes stay as they are, byte for byte, where their
//! front matter is one that onair reads.

use serde_yaml::Value;

use super::channel::{ARTWORK, Section};
use super::names::{self, Names};
use super::options::Options;
use super::report::{Level, Report};
use super::{EpisodeFile, Import, ImportError};
use crate::show::edit::{self, Edit};
use crate::show::frontmatter::{self, Field};
use crate::show::read::EPISODES;
use crate::show::settings::{FILE, Settings};
use crate::show::{Episode, Given, Source, date};

/// Jekyll's own settings.
pub const CONFIG: &str = "_config.yml";
/// Folders in which podcasts made with Jekyll keep their episodes.
pub const FOLDERS: [&str; 5] = ["_posts", "_episodes", "_podcasts", "episodes", "podcasts"];
/// What Jekyll needs for itself (Jekyll 4.3, "Configuration options"), and a show does not.
const MACHINERY: [&str; 36] = [
    "baseurl",
    "collections",
    "collections_dir",
    "data_dir",
    "defaults",
    "destination",
    "encoding",
    "exclude",
    "excerpt_separator",
    "feed",
    "future",
    "gems",
    "github_username",
    "highlighter",
    "include",
    "incremental",
    "keep_files",
    "kramdown",
    "layouts_dir",
    "limit_posts",
    "liquid",
    "lsi",
    "markdown",
    "markdown_ext",
    "paginate",
    "paginate_path",
    "permalink",
    "plugins",
    "plugins_dir",
    "repository",
    "safe",
    "sass",
    "source",
    "strict_front_matter",
    "theme",
    "unpublished",
];
/// Keys by which other dialects name an episode's audio.
const OTHER_AUDIO: [&str; 9] = [
    "audio",
    "audio_file",
    "audio_url",
    "audio_file_path",
    "podcast_file",
    "podcast_link",
    "mp3",
    "media",
    "file_name",
];

/// Makes a show of the files of a Jekyll podcast.
///
/// # Errors
/// [`ImportError`] if its settings cannot be read, or none of its files is an episode.
pub fn of_folder(
    config: Option<&Source>,
    posts: &[Source],
    options: &Options<'_>,
) -> Result<Import, ImportError> {
    let mut report = Report::default();
    let fields = config.map_or(Ok(Vec::new()), |config| {
        let text = format!("---\n{}\n---\n", document(&config.text));
        frontmatter::parse(&text)
            .map(|matter| matter.fields)
            .map_err(|error| ImportError::new(format!("{}: {error}", config.path)))
    })?;
    let (title, settings) = settings(&fields, options, &mut report);
    Settings::parse(&Source::new(FILE, settings.as_str())).map_err(|error| {
        ImportError::new(format!("no settings can be made of {CONFIG}: {}", error.reason))
    })?;
    let mut taken = Names::default();
    let episodes: Vec<EpisodeFile> =
        posts.iter().filter_map(|post| episode(post, &mut taken, &mut report)).collect();
    if episodes.is_empty() {
        return Err(ImportError::new("no file in this folder is an episode").help(format!(
            "episodes are looked for in {}, and name their MP3 with `file`",
            FOLDERS.join(", ")
        )));
    }
    report.next = vec![
        "put the MP3s that the episodes name into audio/, and the pictures into img/".to_owned(),
        format!("put the artwork at {ARTWORK}.jpg"),
        "run `onair check`, and `onair check --fix` for sizes and times".to_owned(),
        "run `onair release --dry-run` with the --target that has the present feed: it says which guids and addresses it would change; `guid` and `enclosure` keep them"
            .to_owned(),
    ];
    Ok(Import { title, settings, episodes, artwork: None, further: None, report })
}

/// The settings without the line of dashes that a YAML document may start with: in a front matter, it
/// would be the end.
fn document(text: &str) -> &str {
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some((line, after)) = rest.split_once('\n') {
        match line.trim_end() {
            "---" => return after,
            line if line.is_empty() || line.starts_with('#') => rest = after,
            _ => break,
        }
    }
    text
}

fn episode(post: &Source, taken: &mut Names, report: &mut Report) -> Option<EpisodeFile> {
    let name = post.path.rsplit('/').next().unwrap_or_default();
    let stem = name.strip_suffix(".md").or_else(|| name.strip_suffix(".markdown"))?;
    let mut text = post.text.to_string();
    let mut guid = String::new();
    match Episode::parse(post.clone()) {
        Err(error) => report.remark(&post.path, error.to_string()),
        Ok(episode) => {
            if matches!(episode.file, Given::Missing) {
                let other = OTHER_AUDIO.iter().find(|key| episode.field(key).is_some());
                report.remark(
                    &post.path,
                    match other {
                        Some(key) => format!(
                            "it names its audio with `{key}` and not with `file`: it was left out"
                        ),
                        None => "it names no MP3 with `file`: it is no episode, and was left out"
                            .to_owned(),
                    },
                );
                return None;
            }
            guid = episode.effective_guid().unwrap_or_default().to_owned();
            if matches!(episode.date, Given::Missing)
                && let Some(date) = name.get(..10).filter(|date| date::date(date).is_ok())
            {
                // Jekyll takes it from the file's name.
                let at = text.find('\n').map_or(text.len(), |at| at + 1);
                let line = Edit { span: at..at, replacement: format!("date: {date}\n") };
                text = edit::apply(&text, &[line]);
                report.remark(&post.path, format!("its date, {date}, was taken from its name"));
            }
        }
    }
    let slug = names::is_plain(stem).then(|| stem.to_owned()).or_else(|| names::slug(stem));
    let slug = taken.take(slug.into_iter().chain(["episode".to_owned()]), "");
    let path = format!("{EPISODES}/{slug}.md");
    Some(EpisodeFile { path, text, guid, audio: None, bytes: None, beside: Vec::new() })
}

/// The show's name, and `onair.toml`.
fn settings(fields: &[Field], options: &Options<'_>, report: &mut Report) -> (String, String) {
    let text = |names: &[&str]| {
        let field = names.iter().find_map(|name| fields.iter().find(|field| field.key == *name))?;
        let text = match &field.value {
            Value::Mapping(inner) => inner.get("name")?.as_str()?.to_owned(),
            _ => field.text.clone()?,
        };
        Some(super::unread_elements::one_line(&text)).filter(|text| !text.is_empty())
    };
    let author_mail = fields
        .iter()
        .find(|field| field.key == "author")
        .and_then(|field| field.value.get("email")?.as_str().map(str::to_owned));
    let mut missing = |key: &str, instead: &str| {
        report.remark(FILE, format!("{CONFIG} gives no {key}: `{instead}` was written"));
        instead.to_owned()
    };
    let title = text(&["title", "name"]).unwrap_or_else(|| missing("title", "My show"));
    let description = text(&["description", "tagline"])
        .unwrap_or_else(|| missing("description", "What the show is about"));
    let author = text(&["author"]).unwrap_or_else(|| missing("author", &title));
    let language = text(&["language", "lang", "locale"]).map(|text| text.replace('_', "-"));
    let language = language.unwrap_or_else(|| missing("language", "en"));
    let base = text(&["baseurl"]).unwrap_or_default();
    let own = text(&["url"])
        .map(|url| format!("{}/{}", url.trim_end_matches('/'), base.trim_matches('/')));
    let url = options.url.map(str::to_owned).or(own);
    let url = url.filter(|url| super::channel::is_site(url));
    let url = url.unwrap_or_else(|| missing("url", super::channel::NOWHERE));
    missing("category", "Arts");
    let mut show = Section::new("show");
    show.text("title", &title);
    show.text("description", &description);
    show.text("author", &author);
    show.text("language", &language);
    let zone = text(&["timezone"]).filter(|zone| jiff::tz::TimeZone::get(zone).is_ok());
    show.maybe("time-zone", zone);
    show.line("category", "[\"Arts\"]");
    show.text("artwork", &format!("{ARTWORK}.jpg"));
    let mut out =
        format!("# A show that onair publishes. Every key: docs/settings.md\n\n{}", show.text);
    if let Some(email) = text(&["email"]).or(author_mail) {
        let mut owner = Section::new("show.owner");
        owner.text("name", &author);
        owner.text("email", &email);
        out.push_str(&format!("\n{}", owner.text));
    }
    let mut site = Section::new("site");
    site.text("url", url.trim_end_matches('/'));
    out.push_str(&format!("\n{}{}", site.text, super::channel::TARGET));
    let used = [
        "title",
        "name",
        "description",
        "tagline",
        "author",
        "language",
        "lang",
        "locale",
        "url",
        "timezone",
        "email",
    ];
    for field in fields {
        if !used.contains(&field.key.as_str()) && !MACHINERY.contains(&field.key.as_str()) {
            report.left(Level::Show, &format!("{} of {CONFIG}", field.key));
        }
    }
    (title, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: &str = "---\nlayout: podcast\ntitle: A\nfile: 1.mp3\r\ndate: 2022-01-01 07:00:00 +0100\nmood: b\n---\nNotes\n\n";

    fn of(config: &str, posts: &[(&str, &str)]) -> Result<Import, ImportError> {
        let posts: Vec<Source> =
            posts.iter().map(|(path, text)| Source::new(*path, *text)).collect();
        of_folder(Some(&Source::new(CONFIG, config)), &posts, &Options::default())
    }

    #[test]
    fn what_onair_reads_stays_as_it_is() {
        let config = "title: Ondes\ndescription: 'a: b'\nurl: https://a.example\nbaseurl: /web\nauthor: {name: Ada, email: a@a.example}\nlang: fr_FR\ntimezone: Europe/Paris\nplugins: [x]\nmastodon: y\n";
        let posts = [
            ("_posts/2022-01-01-a.md", POST),
            ("episodes/b.md", "---\nfile: 2.mp3\ntitle: B\n---\n"),
            ("_posts/2022-01-03-c.md", "---\nfile: 3.mp3\ntitle: C\n---\n"),
            ("_posts/d.md", "---\naudio_file: 3.mp3\n---\n"),
            ("_posts/e.md", "---\ntitle: a text\n---\n"),
            ("_posts/../f.md", "no fence"),
        ];
        let import = of(config, &posts).unwrap();
        insta::assert_snapshot!(format!("{}\n{}", import.settings, import.report.text(true)));
        let files: Vec<(&str, &str)> =
            import.episodes.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
        assert_eq!(
            files,
            [
                ("episodes/2022-01-01-a.md", POST),
                ("episodes/b.md", posts[1].1),
                ("episodes/2022-01-03-c.md", "---\ndate: 2022-01-03\nfile: 3.mp3\ntitle: C\n---\n"),
                ("episodes/d.md", posts[3].1),
                ("episodes/f.md", "no fence"),
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
    fn settings_that_cannot_be_are_refused() {
        assert!(
            of("a: !secret x", &[("episodes/a.md", POST)]).unwrap_err().reason.contains("!secret")
        );
        assert!(of("title: A", &[]).unwrap_err().reason.contains("no file in this folder"));
        assert!(
            of("", &[("episodes/a.md", POST)]).unwrap().settings.contains("https://show.example")
        );
    }
}
