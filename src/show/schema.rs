//! JSON Schemas (draft 7) of an episode's front matter and of `onair.toml`, for editors that complete and
//! check while one types.
//!
//! Made of the tables that the pages of keys and settings are: what is said there is shown in the editor.

use serde_json::{Map, Value, json};

use super::categories::CATEGORIES;
use super::keys::{FOREIGN, Means};
use super::own_keys::{Kind, OWN_KEYS};

/// Where the schema of front matter stands in a show's folder.
pub const EPISODE: &str = ".onair/episode.schema.json";
/// Where that of settings does.
const SETTINGS: &str = ".onair/onair.schema.json";

/// The page of settings, whose tables say what a key means.
const PAGE: &str = include_str!("../../docs/settings.md");

/// The files that `init --schema` writes: both schemas, and what leads VS Code and Taplo to them.
pub fn files() -> Vec<(String, String)> {
    let text = |value: &Value| format!("{value:#}\n");
    let code = json!({
        "evenBetterToml.schema.associations": { r"onair\.toml$": format!("./{SETTINGS}") },
    });
    let taplo =
        format!("[[rule]]\ninclude = [\"onair.toml\"]\n\n[rule.schema]\npath = \"{SETTINGS}\"\n");
    vec![
        (EPISODE.to_owned(), text(&episode())),
        (SETTINGS.to_owned(), text(&settings())),
        (".vscode/settings.json".to_owned(), text(&code)),
        (".taplo.toml".to_owned(), taplo),
    ]
}

/// The line by which the YAML language server finds the schema, for an episode's file so many folders
/// below the show's.
pub fn modeline(depth: usize) -> String {
    format!("# yaml-language-server: $schema={}{EPISODE}", "../".repeat(depth))
}

