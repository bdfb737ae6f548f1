//! `new`: an episode's file from its MP3, with every value that the MP3 can tell already right.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Error, Options, load};
use crate::audio::tag::{self, HeldChapter};
use crate::audio::{Content, Depth, Harm, probe_file};
use crate::model::chapter::clock;
use crate::show::Show;
use crate::show::date::{self, offset_text};
use crate::show::edit::requote;
use crate::show::read::EPISODES;
use crate::show::values::{self, hh_mm_ss};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewOptions {
    /// The MP3: in the audio folder, or copied there.
    pub file: PathBuf,
    /// The title; "Episode N" if none is given.
    pub title: Option<String>,
    /// The number; the one behind the last if none is given.
    pub episode: Option<u32>,
    /// When it comes out, in the show's time zone; now if nothing is given.
    pub date: Option<String>,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The episode's file, below the show's folder.
    pub path: String,
    /// Where the MP3 was copied to, below the show's folder, if it was.
    pub copied: Option<String>,
    /// What is wrong with the MP3, though it can be published.
    pub warnings: Vec<String>,
}

/// Makes an episode's file.
///
/// # Errors
/// If this is no MP3, or a file stands in the way.
pub fn new(options: &Options, asked: &NewOptions) -> Result<Made, Error> {
    let show = load::show(&options.root)?;
    let from = asked.file.display();
    let name = asked.file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = values::audio_name(name).map_err(|trouble| {
        Error::usage(format!("`{name}` cannot be published under this name: {}", trouble.reason))
            .help("give the MP3 a name of plain letters and digits, as in 109.mp3")
    })?;
    let probe = probe_file(&asked.file, Depth::Walk)
        .map_err(|error| Error::usage(format!("{from} cannot be read: {error}")))?;
    let mp3 = match &probe.content {
        Content::Mp3(mp3) => mp3,
        Content::Empty => return Err(Error::usage(format!("{from} is empty"))),
        Content::Foreign(foreign) => {
            let message = format!("{from} is {foreign}, not an MP3");
            return Err(Error::usage(message).help(foreign.hint()));
        }
    };
    let number = asked.episode.unwrap_or_else(|| next_number(&show, name.as_str()));
    let path = format!("{EPISODES}/episode_{number:03}.md");
    let date = date(&show, asked.date.as_deref())?;
    let taken = || {
        Error::usage(format!("{path} is there already"))
            .help("choose another number with --episode")
    };
    if show.root.join(&path).exists() {
        return Err(taken());
    }
    let copied = place_audio(&show, &asked.file, name.as_str())?;
    let held = tag::held_contents(&asked.file, &mp3.payload).unwrap_or_default();
    let text = template(&Template {
        title: asked.title.clone().or(held.title).unwrap_or_else(|| format!("Episode {number}")),
        subtitle: held.subtitle.unwrap_or_default(),
        description: held.description.unwrap_or_default(),
        number,
        duration: hh_mm_ss((mp3.time.milliseconds() + 500) / 1000),
        size: probe.bytes,
        file: name.as_str(),
        date,
        author: show.settings.show.author.get_ref(),
        chapters: &held.chapters,
    });
    let mut file =
        fs::File::create_new(show.root.join(&path)).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => taken(),
            _ => Error::usage(format!("{path} cannot be made: {error}")),
        })?;
    file.write_all(text.as_bytes())
        .map_err(|error| Error::usage(format!("{path} cannot be written: {error}")))?;
    let copied = copied.then(|| format!("{}/{}", show.settings.audio_folder(), name.as_str()));
    let grave = mp3.damage.iter().filter(|damage| damage.harm() > Harm::Untidy);
    let warnings = grave.map(ToString::to_string).collect();
    Ok(Made { path, copied, warnings })
}

/// When the episode comes out, as its front matter says it.
fn date(show: &Show, given: Option<&str>) -> Result<String, Error> {
    let zone = show.settings.zone();
    let local = match given {
        Some(text) => {
            let written = date::date(text).map_err(|trouble| {
                Error::usage(format!("--date `{text}`: {}", trouble.reason))
                    .help("write it as in --date \"2026-03-06 07:00\"")
            })?;
            written.at(&zone)
        }
        None => Timestamp::now().to_zoned_datetime(zone),
    };
    Ok(format!("{} {}", local.strftime("%Y-%m-%d %H:%M:%S"), offset_text(local.offset())))
}

/// Copies the MP3 into the audio folder unless it is there already; says whether it did.
fn place_audio(show: &Show, from: &Path, name: &str) -> Result<bool, Error> {
    let folder = show.root.join(show.settings.audio_folder());
    let to = folder.join(name);
    let failed = |error: std::io::Error| {
        Error::usage(format!("{} cannot be written: {error}", to.display()))
    };
    if to.exists() {
        let same = |path: &Path| path.canonicalize().ok();
        if same(from).is_some() && same(from) == same(&to) {
            return Ok(false);
        }
        return Err(Error::usage(format!("{} is there already", to.display())).help(format!(
            "give the new MP3 another name, or run `onair new {}` if it is this one",
            to.display()
        )));
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    let mut source = fs::File::open(from).map_err(failed)?;
    let mut copy = tempfile::NamedTempFile::new_in(&folder).map_err(failed)?;
    std::io::copy(&mut source, &mut copy).map_err(failed)?;
    copy.as_file().sync_all().map_err(failed)?;
    copy.persist_noclobber(&to).map_err(|error| failed(error.error))?;
    Ok(true)
}

/// The number that the file's name says, if no episode has it; else the one behind the last.
fn next_number(show: &Show, file: &str) -> u32 {
    let taken: Vec<u32> =
        show.episodes.iter().filter_map(|episode| episode.number.value().copied()).collect();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let named = stem.parse().ok().filter(|number| *number > 0 && !taken.contains(number));
    named.unwrap_or_else(|| taken.iter().max().map_or(1, |last| last + 1))
}

/// What a new episode's file says.
struct Template<'a> {
    title: String,
    subtitle: String,
    description: String,
    number: u32,
    duration: String,
    /// In bytes.
    size: u64,
    file: &'a str,
    date: String,
    author: &'a str,
    chapters: &'a [HeldChapter],
}

fn template(it: &Template<'_>) -> String {
    let quoted = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        requote("\"\"", &words.join(" "))
    };
    let mut text = format!(
        "---\ntitle: {}\nsubtitle: {}\ndescription: {}\nguest: \"\"\nepisode: {}\nduration: \"{}\"\nsize: {}\nfile: {}\ndate: {}\nauthor: {}\nappleEpisodeId:\n",
        quoted(&it.title),
        quoted(&it.subtitle),
        quoted(&it.description),
        it.number,
        it.duration,
        it.size,
        it.file,
        it.date,
        quoted(it.author),
    );
    // What the MP3 holds is written down, so that page and feed have it in a checkout without audio.
    let named = it.chapters.iter().filter(|chapter| !chapter.title.trim().is_empty());
    for (at, chapter) in named.enumerate() {
        if at == 0 {
            text.push_str("chapters:\n");
        }
        let start = clock(chapter.start);
        text.push_str(&format!("  - start: \"{start}\"\n    title: {}\n", quoted(&chapter.title)));
        let web = |url: &&String| url.starts_with("https://") || url.starts_with("http://");
        if let Some(url) = chapter.url.as_ref().filter(web) {
            text.push_str(&format!("    url: {}\n", quoted(url)));
        }
    }
    text.push_str("---\n\nNotes, in Markdown.\n");
    text
}
