//! The folder of a podcast's site generator (Jekyll, Octopod, Toucan, Hugo, Eleventy, Castanet) as a show:
//! its episodes stay as they are, byte for byte, where their front matter is one that onair reads.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_yaml::Value;

use super::feed::{Seen, decisions};
use super::names::{self, Names};
use super::options::Options;
use super::report::Report;
use super::site_config::SiteConfig;
use super::site_settings::{AudioAt, audio_at, site_settings};
use super::{EpisodeFile, Fetch, Import, ImportError, dates, item, permalinks};
use crate::model::slug::slug;
use crate::report::counted;
use crate::show::addresses::has_web_scheme;
use crate::show::edit::{self, Edit};
use crate::show::episode::Person;
use crate::show::keys::of_one_sound;
use crate::show::read::EPISODES;
use crate::show::set_key::set_value;
use crate::show::settings::{FILE, Settings};
use crate::show::{Episode, Given, Source, enclosure, files, layout};

/// Folders of what generators write, or what is not theirs.
pub const NOT_LOOKED_INTO: [&str; 10] = [
    "node_modules",
    "_site",
    "public",
    "dist",
    "vendor",
    "output",
    "docs",
    "themes",
    "archetypes",
    "_layouts",
];
/// Endings of what is no Markdown, and an episode to some generators: it is told, not read.
pub const OTHER_FORMATS: [&str; 8] =
    ["html", "htm", "mdx", "njk", "liquid", "textile", "adoc", "asciidoc"];
/// Keys by which other dialects name an episode's audio.
const OTHER_AUDIO: [&str; 13] = [
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
    "file_path",
    "enclosure_url",
    "podcast",
];
/// Mappings in which any key may name it (Zola, Hugo).
const GROUPS: [&str; 3] = ["extra", "params", "itunes"];
/// How a step begins that falls away where the artwork came along.
pub const PUT_ARTWORK: &str = "put the artwork";
const OF_ONE_NAME: &str = "audio of one name at several addresses has several names here";
const NO_MP3: &str = "what names its audio names no MP3";
const BROKEN: &str = "files whose front matter cannot be read";

/// Makes a show of the files of a generator's folder; of `posts`, those with audio are episodes. `no_text` are
/// files that cannot be read, each with why.
///
/// # Errors
/// [`ImportError`] if its settings cannot be read, or none of its files is an episode.
pub fn of_folder(
    config: Option<&Source>,
    posts: &[Source],
    no_text: &[(String, String)],
    options: &Options<'_>,
) -> Result<Import, ImportError> {
    let mut report = Report::default();
    let site = config.map_or(Ok(SiteConfig::default()), SiteConfig::read)?;
    let of_site = OfSite {
        permalink: site.permalink(),
        zone: site.text(&["timezone"]).and_then(|zone| TimeZone::get(&zone).ok()),
        audio: audio_at(&site, options),
    };
    let mut taken = Taken::default();
    let mut unread: Vec<&str> = Vec::new();
    let mut drafts = 0;
    let mut others = 0;
    let mut episodes: Vec<EpisodeFile> = Vec::new();
    for post in posts {
        match episode(post, &of_site, &mut taken, &mut report) {
            Outcome::Episode(file, draft) => {
                drafts += usize::from(draft);
                episodes.push(file);
            }
            Outcome::Other if layout::is_markdown(&post.path) => others += 1,
            Outcome::Other => {}
            Outcome::Unread => unread.push(post.path.as_str()),
        }
    }
    for (path, reason) in no_text {
        report.remark(path, "files that cannot be read", reason);
        unread.push(path);
    }
    if episodes.is_empty() {
        let mut looked = format!("{} looked at", counted(posts.len(), "file"));
        if let Some(first) = unread.first() {
            let why = if layout::is_markdown(first) { "" } else { ", which is no Markdown" };
            let count = counted(unread.len(), "file");
            looked.push_str(&format!(", and {count} could not be read, such as {first}{why}"));
        }
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
    let published = published(&episodes);
    let dates: Vec<Option<dates::Date>> = published.iter().map(date_of).collect();
    let known: Vec<dates::Date> = dates.iter().flatten().cloned().collect();
    let (title, settings, artwork) =
        site_settings(&site, config_name, &known, options, &mut report);
    let settings_read =
        Settings::parse(&Source::new(FILE, settings.as_str())).map_err(|error| {
            ImportError::new(format!("no settings can be made of {config_name}: {}", error.reason))
        })?;
    let seen = published.iter().zip(&dates).filter_map(|(episode, date)| {
        let title = episode.title.value().map_or(episode.slug.as_str(), String::as_str);
        Some(Seen { title, date: date.as_ref(), guid: episode.effective_guid()? })
    });
    decisions(&seen.collect::<Vec<_>>(), options, &mut report);
    let away = published.iter().filter(|it| enclosure::foreign(&settings_read, it).is_some());
    let away = away.count();
    report.next = Vec::new();
    if away > 0 {
        report.next.push(format!(
            "the audio of {} stays at the address that its file names: before the old account is closed, run \
             `onair rehost`, which fetches it into audio/",
            counted(away, "episode")
        ));
    }
    if away < episodes.len() {
        let other = if away > 0 { "other " } else { "" };
        report.next.push(format!("put the MP3s that the {other}episodes name into audio/"));
    }
    let art = settings_read.show.artwork.get_ref();
    report.next.extend([
        format!(
            "{PUT_ARTWORK}{} at {art}",
            artwork.as_ref().map(|it| format!(" ({it})")).unwrap_or_default()
        ),
        "run `onair check`".to_owned(),
        format!(
            "the feed will stand at {}: where the present one stands elsewhere, write `feed` into [site], and its \
             `podcast:guid` as `guid` into [show]: the folder says neither",
            settings_read.feed_url()
        ),
        "run `onair release --dry-run` with the --target that has the present feed: it says which guids and addresses it would change; `guid` and `enclosure` keep them"
            .to_owned(),
    ]);
    // Below its own address, it is a file of the site's.
    let below = |url: &str| {
        let path = url.strip_prefix(&settings_read.site_url()).unwrap_or(url);
        Some(Fetch { url: path.to_owned(), to: art.clone() }).filter(|_| !has_web_scheme(path))
    };
    let artwork = artwork.as_deref().and_then(below);
    Ok(Import { title, settings, episodes, artwork, further: None, extra: None, report })
}

/// What the site's settings say of all its episodes.
struct OfSite {
    permalink: Option<String>,
    zone: Option<TimeZone>,
    audio: Option<AudioAt>,
}

/// What the episodes before have taken.
#[derive(Default)]
struct Taken {
    slugs: Names,
    audio: Names,
    /// What the audio at an address, or of a name, is called here.
    audio_of: BTreeMap<String, String>,
    /// The folder of the first file that names something beside it, by that name.
    beside: BTreeMap<String, String>,
}

impl Taken {
    /// The name here of audio that another dialect names by `address`.
    fn audio(&mut self, address: &str, stem: &str) -> String {
        if let Some(known) = self.audio_of.get(address) {
            return known.clone();
        }
        let name = self.audio.take([stem.to_owned()], ".mp3");
        self.audio_of.insert(address.to_owned(), name.clone());
        name
    }

    /// Whether a file of another folder has named something else by one of these names.
    fn named_elsewhere(&mut self, names: &[&str], folder: &str) -> bool {
        let mut other = false;
        for name in names {
            let first = self.beside.entry((*name).to_owned()).or_insert_with(|| folder.to_owned());
            other |= first != folder;
        }
        other
    }
}

/// Changes to a front matter: a key that stands there gets another value, any other a line of its own.
struct Changes<'a> {
    episode: &'a Episode,
    lines: String,
    edits: Vec<Edit>,
    /// A key that cannot be given another value.
    refused: Option<&'static str>,
}

