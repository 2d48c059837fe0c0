//! Begin: a link that asks for a sign-in becomes a flow, bound to one browser, and a message to the provider.
//!
//! Invariant: the link chooses the connection, the app and a path of it, and the permission to step up for; no other
//! parameter of the request: what a step-up asks for is looked up in the policy.
//!
//! Trust: all texts of the link are a stranger's; what is kept of them names things of the running program.

use gate_store::rows::{Demand, Purpose};
use gatewright_bundle::program::Stage;
use gatewright_decide::{PreparedOrg, step_up_rule};
use gatewright_terms::{OrgId, PermissionName, Refusal, Slug, Timestamp};

use super::send_off::Departure;
use super::{Begun, Start};
use crate::return_to::ReturnTo;
use crate::running::Running;
use crate::trail::Case;
use crate::{Gate, KeptOut};

impl Gate {
    /// Begins a sign-in.
    pub async fn begin(&self, start: Start<'_>, now: Timestamp) -> Result<Begun, KeptOut> {
        match self.try_begin(&start, now).await {
            Ok(begun) => Ok(begun),
            Err(case) => Err(self.refuse(case.from(start.address), now).await),
        }
    }

    async fn try_begin(&self, start: &Start<'_>, now: Timestamp) -> Result<Begun, Case> {
        let running = self.running();
        let prepared = running.org_named(start.org).map_err(Case::new)?;
        let org = prepared.org();
        let link = running.link(org, start.connection).map_err(|refusal| Case::new(refusal).in_org(&org.id))?;
        let here = |refusal| Case::new(refusal).at(&org.id, &link.connection.slug);
        if org.stage == Stage::Test {
            return Err(here(Refusal::ConnectionInTest));
        }
        let target = Target::parse(&running, &org.id, start).map_err(here)?;
        let demand = start.step_up.map(|text| demand(prepared, text)).transpose().map_err(here)?.flatten();
        let departure = Departure {
            org,
            link: &link,
            purpose: Purpose::SignIn,
            demand,
            app: target.app,
            return_to: target.return_to.map(|path| path.as_str().to_owned()),
            browser: start.browser,
            address: start.address,
        };
        self.send_off(departure, now).await
    }
}

/// What the policy asks for before that permission is used. `None` where it asks for nothing, so that any sign-in is
/// enough: the rule may have gone since the link was made.
fn demand(org: &PreparedOrg, permission: &str) -> Result<Option<Demand>, Refusal> {
    let permission = PermissionName::parse(permission).map_err(|_| Refusal::ParameterRefused)?;
    if org.catalogue().permissions.binary_search_by(|known| known.name.cmp(&permission)).is_err() {
        return Err(Refusal::ParameterRefused);
    }
    Ok(step_up_rule(org, &permission).map(|rule| Demand { within: rule.within, acr: rule.acr.clone() }))
}

/// Where the person wants to go.
struct Target {
    app: Option<Slug>,
    return_to: Option<ReturnTo>,
}

impl Target {
    fn parse(running: &Running, org: &OrgId, start: &Start<'_>) -> Result<Self, Refusal> {
        let app = start.app.map(|text| running.app_for(text, org)).transpose()?;
        let return_to = match start.return_to {
            Some(text) if app.is_some() => Some(ReturnTo::parse(text).ok_or(Refusal::ReturnToRefused)?),
            // A path without the app that it is a path of.
            Some(_) => return Err(Refusal::ReturnToRefused),
            None => None,
        };
        Ok(Self { app: app.map(|app| app.slug.clone()), return_to })
    }
}
