//! Algorithm without key (GW0421): no certificate of the provider can make the signature that is wanted.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::{Finding, listed};
use crate::policy::{Policy, algorithm};

const ALGORITHM_WITHOUT_KEY: Code = error(421, "algorithm-without-key");

pub(super) const CHECK: Check = Check::new(&[ALGORITHM_WITHOUT_KEY], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for connection in policy.each_view().flat_map(|org| &org.connections) {
        let Some(saml) = &connection.saml else { continue };
        let (Some(idp), Some(wanted)) = (saml.idp(), &saml.signature) else { continue };
        let is_weak = algorithm(&wanted.value).is_none() || idp.certificates.iter().any(|key| key.weakness().is_some());
        if is_weak || !saml.algorithms().is_empty() {
            continue;
        }
        let keys: Vec<String> = idp.certificates.iter().map(|facts| facts.key.to_string()).collect();
        let has = listed(keys.iter().map(String::as_str));
        Finding::new(ALGORITHM_WITHOUT_KEY, wanted.span, format!("`{}` fits no key of the provider", wanted.value))
            .mark("nobody could sign in")
            .also(saml.metadata.as_ref().map_or(wanted.span, |file| file.span), format!("this file holds {has}"))
            .help("leave `signature` out: what the provider's keys can do is taken")
            .path(&connection.written.path)
            .report(sink);
    }
}
