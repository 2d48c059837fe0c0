//! Sign-in: from an address or a link to a session, in the order of the files below.
//!
//! `discover` (e-mail → organisation and connection) → `begin` (flow, what is asked, where to go) → provider → `finish`
//! (OpenID Connect: checks before the code is spent, verification), or `receive` and `collect` (SAML: verification where
//! the form arrives, then the browser that began) → `conclude` → `admit` (joining, decision, one transaction) → cookie;
//! or, of a test, `trace`.

mod admit;
mod begin;
mod collect;
mod conclude;
mod discover;
mod finish;
mod receive;
mod send_off;
mod test;
mod trace;

use std::net::IpAddr;

use gatewright_terms::{OrgId, Slug};

use crate::Token;

pub use gate_saml::send::Outgoing;
pub(crate) use receive::seen;
pub use trace::{Trace, TraceOutcome, TracedPerson};

/// A link or form that asks for a sign-in, as it came.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    pub org: &'a str,
    pub connection: &'a str,
    pub app: Option<&'a str>,
    pub return_to: Option<&'a str>,
    /// The permission that the session there is was not good enough for. What that asks of the sign-in the policy says,
    /// never the link.
    pub step_up: Option<&'a str>,
    /// The value of the flow cookie.
    pub browser: Option<&'a str>,
    /// Of the client, for the limit of sign-ins under way.
    pub address: IpAddr,
}

/// A sign-in is under way: send the browser there.
#[derive(Debug)]
pub struct Begun {
    pub to: Outgoing,
    /// To be set as the flow cookie, also where the browser has it already: its life begins anew with each sign-in.
    pub browser: Token,
}

/// A one-time link to try a connection was opened.
#[derive(Debug, Clone, Copy)]
pub struct TestStart<'a> {
    pub org: &'a str,
    pub connection: &'a str,
    /// The `t` of the link.
    pub token: &'a str,
    /// The value of the flow cookie.
    pub browser: Option<&'a str>,
    pub address: IpAddr,
}

/// What became of a test link.
#[derive(Debug)]
pub enum TestBegun {
    Begun(Begun),
    /// The provider could not even be asked.
    Tested(Box<Trace>),
}

/// Where an e-mail address leads. Depends on its domain alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discovered {
    Connection {
        org: OrgId,
        connection: Slug,
    },
    /// The domain is nobody's, or not proved, or the text is no address: one answer for all.
    Nowhere,
}

/// The callback address that an answer of a provider came to, as it was written in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackPath<'a> {
    /// `/sso/{org}/{connection}/callback`
    Connection { org: &'a str, connection: &'a str },
    /// `/sso/shared/{client}/callback`
    Shared { client: &'a str },
}

/// An answer of a provider, as it came.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    pub path: CallbackPath<'a>,
    /// The raw query, without `?`.
    pub query: &'a str,
    /// The value of the flow cookie.
    pub browser: Option<&'a str>,
    /// The value of the session cookie: a session that the browser has ends with the sign-in (ST-SESS-02).
    pub session: Option<&'a str>,
    pub address: IpAddr,
}

/// A SAML response, as another site's form sent it: without cookies.
#[derive(Clone, Copy)]
pub struct Posted<'a> {
    pub org: &'a str,
    pub connection: &'a str,
    /// The form value `SAMLResponse`.
    pub response: &'a [u8],
    pub relay_state: Option<&'a str>,
    pub address: IpAddr,
}

/// A SAML response was good; its browser is to come for the answer.
#[derive(Debug)]
pub struct Received {
    /// The `h` of `/sso/finish`, once.
    pub handle: Token,
    /// To be set as the flow cookie, where the provider began by itself: the browser that sent the form is the one.
    pub browser: Option<Token>,
}

/// A browser comes for the answer of a SAML response.
#[derive(Debug, Clone, Copy)]
pub struct Returned<'a> {
    pub handle: &'a str,
    /// The value of the flow cookie.
    pub browser: Option<&'a str>,
    /// The value of the session cookie: a session that the browser has ends with the sign-in (ST-SESS-02).
    pub session: Option<&'a str>,
    pub address: IpAddr,
}

/// How an answer of a provider ended, where it was not refused.
#[derive(Debug)]
pub enum Finished {
    SignedIn(SignedIn),
    /// Of a test: good or not, a trace, and no session.
    Tested(Box<Trace>),
}

/// Somebody is in.
#[derive(Debug)]
pub struct SignedIn {
    /// To be set as the session cookie, always a new value (ST-SESS-02).
    pub session: Token,
    /// Longest possible life, for `Max-Age`. The server decides, not the cookie.
    pub absolute_secs: u32,
    pub landing: Landing,
}

/// Where a person goes who is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landing {
    /// No app was named: a page of ours.
    Ours,
    /// `https://app…/path`: the app lives on our own origin, the session cookie is enough.
    Direct { url: String },
    /// `https://app…/.gatewright/callback?code=…`: the one-time hand-over to the origin of an app.
    App { url: String },
}

/// A session arrived at the origin of an app.
#[derive(Debug)]
pub struct HandedOver {
    /// To be set as the session cookie of that host.
    pub session: Token,
    pub absolute_secs: u32,
    /// Where the person goes now, on the same origin.
    pub url: String,
}
