//! What the system already tells of a new show, offered as answers.

use std::path::Path;

use jiff::tz::TimeZone;

use super::answers::Topic;
use crate::pipeline::revision;
use crate::show::languages::is_language;

/// What the answer to a topic may be; nothing where the system tells nothing.
pub fn suggestion(topic: Topic, root: &Path) -> Option<String> {
    match topic {
        Topic::Title => {
            let name = root.canonicalize().ok()?.file_name()?.to_str()?.replace(['-', '_'], " ");
            let mut letters = name.chars();
            let first = letters.next()?.to_uppercase();
            Some(first.chain(letters).collect())
        }
        Topic::Author => git(root, &["config", "user.name"]),
        Topic::Email => git(root, &["config", "user.email"]),
        Topic::Language => Some(language().unwrap_or_else(|| "en".to_owned())),
        Topic::TimeZone => Some(time_zone().unwrap_or_else(|| "UTC".to_owned())),
        Topic::Target => Some("public".to_owned()),
        Topic::GitHub => Some(if is_on_github(root) { "y" } else { "n" }.to_owned()),
        Topic::Description | Topic::Category | Topic::Url => None,
    }
}

/// The system's language, as `LC_ALL`, `LC_MESSAGES` or `LANG` name it (POSIX, section 8.2).
pub fn language() -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set)?;
    of_locale(&locale)
}

fn of_locale(locale: &str) -> Option<String> {
    let plain = locale.split(['.', '@']).next()?.to_ascii_lowercase().replace('_', "-");
    is_language(&plain).then_some(plain)
}

/// The system's time zone by its IANA name.
pub fn time_zone() -> Option<String> {
    let zone = TimeZone::system();
    let name = zone.iana_name()?;
    Some(if name == "Etc/UTC" { "UTC" } else { name }.to_owned())
}

fn is_on_github(root: &Path) -> bool {
    git(root, &["remote", "get-url", "origin"]).is_some_and(|url| url.contains("github.com"))
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let said = revision::git(root, arguments)?.trim().to_owned();
    (!said.is_empty()).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_a_language() {
        assert_eq!(of_locale("fr_FR.UTF-8").as_deref(), Some("fr-fr"));
        assert_eq!(of_locale("de").as_deref(), Some("de"));
        assert_eq!(of_locale("ca_ES@euro").as_deref(), Some("ca-es"));
        for none in ["C", "C.UTF-8", "POSIX", ""] {
            assert_eq!(of_locale(none), None, "{none}");
        }
    }
}
