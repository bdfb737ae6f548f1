//! `import`: reads a feed or a folder, and writes the show that `crate::import` makes of it. Files are only ever made in a folder that has none, and no file is
//! written twice but the report, which names what did not come.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::bring::{self, Brought};
use super::fetch::{AGAIN, FetchWatch, Fetcher};
use super::init::{GITATTRIBUTES, gitignore};
use super::{Class, Error, Options, lengths, load};
use crate::http::reach::Reach;
use crate::http::{Client, HttpError};
use crate::import::{self, Import, ImportError, Options as Reading, Pages, folder, xml};
use crate::report::{counted, printable};
use crate::show::Show;
use crate::show::addresses::has_web_scheme;
use crate::show::read::{self, EPISODES, FileTrouble, MAX_FILES};
use crate::show::settings::FILE;

/// A feed in more pages than this is one that leads in circles.
pub(super) const MAX_PAGES: usize = 1000;
/// The folders of every show.
const FOLDERS: [&str; 3] = [EPISODES, "audio", "img"];
/// Folders within folders, below which no episode stands.
const MAX_DEPTH: usize = 6;
/// What to do where the artwork did not come.
const NO_ARTWORK: &str =
    "put a JPEG or PNG of 1,400 to 3,000 pixels where `artwork` of onair.toml names it";
/// So many files that did not come are named in the report.
const SAID_FAILURES: usize = 1000;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The feed's address or file, or a folder.
    pub from: String,
    /// Fetch what the feed names.
    pub download: bool,
    /// Let what was fetched take the place of what the old host has: the caller does that.
    pub rehost: bool,
    /// The address that the show will have, if it moves.
    pub url: Option<String>,
    /// The zone that the show's dates are in, where it is known.
    pub time_zone: Option<String>,
    /// Ask servers of private networks, too.
    pub private: bool,
    /// The present instant.
    pub now: Timestamp,
}

/// What came of it.
#[derive(Debug)]
pub struct Imported {
    /// What a host must know, as text.
    pub report: String,
    /// Whether all that was asked for was fetched.
    pub complete: bool,
    /// Whether something is left for the host to decide.
    pub open: bool,
}

/// Imports a show into the folder, or fetches what one that was imported lacks.
///
/// # Errors
/// If nothing can be read, or a file stands in the way.
pub fn import(
    options: &Options,
    asked: &ImportOptions,
    watch: &dyn FetchWatch,
) -> Result<Imported, Error> {
    let root = &options.root;
    judge(asked)?;
    let there = state(root)?;
    if there == There::Show && !asked.download {
        return Err(Error::usage(format!("there is a show in {} already", root.display()))
            .help("name a new folder with --show; with --download, the audio that the show lacks is fetched"));
    }
    let show = match there {
        There::Nothing => None,
        There::Show => Some(load::show(root)?),
    };
    // Redirects and what the feed names are the feed's choice, not ours.
    let reach = if asked.private { Reach::anybody() } else { Reach::with([asked.from.as_str()]) };
    let client = Client::reaching(reach);
    let mut fetcher = Fetcher::new(&client, root, watch);
    let mut import = read_origin(asked, &client, &mut fetcher, show.as_ref())?;
    if show.is_none() {
        write_show(root, &import)?;
        watch.say(&format!(
            "Made “{}” in {}: {FILE} and {}",
            printable(import.name()),
            root.display(),
            counted(import.episodes.len(), "episode")
        ));
    }
    if asked.download {
        fetcher.all(&import, show.as_ref());
    } else {
        fetcher.keep_artwork(&import);
    }
    let old = Some(Path::new(&asked.from)).filter(|old| old.is_dir());
    let brought =
        old.map_or_else(Brought::default, |old| bring::bring(old, root, &import.episodes));
    for (path, name) in &brought.missing {
        import.report.note(path, &format!("names {name}, which was not found"));
    }
    for (path, name) in &brought.displaced {
        import.report.note(path, &format!("names {name}, in whose place there is another file"));
    }
    let mut is_amended = brought.missing.len() + brought.displaced.len() > 0;
    if let (Some(old), Some(artwork)) = (old, &import.artwork)
        && bring::artwork(old, root, &artwork.url, &artwork.to)
    {
        watch.say(&format!(
            "The artwork came along: {} is {}",
            printable(&artwork.url),
            artwork.to
        ));
        import.report.next.retain(|step| !step.starts_with(folder::PUT_ARTWORK));
        is_amended = true;
    }
    let did_not_come = show.is_none() && did_not_come(&mut import, &fetcher, asked.download);
    if did_not_come || is_amended {
        let path = root.join(import::report::FILE);
        let written = fs::write(&path, import.report.file(import.name()));
        let what = format!("{} cannot be written", path.display());
        written.map_err(|error| Error::disk(what, &error))?;
    }
    // Of a show that is there, its host has decided what the feed leaves open.
    let mut report = if show.is_none() { import.report.text() } else { String::new() };
    if brought.files > 0 {
        let files = counted(brought.files, "picture or side file");
        watch.say(&format!("{files} came along with the episodes that name them"));
    }
    if let Some((path, name)) = brought.missing.first() {
        let _ = write!(
            report,
            "\n{} not found in {}, such as {} of {path}: put them beside the episodes, or into img/\n",
            counted(brought.missing.len(), "named file"),
            asked.from,
            printable(name)
        );
    }
    if let Some((path, name)) = brought.displaced.first() {
        let _ = write!(
            report,
            "\n{} did not come, for another of that name is in its place, such as {} of {path}: give it a name of its own\n",
            counted(brought.displaced.len(), "named file"),
            printable(name)
        );
    }
    let complete = fetcher.is_complete(how(&fetcher, asked.download));
    Ok(Imported { report, complete, open: show.is_none() && import.report.is_open() })
}

