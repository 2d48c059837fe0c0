//! Question: what a proxy asks, in terms of the program that runs now.

use gate_store::rows::Session;
use gatewright_bundle::program::App;
use gatewright_terms::{OrgId, PermissionName, Refusal, Slug};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{OrgAsked, Verdict, VerifyRequest};
use crate::return_to::ReturnTo;
use crate::running::{Running, serves};

/// The word for every organisation.
const ANY: &str = "any";

pub(super) struct Question<'r> {
    pub(super) app: Option<&'r App>,
    /// `None` is any.
    pub(super) org: Option<OrgId>,
    pub(super) permission: Option<PermissionName>,
    pub(super) project: Option<Slug>,
}

impl<'r> Question<'r> {
    pub(super) fn parse(running: &'r Running, request: &VerifyRequest<'_>) -> Result<Self, Verdict> {
        let app = request.app.map(|text| running.app_named(text)).transpose().map_err(Verdict::Refused)?;
        let only = app.and_then(|app| app.org.as_ref());
        let org = match (request.org, only) {
            (OrgAsked::Id(text), _) => Some(running.org_named(text).map_err(Verdict::Refused)?.org().id.clone()),
            (OrgAsked::Any | OrgAsked::OfApp, Some(only)) => Some(only.clone()),
            // Whoever wrote it may have meant that one alone.
            (OrgAsked::Any, None) if running.org_named(ANY).is_ok() => {
                return Err(Verdict::Unclear("an organisation is called `any`, so that `org=any` is ambiguous"));
            }
            (OrgAsked::Any, None) => None,
            (OrgAsked::OfApp, None) => {
                return Err(Verdict::Unclear(
                    "`org` is missing, and no app that is bound to one organisation is named",
                ));
            }
        };
        if let (Some(app), Some(org)) = (app, &org)
            && !serves(app, org)
        {
            return Err(Verdict::Refused(Refusal::AppUnknown));
        }
        let (permission, project) = asked_for(request)?;
        Ok(Self { app, org, permission, project })
    }

    /// Whether a session may answer: one of an app answers at this app alone. The session of the gate itself may answer
    /// everywhere: whoever holds it can have one of the app for the asking.
    pub(super) fn takes(&self, session: &Session) -> bool {
        session.child.as_ref().is_none_or(|child| self.app.is_some_and(|app| app.slug == child.app))
    }

    /// Where the browser can sign in and come back from. An address that is no path of the app is left out.
    pub(super) fn sign_in(&self, running: &Running, original_uri: Option<&str>) -> String {
        let base = &running.environment().base_url;
        let org = self.org.as_ref().and_then(|id| running.org(id).ok()).map(|org| org.org());
        let mut address = match org.map(|org| (&org.id, org.connections.as_slice())) {
            Some((id, [only])) => format!("{base}/sso/{id}/{}/start", only.slug),
            Some(_) | None => format!("{base}/login"),
        };
        self.push_target(&mut address, original_uri);
        address
    }

    /// Where the person of a session can prove themselves again for the permission that was asked for, and come back.
    pub(super) fn step_up(&self, running: &Running, session: &Session, original_uri: Option<&str>) -> Option<String> {
        let (base, permission) = (&running.environment().base_url, self.permission.as_ref()?);
        let mut address = format!("{base}/sso/{}/{}/start", session.org, session.key.connection);
        self.push_target(&mut address, original_uri);
        address.push(if self.app.is_some() { '&' } else { '?' });
        address.push_str("step_up=");
        address.extend(utf8_percent_encode(permission.as_str(), NON_ALPHANUMERIC));
        Some(address)
    }

    fn push_target(&self, address: &mut String, original_uri: Option<&str>) {
        let Some(app) = self.app else { return };
        address.push_str("?app=");
        address.push_str(app.slug.as_str());
        if let Some(back) = original_uri.and_then(ReturnTo::parse) {
            address.push_str("&return_to=");
            address.extend(utf8_percent_encode(back.as_str(), NON_ALPHANUMERIC));
        }
    }
}

fn asked_for(request: &VerifyRequest<'_>) -> Result<(Option<PermissionName>, Option<Slug>), Verdict> {
    let unclear = |_| Verdict::Unclear("`permission` or `project` is no name");
    let permission = request.permission.map(PermissionName::parse).transpose().map_err(unclear)?;
    let project = request.project.map(Slug::parse).transpose().map_err(unclear)?;
    if project.is_some() && permission.is_none() {
        return Err(Verdict::Unclear("`project` needs a `permission` to ask for"));
    }
    Ok((permission, project))
}
