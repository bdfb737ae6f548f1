//! What a stranger's bytes reach of the rooms that are nobody else's: for fuzz targets and tests of
//! time, and behind the feature `testing`.

use std::cell::RefCell;
use std::net::Ipv4Addr;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use minijinja::{Value, context};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
};

use crate::apple::lookup;
use crate::http::Client;
use crate::http::reach::Reach;
use crate::import;
use crate::show::settings::{FILE, Settings};
use crate::show::{Episode, Source};
use crate::site;

/// As much of an answer is taken.
const LIMIT: u64 = 64 << 10;

/// Imports a feed.
///
/// # Panics
/// If what it made of the feed is no show.
pub fn import_feed(bytes: &[u8]) {
    // What is handed to other threads costs a fuzzer more than it is worth.
    #[cfg(fuzzing)]
    {
        static ALONE: std::sync::Once = std::sync::Once::new();
        ALONE.call_once(|| {
            let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
            let _ = alone.build_global();
        });
    }
    let options =
        import::Options { address: Some("https://old.example/feed.xml"), ..Default::default() };
    let Ok(import) = import::of_feed(bytes, &options) else { return };
    let settings = Settings::parse(&Source::new(FILE, import.settings.as_str()));
    assert!(settings.is_ok(), "{settings:?} of {}", import.settings);
    for file in &import.episodes {
        let episode = Episode::parse(Source::new(&file.path, file.text.as_str()));
        assert!(episode.is_ok(), "{:?} of {}", episode.err(), file.text);
    }
}

/// Imports a folder of another generator's that has this text as its settings, and as an episode.
pub fn import_folder(text: &str) {
    let post = Source::new("_posts/2024-05-03-a.md", text);
    let config = Source::new("_config.yml", text);
    let _ = import::folder::of_folder(None, &[post], &[], &import::Options::default());
    let _ = import::folder::of_folder(Some(&config), &[], &[], &import::Options::default());
}

/// Reads what Apple's directory says of a show.
pub fn apple_answer(bytes: &[u8]) {
    let _ = lookup::parse(bytes, 1_452_118_442);
}

/// Asks a server that answers with these bytes and closes the connection: an odd number of them a few
/// at a time. No redirect is followed.
///
/// # Panics
/// If more was taken than is wanted.
pub fn http_answer(bytes: &[u8]) {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    let client = CLIENT.get_or_init(|| {
        Client::over(Answering, Duration::from_secs(5), None, Reach::anybody(), Nowhere)
    });
    ANSWER.set(bytes.to_vec());
    if let Ok(response) = client.get_unredirected("http://127.0.0.1/", LIMIT) {
        assert!(response.bytes.len() as u64 <= LIMIT);
    }
}

/// Compiles a host's template, and renders a page with it. Two things are left out, since only a process of
/// its own keeps them from doing harm, and none is here: lists repeated, and the filter `format`, at which
/// minijinja 3.1 panics (`%(é)s`, `%.99999f`).
///
/// # Panics
/// If what is wrong with it has no place, or no reason.
pub fn template(text: &str) {
    static GIVEN: LazyLock<Value> = LazyLock::new(|| {
        context! {
            root => "../",
            t => context! { episodes => "Episodes", download => "Download" },
            version => context! { style => "12345678" },
            page => context! { kind => "episode", title => "T", image => "https://s.example/a.png" },
            show => context! { title => "<S>", links => ["a", "b"], has_topics => true },
            episode => context! {
                title => "T", number => 1, path => "1/", notes_html => "<p>N</p>", seconds => 61.5,
                chapters => [context! { start => 0, title => "C" }],
            },
        }
    });
    if text.contains('*') || text.contains("format") {
        return;
    }
    if let Err(error) = site::rendered(text, GIVEN.clone()) {
        assert!(error.line >= 1 && !error.reason.is_empty(), "{error:?}");
    }
}

thread_local! {
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Finds one address for everybody, which nobody connects to.
#[derive(Debug)]
struct Nowhere;

impl Resolver for Nowhere {
    fn resolve(
        &self,
        _: &Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        addresses.push((Ipv4Addr::LOCALHOST, 80).into());
        Ok(addresses)
    }
}

/// Connects with nobody: what is answered is in memory.
#[derive(Debug)]
struct Answering;

impl Connector for Answering {
    type Out = Answer;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Answer>, ureq::Error> {
        let bytes = ANSWER.take();
        let piece = if bytes.len() % 2 == 1 { 7 } else { usize::MAX };
        // No smaller than a head may be.
        let buffers = LazyBuffers::new(64 << 10, 4 << 10);
        Ok(Some(Answer { buffers, bytes, given: 0, piece }))
    }
}

#[derive(Debug)]
struct Answer {
    buffers: LazyBuffers,
    bytes: Vec<u8>,
    given: usize,
    piece: usize,
}

impl Transport for Answer {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        let into = self.buffers.input_append_buf();
        let more = &self.bytes[self.given..];
        let length = more.len().min(into.len()).min(self.piece);
        into[..length].copy_from_slice(&more[..length]);
        self.buffers.input_appended(length);
        self.given += length;
        Ok(length > 0)
    }

    fn is_open(&mut self) -> bool {
        false
    }
}
