//! Who runs a release, and whether a process that did is still alive.

use crate::model::hash::Sha256;
use crate::store::record::Author;

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

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
