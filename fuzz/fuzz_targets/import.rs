//! Any bytes as a feed that is imported: what comes of it can be read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onair::pipeline::fuzz::import_feed;

fuzz_target!(|bytes: &[u8]| import_feed(bytes));
