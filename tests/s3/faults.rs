//! A store and a network that fail: what heals by itself, and what a host is told of the rest.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_types::region::Region;
use onair::store::s3::{S3Location, S3Store, S3Target, Tuning};
use onair::store::{Condition, Store, StoreError, Version};

use crate::memory_s3::{ACCESS_KEY, Asked, Fault, MemoryS3, SECRET_KEY};
use crate::{Audio, audio, key, page, quiet, server, shared, store, tuning};

/// Faults that the next attempt heals.
const PASSING: [Fault; 13] = [
    Fault::Answer(503, "SlowDown"),
    Fault::Answer(429, "TooManyRequests"),
    Fault::Answer(409, "ConditionalRequestConflict"),
    Fault::DoneButAnswer(500, "InternalError"),
    // An answer that began well, and then had to say no.
    Fault::Answer(200, "InternalError"),
    Fault::Answer(200, "SlowDown"),
    Fault::DoneButAnswer(200, "InternalError"),
    Fault::Reset,
    Fault::DoneButReset,
    Fault::ResetInBody,
    Fault::CutAnswer,
    Fault::Damage,
    Fault::Slow(Duration::from_millis(5)),
];

/// Only a write can meet another one.
fn can_meet(asked: &Asked, fault: Fault) -> bool {
    !matches!(fault, Fault::Answer(409, _)) || matches!(asked.method.as_str(), "PUT" | "POST")
}

/// What a release does to a store, in small.
pub async fn scenario(store: &S3Store, audio: &Audio) -> Result<(), StoreError> {
    let (one, two) = (page("lock", "one"), page("lock", "two"));
    let first = store.put(&one, &Condition::Absent, &quiet).await?;
    let second = store.put(&two, &Condition::Is(first), &quiet).await?;
    store.put(&audio.object, &Condition::Absent, &quiet).await?;
    let listed = store.list("").await?;
    let listed: Vec<&str> = listed.iter().map(|listed| listed.key.as_str()).collect();
    assert_eq!(listed, [".onair/probe", "a.mp3", "lock"]);
    assert_eq!(store.read(&two.key, 99).await?.unwrap().bytes, "two");
    assert_eq!(store.head(&audio.object.key).await?.unwrap().bytes, audio.object.body.len());
    store.put(&page("feed.xml", "<rss/>"), &Condition::Always, &quiet).await?;
    store.delete(&two.key, &Condition::Is(second)).await
}

fn assert_done(server: &MemoryS3, audio: &Audio, context: &str) {
    assert_eq!(server.keys(), ["pod/a.mp3", "pod/feed.xml"], "{context}");
    assert_eq!(server.object("pod/a.mp3").unwrap().bytes, audio.published, "{context}");
}

#[tokio::test]
async fn any_one_passing_fault_at_any_request_heals_by_itself() {
    let audio = audio("a.mp3", 2_500, 9);
    let server = server().await;
    scenario(&store(&server), &audio).await.unwrap();
    let requests = server.asked().len();
    assert!(requests > 12, "{requests}");

    // Those that differ in what was done and what was seen of it; chance tries the rest below.
    let kinds = [
        Fault::Answer(503, "SlowDown"),
        Fault::Answer(409, "ConditionalRequestConflict"),
        Fault::Answer(200, "InternalError"),
        Fault::Answer(200, "SlowDown"),
        Fault::DoneButAnswer(200, "InternalError"),
        Fault::DoneButReset,
        Fault::ResetInBody,
        Fault::CutAnswer,
        Fault::Damage,
    ];
    for fault in kinds {
        for at in 0..requests {
            let server = crate::server().await;
            server.fail(move |asked| {
                if asked.number == at && can_meet(asked, fault) { fault } else { Fault::None }
            });
            let context = format!("{fault:?} at request {at}");
            let result = scenario(&store(&server), &audio).await;
            assert!(result.is_ok(), "{context}: {result:?}");
            assert_done(&server, &audio, &context);
        }
    }
}

