//! The elements of a channel or an item, ticked off as they are taken: what is left at the end has no
//! key in a show, and stays in the feed as it was.

use std::collections::HashSet;

use super::report::{Level, Report};
use super::write::cut;
use super::xml::Element;
use crate::site::extra::NEVER;

/// The elements in an element, and which of them have been taken.
pub struct Parts<'a> {
    level: Level,
    elements: &'a [Element],
    taken: Vec<bool>,
}

impl<'a> Parts<'a> {
    pub fn new(level: Level, element: &'a Element) -> Self {
        let elements = element.children.as_slice();
        Self { level, elements, taken: vec![false; elements.len()] }
    }

    /// The first element of this name that was not taken and says anything.
    pub fn take(&mut self, name: &str) -> Option<&'a Element> {
        self.first(name, |_| true)
    }

    /// The first of these that `fits`.
    pub fn first(&mut self, name: &str, fits: impl Fn(&Element) -> bool) -> Option<&'a Element> {
        let found = self.elements.iter().zip(&mut self.taken).find(|(element, taken)| {
            !**taken && element.name == name && !element.is_empty() && fits(element)
        });
        let (element, taken) = found?;
        *taken = true;
        Some(element)
    }

    /// The text of the first element of this name.
    pub fn text(&mut self, name: &str) -> Option<&'a str> {
        let element = self.take(name)?;
        Some(element.text.as_str()).filter(|text| !text.is_empty())
    }

    /// The text of the first element of this name, on one line.
    pub fn line(&mut self, name: &str) -> Option<String> {
        self.text(name).map(one_line).filter(|line| !line.is_empty())
    }

    /// The same with what HTML calls by a name (`&amp;`) read: some feeds escape once too often.
    pub fn plain(&mut self, name: &str) -> Option<String> {
        self.line(name).map(|line| super::html::read(&line).into_owned())
    }

    /// All elements of this name, none of which is taken by that.
    pub fn every(&self, name: &str) -> Vec<&'a Element> {
        let there = self.elements.iter().zip(&self.taken);
        let there = there.filter(|(element, taken)| !**taken && element.name == name);
        there.map(|(element, _)| element).filter(|element| !element.is_empty()).collect()
    }

    /// The first of these that fits, which is not taken by that.
    pub fn see(&self, name: &str, fits: impl Fn(&Element) -> bool) -> Option<&'a Element> {
        self.elements.iter().find(|element| element.name == name && fits(element))
    }

    /// All elements of this name that fit.
    pub fn all(&mut self, name: &str, fits: impl Fn(&Element) -> bool) -> Vec<&'a Element> {
        // In one pass: a stranger's feed may have a million of them.
        let mut found = Vec::new();
        for (element, taken) in self.elements.iter().zip(&mut self.taken) {
            if !*taken && element.name == name && !element.is_empty() && fits(element) {
                *taken = true;
                found.push(element);
            }
        }
        found
    }

    /// Ticks off what a release writes anew.
    pub fn made_anew(&mut self, names: &[&str]) {
        for (element, taken) in self.elements.iter().zip(&mut self.taken) {
            *taken |= names.contains(&element.name.as_str());
        }
    }

    /// What was not taken: it stays in the feed as it is.
    pub fn finish(self, report: &mut Report) -> Vec<Element> {
        let there = || self.elements.iter().zip(&self.taken);
        let taken: HashSet<&str> = there()
            .filter(|(_, taken)| **taken)
            .map(|(element, _)| element.name.as_str())
            .collect();
        let left = there().filter(|(_, taken)| !**taken);
        let left = left.map(|(element, _)| element).filter(|element| !element.is_empty());
        let mut kept = Vec::new();
        for element in left {
            match NEVER.contains(&element.name.as_str()) {
                true => {
                    let more = if taken.contains(&*element.name) { " (one more)" } else { "" };
                    report.left(self.level, &format!("{}{more}", called(element)));
                }
                false => {
                    report.kept(self.level, &element.name);
                    kept.push(element.clone());
                }
            }
        }
        kept
    }
}

/// What an element is called in the report: links differ in what they are for.
pub fn called(element: &Element) -> String {
    match element.attribute("rel").filter(|_| element.name == "atom:link") {
        Some(rel) => format!("{} rel={}", element.name, cut(rel, 40).0),
        None => element.name.clone(),
    }
}

/// Reports the attributes of an element that have no place.
pub fn leave_attributes(level: Level, element: &Element, known: &[&str], report: &mut Report) {
    for (name, value) in &element.attributes {
        if !known.contains(&name.as_str()) && !value.trim().is_empty() {
            report.left(level, &format!("{} {name}=", element.name));
        }
    }
}

/// Runs of white space as one space.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
