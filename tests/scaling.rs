//! Every reader of what a stranger may write takes a time that grows as its input does.
//!
//! Twice as much may take 2.6 times as long, in the processor's time, the best of several: a busy machine
//! changes little of it. Up to 10 MB, one doubling may be more if the one before it was not.
//! `cargo test --release --test scaling -- --ignored --nocapture` goes up to 10 MB, and says what each case
//! took; `ONAIR_CASES` is a part of the names, or of the inputs' beginnings, of those that are wanted.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "it says what takes long")]

use std::hint::black_box;
use std::time::Duration;

use onair::audio::tag::{Contents, TagSpec, Version, describe, render};
use onair::audio::testing::{FRAME, ape, id3v1, id3v2_of};
use onair::audio::{Depth, probe_bytes};
use onair::pipeline::fuzz::{apple_answer, http_answer, import_feed, import_folder, template};
use onair::report::{self, Sources};
use onair::rules::picture::{lacks, picture};
use onair::rules::{Finding, notes, registry, text as rules_of_text};
use onair::show::chapters::Format;
use onair::show::settings::{FILE, Settings};
use onair::show::{Episode, Source, html_depth};
use onair::site::TranscriptFile;
use onair::site::extra::Extra;
use onair::store::begun::{manifest_json, read_begun};
use onair::store::record::Record;
use rustix::time::{ClockId, clock_gettime};

const RATIO: f64 = 2.6;

const SETTINGS: &str = "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
    category = \"Arts\"\nartwork = \"a.png\"\n[site]\nurl = \"https://s.example\"\n";

/// What this process has had of a processor: some readers use more than one thread.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap()
}

fn best(times: usize, work: impl Fn()) -> f64 {
    let took = |_| {
        let begun = spent();
        work();
        (spent() - begun).as_secs_f64()
    };
    (0..times).map(took).fold(f64::INFINITY, f64::min)
}

