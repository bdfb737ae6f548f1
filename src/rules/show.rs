//! What `onair.toml` must say for platforms to take the show.

use super::finding::Finding;
use super::registry as rule;
use crate::show::guid::podcast_guid;
use crate::show::read::FileTrouble;
use crate::show::words::nearest;
use crate::show::{Settings, Source};

/// What is known of a picture file by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `JPEG`, `PNG`, or another format's name.
    pub format: &'static str,
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Whether its colours are those of print (CMYK) and not of screens.
    pub cmyk: bool,
}

/// Reads a picture's format and size from its first bytes.
pub fn picture(bytes: &[u8]) -> Option<Picture> {
    let size = imagesize::blob_size(bytes).ok()?;
    let format = match imagesize::image_type(bytes).ok()? {
        imagesize::ImageType::Jpeg => "JPEG",
        imagesize::ImageType::Png => "PNG",
        imagesize::ImageType::Gif => "GIF",
        imagesize::ImageType::Webp => "WebP",
        _ => "another format",
    };
    let cmyk = format == "JPEG" && jpeg_components(bytes) == Some(4);
    Some(Picture { format, width: size.width, height: size.height, cmyk })
}

/// How many colours a JPEG's frame header names (ITU T.81, B.2.2): four are CMYK or its like.
fn jpeg_components(bytes: &[u8]) -> Option<u8> {
    let mut at = 2;
    loop {
        let (&[0xff, marker], rest) = bytes.get(at..)?.split_first_chunk::<2>()? else {
            return None;
        };
        match marker {
            // Fill before a marker; markers that stand alone.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            // Frame headers; among them three tables have their codes.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => return rest.get(7).copied(),
            _ => at += 2 + usize::from(u16::from_be_bytes(*rest.first_chunk()?)),
        }
    }
}

/// The artwork as it was found: its picture, `None` for a file that is no picture, or why not.
pub type Artwork = Result<Option<Picture>, FileTrouble>;

/// Apple's limit on the show's description, in bytes.
const MAX_DESCRIPTION: usize = 4000;

/// The rules of the settings.
pub fn settings(
    settings: &Settings,
    source: &Source,
    artwork: &Artwork,
    findings: &mut Vec<Finding>,
) {
    check_artwork(settings, source, artwork, findings);
    check_categories(settings, source, findings);
    let language = &settings.show.language;
    if !is_language(language.get_ref()) {
        findings.push(
            Finding::at(
                &rule::LANGUAGE,
                source,
                language.span(),
                format!("`{}` is not a language code", language.get_ref()),
            )
            .expected("an ISO 639-1 code, with a country if you like: `fr`, `en-us`"),
        );
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
    if settings.show.owner.is_none() {
        findings.push(
            Finding::on_file(
                &rule::OWNER,
                &source.path,
                "the show has no owner whom a platform can write to",
            )
            .help("add [show.owner] with `name` and `email`"),
        );
    }
}

fn check_artwork(
    settings: &Settings,
    source: &Source,
    artwork: &Artwork,
    findings: &mut Vec<Finding>,
) {
    let place = &settings.show.artwork;
    let path = place.get_ref();
    let problem = match artwork {
        Err(trouble) => Some(format!("the artwork {path}: {trouble}")),
        Ok(None) => Some(format!("the artwork {path} is not a picture")),
        Ok(Some(Picture { format, width, height, cmyk })) => {
            let named =
                match path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                    "jpg" | "jpeg" => "JPEG",
                    "png" => "PNG",
                    _ => "another format",
                };
            if !matches!(*format, "JPEG" | "PNG") {
                Some(format!("the artwork {path} is {format}"))
            } else if *format != named {
                Some(format!("the artwork {path} is {format}, which its name does not say"))
            } else if width != height || !(1400..=3000).contains(width) {
                Some(format!("the artwork {path} has {width} x {height} pixels"))
            } else if *cmyk {
                Some(format!("the artwork {path} has the colours of print (CMYK)"))
            } else {
                None
            }
        }
    };
    if let Some(message) = problem {
        findings.push(
            Finding::at(&rule::ARTWORK, source, place.span(), message)
                .expected("a square RGB JPEG or PNG of 1400 x 1400 to 3000 x 3000 pixels, with the ending of its format"),
        );
    }
}

fn check_categories(settings: &Settings, source: &Source, findings: &mut Vec<Finding>) {
    let place = &settings.show.category;
    let finding = |message: String| Finding::at(&rule::CATEGORY, source, place.span(), message);
    let tops: Vec<&str> = CATEGORIES.iter().map(|(top, _)| *top).collect();
    let paths = place.get_ref().paths();
    if paths.is_empty() {
        findings.push(
            finding("the show has no category".to_owned())
                .expected("one of Apple's categories, as in `[\"News\", \"Tech News\"]`"),
        );
    }
    for (top, sub) in paths {
        let Some((_, subs)) = CATEGORIES.iter().find(|(known, _)| *known == top) else {
            let message = finding(format!("Apple has no category `{top}`"));
            findings.push(match nearest(top, &tops) {
                Some(near) => message.help(format!("did you mean `{near}`?")),
                None => message.expected(tops.join(", ")),
            });
            continue;
        };
        let Some(sub) = sub.filter(|sub| !subs.contains(sub)) else { continue };
        let message = finding(format!("Apple's category `{top}` has no `{sub}`"));
        let elsewhere = CATEGORIES.iter().find(|(_, subs)| subs.contains(&sub));
        findings.push(match (elsewhere, nearest(sub, subs)) {
            (Some((other, _)), _) => message
                .help(format!("`{sub}` belongs to `{other}`: write `[\"{other}\", \"{sub}\"]`")),
            (None, Some(near)) => message.help(format!("did you mean `{near}`?")),
            (None, None) if subs.is_empty() => message.help(format!("write `\"{top}\"` alone")),
            (None, None) => message.expected(subs.join(", ")),
        });
    }
}

