//! Domains: what an organisation claims, and an operator's statement that it owns it.

use gate_store::rows::{DomainProof, ProofMethod};
use gatewright_audit::record::{Event, Stream};
use gatewright_terms::{DomainName, Timestamp};

use super::{AdminError, DomainView, Operator, ProofView, Scope};
use crate::Gate;
use crate::trail::{Fields, draft};

/// A sentence and a ticket.
const REASON_BYTES_MAX: usize = 500;

impl Gate {
    /// The domains that the running program claims for an organisation. Scope `read`.
    pub async fn domains(&self, by: &Operator, org: &str) -> Result<Vec<DomainView>, AdminError> {
        by.need(Scope::Read)?;
        let running = self.running();
        let org = running.org_named(org).map_err(|_| AdminError::NotFound("organisation"))?.org();
        let proofs = self.store.domain_proofs(&org.id).await?;
        let view = |domain: &gatewright_bundle::program::Domain| {
            let connection = org.connections.get(domain.connection as usize)?.slug.clone();
            let proved = proofs.iter().find(|proof| proof.domain == domain.name).map(proof_view);
            Some(DomainView { domain: domain.name.to_string(), connection, proved })
        };
        Ok(org.domains.iter().filter_map(view).collect())
    }

    /// An operator states that the organisation owns a domain that it claims. Scope `members`.
    pub async fn prove_domain(
        &self,
        by: &Operator,
        org: &str,
        domain: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), AdminError> {
        by.need(Scope::Members)?;
        let reason = reason.trim();
        if !(1..=REASON_BYTES_MAX).contains(&reason.len()) || reason.chars().any(char::is_control) {
            return Err(AdminError::Unclear("`reason` must be one line of 1 to 500 bytes"));
        }
        let running = self.running();
        let org = running.org_named(org).map_err(|_| AdminError::NotFound("organisation"))?.org();
        let domain = DomainName::parse(domain)
            .map_err(|_| AdminError::Unclear("this is no domain in its canonical spelling"))?;
        if !org.domains.iter().any(|claimed| claimed.name == domain) {
            return Err(AdminError::NotFound("domain of this organisation in the running policy"));
        }
        let fields = Fields::default()
            .with("domain", &domain)
            .with("method", method(ProofMethod::Manual))
            .with("operator", by.name())
            .with("reason", reason);
        let record = draft(Stream::Org(org.id.clone()), now, Event::DomainProved, fields);
        let proof = DomainProof {
            org: org.id.clone(),
            domain,
            method: ProofMethod::Manual,
            operator: by.name().to_string(),
            reason: reason.to_owned(),
            at: now,
        };
        self.store.prove_domain(proof, vec![record]).await?;
        self.proofs.forget(&org.id);
        Ok(())
    }
}

fn proof_view(proof: &DomainProof) -> ProofView {
    ProofView {
        method: method(proof.method),
        operator: proof.operator.clone(),
        reason: proof.reason.clone(),
        at: proof.at,
    }
}

const fn method(method: ProofMethod) -> &'static str {
    match method {
        ProofMethod::Manual => "manual",
    }
}
