//! What an episode holds besides its MP3: notes, chapters, transcripts, and keys for the feed.

use std::fs;

use super::show::{SETTINGS, TestShow};

const NOW: &str = "2021-03-01T00:00:00Z";
const CHAPTERS: &str =
    "00:00:00.000 Intro\n00:00:01.000 Two <https://b.example>\n00:00:02.000 Three\n";

fn feed(show: &TestShow) -> String {
    let ran = show.onair(&["release", "--now", NOW]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    show.read("public/podcasts/feed.xml")
}

/// The lines of a feed that hold one of these words.
fn lines(feed: &str, words: &[&str]) -> String {
    let wanted = |line: &&str| words.iter().any(|word| line.contains(word));
    feed.lines().filter(wanted).map(|line| format!("{}\n", line.trim())).collect()
}

#[test]
fn published_chapters_and_transcripts_never_go_in_silence() {
    let show = TestShow::new();
    for folder in ["chapters", "transcripts"] {
        fs::create_dir(show.path(folder)).unwrap();
    }
    show.write("chapters/c.txt", CHAPTERS);
    show.write("transcripts/t.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n");
    let extras = ["chapters: chapters/c.txt", "transcript: transcripts/t.vtt"];
    show.with_audio(1, 150, &extras);
    feed(&show);

    // A file that no longer reads is an error.
    show.write("chapters/c.txt", "Intro\n");
    insta::assert_snapshot!(
        "chapters_that_do_not_read",
        show.onair(&["release", "--now", NOW]).said()
    );

    // One that is no longer named is refused, unless somebody says so.
    show.write("chapters/c.txt", CHAPTERS);
    let text = show.read("episodes/episode_001.md");
    show.write("episodes/episode_001.md", &text.replace("chapters: chapters/c.txt\n", ""));
    let refused = show.onair(&["release", "--now", NOW]);
    assert_eq!(refused.code, 4, "{}", refused.said());
    insta::assert_snapshot!("chapters_that_would_go", refused.stderr);
    let allowed = show.onair(&["release", "--now", NOW, "--allow", "companion-removal:1"]);
    assert_eq!(allowed.code, 0, "{}", allowed.said());
    assert!(!show.read("public/podcasts/feed.xml").contains("podcast:chapters"));
}

#[test]
fn transcripts_in_several_forms_and_languages() {
    let show = TestShow::new();
    fs::create_dir(show.path("transcripts")).unwrap();
    let cues = "00:00:00,000 --> 00:00:01,000\nAda: Hello\n";
    show.write("transcripts/a.srt", &format!("1\n{cues}"));
    show.write(
        "transcripts/fr.vtt",
        "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ada>Bonjour <v Bob>Salut\n",
    );
    show.write("transcripts/w.json", r#"{"segments": [{"start": 0, "end": 1, "text": " Hello"}]}"#);
    show.write("transcripts/t.html", "<p onclick=x>Hello<script>alert(1)</script></p>");
    show.write("transcripts/t.txt", "Hello\n");
    let named = "transcripts: [transcripts/a.srt, {file: transcripts/fr.vtt, language: fr-CA, rel: captions}, \
        transcripts/w.json, transcripts/t.html, transcripts/t.txt]";
    show.with_audio(1, 150, &[named]);
    let feed = feed(&show);
    insta::assert_snapshot!(lines(&feed, &["podcast:transcript"]));
    let folder = "public/podcasts/episode_001";
    assert!(!show.read(&format!("{folder}/transcript.html")).contains("alert"));
    assert!(show.read(&format!("{folder}/transcript.vtt")).starts_with("WEBVTT\n\n00:00:00.000"));
    assert!(show.read(&format!("{folder}/index.html")).contains("Hello"));
}

#[test]
fn keys_of_show_and_episode_stand_in_the_feed() {
    let show = TestShow::new();
    let keys = "block = true\ncomplete = true\nmedium = \"music\"\nlicense = \"cc-by-4.0\"\n\
        location = { name = \"Paris\", geo = \"geo:48.86,2.35\" }\n\
        value = { type = \"lightning\", method = \"keysend\", recipients = [{ type = \"node\", address = \"ab\", split = 100 }] }\n";
    show.write("onair.toml", &SETTINGS.replace("[show.owner]", &format!("{keys}\n[show.owner]")));
    show.with_audio(
        1,
        150,
        &[
            "soundbite: {startTime: 1, duration: 2, title: Why}",
            "socialInteract: {protocol: activitypub, uri: \"https://a.example/1\"}",
            "links: [{text: One & two, link: \"https://l.example/?a&b\"}]",
            "block: true",
        ],
    );
    let path = "episodes/episode_001.md";
    let notes = "| A | B |\n|---|---|\n| c | d |\n\n9~12時、13~18時 (00:02) {% x %}\n";
    show.write(path, &format!("{}{notes}", show.read(path)));
    let feed = feed(&show);
    let words = ["block>", "complete>", "podcast:", "l.example", "時", " | ", "Liens"];
    insta::assert_snapshot!(lines(&feed, &words));
    let page = show.read("public/podcasts/episode_001/index.html");
    assert!(page.contains("#t=2\" data-t=\"2\" rel=\"noopener\">00:02</a>"), "{page}");
    insta::assert_snapshot!("left_over", show.onair(&["check"]).said());
}

#[test]
fn a_soundbite_that_ends_after_the_audio_is_told() {
    let show = TestShow::new();
    // 150 frames play for less than four seconds.
    show.with_audio(
        1,
        150,
        &["soundbite: [{startTime: 1, duration: 2}, {startTime: 3, duration: 60}]"],
    );
    let said = show.check();
    assert_eq!(said.matches("soundbite]").count(), 1, "{said}");
    assert!(said.contains("the soundbite at 3 s for 60 s ends after the audio"), "{said}");
}

#[test]
fn settings_that_cannot_be_are_refused_where_they_stand() {
    let show = TestShow::new();
    for (name, wrong) in [
        ("medium", "medium = \"radio\""),
        ("location", "location = { nom = \"Paris\" }"),
        ("category", "category = \"\""),
    ] {
        let settings = SETTINGS.replace("category = [\"News\", \"Tech News\"]\n", "");
        let category = if name == "category" { "" } else { "category = \"Arts\"\n" };
        show.write(
            "onair.toml",
            &settings.replace("language", &format!("{category}{wrong}\nlanguage")),
        );
        insta::assert_snapshot!(format!("settings_{name}"), show.check());
    }
}

#[test]
fn settings_that_nobody_takes_are_told_where_they_stand() {
    let show = TestShow::new();
    let keys = "guid = \"abc\"\nfunding = { url = \"paypal.me/x\", text = \"Thanks\" }\n\
        links = { mastodon = \"@ada@show.example\" }\n";
    let category = "category = [\"Arts > Books\", \"Food\"]";
    let settings = SETTINGS.replace("category = [\"News\", \"Tech News\"]", category);
    let settings = settings.replace("[show.owner]", &format!("{keys}\n[show.owner]"));
    let email = settings.lines().find(|line| line.starts_with("email")).unwrap();
    show.write("onair.toml", &settings.replace(email, "email = \"ada at show.example\""));
    insta::assert_snapshot!("settings_ignored", show.check());
    let alone = settings.replace(category, "category = \"Food\"");
    show.write("onair.toml", &alone);
    assert!(show.check().contains("write `[\"Arts\", \"Food\"]`"), "{}", show.check());
}

/// The episode's chapter file as it is published, if it is.
fn published_chapters(show: &TestShow) -> Option<String> {
    let path = show.path("public/podcasts/episode_001/chapters.json");
    std::fs::read_to_string(path).ok()
}

#[test]
fn chapters_of_the_tag_are_used_where_the_host_wrote_none() {
    let show = TestShow::new();
    let chapters = "chapters:\n  - { start: \"00:00\", title: Ebb }\n  - { start: \"00:02.5\", \
                    title: Flood, url: \"https://a.example/flood\" }";
    show.with_audio(1, 200, &[chapters]);
    // As Auphonic, Forecast or Hindenburg leave an MP3.
    assert_eq!(show.onair(&["tag", "--fix"]).code, 0);
    let with = show.read("episodes/episode_001.md");
    let without = with.replace(&format!("{chapters}\n"), "");
    assert_ne!(with, without);
    show.write("episodes/episode_001.md", &without);
    let ran = show.onair(&["release"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let published = published_chapters(&show).expect("the tag's chapters");
    assert!(published.contains("\"startTime\": 2.5"), "{published}");
    assert!(published.contains("https://a.example/flood"), "{published}");
    assert!(show.read("public/podcasts/feed.xml").contains("<podcast:chapters"));
    assert!(show.read("public/podcasts/episode_001/index.html").contains("Flood"));

    // A checkout without the audio publishes the same.
    let audio = std::fs::read(show.path("audio/001.mp3")).unwrap();
    std::fs::remove_file(show.path("audio/001.mp3")).unwrap();
    let ran = show.onair(&["release"]);
    assert!(ran.stdout.contains("Nothing to do"), "{}", ran.said());

    // What the host writes goes first; an empty list means none, and a guard asks whether it is meant.
    std::fs::write(show.path("audio/001.mp3"), audio).unwrap();
    let none = without.replacen("title:", "chapters: []\ntitle:", 1);
    show.write("episodes/episode_001.md", &none);
    let refused = show.onair(&["release"]);
    assert_eq!(refused.code, 4, "{}", refused.said());
    assert!(refused.stderr.contains("would lose its published chapters"), "{}", refused.said());
    let own = without.replacen("title:", "chapters: [{start: '00:00', title: Mine}]\ntitle:", 1);
    show.write("episodes/episode_001.md", &own);
    assert_eq!(show.onair(&["release"]).code, 0);
    let published = published_chapters(&show).unwrap();
    assert!(published.contains("Mine") && !published.contains("Flood"), "{published}");
}
