//! Whether credentials may go where `onair.toml` says: to a target that the one who runs onair has
//! named, or that the main branch names. A stranger's pull request changes `onair.toml` as it likes.

use std::env;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::main_branch::Main;
use super::{Error, Options};
use crate::http::reach::{Reach, is_loopback};
use crate::model::hash::Sha256;
use crate::show::Settings;
use crate::show::settings::FILE;

/// All that decides to whom a signed request goes, as far as it is written down somewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Way {
    /// `target.url`
    pub url: Option<String>,
    /// `target.endpoint`
    pub endpoint: Option<String>,
    /// `target.region`
    pub region: Option<String>,
    /// `target.profile`
    pub profile: Option<String>,
}

/// What is wanted of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To know what is published: what everybody may read is enough.
    Look,
    /// The target itself: a release, an upload, an examination.
    Use,
}

/// Why no credentials go there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// What is wrong, as a clause.
    pub reason: String,
    /// How to go on.
    pub help: String,
}

impl From<Doubt> for Error {
    fn from(doubt: Doubt) -> Self {
        Self::usage(format!("no credentials are sent: {}", doubt.reason)).help(doubt.help)
    }
}

impl Way {
    /// What the settings say.
    pub fn of(settings: &Settings) -> Self {
        let target = &settings.target;
        Self {
            url: target.url.as_ref().map(|url| url.get_ref().clone()),
            endpoint: target.endpoint.clone(),
            region: target.region.clone(),
            profile: target.profile.clone(),
        }
    }

    /// The same of an `onair.toml` that may be of another version, or empty.
    fn of_text(text: &str) -> Self {
        let table = text.parse::<toml::Table>().unwrap_or_default();
        let target = table.get("target").and_then(toml::Value::as_table);
        let text = |key: &str| Some(target?.get(key)?.as_str()?.to_owned());
        Self {
            url: text("url"),
            endpoint: text("endpoint"),
            region: text("region"),
            profile: text("profile"),
        }
    }

    /// What the one who runs onair has named: by options, or in the environment as the AWS tools read it.
    fn named(options: &Options) -> Self {
        let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let either = |first: &str, second: &str| set(first).or_else(|| set(second));
        Self {
            url: options.target.clone(),
            endpoint: options
                .endpoint
                .clone()
                .or_else(|| either("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")),
            region: either("AWS_REGION", "AWS_DEFAULT_REGION"),
            profile: set("AWS_PROFILE"),
        }
    }
}

/// Judges the way that would be gone, by what of it is `named` by the one who runs onair and by what the
/// main branch says.
///
/// # Errors
/// Why no credentials may go there.
pub fn judge(
    purpose: Purpose,
    gone: &Way,
    named: &Way,
    main: &Main<Way>,
    is_remembered: bool,
) -> Result<(), Doubt> {
    let values = |key: &'static str, way: &Way| match key {
        "url" => way.url.clone(),
        "endpoint" => way.endpoint.clone(),
        "region" => way.region.clone(),
        _ => way.profile.clone(),
    };
    // Without a value it is the environment's, or Amazon's own for the target's name.
    let foreign = |key| values(key, gone).is_some_and(|value| values(key, named) != Some(value));
    let keys = ["url", "endpoint", "region", "profile"];
    let doubtful: Vec<&str> = match main {
        Main::Says(main, _) => {
            let is_theirs = |key: &&'static str| {
                values(key, gone) != values(key, main)
                    && match values(key, gone) {
                        Some(_) => foreign(key),
                        // Our keys for our own store are none of Amazon's business.
                        None => *key == "endpoint" && named.endpoint.is_none(),
                    }
            };
            keys.into_iter().filter(is_theirs).collect()
        }
        Main::None if purpose == Purpose::Use || is_remembered => Vec::new(),
        // Their own server's, whatever the bucket's name.
        Main::None if named.endpoint.is_some() && !foreign("endpoint") => Vec::new(),
        Main::Unknown if purpose == Purpose::Look && is_remembered => Vec::new(),
        Main::None | Main::Unknown => keys.into_iter().filter(|key| foreign(key)).collect(),
    };
    if doubtful.is_empty() {
        return Ok(());
    }
    let listed: Vec<String> = doubtful.iter().map(|key| format!("`target.{key}`")).collect();
    let listed = listed.join(", ");
    let verb = if doubtful.len() == 1 { "is" } else { "are" };
    let (reason, or) = match main {
        Main::Says(_, name) => (
            format!("{listed} of {FILE} {verb} not what {name} says"),
            format!("or bring {FILE} to the main branch first"),
        ),
        Main::Unknown => (
            format!(
                "only {FILE} names {listed}, and git does not say which branch is the main one"
            ),
            "or tell git with `git remote set-head origin --auto`".to_owned(),
        ),
        Main::None => (
            format!("only {FILE} names {listed}"),
            "or release once: then this target counts as yours".to_owned(),
        ),
    };
    let how = |key: &&str| match *key {
        "url" => "--target",
        "endpoint" => "--endpoint",
        "region" => "AWS_REGION",
        _ => "AWS_PROFILE",
    };
    let ways: Vec<&str> = doubtful.iter().map(how).collect();
    let help = format!("if it is yours, name it yourself with {}; {or}", ways.join(" and "));
    Err(Doubt { reason, help })
}

