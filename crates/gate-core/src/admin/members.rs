//! Members: who is in an organisation, and how an operator ends their sessions or removes them.

use gate_store::rows::{Member, MemberState, RowId, Session};
use gatewright_audit::record::{Event, Stream};
use gatewright_terms::{EmailAddress, OrgId, Timestamp};

use super::{AdminError, MemberView, Operator, Scope, SessionView, row_id};
use crate::Gate;
use crate::join::is_owner_mailbox;
use crate::running::Running;
use crate::sessions::Cause;
use crate::trail::{Fields, draft};

/// Members in one answer.
pub(super) const MEMBERS_MAX: u32 = 500;

impl Gate {
    /// Members by id, after `after`, at most `limit`. Scope `read`.
    pub async fn members(
        &self,
        by: &Operator,
        org: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<MemberView>, AdminError> {
        by.need(Scope::Read)?;
        let org = Self::named_org(org)?;
        let after =
            after.map(|text| row_id(text).ok_or(AdminError::Unclear("`after` is no id of a member"))).transpose()?;
        let members = self.store.members(&org, after, limit.clamp(1, MEMBERS_MAX)).await?;
        Ok(members.into_iter().map(|member| self.view(member)).collect())
    }

    /// Members with that address, whatever the case of its letters. Scope `read`.
    pub async fn members_with(&self, by: &Operator, org: &str, email: &str) -> Result<Vec<MemberView>, AdminError> {
        by.need(Scope::Read)?;
        let org = Self::named_org(org)?;
        let email = EmailAddress::parse(email).map_err(|_| AdminError::Unclear("`email` is no e-mail address"))?;
        let members = self.store.members_of_mailbox(&org, &email.mailbox_key(), MEMBERS_MAX).await?;
        Ok(members.into_iter().map(|member| self.view(member)).collect())
    }

    /// The live sessions of a member. Scope `read`.
    pub async fn sessions(&self, by: &Operator, org: &str, member: &str) -> Result<Vec<SessionView>, AdminError> {
        by.need(Scope::Read)?;
        let (org, member) = self.named_member(org, member).await?;
        let sessions = self.store.sessions_of_member(&org, member.id).await?;
        Ok(sessions.into_iter().map(session_view).collect())
    }

    /// Ends all sessions of a member, and gives how many. Scope `members`.
    pub async fn end_sessions(
        &self,
        by: &Operator,
        org: &str,
        member: &str,
        now: Timestamp,
    ) -> Result<usize, AdminError> {
        by.need(Scope::Members)?;
        let (org, member) = self.named_member(org, member).await?;
        let fields = Fields::default()
            .with("cause", Cause::Operator.word())
            .with("member", member.id)
            .with("operator", by.name());
        let record = draft(Stream::Org(org.clone()), now, Event::SessionEnded, fields);
        let ended = self.store.end_sessions_of_member(&org, member.id, vec![record]).await?;
        self.memory.forget(&ended);
        Ok(ended.len())
    }

    /// Removes a member: the sessions end, and signing in does not bring the person back. Scope `members`.
    pub async fn remove_member(
        &self,
        by: &Operator,
        org: &str,
        member: &str,
        now: Timestamp,
    ) -> Result<(), AdminError> {
        by.need(Scope::Members)?;
        let (org, member) = self.named_member(org, member).await?;
        if self.is_owner(&org, &member) {
            return Err(AdminError::Unclear(
                "an owner cannot be removed: take the `owner` line out of the policy first",
            ));
        }
        let fields = Fields::default().with("member", member.id).with("operator", by.name());
        let record = draft(Stream::Org(org.clone()), now, Event::MemberRemoved, fields);
        let ended = self.store.remove_member(&org, member.id, vec![record]).await?;
        self.memory.forget(&ended);
        Ok(())
    }

    /// Forgets a removed member: what the trail holds of them under seal can never be read again, and the chain still
    /// verifies (ST-AUD-10). Scope `members`.
    pub async fn forget_member(
        &self,
        by: &Operator,
        org: &str,
        member: &str,
        now: Timestamp,
    ) -> Result<(), AdminError> {
        by.need(Scope::Members)?;
        let (org, member) = self.named_member(org, member).await?;
        match member.state {
            MemberState::Active => return Err(AdminError::Unclear("the member is active: remove them first")),
            MemberState::Removed => {}
        }
        let fields = Fields::default().with("member", member.id).with("operator", by.name());
        let record = draft(Stream::Org(org), now, Event::PersonForgotten, fields);
        Ok(self.store.forget_person(member.person_key, vec![record]).await?)
    }

    pub(super) async fn named_member(&self, org: &str, member: &str) -> Result<(OrgId, Member), AdminError> {
        let org = Self::named_org(org)?;
        let id = row_id(member).ok_or(AdminError::NotFound("member"))?;
        // The store lists members by id: the first one after the id before.
        let before = u128::from_be_bytes(id.0).checked_sub(1).map(|number| RowId(number.to_be_bytes()));
        let next = self.store.members(&org, before, 1).await?.into_iter().next();
        let member = next.filter(|member| member.id == id).ok_or(AdminError::NotFound("member"))?;
        Ok((org, member))
    }

    pub(super) fn view(&self, member: Member) -> MemberView {
        MemberView {
            id: member.id.to_string(),
            owner: self.is_owner(&member.org, &member),
            email: member.email.to_string(),
            connection: member.key.connection,
            state: match member.state {
                MemberState::Active => "active",
                MemberState::Removed => "removed",
            },
            joined: member.joined,
            last_sign_in: member.last_sign_in,
        }
    }

    fn is_owner(&self, org: &OrgId, member: &Member) -> bool {
        Self::is_owner_in(&self.running(), org, member)
    }

    pub(super) fn is_owner_in(running: &Running, org: &OrgId, member: &Member) -> bool {
        let Ok(org) = running.org(org) else { return false };
        member.owner_of.as_ref().is_some_and(|mailbox| is_owner_mailbox(org.org(), mailbox))
    }
}

fn session_view(session: Session) -> SessionView {
    SessionView {
        id: session.id.to_string(),
        app: session.child.map(|child| child.app),
        authenticated: session.authenticated,
        created: session.created,
        last_seen: session.last_seen,
    }
}
