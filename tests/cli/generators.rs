//! `onair import` of the folders of site generators, each in the dialect of its own: from the folder to a
//! release.

use std::fs;

use super::show::{TestShow, audio};

/// Makes a folder `old` of these files.
fn folder(show: &TestShow, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = format!("old/{path}");
        fs::create_dir_all(show.path(&path).parent().unwrap()).unwrap();
        show.write(&path, text);
    }
}

/// Imports `old`, gives it the audio and artwork that are not in a repository, and releases it: its feed
/// and its first page.
fn published(show: &TestShow, mp3: &str, more: &[&str]) -> String {
    let ran = show.onair(&[&["import", "old", "--show", "copy"], more].concat());
    assert_eq!(ran.code, 0, "{}", ran.said());
    released(show, mp3)
}

/// Gives the imported show the audio and artwork that are not in a repository, and releases it: its feed.
pub fn released(show: &TestShow, mp3: &str) -> String {
    fs::write(show.path(&format!("copy/audio/{mp3}")), audio(1, 150)).unwrap();
    fs::copy(show.path("img/artwork.png"), show.path("copy/img/artwork.png")).unwrap();
    let settings = show.read("copy/onair.toml").replace("artwork.jpg", "artwork.png");
    show.write("copy/onair.toml", &settings);
    let ran = show.onair(&["check", "--show", "copy", "--fix"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let ran = show.onair(&["release", "--show", "copy", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    show.read("copy/public/podcasts/feed.xml")
}

fn has(feed: &str, all: &[&str]) {
    for one in all {
        assert!(feed.contains(one), "{one} is not in {feed}");
    }
}

#[test]
fn octopod() {
    let show = TestShow::without_audio();
    folder(
        &show,
        &[
            (
                "_config.yml",
                "title: Seal Radio\nsubtitle: Barks and bites\ndescription: What seals say.\nurl: https://seal.example\n\
                 author: Ulla Robbe\nemail: ulla@seal.example\nlanguage: de\ntimezone: Europe/Berlin\nexplicit: 'no'\n\
                 itunes_categories:\n  - Science\npermalink: /:title/\n",
            ),
            (
                "_posts/2016-04-03-seal001.md",
                "---\nlayout: post\ntitle: Der Anfang\nsubtitle: Wie es begann\ndatum: 2016-04-03 10:00:00 +0200\n\
                 author: Ulla Robbe\nexplicit: 'no'\nduration: \"0:00:04\"\nepisode: 1\naudio:\n  mp3: seal001.mp3\n  ogg: seal001.ogg\n\
                 chapters:\n  - '00:00:00.000 Vorneweg'\n  - '00:00:02.000 Am Strand <https://strand.example>'\n\
                 summary: Eine Robbe erzählt.\n---\n## Shownotes\n\n* [Strand](https://strand.example)\n",
            ),
            ("index.html", "---\nlayout: default\n---\n"),
        ],
    );
    let feed = published(&show, "seal001.mp3", &[]);
    has(
        &feed,
        &[
            "<title>Der Anfang</title>",
            "/seal001.mp3\"",
            "Sun, 03 Apr 2016 10:00:00 +0200",
            "Eine Robbe erzählt.",
            "podcast:chapters",
            "https://strand.example",
        ],
    );
}

#[test]
fn hugo_with_page_bundles() {
    let show = TestShow::without_audio();
    folder(
        &show,
        &[
            (
                "hugo.toml",
                "baseURL = 'https://gull.example/'\nlanguageCode = 'en-gb'\ntitle = 'Gull Hour'\ntimeZone = 'Europe/London'\n\
                 [params]\ndescription = 'Gulls, by the hour.'\nauthor = 'Gil'\ncategory = 'Science'\n",
            ),
            ("content/episodes/_index.md", "+++\ntitle = 'All episodes'\n+++\n"),
            (
                "content/episodes/012-storm/index.md",
                "+++\ntitle = 'Storm'\ndate = 2023-01-09T07:00:00Z\nlastmod = 2023-02-01\nepisode = 12\ndescription = 'Wind.'\n\
                 audio = 'gull-012.mp3'\nduration = '00:00:04'\ntags = ['wind']\n+++\n\nA gull in a storm: ![The gull](gull.png)\n",
            ),
            ("content/about.md", "+++\ntitle = 'About'\n+++\nUs.\n"),
        ],
    );
    fs::copy(show.path("img/artwork.png"), show.path("old/content/episodes/012-storm/gull.png"))
        .unwrap();
    let feed = published(&show, "gull-012.mp3", &[]);
    has(
        &feed,
        &["<title>Storm</title>", "/gull-012.mp3\"", "Mon, 09 Jan 2023 07:00:00 +0000", "gull"],
    );
    assert!(!feed.contains("<title>All") && !feed.contains("About"), "{feed}");
    let pages: Vec<String> = show.tree("copy/public").into_keys().collect();
    assert!(pages.iter().any(|path| path.contains("gull") && path.ends_with(".png")), "{pages:?}");
}

#[test]
fn castanet() {
    let show = TestShow::without_audio();
    folder(
        &show,
        &[
            (
                "config.toml",
                "baseurl = \"https://tern.example\"\nlanguageCode = \"en-us\"\ntitle = \"Tern Talk\"\ntheme = \"castanet\"\n\n\
                 [params]\ndescription = \"Terns.\"\nmedia_prefix = \"https://tern.example/media/\"\n\n[params.feed]\n\
                 itunes_author = \"Tess\"\nitunes_owner_email = \"tess@tern.example\"\nitunes_owner_name = \"Tess\"\n\
                 itunes_top_category = \"Science\"\n",
            ),
            (
                "content/episode/1.md",
                "+++\nDescription = \"The first tern.\"\naliases = [\"/1\"]\nauthor = \"tess\"\ndate = \"2017-03-06T04:09:45-05:00\"\n\
                 episode = \"1\"\nepisode_image = \"img/episode/default.png\"\nexplicit = \"no\"\nguests = [\"ola\"]\nsponsors = []\n\
                 podcast_duration = \"00:00:04\"\npodcast_file = \"tern001.mp3\"\npodcast_bytes = \"\"\ntitle = \"First Flight\"\n\
                 youtube = \"\"\n+++\nOver the sea.\n",
            ),
            ("content/guest/ola.md", "+++\nTitle = \"Ola\"\nTwitter = \"ola\"\n+++\nA bird.\n"),
        ],
    );
    fs::create_dir_all(show.path("old/static/img/episode")).unwrap();
    fs::copy(show.path("img/artwork.png"), show.path("old/static/img/episode/default.png"))
        .unwrap();
    let feed = published(&show, "tern001.mp3", &["--time-zone", "America/New_York"]);
    has(
        &feed,
        &[
            "<title>First Flight</title>",
            "/tern001.mp3\"",
            "Mon, 06 Mar 2017 04:09:45 -0500",
            "The first tern.",
        ],
    );
    // A file's name is nobody's.
    assert!(!feed.contains(">ola<"), "{feed}");
    assert!(show.read("copy/import-report.md").contains("guests by ids alone were left out"));
}

#[test]
fn eleventy() {
    let show = TestShow::without_audio();
    folder(
        &show,
        &[
            (
                "src/_data/podcast.json",
                "{\"title\": \"Auk Audio\", \"description\": \"Auks.\", \"siteUrl\": \"https://auk.example\", \"author\": \"Ann\",\n\
                 \"owner\": {\"name\": \"Ann\", \"email\": \"ann@auk.example\"}, \"language\": \"en\", \"category\": \"Science\"}",
            ),
            (
                "src/episode-posts/2022-05-02-puffins.md",
                "---\ntitle: Puffins\ndate: 2022-05-02T09:00:00+01:00\nepisode:\n  episodeNumber: 3\n  filename: auk-3.mp3\n  \
                 size: 1\n  duration: \"00:00:04\"\nexcerpt: About puffins.\ntags: podcastEpisode\n---\n\nPuffins dig.\n",
            ),
            ("eleventy.config.js", "export default function () {}\n"),
            ("node_modules/x/readme.md", "---\ntitle: x\nfile: x.mp3\n---\n"),
        ],
    );
    let feed = published(&show, "auk-3.mp3", &["--time-zone", "Europe/London"]);
    has(
        &feed,
        &[
            "<title>Auk Audio</title>",
            "<title>Puffins</title>",
            "/auk-3.mp3\"",
            "Mon, 02 May 2022 09:00:00 +0100",
            "<itunes:episode>3</itunes:episode>",
            "About puffins.",
        ],
    );
}
