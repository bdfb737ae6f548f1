//! Any text is settings or an error with its place: alone, and behind settings that are sound.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onair::show::Source;
use onair::show::settings::{FILE, Settings};

const SETTINGS: &str = "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
    category = \"Arts\"\nartwork = \"a.png\"\n[site]\nurl = \"https://s.example\"\n";

fuzz_target!(|given: &str| {
    for text in [given.to_owned(), format!("{SETTINGS}{given}")] {
        if let Err(error) = Settings::parse(&Source::new(FILE, text.as_str())) {
            assert!(!error.reason.is_empty());
            assert!(text.get(error.span.clone()).is_some(), "{:?} of {text:?}", error.span);
        }
    }
});
