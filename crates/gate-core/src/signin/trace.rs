//! Trace: how a test sign-in ended, for the operator who made its link: who it was, what the policy would give them, and
//! every step that led there.
//!
//! Invariant: it asks what a sign-in asks, and writes nothing but its record: no member, no binding, no session.

use std::net::IpAddr;

use gate_store::rows::Errand;
use gatewright_audit::record::Event;
use gatewright_decide::{Decision, Groups, PreparedOrg, Standing, decide};
use gatewright_terms::{GroupName, OrgId, Refusal, Slug, Timestamp};

use super::admit::{person, refused_case};
use crate::identity::Identity;
use crate::join::Joined;
use crate::running::Running;
use crate::trail::{Case, Fields, Tale};
use crate::verify::{HeldRole, names};
use crate::{Gate, KeptOut, SupportCode};

/// How a test sign-in ended.
#[derive(Debug, Clone)]
pub struct Trace {
    pub org: OrgId,
    pub connection: Slug,
    pub outcome: TraceOutcome,
    /// `None` where the provider proved nobody.
    pub person: Option<TracedPerson>,
    /// What happened, oldest line first.
    pub steps: Vec<String>,
    /// Absent where no record could be written.
    pub code: SupportCode,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceOutcome {
    /// Would be let in, with these roles. None may be held by somebody who is let in all the same.
    Admitted {
        roles: Vec<HeldRole>,
    },
    Refused {
        refusal: Refusal,
    },
}

/// Who it was.
#[derive(Clone)]
pub struct TracedPerson {
    pub issuer: String,
    pub subject: String,
    pub email: String,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    /// `None`: unknown, which is not the same as none.
    pub groups: Option<Vec<String>>,
    /// `department=Finance`.
    pub attributes: Vec<String>,
    /// `newcomer`, `member` or `removed`.
    pub standing: &'static str,
    pub owner: bool,
    pub authenticated: Timestamp,
    /// Whether the provider said when.
    pub authentication_reported: bool,
    pub acr: Option<String>,
    pub name_id: Option<String>,
    pub name_id_format: Option<String>,
    pub session_index: Option<String>,
    pub session_ends: Option<Timestamp>,
}

/// Personal: it does not print by accident.
impl std::fmt::Debug for TracedPerson {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TracedPerson(…)")
    }
}

/// What the policy says of a proven person, with the words for the trace.
struct Judged {
    outcome: TraceOutcome,
    person: TracedPerson,
    tale: Tale,
}

impl Gate {
    pub(super) async fn end_test(
        &self,
        before: &Running,
        errand: &Errand,
        proved: Result<Identity, Case>,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<Trace, KeptOut> {
        let judged = match proved {
            Ok(identity) => self.judge_test(before, errand, &identity).await,
            Err(case) => Err(case),
        };
        let (outcome, person, tale) = match judged {
            Ok(Judged { outcome, person, tale }) => (outcome, Some(person), tale),
            Err(case) => (TraceOutcome::Refused { refusal: case.refusal() }, None, case.into_tale()),
        };
        let tale = tale.at(&errand.org, &errand.connection).from(address);
        let refusal = match &outcome {
            TraceOutcome::Admitted { .. } => None,
            TraceOutcome::Refused { refusal } => Some(*refusal),
        };
        let fields = Fields::default().with("outcome", refusal.map_or("admitted", Refusal::slug));
        let recorded = self.record_tale((Event::TestEnded, refusal), fields, &tale, now).await;
        let code = recorded.map_err(|_| KeptOut::without_code(Refusal::StoreUnavailable))?;
        let (org, connection) = (errand.org.clone(), errand.connection.clone());
        Ok(Trace { org, connection, outcome, person, steps: tale.story().to_vec(), code })
    }

    async fn judge_test(&self, before: &Running, errand: &Errand, identity: &Identity) -> Result<Judged, Case> {
        let running = self.running_still(before, errand)?;
        let org = running.org(&errand.org).map_err(Case::new)?;
        match self.join(org, identity).await {
            Ok(joined) => Ok(judged(org, identity, &joined)),
            Err(not) => {
                let (outcome, steps) = (TraceOutcome::Refused { refusal: not.case.refusal() }, not.case.into_tale());
                let traced = traced(identity, crate::join::standing(not.member.as_ref()), false);
                let tale = Tale::default().told(identity.story()).told(steps.story());
                Ok(Judged { outcome, person: traced, tale: tale.of(person(identity, not.member)) })
            }
        }
    }
}

fn judged(org: &PreparedOrg, identity: &Identity, joined: &Joined) -> Judged {
    let facts = &joined.facts;
    let traced = traced(identity, facts.standing, facts.is_owner);
    let groups = match &facts.groups {
        Groups::Known(known) => format!("{} groups", known.names().count()),
        Groups::Unknown => "groups unknown".to_owned(),
    };
    let proved = if facts.domain_proved { "proved" } else { "not proved" };
    let domain = facts.email.domain();
    let tale = Tale::default()
        .told(identity.story())
        .because(format!("joining: {}; the domain `{domain}` is {proved}; {groups}", traced.standing));
    let (outcome, tale) = match decide(org, facts) {
        Decision::Admit(admission) => {
            let roles = names(&admission);
            let line = format!("decision: admitted, {} roles", roles.len());
            (TraceOutcome::Admitted { roles }, tale.because(line))
        }
        Decision::Refuse(refused) => {
            let tale = tale.because(format!("decision: refused, {}", refused.refusal));
            let outcome = TraceOutcome::Refused { refusal: refused.refusal };
            (outcome, tale.told(refused_case(&refused).into_tale().story()))
        }
    };
    Judged { outcome, person: traced, tale: tale.of(person(identity, joined.member.clone())) }
}

fn traced(identity: &Identity, standing: Standing, owner: bool) -> TracedPerson {
    let authentication = identity.authentication();
    let text = |value: &gatewright_terms::AttributeValue| value.to_string();
    let group = |group: &GroupName| group.to_string();
    TracedPerson {
        issuer: identity.key().issuer.to_string(),
        subject: identity.key().subject.to_string(),
        email: identity.email().to_string(),
        given_name: identity.given_name().map(text),
        family_name: identity.family_name().map(text),
        groups: identity.groups().as_ref().map(|groups| groups.iter().map(group).collect()),
        attributes: identity.attributes().iter().map(ToString::to_string).collect(),
        standing: match standing {
            Standing::Newcomer => "newcomer",
            Standing::Member => "member",
            Standing::Removed => "removed",
        },
        owner,
        authenticated: authentication.at,
        authentication_reported: authentication.told,
        acr: authentication.acr.map(str::to_owned),
        name_id: identity.name_id().map(|name| name.value.clone()),
        name_id_format: identity.name_id().and_then(|name| name.format.clone()),
        session_index: identity.session_index().map(str::to_owned),
        session_ends: identity.session_ends(),
    }
}
