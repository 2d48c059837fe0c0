//! Guardrail: predicates over what every organisation comes to, their names looked up.

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_terms::{Slug, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use wright_syntax::source::Span;

use super::{Binds, Org, Policy};
use crate::paths::{PathRow, Value, Which};

/// One guardrail of the platform.
#[derive(Debug, Clone)]
pub struct Guardrail {
    pub slug: Slug,
    pub why: Arc<str>,
    pub waivable: bool,
    /// Until the beginning of this day (UTC) it warns. `None`: it is enforced.
    pub(crate) active_from: Option<Date>,
    /// In the order of the file.
    pub demands: Vec<Demand>,
    pub(crate) at: Span,
}

/// One line of a guardrail.
#[derive(Debug, Clone)]
pub struct Demand {
    pub verb: Verb,
    /// As it is written.
    pub path: Arc<str>,
    pub test: Test,
    pub binds: Binds,
    pub(crate) row: &'static PathRow,
    pub(crate) which: Which,
    pub(crate) at: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    Require,
    Forbid,
}

/// What a value is held against. One that does not fit the path was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    AtMost(Value),
    AtLeast(Value),
    Equals(Value),
    OneOf(BTreeSet<Value>),
    CountAtLeast(u32),
}

impl Guardrail {
    /// The day from which it is enforced, ISO 8601. `None`: it is.
    pub fn active_from(&self) -> Option<String> {
        self.active_from.map(|day| day.to_string())
    }

    /// Whether it is enforced at this moment. A day that no clock has is never reached.
    pub(crate) fn is_active(&self, as_of: Timestamp) -> bool {
        let begins = |day: Date| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map(jiff::Timestamp::as_second);
        self.active_from.is_none_or(|day| begins(day).is_ok_and(|begins| as_of.unix() >= begins))
    }
}

impl Verb {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Require => "require",
            Self::Forbid => "forbid",
        }
    }
}

impl Test {
    pub const fn word(&self) -> &'static str {
        match self {
            Self::AtMost(_) => "at-most",
            Self::AtLeast(_) => "at-least",
            Self::Equals(_) => "equals",
            Self::OneOf(_) => "one-of",
            Self::CountAtLeast(_) => "count-at-least",
        }
    }

    /// Of one value. How many there are is no value's business.
    pub(crate) fn holds(&self, value: &Value) -> bool {
        match self {
            Self::AtMost(bound) => value <= bound,
            Self::AtLeast(bound) => value >= bound,
            Self::Equals(bound) => value == bound,
            Self::OneOf(bounds) => bounds.contains(value),
            Self::CountAtLeast(_) => true,
        }
    }
}

impl Demand {
    /// Whether it speaks of the organisation.
    pub(crate) fn binds(&self, org: &Org, policy: &Policy) -> bool {
        match &self.binds {
            Binds::All => true,
            Binds::Org(id) => *id == org.id,
            Binds::Plan(plan) => org.plan.is_some() && org.plan_slug(&policy.catalogue) == *plan,
            Binds::Stage(stage) => org.stage == *stage,
        }
    }
}
