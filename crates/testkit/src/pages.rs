//! Pages: the provider's endpoints.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use url::Url;

use crate::idp::{Code, Shared, State, merge};
use crate::keys::{self, b64};
use crate::lie::Lie;
use crate::{Call, Endpoint, check, mint};

/// The body of [`Lie::HugeBody`].
const HUGE: usize = 32 * 1024 * 1024;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(serve).with_state(shared)
}

async fn serve(Extract(shared): Extract<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let path = parts.uri.path().to_owned();
    let text = |name| {
        parts.headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok()).map(str::to_owned)
    };
    let call = Call {
        endpoint: endpoint(&path),
        path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        authorization: text(header::AUTHORIZATION),
        form: url::form_urlencoded::parse(&body).into_owned().collect(),
    };
    let url = Url::parse(&format!("{}{}", shared.origin, parts.uri)).unwrap();
    let lie = {
        let mut state = shared.state();
        if call.endpoint != Endpoint::Authorize {
            state.log.push(call.clone());
        }
        state.told(|lie| transport(lie, call.endpoint))
    };
    match lie {
        Some(response) => response,
        None => answer(&shared, &call, &url),
    }
}

fn endpoint(path: &str) -> Endpoint {
    let ends = |suffix| path.ends_with(suffix);
    if ends("/.well-known/openid-configuration") {
        Endpoint::Discovery
    } else if ends("/jwks") {
        Endpoint::Keys
    } else if ends("/authorize") {
        Endpoint::Authorize
    } else if ends("/token") {
        Endpoint::Token
    } else if ends("/userinfo") {
        Endpoint::Userinfo
    } else if path.contains("canary") {
        Endpoint::Canary
    } else {
        Endpoint::Other
    }
}

/// Lies about HTTP itself.
fn transport(lie: &Lie, endpoint: Endpoint) -> Option<Response> {
    match lie {
        Lie::Status(at, status) if *at == endpoint => Some(StatusCode::from_u16(*status).unwrap().into_response()),
        Lie::Redirect(at, to) if *at == endpoint => {
            Some((StatusCode::FOUND, [(header::LOCATION, to.clone())]).into_response())
        }
        Lie::HugeBody(at) if *at == endpoint => Some(Bytes::from(vec![b' '; HUGE]).into_response()),
        Lie::SlowBody(at) if *at == endpoint => Some(slow()),
        _ => None,
    }
}

/// One space a second, for ever.
fn slow() -> Response {
    let drops = futures_util::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Some((Ok::<_, std::convert::Infallible>(Bytes::from_static(b" ")), ()))
    });
    Body::from_stream(drops).into_response()
}

fn answer(shared: &Shared, call: &Call, url: &Url) -> Response {
    match call.endpoint {
        Endpoint::Discovery => cached(shared, discovery(shared)),
        Endpoint::Keys => {
            let text = key_set(&shared.state());
            cached(shared, text)
        }
        Endpoint::Authorize => (StatusCode::SEE_OTHER, [(header::LOCATION, authorize(shared, url))]).into_response(),
        Endpoint::Token => token(shared, call),
        Endpoint::Userinfo => userinfo(shared, call),
        Endpoint::Canary | Endpoint::Other => StatusCode::NOT_FOUND.into_response(),
    }
}

