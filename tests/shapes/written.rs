//! Written: one document for each provider, in `written/`, with holes for signatures, addresses and groups. `providers`
//! has each in its own style; here are keys, ciphers and spellings.

mod providers;

use gatewright_bundle::program::{Certificate, Overage, SamlAttributes, SamlGroups, WantSigned};
use testkit::saml::{
    ACME, ACME_EXPIRED_CERTIFICATE_PEM, ACME_NEXT, Canonicalization, Cipher, Digest, Encryption, Key, Method, P256,
    P384, Placement, SP, SP_NEXT, Signature, Signs, Transport, encrypt, form_value, sign,
};

use crate::saml::verifiers::compare;
use crate::saml::world::{ACS, Identity, NOW, REQUEST_ID, SP_ENTITY_ID, Setting};

const PLACEMENTS: [Signs; 3] = [Signs::Assertion, Signs::Response, Signs::Both];

/// How a provider writes its signatures.
type Style = fn(&mut Signature);

/// A document with everything that a test may change about it.
struct Shape {
    text: &'static str,
    signs: Signs,
    style: Style,
    encryption: Option<Encryption>,
    /// After `style`, for both signatures.
    key: &'static Key,
    groups: String,
    setting: Setting,
    identity: Identity,
}

impl Shape {
    fn new(text: &'static str, issuer: &str, subject: &str) -> Self {
        let mut setting = Setting::default();
        issuer.clone_into(&mut setting.saml.entity_id);
        let identity = Identity {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            name_id: Some(subject.to_owned()),
            acr: Some("urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified".to_owned()),
            ..Identity::default()
        };
        Self {
            text,
            signs: Signs::Assertion,
            style: |_| {},
            encryption: None,
            key: &ACME,
            groups: String::new(),
            setting,
            identity,
        }
    }

    fn form(&self) -> String {
        let text = self.text.replace("{acs}", ACS).replace("{sp}", SP_ENTITY_ID).replace("{request}", REQUEST_ID);
        let mut text = text.replace("{groups}", &self.groups);
        let mut signature = Signature::by(self.key);
        (self.style)(&mut signature);
        if matches!(self.signs, Signs::Assertion | Signs::Both) {
            text = sign(&text.replace("{encrypt}", "").replace("{/encrypt}", ""), "{sign:assertion}", &signature);
        }
        text = text.replace("{sign:assertion}", "").replace("{encrypt}", "").replace("{/encrypt}", "");
        if let Some(encryption) = &self.encryption {
            text = sealed(&text, encryption);
        }
        if matches!(self.signs, Signs::Response | Signs::Both) {
            text = sign(&text, "{sign:response}", &signature);
        }
        form_value(text.replace("{sign:response}", ""))
    }

    /// By both verifiers, which say the same (ST-SAML-02).
    fn let_in(&self) {
        let decrypting = self.setting.decrypting();
        let compared = compare(self.form().as_bytes(), &self.setting.expected(), Some(&decrypting));
        let result = compared.outcome.result;
        assert_eq!(result.as_ref().map_err(ToString::to_string), Ok(&self.identity), "{:?}", self.signs);
        assert!(compared.asked > 0 && compared.differences.is_empty(), "{:?}", compared.differences);
    }

    fn let_in_however_it_is_signed(mut self) {
        for signs in PLACEMENTS {
            self.signs = signs;
            self.let_in();
        }
    }
}

/// The text with its assertion encrypted, whatever its prefix.
fn sealed(text: &str, encryption: &Encryption) -> String {
    let start =
        ["<saml:Assertion ", "<saml2:Assertion ", "<Assertion "].iter().find_map(|open| text.find(open)).unwrap();
    let close = text.rfind("Assertion>").unwrap() + "Assertion>".len();
    format!("{}{}{}", &text[..start], encrypt(&text[start..close], encryption), &text[close..])
}

fn values(names: impl Iterator<Item = String>, prefix: &str) -> String {
    names.map(|name| format!("<{prefix}AttributeValue>{name}</{prefix}AttributeValue>")).collect()
}

