//! Hand-over: a one-time code carries a live session to the origin of an app, where its child lives.
//!
//! Invariant: a code works once, for 30 s, at the origin that it was made for; the child ends with its parent.
//! Invariant: both ends ask what every request asks: the session lives, the app serves its organisation, `decide` admits.
//!
//! Trust: app, path, origin and code are alleged; what the store kept with the code is ours.

use gate_store::StoreError;
use gate_store::rows::{self, Handover, Session};
use gatewright_audit::record::{Event, Stream};
use gatewright_bundle::program::App;
use gatewright_terms::{OrgId, Refusal, Seconds, Timestamp};

use crate::return_to::ReturnTo;
use crate::running::{Running, serves};
use crate::sessions::{Cause, Counts, NotLive, secs_left};
use crate::signin::{HandedOver, Landing};
use crate::token::hash_presented;
use crate::trail::{Case, Fields, draft, no_random};
use crate::verify::admit;
use crate::{Gate, KeptOut, SessionDoor, Token};

/// A redirect takes a second; half a minute forgives a slow telephone.
const HANDOVER_LIFE: Seconds = Seconds(30);

/// An app, and a path of it.
pub(crate) struct Target<'r> {
    app: &'r App,
    path: ReturnTo,
}

impl<'r> Target<'r> {
    pub(crate) fn parse(
        running: &'r Running,
        app: &str,
        return_to: Option<&str>,
        org: &OrgId,
    ) -> Result<Self, Refusal> {
        let app = running.app_for(app, org)?;
        let path = ReturnTo::parse(return_to.unwrap_or("/")).ok_or(Refusal::ReturnToRefused)?;
        Ok(Self { app, path })
    }
}

impl Gate {
    /// A live session of ours wants to open an app. Without one: `NoSession`; with one of an organisation that
    /// the app does not serve: `WrongOrg`. In both cases the person can sign in.
    pub async fn hand_over(
        &self,
        session: &str,
        app: &str,
        return_to: Option<&str>,
        now: Timestamp,
    ) -> Result<Landing, KeptOut> {
        let running = self.running();
        let entry = match self.live(&running, session, Counts::Request, now).await {
            Ok(entry) if entry.session.child.is_none() => entry,
            Ok(_) | Err(NotLive::None) => return Err(KeptOut::without_code(Refusal::NoSession)),
            Err(NotLive::Away) => return Err(KeptOut::without_code(Refusal::StoreUnavailable)),
            Err(NotLive::Refused(refusal)) => return Err(self.refuse(Case::new(refusal), now).await),
        };
        let org = &entry.session.org;
        if running.app_named(app).is_ok_and(|app| !serves(app, org)) {
            return Err(KeptOut::without_code(Refusal::WrongOrg));
        }
        let target = running
            .org(org)
            .and_then(|prepared| admit(prepared, &entry))
            .and_then(|_| Target::parse(&running, app, return_to, org));
        match target {
            Ok(target) => match self.put_handover(&running, target, &entry.session, now).await {
                Ok(landing) => Ok(landing),
                Err(_) => Err(KeptOut::without_code(Refusal::StoreUnavailable)),
            },
            Err(refusal) => Err(self.refuse(Case::new(refusal).at(org, &entry.session.key.connection), now).await),
        }
    }

    pub(crate) async fn put_handover(
        &self,
        running: &Running,
        target: Target<'_>,
        session: &Session,
        now: Timestamp,
    ) -> Result<Landing, StoreError> {
        let (origin, path) = (&target.app.origin, target.path.as_str());
        if *origin == running.environment().base_url {
            return Ok(Landing::Direct { url: format!("{origin}{path}") });
        }
        let code = Token::generate(&*self.random).map_err(no_random)?;
        let handover = Handover {
            code: code.hash(),
            parent: session.id,
            app: target.app.slug.clone(),
            origin: origin.clone(),
            return_to: path.to_owned(),
            expires: now.plus(HANDOVER_LIFE),
        };
        let fields =
            Fields::default().with("app", &target.app.slug).with("member", session.member).with("session", session.id);
        let record = draft(Stream::Org(session.org.clone()), now, Event::SessionHandedOver, fields);
        self.store.put_handover(handover, vec![record]).await?;
        Ok(Landing::App { url: format!("{origin}/.gatewright/callback?code={}", code.reveal()) })
    }

    /// Takes a code at the origin of an app (`scheme://host[:port]`): the second door to a session.
    pub async fn take_handover(&self, origin: &str, code: &str, now: Timestamp) -> Result<HandedOver, KeptOut> {
        match self.try_take(origin, code, now).await {
            Ok(handed_over) => Ok(handed_over),
            Err(case) => Err(self.refuse(case, now).await),
        }
    }

    async fn try_take(&self, origin: &str, code: &str, now: Timestamp) -> Result<HandedOver, Case> {
        let no_code = || Case::new(Refusal::HandoverRefused);
        let running = self.running();
        let code = hash_presented(code).ok_or_else(no_code)?;
        let (token, id) = SessionDoor::Handover.open(&*self.random)?;
        let handed_over = self.store.take_handover(code, origin, (token.hash(), id), now).await?;
        let rows::HandedOver { child: session, return_to, ended } = handed_over.ok_or_else(no_code)?;
        self.memory.forget(&ended);
        let here = |case: Case| case.at(&session.org, &session.key.connection);
        match self.check_child(&running, &token, &session, origin, now).await {
            Ok(absolute_secs) => Ok(HandedOver { session: token, absolute_secs, url: format!("{origin}{return_to}") }),
            Err(case) => {
                // It is refused whatever becomes of its end; a child that is left behind is refused at every request.
                let _ = self.end(&session, session.id, Cause::Refused, None, now).await;
                Err(here(case))
            }
        }
    }

    /// The program may have changed since the code was made.
    async fn check_child(
        &self,
        running: &Running,
        token: &Token,
        session: &Session,
        origin: &str,
        now: Timestamp,
    ) -> Result<u32, Case> {
        let app = session.child.as_ref().map(|child| running.app(&child.app)).transpose().map_err(Case::new)?;
        if !app.is_some_and(|app| app.origin == origin && serves(app, &session.org)) {
            return Err(Case::new(Refusal::HandoverRefused));
        }
        let entry = self.live(running, token.reveal(), Counts::Request, now).await.map_err(|not| match not {
            NotLive::None => Case::new(Refusal::HandoverRefused),
            NotLive::Away => Case::new(Refusal::StoreUnavailable),
            NotLive::Refused(refusal) => Case::new(refusal),
        })?;
        let org = running.org(&session.org).map_err(Case::new)?;
        admit(org, &entry).map_err(Case::new)?;
        Ok(secs_left(session, &org.org().session, now))
    }
}
