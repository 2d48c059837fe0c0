//! Catalogue: permissions, roles and plans, and what includes what.

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_bundle::program::{Risk, Scope};
use wright_syntax::codes::LIMITS;
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::Span;
use wright_syntax::tree::Spanned;

use super::{Names, written};
use crate::codes::WRONG_KIND;
use crate::finding::{Finding, listed};
use crate::policy::{Catalogue, Permission, Plan, Role, Written};
use crate::shape::{Given, Node};

/// What references to the catalogue are looked up in.
pub(crate) struct CatalogueNames {
    pub(crate) plans: Names,
    pub(crate) permissions: Names,
    org_roles: Names,
    project_roles: Names,
    /// Of every role, its scope: the two lists above number within one scope.
    offset: usize,
}

/// Who includes whom is followed for every role: more would take the square of it, and nobody could choose among them.
const ROLES_MAX: usize = 512;

/// A role's permissions are written out in the bundle for every role.
const PERMISSIONS_MAX: usize = 4_096;

/// Sorts, numbers and links.
pub(super) fn resolve(platform: &Node, partial: bool, sink: &mut Sink) -> (Catalogue, CatalogueNames) {
    let mut permissions: Vec<Permission> = platform.entries("permission").filter_map(permission).collect();
    at_most("permissions", PERMISSIONS_MAX, &mut permissions, |permission| &permission.written, sink);
    permissions.sort_by(|one, two| one.name.cmp(&two.name));
    let mut roles: Vec<(&Node, Role)> = platform.entries("role").filter_map(|node| Some((node, role(node)?))).collect();
    at_most("roles", ROLES_MAX, &mut roles, |(_, role)| &role.written, sink);
    roles.sort_by(|(_, one), (_, two)| (one.scope, &one.slug).cmp(&(two.scope, &two.slug)));
    let mut plans: Vec<Plan> = platform.entries("plan").filter_map(plan).collect();
    plans.sort_by(|one, two| one.slug.cmp(&two.slug));

    let names = CatalogueNames::new(platform, &permissions, &roles, &plans, partial);
    let (nodes, mut roles): (Vec<&Node>, Vec<Role>) = roles.into_iter().unzip();
    for (node, role) in nodes.iter().zip(&mut roles) {
        let permits = node.all("permits").filter_map(Given::text);
        role.permits = permits.filter_map(|name| names.permissions.find(&name, &node.path, sink)).collect();
        let includes = node.all("includes").filter_map(Given::text);
        role.includes = includes
            .filter_map(|name| {
                names.role(role.scope, &name, "a role includes roles of its own scope", &node.path, sink)
            })
            .collect();
    }
    let closures: Vec<BTreeSet<usize>> = (0..roles.len()).map(|start| closure(start, &roles)).collect();
    roles.iter_mut().zip(closures).for_each(|(role, closure)| role.closure = closure);
    (Catalogue { permissions, roles, plans, incomplete: is_incomplete(platform), at: platform.head }, names)
}

/// Cuts a list at its limit, and says so.
fn at_most<T>(what: &str, limit: usize, list: &mut Vec<T>, written: impl Fn(&T) -> &Written, sink: &mut Sink) {
    let Some(first) = list.get(limit) else { return };
    let (count, written) = (list.len(), written(first).clone());
    list.truncate(limit);
    Finding::new(LIMITS, written.at, format!("the catalogue has {count} {what}; the limit is {limit}"))
        .mark("one too many")
        .path(&written.path)
        .report(sink);
}

fn is_incomplete(platform: &Node) -> bool {
    platform.incomplete || platform.entries.iter().any(|entry| entry.incomplete)
}

fn permission(node: &Node) -> Option<Permission> {
    let risk = match node.text("risk").as_ref().map(|risk| &*risk.value) {
        Some("credential") => Risk::Credential,
        Some("spend") => Risk::Spend,
        Some("privileged") => Risk::Privileged,
        Some(_) | None => Risk::None,
    };
    Some(Permission { name: node.permission_key()?.value, risk, written: written(node) })
}

fn role(node: &Node) -> Option<Role> {
    let slug = node.slug_key()?.value;
    let scope = match &*node.text("scope")?.value {
        "org" => Scope::Org,
        _ => Scope::Project,
    };
    let label = node.text("label").map_or_else(|| Arc::from(slug.as_str()), |label| label.value);
    Some(Role {
        scope,
        slug,
        label,
        includes: vec![],
        permits: vec![],
        closure: BTreeSet::new(),
        written: written(node),
    })
}

fn plan(node: &Node) -> Option<Plan> {
    let includes = node.all("includes").filter_map(Given::text).map(|text| text.value).collect();
    Some(Plan { slug: node.slug_key()?.value, includes, written: written(node) })
}

/// The names of entries of one word that are wrong in themselves.
fn broken<'a>(platform: &'a Node, word: &'a str) -> impl Iterator<Item = &'a str> {
    platform.entries(word).filter(|node| node.incomplete).map(|node| &*node.name)
}

/// Everything that a role includes, itself too. A circle is walked once; the rule about circles reports it.
fn closure(start: usize, roles: &[Role]) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    while let Some(next) = open.pop() {
        if seen.insert(next) {
            let includes = roles.get(next).map(|role| &role.includes);
            open.extend(includes.into_iter().flatten().map(|include| include.value));
        }
    }
    seen
}

impl CatalogueNames {
    fn new(
        platform: &Node,
        permissions: &[Permission],
        roles: &[(&Node, Role)],
        plans: &[Plan],
        partial: bool,
    ) -> Self {
        let of = |scope: Scope| {
            let among = roles.iter().filter(move |(_, role)| role.scope == scope);
            among.map(|(_, role)| (role.slug.as_str(), role.written.at)).collect::<Vec<(&str, Span)>>()
        };
        let org = of(Scope::Org);
        Self {
            plans: Names::new(
                "plan",
                "",
                plans.iter().map(|plan| (plan.slug.as_str(), plan.written.at)),
                broken(platform, "plan"),
            )
            .partial(partial),
            permissions: Names::new(
                "permission",
                "",
                permissions.iter().map(|permission| (permission.name.as_str(), permission.written.at)),
                broken(platform, "permission"),
            )
            .partial(partial),
            offset: org.len(),
            org_roles: Names::new("role", " of scope `org`", org, broken(platform, "role")).partial(partial),
            project_roles: Names::new("role", " of scope `project`", of(Scope::Project), broken(platform, "role"))
                .partial(partial),
        }
    }

    /// A role of one scope. `why` says what the scope follows from.
    pub(crate) fn role(
        &self,
        scope: Scope,
        name: &Spanned<Arc<str>>,
        why: &str,
        path: &str,
        sink: &mut Sink,
    ) -> Option<Spanned<usize>> {
        let (here, there, offset) = match scope {
            Scope::Org => (&self.org_roles, &self.project_roles, 0),
            Scope::Project => (&self.project_roles, &self.org_roles, self.offset),
        };
        if here.has(&name.value) || !there.has(&name.value) {
            return here.find(name, path, sink).map(|found| Spanned { value: found.value + offset, span: found.span });
        }
        let (is, wanted) = match scope {
            Scope::Org => ("a project role", "an org role"),
            Scope::Project => ("an org role", "a project role"),
        };
        Finding::new(WRONG_KIND, name.span, format!("`{}` is {is}; {wanted} is wanted here", name.value))
            .mark(format!("not {wanted}"))
            .help(format!("{why}; {wanted} is one of {}", listed(here.all())))
            .path(path)
            .report(sink);
        None
    }
}

impl Names {
    /// Sorted.
    fn all(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(|name| &**name)
    }
}
