//! Alternating pairs of two measured things, and the middle of what they cost.

use crate::Res;
use crate::measure::Cost;

/// What two programs cost, run by run.
pub(super) type Pairs = Vec<(Cost, Cost)>;

/// `runs` pairs of two measured things; the order flips from pair to pair.
pub(super) fn pairs(
    runs: usize,
    mut a: impl FnMut() -> Res<Cost>,
    mut b: impl FnMut() -> Res<Cost>,
) -> Res<Pairs> {
    let mut pair = |i: usize| -> Res<(Cost, Cost)> {
        if i.is_multiple_of(2) {
            let first = a()?;
            Ok((first, b()?))
        } else {
            let second = b()?;
            Ok((a()?, second))
        }
    };
    (0..runs).map(&mut pair).collect()
}

/// The middle of some figures.
pub(super) fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = figures.into_iter().collect();
    all.sort_unstable_by(f64::total_cmp);
    match all.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => all[n / 2],
        n => f64::midpoint(all[n / 2 - 1], all[n / 2]),
    }
}

/// The middle of the ratios of each pair.
pub(super) struct Ratio {
    /// Processor time: what a neighbour on the machine disturbs least.
    pub(super) cpu: f64,
    /// Time on the clock.
    pub(super) wall: f64,
    /// Peak memory.
    pub(super) peak: f64,
    /// Peak memory of the first of the two, in MiB.
    pub(super) mib: f64,
}

impl Ratio {
    /// The first of each pair over the second.
    pub(super) fn of(pairs: &Pairs) -> Self {
        let over =
            |figure: fn(&Cost) -> f64| median(pairs.iter().map(|(a, b)| figure(a) / figure(b)));
        Self {
            cpu: over(|c| c.cpu),
            wall: over(|c| c.wall),
            peak: over(|c| c.peak as f64),
            mib: median(pairs.iter().map(|(a, _)| a.mib())),
        }
    }
}
