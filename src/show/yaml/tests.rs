use proptest::prelude::*;
use serde_yaml::{Mapping, Value};

use super::*;

/// Every top-level value: what stands there, and what it says.
fn said(yaml: &str) -> Vec<(String, Option<String>)> {
    let entries = read(yaml, 0).unwrap().entries;
    let said = entries.into_iter().map(|entry| {
        let text = entry.node.text().map(str::to_owned);
        (yaml[entry.node.span].to_owned(), text)
    });
    said.collect()
}

fn refusal(yaml: &str) -> String {
    match read(yaml, 0) {
        Err(Refusal::At { span, reason, .. }) => format!("[{}] {reason}", &yaml[span]),
        Err(Refusal::Duplicate { key, .. }) => format!("twice: {key}"),
        Ok(document) => format!("read: {document:?}"),
    }
}

#[test]
fn tags_of_the_core_schema_mean_what_they_say() {
    let yaml = "a: !!int \"109\"\nb: !!str null\nc: !!null ''\nd: !!bool 'true'\ne: !!timestamp 2001-12-14\n\
                f: !!str\ng: ! x\n\"h\": !!float\t3.5 # c\n";
    let expect = [
        ("\"109\"", Some("109")),
        ("null", Some("null")),
        ("''", None),
        ("'true'", Some("true")),
        ("2001-12-14", Some("2001-12-14")),
        ("", Some("")),
        ("x", Some("x")),
        ("3.5", Some("3.5")),
    ];
    let expect = expect.map(|(place, text)| (place.to_owned(), text.map(str::to_owned)));
    assert_eq!(said(yaml), expect);
    assert_eq!(read(yaml, 0).unwrap().entries[0].node.value(), Value::from(109));
    assert_eq!(refusal("a: !!int x"), "[x] its tag says that this is a whole number");
    assert_eq!(refusal("a: !secret x"), "[!secret] the YAML tag `!secret` means nothing here");
    assert_eq!(
        refusal("a: !!binary eA=="),
        "[!!binary] the YAML tag `!!binary` means nothing here"
    );
}

#[test]
fn aliases_stand_for_what_they_name() {
    let yaml =
        "a: &x \"v\"\nb: *x\nbase: &m {author: A, season: 2}\nc:\n  <<: *m\n  season: 3\nd: &y 1\n";
    assert_eq!(said(yaml)[1], ("*x".to_owned(), Some("v".to_owned())));
    let document = read(yaml, 0).unwrap();
    assert_eq!(Some(value_of(&document)), library(yaml));
    assert_eq!(
        document.idle_properties.iter().map(|span| &yaml[span.clone()]).collect::<Vec<_>>(),
        ["&y "]
    );
    assert_eq!(said("<<: {a: 1}\nb: 2\n").len(), 2);
    assert!(refusal("a: &x [*x]").contains("stands for a value that holds it"));
    assert!(refusal("a: *x").contains("unknown anchor"));
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for at in 1..12 {
        let of = vec![format!("*a{}", at - 1); 9].join(", ");
        yaml.push_str(&format!("a{at}: &a{at} [{of}]\n"));
    }
    assert!(refusal(&yaml).contains("repeats itself too often"));
    let text = "x".repeat(60_000);
    assert!(
        refusal(&format!("a: &a {text}\nb: [{}]\n", ["*a"; 20].join(","))).contains("too often")
    );
    assert!(refusal("a: [[[[[[[[[[1]]]]]]]]]]").contains("nested too deeply"));
    assert_eq!(refusal("a: {b: 1, b: 2}"), "twice: b");
}

#[test]
fn values_know_where_they_end() {
    let yaml = "a:\n  - name: é # c\n    link: b   # c\n# end\nb: [1, # c\n  2] # c\nc: one\n  two # c\nd:\te\n";
    let places: Vec<String> = said(yaml).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["- name: é # c\n    link: b", "[1, # c\n  2]", "one\n  two", "e"]);
}

#[test]
fn quoted_texts_may_go_on_at_the_margin() {
    for yaml in ["a: \"one\n\ntwo\"\nb: 'x\ny'\n", "a:\t\"one\r\ntwo\"\r\nb:\t1\r\n"] {
        assert_eq!(Some(value_of(&read(yaml, 0).unwrap())), library(yaml));
    }
    assert!(read("a: \"one\nb: 1\n", 0).is_err());
}

fn value_of(document: &Document) -> Value {
    let entries = document.entries.iter();
    Value::Mapping(entries.map(|e| (Value::from(e.key.clone()), e.node.value())).collect())
}

/// What the YAML library makes of a document, its keys as texts and `<<` merged.
fn library(yaml: &str) -> Option<Value> {
    fn plain(value: Value) -> Option<Value> {
        Some(match value {
            Value::Mapping(mapping) => {
                let entries = mapping.into_iter().map(|(key, value)| {
                    Some((Value::String(key.as_str()?.to_owned()), plain(value)?))
                });
                Value::Mapping(entries.collect::<Option<Mapping>>()?)
            }
            Value::Sequence(items) => {
                Value::Sequence(items.into_iter().map(plain).collect::<Option<_>>()?)
            }
            Value::Tagged(_) => return None,
            other => other,
        })
    }
    let mut value: Value = serde_yaml::from_str(yaml).ok()?;
    value.apply_merge().ok()?;
    plain(value).filter(Value::is_mapping)
}

