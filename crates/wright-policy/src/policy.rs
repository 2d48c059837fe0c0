//! Policy: names resolved and layers laid over each other, one view for each environment. Every part knows its place.
//!
//! Invariant: lists are sorted by what identifies their members, whatever the order of files and lines.
//! Invariant: an `Option` is `None` only where the author left it out, or where its absence was reported: a
//! `Valid<Policy>` has everything that `lower` needs.

mod client;
mod governance;
mod guardrail;
mod saml;
mod suite;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use gatewright_bundle::program::{Risk, Scope, Stage, Visibility, WhenFull};
use gatewright_terms::{DomainName, EmailAddress, GroupName, OrgId, PermissionName, Seconds, Slug, Trait};
use wright_syntax::source::{Source, Span};
use wright_syntax::tree::Spanned;

use crate::profile::{Auth, Profile};
use crate::rules::Secret;
use crate::shape::Text;

pub(crate) use client::{PinnedTo, effective_auth};
pub use governance::{Governance, Retired};
pub use guardrail::{Demand, Guardrail, Test, Verb};
pub(crate) use saml::{At, IdpInitiated, Saml, algorithm, last_end};
pub use suite::{
    Anyone, Binds, Case, Claim, Expect, Law, Never, Outside, PermissionAt, Place, RoleAt, Says, Sent, Suite,
    TestIdentity,
};

/// Names resolved, layers laid over each other, one view for each environment.
pub struct Policy {
    pub(crate) catalogue: Catalogue,
    /// Sorted by name.
    pub(crate) environments: Vec<Environment>,
    /// As their own files say, sorted by id.
    pub(crate) orgs: Vec<Arc<Org>>,
    /// Of the platform, in the order of the files.
    pub(crate) laws: Vec<Law>,
    /// In the order of the files.
    pub(crate) suites: Vec<Suite>,
    pub(crate) governance: Governance,
    /// Presets that no organisation uses.
    pub(crate) idle_presets: Vec<Written>,
    pub(crate) texts: Vec<Text>,
    /// What looks like a secret; looked for once.
    pub(crate) secrets: OnceLock<Vec<Secret>>,
    pub(crate) sources: Vec<Source>,
    /// Some organisations were left out on purpose: what seems unused may be used by them.
    pub(crate) is_part: bool,
    /// No error was reported in an earlier stage.
    pub(crate) sound: bool,
}

/// A SAML connection and the file that its provider's metadata is kept in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetadataPlace {
    pub org: OrgId,
    pub connection: Slug,
    /// `None`: as the organisation's own file says.
    pub environment: Option<Slug>,
    /// Relative to the workspace.
    pub file: String,
    /// Whom the policy believes.
    pub entity_id: String,
}

/// Where something was written: its path in the policy and its place in the text.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) path: Arc<str>,
    pub(crate) at: Span,
}

pub(crate) struct Catalogue {
    /// Sorted by name.
    pub(crate) permissions: Vec<Permission>,
    /// Sorted by scope, then slug.
    pub(crate) roles: Vec<Role>,
    /// Sorted by slug.
    pub(crate) plans: Vec<Plan>,
    /// Something in it was reported: what seems absent may have been meant.
    pub(crate) incomplete: bool,
    /// The start of its first file, for what no line says.
    pub(crate) at: Span,
}

pub(crate) struct Permission {
    pub(crate) name: PermissionName,
    pub(crate) risk: Risk,
    pub(crate) written: Written,
}

pub(crate) struct Role {
    pub(crate) scope: Scope,
    pub(crate) slug: Slug,
    pub(crate) label: Arc<str>,
    /// Indices of roles of the same scope.
    pub(crate) includes: Vec<Spanned<usize>>,
    /// Indices of permissions.
    pub(crate) permits: Vec<Spanned<usize>>,
    /// Itself and every role that it includes, followed to the end.
    pub(crate) closure: BTreeSet<usize>,
    pub(crate) written: Written,
}

