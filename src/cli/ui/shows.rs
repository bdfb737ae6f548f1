//! A command over one show, or over all of a repository: each in its turn, and no show's error hides
//! another's.

use serde_json::Value;

use super::actions;
use super::term::Term;
use crate::cli::args::{Format, Global};
use crate::cli::exit::{Exit, Outcome};
use crate::pipeline::Error;
use crate::pipeline::find::{self, Found};
use crate::report::{Sources, counted, json, sarif, summary};

/// The shows that a command is for.
pub struct Shows<'a> {
    global: &'a Global,
    command: &'a str,
    term: &'a Term,
    /// All of the repository's; nothing where one alone is meant.
    all: Option<Vec<Found>>,
    /// How each ended that did not end well.
    failed: Vec<(String, Exit)>,
}

impl<'a> Shows<'a> {
    /// Those that the arguments mean.
    pub fn of(global: &'a Global, command: &'a str, term: &'a Term) -> Result<Self, Error> {
        let all = global.all_shows.then(find::all).transpose()?;
        Ok(Self { global, command, term, all, failed: Vec::new() })
    }

    /// Does `work` for each. Where one alone is meant, its error is the command's; of several, each error
    /// is said where it comes up, and the gravest is what the command comes to.
    pub fn each(&mut self, mut work: impl FnMut(&Global) -> Outcome) -> Outcome {
        let (Some(all), Some(gather)) = (&self.all, self.term.gather()) else {
            return work(self.global);
        };
        for (at, found) in all.iter().enumerate() {
            gather.begin(&found.name);
            if at > 0 {
                self.term.say("");
            }
            self.term.say(&self.term.bold(&found.name));
            actions::summarise(self.term, |room| summary::show(&found.name, room));
            let global = Global { show: Some(found.path.clone()), ..self.global.clone() };
            let ended = work(&global);
            let exit = ended.unwrap_or_else(|error| tell(&error, self.command, true, self.term));
            gather.end(exit as u8);
            self.failed.retain(|(name, _)| *name != found.name);
            if exit != Exit::Fine {
                self.failed.push((found.name.clone(), exit));
            }
            if exit == Exit::Interrupted {
                break;
            }
        }
        Ok(self.failed.iter().map(|(_, exit)| *exit).max().unwrap_or(Exit::Fine))
    }

    /// Says what it comes to, and gives programs their one document.
    pub fn close(&self) {
        let (Some(all), Some(gather)) = (&self.all, self.term.gather()) else { return };
        let answers = gather.take();
        match self.term.format() {
            Format::Json => self.term.answer(self.command, serde_json::json!({ "shows": answers })),
            Format::Sarif => self.term.json(&merged(answers)),
            Format::Human | Format::Github => {}
        }
        let failed: Vec<&str> = self.failed.iter().map(|(name, _)| name.as_str()).collect();
        let shows = counted(all.len(), "show");
        self.term.say("");
        self.term.say(&match &failed[..] {
            [] => format!("{shows}: all is well"),
            failed => format!("{shows}, {} failed: {}", failed.len(), failed.join(", ")),
        });
    }
}

/// Several SARIF logs as one with one run: code hosts take no two runs of one tool. A show without a log
/// has said on stderr why.
fn merged(logs: Vec<Value>) -> Value {
    let is_log = |log: &Value| log["runs"].is_array();
    let results = logs
        .iter()
        .filter(|log| is_log(log))
        .flat_map(|log| log["runs"][0]["results"].as_array().cloned().unwrap_or_default());
    let results: Vec<Value> = results.collect();
    let mut log = sarif::value(&[], &Sources::default());
    log["runs"][0]["results"] = results.into();
    log
}

/// Says why a command, or a show's turn of it, ended early; `in_json` if the command answers so.
pub fn tell(error: &Error, command: &str, in_json: bool, term: &Term) -> Exit {
    let help = error.help.as_deref();
    if term.format() == Format::Github && error.reported {
        // Each cause has its annotation, and there is room for ten.
        term.say(&error.message);
    } else {
        term.failure(&error.message, help);
    }
    if in_json && term.format() == Format::Json && !term.has_answered() {
        term.json(&json::failure(command, error.class.word(), &error.message, help));
    }
    actions::summarise(term, |room| match error.reported {
        true => summary::closing(&error.message, room),
        false => summary::failure(&error.message, help, room),
    });
    error.class.into()
}
