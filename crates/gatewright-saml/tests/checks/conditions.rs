//! Audience and the other conditions.

use gatewright_terms::Refusal;

use crate::harness::{Case, SP};

fn audience(names: &[&str]) -> String {
    let all: String = names.iter().map(|name| format!("<saml:Audience>{name}</saml:Audience>")).collect();
    format!("<saml:AudienceRestriction>{all}</saml:AudienceRestriction>")
}

fn with(conditions: &str) -> Case {
    Case::good().swap(&audience(&[SP]), conditions)
}

/// ST-SAML-13
#[test]
fn st_saml_13_the_audience_is_us_exactly() {
    with("").refuses(Refusal::SamlAudience, "audience-missing");
    for wrong in [
        "",
        "https://gate.example.com",
        "https://gate.example.com/sso/acme/okta/metadata/",
        "https://Gate.example.com/sso/acme/okta/metadata",
    ] {
        let refused = with(&audience(&[wrong])).refuses(Refusal::SamlAudience, "audience");
        assert!(refused.to_string().contains(SP));
    }
    with(&audience(&[&format!(" {SP} ")])).refuses(Refusal::SamlAudience, "audience");
    // One of several in one restriction is enough (SAML Core §2.5.1.4).
    with(&audience(&["https://other.example.com", SP])).passes();
}

/// ST-SAML-13: several restrictions must all be met.
#[test]
fn st_saml_13_every_audience_restriction_names_us() {
    let (ours, theirs) = (audience(&[SP]), audience(&["https://other.example.com"]));
    with(&format!("{ours}{ours}")).passes();
    with(&format!("{ours}{theirs}")).refuses(Refusal::SamlAudience, "audience");
    with(&format!("{theirs}{ours}")).refuses(Refusal::SamlAudience, "audience");
    let both = audience(&[SP, "https://other.example.com"]);
    with(&format!("{both}{ours}")).passes();
}

#[test]
fn conditions_must_be_there() {
    let good = Case::good();
    let (start, end) = (good.xml.find("<saml:Conditions").unwrap(), good.xml.find("<saml:AuthnStatement").unwrap());
    let conditions = good.xml[start..end].to_owned();
    good.swap(&conditions, "").refuses(Refusal::SamlConditions, "conditions-missing");
}

#[test]
fn conditions_that_are_not_understood_are_not_met() {
    let ours = audience(&[SP]);
    with(&format!("{ours}<saml:OneTimeUse/>")).passes();
    with(&format!("<saml:ProxyRestriction Count=\"0\"/>{ours}")).passes();
    let own = "<saml:Condition xsi:type=\"d:Delegation\" xmlns:d=\"urn:d\"/>";
    let refused = with(&format!("{ours}{own}")).refuses(Refusal::SamlConditions, "condition-unknown");
    assert!(refused.to_string().contains("`Condition`"));
}
