//! All that judge a show, held against one another.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use onair::pipeline::check::{CheckOptions, Checked, Fixing, check};
use onair::pipeline::release::{Preparation, Prepared, ReleaseOptions, prepare};
use onair::plan::Overrides;
use onair::plan::placement::Placement;
use onair::rules::{Finding, Severity};

use crate::host::{Host, NOW};

fn said(findings: &[Finding]) -> BTreeSet<String> {
    let text = |it: &Finding| {
        format!(
            "{} {} {:?} {} {:?}",
            it.severity.as_str(),
            it.rule.id,
            it.span,
            it.path,
            it.message
        )
    };
    findings.iter().map(text).collect()
}

async fn checked(host: &Host, root: PathBuf, fix: Fixing) -> Checked {
    let asked =
        CheckOptions { episodes: Vec::new(), listen: false, fix, now: NOW.parse().unwrap() };
    check(&host.options(root), &asked, &())
        .await
        .unwrap_or_else(|e| panic!("{}: {e}", host.story()))
}

async fn dry_run(host: &Host, root: PathBuf) -> Prepared {
    let now = NOW.parse().unwrap();
    let asked = ReleaseOptions {
        dry_run: true,
        repair: false,
        retag: Vec::new(),
        allow: Overrides::default(),
        now,
    };
    prepare(&host.options(root), &asked, &())
        .await
        .unwrap_or_else(|e| panic!("{}: {e}", host.story()))
}

/// Rules that speak of one episode's own audio.
fn of_audio(findings: &[Finding], path: &str) -> BTreeSet<&'static str> {
    let about = ["audio-size", "audio-duration", "audio-missing"];
    let of = findings.iter().filter(|it| it.path == path && about.contains(&it.rule.id));
    of.map(|it| it.rule.id).collect()
}

pub async fn agree(host: &Host) {
    let with_audio = checked(host, host.show(), Fixing::Off).await;
    let dry = dry_run(host, host.show()).await;
    assert_eq!(said(&with_audio.findings), said(&dry.findings), "{}", host.story());

    let without_audio = checked(host, host.clone_without_audio(), Fixing::Off).await;
    for (path, placement) in &dry.located.placements {
        if let Placement::Standing(_) = placement {
            let (with, without) =
                (of_audio(&with_audio.findings, path), of_audio(&without_audio.findings, path));
            assert_eq!(with, without, "{path} with and without audio: {}", host.story());
        }
    }

    let errors = dry.findings.iter().any(|it| it.severity == Severity::Error);
    assert_eq!(errors, matches!(dry.outcome, Preparation::Findings), "{}", host.story());
    let fixed = checked(host, host.show(), Fixing::DryRun).await.fixed.unwrap();
    if errors {
        let left = fixed.left.iter().filter(|it| it.fix.as_ref().is_some_and(|fix| fix.safe));
        assert_eq!(left.count(), 0, "{}", host.story());
        for finding in with_audio.findings.iter().filter(|it| it.fix.is_some()) {
            let again = fixed.left.iter().any(|it| {
                it.rule.id == finding.rule.id && it.path == finding.path && it.fix.is_some()
            });
            assert!(!again, "{} of {} is back: {}", finding.rule.id, finding.path, host.story());
        }
    } else {
        assert_eq!(fixed.diff, "", "what a release accepts is touched: {}", host.story());
    }

    if host.just_released {
        assert_lengths(host);
        let without_audio = dry_run(host, host.clone_without_audio()).await;
        for (outcome, which) in [(&dry.outcome, "this"), (&without_audio.outcome, "without audio")]
        {
            if let Preparation::Plan(plan) = outcome {
                assert!(plan.nothing_to_do(), "{which}: {}", host.story());
            }
        }
        let is_plan = |outcome: &Preparation| matches!(outcome, Preparation::Plan(_));
        let both = (is_plan(&dry.outcome), is_plan(&without_audio.outcome));
        assert!(both.0 == both.1, "without audio, another outcome: {}", host.story());
    }
}

/// Every length in the feed is that of the file that the enclosure names.
fn assert_lengths(host: &Host) {
    let feed = fs::read_to_string(host.target().join("podcasts/feed.xml")).unwrap();
    for enclosure in feed.split("<enclosure ").skip(1) {
        let value = |name: &str| {
            let (_, rest) = enclosure.split_once(&format!("{name}=\"")).unwrap();
            rest.split_once('"').unwrap().0.to_owned()
        };
        let key = value("url").replace("https://show.example/", "");
        let length: u64 = value("length").parse().unwrap();
        let there = fs::metadata(host.target().join(&key)).map(|file| file.len());
        assert_eq!(there.ok(), Some(length), "{key}: {}", host.story());
    }
}
