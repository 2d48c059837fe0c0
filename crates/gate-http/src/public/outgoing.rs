//! Outgoing: a message to an identity provider, carried there by the browser.
//!
//! Reads where a message goes. Gives a redirect, or a page with one button whose form goes to that one origin.
//!
//! Invariant: no script sends a form; the content security policy is opened for the way of this form, on this page alone.
//! Invariant: every field is escaped by the template.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use gate_core::signin::Outgoing;

use crate::pages::{OnwardPage, SendPage};
use crate::respond;
use crate::security_headers::FormTo;

/// What the page says, around the host that the message goes to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    heading: &'static str,
    before: &'static str,
    after: &'static str,
    button: &'static str,
}

pub(super) const SIGN_IN: Words = Words {
    heading: "Continue to your identity provider",
    before: "You sign in at ",
    after: ", and come back here.",
    button: "Continue",
};

pub(super) const SIGN_OUT: Words = Words {
    heading: "You are signed out here",
    before: "Next, ",
    after: " ends the sign-in there too.",
    button: "Sign out there",
};

/// Answers the provider's own logout: the person is on the way back.
pub(super) const ANSWER: Words = Words {
    heading: "You are signed out here",
    before: "Go back to ",
    after: " to end the sign-in there.",
    button: "Continue",
};

/// A redirect, or the page with the form.
pub(super) fn send(host: &str, words: Words, to: &Outgoing) -> Response<Body> {
    match to {
        Outgoing::Redirect { url } => respond::see_other(url),
        Outgoing::Form { action, fields } => form(host, words, action, fields),
    }
}

/// After a form of ours: Chromium applies `form-action` to the redirect after a form too, so that a page leads there.
pub(super) fn send_after_form(host: &str, words: Words, to: &Outgoing) -> Response<Body> {
    let Outgoing::Redirect { url } = to else { return send(host, words, to) };
    let Some(there) = FormTo::of(url) else { return respond::empty(StatusCode::INTERNAL_SERVER_ERROR) };
    let Words { heading, before, after, button } = words;
    respond::page(StatusCode::OK, &OnwardPage { host, heading, before, to: there.host(), after, link: url, button })
}

fn form(host: &str, words: Words, action: &str, fields: &[(&'static str, String)]) -> Response<Body> {
    // The policy's compiler takes no such address; without an origin there is nothing that the page could be opened for.
    let Some(there) = FormTo::of(action) else { return respond::empty(StatusCode::INTERNAL_SERVER_ERROR) };
    let Words { heading, before, after, button } = words;
    let page = SendPage { host, heading, before, to: there.host(), after, action, fields, button };
    let mut response = respond::page(StatusCode::OK, &page);
    response.extensions_mut().insert(there);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookies::CookieScheme;
    use crate::security_headers::SecurityHeaders;

    async fn body(response: Response<Body>) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn csp(response: &mut Response<Body>) -> String {
        SecurityHeaders::new(CookieScheme::Secure).dress(response);
        response.headers()["content-security-policy"].to_str().unwrap().to_owned()
    }

    /// ST-SAML-29, ST-OPS-03: fields are text; the policy opens one origin, and nothing runs.
    #[tokio::test]
    async fn st_saml_29_the_form_is_escaped_and_sent_by_hand() {
        let fields = vec![("SAMLRequest", "PHNhbWw+".to_owned()), ("RelayState", "\"><script>&'".to_owned())];
        let to = Outgoing::Form { action: "https://login.idp.example/sso?a=1&b=\"2".to_owned(), fields };
        let mut response = send("gate.example", SIGN_IN, &to);
        assert_eq!(response.status(), StatusCode::OK);
        assert!(csp(&mut response).contains("; form-action 'self' https://login.idp.example https:; "));
        let page = body(response).await;
        assert!(page.contains("action=\"https://login.idp.example/sso?a=1&#38;b=&#34;2\""), "{page}");
        assert!(page.contains("<input type=\"hidden\" name=\"SAMLRequest\" value=\"PHNhbWw+\">"), "{page}");
        assert!(page.contains("name=\"RelayState\" value=\"&#34;&#62;&#60;script&#62;&#38;&#39;\""), "{page}");
        assert_eq!((page.matches("<form").count(), page.matches("<button").count()), (1, 1));
        assert!(!page.contains("<script") && !page.contains("<noscript") && !page.contains("onload"), "{page}");
        assert!(page.contains("You sign in at <strong>login.idp.example</strong>, and come back here."), "{page}");
    }

    #[tokio::test]
    async fn after_our_own_form_a_page_leads_on() {
        let to = Outgoing::Redirect { url: "https://login.idp.example/slo?SAMLRequest=a&RelayState=b".to_owned() };
        assert_eq!(send("gate.example", SIGN_IN, &to).status(), StatusCode::SEE_OTHER);
        let mut response = send_after_form("gate.example", SIGN_OUT, &to);
        assert!(csp(&mut response).contains("; form-action 'self'; "));
        let page = body(response).await;
        let link = "https://login.idp.example/slo?SAMLRequest=a&#38;RelayState=b";
        assert!(page.contains(&format!("content=\"0; url={link}\"")) && page.contains(&format!("href=\"{link}\"")));
        let nowhere = Outgoing::Redirect { url: "javascript:alert(1)".to_owned() };
        assert_eq!(send_after_form("gate.example", SIGN_OUT, &nowhere).status(), StatusCode::INTERNAL_SERVER_ERROR);
        let no_form = Outgoing::Form { action: "javascript:alert(1)".to_owned(), fields: vec![] };
        assert_eq!(send("gate.example", SIGN_IN, &no_form).status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
