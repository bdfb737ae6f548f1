use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::model::chapter::clock;
use crate::show::Source;

/// What was read, as `line:column time title <url> (image)`, or what is wrong.
fn shown(text: &str, read: Read) -> String {
    let source = Source::new("a", text);
    let place = |span: &Span| {
        assert!(text.get(span.clone()).is_some(), "{span:?} is no place in the text");
        let (line, column) = source.line_column(span.start);
        format!("{line}:{column}")
    };
    match read {
        Ok(chapters) => chapters
            .iter()
            .map(|Located { value, span }| {
                let url = value.url.as_ref().map(|url| format!(" <{url}>")).unwrap_or_default();
                let image =
                    value.image.as_ref().map(|path| format!(" ({path})")).unwrap_or_default();
                format!("{} {} {}{url}{image}\n", place(span), clock(value.start), value.title)
            })
            .collect(),
        Err(faults) => faults
            .iter()
            .map(|fault| {
                format!("{} {}; expected: {}\n", place(&fault.span), fault.reason, fault.expected)
            })
            .collect(),
    }
}

fn notes(text: &str) -> String {
    shown(text, in_notes(text, &(0..text.len())))
}

fn file(format: Format, text: &str) -> String {
    shown(text, format.read(text))
}

fn list(text: &str) -> String {
    let matter = crate::show::frontmatter::parse(text).unwrap();
    let field = matter.fields.iter().find(|field| field.key == "chapters").unwrap();
    shown(text, in_front_matter(&field.value(), text, &field.span()))
}

