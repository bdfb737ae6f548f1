use proptest::prelude::*;

use super::*;
use crate::apple::lookup::Answer;
use crate::apple::testing::{apple_episode, episode, settings};

fn answers(episodes: Vec<AppleEpisode>) -> Answers {
    let mut answers = Answers::default();
    let feed_url = Some("https://old.example/feed.xml".to_owned());
    answers.unite("us", Answer { feed_url, episodes, named_something: true });
    answers
}

fn outcomes(episodes: &[Episode], theirs: Vec<AppleEpisode>) -> Vec<Outcome> {
    let now = "2023-01-01T00:00:00Z".parse().unwrap();
    let rows = compare(&settings(), episodes, &answers(theirs), now);
    rows.into_iter().map(|row| row.outcome).collect()
}

fn unknown(has: impl Into<Option<u64>>) -> Outcome {
    Outcome::Unknown { has: has.into() }
}

#[test]
fn ids_are_found_right_wrong_or_unlisted() {
    let ours =
        [episode(1, ""), episode(2, "1002"), episode(3, "77"), episode(4, ""), episode(5, "1005")];
    let theirs = vec![apple_episode(1), apple_episode(2), apple_episode(3)];
    assert_eq!(
        outcomes(&ours, theirs),
        [
            Outcome::Found { id: 1001 },
            Outcome::Right { id: 1002 },
            Outcome::Wrong { has: "77".to_owned(), id: 1003 },
            Outcome::Unlisted,
            unknown(1005),
        ]
    );
}

/// 67 episodes with the same id, and titles that tell nothing apart.
#[test]
fn the_same_id_in_67_episodes_is_mended_by_guid() {
    let ours: Vec<Episode> = (1..=67).map(|n| episode(n, "1033")).collect();
    let mut theirs: Vec<AppleEpisode> = (1..=67).map(apple_episode).collect();
    for episode in &mut theirs {
        episode.title = Some("Le podcast".to_owned());
        episode.released = Some("2022-05-27T05:00:00Z".parse().unwrap());
        episode.milliseconds = Some(1_800_000);
    }
    for (n, outcome) in (1..).zip(outcomes(&ours, theirs)) {
        match n {
            33 => assert_eq!(outcome, Outcome::Right { id: 1033 }),
            _ => {
                assert_eq!(outcome, Outcome::Wrong { has: "1033".to_owned(), id: 1000 + n }, "{n}")
            }
        }
    }
}

#[test]
fn of_the_same_id_in_67_episodes_what_is_beyond_the_list_is_named_and_kept() {
    let ours: Vec<Episode> = (1..=67).map(|n| episode(n, "1060")).collect();
    let found = outcomes(&ours, (51..=67).map(apple_episode).collect());
    let owner = "episodes/episode_060.md".to_owned();
    for outcome in &found[..50] {
        assert_eq!(*outcome, Outcome::Misplaced { has: 1060, owner: owner.clone() });
    }
    assert_eq!(found[50], Outcome::Wrong { has: "1060".to_owned(), id: 1051 });
    assert_eq!(found[59], Outcome::Right { id: 1060 });
}

#[test]
fn ids_that_were_swapped_are_swapped_back() {
    let found = outcomes(
        &[episode(1, "1002"), episode(2, "1001")],
        vec![apple_episode(1), apple_episode(2)],
    );
    assert_eq!(
        found,
        [
            Outcome::Wrong { has: "1002".to_owned(), id: 1001 },
            Outcome::Wrong { has: "1001".to_owned(), id: 1002 },
        ]
    );
}

#[test]
fn an_id_that_another_episode_keeps_is_refused() {
    // 9 is older than Apple's list and has 1's id; so 1 cannot have it, and then 2 not its own.
    let ours = [episode(9, "1001"), episode(1, "1002"), episode(2, "")];
    let taken = |id, by: &str| Outcome::Refused {
        why: Refusal::Taken { id, by: format!("episodes/episode_{by}.md") },
    };
    assert_eq!(
        outcomes(&ours, vec![apple_episode(1), apple_episode(2)]),
        [
            Outcome::Misplaced { has: 1001, owner: "episodes/episode_001.md".to_owned() },
            taken(1001, "009"),
            taken(1002, "001"),
        ]
    );
}

