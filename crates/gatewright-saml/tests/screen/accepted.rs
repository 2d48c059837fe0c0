//! Accepted: shapes of real providers that pass: prefixes, placements, parameters, attributes.

use gatewright_bundle::program::SignatureAlgorithm;
use gatewright_saml::Signed;
use gatewright_saml::screen::{DataCipher, KeyTransport, Kind};

use crate::twin::{
    ENCRYPTED_BESIDE, ENCRYPTED_INSIDE, FAILED, KEYLESS, LOGOUT_REQUEST, LOGOUT_RESPONSE, PLAIN, screen,
};

fn passes(message: &str, instead_of: &str, stands: &str) {
    assert!(message.contains(instead_of), "{instead_of} is not there");
    let changed = message.replacen(instead_of, stands, 1);
    if let Err(refused) = screen(&changed) {
        panic!("{stands}: {refused}");
    }
}

#[test]
fn every_message_of_the_twins_passes() {
    for message in [PLAIN, KEYLESS, FAILED, ENCRYPTED_INSIDE, ENCRYPTED_BESIDE, LOGOUT_REQUEST, LOGOUT_RESPONSE] {
        assert!(screen(message).is_ok(), "{}", screen(message).unwrap_err());
    }
}

#[test]
fn variants_of_real_providers_pass() {
    const EXCLUSIVE: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    const LIST: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"#default xs\"/></ds:Transform>";
    let cases: &[(&str, &str)] = &[
        ("<samlp:Response", "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n<samlp:Response"),
        ("<samlp:Response", "<?xml version='1.0' encoding='utf-8'?><samlp:Response"),
        ("<samlp:Response", "  \n<samlp:Response"),
        (EXCLUSIVE, LIST),
        ("</saml:Issuer>", "</saml:Issuer>\r\n"),
        // Java writes carriage returns into signatures.
        ("\nU1NT", "&#13;\nU1NT"),
        ("<saml:Issuer>", "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">"),
        ("Destination=", "Consent=\"urn:oasis:names:tc:SAML:2.0:consent:unspecified\" Destination="),
        ("<saml:Advice/>", ""),
        ("<samlp:Status>", "<samlp:Extensions><x xmlns=\"urn:x\" y=\"z\">1</x></samlp:Extensions><samlp:Status>"),
        // ADFS and Entra.
        (
            "<saml:Attribute Name=\"email\">",
            "<saml:Attribute Name=\"email\" xmlns:a=\"http://schemas.xmlsoap.org/ws/2009/09/identity/claims\" a:OriginalIssuer=\"x\" FriendlyName=\"mail\">",
        ),
        // eduPersonTargetedID.
        ("staff", "<saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">x</saml:NameID>"),
        (
            "<saml:Advice/>",
            "<saml:Advice><saml:AssertionIDRef>_x</saml:AssertionIDRef><saml:AssertionURIRef>urn:x</saml:AssertionURIRef></saml:Advice>",
        ),
        (
            "staff",
            "<x xmlns=\"urn:x\" xmlns:y=\"urn:y\" y:z=\"1\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"y:t\"/>",
        ),
        ("<saml:SubjectConfirmationData ", "<saml:SubjectConfirmationData xmlns:y=\"urn:y\" y:z=\"1\" "),
        // Keycloak, with a hint at its key.
        (
            "<samlp:Status>",
            "<samlp:Extensions><kckey:KeyInfo xmlns:kckey=\"urn:keycloak:ext:key:1.0\" MessageSigningKeyId=\"k\"/></samlp:Extensions><samlp:Status>",
        ),
        // Keycloak, for an attribute without value.
        (
            "<saml:AttributeValue>staff",
            "<saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/><saml:AttributeValue>staff",
        ),
        ("<saml:AttributeValue>staff", "<saml:AttributeValue xml:lang=\"de\">staff"),
        ("staff", "R&amp;D &lt;x&gt; &#x1F600; ü"),
        ("<saml:AttributeStatement>", "<saml:AttributeStatement/><saml:AttributeStatement>"),
        (
            "<saml:AudienceRestriction>",
            "<saml:OneTimeUse/><saml:ProxyRestriction Count=\"1\"/><saml:AudienceRestriction>",
        ),
        ("<saml:AuthnContext>", "<saml:SubjectLocality Address=\"192.0.2.1\"/><saml:AuthnContext>"),
        // Holder of key beside: no check takes it, but it does no harm.
        (
            "</saml:Subject>",
            "<saml:SubjectConfirmation Method=\"x\"><saml:SubjectConfirmationData><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:KeyName>x</ds:KeyName></ds:KeyInfo></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>",
        ),
        (
            "<ds:KeyInfo><ds:X509Data>",
            "<ds:KeyInfo Id=\"k\"><ds:KeyName>x</ds:KeyName><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AA==</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=x</ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber></ds:X509IssuerSerial>",
        ),
        ("<ds:Signature ", "<ds:Signature Id=\"s\" "),
        ("<saml:AttributeValue>staff", "<saml:AttributeValue Type=\"x\">staff"),
        // What the checks refuse by a word of their own.
        (
            "<saml:AudienceRestriction>",
            "<saml:Condition xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"x\"/><saml:AudienceRestriction>",
        ),
    ];
    for (instead_of, stands) in cases {
        passes(PLAIN, instead_of, stands);
    }
}

#[test]
fn variants_of_encryption_pass() {
    let cases: &[(&str, &str)] = &[
        (" Type=\"http://www.w3.org/2001/04/xmlenc#Element\"", ""),
        ("</xenc:EncryptedKey>", "<xenc:CarriedKeyName>k</xenc:CarriedKeyName></xenc:EncryptedKey>"),
        ("<ds:KeyInfo><ds:KeyName>gate</ds:KeyName></ds:KeyInfo>", ""),
        ("<ds:KeyInfo><xenc:EncryptedKey>", "<ds:KeyInfo Id=\"k\"><ds:KeyName>gate</ds:KeyName><xenc:EncryptedKey>"),
        ("<xenc:EncryptedKey>", "<xenc:EncryptedKey Id=\"k\" Recipient=\"https://gate.example/\">"),
    ];
    for (instead_of, stands) in cases {
        passes(ENCRYPTED_INSIDE, instead_of, stands);
    }
    passes(
        ENCRYPTED_BESIDE,
        "<ds:RetrievalMethod URI=\"#_key\" Type=\"http://www.w3.org/2001/04/xmlenc#EncryptedKey\"/>",
        "<ds:RetrievalMethod URI=\"#_key\"/>",
    );
}

#[test]
fn other_prefixes_and_none_make_no_difference() {
    let other = PLAIN.replace("samlp:", "a.b-c:").replace("xmlns:samlp", "xmlns:a.b-c");
    assert!(gatewright_saml::screen::screen_response(other.as_bytes()).is_ok());
    let none = PLAIN.replace("<saml:", "<").replace("</saml:", "</").replace("xmlns:saml=", "xmlns=");
    assert!(screen(&none).is_ok(), "{}", screen(&none).unwrap_err());
}

#[test]
fn every_allowed_algorithm_passes_and_is_told() {
    use SignatureAlgorithm as Signature;
    let methods = [
        ("rsa-sha256", Signature::RsaSha256),
        ("rsa-sha384", Signature::RsaSha384),
        ("rsa-sha512", Signature::RsaSha512),
        ("ecdsa-sha256", Signature::EcdsaSha256),
        ("ecdsa-sha384", Signature::EcdsaSha384),
        ("ecdsa-sha512", Signature::EcdsaSha512),
    ];
    for (name, algorithm) in methods {
        let message = PLAIN.replacen("xmldsig-more#rsa-sha256", &format!("xmldsig-more#{name}"), 1);
        assert_eq!(screen(&message).unwrap().signatures()[0].algorithm, algorithm);
    }
    for (uri, bytes) in [("2001/04/xmldsig-more#sha384", 48), ("2001/04/xmlenc#sha512", 64)] {
        let value = "QUFB".repeat(bytes / 3) + ["", "QQ=="][usize::from(bytes % 3 == 1)];
        let digest = |value: &str| {
            PLAIN.replacen("2001/04/xmlenc#sha256", uri, 1).replacen(
                "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
                value,
                1,
            )
        };
        assert!(screen(&digest(&value)).is_ok(), "{uri}");
        assert_eq!(screen(&digest("QUFB")).unwrap_err().reason, "digest-value");
    }
    let ciphers = [
        ("2009/xmlenc11#aes128-gcm", DataCipher::Aes128Gcm),
        ("2009/xmlenc11#aes256-gcm", DataCipher::Aes256Gcm),
        ("2001/04/xmlenc#aes128-cbc", DataCipher::Aes128Cbc),
        ("2001/04/xmlenc#aes256-cbc", DataCipher::Aes256Cbc),
    ];
    for (uri, cipher) in ciphers {
        let message = ENCRYPTED_INSIDE.replacen("2009/xmlenc11#aes256-gcm", uri, 1);
        assert_eq!(screen(&message).unwrap().encrypted().unwrap().data_algorithm(), cipher);
    }
}

#[test]
fn every_allowed_key_transport_passes_and_is_told() {
    let digest = "<ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/>";
    let transport = |message: &str| screen(message).map(|screened| screened.encrypted().unwrap().key_transport());
    assert_eq!(transport(&ENCRYPTED_INSIDE.replacen(digest, "", 1)), Ok(KeyTransport::OaepSha1Mgf1Sha1));
    let newer = ENCRYPTED_INSIDE.replace("2001/04/xmlenc#rsa-oaep-mgf1p", "2009/xmlenc11#rsa-oaep");
    let hashes = [
        ("http://www.w3.org/2000/09/xmldsig#sha1", "mgf1sha1", KeyTransport::OaepSha1Mgf1Sha1),
        ("http://www.w3.org/2001/04/xmlenc#sha256", "mgf1sha256", KeyTransport::OaepSha256),
        ("http://www.w3.org/2001/04/xmldsig-more#sha384", "mgf1sha384", KeyTransport::OaepSha384),
        ("http://www.w3.org/2001/04/xmlenc#sha512", "mgf1sha512", KeyTransport::OaepSha512),
    ];
    let with = |hash: &str, mask: &str| {
        newer.replacen(digest, &format!("<ds:DigestMethod Algorithm=\"{hash}\"/><m:MGF xmlns:m=\"http://www.w3.org/2009/xmlenc11#\" Algorithm=\"http://www.w3.org/2009/xmlenc11#{mask}\"/>"), 1)
    };
    for (hash, mask, meant) in hashes {
        assert_eq!(transport(&with(hash, mask)), Ok(meant));
        for (_, other, _) in hashes.iter().filter(|(_, other, _)| *other != mask) {
            assert_eq!(transport(&with(hash, other)).unwrap_err().reason, "oaep-hashes-differ", "{hash} {other}");
        }
    }
    assert_eq!(transport(&newer), Ok(KeyTransport::OaepSha1Mgf1Sha1));
    assert_eq!(
        transport(&with("http://www.w3.org/2001/04/xmlenc#sha256", "mgf1sha224")).unwrap_err().reason,
        "oaep-hash"
    );
}

#[test]
fn where_signatures_may_stand_is_what_they_cover() {
    let covers = |message: &str| {
        screen(message).unwrap().signatures().iter().map(|one| (one.covers, one.id.clone())).collect::<Vec<_>>()
    };
    let (message, assertion) =
        ((Signed::Message, "_response".to_owned()), (Signed::Assertion, "_assertion".to_owned()));
    assert_eq!(covers(PLAIN), [message.clone(), assertion.clone()]);
    assert_eq!(covers(KEYLESS), [message]);
    let start = PLAIN.find("<ds:Signature ").unwrap();
    let end = PLAIN.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    assert_eq!(covers(&format!("{}{}", &PLAIN[..start], &PLAIN[end..])), [assertion]);
    assert_eq!(covers(FAILED), []);
    assert_eq!(covers(LOGOUT_REQUEST), [(Signed::Message, "_logout".to_owned())]);
}

#[test]
fn the_kind_is_told_and_each_door_takes_its_own() {
    use gatewright_saml::screen::{screen_logout, screen_response};
    for (message, kind) in [
        (PLAIN, Kind::Response),
        (FAILED, Kind::Response),
        (LOGOUT_REQUEST, Kind::LogoutRequest),
        (LOGOUT_RESPONSE, Kind::LogoutResponse),
    ] {
        assert_eq!(screen(message).unwrap().kind(), kind);
        let other = if kind == Kind::Response {
            screen_logout(message.as_bytes())
        } else {
            screen_response(message.as_bytes())
        };
        assert_eq!(other.unwrap_err().reason, "wrong-root");
    }
}
