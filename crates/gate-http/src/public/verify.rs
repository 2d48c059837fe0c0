//! Verify: forward-auth, the answer to a proxy in front of an app.
//!
//! Reads `?org=&app=&permission=&project=`, the session cookie, and what a listed proxy says of the original request.
//! Gives 200 with `X-Auth-*`, 401 with `X-Auth-Sign-In`, 403 with `X-Auth-Refusal`, 400, or 503.
//!
//! Invariant: the question of the organisation is never left open: `org=`, or an app that is bound to one.
//! Invariant: nothing of a forwarded header takes part in the decision; it only says where to return to.
//!
//! Trust: a proxy must overwrite every `X-Auth-*` of a client; the examples do (ST-SESS-14).

use std::net::IpAddr;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use gate_core::verify::{HeldRole, OrgAsked, Passed, Verdict, VerifyRequest};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Desk;
use crate::cookies::{CookieName, CookieScheme};
use crate::parameters::{ParametersRefused, read};
use crate::problem::ProblemKind;
use crate::respond;

pub(super) const PATH: &str = "/auth/verify";

const X_AUTH_SUBJECT: HeaderName = HeaderName::from_static("x-auth-subject");
const X_AUTH_EMAIL: HeaderName = HeaderName::from_static("x-auth-email");
const X_AUTH_ORG: HeaderName = HeaderName::from_static("x-auth-org");
const X_AUTH_ROLES: HeaderName = HeaderName::from_static("x-auth-roles");
const X_AUTH_ASSERTION: HeaderName = HeaderName::from_static("x-auth-assertion");
const X_AUTH_SIGN_IN: HeaderName = HeaderName::from_static("x-auth-sign-in");
const X_AUTH_REFUSAL: HeaderName = HeaderName::from_static("x-auth-refusal");

/// RFC 3986's unreserved characters stay, and `@`, so that an ordinary address reads as itself.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

pub(super) async fn verify(
    desk: &Desk,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    peer: IpAddr,
) -> Response<Body> {
    if *method != Method::GET {
        let mut response = desk.problem(ProblemKind::MethodNotAllowed, None);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
        return response;
    }
    let asked = read(uri.query().unwrap_or_default(), ["org", "app", "permission", "project"]);
    let [org, app, permission, project] = match asked {
        Ok(asked) => asked,
        Err(ParametersRefused::Doubled(_)) => return unclear(desk, "a parameter came twice"),
        Err(ParametersRefused::Malformed | ParametersRefused::TooMuch) => {
            return unclear(desk, "a parameter is malformed");
        }
    };
    if org.as_deref() == Some("") {
        return unclear(desk, "`org` is empty");
    }
    let scheme = CookieScheme::of(&desk.shared.gate.environment().base_url);
    let Ok(token) = scheme.read(headers, CookieName::Session) else {
        return unclear(desk, "the session cookie came twice");
    };
    let Ok(original) = desk.proxies.original(peer, headers) else {
        return unclear(desk, "the proxy forwards a header twice");
    };
    let request = VerifyRequest {
        token,
        org: match org.as_deref() {
            None => OrgAsked::OfApp,
            Some("any") => OrgAsked::Any,
            Some(org) => OrgAsked::Id(org),
        },
        app: app.as_deref(),
        permission: permission.as_deref(),
        project: project.as_deref(),
        // Nobody returns to a POST by following a link.
        original_uri: original.uri.filter(|_| original.method.is_none_or(|method| method == "GET")),
    };
    let verdict = desk.shared.gate.verify(request, desk.now()).await;
    answer(desk, verdict)
}

fn answer(desk: &Desk, verdict: Verdict) -> Response<Body> {
    match verdict {
        Verdict::Pass(passed) => pass(&passed).unwrap_or_else(|| desk.problem(ProblemKind::Internal, None)),
        Verdict::SignIn { sign_in } => with_header(StatusCode::UNAUTHORIZED, X_AUTH_SIGN_IN, &sign_in),
        Verdict::Refused(refusal) => with_header(StatusCode::FORBIDDEN, X_AUTH_REFUSAL, refusal.slug()),
        Verdict::Unclear(detail) => unclear(desk, detail),
        Verdict::Unavailable => desk.problem(ProblemKind::StoreUnavailable, None),
    }
}

