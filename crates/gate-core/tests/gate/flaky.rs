//! Flaky: the store with a switch that takes it away, and a count of every question.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use gate_store::rows::{
    Accepted, AdminToken, AnswerDone, AnswerFlow, BeginFlow, DomainProof, EndNamed, EndNamedDone, Flow, FlowLimits,
    HandedOver, Handover, Member, PendingLogout, RowId, Session, SignIn, SignInDone, SupportCase, TakeAnswer, TakeFlow,
    TestLink, TokenHash,
};
use gate_store::{SqliteStore, Store, StoreError};
use gatewright_audit::chain::{Head, Record};
use gatewright_audit::record::{Draft, Stream};
use gatewright_terms::{DomainName, IdentityKey, OrgId, Slug, Timestamp};

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

pub(crate) struct Flaky {
    pub(crate) inner: SqliteStore,
    away: AtomicBool,
    asked: Mutex<BTreeMap<&'static str, usize>>,
    hook: Mutex<Option<(&'static str, Hook)>>,
}

type Hook = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Flaky {
    pub(crate) fn new(inner: SqliteStore) -> Self {
        Self { inner, away: AtomicBool::new(false), asked: Mutex::new(BTreeMap::new()), hook: Mutex::new(None) }
    }

    pub(crate) fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// Questions of all kinds since the last call.
    pub(crate) fn take_asked(&self) -> usize {
        std::mem::take(&mut *self.asked.lock().unwrap()).values().sum()
    }

    /// Does this once, between the next answer of that kind and whoever waits for it.
    pub(crate) fn after(&self, name: &'static str, hook: impl Future<Output = ()> + Send + 'static) {
        *self.hook.lock().unwrap() = Some((name, Box::pin(hook)));
    }

    fn pass<'a, T: Send + 'a>(&self, name: &'static str, ask: impl FnOnce() -> Answer<'a, T>) -> Answer<'a, T> {
        *self.asked.lock().unwrap().entry(name).or_default() += 1;
        if self.away.load(Ordering::SeqCst) {
            return Box::pin(async move { Err(StoreError::Unavailable(format!("{name}: away"))) });
        }
        let hook = self.hook.lock().unwrap().take_if(|(kind, _)| *kind == name);
        match hook {
            None => ask(),
            Some((_, hook)) => {
                let answer = ask();
                Box::pin(async move {
                    let answer = answer.await;
                    hook.await;
                    answer
                })
            }
        }
    }
}

