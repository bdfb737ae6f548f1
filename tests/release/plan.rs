//! Plans as values: what is sent and why, and that a plan carried out leaves nothing to plan.

use std::collections::{BTreeMap, BTreeSet};

use onair::model::hash::Sha256;
use onair::model::object::{Kind, Object};
use onair::plan::{Allow, EpisodeName, Overrides, Plan, Reason, plan};
use onair::site::edition::Edition;
use onair::store::published::{Published, Standing};
use onair::store::record::{Recorded, ReleaseNumber};
use onair::store::{Stored, Version};
use proptest::prelude::*;

use crate::support::show::{Episode, Show, object};
use crate::support::{at, owner};

fn version(object: &Object) -> Version {
    Version(format!("{:?}", object.digest))
}

fn bytes(object: &Object) -> bytes::Bytes {
    object.body.whole().unwrap()
}

/// A target in which a plan was carried out, without one.
fn apply(plan: &Plan, before: &Published) -> Published {
    let sent = plan.sends.iter().map(|step| &step.object);
    let mut sent: BTreeMap<_, _> =
        sent.map(|object| (object.key.clone(), Recorded::of(object, version(object)))).collect();
    sent.extend(plan.proofs.iter().map(|proof| {
        let recorded = Recorded {
            kind: Kind::Audio,
            digest: proof.digest.clone(),
            bytes: proof.bytes,
            content_type: "audio/mpeg".into(),
            cache_control: Kind::Audio.cache_control().into(),
            version: Version("proved".into()),
        };
        (proof.key.clone(), recorded)
    }));
    let number = before.record.as_ref().map_or(ReleaseNumber::FIRST, |it| it.number.next());
    let record = plan.record(number, at(0).0, owner("ann").author, sent);
    let feed = Stored { bytes: bytes(&plan.feed), version: version(&plan.feed) };
    Published {
        standing: Standing::Current,
        manifest: Some(Version(Sha256::of(&record.to_json()).to_string())),
        record: Some(record),
        feed: Some(feed),
        missing: BTreeSet::new(),
        ..Published::nothing()
    }
}

fn first(show: &Show) -> Published {
    let nothing = Published::nothing();
    apply(&planned(show.edition(&nothing, &BTreeSet::new()), &nothing), &nothing)
}

fn planned(edition: Edition, published: &Published) -> Plan {
    let names = |of: fn(EpisodeName) -> Allow| {
        (1..10).map(move |number: u32| of(EpisodeName(number.to_string())))
    };
    let allow: Overrides = names(Allow::AudioChange).chain(names(Allow::Removal)).collect();
    plan(edition, published, &allow).unwrap()
}

