//! Query: parameters by their exact names, with their values as they were sent.

use gatewright_terms::Refusal;

use super::{malformed, refused};
use crate::refused::{Refused, echo};

/// Of a whole query. A logout message with every optional part has 2 KiB; browsers and proxies stop between 8 and 32 KiB.
pub const QUERY_BYTES_MAX: usize = 32 * 1024;
/// Ours are six; the rest are what providers put beside them.
pub const PARAMETERS_MAX: usize = 32;

const NAMES: [&str; 6] = ["SAMLRequest", "SAMLResponse", "SAMLEncoding", "RelayState", "SigAlg", "Signature"];

#[derive(Default)]
pub(super) struct Parameters<'a> {
    pub(super) request: Option<&'a str>,
    pub(super) response: Option<&'a str>,
    pub(super) encoding: Option<&'a str>,
    pub(super) relay_state: Option<&'a str>,
    pub(super) algorithm: Option<&'a str>,
    pub(super) signature: Option<&'a str>,
}

impl<'a> Parameters<'a> {
    /// Rules `query-too-long`, `query-not-ascii`, `too-many-parameters`, `parameter-name`, `parameter-without-value`,
    /// `parameter-doubled`.
    ///
    /// A name that would become one of ours by decoding or in another case is refused: another reader might take it.
    pub(super) fn read(query: &'a [u8]) -> Result<Self, Refused> {
        if query.len() > QUERY_BYTES_MAX {
            return Err(refused(Refusal::SamlTooLarge, "query-too-long", &format!("has {} bytes", query.len())));
        }
        let text = std::str::from_utf8(query).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
        let text = text.ok_or_else(|| malformed("query-not-ascii", "holds octets that no address has"))?;
        let mut found = Self::default();
        for (at, pair) in text.split('&').enumerate() {
            if at >= PARAMETERS_MAX {
                return Err(refused(Refusal::SamlTooLarge, "too-many-parameters", "has too many parameters"));
            }
            let (name, value) = pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value)));
            let slot = match name {
                "SAMLRequest" => &mut found.request,
                "SAMLResponse" => &mut found.response,
                "SAMLEncoding" => &mut found.encoding,
                "RelayState" => &mut found.relay_state,
                "SigAlg" => &mut found.algorithm,
                "Signature" => &mut found.signature,
                _ if may_be_read_as_ours(name) => {
                    return Err(malformed("parameter-name", &format!("has the parameter {}", echo(name))));
                }
                _ => continue,
            };
            // Without `=` it is not what the signed octets would be rebuilt to.
            let value = value
                .ok_or_else(|| malformed("parameter-without-value", &format!("has {} without a value", echo(name))))?;
            if slot.replace(value).is_some() {
                return Err(malformed("parameter-doubled", &format!("has {} twice", echo(name))));
            }
        }
        Ok(found)
    }
}

fn may_be_read_as_ours(name: &str) -> bool {
    // `;` parts parameters for some readers, `[` makes lists for others.
    name.contains(['%', '+', ';', '[']) || NAMES.iter().any(|ours| ours.eq_ignore_ascii_case(name))
}

/// A value without its percent signs; a plus is a space, as in forms.
pub(super) fn octets(raw: &str) -> Result<Vec<u8>, Refused> {
    let mut octets = Vec::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        octets.push(match byte {
            b'%' => {
                let pair = hex(bytes.next()).zip(hex(bytes.next()));
                let (high, low) =
                    pair.ok_or_else(|| malformed("percent-encoding", "holds a percent sign without two digits"))?;
                16 * high + low
            }
            b'+' => b' ',
            _ => byte,
        });
    }
    Ok(octets)
}

/// The same, of a value that is ASCII.
pub(super) fn text(raw: &str) -> Result<String, Refused> {
    let text = String::from_utf8(octets(raw)?).ok().filter(|text| text.is_ascii());
    text.ok_or_else(|| malformed("value-not-ascii", "holds a value that is not ASCII"))
}

fn hex(byte: Option<u8>) -> Option<u8> {
    char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
