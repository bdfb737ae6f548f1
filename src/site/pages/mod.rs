//! Pages: one per episode, the lists that lead to it, and what stands beside them.

mod context;
mod json_ld;
mod search;
mod sitemap;
pub mod templates;

use std::collections::BTreeMap;

use bytes::Bytes;
use minijinja::context;
use minijinja::value::{Serde, Value};
use rayon::prelude::*;

use super::address::Addresses;
use super::item::Item;
use super::lang::Language;
use super::people::Credit;
use super::{SiteError, assets, text};
use crate::model::hash::Sha256;
use crate::model::object::{Kind, Object};
use crate::show::Settings;
use context::{Episode, Page, Row, Show};
use templates::{Renderer, Templates};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
/// Episodes on one page of the index.
const PER_PAGE: usize = 30;
/// Search engines show about so much of a description, in bytes.
const META_LIMIT: usize = 200;

/// Every page and what it needs, for items newest first.
///
/// # Errors
/// [`SiteError`] if a template of the host's is wrong.
pub(super) fn render(
    show: &Settings,
    addresses: &Addresses,
    items: &[Item<'_>],
    hosts: &[Credit],
    templates: &Templates,
) -> Result<Vec<Object>, SiteError> {
    let site = Site::new(show, addresses, hosts, templates)?;
    let (episodes, others) = rayon::join(
        || {
            let pages = (0..items.len()).into_par_iter().map(|at| site.episode(items, at));
            pages.collect::<Result<Vec<_>, _>>()
        },
        || {
            let mut others = site.index(items)?;
            others.extend(site.archive(items)?);
            others.push(site.about(items.len())?);
            others.push(site.not_found()?);
            others.extend(site.files(items)?);
            Ok::<_, SiteError>(others)
        },
    );
    let mut objects = episodes?;
    objects.extend(others?);
    Ok(objects)
}

/// What all pages share.
struct Site<'a> {
    settings: &'a Settings,
    addresses: &'a Addresses,
    language: Language,
    renderer: Renderer<'a>,
    templates: &'a Templates,
    /// `show`, `t` and `version`, made once.
    shared: Value,
}

impl<'a> Site<'a> {
    fn new(
        settings: &'a Settings,
        addresses: &'a Addresses,
        hosts: &[Credit],
        templates: &'a Templates,
    ) -> Result<Self, SiteError> {
        let language = Language::of(settings.show.language.get_ref());
        // Behind an asset's address, so that a new style sheet is not hidden by a cached one.
        let version: BTreeMap<&str, String> =
            [("style", "style.css"), ("player", "player.js"), ("search", "search.js")]
                .into_iter()
                .map(|(name, file)| {
                    (name, Sha256::of(templates.plain(file).as_bytes()).to_string()[..8].to_owned())
                })
                .collect();
        let shared = context! {
            show => serial(Show::new(settings, addresses, hosts)),
            t => serial(language.words()),
            version => serial(version),
        };
        let renderer = Renderer::new(templates, addresses.site_url())?;
        Ok(Self { settings, addresses, language, renderer, templates, shared })
    }

    /// Renders the template `name` for the page at `path`.
    fn page(
        &self,
        name: &str,
        path: &str,
        root: &str,
        page: Page,
        more: Value,
    ) -> Result<Object, SiteError> {
        let own = context! { root, page => serial(page) };
        let html = self.renderer.render(name, context! { ..own, ..more, ..self.shared.clone() })?;
        let key = self.addresses.key(path)?;
        Ok(Object::in_memory(key, Kind::Page, HTML, Bytes::from(html)))
    }

    fn describe(&self, kind: &'static str, title: Option<String>, path: &str) -> Page {
        let show = &self.settings.show;
        Page {
            kind,
            title,
            description: text::cut(&text::one_line(show.description.get_ref()), META_LIMIT),
            canonical: Some(self.addresses.url(path)),
            image: self.addresses.url(self.addresses.artwork(self.settings)),
            image_is_wide: false,
            json_ld: None,
        }
    }