/// The schema of an episode's front matter.
pub fn episode() -> Value {
    let mut properties = Map::new();
    for own in OWN_KEYS {
        let mut schema = of_kind(own.kind);
        schema["description"] = json!(plain(own.means));
        properties.insert(own.key.to_owned(), schema);
    }
    for foreign in FOREIGN {
        // What stands in a mapping is the mapping's.
        let key = foreign.key.split('.').next().unwrap_or(foreign.key);
        let here = match foreign.means {
            _ if key != foreign.key => "keys of another generator".to_owned(),
            Means::Same(own) | Means::Before(own) => format!("of {}: `{own}`", foreign.by),
            Means::HoldsBack(values) => format!("of {}: holds back: {values}", foreign.by),
            Means::Nothing(why) => format!("of {}, and means nothing here: {why}", foreign.by),
        };
        properties.entry(key).or_insert_with(|| json!({ "description": plain(&here) }));
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Front matter of an episode",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// What the value of a key may be; everywhere nothing at all as well, which is the same as no key.
fn of_kind(kind: Kind) -> Value {
    let text = json!({ "type": ["string", "null"] });
    let entry = |keys: &[&str]| {
        let keys: Map<String, Value> =
            keys.iter().map(|key| ((*key).to_owned(), json!({ "type": "string" }))).collect();
        json!({ "type": "object", "properties": keys })
    };
    let one_or_more = |one: Value| json!({ "anyOf": [one, { "type": "array", "items": one }, { "type": "null" }] });
    let text_or = |entry: Value| json!({ "anyOf": [{ "type": "string" }, entry] });
    match kind {
        Kind::Text => json!({ "type": ["string", "number", "null"] }),
        Kind::Texts => one_or_more(json!({ "type": ["string", "number"] })),
        Kind::Whole => {
            json!({ "type": ["integer", "string", "null"], "minimum": 1, "pattern": "^[0-9]+$" })
        }
        Kind::Truth => json!({ "enum": [true, false, "true", "false", "yes", "no", null] }),
        Kind::Time => {
            json!({ "type": ["string", "integer", "null"], "pattern": "^([0-9]{1,6}:)?([0-9]+:)?[0-9]+$" })
        }
        Kind::Date => {
            json!({ "type": ["string", "null"], "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}" })
        }
        Kind::AudioName => {
            json!({ "type": ["string", "null"], "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]*\\.[mM][pP]3$" })
        }
        Kind::OneOf(words) => {
            let words: Vec<Value> =
                words.iter().map(|word| json!(word)).chain([Value::Null]).collect();
            json!({ "enum": words })
        }
        Kind::People => one_or_more(text_or(entry(&["name", "link", "title", "image", "role"]))),
        Kind::Links => one_or_more(text_or(entry(&["text", "name", "title", "link"]))),
        Kind::Chapters => json!({ "anyOf": [text, { "type": "array", "items": text_or(json!({
            "type": "object",
            "properties": {
                "start": { "type": ["string", "number"] },
                "title": { "type": "string" },
                "url": { "type": "string" },
                "image": { "type": "string" },
            },
        })) }] }),
        Kind::Transcripts => one_or_more(text_or(entry(&["file", "language", "rel"]))),
        Kind::Element => one_or_more(json!({ "type": ["string", "object"] })),
    }
}

/// What a setting's value is.
#[derive(Debug, Clone, Copy)]
enum Setting {
    Text,
    Texts,
    Truth,
    Number,
    OneOf(&'static [&'static str]),
    Category,
    /// A number of LUFS, or `"habit"`.
    Level,
    /// A lower and an upper number.
    Range,
    Table,
    /// A text, a table or a list of tables.
    Element,
}

/// Every table and key of `onair.toml`.
const TABLES: &[(&str, &[(&str, Setting)])] = {
    use Setting::*;
    &[
        (
            "show",
            &[
                ("title", Text),
                ("subtitle", Text),
                ("description", Text),
                ("author", Text),
                ("language", Text),
                ("time-zone", Text),
                ("category", Category),
                ("artwork", Text),
                ("type", OneOf(&["episodic", "serial"])),
                ("explicit", Truth),
                ("copyright", Text),
                ("apple-id", Number),
                ("apple-country", Text),
                ("apple-verify", Text),
                ("guid", Text),
                ("locked", Truth),
                ("funding", Table),
                ("update-frequency", Text),
                ("hosts", Element),
                ("links", Table),
                ("block", Truth),
                ("complete", Truth),
                ("medium", Text),
                ("license", Element),
                ("location", Element),
                ("value", Element),
                ("chat", Element),
                ("txt", Element),
                ("podroll", Element),
                ("publisher", Element),
                ("chapters-from-notes", Truth),
                ("owner", Table),
            ],
        ),
        (
            "site",
            &[
                ("url", Text),
                ("path", Text),
                ("feed", Text),
                ("pages", Text),
                ("page-name", OneOf(&["file", "number"])),
                ("index-html", Truth),
                ("feed-limit", Number),
                ("new-feed-url", Text),
                ("extra", Text),
                ("hub", Text),
                ("podping", Text),
                ("cards", Truth),
                ("templates", Text),
                ("theme", Table),
                ("words", Table),
            ],
        ),
        ("media", &[("url", Text), ("path", Text), ("tracking", Texts), ("folder", Text)]),
        (
            "target",
            &[
                ("url", Text),
                ("region", Text),
                ("endpoint", Text),
                ("path-style", Truth),
                ("profile", Text),
                ("cloudfront", Text),
            ],
        ),
        (
            "tags",
            &[
                ("version", OneOf(&["2.3", "2.4"])),
                ("genre", Text),
                ("publisher", Text),
                ("cover", Text),
                ("write", Truth),
                ("after", Text),
            ],
        ),
        (
            "sound",
            &[
                ("listen", OneOf(&["release", "check", "never"])),
                ("loudness", Level),
                ("loudness-mono", Level),
                ("tolerance", Number),
                ("true-peak", Number),
                ("silence-at-ends", Number),
                ("silence-inside", Number),
                ("clipped", Number),
                ("bit-rate", Range),
                ("bit-rate-mono", Range),
            ],
        ),
    ]
};

/// The schema of `onair.toml`.
pub fn settings() -> Value {
    let mut tables = Map::new();
    for (table, keys) in TABLES {
        let mut properties = Map::new();
        for (key, kind) in *keys {
            let mut schema = of_setting(*kind);
            if let Some(said) = said(table, key) {
                schema["description"] = json!(said);
            }
            properties.insert((*key).to_owned(), schema);
        }
        let needed: Vec<&str> = keys
            .iter()
            .map(|(key, _)| *key)
            .filter(|key| said(table, key).is_some_and(|said| said.starts_with("needed")))
            .collect();
        let mut schema =
            json!({ "type": "object", "properties": properties, "additionalProperties": false });
        if !needed.is_empty() {
            schema["required"] = json!(needed);
        }
        tables.insert((*table).to_owned(), schema);
    }
    tables.insert(
        "rules".to_owned(),
        json!({
            "type": "object",
            "description": "a rule's severity, by its id: `onair explain` lists them",
            "additionalProperties": { "enum": ["error", "warning", "note", "off"] },
        }),
    );
    let text = || json!({ "type": "string" });
    tables.insert(
        "allow".to_owned(),
        json!({
            "type": "array",
            "description": "a finding of one episode that is known and accepted",
            "items": {
                "type": "object",
                "properties": { "rule": text(), "episode": text(), "reason": text() },
                "required": ["rule", "episode", "reason"],
                "additionalProperties": false,
            },
        }),
    );
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of a show that onair publishes",
        "type": "object",
        "properties": tables,
        "required": ["show", "site"],
        "additionalProperties": false,
    })
}

