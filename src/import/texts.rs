//! Which of an item's texts is the description and which the notes, so that the feed that is made of
//! both has all of them, and says nothing twice.

use super::{html, markdown};
use crate::site::html::Resolve;

/// A description is a line or two; a longer one is notes.
const SHORT: usize = 600;
/// The longest that a description may be, in bytes.
const MAX_DESCRIPTION: usize = 4000;

/// What a feed says of an episode in several places, as it stands there.
#[derive(Debug, Default)]
pub struct Given<'a> {
    pub title: &'a str,
    pub subtitle: &'a str,
    /// `description`
    pub description: &'a str,
    /// `content:encoded`
    pub content: &'a str,
    /// `itunes:summary`
    pub summary: &'a str,
    /// Whether onair wrote the feed, whose description is the subtitle where there is no other.
    pub is_own: bool,
}

/// The texts of an episode's file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// A line of HTML, where the feed's description is none of the notes.
    pub description: Option<String>,
    /// Markdown.
    pub notes: String,
    /// Whether `itunes:summary` says what nothing else says.
    pub summary: bool,
}

/// A text with what it is compared by.
struct Text<'a> {
    raw: &'a str,
    letters: String,
    links: usize,
}

impl<'a> Text<'a> {
    fn of(raw: &'a str) -> Self {
        let html = html::unescaped(raw);
        let links = html.to_ascii_lowercase().matches("<a ").count();
        Self { raw, letters: letters(&html), links }
    }

    fn is_empty(&self) -> bool {
        self.letters.is_empty() && !self.raw.contains("<img")
    }
}

fn letters(text: &str) -> String {
    let words = match html::is_html(text) {
        true => html::words(text).into(),
        false => html::read(text),
    };
    let letters = html::letters(&words);
    // Signs alone, or an address, are compared as they are.
    if letters.is_empty() { words.split_whitespace().collect() } else { letters }
}

/// How a short text and a long one stand to each other.
enum Relation {
    /// The long one says all of it.
    Within,
    /// It says all of the long one, and more.
    Beyond,
    /// Each says something of its own.
    Other,
}

fn relation(short: &Text<'_>, long: &Text<'_>) -> Relation {
    if long.letters.contains(&short.letters) || is_excerpt(short.raw, &long.letters) {
        return Relation::Within;
    }
    match short.letters.contains(&long.letters) && short.links >= long.links {
        true => Relation::Beyond,
        false => Relation::Other,
    }
}

/// Whether a text is the start of another, cut off: blogs end it with `[…]`, and some write behind it
/// where to read on.
fn is_excerpt(short: &str, long: &str) -> bool {
    let text = html::words(&html::unescaped(short));
    let marks = ["[…]", "[...]", "[ … ]", "…", "...", "(more…)"];
    let found = marks.iter().filter_map(|mark| Some((text.find(mark)?, mark.len())));
    let Some((at, length)) = found.min() else { return false };
    let (head, tail) = (&text[..at], &text[at + length..]);
    let (head, tail) = (html::letters(head), html::letters(tail));
    let reads_on = ["continuereading", "readmore", "thepost", "weiterlesen", "liresuite", "moreon"];
    head.len() > 10
        && long.starts_with(&head)
        && (tail.is_empty()
            || long.contains(&tail)
            || reads_on.iter().any(|start| tail.starts_with(start) && tail.len() < 300))
}

