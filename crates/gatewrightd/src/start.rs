//! Start: opens what a running gate is made of, in the order in which it can fail cheapest.

use std::sync::Arc;

use gate_core::{BundleRefused, Gate, Limits, Parts, Restored, SamlParts, SystemRandom};
use gate_http::Log;
use gate_oidc::{Outbound, OutboundRules};
use gate_saml::Pool;
use gate_store::SqliteStore;
use gatewright_bundle::{BundleFile, Content};
use gatewright_terms::Timestamp;
use tokio::sync::Mutex;

use crate::beside::HighestFile;
use crate::exit::Ended;
use crate::run::say_passed_over;
use crate::secrets::SecretsDir;
use crate::settings::Settings;
use crate::signatures;
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
    pub(crate) secrets: SecretsDir,
    /// Whether there are keys for SAML.
    pub(crate) saml_keys: bool,
    pub(crate) missing: Missing,
    /// Held while a bundle is read and offered: what an operator pushes meanwhile is no rollback.
    pub(crate) taking: Mutex<()>,
}

/// What a program needs and the secrets directory does not have.
#[derive(Debug, Default)]
pub(crate) struct Missing {
    /// Sorted names.
    pub(crate) client_secrets: Vec<String>,
    /// It has a connection of SAML.
    pub(crate) saml_keys: bool,
}

impl Missing {
    /// With no key, no connection of SAML can work: an operator at a start can do something about it.
    pub(crate) fn check(self) -> Result<Self, Ended> {
        if self.saml_keys {
            return Err(Ended::usage(format!("`keys/saml.key`: the bundle {NEEDS_SAML_KEYS}")));
        }
        Ok(self)
    }
}

/// Behind a subject.
pub(crate) const NEEDS_SAML_KEYS: &str =
    "has a connection of SAML, and there is no key for it; make one with `gatewrightd keys init`";

/// Trust and environment are wrong with exit 5, settings and files with 2, the store and the bundle's address with 6.
/// May be dropped at any time, as a crash may end it at any time.
pub(crate) async fn open(settings: &Settings, now: Timestamp, log: &Log) -> Result<Opened, Ended> {
    let secrets = SecretsDir::open(&settings.secrets)?;
    let keys = secrets.keys()?;
    let saml_keys = secrets.saml_keys()?;
    let has_saml_keys = saml_keys.is_some();
    let outbound = outbound(settings)?;
    let source = Source::of(settings, &secrets)?;
    let seen = source.fingerprint();
    let highest = HighestFile::of(settings.beside(), &settings.environment);
    let beside = highest.read().map_err(Ended::trust)?;
    let First { offer, instead } = source.first(beside, now).await?;
    say_passed_over(&offer.passed_over, log);
    let missing = missing(&secrets, has_saml_keys, &offer.bundle).check()?;
    let saml = SamlParts { verifier: signatures::verifier()?, keys: saml_keys.map(Arc::new), pool: Pool::default() };
    let store = SqliteStore::open(&settings.store)
        .await
        .map_err(|error| Ended::unavailable(format!("store {}: {error}", settings.store.display())))?;
    let store = Arc::new(store);
    let parts = Parts {
        store: Arc::clone(&store) as Arc<dyn gate_store::Store>,
        outbound,
        secrets: Box::new(secrets.clone()),
        keys,
        saml: Some(saml),
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
    let taking = Mutex::default();
    Ok(Opened { gate, store, source, instead, seen, highest, secrets, saml_keys: has_saml_keys, missing, taking })
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

/// What the program of these bytes needs of the secrets directory and is not there. The bytes are the ones that were
/// verified a moment ago; what cannot be read needs nothing.
pub(crate) fn missing(secrets: &SecretsDir, saml_keys: bool, bundle: &[u8]) -> Missing {
    let program = BundleFile::parse(bundle).ok().and_then(|file| Content::decode(file.content()).ok());
    program.map_or_else(Missing::default, |program| Missing {
        client_secrets: secrets.missing(&program),
        saml_keys: !saml_keys && program.orgs.iter().flat_map(|org| &org.connections).any(|one| one.saml().is_some()),
    })
}
