//! `init`: the files that a new show starts from.

use std::fs;
use std::io::Write as _;

use super::workflows::{self, Action};
use super::{Error, Options};
use crate::show::Source;
use crate::show::edit::requote;
use crate::show::read::EPISODES;
use crate::show::settings::{FILE, Settings};

/// What a new show is to be.
#[derive(Debug, Clone)]
pub struct InitOptions {
    /// The show's name.
    pub title: String,
    /// The address that it will have.
    pub url: String,
    /// The action that the GitHub workflows use; the one that this onair was published with if none
    /// is given.
    pub action: Option<Action>,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Every file, and whether it is new; one that was there already stays as it is.
    pub files: Vec<(&'static str, bool)>,
    /// The action that the workflows use, if there are any.
    pub action: Option<Action>,
}

/// What git leaves out.
pub const GITIGNORE: &str = "# What a release to a directory writes\npublic/\n";
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

Notes, in Markdown. `onair new YOUR.mp3` writes a file like this one, with number, date, `size` and
`duration` of the MP3.
"#;

/// Makes a new show in the folder.
///
/// # Errors
/// If there is one already, or a file cannot be made.
pub fn init(options: &Options, asked: &InitOptions) -> Result<Made, Error> {
    let root = &options.root;
    let settings = settings(asked);
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
    let action = asked.action.clone().or_else(Action::published);
    let mut files = vec![
        (FILE, settings),
        (".gitignore", GITIGNORE.to_owned()),
        (".gitattributes", GITATTRIBUTES.to_owned()),
        (SAMPLE_FILE, SAMPLE.to_owned()),
    ];
    files.extend(action.as_ref().map(workflows::files).unwrap_or_default());
    let mut made = Vec::new();
    for (path, text) in files {
        if let Some(folder) = root.join(path).parent() {
            fs::create_dir_all(folder).map_err(|error| failed(path, error))?;
        }
        match fs::File::create_new(root.join(path)) {
            Ok(mut file) => {
                file.write_all(text.as_bytes()).map_err(|error| failed(path, error))?;
                made.push((path, true));
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                made.push((path, false));
            }
            Err(error) => return Err(failed(path, error)),
        }
    }
    Ok(Made { files: made, action })
}

fn settings(asked: &InitOptions) -> String {
    let title = requote("\"\"", &asked.title);
    let url = requote("\"\"", &asked.url);
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
