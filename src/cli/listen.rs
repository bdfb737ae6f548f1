//! `onair listen`.

use std::fs;

use jiff::Timestamp;
use serde_json::json;

use super::Exit;
use super::args::{Format, Global, Listen};
use super::exit::Outcome;
use super::ui::actions;
use super::ui::listening::ListeningProgress;
use super::ui::term::Term;
use crate::pipeline::listen::{Listened, Named, listen};
use crate::pipeline::{Class, Error};
use crate::report::{Sources, github, human, json as json_report, sarif};
use crate::show::sound_settings::Target;
use crate::sound;

pub fn run(global: &Global, args: &Listen, term: &Term) -> Outcome {
    let progress = ListeningProgress::new(term);
    let listened = listen(&global.options(), &args.recordings, Timestamp::now(), &progress)?;
    for note in &listened.notes {
        term.warning(note, None);
    }
    if let Some(path) = &args.svg {
        let [recording] = &listened.recordings[..] else {
            return Err(Error::usage("a picture shows one recording")
                .help("name one episode or one MP3 with --svg"));
        };
        fs::write(path, picture(&listened, recording)).map_err(|error| {
            Error::disk(format!("{} cannot be written", path.display()), &error)
        })?;
    }
    say(&listened, term);
    match listened.recordings.is_empty() {
        true => Err(Error::new(Class::Findings, "nothing was listened to")),
        false => Ok(Exit::Fine),
    }
}

fn picture(listened: &Listened, recording: &Named) -> String {
    let settings = listened.checkout.as_ref().map(|checkout| &checkout.show.settings.sound);
    let target = settings.and_then(|settings| {
        let target = match recording.heard.sound.channels {
            1 => settings.loudness_mono.get_ref(),
            _ => settings.loudness.get_ref(),
        };
        match target {
            Target::Level(level) => Some(*level),
            Target::Habit(_) => None,
        }
    });
    sound::picture(&recording.heard.path, &recording.heard.sound, target)
}

fn say(listened: &Listened, term: &Term) {
    let mut sources = Sources::default();
    if let Some(checkout) = &listened.checkout {
        sources = Sources::of(&checkout.show).below(actions::folder(&checkout.show.root, term));
    }
    let findings = &listened.findings;
    match term.format() {
        Format::Human => {
            for recording in &listened.recordings {
                term.data(&report(recording));
            }
            term.data(&human::render(findings, &sources, term.colour()));
        }
        Format::Json => {
            let mut value = json_report::value("listen", findings, &sources);
            value["recordings"] = listened.recordings.iter().map(entry).collect();
            term.json(&value);
        }
        Format::Github => term.data(&github::render(findings, &sources)),
        Format::Sarif => term.json(&sarif::value(findings, &sources)),
    }
}

/// A recording as a person reads of it.
fn report(recording: &Named) -> String {
    let heard = &recording.heard;
    let episode = recording.episode.as_ref().map_or_else(String::new, |path| format!(" ({path})"));
    let mut text = format!("{}{episode}\n{}", heard.path, sound::describe(&heard.sound));
    if let Some(remedy) = &recording.remedy {
        text.push_str(&format!("  to the show's loudness:\n    {remedy}\n"));
    }
    text.push('\n');
    text
}

fn entry(recording: &Named) -> serde_json::Value {
    let heard = &recording.heard;
    json!({
        "episode": recording.episode,
        "path": heard.path,
        "payloadSha256": heard.payload,
        "kbits": heard.kbits,
        "loudnorm": recording.remedy,
        "sound": heard.sound,
    })
}
