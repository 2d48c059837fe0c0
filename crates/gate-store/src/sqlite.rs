//! SQLite: the store in one file, for one node. Every statement of SQL stands in the modules below.
//!
//! Reads go to a few connections that cannot write; writes go through one task (`writer`), so that they never wait for
//! one another's locks. A second process on the same file (`gatewrightd token create`) takes turns by SQLite's own lock.
//!
//! Invariant: every write runs between `BEGIN IMMEDIATE` and `COMMIT`, and is answered after the `COMMIT`.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sqlx::sqlite::{Sqlite, SqliteConnection, SqlitePool, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};

use gatewright_audit::chain::{Head, Record};
use gatewright_audit::record::{Draft, Stream};
use gatewright_terms::{DomainName, IdentityKey, OrgId, Slug, Timestamp};

use crate::rows::{
    Accepted, AdminToken, AnswerDone, AnswerFlow, BeginFlow, DomainProof, EndNamed, EndNamedDone, Flow, FlowLimits,
    HandedOver, Handover, Member, PendingLogout, RowId, Session, SignIn, SignInDone, SupportCase, TakeAnswer, TakeFlow,
    TestLink, TokenHash,
};
use crate::store::Answer;
use crate::{Store, StoreError, WriteObserver};

mod answers;
mod audit;
mod columns;
mod domains;
mod errors;
#[cfg(test)]
mod faults;
mod file;
mod flows;
mod handovers;
mod logouts;
mod members;
mod operators;
mod schema;
mod seen;
mod sessions;
mod sign_in;
mod test_links;
mod writer;

use writer::{Step, Writer};

/// Reads are short and come from the page cache: more connections than cores gain nothing.
const READERS_MAX: u32 = 4;

/// A store in one SQLite file.
pub struct SqliteStore {
    path: PathBuf,
    opened: file::FileId,
    writer: Writer,
    readers: SqlitePool,
    observer: OnceLock<WriteObserver>,
}

impl SqliteStore {
    /// Opens the store at `path`, makes it if it is missing (mode 0600, in a folder that exists), and brings its schema
    /// up to date. Call it inside a tokio runtime: the writing task runs there until the store is closed or dropped.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let (path, opened) = file::prepare(path)?;
        let mut first = file::writing(&path).connect().await?;
        if let Err(error) = schema::migrate(&mut first).await {
            let _ = first.close().await;
            return Err(error);
        }
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(file::BUSY_TIMEOUT)
            .connect_lazy_with(file::reading(&path));
        let writer = Writer::start(file::writing(&path), first);
        Ok(Self { path, opened, writer, readers, observer: OnceLock::new() })
    }

    /// Writes what is waiting and closes the file. Every call after it is `Unavailable`.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }

    fn write<T, W>(&self, work: W) -> Answer<'_, T>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut SqliteConnection) -> Step<'c, T> + Send + 'static,
    {
        let began = tokio::time::Instant::now();
        Box::pin(async move {
            let answer = self.writer.write(work).await;
            if let Some(observer) = self.observer.get() {
                observer(began.elapsed());
            }
            answer
        })
    }

    async fn reader(&self) -> Result<sqlx::pool::PoolConnection<Sqlite>, StoreError> {
        Ok(self.readers.acquire().await?)
    }
}

