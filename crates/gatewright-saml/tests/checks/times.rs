//! Every moment of a response, one second on either side of its edge (ST-SAML-14).

use gatewright_terms::{Refusal, Seconds};

use crate::harness::{Case, NOW, at};

const AGE: i64 = 300;

/// Puts another moment into one attribute.
fn with(name: &str, value: i64, moment: i64) -> impl Fn(i64) -> Case {
    let (name, old) = (name.to_owned(), at(value));
    move |skew| {
        let case = Case::good().swap(&format!("{name}=\"{old}\""), &format!("{name}=\"{}\"", at(moment)));
        case.policy(|saml| saml.clock_skew = Seconds(u32::try_from(skew).unwrap()))
    }
}

/// ST-SAML-14
#[test]
fn st_saml_14_nothing_is_taken_before_its_time() {
    for skew in [0, 60, 300] {
        for (name, old) in [("NotBefore", -120), ("IssueInstant", -1), ("IssueInstant", -2), ("AuthnInstant", -1800)] {
            let late = |case: Case| case.swap(&at(180), &at(1200));
            late(with(name, old, skew)(skew)).passes();
            late(with(name, old, skew + 1)(skew)).refuses(Refusal::SamlNotYet, "not-yet");
        }
    }
}

/// ST-SAML-14
#[test]
fn st_saml_14_nothing_is_taken_after_its_time() {
    for skew in [0, 60, 300] {
        for (name, old) in [("NotOnOrAfter", 180), ("NotOnOrAfter", 120)] {
            let early = |case: Case| case.swap(&at(-120), &at(-1200));
            early(with(name, old, 1 - skew)(skew)).passes();
            early(with(name, old, -skew)(skew)).refuses(Refusal::SamlExpired, "expired");
        }
        for old in [-1, -2] {
            with("IssueInstant", old, 1 - AGE - skew)(skew).passes();
            with("IssueInstant", old, -AGE - skew)(skew).refuses(Refusal::SamlExpired, "issued-too-long-ago");
        }
    }
}

/// The session of the provider has no skew: one that is over is not begun.
#[test]
fn st_sess_05_a_session_that_is_over_is_not_begun() {
    assert_eq!(with("SessionNotOnOrAfter", 28_800, 1)(60).passes().session_ends().unwrap().unix(), NOW + 1);
    with("SessionNotOnOrAfter", 28_800, 0)(60).refuses(Refusal::SamlExpired, "session-over");
    let none = Case::good().swap(&format!(" SessionNotOnOrAfter=\"{}\"", at(28_800)), "");
    assert_eq!(none.passes().session_ends(), None);
}

/// A clock that is ahead of ours does not make an authentication of the future.
#[test]
fn an_authentication_is_never_later_than_the_check() {
    assert_eq!(with("AuthnInstant", -1800, 30)(60).passes().authenticated().unix(), NOW);
    assert_eq!(with("AuthnInstant", -1800, -30)(60).passes().authenticated().unix(), NOW - 30);
}

/// ST-SAML-16: until it is refused for its age, it must be remembered, and no longer.
#[test]
fn st_saml_16_it_is_usable_until_it_is_refused_for_its_age() {
    let usable = |case: Case, from: i64| {
        let until = case.passes().usable_until().unix();
        let mut last = Case { now: until - 1, ..case };
        // The response around it may be made anew where it is unsigned.
        last = last
            .swap(&at(-1), &at(from))
            .swap(&format!("NotOnOrAfter=\"{}\"", at(120)), &format!("NotOnOrAfter=\"{}\"", at(900)));
        last.passes();
        last.now = until;
        assert_eq!(last.run().unwrap_err().refusal, Refusal::SamlExpired);
        until
    };
    assert_eq!(usable(Case::assertion_signed(), 200), NOW + 180 + 60);
    assert_eq!(usable(with("NotOnOrAfter", 180, 9_000)(60), 200), NOW - 2 + AGE + 60);
}

/// ST-SAML-14: what must be there, and must be a moment in UTC.
#[test]
fn st_saml_14_a_missing_or_malformed_moment_is_refused() {
    for (name, old, refusal, missing) in [
        ("NotOnOrAfter", 180, Refusal::SamlConditions, Some("conditions-without-end")),
        ("NotOnOrAfter", 120, Refusal::SamlConfirmation, Some("confirmation-without-end")),
        ("IssueInstant", -1, Refusal::SamlStructure, Some("issue-instant-missing")),
        ("IssueInstant", -2, Refusal::SamlStructure, Some("issue-instant-missing")),
        ("AuthnInstant", -1800, Refusal::SamlAuthnStatement, Some("authn-instant-missing")),
        ("SessionNotOnOrAfter", 28_800, Refusal::SamlAuthnStatement, None),
        ("NotBefore", -120, Refusal::SamlConditions, None),
    ] {
        let there = format!(" {name}=\"{}\"", at(old));
        let without = Case::good().swap(&there, "");
        match missing {
            Some(reason) => drop(without.refuses(refusal, reason)),
            None => drop(without.passes()),
        }
        for wrong in ["", "soon", &at(old).replace('Z', ""), &at(old).replace('Z', "+00:00"), &format!("{} ", at(old))]
        {
            let case = Case::good().swap(&there, &format!(" {name}=\"{wrong}\""));
            case.refuses(refusal, "time-malformed");
        }
        // Three digits, as most send them, and seven, as .NET does.
        for fraction in [".123Z", ".1234567Z"] {
            let value = at(old).replace('Z', fraction);
            Case::good().swap(&there, &format!(" {name}=\"{value}\"")).passes();
        }
    }
}

#[test]
fn a_window_without_a_moment_is_refused() {
    let from = |moment| Case::good().swap(&at(-120), &at(moment)).policy(|saml| saml.clock_skew = Seconds(300));
    from(179).passes();
    from(180).refuses(Refusal::SamlConditions, "conditions-window-empty");
    from(181).refuses(Refusal::SamlConditions, "conditions-window-empty");
}
