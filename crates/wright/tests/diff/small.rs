//! Small: a policy small enough to ask about every identity there is, and the program that it means.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_bundle::program::{
    Algorithm, Catalogue, Claims, Client, ClientAuth, Connection, Domain, EmailTrust, Environment, Grant, Grantee,
    Join, Oidc, Org, Overage, OwnAttribute, Permission, Program, Project, Protocol, Risk, Role, Scope, SessionRules,
    Stage, Visibility, WhenFull,
};
use gatewright_terms::{
    Attribute, AttributeValue, DomainName, EmailAddress, GroupName, OrgId, PermissionName, Seconds, Slug, Trait,
};

pub(crate) const GROUPS: [&str; 5] = ["g0", "g1", "g2", "g3", "g4"];
pub(crate) const ATTRIBUTES: [(&str, &str); 2] = [("site", "Berlin"), ("team", "ML")];
pub(crate) const DOMAINS: [&str; 3] = ["a.example", "b.example", "c.example"];
pub(crate) const CONNECTIONS: [&str; 2] = ["one", "two"];
pub(crate) const OWNERS: [&str; 2] = ["bob@b.example", "jane@a.example"];
pub(crate) const PROJECTS: [&str; 2] = ["lab", "shop"];
/// The last two carry a risk.
pub(crate) const PERMISSIONS: [&str; 5] = ["a.read", "a.write", "b.read", "c.delete", "d.pay"];
/// Scope and slug, sorted as a catalogue has them.
pub(crate) const ROLES: [(Scope, &str); 5] = [
    (Scope::Org, "admin"),
    (Scope::Org, "developer"),
    (Scope::Org, "owner"),
    (Scope::Project, "editor"),
    (Scope::Project, "viewer"),
];

/// A grant: an index of `ROLES`, an index of `PROJECTS`, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(crate) role: usize,
    pub(crate) project: Option<usize>,
    pub(crate) to: To,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum To {
    /// A number of [`told`], of a connection.
    Having(usize, usize),
    Everyone(usize),
}

/// What providers say of people: the groups, then the attributes.
pub(crate) const TRAITS: usize = GROUPS.len() + ATTRIBUTES.len();

pub(crate) fn told(number: usize) -> Trait {
    match number.checked_sub(GROUPS.len()).map(|at| ATTRIBUTES[at]) {
        None => Trait::Group(GroupName::parse(GROUPS[number]).unwrap()),
        Some((name, value)) => {
            Trait::Attribute(Attribute { name: slug(name), value: AttributeValue::parse(value).unwrap() })
        }
    }
}

/// Every line by indices into the lists above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Small {
    pub(crate) connections: BTreeSet<usize>,
    pub(crate) domains: BTreeMap<usize, usize>,
    pub(crate) owners: BTreeSet<usize>,
    pub(crate) grants: BTreeSet<Line>,
    pub(crate) blocks: BTreeSet<usize>,
    /// The default project and the role of it.
    pub(crate) default: Option<(usize, Option<usize>)>,
    /// What each role permits; a role that is not here is not in the catalogue, unless something needs it.
    pub(crate) roles: BTreeMap<usize, BTreeSet<usize>>,
}

impl Small {
    /// How many lines differ.
    pub(crate) fn lines_apart(&self, other: &Self) -> usize {
        self.lines().symmetric_difference(&other.lines()).count()
    }

    fn lines(&self) -> BTreeSet<String> {
        let mut lines: BTreeSet<String> = BTreeSet::new();
        lines.extend(self.connections.iter().map(|one| format!("connection {one}")));
        lines.extend(self.domains.iter().map(|one| format!("domain {one:?}")));
        lines.extend(self.owners.iter().map(|one| format!("owner {one}")));
        lines.extend(self.grants.iter().map(|one| format!("grant {one:?}")));
        lines.extend(self.blocks.iter().map(|one| format!("block {one}")));
        let default = self.default.into_iter();
        lines.extend(default.clone().map(|(project, _)| format!("default {project}")));
        lines.extend(default.map(|default| format!("default role {default:?}")));
        lines.extend((0..ROLES.len()).filter(|role| self.has_role(*role)).map(|role| format!("role {role}")));
        for (role, permits) in &self.roles {
            lines.extend(permits.iter().map(|permit| format!("permits {role} {permit}")));
        }
        lines
    }

