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
