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
        let parts: Vec<&str> = tag.split('"').collect();
        for attribute in parts.chunks(2) {
            let name = attribute[0].trim();
            assert!(!name.starts_with("on"), "{html:?}");
            let is_text = name.ends_with("title=") || name.ends_with("alt=");
            let runs = attribute.get(1).is_some_and(|it| it.trim_start().starts_with("javascript:"));
            assert!(is_text || !runs, "{html:?}");
        }
    }
}

fuzz_target!(|given: &str| {
    let notes = html::notes(given, Some(Duration::from_secs(3600)), &|_| None);
    harmless(&notes.page);
    harmless(&html::feed(&notes.page, &|_| None));
    harmless(&html::inline(given, &|_| None));
});
