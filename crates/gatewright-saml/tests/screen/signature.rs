//! Signature: where it stands, what it refers to, what it may be computed with (ST-SAML-08, ST-SAML-09, ST-SAML-11).

use gatewright_terms::Refusal;

use crate::twin::{KEYLESS, LOGOUT_REQUEST, PLAIN, Twin, twin};

const fn shape(reason: &'static str, instead_of: &'static str, stands: &'static str) -> Twin {
    twin(Refusal::SamlSignatureShape, reason, PLAIN, instead_of, stands)
}

const fn structure(reason: &'static str, instead_of: &'static str, stands: &'static str) -> Twin {
    twin(Refusal::SamlStructure, reason, PLAIN, instead_of, stands)
}

const fn algorithm(reason: &'static str, instead_of: &'static str, stands: &'static str) -> Twin {
    twin(Refusal::SamlAlgorithm, reason, PLAIN, instead_of, stands)
}

const ENVELOPED: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";
const EXCLUSIVE: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
const BOTH: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>
            <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
const METHOD: &str = "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>";
const CANONICALIZATION: &str = "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
const DIGEST: &str = "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>";
const DIGEST_VALUE: &str = "<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue>";
const URI: &str = "URI=\"#_response\"";
const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const KEY_INFO: &str = "<ds:KeyInfo>";
const DATA: &str = "<ds:X509Data>";

