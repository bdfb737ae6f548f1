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
fn what_git_could_not_merge_is_not_published() {
    let show = TestShow::new();
    let path = "episodes/episode_001.md";
    let both = "<<<<<<< HEAD\nMine.\n=======\nHers.\n>>>>>>> cohost\n";
    show.with_audio(1, 150, &[]);
    let whole = show.read(path);
    let notes = format!("{whole}\n{both}");
    let keys = whole.replacen("---\n", &format!("---\n{both}"), 1);
    for text in [notes, keys] {
        show.write(path, &text);
        let said = show.check();
        assert!(said.contains("error[unfinished-merge]: git could not merge this file"), "{said}");
        assert_eq!(said.matches("error[").count(), 1, "{said}");
    }
    show.write(path, &whole.replacen("---\n", "---\ntranscript: a.vtt\n", 1));
    show.write("a.vtt", &format!("WEBVTT\n\n00:00.000 --> 00:01.000\n{both}"));
    let said = show.check();
    assert!(said.contains("a.vtt: line 4: git could not merge this file"), "{said}");
    show.write(path, &whole.replacen("---\n", "---\nchapters: c.txt\n", 1));
    show.write("c.txt", "<<<<<<< HEAD\n00:00 a\n=======\n00:00 b\n>>>>>>> x\n00:20 M\n");
    let said = show.check();
    assert!(said.contains("error[unfinished-merge]") && said.contains("c.txt:1:1"), "{said}");
    show.write(path, &whole);
    show.write("onair.toml", &format!("{both}{SETTINGS}"));
    let ran = show.onair(&["check"]);
    assert!(ran.said().contains("error[unfinished-merge]"), "{}", ran.said());
    // A line of signs alone is a heading's underline, or a remark.
    show.write("onair.toml", SETTINGS);
    show.write(path, &format!("{whole}\nHeading\n=======\n\n<<<<<<< left\n"));
    assert!(!show.check().contains("unfinished-merge"), "{}", show.check());
}

#[test]
fn keys_of_every_sort_are_told_where_they_mean_nothing() {
    let show = TestShow::new();
    for (number, key, expected) in [
        (1, "image: [a.jpg]", "malformed-value"),
        (2, "background: [x]", "malformed-value"),
        (3, "category: {a: b}", "malformed-value"),
        (4, "transcript: https://x.example/t.vtt", "this is an address: a file of the show"),
        (5, "chapters: img\\t.vtt", "the parts of a path are parted by `/`"),
        (6, "tags: #sea #light", "is a comment for YAML, and no part of the tags"),
    ] {
        show.with_audio(number, 150, &[]);
        let path = format!("episodes/episode_00{number}.md");
        show.write(&path, &show.read(&path).replacen("---\n", &format!("---\n{key}\n"), 1));
        let said = show.check();
        assert!(said.contains(expected), "{key}: {said}");
        std::fs::remove_file(show.path(&path)).unwrap();
    }
}

#[test]
fn an_episode_without_file_and_guid_is_refused_by_check() {
    let show = TestShow::new();
    let elsewhere = "title: T\ndate: 2022-05-27 07:00:00 +0200\nsize: 9\nduration: 9\n\
        enclosure: https://x.example/1.mp3\nepisode: 1\ndescription: d\n";
    show.write("episodes/1.md", &format!("---\n{elsewhere}---\n"));
    assert!(show.check().contains("error[missing-key]: `file` is not there"), "{}", show.check());
    show.write("episodes/1.md", &format!("---\n{elsewhere}guid: g\n---\n"));
    assert!(!show.check().contains("error"), "{}", show.check());
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
    let several = [
        ("[\"Science\", \"Nature\", \"Physics\"]", "`Physics` is left out"),
        ("[\"Arts\", \"Science\"]", "`[[\"Arts\", \"Books\"], [\"Education\"]]`"),
    ];
    for (written, expected) in several {
        show.write("onair.toml", &settings.replace(category, &format!("category = {written}")));
        assert!(show.check().contains(expected), "{}", show.check());
    }
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

#[test]
fn where_nobody_says_how_long_it_plays_chapters_stay() {
    let show = TestShow::without_audio();
    let keys = "title: Gulls\ndate: 2022-06-01 07:00:00 +0200\ndescription: d\nguid: g1\nsize: 1000\n\
                enclosure: https://old.example/1.mp3\n";
    let chapters = "chapters:\n  - 0:00 One\n  - 2:00 Two\n  - 4:00 Three\n";
    let soundbite = "soundbites:\n  - {start: 104.4, duration: 12}\n";
    show.write("episodes/episode_001.md", &format!("---\n{keys}{chapters}{soundbite}---\n"));
    let check = show.check();
    assert!(!check.contains("after the audio") && !check.contains("the audio ends"), "{check}");
    let ran = show.onair(&["release"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let feed = show.read("public/podcasts/feed.xml");
    assert!(feed.contains("<podcast:chapters ") && !feed.contains("<itunes:duration"), "{feed}");
}
