//! What a preview answers to a request.

use std::ops::Range;

use bytes::Bytes;

use super::range::{self, Wanted};
use super::{OWN, Preview, decode, page, short, tag};
use crate::model::audio::MP3_TYPE;
use crate::model::hash::Sha256;
use crate::model::object::{Body, Object};
use crate::show::in_address;

/// As strict as the policy that pages carry themselves, and no frame around them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' https: http: data:; media-src 'self' https: http:; connect-src 'self'; \
    frame-src https://embed.podcasts.apple.com; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";
const TEXT: &str = "text/plain; charset=utf-8";
const SCRIPT: &str = include_str!("assets/preview.js");
const STYLE: &str = include_str!("assets/preview.css");
const HEAD: &str = "<link rel=\"stylesheet\" href=\"/.onair/preview.css\">\n\
    <script src=\"/.onair/preview.js\" defer></script>\n";

/// A request, as far as it matters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// `Host`
    pub host: Option<&'a str>,
    /// `Range`
    pub range: Option<&'a str>,
    /// `If-Range`
    pub if_range: Option<&'a str>,
    /// `If-None-Match`
    pub if_none_match: Option<&'a str>,
}

/// An answer: to `HEAD`, the caller sends no content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// What follows.
    pub content: Content,
}

/// The content of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// These bytes.
    Bytes(Bytes),
    /// This range of an episode's audio as it would be published.
    Audio {
        /// Its key.
        key: String,
        /// The bytes.
        range: Range<u64>,
    },
    /// Events, one for each version that comes.
    Events,
}

/// The path at which a preview serves the audio of a key.
pub(super) fn audio_path(key: &str) -> String {
    format!("/{OWN}audio/{}", in_address(key))
}

/// Answers a request that came to `port`.
pub fn answer(preview: &Preview, request: &Request<'_>, port: u16) -> Answer {
    // A stranger's page can lead its own name to this machine (DNS rebinding); what it then sends
    // bears that name.
    if !request.host.is_some_and(|host| is_here(host, port)) {
        return refused(403, &format!("A preview answers at http://127.0.0.1:{port}/ only.\n"));
    }
    if !matches!(request.method, "GET" | "HEAD") {
        let mut answer = refused(405, "A preview only shows.\n");
        answer.headers.push(("allow", "GET, HEAD".to_owned()));
        return answer;
    }
    let path = request.target.split(['?', '#']).next().unwrap_or_default();
    let decoded = decode(path);
    let Some(name) = decoded.strip_prefix('/') else {
        return refused(400, "This is no path.\n");
    };
    if let Some(own) = name.strip_prefix(OWN) {
        return own_file(preview, own, request);
    }
    let served = &preview.served;
    let Some(name) = decoded.strip_prefix(&served.base) else {
        return match name {
            "" => moved(&served.home),
            _ => not_found(preview, request),
        };
    };
    let file = match name {
        "" => "index.html".to_owned(),
        folder if folder.ends_with('/') => format!("{folder}index.html"),
        file => file.to_owned(),
    };
    if let Some(object) = served.objects.get(&file) {
        return Shown::of(preview, &file, object).answer(200, request);
    }
    if served.objects.contains_key(&format!("{file}/index.html")) {
        return moved(&format!("{path}/"));
    }
    not_found(preview, request)
}

/// Whether a `Host` header names this machine, and the port that is listened at.
fn is_here(host: &str, port: u16) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        Some((name, given)) => (name, given.parse().ok()),
        None => (host, Some(80)),
    };
    given == Some(port) && (name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost"))
}

/// What can be shown: bytes of a type, and what tells them from others.
struct Shown {
    content_type: &'static str,
    tag: String,
    length: u64,
    content: Content,
}

impl Shown {
    fn bytes(content_type: &'static str, tag: String, bytes: Bytes) -> Self {
        let length = bytes.len() as u64;
        Self { content_type, tag, length, content: Content::Bytes(bytes) }
    }

