//! The files that a show names: each is found, or said at the line that names it.

use std::fs;

use super::show::{SETTINGS, TestShow, front_matter};

const NOW: &str = "2021-03-01T00:00:00Z";

/// The head of a PNG of so many pixels: all that is read of it.
pub fn png(pixels: u16) -> Vec<u8> {
    let [high, low] = pixels.to_be_bytes();
    let size = [0, 0, high, low, 0, 0, high, low];
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &size, b"\x08\x02\0\0\0\0\0\0\0"].concat()
}

#[test]
fn every_file_that_is_not_there_is_said_where_it_is_named() {
    let show = TestShow::without_audio();
    let settings = SETTINGS
        .replace("[site]", "[[show.hosts]]\nname = \"Ada\"\nimage = \"img/ada.jpg\"\n\n[site]");
    show.write(
        "onair.toml",
        &format!(
            "{settings}templates = \"templates\"\n\n[tags]\ncover = \"img/artwrok.png\"\n\n\
             [rules]\naudio-missing = \"off\"\n"
        ),
    );
    fs::write(show.path("img/plan.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    fs::write(show.path("img/renamed.jpg"), png(100)).unwrap();
    fs::write(show.path("img/small.png"), png(250)).unwrap();
    show.five_episodes();
    let text = front_matter(
        3,
        &[
            "image: small.png",
            "background: renamed.jpg",
            "guests: [{name: Zoe, image: img/zoe.jpg}]",
            "chapters: [{start: \"00:00\", title: One, image: img/one.jpg}]",
        ],
    );
    let notes = "![plan](/img/plan.svg) ![out](../../../etc/x.png)\n\n<img src=\"gone.gif\">\n";
    show.write("episodes/episode_003.md", &format!("{text}{notes}"));
    insta::assert_snapshot!(show.check());
}

/// A disk of macOS or Windows finds them, and no other.
#[test]
fn a_name_in_other_letters_is_told_wherever_a_file_is_named() {
    let show = TestShow::new();
    show.with_audio(1, 40, &[]);
    let path = "episodes/episode_001.md";
    let named = "---\ntranscript: transcripts/S1E5.SRT\nchapters: chapters/One.txt\n";
    show.write(path, &show.read(path).replacen("---\n", named, 1));
    fs::create_dir(show.path("transcripts")).unwrap();
    fs::create_dir(show.path("chapters")).unwrap();
    show.write("transcripts/s1e5.srt", "");
    show.write("transcripts/s1e6.srt", "");
    show.write("chapters/one.txt", "");
    fs::rename(show.path("audio/001.mp3"), show.path("audio/001.MP3")).unwrap();
    let settings = show.read("onair.toml");
    let artwork = settings.lines().find(|line| line.starts_with("artwork = ")).unwrap();
    show.write("onair.toml", &settings.replace(artwork, "artwork = \"img/Artwork.PNG\""));
    fs::write(show.path("img/artwork.png"), png(1400)).unwrap();
    let said = show.check();
    for name in ["transcripts/s1e5.srt", "chapters/one.txt", "audio/001.MP3", "img/artwork.png"] {
        assert!(said.contains(&format!("did you mean {name}?")), "{name}: {said}");
    }
    // Another's transcript is no slip for this one's.
    fs::remove_file(show.path("transcripts/s1e5.srt")).unwrap();
    assert!(!show.check().contains("s1e6.srt"));
}

/// As macOS and archives of it write names.
#[test]
fn a_name_is_found_under_other_bytes_of_the_same_letters() {
    let show = TestShow::new();
    show.with_audio(1, 40, &[]);
    show.with_audio(2, 41, &[]);
    fs::create_dir(show.path("transcripts")).unwrap();
    show.write("transcripts/e\u{301}te\u{301}.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n");
    fs::write(show.path("img/e\u{301}te\u{301}.png"), png(1400)).unwrap();
    fs::rename(show.path("episodes/episode_002.md"), show.path("episodes/e\u{301}te\u{301}.md"))
        .unwrap();
    let path = "episodes/episode_001.md";
    let named = "---\ntranscript: transcripts/\u{e9}t\u{e9}.vtt\nimage: \u{e9}t\u{e9}.png\n";
    let text = show.read(path).replacen("---\n", named, 1);
    show.write(path, &format!("{text}[before](\u{e9}t\u{e9}.md)\n"));
    let said = show.check();
    assert!(!said.contains("there is no such file") && !said.contains("leads nowhere"), "{said}");
    let ran = show.onair(&["release", "--now", NOW]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let page = show.read("public/podcasts/episode_001/index.html");
    assert!(page.contains("Hello.") && !page.contains(".md\">before"), "{page}");
    // The artwork stands under the name that the settings give.
    let settings = show.read("onair.toml");
    let artwork = settings.lines().find(|line| line.starts_with("artwork = ")).unwrap();
    show.write("onair.toml", &settings.replace(artwork, "artwork = \"img/\u{e9}t\u{e9}.png\""));
    let said = show.check();
    assert!(said.contains("its letters have other bytes"), "{said}");
}

#[test]
fn pictures_of_the_notes_and_bare_names_are_published_with_the_page() {
    let show = TestShow::new();
    for name in ["a.png", "b c.png", "guest.png", "linked.png"] {
        fs::write(show.path(&format!("img/{name}")), png(1400)).unwrap();
    }
    fs::write(show.path("episodes/beside.png"), png(1400)).unwrap();
    show.with_audio(1, 150, &["image: a.png", "guests: [{name: Zoe, image: guest.png}]"]);
    let path = "episodes/episode_001.md";
    let notes = "![b](../img/b%20c.png) <img src=\"beside.png\"> [l](linked.png)\n";
    show.write(path, &format!("{}{notes}", show.read(path)));
    let ran = show.onair(&["release", "--now", NOW]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let names: Vec<String> = show.tree("public").into_keys().collect();
    let feed = show.read("public/podcasts/feed.xml");
    let page = show.read("public/podcasts/episode_001/index.html");
    // Names may hold a hash of what they name: only that each is there, and is what the texts say.
    for stem in ["img/a", "img/b c", "img/guest", "img/linked", "episodes/beside"] {
        assert!(names.iter().any(|name| name.contains(stem)), "{stem}: {names:?}");
        let written = stem.replace(' ', "%20");
        let wanted = if stem.contains("guest") { &feed } else { &page };
        assert!(wanted.contains(&written) || feed.contains(&written), "{stem}");
    }
    assert!(page.contains("b%20c"), "{page}");
    assert!(feed.contains("<itunes:image href=\"https://show.example/img/a"), "{feed}");
}

/// A web server tells the type by the ending.
#[test]
fn a_picture_under_a_wrong_ending_is_published_under_its_own() {
    let show = TestShow::new();
    fs::write(show.path("img/odd.jpg"), png(1400)).unwrap();
    show.with_audio(1, 150, &["image: odd.jpg", "background: img/odd.jpg"]);
    let path = "episodes/episode_001.md";
    show.write(path, &format!("{}![o](../img/odd.jpg)\n", show.read(path)));
    let ran = show.onair(&["release", "--now", NOW]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let names: Vec<String> = show.tree("public/img").into_keys().collect();
    let odd: Vec<&String> = names.iter().filter(|name| name.contains("odd-")).collect();
    assert!(!odd.is_empty() && odd.iter().all(|name| !name.ends_with(".jpg")), "{names:?}");
    let feed = show.read("public/podcasts/feed.xml");
    assert!(feed.contains("<itunes:image href=\"https://show.example/img/odd-"), "{feed}");
    assert!(!feed.contains("odd.jpg"), "{feed}");
    assert!(show.onair(&["release", "--now", NOW]).stdout.starts_with("Nothing to do"));
}

/// The card that an episode's page names, as a path below the target.
fn card(show: &TestShow) -> Option<String> {
    let page = show.read("public/podcasts/episode_001/index.html");
    let (_, behind) = page.split_once("og:image\" content=\"https://show.example/")?;
    let path = behind.split('"').next()?;
    path.contains("/cards/").then(|| format!("public/{path}"))
}

fn with_cards(lines: &[&str]) -> TestShow {
    let show = TestShow::new();
    show.write("onair.toml", &SETTINGS.replace("cards = false\n", ""));
    show.with_audio(1, 150, lines);
    show
}

#[test]
fn a_card_is_drawn_once_and_stays() {
    let show = with_cards(&["title: The harbour at six"]);
    let release = |arguments: &[&str]| {
        let ran = show.onair(&[&["release", "--now", NOW], arguments].concat());
        assert_eq!(ran.code, 0, "{}", ran.said());
        ran
    };
    release(&[]);
    let path = card(&show).unwrap();
    let drawn = show.tree("public")[&path].clone();
    let size = imagesize::blob_size(&drawn).unwrap();
    assert_eq!((size.width, size.height), (1200, 630));
    let page = show.read("public/podcasts/episode_001/index.html");
    assert!(page.contains("og:image:width\" content=\"1200\""), "{page}");
    assert!(page.contains("summary_large_image"), "{page}");
    // The target's is taken as it is: bytes that another machine drew are no reason to send it again.
    let before = show.tree("public");
    let again = release(&[]);
    assert_eq!(show.tree("public"), before, "{}", again.said());
    let source = show.read("episodes/episode_001.md");
    show.write("episodes/episode_001.md", &format!("{source}\nMore words.\n"));
    release(&[]);
    assert_eq!(card(&show), Some(path.clone()));
    // What is gone is drawn again, the same to the byte.
    fs::remove_file(show.path(&path)).unwrap();
    release(&["--repair"]);
    assert_eq!(show.tree("public")[&path], drawn);
    // Another title is another card.
    let source = show.read("episodes/episode_001.md");
    show.write("episodes/episode_001.md", &source.replace("at six", "at seven"));
    release(&[]);
    assert!(card(&show).is_some_and(|new| new != path));
}

#[test]
fn what_is_taken_down_takes_its_card_and_its_picture_along() {
    let show = with_cards(&["image: own.png"]);
    fs::write(show.path("img/own.png"), png(1400)).unwrap();
    show.with_audio(2, 60, &[]);
    assert_eq!(show.onair(&["release", "--now", NOW]).code, 0);
    let stands = |part: &str| show.tree("public").into_keys().any(|name| name.contains(part));
    let path = card(&show).unwrap();
    assert!(stands("img/own") && stands("img/artwork"));
    let ran = show.onair(&["unpublish", "1", "--yes", "--now", NOW]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(!show.path(&path).exists() && !stands("img/own"), "{}", ran.said());
    assert!(stands("img/artwork") && stands("/cards/"), "what others show stays");
}

#[test]
fn a_host_s_own_card_comes_first() {
    let own = with_cards(&["social-background: /img/artwork.png"]);
    assert_eq!(own.onair(&["release", "--now", NOW]).code, 0);
    assert_eq!(card(&own), None);
    let page = own.read("public/podcasts/episode_001/index.html");
    assert!(page.contains("og:image\" content=\"https://show.example/img/artwork"), "{page}");
    let names: Vec<String> = own.tree("public").into_keys().collect();
    assert!(!names.iter().any(|name| name.contains("/cards/")), "{names:?}");
    // A banner is none, nor is a picture that is not there.
    for line in ["background: /img/artwork.png", "social-background: /img/gone.png"] {
        let show = with_cards(&[line]);
        assert_eq!(show.onair(&["release", "--now", NOW]).code, 0, "{line}");
        assert!(card(&show).is_some(), "{line}");
    }
}
