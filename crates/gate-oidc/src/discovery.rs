//! Discovery: what an identity provider says about itself (OpenID Connect Discovery 1.0 §3).
//!
//! Reads the document at the issuer's well-known address; gives the few members that are used. The library's type
//! is not used here: it refuses documents for members that nobody reads, and lets doubled keys pass.
//!
//! Trust: the document counts only where its `issuer` is the configured one, byte for byte (§4.3; ST-OIDC-04), and each
//! endpoint must be one that may be called.

use openidconnect::IssuerUrl;
use url::Url;

use crate::outbound::Outbound;
use crate::strict_json::{self, Json, NotStrict, Object};

/// The members that are used.
#[derive(Debug)]
pub(crate) struct Discovery {
    pub(crate) issuer: IssuerUrl,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) jwks_uri: Url,
    pub(crate) userinfo_endpoint: Option<Url>,
    /// The provider promises `iss` in every answer (RFC 9207 §3), so that an answer without it is refused.
    pub(crate) announces_iss: bool,
}

/// The address of the document (§4.1): a slash at the end of the issuer is taken off first.
pub(crate) fn address(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.strip_suffix('/').unwrap_or(issuer))
}

/// Whether the text can be the issuer of one tenant. A template such as `…/{tenantid}/v2.0` is one of everybody's.
pub(crate) fn is_template(issuer: &str) -> bool {
    issuer.contains(['{', '}'])
}

impl Discovery {
    /// Says in `Err` what is wrong, for the operator.
    pub(crate) fn parse(body: &[u8], issuer: &str, outbound: &Outbound) -> Result<Self, String> {
        let object = strict_json::object(body).map_err(|NotStrict(why)| format!("the document is {why}"))?;
        if object.text("issuer") != Ok(Some(issuer)) {
            return Err("its `issuer` is not the one of the connection, byte for byte".into());
        }
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|_| "its `issuer` is no URL")?;
        let endpoint = |name| endpoint(&object, name, outbound);
        let needed = |name: &'static str| endpoint(name)?.ok_or_else(|| format!("`{name}` is missing"));
        let announces_iss = match object.get("authorization_response_iss_parameter_supported") {
            None | Some(Json::Null) => false,
            Some(Json::Bool(announced)) => *announced,
            // A check that may have been announced is made.
            Some(Json::Whole(_) | Json::OtherNumber | Json::Text(_) | Json::List(_) | Json::Object(_)) => true,
        };
        Ok(Self {
            issuer,
            authorization_endpoint: needed("authorization_endpoint")?,
            token_endpoint: needed("token_endpoint")?,
            jwks_uri: needed("jwks_uri")?,
            userinfo_endpoint: endpoint("userinfo_endpoint")?,
            announces_iss,
        })
    }
}

fn endpoint(object: &Object<'_>, name: &'static str, outbound: &Outbound) -> Result<Option<Url>, String> {
    let text = object.text(name).map_err(|NotStrict(why)| format!("`{name}` is {why}"))?;
    text.map(|text| outbound.permits(text).map_err(|failed| format!("`{name}`: {}", failed.0))).transpose()
}
