//! What the TOML library says of a mistake, in a host's words.

use super::super::words::nearest;

/// What is wrong, and how to mend it. `value` is the text to which it was said.
pub(super) fn in_words(message: &str, value: &str) -> (String, Option<String>) {
    let message = message.trim_end();
    if let Some((found, expected)) = of_wrong_type(message) {
        let reason = format!("{} stands where {} belongs", kind(found), wanted(expected));
        return (reason, instead(value, expected));
    }
    if let Some(key) = message.strip_prefix("missing field ") {
        return (format!("{key} is missing"), None);
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        return (
            format!("{rest} can stand here").replacen(", expected", " cannot stand here:", 1),
            None,
        );
    }
    let help = match message {
        "duplicate key" => Some("each key and each table stands once".to_owned()),
        _ if message.starts_with("string values must be quoted")
            || message.starts_with("invalid boolean") =>
        {
            Some(
                "put a text in quotes; only numbers, dates, `true` and `false` have none"
                    .to_owned(),
            )
        }
        // They are said of what stands behind the sign alone.
        _ if ["too few unicode value digits", "missing escaped value"]
            .iter()
            .any(|start| message.starts_with(start)) =>
        {
            Some("`\\` begins a sign of its own in a text: write `/` in a path".to_owned())
        }
        _ if message.starts_with("unexpected key or value") => Some(
            "look for a quote that closes too early: nothing goes on behind a value".to_owned(),
        ),
        _ => unknown_key(message),
    };
    (message.to_owned(), help)
}

/// From "invalid type: string "5", expected u64": what was found, and what was expected.
fn of_wrong_type(message: &str) -> Option<(&str, &str)> {
    let rest =
        ["invalid type: ", "invalid value: "].iter().find_map(|it| message.strip_prefix(it))?;
    rest.rsplit_once(", expected ")
}

fn kind(found: &str) -> &str {
    match found.split([' ', '`']).next().unwrap_or_default() {
        "string" => "a text",
        "integer" | "float" | "floating" => "a number",
        "boolean" => "`true` or `false`",
        "sequence" => "a list",
        "map" => "a table",
        _ => found,
    }
}

fn wanted(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "a nonzero u32" => "a whole number from 1 on",
        "i64" | "f64" | "f32" => "a number",
        "a boolean" => "`true` or `false`",
        "a string" => "a text in quotes",
        "a sequence" => "a list in brackets",
        "a map" => "a table, as in `{ name = \"value\" }`,",
        other => other,
    }
}

/// What is likely meant.
fn instead(value: &str, expected: &str) -> Option<String> {
    let bare = value.trim_matches(['"', '\'']);
    let is_digits = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
    let meant = match expected {
        "a boolean" => match bare.to_ascii_lowercase().as_str() {
            "yes" | "true" | "on" | "1" => "true".to_owned(),
            "no" | "false" | "off" | "0" => "false".to_owned(),
            _ => return None,
        },
        "a string" if !value.starts_with(['[', '{']) => format!("\"{value}\""),
        "u8" | "u16" | "u32" | "u64" | "usize" if is_digits => bare.to_owned(),
        "a sequence" if !value.starts_with('{') => format!("[{value}]"),
        _ => return None,
    };
    Some(format!("write `{meant}`"))
}

/// From "unknown field `x`, expected one of `a`, `b`": the nearest of them.
fn unknown_key(message: &str) -> Option<String> {
    let (unknown, expected) = message.strip_prefix("unknown field `")?.split_once('`')?;
    let candidates: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let nearest = nearest(unknown, &candidates)?;
    Some(format!("did you mean `{nearest}`?"))
}

#[cfg(test)]
mod tests {
    use crate::show::settings::FILE;
    use crate::show::{Settings, Source};

    #[test]
    fn no_mistake_is_told_in_the_words_of_a_program() {
        let said = |line: &str| {
            let text = format!(
                "[show]\n{line}\ntitle = 'A'\ndescription = 'B'\nauthor = 'C'\nlanguage = 'fr'\ncategory = 'News'\nartwork = 'a.png'\n[site]\nurl = 'https://a.example'\n"
            );
            let error = Settings::parse(&Source::new(FILE, text)).unwrap_err();
            format!("{line}: {}; {}", error.reason, error.help.unwrap_or_default())
        };
        let lines = [
            "apple-id = \"1234567890\"",
            "funding = \"https://x.example\"",
            "funding = { url = \"https://x.example\" }",
            "hosts = [\"Ada\"]",
            "hosts = \"Ada\"",
            "owner = \"Ada\"",
            "explicit = \"yes\"",
            "explicit = yes",
            "subtitle = 5",
            "subtitle = Waves",
            "subtitle = 'it's'",
            "links = [\"https://x.example\"]",
            "type = \"weekly\"",
            "locked = 1",
            "titel = \"x\"",
            "title = \"x\"",
            "subtitle = \"img\\artwork.png\"",
            "subtitle = \"img\\update.png\"",
        ];
        insta::assert_snapshot!(lines.map(said).join("\n"));
    }
}
