//! When episodes come out: offsets, years, and the order of the numbers.

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::finding::Finding;
use super::registry::{self as rule, Severity};
use crate::show::date::offset_text;
use crate::show::settings::FILE;
use crate::show::{Episode, Given, Settings, Span};

/// The year before which nothing was a podcast, with some to spare for recordings that are older.
const FIRST_YEAR: i16 = 2000;
/// The year before which nothing was on the web at all: a date before it is a slip, and no recording's.
const FIRST_WEB_YEAR: i16 = 1990;
/// Further ahead nobody plans, in seconds.
const FAR_AHEAD: i64 = 366 * 24 * 3600;
/// As many slips of a kind are a custom.
const CUSTOM: usize = 4;

pub(super) fn judge(
    settings: &Settings,
    episodes: &[&Episode],
    now: Timestamp,
    findings: &mut Vec<Finding>,
) {
    let zone = settings.zone();
    for episode in episodes {
        let Given::Good(date) = &episode.date else { continue };
        let at = date.value.at(&zone).timestamp();
        let finding =
            |rule, message: String| Finding::at(rule, &episode.source, date.span.clone(), message);
        let offset = || zone.to_ambiguous_timestamp(date.value.civil).offset();
        if date.value.offset.is_none() && matches!(offset(), AmbiguousOffset::Gap { .. }) {
            let (civil, comes) = (date.value.civil, date.value.at(&zone));
            let message = format!(
                "clocks in {} go forward over {} that day: the episode comes out at {}",
                settings.show.time_zone.get_ref(),
                civil.strftime("%H:%M"),
                comes.strftime("%H:%M")
            );
            findings
                .push(finding(&rule::DATE_OFFSET, message).help("write the hour that is meant"));
        }
        let year = date.value.civil.year();
        if year < FIRST_YEAR {
            let message = format!("there were no podcasts in {year}");
            let mut finding = finding(&rule::DATE_YEAR, message).help("look at the year");
            if year < FIRST_WEB_YEAR {
                finding.severity = Severity::Error;
            }
            findings.push(finding);
        } else if at.as_second() - now.as_second() > FAR_AHEAD {
            let message = "this date is more than a year ahead".to_owned();
            findings.push(finding(&rule::DATE_YEAR, message).help("look at the year"));
        }
        if at > now {
            let message = "this date is ahead: the episode stays out of the feed until then";
            findings.push(finding(&rule::SCHEDULED, message.to_owned()));
        }
    }
    offsets(settings, &zone, episodes, findings);
    order(settings, episodes, findings);
}

/// An offset that is not the one that the show's clocks have that day.
struct Odd<'a> {
    episode: &'a Episode,
    span: Span,
    written: Offset,
    right: Offset,
    /// Whether it is an hour off, or has the wrong sign, as by mistake.
    slip: bool,
}

impl Odd<'_> {
    /// The same instant, as the show's clocks have it.
    fn same_instant(&self) -> String {
        let Some(date) = self.episode.date.value() else { return String::new() };
        let at = date.at(&TimeZone::fixed(self.written)).timestamp();
        let local = at.to_zoned_datetime(TimeZone::fixed(self.right));
        format!("{} {}", local.strftime("%Y-%m-%d %H:%M:%S"), offset_text(self.right))
    }
}

fn offsets(
    settings: &Settings,
    zone: &TimeZone,
    episodes: &[&Episode],
    findings: &mut Vec<Finding>,
) {
    // Nobody can tell what is wrong against a zone that the host never named.
    if settings.show.time_zone.span().is_empty() {
        return;
    }
    let name = settings.show.time_zone.get_ref();
    // Where clocks never change, another offset is another zone's.
    let changes = zone.to_fixed_offset().is_err();
    let mut odd = Vec::new();
    let mut right = Vec::new();
    for episode in episodes {
        let Some(date) = episode.date.value() else { continue };
        match (date.offset, date.better_offset(zone)) {
            (Some(written), None) => right.push(written),
            (Some(written), Some(better)) if written.seconds() != 0 => {
                let Some(span) = offset_span(episode) else { continue };
                let hour_off = (written.seconds() - better.seconds()).abs() == 3600;
                let slip = changes && (hour_off || written.seconds() == -better.seconds());
                odd.push(Odd { episode, span, written, right: better, slip });
            }
            _ => {}
        }
    }
    for slip in [true, false] {
        let of_kind: Vec<&Odd<'_>> = odd.iter().filter(|odd| odd.slip == slip).collect();
        let Some(first) = of_kind.first() else { continue };
        let one_kind = of_kind.iter().all(|odd| odd.written == first.written);
        // Where the right offset would be that of these, how many wrote it?
        let others = right.iter().filter(|&&written| written == first.right).count();
        if one_kind && of_kind.len() >= CUSTOM && of_kind.len() >= others * 4 {
            findings.push(custom(settings, first, of_kind.len()));
            continue;
        }
        findings.extend(of_kind.into_iter().map(|odd| odd_offset(name, odd)));
    }
}

