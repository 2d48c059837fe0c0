//! Public suffix (GW0303): strangers register names below it, so that nobody can own it. Part of ST-LINT-03.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const PUBLIC_SUFFIX: Code = error(303, "public-suffix");

pub(super) const CHECK: Check = Check::new(&[PUBLIC_SUFFIX], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for domain in policy.orgs.iter().flat_map(|org| &org.domains) {
        // The tool's own list: a fresher one may not change the bytes.
        let suffix = psl::suffix(domain.name.as_str().as_bytes());
        if suffix.is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == domain.name.as_str().as_bytes()) {
            Finding::new(PUBLIC_SUFFIX, domain.written.at, format!("`{}` is a public suffix", domain.name))
                .mark("anybody may register a name below it")
                .help(format!("name the registrable domain, such as \"acme.{}\"", domain.name))
                .path(&domain.written.path)
                .report(sink);
        }
    }
}