/// A name, how an input of a length is made, and what reads it.
type Case = (&'static str, Box<dyn Fn(usize) -> Vec<u8>>, Box<dyn Fn(&[u8])>);

fn text(name: &'static str, make: impl Fn(usize) -> String + 'static, read: fn(&str)) -> Case {
    let read = move |bytes: &[u8]| read(std::str::from_utf8(bytes).unwrap());
    (name, Box::new(move |length| make(length).into_bytes()), Box::new(read))
}

fn bytes(name: &'static str, make: impl Fn(usize) -> Vec<u8> + 'static, read: fn(&[u8])) -> Case {
    (name, Box::new(make), Box::new(read))
}

/// A head, and behind it the same again and again.
fn filled(head: &'static [u8], unit: &[u8]) -> impl Fn(usize) -> Vec<u8> + 'static {
    let unit = unit.to_vec();
    move |length| [head, &unit.repeat(length / unit.len())].concat()
}

fn repeated(unit: &'static str) -> Box<dyn Fn(usize) -> String> {
    Box::new(move |length| unit.repeat(length / unit.len()))
}

fn numbered(unit: impl Fn(usize) -> String + 'static) -> Box<dyn Fn(usize) -> String> {
    Box::new(move |length| {
        let mut text = String::new();
        for at in 0.. {
            if text.len() >= length {
                break;
            }
            text.push_str(&unit(at));
        }
        text
    })
}

fn after(head: &'static str, rest: Box<dyn Fn(usize) -> String>) -> Box<dyn Fn(usize) -> String> {
    Box::new(move |length| head.to_owned() + &rest(length))
}

fn notes_of(markdown: &str) {
    black_box(onair::site::html::notes(markdown, Some(Duration::from_secs(3600)), &|_| None));
}

/// The whole of an episode's text: its front matter, its notes, what the rules say of both.
fn episode(text: &str) {
    let settings = Settings::parse(&Source::new(FILE, SETTINGS)).unwrap();
    if let Ok(episode) = Episode::parse(Source::new("episodes/a.md", text)) {
        let mut findings = Vec::new();
        rules_of_text::episode(&settings, &episode, &mut findings);
        notes::episode(&settings, &episode, &mut findings);
        black_box(onair::show::notes::pictures(&episode.source.text, &episode.notes));
        reported(&episode.source, &findings);
    }
}

/// All that is said of findings.
fn reported(source: &Source, findings: &[Finding]) {
    let sources = Sources::one(source);
    black_box(report::human::render(findings, &sources, false));
    black_box(report::github::render(findings, &sources));
    black_box(report::json::value("check", findings, &sources));
    black_box(report::sarif::value(findings, &sources));
}

fn chapters(format: Format, text: &str) {
    if let Ok(list) = format.read(text) {
        let list: Vec<_> = list.into_iter().map(|located| located.value).collect();
        black_box(onair::show::chapters::check(&list, Some(Duration::from_secs(60))));
    }
}

fn transcript(path: &str, text: &str) {
    let _ = black_box(TranscriptFile::parse(&Source::new(path, text)));
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for unit in [
        "<div>",
        "<div></div>",
        "<p><b>",
        "<b><p>",
        "<a><div>",
        "<table><tr><td>",
        "<svg><p>",
        "<",
        "<!",
        "- ",
        "> ",
        "*",
        "*a ",
        "a**b",
        "_a ",
        "[",
        "[a](",
        "![",
        "`",
        "` `` ",
        "[^1]: a\n",
        "[^1]",
        "# a\n",
        "00:10 a\n",
        "https://a.b ",
        "a@b.c ",
        "{{",
        "{% ",
        "{:",
        "~~a ",
        "&amp;",
        "\\",
        "| a | b |\n|-|-|\n",
    ] {
        cases.push(text("notes", repeated(unit), notes_of));
        cases.push(text("episode", after("---\ntitle: T\n---\n", repeated(unit)), episode));
    }
    for unit in ["<img src='a.png'>", "<img src='a?b&amp;c'>", "<img ", "<img a=", "<img a='"] {
        cases.push(text("pictures", after("---\ntitle: T\n---\n<div>", repeated(unit)), episode));
    }
    let picture = |at| format!("<img src='{at}.png'>\n");
    cases.push(text("pictures", after("---\n---\n<div>", numbered(picture)), episode));
    cases.push(text(
        "pictures",
        after("---\n---\n", numbered(|at| format!("![]({at}.png)"))),
        episode,
    ));
    let enclosed = |length: usize| "![".repeat(length / 8) + &"](a.png)".repeat(length / 8);
    cases.push(text("pictures", after("---\n---\n", Box::new(enclosed)), episode));
    let enclosed = |length: usize| "![".repeat(length / 8) + &"][r]".repeat(length / 8);
    cases.push(text("pictures", after("---\n---\n[r]: a.png\n\n", Box::new(enclosed)), episode));
    cases.push(text("attributes", after("<a ", numbered(|at| format!("x{at}=1 "))), notes_of));
    cases.push(text("footnotes", numbered(|at| format!("[^{at}]\n\n[^{at}]: x\n\n")), notes_of));
    cases.push(text("references", numbered(|at| format!("[r{at}]\n\n[r{at}]: /u\n\n")), notes_of));
    for unit in ["<div>", "<b>", "</", "<!--", "<a x='", "<table><td></div>"] {
        cases.push(text("depth", repeated(unit), |text| {
            black_box(html_depth::is_too_deep(text));
        }));
    }
    let clock = |at: usize| format!("{:02}:{:02}:{:02}", at / 3600, at / 60 % 60, at % 60);
    cases.push(text("lines", numbered(move |at| format!("{} T\n", clock(at))), |text| {
        chapters(Format::Text, text);
    }));
    cases
        .push(text("the same time", repeated("00:00:01 T\n"), |text| chapters(Format::Text, text)));
    cases.push(text("labels", numbered(|at| format!("{at}.0\t{at}.5\tT\n")), |text| {
        chapters(Format::Text, text);
    }));
    cases.push(text(
        "JSON",
        after(
            "{\"version\":\"1.2.0\",\"chapters\":[{\"startTime\":0,\"title\":\"A\"}",
            numbered(|at| format!(",{{\"startTime\":{at},\"title\":\"T\"}}")),
        ),
        |text| chapters(Format::Json, &format!("{text}]}}")),
    ));
    cases.push(text("nested JSON", repeated("["), |text| chapters(Format::Json, text)));
    cases.push(text(
        "Podlove",
        after("<psc:chapters>", repeated("<psc:chapter start='1' title='a'/>")),
        |text| {
            chapters(Format::Psc, &format!("{text}</psc:chapters>"));
        },
    ));
    let cue = |at: usize| {
        format!(
            "{:02}:{:02}.000 --> {:02}:{:02}.900\n<v N{at}>T\n\n",
            at / 60,
            at % 60,
            at / 60,
            at % 60
        )
    };
    cases.push(text("chapters as WebVTT", after("WEBVTT\n\n", numbered(cue)), |text| {
        chapters(Format::WebVtt, text);
    }));
    let ffmpeg = |at| format!("[CHAPTER]\nTIMEBASE=1/1000\nSTART={at}\nEND={at}\ntitle=T\n");
    cases.push(text("ffmpeg", after(";FFMETADATA1\n", numbered(ffmpeg)), |text| {
        chapters(Format::Text, text);
    }));
    let matroska = |at| format!("CHAPTER{at:02}=00:00:01.000\nCHAPTER{at:02}NAME=T\n");
    cases.push(text("Matroska", numbered(matroska), |text| chapters(Format::Text, text)));
    cases.push(text("chapters in notes", repeated("* 00:00 T\n"), |text| {
        let _ = black_box(onair::show::chapters::in_notes(text, &(0..text.len())));
    }));
    cases.push(text("nested Podlove", repeated("<a>"), |text| chapters(Format::Psc, text)));
    cases
        .push(text("WebVTT", after("WEBVTT\n\n", numbered(cue)), |text| transcript("t.vtt", text)));
    for unit in ["<v A>", "<b>", "a\n", "&"] {
        cases.push(text(
            "a cue",
            after("WEBVTT\n\n00:01.000 --> 00:02.000\n", repeated(unit)),
            |text| {
                transcript("t.vtt", text);
            },
        ));
    }
    cases.push(text("SubRip", repeated("1\n00:00:01,000 --> 00:00:02,000\nA: T\n\n"), |text| {
        transcript("t.srt", text);
    }));
    cases.push(text("nested JSON", repeated("[{\"a\":"), |text| transcript("t.json", text)));
    cases.push(text(
        "segments",
        after(
            "{\"segments\":[{\"start\":0.0,\"end\":1.0,\"text\":\"a\"}",
            repeated(",{\"start\":1.0,\"end\":2.0,\"text\":\"a\"}"),
        ),
        |text| transcript("t.json", &format!("{text}]}}")),
    ));
    for unit in ["<cite>A:</cite><time>0:01</time><p>a</p>", "<div>", "<b><p>", "<p>"] {
        cases.push(text("HTML", repeated(unit), |text| transcript("t.html", text)));
    }
    cases.push(text("plain text", repeated("A: hello\n"), |text| transcript("t.txt", text)));
    let settings = |text: &str| {
        let _ = black_box(Settings::parse(&Source::new(FILE, text)));
    };
    cases.push(text("settings", after(SETTINGS, numbered(|at| format!("k{at} = 1\n"))), settings));
    cases.push(text("nested settings", after("a = ", repeated("[")), settings));
    let head = "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>\
        <channel><title>T</title><description>D</description>";
    let item = |more: &'static str| {
        numbered(move |at| {
            format!(
                "<item><title>T{at}</title><guid>g{at}</guid>{more}\
                 <pubDate>Tue, 03 Feb 2026 06:30:00 +0100</pubDate>\
                 <enclosure url='https://old.example/{at}.mp3' length='9' type='audio/mpeg'/></item>"
            )
        })
    };
    for more in [
        "",
        "<title>again</title><x:y xmlns:x='urn:x'><x:z/></x:y>",
        "<description>&lt;p&gt;A &lt;a href='/b'&gt;b&lt;/a&gt; &amp;amp; c&lt;/p&gt;</description>",
    ] {
        cases.push(text("a feed", after(head, item(more)), |text| {
            import_feed(format!("{text}</channel></rss>").as_bytes());
        }));
    }
    let same = "<item><title>T</title><guid>g</guid>\
        <enclosure url='https://old.example/1.mp3' length='9' type='audio/mpeg'/></item>";
    for unit in
        [same, "<a>", "<item>", "<item><b/>", "<itunes:category text='Arts'>", "&#x", "<![CDATA["]
    {
        cases
            .push(text("a feed", after(head, repeated(unit)), |text| import_feed(text.as_bytes())));
    }
    for (name, unit) in [
        ("an item's paragraphs", "<p>"),
        ("an item's blocks", "<div><b>"),
        ("an item's entities", "&amp;lt;"),
        ("an item's links", "<a href='x'>"),
        ("an item's list", "- a\n"),
        ("an item's times", "00:10 a<br>"),
    ] {
        cases.push(text(name, after(head, repeated(unit)), |text| {
            let head = text.find("<description>D</description>").unwrap_or_default() + 28;
            let (head, notes) = text.split_at(head);
            import_feed(
                format!(
                    "{head}<item><title>T</title><guid>g</guid><description><![CDATA[{notes}]]>\
                     </description><enclosure url='https://old.example/1.mp3' length='9' \
                     type='audio/mpeg'/></item></channel></rss>"
                )
                .as_bytes(),
            );
        }));
    }
    for unit in [
        "{{ page.title }}",
        "{{",
        "{%",
        "{#",
        "{",
        "a",
        "{% if page %}",
        "{% if page %}{% endif %}",
        "{% set a = 1 %}",
        "{% raw %}{{",
        "{% for a in show.links %}{{ a|e }}{% endfor %}",
        "{% include 'row.html' %}",
        "{% macro f() %}{% endmacro %}",
    ] {
        cases.push(text("a template", repeated(unit), template));
    }
    cases.push(text(
        "a generator's file",
        after("---\naudio: a.mp3\n---\n", repeated("a\n")),
        import_folder,
    ));
    cases.push(text("a generator's settings", numbered(|at| format!("a{at}: b\n")), import_folder));
    cases.push(text("nested settings of a generator", after("a: ", repeated("[")), import_folder));
    let extra = |text: &str| {
        let _ = black_box(Extra::parse(text));
    };
    for unit in ["<a>", "<item><guid>a</guid><x/></item>", "<x a='b'/>", "&lt;"] {
        cases.push(text("elements of a feed", after("<channel>", repeated(unit)), extra));
    }
    cases
}

fn tag(bytes: &[u8]) {
    black_box(Contents::read(bytes, bytes));
    black_box(describe(bytes));
    for version in [Version::V23, Version::V24] {
        let spec = TagSpec { version, title: Some("T".to_owned()), ..TagSpec::default() };
        let _ = black_box(render(&spec, bytes));
    }
}

fn probe(bytes: &[u8]) {
    black_box(probe_bytes(bytes, Depth::HashFile));
}

fn record(bytes: &[u8]) {
    let begun = read_begun(bytes);
    if let Ok(record) = Record::from_json(bytes) {
        black_box(record.to_json());
        black_box(manifest_json(Some(&record), &begun));
    }
}

fn looked_at(bytes: &[u8]) {
    black_box(picture(bytes).and_then(|found| lacks(bytes, &found)));
}

/// An ID3v2 tag of these frames, and some audio.
fn tagged(major: u8, flags: u8, unit: Vec<u8>) -> impl Fn(usize) -> Vec<u8> + 'static {
    move |length| {
        let frames = unit.repeat(length / unit.len());
        [id3v2_of(major, flags, &frames), FRAME.stream(10)].concat()
    }
}

