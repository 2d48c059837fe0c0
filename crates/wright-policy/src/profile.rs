//! Profile: what is peculiar about each identity provider, as data in `profiles/*.kdl`.
//!
//! Read by the same reader and the same table as policies, when first used.
//!
//! Invariant: a new provider is a file and a line in `FILES`; nothing else in this crate names one.

use std::sync::{Arc, LazyLock};

use gatewright_bundle::program::{Algorithm, EmailTrust, Overage};
use gatewright_terms::Seconds;
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::{FileId, Source};
use wright_syntax::{ReadContext, read_kdl};

use crate::kind::is_guid;
use crate::shape::{Given, Node, shape_file};
use crate::trees::FileTree;
use crate::words::PROFILE_FILE;

const FILES: &[(&str, &str)] = &[
    ("entra.kdl", include_str!("../profiles/entra.kdl")),
    ("generic.kdl", include_str!("../profiles/generic.kdl")),
    ("google.kdl", include_str!("../profiles/google.kdl")),
    ("jumpcloud.kdl", include_str!("../profiles/jumpcloud.kdl")),
    ("okta.kdl", include_str!("../profiles/okta.kdl")),
];

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| read_all(&mut Sink::default()));

/// One identity provider.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) name: Arc<str>,
    pub(crate) title: Arc<str>,
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
    /// Each quirk with its source.
    pub(crate) notes: Vec<(Arc<str>, Arc<str>)>,
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
    let text = |word: &str| node.text(word).map(|text| text.value);
    let texts = |word: &str| node.all(word).filter_map(Given::text).map(|text| text.value).collect::<Vec<_>>();
    let algorithms = node.all("algorithm").filter_map(|given| algorithm(&given.text()?.value));
    let notes = node.entries("note").filter_map(|note| Some((note.name.clone(), note.text("source")?.value)));
    Some(Profile {
        name: node.name.clone(),
        title: text("title")?,
        issuers: texts("issuer"),
        issuer_of_tenant: text("issuer-of-tenant"),
        issuer_looks_like: text("issuer-looks-like")?,
        everybodys_tenants: texts("everybodys-tenant"),
        scopes: texts("scope"),
        subject_claim: text("subject-claim")?,
        email: text("email")?,
        given_name: text("given-name"),
        family_name: text("family-name"),
        groups: text("groups"),
        email_trust: if &*text("email-trust")? == "own-issuer" {
            EmailTrust::OwnIssuer
        } else {
            EmailTrust::VerifiedClaim
        },
        algorithms: algorithms.collect(),
        client_auth: node.all("client-auth").filter_map(|given| Auth::parse(&given.text()?.value)).collect(),
        pin: match text("pin").as_deref() {
            Some("hosted-domain") => Some(PinKind::HostedDomain),
            Some("tenant") => Some(PinKind::Tenant),
            Some(_) | None => None,
        },
        overage: match (&*text("long-group-lists")?, node.integer("groups-cut-at")) {
            ("marked", _) => Overage::EntraMarkers,
            ("cut", Some(at)) => Overage::CutAt(at.value),
            (_, _) => Overage::AbsentIsEmpty,
        },
        clock_skew: node.seconds("clock-skew")?.value,
        notes: notes.collect(),
    })
}

fn algorithm(word: &str) -> Option<Algorithm> {
    Some(match word {
        "RS256" => Algorithm::Rs256,
        "RS384" => Algorithm::Rs384,
        "RS512" => Algorithm::Rs512,
        "PS256" => Algorithm::Ps256,
        "ES256" => Algorithm::Es256,
        "ES384" => Algorithm::Es384,
        "EdDSA" => Algorithm::EdDsa,
        _ => return None,
    })
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
            assert!(matches!(&*profile.subject_claim, "sub" | "oid"), "{}", profile.name);
            assert_eq!(profile.scopes.first().map(|scope| &**scope), Some("openid"), "{}", profile.name);
            assert!(!profile.algorithms.is_empty() && !profile.client_auth.is_empty(), "{}", profile.name);
            assert!(!profile.notes.is_empty(), "{}: quirks have sources", profile.name);
        }
        assert!(profiles.is_sorted_by(|one, two| one.name < two.name));
    }

    #[test]
    fn a_tenant_is_found_in_its_issuer_and_nowhere_else() {
        let entra = Profile::find("entra").unwrap();
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
