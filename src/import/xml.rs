//! A feed's text as its channel and its items, read with suspicion and with patience.

pub use super::element::{Channel, Element, See};
pub use super::encoding::MAX_BYTES;
use super::tree::{Tree, html_page};
pub use super::vocabularies::address_of;
use super::{ImportError, atom, json};
use crate::report::printable;

/// How far in front of a feed the words of the server's program may reach.
const MAX_BEFORE: usize = 64 * 1024;
/// What a generator puts something in the place of (Liquid, Jinja, Go).
const TEMPLATE: [&str; 2] = ["{{", "{%"];

/// Reads the `channel` of an RSS feed, its items among the other elements.
#[cfg(test)]
pub fn channel(bytes: &[u8]) -> Result<Element, ImportError> {
    let mut items = Vec::new();
    let mut channel = read(bytes, &mut |item, _| {
        items.push(item);
        Ok(())
    })?;
    channel.element.children.append(&mut items);
    Ok(channel.element)
}

/// Reads a feed, item by item, so that a long one need not be held whole. Each comes with the addresses
/// that its relative addresses may be below.
///
/// # Errors
/// [`ImportError`] with the place, if this is not a feed or more than a feed has, and what `see` says.
pub fn read(bytes: &[u8], see: &mut See<'_>) -> Result<Channel, ImportError> {
    let bytes = super::encoding::unpacked(bytes)?;
    let (text, remark) = super::encoding::text(&bytes)?;
    let head = text.trim_start();
    // Behind a front matter, there is a template.
    let marks = TEMPLATE.iter().chain(&["---\n", "---\r\n"]);
    if marks.copied().any(|mark| head.starts_with(mark)) {
        return Err(template());
    }
    if head.starts_with('{') {
        return json::read(&text, see);
    }
    let start = start(&text)?;
    let mut tree = Tree::new(&text, start, see);
    let mut root = tree.read()?;
    let (namespaces, items) = (std::mem::take(&mut tree.namespaces), tree.items);
    let mut remarks: Vec<(&str, String)> =
        remark.map(|it| ("the feed's bytes are not what it says", it)).into_iter().collect();
    let before = text[..start].trim();
    if !before.is_empty() {
        let before: String = before.split_whitespace().collect::<Vec<_>>().join(" ");
        let before: String = before.chars().take(60).collect();
        remarks.push(("something stands before the feed", format!("“{before}”")));
    }
    let found = [
        ("the feed is no sound XML, and was read as apps read it", tree.fault.take(), tree.faults),
        ("texts that are longer than any app shows were cut", tree.cut.take(), tree.cuts),
    ];
    for (kind, first, count) in found {
        let more = match count {
            0 | 1 => String::new(),
            count => format!(", and {} more", count - 1),
        };
        remarks.extend(first.map(|first| (kind, format!("{first}{more}"))));
    }
    let element = match root.name.as_str() {
        "rss" | "rdf:RDF" => match root.children.iter().position(|child| child.name == "channel") {
            Some(at) => root.children.swap_remove(at),
            None => return Err(ImportError::new("this RSS feed has no <channel>")),
        },
        "opml" => return Err(atom::opml(&root)),
        _ if items > 0 || root.children.iter().any(|child| child.name == "atom:title") => {
            atom::channel(root)
        }
        _ => return Err(ImportError::new("this Atom feed has no episode")),
    };
    let is_made = |it: &Element| match it.name.as_str() {
        "title" => TEMPLATE.iter().any(|mark| it.text.starts_with(mark)),
        "link" => TEMPLATE.iter().any(|mark| it.text.contains(mark)),
        _ => false,
    };
    if element.children.iter().any(is_made) {
        return Err(template());
    }
    Ok(Channel { element, namespaces, remarks, bytes: bytes.len() as u64 })
}

/// What is said of a generator's template in a feed's place.
fn template() -> ImportError {
    ImportError::new("this is the template of a feed: a site's generator makes the feed of it")
        .help("import the folder of its repository, where the episodes are, or the feed that is public")
}

