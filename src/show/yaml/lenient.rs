//! YAML as hosts write it and libyaml reads it, where the parser is stricter.

use std::collections::HashMap;

use super::build::{document, refuse};
use super::places::{NO_TABS, NOT_YAML, closing_quote};
use super::{Document, Refusal};
use crate::show::source::Span;

/// More tabs behind keys, and quoted texts of several lines, than a front matter has.
const MAX_MASKED: usize = 100;
/// For each of them all is parsed anew: so many bytes are at most.
const MAX_PARSED: usize = 512 * 1024;

/// [`document`], past three habits that libyaml allows and the parser does not: a tab behind a key's
/// colon, and further lines of a quoted text that start with a tab, or at the margin. A tab is shown to the parser as a
/// space, a line break within such a text likewise, so that places stay the same; the text's value is
/// then read by itself.
pub(super) fn read(yaml: &str, base: usize) -> Result<Document, Refusal> {
    let margin = yaml.len() - yaml.trim_start_matches(['\n', '\r', ' ']).len();
    if yaml[margin..].starts_with('\t') {
        return refuse(
            base + margin..base + margin + 1,
            format!("{NOT_YAML}: a tab indents this line"),
            Some(NO_TABS),
        );
    }
    let refused = match document(yaml, base, &HashMap::new()) {
        Ok(document) => return Ok(document),
        Err(refused) => refused,
    };
    let mut masked = yaml.to_owned();
    let mut texts = HashMap::new();
    for _ in 0..MAX_MASKED.min(MAX_PARSED / yaml.len().max(1)) {
        let error = match document(&masked, base, &texts) {
            Ok(document) => return Ok(document),
            Err(error) => error,
        };
        let Some(span) = of_parser(&error) else { return Err(error) };
        let from = span.start - base;
        let tab = [from, from.wrapping_sub(1)].into_iter().find(|&at| {
            is_tab_behind_colon(&masked, at)
                || is_tab_in_quotes(&error) && masked[from..].starts_with('\t')
        });
        if let Some(at) = tab {
            masked.replace_range(at..=at, " ");
            continue;
        }
        let Some(len) =
            masked.get(from..).filter(|rest| rest.starts_with(['"', '\''])).and_then(closing_quote)
        else {
            return Err(refused);
        };
        let quoted = &masked[from..from + len];
        let hidden = quoted.replace(['\n', '\r'], " ");
        let Some(text) = (hidden != quoted).then(|| indented(quoted)).flatten() else {
            return Err(refused);
        };
        texts.insert(span.start, text);
        masked.replace_range(from..from + len, &hidden);
    }
    Err(refused)
}

/// Where the parser itself stopped reading.
fn of_parser(refusal: &Refusal) -> Option<&Span> {
    match refusal {
        Refusal::At { span, reason, .. } if reason.starts_with(NOT_YAML) => Some(span),
        _ => None,
    }
}

/// Whether a line of a quoted text starts with a tab, which means as little there as spaces do.
fn is_tab_in_quotes(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::At { reason, .. } if reason.ends_with("tab cannot be used as indentation"))
}

fn is_tab_behind_colon(yaml: &str, at: usize) -> bool {
    let Some(before) = yaml.get(..at) else { return false };
    yaml[at..].starts_with('\t') && before.trim_end_matches([' ', '\t']).ends_with(':')
}

/// What a quoted text says whose further lines stand at the margin.
fn indented(quoted: &str) -> Option<String> {
    let yaml = format!("a: {}", quoted.replace('\n', "\n "));
    let document = document(&yaml, 0, &HashMap::new()).ok()?;
    Some(document.entries.first()?.node.scalar()?.text.clone())
}
