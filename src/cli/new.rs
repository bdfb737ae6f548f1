//! `onair new`.

use jiff::Timestamp;

use super::args::{Format, Global, New};
use super::ui::term::Term;
use super::{Exit, Outcome};
use crate::pipeline::editor::Editor;
use crate::pipeline::new::{NewOptions, new};

pub fn run(global: &Global, args: &New, term: &Term) -> Outcome {
    let options = global.options();
    let editor = args.edit.then(Editor::of_the_environment).transpose()?;
    let asked = NewOptions {
        file: args.file.clone(),
        title: args.title.clone(),
        season: args.season,
        episode: args.episode,
        date: args.date.clone(),
        name: args.name.clone(),
        encode: args.encode,
        now: Timestamp::now(),
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
        editor.open(&options.root.join(&made.path))?;
    }
    Ok(Exit::Fine)
}
