//! `apple sync`: asks Apple, compares, and puts the ids into the front matter where that is asked for.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::fix::write_episode;
use super::{Class, Error, Options, load};
use crate::apple::lookup::{Country, MAX_ANSWER};
use crate::apple::sync::{self, Origin, Report, SyncError};
use crate::http::Client;
use crate::http::reach::Reach;
use crate::show::Show;

/// What is asked of a comparison with Apple.
#[derive(Debug, Clone)]
pub struct SyncOptions {
    /// Put the ids into the front matter.
    pub write: bool,
    /// For how many days after publishing an id may be missing.
    pub days: u32,
    /// A saved answer of the look-up service, in place of asking it.
    pub from_file: Option<PathBuf>,
    /// The storefronts to ask; the show's own if there are none.
    pub country: Vec<String>,
    /// The look-up service.
    pub base_url: String,
    /// The present instant.
    pub now: Timestamp,
}

/// Compares every episode's id with what Apple says.
///
/// # Errors
/// If the show cannot be read, Apple says nothing, or a file cannot be written.
pub fn sync(options: &Options, asked: &SyncOptions) -> Result<Report, Error> {
    let show = load::show(&options.root)?;
    let origin = origin(&show, asked)?;
    let client = Client::reaching(Reach::with([asked.base_url.as_str()]));
    let fetch = |url: &str| client.get(url, MAX_ANSWER);
    let mut report = sync::sync(&show, origin, asked.days, asked.now, fetch, std::thread::sleep)
        .map_err(failed)?;
    if asked.write {
        for change in &report.changes {
            write_episode(&show.root, &change.path, &change.before, &change.text)?;
            report.written += 1;
        }
    }
    Ok(report)
}

fn origin(show: &Show, asked: &SyncOptions) -> Result<Origin, Error> {
    if let Some(path) = &asked.from_file {
        let name = path.display().to_string();
        let bytes =
            read(path).map_err(|error| Error::usage(format!("{name} cannot be read: {error}")))?;
        return Ok(Origin::Saved { name, bytes });
    }
    let countries = match asked.country.as_slice() {
        [] => sync::storefronts(show),
        given => given
            .iter()
            .map(|text| {
                Country::new(text).ok_or_else(|| {
                    Error::usage(format!("`{text}` is not a storefront"))
                        .help("a storefront is a country by its two letters, as in fr")
                })
            })
            .collect::<Result<_, _>>()?,
    };
    Ok(Origin::Service { base: asked.base_url.clone(), countries })
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than an answer may have: the reader of answers says that it is too large.
    fs::File::open(path)?.take(MAX_ANSWER + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn failed(error: SyncError) -> Error {
    let message = error.to_string();
    match error {
        SyncError::NoShowId => Error::usage(message).help(
            "set apple-id in [show] of onair.toml: the digits behind `id` in the show's address at \
             podcasts.apple.com",
        ),
        SyncError::BadFile { .. } => Error::usage(message),
        SyncError::NothingHeard(answers) if answers.throttled() => {
            Error::new(Class::Target, message).help(
                "Apple answers this way who asks too often; no id was changed. Wait an hour, or \
                 save the answer from another network and give it with --from-file",
            )
        }
        SyncError::NothingHeard(_) => Error::new(Class::Target, message)
            .help("no id was changed; try again, or give a saved answer with --from-file"),
    }
}
