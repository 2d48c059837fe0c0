//! Program: what the gate enforces, as plain data without text, names or layers left to resolve.
//!
//! Reads nothing. The maker lowers a checked policy to it; the evaluator and the gate read it.
//!
//! Invariant: every list that the policy writes as a set is sorted and without doubles, so that equal policies are
//! equal values and equal bytes.

use gatewright_terms::{DomainName, EmailAddress, GroupName, OrgId, PermissionName, Seconds, Slug, Trait};

mod saml;
pub use saml::{
    Binding, Certificate, Encryption, Endpoint, IdpInitiated, NameId, Requests, Saml, SamlAttributes, SamlGroups,
    SignatureAlgorithm, Subject, WantSigned,
};

/// Everything that one environment enforces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub environment: Environment,
    pub catalogue: Catalogue,
    /// Sorted by id.
    pub orgs: Vec<Org>,
}

/// Where things are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub name: Slug,
    /// `https://host[:port]` without a trailing slash; `http://` on loopback in `dev` alone.
    pub base_url: String,
    /// Sorted by slug.
    pub apps: Vec<App>,
    /// Sorted by slug.
    pub shared_clients: Vec<SharedClient>,
}

/// An application that forward-auth protects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    pub slug: Slug,
    /// Scheme, host and port as a browser writes them; no path.
    pub origin: String,
    /// Where set, the app serves this organisation alone.
    pub org: Option<OrgId>,
}

/// A client at a provider that several organisations share. The pin stands on each connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedClient {
    pub slug: Slug,
    pub provider: Slug,
    pub client_id: String,
    pub client_auth: ClientAuth,
}

/// What can be granted. Indices into these lists are what grants and role closures hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// Sorted by name.
    pub permissions: Vec<Permission>,
    /// Sorted by scope, then slug.
    pub roles: Vec<Role>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    pub name: PermissionName,
    pub risk: Risk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    None,
    Credential,
    Spend,
    Privileged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    Org,
    Project,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub scope: Scope,
    pub slug: Slug,
    pub label: String,
    /// What the role permits, `includes` followed to the end. Sorted indices of `Catalogue::permissions`.
    pub permits: Vec<u32>,
}

/// One organisation, whole: nothing outside it changes who gets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Org {
    pub id: OrgId,
    pub name: String,
    pub plan: Slug,
    /// IANA name.
    pub time_zone: String,
    /// Sorted.
    pub domains: Vec<Domain>,
    /// Sorted by mailbox.
    pub owners: Vec<EmailAddress>,
    /// Sorted by slug.
    pub connections: Vec<Connection>,
    pub join: Join,
    pub stage: Stage,
    /// Sorted by slug.
    pub projects: Vec<Project>,
    /// Index of `projects`.
    pub default_project: Option<u32>,
    /// Sorted.
    pub grants: Vec<Grant>,
    /// Sorted.
    pub blocked_groups: Vec<GroupName>,
    pub session: SessionRules,
    /// Sorted by permission, one for each at the most.
    pub step_ups: Vec<StepUp>,
}

impl Org {
    /// Whether whose group, or whose attribute, has to be said.
    pub const fn has_several_connections(&self) -> bool {
        self.connections.len() > 1
    }
}

/// A claimed domain. The proof is the runtime's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Domain {
    pub name: DomainName,
    /// Index of `Org::connections`.
    pub connection: u32,
}

/// How an identity becomes a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// At the first sign-in.
    JustInTime,
}

/// How far the move to single sign-on has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Only one-time test links reach the connections; nobody gets a session through them.
    Test,
    /// Sign-in works; other ways in, where there are any, stay open.
    Optional,
    /// Sign-in works and is the only way in.
    Required,
}

/// A permission that needs a sign-in of late, or of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepUp {
    /// Index of `Catalogue::permissions`.
    pub permission: u32,
    /// The authentication must not be older than this when the permission is used. What the provider does not report
    /// counts as oldest.
    pub within: Seconds,
    /// The authentication context class that must have been reported, byte for byte; any where it is `None`.
    pub acr: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    pub slug: Slug,
    pub name: String,
    pub visibility: Visibility,
    /// Index of `Catalogue::roles`, project scope.
    pub default_role: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    Open,
    Closed,
    Private,
}

/// One line of access. The union of all that match is what a person holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// Index of `Catalogue::roles`; project scope where `project` is set, else organisation scope.
    pub role: u32,
    /// Index of `Org::projects`.
    pub project: Option<u32>,
    pub to: Grantee,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grantee {
    /// Those about whom a connection says this.
    Having {
        /// Index of `Org::connections`.
        connection: u32,
        what: Trait,
    },
    EveryoneIn(DomainName),
}

