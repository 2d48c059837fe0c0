//! Platform: a checkpoint now, and the story behind a support code.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, header};
use gate_core::admin::{AdminError, Operator, Story};
use gate_core::metrics::MEDIA_TYPE;
use serde_json::{Map, Value, json};

use super::{Shared, Wrong, document, segment};

/// `GET /v1/checkpoint`
pub(super) async fn checkpoint(shared: &Shared) -> Result<Response<Body>, Wrong> {
    let text = shared.gate.checkpoint(shared.now()).await.map_err(|_| AdminError::StoreUnavailable)?;
    Ok(crate::respond::json(axum::http::StatusCode::OK, text))
}

/// `GET /metrics`
pub(super) async fn metrics(shared: &Shared, by: &Operator) -> Result<Response<Body>, Wrong> {
    let mut response = Response::new(Body::from(shared.gate.metrics(by, shared.now()).await?));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    Ok(response)
}

/// `GET /v1/trace/{code}`
pub(super) async fn trace(shared: &Shared, by: &Operator, request: &Parts) -> Result<Response<Body>, Wrong> {
    let story = shared.gate.trace(by, segment(request, 3)?, shared.now()).await?;
    Ok(document(&story_document(&story)))
}

fn story_document(story: &Story) -> Value {
    let object = |fields: &[(String, String)]| -> Value {
        fields.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect::<Map<_, _>>().into()
    };
    json!({
        "schema": "gatewright.trace/1",
        "code": story.code,
        "at": story.at.to_string(),
        "org": story.org.as_ref().map(gatewright_terms::OrgId::as_str),
        "event": story.event,
        "refusal": story.refusal.map(|refusal| json!({
            "slug": refusal.slug(),
            "title": refusal.page().title,
            "cause": refusal.page().cause,
            "repair": refusal.page().repair,
        })),
        "fields": object(&story.fields),
        "personal": story.personal.as_deref().map(object),
        "stream": story.stream,
        "sequence": story.sequence,
    })
}
