//! Any text as chapters, in every form: the first byte chooses.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use onair::show::chapters::{self, Format};

fuzz_target!(|input: &[u8]| {
    let Some((form, bytes)) = input.split_first() else { return };
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let read = match form % 5 {
        0 => Format::Json.read(text),
        1 => Format::WebVtt.read(text),
        2 => Format::Text.read(text),
        3 => Format::Psc.read(text),
        _ => chapters::in_notes(text, &(0..text.len())),
    };
    let Ok(list) = read else { return };
    assert!(list.iter().all(|located| text.get(located.span.clone()).is_some()), "{list:?}");
    let list: Vec<_> = list.into_iter().map(|located| located.value).collect();
    chapters::check(&list, Some(Duration::from_secs(3600)));
    let from_zero = chapters::from_zero(list, "Start");
    let first = from_zero.iter().find(|chapter| !chapter.details.hidden);
    assert!(first.is_none_or(|first| first.start.is_zero()), "{from_zero:?}");
});
