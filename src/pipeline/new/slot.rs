//! The day and hour at which a show's next episode comes out, by its habit.

use jiff::ToSpan as _;
use jiff::civil::{DateTime, Time, Weekday};

/// How many dates back the habit is looked for, and how few tell nothing.
const WINDOW: usize = 12;
const LEAST: usize = 3;

/// The slot behind the last date and behind `now`, all in the show's local time; nothing for a show
/// without a habit. `dates` are in order.
pub fn next(dates: &[DateTime], now: DateTime) -> Option<DateTime> {
    let dates = &dates[dates.len().saturating_sub(WINDOW)..];
    let last = *dates.last()?;
    let weekday = habit(dates, |date| date.weekday().to_monday_zero_offset())?;
    let weekday = Weekday::from_monday_zero_offset(weekday).ok()?;
    let hour = habit(dates, |date| i64::from(date.hour()) * 60 + i64::from(date.minute()))?;
    let time =
        Time::new(i8::try_from(hour / 60).ok()?, i8::try_from(hour % 60).ok()?, 0, 0).ok()?;
    let weeks = rhythm(dates);
    // From the last slot on, in the show's rhythm, until one is ahead.
    let mut day = last.date();
    while day.weekday() != weekday {
        day = day.yesterday().ok()?;
    }
    for _ in 0..10_000 {
        let slot = day.to_datetime(time);
        if slot > last && slot > now {
            return Some(slot);
        }
        day = day.checked_add(weeks.weeks()).ok()?;
    }
    None
}

/// What most of the dates have, if three in four do.
fn habit<T: PartialEq + Copy>(dates: &[DateTime], of: impl Fn(&DateTime) -> T) -> Option<T> {
    let values: Vec<T> = dates.iter().map(of).collect();
    let count = |value: &T| values.iter().filter(|other| *other == value).count();
    let most = values.iter().copied().max_by_key(count)?;
    (values.len() >= LEAST && count(&most) * 4 >= values.len() * 3).then_some(most)
}

/// How many weeks lie between two episodes: the middle of what did.
fn rhythm(dates: &[DateTime]) -> i64 {
    let mut days: Vec<i64> = dates
        .windows(2)
        .filter_map(|pair| pair[0].date().until(pair[1].date()).ok())
        .map(|span| i64::from(span.get_days()))
        .collect();
    days.sort_unstable();
    let middle = days.get(days.len().saturating_sub(1) / 2).copied().unwrap_or(7);
    ((middle + 3) / 7).clamp(1, 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn weeks(first: DateTime, every: i64, count: i64) -> Vec<DateTime> {
        (0..count).map(|at| first.checked_add((at * every).weeks()).unwrap()).collect()
    }

    #[test]
    fn the_next_slot_is_the_show_s_weekday_and_hour() {
        // Fridays at seven.
        let friday = date(2026, 1, 2).at(7, 0, 0, 0);
        let now = date(2026, 3, 4).at(12, 0, 0, 0);
        assert_eq!(next(&weeks(friday, 1, 8), now), Some(date(2026, 3, 6).at(7, 0, 0, 0)));
        // One is planned for this Friday already.
        assert_eq!(next(&weeks(friday, 1, 10), now), Some(date(2026, 3, 13).at(7, 0, 0, 0)));
        // Every other week.
        assert_eq!(next(&weeks(friday, 2, 4), now), Some(date(2026, 3, 13).at(7, 0, 0, 0)));
        // One late on a Saturday does not move the slot.
        let mut dates = weeks(friday, 1, 8);
        dates[7] = date(2026, 2, 21).at(9, 30, 0, 0);
        assert_eq!(next(&dates, now), Some(date(2026, 3, 6).at(7, 0, 0, 0)));
        // A pause is no rhythm.
        let mut paused = weeks(friday, 1, 3);
        paused.push(date(2026, 2, 27).at(7, 0, 0, 0));
        assert_eq!(next(&paused, now), Some(date(2026, 3, 6).at(7, 0, 0, 0)));
        // After a pause of a year.
        let late = date(2027, 3, 4).at(12, 0, 0, 0);
        assert_eq!(next(&weeks(friday, 1, 8), late), Some(date(2027, 3, 5).at(7, 0, 0, 0)));
    }

    #[test]
    fn a_show_without_a_habit_has_no_slot() {
        let now = date(2026, 3, 4).at(12, 0, 0, 0);
        let friday = date(2026, 1, 2).at(7, 0, 0, 0);
        assert_eq!(next(&[], now), None);
        assert_eq!(next(&weeks(friday, 1, 2), now), None);
        let daily: Vec<DateTime> =
            (0..8).map(|at| friday.checked_add(at.days()).unwrap()).collect();
        assert_eq!(next(&daily, now), None);
    }
}
