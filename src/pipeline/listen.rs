//! `listen`: how recordings sound, as a host asks for it.

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use super::check::{find, select};
use super::ears::{Listening, Recording, Watch, hear, listen_to};
use super::evidence;
use super::{Checkout, Error, Options};
use crate::audio::{Content, Depth, probe_file};
use crate::rules::Finding;
use crate::rules::sound::{Ears, Heard, is_of_sound, remedy};
use crate::show::Episode;
use crate::show::sound_settings::SoundSettings;

/// What came of listening to what a host named.
#[derive(Debug)]
pub struct Listened {
    /// The show, if there is one here.
    pub checkout: Option<Checkout>,
    /// What was heard, in the order in which it was named.
    pub recordings: Vec<Named>,
    /// What is wrong with the sound of the episodes among them.
    pub findings: Vec<Finding>,
    /// Why recordings could not be listened to.
    pub notes: Vec<String>,
}

/// One recording.
#[derive(Debug)]
pub struct Named {
    /// The episode's file, if it is an episode's.
    pub episode: Option<String>,
    /// What was heard.
    pub heard: Heard,
    /// The command that brings it to the show's loudness.
    pub remedy: Option<String>,
}

/// Listens to episodes, named by number or file name, and to any MP3s, named by their paths.
///
/// # Errors
/// If the show cannot be read and an episode is named, an episode is not there, or a file is not an MP3.
pub fn listen(
    options: &Options,
    names: &[String],
    now: Timestamp,
    watch: &dyn Watch,
) -> Result<Listened, Error> {
    let (files, episodes): (Vec<String>, Vec<String>) =
        names.iter().cloned().partition(|name| is_file(name));
    let checkout = match Checkout::load(&options.root) {
        Ok(checkout) => Some(checkout),
        Err(error) if !episodes.is_empty() => return Err(error),
        Err(_) => None,
    };
    let (mut findings, mut recordings, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    let settings = checkout
        .as_ref()
        .map_or_else(SoundSettings::default, |checkout| checkout.show.settings.sound.clone());
    if let Some(checkout) = checkout.as_ref().filter(|_| !episodes.is_empty()) {
        let wanted = select(&checkout.show, &episodes)?;
        let looked = evidence::look(checkout, Depth::Walk);
        let is_wanted = |episode: &Episode| wanted.contains(&episode.source.path);
        let Listening { ears, notes: more } = listen_to(checkout, &looked, is_wanted, watch);
        findings = find(checkout, &looked, &ears, now);
        findings.retain(|it| wanted.contains(&it.path) && is_of_sound(it));
        notes.extend(more);
        for path in wanted {
            match ears.get(&path) {
                Some(heard) => recordings.push(Named {
                    remedy: remedy(&settings, &ears, heard),
                    heard: heard.clone(),
                    episode: Some(path),
                }),
                None => notes.push(format!("{path}: there is no MP3 at hand to listen to")),
            }
        }
    }
    let found = files.iter().map(|name| of_file(name)).collect::<Result<Vec<_>, _>>()?;
    let Listening { ears, notes: more } = hear(found, watch);
    notes.extend(more);
    for name in files {
        if let Some(heard) = ears.get(&name) {
            let remedy = remedy(&settings, &Ears::new(), heard);
            recordings.push(Named { remedy, heard: heard.clone(), episode: None });
        }
    }
    Ok(Listened { checkout, recordings, findings, notes })
}

fn is_file(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".mp3") && Path::new(name).is_file()
}

fn of_file(name: &str) -> Result<Recording, Error> {
    let unreadable = |error| Error::usage(format!("{name} cannot be read: {error}"));
    let file = fs::canonicalize(name).map_err(unreadable)?;
    let probe = probe_file(&file, Depth::Hash).map_err(unreadable)?;
    match &probe.content {
        Content::Mp3(_) => {}
        Content::Empty => return Err(Error::usage(format!("{name} is empty"))),
        Content::Foreign(foreign) => {
            return Err(Error::usage(format!("{name} is {foreign}")).help(foreign.hint()));
        }
    }
    Ok(Recording { key: name.to_owned(), path: name.to_owned(), file, probe, is_asked: true })
}
