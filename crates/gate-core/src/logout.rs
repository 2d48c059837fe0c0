//! Logout: a person ends their session, here and at their provider; and a provider ends the sessions of a person.
//!
//! `ours` ends the session of a cookie; `provider` takes what a provider sends to `/slo`.
//!
//! Invariant: our own logout ends the session here first, whatever becomes of the provider's; a session that is over by
//! itself sends nothing (ST-SAML-27).
//! Invariant: a provider's message ends sessions of its own connection alone, and is answered after they have ended.

mod ours;
mod provider;

use std::net::IpAddr;

use crate::signin::Outgoing;

/// A session has ended here.
#[derive(Debug)]
pub struct LoggedOut {
    /// Where the browser goes to end the session at the provider too; its answer comes back to `/slo`.
    pub at_provider: Option<Outgoing>,
}

/// A message of a provider about logout, as the browser brought it.
#[derive(Clone, Copy)]
pub struct SloMessage<'a> {
    pub org: &'a str,
    pub connection: &'a str,
    pub body: SloBody<'a>,
    pub address: IpAddr,
}

/// How it came.
#[derive(Clone, Copy)]
pub enum SloBody<'a> {
    Redirect {
        /// The raw query, without `?`.
        query: &'a str,
    },
    Post {
        /// The form value `SAMLRequest`.
        request: Option<&'a [u8]>,
        /// The form value `SAMLResponse`.
        response: Option<&'a [u8]>,
        relay_state: Option<&'a str>,
    },
}

/// What became of it.
#[derive(Debug)]
pub enum SloDone {
    /// Sessions have ended, or there were none of that name, which the answer says; the browser carries it back.
    Answer(Outgoing),
    /// Our own logout has come back; whether the provider says that it ended everything too.
    SignedOut { everywhere: bool },
}
