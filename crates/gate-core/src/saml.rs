//! Saml: what the SAML door is made of: who checks signatures, who decrypts, who signs, and where that is done.
//!
//! Invariant: no message is checked on the threads that serve everybody; one too many is refused as busy.

mod speak;

use std::sync::Arc;

use gate_saml::send::SamlKeys;
use gate_saml::{Decrypting, NotDone, Pool, verify_detached};
use gate_store::rows::TokenHash;
use gatewright_bundle::program::SignatureAlgorithm;
use gatewright_saml::logout::DetachedVerifier;
use gatewright_saml::{NotVerified, Trusted, Verifier};
use gatewright_terms::Refusal;

use crate::Gate;
use crate::token::hash_text;
use crate::trail::Case;

pub(crate) use speak::{AuthnAsk, LogoutAsk, LogoutReply};

/// What the SAML door is made of.
#[derive(Clone)]
pub struct SamlParts {
    pub verifier: Arc<dyn Verifier>,
    /// What we sign and decrypt with, and publish. `None`: encrypted assertions are refused, and so are connections that
    /// ask for signed requests.
    pub keys: Option<Arc<SamlKeys>>,
    pub pool: Pool,
}

impl SamlParts {
    pub(crate) fn decrypting(&self) -> Option<Arc<Decrypting>> {
        self.keys.as_ref().and_then(|keys| keys.decrypting())
    }

    /// Does it where it holds nobody up.
    pub(crate) async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Case> {
        self.pool.run(job).await.map_err(|not| {
            Case::new(Refusal::SamlBusy).because(match not {
                NotDone::Full => "as many messages as may be are being checked",
                NotDone::Failed => "the check broke off",
            })
        })
    }
}

impl Gate {
    pub(crate) fn saml(&self) -> Result<&SamlParts, Case> {
        let none = || Case::new(Refusal::ConnectionUnknown).because("this process was started without its SAML door");
        self.saml.as_ref().ok_or_else(none)
    }
}

/// What a message that is good once is remembered by.
pub(crate) fn message_hash(kind: &str, issuer: &str, id: &str) -> TokenHash {
    // No part holds a NUL: two messages never make one text.
    hash_text(&format!("{kind}\0{issuer}\0{id}"))
}

/// Checks the signatures of queries, in this process: no XML is read for it.
pub(crate) struct Detached;

impl DetachedVerifier for Detached {
    fn verify_detached(
        &self,
        octets: &[u8],
        algorithm: SignatureAlgorithm,
        signature: &[u8],
        trusted: &Trusted<'_>,
    ) -> Result<(), NotVerified> {
        if verify_detached(octets, algorithm, signature, trusted.certificates) {
            Ok(())
        } else {
            Err(NotVerified::Bad("no certificate of the connection verifies the query".to_owned()))
        }
    }
}
