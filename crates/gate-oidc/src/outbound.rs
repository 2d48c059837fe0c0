//! Outbound: the only thing that opens sockets to identity providers, and to the address that bundles come from.
//!
//! Reads addresses that come from policies, discovery documents and the operator; gives replies with a bounded body.
//!
//! Trust: an address is a stranger's wish. It is called only over https, at a public address (checked after DNS, on the
//! very addresses that are then connected to, so that a second answer of the DNS changes nothing), and a redirect is
//! never followed (ST-OIDC-17; ASVS 1.3.6).
//! Invariant: every call has a limit of time, size and number (per host and in all).

mod address;
mod document;
mod lanes;
mod resolve;

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Certificate, Client, ClientBuilder, RequestBuilder, Response, redirect};
use url::{Host, Url};
use zeroize::Zeroizing;

use address::AddressRules;
pub use document::{Ask, Fetched, NotFetched};
use lanes::Lanes;
use resolve::FilteringResolver;

/// A provider that does not answer in this time keeps people out; longer, and browsers pile up behind it.
const CALL_TIME_MAX: Duration = Duration::from_secs(5);
/// A key set with a hundred certificate chains stays below this.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// RFC 9110 §4.1 recommends 8,000; no endpoint of a provider comes near.
const ADDRESS_BYTES_MAX: usize = 2048;
/// Idle connections that are kept per host.
const IDLE_PER_HOST_MAX: usize = 2;

/// What may be called beyond public https.
#[derive(Debug, Clone, Default)]
pub struct OutboundRules {
    /// Private or otherwise special addresses that may be called all the same.
    pub allow: Vec<IpNet>,
    /// Further certificate authorities, PEM, beside those of the system.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// Only for the environment `dev`: `http` and loopback addresses for hosts that are named loopback.
    pub danger_http_on_loopback: bool,
}

/// The rules cannot be put to work: a malformed CA file, or no authorities at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundUnusable(pub String);

impl std::fmt::Display for OutboundUnusable {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for OutboundUnusable {}

/// See the module.
pub struct Outbound {
    client: Client,
    rules: Arc<AddressRules>,
    lanes: Lanes,
}

/// What came back: any status but a redirect, and the whole body.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// `max-age` of `Cache-Control`, in seconds.
    pub(crate) max_age: Option<u32>,
}

/// Nothing usable came back. The text is for the operator.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

impl Outbound {
    pub fn new(rules: OutboundRules) -> Result<Self, OutboundUnusable> {
        let authorities = match &rules.extra_ca_pem {
            Some(pem) => Certificate::from_pem_bundle(pem).map_err(|error| {
                OutboundUnusable(format!("the file of certificate authorities is not PEM: {error}"))
            })?,
            None => Vec::new(),
        };
        let own_roots_do = rules.danger_http_on_loopback || !authorities.is_empty();
        let address_rules = Arc::new(AddressRules::new(rules.allow, rules.danger_http_on_loopback));
        let build = |builder: ClientBuilder| common(builder, &address_rules).build();
        let client = match build(Client::builder().tls_certs_merge(authorities.clone())) {
            Ok(client) => client,
            // A machine without any certificate authority: those that were given are enough, and on loopback none is needed.
            Err(_) if own_roots_do => build(Client::builder().tls_certs_only(authorities)).map_err(unusable)?,
            Err(error) => return Err(unusable(error)),
        };
        Ok(Self { client, rules: address_rules, lanes: Lanes::default() })
    }

