//! `onair import`.

use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use super::args::{Global, Import};
use super::ui::term::Term;
use super::{Exit, Outcome};
use crate::pipeline::fetch::FetchWatch;
use crate::pipeline::import::{ImportOptions, import};
use crate::pipeline::rehost::{audio_there, take_what_came};

pub fn run(global: &Global, args: &Import, term: &Term) -> Outcome {
    let asked = ImportOptions {
        from: args.from.clone(),
        download: args.download || args.rehost,
        rehost: args.rehost,
        url: args.url.clone(),
        time_zone: args.time_zone.clone(),
        private: args.allow_private,
        now: Timestamp::now(),
    };
    let before = audio_there(&global.options());
    let imported = import(&global.options(), &asked, term)?;
    if !imported.report.is_empty() {
        term.say(imported.report.trim_end());
    }
    if args.rehost {
        // What came is there: only the addresses change.
        let rehosted = take_what_came(&global.options(), &before)?;
        term.say(&rehosted.report());
    }
    Ok(match (imported.complete, imported.open) {
        (false, _) => Exit::Target,
        (true, true) => Exit::Findings,
        (true, false) => Exit::Fine,
    })
}

impl FetchWatch for Term {
    fn say(&self, line: &str) {
        Self::say(self, line);
    }

    fn failed(&self, message: &str, help: &str) {
        self.failure(message, Some(help));
    }

    fn bar(&self, name: &str, bytes: Option<u64>) -> ProgressBar {
        if !self.is_live() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(bytes.unwrap_or(0)).with_message(name.to_owned());
        let style = ProgressStyle::with_template(
            "{wide_bar} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {msg}",
        );
        match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }
}
