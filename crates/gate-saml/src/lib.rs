//! SAML sign-in: what needs cryptography or C, behind the screen of `gatewright-saml`.
//!
//! [`Workers`] check signatures in processes of their own, [`Decrypting`] decrypts assertions, [`verify_detached`] checks
//! the signatures of the redirect binding, [`Pool`] keeps all of it off the threads that serve everybody. [`send`] is what
//! we say ourselves.
//!
//! Trust: signatures are checked by C over bytes that the screen has passed, in a process that can do nothing else
//! ([`worker`]).
//! Invariant: keys come from the policy and from our own secrets, never from a message (ST-SAML-11).

mod both;
mod decrypt;
mod detached;
mod keys;
mod pool;
mod samael;
pub mod send;
pub mod worker;
mod workers;

pub use both::Both;
pub use decrypt::{Decrypting, KeyRefused, PRIVATE_KEY_BITS_MIN, PRIVATE_KEYS_MAX};
pub use detached::verify_detached;
pub use pool::{JOBS_MAX, NotDone, Pool};
pub use samael::Samael;
pub use workers::{
    CannotStart, MESSAGE_TIME_MAX, MESSAGES_OF_A_WORKER_MAX, PROCESSES_MAX, Program, START_TIME_MAX,
    TIME_OF_A_WORKER_MAX, WAITING_MAX, WorkerSettings, Workers,
};
