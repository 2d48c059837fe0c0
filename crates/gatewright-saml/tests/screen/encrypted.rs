//! Encrypted: the one shape of encrypted assertions, with their keys inside or beside (ST-SAML-23).

use gatewright_terms::Refusal;

use crate::twin::{ENCRYPTED_BESIDE, ENCRYPTED_INSIDE, LOGOUT_REQUEST, PLAIN, Twin, twin};

const fn structure(reason: &'static str, instead_of: &'static str, stands: &'static str) -> Twin {
    twin(Refusal::SamlStructure, reason, ENCRYPTED_INSIDE, instead_of, stands)
}

const fn beside(reason: &'static str, instead_of: &'static str, stands: &'static str) -> Twin {
    twin(Refusal::SamlStructure, reason, ENCRYPTED_BESIDE, instead_of, stands)
}

const fn encryption(reason: &'static str, instead_of: &'static str, stands: &'static str) -> Twin {
    twin(Refusal::SamlEncryption, reason, ENCRYPTED_INSIDE, instead_of, stands)
}

const fn key_info(reason: &'static str, instead_of: &'static str, stands: &'static str) -> Twin {
    twin(Refusal::SamlSignatureShape, reason, ENCRYPTED_INSIDE, instead_of, stands)
}

const GCM: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
const GCM_METHOD: &str = "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/>";
const OAEP: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
const DIGEST: &str = "<ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/>";
const KEY: &str = "<xenc:EncryptedKey>";
const KEY_NAME: &str = "<ds:KeyName>gate</ds:KeyName>";
const KEY_VALUE: &str = "<xenc:CipherValue>S";
const DATA_VALUE: &str = "<xenc:CipherValue>Q";
const RETRIEVAL: &str = "<ds:RetrievalMethod URI=\"#_key\" ";
const LIST: &str = "<xenc:DataReference URI=\"#_data\"/>";
const TYPE: &str = "Type=\"http://www.w3.org/2001/04/xmlenc#Element\"";

