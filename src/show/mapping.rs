//! Which address leads to which key of the target, as the settings have it.
//!
//! `site.url` leads to `site.path`, and `media.url` to `media.path`. A web server or CDN serves the
//! target as one tree, so where both addresses lie in that tree they must agree: else the feed names
//! audio that nobody finds, or finds another show's.

use super::settings::{Settings, SettingsError};
use super::{in_address, with_slash};

/// The folder of audio in the target, unless `media.path` says another.
const MEDIA: &str = "media";

impl Settings {
    /// The key below which pages and feed stand in the target: empty, or with a `/` at its end.
    pub fn site_prefix(&self) -> String {
        self.site.path.as_ref().map_or_else(String::new, |path| with_slash(path.get_ref()))
    }

    /// The key below which audio stands in the target, with a `/` at its end.
    pub fn media_prefix(&self) -> String {
        with_slash(self.media.path.as_ref().map_or(MEDIA, |path| path.get_ref()))
    }

    /// What stands before a file's name in its own address, without tracking prefixes.
    pub fn media_url(&self) -> String {
        match &self.media.url {
            Some(url) => with_slash(url.get_ref()),
            // Settings that leave it open are refused when they are read.
            None => self.address_of(&self.media_prefix()).unwrap_or_else(|| self.site_url()),
        }
    }

    /// The address of the target's own root, where `site.url` and `site.path` tell it.
    fn root_url(&self) -> Option<String> {
        let site = self.site_url();
        let root = site.strip_suffix(&in_address(&self.site_prefix()))?;
        // Some of the host's name is not an address.
        (root.ends_with('/') && !root.ends_with("//")).then(|| root.to_owned())
    }

    /// The address of what stands below `prefix` in the target, by `site.url` and `site.path` alone.
    fn address_of(&self, prefix: &str) -> Option<String> {
        if let Some(rest) = prefix.strip_prefix(&self.site_prefix()) {
            return Some(format!("{}{}", self.site_url(), in_address(rest)));
        }
        Some(format!("{}{}", self.root_url()?, in_address(prefix)))
    }

    /// Whether every address that feed and pages name leads to the key that is written.
    ///
    /// # Errors
    /// Where `media.url` and `media.path` do not fit to `site.url` and `site.path`.
    pub(super) fn check_mapping(&self) -> Result<(), SettingsError> {
        let prefix = self.media_prefix();
        let path = prefix.trim_end_matches('/');
        let derived = self.address_of(&prefix);
        let trouble = |value: &toml::Spanned<String>, reason, help| {
            Err(SettingsError { span: value.span(), reason, help: Some(help) })
        };
        let Some(url) = &self.media.url else {
            if derived.is_some() {
                return Ok(());
            }
            let site = self.site_prefix();
            let reason = format!(
                "`site.url` leads to `{site}` in the target, and audio goes to `{prefix}`, which is \
                 outside it: `media.url` must say at which address"
            );
            let help = format!("write `media.url`, or `media.path = \"{site}{path}\"`");
            return trouble(&self.site.url, reason, help);
        };
        let given = with_slash(url.get_ref());
        // A server may map two folders apart; then both `path`s say what leads where.
        let by_hand = self.media.path.is_some();
        let (tree, folder) = match self.root_url() {
            Some(root) => (root, String::new()),
            None if by_hand => return Ok(()),
            None => (self.site_url(), self.site_prefix()),
        };
        let or_url = derived.map(|derived| format!("`media.url = \"{derived}\"`"));
        if let Some(rest) = below(&given, &tree) {
            if format!("{}{rest}", in_address(&folder)) == in_address(&prefix) {
                return Ok(());
            }
            let place = format!("{folder}{}", rest.trim_end_matches('/'));
            let reason = format!(
                "`media.url` does not lead to the audio: by `site.url` it is the folder `{place}/` of \
                 the target, and by `media.path` audio goes to `{prefix}`"
            );
            let or_path = (!place.is_empty()).then(|| format!("`media.path = \"{place}\"`"));
            let ways: Vec<String> = or_path.into_iter().chain(or_url).collect();
            return trouble(url, reason, format!("write {}", ways.join(", or ")));
        }
        if same_host(&given, &tree) && !by_hand {
            let reason = format!(
                "`media.url` does not lead to the audio: by `site.url` the target is what stands at \
                 `{tree}`, and `{given}` is outside it"
            );
            let help = format!(
                "write {}, or `media.path` if the server leads there from this address",
                or_url.unwrap_or_default()
            );
            return trouble(url, reason, help);
        }
        Ok(())
    }
}

/// What of `address` stands below `tree`.
fn below<'a>(address: &'a str, tree: &str) -> Option<&'a str> {
    let (address, tree) = (schemeless(address), schemeless(tree));
    let host = tree.find('/').unwrap_or(tree.len());
    let same = address.get(..host)?.eq_ignore_ascii_case(&tree[..host]);
    same.then(|| address[host..].strip_prefix(&tree[host..])).flatten()
}

