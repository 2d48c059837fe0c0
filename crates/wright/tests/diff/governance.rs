//! Governance: approvals, brakes, laws and retired organisations, each changed by itself.

use wright::diff::{Class, Rules, What, governance};
use wright_policy::{Anyone, Binds, CLASSES, Law, Never, Outside, PermissionAt, Place, Retired, Suite};
use wright_syntax::source::{FileId, Span};

use crate::small::slug;

fn place() -> Place {
    Place { path: "suite[acme]".into(), at: Span::new(FileId(0), 0, 0) }
}

fn law(title: &str, anyone: Anyone) -> Law {
    let permission = gatewright_terms::PermissionName::parse("a.read").unwrap();
    let place = Place { path: format!("law[{title}]").into(), at: Span::new(FileId(0), 0, 0) };
    let never = vec![Never::Permission(PermissionAt { permission, project: None }), Never::Anything(slug("lab"))];
    Law { title: title.into(), binds: Binds::Plan(slug("enterprise")), anyone: vec![anyone], never, place }
}

fn rules() -> Rules {
    let mut rules = Rules::default();
    rules.governance.approvals.insert("widening".into(), "@lumen/identity".into());
    rules.governance.brakes.insert("orgs-changed".into(), 25);
    rules.laws.push(law("one", Anyone::default()));
    let org = gatewright_terms::OrgId::parse("acme").unwrap();
    rules.suites.push(Suite {
        title: "acme".into(),
        org,
        cases: vec![],
        laws: vec![law("two", Anyone::default())],
        place: place(),
    });
    rules
}

/// Path, what stood and stands there, and the class.
fn changed(change: impl FnOnce(&mut Rules)) -> Vec<(String, Option<String>, Option<String>, Class)> {
    let (before, mut after) = (rules(), rules());
    change(&mut after);
    let all = governance(&before, &after).into_iter().map(|change| {
        let What::Setting { before, after } = change.what.clone() else { panic!("{change:?}") };
        (change.path.clone(), before, after, change.gravest())
    });
    all.collect()
}

fn alone(change: impl FnOnce(&mut Rules)) -> (String, Class) {
    let mut all = changed(change);
    assert_eq!(all.len(), 1, "{all:?}");
    let (path, _, _, class) = all.remove(0);
    (path, class)
}

#[test]
fn the_manifest_knows_the_classes_of_the_diff() {
    let known: Vec<&str> = Class::ALL.into_iter().map(Class::slug).collect();
    assert_eq!(CLASSES, known);
}

#[test]
fn nothing_changes_between_equal_rules() {
    assert_eq!(governance(&rules(), &rules()), []);
}

#[test]
fn approvals_are_trust_roots_and_brakes_are_defences() {
    let from = |rules: &mut Rules| drop(rules.governance.approvals.insert("widening".into(), "@lumen/all".into()));
    assert_eq!(alone(from), ("approval[widening].from".into(), Class::TrustRoot));
    let gone = |rules: &mut Rules| rules.governance.approvals.clear();
    assert_eq!(alone(gone).1, Class::TrustRoot);
    let brake = |most: Option<u32>| {
        alone(move |rules| {
            rules.governance.brakes.clear();
            rules.governance.brakes.extend(most.map(|most| ("orgs-changed".into(), most)));
        })
    };
    assert_eq!(brake(Some(26)), ("brake[orgs-changed].at-most".into(), Class::Weakening));
    assert_eq!(brake(None).1, Class::Weakening);
    assert_eq!(brake(Some(u32::MAX)).1, Class::Weakening);
    assert_eq!(brake(Some(24)).1, Class::Strengthening);
    assert_eq!(brake(Some(0)).1, Class::Strengthening);
}

#[test]
fn a_law_is_a_defence_whatever_of_it_changes() {
    assert_eq!(alone(|rules| rules.laws.clear()), ("law[one]".into(), Class::Weakening));
    assert_eq!(alone(|rules| rules.suites[0].laws.clear()), ("org[acme].law[two]".into(), Class::Weakening));
    assert_eq!(alone(|rules| rules.laws.push(law("three", Anyone::default()))).1, Class::Strengthening);
    let parts: [fn(&mut Law); 7] = [
        |law| law.binds = Binds::All,
        |law| law.anyone[0].no_owner = true,
        |law| law.anyone[0].outside = Some(Outside::OrgDomains),
        |law| law.anyone[0].in_group = gatewright_terms::GroupName::parse("g0").ok(),
        |law| law.anyone[0].in_no_other_group = true,
        |law| drop(law.never.pop()),
        |law| law.never[0] = Never::Anything(slug("shop")),
    ];
    for part in parts {
        assert_eq!(alone(|rules| part(&mut rules.laws[0])).1, Class::Weakening);
    }
    let shown = changed(|rules| rules.laws.clear()).remove(0);
    let spelled = "where plan=enterprise; anyone; never permission=a.read; never project=lab";
    assert_eq!((shown.1.as_deref(), shown.2), (Some(spelled), None));
}

#[test]
fn to_retire_an_organisation_is_grave_and_to_take_it_back_graver() {
    let retired = || Retired { on: "2026-11-24".into(), data: "delete".into(), at: Span::new(FileId(0), 0, 0) };
    let org = gatewright_terms::OrgId::parse("umbrella").unwrap();
    let mut with = rules();
    with.governance.retired.insert(org, retired());
    let class = |before: &Rules, after: &Rules| governance(before, after).remove(0).gravest();
    assert_eq!(class(&rules(), &with), Class::OrgRetired);
    assert_eq!(class(&with, &rules()), Class::TrustRoot);
    // Where it is written says nothing.
    let mut moved = with.clone();
    moved.governance.retired.values_mut().for_each(|retired| retired.at = Span::new(FileId(3), 7, 9));
    assert_eq!(governance(&with, &moved), []);
}

/// A grant may hang on it from then on: whom we believe.
#[test]
fn an_attribute_that_is_trusted_is_a_trust_root() {
    let trust = |rules: &mut Rules| {
        let org = gatewright_terms::OrgId::parse("globex").unwrap();
        rules.governance.trusted.entry(org).or_default().insert((slug("okta"), slug("department")));
    };
    let path = "org[globex].connection[okta].trusted-attribute[department]";
    assert_eq!(alone(trust), (path.to_owned(), Class::TrustRoot));
    let (mut before, after) = (rules(), rules());
    trust(&mut before);
    let gone = governance(&before, &after);
    assert!(gone.len() == 1 && gone[0].is_removal() && gone[0].gravest() == Class::TrustRoot, "{gone:?}");
}
