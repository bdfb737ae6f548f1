//! The edition as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use quick_xml::events::Event;
use serde_json::json;

use super::testing::{self, SETTINGS};
use super::*;
use crate::model::audio::PublishedAudio;
use crate::model::object::{Body, Kind};

fn text_of(object: &Object) -> String {
    match &object.body {
        Body::Bytes(bytes) if object.content_type == "application/gzip" => {
            let mut unpacked = Vec::new();
            let mut packed = flate2::read::GzDecoder::new(bytes.as_ref());
            packed.read_to_end(&mut unpacked).expect("gzip");
            String::from_utf8_lossy(&unpacked).into_owned()
        }
        Body::Bytes(bytes) => String::from_utf8(bytes.to_vec()).expect("UTF-8"),
        _ => panic!("{} is not in memory", object.key),
    }
}

fn page<'a>(edition: &'a Edition, key: &str) -> &'a Object {
    edition.objects.iter().find(|object| object.key.as_str() == key).unwrap_or_else(|| {
        let keys: Vec<&str> = edition.objects.iter().map(|object| object.key.as_str()).collect();
        panic!("no {key} in {keys:#?}")
    })
}

/// Reads XML to its end, or says what is wrong with it.
fn well_formed(xml: &str) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut depth = 0_i32;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => {
                depth += 1;
                for attribute in tag.attributes() {
                    attribute.map_err(|error| error.to_string())?;
                }
            }
            Event::End(_) => depth -= 1,
            Event::Eof if depth == 0 => break,
            Event::Eof => return Err("it ends too early".to_owned()),
            _ => {}
        }
    }
    match xml.chars().find(|&c| !crate::show::words::legal_in_xml(c)) {
        Some(c) => Err(format!("{c:?} is not legal")),
        None => Ok(()),
    }
}

#[test]
fn the_feed_of_a_small_show() {
    let show = testing::settings();
    let mut episodes = testing::episodes(2);
    episodes.push(testing::episode(
        "episodes/teaser.md",
        "---\ntitle: Bientôt\nfile: teaser.mp3\ndate: 2023-12-25\nepisodeType: trailer\n\
         guests:\n  - name: Jean Petit\n    link: https://jean.example\n---\n",
    ));
    let mut inputs = testing::inputs(&show, &episodes);
    inputs.episodes[1].chapters = vec![testing::chapter(0, "Début"), testing::chapter(30, "Fin")];
    let transcript = crate::show::Source::new("t.vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\nOh\n");
    inputs.episodes[1].transcripts = vec![TranscriptFile::parse(&transcript).unwrap().into()];
    let edition = build(&inputs).unwrap();
    let feed = text_of(&edition.feed);
    well_formed(&feed).unwrap();
    insta::assert_snapshot!("feed", feed);
    insta::assert_snapshot!(
        "episode",
        text_of(page(&edition, "web/podcasts/episode_2/index.html"))
    );
    insta::assert_snapshot!("index", text_of(page(&edition, "web/index.html")));
    for object in &edition.objects {
        // By its type a rollback makes an object again.
        let known = crate::model::object::known_type(object.content_type);
        assert_eq!(known, Some(object.content_type), "{}", object.key);
    }
    let keys: Vec<String> = edition
        .objects
        .iter()
        .map(|object| format!("{:?} {} {}", object.kind, object.key, object.content_type))
        .collect();
    insta::assert_snapshot!("objects", keys.join("\n"));
}

