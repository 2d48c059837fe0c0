//! Admit: a verified person is decided about and, if admitted, has a session.
//!
//! Invariant: member, owner's binding, session and audit records are one transaction of the store.
//! Invariant: the session's token is new, and the session that the browser had before ends with it (ST-SESS-02).

use std::net::IpAddr;

use gate_oidc::{Groups, Verified};
use gate_store::StoreError;
use gate_store::rows::{Flow, RowId, Session, SignIn, SignInDone, WhenFull};
use gatewright_audit::record::{Draft, Event, Stream};
use gatewright_bundle::program;
use gatewright_bundle::program::Org;
use gatewright_decide::{Decision, Refused, decide};
use gatewright_terms::{Refusal, Timestamp};

use super::{Arrived, Landing, SignedIn};
use crate::handover::Target;
use crate::join::Joined;
use crate::keys::PersonKey;
use crate::running::Running;
use crate::trail::{Case, Fields, Person, draft, no_random};
use crate::{Gate, SessionDoor, random};

impl Gate {
    pub(super) async fn admit(
        &self,
        before: &Running,
        flow: &Flow,
        verified: &Verified,
        (arrived, now): (&Arrived<'_>, Timestamp),
    ) -> Result<SignedIn, Case> {
        let running = self.running_still(before, flow)?;
        let org = running.org(&flow.org).map_err(Case::new)?;
        let person = |member| Person { email: verified.email().clone(), subject: verified.subject().into(), member };
        let joined = match self.join(org, verified).await {
            Ok(joined) => joined,
            Err(not) => return Err(not.case.told(verified.story()).of(person(not.member))),
        };
        let refused = match decide(org, &joined.facts) {
            Decision::Admit(_) => None,
            Decision::Refuse(refused) => Some(refused_case(&refused)),
        };
        if let Some(case) = refused {
            return Err(case.told(verified.story()).of(person(joined.member)));
        }
        let member = joined.member.clone();
        match self.write_sign_in(&running, org.org(), joined, verified, (arrived, now)).await {
            Ok((signed_in, session)) => {
                Ok(SignedIn { landing: self.land(&running, flow, &session, now).await, ..signed_in })
            }
            Err(case) => Err(case.told(verified.story()).of(person(member))),
        }
    }

    async fn write_sign_in(
        &self,
        running: &Running,
        org: &Org,
        joined: Joined,
        verified: &Verified,
        (arrived, now): (&Arrived<'_>, Timestamp),
    ) -> Result<(SignedIn, Session), Case> {
        let rules = org.session;
        if let Some(member) = &joined.member {
            let sessions = self.store.sessions_of_member(&org.id, member.id).await?;
            self.end_what_is_over(&sessions, &rules, now).await?;
        }
        let (token, id) = SessionDoor::OidcCallback.open(&*self.random)?;
        let (key, new_key) = self.key_of(joined.member.as_ref()).await?;
        let new_member = RowId(random::bytes(&*self.random)?);
        let session = Session {
            token: token.hash(),
            id,
            org: org.id.clone(),
            member: joined.member.as_ref().map_or(new_member, |member| member.id),
            key: joined.key.clone(),
            email: verified.email().clone(),
            groups: match verified.groups() {
                Groups::Known(names) => Some(names.clone()),
                Groups::Unknown => None,
            },
            is_owner: joined.is_bound(),
            authenticated: verified.authenticated(),
            created: now,
            last_seen: now,
            child: None,
        };
        let address = arrived.address;
        let record = Record { running, joined: &joined, verified, address, session: &session, now };
        let sign_in = SignIn {
            audit: self.records(&record, &key)?,
            session: session.clone(),
            new_member,
            new_person_key: match new_key {
                Some(new) => new,
                // The store has the person's key; one that seals nothing is not kept.
                None => self.keys.sealer.new_person(&*self.random).map(|(key, wrapped)| (key.id, wrapped))?,
            },
            replaces: self.session_before(arrived.session, now).await,
            may_join: joined.member.is_none(),
            bind_owner: joined.bind_owner.clone(),
            concurrent_max: rules.concurrent,
            when_full: match rules.when_full {
                program::WhenFull::EndOldest => WhenFull::EndOldest,
                program::WhenFull::Refuse => WhenFull::Refuse,
            },
        };
        let member = self.done(self.store.sign_in(sign_in).await?)?;
        let signed_in = SignedIn { session: token, absolute_secs: rules.absolute.0, landing: Landing::Ours };
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
        drafts.push(self.sealed(
            record.draft(Event::SignedIn, record.bundle().with("session", record.session.id)),
            person,
            key,
        )?);
        Ok(drafts)
    }

    fn sealed(&self, draft: Draft, person: Fields, key: &PersonKey) -> Result<Draft, StoreError> {
        Ok(Draft { personal: Some(self.seal(key, person).map_err(no_random)?), ..draft })
    }

    /// Where the person goes. Signed in they are; an app that is gone, or a store that is away, leaves them with us.
    async fn land(&self, running: &Running, flow: &Flow, session: &Session, now: Timestamp) -> Landing {
        let Some(app) = &flow.app else { return Landing::Ours };
        let target = Target::parse(running, app.as_str(), flow.return_to.as_deref(), &session.org);
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
    verified: &'a Verified,
    address: IpAddr,
    session: &'a Session,
    now: Timestamp,
}

impl Record<'_> {
    /// The store adds the member.
    fn draft(&self, event: Event, fields: Fields) -> Draft {
        let fields = fields.with("connection", self.verified.connection());
        draft(Stream::Org(self.session.org.clone()), self.now, event, fields)
    }

    fn bundle(&self) -> Fields {
        Fields::default().with("bundle", self.running.digest())
    }

    fn person(&self) -> Fields {
        Fields::default().with("email", self.verified.email()).with("subject", self.verified.subject())
    }
}

fn refused_case(refused: &Refused) -> Case {
    let case = Case::new(refused.refusal);
    match &refused.blocked_by {
        Some(group) => case.because(format!("decision: blocked by the group `{group}`")),
        None => case,
    }
}
