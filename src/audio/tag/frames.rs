//! From a [`TagSpec`] to the frames that we manage, in the order in which they are written.
//!
//! Text first, then chapters, the cover last: a player that reads a stream's head knows the title
//! before it has loaded the picture.

use std::time::Duration;

use id3::frame::{
    Chapter, Comment, Content, ExtendedLink, Lyrics, Picture as ApicPicture, PictureType,
    TableOfContents, Unknown,
};
use id3::{Encoding, Frame, Tag, TagLike as _};

use super::{Language, MAX_CHAPTERS, Picture, TagChapter, TagError, TagSpec, Version};

/// "Not given": players seek by time (ID3v2 Chapter Frame Addendum 1.0, section 3.1).
const NO_OFFSET: u32 = u32::MAX;

/// The description that marks a chapter's link (ID3v2 Chapter Frame Addendum 1.0, section 3.1).
const CHAPTER_LINK: &str = "chapter url";

/// The frames that `spec` asks for.
pub(super) fn of(spec: &TagSpec) -> Result<Tag, TagError> {
    let mut frames = Frames { version: spec.version, tag: Tag::with_version(spec.version.into()) };
    let language = spec.language.unwrap_or(Language::UNKNOWN);

    frames.line("TIT2", spec.title.as_deref());
    frames.line("TIT3", spec.subtitle.as_deref());
    frames.line("TPE1", spec.artist.as_deref());
    frames.line("TALB", spec.album.as_deref());
    frames.line("TPE2", spec.album_artist.as_deref());
    frames.ascii("TRCK", spec.track.map(|number| number.to_string()));
    frames.ascii("TPOS", spec.season.map(|number| number.to_string()));
    if let Some(at) = spec.released {
        if spec.version == Version::V23 {
            frames.ascii("TYER", Some(at.strftime("%Y").to_string()));
            frames.ascii("TDAT", Some(at.strftime("%d%m").to_string()));
            frames.ascii("TIME", Some(at.strftime("%H%M").to_string()));
        }
        let stamp = at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        frames.ascii("TDRC", Some(stamp.clone()));
        frames.ascii("TDRL", Some(stamp));
    }
    frames.line("TCON", spec.genre.as_deref());
    frames.ascii("TLAN", spec.language.map(|language| language.to_string()));
    frames.ascii("TLEN", (!spec.duration.is_zero()).then(|| spec.duration.as_millis().to_string()));
    frames.line("TPUB", spec.publisher.as_deref());
    frames.line("TCOP", spec.copyright.as_deref());
    if let Some(text) = spec.comment.as_deref().and_then(lines) {
        let comment = Comment { lang: language.to_string(), description: String::new(), text };
        frames.add("COMM", Content::Comment(comment), frames.text_encoding());
    }
    frames.link("WOAF", spec.episode_url.as_deref());
    frames.link("WOAS", spec.show_url.as_deref());
    if spec.podcast {
        frames.raw("PCST", vec![0; 4]);
    }
    if let Some(url) = spec.feed_url.as_deref().and_then(address) {
        // Text in iTunes' own frame, unlike every other W frame: the encoding byte comes first.
        frames.raw("WFED", [b"\0", url.as_bytes()].concat());
    }
    frames.line("TGID", spec.guid.as_deref());
    frames.line("TCAT", spec.category.as_deref());
    frames.line("TKWD", Some(&spec.keywords.join(",")));
    frames.text("TDES", spec.description.as_deref().and_then(lines));
    if let Some(text) = spec.notes.as_deref().and_then(lines) {
        let notes = Lyrics { lang: language.to_string(), description: String::new(), text };
        frames.add("USLT", Content::Lyrics(notes), frames.text_encoding());
    }
    frames.chapters(spec)?;
    if let Some(cover) = &spec.cover {
        frames.add("APIC", picture(cover, PictureType::CoverFront), Encoding::Latin1);
    }
    Ok(frames.tag)
}

struct Frames {
    version: Version,
    tag: Tag,
}

impl Frames {
    fn text_encoding(&self) -> Encoding {
        match self.version {
            Version::V23 => Encoding::UTF16,
            Version::V24 => Encoding::UTF8,
        }
    }

    fn add(&mut self, id: &str, content: Content, encoding: Encoding) {
        // The tag's own rule for what replaces what is not wanted: no id is added twice but `CHAP`,
        // whose frames differ in their element ids.
        self.tag.add_frame(Frame::with_content(id, content).set_encoding(Some(encoding)));
    }

    fn text(&mut self, id: &str, text: Option<String>) {
        if let Some(text) = text {
            self.add(id, Content::Text(text), self.text_encoding());
        }
    }

    fn line(&mut self, id: &str, text: Option<&str>) {
        self.text(id, text.and_then(line));
    }

    /// Numbers, dates and languages are ISO-8859-1 in version 2.3 (ID3v2.3.0, section 3.3).
    fn ascii(&mut self, id: &str, text: Option<String>) {
        if let Some(text) = text {
            self.add(id, Content::Text(text), Encoding::Latin1);
        }
    }

