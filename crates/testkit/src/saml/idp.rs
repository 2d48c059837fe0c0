//! Idp: an honest SAML identity provider.

use super::answer::{ASSERTION_HOLE, Answer, RESPONSE_HOLE, Signs};
use super::keys::{ACME, GLOBEX, Key};
use super::pen::{Signature, sign};
use super::{escape, form_value};

/// Who speaks. Change `key` for a rotation, `published` for what the metadata names.
#[derive(Debug, Clone)]
pub struct Idp {
    pub entity_id: String,
    pub sign_in_url: String,
    pub logout_url: String,
    pub key: &'static Key,
    pub published: Vec<&'static Key>,
}

impl Idp {
    /// `https://idp.acme.example/saml`, with [`ACME`].
    pub fn acme() -> Self {
        Self::new("https://idp.acme.example/saml", &ACME)
    }

    /// The provider of another organisation.
    pub fn globex() -> Self {
        Self::new("https://idp.globex.example/saml", &GLOBEX)
    }

    /// The addresses for signing in and out are the entity id and `/sso`, `/slo`.
    pub fn new(entity_id: &str, key: &'static Key) -> Self {
        Self {
            entity_id: entity_id.to_owned(),
            sign_in_url: format!("{entity_id}/sso"),
            logout_url: format!("{entity_id}/slo"),
            key,
            published: vec![key],
        }
    }

    pub fn certificate_der(&self) -> Vec<u8> {
        self.key.certificate_der()
    }

    /// The form value `SAMLResponse`.
    pub fn respond(&self, answer: &Answer) -> String {
        form_value(self.response_xml(answer))
    }

    pub fn response_xml(&self, answer: &Answer) -> String {
        self.finish(answer, &answer.template(&self.entity_id))
    }

    /// Signs and encrypts a text that [`Answer::template`] gave and a test changed.
    pub fn finish(&self, answer: &Answer, text: &str) -> String {
        let signature = Signature::by(self.key);
        let mut text = text.to_owned();
        if matches!(answer.signs, Signs::Assertion | Signs::Both) && text.contains(ASSERTION_HOLE) {
            text = sign(&text, ASSERTION_HOLE, &signature);
        }
        text = answer.encrypted(&text.replace(ASSERTION_HOLE, ""));
        if matches!(answer.signs, Signs::Response | Signs::Both) {
            text = sign(&text, RESPONSE_HOLE, &signature);
        }
        text.replace(RESPONSE_HOLE, "")
    }

    pub fn metadata(&self) -> String {
        let keys = self.published.iter().map(|key| {
            format!(
                "<md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}\
                 </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
                key.certificate_base64()
            )
        });
        let service = |element: &str, binding: &str, url: &str| {
            let binding = format!("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-{binding}");
            format!("<md:{element} Binding=\"{binding}\" Location=\"{}\"/>", escape(url))
        };
        format!(
            "<?xml version=\"1.0\"?>\n<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
             xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" entityID=\"{}\"><md:IDPSSODescriptor \
             protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{}{}{}\
             <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>{}{}\
             </md:IDPSSODescriptor></md:EntityDescriptor>\n",
            escape(&self.entity_id),
            keys.collect::<String>(),
            service("SingleLogoutService", "Redirect", &self.logout_url),
            service("SingleLogoutService", "POST", &self.logout_url),
            service("SingleSignOnService", "Redirect", &self.sign_in_url),
            service("SingleSignOnService", "POST", &self.sign_in_url),
        )
    }
}