    /// The object at a path of the site; a page with the panel.
    fn of(preview: &Preview, path: &str, object: &Object) -> Self {
        let Body::Bytes(bytes) = &object.body else {
            // Audio alone is tagged, and audio stands elsewhere.
            return Self::bytes(TEXT, String::new(), Bytes::new());
        };
        let tag = tag(object);
        match std::str::from_utf8(bytes) {
            Ok(html) if object.content_type.starts_with("text/html") => {
                let source = preview.served.sources.get(path).map(String::as_str);
                let panel = preview.panel.html(&preview.version, source);
                let dressed = page::dress(html, &preview.served.local, HEAD, &panel);
                let tag = format!("{tag}{}", preview.version);
                Self::bytes(object.content_type, tag, Bytes::from(dressed))
            }
            _ => Self::bytes(object.content_type, tag, bytes.clone()),
        }
    }

    fn answer(self, status: u16, request: &Request<'_>) -> Answer {
        let Self { content_type, tag, length, content } = self;
        let tag = format!("\"{tag}\"");
        let mut headers = common();
        headers.push(("etag", tag.clone()));
        let known = request.if_none_match.is_some_and(|given| {
            given.split(',').any(|one| {
                let one = one.trim();
                one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
            })
        });
        if status == 200 && known {
            return Answer { status: 304, headers, content: Content::Bytes(Bytes::new()) };
        }
        headers.push(("content-type", content_type.to_owned()));
        headers.push(("accept-ranges", "bytes".to_owned()));
        let asked = request.range.filter(|_| status == 200 && request.method == "GET");
        // A range of what stood here before is no range of this.
        let asked = asked.filter(|_| request.if_range.is_none_or(|given| given == tag));
        let (status, range) = match asked.map(|asked| range::wanted(asked, length)) {
            None | Some(Wanted::Whole) => (status, 0..length),
            Some(Wanted::Part(range)) => {
                let last = range.end - 1;
                headers.push(("content-range", format!("bytes {}-{last}/{length}", range.start)));
                (206, range)
            }
            Some(Wanted::Outside) => {
                headers.push(("content-range", format!("bytes */{length}")));
                (416, 0..0)
            }
        };
        headers.push(("content-length", (range.end - range.start).to_string()));
        let content = match content {
            Content::Bytes(bytes) => {
                Content::Bytes(bytes.slice(index(range.start)..index(range.end)))
            }
            Content::Audio { key, .. } => Content::Audio { key, range },
            Content::Events => Content::Events,
        };
        Answer { status, headers, content }
    }
}

/// A place in bytes that are in memory, so that it is a place in memory.
fn index(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// What belongs to the preview itself, and audio.
fn own_file(preview: &Preview, name: &str, request: &Request<'_>) -> Answer {
    let own = |content_type, text: &'static str| {
        let tag = short(Sha256::of(text.as_bytes()));
        Shown::bytes(content_type, tag, Bytes::from_static(text.as_bytes())).answer(200, request)
    };
    match name {
        "preview.css" => own("text/css; charset=utf-8", STYLE),
        "preview.js" => own("text/javascript; charset=utf-8", SCRIPT),
        "events" => {
            let mut headers = common();
            headers.push(("content-type", "text/event-stream".to_owned()));
            Answer { status: 200, headers, content: Content::Events }
        }
        name => {
            let key = name.strip_prefix("audio/");
            let Some((key, audio)) = key.and_then(|key| preview.served.audio.get_key_value(key))
            else {
                return not_found(preview, request);
            };
            let content = Content::Audio { key: key.clone(), range: 0..audio.length };
            let (tag, length) = (short(audio.tag), audio.length);
            Shown { content_type: MP3_TYPE, tag, length, content }.answer(200, request)
        }
    }
}

/// The show's own page for what is not there.
fn not_found(preview: &Preview, request: &Request<'_>) -> Answer {
    const PAGE: &str = "404.html";
    match preview.served.objects.get(PAGE) {
        Some(object) => Shown::of(preview, PAGE, object).answer(404, request),
        None => refused(404, "There is no such page.\n"),
    }
}

fn moved(to: &str) -> Answer {
    let mut answer = refused(302, "");
    answer.headers.push(("location", to.to_owned()));
    answer
}

fn refused(status: u16, why: &str) -> Answer {
    let mut headers = common();
    headers.push(("content-type", TEXT.to_owned()));
    headers.push(("content-length", why.len().to_string()));
    Answer { status, headers, content: Content::Bytes(Bytes::copy_from_slice(why.as_bytes())) }
}

/// What every answer says: look again before it is shown again, and keep to this site.
fn common() -> Vec<(&'static str, String)> {
    [
        ("cache-control", "no-cache"),
        ("content-security-policy", POLICY),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}
