//! Try: what the gate would say, without a gate.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::support::{Place, Ran};

fn tried(place: &Place, more: &[&str]) -> Ran {
    place.run(&[&["try", "--workspace", "policies", "--output", "json"], more].concat())
}

#[test]
fn an_admin_is_admitted_with_roles_permissions_and_reasons() {
    let place = Place::with_workspace();
    let who = ["--org", "acme", "--email", "ada@acme.example", "--connection", "okta", "--group", "gatewright-admins"];
    let said = tried(&place, &who).exits(0).json();
    assert_eq!((&said["outcome"], &said["reason"]), (&json!("admit"), &Value::Null));
    assert_eq!(said["roles"], json!([{"role": "admin"}, {"role": "member"}, {"role": "viewer", "project": "default"}]));
    let permissions = said["permissions"].as_array().unwrap();
    assert!(permissions.contains(&json!({"permission": "org.settings.write"})), "{said:#}");
    assert!(permissions.contains(&json!({"permission": "project.read", "project": "default"})), "{said:#}");
    let steps = said["steps"].to_string();
    assert!(steps.contains("because of group `gatewright-admins`"), "{steps}");
}

#[test]
fn everybody_who_is_kept_out_learns_why() {
    let place = Place::with_workspace();
    let refused = |more: &[&str]| {
        let said = tried(&place, &[&["--org", "acme"], more].concat()).exits(4).json();
        assert_eq!(
            (&said["outcome"], &said["roles"], &said["permissions"]),
            (&json!("refuse"), &json!([]), &json!([]))
        );
        said["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(&["--email", "mallory@evil.example", "--group", "gatewright-admins"]), "domain-not-ours");
    let blocked = ["--email", "carl@acme.example", "--group", "gatewright-admins", "--group", "contractors-ended"];
    assert_eq!(refused(&blocked), "blocked-group");
    assert_eq!(refused(&["--email", "jane.doe@acme.example", "--group", "contractors-ended"]), "blocked-group");
    place.edit("policies/orgs/acme/org.kdl", "join \"jit\"", "join \"jit\"\n        stage \"test\"");
    assert_eq!(refused(&["--email", "jane.doe@acme.example"]), "connection-in-test");
}

/// The organisation of `init` with a second connection, and an attribute that it gives a name to.
fn merged() -> Place {
    let place = Place::with_workspace();
    let org = "policies/orgs/acme/org.kdl";
    for group in ["gatewright-admins", "research-team"] {
        let of = format!("group=\"{group}\"");
        place.edit(org, &of, &format!("{of} connection=\"okta\""));
    }
    let tests = "policies/orgs/acme/org.test.kdl";
    let said = String::from_utf8(place.read(tests)).unwrap();
    place.write(tests, said.replace("        email ", "        connection \"okta\"\n        email "));
    place.edit(
        org,
        "    // A person becomes",
        r#"
    domain "bought.example" sign-in="bought"
    connection "bought" {
        provider "generic"
        oidc {
            issuer "https://idp.bought.example"
            client-id "gatewright"
        }
        attributes {
            attribute "department" from="dept"
        }
        trusted-attribute "department"
    }
    grant role="member" attribute="department" value="ML" connection="bought"
    grant role="admin" group="lumen-admins" connection="bought"

    // A person becomes"#,
    );
    place
}

#[test]
fn what_one_provider_says_admits_its_own_people_alone() {
    let place = merged();
    let bob = ["--org", "acme", "--email", "bob@bought.example", "--connection", "bought"];
    let two = ["--attribute", "department=ML", "--attribute", "department=Legal"];
    let said = tried(&place, &[&bob[..], &two].concat()).exits(0).json();
    assert_eq!(said["roles"][0], json!({"role": "member"}));
    assert!(said["steps"].to_string().contains("because of attribute `department=ML`"), "{said:#}");
    let other = ["--attribute", "department=ml", "--group", "gatewright-admins"];
    let said = tried(&place, &[&bob[..], &other].concat()).exits(4).json();
    assert_eq!((&said["reason"], &said["closest"]["with"]), (&json!("no-grant"), &json!("lumen-admins")));
    assert!(said["steps"].to_string().contains("is named by no grant to the people of `bought`"), "{said:#}");
    for (bad, says) in [
        ("dept=ML", "reads no attribute `dept`"),
        ("department", "is no attribute with its value"),
        ("department=", "is no attribute with its value"),
        ("=ML", "is no attribute with its value"),
    ] {
        let ran = tried(&place, &[&bob[..], &["--attribute", bad]].concat()).exits(2);
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
    }
    // Which connection, has to be said.
    tried(&place, &["--org", "acme", "--email", "ada@acme.example"]).exits(2);
}

#[test]
fn people_read_it_line_by_line() {
    let place = Place::with_workspace();
    let who = ["try", "--workspace", "policies", "--org", "acme", "--email", "jane.doe@acme.example"];
    insta::assert_snapshot!("an_owner_is_admitted", place.run(&who).exits(0).whole());
    let blocked = [&who[..], &["--group", "contractors-ended"]].concat();
    insta::assert_snapshot!("an_owner_is_blocked", place.run(&blocked).exits(4).whole());
}

#[test]
fn wrong_use_ends_in_2_and_a_wrong_policy_in_1() {
    let place = Place::with_workspace();
    for wrong in [
        &["--org", "acme"][..],
        &["--org", "nobody", "--email", "a@acme.example"],
        &["--org", "acme", "--email", "nobody"],
        &["--org", "acme", "--email", "a@acme.example", "--connection", "entra"],
        &["--org", "acme", "--email", "a@acme.example", "--environment", "staging"],
        &["--org", "acme", "--email", "a@acme.example", "--saml", "x"],
        &["--org", "acme", "--email", "a@acme.example", "--at", "tomorrow"],
        &["--org", "acme", "--saml", "x"],
        &["--email", "a@acme.example"],
    ] {
        tried(&place, wrong).exits(2);
    }
    place.edit("policies/orgs/acme/org.kdl", "role=\"admin\"", "role=\"admim\"");
    tried(&place, &["--org", "acme", "--email", "a@acme.example"]).exits(1);
}

/// What real providers have sent, and where each answer belongs.
pub(crate) fn captured() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/shapes/captured")
}

/// A workspace whose gate is the one that the captured responses were sent to.
pub(crate) fn hooli() -> (Place, Value) {
    let facts: Value = serde_json::from_slice(&std::fs::read(captured().join("facts.json")).unwrap()).unwrap();
    let (base, path) = facts["acs"].as_str().unwrap().split_once("/sso/").unwrap();
    let (org, connection) = path.strip_suffix("/acs").unwrap().split_once('/').unwrap();
    let metadata = std::fs::read_to_string(captured().join("simplesamlphp/metadata.xml")).unwrap();
    let entity_id = metadata.split_once("entityID=\"").unwrap().1.split_once('"').unwrap().0;
    let place = Place::with_workspace();
    std::fs::remove_dir_all(place.path("policies/orgs/acme")).unwrap();
    place.edit("policies/environments/production.kdl", "https://sso.example.com", base);
    place.write(&format!("policies/orgs/{org}/idp.xml"), &metadata);
    place.write(
        &format!("policies/orgs/{org}/org.kdl"),
        format!(
            "org \"{org}\" {{\n    name \"Hooli\"\n    plan \"standard\"\n    time-zone \"America/Los_Angeles\"\n    \
             domain \"hooli.test\"\n    owner \"olivia@hooli.test\"\n    connection \"{connection}\" {{\n        \
             provider \"generic\"\n        saml {{\n            entity-id \"{entity_id}\"\n            \
             metadata \"idp.xml\"\n            want-signed \"either\"\n        }}\n        attributes {{\n            \
             email \"mail\"\n            groups \"groups\"\n        }}\n    }}\n    members \"sso\" {{ join \"jit\"; }}\n    \
             project \"default\" {{ name \"Default\"; }}\n    default-project \"default\"\n    \
             grant role=\"member\" everyone-in=\"hooli.test\"\n    grant role=\"admin\" group=\"admins\"\n    \
             grant role=\"editor\" project=\"default\" group=\"x\"\n}}\n"
        ),
    );
    (place, facts)
}

pub(crate) fn response<'f>(facts: &'f Value, file: &str) -> &'f Value {
    facts["responses"].as_array().unwrap().iter().find(|response| response["file"] == file).unwrap()
}

