//! Conditions: missing, empty, unknown.

use gatewright_terms::Refusal as R;

use super::message::{Message, around};
use super::variant::{Defect, check, hold};

/// ST-SAML-13, ST-SAML-14: conditions are there, and each of them is understood.
#[test]
fn conditions_that_are_not_met_are_refused() {
    hold("conditions");
}

const ROWS: &[u8] = &[13, 14];

pub(crate) fn defects() -> Vec<Defect> {
    let replaced = |name: &str, refusal: R, reason: &'static str, to: &'static str| {
        check(name, ROWS, refusal, reason, move |m: Message| {
            m.before_with(move |text| {
                let (before, _, after) = around(&text, "saml:Conditions");
                format!("{before}{to}{after}")
            })
        })
    };
    let added = |name: &str, refusal: R, reason: &'static str, condition: &'static str| {
        check(name, ROWS, refusal, reason, move |m: Message| {
            m.before("</saml:Conditions>", &format!("{condition}</saml:Conditions>"))
        })
    };
    let unknown = R::SamlConditions;
    vec![
        replaced("none", R::SamlConditions, "conditions-missing", ""),
        replaced("empty", R::SamlAudience, "audience-missing", "<saml:Conditions/>"),
        replaced(
            "empty-restriction",
            R::SamlStructure,
            "child-missing",
            "<saml:Conditions NotOnOrAfter=\"2027-01-15T08:05:00Z\"><saml:AudienceRestriction/></saml:Conditions>",
        ),
        added("unknown", unknown, "condition-unknown", "<saml:Condition/>").twin(|m| {
            m.before("</saml:Conditions>", "<saml:OneTimeUse/><saml:ProxyRestriction Count=\"0\"/></saml:Conditions>")
        }),
        added(
            "unknown-by-type",
            unknown,
            "condition-unknown",
            "<saml:Condition xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:x=\"urn:x\" xsi:type=\"x:OnlyOnTuesdays\"/>",
        ),
        added(
            "disguised-as-known",
            unknown,
            "condition-unknown",
            "<saml:Condition xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"saml:OneTimeUseType\"/>",
        ),
        added("of-a-foreign-namespace", R::SamlStructure, "foreign-element", "<x:OneTimeUse xmlns:x=\"urn:x\"/>"),
        added("of-an-unknown-name", R::SamlStructure, "unknown-element", "<saml:DelegationRestriction/>"),
    ]
}
