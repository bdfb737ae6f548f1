//! Files that belong to no one page: style sheet, scripts, icon, search index, feeds for machines.

use std::collections::BTreeMap;

use bytes::Bytes;
use minijinja::context;

use super::{Site, beside, search, serial, sitemap, templates};
use crate::model::object::{Kind, Object};
use crate::site::item::Item;
use crate::site::references::replaced;
use crate::site::{SiteError, assets};

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
pub(super) const JSON: &str = "application/json; charset=utf-8";
pub(super) const MARKDOWN: &str = "text/markdown; charset=utf-8";

/// The scripts that pages load.
pub(super) const SCRIPTS: [&str; 4] = ["copy.js", "player.js", "search.js", "transcript.js"];

impl Site<'_> {
    /// A file at a site path.
    pub(super) fn file(
        &self,
        path: &str,
        kind: Kind,
        content_type: &'static str,
        bytes: impl Into<Bytes>,
    ) -> Result<Object, SiteError> {
        let key = self.addresses.key(path)?;
        Ok(self.keep.0(Object::in_memory(key, kind, content_type, bytes.into())))
    }

    /// All of them.
    pub(super) fn files(&self, items: &[Item<'_>]) -> Result<Vec<Object>, SiteError> {
        let (settings, addresses, language) = (self.settings, self.addresses, self.language);
        let plain = |name: &str| self.templates.plain(name).into_owned();
        // A host's words stand in its strings (CSS Syntax, section 4.3.5).
        let signs = [("\\", "\\\\"), ("\"", "\\\""), ("\n", " "), ("\r", " ")];
        let words = language.words().iter();
        let words: BTreeMap<&str, _> =
            words.map(|(name, word)| (&**name, replaced(word, &signs))).collect();
        let view = context! {
            t => serial(words),
            direction => language.direction(),
            version => self.shared.get_attr("version").unwrap_or_default(),
        };
        let view = self.renderer.render(templates::FEED_VIEW, view)?;
        let artwork = self.pictures.largest(&addresses.url(addresses.artwork(settings)));
        let mut objects =
            vec![self.file("assets/style.css", Kind::Asset, CSS, self.style.clone())?];
        for script in SCRIPTS {
            let path = format!("assets/{script}");
            objects.push(self.file(&path, Kind::Asset, JAVASCRIPT, plain(script))?);
        }
        let icon = plain("favicon.svg");
        objects.push(self.file("assets/favicon.svg", Kind::Asset, "image/svg+xml", icon)?);
        objects.push(self.file(assets::FEED_STYLE, Kind::Asset, CSS, view)?);
        for file in search::index(items, settings, addresses, language) {
            objects.push(self.file(&file.path, Kind::Asset, file.content_type, file.bytes)?);
        }
        let feed = beside::json_feed(settings, addresses, items, &artwork, language);
        let path = beside::json_feed_path(addresses);
        objects.push(self.file(&path, Kind::Page, "application/feed+json; charset=utf-8", feed)?);
        let llms = beside::llms(settings, addresses, items, language);
        objects.push(self.file("llms.txt", Kind::Page, "text/plain; charset=utf-8", llms)?);
        let groups =
            self.groups.topics.iter().chain(&self.groups.guests).chain(&self.groups.seasons);
        let groups = groups.map(|group| group.path.as_str());
        let map = sitemap::sitemap(addresses, items, &artwork, groups);
        objects.push(self.file(
            "sitemap.xml",
            Kind::Page,
            "application/xml; charset=utf-8",
            map,
        )?);
        let robots = sitemap::robots(addresses);
        objects.push(self.file("robots.txt", Kind::Page, "text/plain; charset=utf-8", robots)?);
        Ok(objects)
    }
}
