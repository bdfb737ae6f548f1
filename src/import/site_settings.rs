//! What a site's generator knows of the show, as `onair.toml`.

use serde_yaml::Value;

use super::channel::{
    ARTWORK, author_instead, category_instead, explicit_or_open, language_or_open, left_open,
};
use super::dates;
use super::media::Media;
use super::options::Options;
use super::report::Report;
use super::section::Section;
use super::site_config::SiteConfig;
use crate::show::placeholder::NOWHERE;
use crate::show::settings::FILE;
use crate::show::{edit, is_inside};

/// The show's name, `onair.toml`, and where the artwork is.
pub fn site_settings(
    given: &SiteConfig,
    config: &str,
    dates: &[dates::Date],
    options: &Options<'_>,
    report: &mut Report,
) -> (String, String, Option<String>) {
    let text = |names: &[&str]| given.text(names);
    let title = text(&["title", "name"]).unwrap_or_else(|| left_open("title", config, report));
    let description = text(&["description", "summary", "tagline"])
        .unwrap_or_else(|| left_open("description", config, report));
    let author = text(&["author", "itunes_author", "publisher"])
        .unwrap_or_else(|| author_instead(&title, config, report));
    let language = text(&["language", "lang", "locale", "language_code"]);
    let language = language_or_open(language, config, report);
    let categories = category(
        given.value(&["itunes_category", "category", "categories"]),
        text(&["subcategory", "sub_category"]),
    );
    let categories = categories
        .unwrap_or_else(|| format!("[{}]", edit::quoted(&category_instead(config, report))));
    let url = site_url(given, options).unwrap_or_else(|| {
        report.decide(
            "the show's site is not known",
            format!("import with --url, or write `site.url` in {FILE}"),
        );
        NOWHERE.to_owned()
    });
    let mut show = Section::new("show");
    show.text("title", &title);
    show.maybe("subtitle", text(&["subtitle"]));
    show.text("description", &description);
    show.text("author", &author);
    show.text("language", &language);
    let zone = options
        .zone
        .map(str::to_owned)
        .or_else(|| text(&["timezone", "time_zone", "timeZone", "zone", "time-zone"]));
    let (zone, unknown) = match zone {
        Some(zone) if jiff::tz::TimeZone::get(&zone).is_err() => (None, Some(zone)),
        zone => (zone, None),
    };
    if let Some(unknown) = unknown {
        report.remark(FILE, format!("the time zone of {config} is none that is known"), unknown);
    }
    // By the dates' offsets over the year, or else one that keeps them, and asked for.
    let zone = zone.or_else(|| dates::settled(&language, dates, report));
    show.maybe("time-zone", zone);
    show.line("category", &categories);
    show.text("artwork", &format!("{ARTWORK}.jpg"));
    if text(&["type"]).is_some_and(|kind| kind == "serial") {
        show.text("type", "serial");
    }
    if explicit_or_open(text(&["explicit", "itunes_explicit"]).as_deref(), config, report) {
        show.line("explicit", "true");
    }
    show.maybe("copyright", text(&["copyright"]));
    let apple = text(&["appleId", "apple_id", "apple-id", "itunes_id"]);
    if let Some(id) = apple.and_then(|id| id.trim_start_matches("id").parse::<u32>().ok()) {
        show.line("apple-id", &id.to_string());
    }
    show.maybe("guid", text(&["guid", "podcast_guid"]));
    let mut out =
        format!("# A show that onair publishes. Every key: docs/settings.md\n\n{}", show.text);
    if let Some(email) =
        given.mail("owner").or_else(|| text(&["email"])).or_else(|| given.mail("author"))
    {
        let mut owner = Section::new("show.owner");
        owner.text("name", &text(&["owner"]).unwrap_or_else(|| author.clone()));
        owner.text("email", &email);
        out.push_str(&format!("\n{}", owner.text));
    }
    let mut site = Section::new("site");
    site.text("url", url.trim_end_matches('/'));
    out.push_str(&format!("\n{}", site.text));
    match audio_at(given, options) {
        Some(AudioAt { own: Some(media), .. }) => {
            let mut section = Section::new("media");
            section.text("url", &media.url);
            // Where the site's server has the audio, too, the target has both.
            if let Some(path) = super::media::path(&media.url, &url).filter(|path| is_inside(path)) {
                section.text("path", &path);
            }
            if let Some(tracking) = media.tracking {
                section.line("tracking", &format!("[{}]", edit::quoted(&tracking)));
            }
            out.push_str(&format!("\n{}", section.text));
        }
        Some(AudioAt { prefix, .. }) if super::item::is_web(&prefix) => {
            let what = "audio that is out stays on another server, as `enclosure` says; what is new goes to the target";
            report.remark(FILE, what, prefix);
        }
        Some(AudioAt { prefix, .. }) => {
            let what = format!("where {config} has the audio is no address: write `media.url`, or `enclosure`");
            report.remark(FILE, what, prefix);
        }
        None => {}
    }
    out.push_str(&super::channel::tags(dates.iter(), options.now));
    out.push_str(super::channel::TARGET);
    let artwork = text(&["image", "cover", "logo", "artwork", "itunes_image"]);
    given.report_unused(config, report);
    (title, out, artwork)
}

