//! Any bytes as a picture: what is said of it, and what is missing, without decoding it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onair::rules::picture::{lacks, picture};

fuzz_target!(|bytes: &[u8]| {
    if let Some(found) = picture(bytes) {
        lacks(bytes, &found);
    }
});
