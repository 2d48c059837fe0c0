//! Snapshot: the members of every organisation of the running program as they last signed in, under pseudonyms, so that a
//! change of policy can say how many people it reaches without knowing who they are.
//!
//! Invariant: no address, no subject and no id of the store leaves here; members stand in the order of their pseudonyms,
//! which says nothing of the order of anything else.
//! Invariant: 32 bytes for each member of one organisation, and one page of rows, is all that it holds.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use gate_store::rows::{Member, MemberState, RowId, SessionGroups};
use gatewright_audit::record::{Event, Stream};
use gatewright_terms::{Attribute, DomainName, OrgId, Slug, Timestamp};

use super::members::MEMBERS_MAX;
use super::{AdminError, Operator, Scope};
use crate::Gate;
use crate::keys::Pseudonym;
use crate::running::Running;
use crate::trail::{Fields, draft};

/// An export that is under way, of the program that ran when it began.
pub struct MembersSnapshot {
    gate: Arc<Gate>,
    running: Arc<Running>,
    taken: Timestamp,
    orgs: VecDeque<OrgId>,
    left: Option<(OrgId, VecDeque<(Pseudonym, RowId)>)>,
}

/// What comes next.
pub enum SnapshotPart {
    /// The next organisation that has members, by id. Of `unrecorded` more it is not known what they have: they last
    /// signed in before it was kept.
    Org { org: OrgId, unrecorded: usize },
    /// More members of that organisation.
    Members(Vec<SnapshotMember>),
}

/// A member as they last signed in.
pub struct SnapshotMember {
    pub pseudonym: Pseudonym,
    pub connection: Slug,
    pub domain: DomainName,
    /// The address that is bound to them is an owner's in the running program.
    pub owner: bool,
    /// `None` where the provider left them out.
    pub groups: SessionGroups,
    pub attributes: BTreeSet<Attribute>,
}

impl Gate {
    /// Begins an export; the reading is recorded first. Scope `read`.
    pub async fn members_snapshot(
        self: &Arc<Self>,
        by: &Operator,
        now: Timestamp,
    ) -> Result<MembersSnapshot, AdminError> {
        by.need(Scope::Read)?;
        let running = self.running();
        let fields = Fields::default().with("operator", by.name()).with("what", "members-snapshot");
        let reading = draft(Stream::Platform, now, Event::PersonalDataRead, fields);
        self.store.append(vec![reading], None, Vec::new()).await?;
        let orgs = running.org_ids().cloned().collect();
        Ok(MembersSnapshot { gate: Arc::clone(self), running, taken: now, orgs, left: None })
    }
}

impl MembersSnapshot {
    pub fn environment(&self) -> &Slug {
        &self.gate.environment
    }

    /// Hexadecimal, of the program that ran when it began.
    pub fn digest(&self) -> &str {
        self.running.digest()
    }

    pub fn taken(&self) -> Timestamp {
        self.taken
    }

    /// `None` at the end.
    pub async fn next(&mut self) -> Result<Option<SnapshotPart>, AdminError> {
        if let Some((org, mut left)) = self.left.take()
            && !left.is_empty()
        {
            let page = left.drain(..left.len().min(MEMBERS_MAX as usize)).collect::<Vec<_>>();
            let members = self.members(&org, &page).await?;
            self.left = Some((org, left));
            return Ok(Some(SnapshotPart::Members(members)));
        }
        while let Some(org) = self.orgs.pop_front() {
            let (recorded, unrecorded) = self.pseudonyms(&org).await?;
            if !recorded.is_empty() || unrecorded > 0 {
                self.left = Some((org.clone(), recorded.into()));
                return Ok(Some(SnapshotPart::Org { org, unrecorded }));
            }
        }
        Ok(None)
    }

    /// Everybody of an organisation, sorted, and how many more there are of whom nothing is known.
    async fn pseudonyms(&self, org: &OrgId) -> Result<(Vec<(Pseudonym, RowId)>, usize), AdminError> {
        let (mut recorded, mut unrecorded, mut after) = (Vec::new(), 0_usize, None);
        loop {
            let page = self.gate.store.members(org, after, MEMBERS_MAX).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for member in page.iter().filter(|member| is_active(member)) {
                match &member.told {
                    Some(_) => recorded.push((self.gate.keys.pseudonyms.of(org, member.id), member.id)),
                    None => unrecorded = unrecorded.saturating_add(1),
                }
            }
        }
        recorded.sort_unstable();
        Ok((recorded, unrecorded))
    }

    /// Whoever was removed meanwhile is left out.
    async fn members(&self, org: &OrgId, page: &[(Pseudonym, RowId)]) -> Result<Vec<SnapshotMember>, AdminError> {
        let ids: Vec<RowId> = page.iter().map(|(_, id)| *id).collect();
        let members = self.gate.store.members_of_ids(org, &ids).await?;
        let member = |member: Member| {
            let owner = Gate::is_owner_in(&self.running, org, &member);
            let told = member.told?;
            Some(SnapshotMember {
                pseudonym: self.gate.keys.pseudonyms.of(org, member.id),
                connection: member.key.connection,
                domain: member.email.domain().clone(),
                owner,
                groups: told.groups,
                attributes: told.attributes,
            })
        };
        Ok(members.into_iter().filter(is_active).filter_map(member).collect())
    }
}

fn is_active(member: &Member) -> bool {
    match member.state {
        MemberState::Active => true,
        MemberState::Removed => false,
    }
}
