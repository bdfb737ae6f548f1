//! Front matter in forms that onair does not read: YAML with tags, TOML, JSON.

use std::borrow::Cow;

use crate::show::edit;

/// A front matter without the tags of YAML's core schema (YAML 1.2.2, section 10.3).
pub(super) fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" {
            inside = !inside && out.is_empty();
        }
        let tag = ["!!int ", "!!float ", "!!bool ", "!!null ", "!!timestamp ", "!!str "]
            .iter()
            .find(|tag| inside && line.contains(&format!(": {tag}")));
        let Some(tag) = tag else {
            out.push_str(line);
            continue;
        };
        let (key, value) = line.split_once(tag).unwrap_or((line, ""));
        let bare = value.trim();
        // A number in quotes is a number here.
        let bare = match *tag {
            "!!str " => bare,
            _ => bare.trim_matches(['"', '\'']),
        };
        out.push_str(&format!("{key}{bare}\n"));
    }
    out
}

/// A front matter of TOML or JSON, as Hugo may have it, as one of YAML; nothing for any other text.
pub(super) fn as_yaml(text: &str) -> Option<Result<String, String>> {
    let text = text.trim_start_matches('\u{feff}');
    let (first, rest) = text.split_once('\n')?;
    let read = if first.trim_end() == "+++" {
        of_toml(rest)
    } else if text.strip_prefix('{')?.trim_start().starts_with('"') {
        of_json(text)
    } else {
        return None;
    };
    Some(read.map(|(entries, notes)| {
        let entries: String =
            entries.iter().map(|(key, value)| format!("{}: {value}\n", as_key(key))).collect();
        let notes = notes.split_once('\n').map_or("", |(_, notes)| notes);
        format!("---\n{entries}---\n{notes}")
    }))
}

/// Keys with their values on a line each, and what stands behind them.
type Matter<'a> = (Vec<(String, String)>, &'a str);

fn of_toml(text: &str) -> Result<Matter<'_>, String> {
    let (matter, notes) = text.split_once("\n+++").ok_or("no `+++` ends its front matter")?;
    let matter = matter.trim_end_matches('\r');
    let table: toml::Table = toml::from_str(matter).map_err(|error| error.message().to_owned())?;
    Ok((table.into_iter().map(|(key, value)| (key, on_a_line(&value))).collect(), notes))
}

fn of_json(text: &str) -> Result<Matter<'_>, String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    let first: Option<Result<serde_json::Map<String, serde_json::Value>, _>> = values.next();
    let map = first.ok_or("there is nothing in it")?.map_err(|error| error.to_string())?;
    let notes = &text[values.byte_offset()..];
    Ok((map.into_iter().map(|(key, value)| (key, value.to_string())).collect(), notes))
}

/// A key as it needs to be written.
fn as_key(key: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphabetic() || b"-_".contains(&byte);
    match !key.is_empty() && key.bytes().all(is_plain) && !key.starts_with('-') {
        true => key.into(),
        false => edit::quoted(key).into(),
    }
}

/// A value of TOML as YAML has it within a line.
fn on_a_line(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => edit::quoted(text),
        toml::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(on_a_line).collect();
            format!("[{}]", items.join(", "))
        }
        toml::Value::Table(table) => {
            let entries = table.iter();
            let entries: Vec<String> = entries
                .map(|(key, value)| format!("{}: {}", as_key(key), on_a_line(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}
