//! Figure: one measured promise, and the page that all of them make.

use std::fmt;

/// What was measured, beside what.
pub(crate) struct Figure {
    pub(crate) what: &'static str,
    pub(crate) ours: String,
    /// The real limit, measured in the same run.
    pub(crate) beside: String,
    pub(crate) ratio: String,
    /// What was promised, or `recorded`.
    pub(crate) promise: &'static str,
    pub(crate) kept: bool,
}

impl fmt::Display for Figure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, ours, beside, ratio, promise, kept } = self;
        write!(
            out,
            "| {what} | {ours} | {beside} | {ratio} | {promise} | {} |",
            if *kept { "kept" } else { "**broken**" }
        )
    }
}

/// `docs/benchmarks.md`.
pub(crate) fn page(figures: &[Figure]) -> String {
    let rows: Vec<String> = figures.iter().map(ToString::to_string).collect();
    format!(
        "# Benchmarks\n\n\
         `cargo xtask bench` measures these again and writes this page. Each figure stands beside its real limit, measured in \
         the same run: machines differ and wander, ratios hold better. No test measures time.\n\n\
         | what | ours | beside | ratio | promise | |\n|---|---|---|---|---|---|\n{}\n\n\
         Rounds alternate between ours and the limit; figures are medians. Processor time of a server is what the kernel \
         accounted to its process over 100,000 requests on one kept connection. On an idle \
         machine most of that is waking the process, which both share; on a busy one, where it vanishes, the ratio of \
         `/auth/verify` was 1.25 to 1.38.\n",
        rows.join("\n")
    )
}
