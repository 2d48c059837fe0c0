//! Leaving: how long somebody keeps access whom the identity provider has deactivated, step by step.
//!
//! Reads what one environment enforces. Gives the bound that the guardrails and the lint go by, and everything that was
//! thought of: what makes it, what would come later, what does not help, and what comes on top.
//!
//! Invariant: exactly one step decides, and its time is the bound.

use gatewright_bundle::program::{Connection, Org, Protocol};
use gatewright_decide::{ANSWER_LIFE, ASSERTION_LIFE, Limit, SIGN_IN_LIFE, revocation_bound};
use gatewright_terms::Seconds;
use wright_policy::reports_authentication_time;

/// For one organisation and one kind of credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// From the last sign-in that the provider let through to the end of the last session.
    pub bound: Seconds,
    pub steps: Vec<Step>,
}

/// One thing that may end access, or make it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `session.absolute`, or what no policy says.
    pub what: String,
    /// Of the line, where a policy says it.
    pub path: Option<String>,
    pub lasts: Option<Seconds>,
    pub part: Part,
    pub why: String,
}

/// What a step is to the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It ends the session: it is the bound.
    Decides,
    /// It would end the session, and another one does before.
    Later,
    /// It ends nothing of a leaver's.
    Nothing,
    /// It comes on top, and is in no bound.
    OnTop,
}

impl Part {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Decides => "decides",
            Self::Later => "later",
            Self::Nothing => "nothing",
            Self::OnTop => "on-top",
        }
    }
}

/// Of sessions.
pub fn leaving(org: &Org) -> Leaving {
    let bound = revocation_bound(&org.session);
    let mut steps = vec![absolute(org, bound.limit)];
    steps.extend(age(org, bound.limit));
    steps.push(line(
        org,
        "session.idle",
        Some(org.session.idle),
        Part::Nothing,
        "somebody who goes on working is never idle".to_owned(),
    ));
    steps.extend(org.connections.iter().map(|connection| signal(org, connection)));
    steps.push(beside(
        "other-gates",
        None,
        Part::Nothing,
        "every gate asks the limits above at every request; `--stale-sessions-max` delays only an end by hand",
    ));
    let under_way = "a sign-in that the provider let through before may still end, this long after it began";
    steps.push(beside("sign-in-under-way", Some(sign_in_life(org)), Part::OnTop, under_way));
    let held = "an app that keeps an `X-Auth-Assertion` may trust it this long after the last request";
    steps.push(beside("assertion", Some(ASSERTION_LIFE), Part::OnTop, held));
    Leaving { bound: bound.seconds, steps }
}

/// Over SAML the browser comes once more for what was answered.
fn sign_in_life(org: &Org) -> Seconds {
    let has_saml = org.connections.iter().any(|connection| matches!(connection.protocol, Protocol::Saml(_)));
    if has_saml { Seconds(SIGN_IN_LIFE.0.saturating_add(ANSWER_LIFE.0)) } else { SIGN_IN_LIFE }
}

fn absolute(org: &Org, limit: Limit) -> Step {
    let part = if limit == Limit::Absolute { Part::Decides } else { Part::Later };
    let why = "a session is over this long after the sign-in, whatever happens";
    line(org, "session.absolute", Some(org.session.absolute), part, why.to_owned())
}

fn age(org: &Org, limit: Limit) -> Option<Step> {
    let age = org.session.max_authentication_age?;
    let part = if limit == Limit::AuthenticationAge { Part::Decides } else { Part::Later };
    let silent: Vec<String> = org
        .connections
        .iter()
        .filter(|connection| !reports_authentication_time(connection))
        .map(|connection| format!("`{}`", connection.slug))
        .collect();
    let counted = "counted from the last proof at the provider, which now gives no other";
    let why = match silent.as_slice() {
        [] => counted.to_owned(),
        silent => format!("{counted}; from the sign-in through {}, which does not report it", silent.join(", ")),
    };
    Some(line(org, "session.max-authentication-age", Some(age), part, why))
}

/// What the provider says after a sign-in. None of them says that somebody is gone.
fn signal(org: &Org, connection: &Connection) -> Step {
    let why = match &connection.protocol {
        Protocol::Saml(saml) if saml.logout.is_some() => {
            "the provider ends sessions here when somebody signs out there, through their browser; a deactivation sends nothing"
        }
        Protocol::Saml(_) | Protocol::Oidc(_) => "the provider says nothing after a sign-in",
    };
    line(org, &format!("connection[{}]", connection.slug), None, Part::Nothing, why.to_owned())
}

fn line(org: &Org, what: &str, lasts: Option<Seconds>, part: Part, why: String) -> Step {
    Step { what: what.to_owned(), path: Some(format!("org[{}].{what}", org.id)), lasts, part, why }
}

fn beside(what: &str, lasts: Option<Seconds>, part: Part, why: &str) -> Step {
    Step { what: what.to_owned(), path: None, lasts, part, why: why.to_owned() }
}
