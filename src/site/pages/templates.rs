//! Templates: onair's own, and the host's in place of them, one by one.
//!
//! A file in the host's folder of templates stands in for onair's of the same name; one with a new
//! name can be included. The filter `local` makes an address of the site itself relative to the page:
//! `{{ host.image|local(root) }}`. What a template is given is documented in `docs/templates.md`.
//!
//! Whoever gives templates of a host's says who renders them ([`Compile`]): they may be a stranger's.

mod blocks;
mod limits;
#[cfg(test)]
mod tests;

pub use blocks::LostBlock;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock};

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::{Deserialize, Serialize};

use crate::show::Source;
use crate::show::words::nearest;
use crate::site::text::escape;

/// The style sheet with which a browser shows the feed. (Browsers are about to drop XSLT, and warn of
/// feeds that use it.)
pub(super) const FEED_VIEW: &str = "feed.css";

/// onair's own templates, by name.
pub const OWN: [(&str, &str); 21] = [
    ("404.html", include_str!("../templates/404.html")),
    ("about.html", include_str!("../templates/about.html")),
    ("archive.html", include_str!("../templates/archive.html")),
    ("bar.html", include_str!("../templates/bar.html")),
    ("base.html", include_str!("../templates/base.html")),
    ("copy.js", include_str!("../templates/copy.js")),
    ("embed.html", include_str!("../templates/embed.html")),
    ("episode.html", include_str!("../templates/episode.html")),
    ("favicon.svg", include_str!("../templates/favicon.svg")),
    ("feed.css", include_str!("../templates/feed.css")),
    ("icons.html", include_str!("../templates/icons.html")),
    ("index.html", include_str!("../templates/index.html")),
    ("list.html", include_str!("../templates/list.html")),
    ("picture.html", include_str!("../templates/picture.html")),
    ("player.html", include_str!("../templates/player.html")),
    ("player.js", include_str!("../templates/player.js")),
    ("row.html", include_str!("../templates/row.html")),
    ("search.js", include_str!("../templates/search.js")),
    ("style.css", include_str!("../templates/style.css")),
    ("subscribe.html", include_str!("../templates/subscribe.html")),
    ("transcript.js", include_str!("../templates/transcript.js")),
];

/// The host's own templates, by name.
#[derive(Debug, Clone)]
pub struct Templates {
    files: BTreeMap<String, Source>,
    compiler: Arc<dyn Compile>,
}

impl Default for Templates {
    fn default() -> Self {
        Self::new([], Arc::new(Here))
    }
}

impl Templates {
    /// Templates of the host's, and who compiles them; a name is what stands behind the last `/` of a
    /// path.
    pub fn new(files: impl IntoIterator<Item = Source>, compiler: Arc<dyn Compile>) -> Self {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        Self { files: files.into_iter().map(|file| (name(&file.path), file)).collect(), compiler }
    }

    /// The files, in the order of their names.
    pub fn files(&self) -> impl Iterator<Item = &Source> {
        self.files.values()
    }

    /// Files that stand for none of onair's and that no other names: they do nothing; each with the name
    /// of onair's that is most like its own.
    pub fn idle(&self) -> impl Iterator<Item = (&Source, Option<&'static str>)> {
        let own: Vec<&str> = OWN.iter().map(|(name, _)| *name).collect();
        let is_used = move |name: &str| {
            let mut others = self.files.iter().filter(|(other, _)| *other != name);
            others.any(|(_, file)| file.text.contains(name))
        };
        self.files.iter().filter_map(move |(name, file)| {
            let counts = !own.contains(&&name[..]) && !is_used(name);
            counts.then(|| {
                let alike = own.iter().find(|own| own.eq_ignore_ascii_case(name)).copied();
                (file, alike.or_else(|| nearest(name, &own)))
            })
        })
    }

    /// What is wrong with those that are no templates.
    pub fn errors(&self) -> Vec<TemplateError> {
        if self.files.is_empty() {
            // Nobody waits for onair's own, either.
            return Vec::new();
        }
        self.compiled("").err().unwrap_or_default()
    }

