//! Size over duration, beside the episodes around it: a digit lost or a value copied shows as a bit
//! rate that no neighbour has.

use super::Member;
use super::finding::Finding;
use super::registry::{self as rule, Severity};
use crate::show::Span;
use crate::show::values::hh_mm_ss;

/// Constant bit rates of Layer III, in kbit/s (ISO/IEC 11172-3 and 13818-3).
const RATES: [u64; 18] =
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 192, 224, 256, 320];
/// How far size and duration may be apart, in seconds: rounding, and a tag without cover.
const SLACK: f64 = 3.0;
/// How many episodes on either side are neighbours.
const WINDOW: usize = 6;

/// An episode with a size and a duration.
struct Measured<'a> {
    member: Member<'a>,
    size: u64,
    seconds: u64,
    span: Span,
}

impl Measured<'_> {
    fn kbits(&self) -> u64 {
        self.size.saturating_mul(8) / self.seconds / 1000
    }

    /// By how many seconds the size outlasts the duration at a bit rate.
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of an episode, compared to a second or so"
    )]
    fn surplus(&self, rate: u64) -> f64 {
        self.size as f64 * 8.0 / (rate as f64 * 1000.0) - self.seconds as f64
    }

    /// Whether two episodes have the same bit rate, to a twentieth.
    fn is_like(&self, kbits: u64) -> bool {
        let own = self.kbits();
        own * 20 >= kbits * 19 && own * 20 <= kbits * 21
    }
}

/// A constant bit rate that neighbours keep, and by how much their tags outlast it.
#[derive(Debug, Clone, Copy)]
struct Habit {
    rate: u64,
    surplus: f64,
}

