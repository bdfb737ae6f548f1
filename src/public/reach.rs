//! What a player gets at a public address: whether it is there, as long and of the kind that the
//! feed says, and can be played from the middle.
//!
//! Asking is the edge; judging what was answered is a function of the answers.

use crate::http::{Client, HttpError, Response};
use crate::model::checkup::Check;

/// Something that the public must be able to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public<'a> {
    /// What it is to a host: `audio of episode 12`.
    pub name: &'a str,
    /// Its public address.
    pub url: &'a str,
    /// Its length in bytes, where the feed gives one.
    pub bytes: Option<u64>,
    /// Its `Content-Type`.
    pub content_type: &'a str,
    /// How it is used.
    pub usage: Usage,
}

/// How a published object is used, and so what its server must allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// Played from any second on, which needs byte ranges. Source: Apple, "Podcasts: Hosting
    /// requirements" (servers must support HEAD and byte-range requests).
    Played,
    /// Read by scripts of other sites' players, which needs CORS headers. Source: podcast namespace,
    /// `podcast:chapters` and `podcast:transcript`.
    Scripted,
    /// Read by programs and browsers that need nothing special.
    Read,
}

/// A small body is enough to tell a cut-out from a whole file.
const CUTOUT: u64 = 4096;

/// Asks for `public` as a player would, and says how it is.
pub fn look(client: &Client, public: &Public<'_>) -> Vec<Check> {
    let head = client.head(public.url);
    let mut checks = judge_head(public, &head);
    if checks.iter().any(Check::is_broken) {
        return checks;
    }
    match public.usage {
        Usage::Played => {
            let range = client.get_with(public.url, &[("Range", "bytes=0-1")], CUTOUT);
            checks.push(judge_range(public, &range));
        }
        Usage::Scripted => {
            let headers = [("Origin", "https://player.example"), ("Range", "bytes=0-1")];
            checks.push(judge_origin(public, &client.get_with(public.url, &headers, 1 << 20)));
        }
        Usage::Read => (),
    }
    checks
}

fn judge_head(public: &Public<'_>, head: &Result<Response, HttpError>) -> Vec<Check> {
    let named = |what: &str| format!("{}: {what}", public.name);
    let head = match head {
        Ok(head) if head.is_success() => head,
        Ok(head) => return vec![refused(public, head.status)],
        Err(error) => {
            let fix =
                "check the address in onair.toml, its DNS entry and the server or CDN behind it";
            return vec![Check::broken(named("reachable"), error.to_string(), fix)];
        }
    };
    let mut checks = vec![match public.url.starts_with("https://") {
        true => Check::fine(named("reachable"), "over https"),
        false => Check::weak(
            named("reachable"),
            "over http only",
            "serve it over https: some apps fetch nothing else",
        ),
    }];
    if let Some(bytes) = public.bytes {
        checks.push(judge_length(named("length"), bytes, head.header("content-length")));
    }
    checks.push(judge_type(named("type"), public.content_type, head.header("content-type")));
    checks
}

fn refused(public: &Public<'_>, status: u16) -> Check {
    let fix = match status {
        401 | 403 => {
            "let everybody read the bucket's objects (or the CDN read them, and everybody the CDN); \
             in S3 a missing object is answered with 403, too"
        }
        404 => {
            "check that the public address and the target's prefix name the same place; if all else is \
             there, the store has lost it: `onair release --repair` sends it again"
        }
        405 | 501 => "allow HEAD requests: apps ask with them before they download",
        _ => "look into the server or CDN behind the address",
    };
    Check::broken(format!("{}: reachable", public.name), format!("answered with {status}"), fix)
}

fn judge_length(name: String, bytes: u64, found: Option<&str>) -> Check {
    match found.and_then(|text| text.parse::<u64>().ok()) {
        Some(found) if found == bytes => Check::fine(name, format!("{bytes} bytes")),
        Some(found) => Check::broken(
            name,
            format!("{found} bytes are served, the feed says {bytes}"),
            "a cache may hold an older file: invalidate it there; else release again",
        ),
        None => Check::weak(
            name,
            "the server does not say how long it is",
            "have the server send Content-Length, and compress no audio",
        ),
    }
}

fn judge_type(name: String, expected: &str, found: Option<&str>) -> Check {
    let essence =
        |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match found {
        Some(found) if essence(found) == essence(expected) => Check::fine(name, essence(found)),
        other => {
            let found = other.map_or_else(|| "no type".to_owned(), essence);
            let fix = "have the server or CDN pass on the Content-Type of the object";
            Check::broken(name, format!("{found} is served, not {}", essence(expected)), fix)
        }
    }
}

fn judge_range(public: &Public<'_>, range: &Result<Response, HttpError>) -> Check {
    let name = format!("{}: byte ranges", public.name);
    let fix = "have the server answer Range requests with 206: without, apps cannot seek";
    match range {
        Ok(answer) if answer.status == 206 => {
            let total = answer.header("content-range").and_then(|range| range.rsplit('/').next());
            match (total, public.bytes) {
                (Some(total), Some(bytes)) if total != "*" && total != bytes.to_string() => {
                    let seen =
                        format!("served from a file of {total} bytes, the feed says {bytes}");
                    Check::broken(name, seen, "a cache may hold an older file: invalidate it there")
                }
                _ => Check::fine(name, "served"),
            }
        }
        // A whole file in place of two bytes is larger than what was asked to be read.
        Ok(Response { status: 200, .. }) | Err(HttpError::TooLarge { .. }) => {
            Check::broken(name, "ignored: the whole file is sent", fix)
        }
        Ok(answer) => Check::broken(name, format!("answered with {}", answer.status), fix),
        Err(error) => Check::broken(name, error.to_string(), fix),
    }
}

