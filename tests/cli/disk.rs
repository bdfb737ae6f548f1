//! Disks that are full, files that may not grow, folders that nobody may write: what is published stays
//! true, what a host wrote stays whole, and the message says what to do.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::show::{Ran, TestShow};

const NOW: &str = "2021-03-01T00:00:00Z";

/// Runs a script of the shell, which finds onair as `$ONAIR`.
fn script(show: &TestShow, before: &[&str], text: &str) -> Ran {
    let like = show.command(&[]);
    let mut command = Command::new(before.first().copied().unwrap_or("sh"));
    command.args(before.iter().skip(1));
    if !before.is_empty() {
        command.arg("sh");
    }
    command.args(["-c", text]).current_dir(show.root()).env_clear();
    for (name, value) in like.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        command.env(name, value);
    }
    command.env("ONAIR", like.get_program()).env("ONAIR_NOW", NOW);
    show.run(&mut command)
}

/// The same where it may mount what nobody else sees.
fn mounting(show: &TestShow, text: &str) -> Ran {
    script(show, &["unshare", "--user", "--map-root-user", "--mount"], &format!("set -e\n{text}"))
}

/// Whether this machine lets a process have mounts of its own; says so where it does not.
#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
fn may_mount() -> bool {
    static MAY: OnceLock<bool> = OnceLock::new();
    *MAY.get_or_init(|| {
        let show = TestShow::new();
        let may = cfg!(target_os = "linux")
            && Command::new("unshare").arg("--version").output().is_ok()
            && mounting(&show, "mkdir m && mount -t tmpfs -o size=64k tmpfs m").code == 0;
        if !may {
            eprintln!("skipped: this machine lets nobody have mounts of their own");
        }
        may
    })
}

