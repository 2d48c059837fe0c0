//! Trail: what goes into the audit trail, how a refusal gets its support code, and what is only counted.
//!
//! Invariant: open fields are ids and words of ours; whatever says who somebody is, or was said by a stranger, is sealed.
//! Invariant: no token, code or secret comes here: the functions take none.
//! Invariant: strangers cannot make the trail grow faster than [`REFUSALS_PER_MINUTE_MAX`] in each chain.

mod meter;

use std::net::IpAddr;
use std::sync::Arc;

use gate_store::StoreError;
use gate_store::rows::{Member, RowId};
use gatewright_audit::record::{Draft, Event, Sealed, Stream};
use gatewright_terms::{EmailAddress, OrgId, Refusal, Slug, Timestamp};

use crate::keys::PersonKey;
use crate::{Gate, KeptOut, RandomFailed, SupportCode};

pub(crate) use meter::{Counted, Meter};

/// One a second and chain, twice over: a person who asks for help still gets a code of their own, a flood does not
/// fill the disk.
pub(crate) const REFUSALS_PER_MINUTE_MAX: u32 = 120;

/// The trace of one sign-in is a dozen short lines.
const STORY_LINES_MAX: usize = 64;

/// Something that is refused, with everything that the operator will want to know.
pub(crate) struct Case {
    refusal: Refusal,
    what: What,
    tale: Tale,
}

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    SignIn,
    Logout,
}

/// What happened, to whom and where.
#[derive(Default)]
pub(crate) struct Tale {
    org: Option<OrgId>,
    connection: Option<Slug>,
    address: Option<IpAddr>,
    /// Oldest line first.
    story: Vec<String>,
    /// Who it is, where a provider has proved it: recorded at any rate, since no stranger can make one.
    person: Option<Box<Person>>,
}

/// The person of a record.
pub(crate) struct Person {
    pub(crate) email: EmailAddress,
    pub(crate) subject: Arc<str>,
    pub(crate) member: Option<Member>,
}

impl What {
    const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Logout => "logout",
        }
    }

    fn event(self, refusal: Refusal) -> Event {
        match self {
            Self::SignIn => Event::SignInRefused(refusal),
            Self::Logout => Event::LogoutRefused(refusal),
        }
    }
}

impl Tale {
    pub(crate) fn at(mut self, org: &OrgId, connection: &Slug) -> Self {
        self.org = Some(org.clone());
        self.connection = Some(connection.clone());
        self
    }

    pub(crate) fn from(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }

    pub(crate) fn of(mut self, person: Person) -> Self {
        self.person = Some(Box::new(person));
        self
    }

    pub(crate) fn because(mut self, line: impl Into<String>) -> Self {
        self.story.push(line.into());
        self
    }

    pub(crate) fn told<S: ToString>(mut self, steps: &[S]) -> Self {
        self.story.extend(steps.iter().map(ToString::to_string));
        self
    }

    pub(crate) fn story(&self) -> &[String] {
        &self.story
    }
}

impl Case {
    pub(crate) fn new(refusal: Refusal) -> Self {
        Self { refusal, what: What::SignIn, tale: Tale::default() }
    }

    pub(crate) const fn refusal(&self) -> Refusal {
        self.refusal
    }

    pub(crate) fn into_tale(self) -> Tale {
        self.tale
    }

    fn with(self, change: impl FnOnce(Tale) -> Tale) -> Self {
        Self { tale: change(self.tale), ..self }
    }

    /// A logout message was refused, no sign-in.
    pub(crate) fn of_logout(self) -> Self {
        Self { what: What::Logout, ..self }
    }

    pub(crate) fn at(self, org: &OrgId, connection: &Slug) -> Self {
        self.with(|tale| tale.at(org, connection))
    }

    pub(crate) fn in_org(mut self, org: &OrgId) -> Self {
        self.tale.org = Some(org.clone());
        self
    }

    pub(crate) fn from(self, address: IpAddr) -> Self {
        self.with(|tale| tale.from(address))
    }

    pub(crate) fn of(self, person: Person) -> Self {
        self.with(|tale| tale.of(person))
    }

    pub(crate) fn because(self, line: impl Into<String>) -> Self {
        self.with(|tale| tale.because(line))
    }

    pub(crate) fn told<S: ToString>(self, steps: &[S]) -> Self {
        self.with(|tale| tale.told(steps))
    }
}

impl From<gate_oidc::Refused> for Case {
    fn from(refused: gate_oidc::Refused) -> Self {
        Self::new(refused.refusal).told(&refused.story)
    }
}

impl From<gatewright_saml::Refused> for Case {
    fn from(refused: gatewright_saml::Refused) -> Self {
        Self::new(refused.refusal).told(&refused.story).because(format!("rule: {}", refused.reason))
    }
}

impl From<StoreError> for Case {
    fn from(error: StoreError) -> Self {
        Self::new(Refusal::StoreUnavailable).because(error.to_string())
    }
}

impl From<RandomFailed> for Case {
    fn from(failed: RandomFailed) -> Self {
        no_random(failed).into()
    }
}

/// A draft with sorted fields.
pub(crate) fn draft(stream: Stream, at: Timestamp, event: Event, fields: Fields) -> Draft {
    let mut fields = fields.0;
    fields.sort();
    Draft { stream, at, event, fields, personal: None }
}

/// Fields of a record by name. Names are words of ours; one that is no slug would be left out, and no test would pass.
#[derive(Default)]
pub(crate) struct Fields(Vec<(Slug, String)>);

