//! What a release refuses, in the words a host reads, and what permits it.

use std::collections::BTreeSet;

use onair::model::hash::Sha256;
use onair::model::object::{Body, Key, Kind};
use onair::plan::{Allow, Guard, GuardKind, Overrides, plan};
use onair::site::edition::{Edition, EnclosureUrl, Guid};
use onair::store::Version;
use onair::store::published::{Published, Standing};
use onair::store::record::LIMIT;

use crate::support::show::{Show, object};
use crate::support::tap::Tap;
use crate::support::{at, publish, published};

async fn target() -> Published {
    let tap = Tap::new(&Default::default());
    publish(&tap, &Show::of(3), "ann", at(0)).await.unwrap();
    published(&tap).await
}

/// The edition of a show whose episodes are then changed, with a feed that says the same.
fn edition(published: &Published, change: impl FnOnce(&mut Edition)) -> Edition {
    let mut edition = Show::of(3).edition(published, &BTreeSet::new());
    change(&mut edition);
    let text = Show::of(3).feed(&edition.episodes);
    edition.feed = object(edition.feed.key.as_str(), Kind::Feed, "application/rss+xml", &text);
    edition
}

fn refused(edition: Edition, published: &Published, allow: &Overrides) -> Vec<Guard> {
    plan(edition, published, allow).err().unwrap_or_default()
}

