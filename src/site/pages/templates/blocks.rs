//! Blocks that fill none: the engine leaves their text out, without a word.

use std::collections::BTreeSet;

use super::{OWN, Templates, is_template, limits};
use crate::show::{Source, Span};

/// The block that every page of onair's own fills.
const CONTENT: &str = "content";

/// A block of the host's that fills none, or one of the host's frames without the block that pages fill.
#[derive(Debug, PartialEq, Eq)]
pub struct LostBlock<'a> {
    /// The host's file.
    pub file: &'a Source,
    /// The block; the file's start where it is not there.
    pub span: Span,
    /// Its name.
    pub name: &'a str,
    /// What the templates above it have, if it is theirs that lacks in them.
    pub above: Option<BTreeSet<&'a str>>,
}

/// What a template says of itself.
#[derive(Default)]
struct Shape<'a> {
    /// The templates that it extends; nothing for one that only rendering tells.
    parents: Vec<Option<&'a str>>,
    /// The place and the name of each block, and whether it stands in no other.
    blocks: Vec<(Span, &'a str, bool)>,
}

impl<'a> Shape<'a> {
    fn of(text: &'a str) -> Self {
        let mut shape = Self::default();
        let mut depth = 0_usize;
        for tag in limits::tags(text).filter(|tag| tag.is_statement) {
            let words = tag.words.trim_end_matches(['-', '+']).trim_end();
            let (word, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
            let rest = rest.trim();
            match word {
                "extends" => {
                    let quoted = |c: char| rest.strip_prefix(c)?.strip_suffix(c);
                    let name = quoted('"').or_else(|| quoted('\''));
                    shape.parents.push(name.filter(|name| !name.contains(['"', '\''])));
                }
                "block" => {
                    let name = rest.split_whitespace().next().unwrap_or_default();
                    let end = (tag.open + 2 + tag.text.len() + 2).min(text.len());
                    shape.blocks.push((tag.open..end, name, depth == 0));
                    depth += 1;
                }
                "endblock" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        shape
    }
}

impl Templates {
    fn text(&self, name: &str) -> Option<&str> {
        let own = || OWN.iter().find(|(own, _)| *own == name).map(|(_, text)| *text);
        self.files.get(name).map(|file| &*file.text).or_else(own)
    }

    /// The blocks of all templates above one, from the nearest on; nothing if that cannot be told, or if there
    /// are none above it.
    fn above<'a>(&'a self, shape: &Shape<'a>) -> Option<BTreeSet<&'a str>> {
        let mut names = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut parents = shape.parents.clone();
        while let Some(parent) = parents.pop() {
            let parent = parent?;
            if seen.insert(parent) {
                let shape = Shape::of(self.text(parent)?);
                names.extend(shape.blocks.iter().map(|(_, name, _)| *name));
                parents.extend(shape.parents);
            }
        }
        (!seen.is_empty()).then_some(names)
    }

    /// The first block of each file that fills none. Files that are refused for what they are are not looked at.
    pub fn lost(&self) -> Vec<LostBlock<'_>> {
        let mut lost = Vec::new();
        let good = || self.files.values().filter(|file| limits::excess(&file.text).is_none());
        // A block of its own may be shown by name.
        let shown: BTreeSet<&str> = good()
            .flat_map(|file| file.text.split("self.").skip(1))
            .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
            .collect();
        let templates = self
            .files
            .iter()
            .filter(|(name, file)| is_template(name) && limits::excess(&file.text).is_none());
        for (_, file) in templates {
            let shape = Shape::of(&file.text);
            let Some(above) = self.above(&shape) else { continue };
            let fills_none = |(_, name, is_top): &(Span, &str, bool)| {
                *is_top && !above.contains(name) && !shown.contains(name)
            };
            if let Some((span, name, _)) = shape.blocks.into_iter().find(fills_none) {
                lost.push(LostBlock { file, span, name, above: Some(above) });
            }
        }
        let pages = OWN.iter().filter(|(name, _)| !self.files.contains_key(*name));
        let frames: BTreeSet<&str> = pages
            .map(|(_, text)| Shape::of(text))
            .filter(|shape| self.above(shape).is_some_and(|above| !above.contains(CONTENT)))
            .filter_map(|shape| shape.parents.first().copied().flatten())
            .collect();
        let frames = frames.iter().filter_map(|name| self.files.get(*name));
        lost.extend(frames.map(|file| LostBlock { file, span: 0..0, name: CONTENT, above: None }));
        lost
    }
}
