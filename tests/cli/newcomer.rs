//! The first hour: somebody with nothing but the binary, at a terminal.

use std::fs;

use super::show::{TestShow, audio};
use super::terminal::Terminal;

#[test]
fn from_nothing_to_a_show_that_is_public_and_stays_so() {
    let home = TestShow::new();
    let folder = home.path("my-show");
    fs::create_dir(&folder).unwrap();
    let command = |words: &[&str]| {
        let mut command = home.command(words);
        command.current_dir(&folder).env("LANG", "fr_FR.UTF-8").env("TZ", "Europe/Paris");
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        command
    };
    let run = |words: &[&str]| home.run(&mut command(words));

    // It asks, says what cannot be, and offers what the system tells.
    let mut terminal = Terminal::run(command(&["init"]));
    for (question, answer) in [
        ("The show's name [My show]:", "Low Tide"),
        ("What it is about", "A harbour, and what can be heard there."),
        ("Who makes it", "Ada Quay"),
        ("An e-mail address", "ada"),
        ("`ada` is not an e-mail address", ""),
        ("An e-mail address", "ada@tide.example"),
        ("The language that is spoken, as in fr or en-us [fr-fr]:", ""),
        ("The time zone of its dates, as in Europe/Paris [Europe/Paris]:", ""),
        ("   1  Arts > Books", ""),
        ("Apple's category", "Science > Nature"),
        ("The address that its pages", "tide.example"),
        ("Where to publish", ""),
        ("Shall GitHub", "n"),
    ] {
        terminal.sees(question);
        if question.ends_with("address") && answer.is_empty() || question.contains("Arts >") {
            continue;
        }
        terminal.types(answer);
    }
    let (code, seen) = terminal.ended();
    assert_eq!(code, 0, "{seen}");
    let settings = fs::read_to_string(folder.join("onair.toml")).unwrap();
    insta::assert_snapshot!("newcomer_settings", settings);

    // Nothing is published without artwork, and the place is named.
    let ran = run(&["release"]);
    assert_eq!(ran.code, 1, "{}", ran.said());
    assert!(ran.stdout.contains("--> onair.toml:10:"), "{}", ran.said());
    fs::copy(home.path("img/artwork.png"), folder.join("img/artwork.jpg")).unwrap();
    let settings = settings.replace("artwork.jpg", "artwork.png");
    fs::rename(folder.join("img/artwork.jpg"), folder.join("img/artwork.png")).unwrap();
    fs::write(folder.join("onair.toml"), settings).unwrap();

    // An MP3 with a name as exporters give it.
    fs::write(home.path("My Episode (final) v2.mp3"), audio(1, 80)).unwrap();
    let ran = run(&["new", "../My Episode (final) v2.mp3", "--date", "2026-03-06 07:00"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let episode = folder.join("episodes/episode_001.md");
    let text = fs::read_to_string(&episode).unwrap();
    let text = text.replace("\"Episode 1\"", "\"The harbour at six\"");
    let text = text.replacen("description: \"\"", "description: \"It wakes.\"", 1);
    fs::write(&episode, format!("{text}The winch comes first.\n")).unwrap();

    let ran = run(&["check"]);
    assert_eq!((ran.code, ran.stdout.contains("no findings")), (0, true), "{}", ran.said());
    let mut terminal = Terminal::run(command(&["preview", "--port", "0"]));
    terminal.sees("Low Tide: http://127.0.0.1:");
    terminal.sees("1 episode");
    terminal.interrupts();
    let (_, seen) = terminal.ended();
    assert!(!seen.contains("error"), "{seen}");

    let ran = run(&["release", "--dry-run"]);
    assert!(ran.code == 0 && !folder.join("public").exists(), "{}", ran.said());
    let ran = run(&["release"]);
    assert!(ran.code == 0 && ran.stdout.contains("Release 1 is published"), "{}", ran.said());
    let feed = || fs::read_to_string(folder.join("public/podcasts/feed.xml")).unwrap();
    let first = feed();
    for words in ["The harbour at six", "ada@tide.example", "https://tide.example/media/001.mp3"] {
        assert!(first.contains(words), "{words} in {first}");
    }
    for made_up in ["Your name", "show.example", "Notes, in Markdown", "Episode 1"] {
        assert!(!first.contains(made_up), "{made_up} in {first}");
    }

    // A text changes; from a folder below, too.
    let text = fs::read_to_string(&episode).unwrap().replace("The winch", "The old winch");
    fs::write(&episode, text).unwrap();
    let mut below = command(&["release"]);
    let ran = home.run(below.current_dir(folder.join("episodes")));
    assert!(ran.code == 0 && ran.stdout.contains("Release 2 is published"), "{}", ran.said());
    assert!(feed().contains("The old winch"));
    assert!(run(&["release"]).stdout.contains("Nothing to do"));
}

#[test]
fn whoever_leaves_half_way_has_written_nothing() {
    let home = TestShow::new();
    fs::remove_file(home.path("onair.toml")).unwrap();
    let mut terminal = Terminal::run(home.command(&["init"]));
    terminal.sees("The show's name");
    terminal.types("Low Tide");
    terminal.sees("What it is about");
    terminal.ends_input();
    let (code, seen) = terminal.ended();
    assert_eq!(code, 130, "{seen}");
    assert!(seen.contains("nothing was written") && !home.path("onair.toml").exists());
}

#[test]
fn run_again_at_a_terminal_it_asks_for_what_is_missing_alone() {
    let home = TestShow::new();
    let text = home.read("onair.toml");
    home.write("onair.toml", &text.replace("author = \"Ada\"", "author = \"\"   # who?"));
    let mut terminal = Terminal::run(home.command(&["init"]));
    terminal.sees("Who makes it");
    terminal.types("Bo");
    let (code, seen) = terminal.ended();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("Filled in onair.toml") && !seen.contains("The show's name"), "{seen}");
    assert_eq!(
        home.read("onair.toml"),
        text.replace("author = \"Ada\"", "author = \"Bo\"   # who?")
    );
}