/// A show with two episodes published in `public`, and a third to come.
fn show() -> TestShow {
    let show = TestShow::new();
    (1..=2).for_each(|number| show.with_audio(number, 60, &[]));
    let ran = show.onair_in(&["release"], &[("ONAIR_NOW", NOW)]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    show.with_audio(3, 61, &[]);
    show
}

fn feed(folder: &Path) -> String {
    fs::read_to_string(folder.join("podcasts/feed.xml")).unwrap()
}

/// Every enclosure that the feed names is there, with that length.
fn is_true(folder: &Path) {
    let feed = feed(folder);
    assert!(feed.trim_end().ends_with("</rss>"), "{feed}");
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let tags: Vec<&str> = feed.split("<enclosure ").skip(1).collect();
    assert!(tags.len() >= 2, "{feed}");
    for tag in tags {
        let url = value(tag, "url");
        let file = folder.join(url.strip_prefix("https://show.example/").unwrap());
        let bytes = fs::metadata(&file).map(|file| file.len().to_string());
        assert_eq!(bytes.ok(), Some(value(tag, "length")), "{url}");
    }
}

#[test]
fn a_full_disk_leaves_the_feed_true_and_a_release_with_room_finishes() {
    if !may_mount() {
        return;
    }
    let show = show();
    let (old, mut failed) = (feed(&show.path("public")), 0);
    for room in (0..).step_by(12) {
        let _ = fs::remove_dir_all(show.path("out"));
        let ran = mounting(
            &show,
            &format!(
                "mkdir -p full out/full out/room
                mount -t tmpfs -o size=64m tmpfs full
                cp -a public/. full/
                used=$(df -k full | awk 'NR == 2 {{ print $3 }}')
                mount -o remount,size=$((used + {room}))k full
                set +e
                $ONAIR release --target full; code=$?
                set -e
                cp -a full/. out/full/
                mount -o remount,size=64m full
                $ONAIR release --target full >out/said 2>&1
                cp -a full/. out/room/
                exit $code"
            ),
        );
        is_true(&show.path("out/full"));
        is_true(&show.path("out/room"));
        assert_eq!(feed(&show.path("out/room")).matches("<item>").count(), 3, "{}", ran.said());
        if ran.code == 0 {
            break;
        }
        failed += 1;
        assert_eq!(ran.code, 3, "{room} KiB: {}", ran.said());
        assert!(ran.stderr.contains("No space left on device"), "{room} KiB: {}", ran.said());
        assert!(ran.stderr.contains("help: make room there"), "{room} KiB: {}", ran.said());
        let now = feed(&show.path("out/full"));
        assert!(now == old || now.matches("<item>").count() == 3, "{room} KiB");
        assert!(room < 4096, "it never ends: {}", ran.said());
    }
    assert!(failed > 5, "{failed}");
}

/// Every write beyond so many blocks of 512 bytes fails.
fn limited(show: &TestShow, blocks: usize, arguments: &str) -> Ran {
    script(show, &[], &format!("trap '' XFSZ; ulimit -f {blocks}; exec $ONAIR {arguments}"))
}

#[test]
fn files_that_may_not_grow_leave_the_feed_true() {
    let show = show();
    let mut failed = 0;
    for blocks in [0, 1, 2, 4, 8, 16, 32, 64, 128] {
        let _ = fs::remove_dir_all(show.path("full"));
        assert_eq!(script(&show, &[], "cp -R public full").code, 0);
        let ran = limited(&show, blocks, "release --target full");
        is_true(&show.path("full"));
        if ran.code != 0 {
            failed += 1;
            assert_eq!(ran.code, 3, "{blocks}: {}", ran.said());
            assert!(ran.stderr.contains("error: cannot write full/"), "{blocks}: {}", ran.said());
            assert!(!ran.stderr.contains("tmp"), "{blocks}: {}", ran.said());
            assert!(ran.stderr.contains("help: raise the limit"), "{blocks}: {}", ran.said());
        }
        let after = script(&show, &[], "$ONAIR release --target full");
        assert_eq!(after.code, 0, "{blocks}: {}", after.said());
        is_true(&show.path("full"));
    }
    assert!((3..9).contains(&failed), "{failed}");
}

#[test]
fn what_a_host_wrote_stays_whole_where_nothing_can_be_written() {
    let show = show();
    let text = show.read("episodes/episode_001.md");
    show.write("episodes/episode_001.md", &text.replacen("size: ", "size: 1", 1));
    show.audio(4, &crate::show::audio(4, 60));
    let before = (show.tree("episodes"), show.tree("audio"));
    for (arguments, what) in [
        ("check --fix", "error: episodes/episode_001.md cannot be written: File too large\n"),
        ("tag 2", "error: cannot write the new [SHOW]/audio/002.mp3: File too large\n"),
        ("new audio/004.mp3 --title Four", "error: episodes/episode_004.md cannot be made: File "),
    ] {
        let ran = limited(&show, 0, arguments);
        assert_eq!(ran.code, 2, "{arguments}: {}", ran.said());
        assert!(ran.stderr.contains(what), "{arguments}: {}", ran.said());
        assert!(ran.stderr.contains("help: raise the limit"), "{arguments}: {}", ran.said());
        assert!((show.tree("episodes"), show.tree("audio")) == before, "{arguments}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_done_without() {
    let show = show();
    let cache = show.path("cache");
    fs::create_dir(&cache).unwrap();
    let arguments = format!("check; echo checked {}", "$?");
    let cached = format!("export ONAIR_CACHE_DIR={}; ", cache.display());
    let text = format!("{cached} trap '' XFSZ; ulimit -f 0; $ONAIR {arguments}");
    let ran = script(&show, &[], &text);
    assert!(ran.stdout.contains("checked 0"), "{}", ran.said());
    assert!(!ran.said().contains("too large"), "{}", ran.said());
}

/// Runs onair where nobody may write into a folder; nothing where that cannot be had.
fn with_read_only(show: &TestShow, folder: &str, arguments: &[&str]) -> Option<Ran> {
    if rustix::process::geteuid().is_root() {
        let quoted = arguments.join(" ");
        return may_mount().then(|| {
            mounting(
                show,
                &format!("mount --bind {folder} {folder}; mount -o remount,bind,ro {folder}; cd .; exec $ONAIR {quoted}"),
            )
        });
    }
    let path = show.path(folder);
    fs::set_permissions(&path, Permissions::from_mode(0o555)).unwrap();
    let ran = show.onair_in(arguments, &[("ONAIR_NOW", NOW)]);
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    Some(ran)
}

#[test]
fn a_folder_that_nobody_may_write_is_named() {
    let show = show();
    let text = show.read("episodes/episode_001.md");
    show.write("episodes/episode_001.md", &text.replacen("size: ", "size: 1", 1));
    show.audio(4, &crate::show::audio(4, 60));
    let before = (show.tree("episodes"), show.tree("audio"), feed(&show.path("public")));
    let right = "help: give this user the right to write there";
    for (folder, arguments, code, what) in [
        (
            "episodes",
            &["check", "--fix"][..],
            2,
            "error: episodes/episode_001.md cannot be written: ",
        ),
        (
            "episodes",
            &["new", "audio/004.mp3", "--title", "Four"],
            2,
            "error: episodes/episode_004.md cannot be made: ",
        ),
        ("audio", &["tag", "2"], 2, "error: cannot write a new file beside [SHOW]/audio/002.mp3: "),
    ] {
        let Some(ran) = with_read_only(&show, folder, arguments) else { return };
        assert_eq!(ran.code, code, "{folder}: {}", ran.said());
        assert!(ran.stderr.contains(what), "{folder}: {}", ran.said());
        assert!(ran.stderr.contains(right), "{folder}: {}", ran.said());
        assert!(!ran.stderr.contains("os error"), "{folder}: {}", ran.said());
        assert!(
            (show.tree("episodes"), show.tree("audio")) == (before.0.clone(), before.1.clone())
        );
    }
    show.write("episodes/episode_001.md", &text);
    fs::remove_file(show.path("audio/004.mp3")).unwrap();
    for folder in ["public/.onair", "public/media", "public/podcasts"] {
        let Some(ran) = with_read_only(&show, folder, &["release"]) else { return };
        assert_eq!(ran.code, 3, "{folder}: {}", ran.said());
        let what = format!(" {folder}/");
        assert!(ran.stderr.contains("error: cannot "), "{folder}: {}", ran.said());
        assert!(ran.stderr.contains(&what), "{folder}: {}", ran.said());
        assert!(ran.stderr.contains(right), "{folder}: {}", ran.said());
        is_true(&show.path("public"));
        assert_eq!(feed(&show.path("public")), before.2, "{folder}");
    }
    // What is only read need not be writable.
    let ran = with_read_only(&show, "episodes", &["release"]).unwrap();
    assert_eq!(ran.code, 0, "{}", ran.said());
    is_true(&show.path("public"));
}
