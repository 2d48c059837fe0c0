//! Due: what happens by itself while requests are served.

use std::path::Path;
use std::time::Duration;

use gate_http::{Clock, Log};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::watch_files::Watch;
use crate::beside::{READABLE, replace};
use crate::settings::Settings;
use crate::start::Opened;

/// How often the bundle and trust files are looked at; a change counts when it has stood still for one look.
const LOOK: Duration = Duration::from_millis(500);

/// What is only in memory may be lost by a crash: `last-seen` times and counts of refusals. Sessions that are over are
/// swept at the same time.
const FLUSH: Duration = Duration::from_secs(5);

/// What the audit trail may lose unnoticed at its end.
const CHECKPOINT: Duration = Duration::from_mins(1);

/// The signals that mean something here.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    /// Before anything is opened: a signal of the first second is heard too.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for a signal that ends the process.
    pub(super) async fn told_to_end(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

pub(super) async fn until_told_to_end(
    mut signals: Signals,
    mut watch: Watch,
    opened: &Opened,
    settings: &Settings,
    clock: &Clock,
    log: &Log,
) {
    let (mut look, mut flush, mut sign) = (every(LOOK), every(FLUSH), every(CHECKPOINT));
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => return,
            _ = signals.interrupt.recv() => return,
            _ = signals.hang_up.recv() => watch.look_at_once(opened, clock, log).await,
            () = opened.source.changed() => watch.take(opened, clock, log).await,
            _ = look.tick() => watch.look(opened, clock, log).await,
            _ = flush.tick() => {
                if let Err(error) = flush_and_sweep(opened, clock).await {
                    log("flush-failed", &[("why", &error.to_string())]);
                }
            }
            _ = sign.tick() => checkpoint(opened, settings, clock, log).await,
        }
    }
}

async fn flush_and_sweep(opened: &Opened, clock: &Clock) -> Result<(), gate_store::StoreError> {
    opened.gate.flush(clock()).await?;
    opened.gate.sweep(clock()).await
}

/// A slow disk is no reason to do it twice at once.
fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Replaces the file by a checkpoint over every chain as it is now.
pub(super) async fn checkpoint(opened: &Opened, settings: &Settings, clock: &Clock, log: &Log) {
    let written = match opened.gate.checkpoint(clock()).await {
        Ok(text) => write(&settings.checkpoint, text).await,
        Err(error) => Err(error.to_string()),
    };
    if let Err(why) = written {
        log("checkpoint-not-written", &[("file", &settings.checkpoint.display().to_string()), ("why", &why)]);
    }
}

async fn write(path: &Path, text: String) -> Result<(), String> {
    let path = path.to_owned();
    let written = tokio::task::spawn_blocking(move || replace(&path, READABLE, text.as_bytes())).await;
    written.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}
