//! Any text as a host's template: compiled, and a page rendered with it, in bounded time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onair::pipeline::fuzz::template;

fuzz_target!(|given: &str| template(given));
