//! Join: the one function that turns a verified sign-in into an identity of an organisation.
//!
//! Reads what a provider has proved and what the store knows of that identity; gives the facts that `decide` asks for,
//! and what the sign-in will write if it is admitted.
//!
//! Invariant: who somebody is, is the identity key (connection, issuer, subject). The address of an owner is matched once,
//! with a proved domain, and bound to that key; another key with the same mailbox is refused and alarms.

use gate_store::rows::{Member, MemberState};
use gatewright_bundle::program::Org;
use gatewright_decide::{Facts, GroupSet, Groups, PreparedOrg, Standing};
use gatewright_terms::{IdentityKey, Refusal};

use crate::Gate;
use crate::identity::Identity;
use crate::trail::Case;

/// Who it is, and what they are to the organisation.
pub(crate) struct Joined {
    pub(crate) key: IdentityKey,
    pub(crate) facts: Facts,
    pub(crate) member: Option<Member>,
    /// The owner's mailbox that this sign-in binds to the identity, if it is admitted.
    pub(crate) bind_owner: Option<String>,
}

impl Joined {
    /// Whether an owner's mailbox is, or will be, bound to the identity, whatever the program says of it now.
    pub(crate) fn is_bound(&self) -> bool {
        self.bind_owner.is_some() || self.member.as_ref().is_some_and(|member| member.owner_of.is_some())
    }
}

/// Kept out, and the member that the identity belongs to.
pub(crate) struct NotJoined {
    pub(crate) case: Case,
    pub(crate) member: Option<Member>,
}

impl Gate {
    pub(crate) async fn join(&self, org: &PreparedOrg, identity: &Identity) -> Result<Joined, NotJoined> {
        let key = identity.key().clone();
        let unknown = |error: gate_store::StoreError| NotJoined { case: error.into(), member: None };
        let member = self.store.member_by_key(&org.org().id, &key).await.map_err(unknown)?;
        match self.facts_of(org.org(), identity, &key, member.as_ref()).await {
            Ok((facts, bind_owner)) => Ok(Joined { key, facts, member, bind_owner }),
            Err(case) => Err(NotJoined { case, member }),
        }
    }

    async fn facts_of(
        &self,
        org: &Org,
        identity: &Identity,
        key: &IdentityKey,
        member: Option<&Member>,
    ) -> Result<(Facts, Option<String>), Case> {
        let email = identity.email();
        let domain_proved = self.store.domain_proof(&org.id, email.domain()).await?.is_some();
        let bound =
            member.and_then(|member| member.owner_of.as_ref()).is_some_and(|mailbox| is_owner_mailbox(org, mailbox));
        let mut bind_owner = None;
        if org.owners.iter().any(|owner| owner.same_mailbox(email)) {
            let mailbox = email.mailbox_key();
            match self.store.owner_binding(&org.id, &mailbox).await? {
                Some(other) if other != *key => return Err(Case::new(Refusal::OwnerAlreadyBound)),
                Some(_) => {}
                None => bind_owner = domain_proved.then_some(mailbox),
            }
        }
        let facts = Facts {
            connection: key.connection.clone(),
            email: email.clone(),
            groups: groups(identity),
            attributes: identity.attributes().clone(),
            standing: standing(member),
            domain_proved,
            is_owner: bound || bind_owner.is_some(),
        };
        Ok((facts, bind_owner))
    }
}

/// Whether the policy names this mailbox as an owner's now.
pub(crate) fn is_owner_mailbox(org: &Org, mailbox: &str) -> bool {
    org.owners.iter().any(|owner| owner.mailbox_key() == mailbox)
}

pub(crate) fn standing(member: Option<&Member>) -> Standing {
    match member.map(|member| member.state) {
        Some(MemberState::Active) => Standing::Member,
        Some(MemberState::Removed) => Standing::Removed,
        None => Standing::Newcomer,
    }
}

fn groups(identity: &Identity) -> Groups {
    match identity.groups() {
        Some(names) => Groups::Known(GroupSet::new(names.iter().cloned())),
        None => Groups::Unknown,
    }
}
