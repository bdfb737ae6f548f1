//! `onair preview`, asked over the wire.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::show::TestShow;

/// Three sound episodes with audio.
fn show() -> TestShow {
    let show = TestShow::new();
    (1..=3).for_each(|number| show.with_audio(number, 60, &[]));
    show
}

/// A preview that runs, ended with the test.
struct Running {
    child: Child,
    port: u16,
    said: BufReader<std::process::ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn start(show: &TestShow) -> Self {
        Self::start_in(show, &[])
    }

    fn start_in(show: &TestShow, environment: &[(&str, &str)]) -> Self {
        let mut child = show
            .command(&["preview", "--port", "0"])
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let port = line.trim().trim_end_matches('/').rsplit(':').next().unwrap().parse().unwrap();
        Self { child, port, said }
    }

    fn open(&self, path: &str, more: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let host = format!("127.0.0.1:{}", self.port);
        let connection = if more.contains("Connection") { "" } else { "Connection: close\r\n" };
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{connection}{more}\r\n").unwrap();
        BufReader::new(stream)
    }

    /// Head and content of an answer.
    fn get(&self, path: &str, more: &str) -> (String, Vec<u8>) {
        let mut answer = Vec::new();
        self.open(path, more).read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec())
    }

    fn page(&self, path: &str) -> String {
        String::from_utf8(self.get(path, "").1).unwrap()
    }

    /// Changes something, and waits until a browser would be told.
    fn after(&self, change: impl FnOnce()) {
        let mut events = self.open("/.onair/events", "");
        let mut versions = 0;
        let mut line = String::new();
        let mut change = Some(change);
        while versions < 2 {
            line.clear();
            assert!(events.read_line(&mut line).unwrap() > 0, "the events ended");
            if line.starts_with("data: ") {
                versions += 1;
                if let Some(change) = change.take() {
                    change();
                }
            }
        }
    }

    /// Waits until a page has this text; what is known of the audio comes a moment later.
    fn until(&self, path: &str, text: &str) -> String {
        let began = Instant::now();
        loop {
            let page = self.page(path);
            if page.contains(text) {
                return page;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "no {text} in {page}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn a_browser_gets_what_would_be_published_and_the_audio_with_its_tag() {
    let show = show();
    assert_eq!(show.onair(&["release"]).code, 0);
    let preview = Running::start(&show);
    let published = |path: &str| fs::read(show.path(&format!("public/{path}"))).unwrap();
    let feed = String::from_utf8(published("podcasts/feed.xml")).unwrap();
    assert_eq!(preview.until("/podcasts/feed.xml", &feed), feed);
    assert_eq!(preview.get("/assets/style.css", "").1, published("assets/style.css"));
    let audio = "/.onair/audio/media/001.mp3";
    let whole = published("media/001.mp3");
    assert!(preview.page("/podcasts/episode_001/").contains(&format!("src=\"{audio}\"")));
    // Until it was looked at, a file is played as it is.
    let began = Instant::now();
    while preview.get(audio, "").1 != whole {
        assert!(began.elapsed() < Duration::from_secs(20), "the audio is not what is published");
        std::thread::sleep(Duration::from_millis(20));
    }
    let (head, _) = preview.get(audio, "");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("audio/mpeg"), "{head}");
    // Within the tag, over its end, and within the host's own file.
    for (from, to) in [(0, 9), (5, whole.len() - 2), (whole.len() - 7, whole.len() - 1)] {
        let (head, bytes) = preview.get(audio, &format!("Range: bytes={from}-{to}\r\n"));
        assert!(head.starts_with("HTTP/1.1 206"), "{head}");
        assert!(bytes == whole[from..=to], "bytes {from} to {to}");
    }
}

#[test]
fn what_this_machine_has_heard_is_shown_as_a_waveform() {
    let show = TestShow::new();
    show.audio(1, include_bytes!("../../src/sound/fixtures/tone.mp3"));
    show.episode(1, &[]);
    show.fix(1);
    let cache = show.path("cache").display().to_string();
    let remembering = [("ONAIR_CACHE_DIR", cache.as_str())];
    for command in [&["check", "--listen"][..], &["release"]] {
        assert_eq!(show.onair_in(command, &remembering).code, 0);
    }
    let page = show.read("public/podcasts/episode_001/index.html");
    let peaks = page.split_whitespace().find(|it| it.starts_with("data-peaks=")).unwrap();
    Running::start_in(&show, &remembering).until("/podcasts/episode_001/", peaks);
}

#[test]
fn pages_follow_the_files_and_a_broken_one_keeps_the_last_good() {
    // Without audio, which would be looked at in its own time.
    let show = TestShow::without_audio();
    (1..=3).for_each(|number| show.episode(number, &[]));
    let preview = Running::start(&show);
    let page = "/podcasts/episode_002/";
    let episode = "episodes/episode_002.md";
    let before = show.read(episode);

    preview.after(|| show.save(episode, &format!("{before}\nA line more.\n")));
    assert!(preview.page(page).contains("A line more."));

    // Front matter in the middle of being typed: the page stays, and says so.
    preview.after(|| show.save(episode, "---\ntitle: \"\n---\nAnother text.\n"));
    let shown = preview.page(page);
    assert!(shown.contains("A line more.") && shown.contains("not up to date"), "{shown}");
    preview.after(|| show.save(episode, &before));
    let shown = preview.page(page);
    assert!(!shown.contains("A line more.") && !shown.contains("not up to date"), "{shown}");

    let settings = show.read("onair.toml");
    preview.after(|| show.save("onair.toml", &format!("{settings}\n[show\n")));
    let shown = preview.page("/");
    assert!(shown.contains("onair.toml cannot be used") && shown.contains("Test Show"), "{shown}");

    preview.after(|| {
        show.save("onair.toml", &settings.replace("[site]", "[site]\ntemplates = \"templates\""))
    });
    assert!(preview.page("/").contains("not up to date"), "there is no such folder yet");
    preview.after(|| fs::create_dir(show.path("templates")).unwrap());
    preview.after(|| show.save("templates/404.html", "<p>Lost & {{ show.title }}</p>\n"));
    assert!(preview.page("/nothing").contains("<p>Lost & Test Show</p>"));
    preview.after(|| show.save("templates/404.html", "<p>\n{{ show.titel }}</p>\n"));
    let shown = preview.page("/nothing");
    assert!(shown.contains("<p>Lost &") && shown.contains("templates/404.html:2"), "{shown}");
}

#[test]
fn findings_are_in_the_page_and_drafts_are_not() {
    let show = show();
    let text = show.read("episodes/episode_003.md");
    show.write("episodes/episode_003.md", &text.replacen("---\n", "---\ndraft: true\n", 1));
    let text = show.read("episodes/episode_002.md");
    let size = text.lines().find(|line| line.starts_with("size:")).unwrap();
    show.write("episodes/episode_002.md", &text.replace(size, "size: 12"));
    let preview = Running::start(&show);
    assert!(preview.get("/podcasts/episode_003/", "").0.starts_with("HTTP/1.1 404"));
    let page = preview.until("/podcasts/episode_002/", "(audio-size)");
    assert!(page.contains("2 errors here"), "{page}");
    // Nothing of it is published.
    show.write("episodes/episode_002.md", &text);
    assert_eq!(show.onair(&["release"]).code, 0);
    let published =
        fs::read_to_string(show.path("public/podcasts/episode_002/index.html")).unwrap();
    assert!(!published.contains("onair-preview"));
}

#[test]
fn a_scheduled_episode_is_shown_as_it_will_be() {
    let show = show();
    let text = show.read("episodes/episode_003.md");
    let date = text.lines().find(|line| line.starts_with("date:")).unwrap();
    let text = text.replace(date, "date: 2999-01-02 07:00:00 +0100");
    show.write("episodes/episode_003.md", &text);
    let mut preview = Running::start(&show);
    let mut line = String::new();
    preview.said.read_line(&mut line).unwrap();
    assert!(line.starts_with("3 episodes, 1 of them scheduled and shown as if out"), "{line}");
    let page = preview.page("/podcasts/episode_003/");
    assert!(page.contains("this page comes out on 2999-01-02 at 07:00 (+01:00)"), "{page}");
    assert!(preview.page("/podcasts/feed.xml").contains("003.mp3"));
}

#[test]
fn a_port_that_is_taken_is_said_and_settings_that_are_wrong_too() {
    let show = show();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let ran = show.onair(&["preview", "--port", &port.to_string()]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains(&format!("port {port} is taken")), "{}", ran.stderr);
    assert!(ran.stderr.contains("--port 0"), "{}", ran.stderr);
    show.write("onair.toml", "[show]\n");
    let ran = show.onair(&["preview", "--port", "0"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("onair.toml cannot be used"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_at_once_and_well() {
    let show = show();
    let mut preview = Running::start(&show);
    // A browser that listens keeps nobody waiting.
    let mut events = preview.open("/.onair/events", "Connection: keep-alive\r\n");
    events.read_line(&mut String::new()).unwrap();
    let pid = preview.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let began = Instant::now();
    let status = loop {
        if let Some(status) = preview.child.try_wait().unwrap() {
            break status;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "it goes on");
        std::thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(status.code(), Some(0));
}

/// The status of an answer; a path is sent as it stands here.
fn status(preview: &Running, path: &str) -> u16 {
    let (head, _) = preview.get(path, "");
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn no_path_that_is_asked_for_and_no_link_leads_out_of_the_show() {
    let show = show();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.mp3"), "secret ".repeat(1000)).unwrap();
    fs::write(outside.path().join("secret.png"), show.read("onair.toml")).unwrap();
    for (name, path) in [("secret.mp3", "audio/002.mp3"), ("secret.png", "img/one.png")] {
        let _ = fs::remove_file(show.path(path));
        symlink(outside.path().join(name), show.path(path)).unwrap();
    }
    let text = show.read("episodes/episode_003.md");
    show.write("episodes/episode_003.md", &format!("{text}\n![A picture](/img/one.png)\n"));
    let preview = Running::start(&show);
    let root = show.root().display().to_string();
    for path in [
        "/../onair.toml",
        "/%2e%2e/onair.toml",
        "/..%2fonair.toml",
        "/podcasts/../../onair.toml",
        "/podcasts/..%5c..%5conair.toml",
        "/..\\onair.toml",
        "/onair.toml",
        "/onair.toml%00.html",
        "/%00",
        "/episodes/episode_001.md",
        "/img/one.png",
        "//etc/passwd",
        &format!("/{root}/onair.toml"),
        &format!("//{root}/onair.toml"),
        "/.onair/audio/002.mp3",
        "/.onair/audio/media/002.mp3",
        "/.onair/audio/media/../../onair.toml",
        "/.onair/audio/media/%2e%2e/%2e%2e/onair.toml",
        "/.onair/audio//etc/passwd",
        "/.onair/../onair.toml",
        "http://127.0.0.1/../onair.toml",
        "file:///etc/passwd",
        "*",
    ] {
        let (head, body) = preview.get(path, "");
        let status = head.split(' ').nth(1).unwrap_or_default();
        assert!(matches!(status, "400" | "403" | "404"), "{path}: {head}");
        let body = String::from_utf8_lossy(&body);
        assert!(!body.contains("secret ") && !body.contains("root:"), "{path}: {body}");
    }
    assert_eq!(status(&preview, "/podcasts/episode_003/"), 200);
}

#[test]
fn audio_that_became_a_link_or_a_pipe_is_not_opened() {
    let show = show();
    show.write("secret.txt", &"secret ".repeat(10_000));
    let preview = Running::start(&show);
    let settings = show.read("onair.toml");
    // The last good edition is shown on, and knows the file by its name.
    preview.after(|| show.save("onair.toml", &format!("{settings}\n[show\n")));
    let audio = "/.onair/audio/media/001.mp3";
    assert_eq!(status(&preview, audio), 200);
    let path = show.path("audio/001.mp3");
    fs::remove_file(&path).unwrap();
    symlink("../secret.txt", &path).unwrap();
    assert_eq!(status(&preview, audio), 503);
    fs::remove_file(&path).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert_eq!(status(&preview, audio), 503);
}

#[test]
fn a_hostile_show_is_shown_without_harm_and_in_time() {
    let show = show();
    let settings = show.read("onair.toml");
    show.write(
        "onair.toml",
        &format!(
            "{}templates = \"theme\"\n",
            settings.replace("Test Show", "<script>t()</script>")
        ),
    );
    fs::create_dir(show.path("theme")).unwrap();
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
    show.write("theme/404.html", endless);
    // A picture of 20,000 pixels a side, by its head, and a pipe in place of one.
    let mut huge = fs::read(show.path("img/artwork.png")).unwrap();
    huge[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
    fs::write(show.path("img/huge.png"), huge).unwrap();
    for path in ["img/pipe.png", "c.txt", "t.vtt", "theme/episode.html", "episodes/pipe.md"] {
        assert!(Command::new("mkfifo").arg(show.path(path)).status().unwrap().success());
    }
    show.episode(
        2,
        &[
            "title: \"</title><script>t()</script>\"",
            "image: img/huge.png",
            "chapters: c.txt",
            "transcript: t.vtt",
        ],
    );
    let text = show.read("episodes/episode_003.md");
    let notes = "<script>t()</script><img src=/img/pipe.png onerror=t()>\n\n[a](javascript:t()) \
        ![b](/img/huge.png) </body></html><script>t()</script>\n";
    show.write("episodes/episode_003.md", &format!("{text}\n{notes}"));
    fs::copy(show.path("episodes/episode_001.md"), show.path("episodes/<script>t()<.md")).unwrap();

    let began = Instant::now();
    let ran = show.onair(&["check"]);
    assert_eq!(ran.code, 1, "{}", ran.said());
    // What cannot be shown is said at once; without the templates, all else is.
    let ran = show.onair(&["preview", "--port", "0"]);
    assert!(ran.code > 0 && ran.stderr.contains("theme"), "{}", ran.said());
    show.write("onair.toml", &settings.replace("Test Show", "<script>t()</script>"));
    let preview = Running::start(&show);
    for path in ["/", "/podcasts/episode_002/", "/podcasts/episode_003/", "/nothing"] {
        let page = preview.page(path);
        assert!(page.contains("<aside class=\"onair-preview\""), "{path}: {page}");
        for harm in ["<script>t", "onerror=t", "\"javascript:"] {
            assert!(!page.contains(harm), "{path}: {page}");
        }
    }
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn a_preview_drops_visitors_who_only_keep_it_waiting() {
    let show = TestShow::new();
    show.with_audio(1, 60, &[]);
    let running = Running::start(&show);
    let connect = || TcpStream::connect(("127.0.0.1", running.port)).unwrap();
    let mut silent: Vec<TcpStream> = (0..20).map(|_| connect()).collect();
    let mut half = connect();
    half.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    silent.push(half);
    let begun = Instant::now();
    for stream in &mut silent {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // An answer that says so, or none: then the end.
        stream.read_to_end(&mut Vec::new()).unwrap();
    }
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
    // More than there is room for: those who come last are dropped at once.
    let mut crowd: Vec<TcpStream> = (0..200).map(|_| connect()).collect();
    let last = crowd.last_mut().unwrap();
    last.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let answer = last.read(&mut [0]);
    assert!(matches!(answer, Ok(0) | Err(_)), "{answer:?}");
    drop(crowd);
    // Rooms are free again in a moment.
    let soon = Instant::now() + Duration::from_secs(5);
    let asked = || {
        let mut answer = Vec::new();
        let mut stream = connect();
        let request = format!(
            "GET / HTTP/1.1
Host: 127.0.0.1:{}
Connection: close

",
            running.port
        );
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.read_to_end(&mut answer);
        answer.starts_with(b"HTTP/1.1 200")
    };
    while !asked() {
        assert!(Instant::now() < soon);
        std::thread::sleep(Duration::from_millis(50));
    }
}
