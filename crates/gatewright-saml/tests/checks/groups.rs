//! Groups: known whole, or unknown.

use gatewright_bundle::program::Overage;
use gatewright_saml::Groups;

use crate::harness::Case;

const GROUPS: &str = "<saml:AttributeValue xsi:type=\"xs:anyType\">ml</saml:AttributeValue>\
                      <saml:AttributeValue>eng</saml:AttributeValue>";

fn with(values: &str) -> Case {
    Case::good().swap(GROUPS, values)
}

fn value(text: &str) -> String {
    format!("<saml:AttributeValue>{text}</saml:AttributeValue>")
}

fn known(case: &Case) -> Vec<String> {
    match case.passes().groups() {
        Groups::Known(names) => names.iter().map(ToString::to_string).collect(),
        Groups::Unknown => panic!("unknown"),
    }
}

fn is_unknown(case: &Case) -> bool {
    let verified = case.passes();
    assert_eq!(verified.story().last().unwrap().text.contains("unknown"), *verified.groups() == Groups::Unknown);
    *verified.groups() == Groups::Unknown
}

#[test]
fn groups_are_sorted_and_without_doubles() {
    assert_eq!(known(&Case::good()), ["eng", "ml"]);
    assert_eq!(known(&with(&[value("b"), value("a"), value("b")].concat())), ["a", "b"]);
    let two = format!("{}</saml:Attribute><saml:Attribute Name=\"groups\">{}", value("b"), value("a"));
    assert_eq!(known(&with(&two)), ["a", "b"], "two attributes of one name are one list");
    let many: String = (0..1000).map(|n| value(&format!("group-{n}"))).collect();
    assert_eq!(known(&with(&many)).len(), 1000);
}

#[test]
fn no_groups_are_known_to_be_none() {
    let whole = format!("<saml:Attribute Name=\"groups\">{GROUPS}</saml:Attribute>");
    assert!(known(&Case::good().swap(&whole, "")).is_empty());
    assert!(known(&with("")).is_empty());
    assert!(known(&with("<saml:AttributeValue xsi:nil=\"true\"/>")).is_empty());
    assert!(known(&Case::good().policy(|saml| saml.attributes.groups = None)).is_empty());
}

#[test]
fn a_name_that_is_none_makes_all_unknown() {
    for bad in ["", "a&#10;b", &"g".repeat(257)] {
        assert!(is_unknown(&with(&format!("{}{}", value("ok"), value(bad)))), "{bad}");
        assert!(is_unknown(&with(&value(bad))), "{bad}");
    }
    assert!(is_unknown(&with(&format!("{}<saml:AttributeValue xsi:nil=\"true\"/>", value("ok")))));
    assert!(!is_unknown(&with(&value(&"g".repeat(256)))));
}

#[test]
fn entra_says_that_they_are_elsewhere() {
    let link = "<saml:Attribute Name=\"http://schemas.microsoft.com/claims/groups.link\">\
                <saml:AttributeValue>https://graph.windows.net/x</saml:AttributeValue></saml:Attribute>";
    let whole = format!("<saml:Attribute Name=\"groups\">{GROUPS}</saml:Attribute>");
    let entra =
        |case: Case| case.policy(|saml| saml.attributes.groups.as_mut().unwrap().overage = Overage::EntraMarkers);
    assert!(is_unknown(&entra(Case::good().swap(&whole, link))));
    assert!(is_unknown(&entra(Case::good().swap(&whole, &format!("{whole}{link}")))));
    assert!(!is_unknown(&entra(Case::good())));
    assert!(known(&entra(Case::good().swap(&whole, ""))).is_empty());
    assert!(!is_unknown(&Case::good().swap(&whole, link)), "only where the policy looks for it");
}

#[test]
fn a_list_as_long_as_may_be_is_cut() {
    let cut = |count: u32, most: u32| {
        let values: String = (0..count).map(|n| value(&format!("g{n}"))).collect();
        is_unknown(
            &with(&values).policy(|saml| saml.attributes.groups.as_mut().unwrap().overage = Overage::CutAt(most)),
        )
    };
    assert!(!cut(99, 100));
    assert!(cut(100, 100));
    assert!(cut(101, 100));
    assert!(!cut(0, 100));
    let doubles = with(&value("g").repeat(100))
        .policy(|saml| saml.attributes.groups.as_mut().unwrap().overage = Overage::CutAt(100));
    assert!(is_unknown(&doubles), "what was sent is counted, doubles too");
}
