use super::answer::{Answer, Content, Request, answer};
use super::*;
use crate::site::{self, testing};

const HOST: &str = "127.0.0.1:4000";

fn preview() -> Preview {
    preview_of(Panel::default())
}

fn preview_of(panel: Panel) -> Preview {
    let (settings, episodes) = (testing::settings(), testing::episodes(3));
    let edition = site::build(&testing::inputs(&settings, &episodes)).unwrap();
    let url = edition.episodes[0].enclosure_url.0.clone();
    let audio = Audio { url, tag: Sha256::of(b"a"), length: 1000 };
    let audio = BTreeMap::from([("media/3.mp3".to_owned(), audio)]);
    Preview::new(Arc::new(Served::new(&settings, edition, audio)), panel)
}

fn get(target: &str) -> Request<'_> {
    Request { method: "GET", target, host: Some(HOST), ..Request::default() }
}

fn asked(request: &Request<'_>) -> Answer {
    answer(&preview(), request, 4000)
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    fn text(&self) -> &str {
        match &self.content {
            Content::Bytes(bytes) => std::str::from_utf8(bytes).unwrap(),
            other => unreachable!("{other:?}"),
        }
    }
}

#[test]
fn a_path_is_answered_as_a_web_server_answers_it() {
    let status = |target| asked(&get(target)).status;
    for (target, expected) in [
        ("/web/", 200),
        ("/web/index.html", 200),
        ("/web/podcasts/episode_3/", 200),
        ("/web/podcasts/episode_3/index.html?x=1", 200),
        ("/web/podcasts/%65pisode_3/", 200),
        ("/web/assets/style.css?v=1", 200),
        ("/web/podcasts/feed.xml", 200),
        ("/web/nothing", 404),
        ("/web/index.html/", 404),
        ("/other", 404),
        ("/.onair/preview.js", 200),
        ("/.onair/audio/media/3.mp3", 200),
        ("/.onair/audio/media/2.mp3", 404),
        ("/.onair/release.json", 404),
        ("nonsense", 400),
        ("", 400),
    ] {
        assert_eq!(status(target), expected, "{target}");
    }
    let to = |target| asked(&get(target)).header("location").to_owned();
    assert_eq!(to("/"), "/web/");
    assert_eq!(to("/web/podcasts/episode_3"), "/web/podcasts/episode_3/");
    assert_eq!(to("/web/podcasts/%65pisode_3?x"), "/web/podcasts/%65pisode_3/");
}

#[test]
fn nothing_outside_the_edition_is_there() {
    for target in [
        "/web/../onair.toml",
        "/web/../../../../etc/passwd",
        "/web/%2e%2e/onair.toml",
        "/web/..%2f..%2fetc%2fpasswd",
        "/web//etc/passwd",
        "//etc/passwd",
        "/.onair/audio/../../onair.toml",
        "/.onair/audio/audio/3.mp3",
        "/web/%ff%00",
        "/web/podcasts\\episode_3\\index.html",
    ] {
        assert_eq!(asked(&get(target)).status, 404, "{target}");
    }
}

#[test]
fn only_this_machine_asks_and_it_only_looks() {
    for host in ["127.0.0.1:4000", "localhost:4000", "LOCALHOST:4000"] {
        assert_eq!(asked(&Request { host: Some(host), ..get("/web/") }).status, 200, "{host}");
    }
    for host in [
        "evil.example",
        "evil.example:4000",
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost:4001",
        "localhost.evil.example:4000",
        "127.0.0.1:4000:4000",
        "",
    ] {
        let answer = asked(&Request { host: Some(host), ..get("/web/") });
        assert_eq!(answer.status, 403, "{host}");
    }
    assert_eq!(asked(&Request { host: None, ..get("/web/") }).status, 403);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "get"] {
        let answer = asked(&Request { method, ..get("/web/") });
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method}");
    }
}

