//! The promises of a release, judged from outside: from the public feed and the objects that a
//! listener can fetch, with nothing of onair's own but its key type.

use std::collections::BTreeMap;

use bytes::Bytes;
use onair::model::object::Key;
use onair::store::memory::Entry;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::show::{BASE, feed_key};

/// An enclosure as a podcast app reads it.
#[derive(Debug, PartialEq, Eq)]
struct Enclosure {
    url: String,
    length: u64,
    content_type: String,
}

fn enclosures(feed: &[u8]) -> Result<Vec<Enclosure>, String> {
    let mut reader = Reader::from_reader(feed);
    let mut found = Vec::new();
    let mut depth = 0_i32;
    loop {
        let event = reader.read_event().map_err(|error| format!("feed: {error}"))?;
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof if depth == 0 => return Ok(found),
            Event::Eof => return Err("the feed is cut off".into()),
            _ => {}
        }
        let (Event::Start(tag) | Event::Empty(tag)) = &event else { continue };
        if tag.name().as_ref() != "enclosure" {
            continue;
        }
        let get = |name: &str| {
            let value = tag.try_get_attribute(name).map_err(|error| error.to_string())?;
            let value = value.ok_or_else(|| format!("an enclosure without {name}"))?;
            Ok::<_, String>(value.value.into_owned())
        };
        let length = get("length")?.parse().map_err(|_| "a length that is no number")?;
        found.push(Enclosure { url: get("url")?, length, content_type: get("type")? });
    }
}

/// What a listener has seen so far.
#[derive(Debug, Default, Clone)]
pub struct Watch {
    /// Audio, by key, as it was when a feed first named it.
    audio: BTreeMap<Key, Bytes>,
    /// The last feed.
    feed: Option<Bytes>,
}

impl Watch {
    /// Looks at the target and says which promise is broken, if one is.
    ///
    /// `releases` tells whether a text is the whole feed of some release.
    pub fn look(
        &mut self,
        objects: &BTreeMap<Key, Entry>,
        releases: impl Fn(&[u8]) -> bool,
    ) -> Result<(), String> {
        for (key, first) in &self.audio {
            if objects.get(key).is_some_and(|entry| entry.bytes != *first) {
                return Err(format!("the audio under {key} has changed"));
            }
        }
        if let Some(lost) = self.audio.keys().find(|key| !objects.contains_key(key)) {
            return Err(format!("the audio under {lost} is lost"));
        }
        let feed = objects.get(&feed_key()).map(|entry| entry.bytes.clone());
        if feed.is_none() && self.feed.is_some() {
            return Err("the feed is gone".into());
        }
        let Some(bytes) = feed else { return Ok(()) };
        if self.feed.as_ref() != Some(&bytes) && !releases(&bytes) {
            return Err("the feed is no release's whole feed".into());
        }
        for Enclosure { url, length, content_type } in enclosures(&bytes)? {
            let key = url.strip_prefix(BASE).ok_or("an address outside the show")?;
            let Some(entry) = objects.get(&Key::new(key).unwrap()) else {
                return Err(format!("the feed names {key}, which is not there"));
            };
            if entry.bytes.len() as u64 != length || entry.content_type != content_type {
                return Err(format!("the feed promises another {key}"));
            }
            self.audio.entry(Key::new(key).unwrap()).or_insert_with(|| entry.bytes.clone());
        }
        self.feed = Some(bytes);
        Ok(())
    }
}

#[test]
fn the_judge_can_say_no() {
    let entry = |bytes: &str, content_type: &str| Entry {
        bytes: Bytes::copy_from_slice(bytes.as_bytes()),
        content_type: content_type.into(),
        cache_control: String::new(),
        metadata: BTreeMap::new(),
    };
    let feed = |length| {
        entry(
            &format!(
                r#"<rss><enclosure url="{BASE}media/1.mp3" length="{length}" type="audio/mpeg"/></rss>"#
            ),
            "text/xml",
        )
    };
    let audio = Key::new("media/1.mp3").unwrap();
    let mut objects = BTreeMap::from([(feed_key(), feed(3))]);
    let look = |objects: &_| Watch::default().look(objects, |_| true);
    assert_eq!(look(&objects).unwrap_err(), "the feed names media/1.mp3, which is not there");
    objects.insert(audio.clone(), entry("abc", "audio/mpeg"));
    assert_eq!(look(&objects), Ok(()));
    objects.insert(audio.clone(), entry("abc", "text/html"));
    assert_eq!(look(&objects).unwrap_err(), "the feed promises another media/1.mp3");
    objects.insert(audio.clone(), entry("abcd", "audio/mpeg"));
    assert_eq!(look(&objects).unwrap_err(), "the feed promises another media/1.mp3");

    let mut watch = Watch::default();
    objects.insert(audio.clone(), entry("abc", "audio/mpeg"));
    assert_eq!(watch.look(&objects, |_| true), Ok(()));
    objects.insert(audio.clone(), entry("xyz", "audio/mpeg"));
    assert!(watch.look(&objects, |_| true).unwrap_err().contains("has changed"));
    objects.remove(&audio);
    assert!(watch.look(&objects, |_| true).unwrap_err().contains("is lost"));
    assert!(look(&BTreeMap::from([(feed_key(), entry("<rss>", "text/xml"))])).is_err());
    let foreign = BTreeMap::from([(feed_key(), entry("<rss></rss>", "text/xml"))]);
    assert!(Watch::default().look(&foreign, |_| false).unwrap_err().contains("whole feed"));
}
