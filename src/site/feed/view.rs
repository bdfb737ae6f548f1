//! What a person reads who opens the feed in a browser: its address, and where it can be followed.
//!
//! CSS alone shows the feed, and makes no link; browsers are about to drop XSLT. Elements of XHTML they take
//! for what they are in any XML. Apps overlook this vocabulary, and the W3C's validator knows this element.

use rss::Channel;
use rss::extension::Extension;

use super::{Frame, extension, put};
use crate::site::apps;

/// As its owners write it.
const XHTML: (&str, &str) = ("xhtml", "http://www.w3.org/1999/xhtml");

/// Adds them to the channel.
pub(super) fn add(frame: Frame<'_>, channel: &mut Channel) {
    let Frame { show, language, .. } = frame;
    let site = frame.addresses.site_url();
    let all = [(language.word("all_episodes"), site, None)];
    let (own, derived) = (apps::links(show), apps::derived(show));
    let apps = own.iter().chain(&derived);
    let apps = apps.map(|app| (app.label.as_str(), app.url.as_str(), app.sign));
    let links = apps.chain(all).map(|(label, url, sign)| {
        // As pages have it: their style sheet is the feed's as well.
        let class = sign.map_or_else(|| "app".to_owned(), |sign| format!("app {sign}"));
        let link = extension("xhtml:a", [("class", class.as_str()), ("href", url)], Some(label));
        within("xhtml:li", [], [link])
    });
    // Without it, phones show the feed as small as a page for desks.
    let phone = [("name", "viewport"), ("content", "width=device-width, initial-scale=1")];
    let parts = [
        extension("xhtml:meta", phone, None),
        extension("xhtml:h1", [], Some(&channel.title)),
        extension("xhtml:p", [], Some(language.word("feed_view"))),
        extension("xhtml:code", [], Some(&show.feed_url())),
        within("xhtml:ul", [("class", "apps")], links),
    ];
    let words = [("lang", show.show.language.get_ref().as_str()), ("dir", language.direction())];
    put(&mut channel.extensions, within("xhtml:div", words, parts));
    let (prefix, address) = XHTML;
    channel.namespaces.insert(prefix.to_owned(), address.to_owned());
}

/// An element with these inside, in their order.
fn within<'a>(
    name: &str,
    attributes: impl IntoIterator<Item = (&'a str, &'a str)>,
    inside: impl IntoIterator<Item = Extension>,
) -> Extension {
    let mut element = extension(name, attributes, None);
    // They are written in the order of these names, which are written nowhere.
    let inside = inside.into_iter().enumerate();
    element.children = inside.map(|(at, child)| (format!("{at:03}"), vec![child])).collect();
    element
}