/// Decides. `resolve` makes absolute addresses.
pub fn settle(given: &Given<'_>, resolve: &Resolve<'_>) -> Settled {
    let [description, content, summary] =
        [given.description, given.content, given.summary].map(Text::of);
    let mut own_summary = false;
    let (short, mut notes) = match (content.is_empty(), description.is_empty()) {
        (false, false) => (Some(description), content),
        (false, true) => (None, content),
        (true, _) => (None, description),
    };
    let mut short = short.filter(|short| match relation(short, &notes) {
        Relation::Within => is_first_paragraph(short, notes.raw),
        _ => true,
    });
    if let Some(longer) = short.take_if(|short| matches!(relation(short, &notes), Relation::Beyond))
    {
        notes = longer;
    }
    if !summary.is_empty() {
        let said = short.iter().any(|short| matches!(relation(&summary, short), Relation::Within))
            || matches!(relation(&summary, &notes), Relation::Within);
        if notes.is_empty() || (!said && matches!(relation(&summary, &notes), Relation::Beyond)) {
            notes = summary;
        } else {
            own_summary = !said;
        }
    }
    // Words that the feed has for want of others say nothing new.
    let plain = notes.raw.trim();
    let said = crate::site::text::one_line(&html::read(plain));
    let is_said = |text: &str| plain == text || said == crate::site::text::one_line(text);
    if short.is_none() && (is_said(given.title) || given.is_own && is_said(given.subtitle)) {
        return Settled { summary: own_summary, ..Settled::default() };
    }
    let Some(short) = short else {
        if let Some(line) = plain_line(plain) {
            return Settled { description: Some(line), summary: own_summary, ..Settled::default() };
        }
        return Settled {
            notes: markdown::of(notes.raw, resolve),
            summary: own_summary,
            ..Settled::default()
        };
    };
    if let Some((paragraph, rest)) = first_paragraph(notes.raw)
        && is_line(paragraph)
        && letters(paragraph) == short.letters
    {
        return Settled {
            description: Some(line(paragraph, resolve)),
            notes: markdown::of(rest, resolve),
            summary: own_summary,
        };
    }
    let described = line(short.raw, resolve);
    let notes = markdown::of(notes.raw, resolve);
    if described.len() > MAX_DESCRIPTION {
        let described = markdown::of(short.raw, resolve);
        return Settled {
            description: None,
            notes: format!("{described}\n\n{notes}"),
            summary: own_summary,
        };
    }
    Settled { description: Some(described), notes, summary: own_summary }
}

/// A short text on one line, without markup: it is the feed's description to the letter.
fn plain_line(text: &str) -> Option<String> {
    let unescaped = html::unescaped(text);
    let is_line = !html::is_html(&unescaped) && text.len() <= SHORT && !text.contains('\n');
    is_line
        .then(|| crate::site::text::one_line(&html::read(text)))
        .filter(|line| !line.is_empty())
        // What the description's own reader would take for markup.
        .map(|line| if line.contains(['<', '&']) { escape(&line) } else { line })
}

/// A text of a line of HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn is_first_paragraph(short: &Text<'_>, notes: &str) -> bool {
    first_paragraph(notes).is_some_and(|(paragraph, rest)| {
        let is_all = letters(rest).is_empty();
        let bare = |html: &str| html::words(html).split_whitespace().collect::<String>();
        // Where the rest is signs alone, only these tell whether it is said already.
        let is_signs = html::letters(&html::words(rest)).is_empty();
        is_line(paragraph)
            && letters(paragraph) == short.letters
            && (is_all || !is_signs || bare(&html::unescaped(short.raw)) == bare(paragraph))
            // All that is said, and plain: a description without notes.
            && (!is_all || (plain_line(short.raw).is_some() && !rest.contains('<')))
    })
}

/// What stands in the first paragraph of HTML, and the rest.
fn first_paragraph(html: &str) -> Option<(&str, &str)> {
    let inside = html.trim_start().strip_prefix("<p>")?;
    let (paragraph, rest) = inside.split_once("</p>")?;
    Some((paragraph.trim(), rest.trim_start()))
}

/// Whether HTML has only what a description may have.
fn is_line(html: &str) -> bool {
    const TAGS: [&str; 7] = ["a", "b", "br", "code", "em", "i", "strong"];
    html::tags(html).all(|tag| TAGS.contains(&tag))
}

