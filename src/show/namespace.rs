//! Elements of the podcast namespace that a host writes in front matter or settings as they are, in one
//! table: which attributes each has, what they may hold, and what stands in it.
//!
//! Source: Podcast namespace 1.0 (soundbite, socialInteract, license, location, alternateEnclosure,
//! value).

use serde_yaml::Value;

use super::frontmatter::Field;
use super::source::{Malformed, Span};

/// An element for the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name: `podcast:soundbite`.
    pub name: &'static str,
    /// Its attributes.
    pub attributes: Vec<(&'static str, String)>,
    /// Its text.
    pub text: Option<String>,
    /// The elements in it.
    pub children: Vec<Element>,
}

/// What an attribute may hold.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// An address of the web.
    Url,
    /// A number, which may have a fraction.
    Number,
    /// `true` or `false`.
    Truth,
    /// Seconds, or a time as a clock shows it.
    Seconds,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

struct Attribute {
    name: &'static str,
    kind: Kind,
    required: bool,
}

const fn must(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind, required: true }
}

const fn may(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind, required: false }
}

struct Spec {
    /// The key in front matter and settings.
    key: &'static str,
    element: &'static str,
    attributes: &'static [Attribute],
    /// The key of the element's own text, which a plain value gives as well; and whether it must be.
    text: Option<(&'static str, bool)>,
    /// Of which there may be several: a list.
    many: bool,
    /// The elements in it, and whether there must be one.
    children: Option<(&'static Spec, bool)>,
    expected: &'static str,
}

/// Soundbite and its kin, as keys of an episode.
const SPECS: [Spec; 6] = [
    Spec {
        key: "soundbite",
        element: "podcast:soundbite",
        attributes: &[must("startTime", Kind::Seconds), must("duration", Kind::Seconds)],
        text: Some(("title", false)),
        many: true,
        children: None,
        expected: "startTime and duration in seconds, and a title if you like",
    },
    Spec {
        key: "socialInteract",
        element: "podcast:socialInteract",
        attributes: &[
            must(
                "protocol",
                Kind::OneOf(&[
                    "disabled",
                    "activitypub",
                    "twitter",
                    "lightning",
                    "atproto",
                    "hive",
                    "matrix",
                    "nostr",
                ]),
            ),
            may("uri", Kind::Text),
            may("accountId", Kind::Text),
            may("accountUrl", Kind::Url),
            may("priority", Kind::Number),
        ],
        text: None,
        many: true,
        children: None,
        expected: "protocol (as activitypub) and uri: the post that answers belong to",
    },
    Spec {
        key: "license",
        element: "podcast:license",
        attributes: &[may("url", Kind::Url)],
        text: Some(("name", true)),
        many: false,
        children: None,
        expected: "an SPDX id, as in cc-by-4.0, or name and url of another licence",
    },
    Spec {
        key: "location",
        element: "podcast:location",
        attributes: &[
            may("rel", Kind::OneOf(&["subject", "creator"])),
            may("geo", Kind::Text),
            may("osm", Kind::Text),
            may("country", Kind::Text),
        ],
        text: Some(("name", true)),
        many: true,
        children: None,
        expected: "the name of a place, and geo (as geo:48.86,2.35) and osm if you like",
    },
    Spec {
        key: "alternateEnclosure",
        element: "podcast:alternateEnclosure",
        attributes: &[
            must("type", Kind::Text),
            may("length", Kind::Number),
            may("bitrate", Kind::Number),
            may("height", Kind::Number),
            may("lang", Kind::Text),
            may("title", Kind::Text),
            may("rel", Kind::Text),
            may("codecs", Kind::Text),
            may("default", Kind::Truth),
        ],
        text: None,
        many: true,
        children: Some((&SOURCE, true)),
        expected: "type, and source with the uri of each place where it is",
    },
    Spec {
        key: "value",
        element: "podcast:value",
        attributes: &[
            must("type", Kind::Text),
            must("method", Kind::Text),
            may("suggested", Kind::Number),
        ],
        text: None,
        many: false,
        children: Some((&RECIPIENT, true)),
        expected: "type, method, and recipients with type, address and split",
    },
];

const SOURCE: Spec = Spec {
    key: "source",
    element: "podcast:source",
    attributes: &[must("uri", Kind::Text), may("contentType", Kind::Text)],
    text: None,
    many: true,
    children: None,
    expected: "uri",
};

const RECIPIENT: Spec = Spec {
    key: "recipients",
    element: "podcast:valueRecipient",
    attributes: &[
        may("name", Kind::Text),
        must("type", Kind::Text),
        must("address", Kind::Text),
        must("split", Kind::Number),
        may("customKey", Kind::Text),
        may("customValue", Kind::Text),
        may("fee", Kind::Truth),
    ],
    text: None,
    many: true,
    children: None,
    expected: "type, address and split",
};

/// The keys of an episode that are read here.
pub const KEYS: [&str; 6] =
    ["soundbite", "socialInteract", "license", "location", "alternateEnclosure", "value"];

/// What an episode's fields say in these keys; what cannot be read, by its key.
pub fn of_fields(fields: &[Field]) -> (Vec<Element>, Vec<(&'static str, Malformed)>) {
    let (mut elements, mut faults) = (Vec::new(), Vec::new());
    for spec in &SPECS {
        let Some(field) = fields.iter().find(|field| field.key == spec.key) else { continue };
        match read(spec, &field.value(), field.text()) {
            Ok(read) => elements.extend(read),
            Err(reason) => faults.push((spec.key, malformed(spec, field.span(), reason))),
        }
    }
    (elements, faults)
}

fn malformed(spec: &Spec, span: Span, reason: String) -> Malformed {
    Malformed { culprit: span.clone(), span, reason, expected: spec.expected, meant: None }
}

/// What a value of the settings says under `key`, which stands at `span`.
///
/// # Errors
/// What is wrong with it.
pub fn of_setting(key: &str, value: &toml::Value, span: Span) -> Result<Vec<Element>, Malformed> {
    let Some(spec) = SPECS.iter().find(|spec| spec.key == key) else { return Ok(Vec::new()) };
    let value = serde_yaml::to_value(value).unwrap_or(Value::Null);
    read(spec, &value, None).map_err(|reason| malformed(spec, span, reason))
}

fn read(spec: &Spec, value: &Value, written: Option<&str>) -> Result<Vec<Element>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Sequence(entries) if spec.many => {
            entries.iter().map(|entry| element(spec, entry, None)).collect()
        }
        Value::Sequence(_) => Err("a list stands where one value belongs".to_owned()),
        value => Ok(vec![element(spec, value, written)?]),
    }
}

fn element(spec: &Spec, value: &Value, written: Option<&str>) -> Result<Element, String> {
    let mut element =
        Element { name: spec.element, attributes: Vec::new(), text: None, children: Vec::new() };
    let Value::Mapping(fields) = value else {
        let text = written.map(str::to_owned).or_else(|| scalar(value));
        return match (spec.text, text) {
            (Some(_), Some(text)) if spec.attributes.iter().all(|known| !known.required) => {
                element.text = Some(text);
                Ok(element)
            }
            _ => Err("this is not a mapping".to_owned()),
        };
    };
    for (key, value) in fields {
        let key = key.as_str().unwrap_or_default();
        if let Some((child, _)) = spec.children.filter(|(child, _)| child.key == key) {
            element.children = read(child, value, None)?;
            continue;
        }
        if spec.text.is_some_and(|(text, _)| text == key) {
            element.text = scalar(value);
            continue;
        }
        let Some(known) = spec.attributes.iter().find(|known| known.name == key) else {
            return Err(format!("`{key}` is no part of it"));
        };
        if !value.is_null() {
            element.attributes.push((known.name, read_as(known, value)?));
        }
    }
    let given = |name| element.attributes.iter().any(|(given, _)| *given == name);
    if let Some(missing) = spec.attributes.iter().find(|known| known.required && !given(known.name))
    {
        return Err(format!("there is no `{}`", missing.name));
    }
    if spec.text.is_some_and(|(_, required)| required && element.text.is_none()) {
        return Err(format!("there is no `{}`", spec.text.map_or("", |(key, _)| key)));
    }
    if let Some((child, true)) = spec.children
        && element.children.is_empty()
    {
        return Err(format!("there is no `{}`", child.key));
    }
    Ok(element)
}

/// A value on one line, without characters that XML cannot hold.
fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => return None,
    };
    let legal: String = text.chars().filter(|&c| super::words::legal_in_xml(c)).collect();
    let line = legal.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

