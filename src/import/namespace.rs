//! Elements of the podcast namespace that front matter and settings have keys for, as these have them.
//!
//! An element becomes a key only if the key's own reader makes the very same of it; else it stays in the
//! feed as it was.

use std::fmt::Write as _;

use super::unread_elements::{Parts, one_line};
use super::xml::Element;
use crate::show::edit::quoted;
use crate::show::frontmatter;
use crate::show::namespace::{self, Element as Known, Spec};

/// How a mapping is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A front matter.
    Yaml,
    /// Settings.
    Toml,
}

/// Takes the elements that these keys can hold; each key with its value.
pub fn take(
    parts: &mut Parts<'_>,
    keys: &[&'static str],
    form: Form,
) -> Vec<(&'static str, String)> {
    let mut taken = Vec::new();
    for &key in keys {
        let name = format!("podcast:{key}");
        let found = parts.every(&name);
        if found.is_empty() {
            continue;
        }
        let Some(value) = value(key, &found, form) else { continue };
        parts.made_anew(&[&name]);
        taken.push((key, value));
    }
    taken
}

/// The value of a key that holds all of these elements; nothing if none does.
fn value(key: &'static str, elements: &[&Element], form: Form) -> Option<String> {
    let spec = Spec::of(key)?;
    let one = |element: &&Element| mapping(spec, element, form);
    let all = elements.iter().map(one).collect::<Option<Vec<_>>>()?;
    let text = match all.as_slice() {
        [one] => one.clone(),
        all => format!("[{}]", all.join(", ")),
    };
    let read = match form {
        Form::Yaml => {
            let matter = frontmatter::parse(&format!("---\n{key}: {text}\n---\n")).ok()?;
            let (read, faults) = namespace::of_fields(&matter.fields);
            faults.is_empty().then_some(read)?
        }
        Form::Toml => {
            let table: toml::Table = toml::from_str(&format!("{key} = {text}")).ok()?;
            namespace::of_setting(key, table.get(key)?, 0..0).ok()?
        }
    };
    let same = read.len() == elements.len()
        && read.iter().zip(elements).all(|(read, given)| is_same(read, given));
    same.then_some(text)
}

fn mapping(spec: &Spec, element: &Element, form: Form) -> Option<String> {
    let mut entries: Vec<(&str, String)> = Vec::new();
    for (name, value) in &element.attributes {
        entries.push((name.as_str(), quoted(value.trim())));
    }
    if !element.text.is_empty() {
        entries.push((spec.text_key()?, quoted(&one_line(&element.text))));
    }
    let mut inside: Vec<(&Spec, Vec<String>)> = Vec::new();
    for child in &element.children {
        let known = spec.child(&child.name)?;
        let value = mapping(known, child, form)?;
        match inside.iter_mut().find(|(spec, _)| spec.key == known.key) {
            Some((_, values)) => values.push(value),
            None => inside.push((known, vec![value])),
        }
    }
    for (known, values) in inside {
        let value = if known.many { format!("[{}]", values.join(", ")) } else { values.concat() };
        entries.push((known.key, value));
    }
    match entries.as_slice() {
        // A name alone is written as it is said, and so are elements in one that is nothing else.
        [(only, value)] if Some(*only) == spec.text_key() || spec.wraps().is_some() => {
            Some(value.clone())
        }
        entries => fields(entries, form),
    }
}

fn fields(entries: &[(&str, String)], form: Form) -> Option<String> {
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
    if !entries.iter().all(|(name, _)| plain(name)) {
        return None;
    }
    let sign = if form == Form::Yaml { ":" } else { " =" };
    let mut out = String::from("{ ");
    for (at, (name, value)) in entries.iter().enumerate() {
        let _ = write!(out, "{}{name}{sign} {value}", if at > 0 { ", " } else { "" });
    }
    out.push_str(" }");
    Some(out)
}

/// Whether what a key's reader makes is the element that the feed has.
fn is_same(read: &Known, given: &Element) -> bool {
    let mut attributes: Vec<(&str, &str)> =
        given.attributes.iter().map(|(name, value)| (name.as_str(), value.trim())).collect();
    let mut known: Vec<(&str, &str)> =
        read.attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    attributes.sort_unstable();
    known.sort_unstable();
    read.name == given.name
        && attributes == known
        && read.text.as_deref().unwrap_or_default() == one_line(&given.text)
        && read.children.len() == given.children.len()
        && read.children.iter().zip(&given.children).all(|(read, given)| is_same(read, given))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::report::Level;
    use crate::show::namespace::{EPISODE_KEYS, SHOW_KEYS};

    fn of(xml: &str, form: Form) -> (String, usize) {
        let keys: &[&'static str] = match form {
            Form::Yaml => &EPISODE_KEYS,
            Form::Toml => &SHOW_KEYS,
        };
        let feed = format!(
            "<rss xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel>{xml}</channel></rss>"
        );
        let channel = crate::import::xml::channel(feed.as_bytes()).unwrap();
        let mut parts = Parts::new(Level::Episode, &channel);
        let taken = take(&mut parts, keys, form);
        let lines: String = taken.iter().map(|(key, value)| format!("{key}: {value}\n")).collect();
        (lines, parts.finish(&mut crate::import::report::Report::default()).len())
    }

    #[test]
    fn what_a_key_can_hold_becomes_one() {
        let xml = "<podcast:license url='https://a.example/l'>Mine \"x\"</podcast:license>\
            <podcast:soundbite startTime='73.0' duration='60'>Why</podcast:soundbite><podcast:soundbite startTime='1' duration='2'/>\
            <podcast:location>Paris</podcast:location>\
            <podcast:alternateEnclosure type='audio/opus' length='12'><podcast:source uri='https://a.example/a.opus'/></podcast:alternateEnclosure>\
            <podcast:value type='lightning' method='keysend'><podcast:valueRecipient type='node' address='02' split='100'/></podcast:value>";
        let (yaml, left) = of(xml, Form::Yaml);
        insta::assert_snapshot!(yaml, @r#"
        soundbite: [{ startTime: "73.0", duration: "60", title: "Why" }, { startTime: "1", duration: "2" }]
        license: { url: "https://a.example/l", name: "Mine \"x\"" }
        location: "Paris"
        alternateEnclosure: { type: "audio/opus", length: "12", source: [{ uri: "https://a.example/a.opus" }] }
        value: { type: "lightning", method: "keysend", recipients: [{ type: "node", address: "02", split: "100" }] }
        "#);
        assert_eq!(left, 0);
        let (toml, left) = of(xml, Form::Toml);
        assert!(toml.contains("license: { url = \"https://a.example/l\", name = "), "{toml}");
        assert_eq!(left, 3, "soundbites and another enclosure are an episode's");
    }

    #[test]
    fn elements_in_elements_become_keys() {
        let show = "<podcast:chat server='irc.a.example' protocol='irc' space='#a'/>\
            <podcast:podroll><podcast:remoteItem feedGuid='a' title='A'/><podcast:remoteItem feedGuid='b'/></podcast:podroll>\
            <podcast:publisher><podcast:remoteItem medium='publisher' feedGuid='c'/></podcast:publisher>";
        let episode = "<podcast:value type='lightning' method='keysend'>\
            <podcast:valueRecipient type='node' address='02' split='100'/>\
            <podcast:valueTimeSplit startTime='60' duration='30'><podcast:remoteItem feedGuid='a' itemGuid='b'/></podcast:valueTimeSplit>\
            </podcast:value>\
            <podcast:alternateEnclosure type='audio/opus'><podcast:source uri='https://a.example/a'/>\
            <podcast:integrity type='sri' value='sha384-x'/></podcast:alternateEnclosure>";
        let (toml, left_of_show) = of(show, Form::Toml);
        let (yaml, left_of_episode) = of(episode, Form::Yaml);
        assert_eq!((left_of_show, left_of_episode), (0, 0));
        insta::assert_snapshot!(format!("{toml}{yaml}"), @r##"
        chat: { server = "irc.a.example", protocol = "irc", space = "#a" }
        podroll: [{ feedGuid = "a", title = "A" }, { feedGuid = "b" }]
        publisher: { medium = "publisher", feedGuid = "c" }
        alternateEnclosure: { type: "audio/opus", source: [{ uri: "https://a.example/a" }], integrity: { type: "sri", value: "sha384-x" } }
        value: { type: "lightning", method: "keysend", recipients: [{ type: "node", address: "02", split: "100" }], timeSplits: [{ startTime: "60", duration: "30", remoteItem: { feedGuid: "a", itemGuid: "b" } }] }
        "##);
    }

    #[test]
    fn what_it_cannot_hold_stays_in_the_feed() {
        for xml in [
            "<podcast:license>a</podcast:license><podcast:license>b</podcast:license>",
            "<podcast:location odd='1'>Paris</podcast:location>",
            "<podcast:soundbite startTime='soon' duration='2'/>",
            "<podcast:soundbite startTime='0:30' duration='2'/>",
            "<podcast:value type='x' method='y'><podcast:valueTimeSplit startTime='1' duration='2'/></podcast:value>",
            "<podcast:value type='x' method='y'/>",
        ] {
            let (lines, left) = of(xml, Form::Yaml);
            assert_eq!((lines.as_str(), left > 0), ("", true), "{xml}");
        }
    }
}
