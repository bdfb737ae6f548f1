//! `onair init`.

use super::args::{Global, Init};
use super::ui::term::Term;
use super::{Exit, Outcome};
use crate::pipeline::init::{InitOptions, init};

pub fn run(global: &Global, args: &Init, term: &Term) -> Outcome {
    let asked = InitOptions {
        title: args.title.clone(),
        url: args.url.clone(),
        action: args.action.clone(),
    };
    let made = init(&global.options(), &asked)?;
    for (path, new) in made.files {
        term.say(&match new {
            true => format!("Made {path}"),
            false => format!("Kept {path}, which is there already"),
        });
    }
    match made.action {
        Some(action) => term.say(&format!("How GitHub publishes the show: {}", action.guide())),
        None => term.say(
            "Made no workflows for GitHub: this onair was built by hand, and knows no published \
             action; --action names one",
        ),
    }
    term.say("Next: put your artwork at img/artwork.jpg, then run `onair new YOUR.mp3`");
    Ok(Exit::Fine)
}
