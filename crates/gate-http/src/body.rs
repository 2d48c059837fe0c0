//! Body: reads the body of a request within its size and time.

use std::time::Duration;

use axum::body::Body;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyRefused {
    TooLarge,
    TooSlow,
    /// Cut off, not what its framing says, or not UTF-8.
    Broken,
}

/// The whole body as text.
pub(crate) async fn text(body: Body, bytes_max: usize, time: Duration) -> Result<String, BodyRefused> {
    String::from_utf8(bytes(body, bytes_max, time).await?).map_err(|_| BodyRefused::Broken)
}

/// The whole body.
pub(crate) async fn bytes(body: Body, bytes_max: usize, time: Duration) -> Result<Vec<u8>, BodyRefused> {
    match tokio::time::timeout(time, Limited::new(body, bytes_max).collect()).await {
        Err(_) => Err(BodyRefused::TooSlow),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyRefused::TooLarge),
        Ok(Err(_)) => Err(BodyRefused::Broken),
        Ok(Ok(collected)) => Ok(collected.to_bytes().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bodies_end_at_their_limit() {
        let second = Duration::from_secs(1);
        assert_eq!(text(Body::from("abcd"), 4, second).await, Ok("abcd".to_owned()));
        assert_eq!(text(Body::from("abcde"), 4, second).await, Err(BodyRefused::TooLarge));
        assert_eq!(text(Body::from(vec![0xff]), 4, second).await, Err(BodyRefused::Broken));
    }
}
