//! Recorded: what providers once sent, as identities of policy tests, and a token that is tried.

use serde_json::{Value, json};

use crate::support::{Place, Ran};
use crate::try_::{captured, hooli, response};

const FILE: &str = "simplesamlphp/both-signed.xml";

fn suite(at: &str, more: &str) -> String {
    format!(
        "suite \"hooli\" {{\n    org \"hooli\"\n    at \"{at}\"\n\n    identity \"somebody\" {{\n        \
         recorded \"somebody.recorded.xml\" environment=\"production\"\n    }}\n\n    case \"comes as they came\" {{\n        \
         who \"somebody\"\n{more}    }}\n}}\n"
    )
}

const ADMITTED: &str = "        expect \"admit\"\n        has role=\"admin\"\n        has role=\"member\"\n        lacks role=\"editor\" project=\"default\"\n";

fn tested(place: &Place) -> Ran {
    place.run(&["test", "--workspace", "policies", "--output", "json"])
}

/// A workspace with a recorded response and the moment at which it came.
fn recorded() -> (Place, String, String) {
    let (place, facts) = hooli();
    let at = response(&facts, FILE)["captured"].as_str().unwrap().to_owned();
    let xml = std::fs::read_to_string(captured().join(FILE)).unwrap();
    place.write("policies/orgs/hooli/somebody.recorded.xml", &xml);
    place.write("policies/orgs/hooli/org.test.kdl", suite(&at, ADMITTED));
    (place, at, xml)
}

/// ST-SAML-01: what a test replays is checked as the gate checks it.
#[test]
fn a_recorded_response_is_an_identity() {
    let (place, at, xml) = recorded();
    let said = tested(&place).exits(0).json();
    assert_eq!(said["results"][0]["verdict"], "passed", "{said:#}");
    place.run(&["check", "policies", "--deny", "GW0009"]).exits(0);

    // As it was sent: a group less in the policy, and the test says so.
    place.edit("policies/orgs/hooli/org.kdl", "role=\"admin\" group=\"admins\"", "role=\"admin\" group=\"chiefs\"");
    let said = tested(&place).exits(3).json();
    assert!(said["diagnostics"][0]["message"].as_str().unwrap().contains("does not hold"), "{said:#}");

    let file = "policies/orgs/hooli/somebody.recorded.xml";
    place.write(file, xml.replace("@hooli.test", "@elsewhere.test"));
    let said = tested(&place).exits(3).json();
    let message = said["diagnostics"][0]["message"].as_str().unwrap();
    assert_eq!(
        message,
        "what was recorded should get in and is refused: `saml-signature` (in `production`)"
            .replace(" (in `production`)", "")
    );
    let refused = suite(&at, "        expect \"refuse\"\n        reason \"saml-signature\"\n");
    place.write("policies/orgs/hooli/org.test.kdl", refused);
    tested(&place).exits(0);
    place.write(file, &xml);
    place.write("policies/orgs/hooli/org.test.kdl", suite("2027-11-24T00:00:00Z", ADMITTED));
    let said = tested(&place).exits(3).json();
    assert!(said["diagnostics"][0]["help"].as_str().unwrap().contains("gatewright explain"), "{said:#}");
}

#[test]
fn what_is_wrong_with_a_recording_is_said() {
    let (place, at, _) = recorded();
    let codes = |suite: &str| -> Vec<(Value, Value)> {
        place.write("policies/orgs/hooli/org.test.kdl", suite);
        let said = place.run(&["check", "policies", "--output", "json"]).exits(1).json();
        let found = said["diagnostics"].as_array().unwrap().iter();
        found.map(|found| (found["code"].clone(), found["message"].clone())).collect()
    };
    let good = suite(&at, ADMITTED);
    let whole = |from: &str, to: &str| codes(&good.replace(from, to));
    assert_eq!(
        whole("somebody.recorded.xml", "nobody.recorded.xml"),
        [
            (json!("GW0102"), json!("`nobody.recorded.xml` is not next to the policy test")),
            (json!("GW0009"), json!("`orgs/hooli/somebody.recorded.xml` is no part of the program")),
        ]
    );
    assert_eq!(
        whole("environment=\"production\"", "environment=\"staging\""),
        [(json!("GW0102"), json!("there is no environment `staging`"))]
    );
    assert_eq!(
        whole(&format!("    at \"{at}\"\n"), ""),
        [(json!("GW0203"), json!("case `comes as they came` has no `at`, and `somebody` is recorded"))]
    );
    assert_eq!(
        whole("        recorded ", "        email \"ada@hooli.test\"\n        group \"admins\"\n        recorded "),
        [
            (json!("GW0202"), json!("`email` stands beside `recorded`")),
            (json!("GW0202"), json!("`group` stands beside `recorded`")),
        ]
    );
    let neither =
        whole("        recorded \"somebody.recorded.xml\" environment=\"production\"\n", "        group \"admins\"\n");
    assert_eq!(neither[0], (json!("GW0203"), json!("identity `somebody` has neither `email` nor `recorded`")));
}