fn piece() -> BoxedStrategy<String> {
    prop_oneof![
        // The two parsers part on `?`, `#` or a lone `-` in brackets, on what an anchor's name
        // holds, and on what may follow `|` and `>`.
        "[a-zA-Zé0-9 .,:*!'\"%@`{}\\[\\]~+_][a-zA-Zé0-9 .,:#*!'\"|>%@`{}\\[\\]~+_-]{0,24}",
        "-?[0-9_]{1,6}", "0[xob][0-9a-f]{1,4}", "[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?",
        "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?( ?([+-][0-9:]{1,5}|Z))?)?",
        "[+-]?[0-9]*\\.[0-9]*(e[+-]?[0-9]{1,2})?",
        "(true|False|yes|No|on|OFF|null|Null|~|\\.inf|-\\.INF|\\.nan|inf|nan|=|<<)",
    ]
    .boxed()
}

/// A value in one of the many ways in which YAML lets it be written.
fn written() -> BoxedStrategy<String> {
    let tag = prop_oneof![
        4 => Just(String::new()),
        1 => "!!(int|str|float|bool|null|timestamp|seq|map|binary) ",
        1 => "(! |!x |&a |&b !!str |!!str &c )",
    ];
    let quoted = |text: String| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let scalar = prop_oneof![
        3 => piece(),
        2 => piece().prop_map(quoted),
        2 => piece().prop_map(|text| format!("'{}'", text.replace('\'', "''"))),
        1 => (piece(), piece()).prop_map(|(a, b)| format!("{a}\n  {b}")),
        1 => (piece(), piece()).prop_map(|(a, b)| format!("\"{}\n  {}\"", a.replace(['"', '\\'], ""), b.replace(['"', '\\'], ""))),
        1 => (piece(), piece()).prop_map(|(a, b)| format!("'{}\n{}'", a.replace('\'', ""), b.replace('\'', ""))),
        1 => ("[|>][+-]?", piece(), piece()).prop_map(|(mark, a, b)| format!("{mark}\n  {a}\n\n  {b}\n")),
        1 => "\\*[abc]",
        1 => "\"(\\\\n|\\\\u00e9|\\\\x41|a|\\\\t|\\\\\\\\){1,6}\"",
    ];
    let item = scalar.clone();
    let value = prop_oneof![
        6 => scalar.clone(),
        1 => (item.clone(), item.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
        1 => (item.clone(), item.clone()).prop_map(|(a, b)| format!("\n  - {a}\n  - {b}")),
        1 => (item.clone(), item.clone()).prop_map(|(a, b)| format!("\n- {a}\n- {b}")),
        1 => (item.clone(), item.clone()).prop_map(|(a, b)| format!("\n  - name: {a}\n    link: {b}\n  - name: c")),
        1 => (item.clone(), item).prop_map(|(a, b)| format!("{{name: {a}, link: {b}}}")),
        1 => Just("\n  <<: *a\n  own: 1".to_owned()),
    ];
    (tag, value, prop_oneof![4 => Just(""), 1 => Just("  # c"), 1 => Just("   ")])
        .prop_map(|(tag, value, end)| format!("{tag}{value}{end}"))
        .boxed()
}

fn document_text() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        6 => "(title|episode|size|duration|date|guests|links|file|draft|description)",
        1 => "\"(title|episode)\"", 1 => "'(size|date)'", 1 => "[a-z]{1,8}",
    ];
    let line = (key, prop_oneof![5 => Just(": "), 1 => Just(":\t"), 1 => Just(" : ")], written())
        .prop_map(|(key, colon, value)| format!("{key}{colon}{value}"));
    (prop::collection::vec(line, 1..5), prop_oneof![3 => Just("\n"), 1 => Just("\r\n")])
        .prop_map(|(lines, line_break)| format!("{}\n", lines.join("\n")).replace('\n', line_break))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    /// Whatever the YAML library reads as keys and values is read here, and read alike.
    #[test]
    fn what_the_library_reads_is_read_alike(yaml in document_text()) {
        if let Some(theirs) = library(&yaml) {
            match read(&yaml, 0) {
                Ok(ours) => prop_assert_eq!(value_of(&ours), theirs, "{}", yaml),
                // The library takes any tag for no tag where it does not know it.
                Err(Refusal::At { reason, .. }) if reason.contains("tag") => {}
                // White space belongs before a comment (YAML 1.2.2, section 6.6); the library wants none.
                Err(Refusal::At { reason, .. }) if reason.contains("comments must be separated") => {}
                Err(refusal) => prop_assert!(false, "refused: {:?}\n{}", refusal, yaml),
            }
        }
    }
}

#[test]
fn tabs_are_read_where_they_mean_nothing() {
    let yaml = "a:\tx\nb: \"x\n\ty\"\nc:\t'x\n\t\ty'\n";
    assert_eq!(Some(value_of(&read(yaml, 0).unwrap())), library(yaml));
    for swallows in ["a: x\n\tb: 1\n", "\ta: b\n", "a:\n\t- b\n"] {
        assert!(refusal(swallows).contains("tab"), "{swallows:?}");
    }
}

/// Found by fuzzing.
#[test]
fn an_end_that_the_parser_sees_behind_the_text_is_none() {
    let yaml = "title: T\nguests:\n  -rs:\n  - {start: 0, : Aitelt}\n  - stapt: 0:30]\n";
    let text = format!("---\n{yaml}---\n");
    let _ = read(yaml, 0);
    let _ = crate::show::Episode::parse(crate::show::Source::new("episodes/a.md", text.as_str()));
}
