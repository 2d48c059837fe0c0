//! Unsolicited: the provider began by itself, or says so.

use gatewright_bundle::program::IdpInitiated;
use gatewright_terms::{Refusal as R, Slug, Timestamp};

use super::message::{Base, Message};
use super::variant::{Defect, StoppedBy, check, hold, screen};
use super::world::{ACS, NOW, Setting};

/// ST-SAML-15: only where the policy takes it, until its end, and then nothing may be answered.
#[test]
fn unsolicited_messages_are_refused() {
    hold("unsolicited");
}

const ROWS: &[u8] = &[15];

fn open_until(setting: &mut Setting, until: i64) {
    setting.request = None;
    setting.saml.idp_initiated =
        Some(IdpInitiated { until: Timestamp::from_unix(until), app: Slug::parse("app").expect("a slug") });
}

/// It is open for a second yet.
fn open(setting: &mut Setting) {
    open_until(setting, NOW + 1);
}

fn of_itself(message: Message) -> Message {
    message.answer(|answer| answer.in_response_to = None)
}

pub(crate) fn defects() -> Vec<Defect> {
    let unsolicited =
        |defect: Defect| defect.twin(of_itself).setting(open).identity(|identity| identity.in_response_to = None);
    let answers = |name: &str, destination: &'static str, recipient: &'static str| {
        unsolicited(check(name, ROWS, R::SamlInResponseTo, "unsolicited-answers-a-request", move |m| {
            of_itself(m)
                .before(&format!("Destination=\"{ACS}\""), &format!("Destination=\"{ACS}\"{destination}"))
                .before(&format!("Recipient=\"{ACS}\""), &format!("Recipient=\"{ACS}\"{recipient}"))
        }))
    };
    vec![
        unsolicited(
            screen("where-the-policy-is-silent", ROWS, R::SamlUnsolicited, "unsolicited", of_itself)
                .bad_setting(|setting| setting.saml.idp_initiated = None)
                .on(Base::ALL),
        ),
        unsolicited(
            screen("at-the-end-of-the-exception", ROWS, R::SamlUnsolicited, "unsolicited-no-longer", of_itself)
                .bad_setting(|setting| open_until(setting, NOW))
                .on(Base::ALL),
        ),
        unsolicited(
            screen("long-after-the-exception", ROWS, R::SamlUnsolicited, "unsolicited-no-longer", of_itself)
                .bad_setting(|setting| open_until(setting, NOW - 86_400))
                .on(&[Base::Assertion]),
        ),
        answers("answers-a-request", " InResponseTo=\"_request\"", " InResponseTo=\"_request\""),
        answers("answers-a-request-in-the-response", " InResponseTo=\"_request\"", ""),
        answers("answers-a-request-in-the-confirmation", "", " InResponseTo=\"_request\""),
        answers("answers-nothing-by-name", " InResponseTo=\"\"", ""),
        // Open to unsolicited ones, but this browser has begun a sign-in: it must be answered.
        check("in-the-place-of-an-answer", ROWS, R::SamlInResponseTo, "in-response-to-missing", of_itself)
            .setting(|setting| {
                open(setting);
                setting.request = Some(super::world::REQUEST_ID.to_owned());
            })
            .stopped_by(StoppedBy::Checks),
    ]
}
