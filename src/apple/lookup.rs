//! Apple's look-up service: its addresses and its answers.
//!
//! Source: Apple, "iTunes Search API: Lookup Examples" and "Searching": about 20 calls a minute, at
//! most 200 results, no second page. Measured: a throttled address is answered with
//! `resultCount: 0` or 403, storefronts differ in freshness, and `genres` is a list of strings for a
//! show and of objects for its episodes. So every field is read for itself and may be missing.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::http::{HttpError, Response};

/// The service, unless told otherwise.
pub const BASE_URL: &str = "https://itunes.apple.com";
/// The most episodes that Apple gives. Whether the show itself counts among them is not documented,
/// so one fewer is already taken for a full answer.
pub const MOST_EPISODES: usize = 200;
/// Two hundred episodes with all their texts take about two million bytes.
pub const MAX_ANSWER: u64 = 16 * 1024 * 1024;

/// Calls that may follow one another at once; then [`PACE`] holds. Together they stay below 20 in
/// any minute.
const BURST: usize = 4;
const PACE: Duration = Duration::from_secs(4);
/// How often a storefront is asked that fails with what may pass.
const ATTEMPTS: u32 = 3;
const BACKOFF: Duration = Duration::from_secs(2);

/// A storefront: a country by its ISO 3166 code, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(String);

impl Country {
    /// The country that `text` names.
    pub fn new(text: &str) -> Option<Self> {
        let good = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        good.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An episode as Apple knows it. Only its id is sure to be there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct AppleEpisode {
    /// `trackId`
    pub id: u64,
    /// `episodeGuid`
    pub guid: Option<String>,
    /// `episodeUrl`: the enclosure's address.
    pub url: Option<String>,
    /// `trackName`
    pub title: Option<String>,
    /// `releaseDate`
    pub released: Option<Timestamp>,
    /// `trackTimeMillis`
    pub milliseconds: Option<u64>,
}

/// What one answer says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The address that Apple reads the feed from.
    pub feed_url: Option<String>,
    /// The episodes it names.
    pub episodes: Vec<AppleEpisode>,
    /// Whether the answer names anything at all, the show included.
    pub named_something: bool,
}

/// Why a text is no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    /// More than an answer can be.
    #[error("the answer is larger than {MAX_ANSWER} bytes")]
    TooLarge,
    /// No JSON.
    #[error("the answer is not JSON: {0}")]
    NotJson(String),
    /// JSON of another kind.
    #[error("the answer has no list `results`: this is not Apple's look-up service")]
    NoResults,
    /// Another show's answer.
    #[error("the answer is about the show {found}, not {wanted}")]
    OtherShow {
        /// The show it is about.
        found: u64,
        /// The show asked for.
        wanted: u64,
    },
}

/// The address to ask for a show's newest episodes.
pub fn address(base: &str, show: u64, country: &Country) -> String {
    let base = base.trim_end_matches('/');
    format!(
        "{base}/lookup?id={show}&country={country}&media=podcast&entity=podcastEpisode&limit={MOST_EPISODES}"
    )
}

/// Reads an answer about the show `wanted`.
///
/// # Errors
/// [`BadAnswer`] if it is none. A result that is not an episode, or has no id, is left out.
pub fn parse(bytes: &[u8], wanted: u64) -> Result<Answer, BadAnswer> {
    if bytes.len() as u64 > MAX_ANSWER {
        return Err(BadAnswer::TooLarge);
    }
    let json: Value =
        serde_json::from_slice(bytes).map_err(|error| BadAnswer::NotJson(error.to_string()))?;
    let results = json.get("results").and_then(Value::as_array).ok_or(BadAnswer::NoResults)?;
    let mut answer = Answer { named_something: !results.is_empty(), ..Answer::default() };
    for result in results {
        if let Some(found) = number(result, "collectionId").filter(|&found| found != wanted) {
            return Err(BadAnswer::OtherShow { found, wanted });
        }
        if is_episode(result) {
            answer.episodes.extend(episode(result));
        } else {
            answer.feed_url = answer.feed_url.or_else(|| text(result, "feedUrl"));
        }
    }
    Ok(answer)
}

fn is_episode(result: &Value) -> bool {
    match (text(result, "wrapperType").as_deref(), text(result, "kind").as_deref()) {
        (Some("podcastEpisode"), _) | (_, Some("podcast-episode")) => true,
        (None, None) => result.get("episodeGuid").is_some(),
        _ => false,
    }
}

