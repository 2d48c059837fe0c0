//! Proven: the proof that a program was analysed and locks no organisation out.
//!
//! Reads a program, freshly lowered or decoded from a file. Asks `decide`, which is what the gate will ask.
//!
//! Invariant: only [`prove`] makes a [`Proven`] program; its field is private and there is no other constructor.

use std::ops::Deref;
use std::sync::Arc;

use gatewright_bundle::program::{Catalogue, Org, Program};
use gatewright_decide::{Because, Decision, Groups, PreparedOrg, decide};
use gatewright_terms::{EmailAddress, OrgId, Refusal};

use crate::identity::newcomer;

/// A value that the analysis has proved. To hold one is the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven<T>(T);

impl<T> Deref for Proven<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// An organisation that nobody could administer: none of its owners can sign in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lockout {
    pub org: OrgId,
    /// Each owner with what would keep them out; empty where the organisation names none.
    pub owners: Vec<(EmailAddress, Refusal)>,
}

/// Proves a program, or gives every lockout in it, sorted by organisation.
pub fn prove(program: Program) -> Result<Proven<Program>, Vec<Lockout>> {
    let catalogue = Arc::new(program.catalogue.clone());
    let lockouts: Vec<_> = program.orgs.iter().filter_map(|org| lockout(&catalogue, org)).collect();
    if lockouts.is_empty() { Ok(Proven(program)) } else { Err(lockouts) }
}

fn lockout(catalogue: &Arc<Catalogue>, org: &Org) -> Option<Lockout> {
    let prepared = PreparedOrg::new(Arc::clone(catalogue), org.clone());
    let mut owners = Vec::new();
    for owner in &org.owners {
        match first_sign_in(&prepared, owner) {
            Ok(()) => return None,
            Err(refusal) => owners.push((owner.clone(), refusal)),
        }
    }
    Some(Lockout { org: org.id.clone(), owners })
}

/// Whether the owner gets in as an owner through any connection, on the day the domains are proved.
fn first_sign_in(org: &PreparedOrg, owner: &EmailAddress) -> Result<(), Refusal> {
    let mut refusal = Refusal::ConnectionUnknown;
    for connection in &org.org().connections {
        // The least that is known of an owner: the address, and no group.
        match decide(org, &newcomer(org.org(), connection.slug.clone(), owner.clone(), Groups::none())) {
            Decision::Admit(admission) if admission.held().iter().any(|held| held.because == Because::Owner) => {
                return Ok(());
            }
            // In, but not as an owner: the catalogue has no such role.
            Decision::Admit(_) => refusal = Refusal::NoGrant,
            Decision::Refuse(refused) => refusal = refused.refusal,
        }
    }
    Err(refusal)
}
