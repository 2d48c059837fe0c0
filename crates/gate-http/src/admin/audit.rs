//! Audit: exports a chain as JSON Lines while it is read, so that its length costs no memory.
//!
//! Invariant: records come in the order of their chain, without a gap; an export that breaks off ends without the last
//! line end, and `from=` resumes it (ST-AUD-06).

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode, header};
use gate_core::Gate;
use gate_core::admin::{AdminError, Operator};

use super::orgs::ORG;
use super::{Shared, Wrong, segment};
use crate::limits::RECORDS_PER_READ;
use crate::parameters::read;
use crate::problem::ProblemKind;

/// The stream of records that concern no organisation.
const PLATFORM: &str = "platform";

/// Chains count from 1, without gaps.
const FIRST: u64 = 1;

const JSON_LINES: HeaderValue = HeaderValue::from_static("application/jsonl");

/// `GET /v1/orgs/{org}/audit?from=`
pub(super) async fn org(shared: &Shared, by: &Operator, request: &Parts) -> Result<Response<Body>, Wrong> {
    export(shared, by, format!("org/{}", segment(request, ORG)?), request).await
}

/// `GET /v1/audit?from=`
pub(super) async fn platform(shared: &Shared, by: &Operator, request: &Parts) -> Result<Response<Body>, Wrong> {
    export(shared, by, PLATFORM.to_owned(), request).await
}

async fn export(shared: &Shared, by: &Operator, stream: String, request: &Parts) -> Result<Response<Body>, Wrong> {
    const MALFORMED: Wrong = Wrong::Request(ProblemKind::BadRequest, Some("`from` is no sequence number"));
    let [from] = read(request.uri.query().unwrap_or_default(), ["from"]).map_err(|_| MALFORMED)?;
    let from = from.map_or(Ok(FIRST), |from| from.parse::<u64>()).map_err(|_| MALFORMED)?.max(FIRST);
    // The first read now: an organisation that is not there is a 404, not an empty file.
    let first = shared.gate.audit_lines(by, &stream, from, RECORDS_PER_READ).await?;
    let reader = Reader { gate: Arc::clone(&shared.gate), by: by.clone(), stream, next: from };
    let mut response = Response::new(Body::from_stream(lines(reader, first)));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON_LINES);
    Ok(response)
}

/// Reads on where the last read ended.
struct Reader {
    gate: Arc<Gate>,
    by: Operator,
    stream: String,
    next: u64,
}

impl Reader {
    async fn read(&mut self) -> Result<Vec<String>, AdminError> {
        self.gate.audit_lines(&self.by, &self.stream, self.next, RECORDS_PER_READ).await
    }
}

/// Where an export stands.
enum Place {
    Read(Reader, Vec<String>),
    Unread(Reader),
    End,
}

fn lines(reader: Reader, first: Vec<String>) -> impl futures_util::Stream<Item = Result<Bytes, ExportBroken>> + Send {
    futures_util::stream::unfold(Place::Read(reader, first), async |place| {
        let (mut reader, read) = match place {
            Place::End => return None,
            Place::Read(reader, read) => (reader, Ok(read)),
            Place::Unread(mut reader) => {
                let read = reader.read().await;
                (reader, read)
            }
        };
        match read {
            Err(_) => Some((Err(ExportBroken), Place::End)),
            Ok(lines) if lines.is_empty() => None,
            Ok(lines) => {
                reader.next = reader.next.saturating_add(u64::try_from(lines.len()).unwrap_or(u64::MAX));
                let mut text = lines.join("\n");
                text.push('\n');
                Some((Ok(Bytes::from(text)), Place::Unread(reader)))
            }
        }
    })
}

/// The store went away in the middle: the connection is cut, so that nobody takes a part for the whole.
#[derive(Debug)]
pub(super) struct ExportBroken;

impl std::fmt::Display for ExportBroken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the export broke off")
    }
}

impl std::error::Error for ExportBroken {}
