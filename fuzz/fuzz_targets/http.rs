//! Any bytes as the answer of a web server, on a port of this machine.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onair::pipeline::fuzz::http_answer;

fuzz_target!(|bytes: &[u8]| http_answer(bytes));
