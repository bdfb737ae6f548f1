//! What can stand between a host and a bucket: each ends in one message with cause and fix, exit
//! code 3, and nothing half-published.

use crate::bucket::{Stage, sound};
use crate::memory_s3::Fault;

/// What is said, once it is made sure that it is one message and that listeners see nothing of it.
fn told(stage: &Stage, ran: &crate::show::Ran) -> String {
    assert_eq!(ran.code, 3, "{}", ran.said());
    assert_eq!(ran.stderr.matches("error: ").count(), 1, "{}", ran.said());
    assert_eq!(ran.stderr.matches("help: ").count(), 1, "{}", ran.said());
    assert_eq!(stage.server.object("pod/podcasts/feed.xml").map(|it| it.bytes), None);
    assert_eq!(stage.server.unfinished_uploads(), 0);
    ran.stderr.clone()
}

#[test]
fn a_lock_that_cannot_be_removed_is_left_for_the_next_release() {
    let stage = Stage::new(sound);
    stage.server.fail(|asked| match asked.operation() == "DeleteObject" {
        true => Fault::Answer(403, "AccessDenied"),
        false => Fault::None,
    });
    let ran = stage.run(&["release"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let note = "note: the lock could not be removed, and is marked as left: not allowed to delete";
    assert!(ran.said().contains(note), "{}", ran.said());
    let lock = stage.server.object("pod/.onair/lock").unwrap().bytes;
    assert!(String::from_utf8_lossy(&lock).contains("\"left\":true"));
}

#[test]
fn a_way_that_leads_to_no_bucket() {
    let stage = Stage::new(sound);
    let mut said = Vec::new();
    let mut with = |what: &str, set: &[(&str, &str)], arguments: &[&str]| {
        let mut command = stage.command(&[&["release"], arguments].concat());
        for (name, value) in set {
            if value.is_empty() {
                command.env_remove(name)
            } else {
                command.env(name, value)
            };
        }
        let ran = stage.tidy(stage.show.run(&mut command));
        said.push(format!("{what}\n{}", told(&stage, &ran)));
        assert_eq!(stage.server.keys(), [""; 0], "{what}");
    };
    let keys = [("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")];
    with("no credentials", &keys, &[]);
    with("a key that nobody knows", &[("AWS_ACCESS_KEY_ID", "AKIANOBODYKNOWSTHIS0")], &[]);
    with("a wrong secret", &[("AWS_SECRET_ACCESS_KEY", "wrong")], &[]);
    with("no bucket", &[], &["--target", "s3://no-such-bucket/pod"]);
    with("no region", &[("AWS_REGION", ""), ("AWS_ENDPOINT_URL_S3", "")], &[]);
    with("no address", &[("AWS_ENDPOINT_URL_S3", "nowhere")], &[]);
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_bucket_that_refuses() {
    let ways = [
        ("a wrong region", "GetObject", 301, "PermanentRedirect"),
        ("a wrong region in the signature", "GetObject", 400, "AuthorizationHeaderMalformed"),
        ("a clock that is wrong", "GetObject", 403, "RequestTimeTooSkewed"),
        ("an expired session", "PutObject", 400, "ExpiredToken"),
        ("no right to read", "GetObject", 403, "AccessDenied"),
        ("no right to look", "HeadObject", 403, "AccessDenied"),
        ("no right to write", "PutObject", 403, "AccessDenied"),
        ("no room", "PutObject", 507, "InsufficientStorage"),
    ];
    let refused = |(what, operation, status, code): (&str, &'static str, u16, &'static str)| {
        let stage = Stage::new(sound);
        stage.server.fail(move |asked| {
            // Of what is asked for at once, one must be the first to fail.
            let one = match operation {
                "GetObject" => asked.key.ends_with("manifest.json"),
                "HeadObject" => !asked.key.ends_with("001.mp3"),
                _ => true,
            };
            match asked.operation() == operation && one {
                true => Fault::Answer(status, code),
                false => Fault::None,
            }
        });
        let ran = stage.run(&["release"]);
        let said = format!("{what}\n{}", told(&stage, &ran));
        // What stood in the way is gone, and the same command does it.
        stage.server.heal();
        let ran = stage.run(&["release"]);
        assert_eq!(ran.code, 0, "{what}: {}", ran.said());
        said
    };
    let said: Vec<String> = std::thread::scope(|scope| {
        let ways = ways.map(|way| scope.spawn(move || refused(way)));
        ways.map(|way| way.join().unwrap()).into()
    });
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_bucket_that_is_gone_in_mid_release_is_named_as_that() {
    // The last ones come when nearly all is sent.
    for requests in [1, 2, 3, 5, 8, 13, 21, 34, 45] {
        let stage = Stage::new(sound);
        let mut left = requests;
        stage.server.fail(move |_| match left {
            0 => Fault::Answer(404, "NoSuchBucket"),
            _ => {
                left -= 1;
                Fault::None
            }
        });
        let ran = stage.run(&["release"]);
        let said = format!("after {requests}: {}", ran.said());
        assert_eq!(ran.code, 3, "{said}");
        assert!(ran.stderr.contains("bucket `show` does not exist"), "{said}");
        assert_eq!(ran.stderr.matches("error: ").count(), 1, "{said}");
    }
}
