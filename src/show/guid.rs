//! The show's `podcast:guid` (podcast namespace, "guid").

use uuid::{Uuid, uuid};

use super::Settings;

/// The namespace that the podcast namespace's "guid" page prescribes.
const PODCAST_NAMESPACE: Uuid = uuid!("ead4c236-bf58-58c6-a2c6-a6b28d128cb6");

/// The show's guid: the one that the host gave, or the one that follows from the feed's address.
pub fn podcast_guid(show: &Settings) -> String {
    match &show.show.guid {
        Some(guid) => guid.get_ref().trim().to_lowercase(),
        None => of_address(&show.feed_url()),
    }
}

/// UUIDv5 of the address without its scheme and without slashes at its end.
pub fn of_address(url: &str) -> String {
    let bare = url.split_once("://").map_or(url, |(_, bare)| bare).trim_end_matches('/');
    Uuid::new_v5(&PODCAST_NAMESPACE, bare.as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_namespace() {
        let cases = [
            ("mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
            ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
            ("http://podnews.net/rss//", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ];
        for (url, guid) in cases {
            assert_eq!(of_address(url), guid);
        }
    }
}
