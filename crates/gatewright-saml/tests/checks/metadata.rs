//! Metadata in the shapes of real providers, with names and keys of our own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_bundle::program::Binding;
use gatewright_saml::metadata::{IdpMetadata, METADATA_BYTES_MAX};
use proptest::prelude::*;

const FIRST: &[u8] = include_bytes!("../certificates/rsa2048.der");
const SECOND: &[u8] = include_bytes!("../certificates/prime256v1.der");
const THIRD: &[u8] = include_bytes!("../certificates/secp384r1.der");

const OKTA: &str = include_str!("../metadata/okta.xml");
const ENTRA: &str = include_str!("../metadata/entra.xml");
const GOOGLE: &str = include_str!("../metadata/google.xml");
const ADFS: &str = include_str!("../metadata/adfs.xml");
const KEYCLOAK: &str = include_str!("../metadata/keycloak.xml");
const LEMONLDAP: &str = include_str!("../metadata/lemonldap.xml");

/// The file with certificates in it, in lines of 64 as most write them.
fn filled(template: &str) -> String {
    let lines = |der: &[u8]| {
        let text = STANDARD.encode(der);
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>().join("\n")
    };
    template.replace("@FIRST@", &lines(FIRST)).replace("@SECOND@", &lines(SECOND)).replace("@THIRD@", &lines(THIRD))
}

#[track_caller]
fn read(template: &str) -> IdpMetadata {
    IdpMetadata::parse(filled(template).as_bytes()).unwrap_or_else(|refused| panic!("{refused}"))
}

#[track_caller]
fn refused(template: &str, reason: &str) -> String {
    let refused = IdpMetadata::parse(filled(template).as_bytes()).expect_err(reason);
    assert_eq!(refused.reason, reason, "{refused}");
    refused.to_string()
}

fn swap(template: &str, from: &str, to: &str) -> String {
    assert!(template.contains(from), "{from}");
    template.replace(from, to)
}

#[test]
fn real_shapes_are_read_whole() {
    let okta = read(OKTA);
    assert_eq!(okta.entity_id, "http://www.okta.com/exk1example");
    assert_eq!(okta.certificates, [FIRST.to_vec()]);
    let url = "https://acme.okta.com/app/acme_gate_1/exk1example/sso/saml".to_owned();
    assert_eq!(okta.sso, [(Binding::Post, url.clone()), (Binding::Redirect, url)]);
    assert_eq!(
        (okta.slo.len(), okta.wants_signed_requests, okta.valid_until, okta.name_id_formats.len()),
        (0, false, None, 2)
    );

    let google = read(GOOGLE);
    assert_eq!(google.entity_id, "https://accounts.google.com/o/saml2?idpid=C0example");
    assert_eq!(google.valid_until.unwrap().to_string(), "2031-05-06T07:08:09Z");

    let keycloak = read(KEYCLOAK);
    assert!(keycloak.wants_signed_requests);
    assert_eq!((keycloak.sso.len(), keycloak.slo.len()), (2, 2), "SOAP and artifacts are not spoken here");

    let lemonldap = read(LEMONLDAP);
    assert!(lemonldap.wants_signed_requests);
    let answers = Some("https://auth.acme.example/saml/singleLogoutReturn".to_owned());
    assert!(lemonldap.slo.iter().all(|(_, _, response)| *response == answers));

    for (template, entity_id) in [
        (include_str!("../metadata/jumpcloud.xml"), "JumpCloud-acme"),
        (include_str!("../metadata/simplesamlphp.xml"), "https://idp.acme.example/simplesaml/saml2/idp/metadata.php"),
    ] {
        let metadata = read(template);
        assert_eq!((metadata.entity_id.as_str(), metadata.certificates), (entity_id, vec![FIRST.to_vec()]));
        assert_eq!(metadata.sso.len(), 1);
    }
}

/// ST-SAML-28: keys of other roles, of the file's own signature and for encryption sign nothing.
#[test]
fn st_saml_28_only_the_signing_keys_of_the_identity_provider_count() {
    assert_eq!(read(ENTRA).certificates, [FIRST.to_vec(), SECOND.to_vec()]);
    let adfs = read(ADFS);
    assert_eq!(adfs.certificates, [FIRST.to_vec()]);
    assert_eq!(adfs.name_id_formats.len(), 3);
    assert_eq!(adfs.slo.len(), 2);
}

/// ST-SAML-12
#[test]
fn st_saml_12_a_key_without_use_signs_too_and_doubles_count_once() {
    let two = swap(ENTRA, "@SECOND@", "@FIRST@");
    assert_eq!(read(&two).certificates, [FIRST.to_vec()]);
    assert_eq!(read(&swap(OKTA, " use=\"signing\"", "")).certificates, [FIRST.to_vec()]);
    let beside = swap(
        OKTA,
        "</ds:X509Data>",
        "</ds:X509Data><ds:X509Data><ds:X509Certificate>@SECOND@</ds:X509Certificate></ds:X509Data>",
    );
    assert_eq!(read(&beside).certificates.len(), 2);
}

