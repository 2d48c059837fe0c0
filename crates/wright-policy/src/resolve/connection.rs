//! Connection: a way to sign in, its profile, and the fields that go together.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_terms::Slug;
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::Span;
use wright_syntax::tree::Spanned;

use super::{Context, Names, saml, written};
use crate::codes::{FIELD_OF_OTHER_KIND, MISSING_FIELD, WRONG_KIND};
use crate::finding::Finding;
use crate::policy::{ClaimNames, Connection, Oidc, OwnAttribute, SharedClient, effective_auth};
use crate::profile::{Auth, OidcProfile, PinKind, Profile};
use crate::shape::{Given, Node};

/// `None` where it has no good name; reported. `place`: the folder of the organisation.
pub(super) fn resolve(
    node: &Node,
    org: &Node,
    place: &str,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Option<Connection> {
    let slug = node.slug_key()?.value;
    let provider = provider(node, sink);
    let (saml_node, oidc_node) = (node.entry("saml"), node.entry("oidc"));
    one_kind(node, provider.as_ref(), sink);
    let profile = provider.as_ref().map(|provider| provider.value);
    let claims = claims(node, profile, org, context);
    let connection = Connection {
        slug,
        trusted: trusted(node, &claims, sink),
        provider,
        oidc: oidc_node.map(oidc),
        saml: saml_node.map(|node| saml::resolve(node, org, place, context)),
        claims,
        idp_initiated: saml::idp_initiated(node, sink),
        written: written(node),
    };
    if let Some((profile, node)) = connection.oidc_profile().zip(oidc_node) {
        fields_of_others(connection.provider_name(), profile, node, sink);
        if !node.incomplete {
            fields_that_miss(&connection, profile, node, sink);
        }
    }
    if let Some((profile, node)) = connection.saml_parts().map(|(_, profile)| profile).zip(saml_node) {
        saml::address_is_there(&connection, profile, node, sink);
    }
    Some(connection)
}

/// Exactly one of `saml` and `oidc`, and one that the provider is known to speak.
fn one_kind(node: &Node, provider: Option<&Spanned<&'static Profile>>, sink: &mut Sink) {
    let kinds: Vec<&Node> = node.entries.iter().filter(|entry| matches!(entry.block.word, "saml" | "oidc")).collect();
    if let [first, second, ..] = kinds.as_slice() {
        let (one, two) = (first.block.word, second.block.word);
        Finding::new(FIELD_OF_OTHER_KIND, second.head, format!("`{two}` stands beside `{one}`"))
            .mark("a second kind")
            .also(first.head, "the first one")
            .help("a connection is of one kind: remove one of the two, or make it a connection of its own")
            .path(&node.path)
            .report(sink);
    }
    let (Some(kind), Some(provider)) = (kinds.first(), provider) else {
        let was_tried = ["saml", "oidc"].iter().any(|word| node.was_tried(word)) || node.has_strange_block;
        if kinds.is_empty() && !was_tried && !node.incomplete {
            Finding::new(MISSING_FIELD, node.head, format!("connection `{}` has neither `saml` nor `oidc`", node.name))
                .mark("says no way to sign in")
                .help("such as `saml { entity-id \"…\"; metadata \"….xml\" }`")
                .path(&node.path)
                .report(sink);
        }
        return;
    };
    let (speaks, over, other) = match kind.block.word {
        "saml" => (provider.value.saml.is_some(), "SAML", "oidc"),
        _ => (provider.value.oidc.is_some(), "OpenID Connect", "saml"),
    };
    if !speaks {
        Finding::new(WRONG_KIND, kind.head, format!("`{}` is not known over {over}", provider.value.name))
            .mark("no profile for this")
            .also(provider.span, "the provider")
            .help(format!("write `{other} {{ … }}`, or `provider \"generic\"`, which assumes nothing"))
            .path(&node.path)
            .report(sink);
    }
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

/// The connection's own, else those of its kind that a preset of the organisation says, else the defaults'.
fn claims(node: &Node, profile: Option<&'static Profile>, org: &Node, context: &Context<'_>) -> ClaimNames {
    let layer = if node.entry("saml").is_some() { "saml-defaults" } else { "oidc-defaults" };
    let of_kind = |layer_of: &&'_ Node| layer_of.entry(layer).is_some();
    let below: Vec<&Node> = [Some(org), context.defaults]
        .into_iter()
        .flatten()
        .filter(of_kind)
        .filter_map(|of| of.entry(layer)?.entry("attributes"))
        .collect();
    let own = node.entry("attributes");
    // Tokens without groups have none under any name: a default is not about them.
    let has_groups = profile.and_then(|profile| profile.oidc.as_ref()).is_none_or(|profile| profile.groups.is_some());
    let claim = |word: &str| -> Option<Spanned<Arc<str>>> {
        let counts = word != "groups" || layer == "saml-defaults" || has_groups;
        let below = || below.iter().filter(|_| counts).find_map(|below| below.text(word));
        own.and_then(|own| own.text(word)).or_else(below)
    };
    ClaimNames {
        email: claim("email"),
        given_name: claim("given-name"),
        family_name: claim("family-name"),
        groups: claim("groups"),
        own: own_attributes(below.iter().rev().copied().chain(own)),
    }
}

/// Of two layers that name an attribute the higher one says what it is read from.
fn own_attributes<'a>(layers: impl Iterator<Item = &'a Node>) -> Vec<OwnAttribute> {
    let one = |entry: &Node| {
        let name = entry.slug_key()?.value;
        let attribute = OwnAttribute { name: name.clone(), from: entry.text("from")?, written: written(entry) };
        Some((name, attribute))
    };
    let all: BTreeMap<Slug, OwnAttribute> =
        layers.flat_map(|layer| layer.entries("attribute")).filter_map(one).collect();
    all.into_values().collect()
}

/// Attributes that the connection reads. One that it does not read cannot be trusted either.
fn trusted(node: &Node, claims: &ClaimNames, sink: &mut Sink) -> Vec<Spanned<Slug>> {
    let known = claims.own.iter().map(|own| (own.name.as_str(), own.written.at));
    let names = Names::new("attribute", format!(" in connection `{}`", node.name), known, []).partial(node.incomplete);
    let find = |given: &Given| {
        let slug = given.slug()?;
        let name = Spanned { value: Arc::from(slug.value.as_str()), span: slug.span };
        names.find(&name, &node.path, sink).map(|_| slug)
    };
    node.all("trusted-attribute").filter_map(find).collect()
}

/// Fields that mean nothing beside the others: to ignore one would be to say that it holds.
fn fields_of_others(provider: &str, profile: &OidcProfile, node: &Node, sink: &mut Sink) {
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
            &format!("`google`; this connection is `{provider}`"),
            "remove it, or change `provider`",
            sink,
        );
    }
    if profile.pin != Some(PinKind::Tenant) {
        other_kind(
            node,
            "tenant",
            &format!("`entra`; this connection is `{provider}`"),
            "remove it, or change `provider`",
            sink,
        );
    }
}

pub(super) fn other_kind(node: &Node, word: &str, belongs_to: &str, help: &str, sink: &mut Sink) {
    let Some(given) = node.given(word) else { return };
    Finding::new(FIELD_OF_OTHER_KIND, given.value.span, format!("`{word}` belongs to {belongs_to}"))
        .mark("means nothing here")
        .help(help)
        .path(&node.path)
        .report(sink);
}

fn fields_that_miss(connection: &Connection, profile: &OidcProfile, node: &Node, sink: &mut Sink) {
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
