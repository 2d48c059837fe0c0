//! Metadata unusable (GW0418): the file says nothing that a connection could be made of. Part of ST-SAML-06.
//!
//! Malformed, of several providers or of none, without a key that signs, without a place to send people to.

use gatewright_bundle::program::Binding;
use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::source::Span;

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::{Policy, Saml};

const METADATA_UNUSABLE: Code = error(418, "metadata-unusable");

pub(super) const CHECK: Check = Check::new(&[METADATA_UNUSABLE], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for connection in policy.each_view().flat_map(|org| &org.connections) {
        let Some((at, message, help)) = connection.saml.as_ref().and_then(trouble) else { continue };
        Finding::new(METADATA_UNUSABLE, at, message)
            .mark("cannot be used")
            .help(help)
            .path(&connection.written.path)
            .report(sink);
    }
}

/// Where, what, and what to do.
fn trouble(saml: &Saml) -> Option<(Span, String, &'static str)> {
    let file = saml.metadata.as_ref()?;
    let idp = match &saml.vendored.as_ref()?.says {
        Ok(idp) => idp,
        Err(refused) => {
            let message = format!("`{}` cannot be used: {refused}", file.value);
            return Some((
                file.span,
                message,
                "download the provider's own metadata again; a person reviews the change",
            ));
        }
    };
    let wanted = saml.binding.as_ref()?;
    if idp.metadata.sso.iter().any(|(binding, _)| *binding == wanted.value) {
        return None;
    }
    let word = match wanted.value {
        Binding::Redirect => "redirect",
        Binding::Post => "post",
    };
    let message = format!("`{}` offers no sign-in by `{word}`", file.value);
    Some((wanted.span, message, "leave `binding` out: what the provider offers is used"))
}
