//! Connection: the values of one connection, defaults and profile included.
//!
//! `None`: the connection is of the other kind, or of a provider for which the word means nothing.

use gatewright_bundle::program::{Binding, Encryption, Requests, SignatureAlgorithm};
use wright_syntax::source::Span;
use wright_syntax::tree::Spanned;

use super::org::said;
use super::{Held, Value};
use crate::policy::{At, Connection, PinnedTo, Saml, Written};
use crate::profile::{OidcProfile, PinKind, SamlProfile, name_id_word, signed_word};
use crate::words::NAME_ID;

pub(super) fn provider(connection: &Connection) -> Vec<Held> {
    let provider = connection.provider.as_ref();
    let one = provider.map(|it| said(Value::word(&*it.value.name), &connection.written, "provider", it.span));
    one.into_iter().collect()
}

pub(super) fn unsafe_words(connection: &Connection) -> Vec<Held> {
    let open = connection.idp_initiated.as_ref();
    let one = open.map(|open| Held { value: Value::word("idp-initiated"), from: Some(open.written.clone()) });
    one.into_iter().collect()
}

/// What is written, else what holds without it.
fn effective<T>(value: Value, owner: &Written, word: &str, written: Option<&Spanned<T>>) -> Vec<Held> {
    match written {
        Some(written) => vec![said(value, owner, word, written.span)],
        None => vec![Held { value, from: None }],
    }
}

fn of_saml(connection: &Connection, read: impl Fn(&Saml, &SamlProfile) -> Vec<Held>) -> Option<Vec<Held>> {
    let (saml, profile) = connection.saml_parts()?;
    Some(read(saml, profile))
}

pub(super) fn entity_id(connection: &Connection) -> Option<Vec<Held>> {
    of_saml(connection, |saml, _| {
        let one = saml.entity_id.as_ref();
        one.map(|it| said(Value::Word(it.value.clone()), &saml.written, "entity-id", it.span)).into_iter().collect()
    })
}

pub(super) fn want_signed(connection: &Connection) -> Option<Vec<Held>> {
    of_saml(connection, |saml, profile| {
        let word = signed_word(saml.want_signed(profile));
        effective(Value::word(word), &saml.written, "want-signed", saml.want_signed.as_ref())
    })
}

/// Every signature that is taken; a weak one as it is written.
pub(super) fn signature(connection: &Connection) -> Option<Vec<Held>> {
    of_saml(connection, |saml, _| {
        let one = |word: &str| effective(Value::word(word), &saml.written, "signature", saml.signature.as_ref());
        match &saml.signature {
            Some(written) if crate::policy::algorithm(&written.value).is_none() => one(&written.value),
            Some(_) | None => saml.algorithms().into_iter().flat_map(|it| one(signature_word(it))).collect(),
        }
    })
}

fn signature_word(algorithm: SignatureAlgorithm) -> &'static str {
    match algorithm {
        SignatureAlgorithm::RsaSha256 => "rsa-sha256",
        SignatureAlgorithm::RsaSha384 => "rsa-sha384",
        SignatureAlgorithm::RsaSha512 => "rsa-sha512",
        SignatureAlgorithm::EcdsaSha256 => "ecdsa-sha256",
        SignatureAlgorithm::EcdsaSha384 => "ecdsa-sha384",
        SignatureAlgorithm::EcdsaSha512 => "ecdsa-sha512",
    }
}

pub(super) fn digest(connection: &Connection) -> Option<Vec<Held>> {
    of_saml(connection, |saml, _| {
        let word = saml.digest.as_ref().map_or("sha256", |digest| &*digest.value);
        effective(Value::word(word), &saml.written, "digest", saml.digest.as_ref())
    })
}

pub(super) fn name_id(connection: &Connection) -> Option<Vec<Held>> {
    of_saml(connection, |saml, profile| {
        let word = name_id_word(saml.name_id(profile));
        effective(Value::word(word), &saml.written, "name-id", saml.name_id.as_ref())
    })
}

pub(super) fn subject(connection: &Connection) -> Option<Vec<Held>> {
    of_saml(connection, |saml, profile| {
        let word = match saml.subject(profile) {
            At::NameId => NAME_ID,
            At::Attribute(name) => name,
        };
        effective(Value::word(word), &saml.written, "subject", saml.subject.as_ref())
    })
}