impl Store for Flaky {
    fn begin_flow(&self, flow: Flow, limits: FlowLimits) -> Answer<'_, BeginFlow> {
        self.pass("begin_flow", || self.inner.begin_flow(flow, limits))
    }
    fn take_flow(&self, state: TokenHash, browser: Option<TokenHash>, now: Timestamp) -> Answer<'_, TakeFlow> {
        self.pass("take_flow", || self.inner.take_flow(state, browser, now))
    }
    fn flow(&self, state: TokenHash, now: Timestamp) -> Answer<'_, Option<Flow>> {
        self.pass("flow", || self.inner.flow(state, now))
    }
    fn answer_flow(&self, answered: AnswerFlow, now: Timestamp) -> Answer<'_, AnswerDone> {
        self.pass("answer_flow", || self.inner.answer_flow(answered, now))
    }
    fn take_answer(&self, handle: TokenHash, browser: Option<TokenHash>, now: Timestamp) -> Answer<'_, TakeAnswer> {
        self.pass("take_answer", || self.inner.take_answer(handle, browser, now))
    }
    fn forget_expired(&self, now: Timestamp) -> Answer<'_, ()> {
        self.pass("forget_expired", || self.inner.forget_expired(now))
    }
    fn put_test_link(&self, link: TestLink, audit: Vec<Draft>, now: Timestamp) -> Answer<'_, bool> {
        self.pass("put_test_link", || self.inner.put_test_link(link, audit, now))
    }
    fn take_test_link<'a>(
        &'a self,
        link: TokenHash,
        at: (&'a OrgId, &'a Slug),
        audit: Vec<Draft>,
        now: Timestamp,
    ) -> Answer<'a, bool> {
        self.pass("take_test_link", || self.inner.take_test_link(link, at, audit, now))
    }
    fn put_logout(&self, logout: PendingLogout, now: Timestamp) -> Answer<'_, ()> {
        self.pass("put_logout", || self.inner.put_logout(logout, now))
    }
    fn take_logout<'a>(
        &'a self,
        relay: TokenHash,
        at: (&'a OrgId, &'a Slug),
        now: Timestamp,
    ) -> Answer<'a, Option<String>> {
        self.pass("take_logout", || self.inner.take_logout(relay, at, now))
    }
    fn end_named_sessions(&self, logout: EndNamed) -> Answer<'_, EndNamedDone> {
        self.pass("end_named_sessions", || self.inner.end_named_sessions(logout))
    }
    fn member_by_key<'a>(&'a self, org: &'a OrgId, key: &'a IdentityKey) -> Answer<'a, Option<Member>> {
        self.pass("member_by_key", || self.inner.member_by_key(org, key))
    }
    fn members<'a>(&'a self, org: &'a OrgId, after: Option<RowId>, limit: u32) -> Answer<'a, Vec<Member>> {
        self.pass("members", || self.inner.members(org, after, limit))
    }
    fn members_of_ids<'a>(&'a self, org: &'a OrgId, ids: &'a [RowId]) -> Answer<'a, Vec<Member>> {
        self.pass("members_of_ids", || self.inner.members_of_ids(org, ids))
    }
    fn members_of_mailbox<'a>(&'a self, org: &'a OrgId, mailbox: &'a str, limit: u32) -> Answer<'a, Vec<Member>> {
        self.pass("members_of_mailbox", || self.inner.members_of_mailbox(org, mailbox, limit))
    }
    fn count_sessions(&self) -> Answer<'_, u64> {
        self.pass("count_sessions", || self.inner.count_sessions())
    }
    fn observe_writes(&self, observer: gate_store::WriteObserver) {
        self.inner.observe_writes(observer);
    }
    fn owner_binding<'a>(&'a self, org: &'a OrgId, mailbox: &'a str) -> Answer<'a, Option<IdentityKey>> {
        self.pass("owner_binding", || self.inner.owner_binding(org, mailbox))
    }
    fn sign_in(&self, sign_in: SignIn) -> Answer<'_, SignInDone> {
        self.pass("sign_in", || self.inner.sign_in(sign_in))
    }
    fn session(&self, token: TokenHash) -> Answer<'_, Option<Session>> {
        self.pass("session", || self.inner.session(token))
    }
    fn sessions_of_member<'a>(&'a self, org: &'a OrgId, member: RowId) -> Answer<'a, Vec<Session>> {
        self.pass("sessions_of_member", || self.inner.sessions_of_member(org, member))
    }
    fn parent_sessions(&self, after: Option<RowId>, limit: u32) -> Answer<'_, Vec<Session>> {
        self.pass("parent_sessions", || self.inner.parent_sessions(after, limit))
    }

    fn end_everything(&self, audit: Vec<Draft>) -> Answer<'_, u64> {
        self.pass("end_everything", || self.inner.end_everything(audit))
    }

    fn touch(&self, token: TokenHash, at: Timestamp) -> Answer<'_, ()> {
        self.pass("touch", || self.inner.touch(token, at))
    }
    fn end_session(&self, session: RowId, audit: Vec<Draft>) -> Answer<'_, Vec<RowId>> {
        self.pass("end_session", || self.inner.end_session(session, audit))
    }
    fn end_sessions_of_member<'a>(
        &'a self,
        org: &'a OrgId,
        member: RowId,
        audit: Vec<Draft>,
    ) -> Answer<'a, Vec<RowId>> {
        self.pass("end_sessions_of_member", || self.inner.end_sessions_of_member(org, member, audit))
    }
    fn remove_member<'a>(&'a self, org: &'a OrgId, member: RowId, audit: Vec<Draft>) -> Answer<'a, Vec<RowId>> {
        self.pass("remove_member", || self.inner.remove_member(org, member, audit))
    }
    fn put_handover(&self, handover: Handover, audit: Vec<Draft>) -> Answer<'_, ()> {
        self.pass("put_handover", || self.inner.put_handover(handover, audit))
    }
    fn take_handover<'a>(
        &'a self,
        code: TokenHash,
        origin: &'a str,
        child: (TokenHash, RowId),
        now: Timestamp,
    ) -> Answer<'a, Option<HandedOver>> {
        self.pass("take_handover", || self.inner.take_handover(code, origin, child, now))
    }
    fn prove_domain(&self, proof: DomainProof, audit: Vec<Draft>) -> Answer<'_, ()> {
        self.pass("prove_domain", || self.inner.prove_domain(proof, audit))
    }
    fn domain_proof<'a>(&'a self, org: &'a OrgId, domain: &'a DomainName) -> Answer<'a, Option<DomainProof>> {
        self.pass("domain_proof", || self.inner.domain_proof(org, domain))
    }
    fn domain_proofs<'a>(&'a self, org: &'a OrgId) -> Answer<'a, Vec<DomainProof>> {
        self.pass("domain_proofs", || self.inner.domain_proofs(org))
    }
    fn append(&self, drafts: Vec<Draft>, support_code: Option<String>, keys: Vec<(RowId, Vec<u8>)>) -> Answer<'_, ()> {
        self.pass("append", || self.inner.append(drafts, support_code, keys))
    }
    fn records<'a>(&'a self, stream: &'a Stream, from: u64, limit: u32) -> Answer<'a, Vec<Record>> {
        self.pass("records", || self.inner.records(stream, from, limit))
    }
    fn heads(&self) -> Answer<'_, Vec<(Stream, Head)>> {
        self.pass("heads", || self.inner.heads())
    }
    fn support_case<'a>(&'a self, code: &'a str) -> Answer<'a, Option<SupportCase>> {
        self.pass("support_case", || self.inner.support_case(code))
    }
    fn person_key(&self, key: RowId) -> Answer<'_, Option<Vec<u8>>> {
        self.pass("person_key", || self.inner.person_key(key))
    }
    fn forget_person(&self, key: RowId, audit: Vec<Draft>) -> Answer<'_, ()> {
        self.pass("forget_person", || self.inner.forget_person(key, audit))
    }
    fn add_token(&self, token: AdminToken, audit: Vec<Draft>) -> Answer<'_, bool> {
        self.pass("add_token", || self.inner.add_token(token, audit))
    }
    fn token(&self, hash: TokenHash) -> Answer<'_, Option<AdminToken>> {
        self.pass("token", || self.inner.token(hash))
    }
    fn accepted<'a>(&'a self, environment: &'a Slug) -> Answer<'a, Option<Accepted>> {
        self.pass("accepted", || self.inner.accepted(environment))
    }
    fn accept<'a>(&'a self, environment: &'a Slug, accepted: Accepted, audit: Vec<Draft>) -> Answer<'a, bool> {
        self.pass("accept", || self.inner.accept(environment, accepted, audit))
    }
    fn ping(&self) -> Answer<'_, ()> {
        self.pass("ping", || self.inner.ping())
    }
}
