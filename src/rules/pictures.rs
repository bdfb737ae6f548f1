//! Pictures: those that the show names are there, can be published, and are what platforms take.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::picture::{EXPECTED, Picture, flaw, lacks, lacks_at_ends, picture};
use super::registry::{self as rule, Severity};
use crate::show::Source;
use crate::show::addresses::BACKSLASH;
use crate::show::files::{self, NamedFile, Role, image_type, join};
use crate::show::read::FileTrouble;

/// The largest picture that is published, in bytes.
pub const MAX_PICTURE: u64 = 16 * 1024 * 1024;

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its path below the show's folder.
    pub path: String,
    /// How long it is.
    pub bytes: u64,
    /// Its format and size, if it is a picture.
    pub picture: Option<Picture>,
    /// Whether it begins as an SVG does.
    pub svg: bool,
    /// What of the picture is not there, as far as it was looked for.
    pub lack: Option<&'static str>,
}

impl Seen {
    /// What can be told of a file of so many bytes that begins with `head`.
    pub fn new(path: &str, bytes: u64, head: &[u8]) -> Self {
        let start = String::from_utf8_lossy(&head[..head.len().min(1024)]);
        let svg = path.to_ascii_lowercase().ends_with(".svg") || start.contains("<svg");
        Self { path: path.to_owned(), bytes, picture: picture(head), svg, lack: None }
    }

    /// The same, with what its last bytes tell.
    pub fn with_end(mut self, head: &[u8], tail: &[u8]) -> Self {
        self.lack =
            self.picture.as_ref().and_then(|picture| match head.len() as u64 == self.bytes {
                true => lacks(head, picture),
                false => lacks_at_ends(head, tail, picture),
            });
        self
    }
}

/// A file that was looked for: what it is, or why it cannot be had. `near` is a name like it.
pub type Look = Result<Seen, Gone>;

/// A file that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Why.
    pub trouble: FileTrouble,
    /// A file in the same folder whose name is much like it.
    pub near: Option<String>,
}

/// What came of looking for the files that a show names, by what each name may mean.
pub type Looks = BTreeMap<Vec<String>, Look>;

/// A file that may be meant by `name`, which `source` has, where there is none of that name.
pub fn instead(
    looks: &Looks,
    name: &str,
    source: &Source,
    trouble: &FileTrouble,
) -> Option<String> {
    let look = looks.get(&files::candidates(name, &source.path)[..]);
    match look.filter(|_| *trouble == FileTrouble::Missing)? {
        Ok(seen) => Some(seen.path.clone()),
        Err(gone) => gone.near.clone(),
    }
}