#[test]
fn answers_that_contradict_themselves_are_refused() {
    let twice = AppleEpisode { id: 1001, ..apple_episode(2) };
    let other = AppleEpisode { id: 5000, ..apple_episode(3) };
    let ours = [episode(1, ""), episode(2, ""), episode(3, ""), episode(4, "1004")];
    let theirs = vec![apple_episode(1), twice, apple_episode(3), other, apple_episode(4)];
    let found = outcomes(&ours, theirs);
    let many_guids = Outcome::Refused { why: Refusal::ManyGuids { id: 1001 } };
    assert_eq!(found[0], many_guids);
    assert_eq!(found[1], many_guids);
    let ids = BTreeSet::from([1003, 5000]);
    assert_eq!(found[2], Outcome::Refused { why: Refusal::ManyIds { ids } });
    assert_eq!(found[3], Outcome::Right { id: 1004 });
}

#[test]
fn two_episodes_of_one_guid_get_no_id() {
    let mut twin = episode(2, "");
    twin.file = episode(1, "").file;
    let found = outcomes(&[episode(1, ""), twin], vec![apple_episode(1)]);
    assert!(
        found.iter().all(|outcome| matches!(
            outcome,
            Outcome::Refused { why: Refusal::Taken { id: 1001, .. } }
        )),
        "{found:?}"
    );
}

#[test]
fn a_guid_may_be_resolved_against_either_feed_s_address() {
    for guid in
        ["https://show.example/web/podcasts/001.mp3", "https://old.example/001.mp3", " 001.mp3 "]
    {
        let theirs = AppleEpisode { guid: Some(guid.to_owned()), url: None, ..apple_episode(1) };
        assert_eq!(
            outcomes(&[episode(1, "")], vec![theirs]),
            [Outcome::Found { id: 1001 }],
            "{guid}"
        );
    }
    let theirs = AppleEpisode {
        guid: Some("https://x.example/001.mp3".into()),
        url: None,
        title: None,
        ..apple_episode(1)
    };
    assert_eq!(outcomes(&[episode(1, "")], vec![theirs]), [Outcome::Unlisted]);
}

#[test]
fn without_guid_the_enclosure_s_file_tells() {
    let by_file = |n: u32, url: &str| AppleEpisode {
        guid: None,
        title: None,
        url: Some(url.to_owned()),
        ..apple_episode(n)
    };
    let tracked =
        "https://op3.dev/e/https://dts.podtrac.com/redirect.mp3/old.example/a/001.mp3?d=1";
    assert_eq!(
        outcomes(&[episode(1, "")], vec![by_file(1, tracked)]),
        [Outcome::Found { id: 1001 }]
    );
    // Two of the same name tell nothing; one whose guid is another episode's is spoken for.
    let ambiguous =
        vec![by_file(1, "https://a.example/1/001.mp3"), by_file(2, "https://a.example/2/001.mp3")];
    assert_eq!(outcomes(&[episode(1, "")], ambiguous), [Outcome::Unlisted]);
    let claimed =
        AppleEpisode { url: Some("https://a.example/001.mp3".into()), ..apple_episode(2) };
    assert_eq!(
        outcomes(&[episode(1, ""), episode(2, "")], vec![claimed]),
        [Outcome::Unlisted, Outcome::Found { id: 1002 }]
    );
    // Where Apple has another guid, the name alone is not enough.
    let other = |title: &str| AppleEpisode {
        guid: Some("another".into()),
        url: Some("https://b.example/001.mp3".into()),
        title: Some(title.into()),
        released: Some("2001-01-01T00:00:00Z".parse().unwrap()),
        ..apple_episode(1)
    };
    let title = apple_episode(1).title.unwrap();
    let found = |title: &str| outcomes(&[episode(1, "")], vec![other(title)]);
    assert_eq!(found("Another title"), [Outcome::Suggested { id: 1001 }]);
    assert_eq!(found(&title), [Outcome::Found { id: 1001 }]);
    assert_eq!(file_name("https://a.example/"), None);
    assert_eq!(file_name("a.mp3"), None);
}

