//! Cli: the built program, run as people and scripts run it. One test binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "cli/attack.rs"]
mod attack;
#[path = "cli/audit.rs"]
mod audit;
#[path = "cli/bundle.rs"]
mod bundle;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/deploy.rs"]
mod deploy;
#[path = "cli/determinism.rs"]
mod determinism;
#[path = "cli/diff.rs"]
mod diff;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/fmt.rs"]
mod fmt;
#[path = "cli/focus.rs"]
mod focus;
#[path = "cli/forge.rs"]
mod forge;
#[path = "cli/guardrails.rs"]
mod guardrails;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/idp.rs"]
mod idp;
#[path = "cli/init.rs"]
mod init;
#[path = "cli/merge.rs"]
mod merge;
#[path = "cli/owners.rs"]
mod owners;
#[path = "cli/people.rs"]
mod people;
#[path = "cli/recorded.rs"]
mod recorded;
#[path = "cli/repository.rs"]
mod repository;
#[path = "cli/review.rs"]
mod review;
#[path = "cli/runtime.rs"]
mod runtime;
#[path = "cli/show.rs"]
mod show;
#[path = "cli/support.rs"]
mod support;
#[path = "cli/test.rs"]
mod test;
#[path = "cli/try_.rs"]
mod try_;
#[path = "cli/why.rs"]
mod why;
