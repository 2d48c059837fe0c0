//! Correlation: the name of one request, in its error and in the log line.

use std::sync::atomic::{AtomicU64, Ordering};

/// Names requests: a seed of this process and a count. It is no secret and proves nothing.
#[derive(Debug)]
pub struct Correlation {
    seed: u32,
    count: AtomicU64,
}

impl Correlation {
    pub const fn new(seed: u32) -> Self {
        Self { seed, count: AtomicU64::new(0) }
    }

    /// The next name, such as `7f3a01c2-1b`.
    pub fn next(&self) -> String {
        format!("{:08x}-{:x}", self.seed, self.count.fetch_add(1, Ordering::Relaxed))
    }
}
