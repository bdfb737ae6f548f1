//! What episodes must be to each other: the faults of a copied front matter.

use std::collections::HashMap;
use std::hash::Hash;

use jiff::Timestamp;

use super::finding::Finding;
use super::registry::{self as rule, Rule};
use super::severity::Severity;
use super::text::head;
use crate::show::date::offset_text;
use crate::show::values::hh_mm_ss;
use crate::show::{Episode, Given, Settings, Span};

/// An episode, and whether its audio has proved its size and duration.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// The episode.
    pub episode: &'a Episode,
    /// Whether the MP3, or the target's record of it, agrees with the front matter.
    pub proved: bool,
}

/// The rules that look at all episodes at once.
pub fn series(
    settings: &Settings,
    members: &[Member<'_>],
    now: Timestamp,
    findings: &mut Vec<Finding>,
) {
    let episodes: Vec<&Episode> = members.iter().map(|member| member.episode).collect();
    duplicates(settings, &episodes, findings);
    named_numbers(&episodes, findings);
    copied_sizes(members, findings);
    bit_rates(members, findings);
    dates(settings, &episodes, now, findings);
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

fn located<T: Clone>(given: &Given<T>) -> Option<(T, Span)> {
    match given {
        Given::Good(located) => Some((located.value.clone(), located.span.clone())),
        _ => None,
    }
}

fn duplicates(settings: &Settings, episodes: &[&Episode], findings: &mut Vec<Finding>) {
    shared(
        &rule::DUPLICATE_FILE,
        episodes,
        |episode| {
            // Case apart, for stores and file systems that do not tell it.
            located(&episode.file).map(|(name, span)| (name.as_str().to_lowercase(), span))
        },
        |earlier| format!("{} has this `file` too", earlier.source.path),
        findings,
    );
    shared(
        &rule::DUPLICATE_NUMBER,
        episodes,
        |episode| {
            let (number, span) = located(&episode.number)?;
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
        |episode| located(&episode.apple_id),
        |earlier| format!("{} has this Apple id too", earlier.source.path),
        findings,
    );
    let zone = settings.zone();
    shared(
        &rule::DUPLICATE_DATE,
        episodes,
        |episode| located(&episode.date).map(|(date, span)| (date.at(&zone).timestamp(), span)),
        |earlier| format!("{} comes out at this very instant too", earlier.source.path),
        findings,
    );
    shared(
        &rule::PAGE_COLLISION,
        episodes,
        |episode| Some((episode.slug.to_lowercase(), head(episode))),
        |earlier| format!("{} has the same page", earlier.source.path),
        findings,
    );
}

/// The number that a name ends with: 95 of `episode_095`.
fn number_of(stem: &str) -> Option<u32> {
    let digits = stem.len() - stem.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    stem[stem.len() - digits..].parse().ok().filter(|_| digits > 0 && digits < 9)
}

/// How a rule on names reads one: its number, and where a mismatch is shown.
type NameReader = fn(&Episode) -> Option<(u32, Span)>;

fn named_numbers(episodes: &[&Episode], findings: &mut Vec<Finding>) {
    let file: NameReader = |episode| {
        let (name, span) = located(&episode.file)?;
        Some((number_of(name.as_str().rsplit_once('.')?.0)?, span))
    };
    let source: NameReader = |episode| Some((number_of(&episode.slug)?, episode.number.span()?));
    for (rule, read, what) in [
        (&rule::FILE_NUMBER, file, "the MP3's name"),
        (&rule::SOURCE_NUMBER, source, "this file's name"),
    ] {
        let named: Vec<(&Episode, u32, u32, Span)> = episodes
            .iter()
            .filter_map(|&episode| {
                let (named, span) = read(episode)?;
                Some((episode, named, *episode.number.value()?, span))
            })
            .collect();
        let agree = named.iter().filter(|(_, named, number, _)| named == number).count();
        // A habit, not a coincidence: at least three, and four of five.
        if agree < 3 || agree * 5 < named.len() * 4 {
            continue;
        }
        for (episode, named, number, span) in named {
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
        let Some((size, span)) = located(&member.episode.size) else { continue };
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

/// Constant bit rates of Layer III, in kbit/s (ISO/IEC 11172-3 and 13818-3).
const RATES: [u64; 18] =
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 192, 224, 256, 320];
/// How far size and duration may be apart, in seconds: rounding, and a tag without cover.
const SLACK: f64 = 3.0;

/// Compares size over duration with the bit rates that the show's episodes use.
fn bit_rates(members: &[Member<'_>], findings: &mut Vec<Finding>) {
    let measured: Vec<(Member<'_>, u64, u64, Span)> = members
        .iter()
        .filter_map(|&member| {
            let (size, span) = located(&member.episode.size)?;
            let seconds = *member.episode.duration.value()?;
            (seconds > 0).then_some((member, size, seconds, span))
        })
        .collect();
    // Rates that at least three episodes, and a fifth of all, keep to.
    let used: Vec<(u64, f64)> = RATES
        .iter()
        .filter_map(|&rate| {
            let mut surplus: Vec<f64> = measured
                .iter()
                .map(|(_, size, seconds, _)| surplus(*size, *seconds, rate))
                .filter(|surplus| surplus.abs() < 60.0)
                .collect();
            surplus.sort_by(f64::total_cmp);
            let median = *surplus.get(surplus.len() / 2)?;
            let close = surplus.iter().filter(|surplus| (*surplus - median).abs() <= SLACK).count();
            (close >= 3 && close * 5 >= measured.len()).then_some((rate, median))
        })
        .collect();
    let explained = measured
        .iter()
        .filter(|(_, size, seconds, _)| {
            used.iter()
                .any(|&(rate, median)| (surplus(*size, *seconds, rate) - median).abs() <= SLACK)
        })
        .count();
    // A show of variable bit rates, or a short one, tells nothing about a single episode.
    let judges = !used.is_empty() && explained * 10 >= measured.len() * 8;
    for (member, size, seconds, span) in measured {
        let kbits = size * 8 / seconds / 1000;
        let source = &member.episode.source;
        let impossible = !(7..=340).contains(&kbits);
        let nearest = used
            .iter()
            .map(|&(rate, median)| (surplus(size, seconds, rate) - median, rate))
            .min_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
        let Some((off, rate)) = nearest.filter(|_| judges) else {
            if impossible && !member.proved {
                findings.push(
                    Finding::at(
                        &rule::BIT_RATE,
                        source,
                        span,
                        format!("{size} bytes in {} are {kbits} kbit/s", hh_mm_ss(seconds)),
                    )
                    .expected("8 to 320 kbit/s, which an MP3 can have")
                    .help("look at both `size` and `duration`"),
                );
            }
            continue;
        };
        if off.abs() <= SLACK {
            continue;
        }
        let plays = hh_mm_ss(size * 8 / (rate * 1000));
        let far = impossible || kbits * 20 < rate * 19 || kbits * 20 > rate * 21;
        let rule = if far && !member.proved { &rule::BIT_RATE } else { &rule::BIT_RATE_DRIFT };
        let time = hh_mm_ss(seconds);
        let message = format!(
            "{size} bytes in {time} are {kbits} kbit/s; the show's other episodes have {rate}"
        );
        let mut finding = Finding::at(rule, source, span, message)
            .expected(format!("at {rate} kbit/s this size plays {plays}"));
        if member.proved {
            // Odd, but true: another export, or a large tag.
            finding.severity = Severity::Note;
            finding =
                finding.help("the MP3 itself says so: it was exported otherwise than the others");
        } else {
            finding = finding.help(
                "put the MP3 in the audio folder and run `onair check --fix`, or look at both `size` and `duration`",
            );
        }
        findings.push(finding);
    }
}

/// By how many seconds a size outlasts its duration at a bit rate.
#[expect(clippy::cast_precision_loss, reason = "seconds of an episode, compared to a second or so")]
fn surplus(size: u64, seconds: u64, rate: u64) -> f64 {
    size as f64 * 8.0 / (rate as f64 * 1000.0) - seconds as f64
}

fn dates(settings: &Settings, episodes: &[&Episode], now: Timestamp, findings: &mut Vec<Finding>) {
    let zone = settings.zone();
    for episode in episodes {
        let Given::Good(date) = &episode.date else { continue };
        if date.value.at(&zone).timestamp() > now {
            findings.push(Finding::at(
                &rule::SCHEDULED,
                &episode.source,
                date.span.clone(),
                "this date is ahead: the episode stays out of the feed until then",
            ));
        }
        let (Some(written), Some(right)) = (date.value.offset, date.value.better_offset(&zone))
        else {
            continue;
        };
        let name = settings.show.time_zone.get_ref();
        let hour_off = (written.seconds() - right.seconds()).abs() == 3600;
        let Some(field) = episode.field("publication").or_else(|| episode.field("date")) else {
            continue;
        };
        let text = &episode.source.text[field.span.clone()];
        let Some(sign) = text.rfind(['+', '-', 'Z']) else { continue };
        let digits = text[sign + 1..]
            .find(|c: char| !c.is_ascii_digit() && c != ':')
            .map_or(text.len(), |len| sign + 1 + len);
        let span = field.span.start + sign..field.span.start + digits;
        let slip = hour_off || written.seconds() == -right.seconds();
        if slip && written.seconds() != 0 {
            findings.push(
                Finding::at(
                    &rule::DATE_OFFSET,
                    &episode.source,
                    span.clone(),
                    format!("{} is not the offset of {name} on that day", offset_text(written)),
                )
                .expected(offset_text(right))
                .fix(span, offset_text(right)),
            );
        } else if written.seconds() != 0 {
            findings.push(Finding::at(
                &rule::DATE_ELSEWHERE,
                &episode.source,
                span,
                format!(
                    "{} is not an offset of {name}, which had {} on that day",
                    offset_text(written),
                    offset_text(right)
                ),
            ));
        }
    }
    date_order(settings, episodes, findings);
}

/// Reports the fewest dates that, taken away, leave the others rising with the numbers.
fn date_order(settings: &Settings, episodes: &[&Episode], findings: &mut Vec<Finding>) {
    let zone = settings.zone();
    let mut dated: Vec<(u32, u32, Timestamp, &Episode)> = episodes
        .iter()
        .filter_map(|&episode| {
            let season = episode.season.value().copied().unwrap_or(0);
            Some((
                season,
                *episode.number.value()?,
                episode.date.value()?.at(&zone).timestamp(),
                episode,
            ))
        })
        .collect();
    dated.sort_by_key(|(season, number, date, _)| (*season, *number, *date));
    let dates: Vec<Timestamp> = dated.iter().map(|(_, _, date, _)| *date).collect();
    let rising = longest_rising(&dates);
    for (at, (_, number, _, episode)) in dated.iter().enumerate() {
        if rising.binary_search(&at).is_ok() {
            continue;
        }
        let Given::Good(date) = &episode.date else { continue };
        let before = rising.iter().rev().find(|&&other| other < at).map(|&other| dated[other].3);
        let after = rising.iter().find(|&&other| other > at).map(|&other| dated[other].3);
        let mut finding = Finding::at(
            &rule::DATE_ORDER,
            &episode.source,
            date.span.clone(),
            format!("episode {number} does not come out in the order of the numbers"),
        );
        for (neighbour, label) in
            [(before, "the episode before it"), (after, "the episode after it")]
        {
            if let Some((neighbour, span)) =
                neighbour.and_then(|neighbour| Some((neighbour, neighbour.date.span()?)))
            {
                finding = finding.related(&neighbour.source, span, label);
            }
        }
        findings.push(finding.help("look at the month and the year, or at the episode's number"));
    }
}

/// The places of a longest run that never falls, in order (patience sorting: n log n).
fn longest_rising(values: &[Timestamp]) -> Vec<usize> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; values.len()];
    for (at, value) in values.iter().enumerate() {
        let pile = tails.partition_point(|&tail| values[tail] <= *value);
        before[at] = pile.checked_sub(1).map(|pile| tails[pile]);
        if pile == tails.len() { tails.push(at) } else { tails[pile] = at }
    }
    let mut run = Vec::with_capacity(tails.len());
    let mut at = tails.last().copied();
    while let Some(place) = at {
        run.push(place);
        at = before[place];
    }
    run.reverse();
    run
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_longest_run_never_falls(values in prop::collection::vec(0_i64..50, 0..60)) {
            let values: Vec<Timestamp> = values.into_iter().map(|value| Timestamp::from_second(value).unwrap()).collect();
            let run = longest_rising(&values);
            prop_assert!(run.windows(2).all(|pair| pair[0] < pair[1] && values[pair[0]] <= values[pair[1]]));
            // Quadratic, and plainly right.
            let mut best = vec![1_usize; values.len()];
            for at in 0..values.len() {
                for earlier in 0..at {
                    if values[earlier] <= values[at] { best[at] = best[at].max(best[earlier] + 1); }
                }
            }
            prop_assert_eq!(run.len(), best.into_iter().max().unwrap_or(0));
        }
    }

    #[test]
    fn numbers_are_read_from_the_ends_of_names() {
        assert_eq!(number_of("episode_095"), Some(95));
        assert_eq!(number_of("095"), Some(95));
        assert_eq!(number_of("teaser"), None);
    }
}
