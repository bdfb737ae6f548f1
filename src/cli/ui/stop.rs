//! The wish to stop: Ctrl-C, or the signal by which systems and CI runs end a process.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::term::Term;
use crate::cli::exit::Exit;

/// Whether somebody hears the wish who stops in order.
static IN_ORDER: AtomicBool = AtomicBool::new(false);

/// Whether anything may have been written.
static HAS_WRITTEN: AtomicBool = AtomicBool::new(false);

/// Ends the process at such a wish, until [`Stop::listen`] is called: while files are read and nothing
/// has been written yet. Must be called within a runtime.
pub fn end_until_something_is_written(term: &Term) {
    let (term, mut stop) = (*term, Stop::hear());
    // An earlier turn is over.
    IN_ORDER.store(false, Ordering::SeqCst);
    tokio::spawn(async move {
        stop.wished().await;
        if !IN_ORDER.load(Ordering::SeqCst) {
            let help = "run the same command again";
            let what = match HAS_WRITTEN.load(Ordering::SeqCst) {
                true => "stopped on request",
                false => "stopped on request: nothing was written",
            };
            term.failure(what, Some(help));
            std::process::exit(Exit::Interrupted as i32);
        }
    });
}

/// Hears every such wish from its making on.
pub struct Stop {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
}

impl Stop {
    /// Listens for a command that stops in order; where that is not possible, a wish ends the process as it
    /// always does.
    pub fn listen() -> Self {
        HAS_WRITTEN.store(true, Ordering::SeqCst);
        Self::while_idle()
    }

    /// The same for one that only waits.
    pub fn while_idle() -> Self {
        let stop = Self::hear();
        IN_ORDER.store(true, Ordering::SeqCst);
        stop
    }

    /// Nobody wished it, and nobody stops in order any more.
    pub fn over(self) {
        IN_ORDER.store(false, Ordering::SeqCst);
    }

    fn hear() -> Self {
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    /// Waits for the next one.
    pub async fn wished(&mut self) {
        tokio::select! {
            () = next(&mut self.interrupt) => {}
            () = next(&mut self.terminate) => {}
        }
    }
}

async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}