    fn episode(&self, items: &[Item<'_>], at: usize) -> Result<Object, SiteError> {
        let item = &items[at];
        let newer = at.checked_sub(1).map(|at| &items[at]);
        let episode = Episode::new(self.settings, self.addresses, item, newer, items.get(at + 1));
        let mut page = self.describe("episode", Some(item.entry.title.to_owned()), &item.page);
        page.description = text::cut(&item.summary, META_LIMIT);
        page.json_ld = Some(json_ld::episode(self.settings, self.addresses, item));
        if let Some(image) = &item.social_image {
            page.image = image.clone();
            page.image_is_wide = true;
        }
        let root = Addresses::root_from(&item.page);
        let more = context! { episode => serial(episode) };
        self.page("episode.html", &item.page, &root, page, more)
    }

    fn index(&self, items: &[Item<'_>]) -> Result<Vec<Object>, SiteError> {
        let rows: Vec<Row> =
            items.iter().map(|item| Row::new(item, self.language, self.addresses)).collect();
        let pages = rows.len().div_ceil(PER_PAGE).max(1);
        let path = |number: usize| match number {
            1 => "index.html".to_owned(),
            _ => format!("page/{number}/index.html"),
        };
        let latest =
            items.first().map(|item| Episode::new(self.settings, self.addresses, item, None, None));
        let latest = serial(latest);
        (1..=pages)
            .map(|number| {
                let from = (number - 1) * PER_PAGE;
                // The newest stands above the list already.
                let rows = &rows[from.max(1).min(rows.len())..rows.len().min(from + PER_PAGE)];
                let title =
                    (number > 1).then(|| format!("{} {number}", self.language.words().page));
                let mut page = self.describe("index", title, &path(number));
                if number == 1 {
                    page.canonical = Some(self.addresses.site_url().to_owned());
                    page.json_ld = Some(json_ld::show(self.settings, self.addresses));
                }
                let more = context! {
                    number,
                    pages,
                    latest => if number == 1 { latest.clone() } else { Value::from(()) },
                    episodes => serial(rows),
                    count_text => self.language.episodes(items.len()),
                    newer => (number > 1).then(|| path(number - 1)),
                    older => (number < pages).then(|| path(number + 1)),
                };
                let here = path(number);
                self.page("index.html", &here, &Addresses::root_from(&here), page, more)
            })
            .collect()
    }

    /// One page a year, and one that leads to them.
    fn archive(&self, items: &[Item<'_>]) -> Result<Vec<Object>, SiteError> {
        let mut by_year: BTreeMap<i16, Vec<&Item<'_>>> = BTreeMap::new();
        for item in items {
            by_year.entry(item.entry.published.year()).or_default().push(item);
        }
        let path = |year: i16| format!("archive/{year}/index.html");
        let years: Vec<Value> = by_year
            .iter()
            .rev()
            .map(|(&year, items)| {
                let seconds = items.iter().map(|item| item.seconds()).sum();
                context! {
                    year,
                    path => path(year),
                    count_text => self.language.episodes(items.len()),
                    duration_text => self.language.playing_time(seconds),
                }
            })
            .collect();
        let years = Value::from(years);
        let overview = "archive/index.html";
        let words = self.language.words();
        let mut objects = vec![self.page(
            "archive.html",
            overview,
            &Addresses::root_from(overview),
            self.describe("archive", Some(words.archive.to_owned()), overview),
            context! { years => years.clone(), year => (), episodes => () },
        )?];
        for (&year, items) in &by_year {
            let rows: Vec<Row> =
                items.iter().map(|item| Row::new(item, self.language, self.addresses)).collect();
            let (here, title) = (path(year), format!("{} {year}", words.archive));
            let page = self.describe("archive", Some(title), &here);
            let more = context! { years => years.clone(), year, episodes => serial(rows) };
            objects.push(self.page(
                "archive.html",
                &here,
                &Addresses::root_from(&here),
                page,
                more,
            )?);
        }
        Ok(objects)
    }

    fn about(&self, count: usize) -> Result<Object, SiteError> {
        let path = "about/index.html";
        let page = self.describe("about", Some(self.language.words().about.to_owned()), path);
        let more = context! { count_text => self.language.episodes(count) };
        self.page("about.html", path, &Addresses::root_from(path), page, more)
    }

    fn not_found(&self) -> Result<Object, SiteError> {
        let path = "404.html";
        let mut page = self.describe("404", Some(self.language.words().not_found.to_owned()), path);
        page.canonical = None;
        self.page("404.html", path, &self.addresses.absolute_root(), page, Value::from(()))
    }

    /// Style sheet, scripts, icon, the feed's view, search data, sitemap and robots.txt.
    fn files(&self, items: &[Item<'_>]) -> Result<Vec<Object>, SiteError> {
        let object = |path: &str, kind, content_type, bytes: Bytes| {
            Ok::<_, SiteError>(Object::in_memory(
                self.addresses.key(path)?,
                kind,
                content_type,
                bytes,
            ))
        };
        let plain = |name: &str| Bytes::copy_from_slice(self.templates.plain(name).as_bytes());
        let words = context! { t => serial(self.language.words()) };
        let view = self.renderer.render(templates::FEED_VIEW, words)?;
        Ok(vec![
            object("assets/style.css", Kind::Asset, CSS, plain("style.css"))?,
            object("assets/player.js", Kind::Asset, JAVASCRIPT, plain("player.js"))?,
            object("assets/search.js", Kind::Asset, JAVASCRIPT, plain("search.js"))?,
            object("assets/favicon.svg", Kind::Asset, "image/svg+xml", plain("favicon.svg"))?,
            object(assets::FEED_STYLE, Kind::Asset, CSS, Bytes::from(view))?,
            object(
                "assets/search.json",
                Kind::Asset,
                "application/json; charset=utf-8",
                Bytes::from(search::index(items, self.language)),
            )?,
            object(
                "sitemap.xml",
                Kind::Page,
                "application/xml; charset=utf-8",
                Bytes::from(sitemap::sitemap(self.addresses, items)),
            )?,
            object(
                "robots.txt",
                Kind::Page,
                "text/plain; charset=utf-8",
                Bytes::from(sitemap::robots(self.addresses)),
            )?,
        ])
    }
}

/// A value for a template.
fn serial<T: serde::Serialize>(value: T) -> Value {
    Value::from(Serde(value))
}
