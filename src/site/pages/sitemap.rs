//! What search engines read: the sitemap (sitemaps.org 0.9), and robots.txt (RFC 9309).

use std::fmt::Write as _;

use crate::site::address::Addresses;
use crate::site::item::Item;
use crate::site::text::escape;

/// The most that a sitemap may list (sitemaps.org, "Sitemap file requirements").
const LIMIT: usize = 50_000;

/// Home, the page about the show, every episode with its date and picture, and these pages more.
pub(super) fn sitemap<'a>(
    addresses: &Addresses,
    items: &[Item<'_>],
    artwork: &str,
    more: impl Iterator<Item = &'a str>,
) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\">\n",
    );
    let newest = items.first().map(|item| item.entry.published.date());
    let own = [addresses.site_url().to_owned(), addresses.url("about/index.html")];
    let own = own.into_iter().zip([newest, None]).zip([Some(artwork), None]);
    let episodes = items.iter().map(|item| {
        let date = item.entry.published.date();
        ((addresses.url(&item.page), Some(date)), item.image.as_deref())
    });
    let more = more.map(|path| ((addresses.url(path), None), None));
    for ((url, date), image) in own.chain(episodes).chain(more).take(LIMIT) {
        let _ = write!(xml, "  <url><loc>{}</loc>", escape(&url));
        if let Some(date) = date {
            let _ = write!(xml, "<lastmod>{date}</lastmod>");
        }
        if let Some(image) = image {
            let image = escape(image);
            let _ = write!(xml, "<image:image><image:loc>{image}</image:loc></image:image>");
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
