//! The files that a show names beside its MP3s: transcripts, pictures, templates.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::chapters::ChaptersRead;
use super::memo::Unusable;
use crate::model::chapter::clock;
use crate::report::printable;
use crate::rules::pictures::{self, Gone, Look, Looks, Seen, instead};
use crate::rules::registry::Severity;
use crate::rules::{Finding, registry};
use crate::show::files::{self, NamedFile, Role};
use crate::show::read::FileTrouble;
use crate::show::words::nearest;
use crate::show::{Episode, Given, Located, Show, layout, read};
use crate::site::TranscriptFile;

/// How much later than the audio a transcript's last words may end: a cue is often rounded up.
const LATE: Duration = Duration::from_secs(5);

/// Findings of transcripts that cannot be used, or are not this episode's.
pub fn transcripts(
    episode: &Episode,
    read: &[Result<Arc<TranscriptFile>, Unusable>],
    time: Option<Duration>,
    looks: &Looks,
    findings: &mut Vec<Finding>,
) {
    let named = files::of_episode(episode).into_iter().filter(|file| file.role == Role::Transcript);
    for (file, read) in named.zip(read) {
        let path = &file.name;
        let at = |message: String| {
            let span = file.span.clone();
            Finding::at(&registry::TRANSCRIPT, &episode.source, span, printable(&message))
        };
        let transcript = match read {
            Ok(transcript) => transcript,
            Err(Unusable::File(trouble)) => {
                let finding = at(format!("{path}: {trouble}"));
                findings.push(match instead(looks, path, &episode.source, trouble) {
                    Some(near) => finding.help(format!("did you mean {near}?")),
                    None => finding,
                });
                continue;
            }
            Err(Unusable::Form(error)) => {
                findings.push(at(format!("{path}: {error}")).expected(
                    "WebVTT, SubRip, HTML, plain text, or JSON of the podcast namespace, Whisper or \
                     Amazon Transcribe",
                ));
                continue;
            }
        };
        if let Some(flaw) = &transcript.flaw {
            let mut finding =
                at(format!("{path}: {flaw}")).help("some players leave out what has other times");
            finding.severity = Severity::Warning;
            findings.push(finding);
        }
        let end = Duration::from_millis(transcript.end());
        if let Some(audio) = time.filter(|time| end > *time + LATE) {
            findings.push(
                at(format!("{path} ends at {}, the audio at {}", clock(end), clock(audio)))
                    .help("is it the transcript of another episode, or of another cut?"),
            );
        }
    }
}

/// The files that a show and its chapters name, drafts' left out.
pub fn named<'a>(
    show: &'a Show,
    chapters: &'a BTreeMap<String, Arc<ChaptersRead>>,
) -> Vec<NamedFile<'a>> {
    let episodes = show.episodes.iter().filter(|episode| !episode.is_draft());
    let written = episodes.filter_map(|it| chapters.get(&it.source.path)?.written());
    let of_chapters = written.flat_map(|it| files::of_chapters(&it.source, &it.list));
    files::of_show(show).into_iter().chain(of_chapters).collect()
}

