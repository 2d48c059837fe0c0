//! Saml: the block of a SAML connection over the defaults, with the metadata that it names.

use std::sync::Arc;

use gatewright_bundle::program::{Binding, Encryption, NameId, Requests};
use wright_syntax::diagnostic::Sink;
use wright_syntax::tree::Spanned;

use super::{Context, written};
use crate::codes::{FIELD_OF_OTHER_KIND, MISSING_FIELD};
use crate::finding::Finding;
use crate::policy::{At, Connection, IdpInitiated, Saml};
use crate::profile::{SamlProfile, name_id, want_signed};
use crate::shape::{Given, Node};
use crate::words;

/// The connection's value, else that of `saml-defaults`, of a preset of the organisation or of `defaults`. `place`: the
/// folder of the organisation.
pub(super) fn resolve(node: &Node, org: &Node, place: &str, context: &Context<'_>) -> Saml {
    let layers = Layers([
        Some(node),
        org.entry("saml-defaults"),
        context.defaults.and_then(|defaults| defaults.entry("saml-defaults")),
    ]);
    let metadata = node.text("metadata");
    let vendored =
        metadata.as_ref().and_then(|name| context.shelf.get(&*format!("{place}/{}", name.value)).map(Arc::clone));
    Saml {
        entity_id: node.text("entity-id"),
        metadata,
        vendored,
        want_signed: layers.word("want-signed", want_signed),
        signature: layers.text("signature"),
        digest: layers.text("digest"),
        name_id: layers.word("name-id", name_id),
        subject: layers.word("subject", |word| Some((word != words::NAME_ID).then(|| Arc::from(word)))),
        clock_skew: layers.find("clock-skew").and_then(Given::seconds),
        encryption: layers.word("encryption", |word| match word {
            "optional" => Some(Encryption::Optional),
            "required" => Some(Encryption::Required),
            _ => None,
        }),
        sign_requests: layers.word("sign-requests", |word| match word {
            "on" => Some(Requests::Signed),
            "off" => Some(Requests::Unsigned),
            _ => None,
        }),
        binding: layers.word("binding", |word| match word {
            "redirect" => Some(Binding::Redirect),
            "post" => Some(Binding::Post),
            _ => None,
        }),
        written: written(node),
    }
}

/// Strongest first.
struct Layers<'a>([Option<&'a Node>; 3]);

impl<'a> Layers<'a> {
    fn find(&self, word: &str) -> Option<&'a Given> {
        self.0.iter().flatten().find_map(|node| node.given(word))
    }

    fn text(&self, word: &str) -> Option<Spanned<Arc<str>>> {
        self.find(word)?.text()
    }

    fn word<T>(&self, word: &str, read: impl Fn(&str) -> Option<T>) -> Option<Spanned<T>> {
        let text = self.text(word)?;
        read(&text.value).map(|value| Spanned { value, span: text.span })
    }
}

/// `unsafe "idp-initiated"`. Beside `oidc` it would open nothing, and its author would think that it does.
pub(super) fn idp_initiated(node: &Node, sink: &mut Sink) -> Option<IdpInitiated> {
    let open = node.entries("unsafe").find(|entry| &*entry.name == "idp-initiated")?;
    if node.entry("saml").is_none() && node.entry("oidc").is_some() {
        Finding::new(
            FIELD_OF_OTHER_KIND,
            open.head,
            "`unsafe \"idp-initiated\"` belongs to `saml`; this connection is `oidc`",
        )
        .mark("means nothing here")
        .help("remove it: an OpenID provider has no such answers")
        .path(&open.path)
        .report(sink);
        return None;
    }
    Some(IdpInitiated {
        has_reason: open.was_tried("reason"),
        has_until: open.was_tried("until"),
        until: open.date("until"),
        on_end: open.was_tried("on-end"),
        app: open.text("app"),
        written: written(open),
    })
}

/// The address filters by domain: without one nobody gets in.
pub(super) fn address_is_there(connection: &Connection, profile: &SamlProfile, node: &Node, sink: &mut Sink) {
    let Some(saml) = &connection.saml else { return };
    if connection.saml_email(profile) != At::NameId || saml.name_id(profile) == NameId::Email || node.incomplete {
        return;
    }
    Finding::new(MISSING_FIELD, node.head, format!("connection `{}` reads no address", connection.slug))
        .mark("the NameID is none, and no attribute is named")
        .help("name the attribute: `attributes { email \"email\" }`, or ask for `name-id \"email\"` beside a `subject`")
        .path(&node.path)
        .report(sink);
}