impl Habit {
    /// What four of five of these episodes keep to; three at least.
    fn of(episodes: &[&Measured<'_>]) -> Option<Self> {
        RATES.iter().find_map(|&rate| {
            let mut surplus: Vec<f64> = episodes
                .iter()
                .map(|episode| episode.surplus(rate))
                .filter(|surplus| surplus.abs() < 60.0)
                .collect();
            surplus.sort_by(f64::total_cmp);
            let median = *surplus.get(surplus.len() / 2)?;
            let close = surplus.iter().filter(|other| (*other - median).abs() <= SLACK).count();
            (close >= 3 && close * 5 >= episodes.len() * 4)
                .then_some(Self { rate, surplus: median })
        })
    }

    /// Whether at least half of the episodes on one side keep to it.
    fn is_kept_by(&self, side: &[Measured<'_>]) -> bool {
        let kept = side.iter().filter(|episode| self.explains(episode)).count();
        !side.is_empty() && kept * 2 >= side.len()
    }

    fn explains(&self, episode: &Measured<'_>) -> bool {
        (episode.surplus(self.rate) - self.surplus).abs() <= SLACK
    }
}

/// Compares each episode with its neighbours by number.
pub(super) fn judge(members: &[Member<'_>], findings: &mut Vec<Finding>) {
    let mut measured: Vec<Measured<'_>> = members
        .iter()
        .filter_map(|&member| {
            let (size, span) = member.episode.size.located()?;
            let seconds = *member.episode.duration.value()?;
            (seconds > 0).then_some(Measured { member, size, seconds, span })
        })
        .collect();
    measured.sort_by_key(|measured| {
        let episode = measured.member.episode;
        let season = episode.season.value().copied().unwrap_or(0);
        (season, episode.number.value().copied().unwrap_or(u32::MAX), episode.slug.clone())
    });
    // Nobody measured what stands elsewhere, and its host changes nothing there.
    for at in (0..measured.len()).filter(|&at| !measured[at].member.elsewhere) {
        let before = &measured[at.saturating_sub(WINDOW)..at];
        let after = &measured[at + 1..measured.len().min(at + 1 + WINDOW)];
        findings.extend(one(&measured[at], before, after));
    }
}

fn one(episode: &Measured<'_>, before: &[Measured<'_>], after: &[Measured<'_>]) -> Option<Finding> {
    let kbits = episode.kbits();
    let (earlier, later): (Vec<_>, Vec<_>) = (before.iter().collect(), after.iter().collect());
    let around = Habit::of(&[earlier.as_slice(), later.as_slice()].concat());
    let habits: Vec<Habit> =
        [Habit::of(&earlier), Habit::of(&later), around].into_iter().flatten().collect();
    if habits.iter().any(|habit| habit.explains(episode)) {
        return None;
    }
    let proved = episode.member.proved;
    if !proved && let Some(finding) = by_a_digit(episode, before, after) {
        return Some(finding);
    }
    if !(7..=340).contains(&kbits) && !proved {
        let message = said(episode);
        return Some(
            at(episode, message)
                .expected("8 to 320 kbit/s, which an MP3 can have")
                .help("look at both `size` and `duration`"),
        );
    }
    let distance = |habit: &&Habit| (episode.surplus(habit.rate) - habit.surplus).abs();
    let habit = habits.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    let far = !episode.is_like(habit.rate);
    let between = around.is_some_and(|it| it.is_kept_by(before) && it.is_kept_by(after));
    // Those that follow confirm a new rate; those that follow it are no news.
    let alike =
        |others: &[Measured<'_>]| others.iter().filter(|other| other.is_like(kbits)).count();
    let is_news = before.last().is_some_and(|last| !last.is_like(kbits)) && alike(after) < 3;
    if far && !between && (before.is_empty() || !is_news) {
        return None;
    }
    let plays = hh_mm_ss(episode.size.saturating_mul(8) / (habit.rate * 1000));
    let rate = habit.rate;
    let mut finding = Finding {
        rule: if far && !proved { &rule::BIT_RATE } else { &rule::BIT_RATE_DRIFT },
        ..at(episode, format!("{}; the episodes around it have {rate}", said(episode)))
            .expected(format!("at {rate} kbit/s this size plays {plays}"))
    };
    finding.severity = match (proved, far && between) {
        // Odd, but true: another export, or a large tag.
        (true, _) => Severity::Note,
        (false, true) => Severity::Error,
        (false, false) => Severity::Warning,
    };
    Some(finding.help(match (proved, far && !between) {
        (true, _) => "the MP3 itself says so: it was exported otherwise than the others",
        (false, true) => "if it was exported otherwise than those before, all is well; else put the MP3 in the audio folder and run `onair check --fix`",
        (false, false) => "put the MP3 in the audio folder and run `onair check --fix`, or look at both `size` and `duration`",
    }))
}

/// The finding for a size that is near ten times, or a tenth of, what its neighbours lead to expect.
fn by_a_digit(
    episode: &Measured<'_>,
    before: &[Measured<'_>],
    after: &[Measured<'_>],
) -> Option<Finding> {
    let mut around: Vec<u64> = before.iter().chain(after).map(Measured::kbits).collect();
    if around.len() < 2 {
        return None;
    }
    around.sort_unstable();
    let (kbits, usual) = (episode.kbits(), around[around.len() / 2]);
    let what = if kbits * 13 >= usual * 85 && kbits <= usual * 15 {
        "a digit too many"
    } else if kbits * 85 <= usual * 13 && kbits * 15 >= usual {
        "a digit too few"
    } else {
        return None;
    };
    let message = format!("{}; the episodes around it have about {usual}", said(episode));
    Some(
        at(episode, message)
            .expected(format!("about {} bytes", episode.seconds * usual * 125))
            .help(format!("`size` seems to have {what}; put the MP3 in the audio folder and run `onair check --fix`")),
    )
}

fn said(episode: &Measured<'_>) -> String {
    let time = hh_mm_ss(episode.seconds);
    format!("{} bytes in {time} are {} kbit/s", episode.size, episode.kbits())
}

fn at(episode: &Measured<'_>, message: String) -> Finding {
    Finding::at(&rule::BIT_RATE, &episode.member.episode.source, episode.span.clone(), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::{Episode, Source};

    /// The findings for episodes of these bit rates (and seconds), none proved.
    fn found(rates: &[u64]) -> Vec<String> {
        found_of(rates, false)
    }

    fn found_of(rates: &[u64], elsewhere: bool) -> Vec<String> {
        let read = |(at, kbits): (usize, &u64)| {
            let seconds = 1500 + at * 37 % 400;
            let size = *kbits * 125 * seconds as u64 + 4000;
            let text =
                format!("---\nepisode: {}\nsize: {size}\nduration: {seconds}\n---\n", at + 1);
            Episode::parse(Source::new(format!("episodes/{:03}.md", at + 1), text)).unwrap()
        };
        let episodes: Vec<Episode> = rates.iter().enumerate().map(read).collect();
        let members: Vec<Member<'_>> =
            episodes.iter().map(|episode| Member { episode, proved: false, elsewhere }).collect();
        let mut findings = Vec::new();
        judge(&members, &mut findings);
        let said = |finding: &Finding| format!("{} {}", finding.severity.as_str(), finding.path);
        findings.iter().map(said).collect()
    }

    #[test]
    fn one_that_leaves_its_neighbours_is_an_error() {
        assert!(found(&[256; 20]).is_empty());
        let mut rates = [256; 20];
        rates[9] = 202;
        assert_eq!(found(&rates), ["error episodes/010.md"]);
        assert!(found_of(&rates, true).is_empty());
    }

    #[test]
    fn a_new_rate_is_said_once() {
        for more in 0..3 {
            let mut rates = vec![256; 20];
            rates.extend(vec![64; 1 + more]);
            assert_eq!(found(&rates), ["warning episodes/021.md"], "{more} more");
        }
        let rates = [vec![256; 20], vec![64; 10]].concat();
        assert!(found(&rates).is_empty(), "{:?}", found(&rates));
        // Then to variable bit rates, which are like nothing.
        let rates = [vec![256; 12], vec![64; 8], vec![71, 93, 66, 80, 77, 101, 69]].concat();
        assert!(
            found(&rates).iter().all(|found| found.starts_with("warning")),
            "{:?}",
            found(&rates)
        );
        assert!(found(&rates).len() <= 2, "{:?}", found(&rates));
    }

    #[test]
    fn a_digit_lost_is_an_error_whatever_the_rates_are() {
        let mut variable = vec![71, 93, 66, 80, 77, 101, 69, 88, 74, 91];
        assert!(found(&variable).is_empty());
        variable[4] = 8;
        assert_eq!(found(&variable), ["error episodes/005.md"]);
        variable[4] = 77;
        variable.push(790);
        assert_eq!(found(&variable), ["error episodes/011.md"]);
        assert_eq!(found(&[256, 256, 256, 25]), ["error episodes/004.md"]);
    }
}