fn attributes(email: &str, given: &str, family: &str, groups: &str, overage: Overage) -> SamlAttributes {
    let mapped = |name: &str| Some(name.to_owned());
    SamlAttributes {
        email: mapped(email),
        given_name: mapped(given),
        family_name: mapped(family),
        groups: Some(SamlGroups { attribute: groups.to_owned(), overage }),
        own: Vec::new(),
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn simplesamlphp() -> Shape {
    let mut shape =
        Shape::new(include_str!("written/simplesamlphp.xml"), "https://login.acme.com/simplesaml", "3d1c0a");
    shape.setting.saml.attributes = attributes("mail", "givenName", "sn", "memberOf", Overage::AbsentIsEmpty);
    shape.identity.groups = Some(names(&["42", "admins", "ml"]));
    shape.identity.acr = Some("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport".to_owned());
    shape.identity.session_index = Some("_ssp-1".to_owned());
    shape.identity.session_ends = Some(NOW + 8 * 3600);
    shape.style = |signature| {
        signature.edit = Some(|text| {
            text.replace("<ds:SignedInfo><", "<ds:SignedInfo>\n  <").replace("/><ds:Reference", "/>\n  <ds:Reference")
        });
    };
    shape
}

/// ST-SAML-23: every cipher, every transport, both places of the key, our present key and the next one.
#[test]
fn simplesamlphp_is_let_in_however_it_is_encrypted() {
    simplesamlphp().let_in_however_it_is_signed();
    for cipher in Cipher::ALL {
        for transport in [Transport::OaepSha1, Transport::OaepSha256] {
            for placement in [Placement::Inside, Placement::Beside] {
                for (to, signs) in
                    [(vec![&SP], Signs::Response), (vec![&SP_NEXT], Signs::Both), (vec![&ACME, &SP], Signs::Both)]
                {
                    let mut shape = simplesamlphp();
                    shape.signs = signs;
                    shape.setting.our_keys = vec![&SP, &SP_NEXT];
                    shape.encryption = Some(Encryption { to, cipher, transport, placement });
                    shape.let_in();
                }
            }
        }
    }
    // Without a signature of the response: only ciphers that are proof against changes.
    for cipher in [Cipher::Aes128Gcm, Cipher::Aes256Gcm] {
        let mut shape = simplesamlphp();
        shape.encryption = Some(Encryption { cipher, ..Encryption::default() });
        shape.let_in();
    }
}

/// ST-SAML-04, ST-SAML-05: the same meaning, spelt as oddly as the standards allow.
#[test]
fn odd_spellings_are_let_in() {
    let mut shape = Shape::new(include_str!("written/odd.xml"), "https://odd.acme.com/idp", "a\"'>\u{1F600}1");
    shape.identity.given_name = None;
    shape.identity.family_name = None;
    shape.identity.acr = None;
    shape.identity.session_index = None;
    shape.identity.groups = Some(names(&["  ml  ops ", "ml"]));
    shape.style = |signature| {
        signature.prefix = "Assertion";
        signature.after_value.clear();
        signature.references[0].canonicalization =
            Canonicalization::Exclusive(vec!["#default".to_owned(), "äü".to_owned()]);
        signature.canonicalization = Canonicalization::Exclusive(vec!["samlp".to_owned()]);
    };
    shape.let_in_however_it_is_signed();
}

/// ST-SAML-12: any key of the connection, whatever its certificate says; every method that the policy lists.
#[test]
fn every_key_and_method_of_the_connection_is_let_in() {
    let pem = |pem: &str| {
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        base64::Engine::decode(&base64::prelude::BASE64_STANDARD, body).unwrap()
    };
    let certificates: Vec<Certificate> = [&ACME_NEXT, &P256, &P384]
        .iter()
        .map(|key| Certificate(key.certificate_der()))
        .chain([Certificate(pem(ACME_EXPIRED_CERTIFICATE_PEM))])
        .collect();
    let styles: [(&'static Key, Style); 7] = [
        (&ACME, |_| {}),
        (&ACME_NEXT, |_| {}),
        (&ACME, |signature| signature.method = Method::RsaSha384),
        (&ACME, |signature| signature.method = Method::RsaSha512),
        (&ACME, |signature| *signature = signature.clone().digest(Digest::Sha384)),
        (&P256, |signature| signature.method = Method::EcdsaSha256),
        (&P384, |signature| signature.method = Method::EcdsaSha384),
    ];
    for (key, style) in styles {
        let mut shape = simplesamlphp();
        shape.setting.saml.certificates.clone_from(&certificates);
        (shape.key, shape.style) = (key, style);
        shape.let_in_however_it_is_signed();
    }
}

/// What is asked for is what is there.
#[test]
fn each_wanted_signature_is_let_in() {
    for (wanted, signs) in [
        (WantSigned::Assertion, Signs::Assertion),
        (WantSigned::Assertion, Signs::Both),
        (WantSigned::Response, Signs::Response),
        (WantSigned::Response, Signs::Both),
        (WantSigned::Both, Signs::Both),
    ] {
        let mut shape = simplesamlphp();
        (shape.setting.saml.want_signed, shape.signs) = (wanted, signs);
        shape.let_in();
    }
}
