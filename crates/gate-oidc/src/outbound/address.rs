//! Addresses: which ones may be called.
//!
//! Reads addresses after DNS; says whether they are public or allowed by name.
//!
//! Invariant: what is not known to be public is not (cloud metadata at 169.254.169.254, CVE-2024-49753).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::Host;

/// The networks that are not public (IANA special-purpose registry; multicast and reserved are in the last line).
const NOT_PUBLIC_V4: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];

/// Only 2000::/3 is handed out (RFC 4291 §2.4); these parts of it are special or carry an IPv4 address inside.
const PUBLIC_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const NOT_PUBLIC_V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// The rules of one runtime.
#[derive(Debug)]
pub(crate) struct AddressRules {
    allow: Vec<IpNet>,
    dev: bool,
}

impl AddressRules {
    pub(crate) fn new(allow: Vec<IpNet>, dev: bool) -> Self {
        Self { allow, dev }
    }

    /// Whether `http` and loopback go without being listed, for hosts that are named loopback.
    pub(crate) fn dev(&self) -> bool {
        self.dev
    }

    /// An address after DNS.
    pub(crate) fn permits(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        is_public(ip) || self.allow.iter().any(|net| net.contains(&ip))
    }

    /// An address that stands in the URL itself.
    pub(crate) fn permits_literal(&self, ip: IpAddr) -> bool {
        self.permits(ip) || (self.dev && (ip == Ipv4Addr::LOCALHOST || ip == Ipv6Addr::LOCALHOST))
    }

    /// A host that may be spoken to over `http`: loopback by name, in the environment `dev`.
    pub(crate) fn is_dev_loopback(&self, host: &Host<&str>) -> bool {
        self.dev
            && match host {
                Host::Ipv4(ip) => *ip == Ipv4Addr::LOCALHOST,
                Host::Ipv6(ip) => *ip == Ipv6Addr::LOCALHOST,
                Host::Domain(name) => is_loopback_name(name),
            }
    }
}

/// RFC 6761 §6.3: these names never leave the machine.
pub(crate) fn is_loopback_name(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            !NOT_PUBLIC_V4.iter().any(|&(net, bits)| Ipv4Net::new(net, bits).is_ok_and(|net| net.contains(&ip)))
        }
        IpAddr::V6(ip) => {
            let inside = |&(net, bits): &(Ipv6Addr, u8)| Ipv6Net::new(net, bits).is_ok_and(|net| net.contains(&ip));
            inside(&PUBLIC_V6) && !NOT_PUBLIC_V6.iter().any(inside)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ST-OIDC-17: only public addresses, in every spelling, unless they are listed.
    #[test]
    fn st_oidc_17_private_addresses_are_refused() {
        let rules = AddressRules::new(Vec::new(), false);
        for ip in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.192",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2002:7f00:1::1",
            "2001::1",
            "2001:db8::1",
            "::7f00:1",
        ] {
            assert!(!rules.permits(ip.parse().unwrap()), "{ip}");
        }
        for ip in
            ["1.1.1.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.255", "2606:4700::1111", "::ffff:1.1.1.1"]
        {
            assert!(rules.permits(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn what_is_listed_may_be_called() {
        let rules = AddressRules::new(vec!["10.0.0.0/24".parse().unwrap()], false);
        for (ip, good) in [("10.0.0.7", true), ("::ffff:10.0.0.7", true), ("10.0.1.7", false), ("127.0.0.1", false)] {
            assert_eq!(rules.permits(ip.parse().unwrap()), good, "{ip}");
        }
    }

    #[test]
    fn dev_reaches_loopback_by_name_alone() {
        let (dev, other) = (AddressRules::new(Vec::new(), true), AddressRules::new(Vec::new(), false));
        for name in ["localhost", "idp.localhost"] {
            assert!(dev.is_dev_loopback(&Host::Domain(name)), "{name}");
            assert!(!other.is_dev_loopback(&Host::Domain(name)), "{name}");
        }
        assert!(!dev.is_dev_loopback(&Host::Domain("evillocalhost")));
        assert!(
            !dev.permits("127.0.0.1".parse().unwrap()),
            "a name of the DNS that points to loopback is refused in dev too"
        );
    }
}