#[tokio::test]
async fn silence_is_not_waited_for_for_ever() {
    let audio = audio("a.mp3", 2_500, 9);
    for operation in ["PutObject", "UploadPart", "ListObjectsV2", "GetObject"] {
        let server = server().await;
        let mut once = true;
        server.fail(move |asked| {
            let first = asked.operation() == operation && std::mem::take(&mut once);
            if first { Fault::Silence } else { Fault::None }
        });
        let impatient = Tuning { answer: Duration::from_millis(60), ..tuning() };
        let store = crate::store_at(&server, "s3://show/pod", impatient);
        scenario(&store, &audio).await.unwrap();
        assert_done(&server, &audio, operation);
    }
}

/// A deterministic source of chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Random faults at random requests; whatever comes of it, every write is whole or not at all, what
/// was acknowledged is there, and a refused write did not happen.
async fn schedule(seed: u64) {
    let server = server().await;
    let store = store(&server);
    let mut chance = Chance(seed);
    let rate = 1 + chance.below(4);
    let mut faults = Chance(seed ^ 0xabcd);
    server.fail(move |asked| {
        let fault = PASSING[usize::try_from(faults.below(PASSING.len() as u64)).unwrap()];
        if faults.below(10) < rate * 2 && can_meet(asked, fault) { fault } else { Fault::None }
    });

    // What may stand at each key: what was acknowledged last, or what came after with unknown fate.
    let mut may_stand: BTreeMap<&str, Vec<Option<Vec<u8>>>> = BTreeMap::new();
    let mut known: BTreeMap<&str, Version> = BTreeMap::new();
    for step in 0..8 {
        let name = ["a.mp3", "feed.xml", "lock"][usize::try_from(chance.below(3)).unwrap()];
        let audio;
        let (object, bytes) = if name == "a.mp3" {
            audio = crate::audio(name, 1_500, seed * 100 + step);
            (audio.object.clone(), audio.published.clone())
        } else {
            let text = format!("{seed}-{step}");
            (page(name, &text), text.into_bytes())
        };
        let condition = match (chance.below(3), known.get(name)) {
            (0, _) => Condition::Always,
            (1, Some(version)) => Condition::Is(version.clone()),
            _ => Condition::Absent,
        };
        let possible = may_stand.entry(name).or_insert_with(|| vec![None]);
        match store.put(&object, &condition, &quiet).await {
            Ok(version) => {
                *possible = vec![Some(bytes)];
                known.insert(name, version);
            }
            Err(StoreError::Precondition { .. }) => assert_ne!(condition, Condition::Always),
            Err(StoreError::Failed { transient: true, .. }) => possible.push(Some(bytes)),
            Err(other) => panic!("seed {seed}, step {step}: {other:?}"),
        }
        let stands = server.object(&format!("pod/{name}")).map(|kept| kept.bytes.to_vec());
        assert!(possible.contains(&stands), "seed {seed}, step {step}: {name} is {stands:?}");
    }
}

#[tokio::test]
async fn no_schedule_of_faults_breaks_a_promise() {
    let schedules =
        std::env::var("ONAIR_SCHEDULES").ok().and_then(|n| n.parse().ok()).unwrap_or(30);
    for seed in 0..schedules {
        schedule(seed).await;
    }
}

/// A source of credentials that has none.
#[derive(Debug)]
struct Nobody;

impl ProvideCredentials for Nobody {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("no providers")))
    }
}

pub fn told(error: StoreError) -> String {
    match error {
        StoreError::Failed { message, help, transient } => {
            format!("{message}\n  help: {}\n  transient: {transient}", help.unwrap_or_default())
        }
        other => other.to_string(),
    }
}

/// Hides what differs from run to run.
pub fn scrubbed(text: &str, server: &MemoryS3) -> String {
    text.replace(&server.endpoint(), "http://HOST")
        .replace(server.endpoint().trim_start_matches("http://"), "HOST")
}

