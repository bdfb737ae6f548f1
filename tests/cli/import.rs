//! `onair import`, from a show that onair itself has published to a local server, and from others.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::show::{Ran, TestShow};
use super::web::Web;

/// A server that gives what stands in a folder, unless told otherwise for a path.
struct Server {
    address: String,
    /// Answers in place of files: path, status, body; each is given once.
    instead: Arc<Mutex<Vec<(String, u16, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(folder: PathBuf) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { address, instead: Arc::default(), asked: Arc::default() };
        let (instead, asked) = (server.instead.clone(), server.asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let path = serve(&stream.unwrap(), &folder, &instead);
                asked.lock().unwrap().push(path);
            }
        });
        server
    }

    fn instead(&self, path: &str, status: u16, body: &str) {
        self.instead.lock().unwrap().push((path.to_owned(), status, body.to_owned()));
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    fn feed(&self) -> String {
        format!("{}/podcasts/feed.xml", self.address)
    }
}

fn serve(
    mut stream: &TcpStream,
    folder: &Path,
    instead: &Mutex<Vec<(String, u16, String)>>,
) -> String {
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let asked: Vec<String> =
        lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let path = asked.first().and_then(|line| line.split(' ').nth(1)).unwrap_or("/").to_owned();
    let range = asked.iter().find_map(|line| {
        let (name, value) = line.split_once(": bytes=")?;
        let start: usize = value.trim_end_matches('-').parse().ok()?;
        name.eq_ignore_ascii_case("range").then_some(start)
    });
    let mut instead = instead.lock().unwrap();
    let (status, body) = match instead.iter().position(|(given, ..)| *given == path) {
        Some(at) => {
            let (_, status, body) = instead.remove(at);
            (status, body.into_bytes())
        }
        None => {
            match fs::read(folder.join(path.trim_start_matches('/').split('?').next().unwrap())) {
                Ok(body) => (200, body),
                Err(_) => (404, Vec::new()),
            }
        }
    };
    let (status, body, more) = match range.filter(|start| status == 200 && *start < body.len()) {
        Some(start) => {
            let range =
                format!("Content-Range: bytes {start}-{}/{}\r\n", body.len() - 1, body.len());
            (206, &body[start..], range)
        }
        None => (status, &body[..], String::new()),
    };
    let wait = if status == 429 { "Retry-After: 1\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {status} S\r\nContent-Length: {}\r\nETag: \"e\"\r\n{more}{wait}Connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let _ = stream.write_all(body);
    match range {
        Some(start) => format!("{path} from {start}"),
        None => path,
    }
}

/// A show with all that a feed can name, published to `public`, which a server gives out.
fn published() -> (TestShow, Server) {
    let show = TestShow::new();
    let server = Server::start(show.path("public"));
    show.write(
        "onair.toml",
        &show.read("onair.toml").replace("https://show.example", &server.address),
    );
    fs::create_dir(show.path("transcripts")).unwrap();
    show.write("transcripts/1.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nOh\n");
    show.with_audio(
        1,
        60,
        &[
            "transcript: transcripts/1.vtt",
            "chapters: [{start: '00:00', title: A}, {start: '00:01', title: B}]",
        ],
    );
    show.with_audio(
        2,
        50,
        &["guid: https://old.example/two", "guidIsPermaLink: true", "season: 2"],
    );
    show.with_audio(3, 40, &["guests: [{name: Bo Lind, link: 'https://bo.example'}]"]);
    let ran = show.onair(&["release", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    (show, server)
}

fn import(show: &TestShow, server: &Server, arguments: &[&str]) -> Ran {
    import_or_move(show, server, &[&["import"], arguments].concat())
}

fn import_or_move(show: &TestShow, server: &Server, arguments: &[&str]) -> Ran {
    let mut ran = show.onair(arguments);
    for text in [&mut ran.stdout, &mut ran.stderr] {
        *text = text.replace(&server.address, "http://SERVER");
    }
    ran
}

#[test]
fn a_show_moves_and_nobody_fetches_anything_twice() {
    let (show, server) = published();
    let ran = import(&show, &server, &[&server.feed(), "--download", "--show", "copy"]);
    insta::assert_snapshot!("moved", ran.outline());

    // What came is sound, and published over the old feed it changes no identity.
    let ran = show.onair(&["check", "--show", "copy", "--fix"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let feed = show.read("public/podcasts/feed.xml");
    let target = show.path("public").display().to_string();
    let ran = show.onair(&["release", "--show", "copy", "--target", &target, "--dry-run"]);
    insta::assert_snapshot!("over_the_old_feed", ran.outline());
    let ran = show.onair(&["release", "--show", "copy", "--target", &target, "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let identities = |feed: &str| -> Vec<String> {
        let kept = feed.lines().map(str::trim);
        kept.filter(|line| line.starts_with("<guid") || line.starts_with("<enclosure"))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(identities(&feed).len(), 6);
    assert_eq!(identities(&show.read("public/podcasts/feed.xml")), identities(&feed));
}

#[test]
fn a_download_goes_on_where_it_ended() {
    let (show, server) = published();
    server.instead("/media/001.mp3", 503, "");
    server.instead("/media/002.mp3", 200, "<!DOCTYPE html><html>Not here</html>");
    let common = [server.feed(), "--download".to_owned(), "--show".to_owned(), "copy".to_owned()];
    let common: Vec<&str> = common.iter().map(String::as_str).collect();
    let ran = import(&show, &server, &common);
    insta::assert_snapshot!("cut_off", ran.outline());
    let mut audio: Vec<String> = show.tree("copy/audio").into_keys().collect();
    audio.sort();
    assert_eq!(audio, ["copy/audio/001.mp3", "copy/audio/003.mp3"]);

    // A host has given an episode's file another name meanwhile, and another its own text.
    let path = "copy/episodes/episode_003.md";
    show.write(path, &show.read(path).replace("file: 003.mp3", "file: three.mp3\nguid: 003.mp3"));
    fs::rename(show.path("copy/audio/003.mp3"), show.path("copy/audio/three.mp3")).unwrap();
    let before = show.tree("copy/episodes");
    server.asked();
    let ran = import(&show, &server, &common);
    // What the feed left open is its host's by now.
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(ran.stdout.contains("Fetched 1 MP3 ("), "{}", ran.stdout);
    assert!(ran.stdout.contains("2 there already"), "{}", ran.stdout);
    assert_eq!(
        server.asked().into_iter().filter(|path| path.contains("mp3")).collect::<Vec<_>>(),
        ["/media/002.mp3"]
    );
    assert_eq!(show.tree("copy/episodes"), before);
    let ignored = show.read("copy/.gitignore");
    assert!(ignored.starts_with("# What a release to a directory writes\npublic/\n"), "{ignored}");
    assert!(ignored.ends_with("\n.*.mp3.part*\n"), "{ignored}");
}

#[test]
fn nothing_is_written_through_a_link_that_leads_out_of_the_show() {
    use std::os::unix::fs::symlink;
    let (show, server) = published();
    let feed = server.feed();
    let ran = import(&show, &server, &[&feed, "--show", "copy"]);
    // The audio stands below the show's own address, and is not at hand.
    assert_eq!(ran.code, 1, "{}", ran.said());
    let download = [&*feed, "--show", "copy", "--download"];

    show.write("outside.txt", "mine");
    symlink(show.path("outside.txt"), show.path("copy/audio/.001.mp3.part")).unwrap();
    let ran = import(&show, &server, &download);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert_eq!(show.read("outside.txt"), "mine");
    let audio = fs::symlink_metadata(show.path("copy/audio/001.mp3")).unwrap();
    assert!(audio.is_file(), "{audio:?}");
    // Nothing comes that no file of the show names.
    assert!(!show.path("copy/transcripts").exists() && !show.path("copy/chapters").exists());

    fs::remove_dir_all(show.path("copy/audio")).unwrap();
    fs::create_dir(show.path("outside")).unwrap();
    symlink(show.path("outside"), show.path("copy/audio")).unwrap();
    let ran = import(&show, &server, &download);
    assert_eq!(ran.code, 3, "{}", ran.said());
    assert!(ran.stderr.contains("a link that leaves the show's folder"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(show.path("outside")).unwrap().count(), 0);
}

#[test]
fn nothing_is_written_over_and_what_is_no_feed_is_said() {
    let (show, server) = published();
    let said = |arguments: &[&str]| {
        let ran = import(&show, &server, arguments);
        assert_eq!(ran.stdout, "");
        format!("{}exit code {}\n", ran.stderr, ran.code)
    };
    show.write("page.html", "<!doctype html><html></html>");
    show.write("broken.xml", "<rss><channel>\n<item>");
    show.write("bomb.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><rss/>");
    let before = show.tree("episodes");
    let feed = server.feed();
    let cases: [&[&str]; 9] = [
        &[&feed],
        &[&feed, "--show", "img"],
        &["page.html", "--show", "new"],
        &["broken.xml", "--show", "new"],
        &["bomb.xml", "--show", "new"],
        &["missing.xml", "--show", "new"],
        &[&format!("{}/nowhere", server.address), "--show", "new"],
        &[".", "--download", "--show", "new"],
        &[&feed, "--show", "new", "--format", "json"],
    ];
    let all: Vec<String> = cases.iter().map(|case| said(case)).collect();
    insta::assert_snapshot!(all.join("\n"));
    assert_eq!(show.tree("episodes"), before);
    assert!(!show.path("new").exists());
    // What is typed is judged before anything is asked, and what an import left that was ended is no show.
    server.asked();
    for wrong in [["--time-zone", "Europe/Pari"], ["--url", "show.example"]] {
        let ran = import(&show, &server, &[&[&*feed, "--show", "new"], &wrong[..]].concat());
        assert!(ran.code == 2 && ran.said().contains(wrong[1]), "{}", ran.said());
    }
    assert_eq!(server.asked(), [""; 0]);
    fs::create_dir_all(show.path("new/episodes")).unwrap();
    let page = fs::read_to_string(show.path("public/podcasts/feed.xml")).unwrap();
    let next = "<channel><atom:link rel=\"next\" href=\"?page=2\"/>";
    server.instead("/podcasts/feed.xml", 200, &page.replacen("<channel>", next, 1));
    server.instead("/podcasts/feed.xml?page=2", 404, "");
    let ran = import(&show, &server, &[&feed, "--show", "new"]);
    let said = "the feed's page http://SERVER/podcasts/feed.xml?page=2 cannot be had";
    assert!(ran.code == 3 && ran.said().contains(said), "{}", ran.said());
    assert_eq!(import(&show, &server, &[&feed, "--show", "new"]).code, 1);
}

#[test]
fn a_jekyll_folder_stays_as_its_host_wrote_it() {
    let show = TestShow::new();
    fs::create_dir_all(show.path("old/_posts")).unwrap();
    show.write("old/_config.yml", "title: Ondes\ndescription: Des ondes\nauthor: Ada\nurl: https://show.example\nlang: fr\ntimezone: Europe/Paris\nemail: a@show.example\n");
    let post = "---\nlayout:   podcast\ntitle: 'Un'   # premier\ndescription: d\nepisode: 1\nfile: 001.mp3\ndate: 2021-02-01 07:00:00 +0100\nduration: 00:00:02\nsize: 1\n---\n\nNotes\t\n";
    show.write("old/_posts/2021-02-01-un.md", post);
    show.write("old/_posts/2021-02-02-mot.md", "---\ntitle: Un mot\n---\nTexte\n");
    let ran = show.onair(&["import", "old", "--show", "copy"]);
    insta::assert_snapshot!("jekyll", ran.said());
    // But that its old page is to lead on to the new one.
    let line = "---\naliases: [\"/2021/02/01/un.html\"]\n";
    let expected = post.replacen("---\n", line, 1);
    assert_eq!(show.read("copy/episodes/2021-02-01-un.md"), expected);
    assert_eq!(show.tree("copy/episodes").len(), 1);

    let ran = show.onair(&["import", "copy", "--show", "again"]);
    assert_eq!(ran.code, 2, "{}", ran.said());
    assert!(ran.stderr.contains("copy is a show of onair's already"), "{}", ran.stderr);
    assert!(!show.path("again").exists());
}

#[test]
fn a_guid_and_an_address_from_elsewhere_stay_to_the_letter() {
    let show = TestShow::new();
    let elsewhere = "https://op3.dev/e/old.example/A%20b/../x.mp3?id=1&b=%2F";
    show.with_audio(
        1,
        40,
        &[
            "guid: \" tag:old.example,2020:/x?a=1&b=<2> \"",
            "guidIsPermaLink: true",
            &format!("enclosure: \"{elsewhere}\""),
        ],
    );
    assert_eq!(show.onair(&["release", "-q"]).code, 0);
    let feed = show.read("public/podcasts/feed.xml");
    assert!(
        feed.contains("<guid>tag:old.example,2020:/x?a=1&amp;b=&lt;2&gt;</guid>")
            || feed.contains(
                "<guid isPermaLink=\"true\">tag:old.example,2020:/x?a=1&amp;b=&lt;2&gt;</guid>"
            ),
        "{feed}"
    );
    assert!(feed.contains(&format!("url=\"{}\"", elsewhere.replace('&', "&amp;"))), "{feed}");

    // Whoever takes one of them away is stopped: to apps it would be another episode.
    for key in ["guid:", "guidIsPermaLink:", "enclosure:"] {
        let path = "episodes/episode_001.md";
        let before = show.read(path);
        let without: Vec<&str> = before.lines().filter(|line| !line.starts_with(key)).collect();
        show.write(path, &without.join("\n"));
        let ran = show.onair(&["release", "-q"]);
        assert_eq!(ran.code, 4, "{key} {}", ran.said());
        show.write(path, &before);
    }
    assert_eq!(show.read("public/podcasts/feed.xml"), feed);

    show.episode(2, &["guidIsPermaLink: perhaps", "enclosure: old.example/x.mp3"]);
    show.episode(3, &["enclosure: https://old.example/a b.mp3"]);
    insta::assert_snapshot!("keys_that_mean_nothing", show.onair(&["check", "2", "3"]).said());
}

#[test]
fn a_feed_moves_step_by_step() {
    let (show, server) = published();
    let old = server.feed();
    let moving = || {
        let ran = import_or_move(&show, &server, &["move", &old]);
        (ran.code, ran.stdout + &ran.stderr)
    };
    let release = |settings: &str| {
        show.write("onair.toml", settings);
        let ran = show.onair(&["release", "-q", "--allow", "feed-move"]);
        assert_eq!(ran.code, 0, "{}", ran.said());
    };
    let before = show.read("onair.toml");
    assert_eq!(moving().0, 2);
    let new = before.replace("[site]\n", "[site]\nfeed = \"new.xml\"\n");
    let with = |settings: &str, guid: &str| {
        settings.replace("[show]\n", &format!("[show]\nguid = \"{guid}\"\n"))
    };
    show.write("onair.toml", &with(&new, "9b024349-ccf0-5f69-a609-6b82873eab3c"));
    let (code, said) = moving();
    assert!(code == 1 && said.contains("next  1. onair.toml has the show's guid"), "{said}");
    let feed = show.read("public/podcasts/feed.xml");
    let (_, guid) = feed.split_once("<podcast:guid>").unwrap();
    let guid = guid.split_once('<').unwrap().0;

    let new = with(&new, guid);
    show.write("onair.toml", &new);
    assert!(moving().1.contains("next  2. the new feed is public"));
    // The old feed can only name the new one while it is still the show's feed.
    let moved = format!("[site]\nnew-feed-url = \"{}/new.xml\"\n", server.address);
    release(&with(&before.replace("[site]\n", &moved), guid));
    show.write("onair.toml", &new);
    assert!(moving().1.contains("next  2. the new feed is public"));
    assert_eq!(show.onair(&["release", "-q"]).code, 4);
    release(&new);
    let (code, said) = moving();
    assert!(code == 1 && said.contains("next  5. the old address redirects"), "{said}");

    show.write("onair.toml", &before.replace("[site]\n", &moved));
    let said = show.check();
    assert!(
        said.contains("error[feed-move]: the feed moves, and its podcast:guid would"),
        "{said}"
    );
    assert!(said.contains(&format!("write guid = \"{guid}\" into [show]")), "{said}");
}

const NAMESPACES: &str = "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:atom='http://www.w3.org/2005/Atom' xmlns:podcast='https://podcastindex.org/namespace/1.0'";

/// A hosted show of an MP3 and something else, with what onair has no key for.
fn hosted(link: &str) -> String {
    let item = |number: u32, ending: &str, kind: &str| {
        format!(
            "<item><title>Number {number}</title><guid isPermaLink='false'>g{number}</guid>\
             <pubDate>Tue, 0{number} Mar 2022 07:00:00 +0000</pubDate>\
             <enclosure url='https://cdn.old.example/{number}.{ending}?x=1' length='100{number}' type='{kind}'/>\
             <itunes:duration>61</itunes:duration><podcast:soundbite startTime='1' duration='2'/>\
             <description>&lt;p&gt;A &lt;a href=\"https://a.example\"&gt;link&lt;/a&gt; &amp;amp; more.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</description></item>"
        )
    };
    format!(
        "<rss {NAMESPACES}><channel><title>Show</title><link>{link}</link><description>D</description><language>en</language>\
         <itunes:author>A</itunes:author><itunes:category text='Arts'/><itunes:image href='https://old.example/a.png'/>\
         <atom:link rel='self' href='https://feeds.old.example/show.xml'/><podcast:value type='lightning' method='keysend'/>{}{}</channel></rss>",
        item(2, "m4a", "audio/x-m4a"),
        item(1, "mp3", "audio/mpeg")
    )
}

#[test]
fn a_hosted_show_is_published_and_its_audio_stays_where_it_is() {
    let show = TestShow::new();
    show.write("old.xml", &hosted("https://www.old.example"));
    let ran = show.onair(&["import", "old.xml", "--show", "copy"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    insta::assert_snapshot!("hosted", ran.said());
    fs::copy(show.path("img/artwork.png"), show.path("copy/img/artwork.png")).unwrap();
    let ran = show.onair(&["check", "--show", "copy"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let ran = show.onair(&["release", "--show", "copy", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let feed = show.read("copy/public/podcasts/feed.xml");
    let enclosures: Vec<&str> =
        feed.lines().map(str::trim).filter(|line| line.starts_with("<enclosure")).collect();
    assert_eq!(enclosures.len(), 2);
    for (enclosure, parts) in enclosures
        .iter()
        .zip([["2.m4a?x=1", "\"1002\"", "audio/x-m4a"], ["1.mp3?x=1", "\"1001\"", "audio/mpeg"]])
    {
        assert!(parts.iter().all(|part| enclosure.contains(part)), "{enclosure}");
    }
    assert_eq!(feed.matches("<podcast:soundbite ").count(), 2, "{feed}");
    assert!(feed.contains("<podcast:value "), "{feed}");
    assert!(
        feed.contains(
            "<![CDATA[<p>A <a href=\"https://a.example\">link</a> &amp; more.</p><p>Two.</p>]]>"
        ),
        "{feed}"
    );
    // Nothing of it was sent, and the next release has nothing to do.
    assert!(!show.path("copy/public/media").exists());
    let ran = show.onair(&["release", "--show", "copy"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(ran.said().contains("Nothing to do"), "{}", ran.said());
    // onair gave that audio no tag, and gives it none there.
    let path = "copy/episodes/number-1.md";
    let before = show.read(path);
    show.write(path, &before.replace("Number 1", "Number one"));
    let ran = show.onair(&["release", "--show", "copy", "--dry-run"]);
    assert!(ran.code == 0 && !ran.said().contains("Tag:"), "{}", ran.said());
    let ran = show.onair(&["release", "--show", "copy", "--retag", "number-1"]);
    assert!(ran.code == 2 && ran.said().contains("`onair rehost"), "{}", ran.said());
    show.write(path, &before);
    // A length that is changed is a change of public audio, and stopped.
    let path = "copy/episodes/number-1.md";
    show.write(path, &show.read(path).replace("size: 1001", "size: 999"));
    let ran = show.onair(&["release", "--show", "copy", "-q"]);
    assert_eq!(ran.code, 4, "{}", ran.said());
}

#[test]
fn what_only_the_host_can_decide_is_asked_for() {
    let show = TestShow::new();
    show.write("old.xml", &hosted("https://twitter.com/show"));
    let ran = show.onair(&["import", "old.xml", "--show", "copy"]);
    assert_eq!(ran.code, 1, "{}", ran.said());
    assert!(
        ran.stdout.contains("the show's site is not known: https://twitter.com/show"),
        "{}",
        ran.stdout
    );
    assert!(!show.read("copy/onair.toml").contains("twitter.com"));
    let ran =
        show.onair(&["import", "old.xml", "--show", "other", "--url", "https://show.example"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(show.read("other/onair.toml").contains("url = \"https://show.example\""));

    show.write("list.opml", "<opml version='2.0'><body><outline text='Feeds'><outline text='One' xmlUrl='https://a.example/f.xml'/></outline></body></opml>");
    let ran = show.onair(&["import", "list.opml", "--show", "new"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("onair import https://a.example/f.xml    # One"), "{}", ran.stderr);
}

#[test]
fn a_folder_is_read_from_the_root_of_its_repository() {
    let show = TestShow::new();
    let config = "title: Blog\nurl: https://show.example\npodcast:\n  title: Ondes\n  description: Des ondes\n  language: fr\n  zone: Europe/Paris\n  category: News / Tech News\n";
    for (path, text) in [
        ("site/_config.yml", config),
        ("site/README.md", "# Read me\n"),
        (
            "site/contents/episodes/345/index.md",
            "---\ntitle: Un\nfile: 345.mp3\nsize: 5\nduration: 00:00:01\npublication: 2024-01-01 07:00:00 +0100\n---\nN\n",
        ),
        (
            "site/contents/episodes/346/index.md",
            "---\ntitle: Deux\n\"episode\": !!int \"346\"\nfile: 346.mp3\npublication: 2024-01-08 07:00:00 +0100\n---\nN\n",
        ),
        ("site/contents/about/index.md", "---\ntitle: About\n---\nN\n"),
    ] {
        fs::create_dir_all(show.path(path).parent().unwrap()).unwrap();
        show.write(path, text);
    }
    for from in ["site", "site/contents", "site/contents/episodes"] {
        let copy = format!("copy-{}", from.replace('/', "-"));
        let ran = show.onair(&["import", from, "--show", &copy]);
        assert_eq!(ran.code, 0, "{from}: {}", ran.said());
        let names: Vec<String> = show
            .tree(&format!("{copy}/episodes"))
            .into_keys()
            .map(|path| path.rsplit('/').next().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["345.md", "346.md"], "{from}");
        assert!(show.read(&format!("{copy}/episodes/345.md")).contains("episode: 345\n"));
        assert!(show.read(&format!("{copy}/episodes/346.md")).contains("346\"\n"));
        let settings = show.read(&format!("{copy}/onair.toml"));
        for line in
            ["title = \"Ondes\"", "time-zone = \"Europe/Paris\"", "[\"News\", \"Tech News\"]"]
        {
            assert!(settings.contains(line), "{settings}");
        }
    }
    // A part alone is no whole.
    show.write("site/contents/episodes/346/index.md", "---\ntitle: [Deux\nfile: 346.mp3\n---\n");
    let ran = show.onair(&["import", "site", "--show", "part"]);
    assert_eq!(ran.code, 1, "{}", ran.said());
    assert!(
        ran.stdout.contains("1 file could not be read, such as contents/episodes/346/index.md"),
        "{}",
        ran.stdout
    );
}

/// A feed of two MP3s, an M4A and one that is gone, on a server of its own.
fn hosted_elsewhere() -> (TestShow, Server) {
    let show = TestShow::without_audio();
    fs::create_dir(show.path("old")).unwrap();
    fs::write(show.path("old/one.mp3"), super::show::audio(1, 150)).unwrap();
    fs::write(show.path("old/two.mp3"), super::show::audio(2, 160)).unwrap();
    let server = Server::start(show.path("old"));
    let length = |name: &str| fs::metadata(show.path(name)).map_or(7, |it| it.len());
    fs::copy(show.path("img/artwork.png"), show.path("old/own")).unwrap();
    let item = |name: &str, kind: &str, day: u32| {
        let length = length(&format!("old/{name}"));
        let image = format!("<itunes:image href='{}/own?.jpg'/>", server.address);
        let image = if name.ends_with(".mp3") { image } else { String::new() };
        format!(
            "<item><title>On {name}</title><description>About {name}. &lt;img src='https://old.example/x.png'&gt;</description><guid isPermaLink='false'>g-{name}</guid>{image}\
             <pubDate>Mon, 0{day} Feb 2021 07:00:00 +0100</pubDate><itunes:duration>4</itunes:duration>\
             <enclosure url='{}/{name}?a=1' length='{length}' type='{kind}'/></item>",
            server.address
        )
    };
    show.write(
        "old/feed.xml",
        &format!(
            "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel><title>Tides</title>\
             <link>https://show.example</link><description>What the sea brings.</description><language>fr</language>\
             <itunes:author>Ada</itunes:author><itunes:category text='Arts'/><itunes:explicit>false</itunes:explicit>{}{}{}{}</channel></rss>",
            item("one.mp3", "audio/mpeg", 1),
            item("two.mp3", "audio/mpeg", 8),
            item("three.m4a", "audio/x-m4a", 2),
            item("gone.mp3", "audio/mpeg", 3),
        ),
    );
    (show, server)
}

#[test]
fn audio_comes_home_and_only_its_address_changes() {
    let (show, server) = hosted_elsewhere();
    let feed = format!("{}/feed.xml", server.address);
    let zone = ["--time-zone", "Europe/Paris"];
    let ran = import(&show, &server, &[&[&*feed, "--show", "copy"], &zone[..]].concat());
    assert!(ran.said().contains("the audio stays at its old addresses"), "{}", ran.said());
    fs::copy(show.path("img/artwork.png"), show.path("copy/img/artwork.jpg")).unwrap();
    let settings = show.read("copy/onair.toml").replace("artwork.jpg", "artwork.png");
    show.write("copy/onair.toml", &settings);
    fs::rename(show.path("copy/img/artwork.jpg"), show.path("copy/img/artwork.png")).unwrap();
    let release = |more: &[&str]| {
        show.onair(
            &[&["release", "--show", "copy", "-q", "--now", "2021-03-01T00:00:00Z"], more].concat(),
        )
    };
    let ran = release(&[]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let before = show.read("copy/public/podcasts/feed.xml");

    // What an earlier try left is gone on with; a server that asks for patience has it.
    let part = fs::read(show.path("old/two.mp3")).unwrap();
    fs::write(show.path("copy/audio/.two.mp3.part"), &part[..1000]).unwrap();
    show.write("copy/audio/.two.mp3.part.of", "\"e\"");
    server.instead("/one.mp3?a=1", 429, "");
    server.asked();
    let ran = import_or_move(&show, &server, &["rehost", "--allow-private", "--show", "copy"]);
    insta::assert_snapshot!("rehost", ran.said());
    let asked = server.asked();
    assert!(asked.contains(&"/two.mp3?a=1 from 1000".to_owned()), "{asked:?}");
    for name in ["one.mp3", "two.mp3"] {
        let (old, new) = (format!("old/{name}"), format!("copy/audio/{name}"));
        assert!(fs::read(show.path(&old)).unwrap() == fs::read(show.path(&new)).unwrap());
    }
    let left: Vec<String> = show.tree("copy/audio").into_keys().collect();
    assert!(!left.iter().any(|name| name.contains(".part")), "{left:?}");

    // One permission for all; guids, lengths and bytes are the old ones.
    let ran = release(&[]);
    assert_eq!(ran.code, 4, "{}", ran.said());
    let ran = release(&["--allow", "address-change"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let after = show.read("copy/public/podcasts/feed.xml");
    let mut expected = before.clone();
    for name in ["one.mp3", "two.mp3"] {
        let own = format!("https://show.example/media/{name}");
        expected = expected.replace(&format!("{}/{name}?a=1", server.address), &own);
        let published = fs::read(show.path(&format!("copy/public/media/{name}"))).unwrap();
        assert!(published == fs::read(show.path(&format!("old/{name}"))).unwrap());
    }
    assert_eq!(after, expected);
    assert!(after.contains("gone.mp3?a=1") && after.contains("three.m4a?a=1"), "{after}");
}

#[test]
fn audio_without_a_name_here_is_not_called_foreign() {
    let show = TestShow::new();
    show.episode(1, &["file:", "guid: x", "enclosure: https://old.example/1.mp3"]);
    let before = show.read("episodes/episode_001.md");
    let ran = show.onair(&["rehost"]);
    assert_eq!(
        ran.stdout,
        "Fetched 0 MP3s (0 B); 0 there already\n1 episode stays at the old address, such as episodes/episode_001.md: `file` does not say \
         what it is to be called here\nNo audio was brought home\n"
    );
    assert_eq!(show.read("episodes/episode_001.md"), before);
}

#[test]
fn one_file_is_not_the_audio_of_two_addresses() {
    let show = TestShow::new();
    let of = |number: u32| format!("enclosure: https://old.example/{number}/media.mp3");
    show.episode(1, &["file: media.mp3", "guid: a"]);
    show.episode(2, &["file: media.mp3", "guid: b", &of(2)]);
    show.episode(3, &["file: Media.mp3", "guid: c", &of(3)]);
    fs::write(show.path("audio/media.mp3"), super::show::audio(1, 150)).unwrap();
    let before = show.tree("episodes");
    let ran = show.onair(&["rehost"]);
    assert!(ran.stdout.contains("2 episodes stay at the old address"), "{}", ran.said());
    assert!(ran.stdout.contains("another episode's audio has that name"), "{}", ran.said());
    assert_eq!(show.tree("episodes"), before);
}

#[test]
fn a_file_that_was_there_is_not_said_to_have_come() {
    let show = TestShow::new();
    let audio = super::show::audio(1, 150);
    for (number, size) in [(1, audio.len() + 7), (2, 7)] {
        let file = format!("file: {number}.mp3");
        let old = format!("enclosure: https://old.example/{number}.mp3");
        show.episode(number, &[&file, "guid: a", &format!("size: {size}"), &old]);
        fs::write(show.path(&format!("audio/{number}.mp3")), &audio).unwrap();
    }
    let ran = show.onair(&["rehost"]);
    // That is another recording.
    let stays =
        "1 episode stays at the old address, such as episodes/episode_002.md: what `audio/` has";
    assert!(ran.stdout.contains(stays), "{}", ran.said());
    assert!(!ran.stdout.contains("what came"), "{}", ran.said());
    let said = "1 file was there already, and is not as long as the feed says, such as audio/1.mp3";
    assert!(ran.stdout.contains(said), "{}", ran.said());
}

#[test]
fn artwork_that_does_not_come_is_the_host_s_to_put_there() {
    let show = TestShow::without_audio();
    fs::create_dir(show.path("old")).unwrap();
    let server = Server::start(show.path("old"));
    show.write("old/i.webp", "RIFF....WEBPVP8 ");
    for artwork in ["i.webp", "gone.png"] {
        let item = item_with(1, "url='https://old.example/1.mp3' length='7'");
        let artwork = format!("{}/{artwork}", server.address);
        let feed = feed_with("", &item).replace("https://show.example/i.png", &artwork);
        show.write("old/feed.xml", &feed);
        let ran =
            import(&show, &server, &[&format!("{}/feed.xml", server.address), "--show", "copy"]);
        assert_eq!(ran.code, 3, "{}", ran.said());
        assert!(ran.said().contains("put a JPEG or PNG"), "{}", ran.said());
        assert!(!ran.said().contains("run the same again"), "{}", ran.said());
        fs::remove_dir_all(show.path("copy")).unwrap();
    }
}

#[test]
fn pictures_of_one_name_each_come_to_their_own_episode() {
    let show = TestShow::without_audio();
    let post = |file: &str| {
        format!("---\ntitle: {file}\nfile: {file}\nimage: cover.png\n---\n![](gone.png)\n")
    };
    for (name, picture) in [("a", "one"), ("b", "two")] {
        fs::create_dir_all(show.path(&format!("old/content/{name}"))).unwrap();
        show.write(&format!("old/content/{name}/{name}.md"), &post(&format!("{name}.mp3")));
        show.write(&format!("old/content/{name}/cover.png"), picture);
    }
    // One that every page would name, and another beside the page that names it.
    fs::create_dir_all(show.path("old/static")).unwrap();
    for (name, folder) in [("c", "content"), ("d", "content/d")] {
        fs::create_dir_all(show.path(&format!("old/{folder}"))).unwrap();
        let text =
            format!("---\ntitle: {name}\nfile: {name}.mp3\n---\n![](/x.png) ![](episodes/x.png)\n");
        show.write(&format!("old/{folder}/{name}.md"), &text);
    }
    show.write("old/static/x.png", "x");
    fs::write(show.path("old/content/latin.md"), b"---\ntitle: Caf\xe9\nfile: l.mp3\n---\n")
        .unwrap();
    let ran = show.onair(&["import", "old", "--show", "copy"]);
    assert_eq!(ran.code, 1, "{}", ran.said());
    assert_eq!(show.read("copy/episodes/cover.png"), "one");
    assert_eq!(show.read("copy/episodes/b/cover.png"), "two");
    let report = show.read("copy/import-report.md");
    for said in [
        "episodes/a.md: names gone.png, which was not found",
        "episodes/b/index.md: names gone.png, which was not found",
        "content/latin.md: files that cannot be read",
    ] {
        assert!(report.contains(said), "{said}: {report}");
    }
}

#[test]
fn an_import_brings_audio_home_at_once() {
    let (show, server) = hosted_elsewhere();
    let feed = format!("{}/feed.xml", server.address);
    let ran = import(&show, &server, &[&feed, "--rehost", "--show", "copy", "--time-zone", "UTC"]);
    // One is gone, and keeps its address.
    assert_eq!(ran.code, 3, "{}", ran.said());
    assert!(ran.said().contains("Now published here: the audio of 2 episodes"), "{}", ran.said());
    let with_address: Vec<String> = show
        .tree("copy/episodes")
        .into_iter()
        .filter(|(_, text)| String::from_utf8_lossy(text).contains("\nenclosure: "))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(with_address.len(), 2, "{with_address:?}");
    // Their artwork came once, and the pictures in their notes are named.
    let pictures: Vec<String> = show.tree("copy/img").into_keys().collect();
    assert_eq!(pictures.len(), 1, "{pictures:?}");
    let texts = show.tree("copy/episodes").into_iter();
    let texts = texts.map(|(_, text)| String::from_utf8(text).unwrap());
    let image = format!("\nimage: \"img/{}\"\n", pictures[0].rsplit('/').next().unwrap());
    assert_eq!(texts.filter(|text| text.contains(&image)).count(), 3, "{image}");
    assert!(ran.said().contains("pictures in notes stay where they are"), "{}", ran.said());
    assert!(!ran.said().contains("the feed still names"), "{}", ran.said());
    let report = show.read("copy/import-report.md");
    let (_, open) = report.split_once("## To decide").unwrap();
    let gone =
        format!("audio/gone.mp3: the server answers 404 ({}/gone.mp3?a=1): run", server.address);
    assert!(open.contains(&gone), "{report}");
    // The show is its host's now: what the feed left open is not asked for again.
    let ran = import(&show, &server, &[&feed, "--download", "--show", "copy"]);
    assert!(ran.code == 3 && !ran.said().contains("To decide"), "{}", ran.said());
    // Without it, what came is at hand, and no more.
    let ran = import(&show, &server, &[&feed, "--download", "--show", "at-hand"]);
    let next = "the feed still names the old host's files: before the old account is closed, run `onair rehost`";
    assert!(ran.said().contains(next), "{}", ran.said());
    assert!(show.read("at-hand/import-report.md").contains(next));
}

#[test]
fn a_toucan_folder_comes_with_what_its_episodes_name() {
    let show = TestShow::without_audio();
    let make = |path: &str, text: &str| {
        fs::create_dir_all(show.path(path).parent().unwrap()).unwrap();
        show.write(path, text);
    };
    make(
        "old/site.yml",
        "title: Un blog\nurl: https://ondes.example\nemail: ada@ondes.example\npodcast:\n  title: Ondes basses\n  \
         description: Le bruit de la mer\n  author: Ada Mer\n  language: fr\n  timezone: Europe/Paris\n  \
         category: Society & Culture\n  prefix: https://op3.dev/e/ondes.example/podcasts/\n",
    );
    make(
        "old/contents/episodes/001/index.md",
        "---\n\"type\": post\ntitle: !!str \"La vague\"\ndescription: La mer.\n\"episode\": !!int \"1\"\nduration: \"00:00:04\"\n\
         size: 1\nfile: 001.mp3\npublication: 2024-01-08 07:00:00 +0100\ntags:\n  - mer\nguests:\n  - name: Bo Lind\n    \
         title: marin\n    link: https://bo.example\nlinks:\n  - text: Le port\n    link: https://port.example\n\
         image: vague.png\n---\n\nOn entend la mer.\n",
    );
    fs::copy(show.path("img/artwork.png"), show.path("old/contents/episodes/001/vague.png"))
        .unwrap();
    make("old/contents/episodes/index.md", "---\ntitle: Tous\ntemplate: list.html\n---\n");
    let ran = show.onair(&["import", "old", "--show", "copy"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(show.path("copy/episodes/001/vague.png").is_file(), "{}", ran.said());
    let feed = super::generators::released(&show, "001.mp3");
    let audio = "https://op3.dev/e/ondes.example/podcasts/001.mp3";
    assert!(feed.contains(audio) && feed.contains("https://port.example"), "{feed}");
    // The MP3 is published as it is.
    let published = fs::read(show.path("copy/public/podcasts/001.mp3")).unwrap();
    assert!(published == super::show::audio(1, 150));

    // A folder of which only a part can be read says so.
    make(
        "old/contents/episodes/002/index.md",
        "---\ntitle: \"Cass\nepisode: 2\nfile: 2.mp3\n---\n",
    );
    let ran = show.onair(&["import", "old", "--show", "part"]);
    assert_eq!(ran.code, 1, "{}", ran.said());
    assert!(ran.said().contains("1 file could not be read"), "{}", ran.said());
}

/// A feed of these items, which names artwork that is there.
fn feed_with(address: &str, items: &str) -> String {
    format!(
        "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:atom='http://www.w3.org/2005/Atom'><channel>\
         <atom:link rel='self' href='{address}/feed.xml'/><title>Buoys</title><link>https://show.example</link><description>Red and green.</description>\
         <language>en</language><itunes:author>Ib</itunes:author><itunes:category text='Arts'/><itunes:image href='https://show.example/i.png'/>\
         {items}</channel></rss>"
    )
}

fn item_with(number: u32, enclosure: &str) -> String {
    format!(
        "<item><title>Buoy {number}</title><guid isPermaLink='false'>b{number}</guid><description>Words.</description>\
         <pubDate>Tue, 0{number} Sep 2019 10:00:00 GMT</pubDate><itunes:duration>60</itunes:duration>\
         <enclosure type='audio/mpeg' {enclosure}/></item>"
    )
}

#[test]
fn lengths_that_a_feed_does_not_say_are_asked_for() {
    let show = TestShow::new();
    let server = Server::start(show.path("old"));
    fs::create_dir(show.path("old")).unwrap();
    show.write("old/1.mp3", &"x".repeat(1234));
    let address = &server.address;
    let items = [
        item_with(1, &format!("url='{address}/1.mp3' length='0'")),
        item_with(2, &format!("url='{address}/gone.mp3'")),
        item_with(3, &format!("url='{address}/3.mp3' length='77'")),
    ];
    show.write("old/feed.xml", &feed_with(address, &items.concat()));
    let feed = format!("{address}/feed.xml");
    import(&show, &server, &[&feed, "--show", "copy", "--time-zone", "UTC"]);
    let size = |number: u32| {
        let text = show.read(&format!("copy/episodes/buoy-{number}.md"));
        text.lines().find(|line| line.starts_with("size:")).unwrap().to_owned()
    };
    assert_eq!([size(1), size(2), size(3)], ["size: 1234", "size:", "size: 77"]);
    let mut asked = server.asked();
    asked.retain(|path| path.ends_with(".mp3"));
    asked.sort();
    assert_eq!(asked, ["/1.mp3", "/gone.mp3"]);
    // What nobody knows is said, and stops nothing: the feed says 0, as the old one did.
    fs::copy(show.path("img/artwork.png"), show.path("copy/img/artwork.png")).unwrap();
    let ran = show.onair(&["check", "--show", "copy"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(ran.said().contains("the length of this audio is not known"), "{}", ran.said());
    let ran = show.onair(&["release", "--show", "copy", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let feed = show.read("copy/public/podcasts/feed.xml");
    assert!(feed.contains("gone.mp3\" length=\"0\""), "{feed}");
    // Once it is known, it is written, and no guard is in the way.
    let text = show.read("copy/episodes/buoy-2.md");
    show.write("copy/episodes/buoy-2.md", &text.replace("size:\n", "size: 99\n"));
    let ran = show.onair(&["release", "--show", "copy", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(show.read("copy/public/podcasts/feed.xml").contains("gone.mp3\" length=\"99\""));
}

#[test]
fn what_cannot_come_home_is_not_said_to() {
    let show = TestShow::new();
    let items = item_with(1, "url='https://old.example/1.mp4' length=''");
    let items = items.replace("audio/mpeg", "video/mp4");
    show.write("old.xml", &feed_with("https://show.example", &items));
    let ran = show.onair(&["import", "old.xml", "--show", "copy", "--time-zone", "UTC"]);
    assert!(ran.said().contains("the feed says 0 until `size` is written"), "{}", ran.said());
    assert!(!ran.said().contains("rehost` brings it home"), "{}", ran.said());
    let ran = show.onair(&["check", "--show", "copy"]);
    assert!(ran.said().contains("help: write them as `size`\n"), "{}", ran.said());
}

#[test]
fn episodes_that_share_the_old_host_s_audio_stay_in_the_feed() {
    let show = TestShow::new();
    let enclosure = "url='https://old.example/rerun.mp3' length='77'";
    let items = [item_with(1, enclosure), item_with(2, enclosure)].concat();
    show.write("old.xml", &feed_with("https://show.example", &items));
    show.onair(&["import", "old.xml", "--show", "copy", "--time-zone", "UTC"]);
    fs::copy(show.path("img/artwork.png"), show.path("copy/img/artwork.png")).unwrap();
    for _ in 0..2 {
        let ran = show.onair(&["release", "--show", "copy", "-q"]);
        assert_eq!(ran.code, 0, "{}", ran.said());
    }
    let feed = show.read("copy/public/feed.xml");
    assert_eq!(feed.matches("https://old.example/rerun.mp3\" length=\"77\"").count(), 2, "{feed}");
}

/// What nobody but the host knows is not made up, and not published.
#[test]
fn what_a_feed_does_not_say_of_its_show_stands_open_and_nothing_is_released() {
    let show = TestShow::new();
    let platform = "https://podcasters.spotify.com/pod/show/abc";
    let feed = feed_with(platform, &item_with(1, "url='https://old.example/1.mp3' length='77'"));
    let feed = feed.replace("<itunes:category text='Arts'/>", "");
    let feed =
        feed.replace("<link>https://show.example</link>", &format!("<link>{platform}</link>"));
    show.write("old.xml", &feed.replace("<itunes:author>Ib</itunes:author>", ""));
    show.onair(&["import", "old.xml", "--show", "copy", "--time-zone", "UTC"]);
    fs::copy(show.path("img/artwork.png"), show.path("copy/img/artwork.png")).unwrap();
    let ran = show.onair(&["release", "--show", "copy"]);
    assert_eq!((ran.code, show.path("copy/public").exists()), (1, false), "{}", ran.said());
    let expected = "`url` still says \"https://your-site.invalid\"";
    assert!(ran.said().contains(expected), "{}", ran.said());
}

/// What `onair export` would be: the public feed and the files that it names are the whole show.
#[test]
fn the_feed_is_the_export_and_comes_back_as_the_same_feed() {
    let (show, server) = published();
    let ran = import(&show, &server, &[&server.feed(), "--download", "--show", "copy"]);
    assert!(show.path("copy/onair.toml").is_file(), "{}", ran.said());
    let ran = show.onair(&["check", "--show", "copy", "--fix"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let ran = show.onair(&["release", "--show", "copy", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let old = show.read("public/podcasts/feed.xml");
    let new = show.read("copy/public/podcasts/feed.xml");
    let lines = |feed: &str| feed.lines().map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (lines(&old), lines(&new));
    let gone: Vec<&String> = old.iter().filter(|line| !new.contains(line)).collect();
    let came: Vec<&String> = new.iter().filter(|line| !old.contains(line)).collect();
    assert!(gone.is_empty() && came.is_empty(), "gone {gone:#?}\ncame {came:#?}");
    assert_eq!(old, new);
}

#[test]
fn no_name_in_a_feed_leads_out_of_the_show() {
    let mp3 = include_bytes!("../../src/sound/fixtures/tone.mp3");
    let names: Vec<String> = [
        "../../evil",
        "..%2f..%2fevil",
        "%2e%2e/%2e%2e/evil",
        "..%5c..%5cevil",
        "/etc/evil",
        "a%00b",
        "a%0ab%1b[31m",
        "C:evil",
        ".git",
        "-rf",
        "onair.toml",
        ".gitattributes",
        &"x".repeat(400),
        "%e2%80%aeevil",
    ]
    .map(str::to_owned)
    .into();
    let count = names.len();
    let item = move |address: &str, name: &String| {
        let title = name.replace("%2e", ".").replace("%2f", "/");
        format!(
            "<item><title>{title}</title><guid isPermaLink='false'>{name}</guid><description>D</description>\
             <pubDate>Tue, 03 Sep 2019 10:00:00 GMT</pubDate>\
             <podcast:transcript url='{address}/{name}.vtt' type='text/vtt'/>\
             <enclosure url='{address}/{name}.mp3' length='9' type='audio/mpeg'/></item>"
        )
    };
    let web = Web::start(move |asked| {
        let address = format!("http://{}", asked.headers["host"]);
        if asked.path.ends_with("/feed.xml") {
            let items: String = names.iter().map(|name| item(&address, name)).collect();
            let namespace = "<rss xmlns:podcast='https://podcastindex.org/namespace/1.0' ";
            let feed = feed_with(&address, &items).replace("<rss ", namespace);
            return (200, Vec::new(), feed.into_bytes());
        }
        match asked.path.contains(".vtt") {
            true => (200, Vec::new(), b"WEBVTT\n\n00:00.000 --> 00:01.000\nOh\n".to_vec()),
            false => (200, Vec::new(), mp3.to_vec()),
        }
    });
    let show = TestShow::new();
    let before = show.tree(".");
    let feed = format!("{}/feed.xml", web.url());
    let ran = show.onair(&["import", &feed, "--download", "--show", "copy"]);
    assert!(show.path("copy/onair.toml").is_file(), "{}", ran.said());
    assert!(!ran.said().contains(['\u{1b}', '\u{202e}', '\0']), "{}", ran.said());
    let mut after = show.tree(".");
    after.retain(|path, _| !path.starts_with("copy/"));
    assert!(after == before, "{:?}", after.keys());
    let made = show.tree("copy");
    assert_eq!(made.keys().filter(|path| path.starts_with("copy/episodes/")).count(), count);
    assert_eq!(made.keys().filter(|path| path.ends_with(".mp3")).count(), count, "{}", ran.said());
    for path in made.keys() {
        let name = path.rsplit('/').next().unwrap();
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        let known = [".gitignore", ".gitattributes"].contains(&name);
        assert!(plain && name.len() < 120 && (known || !name.starts_with(['.', '-'])), "{path}");
    }
}

#[test]
fn a_feed_of_endless_pages_ends() {
    let web = Web::start(|asked| {
        let number: u64 = asked.path.trim_start_matches('/').parse().unwrap_or_default();
        let address = format!("http://{}", asked.headers["host"]);
        let item = format!(
            "<atom:link rel='next' href='{address}/{}'/>{}",
            number + 1,
            item_with(1, &format!("url='{address}/{number}.mp3' length='9'"))
                .replace("b1", &format!("b{number}"))
        );
        (200, Vec::new(), feed_with(&address, &item).into_bytes())
    });
    let show = TestShow::new();
    let ran = show.onair(&["import", &format!("{}/0", web.url()), "--show", "copy"]);
    assert!(show.path("copy/onair.toml").is_file(), "{}", ran.said());
    assert!(web.asked().len() < 1_100);
    assert!(show.read("copy/import-report.md").contains("/1000"), "{}", ran.said());
}

#[test]
fn what_lies_in_a_folder_comes_along_or_is_told() {
    let show = TestShow::new();
    let config = "baseURL = 'https://quay.example/'\ntitle = 'Quay'\n[params]\nitunes_image = 'https://quay.example/img/art.png'\n";
    for (path, text) in [
        ("old/hugo.toml", config),
        ("old/content/one.md", "---\ntitle: A\npodcastFile: q1.mp3\ndate: 2020-01-05\n---\nN\n"),
        ("old/content/two.html", "---\ntitle: B\npodcast_file: q2.mp3\n---\nN\n"),
        ("old/layouts/list.html", "<p>No front matter</p>\n"),
        ("old/archetypes/default.md", "---\ntitle = {{ replace }}\n---\n"),
        ("old/static/audio/q1.mp3", "sound"),
    ] {
        fs::create_dir_all(show.path(path).parent().unwrap()).unwrap();
        show.write(path, text);
    }
    let art = show.path("old/static/img/art.png");
    fs::create_dir_all(art.parent().unwrap()).unwrap();
    // What is no picture is no artwork.
    fs::write(&art, "<svg></svg>").unwrap();
    let ran = show.onair(&["import", "old", "--show", "none"]);
    assert!(ran.said().contains("put the artwork") && !show.path("none/img/artwork.png").exists());
    let picture = b"\x89PNG\r\n\x1a\n and more";
    fs::write(&art, picture).unwrap();
    let ran = show.onair(&["import", "old", "--show", "new"]);
    assert_eq!(ran.code, 1, "{}", ran.said());
    assert_eq!(fs::read(show.path("new/img/artwork.png")).unwrap(), picture);
    assert!(show.read("new/onair.toml").contains("artwork = \"img/artwork.png\""));
    let (said, report) = (ran.said(), show.read("new/import-report.md"));
    assert!(said.contains("The artwork came along"), "{said}");
    for said in ["1 MP3 in the folder, such as static/audio/q1.mp3", "such as content/two.html"] {
        assert!(report.contains(said), "{said}: {report}");
    }
    assert!(!report.contains("put the artwork") && !report.contains("archetypes"), "{report}");
}

#[test]
fn a_hostile_folder_brings_nothing_from_outside() {
    use std::os::unix::fs::symlink;
    let show = TestShow::new();
    show.write("secret.png", "secret");
    show.write("secret.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nsecret\n");
    let posts = show.path("old/_posts");
    fs::create_dir_all(&posts).unwrap();
    fs::create_dir_all(show.path("old/img")).unwrap();
    show.write("old/_config.yml", "title: Ondes\nurl: https://show.example\n");
    symlink(show.path("secret.png"), show.path("old/img/link.png")).unwrap();
    symlink(show.root(), show.path("old/up")).unwrap();
    symlink(show.path("secret.vtt"), posts.join("link.md")).unwrap();
    for path in ["old/_posts/pipe.md", "old/img/pipe.png"] {
        assert!(
            std::process::Command::new("mkfifo").arg(show.path(path)).status().unwrap().success()
        );
    }
    for (at, name) in [
        "../secret.png",
        "../../secret.png",
        "img/link.png",
        "img/pipe.png",
        "up/secret.png",
        "/secret.png",
        &show.path("secret.png").display().to_string(),
        "../onair.toml",
    ]
    .iter()
    .enumerate()
    {
        let text = format!(
            "---\nlayout: podcast\ntitle: T{at}\ndescription: d\nepisode: {}\nfile: 00{at}.mp3\n\
             date: 2021-02-0{} 07:00:00 +0100\nduration: 00:00:02\nsize: 1\nimage: {name}\n\
             transcript: ../../secret.vtt\n---\n\n![]({name})\n",
            at + 1,
            at + 1
        );
        show.write(&format!("old/_posts/2021-02-0{}-t.md", at + 1), &text);
    }
    let ran = show.onair(&["import", "old", "--show", "copy"]);
    assert!(show.path("copy/onair.toml").is_file(), "{}", ran.said());
    for (path, bytes) in show.tree("copy") {
        let text = String::from_utf8_lossy(&bytes);
        let is_own = path.ends_with(".md") || path.ends_with("onair.toml");
        assert!(is_own || !text.contains("secret"), "{path}: {text}");
    }
}
