//! What a feed has that a show has no key for, as the side file that the feed's writer puts back
//! ([`crate::site::extra`] reads it): a small feed of the same elements, episodes by their guids.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::report::{Level, Report};
use super::xml::{self, Element};
use crate::site::extra::may_stand;
use crate::site::text::escape;

/// The text of the side file; nothing if there is nothing to keep. Elements that it cannot hold are told of.
pub fn file(
    channel: &[Element],
    items: &[(&str, &[Element])],
    namespaces: &BTreeMap<String, String>,
    report: &mut Report,
) -> Option<String> {
    let mut used = BTreeMap::new();
    let mut out = String::new();
    let mut writer = Writer { namespaces, used: &mut used, report, level: Level::Show };
    let kept = |element: &&Element| may_stand(&element.name);
    for element in channel.iter().filter(kept) {
        writer.element(&mut out, element, 4);
    }
    writer.level = Level::Episode;
    for (guid, elements) in items {
        let mut inside = String::new();
        for element in elements.iter().filter(kept) {
            writer.element(&mut inside, element, 6);
        }
        if !inside.is_empty() {
            let _ = write!(
                out,
                "    <item>\n      <guid>{}</guid>\n{inside}    </item>\n",
                escape(guid)
            );
        }
    }
    if out.is_empty() {
        return None;
    }
    let declared: String = used
        .iter()
        .map(|(prefix, address)| format!("\n  xmlns:{prefix}=\"{}\"", escape(address)))
        .collect();
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!-- Elements of the feed that onair has no key for. They are put back into it: the first into the\n     \
         channel, those of an item into the episode with its guid. Change or delete what you like.\n     \
         An itunes:title counts for as long as the title beside it is the one in onair. -->\n\
         <rss version=\"2.0\"{declared}>\n  <channel>\n{out}  </channel>\n</rss>\n"
    ))
}

struct Writer<'a> {
    namespaces: &'a BTreeMap<String, String>,
    used: &'a mut BTreeMap<String, String>,
    report: &'a mut Report,
    level: Level,
}

impl Writer<'_> {
    /// Whether a name can stand in the file; its vocabulary is declared if it can.
    fn is_known(&mut self, name: &str) -> bool {
        let Some((prefix, local)) = name.split_once(':') else { return is_name(name) };
        let address =
            xml::address_of(prefix).or_else(|| self.namespaces.get(prefix).map(String::as_str));
        let Some(address) = address.filter(|_| is_name(prefix) && is_name(local)) else {
            return false;
        };
        self.used.insert(prefix.to_owned(), address.to_owned());
        true
    }

    fn element(&mut self, out: &mut String, element: &Element, indent: usize) {
        if !self.is_known(&element.name) {
            self.report.not_kept(self.level, &element.name, 1, 0);
            self.report.left(self.level, &format!("{} (its name)", element.name));
            return;
        }
        let _ = write!(out, "{:indent$}<{}", "", element.name);
        for (name, value) in &element.attributes {
            if name == "xml:lang" || (!name.starts_with("xml:") && self.is_known(name)) {
                let value = escape(value).replace('\n', "&#10;").replace('\t', "&#9;");
                let _ = write!(out, " {name}=\"{value}\"");
            }
        }
        if element.text.is_empty() && element.children.is_empty() {
            out.push_str("/>\n");
            return;
        }
        let _ = write!(out, ">{}", escape(&element.text));
        if !element.children.is_empty() {
            out.push('\n');
            for child in &element.children {
                self.element(out, child, indent + 2);
            }
            let _ = write!(out, "{:indent$}", "");
        }
        let _ = writeln!(out, "</{}>", element.name);
    }
}

/// Whether this is a name of XML, of plain letters (XML 1.0, production 5).
fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}
