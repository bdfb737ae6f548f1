//! The folder of a podcast's site generator (Jekyll, Octopod, Toucan, Hugo, Eleventy, Castanet) as a show:
//! its episodes stay as they are, byte for byte, where their front matter is one that onair reads.

mod front_matter;

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_yaml::Value;

use self::front_matter::{as_yaml, without_tags};
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
    let (unread, other): (Vec<&str>, Vec<&str>) =
        unread.into_iter().partition(|path| layout::is_markdown(path));
    if let Some(first) = unread.first() {
        report.decide(
            format!("{} could not be read, such as {first}", counted(unread.len(), "file")),
            "fix the front matter and import again, or copy them by hand: only the others came",
        );
    }
    if let Some(first) = other.first() {
        report.decide(
            format!(
                "{} in other formats than Markdown, such as {first}",
                counted(other.len(), "episode")
            ),
            "write their notes in a `.md` file each, and import again: only the others came",
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
mod tests;