pub(super) fn clock_skew(connection: &Connection) -> Option<Vec<Held>> {
    of_saml(connection, |saml, profile| {
        let seconds = saml.clock_skew(profile).0;
        effective(Value::Seconds(seconds), &saml.written, "clock-skew", saml.clock_skew.as_ref())
    })
}

pub(super) fn encryption(connection: &Connection) -> Option<Vec<Held>> {
    of_saml(connection, |saml, _| {
        let word = match saml.encryption() {
            Encryption::Optional => "optional",
            Encryption::Required => "required",
        };
        effective(Value::word(word), &saml.written, "encryption", saml.encryption.as_ref())
    })
}

pub(super) fn sign_requests(connection: &Connection) -> Option<Vec<Held>> {
    of_saml(connection, |saml, _| {
        let word = match saml.requests() {
            Requests::Signed => "on",
            Requests::Unsigned => "off",
        };
        effective(Value::word(word), &saml.written, "sign-requests", saml.sign_requests.as_ref())
    })
}

pub(super) fn binding(connection: &Connection) -> Option<Vec<Held>> {
    of_saml(connection, |saml, _| {
        let Some((binding, _)) = saml.sign_in() else { return Vec::new() };
        let word = match binding {
            Binding::Redirect => "redirect",
            Binding::Post => "post",
        };
        effective(Value::word(word), &saml.written, "binding", saml.binding.as_ref())
    })
}

/// A value of the `oidc` block: the text and where it is written.
fn of_oidc(
    connection: &Connection,
    word: &str,
    read: impl Fn(&OidcProfile) -> Option<(Value, Option<Span>)>,
) -> Option<Vec<Held>> {
    let (oidc, profile) = (connection.oidc.as_ref()?, connection.oidc_profile()?);
    let one = read(profile).map(|(value, at)| match at {
        Some(at) => said(value, &oidc.written, word, at),
        None => Held { value, from: None },
    });
    Some(one.into_iter().collect())
}

pub(super) fn issuer(connection: &Connection) -> Option<Vec<Held>> {
    let at = connection.oidc.as_ref()?.issuer.as_ref().map(|issuer| issuer.span);
    of_oidc(connection, "issuer", |_| Some((Value::Word(connection.issuer()?), at)))
}

/// A shared client brings its own id and its own proof.
pub(super) fn client_id(connection: &Connection) -> Option<Vec<Held>> {
    let oidc = connection.oidc.as_ref().filter(|_| !connection.is_shared())?;
    of_oidc(connection, "client-id", |_| {
        oidc.client_id.as_ref().map(|id| (Value::Word(id.value.clone()), Some(id.span)))
    })
}

pub(super) fn client_auth(connection: &Connection) -> Option<Vec<Held>> {
    let oidc = connection.oidc.as_ref().filter(|_| !connection.is_shared())?;
    let at = oidc.client_auth.as_ref().map(|auth| auth.span);
    of_oidc(connection, "client-auth", |_| Some((Value::word(connection.auth()?.word()), at)))
}

pub(super) fn shared_client(connection: &Connection) -> Option<Vec<Held>> {
    let oidc = connection.oidc.as_ref()?;
    of_oidc(connection, "shared-client", |_| {
        oidc.shared_client.as_ref().map(|client| (Value::Word(client.value.clone()), Some(client.span)))
    })
}

/// Where the provider has no such pin, the path leads nowhere.
pub(super) fn hosted_domain(connection: &Connection) -> Option<Vec<Held>> {
    let at = connection.oidc.as_ref()?.hosted_domain.as_ref().map(|domain| domain.span);
    connection.oidc_profile().filter(|profile| profile.pin == Some(PinKind::HostedDomain))?;
    of_oidc(connection, "hosted-domain", |_| match connection.pin()? {
        PinnedTo::HostedDomain(domain) => Some((Value::word(domain.as_str()), at)),
        PinnedTo::Tenant(_) => None,
    })
}

pub(super) fn tenant(connection: &Connection) -> Option<Vec<Held>> {
    let at = connection.oidc.as_ref()?.tenant.as_ref().map(|tenant| tenant.span);
    connection.oidc_profile().filter(|profile| profile.pin == Some(PinKind::Tenant))?;
    of_oidc(connection, "tenant", |_| match connection.pin()? {
        PinnedTo::Tenant(tenant) => Some((Value::Word(tenant), at)),
        PinnedTo::HostedDomain(_) => None,
    })
}