pub(crate) struct Plan {
    pub(crate) slug: Slug,
    pub(crate) includes: Vec<Arc<str>>,
    pub(crate) written: Written,
}

pub(crate) struct Environment {
    pub(crate) name: Slug,
    pub(crate) base_url: Option<Spanned<Arc<str>>>,
    /// Sorted by slug.
    pub(crate) apps: Vec<App>,
    /// Sorted by slug.
    pub(crate) shared_clients: Vec<SharedClient>,
    /// Every organisation as this environment sees it, sorted by id.
    pub(crate) orgs: Vec<Arc<Org>>,
    pub(crate) written: Written,
}

pub(crate) struct App {
    pub(crate) slug: Slug,
    pub(crate) origin: Option<Spanned<Arc<str>>>,
    pub(crate) org: Option<OrgId>,
    pub(crate) written: Written,
}

pub(crate) struct SharedClient {
    pub(crate) slug: Slug,
    pub(crate) provider: Option<&'static Profile>,
    pub(crate) client_id: Option<Spanned<Arc<str>>>,
    pub(crate) client_auth: Option<Spanned<Auth>>,
    pub(crate) secret: Option<Spanned<(Slug, Slug)>>,
    pub(crate) written: Written,
}

pub(crate) struct Org {
    pub(crate) id: OrgId,
    /// The id, as a slug.
    pub(crate) slug: Slug,
    pub(crate) name: Arc<str>,
    pub(crate) plan: Option<Spanned<usize>>,
    pub(crate) time_zone: Arc<str>,
    /// Who looks after it.
    pub(crate) team: Option<Arc<str>>,
    /// Sorted by name.
    pub(crate) domains: Vec<Domain>,
    /// Sorted by mailbox.
    pub(crate) owners: Vec<Spanned<EmailAddress>>,
    /// Sorted by slug.
    pub(crate) connections: Vec<Connection>,
    /// The line `members "sso"`.
    pub(crate) sso: Option<Span>,
    pub(crate) stage: Stage,
    /// Sorted by slug.
    pub(crate) projects: Vec<Project>,
    pub(crate) default_project: Option<Spanned<usize>>,
    /// In the order of the file.
    pub(crate) grants: Vec<Grant>,
    /// In the order of the file.
    pub(crate) blocks: Vec<BlockedGroup>,
    pub(crate) session: Session,
    /// The organisation's own and the defaults', sorted by permission.
    pub(crate) step_ups: Vec<StepUp>,
    /// An environment changes it: this is the changed one.
    pub(crate) overlaid: bool,
    /// Something in it was reported: what seems absent may have been meant.
    pub(crate) incomplete: bool,
    pub(crate) written: Written,
}

pub(crate) struct Domain {
    pub(crate) name: DomainName,
    /// Index of the organisation's connections.
    pub(crate) connection: Option<usize>,
    pub(crate) written: Written,
}

pub(crate) struct Connection {
    pub(crate) slug: Slug,
    pub(crate) provider: Option<Spanned<&'static Profile>>,
    pub(crate) oidc: Option<Oidc>,
    pub(crate) saml: Option<Saml>,
    pub(crate) claims: ClaimNames,
    /// Attributes that its people cannot change by themselves.
    pub(crate) trusted: Vec<Spanned<Slug>>,
    /// `unsafe "idp-initiated"`.
    pub(crate) idp_initiated: Option<IdpInitiated>,
    pub(crate) written: Written,
}

/// As written; what it amounts to is computed by the methods of [`Connection`].
pub(crate) struct Oidc {
    pub(crate) issuer: Option<Spanned<Arc<str>>>,
    pub(crate) client_id: Option<Spanned<Arc<str>>>,
    pub(crate) client_auth: Option<Spanned<Auth>>,
    pub(crate) secret: Option<Spanned<(Slug, Slug)>>,
    pub(crate) hosted_domain: Option<Spanned<DomainName>>,
    pub(crate) tenant: Option<Spanned<Arc<str>>>,
    pub(crate) shared_client: Option<Spanned<Arc<str>>>,
    pub(crate) written: Written,
}

