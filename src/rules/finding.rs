//! A finding: one thing wrong, where it stands, and how to fix it.

use std::cmp::Ordering;

use super::registry::{Rule, Severity};
use crate::show::edit::Edit;
use crate::show::{Source, Span};

/// A change that fixes a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What to change in the finding's file.
    pub edit: Edit,
    /// Whether `check --fix` may make the change without a person looking at it.
    pub safe: bool,
}

/// A place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The file, below the show's folder.
    pub path: String,
    /// Where in the file.
    pub span: Span,
    /// What is there.
    pub label: String,
}

/// One thing wrong.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// How much it matters, the host's settings considered.
    pub severity: Severity,
    /// The file, below the show's folder.
    pub path: String,
    /// Where in the file; the file as a whole if nowhere in particular.
    pub span: Option<Span>,
    /// What is wrong, in one line without a period.
    pub message: String,
    /// What stands there, or what the file on disk says.
    pub found: Option<String>,
    /// What should stand there.
    pub expected: Option<String>,
    /// How to fix it.
    pub help: Option<String>,
    /// The fixing itself, where it is known to the letter.
    pub fix: Option<Fix>,
    /// Other places that explain it.
    pub related: Vec<Related>,
}

impl Finding {
    /// A finding on a file as a whole.
    pub fn on_file(
        rule: &'static Rule,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            severity: rule.severity,
            path: path.into(),
            span: None,
            message: message.into(),
            found: None,
            expected: None,
            help: None,
            fix: None,
            related: Vec::new(),
        }
    }

    /// A finding at a place in a file.
    pub fn at(
        rule: &'static Rule,
        source: &Source,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        Self { span: Some(span), ..Self::on_file(rule, source.path.clone(), message) }
    }

    /// Says what should stand there.
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says what stands there instead.
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Says how to fix it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Gives a change that needs no second look.
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { edit: Edit { span, replacement: replacement.into() }, safe: true });
        self
    }

    /// Gives a change that a person should look at first.
    pub fn suggest(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { edit: Edit { span, replacement: replacement.into() }, safe: false });
        self
    }

    /// Names another place that explains the finding.
    pub fn related(mut self, source: &Source, span: Span, label: impl Into<String>) -> Self {
        self.related.push(Related { path: source.path.clone(), span, label: label.into() });
        self
    }

    /// What is known besides the message, each with a word for it.
    pub fn details(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [("found", &self.found), ("expected", &self.expected), ("help", &self.help)];
        all.into_iter().filter_map(|(word, said)| Some((word, said.as_deref()?)))
    }

    /// The order in which findings are reported: by file, place and rule.
    pub fn order(&self, other: &Self) -> Ordering {
        fn key(it: &Finding) -> (&str, usize, &str, &str) {
            (&it.path, it.span.as_ref().map_or(0, |span| span.start), it.rule.id, &it.message)
        }
        key(self).cmp(&key(other))
    }
}
