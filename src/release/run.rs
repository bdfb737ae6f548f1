//! What surrounds a release: its clock, who may stop it, how wide it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::event::{Event, Reporter};
use super::process::Owner;
use crate::store::Store;

/// Tells the time, and waits. One clock serves a whole run; tests bring their own.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Waits for so long.
    async fn sleep(&self, time: Duration);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// Asks a run to stop: transfers are dropped at once, but a feed that is being published is finished.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<CancelState>);

#[derive(Debug, Default)]
struct CancelState {
    asked: AtomicBool,
    wake: Notify,
}

impl Cancel {
    /// Asks the run to stop.
    pub fn cancel(&self) {
        self.0.asked.store(true, Ordering::SeqCst);
        self.0.wake.notify_waiters();
    }

    /// Whether anybody asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Waits until somebody asks.
    pub async fn cancelled(&self) {
        let woken = self.0.wake.notified();
        tokio::pin!(woken);
        // Enlisted before looking, so that no call falls between the two.
        woken.as_mut().enable();
        if !self.is_cancelled() {
            woken.await;
        }
    }
}

/// Everything a release needs besides its plan.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Where it goes.
    pub store: &'a dyn Store,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// Who is told.
    pub reporter: &'a dyn Reporter,
    /// Who may stop it.
    pub cancel: &'a Cancel,
    /// Who runs it.
    pub owner: &'a Owner,
    /// How many objects are in transfer at a time, or asked about.
    pub at_once: usize,
    /// How long the lock holds without a sign of life.
    pub lease: Duration,
}

impl<'a> Run<'a> {
    /// A run on the machine's clock, as wide as the store has use for.
    pub fn new(
        store: &'a dyn Store,
        owner: &'a Owner,
        reporter: &'a dyn Reporter,
        cancel: &'a Cancel,
    ) -> Self {
        let (clock, at_once) = (&SystemClock, store.at_once());
        Self { store, clock, reporter, cancel, owner, at_once, lease: Duration::from_secs(120) }
    }

    /// What time it is where the lock stands: two machines' clocks may differ, the store's is one.
    pub(super) fn store_time(&self) -> Timestamp {
        let here = self.clock.now();
        here.checked_add(self.store.clock_ahead()).unwrap_or(here)
    }

    /// Tells the reporter.
    pub(super) fn tell(&self, event: Event<'_>) {
        self.reporter.event(event);
    }
}
