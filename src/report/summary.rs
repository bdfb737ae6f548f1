//! The summary of a GitHub job, in Markdown: what a person looks at first.
//!
//! Every text may be a stranger's, so each mark that Markdown or HTML could take for its own is
//! written as a character reference, which is never markup (CommonMark 0.31, section 6.2 "Entity and
//! numeric character references").

use std::fmt::Write as _;

use super::plan::is_large;
use super::{Counts, Sources, bytes, clipped, counted};
use crate::model::object::Key;
use crate::plan;
use crate::release::Receipt;
use crate::rules::{Finding, Severity};
use crate::show::addresses::has_web_scheme;
use crate::show::in_address;

/// GitHub takes no summary of a step that is larger.
pub const LIMIT: usize = 1 << 20;

/// Kept free for how the command ends, which is said last.
const LAST_WORDS: usize = 16 << 10;

/// Kept free for saying that something is missing.
const CUT: usize = 200;

/// Where the repository's files are shown: `https://github.com/OWNER/NAME/blob/COMMIT/`.
pub type Blobs<'a> = Option<&'a str>;

/// What a release sends, or would send.
#[derive(Debug, Clone)]
pub struct Sent<'a> {
    /// What it is: `audio file`.
    pub kind: &'a str,
    /// Where it goes.
    pub key: &'a str,
    /// Why.
    pub reason: String,
    /// Its length.
    pub bytes: u64,
    /// Where everybody will find it.
    pub url: Option<String>,
    /// Whether it is worth a line of its own.
    pub large: bool,
}

/// A release, done or only planned.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// What came of it, or would.
    pub heading: String,
    /// Where it goes.
    pub target: &'a str,
    /// What should be known of how it was made.
    pub note: Option<String>,
    /// What changes in the feed.
    pub feed: String,
    /// The feed's address.
    pub feed_url: &'a str,
    /// Objects to send, in order.
    pub sent: Vec<Sent<'a>>,
    /// How many stay as they are.
    pub unchanged: usize,
}

impl<'a> Plan<'a> {
    /// Of a plan that was carried out, if there is a receipt; `url` is where the public finds an object.
    pub fn of(
        plan: &'a plan::Plan,
        receipt: Option<&Receipt>,
        target: &'a str,
        feed_url: &'a str,
        url: impl Fn(&Key) -> Option<String>,
    ) -> Self {
        let heading = match receipt.map(|receipt| receipt.number) {
            _ if plan.nothing_to_do() => "nothing to publish".to_owned(),
            None => "what a release would publish".to_owned(),
            Some(Some(number)) => format!("release {} is published", number.0),
            Some(None) => "the manifest is corrected".to_owned(),
        };
        let sent = plan.steps().map(|(object, reason)| Sent {
            kind: object.kind.as_str(),
            key: object.key.as_str(),
            reason: reason.to_string(),
            bytes: object.body.len(),
            url: receipt.and_then(|_| url(&object.key)),
            large: is_large(object.kind),
        });
        Self {
            heading,
            target,
            note: None,
            feed: plan.diff.to_string(),
            feed_url,
            sent: sent.collect(),
            unchanged: plan.unchanged.len(),
        }
    }
}

/// Findings, errors first. `room` is what a step's summary may still hold, in bytes.
pub fn findings(
    command: &str,
    episodes: usize,
    findings: &[Finding],
    sources: &Sources<'_>,
    blobs: Blobs<'_>,
    room: usize,
) -> String {
    let mut page = Page::new(room.saturating_sub(LAST_WORDS));
    let counts = Counts::of(findings);
    page.line(&format!("## onair {}: {counts}", text(command)));
    page.line("");
    page.line(&format!("{} checked.", counted(episodes, "episode")));
    if !findings.is_empty() {
        page.line("");
        page.line("| | where | what |");
        page.line("| --- | --- | --- |");
    }
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in sorted {
        page.line(&row(finding, sources, blobs));
    }
    if counts.fixable > 0 {
        page.line("");
        page.line(&format!("`onair check --fix` fixes {} of these.", counts.fixable));
    }
    page.finish()
}

