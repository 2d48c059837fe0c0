//! Test: a one-time link begins a sign-in that ends in a trace.
//!
//! Invariant: the link is looked up, and used up, before any provider is asked: strangers cost nothing.
//! Invariant: works in every stage of the organisation, and asks nothing of the authentication.
//!
//! Trust: the link is alleged; it is good once, for an hour, at the connection that it was made for.

use gate_store::rows::{Errand, Purpose};
use gatewright_audit::record::{Event, Stream};
use gatewright_terms::{Refusal, Timestamp};

use super::send_off::Departure;
use super::{TestBegun, TestStart};
use crate::running::Running;
use crate::token::hash_presented;
use crate::trail::{Case, Fields, draft};
use crate::{Gate, KeptOut};

impl Gate {
    /// Opens a one-time link to try a connection.
    pub async fn begin_test(&self, start: TestStart<'_>, now: Timestamp) -> Result<TestBegun, KeptOut> {
        let running = self.running();
        match self.try_begin_test(&running, &start, now).await {
            Ok(begun) => Ok(begun),
            Err(Stopped::Before(case)) => Err(self.refuse(case.from(start.address), now).await),
            Err(Stopped::Here(errand, case)) => {
                let trace = self.end_test(&running, &errand, Err(case), start.address, now).await?;
                Ok(TestBegun::Tested(Box::new(trace)))
            }
        }
    }

    async fn try_begin_test(
        &self,
        running: &Running,
        start: &TestStart<'_>,
        now: Timestamp,
    ) -> Result<TestBegun, Stopped> {
        let org = running.org_named(start.org).map_err(Case::new)?.org();
        let link = running.link(org, start.connection).map_err(|refusal| Case::new(refusal).in_org(&org.id))?;
        let slug = &link.connection.slug;
        let here = |case: Case| case.at(&org.id, slug);
        let unknown = || here(Case::new(Refusal::TestLinkUnknown));
        let token = hash_presented(start.token).ok_or_else(unknown)?;
        let fields = Fields::default().with("connection", slug);
        let record = draft(Stream::Org(org.id.clone()), now, Event::TestLinkUsed, fields);
        let good = self.store.take_test_link(token, (&org.id, slug), vec![record], now).await;
        if !good.map_err(|error| here(error.into()))? {
            return Err(unknown().into());
        }
        let departure = Departure {
            org,
            link: &link,
            purpose: Purpose::Test,
            demand: None,
            app: None,
            return_to: None,
            browser: start.browser,
            address: start.address,
        };
        match self.send_off(departure, now).await {
            Ok(begun) => Ok(TestBegun::Begun(begun)),
            // The store is away, or there are too many: nothing that the provider or the policy could change.
            Err(case) if matches!(case.refusal(), Refusal::StoreUnavailable | Refusal::TooManySignIns) => {
                Err(case.into())
            }
            Err(case) => {
                let errand = Errand {
                    browser: token,
                    org: org.id.clone(),
                    connection: slug.clone(),
                    issuer: link.connection.issuer().to_owned(),
                    redirect_uri: link.callback().to_owned(),
                    purpose: Purpose::Test,
                    demand: None,
                    app: None,
                    return_to: None,
                };
                Err(Stopped::Here(Box::new(errand), case))
            }
        }
    }
}

/// Why a test does not begin.
enum Stopped {
    /// There is no test.
    Before(Case),
    /// The test is over before the provider was asked: its trace says why.
    Here(Box<Errand>, Case),
}

impl From<Case> for Stopped {
    fn from(case: Case) -> Self {
        Self::Before(case)
    }
}
