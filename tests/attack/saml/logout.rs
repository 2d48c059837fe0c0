//! Logout: forged messages of single logout, by form and by redirect. None of them ends anything.

use gatewright_bundle::program::SignatureAlgorithm;
use gatewright_saml::logout::{Carried, DetachedVerifier, LogoutExpected, receive_logout_request};
use gatewright_saml::{NotVerified, Refused, Trusted, redirect};
use gatewright_terms::{Refusal as R, Timestamp};
use testkit::saml::{ACME, GLOBEX, Idp, LogoutAnswer, LogoutAsk, Method, Signature, form_value, redirect_query, sign};

use super::message::once;
use super::world::{NOW, SKEW, Setting};

const ADDRESS: &str = "https://gate.example/sso/acme/main/slo";

/// As a browser brings it.
enum Sent {
    Form(String),
    Query(String),
}

struct Detached;

impl DetachedVerifier for Detached {
    fn verify_detached(
        &self,
        octets: &[u8],
        algorithm: SignatureAlgorithm,
        signature: &[u8],
        trusted: &Trusted<'_>,
    ) -> Result<(), NotVerified> {
        let good = gate_saml::verify_detached(octets, algorithm, signature, trusted.certificates);
        good.then_some(()).ok_or_else(|| NotVerified::Bad("not good".to_owned()))
    }
}

fn deliver(sent: &Sent) -> Result<String, Refused> {
    let setting = Setting::default();
    let expected = LogoutExpected { saml: &setting.saml, address: ADDRESS, now: Timestamp::from_unix(NOW) };
    let verified = match sent {
        Sent::Form(value) => {
            let carried = Carried::Post { form_value: value.as_bytes(), verifier: &gate_saml::Samael };
            receive_logout_request(carried, &expected)?
        }
        Sent::Query(query) => {
            let redirected = redirect::read(query.as_bytes())?;
            receive_logout_request(Carried::Redirect { redirected: &redirected, verifier: &Detached }, &expected)?
        }
    };
    Ok(format!("{} {}", verified.name_id().value, verified.session_indexes().join(",")))
}

fn honest() -> LogoutAsk {
    LogoutAsk::new(ADDRESS, NOW)
}

fn template(change: impl FnOnce(&mut LogoutAsk)) -> String {
    let mut ask = honest();
    change(&mut ask);
    ask.template(&Idp::acme().entity_id)
}

fn form(template: &str) -> Sent {
    Sent::Form(form_value(Idp::acme().logout_xml(template)))
}

fn query(template: &str) -> Sent {
    Sent::Query(Idp::acme().logout_query(template, Some("state")))
}

/// The honest query, changed as text.
fn changed(from: &str, to: &str) -> Sent {
    let Sent::Query(text) = query(&template(|_| {})) else { panic!("a query") };
    Sent::Query(once(&text, from, to))
}

fn added(more: &str) -> Sent {
    let Sent::Query(text) = query(&template(|_| {})) else { panic!("a query") };
    Sent::Query(format!("{text}{more}"))
}

fn unsigned(template: &str) -> String {
    template.replace("{sign:message}", "")
}

type Case = (&'static str, R, &'static str, Sent);

