use super::*;

const POST: &str = "---\nlayout: podcast\ntitle: A\nfile: 1.mp3\r\ndate: 2022-01-01 07:00:00 +0100\nmood: b\n---\nNotes\n\n";

fn of(config: &str, posts: &[(&str, &str)]) -> Result<Import, ImportError> {
    let posts: Vec<Source> = posts.iter().map(|(path, text)| Source::new(*path, *text)).collect();
    of_folder(Some(&Source::new("_config.yml", config)), &posts, &[], &Options::default())
}

#[test]
fn what_onair_reads_stays_as_it_is() {
    let config = "title: Ondes\ndescription: 'a: b'\nurl: https://a.example\nbaseurl: /web\nauthor: {name: Ada, email: a@a.example}\nlang: fr_FR\ntimezone: Europe/Paris\nplugins: [x]\nmastodon: y\n";
    let posts = [
        ("_posts/2022-01-01-a.md", POST),
        ("episodes/b.md", "---\nfile: 2.mp3\ntitle: B\n---\n"),
        ("_posts/2022-01-03-c.md", "---\nfile: 3.mp3\ntitle: C\n---\n"),
        ("_posts/d.md", "---\naudio_file: /sound/4.mp3\n---\n"),
        ("_posts/e.md", "---\ntitle: a text\n---\n"),
        ("_posts/f.md", "file: no fence\n---\n"),
        ("README.md", "# A readme\n"),
    ];
    let import = of(config, &posts).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", import.settings, import.report.file("T")));
    let files: Vec<(&str, &str)> =
        import.episodes.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    assert_eq!(
        files,
        [
            (
                "episodes/2022-01-01-a.md",
                POST.replacen("---\n", "---\naliases: [\"/2022/01/01/a.html\"]\n", 1).as_str()
            ),
            ("episodes/b.md", posts[1].1),
            (
                "episodes/2022-01-03-c.md",
                "---\ndate: 2022-01-03\naliases: [\"/2022/01/03/c.html\"]\nfile: 3.mp3\ntitle: C\n---\n"
            ),
            ("episodes/d.md", "---\naudio_file: /sound/4.mp3\n---\n"),
        ]
    );
}

#[test]
fn settings_may_start_as_a_yaml_document_does() {
    for start in ["---\n", "--- \r\n", "# Mine\n\n---\n", ""] {
        let config = format!("{start}title: Ondes\nlang: fr\n");
        let settings = of(&config, &[("episodes/a.md", POST)]).unwrap().settings;
        assert!(settings.contains("title = \"Ondes\""), "{start:?}: {settings}");
    }
}

#[test]
fn the_folder_of_another_generator() {
    let config = "title: A blog\nurl: https://a.example\npodcast:\n  title: Ondes\n  language: fr\n  category: Technology / Tech News\n  \
        prefix: https://op3.dev/e/dts.podtrac.com/redirect.mp3/a.example/media/\n  zone: Europe/Paris\n";
    let posts = [
        // Toucan, its numbers tagged; a folder for an episode.
        (
            "contents/episodes/346/index.md",
            "---\n\"type\": post\ntitle: !!str \"A\"\n\"episode\": !!int \"346\"\nsize: !!int \"12\"\nfile: 346.mp3\npublication: 2024-01-01 07:00:00 +0100\n---\nN\n",
        ),
        // Hugo, Octopod, and a draft of Jekyll's.
        (
            "content/episodes/2.md",
            "+++\ntitle = \"B\"\ndate = 2024-07-01T07:00:00+02:00\npodcast_file = \"b.mp3\"\npodcast_bytes = 7\n+++\nN\n",
        ),
        (
            "_episodes/c.md",
            "---\ntitle: C\ndate: 2024-06-01 07:00:00 +0200\naudio: {m4a: c.m4a, mp3: 'https://old.example/c.mp3'}\n---\n",
        ),
        ("_drafts/d.md", "---\ntitle: D\nfile: d.mp3\n---\n"),
        ("_posts/e.md", "---\ntitle: E\nfile: e.mp3\npublished: false\n---\n"),
    ];
    let import = of(config, &posts).unwrap();
    let all: Vec<String> =
        import.episodes.iter().map(|file| format!("== {}\n{}", file.path, file.text)).collect();
    insta::assert_snapshot!(format!(
        "{}\n{}{}",
        import.settings,
        all.concat(),
        import.report.text()
    ));
    assert!(!import.report.is_open());
    for file in &import.episodes {
        let episode = Episode::parse(Source::new(file.path.as_str(), file.text.as_str())).unwrap();
        assert!(is_sound(&episode), "{}", file.text);
    }
}

