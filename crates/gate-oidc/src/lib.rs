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
mod slot;
mod userinfo;
mod verified;

use gatewright_oidc::{claims, protocol, refused, strict_json, token};

pub use callback::Callback;
pub use client_key::{ClientKey, NotAClientKey};
pub use door::{Asking, Door, Pending, Secrets, Settings, Started};
pub use gatewright_oidc::person::Groups;
pub use gatewright_oidc::refused::{Refused, Step};
pub use outbound::{Ask, Fetched, NotFetched, Outbound, OutboundRules, OutboundUnusable};
#[doc(hidden)]
pub use proof::IdTokenCheck;
pub use verified::Verified;
