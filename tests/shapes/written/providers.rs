//! Providers: each in its own style, however it is signed.

use gatewright_bundle::program::{Encryption as Wanted, NameId, Overage, Subject};
use testkit::saml::{Canonicalization, Cipher, Digest, Encryption, Method, Signs};

use super::{Shape, attributes, names, values};
use crate::saml::world::NOW;

fn okta(groups: usize) -> Shape {
    let mut shape = Shape::new(include_str!("okta.xml"), "http://www.okta.com/exk1acme", "00u1ada");
    shape.setting.saml.name_id = NameId::Unspecified;
    shape.setting.saml.attributes = attributes("email", "firstName", "lastName", "groups", Overage::CutAt(100));
    shape.groups = values((0..groups).map(|n| format!("group-{n:03}")), "saml2:");
    shape.identity.authenticated = NOW - 60;
    shape.identity.acr = Some("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport".to_owned());
    shape.identity.session_index = Some("id1800000000.42".to_owned());
    shape.identity.groups = (groups < 100).then(|| (0..groups).map(|n| format!("group-{n:03}")).collect());
    shape.style = |signature| {
        signature.references[0].canonicalization = Canonicalization::Exclusive(vec!["xs".to_owned()]);
        signature.after_value = wrapped(&signature.after_value);
    };
    shape
}

/// Certificates in lines of 64, as many write them.
fn wrapped(after_value: &str) -> String {
    let (before, rest) = after_value.split_once("X509Certificate>").unwrap();
    let (certificate, after) = rest.split_once('<').unwrap();
    let lines: Vec<&str> = certificate.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("{before}X509Certificate>\n{}\n<{after}", lines.join("\n"))
}

/// ST-SAML-20: Okta, with prefixes that nothing but the canonicalisation names.
#[test]
fn okta_is_let_in() {
    okta(3).let_in_however_it_is_signed();
    okta(99).let_in();
}

/// A list that may have been cut off is unknown, never a list.
#[test]
fn okta_with_a_hundred_groups_has_unknown_groups() {
    okta(100).let_in();
    okta(150).let_in();
}

const ENTRA: &str = "https://sts.windows.net/11111111-2222-3333-4444-555555555555/";
const ENTRA_GROUPS: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups";

fn object_id(n: usize) -> String {
    format!("{n:08x}-0000-4000-8000-000000000000")
}

fn entra() -> Shape {
    let claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
    let mut shape = Shape::new(include_str!("entra.xml"), ENTRA, "99999999-8888-7777-6666-555555555555");
    shape.setting.saml.subject =
        Subject::Attribute("http://schemas.microsoft.com/identity/claims/objectidentifier".to_owned());
    shape.setting.saml.name_id = NameId::Email;
    shape.setting.saml.attributes = attributes(
        &format!("{claims}/emailaddress"),
        &format!("{claims}/givenname"),
        &format!("{claims}/surname"),
        ENTRA_GROUPS,
        Overage::EntraMarkers,
    );
    shape.identity.name_id = Some("ada@acme.com".to_owned());
    shape.identity.authenticated = NOW - 1800;
    shape.identity.acr = Some("urn:oasis:names:tc:SAML:2.0:ac:classes:Password".to_owned());
    shape.identity.groups = Some(Vec::new());
    // A default namespace, and the certificate alone.
    shape.style = |signature| signature.prefix = "";
    shape
}

/// ST-SAML-20: Entra ID: default namespaces, addresses as names, object ids as groups.
#[test]
fn entra_is_let_in() {
    entra().let_in_however_it_is_signed();
    let mut shape = entra();
    let ids = values((0..150).rev().map(object_id), "");
    shape.groups = format!("<Attribute Name=\"{ENTRA_GROUPS}\">{ids}</Attribute>");
    shape.identity.groups = Some((0..150).map(object_id).collect());
    shape.let_in_however_it_is_signed();
}

/// Above 150 groups a link stands in their place: unknown, never none.
#[test]
fn entra_with_more_groups_has_unknown_groups() {
    let mut shape = entra();
    shape.groups = "<Attribute Name=\"http://schemas.microsoft.com/claims/groups.link\"><AttributeValue>https://graph.windows.net/11111111-2222-3333-4444-555555555555/users/99999999-8888-7777-6666-555555555555/getMemberObjects</AttributeValue></Attribute>".to_owned();
    shape.identity.groups = None;
    shape.let_in_however_it_is_signed();
}

/// ST-SAML-21: Google: the address is the NameID, and the certificate has a subject beside it.
#[test]
fn google_is_let_in() {
    let mut shape =
        Shape::new(include_str!("google.xml"), "https://accounts.google.com/o/saml2?idpid=C0acme", "ada@acme.com");
    shape.setting.saml.name_id = NameId::Email;
    shape.setting.saml.attributes.email = None;
    shape.groups = values(["ml", "Data & Co"].into_iter().map(|name| name.replace('&', "&amp;")), "saml2:");
    shape.identity.groups = Some(names(&["Data & Co", "ml"]));
    shape.identity.authenticated = NOW - 30;
    shape.style = |signature| {
        let subject = "<ds:X509Data><ds:X509SubjectName>ST=California,C=US,OU=Google For Work,CN=Google,L=Mountain View,O=Google Inc.</ds:X509SubjectName>";
        signature.after_value = wrapped(&signature.after_value).replace("<ds:X509Data>", subject);
    };
    shape.let_in_however_it_is_signed();
}

