//! `idp fetch`: a provider's metadata, checked, compared with what lies there, and written beside the organisation.
//!
//! Invariant: nothing is written that a connection could not use, or that speaks for another provider than the policy
//! believes, unless that very name is accepted by hand.

use std::collections::BTreeMap;
use std::fmt::Write;

use clap::Args;
use gatewright_saml::certificate::CertificateFacts;
use gatewright_saml::metadata::{IdpMetadata, METADATA_BYTES_MAX};
use gatewright_terms::{Slug, Timestamp};
use serde_json::{Value, json};
use wright::{World, compile};
use wright_policy::MetadataPlace;

use super::{Target, download, parse_target};
use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::files;
use crate::style::plain;
use crate::verbs::bundle::parse_environment;
use crate::verbs::check;
use crate::workspace::DirectoryWorld;

/// Fetch a provider's metadata and write it beside the organisation
///
/// Checks the file as `check` does, shows which certificates come and go, and writes it where the connection's
/// `metadata` says. Nothing is fetched at any other time: what lies there is reviewed like the policy itself.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright idp fetch acme/okta --from https://acme.okta.com/app/exk1acme0000/sso/saml/metadata\n  gatewright idp fetch acme/okta --environment staging --from https://acme.oktapreview.com/app/exk1stage/sso/saml/metadata"
)]
pub(super) struct Fetch {
    /// The connection, as ORG/CONNECTION
    #[arg(value_name = "ORG/CONNECTION", value_parser = parse_target)]
    target: Target,
    /// Where the provider publishes it
    #[arg(long, value_name = "URL")]
    from: String,
    /// The environment whose own provider this is [default: the one in the organisation's file]
    #[arg(long, value_name = "ENV", value_parser = parse_environment)]
    environment: Option<Slug>,
    /// Take over metadata of this provider, though the policy names another
    #[arg(long, value_name = "ENTITY-ID")]
    accept_entity_id: Option<String>,
}

impl Fetch {
    pub(super) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let world = context.workspace(None)?;
        let outcome = compile(&world, check::threads(), context.as_of());
        check::refuse_unreadable(&outcome.unreadable)?;
        let place = self.place(&outcome.metadata)?;
        let has_dev = outcome.environments.iter().any(|environment| environment.as_str() == "dev");
        let url = download::parse(&self.from, has_dev)?;
        let bytes = download::get(&url)?;
        let new = IdpMetadata::parse(&bytes).map_err(|refused| {
            Failure::other_side(format!("what `{}` publishes cannot be used: {refused}", plain(&self.from)))
                .topic("GW0418")
        })?;
        self.accept(&new, place)?;
        let old = kept(&world, place);
        let change = Change::between(old.as_ref(), &new);
        if old.as_ref() != Some(&new) {
            files::write_by_way_of(Some(world.aside()), "the metadata", &world.place(&place.file), &bytes)?;
        }
        self.report(place, old.as_ref() == Some(&new), &new, &change, context)
    }

    fn place<'p>(&self, places: &'p [MetadataPlace]) -> Result<&'p MetadataPlace, Failure> {
        let Target { org, connection } = &self.target;
        let of_target = |place: &&MetadataPlace| place.org == *org && place.connection == *connection;
        let found = places.iter().filter(of_target).find(|place| place.environment == self.environment);
        found.ok_or_else(|| {
            let which = match &self.environment {
                Some(environment) if places.iter().any(|place| of_target(&place)) => {
                    return Failure::usage(format!("environment `{environment}` does not change `{org}/{connection}`"))
                        .help("leave --environment out: the organisation's own file says where its metadata lies");
                }
                Some(_) | None => format!("`{org}/{connection}`"),
            };
            Failure::usage(format!("the workspace has no SAML connection {which}"))
                .help("write it first, with its `entity-id` and the name of its `metadata`; the file need not be there")
        })
    }

    /// Whom the policy believes, and keys that can be believed.
    fn accept(&self, new: &IdpMetadata, place: &MetadataPlace) -> Result<(), Failure> {
        let said = plain(&new.entity_id);
        let accepted = self.accept_entity_id.as_ref().unwrap_or(&place.entity_id);
        if new.entity_id != *accepted {
            return Err(Failure::gate(format!(
                "the metadata is of `{said}`; the policy believes `{}`",
                plain(&place.entity_id)
            ))
            .topic("GW0404")
            .help("nothing was written")
            .help(format!("if the provider has really changed its name: --accept-entity-id {said}")));
        }
        for facts in facts(new) {
            if let Some(weakness) = facts.weakness() {
                return Err(Failure::gate(format!("the certificate {} has {weakness}", plain(&facts.subject)))
                    .topic("GW0406")
                    .help("nothing was written; let the provider make a new key"));
            }
        }
        Ok(())
    }

    fn report(
        &self,
        place: &MetadataPlace,
        same: bool,
        new: &IdpMetadata,
        change: &Change,
        context: &Context,
    ) -> Result<Report, Failure> {
        let renamed = new.entity_id != place.entity_id;
        if context.wants_json() {
            let rows = |all: &[Row]| all.iter().map(Row::json).collect::<Vec<_>>();
            return Ok(Report::done(context::json(&json!({
                "schema": "gatewright.idp-fetch/1",
                "org": self.target.org.as_str(),
                "connection": self.target.connection.as_str(),
                "environment": self.environment.as_ref().map(Slug::as_str),
                "file": place.file,
                "changed": !same,
                "entity_id": new.entity_id,
                "entity_id_changed": renamed,
                "added": rows(&change.added),
                "removed": rows(&change.removed),
                "kept": rows(&change.kept),
            }))?));
        }
        let style = context.style();
        let mut body = String::new();
        for (sign, rows) in [("+", &change.added), ("-", &change.removed), ("=", &change.kept)] {
            for row in rows {
                // Writing to a string does not fail, here and below.
                let _ = writeln!(body, "{sign} certificate {}", plain(&row.to_string()));
            }
        }
        let done = if same { "is as the provider publishes it" } else { "was written" };
        let _ = writeln!(body, "{} `{}` {done}", style.green("✓"), plain(&place.file));
        let mut report = Report::done(body);
        if renamed {
            report = report.hint(format!("now write `entity-id \"{}\"` in the policy too", plain(&new.entity_id)));
        }
        if !same {
            report =
                report.hint("compare the fingerprints with what the provider's console shows, then let it be reviewed");
        }
        Ok(report)
    }
}

