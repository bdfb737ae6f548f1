//! YAML as a tree in which every value knows where it stands.
//!
//! The tree is built from the events of `saphyr-parser` alone: tags of the core schema mean what they
//! say (YAML 1.2.2, section 10.3), aliases stand for what they name, `<<` merges. What a front matter
//! has no use for (depth, aliases that multiply, tags of an application) is refused on the way, so
//! that a hostile file costs nothing.

mod build;
mod lenient;
mod places;
mod scalar;

use serde_yaml::{Mapping, Value};

use super::source::Span;

pub use scalar::{CoreTag, Scalar, Style};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands, quotes included, tag and anchor left out; the alias where it is named by one;
    /// empty and right behind the colon for no value.
    pub span: Span,
    /// What it is.
    pub content: Content,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// One value.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// Keys and their values.
    Map(Vec<Entry>),
}

/// A key of a mapping, and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

impl Entry {
    /// The value as the YAML library knows it.
    pub fn value(&self) -> Value {
        self.node.value()
    }

    /// Where the value stands, quotes included; empty and right behind the colon for no value.
    pub fn span(&self) -> Span {
        self.node.span.clone()
    }

    /// The scalar's own text, without quotes; nothing for a list or mapping.
    pub fn text(&self) -> Option<&str> {
        self.node.scalar().map(|scalar| scalar.text.as_str())
    }

    /// The entries of a mapping with names of their own: `duration` of `itunes` is `itunes.duration`.
    pub fn inner(&self) -> Vec<Self> {
        let Content::Map(entries) = &self.node.content else { return Vec::new() };
        let named =
            |entry: &Self| Self { key: format!("{}.{}", self.key, entry.key), ..entry.clone() };
        entries.iter().map(named).collect()
    }
}

/// A document's keys.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// The keys, in their order.
    pub entries: Vec<Entry>,
    /// Node properties that say nothing, and may have been meant as text: `&name` that no alias names, `!` alone in
    /// front of a value without quotes (YAML 1.2.2, section 6.9).
    pub idle_properties: Vec<Span>,
}

/// Why YAML cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Something that cannot be, or is not wanted.
    At {
        /// Where.
        span: Span,
        /// What is wrong.
        reason: String,
        /// How to fix it.
        help: Option<String>,
    },
    /// The same key stands twice in a mapping.
    Duplicate {
        /// The key.
        key: String,
        /// Where it stands first.
        first: Span,
        /// Where it stands again.
        again: Span,
    },
}

/// Reads the keys of `yaml`, which stands at the byte `base` of its file.
///
/// # Errors
/// [`Refusal`] says what is wrong and where.
pub fn read(yaml: &str, base: usize) -> Result<Document, Refusal> {
    lenient::read(yaml, base)
}

impl Node {
    /// The scalar, if it is one.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.content {
            Content::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The scalar's text, unless it says that there is no value.
    pub fn text(&self) -> Option<&str> {
        self.scalar().filter(|scalar| !scalar.is_null()).map(|scalar| scalar.text.as_str())
    }

    /// The value of `key`, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Content::Map(entries) = &self.content else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The same without places, as the YAML library knows values.
    pub fn value(&self) -> Value {
        match &self.content {
            Content::Scalar(scalar) => scalar.value(),
            Content::List(items) => Value::Sequence(items.iter().map(Self::value).collect()),
            Content::Map(entries) => Value::Mapping(
                entries
                    .iter()
                    .map(|entry| (Value::String(entry.key.clone()), entry.node.value()))
                    .collect::<Mapping>(),
            ),
        }
    }

    /// Every scalar in it, itself included.
    pub fn scalars(&self) -> Vec<(&Span, &Scalar)> {
        match &self.content {
            Content::Scalar(scalar) => vec![(&self.span, scalar)],
            Content::List(items) => items.iter().flat_map(Self::scalars).collect(),
            Content::Map(entries) => {
                entries.iter().flat_map(|entry| entry.node.scalars()).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests;
