//! Every reader of what a stranger may write takes a time that grows as its input does.
//!
//! Twice as much may take 2.6 times as long, in the processor's time of one thread, the best of several: a
//! busy machine changes little of it. `cargo test --release --test scaling -- --ignored` goes up to 10 MB.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::hint::black_box;
use std::time::Duration;

use onair::pipeline::fuzz::import_feed;
use onair::rules::picture::{lacks, picture};
use onair::rules::{notes, text};
use onair::show::chapters::Format;
use onair::show::settings::{FILE, Settings};
use onair::show::{Episode, Source, html_depth};
use onair::site::TranscriptFile;
use rustix::time::{ClockId, clock_gettime};

const RATIO: f64 = 2.6;

const SETTINGS: &str = "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
    category = \"Arts\"\nartwork = \"a.png\"\n[site]\nurl = \"https://s.example\"\n";

/// What this thread has had of a processor.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
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

/// A name, how a text of a length is made, and what reads it.
type Case = (&'static str, Box<dyn Fn(usize) -> String>, fn(&str));

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
        text::episode(&settings, &episode, &mut findings);
        notes::episode(&settings, &episode, &mut findings);
        black_box(findings);
    }
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
        cases.push(("notes", repeated(unit), notes_of));
        cases.push(("episode", after("---\ntitle: T\n---\n", repeated(unit)), episode));
    }
    cases.push(("attributes", after("<a ", numbered(|at| format!("x{at}=1 "))), notes_of));
    cases.push(("footnotes", numbered(|at| format!("[^{at}]\n\n[^{at}]: x\n\n")), notes_of));
    cases.push(("references", numbered(|at| format!("[r{at}]\n\n[r{at}]: /u\n\n")), notes_of));
    for unit in ["<div>", "<b>", "</", "<!--", "<a x='", "<table><td></div>"] {
        cases.push(("depth", repeated(unit), |text| {
            black_box(html_depth::is_too_deep(text));
        }));
    }
    let clock = |at: usize| format!("{:02}:{:02}:{:02}", at / 3600, at / 60 % 60, at % 60);
    cases.push(("lines", numbered(move |at| format!("{} T\n", clock(at))), |text| {
        chapters(Format::Text, text);
    }));
    cases.push(("the same time", repeated("00:00:01 T\n"), |text| chapters(Format::Text, text)));
    cases.push(("labels", numbered(|at| format!("{at}.0\t{at}.5\tT\n")), |text| {
        chapters(Format::Text, text);
    }));
    cases.push((
        "JSON",
        after(
            "{\"version\":\"1.2.0\",\"chapters\":[{\"startTime\":0}",
            numbered(|at| format!(",{{\"startTime\":{at},\"title\":\"T\"}}")),
        ),
        |text| chapters(Format::Json, &format!("{text}]}}")),
    ));
    cases.push(("nested JSON", repeated("["), |text| chapters(Format::Json, text)));
    cases.push((
        "Podlove",
        after("<psc:chapters>", repeated("<psc:chapter start='1' title='a'/>")),
        |text| {
            chapters(Format::Psc, &format!("{text}</psc:chapters>"));
        },
    ));
    cases.push(("nested Podlove", repeated("<a>"), |text| chapters(Format::Psc, text)));
    let cue = |at: usize| {
        format!(
            "{:02}:{:02}.000 --> {:02}:{:02}.900\n<v N{at}>T\n\n",
            at / 60,
            at % 60,
            at / 60,
            at % 60
        )
    };
    cases.push(("WebVTT", after("WEBVTT\n\n", numbered(cue)), |text| transcript("t.vtt", text)));
    for unit in ["<v A>", "<b>", "a\n", "&"] {
        cases.push((
            "a cue",
            after("WEBVTT\n\n00:01.000 --> 00:02.000\n", repeated(unit)),
            |text| {
                transcript("t.vtt", text);
            },
        ));
    }
    cases.push(("SubRip", repeated("1\n00:00:01,000 --> 00:00:02,000\nA: T\n\n"), |text| {
        transcript("t.srt", text);
    }));
    cases.push(("nested JSON", repeated("[{\"a\":"), |text| transcript("t.json", text)));
    cases.push((
        "segments",
        after(
            "{\"segments\":[{\"start\":0.0,\"end\":1.0,\"text\":\"a\"}",
            repeated(",{\"start\":1.0,\"end\":2.0,\"text\":\"a\"}"),
        ),
        |text| transcript("t.json", &format!("{text}]}}")),
    ));
    for unit in ["<cite>A:</cite><time>0:01</time><p>a</p>", "<div>", "<b><p>", "<p>"] {
        cases.push(("HTML", repeated(unit), |text| transcript("t.html", text)));
    }
    cases.push(("plain text", repeated("A: hello\n"), |text| transcript("t.txt", text)));
    let settings = |text: &str| {
        let _ = black_box(Settings::parse(&Source::new(FILE, text)));
    };
    cases.push(("settings", after(SETTINGS, numbered(|at| format!("k{at} = 1\n"))), settings));
    cases.push(("nested settings", after("a = ", repeated("[")), settings));
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
        cases.push(("a feed", after(head, item(more)), |text| {
            import_feed(format!("{text}</channel></rss>").as_bytes());
        }));
    }
    let same = "<item><title>T</title><guid>g</guid>\
        <enclosure url='https://old.example/1.mp3' length='9' type='audio/mpeg'/></item>";
    for unit in
        [same, "<a>", "<item>", "<item><b/>", "<itunes:category text='Arts'>", "&#x", "<![CDATA["]
    {
        cases.push(("a feed", after(head, repeated(unit)), |text| import_feed(text.as_bytes())));
    }
    for (name, unit) in [
        ("an item's paragraphs", "<p>"),
        ("an item's blocks", "<div><b>"),
        ("an item's entities", "&amp;lt;"),
        ("an item's links", "<a href='x'>"),
        ("an item's list", "- a\n"),
        ("an item's times", "00:10 a<br>"),
    ] {
        cases.push((name, after(head, repeated(unit)), |text| {
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
    cases.push(("PNG", repeated("\0\0\0\0IDAT\0\0\0\0"), |text| {
        let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x0b\xb8\0\0\x0b\xb8\x08\x02\0\0\0\0\0\0\0";
        let bytes = [head, text.as_bytes()].concat();
        black_box(picture(&bytes).and_then(|found| lacks(&bytes, &found)));
    }));
    cases
}

/// Front matter may be 64 KiB long: its readers are held to less.
fn front_matter() -> Vec<Case> {
    let matter = |text: &str| episode(&format!("---\ntitle: T\n{text}\n---\nNotes.\n"));
    let mut cases: Vec<Case> = vec![
        ("keys", numbered(|at| format!("key{at}: a\n")), matter),
        ("tags", after("tags: [a", numbered(|at| format!(", t{at}"))), |text| {
            episode(&format!("---\ntitle: T\n{text}]\n---\n"));
        }),
        ("guests", after("guests:\n", numbered(|at| format!("  - {{name: A{at}}}\n"))), matter),
    ];
    for unit in ["a: b\n", "# a\n", "x: [", "x:\n - ", "a: &a [x]\n", "x: 'a'\n", "? ", "- "] {
        cases.push(("YAML", repeated(unit), matter));
    }
    cases
}

fn hold(cases: Vec<Case>, first: usize, last: usize, times: usize) {
    // Work that others could take over stays in this thread, whose time is measured.
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    let _alone = alone.ok();
    let mut slow = Vec::new();
    for (name, make, read) in cases {
        let mut length = first;
        let measure = |length: usize| {
            let text = make(length);
            best(times, || read(&text))
        };
        let mut before = measure(length);
        while length < last {
            length *= 2;
            let mut now = measure(length);
            // What takes next to no time tells nothing; what was disturbed is looked at again.
            for _ in 0..3 {
                if now > before * RATIO + 0.002 {
                    before = before.max(measure(length / 2));
                    now = now.min(measure(length));
                }
            }
            if now > before * RATIO + 0.002 {
                let start: String = make(60).chars().take(40).collect();
                slow.push(format!(
                    "{name} {start:?}: {length} bytes take {now:.3} s, half {before:.3} s"
                ));
                break;
            }
            before = now;
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}

#[test]
fn twice_as_much_takes_about_twice_as_long() {
    hold(cases(), 8 * 1024, 16 * 1024, 2);
    hold(front_matter(), 8 * 1024, 16 * 1024, 2);
}

#[test]
#[ignore = "takes minutes; run it with --release"]
fn up_to_ten_megabytes() {
    hold(cases(), 640 * 1024, 10 * 1024 * 1024, 2);
    hold(front_matter(), 15 * 1024, 60 * 1024, 3);
}