/// ST-SAML-01: a real response is admitted with what it says, and only by the gate, at the time, that it is for.
#[test]
fn a_captured_response_is_checked_whole() {
    let (place, facts) = hooli();
    let file = "simplesamlphp/both-signed.xml";
    let at = response(&facts, file)["captured"].as_str().unwrap();
    let xml = std::fs::read_to_string(captured().join(file)).unwrap();
    place.write("response.xml", &xml);
    let saml = ["--org", "hooli", "--saml", "response.xml", "--at"];
    let said = tried(&place, &[&saml[..], &[at]].concat()).exits(0).json();
    assert_eq!(said["roles"], json!([{"role": "admin"}, {"role": "member"}]), "{said:#}");
    let steps = said["steps"].to_string();
    assert!(steps.contains("that it was ours and is still open is assumed"), "{steps}");

    // As the form field holds it.
    place.write("response.b64", base64::engine::general_purpose::STANDARD.encode(&xml));
    tried(&place, &["--org", "hooli", "--saml", "response.b64", "--at", at]).exits(0);

    let late = tried(&place, &[&saml[..], &["2027-11-24"]].concat()).exits(4).json();
    assert_eq!(late["outcome"], "refuse");
    let email = response(&facts, file)["email"].as_str().unwrap();
    place.write("forged.xml", xml.replace(email, "olivia@hooli.test"));
    let forged = tried(&place, &["--org", "hooli", "--saml", "forged.xml", "--at", at]).exits(4).json();
    assert_eq!(forged["reason"], "saml-signature", "{forged:#}");
    place.write("nonsense.xml", "<x/>");
    let nonsense = tried(&place, &["--org", "hooli", "--saml", "nonsense.xml", "--at", at]).exits(4).json();
    assert!(nonsense["rule"].is_string(), "{nonsense:#}");
}

/// Only the runtime holds the key: an encrypted assertion is never called admitted here.
#[test]
fn an_encrypted_response_is_not_opened_here() {
    let (place, facts) = hooli();
    let file = "simplesamlphp/encrypted.xml";
    let at = response(&facts, file)["captured"].as_str().unwrap();
    place.write("response.xml", std::fs::read(captured().join(file)).unwrap());
    let said = tried(&place, &["--org", "hooli", "--saml", "response.xml", "--at", at]).exits(4).json();
    assert_eq!(said["reason"], "saml-encryption", "{said:#}");
}
