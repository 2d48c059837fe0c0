//! Resolve: DNS with the private addresses taken out.
//!
//! Invariant: the connection is made to an address that was checked here, never to a second answer (DNS rebinding).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{AddressRules, is_loopback_name};

/// The resolver of the one client.
pub(crate) struct FilteringResolver(pub(crate) Arc<AddressRules>);

impl Resolve for FilteringResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.0.clone();
        Box::pin(async move {
            if rules.dev() && is_loopback_name(name.as_str()) {
                return Ok(addresses(vec![(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]));
            }
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let (good, bad): (Vec<_>, Vec<_>) = found.partition(|address| rules.permits(address.ip()));
            // One private address among public ones is an attempt at rebinding, not a mistake to work around.
            match bad.first() {
                Some(private) => Err(format!("the name leads to {}, which is not public", private.ip()).into()),
                None => Ok(addresses(good)),
            }
        })
    }
}

fn addresses(list: Vec<SocketAddr>) -> Addrs {
    Box::new(list.into_iter())
}
