//! Process: one worker, as its parent sees it.
//!
//! Trust: what comes out of the pipe may be anything: it is bounded, and anything but one whole reply is the end of the
//! worker.
//! Invariant: nothing waits longer than its deadline; the pipes never block.
//! Invariant: whoever is dropped is killed and reaped.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Program;
use crate::worker::wire;

/// How much is taken from the pipe at once. In bytes.
const CHUNK: usize = 64 * 1024;

pub(super) struct Process {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
    /// Messages that it has answered, and the time that this took.
    pub(super) served: u32,
    pub(super) spent: Duration,
}

/// Why a worker is of no use any more. For the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Late,
    Dead,
    Garbage,
}

/// A moment after which nothing waits any more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Instant);

impl Deadline {
    pub(super) fn after(time: Duration) -> Self {
        Self(now() + time)
    }

    pub(super) fn left(self) -> Option<Duration> {
        let left = self.0.saturating_duration_since(now());
        (left > Duration::ZERO).then_some(left)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures how long a worker takes; no date, and nothing is decided by it"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

impl Process {
    /// Starts one and waits until it says that it is confined.
    pub(super) fn start(program: &Program, deadline: Deadline) -> Result<Self, String> {
        let mut command = Command::new(&program.path);
        command.args(&program.arguments).env_clear().current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("a worker cannot be started: {error}"))?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("a worker has no pipes".to_owned());
        };
        let mut process = Self { child, to, from, served: 0, spent: Duration::ZERO };
        let unblocked =
            rustix::io::ioctl_fionbio(&process.to, true).and_then(|()| rustix::io::ioctl_fionbio(&process.from, true));
        unblocked.map_err(|error| format!("the pipes of a worker cannot be set up: {error}"))?;
        let mut hello = Vec::new();
        match process.receive(&mut hello, wire::HELLO.len(), deadline) {
            Ok(()) if hello == wire::HELLO => Ok(process),
            Ok(()) => Err("a worker of another version was started".to_owned()),
            Err(ended) => Err(process.why_not_started(ended)),
        }
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// One frame there, the body of one frame back.
    pub(super) fn ask(&mut self, frame: &[u8], deadline: Deadline) -> Result<Vec<u8>, Ended> {
        let began = now();
        self.send(frame, deadline)?;
        let mut reply = Vec::new();
        self.receive(&mut reply, 4, deadline)?;
        let head = reply.first_chunk::<4>().ok_or(Ended::Garbage)?;
        let length = wire::length(*head, wire::REPLY_BYTES_MAX).ok_or(Ended::Garbage)?;
        self.receive(&mut reply, 4 + length, deadline)?;
        if reply.len() != 4 + length || !self.is_quiet() {
            return Err(Ended::Garbage);
        }
        self.served = self.served.saturating_add(1);
        self.spent = self.spent.saturating_add(now().saturating_duration_since(began));
        Ok(reply.split_off(4))
    }

    /// Whether it waits for a question: alive, and with nothing said that was not asked.
    pub(super) fn is_quiet(&self) -> bool {
        let mut watched = [PollFd::new(&self.from, PollFlags::IN)];
        matches!(poll(&mut watched, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })), Ok(0))
    }

    fn send(&mut self, mut bytes: &[u8], deadline: Deadline) -> Result<(), Ended> {
        while !bytes.is_empty() {
            wait(&self.to, PollFlags::OUT, deadline)?;
            match self.to.write(bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(_) => return Err(Ended::Dead),
            }
        }
        Ok(())
    }

    /// Reads on until there are that many bytes or more.
    fn receive(&mut self, bytes: &mut Vec<u8>, until: usize, deadline: Deadline) -> Result<(), Ended> {
        let mut chunk = vec![0; CHUNK];
        while bytes.len() < until {
            wait(&self.from, PollFlags::IN, deadline)?;
            match self.from.read(&mut chunk) {
                Ok(0) => return Err(Ended::Dead),
                Ok(read) => bytes.extend_from_slice(chunk.get(..read).unwrap_or_default()),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(_) => return Err(Ended::Dead),
            }
        }
        Ok(())
    }

    /// For the operator: the end of a worker says why it would not work.
    fn why_not_started(mut self, ended: Ended) -> String {
        let code = match ended {
            Ended::Late => return "a worker does not get ready in time".to_owned(),
            Ended::Garbage => return "a worker speaks out of turn".to_owned(),
            Ended::Dead => {
                self.child.wait().ok().and_then(|status| status.code()).and_then(|code| u8::try_from(code).ok())
            }
        };
        match code {
            Some(crate::worker::EXIT_WRONG_ANSWER) => "a worker checks known signatures wrongly".to_owned(),
            Some(crate::worker::EXIT_NOT_CONFINED) => {
                "a worker cannot confine itself: this needs seccomp, without any privilege".to_owned()
            }
            Some(crate::worker::EXIT_NOT_DENIED) => "a worker is not confined, although it should be".to_owned(),
            Some(code) => format!("a worker ended with {code} before it was ready"),
            None => "a worker was killed before it was ready".to_owned(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Until the pipe can be used or has ended.
fn wait(pipe: &impl AsFd, flags: PollFlags, deadline: Deadline) -> Result<(), Ended> {
    loop {
        let left = deadline.left().ok_or(Ended::Late)?;
        let left = Timespec::try_from(left).map_err(|_| Ended::Late)?;
        let mut watched = [PollFd::new(pipe, flags)];
        match poll(&mut watched, Some(&left)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(_) => return Err(Ended::Dead),
        }
    }
}
