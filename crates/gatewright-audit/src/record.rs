//! Record: one event. Its chained part is what the hash covers; the personal part stands beside it, sealed.
//!
//! Reads nothing; the gate makes drafts, the chain gives them their place.
//!
//! Invariant: the list of events is the inventory; an event without a slug, a text and its fields does not compile.

use std::fmt;

use gatewright_terms::{OrgId, Refusal, Slug, Timestamp};

/// Whose chain a record belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// Start, stop, reload, tokens, and whatever concerns no organisation.
    Platform,
    Org(OrgId),
}

/// `platform`, or `org/` and the slug.
impl fmt::Display for Stream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform => out.write_str("platform"),
            Self::Org(org) => write!(out, "org/{org}"),
        }
    }
}

impl Stream {
    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("org/") {
            Some(org) => OrgId::parse(org).ok().map(Self::Org),
            None => (text == "platform").then_some(Self::Platform),
        }
    }
}

/// Everything of a record but its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub stream: Stream,
    pub at: Timestamp,
    pub event: Event,
    /// Ids and words that identify nobody by themselves, sorted by name.
    pub fields: Vec<(Slug, String)>,
    pub personal: Option<Sealed>,
}

/// The personal fields of one record: a commitment that is chained, and the sealed bytes that are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// HMAC-SHA-256 over the plain personal fields, under the audit key.
    pub commitment: [u8; 32],
    /// Nonce and AES-256-GCM ciphertext under the key of the person.
    pub ciphertext: Vec<u8>,
    /// Random id of the person's key. Dropping that key erases the person.
    pub key_id: [u8; 16],
}

macro_rules! events {
    ($($variant:ident $(($refusal:ident))? $slug:literal $text:literal [$($field:literal)*] [$($personal:literal)*])+) => {
        /// What happened. The list is the inventory of events; the docs are generated from it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Event {
            $(#[doc = $text] $variant $(($refusal))?,)+
        }

        impl Event {
            /// Every kind of event, in the order of the source.
            pub const KINDS: &'static [EventKind] =
                &[$(events!(@kind $slug $text [$($field)*] [$($personal)*]),)+];

            /// Its row of the inventory.
            pub const fn kind(&self) -> &'static EventKind {
                match self {
                    $(Self::$variant $((events!(@any $refusal)))? =>
                        &events!(@kind $slug $text [$($field)*] [$($personal)*]),)+
                }
            }

            /// Stable; others script against it.
            pub const fn slug(&self) -> &'static str {
                self.kind().slug
            }
        }
    };
    (@kind $slug:literal $text:literal [$($field:literal)*] [$($personal:literal)*]) => {
        EventKind { slug: $slug, text: $text, fields: &[$($field),*], personal: &[$($personal),*] }
    };
    (@any $refusal:ident) => { _ };
}

/// One row of the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventKind {
    pub slug: &'static str,
    pub text: &'static str,
    /// What the chained part may hold, sorted.
    pub fields: &'static [&'static str],
    /// What the sealed part may hold, sorted.
    pub personal: &'static [&'static str],
}

events! {
    SignedIn "signed-in" "A person signed in and has a session."
        ["begun-by" "bundle" "connection" "door" "member" "session"] ["address" "email" "subject"]
    SignInRefused(Refusal) "sign-in-refused" "A sign-in was refused. Aggregated above a rate."
        ["bundle" "connection" "count" "detail" "reason" "support-code"] ["address" "email" "story" "subject"]
    MemberJoined "member-joined" "An identity became a member."
        ["bundle" "connection" "member"] ["email" "subject"]
    OwnerBound "owner-bound" "An owner's address was bound to an identity."
        ["connection" "member"] ["email" "subject"]
    MemberRemoved "member-removed" "An operator removed a member; the sessions ended."
        ["member" "operator"] []
    SessionEnded "session-ended" "A session ended."
        ["cause" "member" "operator" "session"] []
    LogoutByProvider "logout-by-provider" "An identity provider ended the sessions of a person."
        ["connection"] []
    LogoutRefused(Refusal) "logout-refused" "A logout message was refused; nothing was ended by it. Aggregated above a rate."
        ["bundle" "connection" "count" "reason" "support-code"] ["address" "story"]
    SessionHandedOver "session-handed-over" "A session was handed over to the origin of an app."
        ["app" "member" "session"] []
    TestLinkMade "test-link-made" "An operator made a one-time link to try a connection."
        ["connection" "operator"] []
    TestLinkUsed "test-link-used" "A one-time link was opened; a test sign-in began."
        ["connection"] []
    TestEnded "test-ended" "A test sign-in ended, without a session."
        ["bundle" "connection" "outcome" "support-code"] ["address" "email" "story" "subject"]
    VerifiersDisagree "verifiers-disagree" "An alarm: two verifiers did not agree about the signature of a message, which was refused."
        ["bundle" "connection"] ["address" "story"]
    AccessRefused(Refusal) "access-refused" "A request with a live session was refused. Aggregated above a rate."
        ["app" "bundle" "count" "member" "reason" "session"] []
    DomainProved "domain-proved" "An operator stated that an organisation owns a domain."
        ["domain" "method" "operator" "reason"] []
    PersonForgotten "person-forgotten" "The key of a person was dropped; what is sealed under it can never be read again."
        ["member" "operator"] []
    BundleActivated "bundle-activated" "A bundle was put in force; by whom, where an operator pushed it."
        ["bundle" "operator" "sequence"] []
    BundleRefused "bundle-refused" "A bundle was refused and the last good one kept; by whom, where an operator pushed it."
        ["bundle" "operator" "reason" "sequence"] []
    TokenMade "token-made" "An admin token was made on the host."
        ["scopes" "token"] []
    Started "started" "The process is ready."
        ["bundle" "version"] []
    Stopped "stopped" "The process has drained."
        ["version"] []
    PersonalDataRead "personal-data-read" "An operator read a support case or personal data."
        ["operator" "what"] []
}

impl Event {
    /// Why, where the event is a refusal. It becomes the field `reason`.
    pub const fn reason(&self) -> Option<Refusal> {
        match self {
            Self::SignInRefused(refusal) | Self::LogoutRefused(refusal) | Self::AccessRefused(refusal) => {
                Some(*refusal)
            }
            Self::SignedIn
            | Self::MemberJoined
            | Self::OwnerBound
            | Self::MemberRemoved
            | Self::SessionEnded
            | Self::LogoutByProvider
            | Self::SessionHandedOver
            | Self::TestLinkMade
            | Self::TestLinkUsed
            | Self::TestEnded
            | Self::VerifiersDisagree
            | Self::DomainProved
            | Self::PersonForgotten
            | Self::BundleActivated
            | Self::BundleRefused
            | Self::TokenMade
            | Self::Started
            | Self::Stopped
            | Self::PersonalDataRead => None,
        }
    }
}
