//! WebVTT files whose cues are chapters (W3C WebVTT, section 1.4 "Chapters" and section 6).
//!
//! A cue's start is the chapter's, its text the title; ends, identifiers and settings are not read.

use super::{Fault, Read, all, lines, time, title};
use crate::model::chapter::Chapter;
use crate::show::source::{Located, Malformed, Span};

const TIMING: &str = "a line of start and end, as in 00:02:15.000 --> 00:05:00.000";

pub(super) fn read(text: &str) -> Read {
    let mut blocks = blocks(text);
    let header = blocks.first().and_then(|block| block.first());
    let is_header = |line: &str| {
        line.strip_prefix("WEBVTT")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    };
    if !header.is_some_and(|(_, line)| is_header(line)) {
        let span = header.map_or(0..0, |(span, _)| span.clone());
        let fault = Fault::new("this is no WebVTT file", "WEBVTT as its first line");
        return Err(vec![fault.at(span)]);
    }
    blocks.remove(0);
    all(blocks.iter().filter(|block| !is_aside(block)).map(|block| cue(block)))
}

type Line<'a> = (Span, &'a str);

/// The runs of lines between empty lines.
fn blocks(text: &str) -> Vec<Vec<Line<'_>>> {
    let mut blocks: Vec<Vec<Line<'_>>> = vec![Vec::new()];
    for (span, line) in lines(text) {
        if line.is_empty() {
            blocks.push(Vec::new());
        } else if let Some(block) = blocks.last_mut() {
            block.push((span, line));
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// Whether the block is a comment, a style sheet or a region.
fn is_aside(block: &[Line<'_>]) -> bool {
    let has_timing = block.iter().take(2).any(|(_, line)| line.contains("-->"));
    let first = block.first().map_or("", |(_, line)| line);
    let word = first.split([' ', '\t']).next().unwrap_or_default();
    !has_timing && matches!(word, "NOTE" | "STYLE" | "REGION")
}

fn cue(block: &[Line<'_>]) -> Result<Located<Chapter>, Malformed> {
    let whole = block.first().map_or(0, |(span, _)| span.start)
        ..block.last().map_or(0, |(span, _)| span.end);
    let Some(at) = block.iter().take(2).position(|(_, line)| line.contains("-->")) else {
        return Err(Fault::new("the cue has no times", TIMING).at(whole));
    };
    let (timing_span, timing) = &block[at];
    let start = timing.split("-->").next().unwrap_or_default().trim();
    let start = match time::read(start) {
        Ok(Some(code)) if code.len == start.len() && code.parts > 1 => code.time,
        Ok(_) => {
            let reason = format!("`{}` is no time", super::excerpt(start));
            return Err(Fault::new(reason, TIMING).at(timing_span.clone()));
        }
        Err(Fault { reason, .. }) => {
            return Err(Fault::new(reason, TIMING).at(timing_span.clone()));
        }
    };
    let text: Vec<String> = block[at + 1..].iter().map(|(_, line)| plain(line)).collect();
    match title(&text.join(" ")) {
        Ok(title) => {
            let value = Chapter { start, title, url: None, image: None };
            Ok(Located { value, span: timing_span.clone() })
        }
        Err(fault) => Err(fault.at(timing_span.clone())),
    }
}

/// A cue's text without its tags and with its character references resolved (section 6.4).
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('<') {
            rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
            continue;
        }
        let known = [
            ("&amp;", "&"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&nbsp;", "\u{a0}"),
            ("&lrm;", ""),
            ("&rlm;", ""),
        ];
        let (name, meaning) =
            known.into_iter().find(|(name, _)| rest.starts_with(name)).unwrap_or(("&", "&"));
        text.push_str(meaning);
        rest = &rest[name.len()..];
    }
    text.push_str(rest);
    text
}
