//! Any text as an episode's notes: what comes of it runs nothing.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use onair::site::html;

fn harmless(html: &str) {
    let low = html.to_ascii_lowercase();
    for tag in ["<script", "<iframe", "<style", "<object", "<embed", "<form", "<svg", "<meta", "<base"] {
        assert!(!low.contains(tag), "{html:?}");
    }
    // What follows a tag's name, up to its end; `>` in a value is written as an entity.
    for tag in low.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
        for attribute in tag.split('"').step_by(2) {
            assert!(!attribute.trim_start().starts_with("on"), "{html:?}");
        }
        for value in tag.split('"').skip(1).step_by(2) {
            assert!(!value.trim_start().starts_with("javascript:"), "{html:?}");
        }
    }
}

fuzz_target!(|given: &str| {
    let notes = html::notes(given, Some(Duration::from_secs(3600)), &|_| None);
    harmless(&notes.page);
    harmless(&html::feed(&notes.page, &|_| None));
    harmless(&html::inline(given, &|_| None));
});
