//! Samael: the signatures of a screened message, checked by samael over xmlsec and libxml2.
//!
//! Reads the very bytes that the screen has passed and the keys of the connection; gives the canonical form of the
//! outermost signed element, as it was digested.
//!
//! Trust: the bytes are alleged. What comes back is what the identity provider signed, if C did what it should; that is why
//! the product runs this in a worker that can do nothing else (`worker`).
//! Invariant: called with nothing but a [`Screened`]: no attacker's byte reaches C before.
//! Invariant: keys come from the policy and are never none; so do the algorithms (ST-SAML-06, ST-SAML-09, ST-SAML-11).
//! Invariant: an error, a panic, an empty result or the wrong element is a signature that is not good (ST-SAML-10).

use std::cmp::Reverse;
use std::panic::{AssertUnwindSafe, catch_unwind};

use gatewright_bundle::program::Certificate;
use gatewright_saml::screen::{LIMITS, Screened, ScreenedSignature};
use gatewright_saml::xml::Document;
use gatewright_saml::{Canonical, NotVerified, Signed, Trusted, Verifier};
use samael::crypto::{AllowedSignatureAlgorithm, CertificateDer, CryptoProvider as _, ReduceMode, XmlSec};

use crate::keys::{Kind, signing_key};

/// The verifier in this process. It links C, so the product runs it in its workers alone.
///
/// It names `XmlSec`, which samael has only with its feature `xmlsec`: without it, this does not compile.
#[derive(Debug, Clone, Copy, Default)]
pub struct Samael;

impl Verifier for Samael {
    fn verify(&self, screened: &Screened<'_>, trusted: &Trusted<'_>) -> Result<Canonical, NotVerified> {
        let signatures = screened.signatures();
        let outermost = outermost(signatures).ok_or_else(|| bad("there is no signature"))?;
        let text = str::from_utf8(screened.source()).map_err(|_| bad("the message is not UTF-8"))?;
        if let Some(other) = signatures.iter().find(|signature| !trusted.algorithms.contains(&signature.algorithm)) {
            return Err(bad(format!("this connection takes no {:?}", other.algorithm)));
        }
        let keys = keys(trusted, signatures);
        if keys.is_empty() {
            return Err(bad("no certificate of this connection has a key that can have made every signature"));
        }
        // Whatever is unwound stays inside: nothing of it is used again.
        let reduced = catch_unwind(AssertUnwindSafe(|| {
            XmlSec::reduce_xml_to_signed_with_allowed_algorithms(text, &keys, ReduceMode::PreDigest, Some(&ALLOWED))
        }));
        let Ok(Ok(canonical)) = reduced else {
            return Err(bad("a signature does not fit the message and the certificates of this connection"));
        };
        expected(&canonical, outermost)?;
        Ok(Canonical { signed: outermost.covers, bytes: canonical.into_bytes() })
    }
}

fn bad(text: impl Into<String>) -> NotVerified {
    NotVerified::Bad(text.into())
}

/// A signature of the root covers the assertion and its signature too.
pub(crate) fn outermost(signatures: &[ScreenedSignature]) -> Option<&ScreenedSignature> {
    signatures.iter().find(|signature| signature.covers == Signed::Message).or_else(|| signatures.first())
}

/// The certificates that can have made all of the signatures, larger curves first, so that every candidate is asked.
/// Signatures of RSA and of EC keys in one message are not taken together: no provider signs so.
fn keys(trusted: &Trusted<'_>, signatures: &[ScreenedSignature]) -> Vec<CertificateDer> {
    let mut keys: Vec<(Kind, &Certificate)> = trusted
        .certificates
        .iter()
        .filter_map(|certificate| Some((signing_key(certificate)?.kind, certificate)))
        .filter(|(kind, _)| signatures.iter().all(|signature| kind.fits(signature.algorithm)))
        .collect();
    keys.sort_by_key(|(kind, _)| Reverse(kind.bits()));
    keys.into_iter().map(|(_, certificate)| CertificateDer::from(certificate.0.clone())).collect()
}

/// All that the screen passes. The connection's own list was asked before, about signatures; the digest of a reference may
/// be shorter than that of the signature over it.
const ALLOWED: [AllowedSignatureAlgorithm; 6] = [
    AllowedSignatureAlgorithm::RsaSha256,
    AllowedSignatureAlgorithm::RsaSha384,
    AllowedSignatureAlgorithm::RsaSha512,
    AllowedSignatureAlgorithm::EcdsaSha256,
    AllowedSignatureAlgorithm::EcdsaSha384,
    AllowedSignatureAlgorithm::EcdsaSha512,
];

/// Whether the bytes are the element that the outermost signature covers (ST-SAML-01). Its start tag is read by our own
/// parser; whoever reads the rest reads all of it by the same one (ST-SAML-02).
fn expected(canonical: &str, outermost: &ScreenedSignature) -> Result<(), NotVerified> {
    let start = start_tag(canonical).ok_or_else(|| bad("the canonical form is empty"))?;
    let alone = format!("{start}/>");
    let document = Document::parse(alone.as_bytes(), &LIMITS)
        .map_err(|refused| bad(format!("the canonical form is not readable: {}", refused.reason)))?;
    if document.root().attribute("ID") == Some(outermost.id.as_str()) {
        Ok(())
    } else {
        Err(bad("the canonical form is not the element that the signature covers"))
    }
}

/// The first tag without its end. In canonical form values stand in double quotes, have none inside, and may hold `>`
/// (Canonical XML 1.0 §2.3).
fn start_tag(canonical: &str) -> Option<&str> {
    let mut quoted = false;
    let end = canonical.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    })?;
    canonical.get(..end)
}

#[cfg(test)]
mod tests {
    use gatewright_bundle::program::SignatureAlgorithm;

    use super::*;

    fn signature(id: &str) -> ScreenedSignature {
        ScreenedSignature { covers: Signed::Message, id: id.to_owned(), algorithm: SignatureAlgorithm::RsaSha256 }
    }

    #[test]
    fn st_saml_01_another_element_is_no_good_signature() {
        let canonical = r#"<a:b xmlns:a="urn:x" C="a>b" ID="_1"><a:c ID="_2"></a:c></a:b>"#;
        assert_eq!(expected(canonical, &signature("_1")), Ok(()));
        for (canonical, id) in [
            (canonical, "_2"),
            (canonical, ""),
            ("", "_1"),
            ("<", "_1"),
            ("ID=\"_1\">", "_1"),
            (r#"<b x:ID="_1" xmlns:x="urn:x"></b>"#, "_1"),
            (r#"<b C="ID='_1'"></b>"#, "_1"),
            (r#"<b ID="_1"#, "_1"),
        ] {
            assert!(matches!(expected(canonical, &signature(id)), Err(NotVerified::Bad(_))), "{canonical} {id}");
        }
    }
}
