//! A host's templates render in a process of their own, and end with it when they ask for too much.
//!
//! Fuel bounds the steps of a template, but a list that is said to hold a thing ten million times costs
//! nothing until it becomes text, and a thread that is busy with that cannot be stopped. So the program
//! starts itself once more, with nothing of its environment, gives it templates and then pages, line by
//! line, and takes what comes back. The process holds itself to its limits: the system ends it at
//! [`MEMORY`], it ends itself at [`LONGEST`], and with whoever started it.

use std::env;
use std::io::{self, BufReader, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::panic::{self, AssertUnwindSafe};
use std::process::{self, Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use minijinja::Value;
use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::site::{Compile, Here, Render, Set, TemplateError};

/// What the program is called with to be that process.
const ARGUMENT: &str = "render-templates";
/// All that the process may have of addresses, its stack and the program itself among them, in bytes.
/// (macOS takes the limit and does not hold anyone to it.)
const MEMORY: u64 = 1 << 30;
/// Only what is used of it is ever taken.
const STACK: usize = 256 << 20;
/// A page is rendered in a few milliseconds.
const LONGEST: Duration = Duration::from_secs(10);
/// How the process ends when that was not enough.
const SLOW: u8 = 75;
/// So many may end that way before no more are begun.
const MOST_ENDED: usize = 4;

/// A page to render.
#[derive(Serialize, Deserialize)]
struct Page {
    name: String,
    context: Value,
}

/// Compiles and renders in processes of this program.
#[derive(Debug)]
pub struct Apart;

/// A set that has been compiled there.
#[derive(Debug)]
struct Pool {
    set: Set,
    /// Processes that have compiled it and wait for a page.
    idle: Mutex<Vec<Worker>>,
    ended: AtomicUsize,
}

impl Compile for Apart {
    fn compile(&self, set: Set) -> Result<Box<dyn Render>, Vec<TemplateError>> {
        let first = Worker::start(&set)?;
        let (idle, ended) = (Mutex::new(vec![first]), AtomicUsize::new(0));
        Ok(Box::new(Pool { set, idle, ended }))
    }
}

impl Render for Pool {
    fn render(&self, name: &str, context: Value) -> Result<String, TemplateError> {
        if self.ended.load(Ordering::Relaxed) >= MOST_ENDED {
            let reason = "other templates took too long, or too much memory".to_owned();
            return Err(self.set.error(name, reason));
        }
        let waiting = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = match waiting {
            Some(worker) => worker,
            None => Worker::start(&self.set).map_err(|mut errors| errors.swap_remove(0))?,
        };
        let page = Page { name: name.to_owned(), context };
        match worker.ask(&page) {
            Ok(answer) => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
                answer
            }
            Err(_) => {
                self.ended.fetch_add(1, Ordering::Relaxed);
                Err(self.set.error(name, worker.end()))
            }
        }
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
        let first = |reason: String| vec![set.error(set.first(), reason)];
        let mut worker = Self::spawn().map_err(|error| {
            first(format!("the process that renders templates cannot be started: {error}"))
        })?;
        match worker.ask::<_, Result<(), Vec<TemplateError>>>(set) {
            Ok(compiled) => compiled.map(|()| worker),
            Err(_) => Err(first(worker.end())),
        }
    }

    fn spawn() -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.arg(ARGUMENT).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.stderr(Stdio::null()).spawn()?;
        let (to, from) = (process.stdin.take(), process.stdout.take());
        let from = BufReader::new(from.ok_or(io::ErrorKind::BrokenPipe)?);
        Ok(Self { process, to, from })
    }

    fn ask<Q: Serialize, A: DeserializeOwned>(&mut self, question: &Q) -> io::Result<A> {
        let to = self.to.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        say(to, question)?;
        hear(&mut self.from)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Why it ended.
    fn end(mut self) -> String {
        drop(self.to.take());
        let status = match self.process.wait() {
            Ok(status) => status,
            Err(error) => return error.to_string(),
        };
        let too_much = [Signal::ABORT, Signal::KILL].map(|signal| Some(signal.as_raw()));
        if status.code() == Some(i32::from(SLOW)) {
            format!("it is not done after {} seconds", LONGEST.as_secs())
        } else if too_much.contains(&status.signal()) {
            format!("it takes more than {} MiB of memory", MEMORY >> 20)
        } else {
            format!("the process that renders templates ended: {status}")
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.to.take());
        // It ends by itself when nobody asks any more; whoever waits for it leaves nothing behind.
        let _ = self.process.wait();
    }
}

fn say<T: Serialize>(mut to: impl Write, what: &T) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

/// The next line, if there is one.
fn hear<T: DeserializeOwned>(mut from: impl io::BufRead) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line)?;
    if line.is_empty() { Ok(None) } else { Ok(Some(serde_json::from_slice(&line)?)) }
}

/// If this process was started for that: renders until nobody asks any more.
pub fn serve() -> Option<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != ARGUMENT || arguments.next().is_some() {
        return None;
    }
    for (resource, most) in [(Resource::As, MEMORY), (Resource::Core, 0)] {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        if setrlimit(resource, limit).is_err() && cfg!(target_os = "linux") {
            return Some(ExitCode::FAILURE);
        }
    }
    let (begin, begun) = mpsc::sync_channel(0);
    let (end, ended) = mpsc::sync_channel(0);
    let work = move || render(&begin, &end);
    if thread::Builder::new().stack_size(STACK).spawn(work).is_err() {
        return Some(ExitCode::FAILURE);
    }
    while begun.recv().is_ok() {
        if ended.recv_timeout(LONGEST).is_err() {
            process::exit(i32::from(SLOW));
        }
    }
    Some(ExitCode::SUCCESS)
}

/// Reads, compiles, renders and answers; `begin` and `end` are told of each piece of work.
fn render(begin: &mpsc::SyncSender<()>, end: &mpsc::SyncSender<()>) -> Option<()> {
    let (mut from, to) = (io::stdin().lock(), io::stdout());
    let set: Set = hear(&mut from).ok()??;
    begin.send(()).ok()?;
    let given = set.clone();
    let compiled = caught(|| Here.compile(set))
        .unwrap_or_else(|gave_up| Err(vec![given.error(given.first(), gave_up)]));
    say(&to, &compiled.as_ref().map(drop)).ok()?;
    end.send(()).ok()?;
    let compiled = compiled.ok()?;
    while let Some(Page { name, context }) = hear(&mut from).ok()? {
        begin.send(()).ok()?;
        let page = caught(|| compiled.render(&name, context));
        say(&to, &page.unwrap_or_else(|gave_up| Err(given.error(&name, gave_up)))).ok()?;
        end.send(()).ok()?;
    }
    Some(())
}

/// What comes of work of the template engine, which has faults of its own: minijinja 3.1 panics at `%(é)s`.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let told = panic.downcast_ref::<String>().map(String::as_str);
        let told = told.or_else(|| panic.downcast_ref::<&str>().copied());
        format!("the template engine gave up: {}", told.unwrap_or("it says nothing more"))
    })
}
