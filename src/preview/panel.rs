//! The panel below every page of a preview: what `onair check` finds, what is scheduled, and why the
//! page is not as the host's files have it now. Nothing of it is ever published.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::report::{Counts, Sources, counted, printable};
use crate::rules::{Finding, Severity};
use crate::site::text::escape;

/// Findings beyond these are only counted.
const MOST: usize = 100;

/// What there is to say.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    /// Why the pages are older than the host's files.
    pub trouble: Option<String>,
    /// What is found, errors first.
    notes: Vec<Note>,
    /// How much of what.
    summary: String,
    /// When episodes come out that are not out yet, by the episode's file.
    scheduled: BTreeMap<String, String>,
}

/// A finding, its place told.
#[derive(Debug, Clone)]
struct Note {
    severity: Severity,
    path: String,
    place: String,
    message: String,
    more: Vec<String>,
}

impl Note {
    fn of(finding: &Finding, sources: &Sources<'_>) -> Self {
        let place = match sources.place(finding) {
            Some(place) => format!("{}:{}:{}", finding.path, place.start.0, place.start.1),
            None => finding.path.clone(),
        };
        let said = |word: &str, text: &Option<String>| {
            text.as_ref().map(|text| format!("{word}: {}", printable(text)))
        };
        let more = [
            said("found", &finding.found),
            said("expected", &finding.expected),
            said("help", &finding.help),
        ];
        Self {
            severity: finding.severity,
            path: finding.path.clone(),
            place: printable(&place),
            message: format!("{} ({})", printable(&finding.message), finding.rule.id),
            more: more.into_iter().flatten().collect(),
        }
    }

    fn html(&self, out: &mut String) {
        let severity = self.severity.as_str();
        let (place, message) = (escape(&self.place), escape(&self.message));
        let _ = write!(
            out,
            "<li><code>{place}</code><span><b class=\"{severity}\">{severity}</b> {message}</span>"
        );
        for line in &self.more {
            let _ = write!(out, "<span>{}</span>", escape(line));
        }
        out.push_str("</li>\n");
    }
}

impl Panel {
    /// The panel for these findings and scheduled episodes.
    pub fn new(
        findings: &[Finding],
        sources: &Sources<'_>,
        scheduled: BTreeMap<String, String>,
    ) -> Self {
        let mut notes: Vec<Note> = findings.iter().map(|it| Note::of(it, sources)).collect();
        notes.sort_by_key(|note| std::cmp::Reverse(note.severity));
        Self { trouble: None, notes, summary: Counts::of(findings).to_string(), scheduled }
    }

    /// How much was found of what.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The panel as HTML, for the page that was made from the episode's file `source`.
    pub fn html(&self, version: &str, source: Option<&str>) -> String {
        let own = |note: &&Note| Some(note.path.as_str()) == source;
        let wrong = |note: &Note| note.severity == Severity::Error;
        let urgent = self.trouble.is_some();
        let here = self.notes.iter().filter(own).filter(|note| wrong(note)).count();
        let mut out = format!(
            "<aside class=\"onair-preview\" lang=\"en\" aria-label=\"Preview\" data-version=\"{}\"{}>\n\
             <details{}>\n<summary><b>Preview</b> · {}</summary>\n\
             <div tabindex=\"0\" role=\"region\" aria-label=\"Findings\">\n",
            escape(version),
            if urgent { " data-urgent=\"true\"" } else { "" },
            if urgent { " open" } else { "" },
            match self.trouble {
                Some(_) => "<b class=\"error\">not up to date</b>".to_owned(),
                None if here > 0 => format!(
                    "<b class=\"error\">{} here</b> · {}",
                    counted(here, "error"),
                    escape(&self.summary)
                ),
                None => escape(&self.summary),
            },
        );
        if let Some(trouble) = &self.trouble {
            let lines: Vec<String> = trouble.lines().map(printable).collect();
            let _ = writeln!(
                out,
                "<p>This is how it was before the last change, which cannot be shown:</p>\n<pre>{}</pre>",
                escape(&lines.join("\n"))
            );
        }
        if let Some(date) = source.and_then(|source| self.scheduled.get(source)) {
            let _ = writeln!(out, "<p>Scheduled: this page comes out on {}.</p>", escape(date));
        } else if !self.scheduled.is_empty() {
            let count = self.scheduled.len();
            let are = if count == 1 { "is" } else { "are" };
            let _ = writeln!(
                out,
                "<p>{} {are} scheduled, and shown as if out already.</p>",
                counted(count, "episode")
            );
        }
        out.push_str("<ol>\n");
        let others = self.notes.iter().filter(|note| !own(note));
        self.notes.iter().filter(own).chain(others).take(MOST).for_each(|note| note.html(&mut out));
        if let Some(more) = self.notes.len().checked_sub(MOST + 1) {
            let _ = writeln!(out, "<li>and {} more: run `onair check`</li>", more + 1);
        }
        out.push_str("</ol>\n</div>\n</details>\n</aside>\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::registry;
    use crate::show::Source;

    fn panel(paths: &[&str]) -> Panel {
        let source = Source::new(paths[0], "---\ntitle: <b>\n---\n");
        let mut findings = vec![
            Finding::at(&registry::PICTURE_MISSING, &source, 11..14, "a <script>\u{1b}[31m")
                .found("\"x\"")
                .help("<img src=x onerror=alert(1)>"),
        ];
        findings.extend(
            paths
                .iter()
                .map(|path| Finding::on_file(&registry::TRANSCRIPT, *path, "cannot be read")),
        );
        Panel::new(&findings, &Sources::one(&source), BTreeMap::new())
    }

    #[test]
    fn what_a_host_wrote_is_escaped() {
        let mut panel = panel(&["episodes/<i>.md"]);
        panel.trouble = Some("</pre><script>\n\u{7}".to_owned());
        insta::assert_snapshot!(panel.html("v", None));
    }

    #[test]
    fn a_page_s_own_findings_come_first_and_its_errors_are_counted() {
        let panel = panel(&["episodes/1.md", "episodes/2.md"]);
        assert_eq!(panel.summary(), "2 errors, 1 warning");
        let at = |html: &str, text: &str| html.find(text).unwrap();
        let html = panel.html("v", Some("episodes/2.md"));
        assert!(at(&html, "episodes/2.md") < at(&html, "episodes/1.md"));
        assert!(html.contains("<b class=\"error\">1 error here</b> · 2 errors, 1 warning"));
        let html = panel.html("v", None);
        assert!(html.contains("<b>Preview</b> · 2 errors, 1 warning"));
        assert!(at(&html, "class=\"error\"") < at(&html, "class=\"warning\""), "errors first");
    }

    #[test]
    fn a_panel_has_its_limit() {
        let paths: Vec<String> = (0..150).map(|at| format!("episodes/{at}.md")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let html = panel(&paths).html("v", None);
        assert_eq!(html.matches("<li><code>").count(), MOST);
        assert!(html.contains("and 51 more"), "{html}");
    }

    #[test]
    fn a_scheduled_episode_says_when_it_comes_out() {
        let mut panel = Panel::default();
        panel.scheduled.insert("episodes/3.md".to_owned(), "2030-01-01 07:00".to_owned());
        assert!(panel.html("v", Some("episodes/3.md")).contains("comes out on 2030-01-01 07:00"));
        assert!(panel.html("v", None).contains("1 episode is scheduled"));
    }
}
