//! Elements of the podcast namespace that a host writes in front matter or settings as they are, in one
//! table: which attributes each has, what they may hold, and what stands in it.
//!
//! Source: Podcast namespace 1.0, the page of each tag (soundbite, socialInteract, license, location,
//! alternateEnclosure, integrity, value, valueTimeSplit, chat, txt, podroll, publisher, remoteItem).

use serde_yaml::Value;

use super::addresses::has_web_scheme;
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
    /// An address of any kind: `https:`, `ipfs:`, `magnet:`; none that runs, or is of one machine.
    Uri,
    /// A number, which may have a fraction.
    Number,
    /// `true` or `false`.
    Truth,
    /// Seconds, or a time as a clock shows it.
    Seconds,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// This word, which nobody has to write.
    Always(&'static str),
}

/// An attribute of an element, and whether it must be given.
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

/// What an element of the namespace may hold, and how its mapping is written.
pub struct Spec {
    /// The key in front matter and settings.
    pub key: &'static str,
    element: &'static str,
    attributes: &'static [Attribute],
    /// The key of the element's own text, which a plain value gives as well; and whether it must be.
    text: Option<(&'static str, bool)>,
    /// Of which there may be several: a list.
    pub many: bool,
    /// The elements in it.
    children: &'static [(&'static Spec, Need)],
    expected: &'static str,
}

/// Whether an element must stand in another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
    /// It or its neighbour, and not both.
    Either,
}

impl Spec {
    /// What the elements of a key may hold.
    pub fn of(key: &str) -> Option<&'static Self> {
        SPECS.iter().find(|spec| spec.key == key)
    }

    /// Whether it is nothing but the one kind of element in it: its value is theirs.
    pub fn wraps(&self) -> Option<&'static Self> {
        let only = self.attributes.is_empty() && self.text.is_none();
        self.children.first().filter(|_| only).map(|(child, _)| *child)
    }

    /// The key of its own text.
    pub fn text_key(&self) -> Option<&'static str> {
        self.text.map(|(key, _)| key)
    }

    /// What an element in it may hold.
    pub fn child(&self, element: &str) -> Option<&'static Self> {
        self.children.iter().map(|(child, _)| *child).find(|child| child.element == element)
    }
}

/// Soundbite and its kin, as keys of an episode or of the settings.
const SPECS: [Spec; 10] = [
    Spec {
        key: "soundbite",
        element: "podcast:soundbite",
        attributes: &[must("startTime", Kind::Seconds), must("duration", Kind::Seconds)],
        text: Some(("title", false)),
        many: true,
        children: &[],
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
            may("uri", Kind::Uri),
            may("accountId", Kind::Text),
            may("accountUrl", Kind::Url),
            may("priority", Kind::Number),
        ],
        text: None,
        many: true,
        children: &[],
        expected: "protocol (as activitypub) and uri: the post that answers belong to",
    },
    Spec {
        key: "license",
        element: "podcast:license",
        attributes: &[may("url", Kind::Url)],
        text: Some(("name", true)),
        many: false,
        children: &[],
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
        children: &[],
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
        children: &[(&SOURCE, Need::Must), (&INTEGRITY, Need::May)],
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
        children: &[(&RECIPIENT, Need::Must), (&TIME_SPLIT, Need::May)],
        expected: "type, method, and recipients with type, address and split",
    },
    Spec {
        key: "chat",
        element: "podcast:chat",
        attributes: &[
            must("server", Kind::Text),
            must("protocol", Kind::Text),
            may("accountId", Kind::Text),
            may("space", Kind::Text),
        ],
        text: None,
        many: false,
        children: &[],
        expected: "server and protocol (as irc or matrix), and accountId and space if you like",
    },
    Spec {
        key: "txt",
        element: "podcast:txt",
        attributes: &[may("purpose", Kind::Text)],
        text: Some(("text", true)),
        many: true,
        children: &[],
        expected: "a text that some service asks for, and its purpose if it has one",
    },
    Spec {
        key: "podroll",
        element: "podcast:podroll",
        attributes: &[],
        text: None,
        many: false,
        children: &[(&REMOTE_ITEM, Need::Must)],
        expected: "the feedGuid of each show that you recommend, and feedUrl and title if you like",
    },
    Spec {
        key: "publisher",
        element: "podcast:publisher",
        attributes: &[],
        text: None,
        many: false,
        children: &[(&PUBLISHER, Need::Must)],
        expected: "the feedGuid of the publisher's own feed, and its feedUrl",
    },
];

