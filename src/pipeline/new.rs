//! `new`: an episode's file from its MP3, with every value that the MP3, and the show's habit, can tell.

mod beside;
mod encode;
mod name;
mod production;
mod slot;
mod template;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;

use self::beside::Beside;
use self::encode::Form;
use self::template::Template;
use super::{Error, Options, load};
use crate::audio::tag::{self, Contents, HeldChapter, Picture};
use crate::audio::{Channels, Content, Depth, Foreign, Harm, probe_file};
use crate::rules::picture::{flaw, picture};
use crate::rules::pictures::MAX_PICTURE;
use crate::show::date::{self, offset_text};
use crate::show::values::{AudioName, hh_mm_ss};
use crate::show::write::write_new;
use crate::show::{Episode, Show, read, schema};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewOptions {
    /// The MP3: in the audio folder, or copied there.
    pub file: PathBuf,
    /// The title; the MP3's own, or "Episode N", if none is given.
    pub title: Option<String>,
    /// The season; that of the MP3's name, or the newest episode's, if none is given.
    pub season: Option<u32>,
    /// The number; that of the MP3's name, or the one behind the season's last, if none is given.
    pub episode: Option<u32>,
    /// When it comes out, in the show's time zone; the show's next slot if nothing is given.
    pub date: Option<String>,
    /// The name that the MP3 is to have in the audio folder.
    pub name: Option<String>,
    /// Whether ffmpeg may make the MP3 of other audio.
    pub encode: bool,
    /// The present instant.
    pub now: Timestamp,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Made {
    /// The episode's file, below the show's folder.
    pub path: String,
    /// What was taken from where, and put where: a line each.
    pub notes: Vec<String>,
    /// What is wrong with the MP3, though it can be published.
    pub warnings: Vec<String>,
}

/// Makes an episode's file.
///
/// # Errors
/// If this is not an MP3, or a file stands in the way. Then nothing was written.
pub fn new(options: &Options, asked: &NewOptions) -> Result<Made, Error> {
    let show = load::show(&options.root)?;
    let given = find(&show, &asked.file)?;
    let mut known = Known::of(&show, asked.season);
    let mut notes = Vec::new();
    let stem = given.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let told = name::numbers(&stem, known.next());
    if let Some((Some(season), _)) = told.filter(|_| asked.season.is_none()) {
        known = Known::of(&show, Some(season));
    }
    // The number of a name is that of its own season.
    let told = told.filter(|(season, _)| season.is_none_or(|it| known.season == Some(it)));
    let mut probe = probe(&given)?;
    let mut encoded = None;
    if let Content::Foreign(foreign) = &probe.content {
        let number = asked.episode.or(told.map(|(_, number)| number)).unwrap_or(known.next());
        let name = audio_name(&show, asked, &stem, number, &known)?;
        let form = known.form(&show);
        if !asked.encode || !encode::is_audio(foreign) {
            return Err(foreign_audio(&show, &given, foreign, &name, form));
        }
        let made = encode_beside(&show, &given, foreign, form)?;
        notes.push(format!("Encoded {} at {} kbit/s", given.display(), form.kbits));
        probe = self::probe(&made)?;
        encoded = Some(made);
    }
    let file: &Path = encoded.as_deref().unwrap_or(&given);
    let mp3 = match &probe.content {
        Content::Mp3(mp3) => mp3,
        Content::Empty => return Err(Error::usage(format!("{} is empty", given.display()))),
        Content::Foreign(foreign) => {
            return Err(Error::usage(format!("{} is {foreign}, not an MP3", given.display()))
                .help(foreign.hint()));
        }
    };
    let held = tag::held_contents(file, &mp3.payload).unwrap_or_default();
    let number = number(asked, told.map(|(_, number)| number), &held, &known);
    let name = audio_name(&show, asked, &stem, number, &known)?;
    refuse_taken(&show, file, &name)?;
    refuse_named(&show, &name)?;
    let mut path = name::episode_path(known.model, known.season, number);
    let is_there = |path: &str| show.root.join(path).exists();
    // Another season's episode has the number, and the name.
    if let Some(season) = known.season.filter(|_| is_there(&path) && !known.has(number)) {
        path = name::path_of_season(&path, season, number);
    }
    let taken = || {
        let other = "choose another number with --episode";
        let help = match known.season {
            Some(_) => other.to_owned(),
            None => format!("{other}, or begin a season with --season"),
        };
        let there = known.path_of(number).filter(|there| **there != path);
        let message = match there {
            Some(there) => format!("{there} is episode {number} already"),
            None => format!("{path} is there already"),
        };
        Error::usage(message).help(help)
    };
    if is_there(&path) || known.has(number) && asked.episode.is_some() {
        return Err(taken());
    }
    let (date, when) = date(&show, asked, &held, &known)?;
    let beside = beside::look(&show.root, &given, stem_of(&name));
    let image = cover(&show, &held, stem_of(&name), &mut notes);
    let in_audio = place_audio(&show, file, &name, encoded.is_some())?;
    notes.extend(in_audio);
    notes.push(when);
    let told = beside.production.unwrap_or_default();
    let title = asked.title.clone().or(held.title).or(told.title);
    let mut template = Template {
        title: title.unwrap_or_else(|| format!("Episode {number}")),
        subtitle: held.subtitle.or(told.subtitle).unwrap_or_default(),
        description: as_html(held.description.or(told.summary).unwrap_or_default()),
        season: known.season,
        number,
        duration: hh_mm_ss((mp3.time.milliseconds() + 500) / 1000),
        size: probe.bytes,
        file: name.as_str().to_owned(),
        date,
        author: held.artist.unwrap_or_else(|| show.settings.show.author.get_ref().clone()),
        chapters: if held.chapters.is_empty() { told.chapters } else { held.chapters },
        ..Template::default()
    };
    if let Some((path, bytes)) = image {
        template.image = put(&show, &path, &bytes, &mut notes)?.then_some(path);
    }
    if let Some(found) = beside.chapters {
        template.chapter_file = take_beside(&show, &found, "Chapters", &mut notes)?;
    }
    if let Some(found) = beside.transcript {
        template.transcript = take_beside(&show, &found, "Transcript", &mut notes)?;
    }
    if template.chapter_file.is_none() {
        template.chapter_images =
            chapter_images(&show, &template.chapters, stem_of(&name), &mut notes)?;
    }
    notes.extend(beside.left);
    if show.root.join(schema::EPISODE).is_file() {
        template.modeline = Some(schema::modeline(path.matches('/').count()));
    }
    let is_new = write_new(&show.root.join(&path), template.text().as_bytes())
        .map_err(|error| Error::disk(format!("{path} cannot be made"), &error))?;
    if !is_new {
        return Err(taken());
    }
    let grave = mp3.damage.iter().filter(|damage| damage.harm() > Harm::Untidy);
    Ok(Made { path, notes, warnings: grave.map(ToString::to_string).collect() })
}

/// The file that is meant: as it is named, or in the audio folder.
fn find(show: &Show, given: &Path) -> Result<PathBuf, Error> {
    let folder = show.root.join(show.settings.audio_folder());
    let named = given.display();
    if given.is_dir() {
        let mut inside: Vec<String> = fs::read_dir(given)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path().display().to_string()))
            .filter(|name| name.to_lowercase().ends_with(".mp3"))
            .collect();
        inside.sort();
        let help = match &inside[..] {
            [] => "name the MP3 of one episode".to_owned(),
            [first, ..] => {
                format!("name the MP3 of one episode, as in `onair new {}`", encode::shell(first))
            }
        };
        return Err(Error::usage(format!("{named} is a folder")).help(help));
    }
    if given.exists() {
        return Ok(given.to_owned());
    }
    let there = folder.join(given);
    let folder = folder.strip_prefix(".").unwrap_or(&folder);
    if given.components().count() == 1 && there.is_file() {
        return Ok(there);
    }
    let help = format!("name an MP3 by its path; one in {} by its name alone", folder.display());
    Err(Error::usage(format!("there is no file {named}")).help(help))
}

