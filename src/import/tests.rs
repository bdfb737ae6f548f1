//! Feeds of others, feeds of ours and back, and feeds of nobody.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::model::audio::PublishedAudio;
use crate::model::object::{Body, Key};
use crate::show::words::legal_in_xml;
use crate::show::{Episode, Settings, Source, enclosure, is_inside, settings::FILE};
use crate::site::{self, testing};

const FOREIGN: &str = include_str!("fixtures/foreign.xml");

fn all(import: &Import) -> String {
    let mut out = format!("{}\n", import.settings);
    for file in &import.episodes {
        let fetched = file.audio.iter().chain(&file.beside);
        let fetched: Vec<String> =
            fetched.map(|fetch| format!("({} -> {})\n", fetch.url, fetch.to)).collect();
        out.push_str(&format!("== {}\n{}{}\n", file.path, fetched.concat(), file.text));
    }
    format!("{out}== report\n{}", import.report.file(&import.title))
}

#[test]
fn a_feed_of_another_tool() {
    let import = of_feed(FOREIGN.as_bytes(), &Options::default()).unwrap();
    insta::assert_snapshot!(all(&import));
}

#[test]
fn a_feed_that_moves_and_all_that_it_names() {
    let options = Options {
        url: Some("https://new.example"),
        download: true,
        artwork: Some("png"),
        ..Options::default()
    };
    insta::assert_snapshot!(all(&of_feed(FOREIGN.as_bytes(), &options).unwrap()));
}

#[test]
fn artwork_that_cannot_be_named_is_said_to_stay() {
    let item = |number: u32, image: &str| {
        format!(
            "<item><title>T</title><guid>{number}</guid><itunes:image href='https://a.example/{image}'/>\
             <enclosure url='https://a.example/{number}.mp3'/></item>"
        )
    };
    let text = format!(
        "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel>{}{}</channel></rss>",
        item(1, "own?.jpg"),
        item(2, "own.JPG?w=3000")
    );
    let options = Options { download: true, ..Options::default() };
    let import = of_feed(text.as_bytes(), &options).unwrap();
    let images: Vec<&str> = import
        .episodes
        .iter()
        .filter_map(|episode| episode.text.lines().find_map(|line| line.strip_prefix("image: ")))
        .collect();
    assert!(images.contains(&"\"https://a.example/own?.jpg\""), "{images:?}");
    assert!(images.iter().any(|image| image.starts_with("\"img/")), "{images:?}");
    let report = import.report.file(&import.title);
    assert_eq!(report.matches("tells no format").count(), 1, "{report}");
    assert!(report.contains("https://a.example/own?.jpg"), "{report}");
}

#[test]
fn a_feed_that_says_next_to_nothing() {
    let feed = "<rss><channel><item><enclosure url='https://a.example/x'/></item></channel></rss>";
    insta::assert_snapshot!(all(&of_feed(feed.as_bytes(), &Options::default()).unwrap()));
}

#[test]
fn artwork_may_stand_in_either_vocabulary() {
    let feed = |images: &str| {
        let text = format!(
            "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:podcast='https://podcastindex.org/namespace/1.0'>\
             <channel><item><title>T</title><guid>1</guid><enclosure url='https://a.example/1.mp3'/>{images}</item></channel></rss>"
        );
        let import = of_feed(text.as_bytes(), &Options::default()).unwrap();
        let episode = &import.episodes[0].text;
        let image = episode.lines().find_map(|line| line.strip_prefix("image: "));
        (
            image.map(|image| image.trim_matches('"').to_owned()),
            import.report.file(&import.title).contains("podcast:image"),
        )
    };
    let apple = "<itunes:image href='https://a.example/a.png'/>";
    let again = "<podcast:image href='https://a.example/a.png' purpose='artwork' width='1400'/>";
    let banner = "<podcast:image href='https://a.example/b.png' purpose='social banner'/>";
    let bare = "<podcast:image href='https://a.example/c.png'/>";
    let url = |name: &str| Some(format!("https://a.example/{name}.png"));
    assert_eq!(feed(&[apple, again].concat()), (url("a"), false));
    assert_eq!(feed(&[banner, apple].concat()), (url("a"), true));
    assert_eq!(feed(&[banner, again].concat()), (url("a"), true));
    assert_eq!(feed(bare), (url("c"), false));
    assert_eq!(feed(banner), (None, true));
}

/// A feed of one item, in the usual vocabularies.
fn feed_of(channel: &str, item: &str) -> Import {
    let text = format!(
        "<rss xmlns:itunes='https://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:media='http://search.yahoo.com/mrss'><channel>\
         <atom:link rel='self' href='https://a.example/feed/rss.xml'/>{channel}<item><title>T</title><guid>1</guid>{item}</item></channel></rss>"
    );
    let now = Some("2024-06-01T00:00:00Z".parse().unwrap());
    of_feed(text.as_bytes(), &Options { now, ..Options::default() }).unwrap()
}

