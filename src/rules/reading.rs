//! Meaning that is lost in silence on the way from a file to its values: what YAML leaves out or reads
//! otherwise elsewhere, keys of other generators, files that are no episodes.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::registry::{self as rule, Severity};
use super::shorten::shorten;
use crate::show::edit::{quoted, requote};
use crate::show::keys::{Foreign, Means};
use crate::show::read::{Other, OtherKind};
use crate::show::readings::Reading;
use crate::show::{Episode, Given, Span};

/// What an episode's file says and its values do not.
pub fn episode(episode: &Episode, findings: &mut Vec<Finding>) {
    for reading in &episode.readings {
        findings.extend(finding(episode, reading));
    }
    for span in &episode.idle_properties {
        let text = &episode.source.text;
        let name = text[span.clone()].split_whitespace().next().unwrap_or_default();
        let does = if name == "!" { "is a tag for YAML" } else { "names this value for YAML" };
        let message = format!("`{name}` {does}, and no part of the value");
        findings.push(
            Finding::at(
                &rule::TEXT_LOST,
                &episode.source,
                span.start..span.start + name.len(),
                message,
            )
            .help("put quotes around the value if it is meant; take it out otherwise"),
        );
    }
    title(episode, findings);
}

/// What is to be said of a place that says another thing than its value.
fn finding(episode: &Episode, reading: &Reading) -> Option<Finding> {
    let source = &episode.source;
    match reading {
        Reading::Comment { key, text, span, comment } => {
            let lost = &source.text[comment.clone()];
            let is_remark = is_remark(lost);
            if is_remark && text.is_empty() {
                return None;
            }
            let from = if text.is_empty() { comment.start } else { span.start };
            let message =
                format!("`{}` is a comment for YAML, and no part of the {key}", shorten(lost));
            let whole = format!("{text} {lost}");
            let whole = whole.trim_start();
            let help =
                format!("put quotes around the whole if it is meant: {}", shorten(&quoted(whole)));
            let mut finding = Finding::at(&rule::TEXT_LOST, source, comment.clone(), message)
                .help(help)
                .suggest(from..comment.end, quoted(whole));
            if is_remark {
                finding.severity = Severity::Note;
            }
            Some(finding)
        }
        Reading::NumberSign { key, comment } => {
            let lost = &source.text[comment.clone()];
            let digits = lost.trim_start_matches('#').trim();
            let message = format!("`{lost}` is a comment for YAML, and no {key} number");
            Some(
                Finding::at(&rule::TEXT_LOST, source, comment.clone(), message)
                    .help(format!("write `{key}: {digits}`"))
                    .suggest(comment.clone(), digits),
            )
        }
        Reading::Swallowed { key, name } => {
            let lost = &source.text[name.clone()];
            let message =
                format!("`{lost}` is no key here: YAML reads the line as part of the {key}");
            Some(
                Finding::at(&rule::TEXT_LOST, source, name.clone(), message)
                    .help("start the line at the margin, with a space behind the colon"),
            )
        }
        Reading::Brackets { key, span } => {
            let whole = &source.text[span.clone()];
            let message = format!(
                "`{}` is a list for YAML: the {key} is published without the brackets",
                shorten(whole)
            );
            let whole = shorten(&quoted(whole));
            let help = format!("put quotes around the whole if they are meant: {whole}");
            Some(Finding::at(&rule::TEXT_LOST, source, span.clone(), message).help(help))
        }
        Reading::NotWeb { key, span, meant } => {
            let lost = shorten(&source.text[span.clone()]);
            let message = format!("{lost} is not a web address: `{key}` is published without it");
            let finding = Finding::at(&rule::TEXT_LOST, source, span.clone(), message);
            Some(match meant {
                Some(url) => {
                    finding.help(format!("write `{url}`")).suggest(span.clone(), quoted(url))
                }
                None => finding.help("an address starts with `https://`"),
            })
        }
        Reading::Octal { key, text, span } => {
            let digits = text.trim_start_matches('0');
            let other = u64::from_str_radix(digits, 8).ok()?;
            let message = format!("`{text}` is {digits} here, and {other} to readers of YAML 1.1");
            Some(
                Finding::at(&rule::YAML_READING, source, span.clone(), message)
                    .help(format!("write `{key}: {digits}`"))
                    .suggest(span.clone(), digits),
            )
        }
        Reading::Sexagesimal { text, span } => {
            let seconds = episode.duration.value()?;
            let message =
                format!("`{text}` without quotes is the number {seconds} to readers of YAML 1.1");
            let field = episode.field("duration")?;
            let mut finding = Finding::at(&rule::YAML_READING, source, span.clone(), message)
                .help(format!("write `{}: {}`", field.key, quoted(text)))
                .suggest(span.clone(), quoted(text));
            finding.severity = Severity::Note;
            Some(finding)
        }
        Reading::NoOffset => {
            let Given::Good(date) = &episode.date else { return None };
            let message =
                "this date is in the show's time zone here, and in UTC to many readers of YAML";
            let mut finding = Finding::at(&rule::YAML_READING, source, date.span.clone(), message)
                .help("write the offset, as in 2022-05-27 07:00:00 +0200");
            finding.severity = Severity::Note;
            date.value.offset.is_none().then_some(finding)
        }
        // Said of the title as a whole, below.
        Reading::TitleBreak => None,
    }
}

