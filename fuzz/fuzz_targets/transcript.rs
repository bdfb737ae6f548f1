//! Any text as a transcript, in every form: the first byte chooses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onair::show::Source;
use onair::site::TranscriptFile;

const PATHS: [&str; 5] = ["t.vtt", "t.srt", "t.json", "t.html", "t.txt"];

fuzz_target!(|input: &[u8]| {
    let Some((form, bytes)) = input.split_first() else { return };
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let path = PATHS[usize::from(*form) % PATHS.len()];
    if let Err(error) = TranscriptFile::parse(&Source::new(path, text)) {
        assert!(!error.to_string().is_empty());
    }
});