fn id3_frame(name: &[u8; 4], size: u8, body: &[u8]) -> Vec<u8> {
    [name.as_slice(), &[0, 0, 0, size, 0, 0], body].concat()
}

/// What is no text.
fn of_bytes() -> Vec<Case> {
    let mut cases = Vec::new();
    let chapter = b"c\0\0\0\0\0\0\0\x03\xe8\xff\xff\xff\xff\xff\xff\xff\xffTIT2\0\0\0\x02\0\0\0I";
    for (name, body) in [
        (b"TIT2", b"\0T".as_slice()),
        (b"TXXX", b"\0a\0b"),
        (b"COMM", b"\0eng\0b"),
        (b"CHAP", chapter),
        (b"CTOC", b"t\0\x03\x01c\0"),
        (b"APIC", b"\0image/png\0\x03\0a"),
        (b"TLEN", b"\x01\xff\xfe1\0"),
    ] {
        let frame = id3_frame(name, u8::try_from(body.len()).unwrap(), body);
        for (major, flags) in [(3, 0), (4, 0), (3, 0x80), (4, 0x80)] {
            let make = tagged(major, flags, frame.clone());
            cases.push(bytes("a tag", make, tag));
            cases.push(bytes("a file with a tag", tagged(major, flags, frame.clone()), probe));
        }
    }
    for unit in [b"TT2\0\0\x02\0T".as_slice(), b"\0", b"\xff\0", b"\xff"] {
        cases.push(bytes("a tag", tagged(2, 0x80, unit.to_vec()), tag));
    }
    let ape_item = b"\x04\0\0\0\0\0\0\0Title\0Rope";
    cases.push(bytes(
        "an APE tag",
        |length| ape(2000, &ape_item.repeat(length / 18), true),
        |it| {
            tag(it);
            probe(it);
        },
    ));
    // Each looks like the beginning, or the end, of something that goes on.
    let frame = FRAME.silence();
    for unit in [
        frame.as_slice(),
        &[frame.as_slice(), b"junk"].concat(),
        &frame[..4],
        &frame[..40],
        b"\xff",
        b"\xff\xfb",
        b"\xff\xfb\x90\x40",
        b"\xff\xfb\x00\x40",
        b"ID3\x03\0\0\0\0\0\0",
        b"ID3\x03\0\0\0\0\x7f\x7f",
        b"ID3",
        b"TAG",
        b"APETAGEX",
        b"LYRICSBEGIN",
        b"LYRICSEND",
        b"000009LYRICS200",
        b"RIFF",
        b"OggS",
        b"\0",
        b"a",
    ] {
        cases.push(bytes("audio", filled(b"", unit), probe));
        cases.push(bytes("audio", filled(&[0; 3], unit), probe));
    }
    let tails = |length: usize| [FRAME.stream(4), id3v1().repeat(length / 128)].concat();
    cases.push(bytes("tags behind audio", tails, probe));
    let tails =
        |length: usize| [FRAME.stream(4), ape(2000, b"", true).repeat(length / 64)].concat();
    cases.push(bytes("tags behind audio", tails, probe));

    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x0b\xb8\0\0\x0b\xb8\x08\x02\0\0\0\0\0\0\0";
    for unit in [b"\0\0\0\0IDAT\0\0\0\0".as_slice(), b"\0\0\0\0tEXt\0\0\0\0", b"\0", b"IEND"] {
        cases.push(bytes("PNG", filled(png, unit), looked_at));
    }
    for unit in [b"\xff\xe0\0\x02".as_slice(), b"\xff", b"\xff\xd8", b"\xff\xda\0\x02", b"\0"] {
        cases.push(bytes("JPEG", filled(b"\xff\xd8", unit), looked_at));
    }
    for unit in [b"VP8X\0\0\0\0".as_slice(), b"ANMF\0\0\0\0", b"\0"] {
        cases.push(bytes("WebP", filled(b"RIFF\0\0\x10\0WEBP", unit), looked_at));
    }

    // An odd number of bytes would come in pieces, and a head is read anew with each; it is short.
    let answer = |it: &[u8]| http_answer(&it[..it.len() & !1]);
    for unit in [b"a: b\r\n".as_slice(), b"Set-Cookie: a=b\r\n", b" folded\r\n", b"a"] {
        cases.push(bytes("headers", filled(b"HTTP/1.1 200 OK\r\n", unit), answer));
    }
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for unit in [b"1\r\na\r\n".as_slice(), b"1;a=b\r\na\r\n", b"0", b"1"] {
        cases.push(bytes("a body in chunks", filled(chunked, unit), answer));
    }
    let apple = b"{\"resultCount\":1,\"results\":[{}";
    for unit in [
        b",{\"kind\":\"podcast-episode\",\"trackId\":1,\"episodeGuid\":\"a\"}".as_slice(),
        b",[",
        b",{\"a\":",
    ] {
        cases.push(bytes("Apple's answer", filled(apple, unit), |it| {
            apple_answer(it);
            apple_answer(&[it, b"]}"].concat());
        }));
    }

    let seed = include_str!("../fuzz/corpus/record/seed-begun");
    let seed: serde_json::Value = serde_json::from_str(seed).unwrap();
    for part in ["episodes", "objects", "begun"] {
        let seed = seed.clone();
        let make = move |length: usize| {
            let mut whole = seed.clone();
            match &mut whole[part] {
                serde_json::Value::Array(list) => {
                    let one = list[0].clone();
                    *list = (0..length / one.to_string().len()).map(|_| one.clone()).collect();
                    list.iter_mut()
                        .enumerate()
                        .for_each(|(at, it)| it["guid"] = at.to_string().into());
                }
                serde_json::Value::Object(map) => {
                    let one = map.values().next().unwrap().clone();
                    let all = 0..length / one.to_string().len();
                    *map = all.map(|at| (format!("a/{at}"), one.clone())).collect();
                }
                other => panic!("{part}: {other}"),
            }
            serde_json::to_vec(&whole).unwrap()
        };
        cases.push(bytes("a record", make, record));
    }
    cases.push(bytes("nested records", filled(b"{\"version\":1,\"a\":", b"["), record));
    cases
}

