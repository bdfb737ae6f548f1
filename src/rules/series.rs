//! What episodes must be to each other: the faults of a copied front matter.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization;

use super::finding::Finding;
use super::registry::{self as rule, Rule, Severity};
use super::text::head;
use super::{Member, bit_rate, dates, habits};
use crate::show::layout::{numbered, slug};
use crate::show::{Episode, Given, Settings, Span, page};

/// The rules that look at all episodes at once.
pub fn series(
    settings: &Settings,
    members: &[Member<'_>],
    now: Timestamp,
    findings: &mut Vec<Finding>,
) {
    let episodes: Vec<&Episode> = members.iter().map(|member| member.episode).collect();
    duplicates(settings, &episodes, findings);
    aliases(settings, &episodes, findings);
    own_pages(settings, &episodes, findings);
    named_numbers(&episodes, findings);
    copied_sizes(members, findings);
    bit_rate::judge(members, findings);
    dates::judge(settings, &episodes, now, findings);
    habits::judge(&episodes, findings);
}

/// Reports every later one of the episodes that share a key, naming the first.
fn shared<K: Eq + Hash>(
    rule: &'static Rule,
    episodes: &[&Episode],
    key: impl Fn(&Episode) -> Option<(K, Span)>,
    message: impl Fn(&Episode) -> String,
    findings: &mut Vec<Finding>,
) {
    let mut first: HashMap<K, (&Episode, Span)> = HashMap::new();
    for &episode in episodes {
        let Some((key, span)) = key(episode) else { continue };
        match first.get(&key) {
            None => {
                first.insert(key, (episode, span));
            }
            Some((earlier, at)) => {
                findings.push(Finding::at(rule, &episode.source, span, message(earlier)).related(
                    &earlier.source,
                    at.clone(),
                    "it stands here first",
                ))
            }
        }
    }
}

fn duplicates(settings: &Settings, episodes: &[&Episode], findings: &mut Vec<Finding>) {
    shared(
        &rule::DUPLICATE_FILE,
        episodes,
        |episode| {
            // Case apart, for stores and file systems that do not tell it.
            episode.file.located().map(|(name, span)| (name.as_str().to_lowercase(), span))
        },
        |earlier| format!("{} has this `file` too", earlier.source.path),
        findings,
    );
    shared(
        &rule::DUPLICATE_NUMBER,
        episodes,
        |episode| {
            let (number, span) = episode.number.located()?;
            let kind = episode.episode_type.value().copied().unwrap_or_default();
            Some(((episode.season.value().copied(), kind.as_str(), number), span))
        },
        |earlier| format!("{} has this number too", earlier.source.path),
        findings,
    );
    shared(
        &rule::DUPLICATE_GUID,
        episodes,
        |episode| {
            // Two equal files are reported as such; a guid given by hand may equal a file's name.
            let span = episode.guid.value().and(episode.guid.span());
            Some((episode.effective_guid()?.to_owned(), span.or_else(|| episode.file.span())?))
        },
        |earlier| format!("{} has this guid too", earlier.source.path),
        findings,
    );
    findings.retain({
        let doubled: Vec<(String, Option<Span>)> = findings
            .iter()
            .filter(|finding| finding.rule == &rule::DUPLICATE_FILE)
            .map(|finding| (finding.path.clone(), finding.span.clone()))
            .collect();
        move |finding| {
            finding.rule != &rule::DUPLICATE_GUID
                || !doubled.contains(&(finding.path.clone(), finding.span.clone()))
        }
    });
    shared(
        &rule::DUPLICATE_APPLE_ID,
        episodes,
        |episode| episode.apple_id.located(),
        |earlier| format!("{} has this Apple id too", earlier.source.path),
        findings,
    );
    let zone = settings.zone();
    shared(
        &rule::DUPLICATE_DATE,
        episodes,
        |episode| episode.date.located().map(|(date, span)| (date.at(&zone).timestamp(), span)),
        |earlier| format!("{} comes out at this very instant too", earlier.source.path),
        findings,
    );
    shared(
        &rule::PAGE_COLLISION,
        episodes,
        |episode| {
            let page: String = page::path(settings, episode).nfc().collect();
            Some((page.to_lowercase(), head(episode)))
        },
        |earlier| format!("{} has the same page", earlier.source.path),
        findings,
    );
}

/// Old addresses that would lead to two places: the page that stands there, or the first that names it,
/// has it.
fn aliases(settings: &Settings, episodes: &[&Episode], findings: &mut Vec<Finding>) {
    let mut named = episodes.iter().filter(|episode| episode.aliases.value().is_some()).peekable();
    if named.peek().is_none() {
        return;
    }
    let pages = episodes.iter().map(|episode| (page::path(settings, episode), *episode));
    let pages: HashMap<String, &Episode> = pages.collect();
    let mut first: HashMap<&str, &Episode> = HashMap::new();
    for &episode in named {
        let Given::Good(aliases) = &episode.aliases else { continue };
        for path in &aliases.value {
            let page = pages.get(path).map(|other| (*other, "is the page of"));
            let earlier = first.entry(path).or_insert(episode);
            let (other, what) = page.unwrap_or((*earlier, "is an old address, too, of"));
            if other.source.path == episode.source.path {
                continue;
            }
            let message = format!("`aliases` names /{path}, which {what} {}", other.source.path);
            let mut finding =
                Finding::at(&rule::PAGE_COLLISION, &episode.source, aliases.span.clone(), message)
                    .help("take it out of the one that it does not belong to");
            finding.severity = Severity::Warning;
            findings.push(finding);
        }
    }
}

/// Places of the site's own pages that an episode would take.
fn own_pages(settings: &Settings, episodes: &[&Episode], findings: &mut Vec<Finding>) {
    for episode in episodes {
        let path = page::path(settings, episode);
        if page::OF_THE_SITE.contains(&path.as_str()) {
            let span = episode.permalink.span().unwrap_or_else(|| head(episode));
            let message = format!("/{path} is another page of the site");
            findings.push(Finding::at(&rule::PAGE_COLLISION, &episode.source, span, message));
        }
        let Given::Good(aliases) = &episode.aliases else { continue };
        for path in aliases.value.iter().filter(|it| page::OF_THE_SITE.contains(&it.as_str())) {
            let message = format!(
                "`aliases` names /{path}, which is a page of the site: there will be no redirect"
            );
            let span = aliases.span.clone();
            let mut finding = Finding::at(&rule::PAGE_COLLISION, &episode.source, span, message);
            finding.severity = Severity::Warning;
            findings.push(finding);
        }
    }
}

/// How a rule on names reads one: the letters before its number, that, and where a mismatch is shown.
type NameReader = fn(&Episode) -> Option<((String, u32), Span)>;

fn named_numbers(episodes: &[&Episode], findings: &mut Vec<Finding>) {
    fn said(name: &str) -> Option<(String, u32)> {
        numbered(name).map(|(word, number)| (word.to_lowercase(), number))
    }
    let file: NameReader = |episode| {
        let (name, span) = episode.file.located()?;
        Some((said(name.as_str().rsplit_once('.')?.0)?, span))
    };
    let source: NameReader =
        |episode| Some((said(slug(&episode.source.path))?, episode.number.span()?));
    for (rule, read, what) in [
        (&rule::FILE_NUMBER, file, "the MP3's name"),
        (&rule::SOURCE_NUMBER, source, "this file's name"),
    ] {
        // Letters right before a number say what it is: `v2` is none of `ropes11`.
        let mut groups: BTreeMap<String, Vec<(&Episode, u32, u32, Span)>> = BTreeMap::new();
        for &episode in episodes {
            let (Some(((word, named), span)), Some(&number)) =
                (read(episode), episode.number.value())
            else {
                continue;
            };
            groups.entry(word).or_default().push((episode, named, number, span));
        }
        // A habit, not a coincidence: at least three, and four of five.
        groups.retain(|_, named| {
            let agree = named.iter().filter(|(_, named, number, _)| named == number).count();
            agree >= 3 && agree * 5 >= named.len() * 4
        });
        for (episode, named, number, span) in groups.into_values().flatten() {
            if named != number {
                findings.push(
                    Finding::at(
                        rule,
                        &episode.source,
                        span,
                        format!("{what} says {named}, the episode's number is {number}"),
                    )
                    .help("one of the two was copied from another episode"),
                );
            }
        }
    }
}

fn copied_sizes(members: &[Member<'_>], findings: &mut Vec<Finding>) {
    let mut first: HashMap<u64, Member<'_>> = HashMap::new();
    for &member in members {
        let Some((size, span)) = member.episode.size.located() else { continue };
        let earlier = *first.entry(size).or_insert(member);
        if earlier.episode.source.path == member.episode.source.path
            || earlier.proved && member.proved
        {
            continue;
        }
        let both = earlier.episode.duration.value() == member.episode.duration.value();
        let what = if both { "size and duration are" } else { "the size is" };
        let message = format!("{what} the same as in {}", earlier.episode.source.path);
        let at = earlier.episode.size.span().unwrap_or_default();
        findings.push(
            Finding::at(&rule::COPIED_SIZE, &member.episode.source, span, message)
                .help("put the MP3 in the audio folder and run `onair check --fix`")
                .related(&earlier.episode.source, at, "it stands here too"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Source;

    /// What is said of the names of MP3s, whose episodes are numbered from 1.
    fn found(names: &[&str]) -> Vec<String> {
        let read = |(at, name): (usize, &&str)| {
            let text = format!("---\nepisode: {}\nfile: {name}.mp3\n---\n", at + 1);
            Episode::parse(Source::new(format!("episodes/e{at}.md"), text)).unwrap()
        };
        let episodes: Vec<Episode> = names.iter().enumerate().map(read).collect();
        let mut findings = Vec::new();
        named_numbers(&episodes.iter().collect::<Vec<_>>(), &mut findings);
        let files = findings.into_iter().filter(|finding| finding.rule == &rule::FILE_NUMBER);
        files.map(|finding| finding.message).collect()
    }

    #[test]
    fn no_episode_takes_the_place_of_a_page_of_the_site() {
        let settings = "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n\
            category = \"Arts\"\nartwork = \"a.png\"\n[site]\nurl = \"https://s.example\"\n";
        let settings = Settings::parse(&Source::new("onair.toml", settings)).unwrap();
        let said = |line: &str| {
            let text = format!("---\nepisode: 1\nfile: 1.mp3\n{line}\n---\n");
            let episode = Episode::parse(Source::new("episodes/1.md", text)).unwrap();
            let mut findings = Vec::new();
            own_pages(&settings, &[&episode], &mut findings);
            let said =
                findings.into_iter().map(|it| format!("{}: {}", it.severity.as_str(), it.message));
            said.collect::<Vec<_>>().join("\n")
        };
        assert_eq!(said("aliases: [/old/, /about/me/, /2020/]"), "");
        assert_eq!(
            said("permalink: /about/"),
            "error: /about/index.html is another page of the site"
        );
        insta::assert_snapshot!(said("aliases: [/, /archive/, /x/, /404.html]"), @"
        warning: `aliases` names /index.html, which is a page of the site: there will be no redirect
        warning: `aliases` names /archive/index.html, which is a page of the site: there will be no redirect
        warning: `aliases` names /404.html, which is a page of the site: there will be no redirect
        ");
    }

    #[test]
    fn letters_right_before_a_number_say_what_it_is() {
        let none: [&str; 0] = [];
        assert_eq!(found(&["1", "2", "3", "final-v2", "harbour.mp3", "s01e02"]), none);
        assert_eq!(found(&["ropes1", "ropes2", "Ropes3", "ropes4", "v2"]), none);
        let said = ["the MP3's name says 4, the episode's number is 5"];
        assert_eq!(found(&["ropes1", "ropes2", "ropes3", "ropes4", "ropes4"]), said);
        assert_eq!(found(&["a-1", "b_2", "3", "4", "4"]), said);
    }
}
