//! Attributes by exact name (ST-SAML-20), and the address.

use gatewright_bundle::program::{NameId, OwnAttribute};
use gatewright_terms::{Refusal, Slug};

use crate::harness::Case;

const EMAIL: &str = "<saml:Attribute Name=\"email\"><saml:AttributeValue xsi:type=\"xs:string\">ada@acme.com</saml:AttributeValue></saml:Attribute>";

fn attribute(name: &str, values: &[&str]) -> String {
    let values: String =
        values.iter().map(|value| format!("<saml:AttributeValue>{value}</saml:AttributeValue>")).collect();
    format!("<saml:Attribute Name=\"{name}\">{values}</saml:Attribute>")
}

fn with(attributes: &str) -> Case {
    Case::good().swap(EMAIL, attributes)
}

/// ST-SAML-20
#[test]
fn st_saml_20_two_values_for_one_are_refused() {
    with(&attribute("email", &["ada@acme.com", "eve@acme.com"])).refuses(Refusal::SamlAttribute, "several-values");
    with(&attribute("email", &["ada@acme.com", "ada@acme.com"])).refuses(Refusal::SamlAttribute, "several-values");
    with(&attribute("email", &["ada@acme.com"]).repeat(2)).refuses(Refusal::SamlAttribute, "several-values");
    with(&attribute("email", &["", "ada@acme.com"])).refuses(Refusal::SamlAttribute, "several-values");
    let two_statements = format!("{EMAIL}</saml:AttributeStatement><saml:AttributeStatement>{EMAIL}");
    with(&two_statements).refuses(Refusal::SamlAttribute, "several-values");
    for name in ["firstName", "lastName"] {
        with(&format!("{EMAIL}{}", attribute(name, &["X"]))).refuses(Refusal::SamlAttribute, "several-values");
    }
}

/// ST-SAML-20
#[test]
fn st_saml_20_names_are_exact_and_friendly_names_say_nothing() {
    for name in ["Email", "email ", "mail", "urn:oid:0.9.2342.19200300.100.1.3"] {
        with(&attribute(name, &["ada@acme.com"])).refuses(Refusal::EmailMissing, "email-missing");
    }
    let spoofed = "<saml:Attribute Name=\"x\" FriendlyName=\"email\"><saml:AttributeValue>eve@acme.com</saml:AttributeValue></saml:Attribute>";
    with(spoofed).refuses(Refusal::EmailMissing, "email-missing");
    let both = with(&format!("{spoofed}{EMAIL}")).passes();
    assert_eq!(both.email().to_string(), "ada@acme.com");
    let basic = EMAIL
        .replace("Name=\"email\"", "Name=\"email\" NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:basic\"");
    with(&basic).passes();
    // Unknown ones do no harm, whatever they hold.
    with(&format!("{EMAIL}<saml:Attribute Name=\"x\"><saml:AttributeValue><b xmlns=\"urn:b\"><c/></b></saml:AttributeValue></saml:Attribute>")).passes();
}

/// ST-SAML-04, ST-SAML-20
#[test]
fn st_saml_04_a_value_that_holds_elements_is_refused() {
    let nested = "ada@acme.com<b xmlns=\"urn:b\">.evil</b>";
    with(&attribute("email", &[nested])).refuses(Refusal::SamlAttribute, "value-nested");
    let groups = |value: &str| Case::good().swap(">eng<", &format!(">{value}<"));
    groups("eng<b xmlns=\"urn:b\"/>").refuses(Refusal::SamlAttribute, "value-nested");
}

/// ST-SAML-21: told by its name, without an account.
#[test]
fn st_saml_21_the_address_must_be_one_address() {
    for wrong in ["", " ada@acme.com", "ada@acme.com,eve@acme.com", "ada", "ada@acme.com\n", "&lt;ada@acme.com&gt;"] {
        let refused = with(&attribute("email", &[wrong])).refuses(Refusal::EmailMissing, "email-missing");
        assert!(refused.to_string().contains("`email`"), "{refused}");
    }
    for none in [
        String::new(),
        attribute("email", &[]),
        "<saml:Attribute Name=\"email\"><saml:AttributeValue xsi:nil=\"true\"/></saml:Attribute>".into(),
    ] {
        let refused = with(&none).refuses(Refusal::EmailMissing, "email-missing");
        assert!(refused.to_string().contains("is not there"), "{refused}");
    }
}