/// ST-SAML-26, ST-SAML-27: only a fresh request of the right provider to us, signed over the very octets that are read.
#[test]
fn forged_logout_messages_end_nothing() {
    for honest in [form(&template(|_| {})), query(&template(|_| {}))] {
        assert_eq!(deliver(&honest).expect("honest"), "ada-1 _session-1");
    }
    let mut faults = Vec::new();
    for (name, refusal, reason, sent) in cases() {
        match deliver(&sent) {
            Ok(who) => faults.push(format!("{name}: ACCEPTED for {who}")),
            Err(refused) if refused.refusal != refusal || refused.reason != reason => {
                faults.push(format!("{name}: refused for another reason: {refused}, not {refusal}/{reason}"));
            }
            Err(_) => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn cases() -> impl Iterator<Item = Case> {
    [by_either(), by_form(), by_query(), packed()].into_iter().flatten()
}

/// Lines of the table.
pub(super) fn lines() -> Vec<String> {
    let line = |(name, refusal, reason, sent): Case| {
        let by = match sent {
            Sent::Form(_) => "form",
            Sent::Query(_) => "redirect",
        };
        format!("| {name} | {by} | {refusal} | {reason} |")
    };
    cases().map(line).collect()
}

/// What the message says: the same over both bindings.
fn by_either() -> Vec<Case> {
    let mut all = Vec::new();
    let mut both = |name: &'static str, refusal: R, reason: &'static str, text: String| {
        all.push((name, refusal, reason, form(&text)));
        all.push((name, refusal, reason, query(&text)));
    };
    let fresh = |text: &str, from: &str, to: &str| once(text, from, to);
    let honest = template(|_| {});
    both(
        "to-another-address",
        R::SamlLogout,
        "destination",
        template(|ask| ask.destination = ADDRESS.replace("acme", "globex")),
    );
    both("to-nobody", R::SamlLogout, "destination-missing", fresh(&honest, &format!(" Destination=\"{ADDRESS}\""), ""));
    both(
        "long-ago",
        R::SamlLogout,
        "issued-too-long-ago",
        fresh(&template(|ask| ask.now = NOW - 300 - SKEW), " NotOnOrAfter=\"2027-01-15T07:59:00Z\"", ""),
    );
    both("ahead", R::SamlLogout, "not-yet", template(|ask| ask.now = NOW + SKEW + 1));
    both(
        "expired",
        R::SamlLogout,
        "expired",
        fresh(&honest, "NotOnOrAfter=\"2027-01-15T08:05:00Z\"", "NotOnOrAfter=\"2027-01-15T07:59:00Z\""),
    );
    both(
        "of-another-provider",
        R::SamlLogout,
        "issuer",
        fresh(&honest, "https://idp.acme.example/saml<", "https://idp.globex.example/saml<"),
    );
    both(
        "without-issuer",
        R::SamlLogout,
        "issuer-missing",
        fresh(&honest, "<saml:Issuer>https://idp.acme.example/saml</saml:Issuer>", ""),
    );
    both("of-version-1-1", R::SamlLogout, "version", fresh(&honest, "Version=\"2.0\"", "Version=\"1.1\""));
    both("for-nobody", R::SamlStructure, "child-missing", {
        let (before, rest) = honest.split_once("<saml:NameID").unwrap();
        format!("{before}{}", rest.split_once("</saml:NameID>").unwrap().1)
    });
    both(
        "for-two",
        R::SamlStructure,
        "child-doubled",
        fresh(&honest, "</saml:NameID>", "</saml:NameID><saml:NameID>bob-1</saml:NameID>"),
    );
    both("comment-in-the-name", R::SamlForbiddenMarkup, "comment", fresh(&honest, ">ada-1<", ">ada<!-- -->-1<"));
    both(
        "empty-session-index",
        R::SamlLogout,
        "session-index",
        template(|ask| ask.session_index = Some(String::new())),
    );
    both(
        "response-of-single-sign-on",
        R::SamlStructure,
        "wrong-root",
        honest.replace("samlp:LogoutRequest", "samlp:Response"),
    );
    all
}

fn by_form() -> Vec<Case> {
    let stranger = sign(&template(|_| {}), "{sign:message}", &Signature::by(&GLOBEX));
    let weak = sign(&template(|_| {}), "{sign:message}", &Signature::by(&ACME).with(Method::RsaSha1));
    let good = Idp::acme().logout_xml(&template(|_| {}));
    let posted = |xml: &str| Sent::Form(form_value(xml));
    vec![
        ("unsigned form", R::SamlLogout, "unsigned", posted(&unsigned(&template(|_| {})))),
        ("form of a stranger", R::SamlLogout, "signature", posted(&stranger)),
        ("form with a weak signature", R::SamlAlgorithm, "signature-method", posted(&weak)),
        ("another person after signing", R::SamlLogout, "signature", posted(&once(&good, ">ada-1<", ">bob-1<"))),
        (
            "another session after signing",
            R::SamlLogout,
            "signature",
            posted(&once(&good, ">_session-1<", ">_session-2<")),
        ),
        ("a sign-in as logout", R::SamlStructure, "wrong-root", {
            posted(&super::message::Message::honest(super::message::Base::Both).text())
        }),
        ("an answer in the place of a request", R::SamlLogout, "other-message", {
            posted(
                &Idp::acme().logout_xml(&LogoutAnswer::new(ADDRESS, "_request", NOW).template(&Idp::acme().entity_id)),
            )
        }),
    ]
}

fn by_query() -> Vec<Case> {
    let text = unsigned(&template(|_| {}));
    let signed = |signer| Sent::Query(redirect_query("SAMLRequest", &text, Some("state"), signer));
    let stranger = signed(Some((&GLOBEX, Method::RsaSha256)));
    let malformed = R::SamlMalformed;
    vec![
        ("unsigned query", R::SamlLogout, "unsigned", signed(None)),
        ("query of a stranger", R::SamlLogout, "signature", stranger),
        ("weak signature", R::SamlAlgorithm, "signature-algorithm", signed(Some((&ACME, Method::RsaSha1)))),
        (
            "secret that everybody knows",
            R::SamlAlgorithm,
            "signature-algorithm",
            signed(Some((&ACME, Method::HmacSha256))),
        ),
        ("other relay state", R::SamlLogout, "signature", changed("RelayState=state", "RelayState=other")),
        ("relay state taken out", R::SamlLogout, "signature", changed("&RelayState=state", "")),
        ("relay state spelt otherwise", R::SamlLogout, "signature", changed("RelayState=state", "RelayState=%73tate")),
        (
            "algorithm spelt otherwise",
            R::SamlLogout,
            "signature",
            changed("SigAlg=http%3A%2F%2F", "SigAlg=http%3a%2f%2f"),
        ),
        ("request twice", malformed, "parameter-doubled", added("&SAMLRequest=x")),
        ("relay state twice", malformed, "parameter-doubled", added("&RelayState=other")),
        ("algorithm twice", malformed, "parameter-doubled", added("&SigAlg=x")),
        ("signature twice", malformed, "parameter-doubled", added("&Signature=x")),
        ("request and response", malformed, "two-messages", added("&SAMLResponse=x")),
        ("escaped name", malformed, "parameter-name", added("&SAML%52equest=x")),
        ("name in small letters", malformed, "parameter-name", added("&samlrequest=x")),
        ("name of a list", malformed, "parameter-name", added("&SAMLRequest[]=x")),
        ("another separator", malformed, "parameter-name", added("&a;SAMLRequest=x")),
        ("algorithm without signature", malformed, "signature-incomplete", {
            let Sent::Query(text) = query(&template(|_| {})) else { panic!("a query") };
            Sent::Query(text.split_once("&Signature=").unwrap().0.to_owned())
        }),
        ("empty signature", malformed, "signature-not-base64", {
            let Sent::Query(text) = query(&template(|_| {})) else { panic!("a query") };
            Sent::Query(format!("{}&Signature=", text.split_once("&Signature=").unwrap().0))
        }),
        ("another encoding", malformed, "encoding-unknown", added("&SAMLEncoding=x")),
        ("long relay state", malformed, "relay-state-too-long", {
            Sent::Query(Idp::acme().logout_query(&template(|_| {}), Some(&"a".repeat(81))))
        }),
        ("request as response", R::SamlLogout, "other-parameter", {
            Sent::Query(redirect_query("SAMLResponse", &text, None, Some((&ACME, Method::RsaSha256))))
        }),
        ("signed inside instead", R::SamlLogout, "signature-inside", {
            let inside = Idp::acme().logout_xml(&template(|_| {}));
            Sent::Query(redirect_query("SAMLRequest", &inside, Some("state"), Some((&ACME, Method::RsaSha256))))
        }),
    ]
}

/// ST-SAML-22: what is small on the way and large when it is unpacked.
fn packed() -> Vec<Case> {
    let sized = |bytes: usize| {
        let text = unsigned(&template(|_| {})).replace("</samlp:LogoutRequest>", "");
        let large = format!("{text}{}</samlp:LogoutRequest>", " ".repeat(bytes));
        Sent::Query(redirect_query("SAMLRequest", &large, None, Some((&ACME, Method::RsaSha256))))
    };
    let raw = |bytes: &[u8]| {
        let value = form_value(bytes).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        Sent::Query(format!("SAMLRequest={value}"))
    };
    let text = unsigned(&template(|_| {}));
    let mut trailing = miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 6);
    trailing.extend(b"more");
    vec![
        ("a hundred mebibytes", R::SamlTooLarge, "query-too-long", sized(100 << 20)),
        ("sixteen mebibytes", R::SamlTooLarge, "inflate-too-large", sized(16 << 20)),
        ("more than a hundredfold", R::SamlTooLarge, "inflate-too-large", sized(200_000)),
        ("not packed", R::SamlMalformed, "not-deflated", raw(text.as_bytes())),
        (
            "packed with a header",
            R::SamlMalformed,
            "not-deflated",
            raw(&miniz_oxide::deflate::compress_to_vec_zlib(text.as_bytes(), 6)),
        ),
        ("something behind it", R::SamlMalformed, "inflate-trailing", raw(&trailing)),
        ("cut off", R::SamlMalformed, "not-deflated", raw(&trailing[..40])),
    ]
}