const REMOTE_ITEM: Spec = Spec {
    key: "remoteItem",
    element: "podcast:remoteItem",
    attributes: &[
        must("feedGuid", Kind::Text),
        may("feedUrl", Kind::Url),
        may("itemGuid", Kind::Text),
        may("medium", Kind::Text),
        may("title", Kind::Text),
    ],
    text: None,
    many: true,
    children: &[],
    expected: "feedGuid",
};

const PUBLISHER: Spec = Spec {
    attributes: &[
        must("feedGuid", Kind::Text),
        may("feedUrl", Kind::Url),
        may("medium", Kind::Always("publisher")),
    ],
    many: false,
    ..REMOTE_ITEM
};

const SOURCE: Spec = Spec {
    key: "source",
    element: "podcast:source",
    attributes: &[must("uri", Kind::Uri), may("contentType", Kind::Text)],
    text: None,
    many: true,
    children: &[],
    expected: "uri",
};

const INTEGRITY: Spec = Spec {
    key: "integrity",
    element: "podcast:integrity",
    attributes: &[must("type", Kind::OneOf(&["sri", "pgp-signature"])), must("value", Kind::Text)],
    text: None,
    many: false,
    children: &[],
    expected: "type and value",
};

const TIME_SPLIT: Spec = Spec {
    key: "timeSplits",
    element: "podcast:valueTimeSplit",
    attributes: &[
        must("startTime", Kind::Seconds),
        must("duration", Kind::Seconds),
        may("remoteStartTime", Kind::Seconds),
        may("remotePercentage", Kind::Number),
    ],
    text: None,
    many: true,
    children: &[(&RECIPIENT, Need::Either), (&ONE_REMOTE_ITEM, Need::Either)],
    expected: "startTime, duration, and recipients or a remoteItem",
};

const ONE_REMOTE_ITEM: Spec = Spec { many: false, ..REMOTE_ITEM };

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
    children: &[],
    expected: "type, address and split",
};

/// The keys of an episode that are read here.
pub const EPISODE_KEYS: [&str; 8] = [
    "soundbite",
    "socialInteract",
    "license",
    "location",
    "alternateEnclosure",
    "value",
    "chat",
    "txt",
];

/// The keys of `[show]` that are read here.
pub const SHOW_KEYS: [&str; 7] =
    ["license", "location", "value", "chat", "txt", "podroll", "publisher"];

