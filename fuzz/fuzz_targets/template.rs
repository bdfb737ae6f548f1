//! Any text as a host's template: compiled, and a page rendered with it, in bounded time.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use onair::model::audio::PublishedAudio;
use onair::model::hash::Sha256;
use onair::model::object::Key;
use onair::show::settings::{FILE, Settings};
use onair::show::{Episode, Source};
use onair::site::{EpisodeIn, Inputs, SiteError, Templates, build};

const SETTINGS: &str = "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
    category = \"Arts\"\nartwork = \"a.png\"\n[site]\nurl = \"https://s.example\"\n";
const EPISODE: &str = "---\ntitle: T\nepisode: 1\nfile: 1.mp3\ndate: 2024-05-03 07:00:00 +0200\n---\nNotes.\n";

fn show() -> &'static (Settings, Episode) {
    static SHOW: OnceLock<(Settings, Episode)> = OnceLock::new();
    SHOW.get_or_init(|| {
        let settings = Settings::parse(&Source::new(FILE, SETTINGS)).expect("sound settings");
        let episode = Episode::parse(Source::new("episodes/1.md", EPISODE));
        (settings, episode.expect("a sound episode"))
    })
}

fuzz_target!(|given: &str| {
    let (settings, episode) = show();
    let nothing = Sha256::of(b"");
    let audio = PublishedAudio {
        key: Key::new("media/1.mp3").expect("a key"),
        bytes: 1000,
        milliseconds: 1000,
        gapless_milliseconds: None,
        tag_sha256: nothing,
        payload_sha256: nothing,
        frames_sha256: None,
        source_bytes: None,
        source_sha256: None,
        waveform: None,
    };
    let episode = EpisodeIn {
        episode,
        audio,
        object: None,
        chapters: Vec::new(),
        tag_chapters: Vec::new(),
        transcripts: Vec::new(),
        card: None,
    };
    let templates = Templates::new([Source::new("templates/episode.html", given)]);
    let errors = templates.errors();
    let inputs = Inputs {
        show: settings,
        episodes: vec![episode],
        assets: Vec::new(),
        gallery: Default::default(),
        templates,
        extra: Default::default(),
        now: "2024-06-01T00:00:00Z".parse().expect("a time"),
        keep: Default::default(),
    };
    match build(&inputs) {
        Ok(_) => assert!(errors.is_empty(), "{errors:?}"),
        Err(SiteError::Template(error)) => {
            assert!(error.line >= 1 && !error.reason.is_empty(), "{error:?}");
        }
        Err(error) => panic!("{error}"),
    }
});