pub(crate) const TWINS: &[Twin] = &[
    // Other encrypted things.
    twin(
        Refusal::SamlEncryption,
        "encrypted-id",
        PLAIN,
        "<saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">00u1</saml:NameID>",
        "<saml:EncryptedID/>",
    ),
    twin(
        Refusal::SamlEncryption,
        "encrypted-id",
        LOGOUT_REQUEST,
        "<saml:NameID>00u1</saml:NameID>",
        "<saml:EncryptedID/>",
    ),
    twin(
        Refusal::SamlEncryption,
        "encrypted-attribute",
        PLAIN,
        "<saml:Attribute ",
        "<saml:EncryptedAttribute/><saml:Attribute ",
    ),
    // The container.
    structure("encrypted-text", "<xenc:EncryptedData", "x<xenc:EncryptedData"),
    structure("encrypted-text", "<xenc:CipherData>", "<xenc:CipherData>x"),
    structure("encrypted-part", "</saml:EncryptedAssertion>", "<x xmlns=\"urn:x\"/></saml:EncryptedAssertion>"),
    structure("encrypted-part", "</saml:EncryptedAssertion>", "<saml:Issuer>x</saml:Issuer></saml:EncryptedAssertion>"),
    structure("encrypted-data-count", "</saml:EncryptedAssertion>", "<xenc:EncryptedData/></saml:EncryptedAssertion>"),
    beside("encrypted-data-count", "<xenc:EncryptedData", "<xenc:EncryptedKey/><xenc:EncryptedData"),
    // The data.
    structure("encrypted-data-attribute", "<xenc:EncryptedData", "<xenc:EncryptedData MimeType=\"text/html\""),
    structure("encrypted-data-attribute", "<xenc:EncryptedData", "<xenc:EncryptedData Encoding=\"x\""),
    structure(
        "encrypted-data-attribute",
        "<ds:KeyInfo><xenc:EncryptedKey>",
        "<ds:KeyInfo URI=\"x\"><xenc:EncryptedKey>",
    ),
    structure("encrypted-type", TYPE, "Type=\"http://www.w3.org/2001/04/xmlenc#Content\""),
    structure("encrypted-data-part", GCM_METHOD, ""),
    structure("encrypted-data-part", "</xenc:EncryptedData>", "<xenc:EncryptionProperties/></xenc:EncryptedData>"),
    structure("encryption-attribute", GCM_METHOD, "<xenc:EncryptionMethod/>"),
    structure(
        "encryption-attribute",
        DIGEST,
        "<ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\" Id=\"x\"/>",
    ),
    structure(
        "encryption-parameters",
        GCM_METHOD,
        "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"><xenc:KeySize>1</xenc:KeySize></xenc:EncryptionMethod>",
    ),
    encryption("data-cipher", GCM, "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"),
    encryption("data-cipher", GCM, "http://www.w3.org/2001/04/xmlenc#aes192-cbc"),
    encryption("data-cipher", GCM, "http://www.w3.org/2009/xmlenc11#aes192-gcm"),
    encryption("data-cipher", GCM, "urn:none"),
    structure("cipher-value", DATA_VALUE, "<xenc:CipherValue>*"),
    structure("cipher-value", KEY_VALUE, "<xenc:CipherValue>*"),
    structure("cipher-value", "<xenc:CipherData>", "<xenc:CipherData Id=\"x\">"),
    structure("cipher-value", "<xenc:CipherValue>", "<xenc:CipherValue Id=\"x\">"),
    structure("cipher-value", "<xenc:CipherData>", "<xenc:CipherData><xenc:CipherValue/>"),
    structure("encrypted-text", "<xenc:CipherValue>", "<xenc:CipherValue><xenc:x/>"),
    twin(
        Refusal::SamlStructure,
        "cipher-value",
        ENCRYPTED_INSIDE,
        "<xenc:CipherValue>Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQw==</xenc:CipherValue>",
        "<xenc:CipherValue> </xenc:CipherValue>",
    ),
    twin(
        Refusal::SamlStructure,
        "cipher-reference",
        ENCRYPTED_INSIDE,
        "<xenc:CipherValue>Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQw==</xenc:CipherValue>",
        "<xenc:CipherReference URI=\"http://127.0.0.1/\"/>",
    ),
    twin(
        Refusal::SamlStructure,
        "cipher-value",
        ENCRYPTED_INSIDE,
        "<xenc:CipherValue>Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQw==</xenc:CipherValue>",
        "<CipherValue xmlns=\"urn:x\">AAAA</CipherValue>",
    ),
    // The keys.
    structure("encrypted-key-attribute", KEY, "<xenc:EncryptedKey Type=\"x\">"),
    structure("encrypted-key-part", "</xenc:EncryptedKey>", "<xenc:EncryptionProperties/></xenc:EncryptedKey>"),
    structure(
        "encrypted-key-part",
        "</xenc:EncryptedKey>",
        "<xenc:CarriedKeyName Id=\"x\">k</xenc:CarriedKeyName></xenc:EncryptedKey>",
    ),
    structure(
        "encrypted-key-part",
        "</xenc:EncryptedKey>",
        "<xenc:CarriedKeyName><x xmlns=\"urn:x\"/></xenc:CarriedKeyName></xenc:EncryptedKey>",
    ),
    structure("encrypted-key-part", KEY, "<xenc:EncryptedKey><ds:KeyInfo/>"),
    twin(Refusal::SamlEncryption, "rsa-1-5", ENCRYPTED_INSIDE, OAEP, "http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
    encryption("key-transport", OAEP, "http://www.w3.org/2001/04/xmlenc#kw-aes256"),
    structure("oaep-parameters", DIGEST, "<xenc:OAEPparams>AA==</xenc:OAEPparams>"),
    structure("oaep-parameters", DIGEST, "<xenc:KeySize>2048</xenc:KeySize>"),
    structure(
        "oaep-parameters",
        DIGEST,
        "<ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/><ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/>",
    ),
    structure(
        "oaep-parameters",
        DIGEST,
        "<ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\">x</ds:DigestMethod>",
    ),
    structure("oaep-parameters", DIGEST, "x"),
    structure(
        "oaep-parameters",
        DIGEST,
        "<x:MGF xmlns:x=\"http://www.w3.org/2009/xmlenc11#\" Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1sha1\"/>",
    ),
    encryption("oaep-hash", DIGEST, "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#md5\"/>"),
    encryption(
        "oaep-hashes-differ",
        DIGEST,
        "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>",
    ),
    encryption(
        "oaep-hashes-differ",
        DIGEST,
        "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#sha384\"/>",
    ),
    encryption(
        "oaep-hashes-differ",
        DIGEST,
        "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha512\"/>",
    ),
    key_info("retrieval-method", KEY_NAME, "<ds:RetrievalMethod URI=\"#x\"/>"),
    key_info("key-info", KEY_NAME, "<x xmlns=\"urn:x\"/>"),
    key_info(
        "key-info",
        KEY,
        "<xenc11:DerivedKey xmlns:xenc11=\"http://www.w3.org/2009/xmlenc11#\"/><xenc:EncryptedKey>",
    ),
    key_info("key-info", KEY, "<xenc:AgreementMethod/><xenc:EncryptedKey>"),
    // What refers to what.
    beside("encrypted-reference", RETRIEVAL, "<ds:RetrievalMethod URI=\"http://127.0.0.1/\" "),
    beside("encrypted-reference", RETRIEVAL, "<ds:RetrievalMethod URI=\"#_assertion\" "),
    beside("encrypted-reference", RETRIEVAL, "<ds:RetrievalMethod URI=\"#\" "),
    beside("encrypted-reference", RETRIEVAL, "<ds:RetrievalMethod "),
    beside("encrypted-reference", "xmlenc#EncryptedKey\"/>", "xmlenc#EncryptedData\"/>"),
    beside(
        "encrypted-reference",
        "xmlenc#EncryptedKey\"/>",
        "xmlenc#EncryptedKey\"><ds:Transforms/></ds:RetrievalMethod>",
    ),
    beside("encrypted-reference", "xmlenc#EncryptedKey\"/>", "xmlenc#EncryptedKey\" Id=\"x\"/>"),
    beside("encrypted-reference", LIST, "<xenc:DataReference URI=\"#_response\"/>"),
    beside("encrypted-reference", LIST, "<xenc:DataReference URI=\"http://127.0.0.1/\"/>"),
    beside("encrypted-reference", LIST, ""),
    beside("encrypted-reference", LIST, "<xenc:KeyReference URI=\"#_data\"/>"),
    beside("encrypted-reference", LIST, "<xenc:DataReference URI=\"#_data\"/><xenc:DataReference URI=\"#_data\"/>"),
    beside("encrypted-reference", LIST, "<xenc:DataReference URI=\"#_data\"><x xmlns=\"urn:x\"/></xenc:DataReference>"),
    beside("encrypted-reference", LIST, "<xenc:DataReference URI=\"#_data\" Id=\"x\"/>"),
    beside("encrypted-reference", "<xenc:ReferenceList>", "<xenc:ReferenceList Id=\"x\">"),
];