/// The guards as a host reads them; each that can be permitted is, and then nothing is refused.
fn guards(edition: Edition, published: &Published) -> String {
    let guards = refused(edition.clone(), published, &Overrides::default());
    let permitted: Overrides = guards.iter().filter_map(|guard| guard.allow.clone()).collect();
    let left = refused(edition, published, &permitted);
    assert!(left.iter().all(|guard| guard.allow.is_none()), "{left:#?}");
    let lines = guards.iter().map(|guard| {
        let allow = guard.allow.as_ref().map_or_else(|| "-".to_owned(), Allow::to_string);
        format!("{guard} [{allow}]")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn no_feed_is_published_that_no_later_release_could_read() {
    let target = target().await;
    let mut long = edition(&target, |_| ());
    long.feed.body = Body::Standing(LIMIT);
    assert_eq!(guards(long.clone(), &target), "");
    long.feed.body = Body::Standing(LIMIT + 1);
    insta::assert_snapshot!(guards(long, &target), @"`podcast.xml` would be too long: expected 67108864 bytes at most (`feed-limit` in onair.toml moves older episodes to archive pages), found 67108865 bytes [-]");
}

#[tokio::test]
async fn a_published_guid_stays() {
    let target = target().await;
    let changed = edition(&target, |edition| edition.episodes[1].guid = Guid("other".into()));
    insta::assert_snapshot!(guards(changed, &target), @r#"the published guid of episode 2 would change: expected `2.mp3` with isPermaLink="false", found `other` with isPermaLink="false" [guid-change:2]"#);
    let linked = edition(&target, |edition| edition.episodes[1].permalink = true);
    insta::assert_snapshot!(guards(linked, &target), @r#"the published guid of episode 2 would change: expected `2.mp3` with isPermaLink="false", found `2.mp3` with isPermaLink="true" [guid-change:2]"#);
}

#[tokio::test]
async fn a_published_episode_stays_in_the_feed() {
    let target = target().await;
    let removed = edition(&target, |edition| drop(edition.episodes.remove(1)));
    insta::assert_snapshot!(guards(removed, &target), @"episode 2 would leave the feed: expected an item with guid `2.mp3`, found no such episode [removal:2]");
    let postponed = edition(&target, |edition| edition.episodes[0].listed = false);
    insta::assert_snapshot!(guards(postponed, &target), @"episode 3 would leave the feed: expected an item with guid `3.mp3`, found it is not listed before 2022-05-27T07:00:00+02:00 [removal:3]");
}

#[tokio::test]
async fn a_published_episode_keeps_its_instant() {
    let target = target().await;
    let moved = edition(&target, |edition| {
        edition.episodes[0].published = "2022-05-27T08:00:00+02:00".into();
    });
    insta::assert_snapshot!(guards(moved, &target), @"the published date of episode 3 would change: expected 2022-05-27T07:00:00+02:00, found 2022-05-27T08:00:00+02:00 [date-change:3]");
    let same = edition(&target, |edition| {
        edition.episodes[0].published = "2022-05-27T05:00:00+00:00".into();
    });
    assert_eq!(guards(same, &target), "");
}

#[tokio::test]
async fn published_audio_stays_as_and_where_it_is() {
    let target = target().await;
    let moved = edition(&target, |edition| {
        edition.episodes[0].enclosure_url = EnclosureUrl("https://other.example/3.mp3".into());
    });
    insta::assert_snapshot!(guards(moved, &target), @"the published enclosure address of episode 3 would change: expected https://example.org/media/3.mp3, found https://other.example/3.mp3 [address-change]");
    for (tracking, url, moves) in [
        ("", "http://example.org/media/3.mp3", false),
        ("https://op3.dev/e/", "https://op3.dev/e/example.org/media/3.mp3", false),
        ("https://op3.dev/e/https://", "https://op3.dev/e/https://example.org/media/3.mp3", false),
        ("", "https://op3.dev/e/example.org/media/3.mp3", false),
        ("https://op3.dev/e/", "https://op3.dev/e/other.example/media/3.mp3", true),
        ("", "https://example.org.example/media/3.mp3", true),
        ("", "https://www.example.org/media/3.mp3", true),
    ] {
        let elsewhere = edition(&target, |edition| {
            edition.tracking = tracking.into();
            edition.episodes[0].enclosure_url = EnclosureUrl(url.into());
        });
        assert_eq!(guards(elsewhere, &target).contains("address-change"), moves, "{url}");
    }
    let mut dotted = target.clone();
    let folder = "https://example.org/my.show/2.0/3.mp3";
    dotted.record.as_mut().unwrap().episodes[0].enclosure_url = EnclosureUrl(folder.into());
    let other_host = edition(&dotted, |edition| {
        let url = "https://other.example/my.show/2.0/3.mp3";
        edition.episodes[0].enclosure_url = EnclosureUrl(url.into());
    });
    assert!(guards(other_host, &dotted).contains("address-change"));
    let other = edition(&target, |edition| {
        let episode = &mut edition.episodes[0];
        episode.audio.payload_sha256 = Sha256::of(b"other frames");
        episode.audio.bytes += 5;
    });
    // The change can be permitted; to write it over the old audio cannot.
    insta::assert_snapshot!(guards(other, &target), @"
    the published audio of episode 3 would change: expected 28 bytes, 1 s, audio 66f328dbc646…, found 33 bytes, 1 s, audio 37f4d0a8a009… [audio-change:3]
    the published audio `media/3.mp3` would be overwritten: expected other content under another key, found other content under its key [-]
    ");
}

#[tokio::test]
async fn nothing_else_takes_the_place_of_published_audio() {
    let target = target().await;
    let overwriting = edition(&target, |edition| {
        edition.objects.push(object("media/2.mp3", Kind::Page, "text/html", "a page"));
    });
    insta::assert_snapshot!(guards(overwriting, &target), @"the published audio `media/2.mp3` would be overwritten: expected other content under another key, found other content under its key [-]");
}

#[tokio::test]
async fn what_must_be_unique_is() {
    let target = target().await;
    let apple = edition(&target, |edition| {
        edition.episodes[0].apple_episode_id = Some(7);
        edition.episodes[2].apple_episode_id = Some(7);
    });
    insta::assert_snapshot!(guards(apple, &target), @"episodes/3.md and episodes/1.md share their Apple episode id: expected one Apple episode id each, found `7` in both [duplicate]");
    let twins = edition(&Published::nothing(), |edition| {
        let twin = edition.episodes[0].clone();
        edition.episodes.push(twin);
    });
    insta::assert_snapshot!(guards(twins, &Published::nothing()), @"
    episodes/3.md and episodes/3.md share their guid: expected one guid each, found `3.mp3` in both [-]
    episodes/3.md and episodes/3.md share their enclosure address: expected one enclosure address each, found `https://example.org/media/3.mp3` in both [-]
    episodes/3.md and episodes/3.md share their audio file: expected one audio file each, found `media/3.mp3` in both [-]
    `podcast.xml` would be invalid: expected each guid once, found `3.mp3` twice [-]
    ");
    let keys = edition(&target, |edition| {
        edition.objects.push(object("about.html", Kind::Page, "text/html", "again"));
        edition.objects.push(object(".onair/manifest.json", Kind::Page, "text/html", "mine"));
    });
    insta::assert_snapshot!(guards(keys, &target), @"
    `about.html` would be written twice: expected one object under a key, found this one [-]
    `.onair/manifest.json` would stand where onair keeps its records: expected another key, found this one [-]
    ");
}

#[tokio::test]
async fn a_feed_says_what_the_release_will_verify() {
    let target = target().await;
    let wrong = |feed: &str| {
        let mut edition = edition(&target, |_| ());
        edition.feed = object("podcast.xml", Kind::Feed, "application/rss+xml", feed);
        guards(edition, &target)
    };
    let feed = Show::of(3).feed(&edition(&target, |_| ()).episodes);
    insta::assert_snapshot!(wrong(&feed.replacen("length=\"28\"", "length=\"27\"", 1)), @r#"the item of episode 3 in `podcast.xml` would be invalid: expected isPermaLink="false" url="https://example.org/media/3.mp3" length="28" type="audio/mpeg", found isPermaLink="false" url="https://example.org/media/3.mp3" length="27" type="audio/mpeg" [-]"#);
    insta::assert_snapshot!(wrong(&feed.replace("media/2.mp3", "media/1.mp3")), @r#"the item of episode 2 in `podcast.xml` would be invalid: expected isPermaLink="false" url="https://example.org/media/2.mp3" length="28" type="audio/mpeg", found isPermaLink="false" url="https://example.org/media/1.mp3" length="28" type="audio/mpeg" [-]"#);
    insta::assert_snapshot!(wrong(&feed.replace("<item><title>Episode 3", "<item><item><title>Episode 3")), @"`podcast.xml` would be invalid: expected a feed that can be read, found ill-formed document: expected `</item>`, but `</channel>` was found [-]");
    insta::assert_snapshot!(wrong(&feed.replace("Episode 3", "Episode \u{b}3")), @"`podcast.xml` would be invalid: expected a feed that can be read, found U+000B, which XML does not allow [-]");
    insta::assert_snapshot!(wrong(&feed.replace("3.mp3</guid>", "2.mp3</guid>")), @r#"
    the item of episode 2 in `podcast.xml` would be invalid: expected isPermaLink="false" url="https://example.org/media/2.mp3" length="28" type="audio/mpeg", found isPermaLink="false" url="https://example.org/media/3.mp3" length="28" type="audio/mpeg" [-]
    `podcast.xml` would be invalid: expected each guid once, found `2.mp3` twice [-]
    the feed would be invalid: expected an item `3.mp3`, found no such item [-]
    "#);
    insta::assert_snapshot!(wrong("<rss"), @"`podcast.xml` would be invalid: expected a feed that can be read, found syntax error: tag not closed: `>` not found before end of input [-]");
}

#[tokio::test]
async fn a_feed_of_another_tool_is_replaced_only_if_that_is_meant() {
    let mut target = target().await;
    target.standing = Standing::Foreign;
    insta::assert_snapshot!(guards(edition(&target, |_| ()), &target), @"`podcast.xml` was not written by onair: expected the feed of release 000001, found a feed that no release put there [foreign-feed]");
    target.record = None;
    let other = edition(&target, |edition| {
        edition.episodes[0].guid = Guid("other".into());
        edition.episodes.remove(2);
    });
    insta::assert_snapshot!(guards(other, &target), @r#"
    `podcast.xml` was not written by onair: expected no feed, found a feed that no release put there [foreign-feed]
    the published guid of episode 3 would change: expected `3.mp3` with isPermaLink="false", found `other` with isPermaLink="false" [guid-change:3]
    episode 1 would leave the feed: expected an item with guid `1.mp3`, found no such episode [removal:1]
    "#);
}

#[tokio::test]
async fn a_feed_stays_where_its_subscribers_are() {
    let target = target().await;
    let moved = edition(&target, |edition| edition.feed.key = Key::new("feed.xml").unwrap());
    insta::assert_snapshot!(guards(moved, &target), @"the feed would move, and its subscribers stay behind: expected `podcast.xml`, found `feed.xml` [feed-move]");
}

#[tokio::test]
async fn a_later_onair_is_not_undone() {
    let mut target = target().await;
    target.record.as_mut().unwrap().by.onair = "0.10.0-beta".into();
    insta::assert_snapshot!(guards(edition(&target, |_| ()), &target), @"release 000001 was made by a later onair: expected onair 0.10.0-beta or later, found onair 0.1.0 [older-tool]");
    target.record.as_mut().unwrap().by.onair = "0.0.9".into();
    assert_eq!(guards(edition(&target, |_| ()), &target), "");
}

#[tokio::test]
async fn items_without_guid_are_counted() {
    let mut target = target().await;
    let text = String::from_utf8(target.feed.unwrap().bytes.to_vec()).unwrap();
    let old = format!("<item><title>Old</title></item>{}", "<item></item>".repeat(2));
    let text = text.replace("</channel>", &format!("{old}</channel>"));
    target.feed =
        Some(onair::store::Stored { bytes: text.into(), version: Version("foreign".into()) });
    target.standing = Standing::Foreign;
    insta::assert_snapshot!(guards(edition(&target, |_| ()), &target), @"
    `podcast.xml` was not written by onair: expected the feed of release 000001, found a feed that no release put there [foreign-feed]
    the feed would lose items: expected 6 items or more, found 3 [feed-shrink]
    ");
}

#[test]
fn a_permission_is_read_as_it_is_written() {
    for text in [
        "guid-change:109",
        "removal:https://example.org/?p=1",
        "audio-change:109.mp3",
        "feed-shrink",
        "duplicate",
        "foreign-feed",
        "feed-move",
        "show-guid-change",
        "older-tool",
    ] {
        assert_eq!(text.parse::<Allow>().unwrap().to_string(), text);
    }
    let wrong = ["removal", "removal:", "feed-shrink:1", "everything"];
    let wrong = wrong.map(|text| text.parse::<Allow>().unwrap_err().to_string());
    insta::assert_snapshot!(wrong.join("\n"), @"
        `removal` needs an episode's number or guid: `removal:109`
        `removal` needs an episode's number or guid: `removal:109`
        nothing is called `feed-shrink:1`; there are guid-change:EPISODES, show-guid-change, removal:EPISODES, audio-change:EPISODES, companion-removal:EPISODES, date-change:EPISODES, address-change, feed-shrink, duplicate, foreign-feed, foreign-pages, feed-move, older-tool, undo-rollback, older-checkout
        nothing is called `everything`; there are guid-change:EPISODES, show-guid-change, removal:EPISODES, audio-change:EPISODES, companion-removal:EPISODES, date-change:EPISODES, address-change, feed-shrink, duplicate, foreign-feed, foreign-pages, feed-move, older-tool, undo-rollback, older-checkout
        ");
}

#[test]
fn a_permission_names_several_episodes_and_guids_with_commas() {
    let read = |text| Allow::read(text).unwrap().iter().map(Allow::to_string).collect::<Vec<_>>();
    assert_eq!(read("removal:1"), ["removal:1"]);
    assert_eq!(read("feed-shrink"), ["feed-shrink"]);
    assert!(read("removal:1,2").starts_with(&["removal:1".to_owned(), "removal:2".to_owned()]));
    let guid = "removal:tag:example.org,2022:tracks/1";
    assert!(read(guid).contains(&guid.to_owned()));
}

#[test]
fn the_list_for_the_help_text_names_every_permission() {
    let names: Vec<&str> = onair::plan::ALLOW.iter().map(|(name, _)| *name).collect();
    for name in &names {
        let text = name.replace("EPISODES", "1");
        assert_eq!(text.parse::<Allow>().unwrap().to_string(), text);
    }
    assert_eq!(names.len(), 15);
}

#[tokio::test]
async fn recordings_under_other_names_are_told_from_new_ones() {
    let mut show = Show::of(1);
    show.add(2, "the second recording");
    let tap = Tap::new(&Default::default());
    publish(&tap, &show, "ann", at(0)).await.unwrap();
    let published = published(&tap).await;
    // Each file is counted on by one.
    let mut shifted = Show::of(0);
    shifted.add(2, "frames of sound");
    shifted.add(3, "the second recording");
    let edition = shifted.edition(&published, &BTreeSet::new());
    let guards = plan(edition, &published, &Overrides::default()).unwrap_err();
    let told: Vec<_> = guards.iter().map(|it| (it.kind, it.found.as_str())).collect();
    assert_eq!(
        told,
        [
            (GuardKind::EpisodeRemoved, "no such episode"),
            (GuardKind::RecordingMoved, "the recording that is public as `1.mp3`"),
        ]
    );
}
