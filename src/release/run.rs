//! What surrounds a release: who runs it, when, how wide, and who is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::model::hash::Sha256;
use crate::model::object::{Key, Object};
use crate::plan::Reason;
use crate::store::Store;
use crate::store::record::{Author, ReleaseNumber};

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

/// How an object came to stand where it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It was sent now.
    Sent,
    /// It was there already: an earlier release that was cut off had sent it.
    AlreadyThere,
}

/// What happens during a release, in the order in which it happens.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The store has no conditional writes, so nothing but the lock keeps two releases apart.
    BestEffort,
    /// The lock is ours; an earlier release may have been cut off before.
    Locked {
        /// Whether one was.
        resuming: bool,
    },
    /// An object is about to be sent.
    Started {
        /// The object.
        object: &'a Object,
        /// Why it is sent.
        reason: Reason,
    },
    /// So many more bytes of an object were sent.
    Progress {
        /// Where the object goes.
        key: &'a Key,
        /// How many more bytes. A part that is sent again counts again.
        bytes: u64,
    },
    /// An object stands where it should.
    Finished {
        /// The object.
        object: &'a Object,
        /// How it came there.
        delivery: Delivery,
    },
    /// Everything is sent; so many objects that the feed names are now looked at.
    Verifying {
        /// How many.
        objects: usize,
    },
    /// The release's record stands; from here on it is carried through.
    Recorded {
        /// The release.
        number: ReleaseNumber,
    },
    /// The new feed is public.
    FeedPublished {
        /// Where.
        key: &'a Key,
    },
    /// An object that no recent release names is gone.
    Removed {
        /// Where it stood.
        key: &'a Key,
        /// Its length in bytes.
        bytes: u64,
    },
    /// Something that did not stop the release, but that a host should know.
    Note {
        /// What.
        message: &'a str,
    },
}

/// Is told of a release as it proceeds. Must not block: transfers wait for it.
pub trait Reporter: Send + Sync {
    /// Something happened.
    fn event(&self, event: Event<'_>);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Reporter for Silent {
    fn event(&self, _: Event<'_>) {}
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

/// Who runs a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// As the record will name it.
    pub author: Author,
    /// The process, where another process on the same machine can tell whether it lives.
    pub process: Option<Process>,
}

/// A process, as others on its machine see it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Process {
    /// What stands for this boot of this machine and its namespace of process ids.
    pub machine: String,
    /// The process id.
    pub id: u32,
}

impl Owner {
    /// This process, on behalf of `who`.
    pub fn this_process(who: impl Into<String>) -> Self {
        let onair = env!("CARGO_PKG_VERSION").to_owned();
        let author = Author { who: who.into(), onair, run: random() };
        Self { author, process: Process::this() }
    }
}

impl Process {
    /// This process, if the system says which one it is.
    fn this() -> Option<Self> {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let space = std::fs::read_link("/proc/self/ns/pid").ok()?;
        // Everybody may read it: enough to know it again, and nothing to know it by.
        let machine = format!("onair {} {}", boot.trim(), space.display());
        let machine = Sha256::of(machine.as_bytes()).to_string()[..16].to_owned();
        Some(Self { machine, id: std::process::id() })
    }

    /// Whether this process is known to have ended, seen from `other`.
    pub(super) fn has_ended(&self, other: Option<&Self>) -> bool {
        let id = i32::try_from(self.id).ok().and_then(rustix::process::Pid::from_raw);
        let (Some(other), Some(id)) = (other, id) else { return false };
        // Asked of the kernel: /proc may hide the processes of others (`hidepid`).
        other.machine == self.machine
            && (rustix::process::test_kill_process(id) == Err(rustix::io::Errno::SRCH)
                || self.is_unreaped())
    }

    /// Whether it has ended and its parent has not asked how: it keeps its id, maybe for ever.
    fn is_unreaped(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id)).unwrap_or_default();
        // proc_pid_stat(5): the state stands behind the name, which may hold anything.
        stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']))
    }
}

/// Sixteen random hexadecimal digits; what makes hash maps safe against strangers serves here too.
fn random() -> String {
    use std::hash::{BuildHasher, RandomState};
    format!("{:016x}", RandomState::new().hash_one(std::process::id()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_kernel_does_not_know_has_ended() {
        let Some(this) = Process::this() else { return };
        let there = |id: u32| Process { id, ..this.clone() };
        assert!(!this.has_ended(Some(&this)));
        // Another user's, whom one may not signal.
        assert!(!there(1).has_ended(Some(&this)));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = child.id();
        let ends = std::time::Instant::now() + Duration::from_secs(60);
        while !there(id).has_ended(Some(&this)) {
            assert!(std::time::Instant::now() < ends, "it has ended, and nobody has asked how");
            std::thread::sleep(Duration::from_millis(5));
        }
        child.wait().unwrap();
        assert!(there(id).has_ended(Some(&this)));
        assert!(!there(id).has_ended(None), "this machine does not know which one it is");
        let elsewhere = Process { machine: "another".to_owned(), id };
        assert!(!elsewhere.has_ended(Some(&this)), "its processes cannot be seen from here");
        assert!(!there(0).has_ended(Some(&this)), "no process has this id");
    }
}