/// A text as the line of HTML that a description is: blocks are parted by line breaks.
fn line(text: &str, resolve: &Resolve<'_>) -> String {
    let text = html::unescaped(text);
    if !html::is_html(&text) {
        let lines = html::lines(&text);
        // Only where it would be read as more than a text is it HTML.
        return match lines.contains(['<', '&', '\n']) {
            true => escape(&lines).replace('\n', "<br>"),
            false => lines,
        };
    }
    let clean = html::clean(&html::with_breaks(&text), resolve);
    match html::tree(&clean) {
        Some(tree) => html::line(&tree),
        None => crate::site::text::escape(&crate::site::text::from_clean_html(&clean)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(description: &str, content: &str) -> (String, String) {
        let (title, subtitle) = ("T", "Hello");
        let given = Given { title, subtitle, description, content, ..Given::default() };
        let settled = settle(&given, &|link| Some(link.to_owned()));
        (settled.description.unwrap_or_default(), settled.notes)
    }

    fn both(description: &str, notes: &str) -> (String, String) {
        (description.to_owned(), notes.to_owned())
    }

    #[test]
    fn one_text_is_the_notes() {
        assert_eq!(of("Words &amp; more.", ""), both("Words &amp; more.", ""));
        assert_eq!(of("Words.", "<p>Words.</p>"), both("Words.", ""));
        assert_eq!(of("Words.\n\nMore.", ""), both("", "Words.\n\nMore."));
        assert_eq!(of("", "<p>Words.</p>"), both("", "Words."));
        assert_eq!(
            of("<p>A</p><p><a href=\"https://a.example\">B</a></p>", ""),
            both("", "A\n\n[B](https://a.example)")
        );
        assert_eq!((of("T", ""), of("Hello", "")), (both("", ""), both("Hello", "")));
        assert_eq!(of("Hello", "Hello"), both("Hello", ""));
        let own =
            Given { subtitle: "Hello", description: "Hello", is_own: true, ..Given::default() };
        assert_eq!(settle(&own, &|_| None), Settled::default());
    }

    #[test]
    fn nothing_is_said_twice() {
        let links = "<p>We talk.</p><ul><li><a href=\"https://a.example\">A site</a></li></ul>";
        let notes = "We talk.\n\n- [A site](https://a.example)";
        assert_eq!(of("We talk.\nA site (https://a.example)", links), both("", notes));
        assert_eq!(
            of("<div>We’ll talk.</div><p>More</p>", "We'll talk.\n<p>More</p>"),
            both("", "We'll talk.\n\nMore")
        );
        let excerpt = "I know what you&#8217;re thinking, this is [&#8230;]";
        let whole = "<p>I know what you&#8217;re thinking, this is it.</p><p>More.</p>";
        assert_eq!(
            of(excerpt, whole),
            both("", "I know what you’re thinking, this is it.\n\nMore.")
        );
        let post = "I know what you're thinking, this [...]<p>The post <a href='x'>T</a> appeared first on <a href='y'>Z</a>.</p>";
        assert_eq!(of(post, whole).0, "");
        // The first paragraph alone is a short text of its own.
        assert_eq!(
            of("We talk.", "<p>We <b>talk</b>.</p><p>And more.</p>"),
            both("We <b>talk</b>.", "And more.")
        );
        // A longer description takes the notes' place.
        assert_eq!(of("<p>A b.</p><p>Ads.</p>", "A b."), both("", "A b.\n\nAds."));
    }

    #[test]
    fn two_that_differ_are_kept() {
        assert_eq!(
            of(
                "<p>Short &amp; <a href='https://a.example'>sweet</a></p><ul><li>one</li></ul>",
                "<p>Long.</p>"
            ),
            both("Short &amp; <a href=\"https://a.example\">sweet</a><br><br>• one", "Long.")
        );
        assert_eq!(of("R&D, 3 < 4", "x"), both("R&amp;D, 3 &lt; 4", "x"));
    }

    #[test]
    fn a_summary_of_its_own_is_told() {
        let settle = |summary| {
            let given = Given { description: "Short words.", summary, ..Given::default() };
            let settled = settle(&given, &|link| Some(link.to_owned()));
            (settled.description.unwrap_or_default(), settled.summary)
        };
        assert_eq!(
            settle("Short words. And long ones."),
            ("Short words. And long ones.".to_owned(), false)
        );
        assert_eq!(settle("Something else."), ("Short words.".to_owned(), true));
        assert_eq!(settle("<b>Short words</b>"), ("Short words.".to_owned(), false));
    }
}
