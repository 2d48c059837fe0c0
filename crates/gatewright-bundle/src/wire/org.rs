//! Org: the twins of one organisation.

use gatewright_terms::{Attribute, AttributeValue, DomainName, EmailAddress, GroupName, OrgId, Seconds, Slug, Trait};
use minicbor::{Decode, Encode};

use super::connection::ConnectionWire;
use super::list::List;
use super::{label, text, word};
use crate::limits::{
    BLOCKED_GROUPS_MAX, CONNECTIONS_MAX, GRANTS_MAX, ORG_DOMAINS_MAX, OWNERS_MAX, PROJECTS_MAX, STEP_UPS_MAX,
};
use crate::malformed::Defect;
use crate::program::{Domain, Grant, Grantee, Join, Org, Project, SessionRules, Stage, StepUp, Visibility, WhenFull};

#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct OrgWire<'a> {
    #[b(0)]
    id: &'a str,
    #[b(1)]
    name: &'a str,
    #[b(2)]
    plan: &'a str,
    #[b(3)]
    time_zone: &'a str,
    #[b(4)]
    domains: List<DomainWire<'a>, ORG_DOMAINS_MAX>,
    #[n(5)]
    owners: List<String, OWNERS_MAX>,
    #[b(6)]
    connections: List<ConnectionWire<'a>, CONNECTIONS_MAX>,
    #[n(7)]
    join: JoinWire,
    #[b(8)]
    projects: List<ProjectWire<'a>, PROJECTS_MAX>,
    #[n(9)]
    default_project: Option<u32>,
    #[b(10)]
    grants: List<GrantWire<'a>, GRANTS_MAX>,
    #[b(11)]
    blocked_groups: List<&'a str, BLOCKED_GROUPS_MAX>,
    #[n(12)]
    session: SessionWire,
    #[n(13)]
    stage: StageWire,
    #[b(14)]
    step_ups: List<StepUpWire<'a>, STEP_UPS_MAX>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct DomainWire<'a> {
    #[b(0)]
    name: &'a str,
    #[n(1)]
    connection: u32,
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
enum JoinWire {
    #[n(0)]
    JustInTime,
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
enum StageWire {
    #[n(0)]
    Test,
    #[n(1)]
    Optional,
    #[n(2)]
    Required,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StepUpWire<'a> {
    #[n(0)]
    permission: u32,
    #[n(1)]
    within: u32,
    #[b(2)]
    acr: Option<&'a str>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct ProjectWire<'a> {
    #[b(0)]
    slug: &'a str,
    #[b(1)]
    name: &'a str,
    #[n(2)]
    visibility: VisibilityWire,
    #[n(3)]
    default_role: Option<u32>,
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
enum VisibilityWire {
    #[n(0)]
    Open,
    #[n(1)]
    Closed,
    #[n(2)]
    Private,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct GrantWire<'a> {
    #[n(0)]
    role: u32,
    #[n(1)]
    project: Option<u32>,
    #[b(2)]
    to: GranteeWire<'a>,
}

#[derive(Encode, Decode)]
#[cbor(flat)]
enum GranteeWire<'a> {
    #[n(0)]
    Group(#[n(0)] u32, #[b(1)] &'a str),
    #[n(1)]
    EveryoneIn(#[b(0)] &'a str),
    #[n(2)]
    Attribute(#[n(0)] u32, #[b(1)] &'a str, #[b(2)] &'a str),
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct SessionWire {
    #[n(0)]
    idle: u32,
    #[n(1)]
    absolute: u32,
    #[n(2)]
    concurrent: u32,
    #[n(3)]
    when_full: WhenFullWire,
    #[n(4)]
    max_authentication_age: Option<u32>,
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
enum WhenFullWire {
    #[n(0)]
    EndOldest,
    #[n(1)]
    Refuse,
}

impl<'a> OrgWire<'a> {
    pub(super) fn of(org: &'a Org) -> Self {
        Self {
            id: org.id.as_str(),
            name: &org.name,
            plan: org.plan.as_str(),
            time_zone: &org.time_zone,
            domains: List::of(&org.domains, |domain| DomainWire {
                name: domain.name.as_str(),
                connection: domain.connection,
            }),
            owners: List::of(&org.owners, EmailAddress::to_string),
            connections: List::of(&org.connections, ConnectionWire::of),
            join: match org.join {
                Join::JustInTime => JoinWire::JustInTime,
            },
            projects: List::of(&org.projects, ProjectWire::of),
            default_project: org.default_project,
            grants: List::of(&org.grants, GrantWire::of),
            blocked_groups: List::of(&org.blocked_groups, GroupName::as_str),
            session: SessionWire::of(&org.session),
            stage: match org.stage {
                Stage::Test => StageWire::Test,
                Stage::Optional => StageWire::Optional,
                Stage::Required => StageWire::Required,
            },
            step_ups: List::of(&org.step_ups, StepUpWire::of),
        }
    }

    pub(super) fn convert(&self) -> Result<Org, Defect> {
        Ok(Org {
            id: word(OrgId::parse(self.id), "the id")?,
            name: label(self.name, "the name")?,
            plan: word(Slug::parse(self.plan), "the plan")?,
            time_zone: text(self.time_zone, "the time zone")?,
            domains: self.domains.convert(DomainWire::convert)?,
            owners: self.owners.convert(|owner| word(EmailAddress::parse(owner), "an owner"))?,
            connections: self.connections.convert(ConnectionWire::convert)?,
            join: match self.join {
                JoinWire::JustInTime => Join::JustInTime,
            },
            projects: self.projects.convert(ProjectWire::convert)?,
            default_project: self.default_project,
            grants: self.grants.convert(GrantWire::convert)?,
            blocked_groups: self.blocked_groups.convert(|group| word(GroupName::parse(group), "a blocked group"))?,
            session: self.session.convert(),
            stage: match self.stage {
                StageWire::Test => Stage::Test,
                StageWire::Optional => Stage::Optional,
                StageWire::Required => Stage::Required,
            },
            step_ups: self.step_ups.convert(StepUpWire::convert)?,
        })
    }
}

impl<'a> StepUpWire<'a> {
    fn of(step_up: &'a StepUp) -> Self {
        Self { permission: step_up.permission, within: step_up.within.0, acr: step_up.acr.as_deref() }
    }

    fn convert(&self) -> Result<StepUp, Defect> {
        let acr = self.acr.map(|acr| text(acr, "the class of a step-up")).transpose()?;
        Ok(StepUp { permission: self.permission, within: Seconds(self.within), acr })
    }
}

impl DomainWire<'_> {
    fn convert(&self) -> Result<Domain, Defect> {
        Ok(Domain { name: word(DomainName::parse(self.name), "a domain")?, connection: self.connection })
    }
}

impl<'a> ProjectWire<'a> {
    fn of(project: &'a Project) -> Self {
        Self {
            slug: project.slug.as_str(),
            name: &project.name,
            visibility: match project.visibility {
                Visibility::Open => VisibilityWire::Open,
                Visibility::Closed => VisibilityWire::Closed,
                Visibility::Private => VisibilityWire::Private,
            },
            default_role: project.default_role,
        }
    }

    fn convert(&self) -> Result<Project, Defect> {
        Ok(Project {
            slug: word(Slug::parse(self.slug), "a project")?,
            name: label(self.name, "the name of a project")?,
            visibility: match self.visibility {
                VisibilityWire::Open => Visibility::Open,
                VisibilityWire::Closed => Visibility::Closed,
                VisibilityWire::Private => Visibility::Private,
            },
            default_role: self.default_role,
        })
    }
}

impl<'a> GrantWire<'a> {
    fn of(grant: &'a Grant) -> Self {
        Self {
            role: grant.role,
            project: grant.project,
            to: match &grant.to {
                Grantee::Having { connection, what: Trait::Group(group) } => {
                    GranteeWire::Group(*connection, group.as_str())
                }
                Grantee::Having { connection, what: Trait::Attribute(attribute) } => {
                    GranteeWire::Attribute(*connection, attribute.name.as_str(), attribute.value.as_str())
                }
                Grantee::EveryoneIn(domain) => GranteeWire::EveryoneIn(domain.as_str()),
            },
        }
    }

    fn convert(&self) -> Result<Grant, Defect> {
        let to = match self.to {
            GranteeWire::Group(connection, group) => Grantee::Having {
                connection,
                what: Trait::Group(word(GroupName::parse(group), "the group of a grant")?),
            },
            GranteeWire::Attribute(connection, name, value) => Grantee::Having {
                connection,
                what: Trait::Attribute(Attribute {
                    name: word(Slug::parse(name), "the attribute of a grant")?,
                    value: word(AttributeValue::parse(value), "the value of a grant")?,
                }),
            },
            GranteeWire::EveryoneIn(domain) => {
                Grantee::EveryoneIn(word(DomainName::parse(domain), "the domain of a grant")?)
            }
        };
        Ok(Grant { role: self.role, project: self.project, to })
    }
}

impl SessionWire {
    fn of(rules: &SessionRules) -> Self {
        Self {
            idle: rules.idle.0,
            absolute: rules.absolute.0,
            concurrent: rules.concurrent,
            when_full: match rules.when_full {
                WhenFull::EndOldest => WhenFullWire::EndOldest,
                WhenFull::Refuse => WhenFullWire::Refuse,
            },
            max_authentication_age: rules.max_authentication_age.map(|age| age.0),
        }
    }

    fn convert(&self) -> SessionRules {
        SessionRules {
            idle: Seconds(self.idle),
            absolute: Seconds(self.absolute),
            concurrent: self.concurrent,
            when_full: match self.when_full {
                WhenFullWire::EndOldest => WhenFull::EndOldest,
                WhenFullWire::Refuse => WhenFull::Refuse,
            },
            max_authentication_age: self.max_authentication_age.map(Seconds),
        }
    }
}
