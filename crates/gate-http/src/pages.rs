//! Pages: what people see, as plain HTML without a script.
//!
//! Invariant: every text that is not ours is escaped by the template; the one style sheet is inline and named by its hash
//! in the content security policy (ST-OPS-01, ST-OPS-03).
//! Invariant: a refused person reads one of three sentences and a support code, whatever the reason was.

use askama::Template;
use gatewright_terms::PublicMessage;

/// Between `<style>` and `</style>`, byte for byte: the policy carries its hash.
pub(crate) const STYLE: &str = include_str!("../templates/style.css");

/// Asks for the e-mail address.
#[derive(Debug, Template)]
#[template(path = "sign-in.html")]
pub(crate) struct SignInPage<'a> {
    pub(crate) host: &'a str,
    /// Where the person comes from, from the configuration.
    pub(crate) app_host: Option<&'a str>,
    pub(crate) app: Option<&'a str>,
    pub(crate) return_to: Option<&'a str>,
    /// What was sent before, and is no address.
    pub(crate) wrong: Option<&'a str>,
}

/// Leads to `start`. A page instead of a redirect: Chromium applies `form-action` to the redirect after a form too.
#[derive(Debug, Template)]
#[template(path = "continue.html")]
pub(crate) struct ContinuePage<'a> {
    pub(crate) host: &'a str,
    pub(crate) domain: &'a str,
    pub(crate) link: &'a str,
}

/// The domain leads nowhere. The same status and shape as [`ContinuePage`].
#[derive(Debug, Template)]
#[template(path = "nowhere.html")]
pub(crate) struct NowherePage<'a> {
    pub(crate) host: &'a str,
    pub(crate) domain: &'a str,
    pub(crate) link: &'a str,
}

/// Somebody does not get in, or something is not there.
#[derive(Debug, Template)]
#[template(path = "refused.html")]
pub(crate) struct RefusedPage<'a> {
    pub(crate) host: &'a str,
    pub(crate) heading: &'a str,
    pub(crate) text: &'a str,
    pub(crate) code: Option<&'a str>,
    pub(crate) link: Option<&'a str>,
    pub(crate) link_text: &'a str,
}

/// Who is signed in.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage<'a> {
    pub(crate) host: &'a str,
    pub(crate) email: &'a str,
    pub(crate) org_name: &'a str,
    pub(crate) roles: Vec<String>,
    pub(crate) ends: &'a str,
}

/// After `POST /logout`, and after the way back from the identity provider.
#[derive(Debug, Template)]
#[template(path = "signed-out.html")]
pub(crate) struct SignedOutPage<'a> {
    pub(crate) host: &'a str,
    /// Whether the identity provider has answered that it is done too.
    pub(crate) everywhere: bool,
}

/// Sends a message to another site by one button. No script presses it.
#[derive(Debug, Template)]
#[template(path = "send.html")]
pub(crate) struct SendPage<'a> {
    pub(crate) host: &'a str,
    pub(crate) heading: &'static str,
    /// Around the host that it goes to.
    pub(crate) before: &'static str,
    pub(crate) to: &'a str,
    pub(crate) after: &'static str,
    pub(crate) action: &'a str,
    pub(crate) fields: &'a [(&'static str, String)],
    pub(crate) button: &'static str,
}

/// Leads to another site. A page instead of a redirect, for the reason of [`ContinuePage`].
#[derive(Debug, Template)]
#[template(path = "onward.html")]
pub(crate) struct OnwardPage<'a> {
    pub(crate) host: &'a str,
    pub(crate) heading: &'static str,
    pub(crate) before: &'static str,
    pub(crate) to: &'a str,
    pub(crate) after: &'static str,
    pub(crate) link: &'a str,
    pub(crate) button: &'static str,
}

/// How a test sign-in ended. For the operator who made its link: it says everything.
#[derive(Debug, Template)]
#[template(path = "traced.html")]
pub(crate) struct TracedPage<'a> {
    pub(crate) host: &'a str,
    pub(crate) heading: &'static str,
    pub(crate) org: &'a str,
    pub(crate) connection: &'a str,
    pub(crate) refused: Option<RefusedWhy>,
    pub(crate) facts: Vec<(&'static str, String)>,
    /// `None` where nobody was let in.
    pub(crate) roles: Option<Vec<String>>,
    pub(crate) steps: &'a [String],
    pub(crate) code: &'a str,
}

/// The operator's page of a refusal.
#[derive(Debug)]
pub(crate) struct RefusedWhy {
    pub(crate) slug: &'static str,
    pub(crate) title: &'static str,
    pub(crate) cause: &'static str,
    pub(crate) repair: &'static str,
}

/// The words for a refused person: heading, text, and what the button says.
pub(crate) const fn public_words(message: PublicMessage, has_code: bool) -> (&'static str, &'static str, &'static str) {
    match message {
        PublicMessage::NotSignedIn if has_code => (
            "We could not sign you in",
            "If you should have access, give this support code to your administrator. It tells them why.",
            "Try again",
        ),
        PublicMessage::NotSignedIn => {
            ("We could not sign you in", "If you should have access, ask your administrator.", "Try again")
        }
        PublicMessage::StartAgain => (
            "This sign-in has ended",
            "It was open too long, was used already, or began in another browser. Start again from here.",
            "Start again",
        ),
        PublicMessage::TryLater => (
            "Something on our side is not ready",
            "It is not your fault, and your account is safe. Wait a minute, then try again.",
            "Try again",
        ),
    }
}