/// ST-SAML-20: ADFS: spaces in tags, an attribute of a foreign namespace, two namespaces in one `KeyInfo`.
#[test]
fn adfs_is_let_in() {
    let claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
    let mut shape =
        Shape::new(include_str!("adfs.xml"), "http://adfs.acme.com/adfs/services/trust", "S-1-5-21-1-2-3-1001");
    shape.setting.saml.attributes = attributes(
        &format!("{claims}/emailaddress"),
        &format!("{claims}/givenname"),
        &format!("{claims}/surname"),
        "http://schemas.xmlsoap.org/claims/Group",
        Overage::AbsentIsEmpty,
    );
    shape.identity.groups = Some(names(&["ACME\\ml", "Domain Users"]));
    shape.identity.authenticated = NOW - 1;
    shape.identity.acr = Some("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport".to_owned());
    shape.identity.session_index = Some("_assertion".to_owned());
    shape.style = |signature| {
        signature.after_value = signature
            .after_value
            .replace("<ds:KeyInfo>", "<KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\">")
            .replace("</ds:KeyInfo>", "</KeyInfo>");
    };
    shape.let_in_however_it_is_signed();
}

/// ST-SAML-20: Keycloak: names by number, a value that is nil, one attribute for each role, a key by value.
#[test]
fn keycloak_is_let_in() {
    let mut shape = Shape::new(
        include_str!("keycloak.xml"),
        "https://sso.acme.com/realms/acme",
        "G-7c6e9e1f-0000-4000-8000-0123456789ab",
    );
    shape.setting.saml.attributes = attributes(
        "urn:oid:1.2.840.113549.1.9.1",
        "urn:oid:2.5.4.42",
        "urn:oid:2.5.4.4",
        "Role",
        Overage::AbsentIsEmpty,
    );
    shape.identity.family_name = None;
    shape.identity.groups = Some(names(&["default-roles-acme", "ml"]));
    shape.identity.session_index =
        Some("3f1c2b4a-0000-4000-8000-000000000001::a0b1c2d3-0000-4000-8000-000000000002".to_owned());
    shape.identity.session_ends = Some(NOW + 10 * 3600);
    shape.style = |signature| {
        signature.prefix = "dsig";
        let name = "<ds:KeyInfo><ds:KeyName>FJ86GcF3jTbNLOco4NvZkUCIUmfYCqoqtOQeMfbhNlE</ds:KeyName>";
        let value = "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>";
        signature.after_value = signature.after_value.replace("<ds:KeyInfo>", name).replace("</ds:KeyInfo>", value);
    };
    shape.let_in_however_it_is_signed();
}

/// ST-SAML-20: JumpCloud: an entity id that is no address, lines and indentation everywhere.
#[test]
fn jumpcloud_is_let_in() {
    let mut shape = Shape::new(include_str!("jumpcloud.xml"), "jumpcloud-acme", "5f0acme");
    shape.setting.saml.name_id = NameId::Unspecified;
    shape.setting.saml.attributes = attributes("email", "firstname", "lastname", "groups", Overage::AbsentIsEmpty);
    shape.identity.groups = Some(names(&["R&D <ml>", "Zürich 東京"]));
    shape.identity.session_index = Some("9b2c".to_owned());
    shape.style = |signature| signature.edit = Some(|text| text.replace("><", ">\r\n  <"));
    shape.let_in_however_it_is_signed();
}

fn shibboleth() -> Shape {
    let mut shape = Shape::new(include_str!("shibboleth.xml"), "https://idp.acme.edu/idp/shibboleth", "ada1@acme.edu");
    shape.setting.saml.subject = Subject::Attribute("urn:oasis:names:tc:SAML:attribute:subject-id".to_owned());
    shape.setting.saml.name_id = NameId::Unspecified;
    shape.setting.saml.attributes = attributes(
        "urn:oid:0.9.2342.19200300.100.1.3",
        "urn:oid:2.5.4.42",
        "urn:oid:2.5.4.4",
        "urn:oid:1.3.6.1.4.1.5923.1.5.1.1",
        Overage::AbsentIsEmpty,
    );
    shape.identity.name_id = Some("AAdzZWNyZXQx".to_owned());
    shape.identity.groups = Some(names(&["cn=ml,ou=groups,dc=acme,dc=edu"]));
    shape.identity.authenticated = NOW - 120;
    shape.identity.acr = Some("https://refeds.org/profile/mfa".to_owned());
    shape.identity.session_index = Some("_shib-1".to_owned());
    shape.style = |signature| {
        signature.references[0].canonicalization = Canonicalization::Exclusive(vec!["xsd".to_owned()]);
        *signature = signature.clone().with(Method::RsaSha512).digest(Digest::Sha512);
    };
    shape
}

/// ST-SAML-07, ST-SAML-23: Shibboleth: encrypted in a signed response, with and without a signature of its own.
#[test]
fn shibboleth_is_let_in() {
    for signs in [Signs::Response, Signs::Both] {
        let mut shape = shibboleth();
        shape.signs = signs;
        shape.setting.saml.encryption = Wanted::Required;
        shape.encryption = Some(Encryption { cipher: Cipher::Aes128Gcm, ..Encryption::default() });
        shape.let_in();
    }
    shibboleth().let_in_however_it_is_signed();
}
