//! Profile: what is peculiar about each identity provider, as data in `profiles/*.kdl`.
//!
//! Read by the same reader and the same table as policies, when first used.
//!
//! Invariant: a new provider is a file and a line in `FILES`; nothing else in this crate names one.

mod words;

use std::sync::{Arc, LazyLock};

use gatewright_bundle::program::{Algorithm, Connection, EmailTrust, NameId, Overage, Protocol, WantSigned};
use gatewright_terms::Seconds;
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::{FileId, Source};
use wright_syntax::{ReadContext, read_kdl};

use crate::kind::is_guid;
use crate::shape::{Given, Node, shape_file};
use crate::trees::FileTree;
use crate::words::PROFILE_FILE;

use words::algorithm;
pub(crate) use words::{name_id, name_id_word, signed_word, want_signed};

const FILES: &[(&str, &str)] = &[
    ("adfs.kdl", include_str!("../profiles/adfs.kdl")),
    ("entra.kdl", include_str!("../profiles/entra.kdl")),
    ("generic.kdl", include_str!("../profiles/generic.kdl")),
    ("google.kdl", include_str!("../profiles/google.kdl")),
    ("jumpcloud.kdl", include_str!("../profiles/jumpcloud.kdl")),
    ("keycloak.kdl", include_str!("../profiles/keycloak.kdl")),
    ("okta.kdl", include_str!("../profiles/okta.kdl")),
];

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| read_all(&mut Sink::default()));

/// One identity provider.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) name: Arc<str>,
    pub(crate) title: Arc<str>,
    /// `None`: not known over OpenID Connect.
    pub(crate) oidc: Option<OidcProfile>,
    /// `None`: not known over SAML.
    pub(crate) saml: Option<SamlProfile>,
    /// Each quirk with its source.
    pub(crate) notes: Vec<(Arc<str>, Arc<str>)>,
}

/// What it is over OpenID Connect.
#[derive(Debug)]
pub(crate) struct OidcProfile {
    /// Every issuer that it may have; empty where any may be.
    pub(crate) issuers: Vec<Arc<str>>,
    /// With `{tenant}` in it.
    pub(crate) issuer_of_tenant: Option<Arc<str>>,
    pub(crate) issuer_looks_like: Arc<str>,
    /// Tenants that stand for accounts of every customer.
    pub(crate) everybodys_tenants: Vec<Arc<str>>,
    pub(crate) scopes: Vec<Arc<str>>,
    pub(crate) subject_claim: Arc<str>,
    pub(crate) email: Arc<str>,
    pub(crate) given_name: Option<Arc<str>>,
    pub(crate) family_name: Option<Arc<str>>,
    /// `None`: its tokens hold no groups.
    pub(crate) groups: Option<Arc<str>>,
    pub(crate) email_trust: EmailTrust,
    pub(crate) algorithms: Vec<Algorithm>,
    /// The first is the default.
    pub(crate) client_auth: Vec<Auth>,
    pub(crate) pin: Option<PinKind>,
    pub(crate) overage: Overage,
    pub(crate) clock_skew: Seconds,
    pub(crate) reports: Reports,
}

/// What it is over SAML.
#[derive(Debug)]
pub(crate) struct SamlProfile {
    pub(crate) entity_id_looks_like: Arc<str>,
    pub(crate) want_signed: WantSigned,
    pub(crate) name_id: NameId,
    /// `None`: the NameID.
    pub(crate) subject: Option<Arc<str>>,
    /// `None`: the NameID.
    pub(crate) email: Option<Arc<str>>,
    pub(crate) given_name: Option<Arc<str>>,
    pub(crate) family_name: Option<Arc<str>>,
    pub(crate) groups: Arc<str>,
    pub(crate) overage: Overage,
    pub(crate) clock_skew: Seconds,
    pub(crate) reports: Reports,
}

/// What it says about an authentication.
#[derive(Debug)]
pub(crate) struct Reports {
    pub(crate) authentication_time: bool,
    acr: bool,
    /// Empty: any class.
    pub(crate) acrs: Vec<Arc<str>>,
}

impl Reports {
    pub(crate) fn says_acr(&self) -> bool {
        self.acr
    }

