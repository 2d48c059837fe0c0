//! Saml: takes the form of an identity provider, and ends the sign-in in the browser that began it; gives our metadata.
//!
//! Invariant: the form comes from another site, so that no cookie is read with it; the session is made one step later, where
//! the flow cookie is there (ST-SAML-15).
//! Invariant: one `SAMLResponse`, at most one `RelayState` of at most 80 bytes, no `SAMLRequest` beside them (ST-SAML-25, -26).
//!
//! Trust: everything in the form is alleged; `gate-core` reads it.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode, header};
use gate_core::signin::{Finished, Landing, Posted, Received, Returned};
use gatewright_terms::Refusal;

use super::Desk;
use super::errors::{Said, no_visit};
use super::login::{is_form, unread};
use super::request::Visit;
use super::sso::org_and_connection;
use super::test_sign_in::traced;
use crate::body::{BodyRefused, text};
use crate::cookies::CookieName;
use crate::limits::{RELAY_STATE_BYTES_MAX, SAML_FORM_BYTES_MAX, SAML_VALUE_BYTES_MAX};
use crate::parameters::{Field, ParametersRefused, read, read_fields};
use crate::problem::ProblemKind;
use crate::respond;

/// Certificates rotate with an overlap, so that a copy of five minutes is always good.
const METADATA_CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

const METADATA_XML: HeaderValue = HeaderValue::from_static("application/samlmetadata+xml");

/// A form as SAML's POST binding has it (SAML 2.0 Bindings §3.5.4).
pub(super) struct SamlForm {
    pub(super) request: Option<String>,
    pub(super) response: Option<String>,
    pub(super) relay_state: Option<String>,
}

/// Why there is no form.
pub(super) enum FormRefused {
    /// What the person sees is the page of a refusal.
    Refusal(Refusal),
    /// The client was too slow, or its body broke off.
    Unread(Said),
}

impl SamlForm {
    /// Reads the body of a request.
    pub(super) async fn read(desk: &Desk, request: &Parts, body: Body) -> Result<Self, FormRefused> {
        if !is_form(&request.headers) {
            return Err(FormRefused::Refusal(Refusal::ParameterRefused));
        }
        let form = text(body, SAML_FORM_BYTES_MAX, desk.shared.limits.body).await.map_err(|refused| match refused {
            BodyRefused::TooLarge => FormRefused::Refusal(Refusal::SamlTooLarge),
            BodyRefused::TooSlow => FormRefused::Unread(unread(ProblemKind::TooSlow)),
            BodyRefused::Broken => FormRefused::Refusal(Refusal::ParameterRefused),
        })?;
        Self::parse(&form).map_err(FormRefused::Refusal)
    }

    fn parse(form: &str) -> Result<Self, Refusal> {
        let message = |name| Field { name, bytes_max: SAML_VALUE_BYTES_MAX, lines: true };
        let relay_state = Field { bytes_max: RELAY_STATE_BYTES_MAX, ..Field::short("RelayState") };
        let read = read_fields(form, [message("SAMLRequest"), message("SAMLResponse"), relay_state]);
        let [request, response, relay_state] = read.map_err(|refused| match refused {
            ParametersRefused::TooMuch if form.len() > SAML_VALUE_BYTES_MAX => Refusal::SamlTooLarge,
            ParametersRefused::Doubled(_) | ParametersRefused::Malformed | ParametersRefused::TooMuch => {
                Refusal::ParameterRefused
            }
        })?;
        let owned = |value: Option<std::borrow::Cow<'_, str>>| value.map(std::borrow::Cow::into_owned);
        Ok(Self { request: owned(request), response: owned(response), relay_state: owned(relay_state) })
    }
}

impl Desk {
    /// The answer to a form that is not read.
    pub(super) async fn no_form(&self, visit: &Visit, request: &Parts, refused: FormRefused) -> Response<Body> {
        match refused {
            FormRefused::Refusal(refusal) => self.refuse(visit, request.uri.path(), refusal).await,
            FormRefused::Unread(said) => self.say(&request.headers, said),
        }
    }
}