impl<'a> Changes<'a> {
    fn of(episode: &'a Episode) -> Self {
        Self { episode, lines: String::new(), edits: Vec::new(), refused: None }
    }

    fn set(&mut self, key: &'static str, value: &str) {
        let Some(field) = self.episode.fields().all.into_iter().find(|field| field.key == key)
        else {
            let is_address = has_web_scheme(value);
            let value = if is_address { edit::quoted(value).into() } else { Cow::from(value) };
            self.lines.push_str(&format!("{key}: {value}\n"));
            return;
        };
        match set_value(self.episode, &field.span(), value) {
            Some(edit) => self.edits.push(edit),
            None => self.refused = Some(key),
        }
    }

    /// The text with all of them.
    fn text(mut self, text: &str) -> String {
        let at = text.find('\n').map_or(text.len(), |at| at + 1);
        self.edits.push(Edit { span: at..at, replacement: self.lines });
        edit::apply(text, &self.edits)
    }
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

fn episode(post: &Source, site: &OfSite, taken: &mut Taken, report: &mut Report) -> Outcome {
    let parts: Vec<&str> = post.path.split('/').collect();
    let name = parts.last().copied().unwrap_or_default();
    let bare = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // A folder of its own gives its name.
    let stem = match (bare, parts.len()) {
        ("index" | "_index", 2..) => parts[parts.len() - 2],
        _ => bare,
    };
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
        // A page, or a template.
        Err(_) if !layout::is_markdown(name) => return Outcome::Other,
        Err(error) => {
            report.remark(&post.path, BROKEN, error.to_string());
            return Outcome::Unread;
        }
    };
    if !layout::is_markdown(name) {
        let is_episode =
            matches!(episode.file, Given::Good(_) | Given::Bad(_)) || audio(&episode).is_some();
        if !is_episode {
            return Outcome::Other;
        }
        report.remark(
            &post.path,
            "episodes that are no Markdown: write their notes in a `.md` file",
            "",
        );
        return Outcome::Unread;
    }
    let page = names::is_plain(stem).then(|| stem.to_owned()).or_else(|| slug(stem));
    let mut changes = Changes::of(&episode);
    let says_no = |key: &str| {
        let field = episode.field(key);
        let text = field.as_ref().and_then(|field| field.text()).unwrap_or_default();
        matches!(text.trim().to_ascii_lowercase().as_str(), "false" | "no")
    };
    let hidden = says_no("published") || says_no("isPublished") || parts.contains(&"_drafts");
    if hidden && !episode.is_draft() {
        changes.set("draft", "true");
    }
    let is_out = !hidden && !episode.is_draft();
    if let Some(other) = name_audio(page.as_deref(), site, is_out, taken, &mut changes, report) {
        return other;
    }
    date_it(&episode, name, &mut changes, report);
    if matches!(episode.number, Given::Missing | Given::Empty(_))
        && let Some(number) = number_in(stem)
    {
        if matches!(episode.number, Given::Missing) {
            changes.set("episode", &number.to_string());
        }
        report.remark(&post.path, "numbers were taken from names", number.to_string());
    }
    let link = episode.field("permalink");
    let link = link.as_ref().and_then(|field| field.text()).filter(|link| !link.is_empty());
    // An address without placeholders is where its page stands.
    if is_out && link.is_none_or(|link| link.contains("/:")) {
        let template = link.or(site.permalink.as_deref()).unwrap_or("date");
        let is_post = parts.contains(&"_posts");
        let zone = site.zone.as_ref();
        let old = is_post.then(|| permalinks::old_page(template, &parts, &episode, zone)).flatten();
        match old {
            // A second list would take the place of the first.
            Some(page) if matches!(episode.aliases, Given::Missing) => {
                changes.lines.push_str(&format!("aliases: [{}]\n", edit::quoted(&page)));
            }
            Some(page) if leads_on(&episode, &page) => {}
            Some(page) => {
                report.remark(&post.path, "an old page leads on only if `aliases` has it", page)
            }
            None if is_post || matches!(episode.aliases, Given::Missing) => {
                let kind = "where an old page stood is not known: write it into `aliases`";
                report.remark(&post.path, kind, "");
            }
            None => {}
        }
    }
    if let Some(guests) = episode.field("guests").filter(|_| names_guests_by_id(&episode)) {
        let kind = "guests by ids alone were left out: write `guests` with their names";
        let ids = episode.guests.value().into_iter().flatten().map(|guest| guest.name.as_str());
        report.remark(&post.path, kind, ids.collect::<Vec<_>>().join(", "));
        changes.edits.push(edit::without(&text, &guests));
    }
    if let Some(key) = changes.refused {
        report.remark(&post.path, "files in which a key needs another value", key);
        return Outcome::Unread;
    }
    text = changes.text(&text);
    let wanted = page.unwrap_or_else(|| "episode".to_owned());
    let slug = taken.slugs.take([wanted.clone()], "");
    if slug != wanted {
        report.remark(
            &post.path,
            "names that several files have got a letter, and so did their pages",
            &slug,
        );
    }
    // What has a folder of its own for its pictures keeps one; what shares a name with another folder's gets one.
    let files = files::of_episode(&episode);
    let is_beside = |name: &&str| !name.starts_with('/') && !files::is_address(name);
    let beside: Vec<&str> =
        files.iter().map(|named| named.name.as_str()).filter(is_beside).collect();
    let folder = parts[..parts.len() - 1].join("/");
    let is_bundle = taken.named_elsewhere(&beside, &folder)
        || bare == "index" && parts.len() > 1 && !beside.is_empty();
    let path = match is_bundle {
        true => format!("{EPISODES}/{slug}/index.md"),
        false => format!("{EPISODES}/{slug}.md"),
    };
    let guid = match Episode::parse(Source::new(path.as_str(), text.as_str())) {
        Ok(episode) => episode.effective_guid().map(str::to_owned),
        Err(error) => {
            report.remark(&post.path, BROKEN, error.to_string());
            return Outcome::Unread;
        }
    };
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

/// Gives the audio that a file names its name here and, where that does not follow, its address. What the file
/// is, if it is no episode.
fn name_audio(
    page: Option<&str>,
    site: &OfSite,
    is_out: bool,
    taken: &mut Taken,
    changes: &mut Changes<'_>,
    report: &mut Report,
) -> Option<Outcome> {
    let episode = changes.episode;
    let path = &episode.source.path;
    let field = episode.field("file");
    let named = field.as_ref().and_then(|field| field.text()).map(|text| text.trim().to_owned());
    let given = episode.file.value().map(|name| name.as_str());
    // By onair's own key, or by the audio itself in another's.
    let (named, stem) = match (named, given, &episode.file) {
        (Some(named), Some(name), _) => (named, name[..name.len() - ".mp3".len()].to_owned()),
        (Some(named), None, Given::Bad(bad)) => match stem_of(&named, page) {
            Some(stem) if is_mp3(&named) || has_web_scheme(&named) => (named, stem),
            _ => {
                report.remark(path, NO_MP3, bad.reason.clone());
                return None;
            }
        },
        _ => {
            let Some(address) = audio(episode) else {
                // It means to name some.
                if let Some(bad) = episode.file.malformed() {
                    report.remark(path, NO_MP3, bad.reason.clone());
                }
                if field.is_some() {
                    return None;
                }
                report.note(path, "names no audio");
                return Some(Outcome::Other);
            };
            let Some(stem) = stem_of(&address, page) else {
                report.remark(path, "audio that is not MP3 has no place: left out", address);
                return Some(Outcome::Unread);
            };
            (address, stem)
        }
    };
    let here = taken.audio(&named, &stem);
    let is_own = field.as_ref().is_some_and(|field| field.key == "file");
    let is_renamed = given != Some(&here) && (given.is_none() || !is_own);
    if is_renamed {
        changes.set("file", &here);
    }
    let is_address = has_web_scheme(&named);
    if is_renamed && !here.eq_ignore_ascii_case(&format!("{stem}.mp3")) {
        report.remark(path, OF_ONE_NAME, format!("{named}, here {here}"));
    } else if is_renamed && !is_address && !named.ends_with(&here) {
        let kind = "an address cannot have the name of its audio: call the MP3 as `file` does now";
        report.remark(path, kind, format!("{named}, here {here}"));
    }
    let is_given = episode.enclosure != Given::Missing && episode.field("enclosure").is_some();
    if is_address && (episode.enclosure.value().is_none() || is_renamed && !is_given) {
        changes.set("enclosure", &item::address(&named));
    } else if !is_address && !is_given && is_out {
        let folder =
            named.rsplit_once('/').map_or("", |(folder, _)| folder.trim_start_matches('/'));
        if let Some(audio) = &site.audio {
            if let Some(address) = audio.address(&named, &here) {
                changes.set("enclosure", &address);
            }
        } else if !matches!(folder, "" | "audio") {
            let kind =
                "where its audio stood is not known: write `enclosure` if its address is to stay";
            report.remark(path, kind, &named);
        }
    }
    None
}

/// Gives an episode a date that onair reads, where its file or the name of that says one.
fn date_it(episode: &Episode, name: &str, changes: &mut Changes<'_>, report: &mut Report) {
    let path = &episode.source.path;
    let of_name = permalinks::dated(name).map(|(date, _)| date.strftime("%Y-%m-%d").to_string());
    match (&episode.date, episode.field("date")) {
        (Given::Bad(bad), Some(field)) => {
            let text = field.text().unwrap_or_default();
            let read = bad.meant.clone().or_else(|| Some(dates::read(text)?.written()));
            // Octopod's is for the page alone: its feed has the name's.
            let date = if field.key == "datum" { of_name.or(read) } else { read.or(of_name) };
            let Some(date) = date else { return };
            match set_value(episode, &field.span(), &date) {
                Some(edit) => changes.edits.push(edit),
                None => changes.set("date", &date),
            }
            report.remark(
                path,
                "dates are written as onair reads them",
                format!("{text} is {date} now"),
            );
        }
        (Given::Missing | Given::Empty(_), _) => {
            // Jekyll takes it from the file's name.
            let Some(date) = of_name else { return };
            changes.set("date", &date);
            report.remark(path, "its date was taken from its name", date);
        }
        _ => {}
    }
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
        && episode
            .guests
            .value()
            .is_some_and(|guests| !guests.is_empty() && guests.iter().all(is_id))
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

/// Whether a name ends as a file of audio does.
fn is_audio(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".mp3", ".m4a", ".ogg", ".opus", ".wav"].iter().any(|ending| path.ends_with(ending))
}

fn is_mp3(text: &str) -> bool {
    text.to_ascii_lowercase().contains(".mp3")
}

/// The name for audio at this address, without `.mp3`: its own or, as an address without an ending may well be
/// an MP3's, its page's.
fn stem_of(address: &str, page: Option<&str>) -> Option<String> {
    let of_page = || page.filter(|_| !is_audio(address)).map(str::to_owned);
    names::audio_stem(&format!("x/{address}")).or_else(of_page)
}

/// The audio that another dialect names: an address or a path.
fn audio(episode: &Episode) -> Option<String> {
    // Under another's key, it may be a page's.
    let is_own = || episode.field("enclosure").is_some_and(|it| it.key.starts_with("enclosure"));
    let enclosure = episode.enclosure.value();
    if let Some(address) = enclosure.filter(|it| is_mp3(it) || is_audio(it) || is_own()) {
        return Some(address.clone());
    }
    let fields = episode.fields();
    let named = |key: &str| {
        let in_sound = || fields.all.iter().find(|field| of_one_sound(&field.key, key));
        let value = fields.get(key).or_else(in_sound)?.value();
        let texts: Vec<&str> = match &value {
            Value::Mapping(map) => map.values().filter_map(Value::as_str).collect(),
            value => value.as_str().into_iter().collect(),
        };
        let mp3 = texts.iter().find(|text| is_mp3(text));
        mp3.or_else(|| texts.iter().find(|text| is_audio(text)))
            .map(|text| (*text).trim().to_owned())
    };
    OTHER_AUDIO.iter().chain(&GROUPS).find_map(|key| named(key))
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

/// The episodes that are no drafts.
fn published(episodes: &[EpisodeFile]) -> Vec<Episode> {
    let read = episodes
        .iter()
        .map(|file| Episode::parse(Source::new(file.path.as_str(), file.text.as_str())));
    read.filter_map(Result::ok).filter(|episode| !episode.is_draft()).collect()
}

fn date_of(episode: &Episode) -> Option<dates::Date> {
    let date = episode.date.value()?;
    Some(match date.offset {
        Some(_) => dates::Date::Zoned(date.at(&TimeZone::UTC)),
        None => dates::Date::Local(date.civil),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: &str = "---\nlayout: podcast\ntitle: A\nfile: 1.mp3\r\ndate: 2022-01-01 07:00:00 +0100\nmood: b\n---\nNotes\n\n";

    fn of(config: &str, posts: &[(&str, &str)]) -> Result<Import, ImportError> {
        let posts: Vec<Source> =
            posts.iter().map(|(path, text)| Source::new(*path, *text)).collect();
        of_folder(Some(&Source::new("_config.yml", config)), &posts, &[], &Options::default())
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
                "---\ntitle: C\ndate: 2024-06-01 07:00:00 +0200\naudio: {m4a: c.m4a, mp3: 'https://old.example/c.mp3'}\n---\n",
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

    /// What each episode names: its audio here, the address of it, and its length.
    fn named(posts: &[(&str, &str)]) -> (Vec<String>, String) {
        let posts: Vec<(String, String)> = posts
            .iter()
            .map(|(path, keys)| ((*path).to_owned(), format!("---\ntitle: A\n{keys}\n---\nN\n")))
            .collect();
        let posts: Vec<(&str, &str)> =
            posts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let import = of("url: https://a.example\n", &posts).unwrap();
        let named = import.episodes.iter().map(|file| {
            let episode = Episode::parse(Source::new(file.path.as_str(), file.text.as_str()));
            let episode = episode.unwrap_or_else(|error| panic!("{error}: {}", file.text));
            assert!(episode.enclosure.malformed().is_none(), "{}", file.text);
            let file = episode.file.value().map_or("-", |name| name.as_str()).to_owned();
            let enclosure = episode.enclosure.value().map_or("-", String::as_str);
            let size = episode.size.value().map_or_else(String::new, |size| format!(" {size}"));
            let draft = if episode.is_draft() { " draft" } else { "" };
            format!("{file} {enclosure}{size}{draft}")
        });
        (named.collect(), import.report.file("T"))
    }

    #[test]
    fn no_two_addresses_become_one_file() {
        let (named, report) = named(&[
            ("_posts/a.md", "audio_url: https://a.example/1/audio.mp3"),
            ("_posts/b.md", "audio_url: https://a.example/2/audio.mp3"),
            ("_posts/c.md", "mp3: https://a.example/3/audio.mp3"),
            ("_posts/d.md", "mp3: /4/Audio.mp3"),
            ("_posts/e.md", "podcast_url: https://a.example/1/audio.mp3"),
        ]);
        assert_eq!(
            named,
            [
                "audio.mp3 https://a.example/1/audio.mp3",
                "audio-b.mp3 https://a.example/2/audio.mp3",
                "audio-c.mp3 https://a.example/3/audio.mp3",
                "Audio-d.mp3 -",
                "audio.mp3 https://a.example/1/audio.mp3",
            ]
        );
        assert!(report.contains("_posts/d.md: audio of one name at several addresses"), "{report}");
        assert!(report.contains("/4/Audio.mp3, here Audio-d.mp3"), "{report}");
    }

    /// The address of each episode's audio, with `config`; and the settings and the report.
    fn addresses(config: &str, keys: &[&str]) -> (Vec<String>, String, String) {
        let posts: Vec<Source> = keys
            .iter()
            .enumerate()
            .map(|(at, keys)| {
                Source::new(format!("content/{at}x.md"), format!("---\ntitle: A\n{keys}\n---\nN\n"))
            })
            .collect();
        let import =
            of_folder(Some(&Source::new("config.yml", config)), &posts, &[], &Options::default())
                .unwrap();
        let settings = Settings::parse(&Source::new(FILE, import.settings.as_str())).unwrap();
        let address = |file: &EpisodeFile| {
            let episode =
                Episode::parse(Source::new(file.path.as_str(), file.text.as_str())).unwrap();
            let place = enclosure::place(&settings, &episode);
            place.map_or_else(|| file.text.clone(), |place| format!("{} {}", place.url, place.name))
        };
        let found = import.episodes.iter().map(address).collect();
        (found, import.settings.clone(), import.report.file("T"))
    }

    #[test]
    fn audio_at_a_host_s_server_stays_there() {
        let config = "baseURL: https://quay.example/\nparams: {media_prefix: 'http://traffic.libsyn.com/quay/'}\n";
        let keys = [
            "podcast_file: q1.mp3",
            "podcast_file: 2016/q 2.mp3",
            "podcast_file: q3.mp3\ndraft: true",
        ];
        let (found, settings, report) = addresses(config, &keys);
        assert_eq!(
            found,
            [
                "http://traffic.libsyn.com/quay/q1.mp3 q1.mp3",
                "http://traffic.libsyn.com/quay/2016/q%202.mp3 q-2.mp3",
                "https://quay.example/media/q3.mp3 q3.mp3",
            ]
        );
        assert!(!settings.contains("libsyn"), "{settings}");
        assert!(report.contains("another server, as `enclosure` says; what is new goes to the target: http://traffic"), "{report}");
    }

    #[test]
    fn the_folder_of_audio_stays_in_its_address() {
        let config =
            |prefix: &str| format!("baseURL: https://quay.example/\nmedia_prefix: {prefix}\n");
        let keys = ["podcast_file: /episodios/one.mp3", "podcast_file: two.mp3"];
        let (found, settings, _) = addresses(&config("https://media.quay.example"), &keys);
        assert_eq!(
            found,
            [
                "https://media.quay.example/episodios/one.mp3 episodios/one.mp3",
                "https://media.quay.example/two.mp3 two.mp3",
            ]
        );
        assert!(settings.contains("url = \"https://media.quay.example\""), "{settings}");
        // A name may be no folder's, but the start of the files'.
        let (found, ..) = addresses(&config("https://media.quay.example/ep-"), &keys[1..]);
        assert_eq!(found, ["https://media.quay.example/ep-two.mp3 two.mp3"]);
        let (_, _, report) = addresses("title: A\n", &keys);
        assert!(report.contains("0x.md: where its audio stood is not known"), "{report}");
        assert!(!report.contains("1x.md: where its audio"), "{report}");
        let (_, settings, report) = addresses(&config("/media/"), &["podcast_file: two.mp3"]);
        assert!(
            report.contains("is no address: write `media.url`, or `enclosure`: /media/"),
            "{report}"
        );
        assert!(!settings.contains("[media]"), "{settings}");
    }

    #[test]
    fn what_names_audio_in_a_way_of_its_own_is_made_to_fit() {
        let (named, report) = named(&[
            ("content/a.md", "file: https://a.example/x/1.mp3"),
            ("content/b.md", "mp3: Podcast-8-vom-wünschen.mp3"),
            ("content/c.md", "podcast_link: https://x.example/micrófono/3.mp3"),
            ("content/d.md", "audio_file_path: https://a.example/4.mp3\naudio_file_size: 17658812"),
            ("content/e.md", "file: 5 b.mp3\nfilesize: 12 MB"),
        ]);
        assert_eq!(
            named,
            [
                "1.mp3 https://a.example/x/1.mp3",
                "Podcast-8-vom-w-nschen.mp3 -",
                "3.mp3 https://x.example/micr%C3%B3fono/3.mp3",
                "4.mp3 https://a.example/4.mp3 17658812",
                "5-b.mp3 -",
            ]
        );
        assert!(
            report.contains("call the MP3 as `file` does now: 5 b.mp3, here 5-b.mp3"),
            "{report}"
        );
        assert!(!report.contains("names no MP3"), "{report}");
    }

    #[test]
    fn what_means_to_name_audio_is_an_episode() {
        let (named, report) = named(&[
            ("content/a.md", "file: [1.mp3]"),
            ("content/b.md", "file:"),
            ("content/c.md", "file: 3.m4a"),
            ("content/d.md", "file:\naudio_url: https://a.example/4.mp3"),
            ("content/e.md", "file: https://a.example/mun"),
            ("content/f.md", "episode: {file: 6.mp3, type: trailer}"),
            ("content/g.md", "filepath: files/7.mp3"),
        ]);
        assert_eq!(
            named,
            [
                "- -",
                "- -",
                "- -",
                "4.mp3 https://a.example/4.mp3",
                "e.mp3 https://a.example/mun",
                "6.mp3 -",
                "7.mp3 -",
            ]
        );
        for file in ["a.md: what names", "c.md: what names"] {
            assert!(report.contains(file), "{file}: {report}");
        }
    }

    #[test]
    fn audio_may_be_named_in_camel_case_or_in_a_mapping() {
        let (named, _) = named(&[
            ("content/a.md", "podcastFile: 1.mp3\npodcastBytes: 7"),
            ("content/b.md", "fileName: https://a.example/2.mp3"),
            ("content/c.md", "audio: {url: 'https://a.example/right/3.mp3', size: 34730371}"),
            ("content/d.md", "audio: {file: 4.mp3}"),
            ("content/e.md", "mp3: {asset_link: 'https://a.example/5.mp3', length: 5}"),
        ]);
        assert_eq!(
            named,
            [
                "1.mp3 - 7",
                "2.mp3 https://a.example/2.mp3",
                "3.mp3 https://a.example/right/3.mp3 34730371",
                "4.mp3 -",
                "5.mp3 https://a.example/5.mp3 5",
            ]
        );
    }

    #[test]
    fn dates_that_onair_does_not_read_are_written_anew() {
        let posts = [
            (
                "_posts/2018-03-09-a.md",
                "---\nfile: 1.mp3\ndate: Fri, 09 Mar 2018 13:55:01 +0000\n---\n",
            ),
            ("_posts/2016-11-10-b.md", "---\nfile: 2.mp3\ndate: 2016-11-10 00:00:00 +0900\n---\n"),
            ("_posts/2017-08-13-c.md", "---\nfile: 3.mp3\ndatum: August 14th 2017\n---\n"),
            ("content/d.md", "---\nfile: 4.mp3\npublishDate: Mar 5, 2016\n---\n"),
            ("content/e.md", "---\nfile: 5.mp3\ndate: 2016/03/07\n---\n"),
            ("content/f.md", "---\nfile: 6.mp3\ndate: August 13th 2017\n---\n"),
            ("_posts/2016-3-29-g.md", "---\nfile: 7.mp3\n---\n"),
            ("content/h.md", "---\nfile: 8.mp3\ndate: some day\n---\n"),
            ("episodes/2016-03-30.md", "---\nfile: 9.mp3\n---\n"),
        ];
        let import = of("url: https://a.example\n", &posts).unwrap();
        let dates: Vec<String> = published(&import.episodes)
            .iter()
            .map(|episode| date_of(episode).map_or("-".to_owned(), |date| date.written()))
            .collect();
        assert_eq!(
            dates,
            [
                "2018-03-09 13:55:01 +0000",
                "2016-11-10 00:00:00 +0900",
                "2017-08-13 00:00:00",
                "2016-03-05 00:00:00",
                "2016-03-07 00:00:00",
                "2017-08-13 00:00:00",
                "2016-03-29 00:00:00",
                "-",
                "2016-03-30 00:00:00",
            ]
        );
        assert!(
            import.settings.contains("after = \"2018-03-09 13:55:01 +0000\""),
            "{}",
            import.settings
        );
        let report = import.report.file("T");
        assert!(report.contains("14th 2017 is 2017-08-13 now"), "{report}");
        assert!(
            import.episodes[6].text.contains("/2016/03/29/g.html"),
            "{}",
            import.episodes[6].text
        );
    }

    #[test]
    fn files_of_one_name_get_a_letter() {
        let posts = [
            ("content/2016/09/news.md", "---\nfile: 1.mp3\n---\n"),
            ("content/2017/02/news.md", "---\nfile: 2.mp3\n---\n"),
            ("content/2017/03/¿.md", "---\nfile: 3.mp3\n---\n"),
        ];
        let import = of("", &posts).unwrap();
        let paths: Vec<&str> = import.episodes.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["episodes/news.md", "episodes/news-b.md", "episodes/episode.md"]);
        assert!(import.report.file("T").contains("2017/02/news.md: names that several"));
    }

    #[test]
    fn guests_that_nobody_is_are_not_left_out() {
        let guests = |list: &str| {
            let text = format!("---\npodcast_file: 1.mp3\nguests: {list}\n---\n");
            let import = of("", &[("a.md", text.as_str())]).unwrap();
            import.report.file("T").contains("guests by ids")
        };
        assert!(!guests("[]") && guests("[alice]"));
    }

    #[test]
    fn what_is_no_markdown_is_told_where_it_is_an_episode() {
        let posts = [
            ("_posts/2018-04-08-one.md", "---\nfile: 1.mp3\n---\n"),
            (
                "_posts/2018-04-09-two.html",
                "---\npodcast_link: https://a.example/2.mp3\n---\n<p>N</p>\n",
            ),
            ("index.html", "---\nlayout: list\n---\n"),
            ("broken.njk", "---\n{% a %}\n---\n"),
        ];
        let report = of("", &posts).unwrap().report.file("T");
        assert!(
            report.contains("1 file could not be read, such as _posts/2018-04-09-two.html"),
            "{report}"
        );
        assert!(report.contains("two.html: episodes that are no Markdown"), "{report}");
        assert!(!report.contains("names no audio and is"), "{report}");
        let reason = of("", &posts[1..]).unwrap_err().reason;
        assert!(
            reason.ends_with("such as _posts/2018-04-09-two.html, which is no Markdown"),
            "{reason}"
        );
    }

    #[test]
    fn audio_is_found_wherever_posts_name_it() {
        let (named, report) = named(&[
            ("_posts/a.md", "enclosure: https://a.example/1.mp3"),
            ("_posts/b.md", "enclosure:\n  url: https://a.example/2.mp3\n  length: 55"),
            ("content/c.md", "extra: {audio: 'https://a.example/3.mp3'}"),
            ("content/d.md", "itunes: {enclosure: 'https://a.example/4.mp3'}"),
            // Bytes, not seconds.
            ("content/e.md", "audio_url: https://a.example/5.mp3\nlength: 12345"),
            ("content/f.md", "extra: {picture: a.png}"),
            ("content/g.md", "audio_url: /assets/6.mp3"),
            ("content/h.md", "enclosure: https://a.example/play/7"),
            ("content/i.md", "podcast_url: https://a.example/page"),
        ]);
        assert_eq!(
            named,
            [
                "1.mp3 https://a.example/1.mp3",
                "2.mp3 https://a.example/2.mp3 55",
                "3.mp3 https://a.example/3.mp3",
                "4.mp3 https://a.example/4.mp3",
                "5.mp3 https://a.example/5.mp3 12345",
                "6.mp3 -",
                "h.mp3 https://a.example/play/7",
            ]
        );
        assert!(report.contains("content/f.md: names no audio"), "{report}");
        let import = of("", &[("a.md", "---\naudio_url: /5.mp3\nlength: 12345\n---\n")]).unwrap();
        assert!(!import.episodes[0].text.contains("duration"), "{}", import.episodes[0].text);
    }

    #[test]
    fn a_key_that_stands_there_gets_another_value() {
        let (named, _) = named(&[
            ("_drafts/a.md", "file: 1.mp3\ndraft: false # not yet"),
            (
                "_posts/b.md",
                "enclosure: https://a.example/2.mp3\npodcast_url: https://a.example/b.mp3",
            ),
            ("_posts/c.md", "enclosure:\naudio_url: https://a.example/3.mp3"),
            ("_posts/2022-02-03-d.md", "file: 4.mp3\ndate:"),
        ]);
        assert_eq!(
            named,
            [
                "1.mp3 - draft",
                "2.mp3 https://a.example/2.mp3",
                "3.mp3 https://a.example/3.mp3",
                "4.mp3 -",
            ]
        );
        let text = |path: &str, keys: &str| {
            let text = format!("---\ntitle: A\n{keys}\n---\nN\n");
            let import = of("", &[("_posts/2022-01-01-a.md", POST), (path, &text)]).unwrap();
            (import.episodes.last().unwrap().text.clone(), import.report.text())
        };
        let (dated, _) = text("_posts/2022-02-03-d.md", "file: 4.mp3\ndate:");
        assert!(dated.contains("\ndate: 2022-02-03\n"), "{dated}");
        // What cannot be changed is left to the host.
        let (_, report) = text("_drafts/e.md", "file: 5.mp3\ndraft: [a]");
        assert!(report.contains("1 file could not be read, such as _drafts/e.md"), "{report}");
    }

    #[test]
    fn an_old_page_leads_on_or_is_asked_for() {
        let posts = [
            ("_posts/2022-02-03-a.md", "---\nfile: 1.mp3\npermalink: /p/:year/:title/\n---\n"),
            ("_posts/2022-02-04-b.md", "---\nfile: 2.mp3\npermalink: /old/b/\n---\n"),
            ("_episodes/c.md", "---\nfile: 3.mp3\n---\n"),
            ("content/episodes/d.md", "---\nfile: 4.mp3\naliases: [/d/]\n---\n"),
            ("content/episodes/e.md", "---\nfile: 5.mp3\ndraft: true\n---\n"),
        ];
        let import = of("url: https://a.example\n", &posts).unwrap();
        let text =
            |name: &str| &import.episodes.iter().find(|it| it.path.contains(name)).unwrap().text;
        assert!(text("03-a.md").contains("\naliases: [\"/p/2022/a/\"]\n"), "{}", text("03-a.md"));
        assert!(!text("04-b.md").contains("aliases"));
        let report = import.report.file("T");
        let asked: Vec<&str> = report.lines().filter(|line| line.contains("old page")).collect();
        assert_eq!(
            asked,
            ["- _episodes/c.md: where an old page stood is not known: write it into `aliases`"]
        );
    }

    #[test]
    fn pictures_of_one_name_in_two_folders_stay_two() {
        let post = |file: &str| {
            format!("---\ntitle: A\nfile: {file}\nimage: cover.jpg\n---\n![](pic.png)\n")
        };
        let (one, two, three) = (post("1.mp3"), post("2.mp3"), post("3.mp3"));
        let posts =
            [("content/a/a.md", &*one), ("content/a/b.md", &*two), ("content/c/c.md", &*three)];
        let paths: Vec<String> =
            of("", &posts).unwrap().episodes.into_iter().map(|file| file.path).collect();
        assert_eq!(paths, ["episodes/a.md", "episodes/b.md", "episodes/c/index.md"]);
    }

    #[test]
    fn what_a_folder_leaves_open_is_asked_for_as_of_a_feed() {
        let config =
            "title: T\nurl: https://a.example\nlang: Dothraki\nexplicit: 1\ntimezone: Mars/Base\n";
        let of_guid = "---\ntitle: B\nfile: 2.mp3\nguid: x\ndate: 2099-01-03 10:00:00 +0100\n---\n";
        let posts = [
            Source::new(
                "content/a.md",
                "---\ntitle: A\naudio_url: https://b.example/1.mp3\nguid: x\n---\n",
            ),
            Source::new("content/b.md", of_guid),
        ];
        let now = Some("2024-06-01T00:00:00Z".parse().unwrap());
        let options = Options { now, ..Options::default() };
        let config = Source::new("_config.yml", config);
        let report = of_folder(Some(&config), &posts, &[], &options).unwrap().report.file("T");
        for said in [
            "no code that directories know: `Dothraki`",
            "`explicit` of \\_config.yml is neither yes nor no: `1`",
            "the time zone of \\_config.yml is none that is known: Mars/Base",
            "1 episode has no date that can be read, such as “A”",
            "a date to come, such as “B” (2099-01-03 10:00:00 +0100)",
            "1 guid is shared by episodes that differ, such as `x`",
            "the feed will stand at https://a.example/podcasts/feed.xml",
            "put the MP3s that the other episodes name into audio/",
            "the audio of 1 episode stays at the address",
        ] {
            assert!(report.contains(&said.replace("\\_", "_")), "{said}: {report}");
        }
    }

    #[test]
    fn a_file_that_is_no_text_keeps_no_other_back() {
        let unread = [("_posts/b.md".to_owned(), "it is not UTF-8".to_owned())];
        let posts = [Source::new("_posts/2022-01-01-a.md", POST)];
        let import = of_folder(None, &posts, &unread, &Options::default()).unwrap();
        assert_eq!(import.episodes.len(), 1);
        let report = import.report.file("T");
        assert!(report.contains("1 file could not be read, such as _posts/b.md"), "{report}");
        assert!(
            report.contains("_posts/b.md: files that cannot be read: it is not UTF-8"),
            "{report}"
        );
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