/// Something to say of every line: a file may be 1 MiB long.
fn of_findings() -> Vec<Case> {
    let said = |text: &str| {
        let source = Source::new("c.txt", text);
        let places = text.match_indices('a').map(|(at, part)| at..at + part.len());
        let finding = |span| Finding::at(&registry::CHAPTERS, &source, span, "no time").found("a");
        reported(&source, &places.map(finding).collect::<Vec<_>>());
    };
    vec![
        text("findings", repeated("00:01 a\n"), said),
        text("findings on one line", repeated("00:01 a "), said),
    ]
}

/// Front matter may be 64 KiB long: its readers are held to less.
fn front_matter() -> Vec<Case> {
    let matter = |text: &str| episode(&format!("---\ntitle: T\n{text}\n---\nNotes.\n"));
    let mut cases: Vec<Case> = vec![
        text("keys", numbered(|at| format!("key{at}: a\n")), matter),
        text("tags", after("tags: [a", numbered(|at| format!(", t{at}"))), |text| {
            episode(&format!("---\ntitle: T\n{text}]\n---\n"));
        }),
        text("guests", after("guests:\n", numbered(|at| format!("  - {{name: A{at}}}\n"))), matter),
    ];
    for unit in ["a: b\n", "# a\n", "x: [", "x:\n - ", "a: &a [x]\n", "x: 'a'\n", "? ", "- "] {
        cases.push(text("YAML", repeated(unit), matter));
    }
    cases
}