/// What `attributes` says, of the connection or of the defaults of its kind; the profile says the rest.
#[derive(Default)]
pub(crate) struct ClaimNames {
    pub(crate) email: Option<Spanned<Arc<str>>>,
    pub(crate) given_name: Option<Spanned<Arc<str>>>,
    pub(crate) family_name: Option<Spanned<Arc<str>>>,
    pub(crate) groups: Option<Spanned<Arc<str>>>,
    /// Sorted by name.
    pub(crate) own: Vec<OwnAttribute>,
}

/// An attribute that the organisation gave a name to.
#[derive(Clone)]
pub(crate) struct OwnAttribute {
    pub(crate) name: Slug,
    pub(crate) from: Spanned<Arc<str>>,
    pub(crate) written: Written,
}

pub(crate) struct Project {
    pub(crate) slug: Slug,
    pub(crate) name: Arc<str>,
    pub(crate) visibility: Visibility,
    /// Index of the catalogue's roles.
    pub(crate) default_role: Option<Spanned<usize>>,
    pub(crate) written: Written,
}

pub(crate) struct Grant {
    /// Index of the catalogue's roles.
    pub(crate) role: Spanned<usize>,
    /// Index of the organisation's projects.
    pub(crate) project: Option<usize>,
    pub(crate) to: Grantee,
    pub(crate) written: Written,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grantee {
    Having {
        /// Index of the organisation's connections.
        connection: usize,
        what: Trait,
    },
    EveryoneIn(DomainName),
}

pub(crate) struct BlockedGroup {
    pub(crate) group: GroupName,
    pub(crate) written: Written,
}

pub(crate) struct Session {
    pub(crate) idle: Layered<Seconds>,
    pub(crate) absolute: Layered<Seconds>,
    pub(crate) concurrent: Layered<u32>,
    pub(crate) when_full: Layered<WhenFull>,
    pub(crate) max_authentication_age: Layered<Option<Seconds>>,
}

#[derive(Clone)]
pub(crate) struct StepUp {
    /// Index of the catalogue's permissions.
    pub(crate) permission: usize,
    pub(crate) within: Spanned<Seconds>,
    pub(crate) acr: Option<Spanned<Arc<str>>>,
    pub(crate) written: Written,
}

/// A value of the highest layer that says one.
#[derive(Debug, Clone)]
pub(crate) struct Layered<T> {
    pub(crate) value: T,
    /// `None`: built in.
    pub(crate) from: Option<Written>,
}

impl Policy {
    /// The names of the environments, sorted.
    pub fn environments(&self) -> Vec<Slug> {
        self.environments.iter().map(|environment| environment.name.clone()).collect()
    }

    /// The ids of the organisations, sorted.
    pub fn orgs(&self) -> Vec<OrgId> {
        self.orgs.iter().map(|org| org.id.clone()).collect()
    }

    /// The laws of the platform.
    pub fn laws(&self) -> &[Law] {
        &self.laws
    }

    pub fn governance(&self) -> &Governance {
        &self.governance
    }

    pub fn suites(&self) -> &[Suite] {
        &self.suites
    }

    /// The path of the file that an organisation is written in, relative to the workspace.
    pub fn org_file(&self, org: &OrgId) -> Option<Arc<str>> {
        self.file_of(self.orgs.iter().find(|known| known.id == *org)?)
    }

    fn file_of(&self, org: &Org) -> Option<Arc<str>> {
        self.sources.get(usize::try_from(org.written.at.file.0).ok()?).map(|source| source.path.clone())
    }

    /// The folder of each organisation that names a team, relative to the workspace, with the team. Sorted.
    pub fn teams(&self) -> Vec<(String, Arc<str>)> {
        let of_org = |org: &Arc<Org>| {
            let file = self.file_of(org)?;
            let (folder, _) = file.rsplit_once('/')?;
            Some((folder.to_owned(), org.team.clone()?))
        };
        let mut teams: Vec<_> = self.orgs.iter().filter_map(of_org).collect();
        teams.sort();
        teams
    }

