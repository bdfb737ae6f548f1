//! An element of a feed.

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