    /// Whether the address may be called at all, as far as its text tells. DNS is looked at when it is called.
    pub(crate) fn permits(&self, address: &str) -> Result<Url, Failed> {
        if address.len() > ADDRESS_BYTES_MAX {
            return Err(Failed("the address is too long".into()));
        }
        let url = Url::parse(address).map_err(|_| Failed("the address is no URL".into()))?;
        let host = url.host().ok_or_else(|| Failed("the address has no host".into()))?;
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            other => return Err(Failed(format!("the scheme `{other}` is not https"))),
        };
        if plain && !self.rules.is_dev_loopback(&host) {
            return Err(Failed("the address is not https".into()));
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(Failed("the address holds a user or a fragment".into()));
        }
        match host {
            Host::Ipv4(ip) if !self.rules.permits_literal(ip.into()) => {
                Err(Failed(format!("the address {ip} is not public")))
            }
            Host::Ipv6(ip) if !self.rules.permits_literal(ip.into()) => {
                Err(Failed(format!("the address {ip} is not public")))
            }
            Host::Ipv4(_) | Host::Ipv6(_) | Host::Domain(_) => Ok(url),
        }
    }

    pub(crate) async fn get(&self, url: &Url, bearer: Option<&str>) -> Result<Reply, Failed> {
        let mut request = self.client.get(url.clone());
        if let Some(token) = bearer {
            request = request.header(AUTHORIZATION, secret_header(&format!("Bearer {token}"))?);
        }
        self.call(url, request).await
    }

    pub(crate) async fn post_form(
        &self,
        url: &Url,
        form: &Zeroizing<String>,
        basic: Option<&str>,
    ) -> Result<Reply, Failed> {
        let mut request = self.client.post(url.clone()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(credentials) = basic {
            request = request.header(AUTHORIZATION, secret_header(&format!("Basic {credentials}"))?);
        }
        self.call(url, request.body(form.as_bytes().to_vec())).await
    }

    async fn call(&self, url: &Url, request: RequestBuilder) -> Result<Reply, Failed> {
        // Checked here too, so that no caller can forget.
        self.permits(url.as_str())?;
        let host = url.host_str().unwrap_or_default();
        let lane = tokio::time::timeout(CALL_TIME_MAX, self.lanes.enter(host)).await;
        let _lane = lane.map_err(|_| Failed("too many calls to this host are under way".into()))?;
        let sent = request.header(ACCEPT, "application/json").send().await;
        let mut response = sent.map_err(|error| Failed(reason(&error, CALL_TIME_MAX)))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(Failed(format!("it answered with a redirect ({}), which is never followed", status.as_u16())));
        }
        let body = body(&mut response, BODY_BYTES_MAX, CALL_TIME_MAX).await?;
        Ok(Reply { status: status.as_u16(), body, max_age: max_age(response.headers()) })
    }
}

/// All of it, within the limit. One whose announced length is above is not read at all.
async fn body(response: &mut Response, bytes_max: usize, time_max: Duration) -> Result<Vec<u8>, Failed> {
    let too_long = || Failed(format!("the answer is longer than {bytes_max} bytes"));
    if response.content_length().is_some_and(|length| usize::try_from(length).map_or(true, |length| length > bytes_max))
    {
        return Err(too_long());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failed(reason(&error, time_max)))? {
        if body.len() + chunk.len() > bytes_max {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn common(builder: ClientBuilder, rules: &Arc<AddressRules>) -> ClientBuilder {
    builder
        .redirect(redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .https_only(!rules.dev())
        .timeout(CALL_TIME_MAX)
        // Where a call may last longer, a peer that is away or silent is known to be so as soon.
        .connect_timeout(CALL_TIME_MAX)
        .read_timeout(CALL_TIME_MAX)
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
        .user_agent("gatewrightd")
        .dns_resolver(FilteringResolver(rules.clone()))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of `map_err`")]
fn unusable(error: reqwest::Error) -> OutboundUnusable {
    OutboundUnusable(format!("TLS cannot be used: {}", reason(&error, CALL_TIME_MAX)))
}

/// The innermost cause, without the address, which may hold a query.
fn reason(error: &reqwest::Error, time_max: Duration) -> String {
    if error.is_timeout() {
        let (silence, all) = (CALL_TIME_MAX.as_secs(), time_max.as_secs());
        return format!("nothing came for {silence} s, or not all of it within {all} s");
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if std::ptr::eq(std::ptr::from_ref(cause).cast::<()>(), std::ptr::from_ref(error).cast::<()>()) {
        return "the call failed".into();
    }
    cause.to_string()
}

fn secret_header(text: &str) -> Result<HeaderValue, Failed> {
    let mut value = HeaderValue::from_str(text).map_err(|_| Failed("a credential holds a control character".into()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// RFC 9111 §5.2.2.1; `no-store` and `no-cache` count as 0. The caller bounds it.
fn max_age(headers: &HeaderMap) -> Option<u32> {
    let directives = headers.get(CACHE_CONTROL)?.to_str().ok()?.to_ascii_lowercase();
    let mut directives = directives.split(',').map(str::trim);
    directives.find_map(|directive| match directive.split_once('=') {
        Some(("max-age", seconds)) => seconds.trim_matches('"').parse().ok(),
        None if matches!(directive, "no-store" | "no-cache") => Some(0),
        Some(_) | None => None,
    })
}

#[cfg(test)]
mod tests;
