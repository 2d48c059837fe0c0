//! Explain: a decision with everything that it hangs on, in the order in which the gate asks, and what would change it.
//!
//! Invariant: the outcome is that of [`decide`], and of the stage of the organisation; the steps explain it and decide
//! nothing.

use gatewright_bundle::path::block_path;
use gatewright_bundle::program::Stage;
use gatewright_terms::{PermissionName, Refusal, Slug};

use crate::steps::{self, Step};
use crate::{Admission, Closest, Decision, Facts, Groups, PreparedOrg, closest, decide};

/// What comes of one person, rule by rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// `None`: admitted.
    pub refusal: Option<Refusal>,
    /// With the project that each is held in.
    pub roles: Vec<(Slug, Option<Slug>)>,
    pub permissions: Vec<(PermissionName, Option<Slug>)>,
    pub steps: Vec<Step>,
    /// What would let them in. Nobody knows where the groups are not known.
    pub closest: Option<Closest>,
}

impl Explanation {
    /// Kept out before anybody asked [`decide`].
    pub fn refused(refusal: Refusal, steps: Vec<Step>) -> Self {
        Self { refusal: Some(refusal), roles: Vec::new(), permissions: Vec::new(), steps, closest: None }
    }

    fn admitted(admission: &Admission<'_>, steps: Vec<Step>) -> Self {
        let roles = admission.roles().into_iter();
        let permissions = admission.permissions().into_iter();
        Self {
            refusal: None,
            roles: roles.map(|(project, role)| (role.slug.clone(), project.map(|it| it.slug.clone()))).collect(),
            permissions: permissions.map(|(project, name)| (name.clone(), project.cloned())).collect(),
            steps,
            closest: None,
        }
    }
}

/// Of one sign-in now. `before`: what happened until the person was known.
pub fn explain(org: &PreparedOrg, facts: &Facts, before: Vec<Step>) -> Explanation {
    let (catalogue, policy) = (org.catalogue(), org.org());
    let mut told = before;
    told.extend(steps::of(catalogue, policy, facts));
    match decide(org, facts) {
        // Only test links reach a connection in this stage, and they make no session.
        Decision::Admit(_) if policy.stage == Stage::Test => {
            told.push(Step::new("stage", "`stage \"test\"`: only one-time test links reach the connection"));
            Explanation::refused(Refusal::ConnectionInTest, told)
        }
        Decision::Admit(admission) => {
            told.extend(steps::held(catalogue, policy, facts, admission.held()));
            Explanation::admitted(&admission, told)
        }
        Decision::Refuse(refused) => {
            if let Some(group) = &refused.blocked_by {
                let text = format!("group `{}` is blocked, and a block beats every grant", group.as_str());
                told.push(Step::new("block", text).at(Some(block_path(policy, group))));
            }
            let nearest = match &facts.groups {
                Groups::Known(_) => closest(org, facts),
                Groups::Unknown => None,
            };
            Explanation { closest: nearest, ..Explanation::refused(refused.refusal, told) }
        }
    }
}
