//! What search engines read: the sitemap (sitemaps.org 0.9), and robots.txt (RFC 9309).

use std::fmt::Write as _;

use crate::site::address::Addresses;
use crate::site::item::Item;
use crate::site::text::escape;

/// The most that a sitemap may list (sitemaps.org, "Sitemap file requirements").
const LIMIT: usize = 50_000;

/// Home, the page about the show, and every episode with its date.
pub(super) fn sitemap(addresses: &Addresses, items: &[Item<'_>]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let newest = items.first().map(|item| item.entry.published.date());
    let own = [addresses.site_url().to_owned(), addresses.url("about/index.html")];
    let own = own.into_iter().zip([newest, None]);
    let episodes =
        items.iter().map(|item| (addresses.url(&item.page), Some(item.entry.published.date())));
    for (url, date) in own.chain(episodes).take(LIMIT) {
        let _ = write!(xml, "  <url><loc>{}</loc>", escape(&url));
        if let Some(date) = date {
            let _ = write!(xml, "<lastmod>{date}</lastmod>");
        }
        xml.push_str("</url>\n");
    }
    xml.push_str("</urlset>\n");
    xml
}

/// Everything may be read, and here is the list of it.
pub(super) fn robots(addresses: &Addresses) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {}\n", addresses.url("sitemap.xml"))
}