/// What lies there now; `None` where it is absent or unusable.
fn kept(world: &DirectoryWorld, place: &MetadataPlace) -> Option<IdpMetadata> {
    let bytes = world.read(&place.file, METADATA_BYTES_MAX).ok()?;
    IdpMetadata::parse(&bytes).ok()
}

fn facts(metadata: &IdpMetadata) -> impl Iterator<Item = CertificateFacts> + '_ {
    metadata.certificates.iter().filter_map(|der| CertificateFacts::parse(der).ok())
}

/// Certificates, each in one of three places, in the order of their fingerprints.
struct Change {
    added: Vec<Row>,
    removed: Vec<Row>,
    kept: Vec<Row>,
}

struct Row {
    fingerprint: String,
    subject: String,
    key: String,
    ends: Timestamp,
}

impl Change {
    fn between(old: Option<&IdpMetadata>, new: &IdpMetadata) -> Self {
        let mut before = old.map(rows).unwrap_or_default();
        let (mut added, mut kept) = (Vec::new(), Vec::new());
        for (fingerprint, row) in rows(new) {
            match before.remove(&fingerprint) {
                Some(_) => kept.push(row),
                None => added.push(row),
            }
        }
        Self { added, removed: before.into_values().collect(), kept }
    }
}

/// By fingerprint.
fn rows(metadata: &IdpMetadata) -> BTreeMap<[u8; 32], Row> {
    facts(metadata).map(|facts| (facts.fingerprint, Row::of(&facts))).collect()
}

impl Row {
    fn of(facts: &CertificateFacts) -> Self {
        Self {
            fingerprint: facts.fingerprint_text(),
            subject: facts.subject.clone(),
            key: facts.key.to_string(),
            ends: facts.not_after,
        }
    }

    fn json(&self) -> Value {
        json!({
            "fingerprint": format!("sha256:{}", self.fingerprint),
            "subject": self.subject,
            "key": self.key,
            "ends": self.ends.to_string(),
        })
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "sha256:{} {} ends {} ({})", self.fingerprint, self.key, self.ends, self.subject)
    }
}