/// How to get what could not be fetched.
fn how(fetcher: &Fetcher<'_>, download: bool) -> &'static str {
    // Without --download, it is the artwork alone.
    let is_artwork = fetcher.lacks_artwork() && fetcher.failures().len() == 1;
    if is_artwork || !download { NO_ARTWORK } else { AGAIN }
}

/// What is typed is wrong before anything is asked for.
fn judge(asked: &ImportOptions) -> Result<(), Error> {
    if let Some(zone) = asked.time_zone.as_deref().filter(|zone| TimeZone::get(zone).is_err()) {
        return Err(Error::usage(format!("no time zone is called {zone}"))
            .help("name it as in --time-zone Europe/Paris"));
    }
    if let Some(url) = asked.url.as_deref().filter(|url| !import::is_site(url)) {
        return Err(Error::usage(format!("{url} is no address that a show can stand at"))
            .help("name it as in --url https://show.example"));
    }
    Ok(())
}

/// What is in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum There {
    Nothing,
    Show,
}

fn state(root: &Path) -> Result<There, Error> {
    if root.join(FILE).exists() {
        return Ok(There::Show);
    }
    let failed =
        |error: std::io::Error| Error::usage(format!("{} cannot be read: {error}", root.display()));
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(There::Nothing),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        // What an import made that was ended.
        let is_left = FOLDERS.iter().any(|folder| name == *folder)
            && fs::read_dir(entry.path()).is_ok_and(|mut there| there.next().is_none());
        // A repository that was just made.
        if name != ".git" && !is_left {
            let name = printable(&name.to_string_lossy());
            return Err(Error::usage(format!("{} is not empty: there is {name}", root.display()))
                .help("name a new folder with --show, as in --show my-show"));
        }
    }
    Ok(There::Nothing)
}

