//! Start: opens what a running gate is made of, in the order in which it can fail cheapest.

use std::sync::Arc;

use gate_core::{BundleRefused, Gate, Limits, Parts, Restored, SystemRandom};
use gate_http::Log;
use gate_oidc::{Outbound, OutboundRules};
use gate_store::SqliteStore;
use gatewright_bundle::{BundleFile, Content};
use gatewright_terms::Timestamp;

use crate::beside::HighestFile;
use crate::exit::Ended;
use crate::run::say_passed_over;
use crate::secrets::SecretsDir;
use crate::settings::Settings;
use crate::source::{Fingerprint, First, Instead, Source};

/// A gate on its first bundle.
pub(crate) struct Opened {
    pub(crate) gate: Arc<Gate>,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) source: Source,
    /// It runs on the last good copy.
    pub(crate) instead: Option<Instead>,
    /// What the files looked like before they were read.
    pub(crate) seen: Fingerprint,
    pub(crate) highest: HighestFile,
    pub(crate) missing_secrets: Vec<String>,
}

/// Trust and environment are wrong with exit 5, settings and files with 2, the store and the bundle's address with 6.
/// May be dropped at any time, as a crash may end it at any time.
pub(crate) async fn open(settings: &Settings, now: Timestamp, log: &Log) -> Result<Opened, Ended> {
    let secrets = SecretsDir::open(&settings.secrets)?;
    let keys = secrets.keys()?;
    let outbound = outbound(settings)?;
    let source = Source::of(settings, &secrets)?;
    let seen = source.fingerprint();
    let highest = HighestFile::of(settings.beside(), &settings.environment);
    let beside = highest.read().map_err(Ended::trust)?;
    let First { offer, instead } = source.first(beside, now).await?;
    say_passed_over(&offer.passed_over, log);
    let store = SqliteStore::open(&settings.store)
        .await
        .map_err(|error| Ended::unavailable(format!("store {}: {error}", settings.store.display())))?;
    let store = Arc::new(store);
    let parts = Parts {
        store: Arc::clone(&store) as Arc<dyn gate_store::Store>,
        outbound,
        secrets: Box::new(secrets.clone()),
        keys,
        random: Arc::new(SystemRandom),
        limits: Limits { stale_sessions_max: settings.stale_sessions_max, ..Limits::default() },
        environment: settings.environment.clone(),
    };
    if let Err(ended) = end_what_was_restored(&parts, settings, now, log).await {
        store.close().await;
        return Err(ended);
    }
    source.keep(&offer, beside, now, log).await;
    let gate = match Gate::open(parts, &offer.bundle, &offer.trust, beside, now).await {
        Ok(gate) => Arc::new(gate),
        Err(why) => {
            store.close().await;
            return Err(not_opened(why));
        }
    };
    let missing_secrets = missing_secrets(&secrets, &offer.bundle);
    Ok(Opened { gate, store, source, instead, seen, highest, missing_secrets })
}

/// ST-OPS-15: a backup that was restored brings back sessions that had been ended. Its operator hears of it.
async fn end_what_was_restored(parts: &Parts, settings: &Settings, now: Timestamp, log: &Log) -> Result<(), Ended> {
    let file = settings.checkpoint.display().to_string();
    let text = match std::fs::read_to_string(&settings.checkpoint) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            log("checkpoint-not-read", &[("file", &file), ("why", &error.to_string())]);
            return Ok(());
        }
    };
    let found = gate_core::end_what_was_restored(parts, &text, now).await;
    match found.map_err(|error| Ended::unavailable(format!("store: {error}")))? {
        Restored::No => {}
        Restored::Unknown => log("checkpoint-not-ours", &[("file", &file)]),
        Restored::Ended { sessions } => log(
            "store-was-restored",
            &[
                ("why", "it is older than the last checkpoint"),
                ("sessions-ended", &sessions.to_string()),
                ("lost", "members that were removed, tokens and domain proofs since then: look through them"),
            ],
        ),
    }
    Ok(())
}

fn not_opened(why: BundleRefused) -> Ended {
    match why {
        BundleRefused::Bundle(why) => refused(&why),
        BundleRefused::Unreadable(why) => Ended::trust(why),
        BundleRefused::Store(error) => Ended::unavailable(format!("store: {error}")),
    }
}

pub(crate) fn outbound(settings: &Settings) -> Result<Outbound, Ended> {
    let extra_ca_pem = settings.outbound_ca.as_ref().map(|path| {
        std::fs::read(path).map_err(|error| Ended::usage(format!("`outbound-ca` {}: {error}", path.display())))
    });
    let rules = OutboundRules {
        allow: settings.outbound_allow.clone(),
        extra_ca_pem: extra_ca_pem.transpose()?,
        danger_http_on_loopback: settings.is_dev(),
    };
    Outbound::new(rules).map_err(|unusable| Ended::usage(unusable.to_string()))
}

pub(crate) fn refused(refused: &gatewright_bundle::BundleRefused) -> Ended {
    let code = refused.code().map_or_else(String::new, |code| format!(" (GW{code})"));
    Ended::trust(format!("the bundle is refused{code}: {refused}"))
}

/// The bytes are the ones that were verified a moment ago; what cannot be read names no secrets.
pub(crate) fn missing_secrets(secrets: &SecretsDir, bundle: &[u8]) -> Vec<String> {
    let program = BundleFile::parse(bundle).ok().and_then(|file| Content::decode(file.content()).ok());
    program.map_or_else(Vec::new, |program| secrets.missing(&program))
}