fn json_text(status: u16, text: String) -> Response {
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn cached(shared: &Shared, text: String) -> Response {
    let mut response = json_text(200, text);
    if let Some(seconds) = shared.state().max_age {
        response.headers_mut().insert(header::CACHE_CONTROL, format!("public, max-age={seconds}").parse().unwrap());
    }
    response
}

fn discovery(shared: &Shared) -> String {
    let state = shared.state();
    if let Some(text) = state.told(|lie| if let Lie::DiscoveryText(text) = lie { Some(text.clone()) } else { None }) {
        return text;
    }
    let base = shared.issuer.trim_end_matches('/');
    let document = json!({
        "issuer": shared.issuer,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/jwks"),
        "userinfo_endpoint": format!("{base}/userinfo"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": state.announces_iss,
    });
    let mut document = document.as_object().unwrap().clone();
    for lie in &state.lies {
        if let Lie::Discovery(name, value) = lie {
            merge(&mut document, Map::from_iter([((*name).to_owned(), value.clone())]));
        }
    }
    Value::Object(document).to_string()
}

fn key_set(state: &State) -> String {
    if let Some(text) = state.told(|lie| if let Lie::KeysText(text) = lie { Some(text.clone()) } else { None }) {
        return text;
    }
    let mut keys: Vec<Value> = Vec::new();
    if state.lies.contains(&Lie::DecoyKey) {
        keys.push(keys::jwk("RS256", keys::STRANGER, "decoy"));
    }
    if state.lies.contains(&Lie::WeakKey) {
        keys.push(keys::weak_jwk("weak"));
    }
    keys.extend(state.published.iter().map(|key| keys::jwk(state.alg, *key, &format!("key-{key}"))));
    json!({ "keys": keys }).to_string()
}

/// The address that the browser is sent back to. An honest provider answers an unknown client or address with a page of
/// its own; here that is a failed test.
pub(crate) fn authorize(shared: &Shared, url: &Url) -> String {
    let parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let get = |name: &str| parameters.iter().find(|(has, _)| has == name).map(|(_, value)| value.clone());
    let mut state = shared.state();
    let query = url.query().unwrap_or_default().to_owned();
    let call =
        Call { endpoint: Endpoint::Authorize, path: url.path().into(), query, authorization: None, form: Vec::new() };
    state.log.push(call);
    let redirect_uri = get("redirect_uri").unwrap();
    assert_eq!(get("response_type").as_deref(), Some("code"));
    assert_eq!(get("client_id"), Some(state.client_id.clone()));
    assert_eq!(redirect_uri, state.redirect_uri);
    assert_eq!(get("code_challenge_method").as_deref(), Some("S256"));
    assert!(get("scope").unwrap().split(' ').any(|scope| scope == "openid"));

    let mut back = Url::parse(&redirect_uri).unwrap();
    back.query_pairs_mut().append_pair("state", &get("state").unwrap());
    match state.told(|lie| if let Lie::AnswerError(error) = lie { Some(*error) } else { None }) {
        Some(error) => back.query_pairs_mut().append_pair("error", error),
        None => back.query_pairs_mut().append_pair("code", &give_code(&mut state, &get, redirect_uri)),
    };
    let other = state.told(|lie| if let Lie::AnswerIss(iss) = lie { Some(iss.clone()) } else { None });
    let announced = (state.announces_iss && !state.lies.contains(&Lie::NoIss)).then(|| shared.issuer.clone());
    if let Some(iss) = other.or(announced) {
        back.query_pairs_mut().append_pair("iss", &iss);
    }
    let more = state.told(|lie| if let Lie::AnswerMore(more) = lie { Some(*more) } else { None });
    format!("{back}{}", more.unwrap_or_default())
}

fn give_code(state: &mut State, get: &dyn Fn(&str) -> Option<String>, redirect_uri: String) -> String {
    let mut random = [0; 16];
    aws_lc_rs::rand::fill(&mut random).unwrap();
    let code = b64(&random);
    let (nonce, challenge) = (get("nonce"), get("code_challenge"));
    state.codes.push(Code { text: code.clone(), nonce, challenge, redirect_uri, client_id: get("client_id").unwrap() });
    code
}

fn token(shared: &Shared, call: &Call) -> Response {
    let mut state = shared.state();
    if let Some((status, text)) =
        state.told(|lie| if let Lie::TokenAnswer(status, text) = lie { Some((*status, text.clone())) } else { None })
    {
        return json_text(status, text);
    }
    let code = match check::redeem(shared, &mut state, call) {
        Ok(code) => code,
        Err(error) => return json_text(400, json!({ "error": error, "error_description": "no" }).to_string()),
    };
    let access_token = format!("access-{}", code.text);
    let id_token = mint::id_token(shared, &state, &code, &access_token);
    let answer =
        json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": 3600, "id_token": id_token });
    let mut answer = answer.as_object().unwrap().clone();
    for lie in &state.lies {
        if let Lie::TokenMember(name, value) = lie {
            merge(&mut answer, Map::from_iter([((*name).to_owned(), value.clone())]));
        }
    }
    json_text(200, Value::Object(answer).to_string())
}

fn userinfo(shared: &Shared, call: &Call) -> Response {
    let state = shared.state();
    if !call.authorization.as_ref().is_some_and(|header| header.starts_with("Bearer access-")) || !call.query.is_empty()
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if let Some(text) = state.told(|lie| if let Lie::UserinfoText(text) = lie { Some(text.clone()) } else { None }) {
        return json_text(200, text);
    }
    let mut claims = state.userinfo.clone();
    claims.insert("sub".into(), state.person["sub"].clone());
    for lie in &state.lies {
        if let Lie::Userinfo(name, value) = lie {
            merge(&mut claims, Map::from_iter([((*name).to_owned(), value.clone())]));
        }
    }
    json_text(200, Value::Object(claims).to_string())
}
