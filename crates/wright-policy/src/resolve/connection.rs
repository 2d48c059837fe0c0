//! Connection: a way to sign in, its profile, and the fields that go together.

use std::sync::Arc;

use wright_syntax::diagnostic::Sink;
use wright_syntax::source::Span;
use wright_syntax::tree::Spanned;

use super::{Names, written};
use crate::codes::{FIELD_OF_OTHER_KIND, MISSING_FIELD};
use crate::finding::Finding;
use crate::policy::{ClaimNames, Connection, Oidc, SharedClient, effective_auth};
use crate::profile::{Auth, PinKind, Profile};
use crate::shape::Node;

/// `None` where it has no good name; reported.
pub(super) fn resolve(node: &Node, sink: &mut Sink) -> Option<Connection> {
    let slug = node.slug_key()?.value;
    let provider = provider(node, sink);
    let oidc_node = node.entry("oidc");
    let connection = Connection {
        slug,
        provider,
        oidc: oidc_node.map(oidc),
        claims: claims(node.entry("attributes")),
        written: written(node),
    };
    if let Some((profile, node)) = connection.profile().zip(oidc_node) {
        fields_of_others(profile, node, sink);
        if !node.incomplete {
            fields_that_miss(&connection, profile, node, sink);
        }
    }
    Some(connection)
}

/// `None` where it has no good name; reported.
pub(super) fn shared_client(node: &Node, sink: &mut Sink) -> Option<SharedClient> {
    let slug = node.slug_key()?.value;
    let provider = provider(node, sink).map(|provider| provider.value);
    let (client_auth, secret) = (auth(node), node.secret("secret"));
    let client =
        SharedClient { slug, provider, client_id: node.text("client-id"), client_auth, secret, written: written(node) };
    if let Some(auth) = client.auth().filter(|_| !node.incomplete) {
        secret_goes_with(auth, node, sink);
    }
    Some(client)
}

fn provider(node: &Node, sink: &mut Sink) -> Option<Spanned<&'static Profile>> {
    let name = node.text("provider")?;
    let known = Profile::all().iter().map(|profile| (&*profile.name, Span::new(name.span.file, 0, 0)));
    Names::new("provider", "", known, []).find(&name, &node.path, sink);
    Profile::find(&name.value).map(|value| Spanned { value, span: name.span })
}

fn oidc(node: &Node) -> Oidc {
    Oidc {
        issuer: node.text("issuer"),
        client_id: node.text("client-id"),
        client_auth: auth(node),
        secret: node.secret("secret"),
        hosted_domain: node.domain("hosted-domain"),
        tenant: node.text("tenant"),
        shared_client: node.text("shared-client"),
        written: written(node),
    }
}

fn auth(node: &Node) -> Option<Spanned<Auth>> {
    let word = node.text("client-auth")?;
    Auth::parse(&word.value).map(|value| Spanned { value, span: word.span })
}

fn claims(node: Option<&Node>) -> ClaimNames {
    let claim = |word: &str| -> Option<Spanned<Arc<str>>> { node?.text(word) };
    ClaimNames {
        email: claim("email"),
        given_name: claim("given-name"),
        family_name: claim("family-name"),
        groups: claim("groups"),
    }
}

/// Fields that mean nothing beside the others: to ignore one would be to say that it holds.
fn fields_of_others(profile: &Profile, node: &Node, sink: &mut Sink) {
    if node.given("shared-client").is_some() {
        for word in ["client-id", "client-auth", "secret"] {
            let help = "the shared client brings its own: remove this line, or `shared-client`";
            other_kind(node, word, "a client of one's own; this connection uses a shared one", help, sink);
        }
    }
    if profile.pin != Some(PinKind::HostedDomain) {
        other_kind(
            node,
            "hosted-domain",
            &format!("`google`; this connection is `{}`", profile.name),
            "remove it, or change `provider`",
            sink,
        );
    }
    if profile.pin != Some(PinKind::Tenant) {
        other_kind(
            node,
            "tenant",
            &format!("`entra`; this connection is `{}`", profile.name),
            "remove it, or change `provider`",
            sink,
        );
    }
}

fn other_kind(node: &Node, word: &str, belongs_to: &str, help: &str, sink: &mut Sink) {
    let Some(given) = node.given(word) else { return };
    Finding::new(FIELD_OF_OTHER_KIND, given.value.span, format!("`{word}` belongs to {belongs_to}"))
        .mark("means nothing here")
        .help(help)
        .path(&node.path)
        .report(sink);
}

fn fields_that_miss(connection: &Connection, profile: &Profile, node: &Node, sink: &mut Sink) {
    let missing = |word: &str, help: String, sink: &mut Sink| {
        Finding::new(MISSING_FIELD, node.head, format!("connection `{}` has no `{word}`", connection.slug))
            .mark(format!("`{word}` is missing"))
            .help(help)
            .path(&node.path)
            .report(sink);
    };
    // A shared client of a provider with tenants is asked for its tenant by a rule of its own.
    if connection.issuer().is_none() && !(connection.is_shared() && profile.issuer_of_tenant.is_some()) {
        missing("issuer", format!("such as `issuer \"{}\"`", profile.issuer_looks_like), sink);
    }
    if !connection.is_shared() {
        if node.given("client-id").is_none() {
            missing("client-id", "what the provider calls us: `client-id \"…\"`".to_owned(), sink);
        }
        secret_goes_with(
            effective_auth(profile, auth(node).map(|auth| auth.value), node.given("secret").is_some()),
            node,
            sink,
        );
    }
}

fn secret_goes_with(auth: Auth, node: &Node, sink: &mut Sink) {
    match (auth.needs_secret(), node.given("secret")) {
        (true, None) => {
            Finding::new(MISSING_FIELD, node.head, format!("`{}` needs a `secret`", auth.word()))
                .mark("`secret` is missing")
                .help("write its name, such as `secret \"acme/oidc\"`; the value stays with the runtime")
                .path(&node.path)
                .report(sink);
        }
        (false, Some(_)) => {
            let belongs_to =
                format!("`client-secret-basic` and `client-secret-post`; this client uses `{}`", auth.word());
            other_kind(node, "secret", &belongs_to, "remove it, or change `client-auth`", sink);
        }
        (true, Some(_)) | (false, None) => {}
    }
}
