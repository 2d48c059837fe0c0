//! Assertion: what an app is told about a person, signed once and handed out again while it is the same.
//!
//! Invariant: handed out again only for the same session facts, app, program and decision, and for 30 s.

use std::sync::{Arc, PoisonError};

use gatewright_decide::{Admission, HeldRole as Held};
use gatewright_terms::{Slug, Timestamp};
use serde_json::{Value, json};

use super::{ASSERTION_LIFE, ASSERTION_REUSE, HeldRole, Kept, Passed, names};
use crate::Gate;
use crate::running::Running;
use crate::sessions::Remembered;

/// Apps that one session is asked about within 30 s; the oldest makes room.
const SIGNED_MAX: usize = 16;

/// An answer with its assertion, and what it rests on.
pub(crate) struct Signed {
    app: Option<Slug>,
    digest: Arc<str>,
    held: Vec<Held>,
    passed: Arc<Passed>,
    at: Timestamp,
}

impl Signed {
    fn still_good(&self, app: Option<&Slug>, running: &Running, held: &[Held], now: Timestamp) -> bool {
        self.app.as_ref() == app
            && (0..i64::from(ASSERTION_REUSE.0)).contains(&now.since(self.at))
            && *self.digest == **running.digest()
            && self.held == held
    }
}

impl Gate {
    /// Who passes, with the signed assertion. `None` where the library cannot sign.
    pub(super) fn passed(
        &self,
        running: &Running,
        app: Option<&Slug>,
        entry: &Remembered,
        admission: &Admission<'_>,
        now: Timestamp,
    ) -> Option<Arc<Passed>> {
        // Held while signing, so that two requests at once do not sign twice.
        let mut kept = entry.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(good) = kept.iter().find(|signed| signed.still_good(app, running, admission.held(), now)) {
            return Some(Arc::clone(&good.passed));
        }
        let roles = names(admission);
        let passed = Arc::new(Passed {
            subject: Arc::clone(&entry.subject),
            email: entry.session.email.clone(),
            org: entry.session.org.clone(),
            assertion: self.keys.assertion.sign(&claims(running, app, entry, &roles, now))?,
            roles,
            kept: Kept::default(),
        });
        kept.retain(|signed| signed.app.as_ref() != app);
        if kept.len() >= SIGNED_MAX {
            kept.remove(0);
        }
        kept.push(Signed {
            app: app.cloned(),
            digest: Arc::clone(running.digest()),
            held: admission.held().to_vec(),
            passed: Arc::clone(&passed),
            at: now,
        });
        Some(passed)
    }
}

fn claims(running: &Running, app: Option<&Slug>, entry: &Remembered, roles: &[HeldRole], now: Timestamp) -> Value {
    let base_url = &running.environment().base_url;
    json!({
        "iss": base_url,
        "aud": app.map_or(base_url.as_str(), Slug::as_str),
        "sub": *entry.subject,
        "iat": now.unix(),
        "exp": now.plus(ASSERTION_LIFE).unix(),
        "org": entry.session.org.as_str(),
        "email": entry.session.email.to_string(),
        "roles": roles.iter().map(HeldRole::to_json).collect::<Vec<_>>(),
    })
}

impl HeldRole {
    /// `{"role": …, "project": …}`, the project left out where the role is the organisation's.
    pub fn to_json(&self) -> Value {
        match &self.project {
            Some(project) => json!({ "role": self.role.as_str(), "project": project.as_str() }),
            None => json!({ "role": self.role.as_str() }),
        }
    }
}
