//! How a release proceeds: bars on a terminal, a line for each MP3 elsewhere.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::term::Term;
use crate::model::object::{Key, Kind, Object};
use crate::release::{Delivery, Event, Reporter};
use crate::report;

/// Of one file: how much, how fast.
const FILE: &str = "  {wide_msg} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec}";

/// Of all: how much, how fast, how long still.
const ALL: &str =
    "{wide_bar} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta} {msg}";

/// Tells a person at the terminal.
pub struct Progress {
    bars: MultiProgress,
    all: ProgressBar,
    under_way: Mutex<BTreeMap<Key, UnderWay>>,
    live: bool,
    term: Term,
}

/// An object in transfer.
#[derive(Default)]
struct UnderWay {
    /// Whether it is to have a bar of its own, and that, once any of it is sent: many may wait their turn.
    has_bar: bool,
    bar: Option<ProgressBar>,
    bytes: u64,
    sent: u64,
}

impl Progress {
    /// For so many bytes in all.
    pub fn new(bytes: u64, term: &Term) -> Self {
        let live = term.is_live();
        let drawn = if live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(drawn);
        let all = bars.add(styled(bytes, ALL));
        Self { bars, all, under_way: Mutex::default(), live, term: *term }
    }

    /// Takes the bars away.
    pub fn finish(&self) {
        // Nothing more to draw: where that fails, a bar stays on the screen.
        let _ = self.bars.clear();
    }

    /// Says that the wish to stop was heard.
    pub fn stopping(&self) {
        self.line("Stopping; press Ctrl-C again to stop at once");
    }

    fn line(&self, text: &str) {
        if self.live {
            let _ = self.bars.println(text);
        } else {
            self.term.say(text);
        }
    }

    fn under_way(&self) -> MutexGuard<'_, BTreeMap<Key, UnderWay>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn started(&self, object: &Object) {
        let (bytes, has_bar) = (object.body.len(), object.kind == Kind::Audio && self.live);
        let waiting = UnderWay { has_bar, bar: None, bytes, sent: 0 };
        self.under_way().insert(object.key.clone(), waiting);
    }

    fn sent(&self, key: &Key, bytes: u64) {
        if let Some(it) = self.under_way().get_mut(key) {
            // What is sent once more is not more.
            let bytes = bytes.min(it.bytes - it.sent);
            it.sent += bytes;
            self.all.inc(bytes);
            if it.has_bar {
                let bar = it.bar.get_or_insert_with(|| {
                    let bar = self.bars.insert_before(&self.all, styled(it.bytes, FILE));
                    bar.set_message(key.to_string());
                    bar
                });
                bar.inc(bytes);
            }
        }
    }

    fn finished(&self, object: &Object, delivery: Delivery) {
        let it = self.under_way().remove(&object.key).unwrap_or_default();
        self.all.inc(object.body.len().saturating_sub(it.sent));
        if let Some(bar) = it.bar {
            bar.finish_and_clear();
            self.bars.remove(&bar);
        }
        let what = match delivery {
            Delivery::Sent => "sent",
            Delivery::AlreadyThere => "there already",
        };
        // The plan has named what there is of the rest, and the receipt counts it.
        if object.kind == Kind::Audio || self.term.verbose() {
            self.line(&format!("  {} {what} ({})", object.key, report::bytes(object.body.len())));
        }
    }
}

fn styled(bytes: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

impl Reporter for Progress {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::BestEffort => self.line("warning: this target has no conditional writes: the lock alone keeps two releases apart"),
            Event::Locked { resuming: true } => self.line("Going on where an earlier release was cut off"),
            Event::Started { object, .. } => self.started(object),
            Event::Progress { key, bytes } => self.sent(key, bytes),
            Event::Finished { object, delivery } => self.finished(object, delivery),
            Event::Verifying { .. } => self.all.set_message("checking what the feed will name"),
            Event::Removed { key, bytes } => {
                self.line(&format!("  {key} removed ({})", report::bytes(bytes)));
            }
            Event::Note { message } => self.line(&format!("note: {message}")),
            Event::Locked { .. } | Event::Recorded { .. } | Event::FeedPublished { .. } => {}
        }
    }
}