#[test]
fn a_front_matter_of_toml_or_json_comes_whole() {
    let toml = "+++\ntitle = 'A'\nfile = '1.mp3'\ndate = 2024-07-01T07:00:00+02:00\n[podcast]\nguid = 'x'\n[[chapters]]\nstart = '00:00'\ntitle = \"It's\"\n+++\nN\n";
    let json = "{\n  \"title\": \"A \\u00e9 {\",\n  \"file\": \"1.mp3\",\n  \"chapters\": [{\"start\": \"00:00\", \"title\": \"B\"}]\n}\n\nN\n";
    let crlf = toml.replace('\n', "\r\n");
    let text = |post: &str| of("", &[("a.md", post)]).unwrap().episodes[0].text.clone();
    insta::assert_snapshot!(text(toml), @r#"
    ---
    chapters: [{start: "00:00", title: "It's"}]
    date: 2024-07-01T07:00:00+02:00
    file: "1.mp3"
    podcast: {guid: "x"}
    title: "A"
    ---
    N
    "#);
    insta::assert_snapshot!(text(json), @r#"
    ---
    chapters: [{"start":"00:00","title":"B"}]
    file: "1.mp3"
    title: "A é {"
    ---

    N
    "#);
    assert_eq!(text(&crlf).replace("\r\n", "\n"), text(toml));
    for post in [toml, json] {
        let episode = Episode::parse(Source::new("a.md", text(post))).unwrap();
        assert!(episode.chapters.value().is_some() && is_sound(&episode), "{}", text(post));
    }
    // What is broken may be an episode.
    for broken in ["+++\ntitle = A\n+++\nN\n", "{ \"title\": \"A\n", "+++\ntitle = 'A'\n"] {
        let import = of("", &[("a.md", toml), ("b.md", broken)]).unwrap();
        assert!(import.report.text().contains("could not be read, such as b.md"), "{broken}");
    }
    let liquid = of("", &[("a.md", toml), ("b.md", "{% include a %}\n{{ b }}\n")]).unwrap();
    assert!(liquid.report.text().contains("1 file names no audio"));
}

/// What each episode names: its audio here, the address of it, and its length.
fn named(posts: &[(&str, &str)]) -> (Vec<String>, String) {
    let posts: Vec<(String, String)> = posts
        .iter()
        .map(|(path, keys)| ((*path).to_owned(), format!("---\ntitle: A\n{keys}\n---\nN\n")))
        .collect();
    let posts: Vec<(&str, &str)> =
        posts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let import = of("url: https://a.example\n", &posts).unwrap();
    let named = import.episodes.iter().map(|file| {
        let episode = Episode::parse(Source::new(file.path.as_str(), file.text.as_str()));
        let episode = episode.unwrap_or_else(|error| panic!("{error}: {}", file.text));
        assert!(episode.enclosure.malformed().is_none(), "{}", file.text);
        let file = episode.file.value().map_or("-", |name| name.as_str()).to_owned();
        let enclosure = episode.enclosure.value().map_or("-", String::as_str);
        let size = episode.size.value().map_or_else(String::new, |size| format!(" {size}"));
        let draft = if episode.is_draft() { " draft" } else { "" };
        format!("{file} {enclosure}{size}{draft}")
    });
    (named.collect(), import.report.file("T"))
}

#[test]
fn no_two_addresses_become_one_file() {
    let (named, report) = named(&[
        ("_posts/a.md", "audio_url: https://a.example/1/audio.mp3"),
        ("_posts/b.md", "audio_url: https://a.example/2/audio.mp3"),
        ("_posts/c.md", "mp3: https://a.example/3/audio.mp3"),
        ("_posts/d.md", "mp3: /4/Audio.mp3"),
        ("_posts/e.md", "podcast_url: https://a.example/1/audio.mp3"),
    ]);
    assert_eq!(
        named,
        [
            "audio.mp3 https://a.example/1/audio.mp3",
            "audio-b.mp3 https://a.example/2/audio.mp3",
            "audio-c.mp3 https://a.example/3/audio.mp3",
            "Audio-d.mp3 -",
            "audio.mp3 https://a.example/1/audio.mp3",
        ]
    );
    assert!(report.contains("_posts/d.md: audio of one name at several addresses"), "{report}");
    assert!(report.contains("/4/Audio.mp3, here Audio-d.mp3"), "{report}");
}

/// The address of each episode's audio, with `config`; and the settings and the report.
fn addresses(config: &str, keys: &[&str]) -> (Vec<String>, String, String) {
    let posts: Vec<Source> = keys
        .iter()
        .enumerate()
        .map(|(at, keys)| {
            Source::new(format!("content/{at}x.md"), format!("---\ntitle: A\n{keys}\n---\nN\n"))
        })
        .collect();
    let import =
        of_folder(Some(&Source::new("config.yml", config)), &posts, &[], &Options::default())
            .unwrap();
    let settings = Settings::parse(&Source::new(FILE, import.settings.as_str())).unwrap();
    let address = |file: &EpisodeFile| {
        let episode = Episode::parse(Source::new(file.path.as_str(), file.text.as_str())).unwrap();
        let place = enclosure::place(&settings, &episode);
        place.map_or_else(|| file.text.clone(), |place| format!("{} {}", place.url, place.name))
    };
    let found = import.episodes.iter().map(address).collect();
    (found, import.settings.clone(), import.report.file("T"))
}

#[test]
fn audio_at_a_host_s_server_stays_there() {
    let config = "baseURL: https://quay.example/\nparams: {media_prefix: 'http://traffic.libsyn.com/quay/'}\n";
    let keys =
        ["podcast_file: q1.mp3", "podcast_file: 2016/q 2.mp3", "podcast_file: q3.mp3\ndraft: true"];
    let (found, settings, report) = addresses(config, &keys);
    assert_eq!(
        found,
        [
            "http://traffic.libsyn.com/quay/q1.mp3 q1.mp3",
            "http://traffic.libsyn.com/quay/2016/q%202.mp3 q-2.mp3",
            "https://quay.example/media/q3.mp3 q3.mp3",
        ]
    );
    assert!(!settings.contains("libsyn"), "{settings}");
    assert!(
        report.contains(
            "another server, as `enclosure` says; what is new goes to the target: http://traffic"
        ),
        "{report}"
    );
}

#[test]
fn the_folder_of_audio_stays_in_its_address() {
    let config = |prefix: &str| format!("baseURL: https://quay.example/\nmedia_prefix: {prefix}\n");
    let keys = ["podcast_file: /episodios/one.mp3", "podcast_file: two.mp3"];
    let (found, settings, _) = addresses(&config("https://media.quay.example"), &keys);
    assert_eq!(
        found,
        [
            "https://media.quay.example/episodios/one.mp3 episodios/one.mp3",
            "https://media.quay.example/two.mp3 two.mp3",
        ]
    );
    assert!(settings.contains("url = \"https://media.quay.example\""), "{settings}");
    // A name may be no folder's, but the start of the files'.
    let (found, ..) = addresses(&config("https://media.quay.example/ep-"), &keys[1..]);
    assert_eq!(found, ["https://media.quay.example/ep-two.mp3 two.mp3"]);
    let (_, _, report) = addresses("title: A\n", &keys);
    assert!(report.contains("0x.md: where its audio stood is not known"), "{report}");
    assert!(!report.contains("1x.md: where its audio"), "{report}");
    let (_, settings, report) = addresses(&config("/media/"), &["podcast_file: two.mp3"]);
    assert!(
        report.contains("is no address: write `media.url`, or `enclosure`: /media/"),
        "{report}"
    );
    assert!(!settings.contains("[media]"), "{settings}");
}

#[test]
fn what_names_audio_in_a_way_of_its_own_is_made_to_fit() {
    let (named, report) = named(&[
        ("content/a.md", "file: https://a.example/x/1.mp3"),
        ("content/b.md", "mp3: Podcast-8-vom-wünschen.mp3"),
        ("content/c.md", "podcast_link: https://x.example/micrófono/3.mp3"),
        ("content/d.md", "audio_file_path: https://a.example/4.mp3\naudio_file_size: 17658812"),
        ("content/e.md", "file: 5 b.mp3\nfilesize: 12 MB"),
    ]);
    assert_eq!(
        named,
        [
            "1.mp3 https://a.example/x/1.mp3",
            "Podcast-8-vom-w-nschen.mp3 -",
            "3.mp3 https://x.example/micr%C3%B3fono/3.mp3",
            "4.mp3 https://a.example/4.mp3 17658812",
            "5-b.mp3 -",
        ]
    );
    assert!(report.contains("call the MP3 as `file` does now: 5 b.mp3, here 5-b.mp3"), "{report}");
    assert!(!report.contains("names no MP3"), "{report}");
}

#[test]
fn what_means_to_name_audio_is_an_episode() {
    let (named, report) = named(&[
        ("content/a.md", "file: [1.mp3]"),
        ("content/b.md", "file:"),
        ("content/c.md", "file: 3.m4a"),
        ("content/d.md", "file:\naudio_url: https://a.example/4.mp3"),
        ("content/e.md", "file: https://a.example/mun"),
        ("content/f.md", "episode: {file: 6.mp3, type: trailer}"),
        ("content/g.md", "filepath: files/7.mp3"),
    ]);
    assert_eq!(
        named,
        [
            "- -",
            "- -",
            "- -",
            "4.mp3 https://a.example/4.mp3",
            "e.mp3 https://a.example/mun",
            "6.mp3 -",
            "7.mp3 -",
        ]
    );
    for file in ["a.md: what names", "c.md: what names"] {
        assert!(report.contains(file), "{file}: {report}");
    }
}

#[test]
fn audio_may_be_named_in_camel_case_or_in_a_mapping() {
    let (named, _) = named(&[
        ("content/a.md", "podcastFile: 1.mp3\npodcastBytes: 7"),
        ("content/b.md", "fileName: https://a.example/2.mp3"),
        ("content/c.md", "audio: {url: 'https://a.example/right/3.mp3', size: 34730371}"),
        ("content/d.md", "audio: {file: 4.mp3}"),
        ("content/e.md", "mp3: {asset_link: 'https://a.example/5.mp3', length: 5}"),
    ]);
    assert_eq!(
        named,
        [
            "1.mp3 - 7",
            "2.mp3 https://a.example/2.mp3",
            "3.mp3 https://a.example/right/3.mp3 34730371",
            "4.mp3 -",
            "5.mp3 https://a.example/5.mp3 5",
        ]
    );
}

#[test]
fn dates_that_onair_does_not_read_are_written_anew() {
    let posts = [
        (
            "_posts/2018-03-09-a.md",
            "---\nfile: 1.mp3\ndate: Fri, 09 Mar 2018 13:55:01 +0000\n---\n",
        ),
        ("_posts/2016-11-10-b.md", "---\nfile: 2.mp3\ndate: 2016-11-10 00:00:00 +0900\n---\n"),
        ("_posts/2017-08-13-c.md", "---\nfile: 3.mp3\ndatum: August 14th 2017\n---\n"),
        ("content/d.md", "---\nfile: 4.mp3\npublishDate: Mar 5, 2016\n---\n"),
        ("content/e.md", "---\nfile: 5.mp3\ndate: 2016/03/07\n---\n"),
        ("content/f.md", "---\nfile: 6.mp3\ndate: August 13th 2017\n---\n"),
        ("_posts/2016-3-29-g.md", "---\nfile: 7.mp3\n---\n"),
        ("content/h.md", "---\nfile: 8.mp3\ndate: some day\n---\n"),
        ("episodes/2016-03-30.md", "---\nfile: 9.mp3\n---\n"),
    ];
    let import = of("url: https://a.example\n", &posts).unwrap();
    let dates: Vec<String> = published(&import.episodes)
        .iter()
        .map(|episode| date_of(episode).map_or("-".to_owned(), |date| date.written()))
        .collect();
    assert_eq!(
        dates,
        [
            "2018-03-09 13:55:01 +0000",
            "2016-11-10 00:00:00 +0900",
            "2017-08-13 00:00:00",
            "2016-03-05 00:00:00",
            "2016-03-07 00:00:00",
            "2017-08-13 00:00:00",
            "2016-03-29 00:00:00",
            "-",
            "2016-03-30 00:00:00",
        ]
    );
    assert!(
        import.settings.contains("after = \"2018-03-09 13:55:01 +0000\""),
        "{}",
        import.settings
    );
    let report = import.report.file("T");
    assert!(report.contains("14th 2017 is 2017-08-13 now"), "{report}");
    assert!(import.episodes[6].text.contains("/2016/03/29/g.html"), "{}", import.episodes[6].text);
}

#[test]
fn files_of_one_name_get_a_letter() {
    let posts = [
        ("content/2016/09/news.md", "---\nfile: 1.mp3\n---\n"),
        ("content/2017/02/news.md", "---\nfile: 2.mp3\n---\n"),
        ("content/2017/03/¿.md", "---\nfile: 3.mp3\n---\n"),
    ];
    let import = of("", &posts).unwrap();
    let paths: Vec<&str> = import.episodes.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["episodes/news.md", "episodes/news-b.md", "episodes/episode.md"]);
    assert!(import.report.file("T").contains("2017/02/news.md: names that several"));
}

#[test]
fn guests_that_nobody_is_are_not_left_out() {
    let guests = |list: &str| {
        let text = format!("---\npodcast_file: 1.mp3\nguests: {list}\n---\n");
        let import = of("", &[("a.md", text.as_str())]).unwrap();
        import.report.file("T").contains("guests by ids")
    };
    assert!(!guests("[]") && guests("[alice]"));
}

#[test]
fn what_is_no_markdown_is_told_where_it_is_an_episode() {
    let posts = [
        ("_posts/2018-04-08-one.md", "---\nfile: 1.mp3\n---\n"),
        (
            "_posts/2018-04-09-two.html",
            "---\npodcast_link: https://a.example/2.mp3\n---\n<p>N</p>\n",
        ),
        ("index.html", "---\nlayout: list\n---\n"),
        ("broken.njk", "---\n{% a %}\n---\n"),
    ];
    let report = of("", &posts).unwrap().report.file("T");
    assert!(
        report.contains(
            "1 episode in other formats than Markdown, such as _posts/2018-04-09-two.html"
        ),
        "{report}"
    );
    assert!(report.contains("two.html: episodes that are no Markdown"), "{report}");
    assert!(!report.contains("names no audio and is"), "{report}");
    let reason = of("", &posts[1..]).unwrap_err().reason;
    assert!(
        reason.ends_with("such as _posts/2018-04-09-two.html, which is no Markdown"),
        "{reason}"
    );
}

#[test]
fn audio_is_found_wherever_posts_name_it() {
    let (named, report) = named(&[
        ("_posts/a.md", "enclosure: https://a.example/1.mp3"),
        ("_posts/b.md", "enclosure:\n  url: https://a.example/2.mp3\n  length: 55"),
        ("content/c.md", "extra: {audio: 'https://a.example/3.mp3'}"),
        ("content/d.md", "itunes: {enclosure: 'https://a.example/4.mp3'}"),
        // Bytes, not seconds.
        ("content/e.md", "audio_url: https://a.example/5.mp3\nlength: 12345"),
        ("content/f.md", "extra: {picture: a.png}"),
        ("content/g.md", "audio_url: /assets/6.mp3"),
        ("content/h.md", "enclosure: https://a.example/play/7"),
        ("content/i.md", "podcast_url: https://a.example/page"),
    ]);
    assert_eq!(
        named,
        [
            "1.mp3 https://a.example/1.mp3",
            "2.mp3 https://a.example/2.mp3 55",
            "3.mp3 https://a.example/3.mp3",
            "4.mp3 https://a.example/4.mp3",
            "5.mp3 https://a.example/5.mp3 12345",
            "6.mp3 -",
            "h.mp3 https://a.example/play/7",
        ]
    );
    assert!(report.contains("content/f.md: names no audio"), "{report}");
    let import = of("", &[("a.md", "---\naudio_url: /5.mp3\nlength: 12345\n---\n")]).unwrap();
    assert!(!import.episodes[0].text.contains("duration"), "{}", import.episodes[0].text);
}

#[test]
fn a_key_that_stands_there_gets_another_value() {
    let (named, _) = named(&[
        ("_drafts/a.md", "file: 1.mp3\ndraft: false # not yet"),
        ("_posts/b.md", "enclosure: https://a.example/2.mp3\npodcast_url: https://a.example/b.mp3"),
        ("_posts/c.md", "enclosure:\naudio_url: https://a.example/3.mp3"),
        ("_posts/2022-02-03-d.md", "file: 4.mp3\ndate:"),
    ]);
    assert_eq!(
        named,
        [
            "1.mp3 - draft",
            "2.mp3 https://a.example/2.mp3",
            "3.mp3 https://a.example/3.mp3",
            "4.mp3 -",
        ]
    );
    let text = |path: &str, keys: &str| {
        let text = format!("---\ntitle: A\n{keys}\n---\nN\n");
        let import = of("", &[("_posts/2022-01-01-a.md", POST), (path, &text)]).unwrap();
        (import.episodes.last().unwrap().text.clone(), import.report.text())
    };
    let (dated, _) = text("_posts/2022-02-03-d.md", "file: 4.mp3\ndate:");
    assert!(dated.contains("\ndate: 2022-02-03\n"), "{dated}");
    // What cannot be changed is left to the host.
    let (_, report) = text("_drafts/e.md", "file: 5.mp3\ndraft: [a]");
    assert!(report.contains("1 file could not be read, such as _drafts/e.md"), "{report}");
}

#[test]
fn an_old_page_leads_on_or_is_asked_for() {
    let posts = [
        ("_posts/2022-02-03-a.md", "---\nfile: 1.mp3\npermalink: /p/:year/:title/\n---\n"),
        ("_posts/2022-02-04-b.md", "---\nfile: 2.mp3\npermalink: /old/b/\n---\n"),
        ("_episodes/c.md", "---\nfile: 3.mp3\n---\n"),
        ("content/episodes/d.md", "---\nfile: 4.mp3\naliases: [/d/]\n---\n"),
        ("content/episodes/e.md", "---\nfile: 5.mp3\ndraft: true\n---\n"),
    ];
    let import = of("url: https://a.example\n", &posts).unwrap();
    let text = |name: &str| &import.episodes.iter().find(|it| it.path.contains(name)).unwrap().text;
    assert!(text("03-a.md").contains("\naliases: [\"/p/2022/a/\"]\n"), "{}", text("03-a.md"));
    assert!(!text("04-b.md").contains("aliases"));
    let report = import.report.file("T");
    let asked: Vec<&str> = report.lines().filter(|line| line.contains("old page")).collect();
    assert_eq!(
        asked,
        ["- _episodes/c.md: where an old page stood is not known: write it into `aliases`"]
    );
}

#[test]
fn pictures_of_one_name_in_two_folders_stay_two() {
    let post =
        |file: &str| format!("---\ntitle: A\nfile: {file}\nimage: cover.jpg\n---\n![](pic.png)\n");
    let (one, two, three) = (post("1.mp3"), post("2.mp3"), post("3.mp3"));
    let posts = [("content/a/a.md", &*one), ("content/a/b.md", &*two), ("content/c/c.md", &*three)];
    let paths: Vec<String> =
        of("", &posts).unwrap().episodes.into_iter().map(|file| file.path).collect();
    assert_eq!(paths, ["episodes/a.md", "episodes/b.md", "episodes/c/index.md"]);
}

#[test]
fn what_a_folder_leaves_open_is_asked_for_as_of_a_feed() {
    let config =
        "title: T\nurl: https://a.example\nlang: Dothraki\nexplicit: 1\ntimezone: Mars/Base\n";
    let of_guid = "---\ntitle: B\nfile: 2.mp3\nguid: x\ndate: 2099-01-03 10:00:00 +0100\n---\n";
    let posts = [
        Source::new(
            "content/a.md",
            "---\ntitle: A\naudio_url: https://b.example/1.mp3\nguid: x\n---\n",
        ),
        Source::new("content/b.md", of_guid),
    ];
    let now = Some("2024-06-01T00:00:00Z".parse().unwrap());
    let options = Options { now, ..Options::default() };
    let config = Source::new("_config.yml", config);
    let report = of_folder(Some(&config), &posts, &[], &options).unwrap().report.file("T");
    for said in [
        "no code that directories know: `Dothraki`",
        "`explicit` of \\_config.yml is neither yes nor no: `1`",
        "the time zone of \\_config.yml is none that is known: Mars/Base",
        "1 episode has no date that can be read, such as “A”",
        "a date to come, such as “B” (2099-01-03 10:00:00 +0100)",
        "1 guid is shared by episodes that differ, such as `x`",
        "the feed will stand at https://a.example/podcasts/feed.xml",
        "put the MP3s that the other episodes name into audio/",
        "the audio of 1 episode stays at the address",
    ] {
        assert!(report.contains(&said.replace("\\_", "_")), "{said}: {report}");
    }
}

#[test]
fn a_file_that_is_no_text_keeps_no_other_back() {
    let unread = [("_posts/b.md".to_owned(), "it is not UTF-8".to_owned())];
    let posts = [Source::new("_posts/2022-01-01-a.md", POST)];
    let import = of_folder(None, &posts, &unread, &Options::default()).unwrap();
    assert_eq!(import.episodes.len(), 1);
    let report = import.report.file("T");
    assert!(report.contains("1 file could not be read, such as _posts/b.md"), "{report}");
    assert!(report.contains("_posts/b.md: files that cannot be read: it is not UTF-8"), "{report}");
}

#[test]
fn settings_that_cannot_be_are_refused() {
    assert!(of("a: !secret x", &[("episodes/a.md", POST)]).unwrap_err().reason.contains("!secret"));
    assert!(of("title: A", &[]).unwrap_err().reason.contains("no file in this folder"));
    assert!(
        of("", &[("episodes/a.md", POST)]).unwrap().settings.contains("https://your-site.invalid")
    );
}

#[test]
fn what_is_written_as_html_in_settings_is_published_as_text() {
    let config = "title: Salt &amp; Rope\npodcast_author: A &amp; B\npodcast_category: Kids &amp; Family\nurl: https://quay.example\n";
    let settings = of(config, &[("_posts/2020-01-05-a.md", POST)]).unwrap().settings;
    for written in ["title = \"Salt & Rope\"", "author = \"A & B\"", "Kids & Family"] {
        assert!(settings.contains(written), "{written}: {settings}");
    }
}
