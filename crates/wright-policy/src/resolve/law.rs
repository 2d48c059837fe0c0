//! Law: whom a law binds, whom it speaks of, and what never happens, its names looked up.

use gatewright_bundle::program::{Scope, Stage};
use gatewright_terms::{OrgId, Slug};
use wright_syntax::diagnostic::Sink;

use super::catalogue::CatalogueNames;
use super::{Names, place};
use crate::codes::{FIELD_OF_OTHER_KIND, MISSING_FIELD};
use crate::finding::Finding;
use crate::kind::ORG_DOMAINS;
use crate::policy::{Anyone, Binds, Law, Never, Outside, PermissionAt, RoleAt};
use crate::shape::Node;

/// What the names of a law, or of a case, are looked up in.
pub(super) struct LawNames<'a> {
    pub(super) catalogue: &'a CatalogueNames,
    pub(super) orgs: &'a Names,
    pub(super) projects: &'a Names,
}

/// `suite_org`: the organisation of the suite that it stands in.
pub(super) fn resolve(node: &Node, suite_org: Option<&OrgId>, names: &LawNames<'_>, sink: &mut Sink) -> Option<Law> {
    let binds = match node.text("where") {
        Some(_) if suite_org.is_some() => {
            beside(node, "where", "the law of a suite binds the suite's organisation", sink);
            return None;
        }
        Some(wanted) => binds(&wanted.value, node, names, sink)?,
        None => suite_org.map_or(Binds::All, |org| Binds::Org(org.clone())),
    };
    let anyone: Option<Vec<Anyone>> = node.entries("anyone").map(|entry| anyone(entry, sink)).collect();
    let never: Option<Vec<Never>> = node.entries("never").map(|entry| never(entry, names, sink)).collect();
    Some(Law { title: node.name.clone(), binds, anyone: anyone?, never: never?, place: place(node) })
}

/// The text has the form `field=value` with a field that is known.
pub(super) fn binds(text: &str, node: &Node, names: &LawNames<'_>, sink: &mut Sink) -> Option<Binds> {
    let (field, value) = text.split_once('=')?;
    let mut reference = node.text("where")?;
    reference.value = value.into();
    match field {
        "org" => {
            names.orgs.exists_within(&reference, ("org=", ""), &node.path, sink)?;
            OrgId::parse(value).ok().map(Binds::Org)
        }
        "plan" => {
            names.catalogue.plans.exists_within(&reference, ("plan=", ""), &node.path, sink)?;
            Slug::parse(value).ok().map(Binds::Plan)
        }
        "members" => one_of(value, &[("sso", Binds::All)], node, sink),
        _ => {
            let stages = [Stage::Test, Stage::Optional, Stage::Required].map(Binds::Stage);
            let known: Vec<_> = ["test", "optional", "required"].into_iter().zip(stages).collect();
            one_of(value, &known, node, sink)
        }
    }
}

fn one_of(value: &str, known: &[(&str, Binds)], node: &Node, sink: &mut Sink) -> Option<Binds> {
    if let Some((_, binds)) = known.iter().find(|(word, _)| *word == value) {
        return Some(binds.clone());
    }
    let at = node.text("where")?.span;
    Finding::new(crate::codes::UNKNOWN_WORD, at, format!("`{value}` is no value that an organisation has here"))
        .mark(format!("{} can stand here", crate::finding::listed(known.iter().map(|(word, _)| *word))))
        .path(&node.path)
        .report(sink);
    None
}

fn anyone(node: &Node, sink: &mut Sink) -> Option<Anyone> {
    let in_group = node.group("in-group").map(|group| group.value);
    let in_no_other_group = node.given("in-no-other-group").is_some();
    if in_no_other_group && in_group.is_none() && !node.incomplete {
        Finding::new(MISSING_FIELD, node.head, "`in-no-other-group` needs the group that they are in")
            .mark("`in-group=` is missing")
            .help("such as `anyone in-group=\"finance\" in-no-other-group=\"yes\"`")
            .path(&node.path)
            .report(sink);
        return None;
    }
    let outside = match node.given("outside") {
        None => None,
        Some(given) if given.text().is_some_and(|text| &*text.value == ORG_DOMAINS) => Some(Outside::OrgDomains),
        Some(given) => Some(Outside::Domain(given.domain()?.value)),
    };
    Some(Anyone { outside, no_owner: node.given("except").is_some(), in_group, in_no_other_group })
}

fn never(node: &Node, names: &LawNames<'_>, sink: &mut Sink) -> Option<Never> {
    match (node.given("role").is_some(), node.given("permission").is_some(), node.text("project")) {
        (true, true, _) => {
            beside(node, "permission", "one `never` says one thing: write a line for each", sink);
            None
        }
        (true, false, _) => role_at(node, names, sink).map(Never::Role),
        (false, true, _) => {
            let name = node.text("permission")?;
            permission_at(&name, node, names, sink).map(Never::Permission)
        }
        (false, false, Some(_)) => project_of(node, names, sink)?.map(Never::Anything),
        (false, false, None) => {
            if !node.incomplete {
                Finding::new(MISSING_FIELD, node.head, "this `never` forbids nothing")
                    .mark("`role=`, `permission=` or `project=` is missing")
                    .help("such as `never role=\"admin\"`")
                    .path(&node.path)
                    .report(sink);
            }
            None
        }
    }
}

/// `role=` with its `project=`, if any.
pub(super) fn role_at(node: &Node, names: &LawNames<'_>, sink: &mut Sink) -> Option<RoleAt> {
    let project = project_of(node, names, sink)?;
    let (scope, why) = match project {
        Some(_) => (Scope::Project, "beside `project=` stands a role of a project"),
        None => (Scope::Org, "without `project=` stands a role of the organisation"),
    };
    let role = node.text("role")?;
    names.catalogue.role(scope, &role, why, &node.path, sink)?;
    Some(RoleAt { scope, role: Slug::parse(&role.value).ok()?, project })
}

pub(super) fn permission_at(
    name: &wright_syntax::tree::Spanned<std::sync::Arc<str>>,
    node: &Node,
    names: &LawNames<'_>,
    sink: &mut Sink,
) -> Option<PermissionAt> {
    let found = names.catalogue.permissions.find(name, &node.path, sink);
    let project = project_of(node, names, sink)?;
    found?;
    Some(PermissionAt { permission: gatewright_terms::PermissionName::parse(&name.value).ok()?, project })
}

/// `Some(None)` where no project is named, `None` where one is that does not exist.
#[expect(clippy::option_option, reason = "left out and unknown are not the same")]
fn project_of(node: &Node, names: &LawNames<'_>, sink: &mut Sink) -> Option<Option<Slug>> {
    let Some(project) = node.text("project") else { return Some(None) };
    names.projects.exists(&project, &node.path, sink)?;
    Slug::parse(&project.value).ok().map(Some)
}

fn beside(node: &Node, word: &str, help: &str, sink: &mut Sink) {
    let Some(given) = node.given(word) else { return };
    Finding::new(FIELD_OF_OTHER_KIND, given.value.span, format!("`{word}` means nothing here"))
        .mark("not here")
        .help(help)
        .path(&node.path)
        .report(sink);
}
