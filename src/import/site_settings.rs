//! What a site's generator knows of the show, as `onair.toml`.

use serde_yaml::Value;

use super::channel::{
    ARTWORK, author_instead, category_instead, explicit_or_open, language_or_open, left_open,
};
use super::media::Media;
use super::options::Options;
use super::report::{Level, Report};
use super::section::Section;
use super::site_config::SiteConfig;
use super::{dates, html};
use crate::show::categories::category;
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
    // Templates put these into HTML and XML as they stand, so that many are written as such.
    let text = |names: &[&str]| given.text(names).map(|text| html::read(&text).into_owned());
    let title = text(&["podcast_title", "title", "name"])
        .unwrap_or_else(|| left_open("title", config, report));
    let description = text(&[
        "podcast_description",
        "podcast_summary",
        "description",
        "summary",
        "itunes_summary",
        "tagline",
    ])
    .unwrap_or_else(|| left_open("description", config, report));
    if description.contains("](") {
        let kind = "its description has Markdown, which is published as it stands";
        report.remark(FILE, kind, description.as_str());
    }
    let author = text(&["podcast_author", "author", "itunes_author", "publisher"])
        .unwrap_or_else(|| author_instead(&title, config, report));
    let language = text(&["podcast_language", "language", "lang", "locale", "language_code"]);
    let language = language_or_open(language, config, report);
    let given_category = given.value(&[
        "itunes_top_category",
        "podcast_category",
        "itunes_category",
        "itunes_categories",
        "podcast_categories",
        "category",
        "categories",
    ]);
    let subs = SUBCATEGORIES.iter().filter_map(|names| text(names));
    let categories = given_category.and_then(|it| categories(it, subs.collect()));
    let categories = categories.map(|it| it.replace("&amp;", "&"));
    if let (Some(_), None) = (given_category, &categories) {
        report.left(Level::Show, &format!("the category of {config} (in a form that is not read)"));
    }
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
    show.maybe("subtitle", text(&["podcast_subtitle", "subtitle", "itunes_subtitle"]));
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
    let artwork = text(&[
        "podcast_album_art",
        "podcast_image",
        "itunes_image",
        "image",
        "cover",
        "logo",
        "artwork",
    ]);
    let path = artwork.as_deref().and_then(|name| name.split(['?', '#']).next());
    let is_png = path.is_some_and(|path| path.to_ascii_lowercase().ends_with(".png"));
    show.text("artwork", &format!("{ARTWORK}.{}", if is_png { "png" } else { "jpg" }));
    if text(&["podcast_type", "itunes_type", "type"]).is_some_and(|kind| kind == "serial") {
        show.text("type", "serial");
    }
    if explicit_or_open(
        text(&["podcast_explicit", "itunes_explicit", "explicit"]).as_deref(),
        config,
        report,
    ) {
        show.line("explicit", "true");
    }
    show.maybe("copyright", text(&["podcast_copyright", "copyright", "copyright_notice"]));
    let apple = text(&["appleId", "apple_id", "apple-id", "itunes_id"]);
    if let Some(id) = apple.and_then(|id| id.trim_start_matches("id").parse::<u32>().ok()) {
        show.line("apple-id", &id.to_string());
    }
    show.maybe("guid", text(&["guid", "podcast_guid"]));
    let mut out =
        format!("# A show that onair publishes. Every key: docs/settings.md\n\n{}", show.text);
    let mail = text(&["podcast_email", "itunes_owner_email", "owner_email", "itunes_email"])
        .or_else(|| given.mail("owner"))
        .or_else(|| text(&["email"]))
        .or_else(|| given.mail("author"));
    if let Some(email) = mail {
        let mut owner = Section::new("show.owner");
        owner.text(
            "name",
            &text(&["podcast_owner", "itunes_owner_name", "owner_name", "owner"])
                .unwrap_or_else(|| author.clone()),
        );
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
            if let Some(path) = super::media::path(&media.url, &url).filter(|path| is_inside(path))
            {
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
            let what = format!(
                "where {config} has the audio is no address: write `media.url`, or `enclosure`"
            );
            report.remark(FILE, what, prefix);
        }
        None => {}
    }
    out.push_str(&super::channel::tags(dates.iter(), options.now));
    out.push_str(super::channel::TARGET);
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
        // Some put the two together as they stand, others with a slash.
        let at = |name: &str| match self.prefix.ends_with(char::is_alphanumeric) {
            true => format!("{}/{}", self.prefix, name.trim_start_matches('/')),
            false => format!("{}{name}", self.prefix),
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
        "episode_url_base",
    ])?;
    let media = super::media::split(&prefix).filter(|_| super::place::is_site(&prefix));
    let site = site_url(given, options).unwrap_or_default();
    let is_folder = prefix.ends_with('/') || prefix.ends_with(char::is_alphanumeric);
    let own = media.filter(|media| is_folder && super::media::is_own(&media.url, &site));
    Some(AudioAt { prefix, own })
}

