//! Lie: one thing that the provider does wrong. Several may be told at once.

use serde_json::Value;

/// Each is told until [`Idp::honest`](crate::Idp::honest).
#[derive(Debug, Clone, PartialEq)]
pub enum Lie {
    /// A member of the discovery document; `Value::Null` takes it out.
    Discovery(&'static str, Value),
    /// The whole discovery document, as text.
    DiscoveryText(String),
    /// The answer has no `iss`, although discovery announces it.
    NoIss,
    /// The answer names another issuer.
    AnswerIss(String),
    /// The answer is an OAuth error.
    AnswerError(&'static str),
    /// Further parameters of the answer, as text: `&code=x`.
    AnswerMore(&'static str),
    /// A member of the ID token's header; `Value::Null` takes it out.
    Header(&'static str, Value),
    /// The whole header, as text.
    HeaderText(String),
    /// A claim of the ID token; `Value::Null` takes it out.
    Claim(&'static str, Value),
    /// A text that is put into the payload before the closing brace: `,"sub":"other"`.
    PayloadMore(&'static str),
    /// `alg: none` and no signature.
    Unsigned,
    /// `alg: HS256`, keyed with the published public key: the key confusion.
    HmacWithPublicKey,
    /// One bit of the signature is flipped.
    BrokenSignature,
    /// Signed by a key that is not published, under the `kid` of one that is.
    SignedByStranger,
    /// Signed by an RSA key of 1024 bits, which is published.
    WeakKey,
    /// The whole ID token, as text.
    TokenText(String),
    /// The token endpoint's answer, as status and text.
    TokenAnswer(u16, String),
    /// A member of the token endpoint's answer; `Value::Null` takes it out.
    TokenMember(&'static str, Value),
    /// The key set, as text.
    KeysText(String),
    /// A second key without purpose is published before the real one.
    DecoyKey,
    /// The userinfo answer, as text.
    UserinfoText(String),
    /// A member of the userinfo answer; `Value::Null` takes it out.
    Userinfo(&'static str, Value),
    /// An endpoint answers with this status and an empty body.
    Status(crate::Endpoint, u16),
    /// An endpoint answers with a redirect to here.
    Redirect(crate::Endpoint, String),
    /// An endpoint answers with 32 MiB.
    HugeBody(crate::Endpoint),
    /// An endpoint answers with one byte a second.
    SlowBody(crate::Endpoint),
}
