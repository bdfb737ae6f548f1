//! What leaves the show leaves the target: no page, list or archive goes on naming it.

use std::fs;

use super::show::TestShow;
use super::stays::{leads_to, released, rename, set, show_of};

/// The public files whose text holds this, but for what onair keeps.
fn naming(show: &TestShow, text: &str) -> Vec<String> {
    let mut tree = show.tree("public");
    tree.retain(|name, bytes| {
        let holds = || bytes.windows(text.len()).any(|window| window == text.as_bytes());
        !name.starts_with("public/.onair/") && holds()
    });
    tree.into_keys().collect()
}

/// The public files below a folder.
fn below(show: &TestShow, folder: &str) -> Vec<String> {
    let folder = format!("public/{folder}");
    let names = show.tree("public").into_keys();
    names.filter(|name| name.starts_with(&folder)).collect()
}

fn taken_down(show: &TestShow, episode: &str) -> String {
    let ran = show.onair(&["unpublish", episode, "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    ran.stdout
}

/// In the second of two episodes.
fn front_matter(show: &TestShow, lines: &str) {
    let path = "episodes/episode_002.md";
    show.write(path, &show.read(path).replacen("---\n", &format!("---\n{lines}\n"), 1));
}

#[test]
fn every_recording_of_an_episode_is_taken_down() {
    let show = show_of(2);
    released(&show, &[]);
    show.with_audio(2, 300, &[]);
    released(&show, &["--allow", "audio-change:2"]);
    let path = "episodes/episode_002.md";
    show.write(path, &show.read(path).replace("Title three", "Another title"));
    released(&show, &["--retag", "2"]);
    assert_eq!(below(&show, "media/002").len(), 3);
    let said = taken_down(&show, "2");
    assert_eq!(below(&show, "media/002"), [""; 0], "{said}");
    assert!(said.contains("  - media/002.mp3 ("), "{said}");
    assert_eq!(below(&show, "media/").len(), 1);
}

#[test]
fn what_stood_beside_a_page_before_it_moved_is_taken_down() {
    let show = show_of(2);
    fs::create_dir(show.path("transcripts")).unwrap();
    show.write("transcripts/t.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nA slip of the tongue\n");
    front_matter(&show, "transcript: transcripts/t.vtt");
    released(&show, &[]);
    rename(&show, "episode_002", "ropes");
    let ran = released(&show, &[]);
    // Other sites show the player where it was.
    let embed = "podcasts/episode_002/embed/index.html";
    let player = "https://show.example/podcasts/ropes/embed/index.html";
    assert_eq!(leads_to(&show, &format!("public/{embed}")), player);
    assert!(!ran.stdout.contains(embed), "{}", ran.said());
    let left = below(&show, "podcasts/episode_002/");
    let names = ["embed/index.html", "index.html", "transcript.vtt"];
    assert_eq!(left, names.map(|name| format!("public/podcasts/episode_002/{name}")));
    assert!(released(&show, &[]).stdout.starts_with("Nothing to do"));
    // A transcript that the host takes out stays for players that have the old feed.
    let path = "episodes/ropes.md";
    show.write(path, &show.read(path).replace("transcript: transcripts/t.vtt\n", ""));
    released(&show, &["--allow", "companion-removal:2"]);
    assert_eq!(naming(&show, "A slip of the tongue").len(), 2);
    let said = taken_down(&show, "2");
    assert_eq!(naming(&show, "A slip of the tongue"), [""; 0], "{said}");
    assert_eq!(naming(&show, "Title three"), [""; 0], "{said}");
    for folder in ["episode_002", "ropes"] {
        let page = format!("public/podcasts/{folder}/index.html");
        assert_eq!(below(&show, &format!("podcasts/{folder}/")), [page]);
    }
}

#[test]
fn pages_of_guests_topics_and_seasons_go_with_the_last_who_had_them() {
    let show = show_of(2);
    front_matter(&show, "season: 7\ntags: [secret-topic]\nguest: Noor Haas");
    released(&show, &[]);
    let pages = ["topics/secret-topic", "seasons/7", "guests/noor-haas"];
    for page in pages {
        assert_eq!(below(&show, page).len(), 1, "{page}");
    }
    let path = "episodes/episode_002.md";
    show.write(path, &show.read(path).replace("guest: Noor Haas\n", ""));
    let ran = released(&show, &[]);
    let says = "To be taken away: 2 objects that the show no longer has \
                (guests/index.html, guests/noor-haas/index.html)\n";
    assert!(ran.stdout.contains(says), "{}", ran.said());
    assert_eq!(naming(&show, "Noor Haas"), [""; 0], "{}", ran.said());
    // A rollback has it, and the next release takes it away again.
    assert_eq!(show.onair(&["rollback"]).code, 0);
    assert!(show.read("public/guests/noor-haas/index.html").contains("Title three"));
    released(&show, &["--allow", "undo-rollback"]);
    assert_eq!(below(&show, "guests/"), [""; 0]);
    let said = taken_down(&show, "2");
    for page in pages {
        assert_eq!(below(&show, page), [""; 0], "{said}");
    }
    for text in ["Title three", "secret-topic"] {
        assert_eq!(naming(&show, text), [""; 0], "{said}");
    }
    assert!(released(&show, &[]).stdout.starts_with("Nothing to do"));
}

#[test]
fn archive_pages_of_the_feed_go_when_no_feed_leads_to_them() {
    let show = show_of(3);
    set(&show, "[site]\n", "[site]\nfeed-limit = 2\n");
    released(&show, &[]);
    let archive = "podcasts/feed-archive-1.xml";
    assert_eq!(below(&show, archive).len(), 1);
    let oldest = "episodes/episode_001.md";
    show.write(oldest, &(show.read(oldest) + "\nMore.\n"));
    let ran = released(&show, &[]);
    let says = "Feed: 0 new; 1 archive page changes; 0 guids changed\n";
    assert!(ran.stdout.contains(says), "{}", ran.said());
    let first = show.read(&format!("public/{archive}"));
    set(&show, "feed-limit = 2\n", "");
    released(&show, &[]);
    assert_eq!(below(&show, archive), [""; 0]);
    assert_eq!(show.onair(&["rollback"]).code, 0);
    assert_eq!(show.read(&format!("public/{archive}")), first);
}

#[test]
fn an_old_address_leads_on_again_once_the_episode_is_back() {
    let show = show_of(2);
    released(&show, &[]);
    rename(&show, "episode_002", "ropes");
    released(&show, &[]);
    let draft = |from: &str, to: &str| {
        let path = "episodes/ropes.md";
        show.write(path, &show.read(path).replacen(from, to, 1));
    };
    let old = "public/podcasts/episode_002/index.html";
    let embed = "public/podcasts/episode_002/embed/index.html";
    draft("---\n", "---\ndraft: true\n");
    released(&show, &["--allow", "removal:2"]);
    assert!(!show.read(old).contains("ropes"));
    assert!(!show.path(embed).exists());
    assert!(released(&show, &[]).stdout.starts_with("Nothing to do"));
    draft("draft: true\n", "");
    released(&show, &[]);
    let to = "https://show.example/podcasts/ropes/";
    assert_eq!(leads_to(&show, old), format!("{to}index.html"));
    assert_eq!(leads_to(&show, embed), format!("{to}embed/index.html"));
    // To another address, too.
    draft("---\n", "---\ndraft: true\n");
    released(&show, &["--allow", "removal:2"]);
    draft("draft: true\n", "slug: knots\n");
    let ran = released(&show, &[]);
    for was in ["episode_002", "ropes"] {
        let page = format!("public/podcasts/{was}/index.html");
        let to = "https://show.example/podcasts/knots/index.html";
        assert_eq!(leads_to(&show, &page), to, "{}", ran.said());
    }
}

#[test]
fn a_page_with_a_name_of_its_own_takes_no_neighbour_with_it() {
    let show = show_of(2);
    front_matter(&show, "permalink: /podcasts/two.html");
    released(&show, &[]);
    let embed = "podcasts/two/embed/index.html";
    assert_eq!(below(&show, embed).len(), 1);
    rename(&show, "episode_001", "first");
    released(&show, &[]);
    let path = "episodes/first.md";
    show.write(
        path,
        &show.read(path).replacen("---\n", "---\nchapters: [{start: 0, title: A}]\n", 1),
    );
    released(&show, &[]);
    let said = taken_down(&show, "2");
    assert!(said.contains("media/002.mp3") && !said.contains("  - podcasts/"), "{said}");
    assert_eq!(below(&show, "podcasts/two"), ["public/podcasts/two.html"]);
    assert_eq!(below(&show, "podcasts/episode_001/").len(), 2);
}

#[test]
fn there_is_no_way_back_to_what_was_taken_down_and_a_dry_run_says_so() {
    let show = show_of(2);
    released(&show, &[]);
    taken_down(&show, "2");
    for arguments in [&["rollback", "--dry-run"][..], &["rollback"]] {
        let ran = show.onair(arguments);
        assert_eq!(ran.code, 4, "{}", ran.said());
        insta::allow_duplicates! {
            insta::assert_snapshot!(ran.said(), @"
                error: the audio of episodes/episode_002.md is not in the target: nothing stands at `media/002.mp3`
                  help: `onair unpublish` or `onair prune` has taken it down: go back to a release without it (`onair rollback --list`), or publish the episode again
                exit code 4
                ");
        }
    }
}

#[test]
fn each_season_counts_anew_and_no_other_s_episode_goes() {
    let show = show_of(3);
    for (path, season, number) in
        [("episode_001", 1, 1), ("episode_002", 2, 1), ("episode_003", 1, 2)]
    {
        let path = format!("episodes/{path}.md");
        let text = show.read(&path);
        let rest = text.lines().filter(|line| !line.starts_with("episode:")).skip(1);
        let rest: Vec<&str> = rest.collect();
        let keys = format!("season: {season}\nepisode: {number}");
        show.write(&path, &format!("---\n{keys}\n{}\n", rest.join("\n")));
    }
    released(&show, &[]);
    let several = show.onair(&["unpublish", "1", "--yes"]);
    assert_eq!(several.code, 2, "{}", several.said());
    let both = "episodes/episode_001.md, episodes/episode_002.md";
    assert!(several.said().contains(both), "{}", several.said());
    assert!(several.said().contains("as in s2e3"), "{}", several.said());

    std::fs::remove_file(show.path("episodes/episode_001.md")).unwrap();
    let refused = show.onair(&["release"]);
    assert!(refused.said().contains("--allow removal:s1e1"), "{}", refused.said());
    let other = show.onair(&["release", "--allow", "removal:1"]);
    assert_eq!(other.code, 4, "{}", other.said());
    let said = released(&show, &["--allow", "removal:s1e1"]).said();
    assert!(said.contains("`onair unpublish s1e1` removes"), "{said}");
    taken_down(&show, "s1e1");
    assert_eq!(below(&show, "media/"), ["public/media/002.mp3", "public/media/003.mp3"]);
    taken_down(&show, "s2e1");
    assert_eq!(below(&show, "media/"), ["public/media/003.mp3"]);
}

#[test]
fn the_home_page_of_a_site_that_moves_below_a_path_leads_there() {
    let show = show_of(1);
    released(&show, &[]);
    let before = show.read("onair.toml");
    let address = "url = \"https://show.example\"";
    assert!(before.contains(address), "{before}");
    let guid = show.read("public/podcasts/feed.xml");
    let guid = guid.split_once("<podcast:guid>").unwrap().1.split_once('<').unwrap().0.to_owned();
    let with_guid = before.replacen("[show]", &format!("[show]\nguid = \"{guid}\""), 1);
    let media = "\n[media]\nurl = \"https://show.example/media\"\npath = \"media\"\n";
    let below = "path = \"show\"\nurl = \"https://show.example/show\"";
    show.write("onair.toml", &(with_guid.replace(address, below) + media));
    let said = released(&show, &["--allow", "feed-move"]).said();
    assert!(said.contains("index.html now leads to https://show.example/show/"), "{said}");
    assert!(show.read("public/index.html").contains("url=https://show.example/show/"));
    assert!(show.onair(&["release"]).said().contains("Nothing to do"));

    show.write("onair.toml", &(with_guid + media));
    released(&show, &["--allow", "feed-move"]);
    assert!(!show.read("public/index.html").contains("refresh"));
    assert!(show.read("public/show/index.html").contains("url=https://show.example/"));
    assert!(show.onair(&["release"]).said().contains("Nothing to do"));
}
