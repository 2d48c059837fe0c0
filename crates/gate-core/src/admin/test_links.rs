//! Test links: an operator makes a one-time link that tries a connection, in whatever stage its organisation is.

use gate_store::rows::TestLink as Row;
use gatewright_audit::record::{Event, Stream};
use gatewright_terms::{Seconds, Timestamp};

use super::{AdminError, Operator, Scope};
use crate::trail::{Fields, draft, no_random};
use crate::{Gate, Token};

/// Long enough to send it to whoever administers the provider.
const LINK_LIFE: Seconds = Seconds(3_600);

/// A link that is good once.
#[derive(Debug, Clone)]
pub struct TestLink {
    pub url: String,
    pub expires: Timestamp,
}

impl Gate {
    /// Makes a one-time link to try a connection: full verification and a trace, no session. Scope `members`.
    pub async fn make_test_link(
        &self,
        by: &Operator,
        org: &str,
        connection: &str,
        now: Timestamp,
    ) -> Result<TestLink, AdminError> {
        by.need(Scope::Members)?;
        let running = self.running();
        let org = running.org_named(org).map_err(|_| AdminError::NotFound("organisation"))?.org();
        let link = running.link(org, connection).map_err(|_| AdminError::NotFound("connection"))?;
        let slug = &link.connection.slug;
        let token = Token::generate(&*self.random).map_err(no_random)?;
        let fields = Fields::default().with("connection", slug).with("operator", by.name());
        let record = draft(Stream::Org(org.id.clone()), now, Event::TestLinkMade, fields);
        let expires = now.plus(LINK_LIFE);
        let row = Row {
            link: token.hash(),
            org: org.id.clone(),
            connection: slug.clone(),
            operator: by.name().clone(),
            expires,
        };
        if !self.store.put_test_link(row, vec![record], now).await? {
            return Err(AdminError::Unclear(
                "too many test links of this organisation wait; use them, or wait an hour",
            ));
        }
        let base = &running.environment().base_url;
        let url = format!("{base}/sso/{}/{slug}/test?t={}", org.id, token.reveal());
        Ok(TestLink { url, expires })
    }
}
