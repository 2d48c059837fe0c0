//! Worker: the process in which C checks signatures, and which can do nothing else.
//!
//! `gatewrightd` starts itself again as `gatewrightd saml-worker` and talks to it over its standard input and output
//! (`wire`). Before it reads a byte, the worker denies itself everything it does not need (`confine`), proves that it is
//! denied, and answers known questions rightly (`known`); else it ends.
//!
//! Enforced, on Linux on x86-64, ARM64 and RISC-V, without any privilege:
//! - system calls: seccomp, an allow-list; none that opens a file or a socket, starts a process or a thread, signals
//!   anybody, or makes memory executable; reading from standard input and writing to standard output alone;
//! - no new privileges, no core dump, not traceable by other processes of the same user;
//! - memory, processor time, open files and file sizes, by resource limits;
//! - an empty environment, the root as its folder, standard error to nowhere: what C prints reaches no log of ours; a file
//!   that somebody left open cannot be read or written;
//! - time for each message and messages for each worker, by whoever started it (`workers`).
//!
//! When the process that started it ends, so does the worker: standard input is closed, and the limit of processor time
//! holds for one that does not read.
//!
//! Not enforced: what a worker says of a message is believed. Who takes one over can let a forged message pass until it is
//! replaced, but reads no key, no session and no file, and talks to nobody. A second opinion (`Both`) is asked outside it.
//!
//! Invariant: the worker screens again what it is given: no byte reaches C unscreened, whoever sent it.

mod confine;
mod known;
pub(crate) mod wire;

use std::io::{Read, Write};
use std::process::ExitCode;

use gatewright_saml::screen::{Screened, screen_logout, screen_response};
use gatewright_saml::{Canonical, NotVerified, Trusted, Verifier};

use crate::samael::Samael;
use wire::{Kind, Reply, Request};

/// Known questions were answered wrongly.
pub(crate) const EXIT_WRONG_ANSWER: u8 = 70;
/// A limit or the filter of system calls could not be set.
pub(crate) const EXIT_NOT_CONFINED: u8 = 71;
/// Something that must be denied was possible.
pub(crate) const EXIT_NOT_DENIED: u8 = 72;
/// What came in was no question.
pub(crate) const EXIT_GARBAGE: u8 = 73;

/// The whole life of a worker. Call it first in `main`, before any thread is started.
pub fn run() -> ExitCode {
    // Loads what C loads late, while it still can.
    if !known::are_answered_rightly() {
        return ExitCode::from(EXIT_WRONG_ANSWER);
    }
    if confine::confine().is_err() {
        return ExitCode::from(EXIT_NOT_CONFINED);
    }
    if !confine::is_confined() {
        return ExitCode::from(EXIT_NOT_DENIED);
    }
    if !known::are_answered_rightly() {
        return ExitCode::from(EXIT_WRONG_ANSWER);
    }
    match serve(&mut std::io::stdin().lock(), &mut std::io::stdout().lock(), &Samael) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(EXIT_GARBAGE),
    }
}

/// Answers until the input ends.
fn serve(input: &mut impl Read, output: &mut impl Write, verifier: &dyn Verifier) -> std::io::Result<()> {
    output.write_all(&wire::HELLO)?;
    output.flush()?;
    while let Some(frame) = wire::read(input)? {
        let request = Request::decode(&frame).ok_or(std::io::ErrorKind::InvalidData)?;
        output.write_all(&answer(&request, verifier).encode())?;
        output.flush()?;
    }
    Ok(())
}

fn answer(request: &Request, verifier: &dyn Verifier) -> Reply {
    let screened = match request.kind {
        Kind::Response => screen_response(&request.message),
        Kind::Logout => screen_logout(&request.message),
    };
    match screened {
        Ok(screened) => Reply(verify(&screened, request, verifier)),
        Err(refused) => Reply(Err(NotVerified::Bad(format!("the worker's own screen refuses it: {}", refused.reason)))),
    }
}

fn verify(screened: &Screened<'_>, request: &Request, verifier: &dyn Verifier) -> Result<Canonical, NotVerified> {
    let trusted = Trusted { certificates: &request.certificates, algorithms: &request.algorithms };
    verifier.verify(screened, &trusted)
}
