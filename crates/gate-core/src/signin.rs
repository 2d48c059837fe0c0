//! Sign-in: from an address or a link to a session, in the order of the files below.
//!
//! `discover` (e-mail → organisation and connection) → `begin` (flow, redirect) → provider → `finish` (checks before the
//! code is spent, verification, joining, decision, one transaction) → cookie.

mod admit;
mod begin;
mod discover;
mod finish;

use std::net::IpAddr;

use gatewright_terms::{OrgId, Slug};

use crate::Token;

/// A link or form that asks for a sign-in, as it came.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    pub org: &'a str,
    pub connection: &'a str,
    pub app: Option<&'a str>,
    pub return_to: Option<&'a str>,
    /// The value of the flow cookie.
    pub browser: Option<&'a str>,
    /// Of the client, for the limit of sign-ins under way.
    pub address: IpAddr,
}

/// A sign-in is under way: send the browser there.
#[derive(Debug)]
pub struct Begun {
    /// At the provider. Goes into `Location` as it is.
    pub redirect: String,
    /// To be set as the flow cookie, also where the browser has it already: its life begins anew with each sign-in.
    pub browser: Token,
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
