//! Admit: a verified person is decided about and, if admitted, has a session.
//!
//! Invariant: member, owner's binding, session and audit records are one transaction of the store.
//! Invariant: the session's token is new, and the session that the browser had before ends with it (ST-SESS-02).

use std::net::IpAddr;

use gate_store::StoreError;
use gate_store::rows::{Errand, Member, RowId, Session, SignIn, SignInDone, WhenFull};
use gatewright_audit::record::{Draft, Event, Stream};
use gatewright_bundle::program;
use gatewright_bundle::program::Org;
use gatewright_decide::{Decision, PreparedOrg, Refused, decide};
use gatewright_terms::{Refusal, Timestamp};

use super::conclude::{Arrival, check_authentication};
use super::{Landing, SignedIn};
use crate::handover::Target;
use crate::identity::Identity;
use crate::join::Joined;
use crate::keys::PersonKey;
use crate::running::Running;
use crate::sessions::secs_left;
use crate::trail::{Case, Fields, Person, draft, no_random};
use crate::{Gate, random};

impl Gate {
    pub(super) async fn admit(
        &self,
        before: &Running,
        errand: &Errand,
        identity: &Identity,
        arrival: Arrival<'_>,
    ) -> Result<SignedIn, Case> {
        let running = self.running_still(before, errand)?;
        let org = running.org(&errand.org).map_err(Case::new)?;
        let joined = self.judge(org, errand, identity, arrival.now).await?;
        let member = joined.member.clone();
        match self.write_sign_in(&running, org.org(), joined, identity, arrival).await {
            Ok((signed_in, session)) => {
                Ok(SignedIn { landing: self.land(&running, errand, &session, arrival.now).await, ..signed_in })
            }
            Err(case) => Err(case.told(identity.story()).of(person(identity, member))),
        }
    }

