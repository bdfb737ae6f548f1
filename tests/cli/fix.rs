//! `onair check --fix`: what is fixed, and that nothing else changes.

use super::show::{TestShow, front_matter};

#[test]
fn only_the_wrong_bytes_change() {
    let show = TestShow::without_audio();
    show.five_episodes();
    let path = "episodes/episode_003.md";
    let odd = front_matter(
        3,
        &[
            "duration: '“00:28:03\"'   # from the studio",
            "size: 53857000 bytes  ",
            "date: 2021-02-3 07:00:00 +0200",
        ],
    )
    .replace('\n', "\r\n")
    .trim_end()
    .to_owned();
    show.write(path, &odd);
    let diff = show.onair(&["check", "--fix", "--dry-run"]);
    insta::assert_snapshot!(diff.stdout.replace('\r', "␍"));
    assert_eq!(show.read(path), odd, "a dry run changes nothing");

    assert_eq!(show.onair(&["check", "--fix"]).code, 0);
    let fixed = odd
        .replace("'“00:28:03\"'", "'00:28:03'")
        .replace("53857000 bytes", "53857000")
        .replace("2021-02-3 07:00:00 +0200", "2021-02-03 07:00:00 +0200");
    assert_eq!(show.read(path), fixed);
    let again = show.onair(&["check", "--fix"]);
    assert!(!again.stdout.contains("Fixed"), "{}", again.stdout);
    assert_eq!(show.read(path), fixed);
}

#[test]
fn what_needs_a_second_look_is_left_alone() {
    let show = TestShow::without_audio();
    show.episode(1, &["titel: a"]);
    let before = show.read("episodes/episode_001.md");
    show.onair(&["check", "--fix"]);
    assert_eq!(show.read("episodes/episode_001.md"), before);
}

#[test]
fn a_block_of_text_keeps_its_form_and_what_follows_it() {
    let show = TestShow::without_audio();
    show.five_episodes();
    let path = "episodes/episode_003.md";
    let odd = front_matter(3, &["description: |\n  A harbour\u{b}wakes up.\nexplicit: true"]);
    for text in [odd.clone(), odd.replace('\n', "\r\n")] {
        show.write(path, &text);
        let ran = show.onair(&["check", "--fix"]);
        assert_eq!(ran.code, 0, "{}", ran.said());
        assert_eq!(show.read(path), text.replace('\u{b}', ""));
    }
    // A value that belongs on one line is left to the host.
    let odd = front_matter(3, &["duration: |\n  9s"]);
    show.write(path, &odd);
    let ran = show.onair(&["check", "--fix"]);
    assert_eq!((ran.code, show.read(path)), (1, odd), "{}", ran.stdout);
}

#[test]
fn a_key_that_is_missing_becomes_a_line_of_the_front_matter() {
    let show = TestShow::new();
    show.with_audio(1, 400, &[]);
    let path = "episodes/episode_001.md";
    let whole = show.read(path);
    let (front, notes) = whole.split_at(whole.find("\n---\n").unwrap() + 5);
    let size = front.lines().find(|line| line.starts_with("size: ")).unwrap();
    let without = front.replace(&format!("{size}\n"), "");
    let with = without.replace("\n---\n", &format!("\n{size}\n---\n"));
    let indented =
        |front: &str| front.replace("\n---", "\x00").replace('\n', "\n  ").replace('\0', "\n---");
    for form in [&|text: &str| text.replace('\n', "\r"), &indented as &dyn Fn(&str) -> String] {
        show.write(path, &format!("{}{notes}", form(&without)));
        let ran = show.onair(&["check", "--fix"]);
        assert_eq!(ran.code, 0, "{}", ran.said());
        assert_eq!(show.read(path), format!("{}{notes}", form(&with)));
    }
}
