//! Where credentials go: to a target that the one who runs onair has named, or that the main branch
//! names, and to nobody else.

use std::process::Command;

use crate::bucket::NOW;
use crate::memory_s3::{ACCESS_KEY, Abilities, MemoryS3, SECRET_KEY};
use crate::show::{Ran, SETTINGS, TestShow};
use crate::web::Web;

/// A show whose main branch names a bucket of our own, and a server of a stranger's.
struct Stage {
    show: TestShow,
    ours: MemoryS3,
    theirs: Web,
    runtime: tokio::runtime::Runtime,
}

impl Stage {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let ours = runtime.block_on(MemoryS3::start(Abilities::default()));
        let theirs = Web::start(|_| (404, Vec::new(), Vec::new()));
        let stage = Self { show: TestShow::new(), ours, theirs, runtime };
        stage.names("s3://show/pod", &stage.ours.endpoint());
        stage.show.with_audio(1, 200, &[]);
        stage
    }

    /// Writes this target into the settings.
    fn names(&self, url: &str, endpoint: &str) {
        // Pages are another server's, and nobody answers there.
        let settings = SETTINGS.replace("https://show.example", "http://127.0.0.1:1");
        let target = format!("[target]\nurl = \"{url}\"\nendpoint = \"{endpoint}\"\n");
        self.show.write("onair.toml", &format!("{settings}\n{target}"));
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .arg("-C")
            .arg(self.show.root())
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@show.example"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Makes what is there the main branch, and changes to a stranger's, which names their server.
    fn pull_request(&self) {
        self.git(&["init", "--quiet", "--initial-branch=main"]);
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message=ours"]);
        self.git(&["checkout", "--quiet", "-b", "pull"]);
        self.names("s3://show/pod", &self.theirs.url());
        self.git(&["commit", "--quiet", "--all", "--message=theirs"]);
    }

    fn run_in(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        let home = self.show.root().join(".home");
        let mut command = self.show.command(arguments);
        command
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("HOME", home)
            .env("ONAIR_NOW", NOW)
            .envs(environment.iter().copied());
        self.show.run(&mut command)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in(arguments, &[])
    }

    /// Whether a stranger's server was sent anything at all; anything is too much.
    fn told_them(&self) -> bool {
        !self.theirs.asked().is_empty()
    }
}

#[test]
fn a_pull_request_names_a_server_and_gets_no_signed_request() {
    let stage = Stage::new();
    assert_eq!(stage.run(&["release"]).code, 0);
    stage.pull_request();

    let dry = stage.run(&["release", "--dry-run"]);
    let reason = "No credentials are sent to s3://show/pod: `target.endpoint` of onair.toml is not what \
                  main says";
    assert!(dry.code == 0 && dry.stdout.contains(reason), "{}", dry.said());
    std::fs::remove_dir_all(stage.show.path("audio")).unwrap();
    let check = stage.run(&["check"]);
    assert!(check.said().contains(reason), "{}", check.said());
    stage.git(&["checkout", "--quiet", "."]);
    for command in [
        &["release"][..],
        &["upload", "1"],
        &["doctor"],
        &["rollback", "--list"],
        &["prune", "--dry-run"],
        // The bucket's name alone says nothing of the server.
        &["release", "--target", "s3://show/pod"],
    ] {
        let ran = stage.run(command);
        assert_eq!(ran.code, 2, "{}", ran.said());
        assert!(ran.stderr.contains("name it yourself with --endpoint"), "{}", ran.said());
    }
    assert!(!stage.told_them());

    // Named by the one who runs it.
    let endpoint = stage.ours.endpoint();
    let named = stage.run(&["release", "--dry-run", "--endpoint", &endpoint]);
    assert!(named.stdout.contains("Nothing to do"), "{}", named.said());
    let named = stage.run_in(&["release", "--dry-run"], &[("ONAIR_ENDPOINT", &endpoint)]);
    assert!(named.stdout.contains("Nothing to do"), "{}", named.said());
    assert!(!stage.told_them());
    let theirs = stage.theirs.url();
    stage.run(&["release", "--dry-run", "--endpoint", &theirs]);
    assert!(stage.told_them(), "this test would see it");
}