fn row(finding: &Finding, sources: &Sources<'_>, blobs: Blobs<'_>) -> String {
    let level = match finding.severity {
        Severity::Error => "**error**",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let line = sources.place(finding).map(|place| place.start.0);
    let path = sources.in_repository(&finding.path);
    let place = match line {
        Some(line) => code(&format!("{path}:{line}")),
        None => code(&path),
    };
    let place = match blobs {
        Some(blobs) => {
            let anchor = line.map(|line| format!("#L{line}")).unwrap_or_default();
            format!("[{place}]({blobs}{}{anchor})", in_address(&path))
        }
        None => place,
    };
    let mut what = text(&finding.message);
    for (word, said) in finding.details() {
        let _ = write!(what, "<br>{word}: {}", text(said));
    }
    format!("| {level} | {place} | {what}<br>{} |", code(finding.rule.id))
}

/// A release's plan.
pub fn plan(plan: &Plan<'_>, room: usize) -> String {
    let mut page = Page::new(room.saturating_sub(LAST_WORDS));
    page.line(&format!("## onair: {}", text(&plan.heading)));
    page.line("");
    page.line(&format!("Target: {}  ", code(plan.target)));
    page.line(&format!("Feed: {} ({})", text(&plan.feed), link("open", plan.feed_url)));
    if let Some(note) = &plan.note {
        page.line("");
        page.line(&format!("> {}", text(note)));
    }
    if plan.sent.is_empty() {
        return page.finish();
    }
    page.line("");
    page.line("| what | where | why | size |");
    page.line("| --- | --- | --- | ---: |");
    for sent in plan.sent.iter().filter(|sent| sent.large) {
        page.line(&sent.row());
    }
    let small: Vec<&Sent<'_>> = plan.sent.iter().filter(|sent| !sent.large).collect();
    // Things of one kind with one reason stand together in a plan, or nearly so.
    let mut groups: Vec<(&str, &str, usize, u64)> = Vec::new();
    for sent in &small {
        match groups.iter_mut().find(|group| (group.0, group.1) == (sent.kind, &*sent.reason)) {
            Some(group) => {
                group.2 += 1;
                group.3 += sent.bytes;
            }
            None => groups.push((sent.kind, &sent.reason, 1, sent.bytes)),
        }
    }
    for (kind, reason, count, size) in groups {
        page.line(&format!("| {} | | {} | {} |", counted(count, kind), text(reason), bytes(size)));
    }
    let total = plan.sent.iter().map(|sent| sent.bytes).sum();
    page.line(&format!(
        "| **{}** | | {} unchanged | {} |",
        counted(plan.sent.len(), "object"),
        plan.unchanged,
        bytes(total)
    ));
    if !small.is_empty() {
        page.line("");
        let opened = page.cut == 0;
        page.line("<details><summary>Each of them</summary>");
        page.line("");
        page.line("| what | where | why | size |");
        page.line("| --- | --- | --- | ---: |");
        for sent in small {
            page.line(&sent.row());
        }
        page.line("");
        if opened {
            page.text.push_str("</details>\n");
        }
    }
    page.finish()
}

impl Sent<'_> {
    fn row(&self) -> String {
        let place = match &self.url {
            Some(url) => link(self.key, url),
            None => code(self.key),
        };
        format!("| {} | {place} | {} | {} |", self.kind, text(&self.reason), bytes(self.bytes))
    }
}

/// Why a command ended early.
pub fn failure(message: &str, help: Option<&str>, room: usize) -> String {
    let mut page = Page::new(room);
    page.line("");
    page.line(&format!("**Stopped:** {}", text(message)));
    if let Some(help) = help {
        page.line("");
        page.line(&format!("Help: {}", text(help)));
    }
    page.finish()
}