/// `POST /sso/{org}/{connection}/acs`
pub(super) async fn acs(desk: &Desk, request: &Parts, body: Body) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let Some((org, connection)) = org_and_connection(request.uri.path()) else { return no_visit() };
    let form = match SamlForm::read(desk, request, body).await {
        Ok(form) => form,
        Err(refused) => return desk.no_form(visit, request, refused).await,
    };
    let SamlForm { request: None, response: Some(response), relay_state } = form else {
        return desk.refuse(visit, request.uri.path(), Refusal::ParameterRefused).await;
    };
    let relay_state = relay_state.as_deref().filter(|state| !state.is_empty());
    let posted = Posted { org, connection, response: response.as_bytes(), relay_state, address: visit.client };
    match desk.shared.gate.receive_saml(posted, desk.now()).await {
        Err(kept_out) => desk.kept_out(visit, &kept_out),
        Ok(Received { handle, browser }) => {
            let mut response = respond::see_other(&format!("/sso/finish?h={}", handle.reveal()));
            let cookie = browser.and_then(|browser| visit.scheme().flow(browser.reveal()));
            response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            response
        }
    }
}

/// `GET /sso/finish?h=`
pub(super) async fn finish(desk: &Desk, request: &Parts) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let handle = read(request.uri.query().unwrap_or_default(), ["h"]);
    let (Ok([Some(handle)]), Ok(browser)) = (handle, visit.cookie(&request.headers, CookieName::Flow)) else {
        return desk.refuse(visit, request.uri.path(), Refusal::ParameterRefused).await;
    };
    // One that came twice is no session that could end; the new one takes its place in the browser.
    let session = visit.cookie(&request.headers, CookieName::Session).unwrap_or_default();
    let returned = Returned { handle: &handle, browser, session, address: visit.client };
    match desk.shared.gate.finish_saml(returned, desk.now()).await {
        Err(kept_out) => desk.kept_out(visit, &kept_out),
        Ok(finished) => end(visit, &finished),
    }
}

/// The session cookie and the way on; or, of a test, the trace alone.
pub(super) fn end(visit: &Visit, finished: &Finished) -> Response<Body> {
    let signed_in = match finished {
        Finished::Tested(trace) => return traced(visit.host(), trace),
        Finished::SignedIn(signed_in) => signed_in,
    };
    let mut response = match &signed_in.landing {
        Landing::Ours => respond::see_other("/"),
        Landing::Direct { url } | Landing::App { url } => respond::see_other(url),
    };
    let cookie = visit.scheme().session(signed_in.session.reveal(), signed_in.absolute_secs);
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

/// `GET /sso/{org}/{connection}/metadata`
pub(super) async fn metadata(desk: &Desk, request: &Parts) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let Some((org, connection)) = org_and_connection(request.uri.path()) else { return no_visit() };
    match desk.shared.gate.sp_metadata(org, connection) {
        Err(refusal) => desk.refuse(visit, request.uri.path(), refusal).await,
        Ok(document) => {
            let mut response = Response::new(Body::from(document));
            *response.status_mut() = StatusCode::OK;
            response.headers_mut().insert(header::CONTENT_TYPE, METADATA_XML);
            response.headers_mut().insert(header::CACHE_CONTROL, METADATA_CACHE);
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Fields = (Option<String>, Option<String>, Option<String>);

    fn parse(form: &str) -> Result<Fields, Refusal> {
        SamlForm::parse(form).map(|form| (form.request, form.response, form.relay_state))
    }

    #[test]
    fn st_saml_26_one_message_and_one_short_relay_state() {
        let (request, response, relay_state) =
            parse("SAMLResponse=PHNh%0D%0AbWw%2B&RelayState=abc&other=1&other=2").unwrap();
        assert_eq!((request, response.as_deref(), relay_state.as_deref()), (None, Some("PHNh\r\nbWw+"), Some("abc")));
        for form in [
            "SAMLResponse=a&SAMLResponse=a",
            "SAMLResponse=a&%53AMLResponse=b",
            "SAMLRequest=a&SAMLRequest=b",
            "SAMLResponse=a&RelayState=b&RelayState=b",
            "SAMLResponse=a%",
            "SAMLResponse=a%00",
            "SAMLResponse=a&RelayState=b%0a",
        ] {
            assert_eq!(parse(form), Err(Refusal::ParameterRefused), "{form}");
        }
    }

    #[test]
    fn st_saml_25_relay_state_ends_at_80_bytes() {
        let of = |length: usize| parse(&format!("SAMLResponse=a&RelayState={}", "r".repeat(length)));
        assert!(of(RELAY_STATE_BYTES_MAX).is_ok());
        assert_eq!(of(RELAY_STATE_BYTES_MAX + 1), Err(Refusal::ParameterRefused));
    }

    #[test]
    fn st_saml_22_a_message_that_is_too_long_is_refused() {
        let of = |length: usize| parse(&format!("SAMLResponse={}", "a".repeat(length)));
        assert!(of(SAML_VALUE_BYTES_MAX).is_ok());
        assert_eq!(of(SAML_VALUE_BYTES_MAX + 1), Err(Refusal::SamlTooLarge));
    }
}
