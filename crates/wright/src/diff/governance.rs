//! Governance: what a workspace says about its own changes, its laws and its guardrails: lines that no program holds.
//!
//! Invariant: a law that goes or changes, a brake that is loosened, an approval that is asked of somebody else and an
//! attribute that is trusted are changes like any other, and grave ones.

use std::collections::BTreeSet;

use gatewright_terms::OrgId;
use wright_policy::{Anyone, Binds, Governance, Law, Never, Outside, PermissionAt, RoleAt, Suite};

use super::change::{Change, Class};
use super::guardrail;
use super::settings::{Lines, Pen, compare};

/// What one side says.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    pub governance: Governance,
    /// Of the platform.
    pub laws: Vec<Law>,
    pub suites: Vec<Suite>,
}

/// Sorted as the other changes are: the platform first, then by organisation.
pub fn governance(before: &Rules, after: &Rules) -> Vec<Change> {
    let mut changes = compare(None, &platform(before), &platform(after));
    let orgs: BTreeSet<&OrgId> = [before, after]
        .into_iter()
        .flat_map(|rules| rules.suites.iter().map(|suite| &suite.org).chain(rules.governance.trusted.keys()))
        .collect();
    for org in orgs {
        changes.extend(compare(Some(org), &of_org(before, org), &of_org(after, org)));
    }
    changes.extend(guardrail::changes(&before.governance.guardrails, &after.governance.guardrails));
    changes.extend(retired(before, after));
    changes.sort_by(|one, other| (&one.org, &one.path, &one.id).cmp(&(&other.org, &other.path, &other.id)));
    changes
}

/// A stricter brake is a stronger one, and any is stronger than none.
const NO_LIMIT: i64 = 1 << 33;

fn platform(rules: &Rules) -> Lines {
    let mut lines = Lines::new();
    let mut pen = Pen { lines: &mut lines, path: String::new() };
    let Rules {
        governance: Governance { workspace: _, approvals, brakes, retired: _, guardrails: _, trusted: _, at: _ },
        laws,
        suites: _,
    } = rules;
    for (class, team) in approvals {
        pen.trust(&format!("approval[{class}].from"), team);
    }
    for (name, most) in brakes {
        pen.defence(&format!("brake[{name}].at-most"), most, NO_LIMIT - i64::from(*most));
    }
    for law in laws {
        pen.defence(&law.place.path, spelled(law), 1);
    }
    lines
}

fn of_org(rules: &Rules, org: &OrgId) -> Lines {
    let mut lines = Lines::new();
    let mut pen = Pen { lines: &mut lines, path: format!("org[{org}].") };
    let laws = rules.suites.iter().filter(|suite| suite.org == *org).flat_map(|suite| &suite.laws);
    for law in laws {
        pen.defence(&law.place.path, spelled(law), 1);
    }
    for (connection, attribute) in rules.governance.trusted.get(org).into_iter().flatten() {
        pen.trust(&format!("connection[{connection}].trusted-attribute[{attribute}]"), "");
    }
    lines
}

fn retired(before: &Rules, after: &Rules) -> Vec<Change> {
    let (old, new) = (&before.governance.retired, &after.governance.retired);
    let ids: BTreeSet<&OrgId> = old.keys().chain(new.keys()).collect();
    let one = |id: &OrgId| {
        let text = |rules: &Rules| rules.governance.retired.get(id).map(|it| format!("on {}, data {}", it.on, it.data));
        let (before, after) = (text(before), text(after));
        // A line that goes gives an id free again.
        let class = if after.is_none() { Class::TrustRoot } else { Class::OrgRetired };
        (before != after)
            .then(|| Change::setting(None, format!("retired-org[{id}]"), BTreeSet::from([class]), before, after))
    };
    ids.into_iter().filter_map(one).collect()
}

/// A law in one line, in the words of the language.
fn spelled(law: &Law) -> String {
    let mut words: Vec<String> = match &law.binds {
        Binds::All => vec![],
        Binds::Org(org) => vec![format!("where org={org}")],
        Binds::Plan(plan) => vec![format!("where plan={plan}")],
        Binds::Stage(stage) => vec![format!("where stage={stage:?}")],
    };
    // The order of lines means nothing.
    words.extend(law.anyone.iter().map(anyone).collect::<BTreeSet<_>>());
    words.extend(law.never.iter().map(never).collect::<BTreeSet<_>>());
    words.join("; ")
}

fn anyone(anyone: &Anyone) -> String {
    let Anyone { outside, no_owner, in_group, in_no_other_group } = anyone;
    let mut words = vec!["anyone".to_owned()];
    words.extend(outside.as_ref().map(|outside| match outside {
        Outside::OrgDomains => "outside=org-domains".to_owned(),
        Outside::Domain(domain) => format!("outside={domain}"),
    }));
    words.extend(no_owner.then(|| "except=owners".to_owned()));
    words.extend(in_group.as_ref().map(|group| format!("in-group={group:?}", group = group.as_str())));
    words.extend(in_no_other_group.then(|| "in-no-other-group=yes".to_owned()));
    words.join(" ")
}

fn never(never: &Never) -> String {
    let on = |project: &Option<gatewright_terms::Slug>| {
        project.as_ref().map(|it| format!(" project={it}")).unwrap_or_default()
    };
    match never {
        Never::Role(RoleAt { scope: _, role, project }) => format!("never role={role}{}", on(project)),
        Never::Permission(PermissionAt { permission, project }) => {
            format!("never permission={permission}{}", on(project))
        }
        Never::Anything(project) => format!("never project={project}"),
    }
}
