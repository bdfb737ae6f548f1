//! The application without a terminal: one function a use case, from a show's folder, a target and
//! options to an outcome value.
//!
//! Nothing here parses arguments, prints, or knows an exit code; a program that embeds onair calls
//! what the command line calls. The way is always the same:
//!
//! 1. [`Checkout::load`] reads the show's folder: every text parsed, every side file as a result.
//! 2. [`evidence::look`] looks at the audio that is at hand.
//! 3. [`locate::locate`] asks the target where audio stands, and lets it speak for what is not at hand.
//! 4. [`check::find`] judges, from those values alone; [`fix::fix`] fixes what needs no second look.
//! 5. [`edition::build`] renders, [`crate::plan::plan`] plans, [`release::carry_out`] does it, and
//!    [`post_release::after`] tells the CDN and looks at new audio as listeners get it.

pub mod apple;
pub mod artwork;
mod bring;
pub mod cache;
mod cards;
pub mod chapters;
pub mod check;
pub mod doctor;
mod download;
pub mod ears;
pub mod edition;
pub mod editor;
mod error;
pub mod evidence;
pub mod feed_move;
pub mod fetch;
pub mod find;
pub mod fix;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod fuzz;
pub mod import;
pub mod init;
mod lengths;
mod lfs;
pub mod listen;
pub mod load;
mod local;
pub mod locate;
mod main_branch;
pub mod memo;
pub mod new;
pub mod post_release;
#[cfg(feature = "preview")]
pub mod preview;
pub mod prune;
pub mod rehost;
pub mod release;
pub mod revision;
pub mod rollback;
mod scale;
pub mod sidecars;
pub mod tag;
pub mod tag_files;
pub mod target;
pub mod template_process;
pub mod templates;
pub mod trial;
pub mod trust;
pub mod unpublish;
pub mod upload;
mod waveforms;
pub mod workflows;

use std::path::PathBuf;

pub use error::{Class, Error};
pub use load::Checkout;
pub use main_branch::MainBranch;

/// What every use case is told.
#[derive(Debug, Clone)]
pub struct Options {
    /// The show's folder: the one with `onair.toml`.
    pub root: PathBuf,
    /// The target, where it is not the one that the settings name.
    pub target: Option<String>,
    /// The store's address, where it is not the one that the settings name.
    pub endpoint: Option<String>,
    /// The address of CloudFront's API.
    pub cloudfront: String,
    /// What the main branch says of the show, once it was asked.
    pub main_branch: MainBranch,
}

impl Options {
    /// The show in this folder, and the target that its settings name.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        let cloudfront = crate::public::cloudfront::API.to_owned();
        let main_branch = MainBranch::default();
        Self { root: root.into(), target: None, endpoint: None, cloudfront, main_branch }
    }
}
