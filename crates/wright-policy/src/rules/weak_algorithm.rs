//! Weak algorithm (GW0420): signatures that somebody else can make. Part of ST-LINT-07.
//!
//! The gate takes none of them, whatever a policy says (ST-SAML-09): here the author learns why.

use std::sync::Arc;

use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::tree::Spanned;

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::{Policy, algorithm};

const WEAK_ALGORITHM: Code = error(420, "weak-algorithm");

pub(super) const CHECK: Check = Check::new(&[WEAK_ALGORITHM], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for connection in policy.orgs.iter().flat_map(|org| &org.connections) {
        let Some(saml) = &connection.saml else { continue };
        if let Some(signature) = saml.signature.as_ref().filter(|word| algorithm(&word.value).is_none()) {
            report("signature", signature, "rsa-sha256", &connection.written.path, sink);
        }
        if let Some(digest) = saml.digest.as_ref().filter(|word| &*word.value != "sha256") {
            report("digest", digest, "sha256", &connection.written.path, sink);
        }
    }
}

fn report(word: &str, value: &Spanned<Arc<str>>, instead: &str, path: &str, sink: &mut Sink) {
    Finding::new(WEAK_ALGORITHM, value.span, format!("`{word} \"{}\"` is never taken", value.value))
        .mark("can be forged")
        .help(format!("write \"{instead}\", and let the provider sign with it"))
        .fix(value.span, format!("\"{instead}\""))
        .path(path)
        .report(sink);
}
