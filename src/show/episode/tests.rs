use super::*;

fn episode(yaml: &str) -> Episode {
    Episode::parse(Source::new("episodes/episode_007.md", format!("---\n{yaml}\n---\nNotes")))
        .unwrap()
}

#[test]
fn every_value_is_read() {
    let episode = episode(
        "title: ' A '\nepisode: 7\nsize: 12\nduration: 00:00:07\nfile: 007.mp3\ndate: 2022-05-27 07:00:00 +0200\ndraft: no\nguests: [{name: A, link: https://a.example}]\nappleEpisodeId: 12",
    );
    assert_eq!(episode.title.value().unwrap(), "A");
    assert_eq!(
        (episode.number.value(), episode.size.value(), episode.duration.value()),
        (Some(&7), Some(&12), Some(&7))
    );
    assert_eq!(episode.effective_guid(), Some("007.mp3"));
    assert_eq!((episode.slug.as_str(), episode.label().as_str()), ("episode_007", "#7"));
    assert_eq!(episode.guests.value().unwrap()[0].link.as_deref(), Some("https://a.example"));
    assert!(!episode.is_draft() && episode.unknown.is_empty());
    assert_eq!(episode.subtitle, Given::Missing);
}

#[test]
fn the_culprit_is_placed_in_the_file() {
    let episode = episode("size: 50603073 bytes \nduration: \"“00:33:05\"");
    let malformed = episode.size.malformed().unwrap();
    assert_eq!(
        &episode.source.text[malformed.culprit.start..],
        "bytes \nduration: \"“00:33:05\"\n---\nNotes"
    );
    assert_eq!(&episode.source.text[episode.duration.malformed().unwrap().culprit.clone()], "“");
}

#[test]
fn unknown_keys_name_the_nearest_known() {
    let episode = episode("titel: a\nappleEpisodId: 1\nmood: b");
    let nearest: Vec<_> = episode.unknown.iter().map(|unknown| unknown.nearest).collect();
    assert_eq!(nearest, [Some("title"), Some("appleEpisodeId"), None]);
}

#[test]
fn paths_stay_inside_and_texts_stay_legal() {
    let episode =
        episode("transcript: ../../etc/passwd\nchapters: //etc/passwd\ntitle: \"a\\u000bb\"");
    assert!(episode.transcripts.malformed().is_some() && episode.chapters.malformed().is_some());
    assert_eq!(episode.title.malformed().unwrap().meant.as_deref(), Some("ab"));
}

#[test]
fn what_stands_in_a_list_is_one_legal_line_too() {
    let episode = episode("title: [\"a\\e[31m\", \"b\\nc\"]");
    assert_eq!(episode.title.value().unwrap(), "a[31m, b c");
}

#[test]
fn tags_and_keys_of_other_writers() {
    let read = episode(
        "\"episode\": !!int \"109\"\nsize: !!int \"12\"\n\"title\": !!str \"A\\nB\"\npodcast_file: 2022/109.mp3\n\
         itunes:\n  duration: '00:10'\n  explicit: clean\ndate: !!timestamp 2022-05-27 07:00:00\nauthors: [A, B]",
    );
    assert_eq!(
        (read.number.value(), read.size.value(), read.duration.value()),
        (Some(&109), Some(&12), Some(&10))
    );
    assert_eq!(read.title.value().unwrap(), "A B");
    assert_eq!((read.effective_guid(), read.explicit.value()), (Some("109.mp3"), Some(&false)));
    assert_eq!(read.author.value().unwrap(), "A, B");
    // A timestamp of YAML's without an offset is in UTC.
    assert_eq!(read.date.value().unwrap().offset, Some(Offset::UTC));
    assert!(read.unknown.is_empty(), "{:?}", read.unknown);
}

#[test]
fn whatever_another_writer_holds_back_is_held_back() {
    for yaml in [
        "published: false",
        "published: 'No'",
        "Published: false",
        "draft: on",
        "Draft: true",
        "status: draft",
        "permalink: false",
        "private: yes",
        "hidden: true",
        "unlisted: on",
        "publish: false",
        "draft: false\npublished: off",
    ] {
        assert!(episode(yaml).is_draft(), "{yaml}");
    }
    for yaml in [
        "published: true",
        "published: 2022-05-27",
        "status: publish",
        "publish: true",
        "hidden: false",
        "permalink: /a/",
        "draft: false",
    ] {
        assert!(!episode(yaml).is_draft() && episode(yaml).draft.malformed().is_none(), "{yaml}");
    }
    assert!(episode("published: flase").draft.malformed().is_some());
    assert!(episode("published: 2022-05-27").date.value().is_some());
}

#[test]
fn what_lies_beside_an_episode_is_its_own() {
    let text = "---\ntranscript: ./talk.vtt\nimage: cover.jpg\nbackground: /img/b.jpg\nchapters: c.json\n---\n";
    let source = Source::new("episodes/109/index.md", text);
    let beside: Arc<[String]> = Arc::from(["cover.jpg".to_owned(), "talk.vtt".to_owned()]);
    let read = Episode::parse_beside(source, beside).unwrap();
    assert_eq!(read.slug, "109");
    assert_eq!(read.transcripts.value().unwrap()[0].file, "episodes/109/talk.vtt");
    assert_eq!(read.image.value().unwrap(), "episodes/109/cover.jpg");
    assert_eq!(read.background.value().unwrap(), "/img/b.jpg");
    assert_eq!(read.chapters.value(), Some(&ChaptersGiven::File("c.json".into())));
    assert_eq!(read.with_text(text).unwrap(), read);
}

#[test]
fn chapters_may_stand_as_in_a_file_of_their_own() {
    let keys = "podcast_chapters: {version: 1.1.0, chapters: [{startTime: 0, title: Intro}]}";
    let read = episode(keys);
    let Some(ChaptersGiven::List(list)) = read.chapters.value() else {
        panic!("{:?}", read.chapters)
    };
    let Given::Good(given) = &read.chapters else { panic!() };
    let chapters =
        crate::show::chapters::in_front_matter(list, &read.source.text, &given.span).unwrap();
    assert_eq!(chapters.len(), 1);
}
