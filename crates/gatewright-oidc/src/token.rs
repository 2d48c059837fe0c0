//! Token: the outside of an ID token, read strictly before any library sees it.
//!
//! Reads a compact JWS (RFC 7515 §7.1); gives its header's choices and its claims, all still alleged.
//!
//! Trust: nothing here is proven; `id_token` verifies the signature over exactly these bytes.
//! Invariant: the header chooses neither algorithm nor key: the algorithm must be on the connection's list, `kid` only
//! picks among the issuer's keys, and `jku`, `x5u`, `jwk`, `x5c` are never read (RFC 8725 §3.1, §3.10; ST-OIDC-05, -06).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gatewright_bundle::program::Algorithm;
use gatewright_terms::Refusal;

use crate::refused::{Refused, echo};
use crate::strict_json::{self, NotStrict, Object};

/// 200 groups of 256 bytes fit in; the largest seen has 12 KiB.
const TOKEN_BYTES_MAX: usize = 96 * 1024;
/// Entra's have 43, certificates' thumbprints 64.
const KID_BYTES_MAX: usize = 256;

/// The two parts that are JSON, decoded.
pub struct Decoded {
    header: Vec<u8>,
    payload: Vec<u8>,
}

/// A token that is shaped like one.
pub struct Alleged<'a> {
    /// As it came; the bytes under the signature are in it.
    pub raw: &'a str,
    pub algorithm: Algorithm,
    pub kid: Option<String>,
    pub claims: Object<'a>,
}

/// Takes the three parts apart.
pub fn decode(raw: &str) -> Result<Decoded, Refused> {
    if raw.len() > TOKEN_BYTES_MAX {
        return Err(malformed("it is too large"));
    }
    let mut parts = raw.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed("it is no signed JWT"));
    };
    let decoded = |encoded: &str, name: &str| {
        BASE64_URL_SAFE_NO_PAD.decode(encoded).map_err(|_| malformed(format!("the {name} is not base64url")))
    };
    // The library lets stray bits at the end pass, so that one signature would have several spellings.
    decoded(signature, "signature")?;
    Ok(Decoded { header: decoded(header, "header")?, payload: decoded(payload, "payload")? })
}

/// Reads what [`decode`] gave. `allowed` is the connection's list.
pub fn read<'a>(raw: &'a str, decoded: &'a Decoded, allowed: &[Algorithm]) -> Result<Alleged<'a>, Refused> {
    let (algorithm, kid) = read_header(&part(&decoded.header, "header")?, allowed)?;
    Ok(Alleged { raw, algorithm, kid, claims: part(&decoded.payload, "payload")? })
}

fn part<'a>(bytes: &'a [u8], name: &str) -> Result<Object<'a>, Refused> {
    strict_json::object(bytes).map_err(|NotStrict(why)| malformed(format!("the {name} is {why}")))
}

fn read_header(header: &Object<'_>, allowed: &[Algorithm]) -> Result<(Algorithm, Option<String>), Refused> {
    let text = |name| header.text(name).map_err(|NotStrict(why)| malformed(format!("`{name}` is {why}")));
    // RFC 7515 §4.1.11: what is critical and not understood is refused; RFC 7797 and JWE are not understood.
    if let Some(name) = ["crit", "b64", "enc", "zip"].into_iter().find(|name| header.contains(name)) {
        return Err(malformed(format!("its header holds `{name}`")));
    }
    let alg = text("alg")?.ok_or_else(|| malformed("its header names no algorithm"))?;
    let algorithm = parse_algorithm(alg).filter(|algorithm| allowed.contains(algorithm)).ok_or_else(|| {
        Refused::new(
            Refusal::TokenAlgorithm,
            STAGE,
            format!("the algorithm {} is not on the connection's list", echo(alg)),
        )
    })?;
    // RFC 8725 §3.11: `at+jwt`, `logout+jwt` and the like are tokens of another kind.
    if let Some(typ) = text("typ")?
        && !["JWT", "application/jwt"].into_iter().any(|good| typ.eq_ignore_ascii_case(good))
    {
        return Err(malformed(format!("its type is {}", echo(typ))));
    }
    let kid = text("kid")?;
    if kid.is_some_and(|kid| kid.len() > KID_BYTES_MAX) {
        return Err(malformed("its `kid` is too long"));
    }
    Ok((algorithm, kid.map(str::to_owned)))
}

pub const STAGE: &str = "id token";

pub fn malformed(text: impl Into<String>) -> Refused {
    Refused::new(Refusal::TokenMalformed, STAGE, text)
}

/// The names of RFC 7518 §3.1 and RFC 8037 §3.1. `none`, HMAC and the rest have none here.
pub fn parse_algorithm(name: &str) -> Option<Algorithm> {
    Some(match name {
        "RS256" => Algorithm::Rs256,
        "RS384" => Algorithm::Rs384,
        "RS512" => Algorithm::Rs512,
        "PS256" => Algorithm::Ps256,
        "ES256" => Algorithm::Es256,
        "ES384" => Algorithm::Es384,
        "EdDSA" => Algorithm::EdDsa,
        _ => return None,
    })
}
