//! Where Jekyll had the page of a post (Jekyll 4.3, "Permalinks").

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::show::date::WrittenDate;
use crate::show::yaml::Content;
use crate::show::{Episode, path_of_link};

/// The address below the site of the post at a path of these parts; nothing where `template` asks for what is
/// not known.
pub(super) fn old_page(
    template: &str,
    parts: &[&str],
    episode: &Episode,
    zone: Option<&TimeZone>,
) -> Option<String> {
    let template = match template {
        "date" => "/:categories/:year/:month/:day/:title:output_ext",
        "pretty" => "/:categories/:year/:month/:day/:title/",
        "ordinal" => "/:categories/:year/:y_day/:title:output_ext",
        "weekdate" => "/:categories/:year/W:week/:short_day/:title:output_ext",
        "none" => "/:categories/:title:output_ext",
        other => other,
    };
    let (of_name, title) = dated(parts.last()?.rsplit_once('.')?.0)?;
    let title = title.strip_prefix('-')?;
    let of_name = of_name.to_datetime(Time::midnight());
    // Its days are those of the site's own clocks.
    let days = |date: &WrittenDate| {
        zone.map_or(date.civil, |zone| {
            date.at(zone).timestamp().to_zoned_datetime(zone.clone()).datetime()
        })
    };
    let civil = episode.date.value().map_or(of_name, days);
    let title = match episode.field("slug") {
        Some(slug) => slug.text()?.to_owned(),
        None => title.to_owned(),
    };
    let categories = categories(parts, episode).join("/");
    let written = |pattern: &str| civil.strftime(pattern).to_string();
    let mut path = template.to_owned();
    // The longer name of two that begin alike first.
    for (placeholder, value) in [
        (":categories", categories),
        (":output_ext", ".html".to_owned()),
        (":short_year", written("%y")),
        (":year", written("%Y")),
        (":short_month", written("%b")),
        (":long_month", written("%B")),
        (":i_month", written("%-m")),
        (":month", written("%m")),
        (":short_day", written("%a")),
        (":long_day", written("%A")),
        (":i_day", written("%-d")),
        (":y_day", written("%j")),
        (":w_year", written("%G")),
        (":w_day", written("%u")),
        (":day", written("%d")),
        (":week", written("%V")),
        (":hour", written("%H")),
        (":minute", written("%M")),
        (":second", written("%S")),
        (":title", title.clone()),
        (":slug", title.to_lowercase()),
    ] {
        path = path.replace(placeholder, &value);
    }
    let path = path.replace("//", "/");
    path_of_link(&path).filter(|path| !path.contains(':')).map(|_| path)
}

/// The date that the name of a post starts with, and what follows (Jekyll 4.3 takes one digit for two).
pub(super) fn dated(name: &str) -> Option<(Date, &str)> {
    let (year, rest) = number(name, 4..=4)?;
    let (month, rest) = number(rest.strip_prefix('-')?, 1..=2)?;
    let (day, rest) = number(rest.strip_prefix('-')?, 1..=2)?;
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some((date, rest))
}

/// The number of so many digits that a text starts with, and what follows.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<(i16, &str)> {
    let (number, rest) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    Some((number.parse().ok().filter(|_| digits.contains(&number.len()))?, rest))
}