impl Fields {
    #[expect(clippy::needless_pass_by_value, reason = "ids, texts and numbers, with or without a reference")]
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.0.extend(Slug::parse(name).ok().map(|name| (name, value.to_string())));
        self
    }

    pub(crate) fn with_some(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(crate) fn sorted(mut self) -> Vec<(Slug, String)> {
        self.0.sort();
        self.0
    }
}

pub(crate) fn stream_of(org: Option<&OrgId>) -> Stream {
    org.map_or(Stream::Platform, |org| Stream::Org(org.clone()))
}

impl Gate {
    /// Records a refusal and gives the person's answer. Where the store is away the answer has no code.
    pub(crate) async fn refuse(&self, case: Case, now: Timestamp) -> KeptOut {
        let Case { refusal, what, tale } = case;
        self.metrics.refused(what.word(), refusal);
        let stream = stream_of(tale.org.as_ref());
        // Nobody can make an alarm one of many by being refused often before.
        let is_alarm = refusal == Refusal::SamlVerifiersDisagree;
        if tale.person.is_none() && !is_alarm && !self.meter.admits(&stream, now) {
            self.meter.count(Counted::Stranger { stream, what, refusal });
            return KeptOut::without_code(refusal);
        }
        match self.record_tale((what.event(refusal), Some(refusal)), Fields::default(), &tale, now).await {
            Ok(code) => KeptOut { refusal, code: Some(code) },
            Err(_) => KeptOut::without_code(refusal),
        }
    }

    /// A request for a sign-in that could not be read, or that names what is not there: an attempt like every other
    /// (ST-AUD-01). `org` is the one of the address, where it has one.
    pub async fn refuse_unread(&self, refusal: Refusal, org: Option<&str>, address: IpAddr, now: Timestamp) -> KeptOut {
        let running = self.running();
        let case = Case::new(refusal).from(address);
        let case = match org.map(|text| running.org_named(text)) {
            Some(Ok(org)) => case.in_org(&org.org().id),
            Some(Err(_)) | None => case,
        };
        self.refuse(case, now).await
    }

    /// Writes a record with a support code that leads to it, and the alarm where the refusal is one.
    pub(crate) async fn record_tale(
        &self,
        (event, refusal): (Event, Option<Refusal>),
        fields: Fields,
        tale: &Tale,
        now: Timestamp,
    ) -> Result<SupportCode, StoreError> {
        let code = SupportCode::generate(&*self.random).map_err(no_random)?;
        let member = tale.person.as_ref().and_then(|person| person.member.as_ref());
        let (key, new_key) = self.key_of(member).await?;
        let stream = stream_of(tale.org.as_ref());
        let place = |fields: Fields| {
            fields.with("bundle", self.running().digest()).with_some("connection", tale.connection.as_ref())
        };
        let of_event = place(fields).with("support-code", &code);
        let mut drafts = vec![draft(stream.clone(), now, event, of_event)];
        if refusal == Some(Refusal::SamlVerifiersDisagree) {
            drafts.push(draft(stream, now, Event::VerifiersDisagree, place(Fields::default())));
        }
        for draft in &mut drafts {
            draft.personal = Some(self.seal(&key, personal(tale, draft.event)).map_err(no_random)?);
        }
        self.store.append(drafts, Some(code.as_str().to_owned()), new_key.into_iter().collect()).await?;
        Ok(code)
    }

    /// The key of a member, or a fresh one for somebody who is none.
    pub(crate) async fn key_of(
        &self,
        member: Option<&Member>,
    ) -> Result<(PersonKey, Option<(RowId, Vec<u8>)>), StoreError> {
        if let Some(member) = member
            && let Some(wrapped) = self.store.person_key(member.person_key).await?
            && let Some(key) = self.keys.sealer.unwrap_person(member.person_key, &wrapped)
        {
            return Ok((key, None));
        }
        let (key, wrapped) = self.keys.sealer.new_person(&*self.random).map_err(no_random)?;
        let id = key.id;
        Ok((key, Some((id, wrapped))))
    }

    pub(crate) fn seal(&self, key: &PersonKey, fields: Fields) -> Result<Sealed, RandomFailed> {
        self.keys.sealer.seal(key, fields.sorted(), &*self.random)
    }

    /// Writes what was only counted since the last time.
    pub(crate) async fn write_counted(&self, now: Timestamp) -> Result<(), StoreError> {
        let digest = self.running().digest().to_owned();
        let counted = self.meter.take();
        if counted.is_empty() {
            return Ok(());
        }
        let drafts = counted.iter().map(|(what, times)| what.draft(*times, &digest, now)).collect();
        let written = self.store.append(drafts, None, Vec::new()).await;
        if written.is_err() {
            self.meter.give_back(counted);
        }
        written
    }
}

/// What the inventory lets the record of that event say under seal.
fn personal(tale: &Tale, event: Event) -> Fields {
    let story = tale.story.iter().take(STORY_LINES_MAX).map(String::as_str).collect::<Vec<_>>().join("\n");
    let fields =
        Fields::default().with_some("address", tale.address).with_some("story", (!story.is_empty()).then_some(story));
    let person = tale.person.as_ref().filter(|_| event.kind().personal.contains(&"subject"));
    fields
        .with_some("email", person.map(|person| &person.email))
        .with_some("subject", person.map(|person| &person.subject))
}

/// Without random bytes nothing can be sealed; to the caller it is the same as a store that is away.
pub(crate) fn no_random(_: RandomFailed) -> StoreError {
    StoreError::Unavailable("no random bytes".to_owned())
}
