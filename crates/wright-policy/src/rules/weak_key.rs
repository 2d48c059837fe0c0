//! Weak key (GW0406): whoever computes its other half is the identity provider. Part of ST-LINT-07.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const WEAK_KEY: Code = error(406, "weak-key");

pub(super) const CHECK: Check = Check::new(&[WEAK_KEY], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for connection in policy.each_view().flat_map(|org| &org.connections) {
        let Some(saml) = &connection.saml else { continue };
        let (Some(idp), Some(file)) = (saml.idp(), &saml.metadata) else { continue };
        for facts in &idp.certificates {
            let Some(weakness) = facts.weakness() else { continue };
            let which =
                format!("`{}` ({})", facts.subject, facts.fingerprint_text().chars().take(16).collect::<String>());
            Finding::new(WEAK_KEY, file.span, format!("the signing certificate {which} has {weakness}"))
                .mark("this file brings it")
                .help("let the provider make a new key: RSA with 2048 bits or more, or P-256 and up")
                .path(&connection.written.path)
                .report(sink);
        }
    }
}
