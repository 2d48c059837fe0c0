//! Public domain (GW0302): everybody can have an address there, so that it proves nothing about an organisation.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const PUBLIC_DOMAIN: Code = error(302, "public-domain");

pub(super) const CHECK: Check = Check::new(&[PUBLIC_DOMAIN], run);

/// One a line; lines that begin with `#` say where they come from.
static PUBLIC_MAILBOXES: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../data/public-mailbox-domains.txt").lines();
    lines.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

fn run(policy: &Policy, sink: &mut Sink) {
    for domain in policy.orgs.iter().flat_map(|org| &org.domains) {
        if PUBLIC_MAILBOXES.contains(domain.name.as_str()) {
            Finding::new(PUBLIC_DOMAIN, domain.written.at, format!("`{}` belongs to everybody", domain.name))
                .mark("a public mailbox provider")
                .help("name a domain that the organisation owns")
                .path(&domain.written.path)
                .report(sink);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PUBLIC_MAILBOXES;
    use gatewright_terms::DomainName;

    #[test]
    fn the_list_holds_canonical_domains() {
        assert!(PUBLIC_MAILBOXES.len() > 50);
        for domain in &*PUBLIC_MAILBOXES {
            assert!(DomainName::parse(domain).is_ok(), "{domain}");
        }
    }
}
