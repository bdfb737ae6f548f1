//! The one list of the files that a show names: each with the place where it is named, what it is
//! for, and where below the show's folder it may stand.
//!
//! Checks, edition, tags and a preview's watcher all take from here, so that what one of them looks
//! for, no other overlooks.

use std::path::Path;

use percent_encoding::percent_decode_str;

use imagesize::ImageType;
use unicode_normalization::UnicodeNormalization;

use super::episode::{ChaptersGiven, Person};
use super::read::{self, FileTrouble};
use super::source::{Given, Located, Source, Span};
use super::{Episode, Settings, Show, is_inside, notes};
use crate::model::chapter::Chapter;

/// Where a bare name of a picture is looked for besides: where `onair init` puts pictures.
const PICTURES: &str = "img";

/// What a file is to the show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// `show.artwork`
    Artwork,
    /// `tags.cover`: in every tag, and nowhere else.
    Cover,
    /// `show.hosts[].image`
    HostPicture,
    /// `site.templates`: a folder.
    Templates,
    /// `background`
    Background,
    /// `social-background`
    Card,
    /// `image`: an episode's own artwork.
    EpisodeArtwork,
    /// The picture of somebody who takes part in an episode.
    PersonPicture,
    /// A picture in an episode's notes.
    NotesPicture,
    /// A chapter's picture.
    ChapterPicture,
    /// `chapters`, where that names a file.
    Chapters,
    /// `transcript`
    Transcript,
}

impl Role {
    /// What a host calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Artwork => "artwork",
            Self::Cover => "cover",
            Self::HostPicture => "host's picture",
            Self::Templates => "folder of templates",
            Self::Background => "background",
            Self::Card => "social background",
            Self::EpisodeArtwork => "episode's artwork",
            Self::PersonPicture => "guest's picture",
            Self::NotesPicture => "picture",
            Self::ChapterPicture => "chapter's picture",
            Self::Chapters => "chapter file",
            Self::Transcript => "transcript",
        }
    }

    /// Whether it is a picture.
    pub fn is_picture(self) -> bool {
        !matches!(self, Self::Templates | Self::Chapters | Self::Transcript)
    }

    /// Whether it is published as a file of its own, as it stands in the show's folder.
    pub fn is_published(self) -> bool {
        self.is_picture() && self != Self::Cover
    }
}

/// A file that the show names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile<'a> {
    /// As the host wrote it.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The text that names it.
    pub source: &'a Source,
    /// Where in that text.
    pub span: Span,
    /// The paths below the show's folder that the name may mean, the likeliest first; none if it
    /// leads out of the folder.
    pub candidates: Vec<String>,
}

impl NamedFile<'_> {
    /// The path below `root` of the file that is meant.
    ///
    /// # Errors
    /// [`FileTrouble`] if there is no such file inside the show's folder.
    pub fn find(&self, root: &Path) -> Result<&str, FileTrouble> {
        first_there(root, &self.candidates)
    }
}

/// The first of `candidates` that is there below `root`.
///
/// # Errors
/// [`FileTrouble`] of the likeliest if none is.
pub fn first_there<'a>(root: &Path, candidates: &'a [String]) -> Result<&'a str, FileTrouble> {
    let mut trouble = None;
    for path in candidates {
        match read::resolve(root, path) {
            Ok(_) => return Ok(path),
            Err(first @ FileTrouble::Outside) => trouble = Some(first),
            Err(other) => trouble = trouble.or(Some(other)),
        }
    }
    Err(trouble.unwrap_or(FileTrouble::Outside))
}

/// Whether a text is an address, and no path in the show's folder.
pub fn is_address(text: &str) -> bool {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    let named = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    named || text.starts_with("//")
}

/// The paths below the show's folder that `text`, written in the file `source`, may mean, the
/// likeliest first.
///
/// A path is looked for beside the file that names it, then from the show's folder, as one that
/// starts with `/` always is; then without the steps up that lead a page to the site's root. A bare
/// name is looked for in `img/` as well. None of them leaves the show's folder. A disk may have letters with
/// accents in another form of Unicode than the text.
pub fn candidates(text: &str, source: &str) -> Vec<String> {
    let folder = source.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let decoded = percent_decode_str(path).decode_utf8().ok();
    let spelt = [Some(text), Some(path), decoded.as_deref()];
    let mut found: Vec<String> = Vec::new();
    for path in spelt.into_iter().flatten() {
        let from_root = path.trim_start_matches('/');
        let bare = !from_root.contains('/');
        let meant = [
            (!path.starts_with('/')).then(|| join(folder, path)).flatten(),
            join("", from_root),
            join("", from_root.trim_start_matches("../")),
            bare.then(|| join(PICTURES, from_root)).flatten(),
        ];
        for path in meant.into_iter().flatten() {
            if is_inside(&path) && !found.contains(&path) {
                found.push(path);
            }
        }
    }
    for at in 0..found.len() {
        let forms: [String; 2] = [found[at].nfc().collect(), found[at].nfd().collect()];
        found.extend(
            forms
                .into_iter()
                .filter(|form| is_inside(form) && *form != found[at])
                .collect::<Vec<_>>(),
        );
    }
    found
}

