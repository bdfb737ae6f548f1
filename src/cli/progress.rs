//! How a release proceeds: bars on a terminal, a line for each object elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

use super::term::Term;
use crate::object::Kind;
use crate::release::{Delivery, Event, Reporter};
use crate::report;

/// Tells a person at the terminal.
pub struct Progress {
    bar: ProgressBar,
    lines: bool,
    term: Term,
}

impl Progress {
    /// For so many bytes in all.
    pub fn new(bytes: u64, term: &Term) -> Self {
        let bar = if term.is_live() { ProgressBar::new(bytes) } else { ProgressBar::hidden() };
        if let Ok(style) =
            ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {msg}")
        {
            bar.set_style(style);
        }
        Self { bar, lines: !term.is_live(), term: *term }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, text: &str) {
        if self.lines {
            self.term.say(text);
        } else {
            self.bar.println(text);
        }
    }
}

impl Reporter for Progress {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::BestEffort => self.line("warning: this target has no conditional writes: the lock alone keeps two releases apart"),
            Event::Locked { resuming: true } => self.line("Going on where an earlier release was cut off"),
            Event::Started { object, .. } => self.bar.set_message(object.key.to_string()),
            Event::Progress { bytes, .. } => self.bar.inc(bytes),
            Event::Finished { object, delivery } => {
                let what = match delivery {
                    Delivery::Sent => "sent",
                    Delivery::AlreadyThere => "there already",
                };
                if object.kind == Kind::Audio || self.term.verbose() {
                    self.line(&format!("  {} {what} ({})", object.key, report::bytes(object.body.len())));
                }
            }
            Event::Verifying { .. } => self.bar.set_message("looking at what the feed will name"),
            Event::Removed { key, bytes } => {
                self.line(&format!("  {key} removed ({})", report::bytes(bytes)));
            }
            Event::Note { message } => self.line(&format!("note: {message}")),
            Event::Locked { .. } | Event::Recorded { .. } | Event::FeedPublished { .. } => {}
        }
    }
}