/// What is wrong with a file that the show names. The show's artwork, chapter files and transcripts
/// have rules of their own.
pub fn judge(file: &NamedFile<'_>, look: &Look) -> Option<Finding> {
    if matches!(file.role, Role::Artwork | Role::Chapters | Role::Transcript) {
        return None;
    }
    let what = format!("the {} {}", file.role.as_str(), file.name);
    let at = |rule, message: String| {
        let mut finding = Finding::at(rule, file.source, file.span.clone(), message);
        // What no tag holds is missing for good: audio is published once.
        if file.role == Role::Cover {
            finding.severity = Severity::Error;
        }
        finding
    };
    let seen = match look {
        Ok(seen) => seen,
        Err(gone) if file.role == Role::Templates => {
            return Some(at(&rule::SETTINGS, format!("{what}: {}", gone.trouble)));
        }
        Err(Gone { trouble: FileTrouble::Missing, near }) if !leaves(file) => {
            let finding = at(&rule::PICTURE_MISSING, format!("{what}: {}", FileTrouble::Missing));
            return Some(match near {
                Some(near) => finding.help(format!("did you mean {near}?")),
                None => finding
                    .help("put the file there, or correct the name; said where it is named first"),
            });
        }
        Err(Gone { trouble: FileTrouble::Outside, .. }) if file.name.contains('\\') => {
            let meant = file.name.replace('\\', "/");
            let finding = at(&rule::PICTURE_UNUSABLE, format!("{what}: {BACKSLASH}"));
            return Some(finding.help(format!("write {meant}")));
        }
        Err(Gone { trouble, .. }) => {
            let words = match trouble {
                FileTrouble::Outside | FileTrouble::Missing => {
                    "this leads out of the show's folder, and is not published"
                }
                _ => return Some(at(&rule::PICTURE_UNUSABLE, format!("{what}: {trouble}"))),
            };
            let finding = at(&rule::PICTURE_UNUSABLE, format!("{what}: {words}"));
            return Some(finding.help("copy the picture into the show's folder"));
        }
    };
    if file.role == Role::Templates {
        return None;
    }
    let expected = match file.role {
        Role::Cover | Role::ChapterPicture | Role::EpisodeArtwork => "a JPEG or PNG",
        _ => "a JPEG, PNG, WebP, GIF or AVIF, with the ending of its format",
    };
    if let Some(reason) = unusable(seen, file.role) {
        return Some(at(&rule::PICTURE_UNUSABLE, format!("{what} {reason}")).expected(expected));
    }
    let picture = seen.picture.as_ref().filter(|_| file.role == Role::EpisodeArtwork)?;
    let reason = flaw(&seen.path, picture).or_else(|| seen.lack.map(str::to_owned))?;
    Some(at(&rule::EPISODE_ARTWORK, format!("{what} {reason}")).expected(EXPECTED))
}

/// Whether a name leads out of the show's folder, as it stands.
fn leaves(file: &NamedFile<'_>) -> bool {
    let folder = file.source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    !file.name.starts_with('/') && join(folder, &file.name).is_none()
}

/// Why a picture cannot be shown, if it cannot.
fn unusable(seen: &Seen, role: Role) -> Option<String> {
    if seen.svg {
        return Some("is an SVG, which can run scripts: it is not published".to_owned());
    }
    let Some(picture) = &seen.picture else { return Some("is not a picture".to_owned()) };
    if seen.bytes > MAX_PICTURE {
        let (has, most) = (seen.bytes >> 20, MAX_PICTURE >> 20);
        return Some(format!("has {has} MiB: at most {most} MiB are published"));
    }
    if picture.width == 0 || picture.height == 0 {
        return Some("has no pixels".to_owned());
    }
    let in_tags = matches!(role, Role::Cover | Role::ChapterPicture);
    if in_tags && !matches!(picture.format, "JPEG" | "PNG") {
        return Some(format!("is {}, which no tag holds", picture.format));
    }
    // The finding on artwork says it with all else that artwork must be.
    if matches!(role, Role::Cover | Role::EpisodeArtwork) {
        return None;
    }
    match image_type(&seen.path) {
        None => {
            Some("has an ending that no picture on the web has: it is not published".to_owned())
        }
        Some(named) if media_type(picture.format) != Some(named) => {
            Some(format!("is {}, which its name does not say", picture.format))
        }
        Some(_) => None,
    }
}

fn media_type(format: &str) -> Option<&'static str> {
    image_type(&format!("x.{format}"))
}

