//! The host's templates: reading them, and findings of those that are none or that ask for too much.

use std::fs;
use std::sync::Arc;

use super::Error;
use super::template_process::apart::Apart;
use crate::rules::text::merge;
use crate::rules::{Finding, Severity, registry};
use crate::show::read;
use crate::show::settings::FILE;
use crate::show::{Show, Source, files};
use crate::site::{LostBlock, TemplateError, Templates};

/// More files than any theme has.
const MOST: usize = 200;

/// The host's templates as they were read.
#[derive(Debug, Default)]
pub struct TemplatesRead {
    /// Those that can be read.
    pub good: Templates,
    /// Why the folder cannot be used at all.
    pub unusable: Option<String>,
    /// What is wrong with the others, by their paths.
    pub faults: Vec<(String, String)>,
    /// What is wrong with the texts of those that can be read.
    pub errors: Vec<TemplateError>,
}

/// Reads the templates of a show.
pub fn read(show: &Show) -> TemplatesRead {
    let Some(folder) = &show.settings.site.templates else { return TemplatesRead::default() };
    let candidates = files::candidates(folder.get_ref(), &show.settings_source.path);
    let written = folder.get_ref().trim_end_matches('/');
    // As the rules look for it.
    let folder = files::first_there(&show.root, &candidates).unwrap_or(written);
    let mut faults = Vec::new();
    let entries = match read::resolve(&show.root, folder).map(fs::read_dir) {
        Ok(Ok(entries)) => entries,
        Ok(Err(error)) => {
            faults.push((folder.to_owned(), error.to_string()));
            return TemplatesRead { faults, ..TemplatesRead::default() };
        }
        // A finding of the settings.
        Err(trouble) => {
            let unusable = Some(format!("{folder}: {trouble}"));
            return TemplatesRead { unusable, ..TemplatesRead::default() };
        }
    };
    let mut names: Vec<String> = Vec::new();
    for entry in entries.take(MOST + 1) {
        match entry {
            Ok(entry) => names.push(entry.file_name().to_string_lossy().into_owned()),
            Err(error) => faults.push((folder.to_owned(), error.to_string())),
        }
    }
    if names.len() > MOST {
        faults.push((folder.to_owned(), format!("there are more than {MOST} files")));
        names.clear();
    }
    names.retain(|name| !name.starts_with('.') && !name.ends_with('~'));
    names.sort();
    let mut files: Vec<Source> = Vec::new();
    for name in names {
        let path = format!("{folder}/{name}");
        match read::read_text(&show.root, &path) {
            Ok(source) => files.push(source),
            Err(trouble) => faults.push((path, trouble.to_string())),
        }
    }
    let good = Templates::new(files, Arc::new(Apart));
    TemplatesRead { errors: good.errors(), good, faults, unusable: None }
}

impl TemplatesRead {
    /// Those that can be read, if all can.
    ///
    /// # Errors
    /// Why pages cannot be made.
    pub fn usable(&self) -> Result<Templates, Error> {
        let fault = self.faults.first().map(|(path, reason)| format!("{path}: {reason}"));
        match self.unusable.clone().or(fault) {
            Some(reason) => Err(Error::usage(reason)),
            None => Ok(self.good.clone()),
        }
    }

    /// Whether there is anything to try.
    pub fn is_used(&self) -> bool {
        self.good.files().next().is_some()
    }

    /// Findings of what was read.
    pub fn findings(&self) -> impl Iterator<Item = Finding> {
        let unread = self.faults.iter().map(|(path, reason)| {
            Finding::on_file(&registry::TEMPLATE, path.clone(), reason.clone())
                .expected("a text file, for each template")
        });
        let errors = self.errors.iter().map(|error| self.finding(error));
        let lost = self.good.lost().into_iter().map(|lost| {
            let LostBlock { file, span, name, above } = lost;
            let message = match &above {
                Some(_) => {
                    format!("no template above has a block `{name}` that this one could fill")
                }
                None => format!("there is no block `{name}`: onair's pages would be empty"),
            };
            let finding = Finding::at(&registry::TEMPLATE, file, span, message);
            match above {
                Some(above) => {
                    let names: Vec<&str> = above.iter().copied().collect();
                    finding.help(format!("there are: {}", names.join(", ")))
                }
                None => finding.help(format!("put `{{% block {name} %}}{{% endblock %}}` into it")),
            }
        });
        let unmerged = self.good.files().filter_map(merge);
        unread.chain(unmerged).chain(errors).chain(lost).chain(self.good.idle().map(
            |(file, alike)| {
                let message = "this stands for no template of onair's, and no other includes it";
                let finding = Finding::on_file(&registry::TEMPLATE, &file.path, message);
                let mut finding = match alike {
                    Some(name) => finding.help(format!("did you mean `{name}`?")),
                    None => finding.help("include it in another, or take it out"),
                };
                finding.severity = Severity::Warning;
                finding
            },
        ))
    }

    /// A template's error where it stands.
    pub fn finding(&self, error: &TemplateError) -> Finding {
        let rule = &registry::TEMPLATE;
        let Some(source) = self.good.files().find(|file| file.path == error.path) else {
            let message =
                format!("the template {} cannot be rendered: {}", error.path, error.reason);
            return Finding::on_file(rule, FILE, message);
        };
        let mut lines = source.text.split_inclusive('\n');
        let start: usize = lines.by_ref().take(error.line - 1).map(str::len).sum();
        let line = lines.next().unwrap_or_default().trim_end().chars().take(120);
        let end = start + line.map(char::len_utf8).sum::<usize>();
        Finding::at(
            rule,
            source,
            start.min(source.text.len())..end.min(source.text.len()),
            error.reason.clone(),
        )
    }
}
