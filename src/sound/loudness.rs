//! Loudness of a whole recording, out of its tenths of a second (ITU-R BS.1770-4; EBU Tech 3341 and
//! 3342).

use super::meter::Block;

/// Tenths of a second that one gating block spans.
const GATING: usize = 4;
/// Tenths of a second of short-term loudness.
pub(super) const SHORT_TERM: usize = 30;
/// What is softer than this many LUFS is no part of the programme.
const ABSOLUTE_GATE: f64 = -70.0;

/// A mean square as loudness in LUFS; `-inf` for silence.
pub(super) fn lufs(energy: f64) -> f64 {
    -0.691 + 10.0 * energy.log10()
}

fn energy(lufs: f64) -> f64 {
    10_f64.powf((lufs + 0.691) / 10.0)
}

/// Mean energies of all windows of `length` blocks, a block apart.
fn windows(blocks: &[Block], length: usize) -> impl Iterator<Item = f64> {
    let energy = |block: &Block| f64::from(block.energy);
    let mean = move |window: &[Block]| window.iter().map(energy).sum::<f64>() / length as f64;
    blocks.windows(length).map(mean)
}

/// Integrated loudness and its gate, in LUFS; `None` if nothing is loud enough to count. `blocks` are
/// whole tenths of a second.
pub(super) fn integrated(blocks: &[Block]) -> Option<(f64, f64)> {
    let gate = energy(ABSOLUTE_GATE);
    let mean = |gate: f64| {
        let (sum, count) = windows(blocks, GATING)
            .filter(|energy| *energy > gate)
            .fold((0.0, 0_u64), |(sum, count), energy| (sum + energy, count + 1));
        (count > 0).then(|| sum / count as f64)
    };
    // Ten LU below the mean of what passes the first gate.
    let relative = (mean(gate)? / 10.0).max(gate);
    Some((lufs(mean(relative)?), lufs(relative)))
}

/// Loudness range in LU; `None` if there are no three seconds that count.
pub(super) fn range(blocks: &[Block]) -> Option<f64> {
    let gate = energy(ABSOLUTE_GATE);
    let mut all: Vec<f64> = windows(blocks, SHORT_TERM).filter(|energy| *energy > gate).collect();
    if all.is_empty() {
        return None;
    }
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    // Twenty LU below the mean; then from the 10th percentile to the 95th.
    all.retain(|energy| *energy >= mean / 100.0);
    all.sort_by(f64::total_cmp);
    let at = |part: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place in the list"
        )]
        let index = ((all.len() - 1) as f64 * part + 0.5) as usize;
        all.get(index).copied().map(lufs)
    };
    Some(at(0.95)? - at(0.10)?)
}

/// The loudest window of so many blocks, in LUFS.
pub(super) fn loudest(blocks: &[Block], length: usize) -> Option<f64> {
    windows(blocks, length).reduce(f64::max).map(lufs).filter(|level| level.is_finite())
}

/// The loudest 0.4 s.
pub(super) fn momentary(blocks: &[Block]) -> Option<f64> {
    loudest(blocks, GATING)
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "signals are made up")]
mod tests {
    use super::*;

    /// So many seconds of so many LUFS.
    fn at(seconds: f64, level: f64) -> Vec<Block> {
        let block = Block { energy: energy(level) as f32, level: 0.0, peak: 0.0 };
        vec![block; (seconds * 10.0) as usize]
    }

    fn close(found: Option<f64>, expected: f64) {
        assert!((found.unwrap() - expected).abs() < 0.1, "{found:?}, not {expected}");
    }

    fn integrated(blocks: &[Block]) -> Option<f64> {
        super::integrated(blocks).map(|(level, _)| level)
    }

    /// EBU Tech 3341, test cases 1 to 5: levels and what a meter must show.
    #[test]
    fn gates_leave_out_what_is_soft() {
        close(integrated(&at(20.0, -23.0)), -23.0);
        close(integrated(&at(20.0, -33.0)), -33.0);
        let parts = [at(10.0, -36.0), at(60.0, -23.0), at(10.0, -36.0)];
        close(integrated(&parts.concat()), -23.0);
        let far =
            [at(10.0, -72.0), at(10.0, -36.0), at(60.0, -23.0), at(10.0, -36.0), at(10.0, -72.0)];
        close(integrated(&far.concat()), -23.0);
        close(integrated(&[at(20.0, -26.0), at(20.1, -20.0), at(20.0, -26.0)].concat()), -23.0);
        assert_eq!(integrated(&at(20.0, -80.0)), None);
        assert_eq!(integrated(&at(0.3, -20.0)), None);
    }

    /// EBU Tech 3342, test cases 1 to 4.
    #[test]
    fn the_range_is_that_of_the_programme() {
        close(range(&[at(20.0, -20.0), at(20.0, -30.0)].concat()), 10.0);
        close(range(&[at(20.0, -20.0), at(20.0, -15.0)].concat()), 5.0);
        close(range(&[at(20.0, -40.0), at(20.0, -20.0)].concat()), 20.0);
        let steps = [-50.0, -35.0, -20.0, -35.0, -50.0].map(|level| at(20.0, level));
        close(range(&steps.concat()), 15.0);
        assert_eq!(range(&at(2.9, -20.0)), None);
    }
}
