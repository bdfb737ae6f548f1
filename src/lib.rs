//! Publish a podcast from a git repository: checked, tagged, uploaded, and only then in the feed.
//!
//! The command line is [`cli`]; a program that embeds onair calls [`pipeline`], which does the same
//! without a terminal. From the lowest room up, each stage with types of its own:
//!
//! 1. [`show`] reads what the host wrote, and knows where every value stands.
//! 2. [`audio`] goes over an MP3 once: frames, playing time, damage, hashes.
//! 3. [`sound`] decodes it, where somebody wants to know how it sounds.
//! 4. [`rules`] judge all; `onair check` stops here, and [`report`] says what they found.
//! 5. [`site`] renders the edition: feed, pages, chapters, transcripts.
//! 6. [`store`] is where an edition goes, a directory or a bucket, and what is published there.
//! 7. [`plan`] compares the two, and lists the steps from one to the other.
//! 8. [`release`] carries them out in the one safe order.
//!
//! ```no_run
//! use onair::pipeline::{Options, check};
//!
//! # async fn embed() -> Result<(), onair::pipeline::Error> {
//! let options = Options::at("my-show");
//! let asked = check::CheckOptions {
//!     episodes: Vec::new(),
//!     listen: false,
//!     fix: check::Fixing::Off,
//!     now: jiff::Timestamp::now(),
//! };
//! for finding in check::check(&options, &asked, &()).await?.findings {
//!     println!("{}: {}", finding.path, finding.message);
//! }
//! # Ok(())
//! # }
//! ```

mod apple;
pub mod audio;
pub mod cli;
mod http;
mod import;
pub mod model;
pub mod pipeline;
pub mod plan;
#[cfg(feature = "preview")]
mod preview;
mod public;
pub mod release;
pub mod report;
pub mod rules;
pub mod show;
pub mod site;
pub mod sound;
pub mod store;
