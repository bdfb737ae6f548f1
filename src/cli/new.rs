//! `onair new`: an episode's file from its MP3, with every value that the MP3 can tell already right.

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use super::args::{Global, New};
use super::term::Term;
use super::{Exit, Failure, Outcome, gather};
use crate::audio::probe_file;
use crate::audio::{Content, Depth};
use crate::show::edit::requote;
use crate::show::read::EPISODES;
use crate::show::values::{self, hh_mm_ss, offset_text};
use crate::show::{Episode, Show, Source};

pub fn run(global: &Global, args: &New, term: &Term) -> Outcome {
    let show = gather::show(global)?;
    let usage = |message: String| Failure::new(Exit::Usage, message);
    let name = args.file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = values::audio_name(name).map_err(|trouble| {
        usage(format!("`{name}` cannot be published under this name: {}", trouble.reason))
            .help("give the MP3 a name of plain letters and digits, as in 109.mp3")
    })?;
    let probe = probe_file(&args.file, Depth::Walk)
        .map_err(|error| usage(format!("{} cannot be read: {error}", args.file.display())))?;
    let mp3 = match &probe.content {
        Content::Mp3(mp3) => mp3,
        Content::Empty => return Err(usage(format!("{} is empty", args.file.display()))),
        Content::Foreign(foreign) => {
            return Err(usage(format!("{} is {foreign}, not an MP3", args.file.display()))
                .help(foreign.hint()));
        }
    };
    for damage in mp3.damage.iter() {
        term.say(&format!("warning: {damage}"));
    }
    let number = args.episode.unwrap_or_else(|| {
        show.episodes
            .iter()
            .filter_map(|episode| episode.number.value())
            .max()
            .map_or(1, |last| last + 1)
    });
    let path = format!("{EPISODES}/episode_{number:03}.md");
    let date = date(&show, args.date.as_deref())?;
    if show.root.join(&path).exists() {
        return Err(
            usage(format!("{path} is there already")).help("choose another number with --episode")
        );
    }
    let place = place_audio(&show, &args.file, name.as_str())?;
    let title = args.title.clone().unwrap_or_else(|| format!("Episode {number}"));
    let mut episode = template(
        &title,
        number,
        &hh_mm_ss((mp3.time.milliseconds() + 500) / 1000),
        probe.bytes,
        name.as_str(),
        &date,
        show.settings.show.author.get_ref(),
    );
    // The size as published, with the tag that this very front matter gives it.
    if let Ok(parsed) = Episode::parse(Source::new(path.as_str(), episode.as_str())) {
        let cover = gather::cover(&show);
        if let Ok(tag) = gather::render_tag(&show, &parsed, &args.file, mp3, None, cover.as_ref()) {
            let published = tag.len() as u64 + (mp3.payload.end - mp3.payload.start);
            episode = episode
                .replace(&format!("\nsize: {}\n", probe.bytes), &format!("\nsize: {published}\n"));
        }
    }
    let mut file = fs::File::create_new(show.root.join(&path)).map_err(|error| {
        let failure = usage(format!("{path} cannot be made: {error}"));
        match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                failure.help("choose another number with --episode")
            }
            _ => failure,
        }
    })?;
    std::io::Write::write_all(&mut file, episode.as_bytes())
        .map_err(|error| usage(format!("{path} cannot be written: {error}")))?;
    if place {
        term.say(&format!(
            "Copied {} to {}/{}",
            args.file.display(),
            show.settings.audio_folder(),
            name.as_str()
        ));
    }
    term.say(&format!(
        "Made {path}: write its title, description and notes, then run `onair check`"
    ));
    Ok(Exit::Fine)
}

/// When the episode comes out, as its front matter says it.
fn date(show: &Show, given: Option<&str>) -> Result<String, Failure> {
    let zone = show.settings.zone();
    let local = match given {
        Some(text) => {
            let written = values::date(text).map_err(|trouble| {
                Failure::new(Exit::Usage, format!("--date `{text}`: {}", trouble.reason))
                    .help("write it as in --date \"2026-03-06 07:00\"")
            })?;
            written.at(&zone)
        }
        None => Timestamp::now().to_zoned_datetime(zone),
    };
    Ok(format!("{} {}", local.strftime("%Y-%m-%d %H:%M:%S"), offset_text(local.offset())))
}

/// Copies the MP3 into the audio folder unless it is there already; says whether it did.
fn place_audio(show: &Show, from: &Path, name: &str) -> Result<bool, Failure> {
    let folder = show.root.join(show.settings.audio_folder());
    let to = folder.join(name);
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Usage, format!("{} cannot be written: {error}", to.display()))
    };
    if to.exists() {
        let same = |path: &Path| path.canonicalize().ok();
        if same(from).is_some() && same(from) == same(&to) {
            return Ok(false);
        }
        return Err(Failure::new(Exit::Usage, format!("{} is there already", to.display())).help(
            format!(
                "give the new MP3 another name, or run `onair new {}` if it is this one",
                to.display()
            ),
        ));
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    let mut source = fs::File::open(from).map_err(failed)?;
    let mut copy = tempfile::NamedTempFile::new_in(&folder).map_err(failed)?;
    std::io::copy(&mut source, &mut copy).map_err(failed)?;
    copy.as_file().sync_all().map_err(failed)?;
    copy.persist_noclobber(&to).map_err(|error| failed(error.error))?;
    Ok(true)
}

fn template(
    title: &str,
    number: u32,
    duration: &str,
    size: u64,
    file: &str,
    date: &str,
    author: &str,
) -> String {
    let title = requote("\"\"", title);
    let author = requote("\"\"", author);
    format!(
        "---\nlayout: podcast\ntitle: {title}\nsubtitle: \"\"\ndescription: \"\"\nguest: \"\"\nepisode: {number}\nduration: \"{duration}\"\nsize: {size}\nfile: {file}\ndate: {date}\nauthor: {author}\ncategory: podcasts\nappleEpisodeId:\n---\n\nNotes, in Markdown.\n"
    )
}
