//! Limits: at the limit a message passes, one beyond it is refused (ST-SAML-22); and the work is linear.

use gatewright_saml::screen::{
    ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, ENCRYPTED_KEY_BYTES_MAX, ENCRYPTED_KEYS_MAX, ID_BYTES_MAX,
    MESSAGE_BYTES_MAX, NAMESPACES_MAX, PREFIXES_MAX, SIGNATURE_BYTES_MAX, screen_response, screen_steps,
};
use gatewright_terms::Refusal;

use crate::twin::{ENCRYPTED_BESIDE, ENCRYPTED_INSIDE, PLAIN, screen};

/// Earned here.
pub(crate) const REASONS: &[&str] =
    &["id-too-long", "encrypted-key-count", "encrypted-key-length", "key-transports-differ"];

fn check(refusal: Refusal, reason: &str, message: impl Fn(usize) -> String, limit: usize) {
    let at = message(limit);
    assert!(screen(&at).is_ok(), "{reason}: {limit} is refused: {}", screen(&at).unwrap_err());
    let beyond = message(limit + 1);
    let refused = screen(&beyond).map(|_| ()).expect_err(reason);
    assert_eq!((refused.refusal, refused.reason), (refusal, reason), "{refused}");
}

fn in_a_value(what: &str) -> String {
    PLAIN.replacen("staff", what, 1)
}

fn base64(bytes: usize) -> String {
    let (whole, rest) = ("QUFB".repeat(bytes / 3), bytes % 3);
    whole + ["", "QQ==", "QUE="][rest]
}

#[test]
fn st_saml_22_each_limit_holds_to_the_last_one() {
    let too_large =
        |reason, message: &dyn Fn(usize) -> String, limit| check(Refusal::SamlTooLarge, reason, message, limit);
    too_large("too-many-bytes", &|n| PLAIN.to_owned() + &" ".repeat(n - PLAIN.len()), MESSAGE_BYTES_MAX);
    // Response, Assertion, AttributeStatement, Attribute, AttributeValue.
    let nested = |n: usize| in_a_value(&format!("{}{}", "<x xmlns=\"urn:x\">".repeat(n - 5), "</x>".repeat(n - 5)));
    too_large("too-deep", &nested, DEPTH_MAX);
    let elements = PLAIN.matches('<').count() - PLAIN.matches("</").count();
    let value = |n: usize| "</saml:AttributeValue><saml:AttributeValue>".repeat(n);
    too_large("too-many-elements", &|n| in_a_value(&value(n - elements)), ELEMENTS_MAX);
    let attributes = PLAIN.matches("=\"").count() - PLAIN.matches("xmlns").count();
    let many = |n: usize| {
        let spread = |n: usize| format!("<x xmlns=\"\"{}/>", (0..n).map(|k| format!(" a{k}=\"\"")).collect::<String>());
        in_a_value(&(spread(50).repeat(n / 50) + &spread(n % 50)))
    };
    too_large("too-many-attributes", &|n| many(n - attributes), ATTRIBUTES_MAX);
    let declared = PLAIN.matches("xmlns").count();
    let spaces = |n: usize| {
        let some = |n: usize| format!("<x{}/>", (0..n).map(|k| format!(" xmlns:a{k}=\"a:b\"")).collect::<String>());
        in_a_value(&("<x xmlns=\"\">".to_owned() + &some(50).repeat((n - 1) / 50) + &some((n - 1) % 50) + "</x>"))
    };
    too_large("too-many-namespaces", &|n| spaces(n - declared), NAMESPACES_MAX);
    too_large("id-too-long", &|n| PLAIN.replace("_response", &"r".repeat(n)), ID_BYTES_MAX);
}

