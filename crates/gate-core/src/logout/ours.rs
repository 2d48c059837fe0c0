//! Ours: a person ends their session, and goes on to their provider to end it there.

use gate_store::rows::{PendingLogout, Session};
use gatewright_terms::{Refusal, Seconds, Timestamp};

use super::LoggedOut;
use crate::saml::LogoutAsk;
use crate::sessions::{Cause, NotLive};
use crate::signin::Outgoing;
use crate::trail::Case;
use crate::{Gate, KeptOut, Token};

/// As long as a sign-in may be under way.
const LOGOUT_LIFE: Seconds = Seconds(600);

impl Gate {
    /// Ends the session of a cookie, its parent and all its children. Without a live one there is nothing to end.
    pub async fn logout(&self, session: &str, now: Timestamp) -> Result<LoggedOut, KeptOut> {
        let away = KeptOut::without_code(Refusal::StoreUnavailable);
        match self.find(session, now).await {
            Ok(entry) => {
                let id = entry.session.child.as_ref().map_or(entry.session.id, |child| child.parent);
                self.end(&entry.session, id, Cause::Logout, None, now).await.map_err(|_| away)?;
                // It has ended here; what cannot be said to the provider is not said.
                Ok(LoggedOut { at_provider: self.ask_provider(&entry.session, now).await.ok().flatten() })
            }
            Err(NotLive::None | NotLive::Refused(_)) => Ok(LoggedOut { at_provider: None }),
            Err(NotLive::Away) => Err(away),
        }
    }

    /// The request that ends the session at its provider, where that offers it and gave the person a name.
    async fn ask_provider(&self, session: &Session, now: Timestamp) -> Result<Option<Outgoing>, Case> {
        let Some(name_id) = &session.name_id else { return Ok(None) };
        let running = self.running();
        let org = running.org(&session.org).map_err(Case::new)?.org();
        let link = running.link(org, session.key.connection.as_str()).map_err(Case::new)?;
        let saml = link.saml().map_err(Case::new)?;
        let Some(endpoint) = saml.saml.logout.as_ref().filter(|_| saml.saml.entity_id == *session.key.issuer) else {
            return Ok(None);
        };
        let (id, relay_state) = (self.request_id()?, Token::generate(&*self.random)?);
        let ask = LogoutAsk {
            id: &id,
            relay_state: relay_state.reveal(),
            endpoint,
            name_id,
            session_index: session.session_index.as_deref(),
        };
        let to = self.saml()?.logout_request(saml, &ask, now)?;
        let pending = PendingLogout {
            relay: relay_state.hash(),
            request_id: id,
            org: session.org.clone(),
            connection: session.key.connection.clone(),
            expires: now.plus(LOGOUT_LIFE),
        };
        self.store.put_logout(pending, now).await?;
        Ok(Some(to))
    }
}