/// Judges the target that options and settings name.
///
/// # Errors
/// Why no credentials may go there.
pub fn may_sign(options: &Options, settings: &Settings, purpose: Purpose) -> Result<(), Doubt> {
    let gone = effective(options, settings);
    let main = main_way(options);
    judge(purpose, &gone, &Way::named(options), &main, is_remembered(&gone))
}

/// Whether the folder `url`, outside the show's own, is one that the one who runs onair wants written.
///
/// # Errors
/// Why it is not.
pub fn may_write(options: &Options, settings: &Settings, url: &str) -> Result<(), Doubt> {
    let leaves = Path::new(url).is_absolute() || url.split('/').any(|part| part == "..");
    if !leaves || options.target.is_some() {
        return Ok(());
    }
    let only_url = |way: Way| Way { url: way.url, ..Way::default() };
    let main = match main_way(options) {
        Main::Says(way, name) => Main::Says(only_url(way), name),
        other => other,
    };
    let written = only_url(Way::of(settings));
    judge(Purpose::Use, &written, &Way::default(), &main, false)
}

/// Judges the address of Podping that the settings name: may Podping's token go there?
///
/// # Errors
/// Why it may not.
pub fn may_tell(options: &Options, settings: &Settings) -> Result<(), Doubt> {
    let Some(podping) = &settings.site.podping else { return Ok(()) };
    let address = podping.get_ref();
    let doubt = |reason: String, help: &str| Err(Doubt { reason, help: help.to_owned() });
    if !address.starts_with("https://") && !is_loopback(address) {
        return doubt(format!("{address} is not encrypted"), "name it with https://");
    }
    match options.main_branch.text(&options.root) {
        Main::None => Ok(()),
        Main::Says(text, _) if podping_of(text).as_ref() == Some(address) => Ok(()),
        Main::Says(_, name) => doubt(
            format!("`site.podping` of {FILE} is not what {name} says"),
            &format!("bring {FILE} to the main branch first"),
        ),
        Main::Unknown => doubt(
            format!(
                "only {FILE} names {address}, and git does not say which branch is the main one"
            ),
            "tell git with `git remote set-head origin --auto`",
        ),
    }
}

fn podping_of(text: &str) -> Option<String> {
    let table = text.parse::<toml::Table>().ok()?;
    Some(table.get("site")?.get("podping")?.as_str()?.to_owned())
}

/// Who may be asked for what is public: every public server, and of others those that the main branch
/// names; in a folder of the user's own, this machine.
pub fn reach(options: &Options, settings: &Settings) -> Reach {
    let mut named = vec![settings.site_url(), settings.media_url()];
    let further = [&settings.site.hub, &settings.site.podping];
    named.extend(further.into_iter().flatten().map(|url| url.get_ref().clone()));
    match options.main_branch.text(&options.root) {
        Main::Says(text, _) => {
            let theirs = Reach::default();
            let ours = Reach::with(addresses(text).iter().map(String::as_str));
            named.retain(|url| theirs.permits(url).is_err() && ours.permits(url).is_ok());
        }
        Main::None => named.retain(|url| is_loopback(url)),
        Main::Unknown => named.clear(),
    }
    named.push(options.cloudfront.clone());
    Reach::with(named.iter().map(String::as_str))
}

/// The addresses in the settings' tables `site` and `media`.
fn addresses(text: &str) -> Vec<String> {
    let table = text.parse::<toml::Table>().unwrap_or_default();
    let tables = ["site", "media"].into_iter().filter_map(|name| table.get(name)?.as_table());
    let values = tables.flat_map(|table| table.values());
    values.filter_map(|value| Some(value.as_str()?.to_owned())).collect()
}

