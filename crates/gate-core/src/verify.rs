//! Verify: whether a request with this cookie may pass, decided by the program that runs now.
//!
//! Reads the question of a proxy; gives who passes, with what, and a signed assertion for the app; or where to sign in;
//! or a refusal.
//!
//! Invariant: every request asks `decide`; what is kept between requests is a signature, and only while the decision is
//! the same.
//! Invariant: a session gives nothing outside its organisation (ST-SESS-11), and a session of an app nothing at another.
//!
//! Trust: all texts of the question are alleged; the forwarded address is only a hint of where to return to.

mod assertion;
mod kept;
mod question;

use std::sync::Arc;

use gatewright_decide::{Admission, Decision, PreparedOrg, decide, step_up};
use gatewright_terms::{EmailAddress, OrgId, Refusal, Seconds, Slug, Timestamp};

use crate::Gate;
use crate::running::Running;
use crate::sessions::{Counts, NotLive, Remembered, authentication, latest_end};
use crate::trail::Counted;

pub(crate) use assertion::Signed;
pub use kept::Kept;
use question::Question;

/// The question of a proxy in front of an app, as it came.
#[derive(Debug, Clone, Copy)]
pub struct VerifyRequest<'a> {
    /// The value of the session cookie.
    pub token: Option<&'a str>,
    pub org: OrgAsked<'a>,
    pub app: Option<&'a str>,
    pub permission: Option<&'a str>,
    pub project: Option<&'a str>,
    /// Path and query of the original request, from a listed proxy: where the person returns to after a sign-in.
    pub original_uri: Option<&'a str>,
}

/// Which organisation the proxy asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrgAsked<'a> {
    Id(&'a str),
    /// `org=any`, written out.
    Any,
    /// No `org`: only an app that is bound to one organisation may leave it out.
    OfApp,
}

/// The answer to a proxy.
#[derive(Debug)]
pub enum Verdict {
    /// 200. The same one again while the decision and its assertion are the same.
    Pass(Arc<Passed>),
    /// 401: `sign_in` is where the browser can sign in; absolute.
    SignIn { sign_in: String },
    /// 401: the session is good, and not recent or strong enough for the permission; `sign_in` steps up and comes back.
    StepUp { refusal: Refusal, sign_in: String },
    /// 403.
    Refused(Refusal),
    /// 400: the question itself is wrong.
    Unclear(&'static str),
    /// 503: the store is away and nothing is remembered that may still be trusted.
    Unavailable,
}

/// Who passes.
#[derive(Debug)]
pub struct Passed {
    /// The id of the member, 32 hexadecimal digits.
    pub subject: Arc<str>,
    pub email: EmailAddress,
    pub org: OrgId,
    /// Sorted, the organisation's before the projects'.
    pub roles: Vec<HeldRole>,
    /// A JWT (ES256, 60 s): `iss` is the base URL, `aud` the slug of the app, or the base URL where no app was named.
    pub assertion: String,
    /// What the reader makes of all this.
    pub kept: Kept,
}

/// A role that a person holds, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRole {
    pub role: Slug,
    pub project: Option<Slug>,
}

/// What `GET /session` shows.
#[derive(Debug, Clone)]
pub struct Who {
    pub subject: Arc<str>,
    pub email: EmailAddress,
    pub org: OrgId,
    pub org_name: String,
    pub roles: Vec<HeldRole>,
    /// The projects that the person is in: those of a role, and the default project. Sorted.
    pub projects: Vec<Slug>,
    pub authenticated: Timestamp,
    /// Whether the provider said when; else it is the time of the sign-in.
    pub authentication_reported: bool,
    /// The authentication context class that the provider reported.
    pub acr: Option<String>,
    /// The end of the session if nothing more is asked of it.
    pub idle_end: Timestamp,
    /// The end of the session, whatever happens.
    pub absolute_end: Timestamp,
}

impl Gate {
    /// Answers a proxy.
    pub async fn verify(&self, request: VerifyRequest<'_>, now: Timestamp) -> Verdict {
        let verdict = self.judge_request(request, now).await;
        self.metrics.decided(&verdict);
        verdict
    }

    async fn judge_request(&self, request: VerifyRequest<'_>, now: Timestamp) -> Verdict {
        let running = self.running();
        let question = match Question::parse(&running, &request) {
            Ok(question) => question,
            Err(verdict) => return verdict,
        };
        let found = match request.token {
            Some(token) => self.live(&running, token, Counts::Request, now).await,
            None => Err(NotLive::None),
        };
        match found {
            Ok(entry) if question.takes(&entry.session) => {
                self.answer(&running, &question, &entry, request.original_uri, now)
            }
            Ok(_) | Err(NotLive::None) => Verdict::SignIn { sign_in: question.sign_in(&running, request.original_uri) },
            Err(NotLive::Away) => Verdict::Unavailable,
            Err(NotLive::Refused(refusal)) => Verdict::Refused(refusal),
        }
    }

