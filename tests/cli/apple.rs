//! `onair apple sync`, against a server that speaks Apple's shapes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use super::show::{Ran, TestShow};

/// A server that gives every call the same answer.
fn server(status: u16, body: String) -> String {
    serve(move |_| (status, body.clone()))
}

/// A server that answers a request's first line with a status and a body.
fn serve(mut answer: impl FnMut(&str) -> (u16, String) + Send + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let asked = lines.map_while(Result::ok).take_while(|line| !line.is_empty());
            let asked: Vec<String> = asked.collect();
            let (status, body) = answer(&asked[0]);
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status} S\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            )
            .unwrap();
        }
    });
    address
}

const NOTHING: &str = r#"{"resultCount":0,"results":[]}"#;

fn answer(numbers: &[u32]) -> String {
    let episodes = numbers.iter().map(|number| {
        format!(
            r#"{{"wrapperType":"podcastEpisode","collectionId":42,"trackId":{},"episodeGuid":"{number:03}.mp3","trackName":"All alike","genres":[{{"name":"News","id":"1489"}}]}}"#,
            1000 + number
        )
    });
    let show = r#"{"kind":"podcast","collectionId":42,"feedUrl":"https://show.example/podcasts/feed.xml","genres":["News"]}"#;
    let all: Vec<String> = std::iter::once(show.to_owned()).chain(episodes).collect();
    format!(r#"{{"resultCount":{},"results":[{}]}}"#, all.len(), all.join(","))
}

fn show() -> TestShow {
    let show = TestShow::new();
    let settings = show
        .read("onair.toml")
        .replace("[show]\n", "[show]\napple-id = 42\napple-country = \"fr\"\n");
    show.write("onair.toml", &settings);
    show.episode(1, &[]);
    show.episode(2, &["appleEpisodeId: 77"]);
    show.episode(3, &["appleEpisodeId: 1003"]);
    show.episode(4, &["appleEpisodeId:"]);
    show
}

fn sync(show: &TestShow, base: &str, arguments: &[&str]) -> Ran {
    let common = ["apple", "sync", "--now", "2021-02-05T00:00:00Z", "--base-url", base];
    show.onair(&[&common, arguments].concat())
}

#[test]
fn ids_are_compared_and_written_only_when_told_to() {
    let show = show();
    let base = server(200, answer(&[1, 2, 3]));
    let before = show.read("episodes/episode_002.md");
    let ran = sync(&show, &base, &[]);
    insta::assert_snapshot!(ran.stdout, @r"
    Apple (fr): 3 episodes
    Apple (us): 3 episodes
    Apple (gb): 3 episodes

      #1  found     1001  Title two
      #2  wrong     1002  Title three
                          └ the file has 77
      #4  unlisted        Title five

    4 episodes: 1 found, 1 right, 1 unlisted, 1 wrong
    `onair apple sync --write` writes 2 ids
    ");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(show.read("episodes/episode_002.md"), before);
    assert_eq!(sync(&show, &base, &["--check"]).code, 1);

    let ran = sync(&show, &base, &["--check", "--write"]);
    assert_eq!((ran.code, ran.stdout.lines().last()), (0, Some("Wrote 2 ids")), "{}", ran.stdout);
    assert_eq!(show.read("episodes/episode_002.md"), before.replace("Id: 77\n", "Id: 1002\n"));
    assert!(show.read("episodes/episode_001.md").contains("\nappleEpisodeId: 1001\n---\n"));
    let again = sync(&show, &base, &["--check", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!((again.code, &json["summary"]["right"]), (0, &serde_json::json!(3)));
    // Three days on, the fourth is not yet missing for long; with no patience it is.
    assert_eq!(sync(&show, &base, &["--check", "--days", "0"]).code, 1);
}

#[test]
fn who_hears_nothing_changes_nothing() {
    let show = show();
    let before = show.read("episodes/episode_002.md");
    let said = &|status: u16, body: &str| {
        let base = server(status, body.to_owned());
        let ran = sync(&show, &base, &["--write", "--check", "--country", "fr"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.stderr);
        assert_eq!(show.read("episodes/episode_002.md"), before);
        ran.stderr
    };
    let ways = [
        (200, NOTHING),
        (403, ""),
        (429, ""),
        (404, ""),
        (200, "<html>Please enable JavaScript</html>"),
        // Asked three times, for this may pass.
        (503, ""),
    ];
    let all: Vec<String> = std::thread::scope(|scope| {
        let ways = ways
            .map(|(status, body)| scope.spawn(move || format!("{status}\n{}", said(status, body))));
        ways.map(|way| way.join().unwrap()).into()
    });
    insta::assert_snapshot!("nothing_heard", all.join("\n"));
}

#[test]
fn a_storefront_that_answers_will_do_and_what_may_pass_is_asked_again() {
    let show = show();
    let mut failures = 0;
    let base = serve(move |line| {
        // As the service is asked, and nothing else: there is no second page to ask for.
        assert!(line.starts_with("GET /lookup?id=42&country="), "{line}");
        assert!(
            line.ends_with("&media=podcast&entity=podcastEpisode&limit=200 HTTP/1.1"),
            "{line}"
        );
        if line.contains("country=fr") {
            (403, String::new())
        } else if line.contains("country=us") {
            (200, NOTHING.to_owned())
        } else if failures == 0 {
            failures += 1;
            (500, String::new())
        } else {
            (200, answer(&[1, 2, 3]))
        }
    });
    let ran = sync(&show, &base, &[]);
    insta::assert_snapshot!("one_storefront_answers", ran.stdout);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let json = sync(&show, &base, &["--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    insta::assert_snapshot!("one_storefront_answers_json", format!("{:#}", json["storefronts"]));
}

#[test]
fn of_what_is_beyond_the_two_hundred_nothing_is_known() {
    let show = show();
    // 200 newer episodes: the list goes back to the second of ours, and no further.
    let mut numbers: Vec<u32> = (1000..1198).collect();
    numbers.extend([2, 3]);
    let dated = |number: u32| match number {
        2 | 3 => format!("2021-02-0{number}T06:00:00Z"),
        _ => "2022-01-01T06:00:00Z".to_owned(),
    };
    let body = numbers.iter().fold(answer(&numbers), |body, &number| {
        let guid = format!("\"episodeGuid\":\"{number:03}.mp3\"");
        body.replace(&guid, &format!("{guid},\"releaseDate\":\"{}\"", dated(number)))
    });
    let ran = sync(&show, &server(200, body), &["--check", "--verbose", "--country", "fr"]);
    insta::assert_snapshot!("beyond_two_hundred", ran.stdout);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
}

#[test]
fn a_saved_answer_will_do() {
    let show = show();
    show.write("answer.json", &answer(&[1, 2, 3, 4]));
    let ran = sync(&show, "http://127.0.0.1:1", &["--from-file", "answer.json", "--write"]);
    assert_eq!((ran.code, ran.stdout.lines().last()), (0, Some("Wrote 3 ids")), "{}", ran.stderr);
    show.write("answer.json", "<html>");
    let ran = sync(&show, "http://127.0.0.1:1", &["--from-file", "answer.json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.starts_with("error: answer.json: the answer is not JSON"), "{}", ran.stderr);
}

#[test]
fn a_show_must_say_who_it_is() {
    let show = TestShow::new();
    let ran = show.onair(&["apple", "sync"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @r"
    error: onair.toml does not say which show this is at Apple Podcasts
      help: set apple-id in [show] of onair.toml: the digits behind `id` in the show's address at podcasts.apple.com
    ");
}
