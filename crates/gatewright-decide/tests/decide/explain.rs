//! Explain: the explanation says what the evaluator does, about anybody; the closest change lets them in.

use gatewright_bundle::program::{Org, Stage};
use gatewright_decide::{Decision, Facts, Groups, PreparedOrg, Standing, decide, explain};
use gatewright_terms::Refusal;
use proptest::prelude::*;

use crate::acme::{catalogue, org, somebody, to_group};
use crate::naive::{any_org, anybody};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_explanation_comes_to_what_is_decided(org in any_org(), facts in anybody()) {
        let prepared = PreparedOrg::new(catalogue(), org);
        let told = explain(&prepared, &facts, Vec::new());
        match decide(&prepared, &facts) {
            Decision::Refuse(refused) => {
                prop_assert_eq!(told.refusal, Some(refused.refusal));
                prop_assert!(told.roles.is_empty() && told.permissions.is_empty());
            }
            Decision::Admit(admission) => {
                prop_assert_eq!(told.refusal, None);
                prop_assert!(told.closest.is_none());
                prop_assert_eq!(told.roles.len(), admission.roles().len());
                prop_assert_eq!(told.permissions.len(), admission.permissions().len());
                // Each reason is a step of its own.
                let reasons = told.steps.iter().filter(|step| step.stage == "role").count();
                prop_assert_eq!(reasons, admission.held().len());
            }
        }
        if let Some(closest) = &told.closest {
            prop_assert!(closest.size() > 0);
            prop_assert!(matches!(decide(&prepared, &closest.of(&facts)), Decision::Admit(_)), "{}", closest);
        }
    }
}

fn stages(org: Org, facts: &Facts) -> Vec<(&'static str, String, Option<String>)> {
    let told = explain(&PreparedOrg::new(catalogue(), org), facts, Vec::new());
    told.steps.into_iter().map(|step| (step.stage, step.text, step.path)).collect()
}

#[test]
fn each_step_names_its_line() {
    let told = stages(org(vec![to_group(0, None, "it")], &["left"]), &somebody(&["it", "left", "x"]));
    let path = |name: &str| Some(format!("org[acme].{name}"));
    for (stage, path) in [
        ("connection", path("connection[okta]")),
        ("domain", path("domain[acme.com]")),
        ("groups", path("grant[role=admin,group=it,connection=okta]")),
        ("groups", path("block[group=left]")),
        ("groups", None),
        ("block", path("block[group=left]")),
    ] {
        assert!(told.iter().any(|step| step.0 == stage && step.2 == path), "{stage} {path:?} in {told:#?}");
    }
}

#[test]
fn what_the_gate_knows_of_a_domain_is_said_and_not_assumed() {
    let domain = |facts: &Facts| stages(org(vec![], &[]), facts).into_iter().find(|step| step.0 == "domain").unwrap().1;
    let ada = somebody(&[]);
    for (standing, domain_proved, says) in [
        (Standing::Newcomer, true, "`acme.com` is claimed; that it is proved is assumed"),
        (Standing::Newcomer, false, "`acme.com` is claimed and not proved"),
        (Standing::Member, true, "`acme.com` is claimed and proved"),
        (Standing::Member, false, "`acme.com` is claimed and not proved any more, which stops newcomers alone"),
    ] {
        assert_eq!(domain(&Facts { standing, domain_proved, ..ada.clone() }), says);
    }
}

#[test]
fn nobody_is_admitted_in_a_stage_that_admits_nobody() {
    let testing = Org { stage: Stage::Test, ..org(vec![to_group(0, None, "it")], &[]) };
    let told = explain(&PreparedOrg::new(catalogue(), testing), &somebody(&["it"]), Vec::new());
    assert_eq!((told.refusal, told.roles.len()), (Some(Refusal::ConnectionInTest), 0));
    let unknown = Facts { groups: Groups::Unknown, ..somebody(&[]) };
    let told = explain(&PreparedOrg::new(catalogue(), org(vec![to_group(0, None, "it")], &[])), &unknown, Vec::new());
    assert_eq!((told.refusal, told.closest), (Some(Refusal::GroupOverage), None));
}
