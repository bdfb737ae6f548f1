//! `onair explain`: a rule's reason, or the table of them all.

use serde_json::json;

use super::args::{Explain, Format};
use super::ui::term::Term;
use super::{Error, Exit, Outcome};
use crate::rules::{RULES, registry};
use crate::show::keys;
use crate::show::words::nearest;

pub fn run(args: &Explain, term: &Term) -> Outcome {
    let text = match &args.rule {
        Some(id) => match registry::find(id) {
            Some(rule) => rule.explained(),
            None => {
                let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
                let failure = Error::usage(format!("there is no rule `{id}`"));
                return Err(match nearest(id, &ids) {
                    Some(near) => failure.help(format!("did you mean `{near}`?")),
                    None => failure.help("`onair explain` lists all rules"),
                });
            }
        },
        None if args.markdown => registry::markdown(),
        None if args.keys => keys::markdown(),
        None => registry::list(),
    };
    if term.format() == Format::Json {
        let wanted =
            RULES.iter().filter(|rule| args.rule.as_deref().is_none_or(|id| id == rule.id));
        term.answer("explain", json!({ "rules": wanted.collect::<Vec<_>>() }));
    } else {
        term.data(&text);
    }
    Ok(Exit::Fine)
}