#[test]
fn artwork_is_told_with_its_measures_and_banners_are_not_told() {
    let show = testing::settings();
    let with = |number: u32, line: &str| {
        let text = testing::text(number, number);
        let text = text.replace("\nauthor:", &format!("\n{line}\nauthor:"));
        testing::episode(&format!("episodes/episode_{number}.md"), &text)
    };
    let episodes = [
        with(1, "social-background: /img/artwork.png"),
        with(2, "image: /img/artwork.png"),
        with(3, "image: https://elsewhere.example/a.png?x&y"),
    ];
    let mut inputs = testing::inputs(&show, &episodes);
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\x78\0\0\x05\x79\x08\x02\0\0\0";
    inputs.assets = AssetFile::new("img/artwork.png", png.as_slice().into()).into_iter().collect();
    let edition = build(&inputs).unwrap();
    let thumbnail = |number: u32| {
        let path = format!("web/podcasts/episode_{number}/oembed.json");
        let said: serde_json::Value =
            serde_json::from_str(&text_of(page(&edition, &path))).unwrap();
        ["url", "width", "height"].map(|name| said[format!("thumbnail_{name}")].clone())
    };
    let known =
        [json!("https://show.example/web/img/artwork-72aa7633.png"), json!(1400), json!(1401)];
    assert_eq!((thumbnail(2), thumbnail(3)), (known, Default::default()));
    let feed = text_of(&edition.feed);
    let images: Vec<&str> =
        feed.lines().map(str::trim).filter(|line| line.starts_with("<podcast:image")).collect();
    insta::assert_snapshot!(images.join("\n"), @r#"
        <podcast:image alt="Ondes &amp; Marées" height="1401" href="https://show.example/web/img/artwork-72aa7633.png" purpose="artwork" width="1400"></podcast:image>
        <podcast:image alt="La marée n° 3" href="https://elsewhere.example/a.png?x&amp;y" purpose="artwork"></podcast:image>
        <podcast:image alt="La marée n° 2" height="1401" href="https://show.example/web/img/artwork-72aa7633.png" purpose="artwork" width="1400"></podcast:image>
        "#);
}

#[test]
fn the_same_show_gives_the_same_bytes() {
    let show = testing::settings();
    let episodes = testing::episodes(5);
    let mut inputs = testing::inputs(&show, &episodes);
    let first = build(&inputs).unwrap();
    inputs.episodes.reverse();
    inputs.now = "2031-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(first, build(&inputs).unwrap());
}

#[test]
fn an_episode_is_seen_when_its_time_has_come_and_not_before() {
    let show = testing::settings();
    let mut episodes = testing::episodes(3);
    episodes.push(testing::episode(
        "episodes/draft.md",
        "---\ntitle: x\nfile: x.mp3\ndate: 2020-01-01\ndraft: true\n---\n",
    ));
    let mut inputs = testing::inputs(&show, &episodes);
    inputs.now = "2024-03-03T04:59:59Z".parse().unwrap();
    let early = build(&inputs).unwrap();
    let seen = |edition: &Edition| {
        let number = |e: &EditionEpisode| e.number.map(|number| number.to_string());
        edition.episodes.iter().map(|e| (number(e).unwrap(), e.listed)).collect::<Vec<_>>()
    };
    assert_eq!(seen(&early), [("2".to_owned(), true), ("1".to_owned(), true)]);
    let everything: String = early
        .objects
        .iter()
        .chain([&early.feed])
        .filter(|object| object.kind != Kind::Image)
        .map(text_of)
        .collect();
    assert!(!everything.contains("n° 3") && !everything.contains("3.mp3"));
    inputs.now = "2024-03-03T05:00:00Z".parse().unwrap();
    let due = build(&inputs).unwrap();
    assert_eq!(
        seen(&due),
        [("3".to_owned(), true), ("2".to_owned(), true), ("1".to_owned(), true)]
    );
    assert!(text_of(&due.feed).contains("<pubDate>Sun, 03 Mar 2024 07:00:00 +0200</pubDate>"));
}

#[test]
fn a_limited_feed_has_archive_pages_that_complete_it_and_stay_as_they_are() {
    let show = testing::settings_from(&format!("{SETTINGS}feed-limit = 3\n"));
    let guids = |object: &Object| -> Vec<String> {
        let channel = rss::Channel::read_from(text_of(object).as_bytes()).unwrap();
        channel.items().iter().map(|item| item.guid().unwrap().value().to_owned()).collect()
    };
    let archives = |edition: &Edition| -> BTreeMap<String, String> {
        let feeds = edition.objects.iter().filter(|object| object.kind == Kind::Feed);
        feeds.map(|object| (object.key.to_string(), text_of(object))).collect()
    };
    let mut before: BTreeMap<String, String> = BTreeMap::new();
    for count in 1..=12 {
        let episodes = testing::episodes(count);
        let edition = build(&testing::inputs(&show, &episodes)).unwrap();
        let mut all = guids(&edition.feed);
        assert_eq!(all.len(), 3.min(count as usize));
        for object in edition.objects.iter().filter(|object| object.kind == Kind::Feed) {
            let listed = guids(object);
            assert_eq!(listed.len(), 3);
            all.extend(listed);
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count as usize);
        let now = archives(&edition);
        assert!(before.iter().all(|(key, text)| now.get(key) == Some(text)), "{count}");
        before = now;
    }
    let last = &before["web/podcasts/feed-archive-3.xml"];
    assert!(last.contains("<fh:archive>") && last.contains(r#"rel="current""#), "{last}");
    assert!(last.contains("feed-archive-2.xml\" rel=\"prev-archive\""), "{last}");
}

#[test]
fn what_was_published_elsewhere_keeps_its_identity() {
    let show = testing::settings();
    let with = |lines: &str| {
        testing::text(1, 1).replace("\nepisode: 1\n", &format!("\nepisode: 1\n{lines}\n"))
    };
    let item = |lines: &str, key: &str| {
        let episodes = [testing::episode("episodes/episode_1.md", &with(lines))];
        let mut inputs = testing::inputs(&show, &episodes);
        inputs.episodes[0].audio.key = Key::new(key).expect("a key");
        let edition = build(&inputs).expect("an edition");
        let feed = text_of(&edition.feed);
        let between = |from: &str, to: &str| {
            let at = feed.find(from).expect("there") + from.len();
            feed[at..].split(to).next().unwrap_or_default().to_owned()
        };
        let promise = &edition.episodes[0];
        let url = between("<enclosure url=\"", "\"");
        assert_eq!(promise.enclosure_url.0, url.replace("&amp;", "&"));
        (between("<guid", "</guid>"), promise.permalink, url)
    };
    let given = "guid: https://old.example/?p=7\nguidIsPermaLink: true\nenclosure: https://show.example/media/2020/a%20b.mp3?x=1&y=2";
    assert_eq!(
        item(given, "media/2020/a b.mp3"),
        (
            ">https://old.example/?p=7".to_owned(),
            true,
            "https://show.example/media/2020/a%20b.mp3?x=1&amp;y=2".to_owned()
        )
    );
    // Audio that was replaced stands elsewhere, and its address says so.
    let (_, _, url) = item(given, "media/1-0a1b2c3d.mp3");
    assert_eq!(url, "https://show.example/media/1-0a1b2c3d.mp3");
    let (guid, permalink, _) = item("guid: a", "media/1.mp3");
    assert_eq!((guid.as_str(), permalink), (" isPermaLink=\"false\">a", false));
}

#[test]
fn both_feeds_say_of_what_type_audio_elsewhere_is() {
    let (show, url) = (testing::settings(), "https://old.example/1.m4a");
    let lines = format!("\nepisode: 1\nenclosure: {url}\nenclosureType: audio/x-m4a\n");
    let text = testing::text(1, 1).replace("\nepisode: 1\n", &lines);
    let episodes = [testing::episode("episodes/1.md", &text)];
    let mut inputs = testing::inputs(&show, &episodes);
    inputs.episodes[0].audio = PublishedAudio::elsewhere(url, 5, 61_400).unwrap();
    let edition = build(&inputs).unwrap();
    let at = |key| page(&edition, key);
    for said in [&edition.feed, at("web/podcasts/feed.json"), at("web/podcasts/1/index.html")] {
        let said = text_of(said);
        assert!(said.contains("audio/x-m4a"), "{said}");
        assert!(!said.contains("audio/mpeg") && !said.contains("MP3"), "{said}");
    }
}

/// Whatever a file is called, and whether addresses have `index.html` or not: a link within the site leads
/// to something of it, and is no second address of a page.
#[test]
fn every_link_within_the_site_leads_somewhere() {
    let topics = "tags: [\"C#\", C++, 港 町, \"🎙\"]\nseason: 2\n";
    let text = |number: u32| testing::text(number, number).replace("tags: [mer]\n", topics);
    let named = |number: u32, name: &str| {
        let notes = "[a](a%20%231%3F%2050%25.md) [b](/podcasts/é.b/index.html#c)\n";
        testing::episode(&format!("episodes/{name}.md"), &(text(number) + notes))
    };
    let episodes = [named(1, "a #1? 50%"), named(2, "é.b"), named(3, "100%25")];
    for (more, is_short) in [("", false), ("index-html = false\n", true)] {
        let show = testing::settings_from(&format!("{SETTINGS}{more}"));
        let mut inputs = testing::inputs(&show, &episodes);
        let said = crate::show::Source::new("t.vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\nOh\n");
        for given in &mut inputs.episodes {
            given.chapters = vec![testing::chapter(0, "a"), testing::chapter(9, "b")];
            given.transcripts = vec![TranscriptFile::parse(&said).unwrap().into()];
        }
        let edition = build(&inputs).unwrap();
        let keys: BTreeSet<&str> =
            edition.objects.iter().map(|object| object.key.as_str()).collect();
        let mut led = BTreeSet::new();
        let mut follow = |from: &str, link: &str| {
            let base = format!("https://show.example/{}", crate::show::in_address(from));
            let url = url::Url::parse(&base).unwrap().join(link).unwrap();
            let own = url.domain() == Some("show.example") && url.path().starts_with("/web/");
            if !own || link.contains("feed.xml") || link.starts_with('#') {
                return;
            }
            let path = percent_encoding::percent_decode_str(url.path()).decode_utf8().unwrap();
            let is_folder = path.ends_with('/');
            let key = format!("{}{}", &path[1..], if is_folder { "index.html" } else { "" });
            assert!(keys.contains(key.as_str()), "{from}: {link} is no {key}");
            assert!(!is_short || !path.ends_with("/index.html"), "{from}: {link}");
            led.insert(key);
        };
        for object in &edition.objects {
            let key = object.key.as_str();
            if object.content_type.starts_with("text/html") {
                let html = text_of(object);
                for link in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next())
                {
                    follow(key, &link.replace("&amp;", "&"));
                }
            } else if key.starts_with("web/assets/search/episodes-") {
                let rows: Vec<serde_json::Value> = serde_json::from_str(&text_of(object)).unwrap();
                rows.iter().for_each(|row| follow("web/index.html", row[0].as_str().unwrap()));
            }
        }
        let unled: Vec<_> =
            keys.iter().filter(|key| key.ends_with("index.html") && !led.contains(**key)).collect();
        let players = unled.iter().all(|key| key.ends_with("embed/index.html"));
        assert!(players, "{unled:?}");
    }
}

#[test]
fn what_is_not_known_of_audio_elsewhere_is_not_said() {
    let (show, url) = (testing::settings(), "https://old.example/1.mp3");
    let description = "description: \"A <b>first</b>.\\n\\nA second.\"\nguest: A\n";
    let text = testing::text(1, 1);
    let from = text.find("description:").unwrap();
    let to = text.find("episode: 1").unwrap();
    let text = format!("{}{description}enclosure: {url}\n{}", &text[..from], &text[to..]);
    let episodes = [testing::episode("episodes/1.md", &text)];
    let mut inputs = testing::inputs(&show, &episodes);
    inputs.episodes[0].audio = PublishedAudio::elsewhere(url, 0, 0).unwrap();
    inputs.episodes[0].chapters = [0, 9].map(|at| testing::chapter(at, "A")).to_vec();
    inputs.episodes[0].chapters[1].start = std::time::Duration::from_millis(900);
    let edition = build(&inputs).unwrap();
    let said = |key| text_of(page(&edition, key));
    let html = said("web/podcasts/1/index.html");
    for none in ["PT0M0S", "contentSize", "· 0", "MP3, ", "Clip"] {
        assert!(!html.contains(none), "{none}: {html}");
    }
    assert!(html.contains("<p>A <b>first</b>.</p>\n<p>A second.</p>"), "{html}");
    let feed = said("web/podcasts/feed.json");
    assert!(!feed.contains("size_in_bytes") && !feed.contains("duration_in_seconds"), "{feed}");
    assert!(feed.contains("<p>A <b>first</b>.</p>\\n<p>A second.</p>"), "{feed}");
    assert!(!said("web/index.html").contains(" s</p>"));
    let markdown = said("web/podcasts/1/index.md");
    assert!(markdown.contains("\nÉpisode 1 · 3 janvier 2024 · A\n"), "{markdown}");
    assert!(markdown.contains("\nA first.\n\nA second.\n"), "{markdown}");
}

#[test]
fn two_things_never_share_a_key() {
    let show = testing::settings();
    let text = testing::text(1, 1);
    let episodes =
        [testing::episode("episodes/a/x.md", &text), testing::episode("episodes/b/x.md", &text)];
    let error = build(&testing::inputs(&show, &episodes)).unwrap_err().to_string();
    assert_eq!(
        error,
        "episodes/a/x.md: `web/podcasts/x/index.html` is taken: something else is to be published there"
    );
}

#[test]
fn one_picture_under_two_endings_is_published_once() {
    let (show, episodes) = (testing::settings(), testing::episodes(1));
    let mut inputs = testing::inputs(&show, &episodes);
    let png =
        Bytes::from_static(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0");
    let pictures = ["img/a.jpg", "img/a.png"].map(|path| AssetFile::new(path, png.clone()));
    inputs.assets.extend(pictures.into_iter().flatten());
    let edition = build(&inputs).unwrap();
    let copies = edition.objects.iter().filter(|it| it.key.as_str().contains("img/a-")).count();
    assert_eq!(copies, 1);
}

#[test]
fn the_feed_names_a_trailer_that_only_its_archive_lists() {
    let show = testing::settings_from(&format!("{SETTINGS}feed-limit = 2\n"));
    let text = |number: u32| {
        let text = testing::text(number, number);
        let kind = "\nepisodeType: trailer\nauthor:";
        if number == 1 { text.replacen("\nauthor:", kind, 1) } else { text }
    };
    let of = |number| testing::episode(&format!("episodes/episode_{number}.md"), &text(number));
    let episodes: Vec<_> = (1..=5).map(of).collect();
    let edition = build(&testing::inputs(&show, &episodes)).unwrap();
    let feed = text_of(&edition.feed);
    assert!(feed.contains("<podcast:trailer") && feed.contains("media/1.mp3"), "{feed}");
}

#[test]
fn a_description_within_the_limit_stays_within_it_where_signs_are_escaped() {
    let long = "a &lt;b&gt; ".repeat(390);
    let text = SETTINGS.replace("Des histoires de mer", &long);
    let (show, episodes) = (testing::settings_from(&text), testing::episodes(1));
    let feed = text_of(&build(&testing::inputs(&show, &episodes)).unwrap().feed);
    let channel = rss::Channel::read_from(feed.as_bytes()).unwrap();
    assert!(channel.description().len() <= text::DESCRIPTION_LIMIT);
}

#[test]
fn a_host_s_words_break_no_style_sheet() {
    let words = "[site.words]\nrss_feed = 'Der \"Feed\" \\'\n";
    let (show, episodes) =
        (testing::settings_from(&format!("{SETTINGS}{words}")), testing::episodes(1));
    let edition = build(&testing::inputs(&show, &episodes)).unwrap();
    let style = text_of(page(&edition, "web/assets/feed.css"));
    assert!(style.contains(r#"content: "Der \"Feed\" \\";"#), "{style}");
}

#[test]
fn an_address_that_runs_is_no_way_to_give() {
    let text = SETTINGS.replace("https://show.example/aider", "javascript:alert(1)");
    let (show, episodes) = (testing::settings_from(&text), testing::episodes(1));
    let edition = build(&testing::inputs(&show, &episodes)).unwrap();
    let feed = text_of(&edition.feed);
    assert!(!feed.contains("javascript") && !feed.contains("podcast:funding"), "{feed}");
}

#[test]
fn pages_that_no_episode_may_take_are_there() {
    let (show, episodes) = (testing::settings(), testing::episodes(1));
    let edition = build(&testing::inputs(&show, &episodes)).unwrap();
    for path in crate::show::page::OF_THE_SITE {
        page(&edition, &format!("web/{path}"));
    }
}

#[test]
fn what_every_item_needs_is_asked_for_by_name() {
    let show = testing::settings();
    let episodes = [testing::episode("episodes/1.md", "---\ntitle: x\nfile: x.mp3\n---\n")];
    let error = build(&testing::inputs(&show, &episodes)).unwrap_err().to_string();
    assert_eq!(error, "episodes/1.md: there is no usable `date`");
}

#[test]
fn a_host_s_template_stands_in_and_its_faults_have_a_place() {
    let show = testing::settings();
    let episodes = testing::episodes(1);
    let mut inputs = testing::inputs(&show, &episodes);
    let mut with = |name: &str, text: &str| {
        let path = format!("templates/{name}");
        inputs.templates = Templates::new([crate::show::Source::new(path, text)], Arc::new(Here));
        build(&inputs).map_err(|error| error.to_string())
    };
    let own = "{% extends \"base.html\" %}\n{% block content %}\n<b>{{ episode.title }}</b>{% endblock %}";
    let edition = with("episode.html", own).unwrap();
    let html = text_of(page(&edition, "web/podcasts/episode_1/index.html"));
    assert!(html.contains("<b>La marée n° 1</b>"), "{html}");
    assert_eq!(
        with("episode.html", "<p>\n{{ episode.titel }}\n").unwrap_err(),
        "templates/episode.html:2: undefined value: `episode.titel` is undefined"
    );
    let broken = with("about.html", "a\nb\n{% if %}\n").unwrap_err();
    assert!(broken.starts_with("templates/about.html:3: syntax error"), "{broken}");
    let edition = with("style.css", "b { color: red }").unwrap();
    assert_eq!(text_of(page(&edition, "web/assets/style.css")), "b { color: red }");
}

#[test]
fn what_templates_are_given_is_documented() {
    let guide = include_str!("../../docs/templates.md");
    for (name, _) in pages::templates::OWN {
        assert!(guide.contains(&format!("`{name}`")), "{name} is not in docs/templates.md");
    }
    let show = testing::settings();
    let episodes = testing::episodes(3);
    let mut inputs = testing::inputs(&show, &episodes);
    inputs.episodes[1].chapters = vec![testing::chapter(0, "a")];
    let transcript = crate::show::Source::new("t.vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\nOh\n");
    inputs.episodes[1].transcripts = vec![TranscriptFile::parse(&transcript).unwrap().into()];
    let maps = "[show, page, version, episode, episode.next, episode.chapters[0], \
        episode.transcripts[0], episode.transcripts[0].paragraphs[0], \
        episode.transcripts[0].paragraphs[0].cues[0], episode.topics[0], episode.picture, \
        episode.people[0], show.links[0], show.hosts[0], show.funding]";
    let list = format!(
        "{{% if episode.number == 2 %}}{{% for map in {maps} %}}{{% for key in map %}}{{{{ key }}}} \
         {{% endfor %}}{{% endfor %}}{{% endif %}}"
    );
    inputs.templates =
        Templates::new([crate::show::Source::new("templates/episode.html", list)], Arc::new(Here));
    let edition = build(&inputs).unwrap();
    let keys = text_of(page(&edition, "web/podcasts/episode_2/index.html"));
    assert!(keys.split_whitespace().count() > 60, "{keys}");
    for key in keys.split_whitespace() {
        let documented = [format!("`{key}`"), format!("`show.{key}`")];
        assert!(
            documented.iter().any(|text| guide.contains(text)),
            "{key} is not in docs/templates.md"
        );
    }
}

/// An HTML page that runs nothing but what onair put there.
fn nothing_foreign_runs(html: &str) -> Result<(), String> {
    let low = html.to_lowercase();
    for script in low.split("<script").skip(1) {
        let own = script.starts_with(" src=\"../../assets/")
            || script.starts_with(" type=\"application/ld+json\">");
        if !own {
            return Err(format!("<script{}", &script[..script.len().min(80)]));
        }
    }
    for (tag, _) in low.split('<').skip(1).filter_map(|tag| tag.split_once('>')) {
        // Outside of quotes are names, inside of them values.
        let names: String = tag.split('"').step_by(2).collect();
        if names.contains(" on") || tag.contains("=\"javascript:") {
            return Err(tag.to_owned());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_breaks_feed_or_page(
        title in "(\\PC|[<>&\"']|</script>|\\]\\]>|<!--){1,12}",
        guest in "(\\PC|<a href='javascript:x'>|<a href='https://a.example'>|</a>|\\]\\]>|&){0,8}",
        notes in "(\\PC|\u{0b}|\u{1}|\n|<script>alert\\(1\\)</script>|</script>|<img src=x onerror=y>|\\[x\\]\\(javascript:y\\)|\\]\\]>|# |- ){0,20}",
    ) {
        let text = format!(
            "---\ntitle: {}\nguest: {}\nfile: 1.mp3\ndate: 2024-01-01\n---\n{notes}",
            serde_json::Value::from(title.trim()), serde_json::Value::from(guest),
        );
        let show = testing::settings();
        let Ok(episode) = Episode::parse(crate::show::Source::new("episodes/e.md", text)) else { return Ok(()) };
        prop_assume!(episode.title.value().is_some());
        let episodes = [episode];
        let edition = build(&testing::inputs(&show, &episodes)).unwrap();
        let feed = text_of(&edition.feed);
        prop_assert_eq!(well_formed(&feed), Ok(()), "{}", feed);
        let channel = rss::Channel::read_from(feed.as_bytes()).unwrap();
        prop_assert_eq!(channel.items()[0].title().unwrap_or_default().trim(), episodes[0].title.value().unwrap().trim());
        let html = text_of(page(&edition, "web/podcasts/e/index.html"));
        prop_assert_eq!(nothing_foreign_runs(&html), Ok(()), "{}", html);
        let sitemap = text_of(page(&edition, "web/sitemap.xml"));
        prop_assert_eq!(well_formed(&sitemap), Ok(()));
    }
}