/// What an episode's `image` cannot be, where it is an address.
pub fn address(text: &str) -> Option<&'static str> {
    let rest = text.split_once("://")?.1;
    let path = rest.split(['?', '#']).next().unwrap_or_default().split_once('/');
    match path {
        None | Some((_, "")) => Some("is the address of a site, and no picture's"),
        Some((_, path)) if path.ends_with('/') => Some("is a folder's address, and no picture's"),
        Some((_, path)) if path.ends_with(".html") || path.ends_with(".htm") => {
            Some("is a page's address, and no picture's")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Source;

    const PNG: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\x78\0\0\x05\x78\x08\x02\0\0\0\0\0\0\0";

    fn said(role: Role, path: &str, look: Look) -> String {
        let source = Source::new("episodes/1.md", "image: x");
        let candidates = vec![path.to_owned()];
        let file = NamedFile { name: path.into(), role, source: &source, span: 7..8, candidates };
        judge(&file, &look).map_or("fine".to_owned(), |finding| {
            format!("{} {}: {}", finding.severity.as_str(), finding.rule.id, finding.message)
        })
    }

    fn seen(role: Role, path: &str, head: &[u8]) -> String {
        said(role, path, Ok(Seen::new(path, 1000, head)))
    }

    #[test]
    fn what_cannot_be_had_is_said_by_what_it_is_for() {
        let gone = |trouble| Err(Gone { trouble, near: None });
        insta::assert_snapshot!(
            [
                said(Role::Cover, "a.png", gone(FileTrouble::Missing)),
                said(Role::NotesPicture, "a.png", gone(FileTrouble::Missing)),
                said(Role::NotesPicture, "../../a.png", gone(FileTrouble::Outside)),
                said(Role::NotesPicture, "img\\a.png", gone(FileTrouble::Outside)),
                said(Role::Templates, "templates", gone(FileTrouble::Missing)),
                said(Role::Artwork, "a.png", gone(FileTrouble::Missing)),
            ].join("\n"),
            @r#"
            error picture-missing: the cover a.png: there is no such file
            warning picture-missing: the picture a.png: there is no such file
            warning picture-unusable: the picture ../../a.png: this leads out of the show's folder, and is not published
            warning picture-unusable: the picture img\a.png: the parts of a path are parted by `/`, not by `\`
            error settings: the folder of templates templates: there is no such file
            fine
            "#
        );
    }

    #[test]
    fn what_is_no_picture_for_its_purpose_is_said() {
        let webp = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        let small = [&PNG[..16], b"\0\0\0\xfa\0\0\0\xfa", &PNG[24..]].concat();
        let flat = [&PNG[..16], b"\0\0\0\0\0\0\0\xfa", &PNG[24..]].concat();
        insta::assert_snapshot!(
            [
                seen(Role::Background, "a.png", PNG),
                seen(Role::Background, "a.jpg", PNG),
                seen(Role::Background, "a.tiff", PNG),
                seen(Role::Background, "a.png", &flat),
                seen(Role::NotesPicture, "a.svg", b"<svg xmlns="),
                seen(Role::NotesPicture, "a.png", b"<?xml?><svg xmlns="),
                seen(Role::NotesPicture, "a.png", b"<!DOCTYPE html>"),
                seen(Role::NotesPicture, "a.webp", webp),
                seen(Role::Cover, "a.webp", webp),
                seen(Role::ChapterPicture, "a.webp", webp),
                seen(Role::EpisodeArtwork, "a.png", PNG),
                seen(Role::EpisodeArtwork, "a.png", &small),
                seen(Role::EpisodeArtwork, "a.jpg", webp),
            ].join("\n"),
            @r#"
            fine
            warning picture-unusable: the background a.jpg is PNG, which its name does not say
            warning picture-unusable: the background a.tiff has an ending that no picture on the web has: it is not published
            warning picture-unusable: the background a.png has no pixels
            warning picture-unusable: the picture a.svg is an SVG, which can run scripts: it is not published
            warning picture-unusable: the picture a.png is an SVG, which can run scripts: it is not published
            warning picture-unusable: the picture a.png is not a picture
            fine
            error picture-unusable: the cover a.webp is WebP, which no tag holds
            warning picture-unusable: the chapter's picture a.webp is WebP, which no tag holds
            fine
            warning episode-artwork: the episode's artwork a.png has 250 x 250 pixels
            warning episode-artwork: the episode's artwork a.jpg is WebP
            "#
        );
    }

    #[test]
    fn a_site_is_no_picture() {
        for bad in [
            "https://a.example",
            "https://a.example/",
            "http://a.example/b/",
            "https://a.example/x.html?y",
        ] {
            assert!(address(bad).is_some(), "{bad}");
        }
        for good in ["https://a.example/b.jpg", "https://a.example/image?id=3", "img/x.jpg"] {
            assert_eq!(address(good), None, "{good}");
        }
    }
}