/// ST-SAML-12: the authorities above a certificate do not sign for the provider.
#[test]
fn st_saml_12_a_chain_in_one_key_is_refused() {
    let chain = swap(OKTA, "</ds:X509Data>", "<ds:X509Certificate>@SECOND@</ds:X509Certificate></ds:X509Data>");
    let text = refused(&chain, "certificate-chain");
    assert!(text.contains("a `KeyDescriptor` of its own"), "{text}");
}

/// ST-SAML-06
#[test]
fn st_saml_06_metadata_without_a_signing_key_is_refused() {
    let text = refused(&swap(OKTA, "use=\"signing\"", "use=\"encryption\""), "no-signing-certificate");
    assert!(text.contains("export the metadata again"), "{text}");
    let keys = swap(OKTA, "<ds:X509Certificate>@FIRST@</ds:X509Certificate>", "");
    refused(&keys, "no-signing-certificate");
    refused(&swap(OKTA, "use=\"signing\"", "use=\"Signing\""), "key-use");
    for broken in ["", "%%%", "QUFBQQ==", "@FIRST@AAAA"] {
        refused(&swap(OKTA, "@FIRST@", broken), "certificate-unreadable");
    }
    let many = |count: usize| {
        let key = |n: usize| {
            // Other bytes, the same certificate otherwise: its signature is not looked at.
            let mut der = FIRST.to_vec();
            *der.last_mut().unwrap() = u8::try_from(n).unwrap();
            format!("<ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>", STANDARD.encode(der))
        };
        let keys = (0..count).map(key).collect::<String>();
        swap(OKTA, "<ds:X509Data><ds:X509Certificate>@FIRST@</ds:X509Certificate></ds:X509Data>", &keys)
    };
    assert_eq!(read(&many(16)).certificates.len(), 16);
    refused(&many(17), "too-many-certificates");
}

/// ST-SAML-03, ST-SAML-04: with the repair.
#[test]
fn st_saml_03_markup_with_two_readings_is_refused_with_its_line() {
    let comment = swap(GOOGLE, "<md:KeyDescriptor", "<!-- old key --><md:KeyDescriptor");
    let refused = IdpMetadata::parse(filled(&comment).as_bytes()).unwrap_err();
    assert_eq!(refused.line, Some(4));
    assert!(refused.to_string().starts_with("line 4: ") && refused.text.contains("delete comments"), "{refused}");
    for (from, to) in [
        ("<md:EntityDescriptor", "<!DOCTYPE x [<!ENTITY a \"b\">]><md:EntityDescriptor"),
        ("<md:EntityDescriptor", "<?pi x?><md:EntityDescriptor"),
        ("@FIRST@", "<![CDATA[@FIRST@]]>"),
    ] {
        let refused = IdpMetadata::parse(filled(&swap(GOOGLE, from, to)).as_bytes()).unwrap_err();
        assert!(refused.text.contains("markup that is not taken"), "{refused}");
    }
    let cut = IdpMetadata::parse(&filled(GOOGLE).as_bytes()[..900]).unwrap_err();
    assert!(cut.text.contains("not well-formed"), "{cut}");
    // A mark at the start of a file is no markup.
    let marked = [b"\xef\xbb\xbf", filled(GOOGLE).as_bytes()].concat();
    assert!(IdpMetadata::parse(&marked).is_ok());
}