/// Those that its folders name, then its own, in small letters.
fn categories(parts: &[&str], episode: &Episode) -> Vec<String> {
    let folders = parts.iter().take_while(|part| **part != "_posts").map(|part| part.to_string());
    let of = |key: &str, part: bool| -> Vec<String> {
        let Some(field) = episode.field(key) else { return Vec::new() };
        match &field.node.content {
            Content::Scalar(_) if field.node.text().is_none() => Vec::new(),
            // Several in one text are parted at their spaces where the key is in the plural.
            Content::Scalar(scalar) if part => {
                scalar.text.split_whitespace().map(str::to_owned).collect()
            }
            Content::Scalar(scalar) => vec![scalar.text.clone()],
            Content::List(items) => {
                items.iter().filter_map(|item| Some(item.text()?.to_owned())).collect()
            }
            Content::Map(_) => Vec::new(),
        }
    };
    let all = folders.chain(of("categories", true)).chain(of("category", false));
    let mut found: Vec<String> = Vec::new();
    for category in all.map(|category| category.to_lowercase()) {
        if !found.contains(&category) {
            found.push(category);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::site_config::SiteConfig;
    use super::*;
    use crate::show::Source;

    fn page(template: &str, path: &str, keys: &str) -> String {
        let text = format!("---\ntitle: T\n{keys}---\n");
        let episode = Episode::parse(Source::new(path, text)).unwrap();
        let parts: Vec<&str> = path.split('/').collect();
        let zone = TimeZone::get("Europe/Paris").unwrap();
        old_page(template, &parts, &episode, Some(&zone)).unwrap_or_else(|| "-".to_owned())
    }

    #[test]
    fn the_styles_that_jekyll_knows() {
        let post = "_posts/2022-05-07-Low-tide.md";
        for (style, expected) in [
            ("date", "/2022/05/07/Low-tide.html"),
            ("pretty", "/2022/05/07/Low-tide/"),
            ("ordinal", "/2022/127/Low-tide.html"),
            ("weekdate", "/2022/W18/Sat/Low-tide.html"),
            ("none", "/Low-tide.html"),
            ("/:short_year/:i_month/:i_day/:slug", "/22/5/7/low-tide"),
            ("/:collection/:title", "-"),
        ] {
            assert_eq!(page(style, post, ""), expected, "{style}");
        }
        assert_eq!(page("date", "_posts/2016-3-9-a.md", ""), "/2016/03/09/a.html");
        for none in ["about", "2016-3", "2016-13-1-a", "2016-3-9", "16-3-9-a", "2016-3-é-a"] {
            assert_eq!(page("none", &format!("_posts/{none}.md"), ""), "-", "{none} is no post");
        }
    }

    #[test]
    fn what_is_said_of_posts_goes_before_what_is_said_of_the_site() {
        let of = |config: &str| {
            let config = SiteConfig::read(&Source::new("_config.yml", config)).unwrap();
            config.permalink().unwrap_or_else(|| "-".to_owned())
        };
        let site = "permalink: /:title\n";
        let collection = "collections:\n  posts:\n    permalink: /p/:title\n";
        let defaults = |scope: &str, to: &str| {
            format!("defaults:\n  - scope: {{{scope}}}\n    values: {{permalink: \"{to}\"}}\n")
        };
        assert_eq!(of("title: T\n"), "-");
        assert_eq!(of(site), "/:title");
        assert_eq!(of(&format!("{site}{collection}")), "/p/:title");
        let posts = defaults("path: \"\", type: posts", "/d/:title");
        assert_eq!(of(&format!("{site}{collection}{posts}")), "/d/:title");
        for elsewhere in ["path: blog", "path: \"\", type: pages"] {
            assert_eq!(of(&format!("{site}{}", defaults(elsewhere, "/d/:title"))), "/:title");
        }
    }

    #[test]
    fn categories_come_from_folders_and_keys() {
        let post = "Sea/_posts/2022-05-07-a.md";
        let of = |keys: &str| page("/:categories/:title/", post, keys);
        assert_eq!(of(""), "/sea/a/");
        assert_eq!(of("category: Podcast\n"), "/sea/podcast/a/");
        assert_eq!(of("categories: Podcast sea\n"), "/sea/podcast/a/");
        assert_eq!(of("categories: [Podcast, Wind]\n"), "/sea/podcast/wind/a/");
        assert_eq!(page("/:year/:title/", post, "categories: podcast\n"), "/2022/a/");
    }

    #[test]
    fn front_matter_goes_before_the_name() {
        let post = "_posts/2022-05-07-a.md";
        assert_eq!(
            page("date", post, "date: 2022-06-01 07:00:00 +0200\nslug: b\n"),
            "/2022/06/01/b.html"
        );
        assert_eq!(page("date", post, "date: 2022-06-01 23:30:00 +0000\n"), "/2022/06/02/a.html");
        assert_eq!(page("date", post, "date: 2022-06-01 23:30:00\n"), "/2022/06/01/a.html");
    }
}