#[test]
fn channels_are_read_as_they_are_meant() {
    let line = |channel: &str, key: &str| {
        let settings = feed_of(channel, "<enclosure url='https://a.example/1.mp3'/>").settings;
        let line = settings.lines().find_map(|line| line.strip_prefix(&format!("{key} = ")));
        line.map(str::to_owned).unwrap_or_default()
    };
    assert_eq!(line("<language>en_US</language>", "language"), r#""en-US""#);
    assert_eq!(line("<language>Français</language>", "language"), r#""fr""#);
    assert_eq!(line("<itunes:category>Arts</itunes:category>", "category"), r#"["Arts"]"#);
    assert_eq!(line("<link>www.b.example/?utm=1</link>", "url"), r#""http://www.b.example""#);
    assert_eq!(line("<link>https://b.example/?utm=1#x</link>", "url"), r#""https://b.example""#);
    for image in [
        "<itunes:image>https://a.example/i.png</itunes:image>",
        "<itunes:image url='https://a.example/i.png'/>",
        "<image><url>https://a.example/i.png</url></image>",
    ] {
        assert_eq!(line(image, "artwork"), r#""img/artwork.png""#, "{image}");
    }
    let import =
        feed_of("<language>Dothraki</language>", "<enclosure url='https://a.example/1.mp3'/>");
    assert!(import.report.text().contains("no code that directories know: `Dothraki`"));
}

#[test]
fn items_are_read_as_they_are_meant() {
    let line = |item: &str, key: &str| {
        let text = &feed_of("", item).episodes[0].text;
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key}: ")));
        line.map(|line| line.trim_matches('"').to_owned()).unwrap_or_default()
    };
    for (url, meant) in [
        ("1.mp3", "https://a.example/feed/1.mp3"),
        ("/1.mp3", "https://a.example/1.mp3"),
        ("//b.example/1.mp3", "https://b.example/1.mp3"),
        ("HTTPS://B.example/1.MP3", "https://B.example/1.MP3"),
        ("https://b.example/?a=1&b=2.mp3", "https://b.example/?a=1&b=2.mp3"),
    ] {
        assert_eq!(
            line(&format!("<enclosure url='{url}' type='audio/mpeg'/>"), "enclosure"),
            meant
        );
    }
    let media = "<media:content url='https://a.example/2.mp3' fileSize='12' type='audio/mpeg'/>";
    assert_eq!(
        (line(media, "enclosure").as_str(), line(media, "size").as_str()),
        ("https://a.example/2.mp3", "12")
    );
    let enclosure =
        |attributes: &str| format!("<enclosure url='https://a.example/1.mp3' {attributes}/>");
    assert_eq!(line(&enclosure("length='34,123,456'"), "size"), "34123456");
    assert_eq!(line(&enclosure("length='34.1 MB'"), "size"), "");
    for time in ["58m48s", "00:58:48.250", "0:58:48", "PT58M48S"] {
        let item = format!("{}<itunes:duration>{time}</itunes:duration>", enclosure(""));
        assert_eq!(line(&item, "duration"), "00:58:48", "{time}");
    }
    let said = |item: &str| feed_of("", item).report.file("T");
    assert!(said(&enclosure("type='audio/mpeg3'")).contains("MP3s of another type"));
    let later =
        format!("{}<pubDate>Sat, 1 Jun 2024 05:00:00 GMT</pubDate>", enclosure("length='1'"));
    assert!(said(&later).contains("a date to come, such as “T” (2024-06-01 05:00:00 +0000)"));
    // A slip of the year turns tags off up to now, and not for good.
    let settings = feed_of("", &later).settings;
    assert!(!settings.contains("[tags]"), "{settings}");
    let season = format!("{}<itunes:season name='First'>1</itunes:season>", enclosure(""));
    assert!(said(&season).contains("itunes:season name="), "{}", said(&season));
}

#[test]
fn what_does_not_come_is_said() {
    let all = |channel: &str, item: &str| {
        let xml = format!(
            "<rss xmlns:podcast='https://podcastindex.org/namespace/1.0' xmlns:psc='http://podlove.org/simple-chapters' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>\
             <channel>{channel}<item><title>T</title><guid>1</guid><enclosure url='https://a.example/1.mp3' length='1'/>{item}</item></channel></rss>"
        );
        let address = Some("https://a.example/feed.xml");
        of_feed(xml.as_bytes(), &Options { address, ..Options::default() }).unwrap()
    };
    let chapters = "<psc:chapters><psc:chapter start='0' title='A'/><psc:chapter start='1:2:3' title='B'/><psc:chapter start='00:99:00' title='C'/>\
         <psc:chapter start='02:00:00' title=''/></psc:chapters><podcast:chapters url='https://a.example/1.json'/>";
    let import = all("", chapters);
    let text = &import.episodes[0].text;
    for start in ["00:00", "1:02:03", "1:39:00"] {
        assert!(text.contains(&format!("start: \"{start}\"")), "{text}");
    }
    let report = import.report.file("");
    assert!(report.contains("psc:chapter (without a title"), "{report}");
    assert!(!report.contains("podcast:chapters") && import.extra.is_none(), "{report}");

    let players = "<description>&lt;p&gt;See:&lt;/p&gt;&lt;iframe width=\"5\" src=\"https://v.example/1\"&gt;&lt;/iframe&gt;&lt;VIDEO&gt;&lt;/VIDEO&gt;</description>";
    let report = all("", players).report.file("");
    assert!(report.contains("link to what they show: VIDEO, and 1 more"), "{report}");

    let persons = "<podcast:person href='nope' img='//cdn.example/p.png'>Bo</podcast:person>";
    let import = all("", persons);
    assert!(import.episodes[0].text.contains("image: \"https://cdn.example/p.png\""));
    assert!(import.report.file("").contains("podcast:person href= (no address)"));

    let show = "<itunes:explicit>1</itunes:explicit><itunes:type>odd</itunes:type>";
    let report = all(show, "").report.file("");
    assert!(report.contains("neither yes nor no: `1`") && report.contains("itunes:type (unk"));
}

#[test]
fn a_mail_address_is_no_author() {
    let of = |author: &str| {
        let item = format!(
            "<author>{author}</author><enclosure url='https://a.example/1.mp3' length='1'/>"
        );
        let import = feed_of("", &item);
        let text = &import.episodes[0].text;
        let author = text.lines().find_map(|line| line.strip_prefix("author: "));
        let author = author.map(|author| author.trim_matches('"').to_owned());
        (author, import.report.file("T").contains("author (the mail address in it)"), import.extra)
    };
    for given in ["ann@sea.example (Ann Quay)", "Ann Quay &lt;ann@sea.example&gt;"] {
        assert_eq!(of(given), (Some("Ann Quay".to_owned()), true, None), "{given}");
    }
    for given in ["Ann (the host)", "@annquay"] {
        assert_eq!(of(given), (Some(given.to_owned()), false, None), "{given}");
    }
    // What names nobody stays as it was.
    let (author, _, extra) = of("ann@sea.example");
    assert_eq!(author, None);
    assert!(extra.unwrap().contains("<author>ann@sea.example</author>"));
}

#[test]
fn the_episode_s_own_player_is_no_part_of_its_notes() {
    let notes = |audio: &str| {
        let item = format!(
            "<enclosure url='https://dts.podtrac.com/redirect.mp3/cdn.example/1.mp3?a=1' length='1'/><description>Winches wake.</description>\
             <content:encoded><![CDATA[<!--[if lt IE 9]><script>f('audio');</script><![endif]-->\n<audio controls='controls'><source type='audio/mpeg' src='https://cdn.example/{audio}?_=1' />\
             <a href='https://cdn.example/{audio}'>https://cdn.example/{audio}</a></audio><p>Winches wake.</p><p>Rope.</p>]]></content:encoded>"
        );
        let import = feed_of("", &item);
        (import.episodes[0].text.clone(), import.report.file("T").contains("players in notes"))
    };
    let (text, told) = notes("1.mp3");
    assert!(text.contains("description: \"Winches wake.\"") && !told, "{text}");
    assert!(text.ends_with("---\n\nRope.\n"), "{text}");
    // What another one plays stands nowhere else.
    let (text, told) = notes("2.mp3");
    assert!(text.contains("https://cdn.example/2.mp3") && told, "{text}");
}

#[test]
fn only_what_directories_heed_takes_a_show_out_of_them() {
    let of = |given: &str| {
        let block = format!("<itunes:block>{given}</itunes:block>");
        let show = format!("{block}<itunes:complete>{given}</itunes:complete>");
        let item = format!("{block}<enclosure url='https://a.example/1.mp3' length='1'/>");
        let import = feed_of(&show, &item);
        let keys = format!("{}{}", import.settings, import.episodes[0].text);
        let kept = import.extra.unwrap_or_default().matches(&format!(">{given}<")).count();
        (keys.matches("block").count() + keys.matches("complete").count(), kept)
    };
    assert_eq!((of("Yes"), of("true"), of("no")), ((3, 0), (0, 3), (0, 3)));
}

#[test]
fn what_a_release_has_no_place_for_is_told() {
    let own = "<itunes:author>A</itunes:author><itunes:owner><itunes:name>Ann</itunes:name></itunes:owner>\
         <atom:link rel='payment' href='https://a.example/tips'/><atom:link rel='next' href='https://a.example/2'/>\
         <atom:link rel='alternate' type='application/rss+xml' href='https://a.example/opus'/>\
         <cloud domain='a.example' port='80'/>";
    let item = "<atom:link rel='payment' href='https://a.example/1'/><title>U</title><enclosure url='https://a.example/1.mp3'/>";
    let report = feed_of(own, item).report.file("T");
    let (_, lost) = report.split_once("## Lost\n\n").unwrap();
    let lost: BTreeSet<&str> = lost.split("\n\n").next().unwrap().lines().collect();
    let expected = [
        "- atom:link rel=alternate: of the show",
        "- atom:link rel=payment: 1 time in episodes",
        "- atom:link rel=payment: of the show",
        "- cloud (the old host's): of the show",
        "- itunes:owner (a name without a mail address): of the show",
        "- title (one more): 1 time in episodes",
    ];
    assert_eq!(lost, expected.into_iter().collect());
}

#[test]
fn a_picture_is_no_episode() {
    let of = |kind: &str, url: &str| {
        let item = |number: u32, url: &str, kind: &str| {
            format!(
                "<item><title>T{number}</title><guid>{number}</guid><enclosure url='https://a.example/{url}' type='{kind}' length='1'/></item>"
            )
        };
        let items = [item(1, "1.mp3", "audio/mpeg"), item(2, url, kind)].concat();
        let feed = format!("<rss><channel>{items}</channel></rss>");
        let import = of_feed(feed.as_bytes(), &Options::default()).unwrap();
        let report = import.report.file("");
        (import.episodes.len(), report.contains(&format!("“T2” is a picture ({kind})")))
    };
    assert_eq!(of("image/jpeg", "2.jpg"), (1, true));
    assert_eq!(of("image/jpeg", "2.mp3"), (2, false));
    assert_eq!(of("application/pdf", "2.pdf"), (2, false));
    assert_eq!(of("application/octet-stream", "2.bin"), (2, false));
    assert_eq!(of("video/mp4", "2.mp4"), (2, false));
    let alone =
        "<rss><channel><item><enclosure url='https://a.example/1.jpg'/></item></channel></rss>";
    let error = of_feed(alone.as_bytes(), &Options::default()).unwrap_err();
    assert!(error.reason.contains("no item of this feed has audio"), "{error}");
}

#[test]
fn artwork_and_site_may_be_named_relatively() {
    let enclosure = "<enclosure url='/1.mp3' length='1'/>";
    for image in [
        "<itunes:image href='/a.png'/>",
        "<itunes:image href='http://'/><image><url>a.png</url></image>",
    ] {
        let import = feed_of(&format!("<link>/</link>{image}"), enclosure);
        let path = if image.contains("/a") { "/a.png" } else { "/feed/a.png" };
        let artwork = import.artwork.map(|artwork| artwork.url);
        assert_eq!(artwork, Some(format!("https://a.example{path}")), "{image}");
        assert!(import.settings.contains("url = \"https://a.example\""), "{}", import.settings);
    }
}

#[test]
fn the_folder_of_a_year_is_not_that_of_all_pages() {
    let pages = |folder: &str| {
        let item = format!(
            "<link>https://a.example/{folder}/one/</link><enclosure url='https://a.example/1.mp3'/>"
        );
        let settings = feed_of("<link>https://a.example</link>", &item).settings;
        settings.lines().find_map(|line| line.strip_prefix("pages = ")).map(str::to_owned)
    };
    assert_eq!((pages("2024"), pages("podcast/2015/10/29")), (None, None));
    assert_eq!(pages("season-1"), Some("\"season-1\"".to_owned()));
}

#[test]
fn a_site_that_is_guessed_is_to_be_decided() {
    let enclosure = "<enclosure url='https://a.example/1.mp3'/>";
    let report = |channel: &str| feed_of(channel, enclosure).report.file("T");
    let said = "the feed names no site: https://a.example, which has the feed, stands there";
    assert!(report("").contains(said), "{}", report(""));
    let linked = report("<link>https://a.example</link>");
    assert!(!linked.contains("names no site"), "{linked}");
}

#[test]
fn a_number_that_is_kept_is_not_said_to_be_left_out() {
    for attributes in ["", " display='Ch. 3'"] {
        let item = format!(
            "<podcast:episode{attributes}>31.5</podcast:episode><enclosure url='https://a.example/1.mp3'/>"
        );
        let import = feed_of("", &item);
        assert!(import.extra.unwrap().contains(">31.5</podcast:episode>"), "{attributes}");
        let report = import.report.file("T");
        assert!(!report.contains("numbers that cannot be read"), "{report}");
    }
    let item = "<itunes:episode>31.5</itunes:episode><enclosure url='https://a.example/1.mp3'/>";
    let report = feed_of("", item).report.file("T");
    assert!(report.contains("numbers that cannot be read"), "{report}");
}

#[test]
fn a_list_of_chapters_stays_whether_or_not_a_file_of_them_comes() {
    let xml = "<rss xmlns:podcast='https://podcastindex.org/namespace/1.0' xmlns:psc='http://podlove.org/simple-chapters'><channel>\
        <item><guid>1</guid><enclosure url='https://a.example/1.mp3'/><podcast:chapters url='https://a.example/1.json'/>\
        <psc:chapters><psc:chapter start='0' title='A'/></psc:chapters></item></channel></rss>";
    let import =
        of_feed(xml.as_bytes(), &Options { download: true, ..Options::default() }).unwrap();
    let episode = &import.episodes[0];
    assert!(episode.text.contains("chapters:\n  - start: \"00:00\""), "{}", episode.text);
    assert_eq!(episode.beside, []);
}

#[test]
fn nothing_else_names_the_enclosure_s_audio() {
    let old = "https://old.example/1.mp3";
    let xml = format!(
        "<rss xmlns:podcast='https://podcastindex.org/namespace/1.0' xmlns:media='http://search.yahoo.com/mrss/' xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'><channel>\
         <item><title>T</title><guid>1</guid><enclosure url='{old}'/><feedburner:origEnclosureLink>{old}</feedburner:origEnclosureLink>\
         <podcast:alternateEnclosure type='audio/mpeg'><podcast:source uri='{old}'/></podcast:alternateEnclosure>\
         <media:group><media:content url='{old}'/><media:content url='https://old.example/1.ogg'/></media:group></item>\
         <item><title>U</title><guid>2</guid><enclosure url='https://old.example/2.mp3'/><media:group><media:content url='https://old.example/2.mp3'/></media:group>\
         <podcast:alternateEnclosure type='audio/ogg'><podcast:source uri='https://old.example/2.ogg'/><podcast:source uri='https://old.example/2.mp3'/></podcast:alternateEnclosure></item></channel></rss>"
    );
    let import = of_feed(xml.as_bytes(), &Options::default()).unwrap();
    let extra = import.extra.unwrap();
    let texts = import.episodes.iter().flat_map(|it| it.text.lines());
    let others: Vec<&str> = texts.filter(|line| !line.starts_with("enclosure: ")).collect();
    let extra = format!("{extra}{}", others.join("\n"));
    assert!(!extra.contains("/1.mp3") && !extra.contains("origEnclosureLink"), "{extra}");
    assert!(extra.contains("1.ogg") && extra.contains("2.ogg"), "{extra}");
    // With another source of its own it may be meant as a whole.
    assert!(extra.contains("/2.mp3"), "{extra}");
}

#[test]
fn old_pages_that_lead_nowhere_are_said() {
    let items: Vec<String> = ["?p=1", "a.php", "100%25-x/", "b/", "", "c.mp3"]
        .iter()
        .enumerate()
        .map(|(at, link)| {
            format!(
                "<item><title>T{at}</title><guid>{at}</guid><link>http://www.a.example/{link}</link>\
                 <enclosure url='https://cdn.example/{at}.mp3'/></item>"
            )
        })
        .collect();
    let xml =
        format!("<rss><channel><link>https://a.example/</link>{}</channel></rss>", items.concat());
    let address = Some("https://a.example/feed.xml");
    let import = of_feed(xml.as_bytes(), &Options { address, ..Options::default() }).unwrap();
    let report = import.report.file("T");
    let said: Vec<&str> = report
        .lines()
        .filter_map(|line| line.split_once("no page of a release can stand there: ")?.1.into())
        .collect();
    let page = |name: &str| format!("http://www.a.example/{name}");
    assert_eq!(said, [page("?p=1"), page("a.php"), page("100%25-x/")], "{report}");
}

#[test]
fn what_compressed_pages_hold_is_counted_unpacked() {
    use std::io::Write as _;
    let page =
        format!("<rss><channel><description>{}</description></channel></rss>", "x".repeat(100_000));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(page.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let mut pages = Pages::default();
    for _ in 0..2 {
        pages.add(&packed, &Options::default()).unwrap();
    }
    assert_eq!(pages.bytes(), 2 * page.len() as u64);
}

#[test]
fn pages_may_be_named_relatively() {
    let page = "<rss xmlns:a='http://www.w3.org/2005/Atom'><channel><a:link rel='next' href='?page=2'/></channel></rss>";
    let mut pages = Pages::default();
    let address = Some("https://a.example/feed?page=1");
    pages.add(page.as_bytes(), &Options { address, ..Options::default() }).unwrap();
    assert_eq!(pages.further(), Some("https://a.example/feed?page=2"));
}

#[test]
fn elements_that_stay_keep_what_stands_in_them() {
    let import = feed_of(
        "<podcast:liveItem status='live'><title>Live</title><enclosure url='https://a.example/l'/></podcast:liveItem>\
         <textInput><title>S</title><link>https://a.example/s</link></textInput>",
        "<enclosure url='https://a.example/1.mp3'/>",
    );
    let extra = crate::site::extra::Extra::parse(&import.extra.unwrap()).unwrap();
    let mut map = rss::extension::ExtensionMap::new();
    extra.complete_channel("", &mut map);
    assert_eq!(map["podcast"]["liveItem"][0].children.len(), 2);
    assert_eq!(map[""]["textInput"][0].children.len(), 2);
}

#[test]
fn what_is_corrected_after_an_import_is_not_said_again_as_it_was() {
    let enclosure = "<enclosure url='https://dts.podtrac.com/redirect.mp3/a.example/1.mp3' length='1' type='audio/mpeg'/>";
    let again = "<media:content url='https://a.example/1.mp3' medium='audio'><media:title>T</media:title><media:thumbnail url='x'/></media:content>\
        <media:content url='https://a.example/1.jpg' medium='image'/>";
    let titles = "<itunes:title>Short</itunes:title>";
    let import = feed_of(titles, &[enclosure, again, titles].concat());
    let extra = import.extra.as_deref().unwrap();
    // The enclosure's address goes with the old host, a corrected title with the old feed.
    assert!(!extra.contains("1.mp3") && extra.contains("1.jpg"), "{extra}");
    assert!(
        extra.contains("<title>T</title>\n      <itunes:title>Short</itunes:title>"),
        "{extra}"
    );
    // The show's alone is its title.
    assert_eq!(extra.matches("itunes:title>").count(), 2, "{extra}");
    let report = import.report.file("T");
    assert!(report.contains("media:thumbnail (in media:content): 1 time"), "{report}");
    assert!(!report.contains("media:title"), "{report}");
    let both = feed_of(&format!("<title>Long</title>{titles}"), enclosure).extra.unwrap();
    assert!(both.contains("<title>Long</title>\n    <itunes:title>Short<"), "{both}");
    let same = feed_of("<title>Short</title><itunes:title>Short</itunes:title>", enclosure);
    assert_eq!(same.extra, None);
}

#[test]
fn transcripts_stand_in_the_feed_s_order() {
    let transcript = |language: &str, ending: &str, kind: &str| {
        format!(
            "<podcast:transcript url='https://a.example/1.{ending}' type='{kind}' language='{language}'/>"
        )
    };
    let item = [
        "<enclosure url='https://a.example/1.mp3'/>".to_owned(),
        transcript("en", "html", "text/html"),
        transcript("ga", "ga.vtt", "text/vtt"),
        transcript("en", "srt", "application/srt"),
    ];
    let text = format!(
        "<rss><channel><language>en</language><item><title>T</title>{}</item></channel></rss>",
        item.concat()
    );
    let options = Options { download: true, ..Options::default() };
    let import = of_feed(text.as_bytes(), &options).unwrap();
    let places: Vec<&str> =
        import.episodes[0].beside.iter().map(|fetch| fetch.to.as_str()).collect();
    assert_eq!(places, ["transcripts/episode.srt", "transcripts/episode.ga.vtt"]);
}

#[test]
fn only_what_stays_is_said_to_be_kept() {
    let trailer = |url: &str| {
        format!("<podcast:trailer url='https://a.example/{url}' pubdate='x'>T</podcast:trailer>")
    };
    let both = [trailer("1.mp3"), trailer("0.mp3")].concat();
    let enclosure = "<enclosure url='https://a.example/1.mp3' length='1'/>";
    let import = feed_of(&both, enclosure);
    assert!(import.report.file("T").contains("podcast:trailer: of the show, 2 times"));
    assert_eq!(import.extra.unwrap().matches("<podcast:trailer").count(), 2);
    let import =
        feed_of(&both, &format!("{enclosure}<itunes:episodeType>trailer</itunes:episodeType>"));
    let report = import.report.file("T");
    assert!(!report.contains("## Kept"), "{report}");
    assert!(
        report.contains("podcast:trailer (in another form than the one that came): of the show")
    );
    assert_eq!(import.extra, None);
    // Nor are elements whose names no file of ours can hold.
    let odd = feed_of("", &format!("{enclosure}<é:x xmlns:é='urn:x'>1</é:x>"));
    let report = odd.report.file("T");
    assert!(odd.extra.is_none() && !report.contains("## Kept"), "{report}");
    assert!(report.contains("é:x (its name): 1 time in episodes"), "{report}");
    // Addresses that cannot be kept are not said to be.
    let fact = |url: &str| {
        let import = feed_of("", &format!("<enclosure url='{url}' length='1'/>"));
        import.report.text().lines().next().unwrap_or_default().to_owned()
    };
    assert!(fact("https://a.example/1.mp3").ends_with("its guid, its address and its length"));
    assert!(fact("my 1.mp3").ends_with("its address (1 made whole) and its length"));
}

#[test]
fn elements_of_a_vocabulary_without_a_prefix_stay_in_it() {
    let import = feed_of(
        "<site xmlns='com-wordpress:feed-additions:1'>12<part a='b'/></site><ttl>5</ttl>\
         <site xmlns='com-wordpress:feed-additions:1'>13</site><x xmlns='urn:x'>1</x><own xmlns=''>2</own>",
        "<enclosure url='https://a.example/1.mp3'/>",
    );
    let extra = import.extra.unwrap();
    for part in [
        "xmlns:own1=\"com-wordpress:feed-additions:1\"",
        "xmlns:own2=\"urn:x\"",
        "<own1:site>12\n      <own1:part a=\"b\"/>",
        "<ttl>5</ttl>",
        "<own1:site>13</own1:site>",
        "<own2:x>1</own2:x>",
        "<own>2</own>",
    ] {
        assert!(extra.contains(part), "{part}: {extra}");
    }
}

#[test]
fn pages_of_a_feed_are_one_show() {
    let page = |items: &[u32], link: &str| {
        let items: Vec<String> = items.iter().map(|number| format!("<item><title>T</title><guid>{number}</guid><enclosure url='https://a.example/{number}.mp3'/></item>")).collect();
        format!(
            "<rss xmlns:a='http://www.w3.org/2005/Atom'><channel>{link}{}</channel></rss>",
            items.concat()
        )
    };
    let first = page(&[4, 3], "<a:link rel='prev-archive' href='https://a.example/2.xml'/>");
    let import = of_feed(first.as_bytes(), &Options::default()).unwrap();
    assert_eq!(import.further.as_deref(), Some("https://a.example/2.xml"));
    let second = page(&[3, 2, 1], "");
    let import = {
        let mut pages = Pages::default();
        pages.add(first.as_bytes(), &Options::default()).unwrap();
        pages.add(second.as_bytes(), &Options::default()).unwrap();
        pages.show(&Options::default()).unwrap()
    };
    let guids: Vec<&str> = import.episodes.iter().map(|episode| episode.guid.as_str()).collect();
    assert_eq!((guids, import.further), (vec!["4", "3", "2", "1"], None));
}

/// What makes an episode this episode to an app, and what a listener reads of it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    guid: String,
    permalink: bool,
    enclosure: String,
    date: String,
    title: String,
    numbers: [Option<String>; 3],
    explicit: Option<String>,
    image: Option<String>,
    people: Vec<String>,
    apple: Vec<String>,
    description: html::Said,
    content: html::Said,
    page: Option<String>,
}

/// What a reader sees of a text of HTML.
fn read_of(text: &str) -> html::Said {
    let clean = html::clean(text, &|link| Some(link.to_owned()));
    let mut said = html::said(&html::tree(&clean).unwrap());
    said.text.retain(|c| !c.is_whitespace());
    said
}

/// The feed of a show as another program reads it, and its bytes.
fn feed(settings: &Settings, episodes: &[Episode]) -> (Vec<Seen>, Vec<String>, Vec<u8>) {
    let mut inputs = testing::inputs(settings, episodes);
    for given in &mut inputs.episodes {
        let name = enclosure::place(settings, given.episode).unwrap().name;
        given.audio.key = Key::new(format!("{}{name}", settings.media_prefix())).unwrap();
    }
    let edition = site::build(&inputs).unwrap();
    let Body::Bytes(bytes) = &edition.feed.body else { panic!("no feed") };
    let channel = rss::Channel::read_from(&bytes[..]).unwrap();
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let extensions = |map: &rss::extension::ExtensionMap, name: &str| {
        let found = map.get("podcast").and_then(|podcast| podcast.get(name));
        found
            .into_iter()
            .flatten()
            .map(|element| format!("{:?} {:?}", element.attrs, element.value))
            .collect::<Vec<_>>()
    };
    let seen = channel.items().iter().map(|item| {
        let itunes = item.itunes_ext().unwrap();
        let guid = item.guid().unwrap();
        Seen {
            guid: guid.value.clone(),
            permalink: guid.permalink,
            enclosure: item.enclosure().unwrap().url.clone(),
            date: item.pub_date().unwrap().to_owned(),
            title: unread_elements::one_line(item.title().unwrap()),
            numbers: [itunes.episode.clone(), itunes.season.clone(), itunes.episode_type.clone()],
            explicit: itunes.explicit.clone(),
            image: itunes.image.clone(),
            people: extensions(item.extensions(), "person"),
            apple: extensions(item.extensions(), "id"),
            description: read_of(item.description().unwrap()),
            content: read_of(item.content().unwrap_or_default()),
            page: item.link().map(str::to_owned),
        }
    });
    let seen = seen.collect();
    let show = vec![
        channel.title().to_owned(),
        bare(channel.description()),
        format!("{:?} {:?}", channel.language(), channel.copyright()),
        extensions(channel.extensions(), "guid").concat(),
        extensions(channel.extensions(), "locked").concat(),
        extensions(channel.extensions(), "funding").concat(),
        extensions(channel.extensions(), "person").concat(),
        extensions(channel.extensions(), "id").concat(),
        extensions(channel.extensions(), "txt").concat(),
        extensions(channel.extensions(), "updateFrequency").concat(),
        format!("{:?}", channel.itunes_ext()),
    ];
    (seen, show, bytes.to_vec())
}

fn written(import: &Import) -> (Settings, Vec<Episode>) {
    let settings = Settings::parse(&Source::new(FILE, import.settings.as_str())).unwrap();
    let episodes = import.episodes.iter();
    let episodes = episodes
        .map(|file| Episode::parse(Source::new(file.path.as_str(), file.text.as_str())).unwrap());
    (settings, episodes.collect())
}

fn text() -> impl Strategy<Value = String> {
    "(\\PC|[a-z&<>;\"'\\\\:#\\-\\]. ]){0,40}"
}

fn notes() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        text(),
        Just("## Links".to_owned()),
        Just("- [a](https://a.example/?b=1&c=2) *b* `c`\n- d\n\n  e".to_owned()),
        Just("```\nx\n\n\n  y *z*\n```".to_owned()),
        Just("<p>a</p>\n\n    b <b>c</b>".to_owned()),
        Just("| a | b |\n|---|---|\n| c | d |".to_owned()),
        Just("a  \nb ![](https://a.example/i.png) **c**".to_owned()),
    ];
    proptest::collection::vec(part, 0..4).prop_map(|parts| parts.join("\n\n"))
}

prop_compose! {
    fn episode_text()(
        title in "[a-zé&<:#\"']{1,12}( [a-z&]{1,9}){0,2}",
        description in text(),
        subtitle in prop_oneof![Just(String::new()), text()],
        notes in notes(),
        guid in proptest::option::of("[!-~é]{1,5}([ !-~]{0,9}[!-~])?"),
        permalink in any::<bool>(),
        enclosure in proptest::option::of("https://(old\\.example/x|show\\.example/media)/[a-z0-9/%.?&=-]{0,9}\\.(mp3|MP3)(\\?[a-z=/.]{0,9})?"),
        kind in prop_oneof![Just("full"), Just("trailer"), Just("bonus")],
        explicit in any::<bool>(),
        season in proptest::option::of(1_u32..4),
        (month, day, hour) in (1_u32..13, 1_u32..29, 0_u32..24),
        offset in prop_oneof![Just("+0200"), Just("-0330"), Just("Z"), Just("")],
        persons in proptest::option::of("[A-Z][a-z]{1,9} \\PC{0,9}"),
    ) -> String {
        use crate::show::edit::quoted;
        let legal = |text: &str| text.chars().filter(|&c| legal_in_xml(c)).collect::<String>();
        let line = |key: &str, value: Option<String>| value.map_or_else(String::new, |value| format!("{key}: {value}\n"));
        format!(
            "title: {}\nsubtitle: {}\ndescription: {}\n{}{}{}episodeType: {kind}\nexplicit: {explicit}\n{}date: 2023-{month:02}-{day:02} {hour:02}:00:00 {offset}\nimage: https://a.example/i.png\nappleEpisodeId: 12\n{}---\n{notes}\n",
            quoted(&title),
            quoted(&legal(&subtitle)),
            quoted(&legal(&description)),
            line("guid", guid.map(|guid| quoted(&guid))),
            line("guidIsPermaLink", permalink.then(|| "true".to_owned())),
            line("enclosure", enclosure.map(|url| quoted(&url))),
            line("season", season.map(|season| season.to_string())),
            line("persons", persons.map(|name| format!("[{{name: {}, role: guest, link: 'https://a.example/b', image: 'https://a.example/c'}}]", quoted(&legal(&name))))),
        )
    }
}

/// Other cases on every run; `ONAIR_SEED` runs those of a failure again.
fn seeded(cases: u32) -> ProptestConfig {
    let now = || u64::try_from(jiff::Timestamp::now().as_nanosecond() % (1 << 40)).unwrap();
    let seed = std::env::var("ONAIR_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(now);
    // Shown where a test fails.
    println!("ONAIR_SEED={seed}");
    let rng_seed = proptest::test_runner::RngSeed::Fixed(seed);
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(seeded(80))]

    #[test]
    fn what_a_show_s_feed_says_comes_back(
        texts in proptest::collection::vec(episode_text(), 1..6),
        media in prop_oneof![
            Just(""),
            Just("[media]\nurl = 'https://cdn.show.example/a/'\npath = 'a'\ntracking = ['https://op3.dev/e/https://dts.podtrac.com/redirect.mp3/']\n"),
        ],
    ) {
        let settings = testing::settings_from(&format!("{}{media}", testing::SETTINGS));
        let episodes: Vec<Episode> = texts.iter().enumerate().map(|(at, text)| {
            let number = at + 1;
            testing::episode(&format!("episodes/e_{number}.md"), &format!("---\nepisode: {number}\nfile: {number}.mp3\n{text}"))
        }).collect();
        // Two that share their guid or audio are no show that passes the checks.
        let guids: BTreeSet<_> = episodes.iter().map(Episode::effective_guid).collect();
        let places: BTreeSet<_> = episodes.iter().map(|episode| enclosure::place(&settings, episode).unwrap().url).collect();
        prop_assume!(guids.len() == episodes.len() && places.len() == episodes.len());

        let (seen, show, bytes) = feed(&settings, &episodes);
        let import = of_feed(&bytes, &Options::default()).unwrap();
        let (settings_again, episodes_again) = written(&import);
        let (seen_again, show_again, bytes_again) = feed(&settings_again, &episodes_again);
        prop_assert_eq!(&seen, &seen_again);
        prop_assert_eq!(&show, &show_again);
        prop_assert_eq!(settings.feed_url(), settings_again.feed_url());
        // And once more it is the very same.
        let again = of_feed(&bytes_again, &Options::default()).unwrap();
        prop_assert_eq!(import.settings, again.settings);
        prop_assert_eq!(import.episodes, again.episodes);
    }

    #[test]
    fn whatever_a_feed_says_its_files_are_harmless_and_can_be_read(
        values in proptest::collection::vec((0_usize..29, "\\PC{0,20}|[.%]{0,2}/{0,2}\\.\\./[a-z.]{0,9}|https://a\\.example/[a-z./%?]{0,20}|[0-9:.+-]{0,12}"), 0..40),
    ) {
        const NAMES: [&str; 29] = [
            "title", "link", "description", "language", "itunes:author", "itunes:explicit", "podcast:guid",
            "podcast:locked", "itunes:type", "item", "guid", "enclosure", "pubDate", "itunes:duration",
            "itunes:episode", "itunes:season", "content:encoded", "itunes:image", "podcast:person",
            "podcast:transcript", "podcast:chapters", "podcast:id", "psc:chapters", "itunes:category",
            "itunes:owner", "atom:link", "itunes:subtitle", "podcast:txt", "podcast:image",
        ];
        let mut xml = String::from("<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:podcast='https://podcastindex.org/namespace/1.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:atom='http://www.w3.org/2005/Atom' xmlns:psc='http://podlove.org/simple-chapters'><channel>");
        let mut open = false;
        for (name, value) in values {
            let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;");
            let name = NAMES[name];
            if name == "item" {
                xml.push_str(if open { "</item><item>" } else { "<item>" });
                open = true;
            } else if name == "psc:chapters" {
                xml.push_str(&format!("<psc:chapters><psc:chapter start='{value}' title='{value}' href='{value}'/></psc:chapters>"));
            } else {
                xml.push_str(&format!("<{name} url='{value}' href='{value}' text='{value}' id='{value}' platform='apple' type='text/vtt' rel='self' role='{value}'>{value}</{name}>"));
            }
        }
        xml.push_str(if open { "</item></channel></rss>" } else { "</channel></rss>" });
        let options = Options { download: true, ..Options::default() };
        let import = match of_feed(xml.as_bytes(), &options) {
            Ok(import) => import,
            // None of its items has audio.
            Err(error) => {
                prop_assert!(error.reason.contains("not a podcast feed"), "{}", error);
                return Ok(());
            }
        };
        let (_, episodes) = written(&import);
        let mut paths = BTreeSet::new();
        for (file, episode) in import.episodes.iter().zip(&episodes) {
            prop_assert!(is_inside(&file.path) && paths.insert(file.path.to_lowercase()));
            prop_assert!(episode.unknown.is_empty());
            prop_assert_eq!(episode.effective_guid(), Some(file.guid.as_str()));
            for fetch in &file.beside { prop_assert!(is_inside(&fetch.to)); }
            if let Some(audio) = &file.audio {
                let path = format!("audio/{}", audio.to.to_lowercase());
                prop_assert!(!audio.to.contains('/') && paths.insert(path));
            }
        }
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..5000) {
        let _ = of_feed(&bytes, &Options::default());
        // And a sound feed with some of them in it.
        let mut feed = FOREIGN.as_bytes().to_vec();
        let at = at.min(feed.len());
        feed.splice(at..at, bytes);
        let _ = of_feed(&feed, &Options::default());
    }
}

/// The feed that a release makes of an import, its audio where it was.
fn published_again(import: &Import) -> Vec<u8> {
    let (settings, episodes) = written(import);
    let mut inputs = testing::inputs(&settings, &episodes);
    inputs.extra = site::extra::Extra::parse(import.extra.as_deref().unwrap_or("<rss/>")).unwrap();
    inputs.now = "2100-01-01T00:00:00Z".parse().unwrap();
    for given in &mut inputs.episodes {
        let given_url = given.episode.enclosure.value().cloned();
        let url =
            given_url.unwrap_or_else(|| enclosure::place(&settings, given.episode).unwrap().url);
        let bytes = given.episode.size.value().copied().unwrap_or_default();
        let milliseconds = given.episode.duration.value().copied().unwrap_or_default() * 1000;
        given.audio = match given.episode.enclosure.value() {
            Some(_) => PublishedAudio::elsewhere(&url, bytes, milliseconds).unwrap(),
            None => PublishedAudio { bytes, milliseconds, ..given.audio.clone() },
        };
    }
    let edition = site::build(&inputs).unwrap();
    let Body::Bytes(bytes) = &edition.feed.body else { panic!("no feed") };
    bytes.to_vec()
}

/// What a publisher writes of its own, wherever a feed came from, or says in another element.
const ANEW: [&str; 16] = [
    "link",
    "generator",
    "lastBuildDate",
    "docs",
    "cloud",
    "image",
    "atom:link",
    "media:content",
    "itunes:new-feed-url",
    "podcast:image",
    "itunes:image",
    "item",
    "pubDate",
    "dc:creator",
    "author",
    "psc:chapters",
];
const TEXTS: [&str; 4] = ["description", "content:encoded", "itunes:summary", "itunes:subtitle"];

fn says(element: &xml::Element) -> (String, Vec<(String, String)>) {
    let mut attributes = element.attributes.clone();
    attributes.retain(|(_, value)| !value.trim().is_empty());
    for (_, value) in &mut attributes {
        *value = item::address(value.trim().trim_end_matches('/'));
    }
    attributes.sort();
    let value = html::read(&unread_elements::one_line(&element.text)).into_owned();
    match element.name.as_str() {
        "guid" => {
            (format!("{value} {}", element.attribute("isPermaLink") != Some("false")), Vec::new())
        }
        "itunes:duration" => {
            let whole = value.split('.').next().unwrap();
            (crate::show::values::duration(whole).unwrap_or(0).to_string(), Vec::new())
        }
        "itunes:explicit" | "podcast:locked" => {
            (item::truth(&value).unwrap_or(false).to_string(), Vec::new())
        }
        "podcast:person" => {
            let role = element.attribute("role").unwrap_or("host").to_lowercase();
            (format!("{value} {role}"), Vec::new())
        }
        "language" | "itunes:type" | "podcast:guid" | "itunes:episodeType" => {
            (value.to_lowercase(), Vec::new())
        }
        _ => (value, attributes),
    }
}

/// What `old` says and `new` does not.
fn lost(level: &str, old: &xml::Element, new: &xml::Element, report: &str) -> Vec<String> {
    let letters = |text: &str| html::letters(&html::words(&html::unescaped(text)));
    let mut all = Vec::new();
    for element in old.children.iter().filter(|element| !element.is_empty()) {
        let name = element.name.as_str();
        if ANEW.contains(&name) || report.contains(name) {
            continue;
        }
        let same: Vec<_> = new.children.iter().filter(|it| it.name == name).map(says).collect();
        let kept = if TEXTS.contains(&name) {
            let head = element.text.split("[&#8230;]").next().unwrap_or_default();
            let head = letters(head.trim_end_matches("..."));
            let texts = new.children.iter().filter(|it| TEXTS.contains(&it.name.as_str()));
            texts.map(|it| letters(&it.text)).any(|there| {
                there.contains(&head) || (there.len() > 2000 && head.starts_with(&there[..2000]))
            })
        } else {
            let nothing = ["false", "full", "0"].contains(&says(element).0.as_str());
            same.contains(&says(element)) || (same.is_empty() && nothing)
        };
        if !kept {
            all.push(format!("{level} {name}: {:?} became {same:?}", says(element)));
        }
    }
    all
}

/// All that a feed says and the one that is made of its import does not.
fn all_lost(bytes: &[u8], import: &Import) -> Vec<String> {
    let again = published_again(import);
    let (old, new) = (xml::channel(bytes).unwrap(), xml::channel(&again).unwrap());
    let report = import.report.file("");
    let report = report.split_once("## Lost\n").map_or("", |(_, rest)| rest);
    let report = report.split_once("\n## ").map_or(report, |(lost, _)| lost);
    let mut all = lost("show", &old, &new, report);
    let guid = |item: &xml::Element| {
        item.children.iter().find(|it| it.name == "guid").map(|it| it.text.clone())
    };
    let items: Vec<&xml::Element> = new.children.iter().filter(|it| it.name == "item").collect();
    let mut seen = BTreeSet::new();
    for item in old.children.iter().filter(|it| it.name == "item") {
        // A post of a blog is not an episode.
        let is_episode = item.children.iter().any(|it| it.name == "enclosure");
        if !is_episode || !seen.insert(guid(item)) {
            continue;
        }
        match items.iter().find(|it| guid(it) == guid(item)) {
            Some(again) => all.extend(lost("item", item, again, report)),
            None => all.push(format!("the item {:?}", guid(item))),
        }
    }
    // And what a listener reads is sound.
    let inside = new.children.iter().flat_map(|it| &it.children);
    for text in inside.filter(|it| TEXTS.contains(&it.name.as_str())) {
        let half = ["&amp;lt;", "&amp;#", "&amp;amp;", "&amp;nbsp;"];
        if half.iter().any(|half| text.text.contains(half)) {
            all.push(format!("half-escaped: {}", text.text));
        }
    }
    all
}

/// What a feed says to listeners, episode by episode.
fn texts_of(feed: &[u8]) -> Vec<Vec<(String, String)>> {
    let channel = xml::channel(feed).unwrap();
    let items = channel.children.iter().filter(|child| child.name == "item");
    let said = |item: &xml::Element| {
        let texts = item.children.iter().filter(|it| TEXTS.contains(&it.name.as_str()));
        texts.map(|it| (it.name.clone(), it.text.split_whitespace().collect())).collect()
    };
    items.map(said).collect()
}

#[test]
fn feeds_of_all_hosts_come_back_whole() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/feeds");
    let options = Options { url: Some("https://show.example"), ..Options::default() };
    let (mut count, mut all) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let import = of_feed(&bytes, &options).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        all.extend(all_lost(&bytes, &import).into_iter().map(|lost| format!("{name}: {lost}")));
        let lines = import.report.text().lines().count();
        assert!(lines < 30, "{name} says {lines} lines");
        // Imported once more, it is the very same show.
        let once = published_again(&import);
        let again = of_feed(&once, &Options::default()).unwrap();
        assert_eq!(texts_of(&published_again(&again)), texts_of(&once), "{name}");
        count += 1;
    }
    assert!(count >= 28, "{count}");
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// An element that a feed may have: its start tag, and what stands in it.
fn known_element(level: &'static str) -> impl Strategy<Value = String> {
    let words = "[A-Za-z][a-z&]{0,8}( [a-z<&0-9]{1,9}){0,4}";
    let names: &'static [(&'static str, &'static str)] = match level {
        "show" => &[
            ("itunes:block", ""),
            ("itunes:complete", ""),
            ("itunes:keywords", ""),
            ("itunes:subtitle", ""),
            ("itunes:summary", ""),
            ("copyright", ""),
            ("managingEditor", ""),
            ("webMaster", ""),
            ("ttl", ""),
            ("category", ""),
            ("podcast:license", "url='https://a.example/l'"),
            ("podcast:medium", ""),
            ("podcast:location", "geo='geo:1,2' osm='R1'"),
            ("podcast:value", "type='lightning' method='keysend'"),
            (
                "podcast:trailer",
                "pubdate='Mon, 1 Jan 2024 00:00:00 GMT' url='https://a.example/t.mp3'",
            ),
            ("podcast:funding", "url='https://a.example/f'"),
            ("podcast:txt", "purpose='x'"),
            ("podcast:person", "role='editor'"),
            ("podcast:person", ""),
            ("podcast:updateFrequency", "rrule='FREQ=DAILY'"),
            ("podcast:locked", "owner='a@a.example'"),
            ("odd:thing", "a='b'"),
            ("googleplay:author", ""),
            ("dc:rights", ""),
        ],
        _ => &[
            ("itunes:block", ""),
            ("itunes:keywords", ""),
            ("itunes:subtitle", ""),
            ("itunes:summary", ""),
            ("itunes:title", ""),
            ("itunes:author", ""),
            ("description", ""),
            ("content:encoded", ""),
            ("comments", ""),
            ("category", ""),
            ("source", "url='https://a.example/s'"),
            ("dc:date", ""),
            ("podcast:license", ""),
            ("podcast:location", "geo='geo:1,2'"),
            ("podcast:soundbite", "startTime='1' duration='2'"),
            ("podcast:alternateEnclosure", "type='audio/opus' length='1'"),
            ("podcast:socialInteract", "protocol='activitypub' uri='https://a.example/1'"),
            ("podcast:transcript", "url='https://a.example/t.html' type='text/html'"),
            ("podcast:transcript", "url='https://a.example/t.vtt' type='text/vtt' language='en'"),
            ("podcast:chapters", "url='https://a.example/c.json' type='application/json+chapters'"),
            ("podcast:person", "role='guest' href='https://a.example/p'"),
            ("podcast:value", "type='x'"),
            ("podcast:season", "name='One'"),
            ("odd:thing", "a='b &amp; c'"),
            ("rawvoice:x", ""),
        ],
    };
    let truths = ["itunes:block", "itunes:complete", "podcast:locked"];
    (proptest::sample::select(names), words).prop_map(move |((name, attributes), words)| {
        let words = words.replace('&', "&amp;").replace('<', "&lt;");
        let value = match name {
            "podcast:locked" => "yes".to_owned(),
            // As the feed writer says it.
            name if truths.contains(&name) => "Yes".to_owned(),
            "podcast:season" => "1".to_owned(),
            "dc:date" => "2024-01-01T00:00:00Z".to_owned(),
            _ => words,
        };
        let space = if attributes.is_empty() { "" } else { " " };
        format!("<{name}{space}{attributes}>{value}</{name}>")
    })
}

proptest! {
    #![proptest_config(seeded(60))]

    /// Whatever elements a feed has, each once: they are in the feed that is made of its import, or the
    /// report names them.
    #[test]
    fn every_field_is_kept_or_named(
        show in proptest::collection::vec(known_element("show"), 0..8),
        items in proptest::collection::vec((proptest::collection::vec(known_element("item"), 0..8), "[A-Z][a-z&]{2,9}( [a-z]{1,9}){0,3}"), 1..4),
    ) {
        let once = |elements: &[String]| {
            let mut seen = BTreeSet::new();
            let name = |element: &&String| seen.insert(element.split(['>', ' ']).next().unwrap().to_owned());
            elements.iter().filter(name).cloned().collect::<String>()
        };
        let mut xml = format!(
            "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:podcast='https://podcastindex.org/namespace/1.0' \
             xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:odd='urn:odd' xmlns:rawvoice='https://raw.example/' \
             xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:googleplay='http://www.google.com/schemas/play-podcasts/1.0'>\
             <channel><title>T</title><description>About it</description><language>en</language><itunes:author>A</itunes:author>{}",
            once(&show)
        );
        for (at, (elements, title)) in items.iter().enumerate() {
            let title = title.replace('&', "&amp;");
            xml.push_str(&format!(
                "<item><title>{title}</title><guid isPermaLink='false'>g{at}</guid><pubDate>Mon, {:02} Jan 2024 00:00:00 +0000</pubDate>\
                 <enclosure url='https://old.example/{at}.mp3' length='1{at}' type='audio/mpeg'/>{}</item>",
                at + 1, once(elements)
            ));
        }
        xml.push_str("</channel></rss>");
        let import = of_feed(xml.as_bytes(), &Options { url: Some("https://show.example"), ..Options::default() }).unwrap();
        let lost = all_lost(xml.as_bytes(), &import);
        prop_assert!(lost.is_empty(), "{}\n{}", lost.join("\n"), xml);
    }
}
