//! `onair new`.

use std::path::Path;
use std::process::Command;

use super::args::{Format, Global, New};
use super::ui::term::Term;
use super::{Error, Exit, Outcome};
use crate::pipeline::new::{NewOptions, new};

pub fn run(global: &Global, args: &New, term: &Term) -> Outcome {
    let options = global.options();
    let editor = args.edit.then(editor).transpose()?;
    let asked = NewOptions {
        file: args.file.clone(),
        title: args.title.clone(),
        episode: args.episode,
        date: args.date.clone(),
        name: args.name.clone(),
        encode: args.encode,
    };
    let made = new(&options, &asked)?;
    if term.format() == Format::Json {
        term.answer("new", &made);
    }
    for warning in &made.warnings {
        term.warning(warning, None);
    }
    for note in &made.notes {
        term.say(note);
    }
    term.say(&format!(
        "Made {}: write its title, description and notes, then run `onair check`",
        made.path
    ));
    if let Some(editor) = editor {
        edit(&editor, &options.root.join(&made.path))?;
    }
    Ok(Exit::Fine)
}

/// The editor that the environment names.
fn editor() -> Result<String, Error> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    set("VISUAL").or_else(|| set("EDITOR")).ok_or_else(|| {
        Error::usage("--edit: no editor is set").help("set EDITOR, as in EDITOR=\"code --wait\"")
    })
}

/// Opens the file in an editor, whose words a shell parts.
fn edit(editor: &str, path: &Path) -> Result<(), Error> {
    let ran = Command::new("sh").args(["-c", &format!("{editor} \"$1\""), "sh"]).arg(path).status();
    match ran {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Error::usage(format!("the editor `{editor}` failed"))),
    }
}
