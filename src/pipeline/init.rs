//! `init`: the files that a new show starts from, made of answers; on a show that is there, what it lacks.

mod answers;
mod suggest;
mod text;

use std::fs;
use std::path::Path;

use super::workflows::{self, Action};
use super::{Error, Options, load};
use crate::show::read::EPISODES;
use crate::show::settings::FILE;
use crate::show::write::{write_new, write_text};
use crate::show::{Settings, schema};

pub use answers::{Answers, Topic};
pub use suggest::suggestion;

/// What is asked of `init`.
#[derive(Debug, Clone, Default)]
pub struct InitOptions {
    /// What was answered.
    pub answers: Answers,
    /// Whether to make the workflows for GitHub.
    pub workflows: bool,
    /// Whether to make the schemas for editors.
    pub schema: bool,
    /// The action that the workflows use; the one that this onair was published with if none is given.
    pub action: Option<Action>,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Every file, and what became of it.
    pub files: Vec<(String, Fate)>,
    /// The action that the workflows use, if there are any.
    pub action: Option<Action>,
    /// Whether workflows were wanted, and no action is known for them.
    pub no_action: bool,
    /// What is still open.
    pub open: Vec<Topic>,
    /// Where the artwork belongs, if it is not there.
    pub artwork: Option<String>,
}

impl Made {
    /// What a person reads of it, and what comes next.
    pub fn lines(&self) -> Vec<String> {
        let said = |(path, fate): &(String, Fate)| match fate {
            Fate::Made => format!("Made {path}"),
            Fate::Filled => format!("Filled in {path}"),
            Fate::Kept => format!("Kept {path}, which is there already"),
        };
        let mut lines: Vec<String> = self.files.iter().map(said).collect();
        if let Some(action) = &self.action {
            lines.push(format!("How GitHub publishes the show: {}", action.guide()));
        }
        if !self.open.is_empty() {
            let flags: Vec<&str> = self.open.iter().map(|topic| topic.flag()).collect();
            let flags = flags.join(", ");
            lines.push(format!(
                "Still open: {flags}; give that to `onair init`, or write it into {FILE}"
            ));
        }
        lines.push(match &self.artwork {
            Some(path) => {
                format!("Next: put your artwork at {path}, then run `onair new YOUR.mp3`")
            }
            None => {
                "Next: `onair new YOUR.mp3` makes an episode, `onair check` judges all".to_owned()
            }
        });
        lines
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It is new.
    Made,
    /// Answers were written into it.
    Filled,
    /// It was there already, and stays as it is.
    Kept,
}

/// What Git LFS keeps.
pub const GITATTRIBUTES: &str = "# Audio does not live in git itself: https://git-lfs.com\naudio/*.mp3 filter=lfs diff=lfs merge=lfs -text\n";

const SAMPLE_FILE: &str = "episodes/sample.md";

/// Passes the checks as it is: a draft is not published.
const SAMPLE: &str = r#"---
title: "A sample to copy"
description: "What the episode is about, in a sentence or two."
guest: "<a href='https://guest.example'>A guest</a>, who they are"
draft: true                       # not published; take this line out in an episode of yours
---

Here come the notes, in Markdown. `onair new YOUR.mp3` writes a file like this one, with number, date,
`size` and `duration` of the MP3.
"#;

/// What git leaves out: the folder that a release writes to, where it lies in the show's own.
pub fn gitignore(target: &str) -> String {
    let target = target.trim_end_matches('/');
    let folder = if crate::show::is_inside(target) { target } else { "public" };
    format!(
        "# What a release to a directory writes\n{folder}/\n# Downloads that go on another time\n.*.mp3.part*\n"
    )
}

/// What there still is to answer: all of it for a new show.
///
/// # Errors
/// If there is a show whose settings cannot be read.
pub fn open(options: &Options) -> Result<Vec<Topic>, Error> {
    match existing(&options.root)? {
        Some((_, settings)) => Ok(text::open(&settings)),
        None => Ok(Topic::ALL.to_vec()),
    }
}

fn existing(root: &Path) -> Result<Option<(String, Settings)>, Error> {
    if !root.join(FILE).exists() {
        return Ok(None);
    }
    let (source, settings) = load::settings(root)?;
    Ok(Some((source.text.to_string(), settings)))
}

/// Makes a new show in the folder, or adds to the one that is there what it lacks.
///
/// # Errors
/// If a value that is asked for stands in the settings already, or a file cannot be made.
pub fn init(options: &Options, asked: &InitOptions) -> Result<Made, Error> {
    let root = &options.root;
    let failed =
        |what: &str, error: std::io::Error| Error::disk(format!("{what} cannot be made"), &error);
    let answers = &asked.answers;
    let mut made = Vec::new();
    let mut new = Vec::new();
    match existing(root)? {
        None => {
            for folder in [EPISODES, "audio", "img"] {
                fs::create_dir_all(root.join(folder)).map_err(|error| failed(folder, error))?;
            }
            let mut answers = answers.clone();
            for (topic, told) in
                [(Topic::Language, suggest::language()), (Topic::TimeZone, suggest::time_zone())]
            {
                if let Some(told) = told.filter(|_| answers.get(topic).is_none()) {
                    // What the system says is no person's slip.
                    let _ = answers.take(topic, &told);
                }
            }
            new.push((FILE.to_owned(), text::settings(&answers)));
            let target = answers.get(Topic::Target).unwrap_or("public");
            new.push((".gitignore".to_owned(), gitignore(target)));
            new.push((".gitattributes".to_owned(), GITATTRIBUTES.to_owned()));
            new.push((SAMPLE_FILE.to_owned(), SAMPLE.to_owned()));
        }
        Some((text, settings)) => {
            refuse_what_stands(&settings, answers)?;
            let filled = text::fill(&text, &settings, answers);
            let fate = if filled == text { Fate::Kept } else { Fate::Filled };
            if fate == Fate::Filled {
                write_text(&root.join(FILE), &filled).map_err(|error| failed(FILE, error))?;
            }
            made.push((FILE.to_owned(), fate));
        }
    }
    let wanted = asked.workflows || asked.action.is_some() || answers.github() == Some(true);
    let action = asked.action.clone().or_else(Action::published).filter(|_| wanted);
    let workflows = action.as_ref().map(workflows::files).unwrap_or_default();
    new.extend(workflows.into_iter().map(|(path, text)| (path.to_owned(), text)));
    if asked.schema {
        new.extend(schema::files());
    }
    for (path, text) in new {
        let is_new = write_new(&root.join(&path), text.as_bytes());
        let is_new = is_new.map_err(|error| failed(&path, error))?;
        made.push((path, if is_new { Fate::Made } else { Fate::Kept }));
    }
    let (_, settings) = load::settings(root)?;
    let artwork = settings.show.artwork.get_ref();
    Ok(Made {
        files: made,
        no_action: wanted && action.is_none(),
        action,
        open: text::open(&settings),
        artwork: (!root.join(artwork).exists()).then(|| artwork.clone()),
    })
}

/// What a host has written is the host's to change.
fn refuse_what_stands(settings: &Settings, answers: &Answers) -> Result<(), Error> {
    let open = text::open(settings);
    let stands = |topic: &Topic| {
        let asked = answers.get(*topic).is_some() && *topic != Topic::GitHub;
        asked && !open.contains(topic)
    };
    match Topic::ALL.into_iter().find(stands) {
        None => Ok(()),
        Some(topic) => Err(Error::usage(format!(
            "there is an {FILE} already, and it says what {} would",
            topic.flag()
        ))
        .help(format!("change it in {FILE}, or choose another folder with --show"))),
    }
}