/// What an episode's fields say in these keys; what cannot be read, by its key.
pub fn of_fields(fields: &[Field]) -> (Vec<Element>, Vec<(&'static str, Malformed)>) {
    let (mut elements, mut faults) = (Vec::new(), Vec::new());
    for spec in SPECS.iter().filter(|spec| EPISODE_KEYS.contains(&spec.key)) {
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
    let Some(spec) = Spec::of(key) else { return Ok(Vec::new()) };
    let value = serde_yaml::to_value(value).unwrap_or(Value::Null);
    read(spec, &value, None).map_err(|reason| malformed(spec, span, reason))
}

fn read(spec: &Spec, value: &Value, written: Option<&str>) -> Result<Vec<Element>, String> {
    if let Some(child) = spec.wraps() {
        let children = read(child, value, None)?;
        return Ok(if children.is_empty() {
            Vec::new()
        } else {
            vec![Element { children, ..empty(spec) }]
        });
    }
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Sequence(entries) if spec.many => {
            entries.iter().map(|entry| element(spec, entry, None)).collect()
        }
        Value::Sequence(_) => Err("a list stands where one value belongs".to_owned()),
        value => Ok(vec![element(spec, value, written)?]),
    }
}

fn empty(spec: &Spec) -> Element {
    Element { name: spec.element, attributes: Vec::new(), text: None, children: Vec::new() }
}

fn element(spec: &Spec, value: &Value, written: Option<&str>) -> Result<Element, String> {
    let mut element = empty(spec);
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
        if let Some((child, _)) = spec.children.iter().find(|(child, _)| child.key == key) {
            element.children.extend(read(child, value, None)?);
            continue;
        }
        if spec.text_key() == Some(key) {
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
    let mut always = Vec::new();
    if let Some(missing) = spec.attributes.iter().find(|known| known.required && !given(known.name))
    {
        return Err(format!("there is no `{}`", missing.name));
    }
    if let Some((key, true)) = spec.text
        && element.text.is_none()
    {
        return Err(format!("there is no `{key}`"));
    }
    for known in spec.attributes {
        if let Kind::Always(word) = known.kind
            && !given(known.name)
        {
            always.push((known.name, word.to_owned()));
        }
    }
    has_children(spec, &element.children)?;
    element.attributes.extend(always);
    Ok(element)
}

fn has_children(spec: &Spec, children: &[Element]) -> Result<(), String> {
    let there = |child: &Spec| children.iter().any(|given| given.name == child.element);
    let mut either = spec.children.iter().filter(|(_, need)| *need == Need::Either);
    if let (Some((one, _)), Some((other, _))) = (either.next(), either.next())
        && there(one) == there(other)
    {
        let (one, other) = (one.key, other.key);
        return Err(format!("there is either `{one}` or `{other}`, and not both"));
    }
    match spec.children.iter().find(|(child, need)| *need == Need::Must && !there(child)) {
        Some((missing, _)) => Err(format!("there is no `{}`", missing.key)),
        None => Ok(()),
    }
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
        Kind::Url => has_web_scheme(&text),
        Kind::Uri => url::Url::parse(&text)
            .is_ok_and(|url| !matches!(url.scheme(), "javascript" | "vbscript" | "data" | "file")),
        Kind::Number => number(&text).is_some(),
        Kind::Truth => matches!(text.as_str(), "true" | "false"),
        Kind::OneOf(words) => {
            if !words.contains(&text.as_str()) {
                return Err(format!("`{name}` is one of {}, not `{text}`", words.join(", ")));
            }
            true
        }
        Kind::Always(word) => text == word,
        Kind::Seconds => match (number(&text), super::chapters::seconds_of(&text)) {
            (Some(_), _) => true,
            (None, Some(seconds)) => return Ok(seconds.to_string()),
            (None, None) => false,
        },
    };
    let wanted = match known.kind {
        Kind::Url => "an address that begins with https://",
        Kind::Uri => "a whole address, as https://…",
        Kind::Truth => "true or false",
        Kind::Always(word) => word,
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
    fn elements_stand_in_elements() {
        let value = |text: &str| {
            let table: toml::Table = toml::from_str(text).unwrap();
            let (key, value) = table.iter().next().unwrap();
            match of_setting(key, value, 0..0) {
                Ok(elements) => format!("{elements:?}\n"),
                Err(fault) => format!("{key}: {}\n", fault.reason),
            }
        };
        insta::assert_snapshot!(
            [
                value("podroll = [{ feedGuid = 'a', title = 'Sea' }, { feedGuid = 'b' }]"),
                value("podroll = []"),
                value("podroll = [{ title = 'Sea' }]"),
                value("publisher = { feedGuid = 'a', feedUrl = 'https://sea.example/all.xml' }"),
                value("publisher = { feedGuid = 'a', medium = 'music' }"),
                value("chat = { server = 'irc.sea.example', protocol = 'irc' }"),
                value("txt = ['a1', { purpose = 'verify', text = 'b2' }]"),
                value("txt = { purpose = 'verify' }"),
                said(
                    "value: {type: lightning, method: keysend, recipients: [{type: node, address: ab, split: 100}], \
                     timeSplits: [{startTime: \"1:00\", duration: 30, remotePercentage: 90, remoteItem: {feedGuid: a, itemGuid: b}}]}"
                ),
                said(
                    "value: {type: lightning, method: keysend, recipients: [{type: node, address: ab, split: 100}], \
                     timeSplits: [{startTime: 60, duration: 30}]}"
                ),
                said(
                    "alternateEnclosure: {type: audio/opus, source: [{uri: \"https://a.example/a\"}], integrity: {type: sri, value: sha384-x}}"
                ),
            ]
            .concat(),
            @r#"
            [Element { name: "podcast:podroll", attributes: [], text: None, children: [Element { name: "podcast:remoteItem", attributes: [("feedGuid", "a"), ("title", "Sea")], text: None, children: [] }, Element { name: "podcast:remoteItem", attributes: [("feedGuid", "b")], text: None, children: [] }] }]
            []
            podroll: there is no `feedGuid`
            [Element { name: "podcast:publisher", attributes: [], text: None, children: [Element { name: "podcast:remoteItem", attributes: [("feedGuid", "a"), ("feedUrl", "https://sea.example/all.xml"), ("medium", "publisher")], text: None, children: [] }] }]
            publisher: `medium` is publisher, not `music`
            [Element { name: "podcast:chat", attributes: [("protocol", "irc"), ("server", "irc.sea.example")], text: None, children: [] }]
            [Element { name: "podcast:txt", attributes: [], text: Some("a1"), children: [] }, Element { name: "podcast:txt", attributes: [("purpose", "verify")], text: Some("b2"), children: [] }]
            txt: there is no `text`
            Element { name: "podcast:value", attributes: [("type", "lightning"), ("method", "keysend")], text: None, children: [Element { name: "podcast:valueRecipient", attributes: [("type", "node"), ("address", "ab"), ("split", "100")], text: None, children: [] }, Element { name: "podcast:valueTimeSplit", attributes: [("startTime", "60"), ("duration", "30"), ("remotePercentage", "90")], text: None, children: [Element { name: "podcast:remoteItem", attributes: [("feedGuid", "a"), ("itemGuid", "b")], text: None, children: [] }] }] }
            value: there is either `recipients` or `remoteItem`, and not both
            Element { name: "podcast:alternateEnclosure", attributes: [("type", "audio/opus")], text: None, children: [Element { name: "podcast:source", attributes: [("uri", "https://a.example/a")], text: None, children: [] }, Element { name: "podcast:integrity", attributes: [("type", "sri"), ("value", "sha384-x")], text: None, children: [] }] }
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
                said("socialInteract: {protocol: activitypub, uri: social.example/@sea/1}"),
                said("socialInteract: {protocol: activitypub, uri: 'JavaScript:alert(3)'}"),
                said("socialInteract: {protocol: nostr, uri: 'nostr:note1x'}"),
                said("alternateEnclosure: {type: audio/opus, source: [{uri: audio/1.opus}]}"),
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
            socialInteract: `uri` is a whole address, as https://…, not `social.example/@sea/1`
            socialInteract: `uri` is a whole address, as https://…, not `JavaScript:alert(3)`
            Element { name: "podcast:socialInteract", attributes: [("protocol", "nostr"), ("uri", "nostr:note1x")], text: None, children: [] }
            alternateEnclosure: `uri` is a whole address, as https://…, not `audio/1.opus`
            value: there is no `recipients`
            value: a list stands where one value belongs
            soundbite: this is not a mapping
            "#
        );
    }
}