/// Threads that look for work take time, too: there are none while this is kept.
fn alone() -> rayon::ThreadPool {
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    alone.build().unwrap()
}

/// Gives how many cases it held.
fn hold(cases: Vec<Case>, first: usize, last: usize, times: usize) -> usize {
    let mut slow = Vec::new();
    let wanted = std::env::var("ONAIR_CASES").unwrap_or_default();
    let mut held = 0;
    for (name, make, read) in cases {
        let start = make(60);
        let start = String::from_utf8_lossy(&start[..start.len().min(40)]).into_owned();
        if !format!("{name} {start}").contains(&wanted) {
            continue;
        }
        held += 1;
        let measure = |length: usize| {
            let input = make(length);
            best(times, || read(&input))
        };
        let lengths: Vec<usize> =
            std::iter::successors(Some(first), |it| Some(it * 2).filter(|&it| it <= last))
                .collect();
        // At one doubling the input outgrows a processor's cache, or what an allocator keeps at hand: where
        // there are more, it is too long if the one before it is, too.
        let doublings = 2.min(lengths.len() - 1);
        let mut took: Vec<f64> = Vec::new();
        for (at, &length) in lengths.iter().enumerate() {
            took.push(measure(length));
            let Some(first) = at.checked_sub(doublings) else { continue };
            // What takes next to no time tells nothing; what was disturbed is looked at again.
            let too_long = |took: &[f64]| {
                took[first..=at].windows(2).all(|pair| pair[1] > pair[0] * RATIO + 0.002)
            };
            for _ in 0..3 {
                if too_long(&took) {
                    took[first] = took[first].max(measure(lengths[first]));
                    took[at] = took[at].min(measure(length));
                }
            }
            if too_long(&took) {
                let took = &took[first..=at];
                slow.push(format!("{name} {start:?}: up to {length} bytes take {took:.3?} s"));
                break;
            }
        }
        println!("{took:.3?} s: {name} {start:?}");
    }
    assert!(slow.is_empty(), "{slow:#?}");
    held
}

#[test]
fn twice_as_much_takes_about_twice_as_long() {
    let _alone = alone();
    let held = [cases(), of_bytes(), of_findings(), front_matter()]
        .map(|cases| hold(cases, 8 * 1024, 16 * 1024, 2));
    assert_ne!(held, [0; 4], "no case has such a name");
}

#[test]
#[ignore = "takes minutes; run it with --release"]
fn up_to_ten_megabytes() {
    let _alone = alone();
    let held = [
        hold(cases(), 640 * 1024, 10 * 1024 * 1024, 2),
        hold(of_bytes(), 640 * 1024, 10 * 1024 * 1024, 2),
        hold(of_findings(), 64 * 1024, 512 * 1024, 1),
        hold(front_matter(), 15 * 1024, 60 * 1024, 3),
    ];
    assert_ne!(held, [0; 4], "no case has such a name");
}