fn of_setting(kind: Setting) -> Value {
    match kind {
        Setting::Text => json!({ "type": "string" }),
        Setting::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Setting::Truth => json!({ "type": "boolean" }),
        Setting::Number => json!({ "type": "number" }),
        Setting::OneOf(words) => json!({ "enum": words }),
        Setting::Category => {
            let subs = CATEGORIES.iter().flat_map(|(top, subs)| std::iter::once(top).chain(*subs));
            let name = json!({ "enum": subs.collect::<std::collections::BTreeSet<_>>() });
            let path = json!({ "type": "array", "items": name });
            json!({ "anyOf": [name, path, { "type": "array", "items": path }] })
        }
        Setting::Level => json!({ "anyOf": [{ "type": "number" }, { "const": "habit" }] }),
        Setting::Range => {
            json!({ "type": "array", "items": { "type": "integer" }, "minItems": 2, "maxItems": 2 })
        }
        Setting::Table => json!({ "type": "object" }),
        Setting::Element => json!({ "type": ["string", "object", "array"] }),
    }
}

/// What the page of settings says of a key: its default, and what it means.
fn said(table: &str, key: &str) -> Option<String> {
    let heading = format!("\n## [{table}]\n");
    let section = &PAGE[PAGE.find(&heading)? + heading.len()..];
    let section = section.split("\n## ").next()?;
    let name = format!("`{key}`");
    let row = section.lines().filter_map(|line| line.strip_prefix("| ")).find(|row| {
        let keys = row.split(" |").next().unwrap_or_default();
        keys.split(", ").any(|key| key == name)
    })?;
    let mut cells = row.trim_end_matches('|').split('|').map(str::trim).skip(1);
    let (default, means) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
    let default = match default {
        "" => String::new(),
        "needed" => "needed; ".to_owned(),
        other => format!("default {other}; "),
    };
    Some(plain(format!("{default}{means}").trim_end_matches("; ")))
}

/// Markdown's links as their texts.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        out.push_str(before);
        match link.split_once("](").and_then(|(text, behind)| Some((text, behind.split_once(')')?)))
        {
            Some((text, (_, behind))) if !text.contains('[') => {
                out.push_str(text);
                rest = behind;
            }
            _ => {
                out.push('[');
                rest = link;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::settings::{FILE, Settings};
    use crate::show::{Source, keys};

    /// The keys that the reader of settings knows in a table, by its own words for one that it does not.
    fn known(table: &str) -> Vec<String> {
        let text = format!("[{table}]\nno-such-key = 1\n");
        let text = match table {
            "show" => text,
            _ => format!("{GOOD}{}", text.replace("[site]\n", "")),
        };
        let error = Settings::parse(&Source::new(FILE, text.as_str())).unwrap_err().reason;
        assert!(error.contains("unknown field"), "{table}: {error}");
        error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
    }

    const GOOD: &str = "[show]\ntitle = \"T\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"en\"\n\
        category = \"Arts\"\nartwork = \"a.png\"\n[site]\nurl = \"https://s.example\"\n";

    #[test]
    fn the_schema_has_the_keys_that_the_reader_has_and_the_page_says_what_they_mean() {
        for (table, keys) in TABLES {
            let mut ours: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
            let mut theirs = known(table);
            ours.sort_unstable();
            theirs.sort_unstable();
            assert_eq!(ours, theirs, "{table}");
            let nameless = ["owner", "theme", "words"];
            for key in ours.iter().filter(|key| !nameless.contains(key)) {
                assert!(
                    said(table, key).is_some(),
                    "[{table}] {key} has no row in docs/settings.md"
                );
            }
        }
        let required = &settings()["properties"]["show"]["required"];
        assert_eq!(
            *required,
            json!(["title", "description", "author", "language", "category", "artwork"])
        );
    }

    #[test]
    fn every_key_of_an_episode_has_a_place() {
        let schema = episode();
        let properties = schema["properties"].as_object().unwrap();
        for key in keys::OWN {
            assert!(properties[key]["description"].is_string(), "{key}");
        }
        assert!(properties.contains_key("publishDate") && properties.contains_key("itunes"));
        assert!(!properties.contains_key("itunes.duration"));
    }
}
