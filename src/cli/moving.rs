//! `onair move`.

use super::args::{Global, Move};
use super::ui::term::Term;
use super::{Exit, Outcome};
use crate::import::feed_move::text;
use crate::pipeline::feed_move::look;

pub fn run(global: &Global, args: &Move, term: &Term) -> Outcome {
    let moved = look(&global.options(), &args.from)?;
    term.data(&text(&args.from, &moved.to, &moved.steps));
    let is_done = moved.steps.iter().all(|step| step.lacks.is_none());
    Ok(if is_done { Exit::Fine } else { Exit::Findings })
}
