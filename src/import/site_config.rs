//! A site's settings, as its generator has them: YAML, TOML or JSON, what is said of the podcast before
//! what is said of the whole site.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_yaml::Value;

use super::ImportError;
use super::report::{Level, Report};
use super::unread_elements::one_line;
use crate::show::Source;
use crate::show::edit::quoted;
use crate::show::frontmatter::{self, FrontMatterError};

/// Where generators have a site's settings.
pub const CONFIGS: [&str; 18] = [
    "_config.yml",
    "_config.yaml",
    "site.yml",
    "site.yaml",
    "toucan.yml",
    "config.yml",
    "config.yaml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.toml",
    "config.toml",
    "hugo.json",
    "_data/site.json",
    "_data/metadata.json",
    "src/_data/site.json",
    "_data/podcast.json",
    "src/_data/podcast.json",
    "src/_data/metadata.json",
];
/// What generators need for themselves (Jekyll 4.3, "Configuration options"), and a show does not.
const MACHINERY: [&str; 58] = [
    "baseurl",
    "collections",
    "collections_dir",
    "data_dir",
    "defaults",
    "destination",
    "encoding",
    "exclude",
    "excerpt_separator",
    "feed",
    "future",
    "gems",
    "github_username",
    "highlighter",
    "include",
    "incremental",
    "keep_files",
    "kramdown",
    "layouts_dir",
    "limit_posts",
    "liquid",
    "lsi",
    "markdown",
    "markdown_ext",
    "paginate",
    "paginate_path",
    "permalink",
    "plugins",
    "plugins_dir",
    "repository",
    "safe",
    "sass",
    "source",
    "strict_front_matter",
    "theme",
    "unpublished",
    // Hugo 0.120, "Configure Hugo", and themes.
    "build",
    "buildDrafts",
    "buildFuture",
    "caches",
    "canonifyURLs",
    "contentDir",
    "defaultContentLanguage",
    "disqusShortname",
    "enableEmoji",
    "enableRobotsTXT",
    "googleAnalytics",
    "imaging",
    "languages",
    "markup",
    "menu",
    "menus",
    "minify",
    "module",
    "outputFormats",
    "outputs",
    "pagination",
    "taxonomies",
];
/// Blocks that say more of the podcast than the site's own keys do, the first before the others.
const BLOCKS: [&[&str]; 5] =
    [&["podcast"], &["show"], &["params", "podcast"], &["params", "feed"], &["params"]];

/// So many keys that stand twice are gone over.
const MOST_ALIKE: usize = 100;

/// The settings of a site.
#[derive(Debug, Default)]
pub struct SiteConfig {
    /// Each with the names of its blocks before its keys.
    layers: Vec<(String, Vec<(String, Value)>)>,
    /// Keys that were asked for.
    used: RefCell<BTreeSet<String>>,
}

impl SiteConfig {
    /// Reads a generator's settings.
    ///
    /// # Errors
    /// [`ImportError`] if they are not what their name says.
    pub fn read(source: &Source) -> Result<Self, ImportError> {
        let failed = |error: String| ImportError::new(format!("{}: {error}", source.path));
        let top = if source.path.ends_with(".toml") {
            let table: toml::Table =
                toml::from_str(&source.text).map_err(|error| failed(error.to_string()))?;
            let entries = table.into_iter();
            entries
                .map(|(key, value)| (key, serde_yaml::to_value(value).unwrap_or(Value::Null)))
                .collect()
        } else if source.path.ends_with(".json") {
            let table: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(&source.text).map_err(|error| failed(error.to_string()))?;
            let entries = table.into_iter();
            entries
                .map(|(key, value)| (key, serde_yaml::to_value(value).unwrap_or(Value::Null)))
                .collect()
        } else {
            let mut text = format!("---\n{}\n---\n", document(&source.text));
            let mut again = 0;
            let matter = loop {
                match frontmatter::parse(&text) {
                    // Generators take the last of two that are alike.
                    Err(FrontMatterError::Duplicate { key, first, .. }) if again < MOST_ALIKE => {
                        text.replace_range(first, &quoted(&format!("{key} (the first of two)")));
                        again += 1;
                    }
                    other => break other.map_err(|error| failed(error.to_string()))?,
                }
            };
            matter.fields.into_iter().map(|field| (field.key.clone(), field.value())).collect()
        };
        Ok(Self::of(top))
    }