    /// All of them, ready to render the pages of a site.
    ///
    /// # Errors
    /// A [`TemplateError`] for each that is no template.
    pub(super) fn compiled(&self, site_url: &str) -> Result<Box<dyn Render>, Vec<TemplateError>> {
        let templates = self.files.iter().filter(|(name, _)| is_template(name));
        let own = |file: &Source| (file.path.clone(), file.text.to_string());
        let set = Set {
            site_url: site_url.to_owned(),
            files: templates.map(|(name, file)| (name.clone(), own(file))).collect(),
        };
        match set.files.is_empty() {
            true => Here.compile(set),
            false => self.compiler.compile(set),
        }
    }

    /// The text of a file that is no template but can be replaced: style sheet, scripts, icon. A
    /// host's is given as it is; ours without remarks and indentation, which nobody needs to load.
    pub(super) fn plain(&self, name: &str) -> Cow<'_, str> {
        match self.files.get(name) {
            Some(file) => Cow::Borrowed(&file.text),
            None => {
                let text = OWN.iter().find(|(own, _)| *own == name).map_or("", |(_, text)| text);
                Cow::Owned(tight(text))
            }
        }
    }
}

/// What comes of a host's template in place of the page of wrong addresses.
///
/// # Errors
/// [`TemplateError`] as for a whole site.
#[cfg(any(test, feature = "testing"))]
pub fn rendered(text: &str, context: Value) -> Result<String, TemplateError> {
    let templates = Templates::new([Source::new("theme/404.html", text)], Arc::new(Here));
    let compiled = templates.compiled("https://show.example/");
    compiled.map_err(|mut errors| errors.swap_remove(0))?.render("404.html", context)
}

/// A text of lines without indentation, and without those that are remarks alone.
fn tight(text: &str) -> String {
    let remark = |line: &str| {
        line.is_empty() || line.starts_with("//") || line.starts_with("/*") && line.ends_with("*/")
    };
    let lines = text.lines().map(str::trim).filter(|line| !remark(line));
    let mut tight = lines.collect::<Vec<_>>().join("\n");
    tight.push('\n');
    tight
}

/// A template that cannot be read, or that asks for what is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{path}:{line}: {reason}")]
pub struct TemplateError {
    /// The host's file below the show's folder, or the name of onair's own.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// What a compiler is given.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Set {
    site_url: String,
    /// Path and text of the host's templates, by name.
    files: BTreeMap<String, (String, String)>,
}

/// Makes templates ready.
pub trait Compile: Debug + Send + Sync {
    /// Compiles onair's templates and the host's in place of them.
    ///
    /// # Errors
    /// A [`TemplateError`] for each that is no template.
    fn compile(&self, set: Set) -> Result<Box<dyn Render>, Vec<TemplateError>>;
}

/// Templates ready to render.
pub trait Render: Debug + Send + Sync {
    /// Renders the template `name`.
    ///
    /// # Errors
    /// [`TemplateError`] if it asks for what is not there, or for too much.
    fn render(&self, name: &str, context: Value) -> Result<String, TemplateError>;
}

/// Compiles and renders in this very process: within fuel, and no other limit. What only stands in for
/// memory (a list that is said to hold a thing ten million times) costs no fuel before it becomes text.
#[derive(Debug, Clone, Copy)]
pub struct Here;

/// A set and what came of it.
#[derive(Debug)]
struct Compiled {
    set: Set,
    environment: Environment<'static>,
}

impl Compile for Here {
    fn compile(&self, set: Set) -> Result<Box<dyn Render>, Vec<TemplateError>> {
        let (environment, errors) = environment(&set);
        match errors.is_empty() {
            true => Ok(Box::new(Compiled { set, environment })),
            false => Err(errors),
        }
    }
}

