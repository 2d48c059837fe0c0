//! Answer: the honest response, with everything that a test may want to say in it.

use super::encrypt::{Encryption, encrypt};
use super::{escape, instant, random_id};

/// Where the signature of the response goes.
pub const RESPONSE_HOLE: &str = "{sign:response}";
/// Where the signature of the assertion goes.
pub const ASSERTION_HOLE: &str = "{sign:assertion}";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    Assertion,
    Response,
    Both,
    Nothing,
}

/// What a provider says about a person. [`Answer::new`] is Ada of acme; change what the test is about.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `Destination` and `Recipient`.
    pub acs: String,
    /// Our entity id.
    pub audience: String,
    /// `None`: the provider began by itself.
    pub in_response_to: Option<String>,
    /// The provider's clock, seconds since 1970.
    pub now: i64,
    /// Value and format.
    pub name_id: Option<(String, String)>,
    /// `Name` and values.
    pub attributes: Vec<(String, Vec<String>)>,
    pub session_index: Option<String>,
    /// `AuthnContextClassRef`.
    pub acr: String,
    /// `AuthnInstant`, seconds since 1970.
    pub authenticated: i64,
    pub session_ends: Option<i64>,
    pub signs: Signs,
    pub encryption: Option<Encryption>,
    /// Random, unless a test wants the same twice.
    pub response_id: String,
    pub assertion_id: String,
    /// The last part of the status: `Success`, `Responder`.
    pub status: String,
    /// An edit of the text before anything is signed.
    pub edit: Option<fn(String) -> String>,
}

impl Answer {
    /// Ada, with the persistent NameID `ada-1`, an address, both names and two groups; only the assertion is signed.
    pub fn new(acs: &str, audience: &str, in_response_to: Option<&str>, now: i64) -> Self {
        let one = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
        Self {
            acs: acs.to_owned(),
            audience: audience.to_owned(),
            in_response_to: in_response_to.map(str::to_owned),
            now,
            name_id: Some(("ada-1".to_owned(), "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_owned())),
            attributes: vec![
                one("email", "ada@acme.com"),
                one("firstName", "Ada"),
                one("lastName", "Lovelace"),
                ("groups".to_owned(), vec!["ml".to_owned(), "admins".to_owned()]),
            ],
            session_index: Some("_session-1".to_owned()),
            acr: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport".to_owned(),
            authenticated: now,
            session_ends: None,
            signs: Signs::Assertion,
            encryption: None,
            response_id: random_id(),
            assertion_id: random_id(),
            status: "Success".to_owned(),
            edit: None,
        }
    }

    /// Every value of the attribute; none takes it out.
    pub fn attribute(&mut self, name: &str, values: &[&str]) {
        self.attributes.retain(|(known, _)| known != name);
        if !values.is_empty() {
            self.attributes.push((name.to_owned(), values.iter().map(|&value| value.to_owned()).collect()));
        }
    }

    /// The text with both holes, before anything is signed or encrypted.
    pub fn template(&self, issuer: &str) -> String {
        let in_response_to = self.in_response_to();
        let (issuer, acs, at) = (escape(issuer), escape(&self.acs), instant(self.now));
        let text = format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{}\" Version=\"2.0\" IssueInstant=\"{at}\" \
             Destination=\"{acs}\"{in_response_to}><saml:Issuer>{issuer}</saml:Issuer>{RESPONSE_HOLE}\
             <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:{}\"/></samlp:Status>\
             {}</samlp:Response>",
            self.response_id,
            self.status,
            self.assertion(&issuer, &acs, &at),
        );
        self.edit.map_or(text.clone(), |edit| edit(text))
    }

    fn in_response_to(&self) -> String {
        self.in_response_to.as_ref().map(|id| format!(" InResponseTo=\"{}\"", escape(id))).unwrap_or_default()
    }

    fn assertion(&self, issuer: &str, acs: &str, at: &str) -> String {
        if self.status != "Success" {
            return String::new();
        }
        let until = instant(self.now + 300);
        let session_ends =
            self.session_ends.map(|ends| format!(" SessionNotOnOrAfter=\"{}\"", instant(ends))).unwrap_or_default();
        let session_index =
            self.session_index.as_ref().map(|index| format!(" SessionIndex=\"{}\"", escape(index))).unwrap_or_default();
        format!(
            "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{}\" Version=\"2.0\" \
             IssueInstant=\"{at}\"><saml:Issuer>{issuer}</saml:Issuer>{ASSERTION_HOLE}<saml:Subject>{}\
             <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml:SubjectConfirmationData NotOnOrAfter=\"{until}\" Recipient=\"{acs}\"{}/>\
             </saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore=\"{}\" NotOnOrAfter=\"{until}\">\
             <saml:AudienceRestriction><saml:Audience>{}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
             <saml:AuthnStatement AuthnInstant=\"{}\"{session_index}{session_ends}><saml:AuthnContext>\
             <saml:AuthnContextClassRef>{}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
             {}</saml:Assertion>",
            self.assertion_id,
            self.name_id(),
            self.in_response_to(),
            instant(self.now - 30),
            escape(&self.audience),
            instant(self.authenticated),
            escape(&self.acr),
            self.statement(),
        )
    }

    fn name_id(&self) -> String {
        let Some((value, format)) = &self.name_id else { return String::new() };
        let format = if format.is_empty() { String::new() } else { format!(" Format=\"{}\"", escape(format)) };
        format!("<saml:NameID{format}>{}</saml:NameID>", escape(value))
    }

    fn statement(&self) -> String {
        if self.attributes.is_empty() {
            return String::new();
        }
        let mut out = String::new();
        for (name, values) in &self.attributes {
            let values =
                values.iter().map(|value| format!("<saml:AttributeValue>{}</saml:AttributeValue>", escape(value)));
            out.push_str(&format!(
                "<saml:Attribute Name=\"{}\">{}</saml:Attribute>",
                escape(name),
                values.collect::<String>()
            ));
        }
        format!("<saml:AttributeStatement>{out}</saml:AttributeStatement>")
    }

    /// The text with its assertion encrypted, if that is wanted; a signature of the assertion must be there by now.
    pub(crate) fn encrypted(&self, text: &str) -> String {
        let Some(encryption) = &self.encryption else { return text.to_owned() };
        let (Some(start), Some(end)) = (text.find("<saml:Assertion "), text.rfind("</saml:Assertion>")) else {
            return text.to_owned();
        };
        let end = end + "</saml:Assertion>".len();
        let inner = text[start..end].replace(ASSERTION_HOLE, "");
        format!("{}{}{}", &text[..start], encrypt(&inner, encryption), &text[end..])
    }
}