#[test]
fn files_named_as_gits_are_no_repository() {
    let stage = Stage::new();
    let show = &stage.show;
    // What a pull request may bring into a show's folder that is not the repository's own.
    stage.names("s3://show/pod", &stage.theirs.url());
    show.write("evil.sh", "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\n");
    let evil = show.path("evil.sh").display().to_string();
    assert!(Command::new("chmod").args(["+x", &evil]).status().unwrap().success());
    stage.git(&["init", "--quiet", "--initial-branch=main"]);
    stage.git(&["add", "."]);
    let tree = stage.git(&["write-tree"]);
    let who = "Ada <ada@show.example> 1700000000 +0000";
    show.write(
        "commit",
        &format!(
            "tree {tree}\nauthor {who}\ncommitter {who}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n \
             a\n -----END PGP SIGNATURE-----\n\ntheirs\n"
        ),
    );
    let file = show.path("commit").display().to_string();
    let commit = stage.git(&["hash-object", "-t", "commit", "-w", &file]);
    stage.git(&["update-ref", "refs/heads/main", &commit]);
    for (key, value) in
        [("core.worktree", "."), ("log.showSignature", "true"), ("gpg.program", &evil)]
    {
        stage.git(&["config", key, value]);
    }
    for name in ["HEAD", "config", "index", "objects", "refs"] {
        std::fs::rename(show.path(&format!(".git/{name}")), show.path(name)).unwrap();
    }
    std::fs::remove_dir_all(show.path(".git")).unwrap();

    for arguments in [&["check"][..], &["release", "--dry-run"], &["doctor"], &["release"]] {
        let ran = stage.run(arguments);
        assert!(!stage.told_them(), "{}", ran.said());
        assert!(!show.path("ran").exists(), "{}", ran.said());
    }
}

#[test]
fn another_bucket_and_another_profile_are_a_strangers_choice_as_well() {
    let stage = Stage::new();
    assert_eq!(stage.run(&["release"]).code, 0);
    stage.pull_request();
    stage.ours.asked();
    let endpoint = stage.ours.endpoint();
    for (url, more, key) in [
        ("s3://theirs", "", "url"),
        ("s3://show/pod", "profile = \"admin\"\n", "profile"),
        ("s3://show/pod", "region = \"eu-central-1\"\n", "region"),
    ] {
        stage.names(url, &endpoint);
        let text = stage.show.read("onair.toml");
        stage.show.write("onair.toml", &format!("{text}{more}"));
        let ran = stage.run(&["release", "--dry-run"]);
        let reason = format!("`target.{key}` of onair.toml is not what main says");
        assert!(ran.stdout.contains(&reason), "{}", ran.said());
        assert_eq!(stage.run(&["release"]).code, 2);
    }
    assert!(stage.ours.asked().is_empty());
}

#[test]
fn what_the_main_branch_says_is_trusted() {
    let stage = Stage::new();
    stage.pull_request();
    stage.git(&["checkout", "--quiet", "main"]);
    assert_eq!(stage.run(&["release"]).code, 0);
    // A branch that leaves the target alone.
    stage.git(&["checkout", "--quiet", "-b", "notes"]);
    stage.ours.asked();
    let ran = stage.run(&["release", "--dry-run"]);
    assert!(ran.stdout.contains("Nothing to do"), "{}", ran.said());
    assert!(!stage.ours.asked().is_empty());
    // The remote's counts, once there is one: here, the stranger's branch came to be called main.
    stage.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    stage.git(&["branch", "--quiet", "--force", "main", "pull"]);
    stage.git(&["checkout", "--quiet", "main"]);
    let ran = stage.run(&["release"]);
    assert!(ran.code == 2 && ran.stderr.contains("origin/main"), "{}", ran.said());
    // A remote that does not say.
    stage.git(&["update-ref", "refs/remotes/origin/some", "pull"]);
    stage.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    let ran = stage.run(&["release"]);
    assert!(ran.code == 2 && ran.stderr.contains("git remote set-head"), "{}", ran.said());
    assert!(!stage.told_them());
}

#[test]
fn a_run_of_actions_on_the_default_branch_is_the_main_branch() {
    let stage = Stage::new();
    stage.pull_request();
    // As a shallow checkout has it: the branch that the run is for, and nothing else.
    stage.git(&["update-ref", "refs/remotes/origin/trunk", "main"]);
    stage.git(&["checkout", "--quiet", "--detach", "main"]);
    stage.git(&["branch", "--quiet", "-D", "main", "pull"]);
    stage.show.write(".git/event.json", r#"{"repository": {"default_branch": "trunk"}}"#);
    let event = stage.show.path(".git/event.json").display().to_string();
    let commit = stage.git(&["rev-parse", "HEAD"]);
    let run = |event_name: &str, branch: &str, commit: &str| {
        let environment = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", event_name),
            ("GITHUB_EVENT_PATH", &event),
            ("GITHUB_REF", branch),
            ("GITHUB_SHA", commit),
        ];
        stage.run_in(&["release", "--format", "human"], &environment).code
    };
    assert_eq!(run("pull_request_target", "refs/heads/trunk", &commit), 2);
    assert_eq!(run("push", "refs/heads/some", &commit), 2);
    assert_eq!(run("push", "refs/heads/trunk", &"0".repeat(40)), 2);
    assert_eq!(run("push", "refs/heads/trunk", &commit), 0);
}