    /// Where each SAML connection keeps what its provider publishes: first as the organisation's own file says, then as
    /// each environment that says otherwise sees it. Sorted by organisation, connection and environment.
    pub fn metadata_places(&self) -> Vec<MetadataPlace> {
        let own = self.orgs.iter().map(|org| (None, org));
        let views = self.environments.iter().flat_map(|environment| {
            let changed = environment.orgs.iter().filter(|org| org.overlaid);
            changed.map(move |org| (Some(&environment.name), org))
        });
        let mut places: Vec<MetadataPlace> =
            own.chain(views).flat_map(|(environment, org)| self.places_of(environment, org)).collect();
        places.sort();
        places
    }

    fn places_of(&self, environment: Option<&Slug>, org: &Org) -> Vec<MetadataPlace> {
        let file = usize::try_from(org.written.at.file.0).ok().and_then(|at| self.sources.get(at));
        let folder =
            file.map(|source| &*source.path).and_then(|file| file.rsplit_once('/')).map_or("", |(folder, _)| folder);
        let place = |connection: &Connection| {
            let saml = connection.saml.as_ref()?;
            Some(MetadataPlace {
                org: org.id.clone(),
                connection: connection.slug.clone(),
                environment: environment.cloned(),
                file: format!("{folder}/{}", saml.metadata.as_ref()?.value),
                entity_id: saml.entity_id.as_ref()?.value.to_string(),
            })
        };
        org.connections.iter().filter_map(place).collect()
    }

    /// Every organisation under every environment. Where they are equal, so are the findings, which are folded.
    pub(crate) fn each_org(&self) -> impl Iterator<Item = (&Environment, &Org)> {
        self.environments.iter().flat_map(|environment| environment.orgs.iter().map(move |org| (environment, &**org)))
    }

    /// Every organisation once for each way in which some environment sees it: for rules that need no environment.
    pub(crate) fn each_view(&self) -> impl Iterator<Item = &Org> {
        let views = self.environments.iter().flat_map(|environment| &environment.orgs);
        self.orgs.iter().chain(views.filter(|org| org.overlaid)).map(|org| &**org)
    }
}

impl Environment {
    /// The one environment that may use plain HTTP on this machine.
    pub(crate) fn is_dev(&self) -> bool {
        self.name.as_str() == "dev"
    }

    pub(crate) fn shared_client(&self, name: &str) -> Option<(usize, &SharedClient)> {
        self.shared_clients.iter().enumerate().find(|(_, client)| client.slug.as_str() == name)
    }
}

impl Org {
    /// Whether some domain's people come through this connection.
    pub(crate) fn signs_in(&self, connection: usize) -> bool {
        self.domains.iter().any(|domain| domain.connection == Some(connection))
    }

    /// The plan's slug. Where no plan could be resolved, which was reported, the organisation's own stands in.
    pub(crate) fn plan_slug(&self, catalogue: &Catalogue) -> Slug {
        let plan = self.plan.as_ref().and_then(|plan| catalogue.plans.get(plan.value));
        plan.map_or_else(|| self.slug.clone(), |plan| plan.slug.clone())
    }
}

impl Catalogue {
    pub(crate) fn role(&self, scope: Scope, slug: &str) -> Option<usize> {
        self.roles.iter().position(|role| role.scope == scope && role.slug.as_str() == slug)
    }

    /// The permissions of a role, what it includes followed to the end.
    pub(crate) fn permits(&self, role: usize) -> BTreeSet<usize> {
        let closure = self.roles.get(role).map(|role| &role.closure);
        let roles = closure.into_iter().flatten().filter_map(|role| self.roles.get(*role));
        roles.flat_map(|role| role.permits.iter().map(|permit| permit.value)).collect()
    }

    /// Whether holding `above` is holding `below` too.
    pub(crate) fn covers(&self, above: usize, below: usize) -> bool {
        self.roles.get(above).is_some_and(|role| role.closure.contains(&below))
    }
}