#[test]
fn a_title_is_only_ever_a_suggestion() {
    let stranger = |n: u32| AppleEpisode {
        guid: Some(format!("other-{n}")),
        url: None,
        title: Some(" titre  DE l'épisode ".to_owned()),
        ..apple_episode(n)
    };
    let ours = [episode(1, "")];
    assert_eq!(outcomes(&ours, vec![stranger(1)]), [Outcome::Suggested { id: 1001 }]);
    let longer = AppleEpisode { milliseconds: Some(1_806_000), ..stranger(1) };
    assert_eq!(outcomes(&ours, vec![longer]), [Outcome::Unlisted]);
    let later =
        AppleEpisode { released: Some("2022-05-28T05:00:00Z".parse().unwrap()), ..stranger(1) };
    assert_eq!(outcomes(&ours, vec![later]), [Outcome::Unlisted]);
    let twins = vec![stranger(1), AppleEpisode { id: 9, ..stranger(1) }];
    assert_eq!(outcomes(&ours, twins), [Outcome::Unlisted]);
}

#[test]
fn what_a_full_list_does_not_reach_is_unknown() {
    let newest: Vec<AppleEpisode> = (1..=200)
        .map(|n| AppleEpisode {
            released: Some("2022-06-01T00:00:00Z".parse().unwrap()),
            guid: Some(format!("n-{n}")),
            url: None,
            title: None,
            ..apple_episode(n)
        })
        .collect();
    assert_eq!(outcomes(&[episode(1, "")], newest.clone()), [unknown(None)]);
    assert_eq!(outcomes(&[episode(1, "")], newest[..100].to_vec()), [Outcome::Unlisted]);
}

#[test]
fn drafts_and_what_is_to_come_have_no_row() {
    let now = "2022-05-01T00:00:00Z".parse().unwrap();
    let rows = |theirs| compare(&settings(), &[episode(1, "")], &answers(theirs), now).len();
    assert_eq!((rows(vec![apple_episode(2)]), rows(vec![apple_episode(1)])), (0, 1));
}

#[test]
fn a_value_that_is_no_id_is_replaced() {
    let ours = [episode(1, "https://podcasts.apple.com/fr/podcast/id1?i=1001")];
    let has = "https://podcasts.apple.com/fr/podcast/id1?i=1001".to_owned();
    assert_eq!(outcomes(&ours, vec![apple_episode(1)]), [Outcome::Wrong { has, id: 1001 }]);
}

proptest! {
    /// Whatever ids the front matter has and whatever Apple answers: once all is written, no two
    /// episodes share an id that did not share it before.
    #[test]
    fn writing_never_makes_two_episodes_share_an_id(
        has in prop::collection::vec(prop::option::of(1001_u64..1012), 1..10),
        answered in prop::collection::vec((1_u32..12, 1001_u64..1012), 0..14),
    ) {
        let ours: Vec<Episode> = (1..)
            .zip(&has)
            .map(|(n, id)| episode(n, &id.map(|id| id.to_string()).unwrap_or_default()))
            .collect();
        let theirs = answered
            .iter()
            .map(|&(n, id)| AppleEpisode { id, ..apple_episode(n) })
            .collect();
        let now = "2023-01-01T00:00:00Z".parse().unwrap();
        let rows = compare(&settings(), &ours, &answers(theirs), now);
        prop_assert_eq!(rows.len(), ours.len());
        let after: Vec<Option<u64>> =
            rows.iter().zip(&has).map(|(row, has)| row.id_to_write().or(*has)).collect();
        for (at, row) in rows.iter().enumerate() {
            if let Some(id) = row.id_to_write() {
                let sharing = after.iter().filter(|&&other| other == Some(id)).count();
                prop_assert_eq!(sharing, 1, "{} is written for {} and others", id, at);
                // And it is one that Apple answered for this very guid.
                let n = u32::try_from(at).unwrap() + 1;
                prop_assert!(answered.contains(&(n, id)));
            }
        }
    }
}

#[test]
fn what_one_line_cannot_change_is_refused() {
    let ours = [episode(1, "[5]"), episode(2, "")];
    let refused = Outcome::Refused { why: Refusal::Layout { id: 1001 } };
    assert_eq!(
        outcomes(&ours, vec![apple_episode(1), apple_episode(2)]),
        [refused, Outcome::Found { id: 1002 }]
    );
}