    /// Who it is, where the policy lets them in. Writes nothing.
    async fn judge(
        &self,
        org: &PreparedOrg,
        errand: &Errand,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<Joined, Case> {
        let told = |case: Case, member| case.told(identity.story()).of(person(identity, member));
        let joined = self.join(org, identity).await.map_err(|not| told(not.case, not.member))?;
        let refused = match decide(org, &joined.facts) {
            Decision::Admit(_) => check_authentication(org.org(), errand, identity, now).err(),
            Decision::Refuse(refused) => Some(refused_case(&refused)),
        };
        match refused {
            Some(case) => Err(told(case, joined.member)),
            None => Ok(joined),
        }
    }

    async fn write_sign_in(
        &self,
        running: &Running,
        org: &Org,
        joined: Joined,
        identity: &Identity,
        arrival: Arrival<'_>,
    ) -> Result<(SignedIn, Session), Case> {
        let (rules, now) = (org.session, arrival.now);
        if let Some(member) = &joined.member {
            let sessions = self.store.sessions_of_member(&org.id, member.id).await?;
            self.end_what_is_over(&sessions, &rules, now).await?;
        }
        let (token, id) = identity.door().open(&*self.random)?;
        let (key, new_key) = self.key_of(joined.member.as_ref()).await?;
        let new_member = RowId(random::bytes(&*self.random)?);
        let authentication = identity.authentication();
        let session = Session {
            token: token.hash(),
            id,
            org: org.id.clone(),
            member: joined.member.as_ref().map_or(new_member, |member| member.id),
            key: joined.key.clone(),
            email: identity.email().clone(),
            groups: identity.groups().clone(),
            attributes: identity.attributes().clone(),
            is_owner: joined.is_bound(),
            authenticated: authentication.at,
            authentication_told: authentication.told,
            acr: authentication.acr.map(str::to_owned),
            session_ends: identity.session_ends(),
            name_id: identity.name_id().cloned(),
            session_index: identity.session_index().map(str::to_owned),
            created: now,
            last_seen: now,
            child: None,
        };
        let record = Record { running, joined: &joined, identity, address: arrival.address, session: &session, now };
        let sign_in = SignIn {
            audit: self.records(&record, &key)?,
            session: session.clone(),
            new_member,
            new_person_key: match new_key {
                Some(new) => new,
                // The store has the person's key; one that seals nothing is not kept.
                None => self.keys.sealer.new_person(&*self.random).map(|(key, wrapped)| (key.id, wrapped))?,
            },
            replaces: self.session_before(arrival.session, now).await,
            may_join: joined.member.is_none(),
            bind_owner: joined.bind_owner.clone(),
            concurrent_max: rules.concurrent,
            when_full: match rules.when_full {
                program::WhenFull::EndOldest => WhenFull::EndOldest,
                program::WhenFull::Refuse => WhenFull::Refuse,
            },
        };
        let member = self.done(self.store.sign_in(sign_in).await?)?;
        self.metrics.signed_in(identity.door().slug());
        let signed_in =
            SignedIn { session: token, absolute_secs: secs_left(&session, &rules, now), landing: Landing::Ours };
        Ok((signed_in, Session { member, ..session }))
    }

    /// The session that the browser has until now. One that is not live, or cannot be read, is nobody's way in.
    async fn session_before(&self, presented: Option<&str>, now: Timestamp) -> Option<RowId> {
        let entry = self.find(presented?, now).await.ok()?;
        entry.session.child.is_none().then_some(entry.session.id)
    }

    fn done(&self, done: SignInDone) -> Result<RowId, Case> {
        match done {
            SignInDone::Done { member, ended } => {
                self.memory.forget(&ended);
                Ok(member)
            }
            SignInDone::OwnerTaken => Err(Case::new(Refusal::OwnerAlreadyBound)),
            SignInDone::Removed => Err(Case::new(Refusal::RemovedMember)),
            SignInDone::MayNotJoin => {
                Err(Case::new(Refusal::RemovedMember).because("the member is gone since it was read"))
            }
            SignInDone::SessionsFull => Err(Case::new(Refusal::SessionsFull)),
        }
    }

    /// The records of an admitted sign-in, in the order of what happens.
    fn records(&self, record: &Record<'_>, key: &PersonKey) -> Result<Vec<Draft>, StoreError> {
        let mut drafts = Vec::with_capacity(3);
        if record.joined.member.is_none() {
            drafts.push(self.sealed(record.draft(Event::MemberJoined, record.bundle()), record.person(), key)?);
        }
        if record.joined.bind_owner.is_some() {
            drafts.push(self.sealed(record.draft(Event::OwnerBound, Fields::default()), record.person(), key)?);
        }
        let person = record.person().with("address", record.address);
        drafts.push(self.sealed(record.draft(Event::SignedIn, record.signed_in()), person, key)?);
        Ok(drafts)
    }

    fn sealed(&self, draft: Draft, person: Fields, key: &PersonKey) -> Result<Draft, StoreError> {
        Ok(Draft { personal: Some(self.seal(key, person).map_err(no_random)?), ..draft })
    }

    /// Where the person goes. Signed in they are; an app that is gone, or a store that is away, leaves them with us.
    async fn land(&self, running: &Running, errand: &Errand, session: &Session, now: Timestamp) -> Landing {
        let Some(app) = &errand.app else { return Landing::Ours };
        let target = Target::parse(running, app.as_str(), errand.return_to.as_deref(), &session.org);
        match target {
            Ok(target) => self.put_handover(running, target, session, now).await.unwrap_or(Landing::Ours),
            Err(_) => Landing::Ours,
        }
    }
}

/// What the records of one sign-in say.
struct Record<'a> {
    running: &'a Running,
    joined: &'a Joined,
    identity: &'a Identity,
    address: IpAddr,
    session: &'a Session,
    now: Timestamp,
}

impl Record<'_> {
    /// The store adds the member.
    fn draft(&self, event: Event, fields: Fields) -> Draft {
        let fields = fields.with("connection", &self.identity.key().connection);
        draft(Stream::Org(self.session.org.clone()), self.now, event, fields)
    }

    fn bundle(&self) -> Fields {
        Fields::default().with("bundle", self.running.digest())
    }

    fn signed_in(&self) -> Fields {
        let fields = self.bundle().with("door", self.identity.door().slug()).with("session", self.session.id);
        if self.identity.is_unsolicited() { fields.with("begun-by", "provider") } else { fields }
    }

    fn person(&self) -> Fields {
        Fields::default().with("email", self.identity.email()).with("subject", &self.identity.key().subject)
    }
}

pub(super) fn person(identity: &Identity, member: Option<Member>) -> Person {
    Person { email: identity.email().clone(), subject: identity.key().subject.clone(), member }
}

pub(super) fn refused_case(refused: &Refused) -> Case {
    let case = Case::new(refused.refusal);
    match &refused.blocked_by {
        Some(group) => case.because(format!("decision: blocked by the group `{group}`")),
        None => case,
    }
}