    pub(crate) fn may_say(&self, acr: &str) -> bool {
        self.acr && (self.acrs.is_empty() || self.acrs.iter().any(|known| **known == *acr))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PinKind {
    HostedDomain,
    Tenant,
}

/// How we prove ourselves to a token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auth {
    PrivateKeyJwt,
    SecretBasic,
    SecretPost,
    None,
}

impl Auth {
    const ALL: [(Self, &'static str); 4] = [
        (Self::PrivateKeyJwt, "private-key-jwt"),
        (Self::SecretBasic, "client-secret-basic"),
        (Self::SecretPost, "client-secret-post"),
        (Self::None, "none"),
    ];

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(auth, _)| *auth)
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::PrivateKeyJwt => "private-key-jwt",
            Self::SecretBasic => "client-secret-basic",
            Self::SecretPost => "client-secret-post",
            Self::None => "none",
        }
    }

    pub(crate) fn needs_secret(self) -> bool {
        matches!(self, Self::SecretBasic | Self::SecretPost)
    }
}

impl Profile {
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        PROFILES.iter().find(|profile| &*profile.name == name)
    }

    /// Sorted by name.
    pub(crate) fn all() -> &'static [Self] {
        &PROFILES
    }
}

/// Whether the provider of a connection says when somebody authenticated. One without a profile says nothing.
pub fn reports_authentication_time(connection: &Connection) -> bool {
    let profile = Profile::find(connection.provider.as_str());
    let reports = match connection.protocol {
        Protocol::Oidc(_) => profile.and_then(|profile| profile.oidc.as_ref()).map(|oidc| &oidc.reports),
        Protocol::Saml(_) => profile.and_then(|profile| profile.saml.as_ref()).map(|saml| &saml.reports),
    };
    reports.is_some_and(|reports| reports.authentication_time)
}

impl OidcProfile {
    /// The tenant in an issuer of this provider's shape, good or everybody's.
    pub(crate) fn tenant_in<'a>(&self, issuer: &'a str) -> Option<&'a str> {
        let (before, after) = self.issuer_of_tenant.as_ref()?.split_once("{tenant}")?;
        issuer.strip_prefix(before)?.strip_suffix(after).filter(|tenant| !tenant.contains('/'))
    }

    /// The tenant in an issuer, where it is one customer's own.
    pub(crate) fn tenant_of<'a>(&self, issuer: &'a str) -> Option<&'a str> {
        self.tenant_in(issuer).filter(|tenant| is_guid(tenant) && !self.is_everybodys(tenant))
    }

    pub(crate) fn is_everybodys(&self, tenant: &str) -> bool {
        self.everybodys_tenants.iter().any(|everybodys| **everybodys == *tenant)
    }
}

fn read_all(sink: &mut Sink) -> Vec<Profile> {
    let files = (0..).map(FileId).zip(FILES);
    files.filter_map(|(file, (path, text))| read_one(file, path, text, sink)).collect()
}

fn read_one(file: FileId, path: &str, text: &str, sink: &mut Sink) -> Option<Profile> {
    let source = Source { path: path.into(), text: text.into() };
    let block = read_kdl(&source, file, ReadContext::Platform, sink);
    let tree = FileTree { file, path: source.path, block, incomplete: false };
    let root = shape_file(&PROFILE_FILE, vec![tree], sink);
    root.entry("profile").and_then(profile)
}

/// `None` where a required word is missing: the tests read every profile.
fn profile(node: &Node) -> Option<Profile> {
    let notes = node.entries("note").filter_map(|note| Some((note.name.clone(), note.text("source")?.value)));
    Some(Profile {
        name: node.name.clone(),
        title: text(node, "title")?,
        oidc: node.entry("oidc").and_then(oidc),
        saml: node.entry("saml").and_then(saml),
        notes: notes.collect(),
    })
}

fn text(node: &Node, word: &str) -> Option<Arc<str>> {
    node.text(word).map(|text| text.value)
}

fn texts(node: &Node, word: &str) -> Vec<Arc<str>> {
    node.all(word).filter_map(Given::text).map(|text| text.value).collect()
}