impl Grantee {
    /// Those whom a connection puts into a group.
    pub const fn group(connection: u32, group: GroupName) -> Self {
        Self::Having { connection, what: Trait::Group(group) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRules {
    /// A session without a request for this long is over.
    pub idle: Seconds,
    /// A session is over this long after the sign-in, whatever happens.
    pub absolute: Seconds,
    /// Live sessions of one person, at least 1. Children of a session (one an app) do not count.
    pub concurrent: u32,
    pub when_full: WhenFull,
    /// Counted from the provider's own authentication time, at the sign-in and on every request; where the provider does
    /// not report it, from the sign-in.
    pub max_authentication_age: Option<Seconds>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    EndOldest,
    Refuse,
}

/// A way to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    pub slug: Slug,
    /// The profile that it was written with: operators' texts name it, nothing decides by it.
    pub provider: Slug,
    pub protocol: Protocol,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protocol {
    Oidc(Oidc),
    Saml(Saml),
}

impl Connection {
    /// `None` for a connection of another kind.
    pub fn oidc(&self) -> Option<&Oidc> {
        match &self.protocol {
            Protocol::Oidc(oidc) => Some(oidc),
            Protocol::Saml(_) => None,
        }
    }

    /// `None` for a connection of another kind.
    pub fn oidc_mut(&mut self) -> Option<&mut Oidc> {
        match &mut self.protocol {
            Protocol::Oidc(oidc) => Some(oidc),
            Protocol::Saml(_) => None,
        }
    }

    /// `None` for a connection of another kind.
    pub fn saml(&self) -> Option<&Saml> {
        match &self.protocol {
            Protocol::Saml(saml) => Some(saml),
            Protocol::Oidc(_) => None,
        }
    }

    /// Sorted by name.
    pub fn own_attributes(&self) -> &[OwnAttribute] {
        match &self.protocol {
            Protocol::Oidc(oidc) => &oidc.claims.own,
            Protocol::Saml(saml) => &saml.attributes.own,
        }
    }

    /// Who vouches for people: the issuer, or the entity id. Compared byte for byte.
    pub fn issuer(&self) -> &str {
        match &self.protocol {
            Protocol::Oidc(oidc) => &oidc.issuer,
            Protocol::Saml(saml) => &saml.entity_id,
        }
    }
}

/// An OpenID Connect connection with every setting of its profile written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oidc {
    /// Compared byte for byte.
    pub issuer: String,
    pub client: Client,
    /// `openid` first, then in the order of the profile.
    pub scopes: Vec<String>,
    /// Never empty, never `none`, never HMAC.
    pub algorithms: Vec<Algorithm>,
    /// The claim that identifies a person: `sub`, or `oid` for Entra.
    pub subject_claim: String,
    pub claims: Claims,
    pub email_trust: EmailTrust,
    pub pin: Option<Pin>,
    /// How far the provider's clock may be from ours, in both directions.
    pub clock_skew: Seconds,
    /// Whether the provider replaces a long list of groups by a pointer (Entra's `_claim_names`, `hasgroups`).
    pub group_overage: Overage,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Client {
    Own {
        client_id: String,
        client_auth: ClientAuth,
    },
    /// Index of `Environment::shared_clients`.
    Shared(u32),
}

/// How we prove to the token endpoint who we are. Secrets are names; the runtime holds the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAuth {
    PrivateKeyJwt,
    SecretBasic {
        secret: SecretName,
    },
    SecretPost {
        secret: SecretName,
    },
    /// A public client: PKCE alone.
    None,
}

/// `owner/name`, where the owner is an organisation or `platform`: also its path below the secrets directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretName {
    pub owner: Slug,
    pub name: Slug,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Es256,
    Es384,
    EdDsa,
}

/// Which claims are read. A claim that is not named is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    pub email: String,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub groups: Option<String>,
    /// Sorted by name.
    pub own: Vec<OwnAttribute>,
}

/// An attribute that the organisation gave a name to: grants may ask for its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAttribute {
    pub name: Slug,
    /// The claim, or the attribute by its exact `Name`, that is read.
    pub from: String,
}

/// What makes an address good enough to route by its domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailTrust {
    /// `email_verified` is the boolean `true`.
    VerifiedClaim,
    /// The issuer belongs to the organisation alone (a tenant of its own, or a pin), so that it speaks for its people.
    OwnIssuer,
}

/// Which tenant of a provider that many share may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// Google: the claim `hd`.
    HostedDomain(DomainName),
    /// Entra: the claim `tid`.
    Tenant(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overage {
    /// A missing groups claim means no groups.
    AbsentIsEmpty,
    /// Entra's markers are looked for; where one stands, the groups are unknown.
    EntraMarkers,
    /// Okta stops at 100 without a marker: a list that long is unknown.
    CutAt(u32),
}
