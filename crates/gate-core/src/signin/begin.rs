//! Begin: a link that asks for a sign-in becomes a flow, bound to one browser, and an address at the provider.
//!
//! Invariant: the link chooses the connection, the app and a path of it, and no other parameter of the request.
//!
//! Trust: all texts of the link are a stranger's; what is kept of them names things of the running program.

use std::net::{IpAddr, Ipv6Addr};

use gate_oidc::Started;
use gate_store::rows::{BeginFlow, Flow, FlowLimits, TokenHash};
use gatewright_terms::{OrgId, Refusal, Seconds, Slug, Timestamp};

use super::{Begun, Start};
use crate::return_to::ReturnTo;
use crate::running::{Link, Running};
use crate::trail::Case;
use crate::{Gate, KeptOut, Token};

/// ST-OIDC-02: state, nonce and verifier live ten minutes at the most.
const FLOW_LIFE: Seconds = Seconds(600);

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
        let org = running.org_named(start.org).map_err(Case::new)?.org();
        let link = running.link(org, start.connection).map_err(|refusal| Case::new(refusal).in_org(&org.id))?;
        let here = |case: Case| case.at(&org.id, &link.connection.slug);
        let target = Target::parse(&running, &org.id, start).map_err(|refusal| here(Case::new(refusal)))?;

        let state = Token::generate(&*self.random).map_err(|failed| here(failed.into()))?;
        let browser = self.browser(start.browser).map_err(|failed| here(failed.into()))?;
        let started = self.door.start(&link.settings(), state.reveal(), None, now).await;
        let started = started.map_err(|refused| here(refused.into()))?;
        let (redirect, flow) = flow(started, (&org.id, &link), (state.hash(), browser.hash()), target, (start, now));
        let limits = FlowLimits {
            per_org_max: self.limits.flows_per_org_max,
            per_address_max: self.limits.flows_per_address_max,
        };
        match self.store.begin_flow(flow, limits).await.map_err(|error| here(error.into()))? {
            BeginFlow::Begun => Ok(Begun { redirect, browser }),
            BeginFlow::TooMany => Err(here(Case::new(Refusal::TooManySignIns))),
        }
    }

    /// The browser that is here: its own flow cookie, or a new one to be set.
    fn browser(&self, presented: Option<&str>) -> Result<Token, crate::RandomFailed> {
        presented.and_then(Token::parse).map_or_else(|| Token::generate(&*self.random), Ok)
    }
}

/// Whom an address stands for: one customer of a provider has a whole /64 of IPv6, and 2⁶⁴ addresses in it.
fn source(address: IpAddr) -> IpAddr {
    const NETWORK: u128 = !(u64::MAX as u128);
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK).into(),
    }
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

fn flow(
    started: Started,
    (org, link): (&OrgId, &Link<'_>),
    (state, browser): (TokenHash, TokenHash),
    target: Target,
    (start, now): (&Start<'_>, Timestamp),
) -> (String, Flow) {
    let flow = Flow {
        state,
        browser,
        org: org.clone(),
        connection: link.connection.slug.clone(),
        issuer: link.connection.oidc.issuer.clone(),
        redirect_uri: link.redirect_uri.clone(),
        nonce: started.nonce,
        pkce_verifier: started.pkce_verifier,
        app: target.app,
        return_to: target.return_to.map(|path| path.as_str().to_owned()),
        address: source(start.address),
        began: now,
        expires: now.plus(FLOW_LIFE),
    };
    (started.url, flow)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ST-OPS-11: the limit of sign-ins under way holds for whoever has a whole network of addresses.
    #[test]
    fn st_ops_11_a_network_of_ipv6_is_one_source() {
        let of = |text: &str| source(text.parse().unwrap()).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("2001:db8:1:2:ffff:ffff:ffff:ffff"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:3::1"), of("2001:db8:1:2::1"));
    }
}
