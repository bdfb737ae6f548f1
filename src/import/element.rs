//! An element of a feed, and what a feed is to its readers.

use std::collections::BTreeMap;

use super::ImportError;

/// An element, its text put together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// The name with the usual prefix of its vocabulary: `itunes:author`, or `title`.
    pub name: String,
    /// Attributes, in order.
    pub attributes: Vec<(String, String)>,
    /// Its own text, without white space around it.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Element>,
}

impl Element {
    /// An attribute's value, without white space around it; nothing for an empty one.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(given, _)| given == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.attributes.is_empty() && self.children.is_empty()
    }
}

/// What a feed says of the show.
#[derive(Debug, Default)]
pub struct Channel {
    /// Its elements, without the items.
    pub element: Element,
    /// The addresses of the namespaces of elements, by the prefix that their names have here.
    pub namespaces: BTreeMap<String, String>,
    /// What is to be said of how it was read: of what kind it is, and what there is.
    pub remarks: Vec<(&'static str, String)>,
    /// How many bytes the feed has, unpacked.
    pub bytes: u64,
}

/// What is done with an item.
pub type See<'a> = dyn FnMut(Element, &Bases) -> Result<(), ImportError> + 'a;

/// The addresses that a feed's relative addresses may be below.
#[derive(Debug, Default, Clone)]
pub struct Bases {
    /// What the feed names for that (XML Base).
    pub given: Option<String>,
    /// The feed's own address.
    pub own: Option<String>,
    /// The page that it belongs to.
    pub page: Option<String>,
}

impl Bases {
    /// The one that counts; `asked` is the address that the feed was read from.
    pub fn base<'a>(&'a self, asked: Option<&'a str>) -> Option<&'a str> {
        let given = self.given.as_deref().or(asked);
        given.or(self.own.as_deref()).or(self.page.as_deref())
    }
}
