//! Memory: the sessions that this process has read lately, so that a request costs no question to the store.
//!
//! Invariant: nothing that was read before an end of sessions is remembered after it (the ticket).
//! Invariant: an entry is trusted for `stale_sessions_max` after it was read, not a second longer.
//! Invariant: bounded; what is forgotten is read again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use gate_store::rows::{RowId, Session, TokenHash};
use gatewright_decide::{Facts, GroupSet, Groups, Standing};
use gatewright_terms::{Seconds, Timestamp};

use super::Cause;
use crate::verify::Signed;

/// About 2 KiB each with 20 groups: 128 MiB at the most. More live sessions than this cost a read each now and then.
const REMEMBERED_MAX: usize = 65_536;

/// Ends that the store has not taken yet. Beyond this the oldest answer is the same: the store is away.
const OWED_ENDS_MAX: usize = 10_000;

/// A session as it was read, with what is computed from it once.
pub(crate) struct Remembered {
    pub(crate) session: Session,
    /// The owner's mailbox that is bound to this person.
    pub(crate) owner_of: Option<String>,
    /// Of a member who is no owner. `domain_proved` is asked of newcomers alone.
    facts: Facts,
    /// The id of the member as apps see it.
    pub(crate) subject: Arc<str>,
    read: Timestamp,
    /// Unix seconds of the last request, and of the last one that the store knows of.
    seen: AtomicI64,
    saved: AtomicI64,
    /// Assertions that are still good, one an app.
    pub(crate) signed: Mutex<Vec<Signed>>,
}

impl Remembered {
    pub(super) fn new(session: Session, owner_of: Option<String>, read: Timestamp) -> Self {
        let facts = Facts {
            connection: session.key.connection.clone(),
            email: session.email.clone(),
            groups: session.groups.clone().map_or(Groups::Unknown, |names| Groups::Known(GroupSet::new(names))),
            attributes: session.attributes.clone(),
            standing: Standing::Member,
            domain_proved: false,
            is_owner: false,
        };
        Self {
            facts,
            owner_of,
            subject: Arc::from(session.member.to_string()),
            read,
            seen: AtomicI64::new(session.last_seen.unix()),
            saved: AtomicI64::new(session.last_seen.unix()),
            signed: Mutex::new(Vec::new()),
            session,
        }
    }

    /// What `decide` asks, where the program that runs now names the person's bound mailbox as an owner's, or not.
    pub(crate) fn facts(&self, is_owner: bool) -> std::borrow::Cow<'_, Facts> {
        if is_owner {
            std::borrow::Cow::Owned(Facts { is_owner, ..self.facts.clone() })
        } else {
            std::borrow::Cow::Borrowed(&self.facts)
        }
    }

    pub(crate) fn last_seen(&self) -> Timestamp {
        Timestamp::from_unix(self.seen.load(Ordering::Relaxed))
    }

    pub(super) fn see(&self, now: Timestamp) {
        self.seen.fetch_max(now.unix(), Ordering::Relaxed);
    }

    fn unsaved(&self) -> i64 {
        self.seen.load(Ordering::Relaxed).saturating_sub(self.saved.load(Ordering::Relaxed))
    }
}

#[derive(Default)]
struct Inner {
    /// Counts ends: what was read before one is not remembered after it.
    ends: u64,
    sessions: HashMap<TokenHash, Arc<Remembered>>,
    by_id: HashMap<RowId, TokenHash>,
    /// Sessions that ended here while the store was away: refused, and ended in the store when it is back.
    owed: Vec<OwedEnd>,
}

/// An end that the store has not taken yet.
#[derive(Clone)]
pub(super) struct OwedEnd {
    pub(super) about: Session,
    /// Of the session that ends: `about`, or its parent.
    pub(super) id: RowId,
    pub(super) cause: Cause,
}

/// The state of the memory when a read began.
#[derive(Clone, Copy)]
pub(super) struct Ticket(u64);

#[derive(Default)]
pub(crate) struct Memory(RwLock<Inner>);

impl Memory {
    /// What was read lately, unless its end is owed.
    pub(super) fn recall(&self, token: TokenHash, now: Timestamp, stale_max: Seconds) -> Option<Arc<Remembered>> {
        let inner = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let found = inner.sessions.get(&token)?;
        let fresh = (0..=i64::from(stale_max.0)).contains(&now.since(found.read));
        (fresh && !inner.owes_end_of(&found.session)).then(|| Arc::clone(found))
    }