#[test]
fn limits_of_signatures_and_encryption_hold() {
    let shape =
        |reason, message: &dyn Fn(usize) -> String, limit| check(Refusal::SamlSignatureShape, reason, message, limit);
    let start = PLAIN.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let end = PLAIN.find("</ds:SignatureValue>").unwrap();
    let signature = |n| format!("{}{}{}", &PLAIN[..start], base64(n), &PLAIN[end..]);
    shape("signature-value", &signature, SIGNATURE_BYTES_MAX);
    assert_eq!(screen(&signature(0)).unwrap_err().reason, "signature-value");
    let exclusive = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let listed = |n: usize| {
        let list = (0..n).map(|k| format!("p{k} ")).collect::<String>();
        let parameter = format!(
            "<e:InclusiveNamespaces xmlns:e=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"{list}\"/>"
        );
        PLAIN.replacen(exclusive, &exclusive.replace("/>", &format!(">{parameter}</ds:Transform>")), 1)
    };
    shape("prefix-list", &listed, PREFIXES_MAX);

    let start = ENCRYPTED_INSIDE.find("<xenc:EncryptedKey>").unwrap();
    let end = ENCRYPTED_INSIDE.find("</xenc:EncryptedKey>").unwrap() + "</xenc:EncryptedKey>".len();
    let key = &ENCRYPTED_INSIDE[start..end];
    let keys = |n: usize| ENCRYPTED_INSIDE.replacen(key, &key.repeat(n), 1);
    check(Refusal::SamlStructure, "encrypted-key-count", keys, ENCRYPTED_KEYS_MAX);
    assert_eq!(screen(&keys(0)).unwrap_err().reason, "encrypted-key-count");
    let beside = |n: usize| ENCRYPTED_BESIDE.replacen("</saml:Enc", &format!("{}</saml:Enc", key.repeat(n - 1)), 1);
    check(Refusal::SamlStructure, "encrypted-key-count", beside, ENCRYPTED_KEYS_MAX);
    let from = key.find("<xenc:CipherValue>").unwrap() + "<xenc:CipherValue>".len();
    let to = key.find("</xenc:CipherValue>").unwrap();
    let long = |n| ENCRYPTED_INSIDE.replacen(key, &format!("{}{}{}", &key[..from], base64(n), &key[to..]), 1);
    check(Refusal::SamlStructure, "encrypted-key-length", long, ENCRYPTED_KEY_BYTES_MAX);

    let other = key
        .replace("2001/04/xmlenc#rsa-oaep-mgf1p", "2009/xmlenc11#rsa-oaep")
        .replace("http://www.w3.org/2000/09/xmldsig#sha1\"/>", "http://www.w3.org/2001/04/xmlenc#sha256\"/><m:MGF xmlns:m=\"http://www.w3.org/2009/xmlenc11#\" Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1sha256\"/>");
    assert!(screen(&ENCRYPTED_INSIDE.replacen(key, &other, 1)).is_ok());
    let both = ENCRYPTED_INSIDE.replacen(key, &format!("{key}{other}"), 1);
    let refused = screen(&both).unwrap_err();
    assert_eq!((refused.refusal, refused.reason), (Refusal::SamlEncryption, "key-transports-differ"));
}

type Family = (&'static str, fn(usize) -> String);

/// ST-SAML-22: twice the groups, twice the steps.
#[test]
fn st_saml_22_the_work_of_the_screen_is_linear() {
    const FAMILIES: &[Family] = &[
        ("groups", |n| in_a_value(&"x</saml:AttributeValue><saml:AttributeValue>".repeat(n))),
        ("identities", |n| in_a_value(&(0..n).map(|k| format!("<x xmlns='urn:x' Id='i{k}'/>")).collect::<String>())),
        ("advice", |n| {
            PLAIN.replacen(
                "<saml:Advice/>",
                &format!("<saml:Advice>{}</saml:Advice>", "<x xmlns='urn:x'/>".repeat(n)),
                1,
            )
        }),
        ("sessions", |n| {
            let authority = "<saml:AuthenticatingAuthority>x</saml:AuthenticatingAuthority>".repeat(n);
            PLAIN.replacen("</saml:AuthnContext>", &format!("{authority}</saml:AuthnContext>"), 1)
        }),
        ("certificates", |n| {
            PLAIN.replacen("<ds:X509Data>", &format!("<ds:X509Data>{}", "<ds:X509SKI/>".repeat(n)), 1)
        }),
        ("text", |n| in_a_value(&"&amp;".repeat(n))),
    ];
    for (name, family) in FAMILIES {
        let steps = |n| {
            let message = family(n);
            let screened =
                screen_response(message.as_bytes()).unwrap_or_else(|refused| panic!("{name} {n}: {refused}"));
            assert_eq!(screened.steps(), screen_steps(message.as_bytes()));
            screened.steps()
        };
        let base = steps(0);
        for n in [250, 500, 1000] {
            let (once, twice) = (steps(n) - base, steps(2 * n) - base);
            assert!(once > n as u64, "{name}: {once} steps count nothing");
            assert!(twice * 10 <= once * 23, "{name}: {n} takes {once} steps, {} takes {twice}", 2 * n);
        }
    }
}

/// ST-SAML-22: what is refused costs no more than what passes.
#[test]
fn st_saml_22_refusing_is_no_more_work_than_passing() {
    let whole = screen_steps(PLAIN.as_bytes());
    for twin in crate::all().filter(|twin| twin.message == PLAIN) {
        let defect = PLAIN.replacen(twin.instead_of, twin.stands, 1);
        let steps = screen_steps(defect.as_bytes());
        assert!(steps > 0 && steps <= whole + 12 * twin.stands.len() as u64, "{}: {steps} steps", twin.reason);
    }
}

/// ST-SAML-08: a signature stands behind the issuer, where the schema has it.
#[test]
fn st_saml_08_a_signature_before_the_issuer_is_refused() {
    let issuer = "<saml:Issuer>https://idp.example/</saml:Issuer>";
    for behind in ["</ds:Signature>", "</samlp:Status>"] {
        let moved = PLAIN.replacen(issuer, "", 1).replacen(behind, &format!("{behind}{issuer}"), 1);
        assert_eq!(screen(&moved).unwrap_err().reason, "child-order");
    }
}