#[tokio::test]
async fn what_does_not_heal_is_told_with_its_cause_and_no_secret() {
    let server = server().await;
    let target = |location: &str| S3Target {
        endpoint: Some(server.endpoint()),
        ..S3Target::new(location.parse::<S3Location>().unwrap())
    };
    let here = target("s3://show/pod");
    let at = |endpoint: String| S3Target { endpoint: Some(endpoint), ..here.clone() };
    let web_page = crate::web_page().await;
    let nobody = SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(Nobody))
        .region(Region::new("us-east-1"))
        .build();
    // Nobody listens there, and no other test is given it.
    let closed = "127.0.0.1:1";
    let keys = shared(ACCESS_KEY, SECRET_KEY);
    let cases = [
        ("no bucket", target("s3://other-show/pod"), keys.clone()),
        ("other secret", here.clone(), shared(ACCESS_KEY, "another-secret-key-of-someone-else")),
        ("unknown key", here.clone(), shared("AKIANOBODYKNOWSTHIS0", SECRET_KEY)),
        ("no credentials", here.clone(), nobody),
        ("refused", at(format!("http://{closed}")), keys.clone()),
        ("unknown host", at("https://onair.invalid".to_owned()), keys.clone()),
        ("no TLS", at(server.endpoint().replace("http", "https")), keys.clone()),
        ("a web page", at(web_page.clone()), keys.clone()),
    ];
    let mut text = String::new();
    for (name, target, shared) in cases {
        let patience = Tuning { attempts: 2, ..tuning() };
        let store = S3Store::new(target, &shared, patience).unwrap();
        let error = store.read(&key("feed.xml"), 99).await.expect_err(name);
        let shown = format!("{error:?} {store:?}");
        assert!(!shown.contains("secret-key"), "{name}: {shown}");
        let told = told(error).replace(closed, "CLOSED").replace(&web_page, "WEBPAGE");
        text += &format!("{name}: {}\n", scrubbed(&told, &server));
    }
    insta::assert_snapshot!(text);
}

/// All that a store is asked for.
pub const OPERATIONS: [&str; 8] = [
    "GetObject",
    "HeadObject",
    "ListObjectsV2",
    "PutObject",
    "CreateMultipartUpload",
    "UploadPart",
    "CompleteMultipartUpload",
    "DeleteObject",
];

#[tokio::test]
async fn a_missing_right_is_named_for_each_operation() {
    let audio = audio("a.mp3", 2_500, 9);
    let mut text = String::new();
    for operation in OPERATIONS {
        let server = server().await;
        server.fail(move |asked| match asked.operation() == operation {
            true => Fault::Answer(403, "AccessDenied"),
            false => Fault::None,
        });
        let store = store(&server);
        let done = async {
            store.put(&page("lock", "one"), &Condition::Always, &quiet).await?;
            store.put(&audio.object, &Condition::Always, &quiet).await?;
            store.list("").await?;
            store.head(&key("lock")).await?;
            store.read(&key("lock"), 99).await?;
            store.tidy().await?;
            store.delete(&key("lock"), &Condition::Always).await
        };
        let error = done.await.expect_err(operation);
        text += &format!("{operation}: {}\n", told(error));
        assert_eq!(server.unfinished_uploads(), 0, "{operation}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_target_that_cannot_be_meant_is_refused_before_anything_is_asked() {
    let bare = SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build();
    let target = S3Target::new("s3://show".parse().unwrap());
    let refused =
        |target: S3Target| told(S3Store::new(target, &bare, tuning()).expect_err("refused"));
    insta::assert_snapshot!(refused(target.clone()), @r"
    the region of bucket `show` is not set
      help: set the region in onair.toml, AWS_REGION or the AWS profile, for example `eu-central-1`
      transient: false
    ");
    let endpoint = S3Target { endpoint: Some("s3.example.net".to_owned()), ..target };
    insta::assert_snapshot!(refused(endpoint), @r"
    the endpoint `s3.example.net` is not a web address
      help: give it whole, like `https://s3.example.net`
      transient: false
    ");
}
