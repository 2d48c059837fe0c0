//! Statements: that somebody signed in, and that the provider says it worked.

use gatewright_terms::Refusal as R;

use super::message::{Base, Message, around};
use super::variant::{Defect, check, hold, screen};

/// ST-SAML-18: one statement of authentication, and the status success.
#[test]
fn messages_that_do_not_say_that_somebody_signed_in_are_refused() {
    hold("statements");
}

const ROWS: &[u8] = &[18];
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = statuses();
    all.extend(authentications());
    all
}

fn statuses() -> Vec<Defect> {
    let code = |name: &str, to: &'static str| {
        check(name, ROWS, R::SamlStatus, "status-not-success", move |m: Message| m.before(SUCCESS, to))
    };
    let status = |name: &str, refusal: R, reason: &'static str, to: &'static str| {
        check(name, ROWS, refusal, reason, move |m: Message| {
            m.before_with(move |text| {
                let (before, _, after) = around(&text, "samlp:Status");
                format!("{before}{to}{after}")
            })
        })
    };
    vec![
        code("responder-with-an-assertion", "urn:oasis:names:tc:SAML:2.0:status:Responder"),
        code("requester-with-an-assertion", "urn:oasis:names:tc:SAML:2.0:status:Requester"),
        code("version-mismatch", "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch"),
        code("success-in-small-letters", "urn:oasis:names:tc:SAML:2.0:status:success"),
        code("success-with-white-space", "urn:oasis:names:tc:SAML:2.0:status:Success "),
        code("success-alone", "Success"),
        code("success-of-version-1", "samlp:Success"),
        code("no-value", ""),
        status("no-status", R::SamlStructure, "child-missing", ""),
        status("empty-status", R::SamlStructure, "child-missing", "<samlp:Status/>"),
        status(
            "code-without-value",
            R::SamlStatus,
            "status-not-success",
            "<samlp:Status><samlp:StatusCode/></samlp:Status>",
        ),
        status(
            "success-within-failure",
            R::SamlStatus,
            "status-not-success",
            "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:StatusCode></samlp:Status>",
        ),
        status(
            "failure-then-success",
            R::SamlStructure,
            "child-doubled",
            "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>",
        ),
        // The provider says no: no assertion, and no signature is needed to believe it.
        screen("refused-by-the-provider", ROWS, R::SamlStatus, "status-not-success", |m| {
            m.answer(|answer| "Responder".clone_into(&mut answer.status))
        })
        .on(Base::PLAIN),
        check("status-changed-on-the-way", &[1, 18], R::SamlStatus, "status-not-success", |m| {
            m.after(SUCCESS, "urn:oasis:names:tc:SAML:2.0:status:Requester")
        })
        .on(&[Base::Assertion]),
    ]
}

fn authentications() -> Vec<Defect> {
    let statement = |name: &str, refusal: R, reason: &'static str, to: fn(&str) -> String| {
        check(name, ROWS, refusal, reason, move |m: Message| {
            m.before_with(move |text| {
                let (before, own, after) = around(&text, "saml:AuthnStatement");
                format!("{before}{}{after}", to(own))
            })
        })
    };
    let class = "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>";
    vec![
        statement("no-statement", R::SamlAuthnStatement, "authn-statement-missing", |_| String::new()),
        statement("two-statements", R::SamlAuthnStatement, "authn-statement-missing", |own| own.repeat(2)),
        statement("decision-in-its-place", R::SamlAuthnStatement, "authn-statement-missing", |_| {
            "<saml:AuthzDecisionStatement Resource=\"https://gate.example\" Decision=\"Permit\"><saml:Action Namespace=\"urn:x\">in</saml:Action></saml:AuthzDecisionStatement>".to_owned()
        })
        .twin(|m| {
            m.before("</saml:AuthnStatement>", "</saml:AuthnStatement><saml:AuthzDecisionStatement Resource=\"https://gate.example\" Decision=\"Deny\"><saml:Action Namespace=\"urn:x\">in</saml:Action></saml:AuthzDecisionStatement>")
        }),
        statement("no-context", R::SamlStructure, "child-missing", |_| "<saml:AuthnStatement AuthnInstant=\"2027-01-15T08:00:00Z\"/>".to_owned()),
        check("two-classes", ROWS, R::SamlStructure, "child-doubled", move |m| m.before(class, &class.repeat(2))),
        check("endless-class", &[18, 22], R::SamlAuthnStatement, "authn-statement-text", |m| m.answer(|answer| answer.acr = "a".repeat(513)))
            .twin(|m| m.answer(|answer| answer.acr = "a".repeat(512)))
            .identity(|identity| identity.acr = Some("a".repeat(512))),
        check("class-with-a-line-end", ROWS, R::SamlAuthnStatement, "authn-statement-text", |m| m.answer(|answer| "a\nb".clone_into(&mut answer.acr))),
        check("endless-session-index", &[18, 22], R::SamlAuthnStatement, "authn-statement-text", |m| m.answer(|answer| answer.session_index = Some("a".repeat(513))))
            .twin(|m| m.answer(|answer| answer.session_index = Some("a".repeat(512))))
            .identity(|identity| identity.session_index = Some("a".repeat(512))),
    ]
}
