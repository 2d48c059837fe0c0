//! World: our keys, a connection, and the parts of a message that was sent.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gate_saml::send::{AuthnRequest, KeyPairFiles, Outgoing, SamlKeys};
use gatewright_bundle::program::{
    Binding, Certificate, Encryption, Endpoint, NameId, Requests, Saml, SamlAttributes, SignatureAlgorithm, Subject,
    WantSigned,
};
use gatewright_saml::SubjectId;
use gatewright_terms::{Seconds, Timestamp};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

macro_rules! files {
    ($name:literal) => {
        KeyPairFiles {
            key: include_bytes!(concat!("../../../testkit/keys/saml/", $name, ".key.pem")),
            certificate: include_bytes!(concat!("../../../testkit/keys/saml/", $name, ".crt.pem")),
        }
    };
}

pub(crate) const SP: KeyPairFiles<'_> = files!("sp");
pub(crate) const SP_NEXT: KeyPairFiles<'_> = files!("sp-next");
pub(crate) const P256: KeyPairFiles<'_> = files!("p256");
pub(crate) const P384: KeyPairFiles<'_> = files!("p384");
pub(crate) const WEAK: KeyPairFiles<'_> = files!("weak");

pub(crate) const ENTITY: &str = "https://gate.example/sso/acme/okta/metadata";
pub(crate) const ACS: &str = "https://gate.example/sso/acme/okta/acs";
pub(crate) const SLO: &str = "https://gate.example/sso/acme/okta/slo";
pub(crate) const ID: &str = "_0123456789abcdef0123456789abcdef01234567";

pub(crate) fn now() -> Timestamp {
    Timestamp::from_unix(1_767_225_600)
}

pub(crate) fn sp() -> SamlKeys {
    SamlKeys::parse(SP, None, None).unwrap()
}

pub(crate) fn p256() -> SamlKeys {
    SamlKeys::parse(P256, None, None).unwrap()
}

pub(crate) fn certificate(files: KeyPairFiles<'_>) -> Certificate {
    Certificate(CertificateDer::from_pem_slice(files.certificate).unwrap().to_vec())
}

pub(crate) fn endpoint(binding: Binding, url: &str) -> Endpoint {
    Endpoint { binding, url: url.into(), response_url: None }
}

/// A connection that asks for nothing special. Its provider signs with our own key, so that what we send can be read back.
pub(crate) fn saml(binding: Binding) -> Saml {
    Saml {
        entity_id: ENTITY.into(),
        sign_in: endpoint(binding, "https://idp.example/sso"),
        logout: Some(endpoint(binding, "https://idp.example/slo?app=7")),
        certificates: vec![certificate(SP), certificate(P256)],
        want_signed: WantSigned::Either,
        algorithms: vec![SignatureAlgorithm::RsaSha256, SignatureAlgorithm::EcdsaSha256],
        encryption: Encryption::Optional,
        name_id: NameId::Unspecified,
        subject: Subject::NameId,
        attributes: SamlAttributes { email: None, given_name: None, family_name: None, groups: None, own: Vec::new() },
        clock_skew: Seconds(60),
        requests: Requests::Signed,
        idp_initiated: None,
    }
}

pub(crate) fn request<'a>() -> AuthnRequest<'a> {
    AuthnRequest {
        id: ID,
        now: now(),
        sp_entity_id: ENTITY,
        acs: ACS,
        relay_state: "handle",
        force_authn: false,
        contexts: &[],
    }
}

pub(crate) fn name_id() -> SubjectId {
    SubjectId {
        value: "eve@acme.example".into(),
        format: Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".into()),
        name_qualifier: Some("https://idp.example".into()),
        sp_name_qualifier: Some(ENTITY.into()),
    }
}

/// The names of the parameters in their order, and the message.
pub(crate) struct Sent {
    pub(crate) to: String,
    pub(crate) names: Vec<String>,
    pub(crate) values: Vec<String>,
    pub(crate) xml: String,
}

pub(crate) fn sent(outgoing: &Outgoing) -> Sent {
    let (to, pairs, packed): (_, Vec<(String, String)>, _) = match outgoing {
        Outgoing::Redirect { url } => {
            let at = url.find("SAMLRe").unwrap();
            let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
            let pair = |text: &str| {
                let (name, value) = text.split_once('=').unwrap();
                (name.to_owned(), decode(value))
            };
            (url[..at].to_owned(), url[at..].split('&').map(pair).collect(), true)
        }
        Outgoing::Form { action, fields } => {
            (action.clone(), fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(), false)
        }
    };
    let bytes = STANDARD.decode(&pairs[0].1).unwrap();
    let bytes = if packed { miniz_oxide::inflate::decompress_to_vec(&bytes).unwrap() } else { bytes };
    let (names, values) = pairs.into_iter().unzip();
    Sent { to, names, values, xml: String::from_utf8(bytes).unwrap() }
}

impl Sent {
    /// For people: where it goes, what goes, and the message with an element a line and long values cut.
    pub(crate) fn shown(&self) -> String {
        let mut shown = format!("{}\n{}\n", self.to, self.names.join(" "));
        if let Some(at) = self.names.iter().position(|name| name == "SigAlg") {
            let _ = writeln!(shown, "SigAlg={}", self.values[at]);
        }
        shown + &lines(&self.xml)
    }
}

/// An element a line.
pub(crate) fn lines(xml: &str) -> String {
    let mut shown = xml.replace("><", ">\n<");
    for (open, close) in [("<ds:X509Certificate>", "</ds:"), ("<ds:SignatureValue>", "</ds:")] {
        let mut from = 0;
        while let Some(at) = shown[from..].find(open).map(|at| from + at + open.len()) {
            let end = at + shown[at..].find(close).unwrap();
            shown.replace_range(at + 16..end, "...");
            from = at;
        }
    }
    shown
}