fn probe(path: &Path) -> Result<crate::audio::Probe, Error> {
    probe_file(path, Depth::Walk)
        .map_err(|error| Error::usage(format!("{} cannot be read: {error}", path.display())))
}

fn stem_of(name: &AudioName) -> &str {
    name.as_str().rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem)
}

/// What the show's episodes tell of the next one.
struct Known<'a> {
    /// The season that it is of.
    season: Option<u32>,
    /// Numbered episodes of that season, by number.
    episodes: Vec<(u32, &'a Episode)>,
    /// The number that a season begins with.
    first: u32,
    /// Numbered episodes of the season that the newest is of, likewise: their habits are the next one's.
    latest: Vec<(u32, &'a Episode)>,
    /// The file that the next one's is called like, with its season and number.
    model: Option<(&'a str, Option<u32>, u32)>,
    /// Local dates, in order.
    dates: Vec<DateTime>,
    /// Names of MP3s, in the order of the numbers.
    files: Vec<(u32, &'a str)>,
}

impl<'a> Known<'a> {
    /// For an episode of this season, or of the newest.
    fn of(show: &'a Show, asked: Option<u32>) -> Self {
        let zone = show.settings.zone();
        let at = |episode: &Episode| episode.date.value().map(|date| date.at(&zone).timestamp());
        let newest =
            show.episodes.iter().filter(|it| it.date.value().is_some()).max_by_key(|it| at(it));
        let newest = newest.and_then(|episode| episode.season.value().copied());
        let of = |season: Option<u32>| {
            let of_it = |it: &&Episode| it.season.value().copied() == season;
            let mut episodes: Vec<(u32, &Episode)> = show
                .episodes
                .iter()
                .filter(of_it)
                .filter_map(|episode| Some((*episode.number.value()?, episode)))
                .collect();
            episodes.sort_by_key(|(number, _)| *number);
            episodes
        };
        let (season, latest) = (asked.or(newest), of(newest));
        let episodes = of(season);
        // Where the newest season went on behind the numbers of all others, the next one does.
        let others = show.episodes.iter().filter(|it| it.season.value().copied() != newest);
        let before = others.filter_map(|it| it.number.value().copied()).max();
        let first = match (before, latest.first(), latest.last()) {
            (Some(before), Some((first, _)), Some((last, _))) if before < *first => {
                last.saturating_add(1)
            }
            _ => 1,
        };
        let model = |(number, it): &(u32, &'a Episode)| {
            (it.source.path.as_str(), it.season.value().copied(), *number)
        };
        let model = episodes.last().or(latest.last()).map(model);
        let local =
            |episode: &Episode| Some(at(episode)?.to_zoned_datetime(zone.clone()).datetime());
        let proper = show.episodes.iter().filter(|episode| !episode.is_draft());
        let mut dates: Vec<DateTime> = proper.filter_map(local).collect();
        dates.sort_unstable();
        let file = |(number, it): &(u32, &'a Episode)| Some((*number, it.file.value()?.as_str()));
        let files = latest.iter().filter_map(file).collect();
        Self { season, episodes, first, latest, model, dates, files }
    }

    fn has(&self, number: u32) -> bool {
        self.episodes.iter().any(|(known, _)| *known == number)
    }

    fn path_of(&self, number: u32) -> Option<&String> {
        let found = self.episodes.iter().find(|(known, _)| *known == number);
        found.map(|(_, episode)| &episode.source.path)
    }

    fn next(&self) -> u32 {
        self.episodes.last().map_or(self.first, |(last, _)| last.saturating_add(1))
    }

    /// How the show's newest MP3s were made.
    fn form(&self, show: &Show) -> Form {
        let newest = || self.latest.iter().rev().take(12).map(|(_, episode)| episode);
        let kbits = newest().filter_map(|episode| {
            let (size, seconds) = (*episode.size.value()?, *episode.duration.value()?);
            (size / 125).checked_div(seconds)
        });
        let mono = newest().find_map(|episode| {
            let path = load::resolve(show, &load::audio_path(show, episode.file.value()?)).ok()?;
            match probe_file(&path, Depth::Walk).ok()?.content {
                Content::Mp3(mp3) => Some(mp3.format.channels == Channels::Mono),
                _ => None,
            }
        });
        Form::by_habit(&kbits.collect::<Vec<_>>(), mono)
    }
}

/// The number: as asked, as the MP3's name says, as its tag says, or the one behind the last.
fn number(asked: &NewOptions, named: Option<u32>, held: &Contents, known: &Known<'_>) -> u32 {
    let free = |number: &u32| !known.has(*number);
    let tagged = held.track.filter(|number| *number >= known.next());
    asked.episode.or(named.filter(free)).or(tagged).unwrap_or_else(|| known.next())
}

/// The name of the MP3 in the audio folder.
fn audio_name(
    show: &Show,
    asked: &NewOptions,
    stem: &str,
    number: u32,
    known: &Known<'_>,
) -> Result<AudioName, Error> {
    if let Some(text) = &asked.name {
        return name::chosen(text).map_err(|reason| {
            Error::usage(format!("--as `{text}`: {reason}"))
                .help("give a name of plain letters and digits, as in 109.mp3")
        });
    }
    let own = asked.file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if let Ok(name) = crate::show::values::audio_name(own) {
        return Ok(name);
    }
    let is_mp3 = own.to_lowercase().ends_with(".mp3");
    let plain = name::chosen(stem).ok().filter(|_| !is_mp3);
    let name = plain.map_or_else(|| name::chosen(&name::good(stem, number, &known.files)), Ok);
    let name = name.map_err(|reason| Error::usage(reason).help("choose a name with --as"))?;
    // The number's name may be another episode's; then the MP3's own, in plain letters, is free.
    let there = show.root.join(show.settings.audio_folder()).join(name.as_str()).exists();
    let other = name::good(stem, number, &[(0, "a.mp3")]);
    match name::chosen(&other) {
        Ok(other) if there => Ok(other),
        _ => Ok(name),
    }
}

/// No other MP3 is written over.
fn refuse_taken(show: &Show, from: &Path, name: &AudioName) -> Result<(), Error> {
    let to = show.root.join(show.settings.audio_folder()).join(name.as_str());
    let same = |path: &Path| path.canonicalize().ok();
    if !to.exists() || same(from).is_some() && same(from) == same(&to) {
        return Ok(());
    }
    Err(Error::usage(format!("{} is there already", to.display())).help(format!(
        "give the new MP3 another name with --as, or run `onair new {}` if it is this one",
        to.display()
    )))
}

/// An MP3 is one episode's.
fn refuse_named(show: &Show, name: &AudioName) -> Result<(), Error> {
    let named = show.episodes.iter().find(|episode| episode.file.value() == Some(name));
    match named {
        None => Ok(()),
        Some(episode) => {
            Err(Error::usage(format!("{} names {} already", episode.source.path, name.as_str()))
                .help("an MP3 is one episode's; give another one its own name with --as"))
        }
    }
}

fn foreign_audio(
    show: &Show,
    from: &Path,
    foreign: &Foreign,
    name: &AudioName,
    form: Form,
) -> Error {
    let error = Error::usage(format!("{} is {foreign}, not an MP3", from.display()));
    if !encode::is_audio(foreign) {
        return error.help(foreign.hint());
    }
    let to = show.root.join(show.settings.audio_folder()).join(name.as_str());
    let to = to.strip_prefix(".").unwrap_or(&to);
    let line = encode::line(foreign, from, to, form);
    error.help(format!("this line makes the MP3, and --encode runs it:\n    {line}"))
}

/// Makes an MP3 in the audio folder, under a name that nobody sees.
fn encode_beside(
    show: &Show,
    from: &Path,
    foreign: &Foreign,
    form: Form,
) -> Result<tempfile::TempPath, Error> {
    let folder = show.root.join(show.settings.audio_folder());
    let failed = |error: std::io::Error| {
        Error::disk(format!("{} cannot be written", folder.display()), &error)
    };
    fs::create_dir_all(&folder).map_err(failed)?;
    let made = tempfile::Builder::new()
        .prefix(".encoding-")
        .suffix(".mp3")
        .tempfile_in(&folder)
        .map_err(failed)?
        .into_temp_path();
    encode::encode(foreign, from, &made, form)?;
    Ok(made)
}

/// When the episode comes out, as its front matter says it, and the line that says why then.
fn date(
    show: &Show,
    asked: &NewOptions,
    held: &Contents,
    known: &Known<'_>,
) -> Result<(String, String), Error> {
    let zone = show.settings.zone();
    let now = asked.now.to_zoned_datetime(zone.clone());
    // A day alone may be that of the recording: it counts where the show has no slot.
    let slot = slot::next(&known.dates, now.datetime());
    let tagged = held.date.as_deref().and_then(|text| date::date(text).ok());
    let tagged = tagged.filter(|date| {
        let timed = date.civil.time() != jiff::civil::Time::midnight();
        let later = known.dates.last().is_none_or(|last| date.civil > *last);
        later && (timed || slot.is_none())
    });
    let (written, why) = match &asked.date {
        Some(text) => {
            let written = date::date(text).map_err(|trouble| {
                Error::usage(format!("--date `{text}`: {}", trouble.reason))
                    .help("write it as in --date \"2026-03-06 07:00\"")
            })?;
            (written.at(&zone), "as asked")
        }
        None => match (tagged, slot) {
            (Some(tagged), _) => (tagged.at(&zone), "as the MP3 says"),
            (None, Some(slot)) => {
                (date::WrittenDate { civil: slot, offset: None }.at(&zone), "the show's next slot")
            }
            (None, None) => (now, "now; --date says another"),
        },
    };
    let text =
        format!("{} {}", written.strftime("%Y-%m-%d %H:%M:%S"), offset_text(written.offset()));
    let line = format!("Date: {} ({why})", written.strftime("%a %-d %B %Y, %H:%M"));
    Ok((text, line))
}

/// The picture in the MP3, if it is the episode's own and apps take it.
fn cover(
    show: &Show,
    held: &Contents,
    stem: &str,
    notes: &mut Vec<String>,
) -> Option<(String, Vec<u8>)> {
    let bytes = held.cover.as_ref().map(Picture::bytes)?;
    let kind = picture(bytes)?;
    let ending = if kind.format == "PNG" { "png" } else { "jpg" };
    let path = format!("img/{stem}.{ending}");
    // The show's own picture is in every tag, made smaller where it is too large for one.
    let settings = &show.settings;
    let ours = [Some(&settings.show.artwork), settings.tags.cover.as_ref()];
    let is_ours = ours.into_iter().flatten().any(|artwork| {
        let Ok(own) = read::read_bytes(&show.root, artwork.get_ref(), MAX_PICTURE) else {
            return false;
        };
        let scaled = super::scale::for_tag(own.clone()).ok();
        own == bytes[..] || scaled.is_some_and(|scaled| scaled.bytes()[..] == bytes[..])
    });
    if is_ours {
        return None;
    }
    match flaw(&path, &kind) {
        None => Some((path, bytes.to_vec())),
        Some(flaw) => {
            notes.push(format!(
                "The picture in the MP3 {flaw}: left out, apps want 1400 to 3000, square"
            ));
            None
        }
    }
}

/// The pictures of those chapters that the front matter can hold, each as a file, at its chapter's place.
fn chapter_images(
    show: &Show,
    chapters: &[HeldChapter],
    stem: &str,
    notes: &mut Vec<String>,
) -> Result<Vec<Option<String>>, Error> {
    let mut images: Vec<Option<String>> = Vec::new();
    for (at, chapter) in chapters.iter().enumerate() {
        let image = chapter.image.as_ref().filter(|_| chapter.has_title());
        // Many chapters may show the same.
        let same =
            chapters[..at].iter().zip(&images).find(|(other, _)| other.image == chapter.image);
        let path = match (image, same) {
            (None, _) => None,
            (Some(_), Some((_, Some(path)))) => Some(path.clone()),
            (Some(image), _) => {
                let ending = if image.mime() == "image/png" { "png" } else { "jpg" };
                let path = format!("img/{stem}-{}.{ending}", at + 1);
                put(show, &path, image.bytes(), notes)?.then_some(path)
            }
        };
        images.push(path);
    }
    let untitled = chapters.iter().filter(|chapter| !chapter.has_title()).count();
    if untitled > 0 && untitled < chapters.len() {
        notes.push(format!(
            "Chapters without a title are left out ({untitled}): delete `chapters` to keep the MP3's own"
        ));
    }
    Ok(images)
}

/// Writes a file of the episode; false if another of this name is there, which stays.
fn put(show: &Show, path: &str, bytes: &[u8], notes: &mut Vec<String>) -> Result<bool, Error> {
    let full = show.root.join(path);
    let failed = |error: std::io::Error| Error::disk(format!("{path} cannot be made"), &error);
    if write_new(&full, bytes).map_err(failed)? {
        notes.push(format!("Made {path}"));
        return Ok(true);
    }
    let same = fs::read(&full).map_err(failed)? == bytes;
    if !same {
        notes.push(format!(
            "{path} is there already and stays as it is: look whether it is this episode's"
        ));
    }
    Ok(same)
}

fn take_beside(
    show: &Show,
    found: &Beside,
    what: &str,
    notes: &mut Vec<String>,
) -> Result<Option<String>, Error> {
    if found.copied && !put(show, &found.path, &found.bytes, &mut Vec::new())? {
        notes.push(format!(
            "{} was left alone: {} is there already",
            found.from.display(),
            found.path
        ));
        return Ok(None);
    }
    let from =
        if found.copied { format!(", from {}", found.from.display()) } else { String::new() };
    notes.push(format!("{what}: {}{from}", found.path));
    Ok(Some(found.path.clone()))
}

/// A text as the description has it, which may hold HTML: in plain text, no word is lost where a tag or
/// a reference would begin.
fn as_html(text: String) -> String {
    if text.contains("</") || text.contains("<br") {
        return text;
    }
    let mut html = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '#';
        match c {
            '<' if rest.starts_with(|c: char| c.is_ascii_alphabetic() || "!?".contains(c)) => {
                html.push_str("&lt;");
            }
            '&' if rest.starts_with(is_name)
                && rest.trim_start_matches(is_name).starts_with(';') =>
            {
                html.push_str("&amp;");
            }
            _ => html.push(c),
        }
    }
    html
}

/// Brings the MP3 into the audio folder under its name, unless it is there, and says what was done.
fn place_audio(
    show: &Show,
    from: &Path,
    name: &AudioName,
    encoded: bool,
) -> Result<Option<String>, Error> {
    let folder = show.root.join(show.settings.audio_folder());
    let to = folder.join(name.as_str());
    let failed =
        |error: std::io::Error| Error::disk(format!("{} cannot be written", to.display()), &error);
    let shown = format!("{}/{}", show.settings.audio_folder(), name.as_str());
    let own = from.file_name().and_then(|it| it.to_str()).unwrap_or_default();
    let why = match crate::show::values::audio_name(own) {
        Ok(_) => "",
        Err(_) => ": its own name makes no address (--as chooses another)",
    };
    if to.exists() {
        return Ok(None);
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    let home = folder.canonicalize().map_err(failed)?;
    let lies_there = from.canonicalize().ok().is_some_and(|real| real.parent() == Some(&home));
    if lies_there {
        // It is there under a name that makes no address: a copy would leave it twice.
        fs::rename(from, &to).map_err(failed)?;
        return Ok(Some(match encoded {
            true => format!("Made {shown}"),
            false => format!("Renamed {} to {shown}{why}", from.display()),
        }));
    }
    let mut source = fs::File::open(from).map_err(failed)?;
    let mut copy = tempfile::NamedTempFile::new_in(&folder).map_err(failed)?;
    std::io::copy(&mut source, &mut copy).map_err(failed)?;
    copy.as_file().sync_all().map_err(failed)?;
    copy.persist_noclobber(&to).map_err(|error| failed(error.error))?;
    Ok(Some(format!("Copied {} to {shown}{why}", from.display())))
}

#[cfg(test)]
mod tests {
    use super::as_html;

    #[test]
    fn plain_text_loses_no_word_as_html() {
        for (plain, html) in [
            ("If a <b and c> d, to <me@x.example>", "If a &lt;b and c> d, to &lt;me@x.example>"),
            (
                "Tom & Jerry <3, AT&T; a &lt; b &#60; c",
                "Tom & Jerry <3, AT&amp;T; a &amp;lt; b &amp;#60; c",
            ),
            ("<p>One</p>", "<p>One</p>"),
            ("One<br>two &amp; three", "One<br>two &amp; three"),
        ] {
            assert_eq!(as_html(plain.to_owned()), html);
        }
    }
}
