//! How listening goes on: a bar with its rate on a terminal, a line at the end elsewhere.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use super::term::Term;
use crate::pipeline::ears::Watch;
use crate::report::{bytes, counted};

const BAR: &str =
    "{wide_bar} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta} {msg}";

/// Tells a person at the terminal.
pub struct ListeningProgress {
    term: Term,
    under_way: Mutex<Option<UnderWay>>,
}

struct UnderWay {
    bar: ProgressBar,
    since: Instant,
    recordings: usize,
    bytes: u64,
}

impl ListeningProgress {
    pub fn new(term: &Term) -> Self {
        Self { term: *term, under_way: Mutex::default() }
    }

    fn with(&self, act: impl FnOnce(&mut Option<UnderWay>)) {
        act(&mut self.under_way.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Watch for ListeningProgress {
    fn starts(&self, recordings: usize, bytes: u64) {
        let bar = if self.term.is_live() { ProgressBar::new(bytes) } else { ProgressBar::hidden() };
        let bar = match ProgressStyle::with_template(BAR) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        bar.set_message("listening");
        let since = Instant::now();
        self.with(|it| *it = Some(UnderWay { bar, since, recordings, bytes }));
    }

    fn hears(&self, bytes: u64) {
        self.with(|it| {
            if let Some(it) = it {
                it.bar.inc(bytes);
            }
        });
    }

    fn ends(&self) {
        self.with(|it| {
            let Some(UnderWay { bar, since, recordings, bytes: all }) = it.take() else { return };
            bar.finish_and_clear();
            let seconds = since.elapsed().as_secs_f64();
            let what = counted(recordings, "recording");
            self.term.say(&format!("Listened to {what} ({}) in {seconds:.1} s", bytes(all)));
        });
    }
}
