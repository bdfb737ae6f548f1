//! `onair apple sync`: asks Apple, compares, and with `--write` puts the ids into the front matter.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;

use super::args::{AppleSync, Format, Global};
use super::mend::write_text;
use super::term::Term;
use super::{Exit, Failure, Outcome, gather};
use crate::apple::lookup::{Country, MAX_ANSWER};
use crate::apple::report::{Table, json};
use crate::apple::sync::{self, Change, Origin, SyncError};
use crate::http::Client;
use crate::show::Show;

pub fn run(global: &Global, args: &AppleSync, term: &Term) -> Outcome {
    if matches!(term.format(), Format::Github | Format::Sarif) {
        return Err(Failure::new(Exit::Usage, "`onair apple sync` reports as human or json only"));
    }
    let show = gather::show(global)?;
    let origin = origin(&show, args)?;
    let now = args.now.unwrap_or_else(Timestamp::now);
    let client = Client::new();
    let fetch = |url: &str| client.get(url, MAX_ANSWER);
    let mut report =
        sync::sync(&show, origin, args.days, now, fetch, std::thread::sleep).map_err(failed)?;
    if args.write {
        for change in &report.changes {
            write(&show.root, change)?;
            report.written += 1;
        }
    }
    match term.format() {
        Format::Json => term.json(&json(&report)),
        _ => term.data(&Table { report: &report, all: term.verbose() }.to_string()),
    }
    let failing = args.check && report.findings().next().is_some();
    Ok(if failing { Exit::Findings } else { Exit::Fine })
}

fn origin(show: &Show, args: &AppleSync) -> Result<Origin, Failure> {
    if let Some(path) = &args.from_file {
        let name = path.display().to_string();
        let bytes = read(path).map_err(|error| {
            Failure::new(Exit::Usage, format!("{name} cannot be read: {error}"))
        })?;
        return Ok(Origin::Saved { name, bytes });
    }
    let countries = match args.country.as_slice() {
        [] => sync::storefronts(show),
        given => given
            .iter()
            .map(|text| {
                Country::new(text).ok_or_else(|| {
                    Failure::new(Exit::Usage, format!("`{text}` is no storefront"))
                        .help("a storefront is a country by its two letters, as in fr")
                })
            })
            .collect::<Result<_, _>>()?,
    };
    Ok(Origin::Service { base: args.base_url.clone(), countries })
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than an answer may have: the reader of answers says that it is too large.
    fs::File::open(path)?.take(MAX_ANSWER + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes one file, unless its host has changed it since it was read.
fn write(root: &Path, change: &Change) -> Result<(), Failure> {
    let path = root.join(&change.path);
    let said = |reason: String| Failure::new(Exit::Usage, format!("{}: {reason}", change.path));
    let now = fs::read_to_string(&path).map_err(|error| said(error.to_string()))?;
    if now != *change.before {
        return Err(said("it was changed while Apple was asked".to_owned()).help("run it again"));
    }
    write_text(&path, &change.text).map_err(|error| said(format!("it cannot be written: {error}")))
}

fn failed(error: SyncError) -> Failure {
    let message = error.to_string();
    match error {
        SyncError::NoShowId => Failure::new(Exit::Usage, message).help(
            "set apple-id in [show] of onair.toml: the digits behind `id` in the show's address at \
             podcasts.apple.com",
        ),
        SyncError::BadFile { .. } => Failure::new(Exit::Usage, message),
        SyncError::NothingHeard(answers) if answers.throttled() => {
            Failure::new(Exit::Target, message).help(
                "Apple answers this way who asks too often; no id was changed. Wait an hour, or \
                 save the answer from another network and give it with --from-file",
            )
        }
        SyncError::NothingHeard(_) => Failure::new(Exit::Target, message)
            .help("no id was changed; try again, or give a saved answer with --from-file"),
    }
}
