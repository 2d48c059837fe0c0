//! Sessions: whether a cookie is a live session, and how sessions end.
//!
//! Reads the token of a cookie; gives the facts of a live session, or says that there is none.
//!
//! Invariant: idle and absolute limits are those of the program that runs now (ST-SESS-04), kept here, not by the cookie.
//! Invariant: an end acts on the next request of this process; where the store is away the session is refused here all
//! the same, and ended in the store when it is back (ST-AUD-08).
//! Invariant: where the store is away, what was read within `stale_sessions_max` goes on, and nothing else (ST-SESS-12).
//!
//! Trust: a cookie is alleged; a [`Remembered`] that [`Gate::live`] gives is a live session.

mod limits;
mod memory;

use std::sync::{Arc, PoisonError};

use gate_store::StoreError;
use gate_store::rows::{RowId, Session, TokenHash};
use gatewright_audit::record::{Draft, Event, Stream};
use gatewright_bundle::program::{SessionRules, WhenFull};
use gatewright_terms::{Refusal, Seconds, Slug, Timestamp};

use crate::Gate;
use crate::running::Running;
use crate::token::hash_presented;
use crate::trail::{Fields, draft};

pub(crate) use limits::{authentication, latest_end, secs_left};
use limits::{is_idle, over};
pub(crate) use memory::{Memory, Remembered};

/// How far the store may lag behind the last request of a session while it is used: one write in half a minute, not one
/// a request. A crash ends an idle session early by this at most, never late.
const SEEN_LAG_SECS_MAX: Seconds = Seconds(30);

/// Sessions that one sweep looks at: a hundred thousand are gone through in an hour and a half, at one read in five
/// seconds.
const SWEPT_AT_ONCE_MAX: u32 = 100;

/// Of sessions whose organisation left the program: whoever was in it is in again where it returns within a day.
const RULES_OF_NO_ORG: SessionRules = SessionRules {
    idle: Seconds(24 * 60 * 60),
    absolute: Seconds(24 * 60 * 60),
    concurrent: 1,
    max_authentication_age: None,
    when_full: WhenFull::EndOldest,
};

/// Which last requests are written: those that the store lags behind too far, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lag {
    Due,
    Any,
}

/// Why there is no live session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotLive {
    /// Missing, unknown, ended, idle or too old.
    None,
    /// The store is away and nothing that may be trusted is remembered.
    Away,
    /// It is live, and the program that runs now has no such organisation.
    Refused(Refusal),
}

/// Whether looking at a session counts as a request of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    Request,
    /// Status pages poll: they do not keep a session alive (ST-SESS-04).
    Glance,
}

/// Why a session ended: a word of the audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Logout,
    Idle,
    Absolute,
    /// The provider vouches for it no longer (`SessionNotOnOrAfter`).
    ProviderEnd,
    /// `max-authentication-age`.
    AuthenticationAge,
    Operator,
    Refused,
}

impl Cause {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Idle => "idle",
            Self::Absolute => "absolute",
            Self::ProviderEnd => "provider-end",
            Self::AuthenticationAge => "authentication-age",
            Self::Operator => "operator",
            Self::Refused => "refused",
        }
    }
}

impl Gate {
    /// The live session of a cookie.
    pub(crate) async fn live(
        &self,
        running: &Running,
        token: &str,
        counts: Counts,
        now: Timestamp,
    ) -> Result<Arc<Remembered>, NotLive> {
        let entry = self.find(token, now).await?;
        let rules = running.org(&entry.session.org).map_err(NotLive::Refused)?.org().session;
        let last_seen = self.last_seen(&entry, &rules, now);
        if let Some(cause) = over(&entry.session, last_seen, &rules, now) {
            // It is over whatever the store answers; the record of the end can wait for the next time.
            let _ = self.end(&entry.session, entry.session.id, cause, None, now).await;
            return Err(NotLive::None);
        }
        if counts == Counts::Request {
            self.memory.see(&entry, now);
        }
        Ok(entry)
    }

    /// The session of a cookie that has not been ended, whatever its limits say.
    pub(crate) async fn find(&self, token: &str, now: Timestamp) -> Result<Arc<Remembered>, NotLive> {
        let token = hash_presented(token).ok_or(NotLive::None)?;
        if let Some(entry) = self.memory.recall(token, now, self.limits.stale_sessions_max) {
            return Ok(entry);
        }
        let entry = self.read_session(token, now).await?;
        if self.memory.owes_end_of(&entry.session) { Err(NotLive::None) } else { Ok(entry) }
    }

