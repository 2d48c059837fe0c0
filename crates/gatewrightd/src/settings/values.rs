//! Values: each setting's text to what it means, once.

use std::net::SocketAddr;
use std::path::PathBuf;

use gatewright_terms::{Seconds, Slug};
use ipnet::IpNet;

use super::Written;
use crate::exit::Ended;

/// A day: a session that nobody could revoke for longer would be no session of ours.
const STALE_SECS_MAX: u32 = 24 * 60 * 60;

pub(super) fn path(written: Written) -> PathBuf {
    PathBuf::from(written.text)
}

pub(super) fn environment(written: &Written) -> Result<Slug, Ended> {
    Slug::parse(&written.text)
        .map_err(|_| written.wrong("a name is lower-case letters, digits and dashes, a letter first"))
}

pub(super) fn store(written: &Written) -> Result<PathBuf, Ended> {
    match written.text.strip_prefix("sqlite:") {
        Some("") => Err(written.wrong("a path must follow `sqlite:`")),
        Some(path) => Ok(PathBuf::from(path)),
        None if written.text.starts_with("postgres") => {
            Err(written.wrong("this version keeps its store in SQLite: `sqlite:PATH`"))
        }
        None => Err(written.wrong("a store is written `sqlite:PATH`")),
    }
}

pub(super) fn address(written: &Written) -> Result<SocketAddr, Ended> {
    written.text.parse().map_err(|_| written.wrong("an address is written `127.0.0.1:8080` or `[::1]:8080`"))
}

pub(super) fn networks(written: &[Written]) -> Result<Vec<IpNet>, Ended> {
    written.iter().map(network).collect()
}

/// Host bits must be zero: `10.0.0.1/8` is either one address or a network, and its author knows which.
fn network(written: &Written) -> Result<IpNet, Ended> {
    let network: IpNet = match (written.text.parse(), written.text.parse::<std::net::IpAddr>()) {
        (Ok(network), _) => network,
        (Err(_), Ok(address)) => address.into(),
        (Err(_), Err(_)) => return Err(written.wrong("a network is written `10.0.0.0/8` or `::1/128`")),
    };
    if network.trunc() == network {
        Ok(network)
    } else {
        Err(written.wrong(&format!(
            "write `{}` for the network or `{}` for the address",
            network.trunc(),
            network.addr()
        )))
    }
}

pub(super) fn seconds(written: &Written) -> Result<Seconds, Ended> {
    let parsed = written
        .text
        .strip_suffix('s')
        .map(|number| (number, 1))
        .or(written.text.strip_suffix('m').map(|number| (number, 60)));
    let digits =
        |number: &str| if number.bytes().all(|byte| byte.is_ascii_digit()) { number.parse::<u32>().ok() } else { None };
    let seconds = parsed
        .and_then(|(number, unit)| digits(number)?.checked_mul(unit))
        .filter(|&seconds| seconds <= STALE_SECS_MAX);
    seconds.map(Seconds).ok_or_else(|| written.wrong("a time is written `30s` or `5m`, a day at most"))
}