fn judge_origin(public: &Public<'_>, answer: &Result<Response, HttpError>) -> Check {
    let name = format!("{}: open to other sites", public.name);
    match answer {
        Ok(answer) if answer.header("access-control-allow-origin").is_some() => {
            Check::fine(name, "allowed")
        }
        Ok(_) => Check::weak(
            name,
            "no Access-Control-Allow-Origin header",
            "allow GET and HEAD from every origin in the CORS settings of bucket or CDN: players on \
             web pages cannot read it otherwise",
        ),
        Err(error) => Check::weak(name, error.to_string(), "try again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::{self, Reply, Server};
    use crate::model::checkup::Outcome;

    fn public(url: &str, usage: Usage) -> Public<'_> {
        Public { name: "audio", url, bytes: Some(9000), content_type: "audio/mpeg", usage }
    }

    /// Name and outcome of each check, in short.
    fn shown(checks: &[Check]) -> Vec<String> {
        let show = |check: &Check| match &check.outcome {
            Outcome::Fine { seen } => format!("fine: {}: {seen}", check.name),
            Outcome::Weak { seen, .. } => format!("weak: {}: {seen}", check.name),
            Outcome::Broken { seen, .. } => format!("broken: {}: {seen}", check.name),
            Outcome::Skipped { why } => format!("skipped: {}: {why}", check.name),
        };
        checks.iter().map(show).collect()
    }

    fn looked(
        usage: Usage,
        reply: impl Fn(&testing::Request) -> Reply + Send + 'static,
    ) -> Vec<String> {
        let server = Server::start(reply);
        shown(&look(&testing::client(), &public(&server.url("/1.mp3"), usage)))
    }

    fn cutout(total: &str) -> Reply {
        Reply::status(206).header("Content-Range", &format!("bytes 0-1/{total}"))
    }

    #[test]
    fn a_server_that_serves_as_the_feed_says_is_fine() {
        let checks = looked(Usage::Played, |request| match request.header("range") {
            Some("bytes=0-1") => cutout("9000"),
            _ => Reply::ok("Audio/MPEG; x=y", vec![0; 9000]),
        });
        insta::assert_snapshot!(checks.join("\n"), @r"
        weak: audio: reachable: over http only
        fine: audio: length: 9000 bytes
        fine: audio: type: audio/mpeg
        fine: audio: byte ranges: served
        ");
    }

    #[test]
    fn an_older_file_in_a_cache_is_found() {
        let checks = looked(Usage::Played, |_| Reply::ok("audio/mpeg", vec![0; 8999]));
        assert!(checks[1].contains("8999 bytes are served, the feed says 9000"), "{checks:?}");
        let checks = looked(Usage::Played, |request| match request.header("range") {
            Some(_) => cutout("8999"),
            None => Reply::ok("audio/mpeg", vec![0; 9000]),
        });
        assert!(checks[3].starts_with("broken: audio: byte ranges: served from"), "{checks:?}");
    }

    #[test]
    fn ranges_that_are_ignored_and_wrong_types_are_found() {
        let whole = || Reply::ok("audio/mpeg", vec![0; 9000]);
        let checks = looked(Usage::Played, move |_| whole());
        assert_eq!(checks[3], "broken: audio: byte ranges: ignored: the whole file is sent");
        let checks = looked(Usage::Played, move |_| Reply::ok("text/html", vec![0; 9000]));
        assert_eq!(checks[2], "broken: audio: type: text/html is served, not audio/mpeg");
        let endless =
            looked(Usage::Played, move |_| Reply::ok("audio/mpeg", vec![0; 9000]).without_length());
        assert!(
            endless[1].starts_with("weak: audio: length: the server does not say"),
            "{endless:?}"
        );
    }

    #[test]
    fn what_is_not_public_is_found_with_its_fix() {
        for (status, fix) in
            [(403, "let everybody"), (404, "same place"), (405, "HEAD"), (500, "look into")]
        {
            let server = Server::start(move |_| Reply::status(status));
            let checks = look(&testing::client(), &public(&server.url("/1.mp3"), Usage::Played));
            let [Check { outcome: Outcome::Broken { seen, fix: told }, .. }] = &checks[..] else {
                panic!("{checks:?}")
            };
            assert_eq!(*seen, format!("answered with {status}"));
            assert!(told.contains(fix), "{told}");
        }
        let nobody = look(&testing::client(), &public("http://127.0.0.1:1/", Usage::Read));
        assert!(nobody[0].is_broken());
    }

    #[test]
    fn scripts_of_other_sites_need_an_allowance() {
        let body = || Reply::ok("audio/mpeg", vec![0; 9000]);
        let open = looked(Usage::Scripted, move |request| match request.header("origin") {
            Some(_) => body().header("Access-Control-Allow-Origin", "*"),
            None => body(),
        });
        assert_eq!(open[3], "fine: audio: open to other sites: allowed");
        let closed = looked(Usage::Scripted, move |_| body());
        assert!(closed[3].starts_with("weak: audio: open to other sites"), "{closed:?}");
    }
}