    async fn read_session(&self, token: TokenHash, now: Timestamp) -> Result<Arc<Remembered>, NotLive> {
        let away = |_: StoreError| NotLive::Away;
        let ticket = self.memory.ticket();
        let session = self.store.session(token).await.map_err(away)?.ok_or(NotLive::None)?;
        let owner_of = if session.is_owner {
            let member = self.store.member_by_key(&session.org, &session.key).await.map_err(away)?;
            member.ok_or(NotLive::None)?.owner_of
        } else {
            None
        };
        Ok(self.memory.remember(ticket, Remembered::new(session, owner_of, now)))
    }

    /// The last request through the session or a child of it. Children are asked only where it decides.
    fn last_seen(&self, entry: &Remembered, rules: &SessionRules, now: Timestamp) -> Timestamp {
        let own = entry.last_seen();
        if entry.session.child.is_some() || !is_idle(own, rules, now) {
            return own;
        }
        self.memory.seen_through_children(entry.session.id).map_or(own, |seen| seen.max(own))
    }

    /// Ends a session of the store, with its children and its record, and forgets what was remembered of it.
    pub(crate) async fn end(
        &self,
        about: &Session,
        id: RowId,
        cause: Cause,
        operator: Option<&Slug>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let record = ended_draft(about, id, cause, operator, now);
        match self.store.end_session(id, vec![record]).await {
            Ok(mut ended) => {
                ended.push(id);
                self.memory.forget(&ended);
                // Last: until nothing is remembered of it, what is owed refuses it.
                self.memory.paid_end(id);
                Ok(ended.len().saturating_sub(1))
            }
            Err(error) => {
                self.memory.owe_end(about.clone(), id, cause);
                self.memory.forget(&[id]);
                Err(error)
            }
        }
    }

    /// Ends what is over of a person's sessions, so that only live ones count against `concurrent`.
    pub(crate) async fn end_what_is_over(
        &self,
        sessions: &[Session],
        rules: &SessionRules,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for session in sessions.iter().filter(|session| session.child.is_none()) {
            if let Some(cause) = self.over_in_store(session, rules, now) {
                self.end(session, session.id, cause, None, now).await?;
            }
        }
        Ok(())
    }

    /// Ends sessions that are over and that nobody comes back to: looks at a page of the store each time it is called,
    /// round and round: after `flush`. Answers of providers that nobody came for are forgotten with them.
    pub async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.store.forget_expired(now).await?;
        let after = *self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let page = self.store.parent_sessions(after, SWEPT_AT_ONCE_MAX).await?;
        let is_full = u32::try_from(page.len()).is_ok_and(|length| length >= SWEPT_AT_ONCE_MAX);
        let next = page.last().filter(|_| is_full).map(|session| session.id);
        let running = self.running();
        for session in &page {
            let rules = running.org(&session.org).map_or(RULES_OF_NO_ORG, |org| org.org().session);
            if let Some(cause) = self.over_in_store(session, &rules, now) {
                self.end(session, session.id, cause, None, now).await?;
            }
        }
        *self.swept.lock().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// Why a parent session as the store has it is over, the requests that only the memory knows of included.
    fn over_in_store(&self, session: &Session, rules: &SessionRules, now: Timestamp) -> Option<Cause> {
        let later = |seen: Option<Timestamp>, than: Timestamp| seen.map_or(than, |seen| seen.max(than));
        let last_seen = later(self.memory.seen(session), session.last_seen);
        over(session, last_seen, rules, now)?;
        over(session, later(self.memory.seen_through_children(session.id), last_seen), rules, now)
    }

    /// Why a session is over at some time, if nobody uses it until then.
    pub(crate) fn over_at(&self, session: &Session, rules: &SessionRules, at: Timestamp) -> Option<Cause> {
        let seen = self.memory.seen(session).map_or(session.last_seen, |seen| seen.max(session.last_seen));
        let through = if session.child.is_none() { self.memory.seen_through_children(session.id) } else { None };
        over(session, through.map_or(seen, |through| through.max(seen)), rules, at)
    }

    pub(crate) async fn save_sessions(&self, lag: Lag, now: Timestamp) -> Result<(), StoreError> {
        for owed in self.memory.owed_ends() {
            self.end(&owed.about, owed.id, owed.cause, None, now).await?;
        }
        let lag = match lag {
            Lag::Due => SEEN_LAG_SECS_MAX,
            Lag::Any => Seconds(1),
        };
        for entry in self.memory.unsaved(lag) {
            let seen = entry.last_seen();
            self.store.touch(entry.session.token, seen).await?;
            Memory::saved(&entry, seen);
        }
        Ok(())
    }
}

fn ended_draft(about: &Session, id: RowId, cause: Cause, operator: Option<&Slug>, now: Timestamp) -> Draft {
    let fields = Fields::default()
        .with("cause", cause.word())
        .with("member", about.member)
        .with("session", id)
        .with_some("operator", operator);
    draft(Stream::Org(about.org.clone()), now, Event::SessionEnded, fields)
}