/// Whether a comment is a person's remark: it has a space in front of its words, which `#5` has not, nor is it
/// a number, as in `# 5`.
fn is_remark(comment: &str) -> bool {
    let words = comment.trim_start_matches('#');
    let is_number =
        words.trim().bytes().all(|byte| byte.is_ascii_digit()) && !words.trim().is_empty();
    words.is_empty() || words.starts_with([' ', '\t']) && !is_number
}

/// A title is a line of plain text (Apple Podcasts, "episode title").
fn title(episode: &Episode, findings: &mut Vec<Finding>) {
    let Given::Good(title) = &episode.title else { return };
    let entity = entities(&title.value);
    let (what, meant) = if episode.readings.contains(&Reading::TitleBreak) {
        ("a line break, which is published as a space", title.value.clone())
    } else if entity != title.value {
        ("an HTML entity, which apps show as it stands", entity)
    } else if let Some(plain) = without_tags(&title.value) {
        ("HTML, which apps show as it stands", plain)
    } else if let Some(words) = within_quotes(&title.value) {
        let written = &episode.source.text[title.span.clone()];
        // Within YAML's own quotes they are the title's.
        if written.trim() != title.value {
            return;
        }
        let message = "typographic quotes around a title are published as a part of it";
        let help = format!(
            "write `{}`, or `{}` if they belong to the title",
            shorten(&quoted(words)),
            shorten(&quoted(&title.value))
        );
        let finding = Finding::at(&rule::TITLE_TEXT, &episode.source, title.span.clone(), message);
        findings.push(finding.help(help).suggest(title.span.clone(), quoted(words)));
        return;
    } else {
        return;
    };
    let replacement = requote(&episode.source.text[title.span.clone()], &meant);
    findings.push(
        Finding::at(
            &rule::TITLE_TEXT,
            &episode.source,
            title.span.clone(),
            format!("the title holds {what}"),
        )
        .help(format!("write `{}`", shorten(&replacement)))
        .suggest(title.span.clone(), replacement),
    );
}

/// What a pair of typographic quotes holds, if that is all of a text.
fn within_quotes(text: &str) -> Option<&str> {
    let pairs =
        [('“', '”'), ('”', '”'), ('„', '“'), ('„', '”'), ('«', '»'), ('»', '«'), ('‘', '’')];
    let words = |(open, close)| text.strip_prefix(open)?.strip_suffix(close);
    let words = pairs.into_iter().find_map(words)?;
    let is_quote = |c: char| pairs.iter().any(|(open, close)| c == *open || c == *close);
    (!words.trim().is_empty() && !words.contains(is_quote)).then_some(words.trim())
}

/// A text with HTML's most used entities as the characters that they name.
fn entities(text: &str) -> String {
    let named = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&#8217;", "’"),
        ("&rsquo;", "’"),
        ("&nbsp;", " "),
        ("&#8211;", "–"),
        ("&ndash;", "–"),
        ("&mdash;", "—"),
        ("&hellip;", "…"),
        ("&eacute;", "é"),
        ("&amp;", "&"),
        ("&#38;", "&"),
        ("&#038;", "&"),
    ];
    named.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

