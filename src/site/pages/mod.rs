//! Pages: one per episode, the lists that lead to it, and what stands beside them.

mod beside;
mod context;
mod files;
mod groups;
mod json_ld;
mod pictures;
mod search;
mod sitemap;
pub mod templates;
mod theme;
mod times;
mod transcripts;

use std::collections::BTreeMap;

use bytes::Bytes;
use minijinja::context;
use minijinja::value::{Serde, Value};
use rayon::prelude::*;

use super::address::Addresses;
use super::artwork::Gallery;
use super::item::{Item, SocialImage};
use super::lang::Language;
use super::people::Credit;
use super::{Keep, SiteError, card, text};
use crate::model::hash::Sha256;
use crate::model::object::{Kind, Object};
use crate::show::Settings;
use crate::show::page::{ABOUT, ARCHIVE, HOME, NOT_FOUND};
use context::{Around, Episode, Frame, Page, Row, Show};
use groups::{Group, Groups};
use pictures::Pictures;
use templates::{Render, Templates};

const HTML: &str = "text/html; charset=utf-8";
/// Episodes on one page of the index.
const PER_PAGE: usize = 30;
/// Search engines show about so much of a description, in bytes.
const META_LIMIT: usize = 200;

/// Everything that pages are made from.
pub(super) struct Given<'a> {
    pub show: &'a Settings,
    pub addresses: &'a Addresses,
    /// Newest first.
    pub items: &'a [Item<'a>],
    pub hosts: &'a [Credit],
    pub gallery: &'a Gallery,
    /// Width and height of the show's pictures, by their addresses.
    pub pixels: &'a BTreeMap<String, (usize, usize)>,
    pub templates: &'a Templates,
    pub keep: Keep<'a>,
}

/// Every page and what it needs, page by page.
///
/// # Errors
/// [`SiteError`] if a template of the host's is wrong.
pub(super) fn render(given: &Given<'_>) -> Result<Vec<Vec<Object>>, SiteError> {
    let Given { show, addresses, items, .. } = *given;
    let words = &show.site.words;
    let language = Language::of(show.show.language.get_ref(), words);
    let (pictures, art) = pictures::publish(given.gallery, addresses, show)?;
    let season = |number| format!("{} {number}", language.word("season"));
    let groups = Groups::of(items, season);
    let frame = Frame { settings: show, addresses, language: &language, pictures: &pictures };
    let site = Site::new(frame, given, &groups)?;
    let (episodes, others) = rayon::join(
        || {
            let pages = (0..items.len()).into_par_iter().map(|at| site.episode(items, at));
            pages.collect::<Result<Vec<_>, _>>()
        },
        || {
            let mut others = site.index(items)?;
            others.extend(site.archive(items)?);
            others.extend(site.groups(items)?);
            others.push(site.about(items.len())?);
            others.push(site.not_found()?);
            others.extend(site.files(items)?);
            Ok::<_, SiteError>(others)
        },
    );
    let mut objects = episodes?;
    objects.extend([others?, art]);
    Ok(objects)
}

/// What all pages share.
struct Site<'a> {
    settings: &'a Settings,
    addresses: &'a Addresses,
    language: &'a Language,
    pictures: &'a Pictures,
    pixels: &'a BTreeMap<String, (usize, usize)>,
    frame: Frame<'a>,
    groups: &'a Groups,
    renderer: Box<dyn Render>,
    templates: &'a Templates,
    keep: Keep<'a>,
    /// The style sheet with the show's own colours.
    style: String,
    /// `show`, `t` and `version`, made once.
    shared: Value,
}