fn read_origin(
    asked: &ImportOptions,
    client: &Client,
    fetcher: &mut Fetcher<'_>,
    show: Option<&Show>,
) -> Result<Import, Error> {
    let origin = asked.from.as_str();
    let is_address = has_web_scheme(origin);
    if !is_address && Path::new(origin).is_dir() {
        if asked.download {
            let flag = if asked.rehost { "--rehost" } else { "--download" };
            return Err(Error::usage(format!(
                "{flag} needs a feed: a folder does not say where audio is"
            ))
            .help("import the show's public feed, or put its MP3s into audio/ yourself"));
        }
        return folder(Path::new(origin), asked);
    }
    let mut options = Reading {
        address: is_address.then_some(origin),
        url: asked.url.as_deref(),
        zone: asked.time_zone.as_deref(),
        now: Some(asked.now),
        download: asked.download,
        rehost: asked.rehost,
        artwork: None,
    };
    let named = |error: ImportError| {
        let mut failure = said(error);
        if !is_address {
            failure.message = format!("{origin}: {}", failure.message);
        }
        failure
    };
    let mut page =
        if is_address { ask(client, origin, "the feed")? } else { read_file(Path::new(origin))? };
    let mut pages = Pages::default();
    let mut seen = BTreeSet::from([origin.to_owned()]);
    let mut here = origin.to_owned();
    loop {
        let address = is_address.then_some(here.as_str());
        pages.add(&page, &Reading { address, ..options }).map_err(named)?;
        let Some(next) = pages.further().map(str::to_owned) else { break };
        if seen.contains(&next) {
            pages.close();
            break;
        }
        if !is_address || seen.len() == MAX_PAGES || pages.bytes() >= xml::MAX_BYTES {
            break;
        }
        seen.insert(next.clone());
        let what = format!("the feed's page {}", printable(&next));
        page = ask(client, &next, &what).map_err(|error| error.help("try again later; or save the feed and import the file: then what stands on its first page comes alone"))?;
        here = next;
    }
    let has_artwork =
        show.is_some_and(|show| show.root.join(show.settings.show.artwork.get_ref()).exists());
    // It is small, and no show is whole without it.
    if (options.download || (is_address && show.is_none()))
        && !has_artwork
        && let Some(artwork) = pages.artwork()
    {
        options.artwork = fetcher.artwork(artwork);
    }
    if is_address && show.is_none() && !options.download {
        let lengths = lengths::ask(client, pages.without_length(), lengths::length);
        pages.learn_lengths(&lengths);
    }
    if options.download && show.is_none() {
        let endings = lengths::ask(client, pages.without_ending(), lengths::ending);
        pages.learn_endings(&endings);
    }
    pages.show(&options).map_err(named)
}

