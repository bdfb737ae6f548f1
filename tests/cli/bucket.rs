//! A release to a bucket, what comes after it, and the examination of the bucket: the real binary
//! against a server in this process, with what the public gets served from the same objects.

use std::process::Command;

use crate::memory_s3::{ACCESS_KEY, Abilities, MemoryS3, SECRET_KEY};
use crate::show::{Ran, SETTINGS, TestShow};
use crate::web::{Answer, Asked, Web};

/// After every episode's date.
pub const NOW: &str = "2021-03-01T00:00:00Z";
const TARGET: &str = "s3://show/pod";

/// A show, a bucket, and a web server that gives the public what stands in it.
pub struct Stage {
    pub show: TestShow,
    pub server: MemoryS3,
    pub web: Web,
    _runtime: tokio::runtime::Runtime,
}

impl Stage {
    /// Of an audience that is served as `serve` says.
    pub fn new(serve: impl Fn(&MemoryS3, &Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::of(Abilities::default(), serve)
    }

    /// The same with a bucket of these abilities.
    pub fn of(
        abilities: Abilities,
        serve: impl Fn(&MemoryS3, &Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let server = runtime.block_on(MemoryS3::start(abilities));
        let behind = server.clone();
        let web = Web::start(move |asked| serve(&behind, asked));
        let show = TestShow::new();
        let settings = SETTINGS.replace("https://show.example", &web.url());
        show.write(
            "onair.toml",
            &format!("{settings}\n[target]\nurl = \"{TARGET}\"\ncloudfront = \"E123\"\n"),
        );
        (1..=2).for_each(|number| show.with_audio(number, 150 + 10 * number as usize, &[]));
        Self { show, server, web, _runtime: runtime }
    }

    /// The binary with all it needs to reach the bucket.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.show.command(arguments);
        command
            .env("AWS_ENDPOINT_URL_S3", self.server.endpoint())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("HOME", self.show.root())
            .env("ONAIR_NOW", NOW)
            .env("ONAIR_CLOUDFRONT_URL", format!("{}/cloudfront", self.web.url()));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.tidy(self.show.run(&mut self.command(arguments)))
    }

    /// Ports are other ones each time.
    pub fn tidy(&self, ran: Ran) -> Ran {
        let tidy = |text: String| {
            text.replace(&self.server.endpoint(), "http://STORE")
                .replace(&self.web.url(), "http://WEB")
        };
        Ran { code: ran.code, stdout: tidy(ran.stdout), stderr: tidy(ran.stderr) }
    }
}

/// As a sound server does it; `/cloudfront` is Amazon's.
pub fn sound(server: &MemoryS3, asked: &Asked) -> Answer {
    if asked.path.starts_with("/cloudfront") {
        return (201, Vec::new(), Vec::new());
    }
    let Some(object) = server.object(&format!("pod{}", asked.path)) else {
        return (404, Vec::new(), Vec::new());
    };
    let mut headers = vec![("Content-Type", object.content_type.unwrap_or_default())];
    if asked.headers.contains_key("origin") {
        headers.push(("Access-Control-Allow-Origin", "*".to_owned()));
    }
    if asked.headers.contains_key("range") {
        headers.push(("Content-Range", format!("bytes 0-1/{}", object.bytes.len())));
        return (206, headers, object.bytes[..2].to_vec());
    }
    (200, headers, object.bytes.to_vec())
}

/// The paths that CloudFront was told of.
fn told(asked: &[Asked]) -> Vec<String> {
    let posts = asked.iter().filter(|asked| asked.method == "POST");
    let bodies: String = posts.map(|asked| asked.body.clone()).collect();
    bodies
        .split("<Path>")
        .skip(1)
        .filter_map(|rest| rest.split_once("</Path>"))
        .map(|(path, _)| path.to_owned())
        .collect()
}

#[test]
fn a_release_tells_the_cdn_and_looks_at_new_audio() {
    let stage = Stage::new(sound);
    let first = stage.run(&["release"]);
    insta::assert_snapshot!("release_first", first.outline());
    let asked = stage.web.asked();
    assert!(told(&asked).contains(&"/media/001.mp3".to_owned()), "what stood there is not known");
    let looked: Vec<_> = asked.iter().filter(|it| it.path.ends_with(".mp3")).collect();
    assert!(looked.iter().any(|it| it.headers.contains_key("range")), "{looked:?}");

    stage.server.asked();
    let nothing = stage.run(&["release"]);
    assert!(nothing.stdout.starts_with("Nothing to do"), "{}", nothing.said());
    assert!(stage.web.asked().is_empty(), "nothing to say, nothing to look at");
    let asked = stage.server.asked();
    assert_eq!(asked, ["GetObject", "GetObject"], "nothing to do costs two small reads");

    let notes = stage.show.read("episodes/episode_002.md").replace("Notes.", "Other notes.");
    stage.show.write("episodes/episode_002.md", &notes);
    stage.show.with_audio(3, 190, &[]);
    let ran = stage.run(&["release", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    insta::assert_snapshot!("release_afterwards", format!("{:#}", json["afterwards"]));
    let paths = told(&stage.web.asked());
    for path in ["/podcasts/feed.xml", "/", "/index.html", "/podcasts/episode_002/"] {
        assert!(paths.contains(&path.to_owned()), "{path} is not in {paths:?}");
    }
    assert!(paths.iter().all(|path| !path.contains("003") && !path.contains('*')), "{paths:?}");
}

#[test]
fn what_the_public_gets_wrong_is_a_warning_and_no_failure() {
    let stage = Stage::new(|server, asked| match asked.path.as_str() {
        path if path.starts_with("/cloudfront") => {
            (403, Vec::new(), b"<Error><Code>AccessDenied</Code></Error>".to_vec())
        }
        // It ignores ranges.
        _ => match sound(server, asked) {
            (206, headers, _) => {
                let object = server.object(&format!("pod{}", asked.path)).unwrap();
                (200, headers, object.bytes.to_vec())
            }
            answer => answer,
        },
    });
    let ran = stage.run(&["release"]);
    insta::assert_snapshot!("release_warnings", ran.outline());
    assert!(stage.server.object("pod/podcasts/feed.xml").is_some());
}

#[test]
fn an_address_that_leads_nowhere_is_said_once() {
    let stage = Stage::new(sound);
    let settings = stage.show.read("onair.toml").replace(&stage.web.url(), "http://127.0.0.1:1");
    stage.show.write("onair.toml", &settings);
    let ran = stage.run(&["release"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert_eq!(ran.stdout.matches("Not checked").count(), 1, "{}", ran.said());
    let ran = stage.run(&["doctor"]);
    assert_eq!(ran.code, 3, "{}", ran.said());
    assert!(ran.stdout.contains("broken   public address"), "{}", ran.said());
}

#[test]
fn the_doctor_looks_at_everything_and_says_how_to_mend_it() {
    let stage = Stage::new(sound);
    let before = stage.run(&["doctor"]);
    assert!(before.stdout.contains("nothing is published yet"), "{}", before.said());
    assert_eq!(stage.server.keys(), [""; 0], "nothing is left behind");
    assert_eq!(stage.run(&["release"]).code, 0);
    insta::assert_snapshot!("doctor_fine", stage.run(&["doctor"]).said());

    let mut nobody = stage.command(&["doctor", "--format", "json"]);
    nobody.env("AWS_ACCESS_KEY_ID", "AKIANOBODYKNOWSTHIS0");
    let ran = stage.tidy(stage.show.run(&mut nobody));
    assert_eq!(ran.code, 3);
    insta::assert_snapshot!("doctor_nobody", ran.stdout);

    let mut lost = stage.command(&["doctor"]);
    lost.env_remove("AWS_REGION").env_remove("AWS_ENDPOINT_URL_S3");
    insta::assert_snapshot!("doctor_no_region", stage.show.run(&mut lost).said());
}

#[test]
fn a_show_takes_its_addresses_along_to_another_bucket() {
    let stage = Stage::new(sound);
    assert_eq!(stage.run(&["release"]).code, 0);
    let path = "episodes/episode_001.md";
    let titled = stage.show.read(path).replacen("title: ", "title: A new ", 1);
    stage.show.write(path, &titled);
    assert_eq!(stage.run(&["release", "--retag", "1"]).code, 0);
    let elsewhere = format!("{TARGET}-two");
    let refused = stage.run(&["release", "--target", &elsewhere]);
    assert_eq!(refused.code, 4, "{}", refused.said());
    assert!(
        refused.stdout.contains("copy its target here first, with `.onair/`"),
        "{}",
        refused.said()
    );
    assert!(refused.stderr.contains("--allow address-change"), "{}", refused.said());
    let ran = stage.run(&["release", "--target", &elsewhere, "--allow", "address-change"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
}

#[test]
fn the_feed_of_an_old_host_holds_nothing_up() {
    let stage = Stage::new(|server, asked| match asked.path.as_str() {
        "/podcasts/feed.xml" if server.object("pod/podcasts/feed.xml").is_none() => {
            let feed = "<rss version='2.0'><channel><title>a</title><link>b</link><description>c</description>\
                <item><title>t</title><guid>001.mp3</guid><enclosure url='https://old.example/1.mp3' length='9' \
                type='audio/mpeg'/></item></channel></rss>";
            (200, Vec::new(), feed.into())
        }
        _ => sound(server, asked),
    });
    let ran = stage.run(&["release"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
}

#[test]
fn the_cdn_is_told_of_audio_that_is_taken_down() {
    let stage = Stage::new(sound);
    assert_eq!(stage.run(&["release"]).code, 0);
    stage.web.asked();
    let ran = stage.run(&["unpublish", "1", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let paths = told(&stage.web.asked());
    assert!(paths.contains(&"/media/001.mp3".to_owned()), "{paths:?}");
}

#[test]
fn a_bucket_with_versions_frees_nothing_and_it_is_said() {
    let stage = Stage::of(Abilities { versions: true, ..Abilities::default() }, sound);
    assert_eq!(stage.run(&["release"]).code, 0);
    let ran = stage.run(&["unpublish", "1", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(ran.stdout.contains("Removed: "), "{}", ran.said());
    let kept = "warning: the bucket keeps what was removed, as old versions";
    assert!(ran.stderr.contains(kept), "{}", ran.said());
    let ran = stage.run(&["prune", "--keep", "1", "--yes"]);
    assert!(ran.stderr.contains(kept) && !ran.stdout.contains("freed"), "{}", ran.said());
}

#[test]
fn the_policy_is_printed_without_asking_anybody() {
    let stage = Stage::new(sound);
    let ran = stage.show.onair(&["doctor", "--print-policy"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    insta::assert_snapshot!("policy", ran.stdout);
    let ran = stage.show.onair(&["doctor", "--print-policy", "--target", "public"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!("policy_of_a_folder", ran.stderr);
}

/// Hubs are told once a feed is public, and only then; what they answer fails nothing.
#[test]
fn hubs_are_told_of_a_new_feed() {
    let stage = Stage::new(sound);
    let hub = Web::start(|asked| (if asked.path == "/hub" { 204 } else { 500 }, vec![], vec![]));
    let settings = stage.show.read("onair.toml");
    let ours = format!("[site]\nhub = \"{0}/hub\"\npodping = \"{0}/podping\"\n", hub.url());
    let settings = settings.replace("[show]\n", "[show]\nmedium = \"music\"\n");
    stage.show.write("onair.toml", &settings.replace("[site]\n", &ours));
    let mut command = stage.command(&["release"]);
    let ran = stage.show.run(command.env("ONAIR_PODPING_TOKEN", "secret"));
    assert_eq!(ran.code, 0, "{}", ran.said());
    let told = hub.asked();
    let feed = format!("{}/podcasts/feed.xml", stage.web.url());
    let encoded = feed.replace(':', "%3A").replace('/', "%2F");
    let [websub, podping] = &told[..] else { panic!("{told:?}") };
    assert_eq!((websub.method.as_str(), websub.path.as_str()), ("POST", "/hub"));
    assert_eq!(websub.body, format!("hub.mode=publish&hub.url={encoded}&hub.topic={encoded}"));
    assert_eq!(podping.path, format!("/podping?url={encoded}&reason=update&medium=music"));
    assert_eq!(podping.headers["authorization"], "secret");
    assert!(
        ran.stderr.contains("Podping: ") && ran.stderr.contains("status 500"),
        "{}",
        ran.said()
    );
    assert!(!ran.said().contains("secret"));
    // The feed names its hub.
    let published =
        String::from_utf8(stage.server.object("pod/podcasts/feed.xml").unwrap().bytes.to_vec())
            .unwrap();
    assert!(
        published.contains(&format!("<atom:link href=\"{}/hub\" rel=\"hub\"", hub.url())),
        "{published}"
    );
    // Nothing new, nothing said.
    stage.run(&["release"]);
    assert!(hub.asked().is_empty());
}