/// Where the feed starts: some servers' programs write warnings before it.
fn start(text: &str) -> Result<usize, ImportError> {
    let blank = text.len() - text.trim_start().len();
    let rest = &text[blank..];
    if rest.is_empty() {
        return Err(ImportError::new("there is nothing in it")
            .help("look in a browser at what the feed's address gives"));
    }
    let head = rest.get(..14).unwrap_or_default().to_ascii_lowercase();
    if head.starts_with("<html") || head == "<!doctype html" {
        return Err(html_page());
    }
    if rest.starts_with("<?") || rest.starts_with("<!") {
        return Ok(blank);
    }
    let starts = |mark: &&str| rest.starts_with(*mark);
    let marks = ["<?xml", "<rss", "<feed", "<rdf:RDF"];
    if marks.iter().any(starts) {
        return Ok(blank);
    }
    let start = &rest[..rest.floor_char_boundary(MAX_BEFORE)];
    let found = marks.iter().filter_map(|mark| start.find(mark)).min();
    match found {
        Some(at) => Ok(blank + at),
        None if rest.starts_with('<') => Ok(blank),
        None => {
            let said: String = rest.chars().take(60).collect();
            Err(ImportError::new(format!(
                "this is not a feed: it says “{}”",
                printable(said.trim())
            ))
            .help("give the address of the feed itself"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::{MAX_TAG, MAX_TEXT};
    use super::*;

    fn feed(inside: &str) -> String {
        format!(
            "<?xml version='1.0'?>\n<rss xmlns:i='http://www.iTunes.com/DTDs/Podcast-1.0.dtd' version='2.0'>\
             <channel>{inside}</channel></rss>"
        )
    }

    fn said(text: &str) -> String {
        channel(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn texts_and_attributes_are_read_as_xml_means_them() {
        let text = feed(
            "<title> a &amp; b<![CDATA[ <c> ]]>&#233;&nbsp;d </title><i:image href=' x&amp;y '/><x:y xmlns:x='urn:z'/>",
        );
        let channel = channel(text.as_bytes()).unwrap();
        let [title, image, other] = channel.children.as_slice() else { panic!("{channel:?}") };
        assert_eq!((title.name.as_str(), title.text.as_str()), ("title", "a & b <c> é&nbsp;d"));
        assert_eq!((image.name.as_str(), image.attribute("href")), ("itunes:image", Some("x&y")));
        assert_eq!((other.name.as_str(), other.is_empty()), ("x:y", true));
    }

    #[test]
    fn what_is_no_feed_is_said() {
        assert_eq!(said("<!DOCTYPE HTML><html><p>"), "this is an HTML page, not a feed");
        assert_eq!(said("<svg/>"), "this is not an RSS feed: it starts with <svg>");
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom'/>";
        assert_eq!(said(atom), "this Atom feed has no episode");
        assert_eq!(said("<rss></rss>"), "this RSS feed has no <channel>");
        assert_eq!(
            said("<rss><channel>\n<item>"),
            "line 2, column 7: the feed ends in the middle of an element"
        );
        assert_eq!(said(" \n"), "there is nothing in it");
        assert_eq!(said("Not Found"), "this is not a feed: it says “Not Found”");
        let template = "this is the template of a feed: a site's generator makes the feed of it";
        let front = "---\nlayout: null\n---\n<?xml version='1.0'?><rss><channel></channel></rss>";
        assert_eq!((said(front), said("{{ printf }}\n<rss>")), (template.into(), template.into()));
        assert_eq!(said(&feed("<link>{{ site.url }}</link>")), template);
        for page in [
            "<!-- x --><HTML><p>",
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
        ] {
            assert_eq!(said(page), "this is an HTML page, not a feed");
        }
    }

    /// A feed that is none to a strict reader, and what is said of it.
    fn patient(text: &str) -> (Vec<Element>, String) {
        let mut items = Vec::new();
        let channel = read(text.as_bytes(), &mut |item, _| {
            items.push(item);
            Ok(())
        });
        let mut channel = channel.unwrap();
        channel.element.children.append(&mut items);
        (channel.element.children, channel.remarks.into_iter().map(|(_, what)| what).collect())
    }

    #[test]
    fn what_apps_read_is_read() {
        // Addresses with bare signs, attributes without quotes or twice, tags that are not closed.
        let (all, said) = patient(&feed("<link href='https://a.example/?x=1&y=2&reg=3'/>"));
        assert_eq!(all[0].attribute("href"), Some("https://a.example/?x=1&y=2&reg=3"));
        assert_eq!(said, "");
        let (all, said) =
            patient(&feed("<enclosure url=https://a.example/1.mp3 length=24 length='25'/>"));
        let [enclosure] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!(enclosure.attribute("url"), Some("https://a.example/1.mp3"));
        assert_eq!(enclosure.attribute("length"), Some("24"));
        assert!(said.contains("`length` stands twice"), "{said}");
        let (all, said) = patient(&feed(
            "<item><title>A</title><author>B</item></p><item><title>C</title></item>",
        ));
        assert_eq!(
            (all.len(), all[0].children.len(), all[1].children[0].text.as_str()),
            (2, 2, "C")
        );
        assert!(
            said.contains("`</item>` stands where `</author>` belongs")
                && said.contains("and 1 more"),
            "{said}"
        );
        // Warnings before the feed, a document type, a vocabulary that nobody declared.
        let (all, said) =
            patient(&format!("<br />\n<b>Warning</b>: x in y.php\n{}", feed("<title>T</title>")));
        assert_eq!((all.len(), said.as_str()), (1, "“<br /> <b>Warning</b>: x in y.php”"));
        let kind =
            "<!DOCTYPE rss [<!ENTITY % HTMLlat1 PUBLIC 'x' 'http://a.example/x.ent'>\n%HTMLlat1;]>";
        let (all, _) = patient(&format!("{kind}{}", feed("<title>caf&eacute;</title>")));
        assert_eq!(all[0].text, "caf&eacute;");
        let (all, said) =
            patient("<rss><channel><itunes:author>A</itunes:author><x:y>1</x:y></channel></rss>");
        assert_eq!((all[0].name.as_str(), all[1].name.as_str()), ("itunes:author", "x:y"));
        assert!(said.contains("the prefix of <x:y> is declared nowhere"), "{said}");
        // Items beside the channel.
        let beside =
            feed("<title>T</title>").replace("</rss>", "<item><title>I</title></item></rss>");
        assert_eq!(patient(&beside).0.len(), 2);
    }

    #[test]
    fn html_that_is_not_escaped_is_the_text() {
        let (all, said) = patient(&feed(
            "<description><p>A &amp; <b>b</b> &lt;c&gt;<br/><a href='https://a.example/?x&amp;y'>d</a></p></description><title>T</title>",
        ));
        assert_eq!(
            all[0].text,
            "<p>A &amp; <b>b</b> &lt;c&gt;<br><a href=\"https://a.example/?x&amp;y\">d</a></p>"
        );
        assert_eq!((all[1].text.as_str(), said.as_str()), ("T", ""));
        let (all, said) = patient(&feed("<description>a <b>x<br>y</description><title>T</title>"));
        assert_eq!((all[0].text.as_str(), all[1].text.as_str()), ("a <b>x<br>y</b>", "T"));
        assert!(said.contains("`</description>` stands where"), "{said}");
    }

    #[test]
    fn bombs_are_refused() {
        let lol = "<!DOCTYPE lolz [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><rss><channel><title>&b;</title></channel></rss>";
        assert!(said(lol).contains("document type"), "{}", said(lol));
        let outside = "<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><rss/>";
        assert!(said(outside).contains("document type"));
        assert!(said(&feed(&"<a>".repeat(1000))).contains("deeper"));
        assert!(
            said(&feed(&format!("<a b='{}'/>", "x".repeat(MAX_TAG)))).contains("longer than any")
        );
        let many = "<a/>".repeat(9000);
        assert!(said(&feed(&many.repeat(2))).contains("more elements"));
        assert!(said(&feed(&format!("<item>{}</item>", many.repeat(2)))).contains("more elements"));
        assert!(
            said(&feed(&format!("<a><item/>{}</a>", "<item/>".repeat(10_000)))).contains("more")
        );
        let items = format!("{many}<item>{many}</item><item>{many}</item>");
        assert!(channel(feed(&items).as_bytes()).is_ok());
        let long =
            feed(&format!("<item><description>a{}</description></item>", "é".repeat(MAX_TEXT)));
        let mut length = 0;
        let read = read(long.as_bytes(), &mut |item, _| {
            length = item.children[0].text.len();
            Ok(())
        });
        assert_eq!((length, read.unwrap().remarks.len()), (MAX_TEXT - 1, 1));
        let attributes: String = (0..101).map(|at| format!(" a{at}=''")).collect();
        assert!(said(&feed(&format!("<a{attributes}/>"))).contains("more attributes"));
        // Without a document type, an entity is but a text.
        let text = channel(feed("<title>&b;</title>").as_bytes()).unwrap();
        assert_eq!(text.children[0].text, "&b;");
    }
}