pub(crate) const TWINS: &[Twin] = &[
    // Where it stands.
    structure("signature-look-alike", "<saml:Advice/>", "<saml:Advice><Signature xmlns=\"urn:x\"/></saml:Advice>"),
    structure("signature-look-alike", "staff", "<saml:Signature/>"),
    shape(
        "signature-elsewhere",
        "<saml:Subject>",
        "<saml:Subject><ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>",
    ),
    shape("signature-elsewhere", "staff", "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>"),
    shape(
        "signature-elsewhere",
        "<samlp:StatusCode ",
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/><samlp:StatusCode ",
    ),
    shape("signature-elsewhere", DATA, "<ds:Signature/><ds:X509Data>"),
    shape(
        "two-signatures",
        "<samlp:Status>",
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/><samlp:Status>",
    ),
    shape(
        "two-signatures",
        "<saml:Subject>",
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/><saml:Subject>",
    ),
    twin(
        Refusal::SamlSignatureShape,
        "two-signatures",
        LOGOUT_REQUEST,
        "<saml:NameID>",
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/><saml:NameID>",
    ),
    // Its parts.
    shape("signature-attribute", "<ds:Signature ", "<ds:Signature Foo=\"x\" "),
    shape("signature-attribute", "<ds:SignedInfo>", "<ds:SignedInfo ID=\"x\">"),
    shape("signature-attribute", "<ds:SignatureValue>", "<ds:SignatureValue Encoding=\"hex\">"),
    shape("signature-attribute", "<ds:Transforms>", "<ds:Transforms Id=\"x\">"),
    shape("signature-attribute", METHOD, "<ds:SignatureMethod/>"),
    shape("signature-attribute", "<ds:DigestValue>", "<ds:DigestValue Id=\"x\">"),
    shape("signature-object", KEY_INFO, "<ds:Object/><ds:KeyInfo>"),
    shape("signature-object", "</ds:Signature>", "<ds:Object Id=\"x\"/></ds:Signature>"),
    shape("signature-part", KEY_INFO, "<ds:Manifest/><ds:KeyInfo>"),
    shape("signature-part", "<ds:SignedInfo>", "<SignedInfo xmlns=\"urn:x\"/><ds:SignedInfo>"),
    shape("signed-info-count", "<ds:SignedInfo>", "<ds:SignedInfo/><ds:SignedInfo>"),
    shape("signature-value-count", "<ds:SignatureValue>", "<ds:SignatureValue/><ds:SignatureValue>"),
    shape("two-key-infos", KEY_INFO, "<ds:KeyInfo/><ds:KeyInfo>"),
    twin(Refusal::SamlSignatureShape, "signature-order", KEYLESS, "<ds:SignedInfo>", "<ds:KeyInfo/><ds:SignedInfo>"),
    shape("signature-text", "<ds:SignedInfo>", "<ds:SignedInfo>x"),
    shape("signature-text", "</ds:Transforms>", "x</ds:Transforms>"),
    shape("signature-value", "<ds:SignatureValue>U", "<ds:SignatureValue>*"),
    shape("signature-value", "<ds:SignatureValue>U1NT", "<ds:SignatureValue>U1N"),
    shape("signature-text", "<ds:SignatureValue>", "<ds:SignatureValue><ds:x/>"),
    // What is signed.
    shape("signed-info-part", METHOD, ""),
    shape("signed-info-part", "</ds:SignedInfo>", "<ds:x/></ds:SignedInfo>"),
    shape("reference-part", "</ds:Reference>", "<ds:x/></ds:Reference>"),
    shape("signed-info-part", CANONICALIZATION, ""),
    shape(
        "signed-info-part",
        METHOD,
        "<SignatureMethod xmlns=\"urn:x\" Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>",
    ),
    shape(
        "no-reference",
        "<ds:Reference URI=\"#_response\">
          <ds:Transforms>
            <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>
            <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>
          </ds:Transforms>
          <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>
          <ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue>
        </ds:Reference>",
        "",
    ),
    shape("two-references", "<ds:Reference ", "<ds:Reference URI=\"#_assertion\"/><ds:Reference "),
    shape("two-references", "</ds:SignedInfo>", "<ds:Reference URI=\"#_response\"/></ds:SignedInfo>"),
    shape("reference-attribute", URI, "URI=\"#_response\" Type=\"http://www.w3.org/2000/09/xmldsig#Object\""),
    shape("reference-attribute", URI, "URI=\"#_response\" Id=\"x\""),
    shape("reference-without-address", "<ds:Reference URI=\"#_response\">", "<ds:Reference>"),
    shape("reference-empty", URI, "URI=\"\""),
    shape("reference-external", URI, "URI=\"http://127.0.0.1:9/\""),
    shape("reference-external", URI, "URI=\"file:///dev/zero\""),
    shape("reference-external", URI, "URI=\"_response\""),
    shape("reference-external", URI, "URI=\" #_response\""),
    shape("reference-pointer", URI, "URI=\"#xpointer(/)\""),
    shape("reference-pointer", URI, "URI=\"#xpointer(id('_response'))\""),
    shape("reference-other", URI, "URI=\"#_assertion\""),
    shape("reference-other", URI, "URI=\"#\""),
    shape("reference-other", URI, "URI=\"#_response \""),
    shape("reference-other", "URI=\"#_assertion\"", "URI=\"#_response\""),
    shape("reference-part", DIGEST, ""),
    shape("reference-part", DIGEST_VALUE, ""),
    shape("reference-part", "<ds:Transforms>", "<ds:Transforms/><ds:Transforms>"),
    shape(
        "reference-part",
        DIGEST,
        "<DigestMethod xmlns=\"urn:x\" Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>",
    ),
    shape("digest-value", "<ds:DigestValue>47", "<ds:DigestValue>*7"),
    shape("digest-value", "<ds:DigestValue>47DE", "<ds:DigestValue>"),
    shape("digest-value", DIGEST_VALUE, "<ds:DigestValue></ds:DigestValue>"),
    shape(
        "digest-value",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
    ),
    // How it is made fit for signing.
    shape(
        "canonicalization",
        CANONICALIZATION,
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>",
    ),
    shape(
        "canonicalization",
        CANONICALIZATION,
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"/>",
    ),
    shape(
        "canonicalization",
        CANONICALIZATION,
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\" Id=\"x\"/>",
    ),
    shape(
        "canonicalization-parameters",
        CANONICALIZATION,
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">x</ds:CanonicalizationMethod>",
    ),
    shape(
        "canonicalization-parameters",
        CANONICALIZATION,
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><ds:XPath/></ds:CanonicalizationMethod>",
    ),
    shape(
        "canonicalization-parameters",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><ds:XPath>//x</ds:XPath></ds:Transform>",
    ),
    shape(
        "canonicalization-parameters",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><InclusiveNamespaces xmlns=\"urn:x\" PrefixList=\"xs\"/></ds:Transform>",
    ),
    shape(
        "canonicalization-parameters",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transform>",
    ),
    shape(
        "canonicalization-parameters",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"xs\" URI=\"x\"/></ds:Transform>",
    ),
    shape(
        "canonicalization-parameters",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"xs\"/><InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"xs\"/></ds:Transform>",
    ),
    shape(
        "canonicalization-parameters",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"xs\">x</InclusiveNamespaces></ds:Transform>",
    ),
    shape(
        "prefix-list",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"a:b\"/></ds:Transform>",
    ),
    shape(
        "prefix-list",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"a b c d e f g h i j k l m n o p q\"/></ds:Transform>",
    ),
    shape("transforms-part", EXCLUSIVE, "<ds:XPath/>"),
    shape(
        "transforms-part",
        EXCLUSIVE,
        "<Transform xmlns=\"urn:x\" Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>",
    ),
    shape("transform-unknown", EXCLUSIVE, "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/>"),
    shape(
        "transform-unknown",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>//x</ds:XPath></ds:Transform>",
    ),
    shape("transform-unknown", EXCLUSIVE, "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"/>"),
    shape("transform-unknown", EXCLUSIVE, "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>"),
    shape(
        "transform-unknown",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>",
    ),
    shape(
        "transform-unknown",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"/>",
    ),
    shape(
        "transform-parameters",
        ENVELOPED,
        "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"><ds:XPath/></ds:Transform>",
    ),
    shape(
        "transform-order",
        BOTH,
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>",
    ),
    shape("transform-missing", ENVELOPED, ""),
    shape("transform-missing", EXCLUSIVE, ""),
    shape("transform-missing", BOTH, ""),
    shape(
        "transform-doubled",
        ENVELOPED,
        "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/><ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>",
    ),
    shape(
        "transform-doubled",
        EXCLUSIVE,
        "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>",
    ),
    shape("transform-doubled", ENVELOPED, "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"),
    // Algorithms.
    algorithm("signature-method", RSA, "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
    algorithm("signature-method", RSA, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5"),
    algorithm("signature-method", RSA, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224"),
    algorithm("signature-method", RSA, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
    algorithm("signature-method", RSA, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
    algorithm("signature-method", RSA, "http://www.w3.org/2000/09/xmldsig#dsa-sha1"),
    algorithm("signature-method", RSA, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1"),
    algorithm("signature-method", RSA, "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"),
    algorithm("signature-method", RSA, ""),
    shape(
        "signature-method-parameters",
        METHOD,
        "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>",
    ),
    shape(
        "signature-method-parameters",
        METHOD,
        "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\">x</ds:SignatureMethod>",
    ),
    algorithm("digest-method", SHA, "http://www.w3.org/2000/09/xmldsig#sha1"),
    algorithm("digest-method", SHA, "http://www.w3.org/2001/04/xmldsig-more#md5"),
    algorithm("digest-method", SHA, "http://www.w3.org/2001/04/xmldsig-more#sha224"),
    shape(
        "digest-method-parameters",
        DIGEST,
        "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\">x</ds:DigestMethod>",
    ),
    shape(
        "digest-method-parameters",
        DIGEST,
        "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"><ds:x/></ds:DigestMethod>",
    ),
    // Keys.
    shape("retrieval-method", DATA, "<ds:RetrievalMethod URI=\"http://127.0.0.1/\"/><ds:X509Data>"),
    shape("retrieval-method", DATA, "<ds:RetrievalMethod URI=\"#_assertion\"/><ds:X509Data>"),
    shape(
        "retrieval-method",
        DATA,
        "<KeyInfoReference xmlns=\"http://www.w3.org/2009/xmldsig11#\" URI=\"#x\"/><ds:X509Data>",
    ),
    shape(
        "retrieval-method",
        DATA,
        "<ds:KeyValue><k:ECKeyValue xmlns:k=\"http://www.w3.org/2009/xmldsig11#\"><k:NamedCurve URI=\"http://127.0.0.1/\"/></k:ECKeyValue></ds:KeyValue><ds:X509Data>",
    ),
    shape("key-info", DATA, "<ds:PGPData/><ds:X509Data>"),
    shape("key-info", DATA, "<x xmlns=\"urn:x\"/><ds:X509Data>"),
    shape("key-info", DATA, "<ds:MgmtData>x</ds:MgmtData><ds:X509Data>"),
    shape("key-info", DATA, "<ds:X509Certificate/><ds:X509Data>"),
    shape("key-info", DATA, "<xenc:EncryptedKey xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"/><ds:X509Data>"),
    shape("key-info-attribute", KEY_INFO, "<ds:KeyInfo URI=\"http://127.0.0.1/\">"),
    shape("key-info-attribute", "<ds:X509Certificate>", "<ds:X509Certificate URI=\"http://127.0.0.1/\">"),
];
