//! An episode that waits for its date.

use jiff::{SignedDuration, Timestamp};

/// An episode whose date is still to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// How a person calls it: `#3`.
    pub label: String,
    /// Its file below the show's folder.
    pub source: String,
    /// Its guid, if it has one.
    pub guid: Option<String>,
    /// When it comes out.
    pub until: Timestamp,
    /// The same as a person reads it, in the zone that the host wrote: `2 March 2027, 07:00`.
    pub date: String,
}

impl Waiting {
    /// What is said of it: `waiting: #3 until 2 March 2027, 07:00 (in 14 days)`.
    pub fn line(&self, now: Timestamp) -> String {
        let left = self.until.duration_since(now);
        format!("waiting: {} until {} (in {})", self.label, self.date, span(left))
    }
}

/// A span as a person says it, in its largest unit.
fn span(left: SignedDuration) -> String {
    let seconds = left.as_secs().max(0);
    let (count, unit) = match seconds {
        86_400.. => (seconds / 86_400, "day"),
        3_600.. => (seconds / 3_600, "hour"),
        60.. => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_said_with_its_date_and_how_long() {
        let now: Timestamp = "2027-02-16T05:00:00Z".parse().unwrap();
        let until: Timestamp = "2027-03-02T06:00:00Z".parse().unwrap();
        let waiting = Waiting {
            label: "#3".into(),
            source: "episodes/3.md".into(),
            guid: None,
            until,
            date: "2 March 2027, 07:00".into(),
        };
        assert_eq!(waiting.line(now), "waiting: #3 until 2 March 2027, 07:00 (in 14 days)");
        for (seconds, said) in
            [(86_400, "1 day"), (7_250, "2 hours"), (61, "1 minute"), (0, "0 seconds")]
        {
            assert_eq!(span(SignedDuration::from_secs(seconds)), said);
        }
    }
}
