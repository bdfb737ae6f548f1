//! What a stranger's bytes reach of the rooms that are nobody else's: for fuzz targets and tests of
//! time, and behind the feature `testing`.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use crate::apple::lookup;
use crate::http::Client;
use crate::http::reach::Reach;
use crate::import;
use crate::show::settings::{FILE, Settings};
use crate::show::{Episode, Source};

/// As much of an answer is taken.
const LIMIT: u64 = 64 << 10;

/// Imports a feed.
///
/// # Panics
/// If what it made of the feed is no show.
pub fn import_feed(bytes: &[u8]) {
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

/// Reads what Apple's directory says of a show.
pub fn apple_answer(bytes: &[u8]) {
    let _ = lookup::parse(bytes, 1_452_118_442);
}

/// Asks a server on this machine that answers with these bytes and closes the connection. No redirect
/// is followed: it could lead anywhere.
///
/// # Panics
/// If more was taken than is wanted.
pub fn http_answer(bytes: &[u8]) {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    let client = CLIENT.get_or_init(|| Client::reaching(Reach::anybody()));
    // A machine without a port to give has nothing to say of answers.
    let Ok(listener) = TcpListener::bind("127.0.0.1:0") else { return };
    let Ok(address) = listener.local_addr() else { return };
    let url = format!("http://{address}/");
    let answer = bytes.to_vec();
    let serving = thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else { return };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(&answer);
        let _ = stream.shutdown(Shutdown::Write);
        // Until the other side has gone too: what it has not read yet would be lost with the connection.
        let _ = stream.read(&mut [0; 4096]);
    });
    if let Ok(response) = client.get_unredirected(&url, LIMIT) {
        assert!(response.bytes.len() as u64 <= LIMIT);
    }
    let _ = serving.join();
}
