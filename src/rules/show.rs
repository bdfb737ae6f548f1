//! What `onair.toml` must say for platforms to take the show.

use unicode_normalization::UnicodeNormalization;

use super::direction::turned;
use super::finding::Finding;
use super::picture::{Picture, flaw};
use super::pictures::Gone;
use super::registry::{self as rule, Severity};
use super::text::{MAX_DESCRIPTION, too_long};
use crate::show::addresses::is_web_address;
use crate::show::categories::CATEGORIES;
use crate::show::guid::podcast_guid;
use crate::show::languages::{is_language, language_of};
use crate::show::placeholder::is_left;
use crate::show::words::{is_email, nearest};
use crate::show::{Settings, Source};

/// The artwork as it was found: what its file lacks and its picture, `None` for a file that is not a picture,
/// or why not.
pub type Artwork = Result<Option<(Option<&'static str>, Picture)>, Gone>;

/// The rules of the settings.
pub fn settings(
    settings: &Settings,
    source: &Source,
    artwork: &Artwork,
    findings: &mut Vec<Finding>,
) {
    check_artwork(settings, source, artwork, findings);
    check_categories(settings, source, findings);
    findings.extend(turned(source, 0..source.text.len(), true));
    let language = &settings.show.language;
    if !is_language(language.get_ref()) {
        let is_empty = language.get_ref().trim().is_empty();
        let message = match is_empty {
            true => "`language` is still empty".to_owned(),
            false => format!("`{}` is not a language code", language.get_ref()),
        };
        let finding = Finding::at(&rule::LANGUAGE, source, language.span(), message)
            .expected("an ISO 639 code, with a country if you like: `fr`, `en-us`");
        findings.push(match language_of(language.get_ref()) {
            Some(code) => finding.help(format!("write `{code}`")),
            None if is_empty => finding.help(
                "give the language that is spoken, or run `onair init` again: it asks for what is missing",
            ),
            None => finding,
        });
    }
    let description = &settings.show.description;
    if description.get_ref().len() > MAX_DESCRIPTION {
        findings.push(
            Finding::at(
                &rule::TEXT_TOO_LONG,
                source,
                description.span(),
                format!("the show's description is {} bytes long", description.get_ref().len()),
            )
            .expected(format!("at most {MAX_DESCRIPTION} bytes")),
        );
    }
    for (key, text) in [("title", &settings.show.title), ("author", &settings.show.author)] {
        let what = format!("the show's `{key}`");
        findings.extend(too_long(source, text.span(), &what, text.get_ref()));
    }
    if let (Some(moved), None) = (&settings.site.new_feed_url, &settings.show.guid) {
        let guid = podcast_guid(settings);
        findings.push(
            Finding::at(
                &rule::FEED_MOVE,
                source,
                moved.span(),
                "the feed moves, and its podcast:guid would change with its address",
            )
            .help(format!("write guid = \"{guid}\" into [show], then follow `onair move`")),
        );
    }
    findings.extend(owner(settings, source));
    findings.extend(ignored(settings, source));
}

/// Whom Apple writes to.
fn owner(settings: &Settings, source: &Source) -> Option<Finding> {
    let Some(owner) = &settings.show.owner else {
        return Some(
            Finding::on_file(
                &rule::OWNER,
                &source.path,
                "the show has no owner that a platform can write to",
            )
            .help("add [show.owner] with `name` and `email`"),
        );
    };
    let (text, span) = (owner.email.get_ref(), owner.email.span());
    let is_open = is_left(text) || is_email(text.trim());
    (!is_open).then(|| {
        let message = format!("`{text}` is not an e-mail address");
        let mut finding = Finding::at(&rule::OWNER, source, span, message);
        finding.severity = Severity::Warning;
        finding
    })
}

/// Values that the feed gives and nobody takes.
fn ignored(settings: &Settings, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut finding = |span, message: String, expected: &str| {
        let mut finding = Finding::at(&rule::SETTINGS, source, span, message).expected(expected);
        finding.severity = Severity::Warning;
        findings.push(finding);
    };
    if let Some(guid) = &settings.show.guid
        && uuid::Uuid::try_parse(guid.get_ref().trim()).is_err()
    {
        let expected =
            "a UUID (podcast namespace 1.0, guid); leave it out where none was published";
        finding(guid.span(), format!("`{}` is no podcast:guid", guid.get_ref()), expected);
    }
    if let Some(funding) = &settings.show.funding
        && !is_web_address(funding.url.get_ref())
    {
        let message = format!("`{}` is not a web address, and is left out", funding.url.get_ref());
        finding(funding.url.span(), message, "an address that starts with `https://`");
    }
    for (name, url) in &settings.show.links {
        if !is_web_address(url.get_ref().trim()) {
            let message = format!("`{}` of {name} is not a web address", url.get_ref());
            finding(url.span(), message, "an address that starts with `https://`");
        }
    }
    findings
}

fn check_artwork(
    settings: &Settings,
    source: &Source,
    artwork: &Artwork,
    findings: &mut Vec<Finding>,
) {
    let place = &settings.show.artwork;
    let path = place.get_ref();
    let near = artwork.as_ref().err().and_then(|gone| gone.near.as_ref());
    let problem = match artwork {
        Err(Gone { trouble, .. }) => Some(format!("the artwork {path}: {trouble}")),
        Ok(None) => Some(format!("the artwork {path} is not a picture")),
        Ok(Some((Some(lack), _))) => Some(format!("the artwork {path} {lack}")),
        Ok(Some((None, picture))) => {
            flaw(path, picture).map(|reason| format!("the artwork {path} {reason}"))
        }
    };
    if let Some(message) = problem {
        let finding = Finding::at(&rule::ARTWORK, source, place.span(), message);
        let finding = finding.expected(super::picture::EXPECTED);
        findings.push(match near {
            Some(near) if near.nfc().eq(path.nfc()) => finding
                .help("its letters have other bytes in the file's name: copy the name from there"),
            Some(near) => finding.help(format!("did you mean {near}?")),
            None => finding,
        });
    }
}

/// The category and subcategory that one text names: `Arts > Books`, or `Books` alone.
fn path_of(text: &str) -> Option<(&'static str, &'static str)> {
    let (top, sub) = match text.split_once(['>', '/']) {
        Some((top, sub)) => (Some(top.trim()), sub.trim()),
        None => (None, text.trim()),
    };
    let tops = CATEGORIES.iter().filter(|(known, _)| top.is_none_or(|top| top == *known));
    let mut found = tops.flat_map(|(top, subs)| subs.iter().map(move |sub| (*top, *sub)));
    found.find(|(_, known)| *known == sub)
}

/// How several are written.
const SEVERAL: &str =
    "several categories are written as `[[\"Arts\", \"Books\"], [\"Education\"]]`";

fn check_categories(settings: &Settings, source: &Source, findings: &mut Vec<Finding>) {
    let place = &settings.show.category;
    let finding = |message: String| Finding::at(&rule::CATEGORY, source, place.span(), message);
    let tops: Vec<&str> = CATEGORIES.iter().map(|(top, _)| *top).collect();
    let paths = place.get_ref().paths();
    if paths.is_empty() {
        let mut finding =
            finding("the show has no category, and Apple refuses the feed".to_owned())
                .expected("one of Apple's categories, as in `[\"News\", \"Tech News\"]`");
        finding.severity = Severity::Error;
        findings.push(finding);
    }
    for name in place.get_ref().left_out() {
        let message = format!("`{name}` is left out: a category has one subcategory at most");
        findings.push(finding(message).help(SEVERAL));
    }
    for (top, sub) in paths {
        if top.trim().is_empty() {
            let mut finding =
                finding("the show's category is empty, and Apple refuses the feed".to_owned())
                    .expected("one of Apple's categories, as in `[\"News\", \"Tech News\"]`");
            finding.severity = Severity::Error;
            findings.push(finding);
            continue;
        }
        let Some((_, subs)) = CATEGORIES.iter().find(|(known, _)| *known == top) else {
            let message = finding(format!("Apple has no category `{top}`"));
            findings.push(match (path_of(top), nearest(top, &tops)) {
                (Some((top, sub)), _) => message.help(format!("write `[\"{top}\", \"{sub}\"]`")),
                (None, Some(near)) => message.help(format!("did you mean `{near}`?")),
                (None, None) => message.expected(tops.join(", ")),
            });
            continue;
        };
        let Some(sub) = sub.filter(|sub| !subs.contains(sub)) else { continue };
        let message = finding(format!("Apple's category `{top}` has no `{sub}`"));
        let elsewhere = CATEGORIES.iter().find(|(_, subs)| subs.contains(&sub));
        if tops.contains(&sub) {
            findings.push(message.help(SEVERAL));
            continue;
        }
        findings.push(match (elsewhere, nearest(sub, subs)) {
            (Some((other, _)), _) => message
                .help(format!("`{sub}` belongs to `{other}`: write `[\"{other}\", \"{sub}\"]`")),
            (None, Some(near)) => message.help(format!("did you mean `{near}`?")),
            (None, None) if subs.is_empty() => message.help(format!("write `\"{top}\"` alone")),
            (None, None) => message.expected(subs.join(", ")),
        });
    }
}