/// The folder below `url` that Jekyll calls `baseurl`, where Hugo's `baseURL` is the whole address.
fn jekylls_base(site: &SiteConfig) -> Option<String> {
    let base = site.text(&["baseurl"])?;
    (!base.contains("://")).then_some(base)
}

/// What is said of a category's parts, each by its keys (Castanet, Jekyll-Podcast-Feed).
const SUBCATEGORIES: [&[&str]; 3] = [
    &[
        "itunes_first_sub_category",
        "podcast_subcategory_one",
        "itunes_subcategory",
        "itunes_sub_category",
        "subcategory",
        "sub_category",
    ],
    &["itunes_second_sub_category", "podcast_subcategory_two"],
    &["itunes_third_sub_category"],
];

/// `Technology`, `Technology / Tech News`, a list of the two, or a list of such: as a value of TOML, with what
/// stands apart of the first one's parts.
fn categories(value: &Value, subs: Vec<String>) -> Option<String> {
    let mut paths = paths(value);
    paths.retain(|path| !path.is_empty());
    if let Some(first) = paths.first().filter(|path| path.len() == 1 && !subs.is_empty()).cloned() {
        paths.splice(..1, subs.into_iter().map(|sub| vec![first[0].clone(), sub]));
    }
    let written = |path: &Vec<String>| {
        let parts: Vec<String> = path.iter().take(2).map(|part| edit::quoted(part)).collect();
        format!("[{}]", parts.join(", "))
    };
    let paths: Vec<String> = paths.iter().map(written).collect();
    match paths.len() {
        0 => None,
        1 => paths.into_iter().next(),
        _ => Some(format!("[{}]", paths.join(", "))),
    }
}

