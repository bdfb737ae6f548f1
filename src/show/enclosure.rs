//! Where an episode's audio stands: the address that the feed gives, and its name in the target.
//!
//! Both follow from the settings and `file`. An episode that was published elsewhere keeps the
//! address that it has there with the key `enclosure`, to the letter: for a podcast player the
//! address is part of what an episode is.

use percent_encoding::percent_decode_str;

use super::{Episode, Settings, is_inside};

/// Where an episode's audio stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The address in the feed, tracking prefixes included.
    pub url: String,
    /// The audio's name below the media folder of the target: what the address leads to, where that
    /// folder is what it leads to; `file` otherwise.
    pub name: String,
}

/// Where an episode's audio stands; nothing without a `file`.
pub fn place(settings: &Settings, episode: &Episode) -> Option<Place> {
    let file = episode.file.value()?.as_str();
    Some(match episode.enclosure.value() {
        None => Place { url: settings.enclosure_url(file), name: file.to_owned() },
        Some(url) => Place {
            name: name_below(&settings.enclosure_url(""), url).unwrap_or_else(|| file.to_owned()),
            url: url.clone(),
        },
    })
}

/// The address of an episode's audio, if it is outside of the show's own folder of audio.
pub fn foreign<'a>(settings: &Settings, episode: &'a Episode) -> Option<&'a str> {
    let url = episode.enclosure.value()?;
    let own = [settings.enclosure_url(""), settings.media_url()];
    own.iter().all(|own| !url.starts_with(own)).then_some(url)
}

/// Whether an episode's MP3 is published with a tag of onair's, and not byte for byte as it is: what stands at
/// another address has none, and its length is the file's own.
pub fn takes_tag(settings: &Settings, episode: &Episode) -> bool {
    settings.writes_tag(episode) && foreign(settings, episode).is_none()
}

/// What an address below `prefix` leads to there: its path, decoded. A query selects no other file.
pub fn name_below(prefix: &str, url: &str) -> Option<String> {
    let path = url.strip_prefix(prefix)?.split(['?', '#']).next()?;
    let name = percent_decode_str(path).decode_utf8().ok()?;
    is_inside(&name).then(|| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Source;
    use crate::show::settings::FILE;

    const SETTINGS: &str = "[show]\ntitle = 'A'\ndescription = 'B'\nauthor = 'C'\nlanguage = 'fr'\ncategory = 'News'\nartwork = 'a.png'\n[site]\nurl = 'https://show.example'\n[media]\ntracking = ['https://op3.dev/e/https://']\n";

    fn placed(front_matter: &str) -> Option<(String, String)> {
        let settings = Settings::parse(&Source::new(FILE, SETTINGS)).unwrap();
        let text = format!("---\n{front_matter}\n---\n");
        let episode = Episode::parse(Source::new("episodes/1.md", text)).unwrap();
        place(&settings, &episode).map(|place| (place.url, place.name))
    }

    #[test]
    fn the_address_follows_from_the_file_unless_it_is_given() {
        let prefix = "https://op3.dev/e/https://show.example/media/";
        let expect = |url: &str, name: &str| Some((url.to_owned(), name.to_owned()));
        assert_eq!(placed("file: 1.mp3"), expect(&format!("{prefix}1.mp3"), "1.mp3"));
        let ours = format!("{prefix}2020/ep%201.mp3?id=3");
        assert_eq!(
            placed(&format!("file: 1.mp3\nenclosure: \"{ours}\"")),
            expect(&ours, "2020/ep 1.mp3")
        );
        let foreign = "https://old.example/media/x.mp3";
        assert_eq!(placed(&format!("file: 1.mp3\nenclosure: {foreign}")), expect(foreign, "1.mp3"));
        assert_eq!(placed(&format!("enclosure: {foreign}")), None);
    }

    #[test]
    fn no_address_leads_out_of_the_target() {
        for path in
            ["../x.mp3", "%2e%2e/x.mp3", "a/..%2F..%2Fx.mp3", "", "a//b.mp3", "%ff.mp3", "a%00"]
        {
            assert_eq!(
                name_below("https://a.example/", &format!("https://a.example/{path}")),
                None
            );
        }
    }
}
