//! How much more the double costs.

use std::time::{Duration, Instant};

/// How much more twice as much may cost. Twice is linear, four times is the square.
const MOST: f64 = 3.0;

/// Pairs that are measured before a case counts as too costly: a busy machine disturbs some of them.
const TRIES: usize = 20;

/// Least time of a measurement; what takes less is done again and again.
const LEAST: Duration = Duration::from_millis(5);

/// How long this thread was on a processor, or how much time has passed where nobody tells.
fn now(start: &Instant) -> Duration {
    std::thread::yield_now(); // the system counts when it hands over
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = stat.and_then(|text| text.split(' ').next()?.parse().ok());
    spent.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

fn cost(times: u32, run: &mut dyn FnMut()) -> Duration {
    let start = Instant::now();
    let before = now(&start);
    (0..times).for_each(|_| run());
    now(&start) - before
}

/// Fails unless `double` costs about twice as much as `single`.
pub(crate) fn assert_linear(what: &str, single: &mut dyn FnMut(), double: &mut dyn FnMut()) {
    let once = cost(1, single).max(Duration::from_micros(1));
    let times = u32::try_from(LEAST.as_nanos() / once.as_nanos()).unwrap() + 1;
    let (mut one, mut two) = (Duration::MAX, Duration::MAX);
    for turn in 1..=TRIES {
        one = one.min(cost(times, single));
        two = two.min(cost(times, double));
        // One disturbed measurement of the single would make a square look linear.
        if turn >= 3 && two <= one.mul_f64(MOST) {
            return;
        }
    }
    panic!("{what}: {:?}, and {:?} for twice as much", one / times, two / times);
}

#[test]
fn what_costs_the_square_is_found() {
    let square = |n: usize| {
        let list: Vec<usize> = (0..n).collect();
        assert!(list.iter().all(|a| list.iter().all(|b| a.abs_diff(*b) < n)));
    };
    let linear = |n: usize| assert!((0..n).all(|i| !i.to_string().is_empty()));
    assert_linear("a walk", &mut || linear(20_000), &mut || linear(40_000));
    let caught =
        std::panic::catch_unwind(|| assert_linear("", &mut || square(600), &mut || square(1200)));
    assert!(caught.is_err());
}
