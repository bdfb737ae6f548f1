//! Lists of people and links.

use super::source::{Given, Located, Malformed};
use super::words::legal_in_xml;
use super::yaml::{Content, Node};

/// Somebody who takes part in an episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The person's name.
    pub name: String,
    /// A page about the person.
    pub link: Option<String>,
    /// The address of a picture.
    pub image: Option<String>,
    /// What the person does, in the host's words.
    pub title: Option<String>,
    /// The part taken, as the podcast namespace's taxonomy names it (`guest`, `host`, `editor`, …).
    pub role: Option<String>,
}

/// What a list is of: its own words for what an entry must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListOf {
    /// `guests` and `persons`
    People,
    /// `links`
    Links,
}

impl ListOf {
    fn expected(self) -> &'static str {
        match self {
            Self::People => {
                "a list of mappings with `name`, and `link`, `title`, `image` and `role` if you like"
            }
            Self::Links => "a list of mappings with `text` and `link`",
        }
    }

    fn lacks(self, at: usize) -> String {
        match self {
            Self::People => format!("entry {at} of this list has no `name`"),
            Self::Links => format!("entry {at} of this list has neither `text` nor `link`"),
        }
    }
}

/// Reads a list; one entry may stand for itself.
///
/// An entry that says nothing is shown at its own place.
pub fn list(node: &Node, of: ListOf) -> Given<Vec<Person>> {
    let entries = match &node.content {
        Content::Scalar(scalar) if scalar.is_null() || scalar.text.trim().is_empty() => {
            return Given::Empty(node.span.clone());
        }
        Content::List(entries) => entries.iter().collect(),
        _ => vec![node],
    };
    let mut people = Vec::with_capacity(entries.len());
    for (at, entry) in entries.into_iter().enumerate() {
        match person(entry, of) {
            Some(person) => people.push(person),
            None => {
                return Given::Bad(Box::new(Malformed::whole(
                    entry.span.clone(),
                    of.lacks(at + 1),
                    of.expected(),
                )));
            }
        }
    }
    Given::Good(Located { value: people, span: node.span.clone() })
}

fn person(entry: &Node, of: ListOf) -> Option<Person> {
    let legal = |text: &str| {
        let text: String = text.chars().filter(|&c| legal_in_xml(c)).collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    };
    let text = |key: &str| legal(entry.get(key)?.text()?);
    if matches!(entry.content, Content::Scalar(_)) {
        let name = legal(entry.text()?)?;
        // A link may be nothing but its address.
        let link = Some(name.clone()).filter(|_| of == ListOf::Links);
        return Some(Person { name, link, image: None, title: None, role: None });
    }
    let link = text("link").or_else(|| text("url")).or_else(|| text("href"));
    let title = text("title");
    let mut name = text("name").or_else(|| text("text")).or_else(|| title.clone());
    if of == ListOf::Links {
        name = name.or_else(|| link.clone());
    }
    Some(Person { name: name?, link, image: text("image"), title, role: text("role") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::frontmatter::parse;

    fn read(yaml: &str, of: ListOf) -> String {
        let text = format!("---\nl: {yaml}\n---\n");
        let field = parse(&text).unwrap().fields.remove(0);
        match list(&field.node, of) {
            Given::Good(people) => {
                let said = |person: &Person| format!("{} {:?}", person.name, person.link);
                people.value.iter().map(said).collect::<Vec<_>>().join("; ")
            }
            Given::Bad(bad) => format!("[{}] {}", &text[bad.span], bad.reason),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn entries_have_many_forms() {
        let of = ListOf::People;
        assert_eq!(
            read("[{name: A, link: https://a.example}, B]", of),
            "A Some(\"https://a.example\"); B None"
        );
        assert_eq!(read("{name: 42}", of), "42 None");
        assert_eq!(read("Ada", of), "Ada None");
        assert_eq!(
            read("[\"https://l.example\"]", ListOf::Links),
            "https://l.example Some(\"https://l.example\")"
        );
        assert_eq!(
            read("\n- text: T\n  link: https://l.example", ListOf::Links),
            "T Some(\"https://l.example\")"
        );
    }

    #[test]
    fn a_wrong_entry_is_shown_where_it_stands() {
        let said = read("\n- name: A\n- nmae: B\n  link: c\n", ListOf::People);
        assert_eq!(said, "[nmae: B\n  link: c] entry 2 of this list has no `name`");
        let said = read("[{text: A}, {note: x}]", ListOf::Links);
        assert_eq!(said, "[{note: x}] entry 2 of this list has neither `text` nor `link`");
    }
}
