//! Why: what the running program decides about a member as they last signed in, rule by rule, and their sessions.
//!
//! Invariant: the record of the reading is written before anything of the person is told.

use std::sync::Arc;

use gate_store::rows::{Member, Session, SessionGroups};
use gatewright_audit::record::{Event, Stream};
use gatewright_decide::{Explanation, Facts, GroupSet, Groups, PreparedOrg, Step, explain};
use gatewright_terms::{Attribute, OrgId, Refusal, Slug, Timestamp};

use super::{AdminError, MemberView, Operator, Scope};
use crate::Gate;
use crate::join::standing;
use crate::running::Running;
use crate::sessions::latest_end;
use crate::trail::{Fields, draft};

/// One person at one time.
#[derive(Debug, Clone)]
pub struct Why {
    pub environment: Slug,
    /// Hexadecimal, of the program that was asked.
    pub digest: Arc<str>,
    pub org: OrgId,
    pub at: Timestamp,
    pub member: MemberView,
    /// As the provider sent them at the last sign-in; `None` where it left them out.
    pub groups: SessionGroups,
    pub attributes: Vec<Attribute>,
    pub explanation: Explanation,
    pub sessions: Vec<SessionAt>,
}

/// A session at that time.
#[derive(Debug, Clone)]
pub struct SessionAt {
    pub id: String,
    /// Of an app's own origin.
    pub app: Option<Slug>,
    pub created: Timestamp,
    pub last_seen: Timestamp,
    /// It ends then, whatever happens.
    pub ends: Timestamp,
    /// Why it is over at that time, if it is: `idle`, `absolute`, `provider-end`, `authentication-age`.
    pub over: Option<&'static str>,
}

impl Gate {
    /// Explains a member at `at`, which is now or later: what was before the last sign-in is not kept. Scope `read`.
    pub async fn why(
        &self,
        by: &Operator,
        org: &str,
        member: &str,
        at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Why, AdminError> {
        by.need(Scope::Read)?;
        let running = self.running();
        let prepared = running.org_named(org).map_err(|_| AdminError::NotFound("organisation"))?;
        let (org, found) = self.named_member(org, member).await?;
        let fields = Fields::default().with("operator", by.name()).with("what", format!("why {}", found.id));
        let reading = draft(Stream::Org(org.clone()), now, Event::PersonalDataRead, fields);
        self.store.append(vec![reading], None, Vec::new()).await?;
        let at = at.unwrap_or(now);
        if at < found.last_sign_in {
            return Err(AdminError::Unclear(
                "the time is before the last sign-in; what the provider said of them then is not kept",
            ));
        }
        let facts = self.facts_at_rest(&running, &org, &found).await?;
        let rules = prepared.org().session;
        let of_member = self.store.sessions_of_member(&org, found.id).await?;
        let sessions = of_member.into_iter().map(|session| {
            let over = self.over_at(&session, &rules, at).map(crate::sessions::Cause::word);
            SessionAt {
                over,
                ends: latest_end(&session, &rules),
                id: session.id.to_string(),
                app: app(&session),
                created: session.created,
                last_seen: session.last_seen,
            }
        });
        let (groups, attributes) =
            found.told.clone().map_or((None, Vec::new()), |told| (told.groups, told.attributes.into_iter().collect()));
        Ok(Why {
            environment: self.environment.clone(),
            digest: Arc::clone(running.digest()),
            explanation: explained(prepared, &facts, &found),
            sessions: sessions.collect(),
            member: self.view(found),
            org,
            at,
            groups,
            attributes,
        })
    }

    /// What would be known of a member who came as they last did.
    async fn facts_at_rest(&self, running: &Running, org: &OrgId, member: &Member) -> Result<Facts, AdminError> {
        let standing = standing(Some(member));
        let told = match (&member.told, standing) {
            (Some(told), _) => Some(told),
            // Of whoever was removed nothing else is asked.
            (None, gatewright_decide::Standing::Removed) => None,
            (None, gatewright_decide::Standing::Member | gatewright_decide::Standing::Newcomer) => {
                return Err(AdminError::Unclear(
                    "what the provider says of them is not known until they sign in again",
                ));
            }
        };
        let groups = match told.map(|told| &told.groups) {
            Some(Some(names)) => Groups::Known(GroupSet::new(names.iter().cloned())),
            Some(None) => Groups::Unknown,
            None => Groups::none(),
        };
        Ok(Facts {
            connection: member.key.connection.clone(),
            email: member.email.clone(),
            groups,
            attributes: told.map(|told| told.attributes.clone()).unwrap_or_default(),
            standing,
            domain_proved: self.store.domain_proof(org, member.email.domain()).await?.is_some(),
            is_owner: Self::is_owner_in(running, org, member),
        })
    }
}

/// As the evaluator decides, where the connection still believes the provider that they came by.
fn explained(org: &PreparedOrg, facts: &Facts, member: &Member) -> Explanation {
    let connection = org.org().connections.iter().find(|known| known.slug == member.key.connection);
    if connection.is_none_or(|connection| connection.issuer() == &*member.key.issuer) {
        return explain(org, facts, Vec::new());
    }
    let text =
        format!("they came by `{}`; `{}` believes another provider now", member.key.issuer, member.key.connection);
    Explanation::refused(Refusal::ConnectionUnknown, vec![Step::new("connection", text)])
}

fn app(session: &Session) -> Option<Slug> {
    session.child.as_ref().map(|child| child.app.clone())
}