fn read_as(known: &Attribute, value: &Value) -> Result<String, String> {
    let name = known.name;
    let text = scalar(value).ok_or_else(|| format!("`{name}` is not a plain value"))?;
    let number =
        |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    let fits = match known.kind {
        Kind::Text => return Ok(text),
        Kind::Url => text.starts_with("https://") || text.starts_with("http://"),
        Kind::Number => number(&text).is_some(),
        Kind::Truth => matches!(text.as_str(), "true" | "false"),
        Kind::OneOf(words) => {
            if !words.contains(&text.as_str()) {
                return Err(format!("`{name}` is one of {}, not `{text}`", words.join(", ")));
            }
            true
        }
        Kind::Seconds => match (number(&text), super::chapters::seconds_of(&text)) {
            (Some(_), _) => true,
            (None, Some(seconds)) => return Ok(seconds.to_string()),
            (None, None) => false,
        },
    };
    let wanted = match known.kind {
        Kind::Url => "an address that begins with https://",
        Kind::Truth => "true or false",
        _ => "a number",
    };
    if fits { Ok(text) } else { Err(format!("`{name}` is {wanted}, not `{text}`")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::frontmatter;

    fn said(yaml: &str) -> String {
        let matter = frontmatter::parse(&format!("---\n{yaml}\n---\n")).unwrap();
        let (elements, faults) = of_fields(&matter.fields);
        let mut said: String = elements.iter().map(|element| format!("{element:?}\n")).collect();
        said.extend(faults.iter().map(|(key, fault)| format!("{key}: {}\n", fault.reason)));
        said
    }

    #[test]
    fn elements_are_read_as_the_namespace_has_them() {
        insta::assert_snapshot!(
            said(
                "soundbite:\n  - {startTime: 73, duration: 60.5, title: Why}\n  - {startTime: \"1:02:03\", duration: \"00:30\"}\n\
                 license: cc-by-4.0\nlocation: {name: Paris, geo: \"geo:48.86,2.35\", rel: subject}\n\
                 socialInteract: {protocol: activitypub, uri: \"https://a.example/1\"}\n\
                 alternateEnclosure: {type: audio/opus, bitrate: 64000, source: [{uri: \"https://a.example/a.opus\"}]}\n\
                 value: {type: lightning, method: keysend, recipients: [{type: node, address: ab, split: 100}]}"
            ),
            @r#"
            Element { name: "podcast:soundbite", attributes: [("startTime", "73"), ("duration", "60.5")], text: Some("Why"), children: [] }
            Element { name: "podcast:soundbite", attributes: [("startTime", "3723"), ("duration", "30")], text: None, children: [] }
            Element { name: "podcast:socialInteract", attributes: [("protocol", "activitypub"), ("uri", "https://a.example/1")], text: None, children: [] }
            Element { name: "podcast:license", attributes: [], text: Some("cc-by-4.0"), children: [] }
            Element { name: "podcast:location", attributes: [("geo", "geo:48.86,2.35"), ("rel", "subject")], text: Some("Paris"), children: [] }
            Element { name: "podcast:alternateEnclosure", attributes: [("type", "audio/opus"), ("bitrate", "64000")], text: None, children: [Element { name: "podcast:source", attributes: [("uri", "https://a.example/a.opus")], text: None, children: [] }] }
            Element { name: "podcast:value", attributes: [("type", "lightning"), ("method", "keysend")], text: None, children: [Element { name: "podcast:valueRecipient", attributes: [("type", "node"), ("address", "ab"), ("split", "100")], text: None, children: [] }] }
            "#
        );
    }

    #[test]
    fn what_is_wrong_is_said_in_its_own_words() {
        insta::assert_snapshot!(
            [
                said("soundbite: {startTime: soon, duration: 1}"),
                said("soundbite: {startTime: 1}"),
                said("license: {url: ftp://x}"),
                said("license: {url: \"https://x.example\"}"),
                said("location: {nom: Paris}"),
                said("socialInteract: {protocol: carrier-pigeon}"),
                said("value: {type: lightning, method: keysend}"),
                said("value: [a]"),
                said("soundbite: 12"),
            ].concat(),
            @r#"
            soundbite: `startTime` is a number, not `soon`
            soundbite: there is no `duration`
            license: `url` is an address that begins with https://, not `ftp://x`
            license: there is no `name`
            location: `nom` is no part of it
            socialInteract: `protocol` is one of disabled, activitypub, twitter, lightning, atproto, hive, matrix, nostr, not `carrier-pigeon`
            value: there is no `recipients`
            value: a list stands where one value belongs
            soundbite: this is not a mapping
            "#
        );
    }
}
