//! From a parser's events to the tree.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::places::{Offsets, behind_colon, place, trim};
use super::scalar::{CoreTag, Scalar, Style};
use super::{Content, Document, Entry, Node, Refusal};
use crate::show::source::Span;

const MAX_DEPTH: usize = 8;
/// More values than a front matter has, what aliases repeat counted each time.
const MAX_NODES: usize = 40_000;
/// More text than a front matter has, likewise, in bytes.
const MAX_TEXT: usize = 512 * 1024;

/// A list or mapping that is not yet at its end.
struct Open {
    from: usize,
    /// Whether it is written with brackets.
    flow: bool,
    anchor: usize,
    content: Content,
    key: Option<(String, Span)>,
    /// The keys so far, and where each stands.
    keys: HashMap<String, Span>,
}

struct Builder<'a> {
    yaml: &'a str,
    base: usize,
    offsets: Offsets,
    /// Texts that are known otherwise, by where they stand.
    texts: &'a HashMap<usize, String>,
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, (Node, Size)>,
    anchor_spans: Vec<(usize, Span)>,
    used: HashSet<usize>,
    /// `!` alone in front of plain text.
    exclamations: Vec<Span>,
    size: Size,
}

/// How much a tree holds.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    nodes: usize,
    text: usize,
}

impl Size {
    fn of(node: &Node) -> Self {
        let inner = |sizes: &mut dyn Iterator<Item = Self>| {
            sizes.fold(Self { nodes: 1, text: 0 }, |sum, size| Self {
                nodes: sum.nodes + size.nodes,
                text: sum.text + size.text,
            })
        };
        match &node.content {
            Content::Scalar(scalar) => Self { nodes: 1, text: scalar.text.len() },
            Content::List(items) => inner(&mut items.iter().map(Self::of)),
            Content::Map(entries) => inner(&mut entries.iter().map(|entry| Self::of(&entry.node))),
        }
    }
}

pub(super) fn document(
    yaml: &str,
    base: usize,
    texts: &HashMap<usize, String>,
) -> Result<Document, Refusal> {
    let mut builder = Builder {
        yaml,
        base,
        offsets: Offsets::new(yaml, base),
        texts,
        open: Vec::new(),
        root: None,
        anchors: HashMap::new(),
        anchor_spans: Vec::new(),
        used: HashSet::new(),
        exclamations: Vec::new(),
        size: Size::default(),
    };
    for event in Parser::new_from_str(yaml) {
        let (event, at) = event.map_err(|error| builder.offsets.error(yaml, &error))?;
        let span = builder.offsets.byte(at.start.index())..builder.offsets.byte(at.end.index());
        builder.take(event, span)?;
    }
    let used = &builder.used;
    let unused = builder.anchor_spans.into_iter().filter(|(anchor, _)| !used.contains(anchor));
    let unused = unused.map(|(_, span)| span);
    let mut idle_properties: Vec<Span> = unused.chain(builder.exclamations).collect();
    idle_properties.sort_by_key(|span| span.start);
    match builder.root {
        Some(Node { content: Content::Map(entries), .. }) => {
            Ok(Document { entries, idle_properties })
        }
        _ => Ok(Document::default()),
    }
}

