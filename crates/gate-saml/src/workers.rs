//! Workers: a bounded number of processes that check signatures, each for one message at a time.
//!
//! Reads a screened message, gives what a worker says of it. A worker that takes too long, dies or says what was not asked
//! is killed, its message is refused as busy, and another one is started for the next message: a crash is one refused
//! sign-in, not an outage.
//!
//! Invariant: no more processes, no more waiting messages and no longer waiting than the named maxima.
//! Invariant: one message at a time for each worker, so that nobody's answer is another's.
//! Invariant: a worker is replaced after a while, whatever it did: what was done to it does not stay.

mod process;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gatewright_saml::screen::{Kind, Screened};
use gatewright_saml::{Canonical, NotVerified, Trusted, Verifier};

use crate::worker::wire;
use process::{Deadline, Ended, Process};

/// A worker checks some 2,000 messages a second; more than a few only help on large machines.
pub const PROCESSES_MAX: usize = 16;
/// Messages that wait for a free worker. Each waits on a thread.
pub const WAITING_MAX: usize = 64;
/// For one message, waiting included. A check takes a millisecond.
pub const MESSAGE_TIME_MAX: Duration = Duration::from_secs(5);
/// From the start of a worker until it is ready; a tenth of a second where the machine has nothing else to do.
pub const START_TIME_MAX: Duration = Duration::from_secs(20);
/// Messages in the life of one worker.
pub const MESSAGES_OF_A_WORKER_MAX: u32 = 10_000;
/// Time of checking in the life of one worker: well below what its limit of processor time ends.
pub const TIME_OF_A_WORKER_MAX: Duration = Duration::from_secs(20);

/// What is started as a worker: a program whose `main` calls [`crate::worker::run`].
#[derive(Debug, Clone)]
pub struct Program {
    pub path: PathBuf,
    pub arguments: Vec<OsString>,
}

impl Program {
    /// This very program, also where its file has been replaced since it was started.
    pub fn this(argument: &str) -> Self {
        Self { path: "/proc/self/exe".into(), arguments: vec![argument.into()] }
    }
}

#[derive(Debug, Clone)]
pub struct WorkerSettings {
    pub program: Program,
    /// From 1 to [`PROCESSES_MAX`]; what is beyond is as if it were there.
    pub processes: usize,
    /// At most [`MESSAGE_TIME_MAX`].
    pub message_time: Duration,
}

impl WorkerSettings {
    /// One worker for each processor.
    pub fn new(program: Program) -> Self {
        let processes = std::thread::available_parallelism().map_or(1, usize::from);
        Self { program, processes: processes.clamp(1, PROCESSES_MAX), message_time: MESSAGE_TIME_MAX }
    }
}

/// The verifier of the product.
pub struct Workers {
    settings: WorkerSettings,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Process>,
    /// Idle ones and ones at work.
    alive: usize,
    waiting: usize,
}

/// No worker can be started, and why: for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannotStart(pub String);

impl std::fmt::Display for CannotStart {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for CannotStart {}

impl Workers {
    /// Starts one worker, which shows that it can be done; the others are started when they are needed.
    pub fn start(settings: WorkerSettings) -> Result<Self, CannotStart> {
        let settings = WorkerSettings {
            processes: settings.processes.clamp(1, PROCESSES_MAX),
            message_time: settings.message_time.min(MESSAGE_TIME_MAX),
            ..settings
        };
        let first = Process::start(&settings.program, Deadline::after(START_TIME_MAX)).map_err(CannotStart)?;
        let state = State { idle: vec![first], alive: 1, waiting: 0 };
        Ok(Self { settings, state: Mutex::new(state), freed: Condvar::new() })
    }

    /// Of the workers that wait for a message.
    pub fn idle_process_ids(&self) -> Vec<u32> {
        self.state().idle.iter().map(Process::id).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing between a lock and its release leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A worker of one's own.
    fn lease(&self, deadline: Deadline) -> Result<Lease<'_>, NotVerified> {
        let mut state = self.state();
        loop {
            while let Some(process) = state.idle.pop() {
                // One that died while it waited costs nobody a sign-in.
                if process.is_quiet() {
                    return Ok(Lease { workers: self, process: Some(process) });
                }
                state.alive = state.alive.saturating_sub(1);
            }
            if state.alive < self.settings.processes {
                state.alive += 1;
                drop(state);
                // From here on the place is given back whatever happens.
                let mut lease = Lease { workers: self, process: None };
                lease.process = Some(Process::start(&self.settings.program, deadline).map_err(NotVerified::Busy)?);
                return Ok(lease);
            }
            let left = deadline.left().ok_or_else(|| busy("every worker is at work"))?;
            if state.waiting >= WAITING_MAX {
                return Err(busy("every worker is at work, and too many messages wait already"));
            }
            state.waiting += 1;
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            state.waiting = state.waiting.saturating_sub(1);
        }
    }
}

impl std::fmt::Debug for Workers {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.state();
        write!(out, "Workers({} of {}, {} idle)", state.alive, self.settings.processes, state.idle.len())
    }
}

impl Verifier for Workers {
    fn verify(&self, screened: &Screened<'_>, trusted: &Trusted<'_>) -> Result<Canonical, NotVerified> {
        let request = wire::Request {
            kind: match screened.kind() {
                Kind::Response => wire::Kind::Response,
                Kind::LogoutRequest | Kind::LogoutResponse => wire::Kind::Logout,
            },
            algorithms: trusted.algorithms.to_vec(),
            certificates: trusted.certificates.to_vec(),
            message: screened.source().to_vec(),
        };
        let frame = request.encode().ok_or_else(|| NotVerified::Bad("it is larger than a worker takes".to_owned()))?;
        let deadline = Deadline::after(self.settings.message_time);
        let mut lease = self.lease(deadline)?;
        let reply = lease.ask(&frame, deadline)?;
        wire::Reply::decode(&reply).map_or_else(|| Err(lease.ends(Ended::Garbage)), |reply| reply.0)
    }
}

/// A place among the processes. Dropped, it is free again, with its worker if that is still of use.
struct Lease<'a> {
    workers: &'a Workers,
    process: Option<Process>,
}

impl Lease<'_> {
    fn ask(&mut self, frame: &[u8], deadline: Deadline) -> Result<Vec<u8>, NotVerified> {
        let process = self.process.as_mut().ok_or_else(|| busy("there is no worker"))?;
        process.ask(frame, deadline).map_err(|ended| self.ends(ended))
    }

    /// The worker is killed.
    fn ends(&mut self, ended: Ended) -> NotVerified {
        self.process = None;
        busy(match ended {
            Ended::Late => "the worker took too long and was ended",
            Ended::Dead => "the worker died over this message",
            Ended::Garbage => "the worker said what was not asked and was ended",
        })
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let process = self
            .process
            .take()
            .filter(|process| process.served < MESSAGES_OF_A_WORKER_MAX && process.spent < TIME_OF_A_WORKER_MAX);
        let mut state = self.workers.state();
        match process {
            Some(process) => state.idle.push(process),
            None => state.alive = state.alive.saturating_sub(1),
        }
        drop(state);
        self.workers.freed.notify_one();
    }
}

fn busy(text: &str) -> NotVerified {
    NotVerified::Busy(text.to_owned())
}
