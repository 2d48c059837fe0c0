//! Codes: the findings of reading the table and of looking names up. A rule's code stands beside the rule.
//!
//! Invariant: a number is never given to a second meaning, not even after its first one is gone.

use wright_syntax::diagnostic::{Code, Severity};

use crate::CHECKS;
use crate::kind::CONFUSABLE_DOMAIN;
use crate::words::MEMBERS_TWICE;

const fn error(number: u16, slug: &'static str) -> Code {
    Code { number, slug, severity: Severity::Error }
}

pub(crate) const UNKNOWN_WORD: Code = error(101, "unknown-word");
pub(crate) const UNKNOWN_REFERENCE: Code = error(102, "unknown-reference");
pub(crate) const WRONG_KIND: Code = error(103, "wrong-kind");
pub(crate) const DUPLICATE_DEFINITION: Code = error(104, "duplicate-definition");
pub(crate) const FOLDER_MISMATCH: Code = error(106, "folder-mismatch");
pub(crate) const BAD_SLUG: Code = error(109, "bad-slug");
pub(crate) const RESERVED_WORD: Code = error(110, "reserved-word");
pub(crate) const WRONG_TYPE: Code = error(201, "wrong-type");
pub(crate) const FIELD_OF_OTHER_KIND: Code = error(202, "field-of-other-kind");
pub(crate) const MISSING_FIELD: Code = error(203, "missing-field");
pub(crate) const IMPOSSIBLE_DATE: Code = error(204, "impossible-date");
pub(crate) const OUT_OF_RANGE: Code = error(206, "out-of-range");
pub(crate) const BAD_EMAIL: Code = error(207, "bad-email");
pub(crate) const WRONG_PLACE: Code = error(209, "wrong-place");
pub(crate) const DOMAIN_WITHOUT_CONNECTION: Code = error(305, "domain-without-connection");
pub(crate) const AMBIGUOUS_GROUP: Code = error(506, "ambiguous-group");
pub(crate) const OVERLAY_FORBIDDEN_FIELD: Code = error(1201, "overlay-forbidden-field");
pub(crate) const SET_TWICE: Code = error(1203, "set-twice");
pub(crate) const PRESETS_DISAGREE: Code = error(1202, "presets-disagree");
pub(crate) const NOTHING_TO_REMOVE: Code = error(1204, "nothing-to-remove");
pub(crate) const BAD_PARAM: Code = error(1205, "bad-param");
pub(crate) const UNKNOWN_REASON: Code = error(1305, "unknown-reason");

const STAGES: &[Code] = &[
    UNKNOWN_WORD,
    UNKNOWN_REFERENCE,
    WRONG_KIND,
    DUPLICATE_DEFINITION,
    FOLDER_MISMATCH,
    BAD_SLUG,
    RESERVED_WORD,
    WRONG_TYPE,
    FIELD_OF_OTHER_KIND,
    MISSING_FIELD,
    IMPOSSIBLE_DATE,
    OUT_OF_RANGE,
    BAD_EMAIL,
    WRONG_PLACE,
    DOMAIN_WITHOUT_CONNECTION,
    CONFUSABLE_DOMAIN,
    AMBIGUOUS_GROUP,
    MEMBERS_TWICE,
    OVERLAY_FORBIDDEN_FIELD,
    PRESETS_DISAGREE,
    SET_TWICE,
    NOTHING_TO_REMOVE,
    BAD_PARAM,
    UNKNOWN_REASON,
];

/// Every code that a policy can raise, the reader's included, by number.
pub fn codes() -> Vec<Code> {
    let rules = CHECKS.iter().flat_map(|check| check.codes);
    let mut all: Vec<Code> = wright_syntax::codes::ALL.iter().chain(STAGES).chain(rules).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}
