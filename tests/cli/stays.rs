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

/// The address to which the page at `path` leads on.
fn leads_to(show: &TestShow, path: &str) -> String {
    let page = show.read(path);
    assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"), "{page}");
    let to = values(&page, "<link rel=\"canonical\" href=\"")[0].to_owned();
    assert!(page.contains(&format!("content=\"0; url={to}\"")), "{page}");
    to
}

fn rename(show: &TestShow, from: &str, to: &str) {
    fs::rename(show.path(&format!("episodes/{from}.md")), show.path(&format!("episodes/{to}.md")))
        .unwrap();
}

#[test]
fn a_page_that_moves_leaves_a_redirect_for_good() {
    let show = show_of(3);
    released(&show, &[]);
    rename(&show, "episode_003", "episode_003_dusk");
    let ran = released(&show, &[]);
    assert!(
        ran.stdout.contains("Moved: 1 page; a redirect stays at each old address\n  > podcasts/episode_003/index.html now leads to https://show.example/podcasts/episode_003_dusk/index.html\n"),
        "{}",
        ran.said()
    );
    let old = "public/podcasts/episode_003/index.html";
    let new = "https://show.example/podcasts/episode_003_dusk/index.html";
    assert_eq!(leads_to(&show, old), new);
    // It stays, says nothing more, and follows the page.
    let ran = released(&show, &[]);
    assert!(ran.stdout.starts_with("Nothing to do"), "{}", ran.said());
    rename(&show, "episode_003_dusk", "dusk");
    released(&show, &[]);
    for was in ["episode_003", "episode_003_dusk"] {
        let page = format!("public/podcasts/{was}/index.html");
        assert_eq!(leads_to(&show, &page), "https://show.example/podcasts/dusk/index.html");
    }
    show.onair(&["prune", "--keep", "1", "--yes"]);
    assert_eq!(leads_to(&show, old), "https://show.example/podcasts/dusk/index.html");
    // Another episode may take the old place, and the page may come back.
    rename(&show, "dusk", "episode_003_dusk");
    released(&show, &[]);
    assert!(show.read("public/podcasts/episode_003_dusk/index.html").contains("Title four"));
    assert_eq!(leads_to(&show, old), new);
}

#[test]
fn another_folder_of_pages_redirects_all_of_them_in_one_word() {
    let show = show_of(5);
    released(&show, &[]);
    set(&show, "[site]\n", "[site]\npages = \"e\"\npage-name = \"number\"\nindex-html = false\n");
    let ran = released(&show, &[]);
    assert!(ran.stdout.contains("Moved: 5 pages"), "{}", ran.said());
    assert!(ran.stdout.contains("  > and 2 more\n"), "{}", ran.said());
    let old = leads_to(&show, "public/podcasts/episode_002/index.html");
    assert_eq!(old, "https://show.example/e/2/");
    let feed = show.read("public/podcasts/feed.xml");
    assert!(feed.contains("<link>https://show.example/e/2/</link>"), "{feed}");
}

#[test]
fn the_front_matter_says_where_a_page_stands_and_stood() {
    let show = show_of(3);
    show.with_audio(1, 160, &["slug: first-tide", "aliases: [/old/1/, /1.html]"]);
    show.with_audio(2, 170, &["permalink: /tides/2/", "redirect_from: /old/2/"]);
    released(&show, &[]);
    let first = "https://show.example/podcasts/first-tide/index.html";
    assert_eq!(leads_to(&show, "public/old/1/index.html"), first);
    assert_eq!(leads_to(&show, "public/1.html"), first);
    assert_eq!(
        leads_to(&show, "public/old/2/index.html"),
        "https://show.example/tides/2/index.html"
    );
    assert!(show.path("public/tides/2/index.html").is_file());
    show.episode(3, &["slug: ../up"]);
    let said = show.check();
    assert!(said.contains("does not belong in a page's address"), "{said}");
}