fn oidc(node: &Node) -> Option<OidcProfile> {
    let algorithms = node.all("algorithm").filter_map(|given| algorithm(&given.text()?.value));
    Some(OidcProfile {
        issuers: texts(node, "issuer"),
        issuer_of_tenant: text(node, "issuer-of-tenant"),
        issuer_looks_like: text(node, "issuer-looks-like")?,
        everybodys_tenants: texts(node, "everybodys-tenant"),
        scopes: texts(node, "scope"),
        subject_claim: text(node, "subject-claim")?,
        email: text(node, "email")?,
        given_name: text(node, "given-name"),
        family_name: text(node, "family-name"),
        groups: text(node, "groups"),
        email_trust: if &*text(node, "email-trust")? == "own-issuer" {
            EmailTrust::OwnIssuer
        } else {
            EmailTrust::VerifiedClaim
        },
        algorithms: algorithms.collect(),
        client_auth: node.all("client-auth").filter_map(|given| Auth::parse(&given.text()?.value)).collect(),
        pin: match text(node, "pin").as_deref() {
            Some("hosted-domain") => Some(PinKind::HostedDomain),
            Some("tenant") => Some(PinKind::Tenant),
            Some(_) | None => None,
        },
        overage: overage(node)?,
        clock_skew: node.seconds("clock-skew")?.value,
        reports: reports(node),
    })
}

fn saml(node: &Node) -> Option<SamlProfile> {
    Some(SamlProfile {
        entity_id_looks_like: text(node, "entity-id-looks-like")?,
        want_signed: want_signed(&text(node, "want-signed")?)?,
        name_id: name_id(&text(node, "name-id")?)?,
        subject: text(node, "subject"),
        email: text(node, "email"),
        given_name: text(node, "given-name"),
        family_name: text(node, "family-name"),
        groups: text(node, "groups")?,
        overage: overage(node)?,
        clock_skew: node.seconds("clock-skew")?.value,
        reports: reports(node),
    })
}

fn overage(node: &Node) -> Option<Overage> {
    Some(match (&*text(node, "long-group-lists")?, node.integer("groups-cut-at")) {
        ("marked", _) => Overage::EntraMarkers,
        ("cut", Some(at)) => Overage::CutAt(at.value),
        (_, _) => Overage::AbsentIsEmpty,
    })
}

fn reports(node: &Node) -> Reports {
    let said = texts(node, "reports");
    let says = |word: &str| said.iter().any(|said| **said == *word);
    Reports { authentication_time: says("authentication-time"), acr: says("acr"), acrs: texts(node, "acr") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ST-LINT-04: no profile identifies a person by anything that may be given to another.
    #[test]
    fn st_lint_04_every_profile_reads_without_a_finding_and_has_a_stable_subject() {
        let mut sink = Sink::default();
        let profiles = read_all(&mut sink);
        let found: Vec<String> = sink.into_sorted().into_iter().map(|found| found.message).collect();
        assert_eq!(found, Vec::<String>::new());
        assert_eq!(profiles.len(), FILES.len());
        for profile in &profiles {
            assert!(profile.oidc.is_some() || profile.saml.is_some(), "{}: it speaks nothing", profile.name);
            assert!(!profile.notes.is_empty(), "{}: quirks have sources", profile.name);
            if let Some(oidc) = &profile.oidc {
                assert!(matches!(&*oidc.subject_claim, "sub" | "oid"), "{}", profile.name);
                assert_eq!(oidc.scopes.first().map(|scope| &**scope), Some("openid"), "{}", profile.name);
                assert!(!oidc.algorithms.is_empty() && !oidc.client_auth.is_empty(), "{}", profile.name);
            }
            // Google has nothing that is never given to another; a rule says so (GW0915).
            if let Some(saml) = profile.saml.as_ref().filter(|_| &*profile.name != "google") {
                let by_name_id = saml.subject.is_none() && saml.name_id == NameId::Persistent;
                assert!(by_name_id || saml.subject.is_some() && saml.subject != saml.email, "{}", profile.name);
            }
        }
        assert!(profiles.is_sorted_by(|one, two| one.name < two.name));
    }

    #[test]
    fn a_tenant_is_found_in_its_issuer_and_nowhere_else() {
        let entra = Profile::find("entra").unwrap().oidc.as_ref().unwrap();
        let guid = "8f0d2a6e-1111-4222-8333-944455556666";
        assert_eq!(entra.tenant_of(&format!("https://login.microsoftonline.com/{guid}/v2.0")), Some(guid));
        for other in [
            "https://login.microsoftonline.com/common/v2.0".to_owned(),
            "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0".to_owned(),
            format!("https://login.microsoftonline.com.evil.example/{guid}/v2.0"),
            format!("https://login.microsoftonline.com/{guid}/v1.0"),
            format!("https://login.microsoftonline.com/x/{guid}/v2.0"),
        ] {
            assert_eq!(entra.tenant_of(&other), None, "{other}");
        }
    }
}