/// `path` below `folder`, without `.` and `..`; nothing if it leaves the root.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The `Content-Type` that a picture's ending names, of those that a browser shows.
///
/// SVG is not among them: it can run scripts, and an episode's files may be a stranger's.
pub fn image_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "webp" => Some("image/webp"),
        "gif" => Some("image/gif"),
        "avif" => Some("image/avif"),
        _ => None,
    }
}

/// The media type of a picture by its first bytes, whatever it is called, and the ending that says so.
pub fn picture_kind(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match imagesize::image_type(bytes).ok()? {
        ImageType::Jpeg => Some(("image/jpeg", ".jpg")),
        ImageType::Png => Some(("image/png", ".png")),
        ImageType::Gif => Some(("image/gif", ".gif")),
        ImageType::Webp => Some(("image/webp", ".webp")),
        _ => None,
    }
}

/// Whether a link ends as a picture does.
pub fn is_picture(link: &str) -> bool {
    image_type(link.split(['?', '#']).next().unwrap_or_default()).is_some()
}

/// Adds what is named to a list; addresses are no files.
struct List<'a> {
    source: &'a Source,
    files: Vec<NamedFile<'a>>,
}

impl List<'_> {
    fn add(&mut self, role: Role, name: &str, span: Span) {
        if name.trim().is_empty() || is_address(name) {
            return;
        }
        let candidates = candidates(name, &self.source.path);
        let (name, source) = (name.to_owned(), self.source);
        self.files.push(NamedFile { name, role, source, span, candidates });
    }

    fn given(&mut self, role: Role, given: &Given<String>) {
        if let Given::Good(Located { value, span }) = given {
            self.add(role, value, span.clone());
        }
    }

    fn people(&mut self, given: &Given<Vec<Person>>) {
        let Given::Good(Located { value, span }) = given else { return };
        for image in value.iter().filter_map(|person| person.image.as_deref()) {
            let span = within(&self.source.text, span, image);
            self.add(Role::PersonPicture, image, span);
        }
    }
}

/// Where `value` stands within `span`, if it stands there letter for letter; else all of `span`.
fn within(text: &str, span: &Span, value: &str) -> Span {
    let at = text.get(span.clone()).and_then(|text| text.find(value));
    at.map_or(span.clone(), |at| span.start + at..span.start + at + value.len())
}

/// The files that the settings name.
pub fn of_settings<'a>(settings: &Settings, source: &'a Source) -> Vec<NamedFile<'a>> {
    let mut list = List { source, files: Vec::new() };
    let artwork = &settings.show.artwork;
    list.add(Role::Artwork, artwork.get_ref(), artwork.span());
    if let Some(cover) = &settings.tags.cover {
        list.add(Role::Cover, cover.get_ref(), cover.span());
    }
    if let Some(folder) = &settings.site.templates {
        list.add(Role::Templates, folder.get_ref(), folder.span());
    }
    for image in settings.show.hosts.iter().filter_map(|host| host.image.as_deref()) {
        let span = within(&source.text, &(0..source.text.len()), image);
        list.add(Role::HostPicture, image, span);
    }
    list.files
}

/// The files that an episode names, but for what its chapters name: see [`of_chapters`].
pub fn of_episode(episode: &Episode) -> Vec<NamedFile<'_>> {
    let mut list = List { source: &episode.source, files: Vec::new() };
    list.given(Role::Background, &episode.background);
    list.given(Role::Card, &episode.social_background);
    list.given(Role::EpisodeArtwork, &episode.image);
    list.people(&episode.guests);
    list.people(&episode.persons);
    let shown = notes::pictures(&episode.source.text, &episode.notes);
    let led_to = notes::links(&episode.source.text, &episode.notes, is_address);
    let led_to = led_to.into_iter().filter(|link| is_picture(&link.value));
    for Located { value, span } in shown.into_iter().chain(led_to) {
        list.add(Role::NotesPicture, &value, span);
    }
    if let Given::Good(Located { value: ChaptersGiven::File(path), span }) = &episode.chapters {
        list.add(Role::Chapters, path, span.clone());
    }
    if let Given::Good(Located { value, span }) = &episode.transcripts {
        for transcript in value {
            let span = within(&episode.source.text, span, &transcript.file);
            list.add(Role::Transcript, &transcript.file, span);
        }
    }
    list.files
}

