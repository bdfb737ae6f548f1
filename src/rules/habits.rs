//! Habits of the show, and the episode that leaves one: a date that was copied or mistyped often does.

use super::finding::Finding;
use super::registry::{self as rule, Rule, Severity};
use crate::show::episode::EpisodeType;
use crate::show::{Episode, Span};

/// How many episodes back a habit is looked for, and how few tell nothing.
const WINDOW: usize = 12;
const LEAST: usize = 8;

/// Looks at each episode beside those before it, in the order of the numbers.
pub(super) fn judge(episodes: &[&Episode], findings: &mut Vec<Finding>) {
    let mut proper: Vec<(u32, u32, &Episode)> = episodes
        .iter()
        .filter(|episode| matches!(episode.episode_type.value(), None | Some(EpisodeType::Full)))
        .filter_map(|&episode| {
            Some((episode.season.value().copied().unwrap_or(0), *episode.number.value()?, episode))
        })
        .collect();
    proper.sort_by_key(|(season, number, _)| (*season, *number));
    let in_order: Vec<&Episode> = proper.into_iter().map(|(_, _, episode)| episode).collect();
    let weekday = |episode: &Episode| {
        let (date, span) = episode.date.located()?;
        Some((format!("{:?}", date.civil.weekday()), span))
    };
    let hour = |episode: &Episode| {
        let (date, span) = episode.date.located()?;
        Some((format!("{} o'clock", date.civil.hour()), span))
    };
    let author = |episode: &Episode| episode.author.located();
    leaves(
        &rule::DATE_WEEKDAY,
        &in_order,
        weekday,
        |a, b| a == b,
        |is, habit| format!("{is}: the episodes before come out on a {habit}"),
        findings,
    );
    leaves(
        &rule::DATE_HOUR,
        &in_order,
        hour,
        near,
        |is, habit| format!("{is}: the episodes before come out at {habit}"),
        findings,
    );
    leaves(
        &rule::AUTHOR_HABIT,
        &in_order,
        author,
        |a, b| a == b,
        |_, habit| format!("the episodes before are by {habit}"),
        findings,
    );
}

/// Whether two hours are less than three apart, over midnight as well.
fn near(a: &str, b: &str) -> bool {
    let hour =
        |text: &str| text.split(' ').next().and_then(|hour| hour.parse::<u8>().ok()).unwrap_or(0);
    let apart = hour(a).abs_diff(hour(b));
    apart.min(24 - apart) < 3
}

/// Reports the episodes whose trait none of the last ones has, where nearly all of these agree.
///
/// The newest is a warning for the rules that are: what is out for long nobody will change.
fn leaves(
    rule: &'static Rule,
    episodes: &[&Episode],
    of: impl Fn(&Episode) -> Option<(String, Span)>,
    alike: impl Fn(&str, &str) -> bool,
    message: impl Fn(&str, &str) -> String,
    findings: &mut Vec<Finding>,
) {
    let traits: Vec<(&Episode, String, Span)> = episodes
        .iter()
        .filter_map(|&episode| of(episode).map(|(is, span)| (episode, is, span)))
        .collect();
    for (at, (episode, is, span)) in traits.iter().enumerate() {
        let before = &traits[at.saturating_sub(WINDOW)..at];
        if before.len() < LEAST || before.iter().any(|(_, other, _)| alike(other, is)) {
            continue;
        }
        let count = |is: &str| before.iter().filter(|(_, other, _)| other == is).count();
        let habit =
            before.iter().map(|(_, other, _)| other.as_str()).max_by_key(|other| count(other));
        let Some(habit) = habit.filter(|habit| count(habit) * 4 >= before.len() * 3) else {
            continue;
        };
        let mut finding = Finding::at(rule, &episode.source, span.clone(), message(is, habit));
        if at + 1 < traits.len() {
            finding.severity = Severity::Note;
        }
        findings.push(finding.help(format!(
            "if it is meant, all is well; [[allow]] or `{} = \"off\"` in [rules] keeps it quiet",
            rule.id
        )));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Source;

    fn found(lines: &[String]) -> Vec<String> {
        let read = |(at, line): (usize, &String)| {
            let text = format!("---\nepisode: {}\n{line}\n---\n", at + 1);
            Episode::parse(Source::new(format!("episodes/{}.md", at + 1), text)).unwrap()
        };
        let episodes: Vec<Episode> = lines.iter().enumerate().map(read).collect();
        let mut findings = Vec::new();
        judge(&episodes.iter().collect::<Vec<_>>(), &mut findings);
        let said = |finding: &Finding| {
            format!("{} {} {}", finding.severity.as_str(), finding.path, finding.message)
        };
        findings.iter().map(said).collect()
    }

    /// Fridays at seven.
    fn fridays(count: usize) -> Vec<String> {
        let first = jiff::civil::date(2021, 1, 1);
        let week = |n: usize| first + jiff::Span::new().weeks(i64::try_from(n).unwrap());
        (0..count).map(|n| format!("date: {} 07:00:00\nauthor: Ada", week(n))).collect()
    }

    #[test]
    fn a_weekday_and_an_hour_that_none_before_had_are_found() {
        let mut lines = fridays(20);
        assert!(found(&lines).is_empty());
        lines[14] = "date: 2021-04-06 19:00:00\nauthor: Ada".to_owned();
        lines[19] = "date: 2021-05-15 07:00:00\nauthor: Bo".to_owned();
        assert_eq!(
            found(&lines),
            [
                "note episodes/15.md Tuesday: the episodes before come out on a Friday",
                "warning episodes/20.md Saturday: the episodes before come out on a Friday",
                "note episodes/15.md 19 o'clock: the episodes before come out at 7 o'clock",
                "warning episodes/20.md the episodes before are by Ada",
            ]
        );
    }

    #[test]
    fn a_show_without_the_habit_has_none_to_leave() {
        let mut lines = fridays(20);
        for (at, line) in lines.iter_mut().enumerate() {
            *line = format!("date: 2021-01-{:02} {:02}:00:00\nauthor: A{at}", at + 1, at);
        }
        assert!(found(&lines).is_empty());
        assert!(found(&fridays(4)).is_empty());
    }
}