impl Render for Compiled {
    fn render(&self, name: &str, context: Value) -> Result<String, TemplateError> {
        let page = self.environment.get_template(name).and_then(|it| it.render(context));
        page.map_err(|error| self.set.describe(name, &error))
    }
}

/// What all sites share, onair's own templates among it: compiled once.
static COMMON: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // A name that nobody foresaw is escaped too; the feed's style sheet is given words escaped as it
    // needs them.
    environment.set_auto_escape_callback(|name| match name {
        FEED_VIEW => AutoEscape::None,
        _ => AutoEscape::Html,
    });
    // As HTML has it, where minijinja's own writes every `/` as a reference too.
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe() => {
            out.write_str(&escape(text)).map_err(minijinja::Error::from)
        }
        _ => minijinja::escape_formatter(out, state, value),
    });
    environment.set_recursion_limit(64);
    for (name, text) in OWN.iter().filter(|(name, _)| is_template(name)) {
        // One that were none would be missed by every page.
        let _ = environment.add_template(name, text);
    }
    environment
});

/// onair's own templates, the host's in place of them, and what is wrong with those that are none.
fn environment(set: &Set) -> (Environment<'static>, Vec<TemplateError>) {
    let mut environment = COMMON.clone();
    if !set.files.is_empty() {
        environment.set_fuel(Some(limits::FUEL));
        // A list that grows by itself in a loop could be nested as deep as there is fuel.
        environment.remove_global("namespace");
    }
    let site_url = set.site_url.clone();
    environment.add_filter("local", move |url: &str, root: &str| {
        url.strip_prefix(&site_url).map_or_else(|| url.to_owned(), |path| format!("{root}{path}"))
    });
    let mut errors = Vec::new();
    for (name, (path, text)) in &set.files {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some((line, reason)) = limits::excess(text) {
            errors.push(TemplateError { path: path.clone(), line, reason });
            continue;
        }
        let added = environment.add_template_owned(name.clone(), text.to_owned());
        errors.extend(added.err().map(|error| set.describe(name, &error)));
    }
    (environment, errors)
}

fn is_template(name: &str) -> bool {
    name.ends_with(".html") || name == FEED_VIEW
}

impl Set {
    /// The names of the host's templates.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The first of them, which is named where none is to blame.
    pub fn first(&self) -> &str {
        self.names().next().unwrap_or_default()
    }

    /// With one of the host's templates alone.
    pub fn only(&self, name: &str) -> Self {
        let files = self.files.iter().filter(|(other, _)| *other == name);
        let files = files.map(|(name, file)| (name.clone(), file.clone())).collect();
        Self { site_url: self.site_url.clone(), files }
    }

    /// What kept a template from being rendered, wherever in it. One of onair's is made with the host's.
    pub fn error(&self, name: &str, reason: String) -> TemplateError {
        match (self.files.get(name), self.files.values().next()) {
            (None, Some((path, _))) => {
                let reason = format!("with what {name} includes of yours: {reason}");
                TemplateError { path: path.clone(), line: 1, reason }
            }
            _ => TemplateError { path: self.path_of(name), line: 1, reason },
        }
    }

    /// The host's file below the show's folder, or the name of onair's own.
    fn path_of(&self, name: &str) -> String {
        self.files.get(name).map_or(name, |(path, _)| path).to_owned()
    }

    /// The innermost place that an error names, in the host's words for the file.
    fn describe(&self, name: &str, error: &minijinja::Error) -> TemplateError {
        let mut innermost = error;
        while let Some(cause) = std::error::Error::source(innermost)
            .and_then(|cause| cause.downcast_ref::<minijinja::Error>())
            .filter(|cause| cause.name().is_some())
        {
            innermost = cause;
        }
        let path = self.path_of(innermost.name().unwrap_or(name));
        let detail = innermost.detail().unwrap_or_default();
        let kind = innermost.kind();
        let reason = if detail.is_empty() { kind.to_string() } else { format!("{kind}: {detail}") };
        TemplateError { path, line: innermost.line().unwrap_or(1), reason }
    }
}