/// The one finding for a show that writes an offset on purpose, or all the year.
fn custom(settings: &Settings, odd: &Odd<'_>, count: usize) -> Finding {
    let (name, written) = (settings.show.time_zone.get_ref(), offset_text(odd.written));
    let span = settings.show.time_zone.span();
    if odd.slip {
        let message = format!(
            "{count} dates have {written}, where {name} has {}: it is the show's custom",
            offset_text(odd.right)
        );
        let mut finding = Finding::on_file(&rule::DATE_OFFSET, FILE, message).help(
            "these episodes come out an hour from what their dates say in local time; if that is meant, set `date-offset = \"off\"` in [rules]",
        );
        finding.span = Some(span);
        finding
    } else {
        let message = format!("{count} dates have {written}, which is not an offset of {name}");
        let mut finding = Finding::on_file(&rule::DATE_ELSEWHERE, FILE, message)
            .help("set `time-zone` in [show] to the zone that the show's dates are in");
        finding.span = Some(span);
        finding
    }
}

fn odd_offset(name: &str, odd: &Odd<'_>) -> Finding {
    let (written, right) = (offset_text(odd.written), offset_text(odd.right));
    let finding =
        |rule, message: String| Finding::at(rule, &odd.episode.source, odd.span.clone(), message);
    if odd.slip {
        let message = format!("{written} is not the offset of {name} on that day");
        // Which of the two is meant only a person knows: one keeps what the clock says, the other what
        // subscribers have seen.
        finding(&rule::DATE_OFFSET, message)
            .expected(right.clone())
            .help(format!(
                "for the same time on the clock write `{right}`; for the same instant write `{}`",
                odd.same_instant()
            ))
            .suggest(odd.span.clone(), right)
    } else {
        let message =
            format!("{written} is not an offset of {name}, which had {right} on that day");
        finding(&rule::DATE_ELSEWHERE, message)
    }
}

/// Where a date's offset stands.
fn offset_span(episode: &Episode) -> Option<Span> {
    let date = episode.date.span()?;
    let text = &episode.source.text[date.clone()];
    let sign = text.rfind(['+', '-', 'Z'])?;
    let digits = text[sign + 1..]
        .find(|c: char| !c.is_ascii_digit() && c != ':')
        .map_or(text.len(), |len| sign + 1 + len);
    Some(date.start + sign..date.start + digits)
}

/// Reports the fewest dates that, taken away, leave the others rising with the numbers.
fn order(settings: &Settings, episodes: &[&Episode], findings: &mut Vec<Finding>) {
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
    use crate::show::Source;
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
    fn an_hour_that_clocks_go_over_is_told() {
        let paris = "time-zone = \"Europe/Paris\"";
        let said = found(paris, &["2022-03-27 02:30:00", "2022-03-27 03:30:00 +0200"]);
        assert_eq!(said, ["date-offset episodes/0.md false"]);
    }

    fn found(zone: &str, dates: &[&str]) -> Vec<String> {
        let settings = Source::new(
            FILE,
            format!(
                "[show]\ntitle = \"S\"\ndescription = \"D\"\nauthor = \"A\"\nlanguage = \"fr\"\n{zone}\ncategory = \"Arts\"\nartwork = \"a.png\"\n[site]\nurl = \"https://s.example\"\n"
            ),
        );
        let read = |(at, date): (usize, &&str)| {
            let text = format!("---\nepisode: {}\ndate: {date}\n---\n", at + 1);
            Episode::parse(Source::new(format!("episodes/{at}.md"), text)).unwrap()
        };
        let episodes: Vec<Episode> = dates.iter().enumerate().map(read).collect();
        let mut findings = Vec::new();
        let now = "2022-06-01T00:00:00Z".parse().unwrap();
        judge(
            &Settings::parse(&settings).unwrap(),
            &episodes.iter().collect::<Vec<_>>(),
            now,
            &mut findings,
        );
        let said = |finding: &Finding| {
            format!("{} {} {}", finding.rule.id, finding.path, finding.fix.is_some())
        };
        findings.iter().map(said).collect()
    }

    const PARIS: &str = "time-zone = \"Europe/Paris\"";

    #[test]
    fn a_slip_is_told_from_a_custom_and_a_custom_is_said_once() {
        let one =
            ["2021-06-01 07:00:00 +0200", "2021-07-01 07:00:00 +0100", "2021-08-01 07:00:00 +0200"];
        assert_eq!(found(PARIS, &one), ["date-offset episodes/1.md true"]);
        let all = [
            "2021-05-01 07:00:00 +0100",
            "2021-06-01 07:00:00 +0100",
            "2021-07-01 07:00:00 +0100",
            "2021-08-01 07:00:00 +0100",
            "2022-01-01 07:00:00 +0100",
        ];
        assert_eq!(found(PARIS, &all), ["date-offset onair.toml false"]);
        // Where the show has not said its zone, there is nothing to judge an offset by.
        assert_eq!(found("", &all), [""; 0]);
    }

    #[test]
    fn years_are_plausible() {
        let dates =
            ["1922-05-27 07:00:00 +0100", "2022-05-27 07:00:00 +0200", "2032-05-27 07:00:00 +0200"];
        let found = found(PARIS, &dates);
        assert!(found.contains(&"date-year episodes/0.md false".to_owned()), "{found:?}");
        assert!(found.contains(&"date-year episodes/2.md false".to_owned()), "{found:?}");
        assert_eq!(found.iter().filter(|found| found.starts_with("date-year")).count(), 2);
    }
}