fn steps(plan: &Plan) -> String {
    let steps = plan
        .steps()
        .map(|(object, reason)| format!("{} {}: {reason}", object.kind.as_str(), object.key));
    steps.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_plan_lists_what_is_sent_and_why_audio_first_and_the_feed_last() {
    let mut show = Show::of(2);
    let published = first(&show);
    show.add(3, "new frames");
    show.about = "More about us";
    show.cover = "another cover";
    show.episode(1).title = "A better title".into();
    let mut edition = show.edition(&published, &BTreeSet::new());
    let css = edition.objects.iter_mut().find(|object| object.kind == Kind::Asset).unwrap();
    css.content_type = "text/css; charset=utf-8";
    let plan = planned(edition, &published);
    insta::assert_snapshot!(steps(&plan), @"
    audio file media/3.mp3: new
    image cover.jpg: content changed
    asset style.css: type or caching changed
    page about.html: content changed
    page episode_3/index.html: new
    page episode_1/index.html: content changed
    feed podcast.xml: content changed
    ");
    insta::assert_snapshot!(plan.diff, @"1 new, 1 changed: #1 title; 0 guids changed");
    assert_eq!(plan.bytes(), plan.steps().map(|(object, _)| object.body.len()).sum::<u64>());
    assert_eq!(plan.unchanged.len(), 3);
    assert!(!plan.nothing_to_do());
}

#[test]
fn what_is_missing_is_sent_again() {
    let show = Show::of(1);
    let mut published = first(&show);
    let edition = show.edition(&published, &BTreeSet::new());
    published.missing = edition.objects.iter().map(|object| object.key.clone()).take(2).collect();
    let plan = planned(edition, &published);
    assert!(plan.steps().all(|(_, reason)| reason == Reason::Missing));
    assert_eq!(plan.steps().count(), 2);
    published.missing.clear();
    published.feed = None;
    published.standing = Standing::FeedMissing;
    let plan = planned(show.edition(&published, &BTreeSet::new()), &published);
    assert_eq!(steps(&plan), "feed podcast.xml: gone or changed in the target");
}

#[test]
fn a_new_rule_on_caching_sends_pages_again_but_no_audio() {
    let show = Show::of(1);
    let mut published = first(&show);
    let edition = show.edition(&Published::nothing(), &BTreeSet::new());
    for recorded in published.record.as_mut().unwrap().objects.values_mut() {
        recorded.cache_control = "no-cache".into();
    }
    let plan = planned(edition, &published);
    assert!(
        plan.steps()
            .all(|(object, reason)| { object.kind != Kind::Audio && reason == Reason::Headers })
    );
    assert_eq!(plan.steps().count(), 4);
}

#[test]
fn audio_that_is_not_at_hand_must_be_proved() {
    let published = first(&Show::of(1));
    let mut edition = Show::of(2).edition(&published, &BTreeSet::new());
    edition.objects.retain(|object| object.kind != Kind::Audio);
    let plan = planned(edition, &published);
    let proofs: Vec<_> = plan.proofs.iter().map(|it| (it.key.as_str(), it.bytes)).collect();
    assert_eq!(proofs, [("media/2.mp3", 28)]);
    let after = apply(&plan, &published);
    let mut edition = Show::of(2).edition(&after, &BTreeSet::new());
    edition.objects.retain(|object| object.kind != Kind::Audio);
    assert!(planned(edition, &after).nothing_to_do());
}

#[test]
fn items_that_go_to_an_archive_page_are_not_removed() {
    let published = first(&Show::of(3));
    let edition = Show::of(3).edition(&published, &BTreeSet::new());
    let (newest, older) = edition.episodes.split_at(1);
    let feed = object("podcast.xml", Kind::Feed, "application/rss+xml", &Show::of(3).feed(newest));
    let page = object("podcast-1.xml", Kind::Feed, "application/rss+xml", &Show::of(3).feed(older));
    let mut edition = Edition { feed, ..edition };
    edition.objects.push(page);
    let plan = planned(edition, &published);
    insta::assert_snapshot!(steps(&plan), @"
    feed podcast-1.xml: new
    feed podcast.xml: content changed
    ");
    let said = "0 new, 2 to archive pages; 1 archive page changes; 0 guids changed";
    assert_eq!(plan.diff.to_string(), said);

    let paged = apply(&plan, &published);
    let back = planned(Show::of(3).edition(&paged, &BTreeSet::new()), &paged);
    assert_eq!(back.diff.to_string(), "0 new, 2 from archive pages; 0 guids changed");
}

#[test]
fn all_that_changes_of_the_show_is_told() {
    let published = first(&Show::of(1));
    for (element, told) in [
        (
            r#"<itunes:category text="Arts"><itunes:category text="Books"/></itunes:category>"#,
            "category",
        ),
        ("<itunes:block>Yes</itunes:block>", "block"),
        ("<copyright>Ann</copyright>", "copyright"),
        ("<itunes:subtitle>Sea</itunes:subtitle>", "other elements"),
        ("<lastBuildDate>Tue, 01 Mar 2022 07:00:00 +0000</lastBuildDate>", ""),
    ] {
        let mut edition = Show::of(1).edition(&published, &BTreeSet::new());
        let feed =
            Show::of(1).feed(&edition.episodes).replace("<item>", &format!("{element}<item>"));
        edition.feed = object("podcast.xml", Kind::Feed, "application/rss+xml", &feed);
        assert_eq!(planned(edition, &published).diff.show.join(", "), told);
    }
}

#[test]
fn a_diff_names_items_and_fields() {
    let mut show = Show::of(9);
    let published = first(&show);
    show.title = "Another show";
    show.episodes.retain(|episode| episode.number != 4);
    for episode in &mut show.episodes {
        episode.title.push('!');
    }
    show.episode(9).payload = "longer than it was before";
    show.add(10, "new frames");
    let plan = planned(show.edition(&published, &BTreeSet::new()), &published);
    insta::assert_snapshot!(plan.diff, @"1 new, 1 removed: #4, 8 changed: #9 title and address and length, #8 title, #7 title, #6 title, #5 title, #3 title and 2 more; of the show: title; 0 guids changed");
}

fn show() -> impl Strategy<Value = Show> {
    let payload = prop::sample::select(vec!["frames", "other frames", "silence"]);
    let episode = ("[a-z&<]{1,3}", payload, prop::bool::weighted(0.8));
    let words = || prop::sample::select(vec!["one", "two"]);
    (prop::collection::btree_map(1..6_u32, episode, 0..5), words(), words(), words()).prop_map(
        |(episodes, title, cover, about)| {
            let episodes = episodes.into_iter().rev().map(|(number, (title, payload, listed))| {
                let title = title.replace('&', "&amp;").replace('<', "&lt;");
                let folder = format!("episode_{number}");
                Episode { number, title, payload, listed, folder }
            });
            Show {
                title,
                cover,
                style: "body {}",
                about,
                guest: None,
                episodes: episodes.collect(),
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_carried_out_leaves_nothing_to_do(shows in prop::collection::vec(show(), 1..5)) {
        let mut published = Published::nothing();
        for show in shows {
            let edition = show.edition(&published, &BTreeSet::new());
            let plan = planned(edition, &published);
            let kinds: Vec<Kind> = plan.steps().map(|(object, _)| object.kind).collect();
            prop_assert!(kinds.is_sorted(), "{kinds:?}");
            // No published audio is written over.
            for step in &plan.sends {
                let old = published.record.as_ref().and_then(|it| it.objects.get(&step.object.key));
                prop_assert!(old.is_none() || step.object.kind != Kind::Audio);
            }
            published = apply(&plan, &published);
            let again = planned(show.edition(&published, &BTreeSet::new()), &published);
            prop_assert!(again.nothing_to_do(), "{}", steps(&again));
            prop_assert!(again.diff.is_empty(), "{}", again.diff);
        }
    }
}
