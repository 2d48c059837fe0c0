//! Run: serves until a signal, and does what is due meanwhile: reload, flush, checkpoints.
//!
//! Invariant: the process is ready when both listeners are bound and the first bundle is in force; then, once, it says so.
//! Invariant: a drain lets requests finish, writes what is only in memory, and leaves a checkpoint over it.
//! Invariant: nothing that fails here ends the process; it is said and tried again.

mod due;
mod push;
mod watch_files;

use std::net::SocketAddr;
use std::sync::Arc;

use gate_http::limits::ServerLimits;
use gate_http::{Admin, Clock, Correlation, Log, Public, Shared, TrustedProxies, serve};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::exit::Ended;
use crate::log;
use crate::settings::Settings;
use crate::source::Instead;
use crate::start::{self, Missing, NEEDS_SAML_KEYS, Opened};

use watch_files::Watch;
pub(crate) use watch_files::say_passed_over;

/// What the audit trail calls this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Runs to the end. `ready` takes the one line.
pub(crate) async fn run(settings: &Settings, clock: Clock, seed: u32, ready: impl FnOnce(&str)) -> Result<(), Ended> {
    let public = bind("listen", settings.listen).await?;
    let admin = bind("admin-listen", settings.admin_listen).await?;
    let mut signals = due::Signals::listen().map_err(|error| Ended::unavailable(format!("signals: {error}")))?;
    let log = log_at(&clock);
    let opened = tokio::select! {
        opened = start::open(settings, clock(), &log) => opened?,
        // The bundle's address may take its time.
        () = signals.told_to_end() => {
            log("stopped-before-ready", &[]);
            return Ok(());
        }
    };
    let opened = Arc::new(opened);
    remember(&opened, &log);
    let watch = watch(&opened, &clock, &log).await;
    say_missing(&opened.missing, &log);
    if let Err(error) = opened.gate.started(VERSION, clock()).await {
        return Err(Ended::unavailable(format!("store: {error}")));
    }
    ready(&ready_line(settings, &opened, &public, &admin));

    let shared = Shared {
        gate: Arc::clone(&opened.gate),
        clock: Arc::clone(&clock),
        log: Arc::clone(&log),
        correlation: Arc::new(Correlation::new(seed)),
        limits: ServerLimits::default(),
        deploy: push::deploy(&opened, &clock, &log),
    };
    let (drain, draining) = watch::channel(false);
    let proxies = TrustedProxies::new(settings.trusted_proxy.clone());
    let serving =
        tokio::spawn(serve(public, Arc::new(Public::new(shared.clone(), proxies)), shared.limits, draining.clone()));
    let administering = tokio::spawn(serve(admin, Arc::new(Admin::new(shared.clone())), shared.limits, draining));

    tokio::select! {
        () = due::until_told_to_end(signals, watch, &opened, settings, &clock, &log) => {}
        never = opened.source.poll() => match never {},
    }
    log("draining", &[]);
    let _ = drain.send(true);
    let finished = serving.await.unwrap_or(false) & administering.await.unwrap_or(false);
    end(&opened, settings, &clock, &log).await;
    log("stopped", &[("all-requests-finished", if finished { "yes" } else { "no" })]);
    Ok(())
}

async fn bind(name: &str, address: SocketAddr) -> Result<TcpListener, Ended> {
    TcpListener::bind(address).await.map_err(|error| Ended::unavailable(format!("`{name}` {address}: {error}")))
}

fn log_at(clock: &Clock) -> Log {
    let clock = Arc::clone(clock);
    Arc::new(move |event, fields| log::write(clock(), event, fields))
}

/// Of a bundle that runs.
fn say_missing(missing: &Missing, log: &Log) {
    for name in &missing.client_secrets {
        log("secret-missing", &[("name", name), ("effect", "sign-ins that need it are refused")]);
    }
    if missing.saml_keys {
        let why = format!("the bundle {NEEDS_SAML_KEYS}, and start again");
        log(
            "saml-keys-missing",
            &[("why", &why), ("effect", "sign-ins by SAML are refused, and so is the next start")],
        );
    }
}

/// On the last good copy the gate is degraded from the start.
async fn watch(opened: &Opened, clock: &Clock, log: &Log) -> Watch {
    let mut watch = Watch::new(opened.seen.clone());
    if let Some(Instead { why, copy }) = &opened.instead {
        log("running-on-the-last-good-copy", &[("file", &copy.display().to_string()), ("why", why)]);
        watch.take(opened, clock, log).await;
    }
    watch
}

/// The highest bundle, beside the bundle or the store. Where that cannot be written, the store alone remembers.
fn remember(opened: &Opened, log: &Log) {
    if let Err(error) = opened.highest.write(opened.gate.accepted()) {
        let path = opened.highest.path().display().to_string();
        log("highest-not-written", &[("file", &path), ("why", &error.to_string())]);
    }
}

fn ready_line(settings: &Settings, opened: &Opened, public: &TcpListener, admin: &TcpListener) -> String {
    let address =
        |listener: &TcpListener| listener.local_addr().map_or_else(|_| "unknown".to_owned(), |bound| bound.to_string());
    let (accepted, environment) = (opened.gate.accepted(), &settings.environment);
    format!(
        "ready public={} admin={} environment={environment} base-url={} bundle=sha256:{} sequence={}",
        address(public),
        address(admin),
        opened.gate.environment().base_url,
        accepted.digest,
        accepted.sequence,
    )
}

/// Everything that is only in memory, then a checkpoint that covers it.
async fn end(opened: &Opened, settings: &Settings, clock: &Clock, log: &Log) {
    if let Err(error) = opened.gate.stopped(VERSION, clock()).await {
        log("stop-not-recorded", &[("why", &error.to_string())]);
    }
    due::checkpoint(opened, settings, clock, log).await;
    opened.store.close().await;
}