fn paths(value: &Value) -> Vec<Vec<String>> {
    match value {
        Value::String(text) => {
            let parts = text.split(['/', '>']).map(|part| part.trim().to_owned());
            vec![parts.filter(|part| !part.is_empty()).collect()]
        }
        Value::Sequence(items) => {
            let mut paths: Vec<Vec<String>> = items.iter().flat_map(paths).collect();
            // A category and its part, if the second is no other.
            if let [top, sub] = paths.as_slice()
                && let ([top], [sub]) = (top.as_slice(), sub.as_slice())
                && items.iter().all(Value::is_string)
                && category(sub).map_or(true, |(of, part)| part.is_some() && of == top)
            {
                paths = vec![vec![top.clone(), sub.clone()]];
            }
            paths
        }
        Value::Mapping(map) => {
            let part = |keys: &[&str]| keys.iter().find_map(|key| map.get(*key)).map(paths);
            let top = part(&["name", "main", "text", "title", "category"]).unwrap_or_default();
            let Some(top) = top.into_iter().next() else { return Vec::new() };
            let subs = part(&["sub", "subcategory", "subcategories"]).unwrap_or_default();
            if subs.is_empty() {
                return vec![top];
            }
            let below = |sub: Vec<String>| top.iter().cloned().chain(sub).collect();
            subs.into_iter().map(below).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::{Settings, Source};

    /// The settings that a generator's make, without their title, and what is said of them.
    fn of(config: &str) -> (String, String) {
        let given = SiteConfig::read(&Source::new("_config.yml", config)).unwrap();
        let mut report = Report::default();
        let options = Options { url: Some("https://quay.example"), ..Options::default() };
        let (_, settings, _) = site_settings(&given, "_config.yml", &[], &options, &mut report);
        Settings::parse(&Source::new(FILE, settings.as_str()))
            .unwrap_or_else(|error| panic!("{}", error.reason));
        (settings, report.file("T"))
    }

    #[test]
    fn categories_are_found_in_every_form() {
        for (config, expected) in [
            ("params: {feed: {itunes_top_category: Technology}}", "[\"Technology\"]"),
            ("itunes_categories: [Education]", "[\"Education\"]"),
            ("podcast_category: Technology", "[\"Technology\"]"),
            (
                "podcast_category: Leisure\npodcast_subcategory_one: Games\npodcast_subcategory_two: Hobbies",
                "[[\"Leisure\", \"Games\"], [\"Leisure\", \"Hobbies\"]]",
            ),
            ("podcast: {categories: [{category: Technology}]}", "[\"Technology\"]"),
            (
                "podcast: {categories: [{name: News, subcategories: [Politics, Tech News]}, Arts]}",
                "[[\"News\", \"Politics\"], [\"News\", \"Tech News\"], [\"Arts\"]]",
            ),
            ("categories: [News, Tech News]", "[\"News\", \"Tech News\"]"),
            ("categories: [News, Technology]", "[[\"News\"], [\"Technology\"]]"),
            ("category: [[News, Tech News]]", "[\"News\", \"Tech News\"]"),
            ("category: {main: News, sub: Politics}", "[\"News\", \"Politics\"]"),
            ("category: News / Politics", "[\"News\", \"Politics\"]"),
        ] {
            let (settings, report) = of(config);
            assert!(settings.contains(&format!("category = {expected}\n")), "{config}: {settings}");
            assert!(
                !report.contains("gives no category") && !report.contains("## Lost"),
                "{config}: {report}"
            );
        }
        let (_, report) = of("category: 5");
        assert!(
            report.contains("the category of _config.yml (in a form that is not read)"),
            "{report}"
        );
    }

    #[test]
    fn what_is_said_of_the_podcast_goes_before_what_is_said_of_the_blog() {
        let (settings, report) = of(
            "title: Blog of Juan\npodcast_title: Quay\ndescription: A blog\n\
            podcast_description: Of ships\npodcast_explicit: 'yes'\npodcast_author: Juan\npodcast_owner: Ada\n\
            podcast_email: a@a.example\npodcast_language: es\npodcast_album_art: /a.jpg\npodcast_category: Arts\n",
        );
        for said in [
            "title = \"Quay\"",
            "description = \"Of ships\"",
            "explicit = true",
            "author = \"Juan\"",
            "name = \"Ada\"",
            "email = \"a@a.example\"",
            "language = \"es\"",
        ] {
            assert!(settings.contains(said), "{said}: {settings}");
        }
        let lost: Vec<&str> =
            report.lines().filter(|line| line.contains("of _config.yml")).collect();
        assert_eq!(lost.len(), 2, "the blog's title and description: {report}");
        // Castanet's.
        let (settings, report) = of(
            "languageCode: en\nparams:\n  description: Talk with a [link](https://q.example)\n  feed:\n    \
            itunes_summary: Talk without\n    itunes_subtitle: Of ships\n    itunes_author: Ada\n    language: en\n    \
            itunes_owner_name: Bo\n    itunes_owner_email: b@b.example\n    explicit: 'no'\n",
        );
        for said in ["description = \"Talk without\"", "subtitle = \"Of ships\"", "name = \"Bo\""] {
            assert!(settings.contains(said), "{said}: {settings}");
        }
        let (_, said) = of("description: Talk with a [link](https://q.example)\n");
        assert!(said.contains("description has Markdown"), "{said}");
        assert!(!report.contains("languageCode") && !report.contains("itunes_"), "{report}");
    }

    #[test]
    fn of_two_keys_that_are_alike_the_last_one_counts() {
        let (settings, report) =
            of("title: A\n\"title\": B\ntitle: C\npermalink: pretty\npermalink: /:title\n");
        assert!(settings.contains("title = \"C\""), "{settings}");
        assert!(report.contains("permalink (the first of two) of _config.yml"), "{report}");
    }
}
