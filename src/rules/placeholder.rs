//! What a template left for a host to fill in.

use super::finding::Finding;
use super::registry::{self as rule, Severity};
use crate::show::placeholder::{OF_NOTES, is_example, is_left, is_tried_out};
use crate::show::{Episode, Settings, Show};

/// The words of a template, which are an error where others see them.
fn left(is_unseen: bool, mut finding: Finding) -> Finding {
    if is_unseen {
        finding.severity = Severity::Note;
    }
    finding
}

/// Looks at `onair.toml`.
pub(super) fn settings(show: &Show, findings: &mut Vec<Finding>) {
    let (settings, source) = (&show.settings.show, &show.settings_source);
    let is_unseen = is_tried_out(show.settings.site.url.get_ref());
    let values = [
        ("title", &settings.title, "give the show's name"),
        ("description", &settings.description, "say what the show is about, in a few sentences"),
        ("author", &settings.author, "name who makes the show"),
        ("url", &show.settings.site.url, "give the address that pages and feed will have"),
    ];
    for (key, value, help) in values {
        let text = value.get_ref().trim();
        let message = match text {
            "" => format!("`{key}` is still empty"),
            _ if is_left(text) => format!("`{key}` still says \"{text}\""),
            _ => continue,
        };
        let help = format!("{help}, or run `onair init` again: it asks for what is missing");
        let finding = Finding::at(&rule::PLACEHOLDER, source, value.span(), message).help(help);
        findings.push(if text.is_empty() { finding } else { left(is_unseen, finding) });
    }
    let Some(owner) = &settings.owner else { return };
    for (key, value) in [("name", &owner.name), ("email", &owner.email)] {
        let text = value.get_ref();
        if is_left(text) {
            let message = format!("`{key}` of [show.owner] still says \"{text}\"");
            let finding = Finding::at(&rule::PLACEHOLDER, source, value.span(), message)
                .help("platforms write there to prove that the show is yours: give what is yours");
            findings.push(left(is_unseen, finding));
        }
    }
}

/// Looks at an episode's notes.
pub(super) fn episode(settings: &Settings, episode: &Episode, findings: &mut Vec<Finding>) {
    let notes = episode.notes_text();
    let lines = || notes.lines().map(str::trim).filter(|line| !line.is_empty());
    if lines().next() != Some(OF_NOTES) {
        return;
    }
    let Some(at) = notes.find(OF_NOTES).map(|at| episode.notes.start + at) else { return };
    let message = format!("the notes still say \"{OF_NOTES}\"");
    let finding =
        Finding::at(&rule::PLACEHOLDER, &episode.source, at..at + OF_NOTES.len(), message);
    let help = "write the episode's notes there, or take the line out";
    findings.push(left(is_example(settings.site.url.get_ref()), finding.help(help)));
}