/// The files that an episode's notes lead to by a link, where that is no address.
pub fn linked(episode: &Episode) -> impl Iterator<Item = (Located<String>, Vec<String>)> {
    notes::links(&episode.source.text, &episode.notes, is_address).into_iter().map(|link| {
        let meant = candidates(&link.value, &episode.source.path);
        (link, meant)
    })
}

/// The pictures that chapters name, which are written in `source`.
pub fn of_chapters<'a>(source: &'a Source, chapters: &[Located<Chapter>]) -> Vec<NamedFile<'a>> {
    let mut list = List { source, files: Vec::new() };
    for chapter in chapters {
        if let Some(image) = &chapter.value.image {
            let span = within(&source.text, &chapter.span, image);
            list.add(Role::ChapterPicture, image, span);
        }
    }
    list.files
}

/// The files that a show names in its settings and in all episodes but drafts.
pub fn of_show(show: &Show) -> Vec<NamedFile<'_>> {
    let episodes = show.episodes.iter().filter(|episode| !episode.is_draft());
    let settings = of_settings(&show.settings, &show.settings_source);
    settings.into_iter().chain(episodes.flat_map(of_episode)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_a_file_beside_the_text_or_from_the_root_or_among_the_pictures() {
        let of = |text| candidates(text, "episodes/109/index.md").join(" ");
        assert_eq!(of("/img/a.jpg"), "img/a.jpg");
        assert_eq!(of("a.jpg"), "episodes/109/a.jpg a.jpg img/a.jpg");
        assert_eq!(of("../../img/a.jpg"), "img/a.jpg");
        assert_eq!(of("../../../img/a.jpg"), "img/a.jpg");
        assert_eq!(
            of("img/a%20b.jpg?x"),
            "episodes/109/img/a%20b.jpg?x img/a%20b.jpg?x \
            episodes/109/img/a%20b.jpg img/a%20b.jpg episodes/109/img/a b.jpg img/a b.jpg"
        );
        let both = ["img/\u{e9}.png", "img/e\u{301}.png"];
        assert_eq!(candidates("/img/\u{e9}.png", "episodes/1.md"), both);
        assert_eq!(candidates("/img/e\u{301}.png", "episodes/1.md"), [both[1], both[0]]);
        for outside in ["/../../etc/passwd/..", "/", "..", "a\\..\\b", "%2e%2e/%2e%2e/%2e%2e/x\0"] {
            for path in candidates(outside, "episodes/1.md") {
                assert!(is_inside(&path), "{path}");
            }
        }
    }

    #[test]
    fn addresses_are_no_files() {
        for address in ["https://a.example/b.png", "//a.example/b.png", "data:image/png;base64,x"] {
            assert!(is_address(address), "{address}");
        }
        assert!(!is_address("img/a: b.png") && !is_address("a.png"));
    }

    #[test]
    fn every_place_that_names_a_file_is_in_the_list() {
        let text = "---\ntitle: T\nbackground: /img/b.jpg\nsocial-background: s.png\nimage: e.jpg\n\
            guests:\n  - name: A\n    image: img/ada.jpg\n  - name: B\n    image: https://b.example/b.png\n\
            chapters: c.json\ntranscript: t.vtt\n---\n![n](n.webp) [l](l.png?x)\n<img src=\"h.gif\">\n";
        let episode = Episode::parse(Source::new("episodes/1.md", text)).unwrap();
        let said: Vec<String> = of_episode(&episode)
            .iter()
            .map(|file| format!("{}: {}", file.role.as_str(), &text[file.span.clone()]))
            .collect();
        assert_eq!(
            said,
            [
                "background: /img/b.jpg",
                "social background: s.png",
                "episode's artwork: e.jpg",
                "guest's picture: img/ada.jpg",
                "picture: n.webp",
                "picture: h.gif",
                "picture: l.png?x",
                "chapter file: c.json",
                "transcript: t.vtt",
            ]
        );
    }
}