fn episode(result: &Value) -> Option<AppleEpisode> {
    Some(AppleEpisode {
        id: number(result, "trackId").filter(|&id| id > 0)?,
        guid: text(result, "episodeGuid"),
        url: text(result, "episodeUrl"),
        title: text(result, "trackName"),
        released: text(result, "releaseDate").and_then(|date| date.parse().ok()),
        milliseconds: number(result, "trackTimeMillis"),
    })
}

fn text(result: &Value, key: &str) -> Option<String> {
    let text = result.get(key)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A number, or the digits of one in quotes.
fn number(result: &Value, key: &str) -> Option<u64> {
    let value = result.get(key)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// What came of asking one storefront.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// An answer: how many episodes it names.
    Episodes(usize),
    /// Nothing at all, which is how Apple answers who asks too often: it means nothing.
    Silence,
    /// Refused with this status: throttled too.
    Refused(u16),
    /// No answer, and why.
    Failed(String),
}

impl Heard {
    /// Whether an answer is as long as answers get, so that more may lie beyond it.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Episodes(count) if *count + 1 >= MOST_EPISODES)
    }
}

/// What all the answers together say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// Where each came from, and what came of it.
    pub heard: Vec<(String, Heard)>,
    /// Every episode that any of them names, once.
    pub episodes: BTreeSet<AppleEpisode>,
    /// The addresses that Apple reads the feed from.
    pub feed_urls: BTreeSet<String>,
}

impl Answers {
    /// Adds an answer to the others.
    pub fn unite(&mut self, from: impl Into<String>, answer: Answer) {
        let heard = match answer.named_something {
            true => Heard::Episodes(answer.episodes.len()),
            false => Heard::Silence,
        };
        self.heard.push((from.into(), heard));
        self.episodes.extend(answer.episodes);
        self.feed_urls.extend(answer.feed_url);
    }

    /// Whether anything was said at all. If not, nothing is known: not even that an episode is
    /// missing.
    pub fn said_something(&self) -> bool {
        self.heard.iter().any(|(_, heard)| matches!(heard, Heard::Episodes(_)))
    }

    /// Whether every storefront kept silent because it was asked too often.
    pub fn throttled(&self) -> bool {
        self.heard.iter().all(|(_, heard)| matches!(heard, Heard::Silence | Heard::Refused(_)))
    }

    /// Up to when Apple's list may go back, if an answer was as long as answers get: of what was
    /// published before, nothing is known.
    pub fn reach(&self) -> Option<Timestamp> {
        if !self.heard.iter().any(|(_, heard)| heard.is_full()) {
            return None;
        }
        self.episodes.iter().filter_map(|episode| episode.released).min()
    }
}

/// Asks storefronts, one after the other, no faster than Apple allows.
///
/// `fetch` is the network, `wait` the clock. A storefront that fails with what may pass is asked
/// again; what is refused is not.
pub fn ask(
    base: &str,
    show: u64,
    countries: &[Country],
    fetch: impl Fn(&str) -> Result<Response, HttpError>,
    wait: impl Fn(Duration),
) -> Answers {
    let mut answers = Answers::default();
    let mut calls = 0;
    for country in countries {
        let url = address(base, show, country);
        let mut attempt = 1;
        let heard = loop {
            if calls >= BURST {
                wait(PACE);
            }
            calls += 1;
            match judge(fetch(&url), show) {
                Err(Trouble { passing: true, .. }) if attempt < ATTEMPTS => {
                    wait(BACKOFF * 2_u32.pow(attempt - 1));
                    attempt += 1;
                }
                judged => break judged,
            }
        };
        match heard {
            Ok(answer) => answers.unite(country.as_str(), answer),
            Err(trouble) => answers.heard.push((country.as_str().to_owned(), trouble.heard)),
        }
    }
    answers
}

struct Trouble {
    heard: Heard,
    passing: bool,
}

