//! Send off: what is asked of the provider, the flow that remembers it, and the message that the browser carries there.
//!
//! Invariant: what a rule demands is asked for here and enforced when the answer is back, whatever the provider heeds.
//! Invariant: RelayState is the opaque state of the flow; where the person goes is kept here (ST-SAML-25).

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv6Addr};

use gate_oidc::Asking;
use gate_store::rows::{Asked, BeginFlow, Demand, Errand, Flow, FlowLimits, Purpose};
use gatewright_bundle::program::Org;
use gatewright_terms::{Refusal, Seconds, Slug, Timestamp};

use super::{Begun, Outgoing};
use crate::running::{Link, Way};
use crate::saml::AuthnAsk;
use crate::trail::Case;
use crate::{Gate, RandomFailed, Token, random};

/// ST-OIDC-02: state, nonce and verifier live ten minutes at the most; the request of SAML too.
const FLOW_LIFE: Seconds = gatewright_decide::SIGN_IN_LIFE;

/// ST-SAML-24 asks for 128 bits.
const REQUEST_ID_BYTES: usize = 20;

/// A sign-in that is about to begin.
pub(super) struct Departure<'a> {
    pub(super) org: &'a Org,
    pub(super) link: &'a Link<'a>,
    pub(super) purpose: Purpose,
    pub(super) demand: Option<Demand>,
    pub(super) app: Option<Slug>,
    pub(super) return_to: Option<String>,
    /// The value of the flow cookie.
    pub(super) browser: Option<&'a str>,
    pub(super) address: IpAddr,
}

/// What is asked of the authentication.
#[derive(Default, Clone, Copy)]
struct Wanted<'a> {
    max_age: Option<Seconds>,
    acr: Option<&'a str>,
}

impl Gate {
    pub(super) async fn send_off(&self, departure: Departure<'_>, now: Timestamp) -> Result<Begun, Case> {
        let here = |case: Case| case.at(&departure.org.id, &departure.link.connection.slug);
        self.try_send_off(&departure, now).await.map_err(here)
    }

    async fn try_send_off(&self, departure: &Departure<'_>, now: Timestamp) -> Result<Begun, Case> {
        let state = Token::generate(&*self.random)?;
        let browser = self.browser(departure.browser)?;
        let (to, asked) = self.ask(departure, &state, now).await?;
        let Departure { org, link, purpose, demand, app, return_to, .. } = departure;
        let flow = Flow {
            state: state.hash(),
            errand: Errand {
                browser: browser.hash(),
                org: org.id.clone(),
                connection: link.connection.slug.clone(),
                issuer: link.connection.issuer().to_owned(),
                redirect_uri: link.callback().to_owned(),
                purpose: *purpose,
                demand: demand.clone(),
                app: app.clone(),
                return_to: return_to.clone(),
            },
            asked,
            address: source(departure.address),
            began: now,
            expires: now.plus(FLOW_LIFE),
        };
        let limits = FlowLimits {
            per_org_max: self.limits.flows_per_org_max,
            per_address_max: self.limits.flows_per_address_max,
        };
        match self.store.begin_flow(flow, limits).await? {
            BeginFlow::Begun => Ok(Begun { to, browser }),
            BeginFlow::TooMany => Err(Case::new(Refusal::TooManySignIns)),
        }
    }

    async fn ask(&self, departure: &Departure<'_>, state: &Token, now: Timestamp) -> Result<(Outgoing, Asked), Case> {
        let wanted = wanted(departure);
        match &departure.link.way {
            Way::Oidc(oidc) => {
                let asking = Asking { login_hint: None, max_age: wanted.max_age, acr: wanted.acr };
                let started = self.door.start(&oidc.settings(), state.reveal(), asking, now).await?;
                let asked = Asked::Oidc { nonce: started.nonce, pkce_verifier: started.pkce_verifier };
                Ok((Outgoing::Redirect { url: started.url }, asked))
            }
            Way::Saml(saml) => {
                let request_id = self.request_id()?;
                let ask = AuthnAsk {
                    id: &request_id,
                    relay_state: state.reveal(),
                    force_authn: wanted.max_age.is_some(),
                    acr: wanted.acr,
                };
                let to = self.saml()?.authn_request(saml, &ask, now)?;
                Ok((to, Asked::Saml { request_id }))
            }
        }
    }

    /// The browser that is here: its own flow cookie, or a new one to be set.
    fn browser(&self, presented: Option<&str>) -> Result<Token, RandomFailed> {
        presented.and_then(Token::parse).map_or_else(|| Token::generate(&*self.random), Ok)
    }

    /// An XML ID: it begins with no digit.
    pub(crate) fn request_id(&self) -> Result<String, RandomFailed> {
        let mut id = String::from("_");
        for byte in random::bytes::<REQUEST_ID_BYTES>(&*self.random)? {
            // Writing into a text cannot fail.
            let _ = write!(id, "{byte:02x}");
        }
        Ok(id)
    }
}

/// A test asks for nothing: the operator's session at the provider may be an hour old.
fn wanted<'a>(departure: &'a Departure<'_>) -> Wanted<'a> {
    match departure.purpose {
        Purpose::Test => Wanted::default(),
        Purpose::SignIn => {
            let demand = departure.demand.as_ref();
            let ages = [departure.org.session.max_authentication_age, demand.map(|demand| demand.within)];
            Wanted { max_age: ages.into_iter().flatten().min(), acr: demand.and_then(|demand| demand.acr.as_deref()) }
        }
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
