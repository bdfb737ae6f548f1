//! What is public stays true: a host's everyday moves, and what the public has of them.

use std::fs;
use std::path::Path;

use super::show::{Ran, SETTINGS, TestShow};

/// After every episode's date.
const NOW: &str = "2021-03-01T00:00:00Z";

pub(super) fn show_of(episodes: u32) -> TestShow {
    let show = TestShow::new();
    (1..=episodes).for_each(|number| show.with_audio(number, 150 + 10 * number as usize, &[]));
    show
}

pub(super) fn set(show: &TestShow, from: &str, to: &str) {
    let text = show.read("onair.toml");
    assert!(text.contains(from), "{from}");
    show.write("onair.toml", &text.replace(from, to));
}

pub(super) fn release(show: &TestShow, more: &[&str]) -> Ran {
    show.onair(&[&["release", "--now", NOW], more].concat())
}

pub(super) fn released(show: &TestShow, more: &[&str]) -> Ran {
    let ran = release(show, more);
    assert_eq!(ran.code, 0, "{}", ran.said());
    ran
}

/// Every value of an attribute in a text.
pub(super) fn values<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Every enclosure of the feed at `feed` is a file of `tree`, which a server has at `server`.
fn assert_enclosures(feed: &Path, server: &str, tree: &Path) {
    let feed = fs::read_to_string(feed).unwrap();
    let urls = values(&feed, "<enclosure url=\"");
    assert!(!urls.is_empty());
    for url in urls {
        let path = url.strip_prefix(server).unwrap_or_default();
        assert!(!path.is_empty(), "{url} is elsewhere");
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
pub(super) fn leads_to(show: &TestShow, path: &str) -> String {
    let page = show.read(path);
    assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"), "{page}");
    let to = values(&page, "<link rel=\"canonical\" href=\"")[0].to_owned();
    assert!(page.contains(&format!("content=\"0; url={to}\"")), "{page}");
    to
}

pub(super) fn rename(show: &TestShow, from: &str, to: &str) {
    fs::rename(show.path(&format!("episodes/{from}.md")), show.path(&format!("episodes/{to}.md")))
        .unwrap();
}

#[test]
fn a_page_that_moves_leaves_a_redirect_for_good() {
    let show = show_of(3);
    let path = "episodes/episode_003.md";
    let with = "\nchapters: [{start: \"00:00\", title: Dusk}]\ntitle:";
    show.write(path, &show.read(path).replacen("\ntitle:", with, 1));
    released(&show, &[]);
    rename(&show, "episode_003", "episode_003_dusk");
    let ran = released(&show, &[]);
    assert!(!ran.stdout.contains("Tag:"), "the chapters are the same: {}", ran.said());
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
fn an_alias_for_a_page_that_has_moved_changes_nothing_of_its_redirects() {
    let show = show_of(2);
    released(&show, &[]);
    rename(&show, "episode_002", "dusk");
    let path = "episodes/dusk.md";
    let plain = show.read(path);
    show.write(path, &plain.replacen("---\n", "---\naliases: [/podcasts/episode_002/]\n", 1));
    let ran = released(&show, &[]);
    assert!(ran.stdout.contains("Moved: 1 page"), "{}", ran.said());
    let old = "public/podcasts/episode_002";
    let new = "https://show.example/podcasts/dusk";
    let stand = || {
        assert_eq!(leads_to(&show, &format!("{old}/index.html")), format!("{new}/index.html"));
        let player = leads_to(&show, &format!("{old}/embed/index.html"));
        assert_eq!(player, format!("{new}/embed/index.html"));
    };
    stand();
    show.write("episodes/episode_001.md", &(show.read("episodes/episode_001.md") + "\nMore.\n"));
    let ran = released(&show, &[]);
    assert!(!ran.stdout.contains("Moved:"), "{}", ran.said());
    stand();
    show.write(path, &plain);
    let ran = released(&show, &[]);
    assert!(!ran.stdout.contains("To be taken away"), "{}", ran.said());
    stand();
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
    assert!(said.contains("`slug`: this cannot be the name of a page"), "{said}");
}

#[test]
fn tracking_may_come_and_go_and_another_media_address_is_one_cause() {
    let show = show_of(5);
    released(&show, &[]);
    let settings = show.read("onair.toml");
    show.write(
        "onair.toml",
        &format!("{settings}\n[media]\ntracking = [\"https://op3.dev/e/\"]\n"),
    );
    let ran = released(&show, &[]);
    assert!(ran.stdout.contains("5 changed"), "{}", ran.said());
    assert!(
        show.read("public/podcasts/feed.xml")
            .contains("https://op3.dev/e/show.example/media/001.mp3")
    );
    show.write("onair.toml", &settings);
    released(&show, &[]);

    show.write("onair.toml", &format!("{settings}\n[media]\nurl = \"https://cdn.example/m\"\n"));
    let refused = release(&show, &[]);
    assert_eq!(refused.code, 4, "{}", refused.said());
    insta::assert_snapshot!(refused.said(), @"
        error: 5 published enclosure addresses would change
          episodes/episode_005.md: expected https://show.example/media/005.mp3, found https://cdn.example/m/005.mp3
          episodes/episode_004.md: expected https://show.example/media/004.mp3, found https://cdn.example/m/004.mp3
          episodes/episode_003.md: expected https://show.example/media/003.mp3, found https://cdn.example/m/003.mp3
          and 2 more
          help: set `media.url` back, or write the published address in the front matter, as `enclosure:`; if this is meant, release with --allow address-change
        error: stopped by 5 guards: nothing was published
        exit code 4
        ");
    released(&show, &["--allow", "address-change"]);
}

#[test]
fn audio_that_stands_elsewhere_has_the_length_of_the_file_at_hand() {
    let show = show_of(1);
    let path = "episodes/episode_001.md";
    let written =
        show.read(path).replacen("---\n", "---\nenclosure: https://old.example/1.mp3\n", 1);
    show.write(path, &written);
    released(&show, &[]);
    let length = std::fs::metadata(show.path("audio/001.mp3")).unwrap().len();
    let enclosure = format!("url=\"https://old.example/1.mp3\" length=\"{length}\"");
    let feed = show.read("public/podcasts/feed.xml");
    assert!(feed.contains(&enclosure), "{enclosure} in {feed}");
}

#[test]
fn nothing_is_measured_by_a_playing_time_that_nobody_knows() {
    let show = TestShow::new();
    fs::create_dir(show.path("transcripts")).unwrap();
    show.write("transcripts/t.vtt", "WEBVTT\n\n00:00.000 --> 01:00.000\nHello\n");
    let extras = [
        "duration: ",
        "size: 5",
        "enclosure: https://old.example/1.mp3",
        "soundbite: {startTime: 104.4, duration: 12, title: Rope}",
        "transcript: transcripts/t.vtt",
        "chapters: [{start: '00:00', title: Winches}, {start: '02:00', title: Flood}]",
    ];
    show.episode(1, &extras);
    let ran = show.onair(&["check"]);
    assert_eq!((ran.code, ran.said().contains("00:00")), (0, false), "{}", ran.said());
    released(&show, &[]);
    let feed = show.read("public/podcasts/feed.xml");
    assert!(feed.contains("<podcast:chapters "), "{feed}");
    let page = show.read("public/podcasts/episode_001/index.html");
    assert!(page.contains("Flood"), "{page}");
}

#[test]
fn a_link_to_an_episode_s_file_leads_to_its_page() {
    let show = show_of(2);
    let path = "episodes/episode_002.md";
    let written = show.read(path) + "\nAs [before](episode_001.md#links).\n";
    show.write(path, &written);
    released(&show, &[]);
    let page = show.read("public/podcasts/episode_002/index.html");
    assert!(page.contains("href=\"../../podcasts/episode_001/index.html#links\""), "{page}");
    let feed = show.read("public/podcasts/feed.xml");
    assert!(feed.contains("https://show.example/podcasts/episode_001/index.html#links"), "{feed}");
    assert!(!feed.contains("episode_001.md"), "{feed}");
}

#[test]
fn a_page_has_no_place_where_something_else_stands() {
    for key in ["permalink: /archive/2021/", "aliases: [/podcasts/feed.xml]", "slug: feed.xml"] {
        let show = show_of(1);
        let path = "episodes/episode_001.md";
        let written = show.read(path).replacen("---\n", &format!("---\n{key}\n"), 1);
        show.write(path, &written);
        let ran = release(&show, &[]);
        assert_eq!((ran.code, show.path("public/media").exists()), (1, false), "{}", ran.said());
        assert!(ran.stderr.contains("episodes/episode_001.md: `"), "{}", ran.said());
        assert!(ran.stderr.contains("another `slug`, `permalink` or alias"), "{}", ran.said());
    }
}

#[test]
fn an_address_that_shows_another_episode_is_told() {
    let show = show_of(2);
    released(&show, &[]);
    let path = |name: &str| show.path(&format!("episodes/{name}.md"));
    let rename = |from: &str, to: &str| fs::rename(path(from), path(to)).unwrap();
    rename("episode_001", "harbour");
    released(&show, &[]);
    // The redirect's place, and then two pages that change theirs.
    rename("episode_002", "episode_001");
    let astray = "podcasts/episode_001/index.html now shows episode 2, and no longer episode 1";
    assert!(released(&show, &[]).stdout.contains(astray));
    assert!(!released(&show, &[]).stdout.contains("Moved"));
    rename("harbour", "x");
    rename("episode_001", "harbour");
    rename("x", "episode_001");
    let ran = released(&show, &[]);
    assert_eq!(ran.stdout.matches("lead astray").count(), 2, "{}", ran.said());
}

#[test]
fn an_old_address_leads_to_one_page() {
    let show = show_of(2);
    for (number, alias) in [(1, "[/old/, /podcasts/episode_002/]"), (2, "[/old/, /two/]")] {
        let path = format!("episodes/episode_00{number}.md");
        let written = show.read(&path).replacen("---\n", &format!("---\naliases: {alias}\n"), 1);
        show.write(&path, &written);
    }
    let said = show.check();
    for expected in [
        "`aliases` names /podcasts/episode_002/index.html, which is the page of episodes/episode_002.md",
        "`aliases` names /old/index.html, which is an old address, too, of episodes/episode_001.md",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(said.matches("page-collision").count(), 2, "{said}");
}

/// It is made from the feed's address where it is not written.
#[test]
fn the_show_s_guid_outlives_its_address() {
    let show = show_of(1);
    let settings = show.read("onair.toml");
    let media = format!("{settings}\n[media]\nurl = \"https://show.example/media\"\n");
    show.write("onair.toml", &media);
    released(&show, &[]);
    let guid = |show: &TestShow| {
        let feed = show.read("public/podcasts/feed.xml");
        let (_, rest) = feed.split_once("<podcast:guid>").unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    let first = guid(&show);
    let moved = media.replacen("https://show.example", "https://tides.example", 1);
    show.write("onair.toml", &moved);
    let refused = release(&show, &[]);
    assert_eq!(refused.code, 4, "{}", refused.said());
    for expected in [first.as_str(), "as `guid` of [show]", "--allow show-guid-change"] {
        assert!(refused.stderr.contains(expected), "{}", refused.said());
    }
    show.write("onair.toml", &moved.replace("[show]\n", &format!("[show]\nguid = \"{first}\"\n")));
    released(&show, &[]);
    assert_eq!(guid(&show), first);
    show.write("onair.toml", &moved);
    let ran = released(&show, &["--allow", "show-guid-change"]);
    assert!(ran.stdout.contains("podcast:guid"), "{}", ran.said());
    assert_ne!(guid(&show), first);
}

#[test]
fn many_episodes_that_leave_are_one_cause_with_one_permission() {
    let show = show_of(7);
    released(&show, &[]);
    for number in 1..=6 {
        fs::remove_file(show.path(&format!("episodes/episode_{number:03}.md"))).unwrap();
    }
    let refused = release(&show, &[]);
    assert_eq!(refused.stderr.matches("--allow").count(), 1, "{}", refused.said());
    assert!(refused.stderr.contains("--allow removal:all"), "{}", refused.said());
    let refused =
        release(&show, &["--allow", "removal:episode_001.md,2", "--allow", "feed-shrink"]);
    assert_eq!(refused.code, 4, "{}", refused.said());
    assert_eq!(refused.stderr.matches("no published episode is called so").count(), 1);
    assert!(refused.stderr.contains("--allow removal:episode_001.md: no"), "{}", refused.said());
    released(&show, &["--allow", "removal:all"]);
}

#[test]
fn an_episode_is_taken_down_and_its_page_says_so() {
    let show = show_of(2);
    released(&show, &[]);
    let public = |path: &str| show.path("public").join(path);
    let before = show.tree("public");
    let asked = show.onair(&["unpublish", "1"]);
    insta::assert_snapshot!(asked.outline(), @"
        Would publish to public
          + podcasts/feed.xml (content changed, N kB)
          + N assets (content changed)
          + N pages (content changed)
        To be taken away: N objects that the show no longer has (podcasts/episode_001/embed/index.html, podcasts/episode_001/index.md, podcasts/episode_001/oembed.json)
        Feed: 0 new, 1 removed: #1; 0 guids changed
        Plan: N objects to send, N kB, N unchanged
        To be written: `draft: true` in episodes/episode_001.md
        To be removed for good (a rollback cannot bring it back):
          - media/001.mp3 (N kB)
        Nothing was taken down; `--yes` does it without a question.
        exit code 2
        ");
    assert_eq!(show.tree("public"), before, "nobody said yes");

    let ran = show.onair(&["unpublish", "1", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(show.read("episodes/episode_001.md").contains("\ndraft: true\n---"));
    assert!(!fs::read_to_string(public("podcasts/feed.xml")).unwrap().contains("001.mp3"));
    let page = fs::read_to_string(public("podcasts/episode_001/index.html")).unwrap();
    assert!(page.contains("noindex") && !page.contains("Title two"), "{page}");
    for file in ["media/001.mp3", "podcasts/episode_001/index.md"] {
        assert!(!public(file).exists(), "{file}");
    }
    // It stays so, and is done.
    assert!(released(&show, &[]).stdout.starts_with("Nothing to do"));
    let again = show.onair(&["unpublish", "1", "--yes"]);
    assert!(again.stdout.starts_with("Nothing to do"), "{}", again.said());
    // The way back is not open: its audio is gone.
    let back = show.onair(&["rollback", "1"]);
    assert_ne!(back.code, 0, "{}", back.said());
    assert_eq!(fs::read_to_string(public("podcasts/episode_001/index.html")).unwrap(), page);
    // Once it may be heard again, its page is back where it was.
    let text = show.read("episodes/episode_001.md").replace("draft: true\n", "");
    show.write("episodes/episode_001.md", &text);
    released(&show, &[]);
    let page = fs::read_to_string(public("podcasts/episode_001/index.html")).unwrap();
    assert!(page.contains("Title two"), "{page}");
    assert!(public("media/001.mp3").is_file());
}

#[test]
fn what_a_removal_left_is_taken_away_though_the_episode_s_file_is_gone() {
    let show = show_of(2);
    released(&show, &[]);
    fs::remove_file(show.path("episodes/episode_001.md")).unwrap();
    fs::remove_file(show.path("audio/001.mp3")).unwrap();
    released(&show, &["--allow", "removal:1"]);
    let ran = show.onair(&["unpublish", "1", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(!show.path("public/media/001.mp3").exists(), "{}", ran.said());
    let unknown = show.onair(&["unpublish", "7", "--yes"]);
    assert_eq!(unknown.code, 2, "{}", unknown.said());
}

#[test]
fn what_was_sent_ahead_can_be_taken_back() {
    let show = show_of(2);
    released(&show, &[]);
    show.with_audio(3, 150, &[]);
    let upload = show.onair(&["upload", "3"]);
    assert_eq!(upload.code, 0, "{}", upload.said());
    assert!(show.path("public/media/003.mp3").is_file());
    fs::remove_file(show.path("episodes/episode_003.md")).unwrap();
    let ran = show.onair(&["unpublish", "003.mp3", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(!show.path("public/media/003.mp3").exists(), "{}", ran.said());
    assert!(show.path("public/media/002.mp3").is_file());
    // What is in the feed goes only with its episode.
    let ran = show.onair(&["unpublish", "002.mp3"]);
    assert!(ran.stdout.contains("draft: true"), "{}", ran.said());
}

#[test]
fn a_removal_says_what_stays_public_and_how_it_goes() {
    let show = show_of(2);
    released(&show, &[]);
    fs::remove_file(show.path("episodes/episode_001.md")).unwrap();
    fs::remove_file(show.path("audio/001.mp3")).unwrap();
    let refused = release(&show, &[]);
    insta::assert_snapshot!(refused.stderr, @"
        error: episodes/episode_001.md: episode 1 would leave the feed: expected an item with guid `001.mp3`, found no such episode
          help: put back its file or its date, or take `draft` out; to take it down whole, with its page and its audio, use `onair unpublish`; if this is meant, release with --allow removal:1
        error: stopped by 1 guard: nothing was published
        ");
    let ran = released(&show, &["--allow", "removal:1"]);
    insta::assert_snapshot!(ran.outline(), @"
        Publishing to public
          + podcasts/feed.xml (content changed, N kB)
          + N assets (content changed)
          + N pages (content changed)
        To be taken away: N objects that the show no longer has (podcasts/episode_001/embed/index.html, podcasts/episode_001/index.md, podcasts/episode_001/oembed.json)
        Left public: of episode 1, media/001.mp3
          `onair unpublish 1` removes them
        Feed: 0 new, 1 removed: #1; 0 guids changed
        Plan: N objects to send, N kB, N unchanged
        Release 2 is published: N objects sent (N kB)
        Feed: https://show.example/podcasts/feed.xml
        exit code 0
        ");
    assert!(show.path("public/media/001.mp3").is_file());
    show.onair(&["prune", "--keep", "1", "--yes"]);
    assert!(!show.path("public/media/001.mp3").exists());
    assert!(show.path("public/podcasts/episode_001/index.html").is_file(), "it says it is gone");
}

#[test]
fn nothing_of_a_scheduled_episode_is_public_before_its_time() {
    let show = show_of(2);
    show.with_audio(3, 180, &["title: \"The secret title\"", "date: 2021-03-15 07:00:00 +0100"]);
    let ran = released(&show, &[]);
    assert!(
        ran.stdout.ends_with("waiting: #3 until 15 March 2021, 07:00 (in 14 days)\n"),
        "{}",
        ran.said()
    );
    for (name, bytes) in show.tree("public") {
        assert!(!name.contains("003"), "{name}");
        assert!(!String::from_utf8_lossy(&bytes).contains("The secret title"), "{name}");
    }
    let again = released(&show, &[]);
    assert!(again.stdout.starts_with("Nothing to do"), "{}", again.said());
    assert!(again.stdout.contains("waiting: #3"), "{}", again.said());
    let due = show.onair(&["release", "--now", "2021-03-15T06:00:00Z"]);
    assert!(!due.said().contains("waiting"), "{}", due.said());
    assert!(show.path("public/media/003.mp3").is_file());
    // A published episode that is postponed is guarded.
    let path = "episodes/episode_003.md";
    show.write(path, &show.read(path).replace("2021-03-15", "2021-05-15"));
    let refused = show.onair(&["release", "--now", "2021-03-15T06:00:00Z"]);
    assert!(refused.stderr.contains("it waits until 15 May 2021, 07:00"), "{}", refused.said());
}

/// A commit of all that the show holds, at this hour.
fn commit(show: &TestShow, hour: u32) {
    let git = |arguments: &[&str]| {
        let date = format!("2021-03-01T{hour:02}:00:00Z");
        let mut command = std::process::Command::new("git");
        command.current_dir(show.root()).args(["-c", "user.name=a", "-c", "user.email=a@b.c"]);
        command.args(arguments).env("GIT_COMMITTER_DATE", &date).env("GIT_AUTHOR_DATE", &date);
        assert!(command.output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-A", "episodes", "onair.toml"]);
    git(&["commit", "-q", "--allow-empty", "-m", "x"]);
}

fn git(show: &TestShow, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    let output = command.current_dir(show.root()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
}

#[test]
fn an_older_checkout_takes_nothing_back_unasked() {
    let show = show_of(2);
    commit(&show, 1);
    released(&show, &[]);
    let path = "episodes/episode_002.md";
    show.write(path, &show.read(path).replace("\nNotes.", "\nBetter notes."));
    commit(&show, 2);
    released(&show, &[]);
    git(&show, &["checkout", "-q", "HEAD~1"]);
    let refused = release(&show, &[]);
    assert_eq!(refused.code, 4, "{}", refused.said());
    assert!(refused.stderr.contains("of 2021-03-01 02:00 UTC"), "{}", refused.said());
    assert!(refused.stderr.contains("--allow older-checkout"), "{}", refused.said());
    assert!(refused.stderr.contains("amended, rebased or squashed"), "{}", refused.said());
    let page = "public/podcasts/episode_002/index.html";
    assert!(show.read(page).contains("Better notes."));
    // The newest one again has nothing to do; a later one goes on.
    git(&show, &["checkout", "-q", "main"]);
    assert!(released(&show, &[]).stdout.starts_with("Nothing to do"));
    git(&show, &["checkout", "-q", "HEAD~1"]);
    released(&show, &["--allow", "older-checkout"]);
    assert!(!show.read(page).contains("Better notes."));
    git(&show, &["checkout", "-q", "main"]);
    released(&show, &[]);
    assert!(show.read(page).contains("Better notes."));
    // One that lacks an episode, too, is told its cause and not what comes of it.
    show.with_audio(3, 190, &[]);
    commit(&show, 3);
    released(&show, &[]);
    git(&show, &["checkout", "-q", "HEAD~1"]);
    let refused = release(&show, &[]);
    assert!(refused.stderr.contains("--allow older-checkout"), "{}", refused.said());
    assert!(!refused.stderr.contains("unpublish"), "{}", refused.said());
}

#[test]
fn a_rollback_takes_pages_back_and_holds_until_the_show_changes() {
    let show = show_of(2);
    released(&show, &[]);
    let page = "public/podcasts/episode_002/index.html";
    let public = |show: &TestShow| {
        let mut tree = show.tree("public");
        tree.retain(|name, _| !name.starts_with("public/.onair/"));
        tree
    };
    let first = public(&show);
    let path = "episodes/episode_002.md";
    show.write(path, &show.read(path).replace("\nNotes.", "\nA slip of the pen."));
    released(&show, &[]);
    assert!(show.read(page).contains("A slip of the pen."));
    let back = show.onair(&["rollback"]);
    assert_eq!(back.code, 0, "{}", back.said());
    assert_eq!(public(&show), first, "feed, pages and all");
    // A scheduled release changes nothing.
    for _ in 0..2 {
        let held = released(&show, &[]);
        assert!(
            held.stdout.starts_with("Nothing to do: release 3 is a rollback"),
            "{}",
            held.said()
        );
        assert_eq!(public(&show), first);
    }
    show.write(path, &show.read(path).replace("A slip of the pen.", "The right word."));
    released(&show, &[]);
    assert!(show.read(page).contains("The right word."));
    // And back again, and forth because the host says so.
    show.onair(&["rollback", "1"]);
    assert_eq!(public(&show), first);
    released(&show, &["--allow", "undo-rollback"]);
    assert!(show.read(page).contains("The right word."));
    let listed = show.onair(&["rollback", "--list"]).stdout;
    let time = listed.split(['(', ',']).nth(1).unwrap();
    assert_eq!(time.find(':'), Some(13), "{listed}");
    assert!(!time.contains(['.', 'T']) || time.ends_with("UTC"), "{listed}");
}

#[test]
fn a_tag_is_old_until_its_host_has_it_published_anew() {
    let show = show_of(2);
    released(&show, &[]);
    let path = "episodes/episode_002.md";
    show.write(path, &show.read(path).replace("Title three", "A better title"));
    let ran = released(&show, &[]);
    assert!(
        ran.stdout.contains("Tag: the MP3 of episode 2 keeps the title it was published with"),
        "{}",
        ran.said()
    );
    let says = |show: &TestShow, file: &str, text: &str| {
        let bytes = fs::read(show.path(&format!("public/media/{file}"))).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let feed = show.read("public/podcasts/feed.xml");
    released(&show, &["--retag", "2"]);
    let after = show.read("public/podcasts/feed.xml");
    let guid = |feed: &str| values(feed, "<guid isPermaLink=\"false\">")[0].to_owned();
    assert_eq!(guid(&feed), guid(&after));
    let url = values(&after, "<enclosure url=\"")[0].to_owned();
    let file = url.rsplit('/').next().unwrap();
    assert_ne!(file, "002.mp3");
    let wide: Vec<u8> = "A better title".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = String::from_utf8(wide).unwrap();
    assert!(says(&show, file, "A better title") || says(&show, file, &wide));
    assert!(says(&show, "002.mp3", "Title three") || !says(&show, "002.mp3", "A better title"));
    // It stays where it is now.
    for arguments in [&[][..], &["--retag", "2"]] {
        let again = released(&show, arguments);
        assert!(again.stdout.starts_with("Nothing to do"), "{}", again.said());
    }
}

/// Whether any MP3 of the feed has this text in its tag.
fn heard(show: &TestShow, text: &str) -> bool {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let feed = show.read("public/podcasts/feed.xml");
    let names = values(&feed, "<enclosure url=\"https://show.example/");
    names.into_iter().any(|name| {
        let bytes = fs::read(show.path("public").join(name)).unwrap();
        bytes.windows(wide.len()).any(|window| window == wide)
    })
}

#[test]
fn an_episode_that_comes_back_has_the_tag_of_today() {
    for retagged in [true, false] {
        let show = show_of(2);
        released(&show, &[]);
        let path = "episodes/episode_002.md";
        show.write(path, &show.read(path).replace("Title three", "Corrected"));
        released(&show, if retagged { &["--retag", "2"] } else { &[] });
        let text = show.read(path);
        show.write(path, &text.replacen("---\n", "---\ndraft: true\n", 1));
        released(&show, &["--allow", "removal:2"]);
        assert!(!heard(&show, "Title three"));
        show.write(path, &text);
        // Without the MP3, the copy with the fewest old texts is taken, and what is old is told.
        fs::rename(show.path("audio"), show.path("away")).unwrap();
        let dry = released(&show, &["--dry-run"]);
        let old = "Tag: the MP3 of episode 2 keeps the title it was published with";
        assert_eq!(dry.stdout.contains(old), !retagged, "{}", dry.said());
        fs::rename(show.path("away"), show.path("audio")).unwrap();
        let ran = released(&show, &[]);
        assert!(!ran.stdout.contains("Tag:"), "{}", ran.said());
        assert_eq!(ran.stdout.contains("+ media/002-"), !retagged, "it is there: {}", ran.said());
        assert!(heard(&show, "Corrected") && !heard(&show, "Title three"));
        assert!(released(&show, &[]).stdout.starts_with("Nothing to do"));
    }
}

#[test]
fn what_is_told_of_a_tag_is_what_is_old_in_it() {
    let show = show_of(2);
    let path = "episodes/episode_001.md";
    show.write(path, &show.read(path).replacen("\nepisode:", "\nguest: Ada Quay\nepisode:", 1));
    released(&show, &[]);
    let told = |from: &str, to: &str| {
        let text = show.read(path);
        assert!(text.contains(from), "{text}");
        show.write(path, &text.replacen(from, to, 1));
        let ran = released(&show, &[]);
        let told = ran
            .stdout
            .lines()
            .filter_map(|line| line.strip_prefix("Tag: the MP3 of episode 1 keeps the "));
        told.filter_map(|line| line.split(" it was").next()).collect::<Vec<_>>().join("; ")
    };
    // Feed and page say it with the notes, a tag does not.
    assert_eq!(told("Ada Quay", "Noor Haddad"), "");
    assert_eq!(told("What it is about.", "What it was about."), "description");
    assert_eq!(told("\nepisode:", "\nauthor: Noor\nepisode:"), "author and description");
    assert_eq!(told("What it was about.", "What it is about."), "author");
}

#[test]
fn all_that_is_old_in_tags_is_told_in_few_lines() {
    let show = show_of(5);
    released(&show, &[]);
    let path = "episodes/episode_002.md";
    let text = show.read(path).replacen("---\n", "---\nseason: 4\n", 1);
    show.write(path, &(text + "\nMore notes.\n"));
    set(&show, "title = \"", "title = \"New ");
    let mut artwork = fs::read(show.path("img/artwork.png")).unwrap();
    artwork.extend_from_slice(b"another picture");
    fs::write(show.path("img/artwork.png"), artwork).unwrap();
    let ran = released(&show, &[]);
    let tags: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("Tag:")).collect();
    insta::assert_snapshot!(tags.join("\n"), @"
    Tag: published MP3s keep the show's title and cover they were published with; `onair release --retag all` publishes them anew
    Tag: the MP3 of episode 2 keeps the season and notes it was published with; `onair release --retag 2` publishes it anew
    ");
    // Each gets a new tag, but for the one that is not at hand.
    fs::remove_file(show.path("audio/005.mp3")).unwrap();
    let ran = released(&show, &["--retag", "all"]);
    assert_eq!(ran.stdout.matches("+ media/00").count(), 4, "{}", ran.said());
    for number in 1..=4 {
        let path = format!("episodes/episode_{number:03}.md");
        show.write(&path, &show.read(&path).replacen("Title", "A better title", 1));
    }
    let ran = released(&show, &[]);
    let all = "Tag: 4 MP3s keep texts they were published with (title); `onair release --retag EPISODE` publishes one anew, `--retag all` each";
    assert!(ran.stdout.contains(all), "{}", ran.said());
}

#[test]
fn a_copy_without_its_records_is_known_for_onair_s_own() {
    let show = show_of(1);
    released(&show, &[]);
    fs::remove_dir_all(show.path("public/.onair")).unwrap();
    let refused = release(&show, &[]);
    assert_eq!(refused.code, 4, "{}", refused.said());
    insta::assert_snapshot!(refused.said(), @"
    error: feed: onair wrote `podcasts/feed.xml`, but the record of that release is missing: expected it in `.onair/`, found none: where this is a copy, copy the folder `.onair/`, too
      help: look whether the target is the right one; if this is meant, release with --allow foreign-feed
    error: stopped by 1 guard: nothing was published
    exit code 4
    ");
}

#[test]
fn audio_that_is_nowhere_drops_no_episode_out_of_the_feed() {
    let show = show_of(2);
    let settings = show.read("onair.toml");
    show.write("onair.toml", &format!("{settings}\n[rules]\naudio-missing = \"off\"\n"));
    fs::remove_file(show.path("audio/002.mp3")).unwrap();
    let refused = release(&show, &[]);
    assert_eq!(refused.code, 1, "{}", refused.said());
    assert!(
        refused.stderr.contains("the audio of episodes/episode_002.md is neither"),
        "{}",
        refused.said()
    );
    assert!(!show.path("public/podcasts").exists());
}

#[test]
fn a_target_that_is_a_link_is_written_to_only_if_the_caller_says_so() {
    let show = show_of(1);
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), show.path("public")).unwrap();
    let refused = release(&show, &[]);
    assert_eq!(refused.code, 2, "{}", refused.said());
    assert!(refused.stderr.contains("a symbolic link"), "{}", refused.said());
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    released(&show, &["--target", "public"]);
    assert!(elsewhere.path().join("podcasts/feed.xml").is_file());
}

#[test]
fn a_release_waits_for_the_minute() {
    let show = show_of(1);
    show.with_audio(2, 170, &["date: 2021-03-01 00:00:02 +0000"]);
    let ran = released(&show, &["--wait", "1m"]);
    assert!(ran.stdout.contains("waiting: #2 until 1 March 2021, 00:00 (in "), "{}", ran.said());
    assert!(ran.stdout.contains("Release 2 is published"), "{}", ran.said());
    assert!(show.read("public/podcasts/feed.xml").contains("002.mp3"));
    assert_eq!(release(&show, &["--wait", "soon"]).code, 2);
}

/// An MP3 as other programs leave it: a tag that is not ours in front, and an ID3v1 tag behind.
fn foreign_mp3(number: u32, frames: usize) -> Vec<u8> {
    let mut tag = b"ID3\x03\0\0\0\0\0\x15TPE1\0\0\0\x0b\0\0\0Somebody  ".to_vec();
    tag.truncate(10 + 0x15);
    let mut end = b"TAGAn old title".to_vec();
    end.resize(128, 0);
    [tag, super::show::audio(number, frames), end].concat()
}

#[test]
fn audio_is_published_as_it_is_until_tags_begin() {
    let show = show_of(3);
    let mine = foreign_mp3(1, 170);
    show.audio(1, &mine);
    show.fix(1);
    let date = |number: u32| {
        let text = show.read(&format!("episodes/episode_{number:03}.md"));
        text.lines().find_map(|line| line.strip_prefix("date: ")).unwrap().to_owned()
    };
    set(&show, "[site]", &format!("[tags]\nafter = \"{}\"\n[site]", date(2)));
    // The show's old scripts have put the first file there; nothing says what it is.
    fs::create_dir_all(show.path("public/media")).unwrap();
    fs::write(show.path("public/media/001.mp3"), &mine).unwrap();
    let told = released(&show, &[]).said();
    assert!(
        !show
            .path("public/media")
            .read_dir()
            .unwrap()
            .any(|it| { it.unwrap().file_name().to_str().unwrap().starts_with("001-") }),
        "{told}"
    );

    let published = |name: &str| fs::read(show.path(&format!("public/media/{name}"))).unwrap();
    let own = |name: &str| fs::read(show.path(&format!("audio/{name}"))).unwrap();
    assert!(published("001.mp3") == mine);
    assert!(published("002.mp3") == own("002.mp3"));
    assert!(published("003.mp3") != own("003.mp3"));
    let feed = show.read("public/podcasts/feed.xml");
    assert!(feed.contains(&format!("length=\"{}\"", mine.len())), "{feed}");

    // Nothing is left to do: not with other texts or settings, not without audio.
    let nothing = || released(&show, &["--dry-run"]).said();
    assert!(nothing().contains("Nothing to do"), "{}", nothing());
    assert_eq!(show.onair(&["check"]).code, 0);
    set(&show, "[tags]\nafter", "[tags]\nwrite = false\nafter");
    assert!(nothing().contains("Nothing to do"), "{}", nothing());
    set(&show, &format!("[tags]\nwrite = false\nafter = \"{}\"\n", date(2)), "");
    assert!(nothing().contains("Nothing to do"), "{}", nothing());
    fs::rename(show.path("audio"), show.path("away")).unwrap();
    assert!(nothing().contains("Nothing to do"), "{}", nothing());
    fs::rename(show.path("away"), show.path("audio")).unwrap();

    // What is gone comes back as it was, and a tag when it is asked for.
    fs::remove_file(show.path("public/media/001.mp3")).unwrap();
    released(&show, &["--repair"]);
    assert!(published("001.mp3") == mine);
    released(&show, &["--retag", "1"]);
    let feed = show.read("public/podcasts/feed.xml");
    assert!(!feed.contains(&format!("length=\"{}\"", mine.len())), "{feed}");
    assert!(nothing().contains("Nothing to do"), "{}", nothing());
}

#[test]
fn a_release_waits_for_another_one_to_end() {
    let show = show_of(1);
    released(&show, &[]);
    let lock = serde_json::json!({
        "version": 1,
        "owner": { "who": "somebody else", "onair": "1.0.0", "run": "0123456789abcdef" },
        "process": null,
        "since": jiff::Timestamp::now().to_string(),
        "expires": (jiff::Timestamp::now() + std::time::Duration::from_secs(60)).to_string(),
        "left": false,
    });
    show.write("public/.onair/lock", &lock.to_string());
    show.with_audio(2, 170, &[]);
    let held = release(&show, &[]);
    assert_eq!(held.code, 4, "{}", held.said());
    assert!(
        held.stderr.contains("another release is running here: somebody else"),
        "{}",
        held.said()
    );
    let path = show.path("public/.onair/lock");
    let done = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(1));
        fs::remove_file(path).unwrap();
    });
    let ran = released(&show, &["--wait", "1m"]);
    done.join().unwrap();
    assert!(ran.stdout.contains("Waiting: another release is running here"), "{}", ran.said());
    assert!(ran.stdout.contains("Release 2 is published"), "{}", ran.said());
}