#[test]
fn one_provider_is_found_and_several_are_named() {
    let without_declaration = |template: &str| template[template.find("<md:EntityDescriptor").unwrap()..].to_owned();
    let inside = |entities: &str, until: &str| {
        format!(
            "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"{until}>{entities}</md:EntitiesDescriptor>"
        )
    };
    let (okta, google) = (without_declaration(OKTA), without_declaration(GOOGLE));
    let service = swap(&okta, "IDPSSODescriptor", "SPSSODescriptor");
    assert_eq!(read(&inside(&okta, "")).entity_id, read(OKTA).entity_id);
    assert_eq!(read(&inside(&format!("{service}{okta}"), "")).entity_id, read(OKTA).entity_id);
    let text = refused(&inside(&format!("{okta}{google}"), ""), "several-entities");
    assert!(text.contains("`http://www.okta.com/exk1example`, `https://accounts.google.com"), "{text}");
    let text = refused(&inside(&okta.repeat(9), ""), "several-entities");
    assert!(text.contains("9 identity providers") && text.contains(", …)"), "{text}");
    assert!(!refused(&inside(&okta.repeat(8), ""), "several-entities").contains('…'));
    refused(&inside(&service, ""), "no-identity-provider");
    refused(&service, "no-identity-provider");
    refused(
        &swap(OKTA, "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:1.1:protocol"),
        "no-identity-provider",
    );
    refused("<EntityDescriptor/>", "no-metadata");
    refused("<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>", "no-metadata");

    let (start, end) = (okta.find("<md:IDPSSODescriptor").unwrap(), okta.find("</md:EntityDescriptor>").unwrap());
    let descriptor = okta[start..end].to_owned();
    refused(&swap(&okta, &descriptor, &descriptor.repeat(2)), "several-descriptors");
    // One for an older protocol beside it is another thing.
    let old = swap(&descriptor, "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:1.1:protocol");
    assert_eq!(read(&swap(&okta, &descriptor, &format!("{old}{descriptor}"))).certificates.len(), 1);
    let both = swap(
        OKTA,
        "urn:oasis:names:tc:SAML:2.0:protocol",
        "urn:oasis:names:tc:SAML:1.1:protocol urn:oasis:names:tc:SAML:2.0:protocol",
    );
    read(&both);

    // The earliest end counts, wherever it stands.
    for (until, expected) in
        [("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z"), ("2040-01-01T00:00:00Z", "2031-05-06T07:08:09Z")]
    {
        let metadata = read(&inside(&google, &format!(" validUntil=\"{until}\" cacheDuration=\"PT6H\"")));
        assert_eq!(metadata.valid_until.unwrap().to_string(), expected);
        assert_eq!(metadata.cache_duration.as_deref(), Some("PT6H"));
    }
    refused(&swap(GOOGLE, "2031-05-06T07:08:09.000Z", "2031-05-06"), "valid-until");
    refused(&inside(&google, " cacheDuration=\"\""), "word");
}

#[test]
fn names_and_addresses_are_plain() {
    for bad in ["", "a b", "ä", &"e".repeat(1025)] {
        refused(&swap(OKTA, "http://www.okta.com/exk1example", bad), "entity-id");
    }
    assert_eq!(read(&swap(OKTA, "http://www.okta.com/exk1example", &"e".repeat(1024))).entity_id.len(), 1024);
    let place = "https://acme.okta.com/app/acme_gate_1/exk1example/sso/saml";
    let long = |length: usize| format!("https://{}", "a".repeat(length - 8));
    for bad in [
        "",
        "javascript:alert(1)",
        "/sso",
        "https://",
        "https:///x",
        "https://a b",
        "https://a\u{e4}",
        "https://a&quot;b",
        "https://a\\b",
        &long(2049),
    ] {
        let text = refused(&swap(OKTA, place, bad), "endpoint");
        assert!(text.contains("SingleSignOnService"), "{text}");
    }
    for good in
        ["http://127.0.0.1:8080/sso", "https://[::1]/sso", "https://idp.example.com/sso?a=b&amp;c=d%20e", &long(2048)]
    {
        read(&swap(OKTA, place, good));
    }
    refused(&swap(LEMONLDAP, "https://auth.acme.example/saml/singleLogoutReturn", "ftp://x"), "endpoint");
    let none = swap(&swap(OKTA, "HTTP-POST", "HTTP-Artifact"), "HTTP-Redirect", "SOAP");
    refused(&none, "no-sign-in-endpoint");
    for bad in ["yes", "TRUE", ""] {
        refused(
            &swap(OKTA, "WantAuthnRequestsSigned=\"false\"", &format!("WantAuthnRequestsSigned=\"{bad}\"")),
            "boolean",
        );
    }
    for (good, expected) in [("true", true), ("1", true), ("0", false)] {
        let text = swap(OKTA, "WantAuthnRequestsSigned=\"false\"", &format!("WantAuthnRequestsSigned=\"{good}\""));
        assert_eq!(read(&text).wants_signed_requests, expected);
    }
    refused(&swap(OKTA, "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", &"f".repeat(257)), "word");
    let spaced = swap(OKTA, "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "\n urn:x \n");
    assert_eq!(read(&spaced).name_id_formats[0], "urn:x");
}

/// ST-SAML-22
#[test]
fn st_saml_22_a_federation_is_refused_before_it_is_read() {
    let mut text = filled(OKTA);
    text.push_str(&" ".repeat(METADATA_BYTES_MAX - text.len()));
    assert!(IdpMetadata::parse(text.as_bytes()).is_ok());
    text.push(' ');
    let refused = IdpMetadata::parse(text.as_bytes()).unwrap_err();
    assert!(refused.text.contains("larger than that of one provider"), "{refused}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn st_saml_22_no_edit_makes_a_panic(at in any::<usize>(), length in 0_usize..200, byte in any::<u8>(), which in 0_usize..4) {
        let mut bytes = filled([OKTA, ENTRA, ADFS, LEMONLDAP][which]).into_bytes();
        let from = at % bytes.len();
        let to = (from + length).min(bytes.len());
        bytes.splice(from..to, [byte]);
        let _ = IdpMetadata::parse(&bytes);
    }
}
