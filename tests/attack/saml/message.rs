//! Message: one response on its way: what the provider says, what is changed before it signs, what somebody changes after.

use std::sync::Arc;

use testkit::saml::{
    ASSERTION_HOLE, Answer, Encryption, Idp, Key, RESPONSE_HOLE, Signature, Signs, encrypt, form_value, sign,
};

use super::world::{ACS, ASSERTION_ID, NOW, REQUEST_ID, RESPONSE_ID, SP_ENTITY_ID};

/// Which honest message a defect is put into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base {
    /// Only the assertion is signed.
    Assertion,
    /// Only the response is signed.
    Response,
    Both,
    /// The assertion is signed, then encrypted; the response is not signed.
    Sealed,
    /// The assertion is encrypted, the response is signed.
    SealedResponse,
    /// Signed, encrypted, signed.
    SealedBoth,
}

impl Base {
    pub(crate) const PLAIN: &'static [Self] = &[Self::Assertion, Self::Response, Self::Both];
    pub(crate) const SEALED: &'static [Self] = &[Self::Sealed, Self::SealedResponse, Self::SealedBoth];
    pub(crate) const ALL: &'static [Self] =
        &[Self::Assertion, Self::Response, Self::Both, Self::Sealed, Self::SealedResponse, Self::SealedBoth];
    /// Those whose response is signed.
    pub(crate) const RESPONSE_SIGNED: &'static [Self] =
        &[Self::Response, Self::Both, Self::SealedResponse, Self::SealedBoth];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Assertion => "assertion",
            Self::Response => "response",
            Self::Both => "both",
            Self::Sealed => "sealed",
            Self::SealedResponse => "sealed-response",
            Self::SealedBoth => "sealed-both",
        }
    }
}

type Text = Arc<dyn Fn(String) -> String + Send + Sync>;
type Bytes = Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) idp: Idp,
    pub(crate) answer: Answer,
    /// Signs the assertion.
    pub(crate) assertion: Signature,
    /// Signs the response.
    pub(crate) response: Signature,
    before: Vec<Text>,
    inside: Vec<Text>,
    sealed: Vec<Text>,
    after: Vec<Text>,
    encoded: Vec<Bytes>,
    form: Vec<Bytes>,
}

