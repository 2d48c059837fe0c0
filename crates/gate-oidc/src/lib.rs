//! OpenID Connect sign-in: bytes to a verified identity, or a refusal.
//!
//! [`Door::start`] gives the address that the browser is sent to; [`Callback::parse`] reads what the browser brings
//! back; [`Door::finish`] turns it into [`Verified`], or says in [`Refused`] why not. Settings come from the program of
//! the bundle, secrets and the clock from the caller, and every socket is opened by [`Outbound`].
//!
//! Trust: everything that comes in is alleged; [`Verified`] is proven, and nothing outside this crate can make one.
//! Invariant: only the authorization code flow with PKCE S256 (RFC 9700 §2.1.1); implicit and hybrid answers are refused.
//! Invariant: no code leaves for a token endpoint before the answer's `iss` was compared (RFC 9700 §4.4.2, mix-up).
//! Invariant: no token, code or secret stands in a [`Step`] or prints through `Debug`.

mod callback;
mod claims;
mod client_key;
mod discovery;
mod door;
mod exchange;
mod id_token;
mod key;
mod key_set;
mod outbound;
mod proof;
mod provider;
mod random;
mod refused;
mod slot;
mod strict_json;
mod token;
mod userinfo;
mod verified;

pub use callback::Callback;
pub use client_key::{ClientKey, NotAClientKey};
pub use door::{Asking, Door, Pending, Secrets, Settings, Started};
pub use outbound::{Ask, Fetched, NotFetched, Outbound, OutboundRules, OutboundUnusable};
#[doc(hidden)]
pub use proof::IdTokenCheck;
pub use refused::{Refused, Step};
pub use verified::{Groups, Verified};