/// Looks for the files that a show and its chapters name.
pub fn look_for(show: &Show, chapters: &BTreeMap<String, Arc<ChaptersRead>>) -> Looks {
    let mut named = named(show, chapters);
    let mut seen = BTreeSet::new();
    named.retain(|file| seen.insert(file.candidates.clone()));
    let mut looks: Vec<(&NamedFile<'_>, Look)> =
        named.par_iter().map(|file| (file, look(&show.root, file))).collect();
    // A folder is read for each.
    for (file, gone) in looks
        .iter_mut()
        .filter_map(|(file, look)| Some((file, look.as_mut().err()?)))
        .take(MOST_GUESSED)
    {
        gone.near = near(&show.root, file);
    }
    looks.into_iter().map(|(file, look)| (file.candidates.clone(), look)).collect()
}

/// For so many files that are not there, one with a name much like theirs is looked for.
const MOST_GUESSED: usize = 50;

/// Findings of the files that a show names; each file once, where it is named first.
pub fn files(
    show: &Show,
    chapters: &BTreeMap<String, Arc<ChaptersRead>>,
    looks: &Looks,
    findings: &mut Vec<Finding>,
) {
    let mut said = BTreeSet::new();
    for file in named(show, chapters) {
        let Some(look) = looks.get(&file.candidates) else { continue };
        let Some(finding) = pictures::judge(&file, look) else { continue };
        if said.insert((finding.rule.id, meant(&file))) {
            findings.push(finding);
        }
    }
    for episode in show.episodes.iter().filter(|episode| !episode.is_draft()) {
        let Given::Good(Located { value, span }) = &episode.image else { continue };
        if let Some(reason) = pictures::address(value) {
            let message = format!("the episode's artwork {value} {reason}");
            let rule = &registry::EPISODE_ARTWORK;
            findings.push(Finding::at(rule, &episode.source, span.clone(), message));
        }
    }
}

/// Findings of links in notes that name a file of the show which nobody gets; each target of an episode once.
pub fn links(show: &Show, findings: &mut Vec<Finding>) {
    let files = show.episodes.iter().map(|episode| (episode.source.path.as_str(), episode));
    let episodes: HashMap<&str, &Episode> = files.collect();
    for episode in show.episodes.iter().filter(|episode| !episode.is_draft()) {
        let mut said = BTreeSet::new();
        for (link, meant) in files::linked(episode).take(MOST_LINKS) {
            let Located { value, span } = link;
            let path = value.split(['?', '#']).next().unwrap_or_default();
            if files::is_picture(path) || !said.insert(path.to_owned()) {
                continue;
            }
            // By the name that its disk tells, whatever other spellings lead there.
            let episode_there = meant.iter().find_map(|path| episodes.get(path.as_str()));
            let (why, help) = match files::first_there(&show.root, &meant) {
                Ok(there) => match episode_there {
                    Some(other) if other.is_draft() => ("is a draft", None),
                    Some(_) => continue,
                    // The root's name leads to the home page.
                    None if is_root(path) => continue,
                    None => published_otherwise(there),
                },
                Err(FileTrouble::Missing) if layout::is_markdown(path) => (
                    "is no file of the show",
                    Some("name the episode's file, as in `episode_001.md`"),
                ),
                Err(FileTrouble::Missing) if is_mail(path) => {
                    ("is a mail address without `mailto:`", Some("write `mailto:` before it"))
                }
                Err(FileTrouble::Missing) if begins_with_host(path) => {
                    ("is a web address without `https://`", Some("write `https://` before it"))
                }
                Err(_) => continue,
            };
            let message = format!("{} {why}: this link leads nowhere", printable(path));
            let finding = Finding::at(&registry::NOTES_LINK, &episode.source, span, message);
            findings.push(match help {
                Some(help) => finding.help(help),
                None => finding,
            });
        }
    }
}

/// `/`, `./`, `../..`
fn is_root(path: &str) -> bool {
    path.split('/').all(|part| matches!(part, "" | "." | ".."))
}

/// `ann@sea.example`
fn is_mail(path: &str) -> bool {
    path.split_once('@').is_some_and(|(_, host)| !host.contains('/') && host.contains('.'))
}

/// `aws.example.com/docs/`, `www.sea.example`: a file in no folder may have a name with a dot, too.
fn begins_with_host(path: &str) -> bool {
    let (host, below) = path.split_once('/').map_or((path, None), |(host, it)| (host, Some(it)));
    let (_, last) = host.rsplit_once('.').unwrap_or_default();
    let is_host = last.len() >= 2
        && last.chars().all(char::is_alphabetic)
        && host.split('.').all(|label| !label.is_empty());
    is_host && (below.is_some() || host.starts_with("www."))
}

/// What becomes of a file that is neither a page nor a picture, and what to name instead.
fn published_otherwise(path: &str) -> (&'static str, Option<&'static str>) {
    match path.to_ascii_lowercase().ends_with(".mp3") {
        true => (
            "has another address where it is published",
            Some("link to the episode's file, as in `episode_001.md`: its page plays the audio"),
        ),
        false => (
            "is a file that onair does not publish",
            Some("put it on the web, and give its address"),
        ),
    }
}

/// Of so many links of one episode it is looked where they lead.
const MOST_LINKS: usize = 500;

/// What tells a named file from others, however it is spelt: hosts of a flat folder of episodes keep
/// no pictures in it.
fn meant(file: &NamedFile<'_>) -> Vec<String> {
    let flat = format!("{}/", read::EPISODES);
    let beside =
        |path: &&String| !(path.starts_with(&flat) && file.source.path.matches('/').count() == 1);
    file.candidates.iter().filter(beside).cloned().collect()
}

/// So much of a picture tells its format, and nearly always its size.
const HEAD: u64 = 64 * 1024;

fn look(root: &Path, file: &NamedFile<'_>) -> Look {
    let gone = |trouble| Gone { trouble, near: None };
    let path = file.find(root).map_err(gone)?;
    if file.role == Role::Templates {
        return Ok(Seen::new(path, 0, &[]));
    }
    let (head, bytes) = read::read_head(root, path, HEAD).map_err(gone)?;
    let seen = Seen::new(path, bytes, &head);
    // What stands before a picture's size may be a whole other picture.
    if seen.picture.is_some() || bytes <= HEAD || bytes > pictures::MAX_PICTURE {
        return Ok(match file.role {
            Role::EpisodeArtwork => {
                let tail = read::read_tail(root, path, HEAD).map_err(gone)?;
                seen.with_end(&head, &tail)
            }
            _ => seen,
        });
    }
    let (head, bytes) = read::read_head(root, path, pictures::MAX_PICTURE).map_err(gone)?;
    Ok(Seen::new(path, bytes, &head))
}

/// A file whose name is much like one that is not there, in the folder where that is looked for.
fn near(root: &Path, file: &NamedFile<'_>) -> Option<String> {
    file.candidates.iter().find_map(|path| {
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        let folder_there =
            if folder == "." { root.to_owned() } else { read::resolve(root, folder).ok()? };
        let names: Vec<String> = std::fs::read_dir(folder_there)
            .ok()?
            .take(MOST_NAMES)
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| !file.role.is_picture() || files::image_type(name).is_some())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let composed: String = name.nfc().collect();
        let near = names
            .iter()
            .copied()
            .find(|other| other.eq_ignore_ascii_case(name) || other.nfc().eq(composed.chars()))
            // The number of another episode is no slip.
            .or_else(|| file.role.is_picture().then(|| nearest(name, &names))?)?;
        files::join(folder, near)
    })
}

/// A folder of more files is not searched for a name like another.
const MOST_NAMES: usize = 2000;