pub(super) fn refuse<T>(
    span: Span,
    reason: impl Into<String>,
    help: Option<&str>,
) -> Result<T, Refusal> {
    Err(Refusal::At { span, reason: reason.into(), help: help.map(str::to_owned) })
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Refusal> {
        match event {
            Event::Alias(anchor) => {
                self.used.insert(anchor);
                let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
                    return refuse(span, "this alias stands for a value that holds it", None);
                };
                let mut node = Node { span: span.clone(), ..node };
                if let Content::Scalar(scalar) = &mut node.content {
                    scalar.verbatim = None;
                }
                self.put(node, size, 0, span)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let whole = span.clone();
                let from = self.behind_properties(span.start, anchor, tag.is_some());
                if let Some(tag) = tag.as_deref().filter(|tag| !is_known(tag)) {
                    return unknown_tag(tag, trim(self.yaml, self.base, whole.start..from));
                }
                if tag.as_deref().is_some_and(is_unspecific) && style == ScalarStyle::Plain {
                    self.exclamations.push(whole.start..from);
                }
                let node = self.scalar(&text, style, from..span.end.max(from), tag.as_deref())?;
                let size = Size::of(&node);
                self.put(node, size, anchor, whole)
            }
            Event::SequenceStart(anchor, ref tag) => {
                self.start(span, anchor, tag, "seq", Content::List(Vec::new()))
            }
            Event::MappingStart(anchor, ref tag) => {
                self.start(span, anchor, tag, "map", Content::Map(Vec::new()))
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::DocumentStart(_) if self.root.is_some() => refuse(
                span,
                "a second YAML document starts here",
                Some("keep all keys between the two lines `---`"),
            ),
            _ => Ok(()),
        }
    }

    fn start(
        &mut self,
        span: Span,
        anchor: usize,
        tag: &Option<Cow<'_, Tag>>,
        kind: &str,
        content: Content,
    ) -> Result<(), Refusal> {
        if let Some(tag) = tag {
            let known =
                matches!(tag.suffix.as_str(), "set" | "omap" | "pairs") || tag.suffix == kind;
            if !(tag.is_yaml_core_schema() && known || is_unspecific(tag)) {
                return unknown_tag(tag, span);
            }
        }
        if let Some(Open { content: Content::Map(_), key: None, .. }) = self.open.last() {
            return refuse(span, "a list or mapping cannot be a key", None);
        }
        if self.open.is_empty() && kind == "seq" {
            return refuse(
                span,
                "the front matter is a list, not keys with values",
                Some("write one `key: value` to a line"),
            );
        }
        if self.open.len() >= MAX_DEPTH {
            return refuse(span, "the front matter is nested too deeply", None);
        }
        let from = self.behind_properties(span.start, anchor, tag.is_some());
        if anchor != 0 {
            self.anchor_spans.push((anchor, span.start..from));
        }
        let flow = self.yaml[from - self.base..].starts_with(['[', '{']);
        self.open.push(Open { from, flow, anchor, content, key: None, keys: HashMap::new() });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Refusal> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let last = match &open.content {
            Content::List(items) => items.last(),
            Content::Map(entries) => entries.last().map(|entry| &entry.node),
            Content::Scalar(_) => None,
        };
        let end = match last {
            Some(last) if !open.flow && last.span.end >= open.from => last.span.end,
            _ if open.flow => (span.start + 1).max(open.from),
            _ => span.end.max(open.from),
        };
        let content = match open.content {
            Content::Map(entries) => Content::Map(self.merged(entries)?),
            other => other,
        };
        let node = Node { span: trim(self.yaml, self.base, open.from..end), content };
        let size = Size::of(&node);
        if open.anchor != 0 {
            self.anchors.insert(open.anchor, (node.clone(), size));
        }
        self.attach(node)
    }

    /// Puts a whole value in its place, and counts it.
    fn put(&mut self, node: Node, size: Size, anchor: usize, whole: Span) -> Result<(), Refusal> {
        self.size.nodes += size.nodes;
        self.size.text += size.text;
        if self.size.nodes > MAX_NODES || self.size.text > MAX_TEXT {
            return refuse(whole, "the front matter repeats itself too often", None);
        }
        if anchor != 0 {
            self.anchor_spans.push((anchor, whole.start..node.span.start));
            self.anchors.insert(anchor, (node.clone(), size));
        }
        self.attach(node)
    }

    fn attach(&mut self, node: Node) -> Result<(), Refusal> {
        let (yaml, base) = (self.yaml, self.base);
        let Some(open) = self.open.last_mut() else {
            if matches!(&node.content, Content::Scalar(scalar) if !scalar.is_null()) {
                return refuse(
                    trim(yaml, base, node.span),
                    "the front matter is a text, not keys with values",
                    Some("write one `key: value` to a line"),
                );
            }
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.content {
            // Lists are short, and a show has thousands of them.
            Content::List(items) => {
                items.reserve_exact(usize::from(items.is_empty()));
                items.push(node);
            }
            Content::Map(entries) => match open.key.take() {
                None => {
                    let Content::Scalar(Scalar { text, .. }) = node.content else {
                        return refuse(node.span, "a list or mapping cannot be a key", None);
                    };
                    let earlier = open.keys.insert(text.clone(), node.span.clone());
                    if let Some(first) = earlier.filter(|_| text != MERGE) {
                        return Err(Refusal::Duplicate { key: text, first, again: node.span });
                    }
                    open.key = Some((text, node.span));
                }
                Some((key, key_span)) => {
                    let mut node = node;
                    if matches!(&node.content, Content::Scalar(scalar)
                        if scalar.text.is_empty() && scalar.style == Style::Plain && scalar.tag.is_none())
                    {
                        node.span = behind_colon(yaml, base, &key_span);
                    }
                    entries.push(Entry { key, key_span, node });
                }
            },
            Content::Scalar(_) => {}
        }
        Ok(())
    }

    /// A mapping with what its `<<` name, where it has no such key itself (YAML 1.1, "merge").
    fn merged(&mut self, entries: Vec<Entry>) -> Result<Vec<Entry>, Refusal> {
        let (merges, mut own): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|entry| entry.key == MERGE);
        let mut keys: HashSet<String> = own.iter().map(|entry| entry.key.clone()).collect();
        for merge in merges {
            let sources = match merge.node.content {
                Content::Map(entries) => vec![entries],
                Content::List(items) => items
                    .into_iter()
                    .filter_map(|item| match item.content {
                        Content::Map(entries) => Some(entries),
                        _ => None,
                    })
                    .collect(),
                Content::Scalar(_) => {
                    return refuse(
                        merge.node.span,
                        "`<<` merges a mapping, as in `<<: *name`",
                        None,
                    );
                }
            };
            for entry in sources.into_iter().flatten() {
                if keys.insert(entry.key.clone()) {
                    own.push(entry);
                }
            }
        }
        Ok(own)
    }

    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        span: Span,
        tag: Option<&Tag>,
    ) -> Result<Node, Refusal> {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        let text = self.texts.get(&span.start).map_or(text, String::as_str);
        let tag = match tag {
            Some(tag) if is_unspecific(tag) => Some(CoreTag::Str),
            Some(tag) => CoreTag::named(&tag.suffix),
            None => None,
        };
        if let Some(tag) = tag.filter(|tag| !tag.fits(text)) {
            let reason = format!("its tag says that this is {}", tag.kind());
            return refuse(span, reason, Some("take the tag out, or fix the value"));
        }
        let span = place(self.yaml, self.base, span, style, text);
        let from = span.start + usize::from(style == Style::Quoted);
        let slice = self.yaml.get(from - self.base..(from - self.base).saturating_add(text.len()));
        let verbatim = u32::try_from(from).ok().filter(|_| slice == Some(text));
        let scalar = Scalar { text: text.to_owned(), verbatim, style, tag };
        Ok(Node { span, content: Content::Scalar(scalar) })
    }

    /// Where a value itself starts: behind its tag and anchor.
    fn behind_properties(&self, start: usize, anchor: usize, tagged: bool) -> usize {
        let mut at = start - self.base;
        for _ in 0..usize::from(anchor != 0) + usize::from(tagged) {
            let rest = &self.yaml[at..];
            if !rest.starts_with(['!', '&']) {
                break;
            }
            at += rest.find([' ', '\t', '\n', '\r', ',', ']', '}']).unwrap_or(rest.len());
            // A list or mapping may follow on the next lines.
            loop {
                let rest = &self.yaml[at..];
                at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
                if !self.yaml[at..].starts_with('#') {
                    break;
                }
                at += self.yaml[at..].find('\n').unwrap_or(self.yaml.len() - at);
            }
        }
        self.base + at
    }
}

const MERGE: &str = "<<";

/// `!` alone: what follows is what it looks like, read as a text.
fn is_unspecific(tag: &Tag) -> bool {
    (tag.handle.is_empty() || tag.handle == "!") && matches!(tag.suffix.as_str(), "" | "!")
}

/// Whether a scalar's tag says something here.
fn is_known(tag: &Tag) -> bool {
    is_unspecific(tag) || tag.is_yaml_core_schema() && CoreTag::named(&tag.suffix).is_some()
}

fn unknown_tag<T>(tag: &Tag, span: Span) -> Result<T, Refusal> {
    let name =
        if tag.is_yaml_core_schema() { format!("!!{}", tag.suffix) } else { tag.to_string() };
    refuse(
        span,
        format!("the YAML tag `{name}` means nothing here"),
        Some("put quotes around the value if the `!` is part of it; take the tag out otherwise"),
    )
}
