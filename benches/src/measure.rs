//! Measure: medians of rounds.

use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;

/// Median nanoseconds of one call, over rounds of `calls` calls.
pub(crate) fn nanoseconds<T>(calls: u32, mut call: impl FnMut() -> T) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let took = time(|| {
                for _ in 0..calls {
                    black_box(call());
                }
            });
            took.as_secs_f64() * 1e9 / f64::from(calls)
        })
        .collect();
    median(&mut rounds)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub(crate) fn time(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
