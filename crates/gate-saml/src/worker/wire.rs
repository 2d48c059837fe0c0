//! Wire: what is said between the gate and a worker.
//!
//! A frame is its length (four bytes, the lowest first) and its body; both sides hold the other to a named maximum before
//! they make room for it.
//!
//! Trust: each side takes the other for hostile: a body that is not exactly one request or reply is none.

use std::io::{self, Read};

use gatewright_bundle::program::{Certificate, SignatureAlgorithm};
use gatewright_saml::{Canonical, NotVerified, Signed};

/// What a worker says first: it is confined and ready. Changes with the format.
pub(crate) const HELLO: [u8; 8] = *b"gwsaml1\n";
/// A message of the largest size that the screen takes, and every certificate that a connection can have.
pub(crate) const REQUEST_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The canonical form of a message, which says namespaces again where it needs them.
pub(crate) const REPLY_BYTES_MAX: usize = 1024 * 1024;
/// A text for the operator. In bytes.
const TEXT_BYTES_MAX: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Response,
    Logout,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) kind: Kind,
    pub(crate) algorithms: Vec<SignatureAlgorithm>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) message: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply(pub(crate) Result<Canonical, NotVerified>);

const ALGORITHMS: [SignatureAlgorithm; 6] = [
    SignatureAlgorithm::RsaSha256,
    SignatureAlgorithm::RsaSha384,
    SignatureAlgorithm::RsaSha512,
    SignatureAlgorithm::EcdsaSha256,
    SignatureAlgorithm::EcdsaSha384,
    SignatureAlgorithm::EcdsaSha512,
];

impl Request {
    /// The whole frame; `None` where it would be larger than a worker takes.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        let mut body = vec![match self.kind {
            Kind::Response => 0,
            Kind::Logout => 1,
        }];
        body.push(u8::try_from(self.algorithms.len()).ok()?);
        for algorithm in &self.algorithms {
            body.push(u8::try_from(ALGORITHMS.iter().position(|known| known == algorithm)?).ok()?);
        }
        body.push(u8::try_from(self.certificates.len()).ok()?);
        for certificate in &self.certificates {
            put(&mut body, &certificate.0)?;
        }
        put(&mut body, &self.message)?;
        (body.len() <= REQUEST_BYTES_MAX).then(|| frame(&body)).flatten()
    }

    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let mut rest = Rest(body);
        let kind = match rest.byte()? {
            0 => Kind::Response,
            1 => Kind::Logout,
            _ => return None,
        };
        let count = rest.byte()?;
        let algorithms =
            (0..count).map(|_| ALGORITHMS.get(usize::from(rest.byte()?)).copied()).collect::<Option<_>>()?;
        let count = rest.byte()?;
        let certificates =
            (0..count).map(|_| Some(Certificate(rest.text()?.to_vec()))).collect::<Option<Vec<Certificate>>>()?;
        let message = rest.text()?.to_vec();
        rest.0.is_empty().then_some(Self { kind, algorithms, certificates, message })
    }
}

impl Reply {
    /// The whole frame. What is too large to be said is no good message.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let too_large = || Self(Err(NotVerified::Bad("the canonical form is too large".to_owned())));
        let (tag, bytes) = match &self.0 {
            Ok(canonical) if canonical.bytes.len() > REPLY_BYTES_MAX - 1 => return too_large().encode(),
            Ok(Canonical { signed: Signed::Message, bytes }) => (0, bytes.as_slice()),
            Ok(Canonical { signed: Signed::Assertion, bytes }) => (1, bytes.as_slice()),
            Err(NotVerified::Bad(text)) => (2, cut(text)),
            Err(NotVerified::Disagree(text)) => (3, cut(text)),
            Err(NotVerified::Busy(text)) => (4, cut(text)),
        };
        frame(&[&[tag], bytes].concat()).unwrap_or_default()
    }

    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let (tag, bytes) = body.split_first()?;
        let text = || printable(bytes);
        Some(Self(match tag {
            0 => Ok(Canonical { signed: Signed::Message, bytes: bytes.to_vec() }),
            1 => Ok(Canonical { signed: Signed::Assertion, bytes: bytes.to_vec() }),
            2 => Err(NotVerified::Bad(text()?)),
            3 => Err(NotVerified::Disagree(text()?)),
            4 => Err(NotVerified::Busy(text()?)),
            _ => return None,
        }))
    }
}

