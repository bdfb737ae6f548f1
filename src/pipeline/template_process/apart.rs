//! The side that asks: it starts processes, gives them pages, and says why one ended.

use std::array;
use std::env;
use std::io::{self, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use minijinja::Value;
use rustix::process::Signal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ARGUMENT, LONGEST, MEMORY, Page, SLOW, UNLIMITED, hear, say};
use crate::site::{Compile, Render, Set, TemplateError};

/// So many processes at once, for one set.
const AT_ONCE: usize = 4;
/// What all pages of a set may take together, beyond [`QUICK`] for each.
const ALL: Duration = Duration::from_secs(60);
const QUICK: Duration = Duration::from_millis(100);

/// Compiles and renders in processes of this program.
#[derive(Debug)]
pub struct Apart;

/// A set that has been compiled there.
#[derive(Debug)]
struct Pool {
    set: Set,
    /// Processes that have compiled it, once they are needed.
    workers: [Mutex<Option<Worker>>; AT_ONCE],
    /// What slow pages have taken, in milliseconds.
    slow: AtomicU64,
}

impl Compile for Apart {
    fn compile(&self, set: Set) -> Result<Box<dyn Render>, Vec<TemplateError>> {
        let mut first = Some(Worker::start(&set)?);
        let workers = array::from_fn(|_| Mutex::new(first.take()));
        Ok(Box::new(Pool { set, workers, slow: AtomicU64::new(0) }))
    }
}

impl Render for Pool {
    fn render(&self, name: &str, context: Value) -> Result<String, TemplateError> {
        let at = rayon::current_thread_index().unwrap_or(0) % AT_ONCE;
        let mut place = self.workers[at].lock().unwrap_or_else(PoisonError::into_inner);
        let mut worker = match place.take() {
            Some(worker) => worker,
            None => Worker::start(&self.set).map_err(|mut errors| errors.swap_remove(0))?,
        };
        let begun = Instant::now();
        let answer = worker.ask(&Page { name: name.to_owned(), context });
        let slow = begun.elapsed().saturating_sub(QUICK).as_millis();
        let slow = u64::try_from(slow).unwrap_or(u64::MAX);
        let slow = slow.saturating_add(self.slow.fetch_add(slow, Ordering::Relaxed));
        let Ok(answer) = answer else { return Err(self.set.error(name, worker.reason())) };
        if Duration::from_millis(slow) > ALL {
            let reason = format!("all pages together take more than {} seconds", ALL.as_secs());
            return Err(self.set.error(name, reason));
        }
        *place = Some(worker);
        answer
    }
}

/// One such process.
#[derive(Debug)]
struct Worker {
    process: Child,
    /// Until it is to end.
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Worker {
    /// A process that has compiled a set.
    fn start(set: &Set) -> Result<Self, Vec<TemplateError>> {
        let failed = |error: io::Error| {
            let reason = format!("the process that renders templates cannot be started: {error}");
            vec![set.error(set.first(), reason)]
        };
        let mut worker = Self::spawn().map_err(failed)?;
        if let Ok(compiled) = worker.compile(set) {
            return compiled.map(|()| worker);
        }
        // Which of them was it?
        for name in set.names() {
            let mut worker = Self::spawn().map_err(failed)?;
            if worker.compile(&set.only(name)).is_err() {
                return Err(vec![set.error(name, worker.reason())]);
            }
        }
        Err(vec![set.error(set.first(), worker.reason())])
    }

    fn spawn() -> io::Result<Self> {
        // On Linux, a program that was replaced meanwhile is still to be had under this name.
        let this = Path::new("/proc/self/exe");
        let program = if this.exists() { this.to_owned() } else { env::current_exe()? };
        let mut command = Command::new(program);
        command.arg(ARGUMENT).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.stderr(Stdio::null()).spawn()?;
        let (to, from) = (process.stdin.take(), process.stdout.take());
        let from = BufReader::new(from.ok_or(io::ErrorKind::BrokenPipe)?);
        Ok(Self { process, to, from })
    }

    fn compile(&mut self, set: &Set) -> io::Result<Result<(), Vec<TemplateError>>> {
        self.ask(set)
    }

    fn ask<Q: Serialize, A: DeserializeOwned>(&mut self, question: &Q) -> io::Result<A> {
        let to = self.to.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        say(to, question)?;
        hear(&mut self.from)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Lets it end, and waits for that.
    fn end(&mut self) -> io::Result<ExitStatus> {
        drop(self.to.take());
        self.process.wait()
    }

    /// Why it has ended.
    fn reason(&mut self) -> String {
        let status = match self.end() {
            Ok(status) => status,
            Err(error) => return error.to_string(),
        };
        let is = |code: u8| status.code() == Some(i32::from(code));
        let too_much = [Signal::ABORT, Signal::KILL].map(|signal| Some(signal.as_raw()));
        if is(SLOW) {
            format!("it is not done after {} seconds", LONGEST.as_secs())
        } else if is(UNLIMITED) {
            "this system sets no limit to the process that would render it".to_owned()
        } else if too_much.contains(&status.signal()) {
            format!("it takes more than {} MiB of memory, or goes too deep", MEMORY >> 20)
        } else {
            format!("the process that renders templates ended: {status}")
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