impl<'a> Site<'a> {
    fn new(frame: Frame<'a>, given: &Given<'a>, groups: &'a Groups) -> Result<Self, SiteError> {
        let Frame { settings, addresses, language, pictures } = frame;
        let templates = given.templates;
        let theme = theme::css(&settings.site.theme, pictures.accent);
        let style = format!("{}{theme}", templates.plain("style.css"));
        // Behind an asset's address, so that a new style sheet is not hidden by a cached one.
        let version = |text: &str| Sha256::of(text.as_bytes()).to_string()[..8].to_owned();
        let scripts = files::SCRIPTS.iter();
        let mut versions: BTreeMap<&str, String> = scripts
            .map(|&file| {
                (file.strip_suffix(".js").unwrap_or(file), version(&templates.plain(file)))
            })
            .collect();
        versions.insert("style", version(&style));
        let shared = context! {
            show => serial(Show::new(&frame, given.hosts, groups)),
            t => serial(language.words()),
            version => serial(versions),
        };
        let compiled = templates.compiled(addresses.site_url());
        let renderer = compiled.map_err(|mut errors| errors.swap_remove(0))?;
        Ok(Self {
            settings,
            addresses,
            language,
            pictures,
            pixels: given.pixels,
            frame,
            groups,
            renderer,
            templates,
            keep: given.keep,
            style,
            shared,
        })
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
        let object =
            Object::in_memory(self.addresses.key(path)?, Kind::Page, HTML, Bytes::from(html));
        // The page for what is gone takes other places, too.
        Ok(if name == NOT_FOUND { object } else { self.keep.0(object) })
    }

    fn describe(&self, kind: &'static str, title: Option<String>, path: &str) -> Page {
        let show = &self.settings.show;
        Page {
            kind,
            title,
            description: text::cut(&text::one_line(show.description.get_ref()), META_LIMIT),
            canonical: Some(self.addresses.url(path)),
            image: self
                .pictures
                .largest(&self.addresses.url(self.addresses.artwork(self.settings))),
            image_size: None,
            image_is_wide: false,
            hidden: false,
            json_ld: None,
        }
    }

