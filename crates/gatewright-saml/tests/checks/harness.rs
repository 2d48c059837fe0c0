//! Harness: a good response, one change, and what the door says.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use gatewright_bundle::program::{
    Binding, Certificate, Encryption, Endpoint, IdpInitiated, NameId, Overage, Requests, Saml, SamlAttributes,
    SamlGroups, SignatureAlgorithm, Subject, WantSigned,
};
use gatewright_saml::screen::Screened;
use gatewright_saml::xml::Element;
use gatewright_saml::{
    Canonical, Decryptor, Expected, NotVerified, Refused, Request, Signed, Trusted, Verified, Verifier,
    receive_document,
};
use gatewright_terms::{Refusal, Seconds, Slug, Timestamp};

pub(crate) const IDP: &str = "https://idp.example.com/metadata";
pub(crate) const SP: &str = "https://gate.example.com/sso/acme/okta/metadata";
pub(crate) const ACS: &str = "https://gate.example.com/sso/acme/okta/acs";
pub(crate) const REQUEST: &str = "_d1f0c3a4b5968778695a4b3c2d1e0f0011223344";
/// 2026-11-24T10:00:00Z.
pub(crate) const NOW: i64 = 1_795_514_400;
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

pub(crate) fn saml() -> Saml {
    Saml {
        entity_id: IDP.into(),
        sign_in: Endpoint { binding: Binding::Redirect, url: "https://idp.example.com/sso".into(), response_url: None },
        logout: None,
        certificates: vec![Certificate(include_bytes!("../certificates/rsa2048.der").to_vec())],
        want_signed: WantSigned::Either,
        algorithms: vec![SignatureAlgorithm::RsaSha256],
        encryption: Encryption::Optional,
        name_id: NameId::Persistent,
        subject: Subject::NameId,
        attributes: SamlAttributes {
            email: Some("email".into()),
            given_name: Some("firstName".into()),
            family_name: Some("lastName".into()),
            groups: Some(SamlGroups { attribute: "groups".into(), overage: Overage::AbsentIsEmpty }),
            own: Vec::new(),
        },
        clock_skew: Seconds(60),
        requests: Requests::Signed,
        idp_initiated: None,
    }
}

pub(crate) fn idp_initiated(until: i64) -> IdpInitiated {
    IdpInitiated { until: Timestamp::from_unix(until), app: Slug::parse("wiki").unwrap() }
}

pub(crate) fn at(seconds: i64) -> String {
    Timestamp::from_unix(NOW + seconds).to_string()
}

pub(crate) fn signature(id: &str) -> String {
    format!(
        "<ds:Signature xmlns:ds=\"{DSIG}\"><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>\
         <ds:Reference URI=\"#{id}\"><ds:Transforms>\
         <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
         <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
         <ds:DigestValue>QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=</ds:DigestValue></ds:Reference></ds:SignedInfo>\
         <ds:SignatureValue>c2lnbmF0dXJl</ds:SignatureValue></ds:Signature>"
    )
}

/// With the signature of its own in the place where it belongs.
pub(crate) fn assertion(signature: &str) -> String {
    format!(
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
         xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         ID=\"_a1\" Version=\"2.0\" IssueInstant=\"{issued}\"><saml:Issuer>{IDP}</saml:Issuer>{signature}\
         <saml:Subject><saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">u-1001</saml:NameID>\
         <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
         <saml:SubjectConfirmationData InResponseTo=\"{REQUEST}\" NotOnOrAfter=\"{confirm}\" Recipient=\"{ACS}\"/>\
         </saml:SubjectConfirmation></saml:Subject>\
         <saml:Conditions NotBefore=\"{from}\" NotOnOrAfter=\"{until}\">\
         <saml:AudienceRestriction><saml:Audience>{SP}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
         <saml:AuthnStatement AuthnInstant=\"{authn}\" SessionIndex=\"_s1\" SessionNotOnOrAfter=\"{ends}\">\
         <saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport\
         </saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
         <saml:AttributeStatement>\
         <saml:Attribute Name=\"email\"><saml:AttributeValue xsi:type=\"xs:string\">ada@acme.com</saml:AttributeValue>\
         </saml:Attribute><saml:Attribute Name=\"firstName\"><saml:AttributeValue>Ada</saml:AttributeValue></saml:Attribute>\
         <saml:Attribute Name=\"lastName\"><saml:AttributeValue>Lovelace</saml:AttributeValue></saml:Attribute>\
         <saml:Attribute Name=\"groups\"><saml:AttributeValue xsi:type=\"xs:anyType\">ml</saml:AttributeValue>\
         <saml:AttributeValue>eng</saml:AttributeValue></saml:Attribute>\
         </saml:AttributeStatement></saml:Assertion>",
        issued = at(-2),
        confirm = at(120),
        from = at(-120),
        until = at(180),
        authn = at(-1800),
        ends = at(28_800),
    )
}

pub(crate) fn response(signature: &str, assertion: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r1\" Version=\"2.0\" \
         IssueInstant=\"{}\" Destination=\"{ACS}\" InResponseTo=\"{REQUEST}\">\
         <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{IDP}</saml:Issuer>{signature}\
         <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
         {assertion}</samlp:Response>",
        at(-1)
    )
}

