//! Verify: forward-auth, the answer to a proxy in front of an app.
//!
//! Reads `?org=&app=&permission=&project=`, the session cookie, and what a listed proxy says of the original request.
//! Gives 200 with `X-Auth-*`, 401 with `X-Auth-Sign-In` (and, where a live session is not good enough, `X-Auth-Refusal`), 403
//! with `X-Auth-Refusal`, 400, or 503.
//!
//! Invariant: the question of the organisation is never left open: `org=`, or an app that is bound to one.
//! Invariant: what passes is decided anew each time; only its spelling is kept.
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
use crate::security_headers::SecurityHeaders;

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

/// `scheme`: of the base URL.
pub(super) async fn verify(
    desk: &Desk,
    scheme: CookieScheme,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    peer: IpAddr,
) -> Response<Body> {
    let verdict = ask(desk, scheme, (method, uri, headers), peer).await;
    if let Ok(Verdict::Pass(passed)) = &verdict
        && let Some(response) = pass(desk.security_headers(scheme), passed)
    {
        return response;
    }
    let mut response = verdict.map_or_else(|unclear| *unclear, |verdict| refuse(desk, verdict));
    desk.dress(scheme, &mut response);
    response
}

async fn ask(
    desk: &Desk,
    scheme: CookieScheme,
    (method, uri, headers): (&Method, &Uri, &HeaderMap),
    peer: IpAddr,
) -> Result<Verdict, Box<Response<Body>>> {
    let unclear = |detail| Err(Box::new(desk.problem(ProblemKind::BadRequest, Some(detail))));
    if *method != Method::GET {
        let mut response = desk.problem(ProblemKind::MethodNotAllowed, None);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
        return Err(Box::new(response));
    }
    let asked = read(uri.query().unwrap_or_default(), ["org", "app", "permission", "project"]);
    let [org, app, permission, project] = match asked {
        Ok(asked) => asked,
        Err(ParametersRefused::Doubled(_)) => return unclear("a parameter came twice"),
        Err(ParametersRefused::Malformed | ParametersRefused::TooMuch) => {
            return unclear("a parameter is malformed");
        }
    };
    if org.as_deref() == Some("") {
        return unclear("`org` is empty");
    }
    let Ok(token) = scheme.read(headers, CookieName::Session) else {
        return unclear("the session cookie came twice");
    };
    let Ok(original) = desk.proxies.original(peer, headers) else {
        return unclear("the proxy forwards a header twice");
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
    Ok(desk.shared.gate.verify(request, desk.now()).await)
}

/// Everything but the ordinary answer.
fn refuse(desk: &Desk, verdict: Verdict) -> Response<Body> {
    match verdict {
        Verdict::Pass(_) => desk.problem(ProblemKind::Internal, None),
        Verdict::SignIn { sign_in } => with_header(StatusCode::UNAUTHORIZED, X_AUTH_SIGN_IN, &sign_in),
        Verdict::StepUp { refusal, sign_in } => {
            let mut response = with_header(StatusCode::UNAUTHORIZED, X_AUTH_SIGN_IN, &sign_in);
            response.headers_mut().insert(X_AUTH_REFUSAL, HeaderValue::from_static(refusal.slug()));
            response
        }
        Verdict::Refused(refusal) => with_header(StatusCode::FORBIDDEN, X_AUTH_REFUSAL, refusal.slug()),
        Verdict::Unclear(detail) => desk.problem(ProblemKind::BadRequest, Some(detail)),
        Verdict::Unavailable => desk.problem(ProblemKind::StoreUnavailable, None),
    }
}

/// The headers of an ordinary answer, kept with the answer of the core: they say the same as long as that is the same.
struct PassHeaders(Option<HeaderMap>);

/// `None` where a value is no header value: then nobody passes.
fn pass(security: &SecurityHeaders, passed: &Passed) -> Option<Response<Body>> {
    let PassHeaders(headers) = passed.kept.get_or_make(|| PassHeaders(pass_headers(security, passed)))?;
    let mut response = respond::empty(StatusCode::OK);
    *response.headers_mut() = headers.clone()?;
    Some(response)
}

fn pass_headers(security: &SecurityHeaders, passed: &Passed) -> Option<HeaderMap> {
    let mut headers = HeaderMap::with_capacity(16);
    headers.insert(X_AUTH_SUBJECT, encoded(&passed.subject)?);
    headers.insert(X_AUTH_EMAIL, encoded(&passed.email.to_string())?);
    headers.insert(X_AUTH_ORG, encoded(passed.org.as_str())?);
    headers.insert(X_AUTH_ROLES, encoded(&roles_json(&passed.roles))?);
    headers.insert(X_AUTH_ASSERTION, HeaderValue::from_str(&passed.assertion).ok()?);
    security.put_on(&mut headers);
    Some(headers)
}

fn roles_json(roles: &[HeldRole]) -> String {
    roles.iter().map(HeldRole::to_json).collect::<serde_json::Value>().to_string()
}

fn encoded(text: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(utf8_percent_encode(text, VALUE).to_string()).ok()
}

fn with_header(status: StatusCode, name: HeaderName, value: &str) -> Response<Body> {
    let Ok(value) = HeaderValue::from_str(value) else { return respond::empty(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut response = respond::empty(status);
    response.headers_mut().insert(name, value);
    response
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
    fn roles_are_json() {
        let held = |role: &str, project: Option<&str>| HeldRole {
            role: gatewright_terms::Slug::parse(role).unwrap(),
            project: project.map(|project| gatewright_terms::Slug::parse(project).unwrap()),
        };
        assert_eq!(roles_json(&[]), "[]");
        let roles = [held("admin", None), held("editor", Some("research-2"))];
        assert_eq!(roles_json(&roles), r#"[{"role":"admin"},{"project":"research-2","role":"editor"}]"#);
    }
}