    /// An episode's page, its player for other sites, and both for machines.
    fn episode(&self, items: &[Item<'_>], at: usize) -> Result<Vec<Object>, SiteError> {
        let item = &items[at];
        let own = item.entry.given.episode;
        let around = Around {
            newer: at.checked_sub(1).map(|at| &items[at]),
            older: items.get(at + 1),
            related: self.groups.related(at).into_iter().map(|at| &items[at]).collect(),
            groups: self.groups.links(at, self.addresses),
        };
        let episode = Episode::new(&self.frame, item, around);
        let mut page = self.describe("episode", Some(item.entry.title.to_owned()), &item.page);
        page.description = text::cut(&item.summary, META_LIMIT);
        match &item.social_image {
            Some(SocialImage::Given(url)) => {
                page.image.clone_from(url);
                page.image_size = self.pixels.get(url).copied();
                page.image_is_wide =
                    page.image_size.is_none_or(|(width, height)| 2 * width >= 3 * height);
            }
            Some(SocialImage::Card(url)) => {
                page.image.clone_from(url);
                page.image_size = Some((card::SIZE.0 as usize, card::SIZE.1 as usize));
                page.image_is_wide = true;
            }
            None => {
                if let Some(own) = &item.image {
                    page.image = self.pictures.largest(own);
                }
            }
        }
        let picture = self.thumbnail(item);
        // A machine has the title; the card would say it once more.
        let shown = match item.social_image {
            Some(SocialImage::Given(_)) => &page.image,
            _ => &picture.0,
        };
        page.json_ld = Some(json_ld::episode(self.settings, self.addresses, item, shown));
        let more = context! { episode => serial(episode) };
        let embed = beside::embed_path(self.addresses, own);
        let embed_page = self.describe("embed", Some(item.entry.title.to_owned()), &item.page);
        let oembed = beside::oembed(self.settings, self.addresses, item, &picture);
        let markdown = beside::markdown(self.settings, self.addresses, item, self.language);
        Ok(vec![
            self.page(
                "episode.html",
                &item.page,
                &Addresses::root_from(&item.page),
                page,
                more.clone(),
            )?,
            self.page("embed.html", &embed, &Addresses::root_from(&embed), embed_page, more)?,
            self.file(
                &beside::markdown_path(self.addresses, own),
                Kind::Page,
                files::MARKDOWN,
                markdown,
            )?,
            self.file(&beside::oembed_path(self.addresses, own), Kind::Page, files::JSON, oembed)?,
        ])
    }

    /// An episode's picture, or the show's.
    fn thumbnail(&self, item: &Item<'_>) -> beside::Thumbnail {
        let artwork = || self.addresses.url(self.addresses.artwork(self.settings));
        let url = item.image.clone().unwrap_or_else(artwork);
        match self.pictures.largest_and_width(&url) {
            Some((largest, width)) => (largest.to_owned(), Some((width as usize, width as usize))),
            None => {
                let size = self.pixels.get(&url).copied();
                (url, size)
            }
        }
    }

    fn index(&self, items: &[Item<'_>]) -> Result<Vec<Object>, SiteError> {
        let rows: Vec<Row> = items.iter().map(|item| Row::new(item, &self.frame)).collect();
        let pages = rows.len().div_ceil(PER_PAGE).max(1);
        let path = |number: usize| match number {
            1 => HOME.to_owned(),
            _ => format!("page/{number}/index.html"),
        };
        let latest = items.first().map(|item| Episode::new(&self.frame, item, Around::default()));
        let latest = serial(latest);
        (1..=pages)
            .map(|number| {
                let from = (number - 1) * PER_PAGE;
                // The newest stands above the list already.
                let rows = &rows[from.max(1).min(rows.len())..rows.len().min(from + PER_PAGE)];
                let title =
                    (number > 1).then(|| format!("{} {number}", self.language.word("page")));
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
                    newer => (number > 1).then(|| self.addresses.link(&path(number - 1))),
                    older => (number < pages).then(|| self.addresses.link(&path(number + 1))),
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
                    path => self.addresses.link(&path(year)),
                    count_text => self.language.episodes(items.len()),
                    duration_text => self.language.playing_time(seconds),
                }
            })
            .collect();
        let years = Value::from(years);
        let overview = ARCHIVE;
        let archive = self.language.word("archive");
        let mut objects = vec![self.page(
            "archive.html",
            overview,
            &Addresses::root_from(overview),
            self.describe("archive", Some(archive.to_owned()), overview),
            context! { years => years.clone(), year => (), episodes => () },
        )?];
        for (&year, items) in &by_year {
            let rows: Vec<Row> = items.iter().map(|item| Row::new(item, &self.frame)).collect();
            let (here, title) = (path(year), format!("{archive} {year}"));
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

    /// A page for each topic, guest and season, and one that leads to those of a kind.
    fn groups(&self, items: &[Item<'_>]) -> Result<Vec<Object>, SiteError> {
        let kinds = [
            ("topics", &self.groups.topics),
            ("guests", &self.groups.guests),
            ("seasons", &self.groups.seasons),
        ];
        let mut objects = Vec::new();
        for (kind, groups) in kinds.into_iter().filter(|(_, groups)| !groups.is_empty()) {
            let name = self.language.word(kind);
            let path = format!("{kind}/index.html");
            let all = context! { name, path => self.addresses.link(&path) };
            let mut sorted: Vec<&Group> = groups.iter().collect();
            if kind != "seasons" {
                sorted.sort_by_cached_key(|group| search::fold(&group.name));
            }
            let count_text = |group: &Group| self.language.episodes(group.items.len());
            let links: Vec<Value> = sorted
                .iter()
                .map(|group| context! { name => group.name.clone(), path => self.addresses.link(&group.path), count_text => count_text(group) })
                .collect();
            objects.push(self.page(
                "list.html",
                &path,
                &Addresses::root_from(&path),
                self.describe(kind, Some(name.to_owned()), &path),
                context! { all => all.clone(), groups => links, heading => (), episodes => () },
            )?);
            let pages = groups.par_iter().map(|group| {
                let rows: Vec<Row> =
                    group.items.iter().map(|&at| Row::new(&items[at], &self.frame)).collect();
                let more = context! {
                    all => all.clone(),
                    heading => group.name.clone(),
                    link => group.link.clone(),
                    count_text => count_text(group),
                    episodes => serial(rows),
                };
                let page = self.describe(kind, Some(group.name.clone()), &group.path);
                self.page("list.html", &group.path, &Addresses::root_from(&group.path), page, more)
            });
            objects.extend(pages.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(objects)
    }

    fn about(&self, count: usize) -> Result<Object, SiteError> {
        let path = ABOUT;
        let page = self.describe("about", Some(self.language.word("about").to_owned()), path);
        let more = context! { count_text => self.language.episodes(count) };
        self.page("about.html", path, &Addresses::root_from(path), page, more)
    }

    fn not_found(&self) -> Result<Object, SiteError> {
        let path = NOT_FOUND;
        let mut page = self.describe("404", Some(self.language.word("not_found").to_owned()), path);
        page.canonical = None;
        page.hidden = true;
        self.page("404.html", path, &self.addresses.absolute_root(), page, Value::from(()))
    }
}

/// A value for a template.
fn serial<T: serde::Serialize>(value: T) -> Value {
    Value::from(Serde(value))
}
