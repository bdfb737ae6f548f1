//! Any text is an episode or a finding: no panic, no fix out of bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onair::rules::{audio, text};
use onair::show::settings::{FILE, Settings};
use onair::show::{Episode, Source, edit};

const SETTINGS: &str = "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
    category = \"Arts\"\nartwork = \"a.png\"\n[site]\nurl = \"https://s.example\"\n";

fuzz_target!(|given: &str| {
    let Ok(episode) = Episode::parse(Source::new("episodes/a.md", given)) else { return };
    let settings = Settings::parse(&Source::new(FILE, SETTINGS)).expect("sound settings");
    let mut findings = Vec::new();
    text::episode(&settings, &episode, &mut findings);
    audio::judge(&episode, None, &mut findings);
    let mut fixes = Vec::new();
    for finding in &findings {
        let span = finding.span.clone().unwrap_or_default();
        assert!(given.get(span).is_some(), "{}", finding.message);
        fixes.extend(finding.fix.as_ref().filter(|fix| fix.safe).map(|fix| fix.edit.clone()));
    }
    let _ = edit::apply(given, &fixes);
});