const CLIENT: &str = "0oa1exampleclient";

fn claims(more: &Value) -> String {
    let mut claims = json!({
        "iss": "https://acme.okta.com", "aud": CLIENT, "sub": "00u1ada", "iat": 1_796_115_600, "exp": 1_796_119_200,
        "email": "ada@acme.example", "email_verified": true, "groups": ["gatewright-admins"],
    });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.to_string()
}

fn tried(place: &Place, claims: &str) -> Value {
    place.write("claims.json", claims);
    let arguments = ["try", "--workspace", "policies", "--org", "acme", "--token", "claims.json"];
    place.run(&[&arguments[..], &["--at", "2026-12-01T09:01:00Z", "--output", "json"]].concat()).json()
}

/// ST-OIDC-13: a token is read as the gate reads it; what nobody can check here is said.
#[test]
fn a_token_is_tried_by_its_claims() {
    let place = Place::with_workspace();
    let said = tried(&place, &claims(&json!({})));
    assert_eq!(said["outcome"], "admit", "{said:#}");
    assert!(said["steps"][0]["text"].as_str().unwrap().contains("that it is good is assumed"), "{said:#}");
    for (more, reason) in [
        (json!({"iss": "https://evil.okta.com"}), "token-issuer"),
        (json!({"aud": "another"}), "token-audience"),
        (json!({"aud": [CLIENT, "another"]}), "token-audience"),
        (json!({"exp": 1_796_115_000}), "token-expired"),
        (json!({"iat": 1_796_200_000}), "token-not-yet"),
        (json!({"azp": "another"}), "token-audience"),
        (json!({"email": ["ada@acme.example"]}), "email-missing"),
        (json!({"email": "ada@evil.example"}), "domain-not-ours"),
        (json!({"sub": ""}), "subject-missing"),
        (json!({"groups": ["contractors-ended"]}), "blocked-group"),
    ] {
        assert_eq!(tried(&place, &claims(&more))["reason"], reason, "{more}");
    }
    assert_eq!(tried(&place, "{\"iss\": 1, \"iss\": 2}")["reason"], "token-malformed");
    let encoded = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, text);
    let token = |alg: &str| {
        format!("{}.{}.{}", encoded(&format!("{{\"alg\":\"{alg}\"}}")), encoded(&claims(&json!({}))), "c2ln")
    };
    assert_eq!(tried(&place, &token("RS256"))["outcome"], "admit");
    assert_eq!(tried(&place, &token("none"))["reason"], "token-algorithm");
    assert_eq!(tried(&place, &token("HS256"))["reason"], "token-algorithm");
    let of_saml = ["try", "--workspace", "policies", "--org", "acme", "--saml", "claims.json"];
    assert!(place.run(&of_saml).exits(2).stderr.contains("is no SAML connection"));
}

#[test]
fn recorded_claims_are_an_identity() {
    let place = Place::with_workspace();
    place.write("policies/orgs/acme/ada.recorded.json", claims(&json!({})));
    place.write(
        "policies/orgs/acme/recorded.test.kdl",
        "suite \"recorded\" {\n    org \"acme\"\n    at \"2026-12-01T09:01:00Z\"\n\n    identity \"ada\" {\n        \
         recorded \"ada.recorded.json\" environment=\"production\"\n    }\n\n    case \"ada is an admin\" {\n        \
         who \"ada\"\n        expect \"admit\"\n        has role=\"admin\"\n    }\n}\n",
    );
    tested(&place).exits(0);
    place.write("policies/orgs/acme/ada.recorded.json", claims(&json!({"groups": {"not": "a list"}})));
    let said = tested(&place).exits(3).json();
    assert!(said["diagnostics"][0]["message"].as_str().unwrap().contains("group-overage"), "{said:#}");
}
