//! App: a console behind the gate. It asks forward-auth about every request, as a proxy would.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;

use crate::programs::{BASE_URL, GATE};
use crate::web::{escape, page};

pub(crate) const ADDRESS: &str = "127.0.0.1:8090";
/// Browsers take every name below `localhost` for this machine.
pub(crate) const HOST: &str = "console.localhost:8090";

pub(crate) async fn serve(listener: TcpListener) -> Result<(), String> {
    let routes = Router::new().fallback(answer);
    axum::serve(listener, routes).await.map_err(|error| format!("the app ended: {error}"))
}

async fn answer(request: Request) -> Response {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let asked = if target.starts_with("/.gatewright/") {
        ask(&target, request.headers(), &target).await
    } else {
        ask("/auth/verify?app=console", request.headers(), &target).await
    };
    let Ok(answer) = asked else {
        return (StatusCode::BAD_GATEWAY, Html(page("The gate does not answer", ""))).into_response();
    };
    match answer.status().as_u16() {
        200 if !target.starts_with("/.gatewright/") => console(answer.headers()),
        401 => sign_in(answer.headers()),
        403 => kept_out(answer.headers()),
        _ => passed_through(answer).await,
    }
}

/// What nginx sends for `auth_request`: the cookie, and where the request was going.
async fn ask(path: &str, headers: &HeaderMap, target: &str) -> reqwest::Result<reqwest::Response> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let mut request = client
        .get(format!("http://{GATE}{path}"))
        .header("X-Forwarded-Host", HOST)
        .header("X-Forwarded-Proto", "http")
        .header("X-Forwarded-Method", "GET")
        .header("X-Forwarded-Uri", target);
    if let Some(cookie) = headers.get(header::COOKIE) {
        request = request.header(header::COOKIE, cookie);
    }
    request.send().await
}

fn console(headers: &HeaderMap) -> Response {
    let said = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        escape(&percent_decode_str(value).decode_utf8_lossy())
    };
    let body = format!(
        "<p>The gate let you in. This is what the app is told about you:</p><dl><dt>E-mail<dd>{}<dt>Organisation<dd>{}\
         <dt>Roles<dd><code>{}</code><dt>Subject<dd><code>{}</code></dl>\
         <p><a href='{BASE_URL}/'>Sign out</a></p>",
        said("x-auth-email"),
        said("x-auth-org"),
        said("x-auth-roles"),
        said("x-auth-subject"),
    );
    Html(page("Console", &body)).into_response()
}

fn sign_in(headers: &HeaderMap) -> Response {
    match headers.get("x-auth-sign-in").and_then(|to| to.to_str().ok()) {
        Some(to) => Redirect::to(to).into_response(),
        None => StatusCode::BAD_GATEWAY.into_response(),
    }
}

fn kept_out(headers: &HeaderMap) -> Response {
    let reason = headers.get("x-auth-refusal").and_then(|slug| slug.to_str().ok()).unwrap_or("");
    let body = format!("<p>The gate kept you out: <code>{}</code>.</p>", escape(reason));
    (StatusCode::FORBIDDEN, Html(page("No access", &body))).into_response()
}

async fn passed_through(answer: reqwest::Response) -> Response {
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await.unwrap_or_default();
    let mut response = (status, body).into_response();
    for name in [header::LOCATION, header::SET_COOKIE, header::CONTENT_TYPE] {
        for value in headers.get_all(&name) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    response
}