#[test]
fn notes_have_chapters_in_many_ways() {
    let text = r#"
## Liens

Avant les chapitres : [un lien](https://example.org/) et 10:30 au milieu.

- 02'15" - [Le premier](https://example.org/a_b)
- 02'51" - Avec un nom [lié
  à ceci](https://example.org/b/
)
- 03’30” – Guillemets *typographiques*
* 05′10″ : **gras** et `code`
+ (1:02:15) entre parenthèses [ici](/local) puis [là](HTTP://example.org/c)
1. [1:03:00] numéroté
- **1:04:00** Titre gras
- [1:05:00](https://example.org/t=1) Le temps est un lien

01:06:00 une ligne
01:07:00 l'autre \
01:08:00 et encore<br>01:09:00 la dernière

- 15 minutes sans chapitre
- 1:02 a.m.
- 2h de marche
- [un lien](https://example.org/) sans temps

<!--
- 01:00 caché
-->

    01:00 du code
"#;
    assert_snapshot!(notes(text), @"
    6:1 02:15 Le premier <https://example.org/a_b>
    7:1 02:51 Avec un nom lié à ceci <https://example.org/b/>
    10:1 03:30 Guillemets typographiques
    11:1 05:10 gras et code
    12:1 1:02:15 entre parenthèses ici puis là <HTTP://example.org/c>
    13:1 1:03:00 numéroté
    14:1 1:04:00 Titre gras
    15:1 1:05:00 Le temps est un lien <https://example.org/t=1>
    17:1 1:06:00 une ligne
    18:1 1:07:00 l'autre
    19:1 1:08:00 et encore
    19:1 1:09:00 la dernière
    22:1 01:02 a.m.
    ");
}

#[test]
fn faults_in_notes_have_their_line() {
    assert_snapshot!(notes("
- 02:75 - trop
- 02'15\" -
- 03'00\" - [pas fermé](https://example.org/
- 04:00 bien
- 1:2 court
"), @"
2:1 `75` in `02:75`: minutes and seconds go to 59; expected: a time and a title, as in - 02:15 - [title](https://…)
3:1 the chapter has no title; expected: a time and a title, as in - 02:15 - [title](https://…)
4:1 the link is not closed; expected: [title](https://…), with both brackets
6:1 `2` in `1:2` has not two digits; expected: a time and a title, as in - 02:15 - [title](https://…)
");
}

#[test]
fn notes_stand_somewhere_in_their_file() {
    let text = "---\r\ntitle: é\r\n---\r\n\r\n- 00:10 Où ça\r\n- 00:99 Là\r\n";
    let from = text.rfind("---\r\n").unwrap() + 5;
    assert_snapshot!(shown(text, in_notes(text, &(from..text.len()))), @"6:1 `99` in `00:99`: minutes and seconds go to 59; expected: a time and a title, as in - 02:15 - [title](https://…)");
}

#[test]
fn a_list_in_the_front_matter() {
    let text = "---
title: T
chapters:
  - start: \"00:00\"
    title: Début
  - {start: 95, title: 1984, url: https://example.org/, image: /img/a.png}
  - title: Fin
    start: 1:02:15.5
    image: https://example.org/a.jpg
file: a.mp3
---
";
    assert_snapshot!(list(text), @"
    4:5 00:00 Début
    6:5 01:35 1984 <https://example.org/> (img/a.png)
    7:5 1:02:15.500 Fin (https://example.org/a.jpg)
    ");
    assert_snapshot!(list("---\nchapters: [{start: 1'02\", title: É}, {start: 2'00, title: b}]\n---\n"), @"
    2:12 01:02 É
    2:38 02:00 b
    ");
}

#[test]
fn faults_of_a_list_have_their_line() {
    let text = "---
title: é
chapters:
- start: soon
  title: A
- title: B
- start: 1
- start: 2
  titel: C
- just text
- start: 3
  title: D
  url: javascript:alert(1)
- start: 4
  title: E
  image: ../../etc/passwd
- start: 5
  title: [F]
---
";
    assert_snapshot!(list(text), @r#"
    4:3 `soon` is not a time; expected: a time as in 02:15, 1:02:15 or 02'15"
    6:3 the chapter has no `start`; expected: a time as in 02:15, 1:02:15 or 02'15"
    7:3 the chapter has no title; expected: a title for every chapter
    8:3 a chapter has no `titel`; expected: a mapping with `start` and `title`, and `url` and `image` if you like
    10:3 `just text` does not begin with a time; expected: a time and a title, as in 00:02:15.500 Title <https://…>
    11:3 `javascript:alert(1)` is not a web address; expected: an address that begins with https:// or http://
    14:3 `../../etc/passwd` is not a picture that can be published; expected: the path of a JPEG or PNG in the show's folder, or its address, as in https://…
    17:3 `title` is not text; expected: a mapping with `start` and `title`, and `url` and `image` if you like
    "#);
}

#[test]
fn podcasting_2_0_json() {
    let text = r#"{
  "version": "1.2.0", "title": "chapters", "x": [{"startTime": 9}],
  "chapters": [
    {"startTime": 0, "title": "Début \"é\" {["},
    {"startTime": 95.1234, "title": "Image", "img": "https://example.org/a.jpg", "url": "https://example.org/"},
    {"startTime": 100, "title": "Caché", "toc": false},
    {"startTime": 1e3, "title": "Fin", "url": "", "img": null, "endTime": 1200}
  ]
}"#;
    assert_snapshot!(file(Format::Json, text), @r#"
    4:5 00:00 Début "é" {[
    5:5 01:35.123 Image <https://example.org/> (https://example.org/a.jpg)
    6:5 01:40 Caché
    7:5 16:40 Fin
    "#);
}

#[test]
fn faults_of_json_have_their_line() {
    assert_snapshot!(file(Format::Json, "{\n\"chapters\": [\n{\"startTime\": \"1\"},\n{\"startTime\": -1, \"title\": \"é\"},\n{\"startTime\": 1}, {\"startTime\": 2, \"title\": \"x\", \"url\": 3}\n]}"), @r#"
    3:1 the chapter has no title; expected: a title for every chapter
    4:1 -1 is not a time in seconds; expected: seconds, as in 135.5
    5:1 the chapter has no title; expected: a title for every chapter
    5:19 `url` is not text; expected: {"version": "1.2.0", "chapters": [{"startTime": 135, "title": "…"}]}
    "#);
    assert_snapshot!(file(Format::Json, "{\"chapters\": [\n{\"startTime\": 1,}]}"), @r#"2:17 this is not a chapter file: trailing comma; expected: {"version": "1.2.0", "chapters": [{"startTime": 135, "title": "…"}]}"#);
    assert_snapshot!(file(Format::Json, "{}"), @r#"1:2 this is not a chapter file: missing field `chapters`; expected: {"version": "1.2.0", "chapters": [{"startTime": 135, "title": "…"}]}"#);
    assert_snapshot!(file(Format::Json, ""), @r#"1:1 this is not a chapter file: EOF while parsing a value; expected: {"version": "1.2.0", "chapters": [{"startTime": 135, "title": "…"}]}"#);
    assert_snapshot!(file(Format::Json, "{\"chapters\": [1, {\"startTime\": 1}]}"), @r#"
    1:1 the chapter has no `startTime`; expected: seconds, as in "startTime": 135.5
    1:1 the chapter has no title; expected: a title for every chapter
    "#);
}

#[test]
fn webvtt_cues() {
    let text = "\u{feff}WEBVTT - chapitres
Kind: chapters

NOTE ceci n'est pas un chapitre

1
00:00:00.000 --> 00:01:00.000 align:start
<v Zoé>Début</v> &amp; &lt;suite&gt;
sur deux lignes

01:35.500 --> 02:00.000
Milieu & fin

STYLE
::cue { color: red }
";
    assert_snapshot!(file(Format::WebVtt, text), @"
    7:1 00:00 Début & <suite> sur deux lignes
    11:1 01:35.500 Milieu & fin
    ");
}

#[test]
fn faults_of_webvtt_have_their_line() {
    assert_snapshot!(file(Format::WebVtt, "1\n00:00.000 --> 00:01.000\nA"), @"1:1 this is not a WebVTT file; expected: WEBVTT as its first line");
    assert_snapshot!(file(Format::WebVtt, ""), @"1:1 this is not a WebVTT file; expected: WEBVTT as its first line");
    assert_snapshot!(file(Format::WebVtt, "WEBVTT\n\n00:99.000 --> 1:00\nA\n\nB\n\n10 --> 20\nC\n\n00:10.000 --> 00:20.000\n<b></b>\n"), @"
    3:1 `99` in `00:99.000`: minutes and seconds go to 59; expected: a line of start and end, as in 00:02:15.000 --> 00:05:00.000
    6:1 the cue has no times; expected: a line of start and end, as in 00:02:15.000 --> 00:05:00.000
    8:1 `10` is not a time; expected: a line of start and end, as in 00:02:15.000 --> 00:05:00.000
    11:1 the chapter has no title; expected: a title for every chapter
    ");
}

#[test]
fn audacity_labels() {
    assert_snapshot!(
        file(Format::Text, "0.000000\t10.000000\tDébut\r\n\\\t100\t200\n95,1235\t95,1235\tMilieu\tet suite\n\n"), @"
        1:1 00:00 Début
        3:1 01:35.124 Milieu et suite
        ");
    assert_snapshot!(file(Format::Text, "0\t1\tA\nsoon\t2\tB\n3 4 C\n5\t6\t \n-1\t0\tD\nNaN\t0\tE"), @"
    2:1 `soon` is not a time in seconds; expected: start and end in seconds and a title, with tabs between them
    3:1 the line does not have three columns; expected: start and end in seconds and a title, with tabs between them
    4:1 the chapter has no title; expected: a title for every chapter
    5:1 -1 is not a time in seconds; expected: seconds, as in 135.5
    6:1 NaN is not a time in seconds; expected: seconds, as in 135.5
    ");
}

#[test]
fn lines_of_text_of_every_tool() {
    let text = |text: &str| file(Format::Text, text);
    // mp4chaps, Auphonic
    assert_snapshot!(text("\u{feff}00:00:00.000 Intro\r\n00:00:10,5 Der Martin <http://d.example>\r\n# a remark\r\n\r\n101:00:30.000 End > all\r\n"), @r#"
    1:2 00:00 Intro
    2:1 00:10.500 Der Martin <http://d.example>
    5:1 101:00:30 End > all
    "#);
    // Lists as people paste them.
    assert_snapshot!(text("0:00 Hello\n- 1:15 - Dash\n* (02:30) Brackets\n[3:45] | Bar\n4:00–5:00 A span: of time\n1:02:03: Colon\n95 Seconds\n"), @r#"
    1:1 00:00 Hello
    2:1 01:15 Dash
    3:1 02:30 Brackets
    4:1 03:45 Bar
    5:1 04:00 A span: of time
    6:1 1:02:03 Colon
    7:1 01:35 Seconds
    "#);
    // Matroska
    assert_snapshot!(text("CHAPTER01=00:00:00.000\nCHAPTER01NAME=Intro = start\nCHAPTER02=00:01:00.500\nCHAPTER02NAME=Two\n"), @r#"
    1:1 00:00 Intro = start
    3:1 01:00.500 Two
    "#);
    // FFmpeg
    assert_snapshot!(text(";FFMETADATA1\ntitle=Show\n\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=9\ntitle=One \\= 1\n[CHAPTER]\nSTART=90000000000\ntitle=Two\n[STREAM]\ntitle=x\n"), @r#"
    4:1 00:00 One = 1
    9:1 01:30 Two
    "#);
}

#[test]
fn faults_of_lines_have_their_place() {
    let text = |text: &str| file(Format::Text, text);
    assert_snapshot!(text("00:00 A\nB without a time\n00:99 C\n00:10\n00:20 D <ftp://x.example>\n12 monkeys\n2nd line\n"), @r#"
    2:1 `B without a time` does not begin with a time; expected: a time and a title, as in 00:02:15.500 Title <https://…>
    3:1 `99` in `00:99`: minutes and seconds go to 59; expected: a time as in 02:15, 1:02:15 or 02'15"
    4:1 the chapter has no title; expected: a title for every chapter
    5:1 `ftp://x.example` is not a web address; expected: an address that begins with https:// or http://
    7:1 `2nd line` does not begin with a time; expected: a time and a title, as in 00:02:15.500 Title <https://…>
    "#);
    assert_snapshot!(text("CHAPTER01=soon\nCHAPTER02NAME=B\nCHAPTER03=00:00:03.000\nrest\n"), @r#"
    1:1 `soon` is not a time; expected: a time as in 02:15, 1:02:15 or 02'15"
    2:1 no time stands before this name; expected: CHAPTER01=00:00:00.000, then CHAPTER01NAME=Title
    4:1 the line is neither time nor name; expected: CHAPTER01=00:00:00.000, then CHAPTER01NAME=Title
    3:1 the chapter has no name; expected: CHAPTER01=00:00:00.000, then CHAPTER01NAME=Title
    "#);
    assert_snapshot!(text(";FFMETADATA1\n[CHAPTER]\ntitle=One\n[CHAPTER]\nTIMEBASE=1/0\nSTART=1\ntitle=Two\n"), @r#"
    2:1 the chapter has no START; expected: [CHAPTER], then START=… and title=…
    4:1 inf is not a time in seconds; expected: seconds, as in 135.5
    "#);
}

#[test]
fn podlove_simple_chapters() {
    let psc = |text: &str| file(Format::Psc, text);
    assert_snapshot!(psc("\u{feff}<?xml version=\"1.0\"?>\n<psc:chapters version=\"1.2\" xmlns:psc=\"http://podlove.org/simple-chapters\">\n<psc:chapter start=\"0\" title=\"A &amp; B\"/>\n<psc:chapter start=\"0:10.250\" title='\u{e9}' href=\"http://b.example/?a&amp;b\" image=\"/img/c.png\"></psc:chapter>\n<chapter start=\"01:02:03\" title=\"C\"/></psc:chapters>"), @r#"
    3:1 00:00 A & B
    4:1 00:10.250 é <http://b.example/?a&b> (img/c.png)
    5:1 1:02:03 C
    "#);
    assert_snapshot!(psc("<chapters>\n<chapter title=\"A\"/>\n<chapter start=\"soon\" title=\"B\"/>\n<chapter start=\"1\" title=\"&x;\"/>\n<chapter start=\"2\"/></chapters>"), @r#"
    2:1 the chapter has no `start`; expected: <psc:chapter start="00:02:15.500" title="…"/>
    3:1 `soon` is not a time; expected: a time as in 02:15, 1:02:15 or 02'15"
    4:1 `title`: at 1..2: unrecognized entity `x`; expected: <psc:chapter start="00:02:15.500" title="…"/>
    5:1 the chapter has no title; expected: a title for every chapter
    "#);
    assert_snapshot!(psc("<chapters></chapter>"), @r#"1:11 this is not a chapter file: ill-formed document: expected `</chapters>`, but `</chapter>` was found; expected: <psc:chapter start="00:02:15.500" title="…"/>"#);
    assert_snapshot!(psc("<rss/>"), @r#"1:1 there is no chapter in this file; expected: <psc:chapter start="00:02:15.500" title="…"/>"#);
}

#[test]
fn what_a_file_holds_decides_whatever_it_is_called() {
    let held = |text| Format::of_text(Format::Text, text);
    assert_eq!(held("\u{feff} {\"chapters\": []}"), Format::Json);
    assert_eq!(held("WEBVTT\n"), Format::WebVtt);
    assert_eq!(held("\n<?xml version=\"1.0\"?><psc:chapters/>"), Format::Psc);
    assert_eq!(held("00:00 [A] {b}"), Format::Text);
    assert_eq!(Format::of_text(Format::Json, "[1]"), Format::Json);
}

#[test]
fn formats_go_by_the_files_name() {
    assert_eq!(Format::of("chapters/42.JSON"), Some(Format::Json));
    assert_eq!(Format::of("42.vtt"), Some(Format::WebVtt));
    assert_eq!(Format::of("42.labels.txt"), Some(Format::Text));
    assert_eq!(Format::of("42.psc.xml"), Some(Format::Psc));
    assert_eq!(Format::of("42.psc"), Some(Format::Psc));
    assert_eq!(Format::of("42"), None);
    assert_eq!(Format::of("42.srt"), None);
}

#[test]
fn every_list_begins_at_zero() {
    let chapter = |start| Chapter::new(Duration::from_millis(start), "A".to_owned());
    let starts = |chapters: Vec<Chapter>| -> Vec<(u128, String)> {
        chapters.into_iter().map(|c| (c.start.as_millis(), c.title)).collect()
    };
    let a = |start| (start, "A".to_owned());
    assert_eq!(starts(from_zero(vec![chapter(0), chapter(9)], "T")), [a(0), a(9)]);
    assert_eq!(starts(from_zero(vec![chapter(999), chapter(9_000)], "T")), [a(0), a(9_000)]);
    assert_eq!(starts(from_zero(vec![chapter(1_001)], "T")), [(0, "T".to_owned()), a(1_001)]);
    assert_eq!(from_zero(Vec::new(), "T"), []);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(?s)([-0-9:'\"\\[\\]() \t\n\r<>&{}é,.]|-->|WEBVTT|\\PC){0,80}") {
        file(Format::Text, &format!(";FFMETADATA1\n{text}"));
        file(Format::Text, &format!("CHAPTER={text}"));
        file(Format::Psc, &format!("<chapter start='{text}"));
        for format in [Format::Json, Format::WebVtt, Format::Text, Format::Psc] {
            file(format, &text);
        }
        notes(&text);
    }
}