    pub(super) fn ticket(&self) -> Ticket {
        Ticket(self.0.read().unwrap_or_else(PoisonError::into_inner).ends)
    }

    /// Keeps what was read, unless sessions ended meanwhile. What the memory knew of requests and signatures stays.
    pub(super) fn remember(&self, ticket: Ticket, read: Remembered) -> Arc<Remembered> {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let token = read.session.token;
        if let Some(known) = inner.sessions.get(&token) {
            read.see(known.last_seen());
            let (old, new) = (&known.session, &read.session);
            if (&old.groups, &old.attributes, &old.email) == (&new.groups, &new.attributes, &new.email) {
                let mut kept = known.signed.lock().unwrap_or_else(PoisonError::into_inner);
                read.signed.lock().unwrap_or_else(PoisonError::into_inner).append(&mut kept);
            }
        }
        let read = Arc::new(read);
        if inner.ends == ticket.0 {
            inner.make_room();
            inner.by_id.insert(read.session.id, token);
            inner.sessions.insert(token, Arc::clone(&read));
        }
        read
    }

    /// A request of the person: moves the clock of the session, and of its parent.
    pub(super) fn see(&self, entry: &Remembered, now: Timestamp) {
        entry.see(now);
        let Some(child) = &entry.session.child else { return };
        let inner = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let parent = inner.by_id.get(&child.parent).and_then(|token| inner.sessions.get(token));
        if let Some(parent) = parent {
            parent.see(now);
        }
    }

    /// The last request through any child of this session that the memory holds.
    pub(super) fn seen_through_children(&self, parent: RowId) -> Option<Timestamp> {
        let inner = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let is_child =
            |entry: &&Arc<Remembered>| entry.session.child.as_ref().is_some_and(|child| child.parent == parent);
        inner.sessions.values().filter(is_child).map(|entry| entry.last_seen()).max()
    }

    /// These sessions have ended in the store.
    pub(crate) fn forget(&self, ended: &[RowId]) {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        inner.ends = inner.ends.wrapping_add(1);
        for id in ended {
            if let Some(token) = inner.by_id.remove(id) {
                inner.sessions.remove(&token);
            }
        }
    }

    /// The store could not end this session: it is refused here from now on, with its children.
    pub(super) fn owe_end(&self, about: Session, id: RowId, cause: Cause) {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if inner.owed.len() < OWED_ENDS_MAX && inner.owed.iter().all(|owed| owed.id != id) {
            inner.owed.push(OwedEnd { about, id, cause });
        }
    }

    pub(super) fn owed_ends(&self) -> Vec<OwedEnd> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).owed.clone()
    }

    pub(super) fn paid_end(&self, id: RowId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).owed.retain(|owed| owed.id != id);
    }

    pub(super) fn owes_end_of(&self, session: &Session) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).owes_end_of(session)
    }

    /// The last request of this very session that the memory holds.
    pub(super) fn seen(&self, session: &Session) -> Option<Timestamp> {
        let inner = self.0.read().unwrap_or_else(PoisonError::into_inner);
        inner.sessions.get(&session.token).map(|entry| entry.last_seen())
    }

    /// Sessions whose last request the store lags behind by this much or more.
    pub(super) fn unsaved(&self, lag: Seconds) -> Vec<Arc<Remembered>> {
        let inner = self.0.read().unwrap_or_else(PoisonError::into_inner);
        inner.sessions.values().filter(|entry| entry.unsaved() >= i64::from(lag.0.max(1))).cloned().collect()
    }

    pub(super) fn saved(entry: &Remembered, at: Timestamp) {
        entry.saved.fetch_max(at.unix(), Ordering::Relaxed);
    }
}

impl Inner {
    fn owes_end_of(&self, session: &Session) -> bool {
        let parent = session.child.as_ref().map(|child| child.parent);
        self.owed.iter().any(|owed| owed.id == session.id || Some(owed.id) == parent)
    }

    /// Forgets half of it, whichever: cheaper than keeping an order, and rare.
    fn make_room(&mut self) {
        if self.sessions.len() < REMEMBERED_MAX {
            return;
        }
        let mut keep = false;
        self.sessions.retain(|_, _| {
            keep = !keep;
            keep
        });
        let sessions = &self.sessions;
        self.by_id.retain(|_, token| sessions.contains_key(token));
    }
}