fn same_host(one: &str, other: &str) -> bool {
    let host = |text: &str| schemeless(text).split('/').next().map(str::to_ascii_lowercase);
    host(one) == host(other)
}

/// `http` and `https` of one host are one tree.
fn schemeless(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::object::Key;
    use crate::show::Source;
    use crate::show::settings::FILE;

    const SHOW: &str = "[show]\ntitle = 'A'\ndescription = 'B'\nauthor = 'C'\nlanguage = 'fr'\ncategory = 'News'\nartwork = 'a.png'\n";

    fn parse(site: &str, media: &str) -> Result<Settings, SettingsError> {
        let text = format!("{SHOW}[site]\n{site}\n[media]\n{media}\n");
        Settings::parse(&Source::new(FILE, text))
    }

    /// What becomes of audio that the settings lead to an address, or why they are refused.
    fn audio(site: &str, media: &str) -> String {
        match parse(site, media) {
            Ok(settings) => {
                let key = Key::new(format!("{}1.mp3", settings.media_prefix())).unwrap();
                let url = settings.enclosure_url("1.mp3");
                assert_eq!(settings.public_url(&key).as_ref(), Some(&url), "{site} {media}");
                format!("{key} at {url}")
            }
            Err(error) => format!("{}\n  {}", error.reason, error.help.unwrap()),
        }
    }

    #[test]
    fn audio_stands_below_the_site_unless_it_is_said_where() {
        assert_eq!(
            audio("url = 'https://a.example'", ""),
            "media/1.mp3 at https://a.example/media/1.mp3"
        );
        assert_eq!(
            audio("url = 'https://a.example/second'", ""),
            "media/1.mp3 at https://a.example/second/media/1.mp3"
        );
        assert_eq!(
            audio("url = 'https://a.example/web'\npath = 'web'", ""),
            "media/1.mp3 at https://a.example/media/1.mp3"
        );
        assert_eq!(
            audio("url = 'https://a.example/x/web/'\npath = 'web'", "path = 'audio'"),
            "audio/1.mp3 at https://a.example/x/audio/1.mp3"
        );
        assert_eq!(
            audio("url = 'https://a.example'\npath = 'web'", "path = 'web/m'"),
            "web/m/1.mp3 at https://a.example/m/1.mp3"
        );
        assert_eq!(
            audio("url = 'https://a.example/show'", "url = 'https://cdn.example/x'"),
            "media/1.mp3 at https://cdn.example/x/1.mp3"
        );
        // Two folders that a server maps apart, each said.
        assert_eq!(
            audio(
                "url = 'https://a.example'\npath = 'web'",
                "url = 'https://a.example/m'\npath = 'media'"
            ),
            "media/1.mp3 at https://a.example/m/1.mp3"
        );
        assert_eq!(
            audio("url = 'https://a.example/show'", "url = 'https://a.example/m'\npath = 'media'"),
            "media/1.mp3 at https://a.example/m/1.mp3"
        );
    }

    #[test]
    fn addresses_that_lead_elsewhere_are_refused_with_both_settings_named() {
        insta::assert_snapshot!(audio("url = 'https://a.example'\npath = 'web'", ""), @r#"
        `site.url` leads to `web/` in the target, and audio goes to `media/`, which is outside it: `media.url` must say at which address
          write `media.url`, or `media.path = "web/media"`
        "#);
        insta::assert_snapshot!(
            audio("url = 'https://a.example/show'", "url = 'https://a.example/media'"), @r#"
        `media.url` does not lead to the audio: by `site.url` the target is what stands at `https://a.example/show/`, and `https://a.example/media/` is outside it
          write `media.url = "https://a.example/show/media/"`, or `media.path` if the server leads there from this address
        "#);
        insta::assert_snapshot!(
            audio("url = 'https://a.example/show'", "url = 'http://a.example/show/audio'"), @r#"
        `media.url` does not lead to the audio: by `site.url` it is the folder `audio/` of the target, and by `media.path` audio goes to `media/`
          write `media.path = "audio"`, or `media.url = "https://a.example/show/media/"`
        "#);
        insta::assert_snapshot!(
            audio("url = 'https://a.example/show'", "url = 'https://a.example/show'"), @r#"
        `media.url` does not lead to the audio: by `site.url` it is the folder `/` of the target, and by `media.path` audio goes to `media/`
          write `media.url = "https://a.example/show/media/"`
        "#);
        insta::assert_snapshot!(
            audio("url = 'https://a.example/web'\npath = 'web'", "url = 'https://a.example/web/media'"), @r#"
        `media.url` does not lead to the audio: by `site.url` it is the folder `web/media/` of the target, and by `media.path` audio goes to `media/`
          write `media.path = "web/media"`, or `media.url = "https://a.example/media/"`
        "#);
        insta::assert_snapshot!(
            audio("url = 'https://a.example'\npath = 'web'", "url = 'https://a.example/media'"), @r#"
        `media.url` does not lead to the audio: by `site.url` it is the folder `web/media/` of the target, and by `media.path` audio goes to `media/`
          write `media.path = "web/media"`
        "#);
    }
}