    fn answer(
        &self,
        running: &Running,
        question: &Question<'_>,
        entry: &Remembered,
        original_uri: Option<&str>,
        now: Timestamp,
    ) -> Verdict {
        let verdict = self.decide_request(running, question, entry, now);
        verdict.unwrap_or_else(|refusal| {
            let app = question.app.map(|app| app.slug.clone());
            let session = &entry.session;
            self.meter.count(Counted::Access {
                org: session.org.clone(),
                session: session.id,
                member: session.member,
                app,
                refusal,
            });
            let again = matches!(refusal, Refusal::AuthenticationTooOld | Refusal::AuthenticationTooWeak);
            match again.then(|| question.step_up(running, session, original_uri)).flatten() {
                Some(sign_in) => Verdict::StepUp { refusal, sign_in },
                None => Verdict::Refused(refusal),
            }
        })
    }

    fn decide_request(
        &self,
        running: &Running,
        question: &Question<'_>,
        entry: &Remembered,
        now: Timestamp,
    ) -> Result<Verdict, Refusal> {
        let session = &entry.session;
        if question.org.as_ref().is_some_and(|org| *org != session.org) {
            return Err(Refusal::WrongOrg);
        }
        let org = running.org(&session.org)?;
        let admission = admit(org, entry)?;
        if let Some(permission) = &question.permission
            && !admission.permits(permission, question.project.as_ref())
        {
            return Err(Refusal::PermissionMissing);
        }
        if let Some(permission) = &question.permission {
            step_up(org, permission, &authentication(session), now)?;
        }
        let signed = self.passed(running, question.app.map(|app| &app.slug), entry, &admission, now);
        Ok(signed.map_or(Verdict::Unavailable, Verdict::Pass))
    }

    /// What `GET /session` shows. Looking does not keep the session alive. A member who is refused now sees no roles,
    /// but the refusal.
    pub async fn who(&self, session: Option<&str>, now: Timestamp) -> Result<Who, Refusal> {
        let running = self.running();
        let token = session.ok_or(Refusal::NoSession)?;
        let entry = self.live(&running, token, Counts::Glance, now).await.map_err(|not| match not {
            NotLive::None => Refusal::NoSession,
            NotLive::Away => Refusal::StoreUnavailable,
            NotLive::Refused(refusal) => refusal,
        })?;
        let org = running.org(&entry.session.org)?;
        let admission = admit(org, &entry)?;
        let (session, rules) = (&entry.session, org.org().session);
        let absolute_end = latest_end(session, &rules);
        Ok(Who {
            subject: Arc::clone(&entry.subject),
            email: session.email.clone(),
            org: session.org.clone(),
            org_name: org.org().name.clone(),
            projects: projects(org, &admission),
            roles: names(&admission),
            authenticated: session.authenticated,
            authentication_reported: session.authentication_told,
            acr: session.acr.clone(),
            idle_end: entry.last_seen().plus(rules.idle).min(absolute_end),
            absolute_end,
        })
    }
}

/// Asks `decide` about a live session: the one way from a session to what its person may do.
pub(crate) fn admit<'o>(org: &'o PreparedOrg, entry: &Remembered) -> Result<Admission<'o>, Refusal> {
    let is_owner = entry.owner_of.as_ref().is_some_and(|mailbox| crate::join::is_owner_mailbox(org.org(), mailbox));
    match decide(org, &entry.facts(is_owner)) {
        Decision::Admit(admission) => Ok(admission),
        Decision::Refuse(refused) => Err(refused.refusal),
    }
}

pub(crate) fn names(admission: &Admission<'_>) -> Vec<HeldRole> {
    let name = |(project, role): (Option<&gatewright_bundle::program::Project>, &gatewright_bundle::program::Role)| {
        HeldRole { role: role.slug.clone(), project: project.map(|project| project.slug.clone()) }
    };
    admission.roles().into_iter().map(name).collect()
}

fn projects(org: &PreparedOrg, admission: &Admission<'_>) -> Vec<Slug> {
    let held = admission.roles().into_iter().filter_map(|(project, _)| project);
    let default = org.org().default_project.and_then(|index| org.org().projects.get(index as usize));
    let all: std::collections::BTreeSet<&Slug> = held.chain(default).map(|project| &project.slug).collect();
    all.into_iter().cloned().collect()
}

/// How long an app may trust an assertion.
const ASSERTION_LIFE: Seconds = gatewright_decide::ASSERTION_LIFE;

/// How long one is handed out again: what an app gets is good for half of its life at least.
const ASSERTION_REUSE: Seconds = Seconds(30);
