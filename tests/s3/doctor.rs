//! What an examination of a bucket finds.

use onair::model::checkup::{Check, Outcome};
use onair::store::s3::{S3Store, S3Target};

use crate::memory_s3::{Abilities, Fault, MemoryS3, SECRET_KEY};
use crate::{server, shared, store, tuning};

fn shown(checks: &[Check]) -> String {
    let line = |check: &Check| match &check.outcome {
        Outcome::Fine { seen } => format!("fine: {}: {seen}", check.name),
        Outcome::Weak { seen, fix } => format!("weak: {}: {seen}\n  {fix}", check.name),
        Outcome::Broken { seen, fix } => format!("broken: {}: {seen}\n  {fix}", check.name),
        Outcome::Skipped { why } => format!("skipped: {}: {why}", check.name),
    };
    checks.iter().map(line).collect::<Vec<_>>().join("\n")
}

async fn examined(server: &MemoryS3, store: &S3Store) -> String {
    let checks = store.doctor().await;
    assert_eq!(server.keys(), [""; 0], "nothing is left behind");
    assert_eq!(server.unfinished_uploads(), 0, "nothing is left behind");
    shown(&checks).replace(&server.endpoint(), "http://HOST")
}

#[tokio::test]
async fn a_sound_bucket_passes_every_check() {
    let server = server().await;
    insta::assert_snapshot!(examined(&server, &store(&server)).await);
}

#[tokio::test]
async fn what_a_store_lacks_is_said() {
    let abilities = Abilities {
        conditional_put: false,
        conditional_complete: false,
        checksums: false,
        ..Abilities::default()
    };
    let server = MemoryS3::start(abilities).await;
    insta::assert_snapshot!(examined(&server, &store(&server)).await);
    let parts = Abilities { conditional_complete: false, ..Abilities::default() };
    let server = MemoryS3::start(parts).await;
    let checks = examined(&server, &store(&server)).await;
    assert!(checks.contains("weak: conditional writes: honoured, but not when"), "{checks}");
}

#[tokio::test]
async fn a_bucket_that_keeps_versions_is_told_apart() {
    let server = MemoryS3::start(Abilities { versions: true, ..Abilities::default() }).await;
    let checks = examined(&server, &store(&server)).await;
    assert!(checks.contains("weak: versions: the bucket keeps every version"), "{checks}");
    assert!(checks.contains("lifecycle rule"), "{checks}");
}

#[tokio::test]
async fn each_missing_right_is_found() {
    for (operation, right) in [
        ("ListObjectsV2", "right to list"),
        ("PutObject", "right to write"),
        ("GetObject", "right to read"),
        ("CreateMultipartUpload", "right to upload in parts"),
        ("UploadPart", "right to upload in parts"),
        ("ListParts", "right to upload in parts"),
        ("ListMultipartUploads", "right to list unfinished uploads"),
    ] {
        let server = server().await;
        server.fail(move |asked| match asked.operation() == operation {
            true => Fault::Answer(403, "AccessDenied"),
            false => Fault::None,
        });
        let checks = store(&server).doctor().await;
        let broken: Vec<_> = checks.iter().filter(|check| check.is_broken()).collect();
        assert_eq!(broken[0].name, right, "{}", shown(&checks));
        assert_eq!(server.unfinished_uploads(), 0, "{operation}");
    }
}

#[tokio::test]
async fn keys_that_are_not_accepted_are_told_from_missing_rights() {
    let server = server().await;
    let target = S3Target {
        endpoint: Some(server.endpoint()),
        ..S3Target::new("s3://show/pod".parse().unwrap())
    };
    let store = S3Store::new(target, &shared("AKIANOBODYKNOWSTHIS0", SECRET_KEY), tuning());
    insta::assert_snapshot!(examined(&server, &store.unwrap()).await);
}
