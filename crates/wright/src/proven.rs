//! Proven: the proof that a program was analysed and locks no organisation out.
//!
//! Reads a program, freshly lowered or decoded from a file. Asks `decide`, which is what the gate will ask.
//!
//! Invariant: only [`prove`] makes a [`Proven`] program; its field is private and there is no other constructor.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use gatewright_bundle::program::{Catalogue, Grant, Grantee, Org, Program, Role, Scope};
use gatewright_decide::{Decision, PreparedOrg, decide};
use gatewright_terms::{EmailAddress, OrgId, Refusal};
use wright_policy::grant_path;

use crate::identity::Identity;
use crate::slots::{Slot, slots};

/// A value that the analysis has proved. To hold one is the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven<T>(T);

impl<T> Proven<T> {
    /// The value without its proof.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Proven<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// An organisation that nobody could administer: none of its owners can sign in, and no admin.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lockout {
    pub org: OrgId,
    /// Each owner with what would keep them out; empty where the organisation names none.
    pub owners: Vec<(EmailAddress, Refusal)>,
    /// The path of each grant that gives an admin, with what keeps out everybody whom it is for.
    pub admins: Vec<(String, Refusal)>,
}

/// The org roles that administer an organisation.
const ADMINISTER: [&str; 2] = ["owner", "admin"];

/// Proves a program, or gives every lockout in it, sorted by organisation.
pub fn prove(program: Program) -> Result<Proven<Program>, Vec<Lockout>> {
    let catalogue = Arc::new(program.catalogue.clone());
    let lockouts: Vec<_> = program.orgs.iter().filter_map(|org| lockout(&catalogue, org)).collect();
    if lockouts.is_empty() { Ok(Proven(program)) } else { Err(lockouts) }
}

/// Owners and grants are all there is to ask: access is a union of grants, so that whoever administers does so because of
/// one line, and is let in with the group or attribute of that line alone.
fn lockout(catalogue: &Arc<Catalogue>, org: &Org) -> Option<Lockout> {
    let prepared = PreparedOrg::new(Arc::clone(catalogue), org.clone());
    let (mut owners, mut admins) = (Vec::new(), Vec::new());
    for owner in &org.owners {
        match owner_signs_in(&prepared, owner) {
            Ok(()) => return None,
            Err(refusal) => owners.push((owner.clone(), refusal)),
        }
    }
    for grant in org.grants.iter().filter(|grant| administers(catalogue, grant)) {
        match somebody_signs_in(&prepared, grant) {
            Ok(()) => return None,
            Err(refusal) => admins.extend(grant_path(catalogue, org, grant).map(|path| (path, refusal))),
        }
    }
    Some(Lockout { org: org.id.clone(), owners, admins })
}

fn administers(catalogue: &Catalogue, grant: &Grant) -> bool {
    let role = usize::try_from(grant.role).ok().and_then(|at| catalogue.roles.get(at));
    grant.project.is_none() && role.is_some_and(is_administrator)
}

fn is_administrator(role: &Role) -> bool {
    role.scope == Scope::Org && ADMINISTER.contains(&role.slug.as_str())
}

/// Whether the owner gets in as an owner through any connection. The least that is known of one: the address, no group.
fn owner_signs_in(org: &PreparedOrg, owner: &EmailAddress) -> Result<(), Refusal> {
    let mut refusal = Refusal::ConnectionUnknown;
    for connection in &org.org().connections {
        let (connection, email) = (connection.slug.clone(), owner.clone());
        match signs_in(org, &Identity { connection, email, traits: BTreeSet::new(), groups_unknown: false }) {
            Ok(()) => return Ok(()),
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

/// Whether anybody of a claimed domain, with the group or attribute of the grant where it names one, gets in as an administrator.
fn somebody_signs_in(org: &PreparedOrg, grant: &Grant) -> Result<(), Refusal> {
    let mut refusal = Refusal::DomainNotOurs;
    for slot in slots([org.org()]) {
        let traits = match &grant.to {
            Grantee::Having { what, .. } => BTreeSet::from([what.clone()]),
            Grantee::EveryoneIn(_) => BTreeSet::new(),
        };
        let Slot { connection, email, groups_unknown } = slot;
        match signs_in(org, &Identity { connection, email, traits, groups_unknown }) {
            Ok(()) => return Ok(()),
            // Somebody of no domain is always refused for that; it says nothing about the grant.
            Err(Refusal::DomainNotOurs) => {}
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

fn signs_in(org: &PreparedOrg, identity: &Identity) -> Result<(), Refusal> {
    match decide(org, &identity.facts(org.org())) {
        Decision::Admit(admission) if admission.roles().into_iter().any(|(_, role)| is_administrator(role)) => Ok(()),
        // In, and no administrator.
        Decision::Admit(_) => Err(Refusal::NoGrant),
        Decision::Refuse(refused) => Err(refused.refusal),
    }
}