impl Message {
    pub(crate) fn honest(base: Base) -> Self {
        let mut answer = Answer::new(ACS, SP_ENTITY_ID, Some(REQUEST_ID), NOW);
        RESPONSE_ID.clone_into(&mut answer.response_id);
        ASSERTION_ID.clone_into(&mut answer.assertion_id);
        answer.signs = match base {
            Base::Assertion | Base::Sealed => Signs::Assertion,
            Base::Response | Base::SealedResponse => Signs::Response,
            Base::Both | Base::SealedBoth => Signs::Both,
        };
        if Base::SEALED.contains(&base) {
            answer.encryption = Some(Encryption::default());
        }
        let idp = Idp::acme();
        let (assertion, response) = (Signature::by(idp.key), Signature::by(idp.key));
        let nothing = Vec::new;
        Self {
            idp,
            answer,
            assertion,
            response,
            before: nothing(),
            inside: nothing(),
            sealed: nothing(),
            after: nothing(),
            encoded: Vec::new(),
            form: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn answer(mut self, change: impl FnOnce(&mut Answer)) -> Self {
        change(&mut self.answer);
        self
    }

    /// Both signatures.
    #[must_use]
    pub(crate) fn signature(mut self, change: impl Fn(&mut Signature)) -> Self {
        change(&mut self.assertion);
        change(&mut self.response);
        self
    }

    #[must_use]
    pub(crate) fn key(self, key: &'static Key) -> Self {
        self.signature(|signature| *signature = Signature { key, ..Signature::by(key) })
    }

    #[must_use]
    pub(crate) fn encryption(mut self, change: impl FnOnce(&mut Encryption)) -> Self {
        let mut encryption = self.answer.encryption.take().unwrap_or_default();
        change(&mut encryption);
        self.answer.encryption = Some(encryption);
        self
    }

    /// Before anything is signed; `from` stands there once.
    #[must_use]
    pub(crate) fn before(self, from: &str, to: &str) -> Self {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.before_with(move |text| once(&text, &from, &to))
    }

    #[must_use]
    pub(crate) fn before_with(mut self, step: impl Fn(String) -> String + Send + Sync + 'static) -> Self {
        self.before.push(Arc::new(step));
        self
    }

    /// The assertion alone, when it is signed, before it is encrypted.
    #[must_use]
    pub(crate) fn inside_with(mut self, step: impl Fn(String) -> String + Send + Sync + 'static) -> Self {
        self.inside.push(Arc::new(step));
        self
    }

    /// The `EncryptedAssertion`, before the response is signed.
    #[must_use]
    pub(crate) fn sealed_with(mut self, step: impl Fn(String) -> String + Send + Sync + 'static) -> Self {
        self.sealed.push(Arc::new(step));
        self
    }

    /// When everything is signed; `from` stands there once.
    #[must_use]
    pub(crate) fn after(self, from: &str, to: &str) -> Self {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.after_with(move |text| once(&text, &from, &to))
    }

    #[must_use]
    pub(crate) fn after_with(mut self, step: impl Fn(String) -> String + Send + Sync + 'static) -> Self {
        self.after.push(Arc::new(step));
        self
    }

    /// The bytes of the finished document.
    #[must_use]
    pub(crate) fn encoded(mut self, step: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        self.encoded.push(Arc::new(step));
        self
    }

    /// The base64 of the form.
    #[must_use]
    pub(crate) fn form(mut self, step: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        self.form.push(Arc::new(step));
        self
    }

    pub(crate) fn form_value(&self) -> Vec<u8> {
        apply(&self.form, form_value(self.document()).into_bytes())
    }

    /// What the form value holds.
    pub(crate) fn document(&self) -> Vec<u8> {
        apply(&self.encoded, self.text().into_bytes())
    }

    /// The finished document.
    pub(crate) fn text(&self) -> String {
        let mut text = apply(&self.before, self.answer.template(&self.idp.entity_id));
        if matches!(self.answer.signs, Signs::Assertion | Signs::Both) && text.contains(ASSERTION_HOLE) {
            text = sign(&text, ASSERTION_HOLE, &self.assertion);
        }
        text = text.replace(ASSERTION_HOLE, "");
        if let Some(encryption) = &self.answer.encryption {
            let (before, assertion, after) = around(&text, "saml:Assertion");
            let inner = apply(&self.inside, assertion.to_owned());
            let sealed = apply(&self.sealed, encrypt(&inner, encryption));
            text = format!("{before}{sealed}{after}");
        }
        if matches!(self.answer.signs, Signs::Response | Signs::Both) && text.contains(RESPONSE_HOLE) {
            text = sign(&text, RESPONSE_HOLE, &self.response);
        }
        apply(&self.after, text.replace(RESPONSE_HOLE, ""))
    }
}

fn apply<T>(steps: &[Arc<dyn Fn(T) -> T + Send + Sync>], text: T) -> T {
    steps.iter().fold(text, |text, step| step(text))
}

/// The text with `from`, which stands there exactly once, replaced.
pub(crate) fn once(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "`{from}` stands once in {text}");
    text.replacen(from, to, 1)
}

/// What stands before the outermost element of this name, the element, what stands behind it. No parser: the texts are
/// ours.
pub(crate) fn around<'t>(text: &'t str, name: &str) -> (&'t str, &'t str, &'t str) {
    let start = text.find(&format!("<{name} ")).or_else(|| text.find(&format!("<{name}>")));
    let close = format!("</{name}>");
    let (Some(start), Some(end)) = (start, text.rfind(&close)) else { panic!("no {name} in {text}") };
    let end = end + close.len();
    (&text[..start], &text[start..end], &text[end..])
}

/// The element of this name, as text.
pub(crate) fn element<'t>(text: &'t str, name: &str) -> &'t str {
    around(text, name).1
}

/// The first `ds:Signature` of the text, and the text without it.
pub(crate) fn without_signature(text: &str) -> (String, String) {
    let start = text.find("<ds:Signature ").expect("a signature");
    let end = text.find("</ds:Signature>").expect("its end") + "</ds:Signature>".len();
    (text[start..end].to_owned(), format!("{}{}", &text[..start], &text[end..]))
}

/// The assertion that somebody would like to be read: unsigned, of another ID, for the owner of the company.
pub(crate) fn forged(assertion: &str) -> String {
    let text = if assertion.contains("<ds:Signature ") { without_signature(assertion).1 } else { assertion.to_owned() };
    text.replace(ASSERTION_ID, "_forged").replace("ada-1", "owner-1").replace("ada@acme.com", "owner@acme.com")
}