/// A text without the tags of HTML that texts have; nothing if it has none.
fn without_tags(text: &str) -> Option<String> {
    let mut plain = text.to_owned();
    for tag in ["b", "i", "em", "strong", "br", "p", "span", "u", "sup", "sub", "a"] {
        for tag in
            [format!("<{tag}>"), format!("</{tag}>"), format!("<{tag}/>"), format!("<{tag} />")]
        {
            plain = plain.replace(&tag, "");
        }
    }
    (plain != text).then_some(plain)
}

/// A file in the folder of episodes that is none.
pub fn other(other: &Other) -> Finding {
    let finding = |message: &str| Finding::on_file(&rule::NO_EPISODE, &other.path, message);
    match other.kind {
        OtherKind::Markdown => finding("this file is not an episode: it has none of an episode's keys")
            .help("give it front matter with `title`, `file` and `date`, or move it out of the folder"),
        OtherKind::Misnamed => {
            finding("this file has an episode's front matter, and is not read: its name does not end in .md")
                .help("give it a name that ends in .md")
        }
        OtherKind::Foreign => {
            let mut finding = finding("this file is not an episode").help("it is left alone");
            finding.severity = Severity::Note;
            finding
        }
    }
}

/// Keys of other generators, each once for the show.
pub fn foreign<'a>(episodes: impl Iterator<Item = &'a Episode>, findings: &mut Vec<Finding>) {
    let mut found: BTreeMap<&str, (&Episode, Span, &Foreign, usize)> = BTreeMap::new();
    for episode in episodes {
        // The later name of `date` in the show that this format comes from.
        for (span, foreign) in episode.foreign.iter().filter(|(_, it)| it.key != "publication") {
            found.entry(foreign.key).or_insert_with(|| (episode, span.clone(), foreign, 0)).3 += 1;
        }
    }
    for (episode, span, foreign, count) in found.into_values() {
        let does = match foreign.means {
            Means::Same(key) | Means::Before(key) => format!("is read as `{key}`"),
            Means::HoldsBack(values) => format!("holds an episode back: {values}"),
            Means::Nothing(why) => format!("does nothing: {why}"),
        };
        let of =
            if foreign.by == "others" { String::new() } else { format!(", of {},", foreign.by) };
        let message = format!("`{}`{of} {does}", foreign.key);
        let also = match count {
            1 => String::new(),
            count => format!("; {count} files have it"),
        };
        findings.push(
            Finding::at(&rule::FOREIGN_KEY, &episode.source, span, format!("{message}{also}"))
                .help("docs/keys.md lists all such keys"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Source;

    /// Each finding's rule, severity and place for an episode of these keys.
    fn found(yaml: &str) -> Vec<String> {
        let text = format!("---\n{yaml}\n---\n");
        let read = Episode::parse(Source::new("episodes/a.md", text.as_str())).unwrap();
        let mut findings = Vec::new();
        episode(&read, &mut findings);
        let place = |finding: &Finding| text[finding.span.clone().unwrap()].to_owned();
        let said = |finding: &Finding| {
            let fix = finding.fix.as_ref().map_or("", |fix| &fix.edit.replacement);
            format!("{} {} [{}] {fix}", finding.rule.id, finding.severity.as_str(), place(finding))
        };
        findings.iter().map(said).collect()
    }

    #[test]
    fn text_behind_a_hash_is_lost() {
        assert_eq!(
            found("title: Ask me anything #5"),
            ["text-lost warning [#5] \"Ask me anything #5\""]
        );
        assert_eq!(
            found("title: Ask # later, maybe"),
            ["text-lost note [# later, maybe] \"Ask # later, maybe\""]
        );
        assert_eq!(found("title: Ask me # 5"), ["text-lost warning [# 5] \"Ask me # 5\""]);
        assert_eq!(found("episode: #4"), ["text-lost warning [#4] 4"]);
        assert_eq!(found("subtitle: #metoo"), ["text-lost warning [#metoo] \"#metoo\""]);
        assert_eq!(found("guests:\n  - name: Ada #1\n")[0], "text-lost warning [#1] \"Ada #1\"");
        for fine in [
            "title: \"Ask #5\" #c",
            "title: Ask#5",
            "size: 12 #c",
            "title:  # to come",
            "episode:  # to come",
            "episode: 4 #c",
            "title:\n#c",
            "title: >\n  a #5\n",
        ] {
            assert!(found(fine).is_empty(), "{fine}: {:?}", found(fine));
        }
    }

    #[test]
    fn brackets_around_a_whole_text_are_lost() {
        assert_eq!(found("title: [Bonus]"), ["text-lost warning [[Bonus]] "]);
        assert_eq!(found("subtitle: [sea, light]"), ["text-lost warning [[sea, light]] "]);
        for fine in
            ["title: \"[Bonus]\"", "title: Bonus [2]", "author: [Ada, Noor]", "title:\n- a\n"]
        {
            assert!(found(fine).is_empty(), "{fine}: {:?}", found(fine));
        }
    }

    #[test]
    fn links_that_lead_nowhere_are_lost() {
        assert_eq!(
            found("links: [{text: Site, link: www.x.example/a}]"),
            ["text-lost warning [www.x.example/a] \"https://www.x.example/a\""]
        );
        assert_eq!(
            found("guests:\n- name: Noor\n  link: \"@noor\"\n"),
            ["text-lost warning [\"@noor\"] "]
        );
        for fine in ["links: [\"https://x.example\"]", "links: [{text: A}]", "guests: [Noor]"] {
            assert!(found(fine).is_empty(), "{fine}: {:?}", found(fine));
        }
    }

    #[test]
    fn what_yaml_reads_as_a_property_is_lost() {
        assert_eq!(found("subtitle: &co news"), ["text-lost warning [&co] "]);
        assert_eq!(found("title: ! Mind the gap"), ["text-lost warning [!] "]);
        // As the YAML of older Rubies has it.
        for fine in ["title: ! 'Mind: the gap'", "title: !!str 5"] {
            assert!(found(fine).is_empty(), "{fine}: {:?}", found(fine));
        }
    }

    #[test]
    fn a_key_within_a_text_is_lost() {
        assert_eq!(found("title: Hello\n  size:12"), ["text-lost warning [size] "]);
        assert_eq!(
            found("description: |\n  Hello\n  duration: 12:00"),
            ["text-lost warning [duration] "]
        );
        for fine in
            ["description: |\n  Hello\n  size: 12\nsize: 12", "title: size:12", "title: a\n  b:c"]
        {
            assert!(found(fine).is_empty(), "{fine}: {:?}", found(fine));
        }
    }

    #[test]
    fn values_that_others_read_otherwise_are_said() {
        assert_eq!(found("episode: 010"), ["yaml-reading warning [010] 10"]);
        assert_eq!(found("duration: 58:48"), ["yaml-reading note [58:48] \"58:48\""]);
        assert_eq!(
            found("date: 2022-05-27 07:00:00"),
            ["yaml-reading note [2022-05-27 07:00:00] "]
        );
        for fine in [
            "episode: 09",
            "episode: 007",
            "episode: \"010\"",
            "duration: 00:58:48",
            "duration: \"58:48\"",
            "date: 2022-05-27",
            "date: 2022-05-27 07:00:00 +0200",
            "size: 100",
        ] {
            assert!(found(fine).is_empty(), "{fine}: {:?}", found(fine));
        }
    }

    #[test]
    fn a_title_is_a_line_of_plain_text() {
        assert_eq!(
            found("title: \"Two\\nlines\"").join(""),
            "title-text warning [\"Two\\nlines\"] \"Two lines\""
        );
        assert_eq!(found("title: Q&amp;A"), ["title-text warning [Q&amp;A] Q&A"]);
        assert_eq!(
            found("title: A <b>bold</b> move"),
            ["title-text warning [A <b>bold</b> move] A bold move"]
        );
        assert_eq!(found("title: “Tale 2”"), ["title-text warning [“Tale 2”] \"Tale 2\""]);
        assert_eq!(found("title: « Conte »"), ["title-text warning [« Conte »] \"Conte\""]);
        for fine in [
            "title: Q&A",
            "title: a < b > c",
            "title: >\n  One\n  line\n",
            "title: R&D; more",
            "title: \"“Tale 2”\"",
            "title: “Tale 2” and “Tale 3”",
            "title: “Tale 2”, again",
            "title: ‘Tis the boys’ tale’",
        ] {
            assert!(found(fine).is_empty(), "{fine}: {:?}", found(fine));
        }
    }
}
