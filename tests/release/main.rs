//! A release carried out against a store in memory: where it is cut, when it fails, and when two meet.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod after_cut;
mod back;
mod basic;
mod clock;
mod crash;
mod faults;
mod guards;
mod plan;
mod races;
mod stop;
mod support;
