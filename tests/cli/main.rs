//! The real binary, as a host runs it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "other tests ask more of it")]
#[path = "../support/memory_s3.rs"]
mod memory_s3;

mod actions;
mod apple;
mod back;
mod bucket;
mod cache;
mod check;
mod disk;
mod extras;
mod fix;
mod formats;
mod generators;
mod help;
mod import;
mod init;
mod layout;
mod leaves;
mod listen;
mod lost;
mod network;
mod new;
mod newcomer;
mod pictures;
mod preview;
mod public;
mod release;
mod several;
mod show;
mod size;
mod stays;
mod stop;
mod strangers;
mod tag;
mod terminal;
mod trouble;
mod trust;
mod upload;
mod web;
