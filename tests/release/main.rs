//! A release carried out against a store in memory: where it is cut, when it fails, and when two meet.

mod basic;
mod support;