fn ask(client: &Client, url: &str, what: &str) -> Result<Vec<u8>, Error> {
    let failed =
        |reason: String| Error::new(Class::Target, format!("{what} cannot be had: {reason}"));
    match client.get(url, xml::MAX_BYTES) {
        Ok(answer) if answer.is_success() => Ok(answer.bytes),
        Ok(answer) => Err(failed(format!("the server answers {}", answer.status))),
        Err(error @ HttpError::BadAddress) => Err(Error::usage(error.to_string())),
        Err(error) => Err(failed(error.to_string())),
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |error: std::io::Error| {
        Error::usage(format!("{} cannot be read: {error}", path.display()))
            .help("give a feed's address or file, or the folder of a Jekyll podcast")
    };
    let mut bytes = Vec::new();
    // One byte more than a feed may have: its reader says that it is too large.
    fs::File::open(path)
        .map_err(failed)?
        .take(xml::MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

/// Puts into the report what could not be fetched; whether there is any.
fn did_not_come(import: &mut Import, fetcher: &Fetcher<'_>, download: bool) -> bool {
    let failures = fetcher.failures();
    let how = "run the same again; what the old host has lost is yours to put there";
    for (at, failure) in failures.iter().enumerate().take(SAID_FAILURES) {
        // It is asked for first.
        let is_artwork = !download || at == 0 && fetcher.lacks_artwork();
        import.report.decide(failure, if is_artwork { NO_ARTWORK } else { how });
    }
    if let Some(more) = failures.len().checked_sub(SAID_FAILURES).filter(|more| *more > 0) {
        import.report.decide(format!("{} more did not come", counted(more, "file")), how);
    }
    !failures.is_empty()
}

fn said(error: ImportError) -> Error {
    let mut failure = Error::usage(printable(&error.to_string()));
    failure.help = error.help;
    failure
}

/// Reads a Jekyll podcast: its settings, and the Markdown files that may be episodes.
fn folder(root: &Path, asked: &ImportOptions) -> Result<Import, Error> {
    let failed = |path: &str, trouble: &dyn std::fmt::Display| {
        Error::usage(format!("{}: {trouble}", root.join(path).display()))
    };
    if root.join(FILE).exists() {
        let message = format!("{} is a show of onair's already", root.display());
        return Err(Error::usage(message).help("name it with --show: it needs no import"));
    }
    // The site's settings may stand above the folder of its episodes.
    let real = fs::canonicalize(root).map_err(|error| failed("", &error))?;
    let mut config = None;
    for folder in real.ancestors().take(3) {
        for name in import::CONFIGS {
            if config.is_none() {
                config = match read::read_text(folder, name) {
                    Ok(config) => Some(config),
                    Err(FileTrouble::Missing) => None,
                    Err(trouble) => return Err(failed(name, &trouble)),
                };
            }
        }
    }
    let (mut paths, mut mp3s) = (Vec::new(), Vec::new());
    walk(root, "", 0, &mut paths, &mut mp3s)?;
    if paths.len() > MAX_FILES {
        return Err(failed("", &format!("there are more than {MAX_FILES} files")));
    }
    paths.sort();
    let (mut posts, mut no_text) = (Vec::new(), Vec::new());
    for path in paths {
        match read::read_text(root, &path) {
            Ok(post) => posts.push(post),
            Err(trouble) => no_text.push((path, trouble.to_string())),
        }
    }
    let (url, zone) = (asked.url.as_deref(), asked.time_zone.as_deref());
    let options = Reading { url, zone, now: Some(asked.now), ..Reading::default() };
    let mut import =
        folder::of_folder(config.as_ref(), &posts, &no_text, &options).map_err(said)?;
    if let Some(first) = mp3s.iter().min() {
        let count = counted(mp3s.len(), "MP3");
        import
            .report
            .fact(format!("{count} in the folder, such as {first}, left there: copy into audio/"));
    }
    Ok(import)
}

/// The files below a folder that may be episodes, but not those that a generator wrote; and MP3s.
fn walk(
    root: &Path,
    below: &str,
    depth: usize,
    paths: &mut Vec<String>,
    mp3s: &mut Vec<String>,
) -> Result<(), Error> {
    let failed =
        |error: std::io::Error| Error::usage(format!("{}: {error}", root.join(below).display()));
    for entry in fs::read_dir(root.join(below)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        let kind = entry.file_type().map_err(failed)?;
        if name.starts_with('.') || paths.len() > MAX_FILES {
            continue;
        }
        if kind.is_dir() && depth < MAX_DEPTH && !folder::NOT_LOOKED_INTO.contains(&name.as_str()) {
            walk(root, &path, depth + 1, paths, mp3s)?;
        } else if kind.is_file() {
            let lower = name.to_ascii_lowercase();
            let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
            // Of other formats, what starts as a front matter does: pages are many.
            if matches!(ending, "md" | "markdown")
                || folder::OTHER_FORMATS.contains(&ending) && starts_with_dashes(&entry.path())
            {
                paths.push(path);
            } else if ending == "mp3" && mp3s.len() < MAX_FILES {
                mp3s.push(path);
            }
        }
    }
    Ok(())
}

fn starts_with_dashes(path: &Path) -> bool {
    let mut start = [0; 3];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && &start == b"---"
}

/// Writes the show's files; settings last, for they make a folder a show. What was written is taken
/// away again if something fails.
fn write_show(root: &Path, import: &Import) -> Result<(), Error> {
    let mut made: Vec<PathBuf> = Vec::new();
    let outcome = write_files(root, import, &mut made);
    if outcome.is_err() {
        for path in &made {
            let _ = fs::remove_file(path);
        }
    }
    outcome.map_err(|(path, error)| Error::disk(format!("{path} cannot be made"), &error))
}

fn write_files(
    root: &Path,
    import: &Import,
    made: &mut Vec<PathBuf>,
) -> Result<(), (String, std::io::Error)> {
    let episodes =
        import.episodes.iter().map(|episode| (episode.path.as_str(), episode.text.as_str()));
    let report = import.report.file(import.name());
    let extra = import.extra.as_deref().map(|text| (import::EXTRA, text));
    let gitignore = gitignore("public");
    let others = [
        (import::report::FILE, report.as_str()),
        (".gitignore", gitignore.as_str()),
        (".gitattributes", GITATTRIBUTES),
        (FILE, import.settings.as_str()),
    ];
    // The settings last: without them there is no show that could be taken for a whole one.
    let files: Vec<(&str, &str)> = episodes.chain(extra).chain(others).collect();
    let folders = files.iter().filter_map(|(path, _)| Path::new(path).parent());
    let folders: BTreeSet<&Path> =
        folders.chain(FOLDERS.map(Path::new)).chain([Path::new("")]).collect();
    for folder in folders {
        let path = root.join(folder);
        fs::create_dir_all(&path).map_err(|error| (path.display().to_string(), error))?;
    }
    // One after the other: in one folder, a file system makes no two at a time.
    for (path, text) in files {
        let failed = |error| (path.to_owned(), error);
        let full = root.join(path);
        let mut file = fs::File::create_new(&full).map_err(failed)?;
        made.push(full);
        file.write_all(text.as_bytes()).map_err(failed)?;
    }
    Ok(())
}
