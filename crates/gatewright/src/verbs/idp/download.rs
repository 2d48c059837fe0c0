//! Download: the bytes of a provider's metadata.
//!
//! Trust: what comes is alleged; TLS says whose it is. A person reviews it before anything depends on it.
//! Invariant: https, or this machine where the workspace has an environment `dev`; no redirect, no proxy, bounded in time
//! and size.

use std::io::Read;
use std::time::Duration;

use gatewright_saml::metadata::METADATA_BYTES_MAX;
use url::{Host, Url};

use crate::failure::{Failure, in_words};
use crate::style::plain;

/// Providers make their metadata on the fly; ten seconds are a bad day.
const ANSWER_SECS_MAX: u64 = 30;

/// The address, good enough to be asked.
pub(super) fn parse(text: &str, has_dev: bool) -> Result<Url, Failure> {
    let wrong = |why: &str| {
        Failure::usage(format!("`{}` is no address of metadata: {why}", plain(text)))
            .help("such as https://acme.okta.com/app/exk1acme0000/sso/saml/metadata")
    };
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it holds a user name"));
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => Ok(url),
        ("http", Some(host)) if is_this_machine(&host) && has_dev => Ok(url),
        ("http", Some(host)) if is_this_machine(&host) => {
            Err(wrong("plain http on this machine is for workspaces with an environment `dev`"))
        }
        ("http", Some(_)) => Err(wrong("whoever is on the way could answer; use https")),
        _ => Err(wrong("it must begin with https://")),
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
    }
}

pub(super) fn get(url: &Url) -> Result<Vec<u8>, Failure> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(ANSWER_SECS_MAX)))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .user_agent(concat!("gatewright/", env!("CARGO_PKG_VERSION")))
        .build();
    let failed = |what: &str| Failure::other_side(format!("the provider at `{}` {what}", plain(url.as_str())));
    let agent: ureq::Agent = config.into();
    let answer = agent.get(url.as_str()).call().map_err(|error| {
        let reason = if let ureq::Error::Io(error) = &error {
            in_words(error)
        } else if let ureq::Error::Timeout(_) = error {
            format!("no answer within {ANSWER_SECS_MAX} seconds")
        } else {
            error.to_string()
        };
        failed(&format!("cannot be reached: {}", plain(&reason)))
    })?;
    match answer.status().as_u16() {
        200 => {}
        300..=399 => {
            return Err(failed("answers with a redirect, which is not followed")
                .help("name the address that it leads to, if you trust it"));
        }
        status => return Err(failed(&format!("answers with HTTP status {status}"))),
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(METADATA_BYTES_MAX).unwrap_or(u64::MAX);
    let body = answer.into_body().into_reader();
    body.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| failed("breaks off in the middle of its answer").help(in_words(&error)))?;
    if bytes.len() > METADATA_BYTES_MAX {
        return Err(failed("answers with more than 1 MiB, which is no metadata of one provider"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_comes_over_tls_or_from_this_machine_in_dev() {
        for (text, plain_workspace, dev) in [
            ("https://idp.acme.com/metadata", true, true),
            ("https://idp.acme.com/metadata?app=1", true, true),
            ("http://127.0.0.1:9000/metadata", false, true),
            ("http://[::1]:9000/metadata", false, true),
            ("http://idp.localhost/metadata", false, true),
            ("http://idp.acme.com/metadata", false, false),
            ("http://127.0.0.1.evil.example/metadata", false, false),
            ("https://user@idp.acme.com/metadata", false, false),
            ("file:///etc/passwd", false, false),
            ("idp.acme.com", false, false),
            ("", false, false),
        ] {
            assert_eq!((parse(text, false).is_ok(), parse(text, true).is_ok()), (plain_workspace, dev), "{text}");
        }
    }
}
