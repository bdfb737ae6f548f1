//! Watches the show's folders, and has the preview made again when something in them changes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{RecursiveMode, Watcher};

use super::session::{Session, Shown};

/// An editor writes a file in more than one step: after so much quiet it has finished.
const QUIET: Duration = Duration::from_millis(10);
/// Nobody waits longer than this for quiet.
const PATIENCE: Duration = Duration::from_millis(60);

/// Why to make the preview again.
#[derive(Debug)]
pub enum Wake {
    /// More is known of the audio.
    Audio,
    /// A watched folder has changed, or may have.
    Folder(notify::Result<notify::Event>),
}

/// Watches until nobody can wake it any more.
///
/// # Errors
/// If nothing can be watched: the preview goes on showing what was there when it began.
pub fn run(
    session: &mut Session,
    waker: Sender<Wake>,
    wakes: &Receiver<Wake>,
    publish: impl Fn(Shown, Instant),
) -> notify::Result<()> {
    let handler = move |event| drop(waker.send(Wake::Folder(event)));
    let mut watcher = notify::recommended_watcher(handler)?;
    let mut watched = BTreeSet::new();
    follow(&mut watcher, &mut watched, session.folders());
    let mut began = Instant::now();
    loop {
        let mut shown = session.again();
        // What changed in a folder between the look and the first watch is found by looking again.
        while follow(&mut watcher, &mut watched, session.folders()) {
            shown = session.again();
        }
        if let Some(shown) = shown {
            publish(shown, began);
        }
        match next(wakes, &mut watched) {
            Some(at) => began = at,
            None => return Ok(()),
        }
    }
}

/// Waits for a change and for the quiet behind it; says when it came.
fn next(wakes: &Receiver<Wake>, watched: &mut BTreeSet<PathBuf>) -> Option<Instant> {
    loop {
        let wake = wakes.recv().ok()?;
        if matters(&wake, watched) {
            break;
        }
    }
    let began = Instant::now();
    let mut until = began + QUIET;
    loop {
        let left = until.min(began + PATIENCE).saturating_duration_since(Instant::now());
        match wakes.recv_timeout(left) {
            Ok(wake) if matters(&wake, watched) => until = Instant::now() + QUIET,
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => return Some(began),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Whether something may have changed. Looking at files, which a preview does itself, changes nothing.
fn matters(wake: &Wake, watched: &mut BTreeSet<PathBuf>) -> bool {
    let Wake::Folder(Ok(event)) = wake else { return true };
    match event.kind {
        EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => {
            // A folder that went is watched anew if it comes back.
            watched.retain(|folder| !event.paths.contains(folder));
            true
        }
        _ => true,
    }
}

/// Watches these folders and no others; says whether any is watched for the first time.
fn follow(
    watcher: &mut impl Watcher,
    watched: &mut BTreeSet<PathBuf>,
    wanted: BTreeSet<PathBuf>,
) -> bool {
    let mut more = false;
    let gone: Vec<PathBuf> = watched.difference(&wanted).cloned().collect();
    for folder in gone {
        let _ = watcher.unwatch(&folder);
        watched.remove(&folder);
    }
    for folder in wanted {
        if !watched.contains(&folder) && watcher.watch(&folder, RecursiveMode::NonRecursive).is_ok()
        {
            more |= watched.insert(folder);
        }
    }
    more
}