/// The site's address, where it is known.
fn site_url(given: &SiteConfig, options: &Options<'_>) -> Option<String> {
    let base = jekylls_base(given).unwrap_or_default();
    let own = given.text(&["url", "base_url", "site_url"]);
    let own = own.map(|url| match base.trim_matches('/') {
        "" => url,
        base => format!("{}/{base}", url.trim_end_matches('/')),
    });
    options.url.map(str::to_owned).or(own).filter(|url| super::place::is_site(url))
}

/// Where a site has its audio.
pub struct AudioAt {
    /// What its settings have before the name.
    prefix: String,
    /// The folder, where the show's own server has it: any other is a host's, and no place for what is to come.
    own: Option<Media>,
}

impl AudioAt {
    /// The address of what an episode calls `named`, unless it follows from the settings and `file`.
    pub fn address(&self, named: &str, file: &str) -> Option<String> {
        let at = |name: &str| match self.prefix.ends_with(['/', '=']) || name.starts_with('/') {
            true => format!("{}{name}", self.prefix),
            false => format!("{}/{name}", self.prefix),
        };
        let address = super::item::address(&at(named));
        let follows = self.own.is_some() && address == at(file);
        (!follows && super::item::is_web(&address)).then_some(address)
    }
}

/// Where a site has its audio, if its settings say so.
pub fn audio_at(given: &SiteConfig, options: &Options<'_>) -> Option<AudioAt> {
    let prefix = given.text(&[
        "prefix",
        "url_prefix",
        "audio_prefix",
        "media_prefix",
        "enclosure_prefix",
        "media_url",
        "download_url",
    ])?;
    let media = super::media::split(&prefix).filter(|_| super::place::is_site(&prefix));
    let site = site_url(given, options).unwrap_or_default();
    let own = media.filter(|media| super::media::is_own(&media.url, &site));
    Some(AudioAt { prefix, own })
}

/// The folder below `url` that Jekyll calls `baseurl`, where Hugo's `baseURL` is the whole address.
fn jekylls_base(site: &SiteConfig) -> Option<String> {
    let base = site.text(&["baseurl"])?;
    (!base.contains("://")).then_some(base)
}

/// `Technology`, `Technology / Tech News`, or a list of the two.
fn category(value: Option<&Value>, sub: Option<String>) -> Option<String> {
    let mut path: Vec<String> = match value? {
        Value::String(text) => text.split(['/', '>']).map(|part| part.trim().to_owned()).collect(),
        Value::Sequence(items) => {
            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        }
        Value::Mapping(map) => {
            let part = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
            ["name", "main", "text", "sub", "subcategory"]
                .iter()
                .filter_map(|key| part(key))
                .collect()
        }
        _ => return None,
    };
    path.extend(sub);
    path.retain(|part| !part.is_empty());
    path.truncate(2);
    let path: Vec<String> = path.iter().map(|part| edit::quoted(part)).collect();
    (!path.is_empty()).then(|| format!("[{}]", path.join(", ")))
}