#[test]
fn every_answer_says_what_it_is_and_keeps_to_itself() {
    let types = [
        ("/web/", "text/html; charset=utf-8"),
        ("/web/assets/style.css", "text/css; charset=utf-8"),
        ("/web/assets/search.json", "application/json; charset=utf-8"),
        ("/web/img/artwork-8f8cbb7d.png", "image/png"),
        ("/.onair/audio/media/3.mp3", "audio/mpeg"),
        ("/.onair/events", "text/event-stream"),
        ("/web/nothing", "text/html; charset=utf-8"),
    ];
    for (target, expected) in types {
        let answer = asked(&get(target));
        assert_eq!(answer.header("content-type"), expected, "{target}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none';"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
}

#[test]
fn pages_have_the_panel_and_the_feed_is_to_the_byte_what_is_published() {
    let (settings, episodes) = (testing::settings(), testing::episodes(3));
    let edition = site::build(&testing::inputs(&settings, &episodes)).unwrap();
    let published = |key: &str| {
        let objects = edition.objects.iter().chain([&edition.feed]);
        let object = objects.into_iter().find(|object| object.key.as_str() == key).unwrap();
        match &object.body {
            crate::model::object::Body::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            other => unreachable!("{other:?}"),
        }
    };
    assert_eq!(asked(&get("/web/podcasts/feed.xml")).text(), published("web/podcasts/feed.xml"));
    let page = published("web/podcasts/episode_3/index.html");
    assert!(!page.contains("onair-preview"));
    let shown = asked(&get("/web/podcasts/episode_3/"));
    assert!(shown.text().contains("<aside class=\"onair-preview\""));
    assert!(
        shown.text().contains("<audio controls preload=\"none\" src=\"/.onair/audio/media/3.mp3\"")
    );
    assert!(
        shown.text().contains("og:audio\" content=\"https://"),
        "cards name the public address"
    );
    let other = asked(&get("/web/podcasts/episode_2/"));
    assert!(
        other.text().contains("<audio controls preload=\"none\" src=\"https://"),
        "not at hand"
    );
}

#[test]
fn audio_is_answered_in_ranges() {
    let audio = get("/.onair/audio/media/3.mp3");
    let part = |range| asked(&Request { range: Some(range), ..audio });
    let answer = part("bytes=10-19");
    assert_eq!(answer.status, 206);
    assert_eq!(answer.header("content-range"), "bytes 10-19/1000");
    assert_eq!(answer.header("content-length"), "10");
    assert_eq!(answer.content, Content::Audio { key: "media/3.mp3".to_owned(), range: 10..20 });
    let answer = part("bytes=1000-");
    assert_eq!((answer.status, answer.header("content-range")), (416, "bytes */1000"));
    assert_eq!(answer.header("content-length"), "0");
    assert_eq!(part("bytes=0-1,5-6").status, 200);
    // HEAD has no ranges, and says how long the whole is.
    let head = asked(&Request { method: "HEAD", range: Some("bytes=0-1"), ..audio });
    assert_eq!((head.status, head.header("content-length")), (200, "1000"));
    let tag = head.header("etag").to_owned();
    let range = Some("bytes=0-1");
    let same = asked(&Request { range, if_range: Some(&tag), ..audio });
    assert_eq!(same.status, 206);
    assert_eq!(asked(&Request { range, if_range: Some("\"old\""), ..audio }).status, 200);
}

#[test]
fn what_a_browser_has_is_not_sent_again() {
    for target in ["/web/", "/web/assets/style.css", "/.onair/audio/media/3.mp3"] {
        let tag = asked(&get(target)).header("etag").to_owned();
        let weak = format!("\"x\", W/{tag}");
        for if_none_match in [tag.as_str(), weak.as_str(), "*"] {
            let again = asked(&Request { if_none_match: Some(if_none_match), ..get(target) });
            assert_eq!((again.status, again.header("etag")), (304, tag.as_str()), "{target}");
        }
        let other = asked(&Request { if_none_match: Some("\"x\""), ..get(target) });
        assert_eq!(other.status, 200);
    }
}

#[test]
fn a_version_changes_with_what_is_seen() {
    let before = preview();
    assert_eq!(before.version(), preview().version());
    let mut panel = Panel::default();
    panel.trouble = Some("x".to_owned());
    let after = preview_of(panel);
    assert_ne!(before.version(), after.version());
    let page = |preview: &Preview| answer(preview, &get("/web/"), 4000).header("etag").to_owned();
    assert_ne!(page(&before), page(&after), "the page with another panel is another page");
}
