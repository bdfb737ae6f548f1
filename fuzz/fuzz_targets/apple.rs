//! Any bytes as an answer of Apple's directory.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onair::pipeline::fuzz::apple_answer;

fuzz_target!(|bytes: &[u8]| apple_answer(bytes));
