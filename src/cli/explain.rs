//! `onair explain`: a rule's reason, or the table of them all.

use serde_json::json;

use super::args::{Explain, Format};
use super::ui::term::Term;
use super::{Error, Exit, Outcome};
use crate::rules::{RULES, Rule, registry};
use crate::show::keys;
use crate::show::words::nearest;

pub fn run(args: &Explain, term: &Term) -> Outcome {
    let text = match &args.rule {
        Some(id) => match registry::find(id) {
            Some(rule) => explain(rule),
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
        None => list(),
    };
    if term.format() == Format::Json {
        let wanted =
            RULES.iter().filter(|rule| args.rule.as_deref().is_none_or(|id| id == rule.id));
        let rules: Vec<_> = wanted
            .map(|rule| {
                json!({ "id": rule.id, "severity": rule.severity.as_str(), "summary": rule.summary,
                    "why": rule.why, "bad": rule.bad, "good": rule.good, "source": rule.source,
                    "page": rule.page() })
            })
            .collect();
        term.answer("explain", json!({ "rules": rules }));
    } else {
        term.data(&text);
    }
    Ok(Exit::Fine)
}

fn explain(rule: &Rule) -> String {
    let indent = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
    format!(
        "{} ({})\n\n{}.\n\n{}\n\nBad:\n{}\nGood:\n{}\nSource: {}\n",
        rule.id,
        rule.severity.as_str(),
        rule.summary,
        rule.why,
        indent(rule.bad),
        indent(rule.good),
        rule.source
    )
}

fn list() -> String {
    RULES
        .iter()
        .map(|rule| format!("{:<20} {:<8} {}\n", rule.id, rule.severity.as_str(), rule.summary))
        .collect()
}
