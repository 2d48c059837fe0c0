//! Orgs: members, their sessions, the domains and the test links of one organisation.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use gate_core::admin::{DomainView, MemberView, Operator};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Shared, Wrong, document, segment};
use crate::body::{BodyRefused, text};
use crate::limits::{ADMIN_BODY_BYTES_MAX, MEMBERS_PER_PAGE, REASON_BYTES_MAX};
use crate::parameters::read;
use crate::problem::ProblemKind;
use crate::respond;

/// Where the organisation stands in the path: `/v1/orgs/{org}/…`
pub(super) const ORG: usize = 3;

/// What stands behind the organisation: a member or a domain.
pub(super) const SUBJECT: usize = 5;

/// `GET …/members?after=&email=`
pub(super) async fn members(shared: &Shared, by: &Operator, request: &Parts) -> Result<Response<Body>, Wrong> {
    let [after, email] = read(request.uri.query().unwrap_or_default(), ["after", "email"])
        .map_err(|_| unclear("`after` or `email` is malformed"))?;
    let org = segment(request, ORG)?;
    let members = match (after, email) {
        (after, None) => shared.gate.members(by, org, after.as_deref(), MEMBERS_PER_PAGE).await?,
        (None, Some(email)) => shared.gate.members_with(by, org, &email).await?,
        (Some(_), Some(_)) => return Err(unclear("`after` and `email` do not go together")),
    };
    let more = usize::try_from(MEMBERS_PER_PAGE).is_ok_and(|page| members.len() >= page);
    Ok(document(&json!({
        "schema": "gatewright.members/1",
        "members": members.iter().map(member_document).collect::<Vec<_>>(),
        "next": members.last().filter(|_| more).map(|member| member.id.as_str()),
    })))
}

pub(super) fn member_document(member: &MemberView) -> Value {
    json!({
        "id": member.id,
        "email": member.email,
        "connection": member.connection.as_str(),
        "state": member.state,
        "owner": member.owner,
        "joined": member.joined.to_string(),
        "last_sign_in": member.last_sign_in.to_string(),
    })
}

/// `DELETE …/members/{id}`
pub(super) async fn remove_member(shared: &Shared, by: &Operator, request: &Parts) -> Result<Response<Body>, Wrong> {
    shared.gate.remove_member(by, segment(request, ORG)?, segment(request, SUBJECT)?, shared.now()).await?;
    Ok(respond::empty(StatusCode::NO_CONTENT))
}

/// `DELETE …/members/{id}/sessions`
pub(super) async fn end_sessions(shared: &Shared, by: &Operator, request: &Parts) -> Result<Response<Body>, Wrong> {
    let (org, member) = (segment(request, ORG)?, segment(request, SUBJECT)?);
    let ended = shared.gate.end_sessions(by, org, member, shared.now()).await?;
    Ok(document(&json!({"ended": ended})))
}

/// `GET …/domains`
pub(super) async fn domains(shared: &Shared, by: &Operator, request: &Parts) -> Result<Response<Body>, Wrong> {
    let domains = shared.gate.domains(by, segment(request, ORG)?).await?;
    Ok(document(&json!({
        "schema": "gatewright.domains/1",
        "domains": domains.iter().map(domain_document).collect::<Vec<_>>(),
    })))
}

fn domain_document(domain: &DomainView) -> Value {
    json!({
        "domain": domain.domain,
        "connection": domain.connection.as_str(),
        "proof": domain.proved.as_ref().map(|proof| json!({
            "method": proof.method,
            "operator": proof.operator,
            "reason": proof.reason,
            "at": proof.at.to_string(),
        })),
    })
}

/// What an operator states.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofRequest {
    method: ProofMethod,
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ProofMethod {
    /// The operator knows: a contract, a call, a ticket.
    Manual,
}

/// `POST …/domains/{domain}/proofs`
pub(super) async fn prove_domain(
    shared: &Shared,
    by: &Operator,
    request: &Parts,
    body: Body,
) -> Result<Response<Body>, Wrong> {
    let body = text(body, ADMIN_BODY_BYTES_MAX, shared.limits.body).await.map_err(|refused| match refused {
        BodyRefused::TooLarge => Wrong::Request(ProblemKind::TooLarge, None),
        BodyRefused::TooSlow => Wrong::Request(ProblemKind::TooSlow, None),
        BodyRefused::Broken => unclear("the body is not text"),
    })?;
    let wanted = "the body must be `{\"method\": \"manual\", \"reason\": TEXT}`";
    let ProofRequest { method: ProofMethod::Manual, reason } =
        serde_json::from_str(&body).map_err(|_| unclear(wanted))?;
    let reason = reason.trim();
    if reason.is_empty() || reason.len() > REASON_BYTES_MAX || reason.chars().any(char::is_control) {
        return Err(unclear("the reason must be one line of 1 to 500 bytes"));
    }
    let (org, domain) = (segment(request, ORG)?, segment(request, SUBJECT)?);
    shared.gate.prove_domain(by, org, domain, reason, shared.now()).await?;
    let mut response = document(&json!({"domain": domain, "method": "manual", "operator": by.name().as_str()}));
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// `POST …/connections/{connection}/test-links`
pub(super) async fn make_test_link(shared: &Shared, by: &Operator, request: &Parts) -> Result<Response<Body>, Wrong> {
    let (org, connection) = (segment(request, ORG)?, segment(request, SUBJECT)?);
    let link = shared.gate.make_test_link(by, org, connection, shared.now()).await?;
    let mut response = document(&json!({
        "schema": "gatewright.test-link/1",
        "url": link.url,
        "expires": link.expires.to_string(),
    }));
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

pub(super) const fn unclear(detail: &'static str) -> Wrong {
    Wrong::Request(ProblemKind::BadRequest, Some(detail))
}
