//! Document: one large document, such as a bundle, fetched whole or not at all.
//!
//! Reads an address, a credential and the mark of what is known already; gives the bytes, or that nothing changed.
//!
//! Trust: nothing of the document is proven here; whoever asked for it verifies it.
//! Invariant: an answer is 200 with all of its bytes, or 304 to a question that had a condition; all else is an error.

use std::fmt;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use url::Url;

use super::{Failed, Outbound, body, reason, secret_header};

/// The largest document that is asked for has 256 MiB: at this limit a line of 36 Mbit/s carries it.
const DOCUMENT_TIME_MAX: Duration = Duration::from_mins(1);
/// Marks are digests or counters; one that is longer is not kept, and the next question has no condition.
const ETAG_BYTES_MAX: usize = 1024;

/// What is asked for.
pub struct Ask<'a> {
    /// Goes as `Authorization: Bearer`.
    pub bearer: Option<&'a str>,
    /// The `ETag` of the last answer.
    pub known: Option<&'a str>,
    /// Above, the document is an error, not a part of it.
    pub bytes_max: usize,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// 304: what is known is what is there.
    Unchanged,
    /// 200: all of it.
    Document {
        /// Never more than [`Ask::bytes_max`].
        bytes: Vec<u8>,
        /// For [`Ask::known`] of the next question.
        etag: Option<String>,
    },
}

/// Nothing usable came back. The sentence is for the operator; it holds neither the address nor the credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFetched(pub String);

impl fmt::Display for NotFetched {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for NotFetched {}

impl From<Failed> for NotFetched {
    fn from(failed: Failed) -> Self {
        Self(failed.0)
    }
}

impl Outbound {
    /// Whether the rules let the address be called at all, as far as its text tells. DNS is looked at in [`fetch`](Self::fetch).
    pub fn may_call(&self, address: &Url) -> Result<(), NotFetched> {
        self.permits(address.as_str())?;
        Ok(())
    }

    /// Fetches one document. It may be dropped at any time.
    pub async fn fetch(&self, address: &Url, ask: &Ask<'_>) -> Result<Fetched, NotFetched> {
        self.permits(address.as_str())?;
        let mut request = self.client.get(address.clone()).timeout(DOCUMENT_TIME_MAX);
        if let Some(token) = ask.bearer {
            request = request.header(AUTHORIZATION, secret_header(&format!("Bearer {token}"))?);
        }
        if let Some(etag) = ask.known {
            let etag = HeaderValue::from_str(etag).map_err(|_| NotFetched("the mark holds a control character".into()));
            request = request.header(IF_NONE_MATCH, etag?);
        }
        let sent = request.send().await.map_err(|error| NotFetched(reason(&error, DOCUMENT_TIME_MAX)));
        let mut response = sent?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if ask.known.is_some() => return Ok(Fetched::Unchanged),
            other => return Err(NotFetched(unwanted(other))),
        }
        let etag = mark(response.headers());
        let bytes = body(&mut response, ask.bytes_max, DOCUMENT_TIME_MAX).await?;
        Ok(Fetched::Document { bytes, etag })
    }
}

fn unwanted(status: StatusCode) -> String {
    let number = status.as_u16();
    if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
        return format!("it answered with a redirect ({number}), which is never followed");
    }
    format!("it answered with status {number}, expected is 200")
}

/// RFC 9110 §8.8.3.
fn mark(headers: &HeaderMap) -> Option<String> {
    let etag = headers.get(ETAG)?.to_str().ok()?;
    (!etag.is_empty() && etag.len() <= ETAG_BYTES_MAX).then(|| etag.to_owned())
}

#[cfg(test)]
mod tests;
