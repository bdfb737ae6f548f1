//! What Auphonic, Descript and their like put beside an MP3: chapters and transcripts.

use std::fs;
use std::path::{Path, PathBuf};

use super::production::{self, Production};
use crate::show::chapters::Format as ChapterFormat;
use crate::show::{Source, read};
use crate::site::TranscriptFile;

/// What a file beside an MP3 is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Chapters; the lower the better.
    Chapters(usize),
    /// A transcript, likewise.
    Transcript(usize),
    /// One or the other: what it holds tells.
    Either,
}

/// Endings of chapter files and of transcripts, the best one first.
const CHAPTERS: [&str; 6] = ["json", "psc", "txt", "chapters", "ffmeta", "vtt"];
const TRANSCRIPTS: [&str; 5] = ["vtt", "srt", "json", "html", "txt"];

/// What `name` is to the MP3 `stem`; nothing if it is another's. `alone` if no other audio lies there, so
/// that a `chapters.txt` can only be this one's.
pub fn role(name: &str, stem: &str, alone: bool) -> Option<Role> {
    let (base, ending) = name.rsplit_once('.')?;
    let (base, ending) = (base.to_lowercase(), ending.to_lowercase());
    let rest = match base.strip_prefix(&stem.to_lowercase()) {
        Some(rest) => rest,
        None if alone => base.as_str(),
        None => return None,
    };
    let word = rest.trim_matches(['.', '-', '_', ' ']);
    // `12.mp3` has no part in `12b.vtt`.
    if rest.starts_with(char::is_alphanumeric) && rest.len() < base.len() {
        return None;
    }
    let rank = |endings: &[&str]| endings.iter().position(|it| *it == ending);
    match word {
        "chapters" | "chapter" => rank(&CHAPTERS).map(Role::Chapters),
        "transcript" | "transcription" | "captions" | "subtitles" => {
            rank(&TRANSCRIPTS).map(Role::Transcript)
        }
        "" if rest.len() < base.len() || base == stem.to_lowercase() => match ending.as_str() {
            "psc" | "chapters" | "ffmeta" => rank(&CHAPTERS).map(Role::Chapters),
            "vtt" | "srt" | "html" => rank(&TRANSCRIPTS).map(Role::Transcript),
            "json" | "txt" => Some(Role::Either),
            _ => None,
        },
        _ => None,
    }
}

/// A file beside the MP3 that the episode takes.
#[derive(Debug, Clone)]
pub struct Beside {
    /// Where it is.
    pub from: PathBuf,
    /// Its path below the show's folder, where it is or will be.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Whether it must be copied there.
    pub copied: bool,
}

/// The best of each, and what was left alone, with the reason.
#[derive(Debug, Default)]
pub struct Found {
    pub chapters: Option<Beside>,
    pub transcript: Option<Beside>,
    /// What Auphonic says of the production.
    pub production: Option<Production>,
    pub left: Vec<String>,
}

/// Looks beside the MP3 for what belongs to it; what lies outside the show is to be copied to
/// `chapters/` and `transcripts/` under `name`.
pub fn look(root: &Path, mp3: &Path, name: &str) -> Found {
    let mut found = Found::default();
    let folder = mp3.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(stem) = mp3.file_stem().and_then(|stem| stem.to_str()) else { return found };
    let names = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| {
        let entry = entry.ok()?;
        let is_file = entry.path().is_file();
        is_file.then(|| entry.file_name().to_str().map(str::to_owned)).flatten()
    });
    let mut names: Vec<String> = names.take(10_000).collect();
    names.sort();
    let audio = |name: &&String| {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
        ["mp3", "m4a", "wav", "flac", "aif", "aiff", "ogg", "opus"].contains(&ending.as_str())
    };
    let stems: std::collections::BTreeSet<&str> =
        names.iter().filter(audio).filter_map(|name| Some(name.rsplit_once('.')?.0)).collect();
    let mut ranked: Vec<(Role, &String)> =
        names.iter().filter_map(|name| Some((role(name, stem, stems.len() == 1)?, name))).collect();
    ranked.sort();
    for (role, file) in ranked {
        let kind = match role {
            Role::Chapters(_) if found.chapters.is_some() => continue,
            Role::Transcript(_) if found.transcript.is_some() => continue,
            _ => role,
        };
        if role == Role::Either && file.to_lowercase().ends_with(".json") {
            let text = read::read_other_text(folder, file).ok();
            let production = text.and_then(|source| production::read(&source.text));
            if production.is_some() {
                found.production = production;
                continue;
            }
        }
        match take(root, folder, file, kind, name) {
            Ok(Some((true, beside))) if found.chapters.is_none() => found.chapters = Some(beside),
            Ok(Some((false, beside))) if found.transcript.is_none() => {
                found.transcript = Some(beside);
            }
            Ok(_) => {}
            Err(why) => found.left.push(format!("{file} was left alone: {why}")),
        }
    }
    found
}