/// Remembers a target that was used from a folder of the user's own.
pub fn remember(options: &Options, settings: &Settings) {
    if main_way(options) != Main::None {
        return;
    }
    let way = effective(options, settings);
    if let Some(file) = place(&way)
        && !file.exists()
        && let Ok(text) = serde_json::to_vec_pretty(&way)
    {
        // Without it, the next dry run asks as a stranger.
        let _ = super::cache::replace(&file, &text);
    }
}

fn is_remembered(way: &Way) -> bool {
    place(way).is_some_and(|file| file.exists())
}

/// What is gone by: options first.
fn effective(options: &Options, settings: &Settings) -> Way {
    let written = Way::of(settings);
    Way {
        url: options.target.clone().or(written.url),
        endpoint: options.endpoint.clone().or(written.endpoint),
        ..written
    }
}

/// Where it is remembered that a target is the user's: in the folder for what programs know of their
/// user (XDG Base Directory Specification, section 3), where no pull request can plant a file.
fn place(way: &Way) -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let states =
        absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    let name = Sha256::of(&serde_json::to_vec(way).ok()?).to_string();
    Some(states.join("onair/targets").join(format!("{}.json", &name[..32])))
}

/// The way that the main branch says.
fn main_way(options: &Options) -> Main<Way> {
    match options.main_branch.text(&options.root) {
        Main::Says(text, name) => Main::Says(Way::of_text(text), name.clone()),
        Main::None => Main::None,
        Main::Unknown => Main::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(url: &str, endpoint: &str, region: &str, profile: &str) -> Way {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Way {
            url: given(url),
            endpoint: given(endpoint),
            region: given(region),
            profile: given(profile),
        }
    }

    fn said(gone: &Way, named: &Way, main: &Main<Way>) -> String {
        match judge(Purpose::Look, gone, named, main, false) {
            Ok(()) => "trusted".to_owned(),
            Err(doubt) => doubt.reason,
        }
    }

    #[test]
    fn what_differs_from_main_is_not_trusted_unless_it_is_named() {
        let ours = way("s3://show", "https://s3.show.example", "eu", "show");
        let main = Main::Says(ours.clone(), "origin/main".to_owned());
        let nothing = Way::default();
        assert_eq!(said(&ours, &nothing, &main), "trusted");
        for (theirs, key) in [
            (Way { url: Some("s3://theirs".into()), ..ours.clone() }, "url"),
            (Way { endpoint: Some("https://their.example".into()), ..ours.clone() }, "endpoint"),
            (Way { endpoint: None, ..ours.clone() }, "endpoint"),
            (Way { region: Some("other".into()), ..ours.clone() }, "region"),
            (Way { profile: Some("admin".into()), ..ours.clone() }, "profile"),
        ] {
            let doubt = format!("`target.{key}` of onair.toml is not what origin/main says");
            assert_eq!(said(&theirs, &nothing, &main), doubt);
            let use_it = judge(Purpose::Use, &theirs, &nothing, &main, true);
            assert!(use_it.is_err(), "whatever is remembered: {key}");
            if theirs.endpoint.is_some() {
                let named = theirs.clone();
                assert_eq!(said(&theirs, &named, &main), "trusted", "{key}");
            }
        }
        // The bucket is named, the server is not.
        let theirs = Way { endpoint: Some("https://their.example".into()), ..ours.clone() };
        let named = way("s3://show", "", "", "");
        assert_ne!(said(&theirs, &named, &main), "trusted");
        let named = way("s3://show", "https://their.example", "", "");
        assert_eq!(said(&theirs, &named, &main), "trusted");
    }

    #[test]
    fn a_folder_of_ones_own_is_trusted_once_it_was_used() {
        let ours = way("s3://show", "https://s3.show.example", "", "");
        let nothing = Way::default();
        assert_eq!(
            said(&ours, &nothing, &Main::None),
            "only onair.toml names `target.url`, `target.endpoint`"
        );
        assert!(judge(Purpose::Look, &ours, &nothing, &Main::None, true).is_ok());
        assert!(judge(Purpose::Use, &ours, &nothing, &Main::None, false).is_ok());
        assert!(judge(Purpose::Use, &ours, &nothing, &Main::Unknown, true).is_err());
        assert_eq!(
            said(&ours, &way("s3://show", "", "", ""), &Main::None),
            "only onair.toml names `target.endpoint`"
        );
        let server = way("", "https://s3.show.example", "", "");
        assert_eq!(said(&ours, &server, &Main::None), "trusted");
        let amazon = way("s3://show", "", "eu-central-1", "");
        assert_eq!(
            said(&amazon, &way("s3://show", "", "eu-central-1", ""), &Main::None),
            "trusted"
        );
    }
}
