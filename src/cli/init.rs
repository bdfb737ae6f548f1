//! `onair init`.

use serde_json::json;

use super::args::{Format, Global, Init};
use super::ui::term::Term;
use super::{Error, Exit, Outcome};
use crate::pipeline::Class;
use crate::pipeline::init::{Answers, InitOptions, Made, Topic, init, open, suggestion};

pub fn run(global: &Global, args: &Init, term: &Term) -> Outcome {
    let options = global.here();
    let open = open(&options)?;
    let mut answers = answers(global, args, open.contains(&Topic::Target))?;
    let ask = !args.yes && term.can_ask();
    for topic in open {
        let is_answered = answers.get(topic).is_some() || topic == Topic::GitHub && args.workflows;
        if !ask || is_answered {
            continue;
        }
        ask_for(topic, suggestion(topic, &options.root), &mut answers, term)?;
    }
    let action = args.action.clone();
    let asked = InitOptions { answers, workflows: args.workflows, schema: args.schema, action };
    say(&init(&options, &asked)?, term);
    Ok(Exit::Fine)
}

/// What the options answer.
fn answers(global: &Global, args: &Init, new: bool) -> Result<Answers, Error> {
    let given = [
        (Topic::Title, &args.title),
        (Topic::Description, &args.description),
        (Topic::Author, &args.author),
        (Topic::Email, &args.email),
        (Topic::Language, &args.language),
        (Topic::TimeZone, &args.time_zone),
        (Topic::Category, &args.category),
        (Topic::Url, &args.url),
        (Topic::Target, if new { &global.target } else { &None }),
    ];
    let mut answers = Answers::default();
    for (topic, text) in given {
        let Some(text) = text else { continue };
        let wrong = |reason| Error::usage(format!("{}: {reason}", topic.flag()));
        answers.take(topic, text).map_err(wrong)?;
    }
    Ok(answers)
}

/// Asks until the answer can be, or is left open.
fn ask_for(
    topic: Topic,
    suggested: Option<String>,
    answers: &mut Answers,
    term: &Term,
) -> Result<(), Error> {
    let offered = suggested.as_deref().unwrap_or("later");
    if let Some(intro) = topic.intro() {
        term.data(&intro);
    }
    let question = format!("{} [{offered}]:", topic.question());
    loop {
        let stopped = || Error::new(Class::Interrupted, "stopped: nothing was written");
        let typed = term.ask(&question).ok_or_else(stopped)?;
        let answer = if typed.is_empty() { suggested.clone() } else { Some(typed) };
        match answer.map(|answer| answers.take(topic, &answer)) {
            None | Some(Ok(())) => return Ok(()),
            Some(Err(reason)) => term.warning(&reason, None),
        }
    }
}

fn say(made: &Made, term: &Term) {
    if term.format() == Format::Json {
        let files = made.files.iter().map(|(path, fate)| json!({ "path": path, "fate": fate }));
        let open: Vec<&str> = made.open.iter().map(|topic| topic.flag()).collect();
        let files: Vec<_> = files.collect();
        term.answer(
            "init",
            json!({ "files": files, "open": open, "artworkMissing": made.artwork }),
        );
        return;
    }
    for line in made.lines() {
        term.say(&line);
    }
    if made.no_action {
        let help = "name one with --action OWNER/NAME/.github/actions/onair@COMMIT";
        let message =
            "no workflows were made: this onair was built by hand, and knows no published action";
        term.warning(message, Some(help));
    }
}
