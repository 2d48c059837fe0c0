//! Codes: the findings that reading alone can raise, and those about files as such.
//!
//! Invariant: a number is never given to a second meaning, not even after its first one is gone.

use crate::diagnostic::{Code, Severity};

const fn error(number: u16, slug: &'static str) -> Code {
    Code { number, slug, severity: Severity::Error }
}

/// What no other code names.
pub const SYNTAX: Code = error(1, "syntax");
/// `30m`, `2026-06-30`, `80%`.
pub const UNQUOTED_UNIT: Code = error(2, "unquoted-unit");
/// `true`, `#true`, `false`, `#false`.
pub const BARE_BOOLEAN: Code = error(3, "bare-boolean");
pub const UNCLOSED_BLOCK: Code = error(4, "unclosed-block");
/// Raised where the manifest is read.
pub const MISSING_POLICY_VERSION: Code = error(5, "missing-policy-version");
/// What you see is not what is compiled: Trojan Source, CVE-2021-42574.
pub const HIDDEN_CHARACTER: Code = error(6, "hidden-character");
pub const SLASHDASH_OUTSIDE_ORGS: Code = error(7, "slashdash-outside-orgs");
/// Raised where the workspace's files are listed.
pub const STRAY_FILE: Code = error(9, "stray-file");
pub const LIMITS: Code = error(10, "limits");
/// Not UTF-8 (here), or a symlink, `..`, an absolute path, a hidden file (where files are listed).
pub const NOT_A_FILE: Code = error(11, "not-a-file");
/// `plan enterprise`.
pub const UNQUOTED_WORD: Code = error(12, "unquoted-word");
/// Latin and Cyrillic letters in one word: homographs, CVE-2021-42694.
pub const MIXED_SCRIPT: Code = error(13, "mixed-script");
/// `/- kdl-version 2`.
pub const VERSION_MARKER: Code = error(14, "version-marker");
pub const DUPLICATE_PROPERTY: Code = error(105, "duplicate-property");
/// A float, null, another base, a type annotation, an integer that does not fit; elsewhere, a second argument.
pub const NOT_A_VALUE: Code = error(210, "not-a-value");

/// Every code of this page, by number.
pub const ALL: &[Code] = &[
    SYNTAX,
    UNQUOTED_UNIT,
    BARE_BOOLEAN,
    UNCLOSED_BLOCK,
    MISSING_POLICY_VERSION,
    HIDDEN_CHARACTER,
    SLASHDASH_OUTSIDE_ORGS,
    STRAY_FILE,
    LIMITS,
    NOT_A_FILE,
    UNQUOTED_WORD,
    MIXED_SCRIPT,
    VERSION_MARKER,
    DUPLICATE_PROPERTY,
    NOT_A_VALUE,
];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn numbers_rise_and_slugs_differ() {
        assert!(ALL.windows(2).all(|pair| pair[0].number < pair[1].number));
        let mut slugs: Vec<&str> = ALL.iter().map(|code| code.slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), ALL.len());
    }
}