    pub(crate) fn program(&self) -> Program {
        let catalogue = self.catalogue();
        let role = |wanted: usize| {
            let (scope, name) = ROLES[wanted];
            let at = catalogue.roles.iter().position(|role| role.scope == scope && role.slug.as_str() == name);
            u32::try_from(at.unwrap()).unwrap()
        };
        let connections: Vec<usize> = self.connections.iter().copied().collect();
        let connection_at =
            |wanted: usize| u32::try_from(connections.iter().position(|one| *one == wanted).unwrap()).unwrap();
        let grant = |line: &Line| Grant {
            role: role(line.role),
            project: line.project.map(|project| u32::try_from(project).unwrap()),
            to: match line.to {
                To::Having(what, connection) => {
                    Grantee::Having { connection: connection_at(connection), what: told(what) }
                }
                To::Everyone(domain) => Grantee::EveryoneIn(DomainName::parse(DOMAINS[domain]).unwrap()),
            },
        };
        let mut grants: Vec<Grant> = self.grants.iter().map(grant).collect();
        grants.sort();
        let project = |(at, name): (usize, &&str)| Project {
            slug: slug(name),
            name: (*name).into(),
            visibility: Visibility::Open,
            default_role: self.default.filter(|(project, _)| *project == at).and_then(|(_, at)| at).map(role),
        };
        let org = Org {
            domains: self
                .domains
                .iter()
                .map(|(domain, connection)| Domain {
                    name: DomainName::parse(DOMAINS[*domain]).unwrap(),
                    connection: connection_at(*connection),
                })
                .collect(),
            owners: self.owners.iter().map(|owner| EmailAddress::parse(OWNERS[*owner]).unwrap()).collect(),
            connections: connections.iter().map(|one| connection(CONNECTIONS[*one])).collect(),
            projects: PROJECTS.iter().enumerate().map(project).collect(),
            default_project: self.default.map(|(project, _)| u32::try_from(project).unwrap()),
            grants,
            blocked_groups: self.blocks.iter().map(|group| GroupName::parse(GROUPS[*group]).unwrap()).collect(),
            ..plain()
        };
        Program { environment: environment(), catalogue, orgs: vec![org] }
    }

    /// Whether the catalogue has it: what a line names must be there.
    fn has_role(&self, role: usize) -> bool {
        self.roles.contains_key(&role)
            || self.grants.iter().any(|line| line.role == role)
            || self.default.is_some_and(|(_, default)| default == Some(role))
    }

    fn catalogue(&self) -> Catalogue {
        let permission = |(at, name): (usize, &&str)| Permission {
            name: PermissionName::parse(name).unwrap(),
            risk: if at > 2 { Risk::Privileged } else { Risk::None },
        };
        let role = |at: usize| Role {
            scope: ROLES[at].0,
            slug: slug(ROLES[at].1),
            label: ROLES[at].1.into(),
            permits: self.roles.get(&at).into_iter().flatten().map(|permit| u32::try_from(*permit).unwrap()).collect(),
        };
        Catalogue {
            permissions: PERMISSIONS.iter().enumerate().map(permission).collect(),
            roles: (0..ROLES.len()).filter(|at| self.has_role(*at)).map(role).collect(),
        }
    }
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

/// An organisation with nothing in it.
pub(crate) fn plain() -> Org {
    Org {
        id: OrgId::parse("acme").unwrap(),
        name: "Acme".into(),
        plan: slug("enterprise"),
        time_zone: "UTC".into(),
        domains: Vec::new(),
        owners: Vec::new(),
        connections: Vec::new(),
        join: Join::JustInTime,
        stage: Stage::Required,
        projects: Vec::new(),
        default_project: None,
        grants: Vec::new(),
        blocked_groups: Vec::new(),
        session: SessionRules {
            idle: Seconds(3_600),
            absolute: Seconds(36_000),
            concurrent: 5,
            when_full: WhenFull::EndOldest,
            max_authentication_age: None,
        },
        step_ups: Vec::new(),
    }
}

pub(crate) fn environment() -> Environment {
    Environment {
        name: slug("production"),
        base_url: "https://sso.example.com".into(),
        apps: Vec::new(),
        shared_clients: Vec::new(),
    }
}

pub(crate) fn connection(name: &str) -> Connection {
    Connection {
        slug: slug(name),
        provider: slug("generic"),
        protocol: Protocol::Oidc(Oidc {
            issuer: format!("https://{name}.example"),
            client: Client::Own { client_id: "client".into(), client_auth: ClientAuth::PrivateKeyJwt },
            scopes: vec!["openid".into()],
            algorithms: vec![Algorithm::Rs256],
            subject_claim: "sub".into(),
            claims: Claims {
                email: "email".into(),
                given_name: None,
                family_name: None,
                groups: Some("groups".into()),
                own: ATTRIBUTES
                    .map(|(attribute, _)| OwnAttribute { name: slug(attribute), from: attribute.into() })
                    .into(),
            },
            email_trust: EmailTrust::VerifiedClaim,
            pin: None,
            clock_skew: Seconds(60),
            // The one leaves long lists of groups out.
            group_overage: if name == CONNECTIONS[1] { Overage::CutAt(100) } else { Overage::AbsentIsEmpty },
        }),
    }
}