#[test]
fn a_folder_outside_git_is_ones_own_once_it_was_released() {
    let stage = Stage::new();
    let ran = stage.run(&["release", "--dry-run"]);
    assert!(
        ran.stdout.contains("only onair.toml names `target.url`, `target.endpoint`"),
        "{}",
        ran.said()
    );
    assert!(stage.ours.asked().is_empty());
    assert_eq!(stage.run(&["release"]).code, 0);
    stage.ours.asked();
    let ran = stage.run(&["release", "--dry-run"]);
    assert!(ran.stdout.contains("Nothing to do"), "{}", ran.said());
    assert!(!stage.ours.asked().is_empty());
    stage.names("s3://show/pod", &stage.theirs.url());
    stage.run(&["release", "--dry-run"]);
    assert!(!stage.told_them());
    drop(stage.runtime);
}

#[test]
fn a_pull_request_chooses_no_folder_of_this_machine() {
    let stage = Stage::new();
    stage.names("public", "");
    let text = stage.show.read("onair.toml").replace("endpoint = \"\"\n", "");
    stage.show.write("onair.toml", &text);
    stage.pull_request();
    let elsewhere = tempfile::tempdir().unwrap();
    let place = elsewhere.path().display().to_string();
    stage.show.write("onair.toml", &text.replace("\"public\"", &format!("\"{place}\"")));
    let ran = stage.run(&["release"]);
    assert!(ran.code == 2 && ran.stderr.contains("target.url"), "{}", ran.said());
    assert_eq!(elsewhere.path().read_dir().unwrap().count(), 0);
    assert_eq!(stage.run(&["release", "--target", &place]).code, 0);
}

#[test]
fn credentials_go_over_http_to_nobody_else() {
    let stage = Stage::new();
    let ran = stage.run(&["doctor", "--endpoint", "http://s3.example.invalid"]);
    assert!(ran.said().contains("is not encrypted"), "{}", ran.said());
}

#[test]
fn the_token_of_podping_goes_where_the_main_branch_says() {
    let stage = Stage::new();
    let ours = Web::start(|_| (200, Vec::new(), Vec::new()));
    // The main branch names their server too, for something else: so it may be asked.
    let hub = format!("{}/hub", stage.theirs.url());
    let names = |podping: &str| {
        let text = stage.show.read("onair.toml");
        let is_ours = |line: &&str| line.starts_with("podping") || line.starts_with("hub");
        let rest: Vec<&str> = text.lines().filter(|it| !is_ours(it)).collect();
        let podping = format!("[site]\npodping = \"{podping}\"\nhub = \"{hub}\"");
        stage.show.write("onair.toml", &(rest.join("\n").replace("[site]", &podping) + "\n"));
    };
    names(&ours.url());
    stage.git(&["init", "--quiet", "--initial-branch=main"]);
    stage.git(&["add", "."]);
    stage.git(&["commit", "--quiet", "--message=ours"]);
    let release = || stage.run_in(&["release"], &[("ONAIR_PODPING_TOKEN", "canary")]);
    let ran = release();
    assert_eq!(ran.code, 0, "{}", ran.said());
    stage.theirs.asked();
    let told = ours.asked();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].headers["authorization"], "canary");

    // A stranger's address; with another title the feed is a new one.
    let theirs = format!("{}/podping", stage.theirs.url());
    for (title, podping, asked, reason) in [
        ("Two", theirs.as_str(), 1, "`site.podping` of onair.toml is not what main says"),
        ("Three", "http://podping.invalid/", 0, "http://podping.invalid/ is not encrypted"),
    ] {
        names(podping);
        let text = stage.show.read("onair.toml").replace("for tests.", &format!("for {title}."));
        stage.show.write("onair.toml", &text);
        let ran = release();
        assert_eq!(ran.code, 0, "{}", ran.said());
        let said = format!("ONAIR_PODPING_TOKEN was not sent: {reason}");
        assert!(ran.stderr.contains(&said), "{}", ran.said());
        assert!(!ran.said().contains("canary"), "{}", ran.said());
        let mut told = stage.theirs.asked();
        told.retain(|it| it.path.starts_with("/podping"));
        assert_eq!(told.len(), asked, "{}", ran.said());
        assert!(told.iter().all(|it| !it.headers.contains_key("authorization")), "{told:?}");
        stage.show.write("onair.toml", &stage.git(&["show", "main:onair.toml"]));
    }
    assert!(ours.asked().is_empty());
}

#[test]
fn a_release_asks_git_once_what_the_main_branch_says() {
    use std::os::unix::fs::PermissionsExt as _;

    let stage = Stage::new();
    stage.pull_request();
    stage.git(&["checkout", "--quiet", "main"]);
    let tools = tempfile::tempdir().unwrap();
    let (log, git) = (tools.path().join("log"), tools.path().join("git"));
    let path = std::env::var("PATH").unwrap();
    let script =
        format!("#!/bin/sh\necho \"$@\" >>'{}'\nPATH='{path}' exec git \"$@\"\n", log.display());
    std::fs::write(&git, script).unwrap();
    std::fs::set_permissions(&git, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{path}", tools.path().display());
    assert_eq!(stage.run_in(&["release"], &[("PATH", &path)]).code, 0);
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(log.matches(" show ").count(), 1, "{log}");
    assert!(log.lines().count() <= 6, "{log}");
}