fn judge(fetched: Result<Response, HttpError>, show: u64) -> Result<Answer, Trouble> {
    let failed = |reason: String, passing| Trouble { heard: Heard::Failed(reason), passing };
    match fetched {
        Ok(response) => match response.status {
            200..=299 => parse(&response.bytes, show).map_err(|bad| failed(bad.to_string(), false)),
            status @ (403 | 429) => Err(Trouble { heard: Heard::Refused(status), passing: false }),
            status => Err(failed(format!("it answered with status {status}"), status >= 500)),
        },
        Err(error) => Err(failed(error.to_string(), error.is_passing())),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::http::testing::{Reply, Server, client};

    const SHOW: u64 = 42;

    fn show_result() -> Value {
        json!({"wrapperType": "track", "kind": "podcast", "collectionId": SHOW, "trackId": SHOW,
               "feedUrl": "https://show.example/feed.xml", "genres": ["News", "Podcasts"], "trackCount": 2})
    }

    fn episode_result(id: u64) -> Value {
        json!({"wrapperType": "podcastEpisode", "kind": "podcast-episode", "collectionId": SHOW, "trackId": id,
               "episodeGuid": format!("{id}.mp3"), "episodeUrl": format!("https://op3.dev/e/show.example/media/{id}.mp3"),
               "trackName": "A title", "releaseDate": "2022-05-27T05:00:00Z", "trackTimeMillis": 3_528_000,
               "genres": [{"name": "News", "id": "1489"}]})
    }

    fn answer(results: &[Value]) -> String {
        json!({"resultCount": results.len(), "results": results}).to_string()
    }

    fn countries(codes: &[&str]) -> Vec<Country> {
        codes.iter().map(|code| Country::new(code).unwrap()).collect()
    }

    /// Asks a server, without any waiting; gives the waits that were wanted.
    fn ask_server(server: &Server, codes: &[&str]) -> (Answers, Vec<u64>) {
        let client = client();
        let waits = RefCell::new(Vec::new());
        let answers = ask(
            &server.url(""),
            SHOW,
            &countries(codes),
            |url| client.get(url, MAX_ANSWER),
            |wait| waits.borrow_mut().push(wait.as_secs()),
        );
        (answers, waits.into_inner())
    }

    #[test]
    fn both_shapes_of_an_answer_are_read() {
        let read = parse(answer(&[show_result(), episode_result(7)]).as_bytes(), SHOW).unwrap();
        assert_eq!(read.feed_url.as_deref(), Some("https://show.example/feed.xml"));
        assert_eq!(
            read.episodes,
            [AppleEpisode {
                id: 7,
                guid: Some("7.mp3".to_owned()),
                url: Some("https://op3.dev/e/show.example/media/7.mp3".to_owned()),
                title: Some("A title".to_owned()),
                released: Some("2022-05-27T05:00:00Z".parse().unwrap()),
                milliseconds: Some(3_528_000),
            }]
        );
    }

    #[test]
    fn every_field_may_be_missing_or_of_another_kind() {
        let odd = json!({"results": [
            {"wrapperType": "podcastEpisode", "trackId": 1},
            {"wrapperType": "podcastEpisode", "trackId": "2", "episodeGuid": 5, "releaseDate": "soon", "trackTimeMillis": -1, "trackName": ["x"]},
            {"wrapperType": "podcastEpisode"},
            {"episodeGuid": "3.mp3", "trackId": 3},
            {"kind": "song", "trackId": 4},
            null, 5, "x", [],
        ]});
        let read = parse(odd.to_string().as_bytes(), SHOW).unwrap();
        let ids: Vec<u64> = read.episodes.iter().map(|episode| episode.id).collect();
        assert_eq!(ids, [1, 2, 3]);
        assert_eq!(read.episodes[1], AppleEpisode { id: 2, ..AppleEpisode::default() });
    }

    #[test]
    fn what_is_no_answer_is_said() {
        let said = |text: &str| parse(text.as_bytes(), SHOW).unwrap_err().to_string();
        assert!(said("<html>").starts_with("the answer is not JSON: "));
        assert!(said("{\"results\": [").starts_with("the answer is not JSON: "));
        assert!(said(&"[".repeat(100_000)).starts_with("the answer is not JSON: "));
        assert!(said("[]").starts_with("the answer has no list `results`"));
        assert_eq!(
            parse(answer(&[show_result()]).as_bytes(), 43).unwrap_err(),
            BadAnswer::OtherShow { found: SHOW, wanted: 43 }
        );
    }

    #[test]
    fn storefronts_are_united() {
        let server = Server::start(|request| {
            let results = match request.path.contains("country=fr") {
                true => vec![show_result(), episode_result(1), episode_result(2)],
                false => vec![show_result(), episode_result(2), episode_result(3)],
            };
            Reply::ok("text/javascript; charset=utf-8", answer(&results))
        });
        let (answers, waits) = ask_server(&server, &["FR", "us"]);
        let ids: Vec<u64> = answers.episodes.iter().map(|episode| episode.id).collect();
        assert_eq!((ids, waits), (vec![1, 2, 3], vec![]));
        assert_eq!(answers.heard[0], ("fr".to_owned(), Heard::Episodes(2)));
        assert!(answers.said_something() && answers.reach().is_none());
    }

    #[test]
    fn two_hundred_are_all_there_is() {
        let results: Vec<Value> =
            std::iter::once(show_result()).chain((1..=200).map(episode_result)).collect();
        let body = answer(&results);
        let server = Server::start(move |request| {
            // There is no paging: whatever is asked for, the same newest 200 come.
            assert!(request.path.ends_with("&entity=podcastEpisode&limit=200"));
            Reply::ok("text/javascript", body.clone())
        });
        let (answers, _) = ask_server(&server, &["us"]);
        assert_eq!(answers.episodes.len(), 200);
        assert_eq!(answers.reach(), Some("2022-05-27T05:00:00Z".parse().unwrap()));
    }

    #[test]
    fn silence_and_refusal_mean_nothing() {
        let server = Server::start(|request| match request.path.contains("country=us") {
            true => Reply::ok("text/javascript", "\n\n{\n \"resultCount\":0,\n \"results\": []\n}"),
            false => Reply::status(403),
        });
        let (answers, waits) = ask_server(&server, &["us", "fr"]);
        assert_eq!(
            answers.heard,
            [("us".to_owned(), Heard::Silence), ("fr".to_owned(), Heard::Refused(403))]
        );
        assert!(!answers.said_something() && answers.throttled() && waits.is_empty());
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        let calls = std::sync::atomic::AtomicUsize::new(0);
        let server = Server::start(move |_| {
            match calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => Reply::status(503),
                1 => Reply::raw(""),
                _ => Reply::ok("text/javascript", answer(&[show_result(), episode_result(1)])),
            }
        });
        let (answers, waits) = ask_server(&server, &["us"]);
        assert_eq!(answers.heard, [("us".to_owned(), Heard::Episodes(1))]);
        assert_eq!(waits, [2, 4]);
    }

    #[test]
    fn what_does_not_pass_is_said() {
        let server = Server::start(|request| {
            let country = request.path.split("country=").nth(1).unwrap()[..2].to_owned();
            match country.as_str() {
                "us" => Reply::status(500),
                "fr" => Reply::status(404),
                "de" => Reply::ok("text/html", "<html>Please enable JavaScript</html>"),
                _ => Reply::ok("text/javascript", "").header("Content-Length", "99999999"),
            }
        });
        let (answers, waits) = ask_server(&server, &["us", "fr", "de", "gb"]);
        let said: Vec<String> =
            answers.heard.iter().map(|(country, heard)| format!("{country}: {heard:?}")).collect();
        insta::assert_snapshot!(said.join("\n"), @r#"
        us: Failed("it answered with status 500")
        fr: Failed("it answered with status 404")
        de: Failed("the answer is not JSON: expected value at line 1 column 1")
        gb: Failed("the answer is larger than 16777216 bytes")
        "#);
        // Three calls for `us`, one for each other: the fifth and sixth wait their turn.
        assert_eq!(waits, [2, 4, 4, 4]);
        assert!(!answers.said_something() && !answers.throttled());
    }

    #[test]
    fn no_minute_sees_twenty_calls() {
        let waits = RefCell::new(Vec::new());
        let many: Vec<Country> =
            ('a'..='z').map(|c| Country::new(&format!("a{c}")).unwrap()).collect();
        let nothing = |_: &str| Err(HttpError::HostNotFound);
        ask("http://a.example", SHOW, &many, nothing, |wait| waits.borrow_mut().push(wait));
        let seconds: u64 = waits.borrow().iter().take(19 - BURST + 1).map(Duration::as_secs).sum();
        assert!(seconds >= 60, "{seconds} seconds before the 20th call");
    }

    #[test]
    fn a_country_is_two_letters() {
        assert_eq!(Country::new("FR").unwrap().as_str(), "fr");
        for bad in ["", "f", "fra", "é", "f&", "a="] {
            assert_eq!(Country::new(bad), None, "{bad}");
        }
        assert_eq!(
            address("http://a.example/", 7, &Country::new("fr").unwrap()),
            "http://a.example/lookup?id=7&country=fr&media=podcast&entity=podcastEpisode&limit=200"
        );
    }

    proptest! {
        #[test]
        fn no_answer_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, SHOW);
        }
    }
}