/// ISO 639-1, with a region if there is one.
fn is_language(code: &str) -> bool {
    let code = code.to_ascii_lowercase();
    let (language, region) = code.split_once('-').unwrap_or((&code, "us"));
    let known = language.len() == 2 && LANGUAGES.split(' ').any(|known| known == language);
    known && (2..=4).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_alphanumeric())
}

const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Apple Podcasts' categories and their subcategories.
const CATEGORIES: [(&str, &[&str]); 19] = [
    ("Arts", &["Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"]),
    (
        "Business",
        &["Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"],
    ),
    ("Comedy", &["Comedy Interviews", "Improv", "Stand-Up"]),
    ("Education", &["Courses", "How To", "Language Learning", "Self-Improvement"]),
    ("Fiction", &["Comedy Fiction", "Drama", "Science Fiction"]),
    ("Government", &[]),
    ("History", &[]),
    (
        "Health & Fitness",
        &["Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"],
    ),
    ("Kids & Family", &["Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"]),
    (
        "Leisure",
        &[
            "Animation & Manga",
            "Automotive",
            "Aviation",
            "Crafts",
            "Games",
            "Hobbies",
            "Home & Garden",
            "Video Games",
        ],
    ),
    ("Music", &["Music Commentary", "Music History", "Music Interviews"]),
    (
        "News",
        &[
            "Business News",
            "Daily News",
            "Entertainment News",
            "News Commentary",
            "Politics",
            "Sports News",
            "Tech News",
        ],
    ),
    (
        "Religion & Spirituality",
        &["Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion", "Spirituality"],
    ),
    (
        "Science",
        &[
            "Astronomy",
            "Chemistry",
            "Earth Sciences",
            "Life Sciences",
            "Mathematics",
            "Natural Sciences",
            "Nature",
            "Physics",
            "Social Sciences",
        ],
    ),
    (
        "Society & Culture",
        &["Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"],
    ),
    (
        "Sports",
        &[
            "Baseball",
            "Basketball",
            "Cricket",
            "Fantasy Sports",
            "Football",
            "Golf",
            "Hockey",
            "Rugby",
            "Running",
            "Soccer",
            "Swimming",
            "Tennis",
            "Volleyball",
            "Wilderness",
            "Wrestling",
        ],
    ),
    ("Technology", &[]),
    ("True Crime", &[]),
    (
        "TV & Film",
        &["After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        for good in ["fr", "en-us", "EN-GB", "zh-Hans"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["français", "xx", "", "fr-", "fra"] {
            assert!(!is_language(bad), "{bad}");
        }
    }

    #[test]
    fn a_picture_is_known_by_its_bytes() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\x78\0\0\x05\x78\x08\x02\0\0\0";
        let expected = Picture { format: "PNG", width: 1400, height: 1400, cmyk: false };
        assert_eq!(picture(png), Some(expected));
        assert_eq!(picture(b"GIF"), None);
    }

    /// A JPEG's first bytes: a table, and a frame header with so many components.
    fn jpeg(components: u8) -> Vec<u8> {
        let frame = [0xff, 0xc2, 0, 8 + 3 * components, 8, 0x05, 0x78, 0x05, 0x78, components];
        let table = [0xff, 0xc4, 0, 4, 0xff, 0xc0];
        let rest = vec![0; 3 * usize::from(components)];
        [&[0xff, 0xd8][..], &[0xff, 0xe0, 0, 4, 0, 0], &table, &frame, &rest].concat()
    }

    #[test]
    fn the_colours_of_print_are_told_from_those_of_screens() {
        for (components, cmyk) in [(1, false), (3, false), (4, true)] {
            let found = picture(&jpeg(components)).unwrap();
            assert_eq!((found.width, found.cmyk), (1400, cmyk), "{components}");
        }
        let settings_source = Source::new(
            "onair.toml",
            "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
             category = \"Arts\"\nartwork = \"a.jpg\"\n[site]\nurl = \"https://s.example\"\n",
        );
        let shown = Settings::parse(&settings_source).unwrap();
        let said = |artwork| {
            let mut findings = Vec::new();
            settings(&shown, &settings_source, &Ok(artwork), &mut findings);
            findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>()
        };
        let print = "the artwork a.jpg has the colours of print (CMYK)".to_owned();
        assert!(said(picture(&jpeg(4))).contains(&print));
        assert!(!said(picture(&jpeg(3))).iter().any(|message| message.contains("artwork")));
    }

    #[test]
    fn no_bytes_break_the_reader_of_colours() {
        let whole = jpeg(4);
        for end in 0..whole.len() {
            let _ = jpeg_components(&whole[..end]);
        }
        assert_eq!(jpeg_components(&[0xff, 0xd8, 0xff, 0xc4, 0, 0, 0, 0]), None);
        // Fill may stand before a marker.
        let filled = [&[0xff, 0xd8, 0xff, 0xff][..], &whole[2..]].concat();
        assert_eq!(jpeg_components(&filled), Some(4));
    }
}
