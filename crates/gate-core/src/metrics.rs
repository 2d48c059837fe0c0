//! Metrics: what the process has counted since its start and what is so now, as OpenMetrics text.
//!
//! Invariant: the labels of what is counted are words of ours (`&'static str`): no person, address, organisation, token or
//! code can become one, and their number is bounded by the code (ST-AUD-03).
//! Invariant: nothing decides by a metric.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use gatewright_audit::record::Stream;
use gatewright_terms::{Refusal, Timestamp};
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::admin::{AdminError, Operator, Scope};
use crate::verify::Verdict;
use crate::{Gate, SessionDoor};

/// The media type of the text (OpenMetrics 1.0 §5).
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// From a tenth of a millisecond, a write that shares a commit, to five seconds, when the store is called away.
const WRITE_SECS: [f64; 10] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0];

/// A family of metrics: one row of the docs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Without the `_total` of counters.
    pub name: &'static str,
    pub kind: Kind,
    pub labels: &'static str,
    /// One sentence, with no period.
    pub help: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Metric {
    const fn counter(name: &'static str, labels: &'static str, help: &'static str) -> Self {
        Self { name, kind: Kind::Counter, labels, help }
    }

    const fn gauge(name: &'static str, labels: &'static str, help: &'static str) -> Self {
        Self { name, kind: Kind::Gauge, labels, help }
    }

    /// As the text names it.
    pub fn shown(&self) -> String {
        match self.kind {
            Kind::Counter => format!("{}_total", self.name),
            Kind::Gauge | Kind::Histogram => self.name.to_owned(),
        }
    }
}

const SIGN_INS: Metric = Metric::counter("gatewright_sign_ins", "door", "Sign-ins that ended in a session, by door");
const REFUSALS: Metric =
    Metric::counter("gatewright_refusals", "what, reason", "Sign-ins and logouts that were refused, by reason");
const DECISIONS: Metric = Metric::counter(
    "gatewright_decisions",
    "outcome, reason",
    "Answers to proxies, by outcome, and by reason or `none`",
);
const BUNDLES: Metric = Metric::counter("gatewright_bundles", "outcome", "Bundles that were accepted or refused");
const THROTTLED: Metric =
    Metric::counter("gatewright_throttled", "", "Requests of sources that were refused too often within a minute");
const WRITES: Metric = Metric {
    name: "gatewright_store_write_seconds",
    kind: Kind::Histogram,
    labels: "le",
    help: "How long the store took for a write, waiting included",
};
const HEALTH: Metric = Metric::gauge("gatewright_health", "word", "1 for the word that `/readyz` says");
const BUNDLE: Metric = Metric::gauge("gatewright_bundle_info", "environment, digest", "1 for the bundle that runs");
const SEQUENCE: Metric = Metric::gauge("gatewright_bundle_sequence", "", "Sequence of the bundle that runs");
const EXPIRES: Metric = Metric::gauge(
    "gatewright_bundle_expires_timestamp_seconds",
    "",
    "When the bundle that runs expires, in seconds since 1970; absent where it does not",
);
const ORGS: Metric = Metric::gauge("gatewright_bundle_organisations", "", "Organisations in the bundle that runs");
const SESSIONS: Metric = Metric::gauge(
    "gatewright_sessions",
    "",
    "Sessions in the store that nobody has ended, without those at apps; absent while the store is away",
);
const AUDIT: Metric = Metric::gauge(
    "gatewright_audit_records",
    "chains",
    "Records of the platform's chain and of all others together; absent while the store is away",
);

/// All of them, in the order of the docs.
pub const METRICS: &[Metric] = &[
    SIGN_INS, REFUSALS, DECISIONS, BUNDLES, THROTTLED, WRITES, HEALTH, BUNDLE, SEQUENCE, EXPIRES, ORGS, SESSIONS, AUDIT,
];

type Labels<const N: usize> = [(&'static str, &'static str); N];

