//! Docs: every generated page is what the code says now, and every hand-written one names what there is.
//! `cargo xtask docs` writes the generated ones anew.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod flags;
mod limits;
mod links;
mod pages;
mod readme;
mod requirements;

use gatewright_tests::root;

#[test]
fn generated_pages_are_true() {
    for (path, text) in [
        ("docs/requirements.md", requirements::requirements()),
        ("docs/language.md", pages::language()),
        ("docs/codes.md", pages::codes()),
        ("docs/refusals.md", pages::refusals()),
        ("docs/routes.md", pages::routes()),
        ("docs/metrics.md", pages::metrics()),
        ("docs/audit.md", pages::audit()),
        ("docs/limits.md", limits::limits()),
    ] {
        hold(path, &text);
    }
}

/// Compares, or writes where `GENERATED_DOCS=write`. A page ends in one line end, whatever its generator did.
fn hold(path: &str, text: &str) {
    let text = format!("{}\n", text.trim_end());
    let place = root().join(path);
    #[expect(clippy::disallowed_methods, reason = "the task says by the environment whether to write")]
    let write = std::env::var("GENERATED_DOCS").is_ok_and(|mode| mode == "write");
    if write {
        std::fs::write(&place, &text).expect("writable");
    }
    let found = std::fs::read_to_string(&place).unwrap_or_default();
    assert!(found == text, "{path} is stale: run `cargo xtask docs`");
}
