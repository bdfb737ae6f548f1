//! `onair apple sync`.

use jiff::Timestamp;

use super::args::{AppleSync, Format, Global};
use super::ui::term::Term;
use super::{Exit, Outcome};
use crate::apple::report::{Table, json};
use crate::pipeline::apple::{self, SyncOptions};

pub fn run(global: &Global, args: &AppleSync, term: &Term) -> Outcome {
    let asked = SyncOptions {
        write: args.write,
        days: args.days,
        from_file: args.from_file.clone(),
        country: args.country.clone(),
        base_url: args.base_url.clone(),
        now: args.now.unwrap_or_else(Timestamp::now),
    };
    let report = apple::sync(&global.options(), &asked)?;
    match term.format() {
        Format::Json => term.json(&json(&report)),
        _ => term.data(&Table { report: &report, all: term.verbose() }.to_string()),
    }
    let failing = args.check && report.findings().next().is_some();
    Ok(if failing { Exit::Findings } else { Exit::Fine })
}
