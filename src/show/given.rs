//! From a front matter's fields to values: what is given, what is empty, and what means nothing.

use super::frontmatter::Field;
use super::keys::Fields;
use super::person::{self, ListOf, Person};
use super::source::{Given, Located, Malformed};
use super::trouble::{Trouble, name_of};
use super::words::legal_in_xml;
use super::yaml::{Content, Node};

impl Fields {
    /// A scalar that `read` makes sense of.
    pub(super) fn given<T>(
        &self,
        key: &str,
        expected: &'static str,
        read: impl Fn(&str) -> Result<T, Trouble>,
    ) -> Given<T> {
        self.get(key).map_or(Given::Missing, |field| scalar(field, expected, read))
    }

    /// A text, without white space around it, and without characters that XML cannot hold.
    pub(super) fn text(&self, key: &str) -> Given<String> {
        self.given(key, "a text", |text| {
            match text.char_indices().find(|&(_, c)| !legal_in_xml(c)) {
                Some((at, c)) => Err(Trouble {
                    culprit: at..at + c.len_utf8(),
                    reason: format!("{} cannot stand in a feed", name_of(c)),
                    meant: Some(text.chars().filter(|&c| legal_in_xml(c)).collect()),
                }),
                None => Ok(text.trim().to_owned()),
            }
        })
    }

    /// A text of one line: a line break within it is a space. Several entries are joined.
    pub(super) fn line(&self, key: &str) -> Given<String> {
        if let Some(Field { node: Node { content: Content::List(entries), span }, .. }) =
            self.get(key)
            && let Some(words) = entries.iter().map(Node::text).collect::<Option<Vec<_>>>()
            && !words.is_empty()
        {
            let words: Vec<String> = words.into_iter().map(clean).collect();
            return Given::Good(Located { value: words.join(", "), span: span.clone() });
        }
        match self.text(key) {
            Given::Good(mut text) => {
                if text.value.contains(['\n', '\r']) {
                    text.value = text.value.split_whitespace().collect::<Vec<_>>().join(" ");
                }
                Given::Good(text)
            }
            other => other,
        }
    }

    /// A list of texts; one value is parted at its commas.
    pub(super) fn texts(&self, key: &str) -> Given<Vec<String>> {
        let Some(Field { node, .. }) = self.get(key) else { return Given::Missing };
        let span = node.span.clone();
        let texts: Option<Vec<&str>> = match &node.content {
            Content::Scalar(scalar) if scalar.is_null() || scalar.text.trim().is_empty() => {
                return Given::Empty(span);
            }
            Content::Scalar(scalar) => Some(scalar.text.split(',').collect()),
            Content::List(entries) => entries.iter().map(Node::text).collect(),
            Content::Map(_) => None,
        };
        let Some(texts) = texts else {
            let reason = "this is not a list of texts";
            return Given::Bad(Box::new(Malformed::whole(
                span,
                reason,
                "a list of texts, as in [sea, light]",
            )));
        };
        let value = texts.into_iter().map(clean).filter(|text| !text.is_empty()).collect();
        Given::Good(Located { value, span })
    }

    /// A list of people or links.
    pub(super) fn list(&self, key: &str, of: ListOf) -> Given<Vec<Person>> {
        self.get(key).map_or(Given::Missing, |field| person::list(&field.node, of))
    }
}

/// One line of a list, without what XML cannot hold.
fn clean(text: &str) -> String {
    let legal: String = text.chars().filter(|&c| legal_in_xml(c)).collect();
    legal.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A field's scalar that `read` makes sense of.
pub(super) fn scalar<T>(
    field: &Field,
    expected: &'static str,
    read: impl Fn(&str) -> Result<T, Trouble>,
) -> Given<T> {
    let Some(scalar) = field.node.scalar() else {
        let reason = "a list or mapping stands where one value belongs";
        return Given::Bad(Box::new(Malformed::whole(field.span(), reason, expected)));
    };
    if scalar.is_null() || scalar.text.trim().is_empty() {
        return Given::Empty(field.span());
    }
    match read(&scalar.text) {
        Ok(value) => Given::Good(Located { value, span: field.span() }),
        Err(trouble) => {
            let culprit = match scalar.verbatim {
                Some(from) => {
                    let from = from as usize;
                    from + trouble.culprit.start..from + trouble.culprit.end
                }
                None => field.span(),
            };
            Given::Bad(Box::new(Malformed {
                span: field.span(),
                culprit,
                reason: trouble.reason,
                expected,
                meant: trouble.meant,
            }))
        }
    }
}
