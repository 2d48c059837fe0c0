//! Times: each to the second, on both sides of the skew; and texts that are no times.

use gatewright_terms::Refusal as R;
use testkit::saml::instant;

use super::message::{Base, Message};
use super::variant::{Defect, check, hold};
use super::world::{NOW, SKEW};

/// ST-SAML-14: both directions of time, exact to the second.
#[test]
fn messages_out_of_time_are_refused() {
    hold("times");
}

const ROWS: &[u8] = &[14];
const DAY: i64 = 86_400;
/// A message is made when it is sent.
const AGE: i64 = 300;

/// Where a time stands in the honest message: the text before it, and its value there.
struct Place {
    name: &'static str,
    at: &'static str,
    value: i64,
}

const RESPONSE_ISSUED: Place =
    Place { name: "issue-of-the-response", at: "ID=\"_response\" Version=\"2.0\" IssueInstant=", value: NOW };
const ASSERTION_ISSUED: Place =
    Place { name: "issue-of-the-assertion", at: "ID=\"_assertion\" Version=\"2.0\" IssueInstant=", value: NOW };
const NOT_BEFORE: Place = Place { name: "beginning", at: "<saml:Conditions NotBefore=", value: NOW - 30 };
const NOT_ON_OR_AFTER: Place = Place { name: "end", at: "\" NotOnOrAfter=", value: NOW + 300 };
const CONFIRMED: Place =
    Place { name: "end-of-the-confirmation", at: "<saml:SubjectConfirmationData NotOnOrAfter=", value: NOW + 300 };
const AUTHENTICATED: Place = Place { name: "authentication", at: "AuthnInstant=", value: NOW };

impl Place {
    /// The message with this text in the place.
    fn set(&self, message: Message, to: &str) -> Message {
        let from = format!("{}\"{}\"", self.at, instant(self.value));
        let to = format!("{}\"{to}\"", self.at);
        message.before(&from, &to)
    }

    /// `bad` is refused, `good` beside it is not.
    fn edge(&'static self, edge: &str, refusal: R, reason: &'static str, bad: i64, good: i64) -> Defect {
        check(format!("{}-{edge}", self.name), ROWS, refusal, reason, move |m| self.set(m, &instant(bad)))
            .twin(move |m| self.set(m, &instant(good)))
    }
}

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = edges();
    all.extend(session_ends());
    all.extend(missing());
    all.extend(texts());
    all
}

fn edges() -> Vec<Defect> {
    let not_yet = |place: &'static Place| place.edge("ahead", R::SamlNotYet, "not-yet", NOW + SKEW + 1, NOW + SKEW);
    let expired = |place: &'static Place| place.edge("past", R::SamlExpired, "expired", NOW - SKEW, NOW - SKEW + 1);
    let old = |place: &'static Place| {
        place.edge("long-ago", R::SamlExpired, "issued-too-long-ago", NOW - AGE - SKEW, NOW - AGE - SKEW + 1)
    };
    vec![
        not_yet(&RESPONSE_ISSUED),
        not_yet(&ASSERTION_ISSUED),
        not_yet(&NOT_BEFORE),
        old(&RESPONSE_ISSUED),
        old(&ASSERTION_ISSUED),
        // The beginning lies before the end; so it moves along.
        check("end-past", ROWS, R::SamlExpired, "expired", |m| {
            NOT_ON_OR_AFTER.set(NOT_BEFORE.set(m, &instant(NOW - DAY)), &instant(NOW - SKEW))
        })
        .twin(|m| NOT_ON_OR_AFTER.set(NOT_BEFORE.set(m, &instant(NOW - DAY)), &instant(NOW - SKEW + 1))),
        expired(&CONFIRMED),
        // What lies ahead within the skew counts as now.
        AUTHENTICATED.edge("ahead", R::SamlNotYet, "not-yet", NOW + SKEW + 1, NOW + SKEW),
        check("ten-years-ahead", ROWS, R::SamlNotYet, "not-yet", |m| m.answer(|answer| answer.now += 3650 * DAY)),
        check("ten-years-ago", ROWS, R::SamlExpired, "expired", |m| m.answer(|answer| answer.now -= 3650 * DAY)),
        check("window-that-is-empty", ROWS, R::SamlConditions, "conditions-window-empty", |m| {
            NOT_BEFORE.set(m, &instant(NOW + 300))
        })
        .twin(|m| NOT_BEFORE.set(m, &instant(NOW))),
    ]
}