/// One try at the door.
pub(crate) struct Case {
    pub(crate) xml: String,
    pub(crate) saml: Saml,
    pub(crate) unsolicited: bool,
    pub(crate) now: i64,
    pub(crate) verifier: Rendering,
    pub(crate) decryptor: Option<Box<dyn Decryptor>>,
}

impl Case {
    pub(crate) fn of(xml: String) -> Self {
        Self { xml, saml: saml(), unsolicited: false, now: NOW, verifier: Rendering::default(), decryptor: None }
    }

    /// Both are signed.
    pub(crate) fn good() -> Self {
        Self::of(response(&signature("_r1"), &assertion(&signature("_a1"))))
    }

    pub(crate) fn assertion_signed() -> Self {
        Self::of(response("", &assertion(&signature("_a1"))))
    }

    pub(crate) fn response_signed() -> Self {
        Self::of(response(&signature("_r1"), &assertion("")))
    }

    /// Every occurrence; there must be one.
    pub(crate) fn swap(mut self, from: &str, to: &str) -> Self {
        assert!(self.xml.contains(from), "`{from}` is not in the message");
        self.xml = self.xml.replace(from, to);
        self
    }

    pub(crate) fn swap_first(mut self, from: &str, to: &str) -> Self {
        assert!(self.xml.contains(from), "`{from}` is not in the message");
        self.xml = self.xml.replacen(from, to, 1);
        self
    }

    pub(crate) fn policy(mut self, change: impl FnOnce(&mut Saml)) -> Self {
        change(&mut self.saml);
        self
    }

    /// Without any `InResponseTo`, as a provider sends that begins by itself.
    pub(crate) fn unsolicited(self) -> Self {
        let mut case = self.swap(&format!(" InResponseTo=\"{REQUEST}\""), "");
        case.unsolicited = true;
        case
    }

    pub(crate) fn run(&self) -> Result<Verified, Refused> {
        let connection = Slug::parse("okta").unwrap();
        let request = if self.unsolicited { Request::Unsolicited } else { Request::Answers(REQUEST) };
        let expected = Expected {
            connection: &connection,
            saml: &self.saml,
            sp_entity_id: SP,
            acs: ACS,
            request,
            now: Timestamp::from_unix(self.now),
        };
        receive_document(self.xml.as_bytes(), &expected, &self.verifier, self.decryptor.as_deref())
    }

    #[track_caller]
    pub(crate) fn passes(&self) -> Verified {
        self.run().unwrap_or_else(|refused| panic!("{refused}\n{}", self.xml))
    }

    #[track_caller]
    pub(crate) fn refuses(&self, refusal: Refusal, reason: &str) -> Refused {
        let refused = self.run().map(|_| ()).expect_err(reason);
        assert_eq!((refused.refusal, refused.reason), (refusal, reason), "{refused}");
        refused
    }
}

/// Finds every signature good and gives back the outermost signed element without its signature: the same names, attributes
/// and texts as the exclusive canonical form, with prefixes of its own. Counts its calls.
#[derive(Default)]
pub(crate) struct Rendering {
    pub(crate) calls: AtomicUsize,
    /// What it says instead of what it should.
    pub(crate) lie: Option<fn(Canonical) -> Result<Canonical, NotVerified>>,
}

impl Rendering {
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

impl Verifier for Rendering {
    fn verify(&self, screened: &Screened<'_>, trusted: &Trusted<'_>) -> Result<Canonical, NotVerified> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        assert!(
            !screened.signatures().is_empty() && !trusted.certificates.is_empty() && !trusted.algorithms.is_empty()
        );
        let message = screened.signatures().iter().any(|signature| signature.covers == Signed::Message);
        let (signed, element) = if message {
            (Signed::Message, screened.root())
        } else {
            (Signed::Assertion, screened.assertion().expect("it is signed"))
        };
        let canonical = Canonical { signed, bytes: canonical(element).into_bytes() };
        self.lie.map_or(Ok(canonical.clone()), |lie| lie(canonical))
    }
}

pub(crate) fn canonical(element: Element<'_>) -> String {
    let mut out = String::new();
    render(element, element, &mut out);
    out
}

fn render(element: Element<'_>, signed: Element<'_>, out: &mut String) {
    let escaped = |text: &str| {
        let plain = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        plain.replace('\t', "&#9;").replace('\n', "&#10;").replace('\r', "&#13;")
    };
    write!(out, "<e:{} xmlns:e=\"{}\"", element.name(), element.namespace()).unwrap();
    for attribute in element.attributes() {
        let value = escaped(attribute.value());
        if attribute.namespace().is_empty() {
            write!(out, " {}=\"{value}\"", attribute.name()).unwrap();
        } else {
            write!(out, " xmlns:a=\"{}\" a:{}=\"{value}\"", attribute.namespace(), attribute.name()).unwrap();
        }
    }
    out.push('>');
    out.push_str(&escaped(element.text().unwrap_or_default()));
    for child in element.children() {
        if element != signed || !child.is(DSIG, "Signature") {
            render(child, signed, out);
        }
    }
    write!(out, "</e:{}>", element.name()).unwrap();
}