/// `None` where a value is no header value: then nobody passes.
fn pass(passed: &Passed) -> Option<Response<Body>> {
    let mut response = respond::empty(StatusCode::OK);
    let headers = response.headers_mut();
    // These five and the security headers.
    headers.reserve(16);
    headers.insert(X_AUTH_SUBJECT, encoded(&passed.subject)?);
    headers.insert(X_AUTH_EMAIL, encoded(&passed.email.to_string())?);
    headers.insert(X_AUTH_ORG, encoded(passed.org.as_str())?);
    headers.insert(X_AUTH_ROLES, HeaderValue::try_from(encoded_roles(&passed.roles)).ok()?);
    headers.insert(X_AUTH_ASSERTION, HeaderValue::from_str(&passed.assertion).ok()?);
    Some(response)
}

fn encoded(text: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(utf8_percent_encode(text, VALUE).to_string()).ok()
}

/// The roles as JSON, percent-encoded, in one pass: this runs once per request of every app, and slugs need neither
/// escapes nor encoding.
fn encoded_roles(roles: &[HeldRole]) -> String {
    const OPEN: &str = "%5B";
    const ROLE: &str = "%7B%22role%22%3A%22";
    const PROJECT: &str = "%22%2C%22project%22%3A%22";
    const END: &str = "%22%7D";
    const NEXT: &str = "%2C";
    const CLOSE: &str = "%5D";
    let mut text = String::with_capacity(8 + 64 * roles.len());
    text.push_str(OPEN);
    for (place, held) in roles.iter().enumerate() {
        text.push_str(if place == 0 { "" } else { NEXT });
        text.push_str(ROLE);
        text.push_str(held.role.as_str());
        if let Some(project) = &held.project {
            text.push_str(PROJECT);
            text.push_str(project.as_str());
        }
        text.push_str(END);
    }
    text.push_str(CLOSE);
    text
}

fn with_header(status: StatusCode, name: HeaderName, value: &str) -> Response<Body> {
    let Ok(value) = HeaderValue::from_str(value) else { return respond::empty(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut response = respond::empty(status);
    response.headers_mut().insert(name, value);
    response
}

fn unclear(desk: &Desk, detail: &str) -> Response<Body> {
    desk.problem(ProblemKind::BadRequest, Some(detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_every_proxy() {
        assert_eq!(encoded("ada+x@acme.com").unwrap(), "ada%2Bx@acme.com");
        assert_eq!(encoded("[{\"role\":\"admin\"}]").unwrap(), "%5B%7B%22role%22%3A%22admin%22%7D%5D");
        assert_eq!(encoded("jürgen\r\nX-Auth-Roles: x").unwrap(), "j%C3%BCrgen%0D%0AX-Auth-Roles%3A%20x");
    }
    #[test]
    fn roles_are_the_encoding_of_their_json() {
        let held = |role: &str, project: Option<&str>| HeldRole {
            role: gatewright_terms::Slug::parse(role).unwrap(),
            project: project.map(|project| gatewright_terms::Slug::parse(project).unwrap()),
        };
        let all = [held("admin", None), held("editor", Some("research-2")), held("viewer", None)];
        for roles in [&all[..0], &all[..1], &all[..]] {
            let json: serde_json::Value = roles.iter().map(HeldRole::to_json).collect();
            let decoded =
                percent_encoding::percent_decode_str(&encoded_roles(roles)).decode_utf8().unwrap().into_owned();
            assert_eq!(serde_json::from_str::<serde_json::Value>(&decoded).unwrap(), json);
            assert_eq!(utf8_percent_encode(&decoded, VALUE).to_string(), encoded_roles(roles));
        }
    }
}
