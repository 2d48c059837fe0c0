//! Reasons: what somebody holds, in words, and the lines that it comes from.

use gatewright_bundle::program::{Org, Project, Role};
use gatewright_decide::{Admission, Because, HeldRole, PreparedOrg};
use gatewright_terms::{EmailAddress, Slug};
use wright_policy::{PermissionAt, RoleAt, grant_path};
use wright_syntax::source::Span;

use super::Compiled;
use crate::places::Places;

/// More lines than this explain nothing that the first ones do not.
const LINES_MAX: usize = 3;

/// `admin`, `editor on production`; `nothing`.
pub(super) fn listed(admission: &Admission<'_>) -> String {
    let roles: Vec<String> = admission.roles().into_iter().map(|(project, role)| named(project, role)).collect();
    if roles.is_empty() { "nothing".to_owned() } else { roles.join(", ") }
}

fn named(project: Option<&Project>, role: &Role) -> String {
    match project {
        Some(project) => format!("`{}` on `{}`", role.slug, project.slug),
        None => format!("`{}`", role.slug),
    }
}

pub(super) fn role(wanted: &RoleAt) -> String {
    match &wanted.project {
        Some(project) => format!("`{}` on `{project}`", wanted.role),
        None => format!("`{}`", wanted.role),
    }
}

pub(super) fn permission(wanted: &PermissionAt) -> String {
    match &wanted.project {
        Some(project) => format!("`{}` on `{project}`", wanted.permission),
        None => format!("`{}`", wanted.permission),
    }
}

/// A held role with its names.
pub(super) struct Held<'o> {
    pub(super) role: &'o Role,
    pub(super) project: Option<&'o Slug>,
    because: Because,
}

pub(super) fn held<'o>(org: &'o PreparedOrg, admission: &Admission<'_>) -> Vec<Held<'o>> {
    let one = |held: &HeldRole| {
        let role = at(&org.catalogue().roles, held.role)?;
        let project = match held.project {
            Some(project) => Some(&at(&org.org().projects, project)?.slug),
            None => None,
        };
        Some(Held { role, project, because: held.because })
    };
    admission.held().iter().filter_map(one).collect()
}

impl Held<'_> {
    pub(super) fn is(&self, wanted: &RoleAt) -> bool {
        self.role.scope == wanted.scope && self.role.slug == wanted.role && self.project == wanted.project.as_ref()
    }

    pub(super) fn permits(&self, org: &PreparedOrg, wanted: &PermissionAt) -> bool {
        let permissions = &org.catalogue().permissions;
        let found = self.role.permits.iter().filter_map(|&index| at(permissions, index));
        let here = wanted.project.is_none() || self.project == wanted.project.as_ref();
        here && found.into_iter().any(|permission| permission.name == wanted.permission)
    }

    /// The path of the line that gives it.
    pub(super) fn path(&self, org: &PreparedOrg, email: &EmailAddress) -> Option<String> {
        let id = &org.org().id;
        match self.because {
            Because::Grant(index) => grant_path(org.catalogue(), org.org(), at(&org.org().grants, index)?),
            Because::Owner => {
                let owners = &org.org().owners;
                let owner = owners.iter().find(|owner| owner.same_mailbox(email)).or(owners.first())?;
                Some(format!("org[{id}].owner[{owner}]"))
            }
            Because::DefaultProject => Some(format!("org[{id}].project[{}]", self.project?)),
        }
    }
}

/// The lines of paths, each once, as marks with one text.
pub(super) fn marks(paths: impl IntoIterator<Item = String>, text: &str, compiled: &Places<'_>) -> Vec<(Span, String)> {
    let mut marks: Vec<(Span, String)> = Vec::new();
    for span in paths.into_iter().filter_map(|path| compiled.of(&path)) {
        if marks.len() < LINES_MAX && marks.iter().all(|(known, _)| *known != span) {
            marks.push((span, text.to_owned()));
        }
    }
    marks
}

pub(super) fn places<'a>(compiled: &'a Compiled, workspace: &'a wright_policy::Workspace) -> Places<'a> {
    Places { provenance: &compiled.provenance, workspace }
}

pub(super) fn at<T>(list: &[T], index: u32) -> Option<&T> {
    list.get(usize::try_from(index).ok()?)
}

/// Whether an organisation is bound has to be asked of the program: an environment may see it differently.
pub(super) fn binds(binds: &wright_policy::Binds, org: &Org) -> bool {
    match binds {
        wright_policy::Binds::All => true,
        wright_policy::Binds::Org(id) => org.id == *id,
        wright_policy::Binds::Plan(plan) => org.plan == *plan,
        wright_policy::Binds::Stage(stage) => org.stage == *stage,
    }
}
