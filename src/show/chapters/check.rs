//! What only the whole list of chapters shows.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::model::chapter::{Chapter, clock};

/// Something wrong with a list of chapters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which chapter, counted from 0; of the whole list it is the first one.
    pub chapter: usize,
    /// What is wrong.
    pub kind: Kind,
}

/// What can be wrong with a list of chapters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The chapter starts before the one above it.
    OutOfOrder {
        /// Where the chapter starts.
        start: Duration,
        /// Where the one above it starts.
        above: Duration,
    },
    /// Two chapters start at once.
    DuplicateStart {
        /// Where both start.
        start: Duration,
    },
    /// The chapter starts where the audio is over.
    PastEnd {
        /// Where the chapter starts.
        start: Duration,
        /// How long the audio is.
        duration: Duration,
    },
    /// The first chapter starts late: one with the episode's title will be put in front.
    LateFirst {
        /// Where it starts.
        start: Duration,
    },
    /// So few that players may not show them.
    TooFew {
        /// How many there are, that one put in front included.
        count: usize,
    },
    /// More than an ID3 tag can list.
    TooMany {
        /// How many there are.
        count: usize,
    },
}

/// Some players show no chapters below this number.
const FEWEST: usize = 3;

/// ID3v2 Chapter Frame Addendum 1.0, section 3.2: the number of entries is one byte.
const MOST: usize = 255;

impl Kind {
    /// Whether the list can be published all the same.
    pub fn is_advice(&self) -> bool {
        matches!(self, Self::LateFirst { .. } | Self::TooFew { .. })
    }

    /// How to fix it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::OutOfOrder { .. } => "put the chapters in the order of their times",
            Self::DuplicateStart { .. } => "give each chapter a start of its own",
            Self::PastEnd { .. } => "correct the time, or take the chapter out",
            Self::LateFirst { .. } => {
                "start the first chapter at 00:00, or one with the episode's title is put before it"
            }
            Self::TooFew { .. } => "write at least three chapters: some players show no fewer",
            Self::TooMany { .. } => "keep at most 255 chapters: an ID3 tag cannot list more",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::OutOfOrder { start, above } => {
                write!(
                    f,
                    "the chapter at {} stands below the one at {}",
                    clock(start),
                    clock(above)
                )
            }
            Self::DuplicateStart { start } => {
                write!(f, "two chapters start at {}", clock(start))
            }
            Self::PastEnd { start, duration } => {
                let (start, end) = (clock(start), clock(duration));
                write!(f, "the chapter starts at {start}, but the audio ends at {end}")
            }
            Self::LateFirst { start } => {
                write!(f, "the first chapter starts at {}, not at 00:00", clock(start))
            }
            Self::TooFew { count: 1 } => f.write_str("there is only one chapter"),
            Self::TooFew { count } => write!(f, "there are only {count} chapters"),
            Self::TooMany { count } => {
                write!(f, "there are {count} chapters, and only the first {MOST} are published")
            }
        }
    }
}

/// Everything wrong with `chapters`, in the order in which the host wrote them.
///
/// `duration` is the audio's measured playing time, if it is known.
pub fn check(chapters: &[Chapter], duration: Option<Duration>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut found = |chapter, kind| problems.push(Problem { chapter, kind });
    let listed = || chapters.iter().filter(|chapter| !chapter.details.hidden);
    let Some(first) = listed().map(|chapter| chapter.start).min() else { return problems };
    let late = first > super::ALMOST_ZERO;
    if late {
        found(0, Kind::LateFirst { start: first });
    }
    let count = listed().count() + usize::from(late);
    if count < FEWEST {
        found(0, Kind::TooFew { count });
    } else if count > MOST {
        found(0, Kind::TooMany { count });
    }
    let mut begun = BTreeSet::new();
    for (index, chapter) in chapters.iter().enumerate() {
        let start = chapter.start;
        // What stands in no list may begin with a chapter that does.
        if !begun.insert((start, chapter.details.hidden)) {
            found(index, Kind::DuplicateStart { start });
        } else if let Some(above) = index.checked_sub(1).map(|above| chapters[above].start)
            && above > start
        {
            found(index, Kind::OutOfOrder { start, above });
        }
        if let Some(duration) = duration.filter(|&duration| start >= duration) {
            found(index, Kind::PastEnd { start, duration });
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn shown(starts: &[u64], duration: u64) -> String {
        let chapters: Vec<Chapter> = starts
            .iter()
            .map(|&start| Chapter::new(Duration::from_secs(start), "T".to_owned()))
            .collect();
        let problems = check(&chapters, Some(Duration::from_secs(duration)));
        problems.iter().map(|p| format!("{}: {}\n", p.chapter, p.kind)).collect()
    }

    #[test]
    fn a_good_list_has_no_problems() {
        assert_eq!(shown(&[0, 60, 120], 180), "");
        assert_eq!(shown(&[1, 60, 120], 180), "");
        assert_eq!(shown(&[], 180), "");
    }

    #[test]
    fn each_problem_is_named_where_it_is() {
        assert_snapshot!(shown(&[60, 0, 60, 200, 180], 180), @"
        1: the chapter at 00:00 stands below the one at 01:00
        2: two chapters start at 01:00
        3: the chapter starts at 03:20, but the audio ends at 03:00
        4: the chapter at 03:00 stands below the one at 03:20
        4: the chapter starts at 03:00, but the audio ends at 03:00
        ");
        assert_snapshot!(shown(&[90], 180), @"
        0: the first chapter starts at 01:30, not at 00:00
        0: there are only 2 chapters
        ");
        assert_snapshot!(shown(&[0], 180), @"0: there is only one chapter");
    }

    #[test]
    fn a_tag_can_list_255() {
        let many: Vec<u64> = (0..256).collect();
        assert_eq!(shown(&many[..255], 999), "");
        assert_snapshot!(shown(&many, 999), @"0: there are 256 chapters, and only the first 255 are published");
        // With the one that is put in front.
        let late: Vec<u64> = (10..265).collect();
        assert_snapshot!(shown(&late, 999), @"
        0: the first chapter starts at 00:10, not at 00:00
        0: there are 256 chapters, and only the first 255 are published
        ");
    }
}
