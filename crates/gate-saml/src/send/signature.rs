//! Signature: an enveloped XML signature over a message of ours (XML Signature 1.1, SAML Core §5.4).
//!
//! Invariant: one reference, to the ID of the root; enveloped and exclusive canonicalisation, SHA-256: what we ask of
//! others (ST-SAML-08, ST-SAML-09).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::NotSent;
use super::keys::SamlKeys;
use super::xml::{Element, Namespace};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const DIGEST: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// The root with its signature behind its first child, which is `Issuer`. `id` is the root's.
pub(super) fn enveloped(mut root: Element, id: &str, keys: &SamlKeys) -> Result<Element, NotSent> {
    // What is digested is the root without its signature, in canonical form: all that our writer writes.
    let digest = STANDARD.encode(digest(&SHA256, root.canonical()?.as_bytes()));
    let signed = signed_info(id, keys.algorithm(), digest);
    // Alone, as its canonical form is computed: its prefix is declared on itself.
    let value = keys.sign(signed.canonical()?.as_bytes())?;
    root.insert_after_first(
        ds("Signature")
            .child(signed)
            .child(ds("SignatureValue").text(STANDARD.encode(value)))
            .child(key_info(keys.certificate())),
    );
    Ok(root)
}

fn signed_info(id: &str, algorithm: &'static str, digest: String) -> Element {
    let transforms = [ENVELOPED, EXCLUSIVE].map(|transform| ds("Transform").with("Algorithm", transform));
    let reference = ds("Reference")
        .with("URI", format!("#{id}"))
        .child(ds("Transforms").children(transforms))
        .child(ds("DigestMethod").with("Algorithm", DIGEST))
        .child(ds("DigestValue").text(digest));
    ds("SignedInfo")
        .child(ds("CanonicalizationMethod").with("Algorithm", EXCLUSIVE))
        .child(ds("SignatureMethod").with("Algorithm", algorithm))
        .child(reference)
}

/// The certificate itself, DER.
pub(super) fn key_info(certificate: &[u8]) -> Element {
    let certificate = ds("X509Certificate").text(STANDARD.encode(certificate));
    ds("KeyInfo").child(ds("X509Data").child(certificate))
}

fn ds(name: &'static str) -> Element {
    Element::new(Namespace::Ds, name)
}
