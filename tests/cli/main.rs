//! The real binary, as a host runs it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod actions;
mod apple;
mod cache;
mod check;
mod fix;
mod formats;
mod import;
mod preview;
mod public;
mod release;
mod show;
mod tag;
mod upload;
