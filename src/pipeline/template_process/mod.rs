//! A host's templates render in a process of their own, and end with it when they ask for too much.
//!
//! Fuel bounds the steps of a template, but a list that is said to hold a thing ten million times costs
//! nothing until it becomes text, and a thread that is busy with that cannot be stopped. So the program
//! starts itself once more ([`apart`]), with nothing of its environment, gives it templates and then pages,
//! line by line, and takes what comes back. The process ([`serve`]) holds itself to its limits, and ends when
//! nobody asks any more: at the latest when the page that it is busy with has had its time.

pub mod apart;
pub mod serve;

use std::io::{self, BufRead, Write};
use std::time::Duration;

use minijinja::Value;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What the program is called with to be that process.
const ARGUMENT: &str = "render-templates";
/// All that the process may have of addresses, its stack and the program itself among them, in bytes.
/// (macOS takes the limit and does not hold anyone to it.)
const MEMORY: u64 = 1 << 30;
/// The processor's time for a page, which is rendered in a few milliseconds.
const LONGEST: Duration = Duration::from_secs(10);

/// How the process ends when that was not enough.
const SLOW: u8 = 75;
/// How it ends when it cannot hold itself to its limits.
const UNLIMITED: u8 = 76;

/// A page to render.
#[derive(Serialize, Deserialize)]
struct Page {
    name: String,
    context: Value,
}

fn say<T: Serialize>(mut to: impl Write, what: &T) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

/// The next line, if there is one.
fn hear<T: DeserializeOwned>(mut from: impl BufRead) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line)?;
    if line.is_empty() { Ok(None) } else { Ok(Some(serde_json::from_slice(&line)?)) }
}
