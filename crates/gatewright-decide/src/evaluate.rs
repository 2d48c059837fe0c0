//! Evaluate: the rules of access, in the order in which a refusal is found.

use gatewright_terms::{GroupName, Refusal};

use crate::facts::{GroupSet, HashedGroup};
use crate::prepared::{Granted, GroupRule};
use crate::{Admission, Because, Decision, Facts, Groups, HeldRole, PreparedOrg, Refused, Standing};

/// Decides about one person now. Access is the union of the grants that match; any block beats them all; without a
/// grant, and without being an owner, nobody gets in.
pub fn decide<'o>(org: &'o PreparedOrg, facts: &Facts) -> Decision<'o> {
    match entitlements(org, facts) {
        Ok(held) => Decision::Admit(Admission::new(org, held)),
        Err(refused) => Decision::Refuse(refused),
    }
}

fn entitlements(org: &PreparedOrg, facts: &Facts) -> Result<Vec<HeldRole>, Refused> {
    refuse_standing(facts)?;
    let connection = admitted_through(org, facts)?;
    let groups = known_groups(org, facts, connection)?;
    let mut held = Vec::with_capacity(groups.len().saturating_add(2));
    if facts.is_owner {
        held.extend(org.owner_role().map(|role| HeldRole { role, project: None, because: Because::Owner }));
    }
    for &grant in org.grants_to_everyone_in(facts.email.domain()) {
        hold(org, grant, &mut held);
    }
    for group in groups {
        let Some(rule) = org.group_rule(group) else { continue };
        refuse_blocked(rule, &group.name)?;
        hold_of(connection, &rule.grants, org, &mut held);
    }
    for attribute in &facts.attributes {
        hold_of(connection, org.grants_to(attribute), org, &mut held);
    }
    if held.is_empty() {
        return Err(refused(Refusal::NoGrant));
    }
    held.extend(default_project_role(org));
    Ok(held)
}

fn refuse_standing(facts: &Facts) -> Result<(), Refused> {
    match facts.standing {
        Standing::Newcomer | Standing::Member => Ok(()),
        Standing::Removed => Err(refused(Refusal::RemovedMember)),
    }
}

/// A domain's people enter only through the connection that it signs in with, which this gives. A lapsed proof stops
/// newcomers alone.
fn admitted_through(org: &PreparedOrg, facts: &Facts) -> Result<u32, Refused> {
    let org = org.org();
    let Ok(connection) = org.connections.binary_search_by(|connection| connection.slug.cmp(&facts.connection)) else {
        return Err(refused(Refusal::ConnectionUnknown));
    };
    let claimed = org.domains.binary_search_by(|domain| domain.name.cmp(facts.email.domain()));
    let domain = claimed.ok().and_then(|at| org.domains.get(at));
    let Some(domain) = domain.filter(|domain| domain.connection as usize == connection) else {
        return Err(refused(Refusal::DomainNotOurs));
    };
    if facts.standing == Standing::Newcomer && !facts.domain_proved {
        return Err(refused(Refusal::DomainNotProved));
    }
    Ok(domain.connection)
}

fn known_groups<'f>(org: &PreparedOrg, facts: &'f Facts, connection: u32) -> Result<&'f [HashedGroup], Refused> {
    match &facts.groups {
        Groups::Known(groups) => Ok(GroupSet::hashed(groups)),
        Groups::Unknown if org.asks_for_groups(connection) => Err(refused(Refusal::GroupOverage)),
        Groups::Unknown => Ok(&[]),
    }
}

fn refuse_blocked(rule: &GroupRule, group: &GroupName) -> Result<(), Refused> {
    if rule.blocked {
        return Err(Refused { refusal: Refusal::BlockedGroup, blocked_by: Some(group.clone()) });
    }
    Ok(())
}

/// What one connection says gives what is granted to its people alone.
fn hold_of(connection: u32, grants: &[Granted], org: &PreparedOrg, held: &mut Vec<HeldRole>) {
    for granted in grants.iter().filter(|granted| granted.connection == connection) {
        hold(org, granted.grant, held);
    }
}

fn hold(org: &PreparedOrg, grant: u32, held: &mut Vec<HeldRole>) {
    if let Some(found) = org.org().grants.get(grant as usize) {
        held.push(HeldRole { role: found.role, project: found.project, because: Because::Grant(grant) });
    }
}

fn default_project_role(org: &PreparedOrg) -> Option<HeldRole> {
    let project = org.org().default_project?;
    let role = org.org().projects.get(project as usize)?.default_role?;
    Some(HeldRole { role, project: Some(project), because: Because::DefaultProject })
}

fn refused(refusal: Refusal) -> Refused {
    Refused { refusal, blocked_by: None }
}