/// The show that what follows is about, where there are several.
pub fn show(name: &str, room: usize) -> String {
    let mut page = Page::new(room.saturating_sub(LAST_WORDS));
    page.line("");
    page.line(&format!("# {}", text(name)));
    page.line("");
    page.finish()
}

/// What closes a report that has named each cause.
pub fn closing(message: &str, room: usize) -> String {
    let mut page = Page::new(room);
    page.line("");
    page.line(&text(message));
    page.finish()
}

/// Lines, up to a size.
struct Page {
    text: String,
    room: usize,
    cut: usize,
}

impl Page {
    fn new(room: usize) -> Self {
        Self { text: String::new(), room: room.saturating_sub(CUT), cut: 0 }
    }

    /// Adds a line; once one does not fit, none does.
    fn line(&mut self, line: &str) {
        if self.cut > 0 || self.text.len() + line.len() + 1 > self.room {
            self.cut += 1;
            return;
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn finish(mut self) -> String {
        if self.cut > 0 && !self.text.is_empty() {
            let lines = counted(self.cut, "more line");
            let _ = writeln!(
                self.text,
                "\n**GitHub shows no more than 1 MiB: {lines} did not fit. The log of this step has all.**"
            );
        }
        self.text
    }
}

/// A text that is neither Markdown nor HTML, on one line.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clipped(text).trim().chars() {
        match c {
            '\n' => out.push_str("<br>"),
            ',' | '-' => out.push(c),
            // In one text with what follows, it would be an address of mail, or somebody's name.
            '@' => out.push_str("&#64;<!---->"),
            c if c.is_ascii_punctuation() => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c if super::is_harmful(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn code(said: &str) -> String {
    format!("<code>{}</code>", text(said))
}

/// A link, if `url` is an address of the web.
fn link(said: &str, url: &str) -> String {
    if !has_web_scheme(url) {
        return text(said);
    }
    let url: String = url
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .map(|c| match c {
            '<' | '>' | '(' | ')' | '|' | '\\' | '"' | '\'' | '`' => {
                format!("%{:02X}", u32::from(c))
            }
            c => c.to_string(),
        })
        .collect();
    format!("[{}]({url})", text(said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::registry;

    const NASTY: &str = "<script>alert(1)</script> | `x` [a](javascript:b) ]]> **c** @d\n# e\r::error::f www.g.example $h$ \\| &lt; https://i.example";

    /// Nothing is left of the marks that Markdown and HTML know, but our own.
    fn assert_plain(said: &str) {
        let ours = said
            .replace("<br>found:", "")
            .replace("<br>", "")
            .replace("<!---->", "")
            .replace("<code>", "")
            .replace("</code>", "");
        let mut left = ours.as_str();
        while let Some(at) = left.find('&') {
            let end = left[at..].find(';').unwrap() + at;
            assert!(left[at + 1..end].starts_with('#'), "{said}");
            assert!(left[at + 2..end].bytes().all(|byte| byte.is_ascii_digit()), "{said}");
            left = &left[end + 1..];
        }
        let marks = ours.replace("&#", "").replace([';', ',', '-'], "");
        assert!(!marks.contains(|c: char| c.is_ascii_punctuation() || c.is_control()), "{said}");
    }

    #[test]
    fn a_strangers_text_is_only_text() {
        assert_plain(&text(NASTY));
        assert_plain(&code(NASTY));
        let finding = Finding::on_file(&registry::AUDIO_SIZE, NASTY, NASTY).found(NASTY);
        let row = row(&finding, &Sources::default(), None);
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        assert_eq!(cells.len(), 3, "{row}");
        assert_plain(cells[1]);
        assert_plain(cells[2]);
        assert_eq!(link("a", "javascript:alert(1)"), "a");
        assert_eq!(
            link("a", "https://b.example/)|(<x> y"),
            "[a](https://b.example/%29%7C%28%3Cx%3Ey)"
        );
    }

    /// The first cell of a table's only row, as GitHub's dialect of Markdown renders it.
    fn rendered(cell: &str) -> String {
        let mut options = comrak::Options::default();
        options.extension.table = true;
        options.extension.autolink = true;
        options.extension.strikethrough = true;
        options.extension.footnotes = true;
        options.extension.math_dollars = true;
        options.extension.math_code = true;
        options.render.r#unsafe = true;
        let page = format!("| a | b |\n| --- | --- |\n| {cell} | |\n");
        let html = comrak::markdown_to_html(&page, &options);
        let (_, row) = html.split_once("<td>").unwrap();
        row.split_once("</td>").unwrap().0.to_owned()
    }

    proptest::proptest! {
        #[test]
        fn what_was_written_is_what_is_read(said in "[ -~\u{e9}\u{2028}\u{1f389}]{0,60}") {
            let plain = said.trim().replace('&', "&amp;").replace('<', "&lt;");
            let plain = plain.replace('>', "&gt;").replace('"', "&quot;");
            let seen = |markdown: &str| rendered(markdown).replace("<!---->", "");
            proptest::prop_assert_eq!(seen(&text(&said)), plain.as_str());
            proptest::prop_assert_eq!(seen(&code(&said)), format!("<code>{plain}</code>"));
        }
    }

    #[test]
    fn findings_with_links_errors_first() {
        let source = crate::show::Source::new("episodes/1 (a).md", "---\nsize: 5\n---\n");
        let warning = Finding::on_file(&registry::UNKNOWN_KEY, "onair.toml", "a warning");
        let error = Finding::at(&registry::AUDIO_SIZE, &source, 10..11, "`size` is wrong")
            .expected("103,939")
            .help("write 103939");
        let sources = Sources::one(&source).below("shows/tide/".to_owned());
        let blobs = Some("https://github.com/a/b/blob/c/");
        let all = [warning, error];
        insta::assert_snapshot!("findings", findings("check", 1, &all, &sources, blobs, LIMIT));
    }

    #[test]
    fn a_plan_with_its_large_objects_first() {
        let sent = |kind, key, large: bool, bytes| Sent {
            kind,
            key,
            reason: "new".to_owned(),
            bytes,
            url: large.then(|| format!("https://show.example/{key}")),
            large,
        };
        let made = Plan {
            heading: "what a release would do".to_owned(),
            target: "s3://bucket/pod",
            note: Some("read from the public web".to_owned()),
            feed: "new: #2".to_owned(),
            feed_url: "https://show.example/podcasts/feed.xml",
            sent: vec![
                sent("audio file", "media/2.mp3", true, 1_200_000),
                sent("page", "index.html", false, 3_000),
                sent("page", "podcasts/2/index.html", false, 4_000),
                sent("feed", "podcasts/feed.xml", true, 9_000),
            ],
            unchanged: 12,
        };
        insta::assert_snapshot!("plan", plan(&made, LIMIT));
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let one = Finding::on_file(&registry::UNKNOWN_KEY, "a.md", NASTY.repeat(20));
        let all = vec![one; 1000];
        let said = findings("check", 1000, &all, &Sources::default(), None, LIMIT);
        assert!((LIMIT - 40_000..LIMIT - LAST_WORDS).contains(&said.len()), "{}", said.len());
        let shown = said.lines().filter(|line| line.starts_with("| warning |")).count();
        let left = 1000 - shown;
        assert!(
            said.ends_with(&format!(
                "1 MiB: {left} more lines did not fit. The log of this step has all.**\n"
            )),
            "{}",
            &said[said.len() - 200..]
        );
        assert_eq!(findings("check", 1000, &all, &Sources::default(), None, 100), "");
        assert!(failure("no", None, LAST_WORDS).contains("**Stopped:** no"));
    }
}
