//! The side that renders, within its limits.

use std::env;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::process::{self, ExitCode};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use super::{ARGUMENT, LONGEST, MEMORY, Page, SLOW, UNLIMITED, hear, say};
use crate::site::{Compile as _, Here, Set};

/// Only what is used of it is ever taken.
const STACK: usize = 256 << 20;

/// If this process was started for that: renders until nobody asks any more.
pub fn serve() -> Option<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != ARGUMENT || arguments.next().is_some() {
        return None;
    }
    let held = hold(Resource::As, MEMORY) && hold(Resource::Core, 0);
    if !held && cfg!(target_os = "linux") {
        return Some(ExitCode::from(UNLIMITED));
    }
    let (begin, begun) = mpsc::sync_channel(0);
    let (end, ended) = mpsc::sync_channel(0);
    let work = move || render(&begin, &end);
    if thread::Builder::new().stack_size(STACK).spawn(work).is_err() {
        return Some(ExitCode::from(UNLIMITED));
    }
    while begun.recv().is_ok() {
        // Whoever is stopped for a while, or waits for others on a busy machine, has had none of it.
        let until = spent() + LONGEST;
        loop {
            let left = until.saturating_sub(spent());
            match ended.recv_timeout(left) {
                Ok(()) => break,
                Err(RecvTimeoutError::Timeout) if left.is_zero() => process::exit(SLOW.into()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Some(ExitCode::FAILURE),
            }
        }
    }
    Some(ExitCode::SUCCESS)
}

/// Lowers a limit of this process; one that is lower already stays.
fn hold(resource: Resource, most: u64) -> bool {
    let now = getrlimit(resource);
    let lower = |limit: Option<u64>| Some(limit.map_or(most, |limit| limit.min(most)));
    setrlimit(resource, Rlimit { current: lower(now.current), maximum: lower(now.maximum) }).is_ok()
}

/// What this process has had of a processor.
fn spent() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

/// Reads, compiles, renders and answers; `begin` and `end` are told of each piece of work.
fn render(begin: &SyncSender<()>, end: &SyncSender<()>) -> Option<()> {
    let (mut from, to) = (io::stdin().lock(), io::stdout());
    let set: Set = hear(&mut from).ok()??;
    begin.send(()).ok()?;
    let compiled = caught(|| Here.compile(set.clone()))
        .unwrap_or_else(|gave_up| Err(vec![set.error(set.first(), gave_up)]));
    say(&to, &compiled.as_ref().map(drop)).ok()?;
    end.send(()).ok()?;
    let compiled = compiled.ok()?;
    while let Some(Page { name, context }) = hear(&mut from).ok()? {
        begin.send(()).ok()?;
        let page = caught(|| compiled.render(&name, context));
        say(&to, &page.unwrap_or_else(|gave_up| Err(set.error(&name, gave_up)))).ok()?;
        end.send(()).ok()?;
    }
    Some(())
}

/// What comes of work of the template engine, which has faults of its own: minijinja 3.1 panics at the formats
/// `%(é)s` and `%.99999f`.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let told = panic.downcast_ref::<String>().map(String::as_str);
        let told = told.or_else(|| panic.downcast_ref::<&str>().copied());
        format!("the template engine gave up: {}", told.unwrap_or("it says nothing more"))
    })
}