    fn link(&mut self, id: &str, url: Option<&str>) {
        if let Some(url) = url.and_then(address) {
            self.add(id, Content::Link(url), Encoding::Latin1);
        }
    }

    fn raw(&mut self, id: &str, data: Vec<u8>) {
        let version = self.version.into();
        self.add(id, Content::Unknown(Unknown { data, version }), Encoding::Latin1);
    }

    fn chapters(&mut self, spec: &TagSpec) -> Result<(), TagError> {
        let chapters = spec.chapters.as_deref().unwrap_or_default();
        if chapters.is_empty() {
            return Ok(());
        }
        let times = times(chapters, spec.duration)?;
        let elements: Vec<String> = (0..times.len()).map(|index| format!("chp{index}")).collect();
        let title = spec.title.as_deref().and_then(line);
        let contents = TableOfContents {
            element_id: "toc".to_owned(),
            top_level: true,
            ordered: true,
            elements: elements.clone(),
            frames: title.into_iter().map(|title| self.sub_title(title)).collect(),
        };
        self.add("CTOC", Content::TableOfContents(contents), Encoding::Latin1);
        for ((element_id, (start_time, end_time)), TagChapter { chapter, picture: image }) in
            elements.into_iter().zip(times).zip(chapters)
        {
            let mut sub = Vec::new();
            sub.extend(line(&chapter.title).map(|title| self.sub_title(title)));
            if let Some(link) = chapter.url.as_deref().and_then(address) {
                let link = ExtendedLink { description: CHAPTER_LINK.to_owned(), link };
                sub.push(latin1("WXXX", Content::ExtendedLink(link)));
            }
            if let Some(image) = image {
                sub.push(latin1("APIC", picture(image, PictureType::Other)));
            }
            let chapter = Chapter {
                element_id,
                start_time,
                end_time,
                start_offset: NO_OFFSET,
                end_offset: NO_OFFSET,
                frames: sub,
            };
            self.add("CHAP", Content::Chapter(chapter), Encoding::Latin1);
        }
        Ok(())
    }

    fn sub_title(&self, title: String) -> Frame {
        Frame::text("TIT2", title).set_encoding(Some(self.text_encoding()))
    }
}

fn latin1(id: &str, content: Content) -> Frame {
    Frame::with_content(id, content).set_encoding(Some(Encoding::Latin1))
}

/// Without a description, which ISO-8859-1 says in one byte that every reader understands.
fn picture(picture: &Picture, picture_type: PictureType) -> Content {
    Content::Picture(ApicPicture {
        mime_type: picture.mime().to_owned(),
        picture_type,
        description: String::new(),
        data: picture.bytes().to_vec(),
    })
}

/// Each chapter's start and end in milliseconds: ends join, the last is the end of the audio.
fn times(chapters: &[TagChapter], duration: Duration) -> Result<Vec<(u32, u32)>, TagError> {
    if chapters.len() > MAX_CHAPTERS {
        return Err(TagError::TooManyChapters { count: chapters.len() });
    }
    let end = milliseconds(duration)?;
    let mut starts = Vec::with_capacity(chapters.len() + 1);
    for (number, TagChapter { chapter, .. }) in (1..).zip(chapters) {
        let start = milliseconds(chapter.start)?;
        if starts.last().is_some_and(|&last| start <= last) {
            return Err(TagError::ChapterOrder { number, start: chapter.start });
        }
        if start >= end {
            return Err(TagError::ChapterPastEnd { number, start: chapter.start, duration });
        }
        starts.push(start);
    }
    starts.push(end);
    Ok(starts.windows(2).map(|pair| (pair[0], pair[1])).collect())
}

fn milliseconds(time: Duration) -> Result<u32, TagError> {
    // The largest value stays free: it means "not given" beside it.
    u32::try_from(time.as_millis()).ok().filter(|&ms| ms < u32::MAX).ok_or(TagError::TooLong(time))
}

/// One line of text: a break or other control character becomes a space.
///
/// Text frames hold no line breaks in ID3v2.3 (section 3.3), and a NUL would end the text.
fn line(text: &str) -> Option<String> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let text = text.replace("\r\n", " ").replace(breaks, " ");
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Several lines of text: `\n` between them, no other control character but tabs.
fn lines(text: &str) -> Option<String> {
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.retain(|c| matches!(c, '\n' | '\t') || !c.is_control());
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// An address in ASCII, as URL frames want it; what else it holds is percent-encoded as UTF-8.
fn address(url: &str) -> Option<String> {
    let url = url.trim();
    let mut ascii = String::with_capacity(url.len());
    for byte in url.bytes() {
        if byte.is_ascii_graphic() {
            ascii.push(char::from(byte));
        } else {
            ascii.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(ascii).filter(|url| !url.is_empty())
}
