//! Ui: every fixture below the workspace's `tests/ui` through the whole compiler, the lockout proof included, as the
//! terminal shows it; and every page's examples.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

#[path = "ui/field.rs"]
mod field;
#[path = "ui/fixtures.rs"]
mod fixtures;
#[path = "ui/guardrails.rs"]
mod guardrails;
#[path = "ui/mask.rs"]
mod mask;
#[path = "../../wright-policy/tests/ui/notation.rs"]
#[allow(dead_code, reason = "the notation is shared with the tests of the stages, which use more of it")]
mod notation;
#[path = "ui/pages.rs"]
mod pages;