#[test]
fn the_address_may_be_the_name_id() {
    let format = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    let by_name = |format_to: &str, value: &str, wanted: NameId| {
        Case::good().swap("u-1001", value).swap(format, format_to).policy(|saml| {
            saml.attributes.email = None;
            saml.name_id = wanted;
        })
    };
    let email = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    let verified = by_name(email, "grace@acme.com", NameId::Email).passes();
    assert_eq!((verified.email().to_string().as_str(), verified.subject()), ("grace@acme.com", "grace@acme.com"));
    by_name(email, "grace", NameId::Email).refuses(Refusal::EmailMissing, "email-missing");
    by_name("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "grace@acme.com", NameId::Unspecified).passes();
    // A handle is no address, whatever it looks like.
    by_name(format, "grace@acme.com", NameId::Persistent).refuses(Refusal::EmailMissing, "email-missing");
}

/// ST-SAML-20: 256 characters of any script are taken; names that cannot be shown are left out.
#[test]
fn st_saml_20_long_and_odd_names() {
    let named = |name: &str| Case::good().swap(">Ada<", &format!(">{name}<"));
    assert_eq!(named("Ἀδά 愛").passes().given_name().unwrap().as_str(), "Ἀδά 愛");
    for odd in ["", "a&#10;b", &"愛".repeat(256), &"a".repeat(1024)] {
        assert_eq!(named(odd).passes().given_name(), None);
    }
    named(&"a".repeat(1025)).refuses(Refusal::SamlAttribute, "value-too-long");
    let mapped = Case::good().policy(|saml| {
        saml.attributes.given_name = None;
        saml.attributes.family_name = None;
    });
    let verified = mapped.passes();
    assert_eq!((verified.given_name(), verified.family_name()), (None, None));
}

/// ST-SAML-22
#[test]
fn st_saml_22_attributes_are_counted() {
    let many = |count: usize| with(&format!("{EMAIL}{}", attribute("x", &["y"]).repeat(count)));
    many(252).passes();
    many(253).refuses(Refusal::SamlAttribute, "too-many-attributes");
}

/// Attributes that the organisation gave a name to, by exact `Name`: what is no value gives nothing.
#[test]
fn st_saml_20_own_attributes_have_any_number_of_values() {
    let own = |name: &str, from: &str| OwnAttribute { name: Slug::parse(name).unwrap(), from: from.into() };
    let found = |attributes: &str| -> Vec<String> {
        let case = with(&format!("{EMAIL}{attributes}"))
            .policy(|saml| saml.attributes.own = vec![own("department", "dept"), own("site", "urn:site")]);
        case.passes().attributes().iter().map(ToString::to_string).collect()
    };
    assert!(found("").is_empty());
    assert_eq!(found(&attribute("dept", &["ML", "Finance", "ML"])), ["department=Finance", "department=ML"]);
    assert_eq!(found(&attribute("dept", &["ML"]).repeat(2)), ["department=ML"]);
    let both = attribute("dept", &["ML"]) + &attribute("urn:site", &["Berlin"]);
    assert_eq!(found(&both), ["department=ML", "site=Berlin"]);
    for strange in ["department", "Dept", "site"] {
        assert!(found(&attribute(strange, &["ML"])).is_empty(), "{strange}");
    }
    assert_eq!(found(&attribute("dept", &["", &"v".repeat(257), "ML"])), ["department=ML"]);
    let nested = format!("{EMAIL}{}", attribute("dept", &["ML<b xmlns=\"urn:b\"/>"]));
    with(&nested)
        .policy(|saml| saml.attributes.own = vec![own("department", "dept")])
        .refuses(Refusal::SamlAttribute, "value-nested");
}