/// The next body; `None` where the input ends between two frames.
pub(crate) fn read(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut first = [0; 1];
    if input.read(&mut first)? == 0 {
        return Ok(None);
    }
    let mut others = [0; 3];
    input.read_exact(&mut others)?;
    let [a] = first;
    let [b, c, d] = others;
    let length = length([a, b, c, d], REQUEST_BYTES_MAX).ok_or(io::ErrorKind::InvalidData)?;
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    Ok(Some(body))
}

/// The length of a body, at most `max`.
pub(crate) fn length(head: [u8; 4], max: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(head)).ok().filter(|length| *length <= max)
}

fn frame(body: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(body.len()).ok()?;
    Some([&length.to_le_bytes(), body].concat())
}

fn put(body: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    body.extend_from_slice(&u32::try_from(bytes.len()).ok()?.to_le_bytes());
    body.extend_from_slice(bytes);
    Some(())
}

fn cut(text: &str) -> &[u8] {
    let bytes = text.as_bytes();
    bytes.get(..TEXT_BYTES_MAX).unwrap_or(bytes)
}

/// A text for an operator, from a process that may have been taken over.
fn printable(bytes: &[u8]) -> Option<String> {
    (bytes.len() <= TEXT_BYTES_MAX).then(|| {
        String::from_utf8_lossy(bytes).chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
    })
}

struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_first_chunk::<4>()?;
        let (text, rest) = rest.split_at_checked(length(*head, REQUEST_BYTES_MAX)?)?;
        self.0 = rest;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request {
            kind: Kind::Logout,
            algorithms: ALGORITHMS.to_vec(),
            certificates: vec![Certificate(vec![1, 2, 3]), Certificate(vec![])],
            message: b"<a/>".to_vec(),
        }
    }

    #[test]
    fn what_is_said_is_understood() {
        let mut frame: &[u8] = &request().encode().unwrap();
        let body = read(&mut frame).unwrap().unwrap();
        assert_eq!(Request::decode(&body), Some(request()));
        assert_eq!(read(&mut frame).unwrap(), None);
        for result in [
            Ok(Canonical { signed: Signed::Message, bytes: b"<a/>".to_vec() }),
            Ok(Canonical { signed: Signed::Assertion, bytes: vec![] }),
            Err(NotVerified::Bad("b".to_owned())),
            Err(NotVerified::Disagree("d".to_owned())),
            Err(NotVerified::Busy(String::new())),
        ] {
            let reply = Reply(result);
            assert_eq!(Reply::decode(&reply.encode()[4..]), Some(reply));
        }
    }

    #[test]
    fn a_body_that_is_cut_or_longer_is_none() {
        let frame = request().encode().unwrap();
        let body = &frame[4..];
        for end in 0..body.len() {
            assert_eq!(Request::decode(&body[..end]), None, "cut at {end}");
        }
        assert_eq!(Request::decode(&[body, &[0]].concat()), None);
        for body in [&[2][..], &[0, 1, 6, 0, 0, 0, 0, 0], &[0, 0, 0, 255, 255, 255, 255]] {
            assert_eq!(Request::decode(body), None, "{body:?}");
        }
        assert_eq!(Reply::decode(&[]), None);
        assert_eq!(Reply::decode(&[9, 1]), None);
    }

    #[test]
    fn a_frame_without_end_is_not_waited_for() {
        for mut bytes in [&[1][..], &[1, 0, 0], &[2, 0, 0, 0, 1], &[255, 255, 255, 255, 0]] {
            assert!(read(&mut bytes).is_err());
        }
    }

    #[test]
    fn a_large_answer_is_a_refusal() {
        let large = Reply(Ok(Canonical { signed: Signed::Message, bytes: vec![0; REPLY_BYTES_MAX] })).encode();
        assert!(matches!(Reply::decode(&large[4..]), Some(Reply(Err(NotVerified::Bad(_))))));
        let allowed = Reply(Ok(Canonical { signed: Signed::Message, bytes: vec![0; REPLY_BYTES_MAX - 1] })).encode();
        assert_eq!(allowed.len(), 4 + REPLY_BYTES_MAX);
    }

    #[test]
    fn a_text_is_for_people() {
        assert_eq!(Reply::decode(b"\x02a\n\x1b[31mb"), Some(Reply(Err(NotVerified::Bad("a??[31mb".to_owned())))));
        assert_eq!(Reply::decode(&[2; TEXT_BYTES_MAX + 2]), None);
    }
}