impl Store for SqliteStore {
    fn begin_flow(&self, flow: Flow, limits: FlowLimits) -> Answer<'_, BeginFlow> {
        self.write(move |db| Box::pin(flows::begin(db, flow, limits)))
    }

    fn take_flow(&self, state: TokenHash, browser: Option<TokenHash>, now: Timestamp) -> Answer<'_, TakeFlow> {
        self.write(move |db| Box::pin(flows::take(db, state, browser, now)))
    }

    fn flow(&self, state: TokenHash, now: Timestamp) -> Answer<'_, Option<Flow>> {
        Box::pin(async move { flows::live(&mut *self.reader().await?, state, now).await })
    }

    fn answer_flow(&self, answered: AnswerFlow, now: Timestamp) -> Answer<'_, AnswerDone> {
        self.write(move |db| Box::pin(answers::keep(db, answered, now)))
    }

    fn take_answer(&self, handle: TokenHash, browser: Option<TokenHash>, now: Timestamp) -> Answer<'_, TakeAnswer> {
        self.write(move |db| Box::pin(answers::take(db, handle, browser, now)))
    }

    fn forget_expired(&self, now: Timestamp) -> Answer<'_, ()> {
        Box::pin(async move {
            if !answers::any_expired(&mut *self.reader().await?, now).await? {
                return Ok(());
            }
            self.write(move |db| Box::pin(answers::forget_expired(db, now))).await
        })
    }

    fn put_test_link(&self, link: TestLink, audit: Vec<Draft>, now: Timestamp) -> Answer<'_, bool> {
        self.write(move |db| Box::pin(async move { test_links::put(db, link, &audit, now).await }))
    }

    fn take_test_link<'a>(
        &'a self,
        link: TokenHash,
        at: (&'a OrgId, &'a Slug),
        audit: Vec<Draft>,
        now: Timestamp,
    ) -> Answer<'a, bool> {
        let (org, connection) = (at.0.clone(), at.1.clone());
        self.write(move |db| {
            Box::pin(async move { test_links::take(db, link, (&org, &connection), &audit, now).await })
        })
    }

    fn put_logout(&self, logout: PendingLogout, now: Timestamp) -> Answer<'_, ()> {
        self.write(move |db| Box::pin(logouts::put(db, logout, now)))
    }

    fn take_logout<'a>(
        &'a self,
        relay: TokenHash,
        at: (&'a OrgId, &'a Slug),
        now: Timestamp,
    ) -> Answer<'a, Option<String>> {
        let (org, connection) = (at.0.clone(), at.1.clone());
        self.write(move |db| Box::pin(async move { logouts::take(db, relay, (&org, &connection), now).await }))
    }

    fn end_named_sessions(&self, logout: EndNamed) -> Answer<'_, EndNamedDone> {
        self.write(move |db| Box::pin(logouts::end_named(db, logout)))
    }

    fn member_by_key<'a>(&'a self, org: &'a OrgId, key: &'a IdentityKey) -> Answer<'a, Option<Member>> {
        Box::pin(async move { members::by_key(&mut *self.reader().await?, org, key).await })
    }

    fn members<'a>(&'a self, org: &'a OrgId, after: Option<RowId>, limit: u32) -> Answer<'a, Vec<Member>> {
        Box::pin(async move { members::page(&mut *self.reader().await?, org, after, limit).await })
    }

    fn members_of_ids<'a>(&'a self, org: &'a OrgId, ids: &'a [RowId]) -> Answer<'a, Vec<Member>> {
        Box::pin(async move { members::of_ids(&mut *self.reader().await?, org, ids).await })
    }

    fn members_of_mailbox<'a>(&'a self, org: &'a OrgId, mailbox: &'a str, limit: u32) -> Answer<'a, Vec<Member>> {
        Box::pin(async move { members::of_mailbox(&mut *self.reader().await?, org, mailbox, limit).await })
    }

    fn owner_binding<'a>(&'a self, org: &'a OrgId, mailbox: &'a str) -> Answer<'a, Option<IdentityKey>> {
        Box::pin(async move {
            Ok(members::owner(&mut *self.reader().await?, org, mailbox).await?.map(|(_, identity)| identity))
        })
    }

    fn sign_in(&self, sign_in: SignIn) -> Answer<'_, SignInDone> {
        self.write(move |db| Box::pin(sign_in::write(db, sign_in)))
    }

    fn session(&self, token: TokenHash) -> Answer<'_, Option<Session>> {
        Box::pin(async move { sessions::by_token(&mut *self.reader().await?, token).await })
    }

    fn sessions_of_member<'a>(&'a self, org: &'a OrgId, member: RowId) -> Answer<'a, Vec<Session>> {
        Box::pin(async move { sessions::of_member(&mut *self.reader().await?, org, member).await })
    }

    fn parent_sessions(&self, after: Option<RowId>, limit: u32) -> Answer<'_, Vec<Session>> {
        Box::pin(async move { sessions::parents(&mut *self.reader().await?, after, limit).await })
    }

    fn touch(&self, token: TokenHash, at: Timestamp) -> Answer<'_, ()> {
        self.write(move |db| Box::pin(sessions::touch(db, token, at)))
    }

    fn end_session(&self, session: RowId, audit: Vec<Draft>) -> Answer<'_, Vec<RowId>> {
        self.write(move |db| Box::pin(async move { sessions::end(db, session, &audit).await }))
    }

    fn end_sessions_of_member<'a>(
        &'a self,
        org: &'a OrgId,
        member: RowId,
        audit: Vec<Draft>,
    ) -> Answer<'a, Vec<RowId>> {
        let org = org.clone();
        self.write(move |db| Box::pin(async move { sessions::end_of_member(db, &org, member, &audit).await }))
    }

    fn end_everything(&self, audit: Vec<Draft>) -> Answer<'_, u64> {
        self.write(move |db| Box::pin(async move { sessions::end_everything(db, &audit).await }))
    }

    fn remove_member<'a>(&'a self, org: &'a OrgId, member: RowId, audit: Vec<Draft>) -> Answer<'a, Vec<RowId>> {
        let org = org.clone();
        self.write(move |db| Box::pin(async move { members::remove(db, &org, member, &audit).await }))
    }

    fn put_handover(&self, handover: Handover, audit: Vec<Draft>) -> Answer<'_, ()> {
        self.write(move |db| Box::pin(async move { handovers::put(db, handover, &audit).await }))
    }

    fn take_handover<'a>(
        &'a self,
        code: TokenHash,
        origin: &'a str,
        child: (TokenHash, RowId),
        now: Timestamp,
    ) -> Answer<'a, Option<HandedOver>> {
        let origin = origin.to_owned();
        self.write(move |db| Box::pin(async move { handovers::take(db, code, &origin, child, now).await }))
    }

    fn prove_domain(&self, proof: DomainProof, audit: Vec<Draft>) -> Answer<'_, ()> {
        self.write(move |db| Box::pin(async move { domains::prove(db, proof, &audit).await }))
    }

    fn domain_proof<'a>(&'a self, org: &'a OrgId, domain: &'a DomainName) -> Answer<'a, Option<DomainProof>> {
        Box::pin(async move { domains::one(&mut *self.reader().await?, org, domain).await })
    }

    fn domain_proofs<'a>(&'a self, org: &'a OrgId) -> Answer<'a, Vec<DomainProof>> {
        Box::pin(async move { domains::all(&mut *self.reader().await?, org).await })
    }

    fn append(&self, drafts: Vec<Draft>, support_code: Option<String>, keys: Vec<(RowId, Vec<u8>)>) -> Answer<'_, ()> {
        self.write(move |db| {
            Box::pin(async move { audit::append_with_case(db, &drafts, support_code.as_deref(), &keys).await })
        })
    }

    fn records<'a>(&'a self, stream: &'a Stream, from: u64, limit: u32) -> Answer<'a, Vec<Record>> {
        Box::pin(async move { audit::records(&mut *self.reader().await?, stream, from, limit).await })
    }

    fn heads(&self) -> Answer<'_, Vec<(Stream, Head)>> {
        Box::pin(async move { audit::heads(&mut *self.reader().await?).await })
    }

    fn support_case<'a>(&'a self, code: &'a str) -> Answer<'a, Option<SupportCase>> {
        Box::pin(async move { audit::support_case(&mut *self.reader().await?, code).await })
    }

    fn person_key(&self, key: RowId) -> Answer<'_, Option<Vec<u8>>> {
        Box::pin(async move { audit::person_key(&mut *self.reader().await?, key).await })
    }

    fn forget_person(&self, key: RowId, audit: Vec<Draft>) -> Answer<'_, ()> {
        self.write(move |db| Box::pin(async move { audit::forget_person(db, key, &audit).await }))
    }

    fn add_token(&self, token: AdminToken, audit: Vec<Draft>) -> Answer<'_, bool> {
        self.write(move |db| Box::pin(async move { operators::add_token(db, token, &audit).await }))
    }

    fn token(&self, hash: TokenHash) -> Answer<'_, Option<AdminToken>> {
        Box::pin(async move { operators::token(&mut *self.reader().await?, hash).await })
    }

    fn accepted<'a>(&'a self, environment: &'a Slug) -> Answer<'a, Option<Accepted>> {
        Box::pin(async move { operators::accepted(&mut *self.reader().await?, environment).await })
    }

    fn accept<'a>(&'a self, environment: &'a Slug, accepted: Accepted, audit: Vec<Draft>) -> Answer<'a, bool> {
        let environment = environment.clone();
        self.write(move |db| Box::pin(async move { operators::accept(db, &environment, accepted, &audit).await }))
    }

    fn count_sessions(&self) -> Answer<'_, u64> {
        Box::pin(async move { sessions::count_parents(&mut *self.reader().await?).await })
    }

    fn observe_writes(&self, observer: WriteObserver) {
        // The first one stays.
        let _ = self.observer.set(observer);
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            file::still_there(&self.path, self.opened).await?;
            sqlx::query("SELECT count(*) FROM schema_steps").execute(&mut *self.reader().await?).await?;
            Ok(())
        })
    }
}