/// The file, and whether it holds chapters; nothing if it holds something else.
fn take(
    root: &Path,
    folder: &Path,
    file: &str,
    role: Role,
    name: &str,
) -> Result<Option<(bool, Beside)>, String> {
    let source = read::read_other_text(folder, file).map_err(|trouble| trouble.to_string())?;
    let chapters = || -> Result<(), String> {
        let named = ChapterFormat::of(file).ok_or("it is not a chapter file")?;
        let read = ChapterFormat::of_text(named, &source.text).read(&source.text);
        match read {
            Ok(list) if list.is_empty() => Err("there are no chapters in it".to_owned()),
            Ok(_) => Ok(()),
            Err(faults) => Err(faults.first().map_or_else(String::new, |it| it.reason.clone())),
        }
    };
    let transcript = || {
        let read = TranscriptFile::parse(&Source::new(file, source.text.to_string()));
        read.map(|_| ()).map_err(|error| error.to_string())
    };
    let is_chapters = match role {
        Role::Chapters(_) => chapters().map(|()| true)?,
        Role::Transcript(_) => transcript().map(|()| false)?,
        Role::Either if chapters().is_ok() => true,
        // A plain text may be anything: notes, a script.
        Role::Either if file.to_lowercase().ends_with(".json") && transcript().is_ok() => false,
        Role::Either => return Ok(None),
    };
    let from = folder.join(file);
    let home = root.canonicalize().ok();
    let inside = home.and_then(|home| {
        let real = from.canonicalize().ok()?;
        Some(real.strip_prefix(home).ok()?.to_str()?.to_owned())
    });
    let ending = file.rsplit_once('.').map_or("txt", |(_, ending)| ending).to_lowercase();
    let copied = inside.is_none();
    let path = inside.unwrap_or_else(|| {
        let folder = if is_chapters { "chapters" } else { "transcripts" };
        format!("{folder}/{name}.{ending}")
    });
    let bytes = source.text.as_bytes().to_vec();
    Ok(Some((is_chapters, Beside { from, path, bytes, copied })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_belongs_to_an_mp3() {
        let roles = [
            ("012.vtt", false, Some(Role::Transcript(0))),
            ("012.srt", false, Some(Role::Transcript(1))),
            ("012.chapters.txt", false, Some(Role::Chapters(2))),
            ("012-chapters.json", false, Some(Role::Chapters(0))),
            ("012.json", false, Some(Role::Either)),
            ("012.txt", false, Some(Role::Either)),
            ("012b.vtt", false, None),
            ("013.vtt", false, None),
            ("012.mp3", false, None),
            ("chapters.txt", false, None),
            ("chapters.txt", true, Some(Role::Chapters(2))),
            ("transcript.vtt", true, Some(Role::Transcript(0))),
            ("notes.txt", true, None),
        ];
        for (name, alone, expected) in roles {
            assert_eq!(role(name, "012", alone), expected, "{name}");
        }
    }
}