/// `SessionNotOnOrAfter` is held against our own clock, without the skew.
fn session_ends() -> Vec<Defect> {
    vec![
        check("session-over", ROWS, R::SamlExpired, "session-over", |m| {
            m.answer(|answer| answer.session_ends = Some(NOW))
        })
        .twin(|m| m.answer(|answer| answer.session_ends = Some(NOW + 1)))
        .identity(|identity| identity.session_ends = Some(NOW + 1)),
        check("session-long-over", ROWS, R::SamlExpired, "session-over", |m| {
            m.answer(|answer| answer.session_ends = Some(NOW - DAY))
        })
        .twin(|m| m.answer(|answer| answer.session_ends = Some(NOW + DAY)))
        .identity(|identity| identity.session_ends = Some(NOW + DAY)),
    ]
}

fn missing() -> Vec<Defect> {
    let without = |place: &'static Place, refusal: R, reason: &'static str| {
        check(format!("{}-missing", place.name), ROWS, refusal, reason, move |m: Message| {
            let (open, name) = place.at.rsplit_once(' ').unwrap_or(("", place.at));
            let from = format!("{}\"{}\"", place.at, instant(place.value));
            assert!(name.ends_with('='), "{name}");
            m.before(&from, open)
        })
    };
    vec![
        without(&RESPONSE_ISSUED, R::SamlStructure, "issue-instant-missing"),
        without(&ASSERTION_ISSUED, R::SamlStructure, "issue-instant-missing"),
        without(&NOT_ON_OR_AFTER, R::SamlConditions, "conditions-without-end"),
        without(&CONFIRMED, R::SamlConfirmation, "confirmation-without-end"),
        without(&AUTHENTICATED, R::SamlAuthnStatement, "authn-instant-missing"),
    ]
}

/// No moment in UTC.
fn texts() -> Vec<Defect> {
    let mut all = Vec::new();
    for (name, text) in [
        ("empty", ""),
        ("word", "tomorrow"),
        ("date", "2027-01-15"),
        ("without-zone", "2027-01-15T08:05:00"),
        ("with-offset", "2027-01-15T09:05:00+01:00"),
        ("with-a-space", "2027-01-15 08:05:00Z"),
        ("with-white-space", " 2027-01-15T08:05:00Z"),
        ("thirtieth-of-february", "2027-02-30T08:05:00Z"),
        ("hour-25", "2027-01-15T25:05:00Z"),
        ("second-61", "2027-01-15T08:05:61Z"),
        ("year-10000", "10000-01-15T08:05:00Z"),
        ("year-minus-1", "-0001-01-15T08:05:00Z"),
        ("small-letters", "2027-01-15t08:05:00z"),
        ("number", "1800000300"),
        ("other-digits", "２０２７-01-15T08:05:00Z"),
        ("point-without-digits", "2027-01-15T08:05:00.Z"),
    ] {
        all.push(
            check(
                format!("end-of-the-confirmation-is-{name}"),
                ROWS,
                R::SamlConfirmation,
                "time-malformed",
                move |m| CONFIRMED.set(m, text),
            )
            .twin(|m| CONFIRMED.set(m, "2027-01-15T08:05:00.1234567Z"))
            .on(&[Base::Assertion]),
        );
    }
    let malformed = |place: &'static Place, refusal: R| {
        check(format!("{}-malformed", place.name), ROWS, refusal, "time-malformed", move |m| place.set(m, "never"))
    };
    all.extend([
        malformed(&RESPONSE_ISSUED, R::SamlStructure),
        malformed(&ASSERTION_ISSUED, R::SamlStructure),
        malformed(&NOT_BEFORE, R::SamlConditions),
        malformed(&NOT_ON_OR_AFTER, R::SamlConditions),
        malformed(&AUTHENTICATED, R::SamlAuthnStatement),
    ]);
    all
}
