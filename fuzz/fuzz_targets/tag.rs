//! Any bytes as the tags of an MP3: no panic, and a second rendering changes nothing.
//!
//! `cargo +nightly fuzz run tag -- -max_len=20000`
#![no_main]

use libfuzzer_sys::fuzz_target;
use onair::audio::tag::{Contents, TagSpec, Version, describe, render};

fuzz_target!(|bytes: &[u8]| {
    let contents = Contents::read(bytes, bytes);
    assert!(contents.chapters.is_sorted_by_key(|chapter| chapter.start));
    assert!(contents.title.is_none_or(|title| !title.is_empty()));
    describe(bytes);
    for version in [Version::V23, Version::V24] {
        let spec = TagSpec { version, title: Some("T".to_owned()), ..TagSpec::default() };
        if let Ok(once) = render(&spec, bytes) {
            assert_eq!(render(&spec, &once).expect("it was rendered before"), once);
        }
    }
});