    fn of(top: Vec<(String, Value)>) -> Self {
        let top = Value::Mapping(top.into_iter().map(|(key, value)| (key.into(), value)).collect());
        let mut config = Self::default();
        let paths = BLOCKS.iter().copied().chain([&[][..]]);
        for path in paths {
            let block = path.iter().try_fold(&top, |value, name| value.get(*name));
            let Some(Value::Mapping(entries)) = block else { continue };
            let entries = entries
                .iter()
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.clone())));
            let prefix = path.iter().map(|name| format!("{name}.")).collect();
            config.layers.push((prefix, entries.collect()));
        }
        config
    }

    /// The value of the first of these names; letters' case, `-` and `_` tell no two apart.
    pub fn value(&self, names: &[&str]) -> Option<&Value> {
        let bare = |name: &str| name.replace(['-', '_'], "").to_ascii_lowercase();
        let mut found: Option<&Value> = None;
        for (prefix, entries) in &self.layers {
            for name in names {
                let Some((key, value)) = entries.iter().find(|(key, _)| bare(key) == bare(name))
                else {
                    continue;
                };
                // What says the same again is not lost.
                if found.is_none_or(|found| found == value) {
                    self.used.borrow_mut().insert(format!("{prefix}{key}"));
                    found = found.or(Some(value)).filter(|value| !value.is_null());
                }
            }
        }
        found
    }

    /// The same as a text of one line.
    pub fn text(&self, names: &[&str]) -> Option<String> {
        let text = match self.value(names)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Mapping(inner) => inner.get("name")?.as_str()?.to_owned(),
            _ => return None,
        };
        Some(one_line(&text)).filter(|text| !text.is_empty())
    }

    /// How the addresses of Jekyll's posts are made, where the site says it (Jekyll 4.3, "Front Matter
    /// Defaults" and "Collections"): what is said for some files goes before what is said for all.
    pub fn permalink(&self) -> Option<String> {
        let text = |value: &Value| Some(one_line(value.get("permalink")?.as_str()?));
        let for_posts = |entry: &&Value| {
            let scope = entry.get("scope");
            let said = |key: &str| scope.and_then(|scope| scope.get(key)).and_then(Value::as_str);
            matches!(said("path").unwrap_or_default(), "" | "_posts" | "_posts/")
                && matches!(said("type"), None | Some("posts"))
        };
        // The last of two that say it.
        let defaults = self.value(&["defaults"]).and_then(Value::as_sequence);
        let mut defaults = defaults.into_iter().flatten().filter(for_posts).rev();
        let of_posts = || text(self.value(&["collections"])?.get("posts")?);
        defaults
            .find_map(|entry| text(entry.get("values")?))
            .or_else(of_posts)
            .or_else(|| self.text(&["permalink"]))
            .filter(|template| !template.is_empty())
    }

    /// The e-mail address in the mapping of this name.
    pub fn mail(&self, name: &str) -> Option<String> {
        Some(self.value(&[name])?.get("email")?.as_str()?.to_owned())
    }

    /// Tells of what nobody asked for, but for what generators need themselves.
    pub fn report_unused(&self, config: &str, report: &mut Report) {
        let used = self.used.borrow();
        let blocks: BTreeSet<String> =
            BLOCKS.iter().map(|path| path.join(".")).chain(["params".to_owned()]).collect();
        let whole: BTreeSet<&str> = used.iter().filter_map(|key| key.rsplit('.').next()).collect();
        for (prefix, entries) in &self.layers {
            for (key, value) in entries {
                let path = format!("{prefix}{key}");
                let is_block = blocks.contains(&path) && value.is_mapping();
                // What the podcast's own block says stands in the site's place.
                let is_said = used.contains(&path) || whole.contains(key.as_str());
                if !is_block && !is_said && !MACHINERY.contains(&key.as_str()) {
                    report.left(Level::Show, &format!("{path} of {config}"));
                }
            }
        }
    }
}

/// The settings without the line of dashes that a YAML document may start with: in a front matter, it
/// would be the end.
fn document(text: &str) -> &str {
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some((line, after)) = rest.split_once('\n') {
        match line.trim_end() {
            "---" => return after,
            line if line.is_empty() || line.starts_with('#') => rest = after,
            _ => break,
        }
    }
    text
}