/// What is counted from the start of the process on.
pub(crate) struct Metrics {
    registry: Registry,
    sign_ins: Family<Labels<1>, Counter>,
    refusals: Family<Labels<2>, Counter>,
    decisions: Family<Labels<2>, Counter>,
    bundles: Family<Labels<1>, Counter>,
    throttled: Counter,
    pub(crate) writes: Histogram,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            sign_ins: Family::default(),
            refusals: Family::default(),
            decisions: Family::default(),
            bundles: Family::default(),
            throttled: Counter::default(),
            writes: Histogram::new(WRITE_SECS),
        };
        let registry = &mut metrics.registry;
        registry.register(SIGN_INS.name, SIGN_INS.help, metrics.sign_ins.clone());
        registry.register(REFUSALS.name, REFUSALS.help, metrics.refusals.clone());
        registry.register(DECISIONS.name, DECISIONS.help, metrics.decisions.clone());
        registry.register(BUNDLES.name, BUNDLES.help, metrics.bundles.clone());
        registry.register(THROTTLED.name, THROTTLED.help, metrics.throttled.clone());
        registry.register(WRITES.name, WRITES.help, metrics.writes.clone());
        metrics.begin_at_zero();
        metrics
    }

    /// A series that is not there yet has no first increase. Of refusals there are too many reasons.
    fn begin_at_zero(&self) {
        for door in [SessionDoor::OidcCallback, SessionDoor::SamlAcs] {
            drop(self.sign_ins.get_or_create(&[("door", door.slug())]));
        }
        for outcome in ["pass", "sign-in", "unclear", "unavailable"] {
            drop(self.decisions.get_or_create(&[("outcome", outcome), ("reason", "none")]));
        }
        for outcome in ["accepted", "refused"] {
            drop(self.bundles.get_or_create(&[("outcome", outcome)]));
        }
    }

    pub(crate) fn signed_in(&self, door: &'static str) {
        self.sign_ins.get_or_create(&[("door", door)]).inc();
    }

    pub(crate) fn refused(&self, what: &'static str, refusal: Refusal) {
        self.refusals.get_or_create(&[("what", what), ("reason", refusal.slug())]).inc();
    }

    pub(crate) fn decided(&self, verdict: &Verdict) {
        let (outcome, reason) = match verdict {
            Verdict::Pass(_) => ("pass", "none"),
            Verdict::SignIn { .. } => ("sign-in", "none"),
            Verdict::StepUp { refusal, .. } => ("step-up", refusal.slug()),
            Verdict::Refused(refusal) => ("refused", refusal.slug()),
            Verdict::Unclear(_) => ("unclear", "none"),
            Verdict::Unavailable => ("unavailable", "none"),
        };
        self.decisions.get_or_create(&[("outcome", outcome), ("reason", reason)]).inc();
    }

    pub(crate) fn bundle(&self, outcome: &'static str) {
        self.bundles.get_or_create(&[("outcome", outcome)]).inc();
    }
}

impl Gate {
    /// A request of a source that has to wait.
    pub fn count_throttled(&self) {
        self.metrics.throttled.inc();
    }

    /// Everything as OpenMetrics text. Scope `read`.
    pub async fn metrics(&self, by: &Operator, now: Timestamp) -> Result<String, AdminError> {
        by.need(Scope::Read)?;
        let status = self.status(now).await;
        let mut state = Registry::default();
        let word = gauge(&mut state, HEALTH, &[("word", status.health().word().to_owned())]);
        word.set(1);
        let digest = status.running.digest.clone();
        let environment = self.environment.to_string();
        gauge(&mut state, BUNDLE, &[("environment", environment), ("digest", digest)]).set(1);
        number(&mut state, SEQUENCE, status.running.sequence);
        number(&mut state, ORGS, u64::try_from(status.running.orgs).unwrap_or(u64::MAX));
        if let Some(expires) = status.running.expires {
            number(&mut state, EXPIRES, u64::try_from(expires.unix()).unwrap_or_default());
        }
        if let (Ok(sessions), Ok(heads)) = (self.store.count_sessions().await, self.store.heads().await) {
            number(&mut state, SESSIONS, sessions);
            let mut records = [0_u64; 2];
            for (stream, head) in &heads {
                let [platform, orgs] = &mut records;
                let of = match stream {
                    Stream::Platform => platform,
                    Stream::Org(_) => orgs,
                };
                *of = of.saturating_add(head.sequence);
            }
            let family = Family::<Labels<1>, Gauge<u64, AtomicU64>>::default();
            state.register(AUDIT.name, AUDIT.help, family.clone());
            for (chains, records) in ["platform", "organisations"].into_iter().zip(records) {
                family.get_or_create(&[("chains", chains)]).set(records);
            }
        }
        let mut text = String::new();
        let written = encode_registry(&mut text, &self.metrics.registry)
            .and_then(|()| encode_registry(&mut text, &state))
            .and_then(|()| encode_eof(&mut text));
        // Writing to a string does not fail.
        written.map(|()| text).map_err(|_| AdminError::StoreUnavailable)
    }
}

fn gauge<const N: usize>(
    state: &mut Registry,
    metric: Metric,
    labels: &[(&'static str, String); N],
) -> Gauge<u64, AtomicU64> {
    let family = Family::<[(&'static str, String); N], Gauge<u64, AtomicU64>>::default();
    state.register(metric.name, metric.help, family.clone());
    family.get_or_create(labels).clone()
}

fn number(state: &mut Registry, metric: Metric, value: u64) {
    let gauge = Gauge::<u64, AtomicU64>::default();
    state.register(metric.name, metric.help, gauge.clone());
    gauge.set(value);
}

/// What a store tells of each write: how long it took.
pub(crate) fn write_observer(metrics: &Arc<Metrics>) -> gate_store::WriteObserver {
    let writes = metrics.writes.clone();
    Arc::new(move |took| writes.observe(took.as_secs_f64()))
}

/// The page of the docs. A test fails where the committed page differs.
pub fn metrics_markdown() -> String {
    let mut page = String::from(
        "# Metrics\n\nGenerated from the code. `GET /metrics` of the admin listener gives them as OpenMetrics text, to a token \
         of the scope `read`. Counters begin at 0 with the process. No label holds a person, an address, an organisation, \
         a token or a code; reasons are those of [refusals](refusals.md).\n\n\
         | Name | Kind | Labels | Is |\n|---|---|---|---|\n",
    );
    for metric in METRICS {
        let labels: Vec<String> =
            metric.labels.split(", ").filter(|label| !label.is_empty()).map(|label| format!("`{label}`")).collect();
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {}. |",
            metric.shown(),
            metric.kind.word(),
            labels.join(", "),
            metric.help
        );
    }
    page
}
