//! The edge to the terminal: data on stdout, everything else on stderr, a broken pipe no error.

use std::borrow::Cow;
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::gather::Gather;
use crate::cli::args::{Colour, Format, Global};
use crate::report::github::{Annotation, annotate, inert, inert_json};
use crate::report::{self, colour, printable};
use crate::rules::Severity;

/// Whether there was an answer on stdout.
static ANSWERED: AtomicBool = AtomicBool::new(false);

/// What is said of several shows.
static GATHER: Gather = Gather::new();

/// How much to say, and in which form.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    quiet: bool,
    verbose: bool,
    colour: bool,
    /// The same for what goes to stderr.
    colour_of_errors: bool,
    format: Format,
    /// Whether somebody may take a line for a command.
    watched: bool,
    /// Where there are several shows: what is said of them.
    gather: Option<&'static Gather>,
}

impl Term {
    /// What the arguments and the environment ask for; `is_runner` says whether a CI runner takes lines
    /// for commands.
    pub fn new(global: &Global, is_runner: bool) -> Self {
        let colour = |is_terminal| match global.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => colour::is_wanted(is_terminal, |name| std::env::var(name).ok()),
        };
        Self {
            quiet: global.quiet,
            verbose: global.verbose,
            colour: colour(io::stdout().is_terminal()),
            colour_of_errors: colour(io::stderr().is_terminal()),
            watched: global.format == Format::Github || is_runner,
            gather: global.all_shows.then_some(&GATHER),
            ..Self::plain(global.format)
        }
    }

    /// For what is said before the arguments are known.
    pub fn plain(format: Format) -> Self {
        let watched = false;
        Self {
            quiet: false,
            verbose: false,
            colour: false,
            colour_of_errors: false,
            format,
            watched,
            gather: None,
        }
    }

    /// Whether to use colour.
    pub fn colour(&self) -> bool {
        self.colour
    }

    /// A heading.
    pub fn bold(&self, text: &str) -> String {
        let text = printable(text);
        if self.colour { format!("\x1b[1m{text}\x1b[0m") } else { text }
    }

    /// What is said of several shows, where there are several.
    pub fn gather(&self) -> Option<&'static Gather> {
        self.gather
    }

    /// Whether there was an answer: a program that reads JSON wants one, and only one.
    pub fn has_answered(&self) -> bool {
        let of_show = self.gather.and_then(Gather::has_answered);
        of_show.unwrap_or_else(|| ANSWERED.load(Ordering::Relaxed))
    }

    /// Whether to say more.
    pub fn verbose(&self) -> bool {
        self.verbose
    }

    /// The form that was asked for.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether progress may be drawn over and over.
    pub fn is_live(&self) -> bool {
        self.is_attended() && !colour::is_dumb(|name| std::env::var(name).ok())
    }

    /// Whether somebody reads along.
    fn is_attended(&self) -> bool {
        !self.quiet && self.format == Format::Human && io::stderr().is_terminal()
    }

    /// Data: what the command was run for.
    pub fn data(&self, text: &str) {
        let text = match self.format {
            Format::Human => self.harmless(text),
            Format::Json | Format::Sarif if self.watched => inert_json(text).into(),
            // Workflow commands; their maker has escaped what they hold.
            Format::Json | Format::Sarif | Format::Github => text.into(),
        };
        ANSWERED.store(true, Ordering::Relaxed);
        // A reader that left early (`onair check | head`) has what it wants.
        let _ = io::stdout().lock().write_all(text.as_bytes());
    }

    /// A value as data; of several shows, each one's waits for the others'.
    pub fn json(&self, value: &serde_json::Value) {
        if self.gather.is_some_and(|gather| gather.answer(value.clone()).is_ok()) {
            return;
        }
        self.data(&report::json::inert(&format!("{value:#}\n")));
    }

    /// A command's answer to a program, as data.
    pub fn answer(&self, command: &str, body: impl Serialize) {
        self.json(&report::json::answer(command, body));
    }

    fn harmless<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.watched { inert(text).into() } else { text.into() }
    }

    /// A line for a person: on stdout in human form, else beside the data.
    pub fn say(&self, line: &str) {
        if self.quiet {
            return;
        }
        let line = self.harmless(line);
        let _ = match self.format {
            Format::Human => writeln!(io::stdout().lock(), "{line}"),
            _ => writeln!(io::stderr().lock(), "{line}"),
        };
    }

    /// Something to look at that is no failure.
    pub fn warning(&self, message: &str, help: Option<&str>) {
        self.trouble(Severity::Warning, message, help);
    }

    /// Whether there is somebody who can be asked.
    pub fn can_ask(&self) -> bool {
        self.is_attended() && io::stdin().is_terminal()
    }

    /// The line that somebody at the terminal types; nothing at the end of input.
    pub fn ask(&self, question: &str) -> Option<String> {
        let _ = write!(io::stderr().lock(), "{question} ");
        let mut answer = String::new();
        // A person's answer is a line; more is no answer.
        let read = io::stdin().lock().take(10_000).read_line(&mut answer).ok()?;
        (read > 0).then(|| answer.trim().to_owned())
    }

    /// Whether somebody at the terminal says yes; no if nobody is there.
    pub fn confirmed(&self, question: &str) -> bool {
        let answer = self.can_ask().then(|| self.ask(&format!("{question} [y/N]"))).flatten();
        answer.is_some_and(|answer| matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Why the command ends.
    pub fn failure(&self, message: &str, help: Option<&str>) {
        self.trouble(Severity::Error, message, help);
    }

    fn trouble(&self, severity: Severity, message: &str, help: Option<&str>) {
        let show = self.gather.and_then(Gather::show);
        let message = &show.map_or_else(|| message.to_owned(), |show| format!("{show}: {message}"));
        if self.format == Format::Github {
            let help = help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
            self.data(&annotate(vec![Annotation {
                severity,
                path: None,
                place: None,
                title: "onair".to_owned(),
                text: format!("{message}{help}"),
            }]));
            return;
        }
        // Of a store's or a server's words, nobody knows what is in them.
        let plain = |text: &str| text.split('\n').map(printable).collect::<Vec<_>>().join("\n");
        let (message, help) = (plain(message), help.map(plain));
        let message = self.harmless(&message);
        let help = help.as_deref().map(|help| self.harmless(help));
        let (word, colour) = match severity {
            Severity::Error => ("error", "31"),
            Severity::Warning => ("warning", "33"),
            Severity::Note => ("note", "36"),
        };
        let mut err = io::stderr().lock();
        let (bold, plain) = match self.colour_of_errors {
            true => (format!("\x1b[1;{colour}m"), "\x1b[0m"),
            false => (String::new(), ""),
        };
        let _ = writeln!(err, "{bold}{word}{plain}: {message}");
        if let Some(help) = help {
            let _ = writeln!(err, "  help: {help}");
        }
    }
}
