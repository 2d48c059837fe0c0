//! Provider: a small, honest OpenID provider whose people need no password. For the playground alone.
//!
//! Authorization code flow with PKCE S256 and `private_key_jwt`; the gate's keys come from its `jwks.json`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::people::{self, PEOPLE};
use crate::web::{escape, now, page, random};
use crate::{jwt, programs};

pub(crate) const ADDRESS: &str = "127.0.0.1:9000";
pub(crate) const ISSUER: &str = "http://127.0.0.1:9000";
const CODE_SECONDS: u64 = 60;

struct Provider {
    key: jwt::SigningKey,
    codes: Mutex<HashMap<String, Issued>>,
}

/// What a code stands for.
struct Issued {
    asked: Asked,
    subject: String,
    at: u64,
}

/// The authorization request (OpenID Connect Core §3.1.2.1).
#[derive(Deserialize, Clone)]
struct Asked {
    client_id: String,
    redirect_uri: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
}

pub(crate) async fn serve(issuer: &'static str, listener: TcpListener) -> Result<(), String> {
    let provider = Provider { key: jwt::SigningKey::generate()?, codes: Mutex::default() };
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(async || Json(discovery())))
        .route("/jwks", get(async |State(provider): State<Arc<Provider>>| Json(provider.key.jwks())))
        .route("/authorize", get(choose))
        .route("/choose", post(chosen))
        .route("/token", post(token))
        .with_state(Arc::new(provider));
    axum::serve(listener, routes).await.map_err(|error| format!("the provider on {issuer} ended: {error}"))
}

fn discovery() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/authorize"),
        "token_endpoint": format!("{ISSUER}/token"),
        "jwks_uri": format!("{ISSUER}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

/// The sign-in page: one button a person, the request carried along in the form.
async fn choose(Query(asked): Query<HashMap<String, String>>) -> Html<String> {
    let carried: String = asked
        .iter()
        .map(|(name, value)| format!("<input type=hidden name=\"{}\" value=\"{}\">", escape(name), escape(value)))
        .collect();
    let people: String = PEOPLE
        .iter()
        .map(|person| {
            format!(
                "<button name=subject value={}>{} <small>{} — {}</small></button>",
                person.subject, person.name, person.email, person.about
            )
        })
        .collect();
    Html(page("Who are you today?", &format!("<form method=post action=/choose>{carried}{people}</form>")))
}

#[derive(Deserialize)]
struct Choice {
    subject: String,
    #[serde(flatten)]
    asked: Asked,
}

async fn chosen(State(provider): State<Arc<Provider>>, Form(choice): Form<Choice>) -> Response {
    if choice.asked.code_challenge_method != "S256" || !choice.asked.redirect_uri.starts_with(programs::BASE_URL) {
        return (StatusCode::BAD_REQUEST, "S256 and the playground's own address, please").into_response();
    }
    let Ok(code) = random() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let quoted = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let back = format!(
        "{}?code={code}&state={}&iss={}",
        choice.asked.redirect_uri,
        quoted(&choice.asked.state),
        quoted(ISSUER)
    );
    if let Ok(mut codes) = provider.codes.lock() {
        codes.retain(|_, issued| issued.at.saturating_add(CODE_SECONDS) > now());
        codes.insert(code, Issued { asked: choice.asked, subject: choice.subject, at: now() });
    }
    Redirect::to(&back).into_response()
}

#[derive(Deserialize)]
struct Exchange {
    code: String,
    redirect_uri: String,
    code_verifier: String,
    client_assertion: String,
}

async fn token(State(provider): State<Arc<Provider>>, Form(exchange): Form<Exchange>) -> Response {
    match exchanged(&provider, &exchange).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
    }
}

async fn exchanged(provider: &Provider, exchange: &Exchange) -> Result<Value, &'static str> {
    let client_id = authenticated_client(&exchange.client_assertion).await.ok_or("invalid_client")?;
    let issued = provider.codes.lock().ok().and_then(|mut codes| codes.remove(&exchange.code));
    let issued = issued.filter(|issued| issued.at.saturating_add(CODE_SECONDS) > now()).ok_or("invalid_grant")?;
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, exchange.code_verifier.as_bytes()));
    let asked = &issued.asked;
    if asked.client_id != client_id || asked.redirect_uri != exchange.redirect_uri || asked.code_challenge != challenge
    {
        return Err("invalid_grant");
    }
    let person = people::find(&issued.subject).ok_or("invalid_grant")?;
    let claims = json!({
        "iss": ISSUER, "aud": client_id, "sub": person.subject, "nonce": asked.nonce,
        "iat": now(), "exp": now().saturating_add(300), "auth_time": issued.at,
        "email": person.email, "email_verified": true, "given_name": person.name, "groups": person.groups,
    });
    let id_token = provider.key.sign(&claims).map_err(|_| "server_error")?;
    let access_token = random().map_err(|_| "server_error")?;
    Ok(json!({ "token_type": "Bearer", "access_token": access_token, "expires_in": 300, "id_token": id_token }))
}

/// The client that signed the assertion with a key of the gate (RFC 7523 §3).
async fn authenticated_client(assertion: &str) -> Option<String> {
    let jwks = reqwest::get(format!("http://{}/.well-known/jwks.json", programs::GATE)).await.ok()?;
    let jwks: Value = serde_json::from_slice(&jwks.bytes().await.ok()?).ok()?;
    let claims = jwt::verified(assertion, &jwks)?;
    let live = claims.get("exp")?.as_u64()? > now() && claims.get("aud")?.as_str()? == ISSUER;
    live.then(|| claims.get("sub").and_then(Value::as_str).map(str::to_owned))?
}
