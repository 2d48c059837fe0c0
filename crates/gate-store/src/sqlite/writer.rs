//! Writer: the one connection that writes, and the task that lets waiting writes share a commit.
//!
//! Takes pieces of work, gives each its own savepoint inside one transaction, and answers all of them after the commit.
//! A commit costs one flush to the disk whatever it holds, so sharing it multiplies what a busy gate can write.
//!
//! Invariant: nobody is answered before the commit that holds their work.
//! Invariant: work that failed leaves nothing; a transaction that failed leaves nothing of any work in it.
//! Invariant: a connection that saw a failed transaction is closed, never used again.

use std::future::Future;
use std::pin::Pin;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{mpsc, oneshot};

use crate::StoreError;

/// Pieces of work that may wait; more are turned away at once, so that a stuck disk does not fill the memory.
const WORK_WAITING_MAX: usize = 1024;

/// Pieces of work in one transaction: enough to hide the flush, few enough that nobody waits long for the others.
const WORK_TOGETHER_MAX: usize = 64;

/// What a piece of work runs as: statements on the connection, ending in an answer.
pub(super) type Step<'c, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'c>>;

/// The way to the writing task. It ends when this is dropped.
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Work(Box<dyn Work>),
    Close(oneshot::Sender<()>),
}

/// One piece of work with somebody waiting for its answer, whatever the type of that is.
trait Work: Send {
    /// An error says that its effects are not to be kept.
    fn run<'c>(&'c mut self, db: &'c mut SqliteConnection) -> Step<'c, ()>;
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Waiting<T, W> {
    work: Option<W>,
    outcome: Result<T, StoreError>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Work for Waiting<T, W>
where
    T: Send,
    W: for<'c> FnOnce(&'c mut SqliteConnection) -> Step<'c, T> + Send,
{
    fn run<'c>(&'c mut self, db: &'c mut SqliteConnection) -> Step<'c, ()> {
        Box::pin(async move {
            if let Some(work) = self.work.take() {
                self.outcome = work(db).await;
            }
            self.outcome.as_ref().map(|_| ()).map_err(StoreError::clone)
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        // Whoever waited may have gone; the work stands all the same.
        let _ = self.reply.send(committed.and(self.outcome));
    }
}

impl Writer {
    /// Starts the task on the running runtime, with a connection that is open already.
    pub(super) fn start(options: SqliteConnectOptions, first: SqliteConnection) -> Self {
        let (queue, waiting) = mpsc::channel(WORK_WAITING_MAX);
        tokio::spawn(serve(options, Some(first), waiting));
        Self { queue }
    }

    /// Runs the work in a transaction and gives its answer once that is on the disk.
    pub(super) async fn write<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut SqliteConnection) -> Step<'c, T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let outcome = Err(StoreError::Unavailable("the write did not run".into()));
        let waiting = Waiting { work: Some(work), outcome, reply };
        self.queue.try_send(Message::Work(Box::new(waiting))).map_err(|refused| {
            StoreError::Unavailable(match refused {
                mpsc::error::TrySendError::Full(_) => "too many writes are waiting".into(),
                mpsc::error::TrySendError::Closed(_) => "the store is closed".into(),
            })
        })?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the write was cut short".into())))
    }

    /// Writes what is waiting, then closes the connection. Later writes are refused.
    pub(super) async fn close(&self) {
        let (closed, wait) = oneshot::channel();
        if self.queue.send(Message::Close(closed)).await.is_ok() {
            // An error says that the task is gone, which is what was asked for.
            let _ = wait.await;
        }
    }
}

async fn serve(options: SqliteConnectOptions, mut db: Option<SqliteConnection>, mut waiting: mpsc::Receiver<Message>) {
    let mut closing = Vec::new();
    let mut messages = Vec::new();
    while waiting.recv_many(&mut messages, WORK_TOGETHER_MAX).await > 0 {
        let mut batch = Vec::new();
        for message in messages.drain(..) {
            match message {
                Message::Work(work) => batch.push(work),
                Message::Close(closed) => {
                    waiting.close();
                    closing.push(closed);
                }
            }
        }
        // In a task of its own: a panic in one piece of work drops this batch and its connection, and no more.
        db = tokio::spawn(write_together(options.clone(), db.take(), batch)).await.unwrap_or(None);
    }
    if let Some(db) = db {
        let _ = db.close().await;
    }
    for closed in closing {
        let _ = closed.send(());
    }
}

/// Gives the connection back if it is good for more.
async fn write_together(
    options: SqliteConnectOptions,
    db: Option<SqliteConnection>,
    mut batch: Vec<Box<dyn Work>>,
) -> Option<SqliteConnection> {
    let (db, committed) = match connected(&options, db).await {
        Ok(mut db) => {
            let committed = transact(&mut db, &mut batch).await;
            (Some(db), committed)
        }
        Err(error) => (None, Err(error)),
    };
    let failed = committed.is_err();
    for work in batch {
        work.answer(committed.clone());
    }
    match db {
        Some(db) if failed => {
            // SQLite rolls back what is open. An error here changes nothing: the connection is gone either way.
            let _ = db.close().await;
            None
        }
        db => db,
    }
}

async fn connected(
    options: &SqliteConnectOptions,
    db: Option<SqliteConnection>,
) -> Result<SqliteConnection, StoreError> {
    match db {
        Some(db) => Ok(db),
        None => Ok(options.connect().await?),
    }
}

/// A full disk makes SQLite roll back the whole transaction by itself. Then the savepoint is gone too, so that going
/// back to it fails, and with it every piece of work in this transaction; nothing is ever written outside of one.
async fn transact(db: &mut SqliteConnection, batch: &mut [Box<dyn Work>]) -> Result<(), StoreError> {
    if batch.is_empty() {
        return Ok(());
    }
    run(db, "BEGIN IMMEDIATE").await?;
    for work in batch {
        run(db, "SAVEPOINT work").await?;
        if let Err(why) = work.run(db).await {
            run(db, "ROLLBACK TO work").await.map_err(|_| why)?;
        }
        run(db, "RELEASE work").await.map_err(|_| StoreError::Unavailable("the transaction is gone".into()))?;
    }
    run(db, "COMMIT").await
}

async fn run(db: &mut SqliteConnection, statement: &'static str) -> Result<(), StoreError> {
    sqlx::query(statement).execute(db).await?;
    Ok(())
}
