//! Algorithms: weak and unknown ones, each used correctly.

use gatewright_bundle::program::Certificate;
use gatewright_terms::Refusal as R;
use testkit::saml::{Canonicalization, Digest, Method, P256, P384, WEAK};

use super::message::{Base, Message, once};
use super::variant::{Defect, hold, screen, signature};

/// ST-SAML-09: what is not on the short list is refused before anything is computed with it.
#[test]
fn algorithms_that_are_not_allowed_are_refused() {
    hold("algorithms");
}

const ROWS: &[u8] = &[9];

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = methods();
    all.extend(names());
    all.extend(canonicalizations());
    all.extend(keys());
    all
}

fn methods() -> Vec<Defect> {
    let by = |name: &str, method: Method| {
        screen(name, ROWS, R::SamlAlgorithm, "signature-method", move |m: Message| {
            m.signature(|signature| signature.method = method)
        })
    };
    vec![
        by("rsa-sha1", Method::RsaSha1),
        by("hmac-sha256-with-the-certificate", Method::HmacSha256),
        by("hmac-sha256-with-the-certificate-as-text", Method::HmacSha256Pem),
        screen("digest-sha1", ROWS, R::SamlAlgorithm, "digest-method", |m| {
            m.signature(|signature| *signature = signature.clone().digest(Digest::Sha1))
        }),
        screen("rsa-sha1-and-digest-sha1", ROWS, R::SamlAlgorithm, "signature-method", |m| {
            m.signature(|signature| *signature = signature.clone().with(Method::RsaSha1).digest(Digest::Sha1))
        }),
        // One good signature does not vouch for a weak one beside it.
        screen("weak-inner-signature-in-a-signed-response", ROWS, R::SamlAlgorithm, "signature-method", |mut m| {
            m.assertion.method = Method::RsaSha1;
            m
        })
        .on(&[Base::Both]),
        screen(
            "weak-outer-signature-around-a-signed-assertion",
            ROWS,
            R::SamlAlgorithm,
            "signature-method",
            |mut m| {
                m.response.method = Method::RsaSha1;
                m
            },
        )
        .on(&[Base::Both]),
    ]
}

/// Names that are not taken, whatever stands behind them.
fn names() -> Vec<Defect> {
    let rsa = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    let named =
        |name: &str, place: &'static str, reason: &'static str, refusal: R, from: &'static str, to: &'static str| {
            screen(name, ROWS, refusal, reason, move |m: Message| {
                let (from, to) =
                    (format!("<ds:{place} Algorithm=\"{from}\""), format!("<ds:{place} Algorithm=\"{to}\""));
                m.after_with(move |text| {
                    assert!(text.contains(&from), "{from}");
                    text.replace(&from, &to)
                })
            })
        };
    let method =
        |name: &str, uri: &'static str| named(name, "SignatureMethod", "signature-method", R::SamlAlgorithm, rsa, uri);
    let digest = |name: &str, uri: &'static str| {
        named(name, "DigestMethod", "digest-method", R::SamlAlgorithm, "http://www.w3.org/2001/04/xmlenc#sha256", uri)
    };
    vec![
        method("named-rsa-md5", "http://www.w3.org/2001/04/xmldsig-more#rsa-md5"),
        method("named-rsa-ripemd160", "http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160"),
        method("named-rsa-sha224", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224"),
        method("named-dsa-sha1", "http://www.w3.org/2000/09/xmldsig#dsa-sha1"),
        method("named-dsa-sha256", "http://www.w3.org/2009/xmldsig11#dsa-sha256"),
        method("named-hmac-sha1", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        method("named-hmac-sha512", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512"),
        method("named-ecdsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1"),
        method("named-by-nothing", ""),
        method("named-in-capitals", "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256"),
        method("named-with-white-space", " http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
        method("named-over-https", "https://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
        digest("digest-named-md5", "http://www.w3.org/2001/04/xmldsig-more#md5"),
        digest("digest-named-ripemd160", "http://www.w3.org/2001/04/xmlenc#ripemd160"),
        digest("digest-named-sha224", "http://www.w3.org/2001/04/xmldsig-more#sha224"),
        digest("digest-named-by-nothing", ""),
        signature("another-method-than-was-used", ROWS, move |m| {
            m.after_with(move |text| text.replace(rsa, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"))
        }),
        screen("truncated-output", ROWS, R::SamlSignatureShape, "signature-method-parameters", move |m| {
            m.signature(|signature| {
                signature.edit = Some(|text| {
                    let open = "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"";
                    let length = "<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>";
                    once(text, &format!("{open}/>"), &format!("{open}>{length}"))
                });
            })
        }),
    ]
}

fn canonicalizations() -> Vec<Defect> {
    let info = |name: &str, mode: Canonicalization| {
        screen(name, ROWS, R::SamlSignatureShape, "canonicalization", move |m: Message| {
            m.signature(|signature| signature.canonicalization = mode.clone())
        })
    };
    let transform = |name: &str, mode: Canonicalization| {
        screen(name, ROWS, R::SamlSignatureShape, "transform-unknown", move |m: Message| {
            m.signature(|signature| signature.references[0].canonicalization = mode.clone())
        })
    };
    vec![
        info("signed-info-inclusive", Canonicalization::Inclusive),
        info("signed-info-inclusive-with-comments", Canonicalization::InclusiveWithComments),
        info("signed-info-with-comments", Canonicalization::ExclusiveWithComments),
        transform("content-inclusive", Canonicalization::Inclusive),
        transform("content-inclusive-with-comments", Canonicalization::InclusiveWithComments),
        transform("content-with-comments", Canonicalization::ExclusiveWithComments),
        screen("prefix-list-that-is-none", ROWS, R::SamlSignatureShape, "prefix-list", |m| {
            m.signature(|signature| {
                signature.references[0].canonicalization = Canonicalization::Exclusive(vec!["a:b".to_owned()]);
            })
        })
        .twin(|m| {
            m.signature(|signature| {
                signature.references[0].canonicalization = Canonicalization::Exclusive(vec!["xs".to_owned()]);
            })
        }),
    ]
}

fn keys() -> Vec<Defect> {
    vec![
        signature("rsa-1024", ROWS, |m| m.key(&WEAK)).setting(|setting| {
            setting.saml.certificates.push(Certificate(WEAK.certificate_der()));
        }),
        signature("another-curve-than-is-trusted", ROWS, |m| {
            m.key(&P256).signature(|one| one.method = Method::EcdsaSha256)
        })
        .twin(|m| m.key(&P384).signature(|one| one.method = Method::EcdsaSha384))
        .setting(|setting| setting.saml.certificates = vec![Certificate(P384.certificate_der())]),
        signature("rsa-signature-where-a-curve-is-trusted", ROWS, |m| m)
            .twin(|m| m.key(&P256).signature(|one| one.method = Method::EcdsaSha256))
            .setting(|setting| setting.saml.certificates = vec![Certificate(P256.certificate_der())]),
    ]
}
