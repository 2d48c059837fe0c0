//! Discover: from an e-mail address to the organisation and connection that its domain signs in by.
//!
//! Invariant: the answer depends on the domain alone, and a domain counts only where it is claimed and proved.

use gatewright_terms::{EmailAddress, Timestamp};

use super::Discovered;
use crate::Gate;

impl Gate {
    /// Home-realm discovery. Where the store is away, it leads nowhere.
    pub async fn discover(&self, email: &str, now: Timestamp) -> Discovered {
        let Ok(email) = EmailAddress::parse(email.trim()) else { return Discovered::Nowhere };
        let running = self.running();
        let Some((org, connection)) = running.claim(email.domain()) else { return Discovered::Nowhere };
        match self.is_proved_lately(org, email.domain(), now).await {
            Ok(true) => Discovered::Connection { org: org.clone(), connection: connection.clone() },
            Ok(false) | Err(_) => Discovered::Nowhere,
        }
    }
}
