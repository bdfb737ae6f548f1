//! What is public stays true: a host's everyday moves, and what the public has of them.

use std::fs;
use std::path::Path;

use super::show::{Ran, SETTINGS, TestShow};

/// After every episode's date.
const NOW: &str = "2021-03-01T00:00:00Z";

fn show_of(episodes: u32) -> TestShow {
    let show = TestShow::new();
    (1..=episodes).for_each(|number| show.with_audio(number, 150 + 10 * number as usize, &[]));
    show
}

fn set(show: &TestShow, from: &str, to: &str) {
    let text = show.read("onair.toml");
    assert!(text.contains(from), "{from}");
    show.write("onair.toml", &text.replace(from, to));
}

fn release(show: &TestShow, more: &[&str]) -> Ran {
    show.onair(&[&["release", "--now", NOW], more].concat())
}

fn released(show: &TestShow, more: &[&str]) -> Ran {
    let ran = release(show, more);
    assert_eq!(ran.code, 0, "{}", ran.said());
    ran
}

/// Every value of an attribute in a text.
fn values<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Every enclosure of the feed at `feed` is a file of `tree`, which a server has at `server`.
fn assert_enclosures(feed: &Path, server: &str, tree: &Path) {
    let feed = fs::read_to_string(feed).unwrap();
    let urls = values(&feed, "<enclosure url=\"");
    assert!(!urls.is_empty());
    for url in urls {
        let path = url.strip_prefix(server).unwrap_or_else(|| panic!("{url} is elsewhere"));
        assert!(tree.join(path).is_file(), "{url} leads nowhere");
    }
}

#[test]
fn two_shows_on_one_host_name_their_own_audio() {
    let tree = tempfile::tempdir().unwrap();
    for name in ["first", "second"] {
        let show = show_of(2);
        set(&show, "https://show.example", &format!("https://host.example/{name}"));
        let target = tree.path().join(name);
        released(&show, &["--target", target.to_str().unwrap()]);
        let feed = target.join("podcasts/feed.xml");
        assert_enclosures(&feed, &format!("https://host.example/{name}/"), &target);
    }
}

#[test]
fn a_media_address_that_leads_elsewhere_is_an_error_that_names_both_settings() {
    for (media, says) in [
        ("url = \"https://show.example/audio\"", "by `site.url` it is the folder `audio/`"),
        (
            "path = \"audio\"\nurl = \"https://show.example/media\"",
            "`media.path` audio goes to `audio/`",
        ),
    ] {
        let show = show_of(1);
        show.write("onair.toml", &format!("{SETTINGS}\n[media]\n{media}\n"));
        for command in ["check", "release"] {
            let ran = show.onair(&[command]);
            assert_eq!(ran.code, 2, "{}", ran.said());
            assert!(ran.said().contains(says), "{}", ran.said());
        }
        assert!(!show.path("public").exists());
    }
}

/// The names of the files below a folder of the target.
fn names(show: &TestShow, folder: &str) -> Vec<String> {
    show.tree(folder).into_keys().collect()
}

#[test]
fn new_artwork_under_the_same_name_gets_a_new_address() {
    let show = show_of(1);
    released(&show, &[]);
    let address = |show: &TestShow| {
        let feed = show.read("public/podcasts/feed.xml");
        values(&feed, "<itunes:image href=\"")[0].to_owned()
    };
    let (before, files) = (address(&show), names(&show, "public/img"));
    let mut artwork = fs::read(show.path("img/artwork.png")).unwrap();
    artwork.extend_from_slice(b"another picture");
    fs::write(show.path("img/artwork.png"), artwork).unwrap();
    released(&show, &[]);
    let after = address(&show);
    assert_ne!(before, after);
    for address in [&before, &after] {
        let file = address.strip_prefix("https://show.example/").unwrap();
        assert!(show.path("public").join(file).is_file(), "{address}");
    }
    assert!(names(&show, "public/img").len() == files.len() + 1, "the old one stays until prune");
    let page = show.read("public/podcasts/episode_001/index.html");
    assert!(page.contains(&after) && !page.contains(&before));
    show.onair(&["prune", "--keep", "1", "--yes"]);
    assert_eq!(names(&show, "public/img").len(), files.len());
}
