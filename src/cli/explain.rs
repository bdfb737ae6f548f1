//! `onair explain`: a rule's reason, or the table of them all.

use super::args::Explain;
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
        None if args.markdown => markdown(),
        None if args.keys => keys::markdown(),
        None => list(),
    };
    term.data(&text);
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

/// `docs/rules.md`, which a test holds to this.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Rules\n\nWhat `onair check` looks at. `onair explain ID` says why a rule exists and how to keep it; `[rules]` in onair.toml sets its severity.\n\nThis page is written by `onair explain --markdown`.\n\n| rule | severity | what must be true | source |\n| --- | --- | --- | --- |\n",
    );
    for rule in RULES {
        out.push_str(&format!(
            "| `{}` | {} | {} | {} |\n",
            rule.id,
            rule.severity.as_str(),
            rule.summary,
            rule.source
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_of_rules_is_up_to_date() {
        let page = include_str!("../../docs/rules.md");
        assert!(page == super::markdown(), "run: cargo run -- explain --markdown > docs/rules.md");
    }
}
