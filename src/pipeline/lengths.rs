//! Asks servers for what a feed does not say, the lengths of audio and the formats of pictures: their heads
//! alone, a few at once, within limits of number and time.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{Client, Response};
use crate::rules::pictures::MAX_PICTURE;
use crate::show::files::picture_kind;

/// Of a show with more, the rest is told by `onair rehost`.
const MAX_ASKED: usize = 2000;
const AT_ONCE: usize = 3;
/// So many answers in vain, one after another, and none is to be expected.
const MAX_VAIN: usize = 6;
const PATIENCE: Duration = Duration::from_secs(120);

/// What servers tell of these, by address.
pub fn ask<'a, T: Send>(
    client: &Client,
    urls: impl Iterator<Item = &'a str>,
    tell: impl Fn(&Client, &str) -> Option<T> + Sync,
) -> HashMap<String, T> {
    let urls: Vec<&str> = urls.collect::<BTreeSet<_>>().into_iter().take(MAX_ASKED).collect();
    let begun = Instant::now();
    let (next, vain) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let found = Mutex::new(HashMap::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(urls.len()) {
            scope.spawn(|| {
                while let Some(url) = urls.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if begun.elapsed() > PATIENCE || vain.load(Ordering::Relaxed) >= MAX_VAIN {
                        return;
                    }
                    match tell(client, url) {
                        Some(told) => {
                            vain.store(0, Ordering::Relaxed);
                            if let Ok(mut found) = found.lock() {
                                found.insert((*url).to_owned(), told);
                            }
                        }
                        None => _ = vain.fetch_add(1, Ordering::Relaxed),
                    }
                }
            });
        }
    });
    found.into_inner().unwrap_or_default()
}

/// The ending that a picture's bytes ask for.
pub fn ending(client: &Client, url: &str) -> Option<&'static str> {
    // A server may send all of it.
    let answer = client.get_with(url, &[("Range", "bytes=0-63")], MAX_PICTURE).ok()?;
    let (_, ending) = picture_kind(&answer.bytes).filter(|_| answer.is_success())?;
    // What no artwork is.
    (ending != ".gif").then_some(ending)
}

/// The length of what stands at an address: a HEAD's, or the whole's of which one byte is asked for.
pub fn length(client: &Client, url: &str) -> Option<u64> {
    let is_audio = |answer: &Response| {
        let kind = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
        answer.is_success() && !kind.starts_with("text/")
    };
    let head = client.head(url).ok()?;
    if is_audio(&head)
        && let Some(bytes) = head.header("content-length").and_then(|text| text.parse().ok())
        && bytes > 0
    {
        return Some(bytes);
    }
    if head.status == 404 || head.status == 410 {
        return None;
    }
    let part = client.get_with(url, &[("Range", "bytes=0-0")], 1024).ok().filter(is_audio)?;
    part.header("content-range")?.rsplit('/').next()?.parse().ok().filter(|bytes| *bytes > 0)
}
