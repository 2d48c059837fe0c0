//! Origins: where each part of a program was written.

use std::collections::BTreeMap;
use std::sync::Arc;

use wright_syntax::LineIndex;
use wright_syntax::source::{FileId, Source, Span};
use wright_syntax::tree::Spanned;

use crate::policy::{Connection, Environment, Layered, Org, Policy, Saml, Written};
use crate::provenance::{BUILT_IN, Origin, Provenance};

/// Everything that the program of this environment holds.
pub(super) fn of(policy: &Policy, environment: &Environment) -> Provenance {
    let mut pen =
        Pen { sources: &policy.sources, lines: BTreeMap::new(), built_in: BUILT_IN.into(), origins: Vec::new() };
    pen.note(&environment.written);
    environment.apps.iter().for_each(|app| pen.note(&app.written));
    environment.shared_clients.iter().for_each(|client| pen.note(&client.written));
    policy.catalogue.permissions.iter().for_each(|permission| pen.note(&permission.written));
    policy.catalogue.roles.iter().for_each(|role| pen.note(&role.written));
    policy.catalogue.plans.iter().for_each(|plan| pen.note(&plan.written));
    for guardrail in &policy.governance.guardrails {
        pen.note_as(format!("guardrail[{}]", guardrail.slug), guardrail.at);
    }
    for org in &environment.orgs {
        let first = pen.origins.len();
        pen.org(org);
        pen.origins.get_mut(first..).unwrap_or_default().sort_unstable();
    }
    let mut origins = pen.origins;
    // Of runs that are sorted it makes one faster than the other sort.
    origins.sort();
    origins.dedup_by(|later, earlier| later.path == earlier.path);
    Provenance { origins }
}

struct Pen<'a> {
    sources: &'a [Source],
    lines: BTreeMap<FileId, LineIndex>,
    built_in: Arc<str>,
    origins: Vec<Origin>,
}

impl Pen<'_> {
    fn note(&mut self, written: &Written) {
        self.note_as(written.path.clone(), written.at);
    }

    fn note_as(&mut self, path: impl Into<Arc<str>>, at: Span) {
        let source = usize::try_from(at.file.0).ok().and_then(|index| self.sources.get(index));
        let Some(source) = source else { return };
        let lines = self.lines.entry(at.file).or_insert_with(|| LineIndex::new(&source.text));
        let line = lines.place(&source.text, at.start).line;
        self.origins.push(Origin { path: path.into(), file: source.path.clone(), line });
    }

    fn org(&mut self, org: &Org) {
        self.note(&org.written);
        org.domains.iter().for_each(|domain| self.note(&domain.written));
        for owner in &org.owners {
            self.note_as(format!("{}.owner[{}]", org.written.path, owner.value), owner.span);
        }
        org.connections.iter().for_each(|connection| self.connection(connection));
        org.projects.iter().for_each(|project| self.note(&project.written));
        org.grants.iter().for_each(|grant| self.note(&grant.written));
        org.blocks.iter().for_each(|block| self.note(&block.written));
        let facts = [("plan", org.plan.as_ref()), ("default-project", org.default_project.as_ref())];
        for (word, fact) in facts {
            self.fact(&org.written, word, fact);
        }
        let session = &org.session;
        self.layered(org, "idle", &session.idle);
        self.layered(org, "absolute", &session.absolute);
        self.layered(org, "concurrent", &session.concurrent);
        self.layered(org, "when-full", &session.when_full);
        self.layered(org, "max-authentication-age", &session.max_authentication_age);
        for step_up in &org.step_ups {
            // Under the organisation's path, whichever layer says it.
            let key = step_up.written.path.rsplit_once("step-up[").map_or("", |(_, key)| key);
            self.note_as(format!("{}.step-up[{key}", org.written.path), step_up.written.at);
        }
    }

    fn connection(&mut self, connection: &Connection) {
        self.note(&connection.written);
        for own in &connection.claims.own {
            // Under the connection's path, whichever layer says it.
            self.note_as(format!("{}.attributes.attribute[{}]", connection.written.path, own.name), own.written.at);
        }
        if let Some(open) = &connection.idp_initiated {
            self.note(&open.written);
        }
        if let Some(saml) = &connection.saml {
            self.saml(saml);
        }
        let Some(oidc) = &connection.oidc else { return };
        self.fact(&oidc.written, "issuer", oidc.issuer.as_ref());
        self.fact(&oidc.written, "client-id", oidc.client_id.as_ref());
        self.fact(&oidc.written, "client-auth", oidc.client_auth.as_ref());
        self.fact(&oidc.written, "secret", oidc.secret.as_ref());
        self.fact(&oidc.written, "hosted-domain", oidc.hosted_domain.as_ref());
        self.fact(&oidc.written, "tenant", oidc.tenant.as_ref());
        self.fact(&oidc.written, "shared-client", oidc.shared_client.as_ref());
    }

    fn saml(&mut self, saml: &Saml) {
        self.fact(&saml.written, "entity-id", saml.entity_id.as_ref());
        self.fact(&saml.written, "metadata", saml.metadata.as_ref());
        self.fact(&saml.written, "want-signed", saml.want_signed.as_ref());
        self.fact(&saml.written, "signature", saml.signature.as_ref());
        self.fact(&saml.written, "digest", saml.digest.as_ref());
        self.fact(&saml.written, "name-id", saml.name_id.as_ref());
        self.fact(&saml.written, "subject", saml.subject.as_ref());
        self.fact(&saml.written, "clock-skew", saml.clock_skew.as_ref());
        self.fact(&saml.written, "encryption", saml.encryption.as_ref());
        self.fact(&saml.written, "sign-requests", saml.sign_requests.as_ref());
        self.fact(&saml.written, "binding", saml.binding.as_ref());
    }

    fn fact<T>(&mut self, owner: &Written, word: &str, fact: Option<&Spanned<T>>) {
        if let Some(fact) = fact {
            self.note_as(format!("{}.{word}", owner.path), fact.span);
        }
    }

    /// Under the organisation's path, whichever layer says it.
    fn layered<T>(&mut self, org: &Org, word: &str, layered: &Layered<T>) {
        let path = format!("{}.session.{word}", org.written.path);
        match &layered.from {
            Some(from) => self.note_as(path, from.at),
            None => self.origins.push(Origin { path: path.into(), file: Arc::clone(&self.built_in), line: 0 }),
        }
    }
}
