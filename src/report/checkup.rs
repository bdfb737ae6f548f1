//! What an examination of a target found, as a person reads it.

use serde::Serialize;

use super::{counted, printable};
use crate::model::checkup::{Check, Outcome};

/// How many warnings with one fix are told one by one.
const TOLD: usize = 3;

/// How many checks came out how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// As they should be.
    pub fine: usize,
    /// Less safe or less useful than they could be.
    pub weak: usize,
    /// What keeps a release or a listener from working.
    pub broken: usize,
    /// Not looked at.
    pub skipped: usize,
}

impl Tally {
    /// The sum of these.
    pub fn of(checks: &[Check]) -> Self {
        let mut tally = Self::default();
        for check in checks {
            *match check.outcome {
                Outcome::Fine { .. } => &mut tally.fine,
                Outcome::Weak { .. } => &mut tally.weak,
                Outcome::Broken { .. } => &mut tally.broken,
                Outcome::Skipped { .. } => &mut tally.skipped,
            } += 1;
        }
        tally
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { fine, weak, broken, skipped } = self;
        write!(f, "{fine} fine, {weak} weak, {broken} broken")?;
        if *skipped > 0 { write!(f, ", {skipped} skipped") } else { Ok(()) }
    }
}

/// A check in one line, and its fix in a second one.
pub fn line(check: &Check, colour: bool) -> String {
    let (word, shade, said, fix) = match &check.outcome {
        Outcome::Fine { seen } => ("fine", "32", seen, None),
        Outcome::Weak { seen, fix } => ("weak", "33", seen, Some(fix)),
        Outcome::Broken { seen, fix } => ("broken", "1;31", seen, Some(fix)),
        Outcome::Skipped { why } => ("skipped", "2", why, None),
    };
    let word = match colour {
        true => format!("\x1b[{shade}m{word:<7}\x1b[0m"),
        false => format!("{word:<7}"),
    };
    let mut line = format!("  {word}  {}: {}", printable(&check.name), printable(said));
    if let Some(fix) = fix {
        line.push_str(&format!("\n           fix: {}", printable(fix)));
    }
    line
}

/// What is said of a check after a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// What went well, or was left out.
    Line(String),
    /// What did not.
    Warning {
        /// What was seen.
        text: String,
        /// What to do; said once for all that it fixes.
        help: Option<String>,
    },
}

/// What is said after a release: one line for all that is fine, and no fix more than a few times.
pub fn afterwards(checks: &[Check]) -> Vec<After> {
    let mut said = Vec::new();
    let mut fine = 0;
    let mut told: Vec<(&str, usize)> = Vec::new();
    for check in checks {
        match &check.outcome {
            Outcome::Fine { seen } if check.name == "CloudFront" => {
                said.push(After::Line(format!("CloudFront: {seen}")));
            }
            Outcome::Fine { .. } => fine += 1,
            Outcome::Skipped { why } => {
                said.push(After::Line(format!("Not checked: {}: {}", check.name, printable(why))));
            }
            Outcome::Weak { seen, fix } | Outcome::Broken { seen, fix } => {
                let at = told.iter().position(|(known, _)| known == fix).unwrap_or_else(|| {
                    told.push((fix, 0));
                    told.len() - 1
                });
                told[at].1 += 1;
                if told[at].1 <= TOLD {
                    let text = format!("{}: {}", printable(&check.name), printable(seen));
                    let help = Some(printable(fix)).filter(|_| told[at].1 == 1);
                    said.push(After::Warning { text, help });
                }
            }
        }
    }
    for (fix, times) in told.iter().filter(|(_, times)| *times > TOLD) {
        let text = format!("{} more of the same: {}", times - TOLD, printable(fix));
        said.push(After::Warning { text, help: None });
    }
    if fine > 0 {
        let checks = counted(fine, "check");
        said.push(After::Line(format!("New audio as the public gets it: {checks} passed")));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_for_many_checks_is_said_once() {
        let broken = |n: usize| Check::broken(format!("audio {n}"), "404", "open the bucket");
        let mut checks: Vec<Check> = (0..5).map(broken).collect();
        checks.push(Check::fine("audio 5", "200"));
        let said = afterwards(&checks);
        let helps = said.iter().filter(|it| matches!(it, After::Warning { help: Some(_), .. }));
        assert_eq!(helps.count(), 1);
        assert_eq!(said.len(), TOLD + 2, "{said:?}");
        let last = "New audio as the public gets it: 1 check passed";
        assert_eq!(said.last(), Some(&After::Line(last.to_owned())));
        assert_eq!(Tally::of(&checks).to_string(), "1 fine, 0 weak, 5 broken");
    }
}
