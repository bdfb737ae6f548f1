//! A terminal with somebody at it.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// The longest that a program may take to say something.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program at a terminal.
pub struct Terminal {
    child: Child,
    keys: File,
    seen: Arc<Mutex<String>>,
    /// How much of it was looked at.
    read: usize,
}

impl Terminal {
    /// Runs the command at a terminal of its own.
    pub fn run(mut command: Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let end = || Stdio::from(OpenOptions::new().read(true).write(true).open(&name).unwrap());
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        // The command holds ends of its own, which would keep the terminal open.
        drop(command);
        let keys = File::from(master);
        let mut screen = keys.try_clone().unwrap();
        let seen = Arc::new(Mutex::new(String::new()));
        let shown = Arc::clone(&seen);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..count]).replace('\r', "");
                shown.lock().unwrap().push_str(&text);
            }
        });
        Self { child, keys, seen, read: 0 }
    }

    /// Waits for these words, which were not there before.
    pub fn sees(&mut self, words: &str) {
        let begun = Instant::now();
        loop {
            let seen = self.seen.lock().unwrap().clone();
            if let Some(at) = seen[self.read..].find(words) {
                self.read += at + words.len();
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "waited for `{words}` in:\n{seen}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) {
        self.keys.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Types the key that ends the input.
    pub fn ends_input(&mut self) {
        self.keys.write_all(b"\x04").unwrap();
    }

    /// Presses Ctrl-C.
    pub fn interrupts(&mut self) {
        let process = Pid::from_child(&self.child);
        rustix::process::kill_process(process, Signal::INT).unwrap();
    }

    /// Waits for its end: the exit code, and all that was on the screen.
    pub fn ended(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        // What it said last may still be on its way.
        thread::sleep(Duration::from_millis(50));
        let seen = self.seen.lock().unwrap().clone();
        (code, seen)
    }
}
