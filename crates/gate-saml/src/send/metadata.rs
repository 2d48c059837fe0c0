//! Metadata: what a provider's administrator imports about us, one document for each connection (SAML Metadata §2).
//!
//! Invariant: it names only what works here (ST-SAML-29): our keys, the ciphers that we take, the two bindings of single
//! logout where the connection has one.
//!
//! It has no `validUntil`: providers import it once, from a file, and most never look again; a date would end sign-ins on a
//! day that nobody chose. It is fetched over TLS from the address that is our entityID, and has no signature.

use gatewright_bundle::program::{NameId, Requests, Saml, WantSigned};

use super::NotSent;
use super::keys::SamlKeys;
use super::signature::key_info;
use super::xml::{Element, Namespace};

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

const GCM: [&str; 2] = ["http://www.w3.org/2009/xmlenc11#aes256-gcm", "http://www.w3.org/2009/xmlenc11#aes128-gcm"];
const CBC: [&str; 2] = ["http://www.w3.org/2001/04/xmlenc#aes256-cbc", "http://www.w3.org/2001/04/xmlenc#aes128-cbc"];
const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
const OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const MGF1_SHA256: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha256";

/// Our side of one connection.
#[derive(Debug, Clone, Copy)]
pub struct ServiceMetadata<'a> {
    /// Our entityID: the address of this document.
    pub entity_id: &'a str,
    /// Where assertions go.
    pub acs: &'a str,
    /// Where logout messages go. Named where the connection has a logout address of its own.
    pub logout: &'a str,
}

impl ServiceMetadata<'_> {
    /// The document, UTF-8, for `application/samlmetadata+xml`.
    pub fn text(&self, saml: &Saml, keys: &SamlKeys) -> Result<String, NotSent> {
        let acs = endpoint("AssertionConsumerService", POST, self.acs).with("index", "0").with("isDefault", "true");
        let logout = [REDIRECT, POST].map(|binding| endpoint("SingleLogoutService", binding, self.logout));
        let format = name_id_format(saml.name_id).map(|format| md("NameIDFormat").text(format));
        let role = md("SPSSODescriptor")
            .with("AuthnRequestsSigned", truth(matches!(saml.requests, Requests::Signed)))
            .with("WantAssertionsSigned", truth(matches!(saml.want_signed, WantSigned::Assertion | WantSigned::Both)))
            .with("protocolSupportEnumeration", PROTOCOL)
            .children(keys.signing_certificates().map(signing))
            .children(keys.encryption_certificates().map(|certificate| encryption(certificate, saml.want_signed)))
            .children(saml.logout.iter().flat_map(|_| logout.clone()))
            .children(format)
            .child(acs);
        md("EntityDescriptor").with("entityID", self.entity_id).child(role).canonical()
    }
}

/// `None` where any will do.
pub(super) const fn name_id_format(name_id: NameId) -> Option<&'static str> {
    match name_id {
        NameId::Persistent => Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"),
        NameId::Email => Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
        NameId::Transient => Some("urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
        NameId::Unspecified => None,
    }
}

fn signing(certificate: &[u8]) -> Element {
    md("KeyDescriptor").with("use", "signing").child(key_info(certificate))
}

/// The best first. CBC is taken only under a signature of the whole response: where none must be there, it is not named.
fn encryption(certificate: &[u8], want_signed: WantSigned) -> Element {
    let cbc = match want_signed {
        WantSigned::Response | WantSigned::Both => &CBC[..],
        WantSigned::Assertion | WantSigned::Either => &[],
    };
    let method = |algorithm: &&'static str| md("EncryptionMethod").with("Algorithm", *algorithm);
    let hash = |algorithm| Element::new(Namespace::Ds, "DigestMethod").with("Algorithm", algorithm);
    // One hash for both purposes of OAEP, as the screen has it; SHA-1 is not broken there, and what most can do.
    let mask = Element::new(Namespace::Xenc11, "MGF").with("Algorithm", MGF1_SHA256);
    let oaep = [method(&OAEP).child(hash(SHA256)).child(mask), method(&OAEP_MGF1P).child(hash(SHA1))];
    md("KeyDescriptor")
        .with("use", "encryption")
        .child(key_info(certificate))
        .children(GCM.iter().chain(cbc).map(method))
        .children(oaep)
}

fn endpoint(name: &'static str, binding: &'static str, location: &str) -> Element {
    md(name).with("Binding", binding).with("Location", location)
}

const fn truth(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

fn md(name: &'static str) -> Element {
    Element::new(Namespace::Md, name)
}
