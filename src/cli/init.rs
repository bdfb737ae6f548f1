//! `onair init`: the files that a new show starts from.

use std::fs;
use std::io::Write as _;

use super::args::{Global, Init};
use super::ui::term::Term;
use super::workflows::{self, Action};
use super::{Error, Exit, Outcome};
use crate::show::edit::requote;
use crate::show::settings::{FILE, Settings};
use crate::show::{Source, read::EPISODES};

pub(super) const GITIGNORE: &str = "# What a release to a directory writes\npublic/\n";
pub(super) const GITATTRIBUTES: &str = "# Audio does not live in git itself: https://git-lfs.com\naudio/*.mp3 filter=lfs diff=lfs merge=lfs -text\n";

const SAMPLE_FILE: &str = "episodes/sample.md";

/// Passes the checks as it is: a draft is not published.
const SAMPLE: &str = r#"---
title: "A sample to copy"
description: "What the episode is about, in a sentence or two."
guest: "<a href='https://guest.example'>A guest</a>, who they are"
draft: true                       # not published; take this line out in an episode of yours
---

Notes, in Markdown. `onair new YOUR.mp3` writes a file like this one, with number, date, `size` and
`duration` of the MP3.
"#;

pub fn run(global: &Global, args: &Init, term: &Term) -> Outcome {
    let root = &global.show;
    let settings = settings(args);
    Settings::parse(&Source::new(FILE, settings.as_str()))
        .map_err(|error| Error { help: error.help, ..Error::usage(error.reason) })?;
    if root.join(FILE).exists() {
        return Err(Error::usage(format!("there is an {FILE} in {} already", root.display()))
            .help("choose another folder with --show"));
    }
    let failed =
        |what: &str, error: std::io::Error| Error::usage(format!("{what} cannot be made: {error}"));
    for folder in [EPISODES, "audio", "img"] {
        fs::create_dir_all(root.join(folder)).map_err(|error| failed(folder, error))?;
    }
    let action = args.action.clone().or_else(Action::published);
    let workflows = action.as_ref().map(workflows::files).unwrap_or_default();
    let mut files = vec![
        (FILE, settings),
        (".gitignore", GITIGNORE.to_owned()),
        (".gitattributes", GITATTRIBUTES.to_owned()),
        (SAMPLE_FILE, SAMPLE.to_owned()),
    ];
    files.extend(workflows);
    for (path, text) in files {
        if let Some(folder) = root.join(path).parent() {
            fs::create_dir_all(folder).map_err(|error| failed(path, error))?;
        }
        match fs::File::create_new(root.join(path)) {
            Ok(mut file) => {
                file.write_all(text.as_bytes()).map_err(|error| failed(path, error))?;
                term.say(&format!("Made {path}"));
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                term.say(&format!("Kept {path}, which is there already"));
            }
            Err(error) => return Err(failed(path, error)),
        }
    }
    match action {
        Some(action) => term.say(&format!("How GitHub publishes the show: {}", action.guide())),
        None => term.say(
            "Made no workflows for GitHub: this onair was built by hand, and knows no published \
             action; --action names one",
        ),
    }
    term.say("Next: put your artwork at img/artwork.jpg, then run `onair new YOUR.mp3`");
    Ok(Exit::Fine)
}

fn settings(args: &Init) -> String {
    let title = requote("\"\"", &args.title);
    let url = requote("\"\"", &args.url);
    format!(
        r#"# A show that onair publishes. Every key: docs/settings.md

[show]
title = {title}
description = "What the show is about, in a few sentences."
author = "Your name"
language = "en"
time-zone = "Europe/London"
category = ["Arts"]                 # one of Apple's categories
artwork = "img/artwork.jpg"         # square, 1400 to 3000 pixels
# apple-id = 1234567890             # once Apple lists the show

[show.owner]
name = "Your name"
email = "podcast@show.example"      # platforms write here to prove that the show is yours

[site]
url = {url}                         # where pages and feed will be

[target]
url = "public"                      # a directory, or s3://bucket/prefix
"#
    )
}
